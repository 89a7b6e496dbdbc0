#include "cli/follow.h"

#include "base/clock.h"
#include "base/mem.h"
#include "cli/local.h"
#include "cli/order.h"

#define CALL_MS                                                                                    \
	300000 /* then it is asked again from where it stood: a dead connection is noticed so */
#define RETRY_MS 200
#define RETRY_MAX_MS 5000

struct following {
	const struct cli_follow *f;
	struct cli_seen seen;
	struct err *err;
	char *at; /* resourceVersion; heap */
	int64_t end_ms, retry_ms;
	bool shown; /* the list has been */
	bool stale; /* it is to be read again */
	bool heard; /* of this connection */
	int rc; /* what a line led to */
};

static int64_t left(const struct following *w, int64_t most)
{
	return w->f->timeout_ms ? MIN(w->end_ms - clock_mono(&clock_real), most) : most;
}

static bool over(const struct following *w)
{
	return w->f->timeout_ms && clock_mono(&clock_real) >= w->end_ms;
}

static void stand_at(struct following *w, struct str version)
{
	if (!version.len)
		return;
	free(w->at);
	w->at = mem_strndup(version.p, version.len);
}

/* --- the list ----------------------------------------------------------------------------------------------------- */

static size_t keep_wanted(const struct following *w, const struct doc_node **objects, size_t count)
{
	const struct cli_follow *f = w->f;
	size_t kept = 0;
	for (size_t i = 0; i < count; i++)
		if (!f->wanted || f->wanted(f->state, objects[i]))
			objects[kept++] = objects[i];
	return kept;
}

static int get(struct following *w, const struct doc_node ***ret, size_t *ret_count)
{
	const struct cli_follow *f = w->f;
	const struct doc_node *page = NULL;
	const char *version = NULL;
	struct cli *c = f->g->c;
	int rc;
	if (!f->newest) {
		rc = cli_get_list(f->g, f->path, ret, ret_count, &version, w->err);
		if (rc == 0)
			stand_at(w, str_of(version));
		return rc;
	}
	const char *limit = arena_printf(c->arena, "%zu", f->newest);
	rc = cli_get(f->g, cli_query(c, f->path, "limit", limit), &page, w->err);
	const struct doc_node *items = rc < 0 ? NULL : doc_find(page, "items");
	*ret_count = items && items->type == DOC_LIST ? items->list.count : 0;
	*ret = arena_array(c->arena, *ret_count + 1, sizeof(**ret));
	for (size_t i = 0; i < *ret_count; i++)
		(*ret)[i] = items->list.items[i];
	*ret_count = MIN(*ret_count, f->newest);
	cli_turn_round(*ret, *ret_count);
	if (rc == 0)
		stand_at(w, doc_text(doc_find(page, "metadata"), "resourceVersion"));
	return rc;
}

/* One more look at all of it: at first as it is, then what differs. */
static int look(struct following *w)
{
	CLEANUP(arena_freep) struct arena *a = arena_new((size_t)1 << 30);
	const struct cli_follow *f = w->f;
	struct cli *c = f->g->c;
	struct arena *kept = c->arena;
	const struct doc_node **objects = NULL;
	size_t count = 0;
	c->arena = a;
	int rc = get(w, &objects, &count);
	if (rc == 0) {
		count = keep_wanted(w, objects, count);
		count = cli_seen_filter(&w->seen, f->word, objects, count);
		if (!w->shown)
			rc = f->show(f->state, NULL, objects, count, w->err);
		else if (count)
			rc = f->show(f->state, "MODIFIED", objects, count, w->err);
		w->shown = true;
		w->stale = false;
	}
	c->arena = kept;
	return rc;
}

/* --- what changes ---------------------------------------------------------------------------------------------------- */

/* What is not among what is asked for any more is gone, as far as that goes. */
static int tell(struct following *w, const char *type, const struct doc_node *object)
{
	const struct cli_follow *f = w->f;
	bool there = strcmp(type, "DELETED") != 0 && (!f->wanted || f->wanted(f->state, object));
	if (there ? !cli_seen_new(&w->seen, f->word, object)
		  : !cli_seen_drop(&w->seen, f->word, object))
		return 0;
	return f->show(f->state, there ? type : "DELETED", &object, 1, w->err);
}

static int take_event(struct following *w, const struct doc_node *line)
{
	static const char *const types[] = {"ADDED", "MODIFIED", "DELETED"};
	const struct doc_node *object = doc_find(line, "object");
	struct str type = doc_text(line, "type");
	if (str_eqz(type, "ERROR")) {
		w->rc = cli_problem(object, 0, w->err);
		return 1;
	}
	w->heard = true;
	for (size_t i = 0; object && i < ARRAY_SIZE(types); i++)
		if (str_eqz(type, types[i]))
			w->rc = tell(w, types[i], object);
	stand_at(w, doc_text(line, "resourceVersion"));
	return w->rc != 0 || over(w);
}

static int on_line(void *state, struct str line)
{
	CLEANUP(arena_freep) struct arena *a = arena_new((size_t)256 << 20);
	static const struct doc_limits limits = {(size_t)64 << 20, 64, 1000 * 1000, 64 << 20};
	struct following *w = state;
	struct cli *c = w->f->g->c;
	struct arena *kept = c->arena;
	const struct doc_node *n = NULL;
	w->rc = doc_parse_json(a, line, &limits, "a line of the watch", &n, w->err);
	if (w->rc < 0)
		return 1;
	c->arena = a;
	int rc = take_event(w, n);
	c->arena = kept;
	return rc;
}

/* Errors that another try may not meet. */
static bool may_pass(int rc)
{
	return rc == ERR_UNAVAILABLE || rc == ERR_TIMEOUT || rc == ERR_QUOTA;
}

static int watch_on(struct following *w)
{
	CLEANUP(arena_freep) struct arena *a = arena_new((size_t)16 << 20);
	struct cli *c = w->f->g->c;
	struct arena *kept = c->arena;
	struct err err = ERR_INIT;
	c->arena = a;
	const char *path = cli_query(c, w->f->path, "watch", "1");
	path = cli_query(c, path, "resourceVersion", w->at);
	c->arena = kept;
	w->rc = 0;
	w->heard = false;
	int64_t most = left(w, CALL_MS);
	int rc = most > 0 ? cli_get_lines(w->f->g, path, most, on_line, w, &err) : 0;
	if (w->rc != 0)
		rc = w->rc;
	else if (rc < 0)
		*w->err = err;
	return rc;
}

/* What to do about the end of a connection: 0 to go on. */
static int go_on(struct following *w, int rc)
{
	w->retry_ms = w->heard ? RETRY_MS : MIN(MAX(w->retry_ms * 2, RETRY_MS), RETRY_MAX_MS);
	if (rc == ERR_GONE) {
		w->stale = true;
		return 0;
	}
	if (rc < 0 && !may_pass(rc))
		return rc;
	if (rc == ERR_UNAVAILABLE)
		cli_progress(w->f->g->c, "the gateway is away; trying again");
	if (!over(w) && rc != ERR_TIMEOUT)
		cli_pause(left(w, w->retry_ms));
	return 0;
}

static int follow(struct following *w)
{
	int rc = look(w);
	while (rc == 0 && !over(w)) {
		rc = w->stale ? look(w) : watch_on(w);
		if (rc > 0)
			return rc;
		rc = go_on(w, rc);
	}
	return rc;
}

int cli_follow(const struct cli_follow *f, struct err *err)
{
	struct following w = {
		.f = f, .err = err, .end_ms = clock_mono(&clock_real) + f->timeout_ms};
	int rc = follow(&w);
	cli_seen_release(&w.seen);
	cli_progress_end(f->g->c);
	free(w.at);
	return rc;
}
