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
#include "admission/policy.h"
#include "admission/surfaces.h"
#include "skill/plan.h"

/* Raised whenever a rule starts to see more or less than before; part of the policy digest. */
#define RULES_VERSION 1

enum rule_scope {
	RULE_SKILL, /* called once for each skill of the domain */
	RULE_DOMAIN, /* called once for the domain, also for one that is being deleted */
	RULE_PLATFORM /* called once for the candidate platform configuration */
};

struct rule_index; /* what the rules of one domain share: names, sums; rules/index.h */

struct rule_in {
	const struct snapshot *snap;
	const struct domain
		*domain; /* the candidate; NULL when it is being deleted, or for RULE_PLATFORM */
	const struct domain_skill *skill; /* RULE_SKILL only */
	const struct domain_change *change; /* NULL: compared with nothing */
	size_t deployed_skills; /* of this domain, before the change */
	const struct policy *policy;
	const struct surface *own; /* of the candidate */
	const struct surfaces *
		deployed; /* the other domains; those of the same plan are in `beside` and win over it */
	const struct surfaces *beside; /* candidates of the plan, this domain included */
	const struct admit_facts *facts;
	const struct rule_index *index;
	struct arena *arena; /* for what must outlive the call */
};

struct rule {
	const char *id; /* "AD-TESTS-001"; stable for ever */
	const char *family; /* "tests" */
	enum severity severity; /* unless policy says otherwise: SEVERITY_DENY or _WARN */
	enum rule_scope scope;
	const char *looks_at; /* "tests/ of each skill" */
	const char *sentence; /* what must hold */
	const char *manual; /* anchor in aspora-admission(7): "AD-TESTS-001" */
	/* Findings carry any severity; admit_domain() sets the one that policy says. Errors deny. */
	int (*check)(const struct rule_in *in, struct findings *out, struct err *err);
};

extern const struct rule rules[]; /* id NULL ends; by id */
size_t rule_count(void);
const struct rule *rule_find(struct str id); /* NULL when absent */
const char *rule_nearest(struct str id); /* for "did you mean" */

#endif
