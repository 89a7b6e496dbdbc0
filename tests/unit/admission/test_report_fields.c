/* Every field of a finding, in every format; and what a change costs. */
#include "tests/unit/admission/full_finding.h"

static struct made m;

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
	{0}};

int main(void)
{
	return support_main("admission/report_fields", cases);
}
