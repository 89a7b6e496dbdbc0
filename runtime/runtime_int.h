/* The inside of struct runtime, for the drivers. */
#ifndef RUNTIME_RUNTIME_INT_H
#define RUNTIME_RUNTIME_INT_H

#include "runtime/cgroup.h"
#include "runtime/runtime.h"

#define OWNER_MAX 16
#define DRIVERS_MAX 8

struct driver_state {
	bool probed;
	int rc; /* of probe */
	struct err err;
	char detail[ERR_MSG_MAX];
	int mode; /* the driver's own */
};

struct runtime {
	char owner[OWNER_MAX + 1];
	char *bundles; /* folder */
	char *etc; /* folder: what is /etc inside */
	char *init_path;
	const struct clock *clock;
	struct cgroup_host cgroups;
	char limits_text[160];
	struct driver_state drivers[DRIVERS_MAX]; /* in the order of drivers[] */
};

struct driver_state *runtime_state(struct runtime *rt, const struct driver *d);
/* The /etc of sandboxes: made when absent or different. */
NODISCARD int runtime_make_etc(const char *dir, struct err *err);

#endif
