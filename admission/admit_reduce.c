#include "admission/admit_int.h"

#include "base/mem.h"
#include "skill/digest.h"

/* --- who is at fault ------------------------------------------------------------------------------------------ */

/* A deny that names no skill, or that stands for others which are not shown, cannot be put right by holding skills. */
static bool is_beyond_skills(const struct verdict *v)
{
	for (size_t i = 0; i < v->findings.count; i++) {
		const struct finding *f = &v->findings.items[i];
		if (f->severity == SEVERITY_DENY &&
		    (!f->skill.len || strcmp(f->rule, "SK-TOO-MANY") == 0))
			return true;
	}
	return false;
}

static bool at_fault(const struct verdict *v, struct str skill)
{
	for (size_t i = 0; i < v->findings.count; i++)
		if (v->findings.items[i].severity == SEVERITY_DENY &&
		    str_eq(v->findings.items[i].skill, skill))
			return true;
	return false;
}

static const struct skill_change *change_of(const struct domain_change *c, struct str skill)
{
	for (size_t i = 0; i < c->skill_count; i++)
		if (str_eq(c->skills[i].name, skill))
			return &c->skills[i];
	return NULL;
}

static bool is_held(const struct admission_domain *d, struct str skill)
{
	for (size_t i = 0; i < d->held_count; i++)
		if (str_eq(d->held[i], skill))
			return true;
	return false;
}

/* Only a skill that the plan creates or updates, and that is not held already, can be held. */
static bool can_hold(const struct admission_domain *d, struct str skill)
{
	const struct skill_change *c = change_of(d->change, skill);
	return c && (c->op == CHANGE_CREATE || c->op == CHANGE_UPDATE) && !is_held(d, skill);
}

static bool is_new(const struct admission_domain *d, struct str skill)
{
	const struct skill_change *c = change_of(d->change, skill);
	return c && c->op == CHANGE_CREATE;
}

/* --- the reduced domain ------------------------------------------------------------------------------------------ */

static const struct deployed_skill *deployed_of(const struct deployed *have, struct str domain,
						struct str skill)
{
	for (size_t i = 0; have && i < have->skill_count; i++)
		if (str_eq(have->skills[i].domain, domain) && str_eq(have->skills[i].name, skill))
			return &have->skills[i];
	return NULL;
}

/* The old version as it stands under today's configuration. 0 with ret->skill NULL: not known. */
static int old_version(struct admitting *m, const struct domain *d, struct str name,
		       struct domain_skill *ret, struct err *err)
{
	const struct deployed_skill *was = deployed_of(m->o->have, d->name, name);
	struct skill *s = NULL;
	*ret = (struct domain_skill){0};
	if (!was || !m->o->old)
		return 0;
	int rc = m->o->old->load(m->o->old->state, was, &s, err);
	if (rc < 0 || !s)
		return rc;
	GROW(m->out->old, m->out->old_count, m->out->old_cap);
	m->out->old[m->out->old_count++] = s;
	rc = admitting_text(m, s, err);
	if (rc < 0)
		return rc;
	ret->skill = s;
	findings_init(&ret->findings, m->arena);
	config_cascade(m->o->snapshot->platform, d->config, s->config, &ret->effective,
		       &ret->findings, d->name, name);
	ret->runtime = skill_digest_runtime(s, &ret->effective);
	ret->context = skill_digest_context(m->o->snapshot, d, ret);
	return 0;
}

static void hold(struct admission_domain *d, struct str skill)
{
	d->held[d->held_count++] = skill;
}

/*
 * A copy of want without what v blames. Returns 1, or 0 when somebody at fault cannot be held.
 */
static int reduce(struct admitting *m, struct admission_domain *d, const struct domain *want,
		  const struct verdict *v, struct domain **ret, struct err *err)
{
	struct domain *r = arena_alloc(m->arena, sizeof(*r));
	*r = *want;
	r->skills = arena_array(m->arena, want->skill_count, sizeof(*r->skills));
	r->skill_count = 0;
	for (size_t i = 0; i < want->skill_count; i++) {
		struct str name = want->skills[i].skill->name;
		struct domain_skill old;
		if (!at_fault(v, name)) {
			r->skills[r->skill_count++] = want->skills[i];
			continue;
		}
		if (!can_hold(d, name))
			return 0;
		hold(d, name);
		if (is_new(d, name))
			continue;
		int rc = old_version(m, want, name, &old, err);
		if (rc < 0)
			return rc;
		if (!old.skill)
			return 0;
		r->skills[r->skill_count++] = old;
	}
	r->candidate = domain_digest(m->o->snapshot, r);
	*ret = r;
	return 1;
}

static void sort_held(struct admission_domain *d)
{
	for (size_t i = 1; i < d->held_count; i++)
		for (size_t j = i; j && str_cmp(d->held[j], d->held[j - 1]) < 0; j--) {
			struct str t = d->held[j];
			d->held[j] = d->held[j - 1];
			d->held[j - 1] = t;
		}
}

/* Takes skills out of want until it is allowed (1) or nobody is left to blame (0). Leaves its own candidates on show. */
static int reduce_until_allowed(struct admitting *m, size_t i, const struct domain *want,
				struct verdict *v, struct err *err)
{
	struct admission_domain *d = &m->out->domains[i];
	for (;;) {
		struct domain *less = NULL;
		struct rule_in in;
		size_t held = d->held_count;
		if (is_beyond_skills(v))
			return 0;
		int rc = reduce(m, d, want, v, &less, err);
		if (rc <= 0 || d->held_count == held)
			return MIN(rc, 0);
		admitting_show(m, i, less);
		admitting_input(m, i, less, &in);
		admit_domain(m->arena, &in, v);
		if (v->allow) {
			d->release = less;
			d->reduced = v;
			return 1;
		}
		want = less;
	}
}

int admit_reduce(struct admitting *m, size_t i, const struct domain *want, const struct verdict *v,
		 struct err *err)
{
	struct admission_domain *d = &m->out->domains[i];
	struct verdict *mine = arena_alloc(m->arena, sizeof(*mine));
	if (!d->held)
		d->held = arena_array(m->arena, d->change->skill_count, sizeof(*d->held));
	*mine = *v;
	int rc = reduce_until_allowed(m, i, want, mine, err);
	admitting_show(m, i, want);
	if (rc > 0)
		sort_held(d);
	return rc;
}
