#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>

#include "base/child_int.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/mem.h"

int child_poll_ms(int64_t deadline_ms)
{
	if (deadline_ms < 0)
		return -1;
	int64_t left = deadline_ms - clock_mono(&clock_real);
	return (int)MAX(MIN(left, (int64_t)INT_MAX), (int64_t)0);
}

/* One collected stream of the child. */
struct stream {
	struct buf *buf;
	int in; /* our end; -1 once it is at its end */
	int out; /* the child's */
};

struct run {
	struct stream streams[2];
	int input;
	struct child child;
};

static void run_release(struct run *r)
{
	for (size_t i = 0; i < ARRAY_SIZE(r->streams); i++) {
		cleanup_fd(&r->streams[i].in);
		cleanup_fd(&r->streams[i].out);
	}
	cleanup_fd(&r->input);
	child_release(&r->child);
}

static int stream_open(struct stream *s, struct buf *buf, struct err *err)
{
	int fds[2], rc;
	if (!buf)
		return 0;
	rc = io_pipe(fds, err);
	if (rc < 0)
		return rc;
	*s = (struct stream){buf, fds[0], fds[1]};
	return io_set_nonblock(s->in, true, err);
}

/*
 * A file in memory: unlike a pipe it never fills, so nothing has to be fed while we read, and a child
 * that does not read its input does not send us SIGPIPE.
 */
static int input_open(struct str input, int *ret_fd, struct err *err)
{
	CLEANUP_FD int fd = memfd_create("input", MFD_CLOEXEC);
	if (fd < 0)
		return err_sys(err, ERR_IO, errno, "cannot hold the input of a program");
	int rc = io_write_all(fd, input, err);
	if (rc < 0)
		return rc;
	if (lseek(fd, 0, SEEK_SET) < 0)
		return err_sys(err, ERR_IO, errno, "cannot hold the input of a program");
	*ret_fd = TAKE_FD(fd);
	return 0;
}

static int start(struct run *r, const struct child_opts *o, struct err *err)
{
	CLEANUP_FREE struct child_fd *fds = mem_array(o->fd_count + 3, sizeof(*fds));
	struct child_opts mine = *o;
	if (o->fd_count)
		memcpy(fds, o->fds, o->fd_count * sizeof(*fds));
	mine.fds = fds;
	/* The deadline kills the whole group. */
	mine.new_session = true;
	if (r->input >= 0)
		fds[mine.fd_count++] = (struct child_fd){r->input, 0};
	for (int i = 0; i < 2; i++)
		if (r->streams[i].buf)
			fds[mine.fd_count++] = (struct child_fd){r->streams[i].out, i + 1};
	int rc = child_start(&r->child, &mine, err);
	for (size_t i = 0; i < ARRAY_SIZE(r->streams); i++) {
		int out = TAKE_FD(r->streams[i].out);
		cleanup_fd(&out);
	}
	return rc;
}

/*
 * Reads what is there, at most what the largest pipe holds: a quick writer must not keep us from the
 * deadline. False once the limit is passed.
 */
static bool drain(struct stream *s)
{
	for (int i = 0; s->in >= 0 && i < 64; i++) {
		char bytes[16384];
		ssize_t n = read(s->in, bytes, sizeof(bytes));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return true;
		if (n <= 0)
			close(TAKE_FD(s->in));
		else
			buf_add(s->buf, bytes, (size_t)n);
		if (s->buf->overflow)
			return false;
	}
	return true;
}

static int check_streams(struct run *r, const char *program, struct err *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(r->streams); i++) {
		if (drain(&r->streams[i]))
			continue;
		CLEANUP_FREE char *what = mem_printf("the %s of %s", i ? "error output" : "output",
						     program);
		return buf_check(r->streams[i].buf, what, err);
	}
	return 0;
}

static int collect(struct run *r, const char *program, int64_t timeout_ms, struct err *err)
{
	int64_t deadline = timeout_ms < 0 ? -1 : clock_mono(&clock_real) + timeout_ms;
	for (;;) {
		struct pollfd p[] = {{r->child.pidfd, POLLIN, 0},
				     {r->streams[0].in, POLLIN, 0},
				     {r->streams[1].in, POLLIN, 0}};
		int n = poll(p, ARRAY_SIZE(p), child_poll_ms(deadline));
		if (n < 0 && errno != EINTR)
			return err_sys(err, ERR_IO, errno, "cannot wait for %s", program);
		bool ended = n > 0 && p[0].revents;
		/* What it left behind in its group goes with it; what it wrote is in the pipes. */
		if (ended)
			child_kill(&r->child, SIGKILL);
		int rc = check_streams(r, program, err);
		if (rc < 0 || ended)
			return rc;
		if (child_poll_ms(deadline) == 0) {
			char limit[32];
			return err_set(err, ERR_TIMEOUT, "%s did not end within %s", program,
				       duration_format(timeout_ms, limit));
		}
	}
}

int child_run(const struct child_opts *o, struct str input, struct buf *out, struct buf *errout,
	      int64_t timeout_ms, struct child_end *ret, struct err *err)
{
	CLEANUP(run_release)
	struct run r = {{{NULL, -1, -1}, {NULL, -1, -1}}, -1, CHILD_INIT};
	int rc = stream_open(&r.streams[0], out, err);
	if (rc == 0)
		rc = stream_open(&r.streams[1], errout, err);
	if (rc == 0 && input.p)
		rc = input_open(input, &r.input, err);
	if (rc == 0)
		rc = start(&r, o, err);
	if (rc == 0)
		rc = collect(&r, o->argv[0], timeout_ms, err);
	return rc < 0 ? rc : child_wait(&r.child, -1, ret, err);
}
