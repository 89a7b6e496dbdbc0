#include "guard/literal.h"

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
	uint16_t low[3], high[3];
};

static void accept_byte(struct group *g, unsigned place, uint8_t b)
{
	g->low[place] |= (uint16_t)(1u << (b & 15));
	g->high[place] |= (uint16_t)(1u << (b >> 4));
}

static void accept_literal(struct group *g, const struct literal *l, size_t window)
{
	for (unsigned i = 0; i < 3; i++) {
		if (window + i >= l->text.len) {
			g->low[i] = g->high[i] = 0xFFFF;
			continue;
		}
		uint8_t b = (uint8_t)l->text.p[window + i];
		accept_byte(g, i, b);
		if (l->nocase && is_letter(b))
			accept_byte(g, i, b ^ 0x20);
	}
}

/* How many places of a text the group would let through. */
static double group_cost(const struct group *g)
{
	double cost = 1;
	for (unsigned i = 0; i < 3; i++) {
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
			   const struct literal *l, size_t window)
{
	size_t best = 0;
	double least = -1;
	struct group filled[LITERAL_BUCKETS];
	double after[LITERAL_BUCKETS];
	for (size_t i = 0; i < LITERAL_BUCKETS; i++) {
		filled[i] = groups[i];
		accept_literal(&filled[i], l, window);
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
		for (unsigned i = 0; i < 3; i++)
			for (unsigned n = 0; n < 16; n++) {
				s->low[i][n] |= (uint8_t)((groups[g].low[i] >> n & 1) << g);
				s->high[i][n] |= (uint8_t)((groups[g].high[i] >> n & 1) << g);
			}
}

/* --- the set ------------------------------------------------------------------------------------------ */

/* The literals of one and two bytes, listed by their first byte in either case. */
static void list_shorts(struct literal_set *s)
{
	uint16_t n = 0;
	s->shorts = mem_array(s->count * 2 + 1, sizeof(*s->shorts));
	for (unsigned b = 0; b < 256; b++) {
		s->short_from[b] = n;
		for (size_t i = 0; i < s->count; i++) {
			const struct literal_entry *e = &s->entries[i];
			if (e->len < 3 && ((b ^ (uint8_t)e->value[0]) & (uint8_t)e->mask[0]) == 0)
				s->shorts[n++] = (uint16_t)i;
		}
	}
	s->short_from[256] = n;
}

static bool fits(const struct literal_entry *e, unsigned place, unsigned b)
{
	unsigned value = (unsigned)(e->value[0] >> 8 * place),
		 mask = (unsigned)(e->mask[0] >> 8 * place);
	return place >= e->len || ((b ^ value) & mask & 0xFF) == 0;
}

static void add_short(struct literal_set *s, const struct literal_entry *e)
{
	for (unsigned first = 0; first < 256; first++)
		for (unsigned b = 0; fits(e, 0, first) && b < 256; b++)
			if (fits(e, 1, b))
				s->pairs[first << 2 | b >> 6] |= (uint64_t)1 << (b & 63);
}

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
	size_t after = e->len > e->window + 4u ? e->len - e->window - 4u : 0;
	bool before = after < 4 && e->window >= 4;
	size_t at = before ? e->window - 4u : e->window + 4u;
	l->beside = before ? -4 : 4;
	l->value = four_of(e->value, at);
	l->mask = four_of(e->mask, at);
}

static void add_key(struct literal_set *s, uint32_t key, uint16_t entry)
{
	uint32_t hash = literal_hash(key);
	uint16_t index = (uint16_t)s->link_count++;
	s->links[index] = (struct literal_link){
		.key = key, .next = s->heads[hash % LITERAL_HEADS], .entry = entry};
	set_beside(&s->links[index], &s->entries[entry]);
	s->bitmap[hash >> 6] |= (uint64_t)1 << (hash & 63);
	s->heads[hash % LITERAL_HEADS] = index;
}

static void add_long(struct literal_set *s, const struct literal *l, uint16_t index)
{
	const struct literal_entry *e = &s->entries[index];
	uint32_t ends[2], n = 0;
	if (e->len < 4) {
		add_key(s, literal_key_of_three(l->text.p), index);
		return;
	}
	uint32_t key = literal_key(l->text.p + e->window);
	for (uint32_t i = 0; i < 4; i++)
		if (e->blanks >> (e->window + i) & 1 && n < ARRAY_SIZE(ends))
			ends[n++] = (uint32_t)('\n' & ~' ') << 8 * i;
	add_key(s, key, index);
	if (n > 0)
		add_key(s, key | ends[0], index);
	if (n > 1) {
		add_key(s, key | ends[1], index);
		add_key(s, key | ends[0] | ends[1], index);
	}
}

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
	memset(s->heads, 0xFF, sizeof(s->heads));
	s->entries = mem_array(count + 1, sizeof(*s->entries));
	s->links = mem_array(count * LITERAL_KEYS + 1, sizeof(*s->links));
	s->count = count;
	for (size_t i = 0; i < count; i++) {
		const struct literal *l = &literals[i];
		assert(l->text.len >= (l->phrase ? 4 : 1) && l->text.len <= LITERAL_MAX);
		fill_entry(&s->entries[i], l);
		if (l->text.len < 4)
			place_in_group(groups, costs, l, s->entries[i].window);
		if (l->text.len >= 3)
			add_long(s, l, (uint16_t)i);
		else
			add_short(s, &s->entries[i]);
		s->has_threes |= l->text.len == 3;
	}
	list_shorts(s);
	set_filter(s, groups);
	return s;
}

void literal_set_free(struct literal_set *s)
{
	if (!s)
		return;
	free(s->entries);
	free(s->links);
	free(s->shorts);
	free(s);
}

void literal_set_freep(struct literal_set **s)
{
	literal_set_free(*s);
}

/* --- searching ----------------------------------------------------------------------------------------- */

bool literal_confirm_entry(const struct literal_hits *h, const struct literal_entry *e, size_t at)
{
	uint64_t words[2] = {0, 0};
	if (at < e->window || h->text.len - (at - e->window) < e->len)
		return true;
	size_t start = at - e->window, left = h->text.len - start;
	memcpy(words, h->text.p + start, MIN(left, sizeof(words)));
	if (((words[0] ^ e->value[0]) & e->mask[0]) || ((words[1] ^ e->value[1]) & e->mask[1]))
		return true;
	for (uint32_t blanks = e->blanks; blanks; blanks &= blanks - 1) {
		char c = h->text.p[start + (size_t)__builtin_ctz(blanks)];
		if (c != ' ' && c != '\n')
			return true;
	}
	return h->fn(h->state, e->tag, start);
}

static bool confirm_known(const struct literal_hits *h, uint32_t key, size_t at)
{
	return !literal_known(h->set, key) || literal_confirm_key(h, key, at);
}

bool literal_confirm(const struct literal_hits *h, size_t at)
{
	const struct literal_set *s = h->set;
	uint8_t first = (uint8_t)h->text.p[at];
	for (uint16_t i = s->short_from[first]; i < s->short_from[first + 1]; i++)
		if (!literal_confirm_entry(h, &s->entries[s->shorts[i]], at))
			return false;
	size_t left = h->text.len - at;
	const char *p = h->text.p + at;
	if (left >= 4 && !confirm_known(h, literal_key(p), at))
		return false;
	return left < 3 || !s->has_threes || confirm_known(h, literal_key_of_three(p), at);
}

static enum literal_engine best_engine(void)
{
	static enum literal_engine best;
	if (best == LITERAL_BEST)
		best = literal_engine_available(LITERAL_AVX2)	 ? LITERAL_AVX2
		       : literal_engine_available(LITERAL_SSSE3) ? LITERAL_SSSE3
								 : LITERAL_PORTABLE;
	return best;
}

bool literal_search(const struct literal_set *s, enum literal_engine e, struct str text,
		    size_t from, size_t to, literal_fn fn, void *state)
{
	struct literal_hits h = {s, text, fn, state};
	assert(from <= to && to <= text.len);
	if (!s->count)
		return true;
	if (e == LITERAL_BEST)
		e = best_engine();
	if (e == LITERAL_AVX2)
		from = literal_filter_avx2(&h, from, to);
	else if (e == LITERAL_SSSE3)
		from = literal_filter_ssse3(&h, from, to);
	if (from == SIZE_MAX)
		return false;
	for (; from < to; from++)
		if (!literal_try(&h, from))
			return false;
	return true;
}
