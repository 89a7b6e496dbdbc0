/*
 * libyaml says what its scanner expected; a person who wrote a document wants to know what to
 * write. This file turns one into the other. The remedies quote the line at fault where that
 * makes them exact.
 */
#include <stdio.h>

#include "base/doc_yaml_int.h"

#define QUOTE_MAX 120 /* longest value that a remedy repeats */

struct complaint {
	const struct doc_parse *p;
	const char *problem, *context;
	yaml_mark_t at; /* where libyaml stopped */
	yaml_mark_t started; /* where what it was reading began */
	struct str line; /* the text of the line at fault, without its end */
};

static struct str line_of(struct str text, size_t number)
{
	size_t from = 0;
	while (number-- > 0) {
		ptrdiff_t end = str_find_byte(text, '\n', from);
		if (end < 0)
			return STR("");
		from = (size_t)end + 1;
	}
	ptrdiff_t end = str_find_byte(text, '\n', from);
	struct str line = str_sub(text, from, end < 0 ? text.len : (size_t)end);
	return str_ends(line, STR("\r")) ? str_sub(line, 0, line.len - 1) : line;
}

/* Bytes of the first `column` characters. */
static size_t column_byte(struct str line, size_t column)
{
	size_t pos = 0;
	while (column-- > 0 && pos < line.len)
		str_next_rune(line, &pos);
	return pos;
}

/* The character of the line at a column, or NUL at its end. */
static char char_at(struct str line, size_t column)
{
	size_t pos = column_byte(line, column);
	return pos < line.len ? line.p[pos] : '\0';
}

static int say(const struct doc_parse *p, int code, const yaml_mark_t *at, const char *what)
{
	return err_at(p->err, code, p->path, (uint32_t)at->line + 1 + p->line_offset,
		      (uint32_t)at->column + 1, "%s", what);
}

static void sentence(const struct doc_parse *p, const yaml_mark_t *at, const char *what)
{
	(void)say(p, ERR_SYNTAX, at, what);
}

/*
 * "key: " or "- " (or "- key: ") that the value of the line follows; its length, 0 when there
 * is none.
 */
static size_t before_value(struct str line)
{
	size_t from = 0;
	while (from < line.len && line.p[from] == ' ')
		from++;
	size_t item = from;
	while (item + 1 < line.len && line.p[item] == '-' && line.p[item + 1] == ' ')
		item += 2;
	ptrdiff_t colon = str_find(line, STR(": "), item);
	if (colon >= 0)
		return (size_t)colon + 2;
	return item > from ? item : 0;
}

/* "write title: "a: b"", or the general advice when the line is too long or already has quotes. */
static void advise_quotes(const struct doc_parse *p, struct str line)
{
	size_t split = before_value(line);
	struct str before = str_trim(str_sub(line, 0, split));
	struct str value = str_trim(str_sub(line, split, line.len));
	bool has_double = str_find_byte(value, '"', 0) >= 0 || str_find_byte(value, '\\', 0) >= 0;
	bool has_single = str_find_byte(value, '\'', 0) >= 0;
	if (!value.len || before.len + value.len > QUOTE_MAX || (has_double && has_single))
		err_remedy(p->err, "put the whole value in double quotes; inside them write \\\" "
				   "for a quotation mark");
	else
		err_remedy(p->err, "put the value in quotes: %.*s%s%c%.*s%c", STR_ARG(before),
			   before.len ? " " : "", has_double ? '\'' : '"', STR_ARG(value),
			   has_double ? '\'' : '"');
}

/* --- what cannot be told by the problem alone ------------------------------------------------- */

static int colon_in_value(const struct complaint *c)
{
	struct str before = str_sub(c->line, 0, column_byte(c->line, c->at.column));
	if (str_find(before, STR(": "), 0) >= 0) {
		sentence(c->p, &c->at,
			 "a colon followed by a space stands inside a value that is not quoted");
		advise_quotes(c->p, c->line);
		return ERR_SYNTAX;
	}
	struct str key = str_trim(before);
	char what[200];
	snprintf(what, sizeof(what),
		 "\"%.*s\" is indented further than its neighbours, so that it continues the value "
		 "above",
		 (int)MIN(key.len, 80), key.p);
	sentence(c->p, &c->at, what);
	err_remedy(c->p->err, "indent the line like the lines above it");
	return ERR_SYNTAX;
}

static int no_colon(const struct complaint *c)
{
	struct str line = line_of(c->p->text, c->started.line);
	sentence(c->p, &c->started, "this line is not of the form \"key: value\"");
	ptrdiff_t colon = str_find_byte(line, ':', 0);
	struct str key = str_trim(str_sub(line, 0, colon < 0 ? 0 : (size_t)colon));
	struct str value = str_trim(str_sub(line, colon < 0 ? 0 : (size_t)colon + 1, line.len));
	if (key.len && value.len && line.len <= QUOTE_MAX)
		err_remedy(c->p->err, "write a space after the colon: %.*s: %.*s", STR_ARG(key),
			   STR_ARG(value));
	else
		err_remedy(c->p->err, "write \"key: value\"; a text of several lines follows "
				      "\"key: |\" and is indented");
	return ERR_SYNTAX;
}

static int not_a_key(const struct complaint *c)
{
	struct str before = str_sub(c->line, 0, column_byte(c->line, c->at.column));
	struct str rest = str_sub(c->line, before.len, c->line.len);
	char what[160];
	if (str_trim(before).len) {
		sentence(c->p, &c->at, "text follows after the end of a value");
		advise_quotes(c->p, c->line);
	} else if (str_starts(rest, STR(":"))) {
		sentence(c->p, &c->at, "a key is missing before the colon");
		err_remedy(c->p->err, "write \"key: value\"");
	} else if (str_starts(rest, STR("- ")) || str_eqz(rest, "-")) {
		sentence(c->p, &c->at, "a list's item stands among keys");
		err_remedy(c->p->err,
			   "write the items below a key of their own, such as \"items:\"");
	} else {
		snprintf(what, sizeof(what),
			 "the indentation of %zu matches none of the lines above", c->at.column);
		sentence(c->p, &c->at, what);
		err_remedy(c->p->err, "indent by %zu, like line %u, or further than it",
			   c->started.column, (uint32_t)c->started.line + 1 + c->p->line_offset);
	}
	return ERR_SYNTAX;
}

static int no_token(const struct complaint *c)
{
	char c0 = char_at(c->line, c->at.column);
	if (c0 == '\t') {
		sentence(c->p, &c->at, "a tab is used to indent, and YAML indents with spaces");
		err_remedy(c->p->err, "replace the tab by spaces");
		return ERR_SYNTAX;
	}
	char what[80];
	snprintf(what, sizeof(what), "a value that is not quoted cannot begin with \"%c\"", c0);
	sentence(c->p, &c->at, what);
	advise_quotes(c->p, c->line);
	return ERR_SYNTAX;
}

static int not_closed(const struct complaint *c)
{
	bool list = c->context && strstr(c->context, "sequence");
	char what[160];
	snprintf(what, sizeof(what),
		 "the %s that begins with \"%c\" on line %u, column %u lacks a comma or its \"%c\"",
		 list ? "list" : "map", list ? '[' : '{',
		 (uint32_t)c->started.line + 1 + c->p->line_offset, (uint32_t)c->started.column + 1,
		 list ? ']' : '}');
	sentence(c->p, &c->at, what);
	err_remedy(c->p->err,
		   "separate values by commas and end with \"%c\"; put a text with %s in "
		   "quotes",
		   list ? ']' : '}', list ? "[ ] or commas" : "braces or commas");
	return ERR_SYNTAX;
}

static int bad_escape(const struct complaint *c)
{
	char what[120];
	snprintf(what, sizeof(what),
		 "inside double quotes a backslash begins an escape, and \"\\%c\" is none",
		 char_at(c->line, c->at.column + 1));
	sentence(c->p, &c->at, what);
	err_remedy(c->p->err, "put the text in single quotes, or write \\\\ for a backslash");
	return ERR_SYNTAX;
}

static int no_value(const struct complaint *c)
{
	sentence(c->p, &c->at, "a value is missing here");
	err_remedy(c->p->err,
		   "write the value, or null, or put a text of such characters in quotes");
	return ERR_SYNTAX;
}

static int bad_start(const struct complaint *c)
{
	char what[80];
	snprintf(what, sizeof(what), "a value that is not quoted cannot begin with \"%c\"",
		 char_at(c->line, c->at.column));
	sentence(c->p, &c->at, what);
	advise_quotes(c->p, c->line);
	return ERR_SYNTAX;
}

/* Reads from where the item began rather than from where the scanner gave up. */
static int from_start(const struct complaint *c, const char *what, const char *remedy)
{
	sentence(c->p, &c->started, what);
	err_remedy(c->p->err, "%s", remedy);
	return ERR_SYNTAX;
}

static int unclosed_quote(const struct complaint *c)
{
	return from_start(c, "the quotation mark that opens here is never closed",
			  "write the closing quotation mark at the end of the text");
}

static int directive(const struct complaint *c)
{
	sentence(c->p, &c->started,
		 "a line that begins with % is a directive, and none is used here");
	err_remedy(c->p->err, "delete the line");
	return ERR_SYNTAX;
}

/* --- the table -------------------------------------------------------------------------------- */

static const struct {
	const char *problem; /* a part of libyaml's problem; NULL: any */
	const char *context; /* a part of its context; NULL: any */
	int (*tell)(const struct complaint *c);
	const char *sentence, *remedy; /* when tell is NULL */
} table[] = {
	{NULL, "directive", directive},
	{"directive", NULL, directive},
	{"incompatible YAML", NULL, directive},
	{"mapping values are not allowed", NULL, colon_in_value},
	{"could not find expected ':'", NULL, no_colon},
	{"did not find expected key", NULL, not_a_key},
	{"tab character where an indentation", NULL, no_token},
	{"tab character that violates", NULL, no_token},
	{"cannot start any token", NULL, no_token},
	{"expected ',' or", NULL, not_closed},
	{"unknown escape", NULL, bad_escape},
	{"unexpected end of stream", "quoted", unclosed_quote},
	{"unexpected document indicator", "quoted", unclosed_quote},
	{"alphabetic or numeric", NULL, bad_start},
	{NULL, "a tag", bad_start},
	{"undefined tag handle", NULL, bad_start},
	{"expected node content", NULL, no_value},
	{"unexpected ':'", NULL, NULL, "a colon stands inside a value that is not quoted",
	 "put the value in quotes"},
	{"expected '-' indicator", NULL, NULL,
	 "this line stands among the items of a list and does not begin with \"- \"",
	 "write \"- \" before it, or indent it like the key that it belongs to"},
	{"block sequence entries", NULL, NULL, "a list cannot begin on the line of its key",
	 "write each item on a line of its own below the key, as \"  - item\""},
	{"mapping keys are not allowed", NULL, NULL,
	 "a value that is not quoted cannot begin with \"? \"", "put the value in quotes"},
	{"hexdecimal", NULL, NULL, "the escape in this text lacks hexadecimal digits",
	 "write \\x and 2, \\u and 4, or \\U and 8 of them, or use single quotes"},
	{"Unicode character escape", NULL, NULL, "the escape in this text stands for no character",
	 "write the character itself"},
	{"comment or line break", "block scalar", NULL,
	 "a text after | or > begins on the next line",
	 "move the text to the next line and indent it"},
	{"indentation indicator", NULL, NULL, "the number after | or > is 1 to 9",
	 "leave the number out"},
	{"expected <document start>", NULL, NULL, "text follows after the end of the document",
	 "put a text with quotes or brackets in it in quotes as a whole"},
};

static bool has(const char *text, const char *part)
{
	return !part || (text && strstr(text, part));
}

static int tell(const struct complaint *c)
{
	for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
		if (!has(c->problem, table[i].problem) || !has(c->context, table[i].context))
			continue;
		if (table[i].tell)
			return table[i].tell(c);
		sentence(c->p, &c->at, table[i].sentence);
		err_remedy(c->p->err, "%s", table[i].remedy);
		return ERR_SYNTAX;
	}
	sentence(c->p, &c->at, c->problem ? c->problem : "this is not YAML");
	return ERR_SYNTAX;
}

int doc_yaml_syntax(const struct doc_parse *p, const yaml_parser_t *parser)
{
	if (parser->error == YAML_MEMORY_ERROR)
		return err_set(p->err, ERR_INTERNAL, "libyaml has no memory");
	if (parser->error == YAML_READER_ERROR) {
		struct doc_place at = doc_place_of(p, parser->problem_offset);
		err_at(p->err, ERR_INVALID, p->path, at.line, at.column,
		       "the character U+%04X has no place in a text",
		       (unsigned)parser->problem_value);
		err_remedy(p->err, "delete it");
		return ERR_INVALID;
	}
	struct complaint c = {p,
			      parser->problem,
			      parser->context,
			      parser->problem_mark,
			      parser->context ? parser->context_mark : parser->problem_mark,
			      line_of(p->text, parser->problem_mark.line)};
	return tell(&c);
}

/* --- what libyaml takes and we do not --------------------------------------------------------- */

int doc_yaml_refuse_key(const struct doc_parse *p, const yaml_event_t *event, size_t at)
{
	sentence(p, &event->start_mark, "a list or map cannot be a key");
	if (at > 0 && p->text.p[at] == '{' && p->text.p[at - 1] == '{')
		advise_quotes(p, line_of(p->text, event->start_mark.line));
	else
		err_remedy(p->err,
			   "write a text as the key; put a value with [ or { in it in quotes");
	return ERR_SYNTAX;
}

int doc_yaml_refuse_property(const struct doc_parse *p, const yaml_event_t *event, size_t at,
			     bool anchor)
{
	bool alias = event->type == YAML_ALIAS_EVENT;
	struct str word = str_sub(p->text, at, p->text.len);
	size_t len = 0;
	while (len < word.len && len < 40 && !strchr(" \t\r\n,]}", word.p[len]))
		len++;
	char what[160];
	snprintf(what, sizeof(what),
		 "\"%.*s\" is a YAML %s, which is not part of what is read here", (int)len, word.p,
		 alias	  ? "alias"
		 : anchor ? "anchor"
			  : "tag");
	say(p, ERR_INVALID, &event->start_mark, what);
	struct str line = line_of(p->text, event->start_mark.line);
	/* A key of that form gets no advice that would quote what follows it. */
	bool value = (uint32_t)event->start_mark.column >= before_value(line);
	if (value && (event->type == YAML_ALIAS_EVENT || event->type == YAML_SCALAR_EVENT))
		advise_quotes(p, line);
	else
		err_remedy(p->err, "delete it and write the value out, or put text in quotes");
	return ERR_INVALID;
}

int doc_yaml_refuse_document(const struct doc_parse *p, const yaml_event_t *event,
			     bool is_directive)
{
	say(p, ERR_INVALID, &event->start_mark,
	    is_directive ? "a line that begins with % is a directive, and none is used here"
			 : "a second document begins here, and a file holds one");
	err_remedy(p->err, "%s",
		   is_directive
			   ? "delete the line"
			   : "delete the line \"---\", or put what follows in a file of its own");
	return ERR_INVALID;
}
