#include "cli/explain.h"

#include "admission/rule.h"
#include "base/mem.h"
#include "cli/explain_object.h"
#include "cli/resource.h"
#include "skill/config.h"
#include "skill/skill_rule.h"

#define DOTTED_MAX 160

static bool has_sub(const struct field *f)
{
	return f->sub != NULL;
}

static const char *const table_kind[] = {
	[FIELD_OBJECT] = "a section",
	[FIELD_LIST] = "a list of",
	[FIELD_MAP] = "entries under names of your own, of",
};

static void add_levels(struct buf *out, const struct field *f)
{
	const char *sep = "";
	for (int l = LEVEL_PLATFORM; l <= LEVEL_SKILL; l++) {
		if (!config_field_at(f, (enum config_level)l))
			continue;
		buf_addf(out, "%s%s", sep, config_level_name((enum config_level)l));
		sep = ", ";
	}
}

static bool has_bounds(const struct field *f)
{
	return (f->type == FIELD_INT || f->type == FIELD_MONEY || f->type == FIELD_DURATION ||
		f->type == FIELD_SIZE || f->type == FIELD_PERCENT) &&
	       (f->min || f->max);
}

static void add_bounds(struct buf *out, const struct field *f)
{
	buf_addz(out, "  range     ");
	field_format(out, f, &f->min);
	if (f->max >= f->min) {
		buf_addz(out, " to ");
		field_format(out, f, &f->max);
	} else {
		buf_addz(out, " or more");
	}
	buf_add_char(out, '\n');
}

/* What the table says of one field. top: of the configuration itself, so that levels and the cascade mean something. */
static void explain_field(struct buf *out, const struct field *f, const char *dotted, bool top)
{
	buf_addf(out, "%s: ", dotted);
	if (f->type == FIELD_OBJECT || f->type == FIELD_LIST || f->type == FIELD_MAP)
		buf_addf(out, "%s%s\n", table_kind[f->type],
			 f->type == FIELD_OBJECT ? "" : " the fields below");
	else
		buf_addf(out, "%s\n", field_type_help(f));
	buf_addf(out, "  %s\n\n", f->help);
	if (top) {
		buf_addz(out, "  levels    ");
		add_levels(out, f);
		buf_add_char(out, '\n');
		if (f->type != FIELD_OBJECT)
			buf_addf(out, "  cascade   %s\n",
				 config_tighten_help(config_field_tighten(f)));
	}
	if (f->flags & FIELD_REQUIRED)
		buf_addz(out, "  required  yes\n");
	if (f->dflt)
		buf_addf(out, "  default   %s\n", f->dflt);
	if (has_bounds(f))
		add_bounds(out, f);
	if (f->example)
		buf_addf(out, "  example   %s: %s\n", f->name, f->example);
	for (const struct field *s = f->sub; s && s->name; s++)
		buf_addf(out, "%s  %-20s %s\n", s == f->sub ? "\n" : "", s->name, s->help);
}

static void explain_sections(struct buf *out)
{
	buf_addz(out, "aspora.config.yaml, at the top of the repository, of a domain, and of a "
		      "skill:\n\n");
	for (const struct field *f = config_fields; f->name; f++)
		buf_addf(out, "  %-10s %s\n", f->name, f->help);
	buf_addz(out, "\n`aspora explain SECTION` lists its fields.\n");
}

/* --- every name, for "did you mean" --------------------------------------------------------------------- */

struct names {
	char **items;
	size_t count, cap;
};

static void names_release(struct names *n)
{
	for (size_t i = 0; i < n->count; i++)
		free(n->items[i]);
	free(n->items);
}

static void names_add(struct names *n, char *name)
{
	GROW(n->items, n->count, n->cap);
	n->items[n->count++] = name;
}

static void names_of_fields(struct names *n, const struct field *fields, const char *prefix)
{
	for (const struct field *f = fields; f->name; f++) {
		char *dotted = mem_printf("%s%s%s", prefix, *prefix ? "." : "", f->name);
		names_add(n, dotted);
		if (has_sub(f))
			names_of_fields(n, f->sub, dotted);
	}
}

static int unknown(const char *word, struct err *err)
{
	CLEANUP(names_release) struct names n = {0};
	names_of_fields(&n, config_fields, "");
	for (const struct kind *k = kinds; k->name; k++)
		names_add(&n, mem_strdup(k->singular));
	for (const struct rule *r = rules; r->id; r++)
		names_add(&n, mem_strdup(r->id));
	for (const struct skill_rule *r = skill_rules; r->id; r++)
		names_add(&n, mem_strdup(r->id));
	err_set(err, ERR_NOT_FOUND, "\"%s\" is no field, rule or kind", word);
	const char *near = str_nearest(str_of(word), (const char *const *)n.items, n.count);
	/* A field by its own name, wherever it stands. */
	for (size_t i = 0; !near && i < n.count; i++) {
		const char *dot = strrchr(n.items[i], '.');
		if (dot && strcmp(dot + 1, word) == 0)
			near = n.items[i];
	}
	if (near)
		err_remedy(err, "did you mean %s?", near);
	else
		err_remedy(err, "`aspora explain` lists the sections of aspora.config.yaml");
	return ERR_NOT_FOUND;
}

/* --- rules ------------------------------------------------------------------------------------------------- */

static bool explain_rule(struct buf *out, const char *word)
{
	const struct rule *r = rule_find(str_of(word));
	const struct skill_rule *s = r ? NULL : skill_rule_find(word);
	if (r)
		buf_addf(out, "%s (%s): %s\n\n  looks at  %s\n  severity  %s%s\n  advice    %s\n",
			 r->id, r->family, r->sentence, r->looks_at, severity_name(r->severity),
			 r->fixed ? ", and no policy changes it" : "; policy.rules may set another",
			 r->advice);
	if (!s)
		return r != NULL;
	buf_addf(out, "%s: %s\n\n", s->id, s->help);
	for (int p = PROFILE_LENIENT; p <= PROFILE_PORTABLE; p++)
		buf_addf(out, "  %-9s %s\n", profile_name((enum profile)p),
			 s->severity[p] == SEVERITY_NONE
				 ? "says nothing"
				 : severity_name((enum severity)s->severity[p]));
	return true;
}

/* --- kinds ------------------------------------------------------------------------------------------------- */

static void add_verbs(struct buf *out, unsigned verbs)
{
	const char *names[CLI_KIND_VERBS];
	size_t count;
	cli_kind_verbs(verbs, names, &count);
	for (size_t i = 0; i < count; i++)
		buf_addf(out, "%s%s", i ? ", " : "", names[i]);
}

static void explain_kind(struct buf *out, const struct kind *k)
{
	buf_addf(out, "%s: %s\n\n  names     %s, %s, %s\n  identity  %s\n  verbs     ", k->name,
		 k->help, k->plural, k->singular, k->short_name,
		 k->namespaced ? "a name within a domain" : "a name");
	add_verbs(out, k->verbs);
	buf_addz(out, "\n\n");
	for (const struct kind_column *c = k->columns; c->title; c++)
		buf_addf(out, "  %-10s %s%s\n", c->title, cli_column_path(c),
			 c->wide ? " (wide)" : "");
}

/* "skill", "skill.status.serving", "skill.spec.config.budget.per_run_usd". */
static bool explain_kind_path(struct buf *out, const char *word, bool all)
{
	struct str rest = str_of(word), head;
	str_split(&rest, '.', &head);
	const struct kind *k = kind_find(head);
	const char *path = rest.len ? rest.p : "";
	if (!k)
		return false;
	if (strncmp(path, "spec.config.", 12) == 0) {
		const struct field *f = field_find(config_fields, path + 12);
		if (f)
			explain_field(out, f, path + 12,
				      strchr(path + 12, '.') == NULL ||
					      config_leaf_find(str_of(path + 12)));
		return f != NULL;
	}
	if (!*path)
		explain_kind(out, k);
	size_t before = out->len;
	bool found = cli_explain_object(out, k, path);
	if (found && all) {
		out->len = before;
		buf_addf(out, "%s%s%s\n", *path ? k->singular : "\nfields", *path ? "." : "", path);
		cli_explain_all(out, k, path);
	}
	return found;
}

/* A field that a kind has not. */
static int unknown_of_kind(const char *word, struct err *err)
{
	struct str rest = str_of(word), head;
	str_split(&rest, '.', &head);
	const struct kind *k = kind_find(head);
	if (!k || !rest.len)
		return 0;
	err_set(err, ERR_NOT_FOUND, "%s have no field \"%s\"", k->plural, rest.p);
	const char *near = cli_explain_nearest(k, rest.p);
	return near ? err_remedy(err, "did you mean %s.%s?", k->singular, near)
		    : err_remedy(err, "`aspora explain %s --recursive` lists them", k->singular);
}

/* --- what is no field of the configuration -------------------------------------------------------------------- */

static const struct {
	const char *words[3];
	const char *text;
} topics[] = {
	{{"trigger", "triggers", NULL},
	 "trigger: what a skill answers to, in the frontmatter of SKILL.md; one, or a list.\n\n"
	 "  command: order status {order_id}           words that somebody writes; {name} takes "
	 "one, {name...} the rest\n"
	 "  alert: order.stuck                         an alert of this name\n"
	 "  cron: weekdays 09:00 Asia/Dubai            a schedule in words, or five fields and a "
	 "zone\n"
	 "  always                                     kept running: started again after each "
	 "end\n\n"
	 "Two skills may not answer the same words: `aspora admit` names both. aspora-skill(5) has "
	 "all of it.\n"},
	{{"cases", "cases.md", "expect"},
	 "tests/cases.md: the tests of a skill, as an analyst writes them.\n\n"
	 "  ## It finds the order                      a case, and what it is about\n"
	 "  ### Input\n"
	 "  order status 17                            what is asked: text, or JSON in a fence "
	 "marked json\n"
	 "  ### Expect\n"
	 "  - contains \"shipped\"                       also: equals \"...\", matches /.../, "
	 "field a.b equals \"...\"\n"
	 "  - must not contain \"error\"                 any of them, refused\n\n"
	 "How many are wanted is tests.min_cases. `aspora test` runs them. aspora-skill(5) has all "
	 "of it.\n"},
};

static bool explain_topic(struct buf *out, const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(topics); i++)
		for (size_t k = 0; k < ARRAY_SIZE(topics[i].words); k++)
			if (topics[i].words[k] && strcasecmp(topics[i].words[k], word) == 0) {
				buf_addz(out, topics[i].text);
				return true;
			}
	return false;
}

int cli_explain(struct buf *out, const char *word, bool all, struct err *err)
{
	if (!word || strcmp(word, "config") == 0) {
		explain_sections(out);
		return 0;
	}
	const struct field *f = field_find(config_fields, word);
	if (f) {
		bool top = config_leaf_find(str_of(word)) != NULL || strchr(word, '.') == NULL;
		explain_field(out, f, word, top);
		return 0;
	}
	if (explain_topic(out, word) || explain_rule(out, word) ||
	    explain_kind_path(out, word, all))
		return 0;
	int rc = unknown_of_kind(word, err);
	return rc < 0 ? rc : unknown(word, err);
}
