/* aspora wait: until an object is as it should be. */
#include "base/clock.h"
#include "cli/jsonpath.h"
#include "cli/verbs.h"
#include "cli/watch.h"

#define TIMEOUT_DEFAULT_MS 60000

static struct {
	const char *what, *domain;
	int64_t timeout_ms;
	bool all;
} o;

static const struct opt options[] = {
	{"for", 0, OPT_STRING, &o.what, "WHAT",
	 "condition=NAME (true), condition=NAME=VALUE, jsonpath={PATH}=VALUE, jsonpath={PATH} "
	 "(there "
	 "is one), PATH=VALUE, create or delete; condition=Ready when left out.",
	 NULL},
	{"domain", 'd', OPT_STRING, &o.domain, "DOMAIN", "The domain of a skill.", NULL},
	{"namespace", 'n', OPT_STRING, &o.domain, "DOMAIN", "The same, for who is used to kubectl.",
	 NULL},
	{"all", 0, OPT_FLAG, &o.all, NULL, "Every object of the kind, of --domain or everywhere.",
	 NULL},
	{"timeout", 't', OPT_DURATION, &o.timeout_ms, "DURATION",
	 "Give up after this long; 60s when left out.", NULL},
	OPT_END,
};

/* What is waited for: a value at a path, that there is one, that the object is there, or that it is gone. */
struct goal {
	bool gone, there;
	const char *name, *value; /* value NULL: any */
	struct jsonpath *path;
	bool newest; /* of what is wanted now: Ready=True */
};

/* "{.status.phase}=Ready": an equals sign within the braces is the path's own. */
static char *split(char *word)
{
	char *brace = word[0] == '{' ? strrchr(word, '}') : NULL;
	char *equals = strchr(brace ? brace : word, '=');
	if (equals)
		*equals++ = '\0';
	return equals;
}

static int read_condition(struct cli *c, char *word, struct goal *ret)
{
	const char *value = split(word);
	ret->name = arena_printf(c->arena, "status.conditions[%s].status", word);
	ret->value = value ? value : "True";
	ret->newest = strcasecmp(word, "Ready") == 0 && strcasecmp(ret->value, "True") == 0;
	return 0;
}

static int read_goal(struct cli *c, struct goal *ret, struct err *err)
{
	char *word = arena_strdup(c->arena, o.what ? o.what : "condition=Ready");
	*ret = (struct goal){.gone = strcmp(word, "delete") == 0,
			     .there = strcmp(word, "create") == 0};
	if (ret->gone || ret->there)
		return 0;
	bool jsonpath = strncmp(word, "jsonpath=", 9) == 0;
	if (strncmp(word, "condition=", 10) == 0) {
		read_condition(c, word + 10, ret);
	} else {
		ret->name = word + (jsonpath ? 9 : 0);
		ret->value = split(word + (jsonpath ? 9 : 0));
		if (!ret->value && !jsonpath)
			return cli_usage(c, err, "--for=%s says not what to wait for", o.what);
	}
	int rc = jsonpath_path(c->arena, ret->name, &ret->path, err);
	return rc < 0 ? err_context(err, "--for") : 0;
}

static int64_t int_at(const struct doc_node *object, const char *path)
{
	const struct doc_node *n = kind_path(object, path);
	return n && n->type == DOC_INT ? n->integer : 0;
}

static bool reached(struct cli *c, const struct goal *goal, const struct doc_node *object)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(BUF_MAX);
	if (goal->there)
		return true;
	const struct doc_node *n = jsonpath_first(goal->path, c->arena, object);
	/* Ready may speak of the version before the one that is wanted. */
	if (goal->newest &&
	    int_at(object, "status.observedGeneration") < int_at(object, "metadata.generation"))
		return false;
	jsonpath_text(&text, n);
	return n && (!goal->value || str_eq_nocase(buf_str(&text), str_of(goal->value)));
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
	if (goal->gone)
		return err_set(err, ERR_TIMEOUT, "%s is still there", cli_ref_text(c, ref));
	if (!object)
		return err_set(err, ERR_TIMEOUT, "%s has not come to be", cli_ref_text(c, ref));
	err_set(err, ERR_TIMEOUT, "%s is not as it should be: %s is not %s%s%.*s",
		cli_ref_text(c, ref), goal->name, goal->value ? goal->value : "there",
		why.len ? "; " : "", STR_ARG(why));
	return err_remedy(err, "`aspora describe %s` says more", cli_ref_text(c, ref));
}

static int wait_for(struct cli_gateway *g, const struct cli_ref *ref, const struct goal *goal,
		    int64_t end, struct err *err)
{
	struct cli *c = g->c;
	for (;;) {
		const struct doc_node *object = NULL;
		struct err e = ERR_INIT;
		int rc = cli_get(g, cli_ref_path(c, ref), &object, &e);
		if (rc < 0 && rc != ERR_NOT_FOUND) {
			*err = e;
			return rc;
		}
		if (goal->gone ? rc == ERR_NOT_FOUND : rc == 0 && reached(c, goal, object))
			return 0;
		if (clock_mono(&clock_real) >= end)
			return late(c, ref, goal, object, err);
		cli_progress(c, "waiting for %s", cli_ref_text(c, ref));
		cli_pause(CLI_POLL_MS / 4);
	}
}

static int wait_and_say(struct cli_gateway *g, const struct cli_ref *ref, const struct goal *goal,
			int64_t end, struct err *err)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(1024);
	int rc = wait_for(g, ref, goal, end, err);
	cli_progress_end(g->c);
	if (rc < 0)
		return rc;
	buf_addf(&out, "%s: %s\n", cli_ref_text(g->c, ref), o.what ? o.what : "condition=Ready");
	return cli_write(&out, err);
}

/* Those that there are now, one after the other, within one time for all. */
static int wait_for_all(struct cli_gateway *g, const struct cli_ref *ref, const struct goal *goal,
			int64_t end, struct err *err)
{
	struct cli *c = g->c;
	const struct doc_node **list = NULL;
	size_t count = 0;
	int rc = cli_get_list(g, cli_ref_path(c, ref), &list, &count, NULL, err);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		const struct doc_node *meta = doc_find(list[i], "metadata");
		struct str domain = doc_text(meta, "domain"), name = doc_text(meta, "name");
		const struct cli_ref one = {
			.kind = ref->kind,
			.domain = domain.len ? arena_strndup(c->arena, domain.p, domain.len) : NULL,
			.name = arena_strndup(c->arena, name.p, name.len)};
		rc = wait_and_say(g, &one, goal, end, err);
	}
	if (rc == 0 && count == 0)
		cli_say("no %s", ref->kind->plural);
	return rc;
}

static int wait_verb(struct cli *c, struct err *err)
{
	CLEANUP(cli_gateway_release) struct cli_gateway g = {0};
	struct cli_ref ref;
	struct goal goal;
	int64_t end = clock_mono(&clock_real) + (o.timeout_ms ? o.timeout_ms : TIMEOUT_DEFAULT_MS);
	int rc = cli_ref_parse(c, c->operands[0], c->operand_count > 1 ? c->operands[1] : NULL,
			       o.domain, &ref, err);
	if (rc == 0 && !ref.name && !o.all)
		rc = cli_usage(c, err, "which %s?", ref.kind->singular);
	if (rc == 0 && ref.name && o.all)
		rc = cli_usage(c, err, "one is named, or --all are meant, not both");
	if (rc == 0)
		rc = read_goal(c, &goal, err);
	if (rc == 0)
		rc = cli_gateway_open(c, &g, err);
	if (rc < 0)
		return rc;
	return o.all ? wait_for_all(&g, &ref, &goal, end, err)
		     : wait_and_say(&g, &ref, &goal, end, err);
}

const struct cli_verb cli_verb_wait = {
	.name = "wait",
	.usage = "KIND/NAME | KIND NAME",
	.help = "Wait until an object is as it should be.",
	.about = "    aspora wait skill/ecm/manager --timeout 2m\n"
		 "    aspora wait domain ecm --for condition=Stalled=False\n"
		 "    aspora wait skill/ecm/manager --for jsonpath='{.status.phase}'=Ready\n"
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
