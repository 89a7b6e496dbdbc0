/* Where a token comes from when there is no API key, and what is none. */
#include "cli/token.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "base/io.h"
#include "tests/unit/cli/help_cli.h"

static struct cli *c;
static struct secret got;

static void begin(void)
{
	static const char *const names[] = {"ASPORA_TOKEN", "ASPORA_AUDIENCE",
					    "ACTIONS_ID_TOKEN_REQUEST_URL",
					    "ACTIONS_ID_TOKEN_REQUEST_TOKEN"};
	c = help_command(NULL);
	got = (struct secret)SECRET_INIT;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		unsetenv(names[i]);
}

static void assert_token(const char *want)
{
	assert_str(secret_lend(&got), want);
	secret_release(&got);
}

static const char *file(const char *name, const char *text, mode_t mode)
{
	const char *path = arena_printf(c->arena, "%s/%s", support_dir(), name);
	assert_ok(io_write_file(path, str_of(text), mode, &support_err));
	ck_assert_int_eq(chmod(path, mode), 0);
	return path;
}

START_TEST(what_is_printed_is_a_token_or_says_which_member_is)
{
	static const struct {
		const char *printed, *token;
	} good[] = {{"abc.def.ghi\n", "abc.def.ghi"},
		    {"  x  ", "x"},
		    {"{\"kind\": \"ExecCredential\", \"status\": {\"token\": \"a.b.c\"}}", "a.b.c"},
		    {"{\"token\": \"t\"}", "t"},
		    {"{\"count\": 7, \"value\": \"v.w.x\"}\n", "v.w.x"}};
	static const char *const bad[] = {"",
					  "\n",
					  "two words",
					  "a\nb",
					  "{}",
					  "{\"status\": {}}",
					  "{\"token\": 5}",
					  "{\"token\": \"a b\"}",
					  "{\"token\": \"\"}",
					  "{not json",
					  "caf\xc3\xa9"};
	begin();
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		struct str token;
		assert_ok(cli_token_read(c->arena, str_of(good[i].printed), &token, &support_err));
		assert_str(token, good[i].token);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct str token;
		assert_err(cli_token_read(c->arena, str_of(bad[i]), &token, &support_err),
			   ERR_INVALID, "what came");
	}
	CLEANUP(buf_release) struct buf big = BUF_INIT(BUF_MAX);
	struct str token;
	buf_add_repeat(&big, 'x', CLI_TOKEN_MAX);
	assert_ok(cli_token_read(c->arena, buf_str(&big), &token, &support_err));
	buf_add_char(&big, 'x');
	assert_err(cli_token_read(c->arena, buf_str(&big), &token, &support_err), ERR_INVALID,
		   "not one token");
}
END_TEST

START_TEST(without_anything_there_is_none)
{
	const struct cli_context empty = {0};
	begin();
	assert_ok(cli_token(c, NULL, true, &got, &support_err));
	assert_ok(cli_token(c, &empty, true, &got, &support_err));
	ck_assert(!secret_is_set(&got));
}
END_TEST

START_TEST(the_environment_comes_first_unless_a_context_is_named)
{
	begin();
	const struct cli_context at = {.token_file = str_of(file("t", "of.the.file\n", 0600))};
	setenv("ASPORA_TOKEN", "of.the.environment", 1);
	assert_ok(cli_token(c, &at, true, &got, &support_err));
	assert_token("of.the.environment");
	assert_ok(cli_token(c, &at, false, &got, &support_err));
	assert_token("of.the.file");
	setenv("ASPORA_TOKEN", "two words", 1);
	assert_err(cli_token(c, &at, true, &got, &support_err), ERR_INVALID,
		   "ASPORA_TOKEN: what came is not one token");
	const struct cli_context gone = {.token_file = STR("/nowhere/t")};
	assert_err(cli_token(c, &gone, false, &got, &support_err), ERR_NOT_FOUND,
		   "token-file /nowhere/t");
}
END_TEST

START_TEST(a_program_prints_one)
{
	begin();
	const char *program =
		file("login",
		     "#!/bin/sh\necho \"{\\\"status\\\":{\\\"token\\\":\\\"$1.$2\\\"}}\"\n", 0700);
	struct str words[] = {str_of(program), STR("a"), STR("b c")};
	struct cli_context at = {.token_command = {words, 2}};
	assert_ok(cli_token(c, &at, false, &got, &support_err));
	assert_token("a.");
	at.token_command.count = 3;
	assert_err(cli_token(c, &at, false, &got, &support_err), ERR_INVALID, "not one token");
	words[0] = str_of(file("fails", "#!/bin/sh\necho x\nexit 3\n", 0700));
	assert_err(cli_token(c, &at, false, &got, &support_err), ERR_UNAUTHENTICATED,
		   "fails: it ended with exit status 3");
	words[0] = STR("no-such-program-anywhere");
	assert_err(cli_token(c, &at, false, &got, &support_err), ERR_NOT_FOUND,
		   "no-such-program-anywhere");
	words[0] = str_of(file("endless", "#!/bin/sh\nexec yes\n", 0700));
	assert_err(cli_token(c, &at, false, &got, &support_err), ERR_TOO_LARGE, "endless");
}
END_TEST

START_TEST(a_runner_that_cannot_be_asked_says_what_the_job_needs)
{
	begin();
	setenv("ACTIONS_ID_TOKEN_REQUEST_URL", "http://127.0.0.1:1/token?x=1", 1);
	assert_ok(cli_token(c, NULL, true, &got, &support_err));
	ck_assert(!secret_is_set(&got));
	setenv("ASPORA_AUDIENCE", "https://aspora.example", 1);
	assert_err(cli_token(c, NULL, true, &got, &support_err), ERR_UNAVAILABLE,
		   "asking GitHub's runner for a token");
	ck_assert(strstr(support_err.remedy, "id-token: write"));
	assert_ok(cli_token(c, NULL, false, &got, &support_err));
}
END_TEST

static const struct support_case cases[] = {
	CASE(what_is_printed_is_a_token_or_says_which_member_is),
	CASE(without_anything_there_is_none),
	CASE(the_environment_comes_first_unless_a_context_is_named),
	CASE(a_program_prints_one),
	CASE(a_runner_that_cannot_be_asked_says_what_the_job_needs),
	{0}};

int main(void)
{
	return support_main("cli/token", cases);
}
