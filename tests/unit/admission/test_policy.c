/* The policy that judges: what each level may do to a rule's mode, and when a waiver's last day is over. */
#include "tests/unit/admission/repo_text.h"

#include "admission/policy.h"

#define RULE "AD-TESTS-001" /* denies by itself */
#define DAY_MS (24 * 60 * 60 * 1000LL)

static struct world w;
static struct policy policy;

static void config(struct buf *out, const char *rule, const char *line)
{
	if (line)
		buf_addf(out, "policy:\n  rules:\n    %s: {%s}\n", rule, line);
}

/* Makes the policy of domain ecm from one line at each level; NULL: the level does not speak. */
static const struct rule_setting *setting_of(const char *rule, const char *platform,
					     const char *domain, const char *now)
{
	CLEANUP(buf_release) struct buf p = BUF_INIT(4096);
	CLEANUP(buf_release) struct buf d = BUF_INIT(4096);
	world_init(&w);
	config(&p, rule, platform);
	config(&d, rule, domain);
	world_put_str(&w, STR("aspora.config.yaml"), buf_str(&p));
	if (domain)
		world_put_str(&w, STR("skills/ecm/aspora.config.yaml"), buf_str(&d));
	world_put(&w, "skills/ecm/one/SKILL.md",
		  "---\nname: one\ndescription: Does one thing. Use for one.\n---\nDo it.\n");
	w.after = world_snapshot(&w, NULL);
	ck_assert_int_eq(clock_parse(str_of(now), &w.facts.now_ms, NULL), 0);
	const struct domain *ecm = snapshot_domain(w.after, STR("ecm"));
	ck_assert_ptr_nonnull(ecm);
	policy_make(w.arena, w.after->platform, ecm->config, &w.facts, &policy);
	return &policy.settings[rule_find(str_of(rule)) - rules];
}

static const struct {
	const char *platform, *domain;
	const char *mode; /* that holds on 2026-11-24 */
	bool waived, expired;
	const char *reason;
} levels[] = {
	{NULL, NULL, "deny", false, false, ""},
	{"mode: deny", NULL, "deny", false, false, ""},
	/* The platform may loosen, with a reason and until its last day. */
	{"mode: warn, reason: moving", NULL, "warn", true, false, "moving"},
	{"mode: off, reason: moving", NULL, "off", true, false, "moving"},
	{"mode: warn", NULL, "deny", false, false, ""},
	{"mode: warn, reason: \" \"", NULL, "deny", false, false, ""},
	{"mode: warn, reason: moving, until: 2026-11-24", NULL, "warn", true, false, "moving"},
	{"mode: warn, reason: moving, until: 2026-11-23", NULL, "deny", false, true, ""},
	{"mode: warn, reason: moving, until: soon", NULL, "deny", false, false, ""},
	{"mode: warn, reason: moving, until: 2026-02-30", NULL, "deny", false, false, ""},
	/* A domain may only tighten. */
	{NULL, "mode: warn, reason: hurry", "deny", false, false, ""},
	{NULL, "mode: off, reason: hurry", "deny", false, false, ""},
	{NULL, "mode: deny", "deny", false, false, ""},
	{"mode: warn, reason: moving", "mode: off, reason: hurry", "warn", true, false, "moving"},
	{"mode: off, reason: moving", "mode: warn", "warn", true, false, "moving"},
	{"mode: off, reason: moving", "mode: warn, reason: ours", "warn", true, false, "ours"},
	{"mode: off, reason: moving", "mode: deny", "deny", false, false, "moving"},
	{"mode: warn, reason: moving", "mode: deny", "deny", false, false, "moving"},
	/* What the platform waived is over for the domain too. */
	{"mode: off, reason: moving, until: 2026-11-23", "mode: warn, reason: ours", "deny", false,
	 true, ""},
	/* A domain's own stricter line that is over leaves what the platform said. */
	{"mode: off, reason: moving", "mode: warn, reason: ours, until: 2026-11-23", "off", true,
	 true, "moving"},
};

START_TEST(each_level_may_do_its_part)
{
	const struct rule_setting *s = setting_of(RULE, levels[_i].platform, levels[_i].domain,
						  "2026-11-24T12:00:00Z");
	ck_assert_msg(strcmp(rule_mode_name(s->mode), levels[_i].mode) == 0,
		      "platform {%s}, domain {%s}: %s instead of %s",
		      levels[_i].platform ? levels[_i].platform : "",
		      levels[_i].domain ? levels[_i].domain : "", rule_mode_name(s->mode),
		      levels[_i].mode);
	ck_assert_int_eq(s->waived, levels[_i].waived);
	ck_assert_int_eq(s->expired, levels[_i].expired);
	ck_assert_msg(str_eqz(s->reason, levels[_i].reason), "%.*s", STR_ARG(s->reason));
	world_release(&w);
}
END_TEST

START_TEST(who_set_a_mode_is_known_by_its_place)
{
	const struct rule_setting *s = setting_of(RULE, NULL, NULL, "2026-11-24T12:00:00Z");
	ck_assert_ptr_null(s->doc);
	world_release(&w);
	s = setting_of(RULE, "mode: off, reason: moving", NULL, "2026-11-24T12:00:00Z");
	ck_assert_ptr_eq(s->doc, policy.platform);
	ck_assert_uint_eq(s->line, 3);
	ck_assert_uint_eq(s->column, 5);
	world_release(&w);
	s = setting_of(RULE, "mode: off, reason: moving", "mode: deny", "2026-11-24T12:00:00Z");
	ck_assert_ptr_eq(s->doc, policy.domain);
	ck_assert_uint_eq(s->line, 3);
	world_release(&w);
}
END_TEST

START_TEST(a_waiver_holds_to_the_last_millisecond_of_its_day)
{
	static const struct {
		const char *now;
		bool holds;
	} times[] = {
		{"2026-11-23T23:59:59Z", true},	 {"2026-11-24T00:00:00Z", true},
		{"2026-11-24T23:59:59Z", true},	 {"2026-11-25T00:00:00Z", false},
		{"2026-11-25T00:00:01Z", false}, {"2027-11-24T12:00:00Z", false},
	};
	for (size_t i = 0; i < ARRAY_SIZE(times); i++) {
		const struct rule_setting *s = setting_of(
			RULE, "mode: warn, reason: moving, until: 2026-11-24", NULL, times[i].now);
		ck_assert_msg(s->waived == times[i].holds && s->expired == !times[i].holds, "at %s",
			      times[i].now);
		ck_assert_int_eq(s->mode, times[i].holds ? RULE_WARN : RULE_DENY);
		ck_assert(str_eqz(s->until, "2026-11-24"));
		world_release(&w);
	}
	w.facts.now_ms = 0;
}
END_TEST

START_TEST(the_end_of_a_day_is_the_first_millisecond_after_it)
{
	int64_t end = 0, next = 0;
	ck_assert(policy_day_end(STR("2026-11-24"), &end));
	ck_assert_int_eq(clock_parse(STR("2026-11-25T00:00:00Z"), &next, NULL), 0);
	ck_assert_int_eq(end, next);
	ck_assert(policy_day_end(STR("2026-12-31"), &end));
	ck_assert_int_eq(clock_parse(STR("2027-01-01T00:00:00Z"), &next, NULL), 0);
	ck_assert_int_eq(end, next);
	/* Leap days. */
	ck_assert(policy_day_end(STR("2028-02-29"), &end));
	ck_assert_int_eq(clock_parse(STR("2028-03-01T00:00:00Z"), &next, NULL), 0);
	ck_assert_int_eq(end, next);
	ck_assert(policy_day_end(STR("2028-02-28"), &next));
	ck_assert_int_eq(end - next, DAY_MS);
}
END_TEST

static const char *const no_days[] = {
	"",	      "2026",	    "2026-11-2",  "2026-11-245", "2026-13-01",	"2026-00-10",
	"2026-11-31", "2027-02-29", "2026/11/24", "24-11-2026",	 "tomorrow!!",	"2026-11-00",
	"2026-11- 4", "-026-11-24", "2026-1a-24", "2026-11-24T", "2026-11-24 ", "0x26-11-24"};

START_TEST(what_is_no_day_has_no_end)
{
	int64_t end = 0;
	ck_assert_msg(!policy_day_end(str_of(no_days[_i]), &end), "\"%s\"", no_days[_i]);
}
END_TEST

START_TEST(rules_about_policy_keep_their_mode_whatever_a_level_says)
{
	for (size_t i = 0; rules[i].id; i++) {
		if (!rules[i].fixed)
			continue;
		const struct rule_setting *s = setting_of(rules[i].id, "mode: off, reason: we know",
							  "mode: off, reason: we too",
							  "2026-11-24T12:00:00Z");
		ck_assert_msg(!s->waived && s->mode != RULE_OFF && !s->doc, "%s", rules[i].id);
		world_release(&w);
	}
}
END_TEST

START_TEST(a_rule_that_only_warns_is_raised_by_a_domain_and_only_waived_by_the_platform)
{
	const char *warns = NULL;
	for (size_t i = 0; rules[i].id && !warns; i++)
		if (rules[i].severity == SEVERITY_WARN && !rules[i].fixed)
			warns = rules[i].id;
	ck_assert_ptr_nonnull(warns);
	const struct rule_setting *s = setting_of(warns, NULL, "mode: deny",
						  "2026-11-24T12:00:00Z");
	ck_assert_int_eq(s->mode, RULE_DENY);
	ck_assert(!s->waived);
	world_release(&w);
	s = setting_of(warns, NULL, "mode: off, reason: hurry", "2026-11-24T12:00:00Z");
	ck_assert_int_eq(s->mode, RULE_WARN);
	world_release(&w);
	s = setting_of(warns, "mode: deny", "mode: warn", "2026-11-24T12:00:00Z");
	ck_assert_int_eq(s->mode, RULE_DENY);
	world_release(&w);
	s = setting_of(warns, "mode: off, reason: known", NULL, "2026-11-24T12:00:00Z");
	ck_assert_int_eq(s->mode, RULE_OFF);
	ck_assert(s->waived);
	world_release(&w);
}
END_TEST

START_TEST(the_digest_is_of_both_documents_and_not_of_the_day)
{
	(void)setting_of(RULE, "mode: off, reason: a", NULL, "2026-11-24T12:00:00Z");
	struct digest first = policy.digest;
	world_release(&w);
	(void)setting_of(RULE, "mode: off, reason: a", NULL, "2027-11-24T12:00:00Z");
	ck_assert(digest_equal(&first, &policy.digest));
	world_release(&w);
	(void)setting_of(RULE, "mode: warn, reason: a", NULL, "2026-11-24T12:00:00Z");
	ck_assert(!digest_equal(&first, &policy.digest));
	world_release(&w);
	(void)setting_of(RULE, "mode: off, reason: a", "mode: deny", "2026-11-24T12:00:00Z");
	ck_assert(!digest_equal(&first, &policy.digest));
	world_release(&w);
}
END_TEST

/* --- what became of it is in every report ----------------------------------------------------------------------- */

static const char *report(const char *format, struct buf *out)
{
	struct report_opts o = {0};
	buf_reset(out);
	report_format_find(str_of(format))->write(out, world_admit(&w), &o);
	return buf_cstr(out);
}

START_TEST(what_was_waived_is_a_note_in_every_format)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	CLEANUP(buf_release) struct buf text = BUF_INIT(BUF_MAX);
	world_init(&w);
	world_base(&w);
	for (size_t i = 0; i < w.file_count; i++)
		if (str_eqz(w.files[i].path, "aspora.config.yaml"))
			buf_add_str(&text, w.files[i].bytes);
	const char *at = strstr(buf_cstr(&text), "policy:\n") + strlen("policy:\n");
	CLEANUP(buf_release) struct buf changed = BUF_INIT(BUF_MAX);
	buf_add(&changed, text.data, (size_t)(at - text.data));
	buf_addz(&changed, "  rules: {" RULE ": {mode: off, reason: no tests yet}}\n");
	buf_addz(&changed, at);
	world_put_str(&w, STR("aspora.config.yaml"), buf_str(&changed));
	world_remove(&w, STR("skills/ecm/order-details/tests"));
	ck_assert_ptr_nonnull(strstr(report("text", &out), "note AD-TESTS-001: off by policy: no "
							   "tests yet"));
	ck_assert(w.admission->allow);
	ck_assert_ptr_nonnull(strstr(report("json", &out), "off by policy: no tests yet"));
	ck_assert_ptr_nonnull(strstr(report("markdown", &out), "- note, AD-TESTS-001, "));
	ck_assert_ptr_nonnull(strstr(report("github", &out), "::notice file=aspora.config.yaml"));
	ck_assert_ptr_null(strstr(report("github", &out), "::error"));
	ck_assert_ptr_nonnull(strstr(report("gitlab", &out), "\"severity\":\"info\""));
	ck_assert_ptr_nonnull(strstr(report("sarif", &out), "\"level\":\"note\""));
	ck_assert_ptr_null(strstr(report("junit", &out), "<failure"));
	ck_assert_ptr_nonnull(strstr(report("junit", &out), "off by policy: no tests yet"));
	world_release(&w);
}
END_TEST

static const struct support_case cases[] = {
	CASE_LOOP(each_level_may_do_its_part, ARRAY_SIZE(levels)),
	CASE(who_set_a_mode_is_known_by_its_place),
	CASE(a_waiver_holds_to_the_last_millisecond_of_its_day),
	CASE(the_end_of_a_day_is_the_first_millisecond_after_it),
	CASE_LOOP(what_is_no_day_has_no_end, ARRAY_SIZE(no_days)),
	CASE(rules_about_policy_keep_their_mode_whatever_a_level_says),
	CASE(a_rule_that_only_warns_is_raised_by_a_domain_and_only_waived_by_the_platform),
	CASE(the_digest_is_of_both_documents_and_not_of_the_day),
	CASE(what_was_waived_is_a_note_in_every_format),
	{0}};

int main(void)
{
	return support_main("admission/policy", cases);
}
