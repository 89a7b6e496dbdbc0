/* script/check-includes on small trees that break one rule each. */
#include "tests/unit/support.h"

#include "base/child.h"
#include "base/io.h"
#include "base/mem.h"

static const char *tree;

static void file(const char *name, const char *text)
{
	CLEANUP_FREE char *path = io_join(tree, name);
	CLEANUP_FREE char *dir = mem_strndup(path, (size_t)(strrchr(path, '/') - path));
	assert_ok(io_mkdirs(dir, 0755, &support_err));
	assert_ok(io_write_file(path, str_of(text), 0644, &support_err));
}

/* A tree that has one header in each component, with its guard. */
static void begin(void)
{
	static const char *const components[] = {"base",    "skill",	 "guard",
						 "gitsync", "admission", "runtime",
						 "store",   "agent",	 "cli"};
	static char root[512];
	snprintf(root, sizeof(root), "%s", support_dir());
	tree = root;
	for (size_t i = 0; i < ARRAY_SIZE(components); i++) {
		CLEANUP_FREE char *name = mem_printf("%s/x.h", components[i]);
		CLEANUP_FREE char *upper = mem_strdup(components[i]);
		for (char *p = upper; *p; p++)
			*p = (char)(*p - 'a' + 'A');
		CLEANUP_FREE char *text = mem_printf("#ifndef %s_X_H\n#define %s_X_H\n#endif\n",
						     upper, upper);
		file(name, text);
	}
}

static void check(const char *expected)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(8192);
	CLEANUP_FREE char *script = io_join(support_root(), "script/check-includes");
	struct child_opts o = {.argv = (const char *const[]){script, tree, NULL}};
	struct child_end end;
	assert_ok(child_run(&o, STR_NULL, &out, NULL, 60000, &end, &support_err));
	ck_assert_str_eq(buf_cstr(&out), expected);
	ck_assert_int_eq(end.status, *expected ? 1 : 0);
}

START_TEST(a_tree_that_keeps_the_rules_passes)
{
	begin();
	file("agent/a.c",
	     "#include <stdio.h>\n\n#include \"store/x.h\"\n#include \"runtime/x.h\"\n");
	file("cli/x.c", "#include \"cli/x.h\"\n\n#include <stdio.h>\n\n#include \"gitsync/x.h\"\n");
	file("runtime/y.c", "#include \"guard/x.h\"\n#include \"skill/x.h\"\n");
	check("");
}
END_TEST

START_TEST(one_broken_rule_is_one_finding)
{
	static const struct {
		const char *path, *text, *finding;
	} table[] = {
		{"base/y.c", "#include \"skill/x.h\"\n",
		 "base/y.c:1: base/ may not include \"skill/x.h\" (it may include nothing)\n"},
		{"store/y.c", "\n#include \"runtime/x.h\"\n",
		 "store/y.c:2: store/ may not include \"runtime/x.h\" (it may include base, "
		 "skill)\n"},
		{"gitsync/y.c", "#include \"guard/x.h\"\n",
		 "gitsync/y.c:1: gitsync/ may not include \"guard/x.h\" (it may include base, "
		 "skill)\n"},
		{"cli/y.c", "#include \"store/x.h\"\n",
		 "cli/y.c:1: cli/ may not include \"store/x.h\" (it may include admission, base, "
		 "gitsync, "
		 "guard, skill)\n"},
		{"tests/unit/store/test_y.c", "#include \"agent/x.h\"\n",
		 "tests/unit/store/test_y.c:1: store/ may not include \"agent/x.h\" (it may "
		 "include base, "
		 "skill)\n"},
		{"base/y.c", "#include \"y_int.h\"\n",
		 "base/y.c:1: \"y_int.h\" is no path from the root of the tree\n"},
		{"base/x.c", "#include <stdio.h>\n\n#include \"base/x.h\"\n",
		 "base/x.c:1: its own header \"base/x.h\" comes first\n"},
		{"skill/y.c", "#include \"skill/x.h\"\n#include \"base/x.h\"\n#include <stdio.h>\n",
		 "skill/y.c:3: <stdio.h> comes before our own headers\n"},
		{"skill/y.c", "#include <git2.h>\n",
		 "skill/y.c:1: <git2.h> belongs to gitsync alone\n"},
		{"base/io.c", "#include <sodium.h>\n",
		 "base/io.c:1: <sodium.h> belongs to base/(crypto|secret) alone\n"},
		{"runtime/init/y.c", "#include \"base/x.h\"\n",
		 "runtime/init/y.c:1: aspora-init stands alone and may not include \"base/x.h\"\n"},
		{"base/y.h", "#ifndef Y_H\n#define Y_H\n#endif\n",
		 "base/y.h:1: its guard is not BASE_Y_H\n"},
		{"base/y.c", "/*\n goto */\n\tgoto out; /* \"goto\" */\n",
		 "base/y.c:3: no goto: return from anywhere, cleanup attributes release (STYLE "
		 "12)\n"},
		{"store/y.c", "\tlog_event(LOG_INFO_, \"x\", NULL);\n",
		 "store/y.c:1: only agent/ and cli/ log (STYLE 11)\n"},
		{"store/y.c", "\tsnprintf(a, 1, \"printf(\");\n\tprintf(\"x\");\n",
		 "store/y.c:2: only agent/ and cli/ print (STYLE 11)\n"},
		{"agent/y.c", "\tsleep(1);\n",
		 "agent/y.c:1: no sleeping: wait for a state (STYLE 19)\n"},
	};
	begin();
	file(table[_i].path, table[_i].text);
	check(table[_i].finding);
}
END_TEST

START_TEST(headers_that_include_each_other_are_found)
{
	begin();
	file("base/a.h", "#ifndef BASE_A_H\n#define BASE_A_H\n#include \"base/b.h\"\n#endif\n");
	file("base/b.h", "#ifndef BASE_B_H\n#define BASE_B_H\n#include \"base/a.h\"\n#endif\n");
	check("base/b.h:3: headers include each other: base/a.h -> base/b.h -> base/a.h\n");
}
END_TEST

static const struct support_case cases[] = {
	CASE(a_tree_that_keeps_the_rules_passes),
	CASE_LOOP(one_broken_rule_is_one_finding, 16),
	CASE(headers_that_include_each_other_are_found),
	{0},
};

int main(void)
{
	return support_main("script/check-includes", cases);
}
