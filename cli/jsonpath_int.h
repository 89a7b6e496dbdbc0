/*
 * What the two halves of JSONPath share: jsonpath_parse.c makes these, jsonpath.c walks them.
 */
#ifndef CLI_JSONPATH_INT_H
#define CLI_JSONPATH_INT_H

#include "cli/jsonpath.h"

#define JSONPATH_DEPTH 32 /* of {range} within {range}, and of filters within filters */

enum step_type {
	STEP_KEYS, /* .a, ['a'], ['a','b'], [Ready] */
	STEP_ALL, /* [*], .* */
	STEP_SLICE, /* [0], [-1], [1:3], [::2] */
	STEP_FILTER, /* [?(…)] */
	STEP_DESCEND, /* ..: it and all below it */
	STEP_ROOT, /* $ */
};

enum filter_op { OP_EXISTS, OP_EQ, OP_NE, OP_LT, OP_LE, OP_GT, OP_GE };

/* One side of a filter: a path from @, or a word that is written there. */
struct operand {
	const struct step *path; /* NULL: the value; path_count steps */
	size_t path_count;
	struct doc_node value;
};

struct step {
	enum step_type type;
	bool selects; /* STEP_KEYS: a bare word in brackets, which may be a member's type */
	struct str *keys;
	size_t key_count;
	bool single, has_from, has_to; /* STEP_SLICE */
	int64_t from, to, by;
	enum filter_op op;
	struct operand left, right;
};

enum piece_type { PIECE_TEXT, PIECE_PATH, PIECE_RANGE };

struct piece {
	enum piece_type type;
	struct str text;
	const struct step *steps;
	size_t step_count;
	const struct jsonpath *body; /* PIECE_RANGE */
};

struct jsonpath {
	struct piece *pieces;
	size_t count;
};

#endif
