/* The decoders. Each is linear in what it takes. */
#include "guard/decode_int.h"

#include "guard/fold.h"

#define LINES_MAX 4096 /* of one wrapped part */

static int base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

/* Past a line's end, its indentation and quotation, to where base64 goes on; or 0. */
static size_t next_line(struct str text, size_t at)
{
	size_t pos = at;
	if (text.len - pos > 1 && text.p[pos] == '\\' && text.p[pos + 1] == 'n')
		pos += 2; /* JSON's */
	else if (pos < text.len && (text.p[pos] == '\n' || text.p[pos] == '\r'))
		pos += 1 + (text.p[pos] == '\r' && pos + 1 < text.len && text.p[pos + 1] == '\n');
	else
		return 0;
	while (pos < text.len && (text.p[pos] == ' ' || text.p[pos] == '\t' || text.p[pos] == '>'))
		pos++;
	size_t end = pos;
	while (end < text.len && base64_value(text.p[end]) >= 0)
		end++;
	/* A line of prose has blanks; a line of base64 is all of it, or ends the part. */
	bool whole = end == text.len || text.p[end] == '\n' || text.p[end] == '\r' ||
		     text.p[end] == '=' || text.p[end] == '"' || text.p[end] == '\\';
	return end > pos && whole ? pos : 0;
}

size_t decode_base64(struct str text, size_t at, struct buf *out)
{
	size_t pos = at, end = at, lines = 0, line = at;
	uint32_t bits = 0;
	unsigned have = 0;
	while (pos < text.len) {
		int value = base64_value(text.p[pos]);
		if (value < 0) {
			size_t next = pos - line >= 16 && ++lines < LINES_MAX ? next_line(text, pos)
									      : 0;
			if (!next)
				break;
			pos = line = next;
			continue;
		}
		bits = bits << 6 | (unsigned)value;
		have += 6;
		end = ++pos;
		if (have >= 8) {
			have -= 8;
			buf_add_char(out, (char)(bits >> have & 0xFF));
		}
	}
	while (end < text.len && end - pos < 2 && text.p[end] == '=')
		end++;
	return end;
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Length of what introduces a byte here: "\x", "0x", "\u00", "%", or nothing. */
static size_t hex_prefix(struct str s, size_t at)
{
	if (s.len - at > 3 && s.p[at] == '\\' && s.p[at + 1] == 'x')
		return 2;
	if (s.len - at > 3 && s.p[at] == '0' && (s.p[at + 1] | 0x20) == 'x')
		return 2;
	if (s.len - at > 5 && s.p[at] == '\\' && s.p[at + 1] == 'u' && s.p[at + 2] == '0' &&
	    s.p[at + 3] == '0')
		return 4;
	return 0;
}

size_t decode_hex(struct str text, size_t at, struct buf *out)
{
	size_t end = at, pos = at, prefix = hex_prefix(text, at);
	while (text.len - pos >= prefix + 2 && hex_prefix(text, pos) == prefix) {
		int high = hex_value(text.p[pos + prefix]),
		    low = hex_value(text.p[pos + prefix + 1]);
		if (high < 0 || low < 0)
			break;
		buf_add_char(out, (char)(high << 4 | low));
		end = pos = pos + prefix + 2;
		for (unsigned n = 0;
		     n < 4 && pos < text.len && strchr(" ,:;\n-", text.p[pos]) && text.p[pos]; n++)
			pos++;
		if (pos == text.len)
			break;
	}
	return end;
}

static bool is_token(char c)
{
	return (unsigned char)c > ' ' && !strchr("\"'<>()[]{}`|\\", c);
}

size_t decode_percent(struct str text, size_t at, size_t *ret_start, struct buf *out)
{
	size_t start = at, pos;
	while (start > 0 && at - start < 2048 && is_token(text.p[start - 1]))
		start--;
	for (pos = start; pos < text.len && is_token(text.p[pos]); pos++) {
		int high = text.len - pos > 2 && text.p[pos] == '%' ? hex_value(text.p[pos + 1])
								    : -1;
		int low = high >= 0 ? hex_value(text.p[pos + 2]) : -1;
		if (low >= 0) {
			buf_add_char(out, (char)(high << 4 | low));
			pos += 2;
		} else {
			buf_add_char(out, text.p[pos] == '+' ? ' ' : text.p[pos]);
		}
	}
	*ret_start = start;
	return pos;
}

size_t decode_entities(struct str text, size_t at, struct buf *out)
{
	uint32_t rune = 0;
	char bytes[4];
	while (at < text.len) {
		size_t len = text.p[at] == '&' ? fold_entity(text, at, &rune) : 0;
		if (len)
			buf_add(out, bytes, rune_encode(rune, bytes));
		else if ((text.p[at] >= 'a' && text.p[at] <= 'z') || text.p[at] == ' ')
			buf_add_char(out, text.p[at]);
		else
			break;
		at += len ? len : 1;
	}
	return at;
}

#define ROT13_MOST 2048

size_t decode_rot13(struct str text, size_t at, size_t *ret_start, struct buf *out)
{
	size_t start = at, end = at;
	while (start > 0 && at - start < ROT13_MOST && text.p[start - 1] != '\n' &&
	       text.p[start - 1] != '"')
		start--;
	while (end < text.len && end - at < ROT13_MOST && text.p[end] != '\n' && text.p[end] != '"')
		end++;
	char turned[2 * ROT13_MOST];
	for (size_t i = start; i < end; i++) {
		char c = text.p[i], half = (char)((c | 0x20) - 'a');
		bool letter = (unsigned char)half < 26;
		turned[i - start] = (char)(letter ? half < 13 ? c + 13 : c - 13 : c);
	}
	buf_add(out, turned, end - start);
	*ret_start = start;
	return end;
}

bool decode_is_text(struct buf *b)
{
	size_t nuls = 0, odd = 0, kept = 0;
	for (size_t i = 0; i < b->len; i++)
		nuls += b->data[i] == '\0';
	bool wide = nuls >= 4 && nuls * 5 >= b->len * 2 && nuls * 2 <= b->len + 1;
	for (size_t i = 0; i < b->len; i++) {
		unsigned char c = (unsigned char)b->data[i];
		if (wide && !c)
			continue;
		odd += (c < 0x20 && c != '\n' && c != '\t' && c != '\r') || c == 0x7F;
		b->data[kept++] = (char)c;
	}
	b->len = kept;
	if (kept < 8 || odd * 20 > kept)
		return false;
	/* What is beyond ASCII is UTF-8, but for where the part was cut. */
	size_t bad = kept;
	return str_is_utf8(buf_str(b), &bad) || bad + 4 > kept ||
	       (bad >= 32 && bad * 10 > kept * 9);
}

static const char *const common[] = {
	"the",	"and",	  "you",      "your",	      "to",	"of",	  "all",
	"is",	"in",	  "this",     "that",	      "for",	"not",	  "with",
	"user", "ignore", "previous", "instructions", "system", "prompt", "are",
	"from", "send",	  "rules",    "now",	      "read",	"do",	  "tell",
	"any",	"have",	  "no",	      "everything",   "on"};

unsigned decode_english(struct str text)
{
	unsigned found = 0;
	for (size_t i = 0; i < text.len;) {
		char word[16];
		size_t n = 0;
		while (i < text.len && (unsigned char)((text.p[i] | 0x20) - 'a') < 26) {
			if (n < sizeof(word))
				word[n] = (char)(text.p[i] | 0x20);
			n++;
			i++;
		}
		for (size_t k = 0; n > 1 && n < sizeof(word) && k < ARRAY_SIZE(common); k++)
			found += common[k][0] == word[0] && common[k][1] == word[1] &&
				 str_eqz(str_make(word, n), common[k]);
		i += n == 0;
	}
	return found;
}
