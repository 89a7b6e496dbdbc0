/*
 * What the files of field share: where in the tree a value stands, and the readers of single
 * values.
 */
#ifndef BASE_FIELD_INT_H
#define BASE_FIELD_INT_H

#include "base/field.h"

/* The way from the root to a value, on the stack; turned into text only for errors and sets. */
struct field_path {
	const struct field_path *up; /* NULL at the root */
	struct str name; /* a key; empty for an element */
	size_t index; /* of an element */
};
/* "budget.per_run_usd", "routing[2].when". */
void field_path_add(struct buf *out, const struct field_path *path);

/* A value that is about to be read. */
struct field_at {
	const struct field_decode *how;
	const struct field *field;
	const struct field_path *path;
	struct err *err;
};

/*
 * "budget.per_run_usd: expected US dollars such as 0.25, found text "five"". Returns
 * ERR_INVALID.
 */
int field_wrong_type(const struct field_at *at, const struct doc_node *n);
/* "budget.per_run_usd: " and the words. Returns ERR_INVALID. */
int field_wrong(const struct field_at *at, const struct doc_node *n, const char *fmt, ...)
	PRINTF(3, 4);

/* Reads one value that is neither list nor map into *member, of the C type of the field. */
int field_read_value(const struct field_at *at, const struct doc_node *n, void *member);
bool field_is_value(enum field_type t);

/* min and max of the field as bounds; false when there are none. */
bool field_bounds(const struct field *f, int64_t *ret_min, int64_t *ret_max);
/* The element's struct at an index of a FIELD_LIST or FIELD_MAP. */
void *field_element(const struct field *f, const struct field_list *list, size_t i);

/* How a decimal text reads as an integer of 10^-places. */
enum field_decimal {
	FIELD_DECIMAL_OK,
	FIELD_DECIMAL_NONE, /* not a number */
	FIELD_DECIMAL_PRECISE, /* too many digits after the point */
	FIELD_DECIMAL_LARGE,
};
enum field_decimal field_decimal(struct str s, unsigned places, int64_t *ret);
/* The shortest text of v * 10^-places. */
void field_add_decimal(struct buf *out, int64_t v, unsigned places);

/* "64Mi" and "4096"; false for other text and for what int64_t cannot hold. */
bool field_size(struct str s, int64_t *ret);

struct json;
/* The members of field_schema() into the object that is open. */
void field_schema_members(struct json *j, const struct field *fields, bool allow_unknown);

#endif
