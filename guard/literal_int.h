/*
 * Inside the literal search: the set as its three engines see it.
 */
#ifndef GUARD_LITERAL_INT_H
#define GUARD_LITERAL_INT_H

#include "guard/literal.h"

#define LITERAL_BUCKETS 16 /* groups of the filter, eight to a byte */
#define LITERAL_HEADS 4096 /* 12 bits of a hash */
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
	uint64_t bitmap[1024]; /* two bits of one of them for each */
	uint16_t heads[LITERAL_HEADS]; /* slots */
};

struct literal_set {
	struct literal_entry *entries;
	struct literal_link *links;
	struct literal_slot *slots; /* the first allows nothing: it is that of all other heads */
	size_t count, link_count, slot_count;
	/* Longer literals are looked up at every second place: one of two neighbouring windows begins there. */
	struct literal_table longs, shorts;
	bool has_longs, has_shorts, has_threes;
	uint64_t pairs[1024]; /* of the two bytes that literals of one and two bytes begin with */
	uint16_t tiny_from[257], *tiny; /* entries of one and two bytes, by the first */
	/* Of literals of up to four bytes: which groups a byte fits at each place, by its low and its high nibble. */
	uint8_t low[2][LITERAL_SHORT][16], high[2][LITERAL_SHORT][16];
};

/* A search, and its hits that wait for others that begin before them. */
#define LITERAL_WAITING 128
struct literal_hits {
	const struct literal_set *set;
	struct str text;
	literal_fn fn;
	void *state;
	size_t waiting;
	struct literal_hit {
		size_t start;
		uint32_t tag;
	} hits[LITERAL_WAITING];
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

static inline uint64_t literal_hash(uint32_t key)
{
	return key * 0x9E3779B97F4A7C15u;
}

static inline uint32_t literal_head(uint32_t key)
{
	return (uint32_t)(literal_hash(key) >> 52);
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
	uint64_t hash = literal_hash(key), bits = t->bitmap[hash >> 54];
	return (uint32_t)(bits >> (hash >> 48 & 63) & bits >> (hash >> 42 & 63)) & 1;
}

/* Whether a literal of up to four bytes may begin at p, of which four bytes can be read. */
static inline uint32_t literal_known_short(const struct literal_set *s, const char *p)
{
	unsigned first = (uint8_t)p[0], second = (uint8_t)p[1];
	uint32_t pair = (uint32_t)(s->pairs[first << 2 | second >> 6] >> (second & 63)) & 1;
	return pair | literal_known(&s->shorts, literal_key_of_three(p)) |
	       literal_known(&s->shorts, literal_key(p));
}

/* The literals of up to four bytes at `at`, and those of more with a window there; false when fn ended the search. */
bool literal_confirm_short(struct literal_hits *h, size_t at);
bool literal_confirm_long(struct literal_hits *h, size_t at);

/* Whether what stands beside the window at p may be that of any long literal with this window. */
static inline uint32_t literal_may_fit(const struct literal_set *s, const char *p)
{
	const uint32_t *near = s->slots[s->longs.heads[literal_head(literal_key(p))]].near;
	uint32_t before = near[0] >> (p[-4] & 31) & near[1] >> (p[-3] & 31) &
			  near[2] >> (p[-2] & 31) & near[3] >> (p[-1] & 31);
	uint32_t behind = near[4] >> (p[4] & 31) & near[5] >> (p[5] & 31) & near[6] >> (p[6] & 31) &
			  near[7] >> (p[7] & 31);
	return before & behind & 1;
}

/* What is read beside a place: the filters begin as far from the start of the text, and leave as much at its end. */
#define LITERAL_BESIDE 8
/* The filters: return how far they came (the rest is for the caller), or SIZE_MAX when fn ended the search. */
size_t literal_filter_ssse3(struct literal_hits *h, size_t from, size_t to);
size_t literal_filter_avx2(struct literal_hits *h, size_t from, size_t to);

#endif
