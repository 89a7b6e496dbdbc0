/* What skills and domains have run of late. */
#include "store/object.h"

#include "base/clock.h"
#include "tests/unit/store/help_release.h"
#include "tests/unit/support_pg.h"

/* One run: it took that long, cost that much, and began so many seconds ago. */
static void ran(const char *domain, const char *skill, const char *mode, const char *state,
		int took_ms, int cost, int ago_s)
{
	static int number;
	bool ended = strcmp(state, "queued") != 0;
	support_pg_run(
		"insert into execution (id, mode, state, domain, skill, content, runtime, "
		"requested_by, "
		"request_digest, input, result, error, cost_microusd, created_at, started_at, "
		"ended_at, "
		"deadline_at) select 'E%d', '%s', '%s', '%s', '%s', sha256('c'), sha256('r'), 'x', "
		"sha256('q'), '{}', case when '%s' = 'succeeded' then '{}'::json end, case when "
		"'%s' = "
		"'failed' then '{}'::json end, %d, t, t, case when %s then t + interval '%d ms' "
		"end, t "
		"from (select now() - interval '%d s' as t) x",
		number++, mode, state, domain, skill, state, state, cost, ended ? "true" : "false",
		took_ms, ago_s);
}

static const char *top(struct store *s, const struct top_query *q)
{
	static struct buf out = BUF_INIT(BUF_MAX);
	buf_reset(&out);
	assert_ok(store_top(s, q, &out, &support_err));
	return buf_cstr(&out);
}

START_TEST(runs_are_counted_timed_and_priced_by_skill)
{
	struct store *s = support_pg_open(STORE_GATEWAY);
	assert_ok(store_scope(s, STR("*"), &support_err));
	const struct top_query q = {.since_ms = clock_wall(&clock_real) - 3600000, .limit = 100};
	ck_assert_str_eq(top(s, &q), "[]");
	for (int i = 1; i <= 3; i++)
		ran("ecm", "a", "live", "succeeded", 100 * i, 10, 60);
	ran("ecm", "a", "live", "failed", 400, 0, 60);
	ran("ecm", "a", "live", "cancelled", 99999, 0, 60);
	ran("ecm", "a", "live", "queued", 0, 0, 60);
	ran("ecm", "a", "live", "succeeded", 9000, 999, 7200); /* too long ago */
	ran("ecm", "a", "test", "succeeded", 9000, 999, 60); /* no live run */
	ran("hr", "b", "live", "queued", 0, 0, 60);
	ck_assert_str_eq(top(s, &q),
			 "[{\"metadata\" : {\"domain\" : \"ecm\", \"name\" : \"a\"}, \"status\" : "
			 "{\"runs\" : 6, "
			 "\"succeeded\" : 3, \"failed\" : 1, \"cancelled\" : 1, \"open\" : 1, "
			 "\"costMicrousd\" : 30, \"p50Ms\" : 250, \"p95Ms\" : 385, "
			 "\"acceptMillionths\" : 750000}},"
			 "{\"metadata\" : {\"domain\" : \"hr\", \"name\" : \"b\"}, \"status\" : "
			 "{\"runs\" : 1, "
			 "\"succeeded\" : 0, \"failed\" : 0, \"cancelled\" : 0, \"open\" : 1, "
			 "\"costMicrousd\" : 0, \"p50Ms\" : null, \"p95Ms\" : null, "
			 "\"acceptMillionths\" : null}}]");
}
END_TEST

START_TEST(domains_add_their_skills_up_and_the_dearest_comes_first)
{
	struct store *s = support_pg_open(STORE_GATEWAY);
	assert_ok(store_scope(s, STR("*"), &support_err));
	struct top_query q = {
		.since_ms = clock_wall(&clock_real) - 3600000, .by_domain = true, .limit = 100};
	ran("ecm", "a", "live", "succeeded", 10, 5, 60);
	ran("ecm", "b", "live", "succeeded", 10, 6, 60);
	ran("hr", "c", "live", "succeeded", 10, 12, 60);
	const char *all = top(s, &q);
	const char *hr = strstr(all, "\"name\" : \"hr\""), *ecm = strstr(all, "\"name\" : \"ecm\"");
	ck_assert_ptr_nonnull(hr);
	ck_assert_ptr_nonnull(ecm);
	ck_assert(hr < ecm);
	ck_assert_ptr_nonnull(strstr(ecm, "\"runs\" : 2"));
	ck_assert_ptr_nonnull(strstr(ecm, "\"costMicrousd\" : 11"));
	q.limit = 1;
	ck_assert_ptr_null(strstr(top(s, &q), "ecm"));
	q.limit = 100;
	q.domain = STR("ecm");
	ck_assert_ptr_null(strstr(top(s, &q), "\"hr\""));
}
END_TEST

START_TEST(another_tenants_runs_are_not_there)
{
	struct store *s = support_pg_open(STORE_GATEWAY);
	const struct top_query q = {.since_ms = clock_wall(&clock_real) - 3600000, .limit = 100};
	ran("ecm", "a", "live", "succeeded", 10, 5, 60);
	ran("hr", "c", "live", "succeeded", 10, 12, 60);
	assert_ok(store_scope(s, STR("hr"), &support_err));
	ck_assert_ptr_null(strstr(top(s, &q), "ecm"));
	ck_assert_ptr_nonnull(strstr(top(s, &q), "\"hr\""));
	assert_ok(store_scope(s, STR("wealth"), &support_err));
	ck_assert_str_eq(top(s, &q), "[]");
}
END_TEST

static const struct support_case cases[] = {
	CASE(runs_are_counted_timed_and_priced_by_skill),
	CASE(domains_add_their_skills_up_and_the_dearest_comes_first),
	CASE(another_tenants_runs_are_not_there),
	{0}};

int main(void)
{
	return support_pg_main("store/top", cases);
}
