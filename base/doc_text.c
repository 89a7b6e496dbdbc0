/* What is looked at before any parser sees a document: its size and its characters. */
#include <assert.h>

#include "base/doc_int.h"

struct doc_place doc_place_of(const struct doc_parse *p, size_t offset)
{
	struct doc_place at = {MIN(offset, p->text.len), 1 + p->line_offset, 1};
	size_t pos = 0;
	while (pos < at.offset) {
		bool newline = p->text.p[pos] == '\n';
		str_next_rune(p->text, &pos);
		at.line += newline;
		at.column = newline ? 1 : at.column + 1;
	}
	return at;
}

static int refuse_at(const struct doc_parse *p, size_t offset, const char *what, const char *remedy)
{
	struct doc_place at = doc_place_of(p, offset);
	err_at(p->err, ERR_INVALID, p->path, at.line, at.column, "%s", what);
	err_remedy(p->err, "%s", remedy);
	return ERR_INVALID;
}

static bool starts_with_bytes(struct str s, const char *bytes, size_t len)
{
	return s.len >= len && memcmp(s.p, bytes, len) == 0;
}

static int check_encoding(const struct doc_parse *p)
{
	struct str t = p->text;
	size_t bad;
	if (starts_with_bytes(t, "\xFF\xFE", 2) || starts_with_bytes(t, "\xFE\xFF", 2) ||
	    (t.len >= 2 && !t.p[0] != !t.p[1]))
		return refuse_at(p, 0, "the text is UTF-16 or UTF-32, not UTF-8",
				 "save the file with the encoding UTF-8");
	if (starts_with_bytes(t, "\xEF\xBB\xBF", 3))
		return refuse_at(p, 0, "the text begins with a byte order mark",
				 "save the file as \"UTF-8\", not as \"UTF-8 with BOM\"");
	if (!str_is_utf8(t, &bad)) {
		char what[80];
		snprintf(what, sizeof(what), "the byte 0x%02X is not valid UTF-8",
			 (unsigned char)t.p[bad]);
		return refuse_at(p, bad, what, "save the file with the encoding UTF-8");
	}
	return 0;
}

static const char *rune_name(uint32_t rune)
{
	if (rune == 0)
		return "a NUL character";
	if (rune == '\r')
		return "a carriage return without a line feed";
	if (rune < 0x20 || (rune >= 0x7F && rune <= 0x9F))
		return "a control character";
	if (rune == 0xFEFF)
		return "a byte order mark inside the text";
	if ((rune >= 0x202A && rune <= 0x202E) || (rune >= 0x2066 && rune <= 0x2069) ||
	    rune == 0x200E || rune == 0x200F || rune == 0x061C)
		return "a character that changes the direction of writing";
	if (rune == 0x2028 || rune == 0x2029)
		return "a line separator that editors do not show as a new line";
	return "an invisible character";
}

static int check_runes(const struct doc_parse *p, bool strict)
{
	for (size_t pos = 0; pos < p->text.len;) {
		size_t start = pos;
		unsigned char c = (unsigned char)p->text.p[pos];
		if (c >= 0x20 && c < 0x7F) {
			pos++;
			continue;
		}
		uint32_t rune = str_next_rune(p->text, &pos);
		if (rune == '\r' && pos < p->text.len && p->text.p[pos] == '\n')
			continue;
		/* jansson skips NUL as if it were not there, even inside a number. */
		if (rune != 0 && (!strict || !rune_is_deceptive(rune)))
			continue;
		char what[120];
		snprintf(what, sizeof(what), "the text has %s (U+%04X)", rune_name(rune), rune);
		return refuse_at(p, start, what,
				 "delete it, or retype the line instead of pasting it");
	}
	return 0;
}

int doc_check_bytes(const struct doc_parse *p, bool strict)
{
	/* Offsets are 32 bits wide. */
	assert(p->limits->bytes < UINT32_MAX);
	if (p->text.len > p->limits->bytes) {
		err_at(p->err, ERR_TOO_LARGE, p->path, 0, 0,
		       "the text has %zu bytes, more than the limit of %zu", p->text.len,
		       p->limits->bytes);
		return err_remedy(p->err, "shorten it, or split it");
	}
	int rc = check_encoding(p);
	return rc < 0 ? rc : check_runes(p, strict);
}
