/* Who holds a lease, and when he is dead for certain. */
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "base/child.h"
#include "base/io.h"
#include "store/lease.h"
#include "tests/unit/support_pg.h"

static const char *holder_of(pid_t pid)
{
	static char text[LEASE_NAME_MAX];
	store_lease_holder(text, sizeof(text), pid);
	return text;
}

static enum lease_holder_state state_of(const char *holder)
{
	pid_t parent;
	return store_lease_holder_state(str_of(holder), &parent);
}

/* The nth piece between colons, replaced. */
static const char *with_piece(const char *holder, int n, const char *piece)
{
	static char out[2 * LEASE_NAME_MAX];
	struct str rest = str_of(holder), part;
	size_t len = 0;
	for (int i = 0; str_split(&rest, ':', &part); i++)
		len += (size_t)snprintf(out + len, sizeof(out) - len, "%s%.*s", i ? ":" : "",
					STR_ARG(i == n ? str_of(piece) : part));
	return out;
}

START_TEST(a_living_holder_is_alive_and_has_its_parent)
{
	pid_t parent = -1;
	ck_assert_int_eq(store_lease_holder_state(str_of(holder_of(getpid())), &parent),
			 LEASE_HOLDER_ALIVE);
	ck_assert_int_eq(parent, getppid());
	struct child c = support_sleeper();
	ck_assert_int_eq(store_lease_holder_state(str_of(holder_of(c.pid)), &parent),
			 LEASE_HOLDER_ALIVE);
	ck_assert_int_eq(parent, getpid());
	child_release(&c);
}
END_TEST

START_TEST(two_leases_of_a_process_have_two_holders_with_one_prefix)
{
	char first[LEASE_NAME_MAX], prefix[LEASE_NAME_MAX];
	snprintf(first, sizeof(first), "%s", holder_of(getpid()));
	store_lease_holder_prefix(prefix, sizeof(prefix), getpid());
	ck_assert_str_ne(first, holder_of(getpid()));
	ck_assert(str_starts(str_of(first), str_of(prefix)));
}
END_TEST

START_TEST(a_stopped_holder_is_alive)
{
	struct child c = support_sleeper();
	const char *holder = holder_of(c.pid);
	int status;
	kill(c.pid, SIGSTOP);
	ck_assert_int_eq(waitpid(c.pid, &status, WUNTRACED), c.pid);
	ck_assert(WIFSTOPPED(status));
	ck_assert_int_eq(state_of(holder), LEASE_HOLDER_ALIVE);
	child_release(&c);
}
END_TEST

START_TEST(a_zombie_is_dead_and_so_is_what_was_reaped)
{
	struct child c = support_sleeper();
	const char *holder = holder_of(c.pid);
	siginfo_t info;
	kill(c.pid, SIGKILL);
	ck_assert_int_eq(waitid(P_PID, (id_t)c.pid, &info, WEXITED | WNOWAIT), 0);
	ck_assert_int_eq(state_of(holder), LEASE_HOLDER_DEAD);
	child_release(&c);
	ck_assert_int_eq(state_of(holder), LEASE_HOLDER_DEAD);
}
END_TEST

/* As a role does: it may not even look at itself afterwards. */
static int hide(void *state)
{
	char holder[LEASE_NAME_MAX];
	(void)state;
	store_lease_holder_prepare();
	if ((geteuid() == 0 && setuid(65534) < 0) || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return 2;
	store_lease_holder(holder, sizeof(holder), getpid());
	if (write(STDOUT_FILENO, holder, strlen(holder)) < 0)
		return 3;
	pause();
	return 0;
}

START_TEST(a_holder_that_gave_up_its_privileges_is_known_all_the_same)
{
	struct child c = CHILD_INIT;
	char holder[LEASE_NAME_MAX] = "";
	int ends[2];
	assert_ok(io_pipe(ends, &support_err));
	int saved = dup(STDOUT_FILENO);
	dup2(ends[1], STDOUT_FILENO);
	assert_ok(child_fork(&c, hide, NULL, NULL, 0, &support_err));
	dup2(saved, STDOUT_FILENO);
	close(ends[1]);
	ck_assert_int_gt(read(ends[0], holder, sizeof(holder) - 1), 0);
	ck_assert_int_eq(state_of(holder), LEASE_HOLDER_ALIVE);
	child_release(&c);
	ck_assert_int_eq(state_of(holder), LEASE_HOLDER_DEAD);
}
END_TEST

START_TEST(another_process_under_the_same_number_is_not_the_holder)
{
	char identity[64];
	const char *own = holder_of(getpid());
	struct str rest = str_of(own), piece, start;
	for (int i = 0; i < 4; i++)
		ck_assert(str_split(&rest, ':', &piece));
	ck_assert(str_split(&piece, '.', &start));
	snprintf(identity, sizeof(identity), "%.*s0.%.*s", STR_ARG(start), STR_ARG(piece));
	ck_assert_int_eq(state_of(with_piece(own, 3, identity)), LEASE_HOLDER_DEAD);
}
END_TEST

/* Which piece, and what it says instead: none of these may ever count as dead, whether such a number is in use here or not. */
static const struct {
	int piece;
	const char *text;
} not_judged[] = {{0, "elsewhere"}, {1, "00000000"}, {3, "0.4026531836"},
		  {3, "17.1"},	    {3, "17"},	     {3, "x.4026531836"},
		  {3, ""},	    {2, "1"},	     {2, "-5"},
		  {2, "0"},	    {2, "x"},	     {2, ""},
		  {2, "2147483648"}};

START_TEST(what_cannot_be_known_for_certain_is_not_judged)
{
	struct child c = support_sleeper();
	char dead[LEASE_NAME_MAX];
	snprintf(dead, sizeof(dead), "%s", holder_of(c.pid));
	child_release(&c);
	ck_assert_int_eq(state_of(dead), LEASE_HOLDER_DEAD);
	const char *holder = with_piece(dead, not_judged[_i].piece, not_judged[_i].text);
	ck_assert_msg(state_of(holder) == LEASE_HOLDER_UNKNOWN, "%s", holder);
}
END_TEST

START_TEST(holders_in_another_form_are_not_judged)
{
	char prefix[LEASE_NAME_MAX], old[LEASE_NAME_MAX + 16];
	/* As earlier versions wrote them: "HOST:BOOT:PID:RANDOM". */
	store_lease_holder_prefix(prefix, sizeof(prefix), 999999);
	snprintf(old, sizeof(old), "%sabcdefgh", prefix);
	ck_assert_int_eq(state_of(old), LEASE_HOLDER_UNKNOWN);
	ck_assert_int_eq(state_of(""), LEASE_HOLDER_UNKNOWN);
	ck_assert_int_eq(state_of(":::::"), LEASE_HOLDER_UNKNOWN);
}
END_TEST

/* --- in the database --------------------------------------------------------------------------------------------- */

static struct lease held_by(struct store *s, const char *role, const char *holder)
{
	struct lease l;
	store_lease_init(&l, role, "0", 60000);
	snprintf(l.holder, sizeof(l.holder), "%s", holder);
	assert_ok(store_lease_acquire(s, &l, NULL, &support_err));
	return l;
}

START_TEST(only_leases_of_the_dead_are_ended_and_the_next_epoch_follows)
{
	struct store *s = support_pg_open(STORE_SYNC), *owner = support_pg_open(STORE_OWNER);
	struct child dead = support_sleeper(), alive = support_sleeper();
	struct lease first = held_by(s, "sync", holder_of(dead.pid));
	struct lease second = held_by(s, "control", holder_of(alive.pid));
	int broken = -1, strangers = -1;
	assert_ok(store_lease_break_dead(owner, getpid(), &broken, &strangers, &support_err));
	ck_assert_int_eq(broken, 0);
	ck_assert_int_eq(strangers, 0); /* both are our children */
	child_release(&dead);
	assert_ok(store_lease_break_dead(owner, getpid(), &broken, &strangers, &support_err));
	ck_assert_int_eq(broken, 1);
	assert_err(store_lease_renew(s, &first, &support_err), ERR_FENCED, "sync/0");
	assert_ok(store_lease_renew(s, &second, &support_err));
	struct lease next = held_by(s, "sync", holder_of(getpid()));
	ck_assert_int_eq(next.epoch, 2);
	/* What is over is not ended again. */
	assert_ok(store_lease_break_dead(owner, getpid(), &broken, &strangers, &support_err));
	ck_assert_int_eq(broken, 0);
	child_release(&alive);
}
END_TEST

START_TEST(who_is_no_child_of_the_family_is_a_stranger)
{
	struct store *s = support_pg_open(STORE_SYNC), *owner = support_pg_open(STORE_OWNER);
	int broken = -1, strangers = -1;
	held_by(s, "sync", holder_of(getpid()));
	held_by(s, "control", "elsewhere:00000000:17:5.7:abcdefgh");
	assert_ok(store_lease_break_dead(owner, getpid(), &broken, &strangers, &support_err));
	ck_assert_int_eq(strangers, 1);
	assert_ok(store_lease_break_dead(owner, getppid(), &broken, &strangers, &support_err));
	ck_assert_int_eq(strangers, 0);
	ck_assert_int_eq(broken, 0);
}
END_TEST

START_TEST(whoever_waits_for_a_lease_that_is_ended_is_woken)
{
	struct store *waiting = support_pg_listen(STORE_SYNC),
		     *owner = support_pg_open(STORE_OWNER);
	struct child c = support_sleeper();
	held_by(waiting, "sync", holder_of(c.pid));
	child_release(&c);
	bool woken = true;
	assert_ok(store_drain(waiting, &woken, &support_err));
	int broken, strangers;
	assert_ok(store_lease_break_dead(owner, getpid(), &broken, &strangers, &support_err));
	struct lease l = held_by(waiting, "sync", holder_of(getpid()));
	ck_assert_int_eq(l.epoch, 2);
	assert_ok(store_drain(waiting, &woken, &support_err));
	ck_assert(woken);
}
END_TEST

static const struct support_case cases[] = {
	CASE(a_living_holder_is_alive_and_has_its_parent),
	CASE(two_leases_of_a_process_have_two_holders_with_one_prefix),
	CASE(a_stopped_holder_is_alive),
	CASE(a_zombie_is_dead_and_so_is_what_was_reaped),
	CASE(a_holder_that_gave_up_its_privileges_is_known_all_the_same),
	CASE(another_process_under_the_same_number_is_not_the_holder),
	CASE_LOOP(what_cannot_be_known_for_certain_is_not_judged, ARRAY_SIZE(not_judged)),
	CASE(holders_in_another_form_are_not_judged),
	CASE(only_leases_of_the_dead_are_ended_and_the_next_epoch_follows),
	CASE(who_is_no_child_of_the_family_is_a_stranger),
	CASE(whoever_waits_for_a_lease_that_is_ended_is_woken),
	{0},
};

int main(void)
{
	return support_pg_main("store/holder", cases);
}
