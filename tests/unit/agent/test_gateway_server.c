/* The HTTP server by raw sockets: what a client library would refuse to send, and sizes at their limits. */
#include "tests/unit/agent/help_gateway.h"

/* --- what is well formed ------------------------------------------------------------------------------------------------------ */

START_TEST(a_request_is_answered_and_the_connection_goes_on)
{
	begin();
	struct client c = client_open();
	putz(&c, "GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n");
	assert_has(buf_cstr(&c.got), "HTTP/1.1 200 OK\r\n");
	assert_has(buf_cstr(&c.got), "\r\nAspora-Request: ");
	assert_has(buf_cstr(&c.got), "\r\nCache-Control: no-store\r\n");
	assert_has(buf_cstr(&c.got), "\r\nContent-Length: 13\r\n\r\nGET /a [b=c] ");
	buf_reset(&c.got);
	putz(&c, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello");
	assert_has(buf_cstr(&c.got), "POST /echo [] hello");
	ck_assert(!c.ended);
	ck_assert_uint_eq(dones, 2);
	buf_reset(&c.got);
	putz(&c, "GET /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
	assert_has(buf_cstr(&c.got), "Connection: close\r\n");
	ck_assert(wait_for(&c, NULL));
	client_close(&c);
}
END_TEST

START_TEST(requests_in_one_go_are_answered_in_order)
{
	begin();
	const char *said = client_sayz(
		"GET /1 HTTP/1.1\r\nHost: x\r\n\r\n"
		"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc"
		"POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
		"3\r\ndef\r\n0\r\n\r\n"
		"GET /2 HTTP/1.1\r\nHost: x\r\n\r\n");
	const char *one = strstr(said, "GET /1"), *two = strstr(said, "[] abc");
	const char *three = strstr(said, "[] def"), *four = strstr(said, "GET /2");
	ck_assert_msg(one && two && three && four, "%s", said);
	ck_assert(one < two && two < three && three < four);
}
END_TEST

START_TEST(a_request_may_come_byte_by_byte)
{
	begin();
	const char *text = "POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
			   "2\r\nab\r\n1\r\nc\r\n0\r\n\r\n";
	struct client c = client_open();
	for (const char *p = text; *p; p++)
		put(&c, p, 1);
	assert_has(buf_cstr(&c.got), "POST /echo [] abc");
	client_close(&c);
}
END_TEST

START_TEST(head_has_the_fields_and_no_body)
{
	begin();
	const char *said = client_sayz("HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n");
	assert_has(said, "Content-Length: 11\r\n\r\n");
	ck_assert_str_eq(strstr(said, "\r\n\r\n") + 4, "");
	said = client_sayz(
		"GET /nothing HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n");
	assert_has(said, "HTTP/1.1 304 Not Modified\r\n");
	assert_has(said, "GET /b");
}
END_TEST

START_TEST(a_client_that_asks_first_is_told_to_go_on)
{
	begin();
	struct client c = client_open();
	putz(&c,
	     "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
	ck_assert_str_eq(buf_cstr(&c.got), "HTTP/1.1 100 Continue\r\n\r\n");
	putz(&c, "hello");
	assert_has(buf_cstr(&c.got), "POST /echo [] hello");
	client_close(&c);
	/* Not when it is refused anyway. */
	const char *said = client_sayz("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 101\r\n"
				       "Expect: 100-continue\r\n\r\n");
	assert_has(said, "HTTP/1.1 413 Content Too Large\r\n");
	assert_has(client_sayz("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nExpect: "
			       "more\r\n\r\n"),
		   "HTTP/1.1 417 ");
}
END_TEST

/* --- what is not -------------------------------------------------------------------------------------------------------------------- */

#define H "GET / HTTP/1.1\r\nHost: x\r\n"
#define P "POST /echo HTTP/1.1\r\nHost: x\r\n"
static const struct {
	const char *what, *data;
	size_t len; /* 0: to the NUL */
	int status;
} bad[] = {
	{"CL beside TE", P "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 0,
	 400},
	{"TE beside CL", P "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n", 0,
	 400},
	{"two equal CL", P "Content-Length: 1\r\nContent-Length: 1\r\n\r\na", 0, 400},
	{"two CL", P "Content-Length: 1\r\nContent-Length: 2\r\n\r\na", 0, 400},
	{"CL list", P "Content-Length: 1, 1\r\n\r\na", 0, 400},
	{"CL +", P "Content-Length: +1\r\n\r\na", 0, 400},
	{"CL -", P "Content-Length: -1\r\n\r\n", 0, 400},
	{"CL hex", P "Content-Length: 0x1\r\n\r\n", 0, 400},
	{"CL empty", P "Content-Length:\r\n\r\n", 0, 400},
	{"CL of a planet", P "Content-Length: 99999999999999999999\r\n\r\n", 0, 400},
	{"two TE", P "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 0,
	 400},
	{"TE gzip", P "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 0, 501},
	{"TE identity", P "Transfer-Encoding: identity\r\n\r\n", 0, 501},
	{"TE padded",
	 P "Transfer-Encoding: \x0b"
	   "chunked\r\n\r\n",
	 0, 400},
	{"two Host", H "Host: y\r\n\r\n", 0, 400},
	{"no Host", "GET / HTTP/1.1\r\n\r\n", 0, 400},
	{"two Authorization", H "Authorization: a\r\nauthorization: b\r\n\r\n", 0, 400},
	{"two Content-Type", H "Content-Type: a\r\nContent-Type: b\r\n\r\n", 0, 400},
	{"two Idempotency-Key", H "Idempotency-Key: a\r\nIdempotency-Key: b\r\n\r\n", 0, 400},
	{"space before colon", H "A : b\r\n\r\n", 0, 400},
	{"obs-fold", H "A: b\r\n c\r\n\r\n", 0, 400},
	{"bare LF", "GET / HTTP/1.1\nHost: x\n\n", 0, 400},
	{"bare LF in fields", "GET / HTTP/1.1\r\nHost: x\nA: b\r\n\r\n", 0, 400},
	{"bare CR", H "A: b\rc\r\n\r\n", 0, 400},
	{"NUL in a field", H "A: b\0c\r\n\r\n", sizeof(H "A: b\0c\r\n\r\n") - 1, 400},
	{"NUL in the path", "GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n",
	 sizeof("GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n") - 1, 400},
	{"control in a field",
	 H "A: b\x01"
	   "c\r\n\r\n",
	 0, 400},
	{"field without a name", H ": b\r\n\r\n", 0, 400},
	{"line without a colon", H "A b\r\n\r\n", 0, 400},
	{"absolute form", "GET http://y/ HTTP/1.1\r\nHost: x\r\n\r\n", 0, 400},
	{"asterisk form", "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", 0, 400},
	{"authority form", "CONNECT y:1 HTTP/1.1\r\nHost: x\r\n\r\n", 0, 400},
	{"no path", "GET HTTP/1.1\r\nHost: x\r\n\r\n", 0, 400},
	{"two spaces", "GET  / HTTP/1.1\r\nHost: x\r\n\r\n", 0, 400},
	{"a space in the path", "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n", 0, 400},
	{"high bytes in the path", "GET /\xc3\xa9 HTTP/1.1\r\nHost: x\r\n\r\n", 0, 400},
	{"an empty line first", "\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n", 0, 400},
	{"HTTP/1.0", "GET / HTTP/1.0\r\nHost: x\r\n\r\n", 0, 505},
	{"HTTP/2", "GET / HTTP/2\r\nHost: x\r\n\r\n", 0, 505},
	{"h2c preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 0, 400},
	{"HTTP/0.9", "GET /\r\n\r\n", 0, 400},
	{"lower case", "GET / http/1.1\r\nHost: x\r\n\r\n", 0, 400},
	{"TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\n", 12, 400},
	{"no method", " / HTTP/1.1\r\nHost: x\r\n\r\n", 0, 400},
	{"a body where none goes", H "Content-Length: 1\r\n\r\na", 0, 413},
	{"chunks where none go", H "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n", 0, 413},
	{"a body one too large", P "Content-Length: 101\r\n\r\n", 0, 413},
	{"bad chunks", P "Transfer-Encoding: chunked\r\n\r\n1;a=b\r\na\r\n0\r\n\r\n", 0, 400},
};

START_TEST(what_two_readers_could_read_differently_is_refused)
{
	char want[32];
	begin();
	const char *said = client_say(bad[_i].data,
				      bad[_i].len ? bad[_i].len : strlen(bad[_i].data));
	snprintf(want, sizeof(want), "HTTP/1.1 %d ", bad[_i].status);
	ck_assert_msg(strncmp(said, want, strlen(want)) == 0, "%s: %.300s", bad[_i].what, said);
	/* The words are ours, and nothing after it is read. */
	assert_has(said, "Content-Type: application/problem+json\r\n");
	assert_has(said, "Connection: close\r\n");
	assert_has(said, "\"type\":\"urn:aspora:error:");
	ck_assert_ptr_null(strstr(said, "\nHTTP/1.1 "));
	ck_assert_uint_eq(bodies, 0);
}
END_TEST

START_TEST(a_smuggled_request_is_not_seen)
{
	begin();
	client_sayz(P
		    "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled "
		    "HTTP/1.1\r\nHost: x\r\n\r\n");
	client_sayz(
		H "Content-Length: 0\r\nContent-Length: 44\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: "
		  "x\r\n\r\n");
	ck_assert_uint_eq(heads, 0);
	client_sayz("GET /refuse HTTP/1.1\r\nHost: x\r\nContent-Length: 37\r\n\r\nGET /smuggled "
		    "HTTP/1.1\r\nHost: x\r\n\r\n");
	ck_assert_uint_eq(heads, 1);
	ck_assert_uint_eq(bodies, 0);
}
END_TEST

/* --- sizes ------------------------------------------------------------------------------------------------------------------------------ */

static const char *padded(const char *before, size_t pad, const char *after)
{
	static struct buf out = BUF_INIT(BUF_MAX);
	buf_reset(&out);
	buf_addz(&out, before);
	buf_add_repeat(&out, 'a', pad);
	buf_addz(&out, after);
	return buf_cstr(&out);
}

START_TEST(heads_and_targets_have_limits)
{
	begin();
	const char *rest = " HTTP/1.1\r\nHost: x\r\n\r\n";
	assert_has(client_sayz(padded("GET /", GW_TARGET_MAX - 1, rest)), "HTTP/1.1 200 ");
	assert_has(client_sayz(padded("GET /", GW_TARGET_MAX, rest)), "HTTP/1.1 414 ");
	size_t frame = strlen(H "A: \r\n\r\n");
	assert_has(client_sayz(padded(H "A: ", 16384 - frame, "\r\n\r\n")), "HTTP/1.1 200 ");
	assert_has(client_sayz(padded(H "A: ", 16384 - frame + 1, "\r\n\r\n")), "HTTP/1.1 431 ");
	assert_has(client_sayz(padded(H "A: ", 1 << 20, "")), "HTTP/1.1 431 ");
	struct buf many = BUF_INIT(BUF_MAX);
	buf_addz(&many, H);
	for (int i = 0; i < 63; i++)
		buf_addf(&many, "A%d: b\r\n", i);
	size_t len = many.len;
	buf_addz(&many, "\r\n");
	assert_has(client_sayz(buf_cstr(&many)), "HTTP/1.1 200 ");
	many.len = len;
	buf_addz(&many, "More: b\r\n\r\n");
	assert_has(client_sayz(buf_cstr(&many)), "HTTP/1.1 431 ");
	buf_release(&many);
}
END_TEST

START_TEST(bodies_have_the_limit_of_their_route)
{
	begin();
	assert_has(client_sayz(padded(P "Content-Length: 100\r\n\r\n", 100, "")), "HTTP/1.1 200 ");
	assert_has(client_sayz(padded(P "Transfer-Encoding: chunked\r\n\r\n64\r\n", 100,
				      "\r\n0\r\n\r\n")),
		   "HTTP/1.1 200 ");
	assert_has(client_sayz(padded(P "Transfer-Encoding: chunked\r\n\r\n65\r\n", 101,
				      "\r\n0\r\n\r\n")),
		   "HTTP/1.1 413 ");
	const char *whole = padded(
		"POST /big HTTP/1.1\r\nHost: x\r\nContent-Length: 1048576\r\n\r\n", 1 << 20, "");
	assert_has(client_sayz(whole), "HTTP/1.1 200 ");
	struct gw_server_stats s;
	gw_server_stats(server, &s);
	ck_assert_uint_eq(s.held_bytes, 0);
}
END_TEST

START_TEST(large_bodies_at_once_have_a_limit_together)
{
	begin_with((struct gw_server_opts){.held_bytes = 1500000});
	struct client a = client_open(), b = client_open();
	const char *head = "POST /big HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n";
	putz(&a, head);
	ck_assert_uint_eq(a.got.len, 0);
	putz(&b, head);
	assert_has(buf_cstr(&b.got), "HTTP/1.1 503 ");
	assert_has(buf_cstr(&b.got), "Retry-After: 1\r\n");
	/* Small ones go on. */
	assert_has(client_sayz(P "Content-Length: 1\r\n\r\na"), "HTTP/1.1 200 ");
	client_close(&a);
	turn(4);
	struct client c = client_open();
	putz(&c, head);
	ck_assert_uint_eq(c.got.len, 0);
	client_close(&b);
	client_close(&c);
}
END_TEST

static const struct support_case cases[] = {
	CASE(a_request_is_answered_and_the_connection_goes_on),
	CASE(requests_in_one_go_are_answered_in_order),
	CASE(a_request_may_come_byte_by_byte),
	CASE(head_has_the_fields_and_no_body),
	CASE(a_client_that_asks_first_is_told_to_go_on),
	CASE_LOOP(what_two_readers_could_read_differently_is_refused, ARRAY_SIZE(bad)),
	CASE(a_smuggled_request_is_not_seen),
	CASE(heads_and_targets_have_limits),
	CASE(bodies_have_the_limit_of_their_route),
	CASE(large_bodies_at_once_have_a_limit_together),
	{0}};

int main(void)
{
	return support_main("agent/gateway_server", cases);
}
