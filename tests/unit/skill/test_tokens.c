#include "skill/tokens.h"

#include "tests/unit/support.h"

static const struct {
	const char *text;
	size_t tokens;
} rows[] = {
	{"", 0},
	{"a", 1},
	{"orders", 1},
	{"ordersx", 2},
	{"ordersordersx", 3},
	{"abc\xC3\xA9"
	 "abc",
	 3}, /* letters go on as another kind of letters */
	{"abcdef1abcdefg", 4},
	{"one two", 2}, /* one space is nothing */
	{"one  two", 3},
	{"one\ttwo", 3},
	{"123", 1},
	{"1234", 2},
	{"\n\n\n", 1},
	{"----", 1},
	{"-----", 2},
	{"-=-=", 4},
	{"a,b.", 4},
	{"\xC3\xA9\xC3\xA9", 1}, /* two letters */
	{"\xC3\xA9\xC3\xA9\xC3\xA9", 2},
	{"\xE6\xB3\xA8\xE6\x96\x87", 2}, /* Chinese: each */
	{"\xF0\x9F\x98\x80", 1},
	{"\xFF\xFE", 2}, /* no UTF-8: each byte */
};

START_TEST(pieces_are_counted_as_the_header_says)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		size_t n = tokens_estimate(str_of(rows[i].text));
		ck_assert_msg(n == rows[i].tokens, "\"%s\": %zu, not %zu", rows[i].text, n,
			      rows[i].tokens);
	}
}
END_TEST

/* 34 by the encodings that were tried. */
START_TEST(english_is_near_what_encodings_make_of_it)
{
	struct str s = STR(
		"Looks up one order in the warehouse and says where it is. Use it when somebody "
		"asks about an order by its number, and not for complaints.");
	ck_assert_uint_ge(tokens_estimate(s), 27);
	ck_assert_uint_le(tokens_estimate(s), 41);
}
END_TEST

static const struct support_case cases[] = {CASE(pieces_are_counted_as_the_header_says),
					    CASE(english_is_near_what_encodings_make_of_it),
					    {0}};

int main(void)
{
	return support_main("skill/tokens", cases);
}
