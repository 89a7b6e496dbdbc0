/* YAML into a tree, by libyaml's events. What is refused and why is in doc.h. */
#include <assert.h>

#include "base/doc_yaml_int.h"
#include "base/mem.h"

/* A collection that is open. */
struct frame {
	struct doc_node *node;
	size_t base; /* of its values on the stack */
	bool flow;
	bool has_key;
	struct doc_pair pair; /* the key that waits for its value */
};

struct reader {
	struct doc_parse *p;
	yaml_parser_t parser;
	struct doc_stack stack;
	struct frame *frames;
	unsigned depth;
	size_t events;
	unsigned documents;
	const struct doc_node *root;
	/*
	 * Marks count characters. Events come nearly in order, so a cursor that steps both ways
	 * finds the bytes.
	 */
	size_t cursor_index, cursor_byte;
};

static void reader_release(struct reader *r)
{
	yaml_parser_delete(&r->parser);
	doc_stack_release(&r->stack);
	free(r->frames);
}

static bool continues(const struct reader *r, size_t byte)
{
	return ((unsigned char)r->p->text.p[byte] & 0xC0) == 0x80;
}

static uint32_t byte_of(struct reader *r, const yaml_mark_t *mark)
{
	size_t len = r->p->text.len;
	while (r->cursor_index < mark->index && r->cursor_byte < len) {
		r->cursor_index++;
		r->cursor_byte++;
		while (r->cursor_byte < len && continues(r, r->cursor_byte))
			r->cursor_byte++;
	}
	while (r->cursor_index > mark->index && r->cursor_byte > 0) {
		r->cursor_index--;
		r->cursor_byte--;
		while (r->cursor_byte > 0 && continues(r, r->cursor_byte))
			r->cursor_byte--;
	}
	return (uint32_t)r->cursor_byte;
}

static struct doc_node *new_node(struct reader *r, enum doc_type type, const yaml_event_t *event)
{
	struct doc_node *n = arena_alloc(r->p->arena, sizeof(*n));
	n->type = type;
	n->line = (uint32_t)event->start_mark.line + 1 + r->p->line_offset;
	n->column = (uint32_t)event->start_mark.column + 1;
	n->offset = byte_of(r, &event->start_mark);
	n->end = byte_of(r, &event->end_mark);
	return n;
}

static struct frame *top(struct reader *r)
{
	return r->depth ? &r->frames[r->depth - 1] : NULL;
}

static bool key_is_next(struct reader *r)
{
	struct frame *f = top(r);
	return f && f->node->type == DOC_MAP && !f->has_key;
}

/* A value is complete: it is the root, an element, or what the waiting key waits for. */
static void place_value(struct reader *r, const struct doc_node *n)
{
	struct frame *f = top(r);
	if (!f) {
		r->root = n;
		return;
	}
	f->pair.value = n;
	f->has_key = false;
	doc_stack_push(&r->stack, &f->pair);
	f->pair = (struct doc_pair){0};
}

/* --- collections ------------------------------------------------------------------------------ */

static int open_collection(struct reader *r, const yaml_event_t *event, enum doc_type type,
			   bool flow)
{
	if (key_is_next(r))
		return doc_yaml_refuse_key(r->p, event, byte_of(r, &event->start_mark));
	struct doc_node *n = new_node(r, type, event);
	if (r->depth == r->p->limits->depth) {
		doc_err(r->p->err, ERR_TOO_LARGE, r->p->path, n,
			"lists and maps are nested more than %u deep", r->p->limits->depth);
		err_remedy(r->p->err, "flatten the document");
		return ERR_TOO_LARGE;
	}
	r->frames[r->depth++] = (struct frame){.node = n, .base = r->stack.count, .flow = flow};
	return 0;
}

static int check_duplicates(struct reader *r, struct frame *f)
{
	size_t count = r->stack.count - f->base;
	const struct doc_pair *first, *second;
	second = count ? doc_duplicate(&r->stack.pairs[f->base], count, &first) : NULL;
	if (!second)
		return 0;
	err_at(r->p->err, ERR_INVALID, r->p->path, second->key_line, second->key_column,
	       "the key \"%.*s\" is written twice; the first is on line %u",
	       (int)MIN(second->key.len, 80), second->key.p, first->key_line);
	err_remedy(r->p->err, "keep one of them");
	return ERR_INVALID;
}

static int close_collection(struct reader *r, const yaml_event_t *event)
{
	assert(r->depth > 0);
	struct frame *f = &r->frames[r->depth - 1];
	if (f->node->type == DOC_MAP) {
		int rc = check_duplicates(r, f);
		if (rc < 0)
			return rc;
	}
	/*
	 * A block collection ends for libyaml where the next token starts; for us, where its
	 * last value ends.
	 */
	if (f->flow)
		f->node->end = byte_of(r, &event->end_mark);
	else if (r->stack.count > f->base)
		f->node->end = r->stack.pairs[r->stack.count - 1].value->end;
	doc_stack_take(&r->stack, f->base, r->p->arena, f->node);
	r->depth--;
	place_value(r, f->node);
	return 0;
}

/* --- scalars ---------------------------------------------------------------------------------- */

static int check_scalar(struct reader *r, const yaml_event_t *event, struct str text)
{
	struct doc_node at = {.line = (uint32_t)event->start_mark.line + 1 + r->p->line_offset,
			      .column = (uint32_t)event->start_mark.column + 1};
	if (text.len > r->p->limits->string_bytes) {
		doc_err(r->p->err, ERR_TOO_LARGE, r->p->path, &at,
			"a text of %zu bytes is over the limit of %zu", text.len,
			r->p->limits->string_bytes);
		return err_remedy(r->p->err, "shorten it");
	}
	/* The text itself was looked at before parsing; only escapes can bring these in now. */
	if (event->data.scalar.style != YAML_DOUBLE_QUOTED_SCALAR_STYLE)
		return 0;
	for (size_t pos = 0; pos < text.len;) {
		uint32_t rune = str_next_rune(text, &pos);
		if (rune == '\r' || !rune_is_deceptive(rune))
			continue;
		doc_err(r->p->err, ERR_INVALID, r->p->path, &at,
			"an escape in this text makes the invisible character U+%04X", rune);
		err_remedy(r->p->err, "delete the escape");
		return ERR_INVALID;
	}
	return 0;
}

static int take_key(struct reader *r, const yaml_event_t *event, struct str text)
{
	struct frame *f = top(r);
	bool plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	uint32_t line = (uint32_t)event->start_mark.line + 1 + r->p->line_offset;
	uint32_t column = (uint32_t)event->start_mark.column + 1;
	if (plain && text.len == 0) {
		err_at(r->p->err, ERR_SYNTAX, r->p->path, line, column,
		       "a key is missing before the colon");
		err_remedy(r->p->err, "write \"key: value\"");
		return ERR_SYNTAX;
	}
	if (plain && str_eqz(text, "<<")) {
		err_at(r->p->err, ERR_INVALID, r->p->path, line, column,
		       "merge keys (<<) are not part of the YAML that is read here");
		err_remedy(r->p->err, "write the merged fields out");
		return ERR_INVALID;
	}
	f->has_key = true;
	f->pair = (struct doc_pair){.key = arena_str(r->p->arena, text),
				    .key_line = line,
				    .key_column = column,
				    .key_offset = byte_of(r, &event->start_mark)};
	return 0;
}

static int on_scalar(struct reader *r, const yaml_event_t *event)
{
	struct str text = str_make((const char *)event->data.scalar.value,
				   event->data.scalar.length);
	int rc = check_scalar(r, event, text);
	if (rc < 0)
		return rc;
	if (key_is_next(r))
		return take_key(r, event, text);
	struct doc_node *n = new_node(r, DOC_STRING, event);
	n->text = arena_str(r->p->arena, text);
	if (event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE)
		doc_plain(n, n->text);
	else
		n->quoted = true;
	/* A block scalar's end is past its line breaks, which belong to nobody. */
	while (n->end > n->offset && strchr(" \t\r\n", r->p->text.p[n->end - 1]))
		n->end--;
	place_value(r, n);
	return 0;
}

/* --- events ----------------------------------------------------------------------------------- */

static int on_document(struct reader *r, const yaml_event_t *event)
{
	bool directive = event->data.document_start.version_directive ||
			 event->data.document_start.tag_directives.start !=
				 event->data.document_start.tag_directives.end;
	if (r->documents++ == 0 && !directive)
		return 0;
	return doc_yaml_refuse_document(r->p, event, directive);
}

/* Anchors and tags hang on three kinds of event; NULL where there is none. */
static void properties(const yaml_event_t *event, const yaml_char_t **anchor,
		       const yaml_char_t **tag)
{
	*anchor = *tag = NULL;
	if (event->type == YAML_SCALAR_EVENT) {
		*anchor = event->data.scalar.anchor;
		*tag = event->data.scalar.tag;
	} else if (event->type == YAML_SEQUENCE_START_EVENT) {
		*anchor = event->data.sequence_start.anchor;
		*tag = event->data.sequence_start.tag;
	} else if (event->type == YAML_MAPPING_START_EVENT) {
		*anchor = event->data.mapping_start.anchor;
		*tag = event->data.mapping_start.tag;
	}
}

static int on_event(struct reader *r, const yaml_event_t *event)
{
	const yaml_char_t *anchor, *tag;
	properties(event, &anchor, &tag);
	if (anchor || tag || event->type == YAML_ALIAS_EVENT)
		return doc_yaml_refuse_property(r->p, event, byte_of(r, &event->start_mark),
						anchor != NULL);
	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT:
		return on_document(r, event);
	case YAML_SEQUENCE_START_EVENT:
		return open_collection(r, event, DOC_LIST,
				       event->data.sequence_start.style ==
					       YAML_FLOW_SEQUENCE_STYLE);
	case YAML_MAPPING_START_EVENT:
		return open_collection(r, event, DOC_MAP,
				       event->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		return close_collection(r, event);
	case YAML_SCALAR_EVENT:
		return on_scalar(r, event);
	default:
		return 0;
	}
}

static int read_events(struct reader *r)
{
	bool end = false;
	while (!end) {
		CLEANUP(yaml_event_delete) yaml_event_t event;
		if (!yaml_parser_parse(&r->parser, &event))
			return doc_yaml_syntax(r->p, &r->parser);
		end = event.type == YAML_STREAM_END_EVENT;
		if (++r->events > r->p->limits->nodes) {
			err_at(r->p->err, ERR_TOO_LARGE, r->p->path,
			       (uint32_t)event.start_mark.line + 1 + r->p->line_offset,
			       (uint32_t)event.start_mark.column + 1,
			       "the document has more than %zu values", r->p->limits->nodes);
			return err_remedy(r->p->err, "shorten it, or split it");
		}
		int rc = on_event(r, &event);
		if (rc < 0)
			return rc;
	}
	return 0;
}

int doc_parse_yaml(struct arena *a, struct str text, const struct doc_limits *limits,
		   const char *path, uint32_t line_offset, const struct doc_node **ret,
		   struct err *err)
{
	struct doc_parse p = {a, text, limits, path, line_offset, err};
	int rc = doc_check_bytes(&p, true);
	if (rc < 0)
		return rc;
	CLEANUP(reader_release) struct reader r = {.p = &p};
	r.frames = mem_array(limits->depth ? limits->depth : 1, sizeof(*r.frames));
	if (!yaml_parser_initialize(&r.parser))
		return err_set(err, ERR_INTERNAL, "libyaml has no memory");
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r.parser, (const unsigned char *)(text.p ? text.p : ""),
				     text.len);
	rc = read_events(&r);
	if (rc < 0)
		return rc;
	if (!r.root) {
		struct doc_node *empty = arena_alloc(a, sizeof(*empty));
		*empty = (struct doc_node){.line = 1 + line_offset, .column = 1, .text = STR("")};
		r.root = empty;
	}
	rc = arena_check(a, "the document", err);
	if (rc == 0)
		*ret = r.root;
	return rc;
}
