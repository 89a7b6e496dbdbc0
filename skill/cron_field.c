#include "skill/cron_int.h"

static const char *const months[] = {"jan", "feb", "mar", "apr", "may", "jun", "jul",
				     "aug", "sep", "oct", "nov", "dec", NULL};
static const char *const long_months[] = {"january",  "february", "march",  "april",	 "may",
					  "june",     "july",	  "august", "september", "october",
					  "november", "december", NULL};
static const char *const weekdays[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat", NULL};
static const char *const long_weekdays[] = {"sunday",	"monday", "tuesday",  "wednesday",
					    "thursday", "friday", "saturday", NULL};

const struct cron_field cron_fields[5] = {
	{"minute", 0, 59, NULL, NULL},
	{"hour", 0, 23, NULL, NULL},
	{"day", 1, 31, NULL, NULL},
	{"month", 1, 12, months, long_months},
	{"weekday", 0, 7, weekdays, long_weekdays}, /* 7 is Sunday as well */
};

int cron_two_digits(struct str s)
{
	int v = 0;
	if (!s.len || s.len > 2)
		return -1;
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return -1;
		v = 10 * v + (s.p[i] - '0');
	}
	return v;
}

static int name_value(const char *const *names, int min, struct str s)
{
	for (int i = 0; names && names[i]; i++) {
		if (str_eq_nocase(s, str_of(names[i])))
			return min + i;
	}
	return -1;
}

static int bad(const struct cron_field *f, struct str text, const char *why, struct err *err)
{
	err_set(err, ERR_INVALID, "the %s \"%.*s\" %s", f->name, (int)MIN(text.len, (size_t)64),
		text.p ? text.p : "", why);
	if (f->names)
		return err_remedy(err, "write %d to %d, %s to %s, a range, a list or *", f->min,
				  f->max, f->names[0], f == &cron_weekday_field ? "sat" : "dec");
	return err_remedy(err, "write %d to %d, a range, a list, or * (*/%d: every %d)", f->min,
			  f->max, f->max > 30 ? 15 : 6, f->max > 30 ? 15 : 6);
}

static int value(const struct cron_field *f, struct str s)
{
	int v = cron_two_digits(s);
	if (v < 0)
		v = name_value(f->names, f->min, s);
	if (v < 0)
		v = name_value(f->long_names, f->min, s);
	return v >= f->min && v <= f->max ? v : -1;
}

/* The part before a step: first and last value. */
static bool range(const struct cron_field *f, struct str s, bool stepped, int *first, int *last)
{
	ptrdiff_t dash = str_find_byte(s, '-', 0);
	if (str_eqz(s, "*")) {
		*first = f->min;
		*last = f == &cron_weekday_field ? 6 : f->max;
		return true;
	}
	if (dash < 0) {
		*first = value(f, s);
		*last = stepped ? f->max : *first; /* "5/10" is "5-59/10" */
		return *first >= 0;
	}
	*first = value(f, str_sub(s, 0, (size_t)dash));
	*last = value(f, str_sub(s, (size_t)dash + 1, s.len));
	return *first >= 0 && *last >= 0;
}

static int item(const struct cron_field *f, struct str text, uint64_t *bits, struct err *err)
{
	int first = 0, last = 0, step = 1;
	ptrdiff_t slash = str_find_byte(text, '/', 0);
	struct str before = slash < 0 ? text : str_sub(text, 0, (size_t)slash);
	if (slash >= 0) {
		step = cron_two_digits(str_sub(text, (size_t)slash + 1, text.len));
		if (step < 1 || step > f->max)
			return bad(f, text, "has no usable step after /", err);
	}
	if (!range(f, before, slash >= 0, &first, &last))
		return bad(f, text, "is out of range or not of the form", err);
	bool week = f == &cron_weekday_field;
	if (last < first && week)
		last += 7; /* fri-mon */
	if (last < first)
		return bad(f, text, "ends before it begins", err);
	for (int v = first; v <= last; v += step)
		*bits |= 1ull << (week ? v % 7 : v);
	return 0;
}

int cron_field_parse(const struct cron_field *f, struct str text, uint64_t *ret_bits,
		     struct err *err)
{
	uint64_t bits = 0;
	struct str rest = text, one;
	if (!text.len || text.p[0] == ',' || text.p[text.len - 1] == ',')
		return bad(f, text, "has an empty part", err);
	while (str_split(&rest, ',', &one)) {
		int rc = one.len ? item(f, one, &bits, err)
				 : bad(f, text, "has an empty part", err);
		if (rc < 0)
			return rc;
	}
	*ret_bits = bits;
	return 0;
}
