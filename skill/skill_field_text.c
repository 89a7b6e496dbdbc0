/* The fields of the open format that are text: name, description, license, compatibility, allowed-tools. */
#include <stdio.h>

#include "base/id.h"
#include "skill/skill_fields_int.h"
#include "skill/text.h"

#define COMPATIBILITY_MAX 500

bool value_text(struct md *md, const struct value *v, struct str *ret)
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

void take_name(struct md *md, const struct value *v)
{
	struct str name, folder = md->s->name;
	struct err err = ERR_INIT;
	char better[NAME_MAX_BYTES + 1];
	if (is_reserved(folder))
		say(&md->of, "SK-NAME-RESERVED", 0, 0, "the name \"%.*s\" is reserved",
		    STR_ARG(folder))
			->remedy = STR("rename the skill's folder");
	if (!value_text(md, v, &name)) {
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

void take_description(struct md *md, const struct value *v)
{
	struct str text;
	if (!value_text(md, v, &text)) {
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

void take_license(struct md *md, const struct value *v)
{
	value_text(md, v, &md->s->license);
}

void take_compatibility(struct md *md, const struct value *v)
{
	struct str text;
	if (!value_text(md, v, &text))
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

void take_tools(struct md *md, const struct value *v)
{
	const struct doc_node *n = v->pair ? v->pair->value : NULL;
	struct field_strings *tools = &md->s->allowed_tools;
	struct str text;
	if (!n || n->type != DOC_LIST) {
		if (value_text(md, v, &text))
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
