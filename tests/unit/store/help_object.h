/*
 * Objects as people see them, of a store that holds something of every kind.
 */
#ifndef TESTS_UNIT_STORE_HELP_OBJECT_H
#define TESTS_UNIT_STORE_HELP_OBJECT_H

#include "skill/kind.h"
#include "store/object.h"
#include "tests/unit/store/help_release.h"

extern const struct support_skill object_two[2]; /* of ecm: order-details and triage */

/* An arena for what is parsed, kept to the end of the test. */
struct arena *object_arena(void);
const struct doc_node *object_parse(struct str text);
/* One object; asserts that it is there. */
const struct doc_node *object_get(struct store *s, const char *kind, const char *domain,
				  const char *name);
/* All objects of a query, in one page. */
const struct doc_node *object_list(struct store *s, const struct object_query *q);
/* The text at a path, "(absent)" where there is none. */
const char *object_text(const struct doc_node *n, const char *path);
#define assert_path(n, path, want) ck_assert_str_eq(object_text(n, path), want)

/* Two skills of ecm, released by sync; the gateway's connection. */
struct store *object_released(struct store **ret_sync, struct lease **ret_lease);
struct store *object_seen(void); /* the same, for who only looks */
void object_promote(const char *domain, const struct support_skill *skills, size_t count);
/* One of everything. */
struct store *object_full(void);

#endif
