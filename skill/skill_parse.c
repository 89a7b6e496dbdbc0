/* From the texts of a skill's folder to struct skill. */
#include <stdio.h>

#include "base/mem.h"
#include "skill/cases.h"
#include "skill/skill_int.h"

#define TEXT_ARENA_MAX ((size_t)64 << 20)
#define TEXT_ARENA_FIRST ((size_t)24 << 10) /* what most skills need */

struct skill *skill_new(struct str domain, struct str name)
{
	struct skill *s = mem_zalloc(sizeof(*s));
	s->refs = 1;
	s->role = ROLE_SPECIALIST;
	s->text_arena = arena_new_sized(TEXT_ARENA_MAX, TEXT_ARENA_FIRST);
	s->domain = arena_str(s->text_arena, domain);
	s->name = arena_str(s->text_arena, name);
	s->path = str_of(
		arena_printf(s->text_arena, "skills/%.*s/%.*s", STR_ARG(domain), STR_ARG(name)));
	findings_init(&s->findings, s->text_arena);
	findings_init(&s->stricter, s->text_arena);
	return s;
}

struct said_of skill_said_of(struct skill *s, const char *file, const struct tree_id *blob,
			     struct str text)
{
	struct said_of of = {.findings = &s->findings,
			     .stricter = &s->stricter,
			     .domain = s->domain,
			     .skill = s->name,
			     .text = text};
	of.path = str_of(arena_printf(s->findings.arena, "%.*s/%s", STR_ARG(s->path), file));
	if (blob)
		of.blob = *blob;
	return of;
}

static bool size_check(const struct said_of *of)
{
	if (of->text.len <= SKILL_MD_MAX)
		return true;
	say(of, "SK-MD-SIZE", 0, 0, "the file has %zu bytes; at most %d are allowed", of->text.len,
	    SKILL_MD_MAX)
		->remedy = STR("move part of it into a file of its own");
	return false;
}

static void parse_md(struct skill *s, struct arena *a, struct str text)
{
	struct md md = {.s = s, .a = a};
	s->md_text = text;
	md.of = skill_said_of(s, SKILL_FILE, &s->md_blob, s->md_text);
	if (!size_check(&md.of) || !text_check(&md.of) || !front_split(&md))
		return;
	/* The body comes first: a missing description is taken from it. */
	body_read(&md);
	front_read(&md);
}

void skill_parse(struct skill *s, struct arena *a, const struct skill_texts *texts)
{
	if (texts->md.p)
		parse_md(s, a, texts->md);
	if (texts->config.p) {
		struct said_of of = skill_said_of(s, CONFIG_FILE, &texts->config_blob,
						  texts->config);
		if (text_is_lfs_pointer(texts->config))
			text_check(&of);
		else
			s->config = config_load(a, LEVEL_SKILL, of.path, &texts->config_blob,
						texts->config, &s->findings, s->domain, s->name);
	}
	if (texts->cases.p) {
		struct said_of of = skill_said_of(s, "tests/cases.md", &texts->cases_blob,
						  texts->cases);
		if (size_check(&of) && text_check(&of))
			cases_parse(a, texts->cases, of.path, &texts->cases_blob, s->domain,
				    s->name, &s->findings, &s->cases, &s->case_count);
	}
}

struct skill *skill_parse_text(struct str domain, struct str name, struct str text)
{
	struct skill *s = skill_new(domain, name);
	struct skill_texts texts = {.md = arena_str(s->text_arena, text)};
	skill_parse(s, s->text_arena, &texts);
	skill_settle(s);
	return s;
}
