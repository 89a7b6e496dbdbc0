/* What is kept of skills comes from here: all of them once, and afterwards those that the log has told of. */
#include "agent/gateway/gateway.h"
#include "base/mem.h"
#include "store/object.h"

#define PAGE 250
#define RUNS_MOST 64 /* statements of one mending */
#define QUIET_MS 1000 /* after the last change: what is changed at once is read once */

int64_t gw_kept_rev(const struct gateway *g)
{
	return g->hub->following ? g->hub->at.rev : -1;
}

struct reading {
	struct gateway *g;
	int64_t rev;
};

static void take(void *state, struct str domain, struct str name, struct str json)
{
	const struct reading *r = state;
	gw_kept_put(r->g->kept, domain, name, r->rev, clock_mono(r->g->ctx->clock), json);
}

/* --- some again ------------------------------------------------------------------------------------------------------- */

struct run {
	char *names; /* of the stale ones that follow each other: domain and name, each with a NUL */
	struct str *list; /* domain, name, domain, name, … */
	size_t count;
};

static void run_release(struct run *r)
{
	free(r->names);
	free(r->list);
}

/* Stale ones from *i on that stand side by side; *i moves past them. */
static struct run next_run(struct gateway *g, size_t *i)
{
	int64_t now = clock_mono(g->ctx->clock);
	size_t count = gw_kept_count(g->kept), bytes = 0, first;
	struct run r = {0};
	while (*i < count && gw_kept_at(g->kept, *i, now).json.len)
		(*i)++;
	for (first = *i; *i < count && *i - first < PAGE; (*i)++) {
		struct kept_skill s = gw_kept_at(g->kept, *i, now);
		if (s.json.len)
			break;
		bytes += s.domain.len + s.name.len;
	}
	r.count = *i - first;
	r.list = mem_array(2 * r.count + 1, sizeof(*r.list));
	char *to = r.names = mem_alloc(bytes + 1);
	for (size_t n = 0; n < r.count; n++) {
		struct kept_skill s = gw_kept_at(g->kept, first + n, now);
		const struct str both[] = {s.domain, s.name};
		for (size_t b = 0; b < 2; b++) {
			memcpy(to, both[b].p, both[b].len);
			r.list[2 * n + b] = str_make(to, both[b].len);
			to += both[b].len;
		}
	}
	return r;
}

struct mending {
	struct reading reading;
	const struct run *run;
	bool *there;
	size_t at;
};

static void take_again(void *state, struct str domain, struct str name, struct str json)
{
	struct mending *m = state;
	take(&m->reading, domain, name, json);
	/* Both are in the same order; what is new between two of them is in nobody's way. */
	for (; m->at < m->run->count; m->at++) {
		int d = str_cmp(m->run->list[2 * m->at], domain);
		d = d ? d : str_cmp(m->run->list[2 * m->at + 1], name);
		if (d == 0)
			m->there[m->at] = true;
		if (d >= 0)
			return;
	}
}

static int mend_run(struct gateway *g, const struct run *r, struct err *err)
{
	CLEANUP(buf_release) struct buf unused = BUF_INIT(0);
	struct object_cursor cursor = {0};
	struct mending m = {.reading = {g, gw_kept_rev(g)}, .run = r};
	size_t count = 0, last = 2 * (r->count - 1);
	CLEANUP_FREE bool *there = m.there = mem_array(r->count, sizeof(bool));
	struct object_query q = {.kind = "Skill",
				 .first_domain = r->list[0],
				 .first_name = r->list[1],
				 .last_domain = r->list[last],
				 .last_name = r->list[last + 1],
				 .limit = OBJECT_PAGE_MAX,
				 .seen = take_again,
				 .seen_state = &m};
	int rc = store_object_page(g->store, &q, &cursor, &unused, &count, err);
	/* Those that did not come are gone. */
	for (size_t i = 0; rc == 0 && count < OBJECT_PAGE_MAX && i < r->count; i++)
		if (!there[i])
			take(&m.reading, r->list[2 * i], r->list[2 * i + 1], STR(""));
	return rc;
}

int gw_kept_mend(struct gateway *g, size_t i, struct err *err)
{
	size_t asked = 0;
	int rc = gw_store_as(g, "*", err);
	if (rc == 0 && gw_kept_rev(g) < 0)
		return err_set(err, ERR_UNAVAILABLE, "the change log is not followed now");
	for (int runs = 0; rc == 0 && runs < RUNS_MOST && asked < PAGE; runs++) {
		CLEANUP(run_release) struct run r = next_run(g, &i);
		if (r.count == 0)
			break;
		asked += r.count;
		rc = mend_run(g, &r, err);
	}
	return rc;
}

/* --- all of them ------------------------------------------------------------------------------------------------------ */

static int fill(struct gateway *g, struct err *err)
{
	CLEANUP(buf_release) struct buf unused = BUF_INIT(0);
	struct object_cursor cursor = {0};
	struct reading r = {g, 0};
	const struct object_query q = {
		.kind = "Skill", .limit = PAGE, .seen = take, .seen_state = &r};
	size_t count = PAGE;
	unsigned history;
	int rc = gw_hub_sync(g, err);
	history = g->hub->history;
	while (rc == 0 && count == PAGE) {
		r.rev = gw_kept_rev(g);
		if (r.rev < 0 || history != g->hub->history || gw_kept_is_over(g->kept))
			return 0;
		rc = gw_store_as(g, "*", err);
		if (rc == 0)
			rc = store_object_page(g->store, &q, &cursor, &unused, &count, err);
	}
	if (rc == 0 && history == g->hub->history)
		gw_kept_complete(g->kept);
	return rc;
}

static void run_fill(struct gw_job *j)
{
	struct gateway *g = (struct gateway *)((char *)j - offsetof(struct gateway, fill));
	struct err err = ERR_INIT;
	int rc = gw_store_as(g, "*", &err);
	if (rc == 0 && !gw_kept_is_complete(g->kept))
		rc = fill(g, &err);
	else if (rc == 0)
		rc = gw_kept_mend(g, 0, &err);
	g->fill_fine = rc == 0;
}

/* Some are stale yet: at once the next ones. */
static void filled(struct gw_job *j, bool late)
{
	struct gateway *g = (struct gateway *)((char *)j - offsetof(struct gateway, fill));
	if (!late && g->fill_fine && gw_kept_is_complete(g->kept) && gw_kept_stale(g->kept))
		loop_timer_reset(g->poll, 0);
}

void gw_kept_care(struct gateway *g)
{
	struct err ignored = ERR_INIT;
	bool quiet = clock_mono(g->ctx->clock) - g->kept_noted_ms >= QUIET_MS;
	if (!g->store_ok || g->fill.under_way || gw_kept_is_over(g->kept) || !quiet)
		return;
	if (gw_kept_is_complete(g->kept) && gw_kept_stale(g->kept) == 0)
		return;
	g->fill = (struct gw_job){
		.kind = GW_LANE_KEPT, .reads = true, .run = run_fill, .done = filled};
	/* Refused only at the end. */
	if (gw_lanes_submit(g->lanes, &g->fill, &ignored) < 0)
		g->fill_fine = false;
}
