#include "store/rows_int.h"

#include <assert.h>

#define PG_EPOCH_MS INT64_C(946684800000)

void rows_release(struct rows *r)
{
	PQclear(r->res);
	r->res = NULL;
	r->count = 0;
}

struct row row_of(const struct rows *r, int row)
{
	assert(row >= 0 && row < r->count);
	return (struct row){r, row, 0};
}

static uint32_t column_type(const struct row *c)
{
	assert(c->column < c->rows->stmt->row_count);
	return c->rows->stmt->rows[c->column].type;
}

bool row_null(const struct row *c)
{
	return PQgetisnull(c->rows->res, c->row, (int)c->column);
}

void row_skip(struct row *c)
{
	c->column++;
}

static struct str next(struct row *c)
{
	int column = (int)c->column++;
	return str_make(PQgetvalue(c->rows->res, c->row, column),
			(size_t)PQgetlength(c->rows->res, c->row, column));
}

struct str row_text(struct row *c)
{
	uint32_t type = column_type(c);
	assert(type == PG_TEXT || type == PG_JSON || type == PG_BYTEA);
	(void)type;
	return next(c);
}

struct str row_copy(struct row *c, struct arena *a)
{
	return arena_str(a, row_text(c));
}

char *row_name(struct row *c, char *out, size_t size)
{
	struct str s = row_text(c);
	snprintf(out, size, "%.*s", STR_ARG(s));
	return out;
}

static int64_t number(struct str s)
{
	uint64_t v = 0;
	for (size_t i = 0; i < s.len; i++)
		v = v << 8 | (uint8_t)s.p[i];
	return s.len == 4 ? (int32_t)(uint32_t)v : (int64_t)v;
}

int64_t row_i64(struct row *c)
{
	uint32_t type = column_type(c);
	assert(type == PG_INT8 || type == PG_INT4);
	(void)type;
	return number(next(c));
}

bool row_bool(struct row *c)
{
	assert(column_type(c) == PG_BOOL);
	struct str s = next(c);
	return s.len && s.p[0];
}

int64_t row_time(struct row *c)
{
	assert(column_type(c) == PG_TIMESTAMPTZ);
	bool null = row_null(c);
	int64_t us = number(next(c));
	if (null)
		return 0;
	/* Rounds down, also before 2000. */
	return (us >= 0 ? us / 1000 : -((-us + 999) / 1000)) + PG_EPOCH_MS;
}

struct digest row_digest(struct row *c)
{
	assert(column_type(c) == PG_BYTEA);
	struct digest d = {{0}};
	struct str s = next(c);
	if (s.len == DIGEST_SIZE)
		memcpy(d.bytes, s.p, DIGEST_SIZE);
	return d;
}

struct tree_id row_tree(struct row *c)
{
	assert(column_type(c) == PG_BYTEA);
	struct tree_id id = {0};
	struct str s = next(c);
	if (s.len <= sizeof(id.bytes)) {
		memcpy(id.bytes, s.p, s.len);
		id.len = (uint8_t)s.len;
	}
	return id;
}

int row_choice(struct row *c, const char *const *names)
{
	struct str s = row_text(c);
	for (int i = 0; names[i]; i++) {
		if (str_eqz(s, names[i]))
			return i;
	}
	assert(!"a value that the schema's checks keep out");
	return 0;
}

void rows_list(const struct rows *r, const struct row_list *into)
{
	char *items = arena_array(into->a, (size_t)r->count + 1, into->size);
	for (int i = 0; i < r->count; i++) {
		struct row c = row_of(r, i);
		into->read(&c, into->a, items + (size_t)i * into->size);
	}
	memcpy(into->ret, &items, sizeof(items));
	*into->ret_count = (size_t)r->count;
}
