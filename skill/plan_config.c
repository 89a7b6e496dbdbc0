/*
 * Two configurations in the words of a reviewer. Whether a change gives more than there was follows from the table's tighten rule.
 */
#include <assert.h>

#include "skill/config_int.h"
#include "skill/plan_int.h"

static bool has(const struct field_strings *list, struct str s)
{
	for (size_t i = 0; list && i < list->count; i++) {
		if (str_eq(list->items[i], s))
			return true;
	}
	return false;
}

void difference_strings(struct details *d, const struct list_words *w,
			const struct field_strings *old, const struct field_strings *now)
{
	for (size_t i = 0; i < now->count; i++) {
		if (!has(old, now->items[i]))
			detail_add(d, w->field, w->flags | w->added_flags, "%s %.*s", w->added,
				   STR_ARG(now->items[i]));
	}
	for (size_t i = 0; old && i < old->count; i++) {
		if (!has(now, old->items[i]))
			detail_add(d, w->field, w->flags, "%s %.*s", w->removed,
				   STR_ARG(old->items[i]));
	}
}

/* The words for lists that have better ones than "new … in dotted.name". */
static const struct {
	const char *dotted, *added, *removed;
	unsigned added_flags;
} known_lists[] = {
	{"mcp.tools", "new tool", "no longer uses tool", DETAIL_GROWTH},
	{"mcp.allow", "may now use", "may no longer use", DETAIL_GROWTH},
	{"policy.capabilities", "new capability", "no longer has the capability", DETAIL_GROWTH},
	{"tests.required", "new required check", "no longer requires the check", 0},
	{"mcp.servers", "new MCP server", "no longer has the MCP server", DETAIL_GROWTH},
	{"models", "new model tier", "no longer has the model tier", DETAIL_GROWTH},
	{"runtime.env", "new environment variable", "no longer has the environment variable", 0},
	{"policy.rules", "sets the rule", "no longer sets the rule", 0},
	{"policy.freeze", "frozen from", "no longer frozen from", 0},
	{"routing.forwards", "new forward to", "no longer forwards to", DETAIL_GROWTH},
};

static struct list_words words_for(struct details *d, const char *dotted)
{
	for (size_t i = 0; i < ARRAY_SIZE(known_lists); i++) {
		if (strcmp(known_lists[i].dotted, dotted) == 0)
			return (struct list_words){dotted, known_lists[i].added,
						   known_lists[i].removed,
						   known_lists[i].added_flags, 0};
	}
	return (struct list_words){dotted, arena_printf(d->arena, "%s: new", dotted),
				   arena_printf(d->arena, "%s: no longer", dotted), 0, 0};
}

static struct str forward_name(struct arena *a, const struct config_forward *w)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(4096);
	buf_add_str(&text, w->forward_to);
	if (w->when_domain.len)
		buf_addf(&text, " from %.*s", STR_ARG(w->when_domain));
	if (w->when_text.len)
		buf_addf(&text, " on \"%.*s\"", STR_ARG(w->when_text));
	return arena_str(a, buf_str(&text));
}

static struct str freeze_name(struct arena *a, const struct config_freeze *w)
{
	return str_of(arena_printf(a, "%.*s to %.*s %.*s", STR_ARG(w->from), STR_ARG(w->until),
				   STR_ARG(w->zone)));
}

/* The elements of a map by key, those of the two lists of structures in words. */
static struct field_strings names_of(struct arena *a, const struct field *f,
				     const struct field_list *list)
{
	static_assert(sizeof(struct config_freeze) != sizeof(struct config_forward),
		      "the two are told apart by their size");
	assert(f->type == FIELD_MAP || f->sub_size == sizeof(struct config_forward) ||
	       f->sub_size == sizeof(struct config_freeze));
	struct field_strings names = {arena_array(a, list->count + 1, sizeof(struct str)), 0};
	for (size_t i = 0; i < list->count; i++) {
		const void *element = (const char *)list->items + i * f->sub_size;
		names.items[names.count++] = f->type == FIELD_MAP ? *(const struct str *)element
					     : f->sub_size == sizeof(struct config_freeze)
						     ? freeze_name(a, element)
						     : forward_name(a, element);
	}
	return names;
}

/* Elements of a map that stayed, with other contents. */
static void changed_elements(struct details *d, const struct config_leaf *l,
			     const struct field_list *old, const struct field_list *now,
			     unsigned flags)
{
	const struct field *f = l->field;
	for (size_t i = 0; f->type == FIELD_MAP && i < now->count; i++) {
		char *here = (char *)now->items + i * f->sub_size;
		for (size_t k = 0; k < old->count; k++) {
			char *there = (char *)old->items + k * f->sub_size;
			struct str key = *(const struct str *)(const void *)here;
			struct field_list a = {there, 1}, b = {here, 1};
			struct field whole = *f;
			whole.offset = 0;
			if (str_eq(key, *(const struct str *)(const void *)there) &&
			    !field_equal(&whole, &a, &b))
				detail_add(d, l->dotted, flags, "%s: %.*s changed", l->dotted,
					   STR_ARG(key));
		}
	}
}

static void difference_list(struct details *d, const struct config_leaf *l, const void *old,
			    const void *now, unsigned flags)
{
	struct list_words w = words_for(d, l->dotted);
	w.flags = flags;
	if (l->field->type == FIELD_STRINGS) {
		difference_strings(d, &w, old, now);
		return;
	}
	struct field_list none = {NULL, 0};
	const struct field_list *before = old ? old : &none;
	struct field_strings a = names_of(d->arena, l->field, before);
	struct field_strings b = names_of(d->arena, l->field, now);
	difference_strings(d, &w, &a, &b);
	changed_elements(d, l, before, now, flags);
}

/* "limits.timeout" is "timeout", "budget.per_run_usd" is "budget per run". */
static const char *label(struct arena *a, const char *dotted)
{
	struct str s = str_of(dotted);
	if (str_starts(s, STR("limits.")))
		s = str_sub(s, 7, s.len);
	if (str_ends(s, STR("_usd")))
		s = str_sub(s, 0, s.len - 4);
	char *words = arena_strndup(a, s.p, s.len);
	for (char *p = words; *p; p++) {
		if (*p == '.' || *p == '_')
			*p = ' ';
	}
	return words;
}

static int64_t number(const struct field *f, const void *v)
{
	return f->type == FIELD_BOOL   ? *(const bool *)v
	       : f->type == FIELD_ENUM ? *(const int *)v
				       : *(const int64_t *)v;
}

static bool grows(const struct config_leaf *l, const void *old, const void *now)
{
	if (l->field->type == FIELD_STRING || l->field->type == FIELD_NAME)
		return false;
	int64_t a = number(l->field, old), b = number(l->field, now);
	switch (config_field_tighten(l->field)) {
	case TIGHTEN_LOWER:
		return b > a;
	case TIGHTEN_HIGHER:
	case TIGHTEN_STRICTER:
		return b < a;
	default:
		return strcmp(l->dotted, "runtime.network") == 0 && b > a;
	}
}

/* What stands in the files, where that is looser than what the levels above let through; NULL: now is what was written. */
static const void *clamped(const struct details *d, const struct config_leaf *l, const void *now)
{
	const struct config_doc *docs[] = {d->skill, d->domain};
	for (size_t i = 0; i < ARRAY_SIZE(docs); i++) {
		if (!config_set_entry(docs[i], l->field))
			continue;
		const void *written = leaf_value(l, &docs[i]->values);
		return config_field_tighten(l->field) && grows(l, now, written) ? written : NULL;
	}
	return NULL;
}

static void difference_value(struct details *d, const struct config_leaf *l, const void *old,
			     const void *now, unsigned flags)
{
	struct field whole = *l->field;
	const void *written = clamped(d, l, now), *limit = written ? now : NULL;
	const char *unit = l->field->type == FIELD_MONEY ? " USD" : "";
	if (written)
		now = written;
	whole.offset = 0;
	if (field_equal(&whole, old, now))
		return;
	CLEANUP(buf_release) struct buf a = BUF_INIT(512), b = BUF_INIT(512), most = BUF_INIT(512);
	field_format(&a, l->field, old);
	field_format(&b, l->field, now);
	if (limit) {
		buf_addz(&most, ", past the limit of ");
		field_format(&most, l->field, limit);
	}
	if (grows(l, old, now))
		flags |= DETAIL_GROWTH;
	detail_add(d, l->dotted, flags, "%s %s → %s%s%s%s", label(d->arena, l->dotted),
		   a.len ? buf_cstr(&a) : "none", b.len ? buf_cstr(&b) : "none", unit,
		   buf_cstr(&most), limit ? unit : "");
}

static bool is_list(const struct field *f)
{
	return f->type == FIELD_STRINGS || f->type == FIELD_LIST || f->type == FIELD_MAP;
}

/* Of a new skill: only what a reviewer must know that it asks for. */
static void asks_for(struct details *d, const struct config_leaf *l, const void *now,
		     unsigned flags)
{
	static const char *const asked[] = {"mcp.tools", "routing.forwards"};
	if (strcmp(l->dotted, "runtime.network") == 0 && *(const bool *)now)
		detail_add(d, l->dotted, flags | DETAIL_GROWTH, "uses the network");
	for (size_t i = 0; i < ARRAY_SIZE(asked); i++) {
		if (strcmp(l->dotted, asked[i]) == 0)
			difference_list(d, l, NULL, now, flags);
	}
}

void difference_config(struct details *d, const struct config *old, const struct config *now)
{
	size_t n;
	const struct config_leaf *leaves = config_leaves(&n);
	for (size_t i = 0; i < n; i++) {
		const struct config_leaf *l = &leaves[i];
		unsigned flags = l->field->flags & IN_RUNTIME ? DETAIL_ROLLOUT : 0;
		if (!old)
			asks_for(d, l, leaf_value(l, now), flags);
		else if (is_list(l->field))
			difference_list(d, l, leaf_value(l, old), leaf_value(l, now), flags);
		else
			difference_value(d, l, leaf_value(l, old), leaf_value(l, now), flags);
	}
}
