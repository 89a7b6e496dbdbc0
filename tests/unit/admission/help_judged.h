/*
 * A chain of pushes, judged with one memory and each beside the one before, as sync does it.
 *
 *	struct chain c; chain_init(&c);             a small repository, deployed
 *	put_plain(&c.w, 0, 1, "…"); chain_push(&c);  a push: c.admission says what came of it
 *	chain_release(&c);
 */
#ifndef TESTS_UNIT_ADMISSION_HELP_JUDGED_H
#define TESTS_UNIT_ADMISSION_HELP_JUDGED_H

#include "admission/judged.h"
#include "tests/unit/admission/repo.h"

enum { DOMAINS = 2, SKILLS = 4 };

static inline void put(struct world *w, int domain, int skill, const char *file, const char *text)
{
	char path[256];
	snprintf(path, sizeof(path), "skills/team%d/skill%d/%s", domain, skill, file);
	world_put(w, path, text);
}

static inline void put_md(struct world *w, int d, int s, const char *role, const char *command,
			  const char *body)
{
	char text[1024];
	snprintf(text, sizeof(text),
		 "---\nname: skill%d\ndescription: Does one thing of team %d. Use it for that "
		 "thing.\nrole: %s\n%s%s%s---\n# Skill\n%s\n",
		 s, d, role, *command ? "trigger:\n  command: " : "", command, *command ? "\n" : "",
		 body);
	put(w, d, s, "SKILL.md", text);
}

static inline void put_plain(struct world *w, int d, int s, const char *body)
{
	char command[64];
	snprintf(command, sizeof(command), "team%d do%d {what}", d, s);
	put_md(w, d, s, "field", command, body);
}

static inline void put_platform(struct world *w, const char *more)
{
	char text[1024];
	snprintf(text, sizeof(text),
		 "models:\n  small: {provider: p, id: m, input_usd_per_mtok: 1, "
		 "output_usd_per_mtok: 5}\nmodel: {tier: small}\n"
		 "mcp:\n  servers:\n    crm: {url: \"https://crm.example.com\", tools: [find]}\n%s",
		 more);
	world_put(w, "aspora.config.yaml", text);
}

static inline void put_repository(struct world *w)
{
	world_init(w);
	w->guarded = true;
	put_platform(w, "");
	for (int d = 0; d < DOMAINS; d++) {
		char path[64];
		snprintf(path, sizeof(path), "skills/team%d/runbooks/how.md", d);
		world_put(w, path, "How it is done.\n");
		for (int s = 0; s < SKILLS; s++) {
			put_plain(w, d, s, "Do it as [told](../runbooks/how.md).");
			put(w, d, s, "tests/cases.md",
			    "## It works\n### Input\na\n### Expect\n- contains \"b\"\n");
		}
	}
}

/* --- judging ------------------------------------------------------------------------------------------------ */

struct chain {
	struct world w;
	struct snapshot *last;
	struct admit_memory *memory;
	bool keeps; /* what is read now goes into the memory */
	struct plan *plan; /* of the last push, judged in the chain */
	struct admission *admission;
};

static inline int on_skill(void *state, struct tree_source *t, const struct skill *s,
			   struct err *err)
{
	struct chain *c = state;
	(void)t;
	(void)err;
	if (c->keeps)
		admit_memory_note(c->memory, s);
	return 0;
}

static inline int on_blob(void *state, const struct digest *digest, struct str bytes,
			  struct err *err)
{
	struct chain *c = state;
	return world_note(&c->w, digest, bytes, err);
}

static inline struct snapshot *snapshot(struct chain *c, const struct snapshot *previous)
{
	struct tree_source *t = NULL;
	struct snapshot *s = NULL;
	struct source_ref source = {.name = "main", .revision = "0123"};
	struct snapshot_opts opts = {
		.platform_from_tree = true, .on_blob = on_blob, .on_skill = on_skill, .state = c};
	c->keeps = previous != NULL;
	assert_ok(tree_memory_open(c->w.files, c->w.file_count, "0123", &t, &support_err));
	assert_ok(snapshot_build(t, &source, previous, &opts, &s, &support_err));
	tree_source_free(t);
	return s;
}

static inline struct admission *judge(struct chain *c, const struct snapshot *s,
				      struct admit_memory *m, struct plan **ret_plan)
{
	struct plan_scope scope = {
		.infer_deletes = true, .source = "main", .rules_version = RULES_VERSION};
	struct tree_source *t = NULL;
	struct admission *a = NULL;
	assert_ok(tree_memory_open(c->w.files, c->w.file_count, "0123", &t, &support_err));
	assert_ok(plan_make(s, &c->w.have, &scope, NULL, ret_plan, &support_err));
	admit_guard_source(c->w.guard, t);
	struct admit_opts o = {.snapshot = s,
			       .plan = *ret_plan,
			       .released_platform = c->w.before->platform,
			       .platform_changed = !digest_equal(&c->w.before->platform_digest,
								 &s->platform_digest),
			       .deployed = c->w.deployed,
			       .have = &c->w.have,
			       .facts = &c->w.facts,
			       .memory = m,
			       .guard = c->w.guard};
	assert_ok(admit_plan(&o, &a, &support_err));
	admit_guard_source(c->w.guard, NULL);
	tree_source_free(t);
	return a;
}

static inline void chain_init(struct chain *c)
{
	*c = (struct chain){.memory = admit_memory_new()};
	put_repository(&c->w);
	world_deploy(&c->w);
	c->last = snapshot_ref(c->w.before);
}

static inline void chain_push(struct chain *c)
{
	admission_free(TAKE_PTR(c->admission));
	plan_free(TAKE_PTR(c->plan));
	struct snapshot *now = snapshot(c, c->last);
	snapshot_unref(c->last);
	c->last = now;
	c->admission = judge(c, now, c->memory, &c->plan);
}

static inline void chain_release(struct chain *c)
{
	admission_free(c->admission);
	plan_free(c->plan);
	snapshot_unref(c->last);
	admit_memory_free(c->memory);
	world_release(&c->w);
}

static inline const struct judged_skill *known(const struct chain *c, const char *domain,
					       const char *name)
{
	const struct judged *j = admit_memory_judged(c->memory, str_of(domain));
	const struct domain_skill *ds = domain_skill_find(snapshot_domain(c->last, str_of(domain)),
							  str_of(name));
	struct judged_walk walk = {j, 0};
	ck_assert_ptr_nonnull(ds);
	return judged_next(&walk, ds->skill);
}

#endif
