/* aspora adopt: hands a domain to another source, for instance one that was applied to the repository it has been moved into. */
#include "cli/verbs.h"
#include "cli/wish.h"

static const char *to;

static const struct opt options[] = {
	{"to", 0, OPT_STRING, &to, "SOURCE", "The source that owns the domain from now on.", NULL},
	CLI_WISH_OPTIONS,
	OPT_END,
};

static int adopt(struct cli *c, struct err *err)
{
	CLEANUP(cli_gateway_release) struct cli_gateway g = {0};
	CLEANUP(buf_release) struct buf body = BUF_INIT(BUF_MAX);
	struct json j;
	if (!to)
		return cli_usage(c, err,
				 "adopt needs --to: which source is the domain's from now on");
	json_init(&j, &body);
	json_object(&j);
	json_strz(&j, "domain", c->operands[0]);
	json_strz(&j, "to", to);
	cli_json_member(&j, "reason", cli_wish_reason);
	json_end(&j);
	int rc = cli_gateway_open(c, &g, err);
	return rc < 0 ? rc : cli_wish(&g, cli_path(c, "adoptions", NULL), buf_str(&body), err);
}

const struct cli_verb cli_verb_adopt = {
	.name = "adopt",
	.usage = "DOMAIN --to SOURCE",
	.help = "Hand a domain to another source.",
	.about = "A domain belongs to one source, and others are refused. After a domain that was\n"
		 "applied by hand has been put into a repository, adopt makes the repository its\n"
		 "owner. An overlay over the domain ends with it.",
	.options = options,
	.uses = CLI_USES_GATEWAY | CLI_USES_OUTPUT,
	.least = 1,
	.most = 1,
	.completes = CLI_DOMAINS,
	.run = adopt,
};
