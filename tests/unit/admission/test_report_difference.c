/* A difference in every format: what changes, what gains, what could not be read, and nothing. */
#include "tests/unit/admission/help_digest.h"
#include "tests/unit/admission/help_report.h"
#include "tests/unit/admission/repo_text.h"
#include "tests/unit/skill/golden.h"

#include <sys/wait.h>

/* A skill that gains, one that cannot be read, one that is new and one that is gone, and a domain of which only its own words change. */
static void scenario(struct world *w)
{
	world_init(w);
	world_base(w);
	world_put(w, "skills/hr/DOMAIN.md", "# People\n");
	world_put(w, "skills/hr/resume/SKILL.md",
		  "---\nname: resume\ndescription: Screens one. Use it for resumes.\n---\n# R\n");
	world_deploy(w);
	world_put(w, "skills/frm/escalation/aspora.config.yaml",
		  "budget:\n  per_run_usd: 0.25\nmcp:\n  tools: [vault.read]\n");
	world_put(w, "skills/ecm/manager/SKILL.md", "# No frontmatter\n");
	world_put(w, "skills/ecm/new-one/SKILL.md",
		  "---\nname: new-one\ndescription: \"Says @all, |x| <b>, 100%: what. Use it.\"\n"
		  "trigger:\n  command: \"say <b>@all</b> 100% {a_b}\"\n---\n# New\n");
	world_remove(w, STR("skills/ecm/order-details"));
	world_put(w, "skills/hr/DOMAIN.md", "# People, and what they may ask\n");
	(void)world_admit(w);
}

static void refused_of(struct world *w, struct findings *ret)
{
	struct findings all;
	findings_init(&all, w->arena);
	findings_init(ret, w->arena);
	snapshot_findings(w->after, &all);
	for (size_t i = 0; i < all.count; i++)
		if (all.items[i].severity == SEVERITY_DENY)
			findings_add(ret, &all.items[i]);
}

static void render(struct str format, struct buf *out)
{
	struct world w;
	struct findings refused;
	const struct report_format *f = report_format_find(format);
	ck_assert_msg(f != NULL, "no format %.*s", STR_ARG(format));
	scenario(&w);
	refused_of(&w, &refused);
	f->write_difference(out, &(struct report_difference){w.plan, &refused}, NULL);
	world_release(&w);
}

static void run(struct str name, struct str input, struct buf *out)
{
	CLEANUP(buf_release) struct buf raw = BUF_INIT(BUF_MAX);
	(void)input;
	render(name, &raw);
	without_digests(out, buf_str(&raw));
}

START_TEST(every_format_writes_what_its_fixture_has)
{
	golden_run_file("admission/fixtures/differences.txt", run);
}
END_TEST

static void write_plan(const struct plan *p, const struct findings *refused, const char *format,
		       struct buf *out)
{
	buf_reset(out);
	report_format_find(str_of(format))
		->write_difference(out, &(struct report_difference){p, refused}, NULL);
}

START_TEST(nothing_is_said_to_be_nothing)
{
	static const char *const wanted[][2] = {
		{"text", "no changes\n"},
		{"json", "{\"summary\":{\"create\":0,\"update\":0,\"delete\":0,\"unchanged\":7},"
			 "\"domains\":[],\"findings\":[]}\n"},
		{"junit", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
			  "<testsuites name=\"aspora diff\">\n</testsuites>\n"},
		{"markdown", "<!-- aspora-difference -->\n## Difference\n\nNo changes.\n"},
		{"github", ""},
		{"gitlab", "[]\n"},
	};
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	const struct plan none = {.unchanged = 7};
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++) {
		write_plan(&none, NULL, wanted[i][0], &out);
		ck_assert_str_eq(buf_cstr(&out), wanted[i][1]);
	}
	write_plan(&none, NULL, "sarif", &out);
	ck_assert_ptr_nonnull(strstr(buf_cstr(&out), "\"rules\":[]"));
	ck_assert_ptr_nonnull(strstr(buf_cstr(&out), "\"results\":[]"));
}
END_TEST

START_TEST(what_cannot_be_read_is_said_where_nothing_else_differs)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	const struct plan none = {.unchanged = 7};
	struct findings refused;
	findings_init(&refused, a);
	findings_addf(&refused, "SK-TREE", SEVERITY_DENY, STR(""), STR(""), "it is <no> folder");
	for (size_t i = 0; report_formats[i]; i++) {
		write_plan(&none, &refused, report_formats[i]->name, &out);
		ck_assert_msg(strstr(buf_cstr(&out), "SK-TREE") != NULL, "%s: %s",
			      report_formats[i]->name, buf_cstr(&out));
	}
	write_plan(&none, &refused, "junit", &out);
	ck_assert_ptr_nonnull(strstr(buf_cstr(&out), "<testsuite name=\"repository\" tests=\"1\""
						     " failures=\"1\""));
	ck_assert_ptr_nonnull(strstr(buf_cstr(&out), "message=\"it is &lt;no&gt; folder\""));
}
END_TEST

static const struct {
	enum change_op op;
	bool policy;
	const char *words;
} alone[] = {
	{CHANGE_UPDATE, false, "ecm (update): its own files or configuration changed"},
	{CHANGE_UPDATE, true, "ecm (update): its own files or configuration changed"},
	{CHANGE_NONE, true, "ecm (none): policy changed, it is admitted anew"},
	{CHANGE_DELETE, false, "ecm (delete): it has no skills"},
};

START_TEST(a_domain_without_a_skill_that_changes_says_why_it_is_there)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	struct domain_change d = {
		.op = alone[_i].op, .name = STR("ecm"), .policy_changed = alone[_i].policy};
	const struct plan p = {.domains = &d, .domain_count = 1};
	write_plan(&p, NULL, "github", &out);
	char want[200];
	snprintf(want, sizeof(want), "::notice file=skills/ecm,title=change::%s\n",
		 alone[_i].words);
	ck_assert_str_eq(buf_cstr(&out), want);
	write_plan(&p, NULL, "markdown", &out);
	snprintf(want, sizeof(want), "### ecm: %s\n", strchr(alone[_i].words, ':') + 2);
	ck_assert_ptr_nonnull(strstr(buf_cstr(&out), want));
}
END_TEST

/* GitHub shows ten notes of a step: one a skill, however much of it changes. */
START_TEST(a_skill_is_one_note_however_much_of_it_changes)
{
	struct change_detail details[300];
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	struct skill_change s = {.op = CHANGE_UPDATE,
				 .domain = STR("ecm"),
				 .name = STR("order"),
				 .details = details,
				 .detail_count = ARRAY_SIZE(details)};
	struct domain_change d = {
		.op = CHANGE_UPDATE, .name = STR("ecm"), .skills = &s, .skill_count = 1};
	const struct plan p = {.domains = &d, .domain_count = 1, .updated = 1};
	for (size_t i = 0; i < ARRAY_SIZE(details); i++)
		details[i] = (struct change_detail){.field = "files",
						    .text = STR("100%:\nline ::error::x")};
	write_plan(&p, NULL, "github", &out);
	size_t lines = 0;
	for (size_t i = 0; i < out.len; i++)
		lines += out.data[i] == '\n';
	ck_assert_uint_eq(lines, 1);
	ck_assert_ptr_nonnull(
		strstr(buf_cstr(&out), "title=change::ecm/order (update): 100%25:%0A"));
	details[299].growth = true;
	write_plan(&p, NULL, "github", &out);
	ck_assert_ptr_nonnull(strstr(buf_cstr(&out), "title=growth::"));
	ck_assert_ptr_nonnull(strstr(buf_cstr(&out), "; ! 100%25:"));
}
END_TEST

START_TEST(a_comment_that_is_too_long_says_what_is_left_out_and_where_it_is)
{
	static struct skill_change skills[3000];
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	struct domain_change d = {.op = CHANGE_UPDATE,
				  .name = STR("ecm"),
				  .skills = skills,
				  .skill_count = ARRAY_SIZE(skills)};
	const struct plan p = {.domains = &d, .domain_count = 1};
	for (size_t i = 0; i < ARRAY_SIZE(skills); i++)
		skills[i] = (struct skill_change){.op = CHANGE_CREATE,
						  .domain = STR("ecm"),
						  .name = STR("a-skill-with-a-longer-name")};
	write_plan(&p, NULL, "markdown", &out);
	ck_assert_uint_le(out.len, 65536);
	ck_assert_ptr_nonnull(strstr(buf_cstr(&out), "`aspora diff -o text`"));
	buf_reset(&out);
	report_format_find(STR("markdown"))
		->write_difference(&out, &(struct report_difference){&p, NULL},
				   &(struct report_opts){.link = "https://ci.example.com/7"});
	ck_assert_ptr_nonnull(strstr(buf_cstr(&out), "All of it: <https://ci.example.com/7>_"));
}
END_TEST

/* --- other readers ------------------------------------------------------------------------------------------------- */

/* 126, 127: nobody here can say. */
static int python(const char *format, const char *program)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	char path[512];
	render(str_of(format), &out);
	snprintf(path, sizeof(path), "%s/report", support_dir());
	assert_ok(io_write_file(path, buf_str(&out), 0644, &support_err));
	pid_t pid = fork();
	if (pid == 0) {
		execlp("python3", "python3", "-c", program, path, support_root(), (char *)NULL);
		_exit(127);
	}
	int status = 0;
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

START_TEST(sarif_is_valid_by_the_official_schema)
{
	int status = python(
		"sarif",
		"import json, sys\n"
		"try: import jsonschema\n"
		"except ImportError: sys.exit(126)\n"
		"s = json.load(open(sys.argv[2] + '/tests/schema/sarif-schema-2.1.0.json'))\n"
		"log = json.load(open(sys.argv[1]))\n"
		"v = jsonschema.Draft7Validator(s, format_checker=jsonschema.FormatChecker())\n"
		"bad = list(v.iter_errors(log))\n"
		"for e in bad: print(e.json_path, e.message[:200])\n"
		"run = log['runs'][0]\n"
		"rules = [r['id'] for r in run['tool']['driver']['rules']]\n"
		"assert len(set(rules)) == len(rules)\n"
		"assert {'growth', 'change'} < set(rules), rules\n"
		"assert all(rules[r['ruleIndex']] == r['ruleId'] for r in run['results'])\n"
		"sys.exit(bool(bad))\n");
	if (status == 126 || status == 127)
		SKIP("python3 or its jsonschema is not installed");
	ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(junit_and_gitlab_are_read_by_others)
{
	int junit = python("junit", "import sys, xml.etree.ElementTree as e\n"
				    "t = e.parse(sys.argv[1]).getroot()\n"
				    "for s in t:\n"
				    "    c = s.findall('testcase')\n"
				    "    assert int(s.get('tests')) == len(c)\n"
				    "    f = sum(x.find('failure') is not None for x in c)\n"
				    "    assert int(s.get('failures')) == f\n"
				    "assert [s.get('name') for s in t] == ['ecm', 'frm', 'hr']\n");
	int gitlab = python(
		"gitlab",
		"import json, sys\n"
		"for i in json.load(open(sys.argv[1])):\n"
		"    assert i['description'] and i['check_name'] and i['fingerprint']\n"
		"    assert i['severity'] in ('info', 'blocker')\n"
		"    assert i['location']['path'] and i['location']['lines']['begin'] > 0\n");
	if (junit == 127)
		SKIP("python3 is not installed");
	ck_assert_int_eq(junit, 0);
	ck_assert_int_eq(gitlab, 0);
}
END_TEST

static const struct support_case cases[] = {
	CASE(every_format_writes_what_its_fixture_has),
	CASE(nothing_is_said_to_be_nothing),
	CASE(what_cannot_be_read_is_said_where_nothing_else_differs),
	CASE_LOOP(a_domain_without_a_skill_that_changes_says_why_it_is_there,
		  (int)ARRAY_SIZE(alone)),
	CASE(a_skill_is_one_note_however_much_of_it_changes),
	CASE(a_comment_that_is_too_long_says_what_is_left_out_and_where_it_is),
	CASE(sarif_is_valid_by_the_official_schema),
	CASE(junit_and_gitlab_are_read_by_others),
	{0}};

int main(void)
{
	return support_main("admission/report_difference", cases);
}
