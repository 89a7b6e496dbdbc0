/*
 * Small allocations abort on exhaustion: processes are supervised and the truth is in PostgreSQL
 * (STYLE 13). Whatever has a size that somebody else chooses belongs in a struct buf or arena with a
 * limit instead.
 */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>

#include "base/compiler.h"

/* Says so and aborts: for libraries that return NULL on exhaustion. */
NORETURN void mem_exhausted(void);

/* All give memory to be released with free(); none returns NULL. Sizes multiply with overflow checks. */
void *mem_alloc(size_t size) __attribute__((malloc));
void *mem_zalloc(size_t size) __attribute__((malloc));
void *mem_lines(size_t size) __attribute__((malloc)); /* begins with a cache line of 64 bytes */
void *mem_array(size_t count, size_t size) __attribute__((malloc)); /* zeroed */
void *mem_realloc_array(void *old, size_t count, size_t size);
char *mem_strdup(const char *s); /* NULL gives NULL */
char *mem_strndup(const char *s, size_t len);
void *mem_dup(const void *data, size_t len); /* len 0 gives a valid pointer */
char *mem_printf(const char *fmt, ...) PRINTF(1, 2);

/*
 * Grows the array `items` (count used, cap allocated, all lvalues) so that one more fits.
 *	GROW(list->items, list->count, list->cap);
 *	list->items[list->count++] = x;
 */
#define GROW(items, count, cap)                                                                    \
	do {                                                                                       \
		if ((count) >= (cap)) {                                                            \
			(cap) = (cap) ? (cap)*2 : 8;                                               \
			(items) = mem_realloc_array((items), (cap), sizeof(*(items)));             \
		}                                                                                  \
	} while (0)

#endif
