/* Shared by the parts of the bubblewrap driver. */
#ifndef RUNTIME_DRIVER_BUBBLEWRAP_INT_H
#define RUNTIME_DRIVER_BUBBLEWRAP_INT_H

#include "base/child.h"
#include "runtime/cgroup.h"
#include "runtime/driver.h"
#include "runtime/runtime.h"

/*
 * Whose user a sandbox is, outside. Inside it is always 65534 of a user namespace of its own.
 *   OWN_UID   we are root: each instance has an unused user number of its own, and bubblewrap itself runs as it
 *   ROOT      we are root of a user namespace that has no numbers to give (and not the host's root); bubblewrap runs as us
 *   SAME      we are somebody: sandboxes run as us
 */
enum bwrap_mode { BWRAP_OWN_UID, BWRAP_ROOT, BWRAP_SAME };

/* Where the child's half, running with its own mounts, puts what bubblewrap is to bind. Only in OWN_UID mode. */
#define STAGE "/tmp"
#define STAGE_BUNDLE STAGE "/bundle"
#define STAGE_INIT STAGE "/init"
#define STAGE_ETC STAGE "/etc"

/* What the child does between fork and exec; all memory is prepared before. */
struct bwrap_enter {
	enum bwrap_mode mode;
	const struct cgroup *cgroup;
	const char *bundle, *init, *etc; /* host paths of ours */
	uid_t uid;
	pid_t parent;
};
int bwrap_enter(void *state); /* before_exec; says on descriptor 2 what failed */

/* The user number of an instance, out of a range that nobody uses and that this user namespace has; 0 when it has none. */
uid_t bwrap_uid(const char *instance);

/* Root here is root one namespace up as well: it owns kernel settings, and so must not be a sandbox's user. */
bool bwrap_is_host_root(void);

/* The argument vector. */
struct words {
	const char **items;
	size_t count, cap;
};
void words_add(struct words *w, const char *fmt, ...) PRINTF(2, 3);
void words_release(struct words *w);

struct bwrap_args {
	enum bwrap_mode mode;
	const struct sandbox_spec *spec;
	const char *owner;
	const char *bundle, *init, *etc;
	const int *seccomp_fds; /* numbers in the child */
};
void bwrap_args(const struct bwrap_args *a, struct words *w);

/* "aspora-OWNER-INSTANCE", in out of CGROUP_NAME_MAX bytes. */
void bwrap_group_name(const struct runtime *rt, const char *instance, char out[CGROUP_NAME_MAX]);
NODISCARD int bwrap_list(struct runtime *rt, sandbox_found_fn fn, void *state, struct err *err);
NODISCARD int bwrap_reap(struct runtime *rt, const char *instance, struct err *err);

#endif
