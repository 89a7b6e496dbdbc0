/*
 * Watches: lists that go on. `?watch=1&resourceVersion=N` answers with what changed after N and goes on as it happens; as JSON lines, or as
 * Server-Sent Events where the client accepts those. A watcher first reads the log by itself, page by page, until the hub's ring
 * reaches back to where it stands; from then on it costs the store nothing.
 *
 *	{"type":"MODIFIED","resourceVersion":"i1.48-1a2b3c4d","object":{…}}
 *
 * ADDED, MODIFIED, DELETED (an object with its names only); BOOKMARK: nothing up to here concerns you; ERROR: a problem document, and the
 * end. The position is the event's: one may go on from any, and sees all that came after it.
 */
#include "agent/gateway/gateway.h"
#include "base/mem.h"

#define CATCH_UP 200 /* changes a page */
#define BOOKMARK_MS 15000
#define KEY_LOOK_MS 30000 /* a key may expire */

struct watcher {
	struct gw_call *call;
	const struct kind *kind; /* NULL: the log itself */
	const struct kind *of; /* of the log: only of this kind; NULL: all */
	struct str domain, skill, authorization;
	struct selector selector;
	bool events; /* of kind Event, about: */
	struct str about_kind, about_name;
	bool sse, live, greeted;
	bool caught_up; /* the log's end was read: the hub is to come there too */
	struct store_rv at; /* what it was told last, or passed over */
	uint64_t seq, first; /* live: the next entry of the ring, and the one it began with */
	unsigned history;
	int64_t said_ms, key_ms; /* when something was sent, when the key was looked at */
};

bool gw_wants_watch(const struct gw_call *c)
{
	struct str v = gw_call_query(c, "watch");
	return str_eqz(v, "1") || str_eqz(v, "true");
}

static int64_t now_ms(const struct watcher *w)
{
	return clock_mono(w->call->g->ctx->clock);
}

/* --- events ------------------------------------------------------------------------------------------------------------ */

static void event(struct watcher *w, struct buf *out, const char *type, struct str object)
{
	char rv[RV_MAX];
	store_rv_format(&w->at, rv);
	if (w->sse)
		buf_addf(out, "id: %s\ndata: ", rv);
	buf_addf(out, "{\"type\":\"%s\",\"resourceVersion\":\"%s\",\"object\":", type, rv);
	buf_add_str(out, object);
	buf_addz(out, w->sse ? "}\n\n" : "}\n");
	w->said_ms = now_ms(w);
	w->call->g->hub->told++;
}

/* An object of which no more than its names is known. */
static void nameless(struct watcher *w, struct buf *out, const char *type, struct str domain,
		     struct str name)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(BUF_MAX);
	struct json j;
	char rv[RV_MAX];
	json_init(&j, &text);
	gw_object_begin(&j, w->kind ? w->kind->name : "Change");
	json_object_in(&j, "metadata");
	if (name.len && (!w->kind || w->kind->namespaced))
		json_str(&j, "domain", domain);
	if (name.len)
		json_str(&j, "name", name);
	json_strz(&j, "resourceVersion", store_rv_format(&w->at, rv));
	json_end(&j);
	json_end(&j);
	event(w, out, type, buf_str(&text));
}

static void bookmark(struct watcher *w, struct buf *out)
{
	nameless(w, out, "BOOKMARK", STR_NULL, STR_NULL);
}

/* The last words of a watch. */
static int end(struct watcher *w, struct buf *out, const struct err *err)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(BUF_MAX);
	json_problem(&text, err);
	event(w, out, "ERROR", buf_str(&text));
	return GW_MORE_END;
}

/* Whether it concerns this watcher, before anything is loaded. */
static bool is_mine(const struct watcher *w, const struct hub_entry *e)
{
	const struct change *c = &e->change;
	if (!gw_covers(&w->call->who, c->domain))
		return false;
	if (w->domain.len && !str_eq(w->domain, c->domain))
		return false;
	if (w->of && !str_eqz(c->kind, w->of->name))
		return false;
	if (str_eqz(c->kind, "Event"))
		return w->events && (!w->about_kind.len || str_eq(w->about_kind, c->actor)) &&
		       (!w->about_name.len || str_eq(w->about_name, c->object));
	return !w->skill.len ||
	       str_eq(w->skill, w->kind && gw_hub_has_parts(w->kind) ? c->name : e->skill);
}

static void tell_change(struct watcher *w, struct buf *out, const struct hub_entry *e)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(BUF_MAX);
	struct json j;
	const struct str op = e->change.op;
	json_init(&j, &text);
	gw_change_json(&j, e->at.incarnation, &e->change);
	event(w, out,
	      str_eqz(op, "create")   ? "ADDED"
	      : str_eqz(op, "delete") ? "DELETED"
				      : "MODIFIED",
	      buf_str(&text));
}

/* Whether the object came into being before the eyes of this watcher. */
static bool is_new(const struct watcher *w, const struct hub_entry *e, const struct hub_object *o)
{
	return o == &e->object && e->created && e->created_seq >= w->first;
}

/*
 * All but the last of several events of one entry stand before it: who goes on from one of them is told of the whole entry again, and never too little.
 */
static void tell_parts(struct watcher *w, struct buf *out, const struct hub_entry *e)
{
	struct hub_part part, next;
	size_t at = 0;
	bool more = gw_hub_part(&e->parts, &at, &next);
	while (more) {
		part = next;
		more = gw_hub_part(&e->parts, &at, &next);
		if (!more)
			w->at = e->at;
		if (!part.gone && selector_fits_text(&w->selector, part.json))
			event(w, out, part.made ? "ADDED" : "MODIFIED", part.json);
		else if (!part.made)
			nameless(w, out, "DELETED", e->change.domain, part.name);
	}
	w->at = e->at;
}

/* Moves past an entry and says what it means. */
static int tell(struct watcher *w, struct hub_entry *e, struct buf *out, struct err *err)
{
	struct hub_object *o = NULL;
	struct str name = STR_NULL;
	bool parts = w->kind && gw_hub_has_parts(w->kind);
	/* Each entry has its own parts; of an object the newest one tells all. */
	if (!is_mine(w, e) || (w->kind && e->overtaken && !parts)) {
		w->at = e->at;
		return 0;
	}
	int rc = w->kind ? gw_hub_object(w->call->g, e, w->kind, &o, &name, err) : 0;
	if (rc != 0)
		return rc;
	if (o && parts) {
		tell_parts(w, out, e);
		return 0;
	}
	w->at = e->at;
	if (!w->kind) {
		tell_change(w, out, e);
	} else if (o && o->state == HUB_THERE &&
		   !selector_fits_text(&w->selector, str_make(o->json, o->json_len))) {
		/* It may have been among them before. */
		if (!is_new(w, e, o))
			nameless(w, out, "DELETED", e->change.domain, name);
	} else if (o && o->state == HUB_THERE) {
		event(w, out, is_new(w, e, o) ? "ADDED" : "MODIFIED",
		      str_make(o->json, o->json_len));
	} else if (o) {
		nameless(w, out, "DELETED", e->change.domain, name);
	}
	return 0;
}

/* --- catching up --------------------------------------------------------------------------------------------------------- */

static bool is_overtaken(const struct hub_entry *list, size_t i, size_t count)
{
	for (size_t n = i + 1; n < count; n++)
		if (gw_hub_same(&list[i], &list[n]))
			return true;
	return false;
}

/* What was said since; the position stays. */
static int catch_up_events(struct watcher *w, struct buf *out, struct err *err)
{
	CLEANUP(arena_freep) struct arena *a = arena_new((size_t)64 << 20);
	struct gateway *g = w->call->g;
	struct hub_entry *list = NULL;
	size_t count = 0;
	int rc = gw_store_as(g, "*", err);
	if (rc == 0)
		rc = gw_hub_events_since(g, a, &w->at, &list, &count, err);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		rc = tell(w, &list[i], out, err);
		gw_hub_entry_release(&list[i]);
	}
	return rc;
}

/* One page of the log after where it stands. */
static int catch_up(struct watcher *w, struct buf *out, struct err *err)
{
	CLEANUP(arena_freep) struct arena *a = arena_new((size_t)64 << 20);
	struct gateway *g = w->call->g;
	struct change *changes = NULL;
	struct store_rv at = w->at;
	size_t count = 0;
	int rc = gw_store_as(g, "*", err);
	if (rc == 0)
		rc = store_change_read(g->store, a, &at, NULL, CATCH_UP, &changes, &count, err);
	if (rc < 0)
		return rc;
	struct hub_entry *list = arena_array(a, count + 1, sizeof(*list));
	for (size_t i = 0; i < count; i++)
		list[i] = gw_hub_entry_of(&changes[i], at.incarnation, a);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		list[i].overtaken = is_overtaken(list, i, count);
		rc = tell(w, &list[i], out, err);
		gw_hub_entry_release(&list[i]);
	}
	if (rc == 0)
		w->at = at;
	w->caught_up = count < CATCH_UP;
	return rc;
}

/* Joins the ring where it stands in it. */
static bool join(struct watcher *w)
{
	struct gw_hub *h = w->call->g->hub;
	w->live = gw_hub_seek(h, &w->at, &w->seq);
	w->first = w->seq;
	w->history = h->history;
	return w->live;
}

/* --- live ---------------------------------------------------------------------------------------------------------------- */

/* A key that is revoked or has expired ends the watch, within about a second. */
static int check_key(struct watcher *w, struct err *err)
{
	struct gateway *g = w->call->g;
	int64_t changed = g->hub->keys_changed_ms, now = now_ms(w);
	/* What a token says of its end needs no look. */
	if (w->call->who.issuer[0])
		return gw_identity_again(g, &w->call->who, STR_NULL, err);
	bool due = changed && w->key_ms <= changed + GW_KEY_TRUST_MS &&
		   now > changed + GW_KEY_TRUST_MS;
	if (!due && now - w->key_ms < KEY_LOOK_MS)
		return 0;
	int rc = g->store ? gw_store_as(g, "*", err) : 0;
	if (rc == 0)
		rc = gw_identity_again(g, &w->call->who, w->authorization, err);
	if (rc != GW_KEY_ASK)
		w->key_ms = now;
	return rc == ERR_UNAUTHENTICATED || rc == GW_KEY_ASK ? rc : 0;
}

static int fell_behind(struct watcher *w, struct buf *out)
{
	struct err err = ERR_INIT;
	w->call->g->hub->cut++;
	err_set(&err, ERR_GONE, "this watcher took events too slowly and fell behind");
	err_remedy(&err, "watch again from the resourceVersion of the event told last");
	return end(w, out, &err);
}

static int other_history(struct watcher *w, struct buf *out)
{
	struct err err = ERR_INIT;
	err_set(&err, ERR_GONE, "the database has another history than the one watched");
	err_remedy(&err, "list again and watch from there");
	return end(w, out, &err);
}

static int live(struct watcher *w, struct buf *out, struct err *err)
{
	struct gw_hub *h = w->call->g->hub;
	if (w->history != h->history)
		return other_history(w, out);
	while (w->seq < h->next && out->len < GW_PAGE_BYTES) {
		struct hub_entry *e = gw_hub_entry(h, w->seq);
		if (!e)
			return fell_behind(w, out);
		int rc = tell(w, e, out, err);
		if (rc == GW_ASK)
			return GW_MORE_LATER;
		if (rc < 0)
			return rc;
		w->seq++;
	}
	if (w->seq < h->next)
		return GW_MORE_ON;
	if (!w->greeted || now_ms(w) - w->said_ms >= BOOKMARK_MS)
		bookmark(w, out);
	w->greeted = true;
	return GW_MORE_LATER;
}

/* Not in the ring yet: reads the log, or waits for the hub to come where it stands. */
static int behind(struct watcher *w, struct buf *out, struct err *err)
{
	struct gateway *g = w->call->g;
	if (w->caught_up && !g->store) {
		w->caught_up = false;
		gw_hub_look(g);
		return GW_MORE_LATER;
	}
	if (!g->store)
		return GW_MORE_ASK;
	int rc = catch_up(w, out, err);
	return rc < 0 ? rc : GW_MORE_ON;
}

/* In the loop it tells what is in memory; in a job it asks the store as well. */
static int more(void *state, struct buf *out)
{
	struct watcher *w = state;
	struct err err = ERR_INIT;
	int rc = check_key(w, &err);
	if (rc == GW_KEY_ASK)
		return GW_MORE_ASK;
	if (rc == 0)
		rc = w->live || join(w) ? live(w, out, &err) : behind(w, out, &err);
	/* The database is away: a watcher that is live waits for its return. */
	if (rc == ERR_UNAVAILABLE && w->live)
		return GW_MORE_LATER;
	return rc < 0 ? end(w, out, &err) : rc;
}

/* --- beginning -------------------------------------------------------------------------------------------------------- */

static void over(struct gw_call *c)
{
	const struct watcher *w = c->wait;
	c->g->hub->event_watchers -= w->events;
	gw_hub_leave(c->g);
}

static bool accepts_sse(const struct gw_call *c)
{
	struct str rest = gw_field(c->q, "accept"), one;
	while (str_split(&rest, ',', &one)) {
		ptrdiff_t semicolon = str_find_byte(one, ';', 0);
		one = str_trim(semicolon < 0 ? one : str_sub(one, 0, (size_t)semicolon));
		if (str_eq_nocase(one, STR("text/event-stream")))
			return true;
	}
	return false;
}

/* Where to begin: Last-Event-ID of a browser that came back, else resourceVersion, else now. */
static int position(struct gw_call *c, bool sse, struct store_rv *ret, struct err *err)
{
	struct store_head head;
	struct str rv = gw_call_query(c, "resourceVersion");
	struct str last = sse ? gw_field(c->q, "last-event-id") : STR_NULL;
	if (last.len)
		rv = last;
	if (rv.len && store_rv_parse(rv, ret, err) < 0)
		return err_set(err, ERR_USAGE,
			       "resourceVersion=%.*s is none that a list or a watch gave",
			       STR_ARG(rv));
	int rc = rv.len ? 0 : store_head(c->g->store, &head, err);
	if (rc == 0 && !rv.len)
		*ret = head.at;
	return rc;
}

/* The filters of lists, as fields of the object. Those of skill and of what an event is about need no object. */
static int read_filters(struct gw_call *c, const struct kind *kind, struct selector *ret,
			struct err *err)
{
	static const struct {
		const char *kind, *key, *field;
	} filters[] = {{"Route", "kind", "spec.kind"},
		       {"Admission", "verdict", "status.verdict"},
		       {"Approval", "digest", "spec.digest"},
		       {"Instance", "state", "status.phase"},
		       {"Execution", "state", "status.phase"},
		       {"Execution", "session", "spec.session"},
		       {"Execution", "mode", "spec.mode"},
		       {"Execution", "requestedBy", "spec.requestedBy"}};
	int rc = gw_call_selector(c, ret, err);
	for (size_t i = 0; rc == 0 && i < ARRAY_SIZE(filters); i++) {
		struct str value = gw_call_query(c, filters[i].key);
		if (!value.len || strcmp(filters[i].kind, kind->name) != 0)
			continue;
		bool live = strcmp(kind->name, "Instance") == 0 && str_eqz(value, "live");
		rc = live ? selector_fields(ret, c->arena,
					    STR("status.phase!=ended,status.phase!=failed,"
						"status.phase!=lost"),
					    err)
			  : selector_field_is(ret, filters[i].field, value, err);
	}
	return rc;
}

int gw_watch(struct gw_call *c, const struct kind *kind, struct err *err)
{
	struct watcher *w = arena_alloc(c->arena, sizeof(*w));
	CLEANUP(buf_release) struct buf first = BUF_INIT(BUF_MAX);
	*w = (struct watcher){.call = c, .kind = kind, .sse = accepts_sse(c)};
	w->domain = gw_call_domain(c);
	w->skill = kind ? gw_call_query(c, "skill") : STR_NULL;
	w->of = kind ? NULL : kind_find(gw_call_query(c, "kind"));
	w->authorization = arena_str(c->arena, c->authorization);
	w->said_ms = w->key_ms = now_ms(w);
	w->events = kind && strcmp(kind->name, "Event") == 0;
	if (w->events) {
		const struct kind *about = kind_find(gw_call_query(c, "kind"));
		w->about_kind = about ? str_of(about->name) : gw_call_query(c, "kind");
		w->about_name = gw_call_query(c, "name");
	}
	int rc = kind ? read_filters(c, kind, &w->selector, err) : 0;
	if (rc == 0)
		rc = position(c, w->sse, &w->at, err);
	if (rc < 0)
		return rc;
	gw_hub_join(c->g);
	c->over = over;
	c->wait = w;
	c->g->hub->event_watchers += w->events;
	/* Where the table stands is looked at before what came since is told: nothing is passed over. */
	if (w->events && (rc = gw_hub_sync(c->g, err)) < 0)
		return rc;
	if (w->events &&
	    gw_call_query(c, "resourceVersion").len + gw_field(c->q, "last-event-id").len)
		rc = catch_up_events(w, &first, err);
	if (rc < 0)
		return rc;
	/* A position that is no more is answered as such, before the stream begins. */
	rc = catch_up(w, &first, err);
	if (rc < 0)
		return rc;
	c->reply->status = 200;
	c->reply->type = w->sse ? "text/event-stream" : "application/x-ndjson";
	gw_reply_field(c->reply, "X-Accel-Buffering", "no");
	if (w->sse)
		buf_addz(&c->reply->body, "retry: 2000\n\n");
	buf_add_str(&c->reply->body, buf_str(&first));
	c->reply->more = more;
	c->reply->state = w;
	return 0;
}
