/* aspora test: the cases of tests/cases.md, each run in its skill's sandbox. */
#include "base/io.h"
#include "base/json.h"
#include "cli/folder.h"
#include "cli/input.h"
#include "cli/local.h"
#include "cli/verbs.h"
#include "skill/cases.h"
#include "skill/kind.h"

static struct {
	const char *format, *only;
} o;

static const char *const formats[] = {"text", "json", "junit", "promptfoo", NULL};

static const struct opt options[] = {
	{"case", 0, OPT_STRING, &o.only, "TEXT", "Only cases with this in their name.", NULL},
	{"output", 'o', OPT_STRING, &o.format, "FORMAT",
	 "How to print: text, json or junit; or promptfoo: the cases of one skill as a "
	 "promptfooconfig.yaml, and nothing is run.",
	 formats},
	OPT_END,
};

/* One case and what came of it. */
struct outcome {
	const struct domain_skill *ds;
	const struct skill_case *c;
	bool failed, skipped;
	struct str why; /* a sentence a line */
	struct str said; /* the handler's stderr, of a failed one */
};

struct testing {
	struct cli *cli;
	const char *root;
	struct outcome *items;
	size_t count, cap;
	size_t failed, skipped;
};

/* Failures that are the skill's own: its case has failed, and the next may pass. */
static bool is_of_content(int rc)
{
	static const int codes[] = {ERR_HANDLER_EXIT,	 ERR_HANDLER_OUTPUT, ERR_HANDLER_MEMORY,
				    ERR_HANDLER_TIMEOUT, ERR_SYNTAX,	     ERR_TOO_LARGE,
				    ERR_INVALID};
	for (size_t i = 0; i < ARRAY_SIZE(codes); i++)
		if (codes[i] == rc)
			return true;
	return false;
}

static int run_case(struct testing *t, const struct domain_skill *ds, const struct skill_case *sc,
		    struct buf *why, struct buf *said, struct err *err)
{
	CLEANUP(buf_release)
	struct buf input = BUF_INIT(BUF_MAX), trigger = BUF_INIT(BUF_MAX),
		   result = BUF_INIT(BUF_MAX);
	struct err wrong = ERR_INIT;
	char text[ERR_MSG_MAX + ERR_PATH_MAX + 320];
	int rc = 0;
	if (sc->input_is_json)
		buf_add_str(&input, sc->input);
	else
		cli_input_text(&input, sc->input);
	if (!sc->input_is_json)
		rc = cli_route_skill(ds, sc->input, &trigger, err);
	if (rc < 0)
		return rc;
	const struct cli_local l = {.root = t->root,
				    .domain = ds->skill->domain,
				    .skill = ds->skill->name,
				    .input_json = buf_str(&input),
				    .trigger_json = buf_str(&trigger)};
	rc = cli_local_run(&l, &result, said, &wrong);
	if (rc == 0) {
		case_check(sc, buf_str(&result), why);
		return 0;
	}
	if (!is_of_content(rc)) {
		*err = wrong;
		return rc;
	}
	buf_addf(why, "%s\n", err_format(&wrong, text, sizeof(text)));
	return 0;
}

static int one(struct testing *t, const struct domain_skill *ds, const struct skill_case *sc,
	       struct err *err)
{
	CLEANUP(buf_release) struct buf why = BUF_INIT(BUF_MAX), said = BUF_INIT(1 << 20);
	bool skip = ds->skill->handler.len == 0;
	cli_progress(t->cli, "%.*s/%.*s: %.*s", STR_ARG(ds->skill->domain),
		     STR_ARG(ds->skill->name), STR_ARG(sc->name));
	int rc = skip ? 0 : run_case(t, ds, sc, &why, &said, err);
	cli_progress_end(t->cli);
	if (rc < 0)
		return rc;
	struct arena *a = t->cli->arena;
	ARENA_GROW(a, t->items, t->count, t->cap);
	t->items[t->count++] = (struct outcome){.ds = ds,
						.c = sc,
						.failed = why.len > 0,
						.skipped = skip,
						.why = arena_str(a, buf_str(&why)),
						.said = arena_str(a, buf_str(&said))};
	t->failed += why.len > 0;
	t->skipped += skip;
	return 0;
}

static int run_all(struct testing *t, const struct snapshot *s, const struct cli_scope *scope,
		   struct err *err)
{
	int rc = 0;
	for (size_t d = 0; d < s->domain_count; d++) {
		for (size_t k = 0; rc == 0 && k < s->domains[d]->skill_count; k++) {
			const struct domain_skill *ds = &s->domains[d]->skills[k];
			if (!cli_scope_has(scope, ds->skill->domain, ds->skill->name))
				continue;
			for (size_t i = 0; rc == 0 && i < ds->skill->case_count; i++) {
				const struct skill_case *sc = &ds->skill->cases[i];
				if (!o.only || str_find(sc->name, str_of(o.only), 0) >= 0)
					rc = one(t, ds, sc, err);
			}
		}
	}
	return rc;
}

/* --- in words ------------------------------------------------------------------------------------------------- */

static void indent(struct buf *out, const char *by, struct str text)
{
	struct str line;
	while (str_split(&text, '\n', &line)) {
		buf_addz(out, by);
		buf_add_str(out, line);
		buf_add_char(out, '\n');
	}
}

static void write_text(struct buf *out, const struct testing *t)
{
	const struct domain_skill *last = NULL;
	for (size_t i = 0; i < t->count; i++) {
		const struct outcome *r = &t->items[i];
		if (r->ds != last)
			buf_addf(out, "%.*s/%.*s\n", STR_ARG(r->ds->skill->domain),
				 STR_ARG(r->ds->skill->name));
		last = r->ds;
		buf_addf(out, "  %s  %.*s\n",
			 r->failed    ? "FAIL"
			 : r->skipped ? "skip"
				      : "ok  ",
			 STR_ARG(r->c->name));
		if (r->skipped)
			buf_addz(out,
				 "        it has no handler, and no model is configured here\n");
		if (!r->failed)
			continue;
		buf_addf(out, "        %.*s/tests/cases.md:%u\n", STR_ARG(r->ds->skill->path),
			 r->c->line);
		indent(out, "        ", r->why);
		indent(out, "        stderr: ", r->said);
	}
	buf_addf(out, "%zu passed, %zu failed, %zu skipped\n", t->count - t->failed - t->skipped,
		 t->failed, t->skipped);
}

static void write_json(struct buf *out, const struct testing *t)
{
	struct json j;
	json_init(&j, out);
	json_object(&j);
	json_strz(&j, "apiVersion", API_VERSION);
	json_strz(&j, "kind", "TestReport");
	json_int(&j, "passed", (int64_t)(t->count - t->failed - t->skipped));
	json_int(&j, "failed", (int64_t)t->failed);
	json_int(&j, "skipped", (int64_t)t->skipped);
	json_array_in(&j, "cases");
	for (size_t i = 0; i < t->count; i++) {
		const struct outcome *r = &t->items[i];
		char hex[DIGEST_HEX + 1];
		json_object(&j);
		json_str(&j, "domain", r->ds->skill->domain);
		json_str(&j, "skill", r->ds->skill->name);
		json_strz(&j, "content", digest_hex(&r->ds->skill->content, hex));
		json_str(&j, "case", r->c->name);
		json_int(&j, "line", r->c->line);
		json_bool(&j, "passed", !r->failed && !r->skipped);
		json_bool(&j, "skipped", r->skipped);
		json_str(&j, "why", str_trim(r->why));
		json_end(&j);
	}
	json_end(&j);
	json_end(&j);
	buf_add_char(out, '\n');
}

static void xml_text(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (strchr("<>&\"", s.p[i]) && s.p[i])
			buf_addf(out, "&#%d;", s.p[i]);
		else if ((unsigned char)s.p[i] >= 32 || s.p[i] == '\n' || s.p[i] == '\t')
			buf_add_char(out, s.p[i]);
	}
}

static void write_junit(struct buf *out, const struct testing *t)
{
	buf_addf(out,
		 "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n"
		 "<testsuite name=\"aspora test\" tests=\"%zu\" failures=\"%zu\" "
		 "skipped=\"%zu\">\n",
		 t->count, t->failed, t->skipped);
	for (size_t i = 0; i < t->count; i++) {
		const struct outcome *r = &t->items[i];
		buf_addf(out, "<testcase classname=\"%.*s.%.*s\" name=\"",
			 STR_ARG(r->ds->skill->domain), STR_ARG(r->ds->skill->name));
		xml_text(out, r->c->name);
		buf_addf(out, "\" file=\"%.*s/tests/cases.md\" line=\"%u\"",
			 STR_ARG(r->ds->skill->path), r->c->line);
		if (r->failed) {
			buf_addz(out, "><failure>");
			xml_text(out, r->why);
			buf_addz(out, "</failure></testcase>\n");
		} else {
			buf_addz(out, r->skipped ? "><skipped/></testcase>\n" : "/>\n");
		}
	}
	buf_addz(out, "</testsuite>\n</testsuites>\n");
}

static int report(const struct testing *t, struct err *err)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	if (o.format && strcmp(o.format, "json") == 0)
		write_json(&out, t);
	else if (o.format && strcmp(o.format, "junit") == 0)
		write_junit(&out, t);
	else
		write_text(&out, t);
	int rc = cli_write(&out, err);
	return rc < 0 || t->failed == 0 ? rc : err_exit_status(ERR_DRIFT);
}

/* For promptfoo to run, which asks this program for each answer. */
static int compile(const struct cli *c, const struct snapshot *s, const struct cli_scope *scope,
		   struct err *err)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	struct domain *domain = NULL;
	struct domain_skill *ds = NULL;
	if (o.only)
		return cli_usage(c, err,
				 "-o promptfoo takes all cases; promptfoo eval "
				 "--filter-pattern chooses among them");
	int rc = cli_scope_skill(c, s, scope, &domain, &ds, err);
	if (rc < 0)
		return rc;
	if (!ds->skill->case_count) {
		err_set(err, ERR_NOT_FOUND, "%.*s/%.*s has no test case that can be read",
			STR_ARG(scope->domain), STR_ARG(scope->skill));
		err_remedy(err, "cases are in its tests/cases.md; aspora validate says what is "
				"wrong with them");
		return ERR_NOT_FOUND;
	}
	cases_promptfoo(&out, scope->domain, scope->skill, ds->skill->cases, ds->skill->case_count);
	return cli_write(&out, err);
}

static int test(struct cli *c, struct err *err)
{
	CLEANUP(cli_folder_release) struct cli_folder folder = {0};
	CLEANUP(cli_tree_release) struct cli_tree tree = {0};
	struct cli_scope scope;
	struct testing t = {.cli = c};
	int rc = cli_folder_open(c, c->operand_count ? c->operands[0] : NULL, &folder, &scope, err);
	if (rc == 0)
		rc = cli_read_folder(&folder, &tree, err);
	if (rc == 0)
		rc = cli_scope_check(c, tree.snap, &scope, err);
	t.root = folder.root;
	if (rc == 0 && o.format && strcmp(o.format, "promptfoo") == 0)
		return compile(c, tree.snap, &scope, err);
	if (rc == 0)
		rc = run_all(&t, tree.snap, &scope, err);
	if (rc == 0 && t.count == 0) {
		err_set(err, ERR_NOT_FOUND, "there is no test case %s",
			o.only ? "with such a name" : "here");
		err_remedy(err, "cases are in tests/cases.md of each skill");
		return ERR_NOT_FOUND;
	}
	return rc < 0 ? rc : report(&t, err);
}

const struct cli_verb cli_verb_test = {
	.name = "test",
	.usage = "[DOMAIN/NAME | DOMAIN | DIR]",
	.help = "Run the cases of tests/cases.md in sandboxes, and compare.",
	.about = "Each case runs its skill's handler with the limits it would have on a server, "
		 "and the\n"
		 "result is held against what the case expects. Cases of other tools beside it\n"
		 "(promptfooconfig.yaml, test_*.py) are run by those tools. promptfoo runs those "
		 "of\n"
		 "cases.md too; it starts this program in the folder of its configuration, which "
		 "has to\n"
		 "be in the repository:\n\n"
		 "    aspora test ecm/order-details -o promptfoo > promptfooconfig.yaml\n"
		 "    promptfoo eval -o results.json\n\n"
		 "The exit status is 0 when all pass, 1 when one fails, and more when they could "
		 "not be\n"
		 "run.",
	.options = options,
	.uses = CLI_USES_FOLDER,
	.most = 1,
	.completes = CLI_SKILLS_HERE,
	.run = test,
};
