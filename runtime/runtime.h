/*
 * The runtime of one process: where bundles live, which drivers there are, what limits are in force. Opened once by whoever
 * runs sandboxes (the runner role, a keeper, `asporad executor --local`), borrowed by everything below.
 *
 * Every sandbox is named: `owner` (one installation on this host) and the instance's own name. What runs under our owner's name
 * and is not known is an orphan of a crash, and runtime_reap() ends it (invariant I8).
 */
#ifndef RUNTIME_RUNTIME_H
#define RUNTIME_RUNTIME_H

#include "base/clock.h"
#include "base/json.h"
#include "runtime/driver.h"
#include "runtime/limits.h"

struct runtime_opts {
	const char *state_dir; /* bundles live in state_dir/bundles; made when absent */
	const char *init_path; /* aspora-init; NULL: beside the running program, then libexecdir */
	const char *owner; /* a-z 0-9, at most 16; NULL: derived from state_dir */
	const struct clock *clock; /* NULL: clock_real */
	const char *cgroup_root; /* tests only; NULL: this host's */
};

/* Copies what it is given. Gives. Errors: ERR_IO (state folder), ERR_NOT_FOUND (aspora-init, with where it looked). */
NODISCARD int runtime_open(const struct runtime_opts *opts, struct runtime **ret, struct err *err);
void runtime_close(
	struct runtime *rt); /* NULL is fine; sandboxes are the caller's to release first */
void runtime_closep(struct runtime **rt);

/*
 * The driver to use: `name` when not empty, else the strongest usable one. Errors: ERR_UNSUPPORTED when it is unknown, does not work on this
 * host (with its own reason), or is of a weaker class than `least`; the skill is Stalled then, never run in a weaker class.
 */
NODISCARD int runtime_driver(struct runtime *rt, struct str name, enum isolation least,
			     const struct driver **ret, struct err *err);
/*
 * Tries the drivers that any skill may get, and the named one, now, so that processes forked from this one need not: what works is remembered, what
 * does not is tried again by whoever wants it. Blocks: some tenths of a second for each that was not tried yet.
 */
void runtime_try_drivers(struct runtime *rt, struct str name);
/* "cgroup v1: memory, pids, cpu; rlimit: fsize, nofile" : static for the life of rt. */
const char *runtime_limits_describe(const struct runtime *rt);
/* An array of {name, isolation, usable, detail}, for status and metrics. Probes each driver once per runtime. */
void runtime_drivers_json(struct runtime *rt, struct json *j);

/* Ends every sandbox of this owner whose instance name is not among `keep`. Sandboxes of other owners are not touched. */
NODISCARD int runtime_reap(struct runtime *rt, const char *const *keep, size_t keep_count,
			   size_t *ret_reaped, struct err *err);
/* Removes bundles whose runtime digest is not among `live`, and half-built leavings older than an hour. */
NODISCARD int runtime_collect(struct runtime *rt, const struct digest *live, size_t live_count,
			      size_t *ret_removed, struct err *err);

/* The parts, for drivers. Strings point into rt. */
const char *runtime_owner(const struct runtime *rt);
const char *runtime_bundle_root(const struct runtime *rt);
const char *runtime_init_path(const struct runtime *rt);
const struct clock *runtime_clock(const struct runtime *rt);
const struct cgroup_host *runtime_cgroups(const struct runtime *rt);

#endif
