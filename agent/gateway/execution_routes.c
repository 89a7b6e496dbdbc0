/*
 * Executions: by the skill's name, or by text that the route table sends to one. The gateway records the wish to run; a keeper carries it out. With
 * ?wait= the answer comes when it has ended, forwards followed.
 */
#include "agent/gateway/gateway.h"
#include "agent/gateway/wish.h"
#include "base/id.h"
#include "base/mem.h"
#include "store/execution.h"
#include "store/object.h"

#define DEADLINE_DEFAULT_MS 300000
#define DEADLINE_MAX_MS 86400000
#define QUEUE_MAX 1000 /* that wait for one skill */
#define HOPS_MAX 16
#define SESSION_MAX 256

struct run_body {
	struct str skill, text, alert, session, parent;
	int mode;
	int64_t deadline_ms;
	const struct doc_node *input;
};
/* Shadows are control's to make; replays need a transcript. */
static const char *const modes[] = {"live", "test", NULL};
static const enum execution_mode mode_of[] = {MODE_LIVE, MODE_TEST};
#define B(member) offsetof(struct run_body, member)
const struct field gw_run_fields[] = {
	{"skill", FIELD_STRING, B(skill), .help = "domain/name of the skill to run."},
	{"text", FIELD_STRING, B(text),
	 .help = "What somebody wrote; routed to a skill, or its trigger's text."},
	{"alert", FIELD_STRING, B(alert),
	 .help = "Name of an alert; runs the skill that listens to it."},
	{"input", FIELD_ANY, B(input), .help = "Any JSON value; the SkillContext's input."},
	{"session", FIELD_STRING, B(session), .help = "Runs of one session stay on one version."},
	{"parent", FIELD_STRING, B(parent), .help = "Execution that this one belongs to."},
	{"mode", FIELD_ENUM, B(mode), .choices = modes, .dflt = "live",
	 .help = "live, or test: the same, without counting for the skill's health."},
	{"deadline", FIELD_DURATION, B(deadline_ms), .min = 100, .max = DEADLINE_MAX_MS,
	 .help = "Fails when it has not ended by then."},
	FIELD_END};
#undef B

/* --- which skill ------------------------------------------------------------------------------------------------------- */

static void trigger_json(struct gw_call *c, const char *kind, struct str text,
			 const struct route_match *m, struct str *ret)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	struct json j;
	json_init(&j, &out);
	json_object(&j);
	json_strz(&j, "kind", kind);
	json_str(&j, "text", text);
	json_object_in(&j, "params");
	for (size_t i = 0; m && i < m->param_count; i++) {
		json_key_str(&j, m->params[i].name);
		json_add_str(&j, m->params[i].value);
	}
	json_end(&j);
	json_end(&j);
	*ret = arena_str(c->arena, buf_str(&out));
}

/* Nothing of it serves: it is on its way, or it never will without a model. */
static int check_handler(struct gw_call *c, const struct execution *e, struct err *err)
{
	bool found = false, handler = false;
	int rc = store_object_has_handler(c->g->store, e->domain, e->skill, &found, &handler, err);
	if (rc < 0 || !found || handler)
		return rc;
	err_set(err, ERR_MODEL, "skill %.*s/%.*s has no handler, and no model is configured",
		STR_ARG(e->domain), STR_ARG(e->skill));
	return err_remedy(err, "add a handler to it: code/handler.py, .js or .sh");
}

/* Explicit name, else command or alert. A named skill still gets the parameters its own command finds in the text. */
static int find_skill(struct gw_call *c, const struct run_body *b, struct execution *e,
		      struct err *err)
{
	struct route_table *table = NULL;
	struct route_match m = {0};
	if (!b->skill.len && !b->text.len && !b->alert.len)
		return err_set(
			err, ERR_INVALID,
			"say which skill, or give a text or an alert that a trigger answers");
	int rc = gw_route_table(c->g, &table, err);
	if (rc == 0)
		rc = gw_store_as(c->g, c->who.domains, err);
	if (rc < 0)
		return rc;
	bool found = b->alert.len ? route_lookup_alert(table, b->alert, &m)
				  : b->text.len && b->text.len <= ROUTE_TEXT_MAX &&
					    route_lookup(table, b->text, &m);
	if (b->skill.len) {
		if ((rc = name_split(b->skill, &e->domain, &e->skill, err)) < 0)
			return rc;
		if (found &&
		    (!str_eq(m.route->domain, e->domain) || !str_eq(m.route->skill, e->skill)))
			found = false;
	} else if (!found || !gw_covers(&c->who, m.route->domain)) {
		return gw_no_route(c, b->text, b->alert, err);
	} else {
		e->domain = arena_str(c->arena, m.route->domain);
		e->skill = arena_str(c->arena, m.route->skill);
	}
	if (!gw_covers(&c->who, e->domain))
		return err_set(err, ERR_NOT_FOUND, "there is no skill %.*s", STR_ARG(b->skill));
	const char *kind = b->alert.len ? "alert" : found ? "command" : "explicit";
	trigger_json(c, kind, b->alert.len ? b->alert : b->text, found ? &m : NULL,
		     &e->trigger_json);
	return route_of_skill(table, e->domain, e->skill) ? 0 : check_handler(c, e, err);
}

/* --- the answer ---------------------------------------------------------------------------------------------------------- */

struct run_wait {
	struct gw_call *call;
	char id[64];
};

static int object_of(struct gw_call *c, const char *id, struct buf *out, struct err *err)
{
	const struct object_query q = {
		.kind = "Execution", .name = str_of(id), .whole = true, .limit = 1};
	int rc = gw_store_as(c->g, c->who.domains, err);
	return rc < 0 ? rc : store_object_get(c->g->store, &q, out, err);
}

/* Where a chain of forwards stands: its last execution, and whether that has ended. */
static int follow(struct gw_call *c, char id[64], bool *ret_ended, struct err *err)
{
	char last[64];
	for (int hop = 0; hop <= HOPS_MAX; hop++) {
		CLEANUP(arena_freep) struct arena *a = arena_new((size_t)64 * 1024 * 1024);
		static const struct doc_limits limits = {4 * EXECUTION_RESULT_MAX, 128, 1000000,
							 4 * EXECUTION_RESULT_MAX};
		const struct doc_node *result = NULL;
		struct execution e;
		int rc = store_execution_get(c->g->store, a, str_of(id), &e, err);
		/* A forward into a domain that the key does not cover ends what can be followed. */
		if (rc == ERR_NOT_FOUND && hop > 0) {
			memcpy(id, last, sizeof(last));
			return 0;
		}
		if (rc < 0)
			return rc;
		*ret_ended = execution_state_final(e.state);
		if (e.state != EXEC_SUCCEEDED ||
		    doc_parse_json(a, e.result_json, &limits, "result", &result, NULL) < 0)
			return 0;
		struct str next = doc_text(result, "forwarded");
		if (next.len == 0 || next.len >= 64)
			return 0;
		memcpy(last, id, sizeof(last));
		snprintf(id, 64, "%.*s", STR_ARG(next));
	}
	return 0;
}

static void give(struct gw_call *c, struct gw_reply *reply, const char *id, int status)
{
	struct err err = ERR_INIT;
	if (object_of(c, id, &reply->body, &err) < 0) {
		gw_problem(reply, 0, &err);
		return;
	}
	buf_add_char(&reply->body, '\n');
	reply->status = status;
	reply->type = "application/json";
}

static bool run_again(void *state, struct gw_reply *reply)
{
	struct run_wait *w = state;
	struct gw_call *c = w->call;
	struct err err = ERR_INIT;
	char last[64];
	bool ended = false, over = clock_mono(c->g->ctx->clock) >= reply->until_ms;
	memcpy(last, w->id, sizeof(last));
	int rc = gw_store_as(c->g, c->who.domains, &err);
	if (rc == 0)
		rc = follow(c, last, &ended, &err);
	if (!over && (rc < 0 || !ended))
		return false;
	if (rc < 0)
		gw_problem(reply, 0, &err);
	else
		/* Not there in time: accepted, and where to look. */
		give(c, reply, last, ended ? 200 : 202);
	return true;
}

static void wait_for(struct gw_call *c, const char *id, int64_t wait_ms)
{
	struct run_wait *w = arena_alloc(c->arena, sizeof(*w));
	w->call = c;
	snprintf(w->id, sizeof(w->id), "%s", id);
	c->reply->again = run_again;
	c->reply->state = w;
	c->reply->until_ms = clock_mono(c->g->ctx->clock) + wait_ms;
}

/* --- routes ---------------------------------------------------------------------------------------------------------------- */

static int enqueue(struct gw_call *c, const struct run_body *b, struct execution *e, char id[64],
		   bool *ret_existing, struct err *err)
{
	CLEANUP(buf_release) struct buf input = BUF_INIT(EXECUTION_INPUT_MAX);
	struct str key = gw_field(c->q, "idempotency-key");
	if (key.p && (key.len == 0 || key.len > GW_KEY_MAX || !str_is_utf8(key, NULL)))
		return err_set(err, ERR_USAGE, "an Idempotency-Key has 1 to %d bytes of text",
			       GW_KEY_MAX);
	if (b->session.len > SESSION_MAX)
		return err_set(err, ERR_TOO_LARGE, "session has more than %d bytes", SESSION_MAX);
	if (b->input)
		doc_write_json(&input, b->input, 0, false);
	else
		buf_addz(&input, b->text.len ? "" : "{}");
	/* Text alone is the input as well, so that a skill need not look in two places. */
	if (!b->input && b->text.len) {
		struct json j;
		json_init(&j, &input);
		json_object(&j);
		json_str(&j, "text", b->text);
		json_end(&j);
	}
	int rc = buf_check(&input, "input", err);
	if (rc < 0)
		return rc;
	e->input_json = arena_str(c->arena, buf_str(&input));
	e->mode = mode_of[b->mode];
	e->session = b->session;
	e->parent = b->parent;
	e->attempt = 1;
	e->requested_by = str_of(c->who.actor);
	e->deadline_ms = clock_wall(c->g->ctx->clock) +
			 (b->deadline_ms ? b->deadline_ms : DEADLINE_DEFAULT_MS);
	id_make("EXEC", c->g->ctx->clock, e->id);
	const struct enqueue q = {.e = e, .idempotency_key = key, .max_queued = QUEUE_MAX};
	return store_execution_enqueue(c->g->store, &q, id, ret_existing, err);
}

int gw_execution_create(struct gw_call *c, struct err *err)
{
	struct run_body b = {0};
	struct execution e = {0};
	char id[64];
	bool existing = false;
	int64_t wait_ms = 0;
	int rc = gw_call_body(c, gw_run_fields, &b, err);
	if (rc == 0)
		rc = gw_call_wait(c, &wait_ms, err);
	if (rc == 0)
		rc = find_skill(c, &b, &e, err);
	if (rc == 0)
		rc = enqueue(c, &b, &e, id, &existing, err);
	if (rc < 0)
		return rc;
	gw_reply_field(c->reply, "Location", "/api/v1/executions/%s", id);
	if (existing)
		gw_reply_field(c->reply, "Idempotent-Replayed", "true");
	if (wait_ms)
		wait_for(c, id, wait_ms);
	else
		give(c, c->reply, id, existing ? 200 : 201);
	return 0;
}

int gw_execution_get(struct gw_call *c, struct err *err)
{
	int64_t wait_ms = 0;
	CLEANUP_FREE char *id = mem_strndup(c->params[0].p, c->params[0].len);
	struct execution e;
	int rc = gw_call_wait(c, &wait_ms, err);
	if (rc == 0 && c->params[0].len >= sizeof(e.id))
		rc = err_set(err, ERR_NOT_FOUND, "there is no such execution");
	if (rc == 0 && wait_ms)
		rc = store_execution_get(c->g->store, c->arena, c->params[0], &e, err);
	if (rc < 0)
		return rc;
	if (wait_ms)
		wait_for(c, id, wait_ms);
	else
		give(c, c->reply, id, 200);
	return 0;
}

static void step_json(struct json *j, const struct execution_step *s)
{
	char at[32];
	json_object(j);
	json_strz(j, "at", clock_format(s->at_ms, at));
	json_strz(j, "kind", s->kind);
	json_raw(j, "data", s->data_json.len ? s->data_json : STR("{}"));
	json_end(j);
}

static int steps_reply(struct gw_call *c, struct gw_reply *reply, int64_t after, bool *ret_some,
		       struct err *err)
{
	/* Asked again and again while it waits: nothing of it may stay in the request's arena. */
	CLEANUP(arena_freep) struct arena *a = arena_new((size_t)64 * 1024 * 1024);
	struct execution_step *steps = NULL;
	struct execution e;
	struct json j;
	size_t count = 0;
	int rc = store_execution_get(c->g->store, a, c->params[0], &e, err);
	if (rc == 0)
		rc = store_execution_step_list(c->g->store, a, c->params[0], (int)after, &steps,
					       &count, err);
	if (rc < 0)
		return rc;
	*ret_some = count > 0 || execution_state_final(e.state);
	reply->status = 200;
	reply->type = "application/json";
	json_init(&j, &reply->body);
	gw_object_begin(&j, "StepList");
	json_strz(&j, "state", execution_state_name(e.state));
	json_int(&j, "next", after + (int64_t)count);
	json_array_in(&j, "items");
	for (size_t i = 0; i < count; i++)
		step_json(&j, &steps[i]);
	json_end(&j);
	json_end(&j);
	buf_add_char(&reply->body, '\n');
	return 0;
}

struct steps_wait {
	struct gw_call *call;
	int64_t after;
};

/* Until there is another step, or it has ended: `aspora logs -f`. */
static bool steps_again(void *state, struct gw_reply *reply)
{
	struct steps_wait *w = state;
	struct gw_call *c = w->call;
	struct err err = ERR_INIT;
	bool some = false, over = clock_mono(c->g->ctx->clock) >= reply->until_ms;
	buf_reset(&reply->body);
	int rc = gw_store_as(c->g, c->who.domains, &err);
	if (rc == 0)
		rc = steps_reply(c, reply, w->after, &some, &err);
	if (rc < 0 && over)
		gw_problem(reply, 0, &err);
	return over || (rc == 0 && some);
}

int gw_execution_steps(struct gw_call *c, struct err *err)
{
	int64_t after = -1, wait_ms = 0; /* steps are numbered from 0 */
	bool some = false;
	int rc = gw_call_number(c, "after", -1, INT32_MAX, &after, err);
	if (rc == 0)
		rc = gw_call_wait(c, &wait_ms, err);
	if (rc == 0)
		rc = steps_reply(c, c->reply, after, &some, err);
	if (rc < 0 || some || wait_ms == 0)
		return rc;
	struct steps_wait *w = arena_alloc(c->arena, sizeof(*w));
	*w = (struct steps_wait){c, after};
	buf_reset(&c->reply->body);
	c->reply->status = 0;
	c->reply->again = steps_again;
	c->reply->state = w;
	c->reply->until_ms = clock_mono(c->g->ctx->clock) + wait_ms;
	return 0;
}

int gw_execution_cancel(struct gw_call *c, struct err *err)
{
	enum execution_state state;
	struct wish_body b = {0}; /* which version */
	CLEANUP_FREE char *id = mem_strndup(c->params[0].p, c->params[0].len);
	int rc = c->q->body.len ? gw_call_body(c, gw_cancel_fields, &b, err) : 0;
	if (rc == 0)
		rc = gw_wish_query(c, &b, err);
	const struct cancel how = {.id = c->params[0],
				   .by = c->who.actor,
				   .version = b.version,
				   .deletes = str_eqz(c->q->method, "DELETE")};
	if (rc == 0)
		rc = store_execution_cancel(c->g->store, &how, &state, err);
	if (rc < 0)
		return rc;
	give(c, c->reply, id, execution_state_final(state) ? 200 : 202);
	return 0;
}
