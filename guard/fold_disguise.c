/*
 * Disguises that keep to ASCII: letters set apart, digits for letters. Both are undone only where that gives words that
 * instructions are made of, so that part numbers, hashes and titles stay what they are.
 */
#include "guard/fold.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* Sorted. What orders to a model are made of; more need not be here, a rule's literals and objects must. */
static const char *const known[] = {
	"a",	       "about",	       "above",	     "account",	     "act",	     "address",
	"admin",       "agent",	       "all",	     "always",	     "amount",	     "an",
	"and",	       "answer",       "any",	     "approve",	     "are",	     "as",
	"assistant",   "at",	       "attacker",   "audit",	     "before",	     "bypass",
	"call",	       "card",	       "command",    "config",	     "contents",     "conversation",
	"credentials", "customer",     "dan",	     "data",	     "database",     "delete",
	"details",     "developer",    "directives", "disregard",    "do",	     "earlier",
	"email",       "every",	       "everything", "execute",	     "file",	     "files",
	"filters",     "follow",       "for",	     "forget",	     "forward",	     "from",
	"guidelines",  "have",	       "history",    "ignore",	     "inbox",	     "information",
	"instruction", "instructions", "is",	     "jailbreak",    "key",	     "keys",
	"list",	       "log",	       "logs",	     "me",	     "message",	     "messages",
	"mode",	       "money",	       "my",	     "new",	     "no",	     "not",
	"now",	       "of",	       "on",	     "or",	     "output",	     "override",
	"password",    "passwords",    "payment",    "post",	     "previous",     "print",
	"prior",       "private",      "prompt",     "read",	     "restrictions", "reveal",
	"root",	       "rules",	       "run",	     "safety",	     "say",	     "secret",
	"secrets",     "send",	       "show",	     "step",	     "system",	     "tell",
	"that",	       "the",	       "them",	     "this",	     "to",	     "token",
	"told",	       "tool",	       "transfer",   "unrestricted", "upload",	     "user",
	"verbatim",    "were",	       "with",	     "without",	     "you",	     "your",
};
#define KNOWN_MAX 12

/* Whether any of the known words begins with this letter and is so long. */
static bool may_be_known(char letter, size_t len)
{
	static bool has[26][KNOWN_MAX + 1], ready;
	unsigned first = (unsigned char)letter - 'a';
	for (size_t i = 0; !ready && i < ARRAY_SIZE(known); i++)
		has[known[i][0] - 'a'][strlen(known[i])] = true;
	ready = true;
	return first < 26 && len <= KNOWN_MAX && has[first][len];
}

bool fold_known(struct str word)
{
	size_t low = 0, high = ARRAY_SIZE(known);
	if (!word.len || !may_be_known(word.p[0], word.len))
		return false;
	while (low < high) {
		size_t mid = (low + high) / 2;
		int order = known[mid][0] - word.p[0];
		if (order == 0)
			order = str_cmp(str_of(known[mid]), word);
		if (order == 0)
			return true;
		if (order < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return false;
}

size_t fold_known_prefix(struct str s)
{
	for (size_t n = MIN(s.len, KNOWN_MAX); n > 0; n--) {
		if (fold_known(str_make(s.p, n)))
			return n;
	}
	return 0;
}

static bool is_letter(char c)
{
	return (unsigned char)((c | 0x20) - 'a') < 26;
}

static bool is_separator(char c)
{
	return c == ' ' || c == '.' || c == '-' || c == '_' || c == '*' || c == '|' || c == '/' ||
	       c == ',';
}

/* ---- letters set apart ----------------------------------------------------------------------------------- */

#define SPACED_LEAST 5 /* letters: "U.S.A." and "a b c" are not spaced words */
#define SPACED_MOST 1000 /* bytes in one part */

/* How far the letters set apart go on that start here; 0 when they are too few. */
static size_t spaced_end(struct str s, size_t at)
{
	if (at > 0 && (is_letter(s.p[at - 1]) || s.p[at - 1] & 0x80))
		return 0;
	size_t letters = 0, start = at, end = at;
	char separator = at + 1 < s.len ? s.p[at + 1] : 0;
	while (at < s.len && is_letter(s.p[at]) && end - start < SPACED_MOST) {
		size_t next = at + 1;
		if (next < s.len && (is_letter(s.p[next]) || s.p[next] & 0x80))
			break;
		letters++;
		end = next;
		/* One separator, or a gap between words: blanks, or another sign, or a line's end. */
		while (next < s.len && next - end < 4 &&
		       (s.p[next] == separator || s.p[next] == ' ' || s.p[next] == '\n'))
			next++;
		if (next == end)
			break;
		at = next;
	}
	return letters >= SPACED_LEAST ? end : 0;
}

static size_t spaced_scalar(struct str s, size_t at, size_t to)
{
	for (; at < to; at++) {
		if (at + 8 < s.len && is_letter(s.p[at]) && is_separator(s.p[at + 1]) &&
		    is_letter(s.p[at + 2]) && is_separator(s.p[at + 3]) && is_letter(s.p[at + 4]) &&
		    is_separator(s.p[at + 5]) && is_letter(s.p[at + 6]))
			return at;
	}
	return to;
}

#ifdef __SSE2__
/* Bit i: a letter at p[i] (in ret_letters), a separator (in ret_separators). */
static inline void spaced_masks(const char *p, uint64_t *ret_letters, uint64_t *ret_other)
{
	*ret_letters = *ret_other = 0;
	for (unsigned i = 0; i < 4; i++) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + 16 * (size_t)i));
		__m128i low = _mm_or_si128(v, _mm_set1_epi8(0x20));
		__m128i letter = _mm_and_si128(_mm_cmpgt_epi8(low, _mm_set1_epi8('a' - 1)),
					       _mm_cmplt_epi8(low, _mm_set1_epi8('z' + 1)));
		*ret_letters |= (uint64_t)(unsigned)_mm_movemask_epi8(letter) << (16 * i);
	}
	*ret_other = ~*ret_letters;
}
#endif

/* The next place at which four letters stand apart. */
static size_t spaced_candidate(struct str s, size_t at)
{
#ifdef __SSE2__
	while (s.len - at >= 64) {
		uint64_t l, o;
		spaced_masks(s.p + at, &l, &o);
		uint64_t pair = l & o >> 1, hits = pair & pair >> 2 & pair >> 4 & l >> 6;
		hits &= ((uint64_t)1 << 57) - 1;
		while (hits) {
			size_t hit = at + (size_t)__builtin_ctzll(hits);
			if (spaced_scalar(s, hit, hit + 1) == hit)
				return hit;
			hits &= hits - 1;
		}
		at += 57;
	}
#endif
	return spaced_scalar(s, at, s.len);
}

bool fold_spaced_find(struct str text, size_t from, size_t *ret_start, size_t *ret_end)
{
	for (size_t at = from; (at = spaced_candidate(text, at)) < text.len; at++) {
		size_t end = spaced_end(text, at);
		if (!end)
			continue;
		*ret_start = at;
		*ret_end = end;
		return true;
	}
	return false;
}

/* ---- digits and signs for letters ------------------------------------------------------------------------ */

static bool is_leet(char c)
{
	return (c >= '0' && c <= '9') || c == '@' || c == '$' || c == '!';
}

static char leet_letter(char c, char one)
{
	static const char digits[] = "oizeasgtbg";
	if (c == '1' || c == '!')
		return one;
	return c == '@' ? 'a' : c == '$' ? 's' : c >= '0' && c <= '9' ? digits[c - '0'] : c;
}

#define LEET_MAX 14

/*
 * The word around a sign, and what it becomes when that is a known one: its length, else 0. *ret_end: where to look on.
 */
static size_t leet_word(const char *text, size_t len, size_t at, char word[LEET_MAX],
			size_t *ret_start, size_t *ret_end)
{
	size_t start = at, end = at;
	while (start > 0 && at - start <= LEET_MAX &&
	       (is_letter(text[start - 1]) || is_leet(text[start - 1])))
		start--;
	while (end < len && end - start <= LEET_MAX && (is_letter(text[end]) || is_leet(text[end])))
		end++;
	*ret_start = start;
	*ret_end = MAX(end, at + 1);
	if (end - start > LEET_MAX || end - start < 2)
		return 0;
	/* A '!' at the end is most often just that. */
	for (size_t last = end; last + 1 >= end && last > start + 1; last--) {
		for (const char *one = "il"; *one; one++) {
			for (size_t i = start; i < last; i++) {
				char c = leet_letter(text[i], *one);
				word[i - start] = (char)(is_letter(c) ? c | 0x20 : c);
			}
			if (fold_known(str_make(word, last - start)))
				return last - start;
		}
		if (text[last - 1] != '!')
			break;
	}
	return 0;
}

/* A digit beside a letter, or a sign between two, is worth a look. */
static bool leet_here(const char *text, size_t len, size_t at)
{
	bool before = at > 0 && is_letter(text[at - 1]),
	     after = at + 1 < len && is_letter(text[at + 1]);
	if (text[at] >= '0' && text[at] <= '9')
		return before || after;
	return is_leet(text[at]) && (text[at] == '!' ? after : before && after);
}

static size_t leet_next(const char *text, size_t len, size_t at)
{
#ifdef __SSE2__
	for (; at + 18 <= len; at += 16) {
		/* Compared with what stands a byte before and after: at least one letter, at a digit or sign. */
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(text + at));
		__m128i sign = _mm_and_si128(_mm_cmpgt_epi8(v, _mm_set1_epi8('0' - 1)),
					     _mm_cmplt_epi8(v, _mm_set1_epi8('9' + 1)));
		sign = _mm_or_si128(sign, _mm_cmpeq_epi8(v, _mm_set1_epi8('@')));
		sign = _mm_or_si128(sign, _mm_cmpeq_epi8(v, _mm_set1_epi8('$')));
		sign = _mm_or_si128(sign, _mm_cmpeq_epi8(v, _mm_set1_epi8('!')));
		unsigned hits = (unsigned)_mm_movemask_epi8(sign);
		for (; hits; hits &= hits - 1) {
			size_t hit = at + (size_t)__builtin_ctz(hits);
			if (leet_here(text, len, hit))
				return hit;
		}
	}
#endif
	while (at < len && !leet_here(text, len, at))
		at++;
	return at;
}

bool fold_leet(char *text, size_t len)
{
	char word[LEET_MAX];
	size_t start;
	bool any = false;
	for (size_t at = 0; (at = leet_next(text, len, at)) < len;) {
		size_t n = leet_word(text, len, at, word, &start, &at);
		memcpy(text + start, word, n);
		any |= n > 0;
	}
	return any;
}

/* ---- where there are any ----------------------------------------------------------------------------------- */

#define LEET_LEAST 4 /* "1s", "t0": too short to be worth a fold of their own */

/* "instruc-\ntions", "ig**no**re": the sign at `at` inside of a word. */
static void split_at(struct str s, size_t at, fold_disguise_fn fn, void *state)
{
	char sign = s.p[at];
	size_t start = at, end = at + 1;
	while (end < s.len && (sign == '*' ? s.p[end] == '*' : s.p[end] == ' ' || s.p[end] == '\t'))
		end++;
	if (sign == '\n' && start > 0 && s.p[start - 1] == '\r')
		start--;
	if (sign == '\n' && (start == 0 || s.p[--start] != '-'))
		return;
	if (start > 0 && end < s.len && is_letter(s.p[start - 1]) && is_letter(s.p[end]))
		fn(state, start, end);
}

/* One pass over a text for all of them. */
struct disguises {
	struct str text;
	fold_disguise_fn fn;
	void *state;
	size_t spaced_done, leet_done;
};

static void try_spaced(struct disguises *d, size_t at)
{
	if (at < d->spaced_done || spaced_scalar(d->text, at, at + 1) != at)
		return;
	size_t end = spaced_end(d->text, at);
	if (!end)
		return;
	d->fn(d->state, at, end);
	d->spaced_done = end;
}

static void try_leet(struct disguises *d, size_t at)
{
	char word[LEET_MAX];
	size_t start, end;
	if (at < d->leet_done || !leet_here(d->text.p, d->text.len, at))
		return;
	if (leet_word(d->text.p, d->text.len, at, word, &start, &end) >= LEET_LEAST)
		d->fn(d->state, start, end);
	d->leet_done = end;
}

static void try_place(struct disguises *d, size_t at)
{
	char c = d->text.p[at];
	if (c == '\n' || c == '*')
		split_at(d->text, at, d->fn, d->state);
	else if (is_leet(c))
		try_leet(d, at);
	else if (is_letter(c))
		try_spaced(d, at);
}

#ifdef __SSE2__
/* What the bytes of a stride are, a bit each. */
struct kinds {
	uint64_t letters, digits, signs, exclaims, lines, stars, before_line;
};

static inline uint64_t equal(__m128i v, char c)
{
	return (uint64_t)(unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8(c)));
}

static inline uint64_t between(__m128i v, char low, char high)
{
	return (uint64_t)(unsigned)_mm_movemask_epi8(
		_mm_and_si128(_mm_cmpgt_epi8(v, _mm_set1_epi8((char)(low - 1))),
			      _mm_cmplt_epi8(v, _mm_set1_epi8((char)(high + 1)))));
}

static inline void classify(const char *p, struct kinds *k)
{
	*k = (struct kinds){0};
	for (unsigned i = 0; i < 64; i += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
		k->letters |= between(_mm_or_si128(v, _mm_set1_epi8(0x20)), 'a', 'z') << i;
		k->digits |= between(v, '0', '9') << i;
		k->signs |= (equal(v, '@') | equal(v, '$')) << i;
		k->exclaims |= equal(v, '!') << i;
		k->lines |= equal(v, '\n') << i;
		k->stars |= equal(v, '*') << i;
		k->before_line |= (equal(v, '-') | equal(v, '\r')) << i;
	}
}

/* Places where one of them may be, the byte before and the six behind seen:
 * bits 1 to 57. */
static inline uint64_t places_of(const struct kinds *k)
{
	uint64_t before = k->letters << 1, after = k->letters >> 1;
	uint64_t pair = k->letters & ~k->letters >> 1;
	return ((k->digits & (before | after)) | (k->signs & before & after) |
		(k->exclaims & after) | (k->lines & k->before_line << 1) | (k->stars & before) |
		(pair & pair >> 2 & pair >> 4 & k->letters >> 6)) &
	       (((uint64_t)1 << 58) - 2);
}

/* Returns where the rest begins. */
static size_t strides(struct disguises *d)
{
	struct str text = d->text;
	size_t at = 0;
	if (text.len)
		try_place(d, 0);
	for (; text.len - at >= 64; at += 57) {
		struct kinds k;
		classify(text.p + at, &k);
		for (uint64_t places = places_of(&k); places; places &= places - 1)
			try_place(d, at + (size_t)__builtin_ctzll(places));
	}
	return at ? at + 1 : 0;
}
#else
static size_t strides(struct disguises *d)
{
	(void)d;
	return 0;
}
#endif

void fold_disguises(struct str text, fold_disguise_fn fn, void *state)
{
	struct disguises d = {text, fn, state, 0, 0};
	for (size_t at = strides(&d); at < text.len; at++)
		try_place(&d, at);
}
