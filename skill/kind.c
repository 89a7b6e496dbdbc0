#include "skill/kind.h"

#define READY "status.conditions[Ready].status"
#define STATUS "@status status.conditions"
#define MESSAGE "@why status.conditions"
#define CREATED "@age metadata.createdAt"
#define NARROW false
#define WIDE true
/* clang-format off */
#define COLUMNS(...) (const struct kind_column[]){__VA_ARGS__, {NULL, NULL, false}}

const struct kind kinds[] = {
	{"Platform", "platforms", "platform", "plat", false, VERB_LIST | VERB_GET,
	 COLUMNS({"NAME", "metadata.name", NARROW}, {"SOURCE", "metadata.source.name", NARROW},
		 {"REVISION", "@short metadata.source.revision", NARROW}, {"READY", READY, NARROW},
		 {"STATUS", STATUS, NARROW}, {"VERSION", "@short status.digest", NARROW}, {"AGE", CREATED, NARROW},
		 {"MESSAGE", MESSAGE, WIDE}),
	 "The platform's configuration: models, MCP servers, budgets, guard, required checks."},
	{"Domain", "domains", "domain", "dom", false, VERB_LIST | VERB_GET | VERB_APPLY | VERB_PATCH | VERB_DELETE,
	 COLUMNS({"NAME", "metadata.name", NARROW}, {"READY", READY, NARROW}, {"STATUS", STATUS, NARROW},
		 {"SKILLS", "status.skills", NARROW}, {"OWNER", "status.owner", NARROW},
		 {"VERSION", "@short status.digest", NARROW}, {"AGE", CREATED, NARROW},
		 {"REVISION", "@short metadata.source.revision", WIDE},
		 {"POLICY", "@short status.policy", WIDE}, {"MESSAGE", MESSAGE, WIDE}),
	 "A team's skills, with what they share: policy, memory, runbooks. The unit of admission."},
	{"Skill", "skills", "skill", "sk", true, VERB_LIST | VERB_GET | VERB_APPLY | VERB_PATCH | VERB_DELETE,
	 COLUMNS({"DOMAIN", "metadata.domain", NARROW}, {"NAME", "metadata.name", NARROW},
		 {"ROLE", "spec.role", NARROW}, {"READY", READY, NARROW}, {"STATUS", STATUS, NARROW},
		 {"VERSION", "@short status.digest", NARROW}, {"AGE", CREATED, NARROW},
		 {"TRIGGER", "spec.triggers", WIDE}, {"SOURCE", "metadata.source.name", WIDE},
		 {"REVISION", "@short metadata.source.revision", WIDE}, {"HANDLER", "spec.handler", WIDE},
		 {"MESSAGE", MESSAGE, WIDE}),
	 "One skill as it is wanted and as it runs."},
	{"Route", "routes", "route", "rt", true, VERB_LIST | VERB_GET,
	 COLUMNS({"DOMAIN", "metadata.domain", NARROW}, {"SKILL", "spec.skill", NARROW},
		 {"KIND", "spec.kind", NARROW}, {"PATTERN", "spec.pattern", NARROW},
		 {"VERSION", "@short spec.versions[0].content", NARROW},
		 {"WEIGHT", "@percent spec.versions[0].weightMillionths", NARROW},
		 {"CANDIDATE", "@short spec.versions[1].content", WIDE},
		 {"SHARE", "@percent spec.versions[1].weightMillionths", WIDE},
		 {"MODE", "spec.versions[1].mode", WIDE}),
	 "Which words, alerts and schedules lead to which version of which skill."},
	{"Source", "sources", "source", "src", false, VERB_LIST | VERB_GET | VERB_PATCH,
	 COLUMNS({"NAME", "metadata.name", NARROW}, {"READY", READY, NARROW}, {"STATUS", STATUS, NARROW},
		 {"URL", "spec.url", NARROW}, {"BRANCH", "spec.branch", NARROW},
		 {"REVISION", "@short status.revision", NARROW}, {"AGE", CREATED, NARROW},
		 {"FETCHED", "@age status.fetchedAt", WIDE}, {"DOMAINS", "status.domains", WIDE},
		 {"MESSAGE", MESSAGE, WIDE}),
	 "A Git repository that is followed, or an applied set."},
	{"Release", "releases", "release", "rel", false, VERB_LIST | VERB_GET | VERB_CREATE,
	 COLUMNS({"NAME", "metadata.name", NARROW}, {"SOURCE", "metadata.source.name", NARROW},
		 {"REVISION", "@short metadata.source.revision", NARROW},
		 {"DOMAINS", "status.domains", NARROW}, {"CHANGES", "status.summary", NARROW},
		 {"BY", "status.by", NARROW}, {"AGE", CREATED, NARROW},
		 {"WRITER", "status.actor", WIDE}, {"DIGEST", "@short status.digest", WIDE}, {"PREVIOUS", "@short status.previous", WIDE}),
	 "One atomic change of what is deployed; hash-chained. Creating one is a rollback."},
	{"Admission", "admissions", "admission", "adm", true, VERB_LIST | VERB_GET | VERB_CREATE,
	 COLUMNS({"DOMAIN", "metadata.domain", NARROW}, {"NAME", "metadata.name", NARROW},
		 {"VERDICT", "status.phase", NARROW}, {"FINDINGS", "@count status.findings", NARROW},
		 {"APPROVED BY", "status.approvedBy", NARROW},
		 {"CANDIDATE", "@short spec.candidate", NARROW},
		 {"REVISION", "@short metadata.source.revision", NARROW}, {"AGE", CREATED, NARROW},
		 {"POLICY", "@short spec.policy", WIDE}, {"SURFACE", "@short spec.surface", WIDE}),
	 "A verdict: allow or deny for one domain's candidate, with every finding."},
	{"Instance", "instances", "instance", "inst", true, VERB_LIST | VERB_GET | VERB_DELETE,
	 COLUMNS({"DOMAIN", "metadata.domain", NARROW}, {"SKILL", "spec.skill", NARROW},
		 {"NAME", "metadata.name", NARROW}, {"STATE", "status.phase", NARROW},
		 {"DRIVER", "spec.driver", NARROW}, {"VERSION", "@short spec.content", NARROW},
		 {"AGE", CREATED, NARROW}, {"NODE", "status.node", WIDE}, {"ISOLATION", "status.isolation", WIDE},
		 {"MESSAGE", MESSAGE, WIDE}),
	 "One sandbox that is starting, ready, busy or draining."},
	{"Execution", "executions", "execution", "exec", true, VERB_LIST | VERB_GET | VERB_CREATE | VERB_DELETE,
	 COLUMNS({"NAME", "metadata.name", NARROW}, {"DOMAIN", "metadata.domain", NARROW},
		 {"SKILL", "spec.skill", NARROW}, {"MODE", "spec.mode", NARROW},
		 {"STATE", "status.phase", NARROW}, {"TOOK", "@duration status.durationMs", NARROW},
		 {"COST", "@usd status.costMicrousd", NARROW}, {"AGE", CREATED, NARROW},
		 {"VERSION", "@short status.content", WIDE}, {"ATTEMPT", "status.attempt", WIDE},
		 {"BY", "spec.requestedBy", WIDE}, {"ERROR", "status.error.detail", WIDE}),
	 "One run of one version of one skill. Creating one runs it; deleting one cancels it."},
	{"Event", "events", "event", "ev", false, VERB_LIST | VERB_GET,
	 COLUMNS({"AGE", CREATED, NARROW}, {"TYPE", "status.type", NARROW},
		 {"REASON", "status.reason", NARROW}, {"OBJECT", "status.object", NARROW},
		 {"MESSAGE", "status.message", NARROW}, {"COUNT", "status.count", WIDE},
		 {"BY", "status.actor", WIDE}),
	 "Something that happened to an object, in the order of the store's revisions."},
	{"Key", "keys", "key", "k", false, VERB_LIST | VERB_GET | VERB_CREATE | VERB_DELETE,
	 COLUMNS({"NAME", "metadata.name", NARROW}, {"ROLE", "spec.role", NARROW},
		 {"DOMAINS", "spec.domains", NARROW}, {"EXPIRES", "@until spec.expiresAt", NARROW},
		 {"USED", "@age status.lastUsedAt", NARROW}, {"AGE", CREATED, NARROW},
		 {"BY", "spec.createdBy", WIDE}),
	 "An API key; the key itself is shown once, when it is made."},
	{"Quarantine", "quarantines", "quarantine", "qua", true, VERB_LIST | VERB_GET | VERB_CREATE | VERB_DELETE,
	 COLUMNS({"DOMAIN", "metadata.domain", NARROW}, {"SKILL", "spec.skill", NARROW},
		 {"VERSION", "@short spec.digest", NARROW}, {"REASON", "spec.reason", NARROW},
		 {"BY", "spec.actor", NARROW}, {"AGE", CREATED, NARROW}, {"NAME", "metadata.name", WIDE}),
	 "Content that is never deployed again unless cleared; new content has a new digest."},
	{"Approval", "approvals", "approval", "appr", true, VERB_LIST | VERB_GET | VERB_CREATE | VERB_DELETE,
	 COLUMNS({"DOMAIN", "metadata.domain", NARROW}, {"NAME", "metadata.name", NARROW},
		 {"FOR", "spec.for", NARROW}, {"BY", "spec.actor", NARROW}, {"STATE", "status.phase", NARROW},
		 {"CANDIDATE", "@short spec.digest", NARROW}, {"EXPIRES", "@until spec.expiresAt", NARROW}, {"AGE", CREATED, NARROW},
		 {"REVISION", "@short spec.revision", WIDE}, {"REASON", "spec.reason", WIDE}),
	 "A person's yes to one change of one domain, for as long as it holds."},
	{NULL, NULL, NULL, NULL, false, 0, NULL, NULL},
};
/* clang-format on */

static bool kind_is(const struct kind *k, struct str word)
{
	return str_eq_nocase(word, str_of(k->name)) || str_eq_nocase(word, str_of(k->plural)) ||
	       str_eq_nocase(word, str_of(k->singular)) ||
	       str_eq_nocase(word, str_of(k->short_name));
}

const struct kind *kind_find(struct str word)
{
	for (const struct kind *k = kinds; k->name; k++) {
		if (kind_is(k, word))
			return k;
	}
	return NULL;
}

const char *kind_nearest(struct str word)
{
	const char *words[4 * ARRAY_SIZE(kinds)];
	size_t n = 0;
	char lower[65] = "";
	if (word.len >= sizeof(lower))
		return NULL;
	for (size_t i = 0; i < word.len; i++)
		lower[i] = (char)(word.p[i] >= 'A' && word.p[i] <= 'Z' ? word.p[i] + 32
								       : word.p[i]);
	for (const struct kind *k = kinds; k->name; k++) {
		words[n++] = k->plural;
		words[n++] = k->singular;
	}
	return str_nearest(str_of(lower), words, n);
}
