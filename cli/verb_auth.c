/* aspora auth: who the gateway takes this key for, and what it lets it do. */
#include "cli/gateway.h"
#include "cli/output.h"
#include "cli/verbs.h"

static struct {
	const char *domain;
	bool list;
} o;

static const struct opt options[] = {
	{"domain", 'd', OPT_STRING, &o.domain, "DOMAIN", "can-i: in this domain.", NULL},
	{"namespace", 'n', OPT_STRING, &o.domain, "DOMAIN", "The same, for who is used to kubectl.",
	 NULL},
	{"list", 0, OPT_FLAG, &o.list, NULL, "can-i: everything, with the reasons.", NULL},
	OPT_END,
};

/* clang-format off */
static const struct kind_column access_columns[] = {
	{"VERB", "verb", false}, {"RESOURCE", "resource", false}, {"ALLOWED", "allowed", false}, {"REASON", "reason", false},
	{"METHOD", "method", true}, {"PATH", "path", true}, {NULL, NULL, false}};
static const struct kind_column who_columns[] = {
	{"NAME", "name", false}, {"ROLE", "role", false}, {"DOMAINS", "domains", false}, {"EXPIRES", "expiresAt", false},
	{"ISSUER", "issuer", false}, {"SUBJECT", "subject", false}, {"ID", "id", true}, {NULL, NULL, false}};
/* clang-format on */

static int whoami(struct cli *c, struct cli_gateway *g, struct err *err)
{
	struct cli_view v = {.columns = who_columns, .word = "key"};
	const struct doc_node *me = NULL;
	int rc = cli_get(g, cli_path(c, "whoami", NULL), &me, err);
	return rc < 0 ? rc : cli_print(c, &v, &me, 1, err);
}

/* --- can-i ---------------------------------------------------------------------------------------------------------- */

/* "skill", "sk" and "skills" are one; what is no kind stands for itself. */
static struct str resource_of(const char *word)
{
	const struct kind *k = kind_find(str_of(word));
	return str_of(k ? k->plural : word);
}

static const struct doc_node *find_access(const struct doc_node *items, const char *verb,
					  struct str resource)
{
	for (size_t i = 0; i < items->list.count; i++)
		if (str_eqz(doc_text(items->list.items[i], "verb"), verb) &&
		    str_eq(doc_text(items->list.items[i], "resource"), resource))
			return items->list.items[i];
	return NULL;
}

/* The verb is not there for this resource: what is, or the nearest verb of all. */
static int no_such(struct cli *c, const struct doc_node *items, struct str resource,
		   struct err *err)
{
	CLEANUP(buf_release) struct buf has = BUF_INIT(64 * 1024);
	for (size_t i = 0; i < items->list.count; i++)
		if (str_eq(doc_text(items->list.items[i], "resource"), resource))
			buf_addf(&has, "%s%.*s", has.len ? ", " : "",
				 STR_ARG(doc_text(items->list.items[i], "verb")));
	int rc = cli_usage(c, err, "nobody can %s %.*s: there is no such thing", c->operands[1],
			   STR_ARG(resource));
	if (has.len)
		err_remedy(err, "%.*s: %s", STR_ARG(resource), buf_cstr(&has));
	else
		err_remedy(err, "`aspora auth can-i --list` shows what there is");
	return rc;
}

static int say_answer(const struct doc_node *access, struct err *err)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(64 * 1024);
	bool yes = doc_bool(access, "allowed", false);
	buf_addf(&out, "%s\n", yes ? "yes" : "no");
	int rc = cli_write(&out, err);
	if (rc == 0 && !yes)
		cli_say("%.*s", STR_ARG(doc_text(access, "reason")));
	return rc < 0 ? rc : !yes;
}

static int can_i(struct cli *c, struct cli_gateway *g, struct err *err)
{
	struct cli_view v = {.columns = access_columns, .word = "access", .list = true};
	const struct doc_node *answer = NULL;
	const char *path = cli_query(
		c, cli_path(c, "access", NULL), "of",
		o.domain ? o.domain : arena_strndup(c->arena, g->domain.p, g->domain.len));
	int rc = cli_get(g, path, &answer, err);
	if (rc < 0)
		return rc;
	const struct doc_node *items = doc_find(answer, "items");
	if (!items || items->type != DOC_LIST)
		return err_set(err, ERR_INTERNAL, "the gateway did not answer with a list");
	if (o.list)
		return cli_print(c, &v, items->list.items, items->list.count, err);
	struct str resource = resource_of(c->operands[2]);
	const struct doc_node *found = find_access(items, c->operands[1], resource);
	return found ? say_answer(found, err) : no_such(c, items, resource, err);
}

static int auth(struct cli *c, struct err *err)
{
	CLEANUP(cli_gateway_release) struct cli_gateway g = {0};
	bool can = strcmp(c->operands[0], "can-i") == 0;
	int rc = cli_output_check(c, err);
	if (rc == 0 && !can && (c->operand_count > 1 || o.domain || o.list))
		rc = cli_usage(c, err, "whoami takes nothing more");
	if (rc == 0 && can && o.list && c->operand_count > 1)
		rc = cli_usage(c, err, "--list shows all: it takes no verb");
	if (rc == 0 && can && !o.list && c->operand_count != 3)
		rc = cli_usage(c, err, "can-i needs a verb and a resource: rollback domains");
	if (rc == 0)
		rc = cli_gateway_open(c, &g, err);
	if (rc < 0)
		return rc;
	return can ? can_i(c, &g, err) : whoami(c, &g, err);
}

static const char *const words[] = {"whoami", "can-i", NULL};

const struct cli_verb cli_verb_auth = {
	.name = "auth",
	.usage = "{whoami | can-i VERB RESOURCE | can-i --list}",
	.help = "Show whose key this is, and what it may do.",
	.about = "can-i prints yes and ends with 0, or no and ends with 1, with the reason. The\n"
		 "verbs are those of this program: run skills, rollback domains, create keys.",
	.options = options,
	.uses = CLI_USES_GATEWAY | CLI_USES_OUTPUT,
	.words = words,
	.least = 1,
	.most = 3,
	.run = auth,
};
