/* The sync role: the deployed state is the newest admitted content of every source. Its loop; the work is in its neighbours. */
#include <malloc.h>

#include "agent/sync_int.h"
#include "base/mem.h"
#include "gitsync/gitsync.h"
#include "store/verify.h"

#define CHECKPOINT_MS 60000

/* Now and then, when the chain has grown, its head is signed. One that fails is made up for by the next. */
static void checkpoint(struct sync *s, int64_t rev)
{
	struct err err = ERR_INIT;
	int64_t now = clock_mono(s->ctx->clock);
	if (rev == s->checkpoint_rev ||
	    (s->checkpoint_ms && now - s->checkpoint_ms < CHECKPOINT_MS))
		return;
	s->checkpoint_ms = now;
	if (store_checkpoint_put(s->ctx->store, &s->signer, s->checkpoint_rev, &s->checkpoint_rev,
				 &err) < 0)
		log_err(LOG_WARN_, "checkpoint.failed", &err, NULL);
}

int sync_tick(struct worker *w, void *state, bool *ret_more, struct err *err)
{
	struct sync *s = state;
	s->worker = w;
	int rc = store_tick(s->ctx->store, &s->last, err);
	const struct store_tick now = s->last;
	if (rc < 0)
		return rc;
	s->rev = now.rev;
	if (now.next_expiry_ms && now.next_expiry_ms <= now.now_ms)
		rc = sync_expiries_tick(s, err);
	else if (now.next_expiry_ms)
		worker_wake_in(w, now.next_expiry_ms - now.now_ms + 10);
	if (rc == 0 && now.open_wishes)
		rc = sync_wishes_tick(s, err);
	if (rc == 0)
		rc = sync_sources_tick(s, now.open_requests > 0 || now.open_wishes > 0, err);
	if (rc == 0)
		checkpoint(s, now.rev);
	/* A pass or an adopted domain may let another source go on. */
	*ret_more = false;
	for (size_t i = 0; rc == 0 && i < s->source_count; i++)
		*ret_more = *ret_more ||
			    (s->sources[i].tip_is_new && !s->sources[i].job &&
			     !source_signing_is_busy(&s->sources[i]) && !s->sources[i].suspended);
	return rc;
}

static void gained(struct worker *w, void *state)
{
	struct sync *s = state;
	struct err err = ERR_INIT;
	s->worker = w;
	sync_forget(s);
	if (sync_sources_declare(s, &err) < 0)
		log_err(LOG_WARN_, "source.declare_failed", &err, NULL);
	for (size_t i = 0; i < s->source_count; i++)
		s->sources[i].due_ms = 0;
}

static void lost(struct worker *w, void *state)
{
	struct sync *s = state;
	(void)w;
	sync_forget(s);
	for (size_t i = 0; i < s->source_count; i++) {
		snapshot_unref(s->sources[i].snapshot);
		s->sources[i].snapshot = NULL;
		admit_memory_free(s->sources[i].texts);
		s->sources[i].texts = NULL;
		source_signing_forget(&s->sources[i]);
	}
}

static bool settled(void *state)
{
	return sync_sources_settled(state);
}

const struct worker_opts sync_worker_opts = {.lease_role = "sync",
					     .shard = "0",
					     .poll_ms = 5000,
					     .tick = sync_tick,
					     .gained = gained,
					     .lost = lost,
					     .settled = settled};

int sync_open(struct sync *s, struct role_ctx *ctx, struct err *err)
{
	*s = (struct sync){.ctx = ctx};
	/* What is large comes and goes with each pass: it is mapped, and given back whole, however large the last was. */
	mallopt(M_MMAP_THRESHOLD, 1024 * 1024);
	mallopt(M_TRIM_THRESHOLD, 1024 * 1024);
	snprintf(s->actor, sizeof(s->actor), "sync@%s", ctx->host);
	int rc = gitsync_init(false, err);
	if (rc == 0)
		rc = sync_signing_key(s, err);
	return rc < 0 ? rc : sync_sources_open(s, err);
}

void sync_close(struct sync *s)
{
	sync_sources_close(s);
	sync_forget(s);
	crypto_wipe(s->secret_key, sizeof(s->secret_key));
	gitsync_shutdown();
}

int role_sync_run(struct role_ctx *ctx, struct err *err)
{
	struct sync s;
	int rc = sync_open(&s, ctx, err);
	if (rc == 0) {
		struct worker_opts o = sync_worker_opts;
		o.state = &s;
		rc = worker_run(ctx, &o, err);
	}
	sync_close(&s);
	return rc;
}
