/*
 * Lanes: the gateway's connections to PostgreSQL, and the jobs that run on them. A job is straight-line code in a fiber (base/fiber.h); where
 * it would wait for the database it parks, and the loop goes on: a slow statement delays nobody but its own lane. What comes while all lanes of
 * its kind are taken waits in a queue that has an end, and a time.
 *
 * Each kind of work has its own lanes, so that none can take all of another's: the log (one listening connection), objects for
 * watchers, skills that are kept, who is who, people, programs. Health has none, for it needs no database.
 *
 * While a job runs, g->store is its lane's connection; everywhere else it is NULL. What a job shares with others may be other after anything that
 * asks the database than it was before.
 *
 * The caller: 1. gw_lanes_new() 2. gw_lanes_submit() of a job that it keeps; run() comes in a fiber, then done() in the loop (both possibly within
 * the call) 3. gw_lanes_abandon() when nobody waits for it any more 4. gw_lanes_free(), which ends what runs.
 */
#ifndef AGENT_GATEWAY_LANE_H
#define AGENT_GATEWAY_LANE_H

#include "base/loop.h"
#include "skill/route.h"
#include "store/store.h"

struct gateway;
struct gw_lane;
struct gw_lanes;

enum gw_lane_kind {
	GW_LANE_LOG,
	GW_LANE_OBJECTS,
	GW_LANE_KEPT,
	GW_LANE_IDENTITY,
	GW_LANE_PEOPLE,
	GW_LANE_PROGRAMS,
	GW_LANE_KINDS_
};
#define GW_LANE_QUEUE_MAX 512 /* jobs of one kind that wait */
#define GW_LANE_QUEUE_MS 8000 /* and for how long */
#define GW_LANE_ABANDON_MS 250 /* what nobody waits for any more may take this long yet */
#define GW_LANE_LEAVING_MS 2000

struct gw_job {
	enum gw_lane_kind kind;
	bool reads; /* it may be broken off */
	void (*run)(struct gw_job *j);
	/* It is over. late: its turn did not come in time, and run() was not called. */
	void (*done)(struct gw_job *j, bool late);
	/* The lanes' own. */
	struct gw_lane *lane;
	struct gw_job *next;
	int64_t since_ms;
	bool under_way; /* submitted and not done */
};

/* Takes over g's connection, which listens, as the one of the log. Gives. */
struct gw_lanes *gw_lanes_new(struct gateway *g, struct store *log);
/* Ends the jobs, each as if its connection were lost, and closes all but the log's. NULL is fine. */
void gw_lanes_free(struct gw_lanes *l);
/* Keeps j, which must not be under way, until done() was called. Errors: ERR_UNAVAILABLE when too many wait already (done() is not called then). */
NODISCARD int gw_lanes_submit(struct gw_lanes *l, struct gw_job *j, struct err *err);
/*
 * Nobody waits for it any more. True: it never ran and is over, without done(). False: it runs; one that only reads is broken off when it takes
 * longer yet than a moment.
 */
bool gw_lanes_abandon(struct gw_lanes *l, struct gw_job *j);
/* Perhaps nobody waits for it any more: one that only reads is broken off when it takes GW_LANE_LEAVING_MS yet. */
void gw_lanes_hurry(struct gw_job *j);
/* From within a job: until gw_lanes_release() of the same list. Errors: ERR_UNAVAILABLE at the end. */
struct gw_parked {
	struct gw_lane *first;
};
NODISCARD int gw_lane_park(struct gateway *g, struct gw_parked *list, struct err *err);
void gw_lanes_release(struct gw_parked *list);
/* From within a job: keeps the route table until the job is over. */
void gw_lane_pin(struct gateway *g, struct route_table *t);

struct gw_lane_stats {
	size_t lanes, busy, queued;
	uint64_t jobs, late, refused, broken_off;
};
void gw_lanes_stats(const struct gw_lanes *l, enum gw_lane_kind k, struct gw_lane_stats *ret);
const char *gw_lane_kind_name(
	enum gw_lane_kind k); /* "log", "objects", "kept", "identity", "people", "programs" */

#endif
