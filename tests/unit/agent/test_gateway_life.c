/* The HTTP server over time: deadlines, caps, replies that wait or stream, and its end. */
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/io.h"
#include "base/mem.h"
#include "tests/unit/agent/help_gateway.h"

#define H "GET / HTTP/1.1\r\nHost: x\r\n"
#define P "POST /echo HTTP/1.1\r\nHost: x\r\n"

/* --- time --------------------------------------------------------------------------------------------------------------------------------- */

START_TEST(a_client_that_trickles_is_cut_off_like_one_that_is_silent)
{
	begin_with((struct gw_server_opts){.header_timeout_ms = 300});
	struct client slow = client_open(), silent = client_open();
	int64_t from = clock_mono(&clock_real);
	putz(&slow, "GET / HTTP/1.1\r\nX: ");
	for (int64_t next = from; !slow.ended && clock_mono(&clock_real) - from < 3000;) {
		if (clock_mono(&clock_real) >= next) {
			(void)!send(slow.fd, "a", 1, MSG_NOSIGNAL);
			next += 20;
		}
		assert_ok(loop_step(loop, 5, &support_err));
		take(&slow);
		if (strstr(buf_cstr(&slow.got), "408"))
			break;
	}
	int64_t took = clock_mono(&clock_real) - from;
	assert_has(buf_cstr(&slow.got), "HTTP/1.1 408 Request Timeout\r\n");
	ck_assert_msg(took >= 250 && took < 1500, "it took %lld ms", (long long)took);
	/* Who never said a word just goes. */
	ck_assert(wait_for(&silent, NULL));
	ck_assert_uint_eq(silent.got.len, 0);
	client_close(&slow);
	client_close(&silent);
}
END_TEST

START_TEST(a_body_has_a_deadline_and_an_idle_connection_another)
{
	begin_with((struct gw_server_opts){.body_timeout_ms = 200, .idle_timeout_ms = 200});
	struct client c = client_open();
	putz(&c, P "Content-Length: 10\r\n\r\nabc");
	ck_assert(wait_for(&c, "HTTP/1.1 408 "));
	ck_assert_uint_eq(dones, 1);
	ck_assert_int_eq(last_status, 408);
	client_close(&c);
	c = client_open();
	putz(&c, H "\r\n");
	assert_has(buf_cstr(&c.got), "HTTP/1.1 200 ");
	ck_assert(wait_for(&c, NULL));
	client_close(&c);
}
END_TEST

START_TEST(a_client_that_does_not_read_is_cut_off)
{
	begin_with((struct gw_server_opts){.send_timeout_ms = 200});
	struct client c = client_open();
	const char *text = "GET /huge HTTP/1.1\r\nHost: x\r\n\r\n";
	ck_assert_int_gt(send(c.fd, text, strlen(text), 0), 0);
	for (int i = 0; i < 500 && dones == 0; i++)
		assert_ok(loop_step(loop, 10, &support_err));
	ck_assert_uint_eq(dones, 1);
	ck_assert_uint_lt(last_bytes, 8 << 20);
	client_close(&c);
}
END_TEST

/* --- how many -------------------------------------------------------------------------------------------------------------------------- */

START_TEST(connections_have_caps_in_all_and_per_address)
{
	begin_with((struct gw_server_opts){.per_address = 3});
	struct client list[4];
	for (size_t i = 0; i < 4; i++) {
		list[i] = client_open();
		turn(4);
	}
	ck_assert(wait_for(&list[3], NULL));
	assert_has(buf_cstr(&list[3].got), "HTTP/1.1 503 Service Unavailable\r\n");
	assert_has(buf_cstr(&list[3].got), "\"code\":\"quota\"}");
	putz(&list[0], H "\r\n");
	assert_has(buf_cstr(&list[0].got), "HTTP/1.1 200 ");
	/* One goes, another may come. */
	client_close(&list[0]);
	client_close(&list[3]);
	turn(4);
	assert_has(client_sayz(H "\r\n"), "HTTP/1.1 200 ");
	struct gw_server_stats s;
	gw_server_stats(server, &s);
	ck_assert_uint_eq(s.refused, 1);
	ck_assert_uint_eq(s.accepted, 5);
	client_close(&list[1]);
	client_close(&list[2]);
}
END_TEST

/* --- later and piece by piece ------------------------------------------------------------------------------------------------------------ */

START_TEST(a_streamed_answer_comes_in_chunks)
{
	begin();
	pages_left = 3;
	struct client c = client_open();
	putz(&c, "GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
	assert_has(buf_cstr(&c.got),
		   "Transfer-Encoding: chunked\r\n\r\n6\r\nfirst\n\r\n7\r\npage 3\n\r\n");
	assert_has(buf_cstr(&c.got), "7\r\npage 1\n\r\n0\r\n\r\n");
	ck_assert(!c.ended);
	buf_reset(&c.got);
	/* One that breaks off is not taken for whole. */
	pages_left = -1;
	putz(&c, "GET /stream HTTP/1.1\r\nHost: x\r\n\r\n");
	ck_assert(wait_for(&c, NULL));
	assert_has(buf_cstr(&c.got), "first\n");
	ck_assert_ptr_null(strstr(buf_cstr(&c.got), "0\r\n\r\n"));
	client_close(&c);
	ck_assert_uint_eq(dones, 2);
}
END_TEST

START_TEST(a_reply_may_wait)
{
	begin();
	released = false;
	struct client a = client_open(), b = client_open(), late = client_open();
	putz(&a, "GET /wait HTTP/1.1\r\nHost: x\r\n\r\nGET /after HTTP/1.1\r\nHost: x\r\n\r\n");
	putz(&b, "GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
	putz(&late, "GET /wait?briefly HTTP/1.1\r\nHost: x\r\n\r\n");
	ck_assert_uint_eq(gw_server_waiting(server), 3);
	gw_server_wake(server);
	turn(4);
	ck_assert_uint_eq(gw_server_waiting(server), 3);
	ck_assert(wait_for(&late, "late"));
	ck_assert_uint_eq(gw_server_waiting(server), 2);
	/* One goes away and is forgotten. */
	struct linger now = {1, 0};
	(void)setsockopt(b.fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	client_close(&b);
	for (int i = 0; i < 100 && gw_server_waiting(server) > 1; i++)
		assert_ok(loop_step(loop, 10, &support_err));
	ck_assert_uint_eq(gw_server_waiting(server), 1);
	released = true;
	gw_server_wake(server);
	ck_assert(wait_for(&a, "released"));
	ck_assert(wait_for(&a, "GET /after"));
	ck_assert_uint_eq(gw_server_waiting(server), 0);
	client_close(&a);
	client_close(&late);
}
END_TEST

START_TEST(a_drain_ends_idle_ones_and_lets_the_others_finish)
{
	begin();
	released = false;
	is_drained = false;
	struct client idle = client_open(), waits = client_open();
	putz(&idle, H "\r\n");
	putz(&waits, "GET /wait HTTP/1.1\r\nHost: x\r\n\r\n");
	gw_server_drain(server, 5000);
	ck_assert(wait_for(&idle, NULL));
	ck_assert(!is_drained);
	/* It is told how far it has come, and that it is over. */
	ck_assert(wait_for(&waits, NULL));
	assert_has(buf_cstr(&waits.got), "HTTP/1.1 202 ");
	assert_has(buf_cstr(&waits.got), "Connection: close\r\n");
	client_close(&idle);
	client_close(&waits);
	for (int i = 0; i < 300 && !is_drained; i++)
		assert_ok(loop_step(loop, 10, &support_err));
	ck_assert(is_drained);
	gw_server_free(server);
	loop_close(loop);
}
END_TEST

/* --- listening ----------------------------------------------------------------------------------------------------------------------------- */

START_TEST(addresses_must_be_of_the_documented_form)
{
	begin();
	static const char *const wrong[] = {"",
					    "8440",
					    "127.0.0.1",
					    "127.0.0.1:",
					    ":8440",
					    "127.0.0.1:65536",
					    "127.0.0.1:-1",
					    "127.0.0.1:x",
					    "[::1]",
					    "nowhere.invalid:1"};
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		assert_err(gw_server_listen_tcp(server, str_of(wrong[i]), NULL, &support_err),
			   ERR_INVALID, wrong[i]);
	assert_err(gw_server_listen_tcp(server, str_of(address), NULL, &support_err),
		   ERR_UNAVAILABLE, "cannot listen on 127.0.0.1:");
	ck_assert_str_eq(support_err.remedy, "stop what listens there, or set gateway.listen");
}
END_TEST

START_TEST(a_unix_socket_is_taken_over_from_the_dead_only)
{
	begin();
	CLEANUP_FREE char *path = io_join(support_dir(), "gateway.sock");
	struct stat st;
	assert_ok(gw_server_listen_unix(server, path, &support_err));
	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0660);
	struct gw_server *first = server;
	struct loop *first_loop = loop;
	begin();
	assert_err(gw_server_listen_unix(server, path, &support_err), ERR_UNAVAILABLE,
		   "another process listens on");
	gw_server_free(first);
	loop_close(first_loop);
	ck_assert_int_ne(stat(path, &st), 0);
	/* What a killed process leaves. */
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	close(fd);
	assert_ok(gw_server_listen_unix(server, path, &support_err));
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&at, sizeof(at)), 0);
	struct client c = {fd, BUF_INIT(BUF_MAX), false};
	assert_ok(io_set_nonblock(fd, true, &support_err));
	putz(&c, H "\r\n");
	assert_has(buf_cstr(&c.got), "HTTP/1.1 200 ");
	client_close(&c);
	char long_path[200];
	memset(long_path, 'a', sizeof(long_path) - 1);
	long_path[sizeof(long_path) - 1] = '\0';
	assert_err(gw_server_listen_unix(server, long_path, &support_err), ERR_INVALID,
		   "has more than 107 bytes");
	gw_server_free(server);
	loop_close(loop);
}
END_TEST

static const struct support_case cases[] = {
	CASE(a_client_that_trickles_is_cut_off_like_one_that_is_silent),
	CASE(a_body_has_a_deadline_and_an_idle_connection_another),
	CASE(a_client_that_does_not_read_is_cut_off),
	CASE(connections_have_caps_in_all_and_per_address),
	CASE(a_streamed_answer_comes_in_chunks),
	CASE(a_reply_may_wait),
	CASE(a_drain_ends_idle_ones_and_lets_the_others_finish),
	CASE(addresses_must_be_of_the_documented_form),
	CASE(a_unix_socket_is_taken_over_from_the_dead_only),
	{0}};

int main(void)
{
	return support_main("agent/gateway_life", cases);
}
