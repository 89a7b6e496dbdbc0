/* What the server and the line can do to us: refuse, break, go silent, fill up. Each ends in time, says what it is, and leaves nothing half done. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/mem.h"
#include "store/blob.h"
#include "store/change.h"
#include "store/event.h"
#include "store/hold.h"
#include "store/migrate.h"
#include "tests/unit/store/help_proxy.h"

static int write_one(struct store *s, const struct lease *l, const char *name, int64_t *ret_rev)
{
	struct store_txn *t = NULL;
	int r = store_txn_begin(s, STORE_FENCED, "test", l, &t, &support_err);
	if (r < 0)
		return r;
	store_txn_change(t, "Skill", STR("ecm"), str_of(name), STORE_CREATE, STR_NULL);
	r = store_txn_commit(t, ret_rev, &support_err);
	store_txn_end(t);
	return r;
}

START_TEST(a_silent_server_is_given_up_in_time_and_the_commit_is_found)
{
	struct store *direct = support_pg_open(STORE_SYNC);
	struct lease *l = support_pg_lease(direct, "sync");
	pid_t pid;
	struct store *s = proxy_open(PROXY_MUTE, 500, &pid);
	int64_t rev = 0, began = clock_real.mono_ms(NULL);
	assert_ok(write_one(s, l, "a", &rev));
	ck_assert_int_eq(rev, 1);
	ck_assert_int_ge(clock_real.mono_ms(NULL) - began, 500);
	ck_assert_int_lt(clock_real.mono_ms(NULL) - began, 10000);
	store_close(s);
	kill(pid, SIGKILL);
}
END_TEST

START_TEST(a_line_of_single_bytes_is_slow_and_correct)
{
	struct store *direct = support_pg_open(STORE_SYNC);
	struct lease *l = support_pg_lease(direct, "sync");
	pid_t pid;
	struct store *s = proxy_open(PROXY_TRICKLE, 0, &pid);
	CLEANUP_FREE char *bytes = mem_zalloc(20000);
	struct digest d;
	assert_ok(store_blob_put(s, NULL, str_make(bytes, 20000), &d, &support_err));
	CLEANUP(buf_release) struct buf out = BUF_INIT(65536);
	assert_ok(store_blob_read(s, &d, &out, &support_err));
	ck_assert_uint_eq(out.len, 20000);
	assert_ok(write_one(s, l, "a", NULL));
	store_close(s);
	kill(pid, SIGKILL);
}
END_TEST

START_TEST(an_answer_torn_in_the_middle_is_no_answer)
{
	struct store *direct = support_pg_open(STORE_SYNC);
	CLEANUP_FREE char *bytes = mem_zalloc(100000);
	struct digest d;
	crypto_random(bytes, 100000);
	assert_ok(store_blob_put(direct, NULL, str_make(bytes, 100000), &d, &support_err));
	pid_t pid;
	struct store *s = proxy_open(PROXY_TORN, 0, &pid);
	CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 20);
	assert_err(store_blob_read(s, &d, &out, &support_err), ERR_UNAVAILABLE, "went away");
	ck_assert_uint_eq(out.len, 0);
	ck_assert(store_is_lost(s));
	assert_ok(store_reopen(s, &support_err));
	assert_ok(store_blob_read(s, &d, &out, &support_err));
	ck_assert_uint_eq(out.len, 100000);
	store_close(s);
	kill(pid, SIGKILL);
}
END_TEST

/* Raises the given error at every insert into change but each n-th. */
static void inject(const char *sqlstate, int every)
{
	support_pg_run("create sequence tries; grant usage on sequence tries to public;"
		       "create function inject() returns trigger language plpgsql as $$ begin "
		       "if nextval('tries') %% %d <> 0 then raise exception 'injected' using "
		       "errcode = '%s'; end if; return new; end $$;"
		       "create trigger inject before insert on change for each row execute "
		       "function inject()",
		       every, sqlstate);
}

static const char *const transient[] = {"40001", "40P01", "55P03"};

START_TEST(a_transient_refusal_is_tried_again_and_happens_once)
{
	struct store *s = support_pg_open(STORE_SYNC);
	struct lease *l = support_pg_lease(s, "sync");
	inject(transient[_i], 5);
	int tries = 0, r;
	do {
		r = write_one(s, l, "a", NULL);
		tries++;
		ck_assert_msg(r >= 0 || store_retry(&support_err) == STORE_RETRY_NOW, "%s",
			      support_err.msg);
	} while (r < 0 && tries < 20);
	ck_assert_int_eq(tries, 5);
	ck_assert_int_eq(support_pg_int("select count(*) from change"), 1);
	ck_assert_int_eq(support_pg_int("select rev from store"), 1);
	int64_t bad = -1;
	assert_ok(store_change_verify(s, 1, 1, &bad, &support_err));
	ck_assert_int_eq(bad, 0);
}
END_TEST

START_TEST(what_the_server_refuses_is_told_apart)
{
	struct store *s = support_pg_open(STORE_SYNC);
	struct lease *l = support_pg_lease(s, "sync");
	/* A role that lost its grant. */
	support_pg_run("revoke insert on change from aspora_sync");
	ck_assert_int_eq(write_one(s, l, "a", NULL), ERR_DENIED);
	ck_assert_ptr_nonnull(strstr(support_err.remedy, "bootstrap-sql"));
	ck_assert_int_eq(store_retry(&support_err), STORE_RETRY_NEVER);
	support_pg_run("grant insert on change to aspora_sync");
	/* A database that became read-only (a standby, a failing disk). */
	support_pg_run("do $$ begin execute format('alter database %%I set "
		       "default_transaction_read_only = on', current_database()); end $$");
	struct store *second = NULL;
	assert_err(
		store_open(support_pg_access(STORE_SYNC), STORE_SYNC, NULL, &second, &support_err),
		ERR_UNAVAILABLE, "read-only");
	support_pg_run(
		"set default_transaction_read_only = off; do $$ begin execute format('alter "
		"database %%I reset default_transaction_read_only', current_database()); end $$");
	/* No room for another connection. */
	support_pg_run("alter role aspora_runner connection limit 0");
	assert_err(store_open(support_pg_access(STORE_RUNNER), STORE_RUNNER, NULL, &second,
			      &support_err),
		   ERR_UNAVAILABLE, "too many connections");
	ck_assert_int_eq(store_retry(&support_err), STORE_RETRY_RECONNECT);
	support_pg_run("alter role aspora_runner connection limit -1");
	/* A column that is gone: the schema is not what we think. */
	support_pg_run("alter table event rename column reporter to somebody");
	struct event e = {.kind = "Skill", .name = STR("x"), .reason = "Test", .message = STR("m")};
	assert_err(store_event_put(s, NULL, &e, 1, &support_err), ERR_DATABASE, "event_put");
	ck_assert_str_eq(support_err.sqlstate, "42703");
	support_pg_run("alter table event rename column somebody to reporter");
	/* A statement that did not prepare is prepared when it can be. */
	assert_ok(store_event_put(s, NULL, &e, 1, &support_err));
	assert_ok(write_one(s, l, "a", NULL));
}
END_TEST

START_TEST(a_statement_that_runs_too_long_is_ended_by_the_server)
{
	struct store *s = support_pg_open(STORE_SYNC);
	support_pg_run(
		"create function slow() returns trigger language plpgsql as $$ begin perform "
		"pg_sleep(60); return new; end $$;"
		"create trigger slow before insert on event for each row execute function slow()");
	struct event e = {.kind = "Skill", .name = STR("x"), .reason = "Test", .message = STR("m")};
	int64_t began = clock_real.mono_ms(NULL);
	assert_err(store_event_put(s, NULL, &e, 1, &support_err), ERR_TIMEOUT, "statement timeout");
	ck_assert_int_lt(clock_real.mono_ms(NULL) - began, 14000);
	ck_assert(!store_is_lost(s));
}
END_TEST

START_TEST(a_transaction_left_open_is_ended_and_does_not_hold_others_up)
{
	struct store *s = support_pg_open(STORE_SYNC), *other = support_pg_open(STORE_SYNC);
	struct lease *l = support_pg_lease(s, "sync");
	/* A process that was stopped in the middle of a transaction that holds a row. */
	support_pg_run("insert into quarantine (domain, skill, content, cause, reason, by, since) "
		       "values ('ecm', 'triage', sha256('x'), 'probe', 'why', 'test', 1)");
	struct store_txn *t = NULL;
	int64_t cleared;
	assert_ok(store_txn_begin(s, STORE_FENCED, "test", l, &t, &support_err));
	assert_ok(
		store_quarantine_clear(t, STR("ecm"), STR("triage"), NULL, &cleared, &support_err));
	ck_assert_int_eq(cleared, 1);
	bool woken;
	int r = 0;
	int64_t until = clock_real.mono_ms(NULL) + 15000;
	while (r >= 0 && clock_real.mono_ms(NULL) < until)
		r = store_wait(s, 500, &woken, &support_err);
	ck_assert_int_eq(r, ERR_UNAVAILABLE);
	assert_err(store_txn_commit(t, NULL, &support_err), ERR_UNAVAILABLE, "");
	store_txn_end(t);
	ck_assert_int_eq(support_pg_int("select count(*) from quarantine where until is null"), 1);
	assert_ok(write_one(other, l, "next", NULL));
	/* And what comes after a reconnect is a new transaction. */
	if (store_is_lost(s))
		assert_ok(store_reopen(s, &support_err));
	assert_ok(write_one(s, l, "after", NULL));
}
END_TEST

/* --- whole servers ------------------------------------------------------------------------------------------------- */

static struct store *open_as(struct store_cluster *c, enum store_role role)
{
	CLEANUP(store_access_release) struct store_access a = STORE_ACCESS_INIT;
	struct store *s = NULL;
	assert_ok(store_cluster_access(c, STORE_OWNER, &a, &support_err));
	assert_ok(store_migrate(&a, NULL, &support_err));
	assert_ok(store_cluster_access(c, role, &a, &support_err));
	assert_ok(store_open(&a, role, NULL, &s, &support_err));
	return s;
}

START_TEST(a_killed_backend_takes_all_sessions_down_and_all_come_back)
{
	struct store_cluster *c = NULL;
	struct store_cluster_opts o = {.dir = support_pg_dir()};
	assert_ok(store_cluster_start(&o, &c, &support_err));
	struct store *s = open_as(c, STORE_SYNC), *victim = open_as(c, STORE_CONTROL);
	struct lease *l = support_pg_lease(s, "sync");
	assert_ok(write_one(s, l, "a", NULL));
	struct lease mark;
	store_lease_init(&mark, "control", "0", 0);
	assert_ok(store_lease_acquire(victim, &mark, NULL, &support_err));
	/* Every process of this server but the postmaster. */
	char children[128];
	snprintf(children, sizeof(children), "/proc/%d/task/%d/children", store_cluster_pid(c),
		 store_cluster_pid(c));
	CLEANUP(buf_release) struct buf list = BUF_INIT(4096);
	if (io_read_file(children, &list, NULL) < 0)
		SKIP("the kernel does not list children");
	struct str rest = buf_str(&list), piece;
	pid_t last = 0;
	while (str_split(&rest, ' ', &piece)) {
		int64_t pid;
		if (str_to_i64(piece, &pid))
			last = (pid_t)pid; /* the newest: victim's backend */
	}
	ck_assert_int_gt(last, 0);
	ck_assert_int_eq(kill(last, SIGKILL), 0);
	int64_t until = clock_real.mono_ms(NULL) + 20000, rev = 0;
	int r = ERR_UNAVAILABLE;
	struct store_head head;
	bool lost = false;
	while (clock_real.mono_ms(NULL) < until && r < 0) {
		r = store_is_lost(s) ? store_reopen(s, &support_err)
				     : store_head(s, &head, &support_err);
		lost |= store_is_lost(s);
		if (r >= 0 && !lost)
			r = ERR_UNAVAILABLE; /* the news has not come yet */
	}
	ck_assert_msg(r >= 0, "%s", support_err.msg);
	ck_assert(store_cluster_alive(c));
	assert_ok(store_head(s, &head, &support_err));
	ck_assert_int_eq(head.at.rev, 1);
	assert_ok(write_one(s, l, "b", &rev));
	ck_assert_int_eq(rev, 2);
	store_close(s);
	store_close(victim);
	assert_ok(store_cluster_stop(c, &support_err));
	store_cluster_free(c);
}
END_TEST

START_TEST(a_full_disk_loses_nothing_that_was_acknowledged)
{
	if (geteuid() != 0 || unshare(CLONE_NEWNS) < 0 ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		SKIP("needs a mount namespace of its own: %s", strerror(errno));
	const char *dir = support_pg_dir();
	if (mount("tmpfs", dir, "tmpfs", 0, "size=160m,mode=0711") < 0)
		SKIP("needs a small file system: %s", strerror(errno));
	struct store_cluster *c = NULL;
	struct store_cluster_opts o = {.dir = dir};
	assert_ok(store_cluster_start(&o, &c, &support_err));
	struct store *s = open_as(c, STORE_SYNC);
	struct lease *l = support_pg_lease(s, "sync");
	CLEANUP_FREE char *noise = mem_zalloc(1 << 20);
	int64_t acknowledged = 0, rev = 0;
	int r = 0;
	for (int i = 0; i < 400 && r >= 0; i++) {
		crypto_random(noise, 1 << 20);
		r = store_blob_put(s, NULL, str_make(noise, 1 << 20), NULL, &support_err);
		if (r >= 0)
			r = write_one(s, l, "a", &rev);
		if (r >= 0)
			acknowledged = rev;
	}
	ck_assert_msg(r == ERR_UNAVAILABLE, "%s: %s", err_text(r), support_err.msg);
	ck_assert_int_gt(acknowledged, 10);
	/* Room again. */
	ck_assert_int_eq(mount("tmpfs", dir, "tmpfs", MS_REMOUNT, "size=400m,mode=0711"), 0);
	assert_ok(store_cluster_restart(c, &support_err));
	int64_t until = clock_real.mono_ms(NULL) + 20000;
	if (store_is_lost(s)) {
		while ((r = store_reopen(s, &support_err)) < 0 && clock_real.mono_ms(NULL) < until)
			;
		assert_ok(r);
	}
	struct store_head head;
	while ((r = store_head(s, &head, &support_err)) < 0 && clock_real.mono_ms(NULL) < until)
		if (store_is_lost(s) && store_reopen(s, &support_err) < 0)
			continue;
	assert_ok(r);
	ck_assert_int_ge(head.at.rev, acknowledged);
	int64_t bad = -1;
	assert_ok(store_change_verify(s, 1, head.at.rev, &bad, &support_err));
	ck_assert_int_eq(bad, 0);
	assert_ok(store_lease_acquire(s, l, NULL, &support_err) < 0
			  ? store_lease_renew(s, l, &support_err)
			  : 0);
	assert_ok(write_one(s, l, "after", NULL));
	store_close(s);
	assert_ok(store_cluster_stop(c, &support_err));
	store_cluster_free(c);
	umount2(dir, MNT_DETACH);
}
END_TEST

static const struct support_case cases[] = {
	CASE(a_silent_server_is_given_up_in_time_and_the_commit_is_found),
	CASE(a_line_of_single_bytes_is_slow_and_correct),
	CASE(an_answer_torn_in_the_middle_is_no_answer),
	CASE_LOOP(a_transient_refusal_is_tried_again_and_happens_once, ARRAY_SIZE(transient)),
	CASE(what_the_server_refuses_is_told_apart),
	CASE(a_statement_that_runs_too_long_is_ended_by_the_server),
	CASE(a_transaction_left_open_is_ended_and_does_not_hold_others_up),
	CASE_SLOW(a_killed_backend_takes_all_sessions_down_and_all_come_back, 120),
	CASE_SLOW(a_full_disk_loses_nothing_that_was_acknowledged, 180),
	{0},
};

int main(void)
{
	return support_pg_main("store/fault", cases);
}
