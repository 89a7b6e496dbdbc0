/*
 * Two states of one repository: what is deployed, and what is wanted.
 */
#ifndef TESTS_UNIT_SKILL_PLANS_H
#define TESTS_UNIT_SKILL_PLANS_H

#include "skill/digest.h"
#include "skill/plan.h"
#include "tests/unit/skill/counting.h"

#define FILES_MAX 64

struct repo {
	struct tree_file files[FILES_MAX];
	size_t count;
};

static struct arena *arena;
static struct repo old_repo, new_repo;
static struct snapshot *old_snap, *new_snap;
static struct deployed deployed;
static size_t loads;
static bool know_effective;

static inline void put(struct repo *r, const char *path, const char *text)
{
	size_t at = 0;
	while (at < r->count && !str_eqz(r->files[at].path, path))
		at++;
	if (at == r->count)
		r->files[r->count++].path = str_of(path);
	r->files[at].mode = TREE_MODE_FILE;
	r->files[at].bytes = str_of(text);
}

static inline void drop(struct repo *r, const char *prefix)
{
	size_t kept = 0;
	for (size_t i = 0; i < r->count; i++) {
		if (!str_starts(r->files[i].path, str_of(prefix)))
			r->files[kept++] = r->files[i];
	}
	r->count = kept;
}

#define DETAILS "skills/ecm/details/"
#define MD(trigger, body)                                                                          \
	"---\nname: details\ndescription: Looks up one order. Use when somebody asks.\n"           \
	"role: specialist\ntrigger:\n  command: " trigger "\n---\n# Order details\n" body
#define BODY "Look up the order.\nSay its state.\n"

static inline void begin(void)
{
	arena = arena_new(64 << 20);
	loads = 0;
	know_effective = true;
	old_repo.count = 0;
	put(&old_repo, "aspora.config.yaml", "budget:\n  per_run_usd: 50\n  per_day_usd: 500\n");
	put(&old_repo, "skills/ecm/DOMAIN.md", "# ECM\n");
	put(&old_repo, DETAILS "SKILL.md", MD("order status {id}", BODY));
	put(&old_repo, DETAILS "aspora.config.yaml",
	    "budget:\n  per_run_usd: 5\nlimits:\n  timeout: 30s\nmcp:\n  tools: [erp.find]\n");
	put(&old_repo, DETAILS "code/handler.py", "print(1)\n");
	put(&old_repo, DETAILS "tests/cases.md",
	    "## a\n### Input\nx\n### Expect\n- contains \"x\"\n");
	put(&old_repo, "skills/ecm/manager/SKILL.md",
	    "---\nname: manager\ndescription: Decides who answers. Use for any question.\n"
	    "role: manager\n---\n# Manager\n");
	put(&old_repo, "skills/hr/screen/SKILL.md",
	    "---\nname: screen\ndescription: Scores a resume by rules. Use before a person reads "
	    "it.\n---\n# Screen\n");
	new_repo = old_repo;
}

static inline void end(void)
{
	snapshot_unref(new_snap);
	snapshot_unref(old_snap);
	old_snap = new_snap = NULL;
	arena_free(arena);
}

static inline struct snapshot *build(struct repo *r)
{
	static const struct source_ref source = {"main", "0123"};
	static const struct snapshot_opts opts = {.platform_from_tree = true};
	struct snapshot *s = NULL;
	struct counting c;
	counting_open(&c, r->files, r->count);
	assert_ok(snapshot_build(&c.source, &source, NULL, &opts, &s, &support_err));
	counting_close(&c);
	return s;
}

/* What the store would say is deployed after the old snapshot was released. */
static inline void deploy(const struct snapshot *s)
{
	deployed = (struct deployed){.arena = arena};
	deployed.domains = arena_array(arena, s->domain_count + 1, sizeof(*deployed.domains));
	deployed.skills = arena_array(arena, s->skill_count + 1, sizeof(*deployed.skills));
	for (size_t i = 0; i < s->domain_count; i++) {
		const struct domain *d = s->domains[i];
		deployed.domains[deployed.domain_count++] = (struct deployed_domain){
			.name = d->name,
			.source = s->source,
			.tree = d->tree,
			.candidate = d->candidate,
			.policy = policy_digest(s->platform, d->config, 1)};
		for (size_t k = 0; k < d->skill_count; k++) {
			const struct domain_skill *ds = &d->skills[k];
			deployed.skills[deployed.skill_count++] =
				(struct deployed_skill){.domain = d->name,
							.name = ds->skill->name,
							.tree = ds->skill->tree,
							.content = ds->skill->content,
							.runtime = ds->runtime,
							.context = ds->context};
		}
	}
}

static inline int load(void *state UNUSED, const struct deployed_skill *d, struct skill **ret,
		       struct err *err UNUSED)
{
	loads++;
	*ret = skill_ref(domain_skill_find(snapshot_domain(old_snap, d->domain), d->name)->skill);
	return 0;
}

static inline int effective(void *state UNUSED, const struct deployed_skill *d,
			    struct arena *a UNUSED, const struct config **ret,
			    struct err *err UNUSED)
{
	if (know_effective)
		*ret = &domain_skill_find(snapshot_domain(old_snap, d->domain), d->name)->effective;
	return 0;
}

UNUSED static struct plan_scope git = {.infer_deletes = true, .source = "main", .rules_version = 1};
UNUSED static const struct plan_old knows = {load, NULL, effective};

static inline struct plan *make(const struct plan_scope *scope, const struct plan_old *old)
{
	struct plan *p = NULL;
	old_snap = build(&old_repo);
	new_snap = build(&new_repo);
	deploy(old_snap);
	assert_ok(plan_make(new_snap, &deployed, scope, old, &p, &support_err));
	return p;
}

/* The plan as text, with the words. */
static inline const char *planned(void)
{
	static char text[8192];
	CLEANUP(buf_release) struct buf out = BUF_INIT(8000);
	CLEANUP(plan_freep) struct plan *p = make(&git, &knows);
	plan_text(&out, p);
	snprintf(text, sizeof(text), "%s", buf_cstr(&out));
	return text;
}

#define ONE "~ ecm/details  update\n"
#define SUMMARY "0 to create, 1 to update, 0 to delete, 2 unchanged\n"

#endif
