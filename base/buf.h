/*
 * struct buf: bytes that grow, born with a limit. Overflow is sticky: once an append would pass the
 * limit the buffer keeps what it has, `overflow` is set, further appends do nothing, and it is checked
 * once at the end with buf_check(). The data is always followed by a NUL that does not count.
 * (curl lib/dynbuf.h, libgit2 src/util/str.h.)
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

struct buf {
	char *data; /* NULL until the first append; use buf_cstr() to read */
	size_t len;
	size_t cap;
	size_t limit;
	bool overflow;
};

#define BUF_INIT(limit_bytes)                                                                      \
	{                                                                                          \
		NULL, 0, 0, (limit_bytes), false                                                   \
	}
#define BUF_MAX ((size_t)1 << 40) /* "no limit of its own": for data we produce ourselves */

void buf_init(struct buf *b, size_t limit);
void buf_release(struct buf *b);
void buf_reset(struct buf *b); /* empties, keeps the memory, clears overflow */

void buf_add(struct buf *b, const void *data, size_t len);
void buf_add_str(struct buf *b, struct str s);
void buf_addz(struct buf *b, const char *z);
void buf_add_char(struct buf *b, char c);
void buf_addf(struct buf *b, const char *fmt, ...) PRINTF(2, 3);
void buf_vaddf(struct buf *b, const char *fmt, va_list ap) PRINTF(2, 0);
void buf_add_repeat(struct buf *b, char c, size_t n);
/* Big-endian integers, for canonical records. */
void buf_add_u8(struct buf *b, uint8_t v);
void buf_add_u32(struct buf *b, uint32_t v);
void buf_add_u64(struct buf *b, uint64_t v);
void buf_add_decimal(struct buf *b,
		     uint64_t v); /* as PRIu64 has it, without the cost of a format */
/* Room for n more bytes to be written by the caller, then counted with buf_grew(). NULL on overflow. */
char *buf_reserve(struct buf *b, size_t n);
void buf_grew(struct buf *b, size_t n);

const char *buf_cstr(const struct buf *b); /* "" when empty; points into b */
struct str buf_str(const struct buf *b); /* points into b */
char *buf_take(struct buf *b); /* gives the NUL-terminated bytes; b is empty after; never NULL */

/* 0, or ERR_TOO_LARGE naming `what` and the limit. */
NODISCARD int buf_check(const struct buf *b, const char *what, struct err *err);

#endif
