/*
 * Inside a transaction: what the functions that write are made of.
 */
#ifndef STORE_TXN_INT_H
#define STORE_TXN_INT_H

#include "store/txn.h"
#include "store/wire_int.h"

/* Sends a statement that does not need the revision. Its failure comes out of the next txn_query() or of the commit. */
NODISCARD int txn_send(struct store_txn *t, const struct bind *b, struct err *err);
/* Sends one and waits for its rows: a round trip. */
NODISCARD int txn_query(struct store_txn *t, const struct bind *b, struct rows *rows,
			struct err *err);
/* Keeps a statement that uses aspora_rev() for the commit's flight; takes what b holds. Needs at least one change. */
void txn_late(struct store_txn *t, struct bind *b);
/*
 * Keeps a statement that refuses: it runs in the commit's flight once nobody else can write any more, and before what txn_late() keeps. Takes what b
 * holds. Needs no change.
 */
void txn_check(struct store_txn *t, struct bind *b);
enum store_mode txn_mode(const struct store_txn *t);
const struct lease *txn_lease(const struct store_txn *t); /* NULL unless fenced */

/* A row of sql_source_list; into a. */
struct store_source;
void source_read(struct row *c, struct arena *a, void *into); /* into a struct store_source */

/* Rows of sql_domain_owners and sql_overlay_list; into a. */
struct domain_owner;
struct overlay;
void owners_read(const struct rows *rows, struct arena *a, struct domain_owner **ret,
		 size_t *ret_count);
void overlays_read(const struct rows *rows, struct arena *a, struct overlay **ret,
		   size_t *ret_count);

/* A stored manifest; in a. */
struct manifest;
NODISCARD int manifest_read(struct arena *a, struct str text, const struct manifest **ret,
			    struct err *err);

/* The digest of a revision's changes, as txn.h writes it down; shared with verification. */
struct change_hash {
	struct hasher h;
	uint32_t ord;
};
void change_hash_begin(struct change_hash *c, struct str actor);
void change_hash_add(struct change_hash *c, struct str kind, struct str domain, struct str name,
		     struct str op, struct str object);
struct digest change_hash_end(struct change_hash *c);

#endif
