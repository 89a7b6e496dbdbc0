/*
 * The control role: rollouts advance, triggers fire, executions past their time end, old rows retire. Everything it does is a step of a
 * table or a statement over what the store holds.
 */
#include "agent/control_int.h"
#include "base/mem.h"
#include "store/blob.h"
#include "store/change.h"
#include "store/event.h"
#include "store/execution.h"
#include "store/hold.h"
#include "store/inbox.h"
#include "store/key.h"

#define ATTEMPTS_MAX 3
#define LOG_BATCH 1000
#define HOUSEKEEPING_MS 60000
#define RETIRE_BATCH 1000
#define CHANGES_MAX 1000000
#define DAY_MS ((int64_t)86400000)

/* --- rollouts --------------------------------------------------------------------------------------------------- */

/* What the table says for every item, sorted by what the store is asked for. */
struct steps {
	struct rollout_key *begin, *promote, *withdraw, *end;
	struct rollout_move *move;
	struct quarantine *reject;
	struct event *events;
	size_t begins, promotes, withdraws, ends, moves, rejects, event_count;
};

static void steps_init(struct steps *s, struct arena *a, size_t count)
{
	*s = (struct steps){.begin = arena_array(a, count + 1, sizeof(*s->begin)),
			    .promote = arena_array(a, count + 1, sizeof(*s->promote)),
			    .withdraw = arena_array(a, count + 1, sizeof(*s->withdraw)),
			    .end = arena_array(a, count + 1, sizeof(*s->end)),
			    .move = arena_array(a, count + 1, sizeof(*s->move)),
			    .reject = arena_array(a, count + 1, sizeof(*s->reject)),
			    .events = arena_array(a, count + 1, sizeof(*s->events))};
}

static void add_event(struct steps *s, const struct rollout_item *i, bool warning,
		      const char *reason, struct str message, struct arena *a)
{
	char hex[DIGEST_HEX + 1];
	s->events[s->event_count++] = (struct event){
		.kind = "Skill",
		.domain = i->key.domain,
		.name = i->key.skill,
		.warning = warning,
		.reason = reason,
		.message = message,
		.revision = str_of(arena_strdup(a, digest_hex(&i->key.content, hex)))};
}

static void add_step(struct steps *s, const struct rollout_item *i, const struct rollout_row *row,
		     struct arena *a)
{
	switch (row->action) {
	case ROLLOUT_WAIT:
		break;
	case ROLLOUT_BEGIN:
		s->begin[s->begins++] = i->key;
		break;
	case ROLLOUT_MOVE:
		s->move[s->moves++] =
			(struct rollout_move){.key = i->key, .to = row->to, .attempt = -1};
		break;
	case ROLLOUT_PROMOTE:
		s->promote[s->promotes++] = i->key;
		add_event(s, i, false, "Promoted", STR("it is ready, and answers from now on"), a);
		break;
	case ROLLOUT_REJECT:
		s->move[s->moves++] = (struct rollout_move){.key = i->key,
							    .to = ROLLOUT_FAILED,
							    .attempt = i->attempt + 1,
							    .reason = STR("Quarantined"),
							    .message = i->failure_message};
		s->reject[s->rejects++] = (struct quarantine){.domain = i->key.domain,
							      .skill = i->key.skill,
							      .content = i->key.content,
							      .cause = STR("start"),
							      .reason = i->failure_message,
							      .by = STR("control")};
		add_event(s, i, true, "Quarantined", i->failure_message, a);
		break;
	case ROLLOUT_WITHDRAW:
		s->withdraw[s->withdraws++] = i->key;
		break;
	case ROLLOUT_END:
		s->end[s->ends++] = i->key;
		break;
	}
}

/* A stable version whose skill has another one coming goes on serving until that is ready. */
static bool successor_is_coming(const struct rollout_item *items, size_t count, size_t at)
{
	const struct rollout_item *i = &items[at];
	if (i->slot != SLOT_STABLE)
		return false;
	for (size_t k = 0; k < count; k++)
		if (k != at && items[k].desired && str_eq(items[k].key.domain, i->key.domain) &&
		    str_eq(items[k].key.skill, i->key.skill))
			return true;
	return false;
}

static int write_steps(struct control *c, const struct steps *s, struct err *err)
{
	CLEANUP(store_txn_endp) struct store_txn *t = NULL;
	int64_t drain_ms = c->ctx->config->runner.drain_ms;
	if (s->begins + s->promotes + s->withdraws + s->ends + s->moves + s->rejects == 0)
		return 0;
	int rc = store_txn_begin(c->ctx->store, STORE_FENCED, c->actor, worker_lease(c->worker), &t,
				 err);
	if (rc == 0 && s->ends)
		rc = store_rollout_end(t, s->end, s->ends, err);
	if (rc == 0 && s->begins)
		rc = store_rollout_begin(t, s->begin, s->begins, err);
	if (rc == 0 && s->moves)
		rc = store_rollout_move(t, s->move, s->moves, err);
	if (rc == 0 && s->promotes)
		rc = store_rollout_promote(t, s->promote, s->promotes, drain_ms, err);
	if (rc == 0 && s->withdraws)
		rc = store_rollout_withdraw(t, s->withdraw, s->withdraws, drain_ms, err);
	if (rc == 0 && s->rejects)
		rc = store_quarantine_put(t, s->reject, s->rejects, err);
	if (rc == 0 && s->event_count)
		rc = store_event_put(c->ctx->store, t, s->events, s->event_count, err);
	return rc < 0 ? rc : store_txn_commit(t, NULL, err);
}

static int advance_rollouts(struct control *c, bool *ret_more, struct err *err)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(512 * 1024 * 1024);
	struct rollout_item *items = NULL;
	size_t count = 0, waiting = 0;
	int64_t soonest = INT64_MAX;
	struct steps steps;
	int rc = store_rollout_todo(c->ctx->store, a, &items, &count, err);
	if (rc < 0)
		return rc;
	steps_init(&steps, a, count);
	for (size_t i = 0; i < count; i++) {
		const struct rollout_row *row = successor_is_coming(items, count, i)
							? NULL
							: rollout_decide(&items[i]);
		if (row)
			add_step(&steps, &items[i], row, a);
		if (row && row->action == ROLLOUT_WAIT && items[i].hold_until_ms > items[i].now_ms)
			soonest = MIN(soonest, items[i].hold_until_ms - items[i].now_ms);
		waiting += row && row->action == ROLLOUT_WAIT && !items[i].paused &&
			   items[i].state == ROLLOUT_STARTING &&
			   !(items[i].failed > 0 && items[i].starting == 0);
	}
	rc = write_steps(c, &steps, err);
	size_t made = steps.begins + steps.promotes + steps.withdraws + steps.ends + steps.moves;
	*ret_more = made > 0;
	c->settled = made == 0 && waiting == 0;
	if (soonest != INT64_MAX)
		worker_wake_in(c->worker, soonest + 1);
	return rc;
}

/* --- executions and old rows ---------------------------------------------------------------------------------------- */

static int log_executions(struct control *c, struct err *err)
{
	CLEANUP(store_txn_endp) struct store_txn *t = NULL;
	int64_t logged = 0;
	int rc = store_txn_begin(c->ctx->store, STORE_FENCED, c->actor, worker_lease(c->worker), &t,
				 err);
	if (rc == 0)
		rc = store_execution_log(t, LOG_BATCH, &logged, err);
	if (rc == 0)
		rc = store_txn_commit(t, NULL, err);
	if (rc == 0 && logged == LOG_BATCH)
		worker_wake(c->worker);
	return rc;
}

static int expire_executions(struct control *c, struct err *err)
{
	int64_t expired = 0, requeued = 0, now = clock_mono(c->ctx->clock);
	if (now < c->expire_due_ms)
		return 0;
	c->expire_due_ms = now + 1000;
	return store_execution_expire(c->ctx->store, ATTEMPTS_MAX, &expired, &requeued, err);
}

static int compact(struct control *c, struct err *err)
{
	int64_t floor = 0, removed = 0;
	int rc = store_change_floor(c->ctx->store, c->ctx->config->retention.changes_ms,
				    CHANGES_MAX, &floor, err);
	if (rc == 0 && floor > 0)
		rc = store_change_compact(c->ctx->store, worker_lease(c->worker), floor, &removed,
					  err);
	return rc;
}

/* Every minute, a bounded bite of each kind of old row. */
static int keep_house(struct control *c, struct err *err)
{
	struct store *s = c->ctx->store;
	const struct agent_config *conf = c->ctx->config;
	int64_t n = 0, now = clock_mono(c->ctx->clock);
	if (now < c->house_due_ms)
		return 0;
	c->house_due_ms = now + HOUSEKEEPING_MS;
	int rc = store_execution_retire(s, conf->retention.executions_ms, RETIRE_BATCH, &n, err);
	if (rc == 0)
		rc = store_event_retire(s, conf->retention.events_ms, RETIRE_BATCH, &n, err);
	if (rc == 0)
		rc = store_wish_retire(s, conf->retention.events_ms, RETIRE_BATCH, &n, err);
	if (rc == 0)
		rc = store_key_retire(s, 30 * DAY_MS, &n, err);
	if (rc == 0)
		rc = store_blob_collect(s, DAY_MS, RETIRE_BATCH, &n, err);
	return rc == 0 ? compact(c, err) : rc;
}

/* --- the role ------------------------------------------------------------------------------------------------------- */

static int tick(struct worker *w, void *state, bool *ret_more, struct err *err)
{
	struct control *c = state;
	c->worker = w;
	int rc = advance_rollouts(c, ret_more, err);
	if (rc == 0)
		rc = log_executions(c, err);
	if (rc == 0 && !c->ctx->once)
		rc = control_fire_triggers(c, err);
	if (rc == 0)
		rc = expire_executions(c, err);
	if (rc == 0)
		rc = keep_house(c, err);
	return rc;
}

static void gained(struct worker *w, void *state)
{
	struct control *c = state;
	c->worker = w;
	control_forget_triggers(c);
}

static bool settled(void *state)
{
	return ((struct control *)state)->settled;
}

int role_control_run(struct role_ctx *ctx, struct err *err)
{
	struct control c = {.ctx = ctx};
	snprintf(c.actor, sizeof(c.actor), "control@%s", ctx->host);
	const struct worker_opts o = {.lease_role = "control",
				      .shard = "0",
				      .poll_ms = 1000,
				      .tick = tick,
				      .gained = gained,
				      .settled = settled,
				      .state = &c};
	int rc = worker_run(ctx, &o, err);
	control_forget_triggers(&c);
	return rc;
}
