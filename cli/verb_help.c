/* aspora help [VERB] */
#include "cli/verbs.h"

static int help(struct cli *c, struct err *err)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	if (c->operand_count == 0) {
		cli_help(&out);
		return cli_write(&out, err);
	}
	const struct cli_verb *v = cli_verb_find(c->operands[0]);
	if (!v)
		return cli_verb_unknown(c->operands[0], NULL, err);
	cli_help_verb(c, v, &out);
	return cli_write(&out, err);
}

const struct cli_verb cli_verb_help = {
	.name = "help",
	.usage = "[VERB]",
	.help = "Say what there is, or more about one verb.",
	.most = 1,
	.completes = CLI_VERBS,
	.run = help,
};
