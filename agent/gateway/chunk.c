#include "agent/gateway/chunk.h"

#define DIGITS_MAX 8

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Takes the CRLF that must stand here. 1: it is whole. */
static int line_end(struct chunk_decoder *d, char c)
{
	if (c != "\r\n"[d->seen])
		return CHUNK_BAD;
	d->seen = (d->seen + 1) % 2;
	return d->seen == 0;
}

static enum chunk_outcome size_byte(struct chunk_decoder *d, char c)
{
	int v = hex_value(c);
	if (v >= 0 && d->seen == 0) {
		if (++d->digits > DIGITS_MAX)
			return CHUNK_TOO_LARGE;
		d->left = d->left * 16 + (uint64_t)v;
		return CHUNK_MORE;
	}
	int end = d->digits == 0 ? CHUNK_BAD : line_end(d, c);
	if (end == 1) {
		d->digits = 0;
		d->at = d->left ? CHUNK_DATA : CHUNK_LAST;
	}
	return end < 0 ? CHUNK_BAD : CHUNK_MORE;
}

static size_t data_bytes(struct chunk_decoder *d, struct str data, struct buf *out)
{
	size_t n = data.len < d->left ? data.len : (size_t)d->left;
	buf_add(out, data.p, n);
	d->left -= n;
	if (d->left == 0)
		d->at = CHUNK_DATA_END;
	return n;
}

enum chunk_outcome chunk_decode(struct chunk_decoder *d, struct str data, size_t *used,
				struct buf *out)
{
	for (*used = 0; *used < data.len;) {
		if (d->at == CHUNK_DATA) {
			*used += data_bytes(d, str_sub(data, *used, data.len), out);
			if (out->overflow)
				return CHUNK_TOO_LARGE;
			continue;
		}
		char c = data.p[(*used)++];
		if (d->at == CHUNK_SIZE) {
			enum chunk_outcome o = size_byte(d, c);
			if (o < 0)
				return o;
			continue;
		}
		int end = line_end(d, c);
		if (end < 0)
			return CHUNK_BAD;
		if (end && d->at == CHUNK_LAST)
			return CHUNK_DONE;
		if (end)
			d->at = CHUNK_SIZE;
	}
	return CHUNK_MORE;
}
