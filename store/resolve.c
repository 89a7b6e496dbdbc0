/*
 * Names of hosts, looked up without blocking: libpq asks the resolver within PQconnectPoll(), which waits for as long as a name server does. For who has a loop
 * a child asks instead, and libpq is given addresses.
 */
#include "store/resolve_int.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netdb.h>
#include <unistd.h>

#include "base/child.h"
#include "base/io.h"
#include "base/mem.h"

#define ANSWER_BYTES (3 * 16384 + 16)
#define ADDRESSES_MAX 8 /* of one name */

/* One of libpq's lists: the n-th between commas, "" past the end. */
static struct str nth(const char *list, size_t n)
{
	struct str rest = str_of(list ? list : ""), one = STR("");
	for (size_t i = 0; i <= n; i++)
		if (!str_split(&rest, ',', &one))
			return STR("");
	return one;
}

static size_t count_of(const char *list)
{
	size_t n = 1;
	for (const char *p = list; (p = strchr(p, ',')); p++)
		n++;
	return n;
}

static bool is_name(struct str host)
{
	char text[256];
	unsigned char ignored[16];
	if (host.len == 0 || host.len >= sizeof(text) || host.p[0] == '/' || host.p[0] == '@')
		return false;
	snprintf(text, sizeof(text), "%.*s", STR_ARG(host));
	return inet_pton(AF_INET, text, ignored) != 1 && inet_pton(AF_INET6, text, ignored) != 1;
}

bool resolve_is_needed(const char *hosts)
{
	for (size_t i = 0; hosts && i < count_of(hosts); i++)
		if (is_name(nth(hosts, i)))
			return true;
	return false;
}

static void put(struct resolved *r, struct str host, const char *address, struct str port)
{
	const char *comma = r->hosts.len ? "," : "";
	buf_addf(&r->hosts, "%s%.*s", comma, STR_ARG(host));
	buf_addf(&r->addresses, "%s%s", comma, address);
	buf_addf(&r->ports, "%s%.*s", comma, STR_ARG(port));
}

/* A socket's folder and what is an address already have nothing to be looked up. */
static int look_up(struct resolved *r, struct str host, struct str port)
{
	const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
	struct addrinfo *found = NULL;
	char address[NI_MAXHOST];
	size_t n = 0;
	if (!is_name(host)) {
		bool numeric = host.len && host.p[0] != '/' && host.p[0] != '@';
		CLEANUP_FREE char *text = mem_strndup(host.p, host.len);
		put(r, host, numeric ? text : "", port);
		return 0;
	}
	CLEANUP_FREE char *name = mem_strndup(host.p, host.len);
	int rc = getaddrinfo(name, NULL, &hints, &found);
	for (const struct addrinfo *a = found; rc == 0 && a && n < ADDRESSES_MAX; a = a->ai_next) {
		if (getnameinfo(a->ai_addr, a->ai_addrlen, address, sizeof(address), NULL, 0,
				NI_NUMERICHOST) != 0)
			continue;
		put(r, host, address, port);
		n++;
	}
	if (found)
		freeaddrinfo(found);
	return rc;
}

struct question {
	const char *hosts, *ports;
	int out;
};

/* In the child: three lines, or one that begins with "!" and says why there is none. */
static int ask(void *state)
{
	const struct question *q = state;
	CLEANUP(resolved_release) struct resolved r = RESOLVED_INIT;
	CLEANUP(buf_release) struct buf text = BUF_INIT(ANSWER_BYTES);
	struct err ignored = ERR_INIT;
	int why = 0;
	for (size_t i = 0; i < count_of(q->hosts); i++) {
		struct str host = nth(q->hosts, i);
		/* One port is for all of them. */
		struct str port = nth(q->ports, count_of(q->ports ? q->ports : "") > 1 ? i : 0);
		int rc = look_up(&r, host, port);
		if (rc != 0) {
			why = rc;
			buf_reset(&text);
			buf_addf(&text, "!%.*s: %s", STR_ARG(host), gai_strerror(rc));
		}
	}
	if (r.hosts.overflow || r.addresses.overflow || r.ports.overflow) {
		buf_reset(&text);
		buf_addz(&text, "!the list of hosts has too many addresses");
	} else if (r.hosts.len || why == 0) {
		/* As libpq: another host of the list will do. */
		buf_reset(&text);
		buf_addf(&text, "%s\n%s\n%s\n", buf_cstr(&r.hosts), buf_cstr(&r.addresses),
			 buf_cstr(&r.ports));
	}
	return io_write_all(q->out, buf_str(&text), &ignored) < 0;
}

/* Everything that the child says, until it ends. */
static int hear(int fd, const struct resolve_opts *o, struct buf *text, struct err *err)
{
	for (;;) {
		char piece[1024];
		if (o->wait(o->wait_state, fd, POLLIN, o->deadline_ms) < 0)
			return err_set(err, ERR_UNAVAILABLE,
				       "the name of the database's host was not found in time");
		ssize_t n = read(fd, piece, sizeof(piece));
		if (n == 0)
			return buf_check(text, "the answer", err);
		if (n > 0)
			buf_add(text, piece, (size_t)n);
		else if (errno != EAGAIN && errno != EINTR)
			return err_sys(err, ERR_IO, errno, "reading the addresses of a host");
	}
}

static int take(struct resolved *ret, struct str text, struct err *err)
{
	struct str rest = text, line;
	struct buf *to[] = {&ret->hosts, &ret->addresses, &ret->ports};
	if (text.len == 0)
		return err_set(err, ERR_UNAVAILABLE, "the process that looks up hosts has ended");
	if (text.p[0] == '!')
		return err_set(err, ERR_UNAVAILABLE, "the database's host cannot be found: %.*s",
			       STR_ARG(str_sub(text, 1, text.len)));
	for (size_t i = 0; i < ARRAY_SIZE(to) && str_split(&rest, '\n', &line); i++)
		buf_add_str(to[i], line);
	return 0;
}

int resolve_hosts(const char *hosts, const char *ports, const struct resolve_opts *o,
		  struct resolved *ret, struct err *err)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(ANSWER_BYTES);
	CLEANUP(child_release) struct child child = CHILD_INIT;
	int ends[2], rc = io_pipe(ends, err);
	if (rc < 0)
		return rc;
	struct question q = {.hosts = hosts, .ports = ports, .out = ends[1]};
	rc = child_fork(&child, ask, &q, &q.out, 1, err);
	close(ends[1]);
	if (rc == 0)
		rc = io_set_nonblock(ends[0], true, err);
	if (rc == 0)
		rc = hear(ends[0], o, &text, err);
	close(ends[0]);
	return rc < 0 ? rc : take(ret, buf_str(&text), err);
}

void resolved_release(struct resolved *r)
{
	buf_release(&r->hosts);
	buf_release(&r->addresses);
	buf_release(&r->ports);
}
