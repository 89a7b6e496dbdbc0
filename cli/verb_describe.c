/* aspora describe: one object in full, for people: what is wanted, how it is, why, and what happened lately. */
#include "base/clock.h"
#include "cli/compact.h"
#include "cli/output.h"
#include "cli/resource.h"
#include "cli/result.h"
#include "cli/table.h"
#include "cli/verbs.h"
#include "skill/finding.h"
#include "skill/text.h"

#define EVENTS "20"

static struct {
	const char *domain;
	bool no_events;
} o;

static const struct opt options[] = {
	{"domain", 'd', OPT_STRING, &o.domain, "DOMAIN", "The domain of the object.", NULL},
	{"namespace", 'n', OPT_STRING, &o.domain, "DOMAIN", "The same, for who is used to kubectl.",
	 NULL},
	{"no-events", 0, OPT_FLAG, &o.no_events, NULL, "Leave out what happened lately.", NULL},
	OPT_END,
};

/* clang-format off */
static const struct kind_column event_columns[] = {
	{"AGE", "@age metadata.createdAt", false}, {"TYPE", "status.type", false},
	{"REASON", "status.reason", false}, {"MESSAGE", "status.message", false},
	{NULL, NULL, false},
};
/* clang-format on */

static void head(struct buf *out, const struct doc_node *n)
{
	const struct doc_node *meta = doc_find(n, "metadata"), *source = doc_find(meta, "source");
	struct str created = doc_text(meta, "createdAt");
	struct err ignored = ERR_INIT;
	int64_t at = 0;
	char age[32];
	cli_compact_line(out, "Name:", doc_text(meta, "name"));
	cli_compact_line(out, "Domain:", doc_text(meta, "domain"));
	cli_compact_line(out, "Kind:", doc_text(n, "kind"));
	cli_compact_line(out, "Source:", doc_text(source, "name"));
	cli_compact_line(out, "Revision:", doc_text(source, "revision"));
	cli_compact_line(out, "Path:", doc_text(source, "path"));
	if (created.len && clock_parse(created, &at, &ignored) == 0)
		buf_addf(out, "%-12s%.*s (%s ago)\n", "Created:", STR_ARG(created),
			 kind_age(clock_wall(&clock_real) - at, age));
}

static void section(struct buf *out, const char *title, const struct doc_node *map)
{
	static const char *const told_apart[] = {"conditions", "findings", NULL};
	CLEANUP(buf_release) struct buf body = BUF_INIT(BUF_MAX);
	cli_compact(&body, map, told_apart);
	if (!body.len)
		return;
	buf_addf(out, "\n%s:\n", title);
	buf_add_str(out, buf_str(&body));
}

/* Where the rest of a configuration is to be had. */
static void point_to_all(struct cli *c, struct buf *out, const struct cli_ref *ref,
			 const struct doc_node *spec)
{
	if (doc_find(spec, "config"))
		buf_addf(out, "  (all settings: aspora describe %s -o yaml)\n",
			 cli_ref_text(c, ref));
}

/* --- why it is as it is -------------------------------------------------------------------------------------------- */

static void conditions(struct buf *out, const struct doc_node *list)
{
	if (!list || list->type != DOC_LIST || !list->list.count)
		return;
	buf_addz(out, "\nConditions:\n");
	for (size_t i = 0; i < list->list.count; i++) {
		const struct doc_node *n = list->list.items[i];
		struct str message = doc_text(n, "message"), remedy = doc_text(n, "remedy"),
			   by = doc_text(n, "blockedBy");
		buf_addf(out, "  %-12.*s %-8.*s %.*s\n", STR_ARG(doc_text(n, "type")),
			 STR_ARG(doc_text(n, "status")), STR_ARG(doc_text(n, "reason")));
		if (message.len) {
			buf_addz(out, "      ");
			text_escape(out, message, 0);
			buf_add_char(out, '\n');
		}
		if (by.len)
			buf_addf(out, "      blocked by %.*s\n", STR_ARG(by));
		if (remedy.len) {
			buf_addz(out, "      -> ");
			text_escape(out, remedy, 0);
			buf_add_char(out, '\n');
		}
	}
}

static void findings(struct cli *c, struct buf *out, const struct doc_node *list)
{
	struct findings f;
	struct err ignored = ERR_INIT;
	findings_init(&f, c->arena);
	if (!list || list->type != DOC_LIST || !list->list.count ||
	    findings_from_json(&f, list, &ignored) < 0)
		return;
	buf_addz(out, "\nFindings:\n");
	for (size_t i = 0; i < f.count; i++) {
		CLEANUP(buf_release) struct buf text = BUF_INIT(BUF_MAX);
		finding_text(&text, &f.items[i]);
		struct str rest = buf_str(&text), one;
		while (str_split(&rest, '\n', &one))
			buf_addf(out, "  %.*s\n", STR_ARG(one));
	}
}

/* The newest of its events, the oldest of them first. */
static int events(struct cli_gateway *g, const struct cli_ref *ref, struct buf *out,
		  struct err *err)
{
	struct cli *c = g->c;
	const struct doc_node *page = NULL;
	const char *path = cli_query(c, cli_path(c, "events", NULL), "kind", ref->kind->name);
	path = cli_query(c, path, "name", ref->name);
	path = cli_query(c, path, "domain", ref->kind->namespaced ? ref->domain : NULL);
	int rc = cli_get(g, cli_query(c, path, "limit", EVENTS), &page, err);
	const struct doc_node *items = rc < 0 ? NULL : doc_find(page, "items");
	if (!items || items->type != DOC_LIST || !items->list.count)
		return rc;
	size_t n = items->list.count, columns = ARRAY_SIZE(event_columns) - 1;
	struct str *cells = arena_array(c->arena, (n + 1) * columns, sizeof(*cells));
	size_t widths[ARRAY_SIZE(event_columns)] = {0};
	for (size_t k = 0; k < columns; k++)
		cells[k] = str_of(event_columns[k].title);
	for (size_t i = 0; i < n * columns; i++) {
		CLEANUP(buf_release) struct buf cell = BUF_INIT(64 * 1024);
		kind_cell(&cell, &event_columns[i % columns],
			  items->list.items[n - 1 - i / columns], clock_wall(&clock_real));
		cells[columns + i] = arena_str(c->arena, buf_str(&cell));
	}
	buf_addz(out, "\nEvents:\n");
	CLEANUP(buf_release) struct buf table = BUF_INIT(BUF_MAX);
	cli_table(&table, cells, n + 1, columns, widths);
	struct str rest = buf_str(&table), one;
	while (str_split(&rest, '\n', &one))
		buf_addf(out, "  %.*s\n", STR_ARG(one));
	return 0;
}

static int describe_one(struct cli_gateway *g, const struct cli_ref *ref, struct err *err)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	const struct doc_node *n = NULL;
	int rc = cli_get(g, cli_ref_path(g->c, ref), &n, err);
	if (rc < 0)
		return rc;
	if (g->c->output) {
		struct cli_view view = {.columns = ref->kind->columns, .word = ref->kind->singular};
		return cli_print(g->c, &view, &n, 1, err);
	}
	const struct doc_node *status = doc_find(n, "status");
	head(&out, n);
	section(&out, "Spec", doc_find(n, "spec"));
	point_to_all(g->c, &out, ref, doc_find(n, "spec"));
	section(&out, "Status", status);
	conditions(&out, doc_find(status, "conditions"));
	findings(g->c, &out, doc_find(status, "findings"));
	if (!o.no_events)
		rc = events(g, ref, &out, err);
	return rc < 0 ? rc : cli_write(&out, err);
}

static int describe(struct cli *c, struct err *err)
{
	CLEANUP(cli_gateway_release) struct cli_gateway g = {0};
	struct cli_ref ref;
	int rc = cli_output_check(c, err);
	if (rc == 0)
		rc = cli_gateway_open(c, &g, err);
	if (rc == 0)
		rc = cli_ref_parse(c, c->operands[0], c->operand_count > 1 ? c->operands[1] : NULL,
				   cli_domain(&g, o.domain), &ref, err);
	if (rc == 0 && !ref.name)
		rc = cli_usage(c, err, "which %s?", ref.kind->singular);
	return rc < 0 ? rc : describe_one(&g, &ref, err);
}

const struct cli_verb cli_verb_describe = {
	.name = "describe",
	.usage = "KIND NAME | KIND/NAME",
	.help = "Show one object in full: why it is as it is, and what happened lately.",
	.about = "    aspora describe skill ecm/order-details\n"
		 "    aspora describe execution EXEC-20260218120000-0123456789abcdef\n\n"
		 "Of a configuration only what is asked for most is shown; -o yaml has all of it.",
	.options = options,
	.uses = CLI_USES_GATEWAY | CLI_USES_OUTPUT,
	.least = 1,
	.most = 2,
	.completes = CLI_KINDS,
	.run = describe,
};
