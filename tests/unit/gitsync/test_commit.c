#include <stdio.h>

#include "base/mem.h"
#include "gitsync/commit.h"
#include "tests/unit/support.h"

#define TREE "tree 4b825dc642cb6eb9a060e54bf8d69288fbee4904\n"
#define PARENT "parent 1111111111111111111111111111111111111111\n"
#define PARENT2 "parent 2222222222222222222222222222222222222222\n"
#define AUTHOR "author Ada Analyst <ada@example.com> 1700000000 +0430\n"
#define COMMITTER "committer Carl <carl@example.com> 1700000060 -0100\n"
#define SIGNED "gpgsig -----BEGIN SSH SIGNATURE-----\n U1NIU0lH\n -----END SSH SIGNATURE-----\n"

static const struct tree_id id = {.len = 20, .bytes = {0xab, 0xcd}};
static struct arena *arena;

static int parse(struct str raw, int64_t now_ms, struct commit *c)
{
	arena_free(arena);
	arena = arena_new(1 << 20);
	return commit_parse(raw, &id, now_ms, arena, c, &support_err);
}

START_TEST(a_commit_is_taken_apart)
{
	struct commit c;
	assert_ok(parse(STR(TREE PARENT PARENT2 AUTHOR COMMITTER
			    "encoding UTF-8\n"
			    "\nRaise the budget  \n\nBecause of May.\n"),
			0, &c));
	char hex[65];
	ck_assert_str_eq(tree_id_hex(&c.tree, hex), "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
	ck_assert_uint_eq(c.parent_count, 2);
	ck_assert_int_eq(c.parents[1].bytes[0], 0x22);
	assert_str(c.author.name, "Ada Analyst");
	assert_str(c.author.email, "ada@example.com");
	ck_assert_int_eq(c.author.when_ms, 1700000000000);
	ck_assert_int_eq(c.author.zone_minutes, 270);
	assert_str(c.committer.name, "Carl");
	ck_assert_int_eq(c.committer.zone_minutes, -60);
	assert_str(c.subject, "Raise the budget");
	assert_str(c.message, "Raise the budget  \n\nBecause of May.\n");
	ck_assert_uint_eq(c.signature.len, 0);
}
END_TEST

START_TEST(the_signed_payload_is_the_commit_without_its_signature)
{
	struct commit c;
	CLEANUP(buf_release) struct buf payload = BUF_INIT(1 << 16);
	assert_ok(parse(STR(TREE AUTHOR COMMITTER SIGNED "extra x\n\nHi\n"), 0, &c));
	assert_str(c.signature,
		   "-----BEGIN SSH SIGNATURE-----\n U1NIU0lH\n -----END SSH SIGNATURE-----");
	commit_signed_payload(&c, &payload);
	assert_str(buf_str(&payload), TREE AUTHOR COMMITTER "extra x\n\nHi\n");
	buf_reset(&payload);
	assert_ok(parse(STR(TREE AUTHOR COMMITTER "\nHi\n"), 0, &c));
	commit_signed_payload(&c, &payload);
	assert_str(buf_str(&payload), TREE AUTHOR COMMITTER "\nHi\n");
}
END_TEST

START_TEST(odd_messages_are_fine)
{
	struct commit c;
	assert_ok(parse(STR(TREE AUTHOR COMMITTER "\n"), 0, &c));
	assert_str(c.subject, "");
	assert_ok(parse(STR(TREE AUTHOR COMMITTER "\n\n\n  late \r\n"), 0, &c));
	assert_str(c.subject, "late");
	assert_ok(parse(STR(TREE "author <> 0 +0000\n" COMMITTER "\na\0b"), 0, &c));
	assert_str(c.author.name, "");
	assert_str(c.author.email, "");
	ck_assert_uint_eq(c.subject.len, 3);
}
END_TEST

/* clang-format off: one case a line */
#define R(text, code, part)                                                                        \
	{                                                                                          \
		{"" text, sizeof(text) - 1}, code, part                                            \
	}
static const struct bad {
	struct str raw;
	int code;
	const char *part;
} bads[] = {
	R("", ERR_GIT, "has a header without end"),
	R("\n", ERR_GIT, "does not begin with its tree"),
	R("parent 1\n", ERR_GIT, "does not begin with its tree"),
	R(AUTHOR TREE COMMITTER "\n", ERR_GIT, "does not begin with its tree"),
	R("tree 4B825DC642CB6EB9A060E54BF8D69288FBEE4904\n" AUTHOR COMMITTER "\n", ERR_GIT,
	  "its tree"),
	R("tree 4b825dc6\n" AUTHOR COMMITTER "\n", ERR_GIT, "its tree"),
	R(TREE "\n", ERR_GIT, "has no author"),
	R(TREE PARENT "\n", ERR_GIT, "has no author"),
	R(TREE AUTHOR "\n", ERR_GIT, "has no committer"),
	R(TREE AUTHOR, ERR_GIT, "has a header without end"),
	R(TREE AUTHOR COMMITTER, ERR_GIT, "has a header without end"),
	R(TREE COMMITTER AUTHOR "\n", ERR_GIT, "no proper author line"),
	R(TREE AUTHOR PARENT COMMITTER "\n", ERR_GIT, "no proper committer line"),
	R(TREE AUTHOR COMMITTER PARENT "\n", ERR_GIT, "header lines out of order"),
	R(TREE AUTHOR COMMITTER TREE "\n", ERR_GIT, "header lines out of order"),
	R(TREE AUTHOR COMMITTER AUTHOR "\n", ERR_GIT, "header lines out of order"),
	R(TREE "parent xyz\n" AUTHOR COMMITTER "\n", ERR_GIT, "a parent that is no object id"),
	R(TREE "author A\0B <a@b> 1 +0000\n" COMMITTER "\n", ERR_GIT, "a NUL byte in its header"),
	R(TREE AUTHOR COMMITTER "x\n\n", ERR_GIT, "a header line without a value"),
	R(TREE AUTHOR COMMITTER SIGNED SIGNED "\n", ERR_GIT, "more than one signature"),
	R(TREE AUTHOR COMMITTER SIGNED "gpgsig-sha256 x\n\n", ERR_GIT, "more than one signature"),
	R(TREE "author A <a@b 1 +0000\n" COMMITTER "\n", ERR_GIT, "no proper author line"),
	R(TREE "author A a@b 1 +0000\n" COMMITTER "\n", ERR_GIT, "no proper author line"),
	R(TREE "author A <a<b> 1 +0000\n" COMMITTER "\n", ERR_GIT, "no proper author line"),
	R(TREE "author A <a@b>1 +0000\n" COMMITTER "\n", ERR_GIT, "no proper author line"),
	R(TREE "author A <a@b> -1 +0000\n" COMMITTER "\n", ERR_GIT, "no proper author line"),
	R(TREE "author A <a@b> 01 +0000\n" COMMITTER "\n", ERR_GIT, "no proper author line"),
	R(TREE "author A <a@b> 99999999999999999999 +0000\n" COMMITTER "\n", ERR_GIT,
	  "no proper author"),
	R(TREE "author A <a@b> 253402300800 +0000\n" COMMITTER "\n", ERR_GIT, "no proper author"),
	R(TREE "author A <a@b> 1 +000\n" COMMITTER "\n", ERR_GIT, "no proper author line"),
	R(TREE "author A <a@b> 1 0000\n" COMMITTER "\n", ERR_GIT, "no proper author line"),
	R(TREE "author A <a@b> 1\n" COMMITTER "\n", ERR_GIT, "no proper author line"),
	R(TREE "author A\n <a@b> 1 +0000\n" COMMITTER "\n", ERR_GIT, "no proper author line"),
};
/* clang-format on */

START_TEST(a_malformed_commit_is_refused_by_name)
{
	struct commit c;
	assert_err(parse(bads[_i].raw, 0, &c), bads[_i].code, bads[_i].part);
	ck_assert_ptr_nonnull(strstr(support_err.msg, "commit abcd0000"));
	ck_assert_ptr_nonnull(strstr(support_err.remedy, "again with a current Git"));
}
END_TEST

/* Item by item: at the limit and one past it. */
START_TEST(sizes_stop_at_their_limits)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(1 << 22);
	struct commit c;
	buf_addz(&b, TREE AUTHOR COMMITTER "\n");
	buf_add_repeat(&b, 'x', COMMIT_MAX_BYTES - b.len);
	assert_ok(parse(buf_str(&b), 0, &c));
	buf_add_char(&b, 'x');
	assert_err(parse(buf_str(&b), 0, &c), ERR_TOO_LARGE, "has more than 64 KiB");
	for (size_t extra = 0; extra < 2; extra++) {
		buf_reset(&b);
		buf_addz(&b, TREE AUTHOR COMMITTER "gpgsig ");
		buf_add_repeat(&b, 's', COMMIT_SIGNATURE_MAX_BYTES + extra);
		buf_addz(&b, "\n\n");
		if (extra)
			assert_err(parse(buf_str(&b), 0, &c), ERR_TOO_LARGE,
				   "a signature of more than 8 KiB");
		else
			assert_ok(parse(buf_str(&b), 0, &c));
	}
	for (size_t extra = 0; extra < 2; extra++) {
		buf_reset(&b);
		buf_addz(&b, TREE);
		for (size_t i = 0; i < COMMIT_PARENTS_MAX + extra; i++)
			buf_addz(&b, PARENT);
		buf_addz(&b, AUTHOR COMMITTER "\n");
		if (extra)
			assert_err(parse(buf_str(&b), 0, &c), ERR_TOO_LARGE,
				   "more than 64 parents");
		else
			assert_ok(parse(buf_str(&b), 0, &c));
	}
}
END_TEST

START_TEST(a_date_may_be_a_day_ahead_and_no_more)
{
	struct commit c;
	int64_t when = 1700000060 * (int64_t)1000;
	assert_ok(parse(STR(TREE AUTHOR COMMITTER "\n"), when - COMMIT_FUTURE_MS, &c));
	assert_err(parse(STR(TREE AUTHOR COMMITTER "\n"), when - COMMIT_FUTURE_MS - 1, &c), ERR_GIT,
		   "is dated more than a day in the future");
	ck_assert_ptr_nonnull(strstr(support_err.remedy, "clock"));
	assert_ok(parse(STR(TREE AUTHOR COMMITTER "\n"), 0, &c));
}
END_TEST

static const struct support_case cases[] = {
	CASE(a_commit_is_taken_apart),
	CASE(the_signed_payload_is_the_commit_without_its_signature),
	CASE(odd_messages_are_fine),
	CASE_LOOP(a_malformed_commit_is_refused_by_name, ARRAY_SIZE(bads)),
	CASE(sizes_stop_at_their_limits),
	CASE(a_date_may_be_a_day_ahead_and_no_more),
	{0},
};
int main(void)
{
	return support_main("gitsync/commit", cases);
}
