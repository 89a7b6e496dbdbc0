#include "skill/check_result.h"

#include "base/buf.h"
#include "tests/unit/support.h"

static int read_result(struct arena *a, const char *text, struct check_result *ret)
{
	support_err = (struct err)ERR_INIT;
	return check_result_read(a, str_of(text), "r", ret, &support_err);
}

static void assert_counts(const struct check_count *n, int64_t passed, int64_t failed,
			  int64_t skipped)
{
	ck_assert_int_eq(n->passed, passed);
	ck_assert_int_eq(n->failed, failed);
	ck_assert_int_eq(n->skipped, skipped);
}

/* As promptfoo 0.121 writes it, shortened. */
START_TEST(promptfoo_is_counted_by_skill_and_not_by_its_own_totals)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	struct check_result r;
	assert_ok(read_result(a,
			      "{\"evalId\":\"e\",\"results\":{\"version\":3,\"stats\":{"
			      "\"successes\":99,\"failures\":0},"
			      "\"results\":["
			      "{\"success\":true,\"failureReason\":0,\"cost\":0.0015,\"testCase\":{"
			      "\"metadata\":{\"skill\":\"ecm/a\"}}},"
			      "{\"success\":false,\"failureReason\":1,\"cost\":0.0005,\"testCase\":"
			      "{\"metadata\":{\"skill\":\"ecm/a\"}}},"
			      "{\"success\":true,\"failureReason\":2,\"testCase\":{\"metadata\":{"
			      "\"skill\":\"ecm/a\"}}},"
			      "{\"success\":true,\"provider\":{\"label\":\"ecm/b\"}}]},"
			      "\"metadata\":{\"promptfooVersion\":\"0.121.3\"}}",
			      &r));
	ck_assert_str_eq(r.format, "promptfoo");
	assert_str(r.version, "0.121.3");
	ck_assert_uint_eq(r.count, 2);
	assert_str(r.counts[0].skill, "ecm/a");
	assert_counts(&r.counts[0], 1, 2, 0);
	ck_assert_int_eq(r.counts[0].cost_microusd, 2000);
	assert_str(r.counts[1].skill, "ecm/b");
	assert_counts(&r.counts[1], 1, 0, 0);
}
END_TEST

/* As pytest writes it; a case in a case, which no tool writes, is one. */
START_TEST(junit_is_counted_by_cases)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	struct check_result r;
	assert_ok(read_result(
		a,
		"<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<testsuites name=\"pytest tests\">"
		"<testsuite name=\"pytest\" tests=\"77\" failures=\"0\">"
		"<testcase classname=\"t\" name=\"a\" time=\"0.1\"/>"
		"<testcase classname=\"t\" name=\"b\"><failure "
		"message=\"no\">x</failure></testcase>"
		"<testcase classname=\"t\" name=\"c\"><error message=\"no\"/></testcase>"
		"<testcase classname=\"t\" name=\"d\"><skipped type=\"pytest.skip\"/></testcase>"
		"<testcase name=\"e\"><system-out><failure/></system-out></testcase>"
		"<testcase name=\"f\"><testcase name=\"g\"/></testcase>"
		"<failure>of no case</failure>"
		"</testsuite></testsuites>",
		&r));
	ck_assert_str_eq(r.format, "junit");
	assert_str(r.tool, "pytest");
	ck_assert_uint_eq(r.count, 1);
	assert_counts(&r.counts[0], 2, 3, 1);
}
END_TEST

START_TEST(sarif_fails_by_errors)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	struct check_result r;
	assert_ok(read_result(a,
			      "{\"version\":\"2.1.0\",\"runs\":[{\"tool\":{\"driver\":{\"name\":"
			      "\"scan\",\"version\":\"1\"}},"
			      "\"results\":[{\"level\":\"error\"},{\"level\":\"warning\"},{},"
			      "{\"level\":\"error\",\"kind\":\"pass\"}]},{\"tool\":{\"driver\":{"
			      "\"name\":\"x\"}},\"results\":[]}]}",
			      &r));
	assert_str(r.tool, "scan");
	assert_counts(&r.counts[0], 1, 1, 0);
}
END_TEST

static const struct {
	const char *text, *says;
	int code;
} bad[] = {
	{"", "the document is empty", ERR_SYNTAX},
	{"{}", "these are no results that can be read", ERR_INVALID},
	{"[1]", "these are no results that can be read", ERR_INVALID},
	{"{\"results\":{\"results\":[]}}", "there is no test in it", ERR_INVALID},
	{"{\"version\":\"2.1.0\",\"runs\":[]}", "there is no test in it", ERR_INVALID},
	{"<testsuites/>", "there is no test in it", ERR_INVALID},
	{"<html/>", "these are no results that can be read", ERR_INVALID},
	{"<testsuites><testsuite>", "this is not XML", ERR_SYNTAX},
	{"<!DOCTYPE x><testsuites/>", "it has a document type", ERR_INVALID},
	{"{\"results\": 1, \"results\": 2}", "written twice", ERR_INVALID},
};

START_TEST(what_says_nothing_is_an_error)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct check_result r;
		int rc = read_result(a, bad[i].text, &r);
		ck_assert_msg(rc == bad[i].code && strstr(support_err.msg, bad[i].says),
			      "%s: %d %s", bad[i].text, rc, support_err.msg);
	}
}
END_TEST

START_TEST(ten_thousand_skills_are_counted_and_one_more_is_not)
{
	for (size_t n = 10000; n <= 10001; n++) {
		CLEANUP(arena_freep) struct arena *a = arena_new(256u << 20);
		CLEANUP(buf_release) struct buf text = BUF_INIT(BUF_MAX);
		struct check_result r;
		buf_addz(&text, "{\"results\":[");
		for (size_t i = 0; i < n; i++)
			buf_addf(&text, "%s{\"success\":true,\"metadata\":{\"skill\":\"d/s%zu\"}}",
				 i ? "," : "", i);
		buf_addz(&text, "]}");
		int rc = check_result_read(a, buf_str(&text), "r", &r, &support_err);
		ck_assert_int_eq(rc, n == 10000 ? 0 : ERR_TOO_LARGE);
	}
}
END_TEST

static const struct support_case cases[] = {
	CASE(promptfoo_is_counted_by_skill_and_not_by_its_own_totals),
	CASE(junit_is_counted_by_cases),
	CASE(sarif_fails_by_errors),
	CASE(what_says_nothing_is_an_error),
	CASE(ten_thousand_skills_are_counted_and_one_more_is_not),
	{0}};

int main(void)
{
	return support_main("skill/check_result", cases);
}
