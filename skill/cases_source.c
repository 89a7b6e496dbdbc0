/*
 * The lines of cases.md, and findings about them.
 */
#include <cmark.h>

#include "skill/cases_int.h"

static uint32_t line_start(const struct cases_reading *p, int line)
{
	size_t n = line < 1 ? 0 : (size_t)line - 1;
	return p->lines[MIN(n, p->line_count)];
}

/* Without its newline. */
static uint32_t line_end(const struct cases_reading *p, int line)
{
	uint32_t end = line_start(p, line + 1);
	while (end > line_start(p, line) &&
	       (p->text.p[end - 1] == '\n' || p->text.p[end - 1] == '\r'))
		end--;
	return end;
}

static uint32_t offset_of(const struct cases_reading *p, int line, int column)
{
	return MIN(line_start(p, line) + (uint32_t)MAX(column - 1, 0), line_end(p, line));
}

struct str cases_source(const struct cases_reading *p, cmark_node *n)
{
	uint32_t from = offset_of(p, cmark_node_get_start_line(n), cmark_node_get_start_column(n));
	uint32_t to = line_end(p, cmark_node_get_end_line(n));
	struct str s = to > from ? str_trim(str_sub(p->text, from, to)) : STR("");
	if (str_find_byte(s, '\r', 0) < 0)
		return s;
	char *copy = arena_alloc(p->arena, s.len + 1);
	size_t n_copied = 0;
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] != '\r')
			copy[n_copied++] = s.p[i];
	}
	return str_make(copy, n_copied);
}

struct str cases_one_line(struct arena *a, struct str s)
{
	char *copy = arena_strndup(a, s.p, s.len);
	size_t n = 0;
	for (size_t i = 0; i < s.len; i++) {
		if (copy[i] == '\n') {
			copy[n++] = ' ';
			while (i + 1 < s.len && (copy[i + 1] == ' ' || copy[i + 1] == '\t'))
				i++;
		} else {
			copy[n++] = copy[i];
		}
	}
	return str_make(copy, n);
}

struct finding *cases_slip(struct cases_reading *p, const char *rule, int line, int column,
			   int end_line, const char *message, const char *remedy)
{
	struct finding f = {.rule = rule,
			    .severity = SEVERITY_DENY,
			    .domain = p->domain,
			    .skill = p->skill,
			    .path = p->path,
			    .line = (uint32_t)MAX(line, 1),
			    .column = (uint32_t)MAX(column, 1),
			    .message = str_of(message),
			    .remedy = str_of(remedy)};
	if (p->blob)
		f.blob = *p->blob;
	f.start = offset_of(p, line, column);
	f.end = MAX(f.start, line_end(p, MAX(line, end_line)));
	p->bad = true;
	return findings_add(p->findings, &f);
}

struct finding *cases_slip_at(struct cases_reading *p, const char *rule, cmark_node *n,
			      const char *message, const char *remedy)
{
	return cases_slip(p, rule, cmark_node_get_start_line(n), cmark_node_get_start_column(n),
			  cmark_node_get_end_line(n), message, remedy);
}
