#include <stdio.h>

#include "base/mem.h"
#include "gitsync/fetch_int.h"
#include "tests/unit/support.h"

static struct fetch_want wants[2] = {
	{.asked = "refs/heads/main",
	 .found = true,
	 .had = true,
	 .shown = {{1, 2, 3}},
	 .held = {{4}}},
	{.asked = "refs/heads/gone"},
};
static const struct fetch fetched = {
	.wants = wants,
	.want_count = 2,
	.head = "refs/heads/main",
	.bytes = 1234567890123,
	.objects = 42,
	.fetched = true,
	.healed = true,
};

static int read_record(struct str in, struct remote_result *r, int *code, struct err *child)
{
	return record_read(in, 2, r, code, child, &support_err);
}

START_TEST(what_is_written_is_read)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(1 << 16);
	CLEANUP(remote_result_release) struct remote_result r = {0};
	struct err child;
	int code = -1;
	record_write(&fetched, 0, NULL, &b);
	assert_ok(read_record(buf_str(&b), &r, &code, &child));
	ck_assert_int_eq(code, 0);
	ck_assert_uint_eq(r.ref_count, 2);
	ck_assert_str_eq(r.refs[0].name, "refs/heads/main");
	ck_assert(r.refs[0].id.len == 20 && r.refs[0].id.bytes[2] == 3);
	ck_assert(r.refs[0].was.len == 20 && r.refs[0].was.bytes[0] == 4);
	ck_assert(r.refs[1].id.len == 0 && r.refs[1].was.len == 0);
	ck_assert_str_eq(r.head, "refs/heads/main");
	ck_assert_uint_eq(r.bytes, 1234567890123);
	ck_assert_uint_eq(r.objects, 42);
	ck_assert(r.fetched && r.healed);
}
END_TEST

START_TEST(an_error_keeps_its_code_and_words)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(1 << 16);
	struct remote_result r = {0};
	struct err child, e = ERR_INIT;
	int code = 0;
	err_set(&e, ERR_DENIED, "not this one");
	err_remedy(&e, "try another");
	record_write(&fetched, ERR_DENIED, &e, &b);
	assert_ok(read_record(buf_str(&b), &r, &code, &child));
	ck_assert_int_eq(code, ERR_DENIED);
	ck_assert_str_eq(child.msg, "not this one");
	ck_assert_str_eq(child.remedy, "try another");
	ck_assert_uint_eq(r.ref_count, 0);
	remote_result_release(&r);
}
END_TEST

/* A child that has been taken over may write anything. */
START_TEST(every_cut_and_every_other_byte_is_survived)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(1 << 16);
	struct remote_result r = {0};
	struct err child;
	int code;
	record_write(&fetched, 0, NULL, &b);
	for (size_t n = 0; n < b.len; n++)
		assert_err(read_record(str_make(b.data, n), &r, &code, &child), ERR_GIT,
			   "gave no result");
	size_t refused = 0;
	for (size_t i = 0; i < b.len; i++) {
		for (int bit = 0; bit < 8; bit++) {
			b.data[i] ^= (char)(1 << bit);
			if (read_record(buf_str(&b), &r, &code, &child) < 0)
				refused++;
			else
				remote_result_release(&r);
			b.data[i] ^= (char)(1 << bit);
		}
	}
	ck_assert_uint_gt(refused, 200);
	buf_add_char(&b, 'x');
	assert_err(read_record(buf_str(&b), &r, &code, &child), ERR_GIT, "gave no result");
}
END_TEST

START_TEST(more_refs_than_asked_for_are_refused)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(1 << 16);
	struct remote_result r = {0};
	struct err child;
	int code;
	record_write(&fetched, 0, NULL, &b);
	assert_err(record_read(buf_str(&b), 1, &r, &code, &child, &support_err), ERR_GIT,
		   "gave no result");
	/* A count that the bytes cannot hold allocates nothing. */
	size_t at = 4 + 4 + 4 + 4 + 4 + strlen("refs/heads/main") + 8 + 8 + 1;
	memset(b.data + at, 0xff, 4);
	assert_err(record_read(buf_str(&b), UINT64_MAX, &r, &code, &child, &support_err), ERR_GIT,
		   "gave no");
}
END_TEST

static const struct support_case cases[] = {
	CASE(what_is_written_is_read),
	CASE(an_error_keeps_its_code_and_words),
	CASE(every_cut_and_every_other_byte_is_survived),
	CASE(more_refs_than_asked_for_are_refused),
	{0},
};
int main(void)
{
	return support_main("gitsync/record", cases);
}
