/* From a request's head to its route function, and back to an answer. */
#include "agent/gateway/gateway.h"
#include "base/mem.h"

#define CALL_BYTES ((size_t)256 * 1024 * 1024)

static struct gw_route_metrics *metrics_of(struct gateway *g, const struct gw_call *c)
{
	size_t at = c && c->route ? (size_t)(c->route - g->routes) : g->route_count;
	return &g->metrics.routes[at];
}

static bool is_mutation(const struct gw_request *q)
{
	return !str_eqz(q->method, "GET") && !str_eqz(q->method, "HEAD");
}

/* --- the head ------------------------------------------------------------------------------------------------------- */

/* A browser that has logged in sends a cookie instead of a key. */
static struct str session_key(struct gw_call *c)
{
	c->session = gw_session_find(c->g->sessions, gw_field(c->q, "cookie"));
	if (!c->session || c->session->who)
		return STR_NULL;
	struct str key = secret_lend(&c->session->key);
	return str_of(arena_printf(c->arena, "Bearer %.*s", STR_ARG(key)));
}

/* Of a login at an issuer: it stands for itself. */
static int session_identity(struct gw_call *c)
{
	c->who = *c->session->who;
	c->who.domains = arena_strdup(c->arena, c->who.domains);
	return 0;
}

/* Another site can make a browser send its cookie; it cannot read the token that our pages send along. */
static int check_token(const struct gw_call *c, struct err *err)
{
	struct str token = gw_field(c->q, "x-csrf-token");
	if (!is_mutation(c->q) || (token.len == GW_SESSION_DIGITS &&
				   crypto_equal(token.p, c->session->csrf, GW_SESSION_DIGITS)))
		return 0;
	err_set(err, ERR_DENIED, "the request does not carry the token of its session");
	return err_remedy(err, "reload the page");
}

/* A browser says from which site a request comes; ours is where the dashboard was loaded from. */
static int check_origin(const struct gw_call *c, struct err *err)
{
	struct str origin = gw_field(c->q, "origin"), host = gw_field(c->q, "host");
	ptrdiff_t at = str_find(origin, STR("://"), 0);
	struct str authority = at < 0 ? STR_NULL : str_sub(origin, (size_t)at + 3, origin.len);
	if (!origin.p || (authority.len && str_eq_nocase(authority, host)) ||
	    (c->g->config->gateway.url.len && str_eq_nocase(origin, c->g->config->gateway.url)))
		return 0;
	err_set(err, ERR_DENIED, "the request comes from another site");
	return err_remedy(err, "behind a proxy gateway.url in asporad.conf says what browsers "
			       "write");
}

static int identify(struct gw_call *c, struct err *err)
{
	c->authorization = gw_field(c->q, "authorization");
	if (c->authorization.len == 0)
		c->authorization = session_key(c);
	int rc = c->session && c->session->who
			 ? session_identity(c)
			 : gw_identity(c->g, c->arena, c->authorization, &c->who, err);
	if (rc == ERR_UNAUTHENTICATED)
		gw_reply_field(c->reply, "WWW-Authenticate", "Bearer realm=\"aspora\"");
	if (rc == ERR_UNAVAILABLE)
		gw_reply_field(c->reply, "Retry-After", "1");
	if (rc == 0 && c->session)
		rc = check_origin(c, err);
	return rc == 0 && c->session ? check_token(c, err) : rc;
}

static int authorise(const struct gw_call *c, struct err *err)
{
	char roles[64];
	const struct gw_route *r = c->route;
	if (!gw_route_allows(r, c->who.role)) {
		err_set(err, ERR_DENIED, "role %s may not do this", c->who.role_name);
		return err_remedy(err, "ask somebody with a key of role %s",
				  gw_role_names(r->roles, roles));
	}
	if (r->roles && r->platform && !gw_covers_all(&c->who))
		return err_set(err, ERR_DENIED, "this needs a key for all domains");
	return 0;
}

/* A domain that the key does not cover is not there. */
static int check_domain(const struct gw_call *c, struct err *err)
{
	struct str named = gw_call_domain(c);
	if (c->route->kind && strcmp(c->route->kind->name, "Domain") == 0 &&
	    c->route->verb != VERB_LIST)
		named = c->params[0];
	if (c->who.role == 0 || gw_covers(&c->who, named))
		return 0;
	return err_set(err, ERR_NOT_FOUND, "there is no domain \"%.*s\"", STR_ARG(named));
}

static int check_media(const struct gw_call *c, struct err *err, int *ret_status)
{
	struct str type = gw_field(c->q, "content-type");
	ptrdiff_t semicolon = str_find_byte(type, ';', 0);
	struct str plain = str_trim(semicolon < 0 ? type : str_sub(type, 0, (size_t)semicolon));
	const char *media = c->route->media ? c->route->media : "application/json";
	if (!c->q->has_body || c->route->body_max == 0 || str_eq_nocase(plain, str_of(media)))
		return 0;
	*ret_status = 415;
	err_set(err, ERR_USAGE, "the body must be %s", media);
	return err_remedy(err, "send \"Content-Type: %s\"", media);
}

/* Open routes are health's; everything else asks for its share. */
static int enter(struct gw_call *c, struct err *err)
{
	int64_t after_s = 0;
	c->class = c->who.role == 0	      ? GW_CLASS_HEALTH
		   : c->who.role == GW_CI_BOT ? GW_CLASS_PROGRAMS
					      : GW_CLASS_PEOPLE;
	int rc = gw_limits_enter(c->g->limits, c->class, c->who.id, clock_mono(c->g->ctx->clock),
				 &after_s, err);
	c->entered = rc == 0;
	if (rc < 0)
		gw_reply_field(c->reply, "Retry-After", "%lld", (long long)after_s);
	return rc;
}

static int judge_head(struct gw_call *c, int *ret_status, struct err *err)
{
	char allow[64] = "";
	const struct gw_route *route = NULL;
	struct err no_route = ERR_INIT;
	int matched = 0, rc = gw_target_parse(c->arena, c->q->path, c->q->query, &c->target, err);
	if (rc == 0)
		matched = gw_route_match(c->g->routes, c->q->method, &c->target, &route, c->params,
					 allow, &no_route);
	/* Who has no key does not even hear what there is. */
	if (rc == 0 && (matched < 0 || route->roles))
		rc = identify(c, err);
	if (rc == 0)
		rc = enter(c, err);
	if (rc == 0 && matched < 0) {
		*err = no_route;
		rc = matched;
	}
	if (rc == 0)
		c->route = route;
	if (rc < 0 && rc == matched && allow[0]) {
		gw_reply_field(c->reply, "Allow", "%s", allow);
		*ret_status = 405;
	}
	if (rc == 0)
		rc = authorise(c, err);
	if (rc == 0)
		rc = gw_route_query(c->route, &c->target, err);
	if (rc == 0)
		rc = check_domain(c, err);
	return rc != 0 ? rc : check_media(c, err, ret_status);
}

/* Its outcome stays in the call: the reply, or that the body may come. */
static void judge(struct gw_call *c)
{
	struct err err = ERR_INIT;
	int status = 0, rc = judge_head(c, &status, &err);
	c->judged = rc != GW_ASK;
	if (rc < 0)
		gw_problem(c->reply, status, &err);
}

static void judge_job(struct gw_job *j)
{
	struct gw_call *c = gw_call_of(j);
	struct err err = ERR_INIT;
	if (gw_store_as(c->g, "*", &err) == 0) {
		judge(c);
		return;
	}
	c->judged = true;
	gw_problem(c->reply, 0, &err);
}

static struct gw_call *call_new(struct gateway *g, struct gw_request *q)
{
	struct arena *arena = arena_new(CALL_BYTES);
	struct gw_call *c = arena_alloc(arena, sizeof(*c));
	*c = (struct gw_call){.g = g, .q = q, .arena = arena};
	gw_reply_reset(&c->own);
	buf_init(&c->piece, BUF_MAX);
	c->reply = &c->own;
	q->user = c;
	return c;
}

static void on_head(void *state, struct gw_request *q, size_t *ret_body_max, struct gw_reply *a)
{
	struct gw_call *c = q->user ? q->user : call_new(state, q);
	if (!c->judged)
		judge(c);
	/* Who it is must be asked: the same again, where that is possible. */
	if (!c->judged && gw_call_start(c, CALL_JUDGING, GW_LANE_IDENTITY, judge_job, a))
		return;
	if (c->own.status)
		(void)gw_call_settle(c, a);
	else
		*ret_body_max = c->route->body_max;
}

/* --- the answer -------------------------------------------------------------------------------------------------------- */

static void fail(struct gw_call *c, const struct err *err)
{
	if (err->code == ERR_DATABASE || err->code == ERR_UNAVAILABLE ||
	    err->code == ERR_INTERNAL) {
		c->g->metrics.store_errors++;
		log_err(LOG_ERROR_, "request.failed", err, "request", c->q->id, "route",
			c->route->pattern, NULL);
	}
	gw_problem(c->reply, 0, err);
}

static int run(struct gw_call *c, struct err *err)
{
	int rc = gw_store_as(c->g, c->who.role ? c->who.domains : "*", err);
	return rc < 0 ? rc : c->route->run(c, err);
}

static void run_job(struct gw_job *j)
{
	struct gw_call *c = gw_call_of(j);
	struct err err = ERR_INIT;
	int rc = run(c, &err);
	/* What only reads is tried once more on a new connection. */
	if (rc < 0 && store_retry(&err) == STORE_RETRY_RECONNECT && j->reads && !c->q->gone) {
		gw_reply_reset(c->reply);
		err = (struct err)ERR_INIT;
		rc = run(c, &err);
	}
	if (rc < 0 && !c->q->gone)
		fail(c, &err);
}

/* What needs no database. */
static bool is_direct(const struct gw_route *r)
{
	static int (*const direct[])(struct gw_call *, struct err *) = {
		gw_health,  gw_web_file,    gw_version,	 gw_whoami,
		gw_openapi, gw_logins_list, gw_login_go, gw_login_back};
	for (size_t i = 0; i < ARRAY_SIZE(direct); i++)
		if (r->run == direct[i])
			return true;
	return false;
}

/* What is answered from memory while that is young enough: GW_ASK else. */
static bool is_remembered(const struct gw_route *r)
{
	return r->run == gw_status || r->run == gw_routing;
}

static bool is_kept(const struct gw_call *c)
{
	const struct gw_route *r = c->route;
	return r->kind && strcmp(r->kind->name, "Skill") == 0 &&
	       (r->run == gw_object_get || r->run == gw_object_list) && !gw_wants_watch(c) &&
	       gw_call_query(c, "at").len == 0 && c->g->store_ok && !gw_kept_is_over(c->g->kept);
}

/* From memory where that is there; else as everything else. */
static bool run_kept(struct gw_call *c, struct gw_reply *a)
{
	struct err err = ERR_INIT;
	int rc = gw_hub_outcome(c->g->hub, &err) < 0 ? GW_ASK : c->route->run(c, &err);
	if (rc < 0)
		fail(c, &err);
	if (rc != GW_ASK)
		return gw_call_settle(c, a);
	gw_reply_reset(c->reply);
	return !gw_call_start(c, CALL_RUNNING, gw_call_lane(c), run_job, a) && gw_call_settle(c, a);
}

static void on_body(void *state, struct gw_request *q, struct gw_reply *a)
{
	struct gw_call *c = q->user;
	struct err err = ERR_INIT;
	(void)state;
	if (is_kept(c)) {
		gw_call_sync(c, run_kept, a);
		return;
	}
	int rc = is_direct(c->route) || is_remembered(c->route) ? c->route->run(c, &err) : GW_ASK;
	if (rc < 0)
		fail(c, &err);
	if (rc == GW_ASK && gw_call_start(c, CALL_RUNNING, gw_call_lane(c), run_job, a))
		return;
	(void)gw_call_settle(c, a);
}

/* Who was refused a change, and what; what succeeded is in the chain already. */
static void note_refusal(struct gateway *g, const struct gw_call *c, const struct gw_request *q,
			 int status)
{
	if (!c || c->who.role == 0 || status < 400)
		return;
	const struct gw_refusal r = {.actor = c->who.actor,
				     .request = q->id,
				     .method = q->method,
				     .path = q->path,
				     .status = status};
	gw_audit_note(g->audit, &r);
	loop_timer_reset(g->poll, GW_AUDIT_DELAY_MS);
}

static void on_done(void *state, struct gw_request *q, int status, uint64_t bytes)
{
	struct gateway *g = state;
	struct gw_call *c = q->user;
	char number[8], took[24];
	int64_t ms = clock_mono(g->ctx->clock) - q->began_ms;
	/* How long a watch was open says nothing about how fast it is. */
	gw_metrics_count(metrics_of(g, c), status, bytes, c && c->over ? 0 : ms);
	snprintf(number, sizeof(number), "%d", status);
	snprintf(took, sizeof(took), "%lld", (long long)ms);
	CLEANUP_FREE char *method = mem_strndup(q->method.p, q->method.len);
	log_event(status >= 500 || is_mutation(q) ? LOG_INFO_ : LOG_DEBUG_, "request", "request",
		  q->id, "method", method, "route", c && c->route ? c->route->pattern : "-",
		  "status", number, "ms", took, "actor", c && c->who.role ? c->who.actor : "-",
		  "peer", q->peer, NULL);
	if (is_mutation(q)) {
		gw_said_forget(g->said);
		note_refusal(g, c, q, status);
	}
	if (c && c->over)
		c->over(c);
	if (c && c->entered)
		gw_limits_leave(g->limits, c->class);
	if (c) {
		gw_hub_await_not(g, &c->waiter);
		gw_reply_reset(&c->own);
		buf_release(&c->piece);
		arena_free(c->arena);
	}
	q->user = NULL;
}

const struct gw_handler gw_dispatch = {.head = on_head,
				       .body = on_body,
				       .leaving = gw_call_leaving,
				       .gone = gw_call_gone,
				       .done = on_done};
