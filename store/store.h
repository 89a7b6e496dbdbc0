/*
 * A connection to PostgreSQL in one role. Everything else of this component takes one.
 *
 * The caller: 1. fills a struct store_access (the parent receives it from store_cluster_access() or the configuration, a role
 * from the descriptor that it inherited) 2. store_open() 3. uses it; when a call fails and
 * store_retry() says STORE_RETRY_RECONNECT, calls store_reopen() after a back-off of its own, and looks at the level again.
 *
 * Nothing blocks for ever: connecting ends after 5 s, a statement after 10 s, a lock wait after 2 s, an open transaction without
 * traffic after 4 s (settings of the session), and a silent network after STORE_WAIT_MS by our own clock.
 *
 * NOTIFY only wakes: store_fd() becomes readable, store_drain() says whether anything came. A missed one costs nothing to
 * whoever also looks every few seconds.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/clock.h"
#include "base/crypto.h"
#include "base/err.h"
#include "base/str.h"

enum store_role {
	STORE_OWNER, /* migrations and recovery; the parent only */
	STORE_SYNC,
	STORE_RUNNER,
	STORE_CONTROL,
	STORE_GATEWAY,
	STORE_REPORTER,
	STORE_ROLES_
};
const char *store_role_name(enum store_role r); /* "aspora", "aspora_sync", … */

/* How to reach the database in one role. */
struct store_access {
	char *conninfo; /* libpq URI or key=value text, without a password */
	struct secret password; /* may be unset */
	bool set_role; /* connect as the URL's user and SET ROLE (an external database) */
};
#define STORE_ACCESS_INIT                                                                          \
	{                                                                                          \
		NULL, SECRET_INIT, false                                                           \
	}
void store_access_release(struct store_access *a);
/* From a `database` URL of the configuration, which may carry a password or a passfile. Errors: ERR_INVALID. */
NODISCARD int store_access_from_url(struct store_access *a, struct str url, struct err *err);
#define STORE_WAIT_MS 15000

struct store;

/*
 * Waits instead of poll(2), for a process that has a loop: returns 0 once fd has one of the events (POLLIN, POLLOUT), negative once deadline_ms (of the real
 * monotonic clock) has passed or nobody wants the answer any more: the connection is given up then. fd -1: sleeps until then. It may let others of the
 * process run, which must not use this connection.
 */
typedef int (*store_wait_fn)(void *state, int fd, short events, int64_t deadline_ms);

struct store_opts {
	const struct clock *clock; /* NULL: clock_real */
	const char *application; /* application_name: "asporad sync"; NULL: the role's name */
	bool listen; /* LISTEN before anything is read, so that no wake-up is lost */
	int64_t wait_ms; /* longest silence of the server; 0: STORE_WAIT_MS */
	bool any_schema; /* do not check the schema's version (migrations) */
	store_wait_fn wait; /* NULL: blocks */
	void *wait_state;
};

/*
 * Connects, sets the session up, and checks the schema's version. Borrows access for the call and keeps a copy. Gives. Blocks: up to
 * 5 s and the checks. Errors: ERR_UNAVAILABLE (not reachable, starting up), ERR_DENIED (password, role), ERR_UNSUPPORTED (schema newer
 * or older than this build, server older than 13, a standby).
 */
NODISCARD int store_open(const struct store_access *access, enum store_role role,
			 const struct store_opts *opts, struct store **ret, struct err *err);
/* Connects anew after a loss, with the same settings (LISTEN included). Errors: as store_open(). */
NODISCARD int store_reopen(struct store *s, struct err *err);
void store_close(struct store *s); /* NULL is fine */
void store_closep(struct store **s);

/* The same as in the options, for a connection that is open; NULL: blocks from here on. */
void store_wait_by(struct store *s, store_wait_fn wait, void *state);

bool store_is_lost(const struct store *s);
enum store_role store_role_of(const struct store *s);
const struct clock *store_clock(const struct store *s);

/* The socket, to wait for wake-ups; changes with store_reopen(); -1 when lost. */
int store_fd(const struct store *s);
/* Takes in what has arrived, without blocking. *ret_woken: there was a notification. Errors: ERR_UNAVAILABLE when the connection is lost. */
NODISCARD int store_drain(struct store *s, bool *ret_woken, struct err *err);
/* Waits until woken, or timeout_ms. For processes without a loop, and tests. */
NODISCARD int store_wait(struct store *s, int64_t timeout_ms, bool *ret_woken, struct err *err);

/*
 * Whose domains the gateway sees from here on: names separated by commas, or "*". Row-level security holds it against every statement.
 * Other roles are not bound by it.
 */
NODISCARD int store_scope(struct store *s, struct str domains, struct err *err);
/*
 * The same without a round trip of its own: it goes ahead of the next statement, whose failure it becomes if it fails. For who only reads: that statement
 * has then been run under the scope before.
 */
NODISCARD int store_scope_ahead(struct store *s, struct str domains, struct err *err);

/* What a failed call means for the caller. */
enum store_retry {
	STORE_RETRY_NEVER, /* it would fail again */
	STORE_RETRY_NOW, /* serialisation, deadlock, lock timeout: run the transaction again, with jitter */
	STORE_RETRY_RECONNECT, /* the connection or the server went away; nothing is in doubt */
	STORE_RETRY_FENCED, /* step down; acquire the lease again */
};
enum store_retry store_retry(const struct err *err);

/* Counters of one connection, for tests and metrics: round trips waited for, statements sent, commits. */
struct store_stats {
	uint64_t round_trips, statements, commits, reconnects, prepared;
};
void store_stats(const struct store *s, struct store_stats *ret);

#endif
