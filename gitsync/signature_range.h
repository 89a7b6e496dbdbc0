/*
 * Which commits have to be signed before something is deployed, and what their signatures come to, in words: the same for asporad, which has a
 * released commit, and for the command line, which has a base.
 */
#ifndef GITSYNC_SIGNATURE_RANGE_H
#define GITSYNC_SIGNATURE_RANGE_H

#include "gitsync/mirror.h"
#include "gitsync/signature_check.h"

struct signature_range {
	struct tree_id *commits; /* the newest first; never none */
	size_t count;
	bool exempt; /* the newest is in the history that the operator answers for: nothing has to be signed */
};

/*
 * Every commit that is in the history of `newest` and in none of the others': `released`, of which it is not asked again, and `since`, for which the
 * operator answers. Each may be of length 0. A released one that is gone counts for nothing. The newest is always there, also when it is
 * the released one. In a. Errors: ERR_NOT_FOUND (newest, since), ERR_TOO_LARGE (more than SIGNATURE_COMMITS_MAX), ERR_GIT.
 */
NODISCARD int signature_range(struct mirror *m, const struct tree_id *newest,
			      const struct tree_id *released, const struct tree_id *since,
			      struct arena *a, struct signature_range *ret, struct err *err);

struct signature_facts {
	struct str signer; /* of the newest commit; empty: nobody that is trusted */
	struct str
		problem; /* "commit 1a2b3c4d5e6f by Ana <ana@example.com> is not signed"; empty: none */
	struct str remedy;
};
/* known: beside r->commits. In a. */
void signature_facts(struct mirror *m, const struct signature_range *r,
		     const struct signature *const *known, struct arena *a,
		     struct signature_facts *ret);

#endif
