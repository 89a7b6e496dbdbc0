/*
 * The objects that entries are about, asked of the store when the first watcher needs them. Watchers that are live look at memory only: what is not there
 * yet is loaded by a job on a lane of its own, so that an object whose tables are locked holds up who watches it, and nobody else.
 */
#include "agent/gateway/gateway.h"
#include "base/mem.h"
#include "store/object.h"

static int load(struct gateway *g, const struct kind *kind, struct str domain, struct str name,
		int64_t rev, struct hub_object *o, struct err *err)
{
	if (gw_hub_has_parts(kind))
		return gw_hub_load_parts(g, kind, domain, name, rev, o, err);
	CLEANUP(buf_release) struct buf text = BUF_INIT(BUF_MAX);
	struct err wrong = ERR_INIT;
	const struct object_query q = {
		.kind = kind->name, .domain = kind->namespaced ? domain : STR_NULL, .name = name};
	int rc = gw_store_as(g, "*", err);
	if (rc == 0)
		rc = store_object_get(g->store, &q, &text, &wrong);
	if (rc == ERR_NOT_FOUND) {
		o->state = HUB_GONE;
		return 0;
	}
	if (rc < 0) {
		if (wrong.code)
			*err = wrong;
		return rc;
	}
	o->state = HUB_THERE;
	o->json = mem_strndup(buf_cstr(&text), text.len);
	o->json_len = text.len;
	return 0;
}

static struct hub_object *place_of(struct hub_entry *e, const struct kind *kind,
				   struct str *ret_name)
{
	bool own = str_eqz(e->change.kind, kind->name);
	if (gw_hub_has_parts(kind)) {
		*ret_name = e->change.name;
		return &e->parts;
	}
	*ret_name = own ? e->change.name : e->skill;
	return own ? &e->object : &e->of_skill;
}

static struct gw_hub *hub_of_load(struct gw_job *j)
{
	return (struct gw_hub *)((char *)j - offsetof(struct gw_hub, load));
}

/* The entry may leave the ring while its object is asked for. */
static int load_one(struct gw_hub *h, struct hub_wanted want, struct err *err)
{
	struct hub_object found = {0};
	struct str name;
	struct hub_entry *e = gw_hub_entry(h, want.seq);
	if (!e)
		return 0;
	(void)place_of(e, want.kind, &name);
	CLEANUP_FREE char *domain = mem_strndup(e->change.domain.p ? e->change.domain.p : "",
						e->change.domain.len);
	CLEANUP_FREE char *copy = mem_strndup(name.p ? name.p : "", name.len);
	int rc = load(h->g, want.kind, str_of(domain), str_of(copy), e->change.rev, &found, err);
	e = gw_hub_entry(h, want.seq);
	if (!e || rc < 0) {
		free(found.json);
		if (e)
			place_of(e, want.kind, &name)->state = HUB_UNKNOWN;
		return rc;
	}
	*place_of(e, want.kind, &name) = found;
	gw_hub_grew(h, e, found.json_len);
	return 0;
}

/* What was not reached is wanted again by whoever comes to it. */
static void forget_wanted(struct gw_hub *h, size_t from)
{
	for (size_t i = from; i < h->wanted_count; i++) {
		struct str ignored;
		struct hub_entry *e = gw_hub_entry(h, h->wanted[i].seq);
		if (e)
			place_of(e, h->wanted[i].kind, &ignored)->state = HUB_UNKNOWN;
	}
	h->wanted_count = 0;
}

static void run_load(struct gw_job *j)
{
	struct gw_hub *h = hub_of_load(j);
	struct err err = ERR_INIT;
	size_t done = 0;
	int rc = 0;
	while (rc == 0 && done < h->wanted_count)
		rc = load_one(h, h->wanted[done++], &err);
	h->load_failed = rc < 0;
	if (rc < 0)
		log_err(LOG_WARN_, "watch.not_loaded", &err, NULL);
	forget_wanted(h, done);
}

/* After a failure streams look by themselves, a second later. */
static void loaded(struct gw_job *j, bool late)
{
	struct gw_hub *h = hub_of_load(j);
	if (late)
		forget_wanted(h, 0);
	if (!late && !h->load_failed)
		gw_server_wake(h->g->server);
}

static void want(struct gateway *g, struct hub_entry *e, const struct kind *kind)
{
	struct gw_hub *h = g->hub;
	struct err ignored = ERR_INIT;
	GROW(h->wanted, h->wanted_count, h->wanted_cap);
	h->wanted[h->wanted_count++] = (struct hub_wanted){e->seq, kind};
	if (h->load.under_way)
		return;
	h->load = (struct gw_job){
		.kind = GW_LANE_OBJECTS, .reads = true, .run = run_load, .done = loaded};
	if (gw_lanes_submit(g->lanes, &h->load, &ignored) < 0)
		forget_wanted(h, 0);
}

static bool is_about(const struct hub_entry *e, const struct kind *kind)
{
	if (gw_hub_has_parts(kind))
		return gw_hub_is_of_parts(e, kind);
	return str_eqz(e->change.kind, kind->name) ||
	       (str_eqz(e->change.kind, "Instance") && strcmp(kind->name, "Skill") == 0);
}

int gw_hub_object(struct gateway *g, struct hub_entry *e, const struct kind *kind,
		  struct hub_object **ret, struct str *ret_name, struct err *err)
{
	*ret = NULL;
	if (!is_about(e, kind))
		return 0;
	struct hub_object *o = *ret = place_of(e, kind, ret_name);
	if (o->state == HUB_UNKNOWN && g->lane)
		return load(g, kind, e->change.domain, *ret_name, e->change.rev, o, err);
	if (o->state == HUB_UNKNOWN) {
		o->state = HUB_WANTED;
		want(g, e, kind);
	}
	return o->state == HUB_WANTED ? GW_ASK : 0;
}
