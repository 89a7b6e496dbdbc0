/*
 * Logging a browser in at an issuer: the authorization code flow with PKCE, state and nonce (RFC 6749, 7636, 9207; OpenID Connect Core 3.1). A browser is
 * sent there and comes back with a code; an errand trades it for an ID token; who that is about gets a session, as for a key. Whatever goes wrong ends at
 * the login page, with one word that anybody may see; the log has the rest.
 */
#include "agent/gateway/errand.h"
#include "agent/gateway/gateway.h"
#include "agent/gateway/jwt.h"
#include "agent/gateway/login.h"
#include "agent/gateway/oidc_ask.h"
#include "agent/gateway/oidc_claims.h"

#define WAIT_MS 15000
#define AT_ONCE 8 /* codes that are being traded */

static const struct agent_oidc *config_of(const struct oidc_issuer *i)
{
	const struct agent_oidc *o = i ? oidc_issuer_config(i) : NULL;
	return o && o->login.client_id.len ? o : NULL;
}

static bool is_secure(const struct gw_call *c)
{
	return c->q->tls || str_starts(c->g->config->gateway.url, STR("https://"));
}

/* The same bytes in the request, in the trade, and in the issuer's configuration. */
static char *redirect_uri(const struct gw_call *c, const struct agent_oidc *o)
{
	return arena_printf(c->arena, "%.*s/ui/login/%.*s/back", STR_ARG(c->g->config->gateway.url),
			    STR_ARG(o->key));
}

/* To the login page, which has words for `why`. */
static int give_up(struct gw_call *c, struct gw_reply *a, const char *why)
{
	(void)c;
	a->status = 303;
	gw_reply_field(a, "Location", "/#/login/%s", why);
	gw_reply_field(a, "Referrer-Policy", "no-referrer");
	return 0;
}

static int fail(struct gw_call *c, struct gw_reply *a, const struct agent_oidc *o, const char *why,
		const struct err *err)
{
	const char *name = arena_strndup(c->arena, o->key.p, o->key.len);
	log_err(LOG_WARN_, "login.failed", err, "issuer", name, "request", c->q->id, "peer",
		c->q->peer, NULL);
	return give_up(c, a, why);
}

/* --- which there are ---------------------------------------------------------------------------------------------------- */

int gw_logins_list(struct gw_call *c, struct err *err)
{
	struct json j;
	(void)err;
	gw_call_json(c, 200, &j);
	gw_object_begin(&j, "LoginList");
	json_array_in(&j, "items");
	for (size_t i = 0; i < gw_oidc_count(c->g->oidc); i++) {
		const struct agent_oidc *o = config_of(gw_oidc_at(c->g->oidc, i));
		if (!o)
			continue;
		json_object(&j);
		json_str(&j, "name", o->key);
		json_str(&j, "label", o->login.label.len ? o->login.label : o->key);
		json_end(&j);
	}
	json_end(&j);
	json_end(&j);
	return 0;
}

/* --- there ------------------------------------------------------------------------------------------------------------------ */

static void add_pair(struct buf *out, const char *name, struct str value)
{
	buf_addf(out, "%c%s=", strchr(buf_cstr(out), '?') ? '&' : '?', name);
	oidc_escape(out, value);
}

static void add_challenge(struct buf *out, const char *verifier)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(128);
	uint8_t digest[32];
	crypto_sha256(str_of(verifier), digest);
	base64url_add(&text, digest, sizeof(digest));
	add_pair(out, "code_challenge", buf_str(&text));
	add_pair(out, "code_challenge_method", STR("S256"));
}

static void add_scopes(struct buf *out, const struct agent_oidc *o)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(16 * 1024);
	for (size_t i = 0; i < o->login.scopes.count; i++)
		buf_addf(&text, "%s%.*s", i ? " " : "", STR_ARG(o->login.scopes.items[i]));
	add_pair(out, "scope", buf_str(&text));
}

int gw_login_go(struct gw_call *c, struct err *err)
{
	struct oidc_issuer *i = gw_oidc_find(c->g->oidc, c->params[0]);
	const struct agent_oidc *o = config_of(i);
	CLEANUP(buf_release) struct buf url = BUF_INIT(64 * 1024);
	if (!o)
		return err_set(err, ERR_NOT_FOUND, "nobody can log in at \"%.*s\"",
			       STR_ARG(c->params[0]));
	const char *authorization = oidc_issuer_authorization(i);
	if (!authorization) {
		err_set(err, ERR_UNAVAILABLE, "what the issuer says of itself is not known yet");
		return fail(c, c->reply, o, "unavailable", err);
	}
	const struct gw_login *l = gw_login_begin(c->g->logins, i, c->q->peer);
	buf_addz(&url, authorization);
	add_pair(&url, "response_type", STR("code"));
	add_pair(&url, "client_id", o->login.client_id);
	add_pair(&url, "redirect_uri", str_of(redirect_uri(c, o)));
	add_scopes(&url, o);
	add_pair(&url, "state", str_of(l->state));
	add_pair(&url, "nonce", str_of(l->nonce));
	add_challenge(&url, l->verifier);
	c->reply->status = 303;
	gw_reply_field(c->reply, "Location", "%s", buf_cstr(&url));
	/* Lax: it must come along when the issuer sends the browser back. */
	gw_reply_field(c->reply, "Set-Cookie",
		       "%s=%s; Path=/ui/login; HttpOnly; SameSite=Lax; Max-Age=%lld%s",
		       GW_LOGIN_COOKIE, l->browser, (long long)(GW_LOGIN_MS / 1000),
		       is_secure(c) ? "; Secure" : "");
	gw_reply_field(c->reply, "Referrer-Policy", "no-referrer");
	return 0;
}

/* --- and back ------------------------------------------------------------------------------------------------------------------ */

/* A code that is being traded; in the call's arena. */
struct trade {
	struct gw_call *c;
	struct oidc_issuer *issuer;
	struct gw_login login;
	struct oidc_code code;
	struct gw_errand *errand; /* under way */
	int rc; /* of the errand */
	struct err err;
	struct str token;
};

static void traded(void *state, int rc, struct str out, const struct err *err)
{
	struct trade *t = state;
	t->errand = NULL;
	t->rc = rc;
	t->err = *err;
	t->token = arena_str(t->c->arena, out);
	gw_server_wake(t->c->g->server);
}

static void over(struct gw_call *c)
{
	struct trade *t = c->wait;
	gw_errand_cancel(t->errand);
	t->errand = NULL;
	secret_release(&t->code.secret);
	crypto_wipe(&t->login, sizeof(t->login));
	c->g->trades--;
}

/* The token must be of this very login, and for us alone where it is for several. */
static int check_login(const struct trade *t, const struct agent_oidc *o,
		       const struct doc_node *claims, struct err *err)
{
	const struct doc_node *aud = doc_find(claims, "aud"), *azp = doc_find(claims, "azp");
	struct str nonce = doc_text(claims, "nonce");
	if (nonce.len != GW_LOGIN_DIGITS || !crypto_equal(nonce.p, t->login.nonce, GW_LOGIN_DIGITS))
		return err_set(err, ERR_UNAUTHENTICATED,
			       "the ID token is of another login (nonce)");
	bool several = aud->type == DOC_LIST && aud->list.count > 1;
	if ((azp || several) && !(azp && str_eq(azp->text, o->login.client_id)))
		return err_set(err, ERR_UNAUTHENTICATED,
			       "the ID token was given to another client (azp)");
	return 0;
}

static int let_in(struct trade *t, struct gw_reply *a, const struct agent_oidc *o,
		  const struct doc_node *claims, struct err *err)
{
	struct gw_call *c = t->c;
	struct gw_principal who;
	int rc = check_login(t, o, claims, err);
	if (rc == 0)
		rc = oidc_principal(o, c->arena, claims, &who, err);
	if (rc < 0)
		return rc;
	/* The ID token says who it was at the login; how long that holds is ours to say. */
	who.expires_ms = clock_wall(c->g->ctx->clock) + o->login.session_ms;
	const struct gw_session *s = gw_session_open_as(c->g->sessions, &who);
	a->status = 303;
	gw_reply_field(a, "Location", "/");
	gw_reply_field(a, "Set-Cookie", "%s=%s; Path=/; HttpOnly; SameSite=Strict%s",
		       GW_SESSION_COOKIE, s->id, is_secure(c) ? "; Secure" : "");
	gw_reply_field(a, "Set-Cookie", "%s=; Path=/ui/login; HttpOnly; SameSite=Lax; Max-Age=0",
		       GW_LOGIN_COOKIE);
	gw_reply_field(a, "Referrer-Policy", "no-referrer");
	log_event(LOG_INFO_, "login.succeeded", "actor", who.actor, "role", who.role_name,
		  "request", c->q->id, "peer", c->q->peer, NULL);
	return 0;
}

static const char *word_for(int rc)
{
	return rc == ERR_DENIED						    ? "denied"
	       : rc == ERR_UNAVAILABLE || rc == ERR_TIMEOUT || rc == ERR_IO ? "unavailable"
									    : "refused";
}

/* True once there is an answer. */
static bool settle(void *state, struct gw_reply *a)
{
	struct trade *t = state;
	const struct agent_oidc *o = oidc_issuer_config(t->issuer);
	const struct doc_node *claims = NULL;
	struct err err = t->err;
	bool late = clock_mono(t->c->g->ctx->clock) >= a->until_ms;
	int rc = t->rc;
	if (t->errand && !late)
		return false;
	if (t->errand)
		rc = err_set(&err, ERR_TIMEOUT, "the issuer did not answer in time");
	if (rc == 0)
		rc = oidc_issuer_verify(t->issuer, t->c->arena, t->token, o->login.client_id,
					&claims, &err);
	/* A key that is new: its set is being fetched. */
	if (rc == ERR_UNAVAILABLE && t->token.len && !late)
		return false;
	if (rc == 0)
		rc = let_in(t, a, o, claims, &err);
	if (rc < 0)
		(void)fail(t->c, a, o, word_for(rc), &err);
	return true;
}

/* What stands in the address, against what we know. */
static int check_back(struct gw_call *c, struct trade *t, const struct agent_oidc *o,
		      const char **ret_why, struct err *err)
{
	struct str iss = gw_query(&c->target, "iss"), refusal = gw_call_query(c, "error");
	*ret_why = "expired";
	struct str cookie = gw_cookie(gw_field(c->q, "cookie"), GW_LOGIN_COOKIE);
	if (!gw_login_take(c->g->logins, t->issuer, gw_call_query(c, "state"), cookie, &t->login))
		return err_set(err, ERR_UNAUTHENTICATED,
			       "no login of this browser is under way with this state");
	*ret_why = "refused";
	if (iss.p && !str_eq(iss, o->issuer))
		return err_set(err, ERR_UNAUTHENTICATED, "the answer is of another issuer (iss)");
	if (refusal.len)
		return err_set(err, ERR_UNAUTHENTICATED, "the issuer refuses: %.*s %.*s",
			       STR_ARG(refusal), STR_ARG(gw_call_query(c, "error_description")));
	if (gw_call_query(c, "code").len == 0)
		return err_set(err, ERR_UNAUTHENTICATED, "the answer has no code");
	return 0;
}

static int begin_trade(struct gw_call *c, struct trade *t, const struct agent_oidc *o,
		       struct err *err)
{
	struct gateway *g = c->g;
	struct str code = gw_call_query(c, "code");
	int rc = 0;
	t->code = (struct oidc_code){.issuer = o,
				     .code = arena_strndup(c->arena, code.p, code.len),
				     .verifier = t->login.verifier,
				     .redirect = redirect_uri(c, o)};
	t->code.token_url = oidc_issuer_token(t->issuer, &t->code.basic);
	if (!t->code.token_url)
		return err_set(err, ERR_UNAVAILABLE, "the issuer has no token endpoint");
	if (g->trades >= AT_ONCE)
		return err_set(err, ERR_UNAVAILABLE, "too many people log in at once");
	if (o->login.client_secret.len)
		rc = secret_resolve(&t->code.secret, o->login.client_secret, err);
	const struct gw_errand_opts opts = {.loop = g->loop,
					    .timeout_ms = WAIT_MS,
					    .work = oidc_ask_token,
					    .what = &t->code,
					    .done = traded,
					    .state = t};
	if (rc == 0)
		rc = gw_errand_start(&opts, &t->errand, err);
	if (rc < 0) {
		secret_release(&t->code.secret);
		return rc;
	}
	g->trades++;
	c->wait = t;
	c->over = over;
	c->reply->again = settle;
	c->reply->state = t;
	c->reply->until_ms = clock_mono(g->ctx->clock) + WAIT_MS + 1000;
	return 0;
}

int gw_login_back(struct gw_call *c, struct err *err)
{
	struct oidc_issuer *i = gw_oidc_find(c->g->oidc, c->params[0]);
	const struct agent_oidc *o = config_of(i);
	struct trade *t = arena_alloc(c->arena, sizeof(*t));
	const char *why = "refused";
	struct err wrong = ERR_INIT;
	if (!o)
		return err_set(err, ERR_NOT_FOUND, "nobody can log in at \"%.*s\"",
			       STR_ARG(c->params[0]));
	*t = (struct trade){.c = c, .issuer = i};
	int rc = check_back(c, t, o, &why, &wrong);
	if (rc == 0 && (rc = begin_trade(c, t, o, &wrong)) < 0)
		why = word_for(rc);
	return rc < 0 ? fail(c, c->reply, o, why, &wrong) : 0;
}
