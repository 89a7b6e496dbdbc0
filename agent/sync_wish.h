/* A wish while it is carried out, shared by sync_wish.c, which has them all, and the files of the large ones: sync_apply.c, sync_delete.c, sync_rollback.c. */
#ifndef AGENT_SYNC_WISH_H
#define AGENT_SYNC_WISH_H

#include "agent/sync_int.h"

/* A wish in hand. */
struct hand {
	struct sync *s;
	const struct wish *w;
	struct arena *a;
	const struct doc_node *body;
	char actor[ACTOR_MAX];
	struct quarantine *quarantine; /* rollback */
	size_t quarantine_count;
	struct quarantine *freed; /* rollback: what comes back must not be held by an earlier one */
	size_t freed_count;
	int64_t ttl_ms; /* apply --override */
	bool makes_set; /* apply: its set may be new */
};

/* The one transaction that changes something for the wish; the caller ends it. */
NODISCARD int wish_begin(struct hand *h, struct store_txn **ret, struct err *err);
/* A value of its body; empty when absent. Points into h. */
struct str wish_text(const struct hand *h, const char *key);
/* Its reason, or "what by whom", since what is held back always says why. Points into h. */
struct str wish_reason(const struct hand *h, const char *what);
/* Answers it in t: with a result, or with why nothing came of it (NULL: it did). Errors: the store's. */
NODISCARD int wish_settle(struct store_txn *t, struct hand *h, struct str result,
			  const struct err *why, struct err *err);
/* First in the transaction of a pass whose state is the hand: what the wish expects of the object it is about, and its apply set. */
NODISCARD int wish_before(struct store_txn *t, struct pass *p, void *state, struct err *err);

/* --- sync_apply.c --- */

/* Runs p, whose tree and source's name are set, as revision the wish, and answers the wish in its transaction; releases p. Errors: pass_run()'s. */
NODISCARD int wish_pass(struct hand *h, struct pass *p, struct err *err);
/* Errors: ERR_INVALID (no files, an overlay without a time to live), those of wish_pass(). */
NODISCARD int wish_apply(struct hand *h, struct err *err);

/* --- sync_delete.c --- */

/* Errors: ERR_NOT_FOUND, ERR_CONFLICT (Git has it), those of wish_pass(). */
NODISCARD int wish_delete(struct hand *h, struct err *err);

/* --- sync_rollback.c --- */

/* Errors: ERR_NOT_FOUND (nothing earlier, no such release), ERR_INVALID (a target that is none), those of wish_pass(). */
NODISCARD int wish_rollback(struct hand *h, struct err *err);

/* --- sync_hold.c: what holds things back, each one change in the transaction that answers the wish; said: in words --- */

NODISCARD int wish_quarantine(struct store_txn *t, struct hand *h, struct buf *said,
			      struct err *err);
NODISCARD int wish_clear(struct store_txn *t, struct hand *h, struct buf *said, struct err *err);
/* Before it: ERR_NOT_FOUND, with the nearest name, for what is not there or not suspended. */
NODISCARD int wish_suspend_check(struct hand *h, struct err *err);
NODISCARD int wish_resume_check(struct hand *h, struct err *err);
NODISCARD int wish_suspend(struct store_txn *t, struct hand *h, struct buf *said, struct err *err);
NODISCARD int wish_resume(struct store_txn *t, struct hand *h, struct buf *said, struct err *err);

#endif
