/*
 * Trees made again out of what the store holds: for rollbacks, overlays and apply (sync_compose.c).
 */
#ifndef AGENT_SYNC_COMPOSE_H
#define AGENT_SYNC_COMPOSE_H

#include "agent/sync_int.h"

/*
 * A tree of one domain as it was at revision `at` (0: now), out of the store: skills/<domain>/… with every file. skill (may be empty) limits what is
 * taken from `at` to that skill; all else is as it is now. `over`: files laid over it (paths of the repository); may be NULL.
 * The bytes live in a. Errors: ERR_NOT_FOUND (nothing was deployed then), the store's. Gives.
 */
NODISCARD int sync_compose(struct sync *s, struct arena *a, struct str domain, struct str skill,
			   int64_t at, const struct tree_file *over, size_t over_count,
			   struct tree_source **ret, struct err *err);
/*
 * The same over several domains at once, for apply: every domain that `over` touches. folders (a list of texts, may be NULL): "skills/ecm" where
 * `over` has all files of the domain that are no skill's.
 */
NODISCARD int sync_compose_all(struct sync *s, struct arena *a, const struct tree_file *over,
			       size_t over_count, const struct doc_node *folders,
			       struct tree_source **ret, struct err *err);

/* The files of one domain as it is now, to be changed by the caller. In a. Errors: ERR_NOT_FOUND (nothing is deployed), the store's. */
struct sync_files {
	struct tree_file *items;
	size_t count;
};
NODISCARD int sync_compose_files(struct sync *s, struct arena *a, struct str domain,
				 struct sync_files *ret, struct err *err);

/* A deployed skill, parsed again from the store's files; bytes live in a. Errors: ERR_NOT_FOUND. Gives one reference. */
NODISCARD int sync_read_skill(struct sync *s, struct arena *a, const struct deployed_skill *d,
			      struct skill **ret, struct err *err);

#endif
