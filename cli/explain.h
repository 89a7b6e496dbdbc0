/*
 * Words about fields, rules and kinds, made from their tables.
 */
#ifndef CLI_EXPLAIN_H
#define CLI_EXPLAIN_H

#include "base/buf.h"
#include "base/field.h"

/* word NULL: the sections of aspora.config.yaml. all: of a kind every field, as a tree. Errors: ERR_NOT_FOUND with the nearest. */
NODISCARD int cli_explain(struct buf *out, const char *word, bool all, struct err *err);

#endif
