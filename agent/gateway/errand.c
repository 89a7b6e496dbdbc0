#include "agent/gateway/errand.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "base/child.h"
#include "base/crypto.h"
#include "base/io.h"
#include "base/mem.h"

struct gw_errand {
	struct gw_errand_opts o;
	struct child child;
	int in, out; /* ends of the pipe; out is the child's */
	struct loop_source *source, *timer;
	struct buf got;
};

/* What stands before the bytes. A child's err is ours: it was forked, so that even its static strings are where they were. */
struct outcome {
	int rc;
	struct err err;
};

static int run(void *state)
{
	const struct gw_errand *j = state;
	CLEANUP(buf_release) struct buf out = BUF_INIT(GW_ERRAND_BYTES);
	struct outcome o = {0};
	struct err ignored = ERR_INIT;
	o.rc = j->o.work(j->o.what, &out, &o.err);
	if (o.rc == 0 && buf_check(&out, "the answer", &o.err) < 0)
		o.rc = o.err.code;
	int rc = io_write_all(j->out, str_make((const char *)&o, sizeof(o)), &ignored);
	if (rc == 0 && o.rc == 0)
		rc = io_write_all(j->out, buf_str(&out), &ignored);
	return rc < 0;
}

void gw_errand_cancel(struct gw_errand *j)
{
	if (!j)
		return;
	loop_remove(j->source);
	loop_remove(j->timer);
	child_release(&j->child);
	if (j->in >= 0)
		close(j->in);
	if (j->out >= 0)
		close(j->out);
	if (j->got.data)
		crypto_wipe(j->got.data, j->got.cap);
	buf_release(&j->got);
	free(j);
}

static void finish(struct gw_errand *j, int rc, struct str out, const struct err *err)
{
	gw_errand_done_fn done = j->o.done;
	void *state = j->o.state;
	/* Nothing of the errand's stands any more while its owner thinks. */
	struct buf got = j->got;
	j->got = (struct buf)BUF_INIT(0);
	gw_errand_cancel(j);
	done(state, rc, out, err);
	if (got.data)
		crypto_wipe(got.data, got.cap);
	buf_release(&got);
}

static void ended(struct gw_errand *j)
{
	struct outcome o;
	struct err err = ERR_INIT;
	if (j->got.len < sizeof(o) || j->got.overflow) {
		err_set(&err, ERR_UNAVAILABLE, "the process that asked ended before its time");
		finish(j, err.code, STR_NULL, &err);
		return;
	}
	memcpy(&o, j->got.data, sizeof(o));
	finish(j, o.rc, str_sub(buf_str(&j->got), sizeof(o), j->got.len), &o.err);
}

static void on_pipe(struct loop *l, int fd, uint32_t events, void *state)
{
	struct gw_errand *j = state;
	(void)l;
	(void)events;
	char *to = buf_reserve(&j->got, 64 * 1024);
	if (!to) {
		j->got.overflow = true;
		ended(j);
		return;
	}
	ssize_t n = read(fd, to, 64 * 1024);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		ended(j);
		return;
	}
	buf_grew(&j->got, (size_t)n);
}

static void on_late(struct loop *l, void *state)
{
	struct gw_errand *j = state;
	struct err err = ERR_INIT;
	(void)l;
	err_set(&err, ERR_TIMEOUT, "there was no answer within %lld s",
		(long long)(j->o.timeout_ms / 1000));
	finish(j, err.code, STR_NULL, &err);
}

int gw_errand_start(const struct gw_errand_opts *o, struct gw_errand **ret, struct err *err)
{
	int ends[2], rc = io_pipe(ends, err);
	if (rc < 0)
		return rc;
	struct gw_errand *j = mem_zalloc(sizeof(*j));
	*j = (struct gw_errand){.o = *o, .child = CHILD_INIT, .in = ends[0], .out = ends[1]};
	buf_init(&j->got, GW_ERRAND_BYTES + 128 * 1024);
	rc = child_fork(&j->child, run, j, &j->out, 1, err);
	close(j->out);
	j->out = -1;
	if (rc == 0)
		rc = io_set_nonblock(j->in, true, err);
	if (rc == 0)
		rc = loop_add_fd(o->loop, j->in, EPOLLIN, on_pipe, j, &j->source, err);
	if (rc < 0) {
		gw_errand_cancel(j);
		return rc;
	}
	j->timer = loop_add_timer(o->loop, o->timeout_ms, on_late, j);
	*ret = j;
	return 0;
}
