/*
 * What is known of an object beside its content, and whether it is still what somebody has read.
 *
 * A resourceVersion names an object as it was. Who changes an object "only if it is still so" says store_object_expect() in the transaction that
 * changes it; it is looked at when nobody else can write any more, so that of two who read the same only one succeeds.
 */
#ifndef STORE_META_H
#define STORE_META_H

#include "store/txn.h"

/*
 * Names as in metadata; domain is empty but for kinds that have one. version as in metadata.resourceVersion. What it finds comes out of commit: ERR_CONFLICT with the
 * version that the object has now, ERR_NOT_FOUND. Kinds: Skill, Domain, Source, Quarantine, Key.
 */
void store_object_expect(struct store_txn *t, const char *kind, struct str domain, struct str name,
			 struct str version);
/* The same now, outside a transaction. */
NODISCARD int store_object_is(struct store *s, const char *kind, struct str domain, struct str name,
			      struct str version, struct err *err);
/* The object has changed in what its own tables do not show: its resourceVersion moves on. Kinds: Skill, Domain, Source. Needs a change of the log. */
void store_object_touch(struct store_txn *t, const char *kind, struct str domain, struct str name);
/* Sets labels: patch is {"key":"value", "gone":null}. Logs the change. */
void store_labels_put(struct store_txn *t, const char *kind, struct str domain, struct str name,
		      struct str patch);

#endif
