/*
 * Inside the literal search: the set as its three engines see it.
 */
#ifndef GUARD_LITERAL_INT_H
#define GUARD_LITERAL_INT_H

#include "guard/literal.h"

#define LITERAL_BUCKETS 16 /* groups of the filter, eight to a byte */
#define LITERAL_HEADS 4096
#define LITERAL_NONE 0xFFFF
#define LITERAL_SHORT 4 /* bytes of a literal that the filter looks for */

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
	int16_t beside; /* bytes from the window on */
	uint8_t window; /* where in the literal: of the entry, or one further */
};
/* Of one literal: two windows, and a phrase has more of each for the white space in it. */
#define LITERAL_KEYS 8

#define LITERAL_NEAR 8 /* four bytes before a window, four behind it */

/* All links of one head: which bytes they allow beside the window, by their five low bits, which are the same in either case. */
struct literal_slot {
	uint32_t near[LITERAL_NEAR];
	uint16_t link; /* the first */
};

/* Windows of four bytes (of literals that have no more than three: three), hashed. */
struct literal_table {
	uint64_t bitmap[1024]; /* of 2^16 hashes */
	uint16_t heads[LITERAL_HEADS]; /* slots */
};

struct literal_set {
	struct literal_entry *entries;
	struct literal_link *links;
	struct literal_slot *slots;
	size_t count, link_count, slot_count;
	/* Longer literals are looked up at every second place: one of two neighbouring windows begins there. */
	struct literal_table longs, shorts;
	bool has_longs, has_shorts, has_threes;
	uint64_t pairs[1024]; /* of the two bytes that literals of one and two bytes begin with */
	uint16_t tiny_from[257], *tiny; /* entries of one and two bytes, by the first */
	/* Of literals of up to four bytes: which groups a byte fits at each place, by its low and its high nibble. */
	uint8_t low[2][LITERAL_SHORT][16], high[2][LITERAL_SHORT][16];
};

struct literal_hits {
	const struct literal_set *set;
	struct str text;
	literal_fn fn;
	void *state;
};

/*
 * Where in a literal the four bytes begin that are rarest in text, they and (where it has five) those a byte further; 0 when it has no
 * more. literal_window.c
 */
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

static inline uint32_t literal_known(const struct literal_table *t, uint32_t key)
{
	uint32_t hash = literal_hash(key);
	return t->bitmap[hash >> 6] >> (hash & 63) & 1;
}

/* Bit i: a long literal may have a window at p[i]; every second place of 16. */
static inline uint32_t literal_known16(const struct literal_set *s, const char *p)
{
	uint32_t mask = 0;
#pragma GCC unroll 2
	for (unsigned i = 0; i < 16; i += 8) {
		uint32_t a = literal_known(&s->longs, literal_key(p + i));
		uint32_t b = literal_known(&s->longs, literal_key(p + i + 2));
		uint32_t c = literal_known(&s->longs, literal_key(p + i + 4));
		uint32_t d = literal_known(&s->longs, literal_key(p + i + 6));
		mask |= (a | b << 2 | c << 4 | d << 6) << i;
	}
	return mask;
}

/* Whether a literal of up to four bytes may begin at p, of which four bytes can be read. */
static inline uint32_t literal_known_short(const struct literal_set *s, const char *p)
{
	unsigned first = (uint8_t)p[0], second = (uint8_t)p[1];
	uint32_t pair = (uint32_t)(s->pairs[first << 2 | second >> 6] >> (second & 63)) & 1;
	return pair | literal_known(&s->shorts, literal_key_of_three(p)) |
	       literal_known(&s->shorts, literal_key(p));
}

/* Of the places from p on that the filter let through, those where a literal of up to four bytes may stand. */
static inline uint32_t literal_known_shorts(const struct literal_set *s, const char *p,
					    uint32_t mask)
{
	uint32_t known = 0;
	for (; mask; mask &= mask - 1) {
		unsigned i = (unsigned)__builtin_ctz(mask);
		known |= literal_known_short(s, p + i) << i;
	}
	return known;
}

/* The literals of up to four bytes at `at`, and those of more with a window there; false when fn ended the search. */
bool literal_confirm_short(const struct literal_hits *h, size_t at);
bool literal_confirm_slot(const struct literal_hits *h, const struct literal_slot *slot,
			  uint32_t key, size_t at);

/* Whether what stands beside the window at p may be that of any literal of the slot. */
static inline bool literal_may_fit(const struct literal_slot *slot, const char *p)
{
	const uint32_t *near = slot->near;
	uint32_t before = near[0] >> (p[-4] & 31) & near[1] >> (p[-3] & 31) &
			  near[2] >> (p[-2] & 31) & near[3] >> (p[-1] & 31);
	uint32_t behind = near[4] >> (p[4] & 31) & near[5] >> (p[5] & 31) & near[6] >> (p[6] & 31) &
			  near[7] >> (p[7] & 31);
	return before & behind & 1;
}

/* The long literals with a window at `at`, of which four bytes can be read. */
static inline bool literal_confirm_long(const struct literal_hits *h, size_t at)
{
	const struct literal_set *s = h->set;
	uint32_t key = literal_key(h->text.p + at);
	uint16_t head = s->longs.heads[literal_hash(key) % LITERAL_HEADS];
	if (head == LITERAL_NONE)
		return true;
	const struct literal_slot *slot = &s->slots[head];
	/* At the ends of the text there is less beside it; then all is told below. */
	if (LIKELY(at >= 4 && at + 8 <= h->text.len) &&
	    LIKELY(!literal_may_fit(slot, h->text.p + at)))
		return true;
	return literal_confirm_slot(h, slot, key, at);
}

/* The filters: return how far they came (the rest is for the caller), or SIZE_MAX when fn ended the search. */
size_t literal_filter_ssse3(const struct literal_hits *h, size_t from, size_t to);
size_t literal_filter_avx2(const struct literal_hits *h, size_t from, size_t to);

#endif
