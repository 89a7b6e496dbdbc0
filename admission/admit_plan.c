#include "admission/admit_int.h"

#include "admission/judged.h"
#include "base/mem.h"

#define ADMISSION_BYTES ((size_t)1 << 30)

/* --- what is judged against what ---------------------------------------------------------------------------- */

/* The first deployed skill whose domain is not below (or, past: is above). */
static size_t bound_of(const struct deployed *have, struct str domain, bool past)
{
	size_t lo = 0, hi = have->skill_count;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (str_cmp(have->skills[mid].domain, domain) < (past ? 1 : 0))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static size_t deployed_skills(const struct deployed *have, struct str domain)
{
	return have ? bound_of(have, domain, true) - bound_of(have, domain, false) : 0;
}

static struct digest deployed_candidate(const struct deployed *have, struct str domain)
{
	for (size_t i = 0; have && i < have->domain_count; i++)
		if (str_eq(have->domains[i].name, domain))
			return have->domains[i].candidate;
	return (struct digest){{0}};
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
				.pushed = c->to ? c->to->candidate : (struct digest){{0}},
				.base = deployed_candidate(m->o->have, c->name),
				.deployed_skills = deployed_skills(m->o->have, c->name),
				.repository_skills = m->repository_skills,
				.repository_deleted = m->repository_deleted,
				.policy = &m->policies[i],
				.surfaces = &m->view,
				.deployed = m->o->deployed,
				.facts = m->o->facts,
				.memory = m->o->memory,
				.guard = m->o->guard};
}

void admitting_show(struct admitting *m, size_t i, const struct domain *candidate)
{
	struct surface s = {.domain = m->o->plan->domains[i].name};
	if (candidate)
		surface_of(m->arena, candidate, &s);
	m->out->domains[i].surface = s;
	/* Most changes leave what others see as it is: then what is deployed says it all. */
	m->out->domains[i].exposes_same = surfaces_has(m->o->deployed, &s);
	if (m->out->domains[i].exposes_same)
		surfaces_remove(m->beside, s.domain);
	else
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

int admitting_text(struct admitting *m, struct skill *s, struct err *err)
{
	bool at_hand = s->md_text.p || !s->md_blob.len;
	if (admit_memory_find(m->o->memory, s))
		return 0;
	if (!at_hand && m->o->grow) {
		int rc = m->o->grow(m->o->grow_state, s, err);
		if (rc < 0)
			return rc;
	}
	if (!m->o->memory)
		return 0;
	admit_memory_note(m->o->memory, s);
	if (!at_hand)
		skill_shrink(s);
	return 0;
}

static int read_all_texts(struct admitting *m, struct err *err)
{
	for (size_t i = 0; i < m->o->plan->domain_count; i++) {
		const struct domain *d = m->o->plan->domains[i].to;
		struct judged_walk walk = {d ? admit_memory_judged(m->o->memory, d->name) : NULL,
					   0};
		for (size_t k = 0; d && k < d->skill_count; k++) {
			const struct judged_skill *known = judged_next(&walk, d->skills[k].skill);
			if (known && known->text)
				continue;
			int rc = admitting_text(m, d->skills[k].skill, err);
			if (rc < 0)
				return rc;
		}
	}
	return 0;
}

/* --- the platform and the repository -------------------------------------------------------------------------- */

/* What reading had to say about the root is about the platform's configuration, where that is judged. */
static void take_root_findings(struct admission *out)
{
	struct findings said = out->repository;
	struct verdict *v = &out->platform;
	findings_init(&out->repository, said.arena);
	for (size_t i = 0; i < said.count; i++)
		findings_add(said.items[i].domain.len ? &out->repository : &v->findings,
			     &said.items[i]);
	findings_sort(&v->findings);
	findings_unread_first(&v->findings);
	v->allow = findings_count(&v->findings, SEVERITY_DENY) == 0;
}

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
			     .facts = m->o->facts,
			     .guard = m->o->guard};
	admit_domain(m->arena, &in, &out->platform);
	out->platform_judged = true;
	take_root_findings(out);
}

/* A repository whose root is wrong, or whose platform configuration is denied, releases nothing as it stands. */
static bool root_holds(const struct admitting *m)
{
	return !snapshot_refused(m->o->snapshot) &&
	       (!m->out->platform_judged || m->out->platform.allow);
}

/* --- domains ----------------------------------------------------------------------------------------------------- */

/* People before programs: who waits for both needs somebody to act. */
static const char *only_waits(const struct verdict *v)
{
	const char *reason = NULL;
	for (size_t i = 0; i < v->findings.count; i++) {
		const struct finding *f = &v->findings.items[i];
		const char *one = f->severity == SEVERITY_DENY ? rule_waits_for(f->rule) : NULL;
		if (f->severity == SEVERITY_DENY && !one)
			return NULL;
		if (one && (!reason || strcmp(one, WAITS_FOR_APPROVAL) == 0))
			reason = one;
	}
	return reason;
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
	d->waits_for = only_waits(&d->verdict);
	if (want && unit_of(m, want) == UNIT_SKILL) {
		int rc = admit_reduce(m, i, want, v, err);
		if (rc != 0)
			return rc;
	}
	d->release = NULL;
	d->reduced = NULL;
	d->held_count = 0;
	return 1;
}

/* From the next round on others see what is left of the domain. */
static void show_what_is_left(struct admitting *m, size_t i)
{
	if (may_go(&m->out->domains[i]))
		admitting_show(m, i, m->out->domains[i].release);
	else
		admitting_show_deployed(m, i);
}

/* One round: all are judged beside the same; then what changed is shown. Returns 1 when something did. */
static int judge_round(struct admitting *m, bool *denied, struct err *err)
{
	size_t n = m->out->domain_count;
	CLEANUP_FREE bool *changed = mem_array(n + 1, sizeof(bool));
	int any = 0;
	for (size_t i = 0; i < n; i++) {
		int rc = denied[i] ? 0 : judge(m, i, err);
		if (rc < 0)
			return rc;
		changed[i] = rc > 0;
		any |= rc > 0;
	}
	for (size_t i = 0; i < n; i++) {
		denied[i] = !may_go(&m->out->domains[i]);
		if (changed[i])
			show_what_is_left(m, i);
	}
	return any;
}

/*
 * A domain that was denied stays as it is deployed, and that is what the others have to live with: who was judged beside
 * its candidate is judged again. Each round that changes something takes a domain or a skill out, so this ends.
 */
static int judge_all(struct admitting *m, struct err *err)
{
	CLEANUP_FREE bool *denied = mem_array(m->out->domain_count + 1, sizeof(bool));
	int rc = judge_round(m, denied, err);
	while (rc > 0 && m->out->domain_count > 1)
		rc = judge_round(m, denied, err);
	return rc;
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
	out->allow = holds && findings_count(&out->repository, SEVERITY_DENY) == 0;
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
	int rc = read_all_texts(&m, err);
	if (rc < 0)
		return rc;
	if (o->platform_changed)
		judge_platform(&m);
	rc = judge_all(&m, err);
	if (rc < 0)
		return rc;
	hold_repository(&m);
	conclude(&m);
	admitting_quote(&m);
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
