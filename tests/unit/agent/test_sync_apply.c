/* Uploads, deletions, adoptions and asked-for looks, as sync carries them out. */
#include <stdio.h>

#include "tests/unit/agent/help_sync.h"

#define WHY "{\"reason\":\"try\"}"

/* Git has ecm/order at edition 1; lab/one and lab/two were uploaded. */
static void begin(void)
{
	sync_begin();
	sync_skill("ecm", "order", 1);
	sync_push("first");
	sync_run();
	sync_done(sync_apply("lab", "one", 1, WHY), "");
	sync_done(sync_apply("lab", "two", 1, WHY), "");
	ck_assert_str_eq(sync_edition("lab", "one"), "1");
	ck_assert_str_eq(sync_edition("lab", "two"), "1");
}

static long long releases(void)
{
	return support_pg_int("select count(*) from release");
}

/* --- apply -------------------------------------------------------------------------------------------------------- */

START_TEST(an_upload_changes_what_it_brings_and_nothing_else)
{
	begin();
	long long before = releases();
	sync_done(sync_apply("lab", "one", 2, WHY), "");
	ck_assert_str_eq(sync_edition("lab", "one"), "2");
	ck_assert_str_eq(sync_edition("lab", "two"), "1");
	ck_assert_str_eq(sync_edition("ecm", "order"), "1");
	ck_assert_int_eq(releases(), before + 1);
	/* The same again is done, and nothing is released. */
	sync_done(sync_apply("lab", "one", 2, WHY), "");
	ck_assert_int_eq(releases(), before + 1);
	ck_assert_str_eq(support_pg_text("select actor from release order by id desc limit 1"),
			 "key:ana");
	ck_assert_str_eq(support_pg_text("select message from release order by id desc limit 1"),
			 "try");
}
END_TEST

START_TEST(a_pruned_upload_is_all_of_its_set)
{
	begin();
	sync_done(sync_apply("lab", "one", 3, "{\"prune\":true,\"reason\":\"less\"}"), "");
	ck_assert_str_eq(sync_edition("lab", "one"), "3");
	ck_assert_str_eq(sync_edition("lab", "two"), "");
	/* What is not of the set stays. */
	ck_assert_str_eq(sync_edition("ecm", "order"), "1");
}
END_TEST

START_TEST(a_rehearsed_upload_says_what_it_would_do)
{
	begin();
	long long before = releases();
	static const struct upload_file files[] = {
		{STR("skills/lab/one/SKILL.md"), TREE_MODE_FILE,
		 STR("---\nname: one\ndescription: Adds. Use when asked.\n---\n# One\n\nEdition "
		     "8.\n")}};
	sync_done(sync_upload(files, 1, WHY, true), "\"dryRun\":true");
	ck_assert_int_eq(releases(), before);
	ck_assert_str_eq(sync_edition("lab", "one"), "1");
}
END_TEST

START_TEST(an_upload_that_is_refused_leaves_what_there_is)
{
	static const struct upload_file untested[] = {
		{STR("skills/lab/three/SKILL.md"), TREE_MODE_FILE,
		 STR("---\nname: three\ndescription: Adds. Use when asked.\n---\n# Three\n")},
		{STR("skills/lab/three/code/handler.sh"), TREE_MODE_EXEC, STR("#!/bin/sh\n")}};
	begin();
	long long before = releases();
	const struct wish *w = sync_upload(untested, 2, WHY, false);
	sync_failed(w, "denied", "", "the report names each finding with its line");
	/* The report is there beside the problem, with the rule and its place. */
	ck_assert_msg(str_find(w->result_json, STR("AD-TESTS-001"), 0) > 0, "%.*s",
		      STR_ARG(w->result_json));
	ck_assert(str_find(w->result_json, STR("skills/lab/three"), 0) > 0);
	ck_assert_int_eq(releases(), before);
	ck_assert_str_eq(sync_edition("lab", "three"), "");
	ck_assert_str_eq(sync_edition("lab", "one"), "1");
}
END_TEST

START_TEST(an_upload_of_nothing_or_of_bad_names_is_refused)
{
	static const struct {
		struct upload_file file;
		const char *part;
	} rows[] = {
		{{STR("../etc/passwd"), TREE_MODE_FILE, STR("x")}, "means another folder"},
		{{STR("/etc/passwd"), TREE_MODE_FILE, STR("x")}, "is not relative and whole"},
		{{STR("skills/lab/.git/config"), TREE_MODE_FILE, STR("x")}, "Git's own folder"},
		{{STR("skills/lab/a\\b"), TREE_MODE_FILE, STR("x")}, "may not have / or"},
	};
	begin();
	sync_failed(sync_upload(NULL, 0, WHY, false), "invalid", "the upload has no files", "");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		sync_failed(sync_upload(&rows[i].file, 1, WHY, false), "invalid", rows[i].part, "");
	ck_assert_str_eq(sync_edition("lab", "one"), "1");
}
END_TEST

START_TEST(an_overlay_needs_its_time)
{
	begin();
	sync_failed(sync_apply("ecm", "order", 9, "{\"override\":true}"), "invalid",
		    "an overlay needs a time to live", "add --ttl 2h");
	sync_failed(sync_apply("ecm", "order", 9, "{\"override\":true,\"ttl_ms\":-5}"), "invalid",
		    "an overlay needs a time to live", "");
	sync_failed(sync_apply("ecm", "order", 9, WHY), "conflict", "", "--override --ttl 2h");
	ck_assert_str_eq(sync_edition("ecm", "order"), "1");
}
END_TEST

START_TEST(a_wish_about_an_object_that_has_changed_since_is_a_conflict)
{
	begin();
	sync_failed(
		sync_wish("rollback", "lab",
			  "{\"skill\":\"one\",\"expect\":{\"kind\":\"Skill\",\"domain\":\"lab\","
			  "\"name\":\"one\",\"version\":\"i1.1\"}}"),
		"conflict", "", "");
	ck_assert_str_eq(sync_edition("lab", "one"), "1");
}
END_TEST

/* --- delete -------------------------------------------------------------------------------------------------------- */

START_TEST(what_was_uploaded_is_deleted_by_name)
{
	begin();
	sync_done(sync_wish_dry("delete", "lab", "{\"skill\":\"one\"}"), "\"dryRun\":true");
	ck_assert_str_eq(sync_edition("lab", "one"), "1");
	sync_done(sync_wish("delete", "lab", "{\"skill\":\"one\"}"), "");
	ck_assert_str_eq(sync_edition("lab", "one"), "");
	ck_assert_str_eq(sync_edition("lab", "two"), "1");
	ck_assert_str_eq(support_pg_text("select message from release order by id desc limit 1"),
			 "deleted by key:ana");
	sync_failed(sync_wish("delete", "lab", "{\"skill\":\"one\"}"), "not-found",
		    "there is no skill lab/one", "`aspora get skills` lists");
	sync_done(sync_wish("delete", "lab", "{\"reason\":\"over\"}"), "");
	ck_assert_str_eq(sync_edition("lab", "two"), "");
	ck_assert_str_eq(sync_edition("ecm", "order"), "1");
	sync_failed(sync_wish("delete", "lab", "{}"), "not-found", "there is no domain lab", "");
}
END_TEST

START_TEST(what_git_has_is_deleted_in_git)
{
	begin();
	sync_failed(sync_wish("delete", "ecm", "{\"skill\":\"order\"}"), "conflict",
		    "domain ecm belongs to source main, a Git repository",
		    "git rm -r skills/ecm/order, commit and push");
	sync_failed(sync_wish("delete", "ecm", "{}"), "conflict", "belongs to source main",
		    "git rm -r skills/ecm, commit and push");
	ck_assert_str_eq(sync_edition("ecm", "order"), "1");
}
END_TEST

/* --- adopt, and the end of overlays ----------------------------------------------------------------------------------- */

START_TEST(an_adopted_domain_follows_its_new_owner)
{
	begin();
	sync_failed(sync_wish("adopt", "lab", "{\"to\":\"mian\"}"), "not-found",
		    "there is no source \\\"mian\\\"", "aspora get sources lists them");
	sync_done(sync_wish("adopt", "lab", "{\"to\":\"main\"}"), "lab belongs to source main now");
	sync_skill("lab", "one", 5);
	sync_skill("lab", "two", 5);
	sync_push("lab comes from here now");
	sync_run();
	ck_assert_str_eq(sync_edition("lab", "one"), "5");
	sync_failed(sync_apply("lab", "one", 6, WHY), "conflict", "", "");
	ck_assert_str_eq(sync_edition("lab", "one"), "5");
}
END_TEST

START_TEST(an_overlay_is_taken_away_by_hand)
{
	begin();
	sync_done(sync_apply("ecm", "order", 9,
			     "{\"override\":true,\"ttl_ms\":3600000,\"reason\":\"try\"}"),
		  "");
	ck_assert_str_eq(sync_edition("ecm", "order"), "9");
	ck_assert_str_eq(
		support_pg_text("select by || ' ' || reason from overlay where until is null"),
		"key:ana try");
	sync_done(sync_wish_dry("overlay-end", "ecm", "{}"), "\"dryRun\":true");
	ck_assert_str_eq(sync_edition("ecm", "order"), "9");
	sync_done(sync_wish("overlay-end", "ecm", "{}"), "the overlay over ecm is gone");
	ck_assert_str_eq(sync_edition("ecm", "order"), "1");
	sync_failed(sync_wish("overlay-end", "ecm", "{}"), "not-found", "", "");
}
END_TEST

/* --- looks -------------------------------------------------------------------------------------------------------------- */

START_TEST(a_look_that_is_asked_for_is_answered_with_what_it_found)
{
	begin();
	sync_done(sync_look("{}"), "");
	long long before = releases();
	sync_skill("ecm", "order", 2);
	sync_push("more");
	const struct wish *w = sync_look("{}");
	sync_done(w, "ecm");
	ck_assert_str_eq(sync_edition("ecm", "order"), "2");
	ck_assert_int_eq(releases(), before + 1);
	ck_assert_int_eq(
		support_pg_int("select request_token - handled_token from source where name "
			       "= 'main'"),
		0);
}
END_TEST

START_TEST(a_look_at_a_suspended_source_says_who_suspended_it)
{
	begin();
	sync_done(sync_wish("suspend", "",
			    "{\"kind\":\"Source\",\"name\":\"main\",\"reason\":\"audit\"}"),
		  "");
	sync_failed(sync_look("{}"), "conflict",
		    "source main is not looked at: key:ana suspended it: audit",
		    "aspora resume source main");
}
END_TEST

START_TEST(a_deletion_waits_until_it_is_confirmed)
{
	sync_begin();
	sync_file("aspora.config.yaml", "policy: {max_delete: 10%}\n");
	for (int i = 0; i < 4; i++) {
		char name[16];
		snprintf(name, sizeof(name), "s%d", i);
		sync_skill("ecm", name, 1);
	}
	sync_push("four");
	sync_run();
	sync_file("skills/ecm/s0", NULL);
	sync_file("skills/ecm/s1", NULL);
	sync_push("two");
	sync_run();
	ck_assert_str_eq(sync_condition("Ready"), "False AdmissionDenied");
	ck_assert_str_eq(sync_edition("ecm", "s0"), "1");
	/* Of another domain is of no use. */
	sync_look("{\"confirm\":[\"frm\"]}");
	ck_assert_str_eq(sync_edition("ecm", "s0"), "1");
	sync_done(sync_look("{\"confirm\":[\"ecm\"],\"reason\":\"meant\"}"), "");
	ck_assert_str_eq(sync_edition("ecm", "s0"), "");
	ck_assert_str_eq(sync_edition("ecm", "s2"), "1");
	ck_assert_str_eq(sync_condition("Ready"), "True ReconciliationSucceeded");
}
END_TEST

static const struct support_case cases[] = {
	CASE_SLOW(an_upload_changes_what_it_brings_and_nothing_else, 120),
	CASE_SLOW(a_pruned_upload_is_all_of_its_set, 120),
	CASE_SLOW(a_rehearsed_upload_says_what_it_would_do, 120),
	CASE_SLOW(an_upload_that_is_refused_leaves_what_there_is, 120),
	CASE_SLOW(an_upload_of_nothing_or_of_bad_names_is_refused, 120),
	CASE_SLOW(an_overlay_needs_its_time, 120),
	CASE_SLOW(a_wish_about_an_object_that_has_changed_since_is_a_conflict, 120),
	CASE_SLOW(what_was_uploaded_is_deleted_by_name, 120),
	CASE_SLOW(what_git_has_is_deleted_in_git, 120),
	CASE_SLOW(an_adopted_domain_follows_its_new_owner, 120),
	CASE_SLOW(an_overlay_is_taken_away_by_hand, 120),
	CASE_SLOW(a_look_that_is_asked_for_is_answered_with_what_it_found, 120),
	CASE_SLOW(a_look_at_a_suspended_source_says_who_suspended_it, 120),
	CASE_SLOW(a_deletion_waits_until_it_is_confirmed, 120),
	{0},
};

int main(void)
{
	return support_pg_main("agent/sync_apply", cases);
}
