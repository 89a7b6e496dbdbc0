/* Children that run no program, whose parent dies, or that another made. */
#include "tests/unit/base/processes.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "base/child_int.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/mem.h"

static int count_descriptors(void *state)
{
	int keep = *(int *)state, open = 0;
	for (int fd = 3; fd < 256; fd++)
		open += fcntl(fd, F_GETFD) >= 0;
	return fcntl(keep, F_GETFD) >= 0 ? open : 100;
}

START_TEST(a_forked_child_keeps_only_what_it_is_told_to)
{
	CLEANUP(child_release) struct child c = CHILD_INIT;
	int fds[2], keep;
	struct child_end end;
	assert_ok(io_pipe(fds, &support_err));
	keep = fds[1];
	assert_ok(child_fork(&c, count_descriptors, &keep, &keep, 1, &support_err));
	assert_ok(child_wait(&c, 30 * SECOND, &end, &support_err));
	ck_assert(end.exited);
	ck_assert_int_eq(end.status, 1);
}
END_TEST

/* Starts a child that would run for ever, tells its pid, and dies without a word. */
static int abandon(void *state)
{
	struct child c = CHILD_INIT;
	struct child_opts o = {.argv = ARGV("sleep", "600")};
	if (child_start(&c, &o, NULL) < 0 || write(*(int *)state, &c.pid, sizeof(c.pid)) < 0)
		return 1;
	raise(SIGKILL);
	return 1;
}

START_TEST(a_child_dies_with_its_parent)
{
	CLEANUP(child_release) struct child c = CHILD_INIT;
	int fds[2];
	struct child_end end;
	pid_t orphan = 0;
	assert_ok(io_pipe(fds, &support_err));
	assert_ok(child_fork(&c, abandon, &fds[1], &fds[1], 1, &support_err));
	ck_assert_int_eq(read(fds[0], &orphan, sizeof(orphan)), sizeof(orphan));
	assert_ok(child_wait(&c, 30 * SECOND, &end, &support_err));
	ck_assert_int_eq(end.status, SIGKILL);
	wait_until_gone(orphan);
}
END_TEST

static int say_seven(void *state UNUSED)
{
	return 7;
}

/* Starts a sibling, tells its pid, and stays until it is killed. */
static int start_a_sibling(void *state)
{
	pid_t pid = 0;
	if (child_fork_sibling(&pid, say_seven, NULL, NULL, 0, NULL) < 0 ||
	    write(*(int *)state, &pid, sizeof(pid)) < 0)
		return 1;
	return waitpid(pid, NULL, 0) < 0 && errno == ECHILD ? 0 : 2;
}

START_TEST(a_sibling_is_the_parents_own_child)
{
	CLEANUP(child_release) struct child starter = CHILD_INIT, c = CHILD_INIT;
	int fds[2];
	struct child_end end;
	pid_t pid = 0;
	assert_ok(io_pipe(fds, &support_err));
	assert_ok(child_fork(&starter, start_a_sibling, &fds[1], &fds[1], 1, &support_err));
	ck_assert_int_eq(read(fds[0], &pid, sizeof(pid)), sizeof(pid));
	/* Who started it has no say in it. */
	assert_ok(child_wait(&starter, 30 * SECOND, &end, &support_err));
	ck_assert_int_eq(end.status, 0);
	assert_ok(child_adopt(&c, pid, &support_err));
	assert_ok(child_wait(&c, 30 * SECOND, &end, &support_err));
	ck_assert(end.exited);
	ck_assert_int_eq(end.status, 7);
	close(fds[0]);
	close(fds[1]);
}
END_TEST

START_TEST(a_number_that_is_no_child_is_not_adopted)
{
	struct child c = CHILD_INIT;
	/* The first number that no process can have. */
	assert_err(child_adopt(&c, 1 << 22, &support_err), ERR_IO, "cannot watch process");
	ck_assert_int_eq(c.pid, 0);
}
END_TEST

static int never(void *state UNUSED)
{
	return 1;
}

static int orphan(void *state UNUSED)
{
	/* Any other number will do: our parent is not init. */
	child_call(never, NULL, NULL, 0, 1);
}

START_TEST(a_child_whose_parent_has_died_already_does_nothing)
{
	CLEANUP(child_release) struct child c = CHILD_INIT;
	struct child_end end;
	assert_ok(child_fork(&c, orphan, NULL, NULL, 0, &support_err));
	assert_ok(child_wait(&c, 30 * SECOND, &end, &support_err));
	ck_assert(end.exited);
	ck_assert_int_eq(end.status, 127);
}
END_TEST

/* Makes close_range(2) unknown, as an old kernel or a container's filter does. */
static bool hide_close_range(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_close_range, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {ARRAY_SIZE(filter), filter};
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

START_TEST(descriptors_are_closed_without_close_range_as_well)
{
	CLEANUP(child_release) struct child c = CHILD_INIT;
	CLEANUP(buf_release) struct buf out = BUF_INIT(256);
	struct child_end end;
	int fds[2], keep;
	assert_ok(io_pipe(fds, &support_err));
	ck_assert_int_eq(dup2(file_with("secret"), 50), 50);
	if (!hide_close_range())
		SKIP("this kernel takes no seccomp filter");
	keep = fds[1];
	assert_ok(child_fork(&c, count_descriptors, &keep, &keep, 1, &support_err));
	assert_ok(child_wait(&c, 30 * SECOND, &end, &support_err));
	ck_assert_int_eq(end.status, 1);
	shell("ls /proc/$$/fd; true", &out);
	assert_str(buf_str(&out), "0\n1\n2\n");
}
END_TEST

START_TEST(a_hundred_children_leave_no_descriptor_behind)
{
	int before = dup(0);
	close(before);
	for (int i = 0; i < 100; i++)
		ck_assert_int_eq(shell("exit 0", NULL).status, 0);
	int after = dup(0);
	close(after);
	ck_assert_int_eq(before, after);
}
END_TEST

static const struct support_case cases[] = {
	CASE(a_forked_child_keeps_only_what_it_is_told_to),
	CASE(a_child_dies_with_its_parent),
	CASE(a_sibling_is_the_parents_own_child),
	CASE(a_number_that_is_no_child_is_not_adopted),
	CASE(a_child_whose_parent_has_died_already_does_nothing),
	CASE(descriptors_are_closed_without_close_range_as_well),
	CASE(a_hundred_children_leave_no_descriptor_behind),
	{0}};

int main(void)
{
	return support_main("base/child_fork", cases);
}
