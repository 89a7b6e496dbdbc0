/* aspora logs: the steps of one execution, from its claim to its end, with what the handler said. */
#include "cli/gateway.h"
#include "cli/output.h"
#include "cli/resource.h"
#include "cli/verbs.h"
#include "skill/execution.h"
#include "skill/text.h"

#define FOLLOW_WAIT_MS 30000

static bool follow;
static const char *domain_option;
static int64_t tail = -1;

static const struct opt options[] = {
	{"domain", 'd', OPT_STRING, &domain_option, "DOMAIN", "The domain of the skill.", NULL},
	{"namespace", 'n', OPT_STRING, &domain_option, "DOMAIN",
	 "The same, for who is used to kubectl.", NULL},
	{"tail", 0, OPT_INT, &tail, "N", "Begin with the last N steps; all when left out.", NULL},
	{"follow", 'f', OPT_FLAG, &follow, NULL, "Go on until it has ended.", NULL},
	OPT_END,
};

/* {"text":"…"} is its text; more than one member is "key=value key=value". */
static void add_data(struct buf *out, const struct doc_node *data)
{
	bool map = data && data->type == DOC_MAP;
	for (size_t i = 0; map && i < data->map.count; i++) {
		const struct doc_pair *p = &data->map.pairs[i];
		if (i)
			buf_add_char(out, ' ');
		if (data->map.count > 1) {
			text_escape(out, p->key, 0);
			buf_add_char(out, '=');
		}
		if (p->value->type == DOC_STRING)
			text_escape(out, p->value->text, 0);
		else
			doc_write_json(out, p->value, 0, false);
	}
}

static void add_line(struct buf *out, const struct doc_node *step, const struct doc_node *data)
{
	buf_addf(out, "%.*s  %-16.*s  ", STR_ARG(doc_text(step, "at")),
		 STR_ARG(doc_text(step, "kind")));
	add_data(out, data);
	while (out->len && out->data[out->len - 1] == ' ')
		out->data[--out->len] = '\0';
	buf_add_char(out, '\n');
}

/* What the handler said comes in pieces of lines; each line stands on its own. */
static void add_step(struct buf *out, const struct doc_node *step)
{
	const struct doc_node *data = doc_find(step, "data");
	struct str text = doc_text(data, "text"), line;
	if (!text.len || str_find_byte(text, '\n', 0) < 0) {
		add_line(out, step, data);
		return;
	}
	while (str_split(&text, '\n', &line)) {
		struct doc_node said = {.type = DOC_STRING, .text = line};
		struct doc_pair pair = {.key = STR("text"), .value = &said};
		const struct doc_node one = {.type = DOC_MAP, .map = {&pair, 1}};
		add_line(out, step, &one);
	}
}

static int print(struct cli *c, struct cli_view *v, const struct doc_node *items, struct err *err)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	size_t count = items && items->type == DOC_LIST ? items->list.count : 0;
	size_t first = tail >= 0 && (size_t)tail < count ? count - (size_t)tail : 0;
	/* Of what comes after the first answer nothing is left out. */
	tail = -1;
	if (!cli_output_is_table(c))
		return cli_print(c, v, count ? items->list.items + first : NULL, count - first,
				 err);
	for (size_t i = first; i < count; i++)
		add_step(&out, items->list.items[i]);
	return count ? cli_write(&out, err) : 0;
}

/* The newest execution of a skill. */
static int newest_of(struct cli_gateway *g, const char *domain, const char *skill, const char **ret,
		     struct err *err)
{
	struct cli *c = g->c;
	const struct doc_node *list = NULL;
	const char *path = cli_query(c, cli_path(c, "executions", NULL), "domain", domain);
	path = cli_query(c, cli_query(c, path, "skill", skill), "limit", "1");
	int rc = cli_get(g, path, &list, err);
	const struct doc_node *name = rc < 0 ? NULL : kind_path(list, "items[0].metadata.name");
	if (rc == 0 && !name) {
		err_set(err, ERR_NOT_FOUND, "skill %s/%s has not run yet", domain, skill);
		return err_remedy(err, "`aspora run %s/%s` runs it", domain, skill);
	}
	if (rc == 0)
		*ret = arena_strndup(c->arena, name->text.p, name->text.len);
	return rc;
}

/* EXECUTION, execution/NAME as -o name writes it, DOMAIN/SKILL or skill/DOMAIN/SKILL. */
static int find_execution(struct cli_gateway *g, const char **ret, struct err *err)
{
	struct cli *c = g->c;
	const char *word = c->operands[0], *slash = strchr(word, '/');
	const struct kind *k = slash ? kind_find(str_make(word, (size_t)(slash - word))) : NULL;
	const char *domain = NULL, *skill = NULL;
	struct cli_ref ref = {0};
	*ret = word;
	/* "order-details" with -d or a context's domain; an execution's name is not mistaken for one. */
	bool skill_alone = !slash && g->domain.len && strncmp(word, "EXEC-", 5) != 0;
	if (!slash && !skill_alone)
		return 0;
	if (k && strcmp(k->name, "Execution") == 0) {
		int rc = cli_ref_parse(c, word, NULL, NULL, &ref, err);
		*ret = ref.name;
		return rc;
	}
	int rc = cli_operand_ref(g, 0, &domain, &skill, err);
	return rc < 0 ? rc : newest_of(g, domain, skill, ret, err);
}

static int read_steps(struct cli_gateway *g, const char *name, int64_t after,
		      const struct doc_node **ret, struct err *err)
{
	struct cli *c = g->c;
	const char *path = cli_path(c, "executions", name, "steps", NULL);
	path = cli_query(c, path, "after", arena_printf(c->arena, "%lld", (long long)after));
	if (!follow)
		return cli_get(g, path, ret, err);
	return cli_get_waiting(g, cli_query(c, path, "wait", "30s"), FOLLOW_WAIT_MS, ret, err);
}

static bool has_ended(const struct doc_node *answer)
{
	enum execution_state state;
	return !execution_state_find(doc_text(answer, "state"), &state) ||
	       execution_state_final(state);
}

static int logs(struct cli *c, struct err *err)
{
	static const struct kind_column columns[] = {
		{"AT", "at", false}, {"KIND", "kind", false}, {NULL, NULL, false}};
	CLEANUP(cli_gateway_release) struct cli_gateway g = {0};
	/* Followed, each step is a document of its own. */
	struct cli_view v = {.columns = columns, .word = "step", .list = true, .begun = follow};
	const char *name = NULL;
	int64_t after = 0;
	int rc = cli_output_check(c, err);
	if (rc == 0 && tail < -1)
		rc = cli_usage(c, err, "--tail is a number of steps, or -1 for all");
	if (rc == 0)
		rc = cli_gateway_open(c, &g, err);
	if (rc == 0 && domain_option)
		g.domain = str_of(domain_option);
	if (rc == 0)
		rc = find_execution(&g, &name, err);
	for (bool more = true; rc == 0 && more;) {
		const struct doc_node *answer = NULL;
		rc = read_steps(&g, name, after, &answer, err);
		if (rc == 0)
			rc = print(c, &v, doc_find(answer, "items"), err);
		if (rc < 0)
			break;
		int64_t next = doc_int(answer, "next", after);
		/* The last steps and the end may come in one answer, or in two. */
		more = follow && (next > after || !has_ended(answer));
		after = next;
	}
	return rc;
}

const struct cli_verb cli_verb_logs = {
	.name = "logs",
	.usage = "EXECUTION | DOMAIN/SKILL",
	.help = "Show what happened during an execution, and what its handler said.",
	.about = "    aspora logs EXEC-20260218120000-0123456789abcdef\n"
		 "    aspora logs -f ecm/order-details        its newest execution\n"
		 "    aspora logs --tail 5 skill/ecm/order-details",
	.options = options,
	.uses = CLI_USES_GATEWAY | CLI_USES_OUTPUT,
	.least = 1,
	.most = 1,
	.completes = CLI_EXECUTIONS,
	.run = logs,
};
