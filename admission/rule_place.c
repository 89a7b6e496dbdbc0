#include "admission/rule_int.h"

static const struct doc_node *field_node(const struct config_doc *doc, const char *dotted)
{
	return doc ? config_place(doc, dotted) : NULL;
}

bool rule_at_field(struct finding *f, const struct config_doc *doc, const char *dotted)
{
	const struct doc_node *n = field_node(doc, dotted);
	if (doc) {
		f->path = doc->path;
		f->blob = doc->blob;
	}
	if (n)
		finding_at_node(f, n);
	return n != NULL;
}

bool rule_at_effective(const struct rule_in *in, struct finding *f, const char *dotted)
{
	const struct config_doc *levels[] = {in->skill ? in->skill->skill->config : NULL,
					     in->domain ? in->domain->config : NULL,
					     in->policy->platform};
	for (size_t i = 0; i < ARRAY_SIZE(levels); i++)
		if (field_node(levels[i], dotted))
			return rule_at_field(f, levels[i], dotted);
	if (in->skill)
		rule_at_front(in, f, in->skill->skill, NULL);
	return false;
}

void rule_relate_field(const struct rule_in *in, struct finding *f, const char *dotted)
{
	const struct config_doc *levels[] = {in->domain ? in->domain->config : NULL,
					     in->policy->platform};
	for (size_t i = 0; i < ARRAY_SIZE(levels); i++) {
		const struct doc_node *n = field_node(levels[i], dotted);
		if (!n)
			continue;
		f->related_path = levels[i]->path;
		f->related_line = n->line;
		f->related_column = n->column;
		return;
	}
}

struct str rule_md_path(const struct rule_in *in, const struct skill *s)
{
	return str_of(arena_printf(in->arena, "%.*s/%s", STR_ARG(s->path), SKILL_FILE));
}

static void at_md(const struct rule_in *in, struct finding *f, const struct skill *s)
{
	f->path = rule_md_path(in, s);
	f->blob = s->md_blob;
}

void rule_at_front(const struct rule_in *in, struct finding *f, const struct skill *s,
		   const char *key)
{
	at_md(in, f, s);
	const struct doc_pair *pair = key ? doc_find_pair(s->front, str_of(key)) : NULL;
	if (pair)
		finding_at_node(f, pair->value);
	else
		f->line = f->column = 1;
}

void rule_at_text(const struct rule_in *in, struct finding *f, const struct text_fact *t)
{
	at_md(in, f, in->skill->skill);
	f->line = t->line;
	f->column = t->column;
	f->start = t->start;
	f->end = t->end;
}

void rule_at_trigger(const struct rule_in *in, struct finding *f, const struct skill *s,
		     const struct trigger *t)
{
	at_md(in, f, s);
	f->line = t->line;
	f->column = t->column;
	f->start = t->start;
	f->end = t->end;
}
