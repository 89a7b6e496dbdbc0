/*
 * Reports without what changes with every detail of a digest.
 */
#ifndef TESTS_UNIT_ADMISSION_HELP_DIGEST_H
#define TESTS_UNIT_ADMISSION_HELP_DIGEST_H

#include "base/buf.h"
#include "base/crypto.h"

static inline bool is_hex(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

/* Digests change with every detail of their specification, which has golden tests of its own. */
static inline void without_digests(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.len;) {
		size_t n = 0;
		while (i + n < text.len && is_hex(text.p[i + n]))
			n++;
		if (n == DIGEST_HEX)
			buf_addz(out, "<digest>");
		else
			buf_add_str(out, str_sub(text, i, i + MAX(n, (size_t)1)));
		i += MAX(n, (size_t)1);
	}
}

#endif
