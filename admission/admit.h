/*
 * Admission: may this candidate be released? One pipeline for asporad on a merge, `aspora apply`, `aspora admit` in CI and a preview.
 *
 * The unit is the domain, unless the released policy says `skill` (a bad skill stays at its old version and the rest of its domain goes on: the
 * domain is *reduced*) or `repository` (one bad domain holds all). Order is by name everywhere; the same input gives the same bytes.
 *
 * Collisions across domains: a domain sees the candidates of the domains in the same plan and the deployed surfaces of the rest.
 * What is deployed wins: a pattern that was deployed and did not change is not at fault, so only the newcomer is denied. When both sides are new in one
 * plan, both are denied, each with the other's place: nobody wins by the alphabet.
 *
 * The caller: 1. plan_make(); 2. admit_plan(); 3. for each domain of the admission with `release` set, release exactly that; report the rest;
 * 4. admission_free(). snapshot, plan and surfaces must outlive the admission.
 */
#ifndef ADMISSION_ADMIT_H
#define ADMISSION_ADMIT_H

#include "admission/rule.h"

struct admit_opts {
	const struct snapshot *snapshot; /* the candidate; required */
	const struct plan *
		plan; /* required; plan_make() against an empty struct deployed checks everything */
	/*
	 * The platform configuration that is released, and that judges. NULL: none is yet; the candidate's own judges. When it is not the one the
	 * snapshot was resolved under, each skill must hold under both.
	 */
	const struct config_doc *released_platform;
	bool platform_changed; /* judge the candidate platform configuration too */
	const struct surfaces *deployed; /* surfaces of deployed domains; NULL: none */
	const struct deployed
		*have; /* the deployed state the plan was made against; NULL: nothing */
	const struct plan_old *
		old; /* loads old skills for unit `skill`; NULL: a skill that cannot be held denies its domain */
	const struct admit_facts *facts; /* required */
	struct admit_memory *memory; /* what is known of texts; NULL: nothing is kept */
	struct admit_guard *
		guard; /* has seen every file of the snapshot, or can; NULL: no AD-GUARD rule is asked */
	/*
	 * Brings the text of a skill back (skill_grow()) that is neither at hand nor remembered. NULL: such a skill is denied. With a memory it is let go
	 * again (skill_shrink()) as soon as it has been looked at.
	 */
	int (*grow)(void *state, struct skill *s, struct err *err);
	void *grow_state;
};

/* What became of one domain. */
struct admission_domain {
	struct str name;
	enum change_op op;
	const struct domain_change *change; /* points into the plan */
	struct verdict verdict; /* of the candidate as it was pushed */
	/*
	 * What may be released: change->to when allowed; a reduced domain (unit `skill`), whose own allow verdict is `reduced`; NULL
	 * when denied, and for an allowed deletion. Points into the plan or the admission.
	 */
	const struct domain *release;
	struct verdict *reduced;
	struct surface surface; /* what others see of release; none for a deletion */
	bool exposes_same; /* as it is deployed */
	struct str *held; /* skills kept at their old version, or out, by name */
	size_t held_count;
	const char *
		waits_for; /* denied only until others have spoken: rule_waits_for() of who is missing; NULL: it is not */
};

struct admission {
	struct arena *arena;
	bool allow; /* nothing at all was denied */
	bool platform_judged;
	struct verdict platform; /* verdict.key.domain is empty */
	struct findings
		repository; /* of the repository itself: what the snapshot says, and rules across domains */
	struct admission_domain *domains; /* by name; one for each of the plan */
	size_t domain_count;
	size_t allowed, denied;
	const struct plan *plan;
	const struct snapshot *snapshot;

	struct skill **old; /* references that reduced domains hold */
	size_t old_count, old_cap;
};

/*
 * Judges every domain of the plan. Bad content is not an error; it is findings. Gives. Errors: ERR_TOO_LARGE, and those of old->load.
 */
NODISCARD int admit_plan(const struct admit_opts *o, struct admission **ret, struct err *err);
void admission_free(struct admission *a);
void admission_freep(struct admission **a);
/* NULL when the plan did not change it. */
const struct admission_domain *admission_find(const struct admission *a, struct str domain);

/*
 * Judges one candidate (in->domain, or the deletion in->change says) by every rule. in->index may be NULL. The verdict's words live in `a`.
 * Never fails: a rule that does denies with AD-INTERNAL-001.
 */
void admit_domain(struct arena *a, const struct rule_in *in, struct verdict *ret);

#endif
