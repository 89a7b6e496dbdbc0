/* aspora cancel: ends an execution. */
#include "cli/resource.h"
#include "cli/verbs.h"

static int cancel(struct cli *c, struct err *err)
{
	CLEANUP(cli_gateway_release) struct cli_gateway g = {0};
	CLEANUP(buf_release) struct buf out = BUF_INIT(1024);
	const struct doc_node *e = NULL;
	struct cli_ref ref = {.name = c->operands[0]};
	int rc = 0;
	/* As -o name and logs write it, with or without its kind and domain. */
	if (strchr(c->operands[0], '/'))
		rc = cli_ref_parse(c, c->operands[0], NULL, NULL, &ref, err);
	if (rc == 0 && ref.kind && strcmp(ref.kind->name, "Execution") != 0)
		rc = cli_usage(c, err, "a %s cannot be cancelled: only an execution can",
			       ref.kind->singular);
	if (rc == 0)
		rc = cli_gateway_open(c, &g, err);
	const char *path = rc == 0 ? cli_path(c, "executions", ref.name, "cancel", NULL) : NULL;
	if (rc == 0)
		rc = cli_send(&g, path, STR_NULL, 0, &e, err);
	if (rc < 0)
		return rc;
	buf_addf(&out, "execution/%s: asked to end\n", ref.name);
	return cli_write(&out, err);
}

const struct cli_verb cli_verb_cancel = {
	.name = "cancel",
	.usage = "EXECUTION",
	.help = "End an execution that waits or runs.",
	.uses = CLI_USES_GATEWAY,
	.least = 1,
	.most = 1,
	.completes = CLI_EXECUTIONS,
	.run = cancel,
};
