/*
 * How results are printed: one table of formats, each a row of functions. What is printed is objects (documents of the uniform shape) under the columns of
 * their kind, so that every verb that shows objects has every format.
 *
 *	struct cli_view v = {.columns = kind->columns, .word = kind->singular, .list = true};
 *	cli_print(c, &v, objects, count, err)       again and again for a watch: widths and the header are remembered
 */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include "base/doc.h"
#include "cli/cli.h"
#include "skill/kind.h"

#define CLI_COLUMNS_MAX 24

struct cli_view {
	const struct kind_column *columns; /* title NULL ends */
	const char *word; /* before the name in -o name: "skill" */
	bool list; /* several may come, and json and yaml say "items"; else there is exactly one */
	const char *none; /* what to say on stderr when a list is empty; NULL: nothing */
	int64_t now_ms; /* for ages; 0: the clock */

	size_t widths[CLI_COLUMNS_MAX]; /* from here on: what the last call left */
	bool begun;
};

struct cli_format {
	const char *name;
	const char *help; /* for the manual */
	/* Appends the objects. argument is what stood after '=', or "". Errors: ERR_USAGE. */
	int (*print)(struct buf *out, const struct cli *c, struct cli_view *v, const char *argument,
		     const struct doc_node *const *objects, size_t count, struct err *err);
};
extern const struct cli_format cli_formats[]; /* name NULL ends; the first is the default */

/* Prints as --output says. Errors: ERR_USAGE (no such format), ERR_IO. */
NODISCARD int cli_print(const struct cli *c, struct cli_view *v,
			const struct doc_node *const *objects, size_t count, struct err *err);
/* Says what is wrong with --output before anything else is done. */
NODISCARD int cli_output_check(const struct cli *c, struct err *err);
/* True when --output is (or is left out and so is) a format for people: table or wide. */
bool cli_output_is_table(const struct cli *c);
/* The same, or columns of one's own. */
bool cli_output_has_rows(const struct cli *c);

/*
 * The object with one more member, for a column that it does not have by itself; what is no object stays as it is. value is kept. In the arena.
 */
const struct doc_node *cli_with_member(const struct cli *c, const struct doc_node *object,
				       const char *key, const struct doc_node *value);
/* A text as a value for it; z is kept. In the arena. */
struct doc_node *cli_text_node(const struct cli *c, const char *z);

/* "skill/ecm/order-details", "source/main"; without the kind where word is "". */
void cli_object_name(struct buf *out, const char *word, const struct doc_node *object);

#endif
