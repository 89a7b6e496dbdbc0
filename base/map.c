#include "base/map.h"

#include <assert.h>

#include "base/mem.h"

/* A slot holds the number of an entry plus one; 0 is empty. Slots are a power of two, at most 3/4 used. */

void map_release(struct map *m)
{
	free(m->entries);
	free(m->slots);
	*m = (struct map)MAP_INIT;
}

void map_reset(struct map *m)
{
	m->count = m->live = 0;
	if (m->slots)
		memset(m->slots, 0, m->slot_count * sizeof(*m->slots));
}

static struct map_entry *find(const struct map *m, struct str key, uint64_t hash)
{
	size_t mask = m->slot_count - 1;
	for (size_t i = hash & mask; m->slot_count && m->slots[i]; i = (i + 1) & mask) {
		struct map_entry *e = &m->entries[m->slots[i] - 1];
		if (e->value && e->hash == hash && str_eq(e->key, key))
			return e;
	}
	return NULL;
}

static void put_slot(struct map *m, size_t entry)
{
	size_t mask = m->slot_count - 1;
	size_t i = m->entries[entry].hash & mask;
	while (m->slots[i])
		i = (i + 1) & mask;
	m->slots[i] = (uint32_t)entry + 1;
}

/* Drops the deleted entries and makes room for as many again as live. */
static void rebuild(struct map *m)
{
	size_t kept = 0;
	for (size_t i = 0; i < m->count; i++)
		if (m->entries[i].value)
			m->entries[kept++] = m->entries[i];
	m->count = kept;
	m->slot_count = 16;
	while (m->slot_count / 4 * 3 < (kept + 1) * 2)
		m->slot_count *= 2;
	m->cap = m->slot_count / 4 * 3;
	assert(m->cap < UINT32_MAX);
	m->entries = mem_realloc_array(m->entries, m->cap, sizeof(*m->entries));
	free(m->slots);
	m->slots = mem_array(m->slot_count, sizeof(*m->slots));
	for (size_t i = 0; i < m->count; i++)
		put_slot(m, i);
}

void *map_find(const struct map *m, struct str key)
{
	struct map_entry *e = m->live ? find(m, key, str_hash(key)) : NULL;
	return e ? e->value : NULL;
}

void *map_set(struct map *m, struct str key, void *value)
{
	assert(value);
	uint64_t hash = str_hash(key);
	struct map_entry *e = find(m, key, hash);
	if (e) {
		/* The old key may go with the old value. */
		void *before = e->value;
		e->key = key;
		e->value = value;
		return before;
	}
	if (m->count == m->cap)
		rebuild(m);
	m->entries[m->count] = (struct map_entry){key, value, hash};
	put_slot(m, m->count++);
	m->live++;
	return NULL;
}

void *map_remove(struct map *m, struct str key)
{
	struct map_entry *e = m->live ? find(m, key, str_hash(key)) : NULL;
	if (!e)
		return NULL;
	void *before = e->value;
	/* The slot stays and leads to an entry without a value, so that probes go on past it. */
	e->value = NULL;
	m->live--;
	return before;
}
