/*
 * Wishes: what people ask for and sync carries out. Each route checks the form and who asks, records a row, and answers 202 with its id, or, with
 * ?wait=, the outcome as soon as it is there.
 */
#include "agent/gateway/gateway.h"
#include "agent/gateway/wish.h"
#include "base/id.h"
#include "base/map.h"
#include "store/inbox.h"

/* --- answers --------------------------------------------------------------------------------------------------------- */

static void wish_json(struct json *j, const struct wish *w)
{
	char at[32];
	json_object(j);
	json_strz(j, "apiVersion", API_VERSION);
	json_strz(j, "kind", "Wish");
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
static int id_of_key(const struct gw_call *c, struct str key, char id[64], struct err *err)
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

/* Records it and answers. A sync wish is recorded with the source's request. */
static int record(struct gw_call *c, struct wish *w, const struct upload_file *files, size_t count,
		  struct err *err)
{
	int64_t wait_ms = 0;
	struct str key = gw_field(c->q, "idempotency-key");
	int rc = gw_call_wait(c, &wait_ms, err);
	if (rc == 0 && key.p)
		rc = id_of_key(c, key, w->id, err);
	else
		id_make("WISH", c->g->ctx->clock, w->id);
	w->requested_by = str_of(c->who.actor);
	w->state = STR("pending");
	w->requested_ms = clock_wall(c->g->ctx->clock);
	if (rc == 0)
		rc = gw_store_as(c->g, c->who.domains, err);
	if (rc == 0)
		rc = put(c, w, files, count, key.p != NULL, err);
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

/* --- bodies ---------------------------------------------------------------------------------------------------------- */

struct upload_entry {
	struct str path, mode, content, content_base64;
};
struct wish_body {
	struct str domain, skill, to, reason, content, kind, name, apply_set;
	bool dry_run, force, prune, override;
	int64_t ttl_ms;
	struct field_strings confirm, folders;
	struct field_list files; /* struct upload_entry */
};

#define E(member) offsetof(struct upload_entry, member)
static const struct field file_fields[] = {
	{"path", FIELD_STRING, E(path), FIELD_REQUIRED | FIELD_NONEMPTY,
	 .help = "Path in the repository."},
	{"mode", FIELD_STRING, E(mode),
	 .help = "\"100755\" for a program; \"100644\" when left out."},
	{"content", FIELD_STRING, E(content), .help = "The bytes, as text."},
	{"contentBase64", FIELD_STRING, E(content_base64), .help = "The bytes, in base64."},
	FIELD_END};
#undef E

#define B(member) offsetof(struct wish_body, member)
#define DOMAIN_ROW                                                                                 \
	{                                                                                          \
		"domain", FIELD_NAME, B(domain), FIELD_REQUIRED, .help = "The domain it is about." \
	}
#define REASON_ROW                                                                                 \
	{                                                                                          \
		"reason", FIELD_STRING, B(reason), .help = "Why, for whoever reads the history."   \
	}
#define DRY_RUN_ROW                                                                                \
	{                                                                                          \
		"dryRun", FIELD_BOOL, B(dry_run),                                                  \
			.help = "Says what would happen, and changes nothing."                     \
	}
#define TTL_ROW                                                                                    \
	{                                                                                          \
		"ttl", FIELD_DURATION, B(ttl_ms), .help = "How long it holds."                     \
	}

static const struct field upload_fields[] = {
	{"files", FIELD_LIST, B(files), FIELD_REQUIRED, .sub = file_fields,
	 .sub_size = sizeof(struct upload_entry),
	 .help = "The files, with paths as in a repository."},
	{"folders", FIELD_STRINGS, B(folders),
	 .help = "Folders of domains, skills/DOMAIN, of which the files are all there is beside "
		 "the "
		 "skills: what is deployed of them and is not among the files goes."},
	{"applySet", FIELD_NAME, B(apply_set),
	 .help = "Whose files these are; \"apply\" when left out."},
	{"prune", FIELD_BOOL, B(prune),
	 .help = "Skills of this apply set that are not among the files are deleted."},
	{"override", FIELD_BOOL, B(override),
	 .help = "Lies over a domain that belongs to another source, for ttl."},
	TTL_ROW,
	DRY_RUN_ROW,
	REASON_ROW,
	FIELD_END};
static const struct field rollback_fields[] = {
	DOMAIN_ROW,
	{"skill", FIELD_NAME, B(skill), .help = "One skill; the whole domain when left out."},
	{"to", FIELD_STRING, B(to),
	 .help = "A release number or resourceVersion; the one before when left out."},
	{"force", FIELD_BOOL, B(force), .help = "Although today's policy refuses it; audited."},
	DRY_RUN_ROW,
	REASON_ROW,
	FIELD_END};
static const struct field quarantine_fields[] = {
	DOMAIN_ROW,
	{"skill", FIELD_NAME, B(skill), FIELD_REQUIRED, .help = "The skill."},
	{"content", FIELD_STRING, B(content),
	 .help = "Digest of the version; all of the skill's when clearing without it."},
	REASON_ROW,
	FIELD_END};
static const struct field suspension_fields[] = {
	{"kind", FIELD_STRING, B(kind), FIELD_REQUIRED,
	 .help = "Source, Domain or Skill; Rollout: of a skill."},
	{"domain", FIELD_STRING, B(domain), .help = "Of a skill."},
	{"name", FIELD_STRING, B(name), FIELD_REQUIRED | FIELD_NONEMPTY, .help = "Its name."},
	TTL_ROW,
	REASON_ROW,
	FIELD_END};
static const struct field adoption_fields[] = {
	DOMAIN_ROW,
	{"to", FIELD_NAME, B(to), FIELD_REQUIRED, .help = "The source that owns it from now on."},
	REASON_ROW,
	FIELD_END};
static const struct field sync_fields[] = {
	{"confirm", FIELD_STRINGS, B(confirm),
	 .help = "Domains whose deletion is meant, \"*\" for any; \"growth:DOMAIN\" approves what "
		 "gives "
		 "skills more, \"freeze:DOMAIN\" lets a change pass during a freeze."},
	REASON_ROW,
	FIELD_END};
static const struct field overlay_end_fields[] = {DOMAIN_ROW, REASON_ROW, FIELD_END};
#undef B

static void add_list(struct json *j, const char *key, const struct field_strings *list)
{
	if (!list->count)
		return;
	json_array_in(j, key);
	for (size_t i = 0; i < list->count; i++)
		json_add_str(j, list->items[i]);
	json_end(j);
}

/* What sync reads: the body's members under the inbox's own names. */
static struct str inbox_body(struct gw_call *c, const struct wish_body *b)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	struct json j;
	json_init(&j, &out);
	json_object(&j);
	json_str(&j, "reason", b->reason);
	if (b->skill.len)
		json_str(&j, "skill", b->skill);
	if (b->to.len)
		json_str(&j, "to", b->to);
	if (b->content.len)
		json_str(&j, "content", b->content);
	if (b->kind.len)
		json_str(&j, "kind", b->kind);
	if (b->name.len)
		json_str(&j, "name", b->name);
	if (b->ttl_ms)
		json_int(&j, "ttl_ms", b->ttl_ms);
	add_list(&j, "confirm", &b->confirm);
	add_list(&j, "folders", &b->folders);
	json_bool(&j, "prune", b->prune);
	json_bool(&j, "override", b->override);
	json_bool(&j, "force", b->force);
	json_end(&j);
	return arena_str(c->arena, buf_str(&out));
}

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
	struct wish w = {.kind = str_of(kind),
			 .domain = b.domain,
			 .dry_run = b.dry_run,
			 .body_json = inbox_body(c, &b)};
	return record(c, &w, NULL, 0, err);
}

/* --- uploads --------------------------------------------------------------------------------------------------------- */

static int upload_file(struct gw_call *c, const struct upload_entry *e, struct upload_file *ret,
		       struct err *err)
{
	struct str rest = e->path, part, domain = STR_NULL;
	*ret = (struct upload_file){.path = e->path, .mode = TREE_MODE_FILE, .bytes = e->content};
	if (str_eqz(e->mode, "100755"))
		ret->mode = TREE_MODE_EXEC;
	else if (e->mode.len && !str_eqz(e->mode, "100644"))
		return err_set(err, ERR_INVALID, "%.*s: mode \"%.*s\" is neither 100644 nor 100755",
			       STR_ARG(e->path), STR_ARG(e->mode));
	if (e->content.len && e->content_base64.len)
		return err_set(err, ERR_INVALID, "%.*s: content and contentBase64 are both given",
			       STR_ARG(e->path));
	if (e->content_base64.len) {
		struct buf bytes = BUF_INIT(GW_UPLOAD_BYTES);
		if (!base64_decode(e->content_base64, &bytes)) {
			buf_release(&bytes);
			return err_set(err, ERR_INVALID, "%.*s: contentBase64 is not base64",
				       STR_ARG(e->path));
		}
		ret->bytes = arena_str(c->arena, buf_str(&bytes));
		buf_release(&bytes);
	}
	if (str_split(&rest, '/', &part) && str_eqz(part, "skills"))
		(void)!str_split(&rest, '/', &domain);
	if (domain.len == 0) {
		err_set(err, ERR_INVALID, "%.*s is not below skills/DOMAIN/", STR_ARG(e->path));
		err_remedy(err, "platform policy and FIRM.md come from the platform's source, not "
				"from apply");
		return ERR_INVALID;
	}
	return gw_call_covers(c, domain, err);
}

int gw_upload_create(struct gw_call *c, struct err *err)
{
	struct wish_body b = {0};
	int rc = gw_call_body(c, upload_fields, &b, err);
	if (rc < 0)
		return rc;
	if (b.files.count == 0)
		return err_set(err, ERR_INVALID, "files is empty: there is nothing to apply");
	if ((c->who.role & GW_CI_BOT) && !b.dry_run)
		return err_set(err, ERR_DENIED,
			       "a ci-bot may only try an upload: add dryRun: true");
	struct upload_file *files = arena_array(c->arena, b.files.count, sizeof(*files));
	const struct upload_entry *entries = b.files.items;
	struct map seen = MAP_INIT;
	for (size_t i = 0; rc == 0 && i < b.files.count; i++) {
		rc = upload_file(c, &entries[i], &files[i], err);
		if (rc == 0 && map_set(&seen, files[i].path, &files[i]))
			rc = err_set(err, ERR_INVALID, "%.*s is among the files twice",
				     STR_ARG(files[i].path));
	}
	map_release(&seen);
	if (rc < 0)
		return rc;
	struct wish w = {.kind = STR("apply"),
			 .source = b.apply_set.len ? b.apply_set : STR("apply"),
			 .dry_run = b.dry_run,
			 .body_json = inbox_body(c, &b)};
	return record(c, &w, files, b.files.count, err);
}

/* --- the others ------------------------------------------------------------------------------------------------------- */

int gw_rollback_create(struct gw_call *c, struct err *err)
{
	return simple_wish(c, rollback_fields, "rollback", err);
}

int gw_quarantine_create(struct gw_call *c, struct err *err)
{
	return simple_wish(c, quarantine_fields, "quarantine", err);
}

int gw_quarantine_clear(struct gw_call *c, struct err *err)
{
	return simple_wish(c, quarantine_fields, "clear", err);
}

int gw_adoption_create(struct gw_call *c, struct err *err)
{
	return simple_wish(c, adoption_fields, "adopt", err);
}

int gw_overlay_end(struct gw_call *c, struct err *err)
{
	return simple_wish(c, overlay_end_fields, "overlay-end", err);
}

static int suspension(struct gw_call *c, const char *kind, struct err *err)
{
	struct wish_body b = {0};
	int rc = gw_call_body(c, suspension_fields, &b, err);
	if (rc < 0)
		return rc;
	bool rollout = str_eq_nocase(b.kind, STR("Rollout"));
	const struct kind *k = kind_find(rollout ? STR("Skill") : b.kind);
	if (!k ||
	    (strcmp(k->name, "Source") && strcmp(k->name, "Domain") && strcmp(k->name, "Skill")))
		return err_set(err, ERR_INVALID,
			       "kind: \"%.*s\" cannot be suspended; Source, Domain and Skill can",
			       STR_ARG(b.kind));
	if (strcmp(k->name, "Skill") == 0 && b.domain.len == 0)
		return err_set(err, ERR_INVALID, "domain: a skill is named with its domain");
	if (strcmp(k->name, "Source") == 0 && !gw_covers_all(&c->who))
		return err_set(err, ERR_DENIED, "a source needs a key for all domains");
	b.kind = rollout ? STR("Rollout") : str_of(k->name);
	if ((rc = gw_call_covers(c, strcmp(k->name, "Domain") == 0 ? b.name : b.domain, err)) < 0)
		return rc;
	struct wish w = {.kind = str_of(kind),
			 .domain = strcmp(k->name, "Skill") == 0 ? b.domain : STR_NULL,
			 .body_json = inbox_body(c, &b)};
	return record(c, &w, NULL, 0, err);
}

int gw_suspension_create(struct gw_call *c, struct err *err)
{
	return suspension(c, "suspend", err);
}

int gw_resume_create(struct gw_call *c, struct err *err)
{
	return suspension(c, "resume", err);
}

int gw_source_sync(struct gw_call *c, struct err *err)
{
	struct wish_body b = {0};
	int rc = c->q->body.len ? gw_call_body(c, sync_fields, &b, err) : 0;
	if (rc == 0 && b.confirm.count && !(c->who.role & (GW_ADMIN | GW_OPERATOR)))
		rc = err_set(err, ERR_DENIED,
			     "only an operator or an admin may confirm or approve a change");
	if (rc < 0)
		return rc;
	struct wish w = {
		.kind = STR("sync"), .source = c->params[0], .body_json = inbox_body(c, &b)};
	return record(c, &w, NULL, 0, err);
}
