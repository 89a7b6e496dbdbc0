#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "base/child.h"
#include "base/clock.h"
#include "base/http.h"
#include "base/io.h"
#include "base/mem.h"
#include "tests/unit/support.h"

/* --- a small real server, in a process of its own --------------------------------------------- */

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

/* --- tests ------------------------------------------------------------------------------------ */

START_TEST(an_answer_has_status_body_and_headers)
{
	setup();
	for (int i = 0; i < 3; i++) { /* the connection is kept and used again */
		CLEANUP(http_response_release) struct http_response r = {0};
		struct http_request q = {.url = url("/hello"), .timeout_ms = 10000};
		assert_ok(http_call(client, &q, &r, &support_err));
		ck_assert_int_eq(r.status, 200);
		assert_str(buf_str(&r.body), "hello");
		ck_assert_str_eq(r.content_type, "text/plain; charset=utf-8");
		ck_assert_str_eq(r.etag, "\"v1\"");
		ck_assert_str_eq(r.retry_after, "7");
	}
	teardown();
}
END_TEST

START_TEST(any_status_is_an_answer_and_redirects_are_not_followed)
{
	setup();
	struct http_response r;
	struct http_request q = {.url = url("/missing"), .timeout_ms = 10000};
	assert_ok(http_call(client, &q, &r, &support_err));
	ck_assert_int_eq(r.status, 404);
	assert_str(buf_str(&r.body), "none");
	http_response_release(&r);
	q.url = url("/redirect");
	assert_ok(http_call(client, &q, &r, &support_err));
	ck_assert_int_eq(r.status, 302);
	http_response_release(&r);
	/* Headers of an interim answer are not those of the answer. */
	q.url = url("/continue");
	assert_ok(http_call(client, &q, &r, &support_err));
	ck_assert_int_eq(r.status, 204);
	ck_assert_str_eq(r.etag, "");
	http_response_release(&r);
	q.url = url("/long-etag");
	assert_ok(http_call(client, &q, &r, &support_err));
	ck_assert_str_eq(r.etag, "");
	http_response_release(&r);
	teardown();
}
END_TEST

static void echo(const struct http_request *q, const char *const *want, const char *const *absent)
{
	struct http_response r;
	assert_ok(http_call(client, q, &r, &support_err));
	for (; *want; want++)
		ck_assert_msg(strcasestr(buf_cstr(&r.body), *want) != NULL, "no %s in\n%s", *want,
			      buf_cstr(&r.body));
	for (; *absent; absent++)
		ck_assert_msg(!strcasestr(buf_cstr(&r.body), *absent), "%s in\n%s", *absent,
			      buf_cstr(&r.body));
	http_response_release(&r);
}

START_TEST(a_request_is_sent_as_it_was_asked)
{
	setup();
	const char *const none[] = {NULL};
	const char *const headers[] = {"Content-Type: application/json", "If-Match: \"x\"", NULL};
	struct http_request q = {.url = url("/echo"), .timeout_ms = 10000};
	const char *const get_absent[] = {"Authorization", "Content-Type", "Content-Length", NULL};
	echo(&q, (const char *const[]){"GET /echo HTTP/1.1\r\n", "User-Agent: aspora/", NULL},
	     get_absent);
	q.method = "POST";
	q.headers = headers;
	q.bearer = "key123";
	q.body = STR("{\"a\":1}");
	echo(&q,
	     (const char *const[]){"POST /echo ", "Content-Type: application/json\r\n",
				   "If-Match: \"x\"\r\n", "Authorization: Bearer key123\r\n",
				   "Content-Length: 7\r\n", "\r\n\r\n{\"a\":1}", NULL},
	     (const char *const[]){"urlencoded", "Expect", NULL});
	/* The key of one call is not in the next. */
	q = (struct http_request){.url = url("/echo"), .method = "DELETE", .timeout_ms = 10000};
	echo(&q, (const char *const[]){"DELETE /echo ", NULL}, get_absent);
	q.method = "PUT";
	echo(&q, (const char *const[]){"PUT /echo ", "Content-Length: 0\r\n", NULL},
	     (const char *const[]){"urlencoded", NULL});
	q.method = "PATCH";
	q.body = STR("a\0b");
	echo(&q, (const char *const[]){"PATCH /echo ", "Content-Length: 3\r\n", NULL}, none);
	teardown();
}
END_TEST

START_TEST(a_body_stops_at_its_limit)
{
	setup();
	struct http_response r;
	struct http_request q = {.url = url("/bytes/1000"), .timeout_ms = 10000};
	assert_ok(http_call(client, &q, &r, &support_err));
	ck_assert_uint_eq(r.body.len, 1000);
	http_response_release(&r);
	q.url = url("/bytes/1001");
	assert_err(http_call(client, &q, &r, &support_err), ERR_TOO_LARGE,
		   "over the limit of 1000 bytes");
	ck_assert_ptr_null(r.body.data);
	q.url = url("/bytes/100000");
	assert_err(http_call(client, &q, &r, &support_err), ERR_TOO_LARGE, "over the limit");
	/* The client is of use after that. */
	q.url = url("/hello");
	assert_ok(http_call(client, &q, &r, &support_err));
	http_response_release(&r);
	teardown();
}
END_TEST

START_TEST(a_mute_server_meets_the_deadline)
{
	setup();
	struct http_response r;
	struct http_request q = {.url = url("/silent"), .timeout_ms = 200};
	int64_t start = clock_mono(&clock_real);
	assert_err(http_call(client, &q, &r, &support_err), ERR_TIMEOUT, "did not answer in time");
	int64_t took = clock_mono(&clock_real) - start;
	ck_assert_int_ge(took, 190);
	ck_assert_int_lt(took, 5000);
	teardown();
}
END_TEST

START_TEST(a_broken_answer_is_unavailable)
{
	static const char *const paths[] = {"/close", "/garbage", "/partial"};
	setup();
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		struct http_response r;
		struct http_request q = {.url = url(paths[i]), .timeout_ms = 10000};
		assert_err(http_call(client, &q, &r, &support_err), ERR_UNAVAILABLE,
			   "cannot be reached");
	}
	struct http_response r;
	CLEANUP_FREE char *tls = mem_printf("https://127.0.0.1:%d/hello", port);
	struct http_request q = {.url = tls, .timeout_ms = 10000};
	assert_err(http_call(client, &q, &r, &support_err), ERR_UNAVAILABLE, "cannot be reached");
	teardown();
	q.url = url("/hello");
	client = http_client_new(100);
	assert_err(http_call(client, &q, &r, &support_err), ERR_UNAVAILABLE, "cannot be reached");
	http_client_free(client);
}
END_TEST

struct pieces {
	struct buf got;
	unsigned stop_after;
	unsigned count;
};

static int on_piece(void *state, struct str piece)
{
	struct pieces *p = state;
	buf_add_str(&p->got, piece);
	return str_ends(buf_str(&p->got), STR("two\n"));
}

START_TEST(a_stream_comes_in_pieces_and_can_be_ended)
{
	setup();
	struct pieces p = {.got = BUF_INIT(100)};
	struct http_response r;
	/* The server never ends it: only on_piece does. */
	struct http_request q = {
		.url = url("/stream"), .timeout_ms = 10000, .on_data = on_piece, .state = &p};
	assert_ok(http_call(client, &q, &r, &support_err));
	ck_assert_int_eq(r.status, 200);
	ck_assert_uint_eq(r.body.len, 0);
	assert_str(buf_str(&p.got), "one\ntwo\n");
	http_response_release(&r);
	/* What is not the stream that was asked for is collected. */
	buf_reset(&p.got);
	q.url = url("/stream-gone");
	assert_ok(http_call(client, &q, &r, &support_err));
	ck_assert_int_eq(r.status, 410);
	assert_str(buf_str(&r.body), "one\ntwo\n");
	ck_assert_uint_eq(p.got.len, 0);
	http_response_release(&r);
	buf_release(&p.got);
	teardown();
}
END_TEST

START_TEST(a_unix_socket_takes_the_place_of_the_host)
{
	setup_unix();
	struct http_response r;
	struct http_request q = {
		.url = "http://asporad/hello", .unix_socket = unix_path, .timeout_ms = 10000};
	assert_ok(http_call(client, &q, &r, &support_err));
	assert_str(buf_str(&r.body), "hello");
	http_response_release(&r);
	q.unix_socket = "/nowhere/s";
	assert_err(http_call(client, &q, &r, &support_err), ERR_UNAVAILABLE,
		   "http://asporad:80 cannot be reached");
	teardown();
}
END_TEST

START_TEST(the_guard_sees_through_every_spelling)
{
	setup();
	static const char *const hosts[] = {
		"127.0.0.1",	      "2130706433", "0x7f000001", "0177.0.0.1", "127.1",
		"[::ffff:127.0.0.1]", "0",	    "0.0.0.0",	  "[::1]",	"[::]"};
	for (size_t i = 0; i < ARRAY_SIZE(hosts); i++) {
		struct http_response r;
		CLEANUP_FREE char *u = mem_printf("http://%s:%d/hello", hosts[i], port);
		struct http_request q = {.url = u, .timeout_ms = 10000, .guard = true};
		assert_err(http_call(client, &q, &r, &support_err), ERR_DENIED,
			   "not an address of the public Internet");
	}
	/* A connection that an unguarded call has left open is no way round it. */
	struct http_response r;
	struct http_request q = {.url = url("/hello"), .timeout_ms = 10000};
	assert_ok(http_call(client, &q, &r, &support_err));
	http_response_release(&r);
	q.guard = true;
	assert_err(http_call(client, &q, &r, &support_err), ERR_DENIED, "is at 127.0.0.1,");
	teardown();
}
END_TEST

START_TEST(the_guard_lets_private_networks_in_when_allowed)
{
	setup();
	struct http_response r;
	struct http_request q = {
		.url = url("/hello"), .timeout_ms = 10000, .guard = true, .allow_private = true};
	assert_ok(http_call(client, &q, &r, &support_err));
	assert_str(buf_str(&r.body), "hello");
	http_response_release(&r);
	static const char *const never[] = {"http://169.254.169.254/", "http://0.0.0.0/",
					    "http://[fe80::1]/", "http://[ff02::1]/",
					    "http://255.255.255.255/"};
	for (size_t i = 0; i < ARRAY_SIZE(never); i++) {
		q.url = never[i];
		assert_err(http_call(client, &q, &r, &support_err), ERR_DENIED, "public Internet");
	}
	teardown();
}
END_TEST

START_TEST(bad_requests_never_leave)
{
	static const struct {
		const char *url, *part;
	} rows[] = {
		{NULL, "is empty"},
		{"", "is empty"},
		{"file:///etc/passwd", "neither http nor https"},
		{"ftp://host/x", "neither http nor https"},
		{"gopher://host/x", "neither http nor https"},
		{"host/path", "not of the form"},
		{"http://", "the URL"},
		{"http:///path", "the URL"},
		{"http://user:hunter2@host/", "holds a user name or password"},
		{"http://user@host/", "holds a user name or password"},
		{"http://host:99999/", "not of the form"},
		{"http://ho st/", "not of the form"},
		{"http://host/\r\nX: y", "not of the form"},
	};
	client = http_client_new(100);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct http_response r;
		struct http_request q = {.url = rows[i].url, .timeout_ms = 1000};
		assert_err(http_call(client, &q, &r, &support_err), ERR_INVALID, rows[i].part);
		ck_assert_ptr_null(strstr(support_err.msg, "hunter2"));
	}
	CLEANUP(buf_release) struct buf longer = BUF_INIT(BUF_MAX);
	buf_addz(&longer, "http://host/");
	buf_add_repeat(&longer, 'x', 8192);
	struct http_response r;
	struct http_request q = {.url = buf_cstr(&longer)};
	assert_err(http_call(client, &q, &r, &support_err), ERR_INVALID, "longer than 8192");
	const char *const split[] = {"A: b\r\nC: d", NULL}, *const no_colon[] = {"Ab", NULL};
	q = (struct http_request){.url = "http://127.0.0.1:1/", .headers = split};
	assert_err(http_call(client, &q, &r, &support_err), ERR_INVALID, "header line");
	q.headers = no_colon;
	assert_err(http_call(client, &q, &r, &support_err), ERR_INVALID, "header line");
	q.headers = NULL;
	q.bearer = "a\nb";
	assert_err(http_call(client, &q, &r, &support_err), ERR_INVALID, "line break");
	q.bearer = NULL;
	q.method = "GET / HTTP/1.1\r\nX:";
	assert_err(http_call(client, &q, &r, &support_err), ERR_INVALID, "method");
	http_client_free(client);
}
END_TEST

START_TEST(addresses_are_told_apart)
{
	static const struct {
		const char *text;
		bool private_;
	} rows[] = {
		{"8.8.8.8", false},
		{"1.1.1.1", false},
		{"9.255.255.255", false},
		{"10.0.0.0", true},
		{"10.255.255.255", true},
		{"11.0.0.0", false},
		{"100.63.255.255", false},
		{"100.64.0.0", true},
		{"100.127.255.255", true},
		{"100.128.0.0", false},
		{"126.255.255.255", false},
		{"127.0.0.1", true},
		{"127.255.255.255", true},
		{"169.253.255.255", false},
		{"169.254.169.254", true},
		{"172.15.255.255", false},
		{"172.16.0.0", true},
		{"172.31.255.255", true},
		{"172.32.0.0", false},
		{"192.0.0.1", true},
		{"192.0.2.1", true},
		{"192.167.255.255", false},
		{"192.168.0.1", true},
		{"192.169.0.0", false},
		{"198.17.255.255", false},
		{"198.18.0.0", true},
		{"198.19.255.255", true},
		{"198.20.0.0", false},
		{"203.0.113.9", true},
		{"223.255.255.255", false},
		{"224.0.0.1", true},
		{"239.1.1.1", true},
		{"240.0.0.0", true},
		{"255.255.255.255", true},
		{"0.0.0.0", true},
		{"0.1.2.3", true},
		{"::", true},
		{"::1", true},
		{"::2", true},
		{"::ffff:8.8.8.8", false},
		{"::ffff:10.0.0.1", true},
		{"::8.8.8.8", true},
		{"64:ff9b::8.8.8.8", false},
		{"64:ff9b::127.0.0.1", true},
		{"64:ff9b:1::1", true},
		{"100::1", true},
		{"2001::1", true},
		{"2001:db8::1", true},
		{"2001:4860:4860::8888", false},
		{"2002:0808:0808::1", false},
		{"2002:7f00:1::1", true},
		{"2606:4700::1111", false},
		{"3fff::1", true},
		{"3fff:1000::1", false},
		{"4000::1", true},
		{"fc00::1", true},
		{"fdff::1", true},
		{"fe80::1", true},
		{"fec0::1", true},
		{"ff02::1", true},
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct sockaddr_storage ss = {0};
		struct sockaddr_in *in = (struct sockaddr_in *)&ss;
		struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&ss;
		if (strchr(rows[i].text, ':')) {
			ss.ss_family = AF_INET6;
			ck_assert_int_eq(inet_pton(AF_INET6, rows[i].text, &in6->sin6_addr), 1);
		} else {
			ss.ss_family = AF_INET;
			ck_assert_int_eq(inet_pton(AF_INET, rows[i].text, &in->sin_addr), 1);
		}
		ck_assert_msg(http_address_is_private((struct sockaddr *)&ss) == rows[i].private_,
			      "%s", rows[i].text);
	}
	struct sockaddr_storage other = {.ss_family = AF_UNIX};
	ck_assert(http_address_is_private((struct sockaddr *)&other));
}
END_TEST

START_TEST(a_certificate_that_nobody_signed_is_refused)
{
	CLEANUP_FREE char *dir = mem_strdup(support_dir());
	CLEANUP_FREE char *key = mem_printf("%s/key.pem", dir);
	CLEANUP_FREE char *cert = mem_printf("%s/cert.pem", dir);
	const char *const make[] = {"openssl", "req",		"-x509", "-newkey", "rsa:2048",
				    "-nodes",  "-keyout",	key,	 "-out",    cert,
				    "-subj",   "/CN=localhost", "-days", "1",	    NULL};
	struct child_end end;
	struct child_opts o = {.argv = make};
	struct buf quiet = BUF_INIT(BUF_MAX);
	if (child_run(&o, STR(""), NULL, &quiet, 60000, &end, &support_err) < 0 || !end.exited ||
	    end.status)
		SKIP("openssl cannot make a certificate: %s", support_err.msg);
	buf_release(&quiet);
	/* A port that was free a moment ago; s_server says on which it listens only as text. */
	setup();
	teardown();
	CLEANUP_FREE char *accept_at = mem_printf("127.0.0.1:%d", port);
	const char *const serve_tls[] = {"openssl", "s_server", "-quiet", "-accept",
					 accept_at, "-key",	key,	  "-cert",
					 cert,	    "-www",	NULL};
	CLEANUP(child_release) struct child tls = CHILD_INIT;
	o = (struct child_opts){.argv = serve_tls};
	assert_ok(child_start(&tls, &o, &support_err));
	CLEANUP_FREE char *u = mem_printf("https://localhost:%d/", port);
	struct http_request q = {.url = u, .timeout_ms = 10000};
	struct http_response r;
	client = http_client_new(100);
	/* Until it listens the connection is refused; then TLS speaks. */
	for (int i = 0; i < 5000; i++) {
		ck_assert_int_eq(http_call(client, &q, &r, &support_err), ERR_UNAVAILABLE);
		if (strcasestr(support_err.msg, "certificate"))
			break;
		usleep(2000);
	}
	ck_assert_msg(strcasestr(support_err.msg, "certificate") != NULL, "%s", support_err.msg);
	http_client_free(client);
}
END_TEST

static const struct support_case cases[] = {
	CASE(an_answer_has_status_body_and_headers),
	CASE(any_status_is_an_answer_and_redirects_are_not_followed),
	CASE(a_request_is_sent_as_it_was_asked),
	CASE(a_body_stops_at_its_limit),
	CASE(a_mute_server_meets_the_deadline),
	CASE(a_broken_answer_is_unavailable),
	CASE(a_stream_comes_in_pieces_and_can_be_ended),
	CASE(a_unix_socket_takes_the_place_of_the_host),
	CASE(the_guard_sees_through_every_spelling),
	CASE(the_guard_lets_private_networks_in_when_allowed),
	CASE(bad_requests_never_leave),
	CASE(addresses_are_told_apart),
	CASE(a_certificate_that_nobody_signed_is_refused),
	{0}};

int main(void)
{
	return support_main("base/http", cases);
}
