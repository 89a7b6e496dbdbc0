/* aspora status: the platform at a glance. */
#include "cli/output.h"
#include "cli/resource.h"
#include "cli/result.h"
#include "cli/verbs.h"

static struct {
	const char *format;
} o;

static const char *const formats[] = {"text", "json", "yaml", NULL};
static const struct opt options[] = {
	{"output", 'o', OPT_STRING, &o.format, "FORMAT", "How to print: text, json or yaml.",
	 formats},
	OPT_END,
};

/* --- counts ---------------------------------------------------------------------------------------------------- */

/* "executions  3 queued, 1 running": by state, in the order they come. */
static void counts(struct buf *out, const struct doc_node *status, const char *key)
{
	const struct doc_node *map = doc_find(status, key);
	bool some = false;
	buf_addf(out, "%-12s", key);
	for (size_t i = 0; map && map->type == DOC_MAP && i < map->map.count; i++) {
		const struct doc_pair *p = &map->map.pairs[i];
		if (p->value->type != DOC_INT || p->value->integer == 0)
			continue;
		buf_addf(out, "%s%lld %.*s", some ? ", " : "", (long long)p->value->integer,
			 STR_ARG(p->key));
		some = true;
	}
	buf_addz(out, some ? "\n" : "none\n");
}

static int64_t total(const struct doc_node *status, const char *key)
{
	return doc_int(doc_find(status, key), "total", 0);
}

/* What keeps things from going on. */
static void held(struct buf *out, const struct doc_node *status)
{
	static const struct {
		const char *key, *words;
	} rows[] = {{"quarantines", "in quarantine"},
		    {"suspensions", "suspended"},
		    {"overlays", "under an overlay"},
		    {"wishes_open", "wishes waiting"}};
	bool some = false;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		long long n = total(status, rows[i].key);
		if (!n)
			continue;
		buf_addf(out, "%s%lld %s", some ? ", " : "held        ", n, rows[i].words);
		some = true;
	}
	if (some)
		buf_add_char(out, '\n');
}

/* A role whose lead nobody holds does not work. */
static void leads(struct buf *out, const struct doc_node *status)
{
	const struct doc_node *map = doc_find(status, "leases");
	bool some = false;
	buf_addz(out, "leads       ");
	for (size_t i = 0; map && map->type == DOC_MAP && i < map->map.count; i++) {
		buf_addf(out, "%s%.*s", some ? ", " : "", STR_ARG(map->map.pairs[i].key));
		some = true;
	}
	buf_addz(out, some ? "\n" : "nobody: is asporad running?\n");
}

/* --- in words ---------------------------------------------------------------------------------------------------- */

static int section(struct cli_gateway *g, const char *kind, const char *none, struct err *err)
{
	CLEANUP(buf_release) struct buf gap = BUF_INIT(16);
	const struct kind *k = kind_find(str_of(kind));
	const struct doc_node **objects = NULL;
	size_t count = 0;
	struct cli_view v = {
		.columns = k->columns, .word = k->singular, .list = true, .none = none};
	int rc = cli_get_list(g, cli_path(g->c, k->plural, NULL), &objects, &count, NULL, err);
	buf_add_char(&gap, '\n');
	if (rc == 0 && count)
		rc = cli_write(&gap, err);
	return rc < 0 ? rc : cli_print(g->c, &v, objects, count, err);
}

static int print(struct cli_gateway *g, const struct doc_node *answer, struct err *err)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	const struct doc_node *s = doc_find(answer, "status");
	buf_addf(&out, "gateway     %s, version %.*s\n", g->socket ? g->socket : g->base,
		 STR_ARG(doc_text(s, "version")));
	buf_addf(&out, "release     %lld, at %.*s\n", (long long)total(s, "release"),
		 STR_ARG(doc_text(doc_find(answer, "metadata"), "resourceVersion")));
	leads(&out, s);
	counts(&out, s, "skills");
	counts(&out, s, "rollouts");
	counts(&out, s, "instances");
	counts(&out, s, "executions");
	held(&out, s);
	int rc = cli_write(&out, err);
	if (rc == 0)
		rc = section(g, "Source", "no source is followed", err);
	return rc < 0 ? rc : section(g, "Domain", "no domain is deployed", err);
}

static int status(struct cli *c, struct err *err)
{
	CLEANUP(cli_gateway_release) struct cli_gateway g = {0};
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	const struct doc_node *s = NULL;
	int rc = cli_gateway_open(c, &g, err);
	if (rc == 0)
		rc = cli_get(&g, cli_path(c, "status", NULL), &s, err);
	if (rc < 0)
		return rc;
	if (!o.format || strcmp(o.format, "text") == 0)
		return print(&g, s, err);
	cli_result(&out, s, o.format);
	return cli_write(&out, err);
}

const struct cli_verb cli_verb_status = {
	.name = "status",
	.usage = "",
	.help = "Say how the platform is: sources, domains, executions, who leads.",
	.options = options,
	.uses = CLI_USES_GATEWAY,
	.run = status,
};
