/*
 * Making a set of literals: the groups of the filter, and the tables of windows.
 */
#include <assert.h>
#include <stdlib.h>

#include "base/mem.h"
#include "guard/literal_int.h"

static bool is_letter(uint8_t b)
{
	return (b | 0x20) >= 'a' && (b | 0x20) <= 'z';
}

/* --- groups ---------------------------------------------------------------------------------------- */

/* The nibbles that a group accepts at each place, as it is being filled. */
struct group {
	uint16_t low[LITERAL_SHORT], high[LITERAL_SHORT];
};

static void accept_byte(struct group *g, unsigned place, uint8_t b)
{
	g->low[place] |= (uint16_t)(1u << (b & 15));
	g->high[place] |= (uint16_t)(1u << (b >> 4));
}

static void accept_literal(struct group *g, const struct literal *l)
{
	for (unsigned i = 0; i < LITERAL_SHORT; i++) {
		if (i >= l->text.len) {
			g->low[i] = g->high[i] = 0xFFFF;
			continue;
		}
		uint8_t b = (uint8_t)l->text.p[i];
		accept_byte(g, i, b);
		if (l->nocase && is_letter(b))
			accept_byte(g, i, b ^ 0x20);
		if (l->phrase && b == ' ')
			accept_byte(g, i, '\n');
	}
}

/* How many places of a text the group would let through. */
static double group_cost(const struct group *g)
{
	double cost = 1;
	for (unsigned i = 0; i < LITERAL_SHORT; i++) {
		unsigned sum = 0;
		for (unsigned b = 9; b < 127; b++)
			if (g->low[i] >> (b & 15) & 1 && g->high[i] >> (b >> 4) & 1)
				sum += literal_byte_weight((uint8_t)b);
		cost *= sum;
	}
	return cost;
}

/* Greedy: each literal goes where it widens the filter least. */
static void place_in_group(struct group groups[LITERAL_BUCKETS], double costs[LITERAL_BUCKETS],
			   const struct literal *l)
{
	size_t best = 0;
	double least = -1;
	struct group filled[LITERAL_BUCKETS];
	double after[LITERAL_BUCKETS];
	for (size_t i = 0; i < LITERAL_BUCKETS; i++) {
		filled[i] = groups[i];
		accept_literal(&filled[i], l);
		after[i] = memcmp(&filled[i], &groups[i], sizeof(filled[i]))
				   ? group_cost(&filled[i])
				   : costs[i];
		if (least < 0 || after[i] - costs[i] < least) {
			least = after[i] - costs[i];
			best = i;
		}
	}
	groups[best] = filled[best];
	costs[best] = after[best];
}

static void set_filter(struct literal_set *s, const struct group groups[LITERAL_BUCKETS])
{
	for (unsigned g = 0; g < LITERAL_BUCKETS; g++)
		for (unsigned i = 0; i < LITERAL_SHORT; i++)
			for (unsigned n = 0; n < 16; n++) {
				s->low[g / 8][i][n] |= (uint8_t)((groups[g].low[i] >> n & 1)
								 << g % 8);
				s->high[g / 8][i][n] |= (uint8_t)((groups[g].high[i] >> n & 1)
								  << g % 8);
			}
}

/* --- of one and two bytes --------------------------------------------------------------------------------- */

/* Listed by their first byte in either case. */
static void list_tiny(struct literal_set *s)
{
	uint16_t n = 0;
	s->tiny = mem_array(s->count * 2 + 1, sizeof(*s->tiny));
	for (unsigned b = 0; b < 256; b++) {
		s->tiny_from[b] = n;
		for (size_t i = 0; i < s->count; i++) {
			const struct literal_entry *e = &s->entries[i];
			if (e->len < 3 && ((b ^ (uint8_t)e->value[0]) & (uint8_t)e->mask[0]) == 0)
				s->tiny[n++] = (uint16_t)i;
		}
	}
	s->tiny_from[256] = n;
}

static bool fits(const struct literal_entry *e, unsigned place, unsigned b)
{
	unsigned value = (unsigned)(e->value[0] >> 8 * place),
		 mask = (unsigned)(e->mask[0] >> 8 * place);
	return place >= e->len || ((b ^ value) & mask & 0xFF) == 0;
}

static void add_pairs(struct literal_set *s, const struct literal_entry *e)
{
	for (unsigned first = 0; first < 256; first++)
		for (unsigned b = 0; fits(e, 0, first) && b < 256; b++)
			if (fits(e, 1, b))
				s->pairs[first << 2 | b >> 6] |= (uint64_t)1 << (b & 63);
}

/* --- windows ------------------------------------------------------------------------------------------------ */

static uint32_t four_of(const uint64_t words[2], size_t at)
{
	uint8_t bytes[LITERAL_MAX + 4] = {0};
	uint32_t four;
	memcpy(bytes, words, LITERAL_MAX);
	memcpy(&four, bytes + at, sizeof(four));
	return four;
}

/* What follows the window, or what stands before it, whichever is more of the literal. */
static void set_beside(struct literal_link *l, const struct literal_entry *e)
{
	size_t after = e->len > l->window + 4u ? e->len - l->window - 4u : 0;
	bool before = after < 4 && l->window >= 4;
	size_t at = before ? l->window - 4u : l->window + 4u;
	l->beside = before ? -4 : 4;
	l->value = four_of(e->value, at);
	l->mask = four_of(e->mask, at);
}

static uint32_t near_bits(const struct literal *l, int at)
{
	if (at < 0 || (size_t)at >= l->text.len)
		return UINT32_MAX;
	uint32_t bits = (uint32_t)1 << ((uint8_t)l->text.p[at] & 31);
	return l->phrase && l->text.p[at] == ' ' ? bits | (uint32_t)1 << '\n' : bits;
}

static void allow_near(struct literal_slot *slot, const struct literal *l, unsigned window)
{
	for (int i = 0; i < LITERAL_NEAR / 2; i++) {
		slot->near[i] |= near_bits(l, (int)window + i - 4);
		slot->near[4 + i] |= near_bits(l, (int)window + i + 4);
	}
}

static void add_key(struct literal_set *s, struct literal_table *t, const struct literal *l,
		    const struct literal_link *link)
{
	uint64_t hash = literal_hash(link->key);
	uint32_t head = literal_head(link->key);
	uint16_t index = (uint16_t)s->link_count++;
	if (!t->heads[head]) {
		t->heads[head] = (uint16_t)s->slot_count++;
		s->slots[t->heads[head]].link = LITERAL_NONE;
	}
	struct literal_slot *slot = &s->slots[t->heads[head]];
	s->links[index] = *link;
	s->links[index].next = slot->link;
	set_beside(&s->links[index], &s->entries[link->entry]);
	slot->link = index;
	allow_near(slot, l, link->window);
	t->bitmap[hash >> 54] |= (uint64_t)1 << (hash >> 48 & 63) | (uint64_t)1
									    << (hash >> 42 & 63);
}

/* The window of four bytes, with a line's end for every blank of a phrase that is in it, or not. */
static void add_window(struct literal_set *s, struct literal_table *t, const struct literal *l,
		       uint16_t entry, unsigned window)
{
	uint32_t ends[2], n = 0;
	struct literal_link link = {.entry = entry, .window = (uint8_t)window};
	uint32_t key = literal_key(l->text.p + window);
	for (uint32_t i = 0; i < 4; i++)
		if (s->entries[entry].blanks >> (window + i) & 1 && n < ARRAY_SIZE(ends))
			ends[n++] = (uint32_t)('\n' & ~' ') << 8 * i;
	for (uint32_t i = 0; i < (uint32_t)1 << n; i++) {
		link.key = key | (i & 1 ? ends[0] : 0) | (i & 2 ? ends[1] : 0);
		add_key(s, t, l, &link);
	}
}

static void add_literal(struct literal_set *s, const struct literal *l, uint16_t entry)
{
	unsigned window = s->entries[entry].window;
	if (l->text.len > LITERAL_SHORT) {
		s->has_longs = true;
		add_window(s, &s->longs, l, entry, window);
		add_window(s, &s->longs, l, entry, window + 1);
		return;
	}
	s->has_shorts = true;
	if (l->text.len == 4) {
		add_window(s, &s->shorts, l, entry, 0);
	} else if (l->text.len == 3) {
		s->has_threes = true;
		add_key(s, &s->shorts, l,
			&(struct literal_link){.key = literal_key_of_three(l->text.p),
					       .entry = entry});
	} else {
		add_pairs(s, &s->entries[entry]);
	}
}

/* --- the set ------------------------------------------------------------------------------------------------ */

static void fill_entry(struct literal_entry *e, const struct literal *l)
{
	uint8_t value[LITERAL_MAX] = {0}, mask[LITERAL_MAX] = {0};
	e->len = (uint8_t)l->text.len;
	e->window = (uint8_t)literal_window(l);
	e->tag = l->tag;
	for (size_t i = 0; i < l->text.len; i++) {
		uint8_t b = (uint8_t)l->text.p[i];
		bool blind = l->nocase && is_letter(b);
		value[i] = blind ? b | 0x20 : b;
		mask[i] = blind ? 0xDF : 0xFF;
		if (l->phrase && b == ' ') {
			mask[i] = 0;
			e->blanks |= (uint16_t)(1u << i);
		}
	}
	memcpy(e->value, value, sizeof(value));
	memcpy(e->mask, mask, sizeof(mask));
}

struct literal_set *literal_set_new(const struct literal *literals, size_t count)
{
	struct literal_set *s = mem_zalloc(sizeof(*s));
	struct group groups[LITERAL_BUCKETS] = {{{0}, {0}}};
	double costs[LITERAL_BUCKETS] = {0};
	assert(count < LITERAL_NONE / LITERAL_KEYS);
	s->entries = mem_array(count + 1, sizeof(*s->entries));
	s->links = mem_array(count * LITERAL_KEYS + 1, sizeof(*s->links));
	s->slots = mem_array(count * LITERAL_KEYS + 1, sizeof(*s->slots));
	s->slots[s->slot_count++].link = LITERAL_NONE;
	s->count = count;
	for (size_t i = 0; i < count; i++) {
		const struct literal *l = &literals[i];
		assert(l->text.len >= (l->phrase ? 4 : 1) && l->text.len <= LITERAL_MAX);
		fill_entry(&s->entries[i], l);
		if (l->text.len <= LITERAL_SHORT)
			place_in_group(groups, costs, l);
		add_literal(s, l, (uint16_t)i);
	}
	list_tiny(s);
	set_filter(s, groups);
	return s;
}

void literal_set_free(struct literal_set *s)
{
	if (!s)
		return;
	free(s->entries);
	free(s->links);
	free(s->slots);
	free(s->tiny);
	free(s);
}

void literal_set_freep(struct literal_set **s)
{
	literal_set_free(*s);
}
