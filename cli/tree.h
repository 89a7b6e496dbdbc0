/*
 * What belongs to what, as a tree: domain, manager, skills, routes. Made of the gateway's lists.
 */
#ifndef CLI_TREE_H
#define CLI_TREE_H

#include "base/doc.h"
#include "cli/cli.h"

/* The objects of a gateway; borrowed. */
struct cli_tree_of {
	const struct doc_node *const *domains, *const *skills, *const *routes;
	size_t domain_count, skill_count, route_count;
};

struct cli_tree_style {
	bool utf8; /* lines and marks that ASCII has not */
	bool color;
};
/* As this terminal takes it: UTF-8 where it is one and its locale says so. */
struct cli_tree_style cli_tree_style(const struct cli *c);

/*
 * Appends the tree of every domain: the skills of a domain with one manager stand below it, and each skill's routes below the skill. A mark says whether it
 * is ready, is on its way, or needs somebody.
 */
void cli_tree_text(struct buf *out, const struct cli_tree_of *t, struct cli_tree_style style);
/* The same as {"kind": "Tree", "items": […]}. */
void cli_tree_json(struct buf *out, const struct cli_tree_of *t);

#endif
