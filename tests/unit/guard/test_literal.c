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
	CASE(a_search_ends_when_told),
	CASE(an_empty_set_and_an_empty_text_have_no_hits),
	{0}};

int main(void)
{
	return support_main("guard/literal", cases);
}
