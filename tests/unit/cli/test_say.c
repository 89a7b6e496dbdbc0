/* Words for people on stderr, results on stdout, and what a terminal must not see. */
#include "cli/cli.h"

#include <stdio.h>
#include <unistd.h>

#include "cli/result.h"
#include "tests/unit/cli/help_cli.h"

static void check_said(const char *word, const char *want)
{
	help_capture(2);
	cli_say("%s", word);
	ck_assert_str_eq(help_captured(), want);
}

START_TEST(a_line_says_who_says_it)
{
	check_said("3 skills", "aspora: 3 skills\n");
	check_said("", "aspora: \n");
	check_said("Zürich – ok", "aspora: Zürich – ok\n");
}
END_TEST

START_TEST(what_steers_a_terminal_is_written_out)
{
	check_said("a\x1b[31mred", "aspora: a\\x1b[31mred\n");
	check_said("a\rb\bc\a", "aspora: a\\x0db\\x08c\\x07\n");
	check_said("a\nb\tc", "aspora: a\\nb\\tc\n");
	check_said("\x7f", "aspora: \\x7f\n");
	check_said("\xc2\x9b"
		   "31m",
		   "aspora: \\u{9b}31m\n");
	check_said("\xe2\x80\xae"
		   "abc",
		   "aspora: \\u{202e}abc\n");
	check_said("\xff\xc3", "aspora: \\xff\\xc3\n");
}
END_TEST

START_TEST(a_line_of_any_length_ends)
{
	char word[20000];
	memset(word, 'x', sizeof(word) - 1);
	word[sizeof(word) - 1] = '\0';
	help_capture(2);
	cli_say("%s", word);
	const char *said = help_captured();
	ck_assert_int_eq(said[strlen(said) - 1], '\n');
	ck_assert_uint_le(strlen(said), 8 * 1024 + 16);
}
END_TEST

START_TEST(an_error_has_its_place_and_its_remedy)
{
	struct err e = ERR_INIT;
	err_set(&e, ERR_INVALID, "the budget is too large");
	err_remedy(&e, "write at most 5");
	help_capture(2);
	cli_say_error(&e);
	ck_assert_str_eq(help_captured(), "aspora: the budget is too large (write at most 5)\n");
}
END_TEST

START_TEST(an_error_with_an_escape_in_it_is_safe)
{
	struct err e = ERR_INIT;
	err_set(&e, ERR_INVALID, "no \"%s\"", "\x1b]0;owned\x07");
	help_capture(2);
	cli_say_error(&e);
	const char *said = help_captured();
	ck_assert_ptr_null(strchr(said, '\x1b'));
	ck_assert_ptr_null(strchr(said, '\x07'));
	ck_assert_ptr_nonnull(strstr(said, "owned"));
}
END_TEST

START_TEST(progress_is_for_terminals_only)
{
	struct cli *c = help_command(NULL);
	help_capture(2);
	cli_progress(c, "waiting");
	cli_progress_end(c);
	ck_assert_str_eq(help_captured(), "");
}
END_TEST

START_TEST(progress_is_one_line_that_leaves_nothing)
{
	struct cli *c = help_command(NULL);
	c->terminal_err = true;
	help_capture(2);
	cli_progress(c, "%d of 2", 1);
	cli_progress(c, "%d of 2", 2);
	cli_progress_end(c);
	cli_progress_end(c);
	ck_assert_str_eq(help_captured(), "\r\033[K1 of 2\r\033[K2 of 2\r\033[K");
}
END_TEST

START_TEST(progress_makes_room_for_words)
{
	struct cli *c = help_command(NULL);
	c->terminal_err = true;
	help_capture(2);
	cli_progress(c, "waiting");
	cli_say("done");
	cli_say("again");
	ck_assert_str_eq(help_captured(), "\r\033[Kwaiting\r\033[Kaspora: done\naspora: again\n");
}
END_TEST

START_TEST(progress_never_wraps)
{
	struct cli *c = help_command(NULL);
	char word[300];
	memset(word, 'x', 299);
	word[299] = '\0';
	c->terminal_err = true;
	help_capture(2);
	cli_progress(c, "%s", word);
	const char *said = help_captured();
	ck_assert_uint_eq(strlen(said), strlen("\r\033[K") + 79 + strlen("..."));
	help_capture(2);
	cli_progress(c, "a\x1b[2Jb");
	ck_assert_str_eq(help_captured(), "\r\033[Ka\\x1b[2Jb");
	help_capture(2);
	cli_progress_end(c);
	(void)help_captured();
}
END_TEST

/* --- asking --- */

static bool asked(struct cli *c, const char *answer, const char **said)
{
	FILE *in = tmpfile();
	int before = dup(0);
	fputs(answer, in);
	rewind(in);
	dup2(fileno(in), 0);
	clearerr(stdin);
	fflush(stdin);
	help_capture(2);
	bool yes = cli_confirm(c, "Delete it?");
	*said = help_captured();
	fflush(stdin);
	dup2(before, 0);
	close(before);
	fclose(in);
	return yes;
}

static void check_answer(const char *answer, bool want)
{
	struct cli *c = help_command(NULL);
	const char *said;
	c->terminal_in = c->terminal_err = true;
	ck_assert_msg(asked(c, answer, &said) == want, "\"%s\"", answer);
	ck_assert_str_eq(said, "Delete it? [y/N] ");
}

START_TEST(yes_is_yes)
{
	check_answer("y\n", true);
}
END_TEST

START_TEST(yes_is_yes_in_any_case_and_with_spaces)
{
	check_answer("  YES \n", true);
}
END_TEST

START_TEST(yes_and_more_is_no)
{
	check_answer("yes please\n", false);
}
END_TEST

START_TEST(nothing_is_no)
{
	check_answer("\n", false);
}
END_TEST

START_TEST(the_end_of_input_is_no)
{
	check_answer("", false);
}
END_TEST

START_TEST(nobody_is_asked_where_nobody_is)
{
	struct cli *c = help_command(NULL);
	const char *said;
	c->terminal_err = true;
	ck_assert(!asked(c, "y\n", &said));
	ck_assert_str_eq(said, "");
	c->terminal_err = false;
	c->terminal_in = true;
	ck_assert(!asked(c, "y\n", &said));
	ck_assert_str_eq(said, "");
}
END_TEST

/* --- results --- */

START_TEST(a_result_that_is_too_large_is_an_error_and_not_half_a_result)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(4);
	buf_addz(&out, "12345");
	help_capture(1);
	int rc = cli_write(&out, &support_err);
	ck_assert_str_eq(help_captured(), "");
	ck_assert_int_eq(rc, ERR_TOO_LARGE);
	ck_assert_ptr_nonnull(strstr(support_err.msg, "the output"));
}
END_TEST

START_TEST(a_result_is_written_as_it_is)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(100);
	buf_addz(&out, "a\tb\n");
	help_capture(1);
	int rc = cli_write(&out, &support_err);
	ck_assert_str_eq(help_captured(), "a\tb\n");
	ck_assert_int_eq(rc, 0);
}
END_TEST

START_TEST(usage_says_what_the_verb_takes)
{
	assert_err(cli_usage(help_command(NULL), &support_err, "\"%s\" is none", "x"), ERR_USAGE,
		   "\"x\" is none");
	ck_assert_str_eq(support_err.remedy, "it is: aspora get KIND");
}
END_TEST

static void check_result(const char *json, const char *format, const char *want)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 16);
	cli_result(&out, help_json(help_command(NULL), json), format);
	assert_str(buf_str(&out), want);
}

START_TEST(a_result_in_words_is_its_text_before_its_output)
{
	check_result("{\"text\":\"hello\",\"output\":1}", "text", "hello\n");
	check_result("{\"text\":\"\",\"output\":\"said\"}", "text", "said\n");
	check_result("{\"output\":\"two\\nlines\"}", "text", "two\nlines\n");
	check_result("{\"output\":[1]}", "text", "[\n  1\n]\n");
	check_result("{\"output\":null}", "text", "null\n");
	check_result("{}", "text", "");
}
END_TEST

START_TEST(a_result_in_words_cannot_steer_a_terminal_but_keeps_its_lines)
{
	check_result("{\"text\":\"a\\u001b[2J\\nb\\r\"}", "text", "a\\x1b[2J\nb\\x0d\n");
	check_result("{\"output\":\"\\u202ex\"}", "text", "\\u{202e}x\n");
}
END_TEST

START_TEST(a_result_as_a_document_is_whole)
{
	check_result("{\"text\":\"a\",\"output\":{}}", "json",
		     "{\n  \"text\": \"a\",\n  \"output\": {}\n}\n");
	check_result("{\"text\":\"a\",\"output\":{}}", "raw", "{\"text\":\"a\",\"output\":{}}\n");
	check_result("{\"text\":\"a\",\"output\":{}}", "yaml", "text: a\noutput: {}\n");
}
END_TEST

static void check_ended(const char *phase, bool want)
{
	struct cli *c = help_command(NULL);
	const char *json = arena_printf(c->arena, "{\"status\":{\"phase\":\"%s\"}}", phase);
	ck_assert_msg(cli_execution_ended(help_json(c, json)) == want, "%s", phase);
}

START_TEST(only_final_phases_end_an_execution)
{
	check_ended("succeeded", true);
	check_ended("failed", true);
	check_ended("cancelled", true);
	check_ended("pending", false);
	check_ended("running", false);
	check_ended("no-such-phase", false);
	check_ended("", false);
	ck_assert(!cli_execution_ended(help_json(help_command(NULL), "{}")));
}
END_TEST

START_TEST(what_a_handler_says_is_passed_on_line_by_line)
{
	CLEANUP(buf_release) struct buf said = BUF_INIT(100);
	buf_addz(&said, "warn\n\x1b[31mred\n");
	help_capture(2);
	cli_pass_on(&said);
	ck_assert_str_eq(help_captured(), "warn\n\\x1b[31mred\n");
	buf_reset(&said);
	help_capture(2);
	cli_pass_on(&said);
	ck_assert_str_eq(help_captured(), "");
}
END_TEST

static const struct support_case cases[] = {
	CASE(a_line_says_who_says_it),
	CASE(what_steers_a_terminal_is_written_out),
	CASE(a_line_of_any_length_ends),
	CASE(an_error_has_its_place_and_its_remedy),
	CASE(an_error_with_an_escape_in_it_is_safe),
	CASE(progress_is_for_terminals_only),
	CASE(progress_is_one_line_that_leaves_nothing),
	CASE(progress_makes_room_for_words),
	CASE(progress_never_wraps),
	CASE(yes_is_yes),
	CASE(yes_is_yes_in_any_case_and_with_spaces),
	CASE(yes_and_more_is_no),
	CASE(nothing_is_no),
	CASE(the_end_of_input_is_no),
	CASE(nobody_is_asked_where_nobody_is),
	CASE(a_result_that_is_too_large_is_an_error_and_not_half_a_result),
	CASE(a_result_is_written_as_it_is),
	CASE(usage_says_what_the_verb_takes),
	CASE(a_result_in_words_is_its_text_before_its_output),
	CASE(a_result_in_words_cannot_steer_a_terminal_but_keeps_its_lines),
	CASE(a_result_as_a_document_is_whole),
	CASE(only_final_phases_end_an_execution),
	CASE(what_a_handler_says_is_passed_on_line_by_line),
	{0}};

int main(void)
{
	return support_main("cli/say", cases);
}
