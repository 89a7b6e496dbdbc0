/* What happens to one connection. */
#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent/gateway/server_int.h"
#include "base/mem.h"

#define READ_HEAD_BYTES (4 * 1024) /* of heads: what an idle connection costs */
#define READ_ROUNDS 4 /* before others have their turn */
#define PIECES 4 /* of a stream, before others have their turn */
#define LINGER_MS 2000
#define LINGER_BYTES (1024 * 1024)
#define STREAM_LOOK_MS 1000 /* a stream looks by itself this often: time passes for it too */

int64_t gw_conn_now_ms(const struct gw_conn *c)
{
	return clock_mono(loop_clock(c->server->opts.loop));
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
	buf_init(&c->in, HTTP_HEAD_MAX + GW_READ_BYTES);
	buf_init(&c->out, BUF_MAX);
	buf_init(&c->body, 0);
	gw_reply_reset(&c->reply);
	c->deadline_ms = gw_conn_now_ms(c) + s->opts.header_timeout_ms;
	c->events = EPOLLIN;
	if (s->tls && !address->local)
		c->tls = gw_tls_open(s->tls, fd, peer);
	c->request.tls = c->tls != NULL;
	if (loop_add_fd(s->opts.loop, fd, c->events, on_socket, c, &c->source, &ignored) < 0) {
		gw_tls_close(c->tls);
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

static void destroy(struct gw_conn *c)
{
	gw_reply_reset(&c->reply);
	buf_release(&c->in);
	buf_release(&c->out);
	buf_release(&c->body);
	free(c);
}

void gw_conn_close(struct gw_conn *c)
{
	struct gw_server *s = c->server;
	int status = c->phase == CONN_SEND || c->phase == CONN_STREAM ? c->reply.status : 0;
	bool held = c->under_way && c->request.held;
	if (!held)
		request_over(c, status);
	else if (c->phase == CONN_WAIT || c->phase == CONN_STREAM)
		s->stats.waiting--;
	if (c->prev)
		c->prev->next = c->next;
	else
		s->conns = c->next;
	if (c->next)
		c->next->prev = c->prev;
	loop_remove(c->source);
	gw_tls_close(c->tls);
	close(c->fd);
	s->stats.open--;
	if (held) {
		c->phase = CONN_LINGER;
		c->reply.status = status;
		c->request.gone = true;
		s->opts.handler.gone(s->opts.handler.state, &c->request);
	} else {
		destroy(c);
	}
	if (s->draining && !s->conns && s->opts.drained)
		s->opts.drained(s->opts.handler.state);
}

static struct gw_conn *conn_of(struct gw_request *q)
{
	return (struct gw_conn *)((char *)q - offsetof(struct gw_conn, request));
}

void gw_request_release(struct gw_request *q)
{
	q->held = false;
	if (!q->gone)
		return;
	struct gw_conn *c = conn_of(q);
	request_over(c, c->reply.status);
	destroy(c);
}

void gw_request_wake(struct gw_request *q)
{
	gw_conn_wake(conn_of(q));
}

/* --- the reply ------------------------------------------------------------------------------------------------ */

void gw_conn_begin_send(struct gw_conn *c)
{
	c->phase = CONN_SEND;
	c->deadline_ms = gw_conn_now_ms(c) + c->server->opts.send_timeout_ms;
	gw_reply_begin(c);
}

/*
 * All bytes of a connection go through these two: -1 with errno as of recv() and send(), EAGAIN included; 0 of the first: the peer has ended.
 */
static ssize_t conn_read(struct gw_conn *c, char *to, size_t room)
{
	return c->tls ? gw_tls_read(c->tls, to, room) : recv(c->fd, to, room, 0);
}

static ssize_t conn_write(struct gw_conn *c, const char *from, size_t len)
{
	return c->tls ? gw_tls_write(c->tls, from, len) : send(c->fd, from, len, MSG_NOSIGNAL);
}

/* Sends what it can. Negative: the connection is dead. */
static int flush(struct gw_conn *c)
{
	while (c->sent < c->out.len) {
		ssize_t n = conn_write(c, c->out.data + c->sent, c->out.len - c->sent);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN || errno == EWOULDBLOCK ? 0 : -1;
		c->sent += (size_t)n;
		c->sent_total += (uint64_t)n;
		if (c->phase == CONN_SEND)
			c->deadline_ms = gw_conn_now_ms(c) + c->server->opts.send_timeout_ms;
	}
	buf_reset(&c->out);
	c->sent = 0;
	return 1;
}

static void begin_linger(struct gw_conn *c)
{
	c->phase = CONN_LINGER;
	c->deadline_ms = gw_conn_now_ms(c) + LINGER_MS;
	c->lingered = 0;
	buf_reset(&c->in);
	c->in.limit = HTTP_HEAD_MAX + GW_READ_BYTES;
	if (c->tls)
		gw_tls_end(c->tls);
	shutdown(c->fd, SHUT_WR);
}

/* The reply is out: on to the next request, which may stand in the buffer already. */
static enum conn_step reply_over(struct gw_conn *c)
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
		return CONN_STEP_ON;
	}
	size_t left = c->in.len - whole;
	if (left)
		memmove(c->in.data, c->in.data + whole, left);
	c->in.len = left;
	if (left == 0 && c->in.cap > HTTP_HEAD_MAX)
		buf_release(&c->in);
	c->in.limit = HTTP_HEAD_MAX + GW_READ_BYTES;
	c->scan = 0;
	c->phase = CONN_HEAD;
	c->deadline_ms = gw_conn_now_ms(c) +
			 (left ? s->opts.header_timeout_ms : s->opts.idle_timeout_ms);
	return CONN_STEP_ON;
}

static enum conn_step step_send(struct gw_conn *c)
{
	c->yields = false;
	for (int pieces = 0;; pieces++) {
		int rc = flush(c);
		if (rc < 0)
			return CONN_STEP_GONE;
		if (rc == 0)
			return CONN_STEP_WAIT;
		if (!c->chunked)
			return reply_over(c);
		/* A client that takes whatever it is given is not alone. */
		if (pieces == PIECES) {
			c->yields = true;
			return CONN_STEP_WAIT;
		}
		int more = gw_reply_more(c);
		if (more < 0)
			return CONN_STEP_GONE;
		if (more == GW_MORE_LATER && c->out.len == 0) {
			c->phase = CONN_STREAM;
			c->deadline_ms = gw_conn_now_ms(c) + STREAM_LOOK_MS;
			c->server->stats.waiting++;
			return CONN_STEP_WAIT;
		}
	}
}

static enum conn_step step_linger(struct gw_conn *c)
{
	c->lingered += c->in.len;
	buf_reset(&c->in);
	return c->lingered > LINGER_BYTES ? CONN_STEP_GONE : CONN_STEP_WAIT;
}

/* --- events --------------------------------------------------------------------------------------------------- */

static enum conn_step step(struct gw_conn *c)
{
	switch (c->phase) {
	case CONN_HEAD:
		return gw_conn_step_head(c);
	case CONN_BODY:
		return gw_conn_step_body(c);
	case CONN_SEND:
		return step_send(c);
	case CONN_LINGER:
		return step_linger(c);
	case CONN_WAIT:
	case CONN_STREAM:
		break;
	}
	return CONN_STEP_WAIT;
}

/* Asks for the events that its phase waits for. */
static void listen_for(struct gw_conn *c)
{
	uint32_t events = c->out.len || c->yields ? EPOLLOUT : 0;
	if (c->phase == CONN_HEAD || c->phase == CONN_BODY || c->phase == CONN_LINGER)
		events |= EPOLLIN | (c->tls ? gw_tls_wants(c->tls) : 0);
	/* Who asks nothing more while it waits costs no change of what is watched for. */
	if (c->phase == CONN_WAIT && !c->peer_ended)
		events |= c->looked_away ? EPOLLRDHUP : EPOLLIN;
	/* Nobody listens any more: do not wait until a send says so. */
	if (c->phase == CONN_STREAM)
		events |= EPOLLRDHUP;
	if (events != c->events) {
		c->events = events;
		loop_change_fd(c->source, events);
	}
}

/* Goes as far as it can. False: the connection is closed and gone. */
static bool advance(struct gw_conn *c)
{
	enum conn_step s;
	do {
		s = step(c);
	} while (s == CONN_STEP_ON);
	/* "100 Continue" waits in out as well. */
	if (s != CONN_STEP_GONE && c->phase == CONN_BODY && flush(c) < 0)
		s = CONN_STEP_GONE;
	if (s == CONN_STEP_GONE) {
		gw_conn_close(c);
		return false;
	}
	listen_for(c);
	return true;
}

/* 1: something came; 0: nothing; negative: the peer has ended, or the connection is dead. */
static int read_some(struct gw_conn *c)
{
	size_t want = c->phase == CONN_BODY ? GW_READ_BYTES : READ_HEAD_BYTES;
	size_t room = MIN(c->in.limit - c->in.len, want);
	char *to = room ? buf_reserve(&c->in, room) : NULL;
	if (!to)
		return 0;
	ssize_t n = conn_read(c, to, room);
	if (n < 0)
		return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? 0 : -1;
	if (n == 0)
		return -1;
	/* The deadline of a head begins with its first byte, not with the reply before. */
	if (c->phase == CONN_HEAD && c->in.len == 0)
		c->deadline_ms = gw_conn_now_ms(c) + c->server->opts.header_timeout_ms;
	buf_grew(&c->in, (size_t)n);
	return 1;
}

/* It has closed its side: it may wait for the answer all the same, or have gone. */
static void ended_by_peer(struct gw_conn *c)
{
	const struct gw_handler *h = &c->server->opts.handler;
	c->peer_ended = true;
	if (c->request.held && h->leaving)
		h->leaving(h->state, &c->request);
	listen_for(c);
}

/* Something came before the reply to what came before: the end, or a request whose turn is later. */
static void peek(struct gw_conn *c, bool ended)
{
	char byte;
	ssize_t n = recv(c->fd, &byte, 1, MSG_PEEK);
	if (n == 0 || ended) {
		ended_by_peer(c);
	} else if (n > 0) {
		c->looked_away = true;
		listen_for(c);
	} else if (errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) {
		gw_conn_close(c);
	}
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
	if (c->phase == CONN_WAIT) {
		peek(c, events & EPOLLRDHUP);
		return;
	}
	if (events & EPOLLOUT && !advance(c))
		return;
	/* What comes while it waits stays where it is: the request's views point into the buffer. */
	for (int i = 0; i < READ_ROUNDS && (c->events & EPOLLIN) && c->phase != CONN_WAIT; i++) {
		int rc = read_some(c);
		if (rc < 0) {
			gw_conn_close(c);
			return;
		}
		/* A handshake may wait for the socket to take its bytes. */
		if (rc == 0 && c->tls)
			listen_for(c);
		if (rc == 0 || !advance(c))
			return;
	}
}

void gw_conn_wake(struct gw_conn *c)
{
	if (c->phase == CONN_STREAM) {
		c->server->stats.waiting--;
		c->phase = CONN_SEND;
		c->deadline_ms = gw_conn_now_ms(c) + c->server->opts.send_timeout_ms;
		(void)advance(c);
		return;
	}
	if (c->phase != CONN_WAIT || !c->reply.again(c->reply.state, &c->reply))
		return;
	c->reply.again = NULL;
	c->looked_away = false;
	c->server->stats.waiting--;
	if (!c->judging) {
		gw_conn_begin_send(c);
		(void)advance(c);
		return;
	}
	c->judging = false;
	/* Where it goes on from, should head() have to wait once more. */
	c->phase = CONN_HEAD;
	if (gw_conn_judge(c) != CONN_STEP_GONE)
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
	(void)gw_conn_refuse(c, ERR_TIMEOUT, 408, "the request did not arrive in time");
	(void)advance(c);
}
