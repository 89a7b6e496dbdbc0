/*
 * Inside the literal search: the set as its three engines see it.
 */
#ifndef GUARD_LITERAL_INT_H
#define GUARD_LITERAL_INT_H

#include "guard/literal.h"

#define LITERAL_BUCKETS 8
#define LITERAL_HEADS 4096
#define LITERAL_NONE 0xFFFF

struct literal_entry {
	uint64_t value[2], mask[2]; /* a hit: ((text ^ value) & mask) == 0 */
	uint32_t tag;
	uint8_t len, window; /* where in the literal the window begins */
	uint16_t blanks; /* bit i: byte i is one of a phrase */
};

/* Beside the entries, and small, so that all of them stay at hand: few places that are looked up are a hit. */
struct literal_link {
	uint32_t key; /* the window, letters lowered */
	uint16_t next; /* link of the same head */
	uint16_t entry;
	/* Four more bytes of the literal, beside the window: ((text ^ value) & mask) == 0. Most places end here. */
	uint32_t value, mask;
	int32_t beside; /* bytes from the window on */
};
#define LITERAL_KEYS 4 /* of one literal: a phrase has one for each white space in its window */

struct literal_set {
	struct literal_entry *entries;
	struct literal_link *links;
	size_t count, link_count;
	uint64_t bitmap
		[1024]; /* of 2^16 hashes of windows: of four bytes, where a literal has as many */
	uint16_t heads[LITERAL_HEADS];
	bool has_threes; /* literals of just three bytes, whose windows are hashed with a fourth byte of nothing */
	uint64_t pairs[1024]; /* of the two bytes that literals of one and two bytes begin with */
	uint16_t short_from[257], *shorts; /* entries of one and two bytes, by the first */
	/* Of literals of up to three bytes: which groups a byte fits at each place, by its low and its high nibble. */
	uint8_t low[3][16], high[3][16];
};

struct literal_hits {
	const struct literal_set *set;
	struct str text;
	literal_fn fn;
	void *state;
};

/* Where in a literal the four bytes begin that are rarest in text; 0 when it has no more. literal_window.c */
size_t literal_window(const struct literal *l);
/* Which part of the words of a text begins with these letters, about. */
double literal_word_share(const char *letters, size_t len);
/* How often a byte stands in prose, code and data, out of some thousand. */
unsigned literal_byte_weight(uint8_t b);

static inline uint32_t literal_hash(uint32_t key)
{
	return (key * 0x9E3779B1u) >> 16;
}

/* What a window is hashed as: letters lowered, and whatever else that bit falls on. */
static inline uint32_t literal_key(const char *p)
{
	uint32_t w;
	memcpy(&w, p, sizeof(w));
	return w | 0x20202020;
}

/* Of three bytes: no key of four, whose last byte has that bit. */
static inline uint32_t literal_key_of_three(const char *p)
{
	return ((uint32_t)(uint8_t)p[0] | (uint32_t)(uint8_t)p[1] << 8 |
		(uint32_t)(uint8_t)p[2] << 16) |
	       0x202020;
}

static inline bool literal_known(const struct literal_set *s, uint32_t key)
{
	uint32_t hash = literal_hash(key);
	return s->bitmap[hash >> 6] >> (hash & 63) & 1;
}

/*
 * Bit i: the window of four bytes at p + i is known, for the 16 places from p on. No branch: where many short words are
 * looked for, most places share some bytes with one of them, and a guess at each would be wrong too often.
 */
static inline uint32_t literal_known16(const struct literal_set *s, const char *p)
{
	uint32_t mask = 0;
	for (unsigned i = 0; i < 16; i += 4) {
		uint32_t a = literal_known(s, literal_key(p + i));
		uint32_t b = literal_known(s, literal_key(p + i + 1));
		uint32_t c = literal_known(s, literal_key(p + i + 2));
		uint32_t d = literal_known(s, literal_key(p + i + 3));
		mask |= (a | b << 1 | c << 2 | d << 3) << i;
	}
	return mask;
}

/* Of the places from p on that the filter let through, those where a literal of up to three bytes may stand. */
static inline uint32_t literal_known_short(const struct literal_set *s, const char *p,
					   uint32_t mask)
{
	uint32_t known = 0;
	for (; mask; mask &= mask - 1) {
		unsigned i = (unsigned)__builtin_ctz(mask), first = (uint8_t)p[i];
		uint32_t pair = s->pairs[first << 2 | (uint8_t)p[i + 1] >> 6] >>
					((uint8_t)p[i + 1] & 63) &
				1;
		known |= (pair | literal_known(s, literal_key_of_three(p + i))) << i;
	}
	return known;
}

/* Looks a place up; false when fn ended the search. */
bool literal_confirm(const struct literal_hits *h, size_t at);
bool literal_confirm_entry(const struct literal_hits *h, const struct literal_entry *e, size_t at);

/* The literals with this window at `at`; false when fn ended the search. */
static inline bool literal_confirm_key(const struct literal_hits *h, uint32_t key, size_t at)
{
	const struct literal_set *s = h->set;
	for (uint16_t i = s->heads[literal_hash(key) % LITERAL_HEADS]; i != LITERAL_NONE;
	     i = s->links[i].next) {
		const struct literal_link *l = &s->links[i];
		uint32_t w = l->value;
		if (l->key != key)
			continue;
		/* At the ends of the text there are none; then all is told below. */
		if (LIKELY(at >= 4 && at + 8 <= h->text.len))
			memcpy(&w, h->text.p + at + l->beside, sizeof(w));
		if (!((w ^ l->value) & l->mask) &&
		    !literal_confirm_entry(h, &s->entries[l->entry], at))
			return false;
	}
	return true;
}

static inline bool literal_try(const struct literal_hits *h, size_t at)
{
	const struct literal_set *s = h->set;
	uint8_t first = (uint8_t)h->text.p[at];
	if (s->short_from[first] == s->short_from[first + 1]) {
		size_t left = h->text.len - at;
		const char *p = h->text.p + at;
		if (!(left >= 4 && literal_known(s, literal_key(p))) &&
		    !(left >= 3 && s->has_threes && literal_known(s, literal_key_of_three(p))))
			return true;
	}
	return literal_confirm(h, at);
}

/* The filters: return how far they came (the rest is for the caller), or SIZE_MAX when fn ended the search. */
size_t literal_filter_ssse3(const struct literal_hits *h, size_t from, size_t to);
size_t literal_filter_avx2(const struct literal_hits *h, size_t from, size_t to);

#endif
