/* What ends by itself: overlays and suspensions whose time is over. */
#include "agent/sync_compose.h"
#include "agent/sync_int.h"
#include "base/mem.h"
#include "store/hold.h"

int sync_restore(struct sync *s, struct pass *p, struct str domain, int64_t base, struct err *err)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(512 * 1024 * 1024);
	CLEANUP(tree_source_freep) struct tree_source *tree = NULL;
	char name[NAME_MAX_BYTES + 1];
	const char *scope[] = {name, NULL};
	snprintf(name, sizeof(name), "%.*s", STR_ARG(domain));
	int rc = sync_compose(s, a, domain, STR_NULL, base, NULL, 0, &tree, err);
	if (rc < 0)
		return rc;
	p->s = s;
	p->tree = tree;
	p->infer_deletes = true;
	p->lifts_overlay = true;
	p->domains = scope;
	snprintf(p->source.name, sizeof(p->source.name), "%.*s", STR_ARG(sync_owner(s, domain)));
	snprintf(p->source.revision, sizeof(p->source.revision), "restored at %lld",
		 (long long)base);
	rc = pass_run(p, err);
	pass_release(p);
	if (rc == 0)
		sync_forget(s);
	return rc;
}

static int say_expired(struct store_txn *t, const struct overlay *o, struct err *err)
{
	int rc = store_overlay_end(t, o->domain, "expired", err);
	return rc < 0 ? rc
		      : sync_event(t, "Domain", STR_NULL, o->domain, false, "OverlayExpired",
				   STR("what its owner says holds again"), "", err);
}

static int also_expire(struct store_txn *t, struct pass *p, void *state, struct err *err)
{
	(void)p;
	return say_expired(t, state, err);
}

static int end_overlay(struct sync *s, const struct overlay *o, struct err *err)
{
	CLEANUP(store_txn_endp) struct store_txn *t = NULL;
	int rc = store_txn_begin(s->ctx->store, STORE_FENCED, s->actor, worker_lease(s->worker), &t,
				 err);
	if (rc == 0)
		rc = say_expired(t, o, err);
	if (rc == 0)
		rc = store_txn_commit(t, NULL, err);
	if (rc == 0)
		sync_forget(s);
	return rc;
}

int sync_overlay_below(struct sync *s, struct str domain, int64_t *ret_base, struct err *err)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(16 * 1024 * 1024);
	struct quarantine *held = NULL;
	size_t count = 0;
	int rc = 0;
	*ret_base = 0;
	if (sync_source_named(s, sync_owner(s, domain)))
		rc = store_quarantine_list(s->ctx->store, a, domain, &held, &count, err);
	else
		count = 1;
	return rc == 0 && count ? store_overlay_base(s->ctx->store, domain, ret_base, err) : rc;
}

/* What its owner had comes back in the transaction that ends the overlay; ERR_NOT_FOUND and the like: it is no longer to be had. */
static int expire_and_restore(struct sync *s, struct overlay *o, int64_t base, struct err *err)
{
	struct pass p = {.kind = "expiry",
			 .actor = s->actor,
			 .message = STR("an overlay expired"),
			 .also = also_expire,
			 .state = o};
	struct err why = ERR_INIT;
	int rc = sync_restore(s, &p, o->domain, base, &why);
	if (rc == ERR_NOT_FOUND || rc == ERR_TOO_LARGE || rc == ERR_INVALID) {
		/* Nobody else may wait for that. */
		log_err(LOG_WARN_, "overlay.not_restored", &why, NULL);
		return end_overlay(s, o, err);
	}
	if (rc < 0)
		*err = why;
	return rc;
}

static int expire_overlay(struct sync *s, struct overlay *o, struct err *err)
{
	int64_t base = 0;
	int rc = sync_load(s, err);
	if (rc < 0)
		return rc;
	struct sync_source *src = sync_source_named(s, sync_owner(s, o->domain));
	rc = sync_overlay_below(s, o->domain, &base, err);
	if (rc == 0)
		rc = base ? expire_and_restore(s, o, base, err) : end_overlay(s, o, err);
	if (rc == 0 && src)
		sync_source_again(src);
	return rc;
}

int sync_expiries_tick(struct sync *s, struct err *err)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(16 * 1024 * 1024);
	CLEANUP(store_txn_endp) struct store_txn *t = NULL;
	struct overlay *list = NULL;
	size_t count = 0;
	int64_t now = clock_wall(s->ctx->clock), ended = 0;
	int rc = sync_load(s, err);
	if (rc == 0)
		rc = store_overlay_list(s->ctx->store, a, &list, &count, err);
	for (size_t i = 0; rc == 0 && i < count; i++)
		if (list[i].expires_ms && list[i].expires_ms <= now)
			rc = expire_overlay(s, &list[i], err);
	if (rc == 0)
		rc = store_txn_begin(s->ctx->store, STORE_FENCED, s->actor, worker_lease(s->worker),
				     &t, err);
	if (rc == 0)
		rc = store_suspension_expire(t, &ended, err);
	if (rc == 0)
		rc = store_txn_commit(t, NULL, err);
	if (rc < 0 || ended == 0)
		return rc;
	/* A source may be among them: whether it is suspended stands in its row. */
	sync_forget(s);
	for (size_t i = 0; i < s->source_count; i++)
		sync_source_again(&s->sources[i]);
	return 0;
}
