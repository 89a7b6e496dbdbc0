/*
 * What an expression needs: sets of words of which every match has one. An expression that is tried where such a set is missing costs
 * some thousand cycles to find that out; the words of a stretch of text are looked up once, and tell at once.
 *
 * A word is told by its first letters, up to eight, and by how many it has, where a word begins: behind anything but a small letter.
 */
#ifndef GUARD_NEEDS_H
#define GUARD_NEEDS_H

#include "base/arena.h"
#include "base/str.h"

#define NEEDS_SETS 3 /* of one expression */
#define NEEDS_WORDS 128 /* of one set */

struct needs_word {
	char text[8]; /* its first letters */
	uint8_t len; /* of all its letters */
	bool whole; /* the word ends there; else it begins so */
};

struct needs_set {
	struct needs_word words[NEEDS_WORDS];
	size_t count;
	double cost; /* which part of the words of a text is in it, about */
	size_t reach; /* it begins no further than so many bytes from where the expression is tried */
};

struct needs {
	struct needs_set sets[NEEDS_SETS]; /* the rarest first */
	size_t count;
};

/* What e, of the folded view, needs. Where nothing is understood count is 0. needs.c */
void needs_of(struct str e, struct needs *ret);

/* The words of which one begins just where e begins to match, behind no letter. False when it may begin otherwise. */
bool needs_starts(struct str e, struct needs_set *ret);

/* The sets of all expressions, by bits of the words that are in them. */
#define NEEDS_IDS 192
#define NEEDS_LANES (NEEDS_IDS / 64)
struct needs_bits {
	uint64_t lanes[NEEDS_LANES];
};

struct needs_table;
/* Lives in a. needs_table.c */
struct needs_table *needs_table_new(struct arena *a);
/* Gives the set a bit; NEEDS_IDS when there is none left. */
unsigned needs_table_add(struct needs_table *t, struct arena *a, const struct needs_set *set);
/* Adds the bits of the words that begin in [from, to) of the text, letters of either case. Keeps what it finds of a word. */
void needs_table_look(struct needs_table *t, struct str text, size_t from, size_t to,
		      struct needs_bits *bits);
/* Where the first word of a set begins in [from, to) of the text; SIZE_MAX when none does. */
size_t needs_table_next(struct needs_table *t, struct str text, size_t from, size_t to,
			unsigned id);

#endif
