/* What `why` says of a signature, from an answer that need not be as it should. */
#include "cli/signature.h"

#include "tests/unit/support.h"

static struct arena *arena;

static const struct doc_node *node(const char *json)
{
	const struct doc_node *n = NULL;
	arena_free(arena);
	arena = arena_new(1 << 20);
	assert_ok(doc_parse_json(arena, str_of(json), &doc_limits_json, "s", &n, &support_err));
	return n;
}

START_TEST(only_what_holds_holds_and_only_what_does_not_is_wrong)
{
	static const struct {
		const char *json;
		enum cli_signed how;
		const char *words;
	} rows[] = {
		{"{\"state\":\"good\",\"kind\":\"ssh\",\"signer\":\"ana\",\"key\":\"SHA256:x\"}",
		 CLI_SIGNED, "signed by ana (ssh SHA256:x)"},
		{"{\"state\":\"bad\"}", CLI_SIGNED_WRONG,
		 "signed, but the signature does not hold"},
		{"{\"state\":\"unsigned\"}", CLI_SIGNED_UNKNOWN, "not signed"},
		{"{\"state\":\"untrusted\",\"kind\":\"smoke\"}", CLI_SIGNED_UNKNOWN,
		 "signed with a key that nobody trusts"},
		{"{\"state\":\"unchecked\"}", CLI_SIGNED_UNKNOWN,
		 "not looked at: nobody was named who may sign for main (signers of the source in "
		 "asporad.conf)"},
		{"{\"state\":\"great\"}", CLI_SIGNED_UNKNOWN,
		 "the gateway does not say who signed the commit"},
		{"{\"state\":5}", CLI_SIGNED_UNKNOWN,
		 "the gateway does not say who signed the commit"},
		{"\"good\"", CLI_SIGNED_UNKNOWN, "the gateway does not say who signed the commit"},
		{"{\"state\":\"good\",\"signer\":\"a\\u001b[2J\"}", CLI_SIGNED,
		 "signed by a\\x1b[2J"},
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
		enum cli_signed how = cli_signature_say(node(rows[i].json), STR("main"), &out);
		ck_assert_msg(how == rows[i].how, "%s", rows[i].json);
		ck_assert_str_eq(buf_cstr(&out), rows[i].words);
	}
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	ck_assert_int_eq(cli_signature_say(NULL, STR("main"), &out), CLI_SIGNED_UNKNOWN);
}
END_TEST

static void json_is(const struct doc_node *n, const char *want)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	struct json j;
	json_init(&j, &out);
	json_object(&j);
	cli_signature_json(n, &j);
	json_end(&j);
	ck_assert_str_eq(buf_cstr(&out), want);
}

START_TEST(every_member_is_there_for_a_program)
{
	json_is(NULL,
		"{\"signature\":{\"state\":\"unchecked\",\"kind\":\"\",\"signer\":\"\",\"key\":"
		"\"\",\"detail\":\"\"}}");
	json_is(node("{\"state\":\"good\",\"kind\":\"ssh\",\"signer\":\"ana\",\"key\":\"k\","
		     "\"more\":1}"),
		"{\"signature\":{\"state\":\"good\",\"kind\":\"ssh\",\"signer\":\"ana\",\"key\":"
		"\"k\","
		"\"detail\":\"\"}}");
}
END_TEST

int main(void)
{
	static const struct support_case cases[] = {
		CASE(only_what_holds_holds_and_only_what_does_not_is_wrong),
		CASE(every_member_is_there_for_a_program),
		{0}};
	return support_main("cli/signature", cases);
}
