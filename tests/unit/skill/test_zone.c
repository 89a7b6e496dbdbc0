#include "skill/zone_int.h"

#include "base/buf.h"
#include "base/child.h"
#include "base/io.h"
#include "tests/unit/support.h"

START_TEST(days_and_dates_are_inverse)
{
	ck_assert_int_eq(calendar_days(1970, 1, 1), 0);
	ck_assert_int_eq(calendar_days(2000, 2, 29), 11016);
	ck_assert_int_eq(calendar_days(1969, 12, 31), -1);
	ck_assert_int_eq(calendar_weekday(0), 4);
	ck_assert_int_eq(calendar_weekday(-4), 0);
	int64_t year, days = calendar_days(1890, 1, 1);
	int month, day, was_month = 12, was_day = 31;
	for (; days < calendar_days(2110, 1, 1); days++) {
		calendar_date(days, &year, &month, &day);
		ck_assert_int_eq(calendar_days(year, month, day), days);
		ck_assert(day == was_day + 1 || (day == 1 && month == was_month % 12 + 1));
		ck_assert_int_le(day, calendar_month_days(year, month));
		was_month = month;
		was_day = day;
	}
	ck_assert_int_eq(calendar_month_days(1900, 2), 28);
	ck_assert_int_eq(calendar_month_days(2000, 2), 29);
}
END_TEST

static int32_t rule_offset(const char *rule, int64_t utc_s)
{
	struct zone_rule r;
	struct zone_span span;
	assert_ok(zone_rule_parse(str_of(rule), &r, &support_err));
	zone_rule_span(&r, utc_s, &span);
	ck_assert(span.start_s <= utc_s && utc_s < span.end_s);
	return span.offset_s;
}

#define UTC(y, m, d, h) (calendar_days(y, m, d) * 86400 + (h)*3600)

START_TEST(posix_rules_give_offsets)
{
	ck_assert_int_eq(rule_offset("UTC0", 0), 0);
	ck_assert_int_eq(rule_offset("<+04>-4", UTC(2026, 7, 1, 0)), 4 * 3600);
	ck_assert_int_eq(rule_offset("<-0330>3:30", 0), -(3 * 3600 + 1800));
	const char *berlin = "CET-1CEST,M3.5.0,M10.5.0/3";
	ck_assert_int_eq(rule_offset(berlin, UTC(2026, 3, 29, 1) - 1), 3600);
	ck_assert_int_eq(rule_offset(berlin, UTC(2026, 3, 29, 1)), 7200);
	ck_assert_int_eq(rule_offset(berlin, UTC(2026, 10, 25, 1) - 1), 7200);
	ck_assert_int_eq(rule_offset(berlin, UTC(2026, 10, 25, 1)), 3600);
	const char *sydney = "AEST-10AEDT,M10.1.0,M4.1.0/3";
	ck_assert_int_eq(rule_offset(sydney, UTC(2026, 1, 1, 0)), 11 * 3600);
	ck_assert_int_eq(rule_offset(sydney, UTC(2026, 7, 1, 0)), 10 * 3600);
	/* J60 is 1 March in every year, 59 (from 0) is 29 February in a leap year. */
	ck_assert_int_eq(rule_offset("AAA0BBB,J60/0,J300/0", UTC(2024, 3, 1, 0) - 1), 0);
	ck_assert_int_eq(rule_offset("AAA0BBB,J60/0,J300/0", UTC(2024, 3, 1, 0)), 3600);
	ck_assert_int_eq(rule_offset("AAA0BBB,J60/0,J300/0", UTC(2023, 3, 1, 0)), 3600);
	ck_assert_int_eq(rule_offset("AAA0BBB,59/0,300/0", UTC(2024, 2, 29, 0)), 3600);
	/* Negative and long times: Nuuk changes on Saturday at 22:00 before the last Sunday. */
	ck_assert_int_eq(rule_offset("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", UTC(2026, 3, 29, 1) - 1),
			 -7200);
	ck_assert_int_eq(rule_offset("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", UTC(2026, 3, 29, 1)),
			 -3600);
	/* Irish winter time is the negative one. */
	ck_assert_int_eq(rule_offset("IST-1GMT0,M10.5.0,M3.5.0/1", UTC(2026, 7, 1, 0)), 3600);
	ck_assert_int_eq(rule_offset("IST-1GMT0,M10.5.0,M3.5.0/1", UTC(2026, 1, 1, 0)), 0);
}
END_TEST

START_TEST(bad_posix_rules_are_refused)
{
	static const char *const bad[] = {"",
					  "C-1",
					  "CET",
					  "<+04-4",
					  "CET-1CEST",
					  "CET-1CEST,M3.5.0",
					  "CET-1CEST,M13.5.0,M10.5.0",
					  "CET-1CEST,M3.6.0,M10.5.0",
					  "CET-1CEST,M3.5.7,M10.5.0",
					  "CET-1CEST,J0,J365",
					  "CET-1CEST,366,1",
					  "CET-1CEST,M3.5.0/168,M10.5.0",
					  "CET-25",
					  "CET-1CEST,M3.5.0,M10.5.0 "};
	struct zone_rule r;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		ck_assert_msg(zone_rule_parse(str_of(bad[i]), &r, &support_err) == ERR_SYNTAX, "%s",
			      bad[i]);
	ck_assert_ptr_nonnull(strstr(support_err.msg, "is no POSIX time zone rule"));
}
END_TEST

/* A version 2 file with an empty first block, one type and two changes. */
static void small_file(struct buf *out, const char *footer)
{
	static const char header[] = "TZif2\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
	static const uint32_t first[6] = {0, 0, 0, 0, 1, 1}, second[6] = {0, 0, 0, 2, 2, 4};
	buf_add(out, header, 20);
	for (size_t i = 0; i < 6; i++)
		buf_add_u32(out, first[i]);
	buf_add(out, "\0\0\0\0\0\0\0", 7);
	buf_add(out, header, 20);
	for (size_t i = 0; i < 6; i++)
		buf_add_u32(out, second[i]);
	buf_add_u64(out, 1000);
	buf_add_u64(out, 2000);
	buf_add(out, "\1\0", 2);
	buf_add(out, "\0\0\x0e\x10\0\0", 6); /* 3600 */
	buf_add(out, "\0\0\x1c\x20\1\0", 6); /* 7200 */
	buf_add(out, "ABC\0", 4);
	buf_addz(out, footer);
}

START_TEST(spans_are_those_of_the_file_then_of_its_rule)
{
	CLEANUP(buf_release) struct buf file = BUF_INIT(4096);
	CLEANUP(zone_freep) struct zone *z = NULL;
	struct zone_span s;
	small_file(&file, "\nABC-1\n");
	assert_ok(zone_parse(buf_str(&file), &z, &support_err));
	zone_span_at(z, 999, &s);
	ck_assert(s.start_s == INT64_MIN && s.end_s == 1000 && s.offset_s == 3600);
	zone_span_at(z, 1000, &s);
	ck_assert(s.start_s == 1000 && s.end_s == 2000 && s.offset_s == 7200 && s.before_s == 3600);
	zone_span_at(z, 2000, &s);
	ck_assert(s.start_s == 2000 && s.end_s == INT64_MAX && s.offset_s == 3600);
	ck_assert_int_eq(s.before_s, 7200);
}
END_TEST

START_TEST(every_cut_and_every_flipped_byte_of_a_file_is_survived)
{
	CLEANUP(buf_release) struct buf file = BUF_INIT(4096);
	struct zone_span s;
	small_file(&file, "\nCET-1CEST,M3.5.0,M10.5.0/3\n");
	for (size_t cut = 0; cut < file.len; cut++) {
		struct zone *z = NULL;
		char *exact = malloc(cut ? cut : 1);
		memcpy(exact, file.data, cut);
		ck_assert_int_eq(zone_parse(str_make(exact, cut), &z, &support_err), ERR_SYNTAX);
		free(exact);
	}
	for (size_t i = 0; i < file.len * 8; i++) {
		struct zone *z = NULL;
		file.data[i / 8] = (char)(file.data[i / 8] ^ 1 << i % 8);
		if (zone_parse(buf_str(&file), &z, &support_err) == 0)
			zone_span_at(z, 1771416030, &s);
		zone_free(z);
		file.data[i / 8] = (char)(file.data[i / 8] ^ 1 << i % 8);
	}
}
END_TEST

static const char reference[] =
	"import datetime, sys, zoneinfo\n"
	"for name in sys.argv[1:]:\n"
	"    z = zoneinfo.ZoneInfo(name)\n"
	"    for t in range(-2**31, 2**32, 2**32 // 997 * 3):\n"
	"        d = datetime.datetime.fromtimestamp(t, datetime.timezone.utc).astimezone(z)\n"
	"        print(name, t, int(d.utcoffset().total_seconds()))\n";

START_TEST(offsets_agree_with_those_of_another_reader)
{
	static const char *const argv[] = {"/usr/bin/python3",
					   "-c",
					   reference,
					   "Asia/Dubai",
					   "Europe/Berlin",
					   "Europe/Dublin",
					   "America/New_York",
					   "America/St_Johns",
					   "Australia/Lord_Howe",
					   "Pacific/Apia",
					   "Asia/Kathmandu",
					   "Africa/Casablanca",
					   "America/Nuuk",
					   "UTC",
					   NULL};
	CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 20);
	CLEANUP(buf_release) struct buf diagnostics = BUF_INIT(1 << 16);
	struct child_opts opts = {.argv = argv};
	struct child_end end = {0};
	if (!io_exists("/usr/share/zoneinfo/Europe/Berlin") || !io_exists(argv[0]))
		SKIP("no time zone files or no Python 3 on this host");
	assert_ok(child_run(&opts, STR_NULL, &out, &diagnostics, 60000, &end, &support_err));
	if (strstr(buf_cstr(&diagnostics), "No module named 'zoneinfo'"))
		SKIP("this Python is older than 3.9");
	ck_assert_msg(end.exited && end.status == 0, "%s", buf_cstr(&diagnostics));
	struct str rest = buf_str(&out), line;
	char open_name[64] = "";
	CLEANUP(zone_freep) struct zone *z = NULL;
	size_t compared = 0;
	while (str_split(&rest, '\n', &line)) {
		char name[64];
		long long t, offset;
		struct zone_span span;
		ck_assert_int_eq(sscanf(line.p, "%63s %lld %lld", name, &t, &offset), 3);
		if (strcmp(name, open_name) != 0) {
			zone_free(TAKE_PTR(z));
			assert_ok(zone_open(str_of(name), &z, &support_err));
			memcpy(open_name, name, sizeof(name));
		}
		zone_span_at(z, t, &span);
		ck_assert_msg(span.offset_s == offset, "%s at %lld: %d, wanted %lld", name, t,
			      span.offset_s, offset);
		ck_assert(span.start_s <= t && t < span.end_s);
		compared++;
		if (!rest.len)
			break;
	}
	ck_assert_uint_gt(compared, 5000);
}
END_TEST

static const struct support_case cases[] = {
	CASE(days_and_dates_are_inverse),
	CASE(posix_rules_give_offsets),
	CASE(bad_posix_rules_are_refused),
	CASE(spans_are_those_of_the_file_then_of_its_rule),
	CASE(every_cut_and_every_flipped_byte_of_a_file_is_survived),
	CASE(offsets_agree_with_those_of_another_reader),
	{0},
};

int main(void)
{
	return support_main("skill/zone", cases);
}
