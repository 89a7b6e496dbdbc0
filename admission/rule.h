/*
 * Admission rules: one row each in one table. A rule is pure: what it looks at is all in struct rule_in, what it says goes to findings, and the same input
 * gives the same findings in the same order, on a laptop, in CI and in asporad.
 *
 * A rule that fails (returns negative) denies: admit_domain() turns the error into AD-INTERNAL-001. What parsing and the cascade have
 * already said (SK-…) is not said again.
 */
#ifndef ADMISSION_RULE_H
#define ADMISSION_RULE_H

#include "admission/facts.h"
#include "admission/guard_memory.h"
#include "admission/memory.h"
#include "admission/policy.h"
#include "admission/surfaces.h"
#include "skill/plan.h"

/* Raised whenever a rule starts to see more or less than before; part of the policy digest. */
#define RULES_VERSION 5
#define WAITS_FOR_CHECKS "WaitingForChecks"
#define WAITS_FOR_APPROVAL "WaitingForApproval"
/*
 * Rules that wait for others say no until those have spoken: a domain that only they deny is not at fault. The reason of its condition; NULL: what the
 * rule denies has to change.
 */
const char *rule_waits_for(const char *id);
/* What it denies may go on once a person says so (aspora approve, aspora sync --confirm-deletion), or a result is posted, without a new commit. */
bool rule_may_be_lifted(const char *id);

/* Where a rule is called; a row may have several. */
#define RULE_SKILL 1u /* once for each skill of the domain; in->skill is set */
#define RULE_DOMAIN 2u /* once for the domain, also for one that is being deleted */
#define RULE_PLATFORM                                                                              \
	4u /* once for the candidate platform configuration; in->domain and in->skill are NULL */
/*
 * With RULE_SKILL: what it says may change though neither the skill nor any configuration above it does: it looks at other skills, at files of the
 * domain, at facts. Without it, a skill of which it had nothing to say is not asked about again under the same policy (judged.h).
 */
#define RULE_BESIDE 8u

struct rule;
struct rule_index; /* what the rules of one domain share (names, files, sums); rule_int.h */

struct rule_in {
	const struct snapshot *snap;
	const struct config_doc *platform; /* RULE_PLATFORM: the candidate */
	struct str name; /* of the domain; empty for the platform */
	const struct domain *domain; /* the candidate; NULL when it is being deleted */
	const struct domain_skill *skill;
	const struct domain_change *change; /* NULL: compared with nothing */
	struct digest pushed,
		base; /* the change: the candidate as it was pushed, in place of what is deployed; zeros: nothing */
	size_t deployed_skills; /* of this domain, before the change */
	size_t repository_skills,
		repository_deleted; /* of all domains of the source: before, and by this plan */
	const struct policy *policy; /* that judges */
	const struct surface_view *surfaces; /* all domains as they would be, this one included */
	const struct surfaces *deployed; /* as they are; NULL: nothing is */
	const struct admit_facts *facts;
	const struct rule *table; /* NULL: rules; tests pass rows that fail (and are fixed) */

	struct admit_memory *memory; /* NULL: texts are at hand, and nothing is kept */
	struct admit_guard
		*guard; /* NULL: the AD-GUARD rules have nothing to go by and say nothing */

	/* Set by admit_domain(). */
	const struct rule *rule; /* the row being called */
	const struct rule_index *index;
	const struct config *domain_effective; /* under the platform that judges */
	const struct config *effective; /* the same of in->skill */
	bool crowded; /* in->skill's triggers may meet others */
	const struct text_facts *text; /* of in->skill; never NULL for RULE_SKILL */
	struct buf *
		in_force; /* what else the outcome rests on (date, confirmations, posted results), for the key: rule_rests_on() */
	struct arena *arena; /* for what must outlive the call */
};

struct rule {
	const char *id; /* "AD-TESTS-001"; stable for ever, and the anchor in aspora-admission(7) */
	const char *family; /* "tests" */
	enum severity severity; /* unless policy says otherwise: SEVERITY_DENY or _WARN */
	unsigned scope;
	bool fixed; /* policy cannot change its severity: rules about policy itself */
	const char *looks_at; /* "tests/ of each skill" */
	const char *sentence; /* what must hold */
	const char *advice; /* how to make it hold */
	/*
	 * Adds findings. admit_domain() sets their severity to what policy says, but no higher than a rule that has lowered its own.
	 * Errors (negative) deny. NULL: the row is spoken by admit_domain() itself.
	 */
	int (*check)(const struct rule_in *in, struct findings *out, struct err *err);
};

extern const struct rule rules[]; /* id NULL ends; by id */
#define RULES_MAX 128 /* more rows than the table has; rule.c asserts it */
size_t rule_count(void);
const struct rule *rule_find(struct str id); /* NULL when absent */
const char *rule_nearest(struct str id); /* for "did you mean" */

#endif
