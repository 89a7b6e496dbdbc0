/*
 * Times in which nothing changes. A window is either once (two days, with or without times of day), or comes again: two times of day, on some
 * days of the week, past midnight when the second is not later than the first. Both are meant in the window's zone. "Now" is a fact: rules have no clock.
 */
#include "admission/rule_int.h"
#include "skill/zone.h"

#define DAY_S ((int64_t)24 * 60 * 60)

struct moment {
	bool has_day, has_time;
	int64_t days; /* since 1970 */
	int64_t seconds; /* of the day */
};

static bool digits(struct str s, int *ret)
{
	*ret = 0;
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
		*ret = *ret * 10 + (s.p[i] - '0');
	}
	return s.len > 0;
}

static bool read_time(struct str s, struct moment *m)
{
	int hour, minute;
	if (s.len != 5 || s.p[2] != ':' || !digits(str_sub(s, 0, 2), &hour) ||
	    !digits(str_sub(s, 3, 5), &minute) || hour > 24 || minute > 59 ||
	    (hour == 24 && minute))
		return false;
	m->has_time = true;
	m->seconds = (int64_t)hour * 3600 + minute * 60;
	return true;
}

/* "2026-12-20", "2026-12-20 18:00", "2026-12-20T18:00" or "18:00". */
static bool read_moment(struct str s, struct moment *m)
{
	int year, month, day;
	*m = (struct moment){0};
	s = str_trim(s);
	if (s.len < 10)
		return read_time(s, m);
	if (s.p[4] != '-' || s.p[7] != '-' || !digits(str_sub(s, 0, 4), &year) ||
	    !digits(str_sub(s, 5, 7), &month) || !digits(str_sub(s, 8, 10), &day) || month < 1 ||
	    month > 12 || day < 1 || day > calendar_month_days(year, month))
		return false;
	m->has_day = true;
	m->days = calendar_days(year, month, day);
	if (s.len == 10)
		return true;
	return (s.p[10] == ' ' || s.p[10] == 'T') && read_time(str_sub(s, 11, s.len), m);
}

static int weekday_of(struct str s)
{
	static const char *const names[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
	for (int i = 0; i < 7; i++)
		if (str_eq_nocase(s, str_of(names[i])))
			return i;
	return -1;
}

static bool on_day(const struct config_freeze *w, int64_t days)
{
	for (size_t i = 0; i < w->days.count; i++)
		if (weekday_of(w->days.items[i]) == calendar_weekday(days))
			return true;
	return !w->days.count;
}

/* local: seconds since 1970 on the clock of the window's zone. */
static bool holds(const struct config_freeze *w, const struct moment *from,
		  const struct moment *until, int64_t local)
{
	int64_t day = local / DAY_S - (local % DAY_S < 0), time = local - day * DAY_S;
	if (from->has_day) {
		int64_t end = until->days * DAY_S + (until->has_time ? until->seconds : DAY_S);
		return local >= from->days * DAY_S + from->seconds && local < end;
	}
	if (until->seconds > from->seconds)
		return on_day(w, day) && time >= from->seconds && time < until->seconds;
	return (on_day(w, day) && time >= from->seconds) ||
	       (on_day(w, day - 1) && time < until->seconds);
}

/* What is wrong with a window, or NULL. */
static const char *fault(const struct config_freeze *w, struct moment *from, struct moment *until)
{
	if (!read_moment(w->from, from) || !read_moment(w->until, until))
		return "is no day (2026-12-20), day and time (2026-12-20 18:00) or time (18:00)";
	if (from->has_day != until->has_day)
		return "has a day at one end only";
	if (from->has_day && w->days.count)
		return "has days of the week beside a date";
	if (from->has_day &&
	    (until->days < from->days ||
	     (until->days == from->days && until->has_time && until->seconds <= from->seconds)))
		return "ends before it begins";
	for (size_t i = 0; i < w->days.count; i++)
		if (weekday_of(w->days.items[i]) < 0)
			return "has a day that is not sun, mon, tue, wed, thu, fri or sat";
	return NULL;
}

/* A window that cannot be read freezes: nobody may slip through a slip. */
static void say_bad(const struct rule_in *in, struct findings *out, const struct config_freeze *w,
		    const char *why)
{
	struct finding *f = rule_say(in, out, "the freeze from \"%.*s\" until \"%.*s\" (%.*s) %s",
				     STR_ARG(w->from), STR_ARG(w->until), STR_ARG(w->zone), why);
	f->remedy = STR("correct it in policy.freeze; until then nothing is released");
	rule_relate_field(in, f, "policy.freeze");
}

static void say_frozen(const struct rule_in *in, struct findings *out,
		       const struct config_freeze *w)
{
	const struct admit_confirmation *c = rule_confirmation(in, "freeze");
	rule_rests_on(in, "frozen from %.*s until %.*s %.*s", STR_ARG(w->from), STR_ARG(w->until),
		      STR_ARG(w->zone));
	if (c) {
		rule_rests_on(in, "in spite of it by %.*s", STR_ARG(c->by));
		struct finding *f = rule_say(in, out,
					     "changes during a freeze (%.*s), as %.*s confirms",
					     STR_ARG(w->reason), STR_ARG(c->by));
		f->severity = SEVERITY_NOTE;
		f->remedy = STR_NULL;
		return;
	}
	struct finding *f = rule_say(in, out, "frozen from %.*s until %.*s (%.*s): %.*s",
				     STR_ARG(w->from), STR_ARG(w->until), STR_ARG(w->zone),
				     STR_ARG(w->reason));
	finding_remedy(out, f,
		       "wait until it ends, or have an operator run: aspora sync "
		       "--during-freeze %.*s",
		       STR_ARG(in->name));
	rule_relate_field(in, f, "policy.freeze");
}

static void judge(const struct rule_in *in, struct findings *out, const struct config_freeze *w)
{
	CLEANUP(zone_freep) struct zone *zone = NULL;
	struct moment from, until;
	struct zone_span span;
	struct err err = ERR_INIT;
	const char *why = fault(w, &from, &until);
	int64_t now = in->facts->now_ms / 1000;
	if (!why && zone_open(w->zone, &zone, &err) < 0)
		why = arena_printf(in->arena, "cannot be placed: %s", err.msg);
	if (why) {
		say_bad(in, out, w, why);
		return;
	}
	zone_span_at(zone, now, &span);
	if (holds(w, &from, &until, now + span.offset_s))
		say_frozen(in, out, w);
}

int rule_freeze(const struct rule_in *in, struct findings *out, struct err *err)
{
	(void)err;
	const struct field_list *list = NULL;
	if (in->domain)
		list = &in->domain_effective->policy.freeze;
	else if (in->policy->platform)
		list = &in->policy->platform->values.policy.freeze;
	bool changes = in->change && in->change->op != CHANGE_NONE;
	const struct config_freeze *items = list ? list->items : NULL;
	for (size_t i = 0; list && changes && i < list->count; i++)
		judge(in, out, &items[i]);
	return 0;
}
