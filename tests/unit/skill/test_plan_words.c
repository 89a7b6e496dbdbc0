#include "tests/unit/skill/plans.h"

START_TEST(configuration_is_told_with_its_units_and_growth)
{
	begin();
	put(&new_repo, DETAILS "aspora.config.yaml",
	    "budget:\n  per_run_usd: 20\nlimits:\n  timeout: 2m\n  memory: 128Mi\nmcp:\n  tools: "
	    "[erp.pay, redshift.query]\nrouting:\n  forwards:\n    - {when: {domain: ecm}, then: "
	    "{forward_to: frm/x}}\n");
	ck_assert_str_eq(planned(), ONE "    ! budget per run 5 → 20 USD\n"
					"    ! timeout 30s → 2m\n"
					"      memory 256Mi → 128Mi\n"
					"    ! new tool erp.pay\n"
					"    ! new tool redshift.query\n"
					"      no longer uses tool erp.find\n"
					"    ! new forward to frm/x from ecm\n" SUMMARY);
	end();
}
END_TEST

START_TEST(triggers_are_new_gone_or_wider)
{
	begin();
	put(&new_repo, DETAILS "SKILL.md", MD("order {what}", BODY));
	ck_assert_str_eq(planned(), ONE
			 "    ! trigger now also matches command: order {what} (was "
			 "order status {id})\n"
			 "      no longer has the trigger command: order status {id}\n" SUMMARY);
	end();
	begin();
	put(&new_repo, DETAILS "SKILL.md", MD("order status {id} please", BODY));
	ck_assert_str_eq(planned(), ONE
			 "    ! new trigger command: order status {id} please\n"
			 "      no longer has the trigger command: order status {id}\n" SUMMARY);
	end();
}
END_TEST

START_TEST(files_are_told_by_what_they_are)
{
	begin();
	put(&new_repo, DETAILS "code/handler.py", "print(1234)\n");
	put(&new_repo, DETAILS "data/orders.json", "{}");
	put(&new_repo, DETAILS "GUARDRAILS.md", "# No\n");
	put(&new_repo, DETAILS "tests/cases.md",
	    "## a\n### Input\nx\n### Expect\n- contains \"x\"\n## b\n### Input\nx\n### Expect\n- "
	    "is 1\n");
	ck_assert_str_eq(planned(), ONE "      handler changed (code/handler.py, 9 → 12 bytes)\n"
					"      new files: GUARDRAILS.md, data/orders.json\n"
					"      changed test: tests/cases.md\n"
					"      cases 1 → 2\n" SUMMARY);
	end();
}
END_TEST

START_TEST(a_handler_that_comes_or_goes_is_told)
{
	begin();
	drop(&new_repo, DETAILS "code/");
	put(&new_repo, DETAILS "code/handler.sh", "echo 1\n");
	ck_assert_str_eq(planned(), ONE "      handler code/handler.py → code/handler.sh\n"
					"      new file: code/handler.sh\n"
					"      removed file: code/handler.py\n" SUMMARY);
	end();
}
END_TEST

START_TEST(many_files_are_counted)
{
	static char paths[9][64];
	begin();
	for (int i = 0; i < 9; i++) {
		snprintf(paths[i], sizeof(paths[i]), DETAILS "data/%d.json", i);
		put(&new_repo, paths[i], "{}");
	}
	ck_assert_str_eq(planned(), ONE
			 "      new files: data/0.json, data/1.json, data/2.json, data/3.json and "
			 "5 more\n" SUMMARY);
	end();
}
END_TEST

START_TEST(what_rolls_out_is_marked)
{
	begin();
	put(&new_repo, DETAILS "code/handler.py", "print(2)\n");
	put(&new_repo, DETAILS "SKILL.md", MD("order status {id}", "Other words.\n"));
	CLEANUP(plan_freep) struct plan *p = make(&git, &knows);
	const struct skill_change *c = &p->domains[0].skills[0];
	ck_assert(c->runtime_changed);
	ck_assert_uint_eq(c->detail_count, 2);
	ck_assert(c->details[0].rollout && !c->details[0].growth);
	ck_assert(!c->details[1].rollout);
	ck_assert(!digest_equal(&c->from_content, &c->to_content));
	plan_free(TAKE_PTR(p));
	end();
	begin();
	put(&new_repo, DETAILS "SKILL.md", MD("order status {id}", "Other words.\n"));
	p = make(&git, &knows);
	ck_assert(!p->domains[0].skills[0].runtime_changed);
	end();
}
END_TEST

START_TEST(what_comes_from_above_is_told_where_the_old_configuration_is_known)
{
	begin();
	put(&new_repo, "skills/ecm/aspora.config.yaml", "budget:\n  per_run_usd: 2\n");
	put(&new_repo, DETAILS "aspora.config.yaml", "budget:\n  per_run_usd: 1\n");
	put(&old_repo, DETAILS "aspora.config.yaml", "budget:\n  per_run_usd: 1\n");
	ck_assert_str_eq(planned(), "~ ecm/manager  update\n"
				    "      budget per run 50 → 2 USD\n"
				    "0 to create, 1 to update, 0 to delete, 2 unchanged\n");
	ck_assert_uint_eq(loads, 0);
	end();
}
END_TEST

START_TEST(knowledge_that_changed_above_is_inherited)
{
	begin();
	know_effective = false;
	put(&new_repo, "skills/ecm/DOMAIN.md", "# ECM, anew\n");
	ck_assert_str_eq(
		planned(),
		"~ ecm/details  update\n"
		"      what it inherits changed: firm or domain knowledge, or configuration\n"
		"~ ecm/manager  update\n"
		"      what it inherits changed: firm or domain knowledge, or configuration\n"
		"0 to create, 2 to update, 0 to delete, 1 unchanged\n");
	CLEANUP(plan_freep) struct plan *p = NULL;
	assert_ok(plan_make(new_snap, &deployed, &git, NULL, &p, &support_err));
	ck_assert(p->domains[0].skills[0].context_changed);
	ck_assert(!p->domains[0].skills[0].runtime_changed);
	ck_assert_uint_eq(loads, 0);
	end();
}
END_TEST

START_TEST(shrunk_skills_are_compared_without_their_lines)
{
	struct change_detail *details = NULL;
	size_t count = 0;
	begin();
	put(&new_repo, DETAILS "SKILL.md", MD("order status {id}", "Other words.\n"));
	CLEANUP(plan_freep) struct plan *p = make(&git, &knows);
	struct domain_skill *a = domain_skill_find(snapshot_domain(old_snap, STR("ecm")),
						   STR("details"));
	struct domain_skill *b = domain_skill_find(snapshot_domain(new_snap, STR("ecm")),
						   STR("details"));
	skill_shrink(a->skill);
	skill_difference(arena, a->skill, &a->effective, b->skill, &b->effective, &details, &count);
	ck_assert_uint_eq(count, 1);
	assert_str(details[0].text, "SKILL.md changed");
	skill_difference(arena, a->skill, &a->effective, a->skill, &a->effective, &details, &count);
	ck_assert_uint_eq(count, 0);
	plan_free(TAKE_PTR(p));
	end();
}
END_TEST

/* The effective configuration that a platform's file gives. */
static const struct config *effective_of(const char *yaml)
{
	struct findings f;
	struct config_doc *doc = NULL;
	struct tree_id blob = {.len = 20};
	struct config *eff = arena_alloc(arena, sizeof(*eff));
	findings_init(&f, arena);
	assert_ok(config_decode(arena, LEVEL_PLATFORM, STR("x"), &blob, str_of(yaml), &f, STR(""),
				STR(""), &doc, &support_err));
	config_cascade(doc, NULL, NULL, eff, &f, STR("d"), STR("s"));
	ck_assert_uint_eq(f.count, 0);
	return eff;
}

/* Two configurations of one and the same skill, in words; "!" stands before what grows, ">" before what rolls out. */
static const char *config_words(const char *old, const char *now)
{
	static char text[4096];
	struct skill same = {.arena = arena, .text_arena = arena};
	struct change_detail *details = NULL;
	size_t count = 0;
	CLEANUP(buf_release) struct buf out = BUF_INIT(4000);
	skill_difference(arena, &same, effective_of(old), &same, effective_of(now), &details,
			 &count);
	for (size_t i = 0; i < count; i++)
		buf_addf(&out, "%s%s%.*s\n", details[i].growth ? "!" : "",
			 details[i].rollout ? ">" : "", STR_ARG(details[i].text));
	snprintf(text, sizeof(text), "%s", buf_cstr(&out));
	return text;
}

#define MODEL(price) "{provider: p, id: m, input_usd_per_mtok: " price ", output_usd_per_mtok: 2}"

START_TEST(configuration_in_words)
{
	static const struct {
		const char *old, *now, *words;
	} rows[] = {
		{"", "", ""},
		{"models: {small: " MODEL("1") "}",
		 "models: {small: " MODEL("3") ", large: " MODEL("9") "}",
		 "!new model tier large\nmodels: small changed\n"},
		{"models: {small: " MODEL("1") "}", "", "no longer has the model tier small\n"},
		{"runtime: {env: {REGION: eu, OLD: x}}", "runtime: {env: {REGION: us, NEW: y}}",
		 ">new environment variable NEW\n>no longer has the environment variable OLD\n"
		 ">runtime.env: REGION changed\n"},
		{"runtime: {isolation: vm}", "runtime: {isolation: namespace}",
		 "!>runtime isolation vm → namespace\n"},
		{"runtime: {isolation: namespace}", "runtime: {isolation: vm}",
		 ">runtime isolation namespace → vm\n"},
		{"policy: {capabilities: [network]}",
		 "policy: {capabilities: [network]}\nruntime: {network: true, driver: bubblewrap}",
		 ">runtime driver none → bubblewrap\n!>runtime network false → true\n"},
		{"policy: {capabilities: [network]}\nruntime: {network: true}",
		 "policy: {capabilities: [network]}", ">runtime network true → false\n"},
		{"guard: {pii: block}", "guard: {pii: warn, secrets: block}",
		 "!guard pii block → warn\n"},
		{"tests: {min_cases: 3}", "tests: {min_cases: 5, required: [promptfoo]}",
		 "tests min cases 3 → 5\nnew required check promptfoo\n"},
		{"tests: {min_cases: 3}", "tests: {min_cases: 2}", "!tests min cases 3 → 2\n"},
		{"policy: {capabilities: [network]}", "policy: {capabilities: [weak-isolation]}",
		 "!new capability weak-isolation\nno longer has the capability network\n"},
		{"limits: {memory: 64Mi}", "limits: {memory: 128Mi, processes: 8}",
		 "!>memory 64Mi → 128Mi\n>processes 64 → 8\n"},
		{"budget: {per_day_usd: 0.5}", "budget: {per_day_usd: 12.25}",
		 "!budget per day 0.5 → 12.25 USD\n"},
	};
	begin();
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		ck_assert_str_eq(config_words(rows[i].old, rows[i].now), rows[i].words);
	ck_assert_str_eq(
		config_words("routing: {forwards: [{then: {forward_to: a/b}}]}",
			     "routing: {forwards: [{when: {domain: c, text: \"go {x}\"}, then: "
			     "{forward_to: a/b}}]}"),
		"!new forward to a/b from c on \"go {x}\"\nno longer forwards to a/b\n");
	arena_free(arena);
}
END_TEST

START_TEST(a_new_skill_shows_what_it_asks_for)
{
	struct change_detail *d = NULL;
	size_t count = 0;
	begin();
	struct str tools[] = {STR("Read")};
	struct skill s = {.role = ROLE_FIELD, .allowed_tools = {tools, 1}};
	const struct config *eff = effective_of(
		"policy: {capabilities: [network]}\nruntime: {network: true}\nrouting: {forwards: "
		"[{then: {forward_to: a/b}}]}\n");
	skill_difference(arena, NULL, NULL, &s, eff, &d, &count);
	ck_assert_uint_eq(count, 5);
	assert_str(d[0].text, "role field");
	assert_str(d[1].text, "new allowed tool Read");
	assert_str(d[2].text, "uses the network");
	ck_assert(d[2].growth && d[2].rollout);
	assert_str(d[3].text, "new forward to a/b");
	assert_str(d[4].text, "no handler");
	skill_difference(arena, NULL, NULL, &s, NULL, &d, &count);
	ck_assert_uint_eq(count, 3);
	arena_free(arena);
}
END_TEST

START_TEST(front_matter_in_words)
{
	begin();
	put(&new_repo, DETAILS "SKILL.md",
	    "---\nname: details\ndescription: Looks up another order. Use when somebody asks.\n"
	    "role: field\nallowed-tools: Read Grep\ntrigger:\n  command: order status {id}\n---\n"
	    "# Orders in detail\n" BODY);
	ck_assert_str_eq(planned(), ONE "    ! role specialist → field\n"
					"    ! new allowed tool Read\n"
					"    ! new allowed tool Grep\n"
					"      title \"Order details\" → \"Orders in detail\"\n"
					"      description changed\n"
					"      text changed: +1 −1 lines\n" SUMMARY);
	end();
}
END_TEST

START_TEST(lines_that_only_moved_are_no_new_lines)
{
	begin();
	put(&new_repo, DETAILS "SKILL.md",
	    MD("order status {id}", "Say its state.\nLook up the order.\n"));
	ck_assert_str_eq(planned(), ONE "      text changed: lines moved\n" SUMMARY);
	end();
	begin();
	put(&new_repo, DETAILS "SKILL.md", MD("order status {id}", BODY "More.\n"));
	ck_assert_str_eq(planned(), ONE "      text changed: +1 −0 line\n" SUMMARY);
	end();
}
END_TEST

START_TEST(a_change_without_meaning_is_still_told)
{
	begin();
	put(&new_repo, DETAILS "aspora.config.yaml",
	    "# a comment\nbudget:\n  per_run_usd: 5\nlimits:\n  timeout: 30s\nmcp:\n  tools: "
	    "[erp.find]\n");
	ck_assert_str_eq(planned(),
			 ONE "      files changed, but nothing that they mean\n" SUMMARY);
	end();
}
END_TEST

static const struct support_case cases[] = {
	CASE(configuration_is_told_with_its_units_and_growth),
	CASE(triggers_are_new_gone_or_wider),
	CASE(files_are_told_by_what_they_are),
	CASE(a_handler_that_comes_or_goes_is_told),
	CASE(many_files_are_counted),
	CASE(what_rolls_out_is_marked),
	CASE(what_comes_from_above_is_told_where_the_old_configuration_is_known),
	CASE(knowledge_that_changed_above_is_inherited),
	CASE(shrunk_skills_are_compared_without_their_lines),
	CASE(configuration_in_words),
	CASE(a_new_skill_shows_what_it_asks_for),
	CASE(front_matter_in_words),
	CASE(lines_that_only_moved_are_no_new_lines),
	CASE(a_change_without_meaning_is_still_told),
	{0},
};

int main(void)
{
	return support_main("skill/plan_words", cases);
}
