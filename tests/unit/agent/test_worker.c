/* What sync, control and runner share: the lease, the connection, wake-ups, and what an error means. */
#include "agent/worker.h"

#include <signal.h>

#include "base/io.h"
#include "base/mem.h"
#include "store/lease.h"
#include "store/source.h"
#include "tests/unit/support_pg.h"

/* What a test's worker does at each tick, and what happened to it. */
struct scene {
	struct worker_opts o;
	struct role_ctx ctx;
	int (*at)(struct scene *s, int tick, bool *ret_more, struct err *err);
	struct worker *w;
	int ticks, gained, lost, stops, busy;
	int64_t times[16]; /* monotonic, of the first ticks */
	int64_t epoch; /* at the last tick */
	struct store *aside;
};

static int tick(struct worker *w, void *state, bool *ret_more, struct err *err)
{
	struct scene *s = state;
	s->w = w;
	if (s->ticks < (int)ARRAY_SIZE(s->times))
		s->times[s->ticks] = clock_mono(&clock_real);
	ck_assert(store_lease_valid(worker_lease(w), &clock_real));
	s->epoch = worker_lease(w)->epoch;
	return s->at(s, ++s->ticks, ret_more, err);
}

static void gained(struct worker *w, void *state)
{
	struct scene *s = state;
	s->w = w;
	s->gained++;
}

static void lost(struct worker *w, void *state)
{
	struct scene *s = state;
	(void)w;
	s->lost++;
}

static void stop(struct worker *w, void *state)
{
	struct scene *s = state;
	ck_assert(worker_stopping(w));
	s->stops++;
}

static bool busy(void *state)
{
	return ((struct scene *)state)->busy > 0;
}

static void end(void)
{
	kill(getpid(), SIGTERM);
}

static struct agent_config *config(const char *lease)
{
	static struct agent_config *c;
	CLEANUP_FREE char *path = io_join(support_dir(), "asporad.conf");
	assert_ok(io_write_file(path, str_of(lease), 0600, &support_err));
	assert_ok(agent_config_load(path, &c, &support_err));
	return c;
}

static int run_with(struct scene *s, const char *lease)
{
	sigset_t term;
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);
	s->aside = support_pg_open(STORE_CONTROL);
	s->ctx.config = config(lease);
	s->ctx.clock = &clock_real;
	s->ctx.store = support_pg_listen(STORE_SYNC);
	s->o.lease_role = "sync";
	s->o.shard = "0";
	s->o.tick = tick;
	s->o.gained = gained;
	s->o.lost = lost;
	s->o.stop = stop;
	s->o.busy = busy;
	s->o.state = s;
	s->o.poll_ms = s->o.poll_ms ? s->o.poll_ms : 60000;
	return worker_run(&s->ctx, &s->o, &support_err);
}

static int run(struct scene *s)
{
	return run_with(s, "lease: {ttl: 15s, renew: 5s}\n");
}

/* --- ticks ------------------------------------------------------------------------------------------------------- */

static int more_twice(struct scene *s, int n, bool *ret_more, struct err *err)
{
	(void)s;
	(void)err;
	*ret_more = n < 3;
	if (n == 3)
		end();
	return 0;
}

START_TEST(what_has_more_to_do_goes_on_at_once_and_a_stop_gives_the_lease_back)
{
	struct scene s = {.at = more_twice};
	assert_ok(run(&s));
	ck_assert_int_eq(s.ticks, 3);
	ck_assert_int_eq(s.gained, 1);
	ck_assert_int_eq(s.stops, 1);
	ck_assert_int_eq(
		support_pg_int("select count(*) from lease where name = 'sync/0' and until < "
			       "clock_timestamp()"),
		1);
}
END_TEST

static int wait_for_notify(struct scene *s, int n, bool *ret_more, struct err *err)
{
	(void)s;
	(void)ret_more;
	(void)err;
	if (n == 1)
		support_pg_run("select pg_notify('aspora', '')");
	else
		end();
	return 0;
}

START_TEST(a_notification_wakes_it_long_before_its_next_look)
{
	struct scene s = {.at = wait_for_notify};
	assert_ok(run(&s));
	ck_assert_int_eq(s.ticks, 2);
	ck_assert_int_lt(s.times[1] - s.times[0], 30000);
}
END_TEST

static int wake_later(struct scene *s, int n, bool *ret_more, struct err *err)
{
	(void)ret_more;
	(void)err;
	if (n == 1) {
		worker_wake_in(s->w, 50000);
		worker_wake_in(s->w, 80); /* the earlier one counts… */
		worker_wake_in(s->w, 40000); /* …and stands */
	} else {
		end();
	}
	return 0;
}

START_TEST(of_several_times_to_wake_the_earliest_counts)
{
	struct scene s = {.at = wake_later};
	assert_ok(run(&s));
	ck_assert_int_ge(s.times[1] - s.times[0], 79);
	ck_assert_int_lt(s.times[1] - s.times[0], 30000);
}
END_TEST

static int look_again(struct scene *s, int n, bool *ret_more, struct err *err)
{
	(void)s;
	(void)ret_more;
	(void)err;
	if (n == 3)
		end();
	return 0;
}

START_TEST(without_any_wake_up_it_looks_every_so_often)
{
	struct scene s = {.at = look_again, .o = {.poll_ms = 30}};
	assert_ok(run(&s));
	ck_assert_int_ge(s.times[2] - s.times[0], 58);
}
END_TEST

/* --- stopping ---------------------------------------------------------------------------------------------------- */

static int stop_while_busy(struct scene *s, int n, bool *ret_more, struct err *err)
{
	(void)ret_more;
	(void)err;
	if (n == 1) {
		s->busy = 1;
		end();
	}
	return 0;
}

static void not_busy_any_more(struct loop *l, void *state)
{
	struct scene *s = state;
	(void)l;
	ck_assert_int_eq(s->stops, 1);
	/* Its lease is held for as long as its children run. */
	ck_assert_int_eq(
		support_pg_int("select count(*) from lease where until > clock_timestamp()"), 1);
	s->busy = 0;
	worker_idle(s->w);
}

static void gained_and_busy(struct worker *w, void *state)
{
	struct scene *s = state;
	s->w = w;
	loop_add_timer(worker_loop(w), 120, not_busy_any_more, s);
}

static int stop_soon(struct scene *s, int n, bool *ret_more, struct err *err)
{
	ck_assert_int_eq(n, 1); /* none after the stop */
	return stop_while_busy(s, n, ret_more, err);
}

START_TEST(a_stop_waits_for_what_runs_and_begins_nothing)
{
	struct scene s = {.at = stop_soon, .o = {.poll_ms = 10}};
	sigset_t term;
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);
	s.aside = support_pg_open(STORE_CONTROL);
	s.ctx.config = config("lease: {ttl: 15s, renew: 5s}\n");
	s.ctx.clock = &clock_real;
	s.ctx.store = support_pg_listen(STORE_SYNC);
	s.o = (struct worker_opts){.lease_role = "sync",
				   .shard = "0",
				   .poll_ms = 10,
				   .tick = tick,
				   .gained = gained_and_busy,
				   .stop = stop,
				   .busy = busy,
				   .state = &s};
	assert_ok(worker_run(&s.ctx, &s.o, &support_err));
	ck_assert_int_eq(s.busy, 0);
	ck_assert_int_eq(s.ticks, 1);
}
END_TEST

/* --- a long tick ------------------------------------------------------------------------------------------------ */

static void work_for(int64_t ms, struct worker *pulse)
{
	int64_t until = clock_mono(&clock_real) + ms;
	while (clock_mono(&clock_real) < until)
		worker_pulse(pulse);
}

static int work_long(struct scene *s, int n, bool *ret_more, struct err *err)
{
	(void)ret_more;
	(void)err;
	int64_t mine = support_pg_int("select backend from lease where name = 'sync/0'");
	if (n == 1) {
		work_for(2500, s->w);
		ck_assert(store_lease_valid(worker_lease(s->w), &clock_real));
		ck_assert_int_eq(support_pg_int("select count(*) from lease where name = 'sync/0' "
						"and epoch = 1 and until > clock_timestamp()"),
				 1);
		/* Who would be evicted is still the connection that writes, and not the one beside it. */
		ck_assert_int_eq(support_pg_int("select backend from lease where name = 'sync/0'"),
				 mine);
		ck_assert_int_eq(support_pg_int("select count(*) from pg_stat_activity where "
						"application_name = 'asporad sync lease'"),
				 1);
		worker_wake(s->w);
	} else {
		end();
	}
	return 0;
}

START_TEST(a_tick_that_takes_longer_than_its_lease_lives_keeps_it_by_pulses)
{
	struct scene s = {.at = work_long, .ctx = {.access = support_pg_access(STORE_SYNC)}};
	assert_ok(run_with(&s, "lease: {ttl: 1s, renew: 300ms}\n"));
	ck_assert_int_eq(s.gained, 1);
	ck_assert_int_eq(s.lost, 0);
	ck_assert_int_eq(s.ticks, 2);
}
END_TEST

static int be_taken_over(struct scene *s, int n, bool *ret_more, struct err *err)
{
	(void)ret_more;
	(void)err;
	if (n == 1) {
		support_pg_run("update lease set epoch = 5, until = clock_timestamp()");
		work_for(400, s->w);
		ck_assert(!store_lease_valid(worker_lease(s->w), &clock_real));
		ck_assert_int_eq(s->lost, 0); /* not in the middle of the tick */
		worker_wake(s->w);
	} else {
		end();
	}
	return 0;
}

START_TEST(a_pulse_that_finds_another_leading_ends_the_reign_after_the_tick)
{
	struct scene s = {.at = be_taken_over, .ctx = {.access = support_pg_access(STORE_SYNC)}};
	assert_ok(run_with(&s, "lease: {ttl: 1s, renew: 300ms}\n"));
	ck_assert_int_eq(s.lost, 1);
	ck_assert_int_eq(s.gained, 2);
	ck_assert_int_eq(s.epoch, 6);
}
END_TEST

static int hang(struct scene *s, int n, bool *ret_more, struct err *err)
{
	(void)ret_more;
	(void)err;
	if (n == 1) {
		work_for(1100, NULL);
		worker_pulse(s->w); /* too late: it wakes nothing that is over */
		ck_assert(!store_lease_valid(worker_lease(s->w), &clock_real));
		worker_wake(s->w);
	} else {
		end();
	}
	return 0;
}

START_TEST(a_tick_that_makes_no_pulse_loses_it)
{
	struct scene s = {.at = hang, .ctx = {.access = support_pg_access(STORE_SYNC)}};
	assert_ok(run_with(&s, "lease: {ttl: 1s, renew: 300ms}\n"));
	ck_assert_int_eq(s.lost, 1);
	ck_assert_int_eq(s.gained, 2);
	ck_assert_int_eq(s.epoch, 2);
}
END_TEST

/* --- the lease --------------------------------------------------------------------------------------------------- */

static int lose_it(struct scene *s, int n, bool *ret_more, struct err *err)
{
	(void)ret_more;
	(void)err;
	if (n == 1) {
		/* Somebody takes over, and leaves again. */
		ck_assert_int_eq(s->epoch, 1);
		support_pg_run("update lease set epoch = 5, until = clock_timestamp() + interval "
			       "'150 ms', holder = "
			       "'somebody'");
		worker_wake_in(s->w, 30);
	} else if (s->epoch > 1) {
		end();
	} else {
		/* By its own clock it still leads; a write tells it otherwise. */
		err_set(err, ERR_FENCED, "the lease has passed to another process");
		return ERR_FENCED;
	}
	return 0;
}

START_TEST(who_is_fenced_steps_down_forgets_and_leads_again_under_a_new_epoch)
{
	struct scene s = {.at = lose_it};
	assert_ok(run(&s));
	ck_assert_int_eq(s.lost, 1);
	ck_assert_int_eq(s.gained, 2);
	ck_assert_int_eq(s.epoch, 6);
}
END_TEST

static int renew_for_a_while(struct scene *s, int n, bool *ret_more, struct err *err)
{
	(void)ret_more;
	(void)err;
	if (n == 1)
		worker_wake_in(s->w, 2100);
	else
		end();
	return 0;
}

START_TEST(the_lease_is_renewed_between_ticks)
{
	struct scene s = {.at = renew_for_a_while};
	assert_ok(run_with(&s, "lease: {ttl: 1s, renew: 300ms}\n"));
	/* Twice its time to live has passed, and it is the same reign. */
	ck_assert_int_ge(s.times[1] - s.times[0], 2000);
	ck_assert_int_eq(s.epoch, 1);
	ck_assert_int_eq(s.lost, 0);
}
END_TEST

static int at_once(struct scene *s, int n, bool *ret_more, struct err *err)
{
	(void)s;
	(void)n;
	(void)ret_more;
	(void)err;
	end();
	return 0;
}

START_TEST(what_another_holds_is_waited_for)
{
	struct scene s = {.at = at_once};
	struct store *other = support_pg_open(STORE_CONTROL);
	struct lease l;
	store_lease_init(&l, "sync", "0", 200);
	assert_ok(store_lease_acquire(other, &l, NULL, &support_err));
	assert_ok(run(&s));
	ck_assert_int_eq(s.ticks, 1);
	ck_assert_int_eq(s.epoch, 2);
	ck_assert_int_eq(
		support_pg_int(
			"select (acquired_at < (select acquired_at from lease))::int from lease"),
		0);
}
END_TEST

/* --- errors ------------------------------------------------------------------------------------------------------ */

static int fail_thrice(struct scene *s, int n, bool *ret_more, struct err *err)
{
	(void)s;
	(void)ret_more;
	if (n < 4)
		return err_set(err, ERR_IO, "the disk is full");
	end();
	return 0;
}

START_TEST(what_fails_is_tried_again_after_longer_and_longer)
{
	struct scene s = {.at = fail_thrice};
	assert_ok(run(&s));
	ck_assert_int_eq(s.ticks, 4);
	int64_t first = s.times[1] - s.times[0], second = s.times[2] - s.times[1],
		third = s.times[3] - s.times[2];
	ck_assert_int_ge(first, 99);
	ck_assert_int_ge(second, 199);
	ck_assert_int_ge(third, 399);
	ck_assert_int_eq(s.lost, 0);
}
END_TEST

static int conflict_once(struct scene *s, int n, bool *ret_more, struct err *err)
{
	(void)s;
	(void)ret_more;
	if (n == 1) {
		err_set(err, ERR_DATABASE, "deadlock detected");
		snprintf(err->sqlstate, sizeof(err->sqlstate), "40P01");
		return ERR_DATABASE;
	}
	end();
	return 0;
}

START_TEST(a_deadlock_is_tried_again_at_once)
{
	struct scene s = {.at = conflict_once};
	assert_ok(run(&s));
	ck_assert_int_lt(s.times[1] - s.times[0], 99);
}
END_TEST

static int cut_the_connection(struct scene *s, int n, bool *ret_more, struct err *err)
{
	struct store_tick t = {0};
	(void)ret_more;
	if (n == 1)
		support_pg_run(
			"select pg_terminate_backend(pid) from pg_stat_activity where usename = "
			"'aspora_sync' and datname = current_database()");
	if (n == 3)
		end();
	worker_wake(s->w);
	return store_tick(s->ctx.store, &t, err);
}

START_TEST(a_lost_connection_is_made_again_under_the_same_reign)
{
	struct scene s = {.at = cut_the_connection};
	assert_ok(run(&s));
	ck_assert_int_ge(s.ticks, 3);
	ck_assert_int_eq(s.gained, 1);
	ck_assert_int_eq(s.epoch, 1);
	struct store_stats stats;
	store_stats(s.ctx.store, &stats);
	ck_assert_uint_eq(stats.reconnects, 1);
}
END_TEST

/* --- --once ------------------------------------------------------------------------------------------------------ */

static int refuse(struct scene *s, int n, bool *ret_more, struct err *err)
{
	(void)s;
	(void)n;
	(void)ret_more;
	return err_set(err, ERR_INVALID, "this will never do");
}

START_TEST(once_ends_with_the_first_error)
{
	struct scene s = {.at = refuse, .ctx = {.once = true}};
	assert_err(run(&s), ERR_INVALID, "this will never do");
	ck_assert_int_eq(s.ticks, 1);
}
END_TEST

static int three_times(struct scene *s, int n, bool *ret_more, struct err *err)
{
	(void)s;
	(void)err;
	*ret_more = n < 3;
	return 0;
}

START_TEST(once_ends_when_there_is_nothing_left_to_do)
{
	struct scene s = {.at = three_times, .ctx = {.once = true}};
	assert_ok(run(&s));
	ck_assert_int_eq(s.ticks, 3);
	ck_assert_int_eq(s.stops, 0);
}
END_TEST

static const struct support_case cases[] = {
	CASE(what_has_more_to_do_goes_on_at_once_and_a_stop_gives_the_lease_back),
	CASE(a_notification_wakes_it_long_before_its_next_look),
	CASE(of_several_times_to_wake_the_earliest_counts),
	CASE(without_any_wake_up_it_looks_every_so_often),
	CASE(a_stop_waits_for_what_runs_and_begins_nothing),
	CASE(a_tick_that_takes_longer_than_its_lease_lives_keeps_it_by_pulses),
	CASE(a_pulse_that_finds_another_leading_ends_the_reign_after_the_tick),
	CASE(a_tick_that_makes_no_pulse_loses_it),
	CASE(who_is_fenced_steps_down_forgets_and_leads_again_under_a_new_epoch),
	CASE(the_lease_is_renewed_between_ticks),
	CASE(what_another_holds_is_waited_for),
	CASE(what_fails_is_tried_again_after_longer_and_longer),
	CASE(a_deadlock_is_tried_again_at_once),
	CASE(a_lost_connection_is_made_again_under_the_same_reign),
	CASE(once_ends_with_the_first_error),
	CASE(once_ends_when_there_is_nothing_left_to_do),
	{0},
};

int main(void)
{
	return support_pg_main("agent/worker", cases);
}
