/* The inner loop's form of matching, and which bytes a match can begin with. */
#include "base/buf.h"
#include "base/clock.h"
#include "base/regex.h"
#include "tests/unit/support.h"

static struct regex *compile(const char *pattern, unsigned flags)
{
	struct regex *re = NULL;
	assert_ok(regex_compile(str_of(pattern), flags, &re, &support_err));
	return re;
}

static const struct {
	const char *pattern;
	unsigned flags;
	const char *subject;
	size_t at;
	int want;
	size_t end;
} here[] = {
	{"b+", 0, "abbc", 0, 0, 0},
	{"b+", 0, "abbc", 1, 1, 3},
	{"b+", 0, "abbc", 2, 1, 3},
	{"b+", 0, "abbc", 3, 0, 0},
	{"b+", 0, "abbc", 4, 0, 0},
	{"c", 0, "abbc", 3, 1, 4},
	{"B+", 0, "abbc", 1, 0, 0},
	{"B+", REGEX_NOCASE, "abbc", 1, 1, 3},
	{"(?<=a)b", 0, "ab", 1, 1, 2}, /* sees what is before */
	{"(?<!a)b", 0, "ab", 1, 0, 0},
	{"b(?!c)", 0, "bc", 0, 0, 0},
	{"", 0, "abc", 3, 1, 3},
	{"a{2,3}", 0, "aaaa", 0, 1, 3},
	{"\xC3\xA9", 0, "caf\xC3\xA9", 3, 1, 5},
};

START_TEST(a_match_is_here_or_nowhere)
{
	for (unsigned lazy = 0; lazy <= REGEX_LAZY_JIT; lazy += REGEX_LAZY_JIT) {
		CLEANUP(regex_freep)
		struct regex *re = compile(here[_i].pattern,
					   here[_i].flags | REGEX_ANCHORED | lazy);
		struct regex_span span = {7, 7};
		for (int twice = 0; twice < 2; twice++) {
			int rc = regex_match_here(re, str_of(here[_i].subject), here[_i].at, &span,
						  1, &support_err);
			ck_assert_msg(rc == here[_i].want, "%s on %s gave %d", here[_i].pattern,
				      here[_i].subject, rc);
			if (rc == 1)
				ck_assert(span.start == here[_i].at && span.end == here[_i].end);
		}
	}
}
END_TEST

START_TEST(only_the_spans_asked_for_are_filled)
{
	CLEANUP(regex_freep) struct regex *re = compile("(a)(x)?(b)", REGEX_ANCHORED);
	struct regex_span s[5];
	for (unsigned count = 0; count <= 5; count++) {
		for (size_t i = 0; i < 5; i++)
			s[i] = (struct regex_span){77, 77};
		ck_assert_int_eq(regex_match_here(re, STR("-ab"), 1, s, count, &support_err), 1);
		for (size_t i = count; i < 5; i++)
			ck_assert_uint_eq(s[i].start, 77);
	}
	ck_assert(s[0].start == 1 && s[0].end == 3);
	ck_assert(s[1].start == 1 && s[1].end == 2);
	ck_assert(s[2].start == SIZE_MAX && s[2].end == SIZE_MAX); /* took no part */
	ck_assert(s[3].start == 2 && s[3].end == 3);
	ck_assert(s[4].start == SIZE_MAX); /* there is none */
}
END_TEST

START_TEST(neither_the_subject_limit_nor_the_budget_is_its_own)
{
	CLEANUP(regex_freep) struct regex *re = compile("b", REGEX_ANCHORED);
	CLEANUP(buf_release) struct buf s = BUF_INIT(BUF_MAX);
	struct regex_span span;
	buf_add_repeat(&s, 'a', 65536);
	buf_add_char(&s, 'b');
	ck_assert_int_eq(regex_match_here(re, buf_str(&s), 65536, &span, 1, &support_err), 1);
	ck_assert_int_eq(regex_match(re, buf_str(&s), 65536, NULL, NULL), ERR_TOO_LARGE);
	regex_budget(1);
	int64_t start = clock_mono(&clock_real);
	while (clock_mono(&clock_real) - start < 3)
		;
	ck_assert_int_eq(regex_match(re, STR("b"), 0, NULL, NULL), ERR_TOO_LARGE);
	ck_assert_int_eq(regex_match_here(re, STR("b"), 0, &span, 1, &support_err), 1);
	regex_budget(0);
}
END_TEST

START_TEST(the_match_limit_holds_here_too)
{
	CLEANUP(regex_freep) struct regex *re = compile("(a+)+$", REGEX_ANCHORED);
	struct regex_span span;
	assert_err(regex_match_here(re, STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!"), 0, &span,
				    1, &support_err),
		   ERR_TOO_LARGE, "too many steps");
}
END_TEST

/* --- first bytes --------------------------------------------------------------------------------------------- */

static bool has(const uint8_t set[32], unsigned b)
{
	return set[b >> 3] >> (b & 7) & 1;
}

static const struct {
	const char *pattern;
	unsigned flags;
	const char *in, *out; /* out NULL: every byte is in */
} firsts[] = {
	{"abc", 0, "a", "bcz0"},
	{"abc", REGEX_NOCASE, "aA", "bBz0"},
	{"(?i)abc", 0, "aA", "bBz0"},
	{"[a-c]x", 0, "abc", "dxABC"},
	{"[a-c]x", REGEX_NOCASE, "abcABC", "dxX"},
	{"foo|bar|9", 0, "fb9", "oar8"},
	{"a?b", 0, "ab", "cx"},
	{"[0-9]{1,4}-", 0, "0123456789", "-a/:"},
	{"\\.\\d", 0, ".", "0a"},
	{"(?:x|y)z", 0, "xy", "zw"},
	{".", 0, "a0~", NULL},
	{"(a", 0, "a(z", NULL}, /* does not compile */
	{"", 0, "a", NULL},
};

START_TEST(the_bytes_that_a_match_can_begin_with_are_known)
{
	for (unsigned anchored = 0; anchored <= REGEX_ANCHORED; anchored += REGEX_ANCHORED) {
		uint8_t set[32];
		regex_first_bytes(str_of(firsts[_i].pattern), firsts[_i].flags | anchored, set);
		for (const char *c = firsts[_i].in; *c; c++)
			ck_assert_msg(has(set, (uint8_t)*c), "%s lacks %c", firsts[_i].pattern, *c);
		for (const char *c = firsts[_i].out; c && *c; c++)
			ck_assert_msg(!has(set, (uint8_t)*c), "%s has %c", firsts[_i].pattern, *c);
	}
}
END_TEST

/* A byte left out must never begin a match: a rule would be blind. */
START_TEST(no_byte_that_begins_a_match_is_left_out)
{
	static const char *const tails[] = {"", "bc", "oo", "ar", "x", "b", "-", "1", "1-", "z"};
	uint8_t set[32];
	if (firsts[_i].pattern[0] == '(' && firsts[_i].pattern[1] == 'a')
		return; /* the one that does not compile */
	unsigned flags = firsts[_i].flags | REGEX_ANCHORED;
	CLEANUP(regex_freep) struct regex *re = compile(firsts[_i].pattern, flags);
	regex_first_bytes(str_of(firsts[_i].pattern), flags, set);
	for (unsigned b = 0; b < 256; b++)
		for (size_t t = 0; t < ARRAY_SIZE(tails); t++) {
			char text[8] = {(char)b};
			size_t len = 1 + strlen(tails[t]);
			memcpy(text + 1, tails[t], len - 1);
			struct regex_span span;
			if (regex_match_here(re, str_make(text, len), 0, &span, 1, NULL) == 1)
				ck_assert_msg(has(set, b), "%s begins with byte %u",
					      firsts[_i].pattern, b);
		}
}
END_TEST

static const struct support_case cases[] = {
	CASE_LOOP(a_match_is_here_or_nowhere, ARRAY_SIZE(here)),
	CASE(only_the_spans_asked_for_are_filled),
	CASE(neither_the_subject_limit_nor_the_budget_is_its_own),
	CASE(the_match_limit_holds_here_too),
	CASE_LOOP(the_bytes_that_a_match_can_begin_with_are_known, ARRAY_SIZE(firsts)),
	CASE_LOOP(no_byte_that_begins_a_match_is_left_out, ARRAY_SIZE(firsts)),
	{0}};

int main(void)
{
	return support_main("base/regex_here", cases);
}
