/* The signatures of commits, beside the revisions that sources were at. */
#ifndef STORE_SIGNATURE_H
#define STORE_SIGNATURE_H

#include "skill/signature.h"
#include "store/txn.h"

/*
 * Makes this what is known of the revision's signature. Writes only when it differs: a change of the source, and of every release and verdict that
 * shows it. One round trip before the commit, two when something else was known. Errors: the store's.
 */
NODISCARD int store_signature_put(struct store_txn *t, struct str source, struct str revision,
				  const struct signature *s, struct err *err);
/* SIGNATURE_UNCHECKED when nobody looked. */
NODISCARD int store_signature_find(struct store *s, struct str source, struct str revision,
				   struct signature *ret, struct err *err);

#endif
