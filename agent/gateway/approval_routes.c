/*
 * Approvals: a person with role approver says yes to one change of one domain, as it was judged, or takes that back. Only what waits can be approved, each
 * person's once, never by who wrote it. The gateway records them; sync, which counts those that hold, is woken and judges again.
 */
#include "agent/gateway/gateway.h"
#include "agent/gateway/wish.h"
#include "skill/finding.h"
#include "skill/person.h"
#include "store/approval.h"
#include "store/object.h"

#define DAY_MS ((int64_t)24 * 60 * 60 * 1000)
#define TTL_DEFAULT (7 * DAY_MS)
#define TTL_MAX (30 * DAY_MS)
#define REASON_MAX 4096
#define LIST_MAX 500 /* of one candidate */

/* What can be approved, and the rule that asks for it. */
static const struct {
	const char *kind, *rule;
} kinds_of_approval[] = {{"review", "AD-REVIEW-001"},
			 {"growth", "AD-GROWTH-001"},
			 {"deletion", "AD-DELETE-001"},
			 {"freeze", "AD-FREEZE-001"}};

/* --- what was sent ------------------------------------------------------------------------------------------------------ */

static const char *rule_of(struct str kind)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds_of_approval); i++)
		if (str_eqz(kind, kinds_of_approval[i].kind))
			return kinds_of_approval[i].rule;
	return NULL;
}

static int path_digest(const struct gw_call *c, struct digest *ret, struct err *err)
{
	if (digest_parse(c->params[0], ret))
		return 0;
	err_set(err, ERR_INVALID, "the path names no candidate of an admission");
	return err_remedy(err, "it is 64 lower-case hexadecimal digits, spec.candidate of `aspora "
			       "get admissions -o json`");
}

static int check_body(const struct wish_body *b, struct err *err)
{
	if (!rule_of(b->kind)) {
		err_set(err, ERR_INVALID, "for: \"%.*s\" is nothing that can be approved",
			STR_ARG(b->kind));
		return err_remedy(err, "write review, growth, deletion or freeze");
	}
	if (b->ttl_ms < 0 || b->ttl_ms > TTL_MAX) {
		err_set(err, ERR_INVALID, "ttl: an approval holds for 30 days at most");
		return err_remedy(err, "write for example 7d");
	}
	if (b->reason.len > REASON_MAX)
		return err_set(err, ERR_TOO_LARGE, "reason has more than %d bytes", REASON_MAX);
	return 0;
}

/* Who gives it, so that nobody counts twice: keys have names, logins a subject at their issuer. */
static struct str person_of(const struct gw_call *c)
{
	const struct gw_principal *who = &c->who;
	if (!who->issuer[0])
		return str_of(who->actor);
	return str_of(arena_printf(c->arena, "oidc:%s:%s", who->issuer, who->subject));
}

static int read_request(struct gw_call *c, struct approval *p, struct wish_body *b, struct err *err)
{
	char id[64] = "";
	struct str key = gw_field(c->q, "idempotency-key");
	int rc = gw_call_body(c, gw_approval_fields, b, err);
	if (rc == 0)
		rc = gw_wish_query(c, b, err);
	if (rc == 0)
		rc = path_digest(c, &p->candidate, err);
	if (rc == 0)
		rc = check_body(b, err);
	if (rc == 0)
		rc = gw_call_covers(c, b->domain, err);
	if (rc == 0 && key.p)
		rc = gw_wish_key(c, key, id, err);
	if (rc < 0)
		return rc;
	p->domain = b->domain;
	p->kind = b->kind;
	p->person = person_of(c);
	p->by = str_of(c->who.actor);
	p->address = str_of(c->who.address);
	p->key = c->who.issuer[0] ? STR("") : str_of(arena_strdup(c->arena, c->who.id));
	p->reason = str_trim(b->reason);
	p->request = str_of(arena_strdup(c->arena, id));
	p->ttl_ms = b->ttl_ms ? b->ttl_ms : TTL_DEFAULT;
	return 0;
}

/* --- what cannot be approved --------------------------------------------------------------------------------------------- */

static int unknown(const struct gw_call *c, const struct approval *p, struct err *err)
{
	err_set(err, ERR_NOT_FOUND, "no candidate %.12s of domain %.*s has been judged",
		c->params[0].p, STR_ARG(p->domain));
	return err_remedy(err, "aspora get admissions --domain %.*s lists those that were",
			  STR_ARG(p->domain));
}

static int over(const struct approval *p, const struct approval_place *at, struct err *err)
{
	if (at->deployed) {
		err_set(err, ERR_CONFLICT, "it is deployed: nothing of it waits for approval");
		return err_remedy(err, "aspora describe domain %.*s shows what waits, if anything",
				  STR_ARG(p->domain));
	}
	if (!at->newer.len) {
		err_set(err, ERR_CONFLICT, "nothing of domain %.*s waits for approval any more",
			STR_ARG(p->domain));
		return err_remedy(err, "aspora describe domain %.*s shows what is deployed",
				  STR_ARG(p->domain));
	}
	err_set(err, ERR_CONFLICT,
		"a newer change of domain %.*s, %.12s, has taken its place: what was approved of "
		"this one would count for nothing",
		STR_ARG(p->domain), at->newer.p);
	return err_remedy(err, "look at the newer one, and approve that: aspora approve %.*s",
			  STR_ARG(p->domain));
}

static bool is_author(const struct gw_call *c, struct str author)
{
	return person_is(str_of(c->who.actor), author) ||
	       person_is(str_of(c->who.subject), author) ||
	       person_is(str_of(c->who.address), author);
}

static int own_work(const struct gw_call *c, const struct approval *p,
		    const struct approval_place *at, struct err *err)
{
	struct str me = person_name(str_of(c->who.actor));
	err_set(err, ERR_DENIED, "%.*s wrote this change, and %.*s is taken for the same person",
		STR_ARG(at->author), STR_ARG(me));
	return err_remedy(err,
			  "nobody approves what he wrote: have somebody else with role approver "
			  "run aspora approve %.*s",
			  STR_ARG(p->domain));
}

/* What its findings ask a person for, "review, growth"; true when that is of this kind too. */
static bool asks_for(const struct doc_node *findings, struct str kind, struct buf *words)
{
	bool asked = false;
	for (size_t i = 0; i < ARRAY_SIZE(kinds_of_approval); i++) {
		bool here = false;
		for (size_t k = 0; findings->type == DOC_LIST && k < findings->list.count; k++) {
			const struct doc_node *f = findings->list.items[k];
			here |= str_eqz(doc_text(f, "rule"), kinds_of_approval[i].rule) &&
				str_eqz(doc_text(f, "severity"), "deny");
		}
		if (here)
			buf_addf(words, "%s%s", words->len ? ", " : "", kinds_of_approval[i].kind);
		asked |= here && str_eqz(kind, kinds_of_approval[i].kind);
	}
	return asked;
}

static int check_asked(struct gw_call *c, const struct approval *p, const struct approval_place *at,
		       struct err *err)
{
	CLEANUP(buf_release) struct buf words = BUF_INIT(256);
	static const struct doc_limits limits = {(size_t)16 * 1024 * 1024, 16, 1000000,
						 (size_t)1024 * 1024};
	const struct doc_node *findings = NULL;
	int rc = doc_parse_json(c->arena, at->findings_json, &limits, "findings", &findings, err);
	if (rc < 0 || asks_for(findings, p->kind, &words))
		return rc;
	err_set(err, ERR_CONFLICT, "nothing of it waits for an approval of %.*s", STR_ARG(p->kind));
	if (words.len)
		return err_remedy(err, "it asks for %s", buf_cstr(&words));
	return err_remedy(err, "what denies it has to be corrected: aspora describe admission %.*s",
			  STR_ARG(at->name));
}

/* The commit that the approver has looked at, if he says which. */
static int check_revision(struct str want, const struct approval_place *at, struct err *err)
{
	if (!want.len || (want.len >= 7 && str_starts(at->revision, want)))
		return 0;
	if (want.len < 7) {
		err_set(err, ERR_INVALID, "revision: \"%.*s\" is too short to name a commit",
			STR_ARG(want));
		return err_remedy(err, "write at least 7 digits of it");
	}
	err_set(err, ERR_CONFLICT, "it is of revision %.*s, not of %.*s",
		STR_ARG(str_sub(at->revision, 0, MIN(at->revision.len, 12))), STR_ARG(want));
	return err_remedy(err, "look at what that brought, and leave --revision out");
}

static int twice(int64_t id, struct err *err)
{
	err_set(err, ERR_CONFLICT, "you have approved it already%s%lld", id ? ": approval " : "",
		(long long)id);
	return err_remedy(err, "each person counts once: another approver is needed");
}

static int check_place(struct gw_call *c, const struct approval *p, const struct wish_body *b,
		       const struct approval_place *at, struct err *err)
{
	if (!at->known)
		return unknown(c, p, err);
	if (at->deployed || at->superseded)
		return over(p, at, err);
	int rc = check_revision(b->to, at, err);
	if (rc == 0)
		rc = check_asked(c, p, at, err);
	if (rc < 0)
		return rc;
	if (is_author(c, at->author))
		return own_work(c, p, at, err);
	return at->mine ? twice(at->mine, err) : 0;
}

/* --- answers ------------------------------------------------------------------------------------------------------------ */

/* t: as it is in there; NULL: as it is. */
static int answer_of(struct gw_call *c, struct store_txn *t, int64_t id, int status,
		     struct err *err)
{
	const struct object_query q = {
		.kind = "Approval", .name = str_of(arena_printf(c->arena, "%lld", (long long)id))};
	struct buf *body = &c->reply->body;
	int rc = t ? store_object_read(t, &q, body, err)
		   : store_object_get(c->g->store, &q, body, err);
	if (rc < 0)
		return rc;
	c->reply->status = status;
	c->reply->type = "application/json";
	buf_add_char(body, '\n');
	return 0;
}

static int answer(struct gw_call *c, int64_t id, int status, struct err *err)
{
	int rc = answer_of(c, NULL, id, status, err);
	if (rc == 0)
		gw_reply_field(c->reply, "Location", "/api/v1/approvals/%lld", (long long)id);
	return rc;
}

/* A dry run's: as it would be, read before it comes to nothing. */
static int answer_rehearsed(struct gw_call *c, struct store_txn *t, int64_t id, struct err *err)
{
	int rc = store_txn_rehearse(t, err);
	return rc < 0 ? rc : answer_of(c, t, id, 200, err);
}

/* The same request again: what it made then, whatever has become of that. */
static int answer_again(struct gw_call *c, const struct approval *p, int64_t id, struct err *err)
{
	struct approval was;
	int rc = store_approval_get(c->g->store, c->arena, id, &was, err);
	if (rc < 0)
		return rc;
	if (!str_eq(was.domain, p->domain) || !digest_equal(&was.candidate, &p->candidate) ||
	    !str_eq(was.kind, p->kind) || !str_eq(was.reason, p->reason))
		return err_set(err, ERR_CONFLICT,
			       "the Idempotency-Key has asked for something else before");
	return answer(c, id, 200, err);
}

/* --- the routes --------------------------------------------------------------------------------------------------------- */

/* The object can be asked for once the transaction is over; a dry run's answer is in it. */
static int write_approval(struct gw_call *c, const struct approval *p, bool dry_run,
			  int64_t *ret_id, struct err *err)
{
	CLEANUP(store_txn_endp) struct store_txn *t = NULL;
	struct err why = ERR_INIT;
	int rc = store_txn_begin(c->g->store, STORE_CONDITIONAL, c->who.actor, NULL, &t, err);
	if (rc == 0)
		rc = store_approval_put(t, p, ret_id, err);
	if (rc < 0)
		return rc;
	if (dry_run)
		return answer_rehearsed(c, t, *ret_id, err);
	rc = store_txn_commit(t, NULL, &why);
	/* The same person, twice in one moment. */
	if (rc == ERR_CONFLICT)
		return twice(0, err);
	if (rc < 0)
		*err = why;
	return rc;
}

int gw_approval_create(struct gw_call *c, struct err *err)
{
	struct wish_body b = {0};
	struct approval p = {0};
	struct approval_place at = {0};
	int rc = read_request(c, &p, &b, err);
	if (rc == 0)
		rc = gw_store_as(c->g, c->who.domains, err);
	if (rc == 0)
		rc = store_approval_look(c->g->store, c->arena, &p, &at, err);
	if (rc == 0 && at.again)
		return answer_again(c, &p, at.again, err);
	if (rc == 0)
		rc = check_place(c, &p, &b, &at, err);
	if (rc < 0)
		return rc;
	p.base = at.base;
	p.revision = at.revision;
	rc = write_approval(c, &p, b.dry_run, &p.id, err);
	return rc < 0 || b.dry_run ? rc : answer(c, p.id, 201, err);
}

int gw_approval_list(struct gw_call *c, struct err *err)
{
	CLEANUP(buf_release) struct buf items = BUF_INIT(BUF_MAX);
	struct object_query q = {.kind = "Approval", .state = c->params[0], .limit = LIST_MAX};
	struct object_cursor cursor = {0};
	struct store_head head;
	struct digest candidate;
	struct json j;
	char rv[RV_MAX];
	size_t count = 0;
	int rc = path_digest(c, &candidate, err);
	if (rc == 0)
		rc = gw_store_as(c->g, c->who.domains, err);
	if (rc == 0)
		rc = store_head(c->g->store, &head, err);
	if (rc == 0)
		rc = store_object_page(c->g->store, &q, &cursor, &items, &count, err);
	if (rc < 0)
		return rc;
	gw_call_json(c, 200, &j);
	gw_object_begin(&j, "ApprovalList");
	json_object_in(&j, "metadata");
	json_strz(&j, "resourceVersion", store_rv_format(&head.at, rv));
	json_strz(&j, "continue", "");
	json_end(&j);
	json_key(&j, "items");
	buf_add_char(&c->reply->body, '[');
	buf_add_str(&c->reply->body, buf_str(&items));
	buf_addz(&c->reply->body, "]}\n");
	return 0;
}

static int check_own(const struct gw_call *c, const struct approval *p, struct err *err)
{
	if (!p->holds) {
		err_set(err, ERR_CONFLICT, "approval %lld holds no more", (long long)p->id);
		return err_remedy(err, "aspora get approvals shows what has become of it");
	}
	if (c->who.role == GW_ADMIN || str_eq(p->person, person_of(c)))
		return 0;
	err_set(err, ERR_DENIED, "approval %lld is %.*s's", (long long)p->id, STR_ARG(p->by));
	return err_remedy(err, "ask who gave it, or somebody with a key of role admin");
}

static int withdraw(struct gw_call *c, const struct approval *p, bool dry_run, struct err *err)
{
	CLEANUP(store_txn_endp) struct store_txn *t = NULL;
	int rc = store_txn_begin(c->g->store, STORE_CONDITIONAL, c->who.actor, NULL, &t, err);
	if (rc < 0)
		return rc;
	store_approval_withdraw(t, p);
	return dry_run ? answer_rehearsed(c, t, p->id, err) : store_txn_commit(t, NULL, err);
}

int gw_approval_delete(struct gw_call *c, struct err *err)
{
	struct wish_body b = {0}; /* what it says beside: dryRun */
	struct approval p = {0};
	int64_t id = 0;
	if (!str_to_i64(c->params[0], &id) || id <= 0)
		return err_set(err, ERR_NOT_FOUND, "there is no approval \"%.*s\"",
			       STR_ARG(c->params[0]));
	int rc = gw_wish_query(c, &b, err);
	if (rc == 0)
		rc = gw_store_as(c->g, c->who.domains, err);
	if (rc == 0)
		rc = store_approval_get(c->g->store, c->arena, id, &p, err);
	if (rc == 0)
		rc = check_own(c, &p, err);
	if (rc == 0)
		rc = withdraw(c, &p, b.dry_run, err);
	return rc < 0 || b.dry_run ? rc : answer(c, id, 200, err);
}
