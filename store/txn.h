/*
 * A write, in one of three ways, always by a named actor:
 *
 *   STORE_FENCED       a role under a lease; takes the global revision while the lease row is share-locked
 *   STORE_CONDITIONAL  the gateway; takes the revision without a lease; rows are checked against the resourceVersion the caller read
 *   STORE_APPEND       executions, inbox, usage, events: no global revision, no change rows
 *
 * The caller: 1. begin 2. functions of the other headers that take a struct store_txn 3. one store_txn_change() for every object that
 * changed (most of those functions do it themselves) 4. commit; `_end` undoes unless committed.
 *
 * How it runs: statements go out pipelined as they are made; those that need the revision wait for commit, which sends, in one flight,
 * the taking of the revision (which also writes the revision and change rows, and notifies), those statements, and COMMIT. A write that reads
 * nothing is one round trip. Errors of pipelined statements therefore come out of commit (or of the next reading function).
 *
 * The hash chain: every revision has body = BLAKE2b-256 of its canonical change records ("aspora.change.v1": actor; then for each change ord, kind,
 * domain, name, op, object; fields with 4-byte big-endian lengths), and hash = sha256(previous || int8 revision || body), made by PostgreSQL under the row lock.
 *
 * A lost reply to COMMIT is resolved here: after a reconnect the server is asked for the token of the transaction, once the old backend is gone.
 */
#ifndef STORE_TXN_H
#define STORE_TXN_H

#include "store/lease.h"

enum store_mode { STORE_FENCED, STORE_CONDITIONAL, STORE_APPEND };
enum store_op { STORE_CREATE, STORE_UPDATE, STORE_DELETE };
const char *store_op_name(enum store_op op); /* "create", "update", "delete" */

struct store_txn;

/*
 * One at a time on a connection. actor is copied and must not be empty; lease: FENCED only (kept until the end). No round trip. Errors: ERR_FENCED when the
 * lease is not valid any more by the local clock, ERR_UNAVAILABLE when the connection is lost.
 */
NODISCARD int store_txn_begin(struct store *s, enum store_mode mode, const char *actor,
			      const struct lease *lease, struct store_txn **ret, struct err *err);
/* One row of the change log; everything is copied. object is JSON; STR_NULL: {}. Not in STORE_APPEND. */
void store_txn_change(struct store_txn *t, const char *kind, struct str domain, struct str name,
		      enum store_op op, struct str object);
/* How many changes are queued. */
size_t store_txn_changes(const struct store_txn *t);
/*
 * *ret_rev (may be NULL) is the revision, 0 in STORE_APPEND. In the other modes a transaction without changes takes no revision: it is
 * committed as it is and *ret_rev is 0. Errors: ERR_FENCED (nothing was written), ERR_CONFLICT (a row was not as the caller had read
 * it), ERR_DATABASE, ERR_UNAVAILABLE (nothing was written; a COMMIT in doubt that could not be resolved in time says so in its message).
 */
NODISCARD int store_txn_commit(struct store_txn *t, int64_t *ret_rev, struct err *err);
/*
 * Everything that commit does but the COMMIT: the caller sees what would have come of it, reads it back inside the transaction if he likes, and ends it. Holds
 * back every other writer meanwhile. Errors: those of commit.
 */
NODISCARD int store_txn_rehearse(struct store_txn *t, struct err *err);
void store_txn_end(struct store_txn *t); /* NULL is fine; rolls back unless committed; frees */
void store_txn_endp(struct store_txn **t);

struct store *store_txn_store(struct store_txn *t);
const char *store_txn_actor(const struct store_txn *t);

#endif
