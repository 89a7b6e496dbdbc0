/*
 * Work that blocks (a request to somebody else's server), in a child of its own, so that the gateway's one thread never waits: the child does it, sends
 * what came of it through a pipe, and ends. It has nothing of the gateway's but that pipe.
 */
#ifndef AGENT_GATEWAY_ERRAND_H
#define AGENT_GATEWAY_ERRAND_H

#include "base/buf.h"
#include "base/loop.h"

#define GW_ERRAND_BYTES ((size_t)4 * 1024 * 1024)

struct gw_errand;

/* In the child: returns 0 with out filled in, or an error. */
typedef int (*gw_errand_work_fn)(const void *what, struct buf *out, struct err *err);
/* In the gateway, once, from the loop; the errand is gone then. out is lent. Errors: the work's; ERR_TIMEOUT; ERR_UNAVAILABLE: the child died. */
typedef void (*gw_errand_done_fn)(void *state, int rc, struct str out, const struct err *err);

struct gw_errand_opts {
	struct loop *loop;
	int64_t timeout_ms;
	gw_errand_work_fn work;
	const void *what; /* the child has it as it is at the fork */
	gw_errand_done_fn done;
	void *state;
};

/* Errors: ERR_IO; done is not called then. */
NODISCARD int gw_errand_start(const struct gw_errand_opts *o, struct gw_errand **ret,
			      struct err *err);
void gw_errand_cancel(struct gw_errand *j); /* done is not called; NULL is fine */

#endif
