/* aspora cancel: ends an execution. */
#include "cli/gateway.h"
#include "cli/verbs.h"

static int cancel(struct cli *c, struct err *err)
{
	CLEANUP(cli_gateway_release) struct cli_gateway g = {0};
	CLEANUP(buf_release) struct buf out = BUF_INIT(1024);
	const struct doc_node *e = NULL;
	const char *path = cli_path(c, "executions", c->operands[0], "cancel", NULL);
	int rc = cli_gateway_open(c, &g, err);
	if (rc == 0)
		rc = cli_send(&g, path, STR_NULL, 0, &e, err);
	if (rc < 0)
		return rc;
	buf_addf(&out, "execution/%s: asked to end\n", c->operands[0]);
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
