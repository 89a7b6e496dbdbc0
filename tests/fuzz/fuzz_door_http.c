/*
 * The door: what a sandbox may send, which is anything. The first byte says in which pieces the rest arrives. The parser must
 * say the same of one piece as of many; the door must keep to its phases and limits, and end in an error or an answer.
 */
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/crypto.h"
#include "base/mem.h"
#include "runtime/door/door.h"
#include "runtime/door/http_parse.h"
#include "tests/fuzz/fuzz.h"

#define OUTPUT_MAX 4096
#define LOG_MAX 256
#define BODY_MAX 65536

static void check_head(const char *buf, const struct http_head *h)
{
	FUZZ_CHECK(h->head_len >= 16 && h->head_len <= HTTP_HEAD_MAX);
	FUZZ_CHECK(memcmp(buf + h->head_len - 4, "\r\n\r\n", 4) == 0);
	FUZZ_CHECK(h->field_count <= HTTP_HEADERS_MAX && h->content_length <= BODY_MAX);
	for (size_t i = 0; i < h->field_count; i++) {
		const struct http_span n = h->fields[i].name, v = h->fields[i].value;
		FUZZ_CHECK(n.len > 0 && n.at + n.len < h->head_len && v.at + v.len < h->head_len);
		FUZZ_CHECK(!memchr(buf + v.at, '\r', v.len) && !memchr(buf + v.at, '\n', v.len));
	}
}

static enum http_outcome parse(const uint8_t *data, size_t size, size_t step, enum http_kind kind,
			       struct http_head *h)
{
	size_t scan = 0;
	enum http_outcome o = HTTP_MORE;
	for (size_t len = 0; o == HTTP_MORE && len < size;) {
		len = step < size - len ? len + step : size;
		/* A copy of exactly this size, so that reading past it is seen. */
		CLEANUP_FREE char *exact = mem_dup(data, len);
		o = http_parse_head(exact, len, &scan, kind, BODY_MAX, h);
		if (o == HTTP_DONE)
			check_head(exact, h);
		FUZZ_CHECK((o < 0) == (h->why != NULL));
	}
	return o;
}

static void check_parser(const uint8_t *data, size_t size, size_t step)
{
	static struct http_head a, b;
	for (int kind = HTTP_REQUEST; kind <= HTTP_RESPONSE; kind++) {
		enum http_outcome x = parse(data, size, size ? size : 1, (enum http_kind)kind, &a);
		enum http_outcome y = parse(data, size, step, (enum http_kind)kind, &b);
		FUZZ_CHECK(x == y);
		FUZZ_CHECK(x != HTTP_DONE ||
			   (a.head_len == b.head_len && a.field_count == b.field_count &&
			    a.content_length == b.content_length));
	}
}

static void drain(int fd)
{
	char piece[4096];
	while (recv(fd, piece, sizeof(piece), MSG_DONTWAIT) > 0)
		;
}

static void check_phase(enum door_phase before, const struct door *d)
{
	static const unsigned next[] = {
		[DOOR_STARTING] = 1u << DOOR_STARTING | 1u << DOOR_WAITING | 1u << DOOR_FAILED |
				  1u << DOOR_READY,
		[DOOR_WAITING] = 1u << DOOR_WAITING,
		[DOOR_RUNNING] = 1u << DOOR_RUNNING | 1u << DOOR_ANSWERED | 1u << DOOR_FAILED,
		[DOOR_ANSWERED] = 1u << DOOR_ANSWERED,
		[DOOR_FAILED] = 1u << DOOR_FAILED,
		[DOOR_READY] = 1u << DOOR_READY,
	};
	FUZZ_CHECK(next[before] & 1u << door_phase(d));
	FUZZ_CHECK(door_response(d).len <= OUTPUT_MAX && door_log(d).len <= LOG_MAX);
	FUZZ_CHECK(door_phase(d) != DOOR_FAILED || door_fault(d)->type[0]);
}

static void check_door(const uint8_t *data, size_t size, size_t step)
{
	int fds[2];
	FUZZ_CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) == 0);
	struct door *d = door_new(&(struct door_opts){
		.fd = fds[1], .clock = &clock_real, .output_max = OUTPUT_MAX, .log_max = LOG_MAX});
	const struct door_invocation work = {"EXEC-1", STR("{}"), 1000, 1};
	int rc = 0;
	for (size_t at = 0; at < size && rc == 0; at += step) {
		size_t n = step < size - at ? step : size - at;
		enum door_phase before = door_phase(d);
		FUZZ_CHECK(send(fds[0], data + at, n, MSG_NOSIGNAL) == (ssize_t)n);
		rc = door_pump(d, POLLIN, NULL);
		drain(fds[0]);
		check_phase(before, d);
		if (rc == 0 && door_phase(d) == DOOR_WAITING)
			door_give(d, &work);
	}
	FUZZ_CHECK(rc == 0 || rc == ERR_SANDBOX);
	door_free(d);
	close(fds[0]);
	close(fds[1]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool ready;
	if (!ready && crypto_init(NULL) < 0)
		return 0;
	ready = true;
	if (size < 1 || size > BODY_MAX)
		return 0;
	/* Many small pieces of a large input take long and show nothing new. */
	size_t step = (size_t)data[0] + 1 > size / 256 ? (size_t)data[0] + 1 : size / 256;
	check_parser(data + 1, size - 1, step);
	check_door(data + 1, size - 1, step);
	return 0;
}
