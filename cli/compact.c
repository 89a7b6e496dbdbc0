#include "cli/compact.h"

#include "skill/text.h"

#define LINE_MAX_BYTES 100
#define SHORT_DIGEST 12

/* Of an effective configuration: the sections that somebody who asks about an object most often means. */
static const char *const sections[] = {"budget", "limits", "model", "runtime", NULL};

static bool one_of(const char *const *names, struct str key)
{
	for (size_t i = 0; names && names[i]; i++)
		if (str_eqz(key, names[i]))
			return true;
	return false;
}

static bool is_empty(const struct doc_node *n)
{
	return n->type == DOC_NULL || (n->type == DOC_STRING && !n->text.len) ||
	       (n->type == DOC_LIST && !n->list.count) || (n->type == DOC_MAP && !n->map.count);
}

static bool is_scalar(const struct doc_node *n)
{
	return n->type != DOC_LIST && n->type != DOC_MAP;
}

static bool is_hex(struct str s)
{
	if (s.len != 64 && s.len != 40)
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (!strchr("0123456789abcdef", s.p[i]))
			return false;
	return true;
}

static void scalar(struct buf *out, const struct doc_node *n)
{
	text_escape(out, is_hex(n->text) ? str_sub(n->text, 0, SHORT_DIGEST) : n->text, 0);
}

/* "per_run_usd 0.1, per_day_usd 20": whatever it holds, on one line. */
static void flat(struct buf *out, const struct doc_node *n)
{
	size_t before = out->len;
	for (size_t i = 0; n->type == DOC_LIST && i < n->list.count; i++) {
		buf_addz(out, out->len > before ? ", " : "");
		flat(out, n->list.items[i]);
	}
	for (size_t i = 0; n->type == DOC_MAP && i < n->map.count; i++) {
		const struct doc_pair *p = &n->map.pairs[i];
		if (is_empty(p->value))
			continue;
		buf_addz(out, out->len > before ? ", " : "");
		text_escape(out, p->key, 0);
		buf_addz(out, is_scalar(p->value) ? " " : " (");
		flat(out, p->value);
		buf_addz(out, is_scalar(p->value) ? "" : ")");
	}
	if (is_scalar(n))
		scalar(out, n);
}

/* Elements on one line when they are words and fit, else a line each. */
static void list(struct buf *out, const struct doc_node *n)
{
	CLEANUP(buf_release) struct buf line = BUF_INIT(BUF_MAX);
	bool words = true;
	for (size_t i = 0; i < n->list.count; i++)
		words &= is_scalar(n->list.items[i]);
	flat(&line, n);
	if (words && line.len <= LINE_MAX_BYTES) {
		buf_add_char(out, ' ');
		buf_add_str(out, buf_str(&line));
		buf_add_char(out, '\n');
		return;
	}
	buf_add_char(out, '\n');
	for (size_t i = 0; i < n->list.count; i++) {
		buf_addz(out, "    - ");
		flat(out, n->list.items[i]);
		buf_add_char(out, '\n');
	}
}

static void pair(struct buf *out, const char *indent, const struct doc_pair *p)
{
	buf_addz(out, indent);
	text_escape(out, p->key, 0);
	buf_add_char(out, ':');
	if (p->value->type == DOC_LIST) {
		list(out, p->value);
		return;
	}
	buf_add_char(out, ' ');
	flat(out, p->value);
	buf_add_char(out, '\n');
}

static void config(struct buf *out, const struct doc_node *n)
{
	for (size_t i = 0; n->type == DOC_MAP && i < n->map.count; i++)
		if (one_of(sections, n->map.pairs[i].key) && !is_empty(n->map.pairs[i].value))
			pair(out, "  ", &n->map.pairs[i]);
}

void cli_compact_line(struct buf *out, const char *name, struct str value)
{
	if (!value.len)
		return;
	buf_addf(out, "%-12s", name);
	text_escape(out, value, 0);
	buf_add_char(out, '\n');
}

void cli_compact(struct buf *out, const struct doc_node *map, const char *const *skip)
{
	const struct doc_node *settings = NULL;
	for (size_t i = 0; map && map->type == DOC_MAP && i < map->map.count; i++) {
		const struct doc_pair *p = &map->map.pairs[i];
		if (str_eqz(p->key, "config"))
			settings = p->value;
		else if (!is_empty(p->value) && !one_of(skip, p->key))
			pair(out, "  ", p);
	}
	if (settings)
		config(out, settings);
}
