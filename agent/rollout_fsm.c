#include "agent/rollout_fsm.h"

static bool wanted(const struct rollout_item *i)
{
	return i->desired && !i->quarantined;
}

static bool unwanted(const struct rollout_item *i)
{
	return !i->desired;
}

static bool held(const struct rollout_item *i)
{
	return i->quarantined;
}

static bool is_ready(const struct rollout_item *i)
{
	return i->desired && i->ready > 0;
}

static bool content_failed(const struct rollout_item *i)
{
	return i->failed > 0 && i->ready == 0 && i->starting == 0 &&
	       str_eqz(i->failure_cause, "content");
}

static bool drained(const struct rollout_item *i)
{
	return i->active == 0 || (i->hold_until_ms && i->now_ms >= i->hold_until_ms);
}

static bool paused(const struct rollout_item *i)
{
	return i->paused && i->desired;
}

static bool always(const struct rollout_item *i)
{
	(void)i;
	return true;
}

const struct rollout_row rollout_rows[] = {
	{SLOT_NONE, ROLLOUT_PENDING, "its rollout is paused", paused, ROLLOUT_WAIT,
	 ROLLOUT_PENDING},
	{SLOT_NONE, ROLLOUT_PENDING, "it is desired and not in quarantine", wanted, ROLLOUT_BEGIN,
	 ROLLOUT_PENDING},
	{SLOT_NONE, ROLLOUT_PENDING, "otherwise", always, ROLLOUT_WAIT, ROLLOUT_PENDING},

	{SLOT_CANDIDATE, ROLLOUT_PENDING, "it is not desired any more", unwanted, ROLLOUT_END,
	 ROLLOUT_ENDED},
	{SLOT_CANDIDATE, ROLLOUT_PENDING, "it was put in quarantine", held, ROLLOUT_END,
	 ROLLOUT_ENDED},
	{SLOT_CANDIDATE, ROLLOUT_PENDING, "its rollout is paused", paused, ROLLOUT_WAIT,
	 ROLLOUT_PENDING},
	{SLOT_CANDIDATE, ROLLOUT_PENDING, "otherwise", always, ROLLOUT_MOVE, ROLLOUT_STARTING},
	{SLOT_CANDIDATE, ROLLOUT_STARTING, "it is not desired any more", unwanted, ROLLOUT_END,
	 ROLLOUT_ENDED},
	{SLOT_CANDIDATE, ROLLOUT_STARTING, "its rollout is paused", paused, ROLLOUT_WAIT,
	 ROLLOUT_STARTING},
	{SLOT_CANDIDATE, ROLLOUT_STARTING, "an instance is ready", is_ready, ROLLOUT_PROMOTE,
	 ROLLOUT_STABLE},
	{SLOT_CANDIDATE, ROLLOUT_STARTING, "it failed by its own content", content_failed,
	 ROLLOUT_REJECT, ROLLOUT_FAILED},
	{SLOT_CANDIDATE, ROLLOUT_STARTING, "otherwise", always, ROLLOUT_WAIT, ROLLOUT_STARTING},
	{SLOT_CANDIDATE, ROLLOUT_FAILED, "it is not desired any more", unwanted, ROLLOUT_END,
	 ROLLOUT_ENDED},
	{SLOT_CANDIDATE, ROLLOUT_FAILED, "its rollout is paused", paused, ROLLOUT_WAIT,
	 ROLLOUT_FAILED},
	{SLOT_CANDIDATE, ROLLOUT_FAILED, "its quarantine was cleared", wanted, ROLLOUT_MOVE,
	 ROLLOUT_PENDING},
	{SLOT_CANDIDATE, ROLLOUT_FAILED, "otherwise", always, ROLLOUT_WAIT, ROLLOUT_FAILED},
	{SLOT_CANDIDATE, ROLLOUT_IN_SHADOW, "it is not desired any more", unwanted, ROLLOUT_END,
	 ROLLOUT_ENDED},
	{SLOT_CANDIDATE, ROLLOUT_IN_SHADOW, "its rollout is paused", paused, ROLLOUT_WAIT,
	 ROLLOUT_IN_SHADOW},
	{SLOT_CANDIDATE, ROLLOUT_IN_SHADOW, "otherwise", always, ROLLOUT_WAIT, ROLLOUT_IN_SHADOW},
	{SLOT_CANDIDATE, ROLLOUT_IN_CANARY, "it is not desired any more", unwanted, ROLLOUT_END,
	 ROLLOUT_ENDED},
	{SLOT_CANDIDATE, ROLLOUT_IN_CANARY, "its rollout is paused", paused, ROLLOUT_WAIT,
	 ROLLOUT_IN_CANARY},
	{SLOT_CANDIDATE, ROLLOUT_IN_CANARY, "otherwise", always, ROLLOUT_WAIT, ROLLOUT_IN_CANARY},

	{SLOT_STABLE, ROLLOUT_STABLE, "its skill is not desired any more", unwanted,
	 ROLLOUT_WITHDRAW, ROLLOUT_DRAINING},
	{SLOT_STABLE, ROLLOUT_STABLE, "otherwise", always, ROLLOUT_WAIT, ROLLOUT_STABLE},

	{SLOT_DRAINING, ROLLOUT_DRAINING, "its rollout is paused", paused, ROLLOUT_WAIT,
	 ROLLOUT_DRAINING},
	{SLOT_DRAINING, ROLLOUT_DRAINING, "it is desired again and ready", is_ready,
	 ROLLOUT_PROMOTE, ROLLOUT_STABLE},
	{SLOT_DRAINING, ROLLOUT_DRAINING, "nothing runs on it, or its time is over", drained,
	 ROLLOUT_END, ROLLOUT_ENDED},
	{SLOT_DRAINING, ROLLOUT_DRAINING, "otherwise", always, ROLLOUT_WAIT, ROLLOUT_DRAINING},
};
const size_t rollout_row_count = ARRAY_SIZE(rollout_rows);

#define ROW(slot, why)                                                                             \
	{slot, ROLLOUT_STARTING, why}, {slot, ROLLOUT_IN_SHADOW, why},                             \
		{slot, ROLLOUT_IN_CANARY, why},                                                    \
	{                                                                                          \
		slot, ROLLOUT_FAILED, why                                                          \
	}

const struct rollout_pair rollout_impossible[] = {
	ROW(SLOT_NONE, "a version without a slot has not begun"),
	{SLOT_NONE, ROLLOUT_STABLE, "a version without a slot does not serve"},
	{SLOT_NONE, ROLLOUT_DRAINING, "a version without a slot has nothing to drain"},
	{SLOT_NONE, ROLLOUT_ENDED, "ended rows are history"},
	{SLOT_CANDIDATE, ROLLOUT_STABLE, "promotion changes slot and state together"},
	{SLOT_CANDIDATE, ROLLOUT_DRAINING, "a candidate that never served has nothing to drain"},
	{SLOT_CANDIDATE, ROLLOUT_ENDED, "ended rows are history"},
	ROW(SLOT_STABLE, "a stable version has been through that"),
	{SLOT_STABLE, ROLLOUT_PENDING, "a stable version has been through that"},
	{SLOT_STABLE, ROLLOUT_DRAINING, "draining changes slot and state together"},
	{SLOT_STABLE, ROLLOUT_ENDED, "ended rows are history"},
	ROW(SLOT_DRAINING, "a draining version has been through that"),
	{SLOT_DRAINING, ROLLOUT_PENDING, "a draining version has been through that"},
	{SLOT_DRAINING, ROLLOUT_STABLE, "draining changes slot and state together"},
	{SLOT_DRAINING, ROLLOUT_ENDED, "ended rows are history"},
};
const size_t rollout_impossible_count = ARRAY_SIZE(rollout_impossible);

const char *rollout_action_name(enum rollout_action a)
{
	static const char *const names[] = {"wait",   "begin",	  "move", "promote",
					    "reject", "withdraw", "end"};
	return names[a];
}

const struct rollout_row *rollout_decide(const struct rollout_item *i)
{
	for (size_t r = 0; r < rollout_row_count; r++)
		if (rollout_rows[r].slot == i->slot && rollout_rows[r].state == i->state &&
		    rollout_rows[r].holds(i))
			return &rollout_rows[r];
	return NULL;
}

void rollout_print(struct buf *out)
{
	for (size_t r = 0; r < rollout_row_count; r++) {
		const struct rollout_row *row = &rollout_rows[r];
		buf_addf(out, "%-10s %-10s %-42s %s", rollout_slot_name(row->slot),
			 rollout_state_name(row->state), row->guard,
			 rollout_action_name(row->action));
		if (row->action == ROLLOUT_MOVE)
			buf_addf(out, " to %s", rollout_state_name(row->to));
		buf_add_char(out, '\n');
	}
}
