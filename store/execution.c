#include "store/execution.h"

#include <assert.h>

#include "store/execution_int.h"

const char *const execution_state_words[] = {"queued", "claimed",   "running", "succeeded",
					     "failed", "cancelled", NULL};
const char *const execution_mode_words[] = {"live", "shadow", "test", "replay", NULL};

void row_execution(struct row *c, struct arena *a, void *ret)
{
	struct execution *e = ret;
	memset(e, 0, sizeof(*e));
	row_name(c, e->id, sizeof(e->id));
	e->mode = (enum execution_mode)row_choice(c, execution_mode_words);
	e->state = (enum execution_state)row_choice(c, execution_state_words);
	e->domain = row_copy(c, a);
	e->skill = row_copy(c, a);
	e->content = row_digest(c);
	e->runtime = row_digest(c);
	e->context = row_digest(c);
	e->session = row_copy(c, a);
	e->parent = row_copy(c, a);
	e->idempotency_key = row_copy(c, a);
	e->requested_by = row_copy(c, a);
	e->attempt = (int)row_i64(c);
	e->created_ms = row_time(c);
	e->started_ms = row_time(c);
	e->ended_ms = row_time(c);
	e->deadline_ms = row_time(c);
	e->reserved_microusd = row_i64(c);
	e->cost_microusd = row_i64(c);
	e->trigger_json = row_copy(c, a);
	e->input_json = row_copy(c, a);
	e->result_json = row_copy(c, a);
	e->error_json = row_copy(c, a);
	e->transcript = row_digest(c);
}

static void digest_field(struct buf *out, struct str s)
{
	buf_add_u32(out, (uint32_t)s.len);
	buf_add_str(out, s);
}

/* What was asked, so that the same idempotency key for something else is noticed. */
static struct digest request_digest(const struct execution *e)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(BUF_MAX);
	digest_field(&text, str_of(execution_mode_words[e->mode]));
	digest_field(&text, e->domain);
	digest_field(&text, e->skill);
	digest_field(&text, e->session);
	digest_field(&text, e->parent);
	digest_field(&text, e->trigger_json);
	digest_field(&text, e->input_json);
	buf_add(&text, e->content.bytes, DIGEST_SIZE);
	return digest_tagged("aspora.request.v1", buf_str(&text));
}

static void bind_enqueue(struct bind *b, const struct enqueue *q)
{
	const struct execution *e = q->e;
	struct digest request = request_digest(e);
	bind_textz(b, e->id);
	bind_textz(b, execution_mode_words[e->mode]);
	bind_text(b, e->domain);
	bind_text(b, e->skill);
	bind_digest_or_null(b, &e->content);
	bind_digest_or_null(b, &e->runtime);
	bind_digest_or_null(b, &e->context);
	bind_text(b, e->session);
	bind_text(b, e->parent);
	bind_i32(b, MAX(e->attempt, 1));
	bind_i32(b, q->priority);
	bind_text(b, e->requested_by);
	bind_text_or_null(b, q->idempotency_key);
	bind_digest(b, &request);
	bind_text(b, e->trigger_json);
	bind_text(b, e->input_json);
	bind_time(b, q->not_before_ms);
	bind_time(b, e->deadline_ms);
	bind_i64(b, q->max_queued);
}

static int not_deployed(struct store *s, const struct execution *e, struct err *err)
{
	err_set(err, ERR_NOT_FOUND, "skill %.*s/%.*s is not deployed", STR_ARG(e->domain),
		STR_ARG(e->skill));
	CLEANUP(bind_release) struct bind b = BIND(&sql_skill_names);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	if (wire_query(s, &b, &rows, NULL) < 0)
		return ERR_NOT_FOUND;
	char wanted[200];
	snprintf(wanted, sizeof(wanted), "%.*s/%.*s", STR_ARG(e->domain), STR_ARG(e->skill));
	size_t best = SIZE_MAX;
	struct str nearest = STR_NULL;
	for (int i = 0; i < rows.count; i++) {
		struct row c = row_of(&rows, i);
		struct str name = row_text(&c);
		size_t d = str_distance(str_of(wanted), name);
		if (d < best && (d <= 2 || d <= strlen(wanted) / 3)) {
			best = d;
			nearest = name;
		}
	}
	if (nearest.len)
		err_remedy(err, "did you mean %.*s?", STR_ARG(nearest));
	else
		err_remedy(err, "list what is deployed: aspora get skills");
	return ERR_NOT_FOUND;
}

struct enqueued {
	bool inserted, same, deployed;
	struct str existing;
	int64_t queued;
};

static int judge(struct store *s, const struct enqueue *q, const struct enqueued *n,
		 char ret_id[64], bool *ret_existing, struct err *err)
{
	if (n->existing.len && !n->same)
		return err_set(err, ERR_CONFLICT, "%s was used for another request (%.*s) before",
			       q->idempotency_key.len ? "the idempotency key" : q->e->id,
			       STR_ARG(n->existing));
	if (n->existing.len || n->inserted) {
		struct str id = n->existing.len ? n->existing : str_of(q->e->id);
		snprintf(ret_id, 64, "%.*s", STR_ARG(id));
		if (ret_existing)
			*ret_existing = n->existing.len > 0;
		return 0;
	}
	if (!n->deployed && digest_is_zero(&q->e->content))
		return not_deployed(s, q->e, err);
	if (q->max_queued && n->queued >= q->max_queued) {
		err_set(err, ERR_QUOTA,
			"%lld executions of %.*s/%.*s wait already, which is its limit",
			(long long)n->queued, STR_ARG(q->e->domain), STR_ARG(q->e->skill));
		return err_remedy(err, "try again later");
	}
	return 1; /* somebody was there between our looking and our writing: look again */
}

int store_execution_enqueue(struct store *s, const struct enqueue *q, char ret_id[64],
			    bool *ret_existing, struct err *err)
{
	assert(q->e->deadline_ms > 0 && q->e->requested_by.len && q->e->id[0]);
	for (int attempt = 0; attempt < 3; attempt++) {
		CLEANUP(bind_release) struct bind b = BIND(&sql_execution_enqueue);
		bind_enqueue(&b, q);
		CLEANUP(rows_release) struct rows rows = ROWS_INIT;
		int r = wire_query(s, &b, &rows, err);
		if (r < 0)
			return r;
		struct row c = row_of(&rows, 0);
		struct enqueued n;
		n.inserted = row_bool(&c);
		n.existing = row_text(&c);
		n.same = row_bool(&c);
		n.deployed = row_bool(&c);
		n.queued = row_i64(&c);
		r = judge(s, q, &n, ret_id, ret_existing, err);
		if (r <= 0)
			return r;
	}
	return err_set(err, ERR_CONFLICT, "the idempotency key is being used by another request");
}

static int has_ended(const struct cancel *c, enum execution_state state, struct err *err)
{
	err_set(err, ERR_CONFLICT, "execution %.*s %s %s already", STR_ARG(c->id),
		state == EXEC_CANCELLED ? "was" : "has", execution_state_words[state]);
	return err_remedy(err, "what ran is a record: it is removed by itself after "
			       "retention.executions of asporad.conf");
}

int store_execution_cancel(struct store *s, const struct cancel *c, enum execution_state *ret_state,
			   struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_execution_cancel);
	bind_text(&b, c->id);
	bind_textz(&b, c->by);
	bind_text(&b, c->version);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	struct row row;
	int r = wire_one(s, &b, &rows, &row, err, NULL);
	if (r < 0)
		return r;
	if (!row_bool(&row))
		return err_set(err, ERR_NOT_FOUND, "there is no execution %.*s", STR_ARG(c->id));
	enum execution_state state = (enum execution_state)row_choice(&row, execution_state_words);
	struct str version = row_text(&row);
	bool changed = row_bool(&row);
	if (!changed && execution_state_final(state) && (state != EXEC_CANCELLED || c->deletes))
		return has_ended(c, state, err);
	if (!changed && c->version.len && !str_eq(version, c->version))
		return err_set(err, ERR_CONFLICT, "execution %.*s is at %.*s now, not at %.*s",
			       STR_ARG(c->id), STR_ARG(version), STR_ARG(c->version));
	*ret_state = state;
	return 0;
}

int store_execution_get(struct store *s, struct arena *a, struct str id, struct execution *ret,
			struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_execution_get);
	bind_text(&b, id);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	struct row c;
	int r = wire_one(s, &b, &rows, &c, err, "there is no execution %.*s", STR_ARG(id));
	if (r < 0)
		return r;
	row_execution(&c, a, ret);
	return 0;
}

static void read_execution_step(struct row *c, struct arena *a, void *ret)
{
	struct execution_step *e = ret;
	e->at_ms = row_time(c);
	e->kind = row_copy(c, a).p;
	e->data_json = row_copy(c, a);
}

int store_execution_step_list(struct store *s, struct arena *a, struct str id, int after,
			      struct execution_step **ret, size_t *ret_count, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_execution_step_list);
	bind_text(&b, id);
	bind_i32(&b, after);
	return wire_list(s, &b,
			 &(struct row_list){a, read_execution_step, sizeof(**ret), ret, ret_count},
			 err);
}

int store_execution_list(struct store *s, struct arena *a, const struct execution_filter *f,
			 struct execution **ret, size_t *ret_count, struct err *err)
{
	assert(f->limit >= 1 && f->limit <= 1000);
	CLEANUP(bind_release) struct bind b = BIND(&sql_execution_list);
	bind_text_or_null(&b, f->domain);
	bind_text_or_null(&b, f->skill);
	bind_text_or_null(&b, f->session);
	bind_text_or_null(&b, f->requested_by);
	bind_text_or_null(&b, f->state < 0 ? STR_NULL : str_of(execution_state_words[f->state]));
	bind_text_or_null(&b, f->mode < 0 ? STR_NULL : str_of(execution_mode_words[f->mode]));
	bind_time(&b, f->from_ms);
	bind_time(&b, f->to_ms);
	bind_text_or_null(&b, f->before);
	bind_i64(&b, (int64_t)f->limit);
	return wire_list(s, &b, &(struct row_list){a, row_execution, sizeof(**ret), ret, ret_count},
			 err);
}

int store_execution_load(struct store *s, struct str domain, struct str skill,
			 struct execution_load *ret, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_execution_load);
	bind_text(&b, domain);
	bind_text(&b, skill);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	struct row c;
	int r = wire_one(s, &b, &rows, &c, err, NULL);
	if (r < 0)
		return r;
	ret->queued = row_i64(&c);
	ret->active = row_i64(&c);
	ret->started_last_minute = row_i64(&c);
	ret->spent_today_microusd = row_i64(&c);
	ret->reserved_microusd = row_i64(&c);
	ret->runs_today = row_i64(&c);
	ret->failed_today = row_i64(&c);
	return 0;
}

int store_execution_waiting(struct store *s, int64_t *ret_waiting, int64_t *ret_next_ms,
			    struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_execution_waiting);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	struct row c;
	int r = wire_one(s, &b, &rows, &c, err, NULL);
	if (r < 0)
		return r;
	*ret_waiting = row_i64(&c);
	*ret_next_ms = row_time(&c);
	return 0;
}
