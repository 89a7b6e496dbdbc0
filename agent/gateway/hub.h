/*
 * The hub of watches: the change log, read once for the whole process and kept in memory as a ring of its newest part; every watcher is a position in
 * it. It holds nothing per watcher, so that a thousand cost what one costs, and who falls behind the ring's end is told and cut off: it
 * goes on from the log, at the position that it was told last.
 *
 * The state of an object is asked of the store when the first watcher needs it, and shared by the others. A change that a newer one of the same
 * object has overtaken before anybody asked tells nothing new: watchers of objects do not see it, those of the log itself see every one.
 *
 * The log is read by one job on a lane of its own (lane.h), a pass after each wake-up; whoever must know that it has what was committed before asks for
 * a pass that begins from now on, and shares it with all who ask meanwhile.
 *
 * The caller: 1. gw_hub_join() when a watcher comes 2. gw_hub_sync() or gw_hub_await() 3. gw_hub_seek(), then gw_hub_entry() from its position up to hub.next
 * 4. gw_hub_leave().
 */
#ifndef AGENT_GATEWAY_HUB_H
#define AGENT_GATEWAY_HUB_H

#include "agent/gateway/lane.h"
#include "base/buf.h"
#include "skill/kind.h"
#include "store/change.h"

#define HUB_ENTRIES 16384 /* a power of two */
#define HUB_BYTES ((size_t)32 << 20)

struct gateway;

/* An object as it was when somebody asked first. */
struct hub_object {
	enum { HUB_UNKNOWN, HUB_WANTED, HUB_THERE, HUB_GONE } state;
	char *json; /* of HUB_THERE; owned */
	size_t json_len;
};

struct hub_entry {
	uint64_t seq; /* in the ring */
	/* Its texts are the entry's. Of an event: actor and object are the kind and name of what it is about. */
	struct change change;
	struct store_rv at; /* where who has seen it stands */
	struct str skill; /* of an instance or execution */
	struct hub_object object, of_skill;
	struct hub_object
		parts; /* of kinds that have parts: not one object, but those of gw_hub_part() */
	bool overtaken;
	bool created; /* it, or one that it overtook, made the object */
	uint64_t created_seq; /* which: who began to watch after it has known the object */
	size_t bytes;
};

/* Who waits for a pass in the loop. In storage of its own, which stays until fn was called or it was taken back. */
struct hub_waiter {
	uint64_t pass;
	void (*fn)(struct hub_waiter *w);
	void *state;
	struct hub_waiter *next;
	bool waits;
};

struct gw_hub {
	struct hub_entry *ring[HUB_ENTRIES];
	uint64_t first, next; /* what stands in it: [first, next) */
	size_t bytes;
	struct store_rv base, at; /* before first; after the last one */
	unsigned history; /* rises when the log turned out to be another one */
	bool following; /* at is known to be of this connection's history */
	size_t watchers, event_watchers;
	struct {
		int64_t id, count;
	} * events; /* as they stood at the last look, newest first */
	size_t event_count;
	uint64_t told, cut; /* events sent; watchers cut off */
	int64_t keys_changed_ms; /* when a key was last seen to change; 0: never */

	struct gateway *g;
	struct gw_job follow, load;
	uint64_t asked, begun, ended; /* passes: asked for, begun last, ended last */
	bool woken; /* there was a wake-up since the last pass began: the log has moved */
	bool fine; /* the pass that ended last read the log to its end */
	struct err why; /* else */
	struct gw_parked parked;
	struct hub_waiter *waiters;
	struct hub_wanted {
		uint64_t seq;
		const struct kind *kind;
	} * wanted; /* objects to be loaded, oldest first */
	size_t wanted_count, wanted_cap;
	bool load_failed;
};

struct gw_hub *gw_hub_new(struct gateway *g);
void gw_hub_free(struct gw_hub *h); /* NULL is fine */

/* One more watcher: the log is followed from the next pass on. */
void gw_hub_join(struct gateway *g);
void gw_hub_leave(struct gateway *g);
/* From the loop, after a wake-up or now and then: a pass, if anybody watches or the connection was lost. */
void gw_hub_look(struct gateway *g);
/* Whether there was a wake-up since the route table was looked at. */
bool gw_hub_woken(struct gateway *g);
/* From a job: waits for a pass that begins from now on. Errors: the store's, ERR_UNAVAILABLE. */
NODISCARD int gw_hub_sync(struct gateway *g, struct err *err);
/* The same from the loop: fn is called once such a pass has ended, however; gw_hub_outcome() says how. Keeps w. */
void gw_hub_await(struct gateway *g, struct hub_waiter *w);
void gw_hub_await_not(struct gateway *g, struct hub_waiter *w); /* takes it back */
NODISCARD int gw_hub_outcome(const struct gw_hub *h, struct err *err);
/* Adds an entry; everything is copied. */
void gw_hub_add(struct gw_hub *h, const struct hub_entry *e);
/* From a job: what was said since the last look becomes entries (hub_event.c). Errors: the store's. */
NODISCARD int gw_hub_events(struct gateway *g, struct err *err);
/* The same since a position, for who catches up. */
NODISCARD int gw_hub_events_since(struct gateway *g, struct arena *a, const struct store_rv *at,
				  struct hub_entry **ret, size_t *ret_count, struct err *err);
/* After a loss of the connection: what is known of the log must be looked at again. */
void gw_hub_lost(struct gw_hub *h);

/* One that is in the ring; NULL: it has left it. */
struct hub_entry *gw_hub_entry(struct gw_hub *h, uint64_t seq);
/* The first entry after a position; false when the ring does not reach back, or not yet on, to it. */
bool gw_hub_seek(const struct gw_hub *h, const struct store_rv *at, uint64_t *ret);

/* A change as an entry of nobody's ring, for who catches up; its texts are borrowed. */
struct hub_entry gw_hub_entry_of(const struct change *c, int64_t incarnation, struct arena *a);
/* Whether the two tell of the same object. */
bool gw_hub_same(const struct hub_entry *a, const struct hub_entry *b);
/*
 * The object of this kind that the entry is about; an instance is also about its skill. NULL in *ret: none of this kind. In a job it is
 * loaded; outside of one GW_ASK says that it is being loaded, and streams are woken when it is there.
 */
NODISCARD int gw_hub_object(struct gateway *g, struct hub_entry *e, const struct kind *kind,
			    struct hub_object **ret, struct str *ret_name, struct err *err);
/* --- hub_part.c --- */

/* Whether objects of the kind are told of by entries about their skill, several at once: Route, Quarantine. */
bool gw_hub_has_parts(const struct kind *kind);
/* Whether the entry may be about some of them; an entry is about those of at most one kind. */
bool gw_hub_is_of_parts(const struct hub_entry *e, const struct kind *kind);
struct hub_part {
	bool made, gone; /* neither: it has changed */
	struct str name, json; /* json "": it is gone */
};
/* One after the other, *at from 0 on; false at the end. */
bool gw_hub_part(const struct hub_object *parts, size_t *at, struct hub_part *ret);
/* From a job: what the change of the skill at this revision did to them. Errors: the store's. */
NODISCARD int gw_hub_load_parts(struct gateway *g, const struct kind *kind, struct str domain,
				struct str skill, int64_t rev, struct hub_object *ret,
				struct err *err);

/* --- hub_object.c --- */

/* An object of this entry was loaded, and counts; what is too old for that leaves. */
void gw_hub_grew(struct gw_hub *h, struct hub_entry *e, size_t bytes);
void gw_hub_entry_release(struct hub_entry *e); /* what gw_hub_object() loaded */

#endif
