/* aspora key: API keys, made, listed and revoked through the gateway. */
#include <stdio.h>

#include "cli/output.h"
#include "cli/verbs.h"
#include "cli/wish.h"

static struct {
	const char *role, *domains;
	int64_t days;
} o;

static const struct opt options[] = {
	{"role", 'r', OPT_STRING, &o.role, "ROLE",
	 "create: viewer, operator, approver, ci-bot or admin; viewer when left out.", NULL},
	{"domains", 'd', OPT_STRING, &o.domains, "LIST",
	 "create: domains it may touch, separated by commas; all when left out.", NULL},
	{"days", 0, OPT_INT, &o.days, "N",
	 "create: how long it is good; 90 when left out, 365 at most.", NULL},
	OPT_END,
};

static int list(struct cli *c, struct cli_gateway *g, struct err *err)
{
	struct cli_view v = {.columns = kind_find(STR("Key"))->columns,
			     .word = "key",
			     .list = true,
			     .none = "there is no key"};
	const struct doc_node **objects = NULL;
	size_t count = 0;
	int rc = cli_get_list(g, cli_path(c, "keys", NULL), &objects, &count, NULL, err);
	return rc < 0 ? rc : cli_print(c, &v, objects, count, err);
}

static void create_body(struct cli *c, struct buf *body)
{
	struct str rest = str_of(o.domains ? o.domains : ""), one;
	struct json j;
	json_init(&j, body);
	json_object(&j);
	json_strz(&j, "name", c->operands[1]);
	cli_json_member(&j, "role", o.role);
	if (o.domains) {
		json_array_in(&j, "domains");
		while (str_split(&rest, ',', &one))
			json_add_str(&j, str_trim(one));
		json_end(&j);
	}
	if (o.days)
		json_int(&j, "days", o.days);
	json_end(&j);
}

/* The key alone on stdout, so that `KEY=$(aspora key create …)` is all that it takes. */
static int print_key(struct cli *c, const struct doc_node *made, struct err *err)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(64 * 1024);
	if (!cli_output_is_table(c)) {
		struct cli_view v = {.columns = kind_find(STR("Key"))->columns, .word = "key"};
		return cli_print(c, &v, &made, 1, err);
	}
	buf_addf(&out, "%.*s\n", STR_ARG(doc_text(made, "key")));
	int rc = cli_write(&out, err);
	if (rc == 0 && c->terminal_out)
		cli_say("key %s is shown this once: only a digest of it is kept", c->operands[1]);
	return rc;
}

static int create(struct cli *c, struct cli_gateway *g, struct err *err)
{
	CLEANUP(buf_release) struct buf body = BUF_INIT(64 * 1024);
	const struct doc_node *made = NULL;
	create_body(c, &body);
	int rc = cli_send(g, cli_path(c, "keys", NULL), buf_str(&body), 0, &made, err);
	return rc < 0 ? rc : print_key(c, made, err);
}

static int revoke_key(struct cli *c, struct cli_gateway *g, struct err *err)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(64 * 1024);
	const struct doc_node *answer = NULL;
	const char *path = cli_path(c, "keys", c->operands[1], "revoke", NULL);
	int rc = cli_send(g, path, STR("{}"), 0, &answer, err);
	if (rc < 0)
		return rc;
	buf_addf(&out, "key/%s revoked\n", c->operands[1]);
	return cli_write(&out, err);
}

static int key(struct cli *c, struct err *err)
{
	CLEANUP(cli_gateway_release) struct cli_gateway g = {0};
	bool lists = strcmp(c->operands[0], "list") == 0;
	int rc = cli_output_check(c, err);
	if (rc == 0 && lists && c->operand_count > 1)
		rc = cli_usage(c, err, "list takes no operands");
	if (rc == 0 && !lists && c->operand_count < 2)
		rc = cli_usage(c, err, "%s needs the name of a key", c->operands[0]);
	if (rc == 0 && strcmp(c->operands[0], "create") != 0 && (o.role || o.domains || o.days))
		rc = cli_usage(c, err, "--role, --domains and --days are of create");
	if (rc == 0)
		rc = cli_gateway_open(c, &g, err);
	if (rc < 0)
		return rc;
	if (lists)
		return list(c, &g, err);
	return strcmp(c->operands[0], "create") == 0 ? create(c, &g, err) : revoke_key(c, &g, err);
}

static const char *const words[] = {"list", "create", "revoke", NULL};

const struct cli_verb cli_verb_key = {
	.name = "key",
	.usage = "{list | create NAME | revoke NAME}",
	.help = "Make, list and revoke API keys.",
	.about = "Needs a key of role admin for all domains; the first one is made with\n"
		 "`asporad key create`. create prints the key, alone, this once. A revoked key "
		 "ends\n"
		 "within a second.",
	.options = options,
	.uses = CLI_USES_GATEWAY | CLI_USES_OUTPUT,
	.words = words,
	.least = 1,
	.most = 2,
	.run = key,
};
