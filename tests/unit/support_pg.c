#include "tests/unit/support_pg.h"

#include <errno.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <stdarg.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/mem.h"
#include "store/migrate.h"

static struct store_cluster *cluster;
static char top[256];
static char database[64];
static PGconn *owner;
static struct store *opened[64];
static size_t opened_count;

/* A cluster with our schema, running, whose state is dir. */
static int start_migrated(const char *dir, struct store_cluster **ret, struct err *err)
{
	/* make test-postgres: another version than the newest that is installed. */
	struct store_cluster_opts o = {
		.dir = dir, .fast_and_loose = true, .bindir = getenv("ASPORA_PG_BINDIR")};
	int r = store_cluster_start(&o, ret, err);
	if (r < 0)
		return r;
	CLEANUP(store_access_release) struct store_access access = STORE_ACCESS_INIT;
	r = store_cluster_access(*ret, STORE_OWNER, &access, err);
	return r < 0 ? r : store_migrate(&access, NULL, err);
}

/*
 * Programs of one run share what initdb and the migrations cost: the first of them makes a cluster in the folder ASPORA_TEST_CLUSTERS and
 * stops it, and each takes a copy.
 */
static int copy_shared(const char *shared, const char *dir, struct err *err)
{
	CLEANUP_FREE char *lock_path = io_join(shared, "lock"), *done = io_join(shared, "done");
	CLEANUP_FREE char *state = io_join(shared, "state"), *data = io_join(state, "postgres");
	CLEANUP_FD int lock = open(lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (lock < 0 || flock(lock, LOCK_EX) < 0)
		return err_sys(err, ERR_IO, errno, "%s", lock_path);
	if (!io_exists(done)) {
		CLEANUP(store_cluster_freep) struct store_cluster *c = NULL;
		int r = start_migrated(state, &c, err);
		if (r == 0)
			r = store_cluster_stop(c, err);
		if (r == 0)
			r = io_write_file(done, STR_NULL, 0600, err);
		if (r < 0)
			return r;
	}
	if (mkdir(dir, 0711) < 0)
		return err_sys(err, ERR_IO, errno, "%s", dir);
	const char *argv[] = {"cp", "-a", "--reflink=auto", data, dir, NULL};
	struct child_opts o = {.argv = argv};
	struct child_end end;
	int r = child_run(&o, STR_NULL, NULL, NULL, 60000, &end, err);
	if (r == 0 && !(end.exited && end.status == 0))
		r = err_set(err, ERR_IO, "copying %s to %s failed", data, dir);
	return r;
}

static int set_up(struct err *err)
{
	/* Not below support_dir(): that is closed to the server's user. */
	const char *shared = getenv("ASPORA_TEST_CLUSTERS"), *tmp = getenv("TMPDIR");
	snprintf(top, sizeof(top), "%s/aspora-pg-XXXXXX", shared ? shared : tmp ? tmp : "/tmp");
	if (!mkdtemp(top) || chmod(top, 0711) < 0)
		return err_sys(err, ERR_IO, errno, "%s", top);
	CLEANUP_FREE char *dir = io_join(top, "state");
	int r = shared ? copy_shared(shared, dir, err) : 0;
	return r < 0 ? r : start_migrated(dir, &cluster, err);
}

int support_pg_main(const char *suite, const struct support_case *cases)
{
	struct err err = ERR_INIT;
	if (crypto_init(&err) < 0)
		return 2;
	int r = set_up(&err), failed = 2;
	if (r >= 0) {
		failed = support_main(suite, cases);
	} else if (r == ERR_UNSUPPORTED && !cluster) {
		printf("skipped: %s: %s\n", suite, err.msg);
		failed = 0;
	} else {
		fprintf(stderr, "%s: %s\n", suite, err.msg);
	}
	if (cluster && store_cluster_stop(cluster, &err) < 0)
		fprintf(stderr, "%s: %s\n", suite, err.msg);
	store_cluster_free(cluster);
	if (io_remove_tree(top, &err) < 0)
		fprintf(stderr, "%s: %s\n", top, err.msg);
	return failed;
}

struct store_cluster *support_pg_cluster(void)
{
	return cluster;
}

const char *support_pg_dir(void)
{
	static char dir[300];
	snprintf(dir, sizeof(dir), "%s/XXXXXX", top);
	ck_assert_ptr_nonnull(mkdtemp(dir));
	ck_assert_int_eq(chmod(dir, 0711), 0);
	return dir;
}

static PGconn *connect_owner(const char *name)
{
	const char *keywords[] = {"host", "user", "dbname", "options", NULL};
	const char *values[] = {store_cluster_socket_dir(cluster), "aspora", name,
				"-c search_path=aspora,pg_temp", NULL};
	PGconn *pg = PQconnectdbParams(keywords, values, 0);
	ck_assert_msg(PQstatus(pg) == CONNECTION_OK, "%s", PQerrorMessage(pg));
	return pg;
}

static void make_database(void)
{
	if (database[0])
		return;
	snprintf(database, sizeof(database), "test_%ld", (long)getpid());
	char sql[200];
	/* Copied as files: through the log, as is the default from 15 on, every page would be compressed. */
	snprintf(sql, sizeof(sql), "create database %s template aspora%s", database,
		 store_cluster_version(cluster) >= 15 ? " strategy file_copy" : "");
	PGconn *pg = connect_owner("postgres");
	PGresult *res = PQexec(pg, sql);
	ck_assert_msg(PQresultStatus(res) == PGRES_COMMAND_OK, "%s", PQerrorMessage(pg));
	PQclear(res);
	PQfinish(pg);
	owner = connect_owner(database);
}

const struct store_access *support_pg_access(enum store_role role)
{
	static struct store_access all[STORE_ROLES_];
	struct store_access *a = &all[role];
	if (a->conninfo)
		return a;
	make_database();
	assert_ok(store_cluster_access(cluster, role, a, &support_err));
	char *text = mem_printf("%s dbname=%s", a->conninfo, database);
	free(a->conninfo);
	a->conninfo = text;
	return a;
}

static struct store *open_with(enum store_role role, bool listen)
{
	struct store *s = NULL;
	struct store_opts o = {.listen = listen};
	assert_ok(store_open(support_pg_access(role), role, &o, &s, &support_err));
	/* Remembered, so that a leak checker sees whose it is: the test's process. */
	opened[opened_count++ % ARRAY_SIZE(opened)] = s;
	return s;
}

struct store *support_pg_open(enum store_role role)
{
	return open_with(role, false);
}

struct store *support_pg_listen(enum store_role role)
{
	return open_with(role, true);
}

static PGresult *run(const char *fmt, va_list ap)
{
	make_database();
	CLEANUP(buf_release) struct buf sql = BUF_INIT(1 << 20);
	buf_vaddf(&sql, fmt, ap);
	PGresult *res = PQexec(owner, buf_cstr(&sql));
	ExecStatusType status = PQresultStatus(res);
	ck_assert_msg(status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK, "%s: %s",
		      buf_cstr(&sql), PQerrorMessage(owner));
	return res;
}

void support_pg_run(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	PQclear(run(fmt, ap));
	va_end(ap);
}

const char *support_pg_text(const char *fmt, ...)
{
	static char cells[8][4096];
	static unsigned at;
	char *cell = cells[at++ % 8];
	va_list ap;
	va_start(ap, fmt);
	PGresult *res = run(fmt, ap);
	va_end(ap);
	bool some = PQntuples(res) > 0 && PQnfields(res) > 0;
	snprintf(cell, sizeof(cells[0]), "%s", some ? PQgetvalue(res, 0, 0) : "");
	PQclear(res);
	return cell;
}

long long support_pg_int(const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	PGresult *res = run(fmt, ap);
	va_end(ap);
	ck_assert_int_gt(PQntuples(res), 0);
	long long v = strtoll(PQgetvalue(res, 0, 0), NULL, 10);
	PQclear(res);
	return v;
}

struct lease *support_pg_lease(struct store *s, const char *role)
{
	static struct lease leases[8];
	static unsigned at;
	struct lease *l = &leases[at++ % 8];
	store_lease_init(l, role, "0", 60000);
	assert_ok(store_lease_acquire(s, l, NULL, &support_err));
	return l;
}
