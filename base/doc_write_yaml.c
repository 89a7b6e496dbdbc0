/* A tree back into YAML: block style, quotes only where they are needed. */
#include <stdlib.h>

#include "base/doc_int.h"
#include "base/mem.h"

#define KEY_MAX 1000 /* a key of more than 1,024 characters needs the form "? key" */

static bool is_word_of_yaml(struct str s)
{
	/* YAML 1.1 reads the second half as booleans, and other programs may read what we write. */
	static const char *const words[] = {"null", "true", "false", "yes", "no",
					    "on",   "off",  "y",     "n"};
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (str_eq_nocase(s, str_of(words[i])))
			return true;
	return false;
}

bool doc_plain_safe(struct str s)
{
	unsigned char first = s.len ? (unsigned char)s.p[0] : 0;
	bool letter = (first >= 'a' && first <= 'z') || (first >= 'A' && first <= 'Z') ||
		      first == '_' || first == '/' || first > 0x7F;
	/* Digits and signs may begin a number or a date for somebody: those are quoted. */
	if (!letter || is_word_of_yaml(s) || s.p[s.len - 1] == ' ' || s.p[s.len - 1] == ':')
		return false;
	for (size_t pos = 0; pos < s.len;) {
		char c = s.p[pos], before = pos ? s.p[pos - 1] : 'x';
		uint32_t rune = str_next_rune(s, &pos);
		if (rune == '\n' || rune == '\t' || rune == 0xFFFE || rune == 0xFFFF ||
		    rune_is_deceptive(rune) || (before == ':' && c == ' ') ||
		    (before == ' ' && c == '#'))
			return false;
	}
	return true;
}

static void yaml_quoted(struct buf *out, struct str s)
{
	buf_add_char(out, '"');
	for (size_t pos = 0; pos < s.len;) {
		size_t start = pos;
		uint32_t rune = str_next_rune(s, &pos);
		if (rune == '"' || rune == '\\')
			buf_addf(out, "\\%c", (char)rune);
		else if (rune == '\n')
			buf_addz(out, "\\n");
		else if (rune == '\t')
			buf_addz(out, "\\t");
		else if (rune == '\r')
			buf_addz(out, "\\r");
		else if (rune > 0xFFFF && rune_is_deceptive(rune))
			buf_addf(out, "\\U%08X", rune);
		else if (rune_is_deceptive(rune) || rune == 0xFFFE || rune == 0xFFFF)
			buf_addf(out, "\\u%04X", rune);
		else if (rune == 0xFFFD)
			buf_addz(out, "\xEF\xBF\xBD");
		else
			buf_add(out, s.p + start, pos - start);
	}
	buf_add_char(out, '"');
}

/*
 * Several lines that a block scalar holds exactly: it starts with text and ends in at most one
 * line break.
 */
static bool block_safe(struct str s)
{
	if (str_find_byte(s, '\n', 0) < 1 || strchr(" \t\n", s.p[0]) ||
	    (s.p[s.len - 1] == '\n' && s.p[s.len - 2] == '\n'))
		return false;
	for (size_t pos = 0; pos < s.len;) {
		uint32_t rune = str_next_rune(s, &pos);
		if (rune_is_deceptive(rune) || rune == 0xFFFD || rune == 0xFFFE || rune == 0xFFFF)
			return false;
	}
	return true;
}

static void yaml_block(struct buf *out, struct str s, unsigned indent)
{
	bool ended = s.p[s.len - 1] == '\n';
	buf_addz(out, ended ? "|\n" : "|-\n");
	struct str line, rest = ended ? str_sub(s, 0, s.len - 1) : s;
	while (str_split(&rest, '\n', &line)) {
		if (line.len)
			buf_add_repeat(out, ' ', indent);
		buf_add_str(out, line);
		buf_add_char(out, '\n');
	}
}

static void yaml_node(struct buf *out, const struct doc_node *n, unsigned indent, bool after_key);

static bool is_block(const struct doc_node *n)
{
	return (n->type == DOC_MAP && n->map.count) || (n->type == DOC_LIST && n->list.count);
}

static void yaml_key(struct buf *out, struct str key, unsigned indent)
{
	size_t from = out->len;
	if (doc_plain_safe(key))
		buf_add_str(out, key);
	else
		yaml_quoted(out, key);
	if (out->len - from > KEY_MAX && !out->overflow) {
		CLEANUP_FREE char *written = mem_strndup(out->data + from, out->len - from);
		out->len = from;
		buf_addf(out, "? %s\n", written);
		buf_add_repeat(out, ' ', indent);
	}
	buf_add_char(out, ':');
}

static void yaml_map(struct buf *out, const struct doc_node *n, unsigned indent)
{
	for (size_t i = 0; i < n->map.count; i++) {
		if (i)
			buf_add_repeat(out, ' ', indent);
		yaml_key(out, n->map.pairs[i].key, indent);
		yaml_node(out, n->map.pairs[i].value, indent + 2, true);
	}
}

static void yaml_list(struct buf *out, const struct doc_node *n, unsigned indent)
{
	for (size_t i = 0; i < n->list.count; i++) {
		if (i)
			buf_add_repeat(out, ' ', indent);
		buf_addz(out, "- ");
		yaml_node(out, n->list.items[i], indent + 2, false);
	}
}

/* Writes the value and the end of its line. indent: of the value's own lines after the first. */
static void yaml_node(struct buf *out, const struct doc_node *n, unsigned indent, bool after_key)
{
	if (is_block(n)) {
		if (after_key) {
			buf_add_char(out, '\n');
			buf_add_repeat(out, ' ', indent);
		}
		if (n->type == DOC_MAP)
			yaml_map(out, n, indent);
		else
			yaml_list(out, n, indent);
		return;
	}
	if (after_key)
		buf_add_char(out, ' ');
	if (n->type == DOC_STRING && block_safe(n->text)) {
		yaml_block(out, n->text, indent);
		return;
	}
	if (n->type == DOC_STRING && doc_plain_safe(n->text))
		buf_add_str(out, n->text);
	else if (n->type == DOC_STRING)
		yaml_quoted(out, n->text);
	else if (n->type == DOC_LIST || n->type == DOC_MAP)
		buf_addz(out, n->type == DOC_LIST ? "[]" : "{}");
	else
		doc_add_plain(out, n, false);
	buf_add_char(out, '\n');
}

void doc_write_yaml(struct buf *out, const struct doc_node *n)
{
	/* A block scalar at the top is indented, too. */
	bool text = n->type == DOC_STRING;
	yaml_node(out, n, text ? 2 : 0, false);
}
