#include "skill/route_int.h"

#include "tests/unit/support.h"

static struct arena *arena;

static struct pattern *pattern(const char *text)
{
	struct pattern *p = NULL;
	if (!arena)
		arena = arena_new(64 << 20);
	assert_ok(pattern_parse(arena, str_of(text), &p, &support_err));
	return p;
}

static bool matches(const char *p, const char *text)
{
	return pattern_matches(pattern(p), str_of(text));
}

static void refused(const char *text, int code, const char *part, const char *remedy)
{
	struct pattern *p = NULL;
	if (!arena)
		arena = arena_new(64 << 20);
	assert_err(pattern_parse(arena, str_of(text), &p, &support_err), code, part);
	ck_assert_msg(strstr(support_err.remedy, remedy), "\"%s\" lacks \"%s\"", support_err.remedy,
		      remedy);
	ck_assert_ptr_null(p);
}

START_TEST(words_match_whatever_their_case_and_the_space_between)
{
	ck_assert(matches("order status {id}", "order status 17"));
	ck_assert(matches("Order STATUS {id}", "  oRDER\tstatus \r\n 17  "));
	ck_assert(matches("ping", "PING"));
	ck_assert(!matches("ping", "pings"));
	ck_assert(!matches("ping", "ping pong"));
	ck_assert(!matches("ping", ""));
	ck_assert(!matches("order status {id}", "order status"));
	ck_assert(!matches("order status {id}", "order 17 status"));
	ck_assert(!matches("order status", "order state"));
}
END_TEST

START_TEST(an_inner_placeholder_is_one_word_and_a_last_one_all_that_are_left)
{
	ck_assert(matches("triage order {id} {problem}", "triage order 17 is stuck since monday"));
	ck_assert(!matches("triage order {id} {problem}", "triage order 17"));
	ck_assert(matches("move {a} to {b}", "move x to y z"));
	ck_assert(!matches("move {a} to {b}", "move x y to z"));
	ck_assert(!matches("move {a} now", "move x y now"));
	ck_assert(matches("{name} status", "x status"));
	ck_assert(!matches("{name} status", "x y status"));
}
END_TEST

START_TEST(other_scripts_are_compared_byte_for_byte)
{
	ck_assert(matches("حالة الطلب {id}", "حالة الطلب ١٧"));
	ck_assert(matches("Straße {x}", "straße 5"));
	ck_assert(!matches("É {x}", "é 5"));
	ck_assert(matches("注文 {id}", "注文 17"));
	/* No-break space is a part of its word. */
	ck_assert(!matches("order {id}", "order\xc2\xa0"
					 "17"));
}
END_TEST

START_TEST(patterns_that_match_nothing_or_everything_are_refused)
{
	refused("", ERR_INVALID, "the pattern is empty", "order status {order_id}");
	refused(" \t ", ERR_INVALID, "the pattern is empty", "");
	refused("{anything}", ERR_INVALID, "would match everything", "at least one word");
	refused("{a} {b}", ERR_INVALID, "would match everything", "");
}
END_TEST

START_TEST(a_placeholder_is_a_word_of_its_own_with_a_name)
{
	static const char *const bad[] = {"order #{id}",  "order {id}x", "order {",
					  "order }",	  "order {}",	 "order {1a}",
					  "order {a-b}",  "order {a b}", "order {{a}}",
					  "order {a}{b}", "order {é}"};
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		refused(bad[i], ERR_INVALID, "is not a word and not a placeholder", "{order_id}");
	refused("move {a} to {a}", ERR_INVALID, "the placeholder {a} stands twice", "its own name");
	pattern("move {a} to {A}");
	pattern("x {_} {a1_B}");
	pattern("x {abcdefghijabcdefghijabcdefghij12}");
	refused("x {abcdefghijabcdefghijabcdefghij123}", ERR_INVALID, "not a placeholder", "");
}
END_TEST

START_TEST(patterns_have_limits)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(4096);
	for (int i = 0; i < 32; i++)
		buf_addf(&b, "w%d ", i);
	pattern(buf_cstr(&b));
	buf_addz(&b, "more");
	refused(buf_cstr(&b), ERR_TOO_LARGE, "at most 32 words", "tell it from others");
	buf_reset(&b);
	buf_addz(&b, "x ");
	for (int i = 0; i < 8; i++)
		buf_addf(&b, "{p%d} ", i);
	pattern(buf_cstr(&b));
	buf_addz(&b, "{p9}");
	refused(buf_cstr(&b), ERR_TOO_LARGE, "at most 8 placeholders", "rest of the text");
	buf_reset(&b);
	buf_add_repeat(&b, 'x', 512);
	pattern(buf_cstr(&b));
	buf_add_char(&b, 'x');
	refused(buf_cstr(&b), ERR_TOO_LARGE, "the pattern has 513 bytes; at most 512", "");
}
END_TEST

START_TEST(invisible_and_broken_characters_are_refused)
{
	refused("order \xff", ERR_INVALID, "byte 7 of the pattern is not UTF-8", "");
	refused("order \x1b[2J", ERR_INVALID, "control or invisible character", "");
	refused("order \xe2\x80\xae x", ERR_INVALID, "control or invisible character", "");
}
END_TEST

struct pair {
	const char *a, *b;
	const char *witness; /* NULL: no text matches both */
	bool a_covers, b_covers;
};

static const struct pair pairs[] = {
	{"order status {id}", "order {what} 17", "order status 17", false, false},
	{"order status {id}", "order status {id} {more}", "order status id more", true, false},
	{"order status {id}", "order status {number}", "order status id", true, true},
	{"order status {id}", "ORDER   status {x}", "order status id", true, true},
	{"order status {id}", "order status help", "order status help", true, false},
	{"order status help", "order status help", "order status help", true, true},
	{"order status {id}", "order state {id}", NULL, false, false},
	{"order {a} now", "order {b} then", NULL, false, false},
	{"order {a} now", "order {b}", "order a now", false, true},
	{"ping", "ping {x}", NULL, false, false},
	{"{a} now", "order {b}", "order now", false, false},
	{"{a} now", "{b} now", "a now", true, true},
	{"a {x}", "{y} b {z}", "a b z", false, false},
	{"a {x} c {y}", "a b {z}", "a b c y", false, false},
	{"a {x}", "a {x} {y} d e {z}", "a x y d e z", true, false},
};

#define PAIRS 15
_Static_assert(ARRAY_SIZE(pairs) == PAIRS, "every pair is tested");

START_TEST(collisions_come_with_a_text_that_proves_them)
{
	const struct pair *p = &pairs[_i];
	struct pattern *a = pattern(p->a), *b = pattern(p->b);
	CLEANUP(buf_release) struct buf witness = BUF_INIT(1024), other = BUF_INIT(1024);
	bool collide = pattern_collide(a, b, &witness);
	ck_assert_int_eq(collide, p->witness != NULL);
	ck_assert_int_eq(pattern_collide(b, a, &other), collide);
	ck_assert_int_eq(pattern_collide(a, b, NULL), collide);
	ck_assert_int_eq(pattern_covers(a, b), p->a_covers);
	ck_assert_int_eq(pattern_covers(b, a), p->b_covers);
	ck_assert_int_eq(pattern_same(a, b), p->a_covers && p->b_covers);
	ck_assert_int_eq(pattern_order(a, b), -pattern_order(b, a));
	if (!collide)
		return;
	ck_assert_str_eq(buf_cstr(&witness), p->witness);
	ck_assert(pattern_matches(a, buf_str(&witness)) && pattern_matches(b, buf_str(&witness)));
	ck_assert(pattern_matches(a, buf_str(&other)) && pattern_matches(b, buf_str(&other)));
}
END_TEST

START_TEST(the_more_specific_pattern_answers)
{
	ck_assert_int_lt(pattern_order(pattern("a b {x}"), pattern("a {x} {y}")), 0);
	ck_assert_int_lt(pattern_order(pattern("a b c"), pattern("a b {x}")), 0);
	ck_assert_int_lt(pattern_order(pattern("a {x} {y}"), pattern("a {x}")), 0);
	ck_assert_int_lt(pattern_order(pattern("{x} a"), pattern("a {x}")), 0);
	ck_assert_int_eq(pattern_order(pattern("a {x} b"), pattern("a b c")) > 0, 1);
	ck_assert_int_eq(pattern_order(pattern("a {x}"), pattern("b {y}")), 0);
}
END_TEST

/* Small patterns over two words, all pairs, against brute force over all short texts. */
START_TEST(covers_and_collides_agree_with_brute_force)
{
	static const char *const parts[] = {"a", "b", "{p}"};
	static const char *const letters[] = {"a", "b", "c"};
	struct pattern *all[200];
	size_t n = 0;
	for (int len = 1; len <= 3; len++) {
		for (int code = 0; code < (len == 1 ? 3 : len == 2 ? 9 : 27); code++) {
			char text[64] = "", part[16];
			for (int i = 0, c = code; i < len; i++, c /= 3) {
				if (c % 3 == 2)
					snprintf(part, sizeof(part), "{p%d} ", i);
				else
					snprintf(part, sizeof(part), "%s ", parts[c % 3]);
				memcpy(text + strlen(text), part, strlen(part) + 1);
			}
			if (strchr(text, 'a') || strchr(text, 'b'))
				all[n++] = pattern(text);
		}
	}
	ck_assert_uint_gt(n, 30);
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < n; j++) {
			bool collide = false, covers = true;
			for (int len = 1; len <= 4; len++) {
				for (int code = 0; code < (int[]){0, 3, 9, 27, 81}[len]; code++) {
					char text[16];
					for (int k = 0, c = code; k < len; k++, c /= 3) {
						text[2 * k] = letters[c % 3][0];
						text[2 * k + 1] = k + 1 < len ? ' ' : '\0';
					}
					bool x = pattern_matches(all[i], str_of(text));
					bool y = pattern_matches(all[j], str_of(text));
					collide |= x && y;
					covers &= x || !y;
				}
			}
			ck_assert_int_eq(pattern_collide(all[i], all[j], NULL), collide);
			ck_assert_int_eq(pattern_covers(all[i], all[j]), covers);
			/* What covers without being the same always comes later: nothing is unreachable. */
			if (covers && !pattern_same(all[i], all[j]))
				ck_assert_int_gt(pattern_order(all[i], all[j]), 0);
		}
	}
}
END_TEST

static const struct support_case cases[] = {
	CASE(words_match_whatever_their_case_and_the_space_between),
	CASE(an_inner_placeholder_is_one_word_and_a_last_one_all_that_are_left),
	CASE(other_scripts_are_compared_byte_for_byte),
	CASE(patterns_that_match_nothing_or_everything_are_refused),
	CASE(a_placeholder_is_a_word_of_its_own_with_a_name),
	CASE(patterns_have_limits),
	CASE(invisible_and_broken_characters_are_refused),
	CASE_LOOP(collisions_come_with_a_text_that_proves_them, PAIRS),
	CASE(the_more_specific_pattern_answers),
	CASE(covers_and_collides_agree_with_brute_force),
	{0},
};

int main(void)
{
	return support_main("skill/pattern", cases);
}
