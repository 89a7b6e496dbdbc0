#include "skill/route_int.h"

#include "base/clock.h"
#include "tests/unit/support.h"

static struct route_version stable = {.weight_millionths = 1000000};

static struct route route_of(const char *domain, const char *skill, const char *pattern)
{
	return (struct route){.domain = str_of(domain),
			      .skill = str_of(skill),
			      .kind = TRIGGER_COMMAND,
			      .pattern = str_of(pattern),
			      .path = STR("skills/x/SKILL.md"),
			      .line = 7,
			      .column = 12,
			      .versions = &stable,
			      .version_count = 1};
}

static struct route_table *build(const struct route *routes, size_t count)
{
	struct route_table *t = NULL;
	assert_ok(route_table_build(routes, count, NULL, &t, NULL, &support_err));
	return t;
}

/* "domain/skill name=value …" of the answer, or "-". */
static const char *answer(const struct route_table *t, const char *text)
{
	static char out[512];
	struct route_match m;
	if (!route_lookup(t, str_of(text), &m)) {
		ck_assert_ptr_null(m.route);
		return "-";
	}
	int n = snprintf(out, sizeof(out), "%.*s/%.*s", STR_ARG(m.route->domain),
			 STR_ARG(m.route->skill));
	for (size_t i = 0; i < m.param_count; i++)
		n += snprintf(out + n, sizeof(out) - (size_t)n, " %.*s=%.*s",
			      STR_ARG(m.params[i].name), STR_ARG(m.params[i].value));
	return out;
}

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

/* --- changes ----------------------------------------------------------------------------------------------------- */

#define MANY 10000

/* Commands as people write them: verbs, things, and placeholders in between. */
static struct route *many(size_t count, char (**ret_text)[64])
{
	static const char *const verbs[] = {"show",  "list",   "find",	"check",   "open",
					    "close", "review", "score", "explain", "compare"};
	static const char *const things[] = {"order",	 "invoice", "alert", "rule",  "payment",
					     "customer", "refund",  "case",  "limit", "report"};
	struct route *r = calloc(count, sizeof(*r));
	char(*text)[64] = calloc(2 * count, sizeof(*text));
	for (size_t i = 0; i < count; i++) {
		char *name = text[2 * i], *p = text[2 * i + 1];
		const char *verb = verbs[i % 10], *thing = things[i / 10 % 10];
		size_t n = i / 100;
		snprintf(name, 64, "skill-%zu", i);
		switch (i / 1000 % 5) {
		case 0:
			snprintf(p, 64, "/%s-%s-%zu {id}", verb, thing, n);
			break;
		case 1:
			snprintf(p, 64, "%s {id} %s of team%zu", verb, thing, n);
			break;
		case 2:
			snprintf(p, 64, "%s %s {a} in team%zu {b}", verb, thing, n);
			break;
		case 3:
			snprintf(p, 64, "please %s the %s of team%zu", verb, thing, n);
			break;
		default:
			snprintf(p, 64, "team%zu %s {what} %s {rest}", n, verb, thing);
		}
		r[i] = route_of("dom", name, p);
	}
	*ret_text = text;
	return r;
}

/* A text that the pattern matches. */
static void text_for(const char *pattern, char out[128])
{
	size_t n = 0;
	for (const char *p = pattern; *p; p++) {
		if (*p == '{') {
			n += (size_t)snprintf(out + n, 128 - n, "X%zu", n);
			p = strchr(p, '}');
		} else {
			out[n++] = *p;
		}
	}
	out[n] = '\0';
}

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
	for (int w = 0; w < 50; w++) {
		static const char *const texts[] = {"go w%d now", "x w%d", "w%d", "a b w%d c d",
						    "go x w%d"};
		for (size_t k = 0; k < ARRAY_SIZE(texts); k++) {
			char text[64], was[512];
			snprintf(text, sizeof(text), texts[k], w);
			snprintf(was, sizeof(was), "%s", answer(fresh, text));
			ck_assert_str_eq(answer(t, text), was);
		}
	}
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
	CASE(ten_thousand_routes_each_answer_their_text_within_four_comparisons),
	CASE(common_words_in_a_grid_do_not_raise_the_comparisons),
	CASE(the_same_routes_again_compile_nothing),
	CASE(a_change_shares_all_but_a_path_and_leaves_the_old_table_alone),
	CASE(a_new_weight_reuses_the_routes_that_stay),
	CASE(a_change_of_another_skills_route_is_refused),
	CASE(any_history_of_changes_equals_a_fresh_build),
	CASE(weights_share_sessions_and_growing_ones_only_take),
	CASE(a_pick_is_the_same_on_every_machine),
	CASE(without_a_session_the_pick_is_random_and_without_live_versions_none),
	CASE(lookups_builds_and_swaps_are_measured),
	{0},
};

int main(void)
{
	return support_main("skill/route", cases);
}
