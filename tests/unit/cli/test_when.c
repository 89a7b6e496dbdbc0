/* Moments as people write them. */
#include "cli/when.h"

#include "base/clock.h"
#include "tests/unit/cli/help_cli.h"

static const char *when(const char *word)
{
	const char *at = "untouched";
	assert_ok(cli_when(help_command(NULL), word, &at, &support_err));
	return at;
}

static int64_t ago(const char *word)
{
	int64_t at = 0, now = clock_wall(&clock_real);
	assert_ok(clock_parse(str_of(when(word)), &at, &support_err));
	return now - at;
}

START_TEST(revisions_and_commits_stay_as_they_are)
{
	static const char *const words[] = {"i1.47",   "i12.3-0a1b2c3d",
					    "47",      "0",
					    "0a1b2c3", "63984557e21e63984557e21e63984557e21e6398"};
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		ck_assert_str_eq(when(words[i]), words[i]);
	ck_assert_ptr_null(when(NULL));
}
END_TEST

START_TEST(times_are_told_in_utc)
{
	ck_assert_str_eq(when("2026-02-18T12:00:00+02:00"), "2026-02-18T10:00:00.000Z");
	ck_assert_str_eq(when("2026-02-18T12:00:00.5Z"), "2026-02-18T12:00:00.500Z");
	ck_assert_str_eq(when("2026-02-18"), "2026-02-18T00:00:00.000Z");
}
END_TEST

START_TEST(spans_are_before_now)
{
	const int64_t hour = 3600000, slack = 10000;
	ck_assert_int_lt(llabs(ago("2h") - 2 * hour), slack);
	ck_assert_int_lt(llabs(ago("1d2h") - 26 * hour), slack);
	ck_assert_int_lt(llabs(ago("yesterday") - 24 * hour), slack);
	ck_assert_int_lt(llabs(ago("now")), slack);
}
END_TEST

START_TEST(what_is_no_moment_is_told_with_what_to_write)
{
	static const char *const words[] = {
		"",	"tomorrow", "2h ago", "2026-13-01", "2026-02-18T",
		"i1.x", "i",	    "0a1b2c", "-2h",	    "2026-02-1x"};
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		const char *at = NULL;
		assert_err(cli_when(help_command(NULL), words[i], &at, &support_err), ERR_USAGE,
			   "is no moment");
		ck_assert_ptr_nonnull(strstr(support_err.remedy, "how long ago (2h)"));
	}
}
END_TEST

START_TEST(what_has_not_come_yet_is_none_either)
{
	const char *at = NULL;
	assert_err(cli_when(help_command(NULL), "2126-01-01", &at, &support_err), ERR_USAGE,
		   "2126-01-01 has not come yet");
}
END_TEST

static const struct support_case cases[] = {CASE(revisions_and_commits_stay_as_they_are),
					    CASE(times_are_told_in_utc),
					    CASE(spans_are_before_now),
					    CASE(what_is_no_moment_is_told_with_what_to_write),
					    CASE(what_has_not_come_yet_is_none_either),
					    {0}};

int main(void)
{
	return support_main("cli/when", cases);
}
