/* script/check-style on a small tree, at each of its limits and one past it. */
#include "tests/unit/support.h"

#include "base/buf.h"
#include "base/child.h"
#include "base/io.h"
#include "base/mem.h"

static const char *tree;

static void begin(void)
{
	static char root[512];
	CLEANUP(buf_release) struct buf format = BUF_INIT(8192);
	CLEANUP_FREE char *from = io_join(support_root(), ".clang-format");
	snprintf(root, sizeof(root), "%s", support_dir());
	tree = root;
	CLEANUP_FREE char *to = io_join(tree, ".clang-format");
	assert_ok(io_read_file(from, &format, &support_err));
	assert_ok(io_write_file(to, buf_str(&format), 0644, &support_err));
}

static void file(const char *name, struct str text)
{
	CLEANUP_FREE char *path = io_join(tree, name);
	CLEANUP_FREE char *dir = mem_strndup(path, (size_t)(strrchr(path, '/') - path));
	assert_ok(io_mkdirs(dir, 0755, &support_err));
	assert_ok(io_write_file(path, text, 0644, &support_err));
}

static void check(int status, const char *expected)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(8192);
	CLEANUP_FREE char *script = io_join(support_root(), "script/check-style");
	struct child_opts o = {.argv = (const char *const[]){script, tree, NULL}};
	struct child_end end;
	assert_ok(child_run(&o, STR_NULL, &out, NULL, 60000, &end, &support_err));
	ck_assert_str_eq(buf_cstr(&out), expected);
	ck_assert_int_eq(end.status, status);
}

/* A file of so many lines. */
static void file_of_lines(const char *name, size_t lines)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(BUF_MAX);
	for (size_t i = 0; i < lines; i++)
		buf_addz(&text, "/* */\n");
	file(name, buf_str(&text));
}

static void file_with_function(const char *name, size_t lines)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(BUF_MAX);
	buf_addz(&text, "static int first(int a)\n{\n");
	for (size_t i = 0; i < lines; i++)
		buf_addz(&text, "\ta++;\n");
	buf_addz(&text, "}\n");
	file(name, buf_str(&text));
}

START_TEST(files_at_the_limit_pass_and_one_past_it_do_not)
{
	static const struct {
		const char *name;
		size_t lines;
		int status;
		const char *finding;
	} table[] = {
		{"base/x.h", 200, 0, ""},
		{"base/x.h", 201, 1, "base/x.h:201: a header of 201 lines, more than 200\n"},
		{"base/x.c", 500, 0, ""},
		{"base/x.c", 501, 0,
		 "base/x.c:501: warning: a source of 501 lines, more than 500\n"},
		{"base/x.c", 1000, 0,
		 "base/x.c:1000: warning: a source of 1000 lines, more than 500\n"},
		{"base/x.c", 1001, 1, "base/x.c:1001: a source of 1001 lines, more than 1000\n"},
	};
	begin();
	file_of_lines(table[_i].name, table[_i].lines);
	check(table[_i].status, table[_i].finding);
}
END_TEST

START_TEST(functions_at_the_limit_pass_and_one_past_it_do_not)
{
	begin();
	file_with_function("base/x.c", 50);
	check(0, "");
	file_with_function("base/x.c", 51);
	check(0, "base/x.c:2: warning: first has 51 lines, more than 50\n");
	file_with_function("base/x.c", 100);
	check(0, "base/x.c:2: warning: first has 100 lines, more than 50\n");
	file_with_function("base/x.c", 101);
	check(1, "base/x.c:2: first has 101 lines, more than 100\n");
}
END_TEST

START_TEST(format_manual_pages_and_scripts_are_read)
{
	begin();
	file("base/x.c", STR("int  x;\n"));
	check(1, "base/x.c:1:4: code should be clang-formatted (make format)\n");
	file("base/x.c", STR("int x;\n"));
	file("script/x", STR("#!/bin/sh\necho $1\n"));
	check(1, "script/x:2:6: note: Double quote to prevent globbing and word splitting. "
		 "[SC2086]\n");
	file("script/x", STR("#!/usr/bin/env python3\necho $1\n"));
	file("man/x.1",
	     STR(".Dd $Mdocdate: October 1 2025 $\n.Dt X 1\n.Os\n.Sh NAME\n.Nm x\n.Nd x\n.Xx\n"));
	check(1, "man/x.1:7:2: ERROR: skipping unknown macro: .Xx\n");
}
END_TEST

static const struct support_case cases[] = {
	CASE_LOOP(files_at_the_limit_pass_and_one_past_it_do_not, 6),
	CASE(functions_at_the_limit_pass_and_one_past_it_do_not),
	CASE(format_manual_pages_and_scripts_are_read),
	{0},
};

int main(void)
{
	return support_main("script/check-style", cases);
}
