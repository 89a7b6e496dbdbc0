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

static const struct support_case cases[] = {CASE(buffer_stops_at_its_limit), {0}};

int main(void)
{
	return support_main("base/buf", cases);
}
