/*
 * One rune, as the folded view writes it. The tables are generated (script/gen-fold).
 */
#ifndef GUARD_FOLD_H
#define GUARD_FOLD_H

#include "base/str.h"

/* Consecutive code points from first on, one byte of to each; in fold_long, one code point and all of to. */
struct fold_span {
	uint32_t first;
	const char *to;
};
extern const struct fold_span fold_plain[], fold_alike[], fold_long[];
extern const size_t fold_plain_count, fold_alike_count, fold_long_count;

enum fold_kind {
	FOLD_OTHER, /* stays as it is */
	FOLD_PLAIN, /* one ASCII character, always */
	FOLD_ALIKE, /* a letter of another script that looks like an ASCII letter */
	FOLD_LONG, /* several ASCII characters */
	FOLD_DROP, /* invisible */
	FOLD_MARK, /* combines with the letter before it */
};
/* The kind of a rune ≥ 0x80; for FOLD_PLAIN and FOLD_ALIKE *ret_to is the character, lower case. */
enum fold_kind fold_rune(uint32_t rune, char *ret_to);
const char *fold_rune_long(uint32_t rune); /* of a FOLD_LONG; never NULL */
/* A letter of any script, as far as words of mixed scripts are concerned: no emoji, no punctuation. */
bool fold_rune_is_letter(uint32_t rune);

/*
 * The word around a byte of the text: letters of any script, marks and invisible runes among them. Bounded to 64 runes before it
 * and 448 in all; *at* is the first byte of a rune.
 */
struct fold_word {
	size_t start, end;
	unsigned latin; /* ASCII and Latin letters */
	unsigned alike; /* letters of other scripts that look like them … */
	unsigned other; /* … and that do not */
	unsigned changes; /* of Latin to alike and back */
	bool latin_first, capitals; /* all Latin letters are capitals */
	bool single_greek; /* one Greek letter and then Latin only: a symbol with its index */
};
void fold_word_at(struct str text, size_t at, struct fold_word *ret);
/* The look-alikes of this word are to be read as Latin. */
bool fold_word_is_mixed(const struct fold_word *w);

/* Reads the HTML entity at text[at] == '&'. Returns its length and rune, or 0. "&amp;#105;" is read through. */
size_t fold_entity(struct str text, size_t at, uint32_t *ret_rune);

/* Letters set apart ("i g n o r e"): the next such part at or after from. normalise_spaced.c */
bool fold_spaced_find(struct str text, size_t from, size_t *ret_start, size_t *ret_end);
/* Words of digits and signs for letters ("1gn0r3"), in place, when what they become is a word instructions use. Whether there was any. */
bool fold_leet(char *text, size_t len);
/* Calls fn for each part of text that folding would read as other words, though it is ASCII and no entity. */
typedef void (*fold_disguise_fn)(void *state, size_t start, size_t end);
void fold_disguises(struct str text, fold_disguise_fn fn, void *state);
/* The length of the longest word instructions use at the start of s, or 0. */
size_t fold_known_prefix(struct str s);
bool fold_known(struct str word);

#endif
