/*
 * Phrases of folded rules across white space that is more than one blank or one line's end: indented lines, two blanks, a paragraph.
 * Such a gap is looked up by the letters on both sides of it; the rest of the phrase is compared only where they fit.
 */
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "guard/scan_int.h"

/* --- the rest of a phrase --------------------------------------------------------------------------------- */

static bool same_letter(char text, char lower)
{
	return text == lower || (lower >= 'a' && lower <= 'z' && (text | 0x20) == lower);
}

/* Whether `rest` of a phrase follows at `at`, any white space for a blank. */
static bool follows(struct str text, size_t at, struct str rest)
{
	for (size_t i = 0; i < rest.len; i++) {
		if (at >= text.len)
			return false;
		if (rest.p[i] != ' ') {
			if (!same_letter(text.p[at++], rest.p[i]))
				return false;
			continue;
		}
		if (!guard_is_white(text.p[at]))
			return false;
		while (at < text.len && guard_is_white(text.p[at]))
			at++;
	}
	return true;
}

/* Where `rest` begins that ends before `at`; SIZE_MAX where it does not stand. */
static size_t precedes(struct str text, size_t at, struct str rest)
{
	for (size_t i = rest.len; i > 0; i--) {
		if (at == 0)
			return SIZE_MAX;
		if (rest.p[i - 1] != ' ') {
			if (!same_letter(text.p[--at], rest.p[i - 1]))
				return SIZE_MAX;
			continue;
		}
		if (!guard_is_white(text.p[at - 1]))
			return SIZE_MAX;
		while (at > 0 && guard_is_white(text.p[at - 1]))
			at--;
	}
	return at;
}

/* --- gaps --------------------------------------------------------------------------------------------------- */

struct gap {
	size_t start, end; /* the white space */
};

static void look_up(struct guard_scan *s, const struct gap *gap, uint32_t key)
{
	const struct guard_gaps *all = &s->rules->gaps;
	struct str text = s->frame->text;
	uint32_t hash = guard_gap_hash(key);
	if (LIKELY(!(all->known[hash >> 6] >> (hash & 63) & 1)))
		return;
	for (uint16_t i = all->heads[hash % GAP_HEADS]; i != GAP_NONE; i = all->items[i].next) {
		const struct guard_gap *g = &all->items[i];
		if (g->key != key ||
		    !follows(text, gap->end, str_sub(g->phrase, g->before + 1u, g->phrase.len)))
			continue;
		size_t start = precedes(text, gap->start, str_sub(g->phrase, 0, g->before));
		if (start != SIZE_MAX)
			guard_scan_folded_hit(s, g->lead, start);
	}
}

/* White space ends before `end`. */
static void on_gap(struct guard_scan *s, size_t end)
{
	struct str text = s->frame->text;
	size_t start = end;
	if (end < text.len && !s->rules->gaps.after[(uint8_t)text.p[end]])
		return;
	while (start > 0 && guard_is_white(text.p[start - 1]))
		start--;
	const struct gap gap = {start, end};
	const struct guard_gaps *all = &s->rules->gaps;
	if (start == 0 || end >= text.len || !all->before[(uint8_t)text.p[start - 1]])
		return;
	for (unsigned n = 1; n <= 2 && n <= start; n++)
		for (unsigned m = 1; m <= 2 && end + m <= text.len; m++)
			look_up(s, &gap, guard_gap_key(text.p + start, n, text.p + end, m));
}

/* The end of white space at `at` that is no single blank and no single line's end. */
static bool is_gap(struct str text, size_t at)
{
	return at > 0 && !guard_is_white(text.p[at]) && guard_is_white(text.p[at - 1]) &&
	       ((text.p[at - 1] != ' ' && text.p[at - 1] != '\n') ||
		(at > 1 && guard_is_white(text.p[at - 2])));
}

#ifdef __SSE2__
static inline unsigned whites_of(__m128i v, unsigned *ret_odd)
{
	__m128i other = _mm_and_si128(_mm_cmpgt_epi8(v, _mm_set1_epi8('\t' - 1)),
				      _mm_cmplt_epi8(v, _mm_set1_epi8('\r' + 1)));
	__m128i odd = _mm_andnot_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8('\n')), other);
	*ret_odd = (unsigned)_mm_movemask_epi8(odd);
	return (unsigned)_mm_movemask_epi8(
		_mm_or_si128(_mm_cmpeq_epi8(v, _mm_set1_epi8(' ')), other));
}

/* Whatever stride the text has room for; where the rest begins. The bits of `before` are those of the two bytes before. */
static size_t strides(struct guard_scan *s)
{
	struct str text = s->frame->text;
	unsigned before = 0, odd_before = 0, odd;
	size_t at = 0;
	for (; text.len - at >= 16; at += 16) {
		unsigned white = whites_of(
			_mm_loadu_si128((const __m128i *)(const void *)(text.p + at)), &odd);
		unsigned whites = white << 2 | before, odds = odd << 2 | odd_before;
		unsigned ends = ~white & whites >> 1 & (whites | odds >> 1) & 0xFFFF;
		for (; UNLIKELY(ends); ends &= ends - 1)
			on_gap(s, at + (size_t)__builtin_ctz(ends));
		before = white >> 14;
		odd_before = odd >> 14;
		if (!(at & 0xFFF) && !guard_scan_go_on(s, 1))
			return text.len;
	}
	return at;
}
#else
static size_t strides(struct guard_scan *s)
{
	(void)s;
	return 0;
}
#endif

void guard_scan_phrases(struct guard_scan *s)
{
	struct str text = s->frame->text;
	if (!s->rules->gaps.count)
		return;
	for (size_t at = strides(s); at < text.len; at++)
		if (is_gap(text, at))
			on_gap(s, at);
}
