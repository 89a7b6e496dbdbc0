/* What each route takes and what it answers when all is well. */
#include "agent/gateway/openapi.h"
#include "agent/gateway/wish.h"

#define API "/api/v1/"
#define TEXT "text/plain"
#define OK                                                                                         \
	{                                                                                          \
		200                                                                                \
	}
#define WISH                                                                                       \
	"Wish", NULL,                                                                              \
	{                                                                                          \
		200, 202                                                                           \
	}
#define NO_BODY NULL, NULL

/* clang-format off */
static const struct openapi_answer answers[] = {
	{"GET", "/healthz", NO_BODY, "Health", NULL, OK, false},
	{"GET", "/readyz", NO_BODY, "Health", NULL, OK, false},
	{"GET", "/metrics", NO_BODY, NULL, TEXT, OK, false},
	{"GET", "/", NO_BODY, NULL, "text/html", {200, 304}, false},
	{"GET", "/assets/{name}", NO_BODY, NULL, "*/*", {200, 304}, false},
	{"POST", "/ui/session", gw_login_fields, NULL, "Session", NULL, OK, false},
	{"GET", "/ui/logins", NO_BODY, "LoginList", NULL, OK, false},
	{"GET", "/ui/login/{name}", NO_BODY, NULL, NULL, {303}, false},
	{"GET", "/ui/login/{name}/back", NO_BODY, NULL, NULL, {303}, false},
	{"GET", "/ui/session", NO_BODY, "Session", NULL, OK, false},
	{"DELETE", "/ui/session", NO_BODY, NULL, NULL, {204}, false},
	{"GET", API "domains/{domain}/skills/{name}/page", NO_BODY, "SkillPage", NULL, OK, false},
	{"GET", API "domains/{domain}/skills/{name}/history", NO_BODY, "SkillHistory", NULL, OK, false},
	{"GET", API "version", NO_BODY, "Version", NULL, OK, false},
	{"GET", API "openapi.json", NO_BODY, "OpenApi", NULL, OK, false},
	{"GET", API "whoami", NO_BODY, "WhoAmI", NULL, OK, false},
	{"GET", API "access", NO_BODY, "AccessList", NULL, OK, false},
	{"POST", API "keys", gw_key_fields, NULL, "NewKey", NULL, {201}, false},
	{"POST", API "keys/{name}/revoke", NULL, "Nothing", "Revoked", NULL, OK, true},
	{"DELETE", API "keys/{name}", NO_BODY, "Revoked", NULL, OK, false},
	{"GET", API "audit", NO_BODY, "AuditList", NULL, OK, false},
	{"GET", API "audit/verify", NO_BODY, "ChainReport", NULL, OK, false},
	{"GET", API "audit/skills", NO_BODY, "BytesReport", NULL, OK, false},
	{"GET", API "receipts", NO_BODY, "ReceiptList", NULL, OK, false},
	{"GET", API "status", NO_BODY, "Status", NULL, OK, false},
	{"GET", API "routing", NO_BODY, "Routing", NULL, OK, false},
	{"GET", API "top", NO_BODY, "TopList", NULL, OK, false},
	{"GET", API "changes", NO_BODY, "ChangeList", NULL, OK, false},
	{"POST", API "executions", gw_run_fields, NULL, "Execution", NULL, {200, 201, 202}, false},
	{"GET", API "executions/{name}", NO_BODY, "Execution", NULL, OK, false},
	{"GET", API "executions/{name}/steps", NO_BODY, "StepList", NULL, OK, false},
	{"POST", API "executions/{name}/cancel", gw_cancel_fields, NULL, "Execution", NULL, {200, 202}, true},
	{"DELETE", API "executions/{name}", NO_BODY, "Execution", NULL, {200, 202}, false},
	{"POST", API "admissions/{digest}/checks", gw_check_fields, NULL, "Check", NULL, {200, 201}, false},
	{"GET", API "admissions/{digest}/checks", NO_BODY, "CheckList", NULL, OK, false},
	{"POST", API "admissions/{digest}/approvals", gw_approval_fields, NULL, "Approval", NULL, {200, 201}, false},
	{"GET", API "admissions/{digest}/approvals", NO_BODY, "ApprovalList", NULL, OK, false},
	{"DELETE", API "approvals/{name}", NO_BODY, "Approval", NULL, OK, false},
	{"POST", API "uploads", gw_upload_fields, NULL, WISH, false},
	{"POST", API "rollbacks", gw_rollback_fields, NULL, WISH, false},
	{"POST", API "sources/{name}/sync", gw_sync_fields, NULL, WISH, true},
	{"POST", API "suspensions", gw_suspension_fields, NULL, WISH, false},
	{"POST", API "resumptions", gw_resumption_fields, NULL, WISH, false},
	{"POST", API "quarantines", gw_quarantine_fields, NULL, WISH, false},
	{"POST", API "quarantines/clear", gw_clear_fields, NULL, WISH, false},
	{"POST", API "adoptions", gw_adoption_fields, NULL, WISH, false},
	{"POST", API "overlays/end", gw_overlay_end_fields, NULL, WISH, false},
	{"DELETE", API "domains/{domain}/overlay", NO_BODY, WISH, false},
	{"DELETE", API "quarantines/{name}", NO_BODY, WISH, false},
	{"GET", API "wishes/{name}", NO_BODY, "Wish", NULL, OK, false},
};
/* clang-format on */

/* Of the routes that kinds imply. The names are those of the kinds, which live as long as the program. */
static bool of_kind(const struct gw_route *r, struct openapi_answer *ret)
{
	static char lists[64][64];
	size_t i = 0;
	if (!r->kind)
		return false;
	*ret = (struct openapi_answer){.method = r->method, .pattern = r->pattern};
	ret->shape = r->kind->name;
	ret->statuses[0] = 200;
	switch (r->verb) {
	case VERB_LIST:
		while (&kinds[i] != r->kind)
			i++;
		snprintf(lists[i], sizeof(lists[i]), "%sList", r->kind->name);
		ret->shape = lists[i];
		ret->statuses[1] = 304;
		return true;
	case VERB_GET:
		ret->statuses[1] = 304;
		return true;
	case VERB_PATCH:
		/* Labels are written at once; a suspension is a wish. */
		ret->takes = "Patch";
		ret->statuses[1] = 202;
		return true;
	case VERB_DELETE:
		ret->shape = "Wish";
		ret->statuses[1] = 202;
		return true;
	default:
		return false;
	}
}

bool openapi_answer_of(const struct gw_route *r, struct openapi_answer *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(answers); i++)
		if (strcmp(answers[i].method, r->method) == 0 &&
		    strcmp(answers[i].pattern, r->pattern) == 0) {
			*ret = answers[i];
			return true;
		}
	return of_kind(r, ret);
}

bool openapi_is_wish(const struct openapi_answer *a)
{
	return (a->shape && strcmp(a->shape, "Wish") == 0) ||
	       (a->takes && strcmp(a->takes, "Patch") == 0);
}
