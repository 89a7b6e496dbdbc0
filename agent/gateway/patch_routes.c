/*
 * PATCH of an object, as a JSON merge patch (RFC 7396): its labels, and whether it is suspended. All else of it comes from Git or from what runs.
 *
 *	{"metadata": {"labels": {"team": "billing", "old": null}, "resourceVersion": "i1.47"}}
 *	{"spec": {"suspended": true}}
 *
 * Labels are written at once, and the object is the answer. Holding back what is deployed is sync's, so that a suspension is a wish, with its answers.
 */
#include "agent/gateway/gateway.h"
#include "agent/gateway/wish.h"
#include "base/mem.h"
#include "skill/label.h"
#include "store/meta.h"
#include "store/object.h"

struct patch {
	const char *kind;
	struct str domain, name; /* of the path */
	const struct doc_node *labels; /* DOC_MAP, or DOC_NULL: all go; NULL: not spoken of */
	const struct doc_node *suspended; /* DOC_BOOL; NULL: not spoken of */
	struct wish_body body; /* version, dryRun, reason */
};

/* --- what may be patched --------------------------------------------------------------------------------------------- */

static int not_patched(const char *above, struct str key, struct err *err)
{
	err_set(err, ERR_INVALID, "%s%s%.*s cannot be patched", above, *above ? "." : "",
		(int)MIN(key.len, 100), key.p);
	return err_remedy(err,
			  "metadata.labels and spec.suspended can; what a skill is and does is "
			  "changed where it comes from, in Git or by apply");
}

static int must_be(const struct doc_node *n, struct str want, const char *what, struct err *err)
{
	if (n->type == DOC_STRING && str_eq(n->text, want))
		return 0;
	return err_set(err, ERR_INVALID, "%s is not \"%.*s\", the object of the path", what,
		       STR_ARG(want));
}

static int read_metadata(struct patch *p, const struct doc_node *n, struct err *err)
{
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < n->map.count; i++) {
		const struct doc_pair *pair = &n->map.pairs[i];
		if (str_eqz(pair->key, "labels"))
			p->labels = pair->value;
		else if (str_eqz(pair->key, "name"))
			rc = must_be(pair->value, p->name, "metadata.name", err);
		else if (str_eqz(pair->key, "domain") && p->domain.len)
			rc = must_be(pair->value, p->domain, "metadata.domain", err);
		else if (str_eqz(pair->key, "resourceVersion") && pair->value->type == DOC_STRING)
			p->body.version = pair->value->text;
		else
			rc = not_patched("metadata", pair->key, err);
	}
	return rc;
}

static int read_spec(struct patch *p, const struct doc_node *n, struct err *err)
{
	for (size_t i = 0; i < n->map.count; i++) {
		const struct doc_pair *pair = &n->map.pairs[i];
		if (!str_eqz(pair->key, "suspended"))
			return not_patched("spec", pair->key, err);
		if (pair->value->type != DOC_BOOL)
			return err_set(err, ERR_INVALID,
				       "spec.suspended must be true or false, not %s",
				       doc_type_name(pair->value->type));
		p->suspended = pair->value;
	}
	return 0;
}

static int read_member(struct patch *p, const struct doc_pair *pair, struct err *err)
{
	bool metadata = str_eqz(pair->key, "metadata"), spec = str_eqz(pair->key, "spec");
	if (str_eqz(pair->key, "apiVersion"))
		return must_be(pair->value, STR(API_VERSION), "apiVersion", err);
	if (str_eqz(pair->key, "kind"))
		return must_be(pair->value, str_of(p->kind), "kind", err);
	if (!metadata && !spec)
		return not_patched("", pair->key, err);
	if (pair->value->type != DOC_MAP)
		return err_set(err, ERR_INVALID, "%.*s must be an object, not %s",
			       STR_ARG(pair->key), doc_type_name(pair->value->type));
	return metadata ? read_metadata(p, pair->value, err) : read_spec(p, pair->value, err);
}

static int check_labels(const struct doc_node *labels, struct err *err)
{
	int rc = 0;
	if (labels->type != DOC_MAP && labels->type != DOC_NULL)
		return err_set(err, ERR_INVALID, "metadata.labels must be an object, not %s",
			       doc_type_name(labels->type));
	for (size_t i = 0; rc == 0 && labels->type == DOC_MAP && i < labels->map.count; i++) {
		const struct doc_pair *pair = &labels->map.pairs[i];
		if (pair->value->type != DOC_STRING && pair->value->type != DOC_NULL)
			return err_set(err, ERR_INVALID,
				       "label %.*s must be a text, or null to take it away, not %s",
				       (int)MIN(pair->key.len, 100), pair->key.p,
				       doc_type_name(pair->value->type));
		rc = label_check(pair->key,
				 pair->value->type == DOC_STRING ? pair->value->text : STR_NULL,
				 err);
	}
	return rc;
}

static int read_patch(struct gw_call *c, struct patch *p, struct err *err)
{
	const struct doc_node *root = NULL;
	int rc = gw_call_document(c, &root, err);
	if (rc == 0 && root->type != DOC_MAP)
		rc = err_set(err, ERR_INVALID, "the body must be an object, not %s",
			     doc_type_name(root->type));
	for (size_t i = 0; rc == 0 && i < root->map.count; i++)
		rc = read_member(p, &root->map.pairs[i], err);
	if (rc == 0 && p->labels)
		rc = check_labels(p->labels, err);
	if (rc == 0 && p->labels && p->suspended) {
		err_set(err, ERR_INVALID, "labels and spec.suspended are in one patch");
		rc = err_remedy(err,
				"send two: labels are written at once, and a suspension is a wish");
	}
	return rc < 0 ? rc : gw_wish_query(c, &p->body, err);
}

/* --- labels -------------------------------------------------------------------------------------------------------- */

/* What Git says of an object is its to say: whoever wants another value changes it there. */
static int check_owner(const struct patch *p, const struct doc_node *object, struct str key,
		       const struct doc_node *value, struct err *err)
{
	const struct doc_node *git = doc_find(doc_find(doc_find(object, "spec"), "labels"), key.p);
	const struct doc_node *source = doc_find(doc_find(object, "metadata"), "source");
	if (!git || (value->type == DOC_STRING && str_eq(value->text, git->text)))
		return 0;
	bool domain = strcmp(p->kind, "Domain") == 0;
	err_set(err, ERR_CONFLICT,
		"label %.*s of %.*s%s%.*s is \"%.*s\" in source %.*s, which is where it is set",
		STR_ARG(key), STR_ARG(p->domain), domain ? "domain " : "/", STR_ARG(p->name),
		STR_ARG(git->text), STR_ARG(doc_text(source, "name")));
	return err_remedy(err, "change it below %s: in %.*s/%s", domain ? "labels" : "metadata",
			  STR_ARG(doc_text(source, "path")),
			  domain ? "aspora.config.yaml" : "SKILL.md");
}

/* The part of the patch that changes something; empty: none. */
static int stored_patch(const struct patch *p, const struct doc_node *object, struct buf *out,
			struct err *err)
{
	const struct doc_node *now = doc_find(doc_find(object, "metadata"), "labels");
	const struct doc_node *git = doc_find(doc_find(object, "spec"), "labels");
	struct doc_node null = {.type = DOC_NULL};
	const struct doc_node *from = p->labels->type == DOC_MAP ? p->labels : now;
	size_t left = now->map.count, changes = 0;
	struct json j;
	json_init(&j, out);
	json_object(&j);
	for (size_t i = 0; i < from->map.count; i++) {
		CLEANUP_FREE char *key = mem_strndup(from->map.pairs[i].key.p,
						     from->map.pairs[i].key.len);
		const struct doc_node *value = from == now ? &null : from->map.pairs[i].value;
		const struct doc_node *old = doc_find(now, key);
		int rc = from == now ? 0 : check_owner(p, object, str_of(key), value, err);
		if (rc < 0)
			return rc;
		bool same = value->type == DOC_NULL ? !old : old && str_eq(old->text, value->text);
		if (same || (from == now && doc_find(git, key)))
			continue;
		if (value->type == DOC_NULL)
			json_raw(&j, key, STR("null"));
		else
			json_str(&j, key, value->text);
		left = left + !old - (value->type == DOC_NULL);
		changes++;
	}
	json_end(&j);
	if (left > LABELS_MAX)
		return err_set(err, ERR_INVALID,
			       "the object would have %zu labels; at most %d are allowed", left,
			       LABELS_MAX);
	if (!changes)
		buf_reset(out);
	return 0;
}

static int write_labels(struct gw_call *c, const struct patch *p, const struct object_query *q,
			struct str stored, struct err *err)
{
	CLEANUP(store_txn_endp) struct store_txn *t = NULL;
	int rc = store_txn_begin(c->g->store, STORE_CONDITIONAL, c->who.actor, NULL, &t, err);
	if (rc < 0)
		return rc;
	if (p->body.version.len)
		store_object_expect(t, p->kind, p->domain, p->name, p->body.version);
	store_labels_put(t, p->kind, p->domain, p->name, stored);
	if (!p->body.dry_run)
		return store_txn_commit(t, NULL, err);
	rc = store_txn_rehearse(t, err);
	return rc < 0 ? rc : store_object_read(t, q, &c->reply->body, err);
}

static int patch_labels(struct gw_call *c, const struct patch *p, struct err *err)
{
	CLEANUP(buf_release) struct buf before = BUF_INIT(BUF_MAX), stored = BUF_INIT(BUF_MAX);
	const struct object_query q = {.kind = p->kind, .domain = p->domain, .name = p->name};
	const struct doc_node *object = NULL;
	int rc = store_object_get(c->g->store, &q, &before, err);
	if (rc == 0)
		rc = doc_parse_json(c->arena, buf_str(&before), &doc_limits_json, "object", &object,
				    err);
	if (rc == 0 && p->labels)
		rc = stored_patch(p, object, &stored, err);
	/* Nothing to change: then only the question is left whether it is still what it was. */
	if (rc == 0 && stored.len)
		rc = write_labels(c, p, &q, buf_str(&stored), err);
	else if (rc == 0 && p->body.version.len)
		rc = store_object_is(c->g->store, p->kind, p->domain, p->name, p->body.version,
				     err);
	if (rc == 0 && c->reply->body.len == 0)
		rc = store_object_get(c->g->store, &q, &c->reply->body, err);
	if (rc < 0)
		return rc;
	c->reply->status = 200;
	c->reply->type = "application/json";
	buf_add_char(&c->reply->body, '\n');
	return 0;
}

int gw_object_patch(struct gw_call *c, struct err *err)
{
	bool namespaced = c->route->kind->namespaced;
	struct patch p = {.kind = c->route->kind->name,
			  .domain = namespaced ? c->params[0] : STR_NULL,
			  .name = c->params[namespaced]};
	int rc = read_patch(c, &p, err);
	if (rc < 0)
		return rc;
	if (!p.suspended)
		return patch_labels(c, &p, err);
	p.body.kind = str_of(p.kind);
	p.body.domain = p.domain;
	p.body.name = p.name;
	return gw_wish_hold(c, &p.body, p.suspended->boolean ? "suspend" : "resume", err);
}
