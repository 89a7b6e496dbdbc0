/* A keeper, from the queue to the outcome, with sandboxes that are only processes. */
#include "agent/keeper.h"

#include <signal.h>
#include <sys/stat.h>

#include "base/io.h"
#include "base/mem.h"
#include "runtime/driver.h"
#include "tests/unit/agent/help_version.h"

static struct role_ctx ctx;
static struct keeper_opts opts;

/* --- a version that can run, here -------------------------------------------------------------------------------- */

static void set_up(driver_fake_fn script)
{
	version_set_up(script, &ctx, &opts.runtime);
	opts.ctx = &ctx;
}

/* The keeper in a process of its own, as the runner has it. */
static int keep(void)
{
	struct child c = CHILD_INIT;
	struct child_end end;
	assert_ok(child_fork(&c, keeper_main, &opts, NULL, 0, &support_err));
	assert_ok(child_wait(&c, 30000, &end, &support_err));
	ck_assert(end.exited);
	return end.status;
}

static const char *column(const char *id, const char *name)
{
	return support_pg_text("select %s from execution where id = '%s'", name, id);
}

/* --- what a handler does at the door ------------------------------------------------------------------------------ */

static bool ask(int fd, const char *request, char *answer, size_t size)
{
	size_t got = 0;
	memset(answer, 0, size);
	if (io_write_all(fd, str_of(request), NULL) < 0)
		return false;
	/* Answers are small, and come at once. */
	while (!strstr(answer, "\r\n\r\n") && got + 1 < size) {
		ssize_t n = read(fd, answer + got, size - got - 1);
		if (n <= 0)
			return false;
		got += (size_t)n;
	}
	return true;
}

static const char next[] = "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: door\r\n\r\n";

/* Takes one invocation and answers it: with a "response", or an "error". */
static int answer_with(int fd, const char *what, const char *result)
{
	static const char field[] = "lambda-runtime-aws-request-id: ";
	char in[16384], out[4096];
	if (!ask(fd, next, in, sizeof(in)))
		return 1;
	const char *id = strcasestr(in, field);
	int len = id ? (int)strcspn(id + sizeof(field) - 1, "\r\n") : 0;
	snprintf(out, sizeof(out),
		 "POST /2018-06-01/runtime/invocation/%.*s/%s HTTP/1.1\r\nHost: door\r\n"
		 "Content-Length: %zu\r\n\r\n%s",
		 len, id ? id + sizeof(field) - 1 : "", what, strlen(result), result);
	return ask(fd, out, in, sizeof(in)) ? 0 : 1;
}

/* --- the ordinary way --------------------------------------------------------------------------------------------- */

START_TEST(a_keeper_carries_out_what_waits_and_ends)
{
	set_up(NULL);
	execution_enqueue("EXEC-1");
	execution_enqueue("EXEC-2");
	ck_assert_int_eq(keep(), 0);
	ck_assert_int_eq(
		support_pg_int(
			"select count(*) from execution where state = 'succeeded' and attempt = 1"),
		2);
	/* Without a script the sandbox says what it was given. */
	ck_assert_str_eq(column("EXEC-1", "result->'output'->>'skill'"), "ecm/triage");
	ck_assert_str_eq(
		column("EXEC-1",
		       "encode(content, 'hex') = (select encode(content, 'hex') from version)"),
		"t");
	ck_assert_str_eq(
		support_pg_text(
			"select string_agg(kind, ' ' order by ord) from execution_step where "
			"execution = 'EXEC-1' and kind in ('invoked', 'sandbox.ended')"),
		"invoked sandbox.ended");
	ck_assert_int_eq(
		support_pg_int(
			"select count(*) from blob b join execution e on e.transcript = b.digest"),
		2);
	/* Whoever runs is signed as a holder of leases is. */
	ck_assert_int_eq(
		support_pg_int("select count(*) from execution where claimed_by ~ "
			       "'^[^:]+:[0-9a-f]{8}:[0-9]+:[0-9]+[.][0-9]+:[0-9A-Za-z]{8}$'"),
		2);
}
END_TEST

START_TEST(without_anything_to_do_a_keeper_ends_at_once)
{
	set_up(NULL);
	ck_assert_int_eq(keep(), 0);
}
END_TEST

START_TEST(what_is_ready_elsewhere_only_is_left_to_that_host)
{
	set_up(NULL);
	execution_enqueue("EXEC-1");
	snprintf(ctx.host, sizeof(ctx.host), "elsewhere");
	ck_assert_int_eq(keep(), 0);
	ck_assert_str_eq(column("EXEC-1", "state"), "queued");
}
END_TEST

/* --- other ends --------------------------------------------------------------------------------------------------- */

static int exit_three(int fd, const struct sandbox_spec *spec, void *state)
{
	char in[16384];
	(void)spec;
	(void)state;
	ask(fd, next, in, sizeof(in));
	fprintf(stderr, "I give up\n");
	return 3;
}

START_TEST(a_sandbox_that_vanishes_is_tried_again_and_three_times_in_all)
{
	set_up(exit_three);
	execution_enqueue("EXEC-1");
	for (int attempt = 2; attempt <= KEEPER_ATTEMPTS; attempt++) {
		char want[32];
		snprintf(want, sizeof(want), "queued %d", attempt);
		ck_assert_int_eq(keep(), 0);
		ck_assert_str_eq(column("EXEC-1", "state || ' ' || attempt"), want);
		/* Not at once: what is wrong with a host is not over in a moment. */
		ck_assert_str_eq(column("EXEC-1", "not_before > clock_timestamp()"), "t");
		support_pg_run("update execution set not_before = null");
	}
	ck_assert_int_eq(keep(), 0);
	ck_assert_str_eq(column("EXEC-1", "state || ' ' || attempt"), "failed 3");
	ck_assert_ptr_nonnull(strstr(column("EXEC-1", "error->>'detail'"), "exit status 3"));
	ck_assert_int_eq(support_pg_int("select failed from spend"), 1);
	/* Once for each attempt, with all that is known. */
	ck_assert_str_eq(
		support_pg_text("select count(*) || ' ' || count(data->>'driver') || ' ' || "
				"count(data->>'runMs') || ' ' || count(data->>'outOfMemory') from "
				"execution_step where kind = 'sandbox.ended'"),
		"3 3 3 3");
}
END_TEST

static int complain(int fd, const struct sandbox_spec *spec, void *state)
{
	(void)spec;
	(void)state;
	return answer_with(fd, "error",
			   "{\"errorType\":\"handler-exit\",\"errorMessage\":\"no such order\"}");
}

START_TEST(a_handler_that_complains_fails_for_good_and_says_why)
{
	set_up(complain);
	execution_enqueue("EXEC-1");
	ck_assert_int_eq(keep(), 0);
	ck_assert_str_eq(column("EXEC-1", "state || ' ' || attempt"), "failed 1");
	ck_assert_ptr_nonnull(strstr(column("EXEC-1", "error->>'detail'"), "no such order"));
	ck_assert_int_eq(support_pg_int("select failed from spend"), 1);
}
END_TEST

START_TEST(a_driver_that_is_not_here_is_named)
{
	set_up(NULL);
	support_pg_run(
		"update version set spec = '{\"config\": {\"runtime\": {\"driver\": \"warp\"}}}'");
	execution_enqueue("EXEC-1");
	ck_assert_int_eq(keep(), 0);
	ck_assert_str_eq(column("EXEC-1", "state"), "failed");
	ck_assert_str_eq(column("EXEC-1", "error->>'detail'"),
			 "there is no sandbox driver \"warp\"");
}
END_TEST

START_TEST(what_was_cancelled_in_between_does_not_begin)
{
	set_up(exit_three);
	execution_enqueue("EXEC-1");
	support_pg_run("update execution set cancel_requested = true");
	ck_assert_int_eq(keep(), 0);
	ck_assert_str_eq(column("EXEC-1", "state"), "cancelled");
	ck_assert_int_eq(
		support_pg_int("select count(*) from execution_step where kind = 'invoked'"), 0);
}
END_TEST

/* The database is taken away from the keeper at the worst moment: the outcome cannot be written. */
static int end_the_claim(int fd, const struct sandbox_spec *spec, void *state)
{
	(void)spec;
	(void)state;
	int rc = answer_with(fd, "response", "{\"output\":1}");
	return rc;
}

START_TEST(an_outcome_under_an_old_claim_is_nobodys)
{
	set_up(end_the_claim);
	execution_enqueue("EXEC-1");
	/* As if the claim had lapsed and passed on while it ran. */
	support_pg_run(
		"create function lapse() returns trigger language plpgsql as $$ begin "
		"new.claim := new.claim + 1; new.claimed_by := 'another'; return new; end $$");
	support_pg_run("create trigger lapse before update on execution for each row when "
		       "(new.state = 'running' and "
		       "old.state = 'claimed') execute function lapse()");
	ck_assert_int_eq(keep(), 0);
	ck_assert_str_eq(column("EXEC-1", "state || ' ' || claimed_by"), "running another");
	ck_assert_str_eq(column("EXEC-1", "coalesce(result::text, 'none')"), "none");
}
END_TEST

static int forward_on(int fd, const struct sandbox_spec *spec, void *state)
{
	(void)spec;
	(void)state;
	return answer_with(fd, "response",
			   "{\"apiVersion\":\"aspora/v1\",\"kind\":\"SkillResult\",\"output\":1,"
			   "\"forward\":\"ecm/triage\"}");
}

START_TEST(a_result_that_forwards_asks_for_its_child)
{
	set_up(forward_on);
	execution_enqueue("EXEC-1");
	ck_assert_int_eq(keep(), 0);
	/* Each child forwards again, until the chain is too long. */
	ck_assert_int_eq(support_pg_int("select count(*) from execution where state = 'succeeded'"),
			 FORWARD_HOPS_MAX);
	ck_assert_str_eq(
		support_pg_text("select error->>'detail' from execution where state = 'failed'"),
		"the chain of forwards is longer than 8");
	ck_assert_str_eq(column("EXEC-1", "result->>'forwarded'"),
			 support_pg_text("select id from execution where parent = 'EXEC-1'"));
}
END_TEST

static int stop_the_keeper(int fd, const struct sandbox_spec *spec, void *state)
{
	(void)spec;
	(void)state;
	kill(getppid(), SIGTERM);
	return answer_with(fd, "response", "{\"output\":1}");
}

START_TEST(a_stopped_keeper_finishes_what_it_has_and_takes_no_more)
{
	set_up(stop_the_keeper);
	execution_enqueue("EXEC-1");
	execution_enqueue("EXEC-2");
	ck_assert_int_eq(keep(), 0);
	ck_assert_int_eq(support_pg_int("select count(*) from execution where state = 'succeeded'"),
			 1);
	ck_assert_int_eq(support_pg_int("select count(*) from execution where state = 'queued'"),
			 1);
}
END_TEST

START_TEST(without_a_database_it_ends_with_the_status_of_that)
{
	CLEANUP(store_access_release) struct store_access nowhere = STORE_ACCESS_INIT;
	set_up(NULL);
	assert_ok(store_access_from_url(&nowhere, STR("host=/nonexistent dbname=x"), &support_err));
	ctx.access = &nowhere;
	ck_assert_int_eq(keep(), err_exit_status(ERR_UNAVAILABLE));
}
END_TEST

static const struct support_case cases[] = {
	CASE(a_keeper_carries_out_what_waits_and_ends),
	CASE(without_anything_to_do_a_keeper_ends_at_once),
	CASE(what_is_ready_elsewhere_only_is_left_to_that_host),
	CASE(a_sandbox_that_vanishes_is_tried_again_and_three_times_in_all),
	CASE(a_handler_that_complains_fails_for_good_and_says_why),
	CASE(a_driver_that_is_not_here_is_named),
	CASE(what_was_cancelled_in_between_does_not_begin),
	CASE(an_outcome_under_an_old_claim_is_nobodys),
	CASE(a_result_that_forwards_asks_for_its_child),
	CASE(a_stopped_keeper_finishes_what_it_has_and_takes_no_more),
	CASE(without_a_database_it_ends_with_the_status_of_that),
	{0},
};

int main(void)
{
	return support_pg_main("agent/keeper", cases);
}
