/*
 * Leases: who leads, per role and shard ("sync/0", "control/0", "runner/HOST"), on the database's clock.
 *
 * A lease only lowers contention and names the writer; what makes it safe is that every fenced write checks its epoch in the statement that
 * takes the revision (txn.h). Locally its holder stops acting when two thirds of the time to live have passed since the last renewal was *sent*.
 * In an idle process the renewal is the only write. Sizes: 15 s to live, renewed every 5 s.
 */
#ifndef STORE_LEASE_H
#define STORE_LEASE_H

#include "store/store.h"

#define LEASE_TTL_MS 15000
#define LEASE_RENEW_MS 5000
#define LEASE_NAME_MAX 160

struct lease {
	char name[LEASE_NAME_MAX];
	char holder[LEASE_NAME_MAX]; /* this process: "HOST:BOOT:PID:START.NS:RANDOM" */
	int64_t ttl_ms;
	int64_t epoch; /* 0: not held */
	int64_t sent_mono_ms; /* when the last renewal that succeeded was sent */
};

/* Fills name and a holder of this process; not held yet. ttl_ms 0: LEASE_TTL_MS. */
void store_lease_init(struct lease *l, const char *role, const char *shard, int64_t ttl_ms);
/*
 * One try: takes a lease that is free or over. Errors: ERR_CONFLICT when somebody holds it; the message says who, *ret_wait_ms (may be NULL) how
 * long at most.
 */
NODISCARD int store_lease_acquire(struct store *s, struct lease *l, int64_t *ret_wait_ms,
				  struct err *err);
/* Errors: ERR_FENCED when it has passed to another; the lease is not held any more. */
NODISCARD int store_lease_renew(struct store *s, struct lease *l, struct err *err);
/*
 * The same over a connection beside the one that acts under it, while that is busy. Who would have to be evicted stays who it was. A transaction locks
 * the lease only when it takes its revision, so that this waits for nobody before.
 */
NODISCARD int store_lease_pulse(struct store *beside, struct lease *l, struct err *err);
/* Gives it up at once, so that the next need not wait. Fine when not held. */
NODISCARD int store_lease_release(struct store *s, struct lease *l, struct err *err);
/* Ends what a process held that has certainly ended (the parent has reaped it): every lease whose holder starts so. Role: owner. */
NODISCARD int store_lease_break(struct store *s, struct str holder_prefix, struct err *err);
/* Whether its holder may still act, by the local monotonic clock. */
bool store_lease_valid(const struct lease *l, const struct clock *c);
/* Milliseconds until the next renewal is due, 0 when it is. */
int64_t store_lease_due_ms(const struct lease *l, const struct clock *c);

/* --- who holds (holder.c) ---------------------------------------------------------------------------------------- */

/* "HOST:BOOT:PID:" of a process of this machine, what holders of it start with. */
void store_lease_holder_prefix(char *out, size_t size, pid_t pid);
/* Call before privileges are given up: what follows needs to know something that may not be read afterwards. */
void store_lease_holder_prepare(void);
/* The whole: with the moment at which it started, and the namespace that counts its number. out: LEASE_NAME_MAX. */
void store_lease_holder(char *out, size_t size, pid_t pid);

enum lease_holder_state {
	LEASE_HOLDER_UNKNOWN, /* of another machine, boot or namespace, or not to be looked at */
	LEASE_HOLDER_ALIVE, /* stopped is alive */
	LEASE_HOLDER_DEAD, /* for certain */
};
/* *ret_parent: of one that is alive, else 0. */
enum lease_holder_state store_lease_holder_state(struct str holder, pid_t *ret_parent);
/*
 * Ends every lease that a process of this machine holds that is certainly dead, as store_lease_break(). *ret_strangers: holders of this machine
 * that live and are no children of family. Role: owner.
 */
NODISCARD int store_lease_break_dead(struct store *s, pid_t family, int *ret_broken,
				     int *ret_strangers, struct err *err);

#endif
