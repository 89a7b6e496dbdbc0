/*
 * A served skill and its queue, for the tests of executions.
 */
#ifndef TESTS_UNIT_STORE_HELP_EXECUTION_H
#define TESTS_UNIT_STORE_HELP_EXECUTION_H

#include "store/execution.h"
#include "tests/unit/store/help_release.h"

extern struct store *gateway, *runner, *control;
extern struct lease *control_lease;
extern struct arena *arena;
extern const struct support_skill plain; /* ecm/triage at v1 */

/* Releases and promotes the skills of domain ecm, and opens the connections above. */
void execution_serve(const struct support_skill *skills, size_t count);
/* A request for ecm/triage by key:ana, a minute to live. */
struct execution execution_wanted(const char *id, const char *input);
void execution_enqueue(const char *id);
/* Whether one was got. */
bool execution_claim(struct claim *c);

#endif
