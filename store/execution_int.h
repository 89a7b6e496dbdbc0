#ifndef STORE_EXECUTION_INT_H
#define STORE_EXECUTION_INT_H

#include "store/execution.h"
#include "store/txn_int.h"

/* The 24 columns that statements about executions give first; strings into a. */
void row_execution(struct row *c, struct arena *a, void *ret); /* into a struct execution */
void bind_steps(struct bind *b, const struct execution_step *steps,
		size_t count); /* three columns */
extern const char *const execution_state_words[];
extern const char *const execution_mode_words[];

#endif
