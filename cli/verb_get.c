/* aspora get, aspora watch: objects of any kind, as tables or as they are; once, or as they change. */
#include "cli/get.h"
#include "cli/order.h"
#include "cli/target.h"
#include "cli/verbs.h"
#include "cli/when.h"

#define CHUNK_MAX 1000
#define o cli_get_options

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
	{"for", 0, OPT_STRING, &o.about, "KIND/NAME", \
	 "Events: only of this object: skill/ecm/order-details.", NULL}, \
	{"types", 0, OPT_STRING, &o.types, "TYPES", "Events: only Warning or Normal ones.", NULL}, \
	CLI_FILES_OPTION(&o.files), \
	{"label-columns", 'L', OPT_STRINGS, &o.label_columns, "LABELS", \
	 "Tables: a column with the value of each of these labels; may be given again.", NULL}, \
	{"show-labels", 0, OPT_FLAG, &o.show_labels, NULL, "Tables: a last column with the labels.", NULL}, \
	{"output-watch-events", 0, OPT_FLAG, &o.events, NULL, \
	 "Watching: say of each object whether it was ADDED, MODIFIED or DELETED.", NULL}, \
	{"watch-only", 0, OPT_FLAG, &o.watch_only, NULL, \
	 "Watching: only what changes, and not what there is already.", NULL}, \
	{"chunk-size", 0, OPT_INT, &o.chunk, "N", \
	 "Ask for so many objects at once; 500 when left out.", NULL}, \
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

static int arrange(struct cli *c, const struct kind *k, const struct doc_node **objects,
		   size_t count, struct err *err)
{
	if (o.sort)
		return cli_sort(c, o.sort, objects, count, err);
	if (strcmp(k->name, "Event") == 0)
		cli_turn_round(objects, count);
	return 0;
}

static int fetch_named(struct getting *w, const struct doc_node ***ret, size_t *ret_count,
		       struct err *err)
{
	struct cli *c = w->g->c;
	const struct doc_node **objects = arena_array(c->arena, w->count, sizeof(*objects));
	size_t count = 0;
	for (size_t i = 0; i < w->count; i++) {
		const char *path = cli_query(c, cli_ref_path(c, &w->refs[i]), "at", o.at);
		struct err e = ERR_INIT;
		int rc = cli_get(w->g, path, &objects[count], &e);
		if (rc == ERR_NOT_FOUND && o.ignore_missing)
			continue;
		if (rc < 0) {
			*err = e;
			return o.at ? rc : cli_not_listed(w->refs[i].kind, err);
		}
		count++;
	}
	*ret = objects;
	*ret_count = count;
	return o.sort ? cli_sort(c, o.sort, objects, count, err) : 0;
}

int cli_get_fetch(struct getting *w, const struct doc_node ***ret, size_t *ret_count,
		  struct err *err)
{
	struct cli *c = w->g->c;
	const struct kind *k = w->refs[0].kind;
	if (!w->list)
		return fetch_named(w, ret, ret_count, err);
	const char *path = NULL;
	int rc = cli_get_path(w, &path, err);
	if (rc == 0)
		rc = cli_get_list(w->g, cli_query(c, path, "at", o.at), ret, ret_count, NULL, err);
	return rc < 0 ? rc : arrange(c, k, *ret, *ret_count, err);
}

/* One kind as -o says; several as tables one below the other, for programs as one list. */
static int print_several(struct gettings *all, struct err *err)
{
	struct cli *c = all->items[0].g->c;
	bool rows = cli_output_has_rows(c) || strcmp(c->output, "name") == 0, printed = false;
	const struct doc_node **whole = NULL;
	size_t whole_count = 0, cap = 0;
	for (size_t i = 0; i < all->count; i++) {
		struct getting *w = &all->items[i];
		const struct doc_node **objects = NULL;
		size_t count = 0;
		int rc = cli_get_fetch(w, &objects, &count, err);
		if (rc == 0 && printed && count && cli_output_is_table(c))
			rc = cli_write(&(struct buf){.data = (char[]){"\n"}, .len = 1}, err);
		printed = printed || count;
		cli_get_add_labels(w, objects, count);
		w->view.list = true;
		if (rc == 0 && rows)
			rc = cli_print(c, &w->view, objects, count, err);
		if (rc < 0)
			return rc;
		for (size_t k = 0; k < count; k++) {
			ARENA_GROW(c->arena, whole, whole_count, cap);
			whole[whole_count++] = objects[k];
		}
	}
	struct cli_view v = {.columns = all->items[0].view.columns, .list = true};
	return rows ? 0 : cli_print(c, &v, whole, whole_count, err);
}

static int print_one(struct getting *w, struct err *err)
{
	const struct doc_node **objects = NULL;
	size_t count = 0;
	int rc = cli_get_fetch(w, &objects, &count, err);
	if (rc < 0 || (!w->list && !count))
		return rc;
	cli_get_add_labels(w, objects, count);
	return cli_print(w->g->c, &w->view, objects, count, err);
}

static int get_all(struct cli_gateway *g, struct err *err)
{
	struct gettings all;
	int rc = cli_get_parse(g, &all, err);
	if (rc < 0)
		return rc;
	if (o.watch && all.count > 1)
		return cli_usage(g->c, err, "one kind is watched at a time, not %s and %s",
				 all.items[0].refs[0].kind->plural,
				 all.items[1].refs[0].kind->plural);
	if (o.watch)
		return cli_get_watch(&all.items[0], err);
	return all.count > 1 ? print_several(&all, err) : print_one(&all.items[0], err);
}

static int get(struct cli *c, struct err *err)
{
	CLEANUP(cli_gateway_release) struct cli_gateway g = {0};
	int rc = cli_output_check(c, err);
	if (rc == 0 && (o.chunk < 0 || o.chunk > CHUNK_MAX))
		rc = cli_usage(c, err, "--chunk-size is from 1 to %d, or 0 for 500", CHUNK_MAX);
	if (rc == 0)
		rc = cli_when(c, o.at, &o.at, err);
	if (rc == 0)
		rc = cli_gateway_open(c, &g, err);
	if (o.chunk)
		g.page = o.chunk;
	o.watch = o.watch || o.watch_only;
	if (rc == 0)
		rc = get_all(&g, err);
	opt_strings_release(&o.files);
	opt_strings_release(&o.label_columns);
	return rc;
}

static int watch_verb(struct cli *c, struct err *err)
{
	o.watch = true;
	return get(c, err);
}

const struct cli_verb cli_verb_get = {
	.name = "get",
	.usage = "KIND [NAME ...] | KIND/NAME ... | -f PATH",
	.help = "Show objects of a kind.",
	.about = "    aspora get skills -d ecm\n"
		 "    aspora get skill ecm/manager -o yaml\n"
		 "    aspora get executions --skill ecm/order-details --state failed\n"
		 "    aspora get skills --field-selector status.phase!=Ready -o wide\n"
		 "    aspora get skills --at 2h\n"
		 "    aspora get domains -w\n"
		 "    aspora get domains,skills\n"
		 "    aspora get skills -L team -l tier=gold\n"
		 "    aspora get events --for skill/ecm/manager --types Warning\n\n"
		 "Kinds have short names, as in kubectl: sk, dom, rt, src, rel, adm, inst, exec, "
		 "ev\n"
		 "and qua. `aspora explain KIND` says which columns there are.",
	.options = get_options,
	.uses = CLI_USES_GATEWAY | CLI_USES_OUTPUT | CLI_USES_FOLDER,
	.most = -1,
	.completes = CLI_KINDS,
	.run = get,
};

const struct cli_verb cli_verb_watch = {
	.name = "watch",
	.usage = "KIND [NAME ...] | KIND/NAME ... | -f PATH",
	.help = "Show objects of a kind, and go on with what changes.",
	.about = "    aspora watch skills -d ecm\n"
		 "    aspora watch executions --state failed -o json\n"
		 "    aspora watch releases --output-watch-events\n\n"
		 "The same as `aspora get -w`. A connection that breaks is made again, and nothing "
		 "is\n"
		 "missed or told twice.",
	.options = watch_options,
	.uses = CLI_USES_GATEWAY | CLI_USES_OUTPUT | CLI_USES_FOLDER,
	.most = -1,
	.completes = CLI_KINDS,
	.run = watch_verb,
};
