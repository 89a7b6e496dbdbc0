#include "admission/surfaces_int.h"

#include "base/map.h"
#include "base/mem.h"

#define BLOCK_BYTES ((size_t)1 << 32) /* content was limited when it was parsed */

struct surfaces *surfaces_new(void)
{
	return mem_zalloc(sizeof(struct surfaces));
}

static void block_free(struct block *b)
{
	arena_free(b->arena);
	free(b);
}

void surfaces_free(struct surfaces *s)
{
	if (!s)
		return;
	MAP_EACH (&s->buckets, e) {
		struct bucket *b = e->value;
		free(b->key);
		free(b);
	}
	map_release(&s->buckets);
	for (size_t i = 0; i < s->count; i++)
		block_free(s->blocks[i]);
	free(s->blocks);
	free(s);
}

void surfaces_freep(struct surfaces **s)
{
	surfaces_free(*s);
}

/* Where the block is, or would be. */
static size_t block_index(const struct surfaces *s, struct str name, bool *ret_found)
{
	size_t lo = 0, hi = s->count;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int c = str_cmp(s->blocks[mid]->name, name);
		if (c == 0) {
			*ret_found = true;
			return mid;
		}
		if (c < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	*ret_found = false;
	return lo;
}

static struct block *block_find(const struct surfaces *s, struct str name)
{
	bool found;
	size_t i = block_index(s, name, &found);
	return found ? s->blocks[i] : NULL;
}

/* --- copies ------------------------------------------------------------------------------------------- */

static struct str *copy_strs(struct arena *a, const struct str *from, size_t count)
{
	struct str *out = arena_array(a, count, sizeof(*out));
	for (size_t i = 0; i < count; i++)
		out[i] = arena_str(a, from[i]);
	return out;
}

static void copy_skill(struct arena *a, const struct surface_skill *from, struct surface_skill *to)
{
	*to = *from;
	to->name = arena_str(a, from->name);
	to->path = arena_str(a, from->path);
	to->patterns = copy_strs(a, from->patterns, from->pattern_count);
	to->alerts = copy_strs(a, from->alerts, from->alert_count);
	to->forwards = copy_strs(a, from->forwards, from->forward_count);
}

static void copy_forwards(struct arena *a, const struct surface *from, struct surface *to)
{
	to->forwards = arena_array(a, from->forward_count, sizeof(*to->forwards));
	to->forward_count = from->forward_count;
	for (size_t i = 0; i < from->forward_count; i++) {
		to->forwards[i].when_domain = arena_str(a, from->forwards[i].when_domain);
		to->forwards[i].when_text = arena_str(a, from->forwards[i].when_text);
		to->forwards[i].forward_to = arena_str(a, from->forwards[i].forward_to);
	}
}

static bool strs_equal(const struct str *a, size_t a_count, const struct str *b, size_t b_count)
{
	if (a_count != b_count)
		return false;
	for (size_t i = 0; i < a_count; i++)
		if (!str_eq(a[i], b[i]))
			return false;
	return true;
}

static bool skill_equal(const struct surface_skill *a, const struct surface_skill *b)
{
	return str_eq(a->name, b->name) && a->role == b->role && a->line == b->line &&
	       a->column == b->column && str_eq(a->path, b->path) &&
	       strs_equal(a->patterns, a->pattern_count, b->patterns, b->pattern_count) &&
	       strs_equal(a->alerts, a->alert_count, b->alerts, b->alert_count) &&
	       strs_equal(a->forwards, a->forward_count, b->forwards, b->forward_count);
}

/* --- blocks ------------------------------------------------------------------------------------------- */

static void index_one(struct surfaces *s, struct block *b, const struct surface_skill *sk,
		      struct indexed_pattern *p, struct str text, bool alert)
{
	p->pub.domain = b->name;
	p->pub.skill = sk->name;
	p->pub.text = text;
	p->pub.path = sk->path;
	p->pub.line = sk->line;
	p->pub.column = sk->column;
	struct pattern *parsed = NULL;
	if (!alert && pattern_parse(b->arena, text, &parsed, NULL) == 0)
		p->pub.parsed = parsed;
	prefix_insert(s, b->arena, p, alert);
}

static void index_skill(struct surfaces *s, struct block *b, const struct surface_skill *sk,
			struct block_skill *bs)
{
	bs->count = sk->pattern_count + sk->alert_count;
	bs->patterns = arena_array(b->arena, bs->count, sizeof(*bs->patterns));
	for (size_t i = 0; i < sk->pattern_count; i++)
		index_one(s, b, sk, &bs->patterns[i], sk->patterns[i], false);
	for (size_t i = 0; i < sk->alert_count; i++)
		index_one(s, b, sk, &bs->patterns[sk->pattern_count + i], sk->alerts[i], true);
}

static void unindex_skill(struct surfaces *s, struct block_skill *bs)
{
	for (size_t i = 0; i < bs->count; i++)
		prefix_remove(s, &bs->patterns[i]);
	bs->count = 0;
}

static int by_name(const void *a, const void *b)
{
	const struct surface_skill *x = a, *y = b;
	return str_cmp(x->name, y->name);
}

/* The skills in order of names, as views into what the caller gave. */
static struct surface_skill *sorted(const struct surface *d)
{
	struct surface_skill *out = mem_array(d->skill_count ? d->skill_count : 1, sizeof(*out));
	if (d->skill_count) {
		memcpy(out, d->skills, d->skill_count * sizeof(*out));
		qsort(out, d->skill_count, sizeof(*out), by_name);
	}
	return out;
}

/*
 * Merges the new list of skills with the old one: what is equal keeps its copies, parsed patterns and links.
 */
static void block_fill(struct surfaces *s, struct block *b, const struct surface *d)
{
	CLEANUP_FREE struct surface_skill *want = sorted(d);
	struct surface old = b->surface;
	struct block_skill *old_skills = b->skills;
	struct surface next = {.domain = b->name, .skill_count = d->skill_count};
	next.skills = arena_array(b->arena, d->skill_count, sizeof(*next.skills));
	b->skills = arena_array(b->arena, d->skill_count, sizeof(*b->skills));
	size_t j = 0;
	for (size_t i = 0; i < d->skill_count; i++) {
		while (j < old.skill_count && str_cmp(old.skills[j].name, want[i].name) < 0)
			unindex_skill(s, &old_skills[j++]);
		if (j < old.skill_count && skill_equal(&old.skills[j], &want[i])) {
			next.skills[i] = old.skills[j];
			b->skills[i] = old_skills[j++];
			continue;
		}
		copy_skill(b->arena, &want[i], &next.skills[i]);
		index_skill(s, b, &next.skills[i], &b->skills[i]);
	}
	while (j < old.skill_count)
		unindex_skill(s, &old_skills[j++]);
	copy_forwards(b->arena, d, &next);
	b->surface = next;
	b->digest = surface_digest(&b->surface, 1);
}

static void block_clear(struct surfaces *s, struct block *b)
{
	for (size_t i = 0; i < b->surface.skill_count; i++)
		unindex_skill(s, &b->skills[i]);
	b->surface = (struct surface){0};
	b->skills = NULL;
}

static struct block *block_new(struct str name)
{
	struct block *b = mem_zalloc(sizeof(*b));
	b->arena = arena_new(BLOCK_BYTES);
	b->name = arena_str(b->arena, name);
	return b;
}

void surfaces_set(struct surfaces *s, const struct surface *domain)
{
	bool found;
	size_t i = block_index(s, domain->domain, &found);
	if (found && arena_used(s->blocks[i]->arena) > 4 * s->blocks[i]->fresh_bytes) {
		/* What replaced skills left behind has outgrown what is in use. */
		surfaces_remove(s, domain->domain);
		found = false;
	}
	if (!found) {
		GROW(s->blocks, s->count, s->cap);
		memmove(s->blocks + i + 1, s->blocks + i, (s->count - i) * sizeof(*s->blocks));
		s->blocks[i] = block_new(domain->domain);
		s->count++;
	}
	block_fill(s, s->blocks[i], domain);
	if (!found)
		s->blocks[i]->fresh_bytes = arena_used(s->blocks[i]->arena);
}

void surfaces_remove(struct surfaces *s, struct str domain)
{
	bool found;
	size_t i = block_index(s, domain, &found);
	if (!found)
		return;
	block_clear(s, s->blocks[i]);
	block_free(s->blocks[i]);
	s->count--;
	memmove(s->blocks + i, s->blocks + i + 1, (s->count - i) * sizeof(*s->blocks));
}

const struct surface *surfaces_find(const struct surfaces *s, struct str domain)
{
	const struct block *b = s ? block_find(s, domain) : NULL;
	return b ? &b->surface : NULL;
}

const struct surface_skill *surfaces_skill(const struct surfaces *s, struct str domain,
					   struct str skill)
{
	const struct surface *d = surfaces_find(s, domain);
	struct surface_skill key = {.name = skill};
	return d && d->skill_count
		       ? bsearch(&key, d->skills, d->skill_count, sizeof(*d->skills), by_name)
		       : NULL;
}

static bool forwards_equal(const struct surface *a, const struct surface *b)
{
	if (a->forward_count != b->forward_count)
		return false;
	for (size_t i = 0; i < a->forward_count; i++)
		if (!str_eq(a->forwards[i].when_domain, b->forwards[i].when_domain) ||
		    !str_eq(a->forwards[i].when_text, b->forwards[i].when_text) ||
		    !str_eq(a->forwards[i].forward_to, b->forwards[i].forward_to))
			return false;
	return true;
}

bool surfaces_has(const struct surfaces *s, const struct surface *d)
{
	const struct surface *have = surfaces_find(s, d->domain);
	if (!have || have->skill_count != d->skill_count || !forwards_equal(have, d))
		return false;
	for (size_t i = 0; i < d->skill_count; i++)
		if (!skill_equal(&have->skills[i], &d->skills[i]))
			return false;
	return true;
}

size_t surfaces_count(const struct surfaces *s)
{
	return s->count;
}
