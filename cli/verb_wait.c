/* aspora wait: until objects are as they should be. */
#include "base/clock.h"
#include "cli/elsewhere.h"
#include "cli/jsonpath.h"
#include "cli/target.h"
#include "cli/verbs.h"
#include "cli/watch.h"

#define TIMEOUT_DEFAULT_MS 60000

static struct {
	const char *what, *domain, *selector;
	struct opt_strings files;
	int64_t timeout_ms;
	bool all, everywhere;
} o = {.timeout_ms = TIMEOUT_DEFAULT_MS};

static const struct opt options[] = {
	{"for", 0, OPT_STRING, &o.what, "WHAT",
	 "condition=NAME (true), condition=NAME=VALUE, jsonpath={PATH}=VALUE, jsonpath={PATH} "
	 "(there "
	 "is one), PATH=VALUE, create or delete; condition=Ready when left out.",
	 NULL},
	{"domain", 'd', OPT_STRING, &o.domain, "DOMAIN", "The domain of a skill.", NULL},
	{"namespace", 'n', OPT_STRING, &o.domain, "DOMAIN", "The same, for who is used to kubectl.",
	 NULL},
	{"all", 0, OPT_FLAG, &o.all, NULL, "Every object of the kind, of the domain or everywhere.",
	 NULL},
	{"all-domains", 'A', OPT_FLAG, &o.everywhere, NULL,
	 "--all, -l: of all domains, whatever the context says.", NULL},
	{"all-namespaces", 0, OPT_FLAG, &o.everywhere, NULL,
	 "The same, for who is used to kubectl.", NULL},
	{"selector", 'l', OPT_STRING, &o.selector, "SELECTOR",
	 "Every object of the kind with these labels.", NULL},
	CLI_FILES_OPTION(&o.files),
	{"timeout", 't', OPT_DURATION, &o.timeout_ms, "DURATION",
	 "Give up after this long, for all of them together; 60s when left out, and 0s looks once.",
	 NULL},
	OPT_END,
};

/* What is waited for: a value at a path, that there is one, that the object is there, or that it is gone. */
struct goal {
	bool gone, there;
	const char *name, *value; /* value NULL: any */
	struct jsonpath *path;
	const char *condition; /* its type, in any case; then there is no path */
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
	ret->condition = word;
	ret->value = value ? value : "True";
	ret->newest = strcasecmp(word, "Ready") == 0 && strcasecmp(ret->value, "True") == 0;
	return 0;
}

static int read_goal(struct cli *c, struct goal *ret, struct err *err)
{
	char *word = cli_elsewhere_path(c->arena, o.what ? o.what : "condition=Ready");
	*ret = (struct goal){.gone = strcmp(word, "delete") == 0,
			     .there = strcmp(word, "create") == 0};
	if (ret->gone || ret->there)
		return 0;
	bool jsonpath = strncmp(word, "jsonpath=", 9) == 0;
	if (strncmp(word, "condition=", 10) == 0)
		return read_condition(c, word + 10, ret);
	ret->name = word + (jsonpath ? 9 : 0);
	ret->value = split(word + (jsonpath ? 9 : 0));
	if (!ret->value && !jsonpath)
		return cli_usage(c, err, "--for=%s says not what to wait for", o.what);
	int rc = jsonpath_path(c->arena, ret->name, &ret->path, err);
	return rc < 0 ? err_context(err, "--for") : 0;
}

static int64_t int_at(const struct doc_node *object, const char *path)
{
	const struct doc_node *n = kind_path(object, path);
	return n && n->type == DOC_INT ? n->integer : 0;
}

static const struct doc_node *condition_of(const struct doc_node *object, struct str type)
{
	const struct doc_node *list = kind_path(object, "status.conditions");
	for (size_t i = 0; list && list->type == DOC_LIST && i < list->list.count; i++)
		if (str_eq_nocase(doc_text(list->list.items[i], "type"), type))
			return doc_find(list->list.items[i], "status");
	return NULL;
}

static bool reached(struct cli *c, const struct goal *goal, const struct doc_node *object)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(BUF_MAX);
	if (goal->there)
		return true;
	const struct doc_node *n = goal->condition ? condition_of(object, str_of(goal->condition))
						   : jsonpath_first(goal->path, c->arena, object);
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

static int check(struct cli *c, const struct cli_target *targets, size_t count,
		 const struct goal *goal, struct err *err)
{
	/* None is what was waited for, or else a slip that a script must not run past. */
	if (count == 0 && !goal->gone)
		return err_set(err, ERR_NOT_FOUND, "nothing%s is there to wait for",
			       o.selector ? " that fits" : "");
	/* A list is read again and again by everybody who waits for one of it to be there. */
	if (goal->there && (o.all || o.selector))
		return cli_usage(c, err, "--for=create is for objects that are named");
	for (size_t i = 0; i < count; i++)
		if (strcmp(targets[i].ref.kind->name, "Event") == 0)
			return cli_usage(c, err,
					 "events do not change: nothing is to be waited for");
	return 0;
}

static int wait_verb(struct cli *c, struct err *err)
{
	CLEANUP(cli_gateway_release) struct cli_gateway g = {0};
	const struct cli_which which = {.words = c->operands,
					.word_count = c->operand_count,
					.domain = o.domain,
					.selector = o.selector,
					.files = &o.files,
					.all = o.all,
					.everywhere = o.everywhere,
					.unread = true};
	struct cli_target *targets = NULL;
	struct goal goal;
	size_t count = 0;
	int64_t end = clock_mono(&clock_real) + o.timeout_ms;
	int rc = read_goal(c, &goal, err);
	if (rc == 0)
		rc = cli_gateway_open(c, &g, err);
	if (rc == 0)
		rc = cli_targets(&g, &which, &targets, &count, err);
	opt_strings_release(&o.files);
	if (rc == 0)
		rc = check(c, targets, count, &goal, err);
	for (size_t i = 0; rc == 0 && i < count; i++)
		rc = wait_and_say(&g, &targets[i].ref, &goal, end, err);
	return rc;
}

const struct cli_verb cli_verb_wait = {
	.name = "wait",
	.usage = "KIND NAME... | KIND/NAME... | KIND -l SELECTOR | KIND --all | -f PATH",
	.help = "Wait until objects are as they should be.",
	.about = "    aspora wait skill/ecm/manager --timeout 2m\n"
		 "    aspora wait domain ecm --for condition=Stalled=False\n"
		 "    aspora wait skill/ecm/manager --for jsonpath='{.status.phase}'=Ready\n"
		 "    aspora wait skills -l team=billing --for delete\n"
		 "    aspora wait execution EXEC-20260218120000-0123456789abcdef --for "
		 "status.phase=succeeded\n\n"
		 "The exit status is 8 when it did not come to be in time.",
	.options = options,
	.uses = CLI_USES_GATEWAY | CLI_USES_FOLDER,
	.most = -1,
	.completes = CLI_KINDS,
	.run = wait_verb,
};
