#include "runtime/limits.h"

#include "tests/unit/support.h"

START_TEST(zeros_are_the_defaults)
{
	struct run_limits l = run_limits_complete(&(struct run_limits){0});
	ck_assert_mem_eq(&l, &run_limits_default, sizeof(l));
	l = run_limits_complete(
		&(struct run_limits){.memory_bytes = -5, .pids = 0, .timeout_ms = 1500});
	ck_assert_int_eq(l.memory_bytes, run_limits_default.memory_bytes);
	ck_assert_int_eq(l.pids, run_limits_default.pids);
	ck_assert_int_eq(l.timeout_ms, 1500);
}
END_TEST

START_TEST(values_stay_within_what_can_be_expressed)
{
	struct run_limits l = run_limits_complete(&(struct run_limits){
		.timeout_ms = 1, .memory_bytes = 1, .cpu_millis = 1, .pids = 1, .tmp_bytes = 1});
	ck_assert_int_eq(l.timeout_ms, 1);
	ck_assert_int_eq(l.memory_bytes, 8 << 20);
	ck_assert_int_eq(l.cpu_millis, 10);
	ck_assert_int_eq(l.pids, 8);
	ck_assert_int_eq(l.tmp_bytes, 4096);
	l = run_limits_complete(&(struct run_limits){.timeout_ms = INT64_MAX,
						     .start_timeout_ms = INT64_MAX,
						     .memory_bytes = INT64_MAX,
						     .cpu_millis = INT64_MAX,
						     .pids = INT64_MAX,
						     .output_bytes = INT64_MAX,
						     .log_bytes = INT64_MAX,
						     .tmp_bytes = INT64_MAX});
	ck_assert_int_eq(l.timeout_ms, 24 * 3600 * 1000);
	ck_assert_int_eq(l.pids, 32768);
	ck_assert_int_eq(l.cpu_millis, 1024000);
	ck_assert_int_eq(l.output_bytes, 1 << 30);
	/* At a bound, the bound. */
	struct run_limits again = run_limits_complete(&l);
	ck_assert_mem_eq(&l, &again, sizeof(l));
}
END_TEST

START_TEST(a_configuration_s_limits_are_taken_over)
{
	struct config c = {0};
	c.limits.timeout_ms = 7000;
	c.limits.memory_bytes = 99 << 20;
	c.limits.cpu_millis = 500;
	c.limits.pids = 33;
	c.limits.output_bytes = 4444;
	c.limits.tmp_bytes = 5 << 20;
	c.handler.start_timeout_ms = 8000;
	struct run_limits l = run_limits_of(&c);
	ck_assert_int_eq(l.timeout_ms, 7000);
	ck_assert_int_eq(l.start_timeout_ms, 8000);
	ck_assert_int_eq(l.memory_bytes, 99 << 20);
	ck_assert_int_eq(l.cpu_millis, 500);
	ck_assert_int_eq(l.pids, 33);
	ck_assert_int_eq(l.output_bytes, 4444);
	ck_assert_int_eq(l.tmp_bytes, 5 << 20);
	ck_assert_int_eq(l.log_bytes, run_limits_default.log_bytes);
}
END_TEST

static const struct support_case cases[] = {
	CASE(zeros_are_the_defaults),
	CASE(values_stay_within_what_can_be_expressed),
	CASE(a_configuration_s_limits_are_taken_over),
	{0},
};

int main(void)
{
	return support_main("runtime/limits", cases);
}
