/* Lanes, inside: lane.c has the jobs and who is next, lane_wait.c the waiting of one lane for its connection. */
#ifndef AGENT_GATEWAY_LANE_INT_H
#define AGENT_GATEWAY_LANE_INT_H

#include "agent/gateway/lane.h"
#include "base/fiber.h"

#define GW_LANES 10

struct gw_lane {
	struct gw_lanes *lanes;
	enum gw_lane_kind kind;
	struct store *store; /* NULL: never connected */
	bool borrowed; /* of the role: not ours to close */
	char *scope; /* what its store_scope() was set to last; NULL: not known */
	struct fiber *fiber;
	struct gw_job *job; /* NULL: idle */
	struct route_table *pinned;

	/* A copy of the descriptor is watched, which libpq cannot close behind the loop's back. */
	int fd;
	int copy_of; /* whose copy it is */
	unsigned generation; /* of the connection: how often it was made anew */
	struct loop_source *source, *timer;
	uint32_t events;
	bool parked; /* for `wanted` or until deadline_ms */
	short wanted;
	int64_t deadline_ms, timer_ms; /* timer_ms: when the timer fires; 0: it is not armed */
	int64_t hurry_ms; /* of an abandoned job; 0: none */
	bool connecting;

	struct gw_lane *next_parked; /* in a struct gw_parked */
	struct gw_parked *parked_in;
};

struct lane_queue {
	struct gw_job *first, **last;
	struct gw_lane_stats stats; /* queued and the counters */
};

struct gw_lanes {
	struct gateway *g;
	struct gw_lane lanes[GW_LANES];
	size_t count;
	struct lane_queue kinds[GW_LANE_KINDS_];
	struct loop_source *timer;
	bool closing;
};

/* lane.c */
void gw_lane_resume(struct gw_lane *lane); /* one that is parked */

/* lane_wait.c */
void gw_lane_init(struct gw_lane *lane, struct gw_lanes *l, enum gw_lane_kind kind);
void gw_lane_release(struct gw_lane *lane);
int gw_lane_wait(void *state, int fd, short events, int64_t deadline_ms); /* store_wait_fn */
/* Between jobs: whether the server says something by itself. */
void gw_lane_watch(struct gw_lane *lane);
/* The job that runs may not wait longer than this. */
void gw_lane_hurry(struct gw_lane *lane, int64_t most_ms);
/* From within its job: opens, or opens again, the lane's connection. Errors: the store's. */
NODISCARD int gw_lane_connect(struct gw_lane *lane, struct err *err);

#endif
