/*
 * The parameters of one statement, in order, in PostgreSQL's binary forms. Each call asserts that the statement's header names that type.
 *
 *	CLEANUP(bind_release) struct bind b = BIND(&sql_lease_renew);
 *	bind_text(&b, name);
 *	bind_i64(&b, epoch);
 *	bind_array(&b); for (…) bind_digest(&b, d); bind_array_end(&b);
 */
#ifndef STORE_BIND_INT_H
#define STORE_BIND_INT_H

#include "base/buf.h"
#include "base/crypto.h"
#include "skill/tree.h"
#include "store/stmt_int.h"

struct bind {
	const struct stmt *stmt;
	struct buf data;
	unsigned count;
	struct bind_param {
		size_t offset;
		int len; /* -1: null */
	} params[STMT_PARAMS_MAX];
	uint32_t element; /* type of the open array's elements; 0: none is open */
	uint32_t elements;
};

/* One statement's parameters may hold a whole batch of blobs. */
#define BIND_LIMIT ((size_t)512 * 1024 * 1024)
#define BIND(stmt_)                                                                                \
	{                                                                                          \
		.stmt = (stmt_), .data = BUF_INIT(BIND_LIMIT)                                      \
	}
void bind_release(struct bind *b);

void bind_null(struct bind *b);
void bind_text(struct bind *b, struct str s); /* text or json; p NULL is "", for json {} */
void bind_textz(struct bind *b, const char *z);
void bind_text_or_null(struct bind *b, struct str s); /* empty is null */
void bind_bytes(struct bind *b, const void *p, size_t len);
void bind_digest(struct bind *b, const struct digest *d);
void bind_digest_or_null(struct bind *b, const struct digest *d); /* zero is null */
void bind_tree(struct bind *b, const struct tree_id *id);
void bind_i64(struct bind *b, int64_t v);
void bind_i32(struct bind *b, int64_t v); /* clamped */
void bind_i64_or_null(struct bind *b, int64_t v); /* 0 is null; int8 or int4 */
void bind_bool(struct bind *b, bool v);
void bind_time(struct bind *b, int64_t wall_ms); /* 0 is null */
/* The next parameter is an array of what is bound until bind_array_end(). */
void bind_array(struct bind *b);
void bind_array_end(struct bind *b);

/* A column of a list: BIND_COLUMN(&b, list, count, bind_text, list[i].name); */
#define BIND_COLUMN(b, count, bind_fn, ...)                                                        \
	do {                                                                                       \
		bind_array(b);                                                                     \
		for (size_t i = 0; i < (count); i++)                                               \
			bind_fn(b, __VA_ARGS__);                                                   \
		bind_array_end(b);                                                                 \
	} while (0)

#endif
