#include "base/map.h"
#include "guard/table_int.h"

/* The literals being gathered: one lead each, however many patterns name it. */
struct gathering {
	struct guard_rules *rules;
	struct map known; /* use and literal → lead + 1, see known() */
	struct literal *original, *view;
	size_t original_count, view_count, lead_cap, word_cap;
};

/* What is known of a literal, by a key that tells its uses apart; 0: nothing yet. */
static uintptr_t *known(struct gathering *g, char use, struct str l, bool lower)
{
	struct arena *a = g->rules->arena;
	char *k = arena_alloc(a, l.len + 1);
	k[0] = use;
	for (size_t i = 0; i < l.len; i++)
		k[i + 1] = lower && l.p[i] >= 'A' && l.p[i] <= 'Z' ? (char)(l.p[i] | 0x20) : l.p[i];
	struct str key = {k, l.len + 1};
	uintptr_t *at = map_find(&g->known, key);
	if (!at)
		map_set(&g->known, key, at = arena_alloc(a, sizeof(*at)));
	return at;
}

/*
 * White space folds, so a phrase cannot be searched for in the original. Its rarest word can, and the others are looked at from there.
 */
static struct str rarest_word(struct str l)
{
	struct str best = {l.p, 0}, word;
	while (str_split(&l, ' ', &word))
		if (literal_rarity(word) > literal_rarity(best))
			best = word;
	return best;
}

static void add_folded(struct gathering *g, struct str l, uint32_t tag)
{
	struct guard_rules *r = g->rules;
	struct str word = rarest_word(l);
	g->view[g->view_count++] = (struct literal){l, false, tag};
	if (!word.len)
		return;
	uintptr_t *at = known(g, 'w', word, false);
	if (!*at) {
		ARENA_GROW(r->arena, r->words, r->word_count, g->word_cap);
		r->words[r->word_count] = (struct guard_word){.len = word.len};
		g->original[g->original_count++] =
			(struct literal){word, true, LEAD_WORD + (uint32_t)r->word_count};
		*at = ++r->word_count;
	}
	struct guard_word *w = &r->words[*at - 1];
	ARENA_GROW(r->arena, w->phrases, w->count, w->cap);
	w->phrases[w->count++] = (struct guard_phrase){l, (size_t)(word.p - l.p)};
}

static uint32_t add_lead(struct gathering *g, const struct guard_pattern *p, struct str l)
{
	struct guard_rules *r = g->rules;
	uint32_t tag = (uint32_t)r->lead_count;
	ARENA_GROW(r->arena, r->leads, r->lead_count, g->lead_cap);
	r->leads[r->lead_count++] = (struct guard_lead){0};
	if (p->folded)
		add_folded(g, l, tag);
	else
		g->original[g->original_count++] = (struct literal){l, p->nocase, tag};
	return tag;
}

static void gather(struct gathering *g, const struct guard_pattern *p)
{
	struct guard_rules *r = g->rules;
	for (size_t i = 0; i < p->row.literals.count; i++) {
		struct str l = p->row.literals.items[i];
		uintptr_t *lead_known = known(g,
					      p->folded	  ? 'f'
					      : p->nocase ? 'n'
							  : 'b',
					      l, p->nocase);
		if (!*lead_known)
			*lead_known = add_lead(g, p, l) + 1;
		struct guard_lead *lead = &r->leads[*lead_known - 1];
		ARENA_GROW(r->arena, lead->patterns, lead->count, lead->cap);
		lead->patterns[lead->count++] = p->index;
	}
}

static void add_digits(struct guard_rules *r, struct guard_pattern *p)
{
	size_t at = r->digit_count++;
	r->digits[at] = p;
	for (unsigned n = p->digits_least; n <= GUARD_RUN_MAX; n++)
		r->digit_runs[n] |= (uint64_t)1 << at;
	for (unsigned n = p->first_least; n <= p->first_most; n++)
		r->digit_groups[n] |= (uint64_t)1 << at;
}

void guard_rules_index(struct guard_rules *r)
{
	size_t literals = 2;
	struct gathering g = {.rules = r, .known = MAP_INIT};
	for (size_t i = 0; i < r->count; i++)
		literals += r->patterns[i]->row.literals.count;
	g.original = arena_array(r->arena, literals, sizeof(*g.original));
	g.view = arena_array(r->arena, literals, sizeof(*g.view));
	r->detectors = arena_array(r->arena, r->count + 1, sizeof(*r->detectors));
	r->digit_count = 0;
	for (size_t i = 0; i < r->count; i++) {
		struct guard_pattern *p = r->patterns[i];
		if (p->detector)
			r->detectors[r->detector_count++] = p;
		else if (p->digits_least)
			add_digits(r, p);
		else
			gather(&g, p);
	}
	g.original[g.original_count++] = (struct literal){STR("&"), false, LEAD_ENTITY};
	g.original[g.original_count++] = (struct literal){STR("guard:allow"), false, LEAD_ALLOW};
	r->original = literal_set_new(g.original, g.original_count);
	r->view = literal_set_new(g.view, g.view_count);
	map_release(&g.known);
}
