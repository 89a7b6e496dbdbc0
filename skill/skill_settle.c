/*
 * The small part of a skill, copied together into one piece of memory of the right size.
 */
#include "skill/skill_int.h"

static struct str copy(struct arena *a, struct str s)
{
	return s.len ? arena_str(a, s) : STR("");
}

static void copy_triggers(struct arena *a, const struct skill *from, struct skill *to)
{
	to->triggers = from->trigger_count
			       ? arena_array(a, from->trigger_count, sizeof(*to->triggers))
			       : NULL;
	for (size_t i = 0; i < from->trigger_count; i++) {
		to->triggers[i] = from->triggers[i];
		to->triggers[i].text = copy(a, from->triggers[i].text);
	}
}

static void copy_labels(struct arena *a, const struct skill *from, struct skill *to)
{
	to->labels = from->label_count ? arena_array(a, from->label_count, sizeof(*to->labels))
				       : NULL;
	for (size_t i = 0; i < from->label_count; i++)
		to->labels[i] = (struct label){copy(a, from->labels[i].key),
					       copy(a, from->labels[i].value)};
}

static void copy_manifest(struct arena *a, const struct skill *from, struct skill *to)
{
	const struct manifest *m = &from->manifest;
	if (m->count)
		to->manifest.files = arena_array(a, m->count, sizeof(*m->files));
	for (size_t i = 0; i < m->count; i++) {
		to->manifest.files[i] = m->files[i];
		to->manifest.files[i].path = copy(a, m->files[i].path);
	}
}

static void copy_findings(struct arena *a, const struct findings *from, struct findings *to)
{
	findings_init(to, a);
	if (!from->count)
		return;
	to->items = arena_array(a, from->count, sizeof(*to->items));
	to->cap = from->count;
	findings_append(to, from);
}

static void copy_small(struct arena *a, const struct skill *from, struct skill *to)
{
	*to = *from;
	to->arena = a;
	to->domain = copy(a, from->domain);
	to->name = copy(a, from->name);
	to->path = copy(a, from->path);
	to->title = copy(a, from->title);
	to->description = copy(a, from->description);
	to->license = copy(a, from->license);
	to->compatibility = copy(a, from->compatibility);
	to->handler = copy(a, from->handler);
	if (from->allowed_tools.count)
		to->allowed_tools.items = arena_array(a, from->allowed_tools.count,
						      sizeof(*to->allowed_tools.items));
	for (size_t i = 0; i < from->allowed_tools.count; i++)
		to->allowed_tools.items[i] = copy(a, from->allowed_tools.items[i]);
	copy_triggers(a, from, to);
	copy_labels(a, from, to);
	copy_manifest(a, from, to);
	copy_findings(a, &from->findings, &to->findings);
	copy_findings(a, &from->stricter, &to->stricter);
	if (from->config) {
		to->config = config_compact(a, from->config);
		to->config->root = from->config->root;
	}
}

void skill_settle(struct skill *s)
{
	struct skill measured, settled;
	struct arena *a = arena_new(TREE_LIST_MAX * (size_t)4096);
	copy_small(a, s, &measured);
	size_t used = arena_used(a);
	arena_free(a);
	copy_small(arena_new_sized(TREE_LIST_MAX * (size_t)4096, used), s, &settled);
	*s = settled;
}
