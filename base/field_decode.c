/* A map of a document into a struct, row by row. */
#include <assert.h>
#include <stdio.h>

#include "base/field_int.h"
#include "base/mem.h"

struct decoder {
	const struct field_decode *how;
	struct err *err;
};

static int decode_map(const struct decoder *d, const struct field *fields,
		      const struct doc_node *map, void *out, const struct field_path *path);

static void *member_of(void *out, const struct field *f)
{
	return (char *)out + f->offset;
}

/* --- defaults --------------------------------------------------------------------------------- */

static size_t member_size(enum field_type t)
{
	static const size_t sizes[] = {
		[FIELD_STRING] = sizeof(struct str),
		[FIELD_NAME] = sizeof(struct str),
		[FIELD_ENUM] = sizeof(int),
		[FIELD_BOOL] = sizeof(bool),
		[FIELD_INT] = sizeof(int64_t),
		[FIELD_MONEY] = sizeof(int64_t),
		[FIELD_DURATION] = sizeof(int64_t),
		[FIELD_SIZE] = sizeof(int64_t),
		[FIELD_PERCENT] = sizeof(int64_t),
		[FIELD_STRINGS] = sizeof(struct field_strings),
		[FIELD_OBJECT] = 0,
		[FIELD_LIST] = sizeof(struct field_list),
		[FIELD_MAP] = sizeof(struct field_list),
		[FIELD_ANY] = sizeof(const struct doc_node *),
	};
	return sizes[t];
}

static int decode_value(const struct decoder *d, const struct field *f, const struct doc_node *n,
			void *out, const struct field_path *path);

/* Most defaults are one plain word: those need no YAML parser, and there are many skills. */
static const struct doc_node *default_node(struct arena *a, const struct field *f)
{
	const struct doc_node *n = NULL;
	if (field_is_value(f->type) && !strchr("\"'|>", f->dflt[0])) {
		struct doc_node *plain = arena_alloc(a, sizeof(*plain));
		doc_plain(plain, str_of(f->dflt));
		return plain;
	}
	struct err err = ERR_INIT;
	int rc = doc_parse_yaml(a, str_of(f->dflt), &doc_limits_yaml, f->name, 0, &n, &err);
	if (rc < 0)
		err_bug(&err, "a default of the table");
	return n;
}

void field_defaults(struct arena *a, const struct field *fields, void *out)
{
	for (const struct field *f = fields; f->name; f++) {
		memset(member_of(out, f), 0, member_size(f->type));
		if (f->type == FIELD_OBJECT)
			field_defaults(a, f->sub, member_of(out, f));
		if (!f->dflt)
			continue;
		struct err err = ERR_INIT;
		struct field_decode how = {.arena = a, .path = f->name};
		struct decoder d = {&how, &err};
		struct field_path path = {NULL, str_of(f->name), 0};
		int rc = decode_value(&d, f, default_node(a, f), out, &path);
		if (rc < 0)
			err_bug(&err, "a default of the table");
	}
}

/* --- unknown keys ----------------------------------------------------------------------------- */

#define TABLE_MAX 64 /* rows of one table; `seen` is a bit for each */

static size_t names_of(const struct field *fields, const char *names[TABLE_MAX])
{
	size_t n = 0;
	for (; fields[n].name; n++) {
		assert(n < TABLE_MAX);
		names[n] = fields[n].name;
	}
	return n;
}

/* The object below `fields` that has a row of this name: people forget to indent. */
static const struct field *home_of(const struct field *fields, struct str name)
{
	for (const struct field *f = fields; f->name; f++) {
		if (f->type != FIELD_OBJECT)
			continue;
		for (const struct field *s = f->sub; s->name; s++)
			if (str_eqz(name, s->name))
				return f;
	}
	return NULL;
}

static int unknown_key(const struct decoder *d, const struct field *fields,
		       const struct doc_pair *pair, const struct field_path *up)
{
	const char *names[TABLE_MAX];
	size_t count = names_of(fields, names);
	const char *nearest = str_nearest(pair->key, names, count);
	struct field_path path = {up, pair->key, 0};
	CLEANUP(buf_release) struct buf dotted = BUF_INIT(200);
	field_path_add(&dotted, &path);
	if (d->how->unknown == FIELD_UNKNOWN_WARN) {
		if (d->how->warn)
			d->how->warn(d->how->warn_state, d->how->path, pair,
				     arena_strdup(d->how->arena, buf_cstr(&dotted)), nearest);
		return 0;
	}
	err_at(d->err, ERR_INVALID, d->how->path, pair->key_line, pair->key_column,
	       "%s: there is no such field", buf_cstr(&dotted));
	const struct field *home = home_of(fields, pair->key);
	CLEANUP(buf_release) struct buf known = BUF_INIT(180);
	for (size_t i = 0; i < count; i++)
		buf_addf(&known, "%s%s", i ? ", " : "", names[i]);
	if (nearest)
		err_remedy(d->err, "did you mean %s?", nearest);
	else if (home)
		err_remedy(d->err, "write it below %s:, indented", home->name);
	else
		err_remedy(d->err, "fields here are %s%s", buf_cstr(&known),
			   known.overflow ? ", …" : "");
	return ERR_INVALID;
}

/* --- lists and maps --------------------------------------------------------------------------- */

static int decode_strings(const struct field_at *at, const struct doc_node *n, void *member)
{
	struct field_strings s = {NULL, 0};
	const struct doc_node *const *items =
		n->type == DOC_LIST ? (const struct doc_node *const *)n->list.items : &n;
	size_t count = n->type == DOC_LIST ? n->list.count : n->type != DOC_NULL;
	if (n->type == DOC_MAP)
		return field_wrong_type(at, n);
	s.items = arena_array(at->how->arena, count, sizeof(*s.items));
	for (; s.count < count; s.count++) {
		struct field text = {
			.name = at->field->name, .type = FIELD_STRING, .flags = at->field->flags};
		struct field_path path = {at->path, STR(""), s.count};
		struct field_at each = *at;
		each.field = &text;
		if (n->type == DOC_LIST)
			each.path = &path;
		int rc = field_read_value(&each, items[s.count], &s.items[s.count]);
		if (rc < 0)
			return rc;
	}
	*(struct field_strings *)member = s;
	return 0;
}

static int decode_elements(const struct decoder *d, const struct field_at *at,
			   const struct doc_node *n, void *member)
{
	bool list = at->field->type == FIELD_LIST;
	if (n->type != DOC_NULL && n->type != (list ? DOC_LIST : DOC_MAP)) {
		field_wrong_type(at, n);
		if (list && n->type == DOC_MAP)
			err_remedy(at->err, "begin each element with \"- \"");
		return ERR_INVALID;
	}
	struct field_list l = {NULL, 0};
	size_t count = n->type == DOC_NULL ? 0 : list ? n->list.count : n->map.count;
	l.items = arena_array(d->how->arena, count, at->field->sub_size);
	for (; l.count < count; l.count++) {
		void *element = field_element(at->field, &l, l.count);
		const struct doc_node *value = list ? n->list.items[l.count]
						    : n->map.pairs[l.count].value;
		struct field_path path = {at->path, list ? STR("") : n->map.pairs[l.count].key,
					  l.count};
		field_defaults(d->how->arena, at->field->sub, element);
		if (!list)
			*(struct str *)element = n->map.pairs[l.count].key;
		bool alone = (at->field->flags & FIELD_SHORT) && value->type != DOC_MAP &&
			     value->type != DOC_NULL;
		int rc = alone ? decode_value(d, at->field->sub, value, element, &path)
			       : decode_map(d, at->field->sub, value, element, &path);
		if (rc < 0)
			return rc;
	}
	*(struct field_list *)member = l;
	return 0;
}

static int check_nonempty(const struct field_at *at, const struct doc_node *n)
{
	bool empty = n->type == DOC_NULL || (n->type == DOC_LIST && !n->list.count) ||
		     (n->type == DOC_MAP && !n->map.count);
	if (!(at->field->flags & FIELD_NONEMPTY) || !empty)
		return 0;
	field_wrong(at, n, "it is empty, and at least one is needed");
	if (at->field->example)
		err_remedy(at->err, "for example %s: %s", at->field->name, at->field->example);
	return ERR_INVALID;
}

static int decode_value(const struct decoder *d, const struct field *f, const struct doc_node *n,
			void *out, const struct field_path *path)
{
	struct field_at at = {d->how, f, path, d->err};
	void *member = member_of(out, f);
	if (field_is_value(f->type))
		return field_read_value(&at, n, member);
	int rc = check_nonempty(&at, n);
	if (rc < 0)
		return rc;
	switch (f->type) {
	case FIELD_STRINGS:
		return decode_strings(&at, n, member);
	case FIELD_OBJECT:
		return decode_map(d, f->sub, n, member, path);
	case FIELD_LIST:
	case FIELD_MAP:
		return decode_elements(d, &at, n, member);
	default:
		*(const struct doc_node **)member = n;
		return 0;
	}
}

static void remember(const struct decoder *d, const struct field *f, const struct doc_node *n,
		     const struct field_path *path)
{
	struct field_set *set = d->how->set;
	if (!set)
		return;
	CLEANUP(buf_release) struct buf dotted = BUF_INIT(1024);
	field_path_add(&dotted, path);
	ARENA_GROW(d->how->arena, set->items, set->count, set->cap);
	set->items[set->count++] =
		(struct field_set_entry){f, arena_strdup(d->how->arena, buf_cstr(&dotted)), n};
}

/* --- one map ---------------------------------------------------------------------------------- */

static int check_required(const struct decoder *d, const struct field *fields, uint64_t seen,
			  const struct doc_node *map, const struct field_path *up)
{
	for (size_t i = 0; fields[i].name; i++) {
		if (!(fields[i].flags & FIELD_REQUIRED) || (seen >> i & 1))
			continue;
		struct field_path path = {up, str_of(fields[i].name), 0};
		struct field_at at = {d->how, &fields[i], &path, d->err};
		field_wrong(&at, map, "it is required and missing");
		err_remedy(d->err, "add %s: %s", fields[i].name,
			   fields[i].example ? fields[i].example : field_type_help(&fields[i]));
		return ERR_INVALID;
	}
	return 0;
}

static int decode_map(const struct decoder *d, const struct field *fields,
		      const struct doc_node *map, void *out, const struct field_path *path)
{
	uint64_t seen = 0;
	static const struct field object = {.name = "", .type = FIELD_OBJECT};
	struct field_at at = {d->how, &object, path, d->err};
	if (map->type != DOC_MAP && map->type != DOC_NULL)
		return field_wrong_type(&at, map);
	size_t count = map->type == DOC_MAP ? map->map.count : 0;
	for (size_t i = 0; i < count; i++) {
		const struct doc_pair *pair = &map->map.pairs[i];
		size_t row = 0;
		while (fields[row].name && !str_eqz(pair->key, fields[row].name))
			row++;
		if (!fields[row].name) {
			int rc = unknown_key(d, fields, pair, path);
			if (rc < 0)
				return rc;
			continue;
		}
		assert(row < TABLE_MAX);
		seen |= UINT64_C(1) << row;
		struct field_path here = {path, pair->key, 0};
		int rc = decode_value(d, &fields[row], pair->value, out, &here);
		if (rc < 0)
			return rc;
		remember(d, &fields[row], pair->value, &here);
	}
	return check_required(d, fields, seen, map, path);
}

int field_decode(const struct field_decode *how, const struct field *fields,
		 const struct doc_node *map, void *out, struct err *err)
{
	struct decoder d = {how, err};
	field_defaults(how->arena, fields, out);
	return decode_map(&d, fields, map, out, NULL);
}
