#include "base/doc.h"

#include <math.h>
#include <stdarg.h>

#include "base/doc_int.h"
#include "base/map.h"
#include "base/mem.h"

const struct doc_limits doc_limits_yaml = {64 * 1024, 32, 10000, 64 * 1024};
const struct doc_limits doc_limits_json = {1024 * 1024, 64, 100000, 256 * 1024};

/* --- reading a tree --------------------------------------------------------------------------- */

const struct doc_pair *doc_find_pair(const struct doc_node *map, struct str key)
{
	if (!map || map->type != DOC_MAP)
		return NULL;
	for (size_t i = 0; i < map->map.count; i++)
		if (str_eq(map->map.pairs[i].key, key))
			return &map->map.pairs[i];
	return NULL;
}

static const struct doc_node *find_str(const struct doc_node *map, struct str key)
{
	const struct doc_pair *pair = doc_find_pair(map, key);
	return pair ? pair->value : NULL;
}

const struct doc_node *doc_find(const struct doc_node *map, const char *key)
{
	return find_str(map, str_of(key));
}

const struct doc_node *doc_find_path(const struct doc_node *root, const char *dotted)
{
	struct str rest = str_of(dotted), piece;
	while (root && str_split(&rest, '.', &piece))
		root = find_str(root, piece);
	return root;
}

struct str doc_text(const struct doc_node *map, const char *key)
{
	const struct doc_node *n = doc_find(map, key);
	return n && n->type == DOC_STRING ? n->text : STR_NULL;
}

int64_t doc_int(const struct doc_node *map, const char *key, int64_t otherwise)
{
	const struct doc_node *n = doc_find(map, key);
	return n && n->type == DOC_INT ? n->integer : otherwise;
}

bool doc_bool(const struct doc_node *map, const char *key, bool otherwise)
{
	const struct doc_node *n = doc_find(map, key);
	return n && n->type == DOC_BOOL ? n->boolean : otherwise;
}

const char *doc_type_name(enum doc_type t)
{
	static const char *const names[] = {
		[DOC_NULL] = "nothing",	      [DOC_BOOL] = "true or false",
		[DOC_INT] = "a whole number", [DOC_FLOAT] = "a number",
		[DOC_STRING] = "text",	      [DOC_LIST] = "a list",
		[DOC_MAP] = "a map",
	};
	return names[t];
}

static bool number_equal(const struct doc_node *a, const struct doc_node *b)
{
	if (a->type == b->type)
		return a->type == DOC_INT ? a->integer == b->integer : a->number == b->number;
	int64_t i = a->type == DOC_INT ? a->integer : b->integer;
	double d = a->type == DOC_INT ? b->number : a->number;
	/* 2^63 is the first double that no int64_t holds; a fraction does not survive the cast. */
	return d >= -0x1p63 && d < 0x1p63 && (int64_t)d == i && trunc(d) == d;
}

static bool map_equal(const struct doc_node *a, const struct doc_node *b)
{
	if (a->map.count != b->map.count)
		return false;
	bool equal = true;
	CLEANUP(map_release) struct map by_key = MAP_INIT;
	/* Most maps compared are in the same order, so an index is only made when one is not. */
	for (size_t i = 0; equal && i < a->map.count; i++) {
		const struct doc_pair *pair = &a->map.pairs[i];
		const struct doc_node *other = b->map.pairs[i].value;
		if (!str_eq(pair->key, b->map.pairs[i].key)) {
			for (size_t k = by_key.count; k < b->map.count; k++)
				map_set(&by_key, b->map.pairs[k].key, &b->map.pairs[k]);
			const struct doc_pair *found = map_find(&by_key, pair->key);
			other = found ? found->value : NULL;
		}
		equal = other && doc_equal(pair->value, other);
	}
	return equal;
}

bool doc_equal(const struct doc_node *a, const struct doc_node *b)
{
	bool a_number = a->type == DOC_INT || a->type == DOC_FLOAT;
	bool b_number = b->type == DOC_INT || b->type == DOC_FLOAT;
	if (a_number && b_number)
		return number_equal(a, b);
	if (a->type != b->type)
		return false;
	switch (a->type) {
	case DOC_NULL:
		return true;
	case DOC_BOOL:
		return a->boolean == b->boolean;
	case DOC_STRING:
		return str_eq(a->text, b->text);
	case DOC_LIST:
		if (a->list.count != b->list.count)
			return false;
		for (size_t i = 0; i < a->list.count; i++)
			if (!doc_equal(a->list.items[i], b->list.items[i]))
				return false;
		return true;
	case DOC_MAP:
		return map_equal(a, b);
	default:
		return false;
	}
}

int doc_err_(struct err *err, int code, const char *origin, const char *path,
	     const struct doc_node *at, const char *fmt, ...)
{
	char msg[ERR_MSG_MAX];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	return err_at_(err, code, origin, path, at ? at->line : 0, at ? at->column : 0, "%s", msg);
}

/* --- building one ----------------------------------------------------------------------------- */

void doc_plain(struct doc_node *n, struct str text)
{
	n->text = text;
	n->type = DOC_STRING;
	if (text.len == 0 || str_eqz(text, "~") || str_eqz(text, "null")) {
		n->type = DOC_NULL;
	} else if (str_eqz(text, "true") || str_eqz(text, "false")) {
		n->type = DOC_BOOL;
		n->boolean = text.p[0] == 't';
	} else if (str_to_i64(text, &n->integer)) {
		n->type = DOC_INT;
	} else if (str_to_double(text, &n->number)) {
		/*
		 * A whole number that int64_t cannot hold would lose digits: it stays text,
		 * like 1e400.
		 */
		bool fraction = memchr(text.p, '.', text.len) || memchr(text.p, 'e', text.len) ||
				memchr(text.p, 'E', text.len);
		n->type = fraction ? DOC_FLOAT : DOC_STRING;
	}
}

void doc_stack_release(struct doc_stack *s)
{
	free(s->pairs);
	*s = (struct doc_stack){0};
}

void doc_stack_push(struct doc_stack *s, const struct doc_pair *pair)
{
	GROW(s->pairs, s->count, s->cap);
	s->pairs[s->count++] = *pair;
}

void doc_stack_take(struct doc_stack *s, size_t base, struct arena *a, struct doc_node *node)
{
	size_t count = s->count - base;
	if (node->type == DOC_MAP) {
		node->map.count = count;
		node->map.pairs = arena_array(a, count, sizeof(*s->pairs));
		if (count)
			memcpy(node->map.pairs, &s->pairs[base], count * sizeof(*s->pairs));
	} else {
		node->list.count = count;
		node->list.items = arena_array(a, count, sizeof(*node->list.items));
		for (size_t i = 0; i < count; i++)
			node->list.items[i] = s->pairs[base + i].value;
	}
	s->count = base;
}

#define DUPLICATE_LINEAR 8 /* below this a hash map costs more than it saves */

static struct doc_pair *find_before(struct doc_pair *pairs, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq(pairs[i].key, pairs[count].key))
			return &pairs[i];
	return NULL;
}

const struct doc_pair *doc_duplicate(struct doc_pair *pairs, size_t count,
				     const struct doc_pair **ret_first)
{
	CLEANUP(map_release) struct map seen = MAP_INIT;
	for (size_t i = 0; i < count; i++) {
		const struct doc_pair *known = count > DUPLICATE_LINEAR
						       ? map_set(&seen, pairs[i].key, &pairs[i])
						       : find_before(pairs, i);
		if (known) {
			*ret_first = known;
			return &pairs[i];
		}
	}
	return NULL;
}
