/* Migrations, on our own cluster and on a database that somebody else runs. */
#include <libpq-fe.h>
#include <sys/wait.h>

#include "base/mem.h"
#include "store/migrate.h"
#include "store/source.h"
#include "tests/unit/support_pg.h"

static char name[64];

/* An empty database of this test's own, with the given owner; access to it as that user, as an external URL. */
static struct store_access external(const char *user)
{
	snprintf(name, sizeof(name), "ext_%ld", (long)getpid());
	support_pg_run("create database %s owner %s", name, user);
	struct store_access a = STORE_ACCESS_INIT;
	char url[600];
	snprintf(url, sizeof(url), "postgresql:///%s?host=%s&user=%s&password=pw", name,
		 store_cluster_socket_dir(support_pg_cluster()), user);
	assert_ok(store_access_from_url(&a, str_of(url), &support_err));
	return a;
}

static PGconn *admin(void)
{
	const char *keywords[] = {"host", "user", "dbname", NULL};
	const char *values[] = {store_cluster_socket_dir(support_pg_cluster()), "aspora", name,
				NULL};
	PGconn *pg = PQconnectdbParams(keywords, values, 0);
	ck_assert_int_eq(PQstatus(pg), CONNECTION_OK);
	return pg;
}

static void admin_run(const char *sql)
{
	PGconn *pg = admin();
	PGresult *res = PQexec(pg, sql);
	ExecStatusType st = PQresultStatus(res);
	ck_assert_msg(st == PGRES_COMMAND_OK || st == PGRES_TUPLES_OK, "%s: %s", sql,
		      PQerrorMessage(pg));
	PQclear(res);
	PQfinish(pg);
}

START_TEST(a_migrated_schema_is_recorded_and_left_alone_the_second_time)
{
	int applied = -1;
	assert_ok(store_migrate(support_pg_access(STORE_OWNER), &applied, &support_err));
	ck_assert_int_eq(applied, 0);
	ck_assert_int_eq(support_pg_int("select count(*) from migration"), store_schema_version());
	ck_assert_int_ge(store_schema_version(), 6);
	ck_assert_str_eq(support_pg_text("select name from migration where number = 1"),
			 "0001_core");
}
END_TEST

START_TEST(a_newer_schema_is_refused_and_left_alone)
{
	support_pg_run("insert into migration (number, name, checksum) values (%d, 'later', '')",
		       store_schema_version() + 1);
	assert_err(store_migrate(support_pg_access(STORE_OWNER), NULL, &support_err),
		   ERR_UNSUPPORTED, "this build knows");
	struct store *s = NULL;
	assert_err(store_open(support_pg_access(STORE_SYNC), STORE_SYNC, NULL, &s, &support_err),
		   ERR_UNSUPPORTED, "schema is at version");
	ck_assert_ptr_nonnull(strstr(support_err.remedy, "newer"));
}
END_TEST

START_TEST(an_older_schema_is_not_worked_on)
{
	support_pg_run("delete from migration where number > 1");
	struct store *s = NULL;
	assert_err(store_open(support_pg_access(STORE_SYNC), STORE_SYNC, NULL, &s, &support_err),
		   ERR_UNSUPPORTED, "schema is at version 1");
	ck_assert_ptr_nonnull(strstr(support_err.remedy, "migrates"));
}
END_TEST

START_TEST(a_history_that_differs_is_refused)
{
	support_pg_run("update migration set checksum = 'x' where number = 2");
	assert_err(store_migrate(support_pg_access(STORE_OWNER), NULL, &support_err),
		   ERR_UNSUPPORTED, "is not the 0002_content of this build");
}
END_TEST

START_TEST(two_at_once_migrate_once)
{
	support_pg_run("create role two login superuser password 'pw'");
	struct store_access a = external("two");
	pid_t pids[3];
	for (int i = 0; i < 3; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			int applied = 0;
			int r = store_migrate(&a, &applied, &support_err);
			_exit(r < 0 ? 255 : applied);
		}
	}
	int total = 0;
	for (int i = 0; i < 3; i++) {
		int status;
		ck_assert_int_eq(waitpid(pids[i], &status, 0), pids[i]);
		ck_assert(WIFEXITED(status) && WEXITSTATUS(status) != 255);
		total += WEXITSTATUS(status);
	}
	ck_assert_int_eq(total, store_schema_version());
	store_access_release(&a);
}
END_TEST

START_TEST(an_external_database_needs_what_bootstrap_sql_prints_and_no_more)
{
	support_pg_run("create role plain login password 'pw'");
	struct store_access a = external("plain");
	assert_err(store_migrate(&a, NULL, &support_err), ERR_DENIED, "");
	ck_assert_ptr_nonnull(strstr(support_err.remedy, "bootstrap-sql"));
	CLEANUP(buf_release) struct buf sql = BUF_INIT(65536);
	store_bootstrap_sql(&sql, "plain", name);
	admin_run(buf_cstr(&sql));
	admin_run(buf_cstr(&sql)); /* twice does no harm */
	int applied = 0;
	assert_ok(store_migrate(&a, &applied, &support_err));
	ck_assert_int_eq(applied, store_schema_version());
	/* Each role works as itself, by SET ROLE. */
	struct store *s = NULL;
	assert_ok(store_open(&a, STORE_SYNC, NULL, &s, &support_err));
	struct lease l;
	store_lease_init(&l, "sync", "0", 0);
	assert_ok(store_lease_acquire(s, &l, NULL, &support_err));
	struct store_source src = {.name = STR("main"), .kind = STR("git")};
	struct store_txn *t = NULL;
	assert_ok(store_txn_begin(s, STORE_FENCED, "test", &l, &t, &support_err));
	assert_ok(store_source_declare(t, &src, 1, &support_err));
	assert_ok(store_txn_commit(t, NULL, &support_err));
	store_txn_end(t);
	store_close(s);
	assert_ok(store_open(&a, STORE_REPORTER, NULL, &s, &support_err));
	store_lease_init(&l, "sync", "0", 0);
	assert_ok(store_txn_begin(s, STORE_CONDITIONAL, "test", NULL, &t, &support_err));
	src.url = STR("other");
	assert_ok(store_source_declare(t, &src, 1, &support_err));
	assert_err(store_txn_commit(t, NULL, &support_err), ERR_DENIED, "permission denied");
	store_txn_end(t);
	store_close(s);
	store_access_release(&a);
}
END_TEST

START_TEST(bootstrap_sql_quotes_strange_names)
{
	CLEANUP(buf_release) struct buf sql = BUF_INIT(65536);
	store_bootstrap_sql(&sql, "o\"wner", "d b");
	ck_assert_ptr_nonnull(strstr(buf_cstr(&sql), "to \"o\"\"wner\";"));
	ck_assert_ptr_nonnull(strstr(buf_cstr(&sql), "on database \"d b\""));
}
END_TEST

START_TEST(another_timeline_begins_a_new_incarnation_and_ends_leases)
{
	struct store *s = support_pg_open(STORE_SYNC);
	struct lease *l = support_pg_lease(s, "sync");
	support_pg_run("update store set timeline = timeline + 1");
	assert_ok(store_migrate(support_pg_access(STORE_OWNER), NULL, &support_err));
	ck_assert_int_eq(support_pg_int("select incarnation from store"), 2);
	assert_err(store_lease_renew(s, l, &support_err), ERR_FENCED, "passed");
	/* Once only; and by hand again. */
	assert_ok(store_migrate(support_pg_access(STORE_OWNER), NULL, &support_err));
	ck_assert_int_eq(support_pg_int("select incarnation from store"), 2);
	int64_t now = 0;
	assert_ok(store_new_incarnation(support_pg_access(STORE_OWNER), &now, &support_err));
	ck_assert_int_eq(now, 3);
}
END_TEST

START_TEST(a_url_gives_up_its_password_to_a_secret)
{
	struct store_access a = STORE_ACCESS_INIT;
	assert_ok(store_access_from_url(
		&a, STR("postgresql://ana:s3cret@db.example.org:6432/it%27s?application_name=x"),
		&support_err));
	ck_assert_ptr_null(strstr(a.conninfo, "s3cret"));
	ck_assert_ptr_nonnull(strstr(a.conninfo, "dbname='it\\'s'"));
	ck_assert_ptr_nonnull(strstr(a.conninfo, "port='6432'"));
	ck_assert(secret_equal(&a.password, STR("s3cret")));
	ck_assert(a.set_role);
	store_access_release(&a);
	assert_err(store_access_from_url(&a, STR("password=s3cret nonsense=1"), &support_err),
		   ERR_INVALID, "cannot be read");
	ck_assert_ptr_null(strstr(support_err.msg, "s3cret"));
}
END_TEST

START_TEST(a_server_that_is_not_there_is_unavailable_at_once)
{
	struct store_access a = STORE_ACCESS_INIT;
	struct store *s = NULL;
	char text[400];
	snprintf(text, sizeof(text), "host=%s dbname=x", support_pg_dir());
	assert_ok(store_access_from_url(&a, str_of(text), &support_err));
	assert_err(store_open(&a, STORE_SYNC, NULL, &s, &support_err), ERR_UNAVAILABLE,
		   "cannot be reached");
	ck_assert_int_eq(store_retry(&support_err), STORE_RETRY_RECONNECT);
	store_access_release(&a);
}
END_TEST

static const struct support_case cases[] = {
	CASE(a_migrated_schema_is_recorded_and_left_alone_the_second_time),
	CASE(a_newer_schema_is_refused_and_left_alone),
	CASE(an_older_schema_is_not_worked_on),
	CASE(a_history_that_differs_is_refused),
	CASE(two_at_once_migrate_once),
	CASE(an_external_database_needs_what_bootstrap_sql_prints_and_no_more),
	CASE(bootstrap_sql_quotes_strange_names),
	CASE(another_timeline_begins_a_new_incarnation_and_ends_leases),
	CASE(a_url_gives_up_its_password_to_a_secret),
	CASE(a_server_that_is_not_there_is_unavailable_at_once),
	{0},
};

int main(void)
{
	return support_pg_main("store/migrate", cases);
}
