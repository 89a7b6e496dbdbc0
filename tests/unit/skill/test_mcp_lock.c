/* mcp.lock: digests, the file, drift. What rules make of it is in admission/fixtures/pins.txt. */
#include "skill/mcp_lock.h"

#include "tests/unit/support.h"

static int read_server(struct arena *a, const char *json, struct mcp_server *ret)
{
	const struct doc_node *root = NULL;
	assert_ok(doc_parse_json(a, str_of(json), &doc_limits_json, "t.json", &root, &support_err));
	support_err = (struct err)ERR_INIT;
	return mcp_server_read(a, STR("erp"), root, "t.json", ret, &support_err);
}

/* Of sha256sum over the canonical JSON, written by hand. */
START_TEST(a_digest_is_sha256_over_canonical_json)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	struct mcp_server s;
	struct digest want;
	assert_ok(read_server(a,
			      "{\"tools\":[{\"title\":\"T\",\"name\":\"n\",\"icons\":[1],"
			      "\"inputSchema\":{\"type\":\"object\",\"a\":1}}]}",
			      &s));
	crypto_sha256(STR("{\"inputSchema\":{\"a\":1,\"type\":\"object\"},\"name\":\"n\",\"title\":"
			  "\"T\"}"),
		      want.bytes);
	ck_assert(digest_equal(&s.tools[0].digest, &want));
	crypto_sha256(STR("{\"inputSchema\":{\"a\":1,\"type\":\"object\"},\"title\":\"T\"}"),
		      want.bytes);
	ck_assert(digest_equal(&s.tools[0].shape, &want));
	crypto_sha256(STR(""), want.bytes);
	ck_assert(digest_equal(&s.instructions, &want));
}
END_TEST

START_TEST(the_reply_may_be_whole_or_bare)
{
	static const char *const forms[] = {
		"{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"tools\":[{\"name\":\"n\"}]}}",
		"{\"tools\":[{\"name\":\"n\"}],\"nextCursor\":null}", "[{\"name\":\"n\"}]"};
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		struct mcp_server s;
		assert_ok(read_server(a, forms[i], &s));
		ck_assert_uint_eq(s.tool_count, 1);
	}
}
END_TEST

static const struct {
	const char *json, *says;
} bad[] = {
	{"{}", "there is no list of tools in it"},
	{"{\"tools\":{}}", "there is no list of tools in it"},
	{"{\"tools\":[{}]}", "a tool's name is 1 to 128"},
	{"{\"tools\":[{\"name\":\"a b\"}]}", "a tool's name is 1 to 128"},
	{"{\"tools\":[{\"name\":\"a\"},{\"name\":\"b\"},{\"name\":\"a\"}]}",
	 "the tool a is there twice"},
};

START_TEST(what_is_no_list_of_tools_is_refused)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct mcp_server s;
		ck_assert_int_eq(read_server(a, bad[i].json, &s), ERR_INVALID);
		ck_assert_msg(strstr(support_err.msg, bad[i].says) != NULL, "%s", support_err.msg);
	}
}
END_TEST

START_TEST(a_name_of_128_is_taken_and_one_more_is_not)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	char json[256];
	struct mcp_server s;
	snprintf(json, sizeof(json), "[{\"name\":\"%0128d\"}]", 1);
	assert_ok(read_server(a, json, &s));
	snprintf(json, sizeof(json), "[{\"name\":\"%0129d\"}]", 1);
	ck_assert_int_eq(read_server(a, json, &s), ERR_INVALID);
}
END_TEST

START_TEST(a_lock_reads_back_as_it_was_written)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	CLEANUP(buf_release) struct buf one = BUF_INIT(1 << 20), two = BUF_INIT(1 << 20);
	struct mcp_lock l = {0}, back;
	struct mcp_server s;
	const struct doc_node *root = NULL;
	assert_ok(read_server(a, "[{\"name\":\"b\"},{\"name\":\"a\"}]", &s));
	mcp_lock_set(a, &l, &s);
	s.name = STR("crm");
	mcp_lock_set(a, &l, &s);
	s.tool_count = 0;
	mcp_lock_set(a, &l, &s); /* in its own place */
	mcp_lock_write(&one, &l);
	assert_ok(doc_parse_json(a, buf_str(&one), &doc_limits_json, "l", &root, &support_err));
	assert_ok(mcp_lock_read(a, root, "l", &back, &support_err));
	struct mcp_lock *copy = mcp_lock_copy(a, &back);
	mcp_lock_write(&two, copy);
	ck_assert_str_eq(buf_cstr(&one), buf_cstr(&two));
	ck_assert_uint_eq(copy->server_count, 2);
	ck_assert_uint_eq(mcp_lock_server(copy, STR("crm"))->tool_count, 0);
	ck_assert_ptr_nonnull(mcp_server_tool(mcp_lock_server(copy, STR("erp")), STR("b")));
	ck_assert_ptr_null(mcp_server_tool(mcp_lock_server(copy, STR("erp")), STR("c")));
	ck_assert_ptr_null(mcp_lock_server(copy, STR("x")));
	ck_assert_ptr_null(mcp_lock_server(NULL, STR("x")));
}
END_TEST

static void note(void *state, enum mcp_drift d, struct str tool, struct str to)
{
	buf_addf(state, "%s %.*s %.*s\n", mcp_drift_name(d), STR_ARG(tool), STR_ARG(to));
}

/* Two new ones that look like the one that is gone: only one of them is it. */
START_TEST(one_tool_is_renamed_only_once)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	CLEANUP(buf_release) struct buf said = BUF_INIT(4096);
	struct mcp_server was, is;
	assert_ok(read_server(a, "[{\"name\":\"a\"},{\"name\":\"keep\",\"title\":\"k\"}]", &was));
	assert_ok(read_server(
		a, "[{\"name\":\"b\"},{\"name\":\"c\"},{\"name\":\"keep\",\"title\":\"k\"}]", &is));
	mcp_server_compare(&was, &is, note, &said);
	ck_assert_str_eq(buf_cstr(&said), "renamed a b\nnew c \n");
	buf_reset(&said);
	mcp_server_compare(&was, &was, note, &said);
	ck_assert_uint_eq(said.len, 0);
}
END_TEST

static const struct support_case cases[] = {CASE(a_digest_is_sha256_over_canonical_json),
					    CASE(the_reply_may_be_whole_or_bare),
					    CASE(what_is_no_list_of_tools_is_refused),
					    CASE(a_name_of_128_is_taken_and_one_more_is_not),
					    CASE(a_lock_reads_back_as_it_was_written),
					    CASE(one_tool_is_renamed_only_once),
					    {0}};

int main(void)
{
	return support_main("skill/mcp_lock", cases);
}
