/* What `aspora get` is asked for: operands, files and columns. */
#include <ctype.h>

#include "cli/elsewhere.h"
#include "cli/event_for.h"
#include "cli/file_ref.h"
#include "cli/get.h"

#define ALL "domains,skills,routes,sources"
#define LABEL_COLUMNS_MAX 8

struct cli_get_options cli_get_options;
#define o cli_get_options

static bool kind_is(const struct kind *k, const char *name)
{
	return strcmp(k->name, name) == 0;
}

/* --- which objects ------------------------------------------------------------------------------------------------ */

static struct getting *group_of(struct cli_gateway *g, struct gettings *all, const struct kind *k)
{
	for (size_t i = 0; i < all->count; i++)
		if (all->items[i].refs[0].kind == k)
			return &all->items[i];
	ARENA_GROW(g->c->arena, all->items, all->count, all->cap);
	all->items[all->count] = (struct getting){.g = g};
	return &all->items[all->count++];
}

static void add(struct cli_gateway *g, struct gettings *all, const struct cli_ref *ref)
{
	struct getting *w = group_of(g, all, ref->kind);
	ARENA_GROW(g->c->arena, w->refs, w->count, w->cap);
	w->refs[w->count++] = *ref;
}

static int by_files(struct cli_gateway *g, struct gettings *all, struct err *err)
{
	struct cli_refs refs = {0};
	int rc = 0;
	if (g->c->operand_count)
		return cli_usage(g->c, err, "-f says which objects: \"%s\" is too much",
				 g->c->operands[0]);
	for (size_t i = 0; rc == 0 && i < o.files.count; i++)
		rc = cli_file_refs(g->c, o.files.items[i], &refs, err);
	for (size_t i = 0; rc == 0 && i < refs.count; i++)
		add(g, all, &refs.items[i]);
	return rc;
}

/* "skill/ecm/a domain/hr" */
static int by_slashes(struct cli_gateway *g, const char *domain, struct gettings *all,
		      struct err *err)
{
	struct cli *c = g->c;
	for (int i = 0; i < c->operand_count; i++) {
		struct cli_ref ref;
		if (!strchr(c->operands[i], '/'))
			return cli_usage(c, err, "\"%s\" stands among objects written KIND/NAME",
					 c->operands[i]);
		int rc = cli_ref_parse(c, c->operands[i], NULL, domain, &ref, err);
		if (rc < 0)
			return rc;
		add(g, all, &ref);
	}
	return 0;
}

/* "skills", "skills,domains", "skill ecm/a ecm/b" */
static int by_kinds(struct cli_gateway *g, const char *domain, struct gettings *all,
		    struct err *err)
{
	struct cli *c = g->c;
	bool every = strcmp(c->operands[0], "all") == 0;
	struct str rest = str_of(every ? ALL : c->operands[0]), word;
	if (every && c->operand_count > 1)
		return cli_usage(c, err, "all kinds are listed, and \"%s\" is a name",
				 c->operands[1]);
	while (str_split(&rest, ',', &word)) {
		const char *kind = arena_strndup(c->arena, word.p, word.len);
		for (int i = c->operand_count > 1; i < c->operand_count; i++) {
			struct cli_ref ref;
			int rc = cli_ref_parse(c, kind, i ? c->operands[i] : NULL, domain, &ref,
					       err);
			if (rc < 0)
				return rc;
			add(g, all, &ref);
		}
	}
	return 0;
}

static int check(const struct getting *w, struct err *err)
{
	const struct kind *k = w->refs[0].kind;
	struct cli *c = w->g->c;
	if (!w->list && (o.labels || o.fields))
		return cli_usage(c, err, "objects are named or selected, not both");
	if ((o.about || o.types) && !kind_is(k, "Event"))
		return cli_usage(c, err, "--%s is about events, not about %s",
				 o.about ? "for" : "types", k->plural);
	if (!o.at || kind_is(k, "Skill") || kind_is(k, "Domain"))
		return 0;
	err_set(err, ERR_USAGE, "--at: only skills and domains are kept as they were, not %s",
		k->plural);
	return err_remedy(err, "`aspora get releases` and `aspora audit` say what was done");
}

/* --- columns ------------------------------------------------------------------------------------------------------ */

/* "app/team,tier": the names of -L, one after the other. */
static size_t label_names(const struct cli *c, struct str names[LABEL_COLUMNS_MAX])
{
	size_t n = 0;
	(void)c;
	for (size_t i = 0; i < o.label_columns.count; i++) {
		struct str rest = str_of(o.label_columns.items[i]), one;
		while (str_split(&rest, ',', &one) && n < LABEL_COLUMNS_MAX)
			if (one.len)
				names[n++] = one;
	}
	return n;
}

static const char *member_of(const struct cli *c, size_t i)
{
	return arena_printf(c->arena, "label %zu", i);
}

/* "TEAM", of "example.com/team" too. */
static const char *title_of(const struct cli *c, struct str name)
{
	ptrdiff_t slash = str_find_byte(name, '/', 0);
	struct str last = str_sub(name, (size_t)(slash + 1), name.len);
	char *title = arena_strndup(c->arena, last.p, last.len);
	for (char *p = title; *p; p++)
		*p = (char)toupper((unsigned char)*p);
	return title;
}

void cli_get_add_labels(const struct getting *w, const struct doc_node **objects, size_t count)
{
	const struct cli *c = w->g->c;
	struct str names[LABEL_COLUMNS_MAX];
	size_t n = cli_output_is_table(c) ? label_names(c, names) : 0;
	for (size_t i = 0; i < count; i++) {
		const struct doc_node *labels = kind_path(objects[i], "metadata.labels");
		for (size_t k = 0; k < n; k++) {
			struct str value =
				doc_text(labels, arena_strndup(c->arena, names[k].p, names[k].len));
			const char *text = arena_strndup(c->arena, value.len ? value.p : "",
							 value.len);
			objects[i] = cli_with_member(c, objects[i], member_of(c, k),
						     cli_text_node(c, text));
		}
	}
}

/* The kind's own columns, with those that options add before and after them. */
static const struct kind_column *columns_of(struct cli *c, const struct kind *k)
{
	struct str names[LABEL_COLUMNS_MAX];
	size_t n = 0, count = 0, labels = label_names(c, names);
	while (k->columns[count].title)
		count++;
	struct kind_column *out = arena_array(c->arena, count + labels + 3, sizeof(*out));
	if (o.events)
		out[n++] = (struct kind_column){"EVENT", "event", false};
	memcpy(out + n, k->columns, count * sizeof(*out));
	n += count;
	for (size_t i = 0; i < labels; i++)
		out[n++] = (struct kind_column){title_of(c, names[i]), member_of(c, i), false};
	if (o.show_labels)
		out[n++] = (struct kind_column){"LABELS", "@labels metadata.labels", false};
	out[n] = (struct kind_column){NULL, NULL, false};
	return out;
}

static const char *none_of(struct cli *c, const struct cli_ref *ref)
{
	return arena_printf(c->arena, "no %s%s%s%s", ref->kind->plural, ref->domain ? " in " : "",
			    ref->domain ? ref->domain : "",
			    o.labels || o.fields || o.state || o.about || o.types ? " that fit"
										  : "");
}

static int prepare(struct getting *w, struct err *err)
{
	struct cli *c = w->g->c;
	const struct kind *k = w->refs[0].kind;
	w->list = w->refs[0].name == NULL;
	for (size_t i = 0; i < w->count; i++)
		if (!w->refs[i].name && w->count > 1)
			return cli_usage(c, err, "%s are named twice", k->plural);
	w->view = (struct cli_view){.columns = columns_of(c, k),
				    .word = k->singular,
				    .list = w->list || w->count > 1,
				    .none = none_of(c, &w->refs[0])};
	return check(w, err);
}

int cli_get_parse(struct cli_gateway *g, struct gettings *ret, struct err *err)
{
	struct cli *c = g->c;
	const char *domain = o.all ? NULL : cli_domain(g, o.domain);
	int rc;
	*ret = (struct gettings){0};
	if (o.files.count)
		rc = by_files(g, ret, err);
	else if (c->operand_count == 0)
		rc = cli_usage(c, err, "say what: a kind, or -f PATH");
	else
		rc = strchr(c->operands[0], '/') ? by_slashes(g, domain, ret, err)
						 : by_kinds(g, domain, ret, err);
	for (size_t i = 0; rc == 0 && i < ret->count; i++)
		rc = prepare(&ret->items[i], err);
	return rc;
}

int cli_get_path(struct getting *w, const char **ret, struct err *err)
{
	struct cli *c = w->g->c;
	struct cli_ref list = w->refs[0];
	const char *slash = o.skill ? strchr(o.skill, '/') : NULL, *path;
	for (size_t i = 1; i < w->count && list.domain; i++)
		if (!w->refs[i].domain || strcmp(w->refs[i].domain, list.domain) != 0)
			list.domain = NULL;
	list.name = NULL;
	if (slash)
		list.domain = NULL;
	path = cli_ref_path(c, &list);
	if (slash)
		path = cli_query(c, path, "domain",
				 arena_strndup(c->arena, o.skill, (size_t)(slash - o.skill)));
	path = cli_query(c, path, "skill", slash ? slash + 1 : o.skill);
	path = cli_query(c, path, "labelSelector", o.labels);
	path = cli_query(c, path, kind_is(list.kind, "Admission") ? "verdict" : "state", o.state);
	const char *fields = o.fields ? cli_elsewhere_selector(c->arena, list.kind, o.fields)
				      : NULL;
	const struct cli_event_for which = {o.about, o.domain, o.types, fields, o.all};
	int rc = cli_event_query(w->g, &which, &path, err);
	*ret = path;
	return rc;
}
