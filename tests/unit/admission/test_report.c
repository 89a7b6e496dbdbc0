/* One admission with something of everything, in every format. */
#include "tests/unit/admission/help_digest.h"
#include "tests/unit/admission/repo_text.h"
#include "tests/unit/skill/golden.h"

#include <sys/wait.h>

/* A domain that is denied, one that grows and is allowed, a warning, a replacement, words that try to break out. */
static void scenario(struct world *w)
{
	world_init(w);
	world_base(w);
	world_deploy(w);
	world_put(w, "skills/frm/escalation/aspora.config.yaml", "mcp:\n  tools: [vault.read]\n");
	world_put(w, "skills/ecm/manager/SKILL.md",
		  "---\nname: manager\n"
		  "description: Sends a question about an order to the skill that answers it. Use "
		  "for orders.\n"
		  "role: manager\ntrigger:\n  command: order help {question}\n---\n# Manager\n"
		  "See [it](<nowhere, 100%: \"@all\" |x|.md>) and [docs](../../../docs/a_b.md).\n");
	world_put(w, "skills/ecm/order-details/aspora.config.yaml",
		  "budget:\n  per_day_usd: 20\nmcp:\n  tols: [redshift.query]\n");
}

static void render_raw(struct str format, struct buf *out)
{
	struct world w;
	struct report_opts o = {.manual_url = "https://example.com/aspora-admission.7.html"};
	const struct report_format *f = report_format_find(format);
	ck_assert_msg(f != NULL, "no format %.*s", STR_ARG(format));
	scenario(&w);
	f->write(out, world_admit(&w), &o);
	world_release(&w);
}

static void render(struct str format, struct buf *out)
{
	CLEANUP(buf_release) struct buf raw = BUF_INIT(BUF_MAX);
	render_raw(format, &raw);
	without_digests(out, buf_str(&raw));
}

static void run(struct str name, struct str input, struct buf *out)
{
	(void)input;
	render(name, out);
}

START_TEST(every_format_writes_what_its_fixture_has)
{
	golden_run_file("admission/fixtures/reports.txt", run);
}
END_TEST

START_TEST(the_same_admission_gives_the_same_bytes)
{
	for (size_t i = 0; report_formats[i]; i++) {
		CLEANUP(buf_release) struct buf a = BUF_INIT(BUF_MAX);
		CLEANUP(buf_release) struct buf b = BUF_INIT(BUF_MAX);
		render(str_of(report_formats[i]->name), &a);
		render(str_of(report_formats[i]->name), &b);
		ck_assert_str_eq(buf_cstr(&a), buf_cstr(&b));
		ck_assert_uint_gt(a.len, 0);
	}
}
END_TEST

START_TEST(formats_are_found_by_name_and_say_what_they_are)
{
	ck_assert_ptr_null(report_format_find(STR("pdf")));
	ck_assert_ptr_null(report_format_find(STR("")));
	for (size_t i = 0; report_formats[i]; i++) {
		const struct report_format *f = report_formats[i];
		ck_assert_ptr_eq(report_format_find(str_of(f->name)), f);
		ck_assert(f->media_type && f->help[strlen(f->help) - 1] == '.');
	}
}
END_TEST

START_TEST(color_and_quiet_are_asked_for)
{
	struct world w;
	scenario(&w);
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	const struct report_format *text = report_format_find(STR("text"));
	text->write(&out, world_admit(&w), &(struct report_opts){.color = true});
	ck_assert_ptr_nonnull(strstr(buf_cstr(&out), "ecm: \033[31mdenied\033[0m (update"));
	ck_assert_ptr_nonnull(strstr(buf_cstr(&out), "frm: \033[32mallowed\033[0m (update"));
	buf_reset(&out);
	text->write(&out, w.admission, &(struct report_opts){.quiet = true});
	ck_assert_ptr_nonnull(strstr(buf_cstr(&out), "ecm: denied"));
	ck_assert_ptr_null(strstr(buf_cstr(&out), "frm: allowed"));
	ck_assert_int_eq(report_exit_status(w.admission), err_exit_status(ERR_DENIED));
	world_release(&w);
}
END_TEST

START_TEST(an_admission_of_nothing_says_so)
{
	struct world w;
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	world_init(&w);
	world_base(&w);
	world_deploy(&w);
	report_format_find(STR("text"))->write(&out, world_admit(&w), NULL);
	ck_assert_str_eq(buf_cstr(&out), "nothing to judge\n");
	ck_assert_int_eq(report_exit_status(w.admission), 0);
	for (size_t i = 0; report_formats[i]; i++)
		report_formats[i]->write(&out, w.admission, NULL);
	world_release(&w);
}
END_TEST

/* --- structure ------------------------------------------------------------------------------------------------- */

static const struct doc_node *parsed(struct arena *a, const char *format)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	const struct doc_node *root = NULL;
	render_raw(str_of(format), &out);
	assert_ok(doc_parse_json(a, buf_str(&out), &doc_limits_json, format, &root, &support_err));
	return root;
}

static const struct doc_node *at(const struct doc_node *list, size_t i)
{
	ck_assert(list && list->type == DOC_LIST && i < list->list.count);
	return list->list.items[i];
}

START_TEST(json_findings_read_back_as_findings)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(BUF_MAX);
	const struct doc_node *root = parsed(a, "json");
	struct findings f;
	findings_init(&f, a);
	const struct doc_node *ecm = at(doc_find(root, "domains"), 0);
	assert_str(doc_text(ecm, "name"), "ecm");
	assert_ok(findings_from_json(&f, doc_find(ecm, "findings"), &support_err));
	ck_assert_uint_ge(f.count, 2);
	ck_assert_int_eq(doc_int(root, "version", 0), 1);
	ck_assert(!doc_bool(root, "allow", true));
}
END_TEST

/* What the SARIF 2.1.0 schema asks of these members, and what GitHub asks besides. */
START_TEST(sarif_has_the_members_that_its_schema_requires)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(BUF_MAX);
	const struct doc_node *root = parsed(a, "sarif"), *run0 = at(doc_find(root, "runs"), 0);
	const struct doc_node *listed = doc_find_path(run0, "tool.driver.rules");
	const struct doc_node *results = doc_find(run0, "results");
	assert_str(doc_text(root, "version"), "2.1.0");
	assert_str(doc_text(doc_find_path(run0, "tool.driver"), "name"), "aspora");
	ck_assert_uint_gt(results->list.count, 2);
	for (size_t i = 0; i < results->list.count; i++) {
		const struct doc_node *r = at(results, i);
		const struct doc_node *rule = at(listed, (size_t)doc_int(r, "ruleIndex", -1));
		struct str level = doc_text(r, "level");
		ck_assert(str_eq(doc_text(rule, "id"), doc_text(r, "ruleId")));
		ck_assert(str_eqz(level, "error") || str_eqz(level, "warning") ||
			  str_eqz(level, "note"));
		ck_assert_uint_gt(doc_text(doc_find(r, "message"), "text").len, 0);
		ck_assert_uint_eq(doc_text(doc_find(r, "partialFingerprints"), "aspora/v1").len,
				  16);
		const struct doc_node *locations = doc_find(r, "locations");
		for (size_t k = 0; k < locations->list.count; k++) {
			const struct doc_node *p = doc_find(at(locations, k), "physicalLocation");
			struct str uri = doc_text(doc_find(p, "artifactLocation"), "uri");
			const struct doc_node *region = doc_find(p, "region");
			ck_assert(uri.len && uri.p[0] != '/' && str_find_byte(uri, ' ', 0) < 0);
			ck_assert(!region || doc_int(region, "startLine", 0) >= 1);
		}
	}
}
END_TEST

START_TEST(sarif_lists_every_rule_once)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(BUF_MAX);
	const struct doc_node *run0 = at(doc_find(parsed(a, "sarif"), "runs"), 0);
	const struct doc_node *listed = doc_find_path(run0, "tool.driver.rules");
	CLEANUP(map_release) struct map seen = MAP_INIT;
	for (size_t i = 0; i < listed->list.count; i++)
		ck_assert_ptr_null(map_set(&seen, doc_text(at(listed, i), "id"), a));
	ck_assert_uint_ge(listed->list.count, rule_count());
}
END_TEST

START_TEST(words_of_the_repository_do_not_break_out)
{
	CLEANUP(buf_release) struct buf md = BUF_INIT(BUF_MAX);
	CLEANUP(buf_release) struct buf hub = BUF_INIT(BUF_MAX);
	CLEANUP(buf_release) struct buf xml = BUF_INIT(BUF_MAX);
	render(STR("markdown"), &md);
	ck_assert_ptr_null(strstr(buf_cstr(&md), "@all"));
	ck_assert_ptr_null(strstr(buf_cstr(&md), " |x|"));
	ck_assert_ptr_nonnull(strstr(buf_cstr(&md), "&#64;all"));
	render(STR("github"), &hub);
	ck_assert_ptr_nonnull(strstr(buf_cstr(&hub), "100%25: "));
	render(STR("junit"), &xml);
	ck_assert_ptr_nonnull(strstr(buf_cstr(&xml), "&quot;@all&quot;"));
	ck_assert_ptr_null(strstr(buf_cstr(&xml), "message=\"\""));
}
END_TEST

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

START_TEST(junit_is_xml_that_another_parser_reads)
{
	static const char program[] =
		"import sys, xml.etree.ElementTree as e\n"
		"t = e.parse(sys.argv[1]).getroot()\n"
		"assert t.tag == 'testsuites'\n"
		"for s in t:\n"
		"    cases = s.findall('testcase')\n"
		"    assert int(s.get('tests')) == len(cases), s.get('name')\n"
		"    assert int(s.get('failures')) == sum(c.find('failure') is not None for c in "
		"cases)\n"
		"    assert all(c.get('name') and c.get('classname') == s.get('name') for c in "
		"cases)\n"
		"assert {s.get('name') for s in t} == {'ecm', 'frm'}\n";
	CLEANUP(buf_release) struct buf xml = BUF_INIT(BUF_MAX);
	char path[512];
	render(STR("junit"), &xml);
	snprintf(path, sizeof(path), "%s/junit.xml", support_dir());
	assert_ok(io_write_file(path, buf_str(&xml), 0644, &support_err));
	int status = python(program, path);
	if (status == 127)
		SKIP("python3 is not installed");
	ck_assert_int_eq(status, 0);
}
END_TEST

/* 0: valid by the schema of OASIS, 1: not, 126, 127: nobody here can say. */
static int sarif_status(struct str sarif)
{
	CLEANUP(buf_release) struct buf program = BUF_INIT(BUF_MAX);
	char path[512];
	buf_addf(&program,
		 "import json, sys\n"
		 "try: import jsonschema\n"
		 "except ImportError: sys.exit(126)\n"
		 "s = json.load(open('%s/tests/schema/sarif-schema-2.1.0.json'))\n"
		 "v = jsonschema.Draft7Validator(s, format_checker=jsonschema.FormatChecker())\n"
		 "bad = list(v.iter_errors(json.load(open(sys.argv[1]))))\n"
		 "for e in bad: print(e.json_path, e.message[:200])\n"
		 "sys.exit(bool(bad))\n",
		 support_root());
	snprintf(path, sizeof(path), "%s/report.sarif", support_dir());
	assert_ok(io_write_file(path, sarif, 0644, &support_err));
	return python(buf_cstr(&program), path);
}

START_TEST(sarif_is_valid_by_the_official_schema)
{
	CLEANUP(buf_release) struct buf sarif = BUF_INIT(BUF_MAX);
	CLEANUP(buf_release) struct buf other = BUF_INIT(BUF_MAX);
	render_raw(STR("sarif"), &sarif);
	int status = sarif_status(buf_str(&sarif));
	if (status == 126 || status == 127)
		SKIP("python3 or its jsonschema is not installed");
	ck_assert_int_eq(status, 0);
	/* The schema does look: a level that there is not, and a member that there is not. */
	static const char *const wrong[][2] = {{"\"level\":\"error\"", "\"level\":\"errors\""},
					       {"\"version\":\"2.1.0\"", "\"version\":\"2.2.0\""},
					       {"\"ruleId\":", "\"ruleName\":"}};
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		ptrdiff_t at = str_find(buf_str(&sarif), str_of(wrong[i][0]), 0);
		ck_assert_int_ge(at, 0);
		buf_reset(&other);
		buf_add(&other, sarif.data, (size_t)at);
		buf_addz(&other, wrong[i][1]);
		buf_addz(&other, sarif.data + (size_t)at + strlen(wrong[i][0]));
		ck_assert_int_eq(sarif_status(buf_str(&other)), 1);
	}
}
END_TEST

static const struct support_case cases[] = {CASE(every_format_writes_what_its_fixture_has),
					    CASE(the_same_admission_gives_the_same_bytes),
					    CASE(formats_are_found_by_name_and_say_what_they_are),
					    CASE(color_and_quiet_are_asked_for),
					    CASE(an_admission_of_nothing_says_so),
					    CASE(json_findings_read_back_as_findings),
					    CASE(sarif_has_the_members_that_its_schema_requires),
					    CASE(sarif_lists_every_rule_once),
					    CASE(words_of_the_repository_do_not_break_out),
					    CASE(junit_is_xml_that_another_parser_reads),
					    CASE(sarif_is_valid_by_the_official_schema),
					    {0}};

int main(void)
{
	return support_main("admission/report", cases);
}
