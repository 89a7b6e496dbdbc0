/* The fields of the frontmatter, one row and one function each. */
#include <stdio.h>

#include "base/id.h"
#include "skill/skill_int.h"
#include "skill/text.h"

#define COMPATIBILITY_MAX 500

/* One field as it stands. */
struct value {
	const struct doc_pair *pair; /* NULL: it is not there */
	const char *name; /* as messages call it */
};

struct front_key {
	const char *name;
	bool open_format; /* a key of the Agent Skills format, not of ours */
	void (*take)(struct md *md, const struct value *v); /* NULL: kept in the document only */
};

static const struct front_key front_keys[];

/* Text of a scalar, trimmed; false and a finding for a list or map, false alone for nothing. */
static bool text_of(struct md *md, const struct value *v, struct str *ret)
{
	const struct doc_node *n = v->pair ? v->pair->value : NULL;
	if (!n || n->type == DOC_NULL)
		return false;
	if (n->type == DOC_LIST || n->type == DOC_MAP) {
		struct finding *f = say_node(&md->of, "SK-FRONT-TYPE", n, "%s is %s, and not text",
					     v->name, doc_type_name(n->type));
		say_remedy(&md->of, f, "write %s: and text behind it on the same line", v->name);
		return false;
	}
	*ret = str_trim(n->text);
	return ret->len > 0;
}

static size_t characters(struct str s)
{
	size_t n = 0;
	for (size_t pos = 0; pos < s.len; n++)
		str_next_rune(s, &pos);
	return n;
}

/* A place for what is missing: just after the first "---". */
static size_t front_begin(const struct md *md)
{
	ptrdiff_t eol = str_find_byte(md->of.text, '\n', 0);
	return eol < 0 ? md->of.text.len : (size_t)eol + 1;
}

static bool is_misspelt(const struct md *md, const char *name)
{
	for (size_t i = 0; i < md->misspelt_count; i++)
		if (strcmp(md->misspelt[i], name) == 0)
			return true;
	return false;
}

/* --- name ----------------------------------------------------------------------------------------- */

/* Names that Windows keeps for itself, so that no folder there can have them; and ours. */
static const char *const reserved_names[] = {"con", "prn", "aux", "nul", "aspora"};

static bool is_reserved(struct str name)
{
	for (size_t i = 0; i < ARRAY_SIZE(reserved_names); i++)
		if (str_eqz(name, reserved_names[i]))
			return true;
	return name.len == 4 && name.p[3] >= '1' && name.p[3] <= '9' &&
	       (str_starts(name, STR("com")) || str_starts(name, STR("lpt")));
}

static void take_name(struct md *md, const struct value *v)
{
	struct str name, folder = md->s->name;
	struct err err = ERR_INIT;
	char better[NAME_MAX_BYTES + 1];
	if (is_reserved(folder))
		say(&md->of, "SK-NAME-RESERVED", 0, 0, "the name \"%.*s\" is reserved",
		    STR_ARG(folder))
			->remedy = STR("rename the skill's folder");
	if (!text_of(md, v, &name)) {
		if (v->pair &&
		    (v->pair->value->type == DOC_LIST || v->pair->value->type == DOC_MAP))
			return;
		struct finding *f = say(&md->of, "SK-NAME-MISSING", front_begin(md),
					front_begin(md), "the frontmatter has no name");
		say_remedy(&md->of, f, "write name: %.*s", STR_ARG(folder));
		if (!v->pair)
			say_replace(&md->of, f, "name: %.*s\n", STR_ARG(folder));
		return;
	}
	if (str_eq(name, folder))
		return;
	struct finding *f;
	if (name_check(name, "skill name", &err) < 0) {
		f = say_node(&md->of, "SK-NAME-FORM", v->pair->value, "%s", err.msg);
		say_remedy(&md->of, f, "%s", err.remedy);
		if (!str_eqz(folder, name_suggest(name, better)))
			return;
	} else {
		f = say_node(&md->of, "SK-NAME-FOLDER", v->pair->value,
			     "the name is \"%.*s\", but the skill's folder is \"%.*s\"",
			     STR_ARG(name), STR_ARG(folder));
		say_remedy(&md->of, f, "write name: %.*s, or rename the folder", STR_ARG(folder));
	}
	say_replace(&md->of, f, "%.*s", STR_ARG(folder));
}

/* --- description and other texts ------------------------------------------------------------------ */

static void derive_description(struct md *md, const struct value *v)
{
	size_t at = front_begin(md);
	if (v->pair && (v->pair->value->type == DOC_LIST || v->pair->value->type == DOC_MAP))
		return;
	if (!md->paragraph.len) {
		struct finding *f =
			say(&md->of, "SK-DESCRIPTION-MISSING", at, at,
			    "there is no description, and no paragraph to take it from");
		f->severity = SEVERITY_DENY;
		f->remedy = STR("write description: what the skill does, and when to use it");
		return;
	}
	md->s->description = md->paragraph;
	md->s->description_derived = true;
	struct finding *f = say(&md->of, "SK-DESCRIPTION-MISSING", at, at,
				"there is no description; the first paragraph is taken for it");
	f->remedy = STR("write description: what the skill does, and when to use it");
	if (v->pair || is_misspelt(md, "description"))
		return;
	CLEANUP(buf_release) struct buf quoted = BUF_INIT(8192);
	json_quote(&quoted, md->paragraph);
	say_replace(&md->of, f, "description: %s\n", buf_cstr(&quoted));
}

static void take_description(struct md *md, const struct value *v)
{
	struct str text;
	if (!text_of(md, v, &text)) {
		derive_description(md, v);
		return;
	}
	md->s->description = text;
	size_t n = characters(text);
	if (n > SKILL_DESCRIPTION_MAX)
		say_node(&md->of, "SK-DESCRIPTION-LENGTH", v->pair->value,
			 "the description has %zu characters; at most %d are allowed", n,
			 SKILL_DESCRIPTION_MAX)
			->remedy = STR("say it shorter, and move the rest into the body");
	if (str_find_byte(text, '<', 0) >= 0 || str_find_byte(text, '>', 0) >= 0)
		say_node(&md->of, "SK-DESCRIPTION-ANGLE", v->pair->value,
			 "some clients refuse a description with < or > in it")
			->remedy = STR("write it without them");
}

static void take_license(struct md *md, const struct value *v)
{
	text_of(md, v, &md->s->license);
}

static void take_compatibility(struct md *md, const struct value *v)
{
	struct str text;
	if (!text_of(md, v, &text))
		return;
	md->s->compatibility = text;
	size_t n = characters(text);
	if (n > COMPATIBILITY_MAX)
		say_node(&md->of, "SK-COMPATIBILITY", v->pair->value,
			 "the compatibility note has %zu characters; at most %d are allowed", n,
			 COMPATIBILITY_MAX)
			->remedy = STR("say it shorter");
}

/* --- allowed-tools ---------------------------------------------------------------------------------- */

/* "Bash(git add:*) Read": spaces and commas part tools, but not inside parentheses. */
static void split_tools(struct md *md, struct str text)
{
	struct field_strings *tools = &md->s->allowed_tools;
	size_t cap = 0, begin = 0;
	int depth = 0;
	for (size_t i = 0; i <= text.len; i++) {
		char c = i < text.len ? text.p[i] : ' ';
		depth += (c == '(') - (c == ')');
		bool parts = i == text.len || (depth <= 0 && strchr(" ,\t\n", c));
		if (!parts)
			continue;
		if (i > begin) {
			ARENA_GROW(md->a, tools->items, tools->count, cap);
			tools->items[tools->count++] = str_sub(text, begin, i);
		}
		begin = i + 1;
	}
}

static void take_tools(struct md *md, const struct value *v)
{
	const struct doc_node *n = v->pair ? v->pair->value : NULL;
	struct field_strings *tools = &md->s->allowed_tools;
	struct str text;
	if (!n || n->type != DOC_LIST) {
		if (text_of(md, v, &text))
			split_tools(md, text);
		return;
	}
	CLEANUP(buf_release) struct buf joined = BUF_INIT(2000);
	tools->items = arena_array(md->a, n->list.count, sizeof(*tools->items));
	for (size_t i = 0; i < n->list.count; i++) {
		const struct doc_node *item = n->list.items[i];
		if (item->type != DOC_STRING) {
			say_node(&md->of, "SK-FRONT-TYPE", item,
				 "an entry of allowed-tools is %s, and not text",
				 doc_type_name(item->type))
				->remedy = STR("write the name of one tool");
			continue;
		}
		tools->items[tools->count++] = item->text;
		buf_addf(&joined, "%s%.*s", joined.len ? " " : "", STR_ARG(item->text));
	}
	struct finding *f = say_node(&md->of, "SK-TOOLS", n,
				     "allowed-tools is a list, and only some clients read one");
	if (!joined.overflow)
		say_remedy(&md->of, f, "write allowed-tools: %s", buf_cstr(&joined));
}

/* --- our own: domain, role, trigger ------------------------------------------------------------------ */

static void take_domain(struct md *md, const struct value *v)
{
	struct str text;
	if (!text_of(md, v, &text) || str_eq(text, md->s->domain))
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
	if (!text_of(md, v, &text))
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
