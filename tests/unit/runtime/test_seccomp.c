#include "runtime/seccomp.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "base/io.h"
#include "base/mem.h"
#include "tests/unit/support.h"

static void install(int filter)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(1 << 20);
	assert_ok(seccomp_program(filter, &b, &support_err));
	ck_assert_uint_gt(b.len, 8);
	ck_assert_uint_eq(b.len % sizeof(struct sock_filter), 0);
	struct sock_fprog p = {(unsigned short)(b.len / sizeof(struct sock_filter)),
			       (struct sock_filter *)(void *)b.data};
	ck_assert_int_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
	ck_assert_int_eq(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &p), 0);
}

/* Runs a check behind both filters in a process of its own: 0 is as it should be. */
static int behind(int (*check)(void))
{
	int status;
	fflush(NULL);
	pid_t pid = fork();
	if (pid == 0) {
		install(1);
		install(0);
		_exit(check());
	}
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

#define GIVES(call, errnum) ((errno = 0, (call) != -1) || errno != (errnum))

static int ordinary_things(void)
{
	char b[8];
	int p[2];
	if (pipe(p) < 0 || write(p[1], "x", 1) != 1 || read(p[0], b, 1) != 1)
		return 1;
	void *m = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pid_t pid = fork();
	if (pid == 0)
		_exit(7);
	int status;
	return m == MAP_FAILED || waitpid(pid, &status, 0) != pid || WEXITSTATUS(status) != 7 ||
	       socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0) < 0 ||
	       socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0) < 0 ||
	       socketpair(AF_UNIX, SOCK_STREAM, 0, p) < 0;
}

static int refused_by_name(void)
{
	return GIVES(syscall(SYS_mount, "a", "/tmp", "tmpfs", 0, NULL), EPERM) ||
	       GIVES(syscall(SYS_unshare, CLONE_NEWUSER), EPERM) ||
	       GIVES(syscall(SYS_setns, 0, 0), EPERM) ||
	       GIVES(ptrace(PTRACE_TRACEME, 0, 0, 0), EPERM) ||
	       GIVES(syscall(SYS_bpf, 0, 0, 0), EPERM) || GIVES(syscall(SYS_keyctl, 0, 0), EPERM) ||
	       GIVES(syscall(SYS_io_uring_setup, 1, 0), EPERM) ||
	       GIVES(syscall(SYS_userfaultfd, 0), EPERM) ||
	       GIVES(syscall(SYS_perf_event_open, 0, 0, -1, -1, 0), EPERM) ||
	       GIVES(syscall(SYS_kexec_load, 0, 0, 0, 0), EPERM) ||
	       GIVES(syscall(SYS_init_module, 0, 0, 0), EPERM);
}

static int refused_by_argument(void)
{
	return GIVES(syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0), EPERM) ||
	       GIVES(syscall(SYS_clone, CLONE_NEWNET | CLONE_VM | SIGCHLD, 0, 0, 0, 0), EPERM) ||
	       GIVES(syscall(SYS_ioctl, 0, 0x5412UL, "x"), EPERM) ||
	       GIVES(syscall(SYS_ioctl, 0, 0xdead00005412UL, "x"), EPERM) ||
	       GIVES(socket(AF_INET, SOCK_RAW, 1), EPERM) ||
	       GIVES(socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, 1), EPERM) ||
	       GIVES(syscall(SYS_fchmod, 0, 04755), EPERM);
}

static int unknown_here(void)
{
	return GIVES(syscall(SYS_clone3, NULL, 0), ENOSYS) || GIVES(syscall(100000), ENOSYS) ||
	       GIVES(socket(AF_NETLINK, SOCK_DGRAM, 0), ENOSYS) ||
	       GIVES(socket(40, SOCK_STREAM, 0), ENOSYS) ||
	       /* The kernel looks at the low half of the domain, and so must the filter. */
	       GIVES(syscall(SYS_socket, 0x100000010UL, SOCK_DGRAM, 0), ENOSYS);
}

START_TEST(ordinary_calls_pass)
{
	ck_assert_int_eq(behind(ordinary_things), 0);
}
END_TEST

START_TEST(dangerous_calls_are_refused_by_name)
{
	ck_assert_int_eq(behind(refused_by_name), 0);
}
END_TEST

START_TEST(dangerous_arguments_are_refused)
{
	ck_assert_int_eq(behind(refused_by_argument), 0);
}
END_TEST

START_TEST(everything_else_does_not_exist)
{
	ck_assert_int_eq(behind(unknown_here), 0);
}
END_TEST

START_TEST(every_descriptor_has_its_own_offset)
{
	CLEANUP(buf_release) struct buf a = BUF_INIT(1 << 20);
	CLEANUP(buf_release) struct buf b = BUF_INIT(1 << 20);
	int one, two;
	assert_ok(seccomp_fd(0, &one, &support_err));
	assert_ok(seccomp_fd(0, &two, &support_err));
	assert_ok(io_read_fd(one, &a, &support_err));
	assert_ok(io_read_fd(two, &b, &support_err));
	ck_assert_uint_gt(a.len, 0);
	ck_assert(str_eq(buf_str(&a), buf_str(&b)));
	close(one);
	close(two);
}
END_TEST

START_TEST(the_table_names_each_call_once)
{
	size_t n = 0;
	const char *name, *what;
	while ((name = seccomp_row(n, &what))) {
		for (size_t k = 0; k < n; k++) {
			const char *other;
			ck_assert_msg(strcmp(seccomp_row(k, &other), name) != 0, "%s stands twice",
				      name);
		}
		ck_assert(strcmp(what, "allow") == 0 || strcmp(what, "refuse") == 0);
		n++;
	}
	ck_assert_uint_gt(n, 250);
}
END_TEST

static const struct support_case cases[] = {
	CASE(ordinary_calls_pass),
	CASE(dangerous_calls_are_refused_by_name),
	CASE(dangerous_arguments_are_refused),
	CASE(everything_else_does_not_exist),
	CASE(every_descriptor_has_its_own_offset),
	CASE(the_table_names_each_call_once),
	{0},
};

int main(void)
{
	return support_main("runtime/seccomp", cases);
}
