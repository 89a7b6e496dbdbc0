#include "base/arena.h"

#include <stdarg.h>
#include <stdalign.h>
#include <stdio.h>

#include "base/mem.h"

#define CHUNK_LEAST 4096
#define CHUNK_MOST ((size_t)256 * 1024)
#define ALIGN (alignof(max_align_t))
/* How far past its limit an arena may go before its owner is taken for one that never checks. */
#define SLACK ((size_t)16 << 20)

struct chunk {
	struct chunk *next;
	alignas(max_align_t) unsigned char bytes[];
};

struct arena {
	struct chunk *chunks;
	unsigned char *at;
	size_t left;
	size_t chunk_size;
	size_t first_size; /* of the chunk that arena_reset() keeps; 0: none */
	size_t used;
	size_t limit;
};

struct arena *arena_new(size_t limit_bytes)
{
	struct arena *a = mem_zalloc(sizeof(*a));
	a->limit = limit_bytes;
	a->chunk_size = CHUNK_LEAST;
	return a;
}

void arena_free(struct arena *a)
{
	if (!a)
		return;
	while (a->chunks) {
		struct chunk *next = a->chunks->next;
		free(a->chunks);
		a->chunks = next;
	}
	free(a);
}

void arena_freep(struct arena **a)
{
	arena_free(*a);
	*a = NULL;
}

static unsigned char *chunk_add(struct arena *a, size_t size)
{
	struct chunk *c = mem_zalloc(sizeof(*c) + size);
	c->next = a->chunks;
	a->chunks = c;
	return c->bytes;
}

struct arena *arena_new_sized(size_t limit_bytes, size_t first_chunk_bytes)
{
	struct arena *a = arena_new(limit_bytes);
	a->left = (first_chunk_bytes + ALIGN - 1) & ~(ALIGN - 1);
	a->first_size = a->left;
	a->at = chunk_add(a, a->left);
	return a;
}

void arena_reset(struct arena *a)
{
	struct chunk *first = NULL;
	size_t dirty = a->first_size;
	if (a->chunks && !a->chunks->next && a->first_size)
		dirty -= a->left;
	while (a->chunks) {
		struct chunk *next = a->chunks->next;
		if (next || !a->first_size)
			free(a->chunks);
		else
			first = a->chunks;
		a->chunks = next;
	}
	if (first)
		memset(first->bytes, 0, dirty);
	a->chunks = first;
	a->at = first ? first->bytes : NULL;
	a->left = a->first_size;
	a->chunk_size = CHUNK_LEAST;
	a->used = 0;
}

void *arena_alloc(struct arena *a, size_t size)
{
	if (size > SIZE_MAX - ALIGN - sizeof(struct chunk))
		abort();
	size = size ? (size + ALIGN - 1) & ~(ALIGN - 1) : ALIGN;
	if (__builtin_add_overflow(a->used, size, &a->used) ||
	    (a->used > a->limit && (a->used - a->limit) / 2 > a->limit + SLACK))
		abort();
	/* A large thing gets a chunk of its own, so that the rest of the present one is not lost. */
	if (size > a->left && size >= a->chunk_size / 4)
		return chunk_add(a, size);
	if (size > a->left) {
		a->at = chunk_add(a, a->chunk_size);
		a->left = a->chunk_size;
		a->chunk_size = MIN(a->chunk_size * 2, CHUNK_MOST);
	}
	void *p = a->at;
	a->at += size;
	a->left -= size;
	return p;
}

void *arena_array(struct arena *a, size_t count, size_t size)
{
	size_t bytes;
	if (__builtin_mul_overflow(count, size, &bytes))
		abort();
	return arena_alloc(a, bytes);
}

char *arena_strndup(struct arena *a, const char *p, size_t len)
{
	char *copy = arena_alloc(a, len + 1);
	if (len)
		memcpy(copy, p, len);
	return copy;
}

char *arena_strdup(struct arena *a, const char *z)
{
	return z ? arena_strndup(a, z, strlen(z)) : NULL;
}

struct str arena_str(struct arena *a, struct str s)
{
	return str_make(arena_strndup(a, s.p, s.len), s.len);
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap, again;
	va_start(ap, fmt);
	va_copy(again, ap);
	int len = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	char *text = arena_alloc(a, len < 0 ? 1 : (size_t)len + 1);
	if (len > 0)
		vsnprintf(text, (size_t)len + 1, fmt, ap);
	va_end(ap);
	return text;
}

size_t arena_used(const struct arena *a)
{
	return a->used;
}

bool arena_full(const struct arena *a)
{
	return a->used > a->limit;
}

int arena_check(const struct arena *a, const char *what, struct err *err)
{
	if (!arena_full(a))
		return 0;
	return err_set(err, ERR_TOO_LARGE, "%s needs more than its limit of %zu bytes of memory",
		       what, a->limit);
}
