/*
 * Words about fields, rules and kinds, made from their tables.
 */
#ifndef CLI_EXPLAIN_H
#define CLI_EXPLAIN_H

#include "base/buf.h"
#include "base/field.h"

/* word NULL: the sections of aspora.config.yaml. Errors: ERR_NOT_FOUND with the nearest. */
NODISCARD int cli_explain(struct buf *out, const char *word, struct err *err);

#endif
