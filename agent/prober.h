/*
 * A prober: a process that tries versions one after another (bundle, sandbox, the handler in its interpreter's check mode) and says of each whether
 * it is ready. It has its own connection for the bytes, and says what it found over a pipe, a JSON line for each; the runner writes it.
 */
#ifndef AGENT_PROBER_H
#define AGENT_PROBER_H

#include "agent/role.h"
#include "runtime/runtime.h"
#include "store/rollout.h"

/* One version to try, and then what came of it. Strings are owned by the list. */
struct probe {
	char id[64]; /* of the instance row */
	struct rollout_key key;
	struct digest context;
	enum instance_state state; /* READY or FAILED */
	struct str cause, reason, message, driver;
};

struct probe_list {
	struct probe *items;
	size_t count, cap;
};
void probe_list_add(struct probe_list *l, const struct probe *p); /* copies */
void probe_list_drop(struct probe_list *l, size_t count); /* the first ones */
void probe_list_cut(struct probe_list *l, size_t count); /* all behind the first ones */
void probe_list_release(struct probe_list *l);
/* The instance row that the outcome makes; strings point into a. */
void probe_outcome(const struct probe *p, struct arena *a, struct instance *ret);

#define PROBE_BATCH 32

struct prober;
struct prober_opts {
	struct role_ctx *ctx;
	struct runtime *runtime;
	struct loop *loop;
	void (*probed)(void *state,
		       const struct probe *p); /* for each, also when the prober died under it */
	void (*idle)(void *state); /* it has ended */
	void *state;
};
/* Takes up to PROBE_BATCH from the front of the list. Gives. */
NODISCARD int prober_start(const struct prober_opts *o, struct probe_list *from,
			   struct prober **ret, struct err *err);
bool prober_is_running(const struct prober *p);
void prober_free(struct prober *p); /* kills; NULL is fine */

#endif
