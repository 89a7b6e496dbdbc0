#include "base/mem.h"
#include "skill/route_int.h"

/* Of a key: its branch, its page there, and what the page keeps of it. */
static unsigned branch_of(uint64_t key)
{
	return (unsigned)(key >> 59);
}

static unsigned page_of(uint64_t key)
{
	return (unsigned)(key >> 54 & 31);
}

static uint32_t print_of(uint64_t key)
{
	return (uint32_t)(key >> 22);
}

static void page_unref(struct route_page *p)
{
	if (!p || --p->refs)
		return;
	for (uint32_t i = 0; i < p->count; i++)
		route_entry_unref(p->entries[i]);
	free(p);
}

static void branch_unref(struct route_branch *b)
{
	if (!b || --b->refs)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(b->pages); i++)
		page_unref(b->pages[i]);
	free(b);
}

void route_map_share(struct route_map *to, const struct route_map *from)
{
	*to = *from;
	to->copied_bytes = sizeof(*to);
	for (size_t i = 0; i < ARRAY_SIZE(to->branches); i++) {
		if (to->branches[i])
			to->branches[i]->refs++;
	}
}

void route_map_release(struct route_map *m)
{
	for (size_t i = 0; i < ARRAY_SIZE(m->branches); i++)
		branch_unref(m->branches[i]);
	*m = (struct route_map){.by = m->by};
}

/* Makes the branch ours alone: new, or a copy when others hold it too. */
static struct route_branch *own_branch(struct route_map *m, struct route_branch **at)
{
	struct route_branch *old = *at;
	if (old && old->refs == 1)
		return old;
	struct route_branch *b = mem_zalloc(sizeof(*b));
	m->copied_bytes += sizeof(*b);
	if (old) {
		*b = *old;
		old->refs--;
		for (size_t i = 0; i < ARRAY_SIZE(b->pages); i++) {
			if (b->pages[i])
				b->pages[i]->refs++;
		}
	}
	b->refs = 1;
	return *at = b;
}

static struct route_page *page_new(struct route_map *m, uint32_t cap)
{
	size_t entries = (sizeof(struct route_page) + cap * sizeof(uint32_t) + 7) / 8 * 8;
	size_t bytes = entries + cap * sizeof(struct route_entry *);
	struct route_page *p = mem_alloc(bytes);
	m->copied_bytes += bytes;
	*p = (struct route_page){1, 0, cap, (struct route_entry **)((char *)p + entries)};
	return p;
}

/* The same for a page, with room for one more entry. */
static struct route_page *own_page(struct route_map *m, struct route_page **at)
{
	struct route_page *old = *at;
	uint32_t count = old ? old->count : 0;
	if (old && old->refs == 1 && count < old->cap)
		return old;
	struct route_page *p = page_new(m, count + 1 + count / 2);
	for (uint32_t i = 0; i < count; i++) {
		p->prints[i] = old->prints[i];
		p->entries[i] = old->entries[i];
		p->entries[i]->rest->refs++;
	}
	p->count = count;
	page_unref(old);
	return *at = p;
}

/* How many come before the first with this print: without a branch, since none could be foretold. */
static uint32_t prints_below(const struct route_page *p, uint32_t print)
{
	uint32_t below = 0;
	for (uint32_t i = 0; i < p->count; i++)
		below += p->prints[i] < print;
	return below;
}

/* First entry whose key is not below. */
static uint32_t page_find(const struct route_page *p, enum route_by by, uint64_t key)
{
	uint32_t at = prints_below(p, print_of(key));
	while (at < p->count && p->prints[at] == print_of(key) &&
	       p->entries[at]->rest->keys[by] < key)
		at++;
	return at;
}

static bool is_at(const struct route_page *p, uint32_t at, enum route_by by, uint64_t key)
{
	return at < p->count && p->prints[at] == print_of(key) &&
	       p->entries[at]->rest->keys[by] == key;
}

static struct route_page *own_path(struct route_map *m, uint64_t key)
{
	struct route_branch *b = own_branch(m, &m->branches[branch_of(key)]);
	return own_page(m, &b->pages[page_of(key)]);
}

void route_map_add(struct route_map *m, struct route_entry *e)
{
	uint64_t key = e->rest->keys[m->by];
	struct route_page *p = own_path(m, key);
	uint32_t at = page_find(p, m->by, key);
	while (is_at(p, at, m->by, key) && route_entry_order(p->entries[at], e) <= 0)
		at++;
	memmove(&p->entries[at + 1], &p->entries[at], (p->count - at) * sizeof(*p->entries));
	memmove(&p->prints[at + 1], &p->prints[at], (p->count - at) * sizeof(*p->prints));
	p->entries[at] = e;
	p->prints[at] = print_of(key);
	p->count++;
	e->rest->refs++;
}

void route_map_remove(struct route_map *m, const struct route_entry *e)
{
	struct route_page *p = own_path(m, e->rest->keys[m->by]);
	uint32_t at = page_find(p, m->by, e->rest->keys[m->by]);
	while (at < p->count && p->entries[at] != e)
		at++;
	if (at == p->count)
		return;
	p->count--;
	route_entry_unref(p->entries[at]);
	memmove(&p->entries[at], &p->entries[at + 1], (p->count - at) * sizeof(*p->entries));
	memmove(&p->prints[at], &p->prints[at + 1], (p->count - at) * sizeof(*p->prints));
}

struct route_entry *const *route_map_find(const struct route_map *m, uint64_t key,
					  size_t *ret_count)
{
	const struct route_branch *b = m->branches[branch_of(key)];
	const struct route_page *p = b ? b->pages[page_of(key)] : NULL;
	*ret_count = 0;
	if (!p)
		return NULL;
	uint32_t at = prints_below(p, print_of(key)), end = at;
	while (end < p->count && p->prints[end] == print_of(key))
		end++;
	*ret_count = end - at;
	return p->entries + at;
}
