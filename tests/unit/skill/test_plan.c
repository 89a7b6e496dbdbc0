#include "tests/unit/skill/plans.h"

START_TEST(nothing_changed_is_no_changes_and_reads_nothing)
{
	begin();
	ck_assert_str_eq(planned(), "no changes\n");
	ck_assert_uint_eq(loads, 0);
	end();
}
END_TEST

START_TEST(everything_is_new_on_an_empty_store)
{
	begin();
	CLEANUP(plan_freep) struct plan *p = make(&git, &knows);
	plan_free(TAKE_PTR(p));
	struct deployed nothing = {.arena = arena};
	assert_ok(plan_make(new_snap, &nothing, &git, &knows, &p, &support_err));
	ck_assert_uint_eq(p->created, 3);
	ck_assert_uint_eq(p->updated + p->deleted + p->unchanged, 0);
	ck_assert_int_eq(p->domains[0].op, CHANGE_CREATE);
	ck_assert_uint_eq(loads, 0);
	CLEANUP(buf_release) struct buf out = BUF_INIT(8000);
	plan_text(&out, p);
	ck_assert_str_eq(buf_cstr(&out), "+ ecm/details  create\n"
					 "      role specialist\n"
					 "    ! new trigger command: order status {id}\n"
					 "    ! new tool erp.find\n"
					 "      handler code/handler.py\n"
					 "+ ecm/manager  create\n"
					 "      role manager\n"
					 "      no handler\n"
					 "+ hr/screen  create\n"
					 "      role specialist\n"
					 "      no handler\n"
					 "3 to create, 0 to update, 0 to delete, 0 unchanged\n");
	end();
}
END_TEST

START_TEST(one_change_loads_one_old_skill)
{
	begin();
	put(&new_repo, DETAILS "SKILL.md",
	    MD("order status {id}", "Look up the order.\nNew.\nTwo.\n"));
	ck_assert_str_eq(planned(), ONE "      text changed: +2 −1 lines\n" SUMMARY);
	ck_assert_uint_eq(loads, 1);
	end();
}
END_TEST

START_TEST(without_an_old_side_there_are_no_words_but_the_same_plan)
{
	begin();
	put(&new_repo, DETAILS "code/handler.py", "print(2)\n");
	CLEANUP(plan_freep) struct plan *p = make(&git, NULL);
	ck_assert_uint_eq(p->updated, 1);
	ck_assert_uint_eq(p->unchanged, 2);
	ck_assert_uint_eq(p->domains[0].skills[0].detail_count, 0);
	ck_assert_uint_eq(p->domains[0].unchanged, 1);
	end();
}
END_TEST

/* --- deletion ---------------------------------------------------------------------------------------------------- */

START_TEST(what_is_absent_is_deleted)
{
	begin();
	drop(&new_repo, "skills/hr/");
	drop(&new_repo, "skills/ecm/manager/");
	ck_assert_str_eq(planned(), "- ecm/manager  delete\n- hr/screen  delete\n"
				    "0 to create, 0 to update, 2 to delete, 1 unchanged\n");
	CLEANUP(plan_freep) struct plan *p = NULL;
	assert_ok(plan_make(new_snap, &deployed, &git, &knows, &p, &support_err));
	ck_assert_int_eq(p->domains[0].op, CHANGE_UPDATE);
	ck_assert_uint_eq(p->domains[0].deleted, 1);
	ck_assert_int_eq(p->domains[1].op, CHANGE_DELETE);
	ck_assert_ptr_null(p->domains[1].to);
	end();
}
END_TEST

START_TEST(apply_infers_no_deletion_and_other_sources_are_left_alone)
{
	static const struct plan_scope apply = {.infer_deletes = false};
	static const struct plan_scope other = {.infer_deletes = true, .source = "another"};
	begin();
	drop(&new_repo, "skills/hr/");
	drop(&new_repo, "skills/ecm/manager/");
	CLEANUP(plan_freep) struct plan *p = make(&apply, NULL);
	ck_assert_uint_eq(p->deleted, 0);
	ck_assert_uint_eq(p->domain_count, 1);
	plan_free(TAKE_PTR(p));
	assert_ok(plan_make(new_snap, &deployed, &other, NULL, &p, &support_err));
	ck_assert_uint_eq(p->deleted, 0);
	end();
}
END_TEST

START_TEST(a_scope_of_domains_is_kept_to)
{
	static const char *const only[] = {"hr", NULL};
	struct plan_scope scope = git;
	scope.domains = only;
	begin();
	drop(&new_repo, "skills/ecm/");
	put(&new_repo, "skills/hr/screen/code/handler.py", "print(1)\n");
	CLEANUP(plan_freep) struct plan *p = make(&scope, NULL);
	ck_assert_uint_eq(p->domain_count, 1);
	assert_str(p->domains[0].name, "hr");
	ck_assert_uint_eq(p->deleted, 0);
	end();
}
END_TEST

START_TEST(what_could_not_be_read_is_not_absent)
{
	begin();
	CLEANUP(plan_freep) struct plan *p = make(&git, NULL);
	plan_free(TAKE_PTR(p));
	struct domain *ecm = snapshot_domain(new_snap, STR("ecm"));
	size_t skills = ecm->skill_count;
	ecm->broken = true;
	ecm->candidate.bytes[0] ^= 1;
	ecm->skill_count = 0;
	assert_ok(plan_make(new_snap, &deployed, &git, NULL, &p, &support_err));
	ck_assert_uint_eq(p->deleted, 0);
	ck_assert_uint_eq(p->domain_count, 1);
	ck_assert_int_eq(p->domains[0].op, CHANGE_UPDATE);
	ecm->skill_count = skills;
	end();
}
END_TEST

START_TEST(a_refused_revision_deletes_nothing)
{
	begin();
	drop(&new_repo, "skills/hr/");
	put(&new_repo, "aspora.config.yaml", "budget: [\n");
	CLEANUP(plan_freep) struct plan *p = make(&git, NULL);
	ck_assert(snapshot_refused(new_snap));
	ck_assert_uint_eq(p->deleted, 0);
	end();
}
END_TEST

/* --- policy ------------------------------------------------------------------------------------------------------ */

START_TEST(a_policy_that_changed_alone_asks_for_a_new_verdict)
{
	begin();
	put(&new_repo, "aspora.config.yaml",
	    "budget:\n  per_run_usd: 50\n  per_day_usd: 500\npolicy:\n  max_delete: 10%\n");
	CLEANUP(plan_freep) struct plan *p = make(&git, &knows);
	ck_assert_uint_eq(p->domain_count, 2);
	for (size_t i = 0; i < 2; i++) {
		ck_assert(p->domains[i].policy_changed);
		ck_assert_uint_eq(p->domains[i].skill_count, 0);
	}
	ck_assert_uint_eq(p->unchanged, 3);
	ck_assert_uint_eq(p->updated, 0);
	CLEANUP(buf_release) struct buf out = BUF_INIT(8000);
	plan_text(&out, p);
	ck_assert_ptr_nonnull(strstr(buf_cstr(&out), "policy changed: it is admitted anew"));
	/* Who does not know the rules' version does not compare. */
	struct plan_scope blind = git;
	blind.rules_version = 0;
	plan_free(TAKE_PTR(p));
	assert_ok(plan_make(new_snap, &deployed, &blind, NULL, &p, &support_err));
	ck_assert_uint_eq(p->domain_count, 0);
	end();
}
END_TEST

/* --- forms ------------------------------------------------------------------------------------------------------- */

START_TEST(a_plan_is_written_as_json)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(16000);
	const struct doc_node *n = NULL;
	struct json j;
	begin();
	put(&new_repo, DETAILS "aspora.config.yaml",
	    "budget:\n  per_run_usd: 20\nlimits:\n  timeout: 30s\nmcp:\n  tools: [erp.find]\n");
	drop(&new_repo, "skills/hr/");
	CLEANUP(plan_freep) struct plan *p = make(&git, &knows);
	json_init(&j, &out);
	plan_json(&j, p);
	assert_ok(doc_parse_json(arena, buf_str(&out), &doc_limits_json, "p", &n, &support_err));
	const struct doc_node *summary = doc_find(n, "summary");
	ck_assert_int_eq(doc_int(summary, "update", -1), 1);
	ck_assert_int_eq(doc_int(summary, "delete", -1), 1);
	ck_assert_int_eq(doc_int(summary, "unchanged", -1), 1);
	const struct doc_node *ecm = doc_find(n, "domains")->list.items[0];
	const struct doc_node *skill = doc_find(ecm, "skills")->list.items[0];
	assert_str(doc_text(ecm, "op"), "update");
	assert_str(doc_text(skill, "name"), "details");
	ck_assert_uint_eq(doc_text(skill, "from").len, 64);
	const struct doc_node *detail = doc_find(skill, "details")->list.items[0];
	assert_str(doc_text(detail, "field"), "budget.per_run_usd");
	assert_str(doc_text(detail, "text"), "budget per run 5 → 20 USD");
	ck_assert(doc_bool(detail, "growth", false));
	const struct doc_node *hr = doc_find(n, "domains")->list.items[1];
	ck_assert_ptr_null(doc_find(doc_find(hr, "skills")->list.items[0], "to"));
	end();
}
END_TEST

START_TEST(text_of_the_repository_is_escaped)
{
	begin();
	put(&new_repo, DETAILS "SKILL.md",
	    "---\nname: details\ndescription: Looks up one order. Use when somebody asks.\n"
	    "role: specialist\ntrigger:\n  command: order status {id}\n---\n# Order \x1b[31m "
	    "red\n" BODY);
	const char *text = planned();
	ck_assert_ptr_null(strchr(text, '\x1b'));
	end();
}
END_TEST

static int fails(void *state UNUSED, const struct deployed_skill *d UNUSED,
		 struct skill **ret UNUSED, struct err *err)
{
	return err_set(err, ERR_DATABASE, "the connection is gone");
}

START_TEST(an_old_side_that_fails_fails_the_plan)
{
	static const struct plan_old broken = {fails, NULL, NULL};
	struct plan *p = NULL;
	begin();
	put(&new_repo, DETAILS "code/handler.py", "print(2)\n");
	plan_free(make(&git, NULL));
	assert_err(plan_make(new_snap, &deployed, &git, &broken, &p, &support_err), ERR_DATABASE,
		   "the connection is gone");
	ck_assert_ptr_null(p);
	end();
}
END_TEST

static const struct support_case cases[] = {
	CASE(nothing_changed_is_no_changes_and_reads_nothing),
	CASE(everything_is_new_on_an_empty_store),
	CASE(one_change_loads_one_old_skill),
	CASE(without_an_old_side_there_are_no_words_but_the_same_plan),
	CASE(what_is_absent_is_deleted),
	CASE(apply_infers_no_deletion_and_other_sources_are_left_alone),
	CASE(a_scope_of_domains_is_kept_to),
	CASE(what_could_not_be_read_is_not_absent),
	CASE(a_refused_revision_deletes_nothing),
	CASE(a_policy_that_changed_alone_asks_for_a_new_verdict),
	CASE(a_plan_is_written_as_json),
	CASE(text_of_the_repository_is_escaped),
	CASE(an_old_side_that_fails_fails_the_plan),
	{0},
};

int main(void)
{
	return support_main("skill/plan", cases);
}
