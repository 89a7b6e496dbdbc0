/*
 * The runner: ready sandboxes equal the deployed versions, and queued executions run. Each tick reads what must exist on this host and is
 * not there, writes the intent, lets a prober try it, writes the outcome; and starts keepers while executions wait.
 */
#include <signal.h>

#include "agent/claims.h"
#include "agent/prober.h"
#include "agent/keeper.h"
#include "agent/worker.h"
#include "base/id.h"
#include "base/map.h"
#include "base/mem.h"
#include "store/execution.h"
#include "store/rollout.h"

#define PROBERS_MAX 4
#define KEEPERS_MAX 4096
#define BACKOFF_FIRST_MS 1000
#define BACKOFF_MOST_MS 60000
#define BACKOFF_MODEL_MS 3600000
#define COLLECT_MS 600000
#define CLAIMS_MS 5000 /* how long after a death its claims are looked for */

/* What failed here lately, so that the environment's faults are not tried in a circle. */
struct memory {
	char *key; /* domain/skill, content and runtime in hex */
	int64_t next_ms; /* monotonic */
	int64_t backoff_ms;
};

struct keeper_slot {
	struct runner *up;
	struct child child;
};

struct runner {
	struct role_ctx *ctx;
	struct worker *worker;
	struct runtime *runtime;
	struct prober *probers[PROBERS_MAX];
	size_t prober_max;
	struct keeper_slot *keepers;
	size_t keeper_max, keepers_running;
	struct map failures; /* key → struct memory */
	struct probe_list intended, done; /* to probe; to write */
	int64_t collect_due_ms; /* monotonic */
	int64_t claims_until_ms; /* monotonic; until then claims of the dead are looked for */
	bool reap_wanted; /* something died that may have left a sandbox */
	bool todo_empty, waiting;
};

static void key_text(const struct rollout_key *k, struct buf *out)
{
	char content[DIGEST_HEX + 1], runtime[DIGEST_HEX + 1];
	buf_addf(out, "%.*s/%.*s@%s+%s", STR_ARG(k->domain), STR_ARG(k->skill),
		 digest_hex(&k->content, content), digest_hex(&k->runtime, runtime));
}

static struct memory *remembered(struct runner *r, const struct rollout_key *k)
{
	CLEANUP(buf_release) struct buf key = BUF_INIT(1024);
	key_text(k, &key);
	return map_find(&r->failures, buf_str(&key));
}

static void remember_failure(struct runner *r, const struct rollout_key *k, int64_t least_ms)
{
	struct memory *m = remembered(r, k);
	if (!m) {
		struct buf key = BUF_INIT(1024);
		key_text(k, &key);
		m = mem_zalloc(sizeof(*m));
		m->key = buf_take(&key);
		map_set(&r->failures, str_of(m->key), m);
	}
	m->backoff_ms = MAX(MIN(MAX(m->backoff_ms * 2, BACKOFF_FIRST_MS), BACKOFF_MOST_MS),
			    least_ms);
	m->next_ms = clock_mono(r->ctx->clock) + m->backoff_ms;
}

static void forget_failure(struct runner *r, const struct rollout_key *k)
{
	struct memory *m = remembered(r, k);
	if (!m)
		return;
	map_remove(&r->failures, str_of(m->key));
	free(m->key);
	free(m);
}

/* --- children ----------------------------------------------------------------------------------------------- */

static void probed(void *state, const struct probe *p)
{
	struct runner *r = state;
	if (p->state == INSTANCE_FAILED) {
		/* Without a model there is nothing to try until somebody configures one. */
		remember_failure(r, &p->key,
				 str_eqz(p->reason, "ModelNotConfigured") ? BACKOFF_MODEL_MS
									  : BACKOFF_FIRST_MS);
		r->reap_wanted = r->reap_wanted || str_eqz(p->cause, "environment");
	} else {
		forget_failure(r, &p->key);
	}
	probe_list_add(&r->done, p);
	worker_wake(r->worker);
}

static void prober_idle(void *state)
{
	struct runner *r = state;
	worker_wake(r->worker);
	worker_idle(r->worker);
}

/* Hands what is intended to probers, in batches, so that one connection and one process serve many. */
static int feed_probers(struct runner *r, struct err *err)
{
	for (size_t i = 0; i < r->prober_max && r->intended.count; i++) {
		if (r->probers[i] && prober_is_running(r->probers[i]))
			continue;
		prober_free(r->probers[i]);
		r->probers[i] = NULL;
		const struct prober_opts o = {r->ctx, r->runtime,  worker_loop(r->worker),
					      probed, prober_idle, r};
		int rc = prober_start(&o, &r->intended, &r->probers[i], err);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static void look_after_dead(struct runner *r)
{
	r->reap_wanted = true;
	r->claims_until_ms = clock_mono(r->ctx->clock) + CLAIMS_MS;
}

static void keeper_ended(struct loop *l, struct child *c, const struct child_end *end, void *state)
{
	struct keeper_slot *k = state;
	char how[64];
	(void)l;
	*c = (struct child)CHILD_INIT;
	k->up->keepers_running--;
	if (!end->exited || end->status) {
		log_event(LOG_WARN_, "keeper.ended", "how", child_end_text(end, how, sizeof(how)),
			  NULL);
		look_after_dead(k->up);
	}
	worker_wake(k->up->worker);
	worker_idle(k->up->worker);
}

static int start_keepers(struct runner *r, int64_t waiting, struct err *err)
{
	for (size_t i = 0; i < r->keeper_max && waiting > 0 && !worker_stopping(r->worker); i++) {
		struct keeper_slot *k = &r->keepers[i];
		if (k->child.pid)
			continue;
		struct keeper_opts o = {r->ctx, r->runtime};
		int rc = child_fork(&k->child, keeper_main, &o, NULL, 0, err);
		if (rc == 0)
			rc = loop_add_child(worker_loop(r->worker), &k->child, keeper_ended, k,
					    err);
		if (rc < 0)
			return rc;
		r->keepers_running++;
		waiting--;
	}
	return 0;
}

/* --- a tick ------------------------------------------------------------------------------------------------- */

/* Splits what differs into intents (to be made) and endings (of what has no slot any more). */
static void sort_out(struct runner *r, const struct required *todo, size_t count, struct arena *a,
		     struct instance *intents, size_t *ret_intents, struct instance *endings,
		     size_t *ret_endings)
{
	int64_t now = clock_mono(r->ctx->clock), soonest = INT64_MAX;
	for (size_t i = 0; i < count; i++) {
		const struct required *q = &todo[i];
		if (q->slot == SLOT_NONE) {
			/*
			 * One that starts is in a prober's hands: its outcome comes first. Ended now, the outcome would find it
			 * ended and fail every tick from then on.
			 */
			if (q->instance && q->instance->state != INSTANCE_STARTING) {
				struct instance *e = &endings[(*ret_endings)++];
				*e = *q->instance;
				e->state = INSTANCE_ENDED;
				e->reason = STR("Withdrawn");
			}
			continue;
		}
		struct memory *m = remembered(r, &q->key);
		if (m && m->next_ms > now) {
			soonest = MIN(soonest, m->next_ms - now);
			continue;
		}
		struct instance *n = &intents[(*ret_intents)++];
		*n = (struct instance){.key = q->key,
				       .attempt = q->attempt + 1,
				       .state = INSTANCE_STARTING,
				       .host = str_of(r->ctx->host)};
		id_make("INST", r->ctx->clock, n->id);
		struct probe p = {.key = q->key, .context = q->context};
		memcpy(p.id, n->id, sizeof(p.id));
		probe_list_add(&r->intended, &p);
	}
	if (soonest != INT64_MAX)
		worker_wake_in(r->worker, soonest);
	(void)a;
}

/* Outcomes that have come in, endings, and new intents, in one fenced transaction. */
static int write_instances(struct runner *r, const struct instance *intents, size_t intent_count,
			   struct instance *sets, size_t set_count, struct err *err)
{
	CLEANUP(store_txn_endp) struct store_txn *t = NULL;
	char actor[128];
	if (intent_count + set_count == 0)
		return 0;
	snprintf(actor, sizeof(actor), "runner@%s", r->ctx->host);
	int rc = store_txn_begin(r->ctx->store, STORE_FENCED, actor, worker_lease(r->worker), &t,
				 err);
	if (rc == 0 && set_count)
		rc = store_instance_set(t, sets, set_count, err);
	if (rc == 0 && intent_count)
		rc = store_instance_intend(t, intents, intent_count, err);
	return rc < 0 ? rc : store_txn_commit(t, NULL, err);
}

static int converge(struct runner *r, struct err *err)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(256 * 1024 * 1024);
	struct required *todo = NULL;
	size_t count = 0, intents = 0, sets = 0;
	int rc = store_required_todo(r->ctx->store, a, str_of(r->ctx->host), &todo, &count, err);
	if (rc < 0)
		return rc;
	size_t outcome_count = r->done.count;
	struct instance *intent = arena_array(a, count + 1, sizeof(*intent));
	struct instance *set = arena_array(a, count + outcome_count + 1, sizeof(*set));
	for (size_t i = 0; i < outcome_count; i++)
		probe_outcome(&r->done.items[i], a, &set[sets++]);
	size_t before = r->intended.count;
	sort_out(r, todo, worker_stopping(r->worker) ? 0 : count, a, intent, &intents, set, &sets);
	rc = write_instances(r, intent, intents, set, sets, err);
	if (rc < 0) {
		/* Nothing was written: neither are they intended, nor are the outcomes told. */
		probe_list_cut(&r->intended, before);
		return rc;
	}
	probe_list_drop(&r->done, outcome_count);
	r->todo_empty = intents == 0 && sets == 0 && r->intended.count == 0 && r->done.count == 0;
	return feed_probers(r, err);
}

/* Bundles of versions that no slot holds any more are taken off the disk, now and then. */
static int collect_bundles(struct runner *r, struct err *err)
{
	int64_t now = clock_mono(r->ctx->clock);
	if (now < r->collect_due_ms)
		return 0;
	r->collect_due_ms = now + COLLECT_MS;
	CLEANUP(arena_freep) struct arena *a = arena_new(256 * 1024 * 1024);
	struct rollout_item *items = NULL;
	size_t count = 0, removed = 0;
	int rc = store_rollout_list(r->ctx->store, a, STR_NULL, STR_NULL, &items, &count, err);
	if (rc < 0)
		return rc;
	struct digest *live = arena_array(a, count + 1, sizeof(*live));
	for (size_t i = 0; i < count; i++)
		live[i] = items[i].key.runtime;
	struct err why = ERR_INIT;
	if (runtime_collect(r->runtime, live, count, &removed, &why) < 0)
		log_err(LOG_WARN_, "bundle.collect_failed", &why, NULL);
	return 0;
}

static bool is_idle(const struct runner *r)
{
	for (size_t i = 0; i < r->prober_max; i++)
		if (r->probers[i] && prober_is_running(r->probers[i]))
			return false;
	return r->keepers_running == 0;
}

/* While nothing of ours runs, whatever runs under our name was left by somebody who died. */
static void reap(struct runner *r)
{
	struct err err = ERR_INIT;
	size_t reaped = 0;
	char text[32];
	if (!r->reap_wanted || !is_idle(r))
		return;
	if (runtime_reap(r->runtime, NULL, 0, &reaped, &err) < 0)
		log_err(LOG_WARN_, "sandbox.reap_failed", &err, NULL);
	else
		r->reap_wanted = false;
	if (reaped) {
		snprintf(text, sizeof(text), "%zu", reaped);
		log_event(LOG_WARN_, "sandbox.reaped", "count", text, NULL);
	}
}

/* Keepers die with their runner, a moment after it; so that moment is waited out. */
static int end_claims(struct runner *r, struct err *err)
{
	int64_t ended = 0;
	char text[32];
	if (clock_mono(r->ctx->clock) > r->claims_until_ms)
		return 0;
	int rc = claims_of_the_dead(r->ctx->store, r->ctx->host, &ended, err);
	if (ended) {
		snprintf(text, sizeof(text), "%lld", (long long)ended);
		log_event(LOG_WARN_, "claim.abandoned", "count", text, NULL);
	}
	worker_wake_in(r->worker, 250);
	return rc;
}

static int tick(struct worker *w, void *state, bool *ret_more, struct err *err)
{
	struct runner *r = state;
	int64_t waiting = 0, next_ms = 0;
	r->worker = w;
	reap(r);
	int rc = end_claims(r, err);
	if (rc == 0)
		rc = converge(r, err);
	if (rc == 0)
		rc = store_execution_waiting(r->ctx->store, &waiting, &next_ms, err);
	if (rc == 0)
		rc = collect_bundles(r, err);
	if (rc < 0)
		return rc;
	r->waiting = waiting > 0 || r->keepers_running > 0;
	if (next_ms)
		worker_wake_in(w, MAX(next_ms - clock_wall(r->ctx->clock), 10));
	if (waiting > (int64_t)r->keepers_running)
		rc = start_keepers(r, waiting - (int64_t)r->keepers_running, err);
	*ret_more = false;
	return rc;
}

/* We lead here now: whatever runs under our name was started by somebody who has died, and what was intended never got anywhere. */
static void gained(struct worker *w, void *state)
{
	struct runner *r = state;
	struct err err = ERR_INIT;
	CLEANUP(arena_freep) struct arena *a = arena_new(256 * 1024 * 1024);
	struct instance *live = NULL;
	size_t count = 0, lost = 0;
	r->worker = w;
	look_after_dead(r);
	reap(r);
	int rc = store_instance_live(r->ctx->store, a, str_of(r->ctx->host), &live, &count, &err);
	for (size_t i = 0; rc == 0 && i < count; i++)
		if (live[i].state == INSTANCE_STARTING) {
			live[i].state = INSTANCE_LOST;
			live[i].reason = STR("RunnerRestarted");
			live[lost++] = live[i];
		}
	if (rc == 0)
		rc = write_instances(r, NULL, 0, live, lost, &err);
	if (rc < 0)
		log_err(LOG_WARN_, "instance.adopt_failed", &err, NULL);
}

static void forget_plans(struct runner *r)
{
	probe_list_cut(&r->intended, 0);
	probe_list_drop(&r->done, r->done.count);
	for (size_t i = 0; i < r->prober_max; i++) {
		prober_free(r->probers[i]);
		r->probers[i] = NULL;
	}
}

static void lost(struct worker *w, void *state)
{
	(void)w;
	forget_plans(state);
}

static void stop(struct worker *w, void *state)
{
	struct runner *r = state;
	(void)w;
	forget_plans(r);
	for (size_t i = 0; i < r->keeper_max; i++)
		if (r->keepers[i].child.pid)
			kill(r->keepers[i].child.pid, SIGTERM);
}

static bool busy(void *state)
{
	return ((struct runner *)state)->keepers_running > 0;
}

/* --once: nothing to make ready, nothing to run, and no rollout that waits for us. */
static bool settled(void *state)
{
	struct runner *r = state;
	struct err err = ERR_INIT;
	CLEANUP(arena_freep) struct arena *a = arena_new(256 * 1024 * 1024);
	struct rollout_item *items = NULL;
	size_t count = 0;
	if (!r->todo_empty || r->waiting ||
	    store_rollout_todo(r->ctx->store, a, &items, &count, &err) < 0)
		return false;
	for (size_t i = 0; i < count; i++)
		/* What has failed here waits for time, or for somebody; not for this pass. */
		if ((items[i].state == ROLLOUT_PENDING || items[i].state == ROLLOUT_STARTING) &&
		    !(items[i].failed > 0 && items[i].starting == 0))
			return false;
	return true;
}

int role_runner_run(struct role_ctx *ctx, struct err *err)
{
	struct runner r = {.ctx = ctx, .prober_max = 2, .failures = MAP_INIT};
	CLEANUP_FREE char *state = mem_strndup(ctx->config->state.p, ctx->config->state.len);
	CLEANUP_FREE char *init = ctx->config->libexec.len
					  ? mem_printf("%.*s/aspora-init",
						       STR_ARG(ctx->config->libexec))
					  : NULL;
	const struct runtime_opts ro = {.state_dir = state, .init_path = init, .clock = ctx->clock};
	int rc = runtime_open(&ro, &r.runtime, err);
	if (rc < 0)
		return rc;
	log_event(LOG_INFO_, "runtime.ready", "limits", runtime_limits_describe(r.runtime), NULL);
	/* Once here, and not in each of the keepers and probers that are forked from here. */
	runtime_try_drivers(r.runtime, ctx->config->runner.driver);
	r.keeper_max = (size_t)ctx->config->runner.slots;
	r.collect_due_ms = clock_mono(ctx->clock) + COLLECT_MS;
	r.keepers = mem_array(r.keeper_max, sizeof(*r.keepers));
	for (size_t i = 0; i < r.keeper_max; i++)
		r.keepers[i] = (struct keeper_slot){&r, CHILD_INIT};
	const struct worker_opts wo = {.lease_role = "runner",
				       .shard = ctx->host,
				       .poll_ms = 1000,
				       .tick = tick,
				       .gained = gained,
				       .lost = lost,
				       .stop = stop,
				       .busy = busy,
				       .settled = settled,
				       .state = &r};
	rc = worker_run(ctx, &wo, err);
	forget_plans(&r);
	MAP_EACH (&r.failures, e) {
		free(((struct memory *)e->value)->key);
		free(e->value);
	}
	map_release(&r.failures);
	probe_list_release(&r.intended);
	probe_list_release(&r.done);
	free(r.keepers);
	runtime_close(r.runtime);
	return rc;
}
