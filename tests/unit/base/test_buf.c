#include <inttypes.h>
#include "tests/unit/support.h"

#include "base/buf.h"

START_TEST(buffer_stops_at_its_limit)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(8);
	buf_addz(&b, "12345678");
	assert_ok(buf_check(&b, "the name", &support_err));
	buf_add_char(&b, '9');
	assert_err(buf_check(&b, "the name", &support_err), ERR_TOO_LARGE,
		   "the name is larger than its limit of 8 bytes");
	ck_assert_str_eq(buf_cstr(&b), "12345678");
}
END_TEST

START_TEST(overflow_is_sticky_until_reset)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(4);
	buf_addz(&b, "12");
	buf_addz(&b, "345");
	buf_addz(&b, "6"); /* would fit, but comes after something that is missing */
	ck_assert_str_eq(buf_cstr(&b), "12");
	ck_assert(b.overflow);
	buf_reset(&b);
	ck_assert_str_eq(buf_cstr(&b), "");
	buf_addf(&b, "%d", 1234);
	assert_ok(buf_check(&b, "it", &support_err));
	buf_addf(&b, "%s", "5");
	ck_assert_str_eq(buf_cstr(&b), "1234");
	ck_assert(b.overflow);
}
END_TEST

START_TEST(a_limit_of_nothing_takes_nothing)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(0);
	buf_addz(&b, "");
	buf_add(&b, NULL, 0);
	buf_add_repeat(&b, 'x', 0);
	assert_ok(buf_check(&b, "it", &support_err));
	ck_assert_str_eq(buf_cstr(&b), "");
	buf_add_repeat(&b, 'x', 1);
	ck_assert(b.overflow);
}
END_TEST

START_TEST(data_is_always_followed_by_nul)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(BUF_MAX);
	for (size_t i = 0; i < 1000; i++) {
		buf_add_char(&b, (char)('a' + i % 26));
		ck_assert_int_eq(b.data[b.len], '\0');
		ck_assert_uint_lt(b.len, b.cap);
	}
	ck_assert_uint_eq(buf_str(&b).len, 1000);
	ck_assert_ptr_eq(buf_str(&b).p, b.data);
}
END_TEST

START_TEST(reserved_room_is_counted_when_it_is_used)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(10);
	char *to = buf_reserve(&b, 10);
	memcpy(to, "abc", 3);
	buf_grew(&b, 3);
	ck_assert_str_eq(buf_cstr(&b), "abc");
	ck_assert_ptr_nonnull(buf_reserve(&b, 7));
	ck_assert_ptr_null(buf_reserve(&b, 8));
	ck_assert(b.overflow);
	ck_assert_ptr_null(buf_reserve(&b, 1));
}
END_TEST

START_TEST(a_huge_request_overflows_and_does_not_wrap)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(SIZE_MAX - 1);
	buf_addz(&b, "abc");
	b.limit = 100;
	ck_assert_ptr_null(buf_reserve(&b, SIZE_MAX));
	buf_reset(&b);
	ck_assert_ptr_null(buf_reserve(&b, SIZE_MAX - 2));
}
END_TEST

START_TEST(integers_are_big_endian)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(BUF_MAX);
	buf_add_u8(&b, 0xFE);
	buf_add_u32(&b, 0x01020304);
	buf_add_u64(&b, 0x1122334455667788u);
	ck_assert_uint_eq(b.len, 13);
	ck_assert_mem_eq(b.data, "\xFE\1\2\3\4\x11\x22\x33\x44\x55\x66\x77\x88", 13);
}
END_TEST

START_TEST(taking_leaves_an_empty_buffer_and_never_gives_null)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(4);
	CLEANUP_FREE char *empty = buf_take(&b);
	ck_assert_str_eq(empty, "");
	buf_addz(&b, "abcd");
	CLEANUP_FREE char *bytes = buf_take(&b);
	ck_assert_str_eq(bytes, "abcd");
	ck_assert_uint_eq(b.len, 0);
	ck_assert_str_eq(buf_cstr(&b), "");
	buf_addz(&b, "efgh");
	buf_addz(&b, "i");
	CLEANUP_FREE char *part = buf_take(&b);
	ck_assert_str_eq(part, "efgh");
	/* What was taken was not all: the check still says so. */
	assert_err(buf_check(&b, "it", &support_err), ERR_TOO_LARGE, "it is larger");
}
END_TEST

START_TEST(any_byte_may_be_in_it)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(BUF_MAX);
	buf_add(&b, "a\0b", 3);
	buf_add_str(&b, STR("\0"));
	buf_add_str(&b, STR_NULL);
	ck_assert_uint_eq(b.len, 4);
	ck_assert_mem_eq(b.data, "a\0b\0", 5);
}
END_TEST

START_TEST(a_released_buffer_can_be_used_again)
{
	struct buf b;
	buf_init(&b, 3);
	buf_addz(&b, "abcd");
	buf_release(&b);
	ck_assert(!b.overflow);
	buf_addz(&b, "abc");
	ck_assert_str_eq(buf_cstr(&b), "abc");
	buf_release(&b);
	buf_release(&b);
}
END_TEST

START_TEST(decimals_are_those_of_printf)
{
	static const uint64_t values[] = {0, 9, 10, 99, 100, 1234567890, INT64_MAX, UINT64_MAX};
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		CLEANUP(buf_release) struct buf one = BUF_INIT(64), two = BUF_INIT(64);
		buf_add_decimal(&one, values[i]);
		buf_addf(&two, "%" PRIu64, values[i]);
		ck_assert_str_eq(buf_cstr(&one), buf_cstr(&two));
	}
}
END_TEST

static const struct support_case cases[] = {
	CASE(decimals_are_those_of_printf),
	CASE(buffer_stops_at_its_limit),
	CASE(overflow_is_sticky_until_reset),
	CASE(a_limit_of_nothing_takes_nothing),
	CASE(data_is_always_followed_by_nul),
	CASE(reserved_room_is_counted_when_it_is_used),
	CASE(a_huge_request_overflows_and_does_not_wrap),
	CASE(integers_are_big_endian),
	CASE(taking_leaves_an_empty_buffer_and_never_gives_null),
	CASE(any_byte_may_be_in_it),
	CASE(a_released_buffer_can_be_used_again),
	{0},
};

int main(void)
{
	return support_main("base/buf", cases);
}
