#include "cli/findings.h"

void cli_findings_in(const struct findings *all, const struct cli_scope *scope,
		     struct findings *ret)
{
	for (size_t i = 0; i < all->count; i++) {
		const struct finding *f = &all->items[i];
		if (!f->domain.len || (str_eq(f->domain, scope->domain) && !f->skill.len) ||
		    cli_scope_has(scope, f->domain, f->skill))
			findings_add(ret, f);
	}
	findings_sort(ret);
}

void cli_count(const struct snapshot *s, const struct cli_scope *scope, const struct findings *f,
	       struct cli_counted *ret)
{
	*ret = (struct cli_counted){0};
	for (size_t d = 0; d < s->domain_count; d++) {
		size_t before = ret->skills;
		for (size_t k = 0; k < s->domains[d]->skill_count; k++)
			ret->skills += cli_scope_has(scope, s->domains[d]->name,
						     s->domains[d]->skills[k].skill->name);
		ret->domains += ret->skills > before ||
				(cli_scope_has(scope, s->domains[d]->name, STR_NULL));
	}
	ret->deny = findings_count(f, SEVERITY_DENY);
	ret->warn = findings_count(f, SEVERITY_WARN) - ret->deny;
	ret->note = f->count - ret->warn - ret->deny;
}

static void number(struct buf *out, size_t n, const char *word)
{
	buf_addf(out, "%zu %s%s", n, word, n == 1 ? "" : "s");
}

/* ", 2 to look at"; nothing for none. */
static void part(struct buf *out, size_t n, const char *words, const char **sep)
{
	if (!n)
		return;
	buf_addf(out, "%s%zu %s", *sep, n, words);
	*sep = ", ";
}

void cli_count_text(struct buf *out, const struct cli_counted *n)
{
	const char *sep = ": ";
	number(out, n->skills, "skill");
	buf_addz(out, " in ");
	number(out, n->domains, "domain");
	part(out, n->deny, "to correct", &sep);
	part(out, n->warn, "to look at", &sep);
	part(out, n->note, "to know", &sep);
	buf_addz(out, n->deny + n->warn + n->note ? "\n" : ": fine\n");
}
