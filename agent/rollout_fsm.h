/*
 * The rollout of one version as a printable table: in which slot and state, under which guard, what happens. Pure; control reads the
 * facts from the store, asks, and writes what comes out. The first row that fits holds; a pair of slot and state without a
 * row is impossible, and listed as such, so that a test can prove that nothing was forgotten.
 * (pg_auto_failover's KeeperFSM[].)
 */
#ifndef AGENT_ROLLOUT_FSM_H
#define AGENT_ROLLOUT_FSM_H

#include "base/buf.h"
#include "store/rollout.h"

enum rollout_action {
	ROLLOUT_WAIT, /* nothing to do now */
	ROLLOUT_BEGIN, /* becomes the candidate */
	ROLLOUT_MOVE, /* to the row's state */
	ROLLOUT_PROMOTE, /* becomes stable, routes move, the old one drains */
	ROLLOUT_REJECT, /* content at fault: failed, and quarantined */
	ROLLOUT_WITHDRAW, /* not desired any more: drains, routes end */
	ROLLOUT_END /* through with it */
};
const char *rollout_action_name(enum rollout_action a);

struct rollout_row {
	enum rollout_slot slot;
	enum rollout_state state;
	const char *guard; /* in words; the manual's */
	bool (*holds)(const struct rollout_item *i);
	enum rollout_action action;
	enum rollout_state to; /* ROLLOUT_MOVE */
};
extern const struct rollout_row rollout_rows[];
extern const size_t rollout_row_count;

struct rollout_pair {
	enum rollout_slot slot;
	enum rollout_state state;
	const char *why;
};
extern const struct rollout_pair rollout_impossible[];
extern const size_t rollout_impossible_count;

/* The row that holds for the item, or NULL when its pair is impossible. */
const struct rollout_row *rollout_decide(const struct rollout_item *i);
/* The table for people: "candidate  starting   an instance is ready   promote". */
void rollout_print(struct buf *out);

#endif
