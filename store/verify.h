/*
 * Is what is deployed what was admitted? Three things are held against each other: the bytes that are stored, the digests that are deployed, and what
 * the hash chain recorded when they were (store_change_verify() and store_release_verify() hold the chains themselves).
 */
#ifndef STORE_VERIFY_H
#define STORE_VERIFY_H

#include "base/arena.h"
#include "store/receipt.h"
#include "store/store.h"

struct verify_problem {
	struct str skill; /* "ecm/order-details" */
	struct str says; /* "code/handler.sh: the stored bytes have another digest" */
};

struct verify_report {
	size_t skills, files;
	uint64_t bytes;
	struct verify_problem *problems;
	size_t problem_count;
	struct str next; /* to go on after; empty: that was all */
};

/*
 * The deployed skills of a domain (empty: of all that the scope covers) after `after` ("domain/skill"; empty: from the first), at most limit: every file is
 * read and hashed. *ret points into a. Role: gateway.
 */
NODISCARD int store_verify_skills(struct store *s, struct arena *a, struct str domain,
				  struct str after, size_t limit, struct verify_report *ret,
				  struct err *err);

struct stored_receipt {
	int64_t id; /* of the release; of a checkpoint: its revision */
	struct str text;
	const uint8_t *signer, *signature; /* SIGN_PUBLIC_SIZE, SIGN_SIZE */
	struct digest
		hash; /* of a checkpoint: what the chain has at that revision now; zero: compacted */
};
/* The receipts of releases after one, oldest first; in a. Role: gateway. */
NODISCARD int store_receipt_list(struct store *s, struct arena *a, int64_t after, size_t limit,
				 struct stored_receipt **ret, size_t *ret_count, struct err *err);

/*
 * Signs the head of the chain as it stands, unless it has moved by nothing since `last`. *ret_rev is the revision signed. Role: sync.
 */
NODISCARD int store_checkpoint_put(struct store *s, const struct store_signer *signer, int64_t last,
				   int64_t *ret_rev, struct err *err);
/* Checkpoints of revisions from … to, in a. */
NODISCARD int store_checkpoint_list(struct store *s, struct arena *a, int64_t from, int64_t to,
				    struct stored_receipt **ret, size_t *ret_count,
				    struct err *err);

#endif
