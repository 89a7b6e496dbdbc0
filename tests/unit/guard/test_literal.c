#include <stdio.h>

#include "base/mem.h"
#include "guard/literal.h"
#include "tests/unit/support.h"

#define HITS_MAX 4096

struct hits {
	struct {
		uint32_t tag;
		size_t at;
	} items[HITS_MAX];
	size_t count, stop_at; /* 0: never */
};

static bool on_hit(void *state, uint32_t tag, size_t at)
{
	struct hits *h = state;
	ck_assert_uint_lt(h->count, HITS_MAX);
	h->items[h->count].tag = tag;
	h->items[h->count++].at = at;
	return h->count != h->stop_at;
}

static const enum literal_engine engines[] = {LITERAL_PORTABLE, LITERAL_SSSE3, LITERAL_AVX2};

static void find(const struct literal_set *s, enum literal_engine e, struct str text,
		 struct hits *ret)
{
	ret->count = ret->stop_at = 0;
	ck_assert(literal_search(s, e, text, 0, text.len, on_hit, ret));
}

/* The plainest search there is. */
static size_t count_plainly(const struct literal *l, size_t n, struct str text)
{
	size_t hits = 0;
	for (size_t at = 0; at < text.len; at++)
		for (size_t i = 0; i < n; i++) {
			struct str part = str_sub(text, at, at + l[i].text.len);
			hits += l[i].nocase ? str_eq_nocase(part, l[i].text)
					    : str_eq(part, l[i].text);
		}
	return hits;
}

static void check_engines(const struct literal *l, size_t n, struct str text)
{
	static struct hits first, other;
	CLEANUP(literal_set_freep) struct literal_set *s = literal_set_new(l, n);
	find(s, LITERAL_PORTABLE, text, &first);
	ck_assert_uint_eq(first.count, count_plainly(l, n, text));
	for (size_t i = 0; i < first.count; i++) {
		const struct literal *hit = &l[first.items[i].tag];
		struct str part = str_sub(text, first.items[i].at,
					  first.items[i].at + hit->text.len);
		ck_assert(hit->nocase ? str_eq_nocase(part, hit->text) : str_eq(part, hit->text));
	}
	for (size_t e = 0; e < ARRAY_SIZE(engines); e++) {
		if (!literal_engine_available(engines[e]))
			continue;
		find(s, engines[e], text, &other);
		ck_assert_uint_eq(other.count, first.count);
		ck_assert(!memcmp(other.items, first.items, first.count * sizeof(first.items[0])));
	}
}

START_TEST(a_literal_is_found_at_every_place)
{
	static const struct literal l[] = {{STR("needle"), false, 0}, {STR("@"), false, 1}};
	char text[100];
	for (size_t len = 6; len <= sizeof(text); len++)
		for (size_t at = 0; at + 6 <= len; at++) {
			memset(text, '.', len);
			memcpy(text + at, "needle", 6);
			check_engines(l, 2, str_make(text, len));
		}
	for (size_t at = 0; at < 70; at++) {
		memset(text, '.', 70);
		text[at] = '@';
		check_engines(l, 2, str_make(text, 70));
	}
}
END_TEST

START_TEST(case_is_blind_where_a_literal_says_so_and_only_for_letters)
{
	static const struct literal l[] = {{STR("key_1"), true, 0}, {STR("KEY"), false, 1}};
	static struct hits h;
	CLEANUP(literal_set_freep) struct literal_set *s = literal_set_new(l, 2);
	find(s, LITERAL_BEST, STR("Key_1 KEY_1 key_1 KEY kEY\x7F\x31 KEY\x7F\x31"), &h);
	ck_assert_uint_eq(h.count, 6);
	check_engines(l, 2, STR("Key_1 KEY_1 key_1 KEY kEY\x7F\x31 KEY\x7F\x31"));
}
END_TEST

START_TEST(short_literals_of_either_case_share_their_first_bytes)
{
	static const struct literal l[] = {{STR("Ab"), false, 0},
					   {STR("ac"), true, 1},
					   {STR("a"), false, 2},
					   {STR("a"), false, 3}};
	check_engines(l, 4, STR("Ab ab AB ac AC aC Ac a A"));
}
END_TEST

/* Few letters, so that random texts are full of near misses and of hits that overlap. */
START_TEST(all_engines_find_what_a_plain_search_finds_in_random_text)
{
	static const char letters[] = "aAbB_-9 ";
	struct literal l[40];
	char words[40][LITERAL_MAX], text[700];
	srandom((unsigned)_i + 1);
	size_t n = 1 + (size_t)random() % ARRAY_SIZE(l), len = (size_t)random() % sizeof(text);
	for (size_t i = 0; i < n; i++) {
		size_t size = 1 + (size_t)random() % (_i % 2 ? LITERAL_MAX : 4);
		for (size_t k = 0; k < size; k++)
			words[i][k] = letters[(size_t)random() % 8];
		l[i] = (struct literal){{words[i], size}, random() % 2, (uint32_t)i};
	}
	for (size_t i = 0; i < len; i++)
		text[i] = letters[(size_t)random() % 8];
	/* From the heap and of the exact size, so that a read past the end shows. */
	CLEANUP_FREE char *exact = mem_dup(text, len);
	for (size_t i = 0; i + LITERAL_MAX < len && i < n * 20; i += 20)
		memcpy(exact + i, words[i / 20], l[i / 20].text.len);
	if (count_plainly(l, n, str_make(exact, len)) < HITS_MAX)
		check_engines(l, n, str_make(exact, len));
}
END_TEST

START_TEST(bytes_past_ascii_and_nul_are_bytes_like_others)
{
	static const struct literal l[] = {{STR("\xE2\x80\x8B"), false, 0}, {STR("a\0b"), true, 1}};
	check_engines(l, 2,
		      STR("x\xE2\x80\x8B"
			  "A\0B\xE2\x80\xE2\x80\x8B"
			  "a\0b"));
}
END_TEST

START_TEST(text_searched_in_pieces_gives_each_hit_once)
{
	static const struct literal l[] = {{STR("needle"), false, 0}};
	static struct hits h;
	CLEANUP(literal_set_freep) struct literal_set *s = literal_set_new(l, 1);
	struct str text = STR("needle needle........................needle.....needle");
	for (size_t piece = 1; piece < text.len; piece++) {
		h.count = 0;
		for (size_t at = 0; at < text.len; at += piece)
			ck_assert(literal_search(s, LITERAL_BEST, text, at,
						 MIN(at + piece, text.len), on_hit, &h));
		ck_assert_uint_eq(h.count, 4);
	}
}
END_TEST

/* Whether the hits are those of a look at every place, in order. */
static void check_long_text(const struct literal_set *s, const struct literal *l, size_t n,
			    struct str text, size_t piece)
{
	static struct hits h;
	for (size_t e = 0; e < ARRAY_SIZE(engines); e++) {
		if (!literal_engine_available(engines[e]))
			continue;
		h.count = h.stop_at = 0;
		for (size_t at = 0; at < text.len; at += piece) {
			size_t from = h.count;
			ck_assert(literal_search(s, engines[e], text, at, MIN(at + piece, text.len),
						 on_hit, &h));
			for (size_t i = from + 1; i < h.count; i++)
				ck_assert_uint_le(h.items[i - 1].at, h.items[i].at);
		}
		ck_assert_uint_eq(h.count, count_plainly(l, n, text));
		for (size_t i = 0; i < h.count; i++) {
			const struct literal *hit = &l[h.items[i].tag];
			struct str part = str_sub(text, h.items[i].at,
						  h.items[i].at + hit->text.len);
			ck_assert(hit->nocase ? str_eq_nocase(part, hit->text)
					      : str_eq(part, hit->text));
		}
	}
}

/* More literals than groups, slots and a stretch of the search hold at once, of any bytes; hits at every offset of a stride and at its ends. */
START_TEST(long_texts_of_any_bytes_are_searched_as_at_every_place)
{
	static struct literal l[300];
	static char words[ARRAY_SIZE(l)][LITERAL_MAX];
	srandom((unsigned)_i + 100);
	size_t n = 100 + (size_t)random() % 200, len = 2000 + (size_t)random() % 5000;
	unsigned alphabet = _i % 3 == 0 ? 256 : _i % 3 == 1 ? 40 : 12;
	for (size_t i = 0; i < n; i++) {
		size_t size = 2 + (size_t)random() % (LITERAL_MAX - 1);
		for (size_t k = 0; k < size; k++)
			words[i][k] = (char)(alphabet == 256 ? random()
							     : 'Z' + random() % alphabet);
		l[i] = (struct literal){{words[i], size}, random() % 2, (uint32_t)i, false};
	}
	CLEANUP_FREE char *text = mem_array(len, 1);
	for (size_t i = 0; i < len; i++)
		text[i] = (char)(alphabet == 256 ? random() : 'Z' + random() % alphabet);
	for (size_t i = 0; i < 150; i++) {
		const struct literal *word = &l[(size_t)random() % n];
		size_t at = i < 2 ? i * (len - word->text.len)
				  : (size_t)random() % (len - word->text.len);
		memcpy(text + at, word->text.p, word->text.len);
		if (word->nocase && random() % 2 && (text[at] | 0x20) >= 'a' &&
		    (text[at] | 0x20) <= 'z')
			text[at] ^= 0x20;
	}
	CLEANUP(literal_set_freep) struct literal_set *s = literal_set_new(l, n);
	if (count_plainly(l, n, str_make(text, len)) >= HITS_MAX)
		return;
	check_long_text(s, l, n, str_make(text, len), len);
	check_long_text(s, l, n, str_make(text, len), 1 + (size_t)random() % 700);
}
END_TEST

/* Literals that all begin alike: each place has hits of all of them, more than wait for one another. */
START_TEST(no_hit_is_lost_where_many_begin_at_once)
{
	static struct literal l[200];
	static char same[LITERAL_MAX];
	memset(same, 'a', sizeof(same));
	for (size_t i = 0; i < ARRAY_SIZE(l); i++)
		l[i] = (struct literal){{same, 5 + i % 12}, i % 2, (uint32_t)i, false};
	CLEANUP(literal_set_freep) struct literal_set *s = literal_set_new(l, ARRAY_SIZE(l));
	char text[] = "..........aaaaaaaaaaaaaaaaaa..........";
	static struct hits h;
	for (size_t e = 0; e < ARRAY_SIZE(engines); e++) {
		if (!literal_engine_available(engines[e]))
			continue;
		find(s, engines[e], str_of(text), &h);
		ck_assert_uint_eq(h.count, count_plainly(l, ARRAY_SIZE(l), str_of(text)));
	}
}
END_TEST

/* A phrase's blanks fit line ends, and nothing else does. */
START_TEST(a_phrase_is_found_across_a_lines_end)
{
	static const struct literal l[] = {{STR("of the rules"), true, 0, true},
					   {STR("a b "), true, 1, true}};
	static const char *const texts[] = {"Of the rules", "of\nthe rules", "of the\nrules",
					    "of\nthe\nRULES"};
	static const char *const others[] = {"of*the rules", "of  the rules", "of\tthe rules",
					     "of\rthe rules", "of the*rules"};
	CLEANUP(literal_set_freep) struct literal_set *s = literal_set_new(l, 2);
	static struct hits h;
	char text[200];
	for (size_t e = 0; e < ARRAY_SIZE(engines); e++)
		for (size_t pad = 0; pad < 70 && literal_engine_available(engines[e]); pad++) {
			for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
				snprintf(text, sizeof(text), "%*s%s%40s", (int)pad, "", texts[i],
					 "");
				find(s, engines[e], str_of(text), &h);
				ck_assert_uint_eq(h.count, 1);
				ck_assert_uint_eq(h.items[0].at, pad);
			}
			for (size_t i = 0; i < ARRAY_SIZE(others); i++) {
				snprintf(text, sizeof(text), "%*s%s%40s", (int)pad, "", others[i],
					 "");
				find(s, engines[e], str_of(text), &h);
				ck_assert_uint_eq(h.count, 0);
			}
			snprintf(text, sizeof(text), "%*sa\nB\n%60s", (int)pad, "", "a*b a b*");
			find(s, engines[e], str_of(text), &h);
			ck_assert_uint_eq(h.count, 1);
		}
}
END_TEST

START_TEST(a_search_ends_when_told)
{
	static const struct literal l[] = {{STR("ab"), false, 0}};
	static struct hits h;
	CLEANUP(literal_set_freep) struct literal_set *s = literal_set_new(l, 1);
	struct str text = STR("ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab ab");
	for (size_t e = 0; e < ARRAY_SIZE(engines); e++) {
		if (!literal_engine_available(engines[e]))
			continue;
		h.count = 0;
		h.stop_at = 3;
		ck_assert(!literal_search(s, engines[e], text, 0, text.len, on_hit, &h));
		ck_assert_uint_eq(h.count, 3);
	}
}
END_TEST

START_TEST(an_empty_set_and_an_empty_text_have_no_hits)
{
	static const struct literal l[] = {{STR("x"), false, 0}};
	static struct hits h;
	CLEANUP(literal_set_freep) struct literal_set *none = literal_set_new(l, 0);
	CLEANUP(literal_set_freep) struct literal_set *one = literal_set_new(l, 1);
	find(none, LITERAL_BEST, STR("x"), &h);
	ck_assert_uint_eq(h.count, 0);
	find(one, LITERAL_BEST, STR(""), &h);
	ck_assert_uint_eq(h.count, 0);
}
END_TEST

static const struct support_case cases[] = {
	CASE(a_literal_is_found_at_every_place),
	CASE(case_is_blind_where_a_literal_says_so_and_only_for_letters),
	CASE(short_literals_of_either_case_share_their_first_bytes),
	CASE_LOOP(all_engines_find_what_a_plain_search_finds_in_random_text, 400),
	CASE(bytes_past_ascii_and_nul_are_bytes_like_others),
	CASE(text_searched_in_pieces_gives_each_hit_once),
	CASE_LOOP(long_texts_of_any_bytes_are_searched_as_at_every_place, 60),
	CASE(no_hit_is_lost_where_many_begin_at_once),
	CASE(a_phrase_is_found_across_a_lines_end),
	CASE(a_search_ends_when_told),
	CASE(an_empty_set_and_an_empty_text_have_no_hits),
	{0}};

int main(void)
{
	return support_main("guard/literal", cases);
}
