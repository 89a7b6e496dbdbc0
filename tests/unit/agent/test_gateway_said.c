/* What was said a moment ago: young, of the same scope, and not since something changed. */
#include "agent/gateway/said.h"

#include "base/mem.h"
#include "tests/unit/support.h"

static struct gw_said *said;

static void put(const char *scope, int64_t at_ms, const char *text)
{
	gw_said_put(said, scope, at_ms, gw_said_mark(said), str_of(text));
}

#define assert_said(scope, now_ms, text) assert_str(gw_said_find(said, scope, now_ms), text)

START_TEST(it_is_found_for_its_scope_and_for_half_a_second)
{
	said = gw_said_new();
	assert_said("*", 0, "");
	put("*", 1000, "all");
	put("ecm,hr", 1200, "some");
	assert_said("*", 1000, "all");
	assert_said("*", 1000 + GW_SAID_MS - 1, "all");
	assert_said("*", 1000 + GW_SAID_MS, "");
	assert_said("ecm,hr", 1000 + GW_SAID_MS, "some");
	assert_said("ecm", 1200, "");
	assert_said("", 1200, "");
	gw_said_free(said);
	gw_said_free(NULL);
}
END_TEST

START_TEST(what_is_said_anew_takes_the_place_of_what_was_said)
{
	said = gw_said_new();
	put("*", 1000, "one");
	put("*", 1400, "two");
	assert_said("*", 1600, "two");
	gw_said_free(said);
}
END_TEST

START_TEST(a_change_lets_go_of_it_and_of_what_was_asked_for_before)
{
	said = gw_said_new();
	put("*", 1000, "before");
	uint64_t mark = gw_said_mark(said);
	gw_said_forget(said);
	assert_said("*", 1000, "");
	/* The store was asked before the change, and answers after it. */
	gw_said_put(said, "*", 1000, mark, STR("before"));
	assert_said("*", 1000, "");
	put("*", 1000, "after");
	assert_said("*", 1000, "after");
	gw_said_free(said);
}
END_TEST

START_TEST(the_oldest_makes_room_when_there_are_too_many)
{
	char scope[16];
	said = gw_said_new();
	for (int i = 0; i < GW_SAID_MAX; i++) {
		snprintf(scope, sizeof(scope), "d%d", i);
		put(scope, 1000 + (i + 5) % GW_SAID_MAX, scope);
	}
	for (int i = 0; i < GW_SAID_MAX; i++) {
		snprintf(scope, sizeof(scope), "d%d", i);
		assert_said(scope, 1100, scope);
	}
	put("more", 1100, "more");
	assert_said("more", 1100, "more");
	for (int i = 0; i < GW_SAID_MAX; i++) {
		snprintf(scope, sizeof(scope), "d%d", i);
		assert_said(scope, 1100, (i + 5) % GW_SAID_MAX == 0 ? "" : scope);
	}
	gw_said_free(said);
}
END_TEST

START_TEST(a_text_is_kept_at_its_limit_and_not_one_past_it)
{
	CLEANUP_FREE char *text = mem_alloc(GW_SAID_BYTES + 1);
	memset(text, 'x', GW_SAID_BYTES + 1);
	said = gw_said_new();
	gw_said_put(said, "*", 0, gw_said_mark(said), str_make(text, GW_SAID_BYTES + 1));
	ck_assert_uint_eq(gw_said_find(said, "*", 0).len, 0);
	gw_said_put(said, "*", 0, gw_said_mark(said), str_make(text, GW_SAID_BYTES));
	ck_assert_uint_eq(gw_said_find(said, "*", 0).len, GW_SAID_BYTES);
	gw_said_free(said);
}
END_TEST

int main(void)
{
	static const struct support_case cases[] = {
		CASE(it_is_found_for_its_scope_and_for_half_a_second),
		CASE(what_is_said_anew_takes_the_place_of_what_was_said),
		CASE(a_change_lets_go_of_it_and_of_what_was_asked_for_before),
		CASE(the_oldest_makes_room_when_there_are_too_many),
		CASE(a_text_is_kept_at_its_limit_and_not_one_past_it),
		{0}};
	return support_main("agent/gateway_said", cases);
}
