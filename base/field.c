#include "base/field.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/field_int.h"

/* --- words ------------------------------------------------------------------------------------ */

void field_path_add(struct buf *out, const struct field_path *path)
{
	if (!path)
		return;
	field_path_add(out, path->up);
	if (!path->name.len) {
		buf_addf(out, "[%zu]", path->index);
		return;
	}
	if (path->up)
		buf_add_char(out, '.');
	buf_add_str(out, path->name);
}

int field_wrong(const struct field_at *at, const struct doc_node *n, const char *fmt, ...)
{
	char msg[ERR_MSG_MAX];
	CLEANUP(buf_release) struct buf path = BUF_INIT(200);
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	field_path_add(&path, at->path);
	return doc_err(at->err, ERR_INVALID, at->how->path, n, "%s%s%s", buf_cstr(&path),
		       path.len ? ": " : "", msg);
}

#define FOUND_MAX 40 /* characters of the value that a message repeats */

static void add_found(struct buf *out, const struct doc_node *n)
{
	if (n->type == DOC_BOOL) {
		buf_addz(out, n->boolean ? "true" : "false");
		return;
	}
	if (n->type == DOC_LIST || n->type == DOC_MAP || n->type == DOC_NULL) {
		buf_addz(out, doc_type_name(n->type));
		return;
	}
	buf_addz(out, n->type == DOC_STRING ? "text \"" : "the number ");
	size_t pos = 0;
	for (unsigned count = 0; pos < n->text.len && count < FOUND_MAX; count++) {
		size_t start = pos;
		uint32_t rune = str_next_rune(n->text, &pos);
		if (rune == '\n' || rune == '\t' || rune_is_deceptive(rune))
			buf_add_char(out, ' ');
		else
			buf_add(out, n->text.p + start, pos - start);
	}
	buf_addf(out, "%s%s", pos < n->text.len ? "…" : "", n->type == DOC_STRING ? "\"" : "");
}

int field_wrong_type(const struct field_at *at, const struct doc_node *n)
{
	CLEANUP(buf_release) struct buf found = BUF_INIT(400);
	if (!(at->field->flags & FIELD_SECRET_REF) || n->type == DOC_LIST || n->type == DOC_MAP)
		add_found(&found, n);
	else
		buf_addz(&found, "something else");
	return field_wrong(at, n, "expected %s, found %s", field_type_help(at->field),
			   buf_cstr(&found));
}

bool field_bounds(const struct field *f, int64_t *ret_min, int64_t *ret_max)
{
	if (!f->min && !f->max)
		return false;
	*ret_min = f->min;
	*ret_max = f->max < f->min ? INT64_MAX : f->max; /* max left out */
	return true;
}

static void add_range(struct buf *out, const struct field *f)
{
	int64_t min, max;
	if (!field_bounds(f, &min, &max))
		return;
	buf_addz(out, max == INT64_MAX ? " of at least " : " from ");
	field_format(out, f, &min);
	if (max == INT64_MAX)
		return;
	buf_addz(out, " to ");
	field_format(out, f, &max);
}

const char *field_type_help(const struct field *f)
{
	static const char *const help[] = {
		[FIELD_STRING] = "text",
		[FIELD_NAME] = "a name of a-z, 0-9 and single hyphens",
		[FIELD_ENUM] = "one of ",
		[FIELD_BOOL] = "true or false",
		[FIELD_INT] = "a whole number",
		[FIELD_MONEY] = "US dollars such as 0.25",
		[FIELD_DURATION] = "a duration such as 90s",
		[FIELD_SIZE] = "a size such as 64Mi",
		[FIELD_PERCENT] = "a share such as 95% or 0.95",
		[FIELD_STRINGS] = "a list of text",
		[FIELD_OBJECT] = "a map of fields",
		[FIELD_LIST] = "a list of maps",
		[FIELD_MAP] = "a map of names to fields",
		[FIELD_ANY] = "any value",
	};
	static char text[400];
	CLEANUP(buf_release) struct buf b = BUF_INIT(sizeof(text) - 1);
	buf_addz(&b, f->flags & FIELD_SECRET_REF ? "a reference such as env:NAME" : help[f->type]);
	if (f->type == FIELD_ENUM)
		for (size_t i = 0; f->choices[i]; i++)
			buf_addf(&b, "%s%s", i ? ", " : "", f->choices[i]);
	if (f->type == FIELD_INT)
		add_range(&b, f);
	snprintf(text, sizeof(text), "%s", buf_cstr(&b));
	return text;
}

/* --- rows ------------------------------------------------------------------------------------- */

void *field_element(const struct field *f, const struct field_list *list, size_t i)
{
	return (char *)list->items + i * f->sub_size;
}

static const struct field *find_row(const struct field *fields, struct str name)
{
	/* "routing[2]" is the row routing. */
	ptrdiff_t bracket = str_find_byte(name, '[', 0);
	if (bracket > 0)
		name = str_sub(name, 0, (size_t)bracket);
	for (const struct field *f = fields; f && f->name; f++)
		if (str_eqz(name, f->name))
			return f;
	return NULL;
}

const struct field *field_find(const struct field *fields, const char *dotted)
{
	struct str rest = str_of(dotted), piece;
	const struct field *found = NULL;
	while (str_split(&rest, '.', &piece)) {
		const struct field *next = find_row(fields, piece);
		/* Below a map of names the name itself may stand in the path or be left out. */
		if (!next && found && found->type == FIELD_MAP && rest.len)
			continue;
		if (!next && found && found->type == FIELD_MAP)
			return found;
		if (!next)
			return NULL;
		found = next;
		fields = next->sub;
	}
	return found;
}
