#include "tests/unit/support.h"

#include <signal.h>
#include <sys/epoll.h>

#include "base/io.h"
#include "base/loop.h"

#define ARGV(...) ((const char *const[]){__VA_ARGS__, NULL})

/* A literal that a callback may be given as its state. */
#define TEXT(z) ((char[]){z})

static struct clock_fake now;
static struct clock fake;
static char trace[256];

static struct loop *open_fake_loop(void)
{
	struct loop *l;
	now = (struct clock_fake){0, 1000};
	fake = clock_fake_of(&now);
	trace[0] = '\0';
	assert_ok(loop_open(&fake, &l, &support_err));
	return l;
}

static void note(const char *text)
{
	size_t len = strlen(trace);
	snprintf(trace + len, sizeof(trace) - len, "%s", text);
}

static void step(struct loop *l)
{
	assert_ok(loop_step(l, 0, &support_err));
}

/* Moves the clock, makes one round, and compares what fired. */
static void after(struct loop *l, int64_t ms, const char *expected)
{
	trace[0] = '\0';
	now.mono_ms += ms;
	step(l);
	ck_assert_str_eq(trace, expected);
}

static void on_timer(struct loop *l UNUSED, void *state)
{
	note(state);
}

START_TEST(timers_fire_in_order_of_time_then_of_arming)
{
	CLEANUP(loop_closep) struct loop *l = open_fake_loop();
	loop_add_timer(l, 30, on_timer, TEXT("c"));
	loop_add_timer(l, 10, on_timer, TEXT("a"));
	loop_add_timer(l, 20, on_timer, TEXT("b"));
	loop_add_timer(l, 20, on_timer, TEXT("B"));
	after(l, 9, "");
	after(l, 1, "a");
	after(l, 0, "");
	after(l, 100, "bBc");
	after(l, 100, "");
}
END_TEST

START_TEST(a_timer_can_be_moved_disarmed_and_removed)
{
	CLEANUP(loop_closep) struct loop *l = open_fake_loop();
	struct loop_source *a = loop_add_timer(l, 10, on_timer, TEXT("a"));
	struct loop_source *b = loop_add_timer(l, 10, on_timer, TEXT("b"));
	struct loop_source *c = loop_add_timer(l, -1, on_timer, TEXT("c"));
	loop_timer_reset(a, 50);
	loop_timer_reset(b, -1);
	after(l, 20, "");
	loop_timer_reset(c, 0);
	after(l, 0, "c");
	loop_remove(c);
	loop_remove(c); /* twice is fine until the round ends */
	after(l, 30, "a");
	loop_timer_reset(b, INT64_MAX); /* never, but no overflow */
	after(l, 1000000, "");
	loop_remove(NULL);
}
END_TEST

START_TEST(a_heap_of_a_thousand_timers_keeps_its_order)
{
	CLEANUP(loop_closep) struct loop *l = open_fake_loop();
	static struct loop_source *timers[1000];
	static char names[1000][8];
	unsigned seed = 12345;
	for (int i = 0; i < 1000; i++) {
		seed = seed * 1103515245 + 12345;
		snprintf(names[i], sizeof(names[i]), "%d ", (int)(seed >> 16) % 997);
		int64_t delay;
		ck_assert(str_to_i64(str_sub(str_of(names[i]), 0, strlen(names[i]) - 1), &delay));
		timers[i] = loop_add_timer(l, delay, on_timer, names[i]);
	}
	for (int i = 0; i < 1000; i += 3)
		loop_remove(timers[i]);
	int fired = 0;
	for (int t = 0; t < 997; t++) {
		char expected[16];
		trace[0] = '\0';
		step(l);
		snprintf(expected, sizeof(expected), "%d ", t);
		for (const char *p = trace; *p; p += strlen(expected), fired++)
			ck_assert_int_eq(strncmp(p, expected, strlen(expected)), 0);
		now.mono_ms++;
	}
	ck_assert_int_eq(fired, 666);
}
END_TEST

static void rearm(struct loop *l, void *state)
{
	(void)l;
	note("r");
	loop_timer_reset(*(struct loop_source **)state, 0);
}

START_TEST(a_timer_that_arms_itself_at_once_waits_for_the_next_round)
{
	CLEANUP(loop_closep) struct loop *l = open_fake_loop();
	struct loop_source *self = NULL;
	self = loop_add_timer(l, 0, rearm, &self);
	loop_add_timer(l, 0, on_timer, TEXT("x"));
	after(l, 0, "rx");
	after(l, 0, "r");
}
END_TEST

static void drop_other(struct loop *l, void *state)
{
	(void)l;
	note("d");
	loop_remove(*(struct loop_source **)state);
}

START_TEST(a_timer_removed_by_another_of_the_same_moment_does_not_fire)
{
	CLEANUP(loop_closep) struct loop *l = open_fake_loop();
	struct loop_source *victim = NULL;
	loop_add_timer(l, 5, drop_other, &victim);
	victim = loop_add_timer(l, 5, on_timer, TEXT("v"));
	after(l, 5, "d");
}
END_TEST

/* --- descriptors ----------------------------------------------------------------------------- */

struct pair {
	int fds[2];
	struct loop_source *source;
	struct pair *other;
};

static void on_readable(struct loop *l UNUSED, int fd, uint32_t events, void *state UNUSED)
{
	char byte;
	note(events & EPOLLHUP ? "hup " : "in ");
	ck_assert_int_le(read(fd, &byte, 1), 1);
}

START_TEST(a_readable_descriptor_is_told_until_it_is_removed)
{
	CLEANUP(loop_closep) struct loop *l = open_fake_loop();
	struct loop_source *s;
	int fds[2];
	assert_ok(io_pipe(fds, &support_err));
	assert_ok(loop_add_fd(l, fds[0], EPOLLIN, on_readable, NULL, &s, &support_err));
	after(l, 0, "");
	ck_assert_int_eq(write(fds[1], "xyz", 3), 3);
	after(l, 0, "in ");
	loop_change_fd(s, 0);
	after(l, 0, "");
	loop_change_fd(s, EPOLLIN);
	after(l, 0, "in ");
	loop_remove(s);
	after(l, 0, "");
}
END_TEST

/* Whichever of the two is first removes the other, and closes its descriptor. */
static void remove_other(struct loop *l UNUSED, int fd UNUSED, uint32_t events UNUSED, void *state)
{
	struct pair *p = state;
	note("one ");
	loop_remove(p->source);
	loop_remove(p->other->source);
	close(p->other->fds[0]);
}

START_TEST(an_event_of_a_source_removed_in_the_same_round_is_not_delivered)
{
	CLEANUP(loop_closep) struct loop *l = open_fake_loop();
	struct pair a, b;
	a.other = &b;
	b.other = &a;
	for (int i = 0; i < 2; i++) {
		struct pair *p = i ? &b : &a;
		assert_ok(io_pipe(p->fds, &support_err));
		ck_assert_int_eq(write(p->fds[1], "x", 1), 1);
		assert_ok(loop_add_fd(l, p->fds[0], EPOLLIN, remove_other, p, &p->source,
				      &support_err));
	}
	after(l, 0, "one ");
	after(l, 0, "");
}
END_TEST

START_TEST(a_descriptor_that_cannot_be_watched_is_an_error)
{
	CLEANUP(loop_closep) struct loop *l = open_fake_loop();
	struct loop_source *s = NULL;
	assert_err(loop_add_fd(l, 9999, EPOLLIN, on_readable, NULL, &s, &support_err), ERR_IO,
		   "cannot watch descriptor 9999: Bad file descriptor");
	ck_assert_ptr_null(s);
}
END_TEST

/* --- signals and children -------------------------------------------------------------------- */

static void on_signal(struct loop *l UNUSED, int signal, void *state)
{
	note(state);
	note(sigabbrev_np(signal));
}

START_TEST(signals_arrive_in_the_loop)
{
	CLEANUP(loop_closep) struct loop *l = open_fake_loop();
	char first[] = "a:", second[] = " b:";
	assert_ok(loop_add_signal(l, SIGUSR1, on_signal, first, &support_err));
	assert_ok(loop_add_signal(l, SIGTERM, on_signal, second, &support_err));
	after(l, 0, "");
	raise(SIGUSR1);
	raise(SIGTERM);
	after(l, 0, "a:USR1 b:TERM");
	after(l, 0, "");
}
END_TEST

static void on_child(struct loop *l, struct child *c, const struct child_end *end, void *state)
{
	*(int *)state = end->status;
	ck_assert_int_eq(c->pid, 0);
	loop_stop(l);
}

START_TEST(the_end_of_a_child_stops_the_loop)
{
	CLEANUP(loop_closep) struct loop *l = NULL;
	struct child c = CHILD_INIT;
	struct child_opts o = {.argv = ARGV("sh", "-c", "exit 7")};
	int status = -1;
	assert_ok(loop_open(&clock_real, &l, &support_err));
	assert_ok(child_start(&c, &o, &support_err));
	assert_ok(loop_add_child(l, &c, on_child, &status, &support_err));
	assert_ok(loop_run(l, &support_err));
	ck_assert_int_eq(status, 7);
}
END_TEST

/* Starts another child with the same variable, as a supervisor does. */
static void restart(struct loop *l, struct child *c, const struct child_end *end UNUSED,
		    void *state)
{
	int *left = state;
	struct child_opts o = {.argv = ARGV("true")};
	if (--*left == 0) {
		loop_stop(l);
		return;
	}
	assert_ok(child_start(c, &o, &support_err));
	assert_ok(loop_add_child(l, c, restart, state, &support_err));
}

START_TEST(a_child_can_be_started_again_where_its_end_is_told)
{
	CLEANUP(loop_closep) struct loop *l = NULL;
	struct child c = CHILD_INIT;
	struct child_opts o = {.argv = ARGV("true")};
	int left = 5;
	assert_ok(loop_open(&clock_real, &l, &support_err));
	assert_ok(child_start(&c, &o, &support_err));
	assert_ok(loop_add_child(l, &c, restart, &left, &support_err));
	assert_ok(loop_run(l, &support_err));
	ck_assert_int_eq(left, 0);
}
END_TEST

START_TEST(a_child_that_is_no_longer_watched_can_be_stopped_by_hand)
{
	CLEANUP(loop_closep) struct loop *l = open_fake_loop();
	struct child c = CHILD_INIT;
	struct child_opts o = {.argv = ARGV("sleep", "600")};
	int status = -1;
	assert_ok(child_start(&c, &o, &support_err));
	assert_ok(loop_add_child(l, &c, on_child, &status, &support_err));
	loop_remove_child(l, &c);
	loop_remove_child(l, &c);
	child_stop(&c, 0);
	step(l);
	ck_assert_int_eq(status, -1);
}
END_TEST

static void on_stop(struct loop *l, void *state)
{
	note(state);
	loop_stop(l);
}

START_TEST(a_real_clock_wakes_the_loop_never_early)
{
	CLEANUP(loop_closep) struct loop *l = NULL;
	assert_ok(loop_open(&clock_real, &l, &support_err));
	ck_assert_ptr_eq(loop_clock(l), &clock_real);
	int64_t before = clock_mono(&clock_real);
	loop_add_timer(l, 25, on_stop, TEXT(""));
	assert_ok(loop_run(l, &support_err));
	ck_assert_int_ge(clock_mono(&clock_real) - before, 25);
	before = clock_mono(&clock_real);
	assert_ok(loop_step(l, 5, &support_err)); /* nothing armed: the timeout ends the round */
	ck_assert_int_ge(clock_mono(&clock_real) - before, 5);
}
END_TEST

static const struct support_case cases[] = {
	CASE(timers_fire_in_order_of_time_then_of_arming),
	CASE(a_timer_can_be_moved_disarmed_and_removed),
	CASE(a_heap_of_a_thousand_timers_keeps_its_order),
	CASE(a_timer_that_arms_itself_at_once_waits_for_the_next_round),
	CASE(a_timer_removed_by_another_of_the_same_moment_does_not_fire),
	CASE(a_readable_descriptor_is_told_until_it_is_removed),
	CASE(an_event_of_a_source_removed_in_the_same_round_is_not_delivered),
	CASE(a_descriptor_that_cannot_be_watched_is_an_error),
	CASE(signals_arrive_in_the_loop),
	CASE(the_end_of_a_child_stops_the_loop),
	CASE(a_child_can_be_started_again_where_its_end_is_told),
	CASE(a_child_that_is_no_longer_watched_can_be_stopped_by_hand),
	CASE(a_real_clock_wakes_the_loop_never_early),
	{0},
};

int main(void)
{
	return support_main("base/loop", cases);
}
