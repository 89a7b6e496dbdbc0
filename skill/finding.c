#include "skill/finding.h"

#include <stdio.h>

const char *severity_name(enum severity s)
{
	static const char *const names[] = {"note", "warn", "deny"};
	return names[s];
}

void findings_init(struct findings *f, struct arena *a)
{
	*f = (struct findings){.arena = a};
}

static struct str copy(struct arena *a, struct str s)
{
	return s.p ? arena_str(a, s) : STR_NULL;
}

/* What stands for all that no longer fits; it takes the worst severity of them. */
static struct finding *add_past_limit(struct findings *f, const struct finding *proto)
{
	struct finding *last = &f->items[FINDINGS_MAX - 1];
	if (f->count < FINDINGS_MAX) {
		f->count++;
		*last = (struct finding){.rule = "SK-TOO-MANY",
					 .domain = copy(f->arena, proto->domain),
					 .skill = copy(f->arena, proto->skill),
					 .message = STR("there is more to say than is shown here"),
					 .remedy = STR("correct these first")};
	}
	last->severity = MAX(last->severity, proto->severity);
	/* The caller may write into what it gets; nobody reads it. */
	struct finding *ignored = arena_alloc(f->arena, sizeof(*ignored));
	*ignored = *proto;
	return ignored;
}

struct finding *findings_add(struct findings *f, const struct finding *proto)
{
	ARENA_GROW(f->arena, f->items, f->count, f->cap);
	if (f->count >= FINDINGS_MAX - 1)
		return add_past_limit(f, proto);
	struct finding *own = &f->items[f->count++];
	*own = *proto;
	own->domain = copy(f->arena, proto->domain);
	own->skill = copy(f->arena, proto->skill);
	own->path = copy(f->arena, proto->path);
	own->message = copy(f->arena, proto->message);
	own->remedy = copy(f->arena, proto->remedy);
	own->replacement = copy(f->arena, proto->replacement);
	own->related_path = copy(f->arena, proto->related_path);
	own->quote = copy(f->arena, proto->quote);
	return own;
}

static struct str format(struct arena *a, const char *fmt, va_list ap) PRINTF(2, 0);
static struct str format(struct arena *a, const char *fmt, va_list ap)
{
	char text[2048];
	int len = vsnprintf(text, sizeof(text), fmt, ap);
	return arena_str(a, str_make(text, MIN((size_t)MAX(len, 0), sizeof(text) - 1)));
}

struct finding *findings_addf(struct findings *f, const char *rule, enum severity s,
			      struct str domain, struct str skill, const char *fmt, ...)
{
	struct finding *own = findings_add(
		f,
		&(struct finding){.rule = rule, .severity = s, .domain = domain, .skill = skill});
	va_list ap;
	va_start(ap, fmt);
	own->message = format(f->arena, fmt, ap);
	va_end(ap);
	return own;
}

struct finding *findings_add_err(struct findings *f, const char *rule, enum severity s,
				 struct str domain, struct str skill, const struct err *err)
{
	return findings_add(f, &(struct finding){.rule = rule,
						 .severity = s,
						 .domain = domain,
						 .skill = skill,
						 .path = str_of(err->where.path),
						 .line = err->where.line,
						 .column = err->where.column,
						 .message = str_of(err->msg),
						 .remedy = str_of(err->remedy)});
}

void finding_remedy(struct findings *f, struct finding *at, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	at->remedy = format(f->arena, fmt, ap);
	va_end(ap);
}

void finding_replace(struct findings *f, struct finding *at, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	at->replacement = format(f->arena, fmt, ap);
	va_end(ap);
}

void findings_append(struct findings *f, const struct findings *more)
{
	for (size_t i = 0; i < more->count; i++)
		findings_add(f, &more->items[i]);
}

size_t findings_count(const struct findings *f, enum severity at_least)
{
	size_t n = 0;
	for (size_t i = 0; i < f->count; i++)
		n += f->items[i].severity >= at_least;
	return n;
}

void finding_span(struct finding *f, struct str text, size_t start, size_t end)
{
	uint32_t line = 1, column = 1;
	start = MIN(start, text.len);
	for (size_t i = 0; i < start; i++) {
		if (text.p[i] == '\n') {
			line++;
			column = 1;
		} else if (((unsigned char)text.p[i] & 0xC0) != 0x80) {
			column++; /* continuation bytes are no characters */
		}
	}
	f->start = (uint32_t)start;
	f->end = (uint32_t)MIN(MAX(end, start), text.len);
	f->line = line;
	f->column = column;
}

size_t finding_offset(const struct finding *f, struct str text)
{
	size_t at = 0;
	for (uint32_t line = 1; line < f->line && at < text.len; line++) {
		ptrdiff_t eol = str_find_byte(text, '\n', at);
		at = eol < 0 ? text.len : (size_t)eol + 1;
	}
	for (uint32_t column = 1; column < f->column && at < text.len; column++)
		str_next_rune(text, &at);
	return at;
}

void finding_at_node(struct finding *f, const struct doc_node *n)
{
	f->line = n->line;
	f->column = n->column;
	f->start = n->offset;
	f->end = n->end;
}

/* Equal when same(): all that a reader sees but the severity. */
static int order_same(const struct finding *a, const struct finding *b)
{
	int order = str_cmp(a->path, b->path);
	if (!order)
		order = (a->line > b->line) - (a->line < b->line);
	if (!order)
		order = (a->column > b->column) - (a->column < b->column);
	if (!order)
		order = strcmp(a->rule, b->rule);
	if (!order)
		order = str_cmp(a->message, b->message);
	if (!order)
		order = str_cmp(a->domain, b->domain);
	return order ? order : str_cmp(a->skill, b->skill);
}

static int order(const void *pa, const void *pb)
{
	const struct finding *a = pa, *b = pb;
	int by_words = order_same(a, b);
	return by_words ? by_words : (int)b->severity - (int)a->severity;
}

void findings_sort(struct findings *f)
{
	if (f->count == 0)
		return;
	qsort(f->items, f->count, sizeof(*f->items), order);
	size_t kept = 1;
	for (size_t i = 1; i < f->count; i++)
		if (order_same(&f->items[kept - 1], &f->items[i]) != 0)
			f->items[kept++] = f->items[i];
	f->count = kept;
}

static bool is_unread(const struct finding *f)
{
	return f->severity == SEVERITY_DENY && strncmp(f->rule, "SK-", 3) == 0 &&
	       strcmp(f->rule, "SK-CASCADE") != 0;
}

void findings_unread_first(struct findings *f)
{
	size_t first = 0;
	for (size_t i = 0; i < f->count; i++)
		if (is_unread(&f->items[i])) {
			struct finding now = f->items[i];
			memmove(&f->items[first + 1], &f->items[first],
				(i - first) * sizeof(*f->items));
			f->items[first++] = now;
		}
}
