/*
 * Finds many short literals in one pass over a text. Rules of the guard start from these hits and nowhere else, so this
 * pass is what a scan costs where there is nothing to find.
 *
 * Each literal of five bytes and more is looked for by the bytes in it that are rarest in text: two neighbouring windows of four, one of
 * which begins at an even place. Such places are looked up in a bitmap of hashes, without a branch; literals of up to four bytes pass a
 * filter, which compares nibbles of four neighbouring bytes against sixteen groups of them, 16 or 32 places at once. What is known is
 * gathered, told apart by what stands beside it, and only then compared. Without a byte shuffle (SSSE3, AVX2; SSE2 has none) every place
 * goes through all of it in turn.
 * All three find the same, in the same order. (Hyperscan's "Teddy", Qiu et al., NSDI 2019.)
 */
#ifndef GUARD_LITERAL_H
#define GUARD_LITERAL_H

#include "base/str.h"

#define LITERAL_MAX 16 /* bytes of one */

struct literal {
	struct str text; /* 1 to LITERAL_MAX bytes */
	bool nocase; /* letters in either case */
	uint32_t tag; /* told with each hit */
	bool phrase; /* a blank in it, of at least four bytes, fits a line's end too */
};

enum literal_engine { LITERAL_BEST, LITERAL_PORTABLE, LITERAL_SSSE3, LITERAL_AVX2 };
bool literal_engine_available(enum literal_engine e);

struct literal_set;
/* Copies the literals. Gives. */
struct literal_set *literal_set_new(const struct literal *literals, size_t count);
void literal_set_free(struct literal_set *s);
void literal_set_freep(struct literal_set **s);

/* False ends the search. */
typedef bool (*literal_fn)(void *state, uint32_t tag, size_t at);
/*
 * Calls fn for each place where a literal of the set stands in text, whose window begins in [from, to): what is searched in
 * pieces is found once. In order of where they begin. False when fn ended it.
 */
bool literal_search(const struct literal_set *s, enum literal_engine e, struct str text,
		    size_t from, size_t to, literal_fn fn, void *state);

#endif
