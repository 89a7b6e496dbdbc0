/* The page that Prometheus reads: what the store counts, and what the gateway counts about itself. */
#include "agent/gateway/gateway.h"
#include "store/object.h"

/* --- what the store counts -------------------------------------------------------------------------------------------------- */

/* A metric of object_counts and how it is exposed. */
static const struct exposed {
	const char *metric, *name, *type, *help;
	const char *label; /* what its label is called; NULL: none */
	const char *second; /* the same of its domain */
	double scale;
} exposed[] = {
	{"skills", "aspora_skills", "gauge", "Skills that are wanted, by readiness.", "state",
	 "domain", 1},
	{"rollouts", "aspora_rollouts", "gauge", "Live versions, by state of their rollout.",
	 "state", NULL, 1},
	{"instances", "aspora_instances", "gauge", "Sandboxes, by state.", "state", NULL, 1},
	{"executions", "aspora_executions", "gauge", "Executions that are kept, by state.", "state",
	 "domain", 1},
	{"queue", "aspora_queue_depth", "gauge", "Executions that wait for a sandbox.", NULL, NULL,
	 1},
	{"queue_oldest_ms", "aspora_queue_oldest_seconds", "gauge",
	 "How long the oldest of them has waited.", NULL, NULL, 0.001},
	{"cost_microusd", "aspora_cost_usd_total", "counter",
	 "What kept executions cost, in US dollars.", NULL, "domain", 0.000001},
	{"sources", "aspora_sources", "gauge", "Declared sources, by state.", "state", NULL, 1},
	{"domains", "aspora_domains", "gauge", "Domains that a source owns.", NULL, NULL, 1},
	{"quarantines", "aspora_quarantines", "gauge", "Contents held back.", NULL, NULL, 1},
	{"suspensions", "aspora_suspensions", "gauge", "Objects that an operator holds.", NULL,
	 NULL, 1},
	{"overlays", "aspora_overlays", "gauge", "Domains with an overlay.", NULL, NULL, 1},
	{"wishes_open", "aspora_wishes_open", "gauge", "Requests that sync has not carried out.",
	 NULL, NULL, 1},
	{"leases", "aspora_lease_seconds", "gauge", "Time left of each lead, with its holder.",
	 "lease", "holder", 0.001},
	{"revision", "aspora_revision_total", "counter", "Revisions of the store.", NULL, NULL, 1},
	{"release", "aspora_releases_total", "counter", "Releases ever made.", NULL, NULL, 1},
	{"database_bytes", "aspora_database_bytes", "gauge", "Size of the database.", NULL, NULL,
	 1},
};

static void expose(struct buf *out, const struct exposed *e, const struct object_count *list,
		   size_t count)
{
	metric_head(out, e->name, e->type, e->help);
	for (size_t i = 0; i < count; i++) {
		CLEANUP(buf_release) struct buf labels = BUF_INIT(4096);
		if (strcmp(list[i].metric, e->metric) != 0)
			continue;
		if (e->label)
			metric_label(&labels, e->label, list[i].label);
		if (e->second)
			metric_label(&labels, e->second, list[i].domain);
		metric_line(out, e->name, buf_cstr(&labels), (double)list[i].value * e->scale);
	}
}

/* --- what the gateway counts --------------------------------------------------------------------------------------------------- */

static const char *route_label(const struct gateway *g, size_t i)
{
	return i < g->route_count ? g->routes[i].pattern : "none";
}

static void expose_requests(struct buf *out, const struct gateway *g)
{
	metric_head(out, "aspora_http_requests_total", "counter",
		    "Answered requests, by route and class of status.");
	for (size_t i = 0; i <= g->route_count; i++)
		for (size_t k = 0; k < 6; k++) {
			CLEANUP(buf_release) struct buf labels = BUF_INIT(4096);
			if (!g->metrics.routes[i].by_class[k])
				continue;
			const char *method = i < g->route_count ? g->routes[i].method : "-";
			const char code[] = {(char)('0' + k), 'x', 'x', '\0'};
			metric_label(&labels, "method", str_of(method));
			metric_label(&labels, "route", str_of(route_label(g, i)));
			metric_label(&labels, "code", k ? str_of(code) : STR("none"));
			metric_line(out, "aspora_http_requests_total", buf_cstr(&labels),
				    (double)g->metrics.routes[i].by_class[k]);
		}
}

static void expose_durations(struct buf *out, const struct gateway *g)
{
	uint64_t bytes = 0;
	metric_head(out, "aspora_http_request_duration_seconds", "histogram",
		    "How long answers took, waiting included, by route.");
	for (size_t i = 0; i <= g->route_count; i++) {
		CLEANUP(buf_release) struct buf labels = BUF_INIT(4096);
		const struct gw_route_metrics *m = &g->metrics.routes[i];
		bytes += m->bytes;
		if (m->count == 0)
			continue;
		metric_label(&labels, "method",
			     str_of(i < g->route_count ? g->routes[i].method : "-"));
		metric_label(&labels, "route", str_of(route_label(g, i)));
		gw_metrics_route(out, m, buf_cstr(&labels));
	}
	metric_head(out, "aspora_http_sent_bytes_total", "counter", "Bytes of answers.");
	metric_line(out, "aspora_http_sent_bytes_total", "", (double)bytes);
}

static void one(struct buf *out, const char *name, const char *type, const char *help, double value)
{
	metric_head(out, name, type, help);
	metric_line(out, name, "", value);
}

static void expose_classes(struct buf *out, const struct gateway *g)
{
	struct gw_limits_stats s;
	gw_limits_stats(g->limits, &s);
	metric_head(out, "aspora_http_limited_total", "counter",
		    "Requests over a key's rate or a class's share, by class.");
	for (int i = 0; i < GW_CLASSES_; i++) {
		CLEANUP(buf_release) struct buf labels = BUF_INIT(256);
		metric_label(&labels, "class", str_of(gw_class_name((enum gw_class)i)));
		metric_line(out, "aspora_http_limited_total", buf_cstr(&labels),
			    (double)s.refused[i]);
	}
}

static void lane_line(struct buf *out, const char *name, enum gw_lane_kind k, const char *what,
		      double value)
{
	CLEANUP(buf_release) struct buf labels = BUF_INIT(256);
	metric_label(&labels, "lane", str_of(gw_lane_kind_name(k)));
	if (what)
		metric_label(&labels, "why", str_of(what));
	metric_line(out, name, buf_cstr(&labels), value);
}

static void expose_lanes(struct buf *out, const struct gateway *g)
{
	struct gw_lane_stats s[GW_LANE_KINDS_];
	for (size_t k = 0; k < GW_LANE_KINDS_; k++)
		gw_lanes_stats(g->lanes, k, &s[k]);
	metric_head(out, "aspora_store_lanes_busy", "gauge",
		    "Connections to PostgreSQL that work now, by what for.");
	for (size_t k = 0; k < GW_LANE_KINDS_; k++)
		lane_line(out, "aspora_store_lanes_busy", k, NULL, (double)s[k].busy);
	metric_head(out, "aspora_store_queued", "gauge", "What waits for one.");
	for (size_t k = 0; k < GW_LANE_KINDS_; k++)
		lane_line(out, "aspora_store_queued", k, NULL, (double)s[k].queued);
	metric_head(out, "aspora_store_jobs_total", "counter", "What ran on them.");
	for (size_t k = 0; k < GW_LANE_KINDS_; k++)
		lane_line(out, "aspora_store_jobs_total", k, NULL, (double)s[k].jobs);
	metric_head(out, "aspora_store_given_up_total", "counter",
		    "What came to nothing: full queue, late turn, client gone.");
	for (size_t k = 0; k < GW_LANE_KINDS_; k++) {
		lane_line(out, "aspora_store_given_up_total", k, "full", (double)s[k].refused);
		lane_line(out, "aspora_store_given_up_total", k, "late", (double)s[k].late);
		lane_line(out, "aspora_store_given_up_total", k, "left", (double)s[k].broken_off);
	}
}

/* Of an issuer whose keys were never had there is no line: that is what to alert on. */
static void expose_issuers(struct buf *out, const struct gateway *g)
{
	if (!gw_oidc_is_on(g->oidc))
		return;
	metric_head(out, "aspora_oidc_keys_age_seconds", "gauge",
		    "How old the keys of an issuer are, once there are some.");
	for (size_t i = 0; i < gw_oidc_count(g->oidc); i++) {
		const struct oidc_issuer *one_issuer = gw_oidc_at(g->oidc, i);
		CLEANUP(buf_release) struct buf labels = BUF_INIT(256);
		if (oidc_issuer_age_ms(one_issuer) < 0)
			continue;
		metric_label(&labels, "issuer", oidc_issuer_config(one_issuer)->key);
		metric_line(out, "aspora_oidc_keys_age_seconds", buf_cstr(&labels),
			    (double)oidc_issuer_age_ms(one_issuer) / 1000);
	}
}

static void expose_server(struct buf *out, const struct gateway *g)
{
	struct gw_server_stats s;
	gw_server_stats(g->server, &s);
	one(out, "aspora_http_connections", "gauge", "Open connections.", (double)s.open);
	one(out, "aspora_http_waiting", "gauge", "Requests that wait for something.",
	    (double)s.waiting);
	one(out, "aspora_http_accepted_total", "counter", "Connections ever accepted.",
	    (double)s.accepted);
	one(out, "aspora_http_refused_total", "counter", "Connections over a cap.",
	    (double)s.refused);
	one(out, "aspora_http_bad_requests_total", "counter", "Heads that were no HTTP.",
	    (double)s.bad_heads);
	one(out, "aspora_http_timeouts_total", "counter", "Requests that did not arrive in time.",
	    (double)s.timeouts);
	expose_classes(out, g);
	expose_lanes(out, g);
	one(out, "aspora_watch_events_total", "counter", "Events told to watchers.",
	    (double)g->hub->told);
	one(out, "aspora_watch_cut_total", "counter", "Watchers that were too slow.",
	    (double)g->hub->cut);
	one(out, "aspora_watchers", "gauge", "Open watches.", (double)g->hub->watchers - 1);
	one(out, "aspora_kept_bytes", "gauge", "Memory of skills that are kept as answered.",
	    (double)gw_kept_bytes(g->kept));
	one(out, "aspora_kept_stale", "gauge",
	    "Those of them that changed and were not read again.", (double)gw_kept_stale(g->kept));
	one(out, "aspora_store_reconnects_total", "counter", "Connections to PostgreSQL made anew.",
	    (double)g->metrics.store_reconnects);
	one(out, "aspora_store_errors_total", "counter", "Requests that the store failed.",
	    (double)g->metrics.store_errors);
	expose_issuers(out, g);
	if (g->tls_about.not_after_ms)
		one(out, "aspora_tls_not_after_seconds", "gauge",
		    "When the certificate that is served runs out.",
		    (double)g->tls_about.not_after_ms / 1000);
	one(out, "aspora_start_time_seconds", "gauge", "When this gateway started.",
	    (double)g->metrics.started_ms / 1000);
}

int gw_metrics_page(struct gw_call *c, struct err *err)
{
	struct buf *out = &c->reply->body;
	struct object_count *list = NULL;
	size_t count = 0;
	int rc = store_object_counts(c->g->store, c->arena, &list, &count, err);
	if (rc < 0)
		return rc;
	c->reply->status = 200;
	c->reply->type = "text/plain; version=0.0.4; charset=utf-8";
	metric_head(out, "aspora_info", "gauge", "This build.");
	metric_line(out, "aspora_info", "version=\"" ASPORA_VERSION "\"", 1);
	for (size_t i = 0; i < ARRAY_SIZE(exposed); i++)
		expose(out, &exposed[i], list, count);
	expose_requests(out, c->g);
	expose_durations(out, c->g);
	expose_server(out, c->g);
	return 0;
}
