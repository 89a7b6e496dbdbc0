/*
 * Between the search for encoded parts (decode.c) and the decoders (decode_part.c): each takes the encoded bytes that start at text[at], appends
 * what they stand for to out, and returns where they end; `at` when there is nothing of the kind.
 */
#ifndef GUARD_DECODE_INT_H
#define GUARD_DECODE_INT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/str.h"

/* base64 and base64url, with or without padding, over wrapped lines. */
size_t decode_base64(struct str text, size_t at, struct buf *out);
/*
 * False when what begins with twelve letters of base64 at `at` is no text for decode_is_text(), however it goes on: of up to 24 bytes decoded
 * two controls are too many, and bytes that are no UTF-8 must stand at their end.
 */
bool decode_base64_probe(struct str text, size_t at);
/* Pairs of hex digits: "6967", "69 67", "69:67", "\x69\x67", "0x69, 0x67", "\u0069". */
size_t decode_hex(struct str text, size_t at, struct buf *out);
/*
 * A row of plain pairs that was decoded, so that what begins within it need not be decoded to its end again: how many controls stand before
 * each of the marks, which are some pairs apart.
 */
#define HEX_APART 32
struct hex_row {
	size_t pairs, controls; /* in all; pairs 0: nothing is known */
	struct hex_mark {
		size_t at, controls;
	} * marks; /* the first HEX_APART pairs behind the start */
	size_t count, cap;
};
/* Fills row from what decode_hex() would read; nothing of it, where bytes of nothing are in it. Marks live in a. */
void decode_hex_row(struct str text, size_t at, struct arena *a, struct hex_row *row);
/* Whether what begins at `at` of the row has too many controls to be text; false where that is not known. */
bool decode_hex_row_is_odd(const struct hex_row *row, struct str text, size_t at);
/* Percent: the whole token around the first "%69"; *ret_start is where it starts. */
size_t decode_percent(struct str text, size_t at, size_t *ret_start, struct buf *out);
size_t decode_entities(struct str text, size_t at, struct buf *out);
/* The line around *at*, letters moved by 13. */
size_t decode_rot13(struct str text, size_t at, size_t *ret_start, struct buf *out);

/*
 * Codes of letters with blanks, commas or dashes between: bits, decimal, octal; and bits in one row. Both return how far numbers, or dots and
 * dashes, go; out, reset first, is empty unless they are letters, with a word of English in them. decode_number.c
 */
size_t decode_numbers(struct str text, size_t at, struct buf *out);
size_t decode_morse(struct str text, size_t at, struct buf *out);

/* RFC 4648 with either alphabet, RFC 1924 and Adobe's "<~…"; out is reset first. decode_text.c */
size_t decode_base32(struct str text, size_t at, struct buf *out);
size_t decode_base85(struct str text, size_t at, struct buf *out);
/* The line around *at*, its escapes ("\\u0069", "\\u{69}", "\\x69", "\\151") or its "=69" replaced. */
size_t decode_escapes(struct str text, size_t at, size_t *ret_start, struct buf *out);
size_t decode_quoted(struct str text, size_t at, size_t *ret_start, struct buf *out);
/* "ignore_all_rules": the run up to end, if it has a word of orders, blanks for its signs. */
size_t decode_joined(struct str text, size_t at, size_t end, struct buf *out);

/* At least nine tenths of it are printable; NUL bytes of UTF-16 are taken out first. */
bool decode_is_text(struct buf *b);
/* How many of the words that any English sentence has are in it; letters of either case. */
unsigned decode_english(struct str text);

#endif
