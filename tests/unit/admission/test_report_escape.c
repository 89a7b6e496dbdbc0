/* Words of a repository in reports: they stay words, whatever reads the report. */
#include "tests/unit/admission/help_report.h"

#include <sys/wait.h>

#include "base/io.h"

#define RLO "\xE2\x80\xAE" /* right-to-left override */
#define ZWSP "\xE2\x80\x8B"

static struct made m;

/* A finding whose every free text is this. */
static void begin(struct str hostile)
{
	made_init(&m);
	made_add(&m, &(struct finding){.rule = "AD-TESTS-001",
				       .severity = SEVERITY_DENY,
				       .domain = STR("ecm"),
				       .skill = hostile,
				       .path = hostile,
				       .line = 1,
				       .column = 1,
				       .message = hostile,
				       .remedy = hostile,
				       .related_path = hostile,
				       .related_line = 2,
				       .related_column = 3});
	m.details[0] = (struct change_detail){.field = "tools", .text = hostile, .growth = true};
	m.skill.name = hostile;
	m.skill.details = m.details;
	m.skill.detail_count = 1;
}

static size_t lines_of(const char *format)
{
	return count_of(made_write(&m, format), "\n");
}

static const char *const control[] = {"\x1b[31mred",
				      "bell\a",
				      "back\b\b\bspace",
				      "\x7f",
				      "\xC2\x9B"
				      "31m", /* C1: CSI */
				      "a" RLO "b",
				      "a" ZWSP "b",
				      "bad \xff utf-8",
				      "cut \xE2\x80",
				      "\r over",
				      "v\vt\f"};

START_TEST(control_bytes_reach_no_terminal)
{
	static const char *const shown[] = {"text", "markdown", "github"};
	begin(str_of(control[_i]));
	m.domain.name = str_of(control[_i]);
	for (size_t k = 0; k < ARRAY_SIZE(shown); k++) {
		struct str s = str_of(made_write(&m, shown[k]));
		for (size_t i = 0; i < s.len;) {
			uint32_t r = str_next_rune(s, &i);
			ck_assert_msg(r == '\n' ||
					      (!rune_is_deceptive(r) && r >= 0x20 && r != 0x7f),
				      "%s lets U+%04X through", shown[k], (unsigned)r);
		}
		ck_assert_msg(str_is_utf8(s, NULL), "%s is not UTF-8", shown[k]);
	}
	made_release(&m);
}
END_TEST

START_TEST(machines_get_text_that_they_can_read)
{
	static const char *const formats[] = {"json", "sarif", "gitlab"};
	begin(str_of(control[_i]));
	for (size_t k = 0; k < ARRAY_SIZE(formats); k++) {
		(void)made_parse(&m, formats[k]);
		ck_assert(str_is_utf8(buf_str(&m.out), NULL));
		for (size_t i = 0; i + 1 < m.out.len; i++)
			ck_assert((unsigned char)m.out.data[i] >= 0x20);
	}
	made_release(&m);
}
END_TEST

START_TEST(a_message_of_many_lines_adds_none_to_what_is_read_by_line)
{
	begin(STR("plain"));
	size_t github = lines_of("github"), text = lines_of("text"),
	       markdown = lines_of("markdown");
	made_release(&m);
	begin(STR("a\n::error::b\n::set-output name=c::d\r\n## e\n- f\n\n\n| g |\n"));
	ck_assert_uint_eq(lines_of("github"), github);
	ck_assert_uint_eq(lines_of("text"), text);
	ck_assert_uint_eq(lines_of("markdown"), markdown);
	assert_no_part(made_write(&m, "markdown"), "\n## e");
	made_release(&m);
}
END_TEST

/* --- GitHub ----------------------------------------------------------------------------------------------------- */

START_TEST(a_path_ends_no_property_of_an_annotation)
{
	begin(STR("skills/a,line=9::error file=b%0A:c.md"));
	assert_part(made_write(&m, "github"),
		    "::error file=skills/a%2Cline=9%3A%3Aerror file=b%250A%3Ac.md,line=1,col=1,");
	made_release(&m);
}
END_TEST

START_TEST(a_message_forges_no_command)
{
	begin(STR("100%\n::stop-commands::x\r::add-mask::y"));
	const char *text = made_write(&m, "github");
	assert_part(text, "::100%25%0A::stop-commands::x%0D::add-mask::y%0A");
	for (const char *at = text; (at = strchr(at, '\n')) != NULL && at[1]; at++)
		ck_assert_msg(strncmp(at + 1, "::notice file=skills/", 21) == 0, "%s", at + 1);
	/* The finding, and what the skill gets more than it had. */
	ck_assert_uint_eq(lines_of("github"), 2);
	made_release(&m);
}
END_TEST

/* --- XML -------------------------------------------------------------------------------------------------------- */

static int python(const char *program, const char *path)
{
	pid_t pid = fork();
	if (pid == 0) {
		execlp("python3", "python3", "-c", program, path, (char *)NULL);
		_exit(127);
	}
	int status = 0;
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static const char *const markup[] = {"]]><failure/>",
				     "\"/><testcase name=\"x",
				     "' onload='x",
				     "&amp;&#x41;&nosuch;",
				     "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]>&b;",
				     "<![CDATA[x]]>",
				     "<!-- x -->--",
				     "<?xml version=\"1.1\"?>",
				     "\x01\x02\x08\x0b\x1f",
				     "\xEF\xBF\xBE\xEF\xBF\xBF",
				     "\xed\xa0\x80 surrogate",
				     "\xff\xfe",
				     "tab\tand\nline\r\n"};

START_TEST(junit_reads_back_as_one_failure_of_one_case)
{
	static const char program[] =
		"import sys, xml.etree.ElementTree as e\n"
		"t = e.parse(sys.argv[1]).getroot()\n"
		"assert [s.tag for s in t] == ['testsuite'], list(t)\n"
		"assert [c.tag for c in t[0]] == ['properties'] + ['testcase'] * 2, list(t[0])\n"
		"assert [(p.tag, p.get('name')) for p in t[0][0]] == [('property', 'growth')]\n"
		"assert [x.tag for x in t[0][2]] == ['failure'], list(t[0][2])\n"
		"assert not list(t[0][2][0])\n"
		"assert set(t[0][2][0].attrib) == {'type', 'message'}\n"
		"assert set(t[0][2].attrib) == {'classname', 'name', 'time'}\n"
		"m = t[0][2][0].get('message')\n"
		"raw = open(sys.argv[1] + '.message', 'rb').read()\n"
		"try: said = raw.decode()\n"
		"except UnicodeDecodeError: sys.exit(0)\n"
		"keep = lambda c: c in '\\n\\t' or (c >= ' ' and c not in '\\ufffe\\uffff')\n"
		"assert m == ''.join(c if keep(c) else '\\ufffd' for c in said), (m, said)\n";
	char path[512], beside[520];
	begin(str_of(markup[_i]));
	snprintf(path, sizeof(path), "%s/junit.xml", support_dir());
	snprintf(beside, sizeof(beside), "%s.message", path);
	assert_ok(io_write_file(path, str_of(made_write(&m, "junit")), 0644, &support_err));
	assert_ok(io_write_file(beside, str_of(markup[_i]), 0644, &support_err));
	int status = python(program, path);
	made_release(&m);
	if (status == 127)
		SKIP("python3 is not installed");
	ck_assert_int_eq(status, 0);
}
END_TEST

/* --- Markdown --------------------------------------------------------------------------------------------------- */

static const struct {
	const char *words, *never;
} marks[] = {
	{"[click](http://evil.example)", "[click]("},
	{"![pixel](http://evil.example/a.png)", "![pixel"},
	{"<script>alert(1)</script>", "<script"},
	{"<img src=x onerror=y>", "<img"},
	{"<!-- aspora-admission -->", "- <!--"},
	{"@everybody look", "@everybody"},
	{"fixes #1", "#1"},
	{"https://evil.example/", "https://"},
	{"www.evil.example", "www."},
	{"a WWW.evil.example", "WWW."},
	{"`code`", " `code`"},
	{"**bold** __bold__", " **bold**"},
	{"_not_ *this*", " *this*"},
	{"~~gone~~", " ~~gone"},
	{"a | b | c", " | b"},
	{"$x^2$", " $x"},
	{"&lt;b&gt;", "&lt;"},
	{"\\[x\\](y)", " \\[x\\]("},
	{"[^1]: footnote", "[^1]:"},
	{"- [x] done", "[x]"},
};

START_TEST(markdown_makes_nothing_of_words)
{
	begin(str_of(marks[_i].words));
	const char *text = made_write(&m, "markdown");
	ck_assert_uint_eq(count_of(text, "<!--"), 1);
	assert_no_part(text, marks[_i].never);
	made_release(&m);
}
END_TEST

START_TEST(markdown_escapes_the_names_of_domains_and_of_what_is_held)
{
	struct str held[] = {STR("[a](b)")};
	begin(STR("x"));
	m.domain.name = STR("<b>@x\n# y");
	m.domain.held = held;
	m.domain.held_count = 1;
	assert_part(made_write(&m, "markdown"), "\n### &#60;b&#62;&#64;x &#35; y: denied\n");
	assert_part(made_write(&m, "markdown"), "deployed: \\[a\\]\\(b\\)\n");
	made_release(&m);
}
END_TEST

/* --- SARIF ------------------------------------------------------------------------------------------------------ */

static const struct {
	const char *path, *uri;
} uris[] = {
	{"skills/a b.md", "skills/a%20b.md"},
	{"skills/a%20b.md", "skills/a%2520b.md"},
	{"skills/\xC3\xA4.md", "skills/%C3%A4.md"},
	{"a?b#c", "a%3Fb%23c"},
	{"javascript:x", "javascript%3Ax"},
	{"a\"b\\c", "a%22b%5Cc"},
	{"a\nb", "a%0Ab"},
	{"-._~/", "-._~/"},
};

START_TEST(sarif_writes_a_path_as_a_uri)
{
	begin(str_of(uris[_i].path));
	const struct doc_node *run = item(doc_find(made_parse(&m, "sarif"), "runs"), 0);
	const struct doc_node *r = item(doc_find(run, "results"), 0);
	const struct doc_node *p = doc_find(item(doc_find(r, "locations"), 0), "physicalLocation");
	assert_str(doc_text(doc_find(p, "artifactLocation"), "uri"), uris[_i].uri);
	assert_str(doc_text(doc_find(p, "artifactLocation"), "uriBaseId"), "%SRCROOT%");
	made_release(&m);
}
END_TEST

START_TEST(json_gives_hostile_words_back_as_they_were)
{
	static const char words[] = "\"},{\"severity\":\"note\" \\u0041 \xE2\x80\xA8 </script>\n\t";
	struct findings back;
	begin(str_of(words));
	const struct doc_node *d = item(doc_find(made_parse(&m, "json"), "domains"), 0);
	findings_init(&back, m.arena);
	assert_ok(findings_from_json(&back, doc_find(d, "findings"), &support_err));
	ck_assert_uint_eq(back.count, 1);
	assert_str(back.items[0].message, words);
	assert_str(back.items[0].path, words);
	assert_str(doc_text(item(doc_find(d, "growth"), 0), "text"), words);
	made_release(&m);
}
END_TEST

static const struct support_case cases[] = {
	CASE_LOOP(control_bytes_reach_no_terminal, ARRAY_SIZE(control)),
	CASE_LOOP(machines_get_text_that_they_can_read, ARRAY_SIZE(control)),
	CASE(a_message_of_many_lines_adds_none_to_what_is_read_by_line),
	CASE(a_path_ends_no_property_of_an_annotation),
	CASE(a_message_forges_no_command),
	CASE_LOOP(junit_reads_back_as_one_failure_of_one_case, ARRAY_SIZE(markup)),
	CASE_LOOP(markdown_makes_nothing_of_words, ARRAY_SIZE(marks)),
	CASE(markdown_escapes_the_names_of_domains_and_of_what_is_held),
	CASE_LOOP(sarif_writes_a_path_as_a_uri, ARRAY_SIZE(uris)),
	CASE(json_gives_hostile_words_back_as_they_were),
	{0}};

int main(void)
{
	return support_main("admission/report_escape", cases);
}
