/*
 * Letters written as numbers: bits, decimal and octal codes with something between them, and Morse code. Tables of numbers look alike; what
 * they stand for has no word of a language in it.
 */
#include "guard/decode_int.h"

#define CODES_MOST 4096
#define BITS_LEAST 48 /* of a row without blanks */

static bool is_digit(char c)
{
	return (unsigned char)(c - '0') < 10;
}

static bool is_between(char c)
{
	return c == ' ' || c == ',' || c == '\n' || c == '\t' || c == '-' || c == '/' || c == ';';
}

/* Past at most three bytes of what stands between two codes; `at` when there is none. */
static size_t past_between(struct str text, size_t at)
{
	size_t pos = at;
	while (pos < text.len && pos - at < 3 && is_between(text.p[pos]))
		pos++;
	return pos;
}

/* The digits at `at`, as text. */
static struct str digits_at(struct str text, size_t at)
{
	size_t end = at;
	while (end < text.len && end - at < 10 && is_digit(text.p[end]))
		end++;
	return str_sub(text, at, end);
}

/* The code that digits are in a base; 0 when they are none of a letter. */
static unsigned code_of(struct str digits, unsigned base)
{
	unsigned code = 0;
	for (size_t i = 0; i < digits.len; i++) {
		unsigned value = (unsigned)(digits.p[i] - '0');
		if (value >= base)
			return 0;
		code = code * base + value;
	}
	bool control = code < 0x20 && code != '\n' && code != '\t' && code != '\r';
	return control || code > 0x7E ? 0 : code;
}

/* Codes of `least` to `most` digits each, one after another. */
static size_t read_codes(struct str text, size_t at, unsigned base, size_t least, size_t most,
			 struct buf *out)
{
	size_t end = at;
	buf_reset(out);
	for (size_t pos = at, n = 0; pos < text.len && n < CODES_MOST; n++) {
		struct str digits = digits_at(text, pos);
		unsigned code = digits.len >= least && digits.len <= most ? code_of(digits, base)
									  : 0;
		if (!code)
			break;
		buf_add_char(out, (char)code);
		end = pos + digits.len;
		pos = past_between(text, end);
		if (pos == end)
			break;
	}
	return end;
}

/* A row of bits without blanks, eight for each byte. */
static size_t read_bits(struct str text, size_t at, struct buf *out)
{
	size_t end = at;
	buf_reset(out);
	while (end < text.len && (text.p[end] == '0' || text.p[end] == '1'))
		end++;
	if (end - at < BITS_LEAST || (end - at) % 8 != 0)
		return at;
	for (size_t pos = at; pos < end; pos += 8) {
		unsigned code = code_of(str_sub(text, pos, pos + 8), 2);
		if (!code)
			return at;
		buf_add_char(out, (char)code);
	}
	return end;
}

size_t decode_numbers(struct str text, size_t at, struct buf *out)
{
	static const struct {
		unsigned base;
		size_t least, most;
	} forms[] = {{2, 7, 8}, {10, 2, 3}, {8, 2, 3}};
	size_t end = read_bits(text, at, out), furthest = end;
	for (size_t i = 0; end == at && i < ARRAY_SIZE(forms); i++) {
		end = read_codes(text, at, forms[i].base, forms[i].least, forms[i].most, out);
		furthest = MAX(furthest, end);
		end = out->len >= 8 && decode_english(buf_str(out)) ? end : at;
	}
	if (end == at)
		buf_reset(out);
	return MAX(end, furthest);
}

/* ITU-R M.1677-1, letters and digits; a dot is 0 and a dash 1, after a leading 1. */
static char morse_letter(unsigned signs)
{
	static const char letters[] = "??et"
				      "ianm"
				      "surwdkgo"
				      "hvf?l?pjbxcyzq??"
				      "54?3???2??+????16=/?????7???8?90";
	return signs < sizeof(letters) - 1 ? letters[signs] : '?';
}

size_t decode_morse(struct str text, size_t at, struct buf *out)
{
	size_t end = at, unknown = 0;
	unsigned signs = 1;
	buf_reset(out);
	for (size_t pos = at; pos <= text.len; pos++) {
		char c = pos < text.len ? text.p[pos] : '\0';
		if ((c == '.' || c == '-') && signs < 64) {
			signs = signs << 1 | (c == '-');
			continue;
		}
		if (signs > 1) {
			char letter = morse_letter(signs);
			unknown += letter == '?';
			buf_add_char(out, letter);
			end = pos;
		}
		signs = 1;
		bool word = c == '/' || c == '|' ||
			    (c == ' ' && pos + 1 < text.len && text.p[pos + 1] == ' ');
		if (word && out->len && out->data[out->len - 1] != ' ')
			buf_add_char(out, ' ');
		if (c != ' ' && c != '/' && c != '|')
			break;
	}
	if (out->len < 12 || unknown * 8 >= out->len || !decode_english(buf_str(out)))
		buf_reset(out);
	return end;
}
