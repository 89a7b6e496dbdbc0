#include "skill/plan.h"

#include "skill/digest.h"
#include "skill/plan_int.h"

const char *change_op_name(enum change_op op)
{
	static const char *const names[] = {"none", "create", "update", "delete"};
	return names[op];
}

static bool in_scope(const struct compare *c, struct str domain)
{
	const char *const *d = c->scope ? c->scope->domains : NULL;
	for (; d && *d; d++) {
		if (str_eqz(domain, *d))
			return true;
	}
	return !d;
}

static bool may_delete(const struct compare *c, const struct deployed_domain *d)
{
	return c->scope && c->scope->infer_deletes && !snapshot_refused(c->want) &&
	       (!c->scope->source || strcmp(c->scope->source, d->source.name) == 0);
}

/* The deployed skills of a domain, which stand together. */
static const struct deployed_skill *skills_of(const struct deployed *have, struct str domain,
					      size_t *ret_count)
{
	size_t low = 0, high = have->skill_count;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (str_cmp(have->skills[mid].domain, domain) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	size_t end = low;
	while (end < have->skill_count && str_eq(have->skills[end].domain, domain))
		end++;
	*ret_count = end - low;
	return *ret_count ? &have->skills[low] : NULL;
}

static bool skill_same(const struct deployed_skill *was, const struct domain_skill *now)
{
	return digest_equal(&was->content, &now->skill->content) &&
	       digest_equal(&was->runtime, &now->runtime) &&
	       digest_equal(&was->context, &now->context);
}

/* --- one domain -------------------------------------------------------------------------------------------------- */

static bool policy_differs(const struct compare *c, const struct deployed_domain *was,
			   const struct domain *now)
{
	if (!c->scope || !c->scope->rules_version)
		return false;
	struct digest d = policy_digest(c->want->platform, now->config, c->scope->rules_version);
	return !digest_equal(&d, &was->policy);
}

/* Merges the skills of one domain; change->skills has room for all of both sides. */
static int compare_skills(const struct compare *c, const struct domain *now,
			  const struct deployed_skill *was, size_t was_count, bool deletes,
			  struct domain_change *change)
{
	size_t i = 0, k = 0, now_count = now ? now->skill_count : 0;
	while (i < was_count || k < now_count) {
		struct skill_change *next = &change->skills[change->skill_count];
		int order = i == was_count   ? 1
			    : k == now_count ? -1
					     : str_cmp(was[i].name, now->skills[k].skill->name);
		if (order == 0 && skill_same(&was[i], &now->skills[k])) {
			change->unchanged++;
		} else if (order == 0) {
			int rc = plan_update_skill(c, now, &was[i], &now->skills[k], next);
			if (rc < 0)
				return rc;
			change->skill_count++;
		} else if (order > 0) {
			plan_create_skill(c, &now->skills[k], next);
			change->skill_count++;
		} else if (deletes) {
			plan_delete_skill(&was[i], next);
			change->skill_count++;
			change->deleted++;
		}
		i += order <= 0;
		k += order >= 0;
	}
	return 0;
}

static void add_domain(struct compare *c, const struct domain_change *change)
{
	struct plan *p = c->plan;
	p->unchanged += change->unchanged;
	if (change->op == CHANGE_NONE && !change->policy_changed)
		return;
	for (size_t i = 0; i < change->skill_count; i++) {
		enum change_op op = change->skills[i].op;
		p->created += op == CHANGE_CREATE;
		p->updated += op == CHANGE_UPDATE;
		p->deleted += op == CHANGE_DELETE;
	}
	ARENA_GROW(p->arena, p->domains, p->domain_count, c->domain_cap);
	p->domains[p->domain_count++] = *change;
}

/* now NULL: the domain goes; was NULL: it comes. */
static int compare_domain(struct compare *c, struct str name, const struct domain *now,
			  const struct deployed_domain *was)
{
	struct domain_change change = {.name = name, .to = now};
	size_t was_count = 0;
	bool deletes = was && may_delete(c, was);
	if (!in_scope(c, name) || (!now && !deletes))
		return 0;
	change.op = !was ? CHANGE_CREATE : !now ? CHANGE_DELETE : CHANGE_UPDATE;
	if (now && was) {
		change.policy_changed = policy_differs(c, was, now);
		/* The candidate digest is over every skill's: nothing below an equal one can differ. */
		if (!was->partial && digest_equal(&now->candidate, &was->candidate)) {
			change.op = CHANGE_NONE;
			change.unchanged = now->skill_count;
		}
	}
	if (change.op != CHANGE_NONE) {
		const struct deployed_skill *skills = skills_of(c->have, name, &was_count);
		size_t room = was_count + (now ? now->skill_count : 0);
		change.skills = arena_array(c->plan->arena, room + 1, sizeof(*change.skills));
		/* What could not be read is not absent. */
		deletes = deletes && !(now && now->broken);
		int rc = compare_skills(c, now, skills, was_count, deletes, &change);
		if (rc < 0)
			return rc;
	}
	add_domain(c, &change);
	return 0;
}

static int compare_all(struct compare *c)
{
	size_t i = 0, k = 0;
	while (i < c->have->domain_count || k < c->want->domain_count) {
		const struct deployed_domain *was = i < c->have->domain_count ? &c->have->domains[i]
									      : NULL;
		const struct domain *now = k < c->want->domain_count ? c->want->domains[k] : NULL;
		int order = !was ? 1 : !now ? -1 : str_cmp(was->name, now->name);
		struct str name = now && order >= 0 ? now->name : was ? was->name : STR_NULL;
		int rc = compare_domain(c, name, order >= 0 ? now : NULL, order <= 0 ? was : NULL);
		if (rc < 0)
			return rc;
		i += order <= 0;
		k += order >= 0;
	}
	return 0;
}

int plan_make(const struct snapshot *want, const struct deployed *have,
	      const struct plan_scope *scope, const struct plan_old *old, struct plan **ret,
	      struct err *err)
{
	struct arena *a = arena_new((size_t)256 << 20);
	CLEANUP(plan_freep) struct plan *p = arena_alloc(a, sizeof(*p));
	p->arena = a;
	struct compare c = {want, have, scope, old, p, 0, err};
	int rc = compare_all(&c);
	if (rc < 0)
		return rc;
	rc = arena_check(a, "the plan", err);
	if (rc < 0)
		return rc;
	*ret = TAKE_PTR(p);
	return 0;
}

void plan_free(struct plan *p)
{
	if (p)
		arena_free(p->arena);
}

void plan_freep(struct plan **p)
{
	plan_free(*p);
	*p = NULL;
}
