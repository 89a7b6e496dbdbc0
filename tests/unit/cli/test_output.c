/* Every format of -o, and what is said about those that are none. */
#include "cli/output.h"

#include "base/clock.h"
#include "tests/unit/cli/help_cli.h"

#define NOW INT64_C(1771408800000) /* 2026-02-18T10:00:00Z */

static const struct kind_column columns[] = {{"NAME", "metadata.name", false},
					     {"PHASE", "status.phase", false},
					     {"AGE", "@age metadata.createdAt", false},
					     {"NOTE", "spec.note", true},
					     {NULL, NULL, false}};

static const char *const one =
	"{\"metadata\":{\"domain\":\"ecm\",\"name\":\"manager\",\"createdAt\":"
	"\"2026-02-18T09:55:00Z\"},\"spec\":{\"note\":\"first\"},"
	"\"status\":{\"phase\":\"Ready\"}}";
static const char *const two = "{\"metadata\":{\"name\":\"main\"},\"spec\":{},\"status\":{}}";

static struct cli_view view(bool list)
{
	return (struct cli_view){.columns = columns, .word = "skill", .list = list, .now_ms = NOW};
}

/* What is printed of the objects (NULL ends) in one call. */
static const char *printed(struct cli *c, struct cli_view *v, const char *a, const char *b)
{
	const struct doc_node *objects[2];
	size_t count = 0;
	if (a)
		objects[count++] = help_json(c, a);
	if (b)
		objects[count++] = help_json(c, b);
	help_capture(1);
	int rc = cli_print(c, v, objects, count, &support_err);
	const char *said = help_captured();
	ck_assert_int_eq(rc, 0);
	return said;
}

static void check(const char *format, bool list, const char *a, const char *b, const char *want)
{
	struct cli_view v = view(list);
	ck_assert_str_eq(printed(help_command(format), &v, a, b), want);
}

START_TEST(a_table_is_the_default_and_leaves_out_wide_columns)
{
	const char *want = "NAME      PHASE   AGE\nmanager   Ready   5m\nmain      -       -\n";
	check(NULL, true, one, two, want);
	check("table", true, one, two, want);
}
END_TEST

START_TEST(wide_has_every_column)
{
	check("wide", true, one, two,
	      "NAME      PHASE   AGE   NOTE\nmanager   Ready   5m    first\n"
	      "main      -       -     -\n");
}
END_TEST

START_TEST(headers_can_be_left_out)
{
	struct cli *c = help_command("table");
	struct cli_view v = view(true);
	c->no_headers = true;
	ck_assert_str_eq(printed(c, &v, one, NULL), "manager   Ready   5m\n");
}
END_TEST

START_TEST(a_watch_has_its_header_once_and_keeps_its_columns)
{
	struct cli *c = help_command(NULL);
	struct cli_view v = view(true);
	ck_assert_str_eq(printed(c, &v, one, NULL),
			 "NAME      PHASE   AGE\nmanager   Ready   5m\n");
	ck_assert_str_eq(printed(c, &v, two, NULL), "main      -       -\n");
}
END_TEST

START_TEST(a_cell_cannot_steer_the_terminal_or_break_its_row)
{
	check("table", true,
	      "{\"metadata\":{\"name\":\"a\\u001b[2Jb\"},\"status\":{\"phase\":\"x\\ny\"}}", NULL,
	      "NAME        PHASE   AGE\na\\x1b[2Jb   x\\ny    -\n");
}
END_TEST

START_TEST(an_empty_list_is_said_on_stderr_and_prints_nothing)
{
	struct cli *c = help_command(NULL);
	struct cli_view v = view(true);
	v.none = "there are no skills";
	help_capture(2);
	ck_assert_int_eq(cli_print(c, &v, NULL, 0, &support_err), 0);
	ck_assert_str_eq(help_captured(), "aspora: there are no skills\n");
	ck_assert_str_eq(printed(c, &v, NULL, NULL), "");
}
END_TEST

START_TEST(an_empty_list_is_a_document_to_programs)
{
	struct cli *c = help_command("json");
	struct cli_view v = view(true);
	v.none = "there are no skills";
	ck_assert_str_eq(printed(c, &v, NULL, NULL),
			 "{\n  \"apiVersion\": \"aspora/v1\",\n  \"kind\": \"List\",\n"
			 "  \"items\": []\n}\n");
	check("yaml", true, NULL, NULL, "apiVersion: aspora/v1\nkind: List\nitems: []\n");
	check("name", true, NULL, NULL, "");
	check("jsonpath=a", true, NULL, NULL, "");
}
END_TEST

START_TEST(one_object_is_itself_and_a_list_of_one_is_a_list)
{
	check("json", false, "{\"a\":1}", NULL, "{\n  \"a\": 1\n}\n");
	check("yaml", false, "{\"a\":1}", NULL, "a: 1\n");
	check("yaml", true, "{\"a\":1}", NULL,
	      "apiVersion: aspora/v1\nkind: List\nitems:\n  - a: 1\n");
}
END_TEST

START_TEST(in_a_watch_every_object_is_a_document_of_its_own)
{
	struct cli *c = help_command("json");
	struct cli_view v = view(false);
	(void)printed(c, &v, "{\"a\":1}", NULL);
	ck_assert(v.begun);
	ck_assert_str_eq(printed(c, &v, "{\"a\":2}", "{\"a\":3}"), "{\"a\":2}\n{\"a\":3}\n");
	c->output = "yaml";
	ck_assert_str_eq(printed(c, &v, "{\"a\":2}", "{\"a\":3}"), "---\na: 2\n---\na: 3\n");
}
END_TEST

START_TEST(names_have_their_kind_and_their_domain_where_they_have_one)
{
	check("name", true, one, two, "skill/ecm/manager\nskill/main\n");
	check("name", true, "{\"metadata\":{\"domain\":\"e\\u202e\",\"name\":\"a\\nb\"}}", NULL,
	      "skill/e\\u{202e}/a\\nb\n");
	check("name", true, "{}", NULL, "skill/\n");
}
END_TEST

START_TEST(a_path_is_written_in_every_way_that_kubectl_knows)
{
	static const char *const ways[] = {
		"jsonpath=metadata.name", "jsonpath=.metadata.name",
		"jsonpath=items[*].metadata.name",
		"jsonpath={range .items[*]}{.metadata.name}{\"\\n\"}{end}"};
	for (size_t i = 0; i < ARRAY_SIZE(ways); i++)
		check(ways[i], true, one, two, "manager\nmain\n");
}
END_TEST

START_TEST(a_template_is_about_the_list_or_about_the_one_object)
{
	check("jsonpath={.items[*].metadata.name}", true, one, two, "manager main\n");
	check("jsonpath={.kind}: {.metadata.name}", true, one, two, "List: \n");
	check("jsonpath={.metadata.name}", false, one, NULL, "manager\n");
	check("jsonpath={.items[?(@.status.phase==\"Ready\")].metadata.name}", true, one, two,
	      "manager\n");
	check("jsonpath={.a}{\"\\n\"}", false, "{\"a\":\"x\\ny\"}", NULL, "x\ny\n");
}
END_TEST

START_TEST(a_template_that_would_steer_a_terminal_does_not)
{
	struct cli *c = help_command("jsonpath={.a}");
	struct cli_view v = view(false);
	c->terminal_out = true;
	ck_assert_str_eq(printed(c, &v, "{\"a\":\"x\\u001b]0;y\\nz\"}", NULL), "x\\x1b]0;y\nz\n");
}
END_TEST

START_TEST(in_a_watch_a_template_is_about_each_object)
{
	struct cli *c = help_command("jsonpath={.metadata.name}");
	struct cli_view v = view(true);
	v.begun = true;
	ck_assert_str_eq(printed(c, &v, one, two), "manager\nmain\n");
}
END_TEST

START_TEST(columns_of_ones_own_have_titles_and_paths)
{
	const char *format = "custom-columns=NAME:.metadata.name,PHASE:{.status.phase},X:a";
	check(format, true, one, two,
	      "NAME      PHASE   X\nmanager   Ready   -\nmain      -       -\n");
	struct cli *c = help_command("custom-columns=A:.l[*]");
	struct cli_view v = view(false);
	c->no_headers = true;
	ck_assert_str_eq(printed(c, &v, "{\"l\":[1,\"b\\u001b\"]}", NULL), "1,b\\x1b\n");
}
END_TEST

START_TEST(columns_that_are_none_are_refused_before_anything_is_asked)
{
	assert_err(cli_output_check(help_command("custom-columns=NAME"), &support_err), ERR_USAGE,
		   "custom-columns: \"NAME\" is no TITLE:PATH");
	assert_err(cli_output_check(help_command("custom-columns=:a"), &support_err), ERR_USAGE,
		   "custom-columns: \":a\" is no TITLE:PATH");
	assert_err(cli_output_check(help_command("custom-columns=A:"), &support_err), ERR_USAGE,
		   "custom-columns: \"A:\" is no TITLE:PATH");
	assert_err(cli_output_check(help_command("custom-columns=A:.b[x"), &support_err), ERR_USAGE,
		   "a bracket is not closed");
	assert_err(cli_output_check(help_command("custom-columns="), &support_err), ERR_USAGE,
		   "--output custom-columns needs a path");
	CLEANUP(buf_release) struct buf many = BUF_INIT(BUF_MAX);
	buf_addz(&many, "custom-columns=A:a");
	for (int i = 1; i < CLI_COLUMNS_MAX; i++)
		buf_addz(&many, ",A:a");
	assert_ok(cli_output_check(help_command(buf_cstr(&many)), &support_err));
	buf_addz(&many, ",A:a");
	assert_err(cli_output_check(help_command(buf_cstr(&many)), &support_err), ERR_USAGE,
		   "custom-columns has at most 24 columns");
}
END_TEST

START_TEST(a_path_gives_a_line_for_every_object)
{
	check("jsonpath=status.phase", true, one, two, "Ready\n\n");
	check("jsonpath=spec", true, one, two, "{\"note\":\"first\"}\n{}\n");
	check("jsonpath=a", true, "{\"a\":[1,true,null,0.5]}", "{\"a\":7}",
	      "[1,true,null,0.5]\n7\n");
	check("jsonpath=a", false, "{\"a\":\"x\\u001b]0;y\"}", NULL, "x\\x1b]0;y\n");
	check("jsonpath=c[Ready].status", true,
	      "{\"c\":[{\"type\":\"Healthy\",\"status\":1},{\"type\":\"Ready\",\"status\":2}]}",
	      NULL, "2\n");
	check("jsonpath=a[1]", true, "{\"a\":[5,6]}", "{\"a\":[5]}", "6\n\n");
}
END_TEST

static void refused(const char *format, const char *message, const char *remedy)
{
	struct cli *c = help_command(format);
	struct cli_view v = view(true);
	assert_err(cli_output_check(c, &support_err), ERR_USAGE, message);
	ck_assert_str_eq(support_err.remedy, remedy);
	assert_err(cli_print(c, &v, NULL, 0, &support_err), ERR_USAGE, message);
	ck_assert_str_eq(support_err.remedy, remedy);
}

START_TEST(what_is_no_format_is_refused_with_the_nearest)
{
	const char *all = "it is one of: table, wide, json, yaml, name, jsonpath=PATH, "
			  "custom-columns=TITLE:PATH";
	refused("jsn", "--output cannot be \"jsn\"", "did you mean json?");
	refused("yml", "--output cannot be \"yml\"", "did you mean yaml?");
	refused("xxxxxxxx", "--output cannot be \"xxxxxxxx\"", all);
	refused("", "--output cannot be \"\"", all);
	refused("json=x", "--output cannot be \"json=x\"", all);
	refused("table=", "--output cannot be \"table=\"", all);
	refused("=x", "--output cannot be \"=x\"", all);
}
END_TEST

START_TEST(a_path_that_is_empty_is_refused_before_anything_is_asked)
{
	static const char *const empty[] = {"jsonpath", "jsonpath=", "jsonpath=.",
					    "jsonpath=items[*]."};
	for (size_t i = 0; i < ARRAY_SIZE(empty); i++) {
		assert_err(cli_output_check(help_command(empty[i]), &support_err), ERR_USAGE,
			   "--output jsonpath needs a path");
		ck_assert_str_eq(support_err.remedy, "write -o jsonpath={.status.phase}");
	}
}
END_TEST

START_TEST(only_tables_are_for_people)
{
	ck_assert(cli_output_is_table(help_command(NULL)));
	ck_assert(cli_output_is_table(help_command("table")));
	ck_assert(cli_output_is_table(help_command("wide")));
	ck_assert(!cli_output_is_table(help_command("json")));
	ck_assert(!cli_output_is_table(help_command("name")));
	ck_assert(!cli_output_is_table(help_command("jsonpath=a")));
	ck_assert(!cli_output_is_table(help_command("nothing")));
}
END_TEST

START_TEST(every_format_has_words_for_the_manual)
{
	size_t count = 0;
	for (const struct cli_format *f = cli_formats; f->name; f++, count++) {
		ck_assert_ptr_nonnull(f->print);
		ck_assert_uint_gt(strlen(f->help), 0);
		ck_assert_int_eq(f->help[strlen(f->help) - 1], '.');
	}
	ck_assert_uint_eq(count, 7);
}
END_TEST

static const struct support_case cases[] = {
	CASE(a_table_is_the_default_and_leaves_out_wide_columns),
	CASE(wide_has_every_column),
	CASE(headers_can_be_left_out),
	CASE(a_watch_has_its_header_once_and_keeps_its_columns),
	CASE(a_cell_cannot_steer_the_terminal_or_break_its_row),
	CASE(an_empty_list_is_said_on_stderr_and_prints_nothing),
	CASE(an_empty_list_is_a_document_to_programs),
	CASE(one_object_is_itself_and_a_list_of_one_is_a_list),
	CASE(in_a_watch_every_object_is_a_document_of_its_own),
	CASE(names_have_their_kind_and_their_domain_where_they_have_one),
	CASE(a_path_is_written_in_every_way_that_kubectl_knows),
	CASE(a_path_gives_a_line_for_every_object),
	CASE(a_template_is_about_the_list_or_about_the_one_object),
	CASE(a_template_that_would_steer_a_terminal_does_not),
	CASE(in_a_watch_a_template_is_about_each_object),
	CASE(columns_of_ones_own_have_titles_and_paths),
	CASE(columns_that_are_none_are_refused_before_anything_is_asked),
	CASE(what_is_no_format_is_refused_with_the_nearest),
	CASE(a_path_that_is_empty_is_refused_before_anything_is_asked),
	CASE(only_tables_are_for_people),
	CASE(every_format_has_words_for_the_manual),
	{0}};

int main(void)
{
	return support_main("cli/output", cases);
}
