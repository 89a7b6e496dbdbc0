#include "gitsync/remote.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/timerfd.h>

#include "base/child.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/mem.h"
#include "gitsync/fetch_int.h"
#include "gitsync/gitsync.h"

#define RECORD_MAX ((size_t)8 * 1024 * 1024)

const struct remote_limits remote_limits_default = {
	.wall_ms = 60 * 1000,
	.stall_ms = 10 * 1000,
	.stall_bytes_per_s = 1024,
	.pack_bytes = (uint64_t)256 * 1024 * 1024,
	.objects = 200 * 1000,
	.refs = 10 * 1000,
	.object_bytes = (uint64_t)64 * 1024 * 1024,
	.memory_bytes = (uint64_t)512 * 1024 * 1024,
	.cpu_s = 60,
};

struct remote_job {
	struct fetch f; /* what the child was given */
	struct remote_opts o;
	struct child child;
	struct fetch_page *page;
	bool own_page; /* else the starter's */
	int epoll, timer, pipe;
	struct buf record;
	int64_t started, window; /* monotonic ms: the start, the start of the stall window */
	uint64_t window_bytes, window_steps;
	bool ended;
	struct child_end end;
	struct err verdict; /* why we ended it; code 0: we did not */
	char where[URL_MAX_BYTES + 64];
};

static int64_t now(void)
{
	return clock_mono(&clock_real);
}

struct remote_limits fetch_limits(const struct remote_limits *given)
{
	const struct remote_limits *d = &remote_limits_default;
	struct remote_limits l = *given;
#define DEFAULT(member) l.member = l.member ? l.member : d->member
	DEFAULT(wall_ms);
	DEFAULT(stall_ms);
	DEFAULT(stall_bytes_per_s);
	DEFAULT(pack_bytes);
	DEFAULT(objects);
	DEFAULT(refs);
	DEFAULT(object_bytes);
	DEFAULT(memory_bytes);
	DEFAULT(cpu_s);
#undef DEFAULT
	return l;
}

static bool ref_ok(const char *ref)
{
	size_t n = strlen(ref);
	if (!strcmp(ref, "HEAD"))
		return true;
	if (n < 6 || n > 250 || strncmp(ref, "refs/", 5) != 0)
		return false;
	char plain[256];
	snprintf(plain, sizeof(plain), "%s", ref);
	if (plain[n - 1] == '*' && plain[n - 2] == '/')
		plain[n - 1] = 'x';
	return ref_name_ok(str_of(plain));
}

static int check_opts(const struct remote_opts *o, struct err *err)
{
	if (o->ref_count == 0 || o->ref_count > REMOTE_REFS_MAX)
		return err_set(err, ERR_INVALID, "%zu refs are asked for; 1 to %d can be",
			       o->ref_count, REMOTE_REFS_MAX);
	for (size_t i = 0; i < o->ref_count; i++)
		if (!ref_ok(o->refs[i])) {
			err_set(err, ERR_INVALID, "\"%.200s\" is no full name of a reference",
				o->refs[i]);
			return err_remedy(err, "write it as in \"refs/heads/main\"");
		}
	return 0;
}

/* The lock lives as long as the child: the kernel lets go of it whatever happens. */
static int take_lock(const char *mirror, int *ret_fd, struct err *err)
{
	CLEANUP_FREE char *path = mem_printf("%s.lock", mirror);
	const char *slash = strrchr(path, '/');
	if (slash && slash > path) {
		CLEANUP_FREE char *dir = mem_strndup(path, (size_t)(slash - path));
		int rc = io_mkdirs(dir, 0700, err);
		if (rc < 0)
			return rc;
	}
	CLEANUP_FD int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return err_sys(err, ERR_IO, errno, "cannot lock the mirror %s", mirror);
	if (flock(fd, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK
			       ? err_set(err, ERR_CONFLICT,
					 "the mirror %s is being fetched into already", mirror)
			       : err_sys(err, ERR_IO, errno, "cannot lock the mirror %s", mirror);
	*ret_fd = TAKE_FD(fd);
	return 0;
}

static int watch(struct remote_job *j, int fd, struct err *err)
{
	struct epoll_event e = {.events = EPOLLIN, .data.fd = fd};
	if (epoll_ctl(j->epoll, EPOLL_CTL_ADD, fd, &e) < 0)
		return err_sys(err, ERR_IO, errno, "cannot watch a fetch");
	return 0;
}

/* Looks four times in each stall window, so that a stall is noticed soon after it is one. */
static void arm(struct remote_job *j)
{
	int64_t look = MAX(j->f.limits.stall_ms / 4, (int64_t)10);
	int64_t in = MIN(look, MAX(j->started + j->f.limits.wall_ms - now(), (int64_t)1));
	struct itimerspec t = {.it_value = {in / 1000, in % 1000 * 1000000}};
	(void)timerfd_settime(j->timer, 0, &t, NULL);
}

static void open_window(struct remote_job *j)
{
	j->window = now();
	j->window_bytes = atomic_load(&j->page->bytes);
	j->window_steps = atomic_load(&j->page->steps);
}

static int take_page(struct remote_job *j, struct err *err)
{
	if (j->o.starter) {
		j->page = starter_page(j->o.starter, j->o.starter_index);
		memset(j->page, 0, sizeof(*j->page));
	} else {
		j->page = mmap(NULL, sizeof(*j->page), PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
		if (j->page == MAP_FAILED) {
			j->page = NULL;
			return err_sys(err, ERR_IO, errno, "cannot prepare a fetch");
		}
		j->own_page = true;
	}
	j->f.page = j->page;
	return 0;
}

static int fork_child(struct remote_job *j, int out, int lock, struct err *err)
{
	struct err why = ERR_INIT;
	j->f.result_fd = out;
	j->f.lock_fd = lock;
	if (j->o.starter &&
	    starter_fork(j->o.starter, j->o.starter_index, out, lock, &j->child, &why) == 0)
		return 0;
	int keep[2] = {MIN(out, lock), MAX(out, lock)};
	const int *first = lock < 0 ? keep + 1 : keep;
	return child_fork(&j->child, fetch_child, &j->f, first, lock < 0 ? 1 : 2, err);
}

static int start(struct remote_job *j, struct err *err)
{
	int fds[2], rc = io_pipe(fds, err);
	if (rc < 0)
		return rc;
	j->pipe = fds[0];
	CLEANUP_FD int out = fds[1];
	CLEANUP_FD int lock = -1;
	if ((rc = io_set_nonblock(j->pipe, true, err)) < 0)
		return rc;
	if (j->o.mirror && (rc = take_lock(j->o.mirror, &lock, err)) < 0)
		return rc;
	j->epoll = epoll_create1(EPOLL_CLOEXEC);
	j->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (j->epoll < 0 || j->timer < 0)
		return err_sys(err, ERR_IO, errno, "cannot prepare a fetch");
	if ((rc = take_page(j, err)) < 0 || (rc = fork_child(j, out, lock, err)) < 0)
		return rc;
	if ((rc = watch(j, j->pipe, err)) < 0 || (rc = watch(j, j->timer, err)) < 0)
		return rc;
	if ((rc = watch(j, j->child.pidfd, err)) < 0)
		return rc;
	j->started = now();
	open_window(j);
	arm(j);
	return 0;
}

int remote_job_start(const struct remote_opts *o, struct remote_job **ret, struct err *err)
{
	int rc = gitsync_init(true, err);
	if (rc < 0 || (rc = check_opts(o, err)) < 0)
		return rc;
	struct remote_job *j = mem_zalloc(sizeof(*j));
	j->o = *o;
	j->f.o = &j->o;
	j->f.limits = fetch_limits(&o->limits);
	j->child = (struct child)CHILD_INIT;
	j->epoll = j->timer = j->pipe = -1;
	buf_init(&j->record, RECORD_MAX);
	CLEANUP(buf_release) struct buf url = BUF_INIT(URL_MAX_BYTES + 32);
	url_format(&o->url, &url);
	snprintf(j->where, sizeof(j->where), "%s %s", o->mirror ? "fetching" : "asking",
		 buf_cstr(&url));
	if ((rc = start(j, err)) < 0) {
		remote_job_free(j);
		return rc;
	}
	*ret = j;
	return 0;
}

int remote_job_fd(const struct remote_job *j)
{
	return j->epoll;
}

static void drain(struct remote_job *j)
{
	char piece[4096];
	ssize_t n;
	while ((n = read(j->pipe, piece, sizeof(piece))) > 0 || (n < 0 && errno == EINTR))
		if (n > 0)
			buf_add(&j->record, piece, (size_t)n);
	if (n == 0) /* else it would be readable for ever */
		(void)epoll_ctl(j->epoll, EPOLL_CTL_DEL, j->pipe, NULL);
}

static void expire(struct remote_job *j)
{
	int64_t t = now();
	uint32_t phase = atomic_load(&j->page->phase);
	uint64_t bytes = atomic_load(&j->page->bytes);
	const struct remote_limits *l = &j->f.limits;
	if (t >= j->started + l->wall_ms) {
		err_set(&j->verdict, ERR_TIMEOUT,
			"took longer than %lld ms while %s; %llu bytes had come",
			(long long)l->wall_ms, fetch_phase_text(phase), (unsigned long long)bytes);
		child_kill(&j->child, SIGKILL);
		return;
	}
	uint64_t came = bytes - j->window_bytes;
	bool alive = !fetch_phase_is_network(phase) ||
		     atomic_load(&j->page->steps) != j->window_steps ||
		     came >= (uint64_t)(l->stall_bytes_per_s * l->stall_ms / 1000);
	if (!alive && t >= j->window + l->stall_ms) {
		err_set(&j->verdict, ERR_TIMEOUT, "stalled while %s: %llu bytes in %lld ms",
			fetch_phase_text(phase), (unsigned long long)came,
			(long long)(t - j->window));
		child_kill(&j->child, SIGKILL);
		return;
	}
	if (alive)
		open_window(j);
	arm(j);
}

bool remote_job_poll(struct remote_job *j)
{
	if (j->ended)
		return true;
	uint64_t ticks;
	bool due = read(j->timer, &ticks, sizeof(ticks)) > 0;
	struct err ignored = ERR_INIT;
	int pidfd = j->child.pidfd;
	struct pollfd p = {pidfd, POLLIN, 0};
	if (poll(&p, 1, 0) > 0) {
		(void)epoll_ctl(j->epoll, EPOLL_CTL_DEL, pidfd, NULL);
		j->ended = child_wait(&j->child, 0, &j->end, &ignored) == 0;
	}
	drain(j);
	if (!j->ended && due && !j->verdict.code)
		expire(j);
	return j->ended;
}

/* The child is gone and has left no record, or not a whole one. */
static int tell_end(struct remote_job *j, struct err *err)
{
	char text[64];
	if (!j->end.exited && j->end.status == SIGXCPU)
		return err_set(err, ERR_TOO_LARGE,
			       "needed more than %lld s of processor time while %s",
			       (long long)j->f.limits.cpu_s,
			       fetch_phase_text(atomic_load(&j->page->phase)));
	return err_set(err, ERR_GIT, "the process that read from the remote ended while %s: %s",
		       fetch_phase_text(atomic_load(&j->page->phase)),
		       child_end_text(&j->end, text, sizeof(text)));
}

static int settle(struct remote_job *j, struct remote_result *ret, struct err *err)
{
	if (j->verdict.code) {
		*err = j->verdict;
		return j->verdict.code;
	}
	struct err child = ERR_INIT, ignored = ERR_INIT;
	struct remote_result r = {0};
	int code = 0;
	if (record_read(buf_str(&j->record), j->f.limits.refs + REMOTE_REFS_MAX, &r, &code, &child,
			&ignored) < 0)
		return tell_end(j, err);
	if (code < 0) {
		remote_result_release(&r);
		(void)err_set(err, code, "%s", child.msg);
		if (!child.remedy[0] && code == ERR_TOO_LARGE)
			return err_remedy(err, "keep large and generated files out of it, or give "
					       "the skills a repository of their own");
		return child.remedy[0] ? err_remedy(err, "%s", child.remedy) : code;
	}
	r.elapsed_ms = now() - j->started;
	*ret = r;
	return 0;
}

int remote_job_finish(struct remote_job *j, struct remote_result *ret, struct err *err)
{
	struct err local = ERR_INIT;
	struct err *e = err ? err : &local;
	int rc;
	if (!remote_job_poll(j))
		rc = err_set(e, ERR_CANCELLED, "was ended before it was done");
	else
		rc = settle(j, ret, e);
	if (rc < 0)
		(void)err_context(e, "%s", j->where);
	remote_job_free(j);
	return rc;
}

void remote_job_free(struct remote_job *j)
{
	if (!j)
		return;
	child_release(&j->child);
	buf_release(&j->record);
	if (j->own_page)
		munmap(j->page, sizeof(*j->page));
	int fds[] = {j->epoll, j->timer, j->pipe};
	for (size_t i = 0; i < ARRAY_SIZE(fds); i++)
		if (fds[i] >= 0)
			close(fds[i]);
	free(j);
}

int remote_run(const struct remote_opts *o, struct remote_result *ret, struct err *err)
{
	struct remote_job *j = NULL;
	int rc = remote_job_start(o, &j, err);
	if (rc < 0)
		return rc;
	while (!remote_job_poll(j)) {
		struct pollfd p = {remote_job_fd(j), POLLIN, 0};
		(void)poll(&p, 1, -1);
	}
	return remote_job_finish(j, ret, err);
}
