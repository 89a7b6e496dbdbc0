/*
 * A decoded file without its document: 10,000 skills keep theirs for as long as they are deployed, so that a change of the platform's
 * limits can be judged without reading them again.
 */
#include "skill/config_int.h"

static void copy_members(struct arena *a, const struct field *fields, void *object);

static void copy_strings(struct arena *a, struct field_strings *s)
{
	struct str *own = arena_array(a, s->count, sizeof(*own));
	for (size_t i = 0; i < s->count; i++)
		own[i] = arena_str(a, s->items[i]);
	s->items = own;
}

static void copy_list(struct arena *a, const struct field *f, struct field_list *list)
{
	char *own = arena_array(a, list->count, f->sub_size);
	if (list->count)
		memcpy(own, list->items, list->count * f->sub_size);
	list->items = own;
	for (size_t i = 0; i < list->count; i++) {
		void *element = own + i * f->sub_size;
		if (f->type == FIELD_MAP)
			*(struct str *)element = arena_str(a, *(struct str *)element);
		copy_members(a, f->sub, element);
	}
}

/* The object was copied bytewise; now it gets words of its own. */
static void copy_members(struct arena *a, const struct field *fields, void *object)
{
	for (const struct field *f = fields; f->name; f++) {
		void *member = (char *)object + f->offset;
		if (f->type == FIELD_OBJECT)
			copy_members(a, f->sub, member);
		else if ((f->type == FIELD_LIST || f->type == FIELD_MAP) &&
			 ((struct field_list *)member)->count)
			copy_list(a, f, member);
		else if (f->type == FIELD_STRINGS && ((struct field_strings *)member)->count)
			copy_strings(a, member);
		else if ((f->type == FIELD_STRING || f->type == FIELD_NAME) &&
			 ((struct str *)member)->len)
			*(struct str *)member = arena_str(a, *(struct str *)member);
	}
}

/* Of the set only what a leaf's row sets, with its place; the row's dotted name is static. */
static void keep_places(struct arena *a, const struct config_doc *doc, struct field_set *ret)
{
	size_t n, kept = 0;
	const struct config_leaf *leaves = config_leaves(&n);
	for (size_t i = 0; i < doc->set.count; i++)
		kept += config_leaf_index(doc->set.items[i].field) >= 0;
	*ret = (struct field_set){arena_array(a, kept, sizeof(*ret->items)), 0, kept};
	struct doc_node *places = arena_array(a, kept, sizeof(*places));
	for (size_t i = 0; i < doc->set.count; i++) {
		const struct field_set_entry *e = &doc->set.items[i];
		int leaf = config_leaf_index(e->field);
		if (leaf < 0)
			continue;
		struct doc_node *at = &places[ret->count];
		*at = (struct doc_node){.type = DOC_NULL,
					.line = e->node->line,
					.column = e->node->column,
					.offset = e->node->offset,
					.end = e->node->end};
		ret->items[ret->count++] = (struct field_set_entry){e->field, leaves[leaf].dotted,
								    at};
	}
}

struct config_doc *config_compact(struct arena *a, const struct config_doc *doc)
{
	struct config_doc *own = arena_alloc(a, sizeof(*own));
	*own = *doc;
	own->path = arena_str(a, doc->path);
	own->root = NULL;
	copy_members(a, config_fields, &own->values);
	keep_places(a, doc, &own->set);
	return own;
}
