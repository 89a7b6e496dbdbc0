/* Leases that a killed asporad left, as the next one finds them. */
#include <signal.h>
#include <sys/wait.h>

#include "agent/inherit.h"
#include "base/child.h"
#include "base/io.h"
#include "store/lease.h"
#include "tests/unit/support_pg.h"

static struct lease held_by(struct store *s, const char *role, pid_t pid)
{
	struct lease l;
	store_lease_init(&l, role, "0", 60000);
	store_lease_holder(l.holder, sizeof(l.holder), pid);
	assert_ok(store_lease_acquire(s, &l, NULL, &support_err));
	return l;
}

struct scene {
	struct loop *loop;
	struct inherit *i;
	struct loop_source *timer;
	struct child *victim; /* killed when it has been looked at for the first time */
	int asked;
};

/* Every 10 ms: ends the loop when there is nothing more to inherit. */
static void ask(struct loop *l, void *state)
{
	struct scene *sc = state;
	if (sc->victim && ++sc->asked == 5)
		child_release(sc->victim);
	if (inherit_is_over(sc->i))
		loop_stop(l);
	else
		loop_timer_reset(sc->timer, 10);
}

/* Returns how long it took, in milliseconds. */
static int64_t run(struct child *victim)
{
	struct scene sc = {.victim = victim};
	int64_t began = clock_mono(&clock_real);
	assert_ok(loop_open(&clock_real, &sc.loop, &support_err));
	sc.i = inherit_start(sc.loop, support_pg_access(STORE_OWNER));
	ck_assert(!inherit_is_over(sc.i));
	sc.timer = loop_add_timer(sc.loop, 1, ask, &sc);
	assert_ok(loop_run(sc.loop, &support_err));
	inherit_stop(sc.i);
	loop_close(sc.loop);
	return clock_mono(&clock_real) - began;
}

START_TEST(what_the_dead_held_is_free_at_once)
{
	struct store *s = support_pg_open(STORE_SYNC);
	struct child c = support_sleeper();
	struct lease old = held_by(s, "sync", c.pid);
	child_release(&c);
	run(NULL);
	assert_err(store_lease_renew(s, &old, &support_err), ERR_FENCED, "sync/0");
	ck_assert_int_eq(held_by(s, "sync", getpid()).epoch, 2);
}
END_TEST

START_TEST(our_own_children_and_other_machines_are_not_waited_for)
{
	struct store *s = support_pg_open(STORE_SYNC);
	struct child c = support_sleeper();
	struct lease mine = held_by(s, "sync", c.pid);
	held_by(s, "control", c.pid);
	support_pg_run("update lease set holder = 'elsewhere:1:2:3.4:x' where name = 'control/0'");
	ck_assert_int_lt(run(NULL), INHERIT_MS);
	assert_ok(store_lease_renew(s, &mine, &support_err));
	ck_assert_int_eq(support_pg_int("select count(*) from lease where until > "
					"clock_timestamp()"),
			 2);
	child_release(&c);
}
END_TEST

/* A grandchild is nobody of ours, as are the roles of an asporad that is just being killed. */
START_TEST(who_dies_a_moment_later_is_found_too)
{
	struct store *s = support_pg_open(STORE_SYNC);
	struct child shell = CHILD_INIT;
	int ends[2];
	char text[32] = "";
	assert_ok(io_pipe(ends, &support_err));
	const char *argv[] = {"sh", "-c", "sleep 300 & echo $!; wait", NULL};
	struct child_fd fds[] = {{ends[1], 1}};
	struct child_opts o = {.argv = argv, .fds = fds, .fd_count = 1, .new_session = true};
	assert_ok(child_start(&shell, &o, &support_err));
	ck_assert_int_gt(read(ends[0], text, sizeof(text) - 1), 0);
	int64_t pid;
	ck_assert(str_to_i64(str_trim(str_of(text)), &pid));
	held_by(s, "sync", (pid_t)pid);
	ck_assert_int_lt(run(&shell), INHERIT_MS);
	ck_assert_int_eq(held_by(s, "sync", getpid()).epoch, 2);
}
END_TEST

START_TEST(a_database_that_does_not_answer_ends_it)
{
	struct store_access nowhere = STORE_ACCESS_INIT;
	struct scene sc = {0};
	assert_ok(store_access_from_url(&nowhere, STR("host=/nonexistent dbname=x"), &support_err));
	assert_ok(loop_open(&clock_real, &sc.loop, &support_err));
	sc.i = inherit_start(sc.loop, &nowhere);
	sc.timer = loop_add_timer(sc.loop, 1, ask, &sc);
	assert_ok(loop_run(sc.loop, &support_err));
	ck_assert(inherit_is_over(sc.i));
	inherit_stop(sc.i);
	inherit_stop(NULL);
	loop_close(sc.loop);
	store_access_release(&nowhere);
}
END_TEST

static const struct support_case cases[] = {
	CASE(what_the_dead_held_is_free_at_once),
	CASE(our_own_children_and_other_machines_are_not_waited_for),
	CASE(who_dies_a_moment_later_is_found_too),
	CASE(a_database_that_does_not_answer_ends_it),
	{0},
};

int main(void)
{
	return support_pg_main("agent/inherit", cases);
}
