/*
 * Events in the hub. They are not in the change log; their table is looked at where the log is, and what is new or was counted since the look before becomes
 * an entry at the log's position. Who goes on from a position is told again what was said since shortly before it: at least once.
 */
#include "agent/gateway/gateway.h"
#include "base/mem.h"
#include "store/event.h"

#define LOOK_MOST 1000

static struct change change_of(const struct event_seen *e, const struct gw_hub *h, struct arena *a)
{
	struct change c = {.rev = h->at.rev,
			   .ord = h->at.ord,
			   .last = h->at.ord < 0,
			   .actor = e->kind,
			   .kind = STR("Event"),
			   .domain = e->domain,
			   .name = str_of(arena_printf(a, "%lld", (long long)e->id)),
			   .op = e->first ? STR("create") : STR("update"),
			   .object = e->name};
	return c;
}

/* How often it had been counted when last looked at; 0: it was not there. Both are ordered by id, newest first. */
static int64_t counted_before(const struct gw_hub *h, size_t *at, int64_t id)
{
	while (*at < h->event_count && h->events[*at].id > id)
		(*at)++;
	return *at < h->event_count && h->events[*at].id == id ? h->events[*at].count : 0;
}

static void remember(struct gw_hub *h, const struct event_seen *list, size_t count)
{
	free(h->events);
	h->events = mem_array(count + 1, sizeof(*h->events));
	for (size_t i = 0; i < count; i++) {
		h->events[i].id = list[i].id;
		h->events[i].count = list[i].count;
	}
	h->event_count = count;
}

int gw_hub_events(struct gateway *g, struct err *err)
{
	CLEANUP(arena_freep) struct arena *a = arena_new((size_t)64 << 20);
	struct gw_hub *h = g->hub;
	struct event_seen *list = NULL;
	size_t count = 0, at = 0;
	if (h->event_watchers == 0)
		return 0;
	int rc = store_event_since(g->store, a, 0, LOOK_MOST, &list, &count, err);
	if (rc < 0)
		return rc;
	bool *fresh = arena_array(a, count + 1, sizeof(*fresh));
	for (size_t i = 0; i < count; i++)
		fresh[i] = list[i].count > counted_before(h, &at, list[i].id);
	for (size_t i = count; i-- > 0;) {
		const struct change c = change_of(&list[i], h, a);
		const struct hub_entry e = {.change = c, .at = h->at, .created = list[i].first};
		if (fresh[i])
			gw_hub_add(h, &e);
	}
	remember(h, list, count);
	return 0;
}

int gw_hub_events_since(struct gateway *g, struct arena *a, const struct store_rv *at,
			struct hub_entry **ret, size_t *ret_count, struct err *err)
{
	struct event_seen *list = NULL;
	size_t count = 0;
	int rc = store_event_since(g->store, a, at->rev, LOOK_MOST, &list, &count, err);
	if (rc < 0)
		return rc;
	*ret = arena_array(a, count + 1, sizeof(**ret));
	*ret_count = count;
	for (size_t i = 0; i < count; i++) {
		const struct event_seen *e = &list[count - 1 - i];
		(*ret)[i] = (struct hub_entry){
			.change = change_of(e, g->hub, a), .at = *at, .created = e->first};
	}
	return 0;
}
