/* The gateway's connection to PostgreSQL: wake-ups, scope, loss and return; and the route table that is kept from it. */
#include <sys/epoll.h>

#include "agent/gateway/gateway.h"
#include "base/mem.h"
#include "store/rollout.h"

#define RECONNECT_FIRST_MS 100
#define RECONNECT_MOST_MS 5000
#define TABLE_TRUST_MS 5000 /* without a wake-up */
#define TABLE_CHANGES 1000

/* --- the connection ---------------------------------------------------------------------------------------------- */

static void on_store(struct loop *l, int fd, uint32_t events, void *state)
{
	(void)l;
	(void)fd;
	(void)events;
	gw_store_pump(state);
}

int gw_store_watch(struct gateway *g, struct err *err)
{
	loop_remove(g->store_watch);
	g->store_watch = NULL;
	free(g->scope);
	g->scope = NULL;
	g->store_ok = !store_is_lost(g->store);
	if (!g->store_ok)
		return err_set(err, ERR_UNAVAILABLE, "the database is not reachable now");
	return loop_add_fd(g->loop, store_fd(g->store), EPOLLIN, on_store, g, &g->store_watch, err);
}

/* The descriptor is watched no more before libpq may close it. */
static void lost(struct gateway *g)
{
	loop_remove(g->store_watch);
	g->store_watch = NULL;
	if (g->store_ok)
		log_event(LOG_WARN_, "store.lost", NULL);
	gw_hub_lost(g->hub);
	g->store_ok = false;
}

void gw_store_reconnect(struct gateway *g)
{
	struct err err = ERR_INIT;
	int64_t now = clock_mono(g->ctx->clock);
	if (!store_is_lost(g->store))
		return;
	lost(g);
	if (now < g->reconnect_at_ms)
		return;
	if (store_reopen(g->store, &err) == 0 && gw_store_watch(g, &err) == 0) {
		g->reconnect_ms = 0;
		g->table_stale = true;
		g->metrics.store_reconnects++;
		log_event(LOG_INFO_, "store.reconnected", NULL);
		return;
	}
	lost(g);
	g->reconnect_ms = MIN(MAX(g->reconnect_ms * 2, RECONNECT_FIRST_MS), RECONNECT_MOST_MS);
	g->reconnect_at_ms = clock_mono(g->ctx->clock) + g->reconnect_ms;
	loop_timer_reset(g->poll, g->reconnect_ms);
	log_err(LOG_WARN_, "store.unreachable", &err, NULL);
}

void gw_store_pump(struct gateway *g)
{
	bool woken = false;
	struct err err = ERR_INIT;
	if (store_is_lost(g->store) || store_drain(g->store, &woken, &err) < 0)
		gw_store_reconnect(g);
	if (woken)
		g->table_stale = true;
	if (g->store_ok && gw_hub_follow(g, &err) < 0)
		log_err(LOG_WARN_, "watch.not_followed", &err, NULL);
	/* Asked also without a wake-up: deadlines pass, and a lost one costs half a second. */
	gw_server_wake(g->server);
}

int gw_store_as(struct gateway *g, const char *domains, struct err *err)
{
	if (store_is_lost(g->store))
		gw_store_reconnect(g);
	if (!g->store_ok)
		return err_set(err, ERR_UNAVAILABLE, "the database is not reachable now");
	if (g->scope && strcmp(g->scope, domains) == 0)
		return 0;
	int rc = store_scope(g->store, str_of(domains), err);
	free(g->scope);
	g->scope = rc == 0 ? mem_strdup(domains) : NULL;
	return rc;
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

int gw_route_table(struct gateway *g, struct route_table **ret, struct err *err)
{
	bool woken = false;
	int64_t now = clock_mono(g->ctx->clock);
	int rc = gw_store_as(g, "*", err);
	if (rc == 0)
		rc = store_drain(g->store, &woken, err);
	if (rc == 0 && !g->table)
		rc = build_table(g, err);
	else if (rc == 0 && (woken || g->table_stale || now - g->table_checked_ms > TABLE_TRUST_MS))
		rc = follow(g, err);
	if (rc < 0)
		return rc;
	g->table_stale = false;
	g->table_checked_ms = now;
	*ret = g->table;
	/* A wake-up that was taken in here is owed to those that wait. */
	if (woken && gw_server_waiting(g->server))
		loop_timer_reset(g->poll, 0);
	return 0;
}
