/* The audit trail as people read it, and what verifies it. */
#include "agent/gateway/gateway.h"
#include "store/receipt.h"
#include "store/verify.h"

#define AUDIT_PAGE 500
#define VERIFY_PAGE 2000
#define SKILLS_PAGE 50
#define RECEIPT_PAGE 200

/* --- who did what --------------------------------------------------------------------------------------------------- */

static void entry_json(struct json *j, const struct change *c)
{
	char at[32], position[48], hex[DIGEST_HEX + 1];
	snprintf(position, sizeof(position), "%lld.%d", (long long)c->rev, c->ord);
	json_object(j);
	json_strz(j, "position", position);
	json_int(j, "revision", c->rev);
	json_strz(j, "at", clock_format(c->at_ms, at));
	json_str(j, "actor", c->actor);
	json_str(j, "op", c->op);
	json_str(j, "kind", c->kind);
	json_str(j, "domain", c->domain);
	json_str(j, "name", c->name);
	json_raw(j, "object", c->object.len ? c->object : STR("{}"));
	json_strz(j, "hash", digest_hex(&c->hash, hex));
	json_end(j);
}

/* "4711.2": where the page before ended. */
static int read_before(struct gw_call *c, struct audit_query *q, struct err *err)
{
	struct str before = gw_call_query(c, "before"), rev, rest = before;
	int64_t ord = 0;
	if (before.len == 0)
		return 0;
	if (str_split(&rest, '.', &rev) && str_to_i64(rev, &q->before_rev) && q->before_rev > 0 &&
	    str_to_i64(rest, &ord) && ord >= 0 && ord <= INT32_MAX) {
		q->before_ord = (int32_t)ord;
		return 0;
	}
	return err_set(err, ERR_USAGE, "before=%.*s is no position that a list gave",
		       STR_ARG(before));
}

/* since: "2h" ago, or a time. */
static int read_since(struct gw_call *c, struct audit_query *q, struct err *err)
{
	struct str since = gw_call_query(c, "since");
	struct err ignored = ERR_INIT;
	int64_t ms = 0;
	if (since.len == 0)
		return 0;
	if (duration_parse(since, &ms, &ignored) == 0) {
		q->since_ms = clock_wall(c->g->ctx->clock) - ms;
		return 0;
	}
	if (clock_parse(since, &q->since_ms, &ignored) == 0)
		return 0;
	err_set(err, ERR_USAGE, "since=%.*s is neither a duration nor a time", STR_ARG(since));
	return err_remedy(err, "write for example 24h, or 2026-02-18T12:00:00Z");
}

int gw_audit_list(struct gw_call *c, struct err *err)
{
	struct audit_query q = {.actor = gw_call_query(c, "actor"),
				.domain = gw_call_query(c, "domain"),
				.name = gw_call_query(c, "name")};
	struct str kind = gw_call_query(c, "kind");
	const struct kind *k = kind.len ? kind_find(kind) : NULL;
	struct change *changes = NULL;
	size_t count = 0;
	int64_t limit = 100;
	struct json j;
	/* "Wish" and "Request" are in the chain and no kinds of objects. */
	if (kind.len)
		q.kind = k ? k->name : arena_strndup(c->arena, kind.p, kind.len);
	int rc = gw_call_number(c, "limit", 1, AUDIT_PAGE, &limit, err);
	if (rc == 0)
		rc = read_before(c, &q, err);
	if (rc == 0)
		rc = read_since(c, &q, err);
	if (rc == 0)
		rc = store_audit_list(c->g->store, c->arena, &q, (size_t)limit, &changes, &count,
				      err);
	if (rc < 0)
		return rc;
	gw_call_json(c, 200, &j);
	gw_object_begin(&j, "AuditList");
	json_bool(&j, "more", count == (size_t)limit);
	json_array_in(&j, "items");
	for (size_t i = 0; i < count; i++)
		entry_json(&j, &changes[i]);
	json_end(&j);
	json_end(&j);
	return 0;
}

/* --- the chain -------------------------------------------------------------------------------------------------------- */

struct chain_page {
	struct store_head head;
	int64_t from, to, bad;
	struct stored_receipt *checkpoints;
	size_t checkpoint_count;
};

static void chain_json(struct gw_call *c, const struct chain_page *p)
{
	const struct store_head *head = &p->head;
	char hex[DIGEST_HEX + 1];
	struct json j;
	gw_call_json(c, 200, &j);
	gw_object_begin(&j, "ChainReport");
	json_int(&j, "incarnation", head->at.incarnation);
	json_int(&j, "head", head->at.rev);
	json_int(&j, "floor", head->floor);
	json_int(&j, "from", p->from);
	json_int(&j, "to", p->to);
	json_bool(&j, "holds", p->bad == 0);
	json_int(&j, "firstBad", p->bad);
	json_array_in(&j, "checkpoints");
	for (size_t i = 0; i < p->checkpoint_count; i++) {
		const struct stored_receipt *r = &p->checkpoints[i];
		json_object(&j);
		json_int(&j, "revision", r->id);
		json_strz(&j, "hash", digest_hex(&r->hash, hex));
		json_object_in(&j, "receipt");
		store_receipt_members(&j, r->text, r->signer, r->signature);
		json_end(&j);
		json_end(&j);
	}
	json_end(&j);
	json_end(&j);
}

/* A page at a time, so that no request takes long: the caller goes on at to + 1 until to is the head. */
int gw_audit_verify(struct gw_call *c, struct err *err)
{
	struct chain_page p = {0};
	int rc = gw_call_number(c, "from", 1, INT64_MAX - VERIFY_PAGE, &p.from, err);
	if (rc == 0)
		rc = store_head(c->g->store, &p.head, err);
	if (rc < 0)
		return rc;
	p.from = MAX(p.from, p.head.floor + 1);
	p.to = MIN(p.from + VERIFY_PAGE - 1, p.head.at.rev);
	if (p.from <= p.to)
		rc = store_change_verify(c->g->store, p.from, p.to, &p.bad, err);
	if (rc == 0)
		rc = store_checkpoint_list(c->g->store, c->arena, p.from, p.to, &p.checkpoints,
					   &p.checkpoint_count, err);
	if (rc == 0)
		chain_json(c, &p);
	return rc;
}

/* --- the bytes -------------------------------------------------------------------------------------------------------- */

int gw_audit_skills(struct gw_call *c, struct err *err)
{
	struct verify_report r;
	struct json j;
	int rc = store_verify_skills(c->g->store, c->arena, gw_call_query(c, "domain"),
				     gw_call_query(c, "after"), SKILLS_PAGE, &r, err);
	if (rc < 0)
		return rc;
	gw_call_json(c, 200, &j);
	gw_object_begin(&j, "BytesReport");
	json_int(&j, "skills", (int64_t)r.skills);
	json_int(&j, "files", (int64_t)r.files);
	json_int(&j, "bytes", (int64_t)r.bytes);
	json_str(&j, "next", r.next);
	json_array_in(&j, "problems");
	for (size_t i = 0; i < r.problem_count; i++) {
		json_object(&j);
		json_str(&j, "skill", r.problems[i].skill);
		json_str(&j, "problem", r.problems[i].says);
		json_end(&j);
	}
	json_end(&j);
	json_end(&j);
	return 0;
}

/* --- receipts --------------------------------------------------------------------------------------------------------- */

int gw_receipts(struct gw_call *c, struct err *err)
{
	struct stored_receipt *list = NULL;
	size_t count = 0;
	int64_t after = 0, limit = RECEIPT_PAGE;
	struct json j;
	int rc = gw_call_number(c, "after", 0, INT64_MAX, &after, err);
	if (rc == 0)
		rc = gw_call_number(c, "limit", 1, RECEIPT_PAGE, &limit, err);
	if (rc == 0)
		rc = store_receipt_list(c->g->store, c->arena, after, (size_t)limit, &list, &count,
					err);
	if (rc < 0)
		return rc;
	gw_call_json(c, 200, &j);
	gw_object_begin(&j, "ReceiptList");
	json_array_in(&j, "items");
	for (size_t i = 0; i < count; i++)
		store_receipt_json(&j, list[i].text, list[i].signer, list[i].signature);
	json_end(&j);
	json_end(&j);
	return 0;
}
