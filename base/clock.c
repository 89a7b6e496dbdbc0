#include "base/clock.h"

#include <stdio.h>

#define DAY_MS INT64_C(86400000)

static int64_t read_clock(clockid_t id)
{
	struct timespec t;
	clock_gettime(id, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int64_t real_wall(void *state UNUSED)
{
	return read_clock(CLOCK_REALTIME);
}

static int64_t real_mono(void *state UNUSED)
{
	return read_clock(CLOCK_MONOTONIC);
}

const struct clock clock_real = {real_wall, real_mono, NULL};

static int64_t fake_wall(void *state)
{
	return ((struct clock_fake *)state)->wall_ms;
}

static int64_t fake_mono(void *state)
{
	return ((struct clock_fake *)state)->mono_ms;
}

struct clock clock_fake_of(struct clock_fake *state)
{
	return (struct clock){fake_wall, fake_mono, state};
}

/* Four digits of year are all that the format has. */
static struct tm broken_down(int64_t wall_ms, int *ret_ms)
{
	static const int64_t first = INT64_C(-62167219200000), last = INT64_C(253402300799999);
	wall_ms = wall_ms < first ? first : MIN(wall_ms, last);
	int64_t rest = wall_ms % 1000;
	*ret_ms = (int)(rest < 0 ? rest + 1000 : rest);
	time_t seconds = (time_t)((wall_ms - *ret_ms) / 1000);
	struct tm tm;
	gmtime_r(&seconds, &tm);
	return tm;
}

char *clock_format(int64_t wall_ms, char out[32])
{
	int ms;
	struct tm t = broken_down(wall_ms, &ms);
	snprintf(out, 32, "%04u-%02u-%02uT%02u:%02u:%02u.%03uZ", (t.tm_year + 1900) % 10000u,
		 (t.tm_mon + 1) % 100u, t.tm_mday % 100u, t.tm_hour % 100u, t.tm_min % 100u,
		 t.tm_sec % 100u, ms % 1000u);
	return out;
}

char *clock_compact(int64_t wall_ms, char out[16])
{
	int ms;
	struct tm t = broken_down(wall_ms, &ms);
	snprintf(out, 16, "%04u%02u%02u%02u%02u%02u", (t.tm_year + 1900) % 10000u,
		 (t.tm_mon + 1) % 100u, t.tm_mday % 100u, t.tm_hour % 100u, t.tm_min % 100u,
		 t.tm_sec % 100u);
	return out;
}

/* Takes exactly `digits` digits, a number from low to high. */
static bool take_number(struct str *s, size_t digits, int low, int high, int *ret)
{
	int n = 0;
	if (s->len < digits)
		return false;
	for (size_t i = 0; i < digits; i++) {
		if (s->p[i] < '0' || s->p[i] > '9')
			return false;
		n = n * 10 + (s->p[i] - '0');
	}
	*s = str_sub(*s, digits, s->len);
	*ret = n;
	return n >= low && n <= high;
}

static bool take_char(struct str *s, const char *set)
{
	if (s->len == 0 || s->p[0] == '\0' || !strchr(set, s->p[0]))
		return false;
	*s = str_sub(*s, 1, s->len);
	return true;
}

static int days_in(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return days[month - 1] + (leap && month == 2);
}

static bool take_date(struct str *s, struct tm *t)
{
	int year, month;
	if (!take_number(s, 4, 0, 9999, &year) || !take_char(s, "-") ||
	    !take_number(s, 2, 1, 12, &month) || !take_char(s, "-") ||
	    !take_number(s, 2, 1, days_in(year, month), &t->tm_mday))
		return false;
	t->tm_year = year - 1900;
	t->tm_mon = month - 1;
	return true;
}

/* A second of 60 is a leap second; it counts as the next second, as POSIX has it. */
static bool take_time(struct str *s, struct tm *t, int *ret_ms)
{
	if (!take_number(s, 2, 0, 23, &t->tm_hour) || !take_char(s, ":") ||
	    !take_number(s, 2, 0, 59, &t->tm_min) || !take_char(s, ":") ||
	    !take_number(s, 2, 0, 60, &t->tm_sec))
		return false;
	*ret_ms = 0;
	if (!take_char(s, "."))
		return true;
	int digit, scale = 100, count = 0;
	while (take_number(s, 1, 0, 9, &digit)) {
		*ret_ms += digit * scale;
		scale /= 10;
		count++;
	}
	return count >= 1 && count <= 9;
}

static bool take_offset(struct str *s, int *ret_minutes)
{
	*ret_minutes = 0;
	if (take_char(s, "Zz"))
		return true;
	int hours, minutes, sign = s->len && s->p[0] == '-' ? -1 : 1;
	if (!take_char(s, "+-") || !take_number(s, 2, 0, 23, &hours) || !take_char(s, ":") ||
	    !take_number(s, 2, 0, 59, &minutes))
		return false;
	*ret_minutes = sign * (hours * 60 + minutes);
	return true;
}

int clock_parse(struct str s, int64_t *ret_wall_ms, struct err *err)
{
	struct str rest = s;
	struct tm t = {0};
	int ms, offset;
	if (!take_date(&rest, &t) || !take_char(&rest, "Tt") || !take_time(&rest, &t, &ms) ||
	    !take_offset(&rest, &offset) || rest.len) {
		err_set(err, ERR_INVALID, "\"%.*s\" is not a time", (int)MIN(s.len, 64u),
			s.p ? s.p : "");
		err_remedy(err, "write it as 2026-02-18T12:00:00Z");
		return ERR_INVALID;
	}
	*ret_wall_ms = ((int64_t)timegm(&t) - offset * 60) * 1000 + ms;
	return 0;
}

static const struct {
	const char *name;
	int64_t ms;
} units[] = {{"d", DAY_MS}, {"h", 3600000}, {"m", 60000}, {"s", 1000}, {"ms", 1}};

static int bad_duration(struct err *err, struct str s, const char *why)
{
	err_set(err, ERR_INVALID, "\"%.*s\" is not a duration: %s", (int)MIN(s.len, 64u),
		s.p ? s.p : "", why);
	err_remedy(err, "write a whole number and a unit (ms, s, m, h, d), as in 90s or 1h30m");
	return ERR_INVALID;
}

/* Takes letters off rest; the index of their unit, or -1. */
static int take_unit(struct str *rest)
{
	size_t len = 0;
	while (len < rest->len && rest->p[len] >= 'a' && rest->p[len] <= 'z')
		len++;
	struct str name = str_sub(*rest, 0, len);
	*rest = str_sub(*rest, len, rest->len);
	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (str_eqz(name, units[i].name))
			return (int)i;
	return -1;
}

int duration_parse(struct str s, int64_t *ret_ms, struct err *err)
{
	struct str rest = s;
	int64_t total = 0;
	int last = -1;
	if (s.len == 0)
		return bad_duration(err, s, "it is empty");
	if (str_eqz(s, "0")) {
		*ret_ms = 0;
		return 0;
	}
	while (rest.len) {
		size_t digits = 0;
		while (digits < rest.len && rest.p[digits] >= '0' && rest.p[digits] <= '9')
			digits++;
		if (digits == 0)
			return bad_duration(err, s, "a number is missing");
		int64_t n, part;
		bool fits = str_to_i64(str_sub(rest, 0, digits), &n);
		if (!fits && rest.p[0] == '0')
			return bad_duration(err, s, "a number starts with 0");
		rest = str_sub(rest, digits, rest.len);
		if (rest.len == 0)
			return bad_duration(err, s, "a unit is missing");
		int unit = take_unit(&rest);
		if (unit < 0)
			return bad_duration(err, s, "the unit is none of ms, s, m, h, d");
		if (unit <= last)
			return bad_duration(err, s, "units go from large to small, each once");
		if (!fits || __builtin_mul_overflow(n, units[unit].ms, &part) ||
		    __builtin_add_overflow(total, part, &total))
			return bad_duration(err, s, "it is too long");
		last = unit;
	}
	*ret_ms = total;
	return 0;
}

char *duration_format(int64_t ms, char out[32])
{
	size_t len = 0;
	if (ms <= 0)
		snprintf(out, 32, "0s");
	for (size_t i = 0; ms > 0 && i < ARRAY_SIZE(units); i++) {
		if (ms < units[i].ms)
			continue;
		len += (size_t)snprintf(out + len, 32 - len, "%lld%s",
					(long long)(ms / units[i].ms), units[i].name);
		ms %= units[i].ms;
	}
	return out;
}
