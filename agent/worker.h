/*
 * What sync, control and runner share: one process under one lease that makes one pass ("tick") whenever it was woken, whenever a
 * timer of its own is due, and every few seconds in any case. A tick looks at the level: it reads what is, compares it with
 * what should be, and does one idempotent step.
 *
 * The worker keeps the lease (acquire, renew, release), the connection (back-off, reconnect, LISTEN again), the wake-ups (many at once
 * are one), and knows what an error means: run again at once, reconnect, step down, or wait longer each time. On SIGTERM it asks
 * `stop`, waits until `busy` says false, releases the lease, and ends.
 */
#ifndef AGENT_WORKER_H
#define AGENT_WORKER_H

#include "agent/role.h"
#include "store/lease.h"

struct worker;

struct worker_opts {
	const char *lease_role; /* "sync", "control", "runner" */
	const char *shard; /* "0", or the host */
	int64_t poll_ms; /* longest time without a tick */
	/* One pass; only called while the lease is held. *ret_more: run again at once. */
	int (*tick)(struct worker *w, void *state, bool *ret_more, struct err *err);
	void (*gained)(struct worker *w, void *state); /* the lease is ours now; optional */
	void (*lost)(struct worker *w, void *state); /* forget what was believed; optional */
	void (*stop)(struct worker *w, void *state); /* no new work; optional */
	bool (*busy)(void *state); /* children still run; optional */
	/* With --once: true ends the process cleanly. Asked after each tick without an error; optional (NULL: after the first). */
	bool (*settled)(void *state);
	void *state;
};

/* Blocks until stopped. Errors: what made the first connection or, with --once, a tick fail for good. */
NODISCARD int worker_run(struct role_ctx *ctx, const struct worker_opts *o, struct err *err);

struct role_ctx *worker_ctx(const struct worker *w);
struct loop *worker_loop(const struct worker *w);
struct lease *worker_lease(struct worker *w);
void worker_wake(struct worker *w); /* a tick as soon as the loop comes round */
void worker_wake_in(struct worker *w,
		    int64_t delay_ms); /* at the latest then; an earlier one stands */
bool worker_stopping(const struct worker *w);
/*
 * Call now and then from a tick that may take longer than its lease lives: renews it when that is due, over a connection of its own. w may be NULL.
 */
void worker_pulse(struct worker *w);
/* Call when `busy` may have become false. */
void worker_idle(struct worker *w);

#endif
