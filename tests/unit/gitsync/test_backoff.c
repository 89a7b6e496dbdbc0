#include "gitsync/backoff.h"
#include "tests/unit/support.h"

START_TEST(without_a_failure_there_is_no_delay)
{
	struct backoff b = BACKOFF_INIT(1000, 60000);
	ck_assert_int_eq(backoff_delay(&b, UINT64_MAX), 0);
	backoff_fail(&b);
	backoff_ok(&b);
	ck_assert_int_eq(backoff_delay(&b, UINT64_MAX), 0);
}
END_TEST

START_TEST(the_delay_doubles_up_to_its_limit)
{
	static const int64_t most[] = {1000, 2000, 4000, 8000, 16000, 32000, 60000, 60000};
	struct backoff b = BACKOFF_INIT(1000, 60000);
	for (size_t i = 0; i < ARRAY_SIZE(most); i++) {
		backoff_fail(&b);
		ck_assert_int_eq(backoff_delay(&b, 0), most[i] - most[i] / 2);
		ck_assert_int_eq(backoff_delay(&b, (uint64_t)(most[i] / 2)), most[i]);
		for (uint64_t r = 0; r < 5000; r += 7) {
			int64_t d = backoff_delay(&b, r * 0x9e3779b97f4a7c15u);
			ck_assert_int_ge(d, most[i] / 2);
			ck_assert_int_le(d, most[i]);
		}
	}
}
END_TEST

START_TEST(failures_without_end_do_not_overflow)
{
	struct backoff b = BACKOFF_INIT(INT64_MAX / 3, INT64_MAX);
	for (int i = 0; i < 5000; i++)
		backoff_fail(&b);
	ck_assert_int_gt(backoff_delay(&b, UINT64_MAX), INT64_MAX / 4);
	struct backoff none = BACKOFF_INIT(0, 0);
	backoff_fail(&none);
	ck_assert_int_eq(backoff_delay(&none, 12345), 1);
}
END_TEST

START_TEST(two_clients_do_not_come_back_together)
{
	struct backoff b = BACKOFF_INIT(1000, 60000);
	backoff_fail(&b);
	ck_assert_int_ne(backoff_delay(&b, 1), backoff_delay(&b, 2));
}
END_TEST

START_TEST(jitter_spreads_both_ways_and_stays_positive)
{
	int64_t least = INT64_MAX, most = 0;
	for (uint64_t r = 0; r < 20000; r++) {
		int64_t d = backoff_jitter(30000, 10, r);
		least = d < least ? d : least;
		most = d > most ? d : most;
	}
	ck_assert_int_eq(least, 27000);
	ck_assert_int_eq(most, 33000);
	ck_assert_int_eq(backoff_jitter(30000, 0, 99), 30000);
	ck_assert_int_eq(backoff_jitter(0, 10, 5), 1);
	ck_assert_int_ge(backoff_jitter(1, 100, 0), 1);
	ck_assert_int_le(backoff_jitter(1000, 500, UINT64_MAX), 2000);
}
END_TEST

static const struct support_case cases[] = {
	CASE(without_a_failure_there_is_no_delay),
	CASE(the_delay_doubles_up_to_its_limit),
	CASE(failures_without_end_do_not_overflow),
	CASE(two_clients_do_not_come_back_together),
	CASE(jitter_spreads_both_ways_and_stays_positive),
	{0},
};
int main(void)
{
	return support_main("gitsync/backoff", cases);
}
