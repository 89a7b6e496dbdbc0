#include "skill/cases_int.h"

#include "base/child.h"
#include "skill/text.h"
#include "tests/unit/skill/golden.h"

static struct arena *arena;
static struct findings findings;

static size_t parse(struct str text, struct skill_case **ret)
{
	size_t count = 0;
	struct tree_id blob = {.len = 20};
	arena_freep(&arena);
	arena = arena_new(64 << 20);
	findings_init(&findings, arena);
	cases_parse(arena, text, STR("skills/ecm/x/tests/cases.md"), &blob, STR("ecm"), STR("x"),
		    &findings, ret, &count);
	return count;
}

static void add_expect(struct buf *out, const struct expect *e)
{
	buf_addf(out, "  %u:%u ", e->line, e->column);
	expect_text(out, e);
	buf_add_char(out, '\n');
}

static void show(struct str name UNUSED, struct str input, struct buf *out)
{
	struct skill_case *cases = NULL;
	size_t count = parse(input, &cases);
	for (size_t i = 0; i < count; i++) {
		const struct skill_case *c = &cases[i];
		buf_addf(out, "case %u:%u \"", c->line, c->column);
		text_escape(out, c->name, 0);
		buf_addf(out, "\"\n  input %s \"", c->input_is_json ? "json" : "text");
		text_escape(out, c->input, 0);
		buf_addz(out, "\"\n");
		for (size_t k = 0; k < c->expect_count; k++)
			add_expect(out, &c->expects[k]);
	}
	for (size_t i = 0; i < findings.count; i++) {
		const struct finding *f = &findings.items[i];
		finding_text(out, f);
		ck_assert(f->start <= f->end && f->end <= input.len);
		ck_assert_int_eq(f->severity, SEVERITY_DENY);
		ck_assert_uint_eq(f->blob.len, 20);
	}
}

START_TEST(cases_are_understood_and_slips_explained)
{
	golden_run("cases.cases", show);
}
END_TEST

START_TEST(counts_and_sizes_have_limits)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(1 << 20);
	struct skill_case *cases = NULL;
	buf_addz(&text, "## c\n### Input\nx\n### Expect\n");
	for (int i = 0; i < CASE_EXPECTS_MAX; i++)
		buf_addf(&text, "- contains \"%d\"\n", i);
	ck_assert_uint_eq(parse(buf_str(&text), &cases), 1);
	ck_assert_uint_eq(cases[0].expect_count, 64);
	buf_addz(&text, "- contains \"more\"\n");
	ck_assert_uint_eq(parse(buf_str(&text), &cases), 0);
	assert_str(findings.items[0].message, "a case expects at most 64 things");
	buf_reset(&text);
	for (int i = 0; i < CASES_MAX; i++)
		buf_addf(&text, "## c%d\n**Input:** x\n\n**Expect**\n- is 1\n", i);
	ck_assert_uint_eq(parse(buf_str(&text), &cases), 1000);
	ck_assert_uint_eq(findings.count, 0);
	buf_addz(&text, "## one more\n**Input:** x\n\n**Expect**\n- is 1\n");
	ck_assert_uint_eq(parse(buf_str(&text), &cases), 1000);
	assert_str(findings.items[0].message, "there are more than 1000 cases");
	buf_reset(&text);
	buf_addz(&text, "## c\n**Input:** x\n\n**Expect**\n- is 1\n");
	buf_add_repeat(&text, '\n', CASES_BYTES_MAX - text.len);
	ck_assert_uint_eq(parse(buf_str(&text), &cases), 1);
	buf_add_char(&text, '\n');
	ck_assert_uint_eq(parse(buf_str(&text), &cases), 0);
	assert_str(findings.items[0].message, "the file has 131073 bytes; at most 131072 are read");
	buf_reset(&text);
	buf_addz(&text, "## c\n**Input:** x\n\n**Expect**\n- is 1\n");
	buf_add_repeat(&text, '[', CASES_BRACKETS_MAX);
	ck_assert_uint_eq(parse(buf_str(&text), &cases), 1);
	buf_add_char(&text, '[');
	ck_assert_uint_eq(parse(buf_str(&text), &cases), 0);
	assert_str(findings.items[0].message, "the file has more than 8192 opening brackets");
}
END_TEST

START_TEST(hostile_markdown_ends_soon)
{
	static const char *const pieces[] = {">", "- ", "[",  "![", "*a_ ",
					     "<", "`",	"](", "&",  "\\"};
	struct skill_case *cases = NULL;
	for (size_t i = 0; i < ARRAY_SIZE(pieces); i++) {
		CLEANUP(buf_release) struct buf text = BUF_INIT(1 << 20);
		buf_addz(&text, "## c\n### Expect\n");
		while (text.len < CASES_BYTES_MAX / 4)
			buf_addz(&text, pieces[i]);
		(void)parse(buf_str(&text), &cases);
		ck_assert_uint_ge(findings.count, 1);
	}
}
END_TEST

/* One expectation, an output, and whether it holds. */
struct row {
	const char *expect, *output;
	bool holds;
};

#define RESULT "{\"apiVersion\":\"aspora/v1\",\"kind\":\"SkillResult\","
static const struct row rows[] = {
	{"contains \"shipped\"", "\"it is shipped\"", true},
	{"contains \"Shipped\"", "\"it is shipped\"", false},
	{"contains \"shipped\"", RESULT "\"output\":{\"state\":\"shipped\"}}", true},
	{"contains \"by carrier\"", RESULT "\"output\":{},\"text\":\"sent by carrier\"}", true},
	{"must not contain \"state\"", RESULT "\"output\":{\"state\":1},\"text\":\"fine\"}", false},
	{"must not contain \"SkillResult\"", RESULT "\"output\":1}", true},
	{"equals \"17\"", "17", true},
	{"equals \"17\"", "\"17\"", true},
	{"equals 17.0", "17", true},
	{"equals \"a\"", RESULT "\"output\":\"b\",\"text\":\"a\"}", true},
	{"equals '{\"b\": 2, \"a\": 1}'", "{\"a\":1,\"b\":2}", true},
	{"equals '{\"b\": 2}'", "{\"a\":1,\"b\":2}", false},
	{"must not equal \"x\"", "\"x\"", false},
	{"matches /^order [0-9]+$/", "\"order 17\"", true},
	{"matches /^order [0-9]+$/", "\"Order 17\"", false},
	{"matches /^order [0-9]+$/i", "\"Order 17\"", true},
	{"must not match /x/", "\"abc\"", true},
	{"field state equals \"shipped\"", "{\"state\":\"shipped\"}", true},
	{"field state equals \"shipped\"", RESULT "\"output\":{\"state\":\"shipped\"}}", true},
	{"field caught equals 2", "{\"caught\":2}", true},
	{"field ok equals true", "{\"ok\":true}", true},
	{"field ok equals true", "{\"ok\":\"true\"}", true},
	{"field none equals null", "{\"none\":null}", true},
	{"field none equals \"x\"", "{\"a\":1}", false},
	{"field none is not \"x\"", "{\"a\":1}", true},
	{"field a.b[1].c equals 5", "{\"a\":{\"b\":[0,{\"c\":5}]}}", true},
	{"field a.b[2].c equals 5", "{\"a\":{\"b\":[0,{\"c\":5}]}}", false},
	{"field a equals '[1, 2]'", "{\"a\":[1,2]}", true},
	{"field a matches /^s/", "{\"a\":\"shipped\"}", true},
	{"field a does not match /^s/", "{\"a\":\"shipped\"}", false},
	{"field é equals \"ü\"", "{\"é\":\"ü\"}", true},
	{"contains \"{{x}}\"", "\"a {{x}} b\"", true},
	{"contains \"say \\\"hi\\\"\"", "\"I say \\\"hi\\\" to\"", true},
};
#define ROWS 33
_Static_assert(ARRAY_SIZE(rows) == ROWS, "every row is tested");

static struct skill_case case_of(const char *expect)
{
	struct skill_case *cases = NULL;
	CLEANUP(buf_release) struct buf text = BUF_INIT(4096);
	buf_addf(&text, "## c\n### Input\nx\n### Expect\n- %s\n", expect);
	size_t count = parse(buf_str(&text), &cases);
	ck_assert_msg(count == 1, "%s: %.*s", expect, STR_ARG(findings.items[0].message));
	return cases[0];
}

START_TEST(an_output_is_what_is_expected_or_it_is_said_why_not)
{
	const struct row *r = &rows[_i];
	CLEANUP(buf_release) struct buf why = BUF_INIT(4096);
	struct skill_case c = case_of(r->expect);
	size_t failed = case_check(&c, str_of(r->output), &why);
	ck_assert_msg((failed == 0) == r->holds, "%s: %s: %s", r->expect, r->output,
		      buf_cstr(&why));
	ck_assert_int_eq(why.len == 0, r->holds);
}
END_TEST

START_TEST(a_failed_expectation_says_what_there_was)
{
	CLEANUP(buf_release) struct buf why = BUF_INIT(4096);
	struct skill_case c = case_of("contains \"shipped\"\n- field a.b equals 5\n- field c is 1");
	ck_assert_uint_eq(case_check(&c, STR("{\"c\": \"no\\n\"}"), &why), 3);
	ck_assert_str_eq(buf_cstr(&why),
			 "must contain \"shipped\", but the output is \"{\"c\":\"no\\n\"}\"\n"
			 "field a.b must equal \"5\", but is not there\n"
			 "field c must equal \"1\", but is \"no\\n\"\n");
	buf_reset(&why);
	ck_assert_uint_eq(case_check(&c, STR("oops"), &why), 3);
	ck_assert_ptr_nonnull(strstr(buf_cstr(&why), "the output is not JSON"));
}
END_TEST

static const char sample[] =
	"## Order 17 is found\n### Input\n```json\n{\"order_id\": \"17\"}\n```\n"
	"### Expect\n- contains \"shipped\"\n- field state equals \"shipped\"\n\n"
	"## A template {{x}}\n### Input\norder {{x}}\n### Expect\n"
	"- must not match /err(or)?/i\n";

START_TEST(cases_compile_to_promptfoo)
{
	struct skill_case *cases = NULL;
	CLEANUP_FREE char *path = NULL;
	CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 16), want = BUF_INIT(1 << 16);
	size_t count = parse(str_of(sample), &cases);
	cases_promptfoo(&out, STR("ecm"), STR("order-details"), cases, count);
	ck_assert_int_gt(
		asprintf(&path, "%s/tests/unit/skill/golden/promptfooconfig.yaml", support_root()),
		0);
	if (getenv("GOLDEN_WRITE"))
		assert_ok(io_write_file(path, buf_str(&out), 0644, &support_err));
	assert_ok(io_read_file(path, &want, &support_err));
	ck_assert_str_eq(buf_cstr(&out), buf_cstr(&want));
	/* It is YAML, and says what promptfoo reads. */
	const struct doc_node *n = NULL;
	assert_ok(doc_parse_yaml(arena, buf_str(&out), &doc_limits_yaml, "p.yaml", 0, &n,
				 &support_err));
	const struct doc_node *tests = doc_find(n, "tests");
	ck_assert_uint_eq(tests->list.count, 2);
	assert_str(doc_text(doc_find(tests->list.items[0], "vars"), "input"),
		   "{\"order_id\": \"17\"}");
	assert_str(doc_text(doc_find(tests->list.items[1], "vars"), "input"),
		   "{% raw %}order {{x}}{% endraw %}");
	ck_assert_int_eq(doc_int(doc_find(tests->list.items[1], "metadata"), "line", 0), 10);
}
END_TEST

/* The JavaScript of every row is run by node and must say what case_check() says. */
START_TEST(the_javascript_agrees_with_our_own_check)
{
	CLEANUP(buf_release) struct buf js = BUF_INIT(1 << 20), out = BUF_INIT(1 << 16);
	CLEANUP(buf_release) struct buf diagnostics = BUF_INIT(1 << 16);
	if (!io_exists("/usr/bin/node"))
		SKIP("node (Debian nodejs) is not installed");
	for (size_t i = 0; i < ROWS; i++) {
		CLEANUP(buf_release) struct buf yaml = BUF_INIT(1 << 16);
		const struct doc_node *n = NULL;
		struct skill_case c = case_of(rows[i].expect);
		cases_promptfoo(&yaml, STR("a"), STR("b"), &c, 1);
		assert_ok(doc_parse_yaml(arena, buf_str(&yaml), &doc_limits_yaml, "p.yaml", 0, &n,
					 &support_err));
		const struct doc_node *test = doc_find(n, "tests")->list.items[0];
		struct str code = doc_text(doc_find(test, "assert")->list.items[0], "value");
		if (str_starts(code, STR("{% raw %}")))
			code = str_sub(code, 9, code.len - 12);
		buf_addz(&js, "{ const output = ");
		json_quote(&js, str_of(rows[i].output));
		buf_addf(&js, "; console.log(%zu, Boolean(%.*s)); }\n", i, STR_ARG(code));
	}
	const char *argv[] = {"/usr/bin/node", "-", NULL};
	struct child_opts opts = {.argv = argv};
	struct child_end end = {0};
	assert_ok(child_run(&opts, buf_str(&js), &out, &diagnostics, 60000, &end, &support_err));
	ck_assert_msg(end.exited && end.status == 0, "%s", buf_cstr(&diagnostics));
	struct str rest = buf_str(&out), line;
	for (size_t i = 0; i < ROWS; i++) {
		char want[32];
		ck_assert(str_split(&rest, '\n', &line));
		snprintf(want, sizeof(want), "%zu %s", i, rows[i].holds ? "true" : "false");
		ck_assert_msg(str_eqz(line, want), "%s on %s: %.*s", rows[i].expect, rows[i].output,
			      STR_ARG(line));
	}
}
END_TEST

static const struct support_case cases[] = {
	CASE(cases_are_understood_and_slips_explained),
	CASE(counts_and_sizes_have_limits),
	CASE(hostile_markdown_ends_soon),
	CASE_LOOP(an_output_is_what_is_expected_or_it_is_said_why_not, ROWS),
	CASE(a_failed_expectation_says_what_there_was),
	CASE(cases_compile_to_promptfoo),
	CASE(the_javascript_agrees_with_our_own_check),
	{0},
};

int main(void)
{
	return support_main("skill/cases", cases);
}
