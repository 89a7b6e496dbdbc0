/* What the key that asks may do: the table of routes, read by verb and noun, for this role and one domain. */
#include "agent/gateway/gateway.h"

/*
 * What people call the routes that no kind implies. A route that is neither here nor of a kind has no name to ask about, which a
 * unit test refuses.
 */
static const struct gw_action actions[] = {
	{"GET", "/metrics", "get", "metrics"},
	{"GET", "/ui/session", "get", "session"},
	{"DELETE", "/ui/session", "delete", "session"},
	{"GET", "/api/v1/domains/{domain}/skills/{name}/page", "get", "skill-pages"},
	{"GET", "/api/v1/domains/{domain}/skills/{name}/history", "get", "skill-histories"},
	{"GET", "/api/v1/version", "get", "version"},
	{"GET", "/api/v1/openapi.json", "get", "openapi"},
	{"GET", "/api/v1/whoami", "get", "whoami"},
	{"GET", "/api/v1/access", "get", "access"},
	{"GET", "/api/v1/status", "get", "status"},
	{"GET", "/api/v1/routing", "get", "routing"},
	{"GET", "/api/v1/changes", "list", "changes"},
	{"GET", "/api/v1/top", "top", "skills"},
	{"POST", "/api/v1/executions", "run", "skills"},
	{"GET", "/api/v1/executions/{name}", "get", "executions"},
	{"GET", "/api/v1/executions/{name}/steps", "logs", "executions"},
	{"POST", "/api/v1/executions/{name}/cancel", "cancel", "executions"},
	{"DELETE", "/api/v1/executions/{name}", "delete", "executions"},
	{"POST", "/api/v1/uploads", "apply", "domains"},
	{"POST", "/api/v1/rollbacks", "rollback", "domains"},
	{"POST", "/api/v1/sources/{name}/sync", "sync", "sources"},
	{"POST", "/api/v1/suspensions", "suspend", "domains"},
	{"POST", "/api/v1/resumptions", "resume", "domains"},
	{"POST", "/api/v1/quarantines", "quarantine", "skills"},
	{"POST", "/api/v1/quarantines/clear", "clear", "quarantines"},
	{"POST", "/api/v1/adoptions", "adopt", "domains"},
	{"POST", "/api/v1/overlays/end", "end", "overlays"},
	{"DELETE", "/api/v1/domains/{domain}/overlay", "delete", "overlays"},
	{"DELETE", "/api/v1/quarantines/{name}", "delete", "quarantines"},
	{"GET", "/api/v1/wishes/{name}", "get", "wishes"},
	{"POST", "/api/v1/admissions/{digest}/checks", "create", "checks"},
	{"GET", "/api/v1/admissions/{digest}/checks", "list", "checks"},
	{"POST", "/api/v1/admissions/{digest}/approvals", "approve", "domains"},
	{"GET", "/api/v1/admissions/{digest}/approvals", "list", "approvals"},
	{"DELETE", "/api/v1/approvals/{name}", "delete", "approvals"},
	{"POST", "/api/v1/keys", "create", "keys"},
	{"POST", "/api/v1/keys/{name}/revoke", "revoke", "keys"},
	{"DELETE", "/api/v1/keys/{name}", "delete", "keys"},
	{"GET", "/api/v1/audit", "list", "audit"},
	{"GET", "/api/v1/audit/verify", "verify", "audit"},
	{"GET", "/api/v1/audit/skills", "verify", "skills"},
	{"GET", "/api/v1/receipts", "list", "receipts"},
};

bool gw_route_action(const struct gw_route *r, struct gw_action *ret)
{
	*ret = (struct gw_action){.method = r->method, .pattern = r->pattern};
	for (size_t i = 0; i < ARRAY_SIZE(actions); i++)
		if (strcmp(actions[i].method, r->method) == 0 &&
		    strcmp(actions[i].pattern, r->pattern) == 0) {
			*ret = actions[i];
			return true;
		}
	const char *verb = r->verb == VERB_LIST	    ? "list"
			   : r->verb == VERB_GET    ? "get"
			   : r->verb == VERB_PATCH  ? "patch"
			   : r->verb == VERB_DELETE ? "delete"
						    : NULL;
	if (!r->kind || !verb)
		return false;
	ret->verb = verb;
	ret->noun = r->kind->plural;
	return true;
}

/* NULL when the principal may, else why not. */
static const char *refusal(const struct gw_call *c, const struct gw_route *r, struct str domain)
{
	char roles[64];
	if (!gw_route_allows(r, c->who.role))
		return arena_printf(c->arena, "role %s may not; %s may", c->who.role_name,
				    gw_role_names(r->roles, roles));
	if (r->platform && !gw_covers_all(&c->who))
		return "it needs a key for all domains";
	if (!gw_covers(&c->who, domain))
		return arena_printf(c->arena, "the key does not cover domain \"%.*s\"",
				    STR_ARG(domain));
	return NULL;
}

static void access_row(struct gw_call *c, struct json *j, const struct gw_route *r,
		       const struct gw_action *a, struct str domain)
{
	const char *why = refusal(c, r, domain);
	json_object(j);
	json_strz(j, "verb", a->verb);
	json_strz(j, "resource", a->noun);
	json_bool(j, "allowed", !why);
	json_strz(j, "reason", why ? why : "");
	json_strz(j, "method", r->method);
	json_strz(j, "path", r->pattern);
	json_end(j);
}

/* A list below a domain is the same thing as the list. */
static bool is_told(const struct gw_route *routes, const struct gw_route *r,
		    const struct gw_action *a)
{
	for (const struct gw_route *before = routes; before < r; before++) {
		struct gw_action b;
		if (gw_route_action(before, &b) && strcmp(a->verb, b.verb) == 0 &&
		    strcmp(a->noun, b.noun) == 0)
			return true;
	}
	return false;
}

int gw_access(struct gw_call *c, struct err *err)
{
	struct json j;
	/* Checked here and not before: that a domain is not the key's is the answer, not an error. */
	struct str domain = gw_call_query(c, "of");
	(void)err;
	gw_call_json(c, 200, &j);
	gw_object_begin(&j, "AccessList");
	json_strz(&j, "name", c->who.name);
	json_strz(&j, "role", c->who.role_name);
	json_str(&j, "domain", domain);
	json_array_in(&j, "items");
	for (const struct gw_route *r = c->g->routes; r->method; r++) {
		struct gw_action a;
		if (r->roles && gw_route_action(r, &a) && !is_told(c->g->routes, r, &a))
			access_row(c, &j, r, &a, domain);
	}
	json_end(&j);
	json_end(&j);
	return 0;
}
