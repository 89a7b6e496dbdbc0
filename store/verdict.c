/* Verdicts, versions and contexts: what a release refers to. */
#include <assert.h>

#include "base/mem.h"
#include "store/receipt_int.h"
#include "store/txn_int.h"

static void log_verdict(struct store_txn *t, const struct verdict *v, const struct source_ref *seen)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(16384);
	char name[DIGEST_HEX + 1], hex[DIGEST_HEX + 1];
	struct json j;
	json_init(&j, &text);
	json_object(&j);
	json_strz(&j, "verdict", v->allow ? "allow" : "deny");
	json_strz(&j, "source", seen->name);
	json_strz(&j, "revision", seen->revision);
	json_strz(&j, "policy", digest_hex(&v->key.policy, hex));
	json_strz(&j, "surface", digest_hex(&v->key.surface, hex));
	json_int(&j, "findings", (int64_t)v->findings.count);
	json_int(&j, "denials", (int64_t)findings_count(&v->findings, SEVERITY_DENY));
	json_end(&j);
	store_txn_change(t, "Admission", v->key.domain, str_of(digest_hex(&v->key.candidate, name)),
			 STORE_CREATE, buf_str(&text));
}

int store_verdict_put(struct store_txn *t, const struct verdict *v, const struct source_ref *seen,
		      struct str author, const struct store_signer *signer, struct err *err)
{
	CLEANUP(buf_release) struct buf findings = BUF_INIT((size_t)16 * 1024 * 1024);
	CLEANUP(buf_release) struct buf record = BUF_INIT(64 * 1024);
	struct json j;
	json_init(&j, &findings);
	findings_json(&j, &v->findings);
	store_receipt_verdict(&record, v, buf_str(&findings), str_of(seen->name),
			      str_of(seen->revision), clock_wall(store_clock(store_txn_store(t))));
	int r = buf_check(&findings, "the findings of a verdict", err);
	if (r < 0)
		return r;
	uint8_t signature[SIGN_SIZE];
	sign_make(signer->secret_key, buf_str(&record), signature);
	CLEANUP(bind_release) struct bind b = BIND(&sql_verdict_put);
	bind_text(&b, v->key.domain);
	bind_digest(&b, &v->key.candidate);
	bind_digest(&b, &v->key.policy);
	bind_digest(&b, &v->key.surface);
	bind_bool(&b, v->allow);
	bind_textz(&b, seen->name);
	bind_textz(&b, seen->revision);
	bind_i32(&b, v->rules_version);
	bind_text(&b, buf_str(&findings));
	bind_text(&b, buf_str(&record));
	bind_bytes(&b, signer->public_key, SIGN_PUBLIC_SIZE);
	bind_bytes(&b, signature, SIGN_SIZE);
	bind_text(&b, author);
	txn_late(t, &b);
	log_verdict(t, v, seen);
	return 0;
}

int store_verdict_find(struct store *s, const struct verdict_key *key, enum store_answer *ret,
		       struct findings *findings, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_verdict_find);
	bind_text(&b, key->domain);
	bind_digest(&b, &key->candidate);
	bind_digest(&b, &key->policy);
	bind_digest(&b, &key->surface);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	struct row c;
	int r = wire_find(s, &b, &rows, &c, err);
	if (r < 0)
		return r;
	if (!r) {
		*ret = STORE_UNKNOWN;
		return 0;
	}
	enum store_answer answer = row_bool(&c) ? STORE_ALLOW : STORE_DENY;
	if (findings) {
		static const struct doc_limits limits = {(size_t)16 * 1024 * 1024, 16, 1000000,
							 (size_t)1024 * 1024};
		CLEANUP(arena_freep) struct arena *a = arena_new(BUF_MAX);
		const struct doc_node *list = NULL;
		r = doc_parse_json(a, row_text(&c), &limits, "findings", &list, err);
		if (r >= 0)
			r = findings_from_json(findings, list, err);
		if (r < 0)
			return r;
	}
	*ret = answer;
	return 0;
}

static void bind_manifests(struct bind *b, const struct store_version *v, size_t count)
{
	bind_array(b);
	for (size_t i = 0; i < count; i++) {
		CLEANUP(buf_release) struct buf text = BUF_INIT(BUF_MAX);
		struct json j;
		json_init(&j, &text);
		manifest_json(&j, v[i].manifest);
		bind_text(b, buf_str(&text));
	}
	bind_array_end(b);
}

int store_version_put(struct store_txn *t, const struct store_version *v, size_t count,
		      struct err *err)
{
	if (!count)
		return 0;
	CLEANUP(bind_release) struct bind b = BIND(&sql_version_put);
	BIND_COLUMN(&b, count, bind_text, v[i].domain);
	BIND_COLUMN(&b, count, bind_text, v[i].skill);
	BIND_COLUMN(&b, count, bind_digest, &v[i].content);
	BIND_COLUMN(&b, count, bind_digest, &v[i].runtime);
	BIND_COLUMN(&b, count, bind_text, v[i].role);
	BIND_COLUMN(&b, count, bind_text, v[i].title);
	BIND_COLUMN(&b, count, bind_text, v[i].description);
	BIND_COLUMN(&b, count, bind_text, v[i].handler);
	bind_manifests(&b, v, count);
	BIND_COLUMN(&b, count, bind_text, v[i].triggers_json.len ? v[i].triggers_json : STR("[]"));
	BIND_COLUMN(&b, count, bind_text, v[i].spec_json);
	return txn_send(t, &b, err);
}

int store_version_find(struct store *s, struct arena *a, struct str domain, struct str skill,
		       const struct digest *content, const struct digest *runtime,
		       struct store_version **ret, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_version_find);
	bind_text(&b, domain);
	bind_text(&b, skill);
	bind_digest(&b, content);
	bind_digest(&b, runtime);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	struct row c;
	int r = wire_find(s, &b, &rows, &c, err);
	if (r < 0)
		return r;
	if (!r) {
		*ret = NULL;
		return 0;
	}
	struct store_version *v = arena_alloc(a, sizeof(*v));
	*v = (struct store_version){.domain = arena_str(a, domain),
				    .skill = arena_str(a, skill),
				    .content = *content,
				    .runtime = *runtime};
	v->role = row_copy(&c, a);
	v->title = row_copy(&c, a);
	v->description = row_copy(&c, a);
	v->handler = row_copy(&c, a);
	r = manifest_read(a, row_text(&c), &v->manifest, err);
	v->triggers_json = row_copy(&c, a);
	v->spec_json = row_copy(&c, a);
	*ret = v;
	return r;
}

int manifest_read(struct arena *a, struct str text, const struct manifest **ret, struct err *err)
{
	static const struct doc_limits limits = {(size_t)64 * 1024 * 1024, 8, 4000000, 4096};
	const struct doc_node *list = NULL;
	int r = doc_parse_json(a, text, &limits, "manifest", &list, err);
	if (r < 0)
		return r;
	struct manifest *m = arena_alloc(a, sizeof(*m));
	*ret = m;
	return manifest_from_json(a, list, m, err);
}

int store_context_put(struct store_txn *t, const struct store_context *c, size_t count,
		      struct err *err)
{
	if (!count)
		return 0;
	CLEANUP(bind_release) struct bind b = BIND(&sql_context_put);
	BIND_COLUMN(&b, count, bind_digest, &c[i].context);
	BIND_COLUMN(&b, count, bind_text, c[i].document_json);
	return txn_send(t, &b, err);
}

int store_context_read(struct store *s, struct arena *a, const struct digest *context,
		       struct str *ret_document, struct err *err)
{
	CLEANUP(bind_release) struct bind b = BIND(&sql_context_read);
	bind_digest(&b, context);
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	int r = wire_query(s, &b, &rows, err);
	if (r < 0)
		return r;
	char hex[DIGEST_HEX + 1];
	if (!rows.count)
		return err_set(err, ERR_NOT_FOUND, "context %s is not stored",
			       digest_hex(context, hex));
	struct row c = row_of(&rows, 0);
	*ret_document = row_copy(&c, a);
	return 0;
}
