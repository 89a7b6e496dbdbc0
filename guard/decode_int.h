/*
 * Between the search for encoded parts (decode.c) and the decoders (decode_part.c): each takes the encoded bytes that start at text[at], appends
 * what they stand for to out, and returns where they end; `at` when there is nothing of the kind.
 */
#ifndef GUARD_DECODE_INT_H
#define GUARD_DECODE_INT_H

#include "base/buf.h"
#include "base/str.h"

/* base64 and base64url, with or without padding, over wrapped lines. */
size_t decode_base64(struct str text, size_t at, struct buf *out);
/*
 * False when what begins with these twelve letters of base64 is no text for decode_is_text(), however it goes on: of up to 24 bytes decoded
 * two controls are too many, and bytes that are no UTF-8 must stand at their end.
 */
bool decode_base64_probe(const char *p);
/* Pairs of hex digits: "6967", "69 67", "69:67", "\x69\x67", "0x69, 0x67", "\u0069". */
size_t decode_hex(struct str text, size_t at, struct buf *out);
/* Percent: the whole token around the first "%69"; *ret_start is where it starts. */
size_t decode_percent(struct str text, size_t at, size_t *ret_start, struct buf *out);
size_t decode_entities(struct str text, size_t at, struct buf *out);
/* The line around *at*, letters moved by 13. */
size_t decode_rot13(struct str text, size_t at, size_t *ret_start, struct buf *out);

/* At least nine tenths of it are printable; NUL bytes of UTF-16 are taken out first. */
bool decode_is_text(struct buf *b);
/* How many of the words that any English sentence has are in it; letters of either case. */
unsigned decode_english(struct str text);

#endif
