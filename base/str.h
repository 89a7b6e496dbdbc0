/*
 * struct str: a borrowed view of bytes. It owns nothing, need not end in NUL, and may hold any byte.
 * Whoever keeps one keeps the memory it points into alive (an arena, a blob, a literal).
 */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/compiler.h"

struct str {
	const char *p;
	size_t len;
};

#define STR(literal) ((struct str){"" literal, sizeof(literal) - 1})
#define STR_NULL ((struct str){NULL, 0})
/* For printf: "%.*s", STR_ARG(s) */
#define STR_ARG(s) (int)(s).len, (s).p ? (s).p : ""

static inline struct str str_of(const char *z)
{
	return (struct str){z, z ? strlen(z) : 0};
}

static inline struct str str_make(const char *p, size_t len)
{
	return (struct str){p, len};
}

bool str_eq(struct str a, struct str b);
bool str_eqz(struct str a, const char *z);
bool str_eq_nocase(struct str a, struct str b); /* ASCII only */
int str_cmp(struct str a,
	    struct str b); /* bytewise, shorter first; the order of Git paths in one tree level */
bool str_starts(struct str s, struct str prefix);
bool str_ends(struct str s, struct str suffix);
struct str str_sub(struct str s, size_t from, size_t to); /* clamps */
struct str str_trim(struct str s); /* ASCII white space, both ends */
/* Position of the first byte/needle at or after from, or -1. */
ptrdiff_t str_find_byte(struct str s, char c, size_t from);
ptrdiff_t str_find(struct str s, struct str needle, size_t from);

/*
 * Takes the next piece before sep off *rest. False when nothing is left. An empty input yields no
 * piece; "a,,b" yields "a", "", "b"; a last sep ends a piece and starts none ("a\n" is one line).
 */
bool str_split(struct str *rest, char sep, struct str *ret_piece);

/* Whole-string numbers: decimal, optional '-' for i64, no spaces, no '+', no leading zeros but "0". */
NODISCARD bool str_to_i64(struct str s, int64_t *ret);
NODISCARD bool str_to_u64(struct str s, uint64_t *ret);
NODISCARD bool str_to_double(struct str s, double *ret); /* JSON number grammar; finite only */

/* True when s is valid UTF-8 (no surrogates, no overlong forms, at most U+10FFFF). ret_bad: first bad byte. */
bool str_is_utf8(struct str s, size_t *ret_bad);
/*
 * Decodes the code point at *pos and moves on; 0xFFFD and one byte on invalid input. *pos < s.len.
 */
uint32_t str_next_rune(struct str s, size_t *pos);
/*
 * What hides from a reviewer: C0/C1 controls but tab and newline, line separators, bidi controls, zero-width,
 * filler and tag characters.
 */
bool rune_is_deceptive(uint32_t rune);
/* The lower case of a letter of any script, never more bytes of UTF-8 than the letter; else the rune itself. */
uint32_t rune_lower(uint32_t rune);
/* The UTF-8 of a rune (U+FFFD for what is none); returns how many of out are it. */
size_t rune_encode(uint32_t rune, char out[4]);
/* Whether a system that is blind to letter case, in every script, takes one for the other. */
bool str_eq_folded(struct str a, struct str b);

/* Optimal string alignment distance, for "did you mean"; strings longer than 64 bytes give SIZE_MAX. */
size_t str_distance(struct str a, struct str b);
/*
 * The nearest of n candidates, or NULL: within distance 2 or a third of the length, but never half of
 * the word or more than that; letter case costs nothing. The first of equals.
 */
const char *str_nearest(struct str s, const char *const *candidates, size_t n);

/* SipHash with a random key of this process: safe for foreign keys in maps. */
uint64_t str_hash(struct str s);
/* The same with a given key, for test vectors. */
uint64_t str_hash_keyed(struct str s, const uint64_t key[2]);

#endif
