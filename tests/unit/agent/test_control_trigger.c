/* Triggers that time fires, by a clock that the test moves: each due time makes one run, whoever led when. */
#include <signal.h>

#include "agent/control_int.h"
#include "store/lease.h"
#include "tests/unit/store/help_execution.h"

#define MINUTE 60000
#define QUARTER (15 * MINUTE)

static struct clock_fake now;
static struct clock fake;
static struct agent_config *config;
static struct control c;

static int tick(struct worker *w, void *state, bool *ret_more, struct err *err)
{
	c.worker = w;
	(void)state;
	*ret_more = false;
	return control_fire_triggers(&c, err);
}

static bool settled(void *state)
{
	(void)state;
	return true;
}

/* One look at the triggers. */
static void look(void)
{
	struct role_ctx ctx = {.role = agent_role_find("control"),
			       .config = config,
			       .clock = &fake,
			       .store = support_pg_listen(STORE_CONTROL),
			       .access = support_pg_access(STORE_CONTROL),
			       .once = true};
	const struct worker_opts o = {.lease_role = "trigger-test",
				      .shard = "0",
				      .poll_ms = 1000,
				      .tick = tick,
				      .settled = settled};
	sigset_t term;
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);
	snprintf(ctx.host, sizeof(ctx.host), "here");
	c.ctx = &ctx;
	assert_ok(worker_run(&ctx, &o, &support_err));
}

/* Another process leads now: what this one knew is gone. */
static void restart(void)
{
	control_forget_triggers(&c);
	look();
}

static void trigger(const char *kind, const char *pattern)
{
	support_pg_run("insert into route (domain, skill, kind, pattern, since) values ('ecm', "
		       "'triage', '%s', '%s', (select rev from store))",
		       kind, pattern);
}

static long long runs(void)
{
	return support_pg_int("select count(*) from execution where requested_by = 'control'");
}

/* A quarter of an hour that is about to come, by the real clock, so that nothing of it is over. */
static int64_t begin(void)
{
	int64_t at = (clock_wall(&clock_real) / QUARTER + 1) * QUARTER;
	execution_serve(&plain, 1);
	assert_ok(agent_config_load(NULL, &config, &support_err));
	now = (struct clock_fake){at, 1000000};
	fake = clock_fake_of(&now);
	c = (struct control){0};
	return at;
}

static void move_to(int64_t wall_ms)
{
	now.mono_ms += wall_ms - now.wall_ms;
	now.wall_ms = wall_ms;
}

static void end_runs(int64_t ended_ms)
{
	support_pg_run(
		"update execution set state = 'failed', error = '{}', claimed_by = '', "
		"claimed_until = null, ended_at = to_timestamp(%lld / 1000.0) where ended_at "
		"is null",
		(long long)ended_ms);
}

START_TEST(a_due_time_makes_one_run_and_no_more)
{
	int64_t at = begin();
	trigger("cron", "every 15m");
	move_to(at + 30000);
	look();
	/* Due half a minute ago, before anybody led: made up for. */
	ck_assert_int_eq(runs(), 1);
	look();
	ck_assert_int_eq(runs(), 1);
	restart();
	ck_assert_int_eq(runs(), 1);
	move_to(at + QUARTER - 1);
	look();
	ck_assert_int_eq(runs(), 1);
	move_to(at + QUARTER);
	look();
	ck_assert_int_eq(runs(), 2);
	restart();
	ck_assert_int_eq(runs(), 2);
	ck_assert_int_eq(support_pg_int("select count(*) from execution where idempotency_key = "
					"'cron:ecm/triage:every 15m:%lld'",
					(long long)(at + QUARTER)),
			 1);
	ck_assert_str_eq(support_pg_text("select trigger->>'kind' from execution limit 1"), "cron");
	control_forget_triggers(&c);
}
END_TEST

START_TEST(what_fell_due_a_minute_ago_is_made_up_for_and_nothing_older)
{
	int64_t at = begin();
	trigger("cron", "every 15m");
	move_to(at + MINUTE - 1);
	restart();
	ck_assert_int_eq(runs(), 1);
	move_to(at + QUARTER + MINUTE);
	restart();
	ck_assert_int_eq(runs(), 1);
	/* Nobody led for an hour: one run for the time that is near, not four. */
	move_to(at + 5 * QUARTER + 1000);
	restart();
	ck_assert_int_eq(runs(), 2);
	/* He who led and slept makes up for as much. */
	move_to(at + 9 * QUARTER + 30000);
	look();
	look();
	ck_assert_int_le(runs(), 4);
	ck_assert_int_eq(support_pg_int("select count(*) from execution where idempotency_key like "
					"'%%:%lld'",
					(long long)(at + 9 * QUARTER)),
			 1);
	control_forget_triggers(&c);
}
END_TEST

START_TEST(always_runs_again_once_the_last_has_ended_and_its_interval_is_over)
{
	int64_t at = begin();
	trigger("always", "5m");
	look();
	ck_assert_int_eq(runs(), 1);
	ck_assert_int_eq(
		support_pg_int(
			"select count(*) from execution where idempotency_key = 'always:first'"),
		1);
	/* While it runs there is no other, whoever leads. */
	move_to(at + 10 * MINUTE);
	look();
	restart();
	ck_assert_int_eq(runs(), 1);
	end_runs(at + 11 * MINUTE);
	move_to(at + 16 * MINUTE - 1);
	look();
	ck_assert_int_eq(runs(), 1);
	restart();
	ck_assert_int_eq(runs(), 1);
	move_to(at + 16 * MINUTE);
	look();
	ck_assert_int_eq(runs(), 2);
	restart();
	ck_assert_int_eq(runs(), 2);
	control_forget_triggers(&c);
}
END_TEST

START_TEST(an_interval_that_cannot_be_read_is_a_minute)
{
	int64_t at = begin();
	trigger("always", "soon");
	look();
	end_runs(at);
	move_to(at + MINUTE - 1);
	restart();
	ck_assert_int_eq(runs(), 1);
	move_to(at + MINUTE);
	restart();
	ck_assert_int_eq(runs(), 2);
	control_forget_triggers(&c);
}
END_TEST

START_TEST(a_schedule_that_cannot_be_read_holds_up_no_other)
{
	int64_t at = begin();
	trigger("cron", "at full moon");
	trigger("cron", "0 0 31 2 *");
	trigger("command", "never by time {x}");
	trigger("alert", "order.stuck");
	trigger("cron", "every 15m");
	move_to(at + 1000);
	look();
	ck_assert_uint_eq(c.due_count, 1);
	ck_assert_int_eq(runs(), 1);
	control_forget_triggers(&c);
}
END_TEST

START_TEST(triggers_are_read_again_when_the_log_has_moved)
{
	int64_t at = begin();
	look();
	ck_assert_uint_eq(c.due_count, 0);
	trigger("cron", "every 15m");
	look();
	ck_assert_uint_eq(c.due_count, 0);
	CLEANUP(store_txn_endp) struct store_txn *t = NULL;
	assert_ok(store_txn_begin(control, STORE_FENCED, "test", control_lease, &t, &support_err));
	store_txn_change(t, "Domain", STR_NULL, STR("ecm"), STORE_UPDATE, STR("{}"));
	assert_ok(store_txn_commit(t, NULL, &support_err));
	look();
	ck_assert_uint_eq(c.due_count, 1);
	ck_assert_int_eq(runs(), 1);
	/* What was withdrawn is not fired, though it is due. */
	support_pg_run("update route set until = (select rev + 1 from store) where kind = 'cron'");
	support_pg_run("delete from route where kind = 'cron'");
	move_to(at + QUARTER);
	restart();
	ck_assert_uint_eq(c.due_count, 0);
	ck_assert_int_eq(runs(), 1);
	control_forget_triggers(&c);
}
END_TEST

START_TEST(triggers_of_a_skill_that_nobody_serves_are_left_alone)
{
	int64_t at = begin();
	support_pg_run("insert into route (domain, skill, kind, pattern, since) values ('ecm', "
		       "'gone', 'cron', 'every 15m', (select rev from store)), ('ecm', 'gone', "
		       "'always', '1m', (select rev from store))");
	trigger("cron", "every 15m");
	move_to(at + 1000);
	look();
	ck_assert_uint_eq(c.due_count, 1);
	ck_assert_int_eq(runs(), 1);
	control_forget_triggers(&c);
}
END_TEST

static const struct support_case cases[] = {
	CASE_SLOW(a_due_time_makes_one_run_and_no_more, 60),
	CASE_SLOW(what_fell_due_a_minute_ago_is_made_up_for_and_nothing_older, 60),
	CASE_SLOW(always_runs_again_once_the_last_has_ended_and_its_interval_is_over, 60),
	CASE_SLOW(an_interval_that_cannot_be_read_is_a_minute, 60),
	CASE_SLOW(a_schedule_that_cannot_be_read_holds_up_no_other, 60),
	CASE_SLOW(triggers_are_read_again_when_the_log_has_moved, 60),
	CASE_SLOW(triggers_of_a_skill_that_nobody_serves_are_left_alone, 60),
	{0},
};

int main(void)
{
	return support_pg_main("agent/control_trigger", cases);
}
