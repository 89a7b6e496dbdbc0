#include "base/mem.h"
#include "skill/route_int.h"

/* Finalizer of splitmix64 (Steele, Lea, Flood 2014). */
static uint64_t mix(uint64_t z)
{
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return z ^ z >> 31;
}

uint64_t route_word_hash(struct str folded, unsigned place)
{
	return mix(str_hash(folded) + (place + 1) * 0x9e3779b97f4a7c15ull);
}

uint64_t route_shape_salt(uint32_t word_bits, unsigned count, bool open)
{
	return mix((uint64_t)word_bits << 8 | count << 1 | open);
}

uint64_t route_pattern_key(const struct pattern *p)
{
	uint64_t key = route_shape_salt(p->word_bits, p->count, p->open);
	for (unsigned i = 0; i < p->count; i++) {
		if (pattern_is_word(p, i))
			key += route_word_hash(pattern_part(p, i), i);
	}
	return key;
}

uint64_t route_alert_key(struct str alert)
{
	return mix(str_hash(alert) ^ 0x616c657274);
}

uint64_t route_skill_key(struct str domain, struct str skill)
{
	return mix(mix(str_hash(domain)) + str_hash(skill));
}

static int shape_order(const struct route_shape *a, const struct route_shape *b)
{
	if (a->open != b->open)
		return a->open - b->open;
	if (a->open && a->words != b->words)
		return b->words - a->words;
	if (a->count != b->count)
		return a->open ? b->count - a->count : a->count - b->count;
	if (a->words != b->words)
		return b->words - a->words;
	return a->word_bits < b->word_bits ? -1 : a->word_bits > b->word_bits;
}

/* Where the shape is or belongs. */
static size_t shape_find(const struct route_table *t, const struct route_shape *s, bool *ret_there)
{
	size_t low = 0, high = t->shape_count;
	*ret_there = false;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int c = shape_order(&t->shapes[mid], s);
		if (c == 0) {
			*ret_there = true;
			return mid;
		}
		if (c < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static struct route_shape shape_of(const struct pattern *p)
{
	return (struct route_shape){.word_bits = p->word_bits,
				    .count = p->count,
				    .words = p->words,
				    .open = p->open,
				    .salt = route_shape_salt(p->word_bits, p->count, p->open),
				    .routes = 1};
}

static void shape_add(struct route_table *t, const struct pattern *p)
{
	bool there;
	struct route_shape s = shape_of(p);
	size_t at = shape_find(t, &s, &there);
	if (there) {
		t->shapes[at].routes++;
		return;
	}
	GROW(t->shapes, t->shape_count, t->shape_cap);
	memmove(&t->shapes[at + 1], &t->shapes[at], (t->shape_count - at) * sizeof(s));
	t->shapes[at] = s;
	t->shape_count++;
}

static void shape_remove(struct route_table *t, const struct pattern *p)
{
	bool there;
	struct route_shape s = shape_of(p);
	size_t at = shape_find(t, &s, &there);
	if (!there || --t->shapes[at].routes)
		return;
	t->shape_count--;
	memmove(&t->shapes[at], &t->shapes[at + 1], (t->shape_count - at) * sizeof(s));
}

static void shapes_index(struct route_table *t)
{
	size_t at = 0;
	for (unsigned n = 0; n <= PATTERN_WORDS_MAX; n++) {
		while (at < t->shape_count && !t->shapes[at].open && t->shapes[at].count < n)
			at++;
		t->closed_at[n] = at;
	}
	while (at < t->shape_count && !t->shapes[at].open)
		at++;
	t->closed_at[PATTERN_WORDS_MAX + 1] = at;
}

static bool by_text(const struct route_entry *e)
{
	return route_entry_is_command(e) || e->rest->route.kind == TRIGGER_ALERT;
}

/* Takes a reference to e. */
static void table_add(struct route_table *t, struct route_entry *e)
{
	t->count++;
	route_map_add(&t->skills, e);
	if (by_text(e))
		route_map_add(&t->texts, e);
	if (route_entry_is_command(e))
		shape_add(t, &e->pattern);
}

static void table_remove(struct route_table *t, struct route_entry *e)
{
	t->count--;
	e->rest->refs++; /* until its last use below */
	route_map_remove(&t->skills, e);
	if (by_text(e))
		route_map_remove(&t->texts, e);
	if (route_entry_is_command(e))
		shape_remove(t, &e->pattern);
	route_entry_unref(e);
}

static bool of_skill(const struct route_entry *e, struct str domain, struct str skill)
{
	return str_eq(e->rest->route.domain, domain) && str_eq(e->rest->route.skill, skill);
}

static struct route_entry *entry_find(const struct route_table *t, const struct route *r)
{
	size_t count = 0;
	struct route_entry *const *s =
		t ? route_map_find(&t->skills, route_skill_key(r->domain, r->skill), &count) : NULL;
	for (size_t i = 0; i < count; i++) {
		if (route_entry_is(s[i], r))
			return s[i];
	}
	return NULL;
}

/* Adds r, sharing its entry with `from` where it stands there just so. */
static int table_take(struct route_table *t, const struct route *r, const struct route_table *from,
		      struct err *err)
{
	struct route_entry *e = entry_find(from, r);
	if (e) {
		t->reused++;
		table_add(t, e);
		return 0;
	}
	int rc = route_entry_new(r, &e, err);
	if (rc < 0)
		return rc;
	t->compiled++;
	table_add(t, e);
	route_entry_unref(e);
	return 0;
}

int route_table_build(const struct route *routes, size_t count, const struct route_table *previous,
		      struct route_table **ret, struct route_table_stats *ret_stats,
		      struct err *err)
{
	CLEANUP(route_table_unrefp) struct route_table *t = mem_zalloc(sizeof(*t));
	t->refs = 1;
	t->skills.by = ROUTE_BY_SKILL;
	for (size_t i = 0; i < count; i++) {
		int rc = table_take(t, &routes[i], previous, err);
		if (rc < 0)
			return rc;
	}
	shapes_index(t);
	if (ret_stats)
		route_table_stats(t, ret_stats);
	*ret = TAKE_PTR(t);
	return 0;
}

static struct route_table *table_copy(const struct route_table *old)
{
	struct route_table *t = mem_alloc(sizeof(*t));
	*t = *old;
	t->refs = 1;
	t->compiled = t->reused = 0;
	route_map_share(&t->texts, &old->texts);
	route_map_share(&t->skills, &old->skills);
	t->shape_cap = old->shape_count + 1;
	t->shapes = mem_array(t->shape_cap, sizeof(*t->shapes));
	t->texts.copied_bytes += sizeof(*t) + t->shape_cap * sizeof(*t->shapes);
	if (old->shape_count)
		memcpy(t->shapes, old->shapes, old->shape_count * sizeof(*t->shapes));
	return t;
}

int route_table_change(const struct route_table *old, struct str domain, struct str skill,
		       const struct route *routes, size_t count, struct route_table **ret,
		       struct err *err)
{
	CLEANUP(route_table_unrefp) struct route_table *t = table_copy(old);
	uint64_t key = route_skill_key(domain, skill);
	size_t there = 0, kept = 0;
	struct route_entry *const *s;
	while ((s = route_map_find(&t->skills, key, &there)) && kept < there) {
		if (of_skill(s[kept], domain, skill))
			table_remove(t, s[kept]);
		else
			kept++; /* another skill with the same key: next to impossible, but right */
	}
	for (size_t i = 0; i < count; i++) {
		if (!str_eq(routes[i].domain, domain) || !str_eq(routes[i].skill, skill))
			return err_set(err, ERR_INVALID,
				       "a route of %.*s/%.*s among those of %.*s/%.*s",
				       STR_ARG(routes[i].domain), STR_ARG(routes[i].skill),
				       STR_ARG(domain), STR_ARG(skill));
		int rc = table_take(t, &routes[i], old, err);
		if (rc < 0)
			return rc;
	}
	shapes_index(t);
	*ret = TAKE_PTR(t);
	return 0;
}

void route_table_stats(const struct route_table *t, struct route_table_stats *ret)
{
	*ret = (struct route_table_stats){.routes = t->count,
					  .compiled = t->compiled,
					  .reused = t->reused,
					  .shapes = t->shape_count,
					  .bytes = t->texts.copied_bytes + t->skills.copied_bytes};
}

struct route_table *route_table_ref(struct route_table *t)
{
	t->refs++;
	return t;
}

void route_table_unref(struct route_table *t)
{
	if (!t || --t->refs)
		return;
	route_map_release(&t->texts);
	route_map_release(&t->skills);
	free(t->shapes);
	free(t);
}

void route_table_unrefp(struct route_table **t)
{
	route_table_unref(*t);
}

size_t route_table_count(const struct route_table *t)
{
	return t->count;
}
