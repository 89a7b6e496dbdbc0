/*
 * The body of an object for a person's eye: `aspora describe`. Short where YAML is whole: digests are cut, what is empty is left out, lists and maps below
 * the first level take a line each, and of a configuration only the sections that most often matter are there.
 */
#ifndef CLI_COMPACT_H
#define CLI_COMPACT_H

#include "base/buf.h"
#include "base/doc.h"

/* Lines "  key: value" of map, without the keys that are told elsewhere (skip, NULL-terminated; may be NULL). Nothing for another type. */
void cli_compact(struct buf *out, const struct doc_node *map, const char *const *skip);
/* A line "name value", values of several below each other. Nothing for an empty value. */
void cli_compact_line(struct buf *out, const char *name, struct str value);

#endif
