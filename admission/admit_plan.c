#include "admission/admit_int.h"

#include "base/mem.h"

#define ADMISSION_BYTES ((size_t)1 << 30)

/* --- what is judged against what ---------------------------------------------------------------------------- */

/* The first deployed skill whose domain is not below. */
static size_t first_of(const struct deployed *have, struct str domain)
{
	size_t lo = 0, hi = have->skill_count;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (str_cmp(have->skills[mid].domain, domain) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static size_t deployed_skills(const struct deployed *have, struct str domain)
{
	size_t n = 0;
	for (size_t i = have ? first_of(have, domain) : 0; have && i < have->skill_count; i++, n++)
		if (!str_eq(have->skills[i].domain, domain))
			break;
	return n;
}

/* Of the source that the snapshot is from: what other sources own cannot be deleted by it. */
static void count_repository(struct admitting *m)
{
	const struct deployed *have = m->o->have;
	const char *source = m->o->snapshot->source.name;
	for (size_t i = 0; have && i < have->domain_count; i++)
		if (strcmp(have->domains[i].source.name, source) == 0)
			m->repository_skills += deployed_skills(have, have->domains[i].name);
	for (size_t i = 0; i < m->o->plan->domain_count; i++)
		m->repository_deleted += m->o->plan->domains[i].deleted;
}

void admitting_input(const struct admitting *m, size_t i, const struct domain *candidate,
		     struct rule_in *ret)
{
	const struct domain_change *c = &m->o->plan->domains[i];
	*ret = (struct rule_in){.snap = m->o->snapshot,
				.name = c->name,
				.domain = candidate,
				.change = c,
				.deployed_skills = deployed_skills(m->o->have, c->name),
				.repository_skills = m->repository_skills,
				.repository_deleted = m->repository_deleted,
				.policy = &m->policies[i],
				.surfaces = &m->view,
				.deployed = m->o->deployed,
				.facts = m->o->facts};
}

void admitting_show(struct admitting *m, size_t i, const struct domain *candidate)
{
	struct surface s = {.domain = m->o->plan->domains[i].name};
	if (candidate)
		surface_of(m->arena, candidate, &s);
	surfaces_set(m->beside, &s);
}

void admitting_show_deployed(struct admitting *m, size_t i)
{
	surfaces_remove(m->beside, m->o->plan->domains[i].name);
}

static void prepare(struct admitting *m)
{
	const struct plan *p = m->o->plan;
	m->policies = arena_array(m->arena, p->domain_count, sizeof(*m->policies));
	m->out->domains = arena_array(m->arena, p->domain_count, sizeof(*m->out->domains));
	m->out->domain_count = p->domain_count;
	for (size_t i = 0; i < p->domain_count; i++) {
		const struct domain_change *c = &p->domains[i];
		m->out->domains[i] =
			(struct admission_domain){.name = c->name, .op = c->op, .change = c};
		policy_make(m->arena, m->platform, c->to ? c->to->config : NULL, m->o->facts,
			    &m->policies[i]);
		admitting_show(m, i, c->to);
	}
}

/* --- the platform and the repository -------------------------------------------------------------------------- */

static void judge_platform(struct admitting *m)
{
	const struct snapshot *snap = m->o->snapshot;
	struct admission *out = m->out;
	struct policy policy;
	policy_make(m->arena, m->platform, NULL, m->o->facts, &policy);
	struct rule_in in = {.snap = snap,
			     .platform = snap->platform,
			     .policy = &policy,
			     .surfaces = &m->view,
			     .deployed = m->o->deployed,
			     .facts = m->o->facts};
	admit_domain(m->arena, &in, &out->platform);
	out->platform_judged = true;
}

/* A repository whose root is wrong, or whose platform configuration is denied, releases nothing as it stands. */
static bool root_holds(const struct admitting *m)
{
	return findings_count(&m->out->repository, SEVERITY_DENY) == 0 &&
	       (!m->out->platform_judged || m->out->platform.allow);
}

/* --- domains ----------------------------------------------------------------------------------------------------- */

static bool only_waits(const struct verdict *v)
{
	if (v->allow)
		return false;
	for (size_t i = 0; i < v->findings.count; i++)
		if (v->findings.items[i].severity == SEVERITY_DENY &&
		    strcmp(v->findings.items[i].rule, RULE_WAITING) != 0)
			return false;
	return true;
}

static enum admission_unit unit_of(const struct admitting *m, const struct domain *d)
{
	int unit = UNIT_DOMAIN;
	if (m->platform)
		unit = m->platform->values.policy.unit;
	if (d && d->effective.policy.unit > unit)
		unit = d->effective.policy.unit;
	return (enum admission_unit)unit;
}

static bool may_go(const struct admission_domain *d)
{
	return d->verdict.allow || d->reduced;
}

/*
 * Judges what domain i wants now: all that was pushed, or what an earlier round reduced it to. Returns 1 when others see
 * less of it than before.
 */
static int judge(struct admitting *m, size_t i, struct err *err)
{
	struct admission_domain *d = &m->out->domains[i];
	const struct domain *want = d->reduced ? d->release : d->change->to;
	struct verdict *v = d->reduced ? d->reduced : &d->verdict;
	struct rule_in in;
	admitting_input(m, i, want, &in);
	admit_domain(m->arena, &in, v);
	if (v->allow) {
		d->release = want;
		return 0;
	}
	d->waiting = only_waits(&d->verdict);
	if (want && unit_of(m, want) == UNIT_SKILL) {
		int rc = admit_reduce(m, i, want, v, err);
		if (rc != 0)
			return rc;
	}
	d->release = NULL;
	d->reduced = NULL;
	d->held_count = 0;
	admitting_show_deployed(m, i);
	return 1;
}

/*
 * A domain that was denied stays as it is deployed, and that is what the others have to live with: who was judged beside
 * its candidate is judged again. Each round that changes something takes a domain or a skill out, so this ends.
 */
static int judge_all(struct admitting *m, struct err *err)
{
	CLEANUP_FREE bool *denied = mem_array(m->out->domain_count + 1, sizeof(bool));
	for (bool again = true; again;) {
		again = false;
		for (size_t i = 0; i < m->out->domain_count; i++) {
			int rc = denied[i] ? 0 : judge(m, i, err);
			if (rc < 0)
				return rc;
			denied[i] = !may_go(&m->out->domains[i]);
			again |= rc > 0 && m->out->domain_count > 1;
		}
	}
	return 0;
}

/* policy.unit repository: one bad domain holds all. */
static void hold_repository(struct admitting *m)
{
	struct admission *out = m->out;
	const struct admission_domain *bad = NULL;
	if (unit_of(m, NULL) != UNIT_REPOSITORY)
		return;
	for (size_t i = 0; i < out->domain_count && !bad; i++)
		bad = out->domains[i].verdict.allow ? NULL : &out->domains[i];
	if (!bad)
		return;
	for (size_t i = 0; i < out->domain_count; i++) {
		struct verdict *v = &out->domains[i].verdict;
		if (!v->allow)
			continue;
		findings_addf(
			&v->findings, "AD-UNIT-001", SEVERITY_DENY, out->domains[i].name, STR_NULL,
			"domain %.*s is denied, and policy.unit is repository: nothing is released",
			STR_ARG(bad->name))
			->remedy = STR("correct that domain first");
		v->allow = false;
	}
}

static void conclude(struct admitting *m)
{
	struct admission *out = m->out;
	bool holds = root_holds(m);
	out->allow = holds;
	for (size_t i = 0; i < out->domain_count; i++) {
		struct admission_domain *d = &out->domains[i];
		bool allow = d->verdict.allow;
		if (!holds || !may_go(d))
			d->release = NULL;
		out->allow &= allow;
		out->allowed += allow;
		out->denied += !allow;
	}
}

/* --- the whole ------------------------------------------------------------------------------------------------------ */

static void start(struct admitting *m, const struct admit_opts *o)
{
	struct admission *out = mem_zalloc(sizeof(*out));
	out->arena = m->arena = arena_new(ADMISSION_BYTES);
	out->plan = o->plan;
	out->snapshot = o->snapshot;
	findings_init(&out->repository, m->arena);
	findings_append(&out->repository, &o->snapshot->findings);
	m->o = o;
	m->out = out;
	m->platform = o->platform_changed && o->released_platform ? o->released_platform
								  : o->snapshot->platform;
	m->beside = surfaces_new();
	m->view = (struct surface_view){o->deployed, m->beside};
}

int admit_plan(const struct admit_opts *o, struct admission **ret, struct err *err)
{
	struct admitting m = {0};
	start(&m, o);
	CLEANUP(surfaces_freep) UNUSED struct surfaces *beside = m.beside;
	CLEANUP(admission_freep) struct admission *out = m.out;
	prepare(&m);
	count_repository(&m);
	if (o->platform_changed)
		judge_platform(&m);
	int rc = judge_all(&m, err);
	if (rc < 0)
		return rc;
	hold_repository(&m);
	conclude(&m);
	rc = arena_check(m.arena, "the findings of an admission", err);
	if (rc < 0)
		return rc;
	*ret = TAKE_PTR(out);
	return 0;
}

void admission_free(struct admission *a)
{
	if (!a)
		return;
	for (size_t i = 0; i < a->old_count; i++)
		skill_unref(a->old[i]);
	free(a->old);
	arena_free(a->arena);
	free(a);
}

void admission_freep(struct admission **a)
{
	admission_free(*a);
}

const struct admission_domain *admission_find(const struct admission *a, struct str domain)
{
	for (size_t i = 0; i < a->domain_count; i++)
		if (str_eq(a->domains[i].name, domain))
			return &a->domains[i];
	return NULL;
}
