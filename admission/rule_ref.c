#include "admission/rule_int.h"
#include "admission/rule_link.h"

/* --- links resolve ------------------------------------------------------------------------------------------------------- */

static const char *const safe_schemes[] = {"https:", "http:", "mailto:", "//", NULL};

static bool scheme_is_safe(struct str target)
{
	for (size_t i = 0; safe_schemes[i]; i++) {
		struct str scheme = str_of(safe_schemes[i]);
		if (str_eq_nocase(str_sub(target, 0, scheme.len), scheme))
			return true;
	}
	return false;
}

/* A file of the same name somewhere near: in the skill, or among the domain's own files. */
static void suggest(const struct rule_in *in, struct findings *out, struct finding *f,
		    struct str path)
{
	const struct skill *s = in->skill->skill;
	size_t n = s->manifest.count;
	const char **names = arena_array(in->arena, n + 1, sizeof(*names));
	for (size_t i = 0; i < n; i++)
		names[i] = arena_strndup(in->arena, s->manifest.files[i].path.p,
					 s->manifest.files[i].path.len);
	struct str tail = str_starts(path, s->path) ? str_sub(path, s->path.len + 1, path.len)
						    : path;
	const char *near = str_nearest(tail, names, n);
	if (near)
		finding_remedy(out, f, "did you mean %s?", near);
	else
		finding_remedy(out, f, "add %.*s, or correct the link", STR_ARG(path));
}

static void check_link(const struct rule_in *in, struct findings *out, const struct text_fact *l)
{
	struct finding *f;
	if (l->link == LINK_REMOTE && !scheme_is_safe(l->words)) {
		f = rule_say(
			in, out,
			"a link to \"%.*s\" is neither a file of the repository nor a web address",
			STR_ARG(l->words));
		f->remedy = STR("write a relative path, or an address that begins with https:");
	} else if (l->link == LINK_ESCAPES) {
		f = rule_say(in, out, "the link \"%.*s\" leads out of the repository",
			     STR_ARG(l->words));
		f->remedy = STR(
			"link to a file below skills/; paths are relative to the skill's folder");
	} else if (l->link == LINK_BAD) {
		f = rule_say(in, out, "the link \"%.*s\" is not a path", STR_ARG(l->words));
		f->remedy = STR("write a relative path with '/' between its parts");
	} else if (l->link == LINK_INSIDE && !link_exists(in, l->path)) {
		f = rule_say(in, out, "the link leads to %.*s, which does not exist",
			     STR_ARG(l->path));
		suggest(in, out, f, l->path);
	} else {
		return;
	}
	rule_at_text(in, f, l);
}

static bool was_said(const struct skill *s, const char *rule)
{
	for (size_t i = 0; i < s->findings.count; i++)
		if (strcmp(s->findings.items[i].rule, rule) == 0)
			return true;
	return false;
}

static void check_handler(const struct rule_in *in, struct findings *out)
{
	const struct skill *s = in->skill->skill;
	struct str file = in->effective->handler.file;
	if (!file.len || manifest_find(&s->manifest, file) || was_said(s, "SK-HANDLER"))
		return;
	struct finding *f = rule_say(
		in, out, "the handler %.*s does not exist in the skill's folder", STR_ARG(file));
	f->remedy = STR(
		"write handler.file: the path below the skill's folder, such as code/handler.py");
	rule_at_effective(in, f, "handler.file");
}

int rule_ref_resolves(const struct rule_in *in, struct findings *out, struct err *err)
{
	(void)err;
	for (size_t i = 0; i < in->text->count; i++)
		check_link(in, out, &in->text->items[i]);
	check_handler(in, out);
	return 0;
}

/* What is deployed is below skills/: nobody can follow a link to the rest at run time. */
int rule_ref_outside(const struct rule_in *in, struct findings *out, struct err *err)
{
	(void)err;
	for (size_t i = 0; i < in->text->count; i++) {
		const struct text_fact *t = &in->text->items[i];
		if (t->link == LINK_OUTSIDE)
			rule_at_text(in,
				     rule_say(in, out,
					      "the link leads to %.*s, which is not deployed with "
					      "the skills",
					      STR_ARG(t->path)),
				     t);
	}
	return 0;
}

/* --- nothing remote is loaded ------------------------------------------------------------------------------------------------ */

int rule_ref_remote(const struct rule_in *in, struct findings *out, struct err *err)
{
	(void)err;
	for (size_t i = 0; i < in->text->count; i++) {
		const struct text_fact *t = &in->text->items[i];
		if (t->kind == TEXT_REMOTE)
			rule_at_text(in,
				     rule_say(in, out, "loads \"%.*s\" from elsewhere",
					      STR_ARG(t->words)),
				     t);
	}
	return 0;
}
