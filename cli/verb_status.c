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

/* What keeps things from going on. */
static void held(struct buf *out, const struct doc_node *status)
{
	static const struct {
		const char *key, *words;
	} rows[] = {{"quarantines", "in quarantine"},
		    {"suspensions", "suspended"},
		    {"overlays", "under an overlay"},
		    {"wishesOpen", "wishes waiting"}};
	bool some = false;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		long long n = doc_int(status, rows[i].key, 0);
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
	const struct doc_node *list = doc_find(status, "leases");
	size_t n = list && list->type == DOC_LIST ? list->list.count : 0;
	buf_addz(out, "leads       ");
	for (size_t i = 0; i < n; i++)
		buf_addf(out, "%s%.*s", i ? ", " : "",
			 STR_ARG(doc_text(list->list.items[i], "name")));
	buf_addz(out, n ? "\n" : "nobody: is asporad running?\n");
}

/* clang-format off */
static const struct kind_column source_columns[] = {
	{"SOURCE", "name", false}, {"READY", "conditions[Ready].status", false},
	{"STATUS", "@status conditions", false}, {"REVISION", "@short releasedRevision", false},
	{"FETCHED", "@age fetchedAt", false}, {"URL", "url", false},
	{NULL, NULL, false},
};
static const struct kind_column domain_columns[] = {
	{"DOMAIN", "name", false}, {"OWNER", "owner", false}, {"SKILLS", "skills", false},
	{"READY", "ready", false}, {"FAILED", "failed", false},
	{NULL, NULL, false},
};
/* clang-format on */

/* --- in words ---------------------------------------------------------------------------------------------------- */

static int section(struct cli *c, const struct doc_node *list, const char *word,
		   const struct kind_column *columns, const char *none, struct err *err)
{
	CLEANUP(buf_release) struct buf gap = BUF_INIT(16);
	size_t n = list && list->type == DOC_LIST ? list->list.count : 0;
	struct cli_view v = {.columns = columns, .word = word, .list = true, .none = none};
	buf_add_char(&gap, '\n');
	int rc = n ? cli_write(&gap, err) : 0;
	return rc < 0 ? rc : cli_print(c, &v, n ? list->list.items : NULL, n, err);
}

static int print(struct cli_gateway *g, const struct doc_node *answer, struct err *err)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	const struct doc_node *s = doc_find(answer, "status");
	buf_addf(&out, "gateway     %s, version %.*s\n", g->socket ? g->socket : g->base,
		 STR_ARG(doc_text(s, "version")));
	buf_addf(&out, "release     %lld, at %.*s\n", (long long)doc_int(s, "release", 0),
		 STR_ARG(doc_text(doc_find(answer, "metadata"), "resourceVersion")));
	leads(&out, s);
	counts(&out, s, "skills");
	counts(&out, s, "rollouts");
	counts(&out, s, "instances");
	counts(&out, s, "executions");
	held(&out, s);
	int rc = cli_write(&out, err);
	if (rc == 0)
		rc = section(g->c, doc_find(s, "sources"), "source", source_columns,
			     "no source is followed", err);
	return rc < 0 ? rc
		      : section(g->c, doc_find(s, "domains"), "domain", domain_columns,
				"no domain is deployed", err);
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
