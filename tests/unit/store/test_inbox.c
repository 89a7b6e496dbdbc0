/* Wishes, deliveries, posted checks, events: what comes in and what people read. */
#include <sys/wait.h>

#include "base/id.h"
#include "store/event.h"
#include "store/inbox.h"
#include "store/source.h"
#include "tests/unit/store/help_release.h"

static struct store *gateway, *s;
static struct lease *l;
static struct arena *arena;
static int attempts;

static void set_up(void)
{
	gateway = support_pg_listen(STORE_GATEWAY);
	s = support_pg_open(STORE_SYNC);
	l = support_pg_lease(s, "sync");
	arena = arena_new(BUF_MAX);
}

static struct wish apply(const char *id)
{
	struct wish w = {.kind = STR("apply"),
			 .domain = STR("ecm"),
			 .source = STR("team"),
			 .requested_by = STR("key:ana"),
			 .body_json = STR("{\"prune\":false}")};
	snprintf(w.id, sizeof(w.id), "%s", id);
	return w;
}

static const struct upload_file files[] = {
	{STR("skills/ecm/triage/SKILL.md"), TREE_MODE_FILE, STR("# Triage\n")},
	{STR("skills/ecm/triage/code/handler.sh"), TREE_MODE_EXEC, STR("#!/bin/sh\n")},
	{STR("skills/ecm/triage/copy.md"), TREE_MODE_FILE, STR("# Triage\n")},
};

static struct store_txn *begin(const struct lease *lease)
{
	struct store_txn *t = NULL;
	assert_ok(store_txn_begin(s, STORE_FENCED, "sync@test", lease, &t, &support_err));
	return t;
}

static void finish(struct store_txn *t)
{
	assert_ok(store_txn_commit(t, NULL, &support_err));
	store_txn_end(t);
}

START_TEST(an_upload_arrives_whole_and_its_result_comes_back)
{
	set_up();
	struct wish w = apply("WISH-1");
	assert_ok(store_wish_put(gateway, &w, files, 3, &support_err));
	struct wish *open = NULL;
	size_t n;
	assert_ok(store_wish_open(s, arena, l, 10, &open, &n, &support_err));
	ck_assert_uint_eq(n, 1);
	assert_str(open[0].requested_by, "key:ana");
	assert_str(open[0].body_json, "{\"prune\":false}");
	struct manifest m;
	assert_ok(store_wish_files(s, arena, STR("WISH-1"), &m, &support_err));
	ck_assert_uint_eq(m.count, 3);
	assert_str(m.files[1].path, "skills/ecm/triage/code/handler.sh");
	ck_assert_uint_eq(m.files[1].mode, TREE_MODE_EXEC);
	ck_assert_int_eq(support_pg_int("select count(*) from blob"), 2); /* equal files once */
	struct store_txn *t = begin(l);
	assert_ok(store_wish_take(t, STR("WISH-1"), l, false, &attempts, &support_err));
	finish(t);
	t = begin(l);
	assert_ok(store_wish_settle(t, STR("WISH-1"), STR("{\"release\":1}"), STR_NULL,
				    &support_err));
	finish(t);
	struct wish back;
	assert_ok(store_wish_get(gateway, arena, STR("WISH-1"), &back, &support_err));
	assert_str(back.state, "done");
	assert_str(back.result_json, "{\"release\":1}");
	ck_assert_int_gt(back.handled_ms, 0);
	t = begin(l);
	assert_ok(store_wish_settle(t, STR("WISH-1"), STR_NULL, STR("{}"), &support_err));
	assert_err(store_txn_commit(t, NULL, &support_err), ERR_CONFLICT, "handled already");
	store_txn_end(t);
	assert_err(store_wish_get(gateway, arena, STR("WISH-9"), &back, &support_err),
		   ERR_NOT_FOUND, "WISH-9");
}
END_TEST

START_TEST(a_wish_that_failed_keeps_its_report)
{
	set_up();
	struct wish back, w = apply("WISH-1"), bare = apply("WISH-2");
	assert_ok(store_wish_put(gateway, &w, NULL, 0, &support_err));
	assert_ok(store_wish_put(gateway, &bare, NULL, 0, &support_err));
	struct store_txn *t = begin(l);
	assert_ok(store_wish_settle(t, STR("WISH-1"), STR("{\"allow\":false}"),
				    STR("{\"status\":403}"), &support_err));
	assert_ok(store_wish_settle(t, STR("WISH-2"), STR_NULL, STR("{\"status\":404}"),
				    &support_err));
	finish(t);
	assert_ok(store_wish_get(gateway, arena, STR("WISH-1"), &back, &support_err));
	assert_str(back.state, "failed");
	assert_str(back.result_json, "{\"allow\":false}");
	assert_str(back.error_json, "{\"status\":403}");
	assert_ok(store_wish_get(gateway, arena, STR("WISH-2"), &back, &support_err));
	assert_str(back.state, "failed");
	ck_assert_uint_eq(back.result_json.len, 0);
}
END_TEST

START_TEST(the_same_wish_twice_is_one_and_another_under_its_id_is_refused)
{
	set_up();
	struct wish w = apply("WISH-1");
	assert_ok(store_wish_put(gateway, &w, files, 3, &support_err));
	assert_ok(store_wish_put(gateway, &w, files, 3, &support_err));
	assert_err(store_wish_put(gateway, &w, files, 2, &support_err), ERR_CONFLICT,
		   "WISH-1 is the id of another wish");
	w.dry_run = true;
	assert_err(store_wish_put(gateway, &w, files, 3, &support_err), ERR_CONFLICT,
		   "another wish");
	ck_assert_int_eq(support_pg_int("select count(*) from inbox"), 1);
	ck_assert_int_eq(support_pg_int("select count(*) from inbox_file"), 3);
}
END_TEST

START_TEST(a_wish_taken_by_a_sync_that_died_is_taken_again)
{
	set_up();
	struct wish w = apply("WISH-1");
	assert_ok(store_wish_put(gateway, &w, NULL, 0, &support_err));
	struct store_txn *t = begin(l);
	assert_ok(store_wish_take(t, STR("WISH-1"), l, false, &attempts, &support_err));
	finish(t);
	ck_assert_int_eq(attempts, 1);
	struct wish *open = NULL;
	size_t n;
	/* Ours, and not settled: who lived over a failure finds it again, which is no attempt more. */
	assert_ok(store_wish_open(s, arena, l, 10, &open, &n, &support_err));
	ck_assert_uint_eq(n, 1);
	t = begin(l);
	assert_ok(store_wish_take(t, STR("WISH-1"), l, true, &attempts, &support_err));
	finish(t);
	ck_assert_int_eq(attempts, 1);
	support_pg_run("update lease set until = clock_timestamp() - interval '1 second'");
	struct lease *next = support_pg_lease(s, "sync");
	assert_ok(store_wish_open(s, arena, next, 10, &open, &n, &support_err));
	ck_assert_uint_eq(n, 1);
	t = begin(next);
	assert_ok(store_wish_take(t, STR("WISH-1"), next, false, &attempts, &support_err));
	ck_assert_int_eq(attempts, 2);
	assert_ok(store_wish_settle(t, STR("WISH-1"), STR("{}"), STR_NULL, &support_err));
	finish(t);
	t = begin(next);
	assert_err(store_wish_take(t, STR("WISH-1"), next, false, &attempts, &support_err),
		   ERR_CONFLICT, "the wish WISH-1 is not open any more");
	store_txn_end(t);
}
END_TEST

static int tried(const char *revision, int64_t token)
{
	int tries = 0;
	struct store_txn *t = begin(l);
	assert_ok(store_source_try(t, STR("team"), str_of(revision), token, &tries, &support_err));
	finish(t);
	return tries;
}

START_TEST(attempts_at_a_commit_are_counted_until_one_ends_or_something_new_comes)
{
	set_up();
	int tries;
	struct store_txn *t = begin(l);
	assert_err(store_source_try(t, STR("team"), STR("c1"), 0, &tries, &support_err),
		   ERR_NOT_FOUND, "there is no source \"team\"");
	store_txn_end(t);
	t = begin(l);
	assert_ok(store_source_apply_set(t, STR("team"), &support_err));
	finish(t);
	ck_assert_int_eq(tried("c1", 0), 1);
	ck_assert_int_eq(tried("c1", 0), 2);
	ck_assert_int_eq(tried("c1", 1), 1); /* somebody asked */
	ck_assert_int_eq(tried("c1", 1), 2);
	ck_assert_int_eq(tried("c2", 1), 1); /* another commit */
	ck_assert_int_eq(tried("c2", 1), 2);
	t = begin(l);
	assert_ok(store_source_try_over(t, STR("team"), &support_err));
	finish(t);
	ck_assert_int_eq(tried("c2", 1), 1);
}
END_TEST

START_TEST(whoever_waits_for_its_wish_is_woken_by_the_outcome)
{
	set_up();
	struct wish w = apply("WISH-1"), back;
	assert_ok(store_wish_put(gateway, &w, NULL, 0, &support_err));
	assert_err(store_wish_wait(gateway, arena, STR("WISH-1"), 50, &back, &support_err),
		   ERR_TIMEOUT, "WISH-1 was not handled within 50 ms");
	pid_t pid = fork();
	if (pid == 0) {
		struct store *mine = NULL;
		struct store_txn *t = NULL;
		bool woken;
		/* After the other has begun to wait, or before: both must do. */
		if (store_open(support_pg_access(STORE_SYNC), STORE_SYNC, NULL, &mine,
			       &support_err) < 0 ||
		    store_wait(mine, 100, &woken, &support_err) < 0 ||
		    store_txn_begin(mine, STORE_FENCED, "sync", l, &t, &support_err) < 0 ||
		    store_wish_settle(t, STR("WISH-1"), STR_NULL, STR("{\"code\":\"denied\"}"),
				      &support_err) < 0)
			_exit(1);
		_exit(store_txn_commit(t, NULL, &support_err) < 0);
	}
	assert_ok(store_wish_wait(gateway, arena, STR("WISH-1"), 20000, &back, &support_err));
	assert_str(back.state, "failed");
	assert_str(back.error_json, "{\"code\":\"denied\"}");
	int status;
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(sync_wishes_are_done_when_their_token_is_handled)
{
	set_up();
	support_declare(s, l, (const char *const[]){"main", NULL});
	for (int i = 1; i <= 3; i++) {
		struct wish w = {
			.kind = STR("sync"), .source = STR("main"), .requested_by = STR("key:ana")};
		snprintf(w.id, sizeof(w.id), "WISH-%d", i);
		assert_ok(
			store_source_request(gateway, STR("main"), &w.request_token, &support_err));
		assert_ok(store_wish_put(gateway, &w, NULL, 0, &support_err));
	}
	struct store_tick tick = {0};
	assert_ok(store_tick(s, &tick, &support_err));
	ck_assert_int_eq(tick.open_wishes, 3);
	struct store_txn *t = begin(l);
	assert_ok(store_wish_settle_sync(t, STR("main"), 2, STR("{\"revision\":\"abc\"}"),
					 &support_err));
	finish(t);
	ck_assert_str_eq(support_pg_text("select string_agg(state, ' ' order by id) from inbox"),
			 "done done pending");
}
END_TEST

START_TEST(a_sync_wish_twice_is_one_request_and_another_under_its_id_is_refused)
{
	set_up();
	support_declare(s, l, (const char *const[]){"main", "other", NULL});
	struct wish w = {.kind = STR("sync"),
			 .source = STR("main"),
			 .requested_by = STR("key:ana"),
			 .body_json = STR("{}"),
			 .id = "WISH-1"};
	int64_t first = 0, again = 0;
	assert_ok(store_wish_sync(gateway, &w, &first, &support_err));
	assert_ok(store_wish_sync(gateway, &w, &again, &support_err));
	ck_assert_int_eq(first, again);
	w.source = STR("other");
	assert_err(store_wish_sync(gateway, &w, &again, &support_err), ERR_CONFLICT,
		   "WISH-1 is the id of another wish");
	ck_assert_str_eq(
		support_pg_text("select string_agg(request_token::text, ' ' order by name) "
				"from source where name in ('main', 'other')"),
		"1 0");
	/* Only while the source is as it was read; and the same request again, whatever has come of the source since. */
	w.source = STR("main");
	w.expect = STR("i1.99");
	assert_ok(store_wish_sync(gateway, &w, &again, &support_err));
	snprintf(w.id, sizeof(w.id), "WISH-3");
	assert_err(store_wish_sync(gateway, &w, &again, &support_err), ERR_CONFLICT,
		   "source main is at");
	ck_assert_str_eq(support_pg_text("select count(*)::text from inbox where id = 'WISH-3'"),
			 "0");
	ck_assert_str_eq(
		support_pg_text("select request_token::text from source where name = 'main'"), "1");
	w.expect = str_of(
		support_pg_text("select aspora_version(rev) from source where name = 'main'"));
	assert_ok(store_wish_sync(gateway, &w, &again, &support_err));
	ck_assert_int_eq(again, first + 1);
	w.expect = STR_NULL;
	w.source = STR("nowhere");
	snprintf(w.id, sizeof(w.id), "WISH-2");
	assert_err(store_wish_sync(gateway, &w, &again, &support_err), ERR_NOT_FOUND, "nowhere");
}
END_TEST

START_TEST(old_wishes_go_but_not_what_an_overlay_stands_on)
{
	set_up();
	struct store *control = support_pg_open(STORE_CONTROL);
	struct support_skill k = {.name = "triage", .content = "v1"};
	support_release(s, l, "ecm", "c1", &k, 1);
	for (int i = 1; i <= 3; i++) {
		char id[32];
		snprintf(id, sizeof(id), "WISH-%d", i);
		struct wish w = apply(id);
		assert_ok(store_wish_put(gateway, &w, files, 1, &support_err));
	}
	support_pg_run("update inbox set state = 'done', result = '{}', handled_at = now() - "
		       "interval '2 days' where id <> 'WISH-3'");
	support_pg_run("insert into overlay (domain, source, inbox, by, expires_at, since) values "
		       "('ecm', 'main', 'WISH-2', 'ana', now(), 1)");
	int64_t gone = -1;
	assert_ok(store_wish_retire(control, 86400000, 100, &gone, &support_err));
	ck_assert_int_eq(gone, 1);
	ck_assert_str_eq(support_pg_text("select string_agg(id, ' ' order by id) from inbox"),
			 "WISH-2 WISH-3");
}
END_TEST

START_TEST(a_delivery_is_one_request_however_often_it_comes)
{
	set_up();
	support_declare(s, l, (const char *const[]){"main", NULL});
	bool fresh;
	int64_t token, again;
	assert_ok(store_delivery_put(gateway, STR("main"), STR("d-1"), STR("{}"), &fresh, &token,
				     &support_err));
	ck_assert(fresh);
	assert_ok(store_delivery_put(gateway, STR("main"), STR("d-1"), STR("{}"), &fresh, &again,
				     &support_err));
	ck_assert(!fresh);
	ck_assert_int_eq(again, token);
	assert_ok(store_delivery_put(gateway, STR("main"), STR("d-2"), STR("{}"), &fresh, &again,
				     &support_err));
	ck_assert_int_eq(again, token + 1);
	assert_err(store_delivery_put(gateway, STR("none"), STR("d-1"), STR("{}"), &fresh, &token,
				      &support_err),
		   ERR_NOT_FOUND, "none");
}
END_TEST

START_TEST(a_posted_check_is_bound_to_one_content)
{
	set_up();
	struct posted_check p = {.domain = STR("ecm"),
				 .skill = STR("triage"),
				 .content = word_digest("v1"),
				 .name = STR("promptfoo"),
				 .passed = false,
				 .summary = STR("3 of 9 failed"),
				 .by = STR("key:ci")};
	assert_ok(store_check_post(gateway, &p, &support_err));
	p.passed = true;
	assert_ok(store_check_post(gateway, &p, &support_err)); /* replaces */
	p.content = word_digest("v2");
	p.passed = false;
	assert_ok(store_check_post(gateway, &p, &support_err));
	struct posted_check *list = NULL;
	size_t n;
	struct digest v1 = word_digest("v1");
	assert_ok(store_check_list(s, arena, STR("ecm"), STR("triage"), &v1, &list, &n,
				   &support_err));
	ck_assert_uint_eq(n, 1);
	ck_assert(list[0].passed);
	assert_str(list[0].summary, "3 of 9 failed");
	assert_ok(store_check_list(s, arena, STR("ecm"), STR_NULL, NULL, &list, &n, &support_err));
	ck_assert_uint_eq(n, 2);
}
END_TEST

START_TEST(events_are_counted_and_listed_newest_first)
{
	set_up();
	struct event e[] = {{.kind = "Skill",
			     .domain = STR("ecm"),
			     .name = STR("a"),
			     .warning = true,
			     .reason = "AdmissionDenied",
			     .message = STR("one"),
			     .revision = STR("r1")},
			    {.kind = "Skill",
			     .domain = STR("ecm"),
			     .name = STR("a"),
			     .warning = true,
			     .reason = "AdmissionDenied",
			     .message = STR("two"),
			     .revision = STR("r1")},
			    {.kind = "Skill",
			     .domain = STR("ecm"),
			     .name = STR("a"),
			     .warning = true,
			     .reason = "AdmissionDenied",
			     .message = STR("three"),
			     .revision = STR("r2")},
			    {.kind = "Source",
			     .name = STR("main"),
			     .reason = "NewRevision",
			     .message = STR("r2")}};
	assert_ok(store_event_put(s, NULL, e, 3, &support_err));
	assert_ok(store_event_put(s, NULL, e, 1, &support_err));
	assert_ok(store_event_put(gateway, NULL, e + 3, 1, &support_err));
	struct event *list = NULL;
	size_t n;
	assert_ok(store_event_list(gateway, arena, &(struct event_filter){.limit = 10}, &list, &n,
				   &support_err));
	ck_assert_uint_eq(n, 3);
	ck_assert_str_eq(list[0].kind, "Source");
	assert_str(list[0].reporter, "aspora_gateway");
	ck_assert_int_eq(list[1].count, 3);
	assert_str(list[1].message, "one");
	ck_assert(list[1].warning);
	struct event_filter f = {.kind = "Skill",
				 .domain = STR("ecm"),
				 .name = STR("a"),
				 .warnings_only = true,
				 .limit = 1};
	assert_ok(store_event_list(gateway, arena, &f, &list, &n, &support_err));
	ck_assert_uint_eq(n, 1);
	f.after_ms = clock_real.wall_ms(NULL) + 60000;
	assert_ok(store_event_list(gateway, arena, &f, &list, &n, &support_err));
	ck_assert_uint_eq(n, 0);
	struct store *control = support_pg_open(STORE_CONTROL);
	int64_t gone;
	support_pg_run("update event set last_at = now() - interval '8 days' where kind = 'Skill'");
	assert_ok(store_event_retire(control, 7 * 86400000LL, 1, &gone, &support_err));
	ck_assert_int_eq(gone, 1);
	assert_ok(store_event_retire(control, 7 * 86400000LL, 10, &gone, &support_err));
	ck_assert_int_eq(gone, 1);
}
END_TEST

static const struct support_case cases[] = {
	CASE(an_upload_arrives_whole_and_its_result_comes_back),
	CASE(a_wish_that_failed_keeps_its_report),
	CASE(the_same_wish_twice_is_one_and_another_under_its_id_is_refused),
	CASE(a_wish_taken_by_a_sync_that_died_is_taken_again),
	CASE(attempts_at_a_commit_are_counted_until_one_ends_or_something_new_comes),
	CASE(whoever_waits_for_its_wish_is_woken_by_the_outcome),
	CASE(sync_wishes_are_done_when_their_token_is_handled),
	CASE(a_sync_wish_twice_is_one_request_and_another_under_its_id_is_refused),
	CASE(old_wishes_go_but_not_what_an_overlay_stands_on),
	CASE(a_delivery_is_one_request_however_often_it_comes),
	CASE(a_posted_check_is_bound_to_one_content),
	CASE(events_are_counted_and_listed_newest_first),
	{0},
};

int main(void)
{
	return support_pg_main("store/inbox", cases);
}
