/* Buckets and classes: who is let in, who is told to wait, and for how long. */
#include "agent/gateway/limit.h"
#include "base/mem.h"
#include "tests/unit/support.h"

static struct gw_limits *limits;

static void begin(int64_t rate, int64_t burst, size_t people, size_t programs)
{
	const struct gw_limits_opts o = {rate, burst, people, programs};
	limits = gw_limits_new(&o);
}

static int ask(enum gw_class class, const char *key, int64_t now_ms)
{
	struct err err = ERR_INIT;
	int64_t after = 0;
	int rc = gw_limits_enter(limits, class, key, now_ms, &after, &err);
	ck_assert_msg((rc == ERR_QUOTA) == (after > 0), "%d, %lld", rc, (long long)after);
	return rc ? (int)after : 0;
}

static int pass(const char *key, int64_t now_ms)
{
	int rc = ask(GW_CLASS_PEOPLE, key, now_ms);
	if (rc == 0)
		gw_limits_leave(limits, GW_CLASS_PEOPLE);
	return rc;
}

START_TEST(a_key_may_burst_and_then_goes_at_its_rate)
{
	begin(10, 20, 100, 100);
	for (int i = 0; i < 20; i++)
		ck_assert_int_eq(pass("a", 1000), 0);
	ck_assert_int_eq(pass("a", 1000), 1);
	ck_assert_int_eq(pass("a", 1099), 1);
	ck_assert_int_eq(pass("a", 1100), 0);
	ck_assert_int_eq(pass("a", 1100), 1);
	/* However long it was away, it may burst no more than that. */
	for (int i = 0; i < 20; i++)
		ck_assert_int_eq(pass("a", 100000000), 0);
	ck_assert_int_eq(pass("a", 100000000), 1);
	gw_limits_free(limits);
}
END_TEST

START_TEST(one_key_does_not_pay_for_another)
{
	begin(1, 1, 100, 100);
	ck_assert_int_eq(pass("a", 0), 0);
	ck_assert_int_eq(pass("a", 0), 1);
	ck_assert_int_eq(pass("b", 0), 0);
	gw_limits_free(limits);
}
END_TEST

START_TEST(each_class_has_its_own_share_and_health_has_no_limit)
{
	struct gw_limits_stats stats;
	begin(1000, 1000, 2, 1);
	ck_assert_int_eq(ask(GW_CLASS_PROGRAMS, "ci", 0), 0);
	ck_assert_int_eq(ask(GW_CLASS_PROGRAMS, "ci", 0), 1);
	ck_assert_int_eq(ask(GW_CLASS_PEOPLE, "p", 0), 0);
	ck_assert_int_eq(ask(GW_CLASS_PEOPLE, "p", 0), 0);
	ck_assert_int_eq(ask(GW_CLASS_PEOPLE, "p", 0), 1);
	for (int i = 0; i < 5000; i++)
		ck_assert_int_eq(ask(GW_CLASS_HEALTH, "", 0), 0);
	gw_limits_leave(limits, GW_CLASS_PROGRAMS);
	ck_assert_int_eq(ask(GW_CLASS_PROGRAMS, "ci", 0), 0);
	gw_limits_stats(limits, &stats);
	ck_assert_uint_eq(stats.refused[GW_CLASS_PEOPLE], 1);
	ck_assert_uint_eq(stats.refused[GW_CLASS_PROGRAMS], 1);
	ck_assert_uint_eq(stats.under_way[GW_CLASS_PEOPLE], 2);
	gw_limits_free(limits);
}
END_TEST

START_TEST(who_is_refused_is_told_what_to_do_instead)
{
	struct err err = ERR_INIT;
	int64_t after = 0;
	begin(1, 1, 9, 9);
	ck_assert_int_eq(pass("a", 0), 0);
	ck_assert_int_eq(gw_limits_enter(limits, GW_CLASS_PEOPLE, "a", 0, &after, &err), ERR_QUOTA);
	ck_assert_str_eq(err.msg, "more than 1 requests a second with this key");
	ck_assert_str_eq(err.remedy, "wait 1 s; watch=1 instead of asking again and again");
	gw_limits_free(limits);
}
END_TEST

START_TEST(the_wait_is_told_in_whole_seconds_and_is_enough)
{
	/* A long key is a key like any other. */
	static const char long_key[] = "0123456789012345678901234567890123456789012345678901234567";
	begin(1, 3, 9, 9);
	for (int i = 0; i < 3; i++)
		ck_assert_int_eq(pass(long_key, 0), 0);
	int wait = pass(long_key, 0);
	ck_assert_int_eq(wait, 1);
	ck_assert_int_eq(pass(long_key, wait * 1000 - 1), 1);
	ck_assert_int_eq(pass(long_key, wait * 1000), 0);
	gw_limits_free(limits);
}
END_TEST

START_TEST(who_is_refused_does_not_pay_for_asking)
{
	begin(1, 1, 100, 100);
	ck_assert_int_eq(pass("a", 0), 0);
	for (int i = 0; i < 1000; i++)
		ck_assert_int_eq(pass("a", i < 999 ? i : 999), 1);
	ck_assert_int_eq(pass("a", 1000), 0);
	gw_limits_free(limits);
}
END_TEST

START_TEST(a_full_class_costs_nothing_of_the_bucket)
{
	struct err err = ERR_INIT;
	int64_t after = 0;
	begin(1, 2, 1, 1);
	ck_assert_int_eq(ask(GW_CLASS_PEOPLE, "a", 0), 0);
	for (int i = 0; i < 5; i++)
		ck_assert_int_eq(ask(GW_CLASS_PEOPLE, "a", 0), 1);
	ck_assert_int_eq(gw_limits_enter(limits, GW_CLASS_PEOPLE, "b", 0, &after, &err), ERR_QUOTA);
	ck_assert_str_eq(err.msg, "1 requests of people are under way already");
	gw_limits_leave(limits, GW_CLASS_PEOPLE);
	ck_assert_int_eq(ask(GW_CLASS_PEOPLE, "a", 0), 0);
	gw_limits_free(limits);
}
END_TEST

START_TEST(a_bucket_fills_at_its_rate_however_often_it_is_asked)
{
	int passed = 0;
	begin(7, 7, 100, 100);
	for (int64_t ms = 0; ms < 10000; ms++)
		passed += pass("a", ms) == 0;
	/* Seven at once, and seven a second for just under ten seconds. */
	ck_assert_int_eq(passed, 7 + 69);
	gw_limits_free(limits);
}
END_TEST

START_TEST(classes_have_names)
{
	ck_assert_str_eq(gw_class_name(GW_CLASS_HEALTH), "health");
	ck_assert_str_eq(gw_class_name(GW_CLASS_PEOPLE), "people");
	ck_assert_str_eq(gw_class_name(GW_CLASS_PROGRAMS), "programs");
	gw_limits_free(NULL);
}
END_TEST

int main(void)
{
	static const struct support_case cases[] = {
		CASE(a_key_may_burst_and_then_goes_at_its_rate),
		CASE(one_key_does_not_pay_for_another),
		CASE(each_class_has_its_own_share_and_health_has_no_limit),
		CASE(who_is_refused_is_told_what_to_do_instead),
		CASE(the_wait_is_told_in_whole_seconds_and_is_enough),
		CASE(who_is_refused_does_not_pay_for_asking),
		CASE(a_full_class_costs_nothing_of_the_bucket),
		CASE(a_bucket_fills_at_its_rate_however_often_it_is_asked),
		CASE(classes_have_names),
		{0},
	};
	return support_main("agent/gateway_limit", cases);
}
