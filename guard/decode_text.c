/*
 * Text in other alphabets of encodings, base32 and base85, and text with only some letters escaped: of that the whole line is what is meant.
 */
#include <strings.h>

#include "guard/decode_int.h"
#include "guard/fold.h"

#define LINE_MOST 4096
#define SIGNS_MOST 16384 /* of base85 */

static bool is_letter(char c)
{
	return (unsigned char)((c | 0x20) - 'a') < 26;
}

static int digit_of(char c, unsigned base)
{
	int value = c >= '0' && c <= '9' ? c - '0' : is_letter(c) ? (c | 0x20) - 'a' + 10 : 99;
	return value < (int)base ? value : -1;
}

/* Whether it is of letters and blanks mostly: bytes that chance made printable are not. */
static bool is_prose(struct str s)
{
	size_t letters = 0;
	for (size_t i = 0; i < s.len; i++)
		letters += is_letter(s.p[i]) || s.p[i] == ' ';
	return s.len >= 8 && letters * 3 >= s.len * 2;
}

/* ---- base32 --------------------------------------------------------------------------------------------------- */

/* RFC 4648 section 6, and section 7 with hex digits first. */
static int base32_value(char c, bool hex)
{
	if (hex)
		return digit_of(c, 32);
	if (is_letter(c))
		return (c | 0x20) - 'a';
	return c >= '2' && c <= '7' ? c - '2' + 26 : -1;
}

static size_t read_base32(struct str text, size_t at, bool hex, struct buf *out)
{
	uint32_t bits = 0;
	unsigned have = 0;
	size_t end = at;
	buf_reset(out);
	for (int value; end < text.len && (value = base32_value(text.p[end], hex)) >= 0; end++) {
		bits = bits << 5 | (unsigned)value;
		have += 5;
		if (have < 8)
			continue;
		have -= 8;
		buf_add_char(out, (char)(bits >> have & 0xFF));
		if (out->len == 8 && !is_prose(buf_str(out)))
			return at;
	}
	for (size_t n = 0; n < 6 && end < text.len && text.p[end] == '='; n++)
		end++;
	return is_prose(buf_str(out)) ? end : at;
}

size_t decode_base32(struct str text, size_t at, struct buf *out)
{
	size_t end = read_base32(text, at, false, out);
	return end > at ? end : read_base32(text, at, true, out);
}

/* ---- base85 --------------------------------------------------------------------------------------------------- */

/* Five signs are four bytes. Of Adobe's "z" is four NULs, which no text has. */
static int ascii85_value(char c)
{
	return c >= '!' && c <= 'u' ? c - '!' : -1;
}

/* RFC 1924, as of Git and of Python's b85encode. */
static int base85_value(char c)
{
	static const char signs[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "!#$%&()*+-;<=>?@^_`{|}~";
	static int8_t values[256];
	if (!values['1']) {
		memset(values, -1, sizeof(values));
		for (size_t i = 0; i < sizeof(signs) - 1; i++)
			values[(uint8_t)signs[i]] = (int8_t)i;
	}
	return values[(uint8_t)c];
}

/* Adds the bytes of one group of n signs, the rest of five as of the largest; false when it is more than 32 bits. */
static bool add_group(uint64_t group, unsigned n, struct buf *out)
{
	for (unsigned i = n; i < 5; i++)
		group = group * 85 + 84;
	if (group > UINT32_MAX)
		return false;
	for (unsigned i = 0; i + 1 < n; i++)
		buf_add_char(out, (char)(group >> (24 - 8 * i) & 0xFF));
	return true;
}

static size_t read_base85(struct str text, size_t at, int (*value_of)(char), struct buf *out)
{
	uint64_t group = 0;
	unsigned n = 0;
	size_t end = at;
	buf_reset(out);
	text = str_sub(text, 0, at + SIGNS_MOST);
	for (int value; end < text.len && (value = value_of(text.p[end])) >= 0; end++) {
		group = group * 85 + (unsigned)value;
		if (++n < 5)
			continue;
		if (!add_group(group, 5, out) || (out->len == 20 && !is_prose(buf_str(out))))
			return at;
		group = n = 0;
	}
	if (n > 1 && !add_group(group, n, out))
		return at;
	return out->len >= 20 && is_prose(buf_str(out)) ? end : at;
}

size_t decode_base85(struct str text, size_t at, struct buf *out)
{
	size_t start = str_starts(str_sub(text, at, text.len), STR("<~")) ? at + 2 : at;
	size_t end = read_base85(text, start, ascii85_value, out);
	if (end == start)
		end = read_base85(text, start, base85_value, out);
	return end > start ? end : at;
}

/* ---- escapes in a line ---------------------------------------------------------------------------------------- */

/* The line around `at`, at most LINE_MOST bytes to each side; soft ends of quoted-printable ("=" before it) do not end it. */
static struct str line_around(struct str text, size_t at, bool soft)
{
	size_t start = at, end = at;
	while (start > 0 && at - start < LINE_MOST &&
	       (text.p[start - 1] != '\n' || (soft && start > 1 && text.p[start - 2] == '=')))
		start--;
	while (end < text.len && end - at < LINE_MOST &&
	       (text.p[end] != '\n' || (soft && end > 0 && text.p[end - 1] == '=')))
		end++;
	return str_sub(text, start, end);
}

/* The number of `most` digits or fewer at s[at], at least `least`; *at moves past it. */
static bool read_number(struct str s, size_t *at, unsigned base, size_t least, size_t most,
			uint32_t *ret)
{
	size_t n = 0;
	uint32_t value = 0;
	for (int digit; n < most && *at + n < s.len && (digit = digit_of(s.p[*at + n], base)) >= 0;
	     n++)
		value = value * base + (unsigned)digit;
	if (n < least)
		return false;
	*at += n;
	*ret = value;
	return true;
}

/* The rune that an escape at s[at] stands for: "\u0069", "\u{69}", "\x69", "\151". Returns its length, 0 when it is none. */
static size_t read_escape(struct str s, size_t at, uint32_t *ret)
{
	size_t pos = at + 2;
	char kind = at + 1 < s.len ? s.p[at + 1] : '\0';
	bool braces = pos < s.len && s.p[pos] == '{';
	if (s.p[at] != '\\')
		return 0;
	if ((kind == 'u' || kind == 'x') && braces) {
		pos++;
		return read_number(s, &pos, 16, 1, 6, ret) && pos < s.len && s.p[pos] == '}'
			       ? pos + 1 - at
			       : 0;
	}
	if (kind == 'u')
		return read_number(s, &pos, 16, 4, 4, ret) ? pos - at : 0;
	if (kind == 'x')
		return read_number(s, &pos, 16, 2, 2, ret) ? pos - at : 0;
	pos = at + 1;
	return read_number(s, &pos, 8, 3, 3, ret) && *ret >= 0x20 && *ret < 0x7F ? pos - at : 0;
}

size_t decode_escapes(struct str text, size_t at, size_t *ret_start, struct buf *out)
{
	struct str line = line_around(text, at, false);
	char bytes[4];
	for (size_t i = 0; i < line.len;) {
		uint32_t rune = 0;
		size_t len = line.p[i] == '\\' ? read_escape(line, i, &rune) : 0;
		bool known = len && rune && rune <= 0x10FFFF && (rune < 0xD800 || rune > 0xDFFF);
		if (known)
			buf_add(out, bytes, rune_encode(rune, bytes));
		else if (!len)
			buf_add_char(out, line.p[i]);
		i += len ? len : 1;
	}
	*ret_start = (size_t)(line.p - text.p);
	return *ret_start + line.len;
}

size_t decode_quoted(struct str text, size_t at, size_t *ret_start, struct buf *out)
{
	struct str line = line_around(text, at, true);
	for (size_t i = 0; i < line.len; i++) {
		uint32_t value;
		size_t pos = i + 1;
		if (line.p[i] == '=' && read_number(line, &pos, 16, 2, 2, &value)) {
			buf_add_char(out, (char)value);
			i = pos - 1;
		} else if (line.p[i] == '=' && pos < line.len && line.p[pos] == '\n') {
			i = pos;
		} else {
			buf_add_char(out, line.p[i]);
		}
	}
	*ret_start = (size_t)(line.p - text.p);
	return *ret_start + line.len;
}

/* ---- words joined by signs ------------------------------------------------------------------------------------ */

/* Words of orders; without one a name of code stays a name. */
static bool has_order(struct str s)
{
	static const char *const words[] = {"ignore", "disregard", "forget", "reveal", "instruct"};
	for (size_t at = 0; at < s.len; at++) {
		if (at > 0 && is_letter(s.p[at - 1]))
			continue;
		for (size_t i = 0; i < ARRAY_SIZE(words); i++)
			if ((s.p[at] | 0x20) == words[i][0] && s.len - at >= strlen(words[i]) &&
			    strncasecmp(s.p + at, words[i], strlen(words[i])) == 0)
				return true;
	}
	return false;
}

size_t decode_joined(struct str text, size_t at, size_t end, struct buf *out)
{
	struct str run = str_sub(text, at, end);
	size_t joints = 0;
	char sign = 0;
	for (size_t i = 0; i < run.len && !sign; i++)
		sign = run.p[i] == '+' || run.p[i] == '_' || run.p[i] == '-' ? run.p[i] : '\0';
	for (size_t i = 0; sign && i < run.len; i++)
		joints += run.p[i] == sign;
	if (joints < 2 || !has_order(run))
		return at;
	for (size_t i = 0; i < run.len; i++)
		buf_add_char(out, run.p[i] == sign ? ' ' : run.p[i]);
	return end;
}
