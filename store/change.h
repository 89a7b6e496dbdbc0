/*
 * The change log as a reader sees it. A position is (incarnation, revision), written "i3.4711"; a position inside a revision with several changes
 * is "i3.4711.5", and one that carries a check of the history "i3.4711-1a2b3c4d": the first bytes of the chain's hash there, so that a
 * database that was restored and went on under the same numbers is noticed. Opaque to everybody else.
 *
 * A reader that has seen N has seen all below N. It is told to list again (ERR_GONE) when its position is of another incarnation, below the floor
 * of kept history, above the head, or has another hash.
 */
#ifndef STORE_CHANGE_H
#define STORE_CHANGE_H

#include "base/arena.h"
#include "store/store.h"
#include "store/txn.h"

#define RV_MAX 64

struct store_rv {
	int64_t incarnation;
	int64_t rev;
	int32_t ord; /* last one seen in rev; -1: all of it */
	bool has_check;
	uint32_t check; /* first four bytes of the hash at rev */
};

char *store_rv_format(const struct store_rv *v, char out[RV_MAX]); /* returns out */
/* Errors: ERR_INVALID. */
NODISCARD int store_rv_parse(struct str s, struct store_rv *ret, struct err *err);

struct store_head {
	struct store_rv at; /* with check */
	struct digest hash; /* of the revision `at` */
	int64_t floor;
	int64_t age_ms; /* since the last revision; -1: none yet */
};
/* Where the log stands: one row read. What a list is stamped with. */
NODISCARD int store_head(struct store *s, struct store_head *ret, struct err *err);

/* Whether there may be something after a position, which is of this history: less work than to read on. */
NODISCARD int store_change_moved(struct store *s, const struct store_rv *at, bool *ret_moved,
				 struct err *err);

struct change {
	int64_t rev;
	int32_t ord;
	bool last; /* of its revision */
	int64_t at_ms;
	struct str actor, kind, domain, name, op, object; /* op: "create", "update", "delete" */
	struct digest hash; /* of the revision */
};

struct change_filter {
	const char *kind; /* NULL: all */
	struct str domain, name; /* empty: all */
};

/*
 * At most limit changes after *at, oldest first, into a; *at moves past what was read and past what the filter passed over. Fewer than
 * limit: the end was reached. Errors: ERR_GONE.
 */
NODISCARD int store_change_read(struct store *s, struct arena *a, struct store_rv *at,
				const struct change_filter *filter, size_t limit,
				struct change **ret, size_t *ret_count, struct err *err);

/* What an auditor asks for. */
struct audit_query {
	struct str actor; /* who did it or asked for it; empty: anybody */
	const char *kind; /* NULL: all */
	struct str domain, name; /* empty: all */
	int64_t since_ms; /* wall; 0: as far as history is kept */
	int64_t before_rev; /* below this position; 0: from the newest */
	int32_t before_ord;
};
/* The change log newest first, at most limit, into a. actor of a refused request is who made it. Role: gateway. */
NODISCARD int store_audit_list(struct store *s, struct arena *a, const struct audit_query *q,
			       size_t limit, struct change **ret, size_t *ret_count,
			       struct err *err);

/* Where a reader stands that has seen this change, with check. */
struct store_rv store_change_at(const struct change *c, int64_t incarnation);
/*
 * What a reader that is at the end asks: the same in one round trip, without looking whether *at is a position of this history, which it must have been
 * told on this connection. Errors: ERR_GONE when the incarnation has changed.
 */
NODISCARD int store_change_tail(struct store *s, struct arena *a, struct store_rv *at, size_t limit,
				struct change **ret, size_t *ret_count, struct err *err);

/* Removes changes up to rev (kept whole revisions above), raises the floor. Role: control, outside a transaction. *ret_removed counts revisions. */
NODISCARD int store_change_compact(struct store *s, const struct lease *lease, int64_t rev,
				   int64_t *ret_removed, struct err *err);
/* Up to which revision compaction may go so that `keep_ms` of history stay (at most max_revs revisions). */
NODISCARD int store_change_floor(struct store *s, int64_t keep_ms, int64_t max_revs,
				 int64_t *ret_rev, struct err *err);
/* Recomputes the chain over [from, to]; *ret_bad is the first revision that does not hold, or 0. */
NODISCARD int store_change_verify(struct store *s, int64_t from, int64_t to, int64_t *ret_bad,
				  struct err *err);

#endif
