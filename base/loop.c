#include "base/loop.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>

#include "base/loop_int.h"
#include "base/mem.h"

#define EVENTS_A_STEP 64

/* --- sources --------------------------------------------------------------------------------- */

struct loop_source *loop_source_new(struct loop *l, enum loop_kind kind, int fd, void *state)
{
	struct loop_source *s = mem_zalloc(sizeof(*s));
	s->loop = l;
	s->kind = kind;
	s->fd = fd;
	s->state = state;
	s->next = l->sources;
	if (s->next)
		s->next->prev = s;
	l->sources = s;
	return s;
}

static void unlink_source(struct loop_source *s)
{
	struct loop *l = s->loop;
	if (s->prev)
		s->prev->next = s->next;
	else
		l->sources = s->next;
	if (s->next)
		s->next->prev = s->prev;
}

/* Freed only after the present round: events already fetched may still point to it. */
void loop_remove(struct loop_source *s)
{
	if (!s || s->removed)
		return;
	struct loop *l = s->loop;
	s->removed = true;
	if (s->kind == LOOP_TIMER)
		loop_heap_remove(l, s);
	else
		epoll_ctl(l->epoll_fd, EPOLL_CTL_DEL, s->fd, NULL);
	unlink_source(s);
	s->next = l->removed;
	l->removed = s;
}

static void free_removed(struct loop *l)
{
	while (l->removed) {
		struct loop_source *next = l->removed->next;
		free(l->removed);
		l->removed = next;
	}
}

static int watch(struct loop_source *s, uint32_t events, struct err *err)
{
	struct epoll_event e = {events, {.ptr = s}};
	if (epoll_ctl(s->loop->epoll_fd, EPOLL_CTL_ADD, s->fd, &e) == 0)
		return 0;
	err_sys(err, ERR_IO, errno, "cannot watch descriptor %d", s->fd);
	loop_remove(s);
	return ERR_IO;
}

int loop_open(const struct clock *clock, struct loop **ret, struct err *err)
{
	int fd = epoll_create1(EPOLL_CLOEXEC);
	if (fd < 0)
		return err_sys(err, ERR_IO, errno, "cannot make an event loop");
	struct loop *l = mem_zalloc(sizeof(*l));
	l->clock = clock;
	l->epoll_fd = fd;
	l->signal_fd = -1;
	sigemptyset(&l->signals);
	*ret = l;
	return 0;
}

void loop_close(struct loop *l)
{
	if (!l)
		return;
	while (l->sources)
		loop_remove(l->sources);
	free_removed(l);
	free(l->heap);
	if (l->signal_fd >= 0)
		close(l->signal_fd);
	close(l->epoll_fd);
	free(l);
}

void loop_closep(struct loop **l)
{
	loop_close(*l);
	*l = NULL;
}

const struct clock *loop_clock(const struct loop *l)
{
	return l->clock;
}

/* --- descriptors, signals, children ---------------------------------------------------------- */

int loop_add_fd(struct loop *l, int fd, uint32_t epoll_events, loop_fd_fn fn, void *state,
		struct loop_source **ret, struct err *err)
{
	struct loop_source *s = loop_source_new(l, LOOP_FD, fd, state);
	s->fn.fd = fn;
	int rc = watch(s, epoll_events, err);
	if (rc == 0 && ret)
		*ret = s;
	return rc;
}

void loop_change_fd(struct loop_source *s, uint32_t epoll_events)
{
	struct epoll_event e = {epoll_events, {.ptr = s}};
	if (s->removed)
		return;
	int rc = epoll_ctl(s->loop->epoll_fd, EPOLL_CTL_MOD, s->fd, &e);
	assert(rc == 0);
	(void)rc;
}

int loop_add_signal(struct loop *l, int signal, loop_signal_fn fn, void *state, struct err *err)
{
	assert(signal > 0 && signal < NSIG && !sigismember(&l->signals, signal));
	sigset_t one;
	sigemptyset(&one);
	sigaddset(&one, signal);
	sigaddset(&l->signals, signal);
	l->signal_fns[signal].fn = fn;
	l->signal_fns[signal].state = state;
	sigprocmask(SIG_BLOCK, &one, NULL);
	int fd = signalfd(l->signal_fd, &l->signals, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0)
		return err_sys(err, ERR_IO, errno, "cannot watch signal %d", signal);
	if (l->signal_fd >= 0)
		return 0;
	l->signal_fd = fd;
	return watch(loop_source_new(l, LOOP_SIGNALS, fd, NULL), EPOLLIN, err);
}

int loop_add_child(struct loop *l, struct child *c, loop_child_fn fn, void *state, struct err *err)
{
	assert(c->pid > 0);
	struct loop_source *s = loop_source_new(l, LOOP_CHILD, c->pidfd, state);
	s->fn.child = fn;
	s->child = c;
	return watch(s, EPOLLIN, err);
}

void loop_remove_child(struct loop *l, const struct child *c)
{
	struct loop_source *s = l->sources;
	while (s && s->child != c)
		s = s->next;
	loop_remove(s);
}

static void read_signals(struct loop *l)
{
	struct signalfd_siginfo info;
	while (read(l->signal_fd, &info, sizeof(info)) == sizeof(info)) {
		int signal = (int)info.ssi_signo;
		l->signal_fns[signal].fn(l, signal, l->signal_fns[signal].state);
	}
}

static int child_ended(struct loop *l, struct loop_source *s, struct err *err)
{
	struct child_end end;
	struct child *c = s->child;
	loop_remove(s); /* before the wait closes the descriptor */
	int rc = child_wait(c, 0, &end, err);
	if (rc == 0)
		s->fn.child(l, c, &end, s->state);
	return rc;
}

/* --- running --------------------------------------------------------------------------------- */

static int dispatch(struct loop *l, struct loop_source *s, uint32_t events, struct err *err)
{
	if (s->removed)
		return 0;
	switch (s->kind) {
	case LOOP_FD:
		s->fn.fd(l, s->fd, events, s->state);
		return 0;
	case LOOP_SIGNALS:
		read_signals(l);
		return 0;
	case LOOP_CHILD:
		return child_ended(l, s, err);
	case LOOP_TIMER:
		break;
	}
	return 0;
}

static int wait_ms(const struct loop *l, int64_t timeout_ms)
{
	int64_t timer_ms = loop_heap_next_ms(l);
	if (timeout_ms < 0 || (timer_ms >= 0 && timer_ms < timeout_ms))
		timeout_ms = timer_ms;
	return timeout_ms < 0 ? -1 : (int)MIN(timeout_ms, (int64_t)INT_MAX);
}

int loop_step(struct loop *l, int64_t timeout_ms, struct err *err)
{
	struct epoll_event events[EVENTS_A_STEP];
	int n = epoll_wait(l->epoll_fd, events, EVENTS_A_STEP, wait_ms(l, timeout_ms));
	if (n < 0 && errno != EINTR)
		return err_sys(err, ERR_IO, errno, "cannot wait for events");
	int rc = 0;
	for (int i = 0; i < n && rc == 0; i++)
		rc = dispatch(l, events[i].data.ptr, events[i].events, err);
	loop_heap_fire(l);
	free_removed(l);
	return rc;
}

int loop_run(struct loop *l, struct err *err)
{
	int rc = 0;
	l->stopped = false;
	while (!l->stopped && rc == 0)
		rc = loop_step(l, -1, err);
	return rc;
}

void loop_stop(struct loop *l)
{
	l->stopped = true;
}
