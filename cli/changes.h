/*
 * What differs between two lists of skills as a gateway tells of them, in the words of a plan: for `aspora diff --from`.
 */
#ifndef CLI_CHANGES_H
#define CLI_CHANGES_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/doc.h"
#include "skill/plan.h"

struct cli_change {
	char op; /* '+', '~', '-' */
	struct str domain, name, from, to; /* digests; empty: it was not there */
	struct cli_change_word {
		bool growth; /* it gives the skill more than it had */
		struct str text;
	} * words;
	size_t word_count;
};

/*
 * Both lists are ordered by domain and name. *ret has what differs, in that order; it points into the arena and the lists. unchanged: how many do not.
 */
void cli_changes(struct arena *a, const struct doc_node *const *old, size_t old_count,
		 const struct doc_node *const *now, size_t now_count, struct cli_change **ret,
		 size_t *ret_count, size_t *ret_unchanged);
/* "create", "update", "delete". */
const char *cli_change_op(const struct cli_change *c);
/* The same as a plan, for reports; costs are not known. Gives; points into the list. */
struct plan *cli_changes_plan(const struct cli_change *list, size_t count, size_t unchanged);
/* A plan as plan_json() wrote it; NULL is one of nothing. Gives; strings point into n's arena. */
struct plan *cli_changes_of_plan(const struct doc_node *n);

#endif
