/*
 * Sections of the manual pages, made from the tables. script/gen-man puts them between the marks of the pages in man/.
 */
#ifndef CLI_MANUAL_H
#define CLI_MANUAL_H

#include "cli/cli.h"

struct cli_manual {
	const char *name; /* of the section: "verbs" */
	void (*write)(struct cli *c, struct buf *out);
};
extern const struct cli_manual cli_manuals[]; /* name NULL ends */

#endif
