/*
 * JSONPath as kubectl knows it: templates of text and paths in braces, and single paths for --sort-by, custom columns and `aspora wait`.
 *
 *	{.metadata.name}   {.items[*].status.phase}   {.a['odd key']}   {.a.dotted\.key}   {.list[0]} {.list[-1]} {.list[1:3]}
 *	{.list[?(@.type=="Ready")].status}   {..name}   {range .items[*]}{.metadata.name}{"\n"}{end}   {"text"}
 *
 * One thing more: a word in brackets after a list is the member whose type it is, "conditions[Ready]". What is absent is nothing, and no error.
 */
#ifndef CLI_JSONPATH_H
#define CLI_JSONPATH_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/doc.h"

struct jsonpath;

/* A template, into the arena; text is borrowed for the call. Errors: ERR_USAGE, with what is wrong and where. */
NODISCARD int jsonpath_template(struct arena *a, const char *text, struct jsonpath **ret,
				struct err *err);
/* One path: "{.status.phase}", ".status.phase" or "status.phase". Errors: ERR_USAGE. */
NODISCARD int jsonpath_path(struct arena *a, const char *text, struct jsonpath **ret,
			    struct err *err);

/* Appends what the template makes of root; several values of one path are separated by spaces, texts are written as they are. */
void jsonpath_print(const struct jsonpath *p, struct arena *a, const struct doc_node *root,
		    struct buf *out);
/* The first value that the path leads to, or NULL. The arena is for what is made on the way. */
const struct doc_node *jsonpath_first(const struct jsonpath *p, struct arena *a,
				      const struct doc_node *root);
/* Every value, in order; *ret_count of them. */
const struct doc_node **jsonpath_all(const struct jsonpath *p, struct arena *a,
				     const struct doc_node *root, size_t *ret_count);
/* A value as text: a string as it is, nothing for null, anything else as JSON. */
void jsonpath_text(struct buf *out, const struct doc_node *n);
/* Smaller, equal, larger: numbers by value, everything else by its text; what is absent (NULL) comes first. */
int jsonpath_compare(const struct doc_node *a, const struct doc_node *b);

#endif
