/*
 * Numbers as ECMAScript writes them (ECMA-262 Number::toString), which RFC 8785 section 3.2.2.3
 * asks for: the fewest digits that read back as the same double, and among those the nearest to
 * it.
 */
#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>

#include "base/json.h"

struct decimal {
	char digits[24];
	int count;
	int exponent; /* of the first digit: d.ddd * 10^exponent */
};

/* The decimal of `count` digits nearest to v; v > 0. */
static void round_to(double v, int count, struct decimal *ret)
{
	char text[40];
	int n = snprintf(text, sizeof(text), "%.*e", count - 1, v);
	assert(n > 0 && n < (int)sizeof(text));
	char *e = strchr(text, 'e');
	ret->count = 0;
	for (const char *p = text; p < e; p++)
		if (*p >= '0' && *p <= '9') /* not the locale's decimal point */
			ret->digits[ret->count++] = *p;
	ret->exponent = (int)strtol(e + 1, NULL, 10);
}

static bool reads_back(const struct decimal *d, double v)
{
	char text[48];
	double back;
	int n = snprintf(text, sizeof(text), "%.*se%d", d->count, d->digits,
			 d->exponent - (d->count - 1));
	return str_to_double(str_make(text, (size_t)n), &back) && back == v;
}

/*
 * At a power of two the doubles below are nearer than those above, so that the nearest decimal,
 * when it lies below, may miss while the next one up reads back. False when the last digit
 * cannot go up.
 */
static bool one_up(struct decimal *d)
{
	if (d->digits[d->count - 1] == '9')
		return false;
	d->digits[d->count - 1]++;
	return true;
}

static void shortest(double v, struct decimal *ret)
{
	int mantissa_exponent;
	bool power_of_two = frexp(v, &mantissa_exponent) == 0.5;
	/*
	 * A normal double keeps any 15 digits, so a shorter form shows as zeros at the end of
	 * 15.
	 */
	int from = v >= DBL_MIN ? DBL_DIG : 1;
	for (int count = from; count <= 17; count++) {
		round_to(v, count, ret);
		if (reads_back(ret, v) || (power_of_two && one_up(ret) && reads_back(ret, v)))
			break;
	}
	while (ret->count > 1 && ret->digits[ret->count - 1] == '0')
		ret->count--;
}

void json_number(struct buf *out, double v)
{
	if (!isfinite(v)) {
		buf_addz(out, "null"); /* as JSON.stringify does */
		return;
	}
	if (v == 0) {
		buf_add_char(out, '0');
		return;
	}
	if (v < 0)
		buf_add_char(out, '-');
	struct decimal d;
	shortest(fabs(v), &d);
	int point = d.exponent + 1; /* digits before the decimal point; n of the specification */
	if (point > 21 || point < -5) {
		buf_add_char(out, d.digits[0]);
		if (d.count > 1) {
			buf_add_char(out, '.');
			buf_add(out, d.digits + 1, (size_t)d.count - 1);
		}
		buf_addf(out, "e%c%d", d.exponent < 0 ? '-' : '+', abs(d.exponent));
	} else if (point <= 0) {
		buf_addz(out, "0.");
		buf_add_repeat(out, '0', (size_t)-point);
		buf_add(out, d.digits, (size_t)d.count);
	} else if (point >= d.count) {
		buf_add(out, d.digits, (size_t)d.count);
		buf_add_repeat(out, '0', (size_t)(point - d.count));
	} else {
		buf_add(out, d.digits, (size_t)point);
		buf_add_char(out, '.');
		buf_add(out, d.digits + point, (size_t)(d.count - point));
	}
}
