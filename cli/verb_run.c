/* aspora run: one execution, by a skill's name or by a text that leads to one; through the gateway, or here. */
#include "base/clock.h"
#include "base/id.h"
#include "cli/folder.h"
#include "cli/gateway.h"
#include "cli/input.h"
#include "cli/local.h"
#include "cli/result.h"
#include "cli/verbs.h"

#define TIMEOUT_DEFAULT_MS (10 * 60 * 1000)
#define WAIT_MS 30000
#define WAIT_TEXT "30s"

static struct {
	const char *input, *session, *mode, *format;
	bool local, no_wait, promptfoo;
	int64_t timeout_ms;
} o;

static const char *const formats[] = {"text", "json", "yaml", NULL};
static const char *const modes[] = {"live", "shadow", "test", NULL};

static const struct opt options[] = {
	{"input", 'i', OPT_STRING, &o.input, "INPUT",
	 "What the skill is given: JSON, @FILE, - for standard input, or text.", NULL},
	{"local", 'l', OPT_FLAG, &o.local, NULL,
	 "Run the folder's skill in a sandbox here, without a server.", NULL},
	{"session", 's', OPT_STRING, &o.session, "ID",
	 "The session it belongs to: a session keeps its version.", NULL},
	{"mode", 'm', OPT_STRING, &o.mode, "MODE", "live (when left out), shadow or test.", modes},
	{"no-wait", 0, OPT_FLAG, &o.no_wait, NULL,
	 "Print the execution's name and do not wait for its end.", NULL},
	{"timeout", 't', OPT_DURATION, &o.timeout_ms, "DURATION",
	 "How long to wait for its end; 10m when left out.", NULL},
	{"promptfoo", 0, OPT_FLAG, &o.promptfoo, NULL,
	 "As promptfoo's exec provider: the prompt is the second word, what follows is passed "
	 "over, and the whole SkillResult is printed. Means --local.",
	 NULL},
	{"output", 'o', OPT_STRING, &o.format, "FORMAT",
	 "How to print: text (the answer alone), json or yaml (all of it).", formats},
	OPT_END,
};

/* The operands as one text. */
static const char *words_of(struct cli *c)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(BUF_MAX);
	for (int i = 0; i < c->operand_count; i++)
		buf_addf(&text, "%s%s", i ? " " : "", c->operands[i]);
	return arena_strdup(c->arena, buf_cstr(&text));
}

static bool names_skill(const struct cli *c)
{
	struct err ignored = ERR_INIT;
	struct str domain, name;
	return (c->operand_count == 1 || o.promptfoo) &&
	       name_split(str_of(c->operands[0]), &domain, &name, &ignored) == 0;
}

static int print_result(struct cli *c, struct str result_json, struct err *err)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	const struct doc_node *n = NULL;
	int rc = doc_parse_json(c->arena, result_json, &doc_limits_json, "result", &n, err);
	if (rc < 0)
		return rc;
	cli_result(&out, n, o.promptfoo ? "raw" : o.format ? o.format : "text");
	return cli_write(&out, err);
}

/* --- here --------------------------------------------------------------------------------------------------------- */

static int find_local(struct cli *c, struct cli_folder *folder, struct cli_local *l,
		      struct str text, struct buf *trigger, struct err *err)
{
	CLEANUP(cli_tree_release) struct cli_tree tree = {0};
	struct cli_scope scope;
	struct domain *domain = NULL;
	struct domain_skill *ds = NULL;
	bool by_text = !names_skill(c) && c->operand_count > 1;
	int rc = cli_folder_open(c, by_text ? NULL : c->operands[0], folder, &scope, err);
	if (rc == 0)
		rc = cli_read_folder(folder, &tree, err);
	if (rc < 0)
		return rc;
	l->root = folder->root;
	if (by_text)
		return cli_route(c, tree.snap, str_of(words_of(c)), &l->domain, &l->skill, trigger,
				 err);
	rc = cli_scope_skill(c, tree.snap, &scope, &domain, &ds, err);
	if (rc < 0)
		return rc;
	l->domain = arena_str(c->arena, ds->skill->domain);
	l->skill = arena_str(c->arena, ds->skill->name);
	return text.len ? cli_route_skill(ds, text, trigger, err) : 0;
}

static int run_local(struct cli *c, struct err *err)
{
	CLEANUP(cli_folder_release) struct cli_folder folder = {0};
	CLEANUP(buf_release)
	struct buf input = BUF_INIT(BUF_MAX), trigger = BUF_INIT(BUF_MAX),
		   result = BUF_INIT(BUF_MAX), said = BUF_INIT(1 << 20);
	struct cli_local l = {.session = o.session};
	struct str text;
	const char *given = o.promptfoo && c->operand_count > 1 ? c->operands[1] : o.input;
	int rc = cli_input(c, given, &input, &text, err);
	if (rc == 0)
		rc = find_local(c, &folder, &l, text, &trigger, err);
	if (rc < 0)
		return rc;
	if (!given && trigger.len) {
		buf_reset(&input);
		cli_input_text(&input, str_of(words_of(c)));
	}
	l.input_json = buf_str(&input);
	l.trigger_json = buf_str(&trigger);
	cli_progress(c, "%.*s/%.*s runs", STR_ARG(l.domain), STR_ARG(l.skill));
	rc = cli_local_run(&l, &result, &said, err);
	cli_progress_end(c);
	cli_pass_on(&said);
	return rc < 0 ? rc : print_result(c, buf_str(&result), err);
}

/* --- through the gateway ---------------------------------------------------------------------------------------------- */

static int make_body(struct cli *c, struct buf *out, struct err *err)
{
	CLEANUP(buf_release) struct buf input = BUF_INIT(BUF_MAX);
	struct str text;
	int rc = cli_input(c, o.input, &input, &text, err);
	struct json j;
	if (rc < 0)
		return rc;
	json_init(&j, out);
	json_object(&j);
	json_strz(&j, names_skill(c) ? "skill" : "text", words_of(c));
	if (text.len && names_skill(c))
		json_str(&j, "text", text);
	else if (o.input)
		json_raw(&j, "input", buf_str(&input));
	if (o.session)
		json_strz(&j, "session", o.session);
	if (o.mode)
		json_strz(&j, "mode", o.mode);
	json_end(&j);
	return 0;
}

static int wait_for_end(struct cli_gateway *g, const struct doc_node **e, struct err *err)
{
	int64_t end = clock_mono(&clock_real) + (o.timeout_ms ? o.timeout_ms : TIMEOUT_DEFAULT_MS);
	struct str name = doc_text(doc_find(*e, "metadata"), "name");
	const char *id = arena_strndup(g->c->arena, name.p ? name.p : "", name.len);
	while (!cli_execution_ended(*e)) {
		if (clock_mono(&clock_real) >= end) {
			err_set(err, ERR_TIMEOUT, "%s has not ended yet", id);
			return err_remedy(err, "it goes on: `aspora logs -f %s` follows it", id);
		}
		struct str phase = doc_text(doc_find(*e, "status"), "phase");
		cli_progress(g->c, "%s: %.*s", id, STR_ARG(phase));
		const char *path = cli_path(g->c, "executions", id, NULL);
		int rc = cli_get_waiting(g, cli_query(g->c, path, "wait", WAIT_TEXT), WAIT_MS, e,
					 err);
		if (rc < 0)
			return rc;
	}
	cli_progress_end(g->c);
	return 0;
}

static int print_execution(const struct doc_node *e, struct err *err)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	const struct doc_node *status = doc_find(e, "status");
	const struct doc_node *problem = doc_find(status, "error");
	const char *format = o.format ? o.format : "text";
	bool text = strcmp(format, "text") == 0;
	if (text && doc_find(status, "result"))
		cli_result(&out, doc_find(status, "result"), format);
	else if (!text)
		cli_result(&out, e, format);
	int rc = cli_write(&out, err);
	if (rc < 0 || str_eqz(doc_text(status, "phase"), "succeeded"))
		return rc;
	if (problem && problem->type == DOC_MAP)
		return cli_problem(problem, 0, err);
	return err_set(err, ERR_CANCELLED, "it ended as %.*s", STR_ARG(doc_text(status, "phase")));
}

static int run_remote(struct cli *c, struct err *err)
{
	CLEANUP(cli_gateway_release) struct cli_gateway g = {0};
	CLEANUP(buf_release) struct buf body = BUF_INIT(BUF_MAX), out = BUF_INIT(BUF_MAX);
	const struct doc_node *e = NULL;
	const char *path = cli_path(c, "executions", NULL);
	int rc = make_body(c, &body, err);
	if (rc == 0)
		rc = cli_gateway_open(c, &g, err);
	if (rc == 0)
		rc = cli_send(&g, cli_query(c, path, "wait", o.no_wait ? NULL : WAIT_TEXT),
			      buf_str(&body), WAIT_MS, &e, err);
	if (rc < 0)
		return rc;
	if (!o.no_wait) {
		rc = wait_for_end(&g, &e, err);
		return rc < 0 ? rc : print_execution(e, err);
	}
	if (o.format && strcmp(o.format, "text") != 0)
		cli_result(&out, e, o.format);
	else
		buf_addf(&out, "execution/%.*s\n",
			 STR_ARG(doc_text(doc_find(e, "metadata"), "name")));
	return cli_write(&out, err);
}

/* "ecm/order-details order status 17": what follows the skill's name is its input. */
static int take_input(struct cli *c, struct err *err)
{
	struct str domain, name;
	struct err ignored = ERR_INIT;
	if (o.promptfoo || c->operand_count < 2 || !strchr(c->operands[0], '/') ||
	    name_split(str_of(c->operands[0]), &domain, &name, &ignored) < 0)
		return 0;
	if (o.input)
		return cli_usage(c, err, "--input says what the skill is given, and so does \"%s\"",
				 c->operands[1]);
	c->operands++;
	c->operand_count--;
	o.input = words_of(c);
	c->operands--;
	c->operand_count = 1;
	return 0;
}

static int run(struct cli *c, struct err *err)
{
	int taken = take_input(c, err);
	if (taken < 0)
		return taken;
	return o.local || o.promptfoo ? run_local(c, err) : run_remote(c, err);
}

const struct cli_verb cli_verb_run = {
	.name = "run",
	.usage = "DOMAIN/NAME [TEXT ...] | TEXT ...",
	.help = "Run a skill, by name or by a text that leads to it.",
	.about = "    aspora run ecm/order-details --input '{\"order_id\": \"17\"}'\n"
		 "    aspora run order status 17\n"
		 "    aspora run ecm/order-details --local --input @fixtures/order.json\n\n"
		 "Waits for the end and prints the answer. What the handler says on its stderr is "
		 "in\n"
		 "`aspora logs`; with --local it comes on stderr, and secret:crm-token is taken "
		 "from\n"
		 "ASPORA_SECRET_CRM_TOKEN of the environment.",
	.options = options,
	.uses = CLI_USES_FOLDER | CLI_USES_GATEWAY,
	.least = 1,
	.most = -1,
	.completes = CLI_SKILLS,
	.run = run,
};
