/* Every field of a finding, in every format; and what a report says when there is nothing, a flood, growth, or something held. */
#include "tests/unit/admission/help_report.h"

static struct made m;

#define S(literal)                                                                                 \
	{                                                                                          \
		literal, sizeof(literal) - 1                                                       \
	}

/* Where all fields are set; what is empty elsewhere is seen by a test of its own. */
static const struct finding full = {.rule = "AD-TESTS-001",
				    .severity = SEVERITY_DENY,
				    .domain = S("ecm"),
				    .skill = S("order"),
				    .path = S("skills/ecm/order/SKILL.md"),
				    .start = 40,
				    .end = 45,
				    .line = 3,
				    .column = 7,
				    .message = S("this is wrong"),
				    .remedy = S("write that"),
				    .replacement = S("right"),
				    .related_path = S("aspora.config.yaml"),
				    .related_line = 10,
				    .related_column = 14};

START_TEST(json_has_every_field_of_a_finding)
{
	struct findings back;
	made_init(&m);
	made_add(&m, &full);
	const struct doc_node *d = item(doc_find(made_parse(&m, "json"), "domains"), 0);
	findings_init(&back, m.arena);
	assert_ok(findings_from_json(&back, doc_find(d, "findings"), &support_err));
	ck_assert_uint_eq(back.count, 1);
	const struct finding *f = &back.items[0];
	ck_assert_str_eq(f->rule, full.rule);
	ck_assert_int_eq(f->severity, full.severity);
	ck_assert(str_eq(f->domain, full.domain) && str_eq(f->skill, full.skill));
	ck_assert(str_eq(f->path, full.path) && str_eq(f->message, full.message));
	ck_assert(str_eq(f->remedy, full.remedy) && str_eq(f->replacement, full.replacement));
	ck_assert_uint_eq(f->start, 40);
	ck_assert_uint_eq(f->end, 45);
	ck_assert_uint_eq(f->line, 3);
	ck_assert_uint_eq(f->column, 7);
	ck_assert(str_eq(f->related_path, full.related_path));
	ck_assert_uint_eq(f->related_line, 10);
	ck_assert_uint_eq(f->related_column, 14);
	made_release(&m);
}
END_TEST

START_TEST(sarif_has_every_field_of_a_finding)
{
	char print[17];
	made_init(&m);
	made_add(&m, &full);
	const struct doc_node *run = item(doc_find(made_parse(&m, "sarif"), "runs"), 0);
	const struct doc_node *r = item(doc_find(run, "results"), 0);
	const struct doc_node *place = doc_find(item(doc_find(r, "locations"), 0),
						"physicalLocation");
	const struct doc_node *fix = item(doc_find(r, "fixes"), 0);
	const struct doc_node *change = item(doc_find(fix, "artifactChanges"), 0);
	const struct doc_node *swap = item(doc_find(change, "replacements"), 0);
	const struct doc_node *other = doc_find(item(doc_find(r, "relatedLocations"), 0),
						"physicalLocation");
	assert_str(doc_text(r, "ruleId"), "AD-TESTS-001");
	assert_str(doc_text(r, "level"), "error");
	assert_str(doc_text(doc_find(r, "message"), "text"),
		   "this is wrong. To correct it: write that.");
	assert_str(doc_text(doc_find(place, "artifactLocation"), "uri"),
		   "skills/ecm/order/SKILL.md");
	ck_assert_int_eq(doc_int(doc_find(place, "region"), "startLine", 0), 3);
	ck_assert_int_eq(doc_int(doc_find(place, "region"), "startColumn", 0), 7);
	ck_assert_int_eq(doc_int(doc_find(place, "region"), "byteOffset", 0), 40);
	ck_assert_int_eq(doc_int(doc_find(place, "region"), "byteLength", 0), 5);
	assert_str(doc_text(doc_find(fix, "description"), "text"), "write that");
	ck_assert_int_eq(doc_int(doc_find(swap, "deletedRegion"), "byteLength", 0), 5);
	assert_str(doc_text(doc_find(swap, "insertedContent"), "text"), "right");
	assert_str(doc_text(doc_find(other, "artifactLocation"), "uri"), "aspora.config.yaml");
	ck_assert_int_eq(doc_int(doc_find(other, "region"), "startLine", 0), 10);
	ck_assert_int_eq(doc_int(doc_find(other, "region"), "startColumn", 0), 14);
	assert_str(doc_text(doc_find(r, "properties"), "domain"), "ecm");
	assert_str(doc_text(doc_find(r, "properties"), "skill"), "order");
	assert_str(doc_text(doc_find(r, "partialFingerprints"), "aspora/v1"),
		   finding_fingerprint(&full, print));
	assert_str(doc_text(doc_find(run, "properties"), "revision"), "0123abcd");
	made_release(&m);
}
END_TEST

START_TEST(sarif_leaves_out_what_a_finding_does_not_have)
{
	made_init(&m);
	made_add(&m, &(struct finding){.rule = "AD-TESTS-001",
				       .severity = SEVERITY_WARN,
				       .replacement = STR("without a document"),
				       .message = STR("all of it is wrong")});
	const struct doc_node *run = item(doc_find(made_parse(&m, "sarif"), "runs"), 0);
	const struct doc_node *r = item(doc_find(run, "results"), 0);
	assert_str(doc_text(r, "level"), "warning");
	assert_str(doc_text(doc_find(r, "message"), "text"), "all of it is wrong.");
	ck_assert_uint_eq(doc_find(r, "locations")->list.count, 0);
	ck_assert_ptr_null(doc_find(r, "relatedLocations"));
	ck_assert_ptr_null(doc_find(r, "fixes"));
	ck_assert_ptr_null(doc_find(doc_find(r, "properties"), "domain"));
	made_release(&m);
}
END_TEST

START_TEST(sarif_names_rules_of_the_parser_once_behind_those_of_the_table)
{
	made_init(&m);
	for (int i = 0; i < 3; i++)
		made_add(&m, &(struct finding){.rule = i == 1 ? "SK-OTHER" : "SK-YAML",
					       .message = STR("no")});
	const struct doc_node *run = item(doc_find(made_parse(&m, "sarif"), "runs"), 0);
	const struct doc_node *listed = doc_find_path(run, "tool.driver.rules");
	const struct doc_node *results = doc_find(run, "results");
	ck_assert_uint_eq(listed->list.count, rule_count() + 2);
	for (size_t i = 0; i < 3; i++) {
		size_t at = (size_t)doc_int(item(results, i), "ruleIndex", 0);
		ck_assert_uint_eq(at, rule_count() + (i == 1));
		ck_assert(str_eq(doc_text(item(listed, at), "id"),
				 doc_text(item(results, i), "ruleId")));
	}
	made_release(&m);
}
END_TEST

START_TEST(github_annotates_the_line)
{
	made_init(&m);
	made_add(&m, &full);
	ck_assert_str_eq(made_write(&m, "github"),
			 "::error file=skills/ecm/order/SKILL.md,line=3,col=7,title=AD-TESTS-001::"
			 "this is wrong%0Awrite that\n");
	struct finding *f = &m.domain.verdict.findings.items[0];
	f->severity = SEVERITY_WARN;
	f->column = 0;
	f->remedy = STR_NULL;
	ck_assert_str_eq(made_write(&m, "github"),
			 "::warning file=skills/ecm/order/SKILL.md,line=3,col=1,title=AD-TESTS-001:"
			 ":this is wrong\n");
	f->line = 0;
	ck_assert_str_eq(made_write(&m, "github"), "::warning file=skills/ecm/order/SKILL.md,title="
						   "AD-TESTS-001::this is wrong\n");
	f->severity = SEVERITY_NOTE;
	f->path = STR_NULL;
	ck_assert_str_eq(made_write(&m, "github"), "::notice title=AD-TESTS-001::this is wrong\n");
	made_release(&m);
}
END_TEST

START_TEST(gitlab_has_what_code_quality_asks_for)
{
	char print[17];
	made_init(&m);
	made_add(&m, &full);
	made_add(&m, &(struct finding){.rule = "AD-REF-001", .message = STR("no place")});
	const struct doc_node *list = made_parse(&m, "gitlab"), *one = item(list, 0);
	ck_assert_uint_eq(list->list.count, 2);
	assert_str(doc_text(one, "description"), "this is wrong (write that)");
	assert_str(doc_text(one, "check_name"), "AD-TESTS-001");
	assert_str(doc_text(one, "severity"), "blocker");
	assert_str(doc_text(one, "fingerprint"), finding_fingerprint(&full, print));
	assert_str(doc_text(doc_find(one, "location"), "path"), "skills/ecm/order/SKILL.md");
	ck_assert_int_eq(doc_int(doc_find_path(one, "location.lines"), "begin", 0), 3);
	one = item(list, 1);
	assert_str(doc_text(one, "description"), "no place");
	assert_str(doc_text(one, "severity"), "info");
	assert_str(doc_text(doc_find(one, "location"), "path"), ".");
	ck_assert_int_eq(doc_int(doc_find_path(one, "location.lines"), "begin", 0), 1);
	made_release(&m);
}
END_TEST

START_TEST(text_markdown_and_junit_have_what_people_read)
{
	made_init(&m);
	made_add(&m, &full);
	ck_assert_str_eq(made_write(&m, "text"),
			 "ecm: denied (update, 1 skill)\n"
			 "  skills/ecm/order/SKILL.md:3:7: deny AD-TESTS-001: this is wrong\n"
			 "      write that\n"
			 "      see aspora.config.yaml:10:14\n"
			 "0 domains allowed, 1 denied; 1 to correct, 0 to look at\n");
	assert_part(made_write(&m, "markdown"),
		    "- **denied**, AD-TESTS-001, skills/ecm/order/SKILL.md line 3: this is wrong"
		    "  \n  _write that_\n");
	assert_part(made_write(&m, "junit"),
		    "<failure type=\"AD-TESTS-001\" message=\"this is wrong\">"
		    "skills/ecm/order/SKILL.md:3:7: deny AD-TESTS-001: this is wrong");
	assert_part(made_write(&m, "junit"), "tests=\"2\" failures=\"1\"");
	m.domain.verdict.findings.items[0].severity = SEVERITY_WARN;
	assert_part(made_write(&m, "junit"), "<system-out>skills/ecm/order/SKILL.md:3:7: warn");
	assert_part(made_write(&m, "junit"), "tests=\"2\" failures=\"0\"");
	made_release(&m);
}
END_TEST

START_TEST(findings_come_worst_first_and_notes_are_left_out_when_quiet)
{
	static const char *const words[] = {"a note", "a warning", "a denial"};
	made_init(&m);
	for (int s = SEVERITY_NOTE; s <= SEVERITY_DENY; s++)
		made_add(&m, &(struct finding){.rule = "AD-TESTS-001",
					       .severity = (enum severity)s,
					       .message = str_of(words[s])});
	for (int i = 0; i < 2; i++) {
		const char *t = made_write(&m, i ? "markdown" : "text");
		ck_assert(strstr(t, words[2]) < strstr(t, words[1]));
		ck_assert(strstr(t, words[1]) < strstr(t, words[0]));
	}
	m.opts.quiet = true;
	assert_no_part(made_write(&m, "text"), "a note");
	assert_part(made_write(&m, "text"), "a warning");
	made_release(&m);
}
END_TEST

START_TEST(quiet_does_not_speak_of_what_is_allowed_without_a_warning)
{
	made_init(&m);
	m.opts.quiet = true;
	m.domain.verdict.allow = true;
	made_add(&m, &(struct finding){.rule = "AD-TESTS-001", .message = STR("a note")});
	assert_no_part(made_write(&m, "text"), "ecm");
	m.domain.verdict.findings.items[0].severity = SEVERITY_WARN;
	assert_part(made_write(&m, "text"), "ecm: allowed (update, 1 skill)\n");
	made_release(&m);
}
END_TEST

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

/* --- costs ---------------------------------------------------------------------------------------------------- */

static const struct {
	struct skill_cost was, is;
	const char *row; /* NULL: none */
} costs[] = {
	{{true, true, 500000, 20000000, 20, 100}, {true, true, 500000, 20000000, 20, 100}, NULL},
	{{true, true, 500000, 20000000, 20, 100},
	 {true, true, 1000000, 20000000, 20, 100},
	 "| order | 0.50 → 1.00 | 20.00 | 20 | 100 |\n"},
	{{true, true, 500000, 20000000, 20, 100},
	 {true, true, 500000, 25000000, 21, 90},
	 "| order | 0.50 | 20.00 → 25.00 | 20 → 21 (+1) | 100 → 90 (-10) |\n"},
	/* New: nothing to compare with. */
	{{0}, {true, true, 1, 2000000, 3, 4}, "| order | 0.000001 | 2.00 | 3 | 4 |\n"},
	/* The old text was not at hand, or neither was. */
	{{true, false, 500000, 20000000, 0, 0}, {true, true, 500000, 20000000, 20, 100}, NULL},
	{{true, false, 400000, 20000000, 0, 0},
	 {true, false, 500000, 20000000, 0, 0},
	 "| order | 0.40 → 0.50 | 20.00 | not counted | not counted |\n"},
	/* A deletion costs nothing. */
	{{true, true, 500000, 20000000, 20, 100}, {0}, NULL},
};

START_TEST(the_comment_says_what_a_change_costs_where_it_does)
{
	made_init(&m);
	struct skill_change change = {.op = CHANGE_UPDATE,
				      .name = STR("order"),
				      .was = costs[_i].was,
				      .costs = costs[_i].is};
	struct domain_change domain = {.op = CHANGE_UPDATE, .skills = &change, .skill_count = 1};
	m.domain.change = &domain;
	const char *text = made_write(&m, "markdown");
	if (costs[_i].row)
		assert_part(text, costs[_i].row);
	else
		assert_no_part(text, "Costs:");
	m.domain.change = NULL;
	made_release(&m);
}
END_TEST

static const struct support_case cases[] = {
	CASE(a_comment_is_cut_at_whole_lines_and_says_what_is_missing_and_where),
	CASE(a_flood_of_long_findings_stays_within_what_a_forge_takes),
	CASE_LOOP(the_comment_says_what_a_change_costs_where_it_does, ARRAY_SIZE(costs)),
	CASE(json_has_every_field_of_a_finding),
	CASE(sarif_has_every_field_of_a_finding),
	CASE(sarif_leaves_out_what_a_finding_does_not_have),
	CASE(sarif_names_rules_of_the_parser_once_behind_those_of_the_table),
	CASE(github_annotates_the_line),
	CASE(gitlab_has_what_code_quality_asks_for),
	CASE(text_markdown_and_junit_have_what_people_read),
	CASE(findings_come_worst_first_and_notes_are_left_out_when_quiet),
	CASE(quiet_does_not_speak_of_what_is_allowed_without_a_warning),
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
	return support_main("admission/report_fields", cases);
}
