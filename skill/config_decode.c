/* One file of configuration, from text to values. */
#include <stdarg.h>
#include <stdio.h>

#include "skill/config_int.h"

struct finding *config_finding(const struct config_check *c, const char *rule, enum severity s,
			       const struct doc_node *at, const char *fmt, ...)
{
	char text[1024];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	struct finding *f = findings_addf(c->findings, rule, s, c->domain, c->skill, "%s", text);
	f->path = arena_str(c->findings->arena, c->doc->path);
	f->blob = c->doc->blob;
	if (at)
		finding_at_node(f, at);
	return f;
}

struct unknown {
	struct config_check check;
	struct str text;
};

static bool has_sibling(const struct unknown *u, const char *dotted, const char *key)
{
	/* The parent's path is all before the last dot. */
	const char *dot = strrchr(dotted, '.');
	char parent[256];
	snprintf(parent, sizeof(parent), "%.*s", dot ? (int)(dot - dotted) : 0, dotted);
	const struct doc_node *map = *parent ? doc_find_path(u->check.doc->root, parent)
					     : u->check.doc->root;
	return doc_find(map, key) != NULL;
}

static void on_unknown(void *state, const char *path, const struct doc_pair *pair,
		       const char *dotted, const char *nearest)
{
	const struct unknown *u = state;
	struct findings *f = u->check.findings;
	struct doc_node at = {.line = pair->key_line,
			      .column = pair->key_column,
			      .offset = pair->key_offset,
			      .end = pair->key_offset + (uint32_t)pair->key.len};
	(void)path;
	struct finding *told = config_finding(&u->check, "SK-CONFIG-UNKNOWN", SEVERITY_WARN, &at,
					      "there is no setting \"%.100s\"; it has no effect",
					      dotted);
	if (strcmp(dotted, "routing.when") == 0 || strcmp(dotted, "routing.then") == 0) {
		told->remedy =
			STR("write forwards: with one element \"- when: … then: …\" for each");
		return;
	}
	if (!nearest) {
		told->remedy = STR("remove it, or see `aspora explain config` for what there is");
		return;
	}
	finding_remedy(f, told, "write \"%s\"", nearest);
	bool as_written = str_eq(str_sub(u->text, at.offset, at.end), pair->key);
	if (as_written && !has_sibling(u, dotted, nearest))
		finding_replace(f, told, "%s", nearest);
}

/* Fields at a level where they may not stand have no effect, and are refused. */
static void check_levels(const struct config_check *c)
{
	size_t n;
	const struct config_leaf *leaves = config_leaves(&n);
	for (size_t i = 0; i < n; i++) {
		const struct field_set_entry *e = config_set_entry(c->doc, leaves[i].field);
		if (!e || config_field_at(leaves[i].field, c->doc->level))
			continue;
		struct finding *f = config_finding(c, "SK-CONFIG-LEVEL", SEVERITY_DENY, e->node,
						   "%s cannot be set for a %s", leaves[i].dotted,
						   config_level_name(c->doc->level));
		const char * or = "";
		CLEANUP(buf_release) struct buf where = BUF_INIT(256);
		for (int l = LEVEL_PLATFORM; l <= LEVEL_SKILL; l++) {
			if (!config_field_at(leaves[i].field, (enum config_level)l))
				continue;
			buf_addf(&where, "%s%s", or, config_level_name((enum config_level)l));
			or = " or ";
		}
		finding_remedy(c->findings, f, "move it to the %s's " CONFIG_FILE,
			       buf_cstr(&where));
	}
}

/* What is said of a rule's setting later, when the document is gone, is said of its own line. */
static void place_rules(struct config_doc *doc)
{
	const struct doc_node *map = doc_find_path(doc->root, "policy.rules");
	struct config_rule_mode *m = doc->values.policy.rules.items;
	for (size_t i = 0; i < doc->values.policy.rules.count; i++) {
		const struct doc_pair *pair = doc_find_pair(map, m[i].key);
		if (!pair)
			continue;
		m[i].line = pair->key_line;
		m[i].column = pair->key_column;
		m[i].offset = pair->key_offset;
	}
}

int config_decode(struct arena *a, enum config_level level, struct str path,
		  const struct tree_id *blob, struct str text, struct findings *f,
		  struct str domain, struct str skill, struct config_doc **ret, struct err *err)
{
	struct config_doc *doc = arena_alloc(a, sizeof(*doc));
	doc->level = level;
	doc->path = arena_str(a, path);
	if (blob)
		doc->blob = *blob;
	int rc = doc_parse_yaml(a, text, &doc_limits_yaml, doc->path.p, 0, &doc->root, err);
	if (rc < 0)
		return rc;
	struct unknown unknown = {{doc, f, domain, skill}, text};
	struct field_decode how = {.arena = a,
				   .path = doc->path.p,
				   .unknown = FIELD_UNKNOWN_WARN,
				   .warn = on_unknown,
				   .warn_state = &unknown,
				   .set = &doc->set};
	rc = field_decode(&how, config_fields, doc->root, &doc->values, err);
	if (rc == 0)
		rc = arena_check(a, "the configuration", err);
	if (rc < 0)
		return rc;
	doc->values.mcp.allow_limited = config_place(doc, "mcp.allow") != NULL;
	place_rules(doc);
	check_levels(&unknown.check);
	config_check(&unknown.check);
	*ret = doc;
	return 0;
}

/* --- errors as findings ----------------------------------------------------------------------- */

/* Words that older YAML took for true and false. */
static const char *boolean_word(struct str word)
{
	static const char *const yes[] = {"yes", "on", "y"}, *const no[] = {"no", "off", "n"};
	for (size_t i = 0; i < ARRAY_SIZE(yes); i++) {
		if (str_eq_nocase(word, str_of(yes[i])))
			return "true";
		if (str_eq_nocase(word, str_of(no[i])))
			return "false";
	}
	return NULL;
}

void config_explain_err(struct findings *f, struct finding *told, struct str text)
{
	size_t end = finding_offset(told, text);
	told->start = told->end = (uint32_t)end;
	while (end < text.len && !strchr(" \t\r\n,]}#", text.p[end]))
		end++;
	struct str word = str_sub(text, told->start, end);
	const char *value = boolean_word(word);
	ptrdiff_t wanted = str_find(told->message, STR(": expected true or false"), 0);
	if (!value || wanted < 0)
		return;
	told->end = (uint32_t)end;
	finding_replace(f, told, "%s", value);
}

struct config_doc *config_load(struct arena *a, enum config_level level, struct str path,
			       const struct tree_id *blob, struct str text, struct findings *f,
			       struct str domain, struct str skill)
{
	struct config_doc *doc = NULL;
	struct err err = ERR_INIT;
	if (config_decode(a, level, path, blob, text, f, domain, skill, &doc, &err) == 0)
		return doc;
	struct finding *told = findings_add_err(f, "SK-CONFIG", SEVERITY_DENY, domain, skill, &err);
	if (blob)
		told->blob = *blob;
	if (told->line)
		config_explain_err(f, told, text);
	return NULL;
}
