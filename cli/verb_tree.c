/* aspora tree: domains, their managers, skills and routes, in one picture. */
#include "cli/elsewhere.h"
#include "cli/output.h"
#include "cli/resource.h"
#include "cli/result.h"
#include "cli/tree.h"
#include "cli/verbs.h"

static const char *const formats[] = {"text", "json", "yaml", NULL};
static const char *format;
static const char *domain_option;
static bool all;

static const struct opt options[] = {
	{"domain", 'd', OPT_STRING, &domain_option, "DOMAIN", "The same as DOMAIN alone.", NULL},
	{"namespace", 'n', OPT_STRING, &domain_option, "DOMAIN",
	 "The same, for who is used to kubectl.", NULL},
	{"all-domains", 'A', OPT_FLAG, &all, NULL, "All domains, whatever the context says.", NULL},
	{"all-namespaces", 0, OPT_FLAG, &all, NULL, "The same, for who is used to kubectl.", NULL},
	{"output", 'o', OPT_STRING, &format, "FORMAT", "How to print: text, json or yaml.",
	 formats},
	OPT_END,
};

static int get_list(struct cli_gateway *g, const char *kind, const char *domain,
		    const struct doc_node *const **ret, size_t *ret_count, struct err *err)
{
	const struct doc_node **list = NULL;
	const char *path = cli_query(g->c, cli_path(g->c, kind, NULL), "domain", domain);
	int rc = cli_get_list(g, path, &list, ret_count, NULL, err);
	*ret = list;
	return rc;
}

static int get_domains(struct cli_gateway *g, const char *domain, struct cli_tree_of *t,
		       struct err *err)
{
	if (!domain)
		return get_list(g, "domains", NULL, &t->domains, &t->domain_count, err);
	const struct doc_node **one = arena_array(g->c->arena, 1, sizeof(*one));
	int rc = cli_get(g, cli_path(g->c, "domains", domain, NULL), one, err);
	t->domains = one;
	t->domain_count = 1;
	return rc;
}

/* "ecm", "domain/ecm" or "domain ecm", else that of the context. Errors: ERR_USAGE, those of cli_ref_parse(). */
static int domain_of(const struct cli_gateway *g, const char **ret, struct err *err)
{
	struct cli *c = g->c;
	const char *word = c->operand_count ? c->operands[0] : NULL;
	struct cli_ref ref;
	*ret = all ? word : cli_domain(g, word ? word : domain_option);
	if (c->operand_count < 2 && !(word && strchr(word, '/')))
		return 0;
	if (c->operand_count > 1 && !kind_find(str_of(word)) && !cli_elsewhere_kind(word))
		return cli_usage(c, err, "aspora tree does not know what to do with \"%s\"",
				 c->operands[1]);
	int rc = cli_ref_parse(c, word, c->operand_count > 1 ? c->operands[1] : NULL, NULL, &ref,
			       err);
	if (rc < 0)
		return rc;
	if (strcmp(ref.kind->name, "Domain") == 0) {
		*ret = ref.name;
		return 0;
	}
	err_set(err, ERR_USAGE, "a tree is of a domain, not of %s", ref.kind->plural);
	if (ref.kind->namespaced && ref.domain)
		err_remedy(err, "type `aspora tree %s`", ref.domain);
	return ERR_USAGE;
}

static int print(struct cli *c, const struct cli_tree_of *t, struct err *err)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	CLEANUP(buf_release) struct buf shown = BUF_INIT(BUF_MAX);
	static const struct doc_limits limits = {(size_t)256 << 20, 16, 10 * 1000 * 1000, 1 << 20};
	const struct doc_node *n = NULL;
	if (!format || strcmp(format, "text") == 0) {
		cli_tree_text(&out, t, cli_tree_style(c));
		if (t->domain_count == 0)
			cli_say("no domains");
		return cli_write(&out, err);
	}
	cli_tree_json(&out, t);
	int rc = doc_parse_json(c->arena, buf_str(&out), &limits, "tree", &n, err);
	if (rc < 0)
		return rc;
	cli_result(&shown, n, format);
	return cli_write(&shown, err);
}

static int tree(struct cli *c, struct err *err)
{
	CLEANUP(cli_gateway_release) struct cli_gateway g = {0};
	struct cli_tree_of t = {0};
	int rc = cli_gateway_open(c, &g, err);
	if (rc < 0)
		return rc;
	const char *domain = NULL;
	if ((rc = domain_of(&g, &domain, err)) < 0 || (rc = get_domains(&g, domain, &t, err)) < 0 ||
	    (rc = get_list(&g, "skills", domain, &t.skills, &t.skill_count, err)) < 0 ||
	    (rc = get_list(&g, "routes", domain, &t.routes, &t.route_count, err)) < 0)
		return rc;
	return print(c, &t, err);
}

const struct cli_verb cli_verb_tree = {
	.name = "tree",
	.usage = "[DOMAIN]",
	.help = "Show domains, their managers, skills and routes as a tree.",
	.about = "    aspora tree\n"
		 "    aspora tree ecm -o json\n\n"
		 "\"ok\" is ready, \"..\" on its way, and \"!!\" needs somebody: `aspora describe` "
		 "says "
		 "what.",
	.options = options,
	.uses = CLI_USES_GATEWAY,
	.completes = CLI_DOMAINS,
	.most = 2,
	.run = tree,
};
