/* asporad, the parent: it keeps its roles running, and nothing that dies leaves the next one waiting. */
#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include "base/child.h"
#include "base/io.h"
#include "base/mem.h"
#include "tests/unit/support_pg.h"

/* Far above what any of this takes; what is allowed is asked of the database's clock. */
#define PATIENCE_MS 30000

static struct child asporad;
static char *conf, *log_path;

static void write_conf(const char *more)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(4096);
	buf_addf(&text, "state: %s/state\ngateway: {listen: \"127.0.0.1:0\"}\n%s", support_dir(),
		 more);
	assert_ok(io_write_file(conf, buf_str(&text), 0600, &support_err));
}

/* With the test's database; 15 s to live for each lease. */
static void start(const char *roles)
{
	CLEANUP_FREE char *program = mem_printf("%s/bin/asporad", support_build());
	const char *argv[] = {program,
			      "--config",
			      conf,
			      "--roles",
			      roles,
			      "--database",
			      support_pg_access(STORE_OWNER)->conninfo,
			      NULL};
	int fd = open(log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	struct child_fd fds[] = {{fd, STDERR_FILENO}};
	struct child_opts o = {.argv = argv, .fds = fds, .fd_count = 1};
	ck_assert_int_ge(fd, 0);
	asporad = (struct child)CHILD_INIT;
	assert_ok(child_start(&asporad, &o, &support_err));
	close(fd);
}

static void set_up(const char *roles)
{
	char dir[256];
	snprintf(dir, sizeof(dir), "%s", support_dir());
	conf = io_join(dir, "asporad.conf");
	log_path = io_join(dir, "log");
	write_conf("");
	start(roles);
}

static bool logged(const char *text)
{
	CLEANUP(buf_release) struct buf all = BUF_INIT(4 << 20);
	return io_read_file(log_path, &all, NULL) == 0 && strstr(buf_cstr(&all), text);
}

static void wait_until(bool (*is)(const char *what), const char *what)
{
	int64_t end = clock_mono(&clock_real) + PATIENCE_MS;
	while (!is(what)) {
		struct timespec nap = {0, 10000000};
		if (clock_mono(&clock_real) > end) {
			CLEANUP(buf_release) struct buf all = BUF_INIT(4 << 20);
			ck_assert_int_eq(io_read_file(log_path, &all, NULL), 0);
			fprintf(stderr, "%s", buf_cstr(&all));
			ck_abort_msg("%s: not in time", what);
		}
		nanosleep(&nap, NULL);
	}
}

static bool holds(const char *sql)
{
	return strcmp(support_pg_text("select (%s)::text", sql), "true") == 0;
}

static pid_t holder(const char *lease)
{
	return (pid_t)support_pg_int(
		"select split_part(holder, ':', 3) from lease where name like '%s/%%'", lease);
}

static int stop(int number)
{
	struct child_end end;
	child_kill(&asporad, number);
	assert_ok(child_wait(&asporad, PATIENCE_MS, &end, &support_err));
	return end.exited ? end.status : 128 + end.status;
}

#define LEADS "(select count(*) from lease where until > clock_timestamp()) = 1"
#define LEADS_AGAIN "(select count(*) from lease where until > clock_timestamp() and epoch = 2) = 1"

START_TEST(a_role_that_is_killed_comes_back_and_leads_at_once)
{
	set_up("control");
	wait_until(holds, LEADS);
	pid_t first = holder("control");
	char killed[64];
	snprintf(killed, sizeof(killed), "%s", support_pg_text("select clock_timestamp()"));
	kill(first, SIGKILL);
	wait_until(holds, LEADS_AGAIN);
	ck_assert_int_ne(holder("control"), first);
	/* A third of what its lease had still to live. */
	ck_assert_int_eq(
		support_pg_int(
			"select (acquired_at - '%s'::timestamptz < interval '5 s')::int from lease",
			killed),
		1);
	ck_assert(logged("event=role.ended role=control how=\"killed by SIGKILL\""));
	ck_assert_int_eq(stop(SIGTERM), 0);
}
END_TEST

START_TEST(a_stop_ends_the_roles_and_gives_their_leases_back)
{
	set_up("control");
	wait_until(holds, LEADS);
	pid_t role = holder("control");
	ck_assert_int_eq(stop(SIGTERM), 0);
	ck_assert_int_eq(kill(role, 0), -1);
	ck_assert(holds("(select count(*) from lease where until > clock_timestamp()) = 0"));
	ck_assert(logged("role=control event=role.stopped"));
}
END_TEST

static bool has_ended(const char *pid)
{
	return kill((pid_t)strtol(pid, NULL, 10), 0) < 0;
}

START_TEST(killed_itself_it_takes_its_roles_along_and_the_next_one_need_not_wait)
{
	char pid[32];
	set_up("control");
	wait_until(holds, LEADS);
	snprintf(pid, sizeof(pid), "%d", (int)holder("control"));
	ck_assert_int_eq(stop(SIGKILL), 128 + SIGKILL);
	wait_until(has_ended, pid);
	char started[64];
	snprintf(started, sizeof(started), "%s", support_pg_text("select clock_timestamp()"));
	start("control");
	wait_until(holds, LEADS_AGAIN);
	ck_assert_int_eq(
		support_pg_int(
			"select (acquired_at - '%s'::timestamptz < interval '5 s')::int from lease",
			started),
		1);
	wait_until(logged, "event=lease.inherited count=1");
	ck_assert_int_eq(stop(SIGTERM), 0);
}
END_TEST

START_TEST(a_new_configuration_restarts_the_roles_and_a_bad_one_does_not)
{
	set_up("control");
	wait_until(holds, LEADS);
	write_conf("lease: {ttl: never}\n");
	child_kill(&asporad, SIGHUP);
	wait_until(logged, "event=config.rejected");
	ck_assert(holds(LEADS));
	ck_assert(!holds(LEADS_AGAIN));
	write_conf("lease: {ttl: 6s, renew: 2s}\n");
	child_kill(&asporad, SIGHUP);
	wait_until(holds, LEADS_AGAIN);
	ck_assert(logged("event=config.reloaded"));
	ck_assert(holds("(select max(until) from lease) <= clock_timestamp() + interval '6 s'"));
	ck_assert_int_eq(stop(SIGTERM), 0);
}
END_TEST

START_TEST(a_role_that_cannot_start_is_tried_again_ever_more_slowly)
{
	set_up("control");
	wait_until(holds, LEADS);
	/* Whoever reads it after this finds no configuration; the parent has read its own. */
	ck_assert_int_eq(unlink(conf), 0);
	kill(holder("control"), SIGKILL);
	wait_until(logged, "event=role.failed");
	write_conf("");
	wait_until(holds, LEADS_AGAIN);
	ck_assert_int_eq(stop(SIGTERM), 0);
}
END_TEST

START_TEST(roles_that_there_are_not_are_named)
{
	struct child_end end;
	set_up("contrl");
	assert_ok(child_wait(&asporad, PATIENCE_MS, &end, &support_err));
	ck_assert(end.exited);
	ck_assert_int_eq(end.status, err_exit_status(ERR_USAGE));
	ck_assert(logged("no role is left of --roles \"contrl\""));
}
END_TEST

START_TEST(a_database_that_is_not_there_ends_it_with_what_to_do)
{
	CLEANUP_FREE char *program = mem_printf("%s/bin/asporad", support_build());
	CLEANUP(buf_release) struct buf said = BUF_INIT(65536);
	CLEANUP_FREE char *state = mem_printf("%s/state", support_dir());
	const char *argv[] = {program, "--state", state, "--database", "host=/nonexistent dbname=x",
			      NULL};
	struct child_end end;
	assert_ok(child_run(&(struct child_opts){.argv = argv}, STR_NULL, NULL, &said, PATIENCE_MS,
			    &end, &support_err));
	ck_assert(end.exited);
	ck_assert_int_eq(end.status, err_exit_status(ERR_UNAVAILABLE));
	ck_assert_ptr_nonnull(strstr(buf_cstr(&said), "asporad: PostgreSQL cannot be reached"));
	ck_assert_ptr_nonnull(strstr(buf_cstr(&said), "check that PostgreSQL runs"));
}
END_TEST

static const struct support_case cases[] = {
	CASE_SLOW(a_role_that_is_killed_comes_back_and_leads_at_once, 60),
	CASE_SLOW(a_stop_ends_the_roles_and_gives_their_leases_back, 60),
	CASE_SLOW(killed_itself_it_takes_its_roles_along_and_the_next_one_need_not_wait, 60),
	CASE_SLOW(a_new_configuration_restarts_the_roles_and_a_bad_one_does_not, 60),
	CASE_SLOW(a_role_that_cannot_start_is_tried_again_ever_more_slowly, 60),
	CASE_SLOW(roles_that_there_are_not_are_named, 60),
	CASE_SLOW(a_database_that_is_not_there_ends_it_with_what_to_do, 60),
	{0},
};

int main(void)
{
	return support_pg_main("agent/supervisor", cases);
}
