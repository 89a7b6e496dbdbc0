#include "runtime/door/door.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>

#include "base/io.h"
#include "base/json.h"
#include "base/mem.h"
#include "runtime/door/door_int.h"
#include "tests/unit/support.h"

#define NEXT "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nAspora-Request: 1\r\n\r\n"
#define ID "EXEC-20260218120000-0123456789abcdef"

struct scene {
	struct clock_fake time;
	struct clock clock;
	int fd; /* the sandbox's end */
	int door_fd;
	struct door *door;
	struct buf got;
	char last_request[128], last_log[256];
	int requests;
};

static void on_request(void *state, struct str method, struct str target, int status)
{
	struct scene *s = state;
	s->requests++;
	snprintf(s->last_request, sizeof(s->last_request), "%.*s %.*s %d", STR_ARG(method),
		 STR_ARG(target), status);
}

static void on_log(void *state, struct str text)
{
	struct scene *s = state;
	snprintf(s->last_log, sizeof(s->last_log), "%.*s", STR_ARG(text));
}

static void scene_open(struct scene *s, size_t output_max, size_t log_max)
{
	int fds[2];
	memset(s, 0, sizeof(*s));
	assert_ok(io_socketpair(fds, &support_err));
	s->fd = fds[0];
	s->door_fd = fds[1];
	assert_ok(io_set_nonblock(s->fd, true, &support_err));
	assert_ok(io_set_nonblock(s->door_fd, true, &support_err));
	s->clock = clock_fake_of(&s->time);
	buf_init(&s->got, BUF_MAX);
	s->door = door_new(&(struct door_opts){.fd = s->door_fd,
					       .clock = &s->clock,
					       .output_max = output_max,
					       .log_max = log_max,
					       .on_request = on_request,
					       .on_log = on_log,
					       .state = s});
}

static void scene_close(struct scene *s)
{
	door_free(s->door);
	buf_release(&s->got);
	close(s->fd);
	close(s->door_fd);
}

/* Lets the door work until nothing moves, and collects what it says. */
static int settle(struct scene *s)
{
	char piece[65536];
	ssize_t n;
	int rc;
	do {
		rc = door_pump(s->door, POLLIN, &support_err);
		n = recv(s->fd, piece, sizeof(piece), 0);
		if (n > 0)
			buf_add(&s->got, piece, (size_t)n);
	} while (rc == 0 && n > 0);
	return rc;
}

/* Sends bytes (in pieces, as far as the socket takes them) and gives the answer. */
static int say(struct scene *s, struct str bytes)
{
	int rc = 0;
	buf_reset(&s->got);
	memset(&support_err, 0, sizeof(support_err));
	while (bytes.len && rc == 0) {
		ssize_t n = send(s->fd, bytes.p, bytes.len, MSG_NOSIGNAL);
		if (n > 0)
			bytes = str_sub(bytes, (size_t)n, bytes.len);
		rc = settle(s);
	}
	return rc < 0 ? rc : settle(s);
}

static int post(struct scene *s, const char *target, struct str body)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(BUF_MAX);
	buf_addf(&b, "POST %s HTTP/1.1\r\nAspora-Request: 7\r\nContent-Length: %zu\r\n\r\n", target,
		 body.len);
	buf_add_str(&b, body);
	return say(s, buf_str(&b));
}

static void give(struct scene *s)
{
	door_give(s->door, &(struct door_invocation){.id = ID,
						     .context_json = STR("{\"a\":1}"),
						     .timeout_ms = 5000,
						     .deadline_wall_ms = 123456});
}

/* Up to RUNNING. */
static void start(struct scene *s)
{
	assert_ok(say(s, STR(NEXT)));
	ck_assert_int_eq(door_phase(s->door), DOOR_WAITING);
	ck_assert_uint_eq(s->got.len, 0);
	give(s);
	assert_ok(settle(s));
	ck_assert_int_eq(door_phase(s->door), DOOR_RUNNING);
}

#define assert_says(s, part)                                                                       \
	ck_assert_msg(strstr(buf_cstr(&(s)->got), part) != NULL, "\"%s\" lacks \"%s\"",            \
		      buf_cstr(&(s)->got), part)

START_TEST(an_invocation_goes_through_its_phases)
{
	struct scene s;
	scene_open(&s, 1000, 1000);
	ck_assert_int_eq(door_phase(s.door), DOOR_STARTING);
	start(&s);
	assert_says(&s, "HTTP/1.1 200 OK\r\n");
	assert_says(&s, "Aspora-Request: 1\r\n");
	assert_says(&s, "Lambda-Runtime-Aws-Request-Id: " ID "\r\n");
	assert_says(&s, "Lambda-Runtime-Deadline-Ms: 123456\r\n");
	assert_says(&s, "Aspora-Timeout-Ms: 5000\r\n");
	assert_says(&s, "Aspora-Output-Limit: 1000\r\n");
	assert_says(&s, "Content-Length: 7\r\n\r\n{\"a\":1}");
	assert_ok(post(&s, "/2018-06-01/runtime/invocation/" ID "/response", STR("{\"b\":2}")));
	assert_says(&s, "HTTP/1.1 202 OK");
	assert_says(&s, "Aspora-Request: 7\r\n");
	ck_assert_int_eq(door_phase(s.door), DOOR_ANSWERED);
	assert_str(door_response(s.door), "{\"b\":2}");
	/* There is one invocation per sandbox. */
	assert_ok(say(&s, STR(NEXT)));
	assert_says(&s, "HTTP/1.1 410 ");
	assert_ok(post(&s, "/2018-06-01/runtime/invocation/" ID "/response", STR("{\"b\":3}")));
	assert_says(&s, "HTTP/1.1 409 ");
	assert_str(door_response(s.door), "{\"b\":2}");
	ck_assert_int_eq(s.requests, 0);
	scene_close(&s);
}
END_TEST

START_TEST(next_is_answered_again_while_it_runs_with_the_time_that_is_left)
{
	struct scene s;
	scene_open(&s, 1000, 1000);
	start(&s);
	s.time.mono_ms += 1200;
	assert_ok(say(&s, STR(NEXT)));
	assert_says(&s, "Aspora-Timeout-Ms: 3800\r\n");
	s.time.mono_ms += 12000;
	assert_ok(say(&s, STR(NEXT)));
	assert_says(&s, "Aspora-Timeout-Ms: 1\r\n");
	scene_close(&s);
}
END_TEST

START_TEST(answers_for_another_invocation_are_refused)
{
	struct scene s;
	scene_open(&s, 1000, 1000);
	assert_ok(post(&s, "/2018-06-01/runtime/invocation/" ID "/response", STR("1")));
	assert_says(&s, "HTTP/1.1 409 ");
	start(&s);
	assert_ok(post(&s, "/2018-06-01/runtime/invocation/EXEC-1/response", STR("1")));
	assert_says(&s, "HTTP/1.1 404 ");
	assert_says(&s, "the open invocation is " ID);
	assert_ok(post(&s, "/2018-06-01/runtime/invocation/EXEC-1/error", STR("{}")));
	assert_says(&s, "HTTP/1.1 404 ");
	ck_assert_int_eq(door_phase(s.door), DOOR_RUNNING);
	scene_close(&s);
}
END_TEST

START_TEST(errors_are_read_from_any_body)
{
	static const struct {
		const char *body, *type, *message;
		int status, signal;
	} rows[] = {
		{"{\"errorType\":\"Aspora.HandlerExit\",\"errorMessage\":\"m\",\"exitStatus\":3}",
		 "Aspora.HandlerExit", "m", 3, -1},
		{"{\"errorType\":\"Aspora.HandlerExit\",\"errorMessage\":\"m\",\"signal\":9}",
		 "Aspora.HandlerExit", "m", -1, 9},
		/* As Lambda runtimes write them. */
		{"{\"errorType\":\"ValueError\",\"errorMessage\":\"bad\",\"stackTrace\":[]}",
		 "Aspora.HandlerExit", "ValueError: bad", -1, -1},
		{"{\"exitStatus\":-4,\"signal\":256}", "Aspora.HandlerExit", "", -1, -1},
		{"[1]", "Aspora.HandlerExit", "", -1, -1},
		{"", "Aspora.HandlerExit", "the handler reported an error that is not JSON", -1,
		 -1},
		{"{oops", "Aspora.HandlerExit", "the handler reported an error that is not JSON",
		 -1, -1},
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct scene s;
		scene_open(&s, 1000, 1000);
		start(&s);
		assert_ok(post(&s, "/2018-06-01/runtime/invocation/" ID "/error",
			       str_of(rows[i].body)));
		assert_says(&s, "HTTP/1.1 202 ");
		ck_assert_int_eq(door_phase(s.door), DOOR_FAILED);
		const struct door_fault *f = door_fault(s.door);
		ck_assert_str_eq(f->type, rows[i].type);
		ck_assert_str_eq(buf_cstr(&f->message), rows[i].message);
		ck_assert_int_eq(f->exit_status, rows[i].status);
		ck_assert_int_eq(f->signal, rows[i].signal);
		scene_close(&s);
	}
}
END_TEST

START_TEST(ready_and_init_error_count_only_before_work)
{
	struct scene s;
	scene_open(&s, 1000, 1000);
	assert_ok(post(&s, "/aspora/v1/ready", STR_NULL));
	ck_assert_int_eq(door_phase(s.door), DOOR_READY);
	scene_close(&s);
	scene_open(&s, 1000, 1000);
	assert_ok(post(&s, "/2018-06-01/runtime/init/error",
		       STR("{\"errorType\":\"Aspora.HandlerMissing\",\"errorMessage\":\"gone\"}")));
	ck_assert_int_eq(door_phase(s.door), DOOR_FAILED);
	ck_assert_str_eq(door_fault(s.door)->type, "Aspora.HandlerMissing");
	scene_close(&s);
	scene_open(&s, 1000, 1000);
	start(&s);
	assert_ok(post(&s, "/aspora/v1/ready", STR_NULL));
	assert_says(&s, "HTTP/1.1 409 ");
	assert_ok(post(&s, "/2018-06-01/runtime/init/error", STR("{}")));
	assert_says(&s, "HTTP/1.1 409 ");
	ck_assert_int_eq(door_phase(s.door), DOOR_RUNNING);
	scene_close(&s);
}
END_TEST

START_TEST(models_answer_model_not_configured_in_words_that_sdks_find)
{
	static const char *const targets[] = {"/v1/messages", "/v1/messages?beta=true",
					      "/v1/messages/count_tokens", "/v1/chat/completions",
					      "/v1/responses"};
	struct scene s;
	scene_open(&s, 1000, 1000);
	start(&s);
	for (size_t i = 0; i < ARRAY_SIZE(targets); i++) {
		assert_ok(post(&s, targets[i], STR("{}")));
		assert_says(&s, "HTTP/1.1 501 ");
		assert_says(&s, "Content-Type: application/problem+json\r\n");
		assert_says(&s, "\"code\":\"model-not-configured\"");
		assert_says(&s, "\"error\":{\"type\":\"model-not-configured\"");
	}
	ck_assert_int_eq(s.requests, 5);
	ck_assert_str_eq(s.last_request, "POST /v1/responses 501");
	scene_close(&s);
}
END_TEST

START_TEST(mcp_says_that_it_is_not_connected_and_names_the_server)
{
	struct scene s;
	scene_open(&s, 1000, 1000);
	start(&s);
	assert_ok(post(&s, "/mcp/jira", STR("{}")));
	assert_says(&s, "HTTP/1.1 501 ");
	assert_says(&s, "MCP server \\\"jira\\\"");
	assert_ok(post(&s, "/mcp/jira/more", STR("{}")));
	assert_says(&s, "HTTP/1.1 404 ");
	assert_ok(post(&s, "/mcp/", STR("{}")));
	assert_says(&s, "HTTP/1.1 404 ");
	scene_close(&s);
}
END_TEST

START_TEST(other_paths_and_methods_are_refused)
{
	static const struct {
		const char *method, *target;
		int status;
	} rows[] = {
		{"GET", "/", 404},
		{"GET", "/v1/messages", 405},
		{"PUT", "/v1/messages", 405},
		{"POST", "/2018-06-01/runtime/invocation/next", 405},
		{"POST", "/v1/messagesx", 404},
		{"POST", "/V1/messages", 404},
		{"POST", "/v1/messages/", 404},
		{"POST", "/v1/%6dessages", 404},
		{"POST", "/x/../v1/messages", 404},
		{"POST", "//v1/messages", 404},
		{"POST", "/2018-06-01/runtime/invocation//response", 404},
		{"POST", "/2018-06-01/runtime/invocation/a/b/response", 404},
	};
	struct scene s;
	scene_open(&s, 1000, 1000);
	start(&s);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char text[256], want[32];
		snprintf(text, sizeof(text), "%s %s HTTP/1.1\r\n\r\n", rows[i].method,
			 rows[i].target);
		snprintf(want, sizeof(want), "HTTP/1.1 %d ", rows[i].status);
		assert_ok(say(&s, str_of(text)));
		ck_assert_msg(strncmp(buf_cstr(&s.got), want, strlen(want)) == 0, "%s gave %.20s",
			      text, buf_cstr(&s.got));
	}
	scene_close(&s);
}
END_TEST

START_TEST(requests_may_come_in_any_pieces_and_many_at_once)
{
	static const char two[] = "POST /aspora/v1/logs HTTP/1.1\r\nContent-Length: 3\r\n\r\none"
				  "POST /aspora/v1/logs HTTP/1.1\r\nContent-Length: 3\r\n\r\ntwo";
	struct scene s;
	scene_open(&s, 1000, 1000);
	assert_ok(say(&s, str_of(two)));
	assert_str(door_log(s.door), "onetwo");
	for (size_t i = 0; i < sizeof(two) - 1; i++)
		assert_ok(say(&s, str_make(two + i, 1)));
	assert_str(door_log(s.door), "onetwoonetwo");
	ck_assert_str_eq(s.last_log, "two");
	scene_close(&s);
}
END_TEST

START_TEST(logs_keep_their_end)
{
	struct scene s;
	scene_open(&s, 1000, 10);
	assert_ok(post(&s, "/aspora/v1/logs", STR("0123456789")));
	assert_str(door_log(s.door), "0123456789");
	assert_ok(post(&s, "/aspora/v1/logs", STR("ab")));
	assert_str(door_log(s.door), "23456789ab");
	assert_ok(post(&s, "/aspora/v1/logs", STR("ABCDEFGHIJKLM")));
	assert_str(door_log(s.door), "DEFGHIJKLM");
	scene_close(&s);
}
END_TEST

START_TEST(bodies_are_held_to_the_limit_of_their_route)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(BUF_MAX);
	struct scene s;
	scene_open(&s, 1000, 1000);
	start(&s);
	buf_add_repeat(&b, 'x', 1001);
	assert_ok(post(&s, "/2018-06-01/runtime/invocation/" ID "/response", buf_str(&b)));
	assert_says(&s, "HTTP/1.1 413 ");
	assert_says(&s, "1001 bytes, more than 1000");
	assert_ok(post(&s, "/2018-06-01/runtime/invocation/" ID "/response",
		       str_sub(buf_str(&b), 0, 1000)));
	assert_says(&s, "HTTP/1.1 202 ");
	buf_add_repeat(&b, 'x', 4 * 1024 * 1024 - 1001);
	assert_ok(post(&s, "/v1/messages", buf_str(&b)));
	assert_says(&s, "HTTP/1.1 501 ");
	buf_add_char(&b, 'x');
	assert_err(post(&s, "/v1/messages", buf_str(&b)), ERR_SANDBOX, "larger than it may be");
	scene_close(&s);
}
END_TEST

START_TEST(what_is_not_http_breaks_the_sandbox)
{
	static const char *const rows[][2] = {
		{"hello\n", "a line feed without a carriage return"},
		{"GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", "Transfer-Encoding"},
		{"GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
		 "more than one Content-Length"},
		{"GET / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", "larger than it may be"},
		{"GET / HTTP/9.9\r\n\r\n", "only HTTP/1.1"},
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct scene s;
		scene_open(&s, 1000, 1000);
		assert_err(say(&s, str_of(rows[i][0])), ERR_SANDBOX, rows[i][1]);
		scene_close(&s);
	}
}
END_TEST

START_TEST(answers_that_nobody_reads_have_an_end)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(BUF_MAX);
	struct scene s;
	int rc = 0;
	scene_open(&s, 1000, 1000);
	start(&s);
	for (int i = 0; i < 100; i++)
		buf_addz(&b, "GET /none HTTP/1.1\r\n\r\n");
	memset(&support_err, 0, sizeof(support_err));
	for (int i = 0; i < 10000 && rc == 0; i++) {
		(void)!send(s.fd, b.data, b.len, MSG_NOSIGNAL);
		rc = door_pump(s.door, POLLIN, &support_err);
		/* A few kilobytes of questions must not become gigabytes of waiting answers. */
		ck_assert_uint_le(s.door->out.len, HTTP_HEAD_MAX + 2 * 4 * 1024 * 1024);
	}
	ck_assert_int_eq(rc, ERR_SANDBOX);
	ck_assert_ptr_nonnull(strstr(support_err.msg, "asks without reading"));
	scene_close(&s);
}
END_TEST

START_TEST(the_other_end_s_going_is_noticed)
{
	struct scene s;
	scene_open(&s, 1000, 1000);
	ck_assert(!door_closed(s.door));
	/* Last words before the end are still heard. */
	assert_ok(post(&s, "/aspora/v1/logs", STR("bye")));
	shutdown(s.fd, SHUT_RDWR);
	assert_ok(door_pump(s.door, POLLIN | POLLHUP, &support_err));
	ck_assert(door_closed(s.door));
	assert_str(door_log(s.door), "bye");
	scene_close(&s);
}
END_TEST

START_TEST(the_transcript_has_what_passed)
{
	struct scene s;
	scene_open(&s, 1000, 1000);
	start(&s);
	s.time.mono_ms += 12;
	assert_ok(post(&s, "/v1/messages?x=1", STR("{\"model\":\"m\"}")));
	assert_ok(post(&s, "/2018-06-01/runtime/invocation/" ID "/response", STR("5")));
	struct str t = buf_str(&door_transcript(s.door)->lines);
	static const char *const parts[] = {
		"{\"transcript\":\"aspora/v1\",\"execution\":\"" ID "\"}\n",
		"{\"seq\":1,\"ms\":0,\"method\":\"GET\",",
		"\"request\":\"\",\"status\":200,\"response\":\"{\\\"a\\\":1}\"}\n",
		"{\"seq\":2,\"ms\":12,\"method\":\"POST\",\"target\":\"/v1/messages?x=1\",",
		"\"request\":\"{\\\"model\\\":\\\"m\\\"}\",\"status\":501,",
		"\"request\":\"5\",\"status\":202,",
	};
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		ck_assert_msg(str_find(t, str_of(parts[i]), 0) >= 0, "\"%.*s\" lacks \"%s\"",
			      STR_ARG(t), parts[i]);
	scene_close(&s);
}
END_TEST

START_TEST(the_route_table_can_be_listed)
{
	char text[128];
	size_t n = 0;
	while (door_route_text(n, text)) {
		ck_assert_ptr_nonnull(strchr(text, '/'));
		n++;
	}
	ck_assert_uint_ge(n, 12);
	ck_assert_str_eq(door_route_text(0, text), "GET /2018-06-01/runtime/invocation/next");
	ck_assert_ptr_null(door_route_text(n + 5, text));
	for (int p = DOOR_STARTING; p <= DOOR_READY; p++)
		ck_assert_ptr_nonnull(door_phase_name((enum door_phase)p));
}
END_TEST

static const struct support_case cases[] = {
	CASE(an_invocation_goes_through_its_phases),
	CASE(next_is_answered_again_while_it_runs_with_the_time_that_is_left),
	CASE(answers_for_another_invocation_are_refused),
	CASE(errors_are_read_from_any_body),
	CASE(ready_and_init_error_count_only_before_work),
	CASE(models_answer_model_not_configured_in_words_that_sdks_find),
	CASE(mcp_says_that_it_is_not_connected_and_names_the_server),
	CASE(other_paths_and_methods_are_refused),
	CASE(requests_may_come_in_any_pieces_and_many_at_once),
	CASE(logs_keep_their_end),
	CASE(bodies_are_held_to_the_limit_of_their_route),
	CASE(what_is_not_http_breaks_the_sandbox),
	CASE(answers_that_nobody_reads_have_an_end),
	CASE(the_other_end_s_going_is_noticed),
	CASE(the_transcript_has_what_passed),
	CASE(the_route_table_can_be_listed),
	{0},
};

int main(void)
{
	return support_main("runtime/door", cases);
}
