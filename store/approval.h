/*
 * Approvals: what people with role approver say of one change of one domain, as it was judged. The gateway writes them, each person's one of a kind once; sync
 * reads those that hold as facts. A newer push is another candidate, and has none of them; neither has the same one over another base.
 *
 * The caller: 1. store_approval_look() and refuses what cannot be approved 2. store_approval_put() in a transaction of mode CONDITIONAL.
 */
#ifndef STORE_APPROVAL_H
#define STORE_APPROVAL_H

#include "base/arena.h"
#include "store/store.h"
#include "store/txn.h"

struct approval {
	int64_t id;
	struct str domain;
	struct digest candidate, base; /* zeros: a deletion; nothing was deployed */
	struct str kind; /* "review", "growth", "deletion", "freeze" */
	struct str person; /* one for all keys and logins of a name: see the gateway */
	struct str by; /* the actor, as the audit trail has it */
	struct str address; /* of a login, where its issuer has checked it; empty: not known */
	struct str key; /* the public part of the key it was given with; empty: a login */
	struct str reason, revision;
	struct str request; /* of an Idempotency-Key; empty: none */
	int64_t ttl_ms; /* to put */
	int64_t at_ms, expires_ms; /* as read */
	bool holds; /* as read: not withdrawn, not expired */
};

/* What an approval would be about, as the store knows it. */
struct approval_place {
	bool known; /* it was judged at all */
	struct str name; /* of its admission */
	struct str findings_json; /* of the verdict that holds */
	bool deployed; /* it is what is deployed now */
	bool superseded; /* its source has a newer one, or has none that waits */
	struct str newer; /* candidate in hex; empty: nothing of the domain waits */
	struct digest base;
	struct str revision, author; /* author empty: not known */
	int64_t mine; /* the person's own that holds; 0: none */
	int64_t again; /* what the same request has made before; 0: nothing */
};

/* p: domain, candidate, kind, person, request. Into a. Role: gateway. */
NODISCARD int store_approval_look(struct store *s, struct arena *a, const struct approval *p,
				  struct approval_place *ret, struct err *err);
/* *ret_id is its name. Errors: ERR_CONFLICT from commit, when the person has one that holds. */
NODISCARD int store_approval_put(struct store_txn *t, const struct approval *p, int64_t *ret_id,
				 struct err *err);
/* Errors: ERR_NOT_FOUND from commit, when it holds no more. */
void store_approval_withdraw(struct store_txn *t, const struct approval *p);
/* Those that hold, as they were given; domain STR_NULL, candidate NULL: of all. */
NODISCARD int store_approval_list(struct store *s, struct arena *a, struct str domain,
				  const struct digest *candidate, struct approval **ret,
				  size_t *ret_count, struct err *err);
/* That one, whatever has become of it. Errors: ERR_NOT_FOUND. */
NODISCARD int store_approval_get(struct store *s, struct arena *a, int64_t id, struct approval *ret,
				 struct err *err);

#endif
