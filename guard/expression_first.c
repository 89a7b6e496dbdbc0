/*
 * Which bytes a part of an expression can begin with. Only what is understood is told; everything else may begin with any byte.
 */
#include "guard/expression_int.h"

/* What a sequence begins with so far: the bytes, and whether all of it may be empty. */
struct firsts {
	uint8_t *set;
	bool empty, unknown;
};

static void add_byte(struct firsts *f, unsigned b)
{
	f->set[b >> 3] |= (uint8_t)(1u << (b & 7));
}

static void add_range(struct firsts *f, unsigned from, unsigned to)
{
	for (unsigned b = from; b <= to; b++)
		add_byte(f, b);
}

static void add_kind(struct firsts *f, char kind)
{
	for (unsigned b = 0; b < 256; b++) {
		bool digit = b >= '0' && b <= '9', space = b == ' ' || (b >= '\t' && b <= '\r');
		bool word = digit || b == '_' || ((b | 0x20) >= 'a' && (b | 0x20) <= 'z');
		if ((kind == 'd' && digit) || (kind == 's' && space) || (kind == 'w' && word) ||
		    (kind == 'D' && !digit) || (kind == 'S' && !space) || (kind == 'W' && !word))
			add_byte(f, b);
	}
}

static int hex_of(char c)
{
	return c >= '0' && c <= '9'			? c - '0'
	       : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10
							: -1;
}

/* The byte that the escape at e[at] stands for, and where it ends; -1 for one that stands for no single byte. */
static int escaped(struct str e, size_t at, size_t *ret_end)
{
	char c = at + 1 < e.len ? e.p[at + 1] : '\0';
	*ret_end = at + 2;
	if (c == 'x' && at + 3 < e.len && hex_of(e.p[at + 2]) >= 0 && hex_of(e.p[at + 3]) >= 0) {
		*ret_end = at + 4;
		return hex_of(e.p[at + 2]) << 4 | hex_of(e.p[at + 3]);
	}
	if (c == 'n')
		return '\n';
	if (c == 't')
		return '\t';
	return c && !((c | 0x20) >= 'a' && (c | 0x20) <= 'z') && !(c >= '0' && c <= '9') &&
			       !(c & 0x80)
		       ? c
		       : -1;
}

/* One byte of a class, or its kind ("\d"), which is added at once. */
static int class_byte(struct firsts *f, struct str e, size_t *at)
{
	size_t end = *at + 1;
	int b = (uint8_t)e.p[*at];
	if (b == '\\') {
		b = escaped(e, *at, &end);
		if (b < 0 && *at + 1 < e.len && strchr("dswDSW", e.p[*at + 1]))
			add_kind(f, e.p[*at + 1]);
		else if (b < 0)
			f->unknown = true;
	}
	*at = end;
	return b;
}

/* The class e, with its brackets. */
static void add_class(struct firsts *f, struct str e)
{
	uint8_t set[32] = {0};
	struct firsts in = {.set = set};
	bool not = e.len > 2 && e.p[1] == '^';
	for (size_t i = not ? 2 : 1; i + 1 < e.len;) {
		if (e.p[i] == '[') { /* "[:alpha:]" and the like */
			f->unknown = true;
			return;
		}
		int from = class_byte(&in, e, &i), to = from;
		if (from >= 0 && i + 2 < e.len && e.p[i] == '-') {
			i++;
			to = class_byte(&in, e, &i);
		}
		if (from >= 0 && to >= from)
			add_range(&in, (unsigned)from, (unsigned)to);
		else if (from >= 0)
			in.unknown = true;
	}
	f->unknown |= in.unknown;
	for (unsigned b = 0; b < 256; b++)
		if (guard_class_has(set, (char)b) != not )
			add_byte(f, b);
}

static void sequence(struct firsts *f, struct str e, unsigned depth);

/* The alternatives of a group's body, or of all. */
static void alternatives(struct firsts *f, struct str e, unsigned depth)
{
	bool empty = false;
	size_t from = 0;
	if (depth > EXPRESSION_DEPTH) {
		f->unknown = true;
		return;
	}
	for (size_t i = 0; i <= e.len;) {
		if (i < e.len && e.p[i] != '|') {
			i = expression_element_end(e, i);
			continue;
		}
		struct firsts one = {.set = f->set};
		sequence(&one, str_sub(e, from, i), depth);
		f->unknown |= one.unknown;
		empty |= one.empty;
		from = ++i;
	}
	f->empty = empty;
}

static void group(struct firsts *f, struct str e, unsigned depth)
{
	static const char *const asserts[] = {"(?=", "(?!", "(?<=", "(?<!"};
	f->empty = true;
	for (size_t i = 0; i < ARRAY_SIZE(asserts); i++)
		if (str_starts(e, str_of(asserts[i])))
			return;
	size_t open = expression_opener(e);
	if (!open || e.p[e.len - 1] != ')')
		f->unknown = true;
	else
		alternatives(f, str_sub(e, open, e.len - 1), depth + 1);
}

static void element(struct firsts *f, struct str e, unsigned depth)
{
	size_t end;
	f->empty = false;
	if (e.p[0] == '(') {
		group(f, e, depth);
	} else if (e.p[0] == '[') {
		add_class(f, e);
	} else if (e.p[0] == '.') {
		add_range(f, 0, 255);
	} else if (e.p[0] == '^' || e.p[0] == '$') {
		f->empty = true;
	} else if (e.p[0] != '\\') {
		add_byte(f, (uint8_t)e.p[0]);
	} else if (e.len > 1 && (e.p[1] == 'b' || e.p[1] == 'B')) {
		f->empty = true;
	} else if (e.len > 1 && strchr("dswDSW", e.p[1])) {
		add_kind(f, e.p[1]);
	} else {
		int b = escaped(e, 0, &end);
		if (b < 0 || end != e.len)
			f->unknown = true;
		else
			add_byte(f, (unsigned)b);
	}
}

static void sequence(struct firsts *f, struct str e, unsigned depth)
{
	f->empty = true;
	for (size_t i = 0; i < e.len && f->empty && !f->unknown;) {
		size_t end = expression_element_end(e, i);
		element(f, str_sub(e, i, end), depth);
		char q = end < e.len ? e.p[end] : '\0';
		bool none = q == '?' || q == '*' ||
			    (q == '{' && end + 1 < e.len &&
			     (e.p[end + 1] == '0' || e.p[end + 1] == ','));
		f->empty |= none;
		/* What goes on behind a quantifier is no element of its own. */
		if (q == '{')
			while (end < e.len && e.p[end] != '}')
				end++;
		if (q && strchr("?*+{", q))
			end++;
		if (end < e.len && q && strchr("?*+{", q) && (e.p[end] == '?' || e.p[end] == '+'))
			end++;
		i = end;
	}
}

bool expression_firsts(struct str e, uint8_t ret[32])
{
	struct firsts f = {.set = ret};
	memset(ret, 0, 32);
	alternatives(&f, e, 0);
	return !f.unknown && !f.empty;
}
