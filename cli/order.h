/*
 * In which order objects are shown.
 */
#ifndef CLI_ORDER_H
#define CLI_ORDER_H

#include "base/doc.h"
#include "cli/cli.h"

/* By the value at a path (cli/jsonpath.h), what has none last, and then by domain. Errors: ERR_USAGE, of --sort-by. */
NODISCARD int cli_sort(struct cli *c, const char *by, const struct doc_node **objects, size_t count,
		       struct err *err);
/* The gateway tells events newest first; read from above they go the way that things went. */
void cli_turn_round(const struct doc_node **objects, size_t count);

#endif
