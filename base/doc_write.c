/* A tree back into JSON, canonical or not. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "base/doc_int.h"
#include "base/json.h"
#include "base/mem.h"

/* A float stays one when it is read again: 1e0 is written 1.0. */
static void add_float(struct buf *out, double v)
{
	size_t from = out->len;
	json_number(out, v);
	struct str written = str_sub(buf_str(out), from, out->len);
	if (str_find_byte(written, '.', 0) < 0 && str_find_byte(written, 'e', 0) < 0)
		buf_addz(out, ".0");
}

void doc_add_plain(struct buf *out, const struct doc_node *n, bool canonical)
{
	if (n->type == DOC_INT)
		buf_addf(out, "%" PRId64, n->integer);
	else if (n->type == DOC_FLOAT && canonical)
		json_number(out, n->number);
	else if (n->type == DOC_FLOAT)
		add_float(out, n->number);
	else if (n->type == DOC_BOOL)
		buf_addz(out, n->boolean ? "true" : "false");
	else
		buf_addz(out, "null");
}

struct json_style {
	struct buf *out;
	unsigned indent;
	bool canonical;
};

/*
 * RFC 8785 3.2.3 sorts by UTF-16 code units: what needs a surrogate pair (0xD800…) comes before
 * U+E000.
 */
static uint32_t utf16_rank(uint32_t rune)
{
	return rune < 0x10000 ? rune << 16
			      : (0xD800 + ((rune - 0x10000) >> 10)) << 16 | (rune & 0x3FF);
}

static int utf16_cmp(const void *a, const void *b)
{
	struct str x = (*(const struct doc_pair *const *)a)->key;
	struct str y = (*(const struct doc_pair *const *)b)->key;
	size_t i = 0, k = 0;
	while (i < x.len && k < y.len) {
		uint32_t p = utf16_rank(str_next_rune(x, &i)), q = utf16_rank(str_next_rune(y, &k));
		if (p != q)
			return p < q ? -1 : 1;
	}
	return (i < x.len) - (k < y.len);
}

static void new_line(const struct json_style *s, unsigned level)
{
	if (!s->indent)
		return;
	buf_add_char(s->out, '\n');
	buf_add_repeat(s->out, ' ', (size_t)s->indent * level);
}

static void json_node(const struct json_style *s, const struct doc_node *n, unsigned level);

static void json_text(const struct json_style *s, struct str text)
{
	if (s->canonical)
		json_quote_canonical(s->out, text);
	else
		json_quote(s->out, text);
}

static void json_map(const struct json_style *s, const struct doc_node *n, unsigned level)
{
	CLEANUP_FREE const struct doc_pair **order = mem_array(n->map.count, sizeof(*order));
	for (size_t i = 0; i < n->map.count; i++)
		order[i] = &n->map.pairs[i];
	if (s->canonical && n->map.count)
		qsort(order, n->map.count, sizeof(*order), utf16_cmp);
	buf_add_char(s->out, '{');
	for (size_t i = 0; i < n->map.count; i++) {
		if (i)
			buf_add_char(s->out, ',');
		new_line(s, level + 1);
		json_text(s, order[i]->key);
		buf_addz(s->out, s->indent ? ": " : ":");
		json_node(s, order[i]->value, level + 1);
	}
	if (n->map.count)
		new_line(s, level);
	buf_add_char(s->out, '}');
}

static void json_list(const struct json_style *s, const struct doc_node *n, unsigned level)
{
	buf_add_char(s->out, '[');
	for (size_t i = 0; i < n->list.count; i++) {
		if (i)
			buf_add_char(s->out, ',');
		new_line(s, level + 1);
		json_node(s, n->list.items[i], level + 1);
	}
	if (n->list.count)
		new_line(s, level);
	buf_add_char(s->out, ']');
}

static void json_node(const struct json_style *s, const struct doc_node *n, unsigned level)
{
	if (n->type == DOC_MAP)
		json_map(s, n, level);
	else if (n->type == DOC_LIST)
		json_list(s, n, level);
	else if (n->type == DOC_STRING)
		json_text(s, n->text);
	else
		doc_add_plain(s->out, n, s->canonical);
}

void doc_write_json(struct buf *out, const struct doc_node *n, unsigned indent, bool sort_keys)
{
	struct json_style s = {out, indent, sort_keys};
	json_node(&s, n, 0);
}
