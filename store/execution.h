/*
 * Executions: enqueued by the gateway (or control, or a parent execution), claimed and settled by a keeper.
 *
 * All writes are STORE_APPEND: no global revision; control batches transitions into the change log with store_execution_log().
 * These functions run their own transaction on s unless they take a store_txn; none of them may be called beside an open store_txn on the same connection.
 */
#ifndef STORE_EXECUTION_H
#define STORE_EXECUTION_H

#include "base/arena.h"
#include "skill/execution.h"
#include "store/store.h"
#include "store/txn.h"

struct enqueue {
	const struct execution *
		e; /* id, mode, domain, skill, session, parent, attempt, requested_by, deadline_ms, trigger, input; content … may be set
	                              (replay, a session's version) */
	struct str idempotency_key; /* empty: none */
	int64_t not_before_ms; /* 0: at once */
	int priority; /* higher first */
	int64_t max_queued; /* of the skill; 0: no limit */
};
/*
 * *ret_id is the execution's: an earlier one's when the same requester used the same idempotency key for the same request. Safe to repeat with the same id after a lost
 * reply. Errors: ERR_CONFLICT (same key, different request), ERR_QUOTA (queue full), ERR_NOT_FOUND (the skill is not deployed, with the nearest name in the remedy).
 */
NODISCARD int store_execution_enqueue(struct store *s, const struct enqueue *q, char ret_id[64],
				      bool *ret_existing, struct err *err);

struct claim_opts {
	const char *by; /* host and keeper */
	int64_t ttl_ms; /* the claim lapses unless extended */
	struct str domain, skill; /* only of this skill; empty: any that has a live version here */
	const char *host; /* only of versions with a ready instance on this host; NULL: any */
};
struct claim {
	struct execution
		e; /* strings in the arena; state CLAIMED; content, runtime, context bound */
	int64_t number; /* of the claim: writes of an older one are refused */
	struct str handler; /* of the version */
};
/*
 * Takes the first execution whose skill is below its limits (concurrency, per minute, daily budget with its reservation) with FOR UPDATE SKIP LOCKED, picks
 * the version (the session's own, else by weight), binds the three digests. False in *ret_got when there is none.
 */
NODISCARD int store_execution_claim(struct store *s, struct arena *a, const struct claim_opts *o,
				    struct claim *ret, bool *ret_got, struct err *err);
/* Claimed becomes running, or the claim is extended. *ret_cancel: somebody wants it cancelled. Errors: ERR_FENCED when the claim is over. */
NODISCARD int store_execution_running(struct store *s, const char *id, int64_t claim,
				      int64_t ttl_ms, bool *ret_cancel, struct err *err);
/* Steps, in order; appended after those that are there. */
NODISCARD int store_execution_steps(struct store *s, const char *id, int64_t claim,
				    const struct execution_step *steps, size_t count,
				    struct err *err);
struct settle {
	const char *id;
	int64_t claim;
	enum execution_state
		state; /* SUCCEEDED, FAILED, CANCELLED, or QUEUED: back, attempt + 1, not before delay_ms */
	struct str result_json, error_json;
	int64_t cost_microusd;
	struct str transcript; /* bytes; stored as a blob; empty: none */
	const struct execution_step *steps; /* last ones, written with it */
	size_t step_count;
	int64_t delay_ms;
};
/* Exactly once. Safe to repeat after a lost reply. Errors: ERR_FENCED when the claim is over (the outcome is another's). */
NODISCARD int store_execution_settle(struct store *s, const struct settle *o, struct err *err);
struct cancel {
	struct str id;
	const char *by;
	struct str version; /* only while it is at this one; empty: at any */
	bool deletes; /* one that was cancelled before is a conflict, too */
};
/*
 * Queued: cancelled now. Running: asked for. *ret_state is the state after. ERR_NOT_FOUND; ERR_CONFLICT when it has ended otherwise, or is at another
 * version.
 */
NODISCARD int store_execution_cancel(struct store *s, const struct cancel *c,
				     enum execution_state *ret_state, struct err *err);
/* Who holds claims now, of those whose name begins with prefix. *ret lives in a. Role: runner. */
NODISCARD int store_execution_claimants(struct store *s, struct arena *a, struct str prefix,
					struct str **ret, size_t *ret_count, struct err *err);
/* The claims of a process that is known to have ended lapse now; *ret counts them. Role: runner. */
NODISCARD int store_execution_abandon(struct store *s, struct str by, int64_t *ret,
				      struct err *err);
/* Past their deadline: failed with `timeout`; queued for a skill that is no more: failed with `gone`; claims that lapsed: back in the queue (attempt + 1) while attempts are left, else failed. Counts both. Role: control. */
NODISCARD int store_execution_expire(struct store *s, int max_attempts, int64_t *ret_expired,
				     int64_t *ret_requeued, struct err *err);
/* Batches transitions that are not logged yet into t (fenced): at most limit; *ret counts. */
NODISCARD int store_execution_log(struct store_txn *t, int64_t limit, int64_t *ret,
				  struct err *err);
/* Deletes those that ended before, at most limit. Role: control. */
NODISCARD int store_execution_retire(struct store *s, int64_t older_ms, int64_t limit, int64_t *ret,
				     struct err *err);

/* ERR_NOT_FOUND. */
NODISCARD int store_execution_get(struct store *s, struct arena *a, struct str id,
				  struct execution *ret, struct err *err);
NODISCARD int store_execution_step_list(struct store *s, struct arena *a, struct str id, int after,
					struct execution_step **ret, size_t *ret_count,
					struct err *err);
struct execution_filter {
	struct str domain, skill, session, requested_by;
	int state; /* enum execution_state, or -1: any */
	int mode; /* enum execution_mode, or -1 */
	int64_t from_ms, to_ms; /* created; 0: open */
	struct str
		before; /* id of the last one seen (paging, newest first); empty: from the newest */
	size_t limit; /* 1 … 1,000 */
};
/* Without input and result. */
NODISCARD int store_execution_list(struct store *s, struct arena *a,
				   const struct execution_filter *f, struct execution **ret,
				   size_t *ret_count, struct err *err);

/* How busy a skill is, and what it came to today (UTC, by the database's clock; a run counts on the day it is settled). */
struct execution_load {
	int64_t queued, active, started_last_minute;
	int64_t spent_today_microusd, reserved_microusd;
	int64_t runs_today, failed_today;
};
NODISCARD int store_execution_load(struct store *s, struct str domain, struct str skill,
				   struct execution_load *ret, struct err *err);
/* Whether anything is queued that could be claimed now, and when the next one becomes so (0: none): the runner's idle question, one SELECT. */
NODISCARD int store_execution_waiting(struct store *s, int64_t *ret_waiting, int64_t *ret_next_ms,
				      struct err *err);

#endif
