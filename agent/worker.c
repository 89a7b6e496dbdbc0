#include "agent/worker.h"

#include <signal.h>
#include <sys/epoll.h>

#include "base/mem.h"

#define RETRY_FIRST_MS 100
#define RETRY_MOST_MS 30000

struct worker {
	struct role_ctx *ctx;
	const struct worker_opts *o;
	struct loop *loop;
	struct lease lease;
	bool leads; /* until lease_gone() has said otherwise to the role */
	struct store *beside; /* renews the lease while a tick takes long; NULL: none did */
	struct loop_source *store_watch, *tick_timer, *lease_timer;
	int64_t tick_due_ms; /* monotonic; -1: none */
	int64_t backoff_ms;
	bool stopping;
	int result;
	struct err err;
};

struct role_ctx *worker_ctx(const struct worker *w)
{
	return w->ctx;
}

struct loop *worker_loop(const struct worker *w)
{
	return w->loop;
}

struct lease *worker_lease(struct worker *w)
{
	return &w->lease;
}

bool worker_stopping(const struct worker *w)
{
	return w->stopping;
}

void worker_wake_in(struct worker *w, int64_t delay_ms)
{
	int64_t due = clock_mono(w->ctx->clock) + delay_ms;
	if (w->tick_due_ms >= 0 && w->tick_due_ms <= due)
		return;
	w->tick_due_ms = due;
	loop_timer_reset(w->tick_timer, delay_ms);
}

void worker_wake(struct worker *w)
{
	worker_wake_in(w, 0);
}

void worker_idle(struct worker *w)
{
	if (w->stopping && !(w->o->busy && w->o->busy(w->o->state)))
		loop_stop(w->loop);
}

static void give_up(struct worker *w, int rc, const struct err *err)
{
	w->result = rc;
	w->err = *err;
	loop_stop(w->loop);
}

/* --- the connection ----------------------------------------------------------------------------------------- */

static void store_ready(struct loop *l, int fd, uint32_t events, void *state);

static int watch_store(struct worker *w, struct err *err)
{
	loop_remove(w->store_watch);
	w->store_watch = NULL;
	int fd = store_fd(w->ctx->store);
	return fd < 0 ? 0 : loop_add_fd(w->loop, fd, EPOLLIN, store_ready, w, &w->store_watch, err);
}

static void store_ready(struct loop *l, int fd, uint32_t events, void *state)
{
	struct worker *w = state;
	struct err err = ERR_INIT;
	bool woken = false;
	(void)l;
	(void)fd;
	(void)events;
	if (store_drain(w->ctx->store, &woken, &err) < 0) {
		loop_remove(w->store_watch);
		w->store_watch = NULL;
		worker_wake(w);
	} else if (woken) {
		worker_wake(w);
	}
}

/* --- the lease ---------------------------------------------------------------------------------------------- */

static void lease_gone(struct worker *w, const char *why)
{
	if (!w->leads)
		return;
	w->leads = false;
	w->lease.epoch = 0;
	log_event(LOG_WARN_, "lease.lost", "lease", w->lease.name, "why", why, NULL);
	if (w->o->lost)
		w->o->lost(w, w->o->state);
}

/* Holds the lease, or arranges to try again. *ret_held tells which. */
static int hold_lease(struct worker *w, bool *ret_held, struct err *err)
{
	struct err e = ERR_INIT;
	int64_t wait_ms = 0;
	*ret_held = false;
	if (w->lease.epoch && store_lease_valid(&w->lease, w->ctx->clock)) {
		int64_t due = store_lease_due_ms(&w->lease, w->ctx->clock);
		int rc = due > 0 ? 0 : store_lease_renew(w->ctx->store, &w->lease, &e);
		if (rc == ERR_FENCED) {
			lease_gone(w, "another process has it");
		} else if (rc < 0) {
			*err = e;
			return rc;
		} else {
			loop_timer_reset(w->lease_timer,
					 store_lease_due_ms(&w->lease, w->ctx->clock));
			*ret_held = true;
			return 0;
		}
	}
	lease_gone(w, "it was not renewed in time");
	int rc = store_lease_acquire(w->ctx->store, &w->lease, &wait_ms, &e);
	if (rc == ERR_CONFLICT) {
		log_event(LOG_DEBUG_, "lease.held_elsewhere", "lease", w->lease.name, "detail",
			  e.msg, NULL);
		worker_wake_in(w, MAX(MIN(wait_ms, 1000), 50));
		return 0;
	}
	if (rc < 0) {
		*err = e;
		return rc;
	}
	w->leads = true;
	log_event(LOG_INFO_, "lease.acquired", "lease", w->lease.name, NULL);
	loop_timer_reset(w->lease_timer, store_lease_due_ms(&w->lease, w->ctx->clock));
	*ret_held = true;
	if (w->o->gained)
		w->o->gained(w, w->o->state);
	return 0;
}

/* A tick that goes on is alive; one that hangs makes no pulse, and its lease runs out. */
void worker_pulse(struct worker *w)
{
	CLEANUP_FREE char *name = NULL;
	struct store_opts opts = {0};
	struct err err = ERR_INIT;
	if (!w || !store_lease_valid(&w->lease, w->ctx->clock) ||
	    store_lease_due_ms(&w->lease, w->ctx->clock) > 0)
		return;
	opts.application = name = mem_printf("asporad %s lease", w->o->lease_role);
	int rc = w->beside ? 0
			   : store_open(w->ctx->access, store_role_of(w->ctx->store), &opts,
					&w->beside, &err);
	if (rc == 0)
		rc = store_lease_pulse(w->beside, &w->lease, &err);
	if (rc < 0)
		log_err(LOG_WARN_, "lease.not_renewed", &err, "lease", w->lease.name, NULL);
}

/* --- a tick ------------------------------------------------------------------------------------------------- */

static void failed(struct worker *w, int rc, struct err *err)
{
	enum store_retry retry = store_retry(err);
	bool again = false;
	if (retry == STORE_RETRY_FENCED) {
		lease_gone(w, err->msg);
		worker_wake(w);
		return;
	}
	if (retry == STORE_RETRY_NOW) {
		uint8_t jitter;
		crypto_random(&jitter, 1);
		worker_wake_in(w, 5 + jitter / 5);
		return;
	}
	w->backoff_ms = MIN(MAX(w->backoff_ms * 2, RETRY_FIRST_MS),
			    retry == STORE_RETRY_RECONNECT ? 2000 : RETRY_MOST_MS);
	again = retry == STORE_RETRY_RECONNECT;
	log_err(again ? LOG_WARN_ : LOG_ERROR_, again ? "store.lost" : "tick.failed", err, NULL);
	if (w->ctx->once && !again)
		give_up(w, rc, err);
	else
		worker_wake_in(w, w->backoff_ms);
}

static int tick(struct worker *w, struct err *err)
{
	int rc = 0;
	bool held = false, more = false;
	if (store_is_lost(w->ctx->store)) {
		if ((rc = store_reopen(w->ctx->store, err)) < 0 || (rc = watch_store(w, err)) < 0)
			return rc;
		log_event(LOG_INFO_, "store.reconnected", NULL);
	}
	if ((rc = hold_lease(w, &held, err)) < 0 || !held || w->stopping)
		return rc;
	rc = w->o->tick(w, w->o->state, &more, err);
	store_close(w->beside);
	w->beside = NULL;
	if (rc < 0)
		return rc;
	w->backoff_ms = 0;
	if (more)
		worker_wake(w);
	else if (w->ctx->once && (!w->o->settled || w->o->settled(w->o->state)))
		loop_stop(w->loop);
	return 0;
}

static void tick_due(struct loop *l, void *state)
{
	struct worker *w = state;
	struct err err = ERR_INIT;
	(void)l;
	w->tick_due_ms = -1;
	int rc = tick(w, &err);
	if (rc < 0)
		failed(w, rc, &err);
	worker_wake_in(w, w->o->poll_ms);
}

static void lease_due(struct loop *l, void *state)
{
	struct worker *w = state;
	struct err err = ERR_INIT;
	bool held;
	(void)l;
	if (store_is_lost(w->ctx->store))
		worker_wake(w);
	else if (hold_lease(w, &held, &err) < 0)
		failed(w, err.code, &err);
}

static void on_stop(struct loop *l, int signal_number, void *state)
{
	struct worker *w = state;
	(void)l;
	(void)signal_number;
	if (w->stopping)
		return;
	w->stopping = true;
	if (w->o->stop)
		w->o->stop(w, w->o->state);
	worker_idle(w);
}

int worker_run(struct role_ctx *ctx, const struct worker_opts *o, struct err *err)
{
	struct worker w = {.ctx = ctx, .o = o, .tick_due_ms = -1};
	int rc = loop_open(ctx->clock, &w.loop, err);
	if (rc < 0)
		return rc;
	store_lease_init(&w.lease, o->lease_role, o->shard, ctx->config->lease.ttl_ms);
	w.tick_timer = loop_add_timer(w.loop, -1, tick_due, &w);
	w.lease_timer = loop_add_timer(w.loop, -1, lease_due, &w);
	if ((rc = loop_add_signal(w.loop, SIGTERM, on_stop, &w, err)) == 0 &&
	    (rc = watch_store(&w, err)) == 0) {
		worker_wake(&w);
		rc = loop_run(w.loop, err);
	}
	struct err ignored = ERR_INIT;
	if (w.lease.epoch && store_lease_release(ctx->store, &w.lease, &ignored) < 0)
		log_err(LOG_DEBUG_, "lease.not_released", &ignored, NULL);
	loop_close(w.loop);
	if (rc == 0 && w.result < 0) {
		*err = w.err;
		rc = w.result;
	}
	return rc;
}
