#include "tests/unit/support.h"

#include "base/buf.h"

START_TEST(comparison_is_bytewise_and_shorter_first)
{
	ck_assert(str_eq(STR("ab"), STR("ab")));
	ck_assert(!str_eq(STR("ab"), STR("aB")));
	ck_assert(str_eq(STR_NULL, STR("")));
	ck_assert(str_eqz(STR_NULL, NULL));
	ck_assert(str_eq(STR("a\0b"), STR("a\0b")));
	ck_assert(!str_eq(STR("a\0b"), STR("a\0c")));
	ck_assert(str_eq_nocase(STR("SKILL.md"), STR("skill.MD")));
	ck_assert(!str_eq_nocase(STR("a"), STR("b")));
	ck_assert(!str_eq_nocase(STR("@"), STR("`"))); /* differ by the bit of case only */
	ck_assert_int_lt(str_cmp(STR("a"), STR("b")), 0);
	ck_assert_int_lt(str_cmp(STR("a"), STR("ab")), 0);
	ck_assert_int_gt(str_cmp(STR("b"), STR("ab")), 0);
	ck_assert_int_gt(str_cmp(STR("\xff"), STR("a")), 0);
	ck_assert_int_eq(str_cmp(STR_NULL, STR("")), 0);
}
END_TEST

START_TEST(pieces_are_clamped_to_the_string)
{
	ck_assert(str_starts(STR("skills/a"), STR("skills/")));
	ck_assert(!str_starts(STR("ski"), STR("skills/")));
	ck_assert(str_starts(STR(""), STR("")));
	ck_assert(str_ends(STR("a.md"), STR(".md")));
	ck_assert(!str_ends(STR("md"), STR(".md")));
	assert_str(str_sub(STR("abc"), 1, 2), "b");
	assert_str(str_sub(STR("abc"), 1, 99), "bc");
	assert_str(str_sub(STR("abc"), 9, 99), "");
	assert_str(str_sub(STR("abc"), 2, 1), "");
	ck_assert_ptr_null(str_sub(STR_NULL, 0, 5).p);
	assert_str(str_trim(STR(" \t\r\n a b \v\f")), "a b");
	assert_str(str_trim(STR("  ")), "");
	assert_str(str_trim(STR_NULL), "");
}
END_TEST

START_TEST(finding_starts_where_it_is_told)
{
	struct str s = STR("a/b/c");
	ck_assert_int_eq(str_find_byte(s, '/', 0), 1);
	ck_assert_int_eq(str_find_byte(s, '/', 1), 1);
	ck_assert_int_eq(str_find_byte(s, '/', 2), 3);
	ck_assert_int_eq(str_find_byte(s, '/', 4), -1);
	ck_assert_int_eq(str_find_byte(s, '/', 99), -1);
	ck_assert_int_eq(str_find_byte(STR_NULL, '/', 0), -1);
	ck_assert_int_eq(str_find(s, STR("b/"), 0), 2);
	ck_assert_int_eq(str_find(s, STR("b/"), 3), -1);
	ck_assert_int_eq(str_find(s, STR(""), 5), 5);
	ck_assert_int_eq(str_find(s, STR(""), 6), -1);
	ck_assert_int_eq(str_find(s, STR("a/b/c/"), 0), -1);
	ck_assert_int_eq(str_find(STR_NULL, STR("x"), 0), -1);
}
END_TEST

START_TEST(splitting_yields_empty_pieces_but_none_of_nothing)
{
	static const struct {
		const char *text, *pieces;
	} table[] = {{"a,,b", "a||b|"}, {"", ""},   {"a", "a|"},  {"a,", "a|"},
		     {",a", "|a|"},	{",", "|"}, {",,", "||"}, {"a,b", "a|b|"}};
	CLEANUP(buf_release) struct buf got = BUF_INIT(BUF_MAX);
	struct str rest = str_of(table[_i].text), piece;
	while (str_split(&rest, ',', &piece)) {
		buf_add_str(&got, piece);
		buf_add_char(&got, '|');
	}
	ck_assert_str_eq(buf_cstr(&got), table[_i].pieces);
	rest = STR_NULL;
	ck_assert(!str_split(&rest, ',', &piece));
}
END_TEST

START_TEST(whole_numbers_at_their_limits_and_one_past)
{
	int64_t i;
	uint64_t u;
	ck_assert(str_to_i64(STR("9223372036854775807"), &i) && i == INT64_MAX);
	ck_assert(!str_to_i64(STR("9223372036854775808"), &i));
	ck_assert(str_to_i64(STR("-9223372036854775808"), &i) && i == INT64_MIN);
	ck_assert(!str_to_i64(STR("-9223372036854775809"), &i));
	ck_assert(str_to_u64(STR("18446744073709551615"), &u) && u == UINT64_MAX);
	ck_assert(!str_to_u64(STR("18446744073709551616"), &u));
	ck_assert(!str_to_u64(STR("99999999999999999999999"), &u));
	ck_assert(str_to_i64(STR("0"), &i) && i == 0);
	ck_assert(str_to_i64(STR("-0"), &i) && i == 0);
	ck_assert(str_to_i64(STR("-17"), &i) && i == -17);
}
END_TEST

START_TEST(what_is_not_a_whole_number_is_refused_and_leaves_the_result_alone)
{
	static const char *const bad[] = {"",	 "-",	"+1",  " 1",  "1 ",  "01", "00", "-01",
					  "1.0", "1e3", "0x1", "--1", "1_0", "a",  "１"};
	int64_t i = 42;
	uint64_t u = 42;
	ck_assert_msg(!str_to_i64(str_of(bad[_i]), &i), "%s", bad[_i]);
	ck_assert_msg(!str_to_u64(str_of(bad[_i]), &u), "%s", bad[_i]);
	ck_assert(!str_to_u64(STR("-1"), &u));
	ck_assert(!str_to_i64(STR("1\0"), &i));
	ck_assert(i == 42 && u == 42);
}
END_TEST

START_TEST(fractions_follow_json_and_are_finite)
{
	static const char *const bad[] = {"",	    ".5",    "5.",  "1e",  "1e+",  "+1",
					  "01",	    "0x1p3", "inf", "nan", "-",	   "1e400",
					  "-1e400", "1,5",   " 1",  "1 ",  "1.e5", "Infinity"};
	double d = 42;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		ck_assert_msg(!str_to_double(str_of(bad[i]), &d), "%s", bad[i]);
	ck_assert_double_eq(d, 42);
	ck_assert(str_to_double(STR("0"), &d) && d == 0);
	ck_assert(str_to_double(STR("-0.5"), &d) && d == -0.5);
	ck_assert(str_to_double(STR("1E3"), &d) && d == 1000);
	ck_assert(str_to_double(STR("12.25e-2"), &d) && d == 0.1225);
	ck_assert(str_to_double(STR("1e308"), &d) && d == 1e308);
	ck_assert(str_to_double(STR("1e-400"), &d) && d == 0);
}
END_TEST

START_TEST(utf8_is_valid_only_in_its_shortest_form)
{
	static const struct {
		const char *bytes;
		int bad; /* position of the first bad byte, or -1 */
	} table[] = {
		{"", -1},
		{"abc\x7f", -1},
		{"\xC2\x80", -1}, /* U+0080, the least of two bytes */
		{"a\xC1\xBF", 1}, /* the same length for U+007F is overlong */
		{"\xE0\xA0\x80", -1}, /* U+0800 */
		{"\xE0\x9F\xBF", 0}, /* U+07FF overlong */
		{"\xED\x9F\xBF", -1}, /* U+D7FF */
		{"\xED\xA0\x80", 0}, /* U+D800, a surrogate */
		{"\xED\xBF\xBF", 0}, /* U+DFFF */
		{"\xEE\x80\x80", -1}, /* U+E000 */
		{"\xF0\x90\x80\x80", -1}, /* U+10000 */
		{"\xF0\x8F\xBF\xBF", 0}, /* U+FFFF overlong */
		{"\xF4\x8F\xBF\xBF", -1}, /* U+10FFFF */
		{"\xF4\x90\x80\x80", 0}, /* U+110000 */
		{"ab\x80", 2}, /* a continuation alone */
		{"\xE2\x82", 0}, /* cut short */
		{"\xF0\x9F\x98", 0},
		{"\xC3(", 0},
		{"\xFE\xFF", 0},
	};
	size_t bad = 777;
	bool valid = str_is_utf8(str_of(table[_i].bytes), &bad);
	ck_assert_int_eq(valid, table[_i].bad < 0);
	ck_assert_uint_eq(bad, valid ? 777 : (size_t)table[_i].bad);
	ck_assert_int_eq(str_is_utf8(str_of(table[_i].bytes), NULL), valid);
}
END_TEST

START_TEST(runes_are_decoded_and_bad_bytes_cost_one)
{
	struct str s = STR("a\xC3\xA9\xFF\xE2\x82\xAC\xF0\x9F\x98\x80");
	static const uint32_t expected[] = {'a', 0xE9, 0xFFFD, 0x20AC, 0x1F600};
	size_t pos = 0;
	for (size_t i = 0; i < ARRAY_SIZE(expected); i++)
		ck_assert_uint_eq(str_next_rune(s, &pos), expected[i]);
	ck_assert_uint_eq(pos, s.len);
}
END_TEST

START_TEST(what_hides_from_a_reviewer_is_known)
{
	static const uint32_t deceptive[] = {
		0,	0x08,	0x0B,	0x0D,	0x1B,	 0x1F,	  0x7F,	  0x85,	  0x9F,
		0xAD,	0x61C,	0x200B, 0x200F, 0x2028,	 0x202A,  0x202E, 0x2060, 0x2066,
		0x2069, 0xFEFF, 0xFE00, 0x3164, 0xE0001, 0xE0041, 0xE01EF};
	static const uint32_t fine[] = {'\t',	'\n',	' ',	 '~',	  0xA0,	   0xE9,
					0x627,	0x4E2D, 0x2010,	 0x2027,  0x202F,  0x206F + 1,
					0xFE0F, 0xFFFD, 0x1F600, 0xF0000, 0x10FFFD};
	for (size_t i = 0; i < ARRAY_SIZE(deceptive); i++)
		ck_assert_msg(rune_is_deceptive(deceptive[i]), "U+%04X", deceptive[i]);
	for (size_t i = 0; i < ARRAY_SIZE(fine); i++)
		ck_assert_msg(!rune_is_deceptive(fine[i]), "U+%04X", fine[i]);
}
END_TEST

START_TEST(letters_of_every_script_have_a_lower_case)
{
	static const uint32_t pairs[][2] = {
		{'A', 'a'},	     {'Z', 'z'},	 {'@', '@'},	     {'[', '['},
		{0xC0, 0xE0},	     {0xD6, 0xF6},	 {0xD7, 0xD7},	     {0xD8, 0xF8},
		{0xDE, 0xFE},	     {0xDF, 0xDF},	 {0x100, 0x101},     {0x101, 0x101},
		{0x102, 0x103},	     {0x139, 0x13A},	 {0x147, 0x148},     {0x178, 0xFF},
		{0x391, 0x3B1},	     {0x3A2, 0x3A2},	 {0x3A3, 0x3C3},     {0x3AB, 0x3CB},
		{0x400, 0x450},	     {0x410, 0x430},	 {0x42F, 0x44F},     {0x430, 0x430},
		{0x4C0, 0x4CF},	     {0x531, 0x561},	 {0x556, 0x586},     {0x557, 0x557},
		{0x10A0, 0x2D00},    {0x1E00, 0x1E01},	 {0x1E9E, 0xDF},     {0x212A, 'k'},
		{0x212B, 0xE5},	     {0x2160, 0x2170},	 {0xFF21, 0xFF41},   {0xFF3A, 0xFF5A},
		{0xFF3B, 0xFF3B},    {0x10400, 0x10428}, {0x1E900, 0x1E922}, {0x1E921, 0x1E943},
		{0x10FFFF, 0x10FFFF}};
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++)
		ck_assert_msg(rune_lower(pairs[i][0]) == pairs[i][1], "U+%04X gives U+%04X",
			      pairs[i][0], rune_lower(pairs[i][0]));
	for (uint32_t rune = 0; rune <= 0x10FFFF; rune++) {
		char from[4], to[4];
		uint32_t low = rune_lower(rune);
		/* Callers fold in place. */
		ck_assert_uint_le(rune_encode(low, to), rune_encode(rune, from));
		if (low != rune)
			ck_assert_msg(rune_lower(low) == low, "U+%04X is lower case twice", rune);
	}
}
END_TEST

START_TEST(a_rune_is_encoded_as_it_is_decoded)
{
	static const uint32_t ends[] = {0,	0x7F,	0x80,	0x7FF,	 0x800,
					0xD7FF, 0xE000, 0xFFFF, 0x10000, 0x10FFFF};
	static const size_t lengths[] = {1, 1, 2, 2, 3, 3, 3, 3, 4, 4};
	char bytes[4];
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++) {
		size_t pos = 0, len = rune_encode(ends[i], bytes);
		ck_assert_uint_eq(len, lengths[i]);
		ck_assert(str_is_utf8(str_make(bytes, len), NULL));
		ck_assert_uint_eq(str_next_rune(str_make(bytes, len), &pos), ends[i]);
		ck_assert_uint_eq(pos, len);
	}
	static const uint32_t none[] = {0xD800, 0xDFFF, 0x110000, UINT32_MAX};
	for (size_t i = 0; i < ARRAY_SIZE(none); i++) {
		ck_assert_uint_eq(rune_encode(none[i], bytes), 3);
		ck_assert_mem_eq(bytes, "\xEF\xBF\xBD", 3);
	}
}
END_TEST

START_TEST(folded_texts_are_equal_in_every_script)
{
	static const struct {
		const char *a, *b;
		bool equal;
	} rows[] = {
		{"", "", true},
		{"a", "", false},
		{"SKILL.md", "skill.MD", true},
		{"skill.md", "skill.m", false},
		{"Übung.md", "übung.md", true},
		{"ОТЧЁТ", "отчёт", true},
		{"ΑΘΗΝΑ", "αθηνα", true},
		{"ΑΘΗΝΑ", "αθηνά", false},
		{"\u212Aelvin", "kelvin", true},
		{"a\xFF", "A\xFF", true},
		{"Ａ", "ａ", true},
		{"Ａ", "a", false},
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		ck_assert_int_eq(str_eq_folded(str_of(rows[i].a), str_of(rows[i].b)),
				 rows[i].equal);
		ck_assert_int_eq(str_eq_folded(str_of(rows[i].b), str_of(rows[i].a)),
				 rows[i].equal);
	}
}
END_TEST

START_TEST(distance_counts_a_swap_as_one)
{
	static const struct {
		const char *a, *b;
		size_t distance;
	} table[] = {{"", "", 0},	 {"", "abc", 3},	  {"abc", "", 3},
		     {"abc", "abc", 0},	 {"abc", "acb", 1},	  {"abc", "axc", 1},
		     {"abc", "abxc", 1}, {"abc", "ac", 1},	  {"kitten", "sitting", 3},
		     {"ca", "abc", 3},	 {"trigger", "triger", 1}};
	ck_assert_uint_eq(str_distance(str_of(table[_i].a), str_of(table[_i].b)),
			  table[_i].distance);
	ck_assert_uint_eq(str_distance(str_of(table[_i].b), str_of(table[_i].a)),
			  table[_i].distance);
}
END_TEST

START_TEST(distance_ends_at_64_bytes)
{
	char text[66];
	memset(text, 'x', sizeof(text));
	ck_assert_uint_eq(str_distance(str_make(text, 64), STR("")), 64);
	ck_assert_uint_eq(str_distance(str_make(text, 65), STR("")), SIZE_MAX);
	ck_assert_uint_eq(str_distance(STR(""), str_make(text, 65)), SIZE_MAX);
}
END_TEST

START_TEST(the_nearest_word_is_near)
{
	static const char *const words[] = {"name", "description", "domain", "role", "trigger"};
	static const struct {
		const char *typed, *nearest;
	} table[] = {{"nmae", "name"},	    {"desciption", "description"},
		     {"NAME", "name"},	    {"discripton", "description"},
		     {"rolle", "role"},	    {"domian", "domain"},
		     {"triger", "trigger"}, {"x", NULL},
		     {"budget", NULL},	    {"", NULL},
		     {"nm", NULL},	    {"decrypting", NULL}};
	const char *got = str_nearest(str_of(table[_i].typed), words, ARRAY_SIZE(words));
	if (table[_i].nearest)
		ck_assert_str_eq(got, table[_i].nearest);
	else
		ck_assert_ptr_null(got);
}
END_TEST

START_TEST(the_nearer_of_two_wins_and_the_first_of_equals)
{
	static const char *const words[] = {"bats", "cats", "cat", "Cats"};
	ck_assert_str_eq(str_nearest(STR("cats"), words, 4), "cats");
	ck_assert_str_eq(str_nearest(STR("rats"), words, 4), "bats");
	ck_assert_ptr_null(str_nearest(STR("cats"), words, 0));
}
END_TEST

/* What CPython 3.11 makes of bytes(range(n)) with PYTHONHASHSEED=42, which is this key. */
START_TEST(the_hash_is_siphash_1_3)
{
	static const uint64_t key[2] = {0xdc504fd368cd90afu, 0xb920bb9ffe99e9c1u};
	static const struct {
		size_t len;
		uint64_t hash;
	} table[] = {
		{1, 0xce880c366bcf3489u},  {7, 0xce280fabc397fbdau},  {8, 0x60866c3c108c6afbu},
		{9, 0x68814005f7469e03u},  {15, 0x94ace24d68c18cf8u}, {16, 0x339176f3ac59ce05u},
		{63, 0x06e24d6f0d014c37u},
	};
	char input[64];
	for (int i = 0; i < 64; i++)
		input[i] = (char)i;
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		ck_assert_uint_eq(str_hash_keyed(str_make(input, table[i].len), key),
				  table[i].hash);
}
END_TEST

START_TEST(the_hash_is_the_same_within_a_process)
{
	char copy[] = "order-details";
	ck_assert_uint_eq(str_hash(STR("order-details")), str_hash(str_of(copy)));
	ck_assert_uint_ne(str_hash(STR("a")), str_hash(STR("b")));
	ck_assert_uint_ne(str_hash(STR("a")), str_hash(STR("a\0")));
	ck_assert_uint_ne(str_hash(STR("12345678")), str_hash(STR("123456780")));
}
END_TEST

static const struct support_case cases[] = {
	CASE(comparison_is_bytewise_and_shorter_first),
	CASE(pieces_are_clamped_to_the_string),
	CASE(finding_starts_where_it_is_told),
	CASE_LOOP(splitting_yields_empty_pieces_but_none_of_nothing, 8),
	CASE(whole_numbers_at_their_limits_and_one_past),
	CASE_LOOP(what_is_not_a_whole_number_is_refused_and_leaves_the_result_alone, 15),
	CASE(fractions_follow_json_and_are_finite),
	CASE_LOOP(utf8_is_valid_only_in_its_shortest_form, 19),
	CASE(runes_are_decoded_and_bad_bytes_cost_one),
	CASE(what_hides_from_a_reviewer_is_known),
	CASE(letters_of_every_script_have_a_lower_case),
	CASE(a_rune_is_encoded_as_it_is_decoded),
	CASE(folded_texts_are_equal_in_every_script),
	CASE_LOOP(distance_counts_a_swap_as_one, 11),
	CASE(distance_ends_at_64_bytes),
	CASE_LOOP(the_nearest_word_is_near, 12),
	CASE(the_nearer_of_two_wins_and_the_first_of_equals),
	CASE(the_hash_is_siphash_1_3),
	CASE(the_hash_is_the_same_within_a_process),
	{0},
};

int main(void)
{
	return support_main("base/str", cases);
}
