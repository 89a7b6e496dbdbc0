#include "agent/gateway/lane.h"

#include <assert.h>
#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "agent/gateway/gateway.h"
#include "agent/gateway/lane_int.h"
#include "base/mem.h"

#define STACK_BYTES ((size_t)1 << 20) /* of which only what is used is touched */

static const struct {
	const char *name;
	size_t count;
} kinds_of_lanes[GW_LANE_KINDS_] = {{"log", 1},	     {"objects", 1}, {"kept", 1},
				    {"identity", 1}, {"people", 4},  {"programs", 2}};

const char *gw_lane_kind_name(enum gw_lane_kind k)
{
	return kinds_of_lanes[k].name;
}

static int64_t now_ms(void)
{
	return clock_real.mono_ms(NULL);
}

/* --- running ------------------------------------------------------------------------------------------------------ */

static void next_job(struct gw_lanes *l, enum gw_lane_kind kind);

static void finished(struct gw_lane *lane)
{
	struct gw_job *j = TAKE_PTR(lane->job);
	struct gw_lanes *l = lane->lanes;
	route_table_unref(lane->pinned);
	lane->pinned = NULL;
	lane->hurry_ms = 0;
	gw_lane_watch(lane);
	j->lane = NULL;
	j->under_way = false;
	j->done(j, false);
	next_job(l, lane->kind);
}

static void run_job(void *state)
{
	struct gw_job *j = state;
	j->run(j);
}

/* Whoever runs has g->store; nested, for a job may submit another. */
static void enter(struct gw_lane *lane, bool begin)
{
	struct gateway *g = lane->lanes->g;
	struct gw_lane *outer = g->lane;
	g->lane = lane;
	g->store = lane->store;
	bool over = begin ? fiber_run(lane->fiber, run_job, lane->job) : fiber_resume(lane->fiber);
	g->lane = outer;
	g->store = outer ? outer->store : NULL;
	if (over)
		finished(lane);
}

static void begin(struct gw_lane *lane, struct gw_job *j)
{
	lane->job = j;
	j->lane = lane;
	lane->lanes->kinds[lane->kind].stats.jobs++;
	if (!lane->fiber)
		lane->fiber = fiber_new(STACK_BYTES);
	enter(lane, true);
}

static struct gw_lane *idle_lane(struct gw_lanes *l, enum gw_lane_kind kind)
{
	struct gw_lane *found = NULL;
	for (size_t i = 0; i < l->count; i++) {
		struct gw_lane *lane = &l->lanes[i];
		/* One that is connected, rather than one that is not yet. */
		if (lane->kind == kind && !lane->job && (!found || lane->store))
			found = lane;
		if (found && found->store)
			return found;
	}
	return found;
}

static struct gw_job *take_first(struct lane_queue *q)
{
	struct gw_job *j = q->first;
	q->first = j->next;
	if (!q->first)
		q->last = &q->first;
	j->next = NULL;
	q->stats.queued--;
	return j;
}

static void too_late(struct lane_queue *q)
{
	struct gw_job *j = take_first(q);
	q->stats.late++;
	j->under_way = false;
	j->done(j, true);
}

static void next_job(struct gw_lanes *l, enum gw_lane_kind kind)
{
	struct lane_queue *q = &l->kinds[kind];
	struct gw_lane *lane;
	while (q->first && now_ms() - q->first->since_ms >= GW_LANE_QUEUE_MS)
		too_late(q);
	if (q->first && !l->closing && (lane = idle_lane(l, kind)))
		begin(lane, take_first(q));
}

int gw_lanes_submit(struct gw_lanes *l, struct gw_job *j, struct err *err)
{
	struct lane_queue *q = &l->kinds[j->kind];
	struct gw_lane *lane = q->first || l->closing ? NULL : idle_lane(l, j->kind);
	assert(!j->under_way);
	if (l->closing || (!lane && q->stats.queued >= GW_LANE_QUEUE_MAX)) {
		q->stats.refused++;
		err_set(err, ERR_UNAVAILABLE, "%zu requests wait for the database already",
			q->stats.queued);
		return err_remedy(err, "try again in a moment");
	}
	j->next = NULL;
	j->since_ms = now_ms();
	j->under_way = true;
	if (lane) {
		begin(lane, j);
		return 0;
	}
	*q->last = j;
	q->last = &j->next;
	q->stats.queued++;
	if (q->stats.queued == 1)
		loop_timer_reset(l->timer, GW_LANE_QUEUE_MS);
	return 0;
}

/* Jobs whose time is over while all lanes are held up. */
static void on_timer(struct loop *loop, void *state)
{
	struct gw_lanes *l = state;
	int64_t soonest = INT64_MAX;
	(void)loop;
	for (size_t k = 0; k < GW_LANE_KINDS_; k++) {
		next_job(l, k);
		if (l->kinds[k].first)
			soonest = MIN(soonest, l->kinds[k].first->since_ms + GW_LANE_QUEUE_MS);
	}
	if (soonest != INT64_MAX)
		loop_timer_reset(l->timer, MAX(1, soonest - now_ms()));
}

bool gw_lanes_abandon(struct gw_lanes *l, struct gw_job *j)
{
	struct lane_queue *q = &l->kinds[j->kind];
	assert(j->under_way);
	if (j->lane) {
		if (j->reads)
			gw_lane_hurry(j->lane, GW_LANE_ABANDON_MS);
		return false;
	}
	for (struct gw_job **at = &q->first; *at; at = &(*at)->next) {
		if (*at != j)
			continue;
		*at = j->next;
		if (q->last == &j->next)
			q->last = at;
		q->stats.queued--;
		break;
	}
	j->next = NULL;
	j->under_way = false;
	return true;
}

void gw_lanes_hurry(struct gw_job *j)
{
	if (j->lane && j->reads)
		gw_lane_hurry(j->lane, GW_LANE_LEAVING_MS);
}

/* --- parking ------------------------------------------------------------------------------------------------------- */

void gw_lane_resume(struct gw_lane *lane)
{
	lane->parked = false;
	enter(lane, false);
}

int gw_lane_park(struct gateway *g, struct gw_parked *list, struct err *err)
{
	struct gw_lane *lane = g->lane;
	assert(lane);
	if (lane->lanes->closing)
		return err_set(err, ERR_UNAVAILABLE, "the gateway is ending");
	lane->next_parked = list->first;
	list->first = lane;
	lane->parked_in = list;
	fiber_park();
	lane->parked_in = NULL;
	return lane->lanes->closing ? err_set(err, ERR_UNAVAILABLE, "the gateway is ending") : 0;
}

void gw_lanes_release(struct gw_parked *list)
{
	struct gw_lane *lane = list->first;
	list->first = NULL;
	while (lane) {
		struct gw_lane *next = lane->next_parked;
		lane->next_parked = NULL;
		enter(lane, false);
		lane = next;
	}
}

void gw_lane_pin(struct gateway *g, struct route_table *t)
{
	assert(g->lane);
	route_table_unref(g->lane->pinned);
	g->lane->pinned = route_table_ref(t);
}

/* --- life ------------------------------------------------------------------------------------------------------------ */

struct gw_lanes *gw_lanes_new(struct gateway *g, struct store *log)
{
	struct gw_lanes *l = mem_zalloc(sizeof(*l));
	l->g = g;
	for (size_t k = 0; k < GW_LANE_KINDS_; k++)
		l->kinds[k].last = &l->kinds[k].first;
	for (size_t k = 0; k < GW_LANE_KINDS_; k++)
		for (size_t i = 0; i < kinds_of_lanes[k].count; i++)
			gw_lane_init(&l->lanes[l->count++], l, k);
	l->timer = loop_add_timer(g->loop, -1, on_timer, l);
	l->lanes[0].store = log;
	l->lanes[0].borrowed = true;
	store_wait_by(log, gw_lane_wait, &l->lanes[0]);
	gw_lane_watch(&l->lanes[0]);
	return l;
}

void gw_lanes_free(struct gw_lanes *l)
{
	if (!l)
		return;
	l->closing = true;
	for (size_t k = 0; k < GW_LANE_KINDS_; k++)
		while (l->kinds[k].first)
			too_late(&l->kinds[k]);
	for (size_t i = 0; i < l->count; i++) {
		/* Each wait of it fails from here on, so that it comes to its end. */
		while (l->lanes[i].job) {
			if (l->lanes[i].parked_in)
				l->lanes[i].parked_in->first = NULL;
			gw_lane_resume(&l->lanes[i]);
		}
	}
	for (size_t i = 0; i < l->count; i++)
		gw_lane_release(&l->lanes[i]);
	loop_remove(l->timer);
	free(l);
}

void gw_lanes_stats(const struct gw_lanes *l, enum gw_lane_kind k, struct gw_lane_stats *ret)
{
	*ret = l->kinds[k].stats;
	for (size_t i = 0; i < l->count; i++) {
		ret->lanes += l->lanes[i].kind == k;
		ret->busy += l->lanes[i].kind == k && l->lanes[i].job;
	}
}
