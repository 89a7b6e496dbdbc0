/* Wishes as sync carries them out: what is held back, overlays that end, and what is told of a source. */
#include <stdio.h>

#include "tests/unit/agent/help_sync.h"

/* --- quarantines -------------------------------------------------------------------------------------------------- */

START_TEST(content_is_put_in_quarantine_once_and_cleared)
{
	char body[300], content[65];
	sync_editions(3);
	snprintf(content, sizeof(content), "%s", sync_content("order", 2));
	snprintf(body, sizeof(body), "{\"skill\":\"order\",\"content\":\"%s\"}", content);
	sync_done(sync_wish("quarantine", "ecm", body), "quarantined ecm/order");
	sync_done(sync_wish("quarantine", "ecm", body), "quarantined ecm/order");
	ck_assert_int_eq(sync_held("cause = 'operator' and reason = 'quarantined by key:ana'"), 1);
	/* Another edition is deployed meanwhile; the held one is not. */
	ck_assert_str_eq(sync_edition("ecm", "order"), "3");
	sync_skill("ecm", "order", 2);
	sync_push("back by hand");
	sync_run();
	ck_assert_str_eq(sync_edition("ecm", "order"), "3");
	sync_done(sync_wish("clear", "ecm", body), "cleared 1");
	ck_assert_int_eq(sync_held("true"), 0);
	ck_assert_str_eq(sync_edition("ecm", "order"), "2");
	sync_failed(sync_wish("clear", "ecm", body), "not-found",
		    "nothing of ecm/order is in quarantine", "");
}
END_TEST

START_TEST(all_of_a_skill_is_cleared_at_once)
{
	char body[300];
	sync_editions(3);
	for (int nth = 1; nth <= 2; nth++) {
		snprintf(body, sizeof(body),
			 "{\"skill\":\"order\",\"content\":\"%s\",\"reason\":\"r%d\"}",
			 sync_content("order", nth), nth);
		sync_done(sync_wish("quarantine", "ecm", body), "");
	}
	sync_done(sync_wish_dry("clear", "ecm", "{\"skill\":\"order\"}"), "\"dryRun\":true");
	ck_assert_int_eq(sync_held("skill = 'order' and reason in ('r1', 'r2')"), 2);
	sync_done(sync_wish("clear", "ecm", "{\"skill\":\"order\"}"), "cleared 2");
	ck_assert_int_eq(sync_held("true"), 0);
}
END_TEST

START_TEST(a_content_that_is_none_is_refused)
{
	static const char *const bodies[] = {
		"{\"skill\":\"order\",\"content\":\"\"}",
		"{\"skill\":\"order\",\"content\":\"abc\"}",
		"{\"skill\":\"order\",\"content\":\"zz\"}",
		"{\"skill\":\"order\"}",
	};
	sync_editions(1);
	for (size_t i = 0; i < ARRAY_SIZE(bodies); i++)
		sync_failed(sync_wish("quarantine", "ecm", bodies[i]), "invalid",
			    "the 64 hex digits of a version", "");
	sync_failed(sync_wish("clear", "ecm", bodies[1]), "invalid",
		    "the 64 hex digits of a version", "");
	ck_assert_int_eq(sync_held("true"), 0);
}
END_TEST

/* --- suspensions -------------------------------------------------------------------------------------------------- */

START_TEST(a_suspended_domain_stays_as_it_is_until_it_is_resumed)
{
	sync_editions(1);
	sync_done(sync_wish("suspend", "",
			    "{\"kind\":\"Domain\",\"name\":\"ecm\",\"reason\":\"audit\"}"),
		  "suspended domain ecm");
	sync_skill("ecm", "order", 4);
	sync_push("meanwhile");
	sync_run();
	ck_assert_str_eq(sync_edition("ecm", "order"), "1");
	sync_done(sync_wish("resume", "", "{\"kind\":\"Domain\",\"name\":\"ecm\"}"),
		  "resumed domain ecm");
	ck_assert_str_eq(sync_edition("ecm", "order"), "4");
	sync_failed(sync_wish("resume", "", "{\"kind\":\"Domain\",\"name\":\"ecm\"}"), "not-found",
		    "domain ecm is not suspended", "`aspora get domains` lists them");
}
END_TEST

START_TEST(a_suspension_ends_when_its_time_is_over)
{
	sync_editions(1);
	sync_done(sync_wish("suspend", "ecm",
			    "{\"kind\":\"Skill\",\"name\":\"order\",\"ttl_ms\":3600000}"),
		  "suspended skill ecm/order");
	sync_skill("ecm", "order", 4);
	sync_push("meanwhile");
	sync_run();
	ck_assert_str_eq(sync_edition("ecm", "order"), "1");
	support_pg_run("update suspension set expires_at = clock_timestamp() - interval '1 ms'");
	support_pg_run("update store set rev = rev + 1"); /* as whoever changes one does */
	sync_run();
	ck_assert_int_eq(support_pg_int("select count(*) from suspension where until is null"), 0);
	ck_assert_str_eq(sync_edition("ecm", "order"), "4");
}
END_TEST

START_TEST(a_suspended_source_is_not_looked_at)
{
	sync_editions(1);
	sync_done(sync_wish("suspend", "", "{\"kind\":\"Source\",\"name\":\"main\"}"),
		  "suspended source main");
	sync_skill("ecm", "order", 4);
	sync_push("meanwhile");
	sync_run();
	ck_assert_str_eq(sync_edition("ecm", "order"), "1");
	sync_done(sync_wish("resume", "", "{\"kind\":\"Source\",\"name\":\"main\"}"),
		  "resumed source main");
	ck_assert_str_eq(sync_edition("ecm", "order"), "4");
}
END_TEST

START_TEST(names_that_are_not_there_come_with_the_nearest)
{
	static const struct {
		const char *kind, *domain, *body, *part, *remedy;
	} rows[] = {
		{"suspend", "ecm", "{\"kind\":\"Skill\",\"name\":\"ordre\"}",
		 "there is no skill ecm/ordre", "did you mean ecm/order?"},
		{"suspend", "frm", "{\"kind\":\"Skill\",\"name\":\"something-else\"}",
		 "there is no skill frm/something-else", "`aspora get skills` lists them"},
		{"suspend", "", "{\"kind\":\"Domain\",\"name\":\"ecn\"}", "there is no domain ecn",
		 "did you mean ecm?"},
		{"suspend", "", "{\"kind\":\"Source\",\"name\":\"mian\"}",
		 "there is no source mian", "did you mean main?"},
		{"suspend", "ecm", "{\"kind\":\"Rollout\",\"name\":\"tickets\"}",
		 "there is no skill ecm/tickets", "did you mean ecm/ticket?"},
		{"resume", "ecm", "{\"kind\":\"Skill\",\"name\":\"order\"}",
		 "skill ecm/order is not suspended", "`aspora get skills` lists them"},
		{"resume", "ecm", "{\"kind\":\"Rollout\",\"name\":\"order\"}",
		 "the rollout of skill ecm/order is not paused", "`aspora get skills` lists them"},
	};
	sync_editions(1);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		sync_failed(sync_wish(rows[i].kind, rows[i].domain, rows[i].body), "not-found",
			    rows[i].part, rows[i].remedy);
	sync_done(sync_wish("suspend", "ecm", "{\"kind\":\"Rollout\",\"name\":\"order\"}"),
		  "paused the rollout of skill ecm/order");
	sync_failed(sync_wish("resume", "ecm", "{\"kind\":\"Rollout\",\"name\":\"ordr\"}"),
		    "not-found", "is not paused", "did you mean ecm/order?");
	sync_done(sync_wish("resume", "ecm", "{\"kind\":\"Rollout\",\"name\":\"order\"}"),
		  "resumed the rollout of skill ecm/order");
}
END_TEST

/* --- overlays that end -------------------------------------------------------------------------------------------- */

#define OVERRIDE "{\"override\":true,\"ttl_ms\":3600000,\"reason\":\"try\"}"

static void overlays_expire(void)
{
	support_pg_run("update overlay set expires_at = clock_timestamp() - interval '1 ms' where "
		       "until is null");
	support_pg_run("update store set rev = rev + 1"); /* as whoever changes one does */
	sync_run();
	ck_assert_int_eq(support_pg_int("select count(*) from overlay where until is null"), 0);
	ck_assert_int_eq(
		support_pg_int("select count(*) from event where reason = 'OverlayExpired' "
			       "and name = 'ecm'"),
		1);
}

START_TEST(below_an_overlay_that_expires_its_source_holds_again)
{
	sync_editions(1);
	sync_done(sync_apply("ecm", "order", 9, OVERRIDE), "");
	ck_assert_str_eq(sync_edition("ecm", "order"), "9");
	/* What the source brings meanwhile waits below it. */
	sync_skill("ecm", "ticket", 2);
	sync_push("below");
	sync_run();
	ck_assert_str_eq(sync_edition("ecm", "ticket"), "1");
	overlays_expire();
	ck_assert_str_eq(sync_edition("ecm", "order"), "1");
	ck_assert_str_eq(sync_edition("ecm", "ticket"), "2");
}
END_TEST

START_TEST(what_was_below_comes_out_of_the_store_where_the_newest_is_held_back)
{
	sync_editions(3);
	sync_done(sync_wish("rollback", "ecm", "{\"skill\":\"order\"}"), "");
	ck_assert_str_eq(sync_edition("ecm", "order"), "2");
	sync_done(sync_apply("ecm", "order", 9, OVERRIDE), "");
	ck_assert_str_eq(sync_edition("ecm", "order"), "9");
	overlays_expire();
	/* Edition 3 is the source's newest, and in quarantine. */
	ck_assert_str_eq(sync_edition("ecm", "order"), "2");
}
END_TEST

START_TEST(an_upload_over_a_domain_of_a_source_needs_to_say_so)
{
	sync_editions(1);
	sync_failed(sync_apply("ecm", "order", 9, "{\"reason\":\"x\"}"), "conflict", "ecm", "");
	ck_assert_str_eq(sync_edition("ecm", "order"), "1");
	sync_done(sync_apply("lab", "one", 1, "{\"reason\":\"x\"}"), "");
	ck_assert_str_eq(sync_edition("lab", "one"), "1");
	sync_failed(sync_wish("overlay-end", "lab", "{}"), "not-found", "", "");
}
END_TEST

/* --- what is told of a source --------------------------------------------------------------------------------------- */

START_TEST(a_refused_commit_is_told_with_what_to_do)
{
	sync_editions(1);
	sync_file("skills/ecm/order/tests", NULL);
	sync_skill("frm", "score", 1);
	sync_push("without tests");
	sync_run();
	ck_assert_str_eq(sync_condition("Ready"), "False AdmissionDenied");
	ck_assert_str_eq(sync_condition("Stalled"), "True AdmissionDenied");
	ck_assert_str_eq(sync_edition("ecm", "order"), "1");
	ck_assert_str_eq(sync_edition("frm", "score"), "1");
	ck_assert_ptr_nonnull(
		strstr(support_pg_text("select conditions::text from source where name = "
				       "'main'"),
		       "ecm"));
	sync_skill("ecm", "order", 4);
	sync_push("with tests");
	sync_run();
	ck_assert_str_eq(sync_condition("Ready"), "True ReconciliationSucceeded");
	ck_assert_str_eq(sync_condition("Stalled"), "False ReconciliationSucceeded");
}
END_TEST

START_TEST(a_rewritten_history_is_held_until_a_commit_follows)
{
	sync_editions(2);
	sync_git("reset -q --hard HEAD~1");
	sync_skill("ecm", "order", 7);
	sync_push("instead");
	sync_run();
	ck_assert_str_eq(sync_condition("Stalled"), "True HistoryRewritten");
	ck_assert_str_eq(sync_edition("ecm", "order"), "2");
	ck_assert_int_eq(support_pg_int("select count(*) from source where conditions::text like "
					"'%%allow_rewrite%%'"),
			 1);
	sync_git("reset -q --hard HEAD@{2}");
	sync_skill("ecm", "order", 8);
	sync_push("after all");
	sync_run();
	ck_assert_str_eq(sync_condition("Stalled"), "False ReconciliationSucceeded");
	ck_assert_str_eq(sync_edition("ecm", "order"), "8");
}
END_TEST

START_TEST(a_source_that_cannot_be_read_is_told_and_heals)
{
	sync_editions(1);
	sync_repository(false);
	sync_run();
	ck_assert_str_eq(sync_condition("Ready"), "False FetchFailed");
	ck_assert_int_ge(support_pg_int("select failures from source where name = 'main'"), 1);
	ck_assert_str_eq(sync_edition("ecm", "order"), "1");
	/* Wishes are carried out all the same. */
	sync_done(sync_apply("lab", "one", 1, "{\"reason\":\"x\"}"), "");
	sync_repository(true);
	sync_run();
	ck_assert_str_eq(sync_condition("Ready"), "True ReconciliationSucceeded");
	ck_assert_int_eq(support_pg_int("select failures from source where name = 'main'"), 0);
}
END_TEST

START_TEST(a_commit_over_which_three_processes_ended_is_given_up)
{
	sync_editions(1);
	sync_skill("ecm", "order", 4);
	const char *id = sync_push("deadly");
	support_pg_run("update source set try_revision = '%s', tries = 3 where name = 'main'", id);
	sync_run();
	ck_assert_str_eq(sync_condition("Stalled"), "True CrashLoop");
	ck_assert_str_eq(sync_edition("ecm", "order"), "1");
	sync_skill("ecm", "order", 5);
	sync_push("harmless");
	sync_run();
	ck_assert_str_eq(sync_condition("Stalled"), "False ReconciliationSucceeded");
	ck_assert_str_eq(sync_edition("ecm", "order"), "5");
}
END_TEST

static const struct support_case cases[] = {
	CASE_SLOW(content_is_put_in_quarantine_once_and_cleared, 120),
	CASE_SLOW(all_of_a_skill_is_cleared_at_once, 120),
	CASE_SLOW(a_content_that_is_none_is_refused, 120),
	CASE_SLOW(a_suspended_domain_stays_as_it_is_until_it_is_resumed, 120),
	CASE_SLOW(a_suspension_ends_when_its_time_is_over, 120),
	CASE_SLOW(a_suspended_source_is_not_looked_at, 120),
	CASE_SLOW(names_that_are_not_there_come_with_the_nearest, 120),
	CASE_SLOW(below_an_overlay_that_expires_its_source_holds_again, 120),
	CASE_SLOW(what_was_below_comes_out_of_the_store_where_the_newest_is_held_back, 120),
	CASE_SLOW(an_upload_over_a_domain_of_a_source_needs_to_say_so, 120),
	CASE_SLOW(a_refused_commit_is_told_with_what_to_do, 120),
	CASE_SLOW(a_rewritten_history_is_held_until_a_commit_follows, 120),
	CASE_SLOW(a_source_that_cannot_be_read_is_told_and_heals, 120),
	CASE_SLOW(a_commit_over_which_three_processes_ended_is_given_up, 120),
	{0},
};

int main(void)
{
	return support_pg_main("agent/sync_wishes", cases);
}
