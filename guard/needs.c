/*
 * Reads an expression for the words it needs. Along a sequence every element that must match adds its sets; of alternatives each must add
 * one, and they are one set together. Words are told where a word begins only, so what stands before a letter is kept track of.
 */
#include "guard/needs.h"

#include "guard/expression_int.h"
#include "guard/literal_int.h"

#define ALL_SETS 24 /* kept while reading */
#define REACH_MOST ((size_t)1 << 20) /* more is anywhere */
#define LETTERS_MOST 32
#define FAR 4096 /* a word that may be so far away is not looked for */

struct reader {
	struct arena *arena;
	bool failed;
};

/* The sets of what was read. */
struct found {
	struct needs_set *sets[ALL_SETS];
	size_t count;
};

/* What is known around an element: a word may begin here; a word that ends here is whole. */
struct around {
	bool begins, ends;
	size_t at; /* it begins so many bytes from the start at most */
};

static bool read_sequence(struct reader *r, struct str e, struct around around, struct found *ret,
			  unsigned depth);

/* What no letters tell: words that stand in every second sentence about programs. Sorted. */
static const char *const common[] = {
	"a",	 "after", "all",   "also",  "always", "an",    "and",  "any",	  "are",   "as",
	"at",	 "be",	  "been",  "but",   "by",     "can",   "each", "every",	  "file",  "first",
	"for",	 "from",  "get",   "given", "has",    "have",  "how",  "if",	  "in",	   "into",
	"is",	 "it",	  "its",   "last",  "line",   "list",  "make", "may",	  "more",  "must",
	"name",	 "never", "new",   "no",    "not",    "of",    "on",   "one",	  "only",  "open",
	"or",	 "other", "out",   "over",  "read",   "role",  "rule", "rules",	  "run",   "same",
	"set",	 "show",  "skill", "so",    "test",   "text",  "that", "the",	  "them",  "then",
	"there", "they",  "this",  "to",    "tool",   "tools", "use",  "used",	  "user",  "was",
	"what",	 "when",  "where", "which", "who",    "will",  "with", "without", "write", "you",
	"your",
};
#define COMMON_SHARE 0.004

/* The first of the common words that is not before these letters. */
static size_t first_common(const char *letters, size_t len)
{
	size_t low = 0, high = ARRAY_SIZE(common);
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (strncmp(common[middle], letters, len) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static double share_of(const struct needs_word *w)
{
	double share = literal_word_share(w->text, MIN(w->len, sizeof(w->text)));
	if (w->len > sizeof(w->text))
		return share;
	for (size_t i = first_common(w->text, w->len);
	     i < ARRAY_SIZE(common) && strncmp(common[i], w->text, w->len) == 0; i++)
		if (!w->whole || common[i][w->len] == '\0')
			share += COMMON_SHARE;
	return share;
}

static bool is_small(char c)
{
	return (unsigned char)(c - 'a') < 26;
}

/* --- sets ------------------------------------------------------------------------------------------------------ */

/* How many words of the set stand where one must stand, about. */
static double expected(const struct needs_set *set)
{
	return set->cost * (double)(set->reach / 6 + 5);
}

static struct needs_set *rarest(const struct found *f)
{
	struct needs_set *best = NULL;
	for (size_t i = 0; i < f->count; i++)
		if (!best || expected(f->sets[i]) < expected(best))
			best = f->sets[i];
	return best;
}

static bool same_word(const struct needs_word *a, const struct needs_word *b)
{
	return a->len == b->len && a->whole == b->whole &&
	       !memcmp(a->text, b->text, sizeof(a->text));
}

static bool has_word(const struct needs_set *s, const struct needs_word *w)
{
	for (size_t i = 0; i < s->count; i++)
		if (same_word(&s->words[i], w))
			return true;
	return false;
}

static bool same_set(const struct needs_set *a, const struct needs_set *b)
{
	for (size_t i = 0; i < a->count; i++)
		if (!has_word(b, &a->words[i]))
			return false;
	return a->count == b->count;
}

static void keep(struct found *f, struct needs_set *set)
{
	for (size_t i = 0; i < f->count; i++)
		if (same_set(f->sets[i], set))
			return;
	if (f->count < ALL_SETS && set->count && set->reach < FAR)
		f->sets[f->count++] = set;
}

/* False when it has too many. */
static bool unite(struct needs_set *to, const struct needs_set *from)
{
	to->reach = MAX(to->reach, from->reach);
	for (size_t i = 0; i < from->count; i++) {
		if (has_word(to, &from->words[i]))
			continue;
		if (to->count == NEEDS_WORDS)
			return false;
		to->words[to->count++] = from->words[i];
		to->cost += share_of(&from->words[i]);
	}
	return true;
}

/* --- elements --------------------------------------------------------------------------------------------------- */

/* The quantifier at `at`: its end, and how often at least; at itself: once. */
static size_t quantifier(struct str e, size_t at, size_t *ret_least, size_t *ret_most)
{
	size_t n = 0, i = at;
	*ret_least = *ret_most = 1;
	if (at >= e.len || !strchr("?*+{", e.p[at]))
		return at;
	*ret_least = e.p[at] == '+';
	*ret_most = e.p[at] == '?' ? 1 : REACH_MOST;
	i++;
	if (e.p[at] == '{') {
		for (; i < e.len && e.p[i] >= '0' && e.p[i] <= '9'; i++)
			n = MIN(n * 10 + (size_t)(e.p[i] - '0'), (size_t)10000);
		*ret_least = *ret_most = n;
		if (i < e.len && e.p[i] == ',') {
			*ret_most = REACH_MOST;
			for (n = 0, i++; i < e.len && e.p[i] >= '0' && e.p[i] <= '9'; i++)
				*ret_most = n = MIN(n * 10 + (size_t)(e.p[i] - '0'), (size_t)10000);
		}
		while (i < e.len && e.p[i] != '}')
			i++;
		i++;
	}
	if (i < e.len && (e.p[i] == '?' || e.p[i] == '+'))
		i++;
	return MIN(i, e.len);
}

static bool is_assertion(struct str g)
{
	return str_starts(g, STR("(?=")) || str_starts(g, STR("(?!")) ||
	       str_starts(g, STR("(?<=")) || str_starts(g, STR("(?<!"));
}

/* --- how far ---------------------------------------------------------------------------------------------------- */

/* The most bytes that e matches. */
static size_t longest(struct str e, unsigned depth)
{
	size_t most_of_all = 0, sum = 0;
	if (depth > EXPRESSION_DEPTH)
		return REACH_MOST;
	for (size_t i = 0; i < e.len;) {
		if (e.p[i] == '|') {
			most_of_all = MAX(most_of_all, sum);
			sum = 0;
			i++;
			continue;
		}
		size_t end = expression_element_end(e, i), least, most, one = 1;
		struct str element = str_sub(e, i, end);
		i = quantifier(e, end, &least, &most);
		if (is_assertion(element) || str_eqz(element, "\\b")) {
			one = 0;
		} else if (element.p[0] == '(') {
			size_t open = expression_opener(element);
			one = open ? longest(str_sub(element, open, element.len - 1), depth + 1)
				   : REACH_MOST;
		}
		sum = MIN(sum + one * most, REACH_MOST);
	}
	return MAX(most_of_all, sum);
}

size_t expression_longest(struct str e)
{
	return longest(e, 0);
}

/* --- words -------------------------------------------------------------------------------------------------------- */

/* An element of bytes (no group): whether it can be a small letter. */
static bool may_be_letter(struct str element)
{
	uint8_t set[32];
	if (!expression_firsts(element, set))
		return true;
	for (unsigned b = 'a'; b <= 'z'; b++)
		if (guard_class_has(set, (char)b))
			return true;
	return false;
}

/* What stands at `at` lets no word go on. */
static bool ends_word(struct str e, size_t at, bool at_end)
{
	uint8_t set[32];
	struct str rest = str_sub(e, at, e.len);
	if (at >= e.len)
		return at_end;
	if (str_starts(rest, STR("\\b")) || str_starts(rest, STR("(?![a-z])")))
		return true;
	/* All that it may go on with. */
	if (!expression_firsts(rest, set))
		return false;
	for (unsigned b = 'a'; b <= 'z'; b++)
		if (guard_class_has(set, (char)b))
			return false;
	return true;
}

/* A row of small letters at `at`: the word it is, or begins. Returns its end. */
static size_t read_letters(struct reader *r, struct str e, size_t at, struct around around,
			   struct found *f)
{
	size_t end = at;
	while (end < e.len && is_small(e.p[end])) {
		if (end + 1 < e.len && strchr("?*+{", e.p[end + 1]))
			break;
		end++;
	}
	if (around.begins && end > at) {
		struct needs_set *set = arena_alloc(r->arena, sizeof(*set));
		struct needs_word w = {.len = (uint8_t)MIN(end - at, LETTERS_MOST)};
		memcpy(w.text, e.p + at, MIN(end - at, sizeof(w.text)));
		w.whole = end - at <= LETTERS_MOST && ends_word(e, end, around.ends);
		set->words[set->count++] = w;
		set->cost = share_of(&w);
		set->reach = around.at;
		keep(f, set);
	}
	return end;
}

/* --- groups ------------------------------------------------------------------------------------------------------ */

/* What adding a set to a united one costs: words that both have are free. */
static double added_cost(const struct needs_set *to, const struct needs_set *set)
{
	struct needs_set both = *to;
	return unite(&both, set) ? expected(&both) - expected(to) : 1e9;
}

/* The set of f that widens `to` least; NULL when there is none. */
static const struct needs_set *best_with(const struct found *f, const struct needs_set *to)
{
	const struct needs_set *best = NULL;
	double least = 0;
	for (size_t i = 0; i < f->count; i++) {
		double cost = added_cost(to, f->sets[i]);
		if (!best || cost < least) {
			best = f->sets[i];
			least = cost;
		}
	}
	return best;
}

/* One set of one from each of the alternatives, with the one given from the first. */
static void unite_with(struct reader *r, const struct needs_set *first, const struct found *each,
		       size_t n, struct found *ret)
{
	struct needs_set *all = arena_alloc(r->arena, sizeof(*all));
	*all = *first;
	for (size_t i = 0; i < n; i++) {
		const struct needs_set *set = best_with(&each[i], all);
		if (!set || !unite(all, set))
			return;
	}
	keep(ret, all);
}

/* Every set of the first of the alternatives, and of the last, with what goes best with it. */
static void unite_alternatives(struct reader *r, const struct found *each, size_t n,
			       struct found *ret)
{
	const size_t seeds[] = {0, n - 1};
	for (size_t k = 0; k < ARRAY_SIZE(seeds); k++)
		for (size_t i = 0; i < each[seeds[k]].count; i++)
			if (!arena_full(r->arena))
				unite_with(r, each[seeds[k]].sets[i], each, n, ret);
}

#define ALTERNATIVES_MAX 128

/* The bodies between bars, each with its sets. Returns whether a word may begin behind any of them. */
static bool read_alternatives(struct reader *r, struct str e, struct around around,
			      struct found *ret, unsigned depth)
{
	struct found *each = arena_array(r->arena, ALTERNATIVES_MAX, sizeof(*each));
	bool begins = true;
	size_t from = 0, n = 0;
	for (size_t i = 0; i <= e.len;) {
		if (i < e.len && e.p[i] != '|') {
			i = expression_element_end(e, i);
			continue;
		}
		if (n == ALTERNATIVES_MAX) {
			r->failed = true;
			return false;
		}
		begins &= read_sequence(r, str_sub(e, from, i), around, &each[n++], depth + 1);
		from = ++i;
	}
	if (n > 1)
		unite_alternatives(r, each, n, ret);
	for (size_t k = 0; n == 1 && k < each[0].count; k++)
		keep(ret, each[0].sets[k]);
	return begins;
}

/* A group, once: adds its sets; whether a word may begin behind it. */
static bool read_group(struct reader *r, struct str g, struct around around, struct found *ret,
		       unsigned depth)
{
	size_t open = expression_opener(g);
	if (!open || g.p[g.len - 1] != ')' || depth > EXPRESSION_DEPTH) {
		r->failed = true;
		return false;
	}
	return read_alternatives(r, str_sub(g, open, g.len - 1), around, ret, depth);
}

static bool read_assertion(struct reader *r, struct str g, struct around around, struct found *ret,
			   unsigned depth)
{
	if (str_eqz(g, "(?<![a-z])"))
		return true;
	if (str_starts(g, STR("(?=")))
		read_group(r, g, (struct around){around.begins, false, around.at}, ret, depth);
	return around.begins;
}

/* One element with its quantifier, from `at` on; returns its end and tells whether a word may begin behind it. */
static size_t read_element(struct reader *r, struct str e, size_t at, struct around *around,
			   struct found *ret, unsigned depth)
{
	size_t end = expression_element_end(e, at), least, most,
	       after = quantifier(e, end, &least, &most);
	struct str element = str_sub(e, at, end);
	bool ends = ends_word(e, after, around->ends), begins;
	size_t one = longest(element, depth);
	if (element.p[0] == '(' && is_assertion(element)) {
		around->begins = read_assertion(r, element, *around, ret, depth);
		return after;
	}
	if (element.p[0] == '(') {
		struct found none = {.count = 0};
		struct around in = {around->begins && most == 1, ends && most == 1,
				    around->at + one * (most ? most - 1 : 0)};
		begins = read_group(r, element, in, least ? ret : &none, depth);
	} else if (str_eqz(element, "\\b")) {
		begins = true; /* before a letter */
	} else if (str_eqz(element, "^") || str_eqz(element, "$")) {
		begins = around->begins;
	} else {
		begins = !may_be_letter(element);
	}
	around->begins = begins && (least > 0 || around->begins);
	around->at = MIN(around->at + one * most, REACH_MOST);
	return after;
}

static bool read_sequence(struct reader *r, struct str e, struct around around, struct found *ret,
			  unsigned depth)
{
	for (size_t i = 0; i < e.len && !r->failed;) {
		size_t end = read_letters(r, e, i, around, ret);
		if (end > i) {
			around.begins = false;
			around.at += end - i;
			i = end;
		} else {
			i = read_element(r, e, i, &around, ret, depth);
		}
	}
	return around.begins;
}

/* --- where it starts --------------------------------------------------------------------------------------------- */

static bool read_starts(struct reader *r, struct str e, struct around around, struct needs_set *to,
			unsigned depth);

/* Each of the alternatives of a group must tell. */
static bool read_group_starts(struct reader *r, struct str g, struct around around,
			      struct needs_set *to, unsigned depth)
{
	size_t open = expression_opener(g), from = open;
	if (!open || depth > EXPRESSION_DEPTH)
		return false;
	for (size_t i = open; i < g.len;) {
		if (g.p[i] != '|' && i + 1 < g.len) {
			i = expression_element_end(g, i);
			continue;
		}
		if (!read_starts(r, str_sub(g, from, i), around, to, depth + 1))
			return false;
		from = ++i;
	}
	return true;
}

/* Adds the words with which a match of the sequence may begin; false when it may begin otherwise. */
static bool read_starts(struct reader *r, struct str e, struct around around, struct needs_set *to,
			unsigned depth)
{
	for (size_t i = 0; i < e.len;) {
		struct found word = {.count = 0};
		size_t end = expression_element_end(e, i), least, most;
		struct str element = str_sub(e, i, end);
		if (is_small(e.p[i]))
			return read_letters(r, e, i, around, &word) > i && word.count &&
			       unite(to, word.sets[0]);
		if (is_assertion(element) || str_eqz(element, "\\b")) {
			around.begins |= str_eqz(element, "\\b") || str_eqz(element, "(?<![a-z])");
			i = end;
			continue;
		}
		i = quantifier(e, end, &least, &most);
		struct around in = {around.begins, ends_word(e, i, around.ends) && most == 1, 0};
		if (e.p[end - 1] != ')' || !read_group_starts(r, element, in, to, depth))
			return false;
		if (least)
			return true;
		around.begins = false;
	}
	return false;
}

bool needs_starts(struct str e, struct needs_set *ret)
{
	CLEANUP(arena_freep) struct arena *a = arena_new((size_t)1 << 20);
	struct reader r = {.arena = a};
	*ret = (struct needs_set){.count = 0};
	return read_starts(&r, e, (struct around){false, false, 0}, ret, 0) && ret->count &&
	       !arena_full(a);
}

/* --- all of it --------------------------------------------------------------------------------------------------- */

#define EXPECTED_MOST 1.5 /* what is commoner is found nearly everywhere */

void needs_of(struct str e, struct needs *ret)
{
	CLEANUP(arena_freep) struct arena *a = arena_new((size_t)64 << 20);
	struct reader r = {.arena = a};
	struct found f = {.count = 0};
	ret->count = 0;
	read_alternatives(&r, e, (struct around){false, false, 0}, &f, 0);
	if (r.failed || arena_full(a))
		return;
	while (ret->count < NEEDS_SETS) {
		struct needs_set *best = rarest(&f);
		if (!best || expected(best) > EXPECTED_MOST)
			return;
		ret->sets[ret->count++] = *best;
		for (size_t i = 0; i < f.count; i++)
			if (f.sets[i] == best)
				f.sets[i--] = f.sets[--f.count];
	}
}
