/* What ends by itself: overlays and suspensions whose time is over. */
#include "agent/sync_int.h"
#include "base/mem.h"

/* An overlay over an apply set's domain: nobody will push the old state again, so that it is taken from the store. */
static int restore(struct sync *s, const struct overlay *o, struct str owner, struct err *err)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(512 * 1024 * 1024);
	CLEANUP(tree_source_freep) struct tree_source *tree = NULL;
	char domain[NAME_MAX_BYTES + 1];
	const char *scope[] = {domain, NULL};
	struct pass p = {.s = s,
			 .kind = "expiry",
			 .actor = s->actor,
			 .message = STR("an overlay expired"),
			 .infer_deletes = true,
			 .domains = scope};
	snprintf(domain, sizeof(domain), "%.*s", STR_ARG(o->domain));
	int rc = sync_load(s, err);
	if (rc == 0)
		rc = sync_compose(s, a, o->domain, STR_NULL, o->since - 1, NULL, 0, &tree, err);
	if (rc < 0)
		return rc;
	p.tree = tree;
	snprintf(p.source.name, sizeof(p.source.name), "%.*s", STR_ARG(owner));
	snprintf(p.source.revision, sizeof(p.source.revision), "overlay %lld", (long long)o->id);
	rc = pass_run(&p, err);
	pass_release(&p);
	return rc;
}

static int expire_overlay(struct sync *s, const struct overlay *o, struct err *err)
{
	CLEANUP(store_txn_endp) struct store_txn *t = NULL;
	struct sync_source *src = sync_source_named(s, sync_owner(s, o->domain));
	CLEANUP(arena_freep) struct arena *a = arena_new(1024 * 1024);
	struct str owner = arena_str(a, sync_owner(s, o->domain));
	int rc = store_txn_begin(s->ctx->store, STORE_FENCED, s->actor, worker_lease(s->worker), &t,
				 err);
	if (rc == 0)
		rc = store_overlay_end(t, o->domain, "expired", err);
	if (rc == 0)
		rc = sync_event(t, "Domain", STR_NULL, o->domain, false, "OverlayExpired",
				STR("what its owner says holds again"), "", err);
	if (rc == 0)
		rc = store_txn_commit(t, NULL, err);
	if (rc < 0)
		return rc;
	sync_forget(s);
	if (src)
		sync_source_again(src);
	else if (owner.len)
		rc = restore(s, o, owner, err);
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
	for (size_t i = 0; rc == 0 && ended && i < s->source_count; i++)
		sync_source_again(&s->sources[i]);
	return rc;
}
