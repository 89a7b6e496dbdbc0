/*
 * An arena: many small things that live and die together (a document, a snapshot). Memory comes in
 * chunks, is never moved, and goes all at once. It has a limit, because what goes in is often chosen
 * by somebody else; passing it makes arena_full() true, and callers check once at the end
 * (arena_check). Until then allocations go on and are as good as any, because memory that two things
 * share would turn a size limit into wild pointers; who lets foreign data decide how often he
 * allocates asks arena_full() in his loop. Three times the limit and 32 MiB more abort the process.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/err.h"
#include "base/str.h"

struct arena;

struct arena *arena_new(size_t limit_bytes); /* gives */
/* The same with a first chunk of this size: for what is known to fit, so that ten thousand of them waste nothing. */
struct arena *arena_new_sized(size_t limit_bytes, size_t first_chunk_bytes);
void arena_free(struct arena *a); /* NULL is fine */
void arena_freep(struct arena **a); /* for CLEANUP */
/* Lets go of all that was allocated and keeps the first chunk of arena_new_sized() for what comes next. */
void arena_reset(struct arena *a);

/* Zeroed, aligned for any type; points into a; never NULL. */
void *arena_alloc(struct arena *a, size_t size);
void *arena_array(struct arena *a, size_t count, size_t size);
char *arena_strdup(struct arena *a, const char *z); /* NULL gives NULL */
char *arena_strndup(struct arena *a, const char *p, size_t len);
struct str arena_str(struct arena *a, struct str s); /* copies; the copy is followed by NUL */
char *arena_printf(struct arena *a, const char *fmt, ...) PRINTF(2, 3);

/* Like GROW of mem.h, from an arena: the old array is left behind in it. */
#define ARENA_GROW(a, items, count, cap)                                                           \
	do {                                                                                       \
		if ((count) >= (cap)) {                                                            \
			size_t cap_ = (cap) ? (size_t)(cap)*2 : 8;                                 \
			void *new_ = arena_array((a), cap_, sizeof(*(items)));                     \
			if (count)                                                                 \
				memcpy(new_, (items), (size_t)(count) * sizeof(*(items)));         \
			(items) = new_;                                                            \
			(cap) = cap_;                                                              \
		}                                                                                  \
	} while (0)

size_t arena_used(const struct arena *a);
bool arena_full(const struct arena *a);
NODISCARD int arena_check(const struct arena *a, const char *what,
			  struct err *err); /* ERR_TOO_LARGE */

#endif
