#include "skill/route_int.h"

/* One lookup under way. */
struct lookup {
	const struct route_table *table;
	struct text_words words;
	uint64_t hashes[PATTERN_WORDS_MAX];
	const struct route_entry *best;
	unsigned tried, probed;
};

static int rank(const struct route_shape *a, const struct route_shape *b)
{
	if (a->words != b->words)
		return b->words - a->words;
	if (a->count != b->count)
		return b->count - a->count;
	return a->open - b->open;
}

static bool of_shape(const struct pattern *p, const struct route_shape *s)
{
	return p->word_bits == s->word_bits && p->count == s->count && p->open == s->open;
}

static void probe(struct lookup *l, const struct route_shape *shape)
{
	uint64_t key = shape->salt;
	size_t count = 0;
	for (uint32_t bits = shape->word_bits; bits; bits &= bits - 1)
		key += l->hashes[__builtin_ctz(bits)];
	l->probed++;
	struct route_entry *const *s = route_map_find(&l->table->texts, key, &count);
	for (size_t i = 0; i < count; i++) {
		const struct route_entry *e = s[i];
		if (!of_shape(&e->pattern, shape))
			continue;
		l->tried++;
		if (!pattern_fits(&e->pattern, &l->words))
			continue;
		if (!l->best || route_entry_order(e, l->best) < 0)
			l->best = e;
		return; /* the first of equal keys is the first by name */
	}
}

/* Goes through the shapes that the text can have, most specific first, until one rank has answered. */
static void search(struct lookup *l)
{
	const struct route_table *t = l->table;
	unsigned n = l->words.count;
	size_t closed = n <= PATTERN_WORDS_MAX ? t->closed_at[n] : 0;
	size_t closed_end = n <= PATTERN_WORDS_MAX ? t->closed_at[n + 1] : 0;
	size_t open = t->closed_at[PATTERN_WORDS_MAX + 1];
	const struct route_shape *answered = NULL;
	for (;;) {
		while (open < t->shape_count && t->shapes[open].count > n)
			open++;
		const struct route_shape *c = closed < closed_end ? &t->shapes[closed] : NULL;
		const struct route_shape *o = open < t->shape_count ? &t->shapes[open] : NULL;
		const struct route_shape *next = !o || (c && rank(c, o) <= 0) ? c : o;
		if (!next || (answered && rank(answered, next) != 0))
			return;
		if (next == c)
			closed++;
		else
			open++;
		probe(l, next);
		if (l->best && !answered)
			answered = next;
	}
}

static void fill_params(const struct route_entry *e, const struct text_words *w,
			struct route_match *m)
{
	const struct pattern *p = &e->pattern;
	for (unsigned i = 0; i < p->count; i++) {
		if (pattern_is_word(p, i))
			continue;
		size_t from = w->parts[i].start, to = from + w->parts[i].len;
		if (p->open && i + 1 == p->count)
			to = w->end;
		m->params[m->param_count].name = pattern_part(p, i);
		m->params[m->param_count++].value = str_sub(w->text, from, to);
	}
}

bool route_lookup(const struct route_table *t, struct str text, struct route_match *ret)
{
	struct lookup l;
	l.table = t;
	l.best = NULL;
	l.tried = l.probed = 0;
	ret->route = NULL;
	ret->param_count = 0;
	ret->tried = ret->probed = 0;
	if (!text_split(&l.words, text) || !l.words.count)
		return false;
	unsigned n = MIN(l.words.count, (unsigned)PATTERN_WORDS_MAX);
	for (unsigned i = 0; i < n; i++)
		l.hashes[i] = route_word_hash(
			str_make(l.words.folded + l.words.parts[i].start, l.words.parts[i].len), i);
	search(&l);
	ret->tried = l.tried;
	ret->probed = l.probed;
	if (!l.best)
		return false;
	ret->route = &l.best->rest->route;
	fill_params(l.best, &l.words, ret);
	return true;
}

bool route_lookup_alert(const struct route_table *t, struct str alert, struct route_match *ret)
{
	size_t count = 0;
	*ret = (struct route_match){.route = NULL};
	struct route_entry *const *s = route_map_find(&t->texts, route_alert_key(alert), &count);
	for (size_t i = 0; i < count && !ret->route; i++) {
		const struct route *r = &s[i]->rest->route;
		ret->tried++;
		if (r->kind == TRIGGER_ALERT && str_eq(r->pattern, alert))
			ret->route = r;
	}
	return ret->route != NULL;
}

void route_each_of_skill(const struct route_table *t, struct str domain, struct str skill,
			 route_fn fn, void *state)
{
	size_t count = 0;
	struct route_entry *const *s = route_map_find(&t->skills, route_skill_key(domain, skill),
						      &count);
	for (size_t i = 0; i < count; i++) {
		const struct route *r = &s[i]->rest->route;
		if (str_eq(r->domain, domain) && str_eq(r->skill, skill))
			fn(state, r);
	}
}

static void keep_first(void *state, const struct route *r)
{
	const struct route **first = state;
	if (!*first)
		*first = r;
}

const struct route *route_of_skill(const struct route_table *t, struct str domain, struct str skill)
{
	const struct route *first = NULL;
	route_each_of_skill(t, domain, skill, keep_first, &first);
	return first;
}
