/*
 * A commit as data, read from the raw object with our own strict parser, so that what a signature covers is exactly what was
 * read. Commits that Git's own fsck would refuse are refused here: header lines out of order, NUL in the header, no tree, two
 * signatures, a size over 64 KiB, a signature over 8 KiB, a date more than a day in the future.
 */
#ifndef GITSYNC_COMMIT_H
#define GITSYNC_COMMIT_H

#include "base/arena.h"
#include "skill/tree.h"

#define COMMIT_MAX_BYTES ((size_t)64 * 1024)
#define COMMIT_SIGNATURE_MAX_BYTES ((size_t)8 * 1024)
#define COMMIT_PARENTS_MAX 64
#define COMMIT_FUTURE_MS ((int64_t)24 * 3600 * 1000)

struct commit_person {
	struct str name;
	struct str email;
	int64_t when_ms; /* UTC */
	int zone_minutes; /* east of Greenwich */
};

/* All strings point into raw; raw is what the arena holds. */
struct commit {
	struct tree_id id;
	struct tree_id tree;
	struct tree_id *parents;
	size_t parent_count;
	struct commit_person author, committer;
	struct str subject; /* first line of the message, trimmed; may hold any byte but newline */
	struct str message;
	struct str
		signature; /* the gpgsig header's value as in the object, continuation spaces included; empty: none */
	struct str raw;
	size_t signature_from,
		signature_to; /* the whole header in raw: the signed payload is raw without it */
};

/*
 * Parses raw (copied into a). now_ms bounds the dates; 0 leaves them unbounded (old history). Errors: ERR_GIT, ERR_TOO_LARGE, with
 * the id and what is wrong.
 */
NODISCARD int commit_parse(struct str raw, const struct tree_id *id, int64_t now_ms,
			   struct arena *a, struct commit *ret, struct err *err);

/* What the signature signs: raw without the signature header. */
void commit_signed_payload(const struct commit *c, struct buf *out);

#endif
