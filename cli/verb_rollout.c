/* aspora rollout: how a skill's newest version comes to serve, and going back. */
#include "base/mem.h"
#include "cli/compact.h"
#include "cli/follow.h"
#include "cli/history.h"
#include "cli/rollback.h"
#include "cli/verbs.h"
#include "cli/wish.h"
#include "skill/text.h"

static struct {
	const char *watch, *revision, *domain;
	int64_t timeout_ms, ttl_ms, limit;
	bool yes, dry_run, force;
} o = {.limit = 20};

static const char *const truths[] = {"true", "false", NULL};

/* clang-format off */
static const struct opt options[] = {
	{"domain", 'd', OPT_STRING, &o.domain, "DOMAIN", "The domain of the skill.", NULL},
	{"namespace", 'n', OPT_STRING, &o.domain, "DOMAIN", "The same, for who is used to kubectl.", NULL},
	{"watch", 'w', OPT_WORD, &o.watch, "true|false", "status: wait for the end of it; true when left out.", truths},
	{"timeout", 0, OPT_DURATION, &o.timeout_ms, "DURATION", "status: give up after this long; never when left out.", NULL},
	{"revision", 0, OPT_STRING, &o.revision, "RELEASE", "history: one release in full.", NULL},
	{"limit", 0, OPT_INT, &o.limit, "N", "history: how many versions at most; 20 when left out.", NULL},
	{"to-revision", 0, OPT_STRING, &o.revision, "RELEASE", "undo: the release to go back to; the one before when left out.", NULL},
	{"yes", 'y', OPT_FLAG, &o.yes, NULL, "undo: do not ask.", NULL},
	{"dry-run", 0, OPT_FLAG, &o.dry_run, NULL, "undo: say what would happen, and change nothing.", NULL},
	{"force", 0, OPT_FLAG, &o.force, NULL, "undo: although today's policy refuses what was admitted then; this is audited.", NULL},
	{"ttl", 0, OPT_DURATION, &o.ttl_ms, "TIME", "pause: it goes on by itself after this long; until it is resumed when left out.", NULL},
	CLI_WISH_OPTIONS,
	OPT_END,
};
/* clang-format on */

struct rollout {
	struct cli_gateway g;
	const char *domain, *skill;
	char *said; /* the last line; heap */
};

/* --- status ---------------------------------------------------------------------------------------------------------- */

static struct str short_digest(struct str digest)
{
	return str_sub(digest, 0, 12);
}

/* The version that is wanted serves. */
static bool is_through(const struct doc_node *n)
{
	struct str content = kind_text(n, "status.desired.content");
	return content.len && str_eq(content, kind_text(n, "status.serving.content")) &&
	       str_eq(kind_text(n, "status.desired.runtime"),
		      kind_text(n, "status.serving.runtime"));
}

/* Reasons after which nothing more comes by itself, and how a program is told. */
static int end_of(struct str reason)
{
	static const struct {
		const char *reason;
		int code;
	} ends[] = {
		{"AdmissionDenied", ERR_DENIED}, {"RolloutFailed", ERR_CONFLICT},
		{"Quarantined", ERR_CONFLICT},	 {"RolledBack", ERR_CONFLICT},
		{"RolloutPaused", ERR_CONFLICT}, {"ModelNotConfigured", ERR_MODEL},
	};
	for (size_t i = 0; i < ARRAY_SIZE(ends); i++)
		if (str_eqz(reason, ends[i].reason))
			return ends[i].code;
	return 0;
}

/* 1 when the wanted version serves, 0 when it is under way, an error when it will not come. */
static int judge(struct rollout *r, const struct doc_node *n, struct err *err)
{
	struct str reason = kind_text(n, "status.conditions[Stalled].reason");
	bool stalled = str_eqz(kind_text(n, "status.conditions[Stalled].status"), "True");
	int code = stalled ? end_of(reason) : 0;
	bool about_other = str_eqz(reason, "RolledBack") || str_eqz(reason, "Quarantined");
	/* What is held may be newer than what is wanted now, and a pause says nothing of what serves already. */
	if (about_other && !str_eqz(kind_text(n, "status.conditions[Ready].reason"), "Quarantined"))
		code = 0;
	if (str_eqz(reason, "RolloutPaused") && is_through(n))
		code = 0;
	if (code) {
		struct str message = kind_text(n, "status.conditions[Stalled].message"),
			   remedy = kind_text(n, "status.conditions[Stalled].remedy");
		err_set(err, code, "skill %s/%s: %.*s: %.*s", r->domain, r->skill, STR_ARG(reason),
			STR_ARG(message));
		if (remedy.len)
			err_remedy(err, "%.*s", STR_ARG(remedy));
		return code;
	}
	return is_through(n) ? 1 : 0;
}

static void status_line(struct rollout *r, struct buf *out, const struct doc_node *n, bool through)
{
	struct str why = kind_text(n, "status.conditions[Ready].message");
	buf_addf(out, "skill %s/%s: ", r->domain, r->skill);
	if (through)
		buf_addf(out, "%.*s is rolled out",
			 STR_ARG(short_digest(kind_text(n, "status.serving.content"))));
	else
		text_escape(out, why.len ? why : STR("it waits to be rolled out"), 0);
	buf_add_char(out, '\n');
}

/* Whether it is the skill: the gateway's watch is of the domain. */
static bool is_it(void *state, const struct doc_node *object)
{
	const struct rollout *r = state;
	return str_eqz(kind_text(object, "metadata.name"), r->skill) &&
	       str_eqz(kind_text(object, "metadata.domain"), r->domain);
}

static int look(void *state, const char *type, const struct doc_node *const *objects, size_t count,
		struct err *err)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	struct rollout *r = state;
	if (count == 0)
		return 0;
	if (type && strcmp(type, "DELETED") == 0)
		return err_set(err, ERR_GONE, "skill %s/%s is gone", r->domain, r->skill);
	int rc = judge(r, objects[0], err);
	if (rc < 0)
		return rc;
	status_line(r, &out, objects[0], rc > 0);
	if (r->said && strcmp(r->said, buf_cstr(&out)) == 0)
		return rc;
	free(r->said);
	r->said = mem_strdup(buf_cstr(&out));
	int wrote = cli_write(&out, err);
	return wrote < 0 ? wrote : rc;
}

static int status(struct rollout *r, struct err *err)
{
	struct cli *c = r->g.c;
	const struct doc_node *n = NULL;
	int rc = cli_get(&r->g, cli_path(c, "domains", r->domain, "skills", r->skill, NULL), &n,
			 err);
	if (rc < 0)
		return rc;
	if (o.watch && strcmp(o.watch, "false") == 0) {
		rc = look(r, NULL, &n, 1, err);
		return rc < 0 ? rc : 0;
	}
	const struct cli_follow f = {
		.g = &r->g,
		.path = cli_query(c, cli_path(c, "skills", NULL), "domain", r->domain),
		.word = "skill",
		.timeout_ms = o.timeout_ms,
		.wanted = is_it,
		.show = look,
		.state = r};
	rc = cli_follow(&f, err);
	if (rc != 0)
		return rc < 0 ? rc : 0;
	err_set(err, ERR_TIMEOUT, "skill %s/%s is not rolled out yet", r->domain, r->skill);
	return err_remedy(err, "`aspora describe skill %s/%s` says more", r->domain, r->skill);
}

/* --- history --------------------------------------------------------------------------------------------------------- */

static int one_release(struct rollout *r, struct err *err)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	const struct doc_node *release = NULL, *skill = NULL;
	struct cli *c = r->g.c;
	int rc = cli_history_at(&r->g, r->domain, r->skill, o.revision, &release, &skill, err);
	if (rc < 0)
		return rc;
	if (c->output) {
		struct cli_view v = {.columns = kind_find(STR("Skill"))->columns, .word = "skill"};
		return cli_print(c, &v, &skill, 1, err);
	}
	cli_compact_line(&out,
			 "Skill:", str_of(arena_printf(c->arena, "%s/%s", r->domain, r->skill)));
	cli_compact_line(&out, "Release:", kind_text(release, "metadata.name"));
	cli_compact_line(&out, "Created:", kind_text(release, "metadata.createdAt"));
	cli_compact_line(&out, "By:", kind_text(release, "status.by"));
	cli_compact_line(&out, "Message:", kind_text(release, "spec.message"));
	cli_compact_line(&out, "Source:", kind_text(skill, "metadata.source.name"));
	cli_compact_line(&out, "Revision:", kind_text(skill, "metadata.source.revision"));
	cli_compact_line(&out, "Version:", kind_text(skill, "status.digest"));
	buf_addz(&out, "\nSpec:\n");
	cli_compact(&out, doc_find(skill, "spec"), NULL);
	return cli_write(&out, err);
}

static int history(struct rollout *r, struct err *err)
{
	if (o.limit < 1 || o.limit > 1000)
		return cli_usage(r->g.c, err, "--limit is from 1 to 1000");
	return o.revision ? one_release(r, err)
			  : cli_history_print(&r->g, r->domain, r->skill, o.limit, err);
}

/* --- what changes it -------------------------------------------------------------------------------------------------- */

static int undo(struct rollout *r, struct err *err)
{
	const struct doc_node *n = NULL;
	struct cli *c = r->g.c;
	int rc = cli_get(&r->g, cli_path(c, "domains", r->domain, "skills", r->skill, NULL), &n,
			 err);
	if (rc < 0)
		return rc;
	if (kind_text(n, "status.paused.by").len) {
		err_set(err, ERR_CONFLICT,
			"the rollout of skill %s/%s is paused, and would not go back", r->domain,
			r->skill);
		return err_remedy(err, "`aspora rollout resume %s/%s` first", r->domain, r->skill);
	}
	const struct cli_rollback back = {.domain = r->domain,
					  .skill = r->skill,
					  .to = o.revision,
					  .yes = o.yes,
					  .dry_run = o.dry_run,
					  .force = o.force};
	return cli_rollback(&r->g, &back, err);
}

static int hold(struct rollout *r, const char *route, struct err *err)
{
	CLEANUP(buf_release) struct buf body = BUF_INIT(BUF_MAX);
	struct json j;
	json_init(&j, &body);
	json_object(&j);
	json_strz(&j, "kind", "Rollout");
	json_strz(&j, "domain", r->domain);
	json_strz(&j, "name", r->skill);
	cli_json_duration(&j, "ttl", o.ttl_ms);
	cli_json_member(&j, "reason", cli_wish_reason);
	json_end(&j);
	return cli_wish(&r->g, cli_path(r->g.c, route, NULL), buf_str(&body), err);
}

static int pause_it(struct rollout *r, struct err *err)
{
	return hold(r, "suspensions", err);
}

static int resume(struct rollout *r, struct err *err)
{
	return hold(r, "resumptions", err);
}

/* --- the verb --------------------------------------------------------------------------------------------------------- */

static const char *const words[] = {"status", "history", "undo", "pause", "resume", NULL};
static int (*const runs[])(struct rollout *r, struct err *err) = {status, history, undo, pause_it,
								  resume};

static int rollout(struct cli *c, struct err *err)
{
	struct rollout r = {0};
	size_t i = 0;
	while (strcmp(words[i], c->operands[0]) != 0)
		i++;
	int rc = cli_output_check(c, err);
	if (rc == 0)
		rc = cli_gateway_open(c, &r.g, err);
	if (rc == 0 && o.domain)
		r.g.domain = str_of(o.domain);
	if (rc == 0)
		rc = cli_operand_ref(&r.g, 1, &r.domain, &r.skill, err);
	if (rc == 0)
		rc = runs[i](&r, err);
	free(r.said);
	cli_gateway_release(&r.g);
	return rc;
}

const struct cli_verb cli_verb_rollout = {
	.name = "rollout",
	.usage = "{status | history | undo | pause | resume} DOMAIN/SKILL",
	.help = "Watch, pause and undo the rollout of a skill.",
	.about =
		"    aspora rollout status ecm/order-details --timeout 2m\n"
		"    aspora rollout history ecm/order-details\n"
		"    aspora rollout undo ecm/order-details --to-revision 3\n"
		"    aspora rollout pause ecm/order-details --ttl 2h --reason \"until the "
		"audit\"\n\n"
		"status waits until the version that is wanted serves, and ends with an error "
		"when\n"
		"it will not come. undo shows what would change and asks. While a rollout is "
		"paused\n"
		"commits are released as always, and what serves serves on: nothing new starts to\n"
		"take its place until it is resumed.",
	.options = options,
	.uses = CLI_USES_GATEWAY | CLI_USES_OUTPUT,
	.words = words,
	.completes = CLI_SKILLS,
	.least = 2,
	.most = 3,
	.run = rollout,
};
