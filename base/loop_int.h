/* The inside of a loop: loop.c has descriptors, signals and children, loop_timer.c the heap of timers. */
#ifndef BASE_LOOP_INT_H
#define BASE_LOOP_INT_H

#include <signal.h>

#include "base/loop.h"

enum loop_kind { LOOP_FD, LOOP_TIMER, LOOP_SIGNALS, LOOP_CHILD };

struct loop_source {
	struct loop *loop;
	enum loop_kind kind;
	bool removed;
	int fd;
	union {
		loop_fd_fn fd;
		loop_timer_fn timer;
		loop_child_fn child;
	} fn;
	void *state;
	struct child *child;
	struct loop_source *prev, *next;
	int64_t due_ms; /* of a timer: monotonic */
	uint64_t armed; /* counts armings, see loop_heap_fire() */
	size_t place; /* in the heap, from 1; 0: not armed */
};

struct loop {
	const struct clock *clock;
	int epoll_fd;
	int signal_fd;
	sigset_t signals;
	struct {
		loop_signal_fn fn;
		void *state;
	} signal_fns[NSIG];
	struct loop_source *sources;
	struct loop_source *removed;
	struct loop_source **heap;
	size_t heap_count, heap_cap;
	uint64_t armings;
	bool stopped;
};

struct loop_source *loop_source_new(struct loop *l, enum loop_kind kind, int fd, void *state);
void loop_heap_remove(struct loop *l, struct loop_source *s); /* not armed is fine */
int64_t loop_heap_next_ms(const struct loop *l); /* until the next is due; -1: none */
void loop_heap_fire(struct loop *l); /* runs what is due */

#endif
