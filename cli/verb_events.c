/* aspora events: what happened, the newest last. */
#include "cli/event_for.h"
#include "cli/follow.h"
#include "cli/output.h"
#include "cli/verbs.h"

static struct {
	const char *about, *domain, *types;
	int64_t limit, timeout_ms;
	bool watch, all;
} o = {.limit = 100};

static const struct opt options[] = {
	{"for", 0, OPT_STRING, &o.about, "KIND/NAME",
	 "Of one object: source/main, domain/ecm, skill/ecm/order-details.", NULL},
	{"domain", 'd', OPT_STRING, &o.domain, "DOMAIN", "Of one domain and its skills.", NULL},
	{"namespace", 'n', OPT_STRING, &o.domain, "DOMAIN", "The same, for who is used to kubectl.",
	 NULL},
	{"all-domains", 'A', OPT_FLAG, &o.all, NULL, "Of all domains, whatever the context says.",
	 NULL},
	{"all-namespaces", 0, OPT_FLAG, &o.all, NULL, "The same, for who is used to kubectl.",
	 NULL},
	{"types", 0, OPT_STRING, &o.types, "TYPES", "Only Warning or Normal ones.", NULL},
	{"watch", 'w', OPT_FLAG, &o.watch, NULL, "Go on with what happens.", NULL},
	{"timeout", 0, OPT_DURATION, &o.timeout_ms, "DURATION",
	 "End --watch after this long; never when left out.", NULL},
	{"limit", 0, OPT_INT, &o.limit, "N", "How many, of the newest; 100 when left out.", NULL},
	OPT_END,
};

static struct cli_view view(void)
{
	return (struct cli_view){.columns = kind_find(STR("Event"))->columns,
				 .word = "event",
				 .list = true,
				 .none = o.types ? "no events that fit"
						 : "nothing has happened here yet"};
}

static int print(struct cli *c, const struct doc_node *answer, struct err *err)
{
	const struct doc_node *items = doc_find(answer, "items");
	size_t count = items && items->type == DOC_LIST ? items->list.count : 0;
	const struct doc_node **oldest_first = arena_array(c->arena, count + 1,
							   sizeof(*oldest_first));
	struct cli_view v = view();
	for (size_t i = 0; i < count; i++)
		oldest_first[i] = items->list.items[count - 1 - i];
	return cli_print(c, &v, oldest_first, count, err);
}

struct shown {
	struct cli *c;
	struct cli_view view;
};

static int show(void *state, const char *type, const struct doc_node *const *objects, size_t count,
		struct err *err)
{
	struct shown *s = state;
	(void)type;
	if (!cli_output_has_rows(s->c))
		s->view.begun = true;
	s->view.now_ms = 0;
	int rc = count || !s->view.begun ? cli_print(s->c, &s->view, objects, count, err) : 0;
	s->view.none = NULL;
	return rc;
}

static int watch(struct cli_gateway *g, const char *path, struct err *err)
{
	struct shown s = {.c = g->c, .view = view()};
	const struct cli_follow f = {.g = g,
				     .path = path,
				     .word = "event",
				     .newest = (size_t)o.limit,
				     .timeout_ms = o.timeout_ms,
				     .show = show,
				     .state = &s};
	return cli_follow(&f, err);
}

static int events(struct cli *c, struct err *err)
{
	CLEANUP(cli_gateway_release) struct cli_gateway g = {0};
	const struct doc_node *answer = NULL;
	const char *path = cli_path(c, "events", NULL);
	int rc = cli_output_check(c, err);
	if (rc == 0 && (o.limit < 1 || o.limit > 1000))
		rc = cli_usage(c, err, "--limit is from 1 to 1000");
	if (rc == 0)
		rc = cli_gateway_open(c, &g, err);
	if (rc < 0)
		return rc;
	const struct cli_event_for which = {o.about, o.domain, o.types, NULL, o.all};
	if (!o.about)
		path = cli_query(c, path, "domain", o.all ? NULL : cli_domain(&g, o.domain));
	rc = cli_event_query(&g, &which, &path, err);
	if (rc == 0 && o.watch)
		return watch(&g, path, err);
	path = cli_query(c, path, "limit", arena_printf(c->arena, "%lld", (long long)o.limit));
	if (rc == 0)
		rc = cli_get(&g, path, &answer, err);
	return rc < 0 ? rc : print(c, answer, err);
}

const struct cli_verb cli_verb_events = {
	.name = "events",
	.usage = "",
	.help = "Show what happened, the newest last.",
	.about = "    aspora events --for skill/ecm/order-details\n"
		 "    aspora events -d ecm -w",
	.options = options,
	.uses = CLI_USES_GATEWAY | CLI_USES_OUTPUT,
	.run = events,
};
