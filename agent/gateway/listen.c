/* Listening sockets, and who is let in. */
#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "agent/gateway/server_int.h"
#include "base/io.h"
#include "base/mem.h"

#define BACKLOG 511
#define ACCEPT_ROUNDS 64

/* --- letting in ------------------------------------------------------------------------------------------------ */

static bool is_full(struct gw_server *s, const struct gw_address *a)
{
	size_t same = 0;
	if (s->stats.open >= s->opts.max_connections)
		return true;
	if (a->local)
		return false;
	for (struct gw_conn *c = s->conns; c; c = c->next)
		same += memcmp(&c->address, a, sizeof(*a)) == 0;
	return same >= s->opts.per_address;
}

/* Told in one go what is wrong, without becoming a connection of ours. */
static void turn_away(struct gw_server *s, int fd, bool local)
{
	static const char problem[] =
		"{\"type\":\"urn:aspora:error:quota\",\"title\":\"too many connections\","
		"\"status\":503,\"detail\":\"too many connections are open\",\"code\":\"quota\"}";
	char words[512];
	int n = snprintf(words, sizeof(words),
			 "HTTP/1.1 503 Service Unavailable\r\nContent-Type: "
			 "application/problem+json\r\nRetry-After: 1\r\nConnection: close\r\n"
			 "Content-Length: %zu\r\n\r\n%s",
			 sizeof(problem) - 1, problem);
	s->stats.refused++;
	if (s->tls && !local) { /* a handshake would be what we have no room for */
		close(fd);
		return;
	}
	(void)!send(fd, words, (size_t)n, MSG_NOSIGNAL | MSG_DONTWAIT);
	shutdown(fd, SHUT_WR);
	close(fd);
}

static void address_of(const struct sockaddr_storage *from, bool local, struct gw_address *ret,
		       char peer[64])
{
	memset(ret, 0, sizeof(*ret));
	ret->local = local;
	snprintf(peer, 64, "local");
	if (from->ss_family == AF_INET && !local) {
		const struct sockaddr_in *in = (const void *)from;
		memcpy(ret->bytes, &in->sin_addr, sizeof(in->sin_addr));
		inet_ntop(AF_INET, &in->sin_addr, peer, 64);
	} else if (from->ss_family == AF_INET6 && !local) {
		const struct sockaddr_in6 *in = (const void *)from;
		/* A host has a whole /64 to send from. */
		memcpy(ret->bytes, &in->sin6_addr, 8);
		inet_ntop(AF_INET6, &in->sin6_addr, peer, 64);
	}
}

static void on_accept(struct loop *l, int fd, uint32_t events, void *state)
{
	struct gw_server *s = state;
	bool local = false;
	(void)l;
	(void)events;
	for (size_t i = 0; i < s->listener_count; i++)
		if (s->listeners[i].fd == fd)
			local = s->listeners[i].local;
	for (int i = 0; i < ACCEPT_ROUNDS; i++) {
		struct sockaddr_storage from = {0};
		socklen_t len = sizeof(from);
		struct gw_address address;
		char peer[64];
		int got = accept4(fd, (struct sockaddr *)&from, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
		if (got < 0) {
			if (errno == EMFILE || errno == ENFILE || errno == ENOMEM ||
			    errno == ENOBUFS)
				gw_listeners_pause(s, true);
			return;
		}
		address_of(&from, local, &address, peer);
		s->stats.accepted++;
		if (is_full(s, &address)) {
			turn_away(s, got, local);
			continue;
		}
		int one = 1;
		if (!local)
			(void)setsockopt(got, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
		gw_conn_open(s, got, &address, peer);
	}
}

/* --- listening --------------------------------------------------------------------------------------------------- */

static int add_listener(struct gw_server *s, int fd, bool local, char *path, struct err *err)
{
	struct listener *l = &s->listeners[s->listener_count];
	if (s->listener_count == GW_LISTENERS_MAX)
		return err_set(err, ERR_INVALID, "more than %d addresses to listen on",
			       GW_LISTENERS_MAX);
	*l = (struct listener){.fd = fd, .local = local, .path = path};
	int rc = loop_add_fd(s->opts.loop, fd, EPOLLIN, on_accept, s, &l->source, err);
	if (rc == 0)
		s->listener_count++;
	return rc;
}

/* "host:port" or "[host]:port"; numeric or a name. */
static int resolve(struct str address, struct addrinfo **ret, struct err *err)
{
	char host[256], port[16];
	size_t colon = address.len;
	while (colon > 0 && address.p[colon - 1] != ':')
		colon--;
	struct str h = colon ? str_sub(address, 0, colon - 1) : STR_NULL;
	struct str p = str_sub(address, colon, address.len);
	if (h.len > 2 && h.p[0] == '[' && h.p[h.len - 1] == ']')
		h = str_sub(h, 1, h.len - 1);
	int64_t number;
	if (h.len == 0 || h.len >= sizeof(host) || p.len >= sizeof(port) ||
	    !str_to_i64(p, &number) || number < 0 || number > 65535) {
		err_set(err, ERR_INVALID, "\"%.*s\" is not an address and a port",
			STR_ARG(address));
		return err_remedy(err, "write for example 127.0.0.1:8440 or [::1]:8440");
	}
	snprintf(host, sizeof(host), "%.*s", STR_ARG(h));
	snprintf(port, sizeof(port), "%.*s", STR_ARG(p));
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM,
				       .ai_flags = AI_PASSIVE | AI_NUMERICSERV};
	int rc = getaddrinfo(host, port, &hints, ret);
	return rc ? err_set(err, ERR_INVALID, "cannot listen on \"%.*s\": %s", STR_ARG(address),
			    gai_strerror(rc))
		  : 0;
}

static void describe(int fd, char out[64])
{
	struct sockaddr_storage at = {0};
	socklen_t len = sizeof(at);
	char host[INET6_ADDRSTRLEN] = "";
	if (getsockname(fd, (struct sockaddr *)&at, &len) < 0)
		return;
	if (at.ss_family == AF_INET6) {
		const struct sockaddr_in6 *in = (const void *)&at;
		inet_ntop(AF_INET6, &in->sin6_addr, host, sizeof(host));
		snprintf(out, 64, "[%s]:%d", host, ntohs(in->sin6_port));
	} else {
		const struct sockaddr_in *in = (const void *)&at;
		inet_ntop(AF_INET, &in->sin_addr, host, sizeof(host));
		snprintf(out, 64, "%s:%d", host, ntohs(in->sin_port));
	}
}

static int failed_to_listen(struct str address, struct err *err)
{
	int sys = errno;
	err_sys(err, sys == EADDRINUSE ? ERR_UNAVAILABLE : ERR_IO, sys, "cannot listen on %.*s",
		STR_ARG(address));
	return sys == EADDRINUSE ? err_remedy(err, "stop what listens there, or set gateway.listen")
				 : err->code;
}

int gw_server_listen_tcp(struct gw_server *s, struct str address, char ret_address[64],
			 struct err *err)
{
	struct addrinfo *found = NULL;
	int rc = resolve(address, &found, err), one = 1;
	if (rc < 0)
		return rc;
	CLEANUP_FD int fd = socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	bool fine = fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)) == 0 &&
		    bind(fd, found->ai_addr, found->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0;
	if (!fine)
		rc = failed_to_listen(address, err);
	freeaddrinfo(found);
	if (rc < 0)
		return rc;
	if (ret_address)
		describe(fd, ret_address);
	if ((rc = add_listener(s, fd, false, NULL, err)) == 0)
		(void)TAKE_FD(fd);
	return rc;
}

/* A socket file that nobody answers behind is a dead process's. */
static bool somebody_listens(const struct sockaddr_un *at)
{
	CLEANUP_FD int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	return fd >= 0 &&
	       (connect(fd, (const struct sockaddr *)at, sizeof(*at)) == 0 || errno == EAGAIN);
}

int gw_server_listen_unix(struct gw_server *s, const char *path, struct err *err)
{
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	if (strlen(path) >= sizeof(at.sun_path)) {
		err_set(err, ERR_INVALID, "the path of the socket has more than %zu bytes: %s",
			sizeof(at.sun_path) - 1, path);
		return err_remedy(err, "set gateway.socket to a shorter one");
	}
	memcpy(at.sun_path, path, strlen(path) + 1);
	if (somebody_listens(&at))
		return err_set(err, ERR_UNAVAILABLE, "another process listens on %s", path);
	struct stat st;
	if (lstat(path, &st) == 0 && S_ISSOCK(st.st_mode))
		(void)unlink(path);
	CLEANUP_FD int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0 || chmod(path, 0660) < 0 ||
	    listen(fd, BACKLOG) < 0)
		return failed_to_listen(str_of(path), err);
	int rc = add_listener(s, fd, true, mem_strdup(path), err);
	if (rc == 0)
		(void)TAKE_FD(fd);
	return rc;
}

void gw_listeners_pause(struct gw_server *s, bool paused)
{
	s->paused = paused;
	for (size_t i = 0; i < s->listener_count; i++)
		loop_change_fd(s->listeners[i].source, paused ? 0 : EPOLLIN);
	if (paused)
		gw_server_tick_on(s);
}

void gw_listeners_close(struct gw_server *s)
{
	for (size_t i = 0; i < s->listener_count; i++) {
		struct listener *l = &s->listeners[i];
		loop_remove(l->source);
		close(l->fd);
		if (l->path)
			(void)unlink(l->path);
		free(l->path);
	}
	s->listener_count = 0;
}
