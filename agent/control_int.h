/*
 * What the files of the control role share: control.c advances rollouts and retires rows, control_trigger.c fires cron and always triggers.
 */
#ifndef AGENT_CONTROL_INT_H
#define AGENT_CONTROL_INT_H

#include "agent/rollout_fsm.h"
#include "agent/worker.h"
#include "skill/route.h"

struct due { /* one cron or always trigger */
	struct str domain, skill, pattern;
	enum trigger_kind kind;
	struct cron cron;
	int64_t interval_ms; /* always */
	int64_t due_ms; /* wall clock; -1: never */
};

struct control {
	struct role_ctx *ctx;
	struct worker *worker;
	char actor[128];
	bool settled;
	int64_t expire_due_ms, house_due_ms; /* monotonic */

	struct arena *triggers; /* NULL: not read yet */
	struct due *due;
	size_t due_count;
	int64_t seen_rev; /* triggers are as of this revision */
};

NODISCARD int control_fire_triggers(struct control *c, struct err *err);
void control_forget_triggers(struct control *c);

#endif
