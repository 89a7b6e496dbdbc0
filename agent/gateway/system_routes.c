/* What is asked of the gateway itself: health, metrics, who am I, the platform at a glance, the change log. */
#include "agent/gateway/gateway.h"
#include "base/mem.h"
#include "store/migrate.h"
#include "store/object.h"

#define CHANGES_MAX 1000

int gw_health(struct gw_call *c, struct err *err)
{
	struct json j;
	(void)err;
	gw_call_json(c, 200, &j);
	json_object(&j);
	json_strz(&j, "status", "alive");
	json_end(&j);
	return 0;
}

int gw_ready(struct gw_call *c, struct err *err)
{
	struct store_head head;
	struct json j;
	int rc = gw_store_as(c->g, "*", err);
	if (rc == 0)
		rc = store_head(c->g->store, &head, err);
	if (rc < 0)
		/* Anybody may ask: the words say no more than that. */
		return err_set(err, ERR_UNAVAILABLE, "the database is not reachable now");
	gw_call_json(c, 200, &j);
	json_object(&j);
	json_strz(&j, "status", "ready");
	json_end(&j);
	return 0;
}

int gw_version(struct gw_call *c, struct err *err)
{
	struct json j;
	(void)err;
	gw_call_json(c, 200, &j);
	json_object(&j);
	json_strz(&j, "version", ASPORA_VERSION);
	json_strz(&j, "apiVersion", API_VERSION);
	json_int(&j, "schema", store_schema_version());
	json_end(&j);
	return 0;
}

int gw_whoami(struct gw_call *c, struct err *err)
{
	struct json j;
	(void)err;
	gw_call_json(c, 200, &j);
	json_object(&j);
	json_strz(&j, "name", c->who.name);
	json_strz(&j, "id", c->who.id);
	json_strz(&j, "role", c->who.role_name);
	json_strz(&j, "domains", c->who.domains);
	json_end(&j);
	return 0;
}

/* --- metrics ------------------------------------------------------------------------------------------------------- */

static void add_requests(struct gateway *g, struct buf *out)
{
	static const char *const classes[] = {"none", "1xx", "2xx", "3xx", "4xx", "5xx"};
	CLEANUP(buf_release) struct buf labels = BUF_INIT(4096);
	metric_head(out, "aspora_http_requests_total", "counter",
		    "Requests by route, method and class of answer.");
	for (size_t r = 0; r <= g->route_count; r++)
		for (size_t k = 0; k < ARRAY_SIZE(classes); k++) {
			const struct gw_route *route = r < g->route_count ? &g->routes[r] : NULL;
			if (g->metrics.routes[r].by_class[k] == 0)
				continue;
			buf_reset(&labels);
			metric_label(&labels, "route", str_of(route ? route->pattern : "none"));
			metric_label(&labels, "method", str_of(route ? route->method : "any"));
			metric_label(&labels, "code", str_of(classes[k]));
			metric_line(out, "aspora_http_requests_total", buf_cstr(&labels),
				    (double)g->metrics.routes[r].by_class[k]);
		}
	metric_head(out, "aspora_http_request_duration_seconds", "histogram",
		    "How long answers took, by route.");
	for (size_t r = 0; r < g->route_count; r++) {
		if (g->metrics.routes[r].count == 0)
			continue;
		buf_reset(&labels);
		metric_label(&labels, "route", str_of(g->routes[r].pattern));
		metric_label(&labels, "method", str_of(g->routes[r].method));
		gw_metrics_route(out, &g->metrics.routes[r], buf_cstr(&labels));
	}
}

static void add_connections(struct gateway *g, struct buf *out)
{
	struct gw_server_stats s;
	gw_server_stats(g->server, &s);
	metric_head(out, "aspora_http_connections", "gauge", "Open connections.");
	metric_line(out, "aspora_http_connections", "", (double)s.open);
	metric_head(out, "aspora_http_connections_accepted_total", "counter", "Connections taken.");
	metric_line(out, "aspora_http_connections_accepted_total", "", (double)s.accepted);
	metric_head(out, "aspora_http_connections_refused_total", "counter",
		    "Connections over a cap.");
	metric_line(out, "aspora_http_connections_refused_total", "", (double)s.refused);
	metric_head(out, "aspora_http_timeouts_total", "counter",
		    "Requests that did not arrive in time.");
	metric_line(out, "aspora_http_timeouts_total", "", (double)s.timeouts);
	metric_head(out, "aspora_store_reconnects_total", "counter",
		    "Times that the database had to be reached anew.");
	metric_line(out, "aspora_store_reconnects_total", "", (double)g->metrics.store_reconnects);
}

/* "executions" and a label become aspora_executions{state="…"}: one gauge for each metric that the store counts. */
static void add_counts(struct buf *out, const struct object_count *counts, size_t count)
{
	CLEANUP(buf_release) struct buf labels = BUF_INIT(4096);
	const char *last = "";
	for (size_t i = 0; i < count; i++) {
		CLEANUP_FREE char *name = mem_printf("aspora_%s", counts[i].metric);
		if (strcmp(last, counts[i].metric) != 0)
			metric_head(out, name, "gauge", "As the store has it.");
		last = counts[i].metric;
		buf_reset(&labels);
		if (counts[i].domain.len)
			metric_label(&labels, "domain", counts[i].domain);
		if (counts[i].label.len)
			metric_label(&labels, "state", counts[i].label);
		metric_line(out, name, buf_cstr(&labels), (double)counts[i].value);
	}
}

int gw_metrics_page(struct gw_call *c, struct err *err)
{
	struct object_count *counts = NULL;
	size_t count = 0;
	struct buf *out = &c->reply->body;
	int rc = store_object_counts(c->g->store, c->arena, &counts, &count, err);
	if (rc < 0)
		return rc;
	metric_head(out, "aspora_build_info", "gauge", "1, with the version as a label.");
	metric_line(out, "aspora_build_info", "version=\"" ASPORA_VERSION "\"", 1);
	metric_head(out, "aspora_start_time_seconds", "gauge",
		    "When the gateway began, as seconds since 1970.");
	metric_line(out, "aspora_start_time_seconds", "", (double)c->g->metrics.started_ms / 1000);
	add_requests(c->g, out);
	add_connections(c->g, out);
	add_counts(out, counts, count);
	c->reply->status = 200;
	c->reply->type = "text/plain; version=0.0.4";
	return 0;
}

/* --- at a glance ------------------------------------------------------------------------------------------------------ */

/* The counts of one metric as {"Ready": 9, …}, summed over domains. */
static void counts_json(struct json *j, const char *key, const char *metric,
			const struct object_count *counts, size_t count)
{
	json_object_in(j, key);
	for (size_t i = 0; i < count; i++) {
		int64_t sum = 0;
		bool seen = false;
		if (strcmp(counts[i].metric, metric) != 0)
			continue;
		for (size_t k = 0; k < count; k++) {
			if (strcmp(counts[k].metric, metric) != 0 ||
			    !str_eq(counts[k].label, counts[i].label))
				continue;
			seen = seen || k < i;
			sum += counts[k].value;
		}
		CLEANUP_FREE char *label =
			mem_strndup(counts[i].label.len ? counts[i].label.p : "total",
				    counts[i].label.len ? counts[i].label.len : 5);
		if (!seen)
			json_int(j, label, sum);
	}
	json_end(j);
}

int gw_status(struct gw_call *c, struct err *err)
{
	struct object_count *counts = NULL;
	struct store_head head;
	struct json j;
	size_t count = 0;
	char rv[RV_MAX];
	int rc = store_object_counts(c->g->store, c->arena, &counts, &count, err);
	if (rc == 0)
		rc = store_head(c->g->store, &head, err);
	if (rc < 0)
		return rc;
	gw_call_json(c, 200, &j);
	json_object(&j);
	json_strz(&j, "apiVersion", API_VERSION);
	json_strz(&j, "kind", "Status");
	json_object_in(&j, "metadata");
	json_strz(&j, "resourceVersion", store_rv_format(&head.at, rv));
	json_end(&j);
	json_object_in(&j, "status");
	json_strz(&j, "version", ASPORA_VERSION);
	json_strz(&j, "host", c->g->ctx->host);
	for (size_t i = 0; i < count; i++)
		if (i == 0 || strcmp(counts[i - 1].metric, counts[i].metric) != 0)
			counts_json(&j, counts[i].metric, counts[i].metric, counts, count);
	json_end(&j);
	json_end(&j);
	return 0;
}

/* --- the change log ---------------------------------------------------------------------------------------------------- */

static void change_json(struct json *j, int64_t incarnation, const struct change *c)
{
	char rv[RV_MAX], at[32];
	const struct store_rv where = {
		.incarnation = incarnation, .rev = c->rev, .ord = c->last ? -1 : c->ord};
	json_object(j);
	json_strz(j, "resourceVersion", store_rv_format(&where, rv));
	json_strz(j, "at", clock_format(c->at_ms, at));
	json_str(j, "actor", c->actor);
	json_str(j, "op", c->op);
	json_str(j, "kind", c->kind);
	json_str(j, "domain", c->domain);
	json_str(j, "name", c->name);
	json_raw(j, "object", c->object.len ? c->object : STR("{}"));
	json_end(j);
}

int gw_changes(struct gw_call *c, struct err *err)
{
	struct change *changes = NULL;
	struct store_head head;
	struct store_rv at;
	struct json j;
	size_t count = 0;
	int64_t limit = CHANGES_MAX;
	char rv[RV_MAX];
	struct str since = gw_call_query(c, "since"), kind = gw_call_query(c, "kind");
	const struct kind *k = kind.len ? kind_find(kind) : NULL;
	if (kind.len && !k)
		return err_set(err, ERR_USAGE, "there is no kind \"%.*s\"", STR_ARG(kind));
	const struct change_filter f = {.kind = k ? k->name : NULL,
					.domain = gw_call_query(c, "domain")};
	int rc = gw_call_number(c, "limit", 1, CHANGES_MAX, &limit, err);
	if (rc == 0)
		rc = store_head(c->g->store, &head, err);
	at = head.at;
	if (rc == 0 && since.len)
		rc = store_rv_parse(since, &at, err);
	if (rc == 0 && since.len)
		rc = store_change_read(c->g->store, c->arena, &at, &f, (size_t)limit, &changes,
				       &count, err);
	if (rc < 0)
		return rc;
	gw_call_json(c, 200, &j);
	json_object(&j);
	json_strz(&j, "apiVersion", API_VERSION);
	json_strz(&j, "kind", "ChangeList");
	json_object_in(&j, "metadata");
	json_strz(&j, "resourceVersion", store_rv_format(&at, rv));
	json_end(&j);
	json_array_in(&j, "items");
	for (size_t i = 0; i < count; i++)
		change_json(&j, head.at.incarnation, &changes[i]);
	json_end(&j);
	json_end(&j);
	return 0;
}
