#include "agent/gateway/hub.h"

#include "agent/gateway/gateway.h"
#include "base/mem.h"

#define READ_MOST 1000
#define OVERTAKE_MOST 512 /* entries looked back through */

struct gw_hub *gw_hub_new(struct gateway *g)
{
	struct gw_hub *h = mem_zalloc(sizeof(*h));
	h->g = g;
	return h;
}

void gw_hub_entry_release(struct hub_entry *e)
{
	free(e->object.json);
	free(e->of_skill.json);
	free(e->parts.json);
	e->object = e->of_skill = e->parts = (struct hub_object){0};
}

static void drop_first(struct gw_hub *h)
{
	struct hub_entry *e = h->ring[h->first % HUB_ENTRIES];
	h->base = e->at;
	h->bytes -= e->bytes;
	h->first++;
	gw_hub_entry_release(e);
	free(e);
}

static void empty(struct gw_hub *h)
{
	while (h->first < h->next)
		drop_first(h);
}

void gw_hub_free(struct gw_hub *h)
{
	if (h) {
		empty(h);
		free(h->events);
		free(h->wanted);
	}
	free(h);
}

/* --- entries --------------------------------------------------------------------------------------------------------- */

/* The skill of an instance's or execution's change, in the object that the store's writer made. */
static struct str skill_of(const struct change *c, struct arena *a)
{
	const struct doc_node *n = NULL;
	if ((!str_eqz(c->kind, "Instance") && !str_eqz(c->kind, "Execution")) ||
	    doc_parse_json(a, c->object, &doc_limits_json, "change", &n, NULL) < 0)
		return STR_NULL;
	return doc_text(n, "skill");
}

struct hub_entry gw_hub_entry_of(const struct change *c, int64_t incarnation, struct arena *a)
{
	return (struct hub_entry){.change = *c,
				  .at = store_change_at(c, incarnation),
				  .created = str_eqz(c->op, "create"),
				  .skill = skill_of(c, a)};
}

bool gw_hub_same(const struct hub_entry *a, const struct hub_entry *b)
{
	return str_eq(a->change.name, b->change.name) &&
	       str_eq(a->change.domain, b->change.domain) && str_eq(a->change.kind, b->change.kind);
}

static struct str keep(char **at, struct str s)
{
	char *to = *at;
	if (s.len)
		memcpy(to, s.p, s.len);
	*at += s.len;
	return str_make(to, s.len);
}

/* The entry with its texts behind it, in one piece of memory. */
static struct hub_entry *copy_entry(const struct hub_entry *e)
{
	const struct change *c = &e->change;
	size_t size = sizeof(*e) + c->actor.len + c->kind.len + c->domain.len + c->name.len +
		      c->op.len + c->object.len + e->skill.len;
	struct hub_entry *out = mem_zalloc(size);
	char *at = (char *)(out + 1);
	*out = *e;
	out->change.actor = keep(&at, c->actor);
	out->change.kind = keep(&at, c->kind);
	out->change.domain = keep(&at, c->domain);
	out->change.name = keep(&at, c->name);
	out->change.op = keep(&at, c->op);
	out->change.object = keep(&at, c->object);
	out->skill = keep(&at, e->skill);
	out->bytes = size;
	return out;
}

/* What was not told yet need not be told twice. One that was created and changed since is new all the same. */
static void overtake(struct gw_hub *h, struct hub_entry *e)
{
	for (uint64_t n = h->next; n > h->first && h->next - n < OVERTAKE_MOST; n--) {
		struct hub_entry *before = h->ring[(n - 1) % HUB_ENTRIES];
		if (!gw_hub_same(before, e))
			continue;
		if (before->object.state <= HUB_WANTED && before->of_skill.state <= HUB_WANTED) {
			before->overtaken = true;
			if (before->created) {
				e->created = true;
				e->created_seq = before->created_seq;
			}
		}
		return;
	}
}

void gw_hub_add(struct gw_hub *h, const struct hub_entry *found)
{
	struct hub_entry *e = copy_entry(found);
	while (h->first < h->next &&
	       (h->next - h->first == HUB_ENTRIES || h->bytes + e->bytes > HUB_BYTES))
		drop_first(h);
	e->seq = e->created_seq = h->next;
	overtake(h, e);
	h->ring[h->next % HUB_ENTRIES] = e;
	h->next++;
	h->bytes += e->bytes;
}

void gw_hub_grew(struct gw_hub *h, struct hub_entry *e, size_t bytes)
{
	e->bytes += bytes;
	h->bytes += bytes;
	while (h->first < e->seq && h->bytes > HUB_BYTES)
		drop_first(h);
}

struct hub_entry *gw_hub_entry(struct gw_hub *h, uint64_t seq)
{
	return seq >= h->first && seq < h->next ? h->ring[seq % HUB_ENTRIES] : NULL;
}

static int rv_cmp(const struct store_rv *a, const struct store_rv *b)
{
	int32_t x = a->ord < 0 ? INT32_MAX : a->ord, y = b->ord < 0 ? INT32_MAX : b->ord;
	if (a->rev != b->rev)
		return a->rev < b->rev ? -1 : 1;
	return (x > y) - (x < y);
}

bool gw_hub_seek(const struct gw_hub *h, const struct store_rv *at, uint64_t *ret)
{
	uint64_t low = h->first, high = h->next;
	if (!h->following || at->incarnation != h->at.incarnation || rv_cmp(at, &h->base) < 0 ||
	    rv_cmp(at, &h->at) > 0)
		return false;
	while (low < high) {
		uint64_t mid = low + (high - low) / 2;
		if (rv_cmp(&h->ring[mid % HUB_ENTRIES]->at, at) > 0)
			high = mid;
		else
			low = mid + 1;
	}
	*ret = low;
	return true;
}

/* --- the log --------------------------------------------------------------------------------------------------------- */

/* Begins at the head; after a loss, finds out whether the place where it stood is still one of this history. */
static int begin(struct gateway *g, struct err *err)
{
	CLEANUP(arena_freep) struct arena *a = arena_new((size_t)16 << 20);
	struct gw_hub *h = g->hub;
	struct store_head head;
	struct err gone = ERR_INIT;
	struct store_rv at = h->at;
	struct change *ignored = NULL;
	size_t count = 0;
	int rc = store_head(g->store, &head, err);
	if (rc < 0)
		return rc;
	if (h->at.incarnation)
		rc = store_change_read(g->store, a, &at, NULL, 1, &ignored, &count, &gone);
	if (rc < 0 && rc != ERR_GONE) {
		*err = gone;
		return rc;
	}
	if (rc == ERR_GONE || !h->at.incarnation) {
		empty(h);
		h->base = h->at = head.at;
		h->history++;
		gw_kept_forget(g->kept);
	}
	h->following = true;
	return 0;
}

/* Everything that the log has since. */
static int read_on(struct gateway *g, struct err *err)
{
	struct gw_hub *h = g->hub;
	size_t count = READ_MOST;
	bool moved = h->woken || !h->following;
	int rc = gw_store_as(g, "*", err);
	h->woken = false;
	if (h->watchers == 0)
		return rc;
	if (rc == 0 && !h->following)
		rc = begin(g, err);
	/* Readers ask far more often than something changes. */
	if (rc == 0 && !moved)
		rc = store_change_moved(g->store, &h->at, &moved, err);
	while (rc == 0 && moved && count == READ_MOST) {
		CLEANUP(arena_freep) struct arena *a = arena_new((size_t)256 << 20);
		struct change *changes = NULL;
		count = 0;
		rc = store_change_tail(g->store, a, &h->at, READ_MOST, &changes, &count, err);
		for (size_t i = 0; rc == 0 && i < count; i++) {
			if (str_eqz(changes[i].kind, "Key"))
				h->keys_changed_ms = clock_mono(g->ctx->clock);
			const struct hub_entry e = gw_hub_entry_of(&changes[i], h->at.incarnation,
								   a);
			gw_hub_add(h, &e);
			gw_kept_note(g->kept, &e);
			g->kept_noted_ms = clock_mono(g->ctx->clock);
		}
	}
	if (rc == 0)
		rc = gw_hub_events(g, err);
	if (rc == ERR_GONE)
		gw_hub_lost(h);
	return rc;
}

static struct gw_hub *hub_of_follow(struct gw_job *j)
{
	return (struct gw_hub *)((char *)j - offsetof(struct gw_hub, follow));
}

static void run_pass(struct gw_job *j)
{
	struct gw_hub *h = hub_of_follow(j);
	struct err err = ERR_INIT;
	bool woken = false;
	h->begun = h->asked;
	h->fine = read_on(h->g, &err) == 0;
	h->why = err;
	/* Wake-ups that came in beside the answers: they may tell of what came after we asked. */
	if (h->fine && store_drain(h->g->store, &woken, &err) == 0 && woken) {
		gw_said_forget(h->g->said);
		h->g->table_stale = h->woken = true;
		h->asked = MAX(h->asked, h->begun + 1);
	}
}

static void submit_pass(struct gw_hub *h);

static void pass_over(struct gw_job *j, bool late)
{
	struct gw_hub *h = hub_of_follow(j);
	struct hub_waiter *list = TAKE_PTR(h->waiters), *later = NULL;
	if (late)
		h->begun = h->asked;
	h->fine = h->fine && !late;
	if (!h->fine && h->watchers)
		log_err(LOG_WARN_, "watch.not_followed", &h->why, NULL);
	h->ended = h->begun;
	while (list) {
		struct hub_waiter *w = list;
		list = w->next;
		if (w->pass > h->ended) {
			w->next = later;
			later = w;
			continue;
		}
		w->waits = false;
		w->fn(w);
	}
	while (later) {
		struct hub_waiter *w = later;
		later = w->next;
		w->next = h->waiters;
		h->waiters = w;
	}
	gw_lanes_release(&h->parked);
	if (!h->fine)
		return;
	if (h->asked > h->ended)
		submit_pass(h);
	gw_server_wake(h->g->server);
}

static void submit_pass(struct gw_hub *h)
{
	struct err err = ERR_INIT;
	if (h->follow.under_way)
		return;
	h->follow = (struct gw_job){
		.kind = GW_LANE_LOG, .reads = true, .run = run_pass, .done = pass_over};
	if (gw_lanes_submit(h->g->lanes, &h->follow, &err) == 0)
		return;
	h->why = err;
	h->fine = false;
	h->begun = h->ended = h->asked;
}

/* The number of a pass that begins from now on. */
static uint64_t ask_pass(struct gw_hub *h)
{
	h->asked = MAX(h->asked, h->begun + 1);
	return h->asked;
}

bool gw_hub_woken(struct gateway *g)
{
	struct err ignored = ERR_INIT;
	struct store *s = g->ctx->store;
	bool woken = false;
	/* Its own job looks itself. */
	if (!g->hub->follow.under_way && !store_is_lost(s) &&
	    store_drain(s, &woken, &ignored) == 0 && woken) {
		gw_said_forget(g->said);
		g->table_stale = g->hub->woken = true;
		ask_pass(g->hub);
		loop_timer_reset(g->poll, 0);
	}
	return g->table_stale || g->hub->follow.under_way;
}

void gw_hub_look(struct gateway *g)
{
	(void)gw_hub_woken(g);
	if (g->hub->watchers || store_is_lost(g->ctx->store)) {
		ask_pass(g->hub);
		submit_pass(g->hub);
	}
}

int gw_hub_outcome(const struct gw_hub *h, struct err *err)
{
	if (h->fine)
		return 0;
	*err = h->why;
	return h->why.code ? h->why.code
			   : err_set(err, ERR_UNAVAILABLE, "the database is too busy now");
}

int gw_hub_sync(struct gateway *g, struct err *err)
{
	struct gw_hub *h = g->hub;
	uint64_t pass = ask_pass(h);
	submit_pass(h);
	while (h->ended < pass) {
		int rc = gw_lane_park(g, &h->parked, err);
		if (rc < 0)
			return rc;
	}
	return gw_hub_outcome(h, err);
}

void gw_hub_await(struct gateway *g, struct hub_waiter *w)
{
	struct gw_hub *h = g->hub;
	w->pass = ask_pass(h);
	w->next = h->waiters;
	w->waits = true;
	h->waiters = w;
	submit_pass(h);
}

void gw_hub_await_not(struct gateway *g, struct hub_waiter *w)
{
	struct hub_waiter **at = &g->hub->waiters;
	if (!w->waits)
		return;
	while (*at != w)
		at = &(*at)->next;
	*at = w->next;
	w->waits = false;
}

void gw_hub_lost(struct gw_hub *h)
{
	h->following = false;
}

void gw_hub_join(struct gateway *g)
{
	struct gw_hub *h = g->hub;
	if (h->watchers++ == 0) {
		/* Nobody has read on since the last one left: begin where the log is. */
		h->at = (struct store_rv){0};
		gw_hub_lost(h);
	}
}

void gw_hub_leave(struct gateway *g)
{
	if (--g->hub->watchers == 0)
		empty(g->hub);
}
