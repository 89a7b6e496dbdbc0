#include "agent/claims.h"

#include "base/arena.h"
#include "base/mem.h"
#include "store/execution.h"
#include "store/lease.h"

int claims_of_the_dead(struct store *s, const char *host, int64_t *ret, struct err *err)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(16 * 1024 * 1024);
	CLEANUP_FREE char *prefix = mem_printf("%s:", host);
	struct str *by = NULL;
	size_t count = 0;
	pid_t parent;
	int64_t ended = 0, n = 0;
	int rc = store_execution_claimants(s, a, str_of(prefix), &by, &count, err);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		if (store_lease_holder_state(by[i], &parent) != LEASE_HOLDER_DEAD)
			continue;
		rc = store_execution_abandon(s, by[i], &n, err);
		ended += n;
	}
	*ret = ended;
	return rc;
}
