#include "admission/rule_int.h"

#include <stdio.h>

/* --- managers and specialists load no field resources ------------------------------------------------------------- */

/* "skills/ecm/runbooks/x.md", and runbooks of any other domain. */
static bool is_field_resource(struct str path)
{
	struct str piece;
	for (int i = 0; str_split(&path, '/', &piece); i++)
		if (i == 2)
			return str_eqz(piece, "runbooks");
	return false;
}

static struct finding *say_runbook(const struct rule_in *in, struct findings *out, struct str what)
{
	const char *role = role_name(in->skill->skill->role);
	return rule_say(in, out, "a %s must not load field resources, and this names %.*s", role,
			STR_ARG(what));
}

static void runbook_texts(const struct rule_in *in, struct findings *out)
{
	for (size_t i = 0; i < in->text->count; i++) {
		const struct text_fact *t = &in->text->items[i];
		if (t->kind == TEXT_RUNBOOK ||
		    (t->link == LINK_INSIDE && is_field_resource(t->path)))
			rule_at_text(in, say_runbook(in, out, t->words), t);
	}
}

static void runbook_files(const struct rule_in *in, struct findings *out)
{
	const struct skill *s = in->skill->skill;
	for (size_t i = 0; i < s->manifest.count; i++) {
		const struct manifest_file *m = &s->manifest.files[i];
		if (!str_starts(m->path, STR("runbooks/")))
			continue;
		struct finding *f = say_runbook(in, out, m->path);
		f->path = str_of(
			arena_printf(in->arena, "%.*s/%.*s", STR_ARG(s->path), STR_ARG(m->path)));
		f->blob = m->blob;
		f->remedy = STR("move it to the runbooks/ folder of the domain, where field skills "
				"find it");
	}
}

int rule_role_manager(const struct rule_in *in, struct findings *out, struct err *err)
{
	(void)err;
	if (in->skill->skill->role == ROLE_FIELD || !rule_role_known(in))
		return 0;
	runbook_texts(in, out);
	runbook_files(in, out);
	return 0;
}

/* --- field skills compute no batch scores ---------------------------------------------------------------------------- */

int rule_role_field(const struct rule_in *in, struct findings *out, struct err *err)
{
	(void)err;
	for (size_t i = 0; i < in->text->count; i++) {
		const struct text_fact *t = &in->text->items[i];
		if (t->kind == TEXT_BATCH)
			rule_at_text(in,
				     rule_say(in, out,
					      "a field skill computes no batch scores, and this "
					      "says \"%.*s\"",
					      STR_ARG(t->words)),
				     t);
	}
	return 0;
}

/* --- a specialist can be reached -------------------------------------------------------------------------------------- */

/* Somebody of the same domain forwards to it by name. */
static bool is_forwarded_to(const struct rule_in *in, const struct skill *s)
{
	char name[2 * NAME_MAX_BYTES + 2];
	int len = snprintf(name, sizeof(name), "%.*s/%.*s", STR_ARG(in->name), STR_ARG(s->name));
	return map_find(&in->index->forwarded, str_make(name, (size_t)len)) != NULL;
}

int rule_role_specialist(const struct rule_in *in, struct findings *out, struct err *err)
{
	(void)err;
	const struct skill *s = in->skill->skill;
	if (s->role != ROLE_SPECIALIST || in->index->managers || s->trigger_count ||
	    is_forwarded_to(in, s))
		return 0;
	/* The one who reaches it may be the one that could not be read. */
	if (in->index->unread)
		return 0;
	struct finding *f = rule_say(
		in, out,
		"nothing can reach this specialist: domain %.*s has no manager, and it has "
		"no trigger",
		STR_ARG(in->name));
	rule_at_front(in, f, s, "role");
	return 0;
}
