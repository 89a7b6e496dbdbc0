#include "skill/testfile.h"

#include "tests/unit/support.h"

static int last_code; /* of the last count() */

static struct test_counts count(const char *path, const char *text)
{
	struct test_counts t = {0};
	struct err err = ERR_INIT;
	last_code = testfile_count(str_of(path), str_of(text), STR("ecm/order-details"), &t, &err);
	return t;
}

START_TEST(promptfoo_tests_count_when_they_assert)
{
	const char *text = "prompts: [p]\n"
			   "tests:\n"
			   "  - vars: {q: a}\n"
			   "    assert:\n"
			   "      - type: contains\n"
			   "        value: shipped\n"
			   "  - vars: {q: b}\n"
			   "  - vars: {q: c}\n"
			   "    assert: []\n"
			   "  - vars: {q: d}\n"
			   "    assert: [{value: no type}]\n";
	ck_assert_uint_eq(count("tests/promptfooconfig.yaml", text).promptfoo, 1);
	ck_assert_uint_eq(count("tests/promptfooconfig.yml", text).promptfoo, 1);
}
END_TEST

START_TEST(an_assertion_of_default_test_holds_for_all)
{
	const char *text = "defaultTest: {assert: [{type: is-json}]}\n"
			   "tests: [{vars: {q: a}}, {vars: {q: b}}, just words]\n";
	ck_assert_uint_eq(count("tests/promptfooconfig.yaml", text).promptfoo, 2);
}
END_TEST

static const struct {
	const char *text;
	bool elsewhere;
} targets[] = {
	{"providers: [\"exec:aspora run ecm/order-details --promptfoo\"]", false},
	{"providers: exec:aspora run ecm/order-details --promptfoo", false},
	{"targets: [{id: \"exec:aspora run ecm/order-details\"}]", false},
	{"providers: [openai:gpt-5]\nprompts: [\"file://../SKILL.md\"]", false},
	{"providers: [{id: \"python:../code/handler.py\"}]", false},
	{"providers: [\"exec:aspora run ecm/order-details-2\"]", true},
	{"providers: [\"exec:aspora run other-ecm/order-details\"]", true},
	{"providers: [\"exec:aspora run x/ecm/order-details\"]", true},
	{"providers: [openai:gpt-5]", true},
	{"tests: []", true},
};

START_TEST(a_promptfoo_file_points_at_its_skill_or_elsewhere)
{
	for (size_t i = 0; i < ARRAY_SIZE(targets); i++)
		ck_assert_msg(
			count("tests/promptfooconfig.yaml", targets[i].text).promptfoo_elsewhere ==
				targets[i].elsewhere,
			"%s", targets[i].text);
	ck_assert(!count("tests/evals.json", "{}").promptfoo_elsewhere);
}
END_TEST

START_TEST(a_file_that_cannot_be_read_is_an_error)
{
	count("tests/promptfooconfig.yaml", "tests: {");
	ck_assert_int_eq(last_code, ERR_SYNTAX);
	count("tests/evals.json", "{");
	ck_assert_int_eq(last_code, ERR_SYNTAX);
	count("tests/notes.json", "{");
	ck_assert_int_eq(last_code, 0);
}
END_TEST

START_TEST(promptfoo_in_json_counts_too)
{
	const char *text = "{\"tests\":[{\"assert\":[{\"type\":\"equals\",\"value\":\"x\"}]}]}";
	ck_assert_uint_eq(count("tests/promptfooconfig.json", text).promptfoo, 1);
}
END_TEST

START_TEST(what_cannot_be_parsed_counts_as_nothing)
{
	ck_assert_uint_eq(count("tests/promptfooconfig.yaml", "tests: [").promptfoo, 0);
	ck_assert_uint_eq(count("tests/promptfooconfig.yaml", "").promptfoo, 0);
	ck_assert_uint_eq(count("tests/promptfooconfig.yaml", "tests: words").promptfoo, 0);
	ck_assert_uint_eq(count("tests/evals.json", "{").evals, 0);
	ck_assert_uint_eq(count("tests/evals.json", "3").evals, 0);
}
END_TEST

START_TEST(python_tests_count_when_they_assert)
{
	const char *text = "import pytest\n"
			   "\n"
			   "def helper():\n"
			   "    assert True\n"
			   "\n"
			   "def test_order(skill):\n"
			   "    out = skill('17')\n"
			   "    assert out == 'shipped'\n"
			   "    assert out\n"
			   "\n"
			   "def test_nothing():\n"
			   "    pass\n"
			   "\n"
			   "def test_comment():\n"
			   "    # assert out\n"
			   "    '''\n"
			   "    assert out\n"
			   "    '''\n"
			   "\n"
			   "class TestOrder:\n"
			   "    async def test_deep(self):\n"
			   "        assert_test(case, [metric])\n"
			   "\n"
			   "    def test_assertive(self):\n"
			   "        assertive = 1\n";
	ck_assert_uint_eq(count("tests/test_order.py", text).deepeval, 2);
}
END_TEST

START_TEST(a_long_argument_list_does_not_end_a_python_test)
{
	const char *text = "def test_long(\n"
			   "    a,\n"
			   "):\n"
			   "    assert a\n";
	ck_assert_uint_eq(count("tests/test_long.py", text).deepeval, 1);
}
END_TEST

START_TEST(evals_count_when_they_expect)
{
	const char *text = "{\"evals\":[{\"prompt\":\"a\",\"expectations\":[\"says so\"]},"
			   "{\"prompt\":\"b\",\"expectations\":[]},{\"prompt\":\"c\",\"expected_"
			   "output\":\"x\"},"
			   "{\"prompt\":\"d\",\"assertions\":[\"y\"]},{\"prompt\":\"e\",\"expected_"
			   "output\":\"\"}]}";
	ck_assert_uint_eq(count("tests/evals.json", text).evals, 3);
	ck_assert_uint_eq(count("tests/evals.json", "[{\"expected_output\":\"x\"}]").evals, 1);
}
END_TEST

START_TEST(other_files_are_passed_over)
{
	static const char *const paths[] = {
		"tests/cases.md",      "promptfooconfig.yaml", "code/test_x.py", "tests/helper.py",
		"tests/sub/test_x.py", "tests/test_x.txt",     "tests/"};
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		struct test_counts t = count(paths[i], "def test_x():\n    assert 1\n");
		ck_assert_msg(!testfile_is(str_of(paths[i])), "%s", paths[i]);
		ck_assert_uint_eq(t.promptfoo + t.deepeval + t.evals, 0);
	}
	ck_assert(testfile_is(STR("tests/test_x.py")));
	ck_assert(testfile_is(STR("tests/evals.json")));
}
END_TEST

static const struct support_case cases[] = {CASE(promptfoo_tests_count_when_they_assert),
					    CASE(an_assertion_of_default_test_holds_for_all),
					    CASE(a_promptfoo_file_points_at_its_skill_or_elsewhere),
					    CASE(a_file_that_cannot_be_read_is_an_error),
					    CASE(promptfoo_in_json_counts_too),
					    CASE(what_cannot_be_parsed_counts_as_nothing),
					    CASE(python_tests_count_when_they_assert),
					    CASE(a_long_argument_list_does_not_end_a_python_test),
					    CASE(evals_count_when_they_expect),
					    CASE(other_files_are_passed_over),
					    {0}};

int main(void)
{
	return support_main("skill/testfile", cases);
}
