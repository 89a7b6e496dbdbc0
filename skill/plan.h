/*
 * A plan: what changes between what is deployed and what a snapshot wants, per domain, with the difference in words that a
 * reviewer reads ("budget per run 5 -> 20 USD", "new tool redshift.query", "trigger now also matches ...").
 */
#ifndef SKILL_PLAN_H
#define SKILL_PLAN_H

#include "skill/snapshot.h"

/* One deployed skill, as the store keeps it. */
struct deployed_skill {
	struct str domain, name;
	struct tree_id tree;
	struct digest content, runtime, context;
};

struct deployed_domain {
	struct str name;
	struct source_ref source; /* its owner */
	struct tree_id tree;
	struct digest candidate, policy;
	bool partial; /* a skill was held back: the candidate says more than is deployed */
};

/* The deployed state, sorted by domain, then name. Lives in arena. */
struct deployed {
	struct arena *arena;
	struct deployed_domain *domains;
	size_t domain_count;
	struct deployed_skill *skills;
	size_t skill_count;
	struct source_ref platform_source;
	struct digest platform_digest;
};

enum change_op { CHANGE_NONE, CHANGE_CREATE, CHANGE_UPDATE, CHANGE_DELETE };
const char *change_op_name(enum change_op op);

/* One difference in words. kind names what it is about. growth: it gives the skill more than it had (tools, network, budget, wider trigger). */
struct change_detail {
	const char *field; /* "budget.per_run_usd", "trigger", "handler", "body", "files" … */
	struct str text;
	bool growth;
	bool rollout; /* changes the runtime digest */
};

/* What a skill may spend, and what its text takes of a model's context (estimated: skill/tokens.h). */
struct skill_cost {
	bool known; /* the budgets that were in force */
	bool counted; /* the tokens: its text was at hand */
	int64_t per_run_microusd, per_day_microusd;
	uint32_t metadata_tokens, body_tokens;
};

struct skill_change {
	enum change_op op;
	struct str domain, name;
	const struct domain_skill *to; /* NULL for delete */
	struct digest from_content, to_content;
	bool runtime_changed, context_changed;
	bool uncompared; /* an update whose old side, or its configuration, was not to be had */
	struct skill_cost was, costs;
	struct change_detail *details;
	size_t detail_count;
};

struct domain_change {
	enum change_op op;
	struct str name;
	const struct domain *to; /* NULL for delete */
	bool policy_changed; /* alone, op is CHANGE_NONE: a new verdict is due, nothing else */
	struct skill_change *skills; /* only those that change, by name */
	size_t skill_count;
	size_t unchanged;
	size_t deleted;
};

struct plan {
	struct arena *arena;
	struct domain_change *domains; /* only those that change, by name */
	size_t domain_count;
	size_t created, updated, deleted, unchanged;
};

/* Where the old side of a difference in words comes from. Only asked about what changes. */
struct plan_old {
	/* Gives an old skill, one reference; NULL result with 0: not known. */
	int (*load)(void *state, const struct deployed_skill *d, struct skill **ret,
		    struct err *err);
	void *state;
	/*
	 * The configuration that was in force for it, in a; NULL result with 0: not known, and then the old skill's own configuration under
	 * today's domain and platform stands in for it. May be NULL.
	 */
	int (*effective)(void *state, const struct deployed_skill *d, struct arena *a,
			 const struct config **ret, struct err *err);
};

struct plan_scope {
	const char *const *domains; /* NULL-terminated: only these are compared; NULL: all */
	/*
	 * A domain or skill that is absent from the snapshot is deleted (Git); apply never infers. Nothing is absent from a revision
	 * that is refused (snapshot_refused()), nor from a domain that is broken.
	 */
	bool infer_deletes;
	const char *source; /* only domains owned by this source may be deleted; NULL: any */
	uint32_t rules_version; /* of admission, for policy digests; 0: policies are not compared */
};

/* Merges two sorted lists; compares tree ids and digests, reads nothing for what is equal. old may be NULL: no words. Gives. */
NODISCARD int plan_make(const struct snapshot *want, const struct deployed *have,
			const struct plan_scope *scope, const struct plan_old *old,
			struct plan **ret, struct err *err);
void plan_free(struct plan *p);
void plan_freep(struct plan **p);
/*
 * The words alone, for two parsed skills; either effective may differ. old NULL: what a new skill asks for. old_eff NULL: not known,
 * configuration is not compared. Lines of text are counted where both text parts are there. Everything is copied into a.
 */
void skill_difference(struct arena *a, const struct skill *old, const struct config *old_eff,
		      const struct skill *new_, const struct config *new_eff,
		      struct change_detail **ret, size_t *ret_count);
/* An element: {"summary": {"create", "update", "delete", "unchanged"}, "domains": [{"name", "op", …, "skills": […]}]}. */
void plan_json(struct json *j, const struct plan *p);
void plan_json_members(struct json *j, const struct plan *p); /* what is in it */
void change_detail_json(struct json *j, const struct change_detail *d); /* one object of it */
/*
 * "~ ecm/order-details  update" with details below ("!" before one that gives it more than it had), a summary at the end; "no changes". Text of
 * the repository is escaped.
 */
void plan_text(struct buf *out, const struct plan *p);

#endif
