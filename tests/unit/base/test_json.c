#include <float.h>

#include "base/doc.h"
#include "base/json.h"
#include "tests/unit/support.h"

START_TEST(commas_and_nesting_are_kept)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	struct json j;
	json_init(&j, &out);
	json_object(&j);
	json_str(&j, "name", STR("x"));
	json_strz(&j, "none", NULL);
	json_array_in(&j, "items");
	json_add_int(&j, INT64_MIN);
	json_add_int(&j, INT64_MAX);
	json_addz(&j, "s");
	json_addz(&j, NULL);
	json_add_bool(&j, true);
	json_add_null(&j);
	json_add_double(&j, 0.1);
	json_add_raw(&j, STR("{\"r\":1}"));
	json_array(&j);
	json_end(&j);
	json_object(&j);
	json_end(&j);
	json_end(&j);
	json_object_in(&j, "o");
	json_bool(&j, "t", false);
	json_int(&j, "i", -1);
	json_key(&j, "n");
	json_add_null(&j);
	json_end(&j);
	json_raw(&j, "raw", STR("[1]"));
	json_key_str(&j, STR("k\"ey"));
	json_array(&j);
	json_end(&j);
	json_end(&j);
	ck_assert_uint_eq(j.depth, 0);
	ck_assert_str_eq(buf_cstr(&out),
			 "{\"name\":\"x\",\"none\":null,\"items\":[-9223372036854775808,"
			 "9223372036854775807,\"s\",null,true,null,0.1,{\"r\":1},[],{}],"
			 "\"o\":{\"t\":false,\"i\":-1,\"n\":null},\"raw\":[1],\"k\\\"ey\":[]}");
}
END_TEST

START_TEST(a_value_alone_is_a_document)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	struct json j;
	json_init(&j, &out);
	json_add_str(&j, STR("x"));
	ck_assert_str_eq(buf_cstr(&out), "\"x\"");
}
END_TEST

START_TEST(levels_go_to_the_maximum)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	struct json j;
	json_init(&j, &out);
	for (int i = 0; i < JSON_DEPTH_MAX; i++) {
		if (i % 2)
			json_object(&j);
		else if (i)
			json_array_in(&j, "k");
		else
			json_array(&j);
	}
	while (j.depth)
		json_end(&j);
	struct arena *a = arena_new(1 << 20);
	const struct doc_node *n;
	assert_ok(doc_parse_json(a, buf_str(&out), &doc_limits_json, "f", &n, &support_err));
	arena_free(a);
}
END_TEST

START_TEST(strings_are_escaped)
{
	static const struct {
		struct str in;
		const char *want;
	} rows[] = {
		{{"", 0}, "\"\""},
		{{NULL, 0}, "\"\""},
		{{"a\"b\\c/", 6}, "\"a\\\"b\\\\c/\""},
		{{"\b\t\n\f\r", 5}, "\"\\b\\t\\n\\f\\r\""},
		{{"\0\x01\x1f\x7f", 4}, "\"\\u0000\\u0001\\u001f\x7f\""},
		{{"é😀", 6}, "\"é😀\""},
		{{"\xE2\x80\xA8\xE2\x80\xA9", 6}, "\"\\u2028\\u2029\""},
		{{"a\xFFz", 3}, "\"a\xEF\xBF\xBDz\""},
		{{"\xC3", 1}, "\"\xEF\xBF\xBD\""},
		{{"\xED\xA0\x80", 3}, "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
		{{"\xEF\xBF\xBD", 3}, "\"\xEF\xBF\xBD\""},
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
		json_quote(&out, rows[i].in);
		ck_assert_str_eq(buf_cstr(&out), rows[i].want);
	}
}
END_TEST

START_TEST(any_bytes_give_json_that_parses)
{
	for (unsigned seed = 1; seed < 400; seed++) {
		char bytes[64];
		srandom(seed);
		for (size_t i = 0; i < sizeof(bytes); i++)
			bytes[i] = (char)(1 + random() % 255);
		CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
		json_quote(&out, str_make(bytes, sizeof(bytes)));
		struct arena *a = arena_new(1 << 20);
		const struct doc_node *n;
		assert_ok(
			doc_parse_json(a, buf_str(&out), &doc_limits_json, "f", &n, &support_err));
		arena_free(a);
	}
}
END_TEST

START_TEST(a_problem_has_what_is_known)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	struct err err = ERR_INIT;
	err_set(&err, ERR_CONFLICT, "it \"changed\"");
	json_problem(&out, &err);
	ck_assert_str_eq(
		buf_cstr(&out),
		"{\"type\":\"urn:aspora:error:conflict\",\"title\":\"the object has changed since "
		"it was read, or is owned by someone else\",\"status\":409,\"detail\":\"it "
		"\\\"changed\\\"\",\"code\":\"conflict\"}");
	buf_reset(&out);
	err_at(&err, ERR_SYNTAX, "a/SKILL.md", 3, 7, "wrong");
	err_remedy(&err, "write right");
	json_problem(&out, &err);
	ck_assert_ptr_nonnull(strstr(buf_cstr(&out),
				     "\"where\":{\"path\":\"a/SKILL.md\",\"line\":3,"
				     "\"column\":7},\"remedy\":\"write right\"}"));
	buf_reset(&out);
	err_at(&err, ERR_SYNTAX, "f", 0, 0, "wrong");
	json_problem(&out, &err);
	ck_assert_ptr_nonnull(strstr(buf_cstr(&out), "\"where\":{\"path\":\"f\"}}"));
}
END_TEST

static const struct support_case cases[] = {CASE(commas_and_nesting_are_kept),
					    CASE(a_value_alone_is_a_document),
					    CASE(levels_go_to_the_maximum),
					    CASE(strings_are_escaped),
					    CASE(any_bytes_give_json_that_parses),
					    CASE(a_problem_has_what_is_known),
					    {0}};

int main(void)
{
	return support_main("base/json", cases);
}
