/* Transactions: what happens when the server refuses, the network breaks, or nobody knows. */
#include <signal.h>

#include "store/change.h"
#include "store/event.h"
#include "store/source.h"
#include "tests/unit/store/help_proxy.h"

static struct store_txn *begin(struct store *s, const struct lease *l, const char *name)
{
	struct store_txn *t = NULL;
	assert_ok(store_txn_begin(s, l ? STORE_FENCED : STORE_CONDITIONAL, "test", l, &t,
				  &support_err));
	store_txn_change(t, "Skill", STR("ecm"), str_of(name), STORE_CREATE, STR("{\"n\":1}"));
	return t;
}

START_TEST(a_write_takes_one_dense_revision_with_its_changes)
{
	struct store *s = support_pg_open(STORE_SYNC);
	struct lease *l = support_pg_lease(s, "sync");
	for (int64_t want = 1; want <= 3; want++) {
		struct store_txn *t = begin(s, l, "a");
		store_txn_change(t, "Domain", STR_NULL, STR("ecm"), STORE_UPDATE, STR_NULL);
		ck_assert_uint_eq(store_txn_changes(t), 2);
		int64_t rev = 0;
		assert_ok(store_txn_commit(t, &rev, &support_err));
		ck_assert_int_eq(rev, want);
		store_txn_end(t);
	}
	ck_assert_int_eq(support_pg_int("select count(*) from change where revision = 2"), 2);
	ck_assert_str_eq(support_pg_text("select actor || ' ' || lease || ' ' || epoch from "
					 "revision where revision = 3"),
			 "test sync/0 1");
}
END_TEST

START_TEST(an_abandoned_write_leaves_nothing_and_the_connection_goes_on)
{
	struct store *s = support_pg_open(STORE_SYNC);
	struct lease *l = support_pg_lease(s, "sync");
	struct store_txn *t = begin(s, l, "a");
	struct event e = {.kind = "Skill", .name = STR("x"), .reason = "Test", .message = STR("m")};
	assert_ok(store_event_put(s, t, &e, 1, &support_err));
	store_txn_end(t);
	ck_assert_int_eq(support_pg_int("select count(*) from event"), 0);
	ck_assert_int_eq(support_pg_int("select rev from store"), 0);
	t = begin(s, l, "b");
	assert_ok(store_txn_commit(t, NULL, &support_err));
	store_txn_end(t);
}
END_TEST

START_TEST(an_appended_row_takes_no_revision)
{
	struct store *s = support_pg_open(STORE_SYNC);
	struct store_txn *t = NULL;
	assert_ok(store_txn_begin(s, STORE_APPEND, "test", NULL, &t, &support_err));
	struct event e = {.kind = "Skill", .name = STR("x"), .reason = "Test", .message = STR("m")};
	assert_ok(store_event_put(s, t, &e, 1, &support_err));
	int64_t rev = -1;
	assert_ok(store_txn_commit(t, &rev, &support_err));
	store_txn_end(t);
	ck_assert_int_eq(rev, 0);
	ck_assert_int_eq(support_pg_int("select count(*) from event"), 1);
}
END_TEST

START_TEST(a_refusal_in_the_middle_of_a_flight_undoes_all_of_it)
{
	struct store *s = support_pg_open(STORE_SYNC);
	struct lease *l = support_pg_lease(s, "sync");
	struct store_txn *t = begin(s, l, "a");
	struct event good = {
		.kind = "Skill", .name = STR("x"), .reason = "Test", .message = STR("m")};
	struct event bad = good;
	bad.reason = "";
	assert_ok(store_event_put(s, t, &good, 1, &support_err));
	assert_ok(store_event_put(s, t, &bad, 1, &support_err));
	assert_err(store_txn_commit(t, NULL, &support_err), ERR_DATABASE, "event_put");
	ck_assert_str_eq(support_err.sqlstate, "23514");
	ck_assert_ptr_null(strstr(support_err.msg, "Failing row"));
	ck_assert_int_eq(store_retry(&support_err), STORE_RETRY_NEVER);
	store_txn_end(t);
	ck_assert_int_eq(support_pg_int("select count(*) from event"), 0);
	ck_assert_int_eq(support_pg_int("select rev from store"), 0);
}
END_TEST

START_TEST(a_lease_past_its_time_is_refused_without_asking)
{
	struct clock_fake fake = {1000000, 1000};
	struct clock clock = clock_fake_of(&fake);
	struct store_opts o = {.clock = &clock};
	struct store *s = NULL;
	assert_ok(store_open(support_pg_access(STORE_SYNC), STORE_SYNC, &o, &s, &support_err));
	struct lease *l = support_pg_lease(s, "sync");
	fake.mono_ms += 40000;
	struct store_txn *t = NULL;
	assert_err(store_txn_begin(s, STORE_FENCED, "test", l, &t, &support_err), ERR_FENCED,
		   "not held any more");
	store_close(s);
}
END_TEST

START_TEST(a_held_row_ends_in_a_lock_timeout_that_may_be_tried_again)
{
	struct store *s = support_pg_open(STORE_SYNC);
	struct lease *l = support_pg_lease(s, "sync");
	support_pg_run("begin; update store set rev = rev");
	struct store_txn *t = begin(s, l, "a");
	int64_t before = clock_real.mono_ms(NULL);
	ck_assert_int_lt(store_txn_commit(t, NULL, &support_err), 0);
	ck_assert_int_eq(store_retry(&support_err), STORE_RETRY_NOW);
	ck_assert_int_lt(clock_real.mono_ms(NULL) - before, 6000);
	store_txn_end(t);
	support_pg_run("rollback");
	t = begin(s, l, "a");
	assert_ok(store_txn_commit(t, NULL, &support_err));
	store_txn_end(t);
}
END_TEST

START_TEST(a_terminated_backend_is_noticed_and_reopened)
{
	struct store *s = support_pg_listen(STORE_SYNC);
	support_pg_run("select pg_terminate_backend(pid) from pg_stat_activity where usename = "
		       "'aspora_sync' and datname = current_database()");
	bool woken = false;
	struct err err = ERR_INIT;
	int r = 0;
	for (int i = 0; i < 50 && r >= 0; i++)
		r = store_wait(s, 100, &woken, &err);
	ck_assert_int_eq(r, ERR_UNAVAILABLE);
	ck_assert(store_is_lost(s));
	ck_assert_int_eq(store_fd(s), -1);
	ck_assert_int_eq(store_retry(&err), STORE_RETRY_RECONNECT);
	struct store_head head;
	assert_err(store_head(s, &head, &support_err), ERR_UNAVAILABLE, "lost");
	assert_ok(store_reopen(s, &support_err));
	/* It wakes at once: nobody knows what was missed. */
	assert_ok(store_drain(s, &woken, &support_err));
	ck_assert(woken);
	assert_ok(store_head(s, &head, &support_err));
	/* And listens again. */
	support_pg_run("notify aspora");
	assert_ok(store_wait(s, 5000, &woken, &support_err));
	ck_assert(woken);
}
END_TEST

START_TEST(a_commit_wakes_who_listens)
{
	struct store *s = support_pg_open(STORE_SYNC), *watcher = support_pg_listen(STORE_GATEWAY);
	struct lease *l = support_pg_lease(s, "sync");
	bool woken = true;
	assert_ok(store_drain(watcher, &woken, &support_err));
	ck_assert(!woken);
	assert_ok(store_wait(watcher, 10, &woken, &support_err));
	ck_assert(!woken);
	struct store_txn *t = begin(s, l, "a");
	assert_ok(store_txn_commit(t, NULL, &support_err));
	store_txn_end(t);
	assert_ok(store_wait(watcher, 5000, &woken, &support_err));
	ck_assert(woken);
	/* An idle lease renewal wakes nobody. */
	assert_ok(store_lease_renew(s, l, &support_err));
	assert_ok(store_wait(watcher, 50, &woken, &support_err));
	ck_assert(!woken);
}
END_TEST

/* --- COMMIT in doubt ---------------------------------------------------------------------------------------- */

START_TEST(a_commit_whose_reply_is_lost_is_found_to_have_happened)
{
	struct store *direct = support_pg_open(STORE_SYNC);
	struct lease *l = support_pg_lease(direct, "sync");
	pid_t pid;
	struct store *s = proxy_open(PROXY_CUT_REPLY, 0, &pid);
	struct store_txn *t = begin(s, l, "doubtful");
	int64_t rev = 0;
	assert_ok(store_txn_commit(t, &rev, &support_err));
	store_txn_end(t);
	ck_assert_int_eq(rev, 1);
	ck_assert_int_eq(support_pg_int("select count(*) from change where name = 'doubtful'"), 1);
	struct store_stats stats;
	store_stats(s, &stats);
	ck_assert_uint_ge(stats.reconnects, 1);
	/* The connection is a new one and works. */
	t = begin(s, l, "next");
	assert_ok(store_txn_commit(t, &rev, &support_err));
	store_txn_end(t);
	ck_assert_int_eq(rev, 2);
	store_close(s);
	kill(pid, SIGKILL);
}
END_TEST

START_TEST(a_commit_that_never_arrived_is_found_not_to_have_happened)
{
	struct store *direct = support_pg_open(STORE_SYNC);
	struct lease *l = support_pg_lease(direct, "sync");
	pid_t pid;
	struct store *s = proxy_open(PROXY_CUT_REQUEST, 0, &pid);
	struct store_txn *t = begin(s, l, "lost");
	assert_err(store_txn_commit(t, NULL, &support_err), ERR_UNAVAILABLE, "went away");
	ck_assert_int_eq(store_retry(&support_err), STORE_RETRY_RECONNECT);
	store_txn_end(t);
	ck_assert_int_eq(support_pg_int("select count(*) from change"), 0);
	t = begin(s, l, "again");
	assert_ok(store_txn_commit(t, NULL, &support_err));
	store_txn_end(t);
	store_close(s);
	kill(pid, SIGKILL);
}
END_TEST

/* --- the gateway's sight ----------------------------------------------------------------------------------------------- */

START_TEST(the_gateway_sees_only_the_domains_of_its_scope)
{
	struct store *g = support_pg_open(STORE_GATEWAY), *s = support_pg_open(STORE_SYNC);
	struct event e[] = {
		{.kind = "Skill",
		 .domain = STR("ecm"),
		 .name = STR("a"),
		 .reason = "Test",
		 .message = STR("m")},
		{.kind = "Skill",
		 .domain = STR("frm"),
		 .name = STR("b"),
		 .reason = "Test",
		 .message = STR("m")},
		{.kind = "Source", .name = STR("main"), .reason = "Test", .message = STR("m")}};
	assert_ok(store_event_put(s, NULL, e, 3, &support_err));
	CLEANUP(arena_freep) struct arena *a = arena_new(BUF_MAX);
	const struct {
		const char *scope;
		size_t sees;
	} scopes[] = {{"*", 3}, {"ecm", 2}, {"ecm,frm", 3}, {"hr", 1}, {"", 3}};
	for (size_t i = 0; i < ARRAY_SIZE(scopes); i++) {
		struct event *list = NULL;
		size_t n = 0;
		assert_ok(store_scope(g, str_of(scopes[i].scope), &support_err));
		assert_ok(store_event_list(g, a, &(struct event_filter){.limit = 10}, &list, &n,
					   &support_err));
		ck_assert_msg(n == scopes[i].sees, "scope \"%s\" sees %zu", scopes[i].scope, n);
	}
	/* Nor can it write outside; and the scope outlives a reconnect. */
	assert_ok(store_scope(g, STR("hr"), &support_err));
	assert_ok(store_reopen(g, &support_err));
	assert_err(store_event_put(g, NULL, e, 1, &support_err), ERR_DENIED, "row-level security");
}
END_TEST

static const struct support_case cases[] = {
	CASE(a_write_takes_one_dense_revision_with_its_changes),
	CASE(an_abandoned_write_leaves_nothing_and_the_connection_goes_on),
	CASE(an_appended_row_takes_no_revision),
	CASE(a_refusal_in_the_middle_of_a_flight_undoes_all_of_it),
	CASE(a_lease_past_its_time_is_refused_without_asking),
	CASE(a_held_row_ends_in_a_lock_timeout_that_may_be_tried_again),
	CASE(a_terminated_backend_is_noticed_and_reopened),
	CASE(a_commit_wakes_who_listens),
	CASE(a_commit_whose_reply_is_lost_is_found_to_have_happened),
	CASE(a_commit_that_never_arrived_is_found_not_to_have_happened),
	CASE(the_gateway_sees_only_the_domains_of_its_scope),
	{0},
};

int main(void)
{
	return support_pg_main("store/txn", cases);
}
