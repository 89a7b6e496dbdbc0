/*
 * The rules of reading: every "SK-…" a finding may carry, with what each profile makes of it and one sentence for the manual. Severities of
 * findings about SKILL.md come from here; the list is skill/skill_rule.def.
 */
#ifndef SKILL_SKILL_RULE_H
#define SKILL_SKILL_RULE_H

#include "skill/config.h"

#define SEVERITY_NONE (-1) /* the profile says nothing */

struct skill_rule {
	const char *id;
	int severity[3]; /* by enum profile: enum severity or SEVERITY_NONE */
	const char *help;
};

extern const struct skill_rule skill_rules[]; /* by id; id NULL ends */
const struct skill_rule *skill_rule_find(const char *id); /* NULL when absent */

#endif
