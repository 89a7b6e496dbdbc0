#include "runtime/door/http_parse.h"

#include <string.h>

/* A cursor over one complete head. */
struct cursor {
	const char *buf;
	size_t at, end; /* end is after the last CRLF of the head, before the empty line's */
	const char *why;
	const struct http_rules *rules;
};

static enum http_outcome fail(struct cursor *c, enum http_outcome outcome, const char *why)
{
	c->why = why;
	return outcome;
}

/* RFC 9110 5.6.2 */
static bool is_token(unsigned char c)
{
	if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
		return true;
	return c && strchr("!#$%&'*+-.^_`|~", c) != NULL;
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

/*
 * Finds the empty line. A line feed without its carriage return, a carriage return without its line feed and a NUL are refused where they stand,
 * so that a sender of such heads is not waited for.
 */
static enum http_outcome find_end(const char *buf, size_t len, size_t *scan, size_t *ret_end,
				  const char **why)
{
	size_t i = *scan;
	for (; i < len && i < HTTP_HEAD_MAX; i++) {
		if (buf[i] == '\0') {
			*why = "a NUL byte in the head";
			return HTTP_BAD;
		}
		if (i > 0 && buf[i - 1] == '\r' && buf[i] != '\n') {
			*why = "a carriage return without a line feed";
			return HTTP_BAD;
		}
		if (buf[i] != '\n')
			continue;
		if (i == 0 || buf[i - 1] != '\r') {
			*why = "a line feed without a carriage return";
			return HTTP_BAD;
		}
		if (i == 1 || (i >= 3 && buf[i - 2] == '\n')) {
			*ret_end = i + 1;
			return HTTP_DONE;
		}
	}
	*scan = i;
	if (i >= HTTP_HEAD_MAX) {
		*why = "the head is longer than 16384 bytes";
		return HTTP_HEAD_LONG;
	}
	return HTTP_MORE;
}

static bool take(struct cursor *c, const char *z)
{
	size_t n = strlen(z);
	if (c->end - c->at < n || memcmp(c->buf + c->at, z, n) != 0)
		return false;
	c->at += n;
	return true;
}

static enum http_outcome take_version(struct cursor *c)
{
	if (!take(c, "HTTP/"))
		return fail(c, HTTP_BAD, "no HTTP version where one belongs");
	if (!take(c, "1.1"))
		return fail(c, HTTP_VERSION, "only HTTP/1.1 is spoken here");
	return HTTP_DONE;
}

static enum http_outcome request_line(struct cursor *c, struct http_head *h)
{
	size_t from = c->at;
	while (c->at < c->end && is_token((unsigned char)c->buf[c->at]))
		c->at++;
	h->method = (struct http_span){(uint32_t)from, (uint32_t)(c->at - from)};
	if (h->method.len == 0 || h->method.len > 16 || !take(c, " "))
		return fail(c, HTTP_BAD, "the request line does not begin with a method");
	from = c->at;
	while (c->at < c->end && c->buf[c->at] > 0x20 && c->buf[c->at] < 0x7f)
		c->at++;
	h->target = (struct http_span){(uint32_t)from, (uint32_t)(c->at - from)};
	if (h->target.len > c->rules->target_max)
		return fail(c, HTTP_TARGET_LONG, "the target is longer than it may be");
	if (h->target.len == 0 || c->buf[from] != '/' || !take(c, " "))
		return fail(c, HTTP_BAD, "the target is not a path");
	enum http_outcome o = take_version(c);
	if (o != HTTP_DONE)
		return o;
	return take(c, "\r\n") ? HTTP_DONE
			       : fail(c, HTTP_BAD, "something stands after the HTTP version");
}

static enum http_outcome status_line(struct cursor *c, struct http_head *h)
{
	enum http_outcome o = take_version(c);
	if (o != HTTP_DONE)
		return o;
	if (!take(c, " ") || c->end - c->at < 4 || !is_digit(c->buf[c->at]) ||
	    !is_digit(c->buf[c->at + 1]) || !is_digit(c->buf[c->at + 2]))
		return fail(c, HTTP_BAD, "no status of three digits");
	h->status = (c->buf[c->at] - '0') * 100 + (c->buf[c->at + 1] - '0') * 10 +
		    (c->buf[c->at + 2] - '0');
	c->at += 3;
	if (h->status < 200 || h->status > 599)
		return fail(c, HTTP_BAD, "a status that is not of a final answer");
	if (c->buf[c->at] != ' ' && c->buf[c->at] != '\r')
		return fail(c, HTTP_BAD, "no status of three digits");
	while (c->at < c->end && c->buf[c->at] != '\r')
		c->at++;
	return take(c, "\r\n") ? HTTP_DONE : fail(c, HTTP_BAD, "the status line does not end");
}

/* One field line. */
static enum http_outcome field_line(struct cursor *c, struct http_head *h)
{
	if (h->field_count == HTTP_HEADERS_MAX)
		return fail(c, HTTP_HEAD_LONG, "more than 64 header fields");
	struct http_field *f = &h->fields[h->field_count];
	size_t from = c->at;
	while (c->at < c->end && is_token((unsigned char)c->buf[c->at]))
		c->at++;
	f->name = (struct http_span){(uint32_t)from, (uint32_t)(c->at - from)};
	if (f->name.len == 0)
		return fail(c, HTTP_BAD, "a header field without a name, or a folded line");
	if (!take(c, ":"))
		return fail(c, HTTP_BAD, "no colon directly after a header field's name");
	while (c->at < c->end && (c->buf[c->at] == ' ' || c->buf[c->at] == '\t'))
		c->at++;
	from = c->at;
	while (c->at < c->end && c->buf[c->at] != '\r') {
		unsigned char b = (unsigned char)c->buf[c->at];
		if ((b < 0x20 && b != '\t') || b == 0x7f)
			return fail(c, HTTP_BAD, "a control character in a header field");
		c->at++;
	}
	size_t to = c->at;
	while (to > from && (c->buf[to - 1] == ' ' || c->buf[to - 1] == '\t'))
		to--;
	f->value = (struct http_span){(uint32_t)from, (uint32_t)(to - from)};
	h->field_count++;
	return take(c, "\r\n") ? HTTP_DONE : fail(c, HTTP_BAD, "a header field does not end");
}

static bool name_is(const char *buf, struct http_span s, const char *name)
{
	size_t i = 0;
	for (; i < s.len && name[i]; i++)
		if (lower(buf[s.at + i]) != name[i])
			return false;
	return i == s.len && !name[i];
}

static enum http_outcome length_field(struct cursor *c, struct http_head *h, struct http_span v)
{
	if (h->has_length)
		return fail(c, HTTP_BAD, "more than one Content-Length");
	if (v.len == 0 || v.len > 15 || (v.len > 1 && c->buf[v.at] == '0'))
		return fail(c, HTTP_BAD, "Content-Length is not a plain number");
	uint64_t n = 0;
	for (size_t i = 0; i < v.len; i++) {
		if (!is_digit(c->buf[v.at + i]))
			return fail(c, HTTP_BAD, "Content-Length is not a plain number");
		n = n * 10 + (uint64_t)(c->buf[v.at + i] - '0');
	}
	h->has_length = true;
	h->content_length = n;
	return n > c->rules->body_max ? fail(c, HTTP_TOO_LARGE, "the body is larger than it may be")
				      : HTTP_DONE;
}

static enum http_outcome coding_field(struct cursor *c, struct http_head *h, struct http_span v)
{
	if (!c->rules->chunked)
		return fail(c, HTTP_CODING,
			    "Transfer-Encoding is not used here; send Content-Length");
	if (h->chunked)
		return fail(c, HTTP_BAD, "more than one Transfer-Encoding");
	if (!name_is(c->buf, v, "chunked"))
		return fail(c, HTTP_CODING, "no Transfer-Encoding but chunked is known here");
	h->chunked = true;
	return HTTP_DONE;
}

/* What the fields say of the framing. */
static enum http_outcome framing(struct cursor *c, struct http_head *h, enum http_kind kind)
{
	unsigned hosts = 0;
	enum http_outcome o = HTTP_DONE;
	for (size_t i = 0; i < h->field_count; i++) {
		struct http_span n = h->fields[i].name;
		if (name_is(c->buf, n, "transfer-encoding") &&
		    (o = coding_field(c, h, h->fields[i].value)) != HTTP_DONE)
			return o;
		if (name_is(c->buf, n, "host") && ++hosts > 1)
			return fail(c, HTTP_BAD, "more than one Host");
	}
	if (h->chunked && http_field(c->buf, h, "content-length"))
		return fail(c, HTTP_BAD, "both Transfer-Encoding and Content-Length");
	/* The size is judged last, so that a too large body is known to be that and nothing else. */
	for (size_t i = 0; i < h->field_count && o != HTTP_BAD; i++)
		if (name_is(c->buf, h->fields[i].name, "content-length"))
			o = length_field(c, h, h->fields[i].value);
	if (o != HTTP_DONE)
		return o;
	if (kind == HTTP_RESPONSE && !h->has_length)
		return fail(c, HTTP_BAD, "an answer without Content-Length");
	return HTTP_DONE;
}

static enum http_outcome parse(const char *buf, size_t len, size_t *scan, enum http_kind kind,
			       const struct http_rules *rules, struct http_head *ret)
{
	size_t end = 0;
	ret->why = NULL;
	enum http_outcome o = find_end(buf, len, scan, &end, &ret->why);
	if (o != HTTP_DONE)
		return o;
	struct cursor c = {buf, 0, end - 2, NULL, rules};
	ret->head_len = end;
	ret->field_count = 0;
	ret->status = 0;
	ret->has_length = ret->chunked = false;
	ret->content_length = 0;
	ret->method = ret->target = (struct http_span){0, 0};
	o = kind == HTTP_REQUEST ? request_line(&c, ret) : status_line(&c, ret);
	while (o == HTTP_DONE && c.at < c.end)
		o = field_line(&c, ret);
	if (o == HTTP_DONE)
		o = framing(&c, ret, kind);
	ret->why = c.why;
	return o;
}

enum http_outcome http_parse_head(const char *buf, size_t len, size_t *scan, enum http_kind kind,
				  uint64_t body_max, struct http_head *ret)
{
	const struct http_rules rules = {body_max, HTTP_TARGET_MAX, false};
	return parse(buf, len, scan, kind, &rules, ret);
}

enum http_outcome http_parse_request(const char *buf, size_t len, size_t *scan,
				     const struct http_rules *rules, struct http_head *ret)
{
	return parse(buf, len, scan, HTTP_REQUEST, rules, ret);
}

const struct http_span *http_field(const char *buf, const struct http_head *head, const char *name)
{
	for (size_t i = 0; i < head->field_count; i++)
		if (name_is(buf, head->fields[i].name, name))
			return &head->fields[i].value;
	return NULL;
}

bool http_span_is(const char *buf, struct http_span s, const char *z)
{
	return strlen(z) == s.len && memcmp(buf + s.at, z, s.len) == 0;
}
