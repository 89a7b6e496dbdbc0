/* script/check-bad-input on small trees. */
#include "tests/unit/support.h"

#include "base/child.h"
#include "base/io.h"
#include "base/mem.h"

static char tree[512];

static void file(const char *name, const char *text)
{
	CLEANUP_FREE char *path = io_join(tree, name);
	CLEANUP_FREE char *dir = mem_strndup(path, (size_t)(strrchr(path, '/') - path));
	assert_ok(io_mkdirs(dir, 0755, &support_err));
	assert_ok(io_write_file(path, str_of(text), 0644, &support_err));
}

#define LAST 120

/* Every item, wanted or not, has its test in one file, less `without`; `more` lines stand behind, from LAST + 3 on. */
static void list(int without, const char *more)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(1 << 16);
	buf_addz(&b, "# what is what\n\n");
	for (int item = 1; item <= LAST; item++)
		buf_addf(&b, item == without ? "\n" : "%d bad tests/all.txt one case\n", item);
	buf_addz(&b, more);
	file("tests/bad-input", buf_cstr(&b));
}

static void begin(void)
{
	snprintf(tree, sizeof(tree), "%s", support_dir());
	file("tests/all.txt", "== one case\n--\nfine\n== at its limit\n--\nfine\n");
	file("tests/t.c", "START_TEST(runs)\nSTART_TEST(idle)\n\tCASE_LOOP(runs, 2),\n");
	file("tests/t.py", "BAD = {\n    \"dot-dot\": 1,\n}\n\n\ndef test_it(x):\n    pass\n");
	file("tests/x.cases", "## a case\n1\n>> 1\n");
	list(0, "");
}

static void check(const char *expected)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(8192);
	CLEANUP_FREE char *script = io_join(support_root(), "script/check-bad-input");
	struct child_opts o = {.argv = (const char *const[]){script, tree, NULL}};
	struct child_end end;
	assert_ok(child_run(&o, STR_NULL, &out, NULL, 60000, &end, &support_err));
	ck_assert_str_eq(buf_cstr(&out), expected);
	ck_assert_int_eq(end.status, *expected ? 1 : 0);
}

START_TEST(a_list_whose_tests_are_there_passes)
{
	begin();
	check("");
	list(0, "1 bad tests/t.c runs\n1 bad tests/t.py dot-dot\n1 bad tests/t.py test_it\n"
		"2 bad tests/x.cases a case\n3 fine tests/all.txt one case\n"
		"7 at tests/all.txt at its limit\n7 past tests/all.txt one case\n");
	check("");
}
END_TEST

START_TEST(an_item_without_a_test_is_told)
{
	begin();
	list(23, "");
	check("tests/bad-input: item 23 has no test\n");
	list(23, "23 fine tests/all.txt one case\n");
	check("tests/bad-input: item 23 has no test\n");
	/* One past its limit is bad input, too; but what is at it must be shown fine. */
	list(23, "23 past tests/all.txt one case\n");
	check("tests/bad-input: item 23 has a test past its limit and none at it\n");
	list(0, "23 at tests/all.txt one case\n");
	check("tests/bad-input: item 23 has a test at its limit and none past it\n");
}
END_TEST

START_TEST(a_test_that_is_not_there_is_told)
{
	begin();
	list(0, "1 bad tests/all.txt one cas\n"
		"1 bad tests/none.txt one case\n"
		"1 bad tests/t.c idle\n"
		"1 bad tests/t.c run\n"
		"1 bad tests/t.py test_i\n"
		"1 worse tests/all.txt one case\n"
		"one bad tests/all.txt one case\n"
		"1 bad tests/all.txt\n");
	check("tests/bad-input:123: tests/all.txt has no test \"one cas\"\n"
	      "tests/bad-input:124: there is no file tests/none.txt\n"
	      "tests/bad-input:125: the suite of tests/t.c does not run idle\n"
	      "tests/bad-input:126: tests/t.c has no test \"run\"\n"
	      "tests/bad-input:127: tests/t.py has no test \"test_i\"\n"
	      "tests/bad-input:128: not of the form ITEM bad|fine|at|past FILE TEST\n"
	      "tests/bad-input:129: not of the form ITEM bad|fine|at|past FILE TEST\n"
	      "tests/bad-input:130: not of the form ITEM bad|fine|at|past FILE TEST\n");
}
END_TEST

static const struct support_case cases[] = {
	CASE(a_list_whose_tests_are_there_passes),
	CASE(an_item_without_a_test_is_told),
	CASE(a_test_that_is_not_there_is_told),
	{0},
};

int main(void)
{
	return support_main("script/check-bad-input", cases);
}
