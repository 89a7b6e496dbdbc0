/*
 * Sandbox drivers: const vtables, one file and one exported symbol each (runtime/driver/x.c), found by name in one table. No call waits for
 * a sandbox: start() returns while it is starting, its being ready shows at the door, its end at wait_fd. Drivers are given blob
 * manifests and limits, never host paths that came from data.
 *
 * The caller: 1. prepare() a bundle 2. start() 3. serve the door on sandbox->door_fd, watch sandbox->wait_fd 4. kill() when it must end
 * 5. poll() says how it ended 6. release().
 */
#ifndef RUNTIME_DRIVER_H
#define RUNTIME_DRIVER_H

#include "base/buf.h"
#include "runtime/bundle.h"
#include "runtime/limits.h"
#include "skill/config.h"
#include "skill/manifest.h"

struct runtime;

/* Capability bits: what this driver holds a sandbox to. */
#define DRIVER_NO_NETWORK 1u
#define DRIVER_READ_ONLY_ROOT 2u
#define DRIVER_SECCOMP 4u
#define DRIVER_LIMITS 8u /* memory, pids, cpu by whatever runtime_limits_describe() says */
#define DRIVER_LIST 16u /* list() finds orphans */
#define DRIVER_RUNS_HANDLERS 32u /* aspora-init and the skill's own handler really run */

#define SANDBOX_NAME_MAX 63

struct sandbox_env {
	struct str name, value;
};

struct sandbox_spec {
	const char *instance; /* unique on this host: [A-Za-z0-9-], at most SANDBOX_NAME_MAX */
	const struct bundle *bundle;
	struct str handler; /* path below the bundle, "code/handler.py" */
	struct run_limits limits; /* complete */
	const struct sandbox_env *env; /* declared by the skill; nothing else of ours goes in */
	size_t env_count;
	bool network; /* asked for; a driver that cannot refuses with ERR_UNSUPPORTED */
	bool probe; /* check the handler, do not run it */
};

/* What a driver keeps is behind this head. */
struct sandbox {
	const struct driver *driver;
	char instance[SANDBOX_NAME_MAX + 1];
	int door_fd; /* our end of the one byte stream; non-blocking */
	int wait_fd; /* readable once it has ended */
	int stderr_fd; /* what the driver's own programs say; non-blocking; -1: nothing */
};

struct sandbox_status {
	bool ended;
	bool exited; /* else by signal */
	int status; /* exit status or signal number */
	bool out_of_memory; /* the limit was hit and something was killed for it */
	int64_t memory_peak_bytes, cpu_ms; /* 0: not known */
};

struct sandbox_found {
	char instance[SANDBOX_NAME_MAX + 1];
};
typedef int (*sandbox_found_fn)(void *state, const struct sandbox_found *f, struct err *err);

struct driver {
	const char *name;
	unsigned caps; /* DRIVER_* */
	enum isolation isolation;
	/* Whether it works here, by doing it; appends what it found ("bubblewrap 0.8.0, per-instance uid") to detail. Errors: ERR_UNSUPPORTED with why. */
	int (*probe)(struct runtime *rt, struct buf *detail, struct err *err);
	int (*prepare)(struct runtime *rt, const struct digest *runtime, const struct manifest *m,
		       const struct blob_reader *blobs, struct bundle *ret, struct err *err);
	/* Gives. Errors: ERR_UNSUPPORTED, ERR_SANDBOX, ERR_IO. */
	int (*start)(struct runtime *rt, const struct sandbox_spec *spec, struct sandbox **ret,
		     struct err *err);
	int (*poll)(struct sandbox *s, struct sandbox_status *ret, struct err *err);
	void (*kill)(struct sandbox *s); /* everything in it; returns at once */
	/* Every sandbox of this runtime's owner that is alive now, whoever started it. */
	int (*list)(struct runtime *rt, sandbox_found_fn fn, void *state, struct err *err);
	int (*reap)(struct runtime *rt, const char *instance, struct err *err); /* absent is fine */
	void (*release)(struct sandbox *s); /* kills, reaps, frees; takes s; NULL is fine */
};

extern const struct driver driver_bubblewrap, driver_fake, driver_null;
extern const struct driver *const drivers[]; /* NULL-terminated, strongest first */
const struct driver *driver_find(struct str name); /* NULL when unknown */
const char *isolation_name(enum isolation i);

/*
 * For tests (without a call of this the fake driver refuses): what its sandboxes do with their end of the door, in a process of their own; the result is its exit status. NULL sets
 * the default back: answer every invocation with its own context as output.
 */
typedef int (*driver_fake_fn)(int door_fd, const struct sandbox_spec *spec, void *state);
void driver_fake_script(driver_fake_fn fn, void *state);

#endif
