#include <errno.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <git2/sys/stream.h>

#include "base/mem.h"
#include "gitsync/fetch_int.h"

/*
 * The sockets of git://. libgit2 has no hook for addresses and no limits, so it gets its sockets from us: each
 * address is judged as it is connected to, every byte counted. ssh makes its own sockets; there the host of the URL is replaced by an
 * address that fetch_resolve() has judged, and the host key answers for the name.
 */
#define CONNECT_S 5 /* for each of a host's addresses */
#define REF_BYTES 1024 /* what one advertised ref may take */
#define SLACK_BYTES ((uint64_t)1024 * 1024)

static struct fetch
	*current; /* libgit2's stream makers get no state of ours; the child has one fetch */

struct stream {
	git_stream parent;
	char *host, *port;
	int fd;
};

static int resolve(struct fetch *f, const char *host, const char *port, struct addrinfo **ret)
{
	struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
	fetch_at(f, FETCH_RESOLVING);
	int rc = getaddrinfo(host, port, &hints, ret);
	if (rc == 0)
		return 0;
	err_set(&f->why, ERR_UNAVAILABLE, "the host %s has no address: %s", host,
		rc == EAI_SYSTEM ? strerror(errno) : gai_strerror(rc));
	return -1;
}

static bool allowed(struct fetch *f, const struct addrinfo *a, const char *host)
{
	/* A proxy is the operator's own word, and it does the looking up. */
	if (f->o->proxy)
		return true;
	return url_address_check(a->ai_addr, &f->o->policy, host, &f->why) == 0;
}

static int connect_one(struct fetch *f, const struct addrinfo *a, const char *host)
{
	const struct timeval patience = {.tv_sec = CONNECT_S};
	const int on = 1;
	char text[64] = "?";
	(void)getnameinfo(a->ai_addr, a->ai_addrlen, text, sizeof(text), NULL, 0, NI_NUMERICHOST);
	CLEANUP_FD int fd = socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0) {
		(void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
		(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		if (connect(fd, a->ai_addr, a->ai_addrlen) == 0)
			return TAKE_FD(fd);
	}
	int e = errno == EINPROGRESS ? ETIMEDOUT : errno;
	err_sys(&f->why, ERR_UNAVAILABLE, e, "cannot connect to %s (%s) port %u", host, text,
		(unsigned)f->o->url.port);
	return -1;
}

static int stream_connect(git_stream *parent)
{
	struct stream *s = (struct stream *)parent;
	struct fetch *f = current;
	struct addrinfo *list = NULL;
	if (resolve(f, s->host, s->port, &list) < 0)
		return -1;
	fetch_at(f, FETCH_CONNECTING);
	for (struct addrinfo *a = list; a && s->fd < 0; a = a->ai_next)
		if (allowed(f, a, s->host))
			s->fd = connect_one(f, a, s->host);
	freeaddrinfo(list);
	if (s->fd < 0)
		return -1;
	memset(&f->why, 0, sizeof(f->why));
	fetch_at(f, FETCH_GREETING);
	return 0;
}

/* The list of refs ends where the answer that carries the pack begins. */
static bool within(struct fetch *f, uint64_t bytes)
{
	uint32_t phase = atomic_load(&f->page->phase);
	bool listing = phase == FETCH_GREETING || phase == FETCH_LISTING;
	uint64_t most = f->limits.refs * REF_BYTES + SLACK_BYTES;
	if (listing && bytes > most) {
		err_set(&f->why, ERR_TOO_LARGE, "the list of refs has more than %llu bytes",
			(unsigned long long)most);
		return false;
	}
	most += f->limits.pack_bytes + f->limits.pack_bytes / 16;
	if (bytes > most)
		err_set(&f->why, ERR_TOO_LARGE, "the server sent more than %llu bytes",
			(unsigned long long)most);
	return bytes <= most;
}

static ssize_t stream_read(git_stream *parent, void *data, size_t len)
{
	struct stream *s = (struct stream *)parent;
	ssize_t n;
	do
		n = recv(s->fd, data, len, 0);
	while (n < 0 && errno == EINTR);
	if (n < 0) {
		err_sys(&current->why, ERR_UNAVAILABLE, errno, "the connection to %s broke",
			s->host);
		return -1;
	}
	uint64_t total = atomic_fetch_add(&current->page->bytes, (uint64_t)n) + (uint64_t)n;
	/* The first line of the list of refs carries the capabilities. */
	if (total == (uint64_t)n &&
	    str_find(str_make(data, (size_t)n), STR("object-format=sha256"), 0) >= 0) {
		(void)git_refuse_sha256(&current->why, "the remote repository");
		return -1;
	}
	return within(current, total) ? n : -1;
}

static ssize_t stream_write(git_stream *parent, const char *data, size_t len, int flags)
{
	struct stream *s = (struct stream *)parent;
	(void)flags;
	for (;;) {
		ssize_t n = send(s->fd, data, len, MSG_NOSIGNAL);
		if (n >= 0)
			return n;
		if (errno != EINTR) {
			err_sys(&current->why, ERR_UNAVAILABLE, errno, "the connection to %s broke",
				s->host);
			return -1;
		}
	}
}

static int stream_close(git_stream *parent)
{
	struct stream *s = (struct stream *)parent;
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
	return 0;
}

static void stream_free(git_stream *parent)
{
	struct stream *s = (struct stream *)parent;
	(void)stream_close(parent);
	free(s->host);
	free(s->port);
	free(s);
}

static int stream_new(git_stream **out, const char *host, const char *port)
{
	struct stream *s = mem_zalloc(sizeof(*s));
	s->parent.version = GIT_STREAM_VERSION;
	s->parent.connect = stream_connect;
	s->parent.read = stream_read;
	s->parent.write = stream_write;
	s->parent.close = stream_close;
	s->parent.free = stream_free;
	s->host = mem_strdup(host);
	s->port = mem_strdup(port);
	s->fd = -1;
	*out = &s->parent;
	return 0;
}

int fetch_stream_register(struct fetch *f, struct err *err)
{
	git_stream_registration r = {.version = GIT_STREAM_VERSION, .init = stream_new};
	current = f;
	if (f->o->url.scheme == URL_SSH)
		return 0;
	return git_stream_register(GIT_STREAM_STANDARD, &r) < 0
		       ? git_fail(err, ERR_UNSUPPORTED, "libgit2 takes no sockets from us")
		       : 0;
}

int fetch_resolve(struct fetch *f, struct err *err)
{
	struct addrinfo *list = NULL;
	char port[8];
	snprintf(port, sizeof(port), "%u", (unsigned)f->o->url.port);
	if (resolve(f, f->o->url.host, port, &list) < 0) {
		*err = f->why;
		return err->code;
	}
	fetch_at(f, FETCH_CONNECTING);
	bool found = false;
	for (struct addrinfo *a = list; a && !found; a = a->ai_next) {
		if (!allowed(f, a, f->o->url.host))
			continue;
		/* Also tells now, and clearly, when nobody listens. */
		CLEANUP_FD int fd = connect_one(f, a, f->o->url.host);
		found = fd >= 0 && getnameinfo(a->ai_addr, a->ai_addrlen, f->address,
					       sizeof(f->address), NULL, 0, NI_NUMERICHOST) == 0;
	}
	freeaddrinfo(list);
	if (!found) {
		*err = f->why;
		return err->code;
	}
	memset(&f->why, 0, sizeof(f->why));
	return 0;
}
