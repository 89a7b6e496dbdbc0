#include "guard/literal.h"

#include <assert.h>

#include "guard/literal_int.h"

/* Tells of the first `count` hits that wait. */
static bool tell(struct literal_hits *h, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!h->fn(h->state, h->hits[i].tag, h->hits[i].start))
			return false;
	h->waiting -= count;
	memmove(h->hits, h->hits + count, h->waiting * sizeof(h->hits[0]));
	return true;
}

/* A hit that was found at `at`. What is found later begins no further before its place than the longest literal is long. */
static bool add_hit(struct literal_hits *h, uint32_t tag, size_t start, size_t at)
{
	size_t ready = 0, i;
	while (ready < h->waiting && h->hits[ready].start + LITERAL_MAX <= at)
		ready++;
	if (h->waiting == LITERAL_WAITING && !ready)
		ready = 1;
	if (ready && !tell(h, ready))
		return false;
	for (i = h->waiting++; i > 0 && h->hits[i - 1].start > start; i--)
		h->hits[i] = h->hits[i - 1];
	h->hits[i] = (struct literal_hit){start, tag};
	return true;
}

/* Where the entry would begin whose window is at `at`. */
static bool confirm_entry(struct literal_hits *h, const struct literal_entry *e, size_t at,
			  size_t window)
{
	uint64_t words[2] = {0, 0};
	if (at < window || h->text.len - (at - window) < e->len)
		return true;
	size_t start = at - window, left = h->text.len - start;
	memcpy(words, h->text.p + start, MIN(left, sizeof(words)));
	if (((words[0] ^ e->value[0]) & e->mask[0]) || ((words[1] ^ e->value[1]) & e->mask[1]))
		return true;
	for (uint32_t blanks = e->blanks; blanks; blanks &= blanks - 1) {
		char c = h->text.p[start + (size_t)__builtin_ctz(blanks)];
		if (c != ' ' && c != '\n')
			return true;
	}
	return add_hit(h, e->tag, start, at);
}

/* The literals of a table with this window at `at`. */
static bool confirm_key(struct literal_hits *h, const struct literal_table *t, uint32_t key,
			size_t at)
{
	const struct literal_set *s = h->set;
	for (uint16_t i = s->slots[t->heads[literal_head(key)]].link; i != LITERAL_NONE;
	     i = s->links[i].next) {
		const struct literal_link *l = &s->links[i];
		uint32_t w = l->value;
		if (l->key != key)
			continue;
		if (LIKELY(at >= 4 && at + 8 <= h->text.len))
			memcpy(&w, h->text.p + at + l->beside, sizeof(w));
		if (!((w ^ l->value) & l->mask) &&
		    !confirm_entry(h, &s->entries[l->entry], at, l->window))
			return false;
	}
	return true;
}

bool literal_confirm_long(struct literal_hits *h, size_t at)
{
	return confirm_key(h, &h->set->longs, literal_key(h->text.p + at), at);
}

bool literal_confirm_short(struct literal_hits *h, size_t at)
{
	const struct literal_set *s = h->set;
	uint8_t first = (uint8_t)h->text.p[at];
	for (uint16_t i = s->tiny_from[first]; i < s->tiny_from[first + 1]; i++)
		if (!confirm_entry(h, &s->entries[s->tiny[i]], at, 0))
			return false;
	size_t left = h->text.len - at;
	const char *p = h->text.p + at;
	if (left >= 4 && !confirm_key(h, &s->shorts, literal_key(p), at))
		return false;
	return left < 3 || !s->has_threes ||
	       confirm_key(h, &s->shorts, literal_key_of_three(p), at);
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

/* One place, without a filter. */
static bool try_place(struct literal_hits *h, size_t at)
{
	const struct literal_set *s = h->set;
	const char *p = h->text.p + at;
	size_t left = h->text.len - at;
	if (s->has_shorts && (left < 4 || literal_known_short(s, p)) &&
	    !literal_confirm_short(h, at))
		return false;
	return (at & 1) || left < 4 || !literal_known(&s->longs, literal_key(p)) ||
	       literal_confirm_long(h, at);
}

static bool try_places(struct literal_hits *h, size_t from, size_t to)
{
	for (; from < to; from++)
		if (!try_place(h, from))
			return false;
	return true;
}

bool literal_search(const struct literal_set *s, enum literal_engine e, struct str text,
		    size_t from, size_t to, literal_fn fn, void *state)
{
	struct literal_hits h;
	assert(from <= to && to <= text.len);
	if (!s->count)
		return true;
	h.set = s;
	h.text = text;
	h.fn = fn;
	h.state = state;
	h.waiting = 0;
	if (e == LITERAL_BEST)
		e = best_engine();
	/* The filters begin at an even place that has something before it. */
	size_t first = MIN(MAX(from + (from & 1), (size_t)LITERAL_BESIDE), to);
	if (!try_places(&h, from, first))
		return false;
	from = first;
	if (e == LITERAL_AVX2)
		from = literal_filter_avx2(&h, from, to);
	else if (e == LITERAL_SSSE3)
		from = literal_filter_ssse3(&h, from, to);
	return from != SIZE_MAX && try_places(&h, from, to) && tell(&h, h.waiting);
}
