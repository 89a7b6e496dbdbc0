/* What expressions need, and whether the words of a text have it. */
#include "base/buf.h"
#include "base/mem.h"
#include "guard/needs.h"
#include "tests/unit/support.h"

/* The sets as "ignore, forget- | rules": "-" where the word goes on, the sets in the order of their first words. */
static const char *show(const struct needs *n)
{
	static char out[2048];
	CLEANUP(buf_release) struct buf b = BUF_INIT(sizeof(out));
	for (size_t i = 0; i < n->count; i++) {
		buf_addz(&b, i ? " | " : "");
		for (size_t k = 0; k < n->sets[i].count; k++) {
			const struct needs_word *w = &n->sets[i].words[k];
			buf_addf(&b, "%s%.*s%s%s", k ? ", " : "", MIN(w->len, 8), w->text,
				 w->len > 8 ? "~" : "", w->whole ? "" : "-");
		}
	}
	snprintf(out, sizeof(out), "%.*s", STR_ARG(buf_str(&b)));
	return out;
}

static const struct {
	const char *expression, *sets;
} rows[] = {
	/* A word is known to begin behind anything but a letter. */
	{"(?<![a-z])jailbreak\\b", "jailbrea~"},
	{"(?<![a-z])secret\\b", "secret"},
	{"(?<![a-z])secret", "secret-"},
	{"secret\\b", ""},
	{"x?secret\\b", ""},
	{"[a-z]?secret\\b", ""},
	{"[0-9]secret ", "secret"},
	{"\\bsecret,", "secret"},
	{"\\bpreviously\\b", "previous~"},
	{"\\bpreviously", "previous~-"},
	{"\"secret", "secret-"},
	/* Where it ends is told by what may follow. */
	{"\\bsecrets?\\b", "secret-"},
	{"\\bsecret(?:s|ive)\\b", "secret-"},
	{"\\bsecret(?: key)\\b", "secret | key"},
	{"\\bsecret(?: key)?\\b", "secret-"},
	{"\\bsecret(?![a-z])", "secret"},
	{"\\bsecret[ ,]", "secret"},
	{"\\bsecret.", "secret-"},
	/* Alternatives are one set, and each must have one. */
	{"\\b(?:ignore|forget)\\b", "ignore, forget"},
	{"\\b(?:ignore|forget) (?:rules|orders)\\b", "ignore, forget | rules, orders"},
	{"\\b(?:ignore|[a-z]x)\\b", ""},
	{"\\b(?:ignore|) rules\\b", "rules"},
	{"\\b(?:ignore the rules|break the rules)\\b", "ignore, break | rules | the"},
	/* What may be missing is not needed; what is looked ahead at is. */
	{"\\b(?:please )?obey\\b", "obey"},
	{"\\bobey(?: me){0,3}\\b", "obey-"},
	{"\\b(?:obey ){2}", ""},
	{"(?=.{0,40}?\\burgent\\b)\\bobey\\b", "obey | urgent"},
	{"\\bobey(?! rules\\b)", "obey-"},
	{"(?<!do not )\\bobey\\b", "obey"},
	/* Nothing is known of what is not understood. */
	{"(?|\\bobey\\b|\\bserve\\b)", ""},
	{"(?>\\bobey\\b)", ""},
	{"", ""},
};

START_TEST(an_expression_needs_the_words_that_must_stand_in_it)
{
	struct needs n;
	needs_of(str_of(rows[_i].expression), &n);
	const char *got = show(&n);
	/* The order of two sets is that of how rare they are; either will do. */
	const char *bar = strstr(rows[_i].sets, " | ");
	CLEANUP_FREE char *other = bar ? mem_printf("%s | %.*s", bar + 3,
						    (int)(bar - rows[_i].sets), rows[_i].sets)
				       : mem_printf("%s", rows[_i].sets);
	ck_assert_msg(!strcmp(got, rows[_i].sets) || !strcmp(got, other),
		      "%s needs \"%s\", wanted \"%s\"", rows[_i].expression, got, rows[_i].sets);
}
END_TEST

START_TEST(a_set_says_how_far_its_words_can_be)
{
	struct needs n;
	needs_of(STR(".{0,90}?\\b(?:obey|serve) [^.]{0,20}?(?:[a-z]{2,5} ){0,3}my "), &n);
	ck_assert_uint_eq(n.count, 1);
	ck_assert_uint_eq(n.sets[0].reach, 90);
	needs_of(STR("(?:a|bcd){2}x+?y{2,3}\\bobey\\b"), &n);
	ck_assert_uint_eq(n.count, 0); /* x+ has no end, so it could be anywhere */
	needs_of(STR("(?:a|bcd){2}y{2,3}\\bobey\\b"), &n);
	ck_assert_uint_eq(n.count, 1);
	ck_assert_uint_eq(n.sets[0].reach, 9);
}
END_TEST

START_TEST(what_every_text_has_is_not_asked_for)
{
	struct needs n;
	needs_of(STR(".{0,200}?\\b(?:the|and|of|to|you|this|that|with)\\b"), &n);
	ck_assert_uint_eq(n.count, 0);
	needs_of(STR(".{0,200}?\\b(?:the|and|of|to|you|this|that|with) quokka\\b"), &n);
	ck_assert_str_eq(show(&n), "quokka");
}
END_TEST

/* --- words of a text -------------------------------------------------------------------------------------- */

static void add(struct needs_set *s, const char *word, bool whole)
{
	struct needs_word *w = &s->words[s->count++];
	w->len = (uint8_t)strlen(word);
	memcpy(w->text, word, MIN(w->len, sizeof(w->text)));
	w->whole = whole;
}

static bool letter(struct str t, size_t i)
{
	return i < t.len && (unsigned char)((t.p[i] | 0x20) - 'a') < 26;
}

/* The plainest way to tell. */
static bool stands(const struct needs_set *s, struct str t, size_t from, size_t to)
{
	for (size_t at = from; at < to; at++)
		for (size_t i = 0; i < s->count; i++) {
			const struct needs_word *w = &s->words[i];
			struct str word = {w->text, MIN(w->len, sizeof(w->text))};
			size_t end = at;
			while (letter(t, end))
				end++;
			if (str_eq_nocase(str_sub(t, at, at + word.len), word) &&
			    (at == 0 || !letter(t, at - 1)) && end - at >= w->len &&
			    !(w->whole && end - at > w->len))
				return true;
		}
	return false;
}

static bool has(const struct needs_bits *b, unsigned id)
{
	return b->lanes[id / 64] >> (id % 64) & 1;
}

START_TEST(words_are_told_just_as_by_looking_at_each_place)
{
	static const char *const words[] = {"aaaaaaaaab", "ab",	      "abc", "abcd", "abcde",
					    "b",	  "ba",	      "bab", "babb", "aabbaabb",
					    "bb",	  "aaaaaaaa", "c",   "cab",  "cabbage"};
	static const char letters[] = "aabbcAB ,.";
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	struct needs_table *t = needs_table_new(a);
	struct needs_set *sets = arena_array(a, ARRAY_SIZE(words) * 2, sizeof(*sets));
	srandom((unsigned)_i + 1);
	for (unsigned i = 0; i < ARRAY_SIZE(words) * 2; i++) {
		add(&sets[i], words[i / 2], i % 2);
		if (random() % 3 == 0)
			add(&sets[i], words[(size_t)random() % ARRAY_SIZE(words)], random() % 2);
		ck_assert_uint_eq(needs_table_add(t, a, &sets[i]), i);
	}
	size_t len = 1 + (size_t)random() % 300;
	/* Of the exact size, so that a read past the end shows. */
	CLEANUP_FREE char *text = mem_alloc(len);
	for (size_t i = 0; i < len; i++)
		text[i] = letters[(size_t)random() % (sizeof(letters) - 1)];
	for (size_t from = 0; from < len; from += 64) {
		struct needs_bits bits = {{0}};
		size_t stride = 64 * (1 + (size_t)random() % 2), to = MIN(from + stride, len);
		needs_table_look(t, str_make(text, len), from, to, &bits);
		for (unsigned i = 0; i < ARRAY_SIZE(words) * 2; i++)
			ck_assert_msg(has(&bits, i) ==
					      stands(&sets[i], str_make(text, len), from, to),
				      "set %u (%.*s, %.*s), %zu to %zu of \"%.*s\"", i,
				      sets[i].words[0].len, sets[i].words[0].text,
				      sets[i].count > 1 ? sets[i].words[1].len : 0,
				      sets[i].words[1].text, from, to, (int)len, text);
	}
}
END_TEST

START_TEST(a_table_has_room_for_so_many_sets)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(8 << 20);
	struct needs_table *t = needs_table_new(a);
	struct needs_bits bits = {{0}};
	for (unsigned i = 0; i < NEEDS_IDS; i++) {
		struct needs_set s = {.count = 0};
		char word[3] = {(char)('a' + i / 26), (char)('a' + i % 26), '\0'};
		add(&s, word, true);
		ck_assert_uint_eq(needs_table_add(t, a, &s), i);
	}
	struct needs_set one_more = {.count = 0};
	add(&one_more, "zz", true);
	ck_assert_uint_eq(needs_table_add(t, a, &one_more), NEEDS_IDS);
	needs_table_look(t, STR("ab zz"), 0, 5, &bits);
	ck_assert(has(&bits, 1) && !has(&bits, 0));
}
END_TEST

/* The first eight letters are told from the length, also by what is kept of words. */
START_TEST(words_of_the_same_first_letters_are_told_by_their_lengths)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(8 << 20);
	struct needs_table *t = needs_table_new(a);
	struct needs_set nine = {.count = 0}, ten = {.count = 0}, begun = {.count = 0};
	add(&nine, "abcdefghi", true);
	add(&ten, "abcdefghij", true);
	add(&begun, "abcdefgh", false);
	needs_table_add(t, a, &nine);
	needs_table_add(t, a, &ten);
	needs_table_add(t, a, &begun);
	for (int again = 0; again < 2; again++)
		for (size_t len = 7; len < 70; len++) {
			char word[80];
			struct needs_bits bits = {{0}};
			for (size_t i = 0; i < len; i++)
				word[i] = (char)(i < 12 ? 'a' + (int)i : 'z');
			needs_table_look(t, str_make(word, len), 0, len, &bits);
			ck_assert_int_eq(has(&bits, 0), len == 9);
			ck_assert_int_eq(has(&bits, 1), len == 10);
			ck_assert_int_eq(has(&bits, 2), len >= 8);
		}
}
END_TEST

/* More words than are kept: what is kept of one is never told of another. */
START_TEST(what_is_kept_of_words_is_never_told_of_others)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(8 << 20);
	struct needs_table *t = needs_table_new(a);
	struct needs_set s = {.count = 0};
	add(&s, "qu", false);
	add(&s, "quit", true);
	needs_table_add(t, a, &s);
	for (int again = 0; again < 2; again++)
		for (unsigned i = 0; i < 26 * 26 * 26; i++) {
			char word[] = {(char)('a' + i % 26), (char)('a' + i / 26 % 26),
				       (char)('a' + i / 676), 'q'};
			struct needs_bits bits = {{0}};
			needs_table_look(t, str_make(word, sizeof(word)), 0, sizeof(word), &bits);
			ck_assert_int_eq(has(&bits, 0), word[0] == 'q' && word[1] == 'u');
		}
}
END_TEST

static const struct {
	const char *expression, *words; /* NULL: it may begin otherwise */
} starts[] = {
	{"(?<span>(?<![a-z])(?:reveal|show(?: me)?|summari[sz]e)\\b.{0,9}x)",
	 "reveal, show-, summari-"},
	{"(?<![a-z])(?:i\\'m|(?:do not|never) ask)", "i, do, never"},
	{"\\bobey\\b", "obey"},
	{"\\b(?:obey|comply(?:ing)?)\\b", "obey, comply-"},
	{"(?<![a-z])(?=.{0,9}x)(?!if)obey ", "obey"},
	/* Any of these may begin with something else, or behind a letter. */
	{"obey\\b", NULL},
	{"(?<![a-z])(?:obey|\"now)", NULL},
	{"(?<![a-z])(?:obey|)", NULL},
	{"(?<![a-z])(?:please )?obey", NULL},
	{"(?<![a-z])(?:obey){0,2}x", NULL},
	{"(?<![a-z])o?bey", NULL},
	{"(?<![a-z]).{0,4}obey", NULL},
	{"(?<![a-z])[ao]bey", NULL},
	{"", NULL},
};

START_TEST(an_expression_starts_with_the_words_that_it_must_begin_with)
{
	struct needs n = {.count = 1};
	bool is = needs_starts(str_of(starts[_i].expression), &n.sets[0]);
	ck_assert_int_eq(is, starts[_i].words != NULL);
	if (is)
		ck_assert_str_eq(show(&n), starts[_i].words);
}
END_TEST

START_TEST(the_next_word_of_a_set_is_found_as_by_looking_at_each_place)
{
	static const char letters[] = "abab ab-ba \n\xC3";
	CLEANUP(arena_freep) struct arena *a = arena_new(8 << 20);
	struct needs_table *t = needs_table_new(a);
	struct needs_set sets[2] = {{.count = 0}, {.count = 0}};
	char text[300];
	add(&sets[0], "ab", true);
	add(&sets[1], "bba", false);
	srandom((unsigned)_i);
	for (unsigned i = 0; i < ARRAY_SIZE(sets); i++)
		ck_assert_uint_eq(needs_table_add(t, a, &sets[i]), i);
	size_t len = 1 + (size_t)random() % sizeof(text);
	for (size_t i = 0; i < len; i++)
		text[i] = letters[(size_t)random() % (sizeof(letters) - 1)];
	for (size_t from = 0; from < len; from++) {
		size_t to = from + (size_t)random() % (len - from + 1);
		unsigned id = (unsigned)random() % 2;
		size_t at = from;
		while (at < to && !stands(&sets[id], str_make(text, len), at, at + 1))
			at++;
		ck_assert_uint_eq(needs_table_next(t, str_make(text, len), from, to, id),
				  at < to ? at : SIZE_MAX);
	}
}
END_TEST

static const struct support_case cases[] = {
	CASE_LOOP(an_expression_needs_the_words_that_must_stand_in_it, ARRAY_SIZE(rows)),
	CASE(a_set_says_how_far_its_words_can_be),
	CASE(what_every_text_has_is_not_asked_for),
	CASE_LOOP(words_are_told_just_as_by_looking_at_each_place, 100),
	CASE(a_table_has_room_for_so_many_sets),
	CASE(words_of_the_same_first_letters_are_told_by_their_lengths),
	CASE(what_is_kept_of_words_is_never_told_of_others),
	CASE_LOOP(an_expression_starts_with_the_words_that_it_must_begin_with, ARRAY_SIZE(starts)),
	CASE_LOOP(the_next_word_of_a_set_is_found_as_by_looking_at_each_place, 60),
	{0}};

int main(void)
{
	return support_main("guard/needs", cases);
}
