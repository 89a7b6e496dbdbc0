/* What a report says of how it went: when there is nothing, a flood, growth, or something held. */
#include "tests/unit/admission/full_finding.h"

static struct made m;

/* --- outcomes ------------------------------------------------------------------------------------------------- */

START_TEST(an_outcome_is_said_in_the_same_words_everywhere)
{
	static const struct domain released;
	made_init(&m);
	ck_assert_str_eq(report_outcome(&m.domain), "denied");
	m.domain.waits_for = WAITS_FOR_CHECKS;
	ck_assert_str_eq(report_outcome(&m.domain), "waiting");
	assert_part(made_write(&m, "markdown"), "\n### ecm: waiting\n");
	m.domain.release = &released;
	ck_assert_str_eq(report_outcome(&m.domain), "allowed in part");
	assert_part(made_write(&m, "text"), "ecm: allowed in part (update, 1 skill)\n");
	m.domain.verdict.allow = true;
	ck_assert_str_eq(report_outcome(&m.domain), "allowed");
	ck_assert_int_eq(report_exit_status(&m.admission), err_exit_status(ERR_DENIED));
	m.admission.allow = true;
	ck_assert_int_eq(report_exit_status(&m.admission), 0);
	made_release(&m);
}
END_TEST

START_TEST(what_is_held_is_named)
{
	struct str held[] = {STR("order"), STR("ship")};
	made_init(&m);
	m.domain.held = held;
	m.domain.held_count = 2;
	assert_part(made_write(&m, "text"), "\n  held at what is deployed: order, ship\n");
	assert_part(made_write(&m, "markdown"), "\nHeld at what is deployed: order, ship\n");
	const struct doc_node *d = item(doc_find(made_parse(&m, "json"), "domains"), 0);
	ck_assert_uint_eq(doc_find(d, "held")->list.count, 2);
	ck_assert(str_eqz(item(doc_find(d, "held"), 1)->text, "ship"));
	made_release(&m);
}
END_TEST

START_TEST(growth_is_told_apart_from_other_changes)
{
	made_init(&m);
	m.details[0] = (struct change_detail){.field = "body", .text = STR("body +1 -0 lines")};
	m.details[1] = (struct change_detail){.field = "tools",
					      .text = STR("new tool redshift.query"),
					      .growth = true,
					      .rollout = true};
	m.skill.details = m.details;
	m.skill.detail_count = 1;
	ck_assert(!report_has_growth(&m.change));
	assert_no_part(made_write(&m, "markdown"), "More than it had");
	assert_no_part(made_write(&m, "text"), "grows");
	m.skill.detail_count = 2;
	ck_assert(report_has_growth(&m.change));
	assert_part(made_write(&m, "text"), "\n  grows: order: new tool redshift.query\n");
	ck_assert_uint_eq(count_of(made_write(&m, "text"), "grows"), 1);
	assert_part(made_write(&m, "markdown"),
		    "\nMore than it had:\n\n- order: new tool redshift.query\n");
	assert_part(made_write(&m, "markdown"), "\nChanges:\n\n- order (update): body \\+1 \\-0 "
						"lines; new tool redshift.query\n");
	const struct doc_node *d = item(doc_find(made_parse(&m, "json"), "domains"), 0);
	ck_assert_uint_eq(doc_find(d, "growth")->list.count, 1);
	assert_str(doc_text(item(doc_find(d, "growth"), 0), "field"), "tools");
	assert_str(doc_text(item(doc_find(d, "growth"), 0), "skill"), "order");
	const struct doc_node *c = item(doc_find(d, "changes"), 0);
	ck_assert(!doc_bool(item(doc_find(c, "details"), 0), "growth", true));
	ck_assert(doc_bool(item(doc_find(c, "details"), 1), "rollout", false));
	made_release(&m);
}
END_TEST

START_TEST(rules_that_spoke_are_explained_once_with_their_place_in_the_manual)
{
	made_init(&m);
	m.opts.manual_url = "https://example.com/m.html";
	made_add(&m, &full);
	made_add(&m, &full);
	findings_add(&m.admission.repository, &full);
	made_add(&m, &(struct finding){.rule = "SK-YAML", .message = STR("no rule of the table")});
	const struct doc_node *listed = doc_find(made_parse(&m, "json"), "rules");
	ck_assert_uint_eq(listed->list.count, 1);
	assert_str(doc_text(item(listed, 0), "id"), "AD-TESTS-001");
	assert_str(doc_text(item(listed, 0), "manual"), "https://example.com/m.html#AD-TESTS-001");
	made_release(&m);
}
END_TEST

/* --- nothing, and much ---------------------------------------------------------------------------------------- */

START_TEST(an_empty_admission_is_whole_in_every_format)
{
	made_init(&m);
	m.admission.domain_count = m.admission.denied = 0;
	m.admission.allow = true;
	ck_assert_str_eq(made_write(&m, "text"), "nothing to judge\n");
	ck_assert_str_eq(made_write(&m, "github"), "");
	ck_assert_str_eq(made_write(&m, "gitlab"), "[]\n");
	ck_assert_str_eq(made_write(&m, "junit"),
			 "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
			 "<testsuites name=\"aspora admit\">\n</testsuites>\n");
	ck_assert_str_eq(made_write(&m, "markdown"),
			 "<!-- aspora-admission -->\n## Admission: allowed\n\n"
			 "0 domains allowed, 0 denied.\n");
	const struct doc_node *run = item(doc_find(made_parse(&m, "sarif"), "runs"), 0);
	ck_assert_uint_eq(doc_find(run, "results")->list.count, 0);
	const struct doc_node *root = made_parse(&m, "json");
	ck_assert(doc_bool(root, "allow", false));
	ck_assert_uint_eq(doc_find(root, "domains")->list.count, 0);
	ck_assert_uint_eq(doc_find(root, "rules")->list.count, 0);
	ck_assert_ptr_null(doc_find(root, "platform"));
	made_release(&m);
}
END_TEST

static void flood(size_t count)
{
	made_init(&m);
	for (size_t i = 0; i < count; i++) {
		struct finding f = full;
		f.line = (uint32_t)i + 1;
		f.skill = str_of(arena_printf(m.arena, "s%04zu", i));
		made_add(&m, &f);
	}
}

START_TEST(a_thousand_findings_are_all_there_but_in_the_comment)
{
	char more[32];
	flood(FINDINGS_MAX + 500);
	ck_assert_uint_eq(m.domain.verdict.findings.count, FINDINGS_MAX);
	ck_assert_uint_eq(count_of(made_write(&m, "text"), ": deny "), FINDINGS_MAX);
	assert_part(made_write(&m, "text"), "; 1000 to correct, 0 to look at\n");
	ck_assert_uint_eq(count_of(made_write(&m, "github"), "::error "), FINDINGS_MAX);
	ck_assert_uint_eq(made_parse(&m, "gitlab")->list.count, FINDINGS_MAX);
	const struct doc_node *run = item(doc_find(made_parse(&m, "sarif"), "runs"), 0);
	ck_assert_uint_eq(doc_find(run, "results")->list.count, FINDINGS_MAX);
	assert_str(doc_text(item(doc_find(run, "results"), FINDINGS_MAX - 1), "ruleId"),
		   "SK-TOO-MANY");
	ck_assert_uint_eq(count_of(made_write(&m, "junit"), "<failure "), FINDINGS_MAX);
	/* One case a skill and one for the domain; the last finding stands for the 501 that did not fit, under the first of their names. */
	assert_part(made_write(&m, "junit"), "tests=\"1002\" failures=\"1000\"");
	ck_assert_uint_eq(count_of(made_write(&m, "markdown"), "- **denied**"), 50);
	snprintf(more, sizeof(more), "- and %d more\n", FINDINGS_MAX - 50);
	assert_part(made_write(&m, "markdown"), more);
	made_release(&m);
}
END_TEST

START_TEST(the_comment_shows_fifty_and_says_when_there_are_more)
{
	flood(50);
	assert_no_part(made_write(&m, "markdown"), " more\n");
	made_release(&m);
	flood(51);
	assert_part(made_write(&m, "markdown"), "- and 1 more\n");
	made_release(&m);
}
END_TEST

START_TEST(findings_of_the_repository_and_the_platform_have_their_own_place)
{
	made_init(&m);
	m.admission.platform_judged = true;
	findings_add(&m.admission.repository, &full);
	findings_add(&m.admission.platform.findings,
		     &(struct finding){.rule = "AD-POLICY-001",
				       .severity = SEVERITY_WARN,
				       .message = STR("of the platform")});
	ck_assert_ptr_nonnull(strstr(made_write(&m, "text"), "repository: denied\n"));
	assert_part(made_write(&m, "text"), "platform configuration: denied\n  ");
	assert_part(made_write(&m, "text"),
		    "0 domains allowed, 1 denied, the platform configuration denied; 1 to correct, "
		    "1 to look at\n");
	assert_part(made_write(&m, "markdown"), "\n### Repository\n\nFindings:\n");
	assert_part(made_write(&m, "markdown"), "\n### Platform configuration: denied\n");
	ck_assert_uint_eq(count_of(made_write(&m, "junit"), "<testsuite "), 3);
	const struct doc_node *root = made_parse(&m, "json");
	ck_assert_uint_eq(doc_find(root, "findings")->list.count, 1);
	ck_assert_uint_eq(doc_find_path(root, "platform.findings")->list.count, 1);
	ck_assert_int_eq(doc_int(doc_find(root, "summary"), "deny", 0), 1);
	ck_assert_int_eq(doc_int(doc_find(root, "summary"), "warn", 0), 1);
	ck_assert_uint_eq(count_of(made_write(&m, "github"), "::"), 4);
	made_release(&m);
}
END_TEST

/* --- the comment has a limit ---------------------------------------------------------------------------------- */

/* A domain with one finding whose words have so many bytes. */
static const char *comment_with(size_t message, const char *link)
{
	char *words = arena_alloc(m.arena, message + 1);
	memset(words, 'x', message);
	struct finding f = full;
	f.message = str_make(words, message);
	m.domain.verdict.findings.count = 0;
	m.domain.change = NULL;
	made_add(&m, &f);
	m.opts.link = link;
	return made_write(&m, "markdown");
}

START_TEST(a_comment_is_cut_at_whole_lines_and_says_what_is_missing_and_where)
{
	made_init(&m);
	const size_t base = strlen(comment_with(1, NULL)) - 1;
	const size_t most = 65536 - 1024 - base;
	ck_assert_uint_eq(strlen(comment_with(most, NULL)), 65536 - 1024);
	assert_no_part(comment_with(most, NULL), "Left out");
	const char *cut = comment_with(most + 1, NULL);
	ck_assert_uint_lt(strlen(cut), 1024);
	assert_part(cut,
		    "\n_Left out: 1 finding and 0 other lines. A comment has no more room. All of "
		    "it: `aspora admit -o text` or `-o json`, with the same base._\n");
	ck_assert_int_eq(strncmp(cut, "<!-- aspora-admission -->\n## Admission: denied\n", 46), 0);
	assert_part(comment_with(most + 1, "https://ci.example.com/jobs/17"),
		    "All of it: <https://ci.example.com/jobs/17>_\n");
	/* A link that would say more than where it leads, and one longer than the words' room. */
	assert_part(comment_with(most + 1, "https://x/> <b>"), "with the same base._\n");
	char *far = arena_alloc(m.arena, 2000);
	memset(far, 'y', 1999);
	far[1999] = '\0';
	ck_assert_uint_lt(strlen(comment_with(most + 1, far)), 1024);
	made_release(&m);
}
END_TEST

START_TEST(a_flood_of_long_findings_stays_within_what_a_forge_takes)
{
	char words[4001];
	memset(words, '<', 4000);
	made_init(&m);
	for (size_t i = 0; i < 80; i++) {
		struct finding f = full;
		f.line = (uint32_t)i + 1;
		f.message = str_make(words, 4000);
		made_add(&m, &f);
	}
	const char *text = made_write(&m, "markdown");
	ck_assert_uint_le(strlen(text), 65536);
	/* Four bytes of an entity each: three fit, and those past fifty are counted too. */
	ck_assert_uint_eq(count_of(text, "- **denied**"), 3);
	assert_part(text, "_Left out: 77 findings and ");
	made_release(&m);
}
END_TEST

static const struct support_case cases[] = {
	CASE(a_comment_is_cut_at_whole_lines_and_says_what_is_missing_and_where),
	CASE(a_flood_of_long_findings_stays_within_what_a_forge_takes),
	CASE(an_outcome_is_said_in_the_same_words_everywhere),
	CASE(what_is_held_is_named),
	CASE(growth_is_told_apart_from_other_changes),
	CASE(rules_that_spoke_are_explained_once_with_their_place_in_the_manual),
	CASE(an_empty_admission_is_whole_in_every_format),
	CASE(a_thousand_findings_are_all_there_but_in_the_comment),
	CASE(the_comment_shows_fifty_and_says_when_there_are_more),
	CASE(findings_of_the_repository_and_the_platform_have_their_own_place),
	{0}};

int main(void)
{
	return support_main("admission/report_outcome", cases);
}
