/* What happens to one connection. */
#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent/gateway/server_int.h"
#include "base/mem.h"

#define READ_BYTES (64 * 1024) /* of bodies */
#define READ_HEAD_BYTES (4 * 1024) /* of heads: what an idle connection costs */
#define READ_ROUNDS 4 /* before others have their turn */
#define LINGER_MS 2000
#define LINGER_BYTES (1024 * 1024)
#define STREAM_LOOK_MS 1000 /* a stream looks by itself this often: time passes for it too */
#define SLOW_BYTES_PER_MS 256 /* a body may take its deadline, and this long beside */

/* What a step of the connection came to. */
enum step { STEP_ON, STEP_WAIT, STEP_GONE };

static int64_t now_ms(const struct gw_conn *c)
{
	return clock_mono(loop_clock(c->server->opts.loop));
}

static void hold(struct gw_conn *c, size_t bytes)
{
	c->server->stats.held_bytes += bytes;
	c->held += bytes;
}

static void unhold(struct gw_conn *c)
{
	c->server->stats.held_bytes -= c->held;
	c->held = 0;
}

/* --- life ---------------------------------------------------------------------------------------------------- */

static void on_socket(struct loop *l, int fd, uint32_t events, void *state);

void gw_conn_open(struct gw_server *s, int fd, const struct gw_address *address, const char *peer)
{
	struct gw_conn *c = mem_zalloc(sizeof(*c));
	struct err ignored = ERR_INIT;
	c->server = s;
	c->fd = fd;
	c->address = *address;
	snprintf(c->request.peer, sizeof(c->request.peer), "%s", peer);
	buf_init(&c->in, HTTP_HEAD_MAX + READ_BYTES);
	buf_init(&c->out, BUF_MAX);
	buf_init(&c->body, 0);
	c->reply = (struct gw_reply){.fields = BUF_INIT(BUF_MAX), .body = BUF_INIT(BUF_MAX)};
	c->deadline_ms = now_ms(c) + s->opts.header_timeout_ms;
	c->events = EPOLLIN;
	if (loop_add_fd(s->opts.loop, fd, c->events, on_socket, c, &c->source, &ignored) < 0) {
		close(fd);
		free(c);
		return;
	}
	c->next = s->conns;
	if (c->next)
		c->next->prev = c;
	s->conns = c;
	s->stats.open++;
	gw_server_tick_on(s);
}

static void request_over(struct gw_conn *c, int status)
{
	struct gw_server *s = c->server;
	if (c->phase == CONN_WAIT || c->phase == CONN_STREAM)
		s->stats.waiting--;
	if (c->under_way) {
		c->under_way = false;
		s->opts.handler.done(s->opts.handler.state, &c->request, status, c->sent_total);
	}
	unhold(c);
}

void gw_conn_close(struct gw_conn *c)
{
	struct gw_server *s = c->server;
	request_over(c, c->phase == CONN_SEND || c->phase == CONN_STREAM ? c->reply.status : 0);
	if (c->prev)
		c->prev->next = c->next;
	else
		s->conns = c->next;
	if (c->next)
		c->next->prev = c->prev;
	loop_remove(c->source);
	close(c->fd);
	s->stats.open--;
	gw_reply_reset(&c->reply);
	buf_release(&c->in);
	buf_release(&c->out);
	buf_release(&c->body);
	free(c);
	if (s->draining && !s->conns && s->opts.drained)
		s->opts.drained(s->opts.handler.state);
}

/* --- the request --------------------------------------------------------------------------------------------- */

/* The buffer may have moved since the head was read. */
static void bind_request(struct gw_conn *c)
{
	struct gw_request *q = &c->request;
	q->bytes = c->in.data;
	q->head = &c->head;
	q->method = str_make(c->in.data + c->head.method.at, c->head.method.len);
	q->target = str_make(c->in.data + c->head.target.at, c->head.target.len);
	ptrdiff_t query = str_find_byte(q->target, '?', 0);
	q->path = query < 0 ? q->target : str_sub(q->target, 0, (size_t)query);
	q->query = query < 0 ? STR("") : str_sub(q->target, (size_t)query + 1, q->target.len);
	q->body = c->head.chunked ? buf_str(&c->body)
				  : str_sub(buf_str(&c->in), c->head.head_len,
					    c->head.head_len + (size_t)c->body_length);
}

static void begin_send(struct gw_conn *c)
{
	c->phase = CONN_SEND;
	c->deadline_ms = now_ms(c) + c->server->opts.send_timeout_ms;
	gw_reply_begin(c);
}

/* A request that we will not read to its end: the connection cannot be used after it. */
static enum step refuse(struct gw_conn *c, int code, int status, const char *words)
{
	c->keep = false;
	gw_refuse(&c->reply, code, status, "%s", words);
	begin_send(c);
	return STEP_ON;
}

static enum step bad_head(struct gw_conn *c, enum http_outcome o)
{
	c->server->stats.bad_heads++;
	c->request.id[0] = '\0';
	c->head_only = false;
	int code = o == HTTP_CODING || o == HTTP_VERSION	  ? ERR_UNSUPPORTED
		   : o == HTTP_TARGET_LONG || o == HTTP_HEAD_LONG ? ERR_TOO_LARGE
								  : ERR_SYNTAX;
	return refuse(c, code, -(int)o, c->head.why);
}

/* What the parser lets through because a sender of answers may write it. */
static const char *odd_fields(const struct gw_request *q)
{
	static const char *const once[] = {"authorization", "content-type", "expect",
					   "idempotency-key", "if-none-match"};
	for (size_t i = 0; i < ARRAY_SIZE(once); i++)
		if (gw_field_count(q, once[i]) > 1)
			return once[i];
	return NULL;
}

static void begin_id(struct gw_conn *c)
{
	snprintf(c->request.id, sizeof(c->request.id), "%s-%llx", c->server->id_prefix,
		 (unsigned long long)++c->server->next_id);
}

static bool wants_close(const struct gw_request *q)
{
	struct str rest = gw_field(q, "connection"), word;
	while (str_split(&rest, ',', &word))
		if (str_eq_nocase(str_trim(word), STR("close")))
			return true;
	return false;
}

/* Says what may come, and whether it is waited for. */
static enum step begin_body(struct gw_conn *c)
{
	struct gw_server *s = c->server;
	struct str expect = gw_field(&c->request, "expect");
	size_t room = c->head.chunked ? c->body_max : (size_t)c->body_length;
	if (c->body_length > c->body_max) {
		char words[128];
		snprintf(words, sizeof(words),
			 "the body has %llu bytes; at most %zu are taken here",
			 (unsigned long long)c->body_length, c->body_max);
		return refuse(c, ERR_TOO_LARGE, 413, words);
	}
	if (c->request.has_body && c->body_max == 0)
		return refuse(c, ERR_TOO_LARGE, 413, "this request takes no body");
	if (expect.p && !str_eq_nocase(expect, STR("100-continue")))
		return refuse(c, ERR_USAGE, 417, "only 100-continue may be expected");
	if (room > READ_BYTES && s->stats.held_bytes + room > s->opts.held_bytes)
		return refuse(c, ERR_QUOTA, 503, "too many large bodies are being received");
	if (c->request.has_body)
		hold(c, room);
	if (expect.p && c->request.has_body && c->in.len == c->head.head_len)
		buf_addz(&c->out, "HTTP/1.1 100 Continue\r\n\r\n");
	c->in.limit = c->head.head_len + (size_t)c->body_length + READ_BYTES;
	c->body.limit = c->body_max;
	c->chunk = (struct chunk_decoder){0};
	c->phase = CONN_BODY;
	c->deadline_ms = now_ms(c) + s->opts.body_timeout_ms + (int64_t)(room / SLOW_BYTES_PER_MS);
	return STEP_ON;
}

static enum step step_head(struct gw_conn *c)
{
	const struct http_rules rules = {
		.body_max = UINT32_MAX, .target_max = GW_TARGET_MAX, .chunked = true};
	struct gw_server *s = c->server;
	enum http_outcome o = http_parse_request(buf_cstr(&c->in), c->in.len, &c->scan, &rules,
						 &c->head);
	if (o == HTTP_MORE)
		return STEP_WAIT;
	c->keep = true;
	c->sent_total = 0;
	if (o != HTTP_DONE)
		return bad_head(c, o);
	begin_id(c);
	c->body_length = c->head.content_length;
	bind_request(c);
	c->request.began_ms = now_ms(c);
	c->request.has_body = c->head.chunked || c->body_length > 0;
	c->request.user = NULL;
	c->head_only = str_eqz(c->request.method, "HEAD");
	c->keep = !wants_close(&c->request) && !s->draining;
	const char *odd = odd_fields(&c->request);
	if (gw_field_count(&c->request, "host") == 0)
		return refuse(c, ERR_SYNTAX, 400, "the request has no Host field");
	if (odd) {
		char words[64];
		snprintf(words, sizeof(words), "more than one %s field", odd);
		return refuse(c, ERR_SYNTAX, 400, words);
	}
	c->under_way = true;
	c->body_max = 0;
	s->opts.handler.head(s->opts.handler.state, &c->request, &c->body_max, &c->reply);
	if (c->reply.status == 0)
		return begin_body(c);
	c->keep = c->keep && !c->request.has_body;
	begin_send(c);
	return STEP_ON;
}

static enum step run_handler(struct gw_conn *c)
{
	struct gw_server *s = c->server;
	bind_request(c);
	s->opts.handler.body(s->opts.handler.state, &c->request, &c->reply);
	if (c->reply.again) {
		c->phase = CONN_WAIT;
		s->stats.waiting++;
		return STEP_WAIT;
	}
	begin_send(c);
	return STEP_ON;
}

static enum step step_body(struct gw_conn *c)
{
	if (!c->head.chunked)
		return c->in.len >= c->head.head_len + (size_t)c->body_length ? run_handler(c)
									      : STEP_WAIT;
	size_t used = 0;
	struct str data = str_sub(buf_str(&c->in), c->head.head_len, c->in.len);
	enum chunk_outcome o = chunk_decode(&c->chunk, data, &used, &c->body);
	if (used) {
		memmove(c->in.data + c->head.head_len, data.p + used, data.len - used);
		c->in.len -= used;
	}
	if (o == CHUNK_BAD)
		return refuse(c, ERR_SYNTAX, 400, "the chunks of the body are not as they must be");
	if (o == CHUNK_TOO_LARGE)
		return refuse(c, ERR_TOO_LARGE, 413, "the body is larger than is taken here");
	return o == CHUNK_DONE ? run_handler(c) : STEP_WAIT;
}

/* --- the reply ------------------------------------------------------------------------------------------------ */

/* Sends what it can. Negative: the connection is dead. */
static int flush(struct gw_conn *c)
{
	while (c->sent < c->out.len) {
		ssize_t n = send(c->fd, c->out.data + c->sent, c->out.len - c->sent, MSG_NOSIGNAL);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN || errno == EWOULDBLOCK ? 0 : -1;
		c->sent += (size_t)n;
		c->sent_total += (uint64_t)n;
		if (c->phase == CONN_SEND)
			c->deadline_ms = now_ms(c) + c->server->opts.send_timeout_ms;
	}
	buf_reset(&c->out);
	c->sent = 0;
	return 1;
}

static void begin_linger(struct gw_conn *c)
{
	c->phase = CONN_LINGER;
	c->deadline_ms = now_ms(c) + LINGER_MS;
	c->lingered = 0;
	buf_reset(&c->in);
	c->in.limit = HTTP_HEAD_MAX + READ_BYTES;
	shutdown(c->fd, SHUT_WR);
}

/* The reply is out: on to the next request, which may stand in the buffer already. */
static enum step reply_over(struct gw_conn *c)
{
	struct gw_server *s = c->server;
	size_t whole = c->head.chunked ? c->head.head_len
				       : c->head.head_len + (size_t)c->body_length;
	request_over(c, c->reply.status);
	gw_reply_reset(&c->reply);
	buf_release(&c->body);
	c->body = (struct buf)BUF_INIT(0);
	if (!c->keep || s->draining) {
		begin_linger(c);
		return STEP_ON;
	}
	size_t left = c->in.len - whole;
	if (left)
		memmove(c->in.data, c->in.data + whole, left);
	c->in.len = left;
	if (left == 0 && c->in.cap > HTTP_HEAD_MAX)
		buf_release(&c->in);
	c->in.limit = HTTP_HEAD_MAX + READ_BYTES;
	c->scan = 0;
	c->phase = CONN_HEAD;
	c->deadline_ms = now_ms(c) + (left ? s->opts.header_timeout_ms : s->opts.idle_timeout_ms);
	return STEP_ON;
}

static enum step step_send(struct gw_conn *c)
{
	for (;;) {
		int rc = flush(c);
		if (rc < 0)
			return STEP_GONE;
		if (rc == 0)
			return STEP_WAIT;
		if (!c->chunked)
			return reply_over(c);
		int more = gw_reply_more(c);
		if (more < 0)
			return STEP_GONE;
		if (more == GW_MORE_LATER && c->out.len == 0) {
			c->phase = CONN_STREAM;
			c->deadline_ms = now_ms(c) + STREAM_LOOK_MS;
			c->server->stats.waiting++;
			return STEP_WAIT;
		}
	}
}

static enum step step_linger(struct gw_conn *c)
{
	c->lingered += c->in.len;
	buf_reset(&c->in);
	return c->lingered > LINGER_BYTES ? STEP_GONE : STEP_WAIT;
}

/* --- events --------------------------------------------------------------------------------------------------- */

static enum step step(struct gw_conn *c)
{
	switch (c->phase) {
	case CONN_HEAD:
		return step_head(c);
	case CONN_BODY:
		return step_body(c);
	case CONN_SEND:
		return step_send(c);
	case CONN_LINGER:
		return step_linger(c);
	case CONN_WAIT:
	case CONN_STREAM:
		break;
	}
	return STEP_WAIT;
}

/* Goes as far as it can. False: the connection is closed and gone. */
static bool advance(struct gw_conn *c)
{
	enum step s;
	do {
		s = step(c);
	} while (s == STEP_ON);
	/* "100 Continue" waits in out as well. */
	if (s != STEP_GONE && c->phase == CONN_BODY && flush(c) < 0)
		s = STEP_GONE;
	if (s == STEP_GONE) {
		gw_conn_close(c);
		return false;
	}
	uint32_t events = c->out.len ? EPOLLOUT : 0;
	if (c->phase == CONN_HEAD || c->phase == CONN_BODY || c->phase == CONN_LINGER)
		events |= EPOLLIN;
	if (c->phase == CONN_STREAM)
		events |=
			EPOLLRDHUP; /* nobody listens any more: do not wait until a send says so */
	if (events != c->events) {
		c->events = events;
		loop_change_fd(c->source, events);
	}
	return true;
}

/* 1: something came; 0: nothing; negative: the peer has ended, or the connection is dead. */
static int read_some(struct gw_conn *c)
{
	size_t want = c->phase == CONN_BODY ? READ_BYTES : READ_HEAD_BYTES;
	size_t room = MIN(c->in.limit - c->in.len, want);
	char *to = room ? buf_reserve(&c->in, room) : NULL;
	if (!to)
		return 0;
	ssize_t n = recv(c->fd, to, room, 0);
	if (n < 0)
		return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? 0 : -1;
	if (n == 0)
		return -1;
	/* The deadline of a head begins with its first byte, not with the reply before. */
	if (c->phase == CONN_HEAD && c->in.len == 0)
		c->deadline_ms = now_ms(c) + c->server->opts.header_timeout_ms;
	buf_grew(&c->in, (size_t)n);
	return 1;
}

static void on_socket(struct loop *l, int fd, uint32_t events, void *state)
{
	struct gw_conn *c = state;
	(void)l;
	(void)fd;
	if (events & (EPOLLERR | EPOLLHUP) || (events & EPOLLRDHUP && c->phase == CONN_STREAM)) {
		gw_conn_close(c);
		return;
	}
	if (events & EPOLLOUT && !advance(c))
		return;
	for (int i = 0; i < READ_ROUNDS && (c->events & EPOLLIN); i++) {
		int rc = read_some(c);
		if (rc < 0) {
			gw_conn_close(c);
			return;
		}
		if (rc == 0 || !advance(c))
			return;
	}
}

void gw_conn_wake(struct gw_conn *c)
{
	if (c->phase == CONN_STREAM) {
		c->server->stats.waiting--;
		c->phase = CONN_SEND;
		c->deadline_ms = now_ms(c) + c->server->opts.send_timeout_ms;
		(void)advance(c);
		return;
	}
	if (c->phase != CONN_WAIT || !c->reply.again(c->reply.state, &c->reply))
		return;
	c->reply.again = NULL;
	c->server->stats.waiting--;
	begin_send(c);
	(void)advance(c);
}

void gw_conn_tick(struct gw_conn *c, int64_t now)
{
	if (c->phase == CONN_STREAM && c->server->draining) {
		c->server->stats.waiting--;
		c->phase = CONN_SEND;
		c->keep = false;
		gw_reply_end(c);
		(void)advance(c);
		return;
	}
	if (c->phase == CONN_STREAM) {
		if (c->deadline_ms <= now)
			gw_conn_wake(c);
		return;
	}
	if (c->phase == CONN_WAIT) {
		if (c->reply.until_ms <= now)
			gw_conn_wake(c);
		return;
	}
	if (c->deadline_ms > now)
		return;
	/* Whoever sent part of a request hears why; the others just go. */
	bool partial = (c->phase == CONN_HEAD && c->in.len) || c->phase == CONN_BODY;
	if (!partial) {
		gw_conn_close(c);
		return;
	}
	c->server->stats.timeouts++;
	if (c->phase == CONN_HEAD) {
		c->request.id[0] = '\0';
		c->head_only = false;
	}
	(void)refuse(c, ERR_TIMEOUT, 408, "the request did not arrive in time");
	(void)advance(c);
}
