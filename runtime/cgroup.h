/*
 * Control groups, for limits and for finding what was started. Version 2 where a writable part of the tree is ours, else version 1 with
 * whichever of its controllers are, else none: then nothing here fails, and describe() says so.
 *
 * A sandbox has one group, named "aspora-OWNER-INSTANCE", beside or below the process's own.
 */
#ifndef RUNTIME_CGROUP_H
#define RUNTIME_CGROUP_H

#include "base/buf.h"
#include "base/err.h"
#include "runtime/limits.h"

#define CGROUP_PATH_MAX 512
#define CGROUP_NAME_MAX 128

enum cgroup_controller {
	CGROUP_MEMORY,
	CGROUP_PIDS,
	CGROUP_CPU,
	CGROUP_CPUACCT, /* v1: figures only */
	CGROUP_FREEZER, /* v1: so that nothing forks while it is killed */
	CGROUP_CONTROLLERS
};

struct cgroup_host {
	int version; /* 2, 1, or 0: none */
	bool has[CGROUP_CONTROLLERS];
	char base[CGROUP_CONTROLLERS][CGROUP_PATH_MAX]; /* v2: all the same */
};

/* Finds what is there by trying it. root is prefixed to every path (tests); NULL: this host. */
void cgroup_detect(const char *root, struct cgroup_host *ret);
/* "cgroup v1: memory, pids, cpu", or nothing. */
void cgroup_describe(const struct cgroup_host *h, struct buf *out);

struct cgroup {
	const struct cgroup_host *host;
	char name[CGROUP_NAME_MAX];
	char enter[CGROUP_CONTROLLERS]
		  [CGROUP_PATH_MAX + CGROUP_NAME_MAX + 16]; /* cgroup.procs files */
	size_t enter_count;
};

/* Makes the group and sets its limits. On a host without any it succeeds and does nothing. Errors: ERR_SANDBOX. */
NODISCARD int cgroup_make(const struct cgroup_host *h, const char *name, const struct run_limits *l,
			  struct cgroup *ret, struct err *err);
/* In the child, before exec; async-signal-safe. False when the kernel refuses. */
bool cgroup_enter(const struct cgroup *g);

struct cgroup_usage {
	bool out_of_memory;
	int64_t memory_peak_bytes, cpu_ms;
};
void cgroup_usage(const struct cgroup_host *h, const char *name, struct cgroup_usage *ret);
/* SIGKILL to all of it; returns at once. */
void cgroup_kill(const struct cgroup_host *h, const char *name);
/* Kills, waits until it is empty (a few seconds at most), removes it. Absent is fine. Errors: ERR_SANDBOX. */
NODISCARD int cgroup_remove(const struct cgroup_host *h, const char *name, struct err *err);
/* Every group whose name begins with prefix, once. */
NODISCARD int cgroup_list(const struct cgroup_host *h, const char *prefix,
			  int (*fn)(void *state, const char *name, struct err *err), void *state,
			  struct err *err);

#endif
