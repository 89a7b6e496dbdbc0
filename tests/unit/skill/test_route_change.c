#include "tests/unit/skill/routes.h"

#include "base/clock.h"

START_TEST(ten_thousand_routes_each_answer_their_text_within_four_comparisons)
{
	char(*names)[64], text[128];
	struct route *r = many(MANY, &names);
	CLEANUP(route_table_unrefp) struct route_table *t = build(r, MANY);
	struct route_match m;
	struct route_table_stats stats;
	unsigned most = 0, probes = 0;
	for (size_t i = 0; i < MANY; i++) {
		text_for(r[i].pattern.p, text);
		ck_assert_msg(route_lookup(t, str_of(text), &m), "%s", text);
		ck_assert_msg(str_eq(m.route->skill, r[i].skill), "%s", text);
		most = MAX(most, m.tried);
		probes = MAX(probes, m.probed);
	}
	ck_assert_uint_le(most, 4);
	route_table_stats(t, &stats);
	ck_assert_uint_eq(stats.routes, MANY);
	ck_assert_uint_eq(stats.compiled, MANY);
	ck_assert_uint_le(probes, stats.shapes);
	free(r);
	free(names);
}
END_TEST

START_TEST(common_words_in_a_grid_do_not_raise_the_comparisons)
{
	/* "w3 {x} v7": each word is in a hundred patterns; only the pair tells one from another. */
	static char pattern[MANY][32], name[MANY][16];
	static struct route r[MANY];
	for (size_t i = 0; i < MANY; i++) {
		snprintf(pattern[i], 32, "w%zu {x} v%zu", i % 100, i / 100);
		snprintf(name[i], 16, "s%zu", i);
		r[i] = route_of("d", name[i], pattern[i]);
	}
	CLEANUP(route_table_unrefp) struct route_table *t = build(r, MANY);
	struct route_match m;
	for (size_t i = 0; i < MANY; i += 7) {
		char text[128];
		text_for(pattern[i], text);
		ck_assert(route_lookup(t, str_of(text), &m));
		ck_assert(str_eq(m.route->skill, r[i].skill));
		ck_assert_uint_eq(m.tried, 1);
	}
	ck_assert(!route_lookup(t, STR("w3 x v100"), &m));
	ck_assert_uint_eq(m.tried, 0);
}
END_TEST

START_TEST(sixty_thousand_routes_are_told_apart_by_text_and_by_skill)
{
	enum { MOST = 60000 };
	char(*names)[64], text[128];
	struct route *r = many(MOST, &names);
	CLEANUP(route_table_unrefp) struct route_table *t = build(r, MOST);
	struct route_match m;
	unsigned most = 0;
	for (size_t i = 0; i < MOST; i++) {
		text_for(r[i].pattern.p, text);
		ck_assert_msg(route_lookup(t, str_of(text), &m), "%s", text);
		ck_assert_msg(str_eq(m.route->skill, r[i].skill), "%s", text);
		most = MAX(most, m.tried);
		const struct route *own = route_of_skill(t, r[i].domain, r[i].skill);
		ck_assert(own && str_eq(own->pattern, r[i].pattern));
	}
	ck_assert_uint_le(most, 4);
	ck_assert(!route_of_skill(t, STR("dom"), STR("none")));
	free(r);
	free(names);
}
END_TEST

START_TEST(the_same_routes_again_compile_nothing)
{
	char(*names)[64];
	struct route *r = many(1000, &names);
	CLEANUP(route_table_unrefp) struct route_table *one = build(r, 1000);
	CLEANUP(route_table_unrefp) struct route_table *two = NULL;
	struct route_table_stats stats;
	assert_ok(route_table_build(r, 1000, one, &two, &stats, &support_err));
	ck_assert_uint_eq(stats.compiled, 0);
	ck_assert_uint_eq(stats.reused, 1000);
	struct route_version other = {.weight_millionths = 1000000};
	other.content.bytes[0] = 1;
	r[17].versions = &other;
	r[18].pattern = STR("new words {x}");
	CLEANUP(route_table_unrefp) struct route_table *three = NULL;
	assert_ok(route_table_build(r, 1000, one, &three, &stats, &support_err));
	ck_assert_uint_eq(stats.compiled, 2);
	ck_assert_uint_eq(stats.reused, 998);
	ck_assert_str_eq(answer(three, "new words 1"), "dom/skill-18 x=1");
	free(r);
	free(names);
}
END_TEST

START_TEST(a_change_shares_all_but_a_path_and_leaves_the_old_table_alone)
{
	char(*names)[64], text[128];
	struct route *r = many(MANY, &names);
	CLEANUP(route_table_unrefp) struct route_table *old = build(r, MANY);
	CLEANUP(route_table_unrefp) struct route_table *now = NULL;
	struct route swapped = route_of("dom", "skill-4242", "quite other words {x}");
	struct route_table_stats stats;
	assert_ok(route_table_change(old, STR("dom"), STR("skill-4242"), &swapped, 1, &now,
				     &support_err));
	route_table_stats(now, &stats);
	ck_assert_uint_eq(stats.routes, MANY);
	ck_assert_uint_eq(stats.compiled, 1);
	ck_assert_uint_lt(stats.bytes, 16 * 1024);
	text_for(r[4242].pattern.p, text);
	ck_assert_str_eq(answer(now, "quite other words 1"), "dom/skill-4242 x=1");
	ck_assert_str_eq(answer(now, text), "-");
	ck_assert_str_eq(answer(old, "quite other words 1"), "-");
	ck_assert_str_ne(answer(old, text), "-");
	route_table_unref(TAKE_PTR(old));
	for (size_t i = 0; i < MANY; i += 97) {
		if (i == 4242)
			continue;
		text_for(r[i].pattern.p, text);
		ck_assert_str_ne(answer(now, text), "-");
	}
	free(r);
	free(names);
}
END_TEST

START_TEST(a_new_weight_reuses_the_routes_that_stay)
{
	struct route r[] = {route_of("a", "b", "one {x}"), route_of("a", "b", "two {x}")};
	CLEANUP(route_table_unrefp) struct route_table *old = build(r, 2);
	CLEANUP(route_table_unrefp) struct route_table *now = NULL;
	struct route_version split[2] = {{.weight_millionths = 900000},
					 {.weight_millionths = 100000}};
	struct route_table_stats stats;
	r[1].versions = split;
	r[1].version_count = 2;
	assert_ok(route_table_change(old, STR("a"), STR("b"), r, 2, &now, &support_err));
	route_table_stats(now, &stats);
	ck_assert_uint_eq(stats.reused, 1);
	ck_assert_uint_eq(stats.compiled, 1);
	struct route_match m;
	ck_assert(route_lookup(now, STR("two 2"), &m));
	ck_assert_uint_eq(m.route->version_count, 2);
}
END_TEST

START_TEST(a_change_of_another_skills_route_is_refused)
{
	struct route r = route_of("a", "b", "one {x}");
	CLEANUP(route_table_unrefp) struct route_table *old = build(&r, 1);
	struct route_table *now = NULL;
	assert_err(route_table_change(old, STR("a"), STR("c"), &r, 1, &now, &support_err),
		   ERR_INVALID, "a route of a/b among those of a/c");
	ck_assert_ptr_null(now);
	ck_assert_str_eq(answer(old, "one 1"), "a/b x=1");
}
END_TEST

static void assert_same_answers(const struct route_table *a, const struct route_table *b)
{
	static const char *const texts[] = {"go w%d now", "x w%d", "w%d", "a b w%d c d",
					    "go x w%d"};
	for (int w = 0; w < 50; w++) {
		for (size_t k = 0; k < ARRAY_SIZE(texts); k++) {
			char text[64], was[512];
			snprintf(text, sizeof(text), texts[k], w);
			snprintf(was, sizeof(was), "%s", answer(b, text));
			ck_assert_str_eq(answer(a, text), was);
		}
	}
}

/* A long random history of changes ends in the same answers as a table built afresh. */
START_TEST(any_history_of_changes_equals_a_fresh_build)
{
	static char pattern[200][3][64], name[200][16];
	static struct route current[200][3];
	static size_t counts[200];
	unsigned seed = 12345;
	CLEANUP(route_table_unrefp) struct route_table *t = build(NULL, 0);
	CLEANUP(route_table_unrefp) struct route_table *kept = NULL;
	for (int step = 0; step < 4000; step++) {
		size_t i = (size_t)rand_r(&seed) % 200;
		counts[i] = (size_t)rand_r(&seed) % 4;
		snprintf(name[i], 16, "s%zu", i);
		for (size_t k = 0; k < counts[i]; k++) {
			int w = rand_r(&seed) % 50;
			snprintf(pattern[i][k], 64,
				 (const char *[]){"go w%d {x}", "{x} w%d", "w%d",
						  "a {b} w%d {c}"}[rand_r(&seed) % 4],
				 w);
			current[i][k] = route_of("d", name[i], pattern[i][k]);
			if (w % 10 == 0)
				current[i][k].kind = TRIGGER_ALERT;
		}
		struct route_table *next = NULL;
		assert_ok(route_table_change(t, STR("d"), str_of(name[i]), current[i], counts[i],
					     &next, &support_err));
		if (step % 500 == 250) {
			route_table_unref(kept);
			kept = route_table_ref(t);
		}
		route_table_unref(t);
		t = next;
	}
	static struct route all[600];
	size_t n = 0;
	for (size_t i = 0; i < 200; i++) {
		for (size_t k = 0; k < counts[i]; k++)
			all[n++] = current[i][k];
	}
	CLEANUP(route_table_unrefp) struct route_table *fresh = build(all, n);
	struct route_table_stats a, b;
	route_table_stats(t, &a);
	route_table_stats(fresh, &b);
	ck_assert_uint_eq(a.routes, n);
	ck_assert_uint_eq(a.shapes, b.shapes);
	assert_same_answers(t, fresh);
}
END_TEST

/* Prints what it measured; asserts only what no busy machine can break. */
START_TEST(lookups_builds_and_swaps_are_measured)
{
	char(*names)[64];
	static char texts[MANY][128];
	struct route *r = many(MANY, &names);
	for (size_t i = 0; i < MANY; i++)
		text_for(r[i].pattern.p, texts[i]);
	int64_t t0 = clock_mono(&clock_real);
	CLEANUP(route_table_unrefp) struct route_table *t = build(r, MANY);
	int64_t t1 = clock_mono(&clock_real);
	size_t tried = 0, rounds = 20;
	struct route_match m;
	for (size_t n = 0; n < rounds; n++) {
		for (size_t i = 0; i < MANY; i++) {
			(void)route_lookup(t, str_make(texts[i], strlen(texts[i])), &m);
			tried += m.tried;
		}
	}
	int64_t t2 = clock_mono(&clock_real);
	for (size_t i = 0; i < 1000; i++) {
		struct route_table *next = NULL;
		struct route s = r[i];
		s.pattern = STR("other words {x}");
		assert_ok(route_table_change(t, s.domain, s.skill, &s, 1, &next, &support_err));
		route_table_unref(t);
		t = next;
	}
	int64_t t3 = clock_mono(&clock_real);
	printf("routes: build of %d %lld ms, %.0f lookups/s, %.2f tried a lookup, swap %.1f us\n",
	       MANY, (long long)(t1 - t0),
	       1000.0 * (double)(rounds * MANY) / (double)MAX(t2 - t1, 1),
	       (double)tried / (double)(rounds * MANY), (double)(t3 - t2));
	ck_assert_uint_le(tried, 4 * rounds * MANY);
	free(r);
	free(names);
}
END_TEST

static const struct support_case cases[] = {
	CASE(ten_thousand_routes_each_answer_their_text_within_four_comparisons),
	CASE(common_words_in_a_grid_do_not_raise_the_comparisons),
	CASE(sixty_thousand_routes_are_told_apart_by_text_and_by_skill),
	CASE(the_same_routes_again_compile_nothing),
	CASE(a_change_shares_all_but_a_path_and_leaves_the_old_table_alone),
	CASE(a_new_weight_reuses_the_routes_that_stay),
	CASE(a_change_of_another_skills_route_is_refused),
	CASE(any_history_of_changes_equals_a_fresh_build),
	CASE(lookups_builds_and_swaps_are_measured),
	{0},
};

int main(void)
{
	return support_main("skill/route_change", cases);
}
