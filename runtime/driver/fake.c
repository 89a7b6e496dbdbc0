/*
 * The driver for tests: a sandbox is a process that runs a script of the test's on the other end of the door. It isolates nothing and runs no
 * handler; without a script it answers every invocation with its own context as output.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>

#include "base/child.h"
#include "base/io.h"
#include "base/mem.h"
#include "runtime/door/http_parse.h"
#include "runtime/driver.h"
#include "runtime/runtime.h"

struct fake_sandbox {
	struct sandbox head;
	struct child child;
	bool ended;
	struct child_end end;
};

static driver_fake_fn script;
static void *script_state;
static bool enabled; /* by a test of this process, never by a configuration */

void driver_fake_script(driver_fake_fn fn, void *state)
{
	enabled = true;
	script = fn;
	script_state = state;
}

/* --- the default script: a client of the door in a few lines --- */

/* Sends a request and reads the answer; false when the door has gone. */
static bool call(int fd, const char *method, const char *target, struct str body, struct buf *in,
		 struct http_head *h)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	size_t scan = 0;
	buf_addf(&out, "%s %s HTTP/1.1\r\nHost: door\r\nContent-Length: %zu\r\n\r\n", method,
		 target, body.len);
	buf_add_str(&out, body);
	buf_reset(in);
	if (io_write_all(fd, buf_str(&out), NULL) < 0)
		return false;
	for (;;) {
		char piece[4096];
		ssize_t n = read(fd, piece, sizeof(piece));
		if (n <= 0)
			return false;
		buf_add(in, piece, (size_t)n);
		enum http_outcome o = http_parse_head(in->data, in->len, &scan, HTTP_RESPONSE,
						      (uint64_t)1 << 30, h);
		if (o < 0)
			return false;
		if (o == HTTP_DONE && in->len >= h->head_len + h->content_length)
			return true;
	}
}

static int echo(int fd, const struct sandbox_spec *spec, void *state)
{
	CLEANUP(buf_release) struct buf in = BUF_INIT(BUF_MAX);
	struct http_head h;
	(void)state;
	if (spec->probe)
		return !call(fd, "POST", "/aspora/v1/ready", STR_NULL, &in, &h);
	while (call(fd, "GET", "/2018-06-01/runtime/invocation/next", STR_NULL, &in, &h) &&
	       h.status == 200) {
		const struct http_span *id = http_field(in.data, &h,
							"lambda-runtime-aws-request-id");
		CLEANUP_FREE char *target =
			mem_printf("/2018-06-01/runtime/invocation/%.*s/response",
				   id ? (int)id->len : 0, id ? in.data + id->at : "");
		CLEANUP_FREE char *body = mem_strndup(in.data + h.head_len,
						      (size_t)h.content_length);
		if (!call(fd, "POST", target, str_of(body), &in, &h))
			break;
	}
	return 0;
}

/* --- the driver --- */

struct start_state {
	int fd;
	const struct sandbox_spec *spec;
};

static int in_child(void *state)
{
	struct start_state *s = state;
	return (script ? script : echo)(s->fd, s->spec, script_state);
}

static int probe(struct runtime *rt, struct buf *detail, struct err *err)
{
	(void)rt;
	buf_addz(detail, "for tests");
	return enabled ? 0
		       : err_set(err, ERR_UNSUPPORTED,
				 "the fake driver is for tests of Aspora itself");
}

static int prepare(struct runtime *rt, const struct digest *runtime, const struct manifest *m,
		   const struct blob_reader *blobs, struct bundle *ret, struct err *err)
{
	return bundle_prepare(runtime_bundle_root(rt), runtime, m, blobs, ret, err);
}

static int start(struct runtime *rt, const struct sandbox_spec *spec, struct sandbox **ret,
		 struct err *err)
{
	int door[2], rc = io_socketpair(door, err);
	(void)rt;
	if (rc < 0)
		return rc;
	CLEANUP_FD int ours = door[0], theirs = door[1];
	CLEANUP_FREE struct fake_sandbox *s = mem_zalloc(sizeof(*s));
	struct start_state state = {theirs, spec};
	rc = io_set_nonblock(ours, true, err);
	if (rc == 0)
		rc = child_fork(&s->child, in_child, &state, &theirs, 1, err);
	if (rc < 0)
		return rc;
	s->head = (struct sandbox){.driver = &driver_fake,
				   .door_fd = TAKE_FD(ours),
				   .wait_fd = s->child.pidfd,
				   .stderr_fd = -1};
	snprintf(s->head.instance, sizeof(s->head.instance), "%s", spec->instance);
	*ret = &TAKE_PTR(s)->head;
	return 0;
}

static int poll_sandbox(struct sandbox *head, struct sandbox_status *ret, struct err *err)
{
	struct fake_sandbox *s = (struct fake_sandbox *)head;
	if (!s->ended) {
		int rc = child_wait(&s->child, 0, &s->end, err);
		if (rc < 0 && rc != ERR_TIMEOUT)
			return rc;
		s->ended = rc == 0;
	}
	*ret = (struct sandbox_status){
		.ended = s->ended, .exited = s->end.exited, .status = s->end.status};
	return 0;
}

static void kill_sandbox(struct sandbox *head)
{
	struct fake_sandbox *s = (struct fake_sandbox *)head;
	if (!s->ended)
		child_kill(&s->child, SIGKILL);
}

/* Its processes die with the one that started them, so there are no orphans to find. */
static int list(struct runtime *rt, sandbox_found_fn fn, void *state, struct err *err)
{
	(void)rt;
	(void)fn;
	(void)state;
	(void)err;
	return 0;
}

static int reap(struct runtime *rt, const char *instance, struct err *err)
{
	(void)rt;
	(void)instance;
	(void)err;
	return 0;
}

static void release(struct sandbox *head)
{
	struct fake_sandbox *s = (struct fake_sandbox *)head;
	if (!s)
		return;
	if (!s->ended)
		child_release(&s->child);
	close(s->head.door_fd);
	free(s);
}

const struct driver driver_fake = {
	.name = "fake",
	.isolation = ISOLATION_VM, /* whatever a test asks for */
	.probe = probe,
	.prepare = prepare,
	.start = start,
	.poll = poll_sandbox,
	.kill = kill_sandbox,
	.list = list,
	.reap = reap,
	.release = release,
};
