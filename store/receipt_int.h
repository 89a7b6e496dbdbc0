#ifndef STORE_RECEIPT_INT_H
#define STORE_RECEIPT_INT_H

#include "store/receipt.h"
#include "store/release.h"

/* The text that a release's signature covers, and its hash in the chain. */
void receipt_release(struct buf *out, const struct release *r, int64_t id,
		     const struct digest *previous, const char *actor, int64_t at_ms);
struct digest receipt_release_hash(struct str text);

const char *receipt_op(enum change_op op); /* as the database's check has it */

#endif
