/*
 * The POSIX rule of a zone (IEEE 1003.1, "TZ"; RFC 8536 section 3.3): offsets, and the two days of the year on which they change.
 */
#include "skill/zone_int.h"

struct reader {
	struct str s;
	size_t pos;
	bool bad;
};

static int peek(const struct reader *r)
{
	return r->pos < r->s.len ? (unsigned char)r->s.p[r->pos] : -1;
}

static bool take(struct reader *r, char c)
{
	if (peek(r) != (unsigned char)c)
		return false;
	r->pos++;
	return true;
}

/* "CET" or "<+04>". */
static void read_name(struct reader *r)
{
	size_t from = r->pos;
	if (take(r, '<')) {
		while (peek(r) != '>' && peek(r) >= 0)
			r->pos++;
		r->bad |= !take(r, '>');
		return;
	}
	while ((peek(r) | 32) >= 'a' && (peek(r) | 32) <= 'z')
		r->pos++;
	r->bad |= r->pos - from < 3;
}

static int read_number(struct reader *r, int min, int max)
{
	int v = 0;
	size_t from = r->pos;
	while (peek(r) >= '0' && peek(r) <= '9' && v <= 1000)
		v = 10 * v + (r->s.p[r->pos++] - '0');
	r->bad |= r->pos == from || v < min || v > max;
	return v;
}

/* [+-]hh[:mm[:ss]] as seconds. */
static int32_t read_time(struct reader *r, int max_hours)
{
	int sign = take(r, '-') ? -1 : 1;
	if (sign > 0)
		(void)take(r, '+');
	int32_t s = read_number(r, 0, max_hours) * 3600;
	if (take(r, ':'))
		s += read_number(r, 0, 59) * 60;
	if (take(r, ':'))
		s += read_number(r, 0, 59);
	return sign * s;
}

static void read_change(struct reader *r, struct zone_change *c)
{
	r->bad |= !take(r, ',');
	if (take(r, 'M')) {
		c->kind = DAY_OF_MONTH_WEEK;
		c->month = read_number(r, 1, 12);
		r->bad |= !take(r, '.');
		c->week = read_number(r, 1, 5);
		r->bad |= !take(r, '.');
		c->day = read_number(r, 0, 6);
	} else if (take(r, 'J')) {
		c->kind = DAY_JULIAN;
		c->day = read_number(r, 1, 365);
	} else {
		c->kind = DAY_OF_YEAR;
		c->day = read_number(r, 0, 365);
	}
	c->time_s = take(r, '/') ? read_time(r, 167) : 2 * 3600;
}

int zone_rule_parse(struct str text, struct zone_rule *ret, struct err *err)
{
	struct reader r = {text, 0, false};
	struct zone_rule rule = {0};
	read_name(&r);
	rule.standard_s = -read_time(&r, 24); /* POSIX counts west as positive */
	rule.summer_s = rule.standard_s + 3600;
	if (!r.bad && r.pos < text.len) {
		rule.dst = true;
		read_name(&r);
		if (peek(&r) != ',')
			rule.summer_s = -read_time(&r, 24);
		read_change(&r, &rule.to_summer);
		read_change(&r, &rule.to_standard);
	}
	if (r.bad || r.pos != text.len)
		return err_set(err, ERR_SYNTAX, "\"%.*s\" is no POSIX time zone rule",
			       (int)MIN(text.len, (size_t)80), text.p ? text.p : "");
	*ret = rule;
	return 0;
}

/* The UTC second of a change in a year; before_s is the offset in force until then. */
static int64_t change_at(const struct zone_change *c, int64_t year, int32_t before_s)
{
	int64_t day = calendar_days(year, 1, 1) + c->day;
	if (c->kind == DAY_JULIAN) {
		day--;
		if (c->day > 59 && calendar_month_days(year, 2) == 29)
			day++;
	} else if (c->kind == DAY_OF_MONTH_WEEK) {
		int64_t first = calendar_days(year, c->month, 1);
		int in_month = (c->day - calendar_weekday(first) + 7) % 7 + 7 * (c->week - 1);
		if (in_month >= calendar_month_days(year, c->month))
			in_month -= 7; /* week 5 is the last one */
		day = first + in_month;
	}
	return day * 86400 + c->time_s - before_s;
}

void zone_rule_span(const struct zone_rule *r, int64_t utc_s, struct zone_span *ret)
{
	*ret = (struct zone_span){INT64_MIN, INT64_MAX, r->standard_s, r->standard_s};
	if (!r->dst)
		return;
	int64_t year;
	int month, day;
	calendar_date(utc_s / 86400 - (utc_s % 86400 < 0), &year, &month, &day);
	/* The nearest change at or before, and the nearest after, among those of three years. */
	for (int64_t y = year - 1; y <= year + 1; y++) {
		for (int summer = 0; summer < 2; summer++) {
			int32_t before = summer ? r->standard_s : r->summer_s;
			int64_t at = change_at(summer ? &r->to_summer : &r->to_standard, y, before);
			if (at <= utc_s && at >= ret->start_s) {
				ret->start_s = at;
				ret->before_s = before;
				ret->offset_s = summer ? r->summer_s : r->standard_s;
			} else if (at > utc_s && at < ret->end_s) {
				ret->end_s = at;
			}
		}
	}
}
