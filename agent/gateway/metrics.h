/*
 * What the gateway counts about itself, and the page that Prometheus reads (text format 0.0.4).
 */
#ifndef AGENT_GATEWAY_METRICS_H
#define AGENT_GATEWAY_METRICS_H

#include "base/buf.h"

#define GW_BUCKETS 12

/* Requests of one route. */
struct gw_route_metrics {
	uint64_t by_class[6]; /* answers 1xx … 5xx; [0]: none was sent */
	uint64_t buckets[GW_BUCKETS + 1]; /* how long they took; the last: longer */
	uint64_t total_ms, count, bytes;
};

struct gw_metrics {
	struct gw_route_metrics *routes; /* in the order of the route table; the last: no route */
	uint64_t store_reconnects, store_errors;
	int64_t started_ms; /* wall */
};

void gw_metrics_count(struct gw_route_metrics *m, int status, uint64_t bytes, int64_t took_ms);

/* One sample line of the text format; labels may be "" ("domain=\"ecm\"" otherwise, values through metric_label()). */
void metric_head(struct buf *out, const char *name, const char *type, const char *help);
void metric_line(struct buf *out, const char *name, const char *labels, double value);
/* key="value", escaped; appended after a comma when out has something. */
void metric_label(struct buf *out, const char *key, struct str value);

/* The histogram of one route, its labels given. */
void gw_metrics_route(struct buf *out, const struct gw_route_metrics *m, const char *labels);

#endif
