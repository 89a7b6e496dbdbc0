/*
 * Sources of desired content, and who owns which domain. The operator's configuration declares Git sources; an apply set is a source too.
 * Each domain has exactly one owner, from its first release on, also while nothing of it is deployed.
 */
#ifndef STORE_SOURCE_H
#define STORE_SOURCE_H

#include "base/arena.h"
#include "skill/condition.h"
#include "skill/plan.h"
#include "skill/tree.h"
#include "store/store.h"
#include "store/txn.h"

struct store_source {
	struct str name, kind; /* kind: "git", "apply" */
	struct str url, ref, path;
	struct str spec_json; /* the declaration; secrets as references */
	bool platform; /* may set platform policy and FIRM.md */
	bool declared; /* still configured */
	bool suspended;
	struct str observed_revision, released_revision;
	struct tree_id observed_tree;
	int64_t observed_ms; /* 0: never */
	int64_t request_token, handled_token; /* a request is open while they differ */
	int failures;
	int64_t next_try_ms; /* back-off; 0: none */
	struct str conditions_json;
	struct str
		refused_json; /* [{domain, candidate, policy, surface}]: the denials of observed_revision */
	int64_t rev, created_ms;
};

/*
 * Makes the declared Git sources equal the list: new ones are added, changed ones updated (generation), missing ones marked undeclared; what they
 * deployed stays. Writes changes only for what differs. */
NODISCARD int store_source_declare(struct store_txn *t, const struct store_source *list,
				   size_t count, struct err *err);
/* Makes sure that the apply set exists. */
NODISCARD int store_source_apply_set(struct store_txn *t, struct str name, struct err *err);
NODISCARD int store_source_list(struct store *s, struct arena *a, struct store_source **ret,
				size_t *ret_count, struct err *err);
/* NULL result with 0 when absent. */
NODISCARD int store_source_find(struct store *s, struct arena *a, struct str name,
				struct store_source **ret, struct err *err);

/* What one look at a source came to. */
struct store_observation {
	struct str source;
	struct str revision; /* empty: not reached, keep */
	struct tree_id tree;
	bool released; /* something of revision was released now */
	int64_t handled_token; /* requests up to here are answered; 0: keep */
	int failures;
	int64_t retry_in_ms; /* 0: none */
	struct str
		refused_json; /* as in store_source; with revision only; empty: nothing refused */
	const struct condition *
		conditions; /* replace the old ones; transition times are kept where the status is */
	size_t condition_count;
	const struct deployed
		*have; /* the skills that a refused domain's words stand at; NULL: nobody's */
};
/* Writes and logs only when something of it differs (an idle tick writes nothing). */
NODISCARD int store_source_observe(struct store_txn *t, const struct store_observation *o,
				   struct err *err);
/*
 * Before a pass: counts how many were begun over this revision for this request (handled or not) without an end; another of either begins at 1.
 * store_source_try_over() is the end, in the transaction that writes what came of the pass. Errors: ERR_NOT_FOUND. */
NODISCARD int store_source_try(struct store_txn *t, struct str source, struct str revision,
			       int64_t token, int *ret_tries, struct err *err);
NODISCARD int store_source_try_over(struct store_txn *t, struct str source, struct err *err);
/* Raises the request token (gateway, webhook, CLI); *ret_token is what to wait for. Outside a transaction. ERR_NOT_FOUND. */
NODISCARD int store_source_request(struct store *s, struct str source, int64_t *ret_token,
				   struct err *err);

/* The owner of a domain, empty when nobody's. */
NODISCARD int store_domain_owner(struct store *s, struct arena *a, struct str domain,
				 struct str *ret_source, struct err *err);
struct domain_owner {
	struct str domain, source;
};
/* All, by domain. */
NODISCARD int store_domain_owners(struct store *s, struct arena *a, struct domain_owner **ret,
				  size_t *ret_count, struct err *err);
/* Hands a domain to another source (adopt, or the operator's decision). */
NODISCARD int store_domain_transfer(struct store_txn *t, struct str domain, struct str source,
				    struct err *err);

/*
 * Everything that sync must look at on a tick, in one SELECT. What it said last is handed in again (at first all zero): the next expiry is looked
 * for only when the revision has moved.
 */
struct store_tick {
	int64_t incarnation, rev;
	int64_t open_wishes; /* inbox rows to take */
	int64_t open_requests; /* sources with a request */
	int64_t next_expiry_ms; /* of an overlay or suspension, wall clock; 0: none */
	int64_t now_ms; /* the database's clock */
};
NODISCARD int store_tick(struct store *s, struct store_tick *t, struct err *err);

#endif
