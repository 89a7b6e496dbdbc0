/*
 * What a request has to ask the database, as jobs (lane.h): a call's reply is its own until the job is over; the connection waits meanwhile, and asks
 * here whether it is.
 */
#include "agent/gateway/gateway.h"

struct gw_call *gw_call_of(struct gw_job *j)
{
	return (struct gw_call *)((char *)j - offsetof(struct gw_call, job));
}

enum gw_lane_kind gw_call_lane(const struct gw_call *c)
{
	static const enum gw_lane_kind lanes[GW_CLASSES_] = {
		[GW_CLASS_HEALTH] = GW_LANE_IDENTITY,
		[GW_CLASS_PEOPLE] = GW_LANE_PEOPLE,
		[GW_CLASS_PROGRAMS] = GW_LANE_PROGRAMS};
	return lanes[c->class];
}

/* --- jobs ------------------------------------------------------------------------------------------------------------- */

/* Its turn did not come: the database is slow, or too many ask. */
static void refuse_late(struct gw_call *c)
{
	gw_reply_reset(&c->own);
	gw_refuse(&c->own, ERR_UNAVAILABLE, 0, "the database is too busy now");
	c->judged = c->told = c->has_piece = true;
	c->more_rc = -1;
}

static void on_done(struct gw_job *j, bool late)
{
	struct gw_call *c = gw_call_of(j);
	struct gw_request *q = c->q;
	bool gone = q->gone;
	if (late)
		refuse_late(c);
	if (c->starting)
		return;
	gw_request_release(q);
	if (!gone)
		gw_request_wake(q);
}

/* True: it is under way, and its client is owed an answer. */
static bool begin(struct gw_call *c, enum gw_lane_kind lane, void (*run)(struct gw_job *j))
{
	struct err err = ERR_INIT;
	bool reads = str_eqz(c->q->method, "GET") || str_eqz(c->q->method, "HEAD");
	c->job = (struct gw_job){.kind = lane, .reads = reads, .run = run, .done = on_done};
	c->starting = true;
	if (gw_lanes_submit(c->g->lanes, &c->job, &err) < 0)
		refuse_late(c);
	c->starting = false;
	c->q->held = c->job.under_way;
	return c->job.under_way;
}

static void again_job(struct gw_job *j)
{
	struct gw_call *c = gw_call_of(j);
	c->told = c->own.again(c->own.state, &c->own);
}

static void more_job(struct gw_job *j)
{
	struct gw_call *c = gw_call_of(j);
	c->more_rc = c->own.more(c->own.state, &c->piece);
	c->has_piece = true;
}

void gw_call_gone(void *state, struct gw_request *q)
{
	struct gateway *g = state;
	struct gw_call *c = q->user;
	if (gw_lanes_abandon(g->lanes, &c->job))
		gw_request_release(q);
}

void gw_call_leaving(void *state, struct gw_request *q)
{
	struct gw_call *c = q->user;
	(void)state;
	gw_lanes_hurry(&c->job);
}

/* --- the connection's side -------------------------------------------------------------------------------------------- */

static bool is_over(void *state, struct gw_reply *a);

static void wait_with(struct gw_call *c, struct gw_reply *a, int64_t until_ms)
{
	a->again = is_over;
	a->state = c;
	/* 0: the server drains, and who waits is told how far it has come. */
	a->until_ms = c->waited ? MIN(a->until_ms, until_ms) : until_ms;
	c->waited = true;
}

bool gw_call_start(struct gw_call *c, enum gw_call_state doing, enum gw_lane_kind lane,
		   void (*run)(struct gw_job *j), struct gw_reply *a)
{
	c->doing = doing;
	if (!begin(c, lane, run))
		return false;
	wait_with(c, a, INT64_MAX);
	return true;
}

static void synced(struct hub_waiter *w)
{
	struct gw_call *c = w->state;
	if (!c->starting)
		gw_request_wake(c->q);
}

bool gw_call_sync(struct gw_call *c, bool (*go_on)(struct gw_call *c, struct gw_reply *a),
		  struct gw_reply *a)
{
	c->doing = CALL_SYNCING;
	c->go_on = go_on;
	c->waiter = (struct hub_waiter){.fn = synced, .state = c};
	c->starting = true;
	gw_hub_await(c->g, &c->waiter);
	c->starting = false;
	if (!c->waiter.waits)
		return !go_on(c, a);
	wait_with(c, a, INT64_MAX);
	return true;
}

/* What is in memory is told at once; GW_MORE_ASK: the same in a job. */
static int next_piece(void *state, struct buf *out)
{
	struct gw_call *c = state;
	if (c->job.under_way)
		return GW_MORE_LATER;
	if (!c->has_piece) {
		int rc = c->own.more(c->own.state, out);
		if (rc != GW_MORE_ASK)
			return rc;
		if (begin(c, gw_call_lane(c), more_job))
			return GW_MORE_LATER;
	}
	c->has_piece = false;
	buf_add_str(out, buf_str(&c->piece));
	buf_release(&c->piece);
	buf_init(&c->piece, BUF_MAX);
	return c->more_rc;
}

bool gw_call_settle(struct gw_call *c, struct gw_reply *a)
{
	struct gw_reply *own = &c->own;
	if (own->again) {
		c->doing = CALL_WAITING;
		wait_with(c, a, own->until_ms);
		/* What it waits for may have come between its look and now. */
		loop_timer_reset(c->g->poll, 50);
		return false;
	}
	c->doing = CALL_IDLE;
	gw_reply_reset(a);
	*a = *own;
	own->fields = own->body = (struct buf)BUF_INIT(BUF_MAX);
	if (own->more) {
		a->more = next_piece;
		a->state = c;
	}
	return true;
}

static bool is_over(void *state, struct gw_reply *a)
{
	struct gw_call *c = state;
	if (c->job.under_way || c->waiter.waits)
		return false;
	if (c->doing == CALL_SYNCING)
		return c->go_on(c, a);
	if (c->doing == CALL_WAITING) {
		c->doing = CALL_ASKING;
		c->told = false;
		c->own.until_ms = MIN(c->own.until_ms, a->until_ms);
		if (begin(c, gw_call_lane(c), again_job))
			return false;
	}
	if (c->doing == CALL_JUDGING) {
		c->doing = CALL_IDLE;
		return true;
	}
	if (c->doing == CALL_ASKING && !c->told) {
		c->doing = CALL_WAITING;
		return false;
	}
	if (c->doing == CALL_ASKING)
		c->own.again = NULL;
	return gw_call_settle(c, a);
}
