#include "store/bind_int.h"

#include <assert.h>

/* Microseconds between 1970 and 2000, where PostgreSQL's time begins. */
#define PG_EPOCH_US INT64_C(946684800000000)

uint32_t stmt_element_type(uint32_t type)
{
	static const struct {
		uint32_t array, element;
	} types[] = {{1000, PG_BOOL}, {1001, PG_BYTEA},	      {1007, PG_INT4}, {1009, PG_TEXT},
		     {1016, PG_INT8}, {1185, PG_TIMESTAMPTZ}, {199, PG_JSON}};
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if (types[i].array == type)
			return types[i].element;
	}
	return 0;
}

void bind_release(struct bind *b)
{
	buf_release(&b->data);
	b->count = 0;
}

static uint32_t wanted_type(const struct bind *b)
{
	if (b->element)
		return b->element;
	assert(b->count < b->stmt->param_count && b->count < STMT_PARAMS_MAX);
	return b->stmt->params[b->count].type;
}

static void put(struct bind *b, uint32_t type, const void *p, size_t len)
{
	uint32_t want = wanted_type(b);
	assert(want == type);
	(void)want;
	(void)type;
	if (b->element) {
		buf_add_u32(&b->data, (uint32_t)len);
		buf_add(&b->data, p, len);
		b->elements++;
		return;
	}
	b->params[b->count++] = (struct bind_param){b->data.len, (int)len};
	buf_add(&b->data, p, len);
	/* libpq takes a NULL pointer for null: an empty value still needs an address. */
	buf_add_u8(&b->data, 0);
}

void bind_null(struct bind *b)
{
	wanted_type(b);
	if (b->element) {
		buf_add_u32(&b->data, UINT32_MAX);
		b->elements++;
		return;
	}
	b->params[b->count++] = (struct bind_param){b->data.len, -1};
}

void bind_text(struct bind *b, struct str s)
{
	uint32_t type = wanted_type(b);
	if (type == PG_JSON && !s.len)
		s = STR("{}");
	put(b, type == PG_JSON ? PG_JSON : PG_TEXT, s.p ? s.p : "", s.len);
}

void bind_textz(struct bind *b, const char *z)
{
	bind_text(b, str_of(z));
}

void bind_text_or_null(struct bind *b, struct str s)
{
	if (s.len)
		bind_text(b, s);
	else
		bind_null(b);
}

void bind_bytes(struct bind *b, const void *p, size_t len)
{
	put(b, PG_BYTEA, p ? p : "", len);
}

void bind_digest(struct bind *b, const struct digest *d)
{
	put(b, PG_BYTEA, d->bytes, DIGEST_SIZE);
}

void bind_digest_or_null(struct bind *b, const struct digest *d)
{
	if (digest_is_zero(d))
		bind_null(b);
	else
		bind_digest(b, d);
}

void bind_tree(struct bind *b, const struct tree_id *id)
{
	put(b, PG_BYTEA, id->bytes, id->len);
}

static void big_endian(uint8_t *out, uint64_t v, size_t size)
{
	for (size_t i = 0; i < size; i++)
		out[i] = (uint8_t)(v >> (8 * (size - 1 - i)));
}

void bind_i64(struct bind *b, int64_t v)
{
	uint8_t bytes[8];
	big_endian(bytes, (uint64_t)v, 8);
	put(b, PG_INT8, bytes, 8);
}

void bind_i32(struct bind *b, int64_t v)
{
	uint8_t bytes[4];
	v = MAX(INT32_MIN, MIN(INT32_MAX, v));
	big_endian(bytes, (uint64_t)v, 4);
	put(b, PG_INT4, bytes, 4);
}

void bind_i64_or_null(struct bind *b, int64_t v)
{
	if (!v)
		bind_null(b);
	else if (wanted_type(b) == PG_INT4)
		bind_i32(b, v);
	else
		bind_i64(b, v);
}

void bind_bool(struct bind *b, bool v)
{
	uint8_t byte = v;
	put(b, PG_BOOL, &byte, 1);
}

void bind_time(struct bind *b, int64_t wall_ms)
{
	if (!wall_ms) {
		bind_null(b);
		return;
	}
	uint8_t bytes[8];
	big_endian(bytes, (uint64_t)(wall_ms * 1000 - PG_EPOCH_US), 8);
	put(b, PG_TIMESTAMPTZ, bytes, 8);
}

/* An array: dimensions, whether it has nulls, element type, then the size and lower bound of the one dimension. */
#define ARRAY_HEAD 20

void bind_array(struct bind *b)
{
	uint32_t element = stmt_element_type(wanted_type(b));
	assert(element);
	b->params[b->count].offset = b->data.len;
	buf_add_u32(&b->data, 1);
	buf_add_u32(&b->data, 1);
	buf_add_u32(&b->data, element);
	buf_add_u32(&b->data, 0);
	buf_add_u32(&b->data, 1);
	b->element = element;
	b->elements = 0;
}

void bind_array_end(struct bind *b)
{
	assert(b->element);
	struct bind_param *p = &b->params[b->count++];
	b->element = 0;
	if (b->data.overflow)
		return;
	if (!b->elements) { /* an empty array has no dimension */
		memset(b->data.data + p->offset, 0, 4);
		b->data.len = p->offset + 12;
	} else {
		big_endian((uint8_t *)b->data.data + p->offset + 12, b->elements, 4);
	}
	p->len = (int)(b->data.len - p->offset);
}
