/* The client's side of the door. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "runtime/init/init.h"

struct call {
	struct call *next;
	struct bytes out; /* the request, whole */
	size_t sent;
	unsigned long id;
	answer_fn fn;
	void *state;
};

static struct call *first, *last; /* first is under way */
static struct bytes in;
static size_t scan;
static unsigned long next_id = 1;

static struct call *call_new(answer_fn fn, void *state)
{
	struct call *c = calloc(1, sizeof(*c));
	if (!c)
		die("out of memory");
	c->fn = fn;
	c->state = state;
	c->id = next_id++;
	if (last)
		last->next = c;
	else
		first = c;
	last = c;
	return c;
}

static void call_end(struct call *c, const void *body, size_t body_len)
{
	bytes_addf(&c->out, "Aspora-Request: %lu\r\nContent-Length: %zu\r\n\r\n", c->id, body_len);
	bytes_add(&c->out, body, body_len);
}

void stream_call(const char *method, const char *target, const char *content_type, const void *body,
		 size_t body_len, answer_fn fn, void *state)
{
	struct call *c = call_new(fn, state);
	bytes_addf(&c->out, "%s %s HTTP/1.1\r\nHost: door\r\n", method, target);
	if (content_type)
		bytes_addf(&c->out, "Content-Type: %s\r\n", content_type);
	call_end(c, body, body_len);
}

static bool hop_by_hop(const char *buf, struct http_span name)
{
	static const char *const names[] = {"connection",
					    "keep-alive",
					    "proxy-connection",
					    "te",
					    "trailer",
					    "upgrade",
					    "expect",
					    "host",
					    "content-length",
					    "aspora-request",
					    NULL};
	for (size_t i = 0; names[i]; i++)
		if (strlen(names[i]) == name.len &&
		    strncasecmp(buf + name.at, names[i], name.len) == 0)
			return true;
	return false;
}

void stream_forward(const char *buf, const struct http_head *head, answer_fn fn, void *state)
{
	struct call *c = call_new(fn, state);
	bytes_add(&c->out, buf + head->method.at, head->method.len);
	bytes_add(&c->out, " ", 1);
	bytes_add(&c->out, buf + head->target.at, head->target.len);
	bytes_addf(&c->out, " HTTP/1.1\r\nHost: door\r\n");
	for (size_t i = 0; i < head->field_count; i++) {
		const struct http_field *f = &head->fields[i];
		if (hop_by_hop(buf, f->name))
			continue;
		bytes_add(&c->out, buf + f->name.at, f->name.len);
		bytes_add(&c->out, ": ", 2);
		bytes_add(&c->out, buf + f->value.at, f->value.len);
		bytes_add(&c->out, "\r\n", 2);
	}
	call_end(c, buf + head->head_len, (size_t)head->content_length);
}

void stream_forget(const void *state)
{
	for (struct call *c = first; c; c = c->next)
		if (c->state == state)
			c->fn = NULL;
}

bool stream_idle(void)
{
	return first == NULL;
}

short stream_events(void)
{
	return (short)(POLLIN | (first && first->sent < first->out.len ? POLLOUT : 0));
}

static void send_some(void)
{
	while (first && first->sent < first->out.len) {
		ssize_t n = write(DOOR_FD, first->out.p + first->sent,
				  first->out.len - first->sent);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		if (n <= 0)
			_exit(0); /* the keeper has gone, and so do we */
		first->sent += (size_t)n;
	}
}

/* The answer that is in `in`, if it is whole. */
static bool take_answer(void)
{
	struct http_head head;
	enum http_outcome o = http_parse_head(in.p, in.len, &scan, HTTP_RESPONSE, DOOR_BODY_MAX,
					      &head);
	if (o < 0)
		die("the door answered what is not HTTP: %s", head.why);
	if (o == HTTP_MORE || in.len < head.head_len + head.content_length)
		return false;
	const struct http_span *id = http_field(in.p, &head, "aspora-request");
	char want[24];
	if (first)
		snprintf(want, sizeof(want), "%lu", first->id);
	if (!first || first->sent < first->out.len || !id || !http_span_is(in.p, *id, want))
		die("the door answered a request that was not made");
	struct call *c = first;
	first = c->next;
	if (!first)
		last = NULL;
	struct answer a = {in.p, &head, in.p + head.head_len, (size_t)head.content_length};
	if (c->fn)
		c->fn(c->state, &a);
	bytes_free(&c->out);
	free(c);
	bytes_drop(&in, head.head_len + (size_t)head.content_length);
	scan = 0;
	return true;
}

static void receive_some(void)
{
	char piece[65536];
	ssize_t n = read(DOOR_FD, piece, sizeof(piece));
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0)
		_exit(0);
	bytes_add(&in, piece, (size_t)n);
	while (in.len && take_answer())
		;
}

void stream_handle(short revents)
{
	if (revents & (POLLIN | POLLHUP | POLLERR))
		receive_some();
	send_some();
}

void stream_flush(void)
{
	while (first) {
		struct pollfd p = {DOOR_FD, stream_events(), 0};
		if (poll(&p, 1, -1) < 0 && errno != EINTR)
			_exit(0);
		stream_handle(p.revents);
	}
}
