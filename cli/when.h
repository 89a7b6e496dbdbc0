/*
 * A moment of the store, as people write it.
 */
#ifndef CLI_WHEN_H
#define CLI_WHEN_H

#include "cli/cli.h"

/*
 * word as the gateway takes it for "at": a time ("2026-11-24T10:00:00Z", "2026-11-24" is its beginning in UTC), a span before now ("2h",
 * "yesterday"), or as it is: a revision ("i1.47", "47") or a commit. word NULL stays NULL. Errors: ERR_USAGE, also for a time that has not come yet.
 */
NODISCARD int cli_when(struct cli *c, const char *word, const char **ret, struct err *err);

#endif
