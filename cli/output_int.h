/*
 * Formats of -o that are made from paths, in output_path.c.
 */
#ifndef CLI_OUTPUT_INT_H
#define CLI_OUTPUT_INT_H

#include "cli/output.h"

/* The object, or the list that they are: {"apiVersion", "kind": "List", "items": […]}. */
const struct doc_node *cli_output_whole(const struct cli *c, const struct cli_view *v,
					const struct doc_node *const *objects, size_t count);

/*
 * Rows of struct cli_format. jsonpath=TEMPLATE with braces is printed once for all of them, as kubectl does, and a bare path once for each;
 * custom-columns=TITLE:PATH,… is a table. With out NULL they only read their argument. Errors: ERR_USAGE.
 */
NODISCARD int cli_print_path(struct buf *out, const struct cli *c, struct cli_view *v,
			     const char *argument, const struct doc_node *const *objects,
			     size_t count, struct err *err);
NODISCARD int cli_print_custom(struct buf *out, const struct cli *c, struct cli_view *v,
			       const char *argument, const struct doc_node *const *objects,
			       size_t count, struct err *err);

#endif
