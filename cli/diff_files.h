/*
 * What `aspora apply -f` would change of what is deployed: `aspora diff -f`.
 */
#ifndef CLI_DIFF_FILES_H
#define CLI_DIFF_FILES_H

#include "cli/cli.h"
#include "cli/report.h"

/*
 * The gateway compares, and changes nothing; whose the domain is makes no difference. Prints as format says. Returns 0, the exit
 * status of ERR_DRIFT when something differs, or an error: those of cli_upload_add() and of the wish.
 */
NODISCARD int cli_diff_files(struct cli *c, const struct opt_strings *paths,
			     const struct report_format *format, const struct report_opts *how,
			     struct err *err);

#endif
