/* The process that looks at signatures: one commit after the other, each said as soon as it is known. Its end is the kernel's to keep (alarm). */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <poll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/child.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/mem.h"
#include "gitsync/gitsync.h"
#include "gitsync/mirror.h"
#include "gitsync/signature_int.h"

#define RECORD_MAX ((size_t)4 * 1024 * 1024)
#define FILE_MAX ((rlim_t)16 * 1024 * 1024)

struct signature_job {
	struct signature_opts o;
	struct child child;
	int pipe, out; /* out: the child's end */
	struct buf record;
	bool ended;
	struct child_end end;
};

/* --- in the child ----------------------------------------------------------------------------------------------------- */

static void confine(const struct signature_opts *o)
{
	const struct rlimit none = {0, 0}, file = {FILE_MAX, FILE_MAX};
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)setrlimit(RLIMIT_CORE, &none);
	(void)setrlimit(RLIMIT_FSIZE, &file);
	(void)alarm((unsigned)(o->wall_ms / 1000) + 2);
}

/* A commit that cannot be read is its own fault, not the machine's. */
static int look_at(struct signature_bench *b, struct mirror *m, const struct tree_id *id,
		   struct signature *ret, struct err *err)
{
	CLEANUP(arena_freep) struct arena *a = arena_new((size_t)4 * COMMIT_MAX_BYTES);
	struct err why = ERR_INIT;
	struct commit c;
	int rc = mirror_commit(m, id, 0, a, &c, &why);
	*ret = (struct signature){0};
	if (rc == ERR_GIT || rc == ERR_TOO_LARGE) {
		ret->state = SIGNATURE_UNREAD;
		snprintf(ret->detail, sizeof(ret->detail), "%.*s", SIGNATURE_DETAIL_MAX - 1,
			 why.msg);
		return 0;
	}
	if (rc < 0) {
		*err = why;
		return rc;
	}
	if (!c.signature.len) {
		ret->state = SIGNATURE_NONE;
		return 0;
	}
	return signature_bench_check(b, &c, ret, err);
}

static int say(int fd, struct buf *line, struct err *err)
{
	int rc = io_write_all(fd, buf_str(line), err);
	buf_reset(line);
	return rc;
}

static int look_at_all(struct signature_job *j, struct buf *line, struct err *err)
{
	CLEANUP(mirror_closep) struct mirror *m = NULL;
	struct signature_bench b;
	int64_t deadline = clock_mono(&clock_real) + j->o.wall_ms;
	int rc = signature_bench_open(&b, &j->o, deadline, err);
	if (rc == 0)
		rc = j->o.clone ? mirror_open_clone(j->o.repo, &m, err)
				: mirror_open(j->o.repo, false, &m, err);
	for (size_t i = 0; rc == 0 && i < j->o.count; i++) {
		struct signature s;
		rc = look_at(&b, m, &j->o.ids[i], &s, err);
		if (rc == 0) {
			signature_record_add(line, i, &s);
			rc = say(j->out, line, err);
		}
	}
	signature_bench_release(&b);
	return rc;
}

static int job_child(void *state)
{
	struct signature_job *j = state;
	CLEANUP(buf_release) struct buf line = BUF_INIT(64 * 1024);
	struct err err = ERR_INIT;
	confine(&j->o);
	int rc = look_at_all(j, &line, &err);
	signature_record_end(&line, rc, &err);
	_exit(say(j->out, &line, &err) < 0);
}

/* --- in the parent ---------------------------------------------------------------------------------------------------- */

static int start(struct signature_job *j, struct err *err)
{
	int fds[2], rc = io_remove_tree(j->o.scratch, err);
	if (rc == 0)
		rc = io_mkdirs(j->o.scratch, 0700, err);
	if (rc == 0)
		rc = io_pipe(fds, err);
	if (rc < 0)
		return rc;
	j->pipe = fds[0];
	j->out = fds[1];
	if ((rc = io_set_nonblock(j->pipe, true, err)) == 0)
		rc = child_fork(&j->child, job_child, j, &j->out, 1, err);
	close(TAKE_FD(j->out));
	return rc;
}

int signature_job_start(const struct signature_opts *o, struct signature_job **ret, struct err *err)
{
	int rc = gitsync_init(true, err);
	if (rc < 0)
		return rc;
	if (o->count == 0 || o->count > SIGNATURE_COMMITS_MAX)
		return err_set(err, ERR_INVALID, "%zu commits are to be looked at; 1 to %d can be",
			       o->count, SIGNATURE_COMMITS_MAX);
	struct signature_job *j = mem_zalloc(sizeof(*j));
	*j = (struct signature_job){.o = *o, .child = CHILD_INIT, .pipe = -1, .out = -1};
	buf_init(&j->record, RECORD_MAX);
	if ((rc = start(j, err)) < 0) {
		signature_job_free(j);
		return rc;
	}
	*ret = j;
	return 0;
}

int signature_job_fd(const struct signature_job *j)
{
	return j->pipe;
}

/* The pipe ends when the child does: nothing that the child starts has it. */
bool signature_job_poll(struct signature_job *j)
{
	char piece[4096];
	struct err ignored = ERR_INIT;
	ssize_t n = 1;
	while (!j->ended && (n > 0 || (n < 0 && errno == EINTR)))
		if ((n = read(j->pipe, piece, sizeof(piece))) > 0)
			buf_add(&j->record, piece, (size_t)n);
	if (!j->ended && n == 0)
		j->ended = child_wait(&j->child, -1, &j->end, &ignored) == 0;
	return j->ended;
}

static int settle(struct signature_job *j, struct signature *ret, struct err *err)
{
	struct err child = ERR_INIT;
	bool ended = false;
	int code = 0;
	char text[64], limit[32];
	int rc = signature_record_read(buf_str(&j->record), ret, j->o.count, &ended, &code, &child,
				       err);
	if (rc < 0)
		return rc;
	if (!j->ended)
		return err_set(err, ERR_CANCELLED, "was ended before it was done");
	if (ended && code < 0) {
		(void)err_set(err, code, "%s", child.msg);
		return child.remedy[0] ? err_remedy(err, "%s", child.remedy) : code;
	}
	if (ended)
		return 0;
	if (!j->end.exited && j->end.status == SIGALRM)
		return err_set(err, ERR_TIMEOUT, "took longer than %s",
			       duration_format(j->o.wall_ms, limit));
	return err_set(err, ERR_GIT, "the process that looks at signatures ended: %s",
		       child_end_text(&j->end, text, sizeof(text)));
}

int signature_job_finish(struct signature_job *j, struct signature *ret, struct err *err)
{
	struct err local = ERR_INIT;
	struct err *e = err ? err : &local;
	(void)signature_job_poll(j);
	int rc = settle(j, ret, e);
	if (rc < 0)
		(void)err_context(e, "looking at the signatures of %zu commit%s", j->o.count,
				  j->o.count == 1 ? "" : "s");
	signature_job_free(j);
	return rc;
}

void signature_job_free(struct signature_job *j)
{
	struct err ignored = ERR_INIT;
	if (!j)
		return;
	child_release(&j->child);
	buf_release(&j->record);
	cleanup_fd(&j->pipe);
	cleanup_fd(&j->out);
	(void)!io_remove_tree(j->o.scratch, &ignored);
	free(j);
}

int signature_run(const struct signature_opts *o, struct signature *ret, struct err *err)
{
	struct signature_job *j = NULL;
	int rc = signature_job_start(o, &j, err);
	if (rc < 0)
		return rc;
	while (!signature_job_poll(j)) {
		struct pollfd p = {signature_job_fd(j), POLLIN, 0};
		(void)poll(&p, 1, -1);
	}
	return signature_job_finish(j, ret, err);
}
