#include "cli/tree.h"

#include <stdlib.h>

#include "base/json.h"
#include "base/mem.h"
#include "skill/kind.h"
#include "skill/text.h"

/* --- what is below what ---------------------------------------------------------------------------------------------- */

/* What one domain has of them, so that its tree is made without looking at the others again and again. */
struct part {
	struct cli_tree_of of;
	const struct doc_node **skills, **routes; /* heap */
};

static const struct doc_node **pick(const struct doc_node *const *list, size_t count,
				    struct str domain, size_t *ret_count)
{
	const struct doc_node **kept = mem_array(count + 1, sizeof(*kept));
	*ret_count = 0;
	for (size_t i = 0; i < count; i++)
		if (str_eq(kind_text(list[i], "metadata.domain"), domain))
			kept[(*ret_count)++] = list[i];
	return kept;
}

static void part_of(const struct cli_tree_of *all, struct str domain, struct part *ret)
{
	ret->skills = pick(all->skills, all->skill_count, domain, &ret->of.skill_count);
	ret->routes = pick(all->routes, all->route_count, domain, &ret->of.route_count);
	ret->of.skills = ret->skills;
	ret->of.routes = ret->routes;
}

static void part_release(struct part *p)
{
	free(p->skills);
	free(p->routes);
}

static bool is_manager(const struct doc_node *skill)
{
	return str_eqz(kind_text(skill, "spec.role"), "manager");
}

/* The domain's one manager, or NULL where there is none, or several. */
static const struct doc_node *manager_of(const struct cli_tree_of *t)
{
	const struct doc_node *found = NULL;
	for (size_t i = 0; i < t->skill_count; i++) {
		if (!is_manager(t->skills[i]))
			continue;
		if (found)
			return NULL;
		found = t->skills[i];
	}
	return found;
}

/* The skill after `from` that stands below `parent` (NULL: the domain itself); skill_count when there is none. */
static size_t next_skill(const struct cli_tree_of *t, const struct doc_node *manager,
			 const struct doc_node *parent, size_t from)
{
	for (; from < t->skill_count; from++) {
		bool top = !manager || t->skills[from] == manager;
		if (top == (parent == NULL))
			break;
	}
	return from;
}

static size_t next_route(const struct cli_tree_of *t, const struct doc_node *skill, size_t from)
{
	struct str name = kind_text(skill, "metadata.name");
	for (; from < t->route_count; from++)
		if (str_eq(kind_text(t->routes[from], "spec.skill"), name))
			break;
	return from;
}

/* --- text ------------------------------------------------------------------------------------------------------------- */

struct cli_tree_style cli_tree_style(const struct cli *c)
{
	static const char *const variables[] = {"LC_ALL", "LC_CTYPE", "LANG"};
	struct cli_tree_style style = {.color = c->color};
	for (size_t i = 0; c->terminal_out && i < ARRAY_SIZE(variables); i++) {
		const char *value = getenv(variables[i]);
		if (!value || !*value)
			continue;
		style.utf8 = strcasestr(value, "utf-8") || strcasestr(value, "utf8");
		break;
	}
	return style;
}

enum mark { MARK_READY, MARK_MOVING, MARK_STALLED };

static enum mark mark_of(const struct doc_node *object)
{
	if (str_eqz(kind_text(object, "status.conditions[Stalled].status"), "True"))
		return MARK_STALLED;
	return str_eqz(kind_text(object, "status.conditions[Ready].status"), "True") ? MARK_READY
										     : MARK_MOVING;
}

static void add_mark(struct buf *out, const struct doc_node *object, struct cli_tree_style style)
{
	static const struct {
		const char *ascii, *utf8, *color;
	} marks[] = {{"ok", "\u2714", "\033[32m"},
		     {"..", "\u2026", "\033[33m"},
		     {"!!", "\u2718", "\033[31m"}};
	enum mark m = mark_of(object);
	buf_addf(out, "%s%s%s ", style.color ? marks[m].color : "",
		 style.utf8 ? marks[m].utf8 : marks[m].ascii, style.color ? "\033[0m" : "");
}

/* Before a line: what is open above it. */
struct branch {
	const struct branch *up; /* NULL: right below the domain */
	bool last;
};

static void add_stems(struct buf *out, const struct branch *b, struct cli_tree_style style)
{
	if (!b)
		return;
	add_stems(out, b->up, style);
	buf_addz(out, b->last ? "    " : style.utf8 ? "\u2502   " : "|   ");
}

static void add_branch(struct buf *out, const struct branch *b, struct cli_tree_style style)
{
	add_stems(out, b->up, style);
	if (style.utf8)
		buf_addz(out, b->last ? "\u2514\u2500\u2500 " : "\u251c\u2500\u2500 ");
	else
		buf_addz(out, b->last ? "`-- " : "|-- ");
}

static void add_path(struct buf *out, const char *before, const struct doc_node *object,
		     const char *path)
{
	const struct kind_column column = {NULL, path, false};
	CLEANUP(buf_release) struct buf cell = BUF_INIT(64 * 1024);
	kind_cell(&cell, &column, object, 0);
	if (!str_eqz(buf_str(&cell), "-"))
		buf_addf(out, "%s%s", before, buf_cstr(&cell));
}

static void add_reason(struct buf *out, const struct doc_node *object)
{
	if (mark_of(object) != MARK_READY)
		add_path(out, "  ", object, "@status status.conditions");
}

static void add_route(struct buf *out, const struct doc_node *route, const struct branch *b,
		      struct cli_tree_style style)
{
	add_branch(out, b, style);
	add_path(out, "", route, "spec.kind");
	add_path(out, ": ", route, "spec.pattern");
	buf_add_char(out, '\n');
}

static void add_skill(struct buf *out, const struct cli_tree_of *t, const struct doc_node *manager,
		      const struct doc_node *skill, const struct branch *b,
		      struct cli_tree_style style)
{
	size_t below = skill == manager ? next_skill(t, manager, skill, 0) : t->skill_count;
	add_branch(out, b, style);
	add_mark(out, skill, style);
	add_path(out, "", skill, "metadata.name");
	add_path(out, "  ", skill, "spec.role");
	add_path(out, "  ", skill, "@short status.digest");
	add_reason(out, skill);
	buf_add_char(out, '\n');
	for (size_t i = next_route(t, skill, 0), next; i < t->route_count; i = next) {
		next = next_route(t, skill, i + 1);
		const struct branch r = {b, next == t->route_count && below == t->skill_count};
		add_route(out, t->routes[i], &r, style);
	}
	for (size_t i = below, next; i < t->skill_count; i = next) {
		next = next_skill(t, manager, skill, i + 1);
		const struct branch s = {b, next == t->skill_count};
		add_skill(out, t, manager, t->skills[i], &s, style);
	}
}

void cli_tree_text(struct buf *out, const struct cli_tree_of *t, struct cli_tree_style style)
{
	for (size_t d = 0; d < t->domain_count; d++) {
		struct str domain = kind_text(t->domains[d], "metadata.name");
		CLEANUP(part_release) struct part part = {0};
		part_of(t, domain, &part);
		const struct doc_node *manager = manager_of(&part.of);
		add_mark(out, t->domains[d], style);
		add_path(out, "", t->domains[d], "metadata.name");
		add_path(out, "  ", t->domains[d], "metadata.source.name");
		add_path(out, "@", t->domains[d], "@short metadata.source.revision");
		add_reason(out, t->domains[d]);
		buf_add_char(out, '\n');
		for (size_t i = next_skill(&part.of, manager, NULL, 0), next;
		     i < part.of.skill_count; i = next) {
			next = next_skill(&part.of, manager, NULL, i + 1);
			const struct branch b = {NULL, next == part.of.skill_count};
			add_skill(out, &part.of, manager, part.of.skills[i], &b, style);
		}
	}
}

/* --- JSON -------------------------------------------------------------------------------------------------------------- */

static void json_state(struct json *j, const struct doc_node *object)
{
	CLEANUP(buf_release) struct buf status = BUF_INIT(4096);
	const struct kind_column column = {NULL, "@status status.conditions", false};
	kind_cell(&status, &column, object, 0);
	json_str(j, "name", kind_text(object, "metadata.name"));
	json_str(j, "ready", kind_text(object, "status.conditions[Ready].status"));
	json_str(j, "status", buf_str(&status));
	json_str(j, "digest", kind_text(object, "status.digest"));
}

static void json_skill(struct json *j, const struct cli_tree_of *t, const struct doc_node *manager,
		       const struct doc_node *skill)
{
	json_object(j);
	json_state(j, skill);
	json_str(j, "role", kind_text(skill, "spec.role"));
	json_array_in(j, "routes");
	for (size_t i = next_route(t, skill, 0); i < t->route_count;
	     i = next_route(t, skill, i + 1)) {
		json_object(j);
		json_str(j, "kind", kind_text(t->routes[i], "spec.kind"));
		json_str(j, "pattern", kind_text(t->routes[i], "spec.pattern"));
		json_end(j);
	}
	json_end(j);
	if (skill == manager) {
		json_array_in(j, "skills");
		for (size_t i = next_skill(t, manager, skill, 0); i < t->skill_count;
		     i = next_skill(t, manager, skill, i + 1))
			json_skill(j, t, manager, t->skills[i]);
		json_end(j);
	}
	json_end(j);
}

void cli_tree_json(struct buf *out, const struct cli_tree_of *t)
{
	struct json j;
	json_init(&j, out);
	json_object(&j);
	json_strz(&j, "apiVersion", API_VERSION);
	json_strz(&j, "kind", "Tree");
	json_array_in(&j, "items");
	for (size_t d = 0; d < t->domain_count; d++) {
		struct str domain = kind_text(t->domains[d], "metadata.name");
		CLEANUP(part_release) struct part part = {0};
		part_of(t, domain, &part);
		const struct doc_node *manager = manager_of(&part.of);
		json_object(&j);
		json_state(&j, t->domains[d]);
		json_str(&j, "source", kind_text(t->domains[d], "metadata.source.name"));
		json_str(&j, "revision", kind_text(t->domains[d], "metadata.source.revision"));
		json_array_in(&j, "skills");
		for (size_t i = next_skill(&part.of, manager, NULL, 0); i < part.of.skill_count;
		     i = next_skill(&part.of, manager, NULL, i + 1))
			json_skill(&j, &part.of, manager, part.of.skills[i]);
		json_end(&j);
		json_end(&j);
	}
	json_end(&j);
	json_end(&j);
}
