/*
 * Rollouts: how what is wanted becomes what serves. Slots of a skill: one stable, one candidate, any number draining; the state machine over them
 * is control's table, its rows are here, and the indexes refuse a second stable or candidate.
 *
 * control: store_rollout_todo() says what may advance; it moves slots, and with a promotion the routes in the same transaction.
 * runner: store_rollout_required() says which versions must be ready on this host and what it has of them; it writes instances: intent, effect, outcome.
 *
 * Every function takes a list: 10,000 skills are a few statements.
 */
#ifndef STORE_ROLLOUT_H
#define STORE_ROLLOUT_H

#include "base/arena.h"
#include "skill/route.h"
#include "store/store.h"
#include "store/txn.h"

enum rollout_slot { SLOT_NONE, SLOT_STABLE, SLOT_CANDIDATE, SLOT_DRAINING };
enum rollout_state {
	ROLLOUT_PENDING,
	ROLLOUT_STARTING,
	ROLLOUT_IN_SHADOW,
	ROLLOUT_IN_CANARY,
	ROLLOUT_STABLE,
	ROLLOUT_DRAINING,
	ROLLOUT_FAILED,
	ROLLOUT_ENDED
};
const char *rollout_slot_name(enum rollout_slot s);
const char *rollout_state_name(enum rollout_state s);

struct rollout_key {
	struct str domain, skill;
	struct digest content, runtime;
};

/* What there is to do about one version, seen from both ends: what is wanted and what is. */
struct rollout_item {
	struct rollout_key key;
	struct digest context; /* of desired; zero when not desired */
	enum rollout_slot slot; /* SLOT_NONE: desired, and no live slot yet */
	enum rollout_state state;
	bool desired; /* it is the skill's desired version */
	bool quarantined;
	int64_t generation; /* of desired, or of the slot */
	int attempt;
	int64_t entered_ms, hold_until_ms, now_ms; /* the database's clock; 0: none */
	int ready, starting, failed; /* its instances; failed: since it entered its state */
	struct str failure_cause, failure_message; /* of the newest failed instance */
	int64_t active; /* executions that run on it */
	struct str reason;
	bool paused; /* an operator has paused the skill's rollout */
};
/*
 * Everything not at rest: desired versions without a slot, candidates, draining ones, stable ones that are no longer desired. A converged store gives
 * an empty list. By domain, skill.
 */
NODISCARD int store_rollout_todo(struct store *s, struct arena *a, struct rollout_item **ret,
				 size_t *ret_count, struct err *err);
/* All live slots of a skill, or (skill empty) of a domain, or (domain empty) of all. */
NODISCARD int store_rollout_list(struct store *s, struct arena *a, struct str domain,
				 struct str skill, struct rollout_item **ret, size_t *ret_count,
				 struct err *err);

/* Candidates for desired versions; a live candidate of the skill is superseded: it ends (its instances drain). */
NODISCARD int store_rollout_begin(struct store_txn *t, const struct rollout_key *keys, size_t count,
				  struct err *err);
struct rollout_move {
	struct rollout_key key;
	enum rollout_state to; /* of a candidate or draining slot; not STABLE */
	int64_t hold_ms; /* from now; 0: none */
	int attempt; /* new value; -1: keep */
	struct str reason, message;
};
/* Errors (from commit): ERR_CONFLICT when a slot is not live. */
NODISCARD int store_rollout_move(struct store_txn *t, const struct rollout_move *m, size_t count,
				 struct err *err);
/*
 * Candidates become stable, what was stable drains (hold_ms: drain time), routes and their versions are replaced at weight 1: one transaction.
 * A stable slot that is desired again (rollback to it while it drains) may be promoted from draining as well.
 */
NODISCARD int store_rollout_promote(struct store_txn *t, const struct rollout_key *keys,
				    size_t count, int64_t drain_ms, struct err *err);
/* Skills that are not desired any more: slots drain, routes end. */
NODISCARD int store_rollout_withdraw(struct store_txn *t, const struct rollout_key *keys,
				     size_t count, int64_t drain_ms, struct err *err);
/* Slots that are through: until = now. Also ends a candidate that failed and is not desired any more. */
NODISCARD int store_rollout_end(struct store_txn *t, const struct rollout_key *keys, size_t count,
				struct err *err);
/* Which versions of one skill answer. Live weights must sum to 1,000,000 (checked here and, at commit, by the database). */
NODISCARD int store_route_weights(struct store_txn *t, struct str domain, struct str skill,
				  const struct route_version *versions, size_t count,
				  struct err *err);
/* Routes as they are at revision `at` (0: now), with versions, by domain, skill, pattern. kinds: all four; CRON and ALWAYS ones are control's. */
NODISCARD int store_route_load(struct store *s, struct arena *a, int64_t at, struct route **ret,
			       size_t *ret_count, int64_t *ret_rev, struct err *err);
/* The routes of one skill, for route_table_change(). */
NODISCARD int store_route_of(struct store *s, struct arena *a, struct str domain, struct str skill,
			     struct route **ret, size_t *ret_count, struct err *err);

/* The versions that serve skills without any trigger are found here too: all live (version, weight, mode) of one skill. */
NODISCARD int store_route_versions(struct store *s, struct arena *a, struct str domain,
				   struct str skill, struct route_version **ret, size_t *ret_count,
				   struct err *err);

/* --- the runner's side ------------------------------------------------------------------------------------------- */

enum instance_state {
	INSTANCE_STARTING,
	INSTANCE_READY,
	INSTANCE_DRAINING,
	INSTANCE_ENDED,
	INSTANCE_FAILED,
	INSTANCE_LOST
};
const char *instance_state_name(enum instance_state s);

struct instance {
	char id[64];
	struct rollout_key key;
	int replica, attempt;
	enum instance_state state;
	struct str host, boot_id, driver, isolation;
	struct str identity; /* cgroup path or unit */
	int64_t pid, start_ticks; /* 0: none */
	struct str cause; /* "content", "environment" */
	struct str reason, message;
	int64_t epoch, rev, created_ms, ready_ms, ended_ms;
};

/* A live slot and what this host has of it. */
struct required {
	struct rollout_key key;
	struct digest context;
	enum rollout_slot slot;
	enum rollout_state state;
	int attempt; /* highest attempt of an instance here */
	struct instance *instance; /* the live one of replica 0 on this host, or NULL */
};
/* Only what differs: live slots without a live instance here, and live instances here whose version has no live slot (slot NONE). Empty when converged. */
NODISCARD int store_required_todo(struct store *s, struct arena *a, struct str host,
				  struct required **ret, size_t *ret_count, struct err *err);
/* Live instances of a host; adoption after a restart matches them with what the kernel has. */
NODISCARD int store_instance_live(struct store *s, struct arena *a, struct str host,
				  struct instance **ret, size_t *ret_count, struct err *err);
NODISCARD int store_instance_find(struct store *s, struct arena *a, struct str id,
				  struct instance **ret, struct err *err);
/* Intent: state STARTING; ids are the caller's (id_make("INST", …)). Errors from commit: ERR_CONFLICT when one lives already. */
NODISCARD int store_instance_intend(struct store_txn *t, const struct instance *list, size_t count,
				    struct err *err);
/* Effect and outcome: state, identity, pid, start_ticks, cause, reason, message of each id. Moves forward only: an ended one stays ended (ERR_CONFLICT). */
NODISCARD int store_instance_set(struct store_txn *t, const struct instance *list, size_t count,
				 struct err *err);

#endif
