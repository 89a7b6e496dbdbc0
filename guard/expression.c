/*
 * Expressions rewritten so that a matcher fails sooner. "(?:read|reveal|send)" tries each alternative in turn at every place; as
 * "(?:re(?:ad|veal)|send)" it tries as many as there are first letters. Alternatives that begin with different letters cannot both match
 * at one place, so their order among one another is free; the order among those that begin alike is kept, and what begins with anything
 * but a plain letter keeps its place. So both match the same, with the same groups.
 */
#include "guard/expression_int.h"

#include <ctype.h>

#define ALTERNATIVES_MAX 128
#define LOOK_LEAST 5 /* alternatives worth a look at the first byte */
#define LOOK_MOST 128 /* bytes that most places do not have */

struct rewrite {
	struct buf *out;
	bool nocase;
};

struct part {
	struct str text;
	bool done; /* written already */
};

static void rewrite_sequence(struct rewrite *r, struct str e, unsigned depth);

/* The end of the class that opens at `at`. */
static size_t class_end(struct str e, size_t at)
{
	size_t i = at + 1;
	if (i < e.len && e.p[i] == '^')
		i++;
	if (i < e.len && e.p[i] == ']')
		i++;
	for (; i < e.len && e.p[i] != ']'; i++)
		if (e.p[i] == '\\')
			i++;
	return MIN(i + 1, e.len);
}

size_t expression_element_end(struct str e, size_t at)
{
	unsigned open = 0;
	if (e.p[at] == '[')
		return class_end(e, at);
	if (e.p[at] == '\\' && at + 3 < e.len && e.p[at + 1] == 'x' &&
	    isxdigit((unsigned char)e.p[at + 2]) && isxdigit((unsigned char)e.p[at + 3]))
		return at + 4;
	if (e.p[at] == '\\')
		return MIN(at + 2, e.len);
	if (e.p[at] != '(')
		return at + 1;
	for (size_t i = at; i < e.len;) {
		if (e.p[i] == '\\') {
			i += 2;
		} else if (e.p[i] == '[') {
			i = class_end(e, i);
		} else {
			open += e.p[i] == '(';
			open -= e.p[i] == ')';
			i++;
			if (!open)
				return i;
		}
	}
	return e.len;
}

static bool is_quantifier(struct str e, size_t at)
{
	return at < e.len && strchr("?*+{", e.p[at]);
}

/* Whether e begins with a byte that stands for itself and once: then *ret_end is where it ends. */
static bool begins_plainly(const struct rewrite *r, struct str e, size_t *ret_end)
{
	*ret_end = 1;
	if (!e.len || strchr("()[].^$|?*+{}", e.p[0]))
		return false;
	/* "B" and "b" are alike then. */
	if (r->nocase && ((e.p[0] >= 'A' && e.p[0] <= 'Z') || e.p[0] & 0x80))
		return false;
	if (e.p[0] == '\\') {
		*ret_end = 2;
		if (e.len < 2 || !strchr(".'/+*-", e.p[1]))
			return false;
	}
	return !is_quantifier(e, *ret_end);
}

static bool begins_with(struct str text, struct str prefix)
{
	return str_starts(text, prefix) && !is_quantifier(text, prefix.len);
}

/* The alternatives from parts[at] on that begin as it does, up to the first that may begin with anything. */
static size_t gather_alike(const struct rewrite *r, struct part *parts, size_t n, size_t at,
			   struct str first, struct part *alike)
{
	size_t count = 0, end;
	for (size_t i = at; i < n && begins_plainly(r, parts[i].text, &end); i++) {
		if (parts[i].done || !begins_with(parts[i].text, first))
			continue;
		parts[i].done = true;
		alike[count++].text = str_sub(parts[i].text, first.len, parts[i].text.len);
	}
	return count;
}

/* Writes what all of them begin with, and takes it off them. */
static void write_common(struct rewrite *r, struct part *parts, size_t n)
{
	size_t end;
	while (begins_plainly(r, parts[0].text, &end)) {
		struct str first = str_sub(parts[0].text, 0, end);
		for (size_t i = 1; i < n; i++)
			if (!begins_with(parts[i].text, first))
				return;
		buf_add(r->out, first.p, first.len);
		for (size_t i = 0; i < n; i++)
			parts[i].text = str_sub(parts[i].text, end, parts[i].text.len);
	}
}

static void write_alternatives(struct rewrite *r, struct part *parts, size_t n, unsigned depth)
{
	bool any = false;
	for (size_t i = 0; i < n; i++) {
		size_t end;
		if (parts[i].done)
			continue;
		if (any)
			buf_add_char(r->out, '|');
		any = true;
		if (depth >= EXPRESSION_DEPTH || !begins_plainly(r, parts[i].text, &end)) {
			rewrite_sequence(r, parts[i].text, depth);
			continue;
		}
		struct part alike[ALTERNATIVES_MAX] = {{STR_NULL, false}};
		struct str first = str_sub(parts[i].text, 0, end);
		size_t count = gather_alike(r, parts, n, i, first, alike);
		buf_add(r->out, first.p, first.len);
		if (count == 1) {
			rewrite_sequence(r, alike[0].text, depth);
			continue;
		}
		write_common(r, alike, count);
		buf_addz(r->out, "(?:");
		write_alternatives(r, alike, count, depth + 1);
		buf_add_char(r->out, ')');
	}
}

/* Splits at the bars that stand in no group; SIZE_MAX when there are too many. */
static size_t split(struct str e, struct part *parts)
{
	size_t n = 0, from = 0;
	for (size_t i = 0; i <= e.len;) {
		if (i < e.len && e.p[i] != '|') {
			i = expression_element_end(e, i);
			continue;
		}
		if (n == ALTERNATIVES_MAX)
			return SIZE_MAX;
		parts[n++] = (struct part){str_sub(e, from, i), false};
		from = ++i;
	}
	return n;
}

/* "(?=[abc])(?:" where each of the alternatives begins with one of few bytes: most places are done with at once. */
static bool write_look(struct rewrite *r, struct str e)
{
	uint8_t set[32];
	unsigned count = 0;
	if (!expression_firsts(e, set))
		return false;
	for (unsigned b = 0; b < 256; b++)
		count += guard_class_has(set, (char)b);
	if (count < 2 || count > LOOK_MOST)
		return false;
	buf_addz(r->out, "(?=[");
	for (unsigned b = 0; b < 256; b++) {
		if (!guard_class_has(set, (char)b))
			continue;
		if (b >= 'a' && b <= 'z')
			buf_add_char(r->out, (char)b);
		else
			buf_addf(r->out, "\\x%02x", b);
	}
	buf_addz(r->out, "])(?:");
	return true;
}

static void rewrite_body(struct rewrite *r, struct str e, unsigned depth)
{
	struct part parts[ALTERNATIVES_MAX];
	size_t n = split(e, parts);
	bool look = n >= LOOK_LEAST && n != SIZE_MAX && !r->nocase && write_look(r, e);
	if (n == SIZE_MAX)
		buf_add(r->out, e.p, e.len);
	else
		write_alternatives(r, parts, n, depth);
	if (look)
		buf_add_char(r->out, ')');
}

size_t expression_opener(struct str group)
{
	static const char *const plain[] = {"(?:", "(?=", "(?!"};
	for (size_t i = 0; i < ARRAY_SIZE(plain); i++)
		if (str_starts(group, str_of(plain[i])))
			return 3;
	if (str_starts(group, STR("(?<")) && group.len > 3 && group.p[3] != '=' &&
	    group.p[3] != '!') {
		ptrdiff_t end = str_find_byte(group, '>', 0);
		return end < 0 ? 0 : (size_t)end + 1;
	}
	return group.len > 1 && group.p[1] != '?' && group.p[1] != '*' ? 1 : 0;
}

static void rewrite_sequence(struct rewrite *r, struct str e, unsigned depth)
{
	for (size_t i = 0; i < e.len;) {
		size_t end = expression_element_end(e, i);
		struct str element = str_sub(e, i, end);
		size_t open = element.p[0] == '(' && depth < EXPRESSION_DEPTH
				      ? expression_opener(element)
				      : 0;
		i = end;
		if (!open) {
			buf_add(r->out, element.p, element.len);
			continue;
		}
		buf_add(r->out, element.p, open);
		rewrite_body(r, str_sub(element, open, element.len - 1), depth + 1);
		buf_add_char(r->out, ')');
	}
}

/* Groups that are counted would be counted otherwise (the named one is alone), and what is wrong is to stay wrong. */
static bool may_rewrite(struct str e)
{
	unsigned open = 0;
	for (size_t i = 0; i < e.len;) {
		char next = i + 1 < e.len ? e.p[i + 1] : '\0',
		     kind = i + 2 < e.len ? e.p[i + 2] : '\0';
		if (e.p[i] == '\\' &&
		    (!next || (next >= '1' && next <= '9') || strchr("gkQE", next)))
			return false;
		if (e.p[i] == '(' && (next != '?' || !kind || strchr("#|P", kind)))
			return false;
		if (e.p[i] == ')' && !open)
			return false;
		open += e.p[i] == '(';
		open -= e.p[i] == ')';
		i = e.p[i] == '(' ? i + 1 : expression_element_end(e, i);
	}
	return !open;
}

void guard_expression_rewrite(struct str expression, bool nocase, struct buf *out)
{
	struct rewrite r = {out, nocase || str_find(expression, STR("(?i"), 0) >= 0};
	if (!may_rewrite(expression))
		buf_add(out, expression.p, expression.len);
	else
		rewrite_body(&r, expression, 0);
}
