#include "base/map.h"
#include "guard/table_int.h"

/* The literals being gathered: one lead each, however many patterns name it. */
struct gathering {
	struct guard_rules *rules;
	struct map known; /* use and literal → lead + 1, see known() */
	struct literal *original, *view;
	size_t original_count, view_count, lead_cap;
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

/* The bytes of l from `from` on up to the next blank, two at most. */
static unsigned letters_after(struct str l, size_t from)
{
	return from + 1 < l.len && l.p[from + 1] != ' ' ? 2 : 1;
}

static void note_byte(bool set[256], char c)
{
	set[(uint8_t)c] = true;
	if (c >= 'a' && c <= 'z')
		set[(uint8_t)c & 0xDF] = true;
}

static void add_gap(struct guard_rules *r, struct str l, size_t blank, uint32_t lead)
{
	struct guard_gaps *g = &r->gaps;
	unsigned n = blank > 1 && l.p[blank - 2] != ' ' ? 2 : 1;
	uint32_t key = guard_gap_key(l.p + blank, n, l.p + blank + 1, letters_after(l, blank + 1));
	uint32_t hash = guard_gap_hash(key), head = hash % GAP_HEADS;
	g->known[hash >> 6] |= (uint64_t)1 << (hash & 63);
	note_byte(g->before, l.p[blank - 1]);
	note_byte(g->after, l.p[blank + 1]);
	ARENA_GROW(r->arena, g->items, g->count, g->cap);
	g->items[g->count] = (struct guard_gap){key, g->heads[head], (uint16_t)blank, l, lead};
	g->heads[head] = (uint16_t)g->count++;
}

static void add_folded(struct gathering *g, struct str l, uint32_t tag)
{
	bool phrase = false;
	g->view[g->view_count++] = (struct literal){l, false, tag, false};
	for (size_t i = 1; i + 1 < l.len; i++)
		if (l.p[i] == ' ') {
			add_gap(g->rules, l, i, tag);
			phrase = true;
		}
	g->original[g->original_count++] = (struct literal){l, true, LEAD_FOLDED + tag, phrase};
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
		g->original[g->original_count++] = (struct literal){l, p->nocase, tag, false};
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
	r->digit_tables = arena_alloc(r->arena, sizeof(*r->digit_tables));
	memset(r->gaps.heads, 0xFF, sizeof(r->gaps.heads));
	r->needs = arena_alloc(r->arena, sizeof(*r->needs));
	for (size_t i = 0; i < r->count; i++) {
		struct guard_pattern *p = r->patterns[i];
		if (p->detector)
			r->detectors[r->detector_count++] = p;
		else if (p->digits_least)
			r->digits[r->digit_count++] = p;
		else
			gather(&g, p);
	}
	g.original[g.original_count++] = (struct literal){STR("&"), false, LEAD_ENTITY, false};
	g.original[g.original_count++] = (struct literal){STR("guard:allow"), false, LEAD_ALLOW,
							  false};
	r->original = literal_set_new(g.original, g.original_count);
	r->view = literal_set_new(g.view, g.view_count);
	map_release(&g.known);
}

static void add_starts(const struct guard_rules *r, struct guard_pattern *p)
{
	size_t body;
	struct needs_set words;
	struct str e = p->row.expression;
	if (!guard_pattern_lead(p, &body) || !needs_starts(str_sub(e, body, e.len), &words))
		return;
	unsigned id = needs_table_add(r->needs->starts, r->arena, &words);
	if (id == NEEDS_IDS)
		return;
	p->starts = (uint8_t)id;
	p->body = body;
	regex_free(p->regex); /* of the whole */
	p->regex = NULL;
}

void guard_needs_ready(const struct guard_rules *r)
{
	if (r->needs->ready)
		return;
	r->needs->table = needs_table_new(r->arena);
	r->needs->starts = needs_table_new(r->arena);
	for (size_t i = 0; i < r->count; i++) {
		struct guard_pattern *p = r->patterns[i];
		struct needs n;
		if (!p->folded || p->detector)
			continue;
		needs_of(p->row.expression, &n);
		add_starts(r, p);
		for (size_t k = 0; k < n.count; k++) {
			unsigned id = needs_table_add(r->needs->table, r->arena, &n.sets[k]);
			if (id == NEEDS_IDS)
				break;
			p->need_reach[p->need_count] = (uint16_t)MIN(n.sets[k].reach, UINT16_MAX);
			p->needs[p->need_count++] = (uint8_t)id;
		}
	}
	r->needs->ready = true;
}

void guard_rules_ready(const struct guard_rules *r)
{
	guard_needs_ready(r);
}
