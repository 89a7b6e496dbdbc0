/*
 * Records of digests: fields, each a 4-byte big-endian length and its bytes.
 */
#ifndef SKILL_DIGEST_INT_H
#define SKILL_DIGEST_INT_H

#include "base/buf.h"
#include "base/crypto.h"

static inline void record_str(struct buf *b, struct str s)
{
	buf_add_u32(b, (uint32_t)s.len);
	buf_add_str(b, s);
}

static inline void record_digest(struct buf *b, const struct digest *d)
{
	record_str(b, str_make((const char *)d->bytes, DIGEST_SIZE));
}

static inline void record_u64(struct buf *b, uint64_t n)
{
	buf_add_u32(b, 8);
	buf_add_u64(b, n);
}

#endif
