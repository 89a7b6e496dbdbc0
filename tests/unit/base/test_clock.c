#include "tests/unit/support.h"

#include "base/clock.h"

START_TEST(a_fake_clock_stands_still_until_told)
{
	struct clock_fake state = {1000, 5};
	struct clock c = clock_fake_of(&state);
	ck_assert_int_eq(clock_wall(&c), 1000);
	ck_assert_int_eq(clock_mono(&c), 5);
	state.mono_ms += 10;
	ck_assert_int_eq(clock_mono(&c), 15);
	int64_t before = clock_mono(&clock_real);
	ck_assert_int_ge(clock_mono(&clock_real), before);
	ck_assert_int_gt(clock_wall(&clock_real), INT64_C(1700000000000));
}
END_TEST

START_TEST(times_are_formatted_in_utc_with_milliseconds)
{
	static const struct {
		int64_t ms;
		const char *text, *compact;
	} table[] = {
		{0, "1970-01-01T00:00:00.000Z", "19700101000000"},
		{INT64_C(1771416000000), "2026-02-18T12:00:00.000Z", "20260218120000"},
		{INT64_C(951827696789), "2000-02-29T12:34:56.789Z", "20000229123456"},
		{-1, "1969-12-31T23:59:59.999Z", "19691231235959"},
		{-1000, "1969-12-31T23:59:59.000Z", "19691231235959"},
		{INT64_C(253402300799999), "9999-12-31T23:59:59.999Z", "99991231235959"},
		{INT64_C(-62167219200000), "0000-01-01T00:00:00.000Z", "00000101000000"},
		{INT64_MAX, "9999-12-31T23:59:59.999Z", "99991231235959"},
		{INT64_MIN, "0000-01-01T00:00:00.000Z", "00000101000000"},
	};
	char text[32], compact[16];
	ck_assert_str_eq(clock_format(table[_i].ms, text), table[_i].text);
	ck_assert_str_eq(clock_compact(table[_i].ms, compact), table[_i].compact);
	int64_t back;
	assert_ok(clock_parse(str_of(text), &back, &support_err));
	if (table[_i].ms != INT64_MAX && table[_i].ms != INT64_MIN)
		ck_assert_int_eq(back, table[_i].ms);
}
END_TEST

START_TEST(times_are_read_with_any_offset_and_fraction)
{
	static const struct {
		const char *text;
		int64_t ms;
	} table[] = {
		{"1970-01-01T00:00:00Z", 0},
		{"1970-01-01t00:00:00z", 0},
		{"1970-01-01T04:00:00+04:00", 0},
		{"1969-12-31T20:30:00-03:30", 0},
		{"1970-01-01T00:00:00-00:00", 0},
		{"1970-01-01T00:00:00.1Z", 100},
		{"1970-01-01T00:00:00.12Z", 120},
		{"1970-01-01T00:00:00.123456789Z", 123},
		{"1970-01-01T00:00:00.999999999Z", 999},
		{"2000-02-29T00:00:00Z", INT64_C(951782400000)},
		{"2016-12-31T23:59:60Z", INT64_C(1483228800000)},
		{"1970-01-01T23:59:00+23:59", 0},
	};
	int64_t ms = -1;
	assert_ok(clock_parse(str_of(table[_i].text), &ms, &support_err));
	ck_assert_int_eq(ms, table[_i].ms);
}
END_TEST

START_TEST(what_is_not_a_time_is_refused_with_an_example)
{
	static const char *const bad[] = {
		"",
		"2026-02-18",
		"2026-02-18T12:00:00",
		"2026-02-18 12:00:00Z",
		"2026-2-18T12:00:00Z",
		"2026-00-18T12:00:00Z",
		"2026-13-18T12:00:00Z",
		"2026-02-00T12:00:00Z",
		"2026-02-29T12:00:00Z",
		"1900-02-29T12:00:00Z",
		"2026-04-31T12:00:00Z",
		"2026-02-18T24:00:00Z",
		"2026-02-18T12:60:00Z",
		"2026-02-18T12:00:61Z",
		"2026-02-18T12:00:00.Z",
		"2026-02-18T12:00:00.1234567890Z",
		"2026-02-18T12:00:00+24:00",
		"2026-02-18T12:00:00+04:60",
		"2026-02-18T12:00:00+0400",
		"2026-02-18T12:00:00ZZ",
		"+026-02-18T12:00:00Z",
		"now",
	};
	int64_t ms = 42;
	assert_err(clock_parse(str_of(bad[_i]), &ms, &support_err), ERR_INVALID, "is not a time");
	ck_assert_str_eq(support_err.remedy, "write it as 2026-02-18T12:00:00Z");
	ck_assert_int_eq(ms, 42);
}
END_TEST

START_TEST(a_time_with_a_nul_in_it_is_refused)
{
	int64_t ms;
	assert_err(clock_parse(STR("2026-02-18T12:00:00\0"), &ms, &support_err), ERR_INVALID,
		   "is not a time");
	assert_err(clock_parse(STR_NULL, &ms, &support_err), ERR_INVALID, "\"\" is not a time");
}
END_TEST

START_TEST(durations_are_read_and_written_back)
{
	static const struct {
		const char *text;
		int64_t ms;
		const char *canonical;
	} table[] = {
		{"0", 0, "0s"},
		{"0s", 0, "0s"},
		{"1ms", 1, "1ms"},
		{"90s", 90000, "1m30s"},
		{"1h30m", 5400000, "1h30m"},
		{"2d", 172800000, "2d"},
		{"1d2h3m4s5ms", 93784005, "1d2h3m4s5ms"},
		{"1h0m", 3600000, "1h"},
		{"100000000s", INT64_C(100000000000), "1157d9h46m40s"},
		{"9223372036854775807ms", INT64_MAX, "106751991167d7h12m55s807ms"},
	};
	int64_t ms;
	char text[32];
	assert_ok(duration_parse(str_of(table[_i].text), &ms, &support_err));
	ck_assert_int_eq(ms, table[_i].ms);
	ck_assert_str_eq(duration_format(ms, text), table[_i].canonical);
	assert_ok(duration_parse(str_of(text), &ms, &support_err));
	ck_assert_int_eq(ms, table[_i].ms);
	ck_assert_str_eq(duration_format(-5, text), "0s");
}
END_TEST

START_TEST(what_is_not_a_duration_is_refused_with_the_reason)
{
	static const struct {
		const char *text, *why;
	} table[] = {
		{"", "it is empty"},
		{"1", "a unit is missing"},
		{"90", "a unit is missing"},
		{"1h30", "a unit is missing"},
		{"-5s", "a number is missing"},
		{"+5s", "a number is missing"},
		{"s", "a number is missing"},
		{"5 s", "the unit is none of ms, s, m, h, d"},
		{"5S", "the unit is none of ms, s, m, h, d"},
		{"5sec", "the unit is none of ms, s, m, h, d"},
		{"1w", "the unit is none of ms, s, m, h, d"},
		{"1.5h", "the unit is none of ms, s, m, h, d"},
		{"1h1h", "units go from large to small, each once"},
		{"1s1m", "units go from large to small, each once"},
		{"01s", "a number starts with 0"},
		{"00", "a number starts with 0"},
		{"9223372036854775808ms", "it is too long"},
		{"9223372036854775807s", "it is too long"},
		{"106751991168d", "it is too long"},
		{"106751991167d7h12m55s808ms", "it is too long"},
		{"99999999999999999999s", "it is too long"},
	};
	int64_t ms = 42;
	assert_err(duration_parse(str_of(table[_i].text), &ms, &support_err), ERR_INVALID,
		   table[_i].why);
	ck_assert_str_eq(support_err.remedy,
			 "write a whole number and a unit (ms, s, m, h, d), as in 90s or 1h30m");
	ck_assert_int_eq(ms, 42);
}
END_TEST

static const struct support_case cases[] = {
	CASE(a_fake_clock_stands_still_until_told),
	CASE_LOOP(times_are_formatted_in_utc_with_milliseconds, 9),
	CASE_LOOP(times_are_read_with_any_offset_and_fraction, 12),
	CASE_LOOP(what_is_not_a_time_is_refused_with_an_example, 22),
	CASE(a_time_with_a_nul_in_it_is_refused),
	CASE_LOOP(durations_are_read_and_written_back, 10),
	CASE_LOOP(what_is_not_a_duration_is_refused_with_the_reason, 21),
	{0},
};

int main(void)
{
	return support_main("base/clock", cases);
}
