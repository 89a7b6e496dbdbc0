#include "skill/cron_int.h"

#include "base/clock.h"
#include "base/io.h"
#include "tests/unit/support.h"

#define NEED_ZONES()                                                                               \
	do {                                                                                       \
		if (!io_exists("/usr/share/zoneinfo/Europe/Berlin"))                               \
			SKIP("no time zone files (Debian tzdata) on this host");                   \
	} while (0)

static int64_t at(const char *time)
{
	int64_t ms = 0;
	assert_ok(clock_parse(str_of(time), &ms, &support_err));
	return ms;
}

/* The due time after `from`, as text. */
static const char *next(const char *schedule, const char *from)
{
	static char text[32];
	struct cron c;
	assert_ok(cron_parse(str_of(schedule), &c, &support_err));
	int64_t ms = cron_next(&c, at(from));
	if (ms < 0)
		return "never";
	clock_format(ms, text);
	ck_assert_str_eq(text + 16, ":00.000Z");
	text[16] = '\0';
	return text;
}

static void refused(const char *schedule, const char *part, const char *remedy)
{
	struct cron c;
	assert_err(cron_parse(str_of(schedule), &c, &support_err), ERR_INVALID, part);
	ck_assert_msg(strstr(support_err.remedy, remedy), "%s: \"%s\" lacks \"%s\"", schedule,
		      support_err.remedy, remedy);
}

START_TEST(words_say_when)
{
	/* 2026-02-18 is a Wednesday. */
	ck_assert_str_eq(next("daily 07:30", "2026-02-18T07:29:59.999Z"), "2026-02-18T07:30");
	ck_assert_str_eq(next("daily 07:30", "2026-02-18T07:30:00Z"), "2026-02-19T07:30");
	ck_assert_str_eq(next("daily at 7:30 UTC", "2026-02-18T07:30:00Z"), "2026-02-19T07:30");
	ck_assert_str_eq(next("weekdays 09:00", "2026-02-20T09:00:00Z"), "2026-02-23T09:00");
	ck_assert_str_eq(next("WEEKENDS 09:00", "2026-02-18T00:00:00Z"), "2026-02-21T09:00");
	ck_assert_str_eq(next("hourly", "2026-02-18T10:00:01Z"), "2026-02-18T11:00");
	ck_assert_str_eq(next("monday 08:00", "2026-02-18T00:00:00Z"), "2026-02-23T08:00");
	ck_assert_str_eq(next("mondays 08:00", "2026-02-18T00:00:00Z"), "2026-02-23T08:00");
	ck_assert_str_eq(next("tue,Thu 08:00", "2026-02-18T00:00:00Z"), "2026-02-19T08:00");
	ck_assert_str_eq(next("fri-mon 08:00", "2026-02-18T00:00:00Z"), "2026-02-20T08:00");
	ck_assert_str_eq(next("fri-mon 08:00", "2026-02-22T08:00:00Z"), "2026-02-23T08:00");
	ck_assert_str_eq(next("daily 09:15,17:15", "2026-02-18T09:15:00Z"), "2026-02-18T17:15");
}
END_TEST

START_TEST(periods_count_from_the_epoch)
{
	ck_assert_str_eq(next("every 15m", "2026-02-18T10:00:00Z"), "2026-02-18T10:15");
	ck_assert_str_eq(next("every 15m", "2026-02-18T10:14:59.999Z"), "2026-02-18T10:15");
	ck_assert_str_eq(next("every 2h", "2026-02-18T10:14:00Z"), "2026-02-18T12:00");
	ck_assert_str_eq(next("every 1m", "2026-02-18T10:14:00Z"), "2026-02-18T10:15");
	ck_assert_str_eq(next("every 7d", "2026-02-18T10:14:00Z"), "2026-02-19T00:00");
}
END_TEST

START_TEST(five_fields_say_when)
{
	ck_assert_str_eq(next("0 9 * * 1-5", "2026-02-20T09:00:00Z"), "2026-02-23T09:00");
	ck_assert_str_eq(next("*/20 * * * *", "2026-02-18T10:20:00Z"), "2026-02-18T10:40");
	ck_assert_str_eq(next("50/5 10 * * *", "2026-02-18T10:50:00Z"), "2026-02-18T10:55");
	ck_assert_str_eq(next("10-30/10 * * * *", "2026-02-18T10:30:00Z"), "2026-02-18T11:10");
	ck_assert_str_eq(next("0 0 1 jan,JUL *", "2026-02-18T00:00:00Z"), "2026-07-01T00:00");
	ck_assert_str_eq(next("0 12 * * sun", "2026-02-18T00:00:00Z"), "2026-02-22T12:00");
	ck_assert_str_eq(next("0 12 * * 7", "2026-02-18T00:00:00Z"), "2026-02-22T12:00");
	ck_assert_str_eq(next("0 12 * * saturday-7", "2026-02-18T00:00:00Z"), "2026-02-21T12:00");
	ck_assert_str_eq(next("59 23 31 12 *", "2026-12-31T23:59:00Z"), "2027-12-31T23:59");
	ck_assert_str_eq(next("0 0 31 * *", "2026-03-31T00:00:00Z"), "2026-05-31T00:00");
}
END_TEST

START_TEST(restricted_day_and_weekday_mean_either)
{
	ck_assert_str_eq(next("0 0 13 * fri", "2026-02-18T00:00:00Z"), "2026-02-20T00:00");
	ck_assert_str_eq(next("0 0 13 * fri", "2026-03-10T00:00:00Z"), "2026-03-13T00:00");
	ck_assert_str_eq(next("0 0 19 * fri", "2026-02-18T00:00:00Z"), "2026-02-19T00:00");
	/* A field that begins with '*' does not restrict: then both must hold. */
	ck_assert_str_eq(next("0 0 */2 * fri", "2026-02-20T00:00:00Z"), "2026-02-27T00:00");
	ck_assert_str_eq(next("0 0 */2 * fri", "2026-02-18T00:00:00Z"), "2026-02-27T00:00");
}
END_TEST

START_TEST(leap_days_come_however_late)
{
	ck_assert_str_eq(next("0 0 29 2 *", "2026-02-18T00:00:00Z"), "2028-02-29T00:00");
	ck_assert_str_eq(next("0 0 29 2 *", "2096-02-29T00:00:00Z"), "2104-02-29T00:00");
	ck_assert_str_eq(next("0 0 29 feb mon", "2026-02-18T00:00:00Z"), "2026-02-23T00:00");
}
END_TEST

START_TEST(a_due_time_is_always_later_and_matches_its_fields)
{
	static const char *const schedules[] = {"*/7 3-5 * * *", "13 * 1,15 * *", "0 0 * * 0",
						"weekdays 23:59", "30 6 28-31 2 *"};
	for (size_t i = 0; i < ARRAY_SIZE(schedules); i++) {
		struct cron c;
		assert_ok(cron_parse(str_of(schedules[i]), &c, &support_err));
		int64_t from = at("2023-12-30T11:11:11Z");
		for (int n = 0; n < 500; n++) {
			int64_t due = cron_next(&c, from), year;
			int month, day;
			ck_assert_int_gt(due, from);
			/* Nothing is due in between. */
			ck_assert_int_eq(cron_next(&c, due - 1), due);
			ck_assert_int_eq(cron_next(&c, from + (due - from) / 2), due);
			calendar_date(due / 86400000, &year, &month, &day);
			ck_assert(c.minutes >> (due / 60000 % 60) & 1);
			ck_assert(c.hours >> (due / 3600000 % 24) & 1);
			ck_assert((c.days >> day & 1) && (c.months >> month & 1));
			from = due;
		}
	}
}
END_TEST

START_TEST(zones_move_the_hour)
{
	NEED_ZONES();
	ck_assert_str_eq(next("weekdays 09:00 Asia/Dubai", "2026-02-18T05:00:00Z"),
			 "2026-02-19T05:00");
	ck_assert_str_eq(next("0 9 * * * Asia/Kolkata", "2026-02-18T00:00:00Z"),
			 "2026-02-18T03:30");
	ck_assert_str_eq(next("daily 09:00 Europe/Berlin", "2026-01-10T00:00:00Z"),
			 "2026-01-10T08:00");
	ck_assert_str_eq(next("daily 09:00 Europe/Berlin", "2026-07-10T00:00:00Z"),
			 "2026-07-10T07:00");
	/* The day is the zone's: Monday 00:30 in Auckland is still Sunday in UTC. */
	ck_assert_str_eq(next("monday 00:30 Pacific/Auckland", "2026-07-10T00:00:00Z"),
			 "2026-07-12T12:30");
}
END_TEST

START_TEST(a_time_that_does_not_exist_runs_when_the_clock_jumps)
{
	NEED_ZONES();
	/* Berlin, 2026-03-29: 02:00 becomes 03:00 at 01:00 UTC. */
	ck_assert_str_eq(next("daily 02:30 Europe/Berlin", "2026-03-28T12:00:00Z"),
			 "2026-03-29T01:00");
	ck_assert_str_eq(next("daily 02:30 Europe/Berlin", "2026-03-29T00:59:59.999Z"),
			 "2026-03-29T01:00");
	ck_assert_str_eq(next("daily 02:30 Europe/Berlin", "2026-03-29T01:00:00Z"),
			 "2026-03-30T00:30");
	ck_assert_str_eq(next("daily 02:00 Europe/Berlin", "2026-03-28T12:00:00Z"),
			 "2026-03-29T01:00");
	ck_assert_str_eq(next("daily 01:59 Europe/Berlin", "2026-03-28T12:00:00Z"),
			 "2026-03-29T00:59");
	/* Once, though two of its minutes fell into the gap. */
	ck_assert_str_eq(next("10,50 2 * * * Europe/Berlin", "2026-03-28T12:00:00Z"),
			 "2026-03-29T01:00");
	ck_assert_str_eq(next("10,50 2 * * * Europe/Berlin", "2026-03-29T01:00:00Z"),
			 "2026-03-30T00:10");
	/* Every hour: the hour that is left out is left out. */
	ck_assert_str_eq(next("30 * * * * Europe/Berlin", "2026-03-29T00:30:00Z"),
			 "2026-03-29T01:30");
}
END_TEST

START_TEST(a_time_that_exists_twice_runs_once)
{
	NEED_ZONES();
	/* Berlin, 2026-10-25: 03:00 becomes 02:00 at 01:00 UTC. */
	ck_assert_str_eq(next("daily 02:30 Europe/Berlin", "2026-10-24T12:00:00Z"),
			 "2026-10-25T00:30");
	ck_assert_str_eq(next("daily 02:30 Europe/Berlin", "2026-10-25T00:30:00Z"),
			 "2026-10-26T01:30");
	ck_assert_str_eq(next("daily 02:30 Europe/Berlin", "2026-10-25T01:00:00Z"),
			 "2026-10-26T01:30");
	ck_assert_str_eq(next("daily 03:00 Europe/Berlin", "2026-10-25T00:30:00Z"),
			 "2026-10-25T02:00");
	/* Every hour: both. */
	ck_assert_str_eq(next("30 * * * * Europe/Berlin", "2026-10-25T00:30:00Z"),
			 "2026-10-25T01:30");
	ck_assert_str_eq(next("30 * * * * Europe/Berlin", "2026-10-25T01:30:00Z"),
			 "2026-10-25T02:30");
}
END_TEST

START_TEST(years_that_the_tables_do_not_list_follow_the_rule)
{
	NEED_ZONES();
	ck_assert_str_eq(next("daily 09:00 America/New_York", "2061-07-10T00:00:00Z"),
			 "2061-07-10T13:00");
	ck_assert_str_eq(next("daily 09:00 America/New_York", "2061-01-10T00:00:00Z"),
			 "2061-01-10T14:00");
	/* South of the equator summer spans the new year. */
	ck_assert_str_eq(next("daily 09:00 Australia/Sydney", "2061-01-10T00:00:00Z"),
			 "2061-01-10T22:00");
	ck_assert_str_eq(next("daily 02:30 America/New_York", "2061-03-12T12:00:00Z"),
			 "2061-03-13T07:00");
}
END_TEST

START_TEST(a_day_that_a_zone_skipped_is_made_up_for_at_the_seam)
{
	NEED_ZONES();
	/* Samoa went from the 29th to the 31st of December 2011. */
	ck_assert_str_eq(next("daily 12:00 Pacific/Apia", "2011-12-30T00:00:00Z"),
			 "2011-12-30T10:00");
	ck_assert_str_eq(next("daily 12:00 Pacific/Apia", "2011-12-30T10:00:00Z"),
			 "2011-12-30T22:00");
}
END_TEST

START_TEST(bad_schedules_say_what_to_write)
{
	refused("", "the schedule is empty", "weekdays 09:00 Asia/Dubai");
	refused("  ", "the schedule is empty", "every 15m");
	refused("weekday 09:00", "\"weekday\" begins no schedule", "did you mean weekdays?");
	refused("sometimes", "\"sometimes\" begins no schedule", "weekdays 09:00");
	refused("weekdays", "does not say at what time", "weekdays 09:00");
	refused("weekdays 9am", "\"9am\" is not a time of day", "such as 09:00");
	refused("weekdays 24:00", "\"24:00\" is not a time of day", "00 to 23");
	refused("weekdays 09:60", "\"09:60\" is not a time of day", "");
	refused("weekdays 9:0", "\"9:0\" is not a time of day", "");
	refused("daily 09:00,17:30", "differ in their minutes", "one cron trigger for each time");
	refused("60 * * * *", "the minute \"60\"", "write 0 to 59");
	refused("* 24 * * *", "the hour \"24\"", "write 0 to 23");
	refused("* * 0 * *", "the day \"0\"", "write 1 to 31");
	refused("* * 32 * *", "the day \"32\"", "");
	refused("* * * 13 *", "the month \"13\"", "jan to dec");
	refused("* * * * 8", "the weekday \"8\"", "sun to sat");
	refused("* * * * fun", "the weekday \"fun\"", "");
	refused("30-10 * * * *", "ends before it begins", "");
	refused("*/0 * * * *", "no usable step", "");
	refused("*/60 * * * *", "no usable step", "");
	refused("1,,2 * * * *", "an empty part", "");
	refused("1, * * * *", "an empty part", "");
	refused("* * * *", "has 4 of the five fields", "weekdays 09:00");
	refused("0 0 31 2 *", "no month that the schedule names has the day",
		"the fourth the month");
	refused("0 0 31 2,4,6,9,11 *", "no month", "");
	refused("every", "how often is missing", "every 15m");
	refused("every 15", "\"every 15\"", "every 15m");
	refused("every 30s", "not within 1m and 7d", "every 1m");
	refused("every 8d", "not within 1m and 7d", "five fields");
	refused("every 15m UTC", "takes nothing after it", "");
	refused("daily 09:00 UTC please", "\"please\" stands after the end", "last word");
	refused("1 2 3 4 5 6 7 8 9", "more than 8 words", "");
}
END_TEST

START_TEST(unknown_zones_are_refused_with_the_nearest)
{
	NEED_ZONES();
	refused("daily 09:00 Asia/Dubay", "there is no time zone Asia/Dubay",
		"did you mean Asia/Dubai?");
	refused("daily 09:00 GST", "there is no time zone GST", "");
	refused("daily 09:00 Asia", "there is no time zone Asia", "");
	refused("daily 09:00 ../../etc/passwd", "is not a time zone", "IANA name");
	refused("daily 09:00 /etc/passwd", "is not a time zone", "IANA name");
	refused("daily 09:00 Asia//Dubai", "is not a time zone", "IANA name");
	refused("daily 09:00 +04:00", "is not a time zone", "IANA name");
	char longest[160] = "daily 09:00 ";
	memset(longest + 12, 'a', 64);
	refused(longest, "is not a time zone", "IANA name");
}
END_TEST

START_TEST(without_tz_files_a_zone_is_taken_on_trust_and_never_due)
{
	CLEANUP_FREE char *none = io_join(support_dir(), "none");
	setenv("TZDIR", none, 1);
	struct cron c;
	assert_ok(cron_parse(STR("daily 09:00 Asia/Dubai"), &c, &support_err));
	assert_err(cron_check_zone(&c, &support_err), ERR_UNSUPPORTED, "no time zone files");
	ck_assert_str_eq(support_err.remedy, "install the package tzdata");
	ck_assert_int_eq(cron_next(&c, 0), -1);
	assert_ok(cron_parse(STR("daily 09:00"), &c, &support_err));
	assert_ok(cron_check_zone(&c, &support_err));
	ck_assert_int_eq(cron_next(&c, 0), 9 * 3600000);
}
END_TEST

static const struct support_case cases[] = {
	CASE(words_say_when),
	CASE(periods_count_from_the_epoch),
	CASE(five_fields_say_when),
	CASE(restricted_day_and_weekday_mean_either),
	CASE(leap_days_come_however_late),
	CASE(a_due_time_is_always_later_and_matches_its_fields),
	CASE(zones_move_the_hour),
	CASE(a_time_that_does_not_exist_runs_when_the_clock_jumps),
	CASE(a_time_that_exists_twice_runs_once),
	CASE(years_that_the_tables_do_not_list_follow_the_rule),
	CASE(a_day_that_a_zone_skipped_is_made_up_for_at_the_seam),
	CASE(bad_schedules_say_what_to_write),
	CASE(unknown_zones_are_refused_with_the_nearest),
	CASE(without_tz_files_a_zone_is_taken_on_trust_and_never_due),
	{0},
};

int main(void)
{
	return support_main("skill/cron", cases);
}
