/*
 * Names of hosts, for who may not block. libpq's lists of hosts and ports, the names in them looked up by a child process.
 *
 * The caller: 1. resolve_is_needed() 2. resolve_hosts() 3. gives libpq hosts, addresses (hostaddr) and ports as they came, which are of one length: a name
 * of several addresses stands there several times.
 */
#ifndef STORE_RESOLVE_INT_H
#define STORE_RESOLVE_INT_H

#include <poll.h>

#include "base/buf.h"
#include "store/store.h"

/* Whether there is a name among the hosts ("a,b"; NULL: none) that is neither an address nor the folder of a socket. */
bool resolve_is_needed(const char *hosts);

struct resolve_opts {
	store_wait_fn wait;
	void *wait_state;
	int64_t deadline_ms;
};

struct resolved {
	struct buf hosts, addresses,
		ports; /* lists with commas; an address is "" for the folder of a socket */
};
#define RESOLVED_INIT                                                                              \
	{                                                                                          \
		BUF_INIT(16384), BUF_INIT(16384), BUF_INIT(16384)                                  \
	}
void resolved_release(struct resolved *r);

/* ports as libpq has them: one for all, one for each, or NULL. Errors: ERR_UNAVAILABLE when no host was found, or not in time. */
NODISCARD int resolve_hosts(const char *hosts, const char *ports, const struct resolve_opts *o,
			    struct resolved *ret, struct err *err);

#endif
