/*
 * What the files of plan share: the comparison under way, and a growing list of details.
 */
#ifndef SKILL_PLAN_INT_H
#define SKILL_PLAN_INT_H

#include "skill/plan.h"

struct details {
	struct arena *arena;
	struct change_detail *items;
	size_t count, cap;
	const struct config_doc *skill,
		*domain; /* what the new side has written; NULL: nothing, or not known */
};

#define DETAIL_GROWTH 1u
#define DETAIL_ROLLOUT 2u

/* field is static or lives as long as the arena. */
void detail_add(struct details *d, const char *field, unsigned flags, const char *fmt, ...)
	PRINTF(4, 5);

/* skill_difference(), where the domain's own configuration is known too. */
void difference_skill(const struct config_doc *domain, struct arena *a, const struct skill *old,
		      const struct config *old_eff, const struct skill *now,
		      const struct config *now_eff, struct change_detail **ret, size_t *ret_count);
/* Configuration; old NULL compares nothing but what a new skill asks for (tools, network, forwards). */
void difference_config(struct details *d, const struct config *old, const struct config *now);
/* "new tool a.b", "no longer uses tool c.d"; names are the words around the entry. */
struct list_words {
	const char *field;
	const char *added, *removed; /* "new tool", "no longer uses tool" */
	unsigned added_flags, flags;
};
void difference_strings(struct details *d, const struct list_words *w,
			const struct field_strings *old, const struct field_strings *now);
/* Triggers, front matter, text, files. */
void difference_triggers(struct details *d, const struct skill *old, const struct skill *now);
void difference_files(struct details *d, const struct skill *old, const struct skill *now);
/* Lines of now that old lacks, and the other way round. */
void difference_lines(struct str old, struct str now, size_t *ret_added, size_t *ret_removed);

/* One comparison under way. */
struct compare {
	const struct snapshot *want;
	const struct deployed *have;
	const struct plan_scope *scope;
	const struct plan_old *old;
	struct plan *plan;
	size_t domain_cap;
	struct err *err;
};

/* Fill *change; its arena is the plan's. */
NODISCARD int plan_update_skill(const struct compare *c, const struct domain *domain,
				const struct deployed_skill *was, const struct domain_skill *now,
				struct skill_change *change);
void plan_create_skill(const struct compare *c, const struct domain_skill *now,
		       struct skill_change *change);
void plan_delete_skill(const struct deployed_skill *was, struct skill_change *change);

#endif
