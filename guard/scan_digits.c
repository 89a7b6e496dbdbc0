#include "guard/scan_int.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_separator(char c)
{
	return c == ' ' || c == '-' || c == '.' || c == '/';
}

/* Digits from `at` on, single separators between them, no more than GUARD_RUN_MAX. */
static unsigned count_run(struct str text, size_t at)
{
	unsigned n = 0;
	while (at < text.len && n < GUARD_RUN_MAX) {
		if (is_digit(text.p[at]))
			n++;
		else if (!is_separator(text.p[at]) || at + 1 >= text.len ||
			 !is_digit(text.p[at + 1]))
			break;
		at++;
	}
	return n;
}

/* A group of digits begins at `at`. Every pattern that its length and the run's allow is tried. */
static bool try_group(struct guard_scan *s, size_t at, size_t length)
{
	const struct guard_rules *r = s->rules;
	uint64_t fits = length < ARRAY_SIZE(r->digit_groups) ? r->digit_groups[length] : 0;
	if (fits)
		fits &= r->digit_runs[count_run(s->frame->text, at)];
	for (; fits; fits &= fits - 1)
		if (!guard_scan_try(s, r->digits[__builtin_ctzll(fits)], at))
			return false;
	return guard_scan_go_on(s, 1);
}

/* Bit i: byte i of the eight is a digit. */
static unsigned digits_of(const char *p)
{
	uint64_t w, high = 0x8080808080808080u;
	memcpy(&w, p, sizeof(w));
	uint64_t plain = w & ~high;
	/* 0x30 to 0x39: past '0' - 1, not past '9', and no high bit. */
	uint64_t from = plain + 0x5050505050505050u, past = plain + 0x4646464646464646u;
	uint64_t is = from & ~past & ~w & high;
	return (unsigned)((is >> 7) * 0x0102040810204080u >> 56);
}

static size_t next_digit(struct str text, size_t at)
{
	while (at + 8 <= text.len) {
		unsigned bits = digits_of(text.p + at);
		if (bits)
			return at + (unsigned)__builtin_ctz(bits);
		at += 8;
	}
	while (at < text.len && !is_digit(text.p[at]))
		at++;
	return at;
}

void guard_scan_digits(struct guard_scan *s)
{
	struct str text = s->frame->text;
	if (!s->rules->digit_count)
		return;
	for (size_t at = next_digit(text, 0); at < text.len;) {
		size_t end = at + 1;
		while (end < text.len && is_digit(text.p[end]))
			end++;
		if (!try_group(s, at, end - at))
			return;
		at = next_digit(text, end);
	}
}
