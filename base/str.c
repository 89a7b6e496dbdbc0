#include "base/str.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>

#include "base/mem.h"

static unsigned char lower(char c)
{
	return (unsigned char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
}

bool str_eq(struct str a, struct str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

bool str_eqz(struct str a, const char *z)
{
	return str_eq(a, str_of(z));
}

bool str_eq_nocase(struct str a, struct str b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (lower(a.p[i]) != lower(b.p[i]))
			return false;
	return true;
}

int str_cmp(struct str a, struct str b)
{
	size_t common = MIN(a.len, b.len);
	int order = common ? memcmp(a.p, b.p, common) : 0;
	return order ? order : (a.len > b.len) - (a.len < b.len);
}

bool str_starts(struct str s, struct str prefix)
{
	return s.len >= prefix.len && str_eq(str_make(s.p, prefix.len), prefix);
}

bool str_ends(struct str s, struct str suffix)
{
	return s.len >= suffix.len && str_eq(str_sub(s, s.len - suffix.len, s.len), suffix);
}

struct str str_sub(struct str s, size_t from, size_t to)
{
	to = MIN(to, s.len);
	from = MIN(from, to);
	return s.p ? str_make(s.p + from, to - from) : STR_NULL;
}

static bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

struct str str_trim(struct str s)
{
	while (s.len && is_space(s.p[0])) {
		s.p++;
		s.len--;
	}
	while (s.len && is_space(s.p[s.len - 1]))
		s.len--;
	return s;
}

ptrdiff_t str_find_byte(struct str s, char c, size_t from)
{
	if (from >= s.len)
		return -1;
	const char *at = memchr(s.p + from, c, s.len - from);
	return at ? at - s.p : -1;
}

ptrdiff_t str_find(struct str s, struct str needle, size_t from)
{
	if (from > s.len || needle.len > s.len - from)
		return -1;
	if (needle.len == 0)
		return (ptrdiff_t)from;
	const char *at = memmem(s.p + from, s.len - from, needle.p, needle.len);
	return at ? at - s.p : -1;
}

bool str_split(struct str *rest, char sep, struct str *ret_piece)
{
	if (rest->len == 0)
		return false;
	ptrdiff_t at = str_find_byte(*rest, sep, 0);
	size_t end = at < 0 ? rest->len : (size_t)at;
	*ret_piece = str_make(rest->p, end);
	*rest = str_sub(*rest, end + (at >= 0), rest->len);
	return true;
}

static bool digits_to_u64(struct str s, uint64_t *ret)
{
	if (s.len == 0 || (s.len > 1 && s.p[0] == '0'))
		return false;
	uint64_t n = 0;
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] < '0' || s.p[i] > '9' || __builtin_mul_overflow(n, 10, &n) ||
		    __builtin_add_overflow(n, (uint64_t)(s.p[i] - '0'), &n))
			return false;
	}
	*ret = n;
	return true;
}

bool str_to_u64(struct str s, uint64_t *ret)
{
	return digits_to_u64(s, ret);
}

bool str_to_i64(struct str s, int64_t *ret)
{
	bool negative = s.len && s.p[0] == '-';
	uint64_t n;
	if (!digits_to_u64(str_sub(s, negative, s.len), &n))
		return false;
	if (n > (uint64_t)INT64_MAX + negative)
		return false;
	*ret = negative ? (int64_t)(0 - n) : (int64_t)n;
	return true;
}

static size_t skip_digits(struct str s, size_t pos)
{
	while (pos < s.len && s.p[pos] >= '0' && s.p[pos] <= '9')
		pos++;
	return pos;
}

/* RFC 8259 section 6. */
static bool is_json_number(struct str s)
{
	size_t pos = s.len && s.p[0] == '-';
	size_t from = pos;
	pos = skip_digits(s, pos);
	if (pos == from || (s.p[from] == '0' && pos > from + 1))
		return false;
	if (pos < s.len && s.p[pos] == '.') {
		from = pos + 1;
		pos = skip_digits(s, from);
		if (pos == from)
			return false;
	}
	if (pos < s.len && (s.p[pos] == 'e' || s.p[pos] == 'E')) {
		from = pos + 1;
		if (from < s.len && (s.p[from] == '+' || s.p[from] == '-'))
			from++;
		pos = skip_digits(s, from);
		if (pos == from)
			return false;
	}
	return pos == s.len;
}

bool str_to_double(struct str s, double *ret)
{
	static locale_t c_locale;
	if (!is_json_number(s))
		return false;
	if (!c_locale)
		c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
	CLEANUP_FREE char *z = mem_strndup(s.p, s.len);
	double d = c_locale ? strtod_l(z, NULL, c_locale) : strtod(z, NULL);
	if (!isfinite(d))
		return false;
	*ret = d;
	return true;
}
