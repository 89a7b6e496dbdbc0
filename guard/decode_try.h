/*
 * Between the pass over a text (decode.c), which marks where encoded parts may start, and the tries of what is marked (decode_try.c).
 */
#ifndef GUARD_DECODE_TRY_H
#define GUARD_DECODE_TRY_H

#include "guard/decode_int.h"
#include "guard/guard_int.h"

#define DECODED_MAX ((size_t)256 << 10)

struct decode {
	struct guard_scan *scan;
	struct str text;
	size_t parts, decoded, tries;
	/* Everything before it was looked at: by all, for escapes, for percents, for rot13. What fails moves its own only. */
	size_t done, hex_done, percent_done, rot13_done, number_done, dense_done, line_done;
	struct buf *out; /* of the decoder that ran last */
	struct hex_row row; /* that was no text, before hex_done */
};

/* A bit for each of 64 bytes: what starts there. */
struct decode_marks {
	uint64_t base64; /* a letter of its alphabet */
	uint64_t pairs; /* five pairs of hex digits, a sign after each */
	uint64_t percent; /* "%69", "=69" */
	uint64_t escape, entity; /* "\\x" "\\u" "\\151" "0x", "&#" */
	uint64_t
		rotated; /* letters that rot13 makes of frequent ones, where frequent ones are few */
	bool numbers, dense; /* digits or dots and dashes, or no blank: at the first byte */
};

static inline bool is_base64(char c)
{
	return (unsigned char)((c | 0x20) - 'a') < 26 || (unsigned char)(c - '0') < 10 ||
	       c == '+' || c == '/' || c == '-' || c == '_';
}

static inline bool is_hex(char c)
{
	return (unsigned char)(c - '0') < 10 || (unsigned char)((c | 0x20) - 'a') < 6;
}

/*
 * Each decodes what may be there and scans it if it is text, unless it was looked at before or enough was. The marks are of the 64 bytes at
 * base: those in runs start a row of letters of base64, those in rest anything else.
 */
void decode_try_marks(struct decode *d, const struct decode_marks *m, uint64_t runs, uint64_t rest,
		      size_t base);
/* Of the 64 bytes at `at`: numbers or Morse code, and base85. */
void decode_try_numbers(struct decode *d, size_t at);
void decode_try_dense(struct decode *d, size_t at);

#endif
