#include "cli/explain_object.h"

#include "skill/config.h"

#define CONFIG "spec.config"

/* kinds: NULL for all; else names between bars, "|Skill|Domain|". */
static const struct row {
	const char *kinds, *path, *type, *help;
} rows[] = {
	/* clang-format off */
	{NULL, "apiVersion", "text", "aspora/v1."},
	{NULL, "kind", "text", "The kind of object."},
	{NULL, "metadata", "object", "What identifies it, and where it came from."},
	{"|Skill|Route|Admission|Instance|Execution|Event|Quarantine|Approval|", "metadata.domain", "text", "The domain that it belongs to."},
	{NULL, "metadata.name", "text", "Its name, within its domain where it has one."},
	{NULL, "metadata.uid", "text", "Of this object and no other: one that is deleted and made again has another."},
	{NULL, "metadata.generation", "integer", "Rises when what is wanted changes."},
	{NULL, "metadata.resourceVersion", "text", "Where in the store's history it changed last; a watch goes on from it."},
	{NULL, "metadata.labels", "map of text", "Labels, for --selector."},
	{NULL, "metadata.createdAt", "time", "When it came to be."},
	{NULL, "metadata.source", "object", "The source that it comes from."},
	{NULL, "metadata.source.name", "text", "The source's name: `aspora get sources`."},
	{NULL, "metadata.source.revision", "text", "The commit; of what came over the API, its wish."},
	{NULL, "metadata.source.path", "text", "Its folder or file in the repository."},
	{"|Route|", "metadata.source.line", "integer", "The line of the trigger."},
	{"|Route|", "metadata.source.column", "integer", "The column of the trigger."},
	{NULL, "spec", "object", "What is wanted."},
	{NULL, "status", "object", "How it is."},
	{"|Platform|Domain|Skill|Source|Instance|Execution|", "status.observedGeneration", "integer", "The generation that the status speaks of."},
	{NULL, "status.phase", "text", "In one word how it is."},
	{NULL, "status.conditions", "list", "How it is, condition by condition: Ready, Reconciling, Stalled."},
	{NULL, "status.conditions.type", "text", "Ready; Reconciling: it is under way; Stalled: somebody is needed."},
	{NULL, "status.conditions.status", "text", "True, False or Unknown."},
	{NULL, "status.conditions.reason", "text", "Why, in one word; aspora(1) lists them."},
	{NULL, "status.conditions.message", "text", "Why, in a sentence."},
	{NULL, "status.conditions.blockedBy", "text", "The object that it waits for."},
	{NULL, "status.conditions.remedy", "text", "What to do about it."},
	{NULL, "status.conditions.lastTransitionTime", "time", "When it became so."},

	{"|Platform|Domain|Skill|", CONFIG, "object", "The configuration in force, after the cascade; its fields are those of aspora.config.yaml."},
	{"|Platform|", "spec.firm", "text", "Digest of FIRM.md."},
	{"|Domain|", "spec.skills", "integer", "How many skills were released."},
	{"|Skill|", "spec.title", "text", "The first heading of SKILL.md."},
	{"|Skill|", "spec.description", "text", "What it does and when to use it, from the head of SKILL.md."},
	{"|Skill|", "spec.role", "text", "manager, specialist or field."},
	{"|Skill|", "spec.triggers", "list of text", "What it answers to: commands, alerts, schedules."},
	{"|Skill|", "spec.handler", "text", "The program that runs; empty: the model alone."},
	{"|Skill|", "spec.files", "integer", "How many files its folder has."},
	{"|Skill|", "spec.cases", "integer", "How many test cases it has."},
	{"|Platform|Domain|Skill|", "status.digest", "text", "Of the content that serves; of a domain, of the candidate that was admitted."},
	{"|Platform|Domain|", "status.release", "integer", "The release that it is as of."},
	{"|Domain|", "status.policy", "text", "Digest of the policy that it was admitted under."},
	{"|Domain|", "status.surface", "text", "Digest of what other domains exposed to it then."},
	{"|Domain|", "status.owner", "text", "The source that owns it."},
	{"|Domain|Admission|", "status.findings", "list", "What admission found, each with its place and what to write instead."},
	{"|Domain|", "status.skills", "integer", "How many skills are wanted."},
	{"|Domain|", "status.ready", "integer", "How many of them serve as they are wanted."},
	{"|Domain|", "status.failed", "integer", "How many of them did not become ready."},
	{"|Domain|", "status.overlay", "object", "What lies over it for a while, by whom and until when; null: nothing."},
	{"|Skill|", "status.overlay", "boolean", "Whether it comes from an overlay over its domain."},
	{"|Skill|", "status.desired", "object", "The version that is wanted."},
	{"|Skill|", "status.desired.content", "text", "Digest of every file of its folder."},
	{"|Skill|", "status.desired.runtime", "text", "Digest of what a sandbox can see: a change rolls out."},
	{"|Skill|", "status.desired.context", "text", "Digest of what it inherits: a change restarts nothing."},
	{"|Skill|", "status.desired.release", "integer", "The release that brought it."},
	{"|Skill|", "status.serving", "object", "The version that answers."},
	{"|Skill|", "status.serving.content", "text", "Digest of its files."},
	{"|Skill|", "status.serving.runtime", "text", "Digest of what a sandbox can see of it."},
	{"|Skill|", "status.candidate", "object", "The version that is to take over; null: none."},
	{"|Skill|", "status.candidate.content", "text", "Digest of its files."},
	{"|Skill|", "status.candidate.state", "text", "pending, starting, shadow, canary or failed."},
	{"|Skill|", "status.candidate.attempt", "integer", "How often it was tried in vain."},
	{"|Skill|", "status.candidate.message", "text", "What happened at last."},
	{"|Skill|", "status.paused", "object", "Who paused its rollout, why and until when; null: nobody."},
	{"|Skill|", "status.instances", "object", "Its sandboxes, counted."},
	{"|Skill|", "status.instances.ready", "integer", "That are ready."},
	{"|Skill|", "status.instances.starting", "integer", "That start."},

	{"|Route|Instance|Execution|Quarantine|", "spec.skill", "text", "The skill that it is about."},
	{"|Route|", "spec.kind", "text", "command, alert, cron or always."},
	{"|Route|", "spec.pattern", "text", "The words, the alert or the schedule."},
	{"|Route|", "spec.versions", "list", "Which versions answer."},
	{"|Route|", "spec.versions.content", "text", "Digest of its files."},
	{"|Route|", "spec.versions.runtime", "text", "Digest of what a sandbox can see of it."},
	{"|Route|", "spec.versions.weightMillionths", "integer", "Its share: 1,000,000 is all."},
	{"|Route|", "spec.versions.mode", "text", "live or shadow."},
	{"|Source|", "spec.url", "text", "Where the repository is."},
	{"|Source|", "spec.kind", "text", "git, or apply for what is applied by hand."},
	{"|Source|", "spec.path", "text", "The folder of the repository that is read."},
	{"|Source|", "spec.branch", "text", "The branch that is followed."},
	{"|Source|", "spec.platform", "boolean", "Whether the platform's own files come from it."},
	{"|Source|", "status.revision", "text", "The commit that was seen last."},
	{"|Source|", "status.releasedRevision", "text", "The commit that was released last."},
	{"|Source|", "status.fetchedAt", "time", "When it was looked at last."},
	{"|Source|Release|", "status.domains", "list of text", "The domains that are its."},
	{"|Source|", "status.failures", "integer", "How often in a row it could not be read."},
	{"|Source|", "status.nextTryAt", "time", "When it is tried again; null: as always."},
	{"|Source|", "status.requestToken", "integer", "The last request for a look."},
	{"|Source|", "status.handledToken", "integer", "The last one that was carried out."},
	{"|Source|", "status.declared", "boolean", "Whether the operator's configuration names it."},
	{"|Source|", "status.suspended", "boolean", "Whether somebody suspended it."},
	{"|Release|", "spec.kind", "text", "sync, apply, rollback, overlay, expiry or adopt."},
	{"|Release|", "spec.message", "text", "The commit's message, or the reason that was given."},
	{"|Release|", "status.summary", "text", "How many skills it made (+), changed (~) and deleted (-)."},
	{"|Release|", "status.created", "integer", "How many skills it made."},
	{"|Release|", "status.updated", "integer", "How many skills it changed."},
	{"|Release|", "status.deleted", "integer", "How many skills it deleted."},
	{"|Release|", "status.by", "text", "Whose change it is: the commit's author, or the key."},
	{"|Release|", "status.author", "text", "The commit's author, as Git has it."},
	{"|Release|Event|", "status.actor", "text", "The process or the key that wrote it."},
	{"|Release|", "status.digest", "text", "Hash of its receipt."},
	{"|Release|", "status.previous", "text", "Hash of the release before: they are a chain."},
	{"|Release|", "status.revision", "text", "The revision of the store; `aspora get --at` takes it."},
	{"|Release|", "status.items", "list", "What it did to each domain."},
	{"|Release|", "status.items.domain", "text", "The domain."},
	{"|Release|", "status.items.op", "text", "create, update or delete."},
	{"|Release|", "status.items.source", "text", "The source that it came from."},
	{"|Release|", "status.items.revision", "text", "The commit that it came from."},
	{"|Release|", "status.items.overlay", "boolean", "Whether it lies over the owner's."},
	{"|Release|", "status.items.candidate", "text", "Digest of what was admitted."},
	{"|Release|", "status.items.policy", "text", "Digest of the policy that admitted it."},
	{"|Source|Release|Admission|", "status.signature", "object", "Who signed the commit, as it was judged by the source's signers."},
	{"|Source|Release|Admission|", "status.signature.state", "text", "good, unsigned, untrusted, bad, expired, revoked, unread; unchecked: nobody looked."},
	{"|Source|Release|Admission|", "status.signature.kind", "text", "ssh, openpgp or x509."},
	{"|Source|Release|Admission|", "status.signature.signer", "text", "Principal or user id of the key, where it is known."},
	{"|Source|Release|Admission|", "status.signature.key", "text", "Fingerprint of the key, also where nobody trusts it."},
	{"|Source|Release|Admission|", "status.signature.detail", "text", "What is beyond the state."},
	{"|Source|", "spec.signatures", "text", "required: every commit has to be signed; shown; missing: nobody is named who may sign."},
	{"|Admission|", "spec.candidate", "text", "Digest of the domain that was judged."},
	{"|Admission|", "spec.policy", "text", "Digest of the policy that judged."},
	{"|Admission|", "spec.surface", "text", "Digest of what other domains exposed to it."},
	{"|Admission|", "spec.rulesVersion", "integer", "The version of the rules."},
	{"|Admission|", "status.verdict", "text", "allow or deny."},
	{"|Admission|", "status.receipt", "object", "The verdict, signed: `aspora verify` holds it."},
	{"|Admission|", "status.receipt.apiVersion", "text", "aspora/v1."},
	{"|Admission|", "status.receipt.kind", "text", "Receipt."},
	{"|Admission|", "status.receipt.text", "text", "What was signed."},
	{"|Admission|", "status.receipt.signer", "text", "The public key, in base64."},
	{"|Admission|", "status.receipt.signature", "text", "Ed25519, in base64."},
	{"|Instance|", "spec.content", "text", "Digest of the version's files."},
	{"|Instance|", "spec.runtime", "text", "Digest of what the sandbox can see."},
	{"|Instance|", "spec.replica", "integer", "Which of several it is, from 0."},
	{"|Instance|", "spec.driver", "text", "The sandbox driver."},
	{"|Instance|", "status.node", "text", "The host that it is on."},
	{"|Instance|", "status.isolation", "text", "What keeps it apart: namespace, vm."},
	{"|Instance|", "status.identity", "text", "Its control group."},
	{"|Instance|Execution|", "status.attempt", "integer", "Which try it is, from 1."},
	{"|Instance|", "status.cause", "text", "Whose fault its failure is: content or environment."},
	{"|Instance|", "status.readyAt", "time", "When it was ready."},
	{"|Instance|Execution|", "status.endedAt", "time", "When it ended; null: it has not."},
	{"|Execution|", "spec.mode", "text", "live, shadow, test or replay."},
	{"|Execution|", "spec.session", "text", "The session: it keeps its version."},
	{"|Execution|", "spec.parent", "text", "The execution that called it."},
	{"|Execution|", "spec.requestedBy", "text", "Who asked for it."},
	{"|Execution|", "spec.deadline", "time", "When it is given up."},
	{"|Execution|", "status.content", "text", "Digest of the files that it ran with."},
	{"|Execution|", "status.runtime", "text", "Digest of what its sandbox could see."},
	{"|Execution|", "status.context", "text", "Digest of what it inherited."},
	{"|Execution|", "status.transcript", "text", "Digest of all that passed the sandbox's door."},
	{"|Execution|", "status.startedAt", "time", "When it was begun."},
	{"|Execution|", "status.durationMs", "integer", "How long it took, in milliseconds."},
	{"|Execution|", "status.costMicrousd", "integer", "What it cost, in millionths of a dollar."},
	{"|Execution|", "status.cancelRequested", "boolean", "Whether somebody asked for its end."},
	{"|Execution|", "status.claimedBy", "text", "The keeper that runs it."},
	{"|Execution|", "status.result", "object", "The SkillResult; in lists it is left out."},
	{"|Execution|", "status.error", "object", "Why it failed, as a problem document."},
	{"|Execution|", "status.forwarded", "text", "The skill that it handed over to."},
	{"|Event|", "spec.kind", "text", "The kind of object that it is about."},
	{"|Event|", "spec.domain", "text", "That object's domain."},
	{"|Event|", "spec.name", "text", "That object's name."},
	{"|Event|", "status.type", "text", "Normal or Warning."},
	{"|Event|", "status.reason", "text", "What happened, in one word."},
	{"|Event|", "status.message", "text", "What happened, in a sentence."},
	{"|Event|", "status.object", "text", "Kind/name of what it is about."},
	{"|Event|", "status.revision", "text", "The commit, or the content's digest."},
	{"|Event|", "status.count", "integer", "How often it happened."},
	{"|Event|", "status.lastAt", "time", "When it happened last."},
	{"|Key|", "spec.id", "text", "The beginning of the key, which is not secret."},
	{"|Key|", "spec.role", "text", "viewer, operator, approver, ci-bot or admin."},
	{"|Key|", "spec.domains", "list of text", "The domains that it opens."},
	{"|Key|", "spec.expiresAt", "time", "Until when it is good."},
	{"|Key|", "spec.createdBy", "text", "Who made it."},
	{"|Key|", "status.lastUsedAt", "time", "When it was used last."},
	{"|Key|", "status.revokedAt", "time", "When it was revoked; null: it was not."},
	{"|Key|", "status.revokedBy", "text", "Who revoked it."},
	{"|Quarantine|", "spec.digest", "text", "The content that is held."},
	{"|Quarantine|", "spec.cause", "text", "rollback, start, probe, health, crash or operator."},
	{"|Quarantine|", "spec.reason", "text", "Why, in a sentence."},
	{"|Quarantine|", "spec.actor", "text", "Who held it."},
	{"|Admission|", "spec.author", "text", "Who wrote the change, as Git has it, or who applied it."},
	{"|Admission|", "status.holds", "boolean", "Whether the newest commit of its source is refused by it."},
	{"|Admission|", "status.waitsFor", "text", "WaitingForApproval or WaitingForChecks while others have to speak; else empty."},
	{"|Admission|", "status.approvals", "list", "Who has approved the candidate, for what and until when; those that hold."},
	{"|Admission|", "status.approvedBy", "list of text", "The same by name alone."},
	{"|Approval|", "spec.for", "text", "review, growth, deletion or freeze."},
	{"|Approval|", "spec.digest", "text", "The candidate of the domain that was approved; zeros: its deletion."},
	{"|Approval|", "spec.base", "text", "The candidate that was deployed then: the approval is good in its place only; zeros: there was none."},
	{"|Approval|", "spec.actor", "text", "Who approved."},
	{"|Approval|", "spec.reason", "text", "Why, in a sentence."},
	{"|Approval|", "spec.revision", "text", "The commit, or the wish, that it was looked at with."},
	{"|Approval|", "spec.expiresAt", "time", "Until when it holds."},
	{"|Approval|", "status.withdrawnBy", "text", "Who took it back; empty: nobody."},
	{"|Approval|", "status.withdrawnAt", "time", "When that was; null: it was not."},
	/* clang-format on */
};

static bool is_of(const struct row *r, const struct kind *k)
{
	char name[32];
	snprintf(name, sizeof(name), "|%s|", k->name);
	return !r->kinds || strstr(r->kinds, name);
}

/* The fields right below `path`, which has this length. */
static bool is_below(const char *path, size_t len, const char *of)
{
	if (strncmp(of, path, len) != 0 || (len && of[len] != '.'))
		return false;
	return strchr(of + len + (len ? 1 : 0), '.') == NULL && of[len];
}

static const struct row *find(const struct kind *k, const char *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (is_of(&rows[i], k) && strcmp(rows[i].path, path) == 0)
			return &rows[i];
	return NULL;
}

const char *cli_column_path(const struct kind_column *c)
{
	const char *space = c->path[0] == '@' ? strchr(c->path, ' ') : NULL;
	return space ? space + 1 : c->path;
}

/* The column of `get` that shows it. */
static void add_column(struct buf *out, const struct kind *k, const char *path)
{
	size_t len = strlen(path);
	for (const struct kind_column *c = k->columns; c->title; c++) {
		const char *of = cli_column_path(c);
		if (strncmp(of, path, len) == 0 && (!of[len] || of[len] == '['))
			buf_addf(out, "\n  column    %s of `aspora get %s`%s\n", c->title,
				 k->plural, c->wide ? " -o wide" : "");
	}
}

static void add_fields(struct buf *out, const struct kind *k, const char *path)
{
	size_t len = strlen(path);
	bool first = true;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (!is_of(&rows[i], k) || !is_below(path, len, rows[i].path))
			continue;
		buf_addf(out, "%s  %-20s %-12s %s\n", first ? "\n" : "",
			 rows[i].path + len + (len ? 1 : 0), rows[i].type, rows[i].help);
		first = false;
	}
	for (const struct field *f = strcmp(path, CONFIG) == 0 ? config_fields : NULL; f && f->name;
	     f++)
		buf_addf(out, "%s  %-20s %-12s %s\n", f == config_fields ? "\n" : "", f->name,
			 "object", f->help);
}

bool cli_explain_object(struct buf *out, const struct kind *k, const char *path)
{
	const struct row *r = *path ? find(k, path) : NULL;
	if (*path && !r)
		return false;
	if (r) {
		buf_addf(out, "%s.%s: %s\n  %s\n", k->singular, path, r->type, r->help);
		add_column(out, k, path);
	}
	add_fields(out, k, path);
	return true;
}

static void add_config(struct buf *out, const struct field *fields, int depth)
{
	for (const struct field *f = fields; f && f->name; f++) {
		buf_addf(out, "%*s%s\n", 2 * depth, "", f->name);
		if (depth < 8)
			add_config(out, f->sub, depth + 1);
	}
}

static void add_below(struct buf *out, const struct kind *k, const char *path, int depth)
{
	size_t len = strlen(path);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *of = rows[i].path;
		if (!is_of(&rows[i], k) || !is_below(path, len, of))
			continue;
		buf_addf(out, "%*s%-*s %s\n", 2 * depth, "", 26 - 2 * depth,
			 of + len + (len ? 1 : 0), rows[i].type);
		add_below(out, k, of, depth + 1);
		if (strcmp(of, CONFIG) == 0)
			add_config(out, config_fields, depth + 1);
	}
}

void cli_explain_all(struct buf *out, const struct kind *k, const char *path)
{
	add_below(out, k, path, 1);
}

const char *cli_explain_nearest(const struct kind *k, const char *path)
{
	const char *names[ARRAY_SIZE(rows)];
	size_t n = 0;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (is_of(&rows[i], k))
			names[n++] = rows[i].path;
	const char *near = str_nearest(str_of(path), names, n);
	for (size_t i = 0; !near && i < n; i++) {
		const char *dot = strrchr(names[i], '.');
		if (dot && strcmp(dot + 1, path) == 0)
			near = names[i];
	}
	return near;
}
