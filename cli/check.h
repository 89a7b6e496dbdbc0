/*
 * Posting what a check said to the gateway: for one content of a skill, in numbers.
 */
#ifndef CLI_CHECK_H
#define CLI_CHECK_H

#include "cli/gateway.h"
#include "cli/judge.h"
#include "skill/check_result.h"

struct cli_check {
	const char *name, *tool, *version, *link; /* all but name may be NULL */
	struct check_count count;
};

/* The body of the request, for the skill as it is in its folder. */
void cli_check_body(struct buf *out, const struct skill *s, const struct cli_check *check);
NODISCARD int cli_check_send(struct cli_gateway *g, const struct skill *s,
			     const struct cli_check *check, struct err *err);
/* One for each skill that the admission judged: passed when its domain is allowed, failed when it is not. */
NODISCARD int cli_check_post_admission(struct cli *c, const struct cli_judged *j, const char *link,
				       struct err *err);

#endif
