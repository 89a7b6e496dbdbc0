#include "store/hold.h"

#include "base/json.h"
#include "store/meta.h"
#include "store/txn_int.h"

static void log_quarantine(struct store_txn *t, struct str domain, struct str skill,
			   const struct digest *content, const char *what, struct str reason)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(64 * 1024);
	char hex[DIGEST_HEX + 1];
	struct json j;
	json_init(&j, &text);
	json_object(&j);
	json_strz(&j, "quarantine", what);
	json_strz(&j, "content", digest_hex(content, hex));
	json_str(&j, "reason", reason);
	json_end(&j);
	store_object_touch(t, "Skill", domain, skill);
	store_txn_change(t, "Skill", domain, skill, STORE_UPDATE, buf_str(&text));
}

int store_quarantine_put(struct store_txn *t, const struct quarantine *q, size_t count,
			 struct err *err)
{
	(void)err;
	if (!count)
		return 0;
	CLEANUP(bind_release) struct bind b = BIND(&sql_quarantine_put);
	BIND_COLUMN(&b, count, bind_text, q[i].domain);
	BIND_COLUMN(&b, count, bind_text, q[i].skill);
	BIND_COLUMN(&b, count, bind_digest, &q[i].content);
	BIND_COLUMN(&b, count, bind_text, q[i].cause);
	BIND_COLUMN(&b, count, bind_text, q[i].reason);
	BIND_COLUMN(&b, count, bind_text, q[i].by.len ? q[i].by : str_of(store_txn_actor(t)));
	txn_late(t, &b);
	for (size_t i = 0; i < count; i++)
		log_quarantine(t, q[i].domain, q[i].skill, &q[i].content, "put", q[i].reason);
	return 0;
}

static const struct digest any_content;

int store_quarantine_clear(struct store_txn *t, struct str domain, struct str skill,
			   const struct digest *content, int64_t *ret_cleared, struct err *err)
{
	if (!content)
		content = &any_content;
	CLEANUP(bind_release) struct bind which = BIND(&sql_quarantine_which);
	bind_text(&which, domain);
	bind_text(&which, skill);
	bind_digest_or_null(&which, content);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	int r = txn_query(t, &which, &rows, err);
	if (r < 0)
		return r;
	*ret_cleared = rows.count;
	if (!rows.count)
		return 0;
	for (int i = 0; i < rows.count; i++) {
		struct row c = row_of(&rows, i);
		struct digest d = row_digest(&c);
		log_quarantine(t, domain, skill, &d, "cleared", STR_NULL);
	}
	CLEANUP(bind_release) struct bind b = BIND(&sql_quarantine_clear);
	bind_text(&b, domain);
	bind_text(&b, skill);
	bind_digest_or_null(&b, content);
	bind_textz(&b, store_txn_actor(t));
	txn_late(t, &b);
	return 0;
}

static void read_quarantine(struct row *c, struct arena *a, void *ret)
{
	struct quarantine *q = ret;
	q->id = row_i64(c);
	q->domain = row_copy(c, a);
	q->skill = row_copy(c, a);
	q->content = row_digest(c);
	q->cause = row_copy(c, a);
	q->reason = row_copy(c, a);
	q->by = row_copy(c, a);
	q->at_ms = row_time(c);
	q->since = row_i64(c);
}

int store_quarantine_list(struct store *s, struct arena *a, struct str domain,
			  struct quarantine **ret, size_t *ret_count, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_quarantine_list);
	bind_text_or_null(&b, domain);
	return wire_list(
		s, &b, &(struct row_list){a, read_quarantine, sizeof(**ret), ret, ret_count}, err);
}

static void read_rollback_contents(struct row *c, struct arena *a, void *ret)
{
	struct digest *e = ret;
	(void)a;
	*e = row_digest(c);
}

int store_rollback_contents(struct store *s, struct arena *a, struct str domain, struct str skill,
			    int64_t target, struct digest **ret, size_t *ret_count, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_rollback_contents);
	bind_text(&b, domain);
	bind_text(&b, skill);
	bind_i64(&b, target);
	return wire_list(
		s, &b, &(struct row_list){a, read_rollback_contents, sizeof(**ret), ret, ret_count},
		err);
}
