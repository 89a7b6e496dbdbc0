/*
 * A tree held in memory as nodes, shared by the folder and the memory source: building it, its ids, and listing it.
 */
#ifndef SKILL_TREE_NODE_INT_H
#define SKILL_TREE_NODE_INT_H

#include "base/map.h"
#include "skill/tree.h"

struct tree_node {
	struct str name;
	uint32_t mode;
	struct tree_id id;
	const struct tree_node *parent; /* NULL at the root */
	struct tree_node **children; /* in Git's order once sealed */
	size_t count, cap;
	struct str bytes; /* memory: the file */
	const void *known; /* folder: what the giver of ids knows of it; NULL: nothing */
	size_t files; /* below it, while all is known */
	bool whole; /* each file in it and below is known, and there are some in every folder */
	bool open; /* its children have ids and are indexed */
};

struct tree_nodes {
	struct tree_source source; /* first: it is one */
	struct arena *arena;
	struct tree_node *root;
	struct map by_id; /* id bytes to the first node with it */
	int fd; /* folder: its root; -1 */
	struct tree_ids ids; /* blob NULL: its own */
	bool all_open; /* every folder is */
};

struct tree_nodes *tree_nodes_new(const struct tree_source_ops *ops, const char *revision);
void tree_nodes_free(struct tree_source *t);
/* Adds a node below parent; name is copied. Points into the arena. */
struct tree_node *tree_node_add(struct tree_nodes *n, struct tree_node *parent, struct str name,
				uint32_t mode);
/* Sorts, computes the ids of all folders, and indexes. What is known as a whole is left until somebody looks into it. */
void tree_nodes_seal(struct tree_nodes *n);
struct tree_id tree_id_of_digest(const struct digest *d);
/* What is in a file, by whoever gives the ids. */
struct tree_id tree_nodes_blob(const struct tree_nodes *n, struct str bytes);
/* The list operation. */
int tree_nodes_list(struct tree_source *t, const struct tree_id *dir, struct arena *a,
		    struct tree_list *ret, struct err *err);
/* The file with this id; NULL and err otherwise. */
const struct tree_node *tree_nodes_file(struct tree_source *t, const struct tree_id *blob,
					struct err *err);

#endif
