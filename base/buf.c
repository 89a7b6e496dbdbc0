#include "base/buf.h"

#include <stdio.h>

#include "base/mem.h"

void buf_init(struct buf *b, size_t limit)
{
	*b = (struct buf)BUF_INIT(limit);
}

void buf_release(struct buf *b)
{
	free(b->data);
	buf_init(b, b->limit);
}

void buf_reset(struct buf *b)
{
	b->len = 0;
	b->overflow = false;
	if (b->data)
		b->data[0] = '\0';
}

char *buf_reserve(struct buf *b, size_t n)
{
	if (b->overflow || n > b->limit - b->len) {
		b->overflow = true;
		return NULL;
	}
	size_t need = b->len + n + 1;
	if (need > b->cap) {
		size_t cap = MAX(need, MIN(MAX(b->cap * 2, (size_t)64), b->limit + 1));
		b->data = mem_realloc_array(b->data, cap, 1);
		b->cap = cap;
		b->data[b->len] = '\0';
	}
	return b->data + b->len;
}

void buf_grew(struct buf *b, size_t n)
{
	b->len += n;
	if (b->data)
		b->data[b->len] = '\0';
}

void buf_add(struct buf *b, const void *data, size_t len)
{
	if (len == 0)
		return;
	char *to = buf_reserve(b, len);
	if (!to)
		return;
	memcpy(to, data, len);
	buf_grew(b, len);
}

void buf_add_str(struct buf *b, struct str s)
{
	buf_add(b, s.p, s.len);
}

void buf_addz(struct buf *b, const char *z)
{
	buf_add(b, z, strlen(z));
}

void buf_add_char(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_vaddf(struct buf *b, const char *fmt, va_list ap)
{
	va_list again;
	va_copy(again, ap);
	int len = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	char *to = len < 0 ? NULL : buf_reserve(b, (size_t)len);
	if (!to) {
		b->overflow = true;
		return;
	}
	vsnprintf(to, (size_t)len + 1, fmt, ap);
	buf_grew(b, (size_t)len);
}

void buf_addf(struct buf *b, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	buf_vaddf(b, fmt, ap);
	va_end(ap);
}

void buf_add_repeat(struct buf *b, char c, size_t n)
{
	char *to = n ? buf_reserve(b, n) : NULL;
	if (!to)
		return;
	memset(to, c, n);
	buf_grew(b, n);
}

static void add_big_endian(struct buf *b, uint64_t v, size_t size)
{
	unsigned char bytes[8];
	for (size_t i = 0; i < size; i++)
		bytes[i] = (unsigned char)(v >> (8 * (size - 1 - i)));
	buf_add(b, bytes, size);
}

void buf_add_u8(struct buf *b, uint8_t v)
{
	add_big_endian(b, v, 1);
}

void buf_add_u32(struct buf *b, uint32_t v)
{
	add_big_endian(b, v, 4);
}

void buf_add_u64(struct buf *b, uint64_t v)
{
	add_big_endian(b, v, 8);
}

void buf_add_decimal(struct buf *b, uint64_t v)
{
	char digits[20], *p = digits + sizeof(digits);
	do
		*--p = (char)('0' + v % 10);
	while (v /= 10);
	buf_add_str(b, str_make(p, (size_t)(digits + sizeof(digits) - p)));
}

const char *buf_cstr(const struct buf *b)
{
	return b->data ? b->data : "";
}

struct str buf_str(const struct buf *b)
{
	return str_make(buf_cstr(b), b->len);
}

char *buf_take(struct buf *b)
{
	char *bytes = b->data ? TAKE_PTR(b->data) : mem_strndup("", 0);
	b->len = b->cap = 0;
	return bytes;
}

int buf_check(const struct buf *b, const char *what, struct err *err)
{
	if (!b->overflow)
		return 0;
	return err_set(err, ERR_TOO_LARGE, "%s is larger than its limit of %zu bytes", what,
		       b->limit);
}
