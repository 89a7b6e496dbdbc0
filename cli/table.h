/*
 * Columns of text, aligned.
 */
#ifndef CLI_TABLE_H
#define CLI_TABLE_H

#include "base/buf.h"

/*
 * Appends rows of columns cells (row after row). widths has columns numbers: no column is narrower than its own, and they are raised to what was
 * needed, so that rows added later stand below. The last column is not padded.
 */
void cli_table(struct buf *out, const struct str *cells, size_t rows, size_t columns,
	       size_t *widths);

#endif
