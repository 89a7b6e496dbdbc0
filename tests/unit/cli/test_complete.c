/* What may come next on a command line. */
#include "cli/complete.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/io.h"
#include "tests/unit/cli/help_cli.h"

static struct cli *c;

static void begin(void)
{
	c = help_command(NULL);
	/* Where nothing listens: names of a gateway are none, and soon. */
	setenv("ASPORA_SERVER", "127.0.0.1:1", 1);
	setenv("XDG_CONFIG_HOME", support_dir(), 1);
	c->folder = help_skills(c);
}

/* Candidates after these words, the last of which is being written; NULL ends. A bar after each. */
static const char *after(const char *first, ...)
{
	struct buf out = BUF_INIT(BUF_MAX);
	char *words[16];
	int count = 0;
	va_list ap;
	words[count++] = arena_strdup(c->arena, "aspora");
	va_start(ap, first);
	for (const char *w = first; w; w = va_arg(ap, const char *))
		words[count++] = arena_strdup(c->arena, w);
	va_end(ap);
	cli_complete(c, words, count, &out);
	char *text = arena_strdup(c->arena, buf_cstr(&out));
	for (char *p = text; *p; p++)
		*p = *p == '\n' ? '|' : *p;
	buf_release(&out);
	return text;
}

START_TEST(verbs_come_first_and_hidden_ones_do_not)
{
	begin();
	ck_assert_str_eq(after("descr", NULL), "describe|");
	ck_assert_str_eq(after("complet", NULL), "completion|");
	ck_assert_str_eq(after("zzz", NULL), "");
	ck_assert_ptr_nonnull(strstr(after("", NULL), "get|"));
	ck_assert_str_eq(after("help", "descr", NULL), "describe|");
}
END_TEST

START_TEST(options_before_the_verb_are_passed_over)
{
	begin();
	ck_assert_str_eq(after("--folder", "somewhere", "descr", NULL), "describe|");
	ck_assert_str_eq(after("-o", "json", "descr", NULL), "describe|");
}
END_TEST

START_TEST(a_verb_has_its_own_options_and_those_of_its_kind)
{
	begin();
	ck_assert_str_eq(after("validate", "--pro", NULL), "--profile|");
	ck_assert_str_eq(after("list", "--fol", NULL), "--folder|");
	ck_assert_str_eq(after("completion", "--", NULL), "");
	ck_assert_ptr_nonnull(strstr(after("get", "--", NULL), "--selector|"));
	ck_assert_ptr_null(strstr(after("watch", "--", NULL), "--sort-by|"));
}
END_TEST

START_TEST(values_are_those_that_the_option_may_have)
{
	begin();
	ck_assert_str_eq(after("validate", "--profile", "", NULL), "lenient|strict|portable|");
	ck_assert_str_eq(after("get", "skills", "-o", "cus", NULL), "custom-columns|");
	ck_assert_str_eq(after("create", "skill", "a/b", "--lang", "py", NULL), "python|");
	ck_assert_str_eq(after("top", "--sort-by", "p", NULL), "p50|p95|");
	ck_assert_str_eq(after("get", "skills", "-d", "", NULL), "");
}
END_TEST

START_TEST(words_and_kinds_are_offered_where_they_stand)
{
	begin();
	ck_assert_str_eq(after("rollout", "", NULL), "status|history|undo|pause|resume|");
	ck_assert_str_eq(after("config", "get", NULL), "get-contexts|");
	ck_assert_str_eq(after("get", "ski", NULL), "skills|");
	ck_assert_str_eq(after("watch", "exe", NULL), "executions|");
	ck_assert_str_eq(after("get", "nothing/", NULL), "");
	ck_assert_str_eq(after("describe", "skill", "", NULL), "");
}
END_TEST

START_TEST(names_come_from_the_folder)
{
	begin();
	ck_assert_str_eq(after("validate", "", NULL), "ecm|ecm/boss|ecm/order|hr|hr/screen|");
	ck_assert_str_eq(after("test", "ecm/o", NULL), "ecm/order|");
	c->folder = "/";
	ck_assert_str_eq(after("validate", "", NULL), "");
}
END_TEST

START_TEST(contexts_come_from_the_configuration)
{
	begin();
	const char *home = getenv("XDG_CONFIG_HOME");
	assert_ok(io_mkdirs(arena_printf(c->arena, "%s/aspora", home), 0700, &support_err));
	assert_ok(io_write_file(arena_printf(c->arena, "%s/aspora/config.yaml", home),
				STR("contexts:\n  prod: {server: \"https://p.example\"}\n  test: "
				    "{server: \"https://t.example\"}\n"),
				0600, &support_err));
	ck_assert_str_eq(after("config", "use-context", "", NULL), "prod|test|");
	ck_assert_str_eq(after("get", "skills", "--context", "t", NULL), "test|");
}
END_TEST

START_TEST(no_words_are_no_candidates)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(4096);
	begin();
	char *one[] = {arena_strdup(c->arena, "aspora")};
	cli_complete(c, one, 1, &out);
	cli_complete(c, one, 0, &out);
	ck_assert_uint_eq(out.len, 0);
}
END_TEST

static const struct support_case cases[] = {CASE(verbs_come_first_and_hidden_ones_do_not),
					    CASE(options_before_the_verb_are_passed_over),
					    CASE(a_verb_has_its_own_options_and_those_of_its_kind),
					    CASE(values_are_those_that_the_option_may_have),
					    CASE(words_and_kinds_are_offered_where_they_stand),
					    CASE(names_come_from_the_folder),
					    CASE(contexts_come_from_the_configuration),
					    CASE(no_words_are_no_candidates),
					    {0}};

int main(void)
{
	return support_main("cli/complete", cases);
}
