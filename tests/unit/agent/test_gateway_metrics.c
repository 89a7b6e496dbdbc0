/* What the gateway counts, in Prometheus's text format. */
#include "agent/gateway/metrics.h"
#include "tests/unit/support.h"

START_TEST(requests_are_counted_by_class_and_time)
{
	struct gw_route_metrics m = {0};
	gw_metrics_count(&m, 200, 100, 1);
	gw_metrics_count(&m, 204, 0, 2);
	gw_metrics_count(&m, 404, 50, 30000);
	gw_metrics_count(&m, 503, 50, 30001);
	gw_metrics_count(&m, 0, 0, -5);
	gw_metrics_count(&m, 999, 0, 0);
	ck_assert_uint_eq(m.by_class[2], 2);
	ck_assert_uint_eq(m.by_class[4], 1);
	ck_assert_uint_eq(m.by_class[5], 1);
	ck_assert_uint_eq(m.by_class[0], 2);
	ck_assert_uint_eq(m.count, 6);
	ck_assert_uint_eq(m.bytes, 200);
	ck_assert_uint_eq(m.total_ms, 60004);
	ck_assert_uint_eq(m.buckets[0], 3);
	ck_assert_uint_eq(m.buckets[1], 1);
	ck_assert_uint_eq(m.buckets[GW_BUCKETS - 1], 1);
	ck_assert_uint_eq(m.buckets[GW_BUCKETS], 1);
}
END_TEST

START_TEST(a_histogram_is_cumulative_and_ends_in_the_count)
{
	struct gw_route_metrics m = {0};
	struct buf out = BUF_INIT(BUF_MAX);
	gw_metrics_count(&m, 200, 1, 1);
	gw_metrics_count(&m, 200, 1, 7);
	gw_metrics_count(&m, 200, 1, 1000000);
	gw_metrics_route(&out, &m, "route=\"/x\"");
	const char *text = buf_cstr(&out);
	ck_assert_ptr_nonnull(strstr(text, "_bucket{route=\"/x\",le=\"0.001\"} 1\n"));
	ck_assert_ptr_nonnull(strstr(text, "_bucket{route=\"/x\",le=\"0.005\"} 1\n"));
	ck_assert_ptr_nonnull(strstr(text, "_bucket{route=\"/x\",le=\"0.01\"} 2\n"));
	ck_assert_ptr_nonnull(strstr(text, "_bucket{route=\"/x\",le=\"+Inf\"} 3\n"));
	ck_assert_ptr_nonnull(strstr(text, "_count{route=\"/x\"} 3\n"));
	ck_assert_ptr_nonnull(strstr(text, "_sum{route=\"/x\"} 1000.01\n"));
	buf_release(&out);
}
END_TEST

START_TEST(labels_are_escaped_and_joined)
{
	struct buf out = BUF_INIT(BUF_MAX);
	metric_label(&out, "a", STR("x\"y\\z\nw"));
	metric_label(&out, "b", STR(""));
	ck_assert_str_eq(buf_cstr(&out), "a=\"x\\\"y\\\\z\\nw\",b=\"\"");
	buf_reset(&out);
	metric_line(&out, "m", "", 3);
	metric_line(&out, "m", "a=\"b\"", 0.25);
	metric_line(&out, "m", "", 1234567890);
	ck_assert_str_eq(buf_cstr(&out), "m 3\nm{a=\"b\"} 0.25\nm 1234567890\n");
	buf_reset(&out);
	metric_head(&out, "m", "gauge", "Help.");
	ck_assert_str_eq(buf_cstr(&out), "# HELP m Help.\n# TYPE m gauge\n");
	buf_release(&out);
}
END_TEST

static const struct support_case cases[] = {CASE(requests_are_counted_by_class_and_time),
					    CASE(a_histogram_is_cumulative_and_ends_in_the_count),
					    CASE(labels_are_escaped_and_joined),
					    {0}};

int main(void)
{
	return support_main("agent/gateway_metrics", cases);
}
