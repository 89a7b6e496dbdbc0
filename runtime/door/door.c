#include "runtime/door/door.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>

#include "base/mem.h"
#include "runtime/door/door_int.h"
#include "runtime/init/protocol.h"

#define REPLY_MAX ((size_t)DOOR_BODY_MAX)

const char *door_phase_name(enum door_phase p)
{
	static const char *const names[] = {"starting", "waiting", "running",
					    "answered", "failed",  "ready"};
	return names[p];
}

struct door *door_new(const struct door_opts *o)
{
	struct door *d = mem_zalloc(sizeof(*d));
	size_t body_max = MAX(o->output_max, (size_t)DOOR_BODY_MAX);
	d->opts = *o;
	buf_init(&d->in, HTTP_HEAD_MAX + body_max + 65536);
	buf_init(&d->out, HTTP_HEAD_MAX + 2 * REPLY_MAX);
	buf_init(&d->response, o->output_max);
	buf_init(&d->log, o->log_max);
	buf_init(&d->fault.message, 64 * 1024);
	d->fault.exit_status = d->fault.signal = -1;
	transcript_init(&d->transcript);
	d->began_ms = clock_mono(o->clock);
	return d;
}

void door_free(struct door *d)
{
	if (!d)
		return;
	buf_release(&d->in);
	buf_release(&d->out);
	buf_release(&d->response);
	buf_release(&d->log);
	buf_release(&d->fault.message);
	transcript_release(&d->transcript);
	free(d);
}

void door_freep(struct door **d)
{
	door_free(*d);
}

/* --- answers --- */

static void write_reply(struct door *d, const struct http_head *h, struct door_reply *a)
{
	const struct http_span *id = http_field(d->in.data, h, "aspora-request");
	buf_addf(&d->out, "HTTP/1.1 %d %s\r\n", a->status, a->status < 400 ? "OK" : "Refused");
	if (a->type)
		buf_addf(&d->out, "Content-Type: %s\r\n", a->type);
	if (id)
		buf_addf(&d->out, "Aspora-Request: %.*s\r\n", (int)id->len, d->in.data + id->at);
	buf_add_str(&d->out, buf_str(&a->fields));
	buf_addf(&d->out, "Content-Length: %zu\r\n\r\n", a->body.len);
	buf_add_str(&d->out, buf_str(&a->body));
}

/* Everything about one whole request that stands at the front of `in`. */
static void record(struct door *d, const struct door_request *q, const struct door_reply *a)
{
	transcript_add(&d->transcript, &(struct transcript_exchange){
					       .ms = clock_mono(d->opts.clock) - d->began_ms,
					       .method = q->method,
					       .target = q->target,
					       .request = q->body,
					       .status = a->status,
					       .response = buf_str(&a->body),
				       });
}

static void finish(struct door *d, const struct http_head *h, const struct door_request *q,
		   struct door_reply *a)
{
	size_t whole = h->head_len + (size_t)h->content_length;
	write_reply(d, h, a);
	record(d, q, a);
	/* The request points into `in` until here. */
	memmove(d->in.data, d->in.data + whole, d->in.len - whole);
	d->in.len -= whole;
	d->scan = 0;
}

static void reply_release(struct door_reply *a)
{
	buf_release(&a->fields);
	buf_release(&a->body);
}

/* --- requests --- */

static struct door_request request_of(const struct door *d, const struct http_head *h)
{
	struct door_request q = {
		.method = str_make(d->in.data + h->method.at, h->method.len),
		.target = str_make(d->in.data + h->target.at, h->target.len),
		.body = str_make(d->in.data + h->head_len, (size_t)h->content_length),
	};
	ptrdiff_t query = str_find_byte(q.target, '?', 0);
	q.path = query < 0 ? q.target : str_sub(q.target, 0, (size_t)query);
	return q;
}

static void dispatch(struct door *d, struct door_request *q, struct door_reply *a)
{
	int status;
	const struct door_route *r = door_route_find(q->method, q->path, &q->id, &status);
	size_t most = r && r->body_max ? r->body_max : d->opts.output_max;
	if (!r && status == 405)
		door_problem(a, 405, "usage", "%.*s does not take %.*s", STR_ARG(q->path),
			     STR_ARG(q->method));
	else if (!r)
		door_problem(a, 404, "not-found", "the door has no %.*s", STR_ARG(q->path));
	else if (q->body.len > most)
		door_problem(a, 413, "too-large", "the body has %zu bytes, more than %zu",
			     q->body.len, most);
	else
		r->run(d, q, a);
	if (d->opts.on_request && !a->later && !(r && r->plumbing))
		d->opts.on_request(d->opts.state, q->method, q->path, a->status);
}

/* 1: a request was answered, 0: there is none that is whole (or it waits). */
static int serve_one(struct door *d, struct err *err)
{
	struct http_head h;
	if (d->in.len == 0)
		return 0;
	enum http_outcome o = http_parse_head(d->in.data, d->in.len, &d->scan, HTTP_REQUEST,
					      MAX(d->opts.output_max, (size_t)DOOR_BODY_MAX), &h);
	if (o < 0)
		return err_set(err, ERR_SANDBOX, "what comes through the door is not HTTP: %s",
			       h.why);
	if (o == HTTP_MORE || d->in.len < h.head_len + h.content_length)
		return 0;
	CLEANUP(reply_release)
	struct door_reply a = {.fields = BUF_INIT(4096), .body = BUF_INIT(REPLY_MAX)};
	struct door_request q = request_of(d, &h);
	dispatch(d, &q, &a);
	if (a.later)
		return 0;
	finish(d, &h, &q, &a);
	return 1;
}

void door_give(struct door *d, const struct door_invocation *i)
{
	struct http_head h;
	assert(d->phase == DOOR_WAITING);
	d->phase = DOOR_RUNNING;
	d->invocation = *i;
	d->began_ms = clock_mono(d->opts.clock);
	snprintf(d->id, sizeof(d->id), "%s", i->id);
	transcript_head(&d->transcript, i->id);
	/* The request that waits still stands at the front. */
	d->scan = 0;
	enum http_outcome o = http_parse_head(d->in.data, d->in.len, &d->scan, HTTP_REQUEST,
					      DOOR_BODY_MAX, &h);
	assert(o == HTTP_DONE);
	(void)o;
	CLEANUP(reply_release)
	struct door_reply a = {.fields = BUF_INIT(4096), .body = BUF_INIT(REPLY_MAX)};
	struct door_request q = request_of(d, &h);
	door_invocation_reply(d, &a);
	finish(d, &h, &q, &a);
}

/* --- the stream --- */

static int receive(struct door *d, struct err *err)
{
	for (;;) {
		char piece[65536];
		/* One read beyond what one request may hold is enough to know. */
		ssize_t n = recv(d->opts.fd, piece, sizeof(piece), 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return 0;
		if (n <= 0) {
			d->closed = true; /* an error (reset) is as much an end */
			return 0;
		}
		buf_add(&d->in, piece, (size_t)n);
		if (d->in.overflow)
			return err_set(err, ERR_SANDBOX,
				       "more came through the door than one request may hold");
		int rc;
		while ((rc = serve_one(d, err)) > 0)
			;
		if (rc < 0)
			return rc;
	}
}

static void send_some(struct door *d)
{
	while (d->sent < d->out.len && !d->closed) {
		ssize_t n = send(d->opts.fd, d->out.data + d->sent, d->out.len - d->sent,
				 MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return;
		if (n <= 0)
			d->closed = true;
		else
			d->sent += (size_t)n;
	}
	buf_reset(&d->out);
	d->sent = 0;
}

short door_events(const struct door *d)
{
	return (short)(POLLIN | (d->sent < d->out.len ? POLLOUT : 0));
}

int door_pump(struct door *d, short revents, struct err *err)
{
	int rc = 0;
	if (revents & (POLLIN | POLLHUP | POLLERR))
		rc = receive(d, err);
	if (rc == 0 && d->out.overflow)
		rc = err_set(err, ERR_SANDBOX, "the sandbox asks without reading the answers");
	if (rc == 0)
		send_some(d);
	return rc;
}

/* --- looking --- */

bool door_closed(const struct door *d)
{
	return d->closed;
}

enum door_phase door_phase(const struct door *d)
{
	return d->phase;
}

struct str door_response(const struct door *d)
{
	return buf_str(&d->response);
}

const struct door_fault *door_fault(const struct door *d)
{
	return &d->fault;
}

struct str door_log(const struct door *d)
{
	return buf_str(&d->log);
}

struct transcript *door_transcript(struct door *d)
{
	return &d->transcript;
}
