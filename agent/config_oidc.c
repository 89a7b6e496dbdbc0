#include "agent/config_oidc.h"

#include <stddef.h>

#include "agent/gateway/auth.h"
#include "base/id.h"

#define NAME_MAX_ 32

#define S(member) offsetof(struct agent_claim, member)
static const struct field claim_fields[] = {
	{"values", FIELD_STRINGS, S(values), FIELD_REQUIRED, .example = "[refs/heads/main]",
	 .help = "Values of which one must be the claim's; * stands for anything but a slash, ** "
		 "for anything."},
	FIELD_END};
#undef S

#define S(member) offsetof(struct agent_oidc_rule, member)
static const struct field rule_fields[] = {
	{"role", FIELD_STRING, S(role), FIELD_REQUIRED, .example = "ci-bot",
	 .help = "viewer, operator, approver, ci-bot or admin."},
	{"domains", FIELD_STRINGS, S(domains), FIELD_REQUIRED, .example = "[ecm, frm]",
	 .help = "What it may touch; \"*\" for everything."},
	{"claims", FIELD_MAP, S(claims), FIELD_REQUIRED | FIELD_SHORT, .sub = claim_fields,
	 .sub_size = sizeof(struct agent_claim), .example = "{repository: example/skills}",
	 .help = "What the token must say, all of it: a claim's name, and the value or values that "
		 "it may have."},
	FIELD_END};
#undef S

#define S(member) offsetof(struct agent_oidc, member)
static const struct field login_fields[] = {
	{"client_id", FIELD_STRING, S(login.client_id) - S(login), FIELD_REQUIRED | FIELD_NONEMPTY,
	 .example = "aspora-dashboard", .help = "What the issuer knows the dashboard as."},
	{"client_secret", FIELD_STRING, S(login.client_secret) - S(login), FIELD_SECRET_REF,
	 .example = "file:/etc/aspora/oidc.secret",
	 .help = "Its secret, as env:NAME or file:PATH; left out for a public client."},
	{"label", FIELD_STRING, S(login.label) - S(login), 0, .example = "Example Ltd",
	 .help = "What the login page calls the issuer; its name here when left out."},
	{"scopes", FIELD_STRINGS, S(login.scopes) - S(login), 0, .dflt = "[openid]",
	 .example = "[openid, email, groups]", .help = "What is asked for."},
	{"session", FIELD_DURATION, S(login.session_ms) - S(login), 0, 60000, 604800000,
	 .dflt = "8h", .example = "8h", .help = "How long a login holds."},
	FIELD_END};

const struct field agent_oidc_fields[] = {
	{"issuer", FIELD_STRING, S(issuer), FIELD_REQUIRED | FIELD_NONEMPTY,
	 .example = "https://token.actions.githubusercontent.com",
	 .help = "Its address, exactly as its tokens have it in iss."},
	{"audience", FIELD_STRING, S(audience), FIELD_REQUIRED | FIELD_NONEMPTY,
	 .example = "https://aspora.example.com",
	 .help = "What tokens for this gateway must have in aud."},
	{"algorithms", FIELD_STRINGS, S(algorithms), 0, .dflt = "[RS256]",
	 .example = "[RS256, ES256]",
	 .help = "How its tokens may be signed: RS256, PS256, ES256, EdDSA."},
	{"leeway", FIELD_DURATION, S(leeway_ms), 0, 0, 300000, .dflt = "30s", .example = "30s",
	 .help = "How far its clock and ours may be apart."},
	{"lifetime", FIELD_DURATION, S(lifetime_ms), 0, 60000, 2592000000, .dflt = "24h",
	 .example = "1h", .help = "Longest that a token may still have to live."},
	{"name", FIELD_STRING, S(name), FIELD_NONEMPTY, .dflt = "sub", .example = "email",
	 .help = "The claim that names who asks, in the audit trail and in logs."},
	{"ca_file", FIELD_STRING, S(ca_file), 0, .example = "/etc/aspora/ca.pem",
	 .help = "Certificates of a private authority for https, in PEM."},
	{"allow_private", FIELD_BOOL, S(allow_private), 0, .dflt = "false", .example = "true",
	 .help = "Allows an issuer at a private or loopback address."},
	{"allow_plain", FIELD_BOOL, S(allow_plain), 0, .dflt = "false", .example = "true",
	 .help = "Allows http to this machine itself, for a try."},
	{"rules", FIELD_LIST, S(rules), FIELD_REQUIRED, .sub = rule_fields,
	 .sub_size = sizeof(struct agent_oidc_rule),
	 .example = "[{role: viewer, domains: [ecm], claims: {groups: staff}}]",
	 .help = "Which tokens stand for which role; the first rule that holds speaks."},
	{"login", FIELD_OBJECT, S(login), 0, .sub = login_fields,
	 .help = "Lets browsers log in to the dashboard there."},
	FIELD_END};
#undef S

/* --- addresses ------------------------------------------------------------------------------------------------------ */

/* "127.0.0.1", "localhost" or "[::1]", followed by nothing, a port or a path. */
static bool is_this_machine(struct str rest)
{
	static const char *const hosts[] = {"127.0.0.1", "localhost", "[::1]"};
	for (size_t i = 0; i < ARRAY_SIZE(hosts); i++) {
		struct str host = str_of(hosts[i]);
		if (str_starts(rest, host) &&
		    (rest.len == host.len || strchr(":/", rest.p[host.len])))
			return true;
	}
	return false;
}

bool agent_oidc_url_ok(const struct agent_oidc *o, struct str url)
{
	struct str https = STR("https://"), http = STR("http://");
	for (size_t i = 0; i < url.len; i++)
		if (url.p[i] <= ' ' || url.p[i] >= 0x7f)
			return false;
	if (str_find_byte(url, '#', 0) >= 0)
		return false;
	if (str_starts(url, https))
		return url.len > https.len && url.p[https.len] != '/';
	return o->allow_plain && str_starts(url, http) &&
	       is_this_machine(str_sub(url, http.len, url.len));
}

/* --- rules ------------------------------------------------------------------------------------------------------------ */

/*
 * Issuers that give a token to anybody in the world: a rule must say whose project it means, or it means everybody's. whole: the claim names one thing;
 * otherwise its first segment is the owner.
 */
static const struct owner {
	const char *issuer, *claim;
	bool whole;
} owners[] = {
	{"https://token.actions.githubusercontent.com", "repository", false},
	{"https://token.actions.githubusercontent.com", "repository_id", true},
	{"https://token.actions.githubusercontent.com", "repository_owner", true},
	{"https://token.actions.githubusercontent.com", "repository_owner_id", true},
	{"https://token.actions.githubusercontent.com", "sub", false},
	{"https://gitlab.com", "project_path", false},
	{"https://gitlab.com", "project_id", true},
	{"https://gitlab.com", "namespace_path", false},
	{"https://gitlab.com", "namespace_id", true},
	{"https://gitlab.com", "sub", false},
	{"https://accounts.google.com", "sub", true},
	{"https://accounts.google.com", "hd", true},
	{"https://accounts.google.com", "email", true},
};

static bool is_shared(struct str issuer)
{
	for (size_t i = 0; i < ARRAY_SIZE(owners); i++)
		if (str_eqz(issuer, owners[i].issuer))
			return true;
	return false;
}

static bool names_owner(const struct owner *w, const struct agent_claim *c)
{
	if (!str_eqz(c->key, w->claim) || c->values.count == 0)
		return false;
	for (size_t i = 0; i < c->values.count; i++) {
		struct str v = c->values.items[i];
		ptrdiff_t star = str_find_byte(v, '*', 0), slash = str_find_byte(v, '/', 0);
		if (star >= 0 && (w->whole || slash < 0 || star < slash))
			return false;
	}
	return true;
}

static int check_owner(const struct agent_oidc *o, const struct agent_oidc_rule *r,
		       const char *path, const struct doc_node *at, struct err *err)
{
	const struct agent_claim *claims = r->claims.items;
	CLEANUP(buf_release) struct buf names = BUF_INIT(1024);
	for (size_t i = 0; i < ARRAY_SIZE(owners); i++) {
		if (!str_eqz(o->issuer, owners[i].issuer))
			continue;
		buf_addf(&names, "%s%s", names.len ? ", " : "", owners[i].claim);
		for (size_t k = 0; k < r->claims.count; k++)
			if (names_owner(&owners[i], &claims[k]))
				return 0;
	}
	doc_err(err, ERR_INVALID, path, at,
		"a rule of oidc.%.*s does not say whose tokens it means, and %.*s gives them to "
		"anybody",
		STR_ARG(o->key), STR_ARG(o->issuer));
	return err_remedy(err, "name the owner by one of: %s", buf_cstr(&names));
}

static int check_rule(const struct agent_oidc *o, const struct agent_oidc_rule *r, const char *path,
		      const struct doc_node *at, struct err *err)
{
	const struct agent_claim *claims = r->claims.items;
	if (!gw_role_find(r->role)) {
		doc_err(err, ERR_INVALID, path, at, "\"%.*s\" is not a role", STR_ARG(r->role));
		return err_remedy(err, "use viewer, operator, approver, ci-bot or admin");
	}
	if (r->domains.count == 0)
		return doc_err(err, ERR_INVALID, path, at,
			       "a rule must name its domains, or \"*\"");
	for (size_t i = 0; i < r->domains.count; i++)
		if (!str_eqz(r->domains.items[i], "*") &&
		    name_check(r->domains.items[i], "a domain", err) < 0)
			return doc_err(err, ERR_INVALID, path, at,
				       "\"%.*s\" is not the name of a domain",
				       STR_ARG(r->domains.items[i]));
	if (r->claims.count == 0)
		return doc_err(err, ERR_INVALID, path, at,
			       "a rule without claims would let in every token of the issuer");
	for (size_t i = 0; i < r->claims.count; i++)
		for (size_t k = 0; k == 0 || k < claims[i].values.count; k++)
			if (claims[i].values.count == 0 || claims[i].values.items[k].len == 0)
				return doc_err(err, ERR_INVALID, path, at,
					       "the claim %.*s needs a value that it must have",
					       STR_ARG(claims[i].key));
	return is_shared(o->issuer) ? check_owner(o, r, path, at, err) : 0;
}

/* --- issuers ------------------------------------------------------------------------------------------------------------ */

static int check_name(const struct agent_oidc *o, const char *path, const struct doc_node *at,
		      struct err *err)
{
	struct err ignored = ERR_INIT;
	if (o->key.len <= NAME_MAX_ && name_check(o->key, "an issuer", &ignored) == 0)
		return 0;
	return doc_err(err, ERR_INVALID, path, at,
		       "the name of an issuer is a-z, 0-9 and single hyphens, at most %d: "
		       "\"%.*s\"",
		       NAME_MAX_, STR_ARG(o->key));
}

static int check_algorithms(const struct agent_oidc *o, const char *path, const struct doc_node *at,
			    struct err *err)
{
	static const char *const known[] = {"RS256", "PS256", "ES256", "EdDSA"};
	for (size_t i = 0; i < o->algorithms.count; i++) {
		bool found = false;
		for (size_t k = 0; k < ARRAY_SIZE(known); k++)
			found |= str_eqz(o->algorithms.items[i], known[k]);
		if (!found)
			return doc_err(err, ERR_INVALID, path, at,
				       "\"%.*s\" is not one of RS256, PS256, ES256, EdDSA",
				       STR_ARG(o->algorithms.items[i]));
	}
	return o->algorithms.count ? 0
				   : doc_err(err, ERR_INVALID, path, at,
					     "an issuer needs at least one algorithm");
}

static int check_login(const struct agent_oidc *o, struct str gateway_url, const char *path,
		       const struct doc_node *at, struct err *err)
{
	bool openid = false;
	if (o->login.client_id.len == 0)
		return 0;
	/* A token that was made for a login must not do as one that was made for the API. */
	if (str_eq(o->login.client_id, o->audience))
		return doc_err(err, ERR_INVALID, path, at,
			       "audience and login.client_id must differ: a login's token is not "
			       "for the API");
	if (gateway_url.len == 0) {
		doc_err(err, ERR_INVALID, path, at,
			"a login needs gateway.url, the address that browsers come back to");
		return err_remedy(err, "write for example gateway: {url: "
				       "\"https://aspora.example.com\"}");
	}
	for (size_t i = 0; i < o->login.scopes.count; i++)
		openid |= str_eqz(o->login.scopes.items[i], "openid");
	return openid ? 0
		      : doc_err(err, ERR_INVALID, path, at, "login.scopes must have openid in it");
}

static int check_one(const struct agent_oidc *o, struct str gateway_url, const char *path,
		     const struct doc_node *at, struct err *err)
{
	const struct agent_oidc_rule *rules = o->rules.items;
	const struct doc_node *list = doc_find(at, "rules");
	int rc = check_name(o, path, at, err);
	if (rc == 0 &&
	    (!agent_oidc_url_ok(o, o->issuer) || str_find_byte(o->issuer, '?', 0) >= 0)) {
		rc = doc_err(err, ERR_INVALID, path, doc_find(at, "issuer"),
			     "\"%.*s\" is not the address of an issuer", STR_ARG(o->issuer));
		err_remedy(err, "write it as https://HOST or https://HOST/PATH");
	}
	if (rc == 0)
		rc = check_algorithms(o, path, at, err);
	if (rc == 0 && o->rules.count == 0)
		rc = doc_err(err, ERR_INVALID, path, at, "an issuer needs at least one rule");
	for (size_t i = 0; rc == 0 && i < o->rules.count; i++)
		rc = check_rule(o, &rules[i], path,
				list && i < list->list.count ? list->list.items[i] : at, err);
	return rc < 0 ? rc : check_login(o, gateway_url, path, at, err);
}

int agent_oidc_check(const struct field_list *issuers, struct str gateway_url,
		     const struct doc_node *map, const char *path, struct err *err)
{
	const struct agent_oidc *list = issuers->items;
	for (size_t i = 0; i < issuers->count; i++) {
		const struct doc_pair *pair = map ? doc_find_pair(map, list[i].key) : NULL;
		const struct doc_node *at = pair ? pair->value : map;
		int rc = check_one(&list[i], gateway_url, path, at, err);
		if (rc < 0)
			return rc;
		/* Which of the two would speak? */
		for (size_t k = 0; k < i; k++)
			if (str_eq(list[i].issuer, list[k].issuer))
				return doc_err(err, ERR_INVALID, path, at,
					       "oidc.%.*s has the issuer of oidc.%.*s",
					       STR_ARG(list[i].key), STR_ARG(list[k].key));
	}
	return 0;
}
