/*
 * What changed between two moments of what is deployed: `aspora diff --from`.
 */
#ifndef CLI_DIFF_DEPLOYED_H
#define CLI_DIFF_DEPLOYED_H

#include "cli/cli.h"

/*
 * from and to (NULL: now): a release's number, a revision of the store, a commit, a time, or how long ago. domain may be NULL. Prints as format says ("text",
 * "json" or NULL). Returns 0, the exit status of ERR_DRIFT when something differs, or an error.
 */
NODISCARD int cli_diff_deployed(struct cli *c, const char *from, const char *to, const char *domain,
				const char *format, struct err *err);

#endif
