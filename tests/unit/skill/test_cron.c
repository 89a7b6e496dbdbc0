#include "skill/cron_int.h"

#include "base/buf.h"
#include "base/clock.h"
#include "base/io.h"
#include "skill/zone_int.h"
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

static struct cron schedule(struct str text)
{
	struct cron c;
	ck_assert_msg(cron_parse(text, &c, &support_err) == 0, "%.*s: %s", STR_ARG(text),
		      support_err.msg);
	return c;
}

/* "SCHEDULE | FROM | DUE DUE": each is due after the one before. */
static void check_line(struct str line)
{
	struct str part[3] = {{0}}, rest = line, due;
	char from[40], got[32];
	for (size_t i = 0; i < 3; i++)
		ck_assert_msg(str_split(&rest, '|', &part[i]), "%.*s", STR_ARG(line));
	snprintf(from, sizeof(from), "%.*sZ", STR_ARG(str_trim(part[1])));
	/* Minutes alone are not a time. */
	if (strlen(from) == strlen("2026-02-18T10:00Z"))
		snprintf(from, sizeof(from), "%.*s:00Z", STR_ARG(str_trim(part[1])));
	struct cron c = schedule(str_trim(part[0]));
	int64_t ms = at(from);
	rest = str_trim(part[2]);
	ck_assert_uint_gt(rest.len, 0);
	while (str_split(&rest, ' ', &due)) {
		int64_t before = ms;
		ms = cron_next(&c, ms);
		ck_assert_int_gt(ms, before);
		clock_format(ms, got);
		ck_assert_str_eq(got + 16, ":00.000Z");
		got[16] = '\0';
		ck_assert_msg(str_eqz(due, got), "%.*s: got %s", STR_ARG(line), got);
	}
}

START_TEST(every_case_of_the_file_holds)
{
	NEED_ZONES();
	CLEANUP(buf_release) struct buf text = BUF_INIT(1 << 20);
	CLEANUP_FREE char *path = io_join(support_root(), "tests/unit/skill/cron.cases");
	size_t cases = 0;
	assert_ok(io_read_file(path, &text, &support_err));
	struct str rest = buf_str(&text), line;
	while (str_split(&rest, '\n', &line)) {
		if (!line.len || line.p[0] == '#')
			continue;
		check_line(line);
		cases++;
	}
	ck_assert_uint_ge(cases, 200);
}
END_TEST

/* --- the same by a walk over every minute ------------------------------------------------------------------------- */

static bool date_matches(const struct cron *c, int64_t day)
{
	int64_t year;
	int month, of_month;
	calendar_date(day, &year, &month, &of_month);
	bool by_day = c->days >> of_month & 1, by_week = c->weekdays >> calendar_weekday(day) & 1;
	return (c->months >> month & 1) &&
	       (c->day_or_weekday ? by_day || by_week : by_day && by_week);
}

static bool minute_matches(const struct cron *c, int64_t local_minute)
{
	int64_t day = local_minute / 1440;
	return (c->minutes >> local_minute % 60 & 1) && (c->hours >> local_minute / 60 % 24 & 1) &&
	       date_matches(c, day);
}

/* What trigger.h says of summer time, word for word, one minute after the other. */
static int64_t walk(const struct cron *c, const struct zone *z, int64_t from_minute, int64_t most)
{
	bool named = c->hours != CRON_ALL_HOURS;
	struct zone_span span, before;
	for (int64_t m = from_minute + 1; m < from_minute + most; m++) {
		zone_span_at(z, m * 60, &span);
		zone_span_at(z, m * 60 - 60, &before);
		int64_t local = m + span.offset_s / 60, was = m - 1 + before.offset_s / 60;
		for (int64_t left_out = was + 1; named && left_out < local; left_out++)
			if (minute_matches(c, left_out))
				return m;
		/* Has this local minute been before, in the span that ended? */
		bool again = span.before_s > span.offset_s &&
			     m * 60 + span.offset_s < span.start_s + span.before_s;
		if (minute_matches(c, local) && !(named && again))
			return m;
	}
	return -1;
}

static const struct seam {
	const char *zone, *around;
} seams[] = {
	{"Europe/Berlin", "2026-03-29T01:00:00Z"},
	{"Europe/Berlin", "2026-10-25T01:00:00Z"},
	{"America/New_York", "2026-03-08T07:00:00Z"},
	{"America/New_York", "2026-11-01T06:00:00Z"},
	{"America/St_Johns", "2011-03-13T03:31:00Z"},
	{"Australia/Lord_Howe", "2026-04-04T15:00:00Z"},
	{"Pacific/Apia", "2011-12-30T10:00:00Z"},
	{"America/Havana", "2026-11-01T05:00:00Z"},
	{"Asia/Kathmandu", "1985-12-31T18:30:00Z"},
	{"Europe/Dublin", "2061-10-30T01:00:00Z"},
};

/* A schedule of any form; the hours of most are few. */
static void some_schedule(unsigned *seed, const char *zone, char out[96])
{
	static const char *const minutes[] = {"*", "0", "*/15", "59", "10,50", "1-3"};
	static const char *const hours[] = {"*", "2", "0", "1-3", "*/2", "23", "1,2", "2-3"};
	static const char *const days[] = {"*", "1", "29", "*/2", "28-31"};
	static const char *const weekdays[] = {"*", "sun", "1-5", "sat,sun", "*/3"};
	snprintf(out, 96, "%s %s %s * %s %s", minutes[rand_r(seed) % ARRAY_SIZE(minutes)],
		 hours[rand_r(seed) % ARRAY_SIZE(hours)], days[rand_r(seed) % ARRAY_SIZE(days)],
		 weekdays[rand_r(seed) % ARRAY_SIZE(weekdays)], zone);
}

START_TEST(due_times_agree_with_a_walk_over_every_minute)
{
	NEED_ZONES();
	const struct seam *s = &seams[_i];
	CLEANUP(zone_freep) struct zone *z = NULL;
	assert_ok(zone_open(str_of(s->zone), &z, &support_err));
	unsigned seed = 20260218u + (unsigned)_i;
	for (int n = 0; n < 150; n++) {
		char text[96];
		some_schedule(&seed, s->zone, text);
		struct cron c = schedule(str_of(text));
		int64_t from = at(s->around) / 60000 - rand_r(&seed) % (3 * 1440);
		for (int k = 0; k < 4; k++) {
			int64_t want = walk(&c, z, from, 6 * 1440);
			int64_t got = cron_next(&c, from * 60000 + rand_r(&seed) % 60000) / 60000;
			if (want < 0) {
				ck_assert_int_ge(got, from + 6 * 1440);
				break;
			}
			ck_assert_msg(got == want, "%s after minute %lld: got %lld, wanted %lld",
				      text, (long long)from, (long long)got, (long long)want);
			from = want;
		}
	}
}
END_TEST

static void refused(const char *schedule, const char *part, const char *remedy)
{
	struct cron c;
	assert_err(cron_parse(str_of(schedule), &c, &support_err), ERR_INVALID, part);
	ck_assert_msg(strstr(support_err.remedy, remedy), "%s: \"%s\" lacks \"%s\"", schedule,
		      support_err.remedy, remedy);
}

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
	CASE(every_case_of_the_file_holds),
	CASE_LOOP(due_times_agree_with_a_walk_over_every_minute, ARRAY_SIZE(seams)),
	CASE(bad_schedules_say_what_to_write),
	CASE(unknown_zones_are_refused_with_the_nearest),
	CASE(without_tz_files_a_zone_is_taken_on_trust_and_never_due),
	{0},
};

int main(void)
{
	return support_main("skill/cron", cases);
}
