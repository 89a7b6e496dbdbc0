/*
 * Surfaces as JSON, and back.
 */
#include "skill/verdict.h"

static void strs_json(struct json *j, const char *key, const struct str *items, size_t count)
{
	json_array_in(j, key);
	for (size_t i = 0; i < count; i++)
		json_add_str(j, items[i]);
	json_end(j);
}

static void skill_json(struct json *j, const struct surface_skill *s)
{
	json_object(j);
	json_str(j, "name", s->name);
	json_strz(j, "role", role_name(s->role));
	strs_json(j, "patterns", s->patterns, s->pattern_count);
	strs_json(j, "alerts", s->alerts, s->alert_count);
	strs_json(j, "forwards", s->forwards, s->forward_count);
	json_str(j, "path", s->path);
	json_int(j, "line", s->line);
	json_int(j, "column", s->column);
	json_end(j);
}

void surface_json(struct json *j, const struct surface *s)
{
	json_object(j);
	json_str(j, "domain", s->domain);
	json_array_in(j, "skills");
	for (size_t i = 0; i < s->skill_count; i++)
		skill_json(j, &s->skills[i]);
	json_end(j);
	json_array_in(j, "forwards");
	for (size_t i = 0; i < s->forward_count; i++) {
		json_object(j);
		json_str(j, "whenDomain", s->forwards[i].when_domain);
		json_str(j, "whenText", s->forwards[i].when_text);
		json_str(j, "forwardTo", s->forwards[i].forward_to);
		json_end(j);
	}
	json_end(j);
	json_end(j);
}

/* Reads members until one is not what it must be; the first such is told. */
struct reader {
	struct arena *arena;
	struct err *err;
	int rc;
};

static const struct doc_node *member(struct reader *r, const struct doc_node *map, const char *key,
				     enum doc_type type)
{
	const struct doc_node *n = doc_find(map, key);
	if (r->rc == 0 && (!n || n->type != type))
		r->rc = err_set(r->err, ERR_INVALID, "a surface whose \"%s\" is not %s", key,
				doc_type_name(type));
	return r->rc == 0 ? n : NULL;
}

static struct str text(struct reader *r, const struct doc_node *map, const char *key)
{
	const struct doc_node *n = member(r, map, key, DOC_STRING);
	return n ? n->text : STR_NULL;
}

static uint32_t place(struct reader *r, const struct doc_node *map, const char *key)
{
	const struct doc_node *n = member(r, map, key, DOC_INT);
	return n && n->integer > 0 && n->integer < UINT32_MAX ? (uint32_t)n->integer : 0;
}

static struct str *strs(struct reader *r, const struct doc_node *map, const char *key,
			size_t *ret_count)
{
	const struct doc_node *n = member(r, map, key, DOC_LIST);
	size_t count = n ? n->list.count : 0;
	struct str *out = arena_array(r->arena, count + 1, sizeof(*out));
	for (size_t i = 0; i < count && r->rc == 0; i++) {
		out[i] = n->list.items[i]->text;
		if (n->list.items[i]->type != DOC_STRING)
			r->rc = err_set(r->err, ERR_INVALID,
					"a surface with something that is not text in \"%s\"", key);
	}
	*ret_count = count;
	return out;
}

static enum role role(struct reader *r, const struct doc_node *map)
{
	struct str name = text(r, map, "role");
	for (enum role i = ROLE_MANAGER; i <= ROLE_FIELD; i++) {
		if (str_eqz(name, role_name(i)))
			return i;
	}
	if (r->rc == 0)
		r->rc = err_set(r->err, ERR_INVALID, "a surface with the role \"%.*s\"",
				STR_ARG(name));
	return ROLE_SPECIALIST;
}

static void skill(struct reader *r, const struct doc_node *n, struct surface_skill *s)
{
	s->name = text(r, n, "name");
	s->role = role(r, n);
	s->patterns = strs(r, n, "patterns", &s->pattern_count);
	s->alerts = strs(r, n, "alerts", &s->alert_count);
	s->forwards = strs(r, n, "forwards", &s->forward_count);
	s->path = text(r, n, "path");
	s->line = place(r, n, "line");
	s->column = place(r, n, "column");
}

int surface_from_json(struct arena *a, const struct doc_node *n, struct surface *ret,
		      struct err *err)
{
	struct reader r = {a, err, 0};
	struct surface s = {.domain = text(&r, n, "domain")};
	const struct doc_node *skills = member(&r, n, "skills", DOC_LIST);
	const struct doc_node *forwards = member(&r, n, "forwards", DOC_LIST);
	if (r.rc < 0)
		return r.rc;
	s.skill_count = skills->list.count;
	s.skills = arena_array(a, s.skill_count + 1, sizeof(*s.skills));
	for (size_t i = 0; i < s.skill_count && r.rc == 0; i++)
		skill(&r, skills->list.items[i], &s.skills[i]);
	s.forward_count = forwards->list.count;
	s.forwards = arena_array(a, s.forward_count + 1, sizeof(*s.forwards));
	for (size_t i = 0; i < s.forward_count && r.rc == 0; i++) {
		const struct doc_node *f = forwards->list.items[i];
		s.forwards[i] = (struct config_forward){.when_domain = text(&r, f, "whenDomain"),
							.when_text = text(&r, f, "whenText"),
							.forward_to = text(&r, f, "forwardTo")};
	}
	if (r.rc == 0)
		*ret = s;
	return r.rc;
}
