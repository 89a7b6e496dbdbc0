#include "base/clock.h"
#include "base/mem.h"
#include "tests/unit/base/http_server.h"

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

START_TEST(a_certificate_is_refused_unless_its_authority_is_named)
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
	CLEANUP(http_response_release) struct http_response r = {0};
	client = http_client_new(1 << 20);
	/* Until it listens the connection is refused; then TLS speaks. */
	int rc = ERR_UNAVAILABLE;
	for (int i = 0; i < 5000 && rc == ERR_UNAVAILABLE; i++) {
		rc = http_call(client, &q, &r, &support_err);
		usleep(2000);
	}
	ck_assert_int_eq(rc, ERR_DENIED);
	ck_assert_msg(strstr(support_err.msg, "is not trusted: ") != NULL, "%s", support_err.msg);
	q.ca_file = cert;
	assert_ok(http_call(client, &q, &r, &support_err));
	ck_assert_int_eq(r.status, 200);
	q.ca_file = "/nonexistent/ca.pem";
	http_response_release(&r);
	assert_err(http_call(client, &q, &r, &support_err), ERR_INVALID,
		   "the certificates in /nonexistent/ca.pem cannot be read");
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
	CASE(a_certificate_is_refused_unless_its_authority_is_named),
	{0}};

int main(void)
{
	return support_main("base/http", cases);
}
