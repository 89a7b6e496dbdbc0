/*
 * A private PostgreSQL: initialised in a state folder, on a unix socket only, run by the parent process when no `database` is
 * configured, so that one command works on one machine.
 *
 * The caller: 1. store_cluster_start() in the parent; it finds a postmaster that survived us and adopts it, or starts one; 2. store_migrate()
 * with store_cluster_access(STORE_OWNER); 3. one store_access per role, handed to the children; 4. store_cluster_stop() at the end (or not:
 * a postmaster that outlives a killed parent is found again).
 *
 * PostgreSQL refuses to run as root: then it runs as the user "aspora", else "postgres", else the folder's owner, else "nobody".
 * Passwords of the roles are made at each start and live in memory only; the owner comes in by peer authentication.
 */
#ifndef STORE_CLUSTER_H
#define STORE_CLUSTER_H

#include <sys/types.h>

#include "store/store.h"

struct store_cluster;

struct store_cluster_opts {
	const char *dir; /* state folder; the cluster is dir/postgres */
	const char *bindir; /* NULL: newest of /usr/lib/postgresql/<n>/bin and PATH, at least 13 */
	const char *user; /* to run as when we are root; NULL: found as above */
	bool fast_and_loose; /* fsync and the like off: tests only, a power cut loses the data */
	const struct clock *clock; /* NULL: clock_real */
	int64_t start_timeout_ms; /* 0: 60 s (crash recovery may take its time) */
};

/*
 * Gives a running cluster. Blocks: initdb about 2 s the first time, start about 0.1 s, longer after a crash. Errors: ERR_UNSUPPORTED (no
 * PostgreSQL, too old, or the folder is of another major version: the remedy says how to go on), ERR_IO, ERR_TIMEOUT with the last
 * lines of the server's log.
 */
NODISCARD int store_cluster_start(const struct store_cluster_opts *o, struct store_cluster **ret,
				  struct err *err);
/*
 * The owner's access to the cluster of another asporad that runs now with this state folder: for commands beside it. Changes nothing there. Errors: ERR_NOT_FOUND when
 * none runs (start one of one's own then), ERR_IO.
 */
NODISCARD int store_cluster_visit(const char *dir, struct store_access *ret, struct err *err);
/* Access in a role; gives into ret. */
NODISCARD int store_cluster_access(struct store_cluster *c, enum store_role role,
				   struct store_access *ret, struct err *err);
pid_t store_cluster_pid(const struct store_cluster *c); /* of the postmaster */
bool store_cluster_adopted(const struct store_cluster *c);
const char *store_cluster_socket_dir(const struct store_cluster *c);
int store_cluster_version(const struct store_cluster *c); /* major */
/* True while the postmaster runs; when it has died the caller starts again with store_cluster_restart(). Never blocks. */
bool store_cluster_alive(const struct store_cluster *c);
/* Readable when the postmaster has ended; -1 where pidfds are not to be had. For the loop of the parent. */
int store_cluster_pidfd(const struct store_cluster *c);
/* Starts a dead postmaster again (waits for orphaned backends to go), with the same passwords. */
NODISCARD int store_cluster_restart(struct store_cluster *c, struct err *err);
/* Fast shutdown, waits up to 30 s. The data stays. */
NODISCARD int store_cluster_stop(struct store_cluster *c, struct err *err);
/* Forgets it; does not stop it. NULL is fine. */
void store_cluster_free(struct store_cluster *c);
void store_cluster_freep(struct store_cluster **c);

#endif
