#include "agent/sync_refuse.h"
#include "tests/unit/support.h"

static const char *said(void (*write)(struct buf *, struct str), const char *list)
{
	static char text[512];
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	write(&out, str_of(list));
	snprintf(text, sizeof(text), "%s", buf_cstr(&out));
	return text;
}

START_TEST(the_remedy_names_the_refused_domains)
{
	ck_assert_str_eq(said(refused_remedy, "[{\"domain\":\"ecm\"}]"),
			 "aspora describe domain ecm shows each finding; correct it and push "
			 "again");
	ck_assert_str_eq(said(refused_remedy, "[{\"domain\":\"ecm\"},{\"domain\":\"frm\"}]"),
			 "aspora describe domain ecm, aspora describe domain frm show each "
			 "finding; correct it and push again");
}
END_TEST

START_TEST(without_a_domain_the_remedy_says_where_the_list_is)
{
	static const char general[] = "aspora get admissions --state deny lists what was refused; "
				      "correct it and push again";
	ck_assert_str_eq(said(refused_remedy, "[]"), general);
	ck_assert_str_eq(said(refused_remedy, ""), general);
	ck_assert_str_eq(said(refused_remedy, "{\"domain\":\"ecm\"}"), general);
}
END_TEST

START_TEST(what_was_denied_is_kept_by_the_keys_of_its_verdicts)
{
	struct admission_domain domains[2] = {
		{.verdict = {.key = {.domain = STR("ecm")}, .allow = true}},
		{.verdict = {.key = {.domain = STR("frm")}}},
	};
	domains[1].verdict.key.candidate.bytes[0] = 0xab;
	const struct admission a = {.domains = domains, .domain_count = ARRAY_SIZE(domains)};
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX), names = BUF_INIT(BUF_MAX);
	refused_json(&out, &a, STR("Ana <ana@example.com>"));
	ck_assert_uint_eq(refused_names(&names, buf_str(&out)), 1);
	ck_assert_str_eq(buf_cstr(&names), "frm");
	ck_assert_ptr_nonnull(strstr(buf_cstr(&out), "\"candidate\":\"ab00"));
	ck_assert_ptr_nonnull(strstr(buf_cstr(&out), "\"author\":\"Ana <ana@example.com>\""));
}
END_TEST

START_TEST(who_waits_for_people_is_told_how_they_approve)
{
	static const char who[] =
		"somebody with role approver, who did not write it, has to look at it: ";
	char want[256];
	snprintf(want, sizeof(want), "%saspora approve ecm, aspora approve frm", who);
	ck_assert_str_eq(said(refused_approve, "[{\"domain\":\"ecm\"},{\"domain\":\"frm\"}]"),
			 want);
	snprintf(want, sizeof(want), "%saspora approve DOMAIN", who);
	ck_assert_str_eq(said(refused_approve, "[]"), want);
}
END_TEST

START_TEST(a_denial_is_one_line_with_the_first_finding_that_denies)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	struct findings f;
	findings_init(&f, a);
	denial_text(&out, &f);
	ck_assert_str_eq(buf_cstr(&out), "0 findings");
	findings_addf(&f, "AD-NOTE", SEVERITY_NOTE, STR("ecm"), STR_NULL, "a note");
	struct finding *one = findings_addf(&f, "AD-TOOLS", SEVERITY_DENY, STR("ecm"), STR_NULL,
					    "no tool\nof that name");
	buf_reset(&out);
	denial_text(&out, &f);
	ck_assert_str_eq(buf_cstr(&out), "1 finding; AD-TOOLS: no tool\\nof that name");
	one->path = STR("skills/ecm/a.yaml");
	one->line = 3;
	one->column = 5;
	one->message = STR("there is no such tool");
	one->remedy = STR("write another");
	findings_addf(&f, "AD-REF", SEVERITY_DENY, STR("ecm"), STR_NULL, "no file");
	buf_reset(&out);
	denial_text(&out, &f);
	ck_assert_str_eq(buf_cstr(&out), "2 findings; skills/ecm/a.yaml:3:5: AD-TOOLS: there is "
					 "no such tool (write another)");
}
END_TEST

static const struct support_case cases[] = {
	CASE(the_remedy_names_the_refused_domains),
	CASE(without_a_domain_the_remedy_says_where_the_list_is),
	CASE(what_was_denied_is_kept_by_the_keys_of_its_verdicts),
	CASE(who_waits_for_people_is_told_how_they_approve),
	CASE(a_denial_is_one_line_with_the_first_finding_that_denies),
	{0}};

int main(void)
{
	return support_main("agent/sync_refuse", cases);
}
