#include "admission/rule_int.h"
#include "admission/rule_link.h"

/* --- links resolve ------------------------------------------------------------------------------------------------------- */

static const char *const safe_schemes[] = {"https:", "http:", "mailto:", NULL};

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
		    const struct link_place *p)
{
	const struct skill *s = in->skill->skill;
	size_t n = s->manifest.count, slash = p->path_len;
	while (slash && p->path[slash - 1] != '/')
		slash--;
	const char **names = arena_array(in->arena, n + 1, sizeof(*names));
	for (size_t i = 0; i < n; i++)
		names[i] = arena_strndup(in->arena, s->manifest.files[i].path.p,
					 s->manifest.files[i].path.len);
	struct str tail = str_make(p->path, p->path_len);
	if (str_starts(tail, s->path))
		tail = str_sub(tail, s->path.len + 1, tail.len);
	const char *near = str_nearest(tail, names, n);
	if (near)
		finding_remedy(out, f, "did you mean %s?", near);
	else
		finding_remedy(out, f, "add %s, or correct the link", p->path);
}

static void check_link(const struct rule_in *in, struct findings *out, const struct skill_link *l)
{
	const struct skill *s = in->skill->skill;
	struct link_place p;
	struct finding *f = NULL;
	link_resolve(s->path, l->target, &p);
	if (p.kind == LINK_REMOTE && !scheme_is_safe(l->target)) {
		f = rule_say(
			in, out,
			"a link to \"%.*s\" is neither a file of the repository nor a web address",
			STR_ARG(l->target));
		f->remedy = STR("write a relative path, or an address that begins with https:");
	} else if (p.kind == LINK_ESCAPES) {
		f = rule_say(in, out, "the link \"%.*s\" leads out of the repository",
			     STR_ARG(l->target));
		f->remedy = STR(
			"link to a file below skills/; paths are relative to the skill's folder");
	} else if (p.kind == LINK_BAD) {
		f = rule_say(in, out, "the link \"%.*s\" is not a path", STR_ARG(l->target));
		f->remedy = STR("write a relative path with '/' between its parts");
	} else if (p.kind == LINK_INSIDE &&
		   link_find(in, str_make(p.path, p.path_len)) == LINK_MISSING) {
		f = rule_say(in, out, "the link leads to %s, which does not exist", p.path);
		suggest(in, out, f, &p);
	}
	if (f)
		rule_at_link(in, f, s, l);
}

static void check_handler(const struct rule_in *in, struct findings *out)
{
	const struct skill *s = in->skill->skill;
	struct str file = in->skill->effective.handler.file;
	if (!file.len || manifest_find(&s->manifest, file))
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
	const struct skill *s = in->skill->skill;
	for (size_t i = 0; i < s->link_count; i++)
		check_link(in, out, &s->links[i]);
	check_handler(in, out);
	return 0;
}

/* What is deployed is below skills/: nobody can follow a link to the rest at run time. */
int rule_ref_outside(const struct rule_in *in, struct findings *out, struct err *err)
{
	(void)err;
	const struct skill *s = in->skill->skill;
	for (size_t i = 0; i < s->link_count; i++) {
		struct link_place p;
		link_resolve(s->path, s->links[i].target, &p);
		if (p.kind != LINK_INSIDE ||
		    link_find(in, str_make(p.path, p.path_len)) != LINK_UNKNOWN)
			continue;
		rule_at_link(in,
			     rule_say(in, out,
				      "the link leads to %s, which is not deployed with the skills",
				      p.path),
			     s, &s->links[i]);
	}
	return 0;
}

/* --- nothing remote is loaded ------------------------------------------------------------------------------------------------ */

static bool starts_at(struct str text, size_t at, const char *word)
{
	size_t n = strlen(word);
	return str_eq_nocase(str_sub(text, at, at + n), str_make(word, n));
}

static bool is_remote(struct str text, size_t at)
{
	return starts_at(text, at, "http:") || starts_at(text, at, "https:") ||
	       starts_at(text, at, "ftp:") || starts_at(text, at, "//");
}

static size_t address_end(struct str text, size_t at)
{
	while (at < text.len && !strchr(" \t\r\n)>\"'", text.p[at]))
		at++;
	return at;
}

/* "![words](address": the place of the address, or 0. */
static size_t image_address(struct str text, size_t at)
{
	unsigned depth = 0;
	for (size_t i = at + 1; i < text.len && i < at + 1024; i++) {
		if (text.p[i] == '[')
			depth++;
		else if (text.p[i] == ']' && !--depth)
			return i + 2 < text.len && text.p[i + 1] == '(' ? i + 2 : 0;
	}
	return 0;
}

/* Elements that fetch as soon as they are shown, and the attribute that says what. */
static const struct {
	const char *element, *attribute;
} fetching[] = {{"<img", "src="},   {"<script", "src="},  {"<iframe", "src="},
		{"<video", "src="}, {"<audio", "src="},	  {"<source", "src="},
		{"<embed", "src="}, {"<object", "data="}, {"<link", "href="}};

static size_t element_address(struct str text, size_t at)
{
	for (size_t k = 0; k < ARRAY_SIZE(fetching); k++) {
		if (!starts_at(text, at, fetching[k].element))
			continue;
		for (size_t i = at; i < text.len && text.p[i] != '>'; i++)
			if (starts_at(text, i, fetching[k].attribute)) {
				i += strlen(fetching[k].attribute);
				return i < text.len && strchr("\"'", text.p[i]) ? i + 1 : i;
			}
	}
	return 0;
}

/* Inside ``` or ~~~ nothing is loaded: it is shown as it stands. Moves *at past the fence that opens there. */
static bool skip_fence(struct str text, size_t *at)
{
	char c = text.p[*at];
	if ((c != '`' && c != '~') || (*at && text.p[*at - 1] != '\n') ||
	    str_sub(text, *at, *at + 3).len < 3 || text.p[*at + 1] != c || text.p[*at + 2] != c)
		return false;
	const char fence[] = {'\n', c, c, c};
	ptrdiff_t end = str_find(text, str_make(fence, 4), *at + 3);
	*at = end < 0 ? text.len : (size_t)end + 3;
	return true;
}

int rule_ref_remote(const struct rule_in *in, struct findings *out, struct err *err)
{
	(void)err;
	const struct skill *s = in->skill->skill;
	struct str text = s->md_text;
	size_t from = s->body.len ? (size_t)(s->body.p - text.p) : text.len;
	for (size_t i = from; i < text.len; i++) {
		size_t address = 0;
		if (skip_fence(text, &i))
			continue;
		if (text.p[i] == '!' && i + 1 < text.len && text.p[i + 1] == '[')
			address = image_address(text, i);
		else if (text.p[i] == '<')
			address = element_address(text, i);
		else if (text.p[i] == '@' && starts_at(text, i, "@import url("))
			address = i + strlen("@import url(");
		if (!address || !is_remote(text, address))
			continue;
		size_t end = address_end(text, address);
		rule_at_body(in,
			     rule_say(in, out, "loads \"%.*s\" from elsewhere",
				      STR_ARG(str_sub(text, address, end))),
			     s, address, end);
	}
	return 0;
}
