/*
 * A real PostgreSQL for unit tests: one private cluster per test program (durability off), and in it one fresh, migrated database per
 * test, copied from a template.
 *
 *	int main(void) { return support_pg_main("store/lease", cases); }
 *	…	struct store *s = support_pg_open(STORE_SYNC);
 */
#ifndef TESTS_UNIT_SUPPORT_PG_H
#define TESTS_UNIT_SUPPORT_PG_H

#include "store/cluster.h"
#include "store/lease.h"
#include "tests/unit/support.h"

/* support_main() with a cluster; a machine without PostgreSQL skips, saying so. */
int support_pg_main(const char *suite, const struct support_case *cases);
struct store_cluster *support_pg_cluster(void);
/* Access to the test's own database, made at first use. Static storage. */
const struct store_access *support_pg_access(enum store_role role);
/* Connects to it; asserts. Closed with the test's process. */
struct store *support_pg_open(enum store_role role);
struct store *support_pg_listen(enum store_role role);
/* Runs SQL as the owner; asserts. */
void support_pg_run(const char *fmt, ...) PRINTF(1, 2);
/* The first cell as text, "" for none or null. Static storage, good until the eighth next call. */
const char *support_pg_text(const char *fmt, ...) PRINTF(1, 2);
long long support_pg_int(const char *fmt, ...) PRINTF(1, 2);
/* A lease of 60 s, acquired on s. Static storage. */
struct lease *support_pg_lease(struct store *s, const char *role);
/* A folder that the server's user can enter too, removed at the program's end. */
const char *support_pg_dir(void);

#endif
