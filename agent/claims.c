#include "agent/claims.h"

#include <errno.h>
#include <signal.h>

#include "base/arena.h"
#include "base/mem.h"
#include "store/execution.h"

static bool is_dead(struct str by, size_t prefix)
{
	int64_t pid;
	return str_to_i64(str_sub(by, prefix, by.len), &pid) && pid > 1 && pid <= INT32_MAX &&
	       kill((pid_t)pid, 0) < 0 && errno == ESRCH;
}

int claims_of_the_dead(struct store *s, const char *host, int64_t *ret, struct err *err)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(16 * 1024 * 1024);
	CLEANUP_FREE char *prefix = mem_printf("%s:", host);
	struct str *by = NULL;
	size_t count = 0;
	int64_t ended = 0, n = 0;
	int rc = store_execution_claimants(s, a, str_of(prefix), &by, &count, err);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		if (!is_dead(by[i], strlen(prefix)))
			continue;
		rc = store_execution_abandon(s, by[i], &n, err);
		ended += n;
	}
	*ret = ended;
	return rc;
}
