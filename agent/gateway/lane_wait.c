/* How one lane waits for its connection: in the loop, instead of poll(2). */
#include <poll.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "agent/gateway/gateway.h"
#include "agent/gateway/lane_int.h"

static int64_t now_ms(void)
{
	return clock_real.mono_ms(NULL);
}

static void forget(struct gw_lane *lane)
{
	loop_remove(lane->source);
	lane->source = NULL;
	if (lane->fd >= 0)
		close(lane->fd);
	lane->fd = -1;
	lane->copy_of = -1;
	lane->events = 0;
}

static void set_events(struct gw_lane *lane, uint32_t events)
{
	if (!lane->source || events == lane->events)
		return;
	lane->events = events;
	loop_change_fd(lane->source, events);
}

/* Nobody asked, and something came: a wake-up, or the end of the connection. */
static void unasked(struct gw_lane *lane)
{
	struct gateway *g = lane->lanes->g;
	struct err err = ERR_INIT;
	bool woken = false;
	if (lane->kind == GW_LANE_LOG) {
		gw_store_pump(g);
		return;
	}
	if (store_drain(lane->store, &woken, &err) < 0)
		forget(lane);
}

static void on_fd(struct loop *l, int fd, uint32_t events, void *state)
{
	struct gw_lane *lane = state;
	(void)l;
	(void)fd;
	if (!lane->job) {
		unasked(lane);
		return;
	}
	bool in = events & (EPOLLIN | EPOLLHUP | EPOLLERR | EPOLLRDHUP);
	bool out = events & (EPOLLOUT | EPOLLHUP | EPOLLERR);
	if (lane->parked && ((in && lane->wanted & POLLIN) || (out && lane->wanted & POLLOUT))) {
		gw_lane_resume(lane);
		return;
	}
	/* It waits for something else: what has come stays where it is. */
	set_events(lane, 0);
}

static void on_timer(struct loop *l, void *state)
{
	struct gw_lane *lane = state;
	int64_t now = now_ms();
	(void)l;
	lane->timer_ms = 0;
	if (!lane->parked)
		return;
	if (now >= lane->deadline_ms) {
		gw_lane_resume(lane);
		return;
	}
	lane->timer_ms = lane->deadline_ms;
	loop_timer_reset(lane->timer, lane->deadline_ms - now);
}

static void arm(struct gw_lane *lane)
{
	if (lane->timer_ms && lane->timer_ms <= lane->deadline_ms)
		return;
	lane->timer_ms = lane->deadline_ms;
	loop_timer_reset(lane->timer, MAX(0, lane->deadline_ms - now_ms()));
}

static unsigned generation_of(const struct gw_lane *lane)
{
	struct store_stats stats;
	if (!lane->store)
		return 0;
	store_stats(lane->store, &stats);
	return (unsigned)stats.reconnects;
}

/* The descriptor that is meant may have been closed, and another opened under its number. */
static bool attach(struct gw_lane *lane, int fd, uint32_t events)
{
	struct err ignored = ERR_INIT;
	if (lane->source && !lane->connecting && lane->copy_of == fd &&
	    lane->generation == generation_of(lane)) {
		set_events(lane, events);
		return true;
	}
	forget(lane);
	lane->fd = dup(fd);
	if (lane->fd < 0 || loop_add_fd(lane->lanes->g->loop, lane->fd, events, on_fd, lane,
					&lane->source, &ignored) < 0) {
		lane->source = NULL;
		forget(lane);
		return false;
	}
	lane->copy_of = fd;
	lane->generation = generation_of(lane);
	lane->events = events;
	return true;
}

int gw_lane_wait(void *state, int fd, short events, int64_t deadline_ms)
{
	struct gw_lane *lane = state;
	uint32_t wanted = (events & POLLIN ? EPOLLIN : 0) | (events & POLLOUT ? EPOLLOUT : 0);
	if (lane->lanes->closing)
		return -1;
	if (fd >= 0 && !attach(lane, fd, wanted))
		return -1;
	if (fd < 0)
		set_events(lane, 0);
	lane->wanted = fd < 0 ? 0 : events;
	lane->deadline_ms = lane->hurry_ms ? MIN(deadline_ms, lane->hurry_ms) : deadline_ms;
	arm(lane);
	lane->parked = true;
	fiber_park();
	if (lane->lanes->closing)
		return -1;
	if (fd < 0)
		return 0;
	/* Both may be true at once: what came in time counts. */
	struct pollfd p = {.fd = fd, .events = events};
	if (now_ms() < lane->deadline_ms || poll(&p, 1, 0) > 0)
		return 0;
	lane->lanes->kinds[lane->kind].stats.broken_off += lane->hurry_ms != 0;
	return -1;
}

void gw_lane_hurry(struct gw_lane *lane, int64_t most_ms)
{
	lane->hurry_ms = now_ms() + most_ms;
	if (!lane->parked)
		return;
	lane->deadline_ms = MIN(lane->deadline_ms, lane->hurry_ms);
	arm(lane);
}

void gw_lane_watch(struct gw_lane *lane)
{
	if (!lane->store || store_is_lost(lane->store))
		forget(lane);
	else
		(void)attach(lane, store_fd(lane->store), EPOLLIN);
}

int gw_lane_connect(struct gw_lane *lane, struct err *err)
{
	struct gateway *g = lane->lanes->g;
	const struct store_opts opts = {.clock = g->ctx->clock,
					.application = "asporad gateway",
					.wait = gw_lane_wait,
					.wait_state = lane};
	free(lane->scope);
	lane->scope = NULL;
	lane->connecting = true;
	int rc = lane->store ? store_reopen(lane->store, err)
			     : store_open(g->ctx->access, STORE_GATEWAY, &opts, &lane->store, err);
	lane->connecting = false;
	forget(lane);
	g->store = lane->store;
	return rc;
}

void gw_lane_init(struct gw_lane *lane, struct gw_lanes *l, enum gw_lane_kind kind)
{
	*lane = (struct gw_lane){.lanes = l, .kind = kind, .fd = -1, .copy_of = -1};
	lane->timer = loop_add_timer(l->g->loop, -1, on_timer, lane);
}

void gw_lane_release(struct gw_lane *lane)
{
	forget(lane);
	loop_remove(lane->timer);
	fiber_free(lane->fiber);
	if (lane->borrowed)
		store_wait_by(lane->store, NULL, NULL);
	else
		store_close(lane->store);
	free(lane->scope);
}
