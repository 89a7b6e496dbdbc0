#include "store/release.h"

#include <assert.h>

#include "store/receipt_int.h"
#include "store/txn_int.h"

static int read_head(struct store_txn *t, struct err *err)
{
	struct store *s = store_txn_store(t);
	/* Under another epoch somebody else may have led, and written, in between. */
	int64_t epoch = txn_lease(t) ? txn_lease(t)->epoch : 0;
	if (s->release.known && epoch && s->release.epoch == epoch)
		return 0;
	CLEANUP(bind_release) struct bind b = BIND(&sql_release_head);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	int r = txn_query(t, &b, &rows, err);
	if (r < 0)
		return r;
	memset(&s->release, 0, sizeof(s->release));
	s->release.known = true;
	s->release.epoch = epoch;
	if (rows.count) {
		struct row c = row_of(&rows, 0);
		s->release.id = row_i64(&c);
		s->release.hash = row_digest(&c);
	}
	return 0;
}

static void own_domains(struct store_txn *t, const struct release *r)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_release_own);
	BIND_COLUMN(&b, r->domain_count, bind_text, r->domains[i].name);
	BIND_COLUMN(&b, r->domain_count, bind_textz, r->domains[i].source.name);
	BIND_COLUMN(&b, r->domain_count, bind_bool, r->domains[i].overlay);
	txn_late(t, &b);
}

static int count_op(const struct release *r, enum change_op op)
{
	int n = 0;
	for (size_t i = 0; i < r->skill_count; i++)
		n += r->skills[i].op == op;
	return n;
}

/* The release's own row; its number and hash become the head of the chain. */
static int put_release(struct store_txn *t, const struct release *r,
		       const struct store_signer *signer, struct err *err)
{
	struct store *s = store_txn_store(t);
	int64_t id = s->release.id + 1, at_ms = clock_wall(s->clock);
	CLEANUP(buf_release) struct buf record = BUF_INIT((size_t)64 * 1024 * 1024);
	receipt_release(&record, r, id, &s->release.hash, store_txn_actor(t), at_ms);
	int rc = buf_check(&record, "the record of a release", err);
	if (rc < 0)
		return rc;
	struct digest hash = receipt_release_hash(buf_str(&record));
	uint8_t signature[SIGN_SIZE];
	sign_make(signer->secret_key, buf_str(&record), signature);
	CLEANUP(bind_release) struct bind b = BIND(&sql_release_put);
	bind_i64(&b, id);
	bind_textz(&b, r->kind);
	bind_textz(&b, r->source.name);
	bind_textz(&b, r->source.revision);
	bind_text(&b, r->message);
	bind_text(&b, r->author);
	bind_textz(&b, store_txn_actor(t));
	bind_i32(&b, count_op(r, CHANGE_CREATE));
	bind_i32(&b, count_op(r, CHANGE_UPDATE));
	bind_i32(&b, count_op(r, CHANGE_DELETE));
	bind_text(&b, buf_str(&record));
	bind_digest(&b, &s->release.hash);
	bind_digest(&b, &hash);
	bind_bytes(&b, signer->public_key, SIGN_PUBLIC_SIZE);
	bind_bytes(&b, signature, SIGN_SIZE);
	bind_time(&b, at_ms);
	txn_late(t, &b);
	s->release.id = id;
	s->release.hash = hash;
	return 0;
}

static void bind_domain_digest(struct bind *b, const struct release_domain *d,
			       const struct digest *digest)
{
	if (d->op == CHANGE_DELETE)
		bind_null(b);
	else
		bind_digest(b, digest);
}

static void bind_exposes(struct bind *b, const struct release_domain *d)
{
	if (d->op == CHANGE_DELETE)
		bind_null(b);
	else
		bind_text_or_null(b, d->exposes_json);
}

static void put_items(struct store_txn *t, const struct release *r, int64_t id)
{
	const struct release_domain *d = r->domains;
	size_t n = r->domain_count;
	CLEANUP(bind_release) struct bind b = BIND(&sql_release_items);
	bind_i64(&b, id);
	BIND_COLUMN(&b, n, bind_text, d[i].name);
	BIND_COLUMN(&b, n, bind_textz, receipt_op(d[i].op));
	BIND_COLUMN(&b, n, bind_textz, d[i].source.name);
	BIND_COLUMN(&b, n, bind_textz, d[i].source.revision);
	BIND_COLUMN(&b, n, bind_bool, d[i].overlay);
	BIND_COLUMN(&b, n, bind_tree, &d[i].tree);
	BIND_COLUMN(&b, n, bind_domain_digest, &d[i], &d[i].candidate);
	BIND_COLUMN(&b, n, bind_domain_digest, &d[i], &d[i].policy);
	BIND_COLUMN(&b, n, bind_domain_digest, &d[i], &d[i].surface);
	BIND_COLUMN(&b, n, bind_exposes, &d[i]);
	BIND_COLUMN(&b, n, bind_text, d[i].manifest_json.len ? d[i].manifest_json : STR("[]"));
	BIND_COLUMN(&b, n, bind_text, d[i].spec_json);
	txn_late(t, &b);
}

/* One column of the skills that are set (or, with deletes, of those that end). */
#define SKILL_COLUMN(b, r, deletes, bind_fn, ...)                                                  \
	do {                                                                                       \
		bind_array(b);                                                                     \
		for (const struct release_skill *k = (r)->skills;                                  \
		     k < (r)->skills + (r)->skill_count; k++) {                                    \
			if ((k->op == CHANGE_DELETE) == (deletes))                                 \
				bind_fn(b, __VA_ARGS__);                                           \
		}                                                                                  \
		bind_array_end(b);                                                                 \
	} while (0)

static void put_skills(struct store_txn *t, const struct release *r, int64_t id)
{
	CLEANUP(bind_release) struct bind gone = BIND(&sql_desired_end);
	SKILL_COLUMN(&gone, r, true, bind_text, k->domain);
	SKILL_COLUMN(&gone, r, true, bind_text, k->name);
	int deleted = count_op(r, CHANGE_DELETE);
	if (deleted)
		txn_late(t, &gone);
	if ((size_t)deleted == r->skill_count)
		return;
	CLEANUP(bind_release) struct bind b = BIND(&sql_desired_set);
	bind_i64(&b, id);
	SKILL_COLUMN(&b, r, false, bind_text, k->domain);
	SKILL_COLUMN(&b, r, false, bind_text, k->name);
	SKILL_COLUMN(&b, r, false, bind_digest, &k->content);
	SKILL_COLUMN(&b, r, false, bind_digest, &k->runtime);
	SKILL_COLUMN(&b, r, false, bind_digest, &k->context);
	SKILL_COLUMN(&b, r, false, bind_tree, &k->tree);
	SKILL_COLUMN(&b, r, false, bind_i64_or_null, k->concurrency);
	SKILL_COLUMN(&b, r, false, bind_i64_or_null, k->per_minute);
	SKILL_COLUMN(&b, r, false, bind_i64_or_null, k->per_run_microusd);
	SKILL_COLUMN(&b, r, false, bind_i64_or_null, k->per_day_microusd);
	SKILL_COLUMN(&b, r, false, bind_i64_or_null, k->timeout_ms);
	txn_late(t, &b);
}

static void put_platform(struct store_txn *t, const struct release_platform *p, int64_t id)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_platform_set);
	bind_i64(&b, id);
	bind_textz(&b, p->source.name);
	bind_textz(&b, p->source.revision);
	bind_digest(&b, &p->digest);
	bind_digest_or_null(&b, &p->firm);
	bind_text(&b, p->config_json);
	txn_late(t, &b);
	store_txn_change(t, "Platform", STR_NULL, STR("platform"), STORE_UPDATE, STR_NULL);
}

static enum store_op op_of(enum change_op op)
{
	return op == CHANGE_CREATE   ? STORE_CREATE
	       : op == CHANGE_DELETE ? STORE_DELETE
				     : STORE_UPDATE;
}

static void log_skill(struct store_txn *t, const struct release_skill *k, int64_t id,
		      struct buf *text)
{
	char hex[DIGEST_HEX + 1];
	struct json j;
	buf_reset(text);
	json_init(&j, text);
	json_object(&j);
	json_int(&j, "release", id);
	if (k->op != CHANGE_DELETE)
		json_strz(&j, "content", digest_hex(&k->content, hex));
	if (k->detail_json.len)
		json_raw(&j, "detail", k->detail_json);
	json_end(&j);
	store_txn_change(t, "Skill", k->domain, k->name, op_of(k->op), buf_str(text));
}

static void log_release(struct store_txn *t, const struct release *r, int64_t id)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT((size_t)4 * 1024 * 1024);
	char name[32];
	struct json j;
	json_init(&j, &text);
	json_object(&j);
	json_strz(&j, "kind", r->kind);
	json_strz(&j, "source", r->source.name);
	json_strz(&j, "revision", r->source.revision);
	json_end(&j);
	snprintf(name, sizeof(name), "%lld", (long long)id);
	store_txn_change(t, "Release", STR_NULL, str_of(name), STORE_CREATE, buf_str(&text));
	for (size_t i = 0; i < r->domain_count; i++)
		store_txn_change(t, "Domain", r->domains[i].name, r->domains[i].name,
				 op_of(r->domains[i].op), STR_NULL);
	for (size_t i = 0; i < r->skill_count; i++)
		log_skill(t, &r->skills[i], id, &text);
}

int store_release_write(struct store_txn *t, const struct release *r,
			const struct store_signer *signer, int64_t *ret_id, struct err *err)
{
	assert(txn_mode(t) == STORE_FENCED);
	int rc = read_head(t, err);
	if (rc < 0)
		return rc;
	if (r->domain_count)
		own_domains(t, r);
	rc = put_release(t, r, signer, err);
	if (rc < 0)
		return rc;
	int64_t id = store_txn_store(t)->release.id;
	if (r->domain_count)
		put_items(t, r, id);
	if (r->skill_count)
		put_skills(t, r, id);
	if (r->platform)
		put_platform(t, r->platform, id);
	log_release(t, r, id);
	*ret_id = id;
	return 0;
}
