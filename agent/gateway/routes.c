/* Every route in one table: those that the kinds imply, and the others. */
#include "agent/gateway/gateway.h"
#include "agent/gateway/wish.h"
#include "base/mem.h"
#include "skill/execution.h"

#define READERS GW_ANY_ROLE
#define OPERATORS (GW_OPERATOR | GW_ADMIN)
#define AUDITORS (GW_OPERATOR | GW_APPROVER | GW_ADMIN)
#define API "/api/v1/"
#define KEYS(...)                                                                                  \
	(const char *const[])                                                                      \
	{                                                                                          \
		__VA_ARGS__, NULL                                                                  \
	}
#define PAGED "limit", "continue", "labelSelector", "fieldSelector"
#define WATCHED "watch", "resourceVersion"
#define WISHED "wait", "dryRun"
#define CONDITIONAL "resourceVersion", "reason"
#define MERGE_PATCH "application/merge-patch+json"
#define WISH_BODY (64 * 1024)
#define EXECUTION_BODY (EXECUTION_INPUT_MAX + 64 * 1024)

/* Of lists, by kind; a list below a domain takes all but the first. */
static const struct {
	const char *kind;
	const char *const *keys;
} list_keys[] = {
	{"Skill", KEYS("domain", PAGED, WATCHED, "at")},
	{"Domain", KEYS(PAGED, WATCHED, "at")},
	{"Route", KEYS("domain", PAGED, WATCHED, "skill", "kind")},
	{"Admission", KEYS("domain", PAGED, WATCHED, "verdict")},
	{"Instance", KEYS("domain", PAGED, WATCHED, "skill", "state")},
	{"Execution",
	 KEYS("domain", PAGED, WATCHED, "skill", "state", "session", "mode", "requestedBy")},
	{"Quarantine", KEYS("domain", PAGED, WATCHED, "skill")},
	{"Approval", KEYS("domain", PAGED, WATCHED, "digest")},
	{"Release", KEYS("domain", PAGED, WATCHED)},
	{"Event", KEYS("domain", PAGED, WATCHED, "kind", "name")},
};
static const char *const plain_keys[] = {PAGED, WATCHED, NULL};
static const char *const at_keys[] = {"at", NULL};

static const struct gw_route fixed[] = {
	{"GET", "/healthz", NULL, 0, 0, false, NULL, 0, gw_health, "Says that the gateway lives."},
	{"GET", "/readyz", NULL, 0, 0, false, NULL, 0, gw_ready,
	 "Says whether the database is reachable."},
	{"GET", "/metrics", NULL, 0, READERS, true, NULL, 0, gw_metrics_page,
	 "Counters and gauges in Prometheus's text format."},
	{"GET", "/", NULL, 0, 0, false, NULL, 0, gw_web_file, "The dashboard."},
	{"GET", "/assets/{name}", NULL, 0, 0, false, NULL, 0, gw_web_file,
	 "A file of the dashboard."},
	{"POST", "/ui/session", NULL, 0, 0, false, NULL, 4096, gw_session_create,
	 "Logs a browser in by a key; the session is a cookie."},
	{"GET", "/ui/logins", NULL, 0, 0, false, NULL, 0, gw_logins_list,
	 "Issuers at which a browser can log in."},
	{"GET", "/ui/login/{name}", NULL, 0, 0, false, NULL, 0, gw_login_go,
	 "Sends a browser to an issuer to log in."},
	{"GET", "/ui/login/{name}/back", NULL, 0, 0, false,
	 KEYS("code", "state", "iss", "session_state", "scope", "authuser", "hd", "prompt", "error",
	      "error_description", "error_uri"),
	 0, gw_login_back, "Where a browser comes back to from an issuer."},
	{"GET", "/ui/session", NULL, 0, READERS, false, NULL, 0, gw_session_get,
	 "Whose session this is, and its token for changes."},
	{"DELETE", "/ui/session", NULL, 0, READERS, false, NULL, 0, gw_session_delete,
	 "Logs a browser out."},
	{"GET", API "domains/{domain}/skills/{name}/page", NULL, VERB_GET, READERS, false, NULL, 0,
	 gw_skill_page, "SKILL.md as HTML, and the files beside it."},
	{"GET", API "domains/{domain}/skills/{name}/history", NULL, VERB_GET, READERS, false,
	 KEYS("limit"), 0, gw_skill_history,
	 "What a skill was, newest first, each with the release that brought it."},
	{"GET", API "version", NULL, 0, READERS, false, NULL, 0, gw_version,
	 "Version of the gateway and of the API."},
	{"GET", API "openapi.json", NULL, 0, READERS, false, NULL, 0, gw_openapi,
	 "This table, as OpenAPI 3.1."},
	{"GET", API "whoami", NULL, 0, READERS, false, NULL, 0, gw_whoami,
	 "Name, role and domains of the key that asks."},
	{"GET", API "access", NULL, 0, READERS, false, KEYS("of"), 0, gw_access,
	 "What the key that asks may do, route by route; of: in this domain."},
	{"POST", API "keys", NULL, VERB_CREATE, GW_ADMIN, true, NULL, WISH_BODY, gw_key_create,
	 "Makes an API key, which only this answer tells."},
	{"POST", API "keys/{name}/revoke", NULL, VERB_DELETE, GW_ADMIN, true,
	 KEYS("dryRun", "resourceVersion"), WISH_BODY, gw_key_revoke,
	 "Revokes the key of this name or identity."},
	{"DELETE", API "keys/{name}", NULL, VERB_DELETE, GW_ADMIN, true,
	 KEYS("dryRun", "resourceVersion"), 0, gw_key_revoke,
	 "Revokes the key of this name or identity."},
	{"GET", API "audit", NULL, VERB_LIST, AUDITORS, false,
	 KEYS("domain", "actor", "kind", "name", "since", "before", "limit"), 0, gw_audit_list,
	 "Who did what, newest first; also what was refused."},
	{"GET", API "audit/verify", NULL, VERB_GET, AUDITORS, true, KEYS("from"), 0,
	 gw_audit_verify, "Recomputes a page of the hash chain."},
	{"GET", API "audit/skills", NULL, VERB_GET, AUDITORS, false, KEYS("domain", "after"), 0,
	 gw_audit_skills, "Hashes what is deployed, and holds it against what was admitted."},
	{"GET", API "receipts", NULL, VERB_LIST, READERS, true, KEYS("after", "limit"), 0,
	 gw_receipts, "The signed receipts of all releases, oldest first."},
	{"GET", API "status", NULL, 0, READERS, false, NULL, 0, gw_status,
	 "The platform at a glance: leads, sources, domains, executions."},
	{"GET", API "routing", NULL, 0, READERS, false, KEYS("text", "alert"), 0, gw_routing,
	 "Which skill would answer a text or an alert, and with which versions."},
	{"GET", API "top", NULL, 0, READERS, false, KEYS("by", "since", "domain", "limit"), 0,
	 gw_top, "What skills or domains have run, taken and cost since a time."},
	{"GET", API "changes", NULL, 0, READERS, false,
	 KEYS("since", "limit", "kind", "domain", WATCHED), 0, gw_changes,
	 "The change log after a position; with watch, as it grows."},
	{"POST", API "executions", NULL, VERB_CREATE, OPERATORS, false, KEYS("wait"),
	 EXECUTION_BODY, gw_execution_create, "Runs a skill, by name or by text."},
	{"GET", API "executions/{name}", NULL, VERB_GET, READERS, false, KEYS("wait"), 0,
	 gw_execution_get, "One execution; with wait, once it has ended."},
	{"GET", API "executions/{name}/steps", NULL, VERB_GET, READERS, false,
	 KEYS("after", "wait"), 0, gw_execution_steps, "What happened during an execution."},
	{"POST", API "executions/{name}/cancel", NULL, VERB_DELETE, OPERATORS, false,
	 KEYS("resourceVersion"), WISH_BODY, gw_execution_cancel, "Cancels an execution."},
	{"DELETE", API "executions/{name}", NULL, VERB_DELETE, OPERATORS, false,
	 KEYS("resourceVersion"), 0, gw_execution_cancel,
	 "Cancels an execution that has not ended."},
	{"POST", API "admissions/{digest}/checks", NULL, VERB_CREATE, OPERATORS | GW_CI_BOT, false,
	 NULL, WISH_BODY, gw_check_post, "Posts what a check said of one content of a skill."},
	{"GET", API "admissions/{digest}/checks", NULL, VERB_LIST, READERS, false, NULL, 0,
	 gw_check_list, "What checks have said of one content."},
	{"POST", API "admissions/{digest}/approvals", NULL, VERB_CREATE, GW_APPROVER | GW_ADMIN,
	 false, KEYS("dryRun"), WISH_BODY, gw_approval_create,
	 "Approves one change of one domain, which waits for that."},
	{"GET", API "admissions/{digest}/approvals", NULL, VERB_LIST, READERS, false, NULL, 0,
	 gw_approval_list, "What people have approved of one candidate."},
	{"DELETE", API "approvals/{name}", NULL, VERB_DELETE, GW_APPROVER | GW_ADMIN, false,
	 KEYS("dryRun"), 0, gw_approval_delete, "Takes an approval back."},
	{"POST", API "uploads", NULL, VERB_APPLY, OPERATORS | GW_CI_BOT, false, KEYS(WISHED),
	 GW_UPLOAD_BYTES * 2, gw_upload_create,
	 "Applies files: one or several skills, or whole domains."},
	{"POST", API "rollbacks", NULL, VERB_PATCH, OPERATORS | GW_APPROVER, false, KEYS(WISHED),
	 WISH_BODY, gw_rollback_create, "Goes back to an earlier version of a skill or domain."},
	{"POST", API "sources/{name}/sync", NULL, VERB_PATCH, OPERATORS | GW_CI_BOT, true,
	 KEYS("wait", CONDITIONAL), WISH_BODY, gw_source_sync, "Looks at a source now."},
	{"POST", API "suspensions", NULL, VERB_PATCH, OPERATORS, false, KEYS(WISHED), WISH_BODY,
	 gw_suspension_create, "Holds a source, domain or skill as it is."},
	{"POST", API "resumptions", NULL, VERB_PATCH, OPERATORS, false, KEYS(WISHED), WISH_BODY,
	 gw_resume_create, "Lets a suspended object go on."},
	{"POST", API "quarantines", NULL, VERB_PATCH, OPERATORS | GW_APPROVER, false, KEYS(WISHED),
	 WISH_BODY, gw_quarantine_create, "Keeps a version from being deployed."},
	{"POST", API "quarantines/clear", NULL, VERB_PATCH, OPERATORS | GW_APPROVER, false,
	 KEYS(WISHED), WISH_BODY, gw_quarantine_clear, "Lets a version be deployed again."},
	{"POST", API "adoptions", NULL, VERB_PATCH, OPERATORS | GW_APPROVER, false, KEYS(WISHED),
	 WISH_BODY, gw_adoption_create, "Hands a domain to another source."},
	{"POST", API "overlays/end", NULL, VERB_PATCH, OPERATORS, false, KEYS(WISHED), WISH_BODY,
	 gw_overlay_end, "Takes an overlay off a domain."},
	{"DELETE", API "domains/{domain}/overlay", NULL, VERB_DELETE, OPERATORS, false,
	 KEYS(WISHED, CONDITIONAL), 0, gw_overlay_delete, "Takes the overlay off a domain."},
	{"DELETE", API "quarantines/{name}", NULL, VERB_DELETE, OPERATORS | GW_APPROVER, false,
	 KEYS(WISHED, CONDITIONAL), 0, gw_quarantine_delete,
	 "Lets the version that it holds be deployed again."},
	{"GET", API "wishes/{name}", NULL, VERB_GET, READERS, false, KEYS("wait"), 0, gw_wish_get,
	 "What became of a wish; with wait, once it is known."},
};

static const char *const *keys_of(const struct kind *k)
{
	for (size_t i = 0; i < ARRAY_SIZE(list_keys); i++)
		if (strcmp(list_keys[i].kind, k->name) == 0)
			return list_keys[i].keys;
	return plain_keys;
}

static void add(struct gw_route *routes, size_t *count, const struct kind *k, unsigned verb,
		const char *const *query, const char *before, const char *after)
{
	struct gw_route *r = &routes[(*count)++];
	*r = (struct gw_route){.method = "GET",
			       .kind = k,
			       .verb = verb,
			       .roles = strcmp(k->name, "Key") == 0 ? GW_ADMIN : READERS,
			       .platform = strcmp(k->name, "Key") == 0,
			       .query = query,
			       .run = verb == VERB_LIST ? gw_object_list : gw_object_get,
			       .help = k->help};
	snprintf(r->pattern, sizeof(r->pattern), API "%s%s%s", before, k->plural, after);
}

/* What a person may change of a deployed object without its source; what may be deleted of it is what came by apply. */
static void add_change(struct gw_route *routes, size_t *count, const struct kind *k,
		       const char *method)
{
	bool patch = strcmp(method, "PATCH") == 0;
	static const char *const patch_keys[] = {WISHED, CONDITIONAL, NULL};
	struct gw_route *r = &routes[(*count)++];
	*r = (struct gw_route){.method = method,
			       .kind = k,
			       .verb = patch ? VERB_PATCH : VERB_DELETE,
			       .roles = OPERATORS,
			       .platform = strcmp(k->name, "Source") == 0,
			       .query = patch_keys,
			       .body_max = patch ? WISH_BODY : 0,
			       .run = patch ? gw_object_patch : gw_object_delete,
			       .help = patch ? "Changes labels or suspension, by a merge patch."
					     : "Deletes it, if it came by apply.",
			       .media = patch ? MERGE_PATCH : NULL};
	snprintf(r->pattern, sizeof(r->pattern), API "%s%s%s",
		 k->namespaced ? "domains/{domain}/" : "", k->plural, "/{name}");
}

/* What comes by releases: it is kept as it was, too. */
static bool is_deployed(const struct kind *k)
{
	return strcmp(k->name, "Skill") == 0 || strcmp(k->name, "Domain") == 0;
}

/* Of kinds whose names stand for themselves: a domain in the path adds nothing. Executions have a row of their own. */
static bool is_found_by_name_alone(const struct kind *k)
{
	static const char *const names[] = {"Admission", "Instance", "Quarantine", "Approval"};
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (strcmp(names[i], k->name) == 0)
			return true;
	return false;
}

static size_t segments_of(const char *pattern)
{
	size_t n = 0;
	for (const char *p = pattern; *p; p++)
		n += p[0] == '/' && p[1] != '\0';
	return n;
}

struct gw_route *gw_routes_new(size_t *ret_count)
{
	size_t n = 0, kind_count = 0;
	while (kinds[kind_count].name)
		kind_count++;
	struct gw_route *routes = mem_array(7 * kind_count + ARRAY_SIZE(fixed) + 1,
					    sizeof(*routes));
	for (const struct kind *k = kinds; k->name; k++) {
		const char *const *keys = keys_of(k);
		const char *const *get = is_deployed(k) ? at_keys : NULL;
		if (k->verbs & VERB_LIST)
			add(routes, &n, k, VERB_LIST, keys, "", "");
		if (k->verbs & VERB_LIST && k->namespaced)
			add(routes, &n, k, VERB_LIST, keys + 1, "domains/{domain}/", "");
		if (k->verbs & VERB_GET && k->namespaced)
			add(routes, &n, k, VERB_GET, get, "domains/{domain}/", "/{name}");
		if (k->verbs & VERB_GET && (!k->namespaced || is_found_by_name_alone(k)))
			add(routes, &n, k, VERB_GET, get, "", "/{name}");
		if (k->verbs & VERB_PATCH)
			add_change(routes, &n, k, "PATCH");
		if (k->verbs & VERB_DELETE && is_deployed(k))
			add_change(routes, &n, k, "DELETE");
	}
	memcpy(routes + n, fixed, sizeof(fixed));
	n += ARRAY_SIZE(fixed);
	for (size_t i = 0; i < n; i++)
		routes[i].segments = segments_of(routes[i].pattern);
	if (ret_count)
		*ret_count = n;
	return routes;
}

/* --- matching ----------------------------------------------------------------------------------------------------- */

static bool fits(const char *pattern, const struct gw_target *t, struct str params[GW_PARAMS_MAX])
{
	struct str rest = str_of(pattern + 1), piece;
	size_t i = 0, n = 0;
	while (str_split(&rest, '/', &piece)) {
		if (i == t->segment_count)
			return false;
		if (piece.p[0] == '{')
			params[n++] = t->segments[i];
		else if (!str_eq(piece, t->segments[i]))
			return false;
		i++;
	}
	return i == t->segment_count;
}

static bool method_is(const struct gw_route *r, struct str method)
{
	return str_eqz(method, r->method) ||
	       (str_eqz(method, "HEAD") && strcmp(r->method, "GET") == 0);
}

static void allow_add(char allow[64], const char *method)
{
	size_t n = strlen(allow);
	snprintf(allow + n, 64 - n, "%s%s%s", n ? ", " : "", method,
		 strcmp(method, "GET") == 0 ? ", HEAD" : "");
}

static int no_route(const struct gw_target *t, struct err *err)
{
	err_set(err, ERR_NOT_FOUND, "there is no such resource");
	if (t->segment_count > 2 && str_eqz(t->segments[0], "api") &&
	    str_eqz(t->segments[1], "v1")) {
		size_t at = t->segment_count > 4 && str_eqz(t->segments[2], "domains") ? 4 : 2;
		const struct kind *k = kind_find(t->segments[at]);
		const char *near = k ? k->plural : kind_nearest(t->segments[at]);
		const struct kind *n = near ? kind_find(str_of(near)) : NULL;
		if (n && !str_eqz(t->segments[at], n->plural))
			err_remedy(err, "did you mean \"%s\"?", n->plural);
	}
	return ERR_NOT_FOUND;
}

int gw_route_match(const struct gw_route *routes, struct str method, const struct gw_target *t,
		   const struct gw_route **ret, struct str params[GW_PARAMS_MAX], char allow[64],
		   struct err *err)
{
	allow[0] = '\0';
	for (const struct gw_route *r = routes; r->method; r++) {
		if (r->segments != t->segment_count || !fits(r->pattern, t, params))
			continue;
		if (method_is(r, method)) {
			*ret = r;
			return 0;
		}
		allow_add(allow, r->method);
	}
	if (allow[0])
		return err_set(err, ERR_USAGE, "this resource does not take %.*s; it takes %s",
			       STR_ARG(method), allow);
	return no_route(t, err);
}

int gw_route_query(const struct gw_route *r, const struct gw_target *t, struct err *err)
{
	size_t n = 0;
	while (r->query && r->query[n])
		n++;
	for (size_t i = 0; i < t->query_count; i++) {
		size_t k = 0;
		while (k < n && !str_eqz(t->query[i].key, r->query[k]))
			k++;
		if (k < n)
			continue;
		err_set(err, ERR_USAGE, "there is no query parameter \"%.*s\" here",
			STR_ARG(t->query[i].key));
		const char *near = n ? str_nearest(t->query[i].key, r->query, n) : NULL;
		if (near)
			err_remedy(err, "did you mean \"%s\"?", near);
		return ERR_USAGE;
	}
	return 0;
}

bool gw_route_allows(const struct gw_route *r, unsigned role)
{
	return r->roles == 0 || (r->roles & role) != 0;
}
