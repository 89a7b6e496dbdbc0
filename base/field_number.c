/* Exact decimals and sizes: money never passes through a double. */
#include <inttypes.h>

#include "base/field_int.h"

enum field_decimal field_decimal(struct str s, unsigned places, int64_t *ret)
{
	bool negative = s.len && s.p[0] == '-';
	size_t pos = negative, digits = 0, point = SIZE_MAX;
	int64_t n = 0;
	unsigned after = 0;
	bool large = false, precise = false;
	/* 012 is ten or twelve or a slip, depending on who reads it: it is no number. */
	if (pos + 1 < s.len && s.p[pos] == '0' && s.p[pos + 1] != '.')
		return FIELD_DECIMAL_NONE;
	for (; pos < s.len; pos++) {
		char c = s.p[pos];
		if (c == '.' && point == SIZE_MAX && digits) {
			point = pos;
			continue;
		}
		if (c < '0' || c > '9')
			return FIELD_DECIMAL_NONE;
		digits++;
		/* Zeros past the last place change nothing. */
		if (point != SIZE_MAX && after == places) {
			precise |= c != '0';
			continue;
		}
		after += point != SIZE_MAX;
		large |= __builtin_mul_overflow(n, 10, &n) ||
			 __builtin_add_overflow(n, c - '0', &n);
	}
	if (!digits || point + 1 == s.len)
		return FIELD_DECIMAL_NONE;
	for (; after < places; after++)
		large |= __builtin_mul_overflow(n, 10, &n);
	if (large)
		return FIELD_DECIMAL_LARGE;
	if (precise)
		return FIELD_DECIMAL_PRECISE;
	*ret = negative ? -n : n;
	return FIELD_DECIMAL_OK;
}

void field_add_decimal(struct buf *out, int64_t v, unsigned places)
{
	uint64_t scale = 1, n = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
	for (unsigned i = 0; i < places; i++)
		scale *= 10;
	buf_addf(out, "%s%" PRIu64, v < 0 ? "-" : "", n / scale);
	uint64_t fraction = n % scale;
	if (!fraction)
		return;
	buf_add_char(out, '.');
	while (fraction) {
		scale /= 10;
		buf_add_char(out, (char)('0' + fraction / scale));
		fraction %= scale;
	}
}

bool field_size(struct str s, int64_t *ret)
{
	static const char units[] = "KMGT";
	unsigned shift = 0;
	if (s.len > 2 && s.p[s.len - 1] == 'i') {
		const char *unit = memchr(units, s.p[s.len - 2], sizeof(units) - 1);
		if (!unit)
			return false;
		shift = 10 * (unsigned)(unit - units + 1);
		s = str_sub(s, 0, s.len - 2);
	}
	uint64_t n;
	if (!str_to_u64(s, &n) || n > (uint64_t)INT64_MAX >> shift)
		return false;
	*ret = (int64_t)(n << shift);
	return true;
}
