/* Single values, each read by the function of its type, and the advice when one is wrong. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/field_int.h"
#include "base/id.h"
#include "base/mem.h"

/* The number in what people write and we do not: "$5", "5 USD", "1,000", "64 MB", "012". */
static struct str digits_of(struct str s, char *out, size_t out_size)
{
	size_t n = 0;
	for (size_t i = 0; i < s.len && n + 1 < out_size; i++) {
		if (n == 1 && out[0] == '0' && s.p[i] != '.')
			n = 0;
		if (isdigit((unsigned char)s.p[i]) || s.p[i] == '.')
			out[n++] = s.p[i];
	}
	out[n] = '\0';
	return str_make(out, n);
}

static bool only_of(struct str s, const char *allowed)
{
	for (size_t i = 0; i < s.len; i++)
		if (!s.p[i] || !strchr(allowed, s.p[i]))
			return false;
	return true;
}

static int advise(const struct field_at *at, const char *fmt, ...) PRINTF(2, 3);

/* "write per_run_usd: " and the value, the way it stands in the file. */
static int advise(const struct field_at *at, const char *fmt, ...)
{
	char value[160];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(value, sizeof(value), fmt, ap);
	va_end(ap);
	if (at->path && at->path->name.len && at->path->name.len < 64)
		err_remedy(at->err, "write %.*s: %s", STR_ARG(at->path->name), value);
	else
		err_remedy(at->err, "write %s", value);
	return ERR_INVALID;
}

static const char *example_of(const struct field *f)
{
	static const char *const examples[] = {
		[FIELD_STRING] = "some text", [FIELD_NAME] = "order-details",
		[FIELD_BOOL] = "true",	      [FIELD_INT] = "1",
		[FIELD_MONEY] = "0.25",	      [FIELD_DURATION] = "90s",
		[FIELD_SIZE] = "64Mi",	      [FIELD_PERCENT] = "95%",
		[FIELD_STRINGS] = "[a, b]",   [FIELD_ANY] = NULL,
	};
	if (f->example)
		return f->example;
	if (f->type == FIELD_ENUM)
		return f->choices[0];
	if (f->flags & FIELD_SECRET_REF)
		return "env:NAME";
	return f->type < (int)ARRAY_SIZE(examples) ? examples[f->type] : NULL;
}

static int wrong_with_example(const struct field_at *at, const struct doc_node *n)
{
	field_wrong_type(at, n);
	const char *example = example_of(at->field);
	if (example)
		advise(at, "%s", example);
	return ERR_INVALID;
}

/* --- bounds ----------------------------------------------------------------------------------- */

static int check_bounds(const struct field_at *at, const struct doc_node *n, int64_t v)
{
	int64_t min, max;
	if (!field_bounds(at->field, &min, &max) || (v >= min && v <= max))
		return 0;
	CLEANUP(buf_release) struct buf limit = BUF_INIT(64);
	struct field plain = *at->field;
	int64_t bound = v < min ? min : max;
	field_format(&limit, &plain, &bound);
	field_wrong(at, n, "%.*s is %s %s", (int)MIN(n->text.len, 40), n->text.p,
		    v < min ? "less than the least," : "more than the most,", buf_cstr(&limit));
	return advise(at, "%s", buf_cstr(&limit));
}

/* --- text ------------------------------------------------------------------------------------- */

/* What stands there may be the secret itself: neither the message nor the advice may repeat it. */
static int read_secret(const struct field_at *at, const struct doc_node *n, void *member)
{
	if (n->type == DOC_STRING &&
	    (str_starts(n->text, STR("env:")) || str_starts(n->text, STR("file:/")))) {
		*(struct str *)member = n->text;
		return 0;
	}
	field_wrong(at, n, "a secret must be a reference, never written out");
	err_remedy(at->err,
		   "write env:NAME or file:/absolute/path, and change the secret if it has "
		   "been in a repository");
	return ERR_INVALID;
}

static int read_string(const struct field_at *at, const struct doc_node *n, void *member)
{
	if (at->field->flags & FIELD_SECRET_REF)
		return read_secret(at, n, member);
	bool scalar = n->type == DOC_INT || n->type == DOC_FLOAT || n->type == DOC_BOOL;
	if (scalar && n->text.len < 64) {
		field_wrong_type(at, n);
		return advise(at, "\"%.*s\"", STR_ARG(n->text));
	}
	if (n->type != DOC_STRING)
		return wrong_with_example(at, n);
	if ((at->field->flags & FIELD_NONEMPTY) && str_trim(n->text).len == 0) {
		field_wrong(at, n, "the text is empty");
		return advise(at, "%s", example_of(at->field));
	}
	*(struct str *)member = n->text;
	return 0;
}

static int read_name(const struct field_at *at, const struct doc_node *n, void *member)
{
	struct err why = ERR_INIT;
	bool scalar = n->type == DOC_INT && n->text.len && n->text.p[0] != '-';
	if (scalar && n->text.len <= NAME_MAX_BYTES) {
		field_wrong_type(at, n);
		return advise(at, "\"%.*s\"", STR_ARG(n->text));
	}
	if (n->type != DOC_STRING)
		return wrong_with_example(at, n);
	if (name_check(n->text, "name", &why) < 0) {
		field_wrong(at, n, "%s", why.msg);
		char better[NAME_MAX_BYTES + 1];
		return advise(at, "%s", *name_suggest(n->text, better) ? better : "order-details");
	}
	*(struct str *)member = n->text;
	return 0;
}

static int read_enum(const struct field_at *at, const struct doc_node *n, void *member)
{
	const char *const *choices = at->field->choices;
	size_t count = 0;
	for (; choices[count]; count++)
		if (n->type == DOC_STRING && str_eqz(n->text, choices[count])) {
			*(int *)member = (int)count;
			return 0;
		}
	field_wrong_type(at, n);
	const char *nearest = n->type == DOC_STRING ? str_nearest(n->text, choices, count) : NULL;
	return advise(at, "%s", nearest ? nearest : example_of(at->field));
}

static int read_bool(const struct field_at *at, const struct doc_node *n, void *member)
{
	static const char *const words[][2] = {
		{"yes", "true"}, {"on", "true"},      {"y", "true"},   {"true", "true"},
		{"1", "true"},	 {"enabled", "true"}, {"no", "false"}, {"off", "false"},
		{"n", "false"},	 {"false", "false"},  {"0", "false"},  {"disabled", "false"},
	};
	if (n->type == DOC_BOOL) {
		*(bool *)member = n->boolean;
		return 0;
	}
	field_wrong_type(at, n);
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (str_eq_nocase(n->text, str_of(words[i][0])))
			return advise(at, "%s%s", words[i][1], n->quoted ? " without quotes" : "");
	err_remedy(at->err, "write true or false");
	return ERR_INVALID;
}

/* --- numbers ---------------------------------------------------------------------------------- */

/* 012, 1_000, 0x1f and "5": what they were meant to be, when that is clear. */
static int advise_int(const struct field_at *at, const struct doc_node *n)
{
	char z[64], *end;
	size_t len = 0;
	for (size_t i = 0; i < n->text.len && len + 1 < sizeof(z); i++)
		if (!strchr("_, ", n->text.p[i]))
			z[len++] = n->text.p[i];
	z[len] = '\0';
	bool hex = len > 2 && z[0] == '0' && z[1] == 'x';
	errno = 0;
	/* Leading zeros are people's, not octal. */
	long long v = strtoll(z, &end, hex ? 16 : 10);
	if (len && !*end && !errno && len == strlen(z))
		return advise(at, "%lld%s", v, n->quoted ? " without quotes" : "");
	if (len && !*end && errno == ERANGE)
		err_remedy(at->err, "write a smaller number");
	else
		advise(at, "%s", example_of(at->field));
	return ERR_INVALID;
}

static int read_int(const struct field_at *at, const struct doc_node *n, void *member)
{
	if (n->type == DOC_STRING) {
		field_wrong_type(at, n);
		return advise_int(at, n);
	}
	if (n->type == DOC_FLOAT && fabs(n->number) < 0x1p53 && trunc(n->number) == n->number) {
		field_wrong_type(at, n);
		return advise(at, "%.0f", n->number);
	}
	if (n->type != DOC_INT)
		return wrong_with_example(at, n);
	int rc = check_bounds(at, n, n->integer);
	if (rc == 0)
		*(int64_t *)member = n->integer;
	return rc;
}

static bool is_number_or_text(const struct doc_node *n)
{
	return n->type == DOC_STRING || n->type == DOC_INT || n->type == DOC_FLOAT;
}

static int read_money(const struct field_at *at, const struct doc_node *n, void *member)
{
	int64_t v = 0;
	char digits[64];
	if (!is_number_or_text(n))
		return wrong_with_example(at, n);
	switch (field_decimal(n->text, 6, &v)) {
	case FIELD_DECIMAL_NONE:
		if (n->type == DOC_STRING && only_of(n->text, "0123456789. ,_$USDusdolar€") &&
		    field_decimal(digits_of(n->text, digits, sizeof(digits)), 6, &v) ==
			    FIELD_DECIMAL_OK) {
			field_wrong_type(at, n);
			return advise(at, "%s", digits);
		}
		return wrong_with_example(at, n);
	case FIELD_DECIMAL_PRECISE:
		field_wrong(at, n, "%.*s has more than 6 digits after the point",
			    (int)MIN(n->text.len, 40), n->text.p);
		err_remedy(at->err, "round it: one millionth of a dollar is the smallest part");
		return ERR_INVALID;
	case FIELD_DECIMAL_LARGE:
		field_wrong(at, n, "%.*s is too many dollars", (int)MIN(n->text.len, 40),
			    n->text.p);
		err_remedy(at->err, "write a smaller amount");
		return ERR_INVALID;
	default:
		break;
	}
	if (v < 0) {
		field_wrong(at, n, "%.*s is less than nothing", (int)MIN(n->text.len, 40),
			    n->text.p);
		err_remedy(at->err, "write 0 or more");
		return ERR_INVALID;
	}
	int rc = check_bounds(at, n, v);
	if (rc == 0)
		*(int64_t *)member = v;
	return rc;
}

/* "5 s", "5 minutes", "2 Hours": the number and the unit's first letter. */
static int advise_duration(const struct field_at *at, const struct doc_node *n)
{
	char digits[32];
	int64_t ms;
	struct str d = digits_of(n->text, digits, sizeof(digits)), rest;
	rest = str_trim(str_sub(n->text, d.len, n->text.len));
	bool whole = d.len && str_starts(n->text, d) && str_find_byte(d, '.', 0) < 0;
	if (whole && n->type == DOC_INT) {
		err_remedy(at->err, "write %ss for seconds, %sm for minutes", digits, digits);
		return ERR_INVALID;
	}
	if (whole && rest.len > 0) {
		char unit = (char)tolower((unsigned char)rest.p[0]);
		bool milli = unit == 'm' && rest.len > 1 && strchr("sS", rest.p[1]);
		CLEANUP_FREE char *better = mem_printf("%s%c%s", digits, unit, milli ? "s" : "");
		if (only_of(rest, "abcdefghijklmnopqrstuvwxyzSMHD") &&
		    duration_parse(str_of(better), &ms, NULL) == 0)
			return advise(at, "%s", better);
	}
	return advise(at, "%s", example_of(at->field));
}

static int read_duration(const struct field_at *at, const struct doc_node *n, void *member)
{
	struct err why = ERR_INIT;
	int64_t ms = 0;
	if (!is_number_or_text(n))
		return wrong_with_example(at, n);
	if (duration_parse(n->text, &ms, &why) < 0) {
		field_wrong(at, n, "%s", why.msg);
		return advise_duration(at, n);
	}
	int rc = check_bounds(at, n, ms);
	if (rc == 0)
		*(int64_t *)member = ms;
	return rc;
}

static int read_size(const struct field_at *at, const struct doc_node *n, void *member)
{
	int64_t bytes = 0;
	if (!is_number_or_text(n))
		return wrong_with_example(at, n);
	if (field_size(n->text, &bytes)) {
		int rc = check_bounds(at, n, bytes);
		if (rc == 0)
			*(int64_t *)member = bytes;
		return rc;
	}
	field_wrong_type(at, n);
	char digits[32];
	struct str d = digits_of(n->text, digits, sizeof(digits));
	struct str unit = str_trim(str_sub(n->text, d.len, n->text.len));
	const char *units = "KMGT", *known = unit.len ? strchr(units, toupper(unit.p[0])) : NULL;
	CLEANUP_FREE char *better = mem_printf("%s%ci", digits, known && *known ? *known : 'M');
	if (known && *known && d.len && str_starts(n->text, d) && unit.len <= 3 &&
	    field_size(str_of(better), &bytes))
		return advise(at, "%s", better);
	return advise(at, "%s", example_of(at->field));
}

static int read_percent(const struct field_at *at, const struct doc_node *n, void *member)
{
	int64_t v = 0;
	if (!is_number_or_text(n))
		return wrong_with_example(at, n);
	bool percent = str_ends(n->text, STR("%"));
	struct str number = percent ? str_sub(n->text, 0, n->text.len - 1) : n->text;
	enum field_decimal got = field_decimal(number, percent ? 4 : 6, &v);
	if (got == FIELD_DECIMAL_PRECISE) {
		field_wrong(at, n, "%.*s has too many digits after the point",
			    (int)MIN(n->text.len, 40), n->text.p);
		err_remedy(at->err, "round it to a millionth");
		return ERR_INVALID;
	}
	if (got != FIELD_DECIMAL_OK)
		return wrong_with_example(at, n);
	if (v < 0 || v > 1000000) {
		field_wrong(at, n, "%.*s is not between 0 and 1, or 0%% and 100%%",
			    (int)MIN(n->text.len, 40), n->text.p);
		/* A share may be as exact as four digits of a per cent. */
		if (!percent && v >= 2 * INT64_C(1000000) && v <= 100 * INT64_C(1000000) &&
		    field_decimal(number, 4, &v) == FIELD_DECIMAL_OK)
			return advise(at, "%.*s%%", STR_ARG(number));
		return advise(at, "%s", example_of(at->field));
	}
	int rc = check_bounds(at, n, v);
	if (rc == 0)
		*(int64_t *)member = v;
	return rc;
}

/* --- the table -------------------------------------------------------------------------------- */

static int (*const readers[])(const struct field_at *at, const struct doc_node *n, void *member) = {
	[FIELD_STRING] = read_string,	  [FIELD_NAME] = read_name, [FIELD_ENUM] = read_enum,
	[FIELD_BOOL] = read_bool,	  [FIELD_INT] = read_int,   [FIELD_MONEY] = read_money,
	[FIELD_DURATION] = read_duration, [FIELD_SIZE] = read_size, [FIELD_PERCENT] = read_percent,
};

bool field_is_value(enum field_type t)
{
	return t < (int)ARRAY_SIZE(readers);
}

int field_read_value(const struct field_at *at, const struct doc_node *n, void *member)
{
	if (n->type == DOC_NULL) {
		field_wrong(at, n, "there is no value");
		const char *example = example_of(at->field);
		err_remedy(at->err, "write %s, or delete the line",
			   example && !(at->field->flags & FIELD_SECRET_REF)
				   ? example
				   : "env:NAME or file:/absolute/path");
		return ERR_INVALID;
	}
	return readers[at->field->type](at, n, member);
}
