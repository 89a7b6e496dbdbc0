/*
 * One SQL statement as script/gen-sql makes it from store/sql: text, types of parameters and result columns, and the roles
 * that run it. Prepared once per connection, at first use; always bound and read in binary.
 */
#ifndef STORE_STMT_INT_H
#define STORE_STMT_INT_H

#include <stdint.h>

#include "store/store.h"

/* Object ids of built-in types (pg_type.dat); fixed for ever. */
#define PG_BOOL 16u
#define PG_BYTEA 17u
#define PG_INT8 20u
#define PG_INT4 23u
#define PG_TEXT 25u
#define PG_JSON 114u
#define PG_FLOAT8 701u
#define PG_TIMESTAMPTZ 1184u
#define PG_UUID 2950u

#define STMT_PARAMS_MAX 24u

struct stmt_column {
	const char *name;
	uint32_t type;
};

struct stmt {
	const char *name;
	const char *sql;
	unsigned index; /* in sql_all */
	unsigned roles; /* 1 << enum store_role */
	const struct stmt_column *params;
	unsigned param_count;
	const struct stmt_column *rows;
	unsigned row_count;
};

/* Element type of an array type, or 0. */
uint32_t stmt_element_type(uint32_t type);

#endif
