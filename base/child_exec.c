#include "base/child_int.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/close_range.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

const char *child_step_text(int step)
{
	static const char *const texts[] = {
		[CHILD_STEP_FDS] = "placing its descriptors",
		[CHILD_STEP_LIMITS] = "setting its limits",
		[CHILD_STEP_SESSION] = "making its session",
		[CHILD_STEP_USER] = "changing its user",
		[CHILD_STEP_DIR] = "entering its folder",
		[CHILD_STEP_DEATH] = "tying it to its parent",
		[CHILD_STEP_EXEC] = "running the program",
	};
	return texts[step];
}

void child_block_signals(sigset_t *ret_before)
{
	sigset_t all;
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, ret_before);
}

void child_restore_signals(const sigset_t *before)
{
	sigprocmask(SIG_SETMASK, before, NULL);
}

static void clean_signals(void)
{
	struct sigaction sa = {.sa_handler = SIG_DFL};
	sigset_t none;
	for (int s = 1; s < NSIG; s++)
		sigaction(s, &sa, NULL); /* refused for some, which have no handler anyway */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

/*
 * Asks for death with the parent. It may have died before we asked: then we have another parent already.
 * The wish is lost when the user changes, so this comes after.
 */
static bool die_with(pid_t parent)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		return false;
	if (getppid() != parent)
		_exit(127);
	return true;
}

/* Descriptors from low to high are closed, or marked to close on exec. */
static void drop_range(unsigned low, unsigned high, bool on_exec)
{
	if (low > high ||
	    syscall(SYS_close_range, low, high, on_exec ? CLOSE_RANGE_CLOEXEC : 0) == 0)
		return;
	/* Linux before 5.11 */
	long most = sysconf(_SC_OPEN_MAX);
	for (unsigned fd = low; fd <= high && fd < (unsigned long)MAX(most, 256L); fd++) {
		if (!on_exec)
			close((int)fd);
		else
			fcntl((int)fd, F_SETFD, FD_CLOEXEC);
	}
}

static bool is_target(const struct child_opts *o, int fd)
{
	for (size_t i = 0; i < o->fd_count; i++)
		if (o->fds[i].target == fd)
			return true;
	return false;
}

/* All but the targets and 0, 1, 2 go on exec; the report pipe among them. */
static void drop_others(const struct child_opts *o, int highest)
{
	int low = 3;
	for (int fd = 3; fd <= highest; fd++) {
		if (!is_target(o, fd))
			continue;
		drop_range((unsigned)low, (unsigned)fd - 1, true);
		low = fd + 1;
	}
	drop_range((unsigned)low, UINT_MAX, true);
}

static bool null_at(int target, int flags)
{
	int fd = open("/dev/null", flags | O_CLOEXEC);
	/* Where target itself was closed, it is what open() gave. */
	if (fd == target)
		return fcntl(fd, F_SETFD, 0) == 0;
	bool ok = fd >= 0 && dup2(fd, target) == target;
	if (fd >= 0)
		close(fd);
	return ok;
}

/*
 * Sources and targets may overlap in any way (1 to 2 and 2 to 1), so every source is first copied above
 * all targets, and only then put in its place. The report pipe moves up with them.
 */
static bool place_fds(const struct child_opts *o, int *copies, int *report)
{
	int highest = 2;
	for (size_t i = 0; i < o->fd_count; i++)
		highest = MAX(highest, o->fds[i].target);
	*report = fcntl(*report, F_DUPFD_CLOEXEC, highest + 1);
	if (*report < 0)
		return false;
	for (size_t i = 0; i < o->fd_count; i++) {
		copies[i] = fcntl(o->fds[i].fd, F_DUPFD_CLOEXEC, highest + 1);
		if (copies[i] < 0)
			return false;
	}
	for (size_t i = 0; i < o->fd_count; i++)
		if (dup2(copies[i], o->fds[i].target) < 0)
			return false;
	if (!is_target(o, 0) && !null_at(0, O_RDONLY))
		return false;
	if (!is_target(o, 1) && !null_at(1, O_WRONLY))
		return false;
	if (!is_target(o, 2) && fcntl(2, F_GETFD) < 0 && !null_at(2, O_WRONLY))
		return false;
	drop_others(o, highest);
	return true;
}

static bool set_limits(const struct child_opts *o)
{
	for (size_t i = 0; i < o->limit_count; i++) {
		struct rlimit r = {o->limits[i].value, o->limits[i].value};
		if (setrlimit((__rlimit_resource_t)o->limits[i].resource, &r) < 0)
			return false;
	}
	return true;
}

static bool change_user(const struct child_opts *o)
{
	return !o->drop_user ||
	       (setgroups(0, NULL) == 0 && setresgid(o->gid, o->gid, o->gid) == 0 &&
		setresuid(o->uid, o->uid, o->uid) == 0);
}

/* Takes the steps in order; the number of the one that failed, or -1. */
static int prepare(const struct child_opts *o, int *copies, int *report, pid_t parent)
{
	if (!place_fds(o, copies, report))
		return CHILD_STEP_FDS;
	if (o->new_session && setsid() < 0)
		return CHILD_STEP_SESSION;
	if (!set_limits(o))
		return CHILD_STEP_LIMITS;
	if (!change_user(o))
		return CHILD_STEP_USER;
	if (o->dir && chdir(o->dir) < 0)
		return CHILD_STEP_DIR;
	if (!o->outlive_parent && !die_with(parent))
		return CHILD_STEP_DEATH;
	return -1;
}

void child_exec(const struct child_opts *o, const char *program, int *copies, int report,
		pid_t parent)
{
	clean_signals();
	int step = prepare(o, copies, &report, parent);
	if (step < 0) {
		if (o->before_exec && o->before_exec(o->state) != 0)
			_exit(127);
		execve(program, (char *const *)(uintptr_t)o->argv,
		       o->env ? (char *const *)(uintptr_t)o->env : environ);
		step = CHILD_STEP_EXEC;
	}
	struct child_failure failure = {step, errno};
	if (report >= 0 && write(report, &failure, sizeof(failure)) < 0)
		_exit(126);
	_exit(127);
}

void child_call(int (*fn)(void *state), void *state, const int *keep, size_t keep_count,
		pid_t parent)
{
	unsigned low = 3;
	clean_signals();
	if (!die_with(parent))
		_exit(127);
	for (size_t i = 0; i < keep_count; i++) {
		if (keep[i] < 3)
			continue;
		drop_range(low, (unsigned)keep[i] - 1, false);
		low = (unsigned)keep[i] + 1;
	}
	drop_range(low, UINT_MAX, false);
	int status = fn(state);
	fflush(NULL);
	_exit(status);
}
