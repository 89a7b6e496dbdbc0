/* The claims of keepers that died. */
#include <signal.h>
#include <sys/wait.h>

#include "agent/claims.h"
#include "base/child.h"
#include "store/lease.h"
#include "tests/unit/store/help_execution.h"

static const char *host(void)
{
	static char name[65];
	gethostname(name, sizeof(name) - 1);
	return name;
}

/* Claims the next execution as a keeper of this number would. */
static struct claim claim_as(pid_t pid)
{
	char by[LEASE_NAME_MAX];
	struct claim c = {0};
	bool got = false;
	store_lease_holder(by, sizeof(by), pid);
	struct claim_opts o = {.by = by, .ttl_ms = 60000};
	assert_ok(store_execution_claim(runner, arena, &o, &c, &got, &support_err));
	ck_assert(got);
	return c;
}

static int64_t ended(void)
{
	int64_t n = -1;
	assert_ok(claims_of_the_dead(runner, host(), &n, &support_err));
	return n;
}

static const struct support_skill wide = {.name = "triage", .content = "v1", .concurrency = 9};

START_TEST(only_what_the_dead_claimed_lapses)
{
	execution_serve(&wide, 1);
	for (int i = 1; i <= 3; i++) {
		char id[32];
		snprintf(id, sizeof(id), "EXEC-%d", i);
		execution_enqueue(id);
	}
	struct child dead = support_sleeper(), stopped = support_sleeper();
	struct claim first = claim_as(dead.pid), second = claim_as(stopped.pid);
	claim_as(getpid());
	int status;
	kill(stopped.pid, SIGSTOP);
	ck_assert_int_eq(waitpid(stopped.pid, &status, WUNTRACED), stopped.pid);
	ck_assert_int_eq(ended(), 0);
	child_release(&dead);
	ck_assert_int_eq(ended(), 1);
	/* It is over, and nobody ends it twice. */
	ck_assert_int_eq(ended(), 0);
	ck_assert_str_eq(
		support_pg_text("select string_agg(id, ' ') from execution where claimed_until <= "
				"clock_timestamp()"),
		first.e.id);
	/* Control puts it back, and the next keeper has it. */
	int64_t expired = 0, requeued = 0;
	assert_ok(store_execution_expire(control, 3, &expired, &requeued, &support_err));
	ck_assert_int_eq(requeued, 1);
	struct claim again = claim_as(getpid());
	ck_assert_str_eq(again.e.id, first.e.id);
	ck_assert_int_eq(again.e.attempt, 2);
	/* The stopped one wakes up and still has its own. */
	bool cancel;
	assert_ok(store_execution_running(runner, second.e.id, second.number, 1000, &cancel,
					  &support_err));
	child_release(&stopped);
}
END_TEST

START_TEST(what_the_dead_would_still_write_is_fenced)
{
	execution_serve(&wide, 1);
	execution_enqueue("EXEC-1");
	struct child dead = support_sleeper();
	struct claim old = claim_as(dead.pid);
	child_release(&dead);
	ck_assert_int_eq(ended(), 1);
	int64_t expired, requeued;
	assert_ok(store_execution_expire(control, 3, &expired, &requeued, &support_err));
	claim_as(getpid());
	struct settle late = {.id = old.e.id,
			      .claim = old.number,
			      .state = EXEC_SUCCEEDED,
			      .result_json = STR("{}")};
	assert_err(store_execution_settle(runner, &late, &support_err), ERR_FENCED, "EXEC-1");
}
END_TEST

START_TEST(claims_of_other_hosts_and_in_other_words_are_left_alone)
{
	execution_serve(&wide, 1);
	execution_enqueue("EXEC-1");
	execution_enqueue("EXEC-2");
	claim_as(getpid());
	claim_as(getpid());
	support_pg_run(
		"update execution set claimed_by = 'elsewhere:00000000:4:5.6:abcdefgh' where id = "
		"'EXEC-1'");
	support_pg_run("update execution set claimed_by = '%s:999999' where id = 'EXEC-2'", host());
	ck_assert_int_eq(ended(), 0);
}
END_TEST

START_TEST(nobody_claims_nothing)
{
	execution_serve(&wide, 1);
	ck_assert_int_eq(ended(), 0);
}
END_TEST

static const struct support_case cases[] = {
	CASE(only_what_the_dead_claimed_lapses),
	CASE(what_the_dead_would_still_write_is_fenced),
	CASE(claims_of_other_hosts_and_in_other_words_are_left_alone),
	CASE(nobody_claims_nothing),
	{0},
};

int main(void)
{
	return support_pg_main("agent/claims", cases);
}
