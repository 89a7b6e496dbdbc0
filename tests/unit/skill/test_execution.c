#include "skill/execution.h"

#include "base/child.h"
#include "base/io.h"
#include "skill/kind.h"
#include "tests/unit/support.h"

static char text[4 * EXECUTION_RESULT_MAX];

static const char *normal(const char *printed)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(sizeof(text) - 1);
	assert_ok(skill_result_normalise(str_of(printed), &out, &support_err));
	memcpy(text, buf_cstr(&out), out.len + 1);
	return text;
}

static void refused(const char *printed, const char *part, const char *remedy)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(sizeof(text) - 1);
	assert_err(skill_result_normalise(str_of(printed), &out, &support_err), ERR_HANDLER_OUTPUT,
		   part);
	ck_assert_msg(strstr(support_err.remedy, remedy), "\"%s\" lacks \"%s\"", support_err.remedy,
		      remedy);
	ck_assert_uint_eq(out.len, 0);
}

#define HEAD "{\"apiVersion\":\"aspora/v1\",\"kind\":\"SkillResult\""

START_TEST(modes_and_states_have_names_both_ways)
{
	for (int i = MODE_LIVE; i <= MODE_REPLAY; i++) {
		enum execution_mode m = MODE_LIVE;
		ck_assert(execution_mode_find(str_of(execution_mode_name(i)), &m));
		ck_assert_int_eq(m, i);
	}
	for (int i = EXEC_QUEUED; i <= EXEC_CANCELLED; i++) {
		enum execution_state s = EXEC_QUEUED;
		ck_assert(execution_state_find(str_of(execution_state_name(i)), &s));
		ck_assert_int_eq(s, i);
		ck_assert_int_eq(execution_state_final(i), i >= EXEC_SUCCEEDED);
	}
	enum execution_mode m;
	enum execution_state s;
	ck_assert(!execution_mode_find(STR("Live"), &m));
	ck_assert(!execution_state_find(STR(""), &s));
}
END_TEST

START_TEST(any_json_value_becomes_the_output)
{
	ck_assert_str_eq(normal("{\"answer\": 42}"), HEAD ",\"output\":{\"answer\":42}}");
	ck_assert_str_eq(normal("[1, 2]\n"), HEAD ",\"output\":[1,2]}");
	ck_assert_str_eq(normal("\"shipped\""), HEAD ",\"output\":\"shipped\"}");
	ck_assert_str_eq(normal("  17 "), HEAD ",\"output\":17}");
	ck_assert_str_eq(normal("null"), HEAD ",\"output\":null}");
	ck_assert_str_eq(normal("true"), HEAD ",\"output\":true}");
	ck_assert_str_eq(normal("0.1"), HEAD ",\"output\":0.1}");
}
END_TEST

START_TEST(an_object_of_another_kind_is_output_whole)
{
	ck_assert_str_eq(normal("{\"kind\":\"Order\",\"id\":1}"),
			 HEAD ",\"output\":{\"kind\":\"Order\",\"id\":1}}");
	ck_assert_str_eq(normal("{\"kind\":7}"), HEAD ",\"output\":{\"kind\":7}}");
}
END_TEST

START_TEST(a_skill_result_keeps_its_members)
{
	ck_assert_str_eq(
		normal("{\"kind\":\"SkillResult\",\"text\":\"Done.\",\"apiVersion\":"
		       "\"aspora/v1\",\"forward\":\"frm/escalation\",\"metrics\":{\"hits\":"
		       "2,\"share\":0.5},\"output\":{\"a\":[]}}"),
		HEAD ",\"output\":{\"a\":[]},\"text\":\"Done.\",\"forward\":\"frm/escalation\","
		     "\"metrics\":{\"hits\":2,\"share\":0.5}}");
	ck_assert_str_eq(normal(HEAD "}"), HEAD ",\"output\":null}");
}
END_TEST

START_TEST(normalising_twice_changes_nothing)
{
	static char once[4096];
	snprintf(once, sizeof(once), "%s", normal("{\"x\": \"é\\n\", \"y\": 1e2}"));
	ck_assert_str_eq(normal(once), once);
}
END_TEST

START_TEST(what_is_not_one_json_value_is_refused_with_its_beginning)
{
	refused("", "the handler printed nothing", "print one JSON value");
	refused(" \n\t", "the handler printed nothing", "{\"answer\": 42}");
	refused("Hello", "is not one JSON value", "diagnostics go to standard error");
	refused("Hello", "it begins with \"Hello\"", "nothing else");
	refused("{\"a\":1} trailing", "it begins with \"{\"a\":1} trailing\"", "one JSON value");
	refused("{\"a\":1}{\"a\":2}", "is not one JSON value", "one JSON value");
	refused("{\"a\":1,\"a\":2}", "is not one JSON value", "one JSON value");
	refused("{'a':1}", "is not one JSON value", "one JSON value");
	refused("NaN", "is not one JSON value", "one JSON value");
	refused("\"\\u0000\"", "is not one JSON value", "one JSON value");
	refused("\"\xff\"", "it begins with \"\"\\xff\"\"", "one JSON value");
}
END_TEST

START_TEST(the_beginning_that_is_shown_is_short_and_harmless)
{
	char many[200];
	memset(many, 'x', sizeof(many) - 1);
	many[sizeof(many) - 1] = '\0';
	refused(many, "xxx...\"", "");
	ck_assert_uint_lt(strlen(support_err.msg), 300);
	refused("\x1b[31mred\ntext", "it begins with \"\\x1b[31mred\\ntext\"", "");
}
END_TEST

START_TEST(a_bad_skill_result_names_the_member)
{
	refused("{\"kind\":\"SkillResult\"}", "without \"apiVersion\"", "aspora/v1");
	refused("{\"kind\":\"SkillResult\",\"apiVersion\":\"aspora/v2\"}",
		"\"apiVersion\" is not \"aspora/v1\"", "");
	refused(HEAD ",\"text\":3}", "\"text\" is not text", "");
	refused(HEAD ",\"forward\":\"escalation\"}", "\"forward\" is not the name of a skill", "");
	refused(HEAD ",\"forward\":null}", "\"forward\" is not the name of a skill", "");
	refused(HEAD ",\"metrics\":[1]}", "\"metrics\" is not an object whose values are numbers",
		"");
	refused(HEAD ",\"metrics\":{\"a\":\"1\"}}", "whose values are numbers", "");
	refused(HEAD ",\"foward\":\"a/b\"}", "unknown key \"foward\"", "did you mean \"forward\"?");
	refused(HEAD ",\"colour\":1}", "unknown key \"colour\"",
		"output, text, forward and metrics");
}
END_TEST

START_TEST(output_is_limited_to_a_mebibyte)
{
	size_t most = EXECUTION_RESULT_MAX;
	char *big = malloc(most + 2);
	memset(big, ' ', most + 2);
	big[0] = '7';
	CLEANUP(buf_release) struct buf out = BUF_INIT(sizeof(text));
	assert_ok(skill_result_normalise(str_make(big, most), &out, &support_err));
	assert_err(skill_result_normalise(str_make(big, most + 1), &out, &support_err),
		   ERR_HANDLER_OUTPUT, "printed 1048577 bytes; at most 1048576");
	free(big);
}
END_TEST

static struct execution sample(void)
{
	return (struct execution){
		.id = "EXEC-20260218120000-0123456789abcdef",
		.mode = MODE_LIVE,
		.domain = STR("ecm"),
		.skill = STR("order-details"),
		.attempt = 2,
		.session = STR("s-1"),
		.parent = STR("EXEC-20260218115959-0123456789abcdee"),
		.deadline_ms = 1771416030000,
		.trigger_json = STR(
			"{\"kind\":\"command\",\"text\":\"order status 17\",\"params\":{"
			"\"order_id\":\"17\"}}"),
		.input_json = STR("{\"order_id\":\"17\"}"),
	};
}

START_TEST(a_context_says_all_that_is_known)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(4096);
	struct execution e = sample();
	skill_context_json(&out, &e);
	ck_assert_str_eq(
		buf_cstr(&out),
		"{\"apiVersion\":\"aspora/v1\",\"kind\":\"SkillContext\",\"execution\":"
		"\"EXEC-20260218120000-0123456789abcdef\",\"skill\":\"ecm/order-details\","
		"\"mode\":\"live\",\"session\":\"s-1\",\"trigger\":{\"kind\":\"command\","
		"\"text\":\"order status 17\",\"params\":{\"order_id\":\"17\"}},\"input\":{"
		"\"order_id\":\"17\"},\"deadline\":\"2026-02-18T12:00:30.000Z\",\"attempt\":"
		"2,\"parent\":\"EXEC-20260218115959-0123456789abcdee\"}");
}
END_TEST

START_TEST(a_context_leaves_out_what_is_not_known)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(4096);
	struct execution e = {.id = "EXEC-20260218120000-0123456789abcdef",
			      .mode = MODE_TEST,
			      .domain = STR("hr"),
			      .skill = STR("resume-screen")};
	skill_context_json(&out, &e);
	ck_assert_str_eq(buf_cstr(&out),
			 "{\"apiVersion\":\"aspora/v1\",\"kind\":\"SkillContext\",\"execution\":"
			 "\"EXEC-20260218120000-0123456789abcdef\",\"skill\":\"hr/resume-screen\","
			 "\"mode\":\"test\",\"input\":{},\"attempt\":1}");
}
END_TEST

static const char validator[] =
	"import json, sys\n"
	"import jsonschema\n"
	"schema = json.load(open(sys.argv[1]))\n"
	"jsonschema.Draft202012Validator.check_schema(schema)\n"
	"v = jsonschema.Draft202012Validator(schema)\n"
	"good = all(v.is_valid(json.loads(d)) for d in sys.argv[2].split('\\n'))\n"
	"bad = any(v.is_valid(json.loads(d)) for d in sys.argv[3].split('\\n'))\n"
	"sys.exit(0 if good and not bad else 1)\n";

static bool have_jsonschema(void)
{
	return io_exists("/usr/bin/python3") &&
	       io_exists("/usr/lib/python3/dist-packages/jsonschema/__init__.py");
}

/* An independent implementation agrees with the schema about documents that are good and documents that are bad. */
static void judge(struct str schema, const char *good, const char *bad)
{
	CLEANUP_FREE char *file = io_join(support_dir(), "schema.json");
	assert_ok(io_write_file(file, schema, 0600, &support_err));
	const char *argv[] = {"/usr/bin/python3", "-c", validator, file, good, bad, NULL};
	CLEANUP(buf_release) struct buf out = BUF_INIT(64 * 1024);
	CLEANUP(buf_release) struct buf diagnostics = BUF_INIT(64 * 1024);
	struct child_end end;
	struct child_opts opts = {.argv = argv};
	assert_ok(child_run(&opts, STR_NULL, &out, &diagnostics, 30000, &end, &support_err));
	ck_assert_msg(end.exited && end.status == 0, "%s", buf_cstr(&diagnostics));
}

START_TEST(the_context_schema_accepts_what_is_written)
{
	if (!have_jsonschema())
		SKIP("the Python module jsonschema (Debian python3-jsonschema) is not installed");
	CLEANUP(buf_release) struct buf schema = BUF_INIT(64 * 1024), good = BUF_INIT(8192);
	struct execution e = sample(), least = {.id = "EXEC-20260218120000-0123456789abcdef",
						.domain = STR("a"),
						.skill = STR("b-2")};
	skill_context_schema(&schema);
	skill_context_json(&good, &e);
	buf_add_char(&good, '\n');
	skill_context_json(&good, &least);
	judge(buf_str(&schema), buf_cstr(&good),
	      "{}\n[]\n{\"apiVersion\":\"aspora/v1\",\"kind\":\"SkillContext\",\"execution\":\"1\","
	      "\"skill\":\"a/b\",\"mode\":\"live\",\"input\":1,\"attempt\":1}");
}
END_TEST

START_TEST(the_result_schema_accepts_what_is_normal_and_refuses_what_we_refuse)
{
	if (!have_jsonschema())
		SKIP("the Python module jsonschema (Debian python3-jsonschema) is not installed");
	CLEANUP(buf_release) struct buf schema = BUF_INIT(64 * 1024), good = BUF_INIT(8192);
	skill_result_schema(&schema);
	buf_addz(&good, normal("[1]"));
	buf_add_char(&good, '\n');
	buf_addz(&good,
		 normal(HEAD ",\"forward\":\"frm/x-1\",\"metrics\":{\"a\":1.5},\"text\":\"t\"}"));
	judge(buf_str(&schema), buf_cstr(&good),
	      "{}\n" HEAD ",\"text\":3}\n" HEAD ",\"foward\":\"a/b\"}\n" HEAD
	      ",\"forward\":\"Bad\"}\n" HEAD ",\"metrics\":{\"a\":\"1\"}}");
}
END_TEST

static const struct support_case cases[] = {
	CASE(modes_and_states_have_names_both_ways),
	CASE(any_json_value_becomes_the_output),
	CASE(an_object_of_another_kind_is_output_whole),
	CASE(a_skill_result_keeps_its_members),
	CASE(normalising_twice_changes_nothing),
	CASE(what_is_not_one_json_value_is_refused_with_its_beginning),
	CASE(the_beginning_that_is_shown_is_short_and_harmless),
	CASE(a_bad_skill_result_names_the_member),
	CASE(output_is_limited_to_a_mebibyte),
	CASE(a_context_says_all_that_is_known),
	CASE(a_context_leaves_out_what_is_not_known),
	CASE(the_context_schema_accepts_what_is_written),
	CASE(the_result_schema_accepts_what_is_normal_and_refuses_what_we_refuse),
	{0},
};

int main(void)
{
	return support_main("skill/execution", cases);
}
