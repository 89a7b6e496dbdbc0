#include "cli/manual.h"

#include "base/mdoc.h"
#include "guard/guard.h"
#include "base/mem.h"
#include "cli/output.h"
#include "skill/config.h"
#include "skill/condition.h"
#include "skill/skill_rule.h"

/* --- verbs ------------------------------------------------------------------------------------------------------- */

static void option(struct buf *out, const struct opt *o)
{
	CLEANUP(buf_release) struct buf help = BUF_INIT(4096);
	buf_addz(out, ".It ");
	if (o->letter)
		buf_addf(out, "Fl %c , ", o->letter);
	buf_addf(out, "Fl \\-%s", o->name);
	const char *arg = o->arg ? o->arg : "VALUE";
	if (o->type == OPT_WORD)
		buf_addf(out, " Ns Op = Ns Ar %s", arg);
	else if (o->type != OPT_FLAG)
		buf_addf(out, " Ns = Ns Ar %s", arg);
	buf_add_char(out, '\n');
	buf_addz(&help, o->help);
	mdoc_text(out, buf_cstr(&help));
	if (o->type == OPT_STRINGS)
		buf_addz(out, "It may be given several times.\n");
}

static void options(struct buf *out, const struct opt *opts)
{
	if (!opts || !opts->name)
		return;
	buf_addz(out, ".Bl -tag -width Ds\n");
	for (const struct opt *o = opts; o->name; o++)
		option(out, o);
	buf_addz(out, ".El\n");
}

/* Paragraphs, and lines that stand as they are where they are indented. */
static void about(struct buf *out, const char *text)
{
	CLEANUP(buf_release) struct buf para = BUF_INIT(16 * 1024);
	struct str rest = str_of(text), line;
	bool literal = false;
	while (str_split(&rest, '\n', &line)) {
		bool indented = str_starts(line, STR("    "));
		if (para.len && (indented || !line.len)) {
			mdoc_text(out, buf_cstr(&para));
			buf_reset(&para);
		}
		if (literal && !indented) {
			buf_addz(out, ".Ed\n");
			literal = false;
			if (line.len)
				buf_addz(out, ".Pp\n");
		}
		if (indented && !literal)
			buf_addz(out, ".Bd -literal -offset indent\n");
		literal |= indented;
		if (indented)
			mdoc_line(out, str_sub(line, 4, line.len));
		else if (!line.len && rest.len && !str_starts(rest, STR("    ")))
			buf_addz(out, ".Pp\n");
		else if (line.len)
			buf_addf(&para, "%s%.*s", para.len ? " " : "", STR_ARG(line));
	}
	if (para.len)
		mdoc_text(out, buf_cstr(&para));
	if (literal)
		buf_addz(out, ".Ed\n");
}

/* The options that several verbs have are told once. */
static void also(struct buf *out, unsigned uses)
{
	if (!(uses & (CLI_USES_OUTPUT | CLI_USES_FOLDER | CLI_USES_GATEWAY)))
		return;
	buf_addz(out, ".Pp\nIt also takes\n");
	if (uses & CLI_USES_OUTPUT)
		buf_addz(out, ".Fl \\-output ,\n");
	if (uses & CLI_USES_FOLDER)
		buf_addz(out, ".Fl \\-folder ,\n");
	if (uses & CLI_USES_GATEWAY)
		buf_addz(out, ".Fl \\-server ,\n.Fl \\-key ,\n.Fl \\-context ,\n");
	buf_addz(out, "see\n.Sx COMMON OPTIONS .\n");
}

static void verb(struct buf *out, const struct cli_verb *v)
{
	buf_addf(out, ".Ss %s\n.Dl aspora %s%s", v->name, v->name, v->usage[0] ? " " : "");
	mdoc_line(out, str_of(v->usage));
	buf_addz(out, ".Pp\n");
	mdoc_text(out, v->help);
	if (v->about) {
		if (strncmp(v->about, "    ", 4) != 0)
			buf_addz(out, ".Pp\n");
		about(out, v->about);
	}
	options(out, v->options);
	also(out, v->uses);
}

static void write_verbs(struct cli *c, struct buf *out)
{
	(void)c;
	for (size_t i = 0; cli_verbs[i]; i++)
		if (!(cli_verbs[i]->uses & CLI_HIDDEN))
			verb(out, cli_verbs[i]);
}

static void write_options(struct cli *c, struct buf *out)
{
	static const struct cli_verb all = {.name = "",
					    .usage = "",
					    .uses = CLI_USES_OUTPUT | CLI_USES_FOLDER |
						    CLI_USES_GATEWAY};
	struct opt opts[CLI_OPTIONS_MAX + 1];
	cli_options(c, &all, opts);
	options(out, opts);
}

static void write_formats(struct cli *c, struct buf *out)
{
	(void)c;
	buf_addz(out, ".Bl -tag -width jsonpath\n");
	for (const struct cli_format *f = cli_formats; f->name; f++) {
		buf_addf(out, ".It Cm %s\n", f->name);
		mdoc_text(out, f->help);
	}
	buf_addz(out, ".El\n");
}

/* --- exit statuses --------------------------------------------------------------------------------------------------- */

/* Codes of one status together; the sentence of each. */
static void write_exit(struct cli *c, struct buf *out)
{
	static const struct {
		int status;
		const char *text, *help;
	} rows[] = {
#define E(name, text, exit_status, http_status, help) {exit_status, text, help},
#include "base/err.def"
#undef E
	};
	(void)c;
	buf_addz(out, ".Bl -tag -width Ds\n.It 0\nIt was done, and nothing is wrong.\n");
	for (int status = 1; status < 128; status++) {
		bool first = true;
		for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
			if (rows[i].status != status)
				continue;
			if (first)
				buf_addf(out, ".It %d\n", status);
			first = false;
			CLEANUP_FREE char *help = mem_printf("%s.", rows[i].help);
			buf_addf(out, ".Sy %s :\n", rows[i].text);
			mdoc_line(out, str_of(help));
		}
	}
	buf_addz(out, ".El\n");
}

/* --- fields, rules, conditions ------------------------------------------------------------------------------------------ */

static void add_level(struct buf *out, const struct field *f, bool top)
{
	const char *sep = "It may stand at the level of ";
	if (!top)
		return;
	for (int l = LEVEL_PLATFORM; l <= LEVEL_SKILL; l++) {
		if (!config_field_at(f, (enum config_level)l))
			continue;
		buf_addf(out, "%s%s", sep, config_level_name((enum config_level)l));
		sep = ", ";
	}
	buf_addz(out, ".\n");
	if (f->type != FIELD_OBJECT)
		mdoc_text(out, config_tighten_help(config_field_tighten(f)));
}

static void write_config(struct cli *c, struct buf *out)
{
	(void)c;
	mdoc_fields(out, config_fields, add_level);
}

static void write_rules(struct cli *c, struct buf *out)
{
	(void)c;
	buf_addz(out, ".Bl -tag -width Ds\n");
	for (const struct skill_rule *r = skill_rules; r->id; r++) {
		buf_addf(out, ".It Sy %s\n", r->id);
		mdoc_text(out, r->help);
		buf_add_char(out, '(');
		for (int p = PROFILE_LENIENT; p <= PROFILE_PORTABLE; p++)
			buf_addf(out, "%s%s: %s", p ? ", " : "", profile_name((enum profile)p),
				 r->severity[p] == SEVERITY_NONE
					 ? "nothing"
					 : severity_name((enum severity)r->severity[p]));
		buf_addz(out, ".)\n");
	}
	buf_addz(out, ".El\n");
}

static void write_reasons(struct cli *c, struct buf *out)
{
	(void)c;
	buf_addz(out, ".Bl -tag -width Ds\n");
	for (const struct condition_reason *r = condition_reasons; r->name; r++) {
		buf_addf(out, ".It Sy %s\n", r->name);
		mdoc_text(out, r->help);
	}
	buf_addz(out, ".El\n");
}

static void write_guard(struct cli *c, struct buf *out)
{
	static const char *const titles[] = {"Personal data", "Secrets", "Instructions"};
	const struct guard_rules *rules = guard_rules_builtin();
	(void)c;
	for (int k = 0; k < GUARD_CATEGORIES; k++) {
		buf_addf(out, ".Ss %s\n.Bl -tag -width Ds\n", titles[k]);
		for (size_t i = 0; i < guard_rules_count(rules); i++) {
			const struct guard_rule *r = guard_rules_at(rules, i);
			if ((int)r->category != k)
				continue;
			CLEANUP(buf_release) struct buf says = BUF_INIT(4096);
			bool small = r->says[0] >= 'a' && r->says[0] <= 'z';
			buf_addf(&says, "%c%s.", small ? r->says[0] ^ 0x20 : r->says[0],
				 r->says + 1);
			buf_addf(out, ".It Sy %s\n", r->id);
			mdoc_text(out, buf_cstr(&says));
		}
		buf_addz(out, ".El\n");
	}
}

const struct cli_manual cli_manuals[] = {
	{"guard", write_guard},	    {"verbs", write_verbs},	{"options", write_options},
	{"formats", write_formats}, {"exit", write_exit},	{"config", write_config},
	{"rules", write_rules},	    {"reasons", write_reasons}, {NULL, NULL},
};
