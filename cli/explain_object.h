/*
 * The fields of objects, for `aspora explain skill.status.serving`: one table, in which a row is a path below a kind. What a kind's configuration says is
 * in the table of aspora.config.yaml (skill/config.h).
 */
#ifndef CLI_EXPLAIN_OBJECT_H
#define CLI_EXPLAIN_OBJECT_H

#include "base/buf.h"
#include "skill/kind.h"

/* Appends what is known of the field at this path (dotted, below the kind; "" is the object itself), and the fields below it. False: there is none. */
bool cli_explain_object(struct buf *out, const struct kind *k, const char *path);
/* Every field of the kind, indented by its depth: `aspora explain --recursive`. */
void cli_explain_all(struct buf *out, const struct kind *k, const char *path);
/* The nearest field of the kind, or NULL; static storage. */
const char *cli_explain_nearest(const struct kind *k, const char *path);
/* Where a column of `get` has its value from, without the way it is shown. */
const char *cli_column_path(const struct kind_column *c);

#endif
