/*
 * Schedules: five fields as crontab(5) has them, and the words that analysts use instead.
 */
#include "base/clock.h"
#include "skill/cron_int.h"

#define ADVICE                                                                                     \
	"write for example \"weekdays 09:00 Asia/Dubai\", \"every 15m\" or \"0 9 * * 1-5 UTC\""
#define EVERY_MIN_MS 60000
#define EVERY_MAX_MS (7 * 86400000LL)

struct tokens {
	struct str items[8];
	size_t count, next;
};

static int tokenise(struct str text, struct tokens *t, struct err *err)
{
	struct str rest = str_trim(text);
	*t = (struct tokens){.count = 0};
	if (!rest.len) {
		err_set(err, ERR_INVALID, "the schedule is empty");
		return err_remedy(err, ADVICE);
	}
	while (rest.len) {
		size_t n = 0;
		while (n < rest.len && rest.p[n] != ' ' && rest.p[n] != '\t')
			n++;
		if (t->count == ARRAY_SIZE(t->items)) {
			err_set(err, ERR_INVALID, "the schedule has more than %zu words",
				ARRAY_SIZE(t->items));
			return err_remedy(err, ADVICE);
		}
		t->items[t->count++] = str_sub(rest, 0, n);
		rest = str_trim(str_sub(rest, n, rest.len));
	}
	return 0;
}

static struct str token_next(struct tokens *t)
{
	return t->next < t->count ? t->items[t->next++] : STR_NULL;
}

/* "09:00", "9:30", and "09:00,17:00" where the minute is one. */
static int parse_times(struct str text, struct cron *c, struct err *err)
{
	struct str rest = text, one;
	while (str_split(&rest, ',', &one)) {
		ptrdiff_t colon = str_find_byte(one, ':', 0);
		int hour = -1, minute = -1;
		if (colon > 0 && colon <= 2 && one.len - (size_t)colon == 3) {
			hour = cron_two_digits(str_sub(one, 0, (size_t)colon));
			minute = cron_two_digits(str_sub(one, (size_t)colon + 1, one.len));
		}
		if (hour < 0 || hour > 23 || minute < 0 || minute > 59) {
			err_set(err, ERR_INVALID, "\"%.*s\" is not a time of day", STR_ARG(one));
			return err_remedy(err, "write hours 00 to 23 and minutes, such as 09:00");
		}
		c->hours |= 1u << hour;
		if (c->minutes && c->minutes != 1ull << minute) {
			err_set(err, ERR_INVALID,
				"the times of \"%.*s\" differ in their minutes; one schedule holds "
				"one",
				STR_ARG(text));
			return err_remedy(err, "write one cron trigger for each time");
		}
		c->minutes = 1ull << minute;
	}
	return 0;
}

static int parse_zone(struct tokens *t, struct cron *c, struct err *err)
{
	struct str zone = token_next(t);
	snprintf(c->zone, sizeof(c->zone), "%.*s", STR_ARG(zone.len ? zone : STR("UTC")));
	if (zone.len >= sizeof(c->zone)) {
		err_set(err, ERR_INVALID, "\"%.*s…\" is not a time zone", 32, zone.p);
		return err_remedy(err, "write an IANA name such as Asia/Dubai, or UTC");
	}
	if (t->next < t->count) {
		struct str more = token_next(t);
		err_set(err, ERR_INVALID, "\"%.*s\" stands after the end of the schedule",
			STR_ARG(more));
		return err_remedy(err, "the time zone is the last word; " ADVICE);
	}
	struct err why = ERR_INIT;
	int rc = cron_check_zone(c, &why);
	if (rc == ERR_UNSUPPORTED)
		return 0; /* no tz files here: see trigger.h */
	if (rc < 0 && err)
		*err = why;
	return rc;
}

static int parse_every(struct tokens *t, struct cron *c, struct err *err)
{
	struct str period = token_next(t);
	struct err why = ERR_INIT;
	if (duration_parse(period, &c->every_ms, &why) < 0) {
		err_set(err, ERR_INVALID, "\"every %.*s\": %s", STR_ARG(period),
			period.len ? why.msg : "how often is missing");
		return err_remedy(err, "write every 15m, every 2h or every 1d");
	}
	if (c->every_ms < EVERY_MIN_MS || c->every_ms > EVERY_MAX_MS) {
		err_set(err, ERR_INVALID, "\"every %.*s\" is not within 1m and 7d",
			STR_ARG(period));
		return err_remedy(err, c->every_ms < EVERY_MIN_MS ? "write every 1m or use always"
								  : "write five fields for rarer "
								    "runs");
	}
	if (t->next < t->count) {
		struct str more = token_next(t);
		err_set(err, ERR_INVALID,
			"\"every %.*s\" takes nothing after it, but \"%.*s\" is there",
			STR_ARG(period), STR_ARG(more));
		return err_remedy(err, "a period has no time zone and no hour; " ADVICE);
	}
	snprintf(c->zone, sizeof(c->zone), "UTC");
	return 0;
}

static int parse_hourly(struct tokens *t, struct cron *c, struct err *err)
{
	c->minutes = 1;
	c->hours = CRON_ALL_HOURS;
	return parse_zone(t, c, err);
}

static const struct {
	const char *word;
	uint8_t weekdays; /* of words that take a time */
	int (*parse)(struct tokens *t, struct cron *c, struct err *err);
} words[] = {
	{"daily", 0x7f, NULL},	     {"weekdays", 0x3e, NULL},	{"weekends", 0x41, NULL},
	{"hourly", 0, parse_hourly}, {"every", 0, parse_every},
};

static int parse_at(struct tokens *t, struct str day, struct cron *c, struct err *err)
{
	struct str time = token_next(t);
	if (str_eq_nocase(time, STR("at")))
		time = token_next(t);
	if (!time.len) {
		err_set(err, ERR_INVALID, "\"%.*s\" does not say at what time", STR_ARG(day));
		return err_remedy(err, "write %.*s 09:00, and a time zone if it is not UTC",
				  STR_ARG(day));
	}
	int rc = parse_times(time, c, err);
	return rc < 0 ? rc : parse_zone(t, c, err);
}

static int parse_words(struct tokens *t, struct cron *c, struct err *err)
{
	struct str first = token_next(t);
	const char *known[ARRAY_SIZE(words)];
	c->days = CRON_ALL_DAYS;
	c->months = CRON_ALL_MONTHS;
	c->weekdays = 0x7f;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		known[i] = words[i].word;
		if (!str_eq_nocase(first, str_of(words[i].word)))
			continue;
		if (words[i].parse)
			return words[i].parse(t, c, err);
		c->weekdays = words[i].weekdays;
		return parse_at(t, first, c, err);
	}
	uint64_t days;
	struct str singular = str_sub(first, 0, first.len - str_ends(first, STR("days")));
	if (cron_field_parse(&cron_weekday_field, first, &days, NULL) == 0 ||
	    cron_field_parse(&cron_weekday_field, singular, &days, NULL) == 0) {
		c->weekdays = (uint8_t)days;
		return parse_at(t, first, c, err);
	}
	err_set(err, ERR_INVALID, "\"%.*s\" begins no schedule", STR_ARG(first));
	const char *near = str_nearest(first, known, ARRAY_SIZE(known));
	if (near)
		return err_remedy(err, "did you mean %s?", near);
	return err_remedy(err, ADVICE);
}

static int parse_fields(struct tokens *t, struct cron *c, struct err *err)
{
	uint64_t bits[5];
	if (t->count < 5) {
		err_set(err, ERR_INVALID, "the schedule has %zu of the five fields", t->count);
		return err_remedy(err,
				  "write minute, hour, day, month and weekday, such as 0 9 * * "
				  "1-5, or weekdays 09:00");
	}
	for (size_t i = 0; i < 5; i++) {
		int rc = cron_field_parse(&cron_fields[i], t->items[i], &bits[i], err);
		if (rc < 0)
			return rc;
	}
	c->minutes = bits[0];
	c->hours = (uint32_t)bits[1];
	c->days = (uint32_t)bits[2];
	c->months = (uint16_t)bits[3];
	c->weekdays = (uint8_t)bits[4];
	c->day_or_weekday = t->items[2].p[0] != '*' && t->items[4].p[0] != '*';
	t->next = 5;
	return parse_zone(t, c, err);
}

/* 31 February: every month that is named is shorter than every day that is. */
static bool never(const struct cron *c)
{
	if (c->every_ms || c->day_or_weekday)
		return false;
	for (int month = 1; month <= 12; month++) {
		for (int day = 1; day <= calendar_month_days(2000, month); day++) {
			if ((c->months >> month & 1) && (c->days >> day & 1))
				return false;
		}
	}
	return true;
}

int cron_parse(struct str text, struct cron *ret, struct err *err)
{
	struct tokens t;
	struct cron c = {0};
	int rc = tokenise(text, &t, err);
	if (rc < 0)
		return rc;
	char first = t.items[0].p[0];
	bool fields = first == '*' || (first >= '0' && first <= '9');
	rc = fields ? parse_fields(&t, &c, err) : parse_words(&t, &c, err);
	if (rc < 0)
		return rc;
	if (never(&c)) {
		err_set(err, ERR_INVALID,
			"no month that the schedule names has the day that it names");
		return err_remedy(err, "the third field is the day, the fourth the month");
	}
	*ret = c;
	return 0;
}
