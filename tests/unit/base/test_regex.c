#include "base/buf.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/regex.h"
#include "tests/unit/support.h"

static struct regex *compile(const char *pattern, unsigned flags)
{
	struct regex *re = NULL;
	assert_ok(regex_compile(str_of(pattern), flags, &re, &support_err));
	return re;
}

START_TEST(patterns_match_as_they_should)
{
	static const struct {
		const char *pattern;
		unsigned flags;
		const char *subject;
		size_t from;
		int want;
		size_t start, end;
	} rows[] = {
		{"b+", 0, "abbc", 0, 1, 1, 3},
		{"b+", 0, "abbc", 2, 1, 2, 3},
		{"b+", 0, "abbc", 3, 0, 0, 0},
		{"b+", 0, "abbc", 4, 0, 0, 0},
		{"B+", 0, "abbc", 0, 0, 0, 0},
		{"B+", REGEX_NOCASE, "abbc", 0, 1, 1, 3},
		{"b+", REGEX_ANCHORED, "abbc", 0, 0, 0, 0},
		{"b+", REGEX_ANCHORED, "abbc", 1, 1, 1, 3},
		{"b+", REGEX_WHOLE, "bb", 0, 1, 0, 2},
		{"b+", REGEX_WHOLE, "bbc", 0, 0, 0, 0},
		{"a|ab", REGEX_WHOLE, "ab", 0, 1, 0, 2},
		{"b", REGEX_WHOLE, "ab", 1, 1, 1, 2},
		{"b$", REGEX_WHOLE, "b\n", 0, 0, 0, 0},
		{"b", REGEX_LAZY_JIT, "ab", 0, 1, 1, 2},
		{"", 0, "", 0, 1, 0, 0},
		{"x*", 0, "abc", 3, 1, 3, 3},
		{"\xC3\xA9", 0, "caf\xC3\xA9", 0, 1, 3, 5},
		{"^.{2}$", 0, "\xC3\xA9", 0, 1, 0, 2}, /* bytes, not characters */
		{"(?<=a)b", 0, "ab", 1, 1, 1, 2}, /* sees what is before `from` */
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP(regex_freep) struct regex *re = compile(rows[i].pattern, rows[i].flags);
		struct regex_span spans[REGEX_GROUPS_MAX];
		for (int twice = 0; twice < 2; twice++) {
			regex_budget(twice ? 10000 : 0);
			int rc = regex_match(re, str_of(rows[i].subject), rows[i].from, spans,
					     &support_err);
			ck_assert_msg(rc == rows[i].want, "%s on %s gave %d", rows[i].pattern,
				      rows[i].subject, rc);
			if (rc == 1) {
				ck_assert_uint_eq(spans[0].start, rows[i].start);
				ck_assert_uint_eq(spans[0].end, rows[i].end);
			}
			ck_assert_int_eq(
				regex_match(re, str_of(rows[i].subject), rows[i].from, NULL, NULL),
				rc);
		}
		regex_budget(0);
	}
}
END_TEST

START_TEST(groups_have_spans_and_names)
{
	CLEANUP(regex_freep) struct regex *re = compile("(?<key>\\w+)=(?<value>\\w+)?(;)?", 0);
	struct regex_span spans[REGEX_GROUPS_MAX];
	ck_assert_int_eq(regex_match(re, STR("  ab="), 0, spans, &support_err), 1);
	int key = regex_group(re, "key"), value = regex_group(re, "value");
	ck_assert_int_eq(key, 1);
	ck_assert_int_eq(value, 2);
	ck_assert_int_eq(regex_group(re, "nothing"), -1);
	ck_assert_uint_eq(spans[key].start, 2);
	ck_assert_uint_eq(spans[key].end, 4);
	ck_assert_uint_eq(spans[value].start, SIZE_MAX);
	ck_assert_uint_eq(spans[value].end, SIZE_MAX);
	ck_assert_uint_eq(spans[15].start, SIZE_MAX);
}
END_TEST

START_TEST(more_groups_than_are_kept_still_match)
{
	CLEANUP(buf_release) struct buf pattern = BUF_INIT(BUF_MAX);
	for (int i = 1; i <= 20; i++)
		buf_addf(&pattern, "(?<g%d>%c)", i, 'a' + i - 1);
	CLEANUP(regex_freep) struct regex *re = compile(buf_cstr(&pattern), 0);
	struct regex_span spans[REGEX_GROUPS_MAX];
	ck_assert_int_eq(regex_match(re, STR("abcdefghijklmnopqrst"), 0, spans, &support_err), 1);
	ck_assert_uint_eq(spans[0].end, 20);
	ck_assert_uint_eq(spans[15].start, 14);
	ck_assert_int_eq(regex_group(re, "g15"), 15);
	ck_assert_int_eq(regex_group(re, "g16"), -1);
}
END_TEST

START_TEST(a_wrong_pattern_says_where)
{
	static const char *const rows[][2] = {
		{"a(b", "the pattern \"a(b\" is wrong at its byte 4: missing closing parenthesis"},
		{"*a", "at its byte 1: quantifier does not follow a repeatable item"},
		{"[z-a]", "at its byte 4: range out of order in character class"},
		{"(?<=a+)b", "lookbehind assertion is not fixed length"},
		{"\\C", "using \\C is disabled"},
		{"(*UTF)a", "using UTF is disabled by the application"},
		{"(?<n>a)(?<n>b)", "two named subpatterns have the same name"},
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct regex *re = NULL;
		assert_err(regex_compile(str_of(rows[i][0]), 0, &re, &support_err), ERR_INVALID,
			   rows[i][1]);
		ck_assert_ptr_null(re);
		ck_assert_int_ne(support_err.remedy[0], '\0');
	}
}
END_TEST

START_TEST(a_pattern_stops_at_its_limit)
{
	CLEANUP(buf_release) struct buf p = BUF_INIT(BUF_MAX);
	struct regex *re = NULL;
	buf_add_repeat(&p, 'a', 4096);
	assert_ok(regex_compile(buf_str(&p), 0, &re, &support_err));
	regex_free(re);
	buf_add_char(&p, 'a');
	re = NULL;
	assert_err(regex_compile(buf_str(&p), 0, &re, &support_err), ERR_TOO_LARGE,
		   "4097 bytes, more than the limit of 4096");
	ck_assert_ptr_null(re);
	assert_ok(regex_compile(buf_str(&p), REGEX_LONG, &re, &support_err));
	regex_free(re);
	re = NULL;
	buf_add_repeat(&p, 'a', 16384 - 4096);
	assert_err(regex_compile(buf_str(&p), REGEX_LONG, &re, &support_err), ERR_TOO_LARGE,
		   "16385 bytes, more than the limit of 16384");
	ck_assert_ptr_null(re);
	buf_reset(&p);
	buf_add_repeat(&p, '(', 2000);
	buf_add_repeat(&p, ')', 2000);
	assert_err(regex_compile(buf_str(&p), 0, &re, &support_err), ERR_INVALID,
		   "too deeply nested");
}
END_TEST

START_TEST(a_subject_stops_at_its_limit)
{
	CLEANUP(regex_freep) struct regex *re = compile("b", 0);
	CLEANUP(buf_release) struct buf s = BUF_INIT(BUF_MAX);
	buf_add_repeat(&s, 'a', 65536);
	ck_assert_int_eq(regex_match(re, buf_str(&s), 0, NULL, &support_err), 0);
	buf_add_char(&s, 'b');
	assert_err(regex_match(re, buf_str(&s), 0, NULL, &support_err), ERR_TOO_LARGE,
		   "65537 bytes, more than the limit of 65536");
	regex_subject_limit(re, 65537);
	ck_assert_int_eq(regex_match(re, buf_str(&s), 0, NULL, &support_err), 1);
}
END_TEST

START_TEST(exponential_patterns_end_in_an_error)
{
	static const char *const patterns[] = {"^(a+)+$", "^(a|a)*$", "^(a*)*b", "(x+x+)+y",
					       "^((a+)*)*$"};
	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++)
		for (unsigned flags = 0; flags <= REGEX_LAZY_JIT; flags += REGEX_LAZY_JIT) {
			CLEANUP(regex_freep) struct regex *re = compile(patterns[i], flags);
			const char *s =
				i == 3 ? "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx!"
				       : "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!";
			int64_t start = clock_mono(&clock_real);
			int rc = regex_match(re, str_of(s), 0, NULL, &support_err);
			/* PCRE2 sees through some of them; none may take long. */
			ck_assert_msg(rc == ERR_TOO_LARGE || rc == 0, "%s gave %d", patterns[i],
				      rc);
			ck_assert_int_lt(clock_mono(&clock_real) - start, 1000);
		}
	CLEANUP(regex_freep) struct regex *re = compile("^(a+)+$", 0);
	assert_err(regex_match(re, STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!"), 0, NULL,
			       &support_err),
		   ERR_TOO_LARGE, "too many steps");
}
END_TEST

START_TEST(deep_recursion_ends_in_an_error_or_a_match)
{
	CLEANUP(regex_freep) struct regex *re = compile("(?:(.)(?=.)|\\n)*+(a(?1)?b?)*", 0);
	CLEANUP(regex_freep) struct regex *nest = compile("^(\\((?1)*\\))*$", 0);
	CLEANUP(buf_release) struct buf s = BUF_INIT(BUF_MAX);
	buf_add_repeat(&s, '(', 30000);
	buf_add_repeat(&s, ')', 30000);
	int rc = regex_match(nest, buf_str(&s), 0, NULL, &support_err);
	ck_assert_msg(rc == 1 || rc == ERR_TOO_LARGE, "gave %d", rc);
	rc = regex_match(re, buf_str(&s), 0, NULL, &support_err);
	ck_assert_msg(rc == 1 || rc == ERR_TOO_LARGE, "gave %d", rc);
}
END_TEST

START_TEST(a_budget_ends_what_the_match_limit_does_not)
{
	CLEANUP(regex_freep) struct regex *re = compile("a*a*b", 0);
	CLEANUP(buf_release) struct buf s = BUF_INIT(BUF_MAX);
	buf_add_repeat(&s, 'a', 250);
	for (int i = 0; i < 250; i++)
		buf_add(&s,
			"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
			"aaaaaaaaaaaaac",
			88);
	regex_subject_limit(re, BUF_MAX);
	regex_budget(1);
	int64_t start = clock_mono(&clock_real);
	int rc = 0;
	for (int i = 0; i < 10000 && rc == 0; i++)
		rc = regex_match(re, buf_str(&s), 0, NULL, &support_err);
	ck_assert_int_eq(rc, ERR_TOO_LARGE);
	ck_assert_int_lt(clock_mono(&clock_real) - start, 2000);
	/* Spent is spent, even for an easy one, until it ends. */
	CLEANUP(regex_freep) struct regex *easy = compile("x", 0);
	assert_err(regex_match(easy, STR("x"), 0, NULL, &support_err), ERR_TOO_LARGE,
		   "longer than its time");
	regex_budget(0);
	ck_assert_int_eq(regex_match(easy, STR("x"), 0, NULL, &support_err), 1);
}
END_TEST

START_TEST(a_budget_changes_no_result)
{
	CLEANUP(buf_release) struct buf s = BUF_INIT(BUF_MAX);
	for (size_t at = 0; at < 2000; at += 37) {
		buf_reset(&s);
		buf_add_repeat(&s, 'a', at);
		buf_addz(&s, "needle");
		buf_add_repeat(&s, 'a', 2000 - at);
		CLEANUP(regex_freep) struct regex *re = compile("n[e]+dle", 0);
		struct regex_span spans[REGEX_GROUPS_MAX];
		regex_budget(60000);
		ck_assert_int_eq(regex_match(re, buf_str(&s), 0, spans, &support_err), 1);
		ck_assert_uint_eq(spans[0].start, at);
		ck_assert_int_eq(regex_match(re, buf_str(&s), at + 1, spans, &support_err), 0);
		regex_budget(0);
	}
}
END_TEST

static const struct support_case cases[] = {CASE(patterns_match_as_they_should),
					    CASE(groups_have_spans_and_names),
					    CASE(more_groups_than_are_kept_still_match),
					    CASE(a_wrong_pattern_says_where),
					    CASE(a_pattern_stops_at_its_limit),
					    CASE(a_subject_stops_at_its_limit),
					    CASE(exponential_patterns_end_in_an_error),
					    CASE(deep_recursion_ends_in_an_error_or_a_match),
					    CASE(a_budget_ends_what_the_match_limit_does_not),
					    CASE(a_budget_changes_no_result),
					    {0}};

int main(void)
{
	return support_main("base/regex", cases);
}
