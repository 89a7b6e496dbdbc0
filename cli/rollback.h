/*
 * Going back, with what would change shown before it is done: for `aspora rollback` and `aspora rollout undo`.
 */
#ifndef CLI_ROLLBACK_H
#define CLI_ROLLBACK_H

#include "cli/gateway.h"

struct cli_rollback {
	const char *domain, *skill; /* skill "": the whole domain */
	const char *to; /* NULL: the release before */
	bool yes, dry_run, force;
};

/* Errors: ERR_USAGE where nobody can be asked and neither yes nor dry_run is set; ERR_CANCELLED; those of the wish. */
NODISCARD int cli_rollback(struct cli_gateway *g, const struct cli_rollback *r, struct err *err);

#endif
