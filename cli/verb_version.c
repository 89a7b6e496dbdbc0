/* aspora version */
#include "cli/verbs.h"

static int version(struct cli *c, struct err *err)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(256);
	(void)c;
	buf_addz(&out, "aspora " ASPORA_VERSION "\n");
	return cli_write(&out, err);
}

const struct cli_verb cli_verb_version = {
	.name = "version",
	.usage = "",
	.help = "Print the version.",
	.run = version,
};
