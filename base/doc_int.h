/*
 * Shared by the files of doc: building nodes, the side of a parse that both languages need.
 */
#ifndef BASE_DOC_INT_H
#define BASE_DOC_INT_H

#include "base/doc.h"

/* What one parse knows; on the parser's stack. */
struct doc_parse {
	struct arena *arena;
	struct str text;
	const struct doc_limits *limits;
	const char *path;
	uint32_t line_offset;
	struct err *err;
};

/* A place in the text: bytes from its start, line and column from 1 (columns are characters). */
struct doc_place {
	size_t offset;
	uint32_t line, column;
};

/*
 * The place of the byte at offset (clamped to the text), line_offset added. Walks from the
 * start: for errors.
 */
struct doc_place doc_place_of(const struct doc_parse *p, size_t offset);

/*
 * The stack of values that are not in their collection yet. A collection remembers how high the
 * stack was when it opened, and takes everything above when it closes.
 */
struct doc_stack {
	struct doc_pair *pairs; /* a list's element has an empty key */
	size_t count, cap;
};
void doc_stack_release(struct doc_stack *s);
void doc_stack_push(struct doc_stack *s, const struct doc_pair *pair);
/* Moves what is above `base` into node, a DOC_LIST or DOC_MAP. */
void doc_stack_take(struct doc_stack *s, size_t base, struct arena *a, struct doc_node *node);
/*
 * The later of the first two pairs with one key, its forerunner in *ret_first; NULL when all
 * differ.
 */
const struct doc_pair *doc_duplicate(struct doc_pair *pairs, size_t count,
				     const struct doc_pair **ret_first);

/*
 * Refuses what no text of ours may have: too many bytes, a byte order mark or UTF-16, NUL,
 * bytes that are not UTF-8 and, when `strict`, characters that hide from a reviewer. Errors:
 * ERR_TOO_LARGE, ERR_INVALID.
 */
NODISCARD int doc_check_bytes(const struct doc_parse *p, bool strict);

/* Writes a number, true, false or null; canonical: as RFC 8785. */
void doc_add_plain(struct buf *out, const struct doc_node *n, bool canonical);

/*
 * True when YAML would read the text, written plain, as this very string (and older YAML would,
 * too).
 */
bool doc_plain_safe(struct str s);

#endif
