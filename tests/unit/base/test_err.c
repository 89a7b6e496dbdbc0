#include "tests/unit/support.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>

#include "base/child.h"
#include "base/io.h"

static struct err err;

START_TEST(setting_returns_the_code_and_fills_everything)
{
	memset(&err, 0xAA, sizeof(err));
	ck_assert_int_eq(err_set(&err, ERR_CONFLICT, "version %d is not %d", 1, 2), ERR_CONFLICT);
	ck_assert_int_eq(err.code, ERR_CONFLICT);
	ck_assert_int_eq(err.sys, 0);
	ck_assert_str_eq(err.msg, "version 1 is not 2");
	ck_assert_str_eq(err.remedy, "");
	ck_assert_str_eq(err.sqlstate, "");
	ck_assert_str_eq(err.where.path, "");
	ck_assert_ptr_nonnull(strstr(err.origin, "test_err.c:"));
}
END_TEST

START_TEST(nobody_has_to_want_the_words)
{
	ck_assert_int_eq(err_set(NULL, ERR_IO, "x"), ERR_IO);
	ck_assert_int_eq(err_sys(NULL, ERR_IO, ENOENT, "x"), ERR_IO);
	ck_assert_int_eq(err_at(NULL, ERR_SYNTAX, "f", 1, 1, "x"), ERR_SYNTAX);
	/* Whoever returns the result of these must not turn a failure into a success. */
	ck_assert_int_lt(err_remedy(NULL, "x"), 0);
	ck_assert_int_lt(err_context(NULL, "x"), 0);
	err_path(NULL, "f");
}
END_TEST

START_TEST(errno_text_is_appended)
{
	err_sys(&err, ERR_NOT_FOUND, ENOENT, "cannot open %s", "a.md");
	ck_assert_str_eq(err.msg, "cannot open a.md: No such file or directory");
	ck_assert_int_eq(err.sys, ENOENT);
	err_sys(&err, ERR_IO, 4242, "cannot open");
	ck_assert_str_eq(err.msg, "cannot open: Unknown error 4242");
}
END_TEST

START_TEST(a_message_at_the_limit_is_whole_and_one_past_it_is_cut)
{
	char words[ERR_MSG_MAX + 8];
	memset(words, 'w', sizeof(words));
	words[ERR_MSG_MAX - 1] = '\0';
	err_set(&err, ERR_IO, "%s", words);
	ck_assert_str_eq(err.msg, words);
	words[ERR_MSG_MAX - 1] = 'w';
	words[ERR_MSG_MAX] = '\0';
	err_set(&err, ERR_IO, "%s", words);
	ck_assert_uint_eq(strlen(err.msg), ERR_MSG_MAX - 1);
}
END_TEST

START_TEST(a_cut_never_splits_a_character)
{
	/* A character of 2, 3 and 4 bytes that ends 0 to 4 bytes beyond the limit. */
	static const char *const runes[] = {"é", "€", "😀"};
	const char *rune = runes[_i % 3];
	size_t len = strlen(rune), beyond = (size_t)_i / 3;
	size_t fill = ERR_MSG_MAX - 1 + beyond - len;
	char words[ERR_MSG_MAX + 16];
	memset(words, 'w', fill);
	memcpy(words + fill, rune, len + 1);
	err_set(&err, ERR_IO, "%s", words);
	ck_assert(str_is_utf8(str_of(err.msg), NULL));
	size_t expected = beyond == 0 ? fill + len : MIN(fill, (size_t)ERR_MSG_MAX - 1);
	ck_assert_uint_eq(strlen(err.msg), expected);
	ck_assert_ptr_null(strchr(err.msg, '?'));
}
END_TEST

START_TEST(what_must_not_reach_a_terminal_becomes_a_question_mark)
{
	err_set(&err, ERR_INVALID,
		"a\x1b[31mb\rc\xff"
		"d\u202e"
		"e\tf\ng\u00e9");
	ck_assert_str_eq(err.msg, "a?[31mb?c?d?e\tf\ng\u00e9");
	err_remedy(&err, "write \x07");
	ck_assert_str_eq(err.remedy, "write ?");
	err_path(&err, "a\x1b"
		       "b");
	ck_assert_str_eq(err.where.path, "a?b");
	/* A replacement character that somebody wrote is an ordinary one. */
	err_set(&err, ERR_INVALID, "\ufffd");
	ck_assert_str_eq(err.msg, "\ufffd");
}
END_TEST

START_TEST(context_goes_before_and_keeps_code_and_place)
{
	err_at(&err, ERR_SYNTAX, "SKILL.md", 3, 7, "a colon is missing");
	err_remedy(&err, "write name: value");
	ck_assert_int_eq(err_context(&err, "reading %s", "skills/ecm"), ERR_SYNTAX);
	ck_assert_str_eq(err.msg, "reading skills/ecm: a colon is missing");
	ck_assert_uint_eq(err.where.line, 3);
	ck_assert_str_eq(err.remedy, "write name: value");
	for (int i = 0; i < 200; i++)
		err_context(&err, "again and again");
	ck_assert_uint_eq(strlen(err.msg), ERR_MSG_MAX - 1);
}
END_TEST

START_TEST(arguments_may_point_into_the_error_itself)
{
	err_at(&err, ERR_SYNTAX, "a.yaml", 1, 2, "first");
	err_at(&err, ERR_INVALID, err.where.path, 5, 6, "%s and second", err.msg);
	ck_assert_str_eq(err.msg, "first and second");
	ck_assert_str_eq(err.where.path, "a.yaml");
	ck_assert_uint_eq(err.where.line, 5);
}
END_TEST

START_TEST(format_leaves_out_what_is_not_known)
{
	char out[1600];
	err_at(&err, ERR_SYNTAX, "a.yaml", 3, 7, "a colon is missing");
	ck_assert_str_eq(err_format(&err, out, sizeof(out)), "a.yaml:3:7: a colon is missing");
	err_remedy(&err, "write name: value");
	ck_assert_str_eq(err_format(&err, out, sizeof(out)),
			 "a.yaml:3:7: a colon is missing (write name: value)");
	err_at(&err, ERR_SYNTAX, "a.yaml", 3, 0, "x");
	ck_assert_str_eq(err_format(&err, out, sizeof(out)), "a.yaml:3: x");
	err_at(&err, ERR_SYNTAX, "a.yaml", 0, 0, "x");
	ck_assert_str_eq(err_format(&err, out, sizeof(out)), "a.yaml: x");
	err_at(&err, ERR_SYNTAX, NULL, 4, 2, "x");
	ck_assert_str_eq(err_format(&err, out, sizeof(out)), "line 4:2: x");
	err_path(&err, "b.yaml");
	ck_assert_str_eq(err_format(&err, out, sizeof(out)), "b.yaml:4:2: x");
	err_set(&err, ERR_GONE, "x");
	ck_assert_str_eq(err_format(&err, out, sizeof(out)), "x");
	err.msg[0] = '\0';
	ck_assert_str_eq(err_format(&err, out, sizeof(out)), "gone");
}
END_TEST

START_TEST(format_ends_in_nul_however_small_the_room)
{
	char out[8];
	err_at(&err, ERR_SYNTAX, "a.yaml", 3, 7, "x");
	memset(out, 'z', sizeof(out));
	ck_assert_str_eq(err_format(&err, out, sizeof(out)), "a.yaml:");
	ck_assert_str_eq(err_format(&err, out, 1), "");
	memset(out, 'z', sizeof(out));
	err_format(&err, out, 0);
	ck_assert_int_eq(out[0], 'z');
}
END_TEST

START_TEST(a_full_error_is_formatted_whole)
{
	char out[2048], long_[1024];
	memset(long_, 'x', sizeof(long_));
	long_[sizeof(long_) - 1] = '\0';
	err_at(&err, ERR_SYNTAX, long_, UINT32_MAX, UINT32_MAX, "%s", long_);
	err_remedy(&err, "%s", long_);
	err_format(&err, out, sizeof(out));
	ck_assert_uint_eq(strlen(out), ERR_PATH_MAX - 1 + strlen(":4294967295:4294967295: ") +
					       ERR_MSG_MAX - 1 + strlen(" ()") + 255);
}
END_TEST

static int find_bug(void *state)
{
	struct rlimit none = {0, 0};
	setrlimit(RLIMIT_CORE, &none);
	dup2(*(int *)state, 2);
	err_at(&err, ERR_SYNTAX, "table", 0, 0, "the default \"x\" is no number");
	err_bug(&err, "schema");
}

START_TEST(a_bug_says_what_it_is_and_aborts)
{
	CLEANUP(child_release) struct child c = CHILD_INIT;
	CLEANUP(buf_release) struct buf out = BUF_INIT(1024);
	struct child_end end;
	int fds[2];
	assert_ok(io_pipe(fds, &support_err));
	assert_ok(child_fork(&c, find_bug, &fds[1], &fds[1], 1, &support_err));
	close(fds[1]);
	assert_ok(io_read_fd(fds[0], &out, &support_err));
	assert_ok(child_wait(&c, 30000, &end, &support_err));
	ck_assert(!end.exited && end.status == SIGABRT);
	ck_assert_str_eq(buf_cstr(&out), "bug: schema: table: the default \"x\" is no number\n");
}
END_TEST

START_TEST(every_code_has_its_columns_and_is_found_by_its_text)
{
	for (int code = ERR_BASE_ + 1; code < ERR_END_; code++) {
		ck_assert_str_ne(err_text(code), "");
		ck_assert_str_ne(err_help(code), "");
		ck_assert_int_eq(err_from_text(err_text(code)), code);
		ck_assert_int_gt(err_exit_status(code), 0);
		ck_assert_int_lt(err_exit_status(code), 126);
		ck_assert_int_ge(err_http_status(code), 200);
	}
	ck_assert_int_lt(ERR_END_, 0);
	ck_assert_str_eq(err_text(ERR_TOO_LARGE), "too-large");
	ck_assert_int_eq(err_http_status(ERR_TOO_LARGE), 413);
	ck_assert_int_eq(err_exit_status(ERR_USAGE), 2);
}
END_TEST

START_TEST(an_unknown_code_reads_as_internal_and_none_as_ok)
{
	static const int unknown[] = {1, -1, ERR_BASE_, ERR_END_, INT32_MIN, INT32_MAX};
	for (size_t i = 0; i < ARRAY_SIZE(unknown); i++) {
		ck_assert_str_eq(err_text(unknown[i]), "internal");
		ck_assert_int_eq(err_http_status(unknown[i]), 500);
	}
	ck_assert_int_eq(err_exit_status(ERR_OK), 0);
	ck_assert_int_eq(err_http_status(ERR_OK), 200);
	ck_assert_int_eq(err_from_text("no-such"), 0);
	ck_assert_int_eq(err_from_text(NULL), 0);
}
END_TEST

static const struct support_case cases[] = {
	CASE(setting_returns_the_code_and_fills_everything),
	CASE(nobody_has_to_want_the_words),
	CASE(errno_text_is_appended),
	CASE(a_message_at_the_limit_is_whole_and_one_past_it_is_cut),
	CASE_LOOP(a_cut_never_splits_a_character, 15),
	CASE(what_must_not_reach_a_terminal_becomes_a_question_mark),
	CASE(context_goes_before_and_keeps_code_and_place),
	CASE(arguments_may_point_into_the_error_itself),
	CASE(format_leaves_out_what_is_not_known),
	CASE(format_ends_in_nul_however_small_the_room),
	CASE(a_full_error_is_formatted_whole),
	CASE(a_bug_says_what_it_is_and_aborts),
	CASE(every_code_has_its_columns_and_is_found_by_its_text),
	CASE(an_unknown_code_reads_as_internal_and_none_as_ok),
	{0},
};

int main(void)
{
	return support_main("base/err", cases);
}
