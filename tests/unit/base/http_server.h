/*
 * A small real HTTP server in a process of its own, for the tests of the client. What it
 * answers is told by the path: see answer(). It serves one connection after the other.
 */
#ifndef TESTS_UNIT_BASE_HTTP_SERVER_H
#define TESTS_UNIT_BASE_HTTP_SERVER_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/child.h"
#include "base/http.h"
#include "base/io.h"
#include "tests/unit/support.h"

static int listener = -1;
static int port;
static char unix_path[256];
static struct child server = CHILD_INIT;
static struct http_client *client;

static void say(int fd, const char *text)
{
	if (io_write_all(fd, str_of(text), NULL) < 0)
		_exit(0);
}

static void answer_ok(int fd, struct str body)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(BUF_MAX);
	buf_addf(&b,
		 "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nETag:  \"v1\"\r\n"
		 "Retry-After: 7\r\nContent-Length: %zu\r\n\r\n",
		 body.len);
	buf_add_str(&b, body);
	if (io_write_all(fd, buf_str(&b), NULL) < 0)
		_exit(0);
}

static void wait_for_end(int fd)
{
	char c;
	while (read(fd, &c, 1) > 0)
		;
}

/* Returns false to close the connection. */
static bool answer(int fd, struct str request, struct str path)
{
	if (str_eqz(path, "/hello"))
		answer_ok(fd, STR("hello"));
	else if (str_eqz(path, "/echo"))
		answer_ok(fd, request);
	else if (str_eqz(path, "/missing"))
		say(fd, "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnone");
	else if (str_eqz(path, "/redirect"))
		say(fd, "HTTP/1.1 302 Found\r\nLocation: /hello\r\nContent-Length: 0\r\n\r\n");
	else if (str_eqz(path, "/continue"))
		say(fd, "HTTP/1.1 103 Early Hints\r\nETag: \"early\"\r\n\r\n"
			"HTTP/1.1 204 No Content\r\n\r\n");
	else if (str_eqz(path, "/long-etag")) {
		say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nETag: ");
		for (int i = 0; i < 128; i++)
			say(fd, "e");
		say(fd, "\r\n\r\n");
	} else if (str_eqz(path, "/silent")) {
		wait_for_end(fd);
		return false;
	} else if (str_eqz(path, "/close")) {
		return false;
	} else if (str_eqz(path, "/garbage")) {
		say(fd, "this is no HTTP\r\n\r\n");
		return false;
	} else if (str_eqz(path, "/partial")) {
		say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
		return false;
	} else if (str_eqz(path, "/stream") || str_eqz(path, "/stream-gone")) {
		say(fd, str_eqz(path, "/stream") ? "HTTP/1.1 200 OK" : "HTTP/1.1 410 Gone");
		say(fd, "\r\nTransfer-Encoding: chunked\r\n\r\n4\r\none\n\r\n4\r\ntwo\n\r\n");
		if (str_eqz(path, "/stream"))
			wait_for_end(fd);
		say(fd, "0\r\n\r\n");
	} else {
		size_t n = (size_t)strtol(path.p + strlen("/bytes/"), NULL, 10);
		CLEANUP(buf_release) struct buf b = BUF_INIT(BUF_MAX);
		buf_add_repeat(&b, 'x', n);
		answer_ok(fd, buf_str(&b));
	}
	return true;
}

/* One request and its body; false at the end of the connection. */
static bool serve_one(int fd)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(1 << 20);
	ptrdiff_t end = -1;
	size_t want = 0;
	while (end < 0 || b.len < want) {
		char piece[4096];
		ssize_t n = read(fd, piece, sizeof(piece));
		if (n <= 0)
			return false;
		if (piece[0] == 0x16) /* TLS is not spoken here */
			return false;
		buf_add(&b, piece, (size_t)n);
		end = str_find(buf_str(&b), STR("\r\n\r\n"), 0);
		if (end >= 0) {
			const char *length = strcasestr(buf_cstr(&b), "content-length: ");
			want = (size_t)end + 4 +
			       (length ? (size_t)strtol(length + 16, NULL, 10) : 0);
		}
	}
	struct str rest = buf_str(&b), method, path;
	str_split(&rest, ' ', &method);
	str_split(&rest, ' ', &path);
	return answer(fd, buf_str(&b), path);
}

static int serve(void *state)
{
	(void)state;
	for (;;) {
		int fd = accept(listener, NULL, NULL);
		if (fd < 0)
			return 1;
		while (serve_one(fd))
			;
		close(fd);
	}
}

static void setup(void)
{
	struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(in);
	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(bind(listener, (struct sockaddr *)&in, sizeof(in)), 0);
	ck_assert_int_eq(listen(listener, 8), 0);
	ck_assert_int_eq(getsockname(listener, (struct sockaddr *)&in, &len), 0);
	port = ntohs(in.sin_port);
	assert_ok(child_fork(&server, serve, NULL, &listener, 1, &support_err));
	client = http_client_new(1000);
	/* A proxy of the environment would answer for the server. */
	unsetenv("http_proxy");
	unsetenv("all_proxy");
	unsetenv("ALL_PROXY");
}

static void setup_unix(void)
{
	struct sockaddr_un un = {.sun_family = AF_UNIX};
	snprintf(unix_path, sizeof(unix_path), "%s/s", support_dir());
	ck_assert_uint_lt(strlen(unix_path), sizeof(un.sun_path));
	memcpy(un.sun_path, unix_path, strlen(unix_path) + 1);
	listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ck_assert_int_eq(bind(listener, (struct sockaddr *)&un, sizeof(un)), 0);
	ck_assert_int_eq(listen(listener, 8), 0);
	assert_ok(child_fork(&server, serve, NULL, &listener, 1, &support_err));
	client = http_client_new(1000);
}

static void teardown(void)
{
	http_client_freep(&client);
	child_release(&server);
	close(listener);
}

static const char *url(const char *path)
{
	static char text[256];
	snprintf(text, sizeof(text), "http://127.0.0.1:%d%s", port, path);
	return text;
}

#endif
