#include "store/signature.h"

#include "base/json.h"
#include "store/txn_int.h"

static void bind_commit(struct bind *b, struct str source, struct str revision)
{
	bind_text(b, source);
	bind_text(b, revision);
}

/* The schema's checks keep other names out. */
static void read_signature(const struct rows *rows, struct signature *ret)
{
	*ret = (struct signature){0};
	if (!rows->count)
		return;
	struct row c = row_of(rows, 0);
	(void)signature_state_find(row_text(&c), &ret->state);
	(void)signature_kind_find(row_text(&c), &ret->kind);
	row_name(&c, ret->signer, sizeof(ret->signer));
	row_name(&c, ret->key, sizeof(ret->key));
	row_name(&c, ret->detail, sizeof(ret->detail));
}

int store_signature_find(struct store *s, struct str source, struct str revision,
			 struct signature *ret, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_signature_find);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	bind_commit(&b, source, revision);
	int rc = wire_query(s, &b, &rows, err);
	if (rc == 0)
		read_signature(&rows, ret);
	return rc;
}

static void add_json(struct buf *out, struct str revision, const struct signature *s)
{
	struct json j;
	json_init(&j, out);
	json_object(&j);
	json_str(&j, "revision", revision);
	json_object_in(&j, "signature");
	json_strz(&j, "state", signature_state_name(s->state));
	json_strz(&j, "kind", signature_kind_name(s->kind));
	json_strz(&j, "signer", s->signer);
	json_strz(&j, "key", s->key);
	json_end(&j);
	json_end(&j);
}

/* Whoever watches a release or a verdict sees that it says something else now. */
static int log_shown(struct store_txn *t, struct str source, struct str revision, struct str object,
		     struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_signature_shown);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	char kind[16];
	bind_commit(&b, source, revision);
	int rc = txn_query(t, &b, &rows, err);
	for (int i = 0; rc == 0 && i < rows.count; i++) {
		struct row c = row_of(&rows, i);
		row_name(&c, kind, sizeof(kind));
		struct str domain = row_text(&c);
		store_txn_change(t, kind, domain, row_text(&c), STORE_UPDATE, object);
	}
	return rc;
}

static void put(struct store_txn *t, struct str source, struct str revision,
		const struct signature *s)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_signature_put);
	bind_commit(&b, source, revision);
	bind_textz(&b, signature_state_name(s->state));
	bind_textz(&b, signature_kind_name(s->kind));
	bind_textz(&b, s->signer);
	bind_textz(&b, s->key);
	bind_textz(&b, s->detail);
	txn_late(t, &b);
}

int store_signature_put(struct store_txn *t, struct str source, struct str revision,
			const struct signature *s, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_signature_find);
	CLEANUP(bind_release) struct bind end = BIND(&sql_signature_end);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	CLEANUP(buf_release) struct buf object = BUF_INIT(16 * 1024);
	struct signature known;
	bind_commit(&b, source, revision);
	int rc = txn_query(t, &b, &rows, err);
	if (rc < 0)
		return rc;
	read_signature(&rows, &known);
	if (signature_equal(&known, s))
		return 0;
	add_json(&object, revision, s);
	if (rows.count && (rc = log_shown(t, source, revision, buf_str(&object), err)) < 0)
		return rc;
	bind_commit(&end, source, revision);
	txn_late(t, &end);
	store_txn_change(t, "Source", STR_NULL, source, STORE_UPDATE, buf_str(&object));
	put(t, source, revision, s);
	return 0;
}
