/* Leases and fenced writes: who leads, and that nobody else writes. */
#include <libpq-fe.h>
#include <sys/wait.h>

#include "store/change.h"
#include "store/lease.h"
#include "store/txn.h"
#include "tests/unit/support_pg.h"

static int64_t write_one(struct store *s, const struct lease *l, const char *name)
{
	CLEANUP(store_txn_endp) struct store_txn *t = NULL;
	assert_ok(store_txn_begin(s, STORE_FENCED, "test", l, &t, &support_err));
	store_txn_change(t, "Skill", STR("ecm"), str_of(name), STORE_CREATE, STR_NULL);
	int64_t rev = 0;
	assert_ok(store_txn_commit(t, &rev, &support_err));
	return rev;
}

START_TEST(a_free_lease_is_taken_with_epoch_one)
{
	struct store *s = support_pg_open(STORE_SYNC);
	struct lease l;
	store_lease_init(&l, "sync", "0", 0);
	ck_assert_str_eq(l.name, "sync/0");
	ck_assert_int_eq(l.ttl_ms, LEASE_TTL_MS);
	ck_assert(!store_lease_valid(&l, &clock_real));
	assert_ok(store_lease_acquire(s, &l, NULL, &support_err));
	ck_assert_int_eq(l.epoch, 1);
	ck_assert(store_lease_valid(&l, &clock_real));
}
END_TEST

START_TEST(a_held_lease_names_its_holder_and_how_long_to_wait)
{
	struct store *s = support_pg_open(STORE_SYNC);
	struct lease *first = support_pg_lease(s, "sync");
	struct lease second;
	store_lease_init(&second, "sync", "0", 0);
	int64_t wait_ms = -1;
	assert_err(store_lease_acquire(s, &second, &wait_ms, &support_err), ERR_CONFLICT,
		   first->holder);
	ck_assert_int_gt(wait_ms, 50000);
	ck_assert_int_le(wait_ms, 60000);
	ck_assert_int_eq(second.epoch, 0);
}
END_TEST

START_TEST(leases_of_different_shards_are_independent)
{
	struct store *s = support_pg_open(STORE_RUNNER);
	struct lease a, b;
	store_lease_init(&a, "runner", "one", 0);
	store_lease_init(&b, "runner", "two", 0);
	assert_ok(store_lease_acquire(s, &a, NULL, &support_err));
	assert_ok(store_lease_acquire(s, &b, NULL, &support_err));
}
END_TEST

START_TEST(a_released_lease_is_taken_at_once_with_the_next_epoch)
{
	struct store *s = support_pg_open(STORE_SYNC);
	struct lease *l = support_pg_lease(s, "sync");
	assert_ok(store_lease_release(s, l, &support_err));
	ck_assert_int_eq(l->epoch, 0);
	assert_ok(store_lease_release(s, l, &support_err));
	struct lease *next = support_pg_lease(s, "sync");
	ck_assert_int_eq(next->epoch, 2);
}
END_TEST

START_TEST(a_renewal_after_a_take_over_is_fenced)
{
	struct store *s = support_pg_open(STORE_SYNC);
	struct lease *old = support_pg_lease(s, "sync");
	assert_ok(store_lease_renew(s, old, &support_err));
	support_pg_run("update lease set until = clock_timestamp() - interval '1 second'");
	struct lease *new_ = support_pg_lease(s, "sync");
	assert_err(store_lease_renew(s, old, &support_err), ERR_FENCED, "passed to another");
	ck_assert_int_eq(old->epoch, 0);
	assert_ok(store_lease_renew(s, new_, &support_err));
}
END_TEST

START_TEST(a_holder_stops_acting_after_two_thirds_of_its_time)
{
	struct clock_fake fake = {1000000, 1000};
	struct clock clock = clock_fake_of(&fake);
	struct lease l;
	store_lease_init(&l, "sync", "0", 15000);
	l.epoch = 1;
	l.sent_mono_ms = 1000;
	fake.mono_ms = 1000 + 9999;
	ck_assert(store_lease_valid(&l, &clock));
	fake.mono_ms = 1000 + 10000;
	ck_assert(!store_lease_valid(&l, &clock));
	fake.mono_ms = 1000 + 4999;
	ck_assert_int_eq(store_lease_due_ms(&l, &clock), 1);
	fake.mono_ms = 1000 + 5000;
	ck_assert_int_eq(store_lease_due_ms(&l, &clock), 0);
}
END_TEST

START_TEST(the_parent_breaks_the_leases_of_a_dead_child_only)
{
	struct store *s = support_pg_open(STORE_SYNC);
	struct lease *mine = support_pg_lease(s, "sync");
	struct lease *other = support_pg_lease(s, "control");
	support_pg_run("update lease set holder = 'elsewhere:1:2:x' where name = 'control/0'");
	struct store *owner = support_pg_open(STORE_OWNER);
	char prefix[LEASE_NAME_MAX];
	store_lease_holder_prefix(prefix, sizeof(prefix), getpid());
	assert_ok(store_lease_break(owner, str_of(prefix), &support_err));
	assert_err(store_lease_renew(s, mine, &support_err), ERR_FENCED, "sync/0");
	assert_ok(store_lease_renew(s, other, &support_err));
}
END_TEST

START_TEST(a_stale_writer_writes_nothing_after_a_take_over)
{
	struct store *old = support_pg_open(STORE_SYNC), *new_ = support_pg_open(STORE_SYNC);
	struct lease *stale = support_pg_lease(old, "sync");
	ck_assert_int_eq(write_one(old, stale, "first"), 1);
	support_pg_run("update lease set until = clock_timestamp() - interval '1 second'");
	struct lease *fresh = support_pg_lease(new_, "sync");
	/* By its own clock the old one still leads: only the database can stop it. */
	ck_assert(store_lease_valid(stale, &clock_real));
	CLEANUP(store_txn_endp) struct store_txn *t = NULL;
	assert_ok(store_txn_begin(old, STORE_FENCED, "test", stale, &t, &support_err));
	store_txn_change(t, "Skill", STR("ecm"), STR("stale"), STORE_CREATE, STR_NULL);
	assert_err(store_txn_commit(t, NULL, &support_err), ERR_FENCED, "nothing was written");
	ck_assert_int_eq(store_retry(&support_err), STORE_RETRY_FENCED);
	store_txn_end(t);
	t = NULL;
	ck_assert_int_eq(write_one(new_, fresh, "second"), 2);
	ck_assert_int_eq(support_pg_int("select count(*) from change where name = 'stale'"), 0);
	ck_assert_int_eq(support_pg_int("select count(*) from revision"), 2);
}
END_TEST

START_TEST(a_fenced_write_without_changes_is_fenced_as_well)
{
	struct store *s = support_pg_open(STORE_SYNC);
	struct lease *l = support_pg_lease(s, "sync");
	CLEANUP(store_txn_endp) struct store_txn *t = NULL;
	assert_ok(store_txn_begin(s, STORE_FENCED, "test", l, &t, &support_err));
	int64_t rev = -1;
	assert_ok(store_txn_commit(t, &rev, &support_err));
	ck_assert_int_eq(rev, 0);
	store_txn_end(t);
	support_pg_run("update lease set epoch = epoch + 1");
	assert_ok(store_txn_begin(s, STORE_FENCED, "test", l, &t, &support_err));
	assert_err(store_txn_commit(t, NULL, &support_err), ERR_FENCED, "nothing was written");
}
END_TEST

START_TEST(a_take_over_waits_for_a_fenced_write_under_way)
{
	struct store *s = support_pg_open(STORE_SYNC);
	struct lease *l = support_pg_lease(s, "sync");
	/* A writer that has taken the revision and not yet committed, as another session sees it. */
	support_pg_run("begin");
	support_pg_run("select 1 from lease where name = 'sync/0' for share");
	support_pg_run("create function pg_temp.noop() returns void language sql as ''");
	struct store *other = support_pg_open(STORE_SYNC);
	struct lease taker;
	store_lease_init(&taker, "sync", "0", 1000);
	/* lock_timeout ends the wait, it does not take over. */
	l->epoch = 1;
	int r = store_lease_acquire(other, &taker, NULL, &support_err);
	ck_assert_int_eq(r, ERR_UNAVAILABLE);
	ck_assert_int_eq(store_retry(&support_err), STORE_RETRY_NOW);
	support_pg_run("commit");
	assert_err(store_lease_acquire(other, &taker, NULL, &support_err), ERR_CONFLICT, "held by");
}
END_TEST

/* A writer that has taken the revision and is then stopped in the middle of sending the rest: no sync, so that no timeout of the server's runs. */
static PGconn *stopped_writer(const struct lease *l)
{
	const struct store_access *a = support_pg_access(STORE_SYNC);
	CLEANUP(buf_release) struct buf info = BUF_INIT(4096);
	buf_addf(&info, "%s password=%.*s", a->conninfo, STR_ARG(secret_lend(&a->password)));
	PGconn *pg = PQconnectdb(buf_cstr(&info));
	ck_assert_int_eq(PQstatus(pg), CONNECTION_OK);
	PQclear(PQexec(pg, "set search_path = aspora"));
	char sql[300];
	snprintf(sql, sizeof(sql), "update lease set backend = pg_backend_pid() where name = '%s'",
		 l->name);
	PQclear(PQexec(pg, sql));
	ck_assert_int_eq(PQenterPipelineMode(pg), 1);
	ck_assert_int_eq(PQsendQueryParams(pg, "begin", 0, NULL, NULL, NULL, NULL, 0), 1);
	snprintf(sql, sizeof(sql), "select 1 from lease where name = '%s' for share", l->name);
	ck_assert_int_eq(PQsendQueryParams(pg, sql, 0, NULL, NULL, NULL, NULL, 0), 1);
	PQsendFlushRequest(pg);
	PQflush(pg);
	for (int i = 0; i < 4; i++) /* begin, its end, the row, its end */
		PQclear(PQgetResult(pg));
	return pg;
}

START_TEST(a_writer_that_was_stopped_in_the_middle_does_not_keep_the_lease)
{
	struct store *s = support_pg_open(STORE_SYNC), *other = support_pg_open(STORE_SYNC);
	struct lease l, taker;
	store_lease_init(&l, "sync", "0", 1000);
	assert_ok(store_lease_acquire(s, &l, NULL, &support_err));
	PGconn *stopped = stopped_writer(&l);
	store_lease_init(&taker, "sync", "0", 60000);
	int r;
	int64_t wait_ms = 0, until = clock_real.mono_ms(NULL) + 20000;
	do {
		r = store_lease_acquire(other, &taker, &wait_ms, &support_err);
	} while (r < 0 && clock_real.mono_ms(NULL) < until);
	assert_ok(r);
	ck_assert_int_eq(taker.epoch, 2);
	ck_assert_int_lt(clock_real.mono_ms(NULL), until - 10000);
	PQfinish(stopped);
	/* A session whose transaction began later than the lease's end is somebody else's. */
	ck_assert_int_eq(support_pg_int("select count(*) from pg_stat_activity where usename = "
					"'aspora_sync' and datname = current_database()"),
			 2);
}
END_TEST

/* Two processes take the lease from each other as fast as they can; each writes as long as it believes that it leads. */
static int contender(int id, int seconds)
{
	struct store *s = support_pg_open(STORE_SYNC);
	int64_t until = clock_real.mono_ms(NULL) + seconds * 1000, written = 0;
	while (clock_real.mono_ms(NULL) < until) {
		struct lease l;
		struct err err = ERR_INIT;
		store_lease_init(&l, "sync", "0", 10);
		if (store_lease_acquire(s, &l, NULL, &err) < 0)
			continue;
		/* Its own clock is made to lie, so that only the fence is left. */
		l.ttl_ms = 1000000;
		for (int i = 0; i < 20; i++) {
			struct store_txn *t = NULL;
			char name[32];
			snprintf(name, sizeof(name), "epoch-%lld", (long long)l.epoch);
			if (store_txn_begin(s, STORE_FENCED, id ? "b" : "a", &l, &t, &err) < 0)
				break;
			store_txn_change(t, "Skill", STR("ecm"), str_of(name), STORE_CREATE,
					 STR_NULL);
			int r = store_txn_commit(t, NULL, &err);
			store_txn_end(t);
			if (r < 0)
				break;
			written++;
		}
	}
	return written > 0 ? 0 : 1;
}

START_TEST(racing_take_overs_never_let_a_stale_write_through)
{
	support_pg_access(STORE_SYNC);
	pid_t pids[2];
	for (int i = 0; i < 2; i++) {
		pids[i] = fork();
		if (pids[i] == 0)
			_exit(contender(i, 3));
	}
	for (int i = 0; i < 2; i++) {
		int status;
		ck_assert_int_eq(waitpid(pids[i], &status, 0), pids[i]);
		ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0,
			      "a contender wrote nothing");
	}
	/* I6: no row of an epoch above the first row of a later one. */
	ck_assert_int_eq(support_pg_int("select count(*) from revision a join revision b on "
					"a.revision > b.revision and a.epoch < b.epoch"),
			 0);
	ck_assert_int_gt(support_pg_int("select count(distinct epoch) from revision"), 5);
	/* I4: dense. */
	ck_assert_int_eq(support_pg_int("select max(revision) - count(*) from revision"), 0);
	ck_assert_int_eq(support_pg_int("select count(*) from change c join revision r using "
					"(revision) where c.name <> 'epoch-' || r.epoch"),
			 0);
}
END_TEST

static const struct support_case cases[] = {
	CASE(a_free_lease_is_taken_with_epoch_one),
	CASE(a_held_lease_names_its_holder_and_how_long_to_wait),
	CASE(leases_of_different_shards_are_independent),
	CASE(a_released_lease_is_taken_at_once_with_the_next_epoch),
	CASE(a_renewal_after_a_take_over_is_fenced),
	CASE(a_holder_stops_acting_after_two_thirds_of_its_time),
	CASE(the_parent_breaks_the_leases_of_a_dead_child_only),
	CASE(a_stale_writer_writes_nothing_after_a_take_over),
	CASE(a_fenced_write_without_changes_is_fenced_as_well),
	CASE(a_take_over_waits_for_a_fenced_write_under_way),
	CASE(a_writer_that_was_stopped_in_the_middle_does_not_keep_the_lease),
	CASE(racing_take_overs_never_let_a_stale_write_through),
	{0},
};

int main(void)
{
	return support_pg_main("store/lease", cases);
}
