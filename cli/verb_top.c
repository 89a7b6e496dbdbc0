/* aspora top: what skills or domains have run, taken and cost of late. */
#include <stdlib.h>

#include "cli/elsewhere.h"
#include "cli/jsonpath.h"
#include "cli/output.h"
#include "cli/resource.h"
#include "cli/verbs.h"
#include "cli/when.h"

static struct {
	const char *domain, *since, *sort;
	bool all;
	int64_t limit;
} o;

/* clang-format off */
static const char *const orders[] = {"cost", "runs", "failed", "p50", "p95", "accept", "name", NULL};
/* Where the values are, and whether the largest come first. */
static const struct {
	const char *path;
	bool down;
} order_paths[] = {{"status.costMicrousd", true}, {"status.runs", true}, {"status.failed", true},
		   {"status.p50Ms", true}, {"status.p95Ms", true}, {"status.acceptMillionths", false},
		   {"metadata.name", false}};

static const struct opt options[] = {
	{"since", 0, OPT_STRING, &o.since, "TIME", "Since a time, or so long ago; 24h when left out.", NULL},
	{"domain", 'd', OPT_STRING, &o.domain, "DOMAIN", "Only of this domain.", NULL},
	{"namespace", 'n', OPT_STRING, &o.domain, "DOMAIN", "The same, for who is used to kubectl.", NULL},
	{"all-domains", 'A', OPT_FLAG, &o.all, NULL, "Of all domains, whatever the context says.", NULL},
	{"all-namespaces", 0, OPT_FLAG, &o.all, NULL, "The same, for who is used to kubectl.", NULL},
	{"sort-by", 0, OPT_STRING, &o.sort, "COLUMN",
	 "cost (when left out), runs, failed, p50, p95, accept (the lowest first) or name.", orders},
	{"limit", 0, OPT_INT, &o.limit, "N", "Only so many, of the first.", NULL},
	OPT_END,
};

#define NUMBERS \
	{"RUNS", "status.runs", false}, {"FAILED", "status.failed", false}, \
	{"ACCEPT", "@percent status.acceptMillionths", false}, {"COST", "@usd status.costMicrousd", false}, \
	{"P50", "@duration status.p50Ms", false}, {"P95", "@duration status.p95Ms", false}, \
	{"OPEN", "status.open", true}, {"CANCELLED", "status.cancelled", true}, {NULL, NULL, false}
static const struct kind_column skill_columns[] = {
	{"DOMAIN", "metadata.domain", false}, {"NAME", "metadata.name", false}, NUMBERS};
static const struct kind_column domain_columns[] = {{"NAME", "metadata.name", false}, NUMBERS};
/* clang-format on */

static const char *sort_path;
static bool sort_down;

static int by_value(const void *a, const void *b)
{
	const struct doc_node *const *x = a, *const *y = b;
	const struct doc_node *u = kind_path(*x, sort_path), *v = kind_path(*y, sort_path);
	bool no_u = !u || u->type == DOC_NULL, no_v = !v || v->type == DOC_NULL;
	int order = no_u - no_v;
	if (order == 0 && !no_u)
		order = sort_down ? jsonpath_compare(v, u) : jsonpath_compare(u, v);
	if (order == 0)
		order = jsonpath_compare(kind_path(*x, "metadata.domain"),
					 kind_path(*y, "metadata.domain"));
	return order ? order
		     : jsonpath_compare(kind_path(*x, "metadata.name"),
					kind_path(*y, "metadata.name"));
}

static int print(struct cli *c, bool domains, const struct doc_node *answer, struct err *err)
{
	const struct doc_node *items = doc_find(answer, "items");
	size_t count = items && items->type == DOC_LIST ? items->list.count : 0, i = 0;
	const struct doc_node **rows = arena_array(c->arena, count + 1, sizeof(*rows));
	struct cli_view v = {.columns = domains ? domain_columns : skill_columns,
			     .word = domains ? "domain" : "skill",
			     .list = true,
			     .none = "nothing has run since then"};
	for (size_t k = 0; k < count; k++)
		rows[k] = items->list.items[k];
	while (o.sort && orders[i + 1] && strcmp(orders[i], o.sort) != 0)
		i++;
	sort_path = order_paths[i].path;
	sort_down = order_paths[i].down;
	qsort(rows, count, sizeof(*rows), by_value);
	return cli_print(c, &v, rows, o.limit ? MIN(count, (size_t)o.limit) : count, err);
}

/* "skills", "sk", "domain": as anywhere else. */
static int read_by(struct cli *c, bool *ret_domains, struct err *err)
{
	static const char *const words[] = {"skills", "domains"};
	struct str word = str_of(c->operand_count ? c->operands[0] : words[0]);
	const struct kind *k = kind_find(word);
	*ret_domains = k && strcmp(k->name, "Domain") == 0;
	if (*ret_domains || (k && strcmp(k->name, "Skill") == 0))
		return 0;
	int rc = cli_usage(c, err, "there is no top of \"%.*s\"", STR_ARG(word));
	const char *near = str_nearest(word, words, ARRAY_SIZE(words));
	const char *here = cli_elsewhere_kind(arena_strndup(c->arena, word.p, word.len));
	if (here)
		err_remedy(err, "`aspora top skills` and `aspora top domains` there are");
	else if (near)
		err_remedy(err, "did you mean \"aspora top %s\"?", near);
	return rc;
}

static int top(struct cli *c, struct err *err)
{
	CLEANUP(cli_gateway_release) struct cli_gateway g = {0};
	const struct doc_node *answer = NULL;
	bool domains = false;
	int rc = cli_output_check(c, err);
	if (rc == 0 && (o.limit < 0 || o.limit > 1000))
		rc = cli_usage(c, err, "--limit is from 1 to 1000");
	if (rc == 0)
		rc = read_by(c, &domains, err);
	if (rc == 0)
		rc = cli_when(c, o.since, &o.since, err);
	if (rc == 0)
		rc = cli_gateway_open(c, &g, err);
	if (rc < 0)
		return rc;
	const char *domain = o.domain || o.all ? o.domain : cli_domain(&g, NULL);
	const char *path = cli_query(c, cli_path(c, "top", NULL), "by", domains ? "domains" : NULL);
	path = cli_query(c, cli_query(c, path, "since", o.since), "domain", domain);
	rc = cli_get(&g, path, &answer, err);
	return rc < 0 ? rc : print(c, domains, answer, err);
}

const struct cli_verb cli_verb_top = {
	.name = "top",
	.usage = "[skills | domains]",
	.help = "Show what skills or domains have run, taken and cost of late.",
	.about = "    aspora top\n"
		 "    aspora top domains --since 7d\n"
		 "    aspora top skills -d ecm --sort-by p95\n\n"
		 "ACCEPT is the share of the runs that ended with an answer. P50 and P95 are the "
		 "times\n"
		 "that half and 95 of 100 of them took at most. Runs for tests, shadows and "
		 "replays do\n"
		 "not count.",
	.options = options,
	.uses = CLI_USES_GATEWAY | CLI_USES_OUTPUT,
	.completes = CLI_KINDS,
	.most = 1,
	.run = top,
};
