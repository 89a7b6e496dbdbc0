/*
 * Wishes: what people ask for and sync carries out. Each route checks the form and who asks, records a row, and answers 202 with its id, or, with
 * ?wait=, the outcome as soon as it is there.
 */
#include "agent/gateway/gateway.h"
#include "agent/gateway/wish.h"
#include "base/id.h"
#include "store/inbox.h"
#include "store/meta.h"

/* --- answers --------------------------------------------------------------------------------------------------------- */

static void wish_json(struct json *j, const struct wish *w)
{
	char at[32];
	gw_object_begin(j, "Wish");
	json_object_in(j, "metadata");
	json_strz(j, "name", w->id);
	json_str(j, "domain", w->domain);
	json_strz(j, "createdAt", clock_format(w->requested_ms, at));
	json_end(j);
	json_object_in(j, "spec");
	json_str(j, "kind", w->kind);
	json_str(j, "source", w->source);
	json_str(j, "requestedBy", w->requested_by);
	json_bool(j, "dryRun", w->dry_run);
	json_raw(j, "body", w->body_json.len ? w->body_json : STR("{}"));
	json_end(j);
	json_object_in(j, "status");
	json_str(j, "phase", w->state);
	if (w->result_json.len)
		json_raw(j, "result", w->result_json);
	if (w->error_json.len)
		json_raw(j, "error", w->error_json);
	if (w->handled_ms)
		json_strz(j, "handledAt", clock_format(w->handled_ms, at));
	json_end(j);
	json_end(j);
}

/* A wish that failed is answered with the status of its own problem, and the whole wish: the report says why. */
static int status_of(const struct wish *w)
{
	CLEANUP(arena_freep) struct arena *a = arena_new((size_t)4 * 1024 * 1024);
	const struct doc_node *problem = NULL;
	if (str_eqz(w->state, "done"))
		return 200;
	if (!str_eqz(w->state, "failed"))
		return 202;
	if (doc_parse_json(a, w->error_json, &doc_limits_json, "error", &problem, NULL) < 0)
		return 500;
	return (int)doc_int(problem, "status", 500);
}

static void answer(struct gw_reply *reply, const struct wish *w)
{
	struct json j;
	reply->status = status_of(w);
	reply->type = "application/json";
	json_init(&j, &reply->body);
	wish_json(&j, w);
	buf_add_char(&reply->body, '\n');
}

struct waiting {
	struct gw_call *call;
	char id[64];
};

/* The store notified, or half a second went by, or the time is over. */
static bool wait_again(void *state, struct gw_reply *reply)
{
	struct waiting *w = state;
	struct gw_call *c = w->call;
	/* Asked again and again while it waits: nothing of it may stay in the request's arena. */
	CLEANUP(arena_freep) struct arena *a = arena_new((size_t)64 * 1024 * 1024);
	struct err err = ERR_INIT;
	struct wish now;
	int rc = gw_store_as(c->g, c->who.domains, &err);
	if (rc == 0)
		rc = store_wish_get(c->g->store, a, str_of(w->id), &now, &err);
	bool over = clock_mono(c->g->ctx->clock) >= reply->until_ms;
	if (rc < 0 && !over)
		return false;
	if (rc < 0) {
		gw_problem(reply, 0, &err);
		return true;
	}
	if (!over && !str_eqz(now.state, "done") && !str_eqz(now.state, "failed"))
		return false;
	answer(reply, &now);
	return true;
}

/* Answers now, or when it is settled. */
static void answer_or_wait(struct gw_call *c, const struct wish *w, int64_t wait_ms)
{
	if (wait_ms == 0) {
		answer(c->reply, w);
		return;
	}
	struct waiting *wait = arena_alloc(c->arena, sizeof(*wait));
	wait->call = c;
	memcpy(wait->id, w->id, sizeof(wait->id));
	c->reply->again = wait_again;
	c->reply->state = wait;
	c->reply->until_ms = clock_mono(c->g->ctx->clock) + wait_ms;
}

/* The same key of the same person is the same wish: it is an id of its own kind, so that the inbox's primary key does the rest. */
int gw_wish_key(const struct gw_call *c, struct str key, char id[64], struct err *err)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(4096);
	char hex[DIGEST_HEX + 1];
	if (key.len == 0 || key.len > GW_KEY_MAX || !str_is_utf8(key, NULL))
		return err_set(err, ERR_USAGE, "an Idempotency-Key has 1 to %d bytes of text",
			       GW_KEY_MAX);
	buf_add_u32(&text, (uint32_t)strlen(c->who.actor));
	buf_addz(&text, c->who.actor);
	buf_add_str(&text, key);
	struct digest d = digest_tagged("aspora.wish.key.v1", buf_str(&text));
	snprintf(id, 64, "WISH-K-%.32s", digest_hex(&d, hex));
	return 0;
}

static int put(struct gw_call *c, struct wish *w, const struct upload_file *files, size_t count,
	       bool keyed, struct err *err)
{
	struct err why = ERR_INIT;
	int rc = str_eqz(w->kind, "sync") ? store_wish_sync(c->g->store, w, &w->request_token, &why)
					  : store_wish_put(c->g->store, w, files, count, &why);
	if (rc == ERR_CONFLICT && keyed)
		return err_set(err, rc, "the Idempotency-Key has asked for something else before");
	if (rc < 0) {
		*err = why;
		return rc;
	}
	/* It may have been there before, and be done. */
	return keyed ? store_wish_get(c->g->store, c->arena, str_of(w->id), w, err) : 0;
}

/* Said at once where it can be; sync looks again when nobody else can write. */
static int check_version(struct gw_call *c, const struct wish_body *b, const struct wish_about *o,
			 struct err *err)
{
	if (!b->version.len || !o->kind)
		return 0;
	return store_object_is(c->g->store, o->kind, o->domain, o->name, b->version, err);
}

int gw_wish_record(struct gw_call *c, struct wish *w, struct wish_body *b,
		   const struct wish_about *about, const struct upload_file *files,
		   size_t file_count, struct err *err)
{
	int64_t wait_ms = 0;
	struct str key = gw_field(c->q, "idempotency-key");
	int rc = gw_call_wait(c, &wait_ms, err);
	if (rc == 0)
		rc = gw_wish_query(c, b, err);
	w->expect = b->version;
	if (rc == 0 && key.p)
		rc = gw_wish_key(c, key, w->id, err);
	else
		id_make("WISH", c->g->ctx->clock, w->id);
	w->body_json = gw_wish_text(c, b, about);
	w->dry_run = b->dry_run;
	w->requested_by = str_of(c->who.actor);
	w->state = STR("pending");
	w->requested_ms = clock_wall(c->g->ctx->clock);
	if (rc == 0)
		rc = gw_store_as(c->g, c->who.domains, err);
	/* Who asks again with its key asks what came of it, and that may well be another version. */
	if (rc == 0 && !key.p)
		rc = check_version(c, b, about, err);
	if (rc == 0)
		rc = put(c, w, files, file_count, key.p != NULL, err);
	if (rc < 0)
		return rc;
	gw_reply_field(c->reply, "Location", "/api/v1/wishes/%s", w->id);
	answer_or_wait(c, w, wait_ms);
	return 0;
}

/* One that is about no domain, or several, is its owner's and of those who see all. */
static bool is_visible(const struct gw_call *c, const struct wish *w)
{
	return gw_covers_all(&c->who) || (w->domain.len && gw_covers(&c->who, w->domain)) ||
	       str_eqz(w->requested_by, c->who.actor);
}

int gw_wish_get(struct gw_call *c, struct err *err)
{
	struct wish w;
	int64_t wait_ms = 0;
	int rc = gw_call_wait(c, &wait_ms, err);
	if (rc == 0 && c->params[0].len >= sizeof(w.id))
		rc = err_set(err, ERR_NOT_FOUND, "there is no such wish");
	if (rc == 0)
		rc = store_wish_get(c->g->store, c->arena, c->params[0], &w, err);
	if (rc == 0 && !is_visible(c, &w))
		rc = err_set(err, ERR_NOT_FOUND, "there is no wish %s", w.id);
	if (rc < 0)
		return rc;
	answer_or_wait(c, &w, wait_ms);
	/* That it failed is what was asked for: the question was answered. */
	if (c->reply->status)
		c->reply->status = 200;
	return 0;
}

/* --- the routes -------------------------------------------------------------------------------------------------------- */

static int simple_wish(struct gw_call *c, const struct field *fields, const char *kind,
		       struct err *err)
{
	struct wish_body b = {0};
	int rc = gw_call_body(c, fields, &b, err);
	if (rc == 0)
		rc = gw_call_covers(c, b.domain, err);
	if (rc == 0 && b.force && !(c->who.role & (GW_ADMIN | GW_APPROVER)))
		rc = err_set(err, ERR_DENIED,
			     "force: only an approver or an admin may go against policy");
	if (rc < 0)
		return rc;
	struct wish w = {.kind = str_of(kind), .domain = b.domain};
	const struct wish_about about = {.kind = b.skill.len ? "Skill" : "Domain",
					 .domain = b.skill.len ? b.domain : STR_NULL,
					 .name = b.skill.len ? b.skill : b.domain};
	return gw_wish_record(c, &w, &b, &about, NULL, 0, err);
}

int gw_rollback_create(struct gw_call *c, struct err *err)
{
	return simple_wish(c, gw_rollback_fields, "rollback", err);
}

int gw_quarantine_create(struct gw_call *c, struct err *err)
{
	return simple_wish(c, gw_quarantine_fields, "quarantine", err);
}

int gw_quarantine_clear(struct gw_call *c, struct err *err)
{
	return simple_wish(c, gw_clear_fields, "clear", err);
}

int gw_adoption_create(struct gw_call *c, struct err *err)
{
	return simple_wish(c, gw_adoption_fields, "adopt", err);
}

int gw_overlay_end(struct gw_call *c, struct err *err)
{
	return simple_wish(c, gw_overlay_end_fields, "overlay-end", err);
}

int gw_wish_hold(struct gw_call *c, struct wish_body *b, const char *kind, struct err *err)
{
	bool rollout = str_eq_nocase(b->kind, STR("Rollout"));
	const struct kind *k = kind_find(rollout ? STR("Skill") : b->kind);
	if (!k ||
	    (strcmp(k->name, "Source") && strcmp(k->name, "Domain") && strcmp(k->name, "Skill")))
		return err_set(err, ERR_INVALID,
			       "kind: \"%.*s\" cannot be suspended; Source, Domain and Skill can",
			       STR_ARG(b->kind));
	bool skill = strcmp(k->name, "Skill") == 0, domain = strcmp(k->name, "Domain") == 0;
	if (skill && b->domain.len == 0)
		return err_set(err, ERR_INVALID, "domain: a skill is named with its domain");
	if (!skill && !domain && !gw_covers_all(&c->who))
		return err_set(err, ERR_DENIED, "a source needs a key for all domains");
	b->kind = rollout ? STR("Rollout") : str_of(k->name);
	int rc = gw_call_covers(c, domain ? b->name : b->domain, err);
	if (rc < 0)
		return rc;
	struct wish w = {.kind = str_of(kind), .domain = skill ? b->domain : STR_NULL};
	const struct wish_about about = {
		.kind = k->name, .domain = skill ? b->domain : STR_NULL, .name = b->name};
	return gw_wish_record(c, &w, b, &about, NULL, 0, err);
}

int gw_suspension_create(struct gw_call *c, struct err *err)
{
	struct wish_body b = {0};
	int rc = gw_call_body(c, gw_suspension_fields, &b, err);
	return rc < 0 ? rc : gw_wish_hold(c, &b, "suspend", err);
}

int gw_resume_create(struct gw_call *c, struct err *err)
{
	struct wish_body b = {0};
	int rc = gw_call_body(c, gw_resumption_fields, &b, err);
	return rc < 0 ? rc : gw_wish_hold(c, &b, "resume", err);
}

int gw_source_sync(struct gw_call *c, struct err *err)
{
	struct wish_body b = {0};
	const struct wish_about none = {0};
	int rc = c->q->body.len ? gw_call_body(c, gw_sync_fields, &b, err) : 0;
	if (rc == 0 && b.confirm.count && !(c->who.role & (GW_ADMIN | GW_OPERATOR)))
		rc = err_set(err, ERR_DENIED,
			     "only an operator or an admin may confirm or approve a change");
	if (rc < 0)
		return rc;
	struct wish w = {.kind = STR("sync"), .source = c->params[0]};
	return gw_wish_record(c, &w, &b, &none, NULL, 0, err);
}
