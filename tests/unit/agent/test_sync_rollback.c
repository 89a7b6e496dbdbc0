/* Rollbacks as sync carries them out, and as it rehearses them. */
#include <stdio.h>

#include "base/mem.h"
#include "tests/unit/agent/help_sync.h"

START_TEST(a_skill_goes_back_one_version_and_stays_there)
{
	sync_editions(3);
	sync_done(sync_wish("rollback", "ecm", "{\"skill\":\"order\",\"reason\":\"it broke\"}"),
		  "");
	ck_assert_str_eq(sync_edition("ecm", "order"), "2");
	ck_assert_str_eq(sync_edition("ecm", "ticket"), "1");
	ck_assert_int_eq(
		sync_held("skill = 'order' and cause = 'rollback' and reason = 'it broke' and "
			  "by = 'key:ana'"),
		1);
	/* The same commit, looked at again, does not bring it back; another edition goes on. */
	sync_run();
	ck_assert_str_eq(sync_edition("ecm", "order"), "2");
	sync_skill("ecm", "order", 4);
	sync_push("mended");
	sync_run();
	ck_assert_str_eq(sync_edition("ecm", "order"), "4");
	ck_assert_int_eq(sync_held("true"), 1);
}
END_TEST

START_TEST(a_skill_goes_back_as_far_as_is_said)
{
	char to[100];
	sync_editions(3);
	sync_done(sync_wish("rollback", "ecm", "{\"skill\":\"order\",\"to\":\"release 1\"}"), "");
	ck_assert_str_eq(sync_edition("ecm", "order"), "1");
	ck_assert_int_eq(sync_held("skill = 'order'"), 2);
	/* Without a reason it says who wanted it. */
	ck_assert_int_eq(sync_held("reason = 'rolled back by key:ana'"), 2);
	/* Forward to what was rolled back: that alone is let out. */
	snprintf(to, sizeof(to), "{\"skill\":\"order\",\"to\":\"i1.%s\"}",
		 support_pg_text("select rev from release where id = 3"));
	sync_done(sync_wish("rollback", "ecm", to), "");
	ck_assert_str_eq(sync_edition("ecm", "order"), "3");
	ck_assert_int_eq(support_pg_int("select count(*) from quarantine where until is null and "
					"encode(content, 'hex') = '%s'",
					sync_content("order", 3)),
			 0);
}
END_TEST

START_TEST(a_domain_goes_back_one_release)
{
	sync_editions(3);
	sync_skill("ecm", "ticket", 2);
	sync_skill("ecm", "extra", 1);
	sync_push("two at once");
	sync_run();
	ck_assert_str_eq(sync_edition("ecm", "extra"), "1");
	sync_done(sync_wish("rollback", "ecm", "{\"reason\":\"too much\"}"), "");
	ck_assert_str_eq(sync_edition("ecm", "ticket"), "1");
	ck_assert_str_eq(sync_edition("ecm", "order"), "3");
	/* What did not exist then goes, and comes only as something else. */
	ck_assert_str_eq(sync_edition("ecm", "extra"), "");
	ck_assert_int_eq(sync_held("skill = 'ticket'"), 1);
}
END_TEST

START_TEST(a_rehearsed_rollback_changes_nothing)
{
	sync_editions(2);
	long long rev = support_pg_int("select max(id) from release");
	sync_done(sync_wish_dry("rollback", "ecm", "{\"skill\":\"order\"}"), "");
	ck_assert_str_eq(sync_edition("ecm", "order"), "2");
	ck_assert_int_eq(sync_held("true"), 0);
	ck_assert_int_eq(support_pg_int("select max(id) from release"), rev);
}
END_TEST

/* The plan of the result, without what names the one wish or the other. */
static char *plan_of(const struct wish *w)
{
	ptrdiff_t plan = str_find(w->result_json, STR("\"plan\":"), 0),
		  end = str_find(w->result_json, STR("\"admission\":"), 0);
	ck_assert(plan >= 0 && end > plan);
	return mem_strndup(w->result_json.p + plan, (size_t)(end - plan));
}

/* Asks twice, first as a rehearsal: both say the same, and only the second does it. */
static void as_rehearsed(const char *body, const char *would, const char *did)
{
	long long before = support_pg_int("select max(id) from release"), was = sync_held("true");
	const struct wish *w = sync_wish_dry("rollback", "ecm", body);
	sync_done(w, would);
	CLEANUP_FREE char *said = plan_of(w);
	ck_assert_int_eq(support_pg_int("select max(id) from release"), before);
	ck_assert_int_eq(sync_held("true"), was);
	w = sync_wish("rollback", "ecm", body);
	sync_done(w, did);
	CLEANUP_FREE char *done = plan_of(w);
	ck_assert_str_eq(said, done);
	ck_assert_int_eq(support_pg_int("select max(id) from release"), before + 1);
}

START_TEST(what_a_rehearsed_rollback_says_is_what_is_done)
{
	char to[100];
	sync_editions(3);
	as_rehearsed("{\"skill\":\"order\",\"to\":\"release 1\"}", "would deploy 1 domain\"",
		     "deployed 1 domain\"");
	ck_assert_str_eq(sync_edition("ecm", "order"), "1");
	/* Forward again, to what that put in quarantine. */
	snprintf(to, sizeof(to), "{\"skill\":\"order\",\"to\":\"i1.%s\"}",
		 support_pg_text("select rev from release where id = 3"));
	as_rehearsed(to, "would deploy 1 domain\"", "deployed 1 domain\"");
	ck_assert_str_eq(sync_edition("ecm", "order"), "3");
}
END_TEST

START_TEST(a_domain_comes_back_with_a_skill_that_a_rollback_took_away)
{
	sync_editions(2);
	sync_skill("ecm", "extra", 1);
	sync_push("one more");
	sync_run();
	sync_done(sync_wish("rollback", "ecm", "{}"), "");
	ck_assert_str_eq(sync_edition("ecm", "extra"), "");
	ck_assert_int_eq(sync_held("skill = 'extra'"), 1);
	as_rehearsed("{\"to\":\"release 3\"}", "would deploy 1 domain\"", "deployed 1 domain\"");
	ck_assert_str_eq(sync_edition("ecm", "extra"), "1");
	ck_assert_int_eq(sync_held("true"), 0);
}
END_TEST

START_TEST(a_rollback_that_is_refused_lets_nothing_out_of_quarantine)
{
	sync_editions(3);
	sync_done(sync_wish("rollback", "ecm", "{\"skill\":\"order\"}"), "");
	ck_assert_int_eq(sync_held("skill = 'order'"), 1);
	sync_done(sync_wish("suspend", "", "{\"kind\":\"Domain\",\"name\":\"ecm\"}"), "");
	sync_failed(sync_wish("rollback", "ecm", "{\"skill\":\"order\",\"to\":\"release 3\"}"),
		    "conflict", "suspended", "");
	ck_assert_int_eq(sync_held("skill = 'order'"), 1);
	ck_assert_str_eq(sync_edition("ecm", "order"), "2");
}
END_TEST

START_TEST(a_rollback_to_nowhere_says_so)
{
	static const struct {
		const char *domain, *body, *code, *part;
	} rows[] = {
		{"ecm", "{\"skill\":\"ticket\"}", "not-found", "no earlier version to go back to"},
		{"ecm", "{\"skill\":\"none\"}", "not-found", "no earlier version to go back to"},
		{"frm", "{}", "not-found", "no earlier release of frm to go back to"},
		{"ecm", "{\"skill\":\"order\",\"to\":\"release 99\"}", "not-found",
		 "there is no release 99"},
		{"ecm", "{\"skill\":\"order\",\"to\":\"99\"}", "not-found",
		 "there is no release 99"},
		{"ecm", "{\"skill\":\"order\",\"to\":\"yesterday\"}", "invalid", "yesterday"},
		{"ecm", "{\"skill\":\"order\",\"to\":\"release one\"}", "invalid", "one"},
	};
	sync_editions(1);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		sync_failed(sync_wish("rollback", rows[i].domain, rows[i].body), rows[i].code,
			    rows[i].part, "");
	ck_assert_str_eq(sync_edition("ecm", "order"), "1");
	ck_assert_int_eq(sync_held("true"), 0);
}
END_TEST

static const struct support_case cases[] = {
	CASE_SLOW(a_skill_goes_back_one_version_and_stays_there, 120),
	CASE_SLOW(a_skill_goes_back_as_far_as_is_said, 120),
	CASE_SLOW(a_domain_goes_back_one_release, 120),
	CASE_SLOW(a_rehearsed_rollback_changes_nothing, 120),
	CASE_SLOW(what_a_rehearsed_rollback_says_is_what_is_done, 120),
	CASE_SLOW(a_domain_comes_back_with_a_skill_that_a_rollback_took_away, 120),
	CASE_SLOW(a_rollback_that_is_refused_lets_nothing_out_of_quarantine, 120),
	CASE_SLOW(a_rollback_to_nowhere_says_so, 120),
	{0}};

int main(void)
{
	return support_pg_main("agent/sync_rollback", cases);
}
