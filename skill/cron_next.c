/*
 * Due times. Within a span of constant offset local time is a straight line, so the search is a walk over calendar days; at the seams
 * between spans the rules for summer time of trigger.h apply.
 */
#include "skill/cron_int.h"

#define HORIZON_DAYS 3653
#define NO_TIME INT64_MAX

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static bool day_matches(const struct cron *c, int64_t days)
{
	int64_t year;
	int month, day;
	calendar_date(days, &year, &month, &day);
	bool by_day = c->days >> day & 1, by_week = c->weekdays >> calendar_weekday(days) & 1;
	if (!(c->months >> month & 1))
		return false;
	return c->day_or_weekday ? by_day || by_week : by_day && by_week;
}

/* The first matching minute of a day at or after `from` (0..1439), or -1. */
static int minute_of_day(const struct cron *c, int from)
{
	for (int hour = from / 60; hour < 24; hour++) {
		int first = hour == from / 60 ? from % 60 : 0;
		uint64_t left = c->minutes >> first << first;
		if ((c->hours >> hour & 1) && left)
			return hour * 60 + __builtin_ctzll(left);
	}
	return -1;
}

/* The first matching local second at or after `from`, as if there were one offset for ever. */
static int64_t local_next(const struct cron *c, int64_t from)
{
	int64_t minutes = floor_div(from + 59, 60), day = floor_div(minutes, 1440);
	int first = (int)(minutes - day * 1440);
	for (int64_t end = day + HORIZON_DAYS; day < end; day++, first = 0) {
		int minute = day_matches(c, day) ? minute_of_day(c, first) : -1;
		if (minute >= 0)
			return (day * 1440 + minute) * 60;
	}
	return NO_TIME;
}

/* The due second after from_s, or NO_TIME. */
static int64_t zone_next(const struct cron *c, const struct zone *z, int64_t from_s)
{
	bool named_hours = c->hours != CRON_ALL_HOURS;
	int64_t at = from_s;
	struct zone_span span, next;
	zone_span_at(z, at, &span);
	while (at - from_s < HORIZON_DAYS * 86400LL) {
		int64_t low = (at == from_s ? at + 1 : at) + span.offset_s;
		/* Local times that this span repeats have had their turn in the one before. */
		if (named_hours && span.before_s > span.offset_s)
			low = MAX(low, span.start_s + span.before_s);
		int64_t local = local_next(c, low);
		if (local == NO_TIME)
			return NO_TIME;
		if (span.end_s == INT64_MAX || local - span.offset_s < span.end_s)
			return local - span.offset_s;
		zone_span_at(z, span.end_s, &next);
		/* Left out by the jump: the jump itself is its time. */
		if (named_hours && local < span.end_s + next.offset_s)
			return span.end_s;
		at = span.end_s;
		span = next;
	}
	return NO_TIME;
}

int64_t cron_next(const struct cron *c, int64_t from_wall_ms)
{
	if (c->every_ms)
		return (floor_div(from_wall_ms, c->every_ms) + 1) * c->every_ms;
	CLEANUP(zone_freep) struct zone *z = NULL;
	if (zone_open(str_of(c->zone), &z, NULL) < 0)
		return -1;
	int64_t s = zone_next(c, z, floor_div(from_wall_ms, 1000));
	return s == NO_TIME ? -1 : s * 1000;
}

int cron_check_zone(const struct cron *c, struct err *err)
{
	CLEANUP(zone_freep) struct zone *z = NULL;
	return zone_open(str_of(c->zone), &z, err);
}
