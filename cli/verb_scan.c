/* aspora scan: personal data, secrets and smuggled instructions in files. */
#include <errno.h>
#include <fts.h>

#include "admission/report.h"
#include "base/io.h"
#include "base/json.h"
#include "cli/findings.h"
#include "cli/scan.h"
#include "cli/verbs.h"
#include "skill/kind.h"

static struct {
	const char *format, *patterns;
	bool redact, lines;
	struct opt_strings modes;
	int64_t confidence;
} o;

static const char *const formats[] = {"text", "json", "sarif", NULL};
static const char *const mode_names[] = {"off", "warn", "redact", "block", NULL};

static const struct opt options[] = {
	{"output", 'o', OPT_STRING, &o.format, "FORMAT", "How to print: text, json or sarif.",
	 formats},
	{"mode", 'm', OPT_STRINGS, &o.modes, "WHAT=MODE",
	 "What a category (pii, secret, injection) or a rule does: off, warn, redact or block; may "
	 "be "
	 "given more than once. Everything blocks when left out.",
	 NULL},
	{"redact", 0, OPT_FLAG, &o.redact, NULL,
	 "Write the text with placeholders for what was found.", NULL},
	{"jsonl", 0, OPT_FLAG, &o.lines, NULL,
	 "Read {\"id\",\"text\"} a line from standard input, answer with the findings of each.",
	 NULL},
	{"patterns", 0, OPT_STRING, &o.patterns, "FILE", "Rules from this table instead.", NULL},
	{"confidence", 0, OPT_INT, &o.confidence, "PERCENT",
	 "Report what is at least as sure as this; 50 when left out.", NULL},
	OPT_END,
};

/* --- options ----------------------------------------------------------------------------------------- */

static int mode_of(const char *word)
{
	for (int i = 0; mode_names[i]; i++)
		if (strcmp(mode_names[i], word) == 0)
			return i;
	return -1;
}

static int set_mode(struct cli *c, struct scan *s, const char *text, struct err *err)
{
	const char *eq = strchr(text, '=');
	int mode = eq ? mode_of(eq + 1) : -1;
	char *what = arena_strndup(c->arena, text, eq ? (size_t)(eq - text) : 0);
	if (mode < 0)
		return cli_usage(c, err, "\"%s\" is not WHAT=off, warn, redact or block", text);
	for (int i = 0; i < GUARD_CATEGORIES; i++)
		if (strcmp(what, guard_category_name((enum guard_category)i)) == 0) {
			s->policy.mode[i] = (enum guard_mode)mode;
			return 0;
		}
	if (!guard_rules_find(s->rules, what))
		return cli_usage(c, err, "\"%s\" is neither pii, secret, injection nor a rule",
				 what);
	s->policy.overrides[s->policy.override_count++] =
		(struct guard_override){what, (enum guard_mode)mode};
	return 0;
}

static int load_rules(struct guard_rules **own, struct err *err)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT((size_t)4 << 20);
	int rc = io_read_file(o.patterns, &text, err);
	return rc < 0 ? rc : guard_rules_load(buf_str(&text), o.patterns, own, err);
}

static int set_up(struct cli *c, struct scan *s, struct err *err)
{
	int rc = 0;
	s->policy.overrides = arena_array(c->arena, o.modes.count + 1,
					  sizeof(*s->policy.overrides));
	for (int i = 0; i < GUARD_CATEGORIES; i++)
		s->policy.mode[i] = GUARD_BLOCK;
	if (o.confidence < 0 || o.confidence > 100)
		return cli_usage(c, err, "--confidence is a percentage");
	s->options.confidence = (unsigned)o.confidence;
	findings_init(&s->found, c->arena);
	for (size_t i = 0; i < o.modes.count && rc == 0; i++)
		rc = set_mode(c, s, o.modes.items[i], err);
	return rc;
}

/* --- one text ----------------------------------------------------------------------------------------- */

static void add_finding(struct scan *s, struct str path, struct str text,
			const struct guard_finding *g)
{
	enum guard_mode mode = guard_policy_mode(&s->policy, g);
	if (mode == GUARD_OFF)
		return;
	bool block = mode == GUARD_BLOCK && !g->allowed;
	enum severity severity = g->allowed ? SEVERITY_NOTE : block ? SEVERITY_DENY : SEVERITY_WARN;
	struct finding *f = findings_addf(&s->found, g->rule->id, severity, STR_NULL, STR_NULL,
					  "%s%s%s%s%.*s", g->rule->says, g->encoding ? " in " : "",
					  g->encoding ? g->encoding : "",
					  g->allowed ? ", allowed: " : "", STR_ARG(g->reason));
	s->blocked |= block;
	f->path = arena_str(s->found.arena, path);
	f->remedy = str_of(g->rule->remedy);
	finding_span(f, text, g->start, g->end);
}

static void add_note(struct scan *s, struct str path, struct str text, const struct guard_note *n)
{
	struct finding *f = findings_addf(&s->found, "guard-allow", SEVERITY_WARN, STR_NULL,
					  STR_NULL, "%s", n->says);
	f->path = arena_str(s->found.arena, path);
	finding_span(f, text, n->start, n->end);
}

static int redact(struct scan *s, struct str text, const struct guard_findings *g, struct err *err)
{
	CLEANUP(guard_vault_freep) struct guard_vault *vault = guard_vault_new();
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	struct guard_policy p = s->policy;
	for (int i = 0; i < GUARD_CATEGORIES; i++)
		if (p.mode[i] != GUARD_OFF)
			p.mode[i] = GUARD_REDACT;
	guard_redact(vault, &p, text, g, &out);
	return cli_write(&out, err);
}

static int scan_text(struct scan *s, struct str path, struct str text, struct err *err)
{
	CLEANUP(arena_freep) struct arena *a = arena_new((size_t)256 << 20);
	struct guard_findings g;
	int rc = guard_scan(s->rules, &s->options, text, a, &g, err);
	if (rc < 0) {
		err_context(err, "%.*s", STR_ARG(path));
		return rc;
	}
	s->files++;
	s->bytes += text.len;
	if (o.redact)
		return redact(s, text, &g, err);
	for (size_t i = 0; i < g.count; i++)
		add_finding(s, path, text, &g.items[i]);
	for (size_t i = 0; i < g.note_count; i++)
		add_note(s, path, text, &g.notes[i]);
	return 0;
}

static bool is_binary(struct str text)
{
	return memchr(text.p, 0, MIN(text.len, (size_t)8192)) != NULL;
}

static int scan_file(struct scan *s, const char *path, bool walked, struct err *err)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(GUARD_TEXT_MAX);
	int rc = strcmp(path, "-") == 0 ? io_read_fd(STDIN_FILENO, &text, err)
					: io_read_file(path, &text, err);
	if (rc < 0)
		return rc;
	if (walked && text.len && is_binary(buf_str(&text))) {
		s->skipped++;
		return 0;
	}
	while (path[0] == '.' && path[1] == '/' && path[2])
		path += 2;
	return text.len ? scan_text(s, str_of(path), buf_str(&text), err) : 0;
}

/* --- paths -------------------------------------------------------------------------------------------- */

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static void close_fts(FTS **f)
{
	if (*f)
		fts_close(*f);
}

static int visit(struct scan *s, FTS *tree, FTSENT *e, struct err *err)
{
	switch (e->fts_info) {
	case FTS_D:
		if (e->fts_level > 0 && strcmp(e->fts_name, ".git") == 0)
			fts_set(tree, e, FTS_SKIP);
		return 0;
	case FTS_F:
		return scan_file(s, e->fts_path, e->fts_level > 0, err);
	case FTS_NS:
	case FTS_ERR:
	case FTS_DNR:
		return err_sys(err, e->fts_errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, e->fts_errno,
			       "%s", e->fts_path);
	default:
		return 0; /* links are not followed */
	}
}

static int scan_path(struct scan *s, char *path, struct err *err)
{
	char *const paths[] = {path, NULL};
	if (strcmp(path, "-") == 0)
		return scan_file(s, path, false, err);
	CLEANUP(close_fts) FTS *tree = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, by_name);
	if (!tree)
		return err_sys(err, ERR_IO, errno, "%s", path);
	for (FTSENT *e; (e = fts_read(tree));) {
		int rc = visit(s, tree, e, err);
		if (rc < 0)
			return rc;
	}
	return 0;
}

/* --- what is printed ------------------------------------------------------------------------------------ */

static const char *help_of(void *state, const char *id)
{
	const struct scan *s = state;
	const struct guard_rule *r = guard_rules_find(s->rules, id);
	return r ? r->says : "a guard:allow comment that is not honoured";
}

static void write_json(struct buf *out, const struct scan *s)
{
	struct json j;
	json_init(&j, out);
	json_object(&j);
	json_strz(&j, "apiVersion", API_VERSION);
	json_strz(&j, "kind", "ScanReport");
	json_bool(&j, "clean", !s->blocked);
	json_int(&j, "files", (int64_t)s->files);
	json_int(&j, "bytes", (int64_t)s->bytes);
	json_int(&j, "skipped", (int64_t)s->skipped);
	json_key(&j, "findings");
	findings_json(&j, &s->found);
	json_end(&j);
	buf_add_char(out, '\n');
}

static int report(struct scan *s, struct err *err)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	findings_sort(&s->found);
	if (o.format && strcmp(o.format, "json") == 0)
		write_json(&out, s);
	else if (o.format && strcmp(o.format, "sarif") == 0)
		report_sarif_findings(&out, &s->found, help_of, s);
	else
		for (size_t i = 0; i < s->found.count; i++)
			finding_text(&out, &s->found.items[i]);
	int rc = cli_write(&out, err);
	return rc < 0 || !s->blocked ? rc : err_exit_status(ERR_DENIED);
}

static int run(struct cli *c, struct err *err)
{
	CLEANUP(guard_rules_freep) struct guard_rules *own = NULL;
	struct scan s = {0};
	int rc = o.patterns ? load_rules(&own, err) : 0;
	if (rc < 0)
		return rc;
	s.rules = own ? own : guard_rules_builtin();
	if ((rc = set_up(c, &s, err)) < 0)
		return rc;
	if (o.lines) {
		if (c->operand_count && strcmp(c->operands[0], "-") != 0)
			return cli_usage(c, err, "--jsonl reads standard input and no files");
		return cli_scan_lines(&s, err);
	}
	if (!c->operand_count)
		return cli_usage(c, err, "name files or folders, or - for standard input");
	if (o.redact && c->operand_count != 1)
		return cli_usage(c, err, "--redact takes one file, or -");
	for (int i = 0; i < c->operand_count && rc == 0; i++)
		rc = scan_path(&s, c->operands[i], err);
	return rc < 0 || o.redact ? rc : report(&s, err);
}

const struct cli_verb cli_verb_scan = {
	.name = "scan",
	.usage = "PATH... | -",
	.help = "Find personal data, secrets and smuggled instructions in files.",
	.about = "Looks through files and folders (but .git, links and binary files) with the "
		 "rules that\n"
		 "admission and the running skills use, and prints a line for each finding.\n"
		 "\"guard:allow RULE REASON\" in a comment allows what the rule finds in its line "
		 "and in\n"
		 "the next; what is allowed is printed as a note.\n\n"
		 "The exit status is 6 when something that blocks was found, and 0 otherwise.",
	.options = options,
	.most = -1,
	.run = run,
};
