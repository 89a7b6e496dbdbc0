#include <stdlib.h>

#include "guard/scan_int.h"

/* --- overlaps ------------------------------------------------------------------------------------------------ */

static int by_worth(const void *a, const void *b)
{
	const struct guard_finding *x = a, *y = b;
	size_t lx = x->end - x->start, ly = y->end - y->start;
	if (x->confidence != y->confidence)
		return x->confidence > y->confidence ? -1 : 1;
	/* What stands there in plain bytes says where exactly. */
	if (!x->encoding != !y->encoding)
		return x->encoding ? 1 : -1;
	if (lx != ly)
		return lx > ly ? -1 : 1;
	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	return strcmp(x->rule->id, y->rule->id);
}

static int by_place(const void *a, const void *b)
{
	const struct guard_finding *x = a, *y = b;
	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	if (x->end != y->end)
		return x->end < y->end ? -1 : 1;
	return strcmp(x->rule->id, y->rule->id);
}

/* Orders stand beside data: a picture's address that carries a key away is both. */
static bool same_kind(const struct guard_finding *a, const struct guard_finding *b)
{
	return (a->rule->category == GUARD_INJECTION) == (b->rule->category == GUARD_INJECTION);
}

static void resolve(struct guard_findings *f)
{
	size_t kept = 0;
	if (f->count < 2)
		return;
	qsort(f->items, f->count, sizeof(*f->items), by_worth);
	for (size_t i = 0; i < f->count; i++) {
		bool free_place = true;
		for (size_t k = 0; k < kept && free_place; k++)
			free_place = f->items[i].start >= f->items[k].end ||
				     f->items[i].end <= f->items[k].start ||
				     !same_kind(&f->items[i], &f->items[k]);
		if (free_place)
			f->items[kept++] = f->items[i];
	}
	f->count = kept;
	qsort(f->items, f->count, sizeof(*f->items), by_place);
}

/* --- guard:allow ----------------------------------------------------------------------------------------------- */

static struct str next_word(struct str *rest)
{
	*rest = str_trim(*rest);
	size_t n = 0;
	while (n < rest->len && rest->p[n] != ' ' && rest->p[n] != '\t')
		n++;
	struct str word = str_sub(*rest, 0, n);
	*rest = str_sub(*rest, n, rest->len);
	return word;
}

/* What is left of the line, without the end of the comment. */
static struct str without_closer(struct str rest)
{
	static const char *const closers[] = {"-->", "*/", "#}", "%>", "\"", NULL};
	rest = str_trim(rest);
	for (size_t i = 0; closers[i]; i++)
		if (str_ends(rest, str_of(closers[i])))
			rest = str_trim(str_sub(rest, 0, rest.len - strlen(closers[i])));
	return rest;
}

static void note(struct guard_scan *s, size_t start, size_t end, const char *says)
{
	struct guard_findings *f = s->found;
	ARENA_GROW(s->out, f->notes, f->note_count, f->note_cap);
	f->notes[f->note_count++] = (struct guard_note){start, end, says};
}

static size_t line_end(struct str text, size_t at)
{
	ptrdiff_t end = at < text.len ? str_find_byte(text, '\n', at) : -1;
	return end < 0 ? text.len : (size_t)end;
}

static size_t line_start(struct str text, size_t at)
{
	while (at > 0 && text.p[at - 1] != '\n')
		at--;
	return at;
}

/* One comment, "guard:allow RULE reason": holds for its line and the next. */
static void allow(struct guard_scan *s, size_t at)
{
	size_t end = line_end(s->text, at), next = line_end(s->text, end + 1);
	struct str rest = without_closer(str_sub(s->text, at + strlen("guard:allow"), end));
	struct str id = next_word(&rest), reason = str_trim(rest);
	char *name = arena_strndup(s->out, id.p, MIN(id.len, (size_t)64));
	const struct guard_rule *rule = guard_rules_find(s->rules, name);
	if (!rule) {
		note(s, at, end,
		     id.len ? arena_printf(s->out,
					   "guard:allow names no rule: there is none \"%s\"", name)
			    : "guard:allow names no rule: write guard:allow RULE REASON");
		return;
	}
	if (!reason.len) {
		note(s, at, end,
		     arena_printf(s->out,
				  "guard:allow %s gives no reason: write one after the rule",
				  name));
		return;
	}
	size_t start = line_start(s->text, at);
	for (size_t i = 0; i < s->found->count; i++) {
		struct guard_finding *f = &s->found->items[i];
		if (f->rule == rule && f->start >= start && f->start < MAX(next, end + 1)) {
			f->allowed = true;
			f->reason = reason;
		}
	}
}

void guard_scan_finish(struct guard_scan *s)
{
	resolve(s->found);
	for (size_t i = 0; i < s->allow_count; i++)
		allow(s, s->allows[i]);
}
