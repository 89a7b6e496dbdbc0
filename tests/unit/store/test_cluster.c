/* The private cluster: made, found again, killed, started again. */
#include <errno.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/io.h"
#include "base/mem.h"
#include "store/change.h"
#include "store/cluster.h"
#include "store/migrate.h"
#include "store/txn.h"
#include "tests/unit/support_pg.h"

static struct store_cluster *start(const char *dir)
{
	struct store_cluster *c = NULL;
	struct store_cluster_opts o = {.dir = dir, .fast_and_loose = true};
	assert_ok(store_cluster_start(&o, &c, &support_err));
	return c;
}

static void migrate(struct store_cluster *c)
{
	CLEANUP(store_access_release) struct store_access a = STORE_ACCESS_INIT;
	assert_ok(store_cluster_access(c, STORE_OWNER, &a, &support_err));
	assert_ok(store_migrate(&a, NULL, &support_err));
}

static struct store *open_as(struct store_cluster *c, enum store_role role)
{
	struct store *s = NULL;
	CLEANUP(store_access_release) struct store_access a = STORE_ACCESS_INIT;
	assert_ok(store_cluster_access(c, role, &a, &support_err));
	assert_ok(store_open(&a, role, NULL, &s, &support_err));
	return s;
}

static int64_t write_one(struct store *s, struct lease *l)
{
	struct store_txn *t = NULL;
	int64_t rev = 0;
	assert_ok(store_txn_begin(s, STORE_FENCED, "test", l, &t, &support_err));
	store_txn_change(t, "Skill", STR("ecm"), STR("a"), STORE_CREATE, STR_NULL);
	assert_ok(store_txn_commit(t, &rev, &support_err));
	store_txn_end(t);
	return rev;
}

static void stop(struct store_cluster *c)
{
	assert_ok(store_cluster_stop(c, &support_err));
	store_cluster_free(c);
}

START_TEST(it_listens_on_a_socket_only_and_lets_nobody_in_without_a_password)
{
	struct store_cluster *c = support_pg_cluster();
	ck_assert_int_ge(store_cluster_version(c), 13);
	ck_assert(store_cluster_alive(c));
	ck_assert_str_eq(support_pg_text("show listen_addresses"), "");
	ck_assert_str_eq(support_pg_text("show unix_socket_directories"),
			 store_cluster_socket_dir(c));
	struct store_access a = STORE_ACCESS_INIT;
	struct store *s = NULL;
	assert_ok(store_cluster_access(c, STORE_SYNC, &a, &support_err));
	ck_assert_ptr_null(strstr(a.conninfo, "password"));
	secret_set(&a.password, STR("guess"));
	assert_err(store_open(&a, STORE_SYNC, NULL, &s, &support_err), ERR_DENIED, "aspora_sync");
	secret_release(&a.password);
	assert_err(store_open(&a, STORE_SYNC, NULL, &s, &support_err), ERR_DENIED,
		   "cannot be reached as aspora_sync");
	ck_assert_ptr_nonnull(strstr(support_err.remedy, "pg_hba.conf"));
	store_access_release(&a);
	/* No password is in the server's tables as it is. */
	ck_assert_int_eq(
		support_pg_int("select count(*) from pg_authid where rolname like 'aspora\\_%%' "
			       "and rolpassword not like 'SCRAM-SHA-256$%%'"),
		0);
}
END_TEST

START_TEST(another_user_of_the_machine_is_not_the_owner)
{
	if (geteuid() != 0)
		SKIP("needs root to become another user");
	CLEANUP(store_access_release) struct store_access a = STORE_ACCESS_INIT;
	assert_ok(store_cluster_access(support_pg_cluster(), STORE_OWNER, &a, &support_err));
	pid_t pid = fork();
	if (pid == 0) {
		struct store *s = NULL;
		if (setgid(65534) < 0 || setuid(65534) < 0)
			_exit(2);
		_exit(store_open(&a, STORE_OWNER, NULL, &s, &support_err) == ERR_DENIED ? 0 : 1);
	}
	int status;
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(a_killed_postmaster_comes_back_with_everything_that_was_committed)
{
	const char *dir = support_pg_dir();
	struct store_cluster *c = NULL;
	struct store_cluster_opts o = {.dir = dir}; /* durable: this is about crashes */
	assert_ok(store_cluster_start(&o, &c, &support_err));
	migrate(c);
	struct store *s = open_as(c, STORE_SYNC);
	struct lease *l = support_pg_lease(s, "sync");
	for (int round = 1; round <= 3; round++) {
		ck_assert_int_eq(write_one(s, l), round);
		ck_assert_int_eq(kill(store_cluster_pid(c), SIGKILL), 0);
		struct pollfd p = {store_cluster_pidfd(c), POLLIN, 0};
		ck_assert_int_eq(poll(&p, 1, 10000), 1);
		ck_assert(!store_cluster_alive(c));
		struct store_head head;
		/* A backend outlives its postmaster until it notices. */
		int rc = 0;
		for (int tries = 0; rc == 0 && tries < 1000; tries++) {
			rc = store_head(s, &head, &support_err);
			poll(NULL, 0, rc == 0 ? 10 : 0);
		}
		ck_assert_int_eq(rc, ERR_UNAVAILABLE);
		assert_ok(store_cluster_restart(c, &support_err));
		ck_assert(store_cluster_alive(c));
		/* The same passwords: nobody has to be told. */
		assert_ok(store_reopen(s, &support_err));
		assert_ok(store_head(s, &head, &support_err));
		ck_assert_int_eq(head.at.rev, round); /* acknowledged is kept */
	}
	int64_t bad = -1;
	assert_ok(store_change_verify(s, 1, 3, &bad, &support_err));
	ck_assert_int_eq(bad, 0);
	store_close(s);
	stop(c);
}
END_TEST

START_TEST(a_postmaster_that_outlives_its_parent_is_found_again)
{
	const char *dir = support_pg_dir();
	pid_t pid = fork();
	if (pid == 0) {
		struct store_cluster *c = start(dir);
		migrate(c);
		/* Killed without a word. */
		kill(getpid(), SIGKILL);
	}
	int status;
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status));
	struct store_cluster *c = start(dir);
	ck_assert(store_cluster_adopted(c));
	struct store *s = open_as(c, STORE_CONTROL);
	store_close(s);
	CLEANUP_FREE char *socket = io_join(store_cluster_socket_dir(c), ".s.PGSQL.5432");
	ck_assert(io_exists(socket));
	stop(c);
	ck_assert(!io_exists(socket));
	/* And once stopped it is started anew. */
	c = start(dir);
	ck_assert(!store_cluster_adopted(c));
	stop(c);
}
END_TEST

START_TEST(a_state_folder_has_one_parent_at_a_time)
{
	const char *dir = support_pg_dir();
	struct store_cluster *c = start(dir), *second = NULL;
	struct store_cluster_opts o = {.dir = dir, .fast_and_loose = true};
	assert_err(store_cluster_start(&o, &second, &support_err), ERR_CONFLICT,
		   "another asporad uses the state folder");
	stop(c);
}
END_TEST

static void write_pid_file(const char *dir, pid_t pid)
{
	char path[400], text[600];
	snprintf(path, sizeof(path), "%s/postgres/postmaster.pid", dir);
	snprintf(text, sizeof(text),
		 "%ld\n%s/postgres\n1700000000\n5432\n%s/run\n\n        0         0\nready   \n",
		 (long)pid, dir, dir);
	assert_ok(io_write_file(path, str_of(text), 0600, &support_err));
	struct stat st;
	char data[400];
	snprintf(data, sizeof(data), "%s/postgres", dir);
	ck_assert_int_eq(stat(data, &st), 0);
	ck_assert_int_eq(chown(path, st.st_uid, st.st_gid), 0);
}

START_TEST(a_stale_pid_file_does_not_stop_it_even_if_the_number_lives)
{
	const char *dir = support_pg_dir();
	stop(start(dir));
	struct stat st;
	char data[400];
	snprintf(data, sizeof(data), "%s/postgres", dir);
	ck_assert_int_eq(stat(data, &st), 0);
	/* A process of the server's user that has its old number by chance. */
	pid_t innocent = fork();
	if (innocent == 0) {
		if (geteuid() == 0 && (setgid(st.st_gid) < 0 || setuid(st.st_uid) < 0))
			_exit(1);
		pause();
		_exit(0);
	}
	write_pid_file(dir, innocent);
	struct store_cluster *c = start(dir);
	ck_assert(!store_cluster_adopted(c));
	ck_assert_int_ne(store_cluster_pid(c), innocent);
	stop(c);
	ck_assert_int_eq(kill(innocent, 0), 0); /* nobody was hurt */
	kill(innocent, SIGKILL);
	waitpid(innocent, NULL, 0);
	/* And one whose number is nobody's. */
	write_pid_file(dir, innocent);
	stop(start(dir));
}
END_TEST

START_TEST(an_initdb_that_was_killed_leaves_nothing_that_looks_finished)
{
	const char *dir = support_pg_dir();
	char half[400];
	snprintf(half, sizeof(half), "%s/postgres.new", dir);
	ck_assert_int_eq(mkdir(half, 0700), 0);
	stop(start(dir));
	ck_assert(!io_exists(half));
}
END_TEST

START_TEST(a_folder_of_another_major_version_is_left_alone)
{
	const char *dir = support_pg_dir();
	stop(start(dir));
	char path[400];
	snprintf(path, sizeof(path), "%s/postgres/PG_VERSION", dir);
	assert_ok(io_write_file(path, STR("99\n"), 0600, &support_err));
	struct store_cluster *c = NULL;
	struct store_cluster_opts o = {.dir = dir, .fast_and_loose = true};
	assert_err(store_cluster_start(&o, &c, &support_err), ERR_UNSUPPORTED,
		   "was made by PostgreSQL 99");
	ck_assert_ptr_nonnull(strstr(support_err.remedy, "postgresql-99"));
}
END_TEST

START_TEST(a_missing_postgresql_is_said_with_what_to_do)
{
	struct store_cluster *c = NULL;
	struct store_cluster_opts o = {.dir = support_pg_dir(), .bindir = "/nonexistent"};
	assert_err(store_cluster_start(&o, &c, &support_err), ERR_UNSUPPORTED,
		   "no PostgreSQL 13 or newer is installed in /nonexistent");
	ck_assert_ptr_nonnull(strstr(support_err.remedy, "apt-get install postgresql"));
}
END_TEST

START_TEST(a_server_that_cannot_start_says_why)
{
	const char *dir = support_pg_dir();
	stop(start(dir));
	char path[400];
	snprintf(path, sizeof(path), "%s/postgres/postgresql.conf", dir);
	int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	assert_ok(io_write_all(fd, STR("\nno_such_setting = 1\n"), &support_err));
	close(fd);
	struct store_cluster *c = NULL;
	struct store_cluster_opts o = {.dir = dir, .fast_and_loose = true};
	assert_err(store_cluster_start(&o, &c, &support_err), ERR_DATABASE, "no_such_setting");
}
END_TEST

START_TEST(a_state_folder_with_a_long_name_gets_a_short_socket)
{
	CLEANUP(buf_release) struct buf dir = BUF_INIT(4096);
	buf_addf(&dir, "%s/%0100d", support_pg_dir(), 7);
	struct store_cluster *c = start(buf_cstr(&dir));
	const char *socket = store_cluster_socket_dir(c);
	ck_assert_uint_le(strlen(socket) + strlen("/.s.PGSQL.5432"), 107);
	CLEANUP_FREE char *first = mem_strdup(socket);
	stop(c);
	/* The same one next time: otherwise a survivor would not be found. */
	c = start(buf_cstr(&dir));
	ck_assert_str_eq(store_cluster_socket_dir(c), first);
	stop(c);
	assert_ok(io_remove_tree(first, &support_err));
}
END_TEST

START_TEST(a_folder_that_the_servers_user_cannot_reach_is_named)
{
	if (geteuid() != 0)
		SKIP("only a root that drops to another user meets this");
	CLEANUP_FREE char *closed = io_join(support_pg_dir(), "closed");
	CLEANUP_FREE char *dir = io_join(closed, "state");
	ck_assert_int_eq(mkdir(closed, 0700), 0);
	struct store_cluster *c = NULL;
	struct store_cluster_opts o = {.dir = dir, .fast_and_loose = true};
	assert_err(store_cluster_start(&o, &c, &support_err), ERR_IO, "cannot enter");
	ck_assert_ptr_nonnull(strstr(support_err.msg, closed));
	ck_assert_ptr_nonnull(strstr(support_err.remedy, "chmod o+x"));
	/* The state folder itself is ours to open. */
	ck_assert_int_eq(chmod(closed, 0711), 0);
	ck_assert_int_eq(chmod(dir, 0700), 0);
	stop(start(dir));
}
END_TEST

START_TEST(root_and_strangers_are_no_users_for_it)
{
	if (geteuid() != 0)
		SKIP("only root chooses a user");
	static const char *const bad[] = {"root", "no-such-user"};
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct store_cluster *c = NULL;
		struct store_cluster_opts o = {.dir = support_pg_dir(), .user = bad[i]};
		assert_err(store_cluster_start(&o, &c, &support_err), ERR_INVALID,
			   "is not an unprivileged user");
	}
}
END_TEST

static const struct support_case cases[] = {
	CASE(it_listens_on_a_socket_only_and_lets_nobody_in_without_a_password),
	CASE(another_user_of_the_machine_is_not_the_owner),
	CASE_SLOW(a_killed_postmaster_comes_back_with_everything_that_was_committed, 120),
	CASE(a_postmaster_that_outlives_its_parent_is_found_again),
	CASE(a_state_folder_has_one_parent_at_a_time),
	CASE(a_stale_pid_file_does_not_stop_it_even_if_the_number_lives),
	CASE(an_initdb_that_was_killed_leaves_nothing_that_looks_finished),
	CASE(a_folder_of_another_major_version_is_left_alone),
	CASE(a_missing_postgresql_is_said_with_what_to_do),
	CASE(a_server_that_cannot_start_says_why),
	CASE(a_state_folder_with_a_long_name_gets_a_short_socket),
	CASE(a_folder_that_the_servers_user_cannot_reach_is_named),
	CASE(root_and_strangers_are_no_users_for_it),
	{0},
};

int main(void)
{
	return support_pg_main("store/cluster", cases);
}
