/*
 * The child's half, between fork and exec: into the control groups, and, as root, into a mount namespace where the three things to be bound lie
 * at fixed places, then away from root. Thus bubblewrap runs as a user that owns nothing, and needs no leave to walk our folders. Only
 * async-signal-safe calls.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>

#include "runtime/driver/bubblewrap_int.h"

static bool say(const char *z)
{
	return write(2, z, strlen(z)) >= 0;
}

static int failed(const char *what)
{
	const char *why = strerrordesc_np(errno);
	return say("cannot ") && say(what) && say(": ") && say(why ? why : "unknown error") ? 1 : 2;
}

/* "/proc/self/fd/N" without stdio. */
static const char *fd_path(int fd, char out[32])
{
	char digits[12];
	size_t n = 0, len = strlen("/proc/self/fd/");
	memcpy(out, "/proc/self/fd/", len);
	do
		digits[n++] = (char)('0' + fd % 10);
	while ((fd /= 10) > 0);
	while (n)
		out[len++] = digits[--n];
	out[len] = '\0';
	return out;
}

static bool bind_at(int fd, const char *to)
{
	char from[32];
	return mount(fd_path(fd, from), to, NULL, MS_BIND, NULL) == 0;
}

/* What is bound may lie below the stage itself, so it is opened before the stage hides it. */
static int set_stage(const struct bwrap_enter *e)
{
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return failed("make a mount namespace");
	int bundle = open(e->bundle, O_PATH | O_DIRECTORY | O_CLOEXEC);
	int init = open(e->init, O_PATH | O_CLOEXEC);
	int etc = open(e->etc, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (bundle < 0 || init < 0 || etc < 0)
		return failed("open what the sandbox is made of");
	if (mount("aspora", STAGE, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755,size=64k") < 0 ||
	    mkdir(STAGE_BUNDLE, 0755) < 0 || mkdir(STAGE_ETC, 0755) < 0 ||
	    mknod(STAGE_INIT, S_IFREG | 0644, 0) < 0)
		return failed("set the stage on " STAGE);
	if (!bind_at(bundle, STAGE_BUNDLE) || !bind_at(init, STAGE_INIT) ||
	    !bind_at(etc, STAGE_ETC))
		return failed("bind what the sandbox is made of");
	return 0;
}

static int drop_root(const struct bwrap_enter *e)
{
	if (e->uid == 0) {
		errno = ERANGE;
		return failed("find a user number for the sandbox");
	}
	if (setgroups(0, NULL) < 0 || setresgid(e->uid, e->uid, e->uid) < 0 ||
	    setresuid(e->uid, e->uid, e->uid) < 0)
		return failed("become the sandbox's user");
	/* Lost with the change of user. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != e->parent)
		return failed("be tied to the keeper");
	return 0;
}

int bwrap_enter(void *state)
{
	const struct bwrap_enter *e = state;
	if (e->cgroup && !cgroup_enter(e->cgroup))
		return failed("enter the control group");
	if (e->mode != BWRAP_OWN_UID)
		return 0;
	int rc = set_stage(e);
	return rc ? rc : drop_root(e);
}
