/*
 * What a skill was, release by release: for `aspora history` and `aspora rollout history`.
 */
#ifndef CLI_HISTORY_H
#define CLI_HISTORY_H

#include "cli/gateway.h"

/* Prints the newest `limit` versions of a skill, newest first. */
NODISCARD int cli_history_print(struct cli_gateway *g, const char *domain, const char *skill,
				int64_t limit, struct err *err);
/* One release, and the skill as it was with it. Errors: ERR_NOT_FOUND. */
NODISCARD int cli_history_at(struct cli_gateway *g, const char *domain, const char *skill,
			     const char *release, const struct doc_node **ret_release,
			     const struct doc_node **ret_skill, struct err *err);

#endif
