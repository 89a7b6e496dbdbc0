#include "agent/gateway/metrics.h"

#include <math.h>

static const int64_t bounds_ms[GW_BUCKETS] = {1,   2,	5,   10,   25,	 50,
					      100, 250, 500, 1000, 5000, 30000};

void gw_metrics_count(struct gw_route_metrics *m, int status, uint64_t bytes, int64_t took_ms)
{
	size_t bucket = 0;
	int class = status / 100;
	m->by_class[class >= 1 && class <= 5 ? class : 0]++;
	while (bucket < GW_BUCKETS && took_ms > bounds_ms[bucket])
		bucket++;
	m->buckets[bucket]++;
	m->total_ms += (uint64_t)MAX(took_ms, 0);
	m->count++;
	m->bytes += bytes;
}

void metric_head(struct buf *out, const char *name, const char *type, const char *help)
{
	buf_addf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

void metric_line(struct buf *out, const char *name, const char *labels, double value)
{
	buf_addz(out, name);
	if (labels[0])
		buf_addf(out, "{%s}", labels);
	if (floor(value) == value && fabs(value) < 1e15)
		buf_addf(out, " %.0f\n", value);
	else
		buf_addf(out, " %.6g\n", value);
}

void metric_label(struct buf *out, const char *key, struct str value)
{
	buf_addf(out, "%s%s=\"", out->len ? "," : "", key);
	for (size_t i = 0; i < value.len; i++) {
		if (value.p[i] == '"' || value.p[i] == '\\')
			buf_add_char(out, '\\');
		if (value.p[i] == '\n')
			buf_addz(out, "\\n");
		else
			buf_add_char(out, value.p[i]);
	}
	buf_add_char(out, '"');
}

void gw_metrics_route(struct buf *out, const struct gw_route_metrics *m, const char *labels)
{
	CLEANUP(buf_release) struct buf l = BUF_INIT(4096);
	uint64_t below = 0;
	for (size_t b = 0; b <= GW_BUCKETS; b++) {
		char le[32] = "+Inf";
		if (b < GW_BUCKETS)
			snprintf(le, sizeof(le), "%g", (double)bounds_ms[b] / 1000);
		below += m->buckets[b];
		buf_reset(&l);
		buf_addz(&l, labels);
		metric_label(&l, "le", str_of(le));
		metric_line(out, "aspora_http_request_duration_seconds_bucket", buf_cstr(&l),
			    (double)below);
	}
	metric_line(out, "aspora_http_request_duration_seconds_sum", labels,
		    (double)m->total_ms / 1000);
	metric_line(out, "aspora_http_request_duration_seconds_count", labels, (double)m->count);
}
