#include "cli/changes.h"

#include <stdlib.h>

#include "skill/kind.h"

struct words {
	struct arena *a;
	struct cli_change_word *items;
	size_t count, cap;
};

static void add(struct words *w, bool growth, const char *fmt, ...) PRINTF(3, 4);
static void add(struct words *w, bool growth, const char *fmt, ...)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(BUF_MAX);
	va_list ap;
	va_start(ap, fmt);
	buf_vaddf(&text, fmt, ap);
	va_end(ap);
	ARENA_GROW(w->a, w->items, w->count, w->cap);
	w->items[w->count++] = (struct cli_change_word){.growth = growth,
							.text = arena_str(w->a, buf_str(&text))};
}

/* --- values -------------------------------------------------------------------------------------------------------- */

static const char *text_of(struct words *w, const struct doc_node *n)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(BUF_MAX);
	if (n->type == DOC_STRING)
		buf_add_str(&text, n->text);
	else
		doc_write_json(&text, n, 0, true);
	return arena_strdup(w->a, buf_cstr(&text));
}

/* "config.budget.per_run_usd" is "budget per_run_usd" to people. */
static const char *label(struct words *w, const char *path)
{
	if (strncmp(path, "config.", 7) == 0)
		path += 7;
	char *text = arena_strdup(w->a, path);
	char *dot = strchr(text, '.');
	if (dot)
		*dot = ' ';
	return text;
}

static bool below(const char *path, const char *section)
{
	size_t len = strlen(section);
	return strncmp(path, section, len) == 0 && path[len] == '.';
}

/* Leading digits: "128Mi", "10s" and "0.25" are compared by them where their units agree. */
static bool is_more(const char *old, const char *now)
{
	char *old_unit, *now_unit;
	double a = strtod(old, &old_unit), b = strtod(now, &now_unit);
	return old_unit != old && now_unit != now && strcmp(old_unit, now_unit) == 0 && b > a;
}

static bool is_growth(const char *path, const char *old, const char *now)
{
	if (strcmp(path, "config.runtime.network") == 0)
		return strcmp(now, "true") == 0;
	return (below(path, "config.budget") || below(path, "config.limits")) && is_more(old, now);
}

/* Long texts and counts are said to have changed; the rest from what to what. */
static void differs(struct words *w, const char *path, const struct doc_node *old,
		    const struct doc_node *now)
{
	const char *before = text_of(w, old), *after = text_of(w, now), *name = label(w, path);
	if (strlen(before) + strlen(after) > 100)
		add(w, false, "%s changed", name);
	else
		add(w, is_growth(path, before, after), "%s %s \u2192 %s", name, before, after);
}

/* --- lists and maps -------------------------------------------------------------------------------------------------- */

static const struct {
	const char *path, *added, *gone;
	bool growth;
} lists[] = {
	{"triggers", "new trigger", "no longer answers", false},
	{"config.mcp.tools", "new tool", "no longer uses tool", true},
};

static bool has(const struct doc_node *list, const struct doc_node *item)
{
	for (size_t i = 0; i < list->list.count; i++)
		if (doc_equal(list->list.items[i], item))
			return true;
	return false;
}

static void difference_list(struct words *w, const char *path, const struct doc_node *old,
			    const struct doc_node *now)
{
	const char *added = arena_printf(w->a, "new in %s:", label(w, path));
	const char *gone = arena_printf(w->a, "gone from %s:", label(w, path));
	bool growth = false;
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		if (strcmp(lists[i].path, path) == 0) {
			added = lists[i].added;
			gone = lists[i].gone;
			growth = lists[i].growth;
		}
	for (size_t i = 0; i < now->list.count; i++)
		if (!has(old, now->list.items[i]))
			add(w, growth, "%s %s", added, text_of(w, now->list.items[i]));
	for (size_t i = 0; i < old->list.count; i++)
		if (!has(now, old->list.items[i]))
			add(w, false, "%s %s", gone, text_of(w, old->list.items[i]));
}

static void difference(struct words *w, const char *path, const struct doc_node *old,
		       const struct doc_node *now);

static void difference_map(struct words *w, const char *path, const struct doc_node *old,
			   const struct doc_node *now)
{
	const char *dot = *path ? "." : "";
	for (size_t i = 0; i < now->map.count; i++) {
		const struct doc_pair *p = &now->map.pairs[i], *was = doc_find_pair(old, p->key);
		const char *at = arena_printf(w->a, "%s%s%.*s", path, dot, STR_ARG(p->key));
		difference(w, at, was ? was->value : NULL, p->value);
	}
	for (size_t i = 0; i < old->map.count; i++) {
		const struct doc_pair *p = &old->map.pairs[i];
		if (!doc_find_pair(now, p->key))
			difference(w, arena_printf(w->a, "%s%s%.*s", path, dot, STR_ARG(p->key)),
				   p->value, NULL);
	}
}

/* An absent list is an empty one, and an absent map has nothing in it. */
static void difference(struct words *w, const char *path, const struct doc_node *old,
		       const struct doc_node *now)
{
	static const struct doc_node no_list = {.type = DOC_LIST}, no_map = {.type = DOC_MAP};
	const struct doc_node *one = now ? now : old;
	if (old && now && doc_equal(old, now))
		return;
	if (one->type == DOC_MAP && (!old || !now || old->type == now->type))
		difference_map(w, path, old ? old : &no_map, now ? now : &no_map);
	else if (one->type == DOC_LIST && (!old || !now || old->type == now->type))
		difference_list(w, path, old ? old : &no_list, now ? now : &no_list);
	else if (!old)
		add(w, false, "%s is %s", label(w, path), text_of(w, now));
	else if (!now)
		add(w, false, "%s is no longer %s", label(w, path), text_of(w, old));
	else
		differs(w, path, old, now);
}

/* --- skills ----------------------------------------------------------------------------------------------------------- */

static int order(const struct doc_node *a, const struct doc_node *b)
{
	int by_domain = str_cmp(kind_text(a, "metadata.domain"), kind_text(b, "metadata.domain"));
	return by_domain ? by_domain
			 : str_cmp(kind_text(a, "metadata.name"), kind_text(b, "metadata.name"));
}

static struct cli_change compare(struct arena *a, const struct doc_node *old,
				 const struct doc_node *now)
{
	struct words w = {.a = a};
	struct cli_change c = {.op = (char)(!old   ? '+'
					    : !now ? '-'
						   : '~'),
			       .domain = kind_text(now ? now : old, "metadata.domain"),
			       .name = kind_text(now ? now : old, "metadata.name"),
			       .from = kind_text(old, "status.digest"),
			       .to = kind_text(now, "status.digest")};
	if (old && now)
		difference(&w, "", doc_find(old, "spec"), doc_find(now, "spec"));
	if (old && now && !w.count && !str_eq(c.from, c.to))
		add(&w, false, "its files changed");
	else if (old && now && !w.count)
		add(&w, false, "what it inherits changed");
	c.words = w.items;
	c.word_count = w.count;
	return c;
}

static bool same(const struct doc_node *old, const struct doc_node *now)
{
	static const char *const paths[] = {"status.desired.content", "status.desired.runtime",
					    "status.desired.context"};
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		if (!str_eq(kind_text(old, paths[i]), kind_text(now, paths[i])))
			return false;
	return true;
}

void cli_changes(struct arena *a, const struct doc_node *const *old, size_t old_count,
		 const struct doc_node *const *now, size_t now_count, struct cli_change **ret,
		 size_t *ret_count, size_t *ret_unchanged)
{
	struct cli_change *list = arena_array(a, old_count + now_count + 1, sizeof(*list));
	size_t i = 0, k = 0;
	*ret_count = *ret_unchanged = 0;
	while (i < old_count || k < now_count) {
		int way = i == old_count ? 1 : k == now_count ? -1 : order(old[i], now[k]);
		const struct doc_node *was = way <= 0 ? old[i++] : NULL;
		const struct doc_node *is = way >= 0 ? now[k++] : NULL;
		if (was && is && same(was, is))
			(*ret_unchanged)++;
		else
			list[(*ret_count)++] = compare(a, was, is);
	}
	*ret = list;
}

const char *cli_change_op(const struct cli_change *c)
{
	return c->op == '+' ? "create" : c->op == '-' ? "delete" : "update";
}

/* One skill more of the domain at hand. */
static void add_skill(struct plan *p, struct domain_change *d, const struct cli_change *c)
{
	struct skill_change *s = &d->skills[d->skill_count++];
	*s = (struct skill_change){.op = c->op == '+'	? CHANGE_CREATE
					 : c->op == '-' ? CHANGE_DELETE
							: CHANGE_UPDATE,
				   .domain = c->domain,
				   .name = c->name};
	s->details = arena_array(p->arena, c->word_count, sizeof(*s->details));
	for (; s->detail_count < c->word_count; s->detail_count++)
		s->details[s->detail_count] =
			(struct change_detail){.field = "",
					       .text = c->words[s->detail_count].text,
					       .growth = c->words[s->detail_count].growth};
	p->created += s->op == CHANGE_CREATE;
	p->updated += s->op == CHANGE_UPDATE;
	p->deleted += s->op == CHANGE_DELETE;
}

struct plan *cli_changes_plan(const struct cli_change *list, size_t count, size_t unchanged)
{
	struct arena *a = arena_new(BUF_MAX);
	struct plan *p = arena_alloc(a, sizeof(*p));
	struct skill_change *skills = arena_array(a, count, sizeof(*skills));
	p->arena = a;
	p->unchanged = unchanged;
	p->domains = arena_array(a, count, sizeof(*p->domains));
	for (size_t i = 0; i < count; i++) {
		struct domain_change *d = p->domains + p->domain_count;
		if (p->domain_count && str_eq(d[-1].name, list[i].domain)) {
			d--;
		} else {
			*d = (struct domain_change){
				.op = CHANGE_UPDATE, .name = list[i].domain, .skills = &skills[i]};
			p->domain_count++;
		}
		add_skill(p, d, &list[i]);
	}
	return p;
}

/* --- a plan as a gateway tells of it ------------------------------------------------------------------------------ */

static const struct doc_node *list_in(const struct doc_node *n, const char *key, size_t *ret_count)
{
	const struct doc_node *l = doc_find(n, key);
	*ret_count = l && l->type == DOC_LIST ? l->list.count : 0;
	return l;
}

static enum change_op op_of(const struct doc_node *n)
{
	for (int op = CHANGE_NONE; op <= CHANGE_DELETE; op++)
		if (str_eqz(doc_text(n, "op"), change_op_name((enum change_op)op)))
			return (enum change_op)op;
	return CHANGE_NONE;
}

static void read_skill(struct plan *p, const struct domain_change *d, const struct doc_node *n,
		       struct skill_change *ret)
{
	size_t count;
	const struct doc_node *details = list_in(n, "details", &count);
	*ret = (struct skill_change){
		.op = op_of(n), .domain = d->name, .name = doc_text(n, "name")};
	ret->details = arena_array(p->arena, count, sizeof(*ret->details));
	for (; ret->detail_count < count; ret->detail_count++) {
		const struct doc_node *one = details->list.items[ret->detail_count];
		ret->details[ret->detail_count] =
			(struct change_detail){.field = "",
					       .text = doc_text(one, "text"),
					       .growth = doc_bool(one, "growth", false)};
	}
}

static void read_domain(struct plan *p, const struct doc_node *n, struct domain_change *ret)
{
	size_t count;
	const struct doc_node *skills = list_in(n, "skills", &count);
	*ret = (struct domain_change){.op = op_of(n),
				      .name = doc_text(n, "name"),
				      .policy_changed = doc_bool(n, "policyChanged", false)};
	ret->skills = arena_array(p->arena, count, sizeof(*ret->skills));
	for (; ret->skill_count < count; ret->skill_count++)
		read_skill(p, ret, skills->list.items[ret->skill_count],
			   &ret->skills[ret->skill_count]);
}

static size_t counted(const struct doc_node *n, const char *key)
{
	int64_t count = doc_int(doc_find(n, "summary"), key, 0);
	return count > 0 ? (size_t)count : 0;
}

struct plan *cli_changes_of_plan(const struct doc_node *n)
{
	struct arena *a = arena_new(BUF_MAX);
	struct plan *p = arena_alloc(a, sizeof(*p));
	size_t count;
	const struct doc_node *domains = list_in(n, "domains", &count);
	p->arena = a;
	p->created = counted(n, "create");
	p->updated = counted(n, "update");
	p->deleted = counted(n, "delete");
	p->unchanged = counted(n, "unchanged");
	p->domains = arena_array(a, count, sizeof(*p->domains));
	for (; p->domain_count < count; p->domain_count++)
		read_domain(p, domains->list.items[p->domain_count], &p->domains[p->domain_count]);
	return p;
}
