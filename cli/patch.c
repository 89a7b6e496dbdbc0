#include "cli/patch.h"

#include "base/mem.h"

#define CONTEXT 3

/* --- replacing ---------------------------------------------------------------------------------------------- */

static int by_start(const void *a, const void *b)
{
	const struct finding *const *x = a, *const *y = b;
	if ((*x)->start != (*y)->start)
		return (*x)->start < (*y)->start ? -1 : 1;
	return (*x)->end < (*y)->end ? -1 : (*x)->end > (*y)->end;
}

size_t cli_patch(struct buf *out, struct str text, const struct finding *f, size_t count)
{
	const struct finding **order = mem_array(count + 1, sizeof(*order));
	size_t n = 0, made = 0, at = 0;
	bool some = false;
	for (size_t i = 0; i < count; i++)
		if (f[i].replacement.p && f[i].end <= text.len && f[i].start <= f[i].end)
			order[n++] = &f[i];
	qsort(order, n, sizeof(*order), by_start);
	for (size_t i = 0; i < n; i++) {
		const struct finding *e = order[i];
		/* An insertion where the last one ended would be a guess about their order. */
		if (some && (e->start < at || (e->start == at && e->end == at)))
			continue;
		buf_add_str(out, str_sub(text, at, e->start));
		buf_add_str(out, e->replacement);
		at = e->end;
		some = true;
		made++;
	}
	buf_add_str(out, str_sub(text, at, text.len));
	free(order);
	return made;
}

/* --- differences ---------------------------------------------------------------------------------------------- */

struct lines {
	struct str *items;
	size_t count, cap;
};

static void lines_of(struct lines *l, struct str text)
{
	size_t begin = 0;
	for (size_t i = 0; i < text.len; i++) {
		if (text.p[i] != '\n' && i + 1 < text.len)
			continue;
		GROW(l->items, l->count, l->cap);
		l->items[l->count++] = str_sub(text, begin, i + 1);
		begin = i + 1;
	}
}

/* An edit of lines: '-' of the old, '+' of the new, ' ' of both. */
struct edit {
	char op;
	struct str line;
};

struct script {
	struct edit *items;
	size_t count, cap;
};

static void emit(struct script *s, char op, struct str line)
{
	GROW(s->items, s->count, s->cap);
	s->items[s->count++] = (struct edit){op, line};
}

/*
 * Lines that differ lie in few places: what is equal at both ends is skipped, and the middle goes by the longest common subsequence. A middle that is
 * too large for that is replaced whole.
 */
static void compare_middle(struct script *s, const struct str *a, size_t n, const struct str *b,
			   size_t m)
{
	size_t i = 0, j = 0;
	uint32_t *lcs = n * m <= 4000000 ? mem_array((n + 1) * (m + 1), sizeof(*lcs)) : NULL;
	for (size_t x = n; lcs && x-- > 0;)
		for (size_t y = m; y-- > 0;)
			lcs[x * (m + 1) + y] = str_eq(a[x], b[y])
						       ? lcs[(x + 1) * (m + 1) + y + 1] + 1
						       : MAX(lcs[(x + 1) * (m + 1) + y],
							     lcs[x * (m + 1) + y + 1]);
	while (i < n || j < m) {
		if (lcs && i < n && j < m && str_eq(a[i], b[j])) {
			emit(s, ' ', a[i++]);
			j++;
		} else if (i < n && (!lcs || j == m ||
				     lcs[(i + 1) * (m + 1) + j] >= lcs[i * (m + 1) + j + 1])) {
			emit(s, '-', a[i++]);
		} else {
			emit(s, '+', b[j++]);
		}
	}
	free(lcs);
}

static void compare(struct script *s, const struct lines *a, const struct lines *b)
{
	size_t head = 0, tail = 0, least = MIN(a->count, b->count);
	while (head < least && str_eq(a->items[head], b->items[head]))
		emit(s, ' ', a->items[head++]);
	while (tail < least - head &&
	       str_eq(a->items[a->count - 1 - tail], b->items[b->count - 1 - tail]))
		tail++;
	compare_middle(s, a->items + head, a->count - head - tail, b->items + head,
		       b->count - head - tail);
	for (size_t i = a->count - tail; i < a->count; i++)
		emit(s, ' ', a->items[i]);
}

static void add_line(struct buf *out, const struct edit *e)
{
	buf_add_char(out, e->op);
	buf_add_str(out, e->line);
	if (!str_ends(e->line, STR("\n")))
		buf_addz(out, "\n\\ No newline at end of file\n");
}

/* One hunk: edits [from, to) of the script, which begin at these lines of the two files. */
static void add_hunk(struct buf *out, const struct script *s, size_t from, size_t to,
		     size_t old_line, size_t new_line)
{
	size_t old_count = 0, new_count = 0;
	for (size_t i = from; i < to; i++) {
		old_count += s->items[i].op != '+';
		new_count += s->items[i].op != '-';
	}
	buf_addf(out, "@@ -%zu,%zu +%zu,%zu @@\n", old_line - (old_count == 0), old_count,
		 new_line - (new_count == 0), new_count);
	for (size_t i = from; i < to; i++)
		add_line(out, &s->items[i]);
}

/* The end of the hunk that begins at from: changes that are at most twice the context apart belong together. */
static size_t hunk_end(const struct script *s, size_t from)
{
	size_t end = from;
	for (size_t i = from, equal = 0; i < s->count && equal <= 2 * CONTEXT; i++) {
		equal = s->items[i].op == ' ' ? equal + 1 : 0;
		if (!equal)
			end = i + 1;
	}
	return MIN(end + CONTEXT, s->count);
}

static void add_hunks(struct buf *out, const struct script *s)
{
	size_t old_line = 1, new_line = 1, i = 0;
	while (i < s->count) {
		size_t first = i;
		while (first < s->count && s->items[first].op == ' ')
			first++;
		if (first == s->count)
			return;
		size_t from = first > i + CONTEXT ? first - CONTEXT : i;
		old_line += from - i;
		new_line += from - i;
		size_t to = hunk_end(s, first);
		add_hunk(out, s, from, to, old_line, new_line);
		for (i = from; i < to; i++) {
			old_line += s->items[i].op != '+';
			new_line += s->items[i].op != '-';
		}
	}
}

void cli_patch_diff(struct buf *out, const char *path, struct str before, struct str after)
{
	struct lines a = {0}, b = {0};
	struct script s = {0};
	if (str_eq(before, after))
		return;
	lines_of(&a, before);
	lines_of(&b, after);
	compare(&s, &a, &b);
	buf_addf(out, "--- a/%s\n+++ b/%s\n", path, path);
	add_hunks(out, &s);
	free(a.items);
	free(b.items);
	free(s.items);
}
