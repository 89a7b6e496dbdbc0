#include "cli/complete.h"

#include "cli/context.h"
#include "cli/folder.h"
#include "cli/output.h"
#include "cli/resource.h"
#include "skill/scaffold.h"

#define GATEWAY_MS 3000

struct completing {
	struct cli *c;
	struct str prefix;
	struct buf *out;
};

static void offer(struct completing *w, const char *word)
{
	if (str_starts(str_of(word), w->prefix))
		buf_addf(w->out, "%s\n", word);
}

static void offer_all(struct completing *w, const char *const *words)
{
	for (size_t i = 0; words && words[i]; i++)
		offer(w, words[i]);
}

/* --- names ------------------------------------------------------------------------------------------------- */

/* Of the folder: domains, and skills. */
static void offer_here(struct completing *w, bool domains)
{
	CLEANUP(cli_folder_release) struct cli_folder folder = {0};
	CLEANUP(cli_tree_release) struct cli_tree tree = {0};
	struct cli_scope scope;
	struct err ignored = ERR_INIT;
	if (cli_folder_open(w->c, NULL, &folder, &scope, &ignored) < 0 ||
	    cli_read_folder(&folder, &tree, &ignored) < 0)
		return;
	for (size_t d = 0; d < tree.snap->domain_count; d++) {
		const struct domain *domain = tree.snap->domains[d];
		if (domains)
			offer(w, arena_printf(w->c->arena, "%.*s", STR_ARG(domain->name)));
		for (size_t k = 0; k < domain->skill_count; k++)
			offer(w, arena_printf(w->c->arena, "%.*s/%.*s", STR_ARG(domain->name),
					      STR_ARG(domain->skills[k].skill->name)));
	}
}

/* Of the gateway: "ecm/manager", or with the kind before it. */
static void offer_there(struct completing *w, const struct kind *k, const char *before)
{
	CLEANUP(cli_gateway_release) struct cli_gateway g = {0};
	struct err ignored = ERR_INIT;
	const struct doc_node **objects = NULL;
	size_t count = 0;
	if (!k || cli_gateway_open(w->c, &g, &ignored) < 0)
		return;
	g.timeout_ms = GATEWAY_MS;
	if (cli_get_list(&g, cli_path(w->c, k->plural, NULL), &objects, &count, NULL, &ignored) < 0)
		return;
	for (size_t i = 0; i < count; i++) {
		CLEANUP(buf_release) struct buf name = BUF_INIT(4096);
		cli_object_name(&name, k->singular, objects[i]);
		const char *rest = strchr(buf_cstr(&name), '/') + 1;
		if (strcmp(k->name, "Execution") == 0 && strchr(rest, '/'))
			rest = strchr(rest, '/') + 1;
		offer(w, arena_printf(w->c->arena, "%s%s", before, rest));
	}
}

static void offer_kinds(struct completing *w)
{
	char *slash = memchr(w->prefix.p, '/', w->prefix.len);
	if (slash) {
		size_t len = (size_t)(slash - w->prefix.p);
		const char *before = arena_printf(w->c->arena, "%.*s/", (int)len, w->prefix.p);
		offer_there(w, kind_find(str_sub(w->prefix, 0, len)), before);
		return;
	}
	for (const struct kind *k = kinds; k->name; k++)
		offer(w, k->plural);
}

static void offer_contexts(struct completing *w)
{
	struct cli_contexts all;
	struct err ignored = ERR_INIT;
	if (cli_contexts_load(w->c->arena, &all, &ignored) < 0)
		return;
	const struct cli_context *list = all.contexts.items;
	for (size_t i = 0; i < all.contexts.count; i++)
		offer(w, arena_printf(w->c->arena, "%.*s", STR_ARG(list[i].key)));
}

/* --- what is being written ------------------------------------------------------------------------------------ */

static const struct opt *option_of(const struct opt *opts, const char *word)
{
	for (; opts->name; opts++)
		if ((word[0] == '-' && word[1] == '-' && strcmp(word + 2, opts->name) == 0) ||
		    (word[0] == '-' && word[1] == opts->letter && word[1] && !word[2]))
			return opts;
	return NULL;
}

static void offer_value(struct completing *w, const struct cli_verb *v, const struct opt *o)
{
	offer_all(w, o->choices);
	if (o->choices || !o->arg)
		return;
	if (strcmp(o->arg, "FORMAT") == 0 && (v->uses & CLI_USES_OUTPUT))
		for (const struct cli_format *f = cli_formats; f->name; f++)
			offer(w, f->name);
	else if (strcmp(o->arg, "LANGUAGE") == 0)
		offer_all(w, scaffold_languages);
	else if (strcmp(o->arg, "DOMAIN") == 0)
		offer_there(w, kind_find(STR("Domain")), "");
	else if (strcmp(o->arg, "SOURCE") == 0)
		offer_there(w, kind_find(STR("Source")), "");
	else if (strcmp(o->arg, "DOMAIN/NAME") == 0)
		offer_there(w, kind_find(STR("Skill")), "");
	else if (strcmp(o->name, "context") == 0)
		offer_contexts(w);
}

static void offer_operand(struct completing *w, const struct cli_verb *v, const char *first,
			  int index)
{
	if (index == 0 && v->words) {
		offer_all(w, v->words);
		return;
	}
	switch (v->completes) {
	case CLI_VERBS:
		for (size_t i = 0; cli_verbs[i]; i++)
			if (!(cli_verbs[i]->uses & CLI_HIDDEN))
				offer(w, cli_verbs[i]->name);
		break;
	case CLI_SKILLS_HERE:
		offer_here(w, true);
		break;
	case CLI_CONTEXTS:
		offer_contexts(w);
		break;
	case CLI_KINDS:
		if (index == 0)
			offer_kinds(w);
		else if (first)
			offer_there(w, kind_find(str_of(first)), "");
		break;
	case CLI_SKILLS:
		offer_there(w, kind_find(STR("Skill")), "");
		break;
	case CLI_SOURCES:
		offer_there(w, kind_find(STR("Source")), "");
		break;
	case CLI_DOMAINS:
		offer_there(w, kind_find(STR("Domain")), "");
		break;
	case CLI_EXECUTIONS:
		offer_there(w, kind_find(STR("Execution")), "");
		break;
	case CLI_NOTHING:
		break;
	}
}

/* What of the words before the last is what. */
struct seen {
	const struct cli_verb *verb;
	const char *first; /* operand */
	int operands;
	const struct opt *open; /* an option that waits for its value: the last word */
};

static void look(struct completing *w, char *const *words, int count, struct opt *opts,
		 struct seen *s)
{
	static const struct cli_verb none = {.name = "", .usage = ""};
	cli_options(w->c, &none, opts);
	for (int i = 1; i + 1 < count; i++) {
		const struct opt *o = words[i][0] == '-' ? option_of(opts, words[i]) : NULL;
		s->open = NULL;
		if (o && opt_takes_next(o->type) && i + 2 < count)
			i++;
		else if (o && opt_takes_next(o->type))
			s->open = o;
		else if (words[i][0] == '-')
			continue;
		else if (!s->verb && (s->verb = cli_verb_find(words[i])))
			cli_options(w->c, s->verb, opts);
		else if (s->operands++ == 0)
			s->first = words[i];
	}
}

void cli_complete(struct cli *c, char *const *words, int count, struct buf *out)
{
	struct opt opts[CLI_OPTIONS_MAX + 1];
	struct seen s = {0};
	if (count < 2)
		return;
	struct completing w = {c, str_of(words[count - 1]), out};
	look(&w, words, count, opts, &s);
	if (!s.verb) {
		static const struct cli_verb any = {.name = "", .completes = CLI_VERBS};
		offer_operand(&w, &any, NULL, 0);
	} else if (s.open) {
		offer_value(&w, s.verb, s.open);
	} else if (w.prefix.len && w.prefix.p[0] == '-') {
		for (const struct opt *o = opts; o->name; o++)
			offer(&w, arena_printf(c->arena, "--%s", o->name));
	} else {
		offer_operand(&w, s.verb, s.first, s.operands);
	}
}
