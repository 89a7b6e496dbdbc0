/* Prefixes at their edges, and what a view of two indexes shows of a domain that stands in both, in one, or in none. */
#include "admission/surfaces_int.h"

#include "tests/unit/support.h"

static struct arena *arena;
static struct surfaces *deployed, *beside;
static struct buf seen;

static void begin(void)
{
	arena = arena_new((size_t)1 << 24);
	deployed = surfaces_new();
	beside = surfaces_new();
	buf_init(&seen, BUF_MAX);
}

static void end(void)
{
	buf_release(&seen);
	surfaces_free(beside);
	surfaces_free(deployed);
	arena_free(arena);
}

/* A domain of one skill; pattern and alert may be NULL. */
static void put(struct surfaces *s, const char *domain, const char *skill, const char *pattern,
		const char *alert)
{
	struct str p = str_of(pattern ? pattern : ""), a = str_of(alert ? alert : "");
	struct surface_skill one = {.name = str_of(skill),
				    .role = ROLE_SPECIALIST,
				    .patterns = &p,
				    .pattern_count = pattern != NULL,
				    .alerts = &a,
				    .alert_count = alert != NULL};
	struct surface d = {.domain = str_of(domain), .skills = &one, .skill_count = 1};
	surfaces_set(s, &d);
}

static void put_nothing(struct surfaces *s, const char *domain)
{
	struct surface d = {.domain = str_of(domain)};
	surfaces_set(s, &d);
}

static void note(void *state, const struct surface_pattern *p)
{
	(void)state;
	buf_addf(&seen, "%.*s/%.*s ", STR_ARG(p->domain), STR_ARG(p->skill));
}

static void note_domain(void *state, const struct surface *d)
{
	(void)state;
	buf_addf(&seen, "%.*s:%zu ", STR_ARG(d->domain), d->skill_count);
}

static const char *candidates(const struct surfaces *s, const char *text, const char *except)
{
	buf_reset(&seen);
	surfaces_candidates(s, str_of(text), str_of(except), note, NULL);
	return buf_cstr(&seen);
}

static const struct {
	const char *text, *prefix;
} prefixes[] = {
	{"", ""},
	{" ", ""},
	{"{x}", ""},
	{"{x} status", ""},
	{"order", "order"},
	{"order {id}", "order"},
	{"  Order \t STATUS\n{id} more", "order status"},
	{"order{id}", ""}, /* a placeholder inside a word: the word is not literal */
	{"order a{id}b c", "order"},
	{"order }", "order }"},
	{"\xC3\x84rger {x}", "\xC3\x84rger"}, /* only ASCII is folded, as the matcher folds it */
	{"a b c d e f g h", "a b c d e f g h"},
};

START_TEST(a_prefix_is_the_words_before_the_first_placeholder)
{
	begin();
	assert_str(prefix_of(arena, str_of(prefixes[_i].text)), prefixes[_i].prefix);
	end();
}
END_TEST

START_TEST(a_prefix_ends_at_a_word_and_not_inside_one)
{
	begin();
	put(deployed, "ecm", "a", "order status", NULL);
	ck_assert_str_eq(candidates(deployed, "order status", ""), "ecm/a ");
	ck_assert_str_eq(candidates(deployed, "order", ""), "ecm/a ");
	ck_assert_str_eq(candidates(deployed, "ord", ""), "");
	ck_assert_str_eq(candidates(deployed, "order stat", ""), "");
	ck_assert_str_eq(candidates(deployed, "order statuses", ""), "");
	ck_assert_str_eq(candidates(deployed, "", ""), "ecm/a ");
	end();
}
END_TEST

START_TEST(a_pattern_is_called_once_however_long_it_is)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(BUF_MAX);
	begin();
	for (int i = 0; i < 300; i++)
		buf_addf(&text, "w%d ", i);
	put(deployed, "ecm", "a", buf_cstr(&text), NULL);
	/* Longer than what fits on the stack of a look-up. */
	ck_assert_uint_gt(text.len, 512);
	ck_assert_str_eq(candidates(deployed, buf_cstr(&text), ""), "ecm/a ");
	ck_assert_str_eq(candidates(deployed, "w0", ""), "ecm/a ");
	ck_assert_str_eq(candidates(deployed, "{x}", ""), "ecm/a ");
	buf_addz(&text, "{x}");
	ck_assert_str_eq(candidates(deployed, buf_cstr(&text), ""), "ecm/a ");
	end();
}
END_TEST

START_TEST(an_index_that_is_emptied_finds_nothing_and_can_be_filled_again)
{
	begin();
	for (int round = 0; round < 3; round++) {
		put(deployed, "ecm", "a", "order status {id}", "LateOrder");
		ck_assert_uint_eq(surfaces_count(deployed), 1);
		ck_assert_str_eq(candidates(deployed, "order status 1", ""), "ecm/a ");
		surfaces_remove(deployed, STR("ecm"));
		ck_assert_uint_eq(surfaces_count(deployed), 0);
		ck_assert_uint_eq(deployed->buckets.live, 0);
		ck_assert_str_eq(candidates(deployed, "order status 1", ""), "");
		surfaces_remove(deployed, STR("ecm"));
		surfaces_remove(deployed, STR("nothing"));
	}
	end();
}
END_TEST

START_TEST(the_same_pattern_of_many_is_found_of_each)
{
	begin();
	put(deployed, "a", "x", "order {id}", NULL);
	put(deployed, "b", "x", "Order  {number}", NULL);
	put(deployed, "c", "x", "order", NULL);
	const char *all = candidates(deployed, "order 1", "");
	ck_assert(strstr(all, "a/x ") && strstr(all, "b/x ") && strstr(all, "c/x "));
	ck_assert_uint_eq(seen.len, strlen("a/x b/x c/x "));
	ck_assert_ptr_null(strstr(candidates(deployed, "order 1", "b"), "b/x"));
	surfaces_remove(deployed, STR("b"));
	ck_assert_ptr_null(strstr(candidates(deployed, "order 1", ""), "b/x"));
	ck_assert_ptr_nonnull(strstr(candidates(deployed, "order 1", ""), "c/x"));
	end();
}
END_TEST

START_TEST(alerts_and_commands_of_the_same_words_do_not_meet)
{
	begin();
	put(deployed, "ecm", "a", "late", NULL);
	put(deployed, "frm", "b", NULL, "late");
	ck_assert_str_eq(candidates(deployed, "late", ""), "ecm/a ");
	buf_reset(&seen);
	surfaces_alert(deployed, STR("late"), STR(""), note, NULL);
	ck_assert_str_eq(buf_cstr(&seen), "frm/b ");
	buf_reset(&seen);
	surfaces_alert(deployed, STR("Late"), STR(""), note, NULL);
	surfaces_alert(deployed, STR("lat"), STR(""), note, NULL);
	surfaces_alert(deployed, STR(""), STR(""), note, NULL);
	surfaces_alert(deployed, STR("late"), STR("frm"), note, NULL);
	ck_assert_uint_eq(seen.len, 0);
	end();
}
END_TEST

/* --- views ------------------------------------------------------------------------------------------------------ */

START_TEST(a_view_of_nothing_is_empty)
{
	begin();
	const struct surface_view none = {NULL, NULL}, empty = {deployed, beside};
	surface_view_each(&none, note_domain, NULL);
	surface_view_each(&empty, note_domain, NULL);
	surface_view_candidates(&none, STR("x"), STR(""), note, NULL);
	surface_view_candidates(&empty, STR("x"), STR(""), note, NULL);
	surface_view_alert(&none, STR("x"), STR(""), note, NULL);
	ck_assert_uint_eq(seen.len, 0);
	struct digest a = surface_view_digest(&none, STR("")),
		      b = surface_view_digest(&empty, STR(""));
	ck_assert(digest_equal(&a, &b));
	ck_assert_ptr_null(surface_view_find(&empty, STR("ecm")));
	ck_assert_ptr_null(surface_view_skill(&empty, STR("ecm"), STR("a")));
	end();
}
END_TEST

START_TEST(a_view_shows_each_domain_once_and_the_plan_first)
{
	begin();
	const struct surface_view v = {deployed, beside};
	put(deployed, "a", "old", "one", "Alert");
	put(deployed, "b", "old", "one", "Alert");
	put(deployed, "c", "old", "one", "Alert");
	put(beside, "b", "new", "one", "Alert");
	put(beside, "d", "new", "one", "Alert");
	put_nothing(beside, "c"); /* is being deleted */
	surface_view_each(&v, note_domain, NULL);
	ck_assert_str_eq(buf_cstr(&seen), "b:1 c:0 d:1 a:1 ");
	for (int i = 0; i < 2; i++) {
		buf_reset(&seen);
		if (i)
			surface_view_alert(&v, STR("Alert"), STR(""), note, NULL);
		else
			surface_view_candidates(&v, STR("one"), STR(""), note, NULL);
		ck_assert_uint_eq(seen.len, strlen("a/old b/new d/new "));
		ck_assert(strstr(buf_cstr(&seen), "a/old") && strstr(buf_cstr(&seen), "b/new") &&
			  strstr(buf_cstr(&seen), "d/new"));
	}
	ck_assert_ptr_nonnull(surface_view_skill(&v, STR("a"), STR("old")));
	ck_assert_ptr_null(surface_view_skill(&v, STR("b"), STR("old")));
	ck_assert_ptr_nonnull(surface_view_skill(&v, STR("b"), STR("new")));
	ck_assert_ptr_null(surface_view_skill(&v, STR("c"), STR("old")));
	ck_assert_uint_eq(surface_view_find(&v, STR("c"))->skill_count, 0);
	end();
}
END_TEST

START_TEST(an_excepted_domain_is_left_out_on_both_sides)
{
	begin();
	const struct surface_view v = {deployed, beside};
	put(deployed, "a", "old", "one", NULL);
	put(beside, "b", "new", "one", NULL);
	surface_view_candidates(&v, STR("one"), STR("a"), note, NULL);
	ck_assert_str_eq(buf_cstr(&seen), "b/new ");
	buf_reset(&seen);
	surface_view_candidates(&v, STR("one"), STR("b"), note, NULL);
	ck_assert_str_eq(buf_cstr(&seen), "a/old ");
	end();
}
END_TEST

START_TEST(the_digest_does_not_tell_which_index_a_domain_stands_in)
{
	begin();
	const struct surface_view both = {deployed, beside}, only = {deployed, NULL},
				  other = {NULL, deployed};
	put(deployed, "a", "x", "one", NULL);
	put(deployed, "c", "x", "three", NULL);
	struct digest before = surface_view_digest(&only, STR(""));
	struct digest same = surface_view_digest(&other, STR(""));
	ck_assert(digest_equal(&before, &same));
	put(beside, "c", "x", "three", NULL);
	same = surface_view_digest(&both, STR(""));
	ck_assert(digest_equal(&before, &same));
	put(beside, "c", "x", "four", NULL);
	same = surface_view_digest(&both, STR(""));
	ck_assert(!digest_equal(&before, &same));
	/* Without c, what c says does not matter; a deleted one is as if it were excepted. */
	struct digest without = surface_view_digest(&both, STR("c"));
	put_nothing(beside, "c");
	same = surface_view_digest(&both, STR(""));
	ck_assert(digest_equal(&without, &same));
	end();
}
END_TEST

static const struct support_case cases[] = {
	CASE_LOOP(a_prefix_is_the_words_before_the_first_placeholder, ARRAY_SIZE(prefixes)),
	CASE(a_prefix_ends_at_a_word_and_not_inside_one),
	CASE(a_pattern_is_called_once_however_long_it_is),
	CASE(an_index_that_is_emptied_finds_nothing_and_can_be_filled_again),
	CASE(the_same_pattern_of_many_is_found_of_each),
	CASE(alerts_and_commands_of_the_same_words_do_not_meet),
	CASE(a_view_of_nothing_is_empty),
	CASE(a_view_shows_each_domain_once_and_the_plan_first),
	CASE(an_excepted_domain_is_left_out_on_both_sides),
	CASE(the_digest_does_not_tell_which_index_a_domain_stands_in),
	{0}};

int main(void)
{
	return support_main("admission/surfaces_view", cases);
}
