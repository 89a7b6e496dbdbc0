/*
 * A skills repository in memory, what of it is deployed, and the admission of a change: what the tests of admission/ share.
 *
 *	struct world w; world_init(&w); world_base(&w);     the small repository of fixtures/base.txt (repo_text.h)
 *	world_deploy(&w);                                   what stands now is deployed
 *	world_put(&w, "skills/ecm/x/SKILL.md", "…");        the change
 *	const struct admission *a = world_admit(&w);
 *	world_release(&w);
 */
#ifndef TESTS_UNIT_ADMISSION_REPO_H
#define TESTS_UNIT_ADMISSION_REPO_H

#include <stdio.h>

#include "admission/report.h"
#include "base/io.h"
#include "base/mem.h"
#include "skill/digest.h"
#include "tests/unit/support.h"

struct world {
	struct arena *arena;
	struct tree_file *files;
	size_t file_count, file_cap;
	struct snapshot *before, *after;
	struct deployed have;
	struct surfaces *deployed;
	struct plan *plan;
	struct admission *admission;
	struct admit_facts facts;
	struct admit_confirmation confirmations[8];
	struct admit_check checks[8];
	bool keep_platform; /* the released platform judges, also when the files change it */
	uint32_t rules_version; /* with it policies are compared too */
	bool no_loader, forgotten, guarded; /* nobody knows what was deployed; AD-GUARD is asked */
	struct admit_guard *guard;
};

static inline void world_init(struct world *w)
{
	*w = (struct world){.arena = arena_new((size_t)1 << 30)};
	w->guard = admit_guard_new(guard_rules_builtin());
	w->facts.confirmations = w->confirmations;
	w->facts.checks = w->checks;
	ck_assert_int_eq(clock_parse(STR("2026-11-24T12:00:00Z"), &w->facts.now_ms, NULL), 0);
}

static inline void world_release(struct world *w)
{
	admission_free(w->admission);
	plan_free(w->plan);
	snapshot_unref(w->after);
	snapshot_unref(w->before);
	surfaces_free(w->deployed);
	admit_guard_free(w->guard);
	free(w->files);
	arena_free(w->arena);
}

static inline void world_remove(struct world *w, struct str path)
{
	for (size_t i = 0; i < w->file_count; i++)
		if (str_eq(w->files[i].path, path) ||
		    (str_starts(w->files[i].path, path) && w->files[i].path.p[path.len] == '/'))
			w->files[i--] = w->files[--w->file_count];
}

static inline void world_put_str(struct world *w, struct str path, struct str text)
{
	world_remove(w, path);
	GROW(w->files, w->file_count, w->file_cap);
	bool runs = str_find(path, STR("/code/"), 0) >= 0;
	w->files[w->file_count++] = (struct tree_file){arena_str(w->arena, path),
						       runs ? TREE_MODE_EXEC : TREE_MODE_FILE,
						       arena_str(w->arena, text)};
}

static inline void world_put(struct world *w, const char *path, const char *text)
{
	world_put_str(w, str_of(path), str_of(text));
}

static inline int world_note(void *state, const struct digest *digest, struct str bytes,
			     struct err *err)
{
	struct world *w = state;
	(void)err;
	admit_guard_note(w->guard, digest, bytes);
	return 0;
}

static inline struct snapshot *world_snapshot(struct world *w, const struct snapshot *previous)
{
	struct tree_source *t = NULL;
	struct snapshot *s = NULL;
	struct source_ref source = {.name = "main", .revision = "0123"};
	struct snapshot_opts opts = {.platform_from_tree = true, .on_blob = world_note, .state = w};
	assert_ok(tree_memory_open(w->files, w->file_count, "0123", &t, &support_err));
	assert_ok(snapshot_build(t, &source, previous, &opts, &s, &support_err));
	tree_source_free(t);
	return s;
}

/* --- the deployed state ----------------------------------------------------------------------------------- */

static inline void world_deploy_domain(struct world *w, const struct domain *d,
				       struct deployed *have)
{
	struct surface s;
	have->domains[have->domain_count] = (struct deployed_domain){
		.name = d->name,
		.tree = d->tree,
		.candidate = d->candidate,
		.policy = policy_digest(w->before->platform, d->config, RULES_VERSION)};
	snprintf(have->domains[have->domain_count++].source.name, NAME_MAX_BYTES, "main");
	for (size_t i = 0; i < d->skill_count; i++)
		have->skills[have->skill_count++] =
			(struct deployed_skill){.domain = d->name,
						.name = d->skills[i].skill->name,
						.tree = d->skills[i].skill->tree,
						.content = d->skills[i].skill->content,
						.runtime = d->skills[i].runtime,
						.context = d->skills[i].context};
	surface_of(w->arena, d, &s);
	surfaces_set(w->deployed, &s);
}

/* What the files say now is deployed, whatever admission would say to it. */
static inline void world_deploy(struct world *w)
{
	snapshot_unref(w->before);
	surfaces_free(w->deployed);
	w->before = world_snapshot(w, NULL);
	w->deployed = surfaces_new();
	w->have = (struct deployed){.arena = w->arena};
	w->have.domains = arena_array(w->arena, w->before->domain_count + 1,
				      sizeof(*w->have.domains));
	w->have.skills = arena_array(w->arena, w->before->skill_count + 1, sizeof(*w->have.skills));
	snprintf(w->have.platform_source.name, NAME_MAX_BYTES, "main");
	w->have.platform_digest = w->before->platform_digest;
	for (size_t i = 0; i < w->before->domain_count; i++)
		world_deploy_domain(w, w->before->domains[i], &w->have);
}

static inline int world_load(void *state, const struct deployed_skill *d, struct skill **ret,
			     struct err *err)
{
	struct world *w = state;
	(void)err;
	struct domain *domain = snapshot_domain(w->before, d->domain);
	struct domain_skill *ds = domain ? domain_skill_find(domain, d->name) : NULL;
	*ret = ds && !w->forgotten ? skill_ref(ds->skill) : NULL;
	return 0;
}

/* --- admission ----------------------------------------------------------------------------------------------- */

static inline const struct admission *world_admit(struct world *w)
{
	static const struct deployed nothing;
	struct plan_scope scope = {
		.infer_deletes = true, .source = "main", .rules_version = w->rules_version};
	struct plan_old old = {world_load, w};
	admission_free(TAKE_PTR(w->admission));
	plan_free(TAKE_PTR(w->plan));
	snapshot_unref(TAKE_PTR(w->after));
	w->after = world_snapshot(w, w->before);
	const struct deployed *have = w->before ? &w->have : &nothing;
	assert_ok(
		plan_make(w->after, have, &scope, w->before ? &old : NULL, &w->plan, &support_err));
	struct admit_opts o = {.snapshot = w->after,
			       .plan = w->plan,
			       .released_platform = w->before ? w->before->platform : NULL,
			       .platform_changed = !w->before ||
						   !snapshot_same_platform(w->before, w->after),
			       .deployed = w->deployed,
			       .have = have,
			       .old = w->no_loader ? NULL : &old,
			       .facts = &w->facts,
			       .guard = w->guarded ? w->guard : NULL};
	assert_ok(admit_plan(&o, &w->admission, &support_err));
	return w->admission;
}

static inline const struct verdict *world_verdict(const struct world *w, const char *domain)
{
	const struct admission_domain *d = admission_find(w->admission, str_of(domain));
	ck_assert_msg(d != NULL, "the plan does not change domain %s", domain);
	return &d->verdict;
}

static inline const struct finding *verdict_finding(const struct verdict *v, const char *rule)
{
	for (size_t i = 0; i < v->findings.count; i++)
		if (strcmp(v->findings.items[i].rule, rule) == 0)
			return &v->findings.items[i];
	return NULL;
}

#endif
