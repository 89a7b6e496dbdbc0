#include "agent/gateway/oidc_ask.h"

#include "base/doc.h"
#include "base/http.h"
#include "base/json.h"
#include "base/mem.h"

#define TREE_BYTES (16 * OIDC_ANSWER_MAX)

void oidc_escape(struct buf *out, struct str s)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789-._~";
	for (size_t i = 0; i < s.len; i++) {
		if (memchr(plain, s.p[i], sizeof(plain) - 1))
			buf_add_char(out, s.p[i]);
		else
			buf_addf(out, "%%%02X", (unsigned char)s.p[i]);
	}
}

/* --- one request ---------------------------------------------------------------------------------------------------- */

static struct http_request request_to(const struct agent_oidc *o, struct arena *a, struct str url)
{
	return (struct http_request){
		.url = arena_strndup(a, url.p, url.len),
		.timeout_ms = OIDC_ASK_MS,
		.guard = true,
		.allow_private = o->allow_private || o->allow_plain,
		.ca_file = o->ca_file.len ? arena_strndup(a, o->ca_file.p, o->ca_file.len) : NULL};
}

static int check_url(const struct agent_oidc *o, struct str url, const char *what, struct err *err)
{
	return agent_oidc_url_ok(o, url) ? 0
					 : err_set(err, ERR_INVALID,
						   "its %s is not an address that may be asked: "
						   "\"%.*s\"",
						   what, STR_ARG(url));
}

/* The answer's text, which lives in a. */
static int get(const struct agent_oidc *o, struct arena *a, struct str url, struct str *ret,
	       struct err *err)
{
	CLEANUP(http_client_freep) struct http_client *http = http_client_new(OIDC_ANSWER_MAX);
	CLEANUP(http_response_release) struct http_response resp = {0};
	const struct http_request req = request_to(o, a, url);
	int rc = http_call(http, &req, &resp, err);
	if (rc == 0 && resp.status != 200)
		rc = err_set(err, ERR_UNAVAILABLE, "%.*s answered %d", STR_ARG(url), resp.status);
	if (rc == 0)
		*ret = arena_str(a, buf_str(&resp.body));
	return rc;
}

/* --- discovery and keys ------------------------------------------------------------------------------------------------ */

/* OpenID Connect Discovery 4: a slash at the issuer's end is not there twice. */
static struct str discovery_url(const struct agent_oidc *o, struct arena *a)
{
	struct str base = o->issuer;
	if (str_ends(base, STR("/")))
		base = str_sub(base, 0, base.len - 1);
	return str_of(arena_printf(a, "%.*s/.well-known/openid-configuration", STR_ARG(base)));
}

static bool lists(const struct doc_node *list, const char *word)
{
	for (size_t i = 0; list && list->type == DOC_LIST && i < list->list.count; i++)
		if (str_eqz(list->list.items[i]->text, word))
			return true;
	return false;
}

/* An address that is there must be one that may be asked. */
static int optional_url(const struct agent_oidc *o, const struct doc_node *root, const char *name,
			struct str *ret, struct err *err)
{
	struct str url = doc_text(root, name);
	*ret = url.p ? url : STR("");
	return url.len ? check_url(o, url, name, err) : 0;
}

static int read_discovery(const struct agent_oidc *o, struct arena *a, struct str text,
			  struct str *ret_keys, struct json *j, struct err *err)
{
	const struct doc_node *root = NULL;
	struct str authorization, token;
	int rc = doc_parse_json(a, text, &doc_limits_json, "discovery", &root, err);
	if (rc == 0 && !str_eq(doc_text(root, "issuer"), o->issuer))
		rc = err_set(err, ERR_INVALID,
			     "it calls itself \"%.*s\", and oidc.%.*s.issuer is \"%.*s\"",
			     STR_ARG(doc_text(root, "issuer")), STR_ARG(o->key),
			     STR_ARG(o->issuer));
	if (rc == 0)
		rc = check_url(o, *ret_keys = doc_text(root, "jwks_uri"), "jwks_uri", err);
	if (rc == 0)
		rc = optional_url(o, root, "authorization_endpoint", &authorization, err);
	if (rc == 0)
		rc = optional_url(o, root, "token_endpoint", &token, err);
	if (rc < 0)
		return rc;
	const struct doc_node *ways = doc_find(root, "token_endpoint_auth_methods_supported");
	json_str(j, "authorization", authorization);
	json_str(j, "token", token);
	/* Basic is what is meant when nothing is said (RFC 8414). */
	json_bool(j, "basic", !ways || lists(ways, "client_secret_basic"));
	return 0;
}

int oidc_ask_keys(const void *what, struct buf *out, struct err *err)
{
	const struct agent_oidc *o = what;
	CLEANUP(arena_freep) struct arena *a = arena_new(TREE_BYTES);
	struct str discovery, keys_url, keys;
	struct json j;
	json_init(&j, out);
	json_object(&j);
	int rc = get(o, a, discovery_url(o, a), &discovery, err);
	if (rc == 0)
		rc = read_discovery(o, a, discovery, &keys_url, &j, err);
	if (rc == 0)
		rc = get(o, a, keys_url, &keys, err);
	if (rc < 0)
		return rc;
	/* As text in a text: it is read where its limits are. */
	if (!str_is_utf8(keys, NULL))
		return err_set(err, ERR_INVALID, "its keys are not UTF-8");
	json_str(&j, "keys", keys);
	json_end(&j);
	return 0;
}

/* --- a code against its token -------------------------------------------------------------------------------------------- */

static void add_pair(struct buf *out, const char *name, struct str value)
{
	buf_addf(out, "%s%s=", out->len ? "&" : "", name);
	oidc_escape(out, value);
}

/* RFC 6749 2.3.1: both are escaped before they are joined. */
static void add_basic(struct buf *out, struct str id, struct str secret)
{
	CLEANUP(buf_release) struct buf both = BUF_INIT(16 * 1024);
	oidc_escape(&both, id);
	buf_add_char(&both, ':');
	oidc_escape(&both, secret);
	buf_addz(out, "Authorization: Basic ");
	base64_add(out, buf_str(&both));
	crypto_wipe(both.data, both.cap);
}

static int read_answer(struct arena *a, const struct http_response *resp, struct buf *out,
		       struct err *err)
{
	const struct doc_node *root = NULL;
	struct err ignored = ERR_INIT;
	if (doc_parse_json(a, buf_str(&resp->body), &doc_limits_json, "token", &root, &ignored) < 0)
		root = NULL;
	if (resp->status != 200) {
		struct str code = doc_text(root, "error"),
			   words = doc_text(root, "error_description");
		return err_set(err, ERR_UNAUTHENTICATED, "the issuer refuses (%d): %.*s %.*s",
			       resp->status, STR_ARG(code), STR_ARG(words));
	}
	struct str token = doc_text(root, "id_token");
	if (!token.len)
		return err_set(err, ERR_INVALID, "the issuer's answer has no id_token");
	buf_add_str(out, token);
	return 0;
}

int oidc_ask_token(const void *what, struct buf *out, struct err *err)
{
	const struct oidc_code *c = what;
	CLEANUP(arena_freep) struct arena *a = arena_new(TREE_BYTES);
	CLEANUP(buf_release) struct buf form = BUF_INIT(64 * 1024);
	CLEANUP(buf_release) struct buf basic = BUF_INIT(64 * 1024);
	CLEANUP(http_client_freep) struct http_client *http = http_client_new(OIDC_ANSWER_MAX);
	CLEANUP(http_response_release) struct http_response resp = {0};
	struct str id = c->issuer->login.client_id;
	const char *headers[] = {"Content-Type: application/x-www-form-urlencoded",
				 "Accept: application/json", NULL, NULL};
	add_pair(&form, "grant_type", STR("authorization_code"));
	add_pair(&form, "code", str_of(c->code));
	add_pair(&form, "redirect_uri", str_of(c->redirect));
	add_pair(&form, "code_verifier", str_of(c->verifier));
	if (c->basic && secret_is_set(&c->secret)) {
		add_basic(&basic, id, secret_lend(&c->secret));
		headers[2] = buf_cstr(&basic);
	} else {
		add_pair(&form, "client_id", id);
		if (secret_is_set(&c->secret))
			add_pair(&form, "client_secret", secret_lend(&c->secret));
	}
	struct http_request req = request_to(c->issuer, a, str_of(c->token_url));
	req.method = "POST";
	req.headers = headers;
	req.body = buf_str(&form);
	int rc = http_call(http, &req, &resp, err);
	return rc < 0 ? rc : read_answer(a, &resp, out, err);
}
