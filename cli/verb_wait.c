/* aspora wait: until an object is as it should be. */
#include "base/clock.h"
#include "cli/verbs.h"
#include "cli/watch.h"

#define TIMEOUT_DEFAULT_MS 60000

static struct {
	const char *what, *domain;
	int64_t timeout_ms;
} o;

static const struct opt options[] = {
	{"for", 0, OPT_STRING, &o.what, "WHAT",
	 "condition=NAME (true), condition=NAME=VALUE, PATH=VALUE or delete; condition=Ready when "
	 "left out.",
	 NULL},
	{"domain", 'd', OPT_STRING, &o.domain, "DOMAIN", "The domain of a skill.", NULL},
	{"timeout", 't', OPT_DURATION, &o.timeout_ms, "DURATION",
	 "Give up after this long; 60s when left out.", NULL},
	OPT_END,
};

/* What is waited for: a value at a path, or that the object is gone. */
struct goal {
	const char *path, *value; /* path NULL: gone */
	bool newest; /* of what is wanted now: Ready=True */
};

static int read_goal(struct cli *c, struct goal *ret, struct err *err)
{
	char *word = arena_strdup(c->arena, o.what ? o.what : "condition=Ready");
	char *equals = strchr(word, '=');
	*ret = (struct goal){0};
	if (strcmp(word, "delete") == 0)
		return 0;
	if (!equals)
		return cli_usage(c, err, "--for=%s says not what to wait for", word);
	*equals = '\0';
	if (strcmp(word, "condition") != 0) {
		*ret = (struct goal){.path = word, .value = equals + 1};
		return 0;
	}
	char *second = strchr(equals + 1, '=');
	if (second)
		*second = '\0';
	ret->path = arena_printf(c->arena, "status.conditions[%s].status", equals + 1);
	ret->value = second ? second + 1 : "True";
	ret->newest = strcmp(equals + 1, "Ready") == 0 && strcasecmp(ret->value, "True") == 0;
	return 0;
}

static int64_t int_at(const struct doc_node *object, const char *path)
{
	const struct doc_node *n = kind_path(object, path);
	return n && n->type == DOC_INT ? n->integer : 0;
}

static bool reached(const struct goal *goal, const struct doc_node *object)
{
	const struct doc_node *n = kind_path(object, goal->path);
	/* Ready may speak of the version before the one that is wanted. */
	if (goal->newest &&
	    int_at(object, "status.observedGeneration") < int_at(object, "metadata.generation"))
		return false;
	return n && str_eq_nocase(n->text, str_of(goal->value));
}

/* Why it is not as it should be, from the object itself. */
static struct str why_not(const struct doc_node *object)
{
	const struct doc_node *n = kind_path(object, "status.conditions[Stalled].message");
	if (!n || !n->text.len)
		n = kind_path(object, "status.conditions[Ready].message");
	return n ? n->text : STR_NULL;
}

static int late(struct cli *c, const struct cli_ref *ref, const struct goal *goal,
		const struct doc_node *object, struct err *err)
{
	struct str why = object ? why_not(object) : STR_NULL;
	if (!goal->path)
		return err_set(err, ERR_TIMEOUT, "%s is still there", cli_ref_text(c, ref));
	if (!object)
		return err_set(err, ERR_TIMEOUT, "%s has not come to be", cli_ref_text(c, ref));
	err_set(err, ERR_TIMEOUT, "%s is not as it should be: %s is not %s%s%.*s",
		cli_ref_text(c, ref), goal->path, goal->value, why.len ? "; " : "", STR_ARG(why));
	return err_remedy(err, "`aspora describe %s` says more", cli_ref_text(c, ref));
}

static int wait_for(struct cli_gateway *g, const struct cli_ref *ref, const struct goal *goal,
		    struct err *err)
{
	struct cli *c = g->c;
	int64_t end = clock_mono(&clock_real) + (o.timeout_ms ? o.timeout_ms : TIMEOUT_DEFAULT_MS);
	for (;;) {
		const struct doc_node *object = NULL;
		struct err e = ERR_INIT;
		int rc = cli_get(g, cli_ref_path(c, ref), &object, &e);
		if (rc < 0 && rc != ERR_NOT_FOUND) {
			*err = e;
			return rc;
		}
		if (goal->path ? rc == 0 && reached(goal, object) : rc == ERR_NOT_FOUND)
			return 0;
		if (clock_mono(&clock_real) >= end)
			return late(c, ref, goal, object, err);
		cli_progress(c, "waiting for %s", cli_ref_text(c, ref));
		cli_pause(CLI_POLL_MS / 4);
	}
}

static int wait_verb(struct cli *c, struct err *err)
{
	CLEANUP(cli_gateway_release) struct cli_gateway g = {0};
	CLEANUP(buf_release) struct buf out = BUF_INIT(1024);
	struct cli_ref ref;
	struct goal goal;
	int rc = cli_ref_parse(c, c->operands[0], c->operand_count > 1 ? c->operands[1] : NULL,
			       o.domain, &ref, err);
	if (rc == 0 && !ref.name)
		rc = cli_usage(c, err, "which %s?", ref.kind->singular);
	if (rc == 0)
		rc = read_goal(c, &goal, err);
	if (rc == 0)
		rc = cli_gateway_open(c, &g, err);
	if (rc == 0)
		rc = wait_for(&g, &ref, &goal, err);
	cli_progress_end(c);
	if (rc < 0)
		return rc;
	buf_addf(&out, "%s: %s\n", cli_ref_text(c, &ref), o.what ? o.what : "condition=Ready");
	return cli_write(&out, err);
}

const struct cli_verb cli_verb_wait = {
	.name = "wait",
	.usage = "KIND/NAME | KIND NAME",
	.help = "Wait until an object is as it should be.",
	.about = "    aspora wait skill/ecm/manager --timeout 2m\n"
		 "    aspora wait domain ecm --for condition=Stalled=False\n"
		 "    aspora wait execution EXEC-20260218120000-0123456789abcdef --for "
		 "status.phase=succeeded\n\n"
		 "The exit status is 8 when it did not come to be in time.",
	.options = options,
	.uses = CLI_USES_GATEWAY,
	.least = 1,
	.most = 2,
	.completes = CLI_KINDS,
	.run = wait_verb,
};
