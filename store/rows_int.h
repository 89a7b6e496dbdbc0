/*
 * The rows of a result, read in order: row_of() starts at a row, each row_*() takes the next column and asserts its type against the
 * statement's header. Text and bytes point into the rows; row_copy() copies into an arena. NULL reads as 0, "", zero.
 */
#ifndef STORE_ROWS_INT_H
#define STORE_ROWS_INT_H

#include <libpq-fe.h>

#include "base/arena.h"
#include "store/bind_int.h"

struct rows {
	PGresult *res;
	const struct stmt *stmt;
	int count;
};
#define ROWS_INIT                                                                                  \
	{                                                                                          \
		NULL, NULL, 0                                                                      \
	}
void rows_release(struct rows *r);

struct row {
	const struct rows *rows;
	int row;
	unsigned column;
};

struct row row_of(const struct rows *r, int row);
bool row_null(const struct row *c); /* the next column; does not move */
void row_skip(struct row *c);
struct str row_text(struct row *c); /* text, json or bytea */
struct str row_copy(struct row *c, struct arena *a);
char *row_name(struct row *c, char *out, size_t size); /* text, cut to fit; returns out */
int64_t row_i64(struct row *c); /* int8 or int4 */
bool row_bool(struct row *c);
int64_t row_time(struct row *c); /* wall milliseconds; 0: null */
struct digest row_digest(struct row *c); /* zero: null */
struct tree_id row_tree(struct row *c);
/* Takes the columns of one row into an element of a list. */
typedef void (*row_fn)(struct row *c, struct arena *a, void *ret);
/* Where a list goes: *ret becomes an array of `size` bytes an element in the arena. ret is the address of the array's pointer. */
struct row_list {
	struct arena *a;
	row_fn read;
	size_t size;
	void *ret;
	size_t *ret_count;
};
/* All rows, one element each. */
void rows_list(const struct rows *r, const struct row_list *into);

/* Text that is one of names (NULL-terminated); its index. The schema's checks keep others out. */
int row_choice(struct row *c, const char *const *names);

#endif
