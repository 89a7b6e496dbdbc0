#include "base/doc.h"
#include "base/json.h"
#include "tests/unit/base/golden.h"

static struct arena *arena;

static const struct doc_node *from_json(struct str text)
{
	const struct doc_node *n = NULL;
	assert_ok(doc_parse_json(arena, text, &doc_limits_json, "f", &n, &support_err));
	return n;
}

static const struct doc_node *from_yaml(struct str text)
{
	const struct doc_node *n = NULL;
	struct doc_limits wide = doc_limits_yaml;
	wide.bytes = 1 << 20;
	wide.string_bytes = 1 << 20;
	assert_ok(doc_parse_yaml(arena, text, &wide, "f", 0, &n, &support_err));
	return n;
}

/* Two trees in which every place and the order of nothing differs. */
static void check_yaml(const char *json, const char *want)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	arena = arena_new(16 << 20);
	const struct doc_node *n = from_json(str_of(json));
	doc_write_yaml(&out, n);
	if (want)
		ck_assert_str_eq(buf_cstr(&out), want);
	ck_assert_msg(doc_equal(n, from_yaml(buf_str(&out))), "%s became\n%s", json,
		      buf_cstr(&out));
	arena_freep(&arena);
}

static void canonical(const char *json, const char *want)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	arena = arena_new(1 << 20);
	doc_write_json(&out, from_json(str_of(json)), 0, true);
	ck_assert_str_eq(buf_cstr(&out), want);
	arena_freep(&arena);
}

/* RFC 8785 section 3.2.2 and 3.2.3. */
START_TEST(canonical_form_is_that_of_the_rfc)
{
	canonical("{\n"
		  "  \"numbers\": [333333333.33333329, 1E30, 4.50, 2e-3, "
		  "0.000000000000000000000000001],\n"
		  "  \"string\": \"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/\",\n"
		  "  \"literals\": [null, true, false]\n"
		  "}",
		  "{\"literals\":[null,true,false],\"numbers\":[333333333.3333333,1e+30,4.5,0.002,"
		  "1e-27],"
		  "\"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
	canonical("{\"\\u20ac\": \"Euro Sign\", \"\\r\": \"Carriage Return\", \"\\ufb33\": "
		  "\"Hebrew Letter Dalet "
		  "With Dagesh\", \"1\": \"One\", \"\\ud83d\\ude00\": \"Emoji: Grinning Face\", "
		  "\"\\u0080\": "
		  "\"Control\", \"\\u00f6\": \"Latin Small Letter O With Diaeresis\"}",
		  "{\"\\r\":\"Carriage "
		  "Return\",\"1\":\"One\",\"\xC2\x80\":\"Control\",\"ö\":\"Latin Small Letter O "
		  "With Diaeresis\",\"€\":\"Euro Sign\",\"😀\":\"Emoji: Grinning "
		  "Face\",\"\xEF\xAC\xB3\":\"Hebrew "
		  "Letter Dalet With Dagesh\"}");
	/* Not escaped there, though json_quote() does. */
	canonical("[\"\\u2028\"]", "[\"\xE2\x80\xA8\"]");
	canonical("{\"ab\":1,\"a\":2,\"\":3,\"b\":{\"y\":1,\"x\":[]}}",
		  "{\"\":3,\"a\":2,\"ab\":1,\"b\":{\"x\":[],\"y\":1}}");
	canonical("[1.0, 100, 9007199254740993]", "[1,100,9007199254740993]");
}
END_TEST

/* RFC 8785 appendix B, and the edges of the format's branches. */
START_TEST(numbers_are_written_as_ecmascript_does)
{
	static const struct {
		uint64_t bits;
		const char *want;
	} rows[] = {
		{0x0000000000000000, "0"},
		{0x8000000000000000, "0"},
		{0x0000000000000001, "5e-324"},
		{0x8000000000000001, "-5e-324"},
		{0x7fefffffffffffff, "1.7976931348623157e+308"},
		{0xffefffffffffffff, "-1.7976931348623157e+308"},
		{0x4340000000000000, "9007199254740992"},
		{0xc340000000000000, "-9007199254740992"},
		{0x4430000000000000, "295147905179352830000"},
		{0x44b52d02c7e14af5, "9.999999999999997e+22"},
		{0x44b52d02c7e14af6, "1e+23"},
		{0x44b52d02c7e14af7, "1.0000000000000001e+23"},
		{0x444b1ae4d6e2ef4e, "999999999999999700000"},
		{0x444b1ae4d6e2ef4f, "999999999999999900000"},
		{0x444b1ae4d6e2ef50, "1e+21"},
		{0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"},
		{0x3eb0c6f7a0b5ed8d, "0.000001"},
		{0x41b3de4355555553, "333333333.3333332"},
		{0x41b3de4355555554, "333333333.33333325"},
		{0x41b3de4355555555, "333333333.3333333"},
		{0x41b3de4355555556, "333333333.3333334"},
		{0x41b3de4355555557, "333333333.33333343"},
		{0xbecbf647612f3696, "-0.0000033333333333333333"},
		{0x43143ff3c1cb0959, "1424953923781206.2"},
		{0x7fffffffffffffff, "null"},
		{0x7ff0000000000000, "null"},
		/* Powers of two, where the neighbours are not equally far. */
		{0x3d30000000000000, "5.684341886080802e-14"},
		{0x0010000000000000, "2.2250738585072014e-308"},
		{0x000fffffffffffff, "2.225073858507201e-308"},
		{0x3ff0000000000000, "1"},
		{0x3ff8000000000000, "1.5"},
		{0x4059000000000000, "100"},
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP(buf_release) struct buf out = BUF_INIT(64);
		double v;
		memcpy(&v, &rows[i].bits, sizeof(v));
		json_number(&out, v);
		ck_assert_str_eq(buf_cstr(&out), rows[i].want);
	}
}
END_TEST

START_TEST(numbers_read_back_as_themselves)
{
	for (int i = 0; i < 20000; i++) {
		CLEANUP(buf_release) struct buf out = BUF_INIT(64);
		uint64_t bits;
		double v, back;
		crypto_random(&bits, sizeof(bits));
		memcpy(&v, &bits, sizeof(v));
		if (v != v || v - v != 0)
			continue;
		json_number(&out, v);
		ck_assert(str_to_double(buf_str(&out), &back));
		ck_assert_msg(back == v, "%s is not %.17g", buf_cstr(&out), v);
	}
}
END_TEST

START_TEST(json_is_indented_when_asked)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	arena = arena_new(1 << 20);
	const struct doc_node *n =
		from_json(STR("{\"b\":[1,{\"c\":[]}],\"a\":{},\"x\":\"\\u2028\"}"));
	doc_write_json(&out, n, 2, false);
	ck_assert_str_eq(buf_cstr(&out),
			 "{\n  \"b\": [\n    1,\n    {\n      \"c\": []\n    }\n  ],\n"
			 "  \"a\": {},\n  \"x\": \"\\u2028\"\n}");
	arena_freep(&arena);
}
END_TEST

START_TEST(floats_stay_floats)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	arena = arena_new(1 << 20);
	doc_write_json(&out, from_json(STR("[1.0, -0.0, 1e21, 1e20, 2.50]")), 0, false);
	ck_assert_str_eq(buf_cstr(&out), "[1.0,0.0,1e+21,100000000000000000000.0,2.5]");
	arena_freep(&arena);
}
END_TEST

START_TEST(yaml_is_written_in_block_style)
{
	check_yaml("{\"name\":\"x\",\"list\":[1,\"two\",[3,[]],{\"a\":1,\"b\":{}}],\"m\":{\"k\":"
		   "null,\"t\":true,"
		   "\"f\":1.0}}",
		   "name: x\n"
		   "list:\n"
		   "  - 1\n"
		   "  - two\n"
		   "  - - 3\n"
		   "    - []\n"
		   "  - a: 1\n"
		   "    b: {}\n"
		   "m:\n"
		   "  k: null\n"
		   "  t: true\n"
		   "  f: 1.0\n");
}
END_TEST

START_TEST(yaml_text_of_several_lines_is_a_block)
{
	check_yaml(
		"{\"a\":\"one\\n  two\\n\\n   \\nthree\\n\",\"b\":\"x\\ny\",\"c\":[\"p\\nq\\n\"]}",
		"a: |\n"
		"  one\n"
		"    two\n"
		"\n"
		"     \n"
		"  three\n"
		"b: |-\n"
		"  x\n"
		"  y\n"
		"c:\n"
		"  - |\n"
		"    p\n"
		"    q\n");
	check_yaml("\"x\\ny\"", "|-\n  x\n  y\n");
}
END_TEST

START_TEST(yaml_quotes_what_needs_it)
{
	static const char *const texts[] = {
		"",	    " x",      "x ",	      "null",	    "~",
		"true",	    "Yes",     "off",	      "12",	    "-1",
		"1.5",	    "0x1f",    ".inf",	      "2026-01-01", "a: b",
		"a:",	    "a #b",    "#b",	      "- a",	    "-",
		"? a",	    "[a]",     "{a}",	      "a, b",	    "*a",
		"&a",	    "!a",      "|",	      ">",	    "%a",
		"@a",	    "`a`",     "\\\"q\\\"",   "'q'",	    "a\\\\b",
		"\\t",	    "a\\tb",   "---",	      "...",	    "\\n",
		"\\n\\n",   "a\\n\\n", " a\\nb",      "\\na",	    "a\\n b ",
		"é",	    "😀",       "a\\u00a0b",   "a:b",	    "http://x/y?z=1#t",
		"<<",	    "=",       "a\\r\\nb",    "\\ufffe",    "\\uffff",
		"a\\n\\tb", "n",       "a\\n   \\nb", "x:\\ty",	    "x\\t#y",
		"N/A",	    "x\\n",    "\\ufffd\\nq", "a'b\\\"c",
	};
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		CLEANUP_FREE char *json =
			mem_printf("{\"k\":\"%s\",\"%s\":[\"%s\",{\"%s\":\"%s\"}]}", texts[i],
				   texts[i], texts[i], texts[i], texts[i]);
		/* "k" itself would be a duplicate. */
		check_yaml(json, NULL);
		CLEANUP_FREE char *alone = mem_printf("\"%s\"", texts[i]);
		check_yaml(alone, NULL);
	}
}
END_TEST

START_TEST(yaml_of_what_hides_is_escaped)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	arena = arena_new(1 << 20);
	doc_write_yaml(&out, from_json(STR("[\"\\u202e\", \"\\u001b\\n\", \"\\udb40\\udc41\"]")));
	ck_assert_str_eq(buf_cstr(&out), "- \"\\u202E\"\n- \"\\u001B\\n\"\n- \"\\U000E0041\"\n");
	arena_freep(&arena);
}
END_TEST

START_TEST(yaml_long_keys_parse_back)
{
	for (size_t n = 990; n < 1040; n += 7) {
		CLEANUP(buf_release) struct buf json = BUF_INIT(BUF_MAX);
		buf_addz(&json, "{\"x\":{\"");
		buf_add_repeat(&json, 'k', n);
		buf_addz(&json, "\":1,\"");
		buf_add_repeat(&json, '"' - 1, n);
		buf_addz(&json, "\":{\"a\":[1]}}}");
		check_yaml(buf_cstr(&json), NULL);
	}
}
END_TEST

static const struct support_case cases[] = {CASE(canonical_form_is_that_of_the_rfc),
					    CASE(numbers_are_written_as_ecmascript_does),
					    CASE(numbers_read_back_as_themselves),
					    CASE(json_is_indented_when_asked),
					    CASE(floats_stay_floats),
					    CASE(yaml_is_written_in_block_style),
					    CASE(yaml_text_of_several_lines_is_a_block),
					    CASE(yaml_quotes_what_needs_it),
					    CASE(yaml_of_what_hides_is_escaped),
					    CASE(yaml_long_keys_parse_back),
					    {0}};

int main(void)
{
	return support_main("base/doc_write", cases);
}
