/*
 * The two halves of starting a child: child.c is the parent's side, child_exec.c what happens after the
 * fork, where only async-signal-safe calls are allowed (the process may have had threads) and memory may
 * still be the parent's.
 */
#ifndef BASE_CHILD_INT_H
#define BASE_CHILD_INT_H

#include <signal.h>

#include "base/child.h"

enum child_step {
	CHILD_STEP_FDS,
	CHILD_STEP_LIMITS,
	CHILD_STEP_SESSION,
	CHILD_STEP_USER,
	CHILD_STEP_DIR,
	CHILD_STEP_DEATH,
	CHILD_STEP_EXEC,
};

/* What the child writes into the report pipe when it could not exec. */
struct child_failure {
	int step;
	int sys;
};

const char *child_step_text(int step);

/* Blocks every signal around a fork, so that no handler of ours runs in the child. */
void child_block_signals(sigset_t *ret_before);
void child_restore_signals(const sigset_t *before);

/* copies has room for o->fd_count descriptors; parent is the pid that must still be the parent. */
NORETURN void child_exec(const struct child_opts *o, const char *program, int *copies, int report,
			 pid_t parent);
NORETURN void child_call(int (*fn)(void *state), void *state, const int *keep, size_t keep_count,
			 pid_t parent);

/* Milliseconds until a monotonic deadline, as poll(2) takes them; -1 for a negative deadline. */
int child_poll_ms(int64_t deadline_ms);

#endif
