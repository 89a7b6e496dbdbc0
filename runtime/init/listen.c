/* The loopback listener: standard SDKs find the door by environment variable alone. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include "runtime/init/init.h"

struct client {
	int fd; /* -1: free */
	struct bytes in, out;
	size_t scan, sent;
	bool waiting; /* its request is queued at the door */
	bool closing; /* after `out` has gone */
	char target[HTTP_TARGET_MAX + 1];
};

static int listener = -1;
static struct client clients[CLIENTS_MAX];

void listen_open(void)
{
	for (size_t i = 0; i < CLIENTS_MAX; i++)
		clients[i].fd = -1;
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(DOOR_PORT)};
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	int on = 1;
	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (listener < 0 || setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 ||
	    bind(listener, (struct sockaddr *)&a, sizeof(a)) < 0 ||
	    listen(listener, CLIENTS_MAX) < 0)
		die("no loopback listener: %s", strerror(errno));
}

static void client_close(struct client *c)
{
	stream_forget(c);
	close(c->fd);
	bytes_free(&c->in);
	bytes_free(&c->out);
	*c = (struct client){.fd = -1};
}

static void client_refuse(struct client *c, int status, const char *why)
{
	struct bytes body = {NULL, 0, 0};
	bytes_addf(&body,
		   "{\"title\":\"bad request to the door\",\"status\":%d,\"detail\":", status);
	bytes_json(&body, why, strlen(why));
	bytes_add(&body, "}", 1);
	bytes_addf(&c->out,
		   "HTTP/1.1 %d Refused\r\nContent-Type: application/problem+json\r\nConnection: "
		   "close\r\n"
		   "Content-Length: %zu\r\n\r\n",
		   status, body.len);
	bytes_add(&c->out, body.p, body.len);
	bytes_free(&body);
	c->closing = true;
}

/* The door's answer goes to the client with a head of our own making. */
static void client_answer(void *state, const struct answer *a)
{
	struct client *c = state;
	if (a->head->status / 100 == 2)
		invoke_answered(c->target);
	bytes_addf(&c->out, "HTTP/1.1 %d Door\r\n", a->head->status);
	for (size_t i = 0; i < a->head->field_count; i++) {
		const struct http_field *f = &a->head->fields[i];
		if (f->name.len == 14 &&
		    strncasecmp(a->buf + f->name.at, "aspora-request", 14) == 0)
			continue;
		bytes_add(&c->out, a->buf + f->name.at, f->name.len);
		bytes_add(&c->out, ": ", 2);
		bytes_add(&c->out, a->buf + f->value.at, f->value.len);
		bytes_add(&c->out, "\r\n", 2);
	}
	bytes_add(&c->out, "\r\n", 2);
	bytes_add(&c->out, a->body, a->body_len);
	c->waiting = false;
}

/* Passes a whole request on, if there is one. */
static void client_take(struct client *c)
{
	struct http_head h;
	if (c->in.len == 0)
		return;
	enum http_outcome o = http_parse_head(c->in.p, c->in.len, &c->scan, HTTP_REQUEST,
					      DOOR_BODY_MAX, &h);
	if (o < 0) {
		client_refuse(c, -(int)o, h.why);
		return;
	}
	if (o == HTTP_MORE)
		return;
	const struct http_span *expect = http_field(c->in.p, &h, "expect");
	if (expect && c->in.len == h.head_len && h.content_length) {
		/* A client that waits for leave to send its body (curl does). */
		static const char go[] = "HTTP/1.1 100 Continue\r\n\r\n";
		(void)!send(c->fd, go, sizeof(go) - 1, MSG_NOSIGNAL);
		return;
	}
	if (c->in.len < h.head_len + h.content_length)
		return;
	memcpy(c->target, c->in.p + h.target.at, h.target.len);
	c->target[h.target.len] = '\0';
	c->waiting = true;
	stream_forward(c->in.p, &h, client_answer, c);
	bytes_drop(&c->in, h.head_len + (size_t)h.content_length);
	c->scan = 0;
}

static void client_read(struct client *c)
{
	char piece[16384];
	ssize_t n = read(c->fd, piece, sizeof(piece));
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		client_close(c);
		return;
	}
	bytes_add(&c->in, piece, (size_t)n);
	client_take(c);
}

static void client_write(struct client *c)
{
	ssize_t n = send(c->fd, c->out.p + c->sent, c->out.len - c->sent, MSG_NOSIGNAL);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		client_close(c);
		return;
	}
	c->sent += (size_t)n;
	if (c->sent < c->out.len)
		return;
	if (c->closing) {
		client_close(c);
		return;
	}
	c->out.len = c->sent = 0;
	client_take(c);
}

static void client_accept(void)
{
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd < 0)
		return;
	for (size_t i = 0; i < CLIENTS_MAX; i++) {
		if (clients[i].fd < 0) {
			clients[i].fd = fd;
			return;
		}
	}
	close(fd);
}

static bool full(void)
{
	for (size_t i = 0; i < CLIENTS_MAX; i++)
		if (clients[i].fd < 0)
			return false;
	return true;
}

size_t listen_fill(struct pollfd *p)
{
	/* While all places are taken the kernel's queue holds the next ones. */
	p[0] = (struct pollfd){full() ? -1 : listener, POLLIN, 0};
	for (size_t i = 0; i < CLIENTS_MAX; i++) {
		const struct client *c = &clients[i];
		short events = c->out.len ? POLLOUT : c->waiting ? 0 : POLLIN;
		p[i + 1] = (struct pollfd){c->fd, events, 0};
	}
	return CLIENTS_MAX + 1;
}

void listen_handle(const struct pollfd *p, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct client *c = &clients[i - 1];
		if (c->fd < 0 || c->fd != p[i].fd || !p[i].revents)
			continue;
		if (p[i].revents & (POLLERR | POLLNVAL))
			client_close(c);
		else if (c->out.len)
			client_write(c);
		else if (!c->waiting)
			client_read(c);
		else
			client_close(c); /* hung up while it waited */
	}
	if (p[0].revents & POLLIN)
		client_accept();
}

void listen_close_clients(void)
{
	for (size_t i = 0; i < CLIENTS_MAX; i++)
		if (clients[i].fd >= 0)
			client_close(&clients[i]);
}
