/* The dashboard: its files, the session of a browser, and SKILL.md as HTML. */
#include "agent/gateway/gateway.h"
#include "agent/web/web.h"
#include "skill/page.h"
#include "store/blob.h"
#include "store/release.h"

/* Nothing runs but what we serve, nothing is loaded from elsewhere, nobody frames it. */
#define POLICY                                                                                     \
	"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "          \
	"connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/* --- files ----------------------------------------------------------------------------------------------------------- */

int gw_web_file(struct gw_call *c, struct err *err)
{
	struct str name = strchr(c->route->pattern, '{') ? c->params[0] : STR("index.html");
	for (const struct web_file *f = web_files; f->name; f++) {
		if (!str_eqz(name, f->name))
			continue;
		gw_reply_field(c->reply, "Content-Security-Policy", "%s", POLICY);
		gw_reply_field(c->reply, "Referrer-Policy", "no-referrer");
		gw_reply_field(c->reply, "Cross-Origin-Opener-Policy", "same-origin");
		c->reply->status = 200;
		if (gw_call_etag(c, str_of(f->etag)))
			return 0;
		c->reply->type = f->type;
		buf_add(&c->reply->body, f->bytes, f->size);
		return 0;
	}
	return err_set(err, ERR_NOT_FOUND, "the dashboard has no file \"%.*s\"", STR_ARG(name));
}

/* --- sessions -------------------------------------------------------------------------------------------------------- */

struct login_body {
	struct str key;
};
const struct field gw_login_fields[] = {{"key", FIELD_STRING, offsetof(struct login_body, key),
					 FIELD_REQUIRED | FIELD_NONEMPTY, .help = "An API key."},
					FIELD_END};

static void answer_session(struct gw_call *c, const struct gw_session *s)
{
	struct json j;
	struct str rest = str_of(c->who.domains), one;
	gw_call_json(c, 200, &j);
	json_object(&j);
	json_strz(&j, "csrf", s->csrf);
	json_strz(&j, "name", c->who.name);
	json_strz(&j, "role", c->who.role_name);
	json_array_in(&j, "domains");
	while (str_split(&rest, ',', &one))
		json_add_str(&j, one);
	json_end(&j);
	json_strz(&j, "version", ASPORA_VERSION);
	json_end(&j);
}

static void set_cookie(struct gw_call *c, const char *value, const char *more)
{
	/* Behind a proxy that speaks https in our place as well. */
	bool secure = c->q->tls || str_starts(c->g->config->gateway.url, STR("https://"));
	gw_reply_field(c->reply, "Set-Cookie", "%s=%s; Path=/; HttpOnly; SameSite=Strict%s%s",
		       GW_SESSION_COOKIE, value, secure ? "; Secure" : "", more);
}

int gw_session_create(struct gw_call *c, struct err *err)
{
	struct login_body b = {0};
	int rc = gw_call_body(c, gw_login_fields, &b, err);
	if (rc < 0)
		return rc;
	struct str bearer = str_of(arena_printf(c->arena, "Bearer %.*s", STR_ARG(b.key)));
	rc = gw_keys_check(c->g->keys, c->g->store, bearer, &c->who, err);
	if (rc < 0)
		return rc;
	c->who.domains = arena_strdup(c->arena, c->who.domains);
	const struct gw_session *s = gw_session_open(c->g->sessions, b.key);
	set_cookie(c, s->id, "");
	answer_session(c, s);
	return 0;
}

int gw_session_get(struct gw_call *c, struct err *err)
{
	if (!c->session)
		return err_set(err, ERR_NOT_FOUND, "there is no session: the key came by itself");
	answer_session(c, c->session);
	return 0;
}

int gw_session_delete(struct gw_call *c, struct err *err)
{
	(void)err;
	if (c->session)
		gw_session_close(c->g->sessions, c->session);
	set_cookie(c, "", "; Max-Age=0");
	c->reply->status = 204;
	return 0;
}

/* --- SKILL.md -------------------------------------------------------------------------------------------------------- */

static int read_skill_md(struct gw_call *c, const struct store_version *v, struct buf *out,
			 struct err *err)
{
	const struct manifest_file *f = manifest_find(v->manifest, STR("SKILL.md"));
	if (!f)
		return err_set(err, ERR_NOT_FOUND, "the version has no SKILL.md");
	return store_blob_read(c->g->store, &f->digest, out, err);
}

static void page_json(struct gw_call *c, const struct store_version *v, struct str html)
{
	char hex[DIGEST_HEX + 1];
	struct json j;
	gw_call_json(c, 200, &j);
	gw_object_begin(&j, "SkillPage");
	json_strz(&j, "content", digest_hex(&v->content, hex));
	json_str(&j, "html", html);
	json_array_in(&j, "files");
	for (size_t i = 0; i < v->manifest->count; i++) {
		json_object(&j);
		json_str(&j, "path", v->manifest->files[i].path);
		json_int(&j, "size", (int64_t)v->manifest->files[i].size);
		json_end(&j);
	}
	json_end(&j);
	json_end(&j);
}

int gw_skill_page(struct gw_call *c, struct err *err)
{
	CLEANUP(buf_release) struct buf md = BUF_INIT((size_t)4 << 20);
	CLEANUP(buf_release) struct buf html = BUF_INIT((size_t)32 << 20);
	struct store_version *v = NULL;
	struct desired_skill d;
	bool found = false;
	struct store *s = c->g->store;
	int rc = store_desired_at(s, c->arena, c->params[0], c->params[1], 0, &d, &found, err);
	if (rc == 0 && found)
		rc = store_version_find(s, c->arena, d.domain, d.name, &d.content, &d.runtime, &v,
					err);
	if (rc == 0 && !v)
		rc = err_set(err, ERR_NOT_FOUND, "there is no skill \"%.*s/%.*s\"",
			     STR_ARG(c->params[0]), STR_ARG(c->params[1]));
	if (rc == 0)
		rc = read_skill_md(c, v, &md, err);
	if (rc == 0)
		rc = skill_page_html(buf_str(&md), &html, err);
	if (rc == 0)
		page_json(c, v, buf_str(&html));
	return rc;
}
