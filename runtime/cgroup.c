#include "runtime/cgroup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/pidfd.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/mem.h"
#include "runtime/cgroup_int.h"

#define EMPTY_WAIT_MS 5000
#define CPU_PERIOD_US 100000

bool cgroup_write(const char *dir, const char *group, const char *file, const char *value)
{
	CLEANUP_FREE char *path = mem_printf("%s/%s%s%s", dir, group ? group : "", group ? "/" : "",
					     file);
	CLEANUP_FD int fd = open(path, O_WRONLY | O_CLOEXEC);
	return fd >= 0 && write(fd, value, strlen(value)) == (ssize_t)strlen(value);
}

static bool write_number(const char *dir, const char *group, const char *file, int64_t v)
{
	char text[32];
	snprintf(text, sizeof(text), "%lld", (long long)v);
	return cgroup_write(dir, group, file, text);
}

static int64_t read_number(const char *dir, const char *group, const char *file)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(4096);
	CLEANUP_FREE char *path = mem_printf("%s/%s/%s", dir, group, file);
	int64_t v = 0;
	if (io_read_file(path, &b, NULL) < 0 || !str_to_i64(str_trim(buf_str(&b)), &v))
		return 0;
	return v;
}

/* The number after a key in a file of "key number" lines. */
static int64_t read_key(const char *dir, const char *group, const char *file, const char *key)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(65536);
	CLEANUP_FREE char *path = mem_printf("%s/%s/%s", dir, group, file);
	int64_t v = 0;
	if (io_read_file(path, &b, NULL) < 0)
		return 0;
	struct str rest = buf_str(&b), line, word;
	while (str_split(&rest, '\n', &line))
		if (str_split(&line, ' ', &word) && str_eqz(word, key) && str_to_i64(line, &v))
			return v;
	return 0;
}

/* The folders that hold a group: one for version 2, one per controller for version 1. */
static const char *folder(const struct cgroup_host *h, int i)
{
	if (h->version == 2)
		return i == 0 ? h->base[0] : NULL;
	return h->version == 1 && h->has[i] ? h->base[i] : NULL;
}

static bool set_limits(const struct cgroup_host *h, const char *name, const struct run_limits *l)
{
	bool v2 = h->version == 2, ok = true;
	int64_t quota = l->cpu_millis * CPU_PERIOD_US / 1000;
	char cpu_max[64];
	snprintf(cpu_max, sizeof(cpu_max), "%lld %d", (long long)quota, CPU_PERIOD_US);
	if (h->has[CGROUP_MEMORY]) {
		const char *dir = h->base[CGROUP_MEMORY];
		ok &= write_number(dir, name, v2 ? "memory.max" : "memory.limit_in_bytes",
				   l->memory_bytes);
		/* Swap may not be accounted here; then there is nothing to limit either. */
		if (v2)
			write_number(dir, name, "memory.swap.max", 0);
		else
			write_number(dir, name, "memory.memsw.limit_in_bytes", l->memory_bytes);
	}
	if (h->has[CGROUP_PIDS])
		ok &= write_number(h->base[CGROUP_PIDS], name, "pids.max", l->pids);
	if (h->has[CGROUP_CPU])
		ok &= v2 ? cgroup_write(h->base[CGROUP_CPU], name, "cpu.max", cpu_max)
			 : write_number(h->base[CGROUP_CPU], name, "cpu.cfs_quota_us", quota);
	return ok;
}

/* Takes half-made groups away again; what cannot be removed now is found by cgroup_list() later. */
static void undo(const struct cgroup_host *h, const char *name)
{
	if (cgroup_remove(h, name, NULL) < 0)
		return;
}

int cgroup_make(const struct cgroup_host *h, const char *name, const struct run_limits *l,
		struct cgroup *ret, struct err *err)
{
	memset(ret, 0, sizeof(*ret));
	ret->host = h;
	snprintf(ret->name, sizeof(ret->name), "%s", name);
	for (int i = 0; i < CGROUP_CONTROLLERS; i++) {
		const char *dir = folder(h, i);
		if (!dir)
			continue;
		char *enter = ret->enter[ret->enter_count++];
		snprintf(enter, sizeof(ret->enter[0]), "%s/%s/cgroup.procs", dir, name);
		CLEANUP_FREE char *path = io_join(dir, name);
		/* An empty one is what a crash left; one in use cannot be removed. */
		if (mkdir(path, 0755) == 0 ||
		    (errno == EEXIST && rmdir(path) == 0 && mkdir(path, 0755) == 0))
			continue;
		int rc = err_sys(err, ERR_SANDBOX, errno, "cannot make the control group %s", path);
		if (ret->enter_count > 1)
			undo(h, name);
		return rc;
	}
	if (set_limits(h, name, l))
		return 0;
	undo(h, name);
	return err_set(err, ERR_SANDBOX, "the kernel refuses a limit of the control group %s",
		       name);
}

bool cgroup_enter(const struct cgroup *g)
{
	for (size_t i = 0; i < g->enter_count; i++) {
		int fd = open(g->enter[i], O_WRONLY | O_CLOEXEC);
		if (fd < 0 || write(fd, "0", 1) != 1)
			return false;
		close(fd);
	}
	return true;
}

void cgroup_usage(const struct cgroup_host *h, const char *name, struct cgroup_usage *ret)
{
	*ret = (struct cgroup_usage){false, 0, 0};
	const char *m = h->has[CGROUP_MEMORY] ? h->base[CGROUP_MEMORY] : NULL;
	if (h->version == 2) {
		ret->out_of_memory = m && read_key(m, name, "memory.events", "oom_kill") > 0;
		ret->memory_peak_bytes = m ? read_number(m, name, "memory.peak") : 0;
		ret->cpu_ms = read_key(h->base[0], name, "cpu.stat", "usage_usec") / 1000;
	} else if (h->version == 1) {
		ret->out_of_memory = m && read_key(m, name, "memory.oom_control", "oom_kill") > 0;
		ret->memory_peak_bytes = m ? read_number(m, name, "memory.max_usage_in_bytes") : 0;
		if (h->has[CGROUP_CPUACCT])
			ret->cpu_ms = read_number(h->base[CGROUP_CPUACCT], name, "cpuacct.usage") /
				      1000000;
	}
}

/*
 * Signals one process of the group. Its number was read a moment ago and may be another's by now, so the process is held by a pidfd
 * first and then looked for in the group again.
 */
static void kill_one(const char *procs, struct str pid)
{
	int64_t n;
	CLEANUP(buf_release) struct buf again = BUF_INIT((size_t)1 << 20);
	if (!str_to_i64(pid, &n) || n <= 0)
		return;
	CLEANUP_FD int fd = pidfd_open((pid_t)n, 0);
	if (fd < 0 || io_read_file(procs, &again, NULL) < 0)
		return;
	struct str rest = buf_str(&again), line;
	while (str_split(&rest, '\n', &line))
		if (str_eq(line, pid) && pidfd_send_signal(fd, SIGKILL, NULL, 0) == 0)
			return;
}

static void kill_listed(const char *dir, const char *name)
{
	CLEANUP(buf_release) struct buf pids = BUF_INIT((size_t)1 << 20);
	CLEANUP_FREE char *procs = mem_printf("%s/%s/cgroup.procs", dir, name);
	if (io_read_file(procs, &pids, NULL) < 0)
		return;
	struct str rest = buf_str(&pids), pid;
	while (str_split(&rest, '\n', &pid))
		if (pid.len)
			kill_one(procs, pid);
}

static void kill_round(const struct cgroup_host *h, const char *name)
{
	bool freeze = h->version == 1 && h->has[CGROUP_FREEZER];
	bool killed = h->version == 2 && cgroup_write(h->base[0], name, "cgroup.kill", "1");
	if (freeze)
		cgroup_write(h->base[CGROUP_FREEZER], name, "freezer.state", "FROZEN");
	for (int i = 0; i < CGROUP_CONTROLLERS; i++) {
		const char *dir = folder(h, i);
		if (dir && !killed)
			kill_listed(dir, name);
	}
	if (freeze)
		cgroup_write(h->base[CGROUP_FREEZER], name, "freezer.state", "THAWED");
}

void cgroup_kill(const struct cgroup_host *h, const char *name)
{
	kill_round(h, name);
}

/* One try; ENOENT is as good as done. */
static int remove_folders(const struct cgroup_host *h, const char *name)
{
	int failed = 0;
	for (int i = 0; i < CGROUP_CONTROLLERS; i++) {
		const char *dir = folder(h, i);
		CLEANUP_FREE char *path = dir ? io_join(dir, name) : NULL;
		if (path && rmdir(path) < 0 && errno != ENOENT)
			failed = errno;
	}
	return failed;
}

int cgroup_remove(const struct cgroup_host *h, const char *name, struct err *err)
{
	int64_t give_up = clock_mono(&clock_real) + EMPTY_WAIT_MS;
	int failed = remove_folders(h, name);
	/* Version 1 has no event for "empty now", so this asks again, a millisecond apart at first. */
	for (int pause = 1; failed == EBUSY; pause = MIN(pause * 2, 50)) {
		if (clock_mono(&clock_real) > give_up)
			break;
		kill_round(h, name);
		poll(NULL, 0, pause);
		failed = remove_folders(h, name);
	}
	if (failed)
		return err_sys(err, ERR_SANDBOX, failed, "cannot remove the control group %s",
			       name);
	return 0;
}

static bool seen_before(const struct cgroup_host *h, int before, const char *name)
{
	for (int i = 0; i < before; i++) {
		const char *dir = folder(h, i);
		CLEANUP_FREE char *path = dir ? io_join(dir, name) : NULL;
		if (path && io_exists(path))
			return true;
	}
	return false;
}

int cgroup_list(const struct cgroup_host *h, const char *prefix,
		int (*fn)(void *state, const char *name, struct err *err), void *state,
		struct err *err)
{
	int rc = 0;
	for (int i = 0; i < CGROUP_CONTROLLERS && rc >= 0; i++) {
		const char *dir = folder(h, i);
		DIR *d = dir ? opendir(dir) : NULL;
		struct dirent *e;
		while (d && rc >= 0 && (e = readdir(d))) {
			if (strncmp(e->d_name, prefix, strlen(prefix)) == 0 &&
			    !seen_before(h, i, e->d_name))
				rc = fn(state, e->d_name, err);
		}
		if (d)
			closedir(d);
	}
	return rc;
}
