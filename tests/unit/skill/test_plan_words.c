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
	{0},
};

int main(void)
{
	return support_main("skill/plan_words", cases);
}
