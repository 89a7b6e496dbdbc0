/* Skills that are kept: only while nothing touches them, in the order of lists, within a bound. */
#include "agent/gateway/kept.h"

#include "agent/gateway/hub.h"
#include "tests/unit/support.h"

#define BOUND ((size_t)1 << 20)

static struct gw_kept *kept;

static void begin(void)
{
	kept = gw_kept_new(BOUND);
}

static const char *text_of(const char *domain, const char *name, int64_t now_ms)
{
	static char out[64];
	struct str s = gw_kept_find(kept, str_of(domain), str_of(name), now_ms, NULL);
	snprintf(out, sizeof(out), "%.*s", STR_ARG(s));
	return out;
}

static void put(const char *domain, const char *name, int64_t rev, const char *json)
{
	gw_kept_put(kept, str_of(domain), str_of(name), rev, 0, str_of(json));
}

static void note(const char *kind, const char *domain, const char *name, const char *skill,
		 const char *object, int64_t rev)
{
	const struct hub_entry e = {.change = {.rev = rev,
					       .kind = str_of(kind),
					       .domain = str_of(domain),
					       .name = str_of(name),
					       .object = str_of(object)},
				    .skill = str_of(skill)};
	gw_kept_note(kept, &e);
}

/* "a/1 a/2* b/1": those that are kept, stale ones with a star. */
static const char *all(void)
{
	static char out[512];
	size_t n = 0;
	out[0] = '\0';
	for (size_t i = 0; i < gw_kept_count(kept); i++) {
		struct kept_skill s = gw_kept_at(kept, i, 0);
		n += (size_t)snprintf(out + n, sizeof(out) - n, "%s%.*s/%.*s%s", n ? " " : "",
				      STR_ARG(s.domain), STR_ARG(s.name), s.json.len ? "" : "*");
	}
	return out;
}

START_TEST(what_was_read_is_found_until_the_log_tells_of_it)
{
	const char *tag = NULL;
	begin();
	ck_assert_str_eq(text_of("ecm", "one", 0), "");
	put("ecm", "one", 7, "{1}");
	ck_assert_str_eq(text_of("ecm", "one", 0), "{1}");
	ck_assert_str_eq(text_of("ecm", "one", INT64_MAX), "{1}");
	ck_assert_str_eq(text_of("ecm", "two", 0), "");
	ck_assert_str_eq(text_of("frm", "one", 0), "");
	ck_assert_uint_eq(gw_kept_find(kept, STR("ecm"), STR("one"), 0, &tag).len, 3);
	ck_assert_uint_eq(strlen(tag), GW_KEPT_TAG - 1);
	char before[GW_KEPT_TAG];
	snprintf(before, sizeof(before), "%s", tag);
	note("Skill", "ecm", "one", "", "{}", 8);
	ck_assert_str_eq(text_of("ecm", "one", 0), "");
	ck_assert_uint_eq(gw_kept_stale(kept), 1);
	put("ecm", "one", 8, "{2}");
	ck_assert_str_eq(text_of("ecm", "one", 0), "{2}");
	ck_assert_uint_eq(gw_kept_stale(kept), 0);
	ck_assert_uint_eq(gw_kept_find(kept, STR("ecm"), STR("one"), 0, &tag).len, 3);
	ck_assert_str_ne(tag, before);
	gw_kept_free(kept);
}
END_TEST

START_TEST(an_answer_that_comes_after_the_news_of_a_change_is_not_kept)
{
	begin();
	put("ecm", "one", 7, "{1}");
	note("Skill", "ecm", "one", "", "{}", 9);
	/* Asked when the log was read up to 8: the change may be in it or not. */
	put("ecm", "one", 8, "{old}");
	ck_assert_str_eq(text_of("ecm", "one", 0), "");
	put("ecm", "one", 9, "{new}");
	ck_assert_str_eq(text_of("ecm", "one", 0), "{new}");
	/* The same of one that nobody had asked for before. */
	note("Skill", "ecm", "two", "", "{}", 10);
	put("ecm", "two", 9, "{old}");
	ck_assert_str_eq(text_of("ecm", "two", 0), "");
	/* And of all when the change is of more than one. */
	note("Domain", "ecm", "ecm", "", "{}", 12);
	put("ecm", "three", 11, "{old}");
	ck_assert_str_eq(text_of("ecm", "three", 0), "");
	put("ecm", "three", 12, "{new}");
	ck_assert_str_eq(text_of("ecm", "three", 0), "{new}");
	gw_kept_free(kept);
}
END_TEST

static const struct {
	const char *kind, *domain, *name, *skill, *object, *left;
} told[] = {
	{"Skill", "a", "1", "", "{}", "a/1* a/2 b/1"},
	{"Skill", "b", "2", "", "{}", "a/1 a/2 b/1 b/2*"},
	{"Instance", "a", "INST-1", "2", "{}", "a/1 a/2* b/1"},
	{"Instance", "a", "INST-1", "", "{}", "a/1* a/2* b/1"}, /* of which is not known */
	{"Domain", "a", "a", "", "{}", "a/1* a/2* b/1"},
	{"Domain", "b", "b", "", "{}", "a/1 a/2 b/1*"},
	{"Domain", "c", "c", "", "{}", "a/1 a/2 b/1"},
	{"Source", "", "main", "", "{\"suspended\":\"x\"}", "a/1* a/2* b/1*"},
	{"Source", "", "main", "", "{\"revision\":\"\",\"failures\":0}", "a/1 a/2 b/1"},
	{"Something", "", "new", "", "{}",
	 "a/1* a/2* b/1*"}, /* what is not known may be anything */
	{"Something", "a", "new", "", "{}", "a/1* a/2* b/1"},
	{"Execution", "a", "EXEC-1", "1", "{}", "a/1 a/2 b/1"},
	{"Key", "", "ana", "", "", "a/1 a/2 b/1"},
	{"Release", "", "7", "", "{}", "a/1 a/2 b/1"},
	{"Admission", "a", "00", "", "{}", "a/1 a/2 b/1"},
	{"Request", "a", "x", "", "{}", "a/1 a/2 b/1"},
};

START_TEST(a_change_touches_what_it_may_be_about_and_nothing_else)
{
	begin();
	put("a", "1", 1, "{}");
	put("a", "2", 1, "{}");
	put("b", "1", 1, "{}");
	note(told[_i].kind, told[_i].domain, told[_i].name, told[_i].skill, told[_i].object, 2);
	ck_assert_str_eq(all(), told[_i].left);
	gw_kept_free(kept);
}
END_TEST

START_TEST(what_waits_for_its_time_is_kept_for_a_second)
{
	begin();
	gw_kept_put(kept, STR("a"), STR("1"), 1, 5000, STR("{\"reason\":\"Retrying\"}"));
	ck_assert_str_ne(text_of("a", "1", 5999), "");
	ck_assert_str_eq(text_of("a", "1", 6000), "");
	ck_assert_uint_eq(gw_kept_at(kept, 0, 5999).json.len, 21);
	ck_assert_uint_eq(gw_kept_at(kept, 0, 6000).json.len, 0);
	gw_kept_free(kept);
}
END_TEST

START_TEST(lists_are_in_the_order_of_bytes_and_go_on_after_any_name)
{
	begin();
	put("b", "1", 1, "{}");
	put("a", "2", 1, "{}");
	put("a", "10", 1, "{}");
	put("a-b", "1", 1, "{}");
	put("a", "1", 1, "{}");
	ck_assert_str_eq(all(), "a/1 a/10 a/2 a-b/1 b/1");
	ck_assert_uint_eq(gw_kept_after(kept, STR(""), STR("")), 0);
	ck_assert_uint_eq(gw_kept_after(kept, STR("a"), STR("")), 0);
	ck_assert_uint_eq(gw_kept_after(kept, STR("a"), STR("1")), 1);
	ck_assert_uint_eq(gw_kept_after(kept, STR("a"), STR("11")), 2);
	ck_assert_uint_eq(gw_kept_after(kept, STR("a"), STR("2")), 3);
	ck_assert_uint_eq(gw_kept_after(kept, STR("b"), STR("1")), 5);
	ck_assert_uint_eq(gw_kept_after(kept, STR("z"), STR("z")), 5);
	gw_kept_free(kept);
}
END_TEST

START_TEST(what_is_there_no_more_loses_its_place)
{
	begin();
	put("a", "1", 1, "{}");
	put("a", "2", 1, "{}");
	note("Skill", "a", "1", "", "{}", 2);
	put("a", "1", 1, "");
	ck_assert_str_eq(all(), "a/1* a/2");
	put("a", "1", 2, "");
	ck_assert_str_eq(all(), "a/2");
	put("a", "3", 2, "");
	ck_assert_str_eq(all(), "a/2");
	ck_assert_uint_eq(gw_kept_stale(kept), 0);
	put("a", "2", 2, "");
	ck_assert_uint_eq(gw_kept_count(kept), 0);
	ck_assert_uint_eq(gw_kept_bytes(kept), 0);
	gw_kept_free(kept);
}
END_TEST

START_TEST(past_its_bound_everything_is_let_go_until_the_log_is_another)
{
	static char big[BOUND / 4];
	begin();
	memset(big, 'x', sizeof(big));
	gw_kept_complete(kept);
	for (int i = 0; i < 3; i++)
		gw_kept_put(kept, STR("a"), str_of((char[]){(char)('1' + i), '\0'}), 1, 0,
			    str_make(big, sizeof(big)));
	ck_assert(gw_kept_is_complete(kept) && !gw_kept_is_over(kept));
	ck_assert_uint_le(gw_kept_bytes(kept), BOUND);
	gw_kept_put(kept, STR("a"), STR("4"), 1, 0, str_make(big, sizeof(big)));
	ck_assert(!gw_kept_is_complete(kept) && gw_kept_is_over(kept));
	ck_assert_uint_eq(gw_kept_bytes(kept), 0);
	put("a", "1", 1, "{}");
	gw_kept_complete(kept);
	ck_assert_uint_eq(gw_kept_count(kept), 0);
	ck_assert(!gw_kept_is_complete(kept));
	gw_kept_forget(kept);
	put("a", "1", 1, "{}");
	ck_assert_str_eq(all(), "a/1");
	gw_kept_free(kept);
}
END_TEST

START_TEST(ten_thousand_are_kept_and_each_is_its_own)
{
	char name[16], text[16];
	kept = gw_kept_new((size_t)64 << 20);
	for (int i = 9999; i >= 0; i--) {
		snprintf(name, sizeof(name), "n%d", i * 7919 % 10000);
		snprintf(text, sizeof(text), "{%d}", i * 7919 % 10000);
		put("ecm", name, 1, text);
	}
	ck_assert_uint_eq(gw_kept_count(kept), 10000);
	for (int i = 0; i < 10000; i++) {
		snprintf(name, sizeof(name), "n%d", i);
		snprintf(text, sizeof(text), "{%d}", i);
		ck_assert_str_eq(text_of("ecm", name, 0), text);
	}
	for (size_t i = 1; i < gw_kept_count(kept); i++)
		ck_assert_int_lt(
			str_cmp(gw_kept_at(kept, i - 1, 0).name, gw_kept_at(kept, i, 0).name), 0);
	gw_kept_free(kept);
	gw_kept_free(NULL);
}
END_TEST

int main(void)
{
	static const struct support_case cases[] = {
		CASE(what_was_read_is_found_until_the_log_tells_of_it),
		CASE(an_answer_that_comes_after_the_news_of_a_change_is_not_kept),
		CASE_LOOP(a_change_touches_what_it_may_be_about_and_nothing_else,
			  (int)ARRAY_SIZE(told)),
		CASE(what_waits_for_its_time_is_kept_for_a_second),
		CASE(lists_are_in_the_order_of_bytes_and_go_on_after_any_name),
		CASE(what_is_there_no_more_loses_its_place),
		CASE(past_its_bound_everything_is_let_go_until_the_log_is_another),
		CASE(ten_thousand_are_kept_and_each_is_its_own),
		{0}};
	return support_main("agent/gateway_kept", cases);
}
