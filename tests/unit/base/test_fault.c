#include "tests/unit/support.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "base/child.h"
#include "base/fault.h"
#include "base/io.h"
#include "base/mem.h"

START_TEST(without_a_plan_nothing_happens)
{
	unsetenv("ASPORA_FAULT");
	for (int i = 0; i < 10; i++)
		ck_assert(!fault_hit("release.before_commit"));
}
END_TEST

START_TEST(a_point_fails_at_its_pass_only)
{
	setenv("ASPORA_FAULT", "a=error@3,b=error", 1);
	ck_assert(!fault_hit("a"));
	ck_assert(!fault_hit("other"));
	ck_assert(!fault_hit("a"));
	ck_assert(fault_hit("a"));
	ck_assert(!fault_hit("a"));
	ck_assert(fault_hit("b"));
	ck_assert(!fault_hit("b"));
}
END_TEST

START_TEST(one_point_may_fail_at_several_passes)
{
	setenv("ASPORA_FAULT", "a=error,a=error@2", 1);
	ck_assert(fault_hit("a"));
	ck_assert(fault_hit("a"));
	ck_assert(!fault_hit("a"));
}
END_TEST

static int pass_twice(void *state UNUSED)
{
	struct rlimit none = {0, 0};
	setrlimit(RLIMIT_CORE, &none);
	fclose(stderr);
	fault_hit("a");
	fault_hit("a");
	return 5;
}

START_TEST(a_killed_process_is_killed)
{
	CLEANUP(child_release) struct child c = CHILD_INIT;
	struct child_end end;
	setenv("ASPORA_FAULT", "a=kill@2", 1);
	assert_ok(child_fork(&c, pass_twice, NULL, NULL, 0, &support_err));
	assert_ok(child_wait(&c, 30000, &end, &support_err));
	ck_assert(!end.exited && end.status == SIGKILL);
	setenv("ASPORA_FAULT", "a=kill@3", 1);
	assert_ok(child_fork(&c, pass_twice, NULL, NULL, 0, &support_err));
	assert_ok(child_wait(&c, 30000, &end, &support_err));
	ck_assert(end.exited && end.status == 5);
}
END_TEST

START_TEST(a_stopped_process_goes_on_when_told)
{
	CLEANUP(child_release) struct child c = CHILD_INIT;
	struct child_end end;
	siginfo_t info = {0};
	setenv("ASPORA_FAULT", "a=stop@2", 1);
	assert_ok(child_fork(&c, pass_twice, NULL, NULL, 0, &support_err));
	ck_assert_int_eq(waitid(P_PID, (id_t)c.pid, &info, WSTOPPED), 0);
	ck_assert_int_eq(info.si_status, SIGSTOP);
	child_kill(&c, SIGCONT);
	assert_ok(child_wait(&c, 30000, &end, &support_err));
	ck_assert(end.exited && end.status == 5);
}
END_TEST

START_TEST(a_plan_that_cannot_be_read_ends_the_process)
{
	static const char *const bad[] = {"a",	       "a=",	   "=kill",    "a=explode",
					  "a=kill@",   "a=kill@0", "a=kill@x", "a=kill@-1",
					  "a=error,b", "a=kill,,b"};
	CLEANUP(child_release) struct child c = CHILD_INIT;
	struct child_end end;
	setenv("ASPORA_FAULT", bad[_i], 1);
	assert_ok(child_fork(&c, pass_twice, NULL, NULL, 0, &support_err));
	assert_ok(child_wait(&c, 30000, &end, &support_err));
	ck_assert(!end.exited && end.status == SIGABRT);
}
END_TEST

START_TEST(the_macro_is_free_unless_it_was_asked_for)
{
	setenv("ASPORA_FAULT", "a=error", 1);
#ifdef ASPORA_FAULTS
	ck_assert(FAULT("a"));
#else
	ck_assert(!FAULT("a"));
#endif
}
END_TEST

static const struct support_case cases[] = {
	CASE(without_a_plan_nothing_happens),
	CASE(a_point_fails_at_its_pass_only),
	CASE(one_point_may_fail_at_several_passes),
	CASE(a_killed_process_is_killed),
	CASE(a_stopped_process_goes_on_when_told),
	CASE_LOOP(a_plan_that_cannot_be_read_ends_the_process, 10),
	CASE(the_macro_is_free_unless_it_was_asked_for),
	{0},
};

int main(void)
{
	return support_main("base/fault", cases);
}
