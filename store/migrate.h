/*
 * The schema: numbered migrations (store/schema/NNNN_*.sql, compiled in), each in its own transaction under a lock, recorded with a
 * checksum. A schema that is newer than this build, or whose history differs from it, is refused and left alone.
 */
#ifndef STORE_MIGRATE_H
#define STORE_MIGRATE_H

#include "base/buf.h"
#include "store/store.h"

struct store_migration {
	int number;
	const char *name; /* "0001_core" */
	const char *sql;
};
extern const struct store_migration store_migrations[]; /* by number; sql NULL ends */

/*
 * Makes roles where it may, the schema, and applies what is missing. owner: access in STORE_OWNER. *ret_applied counts. Also notices a
 * database that was failed over or restored (another timeline) and begins a new incarnation. Errors: ERR_UNSUPPORTED (newer schema, changed
 * checksum), ERR_DENIED with the remedy `asporad db bootstrap-sql`.
 */
NODISCARD int store_migrate(const struct store_access *owner, int *ret_applied, struct err *err);
/* Newest number in this build. */
int store_schema_version(void);
/* What a DBA must run once on an external database: roles, schema, grants; owner and database are identifiers, quoted here. */
void store_bootstrap_sql(struct buf *out, const char *owner, const char *database);
/*
 * Begins a new incarnation by hand (after a restore to the same timeline): every watcher lists again, every lease is over. Errors: the store's.
 */
NODISCARD int store_new_incarnation(const struct store_access *owner, int64_t *ret,
				    struct err *err);

#endif
