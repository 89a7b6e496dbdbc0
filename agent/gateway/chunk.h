/*
 * Chunked bodies (RFC 9112 7.1), strictly: sizes are plain hexadecimal digits, lines end in CRLF, extensions and trailers are refused
 * (nobody needs them here, and two readers could take them for two things).
 */
#ifndef AGENT_GATEWAY_CHUNK_H
#define AGENT_GATEWAY_CHUNK_H

#include "base/buf.h"

enum chunk_outcome { CHUNK_DONE = 1, CHUNK_MORE = 0, CHUNK_BAD = -1, CHUNK_TOO_LARGE = -2 };

struct chunk_decoder {
	enum { CHUNK_SIZE, CHUNK_DATA, CHUNK_DATA_END, CHUNK_LAST } at;
	uint64_t left; /* of the chunk */
	size_t digits;
	size_t seen; /* of "\r\n" */
};

/* Takes bytes off data (*used counts them) and appends what they carry to out, whose limit is the body's. {0} begins. */
enum chunk_outcome chunk_decode(struct chunk_decoder *d, struct str data, size_t *used,
				struct buf *out);

#endif
