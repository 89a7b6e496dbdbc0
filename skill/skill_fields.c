/* The fields of the frontmatter, one row and one function each; those that are our own are read here. */
#include <stdio.h>

#include "skill/skill_fields_int.h"
#include "skill/text.h"

struct front_key {
	const char *name;
	bool open_format; /* a key of the Agent Skills format, not of ours */
	void (*take)(struct md *md, const struct value *v); /* NULL: kept in the document only */
};

static const struct front_key front_keys[];

/* --- our own: domain, role, trigger ------------------------------------------------------------------ */

static void take_domain(struct md *md, const struct value *v)
{
	struct str text;
	if (!value_text(md, v, &text) || str_eq(text, md->s->domain))
		return;
	char quoted[100];
	struct finding *f = say_node(&md->of, "SK-DOMAIN-FOLDER", v->pair->value,
				     "the domain is \"%s\", but the skill stands in \"%.*s\"",
				     text_quote(text, quoted, sizeof(quoted)),
				     STR_ARG(md->s->domain));
	say_remedy(&md->of, f, "write domain: %.*s, or move the folder", STR_ARG(md->s->domain));
	say_replace(&md->of, f, "%.*s", STR_ARG(md->s->domain));
}

static void take_role(struct md *md, const struct value *v)
{
	static const char *const names[] = {"manager", "specialist", "field"};
	struct str text;
	char quoted[100];
	if (!value_text(md, v, &text))
		return;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (!str_eqz(text, names[i]))
			continue;
		md->s->role = (enum role)i;
		md->s->role_set = true;
		return;
	}
	const char *near = str_nearest(text, names, ARRAY_SIZE(names));
	struct finding *f = say_node(&md->of, "SK-ROLE", v->pair->value, "there is no role \"%s\"",
				     text_quote(text, quoted, sizeof(quoted)));
	f->remedy = STR("write manager, specialist or field");
	if (near)
		say_replace(&md->of, f, "%s", near);
}

static void take_trigger(struct md *md, const struct value *v)
{
	struct skill *s = md->s;
	if (!v->pair)
		return;
	size_t before = md->of.findings->count;
	triggers_parse(md->a, v->pair->value, s->domain, s->name, md->of.path, md->of.findings,
		       &s->triggers, &s->trigger_count);
	for (size_t i = before; i < md->of.findings->count; i++)
		md->of.findings->items[i].blob = md->of.blob;
}

/* --- metadata ----------------------------------------------------------------------------------------- */

static bool is_own(struct str key, const char **ret_nearest)
{
	const char *own[16];
	size_t n = 0;
	for (const struct front_key *k = front_keys; k->name; k++) {
		if (k->open_format)
			continue;
		if (str_eqz(key, k->name))
			return true;
		own[n++] = k->name;
	}
	*ret_nearest = str_nearest(key, own, n);
	return false;
}

static void check_metadata_key(struct md *md, const struct doc_pair *p)
{
	const char *near = NULL;
	char quoted[100];
	struct doc_node at = {.line = p->key_line,
			      .column = p->key_column,
			      .offset = p->key_offset,
			      .end = p->key_offset + (uint32_t)p->key.len};
	text_quote(p->key, quoted, sizeof(quoted));
	if (str_starts(p->key, STR("io.modelcontextprotocol/")))
		say_node(&md->of, "SK-METADATA-RESERVED", &at, "the key \"%s\" is reserved by MCP",
			 quoted)
			->remedy = STR("use a prefix of your own");
	if (!str_starts(p->key, STR("aspora.")) || is_own(str_sub(p->key, 7, SIZE_MAX), &near))
		return;
	struct finding *f = say_node(&md->of, "SK-METADATA-KEY", &at,
				     "there is no field \"%s\"; it has no effect", quoted);
	if (near) {
		say_remedy(&md->of, f, "write aspora.%s", near);
		say_replace(&md->of, f, "aspora.%s", near);
	} else {
		f->remedy = STR("delete it");
	}
}

/* Kept by key, so that equal content is told in equal words. */
static void take_label(struct md *md, const struct doc_pair *p)
{
	struct skill *s = md->s;
	const struct doc_node *v = p->value;
	bool is_text = v->type != DOC_LIST && v->type != DOC_MAP && v->type != DOC_NULL;
	size_t at = s->label_count;
	if (!is_text || str_starts(p->key, STR("aspora.")) || !label_key_ok(p->key) ||
	    !label_value_ok(v->text) || s->label_count == LABELS_MAX)
		return;
	if (!s->labels)
		s->labels = arena_array(md->a, LABELS_MAX, sizeof(*s->labels));
	for (; at > 0 && str_cmp(s->labels[at - 1].key, p->key) > 0; at--)
		s->labels[at] = s->labels[at - 1];
	s->labels[at] = (struct label){arena_str(md->a, p->key), arena_str(md->a, v->text)};
	s->label_count++;
}

static void take_metadata(struct md *md, const struct value *v)
{
	const struct doc_node *n = v->pair ? v->pair->value : NULL;
	if (!n || n->type == DOC_NULL)
		return;
	if (n->type != DOC_MAP) {
		say_node(&md->of, "SK-FRONT-TYPE", n, "metadata is %s, and not fields with values",
			 doc_type_name(n->type))
			->remedy = STR("write each of its fields on a line of its own, indented");
		return;
	}
	for (size_t i = 0; i < n->map.count; i++) {
		const struct doc_node *value = n->map.pairs[i].value;
		check_metadata_key(md, &n->map.pairs[i]);
		take_label(md, &n->map.pairs[i]);
		if (value->type == DOC_LIST || value->type == DOC_MAP)
			say_node(&md->of, "SK-METADATA-TYPE", value,
				 "a value under metadata is %s, and only some clients read that",
				 doc_type_name(value->type))
				->remedy = STR("write it as one text");
	}
}

/* --- the table ---------------------------------------------------------------------------------------- */

static const struct front_key front_keys[] = {{"name", true, take_name},
					      {"description", true, take_description},
					      {"license", true, take_license},
					      {"compatibility", true, take_compatibility},
					      {"allowed-tools", true, take_tools},
					      {"metadata", true, take_metadata},
					      {"domain", false, take_domain},
					      {"role", false, take_role},
					      {"trigger", false, take_trigger},
					      {"capabilities", false, NULL},
					      {NULL, false, NULL}};

static bool same_value(const struct doc_node *a, const struct doc_node *b)
{
	return doc_equal(a, b) || (a->text.len && str_eq(str_trim(a->text), str_trim(b->text)));
}

/* A field of ours, from the frontmatter itself or from its metadata. */
static struct value find_value(struct md *md, const struct doc_node *root,
			       const struct front_key *k)
{
	char in_metadata[64];
	snprintf(in_metadata, sizeof(in_metadata), "aspora.%s", k->name);
	const struct doc_pair *top = doc_find_pair(root, str_of(k->name));
	const struct doc_pair *meta = k->open_format ? NULL
						     : doc_find_pair(doc_find(root, "metadata"),
								     str_of(in_metadata));
	if (top && meta && !same_value(top->value, meta->value)) {
		struct finding *f = say_node(&md->of, "SK-FRONT-TWICE", meta->value,
					     "%s stands here and above it, with two values",
					     in_metadata);
		say_remedy(&md->of, f, "keep one of %s and %s", k->name, in_metadata);
		f->related_path = md->of.path;
		f->related_line = top->value->line;
		f->related_column = top->value->column;
	}
	return (struct value){top ? top : meta, k->name};
}

static void check_keys(struct md *md, const struct doc_node *root)
{
	const char *names[16];
	size_t n = 0;
	const struct doc_pair *first_own = NULL;
	for (const struct front_key *k = front_keys; k->name; k++)
		names[n++] = k->name;
	for (size_t i = 0; root->type == DOC_MAP && i < root->map.count; i++) {
		const struct doc_pair *p = &root->map.pairs[i];
		const struct front_key *k = front_keys;
		while (k->name && !str_eqz(p->key, k->name))
			k++;
		if (k->name && !k->open_format && !first_own)
			first_own = p;
		if (k->name)
			continue;
		char quoted[100];
		struct finding *f = say(&md->of, "SK-FRONT-KEY", p->key_offset,
					p->key_offset + p->key.len,
					"there is no field \"%s\"; it has no effect",
					text_quote(p->key, quoted, sizeof(quoted)));
		const char *near = str_nearest(p->key, names, n);
		f->remedy = STR("move it below metadata:, indented, or delete it");
		if (near)
			say_remedy(&md->of, f, "write %s", near);
		bool missing = near && !doc_find(root, near);
		if (missing && md->misspelt_count < ARRAY_SIZE(md->misspelt))
			md->misspelt[md->misspelt_count++] = near;
		if (missing &&
		    str_eq(str_sub(md->of.text, p->key_offset, p->key_offset + p->key.len), p->key))
			say_replace(&md->of, f, "%s", near);
	}
	if (first_own)
		say(&md->of, "SK-FRONT-SHORT", first_own->key_offset,
		    first_own->key_offset + first_own->key.len,
		    "domain, role and trigger are fields of Aspora, not of the open format")
			->remedy = STR("write them below metadata: as aspora.domain, aspora.role "
				       "and aspora.trigger");
}

void front_fields(struct md *md, const struct doc_node *root)
{
	check_keys(md, root);
	for (const struct front_key *k = front_keys; k->name; k++) {
		struct value v = find_value(md, root, k);
		if (k->take)
			k->take(md, &v);
	}
}
