/* Targets: decoded once, and nothing in them that two readers could take for two things. */
#include "agent/gateway/target.h"
#include "tests/unit/support.h"

static struct gw_target target;
static struct arena *arena;

static int parse(const char *path, const char *query)
{
	if (!arena)
		arena = arena_new(1024 * 1024);
	return gw_target_parse(arena, str_of(path), str_of(query), &target, &support_err);
}

START_TEST(a_path_is_its_segments)
{
	assert_ok(parse("/", ""));
	ck_assert_uint_eq(target.segment_count, 0);
	assert_ok(parse("/api/v1/domains/ecm/skills/order-details", ""));
	ck_assert_uint_eq(target.segment_count, 6);
	assert_str(target.segments[0], "api");
	assert_str(target.segments[5], "order-details");
	assert_ok(parse(
		"/api/v1/domains/ecm/routes/order-details.command.order%20status%20%7bid%7D", ""));
	assert_str(target.segments[5], "order-details.command.order status {id}");
}
END_TEST

START_TEST(decoding_happens_once)
{
	assert_ok(parse("/a%252e%252e", ""));
	assert_str(target.segments[0], "a%2e%2e");
	assert_ok(parse("/a+b", "c=d+e%2Bf"));
	assert_str(target.segments[0], "a+b");
	assert_str(gw_query(&target, "c"), "d e+f");
}
END_TEST

static const struct {
	const char *path, *query, *words;
} bad[] = {
	{"//", "", "an empty segment"},
	{"/a//b", "", "an empty segment"},
	{"/a/", "", "ends in a slash"},
	{"/./a", "", "a dot segment"},
	{"/a/..", "", "a dot segment"},
	{"/a/../b", "", "a dot segment"},
	{"/%2e%2e/a", "", "a dot segment"},
	{"/.%2E/a", "", "a dot segment"},
	{"/%2e", "", "a dot segment"},
	{"/a%2fb", "", "a slash inside"},
	{"/a%5Cb", "", "a slash inside"},
	{"/a%00b", "", "a control character"},
	{"/a%0a", "", "a control character"},
	{"/a%7f", "", "a control character"},
	{"/%c0%ae%c0%ae/a", "", "not UTF-8"},
	{"/%ed%a0%80", "", "not UTF-8"},
	{"/%ff", "", "not UTF-8"},
	{"/a%", "", "two hexadecimal"},
	{"/a%4", "", "two hexadecimal"},
	{"/a%4g", "", "two hexadecimal"},
	{"/a%u0041", "", "two hexadecimal"},
	{"/a", "=1", "without a name"},
	{"/a", "b=1&&c=2", "without a name"},
	{"/a", "b=1&b=2", "has \"b\" twice"},
	{"/a", "b=1&%62=2", "has \"b\" twice"},
	{"/a", "b=1&", "without a name"},
	{"/a", "&b=1", "without a name"},
	{"/a", "&", "without a name"},
	{"/a", "b&b", "has \"b\" twice"},
	{"/a", "a+b=1&a%20b=2", "has \"a b\" twice"},
	{"/a", "b=%", "in the query is not followed"},
	{"/a", "b=%0a", "a control character in the query"},
	{"/a", "%0d=1", "a control character in the query"},
	{"/a", "b=%c3", "the query is not UTF-8"},
	{"/%c3/%a9", "", "not UTF-8"}, /* a character is not cut in two by a slash */
	{"/%2f", "", "a slash inside"},
	{"/a%2F%2e%2e", "", "a slash inside"},
	{"///", "", "an empty segment"},
	{"/%09", "", "a control character"},
	{"/%1b[31m", "", "a control character"},
	{"/a", "b=%00", "a control character in the query"},
	{"/a", "b=%zz", "in the query is not followed"},
	{"/a", "b=%ff", "the query is not UTF-8"},
};

START_TEST(what_is_ambiguous_is_refused)
{
	assert_err(parse(bad[_i].path, bad[_i].query), ERR_USAGE, bad[_i].words);
}
END_TEST

START_TEST(parts_have_limits)
{
	assert_ok(parse("/1/2/3/4/5/6/7/8/9/10/11/12", ""));
	ck_assert_uint_eq(target.segment_count, GW_SEGMENTS_MAX);
	assert_err(parse("/1/2/3/4/5/6/7/8/9/10/11/12/13", ""), ERR_NOT_FOUND, "so many segments");
	char query[512] = "";
	for (int i = 0; i < GW_QUERY_MAX; i++)
		snprintf(query + strlen(query), sizeof(query) - strlen(query), "%sk%d=v",
			 i ? "&" : "", i);
	assert_ok(parse("/a", query));
	ck_assert_uint_eq(target.query_count, GW_QUERY_MAX);
	snprintf(query + strlen(query), sizeof(query) - strlen(query), "&more=v");
	assert_err(parse("/a", query), ERR_TOO_LARGE, "more than 24 parameters");
}
END_TEST

START_TEST(a_query_key_may_be_there_without_a_value_or_not_at_all)
{
	assert_ok(parse("/a", "b&c=&d=x=y"));
	assert_str(gw_query(&target, "b"), "");
	assert_str(gw_query(&target, "c"), "");
	assert_str(gw_query(&target, "d"), "x=y");
	ck_assert_ptr_null(gw_query(&target, "e").p);
}
END_TEST

START_TEST(what_only_looks_like_a_dot_segment_is_a_name)
{
	static const char *const names[] = {"...", ".a", "a.", "..a", "%252e", "..;", ". "};
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		char path[64];
		snprintf(path, sizeof(path), "/x/%s", names[i]);
		assert_ok(parse(path, ""));
		ck_assert_uint_eq(target.segment_count, 2);
	}
	assert_str(target.segments[1], ". ");
}
END_TEST

START_TEST(a_query_is_decoded_and_keys_are_told_apart_by_case)
{
	assert_ok(parse("/a", "b=%26%3d%2B&B=2&%c3%a4=%C3%96"));
	assert_str(gw_query(&target, "b"), "&=+");
	assert_str(gw_query(&target, "B"), "2");
	assert_str(gw_query(&target, "\xC3\xA4"), "\xC3\x96");
	ck_assert_uint_eq(target.query_count, 3);
}
END_TEST

static const struct support_case cases[] = {
	CASE(a_path_is_its_segments),
	CASE(decoding_happens_once),
	CASE_LOOP(what_is_ambiguous_is_refused, ARRAY_SIZE(bad)),
	CASE(parts_have_limits),
	CASE(what_only_looks_like_a_dot_segment_is_a_name),
	CASE(a_query_is_decoded_and_keys_are_told_apart_by_case),
	CASE(a_query_key_may_be_there_without_a_value_or_not_at_all),
	{0}};

int main(void)
{
	return support_main("agent/gateway_target", cases);
}
