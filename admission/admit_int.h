/*
 * Inside admit_plan(): admit_plan.c judges the domains of a plan until nothing changes any more; admit_reduce.c makes the reduced domains of unit `skill`.
 */
#ifndef ADMISSION_ADMIT_INT_H
#define ADMISSION_ADMIT_INT_H

#include "admission/admit.h"

/* One admission being made. */
struct admitting {
	const struct admit_opts *o;
	struct admission *out;
	struct arena *arena;
	const struct config_doc *platform; /* that judges */
	struct surfaces *beside;
	struct surface_view view;
	struct policy *policies; /* one per domain of the plan */
	size_t repository_skills, repository_deleted;
};

/* The input for one candidate of domain i; candidate NULL: its deletion. */
void admitting_input(const struct admitting *m, size_t i, const struct domain *candidate,
		     struct rule_in *ret);
/* What others see of domain i is this candidate now; NULL: nothing. */
void admitting_show(struct admitting *m, size_t i, const struct domain *candidate);
/* What others see of domain i is what is deployed. */
void admitting_show_deployed(struct admitting *m, size_t i);

/* Sees to it that what the rules need of a skill's text is remembered or at hand. Errors: those of opts->grow. */
NODISCARD int admitting_text(struct admitting *m, struct skill *s, struct err *err);

/* Quotes in each finding the line it is about, where the guard has a source to read it from. */
void admitting_quote(struct admitting *m);

/*
 * The candidate `want` of domain i was denied by v: keeps the skills at fault at their old version (or out, when new) and judges the rest, until it is
 * allowed or nobody is left to blame. Returns 1 with release, reduced and held set, 0 when it cannot be reduced. Errors: those of old->load.
 */
NODISCARD int admit_reduce(struct admitting *m, size_t i, const struct domain *want,
			   const struct verdict *v, struct err *err);

#endif
