/*
 * Findings of a part of the repository, and counts of them.
 */
#ifndef CLI_FINDINGS_H
#define CLI_FINDINGS_H

#include "cli/folder.h"
#include "skill/finding.h"

struct cli_counted {
	size_t domains, skills;
	size_t deny, warn, note;
};

/* Those of the scope, and those of the platform and repository, which hold everywhere; sorted. */
void cli_findings_in(const struct findings *all, const struct cli_scope *scope,
		     struct findings *ret);
void cli_count(const struct snapshot *s, const struct cli_scope *scope, const struct findings *f,
	       struct cli_counted *ret);
/* "9 skills in 5 domains: 1 to correct, 2 to look at", with a newline. */
void cli_count_text(struct buf *out, const struct cli_counted *n);

#endif
