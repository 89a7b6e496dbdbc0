/* aspora get, aspora watch: objects of any kind, as tables or as they are; once, or as they change. */
#include "cli/follow.h"
#include "cli/order.h"
#include "cli/verbs.h"
#include "cli/when.h"

static struct {
	const char *domain, *skill, *state, *labels, *fields, *sort, *at;
	bool all, watch, events, show_labels, ignore_missing;
	int64_t timeout_ms;
} o;

/* clang-format off */
#define WHICH_OPTIONS \
	{"domain", 'd', OPT_STRING, &o.domain, "DOMAIN", "Only of this domain.", NULL}, \
	{"namespace", 'n', OPT_STRING, &o.domain, "DOMAIN", "The same, for who is used to kubectl.", NULL}, \
	{"all-domains", 'A', OPT_FLAG, &o.all, NULL, "Of all domains, whatever the context says.", NULL}, \
	{"all-namespaces", 0, OPT_FLAG, &o.all, NULL, "The same, for who is used to kubectl.", NULL}, \
	{"selector", 'l', OPT_STRING, &o.labels, "SELECTOR", \
	 "Only with these labels: team=billing, tier!=gold, env in (prod,stage).", NULL}, \
	{"field-selector", 0, OPT_STRING, &o.fields, "SELECTOR", \
	 "Only with these values: status.phase=Ready, spec.role!=manager.", NULL}, \
	{"skill", 's', OPT_STRING, &o.skill, "DOMAIN/NAME", \
	 "Executions, instances, routes and quarantines: only of this skill.", NULL}, \
	{"state", 0, OPT_STRING, &o.state, "STATE", \
	 "Executions and instances: only in this state; admissions: allow or deny.", NULL}, \
	{"show-labels", 0, OPT_FLAG, &o.show_labels, NULL, "Tables: a last column with the labels.", NULL}, \
	{"output-watch-events", 0, OPT_FLAG, &o.events, NULL, \
	 "Watching: say of each object whether it was ADDED, MODIFIED or DELETED.", NULL}, \
	{"timeout", 0, OPT_DURATION, &o.timeout_ms, "DURATION", \
	 "Watching: end after this long; never when left out.", NULL}

static const struct opt get_options[] = {
	WHICH_OPTIONS,
	{"at", 0, OPT_STRING, &o.at, "WHEN",
	 "Skills and domains as they were: at a revision (i1.47), a commit, a time "
	 "(2026-11-24T10:00:00Z, 2026-11-24), or so long ago (2h, yesterday).", NULL},
	{"sort-by", 0, OPT_STRING, &o.sort, "PATH",
	 "Sort by a value, such as .status.durationMs or {.metadata.name}.", NULL},
	{"ignore-not-found", 0, OPT_FLAG, &o.ignore_missing, NULL, "What is not there is no error.", NULL},
	{"watch", 'w', OPT_FLAG, &o.watch, NULL, "Go on printing what changes.", NULL},
	OPT_END,
};
static const struct opt watch_options[] = {WHICH_OPTIONS, OPT_END};
/* clang-format on */

static const char *filters(struct cli *c, const struct kind *k, const char *path)
{
	const char *slash = o.skill ? strchr(o.skill, '/') : NULL;
	if (slash) {
		const char *domain = arena_strndup(c->arena, o.skill, (size_t)(slash - o.skill));
		path = cli_query(c, path, "domain", domain);
	}
	path = cli_query(c, path, "skill", slash ? slash + 1 : o.skill);
	path = cli_query(c, path, "labelSelector", o.labels);
	path = cli_query(c, path, "fieldSelector", o.fields);
	return cli_query(c, path, strcmp(k->name, "Admission") == 0 ? "verdict" : "state", o.state);
}

/* --- once ------------------------------------------------------------------------------------------------------ */

static int arrange(struct cli *c, const struct kind *k, const struct doc_node **objects,
		   size_t count, struct err *err)
{
	if (o.sort)
		return cli_sort(c, o.sort, objects, count, err);
	if (strcmp(k->name, "Event") == 0)
		cli_turn_round(objects, count);
	return 0;
}

struct getting {
	struct cli_gateway g;
	struct cli_ref *refs;
	size_t count;
	struct cli_view view;
	bool list;
};

static int fetch_named(struct getting *w, const struct doc_node ***ret, size_t *ret_count,
		       struct err *err)
{
	struct cli *c = w->g.c;
	const struct doc_node **objects = arena_array(c->arena, w->count, sizeof(*objects));
	size_t count = 0;
	for (size_t i = 0; i < w->count; i++) {
		const char *path = cli_query(c, cli_ref_path(c, &w->refs[i]), "at", o.at);
		struct err e = ERR_INIT;
		int rc = cli_get(&w->g, path, &objects[count], &e);
		if (rc == ERR_NOT_FOUND && o.ignore_missing)
			continue;
		if (rc < 0) {
			*err = e;
			return rc;
		}
		count++;
	}
	*ret = objects;
	*ret_count = count;
	return o.sort ? cli_sort(c, o.sort, objects, count, err) : 0;
}

static int fetch(struct getting *w, const struct doc_node ***ret, size_t *ret_count,
		 struct err *err)
{
	struct cli *c = w->g.c;
	const struct kind *k = w->refs[0].kind;
	if (!w->list)
		return fetch_named(w, ret, ret_count, err);
	const char *path = cli_query(c, filters(c, k, cli_ref_path(c, &w->refs[0])), "at", o.at);
	int rc = cli_get_list(&w->g, path, ret, ret_count, NULL, err);
	return rc < 0 ? rc : arrange(c, k, *ret, *ret_count, err);
}

/* --- as it changes ------------------------------------------------------------------------------------------------- */

/* The gateway's watch knows no states and no several names: those are looked at here. */
static bool is_asked_for(void *state, const struct doc_node *object)
{
	const struct getting *w = state;
	const struct doc_node *meta = doc_find(object, "metadata");
	struct str domain = doc_text(meta, "domain"), name = doc_text(meta, "name");
	bool verdict = strcmp(w->refs[0].kind->name, "Admission") == 0;
	const struct doc_node *is = kind_path(object, verdict ? "status.verdict" : "status.phase");
	if (w->list)
		return !o.state || (is && str_eqz(is->text, o.state));
	for (size_t i = 0; i < w->count; i++)
		if (str_eqz(name, w->refs[i].name) &&
		    (!w->refs[i].domain || !domain.len || str_eqz(domain, w->refs[i].domain)))
			return true;
	return false;
}

/* {"type", "object"} for programs, one more column for people. */
static const struct doc_node *with_type(const struct cli *c, const char *type,
					const struct doc_node *object)
{
	if (cli_output_is_table(c))
		return cli_with_member(c, object, "event", cli_text_node(c, type));
	if (strcmp(c->output, "json") != 0 && strcmp(c->output, "yaml") != 0)
		return object;
	struct doc_node *n = arena_alloc(c->arena, sizeof(*n));
	*n = (struct doc_node){.type = DOC_MAP};
	return cli_with_member(c, cli_with_member(c, n, "type", cli_text_node(c, type)), "object",
			       object);
}

static int show(void *state, const char *type, const struct doc_node *const *objects, size_t count,
		struct err *err)
{
	struct getting *w = state;
	const struct cli *c = w->g.c;
	const struct doc_node **said = arena_array(c->arena, count + 1, sizeof(*said));
	bool gone = type && strcmp(type, "DELETED") == 0 && !o.events;
	for (size_t i = 0; i < count; i++) {
		CLEANUP(buf_release) struct buf name = BUF_INIT(BUF_MAX);
		cli_object_name(&name, w->view.word, objects[i]);
		if (gone)
			cli_say("%s is gone", buf_cstr(&name));
		said[i] = o.events ? with_type(c, type ? type : "ADDED", objects[i]) : objects[i];
	}
	if (gone)
		return 0;
	/* For programs a watch is a document for each, from the first on. */
	if (!cli_output_has_rows(c))
		w->view.begun = true;
	if (o.events)
		w->view.widths[0] = strlen("MODIFIED");
	int rc = count || !w->view.begun ? cli_print(c, &w->view, said, count, err) : 0;
	w->view.none = NULL;
	w->view.now_ms = 0;
	return rc;
}

/* These change with their skills, and the gateway tells of those. */
static bool can_be_watched(const struct kind *k)
{
	return strcmp(k->name, "Route") != 0 && strcmp(k->name, "Quarantine") != 0;
}

static int watch(struct getting *w, struct err *err)
{
	struct cli *c = w->g.c;
	struct cli_ref list = w->refs[0];
	const struct doc_node **found = NULL;
	size_t count = 0;
	if (o.at || o.sort)
		return cli_usage(c, err, "--watch and --%s exclude each other",
				 o.at ? "at" : "sort-by");
	/* What is not there is an error before anything is waited for. */
	int rc = w->list ? 0 : fetch(w, &found, &count, err);
	if (rc < 0)
		return rc;
	for (size_t i = 1; i < w->count && list.domain; i++)
		if (!w->refs[i].domain || strcmp(w->refs[i].domain, list.domain) != 0)
			list.domain = NULL;
	list.name = NULL;
	const struct cli_follow f = {.g = &w->g,
				     .path = filters(c, list.kind, cli_ref_path(c, &list)),
				     .word = list.kind->singular,
				     .newest = strcmp(list.kind->name, "Event") == 0 ? 100 : 0,
				     .timeout_ms = o.timeout_ms,
				     .poll = !can_be_watched(list.kind),
				     .wanted = is_asked_for,
				     .show = show,
				     .state = w};
	return cli_follow(&f, err);
}

/* --- what is asked for ---------------------------------------------------------------------------------------------- */

static int check(struct getting *w, struct err *err)
{
	const struct kind *k = w->refs[0].kind;
	if (!w->list && (o.labels || o.fields))
		return cli_usage(w->g.c, err, "objects are named or selected, not both");
	if (!o.at || strcmp(k->name, "Skill") == 0 || strcmp(k->name, "Domain") == 0)
		return 0;
	err_set(err, ERR_USAGE, "--at: only skills and domains are kept as they were, not %s",
		k->plural);
	return err_remedy(err, "`aspora get releases` and `aspora audit` say what was done");
}

/* All operands: KIND, KIND NAME ..., or KIND/NAME ... of one kind. */
static int parse(struct getting *w, struct err *err)
{
	struct cli *c = w->g.c;
	const char *domain = o.all ? NULL : cli_domain(&w->g, o.domain);
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
	return check(w, err);
}

/* The kind's own columns, with those that options add before and after them. */
static const struct kind_column *columns_of(struct cli *c, const struct kind *k)
{
	size_t n = 0, count = 0;
	while (k->columns[count].title)
		count++;
	struct kind_column *out = arena_array(c->arena, count + 3, sizeof(*out));
	if (o.events)
		out[n++] = (struct kind_column){"EVENT", "event", false};
	memcpy(out + n, k->columns, count * sizeof(*out));
	n += count;
	if (o.show_labels)
		out[n++] = (struct kind_column){"LABELS", "@labels metadata.labels", false};
	out[n] = (struct kind_column){NULL, NULL, false};
	return out;
}

static const char *none_of(struct cli *c, const struct cli_ref *ref)
{
	return arena_printf(c->arena, "no %s%s%s%s", ref->kind->plural, ref->domain ? " in " : "",
			    ref->domain ? ref->domain : "",
			    o.labels || o.fields || o.state ? " that fit" : "");
}

static int prepare(struct getting *w, struct err *err)
{
	int rc = parse(w, err);
	if (rc < 0)
		return rc;
	struct cli *c = w->g.c;
	w->view = (struct cli_view){.columns = columns_of(c, w->refs[0].kind),
				    .word = w->refs[0].kind->singular,
				    .list = w->list || w->count > 1,
				    .none = none_of(c, &w->refs[0])};
	return 0;
}

static int get_one(struct getting *w, struct err *err)
{
	const struct doc_node **objects = NULL;
	size_t count = 0;
	int rc = prepare(w, err);
	if (rc == 0)
		rc = o.watch ? watch(w, err) : fetch(w, &objects, &count, err);
	if (rc == 0 && !o.watch && (w->list || count))
		rc = cli_print(w->g.c, &w->view, objects, count, err);
	return rc;
}

/* --- several kinds -------------------------------------------------------------------------------------------------- */

#define SEVERAL_MAX 32
#define ALL "domains,skills,routes,sources"

static bool is_several(const struct cli *c)
{
	return strchr(c->operands[0], ',') || strcmp(c->operands[0], "all") == 0;
}

/* As tables one below the other, for programs as one list. */
static int get_several(struct getting *w, struct err *err)
{
	struct cli *c = w->g.c;
	bool rows = cli_output_has_rows(c) || strcmp(c->output, "name") == 0;
	struct str rest = str_of(strcmp(c->operands[0], "all") == 0 ? ALL : c->operands[0]), word;
	const struct doc_node **all = NULL;
	size_t all_count = 0, cap = 0, kinds_seen = 0;
	if (c->operand_count > 1 || o.watch)
		return cli_usage(c, err, "several kinds are listed; they are not named or watched");
	/* A slip is told before anything is printed. */
	struct str names = rest;
	while (str_split(&names, ',', &word)) {
		struct cli_ref ref;
		int rc = cli_ref_parse(c, arena_strndup(c->arena, word.p, word.len), NULL, NULL,
				       &ref, err);
		if (rc < 0)
			return rc;
	}
	while (str_split(&rest, ',', &word) && kinds_seen++ < SEVERAL_MAX) {
		static char *one[2];
		const struct doc_node **objects = NULL;
		size_t count = 0;
		one[0] = arena_strndup(c->arena, word.p, word.len);
		c->operands = one;
		struct getting each = {.g = w->g};
		int rc = prepare(&each, err);
		if (rc == 0)
			rc = fetch(&each, &objects, &count, err);
		if (rc == 0 && rows && kinds_seen > 1 && count && cli_output_is_table(c))
			rc = cli_write(&(struct buf){.data = (char[]){"\n"}, .len = 1}, err);
		if (rc == 0 && rows)
			rc = cli_print(c, &each.view, objects, count, err);
		if (rc < 0)
			return rc;
		for (size_t i = 0; i < count; i++) {
			ARENA_GROW(c->arena, all, all_count, cap);
			all[all_count++] = objects[i];
		}
	}
	w->view = (struct cli_view){.columns = kind_find(STR("Skill"))->columns, .list = true};
	return rows ? 0 : cli_print(c, &w->view, all, all_count, err);
}

static int get(struct cli *c, struct err *err)
{
	struct getting w = {0};
	int rc = cli_output_check(c, err);
	if (rc == 0)
		rc = cli_when(c, o.at, &o.at, err);
	if (rc == 0)
		rc = cli_gateway_open(c, &w.g, err);
	if (rc == 0)
		rc = is_several(c) ? get_several(&w, err) : get_one(&w, err);
	cli_gateway_release(&w.g);
	return rc;
}

static int watch_verb(struct cli *c, struct err *err)
{
	o.watch = true;
	return get(c, err);
}

const struct cli_verb cli_verb_get = {
	.name = "get",
	.usage = "KIND [NAME ...] | KIND/NAME ...",
	.help = "Show objects of a kind.",
	.about = "    aspora get skills -d ecm\n"
		 "    aspora get skill ecm/manager -o yaml\n"
		 "    aspora get executions --skill ecm/order-details --state failed\n"
		 "    aspora get skills --field-selector status.phase!=Ready -o wide\n"
		 "    aspora get skills --at 2h\n"
		 "    aspora get domains -w\n"
		 "    aspora get domains,skills\n\n"
		 "Kinds have short names, as in kubectl: sk, dom, rt, src, rel, adm, inst, exec, "
		 "ev\n"
		 "and qua. `aspora explain KIND` says which columns there are.",
	.options = get_options,
	.uses = CLI_USES_GATEWAY | CLI_USES_OUTPUT,
	.least = 1,
	.most = -1,
	.completes = CLI_KINDS,
	.run = get,
};

const struct cli_verb cli_verb_watch = {
	.name = "watch",
	.usage = "KIND [NAME ...] | KIND/NAME ...",
	.help = "Show objects of a kind, and go on with what changes.",
	.about = "    aspora watch skills -d ecm\n"
		 "    aspora watch executions --state failed -o json\n"
		 "    aspora watch releases --output-watch-events\n\n"
		 "The same as `aspora get -w`. A connection that breaks is made again, and nothing "
		 "is\n"
		 "missed or told twice.",
	.options = watch_options,
	.uses = CLI_USES_GATEWAY | CLI_USES_OUTPUT,
	.least = 1,
	.most = -1,
	.completes = CLI_KINDS,
	.run = watch_verb,
};
