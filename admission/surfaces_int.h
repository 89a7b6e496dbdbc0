/*
 * Inside the surface index: blocks (one domain each) and buckets (one literal prefix each). surfaces.c keeps the blocks, surfaces_prefix.c
 * the buckets.
 */
#ifndef ADMISSION_SURFACES_INT_H
#define ADMISSION_SURFACES_INT_H

#include "admission/surfaces.h"

struct bucket;

/* One pattern's place in one list of one bucket. */
struct bucket_link {
	struct bucket *bucket;
	struct indexed_pattern *pattern;
	struct bucket_link *prev, *next;
};

struct indexed_pattern {
	struct surface_pattern pub;
	struct bucket_link *links; /* one per literal prefix, the whole one last */
	size_t link_count;
};

struct bucket {
	char *key; /* owned */
	size_t key_len;
	struct bucket_link *whole; /* patterns whose literal prefix is exactly the key */
	struct bucket_link *longer; /* patterns whose literal prefix goes on after it */
};

/* The patterns of one skill of a block; an array beside block->surface.skills. */
struct block_skill {
	struct indexed_pattern *patterns; /* commands, then alerts */
	size_t count;
};

struct block {
	struct str name;
	struct arena *arena;
	size_t fresh_bytes; /* of the arena when it was last built from nothing */
	struct surface surface; /* skills by name */
	struct block_skill *skills;
	struct digest digest;
};

struct surfaces {
	struct block **blocks; /* by name */
	size_t count, cap;
	struct map buckets; /* key → struct bucket */
};

/* Makes the pattern findable / no longer so. a holds the links. */
void prefix_insert(struct surfaces *s, struct arena *a, struct indexed_pattern *p, bool alert);
void prefix_remove(struct surfaces *s, struct indexed_pattern *p);
/* The pattern folded to lower case and single spaces, up to its first placeholder: "order status". In a. */
struct str prefix_of(struct arena *a, struct str text);

#endif
