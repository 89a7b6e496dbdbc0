/* The file of contexts: read, written, and what is said when it is wrong. */
#include "cli/context.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/io.h"
#include "base/mem.h"
#include "tests/unit/cli/help_cli.h"

static struct cli *c;
static const char *file;

/* The file, in a folder of its own, with text in it (NULL: there is none). */
static void set_up(const char *text)
{
	c = help_command(NULL);
	const char *root = arena_strdup(c->arena, support_dir());
	const char *dir = arena_printf(c->arena, "%s/aspora", root);
	file = arena_printf(c->arena, "%s/config.yaml", dir);
	setenv("XDG_CONFIG_HOME", root, 1);
	if (!text)
		return;
	assert_ok(io_mkdirs(dir, 0700, &support_err));
	assert_ok(io_write_file(file, str_of(text), 0600, &support_err));
}

static struct cli_contexts load(void)
{
	struct cli_contexts all;
	assert_ok(cli_contexts_load(c->arena, &all, &support_err));
	return all;
}

static void refused(const char *text, int code, const char *part)
{
	struct cli_contexts all;
	set_up(text);
	assert_err(cli_contexts_load(c->arena, &all, &support_err), code, part);
	ck_assert_str_eq(support_err.where.path, file);
}

START_TEST(without_a_file_there_are_no_contexts)
{
	set_up(NULL);
	struct cli_contexts all = load();
	ck_assert_uint_eq(all.contexts.count, 0);
	ck_assert_uint_eq(all.current.len, 0);
	ck_assert_str_eq(all.path, file);
	ck_assert_ptr_null(cli_context_find(&all, STR("local")));
}
END_TEST

START_TEST(contexts_are_read_with_their_names)
{
	set_up("current: b\ncontexts:\n  a: {server: \"http://h:1\"}\n"
	       "  b: {server: \"unix:/s\", key: \"env:K\", domain: ecm}\n");
	struct cli_contexts all = load();
	assert_str(all.current, "b");
	ck_assert_uint_eq(all.contexts.count, 2);
	const struct cli_context *b = cli_context_find(&all, STR("b"));
	assert_str(b->server, "unix:/s");
	assert_str(b->secret, "env:K");
	assert_str(b->domain, "ecm");
	ck_assert_uint_eq(cli_context_find(&all, STR("a"))->secret.len, 0);
	ck_assert_ptr_null(cli_context_find(&all, STR("A")));
	ck_assert_ptr_null(cli_context_find(&all, STR("")));
}
END_TEST

START_TEST(a_file_that_is_wrong_says_where)
{
	refused("current: [\n", ERR_SYNTAX, "");
	refused("contexts:\n  a: {}\n", ERR_INVALID, "server");
	ck_assert_uint_eq(support_err.where.line, 2);
	refused("contexts:\n  a: {server: \"\"}\n", ERR_INVALID, "server");
	refused("curent: a\n", ERR_INVALID, "curent");
	ck_assert_ptr_nonnull(strstr(support_err.remedy, "current"));
	refused("contexts:\n  a: {server: \"http://h\", domain: \"Not A Name\"}\n", ERR_INVALID,
		"domain");
	refused("contexts:\n  a: {server: \"http://h\"}\n  a: {server: \"http://h\"}\n",
		ERR_INVALID, "a");
}
END_TEST

START_TEST(what_is_written_is_read_again)
{
	set_up(NULL);
	struct cli_context list[2] = {
		{.key = STR("a b\"c"), .server = STR("http://h:1/\\x"), .secret = STR("k: #\"1")},
		{.key = STR("true"), .server = STR("unix:/s"), .domain = STR("ecm")}};
	struct cli_contexts all = load();
	all.current = STR("true");
	all.contexts = (struct field_list){.items = list, .count = 2};
	assert_ok(cli_contexts_save(&all, &support_err));
	struct cli_contexts again = load();
	assert_str(again.current, "true");
	ck_assert_uint_eq(again.contexts.count, 2);
	const struct cli_context *a = cli_context_find(&again, STR("a b\"c"));
	ck_assert_ptr_nonnull(a);
	assert_str(a->server, "http://h:1/\\x");
	assert_str(a->secret, "k: #\"1");
	ck_assert_uint_eq(a->domain.len, 0);
	assert_str(cli_context_find(&again, STR("true"))->domain, "ecm");
}
END_TEST

START_TEST(nobody_else_may_read_what_is_written)
{
	struct stat st;
	set_up(NULL);
	struct cli_contexts all = load();
	assert_ok(cli_contexts_save(&all, &support_err));
	ck_assert_int_eq(stat(file, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
}
END_TEST

START_TEST(a_file_that_others_could_read_is_closed_when_it_is_written)
{
	struct stat st;
	set_up("current: a\n");
	ck_assert_int_eq(chmod(file, 0644), 0);
	struct cli_contexts all = load();
	assert_ok(cli_contexts_save(&all, &support_err));
	ck_assert_int_eq(stat(file, &st), 0);
	ck_assert_uint_eq(st.st_mode & 07777, 0600);
}
END_TEST

START_TEST(an_unknown_context_is_told_the_nearest_or_how_to_make_it)
{
	set_up("contexts:\n  local: {server: \"http://h\"}\n  staging: {server: \"http://h\"}\n");
	struct cli_contexts all = load();
	assert_err(cli_context_unknown(&all, STR("locl"), &support_err), ERR_NOT_FOUND,
		   "there is no context \"locl\" in ");
	ck_assert_ptr_nonnull(strstr(support_err.msg, file));
	ck_assert_str_eq(support_err.remedy, "did you mean local?");
	assert_err(cli_context_unknown(&all, STR("zzzzzzzz"), &support_err), ERR_NOT_FOUND,
		   "\"zzzzzzzz\"");
	ck_assert_str_eq(support_err.remedy,
			 "`aspora config set-context zzzzzzzz --server URL` makes it");
}
END_TEST

START_TEST(another_file_is_named_by_the_environment)
{
	struct cli_contexts all;
	set_up("current: local\ncontexts:\n  local: {server: \"http://h\"}\n");
	const char *other = arena_printf(c->arena, "%s.other", file);
	setenv("ASPORA_CONFIG", other, 1);
	all = load();
	ck_assert_uint_eq(all.contexts.count, 0);
	ck_assert_str_eq(all.path, other);
	assert_ok(io_write_file(other, STR("contexts:\n  far: {server: \"http://f\"}\n"), 0600,
				&support_err));
	all = load();
	ck_assert_ptr_nonnull(cli_context_find(&all, STR("far")));
	ck_assert_ptr_null(cli_context_find(&all, STR("local")));
	/* It is the one that is written, and the other stays. */
	all.current = STR("far");
	assert_ok(cli_contexts_save(&all, &support_err));
	all = load();
	ck_assert(str_eqz(all.current, "far"));
	/* An empty word is as good as none. */
	setenv("ASPORA_CONFIG", "", 1);
	all = load();
	ck_assert(str_eqz(all.current, "local"));
	unsetenv("ASPORA_CONFIG");
}
END_TEST

START_TEST(files_are_not_merged_and_that_is_said)
{
	struct cli_contexts all;
	set_up(NULL);
	setenv("ASPORA_CONFIG", "/nowhere/a:/nowhere/b", 1);
	assert_err(cli_contexts_load(c->arena, &all, &support_err), ERR_USAGE,
		   "ASPORA_CONFIG names one file");
	ck_assert_str_eq(support_err.remedy, "files are not merged: put the contexts into one");
	unsetenv("ASPORA_CONFIG");
}
END_TEST

START_TEST(an_option_is_stronger_than_the_environment_and_that_than_the_file)
{
	set_up("current: local\ncontexts:\n  local: {server: \"http://h\"}\n");
	struct cli_contexts all = load();
	unsetenv("ASPORA_CONTEXT");
	ck_assert(str_eqz(cli_context_current(c, &all), "local"));
	setenv("ASPORA_CONTEXT", "", 1);
	ck_assert(str_eqz(cli_context_current(c, &all), "local"));
	setenv("ASPORA_CONTEXT", "far", 1);
	ck_assert(str_eqz(cli_context_current(c, &all), "far"));
	c->context = "near";
	ck_assert(str_eqz(cli_context_current(c, &all), "near"));
	unsetenv("ASPORA_CONTEXT");
}
END_TEST

static const struct support_case cases[] = {
	CASE(without_a_file_there_are_no_contexts),
	CASE(contexts_are_read_with_their_names),
	CASE(a_file_that_is_wrong_says_where),
	CASE(what_is_written_is_read_again),
	CASE(nobody_else_may_read_what_is_written),
	CASE(a_file_that_others_could_read_is_closed_when_it_is_written),
	CASE(an_unknown_context_is_told_the_nearest_or_how_to_make_it),
	CASE(another_file_is_named_by_the_environment),
	CASE(files_are_not_merged_and_that_is_said),
	CASE(an_option_is_stronger_than_the_environment_and_that_than_the_file),
	{0}};

int main(void)
{
	return support_main("cli/context", cases);
}
