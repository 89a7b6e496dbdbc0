/*
 * What changed between two moments of what is deployed: `aspora diff --from`.
 */
#ifndef CLI_DIFF_DEPLOYED_H
#define CLI_DIFF_DEPLOYED_H

#include "cli/cli.h"
#include "cli/report.h"

/*
 * from and to (NULL: now): a release's number, a revision of the store, a commit, a time, or how long ago. domain may be NULL. Prints as format
 * says; JSON is of a shape of its own. Returns 0, the exit status of ERR_DRIFT when something differs, or an error.
 */
NODISCARD int cli_diff_deployed(struct cli *c, const char *from, const char *to, const char *domain,
				const struct report_format *format, const struct report_opts *how,
				struct err *err);

#endif
