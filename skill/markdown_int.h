/*
 * A Markdown tree in one arena. cmark makes a few hundred small pieces of memory for a page and frees each by itself, which takes as long as
 * the parsing; here they go all at once.
 */
#ifndef SKILL_MARKDOWN_INT_H
#define SKILL_MARKDOWN_INT_H

#include <cmark.h>

#include "base/arena.h"

/*
 * Parses text into a; the tree lives as long as a and is never freed by itself. Iterators over it are of a, too. text has a limit of its own, and so
 * the tree has: at most 300 bytes for each byte of the worst text found, which is what the arena's limit should allow.
 */
cmark_node *markdown_parse(struct arena *a, struct str text);
/* The tree as HTML, in a, in cmark's safe mode. */
const char *markdown_html(struct arena *a, cmark_node *doc);

#endif
