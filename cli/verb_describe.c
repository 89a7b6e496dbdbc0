/* aspora describe: objects in full, for people: what is wanted, how it is, why, and what happened lately. */
#include "base/clock.h"
#include "cli/compact.h"
#include "cli/output.h"
#include "cli/resource.h"
#include "cli/result.h"
#include "cli/table.h"
#include "cli/target.h"
#include "cli/verbs.h"
#include "skill/finding.h"
#include "skill/text.h"

#define EVENTS "20"

static struct {
	const char *domain, *selector;
	struct opt_strings files;
	bool no_events, all;
	const char *show_events;
} o;

static const char *const truths[] = {"true", "false", NULL};

static const struct opt options[] = {
	{"domain", 'd', OPT_STRING, &o.domain, "DOMAIN", "The domain of the object.", NULL},
	{"namespace", 'n', OPT_STRING, &o.domain, "DOMAIN", "The same, for who is used to kubectl.",
	 NULL},
	{"selector", 'l', OPT_STRING, &o.selector, "SELECTOR",
	 "All objects of the kind with these labels.", NULL},
	{"all-domains", 'A', OPT_FLAG, &o.all, NULL, "Of all domains, whatever the context says.",
	 NULL},
	{"all-namespaces", 0, OPT_FLAG, &o.all, NULL, "The same, for who is used to kubectl.",
	 NULL},
	CLI_FILES_OPTION(&o.files),
	{"show-events", 0, OPT_WORD, &o.show_events, "true|false",
	 "Whether to show what happened lately; true when left out.", truths},
	{"no-events", 0, OPT_FLAG, &o.no_events, NULL, "The same as --show-events=false.", NULL},
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

static int describe_one(struct cli_gateway *g, const struct cli_target *t, struct buf *out,
			struct err *err)
{
	const struct doc_node *n = t->object, *status = doc_find(n, "status");
	head(out, n);
	section(out, "Spec", doc_find(n, "spec"));
	point_to_all(g->c, out, &t->ref, doc_find(n, "spec"));
	section(out, "Status", status);
	conditions(out, doc_find(status, "conditions"));
	findings(g->c, out, doc_find(status, "findings"));
	bool quiet = o.no_events || (o.show_events && strcmp(o.show_events, "false") == 0);
	return quiet ? 0 : events(g, &t->ref, out, err);
}

static int print_all(struct cli_gateway *g, const struct cli_target *targets, size_t count,
		     struct err *err)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	int rc = 0;
	if (count == 0) {
		cli_say("there is none%s", o.selector ? " that fits" : "");
		return 0;
	}
	if (g->c->output)
		return cli_targets_print(g->c, targets, count, count > 1, err);
	for (size_t i = 0; rc == 0 && i < count; i++) {
		if (i)
			buf_addz(&out, "\n\n");
		rc = describe_one(g, &targets[i], &out, err);
	}
	return rc < 0 ? rc : cli_write(&out, err);
}

static int describe(struct cli *c, struct err *err)
{
	CLEANUP(cli_gateway_release) struct cli_gateway g = {0};
	const struct cli_which which = {.words = c->operands,
					.word_count = c->operand_count,
					.domain = o.domain,
					.selector = o.selector,
					.files = &o.files,
					.alone = true,
					.everywhere = o.all};
	struct cli_target *targets = NULL;
	size_t count = 0;
	int rc = cli_output_check(c, err);
	if (rc == 0)
		rc = cli_gateway_open(c, &g, err);
	if (rc == 0)
		rc = cli_targets(&g, &which, &targets, &count, err);
	opt_strings_release(&o.files);
	return rc < 0 ? rc : print_all(&g, targets, count, err);
}

const struct cli_verb cli_verb_describe = {
	.name = "describe",
	.usage = "KIND [NAME...] | KIND/NAME... | -f PATH",
	.help = "Show objects in full: why it is as it is, and what happened lately.",
	.about = "    aspora describe skill ecm/order-details\n"
		 "    aspora describe execution EXEC-20260218120000-0123456789abcdef\n"
		 "    aspora describe skills -l team=billing\n\n"
		 "Of a configuration only what is asked for most is shown; -o yaml has all of it.",
	.options = options,
	.uses = CLI_USES_GATEWAY | CLI_USES_OUTPUT | CLI_USES_FOLDER,
	.most = -1,
	.completes = CLI_KINDS,
	.run = describe,
};
