#include "base/child.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "base/child_int.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/mem.h"

#define KILL_WAIT_MS 10000
#define SPAWN_STACK ((size_t)128 * 1024)

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED true
#elif defined(__has_feature)
#define SANITIZED __has_feature(address_sanitizer)
#else
#define SANITIZED false
#endif

/* As execvp() would, before the fork, where memory may be had. */
int child_find_program(const char *name, char **ret_path, struct err *err)
{
	const char *path = getenv("PATH");
	if (strchr(name, '/')) {
		*ret_path = mem_strdup(name);
		return 0;
	}
	struct str rest = str_of(path && *path ? path : "/usr/local/bin:/usr/bin:/bin"), dir;
	while (str_split(&rest, ':', &dir)) {
		CLEANUP_FREE char *folder = dir.len ? mem_strndup(dir.p, dir.len) : mem_strdup(".");
		CLEANUP_FREE char *file = io_join(folder, name);
		if (access(file, X_OK) == 0) {
			*ret_path = TAKE_PTR(file);
			return 0;
		}
	}
	err_set(err, ERR_NOT_FOUND, "the program %s is not in PATH", name);
	err_remedy(err, "install it, or add its folder to PATH");
	return ERR_NOT_FOUND;
}

static void forget(struct child *c)
{
	if (c->pidfd >= 0)
		close(c->pidfd);
	*c = (struct child)CHILD_INIT;
}

/* Until the child has been waited for, its number cannot go to another process. */
static int watch(struct child *c, pid_t pid, bool group, struct err *err)
{
	*c = (struct child){pid, pidfd_open(pid, 0), group};
	if (c->pidfd >= 0)
		return 0;
	err_sys(err, ERR_IO, errno, "cannot watch process %d", (int)pid);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	*c = (struct child)CHILD_INIT;
	return ERR_IO;
}

static int start_failed(const struct child_failure *f, const struct child_opts *o, struct err *err)
{
	int code = ERR_IO;
	if (f->step == CHILD_STEP_EXEC && (f->sys == ENOENT || f->sys == ENOTDIR))
		code = ERR_NOT_FOUND;
	return err_sys(err, code, f->sys, "cannot start %s: %s",
		       o->program ? o->program : o->argv[0], child_step_text(f->step));
}

struct exec_args {
	const struct child_opts *o;
	const char *program;
	int *copies;
	int report;
	pid_t parent;
};

static int exec_in_child(void *p)
{
	const struct exec_args *a = p;
	child_exec(a->o, a->program, a->copies, a->report, a->parent);
}

/*
 * Borrows our memory until the exec, as posix_spawn() does: copying the page tables of a process of 200 MB takes
 * twenty times as long as everything else. Not where that would tell on us: work of the caller's may write to
 * memory, and a change of user takes from whoever shares the memory the right to dump core. The
 * sanitizers do not know a stack that is not theirs.
 */
static pid_t spawn(struct exec_args *a)
{
	if (a->o->before_exec || a->o->drop_user || SANITIZED) {
		pid_t pid = fork();
		if (pid == 0)
			exec_in_child(a);
		return pid;
	}
	char *stack = mmap(NULL, SPAWN_STACK, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
	if (stack == MAP_FAILED)
		return -1;
	pid_t pid = clone(exec_in_child, stack + SPAWN_STACK, CLONE_VM | CLONE_VFORK | SIGCHLD, a);
	int saved = errno;
	munmap(stack, SPAWN_STACK);
	errno = saved;
	return pid;
}

int child_start(struct child *c, const struct child_opts *o, struct err *err)
{
	CLEANUP_FREE char *program = NULL;
	CLEANUP_FREE int *copies = mem_array(o->fd_count, sizeof(int));
	int rc = child_find_program(o->program ? o->program : o->argv[0], &program, err), report[2];
	if (rc < 0 || (rc = io_pipe(report, err)) < 0)
		return rc;
	CLEANUP_FD int report_in = report[0];
	CLEANUP_FD int report_out = report[1];
	struct exec_args args = {o, program, copies, report_out, getpid()};
	sigset_t mask;
	child_block_signals(&mask);
	pid_t pid = spawn(&args);
	int fork_errno = errno;
	child_restore_signals(&mask);
	if (pid < 0)
		return err_sys(err, ERR_IO, fork_errno, "cannot start %s", program);
	close(TAKE_FD(report_out));
	rc = watch(c, pid, o->new_session, err);
	if (rc < 0)
		return rc;
	/* The other end closes on exec, or brings the reason why there was none. */
	struct child_failure failure;
	ssize_t n;
	do
		n = read(report_in, &failure, sizeof(failure));
	while (n < 0 && errno == EINTR);
	if (n != sizeof(failure))
		return 0;
	waitpid(pid, NULL, 0);
	forget(c);
	return start_failed(&failure, o, err);
}

int child_fork(struct child *c, int (*fn)(void *state), void *state, const int *keep,
	       size_t keep_count, struct err *err)
{
	fflush(NULL);
	pid_t parent = getpid();
	sigset_t mask;
	child_block_signals(&mask);
	pid_t pid = fork();
	if (pid == 0)
		child_call(fn, state, keep, keep_count, parent);
	int fork_errno = errno;
	child_restore_signals(&mask);
	if (pid < 0)
		return err_sys(err, ERR_IO, fork_errno, "cannot fork");
	return watch(c, pid, false, err);
}

int child_fork_sibling(pid_t *ret, int (*fn)(void *state), void *state, const int *keep,
		       size_t keep_count, struct err *err)
{
	fflush(NULL);
	pid_t parent = getppid();
	sigset_t mask;
	child_block_signals(&mask);
	/* As fork() does it, which has no word for this. The caller has one thread and no locks to put in order. */
	long pid = syscall(SYS_clone, CLONE_PARENT | SIGCHLD, NULL, NULL, NULL, 0L);
	if (pid == 0)
		child_call(fn, state, keep, keep_count, parent);
	int fork_errno = errno;
	child_restore_signals(&mask);
	if (pid < 0)
		return err_sys(err, ERR_IO, fork_errno, "cannot fork");
	*ret = (pid_t)pid;
	return 0;
}

int child_adopt(struct child *c, pid_t pid, struct err *err)
{
	return watch(c, pid, false, err);
}

void child_kill(const struct child *c, int signal)
{
	if (c->pid <= 0)
		return;
	if (c->group)
		kill(-c->pid, signal);
	else
		pidfd_send_signal(c->pidfd, signal, NULL, 0);
}

int child_wait(struct child *c, int64_t timeout_ms, struct child_end *ret, struct err *err)
{
	assert(c->pid > 0);
	int64_t deadline = timeout_ms < 0 ? -1 : clock_mono(&clock_real) + timeout_ms;
	int n, status;
	do {
		struct pollfd p = {c->pidfd, POLLIN, 0};
		n = poll(&p, 1, child_poll_ms(deadline));
	} while ((n < 0 && errno == EINTR) || (n == 0 && child_poll_ms(deadline) != 0));
	if (n < 0)
		return err_sys(err, ERR_IO, errno, "cannot wait for process %d", (int)c->pid);
	if (n == 0)
		return err_set(err, ERR_TIMEOUT, "process %d did not end in time", (int)c->pid);
	struct child_end end = {0};
	while (wait4(c->pid, &status, 0, &end.usage) < 0) {
		if (errno == EINTR)
			continue;
		int e = errno;
		forget(c);
		return err_sys(err, ERR_IO, e, "cannot learn how a process ended");
	}
	end.exited = WIFEXITED(status);
	end.status = end.exited ? WEXITSTATUS(status) : WTERMSIG(status);
	*ret = end;
	forget(c);
	return 0;
}

/* Waits for the end without reaping: until then the group's number is the child's own. */
static bool ended_within(const struct child *c, int64_t ms)
{
	int64_t deadline = clock_mono(&clock_real) + ms;
	int n;
	do {
		struct pollfd p = {c->pidfd, POLLIN, 0};
		n = poll(&p, 1, child_poll_ms(deadline));
	} while (n < 0 && errno == EINTR);
	return n > 0;
}

void child_stop(struct child *c, int64_t grace_ms)
{
	if (c->pid <= 0)
		return;
	child_kill(c, SIGTERM);
	/* A stopped process takes SIGTERM only once it goes on. */
	child_kill(c, SIGCONT);
	ended_within(c, grace_ms);
	child_release(c);
}

void child_release(struct child *c)
{
	struct child_end end;
	if (c->pid <= 0)
		return;
	child_kill(c, SIGKILL);
	/* A process in an uninterruptible wait is left to init rather than waited for without end. */
	if (child_wait(c, KILL_WAIT_MS, &end, NULL) < 0)
		forget(c);
}

char *child_end_text(const struct child_end *e, char *out, size_t out_size)
{
	const char *name = e->exited ? NULL : sigabbrev_np(e->status);
	if (e->exited)
		snprintf(out, out_size, "exit status %d", e->status);
	else if (name)
		snprintf(out, out_size, "killed by SIG%s", name);
	else
		snprintf(out, out_size, "killed by signal %d", e->status);
	return out;
}
