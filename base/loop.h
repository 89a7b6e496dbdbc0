/*
 * A small event loop on epoll: descriptors, timers, child ends, signals. One per process, no threads.
 * Callbacks run to completion; removing a source inside its own callback is allowed.
 */
#ifndef BASE_LOOP_H
#define BASE_LOOP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/child.h"
#include "base/clock.h"
#include "base/err.h"

struct loop;
struct loop_source;

typedef void (*loop_fd_fn)(struct loop *l, int fd, uint32_t epoll_events, void *state);
typedef void (*loop_timer_fn)(struct loop *l, void *state);
typedef void (*loop_signal_fn)(struct loop *l, int signal, void *state);
typedef void (*loop_child_fn)(struct loop *l, struct child *c, const struct child_end *end,
			      void *state);

NODISCARD int loop_open(const struct clock *clock, struct loop **ret, struct err *err);
void loop_close(struct loop *l); /* NULL is fine; not from a callback */
void loop_closep(struct loop **l); /* for CLEANUP */

/*
 * Each gives a source that lives until removed (or the loop closes); ret may be NULL. state is kept. Remove
 * a source before its descriptor is closed.
 */
NODISCARD int loop_add_fd(struct loop *l, int fd, uint32_t epoll_events, loop_fd_fn fn, void *state,
			  struct loop_source **ret, struct err *err);
void loop_change_fd(struct loop_source *s, uint32_t epoll_events);
/* Fires once after delay_ms; loop_timer_reset() arms it again (delay < 0: disarmed). */
struct loop_source *loop_add_timer(struct loop *l, int64_t delay_ms, loop_timer_fn fn, void *state);
void loop_timer_reset(struct loop_source *s, int64_t delay_ms);
/* Signals are blocked, and stay so, and are read by signalfd. Each at most once. */
NODISCARD int loop_add_signal(struct loop *l, int signal, loop_signal_fn fn, void *state,
			      struct err *err);
/* Watches c (kept) until it ends; reaps it and removes itself before calling fn. */
NODISCARD int loop_add_child(struct loop *l, struct child *c, loop_child_fn fn, void *state,
			     struct err *err);
/* Watches it no more, for who stops it himself; not watched is fine. */
void loop_remove_child(struct loop *l, const struct child *c);
void loop_remove(struct loop_source *s); /* NULL is fine */

NODISCARD int loop_run(struct loop *l, struct err *err); /* until loop_stop() */
/* One round: waits at most timeout_ms (-1: until something happens), then runs what is due. */
NODISCARD int loop_step(struct loop *l, int64_t timeout_ms, struct err *err);
void loop_stop(struct loop *l);
const struct clock *loop_clock(const struct loop *l);

#endif
