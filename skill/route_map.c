#include "base/mem.h"
#include "skill/route_int.h"

static void page_unref(struct route_page *p)
{
	if (!p || --p->refs)
		return;
	for (uint32_t i = 0; i < p->count; i++)
		route_entry_unref(p->slots[i].entry);
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
	*m = (struct route_map){0};
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

static size_t page_bytes(uint32_t cap)
{
	return sizeof(struct route_page) + cap * sizeof(struct route_slot);
}

/* The same for a page, with room for one more slot. */
static struct route_page *own_page(struct route_map *m, struct route_page **at)
{
	struct route_page *old = *at, *p;
	uint32_t count = old ? old->count : 0;
	if (old && old->refs == 1 && count < old->cap)
		return old;
	uint32_t cap = count + 1 + count / 2;
	m->copied_bytes += page_bytes(cap);
	if (old && old->refs == 1) {
		p = mem_realloc_array(old, 1, page_bytes(cap));
	} else {
		p = mem_alloc(page_bytes(cap));
		p->count = count;
		for (uint32_t i = 0; i < count; i++) {
			p->slots[i] = old->slots[i];
			p->slots[i].entry->refs++;
		}
		page_unref(old);
	}
	p->refs = 1;
	p->cap = cap;
	return *at = p;
}

/* First slot whose key is not below. */
static uint32_t page_find(const struct route_page *p, uint64_t key)
{
	uint32_t low = 0, high = p->count;
	while (low < high) {
		uint32_t mid = low + (high - low) / 2;
		if (p->slots[mid].key < key)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static struct route_page **own_path(struct route_map *m, uint64_t key)
{
	struct route_branch *b = own_branch(m, &m->branches[key >> 58]);
	return &b->pages[key >> 52 & 63];
}

void route_map_add(struct route_map *m, uint64_t key, struct route_entry *e)
{
	struct route_page *p = own_page(m, own_path(m, key));
	uint32_t at = page_find(p, key);
	while (at < p->count && p->slots[at].key == key &&
	       route_entry_order(p->slots[at].entry, e) <= 0)
		at++;
	memmove(&p->slots[at + 1], &p->slots[at], (p->count - at) * sizeof(p->slots[0]));
	p->slots[at] = (struct route_slot){key, e};
	p->count++;
	e->refs++;
}

void route_map_remove(struct route_map *m, uint64_t key, const struct route_entry *e)
{
	struct route_page *p = own_page(m, own_path(m, key));
	uint32_t at = page_find(p, key);
	while (at < p->count && p->slots[at].entry != e)
		at++;
	if (at == p->count)
		return;
	route_entry_unref(p->slots[at].entry);
	p->count--;
	memmove(&p->slots[at], &p->slots[at + 1], (p->count - at) * sizeof(p->slots[0]));
}

const struct route_slot *route_map_find(const struct route_map *m, uint64_t key, size_t *ret_count)
{
	const struct route_branch *b = m->branches[key >> 58];
	const struct route_page *p = b ? b->pages[key >> 52 & 63] : NULL;
	if (!p)
		return NULL;
	uint32_t at = page_find(p, key), end = at;
	while (end < p->count && p->slots[end].key == key)
		end++;
	*ret_count = end - at;
	return end > at ? &p->slots[at] : NULL;
}
