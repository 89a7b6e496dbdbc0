#include "agent/inherit.h"

#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "store/lease.h"

struct inherit {
	const struct store_access *access;
	struct store *store; /* while it is looked */
	struct loop_source *timer;
	int64_t until_ms; /* monotonic */
	bool over;
};

static int look(struct inherit *i, int *ret_strangers, struct err *err)
{
	int broken = 0, rc = 0;
	char count[16];
	if (!i->store)
		rc = store_open(i->access, STORE_OWNER, NULL, &i->store, err);
	if (rc == 0)
		rc = store_lease_break_dead(i->store, getpid(), &broken, ret_strangers, err);
	if (broken) {
		snprintf(count, sizeof(count), "%d", broken);
		log_event(LOG_WARN_, "lease.inherited", "count", count, NULL);
	}
	return rc;
}

static void due(struct loop *l, void *state)
{
	struct inherit *i = state;
	struct err err = ERR_INIT;
	int strangers = 0;
	(void)l;
	int rc = look(i, &strangers, &err);
	if (rc < 0)
		log_err(LOG_DEBUG_, "lease.break_failed", &err, NULL);
	if (rc == 0 && strangers && clock_mono(&clock_real) < i->until_ms) {
		loop_timer_reset(i->timer, INHERIT_EACH_MS);
		return;
	}
	i->over = true;
	store_close(i->store);
	i->store = NULL;
}

struct inherit *inherit_start(struct loop *loop, const struct store_access *access)
{
	struct inherit *i = mem_zalloc(sizeof(*i));
	i->access = access;
	i->until_ms = clock_mono(&clock_real) + INHERIT_MS;
	i->timer = loop_add_timer(loop, 0, due, i);
	return i;
}

bool inherit_is_over(const struct inherit *i)
{
	return i->over;
}

void inherit_stop(struct inherit *i)
{
	if (!i)
		return;
	loop_remove(i->timer);
	store_close(i->store);
	free(i);
}
