#include "skill/condition.h"

#include "base/clock.h"

/* Append only: the names are in answers, in the store and in people's scripts. */
const struct condition_reason condition_reasons[] = {
	/* It works. */
	{"Ready", "It is deployed, its sandbox can start, and routes lead to it."},
	{"Succeeded", "The last attempt did what it should."},
	{"ArtifactInStorage", "The newest revision of the source is fetched and read."},
	/* It is on the way. */
	{"NewRevision", "A new revision is being read, compared and admitted."},
	{"Progressing", "Work towards the wanted state is going on."},
	{"RolloutProgressing", "A new version is starting, shadowing or taking its first share."},
	{"Draining", "A version that is no longer wanted finishes the sessions it has."},
	{"Deleting", "It was removed from its source and is being taken down."},
	{"Retrying", "The last attempt failed for a reason outside the content; another follows."},
	{"DependencyNotReady", "Something it needs, named in blockedBy, is not ready."},
	/* The content must change. */
	{"AdmissionDenied", "Policy refused the newest content; the version before it serves on."},
	{"Invalid", "A document could not be parsed or decoded; the message has the place."},
	{"PolicyViolation",
	 "It runs, but today's policy would refuse it; policy says that it may go on."},
	{"DeletionHeld", "A change would delete more than policy lets pass without confirmation."},
	{"OwnedByAnother", "Another source owns the domain; only one may write to it."},
	{"RolloutFailed", "The new version did not start or did not stay healthy; routes stayed."},
	{"HandlerNotReady", "The handler did not start, or its start took longer than it may."},
	{"HandlerFailed", "Too many of its last executions ended in an error."},
	{"Quarantined", "This version was taken out of service; new content is tried again."},
	{"RolledBack", "An operator went back to an older version; the newer are quarantined."},
	{"Overridden", "An overlay stands in place of the source's content until it expires."},
	/* The environment must change. */
	{"SandboxUnavailable",
	 "No sandbox driver on this host gives the isolation that policy requires."},
	{"ModelNotConfigured", "It needs a model and no usable one is configured for its role."},
	{"ToolNotConfigured", "It needs an MCP server that is not configured or not approved."},
	{"BudgetExhausted", "It, or its domain, has spent its budget; it waits for the next day."},
	{"QuotaExceeded", "A rate or concurrency limit holds it back."},
	{"FetchFailed", "The Git repository could not be fetched; what is deployed serves on."},
	{"AuthenticationFailed", "The Git server or forge refused the credentials."},
	{"HostKeyMismatch", "The Git server did not show the host key that is pinned."},
	{"BranchNotFound", "The branch to follow does not exist in the repository."},
	{"CrashLoop",
	 "Sync ended three times over this commit; it is held until there is another, or "
	 "somebody runs aspora sync."},
	{"HistoryRewritten",
	 "The branch was rewound or rewritten; an operator must accept the new history."},
	{"SignatureInvalid", "A commit is not signed by anyone whom the operator allows to."},
	{"SignaturesNotRead",
	 "Signatures are required and could not be looked at; what is deployed serves on."},
	{"TreeRefused", "The repository holds names, modes or sizes that are never accepted."},
	{"StorageFailed", "The database or the disk refused a write."},
	{"LeaseLost", "Another process took over this work; it goes on there."},
	/* A person said so. */
	{"Suspended", "An operator suspended it; resume it to go on."},
	{"WaitingForApproval",
	 "It waits for people to approve it (aspora approve); the version before it serves on."},
	{"WaitingForChecks",
	 "A required check has not been posted for this content yet; the version before it serves "
	 "on."},
	{"NotReconciled", "Nothing has looked at it yet."},
	{"RolloutPaused",
	 "An operator paused its rollout; what serves serves on until it is resumed."},
	{NULL, NULL},
};

const struct condition_reason *condition_reason_find(struct str name)
{
	for (const struct condition_reason *r = condition_reasons; r->name; r++) {
		if (str_eqz(name, r->name))
			return r;
	}
	return NULL;
}

static const char *const status_names[] = {"False", "True", "Unknown"};

const char *condition_status_name(enum condition_status s)
{
	return status_names[s];
}

void condition_json(struct json *j, const struct condition *c)
{
	char time[32];
	json_object(j);
	json_strz(j, "type", c->type);
	json_strz(j, "status", condition_status_name(c->status));
	json_str(j, "reason", c->reason);
	json_str(j, "message", c->message);
	json_str(j, "blockedBy", c->blocked_by);
	json_str(j, "remedy", c->remedy);
	if (c->transition_ms)
		json_strz(j, "lastTransitionTime", clock_format(c->transition_ms, time));
	json_end(j);
}

static int status_find(struct str name, enum condition_status *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(status_names); i++) {
		if (str_eqz(name, status_names[i])) {
			*ret = (enum condition_status)i;
			return 0;
		}
	}
	return ERR_INVALID;
}

int condition_from_json(const struct doc_node *n, struct condition *ret, struct err *err)
{
	struct condition c = {
		.type = doc_text(n, "type").p,
		.reason = doc_text(n, "reason"),
		.message = doc_text(n, "message"),
		.blocked_by = doc_text(n, "blockedBy"),
		.remedy = doc_text(n, "remedy"),
	};
	if (!c.type || !*c.type)
		return err_set(err, ERR_INVALID, "a condition has no \"type\"");
	struct str status = doc_text(n, "status");
	if (status_find(status, &c.status) < 0) {
		err_set(err, ERR_INVALID, "the condition %s has the status \"%.*s\"", c.type,
			STR_ARG(status));
		return err_remedy(err, "write \"True\", \"False\" or \"Unknown\"");
	}
	struct str time = doc_text(n, "lastTransitionTime");
	if (time.len) {
		int rc = clock_parse(time, &c.transition_ms, err);
		if (rc < 0)
			return rc;
	}
	*ret = c;
	return 0;
}

bool condition_differs(const struct condition *old, const struct condition *now)
{
	return old->status != now->status || !str_eq(old->reason, now->reason) ||
	       !str_eq(old->message, now->message) || !str_eq(old->blocked_by, now->blocked_by) ||
	       !str_eq(old->remedy, now->remedy);
}
