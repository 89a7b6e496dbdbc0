#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void mem_exhausted(void)
{
	static const char words[] = "out of memory\n";
	if (write(STDERR_FILENO, words, sizeof(words) - 1) < 0)
		abort();
	abort();
}

static void *or_abort(void *p)
{
	if (UNLIKELY(!p))
		mem_exhausted();
	return p;
}

void *mem_alloc(size_t size)
{
	return or_abort(malloc(size ? size : 1));
}

void *mem_zalloc(size_t size)
{
	return or_abort(calloc(1, size ? size : 1));
}

void *mem_lines(size_t size)
{
	return or_abort(aligned_alloc(64, (size + 63) / 64 * 64));
}

void *mem_array(size_t count, size_t size)
{
	return or_abort(count && size ? calloc(count, size) : calloc(1, 1));
}

void *mem_realloc_array(void *old, size_t count, size_t size)
{
	return or_abort(count && size ? reallocarray(old, count, size) : realloc(old, 1));
}

char *mem_strdup(const char *s)
{
	return s ? mem_dup(s, strlen(s) + 1) : NULL;
}

char *mem_strndup(const char *s, size_t len)
{
	char *copy = mem_alloc(len + 1);
	if (len)
		memcpy(copy, s, len);
	copy[len] = '\0';
	return copy;
}

void *mem_dup(const void *data, size_t len)
{
	void *copy = mem_alloc(len);
	if (len)
		memcpy(copy, data, len);
	return copy;
}

char *mem_printf(const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;
	va_start(ap, fmt);
	int len = vasprintf(&text, fmt, ap);
	va_end(ap);
	return or_abort(len < 0 ? NULL : text);
}
