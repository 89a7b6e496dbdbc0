/* Skills that are kept: only at the same position, only for a while, only their own. */
#include "agent/gateway/gateway.h"
#include "tests/unit/support.h"

#define NAME STR("ecm"), STR("one")

START_TEST(what_is_kept_is_found_at_the_same_position_only)
{
	struct gw_kept *k = gw_kept_new();
	const struct store_rv at = {.incarnation = 1, .rev = 7, .ord = -1, .check = 5};
	struct store_rv later = at, restored = at, forked = at;
	later.rev++;
	restored.incarnation++;
	forked.check++;
	ck_assert_uint_eq(gw_kept_find(k, NAME, &at, 0).len, 0);
	gw_kept_put(k, NAME, &at, 0, STR("{1}"));
	ck_assert(str_eqz(gw_kept_find(k, NAME, &at, 999), "{1}"));
	ck_assert_uint_eq(gw_kept_find(k, NAME, &at, 1000).len, 0);
	ck_assert_uint_eq(gw_kept_find(k, NAME, &later, 0).len, 0);
	ck_assert_uint_eq(gw_kept_find(k, NAME, &restored, 0).len, 0);
	ck_assert_uint_eq(gw_kept_find(k, NAME, &forked, 0).len, 0);
	ck_assert_uint_eq(gw_kept_find(k, STR("ecm"), STR("two"), &at, 0).len, 0);
	ck_assert_uint_eq(gw_kept_find(k, STR("frm"), STR("one"), &at, 0).len, 0);
	gw_kept_put(k, NAME, &later, 5000, STR("{2}"));
	ck_assert(str_eqz(gw_kept_find(k, NAME, &later, 5999), "{2}"));
	gw_kept_free(k);
}
END_TEST

START_TEST(what_is_too_large_is_not_kept_and_many_push_each_other_out)
{
	struct gw_kept *k = gw_kept_new();
	const struct store_rv at = {.incarnation = 1, .rev = 7, .ord = -1};
	static char big[64 * 1024 + 1];
	memset(big, 'x', sizeof(big));
	gw_kept_put(k, NAME, &at, 0, str_make(big, sizeof(big)));
	ck_assert_uint_eq(gw_kept_find(k, NAME, &at, 0).len, 0);
	gw_kept_put(k, NAME, &at, 0, str_make(big, sizeof(big) - 1));
	ck_assert_uint_eq(gw_kept_find(k, NAME, &at, 0).len, sizeof(big) - 1);
	for (int i = 0; i < 20000; i++) {
		char name[16];
		snprintf(name, sizeof(name), "n%d", i);
		gw_kept_put(k, STR("ecm"), str_of(name), &at, 0, str_of(name));
		ck_assert(str_eqz(gw_kept_find(k, STR("ecm"), str_of(name), &at, 0), name));
	}
	gw_kept_free(k);
}
END_TEST

START_TEST(what_is_put_again_is_newer_and_its_text_is_a_copy)
{
	struct gw_kept *k = gw_kept_new();
	const struct store_rv at = {.incarnation = 1, .rev = 7, .ord = -1};
	char text[] = "{1}";
	gw_kept_put(k, NAME, &at, 0, str_of(text));
	text[1] = '9';
	ck_assert(str_eqz(gw_kept_find(k, NAME, &at, 500), "{1}"));
	gw_kept_put(k, NAME, &at, 500, str_of(text));
	ck_assert(str_eqz(gw_kept_find(k, NAME, &at, 1499), "{9}"));
	ck_assert_uint_eq(gw_kept_find(k, NAME, &at, 1500).len, 0);
	gw_kept_free(k);
	gw_kept_free(NULL);
}
END_TEST

START_TEST(one_that_is_too_large_leaves_what_was_kept)
{
	struct gw_kept *k = gw_kept_new();
	const struct store_rv at = {.incarnation = 1, .rev = 7, .ord = -1};
	static char big[64 * 1024 + 1];
	memset(big, 'x', sizeof(big));
	gw_kept_put(k, NAME, &at, 0, STR("{1}"));
	gw_kept_put(k, NAME, &at, 0, str_make(big, sizeof(big)));
	ck_assert(str_eqz(gw_kept_find(k, NAME, &at, 0), "{1}"));
	gw_kept_free(k);
}
END_TEST

int main(void)
{
	static const struct support_case cases[] = {
		CASE(what_is_kept_is_found_at_the_same_position_only),
		CASE(what_is_too_large_is_not_kept_and_many_push_each_other_out),
		CASE(what_is_put_again_is_newer_and_its_text_is_a_copy),
		CASE(one_that_is_too_large_leaves_what_was_kept),
		{0},
	};
	return support_main("agent/gateway_kept", cases);
}
