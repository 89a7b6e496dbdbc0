/* Who looks after executions: control with expiry, the change log, retention; a runner with the claims of those who died under it. */
#include "store/execution_int.h"

static void problem(struct buf *out, int code, const char *words, const char *remedy)
{
	struct err e = ERR_INIT;
	err_set(&e, code, "%s", words);
	if (remedy)
		err_remedy(&e, "%s", remedy);
	json_problem(out, &e);
}

int store_execution_expire(struct store *s, int max_attempts, int64_t *ret_expired,
			   int64_t *ret_requeued, struct err *err)
{
	CLEANUP(buf_release) struct buf timeout = BUF_INIT(4096);
	CLEANUP(buf_release) struct buf lost = BUF_INIT(4096);
	CLEANUP(buf_release) struct buf gone = BUF_INIT(4096);
	problem(&timeout, ERR_TIMEOUT, "the execution did not end before its deadline", NULL);
	problem(&lost, ERR_UNAVAILABLE,
		"the process that ran the execution went away, and its attempts are used up", NULL);
	problem(&gone, ERR_GONE, "the skill was deleted before the execution began",
		"aspora get skills lists those that there are; once it is deployed again, run it "
		"again");
	CLEANUP(bind_release) struct bind b = BIND(&sql_execution_expire);
	bind_i32(&b, max_attempts);
	bind_text(&b, buf_str(&timeout));
	bind_text(&b, buf_str(&lost));
	bind_text(&b, buf_str(&gone));
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	struct row c;
	int r = wire_one(s, &b, &rows, &c, err, NULL);
	if (r < 0)
		return r;
	*ret_expired = row_i64(&c);
	*ret_requeued = row_i64(&c);
	return 0;
}

int store_execution_log(struct store_txn *t, int64_t limit, int64_t *ret, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_execution_log);
	bind_i64(&b, limit);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	int r = txn_query(t, &b, &rows, err);
	if (r < 0)
		return r;
	for (int i = 0; i < rows.count; i++) {
		struct row c = row_of(&rows, i);
		struct str id = row_text(&c), domain = row_text(&c), skill = row_text(&c),
			   state = row_text(&c), mode = row_text(&c);
		CLEANUP(buf_release) struct buf text = BUF_INIT(4096);
		struct json j;
		json_init(&j, &text);
		json_object(&j);
		json_str(&j, "skill", skill);
		json_str(&j, "state", state);
		json_str(&j, "mode", mode);
		json_int(&j, "attempt", row_i64(&c));
		json_str(&j, "requestedBy", row_text(&c));
		struct str cancelled_by = row_text(&c);
		if (cancelled_by.len)
			json_str(&j, "cancelledBy", cancelled_by);
		json_end(&j);
		store_txn_change(t, "Execution", domain, id,
				 str_eqz(state, "queued") ? STORE_CREATE : STORE_UPDATE,
				 buf_str(&text));
	}
	*ret = rows.count;
	return 0;
}

int store_execution_retire(struct store *s, int64_t older_ms, int64_t limit, int64_t *ret,
			   struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_execution_retire);
	bind_i64(&b, older_ms);
	bind_i64(&b, limit);
	return wire_number(s, &b, ret, err);
}

static void read_name(struct row *c, struct arena *a, void *ret)
{
	*(struct str *)ret = row_copy(c, a);
}

int store_execution_claimants(struct store *s, struct arena *a, struct str prefix, struct str **ret,
			      size_t *ret_count, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_execution_claimants);
	bind_text(&b, prefix);
	return wire_list(s, &b, &(struct row_list){a, read_name, sizeof(**ret), ret, ret_count},
			 err);
}

int store_execution_abandon(struct store *s, struct str by, int64_t *ret, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_execution_abandon);
	bind_text(&b, by);
	return wire_number(s, &b, ret, err);
}
