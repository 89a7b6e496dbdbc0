/* A keeper's side of an execution: claim, run, steps, settle. */
#include <assert.h>

#include "skill/route.h"
#include "store/blob.h"
#include "store/execution_int.h"

/* How often a claim that met its limit at the last moment looks again. */
#define CLAIM_TRIES 4

struct pick {
	char id[64];
	char by[256]; /* what the version is chosen by: the session, else the execution itself */
	struct digest content, runtime;
	bool ready;
};

static int pick_execution(struct store_txn *t, const struct claim_opts *o, struct pick *p,
			  bool *ret_got, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_claim_pick);
	bind_text_or_null(&b, o->domain);
	bind_text_or_null(&b, o->skill);
	bind_text_or_null(&b, str_of(o->host));
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	int r = txn_query(t, &b, &rows, err);
	if (r < 0)
		return r;
	*ret_got = rows.count > 0;
	if (rows.count) {
		struct row c = row_of(&rows, 0);
		struct str id = row_text(&c), session = row_text(&c);
		snprintf(p->id, sizeof(p->id), "%.*s", STR_ARG(id));
		snprintf(p->by, sizeof(p->by), "%.*s", STR_ARG(session.len ? session : id));
	}
	return 0;
}

struct choice {
	struct route_version version;
	bool own, ready;
};

/* The session's own (or the pinned) version, else one by weight: the same id always gets the same. */
static bool choose(const struct rows *rows, struct pick *p)
{
	static const char *const modes[] = {"live", "shadow", NULL};
	struct choice list[32];
	struct route_version versions[32];
	size_t n = MIN((size_t)rows->count, ARRAY_SIZE(list)), live = 0;
	for (size_t i = 0; i < n; i++) {
		struct row c = row_of(rows, (int)i);
		struct choice *o = &list[i];
		o->version.content = row_digest(&c);
		o->version.runtime = row_digest(&c);
		o->version.weight_millionths = (uint32_t)row_i64(&c);
		o->version.mode = (enum route_mode)row_choice(&c, modes);
		o->own = row_bool(&c);
		o->ready = row_bool(&c);
		if (o->own) {
			p->content = o->version.content;
			p->runtime = o->version.runtime;
			p->ready = o->ready;
			return true;
		}
		if (o->version.mode == ROUTE_LIVE)
			versions[live++] = o->version;
	}
	struct route route = {.versions = versions, .version_count = live};
	const struct route_version *v = live ? route_pick(&route, str_of(p->by)) : NULL;
	for (size_t i = 0; v && i < n; i++) {
		if (digest_equal(&list[i].version.content, &v->content) &&
		    digest_equal(&list[i].version.runtime, &v->runtime)) {
			p->content = v->content;
			p->runtime = v->runtime;
			p->ready = list[i].ready;
			return true;
		}
	}
	return false;
}

static int pick_version(struct store_txn *t, const struct claim_opts *o, struct pick *p,
			struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_claim_versions);
	bind_textz(&b, p->id);
	bind_text_or_null(&b, str_of(o->host));
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	int r = txn_query(t, &b, &rows, err);
	if (r < 0)
		return r;
	return choose(&rows, p) && p->ready;
}

static int bind_claim(struct store_txn *t, struct arena *a, const struct claim_opts *o,
		      const struct pick *p, struct claim *ret, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_claim_bind);
	bind_textz(&b, p->id);
	bind_digest(&b, &p->content);
	bind_digest(&b, &p->runtime);
	bind_textz(&b, o->by);
	bind_i64(&b, o->ttl_ms);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	int r = txn_query(t, &b, &rows, err);
	if (r < 0 || !rows.count)
		return r;
	struct row c = row_of(&rows, 0);
	row_execution(&c, a, &ret->e);
	ret->number = row_i64(&c);
	ret->handler = row_copy(&c, a);
	return 1;
}

/* 1: claimed; 0: there is none; 2: met a limit at the last moment. */
static int claim_once(struct store *s, struct arena *a, const struct claim_opts *o,
		      struct claim *ret, struct err *err)
{
	CLEANUP(store_txn_endp) struct store_txn *t = NULL;
	bool got = false;
	struct pick p = {{0}};
	int r = store_txn_begin(s, STORE_APPEND, o->by, NULL, &t, err);
	if (r >= 0)
		r = pick_execution(t, o, &p, &got, err);
	if (r < 0 || !got)
		return r;
	r = pick_version(t, o, &p, err);
	if (r <= 0)
		return r;
	r = bind_claim(t, a, o, &p, ret, err);
	if (r <= 0)
		return r < 0 ? r : 2;
	r = store_txn_commit(t, NULL, err);
	return r < 0 ? r : 1;
}

int store_execution_claim(struct store *s, struct arena *a, const struct claim_opts *o,
			  struct claim *ret, bool *ret_got, struct err *err)
{
	assert(o->by && *o->by && o->ttl_ms > 0);
	for (int i = 0; i < CLAIM_TRIES; i++) {
		int r = claim_once(s, a, o, ret, err);
		if (r < 0)
			return r;
		*ret_got = r == 1;
		if (r != 2)
			return 0;
	}
	return 0;
}

static int over(const char *id, struct err *err)
{
	return err_set(err, ERR_FENCED,
		       "the claim on execution %s is over; its outcome is another's", id);
}

int store_execution_running(struct store *s, const char *id, int64_t claim, int64_t ttl_ms,
			    bool *ret_cancel, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_execution_running);
	bind_textz(&b, id);
	bind_i64(&b, claim);
	bind_i64(&b, ttl_ms);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	struct row c;
	int r = wire_find(s, &b, &rows, &c, err);
	if (r < 0)
		return r;
	if (!r)
		return over(id, err);
	if (ret_cancel)
		*ret_cancel = row_bool(&c);
	return 0;
}

void bind_steps(struct bind *b, const struct execution_step *steps, size_t count)
{
	BIND_COLUMN(b, count, bind_time, steps[i].at_ms);
	BIND_COLUMN(b, count, bind_textz, steps[i].kind);
	BIND_COLUMN(b, count, bind_text, steps[i].data_json);
}

static void bind_step_list(struct bind *b, const char *id, int64_t claim,
			   const struct execution_step *steps, size_t count)
{
	bind_textz(b, id);
	bind_i64(b, claim);
	bind_steps(b, steps, count);
}

int store_execution_steps(struct store *s, const char *id, int64_t claim,
			  const struct execution_step *steps, size_t count, struct err *err)
{
	if (!count)
		return 0;
	CLEANUP(bind_release) struct bind b = BIND(&sql_execution_steps);
	bind_step_list(&b, id, claim, steps, count);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	struct row c;
	int r = wire_one(s, &b, &rows, &c, err, NULL);
	if (r < 0)
		return r;
	return row_i64(&c) ? 0 : over(id, err);
}

static void bind_settle(struct bind *b, const struct settle *o, const struct digest *transcript)
{
	bind_textz(b, o->id);
	bind_i64(b, o->claim);
	bind_textz(b, execution_state_words[o->state]);
	bind_text_or_null(b, o->state == EXEC_SUCCEEDED ? o->result_json : STR_NULL);
	bind_text_or_null(b, o->state == EXEC_FAILED ? o->error_json : STR_NULL);
	bind_i64(b, o->cost_microusd);
	bind_digest_or_null(b, transcript);
	bind_i64(b, o->delay_ms);
}

static int settle_in(struct store_txn *t, const struct settle *o, struct err *err)
{
	struct digest transcript = {{0}};
	int r = 0;
	if (o->transcript.len)
		r = store_blob_put(store_txn_store(t), t, o->transcript, &transcript, err);
	if (r >= 0 && o->step_count) {
		CLEANUP(bind_release) struct bind steps = BIND(&sql_execution_steps);
		bind_step_list(&steps, o->id, o->claim, o->steps, o->step_count);
		r = txn_send(t, &steps, err);
	}
	if (r < 0)
		return r;
	CLEANUP(bind_release) struct bind b = BIND(&sql_execution_settle);
	bind_settle(&b, o, &transcript);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	r = txn_query(t, &b, &rows, err);
	if (r < 0)
		return r;
	struct row c = row_of(&rows, 0);
	bool settled = row_bool(&c), already = row_bool(&c);
	if (settled || already)
		return 0;
	return over(o->id, err);
}

int store_execution_settle(struct store *s, const struct settle *o, struct err *err)
{
	assert(o->state == EXEC_QUEUED || o->state >= EXEC_SUCCEEDED);
	assert(o->state != EXEC_SUCCEEDED || o->result_json.len);
	assert(o->state != EXEC_FAILED || o->error_json.len);
	CLEANUP(store_txn_endp) struct store_txn *t = NULL;
	int r = store_txn_begin(s, STORE_APPEND, "keeper", NULL, &t, err);
	if (r >= 0)
		r = settle_in(t, o, err);
	return r < 0 ? r : store_txn_commit(t, NULL, err);
}
