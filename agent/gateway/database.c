/* What jobs have of PostgreSQL: connection, scope, loss and return; and the route table that is kept from it. */
#include "agent/gateway/gateway.h"
#include "agent/gateway/lane_int.h"
#include "base/mem.h"
#include "store/rollout.h"

#define RECONNECT_FIRST_MS 100
#define RECONNECT_MOST_MS 5000
#define KEYS_FLUSH_MS 10000
#define TABLE_TRUST_MS 5000 /* without a wake-up */
#define TABLE_CHANGES 1000

/* --- the connections --------------------------------------------------------------------------------------------- */

static void lost(struct gateway *g)
{
	if (g->store_ok)
		log_event(LOG_WARN_, "store.lost", NULL);
	gw_hub_lost(g->hub);
	g->store_ok = false;
}

static bool is_connected(const struct gw_lane *lane)
{
	return lane->store && !store_is_lost(lane->store);
}

static void back_off(struct gateway *g, const struct err *err)
{
	g->reconnect_ms = MIN(MAX(g->reconnect_ms * 2, RECONNECT_FIRST_MS), RECONNECT_MOST_MS);
	g->reconnect_at_ms = clock_mono(g->ctx->clock) + g->reconnect_ms;
	loop_timer_reset(g->poll, g->reconnect_ms);
	log_err(LOG_WARN_, "store.unreachable", err, NULL);
}

void gw_store_reconnect(struct gateway *g)
{
	struct gw_lane *lane = g->lane;
	struct err err = ERR_INIT;
	bool log = lane->kind == GW_LANE_LOG, again = lane->store != NULL;
	if (is_connected(lane))
		return;
	if (log)
		lost(g);
	if (clock_mono(g->ctx->clock) < g->reconnect_at_ms)
		return;
	if (gw_lane_connect(lane, &err) < 0) {
		back_off(g, &err);
		return;
	}
	g->reconnect_ms = 0;
	g->metrics.store_reconnects += again;
	if (!log)
		return;
	g->store_ok = true;
	g->table_stale = true;
	log_event(LOG_INFO_, "store.reconnected", NULL);
}

int gw_store_as(struct gateway *g, const char *domains, struct err *err)
{
	struct gw_lane *lane = g->lane;
	if (!is_connected(lane))
		gw_store_reconnect(g);
	if (!is_connected(lane))
		return err_set(err, ERR_UNAVAILABLE, "the database is not reachable now");
	if (lane->scope && strcmp(lane->scope, domains) == 0)
		return 0;
	/* Who changes something must know that it is bound by its scope before. */
	int rc = lane->job->reads ? store_scope_ahead(g->store, str_of(domains), err)
				  : store_scope(g->store, str_of(domains), err);
	free(lane->scope);
	lane->scope = rc == 0 ? mem_strdup(domains) : NULL;
	return rc;
}

void gw_store_pump(struct gateway *g)
{
	gw_hub_look(g);
	/* Asked also without a wake-up: deadlines pass, and a lost one costs half a second. */
	gw_server_wake(g->server);
}

/* --- what is written beside the answers ------------------------------------------------------------------------------ */

static void care(struct gw_job *j)
{
	struct gateway *g = (struct gateway *)((char *)j - offsetof(struct gateway, care));
	struct err err = ERR_INIT;
	int64_t now = clock_mono(g->ctx->clock);
	int rc = gw_store_as(g, "*", &err);
	if (gw_audit_pending(g->audit) && (rc < 0 || gw_audit_flush(g->audit, g->store, &err) < 0))
		log_err(LOG_WARN_, "audit.not_written", &err, NULL);
	if (now - g->keys_flushed_ms < KEYS_FLUSH_MS)
		return;
	g->keys_flushed_ms = now;
	if (rc < 0 || gw_keys_flush(g->keys, g->store, &err) < 0)
		log_err(LOG_WARN_, "key.use_not_noted", &err, NULL);
}

static void cared(struct gw_job *j, bool late)
{
	(void)j;
	(void)late;
}

void gw_store_care(struct gateway *g)
{
	struct err ignored = ERR_INIT;
	bool keys = clock_mono(g->ctx->clock) - g->keys_flushed_ms >= KEYS_FLUSH_MS;
	if (!g->store_ok || g->care.under_way || (!keys && !gw_audit_pending(g->audit)))
		return;
	g->care = (struct gw_job){.kind = GW_LANE_IDENTITY, .run = care, .done = cared};
	if (gw_lanes_submit(g->lanes, &g->care, &ignored) < 0)
		log_err(LOG_WARN_, "audit.not_written", &ignored, NULL);
}

/* --- the route table --------------------------------------------------------------------------------------------- */

static int build_table(struct gateway *g, struct err *err)
{
	CLEANUP(arena_freep) struct arena *a = arena_new((size_t)512 * 1024 * 1024);
	struct store_head head;
	struct route *routes = NULL;
	struct route_table *fresh = NULL;
	size_t count = 0;
	int64_t rev = 0;
	int rc = store_head(g->store, &head, err);
	if (rc == 0)
		rc = store_route_load(g->store, a, 0, &routes, &count, &rev, err);
	if (rc == 0)
		rc = route_table_build(routes, count, g->table, &fresh, NULL, err);
	if (rc < 0)
		return rc;
	route_table_unref(g->table);
	g->table = fresh;
	g->table_at = head.at;
	return 0;
}

/* One skill's routes anew; all else is shared with the table before. */
static int change_table(struct gateway *g, struct arena *a, const struct change *c, struct err *err)
{
	struct route *routes = NULL;
	struct route_table *fresh = NULL;
	size_t count = 0;
	int rc = store_route_of(g->store, a, c->domain, c->name, &routes, &count, err);
	if (rc == 0)
		rc = route_table_change(g->table, c->domain, c->name, routes, count, &fresh, err);
	if (rc < 0)
		return rc;
	route_table_unref(g->table);
	g->table = fresh;
	return 0;
}

/* Follows the change log; a log that is too long, or was cut off, means to begin anew. */
static int follow(struct gateway *g, struct err *err)
{
	CLEANUP(arena_freep) struct arena *a = arena_new((size_t)64 * 1024 * 1024);
	struct store_rv at = g->table_at;
	struct change *changes = NULL;
	size_t count = 0, moved = 0;
	const struct change_filter filter = {0};
	int rc = store_change_read(g->store, a, &at, &filter, TABLE_CHANGES, &changes, &count, err);
	if (rc == ERR_GONE || (rc == 0 && count == TABLE_CHANGES))
		return build_table(g, err);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		if (!str_eqz(changes[i].kind, "Skill") && !str_eqz(changes[i].kind, "Route"))
			continue;
		if (++moved > 50)
			return build_table(g, err);
		rc = change_table(g, a, &changes[i], err);
	}
	if (rc == 0)
		g->table_at = at;
	return rc;
}

struct route_table *gw_route_table_now(const struct gateway *g)
{
	int64_t age_ms = clock_mono(g->ctx->clock) - g->table_checked_ms;
	bool stale = g->table_stale || g->hub->follow.under_way || age_ms > TABLE_TRUST_MS;
	return stale || !g->store_ok ? NULL : g->table;
}

int gw_route_table(struct gateway *g, struct route_table **ret, struct err *err)
{
	int64_t now = clock_mono(g->ctx->clock);
	bool stale = gw_hub_woken(g);
	int rc = gw_store_as(g, "*", err);
	/* What comes while it is looked at is for the next look. */
	g->table_stale = false;
	if (rc == 0 && !g->table)
		rc = build_table(g, err);
	else if (rc == 0 && (stale || now - g->table_checked_ms > TABLE_TRUST_MS))
		rc = follow(g, err);
	if (rc < 0) {
		g->table_stale = true;
		return rc;
	}
	g->table_checked_ms = now;
	gw_lane_pin(g, g->table);
	*ret = g->table;
	return 0;
}
