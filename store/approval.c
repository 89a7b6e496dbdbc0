#include "store/approval.h"

#include <inttypes.h>

#include "base/json.h"
#include "store/txn_int.h"

int store_approval_look(struct store *s, struct arena *a, const struct approval *p,
			struct approval_place *ret, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_approval_look);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	struct row c;
	bind_text(&b, p->domain);
	bind_digest(&b, &p->candidate);
	bind_text(&b, p->kind);
	bind_text(&b, p->person);
	bind_text_or_null(&b, p->request);
	int rc = wire_one(s, &b, &rows, &c, err, NULL);
	if (rc < 0)
		return rc;
	ret->known = row_bool(&c);
	ret->name = row_copy(&c, a);
	ret->findings_json = row_copy(&c, a);
	ret->deployed = row_bool(&c);
	ret->newer = row_copy(&c, a);
	ret->superseded = row_bool(&c);
	ret->base = row_digest(&c);
	ret->revision = row_copy(&c, a);
	ret->author = row_copy(&c, a);
	ret->mine = row_i64(&c);
	ret->again = row_i64(&c);
	return 0;
}

/* The row of the log, from which whoever reads it knows what was said of what. */
static void log_approval(struct store_txn *t, const struct approval *p, int64_t id, bool withdrawn)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(64 * 1024);
	char name[24], hex[DIGEST_HEX + 1];
	struct json j;
	snprintf(name, sizeof(name), "%" PRId64, id);
	json_init(&j, &text);
	json_object(&j);
	json_str(&j, "for", p->kind);
	json_strz(&j, "candidate", digest_hex(&p->candidate, hex));
	json_strz(&j, "base", digest_hex(&p->base, hex));
	json_str(&j, "by", p->by);
	json_str(&j, "revision", p->revision);
	json_str(&j, "reason", p->reason);
	json_bool(&j, "withdrawn", withdrawn);
	json_end(&j);
	store_txn_change(t, "Approval", p->domain, str_of(name),
			 withdrawn ? STORE_UPDATE : STORE_CREATE, buf_str(&text));
}

int store_approval_put(struct store_txn *t, const struct approval *p, int64_t *ret_id,
		       struct err *err)
{
	CLEANUP(bind_release) struct bind next = BIND(&sql_approval_next);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	int rc = txn_query(t, &next, &rows, err);
	if (rc < 0)
		return rc;
	struct row c = row_of(&rows, 0);
	*ret_id = row_i64(&c);
	CLEANUP(bind_release) struct bind b = BIND(&sql_approval_put);
	bind_i64(&b, *ret_id);
	bind_text(&b, p->domain);
	bind_digest(&b, &p->candidate);
	bind_digest(&b, &p->base);
	bind_text(&b, p->kind);
	bind_text(&b, p->person);
	bind_text(&b, p->by);
	bind_text(&b, p->key);
	bind_text(&b, p->reason);
	bind_text(&b, p->revision);
	bind_text_or_null(&b, p->request);
	bind_i64(&b, p->ttl_ms);
	bind_text(&b, p->address);
	txn_late(t, &b);
	log_approval(t, p, *ret_id, false);
	return 0;
}

void store_approval_withdraw(struct store_txn *t, const struct approval *p)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_approval_withdraw);
	bind_i64(&b, p->id);
	bind_textz(&b, store_txn_actor(t));
	txn_late(t, &b);
	log_approval(t, p, p->id, true);
}

static void read_approval(struct row *c, struct arena *a, void *ret)
{
	struct approval *p = ret;
	p->id = row_i64(c);
	p->domain = row_copy(c, a);
	p->candidate = row_digest(c);
	p->base = row_digest(c);
	p->kind = row_copy(c, a);
	p->person = row_copy(c, a);
	p->by = row_copy(c, a);
	p->reason = row_copy(c, a);
	p->revision = row_copy(c, a);
	p->request = row_copy(c, a);
	p->at_ms = row_time(c);
	p->expires_ms = row_time(c);
	p->holds = row_bool(c);
	p->address = row_copy(c, a);
}

static int list(struct store *s, struct arena *a, struct str domain, const struct digest *candidate,
		int64_t id, struct approval **ret, size_t *ret_count, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_approval_list);
	bind_text_or_null(&b, domain);
	/* Zeros are a candidate here, of a deletion. */
	if (candidate)
		bind_digest(&b, candidate);
	else
		bind_null(&b);
	bind_i64(&b, id);
	return wire_list(s, &b, &(struct row_list){a, read_approval, sizeof(**ret), ret, ret_count},
			 err);
}

int store_approval_list(struct store *s, struct arena *a, struct str domain,
			const struct digest *candidate, struct approval **ret, size_t *ret_count,
			struct err *err)
{
	return list(s, a, domain, candidate, 0, ret, ret_count, err);
}

int store_approval_get(struct store *s, struct arena *a, int64_t id, struct approval *ret,
		       struct err *err)
{
	struct approval *found = NULL;
	size_t count = 0;
	int rc = list(s, a, STR_NULL, NULL, id, &found, &count, err);
	if (rc == 0 && !count)
		return err_set(err, ERR_NOT_FOUND, "there is no approval \"%" PRId64 "\"", id);
	if (rc == 0)
		*ret = *found;
	return rc;
}
