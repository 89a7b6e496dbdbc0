/*
 * JSON into a tree, read by jansson. jansson neither says where a value stood nor stops at a
 * depth or count of ours, so a scan goes before it: it knows just enough of JSON to count and
 * to note where each value begins. The tree is then made in document order, which jansson
 * keeps, and the nth value made is the nth noted.
 */
#include <assert.h>
#include <jansson.h>

#include "base/doc_int.h"
#include "base/mem.h"

struct spot {
	uint32_t offset, end, line, column;
};

struct scan {
	const struct doc_parse *p;
	size_t pos;
	uint32_t line, column;
	struct spot *spots; /* of every value and key, in document order */
	size_t count, cap;
	size_t values;
	unsigned depth;
	struct {
		size_t spot; /* of the collection */
		bool map;
		bool key_next;
	} * levels;
};

static void scan_release(struct scan *s)
{
	free(s->spots);
	free(s->levels);
}

static int too_large(const struct scan *s, const char *what, size_t limit)
{
	err_at(s->p->err, ERR_TOO_LARGE, s->p->path, s->line, s->column,
	       "the document has more than %zu %s", limit, what);
	return err_remedy(s->p->err, "shorten it, or split it");
}

static void advance(struct scan *s)
{
	unsigned char c = (unsigned char)s->p->text.p[s->pos++];
	if (c == '\n') {
		s->line++;
		s->column = 1;
	} else if ((c & 0xC0) != 0x80) {
		s->column++;
	}
}

static void skip_string(struct scan *s)
{
	struct str t = s->p->text;
	advance(s);
	while (s->pos < t.len && t.p[s->pos] != '"') {
		if (t.p[s->pos] == '\\' && s->pos + 1 < t.len)
			advance(s);
		advance(s);
	}
	if (s->pos < t.len)
		advance(s);
}

/* A string, or a run of what numbers and words are made of. */
static void skip_token(struct scan *s)
{
	struct str t = s->p->text;
	if (t.p[s->pos] == '"') {
		skip_string(s);
		return;
	}
	do
		advance(s);
	while (s->pos < t.len && !strchr(" \t\r\n,:[]{}\"", t.p[s->pos]));
}

static int note(struct scan *s, bool key)
{
	if (!key && ++s->values > s->p->limits->nodes)
		return too_large(s, "values", s->p->limits->nodes);
	GROW(s->spots, s->count, s->cap);
	s->spots[s->count++] = (struct spot){(uint32_t)s->pos, (uint32_t)s->pos, s->line,
					     s->column};
	return 0;
}

static int scan_open(struct scan *s, bool map)
{
	int rc = note(s, false);
	if (rc < 0)
		return rc;
	if (s->depth == s->p->limits->depth) {
		err_at(s->p->err, ERR_TOO_LARGE, s->p->path, s->line, s->column,
		       "arrays and objects are nested more than %u deep", s->p->limits->depth);
		return err_remedy(s->p->err, "flatten the document");
	}
	s->levels[s->depth].spot = s->count - 1;
	s->levels[s->depth].map = map;
	s->levels[s->depth++].key_next = map;
	advance(s);
	return 0;
}

static void scan_close(struct scan *s)
{
	advance(s);
	if (s->depth)
		s->spots[s->levels[--s->depth].spot].end = (uint32_t)s->pos;
}

static int scan_all(struct scan *s)
{
	int rc = 0;
	while (s->pos < s->p->text.len && rc == 0) {
		bool in_map = s->depth && s->levels[s->depth - 1].map;
		switch (s->p->text.p[s->pos]) {
		case ' ':
		case '\t':
		case '\r':
		case '\n':
			advance(s);
			break;
		case '[':
		case '{':
			rc = scan_open(s, s->p->text.p[s->pos] == '{');
			break;
		case ']':
		case '}':
			scan_close(s);
			break;
		case ',':
		case ':':
			if (in_map)
				s->levels[s->depth - 1].key_next = s->p->text.p[s->pos] == ',';
			advance(s);
			break;
		default:
			rc = note(s, in_map && s->levels[s->depth - 1].key_next);
			if (rc == 0) {
				skip_token(s);
				s->spots[s->count - 1].end = (uint32_t)s->pos;
			}
		}
	}
	return rc;
}

/* --- the tree --------------------------------------------------------------------------------- */

struct maker {
	const struct doc_parse *p;
	const struct scan *scan;
	size_t next; /* spot */
};

static const struct spot *next_spot(struct maker *m)
{
	/* jansson took the text as JSON, and then the scan has read it right. */
	assert(m->next < m->scan->count);
	return &m->scan->spots[m->next++];
}

static int take_text(const struct maker *m, const struct spot *spot, const char *p, size_t len,
		     struct str *ret)
{
	if (len > m->p->limits->string_bytes) {
		err_at(m->p->err, ERR_TOO_LARGE, m->p->path, spot->line, spot->column,
		       "a text of %zu bytes is over the limit of %zu", len,
		       m->p->limits->string_bytes);
		return err_remedy(m->p->err, "shorten it");
	}
	*ret = arena_str(m->p->arena, str_make(p, len));
	return 0;
}

static int make(struct maker *m, json_t *from, const struct doc_node **ret);

static int make_list(struct maker *m, json_t *from, struct doc_node *n)
{
	n->type = DOC_LIST;
	n->list.count = json_array_size(from);
	n->list.items = arena_array(m->p->arena, n->list.count, sizeof(*n->list.items));
	for (size_t i = 0; i < n->list.count; i++) {
		int rc = make(m, json_array_get(from, i), &n->list.items[i]);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static int make_map(struct maker *m, json_t *from, struct doc_node *n)
{
	n->type = DOC_MAP;
	n->map.count = json_object_size(from);
	n->map.pairs = arena_array(m->p->arena, n->map.count, sizeof(*n->map.pairs));
	struct doc_pair *pair = n->map.pairs;
	for (void *it = json_object_iter(from); it; it = json_object_iter_next(from, it), pair++) {
		const struct spot *spot = next_spot(m);
		pair->key_line = spot->line;
		pair->key_column = spot->column;
		pair->key_offset = spot->offset;
		int rc = take_text(m, spot, json_object_iter_key(it), json_object_iter_key_len(it),
				   &pair->key);
		if (rc == 0)
			rc = make(m, json_object_iter_value(it), &pair->value);
		if (rc < 0)
			return rc;
	}
	return 0;
}

static void make_number(const struct maker *m, const struct spot *spot, json_t *from,
			struct doc_node *n)
{
	n->text = arena_str(m->p->arena, str_sub(m->p->text, spot->offset, spot->end));
	if (json_is_integer(from)) {
		n->type = DOC_INT;
		n->integer = json_integer_value(from);
	} else {
		n->type = DOC_FLOAT;
		n->number = json_real_value(from);
	}
}

static int make(struct maker *m, json_t *from, const struct doc_node **ret)
{
	const struct spot *spot = next_spot(m);
	struct doc_node *n = arena_alloc(m->p->arena, sizeof(*n));
	n->offset = spot->offset;
	n->end = spot->end;
	n->line = spot->line;
	n->column = spot->column;
	*ret = n;
	switch (json_typeof(from)) {
	case JSON_ARRAY:
		return make_list(m, from, n);
	case JSON_OBJECT:
		return make_map(m, from, n);
	case JSON_STRING:
		n->type = DOC_STRING;
		n->quoted = true;
		return take_text(m, spot, json_string_value(from), json_string_length(from),
				 &n->text);
	case JSON_INTEGER:
	case JSON_REAL:
		make_number(m, spot, from, n);
		return 0;
	case JSON_TRUE:
	case JSON_FALSE:
		n->type = DOC_BOOL;
		n->boolean = json_is_true(from);
		n->text = n->boolean ? STR("true") : STR("false");
		return 0;
	default:
		n->type = DOC_NULL;
		n->text = STR("null");
		return 0;
	}
}

/* --- errors ----------------------------------------------------------------------------------- */

static const struct {
	enum json_error_code code;
	int err;
	const char *sentence, *remedy;
} complaints[] = {
	{json_error_premature_end_of_input, ERR_SYNTAX, "the document ends before it is complete",
	 "close every string, array and object"},
	{json_error_end_of_input_expected, ERR_SYNTAX, "text follows after the end of the document",
	 "delete it; a document is one JSON value"},
	{json_error_duplicate_key, ERR_INVALID, "the key of this object is written twice",
	 "keep one of them"},
	{json_error_numeric_overflow, ERR_INVALID, "the number is too large",
	 "write it as a string"},
	{json_error_null_character, ERR_INVALID, "a string holds a NUL character (\\u0000)",
	 "delete it"},
	{json_error_stack_overflow, ERR_TOO_LARGE, "arrays and objects are nested too deeply",
	 "flatten the document"},
	{json_error_invalid_utf8, ERR_INVALID, "a string is not valid UTF-8",
	 "encode the text as UTF-8"},
};

/* The spot that the byte before `position` belongs to: jansson names the end of what it read. */
static const struct spot *spot_before(const struct scan *s, size_t position)
{
	const struct spot *found = NULL;
	for (size_t i = 0; i < s->count && s->spots[i].offset < position; i++)
		found = &s->spots[i];
	return found && found->end >= position ? found : NULL;
}

static int syntax_error(const struct doc_parse *p, const struct scan *s, const json_error_t *e)
{
	size_t position = e->position > 0 ? (size_t)e->position : 0;
	const struct spot *spot = spot_before(s, position);
	struct doc_place at = doc_place_of(p, spot ? spot->offset : position ? position - 1 : 0);
	for (size_t i = 0; i < ARRAY_SIZE(complaints); i++)
		if (complaints[i].code == json_error_code(e)) {
			err_at(p->err, complaints[i].err, p->path, at.line, at.column, "%s",
			       complaints[i].sentence);
			err_remedy(p->err, "%s", complaints[i].remedy);
			return complaints[i].err;
		}
	/*
	 * "string or '}' expected near ','" reads well enough when it says that it is about
	 * JSON.
	 */
	return err_at(p->err, ERR_SYNTAX, p->path, at.line, at.column, "this is not JSON: %s",
		      e->text);
}

static void json_freep(json_t **root)
{
	json_decref(*root);
}

int doc_parse_json(struct arena *a, struct str text, const struct doc_limits *limits,
		   const char *path, const struct doc_node **ret, struct err *err)
{
	struct doc_parse p = {a, text, limits, path, 0, err};
	int rc = doc_check_bytes(&p, false);
	if (rc < 0)
		return rc;
	CLEANUP(scan_release) struct scan s = {.p = &p, .line = 1, .column = 1};
	s.levels = mem_array((size_t)limits->depth + 1, sizeof(*s.levels));
	rc = scan_all(&s);
	if (rc < 0)
		return rc;
	if (s.count == 0)
		return err_at(err, ERR_SYNTAX, path, 1, 1, "the document is empty");
	json_error_t error;
	CLEANUP(json_freep)
	json_t *root = json_loadb(text.p, text.len, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY,
				  &error);
	if (!root)
		return syntax_error(&p, &s, &error);
	struct maker m = {&p, &s, 0};
	const struct doc_node *made;
	rc = make(&m, root, &made);
	assert(rc < 0 || m.next == s.count);
	if (rc == 0)
		rc = arena_check(a, "the document", err);
	if (rc == 0)
		*ret = made;
	return rc;
}
