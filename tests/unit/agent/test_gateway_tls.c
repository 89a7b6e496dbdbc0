/* https: the same server behind TLS, by a real client of OpenSSL on the same loop, and by raw bytes. */
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "agent/gateway/tls.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/loop.h"
#include "tests/unit/agent/help_gateway.h"
#include "tests/unit/agent/help_pair.h"

static void use_pair(const struct pair_opts *o)
{
	struct gw_tls *t = NULL;
	struct buf cert, key;
	pair_make(o, &cert, &key);
	assert_ok(gw_tls_new(buf_str(&cert), buf_str(&key), &t, &support_err));
	gw_server_tls(server, t);
	buf_release(&cert);
	buf_release(&key);
}

static void begin_tls_with(struct gw_server_opts o)
{
	signal(SIGPIPE, SIG_IGN);
	begin_with(o);
	use_pair(&(struct pair_opts){0});
}

static void begin_tls(void)
{
	begin_tls_with((struct gw_server_opts){0});
}

/* --- a client ------------------------------------------------------------------------------------------------------------ */

struct tls_client {
	struct client raw;
	SSL_CTX *ctx;
	SSL *ssl;
	struct buf got;
	bool ended; /* with a goodbye */
	bool failed;
};

static struct tls_client tls_open(int max_version, const char *alpn)
{
	struct tls_client t = {.raw = client_open(),
			       .ctx = SSL_CTX_new(TLS_client_method()),
			       .got = BUF_INIT(BUF_MAX)};
	if (max_version) {
		/* Debian's own floor is as ours. */
		SSL_CTX_set_security_level(t.ctx, 0);
		SSL_CTX_set_min_proto_version(t.ctx, TLS1_VERSION);
		SSL_CTX_set_max_proto_version(t.ctx, max_version);
	}
	t.ssl = SSL_new(t.ctx);
	if (alpn)
		SSL_set_alpn_protos(t.ssl, (const unsigned char *)alpn, (unsigned)strlen(alpn));
	SSL_set_fd(t.ssl, t.raw.fd);
	SSL_set_connect_state(t.ssl);
	return t;
}

static void tls_close(struct tls_client *t)
{
	SSL_free(t->ssl);
	SSL_CTX_free(t->ctx);
	buf_release(&t->got);
	client_close(&t->raw);
}

/* One result of a call: whether it may be tried again. */
static bool is_later(struct tls_client *t, int rc)
{
	int e = SSL_get_error(t->ssl, rc);
	if (t->failed)
		return false;
	if (e == SSL_ERROR_WANT_READ || e == SSL_ERROR_WANT_WRITE)
		return true;
	t->ended = e == SSL_ERROR_ZERO_RETURN;
	t->failed = !t->ended;
	return false;
}

static void tls_take(struct tls_client *t)
{
	static char data[65536];
	int n;
	ERR_clear_error();
	while ((n = SSL_read(t->ssl, data, sizeof(data))) > 0)
		buf_add(&t->got, data, (size_t)n);
	(void)is_later(t, n);
}

static void tls_put(struct tls_client *t, const char *data, size_t len)
{
	for (int i = 0; len && i < 100000; i++) {
		ERR_clear_error();
		int n = SSL_write(t->ssl, data, (int)MIN(len, 30000));
		if (n <= 0 && !is_later(t, n))
			return;
		data += MAX(n, 0);
		len -= (size_t)MAX(n, 0);
		turn(2);
		if (n > 0)
			tls_take(t);
	}
	turn(4);
	tls_take(t);
}

static bool tls_wait(struct tls_client *t, const char *want)
{
	for (int i = 0; i < 2000; i++) {
		tls_take(t);
		if (want ? strstr(buf_cstr(&t->got), want) != NULL : t->ended || t->failed)
			return true;
		if (t->ended || t->failed)
			return false;
		assert_ok(loop_step(loop, 2, &support_err));
	}
	return false;
}

static void tls_say(struct tls_client *t, const char *z)
{
	tls_put(t, z, strlen(z));
}

/* --- what goes well -------------------------------------------------------------------------------------------------------- */

START_TEST(requests_are_answered_and_the_connection_goes_on)
{
	static const int versions[] = {0, TLS1_2_VERSION, TLS1_3_VERSION};
	begin_tls();
	struct tls_client t = tls_open(versions[_i], "\x02h2\x08http/1.1");
	tls_say(&t, "GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n");
	ck_assert(tls_wait(&t, "GET /a [b=c] "));
	const unsigned char *protocol;
	unsigned len;
	SSL_get0_alpn_selected(t.ssl, &protocol, &len);
	ck_assert_uint_eq(len, 8);
	ck_assert_mem_eq(protocol, "http/1.1", 8);
	ck_assert_int_eq(SSL_version(t.ssl), versions[_i] ? versions[_i] : TLS1_3_VERSION);
	buf_reset(&t.got);
	tls_say(&t, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello");
	ck_assert(tls_wait(&t, "POST /echo [] hello"));
	buf_reset(&t.got);
	tls_say(&t, "GET /b HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
	ck_assert(tls_wait(&t, NULL));
	ck_assert(t.ended);
	assert_has(buf_cstr(&t.got), "Connection: close\r\n");
	tls_close(&t);
}
END_TEST

START_TEST(requests_of_one_record_are_answered_in_order)
{
	struct buf many = BUF_INIT(BUF_MAX);
	begin_tls();
	struct tls_client t = tls_open(0, NULL);
	/* 15 KiB in one record: what is decrypted and not taken yet must not be forgotten. */
	for (int i = 0; i < 400; i++)
		buf_addf(&many, "GET /n%03d HTTP/1.1\r\nHost: x\r\n\r\n", i);
	tls_put(&t, many.data, many.len);
	ck_assert(tls_wait(&t, "GET /n399"));
	ck_assert_uint_eq(dones, 400);
	const char *at = buf_cstr(&t.got);
	for (int i = 0; i < 400; i++) {
		char want[32];
		snprintf(want, sizeof(want), "GET /n%03d", i);
		ck_assert((at = strstr(at, want)) != NULL);
	}
	buf_release(&many);
	tls_close(&t);
}
END_TEST

START_TEST(large_bodies_go_both_ways)
{
	struct buf body = BUF_INIT(BUF_MAX);
	begin_tls();
	struct tls_client t = tls_open(0, NULL);
	buf_addz(&body, "POST /big HTTP/1.1\r\nHost: x\r\nContent-Length: 1048576\r\n\r\n");
	buf_add_repeat(&body, 'y', 1 << 20);
	tls_put(&t, body.data, body.len);
	ck_assert(tls_wait(&t, "POST /big [] yyyy"));
	for (int i = 0; i < 2000 && t.got.len < (1 << 20); i++) {
		turn(1);
		tls_take(&t);
	}
	ck_assert_uint_gt(t.got.len, 1 << 20);
	buf_reset(&t.got);
	tls_say(&t, "GET /huge HTTP/1.1\r\nHost: x\r\n\r\n");
	for (int i = 0; i < 5000 && t.got.len < (8 << 20); i++) {
		turn(1);
		tls_take(&t);
	}
	ck_assert_uint_gt(t.got.len, 8 << 20);
	buf_release(&body);
	tls_close(&t);
}
END_TEST

START_TEST(a_reply_that_waits_and_one_in_pieces_come_through)
{
	begin_tls();
	struct tls_client t = tls_open(0, NULL);
	tls_say(&t, "GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
	ck_assert(!strstr(buf_cstr(&t.got), "released"));
	released = true;
	gw_server_wake(server);
	ck_assert(tls_wait(&t, "released"));
	pages_left = 3;
	tls_say(&t, "GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
	ck_assert(tls_wait(&t, "page 1\n"));
	tls_close(&t);
}
END_TEST

START_TEST(a_new_pair_serves_new_connections_and_the_old_ones_go_on)
{
	begin_tls();
	struct tls_client a = tls_open(0, NULL);
	tls_say(&a, "GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
	ck_assert(tls_wait(&a, "GET /a"));
	use_pair(&(struct pair_opts){.name = "second.example"});
	struct tls_client b = tls_open(0, NULL);
	tls_say(&b, "GET /b HTTP/1.1\r\nHost: x\r\n\r\n");
	ck_assert(tls_wait(&b, "GET /b"));
	X509 *one = SSL_get1_peer_certificate(a.ssl), *two = SSL_get1_peer_certificate(b.ssl);
	ck_assert_int_ne(X509_cmp(one, two), 0);
	ck_assert_int_eq(X509_check_host(two, "second.example", 0, 0, NULL), 1);
	X509_free(one);
	X509_free(two);
	buf_reset(&a.got);
	tls_say(&a, "GET /again HTTP/1.1\r\nHost: x\r\n\r\n");
	ck_assert(tls_wait(&a, "GET /again"));
	tls_close(&a);
	tls_close(&b);
}
END_TEST

/* --- what does not ---------------------------------------------------------------------------------------------------------- */

START_TEST(old_versions_and_other_protocols_are_refused)
{
	static const struct {
		int version;
		const char *alpn;
	} bad[] = {
		{TLS1_1_VERSION, NULL}, {TLS1_VERSION, NULL}, {0, "\x02h2"}, {0, "\x08http/1.0"}};
	begin_tls();
	struct tls_client t = tls_open(bad[_i].version, bad[_i].alpn);
	tls_say(&t, "GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
	ck_assert(!tls_wait(&t, "HTTP/1.1"));
	ck_assert(t.failed);
	ck_assert_uint_eq(heads, 0);
	turn(4);
	struct gw_server_stats stats;
	gw_server_stats(server, &stats);
	ck_assert_uint_eq(stats.open, 0);
	tls_close(&t);
}
END_TEST

START_TEST(plain_http_is_told_to_use_https)
{
	static const char *const said[] = {"GET /a HTTP/1.1\r\nHost: x\r\n\r\n",
					   "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: "
					   "5\r\n\r\nhello",
					   "x", "\r\n", "SSH-2.0-OpenSSH\r\n"};
	begin_tls();
	const char *answer = client_sayz(said[_i]);
	assert_has(answer, "HTTP/1.1 400 Bad Request\r\n");
	assert_has(answer, "this port speaks TLS: write https:// instead of http://");
	assert_has(answer, "Connection: close\r\n");
	ck_assert_uint_eq(heads, 0);
}
END_TEST

START_TEST(what_only_begins_like_tls_ends_the_connection)
{
	static const struct {
		const char *bytes;
		size_t len;
	} bad[] = {{"\x16GET / HTTP/1.1\r\n\r\n", 19},
		   {"\x16\x03\x01\x00\x05hello", 10},
		   {"\x16\x03\x01\xff\xff", 5}};
	begin_tls();
	struct client c = client_open();
	put(&c, bad[_i].bytes, bad[_i].len);
	if (_i == 2) { /* a record longer than any: it is the rest that is waited for */
		char rest[20000] = {0};
		put(&c, rest, sizeof(rest));
	}
	ck_assert(wait_for(&c, NULL));
	ck_assert(!strstr(buf_cstr(&c.got), "HTTP"));
	ck_assert_uint_eq(heads, 0);
	client_close(&c);
}
END_TEST

/* The bytes of a handshake one by one, each well before any timeout of idleness. */
START_TEST(a_handshake_that_trickles_is_cut_at_the_deadline_of_heads)
{
	begin_tls_with((struct gw_server_opts){.header_timeout_ms = 200});
	SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
	SSL *ssl = SSL_new(ctx);
	BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
	char hello[2048];
	SSL_set_bio(ssl, in, out);
	SSL_set_connect_state(ssl);
	(void)SSL_do_handshake(ssl);
	int len = BIO_read(out, hello, sizeof(hello)), sent = 0;
	ck_assert_int_gt(len, 100);
	struct client c = client_open();
	int64_t began = clock_mono(&clock_real);
	while (!c.ended && sent < len - 1 && clock_mono(&clock_real) - began < 10000) {
		put(&c, hello + sent++, 1);
		assert_ok(loop_step(loop, 20, &support_err));
	}
	ck_assert(c.ended);
	ck_assert_int_ge(clock_mono(&clock_real) - began, 200);
	ck_assert_int_lt(sent, len - 1);
	client_close(&c);
	SSL_free(ssl);
	SSL_CTX_free(ctx);
}
END_TEST

START_TEST(a_head_that_trickles_is_told_so_over_tls)
{
	begin_tls_with((struct gw_server_opts){.header_timeout_ms = 200});
	struct tls_client t = tls_open(0, NULL);
	tls_say(&t, "GET /a HTTP/1.1\r\n");
	ck_assert(tls_wait(&t, "408 Request Timeout"));
	tls_close(&t);
}
END_TEST

START_TEST(the_unix_socket_stays_plain)
{
	CLEANUP_FREE char *path = NULL;
	begin_tls();
	ck_assert_int_gt(asprintf(&path, "%s/s", support_dir()), 0);
	assert_ok(gw_server_listen_unix(server, path, &support_err));
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
	struct client c = {socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), BUF_INIT(BUF_MAX),
			   false};
	ck_assert_int_eq(connect(c.fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_ok(io_set_nonblock(c.fd, true, &support_err));
	putz(&c, "GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
	assert_has(buf_cstr(&c.got), "GET /a");
	client_close(&c);
}
END_TEST

START_TEST(over_the_cap_the_connection_just_ends)
{
	begin_tls_with((struct gw_server_opts){.max_connections = 1});
	struct tls_client a = tls_open(0, NULL);
	tls_say(&a, "GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
	ck_assert(tls_wait(&a, "GET /a"));
	struct client c = client_open();
	ck_assert(wait_for(&c, NULL));
	ck_assert_uint_eq(c.got.len, 0);
	client_close(&c);
	tls_close(&a);
}
END_TEST

/* --- pairs ------------------------------------------------------------------------------------------------------------------ */

START_TEST(a_pair_says_whom_it_is_for_and_how_long)
{
	CLEANUP(gw_tls_freep) struct gw_tls *t = NULL;
	CLEANUP(buf_release) struct buf cert = BUF_INIT(0), key = BUF_INIT(0);
	pair_make(&(struct pair_opts){.name = "aspora.example", .days = 10}, &cert, &key);
	assert_ok(gw_tls_new(buf_str(&cert), buf_str(&key), &t, &support_err));
	ck_assert_str_eq(gw_tls_about(t)->names, "aspora.example, 127.0.0.1");
	int64_t left = gw_tls_about(t)->not_after_ms - clock_wall(&clock_real);
	ck_assert_int_gt(left, (int64_t)10 * 86400000 - 60000);
	ck_assert_int_le(left, (int64_t)10 * 86400000);
	buf_release(&key);
}
END_TEST

START_TEST(a_pair_that_is_none_says_why)
{
	struct buf cert, key, other_cert, other, weak, weak_key, locked, locked_key, rsa, rsa_key;
	pair_make(&(struct pair_opts){0}, &cert, &key);
	pair_make(&(struct pair_opts){0}, &other_cert, &other);
	pair_make(&(struct pair_opts){.rsa_bits = 1024}, &weak, &weak_key);
	pair_make(&(struct pair_opts){.password = "secret"}, &locked, &locked_key);
	pair_make(&(struct pair_opts){.rsa_bits = 2048}, &rsa, &rsa_key);
	struct buf damaged = BUF_INIT(BUF_MAX);
	buf_add_str(&damaged, buf_str(&cert));
	buf_addz(&damaged, "-----BEGIN CERTIFICATE-----\nMIIBxyz!!\n-----END CERTIFICATE-----\n");
	const struct {
		struct str cert, key;
		const char *words;
	} bad[] = {
		{STR(""), buf_str(&key), "tls.certificate: there is no certificate in it"},
		{STR("hello"), buf_str(&key), "tls.certificate: there is no certificate in it"},
		{buf_str(&key), buf_str(&key), "tls.certificate: there is no certificate in it"},
		{buf_str(&cert), STR(""), "tls.key: there is no private key in it"},
		{buf_str(&cert), buf_str(&cert), "tls.key: there is no private key in it"},
		{buf_str(&cert), buf_str(&other),
		 "tls.key: the key is not that of the certificate"},
		{buf_str(&cert), buf_str(&rsa_key), "tls.key: the key"},
		{buf_str(&weak), buf_str(&weak_key),
		 "tls.certificate: the certificate cannot be used: ee key too small"},
		{buf_str(&locked), buf_str(&locked_key), "tls.key: the key is encrypted"},
		{buf_str(&damaged), buf_str(&key),
		 "tls.certificate: a certificate after the first is damaged"},
	};
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct gw_tls *t = NULL;
		assert_err(gw_tls_new(bad[i].cert, bad[i].key, &t, &support_err), ERR_INVALID,
			   bad[i].words);
		ck_assert_ptr_null(t);
	}
	struct gw_tls *t = NULL;
	assert_ok(gw_tls_new(buf_str(&rsa), buf_str(&rsa_key), &t, &support_err));
	gw_tls_free(t);
	struct buf *all[] = {&cert,   &key,	   &other_cert, &other,	  &weak,   &weak_key,
			     &locked, &locked_key, &rsa,	&rsa_key, &damaged};
	for (size_t i = 0; i < ARRAY_SIZE(all); i++)
		buf_release(all[i]);
}
END_TEST

static const struct support_case cases[] = {
	CASE_LOOP(requests_are_answered_and_the_connection_goes_on, 3),
	CASE(requests_of_one_record_are_answered_in_order),
	CASE(large_bodies_go_both_ways),
	CASE(a_reply_that_waits_and_one_in_pieces_come_through),
	CASE(a_new_pair_serves_new_connections_and_the_old_ones_go_on),
	CASE_LOOP(old_versions_and_other_protocols_are_refused, 4),
	CASE_LOOP(plain_http_is_told_to_use_https, 5),
	CASE_LOOP(what_only_begins_like_tls_ends_the_connection, 3),
	CASE(a_handshake_that_trickles_is_cut_at_the_deadline_of_heads),
	CASE(a_head_that_trickles_is_told_so_over_tls),
	CASE(the_unix_socket_stays_plain),
	CASE(over_the_cap_the_connection_just_ends),
	CASE(a_pair_says_whom_it_is_for_and_how_long),
	CASE(a_pair_that_is_none_says_why),
	{0}};

int main(void)
{
	return support_main("agent/gateway_tls", cases);
}
