/*
 * A keeper: a process of its own that claims executions one after another and carries each through its sandbox, as straight-line
 * blocking code. It ends when nothing is left to claim. Whatever kills it, the claim lapses and the execution is tried again
 * or failed; its sandbox dies with it.
 */
#ifndef AGENT_KEEPER_H
#define AGENT_KEEPER_H

#include "agent/role.h"
#include "runtime/runtime.h"

struct keeper_opts {
	const struct role_ctx *ctx;
	struct runtime *runtime;
};

/* For child_fork(); state is a struct keeper_opts. The result is an exit status. */
int keeper_main(void *state);

#define KEEPER_CLAIM_MS 30000
#define KEEPER_ATTEMPTS 3
#define FORWARD_HOPS_MAX 8

#endif
