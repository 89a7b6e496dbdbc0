/*
 * Runs without a server: `asporad executor --local` in a child. The sandbox is the same, and so are limits and results; the command line links no
 * driver.
 */
#ifndef CLI_LOCAL_H
#define CLI_LOCAL_H

#include "cli/cli.h"
#include "base/doc.h"

struct cli_local {
	const char *root; /* the repository */
	struct str domain, skill;
	struct str input_json, trigger_json; /* empty: none */
	const char *session; /* NULL: none */
};

/*
 * Appends the SkillResult to result, and what the handler said on its stderr to said, on failure too. Blocks until it has ended. Errors: those of
 * runtime/execute.h; ERR_NOT_FOUND when there is no asporad beside this program or in PATH.
 */
NODISCARD int cli_local_run(const struct cli_local *l, struct buf *result, struct buf *said,
			    struct err *err);

/* A problem document (RFC 9457) back into an error; returns its code. status: HTTP, or 0. */
int cli_problem(const struct doc_node *problem, int status, struct err *err);

#endif
