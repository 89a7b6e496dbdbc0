#include "cli/resource.h"

#include "cli/elsewhere.h"
#include "cli/wish.h"

static int unknown_kind(const char *word, struct err *err)
{
	CLEANUP(buf_release) struct buf list = BUF_INIT(250);
	err_set(err, ERR_USAGE, "there is no kind \"%s\"", word);
	const char *near = kind_nearest(str_of(word));
	for (const struct kind *k = kinds; k->name; k++)
		buf_addf(&list, "%s%s", k == kinds ? "" : ", ", k->plural);
	if (cli_elsewhere_kind_say(word, err))
		return ERR_USAGE;
	if (near)
		return err_remedy(err, "did you mean %s?", near);
	return err_remedy(err, "it is one of: %s", buf_cstr(&list));
}

void cli_kind_verbs(unsigned verbs, const char **ret, size_t *ret_count)
{
	static const struct {
		unsigned bit;
		const char *name;
	} names[CLI_KIND_VERBS] = {{VERB_LIST, "list"},	    {VERB_GET, "get"},
				   {VERB_CREATE, "create"}, {VERB_APPLY, "apply"},
				   {VERB_PATCH, "patch"},   {VERB_DELETE, "delete"}};
	*ret_count = 0;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (verbs & names[i].bit)
			ret[(*ret_count)++] = names[i].name;
}

/* An execution's name says all, a quarantine's and an approval's; of other kinds within a domain the domain is half of it. */
static bool needs_domain(const struct kind *k)
{
	return k->namespaced && strcmp(k->name, "Execution") != 0 &&
	       strcmp(k->name, "Quarantine") != 0 && strcmp(k->name, "Approval") != 0;
}

int cli_ref_parse(struct cli *c, const char *word, const char *name, const char *domain,
		  struct cli_ref *ret, struct err *err)
{
	const char *slash = strchr(word, '/');
	struct str kind = slash ? str_make(word, (size_t)(slash - word)) : str_of(word);
	*ret = (struct cli_ref){.kind = kind_find(kind), .domain = domain};
	if (!ret->kind)
		return unknown_kind(arena_strndup(c->arena, kind.p, kind.len), err);
	if (slash && name)
		return cli_usage(c, err, "\"%s\" names an object already, and \"%s\" another", word,
				 name);
	ret->name = name ? name : slash ? slash + 1 : NULL;
	const char *inner = ret->name ? strchr(ret->name, '/') : NULL;
	if (inner && ret->kind->namespaced) {
		ret->domain = arena_strndup(c->arena, ret->name, (size_t)(inner - ret->name));
		ret->name = inner + 1;
	}
	if (ret->name && needs_domain(ret->kind) && !ret->domain) {
		err_set(err, ERR_USAGE, "the %s \"%s\" is named without its domain",
			ret->kind->singular, ret->name);
		return err_remedy(err, "write DOMAIN/%s, or add -d DOMAIN", ret->name);
	}
	return 0;
}

const char *cli_ref_path(struct cli *c, const struct cli_ref *ref)
{
	const char *plural = ref->kind->plural;
	if (!ref->name) {
		bool filters = ref->kind->namespaced || strcmp(ref->kind->name, "Release") == 0 ||
			       strcmp(ref->kind->name, "Event") == 0;
		return cli_query(c, cli_path(c, plural, NULL), "domain",
				 filters ? ref->domain : NULL);
	}
	if (needs_domain(ref->kind))
		return cli_path(c, "domains", ref->domain, plural, ref->name, NULL);
	return cli_path(c, plural, ref->name, NULL);
}

const char *cli_ref_text(struct cli *c, const struct cli_ref *ref)
{
	bool domain = ref->name && needs_domain(ref->kind);
	return arena_printf(c->arena, "%s %s%s%s", ref->kind->singular, domain ? ref->domain : "",
			    domain ? "/" : "", ref->name ? ref->name : "");
}

int cli_not_listed(const struct kind *k, struct err *err)
{
	if (err->code == ERR_NOT_FOUND && !err->remedy[0])
		err_remedy(err, "`aspora get %s` lists them", k->plural);
	return err->code;
}

const char *cli_domain(const struct cli_gateway *g, const char *given)
{
	if (given || !g->domain.len)
		return given;
	return arena_strndup(g->c->arena, g->domain.p, g->domain.len);
}

/* "order-details" of the context's domain, "ecm/order-details": without a kind. */
static bool is_bare(const char *word)
{
	const char *slash = strchr(word, '/');
	size_t len = slash ? (size_t)(slash - word) : strlen(word);
	if (slash && strchr(slash + 1, '/'))
		return false;
	return !kind_find(str_make(word, len));
}

int cli_operand_ref(struct cli_gateway *g, int first, const char **ret_domain,
		    const char **ret_skill, struct err *err)
{
	struct cli *c = g->c;
	const char *word = c->operands[first];
	const char *name = first + 1 < c->operand_count ? c->operands[first + 1] : NULL;
	const char *domain = cli_domain(g, NULL);
	struct cli_ref ref = {0};
	if (!name && is_bare(word) && !strchr(word, '/') && domain) {
		*ret_domain = domain;
		*ret_skill = word;
		return 0;
	}
	if (!name && is_bare(word))
		return cli_operand_skill(c, word, true, ret_domain, ret_skill, err);
	int rc = cli_ref_parse(c, word, name, domain, &ref, err);
	if (rc < 0)
		return rc;
	if (strcmp(ref.kind->name, "Skill") != 0)
		return cli_usage(c, err, "this is about skills, not about %s", ref.kind->plural);
	if (!ref.name)
		return cli_usage(c, err, "which skill?");
	*ret_domain = ref.domain;
	*ret_skill = ref.name;
	return 0;
}
