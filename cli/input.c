#include "cli/input.h"

#include "base/io.h"
#include "base/json.h"
#include "skill/execution.h"
#include "skill/route.h"

static int read_word(const char *word, struct buf *raw, struct err *err)
{
	int rc = 0;
	if (strcmp(word, "-") == 0)
		rc = io_read_fd(STDIN_FILENO, raw, err);
	else if (word[0] == '@')
		rc = io_read_file(word + 1, raw, err);
	else
		buf_addz(raw, word);
	return rc < 0 ? rc : buf_check(raw, "the input", err);
}

void cli_input_text(struct buf *out, struct str text)
{
	struct json j;
	json_init(&j, out);
	json_object(&j);
	json_str(&j, "text", text);
	json_end(&j);
}

int cli_input(struct cli *c, const char *word, struct buf *out, struct str *ret_text,
	      struct err *err)
{
	CLEANUP(buf_release) struct buf raw = BUF_INIT(EXECUTION_INPUT_MAX);
	const struct doc_node *n = NULL;
	*ret_text = STR_NULL;
	if (!word) {
		buf_addz(out, "null");
		return 0;
	}
	int rc = read_word(word, &raw, err);
	if (rc < 0)
		return rc;
	struct str text = str_trim(buf_str(&raw));
	if (!text.len || !strchr("{[\"", text.p[0])) {
		*ret_text = arena_str(c->arena, text);
		cli_input_text(out, text);
		return 0;
	}
	const char *path = word[0] == '@' ? word + 1 : "--input";
	rc = doc_parse_json(c->arena, buf_str(&raw), &doc_limits_json, path, &n, err);
	if (rc < 0)
		return rc;
	doc_write_json(out, n, 0, false);
	return 0;
}

/* --- triggers --------------------------------------------------------------------------------------------- */

static void trigger_json(struct buf *out, struct str text, const struct route_match *m)
{
	struct json j;
	json_init(&j, out);
	json_object(&j);
	json_strz(&j, "kind", trigger_kind_name(TRIGGER_COMMAND));
	json_str(&j, "text", text);
	json_object_in(&j, "params");
	for (size_t i = 0; m && i < m->param_count; i++) {
		json_key_str(&j, m->params[i].name);
		json_add_str(&j, m->params[i].value);
	}
	json_end(&j);
	json_end(&j);
}

/* The commands of one skill as routes. */
static void add_routes(const struct skill *s, struct route *routes, size_t *count)
{
	for (size_t i = 0; i < s->trigger_count; i++)
		if (s->triggers[i].kind == TRIGGER_COMMAND)
			routes[(*count)++] = (struct route){.domain = s->domain,
							    .skill = s->name,
							    .kind = TRIGGER_COMMAND,
							    .pattern = s->triggers[i].text,
							    .path = s->path,
							    .line = s->triggers[i].line,
							    .column = s->triggers[i].column};
}

int cli_route(struct cli *c, const struct snapshot *s, struct str text, struct str *ret_domain,
	      struct str *ret_skill, struct buf *trigger, struct err *err)
{
	CLEANUP(route_table_unrefp) struct route_table *table = NULL;
	struct route *routes = arena_array(c->arena, s->skill_count * TRIGGERS_MAX + 1,
					   sizeof(*routes));
	size_t count = 0;
	for (size_t d = 0; d < s->domain_count; d++)
		for (size_t k = 0; k < s->domains[d]->skill_count; k++)
			add_routes(s->domains[d]->skills[k].skill, routes, &count);
	int rc = route_table_build(routes, count, NULL, &table, NULL, err);
	struct route_match m;
	if (rc < 0)
		return rc;
	if (!route_lookup(table, text, &m)) {
		err_set(err, ERR_NOT_FOUND, "no skill has a command that \"%.*s\" matches",
			STR_ARG(text));
		err_remedy(err,
			   "`aspora list` shows the commands; a skill is named as DOMAIN/NAME");
		return ERR_NOT_FOUND;
	}
	*ret_domain = arena_str(c->arena, m.route->domain);
	*ret_skill = arena_str(c->arena, m.route->skill);
	trigger_json(trigger, text, &m);
	return 0;
}

int cli_route_skill(const struct domain_skill *ds, struct str text, struct buf *trigger,
		    struct err *err)
{
	CLEANUP(route_table_unrefp) struct route_table *table = NULL;
	struct route routes[TRIGGERS_MAX];
	size_t count = 0;
	struct route_match m;
	add_routes(ds->skill, routes, &count);
	int rc = route_table_build(routes, count, NULL, &table, NULL, err);
	if (rc < 0)
		return rc;
	trigger_json(trigger, text, route_lookup(table, text, &m) ? &m : NULL);
	return 0;
}
