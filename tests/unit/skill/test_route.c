#include "tests/unit/skill/routes.h"

static const char *const few[][3] = {
	{"ecm", "order-details", "order status {order_id}"},
	{"ecm", "triage", "triage order {id} {problem}"},
	{"ecm", "manager", "order help {question}"},
	{"ecm", "help", "order status help"},
	{"frm", "simulate", "simulate rule over {amount} in {country}"},
	{"frm", "simulate", "simulate rule over {amount}"},
	{"platform", "classifier", "classify {text}"},
	{"hr", "screen", "{vacancy} screening"},
};

static struct route_table *small(void)
{
	struct route r[ARRAY_SIZE(few)];
	for (size_t i = 0; i < ARRAY_SIZE(few); i++)
		r[i] = route_of(few[i][0], few[i][1], few[i][2]);
	return build(r, ARRAY_SIZE(few));
}

START_TEST(a_text_finds_its_skill_and_its_values)
{
	CLEANUP(route_table_unrefp) struct route_table *t = small();
	ck_assert_str_eq(answer(t, "order status 17"), "ecm/order-details order_id=17");
	ck_assert_str_eq(answer(t, " ORDER  status\tA-17 \n"), "ecm/order-details order_id=A-17");
	ck_assert_str_eq(answer(t, "triage order 17 is late,  very late "),
			 "ecm/triage id=17 problem=is late,  very late");
	ck_assert_str_eq(answer(t, "classify Où est ma commande ?"),
			 "platform/classifier text=Où est ma commande ?");
	ck_assert_str_eq(answer(t, "data-analyst screening"), "hr/screen vacancy=data-analyst");
	ck_assert_str_eq(answer(t, "order"), "-");
	ck_assert_str_eq(answer(t, "hello there"), "-");
	ck_assert_str_eq(answer(t, ""), "-");
	ck_assert_str_eq(answer(t, "  \n"), "-");
}
END_TEST

START_TEST(the_pattern_with_most_words_answers)
{
	CLEANUP(route_table_unrefp) struct route_table *t = small();
	ck_assert_str_eq(answer(t, "order status help"), "ecm/help");
	ck_assert_str_eq(answer(t, "simulate rule over 500 in AE"),
			 "frm/simulate amount=500 country=AE");
	ck_assert_str_eq(answer(t, "simulate rule over 500 dirhams"),
			 "frm/simulate amount=500 dirhams");
}
END_TEST

START_TEST(ties_go_to_the_longer_pattern_then_to_the_first_name)
{
	struct route r[] = {
		route_of("b", "two", "find {x}"),	   route_of("a", "one", "FIND {y}"),
		route_of("c", "long", "find {x} {y}"),	   route_of("z", "left", "{x} me"),
		route_of("d", "closed", "{x} {y} status"), route_of("e", "open", "{x} status {y}")};
	CLEANUP(route_table_unrefp) struct route_table *t = build(r, ARRAY_SIZE(r));
	ck_assert_str_eq(answer(t, "find it"), "a/one y=it");
	ck_assert_str_eq(answer(t, "find it now"), "c/long x=it y=now");
	/* One word each, two parts each: the one without an open end. */
	ck_assert_str_eq(answer(t, "find me"), "z/left x=find");
	ck_assert_str_eq(answer(t, "a status status"), "d/closed x=a y=status");
}
END_TEST

START_TEST(texts_have_a_limit_and_long_ones_still_match_an_open_end)
{
	CLEANUP(route_table_unrefp) struct route_table *t = small();
	CLEANUP(buf_release) struct buf text = BUF_INIT(8192);
	struct route_match m;
	buf_addz(&text, "classify");
	while (text.len < ROUTE_TEXT_MAX)
		buf_addz(&text, " w");
	ck_assert_uint_eq(text.len, ROUTE_TEXT_MAX);
	ck_assert(route_lookup(t, buf_str(&text), &m));
	ck_assert_uint_eq(m.params[0].value.len, ROUTE_TEXT_MAX - 9);
	buf_add_char(&text, 'w');
	ck_assert(!route_lookup(t, buf_str(&text), &m));
	ck_assert_ptr_null(m.route);
}
END_TEST

START_TEST(patterns_of_32_words_work)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(8192);
	for (int i = 0; i < 31; i++)
		buf_addf(&text, "w%d ", i);
	CLEANUP_FREE char *words = strdup(buf_cstr(&text));
	buf_addz(&text, "{rest}");
	struct route r = route_of("a", "b", buf_cstr(&text));
	CLEANUP(route_table_unrefp) struct route_table *t = build(&r, 1);
	buf_reset(&text);
	buf_addf(&text, "%sx", words);
	ck_assert_str_eq(answer(t, buf_cstr(&text)), "a/b rest=x");
	buf_addz(&text, " y z");
	ck_assert_str_eq(answer(t, buf_cstr(&text)), "a/b rest=x y z");
	ck_assert_str_eq(answer(t, words), "-");
}
END_TEST

START_TEST(an_empty_table_answers_nothing)
{
	CLEANUP(route_table_unrefp) struct route_table *t = build(NULL, 0);
	struct route_match m;
	ck_assert_str_eq(answer(t, "order status 17"), "-");
	ck_assert(!route_lookup_alert(t, STR("order.stuck"), &m));
	ck_assert_ptr_null(route_of_skill(t, STR("ecm"), STR("x")));
	ck_assert_uint_eq(route_table_count(t), 0);
}
END_TEST

START_TEST(alerts_are_found_by_name)
{
	struct route r[] = {route_of("ecm", "triage", "order.stuck"),
			    route_of("abc", "first", "order.stuck"), route_of("frm", "x", "a.b")};
	for (size_t i = 0; i < ARRAY_SIZE(r); i++)
		r[i].kind = TRIGGER_ALERT;
	CLEANUP(route_table_unrefp) struct route_table *t = build(r, ARRAY_SIZE(r));
	struct route_match m;
	ck_assert(route_lookup_alert(t, STR("order.stuck"), &m));
	assert_str(m.route->skill, "first");
	ck_assert(!route_lookup_alert(t, STR("Order.stuck"), &m));
	ck_assert(!route_lookup_alert(t, STR(""), &m));
	ck_assert_str_eq(answer(t, "order.stuck"), "-");
}
END_TEST

static void collect(void *state, const struct route *r)
{
	buf_addf(state, "%s:%.*s ", trigger_kind_name(r->kind), STR_ARG(r->pattern));
}

START_TEST(all_routes_of_a_skill_are_found_whatever_their_kind)
{
	struct route r[] = {route_of("a", "b", "z {x}"), route_of("a", "b", "order.stuck"),
			    route_of("a", "b", "a {x}"), route_of("a", "b", ""),
			    route_of("a", "other", "q {x}")};
	r[1].kind = TRIGGER_ALERT;
	r[3].kind = TRIGGER_ALWAYS;
	CLEANUP(route_table_unrefp) struct route_table *t = build(r, ARRAY_SIZE(r));
	CLEANUP(buf_release) struct buf all = BUF_INIT(512);
	route_each_of_skill(t, STR("a"), STR("b"), collect, &all);
	ck_assert_str_eq(buf_cstr(&all), "command:a {x} command:z {x} alert:order.stuck always: ");
	assert_str(route_of_skill(t, STR("a"), STR("b"))->pattern, "a {x}");
	ck_assert_ptr_null(route_of_skill(t, STR("a"), STR("none")));
}
END_TEST

START_TEST(a_pattern_that_does_not_parse_fails_with_its_place)
{
	struct route r[] = {route_of("a", "b", "ok {x}"), route_of("a", "c", "{x}")};
	struct route_table *t = NULL;
	assert_err(route_table_build(r, 2, NULL, &t, NULL, &support_err), ERR_INVALID,
		   "would match everything");
	ck_assert_ptr_null(t);
	ck_assert_str_eq(support_err.where.path, "skills/x/SKILL.md");
	ck_assert_uint_eq(support_err.where.line, 7);
	ck_assert_uint_eq(support_err.where.column, 12);
	ck_assert_str_ne(support_err.remedy, "");
}
END_TEST

START_TEST(the_table_keeps_copies)
{
	char pattern[] = "order status {id}", skill[] = "details";
	struct route_version v = {.weight_millionths = 1000000};
	struct route r = route_of("ecm", skill, pattern);
	r.versions = &v;
	CLEANUP(route_table_unrefp) struct route_table *t = build(&r, 1);
	memset(pattern, 'x', sizeof(pattern) - 1);
	memset(skill, 'x', sizeof(skill) - 1);
	v.weight_millionths = 0;
	ck_assert_str_eq(answer(t, "order status 17"), "ecm/details id=17");
	ck_assert_uint_eq(
		route_of_skill(t, STR("ecm"), STR("details"))->versions->weight_millionths,
		1000000);
}
END_TEST

/* --- weights ----------------------------------------------------------------------------------------------------- */

static size_t share(const struct route *r, const struct route_version *v, size_t sessions)
{
	size_t n = 0;
	for (size_t i = 0; i < sessions; i++) {
		char session[32];
		snprintf(session, sizeof(session), "session-%zu", i);
		n += route_pick(r, str_of(session)) == v;
	}
	return n;
}

START_TEST(weights_share_sessions_and_growing_ones_only_take)
{
	struct route_version v[3] = {{.weight_millionths = 900000},
				     {.weight_millionths = 100000},
				     {.weight_millionths = 0, .mode = ROUTE_SHADOW}};
	struct route r = route_of("a", "b", "x");
	r.versions = v;
	r.version_count = 3;
	size_t tenth = share(&r, &v[1], 10000);
	ck_assert_msg(tenth > 850 && tenth < 1150, "%zu of 10000", tenth);
	ck_assert_uint_eq(share(&r, &v[2], 1000), 0);
	for (size_t i = 0; i < 1000; i++) {
		char session[32];
		snprintf(session, sizeof(session), "session-%zu", i);
		v[0].weight_millionths = 900000;
		v[1].weight_millionths = 100000;
		const struct route_version *before = route_pick(&r, str_of(session));
		ck_assert_ptr_eq(route_pick(&r, str_of(session)), before);
		v[0].weight_millionths = v[1].weight_millionths = 500000;
		if (before == &v[1])
			ck_assert_ptr_eq(route_pick(&r, str_of(session)), before);
	}
}
END_TEST

START_TEST(a_pick_is_the_same_on_every_machine)
{
	struct route_version v[2] = {{.weight_millionths = 500000}, {.weight_millionths = 500000}};
	struct route r = route_of("ecm", "order-details", "x");
	char picks[17] = "";
	r.versions = v;
	r.version_count = 2;
	for (size_t i = 0; i < 16; i++) {
		char session[4];
		snprintf(session, sizeof(session), "%zu", i);
		picks[i] = route_pick(&r, str_of(session)) == &v[0] ? '0' : '1';
	}
	ck_assert_str_eq(picks, "0011001010011000");
}
END_TEST

START_TEST(without_a_session_the_pick_is_random_and_without_live_versions_none)
{
	struct route_version v[2] = {{.weight_millionths = 500000}, {.weight_millionths = 500000}};
	struct route r = route_of("a", "b", "x");
	size_t first = 0;
	r.versions = v;
	r.version_count = 2;
	for (size_t i = 0; i < 2000; i++)
		first += route_pick(&r, STR_NULL) == &v[0];
	ck_assert(first > 800 && first < 1200);
	v[0].mode = v[1].mode = ROUTE_SHADOW;
	ck_assert_ptr_null(route_pick(&r, STR_NULL));
	v[0].mode = ROUTE_LIVE;
	v[0].weight_millionths = 10; /* weights that do not sum up still lead somewhere */
	ck_assert_ptr_eq(route_pick(&r, STR("s")), &v[0]);
	r.version_count = 0;
	ck_assert_ptr_null(route_pick(&r, STR("s")));
}
END_TEST

static const struct support_case cases[] = {
	CASE(a_text_finds_its_skill_and_its_values),
	CASE(the_pattern_with_most_words_answers),
	CASE(ties_go_to_the_longer_pattern_then_to_the_first_name),
	CASE(texts_have_a_limit_and_long_ones_still_match_an_open_end),
	CASE(patterns_of_32_words_work),
	CASE(an_empty_table_answers_nothing),
	CASE(alerts_are_found_by_name),
	CASE(all_routes_of_a_skill_are_found_whatever_their_kind),
	CASE(a_pattern_that_does_not_parse_fails_with_its_place),
	CASE(the_table_keeps_copies),
	CASE(weights_share_sessions_and_growing_ones_only_take),
	CASE(a_pick_is_the_same_on_every_machine),
	CASE(without_a_session_the_pick_is_random_and_without_live_versions_none),
	{0},
};

int main(void)
{
	return support_main("skill/route", cases);
}
