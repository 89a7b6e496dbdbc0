#include "base/mdoc.h"

#include "base/mem.h"

static void add_escaped(struct buf *out, const char *p, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (p[i] == '\\')
			buf_addz(out, "\\e");
		else if (p[i] == '-' && i + 1 < len && p[i + 1] == '-')
			buf_addz(out, "\\-");
		else
			buf_add_char(out, p[i]);
	}
}

void mdoc_line(struct buf *out, struct str line)
{
	if (line.len && (*line.p == '.' || *line.p == '\''))
		buf_addz(out, "\\&");
	add_escaped(out, line.p, line.len);
	buf_add_char(out, '\n');
}

/* A full stop before a capital, or before a command in backquotes. */
static bool is_end_of_sentence(const char *p)
{
	return p[0] == '.' && p[1] == ' ' && ((p[2] >= 'A' && p[2] <= 'Z') || p[2] == '`');
}

void mdoc_text(struct buf *out, const char *text)
{
	const char *line = text;
	while (*line) {
		const char *end = line;
		while (*end && !is_end_of_sentence(end))
			end++;
		size_t len = (size_t)(end - line) + (*end != '\0');
		if (*line == '.' || *line == '\'')
			buf_addz(out, "\\&");
		add_escaped(out, line, len);
		buf_add_char(out, '\n');
		line += len + (*end != '\0');
	}
}

void mdoc_arg(struct buf *out, const char *text)
{
	buf_add_char(out, '"');
	for (const char *p = text; *p; p++) {
		if (*p == '\\')
			buf_addz(out, "\\e");
		else if (*p == '"')
			buf_addz(out, "\\(dq");
		else
			buf_add_char(out, *p);
	}
	buf_add_char(out, '"');
}

static bool has_bounds(const struct field *f)
{
	/* The type of a whole number says them already. */
	return (f->type == FIELD_MONEY || f->type == FIELD_DURATION || f->type == FIELD_SIZE ||
		f->type == FIELD_PERCENT) &&
	       (f->min || f->max);
}

static void add_bounds(struct buf *out, const struct field *f)
{
	buf_addz(out, "It is at least\n.Li ");
	field_format(out, f, &f->min);
	if (f->max >= f->min) {
		buf_addz(out, "\nand at most\n.Li ");
		field_format(out, f, &f->max);
	}
	buf_addz(out, " .\n");
}

static void add_field(struct buf *out, const struct field *f, const char *dotted, bool top,
		      mdoc_field_fn more)
{
	buf_addf(out, ".It Ic %s", dotted);
	if (!f->sub)
		buf_addz(out, " :");
	buf_add_char(out, '\n');
	mdoc_text(out, f->help);
	if (!f->sub && f->type != FIELD_ANY) {
		CLEANUP(buf_release) struct buf type = BUF_INIT(4096);
		buf_addf(&type, "It is %s.", field_type_help(f));
		mdoc_text(out, buf_cstr(&type));
	}
	if (f->flags & FIELD_REQUIRED)
		buf_addz(out, "It has to be there.\n");
	if (has_bounds(f))
		add_bounds(out, f);
	if (f->dflt) {
		buf_addz(out, "When left out it is\n.Li ");
		mdoc_arg(out, f->dflt);
		buf_addz(out, " .\n");
	}
	if (more)
		more(out, f, top);
	if (f->example && !f->sub) {
		buf_addz(out, "Example:\n.Li ");
		CLEANUP_FREE char *line = mem_printf("%s: %s", f->name, f->example);
		mdoc_arg(out, line);
		buf_add_char(out, '\n');
	}
}

static void add_fields(struct buf *out, const struct field *fields, const char *prefix, bool top,
		       mdoc_field_fn more)
{
	for (const struct field *f = fields; f->name; f++) {
		CLEANUP_FREE char *dotted = mem_printf("%s%s%s", prefix, *prefix ? "." : "",
						       f->name);
		add_field(out, f, dotted, top, more);
		if (!f->sub)
			continue;
		CLEANUP_FREE char *below = mem_printf("%s%s", dotted,
						      f->type == FIELD_MAP    ? ".NAME"
						      : f->type == FIELD_LIST ? "[]"
									      : "");
		add_fields(out, f->sub, below, top && f->type == FIELD_OBJECT, more);
	}
}

void mdoc_fields(struct buf *out, const struct field *fields, mdoc_field_fn more)
{
	buf_addz(out, ".Bl -tag -width Ds\n");
	add_fields(out, fields, "", true, more);
	buf_addz(out, ".El\n");
}
