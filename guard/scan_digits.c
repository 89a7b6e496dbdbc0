/*
 * The rules led from digits. A row of digits, single separators between its groups, is measured once; its lengths and the bytes beside it
 * leave few rules to be tried.
 */
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "guard/scan_int.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_separator(char c)
{
	return c == ' ' || c == '-' || c == '.' || c == '/';
}

#define ROW_GROUPS 64 /* more than GUARD_RUN_MAX, to any power of two */

/* The row of digits ahead: its groups, kept in a ring, so that going on by a group measures only what comes into reach. */
struct row {
	size_t at; /* where the first of the groups begins */
	size_t end; /* behind the last */
	bool goes_on; /* a group follows there */
	unsigned digits; /* in all of them */
	unsigned first, groups;
	uint8_t lengths[ROW_GROUPS]; /* 255: more */
};

static size_t group_end(struct str text, size_t at)
{
	while (at < text.len && is_digit(text.p[at]))
		at++;
	return at;
}

/* Takes groups in until there are GUARD_RUN_MAX digits. */
static void extend(struct str text, struct row *row)
{
	while (row->goes_on && row->digits < GUARD_RUN_MAX) {
		size_t from = row->groups ? row->end + 1 : row->end, end = group_end(text, from);
		row->lengths[(row->first + row->groups++) % ROW_GROUPS] =
			(uint8_t)MIN(end - from, (size_t)UINT8_MAX);
		row->digits += (unsigned)MIN(end - from, (size_t)UINT8_MAX);
		row->end = end;
		row->goes_on = end + 1 < text.len && is_separator(text.p[end]) &&
			       is_digit(text.p[end + 1]);
	}
}

/* The row from the group at `at` on; what is known of the one before it is made use of. */
static void measure(struct str text, size_t at, struct row *row)
{
	unsigned length = row->groups ? row->lengths[row->first] : 0;
	if (row->groups > 1 && length < UINT8_MAX && row->at + length + 1 == at) {
		row->at = at;
		row->digits -= length;
		row->first = (row->first + 1) % ROW_GROUPS;
		row->groups--;
	} else {
		*row = (struct row){.at = at, .end = at, .goes_on = true};
	}
	extend(text, row);
}

static bool fits(const struct guard_pattern *p, const struct row *row, size_t first)
{
	for (unsigned i = 0; i < p->shape_count; i++) {
		const struct guard_shape *s = &p->shapes[i];
		unsigned k = 0;
		for (; k < s->count; k++) {
			size_t n = k == 0	     ? first
				   : k < row->groups ? row->lengths[(row->first + k) % ROW_GROUPS]
						     : 0;
			if (n < s->least[k] || n > s->most[k])
				break;
		}
		if (k == s->count)
			return true;
	}
	return false;
}

/* A group of digits begins at `at`. */
static bool try_group(struct guard_scan *s, struct row *row, size_t at, size_t length)
{
	const struct guard_digits *d = s->rules->digit_tables;
	struct str text = s->frame->text;
	uint64_t left = length < ARRAY_SIZE(d->groups) ? d->groups[length] : 0;
	if (at > 0) {
		uint8_t before = (uint8_t)text.p[at - 1],
			second = at > 1 ? (uint8_t)text.p[at - 2] : '\n';
		left &= d->before[before] & (d->begins[before] | d->before[second]);
		if (is_digit((char)second))
			left &= d->after_digit[before];
	} else {
		left &= d->begins['\n'];
	}
	left &= d->after[at + length < text.len ? (uint8_t)text.p[at + length] : '\n'];
	if (!left)
		return guard_scan_go_on(s, 1);
	measure(text, at, row);
	left &= d->runs[MIN(row->digits, (unsigned)GUARD_RUN_MAX)];
	for (; left; left &= left - 1) {
		struct guard_pattern *p = s->rules->digits[__builtin_ctzll(left)];
		if (d->shaped & left & -left && !fits(p, row, length))
			continue;
		if (!guard_scan_try(s, p, at))
			return false;
	}
	return guard_scan_go_on(s, 1);
}

#ifdef __SSE2__
#define STRIDE 64
/* Bit i: byte i of the stride is a digit. */
static inline uint64_t digits_of(const char *p)
{
	uint64_t bits = 0;
#pragma GCC unroll 4
	for (unsigned i = 0; i < STRIDE; i += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
		/* The ten lowest of signed bytes. */
		__m128i low = _mm_add_epi8(v, _mm_set1_epi8(0x80 - '0'));
		__m128i digit = _mm_cmplt_epi8(low, _mm_set1_epi8(-128 + 10));
		bits |= (uint64_t)(unsigned)_mm_movemask_epi8(digit) << i;
	}
	return bits;
}
#else
#define STRIDE 8
static inline uint64_t digits_of(const char *p)
{
	uint64_t w, high = 0x8080808080808080u;
	memcpy(&w, p, sizeof(w));
	uint64_t plain = w & ~high;
	/* 0x30 to 0x39: past '0' - 1, not past '9', and no high bit. */
	uint64_t from = plain + 0x5050505050505050u, past = plain + 0x4646464646464646u;
	uint64_t is = from & ~past & ~w & high;
	return (is >> 7) * 0x0102040810204080u >> 56;
}
#endif

static size_t next_digit(struct str text, size_t at)
{
	while (at + STRIDE <= text.len) {
		uint64_t bits = digits_of(text.p + at);
		if (bits)
			return at + (unsigned)__builtin_ctzll(bits);
		at += STRIDE;
	}
	while (at < text.len && !is_digit(text.p[at]))
		at++;
	return at;
}

void guard_scan_digits(struct guard_scan *s)
{
	struct str text = s->frame->text;
	struct row row = {.groups = 0};
	if (!s->rules->digit_count)
		return;
	size_t at = next_digit(text, 0);
	if (at < text.len && guard_digits_ready(s->rules, s->err) < 0) {
		s->failed = ERR_INVALID;
		return;
	}
	while (at < text.len) {
		size_t end = at + 1;
		while (end < text.len && is_digit(text.p[end]))
			end++;
		if (!try_group(s, &row, at, end - at))
			return;
		at = next_digit(text, end);
	}
}
