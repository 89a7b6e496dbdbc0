/*
 * Whether what an expression needs stands around a hit, in the original text. Words are looked up a block at a time, each block once, and
 * only near hits. What may hide words (a window that is folded anyway) has all of them.
 */
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "guard/scan_int.h"

#define BLOCK 64

struct guard_block {
	struct needs_bits bits;
	uint8_t weight; /* bytes, white space beyond the first not counted */
	bool done;
};

static unsigned weigh(struct str text, size_t from, size_t to)
{
	unsigned weight = 0;
	bool white = from > 0 && guard_is_white(text.p[from - 1]);
	for (size_t i = from; i < to; i++) {
		bool is = guard_is_white(text.p[i]);
		weight += !(is && white);
		white = is;
	}
	return weight;
}

#ifdef __SSE2__
static unsigned weigh_block(struct str text, size_t from)
{
	uint64_t white = from > 0 && guard_is_white(text.p[from - 1]), whites = 0;
	for (unsigned i = 0; i < BLOCK; i += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(text.p + from + i));
		__m128i other = _mm_and_si128(_mm_cmpgt_epi8(v, _mm_set1_epi8('\t' - 1)),
					      _mm_cmplt_epi8(v, _mm_set1_epi8('\r' + 1)));
		other = _mm_or_si128(other, _mm_cmpeq_epi8(v, _mm_set1_epi8(' ')));
		whites |= (uint64_t)(unsigned)_mm_movemask_epi8(other) << i;
	}
	return BLOCK - (unsigned)__builtin_popcountll(whites & (whites << 1 | white));
}
#else
static unsigned weigh_block(struct str text, size_t from)
{
	return weigh(text, from, from + BLOCK);
}
#endif

/* Anything but ASCII stops a step back, or is folded away. */
static bool is_odd(struct str text, size_t from, size_t to)
{
	uint64_t odd = 0, w;
	for (; to - from >= 8; from += 8) {
		memcpy(&w, text.p + from, sizeof(w));
		odd |= w;
	}
	for (; from < to; from++)
		odd |= (uint8_t)text.p[from];
	return odd & 0x8080808080808080u;
}

static void look(struct guard_scan *s, size_t index, struct guard_block *b)
{
	struct str text = s->frame->text;
	size_t from = index * BLOCK, to = MIN(from + BLOCK, text.len);
	b->weight = (uint8_t)(to - from == BLOCK ? weigh_block(text, from) : weigh(text, from, to));
	b->done = true;
	if (is_odd(text, from, to))
		memset(&b->bits, 0xFF, sizeof(b->bits));
	else
		needs_table_look(s->rules->needs->table, text, from, to, &b->bits);
}

static struct guard_block *block_at(struct guard_scan *s, size_t index)
{
	struct frame *f = s->frame;
	if (!f->blocks) {
		f->block_count = f->text.len / BLOCK + 1;
		f->blocks = arena_array(s->scratch, f->block_count, sizeof(*f->blocks));
	}
	struct guard_block *b = &f->blocks[index];
	if (!b->done)
		look(s, index, b);
	return b;
}

void guard_scan_hide(struct guard_scan *s, size_t start, size_t end)
{
	for (size_t i = start / BLOCK; i <= end / BLOCK && i <= s->frame->text.len / BLOCK; i++)
		memset(&block_at(s, i)->bits, 0xFF, sizeof(struct needs_bits));
}

/* The block in which a try that steps back from the hit by `back` bytes begins at the earliest. *weight: of all up to the hit's. */
static size_t first_block(struct guard_scan *s, size_t hit, size_t back, size_t *ret_weight)
{
	size_t index = hit / BLOCK;
	*ret_weight = 0;
	while (index > 0 && *ret_weight < back)
		*ret_weight += block_at(s, --index)->weight;
	return index;
}

/* Whether a word of the set begins within `reach` bytes from the start of the block on. */
static bool has(struct guard_scan *s, size_t index, size_t reach, unsigned id)
{
	size_t count = s->frame->text.len / BLOCK + 1, seen = 0;
	for (; index < count && seen <= reach; index++) {
		const struct guard_block *b = block_at(s, index);
		if (b->bits.lanes[id / 64] >> (id % 64) & 1)
			return true;
		seen += b->weight;
	}
	return false;
}

bool guard_scan_has_needs(struct guard_scan *s, const struct guard_pattern *p, size_t hit)
{
	size_t back = p->has_back ? (size_t)p->row.back_max : 0, weight;
	if (!p->need_count)
		return true;
	size_t first = first_block(s, hit, back, &weight);
	/* It begins so far before the hit, or has no room for that, and may begin as late as at the hit. */
	size_t slack = BLOCK + weight - (weight >= back ? back : 0);
	for (unsigned i = 0; i < p->need_count; i++)
		if (!has(s, first, p->need_reach[i] + slack, p->needs[i]))
			return false;
	return true;
}
