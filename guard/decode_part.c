/* The decoders. Each is linear in what it takes. */
#include "guard/decode_int.h"

#include "guard/fold.h"

#define LINES_MAX 4096 /* of one wrapped part */

/* What a letter of base64 or base64url stands for, + 1; 0: it is none. */
static const uint8_t base64_values[256] = {
	['A'] = 1,  ['B'] = 2,	['C'] = 3,  ['D'] = 4,	['E'] = 5,  ['F'] = 6,	['G'] = 7,
	['H'] = 8,  ['I'] = 9,	['J'] = 10, ['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14,
	['O'] = 15, ['P'] = 16, ['Q'] = 17, ['R'] = 18, ['S'] = 19, ['T'] = 20, ['U'] = 21,
	['V'] = 22, ['W'] = 23, ['X'] = 24, ['Y'] = 25, ['Z'] = 26, ['a'] = 27, ['b'] = 28,
	['c'] = 29, ['d'] = 30, ['e'] = 31, ['f'] = 32, ['g'] = 33, ['h'] = 34, ['i'] = 35,
	['j'] = 36, ['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40, ['o'] = 41, ['p'] = 42,
	['q'] = 43, ['r'] = 44, ['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48, ['w'] = 49,
	['x'] = 50, ['y'] = 51, ['z'] = 52, ['0'] = 53, ['1'] = 54, ['2'] = 55, ['3'] = 56,
	['4'] = 57, ['5'] = 58, ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62, ['+'] = 63,
	['-'] = 63, ['/'] = 64, ['_'] = 64};

static int base64_value(char c)
{
	return base64_values[(uint8_t)c] - 1;
}

/* A control that text has none of. */
static bool is_odd(char c)
{
	return ((uint8_t)c < 0x20 && c != '\n' && c != '\t' && c != '\r') || c == 0x7F;
}

/* Too many controls among so many bytes. */
static bool too_odd(size_t controls, size_t bytes)
{
	return controls * 20 > bytes;
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

/* All that there is room for, and then the overflow. */
static void add_piece(struct buf *out, const char *piece, size_t n)
{
	size_t room = MIN(out->limit - out->len, n);
	buf_add(out, piece, room);
	buf_add(out, piece + room, n - room);
}

size_t decode_base64(struct str text, size_t at, struct buf *out)
{
	size_t pos = at, end = at, lines = 0, line = at;
	uint32_t bits = 0;
	unsigned have = 0, n = 0;
	char piece[64] = {0};
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
			piece[n++] = (char)(bits >> have & 0xFF);
			if (n == sizeof(piece)) {
				add_piece(out, piece, n);
				n = 0;
			}
		}
	}
	add_piece(out, piece, n);
	while (end < text.len && end - pos < 2 && text.p[end] == '=')
		end++;
	return end;
}

bool decode_base64_probe(struct str text, size_t at)
{
	char bytes[9];
	unsigned odd = 0;
	if (at > text.len || text.len - at < 12)
		return true;
	const char *p = text.p + at;
	for (unsigned i = 0; i < 3; i++, p += 4) {
		uint32_t bits = 0;
		for (unsigned k = 0; k < 4; k++) {
			int value = base64_value(p[k]);
			if (value < 0)
				return true;
			bits = bits << 6 | (uint32_t)value;
		}
		for (unsigned k = 0; k < 3; k++)
			bytes[3 * i + k] = (char)(bits >> (16 - 8 * k) & 0xFF);
	}
	for (unsigned i = 0; i < sizeof(bytes); i++) {
		if (!bytes[i])
			return true; /* of UTF-16, it may be */
		odd += is_odd(bytes[i]);
	}
	size_t bad = sizeof(bytes);
	return odd < 2 && (str_is_utf8(str_make(bytes, sizeof(bytes)), &bad) || bad > 3);
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

/* The separators behind a pair. */
static size_t skip_separators(struct str text, size_t at)
{
	size_t pos = at;
	while (pos < text.len && pos - at < 4 &&
	       (text.p[pos] == ' ' || text.p[pos] == ',' || text.p[pos] == ':' ||
		text.p[pos] == ';' || text.p[pos] == '\n' || text.p[pos] == '-'))
		pos++;
	return pos;
}

/* The pair at `at`, which nothing introduces, or -1. */
static int plain_pair(struct str text, size_t at)
{
	if (text.len - at < 2 || hex_prefix(text, at))
		return -1;
	int high = hex_value(text.p[at]), low = hex_value(text.p[at + 1]);
	return high < 0 || low < 0 ? -1 : high << 4 | low;
}

void decode_hex_row(struct str text, size_t at, struct arena *a, struct hex_row *row)
{
	row->pairs = row->controls = row->count = 0;
	for (int pair; at < text.len && (pair = plain_pair(text, at)) >= 0;) {
		if (row->pairs && row->pairs % HEX_APART == 0) {
			ARENA_GROW(a, row->marks, row->count, row->cap);
			row->marks[row->count++] = (struct hex_mark){at, row->controls};
		}
		if (!pair) {
			row->pairs = row->count = 0;
			return;
		}
		row->pairs++;
		row->controls += is_odd((char)pair);
		at = skip_separators(text, at + 2);
	}
}

bool decode_hex_row_is_odd(const struct hex_row *row, struct str text, size_t at)
{
	size_t low = 0, high = row->count, pairs = 0, controls = 0;
	while (low < high) {
		size_t mid = (low + high) / 2;
		if (row->marks[mid].at < at)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == row->count)
		return false;
	const struct hex_mark *m = &row->marks[low];
	for (int pair; at < m->at && (pair = plain_pair(text, at)) >= 0; pairs++) {
		controls += is_odd((char)pair);
		at = skip_separators(text, at + 2);
	}
	/* Another parting into pairs is another text. */
	if (at != m->at)
		return false;
	pairs += row->pairs - (low + 1) * HEX_APART;
	controls += row->controls - m->controls;
	return too_odd(controls, pairs);
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
	/* What introduces it ("Hint: …") is not turned. */
	while (start > 0 && at - start < ROT13_MOST && text.p[start - 1] != '\n' &&
	       text.p[start - 1] != '"' &&
	       !(start > 1 && text.p[start - 1] == ' ' && text.p[start - 2] == ':'))
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
		odd += is_odd((char)c);
		b->data[kept++] = (char)c;
	}
	b->len = kept;
	if (kept < 8 || too_odd(odd, kept))
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
