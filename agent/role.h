/*
 * A role: one small process with one goal. The same binary, re-executed with the role's name, connected as the role's own
 * PostgreSQL user, with the privileges its row says and no more. Roles never talk to each other: the store's change log
 * is the only bus, NOTIFY only wakes a sleeper, and each pass looks at the level, never at the edge.
 *
 * The table agent_roles[] is the whole list: the supervisor starts from it, asporad(8) prints it.
 */
#ifndef AGENT_ROLE_H
#define AGENT_ROLE_H

#include "agent/config.h"
#include "base/crypto.h"
#include "base/loop.h"
#include "store/store.h"

struct tls_files;

/* What a role process has when its run function is entered. */
struct role_ctx {
	const struct agent_role *role;
	const struct agent_config *config;
	const struct clock *clock;
	struct store *store; /* connected as the role's user, listening */
	const struct store_access
		*access; /* for further connections (keepers, gateway); lives as long as ctx */
	char instance
		[37]; /* UUID of this asporad, the same in all its roles: holder of leases, host of instances */
	char host[65]; /* host name, for people */
	struct tls_files *tls; /* of the gateway, where https is configured; else NULL */
	bool once; /* asporad --once: end when there is nothing left to do */
};

enum role_privilege {
	ROLE_KEEPS_ROOT = 1, /* runner: namespaces and cgroups */
	ROLE_NEEDS_GIT = 2, /* sync: mirror folder, network */
	ROLE_NEEDS_LISTEN = 4, /* gateway: listening sockets */
	ROLE_SIGNS = 8, /* sync: the release signing key */
};

struct agent_role {
	const char *name; /* "sync" */
	const char *goal; /* one sentence for logs and the manual */
	unsigned privileges;
	unsigned stop_order; /* lower is stopped first */
	enum store_role store_role;
	/* Runs until told to stop (SIGTERM); returns 0 for a clean end. */
	int (*run)(struct role_ctx *ctx, struct err *err);
};

extern const struct agent_role agent_roles[]; /* name NULL ends */
const struct agent_role *agent_role_find(const char *name);

/* "asporad: sync": argv[0] of the role's process, what ps(1) shows of it, and how the binary knows which role it is to be. */
#define ROLE_TITLE_MAX 32
void agent_role_title(const struct agent_role *role, char out[ROLE_TITLE_MAX]);
const struct agent_role *agent_role_of_title(const char *argv0); /* NULL: none */

int role_sync_run(struct role_ctx *ctx, struct err *err);
int role_runner_run(struct role_ctx *ctx, struct err *err);
int role_control_run(struct role_ctx *ctx, struct err *err);
int role_gateway_run(struct role_ctx *ctx, struct err *err);

/*
 * Entry of a re-executed role process: reads the handoff from descriptor 3, loads the configuration, drops privileges, opens the
 * store, calls run, maps the result to an exit status. Logs its own errors.
 */
int role_main(const struct agent_role *role);

#endif
