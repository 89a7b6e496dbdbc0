#include "skill/verdict.h"

static int order(const void *a, const void *b)
{
	return str_cmp(*(const struct str *)a, *(const struct str *)b);
}

static void sort(struct str *items, size_t count)
{
	if (count)
		qsort(items, count, sizeof(*items), order);
}

/* The texts of the triggers of one kind. */
static struct str *texts(struct arena *a, const struct skill *s, enum trigger_kind kind,
			 size_t *ret_count)
{
	*ret_count = 0;
	if (!s->trigger_count)
		return NULL;
	struct str *out = arena_array(a, s->trigger_count, sizeof(*out));
	for (size_t i = 0; i < s->trigger_count; i++) {
		if (s->triggers[i].kind == kind)
			out[(*ret_count)++] = s->triggers[i].text;
	}
	sort(out, *ret_count);
	return out;
}

static struct str *targets(struct arena *a, const struct config_doc *doc, size_t *ret_count)
{
	const struct field_list none = {NULL, 0};
	const struct field_list *list = doc ? &doc->values.routing.forwards : &none;
	const struct config_forward *w = list->items;
	*ret_count = 0;
	if (!list->count)
		return NULL;
	struct str *out = arena_array(a, list->count, sizeof(*out));
	for (size_t i = 0; i < list->count; i++)
		out[i] = w[i].forward_to;
	sort(out, list->count);
	*ret_count = list->count;
	return out;
}

static int forward_order(const void *a, const void *b)
{
	const struct config_forward *x = a, *y = b;
	int c = str_cmp(x->forward_to, y->forward_to);
	if (!c)
		c = str_cmp(x->when_domain, y->when_domain);
	return c ? c : str_cmp(x->when_text, y->when_text);
}

/* Of each skill of a domain after each change to it: no format is worth it. */
static struct str path_of(struct arena *a, const struct skill *s)
{
	static const char file[] = "/" SKILL_FILE;
	char *p = arena_alloc(a, s->path.len + sizeof(file));
	memcpy(p, s->path.p, s->path.len);
	memcpy(p + s->path.len, file, sizeof(file));
	return str_make(p, s->path.len + sizeof(file) - 1);
}

static void skill_of(struct arena *a, const struct skill *s, struct surface_skill *ret)
{
	*ret = (struct surface_skill){.name = s->name, .role = s->role, .line = 1, .column = 1};
	ret->patterns = texts(a, s, TRIGGER_COMMAND, &ret->pattern_count);
	ret->alerts = texts(a, s, TRIGGER_ALERT, &ret->alert_count);
	ret->forwards = targets(a, s->config, &ret->forward_count);
	ret->path = path_of(a, s);
	if (s->trigger_count && s->triggers[0].line) {
		ret->line = s->triggers[0].line;
		ret->column = s->triggers[0].column;
	}
}

void surface_of(struct arena *a, const struct domain *d, struct surface *ret)
{
	*ret = (struct surface){.domain = d->name, .skill_count = d->skill_count};
	ret->skills = arena_array(a, d->skill_count + 1, sizeof(*ret->skills));
	for (size_t i = 0; i < d->skill_count; i++)
		skill_of(a, d->skills[i].skill, &ret->skills[i]);
	if (!d->config)
		return;
	const struct field_list *list = &d->config->values.routing.forwards;
	ret->forward_count = list->count;
	ret->forwards = arena_array(a, list->count + 1, sizeof(*ret->forwards));
	if (list->count) {
		memcpy(ret->forwards, list->items, list->count * sizeof(*ret->forwards));
		qsort(ret->forwards, list->count, sizeof(*ret->forwards), forward_order);
	}
}

/* --- digest ------------------------------------------------------------------------------------------------------ */

static void add_str(struct buf *out, struct str s)
{
	buf_add_u32(out, (uint32_t)s.len);
	buf_add_str(out, s);
}

static void add_strs(struct buf *out, const struct str *items, size_t count)
{
	buf_add_u64(out, count);
	for (size_t i = 0; i < count; i++)
		add_str(out, items[i]);
}

static void add_surface(struct buf *out, const struct surface *s)
{
	add_str(out, s->domain);
	buf_add_u64(out, s->skill_count);
	for (size_t i = 0; i < s->skill_count; i++) {
		const struct surface_skill *k = &s->skills[i];
		add_str(out, k->name);
		add_str(out, str_of(role_name(k->role)));
		add_strs(out, k->patterns, k->pattern_count);
		add_strs(out, k->alerts, k->alert_count);
		add_strs(out, k->forwards, k->forward_count);
	}
	buf_add_u64(out, s->forward_count);
	for (size_t i = 0; i < s->forward_count; i++) {
		add_str(out, s->forwards[i].when_domain);
		add_str(out, s->forwards[i].when_text);
		add_str(out, s->forwards[i].forward_to);
	}
}

struct digest surface_digest(const struct surface *surfaces, size_t count)
{
	CLEANUP(buf_release) struct buf records = BUF_INIT(BUF_MAX);
	for (size_t i = 0; i < count; i++)
		add_surface(&records, &surfaces[i]);
	return digest_tagged("aspora.surface.v1", buf_str(&records));
}
