#include <stdio.h>

#include "base/log_int.h"

/* What every line keeps free: the mark of a cut, brace and newline. */
#define TAIL sizeof(",\"cut\":\"true\"}\n")

void log_line_begin(struct log_line *l, enum log_format format)
{
	l->format = format;
	l->cut = false;
	l->len = 0;
}

static void put(struct log_line *l, const char *p, size_t len)
{
	memcpy(l->data + l->len, p, len);
	l->len += len;
}

/* The text of one code point inside quotes, as JSON has it; pairs of surrogates above U+FFFF. */
static size_t escape(uint32_t rune, bool valid, const char *p, size_t len, char out[16])
{
	static const char shorts[] = "\"\\\n\t\r\b\f", letters[] = "\"\\ntrbf";
	const char *at = rune && rune < 128 ? strchr(shorts, (int)rune) : NULL;
	if (!valid)
		return (size_t)snprintf(out, 16, "\\ufffd");
	if (at)
		return (size_t)snprintf(out, 16, "\\%c", letters[at - shorts]);
	if (rune >= 0x20 && !rune_is_deceptive(rune)) {
		memcpy(out, p, len);
		return len;
	}
	if (rune <= 0xFFFF)
		return (size_t)snprintf(out, 16, "\\u%04x", rune & 0xFFFF);
	rune -= 0x10000;
	return (size_t)snprintf(out, 16, "\\u%04x\\u%04x", (0xD800 + (rune >> 10)) & 0xFFFF,
				(0xDC00 + (rune & 0x3FF)) & 0xFFFF);
}

static void put_quoted(struct log_line *l, struct str value)
{
	size_t pos = 0;
	put(l, "\"", 1);
	while (pos < value.len) {
		char text[16];
		size_t start = pos;
		uint32_t rune = str_next_rune(value, &pos);
		bool valid = rune != 0xFFFD || pos - start == 3;
		size_t len = escape(rune, valid, value.p + start, pos - start, text);
		if (l->len + len + 1 + TAIL > LOG_LINE_MAX) {
			l->cut = true;
			break;
		}
		put(l, text, len);
	}
	put(l, "\"", 1);
}

/* logfmt leaves words alone that cannot be mistaken for anything else. */
static bool is_bare(struct str value)
{
	for (size_t i = 0; i < value.len; i++) {
		unsigned char c = (unsigned char)value.p[i];
		if (c <= ' ' || c >= 0x7F || c == '=' || c == '"' || c == '\\')
			return false;
	}
	return value.len > 0;
}

void log_line_add(struct log_line *l, const char *key, struct str value)
{
	size_t key_len = strlen(key);
	bool json = l->format == LOG_JSON;
	/* A comma or brace, quotes around the key, a colon, and quotes around an empty value. */
	if (l->cut || l->len + key_len + 6 + TAIL > LOG_LINE_MAX) {
		l->cut = true;
		return;
	}
	if (json)
		put(l, l->len ? ",\"" : "{\"", 2);
	else if (l->len)
		put(l, " ", 1);
	put(l, key, key_len);
	put(l, json ? "\":" : "=", json ? 2 : 1);
	if (!json && is_bare(value) && l->len + value.len + TAIL <= LOG_LINE_MAX)
		put(l, value.p, value.len);
	else
		put_quoted(l, value);
}

struct str log_line_end(struct log_line *l)
{
	bool json = l->format == LOG_JSON;
	if (l->cut && json)
		put(l, ",\"cut\":\"true\"", 13);
	else if (l->cut)
		put(l, " cut=true", 9);
	put(l, json ? "}\n" : "\n", json ? 2 : 1);
	return str_make(l->data, l->len);
}
