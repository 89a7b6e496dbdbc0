/* JSONPath: what kubectl's users write, what comes out, and what is said about what is none. */
#include "cli/jsonpath.h"

#include "tests/unit/cli/help_cli.h"

static const char *const skills =
	"{\"kind\":\"List\",\"items\":["
	"{\"metadata\":{\"name\":\"manager\",\"domain\":\"ecm\",\"labels\":{\"team.example/"
	"x\":\"a\"}},"
	"\"spec\":{\"n\":3,\"f\":1.5,\"on\":true,\"none\":null,\"list\":[10,20,30,40]},"
	"\"status\":{\"phase\":\"Ready\",\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"},"
	"{\"type\":\"Stalled\",\"status\":\"False\"}]}},"
	"{\"metadata\":{\"name\":\"triage\",\"domain\":\"ecm\"},\"spec\":{\"n\":12,\"list\":[]},"
	"\"status\":{\"phase\":\"Failed\",\"conditions\":[{\"type\":\"Ready\",\"status\":\"False\"}"
	"]}}]}";

static const struct {
	const char *template, *want;
} rows[] = {
	{"{.kind}", "List"},
	{"{.items[*].metadata.name}", "manager triage"},
	{"{.items[0].metadata.name}", "manager"},
	{"{.items[-1].metadata.name}", "triage"},
	{"{.items[2].metadata.name}", ""},
	{"{.items[-3].metadata.name}", ""},
	{"{.items[0].spec.list[1:3]}", "20 30"},
	{"{.items[0].spec.list[:2]}", "10 20"},
	{"{.items[0].spec.list[-2:]}", "30 40"},
	{"{.items[0].spec.list[::2]}", "10 30"},
	{"{.items[0].spec.list[1:99]}", "20 30 40"},
	{"{.items[0].spec.list[0:9223372036854775807:9223372036854775807]}", "10"},
	{"{.items[0].spec.list}", "[10,20,30,40]"},
	{"{.items[0].spec.on} {.items[0].spec.f} [{.items[0].spec.none}]", "true 1.5 []"},
	{"{.items[0].metadata.labels.team\\.example/x}", "a"},
	{"{.items[0].metadata.labels['team.example/x']}", "a"},
	{"{.items[0].metadata['name','domain']}", "manager ecm"},
	{"{.items[0].metadata[ \"name\" , \"nothing\" ]}", "manager"},
	{"{.items[0].status.conditions[?(@.type==\"Ready\")].status}", "True"},
	{"{.items[0].status.conditions[?(@.type!='Ready')].type}", "Stalled"},
	{"{.items[?(@.spec.n>3)].metadata.name}", "triage"},
	{"{.items[?(@.spec.n >= 3)].metadata.name}", "manager triage"},
	{"{.items[?(@.spec.n<12)].metadata.name}", "manager"},
	{"{.items[?(@.spec.n<=2)].metadata.name}", ""},
	{"{.items[?(@.spec.f)].metadata.name}", "manager"},
	{"{.items[?(@.spec.f==1.5)].metadata.name}", "manager"},
	{"{.items[?(@.spec.on==true)].metadata.name}", "manager"},
	{"{.items[?(@.spec.none2==\"x\")].metadata.name}", ""},
	{"{.items[?(@.metadata.domain==@.metadata.domain)].metadata.name}", "manager triage"},
	{"{.items[0].status.conditions[Stalled].status}", "False"},
	{"{.items[0].status.conditions[Nothing].status}", ""},
	{"{..name}", "manager triage"},
	{"{..list[0]}", "10"},
	{"{.items[0].spec.*}", "3 1.5 true  [10,20,30,40]"},
	{"{$.kind}", "List"},
	{"{@.kind}", "List"},
	{"{ .kind }", "List"},
	{"no braces", "no braces"},
	{"{\"a\\tb\\\\c\\\"\"}{'\\n'}", "a\tb\\c\"\n"},
	{"{range .items[*]}{.metadata.name}{\"\\t\"}{.status.phase}{\"\\n\"}{end}",
	 "manager\tReady\ntriage\tFailed\n"},
	{"{range .items[*]}{.metadata.name}:{range .status.conditions[*]} {.type}{end};{end}!",
	 "manager: Ready Stalled;triage: Ready;!"},
	{"{range .items[*]}{$.kind}{end}", "ListList"},
	{"{range .nothing[*]}x{end}", ""},
	{"{.items[*].nothing}", ""},
	{"{.kind.deeper}", ""},
	{"{.kind[0]}", ""},
};

START_TEST(a_template_makes_what_kubectl_makes)
{
	struct cli *c = help_command(NULL);
	const struct doc_node *root = help_json(c, skills);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
		struct jsonpath *p = NULL;
		assert_ok(jsonpath_template(c->arena, rows[i].template, &p, &support_err));
		jsonpath_print(p, c->arena, root, &out);
		ck_assert_msg(strcmp(buf_cstr(&out), rows[i].want) == 0, "%s made \"%s\"",
			      rows[i].template, buf_cstr(&out));
	}
}
END_TEST

static const struct {
	const char *template, *why;
} wrong[] = {
	{"", "nothing stands at character 1"},
	{"{.a", "a brace is not closed at character 4"},
	{"{.a[}", "a bracket is not closed at character 6"},
	{"{.a[]}", "brackets are empty at character 5"},
	{"{.a.}", "a key is missing at character 5"},
	{"{.a[?(@.b==\"x\"]}", "a filter is not closed by \")]\" at character 15"},
	{"{.a[?(@.b==)]}", "a filter compares with nothing at character 12"},
	{"{\"a}", "a quote is not closed at character 5"},
	{"{.a['b',]}", "a key in quotes is missing at character 9"},
	{"{range .items[*]}{.a}", "{range} has no {end} at character 22"},
	{"{.a}{end}", "{end} has no {range} at character 10"},
};

START_TEST(what_is_no_path_is_told_with_the_place)
{
	struct cli *c = help_command(NULL);
	struct jsonpath *p = NULL;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_err(jsonpath_template(c->arena, wrong[i].template, &p, &support_err),
			   ERR_USAGE, wrong[i].why);
}
END_TEST

START_TEST(ranges_and_filters_end_at_a_depth)
{
	struct cli *c = help_command(NULL);
	CLEANUP(buf_release) struct buf deep = BUF_INIT(BUF_MAX);
	struct jsonpath *p = NULL;
	for (int i = 0; i < 32; i++)
		buf_addz(&deep, "{range .a}");
	for (int i = 0; i < 32; i++)
		buf_addz(&deep, "{end}");
	assert_ok(jsonpath_template(c->arena, buf_cstr(&deep), &p, &support_err));
	buf_addz(&deep, "{range .a}");
	char *one_more = arena_printf(c->arena, "{range .a}%s{end}", buf_cstr(&deep));
	assert_err(jsonpath_template(c->arena, one_more, &p, &support_err), ERR_USAGE,
		   "ranges stand too deep");
	buf_reset(&deep);
	buf_addz(&deep, "{.a");
	for (int i = 0; i < 33; i++)
		buf_addz(&deep, "[?(@");
	assert_err(jsonpath_template(c->arena, buf_cstr(&deep), &p, &support_err), ERR_USAGE,
		   "filters stand too deep");
}
END_TEST

static const char *first(const char *path)
{
	struct cli *c = help_command(NULL);
	struct buf out = BUF_INIT(BUF_MAX);
	struct jsonpath *p = NULL;
	const struct doc_node *list = doc_find(help_json(c, skills), "items");
	assert_ok(jsonpath_path(c->arena, path, &p, &support_err));
	jsonpath_text(&out, jsonpath_first(p, c->arena, list->list.items[0]));
	const char *text = arena_strdup(c->arena, buf_cstr(&out));
	buf_release(&out);
	return text;
}

START_TEST(a_single_path_needs_neither_braces_nor_a_dot)
{
	ck_assert_str_eq(first("{.status.phase}"), "Ready");
	ck_assert_str_eq(first(".status.phase"), "Ready");
	ck_assert_str_eq(first("status.phase"), "Ready");
	ck_assert_str_eq(first("  status.conditions[Ready].status "), "True");
	ck_assert_str_eq(first("spec.list[*]"), "10");
	ck_assert_str_eq(first("spec.nothing"), "");
	struct cli *c = help_command(NULL);
	struct jsonpath *p = NULL;
	assert_err(jsonpath_path(c->arena, "{}", &p, &support_err), ERR_USAGE, "nothing stands");
	assert_err(jsonpath_path(c->arena, "{.a", &p, &support_err), ERR_USAGE,
		   "a brace is not closed");
}
END_TEST

static int order(const char *a, const char *b)
{
	struct cli *c = help_command(NULL);
	return jsonpath_compare(a ? help_json(c, a) : NULL, b ? help_json(c, b) : NULL);
}

START_TEST(values_are_ordered_numbers_by_value_and_texts_by_bytes)
{
	ck_assert_int_lt(order("9", "10"), 0);
	ck_assert_int_gt(order("\"9\"", "\"10\""), 0);
	ck_assert_int_lt(order("1.5", "2"), 0);
	ck_assert_int_eq(order("2.0", "2"), 0);
	ck_assert_int_eq(order("9223372036854775807", "9223372036854775807"), 0);
	ck_assert_int_gt(order("9223372036854775807", "9223372036854775806"), 0);
	ck_assert_int_lt(order(NULL, "0"), 0);
	ck_assert_int_gt(order("\"\"", NULL), 0);
	ck_assert_int_eq(order(NULL, NULL), 0);
	ck_assert_int_lt(order("false", "true"), 0);
}
END_TEST

static const struct support_case cases[] = {
	CASE(a_template_makes_what_kubectl_makes),
	CASE(what_is_no_path_is_told_with_the_place),
	CASE(ranges_and_filters_end_at_a_depth),
	CASE(a_single_path_needs_neither_braces_nor_a_dot),
	CASE(values_are_ordered_numbers_by_value_and_texts_by_bytes),
	{0}};

int main(void)
{
	return support_main("cli/jsonpath", cases);
}
