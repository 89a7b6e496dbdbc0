/*
 * A hash map from bytes to a pointer. Keys are borrowed: their memory must outlive the map (an arena,
 * the value itself). Values are borrowed too. Hashing is keyed per process (str_hash), so that
 * foreign keys cannot be chosen to collide. Iteration is in insertion order.
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/str.h"

struct map_entry {
	struct str key;
	void *value;
	uint64_t hash;
};

struct map {
	struct map_entry *entries; /* dense, insertion order; deleted ones have value NULL */
	size_t count; /* entries used, deleted ones included */
	size_t live;
	size_t cap;
	uint32_t *slots;
	size_t slot_count;
};

#define MAP_INIT                                                                                   \
	{                                                                                          \
		NULL, 0, 0, 0, NULL, 0                                                             \
	}

void map_release(struct map *m);
void map_reset(struct map *m);
void *map_find(const struct map *m, struct str key); /* NULL when absent */
/* Adds or replaces; value must not be NULL. Returns the value replaced, or NULL. */
void *map_set(struct map *m, struct str key, void *value);
void *map_remove(struct map *m, struct str key); /* returns what was there, or NULL */

#define MAP_EACH(m, e)                                                                             \
	for (struct map_entry *e = (m)->entries; e && e < (m)->entries + (m)->count; e++)          \
		if (e->value)

#endif
