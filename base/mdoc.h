/*
 * Manual pages from tables: mdoc, one sentence a line.
 */
#ifndef BASE_MDOC_H
#define BASE_MDOC_H

#include "base/field.h"

/* Text of a line of its own: what mdoc would take for its own language is escaped, and every sentence begins a line. Ends with a newline. */
void mdoc_text(struct buf *out, const char *text);
/* One line as it is, escaped; ends with a newline. */
void mdoc_line(struct buf *out, struct str line);
/* An argument of a macro: quoted when it has to be. */
void mdoc_arg(struct buf *out, const char *text);
/*
 * A list with an item for each row, "section.field", rows below rows included: type, sentence, default, bounds, example. more (may be NULL)
 * adds what the owner of the table knows besides; top tells whether the row is of `fields` itself or of an object in it, rather than of a
 * list's or map's elements.
 */
typedef void (*mdoc_field_fn)(struct buf *out, const struct field *f, bool top);
void mdoc_fields(struct buf *out, const struct field *fields, mdoc_field_fn more);

#endif
