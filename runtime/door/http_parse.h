/*
 * The HTTP/1.1 of the house: one strict parser for the door's both ends (the keeper's server and aspora-init's client and listener) and for the
 * gateway's server. It needs libc only, allocates nothing, and reads whole heads out of the caller's buffer; places are offsets, so the buffer may move.
 *
 * Accepted is what RFC 9112 says a sender should write, and nothing that two readers could take for two things: CRLF only, no folded
 * lines, no white space before a colon, HTTP/1.1 only, origin-form targets, one Content-Length of plain digits, no Transfer-Encoding (or, where
 * asked for, exactly "chunked" and then no Content-Length), one Host.
 * After anything but HTTP_MORE and HTTP_DONE the stream cannot be used any more.
 *
 * The caller: 1. appends bytes to a buffer 2. http_parse_head(buffer, &scan, …) until HTTP_DONE 3. waits for content_length more bytes
 * 4. drops head_len + content_length bytes and sets scan to 0.
 */
#ifndef RUNTIME_DOOR_HTTP_PARSE_H
#define RUNTIME_DOOR_HTTP_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HTTP_HEAD_MAX (16 * 1024)
#define HTTP_HEADERS_MAX 64
#define HTTP_TARGET_MAX 2048

enum http_kind { HTTP_REQUEST, HTTP_RESPONSE };

enum http_outcome {
	HTTP_DONE = 1,
	HTTP_MORE = 0,
	HTTP_BAD = -400, /* minus the status that a server answers */
	HTTP_TOO_LARGE = -413, /* a Content-Length above the limit given */
	HTTP_TARGET_LONG = -414,
	HTTP_HEAD_LONG = -431,
	HTTP_CODING = -501, /* Transfer-Encoding */
	HTTP_VERSION = -505,
};

struct http_span {
	uint32_t at, len;
};

struct http_field {
	struct http_span name, value; /* value without white space around it */
};

struct http_head {
	size_t head_len; /* with the empty line */
	struct http_span method, target; /* HTTP_REQUEST */
	int status; /* HTTP_RESPONSE */
	struct http_field fields[HTTP_HEADERS_MAX];
	size_t field_count;
	bool has_length;
	uint64_t content_length; /* 0 when there is none */
	bool chunked; /* only with http_rules.chunked */
	const char *why; /* what was wrong; static; NULL unless the outcome is negative */
};

/*
 * Looks at len bytes of buf; *scan (0 at first) remembers how far earlier calls have looked. On HTTP_DONE ret is whole; on a negative
 * outcome ret->why says what was wrong.
 */
enum http_outcome http_parse_head(const char *buf, size_t len, size_t *scan, enum http_kind kind,
				  uint64_t body_max, struct http_head *ret);

/* The same for a server that takes more of the protocol than the door does. */
struct http_rules {
	uint64_t body_max; /* of a Content-Length */
	uint32_t target_max;
	bool chunked; /* "Transfer-Encoding: chunked" is fine */
};
enum http_outcome http_parse_request(const char *buf, size_t len, size_t *scan,
				     const struct http_rules *rules, struct http_head *ret);

/* The value of a field, by a lower-case name, letters compared without case; NULL when absent. Points into head. */
const struct http_span *http_field(const char *buf, const struct http_head *head, const char *name);
bool http_span_is(const char *buf, struct http_span s, const char *z); /* exactly these bytes */

#endif
