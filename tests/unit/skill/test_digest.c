/*
 * Digests of version 1. The hex values are those of tests/unit/skill/golden/digest_v1.py, which follows the words of digest.h and shares no code
 * with us.
 */
#include "tests/unit/support.h"

#include "skill/digest.h"

static const struct tree_file repository[] = {
	{STR("aspora.config.yaml"), TREE_MODE_FILE, STR("budget: {per_run_usd: 5}\n")},
	{STR("FIRM.md"), TREE_MODE_FILE, STR("# Firm\n")},
	{STR("skills/ecm/DOMAIN.md"), TREE_MODE_FILE, STR("# Domain\n")},
	{STR("skills/ecm/aspora.config.yaml"), TREE_MODE_FILE, STR("guard: {pii: block}\n")},
	{STR("skills/ecm/runbooks/one.md"), TREE_MODE_FILE, STR("# One\n")},
	{STR("skills/ecm/desk/SKILL.md"), TREE_MODE_FILE,
	 STR("---\nname: desk\ndescription: Field work.\nrole: field\n---\n")},
	{STR("skills/ecm/desk/GUARDRAILS.md"), TREE_MODE_FILE, STR("# No\n")},
	{STR("skills/ecm/desk/code/handler.py"), TREE_MODE_EXEC, STR("print(1)\n")},
	{STR("skills/ecm/desk/tests/cases.md"), TREE_MODE_FILE,
	 STR("## One\n### Input\nx\n### Expect\n- contains \"y\"\n")},
	{STR("skills/ecm/desk/aspora.config.yaml"), TREE_MODE_FILE,
	 STR("limits: {timeout: 5s}\nruntime: {env: {REGION: eu}}\nmcp: {tools: [erp.get]}\n")},
	{STR("skills/ecm/lead/SKILL.md"), TREE_MODE_FILE,
	 STR("---\nname: lead\ndescription: Leads.\nrole: manager\n---\n")},
};

static struct snapshot *build(const struct tree_file *files, size_t count)
{
	CLEANUP(tree_source_freep) struct tree_source *t = NULL;
	struct snapshot_opts opts = {.platform_from_tree = true};
	struct source_ref source = {"main", "rev"};
	struct snapshot *s = NULL;
	assert_ok(tree_memory_open(files, count, "rev", &t, &support_err));
	assert_ok(snapshot_build(t, &source, NULL, &opts, &s, &support_err));
	return s;
}

static struct snapshot *build_changed(const char *path, const char *bytes)
{
	struct tree_file files[ARRAY_SIZE(repository) + 1];
	size_t count = ARRAY_SIZE(repository), at = 0;
	memcpy(files, repository, sizeof(repository));
	while (at < count && !str_eqz(files[at].path, path))
		at++;
	if (at == count)
		files[count++] = (struct tree_file){str_of(path), TREE_MODE_FILE, STR("")};
	files[at].bytes = str_of(bytes);
	return build(files, count);
}

static void assert_digest(const struct digest *d, const char *want, const char *what)
{
	char hex[DIGEST_HEX + 1];
	ck_assert_msg(strcmp(digest_hex(d, hex), want) == 0, "%s is %s, wanted %s", what, hex,
		      want);
}

START_TEST(digests_are_those_of_version_1)
{
	CLEANUP(snapshot_unrefp) struct snapshot *s = build(repository, ARRAY_SIZE(repository));
	struct domain *d = snapshot_domain(s, STR("ecm"));
	struct domain_skill *desk = domain_skill_find(d, STR("desk"));
	struct domain_skill *lead = domain_skill_find(d, STR("lead"));
	struct findings f;
	findings_init(&f, s->arena);
	snapshot_findings(s, &f);
	ck_assert_uint_eq(f.count, 0);
	assert_digest(&desk->skill->content,
		      "90e2659a5679af125a8dc89ce41ec5cc04643816219b7470c6a5e8febb58ae5b",
		      "content");
	assert_digest(&desk->runtime,
		      "d0979bff3335f60562877af4c81d0c6c6b0efbf27bbeb136dd19a4cdd6db46e0",
		      "runtime");
	assert_digest(&desk->context,
		      "8884e131cdbc731dae1a681f0060b18173bff4fbec0d8dd4b10d69710290dfff",
		      "context");
	assert_digest(&lead->context,
		      "1312c6a533722748eb066587495d661fa427345c2e8a6bd37ccbb7a5482286c5",
		      "context of a manager");
	assert_digest(&d->candidate,
		      "502f2efa08efa1970ae627e9ee706be264e3287241ac8aa4187df82888080e85",
		      "candidate");
	struct digest policy = policy_digest(s->platform, d->config, 7);
	assert_digest(&policy, "28f06870714509c02eaa85492b125265c9740c3b73bc6bff62d74fa43ba0f573",
		      "policy");
	assert_digest(&s->firm, "6d1814fb75dc057e45231ffaa1784bf575e1e0042e9ceba02c3a260c4931b81a",
		      "firm");
}
END_TEST

/* What a change of one file changes; the rest stays. */
START_TEST(a_change_touches_the_digests_it_belongs_to)
{
	static const struct {
		const char *path, *bytes;
		bool content, runtime, context, lead, candidate, policy;
	} rows[] = {
		{"README.md", "# R", false, false, false, false, false, false},
		{"skills/README.md", "# R", false, false, false, false, false, false},
		{"FIRM.md", "# Other", false, false, true, true, true, false},
		{"skills/ecm/DOMAIN.md", "# Other", false, false, true, true, true, false},
		{"skills/ecm/DECISIONS.md", "# D", false, false, true, true, true, false},
		{"skills/ecm/mcp.lock", "x", false, false, false, false, true, false},
		/* Runbooks are for the role field. */
		{"skills/ecm/runbooks/one.md", "# Other", false, false, true, false, true, false},
		{"skills/ecm/desk/SKILL.md",
		 "---\nname: desk\ndescription: Other.\nrole: field\n---\n", true, false, false,
		 false, true, false},
		{"skills/ecm/desk/GUARDRAILS.md", "# Other", true, false, true, false, true, false},
		{"skills/ecm/desk/code/handler.py", "print(2)", true, true, false, false, true,
		 false},
		{"skills/ecm/desk/references/a.md", "# A", true, true, false, false, true, false},
		{"skills/ecm/desk/tests/cases.md",
		 "## T\n### Input\nx\n### Expect\n- contains \"z\"\n", true, false, false, false,
		 true, false},
		{"skills/ecm/desk/fixtures/x.json", "{}", true, false, false, false, true, false},
		{"skills/ecm/desk/aspora.config.yaml",
		 "limits: {timeout: 4s}\nruntime: {env: {REGION: eu}}\nmcp: {tools: [erp.get]}\n",
		 true, true, false, false, true, false},
		{"skills/ecm/desk/aspora.config.yaml",
		 "limits: {timeout: 5s}\nruntime: {env: {REGION: eu}}\nmcp: {tools: [erp.put]}\n",
		 true, false, true, false, true, false},
		{"skills/ecm/aspora.config.yaml", "# said again\nguard:\n  pii: block\n", false,
		 false, false, false, false, false},
		{"skills/ecm/aspora.config.yaml", "guard: {pii: block, secrets: block}\n", false,
		 false, false, false, true, true},
		{"aspora.config.yaml", "budget: {per_run_usd: 4}\n", false, false, true, true, true,
		 true},
		{"aspora.config.yaml", "budget: {per_run_usd: 5}\ntests: {min_cases: 2}\n", false,
		 false, false, false, false, true},
		{"aspora.config.yaml", "budget: {per_run_usd: 5}\nlimits: {memory: 64Mi}\n", false,
		 true, false, false, true, true},
	};
	CLEANUP(snapshot_unrefp) struct snapshot *a = build(repository, ARRAY_SIZE(repository));
	CLEANUP(snapshot_unrefp) struct snapshot *b = build_changed(rows[_i].path, rows[_i].bytes);
	const struct domain *da = snapshot_domain(a, STR("ecm")),
			    *db = snapshot_domain(b, STR("ecm"));
	const struct domain_skill *x = domain_skill_find(da, STR("desk")),
				  *y = domain_skill_find(db, STR("desk"));
	struct digest pa = policy_digest(a->platform, da->config, 1),
		      pb = policy_digest(b->platform, db->config, 1);
	const char *path = rows[_i].path;
#define CHANGES(one, other, want)                                                                  \
	ck_assert_msg(digest_equal(&(one), &(other)) != rows[_i].want, "%s: %s", path, #want)
	CHANGES(x->skill->content, y->skill->content, content);
	CHANGES(x->runtime, y->runtime, runtime);
	CHANGES(x->context, y->context, context);
	CHANGES(domain_skill_find(da, STR("lead"))->context,
		domain_skill_find(db, STR("lead"))->context, lead);
	CHANGES(da->candidate, db->candidate, candidate);
	CHANGES(pa, pb, policy);
}
END_TEST

START_TEST(the_policy_digest_knows_levels_and_rules)
{
	CLEANUP(snapshot_unrefp) struct snapshot *s = build(repository, ARRAY_SIZE(repository));
	const struct config_doc *domain = snapshot_domain(s, STR("ecm"))->config;
	struct digest all[5] = {policy_digest(s->platform, domain, 1),
				policy_digest(s->platform, domain, 2),
				policy_digest(s->platform, NULL, 1), policy_digest(NULL, domain, 1),
				policy_digest(NULL, s->platform, 1)};
	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		for (size_t k = 0; k < i; k++)
			ck_assert_msg(!digest_equal(&all[i], &all[k]), "%zu and %zu", i, k);
}
END_TEST

START_TEST(a_sandbox_sees_these_files)
{
	static const struct {
		const char *path;
		bool visible;
	} rows[] = {
		{"SKILL.md", false},	       {"README.md", false},
		{"aspora.config.yaml", false}, {"tests/cases.md", false},
		{"evals/evals.json", false},   {"fixtures/a.json", false},
		{"code/handler.py", true},     {"references/a.md", true},
		{"code/tests/x.py", true},     {"LICENSE", true},
		{"testsuite.py", true},	       {"code/aspora.config.yaml", true},
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		ck_assert_msg(skill_file_is_runtime(str_of(rows[i].path)) == rows[i].visible, "%s",
			      rows[i].path);
}
END_TEST

static const struct support_case cases[] = {
	CASE(digests_are_those_of_version_1),
	CASE_LOOP(a_change_touches_the_digests_it_belongs_to, 20),
	CASE(the_policy_digest_knows_levels_and_rules),
	CASE(a_sandbox_sees_these_files),
	{0}};

int main(void)
{
	return support_main("skill/digest", cases);
}
