/*
 * Fibers: straight-line code that can be left in the middle and gone on with later, each on a stack of its own, all in one thread. They
 * let a process with a loop (base/loop.h) run code that waits for something as if it might block: where it would, it parks, and whoever knows
 * that the wait is over resumes it.
 *
 * Why not threads: nothing runs at the same time, so that what fibers share needs no locks; it may only be other after a park than it was before.
 * Why not callbacks: code with five round trips stays one function.
 *
 * The caller: 1. fiber_new() 2. fiber_run() runs fn until it parks or returns 3. fiber_resume() as often as it parks 4. fiber_run() again,
 * or fiber_free(). fn must not leave by longjmp, and has the stack that it was made with and no more (a guard page ends who needs more).
 */
#ifndef BASE_FIBER_H
#define BASE_FIBER_H

#include <stdbool.h>
#include <stddef.h>

struct fiber;

typedef void (*fiber_fn)(void *state);

struct fiber *fiber_new(size_t stack_bytes); /* gives; memory is touched as it is needed */
void fiber_free(struct fiber *f); /* NULL is fine; it must not be under way */
/* Runs fn(state) in it; true when that has returned, false when it parked. It must not be under way. Keeps state until fn returns. */
bool fiber_run(struct fiber *f, fiber_fn fn, void *state);
/* Goes on after fiber_park(); returns as fiber_run(). */
bool fiber_resume(struct fiber *f);
/* From within: back to who ran or resumed it. */
void fiber_park(void);
/* It has begun and not returned. */
bool fiber_is_active(const struct fiber *f);
struct fiber *fiber_self(void); /* the one that runs; NULL: none does */

#endif
