/* aspora get: objects of any kind, as tables or as they are; once, or as they change. */
#include "base/clock.h"
#include "cli/verbs.h"
#include "cli/watch.h"

static struct {
	const char *domain, *skill, *state, *sort, *at;
	bool all, watch;
	int64_t timeout_ms;
} o;

static const struct opt options[] = {
	{"domain", 'd', OPT_STRING, &o.domain, "DOMAIN", "Only of this domain.", NULL},
	{"all-domains", 'A', OPT_FLAG, &o.all, NULL, "Of all domains, whatever the context says.",
	 NULL},
	{"skill", 's', OPT_STRING, &o.skill, "DOMAIN/NAME",
	 "Executions, instances, routes and quarantines: only of this skill.", NULL},
	{"state", 0, OPT_STRING, &o.state, "STATE",
	 "Executions and instances: only in this state; admissions: allow or deny.", NULL},
	{"at", 0, OPT_STRING, &o.at, "REVISION",
	 "A skill as it was at a revision of the store, such as i1.47.", NULL},
	{"sort-by", 0, OPT_STRING, &o.sort, "PATH", "Sort by a value, such as status.durationMs.",
	 NULL},
	{"watch", 'w', OPT_FLAG, &o.watch, NULL, "Go on printing what changes.", NULL},
	{"timeout", 0, OPT_DURATION, &o.timeout_ms, "DURATION",
	 "End --watch after this long; never when left out.", NULL},
	OPT_END,
};

static const char *filters(struct cli *c, const struct kind *k, const char *path)
{
	const char *slash = o.skill ? strchr(o.skill, '/') : NULL;
	if (slash) {
		const char *domain = arena_strndup(c->arena, o.skill, (size_t)(slash - o.skill));
		path = cli_query(c, path, "domain", domain);
	}
	path = cli_query(c, path, "skill", slash ? slash + 1 : o.skill);
	return cli_query(c, path, strcmp(k->name, "Admission") == 0 ? "verdict" : "state", o.state);
}

/* --- order --------------------------------------------------------------------------------------------------- */

static int by_path(const void *a, const void *b)
{
	const struct doc_node *const *x = a, *const *y = b;
	const struct doc_node *u = kind_path(*x, o.sort), *v = kind_path(*y, o.sort);
	int order = 0;
	if (!u || !v)
		order = (u == NULL) - (v == NULL);
	else if (u->type == DOC_INT && v->type == DOC_INT)
		order = (u->integer > v->integer) - (u->integer < v->integer);
	else
		order = str_cmp(u->text, v->text);
	if (order)
		return order;
	u = kind_path(*x, "metadata.domain");
	v = kind_path(*y, "metadata.domain");
	return u && v ? str_cmp(u->text, v->text) : 0;
}

/* The gateway tells events newest first; read from above they go the way that things went. */
static void arrange(const struct kind *k, const struct doc_node **objects, size_t count)
{
	if (o.sort) {
		qsort(objects, count, sizeof(*objects), by_path);
		return;
	}
	for (size_t i = 0; strcmp(k->name, "Event") == 0 && i < count / 2; i++) {
		const struct doc_node *other = objects[i];
		objects[i] = objects[count - 1 - i];
		objects[count - 1 - i] = other;
	}
}

/* --- once ------------------------------------------------------------------------------------------------------ */

struct getting {
	struct cli_gateway g;
	struct cli_ref *refs;
	size_t count;
	struct cli_view view;
	bool list;
};

static int fetch(struct getting *w, const struct doc_node ***ret, size_t *ret_count,
		 struct err *err)
{
	struct cli *c = w->g.c;
	const struct kind *k = w->refs[0].kind;
	if (w->list) {
		const char *path = filters(c, k, cli_ref_path(c, &w->refs[0]));
		int rc = cli_get_list(&w->g, path, ret, ret_count, NULL, err);
		if (rc == 0)
			arrange(k, *ret, *ret_count);
		return rc;
	}
	const struct doc_node **objects = arena_array(c->arena, w->count, sizeof(*objects));
	for (size_t i = 0; i < w->count; i++) {
		const char *path = cli_query(c, cli_ref_path(c, &w->refs[i]), "at", o.at);
		int rc = cli_get(&w->g, path, &objects[i], err);
		if (rc < 0)
			return rc;
	}
	*ret = objects;
	*ret_count = w->count;
	return 0;
}

/* --- again and again --------------------------------------------------------------------------------------------- */

static int watch(struct getting *w, struct err *err)
{
	CLEANUP(cli_seen_release) struct cli_seen seen = {0};
	struct cli *c = w->g.c;
	struct arena *kept = c->arena;
	const char *word = w->refs[0].kind->singular;
	int64_t end = clock_mono(&clock_real) + o.timeout_ms;
	int rc = 0;
	while (rc == 0) {
		/* What one look takes goes with it. */
		CLEANUP(arena_freep) struct arena *a = arena_new((size_t)1 << 30);
		const struct doc_node **objects = NULL;
		size_t count = 0;
		c->arena = a;
		rc = fetch(w, &objects, &count, err);
		if (rc == 0)
			count = cli_seen_filter(&seen, word, objects, count);
		if (rc == 0 && (count || !w->view.begun))
			rc = cli_print(c, &w->view, objects, count, err);
		w->view.begun = true;
		c->arena = kept;
		if (o.timeout_ms && clock_mono(&clock_real) >= end)
			break;
		cli_pause(CLI_POLL_MS);
	}
	c->arena = kept;
	return rc;
}

/* All operands: KIND, KIND NAME ..., or KIND/NAME ... of one kind. */
static int parse(struct getting *w, struct err *err)
{
	struct cli *c = w->g.c;
	const char *domain = o.all ? NULL : o.domain;
	if (!o.all && !domain && w->g.domain.len)
		domain = arena_strndup(c->arena, w->g.domain.p, w->g.domain.len);
	bool slashed = strchr(c->operands[0], '/') != NULL;
	int first = slashed || c->operand_count == 1 ? 0 : 1;
	w->refs = arena_array(c->arena, (size_t)c->operand_count, sizeof(*w->refs));
	for (int i = first; i < c->operand_count; i++) {
		struct cli_ref *r = &w->refs[w->count++];
		int rc = slashed ? cli_ref_parse(c, c->operands[i], NULL, domain, r, err)
				 : cli_ref_parse(c, c->operands[0], i ? c->operands[i] : NULL,
						 domain, r, err);
		if (rc < 0)
			return rc;
		if (r->kind != w->refs[0].kind)
			return cli_usage(c, err, "%s and %s are two kinds", w->refs[0].kind->plural,
					 r->kind->plural);
	}
	w->list = w->refs[0].name == NULL;
	if (o.at && (w->list || strcmp(w->refs[0].kind->name, "Skill") != 0))
		return cli_usage(c, err, "--at needs the name of a skill");
	return 0;
}

static int get(struct cli *c, struct err *err)
{
	struct getting w = {0};
	const struct doc_node **objects = NULL;
	size_t count = 0;
	int rc = cli_output_check(c, err);
	if (rc == 0)
		rc = cli_gateway_open(c, &w.g, err);
	if (rc == 0)
		rc = parse(&w, err);
	if (rc == 0) {
		w.view = (struct cli_view){
			.columns = w.refs[0].kind->columns,
			.word = w.refs[0].kind->singular,
			.list = w.list || w.count > 1,
			.none = arena_printf(c->arena, "no %s%s%s", w.refs[0].kind->plural,
					     w.refs[0].domain ? " in " : "",
					     w.refs[0].domain ? w.refs[0].domain : "")};
		rc = o.watch ? watch(&w, err) : fetch(&w, &objects, &count, err);
	}
	if (rc == 0 && !o.watch)
		rc = cli_print(c, &w.view, objects, count, err);
	cli_gateway_release(&w.g);
	return rc;
}

const struct cli_verb cli_verb_get = {
	.name = "get",
	.usage = "KIND [NAME ...] | KIND/NAME ...",
	.help = "Show objects of a kind.",
	.about = "    aspora get skills -d ecm\n"
		 "    aspora get skill ecm/manager -o yaml\n"
		 "    aspora get executions --skill ecm/order-details --state failed\n"
		 "    aspora get domains -w\n\n"
		 "`aspora explain KIND` says which columns there are.",
	.options = options,
	.uses = CLI_USES_GATEWAY | CLI_USES_OUTPUT,
	.least = 1,
	.most = -1,
	.completes = CLI_KINDS,
	.run = get,
};
