/*
 * The frontmatter of SKILL.md: where it begins and ends, and its YAML. The lines of "---" are left in: to YAML they are the start of a document, and
 * so every place it tells is one of the file.
 */
#include <stdio.h>

#include "skill/skill_int.h"
#include "skill/text.h"

/* The line at pos without its end; *ret_next is where the next begins. */
static struct str line_at(struct str text, size_t pos, size_t *ret_next)
{
	ptrdiff_t eol = str_find_byte(text, '\n', pos);
	*ret_next = eol < 0 ? text.len : (size_t)eol + 1;
	return str_sub(text, pos, eol < 0 ? text.len : (size_t)eol);
}

static bool is_fence(struct str line)
{
	while (line.len && strchr(" \t\r", line.p[line.len - 1]))
		line.len--;
	return str_eqz(line, "---");
}

static bool no_front(struct md *md)
{
	size_t at = 0, next;
	while (at < md->of.text.len && str_trim(line_at(md->of.text, at, &next)).len == 0)
		at = next;
	if (at > 0 && is_fence(line_at(md->of.text, at, &next))) {
		struct finding *f = say(&md->of, "SK-FRONT-MISSING", 0, at,
					"the frontmatter does not begin on the first line");
		f->remedy = STR("delete the empty lines before ---");
		f->replacement = STR("");
		return false;
	}
	struct finding *f = say(&md->of, "SK-FRONT-MISSING", 0, 0,
				md->of.text.len ? "the file does not begin with a frontmatter"
						: "the file is empty");
	say_remedy(&md->of, f,
		   "begin it with the lines: ---, name: %.*s, description: what it does and when "
		   "to use it, ---",
		   STR_ARG(md->s->name));
	if (md->of.text.len)
		say_replace(&md->of, f, "---\nname: %.*s\n---\n\n", STR_ARG(md->s->name));
	return false;
}

bool front_split(struct md *md)
{
	struct str text = md->of.text;
	size_t next, at = 0;
	uint32_t line = 1;
	if (!is_fence(line_at(text, 0, &next)))
		return no_front(md);
	while (next < text.len) {
		at = next;
		line++;
		if (!is_fence(line_at(text, at, &next)))
			continue;
		md->front = str_sub(text, 0, at);
		md->s->front_line = 2;
		md->s->front_end_line = line;
		md->s->body_line = line + 1;
		md->s->body = str_sub(text, next, text.len);
		return true;
	}
	struct finding *f = say(&md->of, "SK-FRONT-OPEN", 0, 3,
				"the frontmatter that begins here does not end");
	f->remedy = STR("write a line of --- after its last field");
	return false;
}

/* --- syntax errors ------------------------------------------------------------------------------ */

/* "description: Use when: x" is the slip that every client meets; its value in quotes is what was meant. */
static void offer_quotes(struct md *md, struct finding *f)
{
	size_t next, end, at = 0;
	for (uint32_t line = 1; line < f->line && at < md->front.len; line++) {
		line_at(md->front, at, &next);
		at = next;
	}
	struct str line = line_at(md->front, at, &next);
	ptrdiff_t colon = str_find(line, STR(": "), 0);
	if (colon <= 0 || line.p[0] == ' ' || line.p[0] == '-' || line.p[0] == '#')
		return;
	struct str value = str_trim(str_sub(line, (size_t)colon + 2, line.len));
	if (value.len == 0 || strchr("\"'[{|>&*!%@`", value.p[0]) ||
	    str_find(value, STR(": "), 0) < 0)
		return;
	CLEANUP(buf_release) struct buf quoted = BUF_INIT(4096);
	json_quote(&quoted, value);
	end = (size_t)(value.p - md->of.text.p) + value.len;
	finding_span(f, md->of.text, (size_t)(value.p - md->of.text.p), end);
	say_replace(&md->of, f, "%s", buf_cstr(&quoted));
	f->remedy = STR("put the value in quotes");
}

/* A character that text_check() has told of already is not told twice; here it stops the reading. */
static bool is_told(struct md *md, const struct err *err)
{
	for (size_t i = 0; i < md->of.findings->count; i++) {
		struct finding *f = &md->of.findings->items[i];
		if (!str_starts(str_of(f->rule), STR("SK-TEXT-")) || f->line != err->where.line ||
		    f->column != err->where.column)
			continue;
		f->severity = SEVERITY_DENY;
		return true;
	}
	return false;
}

static void yaml_error(struct md *md, const struct err *err)
{
	if (is_told(md, err))
		return;
	struct finding *f = findings_add_err(md->of.findings, "SK-FRONT-YAML", SEVERITY_DENY,
					     md->of.domain, md->of.skill, err);
	f->path = md->of.path;
	f->blob = md->of.blob;
	f->start = f->end = (uint32_t)finding_offset(f, md->of.text);
	if (err->code == ERR_SYNTAX)
		offer_quotes(md, f);
}

/* --- what the reference validator's YAML would not take ------------------------------------------- */

static void check_flow(struct md *md, const struct doc_node *n)
{
	if (n->type != DOC_LIST && n->type != DOC_MAP)
		return;
	char first = n->offset < md->front.len ? md->front.p[n->offset] : '\0';
	if (first == '[' || first == '{') {
		say_node(&md->of, "SK-FRONT-FLOW", n,
			 "brackets are no part of the YAML that every client reads")
			->remedy = STR("write each entry on a line of its own");
		return;
	}
	for (size_t i = 0; n->type == DOC_LIST && i < n->list.count; i++)
		check_flow(md, n->list.items[i]);
	for (size_t i = 0; n->type == DOC_MAP && i < n->map.count; i++)
		check_flow(md, n->map.pairs[i].value);
}

static void check_dashes(struct md *md)
{
	ptrdiff_t at = str_find(md->front, STR("---"), 3);
	if (at >= 0)
		say(&md->of, "SK-FRONT-DASHES", (size_t)at, (size_t)at + 3,
		    "some clients take these dashes for the end of the frontmatter")
			->remedy = STR("write another dash");
}

/* To the reader of YAML the lines come behind a "---", where a directive is a puzzle. */
static bool has_directive(struct md *md)
{
	ptrdiff_t at = str_find(md->front, STR("\n%"), 0);
	if (at < 0)
		return false;
	say(&md->of, "SK-FRONT-YAML", (size_t)at + 1, (size_t)at + 2,
	    "a line that begins with %% is a directive, and none is used here")
		->remedy = STR("delete the line");
	return true;
}

void front_read(struct md *md)
{
	struct err err = ERR_INIT;
	const struct doc_node *root;
	if (has_directive(md))
		return;
	int rc = doc_parse_yaml(md->a, md->front, &doc_limits_yaml, md->of.path.p, 0, &root, &err);
	if (rc < 0) {
		yaml_error(md, &err);
		return;
	}
	if (root->type == DOC_MAP) {
		check_flow(md, root);
		check_dashes(md);
		md->s->front = root;
	} else if (root->type != DOC_NULL) {
		say_node(&md->of, "SK-FRONT-TYPE", root,
			 "the frontmatter is %s, and not fields with values",
			 doc_type_name(root->type))
			->remedy = STR("write each field as \"name: value\" on a line of its own");
		return;
	}
	front_fields(md, root);
}
