/* The index of surfaces against the naive way: every pattern compared with every other. */
#include "admission/surfaces.h"

#include "base/mem.h"
#include "tests/unit/support.h"

#include <stdio.h>

static struct arena *arena;

static void setup(void)
{
	arena = arena_new((size_t)1 << 28);
}

static struct str printf_str(const char *fmt, ...) PRINTF(1, 2);
static struct str printf_str(const char *fmt, ...)
{
	char text[512];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return str_of(arena_strdup(arena, text));
}

/* One skill a pattern: s0, s1, … */
static struct surface surface(const char *domain, const char *const *patterns, size_t count)
{
	struct surface s = {.domain = str_of(domain), .skill_count = count};
	s.skills = arena_array(arena, count + 1, sizeof(*s.skills));
	for (size_t i = 0; i < count; i++) {
		s.skills[i] = (struct surface_skill){
			.name = printf_str("s%zu", i),
			.role = ROLE_SPECIALIST,
			.path = printf_str("skills/%s/s%zu/SKILL.md", domain, i),
			.line = 5,
			.column = 12,
			.pattern_count = 1};
		s.skills[i].patterns = arena_alloc(arena, sizeof(struct str));
		s.skills[i].patterns[0] = str_of(patterns[i]);
	}
	return s;
}

struct found {
	struct buf names;
};

static void add(void *state, const struct surface_pattern *p)
{
	struct found *f = state;
	buf_addf(&f->names, "%.*s/%.*s ", STR_ARG(p->domain), STR_ARG(p->skill));
}

static bool has(const struct found *f, const char *name)
{
	return str_find(buf_str(&f->names), printf_str("%s ", name), 0) >= 0;
}

static struct found candidates(const struct surfaces *s, const char *text, const char *except)
{
	struct found f = {BUF_INIT(BUF_MAX)};
	surfaces_candidates(s, str_of(text), str_of(except), add, &f);
	return f;
}

START_TEST(a_candidate_shares_the_words_before_the_first_placeholder)
{
	static const char *const patterns[] = {"order status {id}",	  "order {what} 17",
					       "Order  STATUS late {id}", "{who} order now",
					       "fraud help {q}",	  "order"};
	setup();
	CLEANUP(surfaces_freep) struct surfaces *s = surfaces_new();
	struct surface d = surface("ecm", patterns, ARRAY_SIZE(patterns));
	surfaces_set(s, &d);
	struct found f = candidates(s, "order status {x}", "");
	ck_assert(has(&f, "ecm/s0") && has(&f, "ecm/s1") && has(&f, "ecm/s2") && has(&f, "ecm/s3"));
	ck_assert(!has(&f, "ecm/s4"));
	buf_release(&f.names);
	f = candidates(s, "fraud help me", "");
	ck_assert(has(&f, "ecm/s4") && has(&f, "ecm/s3") && !has(&f, "ecm/s0"));
	buf_release(&f.names);
	f = candidates(s, "{anything} goes", "");
	ck_assert(has(&f, "ecm/s0") && has(&f, "ecm/s4") && has(&f, "ecm/s5"));
	buf_release(&f.names);
	f = candidates(s, "order status {x}", "ecm");
	ck_assert_uint_eq(f.names.len, 0);
	buf_release(&f.names);
	arena_free(arena);
}
END_TEST

static const char *const words[] = {"a", "b", "c", "{x}", "{y}", "{z}"};

/* A pattern of up to four parts from very few words, so that many collide. */
static const char *random_pattern(unsigned *seed)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(256);
	bool word = false;
	for (int used[3] = {0}, n = 1 + rand_r(seed) % 4, i = 0; i < n; i++) {
		size_t w = (size_t)rand_r(seed) % ARRAY_SIZE(words);
		if (w >= 3 && used[w - 3]++)
			w = 0;
		word |= w < 3;
		buf_addf(&text, "%s ", words[w]);
	}
	return arena_strdup(arena, word ? buf_cstr(&text) : "a {x}");
}

static void check_all(const struct surfaces *s, const struct surface *d, size_t domains)
{
	for (size_t i = 0; i < domains; i++)
		for (size_t k = 0; k < d[i].skill_count; k++) {
			struct pattern *p = NULL;
			struct str text = d[i].skills[k].patterns[0];
			assert_ok(pattern_parse(arena, text, &p, &support_err));
			struct found f = {BUF_INIT(BUF_MAX)};
			surfaces_candidates(s, text, STR(""), add, &f);
			for (size_t j = 0; j < domains; j++)
				for (size_t l = 0; l < d[j].skill_count; l++) {
					struct pattern *q = NULL;
					struct str other = d[j].skills[l].patterns[0];
					assert_ok(pattern_parse(arena, other, &q, &support_err));
					struct str name = printf_str("%.*s/%.*s",
								     STR_ARG(d[j].domain),
								     STR_ARG(d[j].skills[l].name));
					if (pattern_collide(p, q, NULL))
						ck_assert_msg(has(&f, name.p),
							      "\"%.*s\" misses \"%.*s\"",
							      STR_ARG(text), STR_ARG(other));
				}
			buf_release(&f.names);
		}
}

START_TEST(no_collision_is_missed_however_surfaces_come_and_go)
{
	enum { DOMAINS = 4, SKILLS = 12, ROUNDS = 12 };
	static const char *const names[DOMAINS] = {"a", "b", "c", "d"};
	unsigned seed = (unsigned)_i * 7919 + 1;
	setup();
	CLEANUP(surfaces_freep) struct surfaces *s = surfaces_new();
	struct surface d[DOMAINS];
	for (size_t i = 0; i < DOMAINS; i++)
		d[i] = (struct surface){.domain = str_of(names[i])};
	for (int round = 0; round < ROUNDS; round++) {
		size_t i = (size_t)rand_r(&seed) % DOMAINS;
		const char *patterns[SKILLS];
		size_t n = (size_t)rand_r(&seed) % SKILLS;
		for (size_t k = 0; k < n; k++)
			patterns[k] = k < d[i].skill_count && rand_r(&seed) % 2
					      ? d[i].skills[k].patterns[0].p
					      : random_pattern(&seed);
		d[i] = surface(names[i], patterns, n);
		if (n || rand_r(&seed) % 2)
			surfaces_set(s, &d[i]);
		else
			surfaces_remove(s, str_of(names[i]));
	}
	check_all(s, d, DOMAINS);
	arena_free(arena);
}
END_TEST

START_TEST(a_skill_that_did_not_change_keeps_its_parsed_patterns)
{
	static const char *const first[] = {"order status {id}", "order help {q}"};
	static const char *const second[] = {"order status {id}", "order cancel {q}"};
	setup();
	CLEANUP(surfaces_freep) struct surfaces *s = surfaces_new();
	struct surface d = surface("ecm", first, 2);
	surfaces_set(s, &d);
	const char *kept = surfaces_skill(s, STR("ecm"), STR("s0"))->name.p;
	const char *replaced = surfaces_skill(s, STR("ecm"), STR("s1"))->patterns[0].p;
	d = surface("ecm", second, 2);
	surfaces_set(s, &d);
	ck_assert_ptr_eq(surfaces_skill(s, STR("ecm"), STR("s0"))->name.p, kept);
	ck_assert_ptr_ne(surfaces_skill(s, STR("ecm"), STR("s1"))->patterns[0].p, replaced);
	struct found f = candidates(s, "order help x", "");
	ck_assert_uint_eq(f.names.len, 0);
	buf_release(&f.names);
	arena_free(arena);
}
END_TEST

START_TEST(a_domain_that_changes_for_ever_does_not_grow_for_ever)
{
	setup();
	CLEANUP(surfaces_freep) struct surfaces *s = surfaces_new();
	for (int i = 0; i < 20000; i++) {
		char text[64];
		snprintf(text, sizeof(text), "order number%d {id}", i);
		const char *patterns[] = {text, "order status {id}"};
		struct arena *keep = arena;
		arena = arena_new(1 << 20);
		struct surface d = surface("ecm", patterns, 2);
		surfaces_set(s, &d);
		arena_free(arena);
		arena = keep;
	}
	struct found f = candidates(s, "order number19999 x", "");
	ck_assert_str_eq(buf_cstr(&f.names), "ecm/s0 ");
	buf_release(&f.names);
	f = candidates(s, "order number19998 x", "");
	ck_assert_uint_eq(f.names.len, 0);
	buf_release(&f.names);
	arena_free(arena);
}
END_TEST

START_TEST(alerts_are_found_by_their_name_alone)
{
	setup();
	CLEANUP(surfaces_freep) struct surfaces *s = surfaces_new();
	struct str alerts[] = {STR("order.stuck")};
	struct surface_skill skill = {.name = STR("x"), .alerts = alerts, .alert_count = 1};
	struct surface d = {.domain = STR("ecm"), .skills = &skill, .skill_count = 1};
	struct found f = {BUF_INIT(BUF_MAX)};
	surfaces_set(s, &d);
	surfaces_alert(s, STR("order.stuck"), STR(""), add, &f);
	surfaces_alert(s, STR("order.stuck"), STR("ecm"), add, &f);
	surfaces_alert(s, STR("order.stuc"), STR(""), add, &f);
	surfaces_candidates(s, STR("order.stuck"), STR(""), add, &f);
	ck_assert_str_eq(buf_cstr(&f.names), "ecm/x ");
	buf_release(&f.names);
	arena_free(arena);
}
END_TEST

START_TEST(what_stands_beside_hides_what_is_deployed)
{
	static const char *const old[] = {"order status {id}", "order help {q}"};
	static const char *const fresh[] = {"order state {id}"};
	setup();
	CLEANUP(surfaces_freep) struct surfaces *deployed = surfaces_new();
	CLEANUP(surfaces_freep) struct surfaces *beside = surfaces_new();
	struct surface d = surface("ecm", old, 2), frm = surface("frm", old, 1);
	struct surface_view v = {deployed, beside};
	surfaces_set(deployed, &d);
	surfaces_set(deployed, &frm);
	d = surface("ecm", fresh, 1);
	surfaces_set(beside, &d);
	struct found f = {BUF_INIT(BUF_MAX)};
	surface_view_candidates(&v, STR("order {x} y"), STR(""), add, &f);
	ck_assert(has(&f, "ecm/s0") && has(&f, "frm/s0") && !has(&f, "ecm/s1"));
	buf_release(&f.names);
	ck_assert_ptr_null(surface_view_skill(&v, STR("ecm"), STR("s1")));
	ck_assert_ptr_nonnull(surface_view_skill(&v, STR("frm"), STR("s0")));
	ck_assert_ptr_null(surface_view_find(&v, STR("hr")));
	ck_assert_uint_eq(surface_view_find(&v, STR("ecm"))->skill_count, 1);
	arena_free(arena);
}
END_TEST

START_TEST(the_digest_is_that_of_what_others_will_see)
{
	static const char *const old[] = {"order status {id}"};
	static const char *const fresh[] = {"order state {id}"};
	setup();
	CLEANUP(surfaces_freep) struct surfaces *one = surfaces_new();
	CLEANUP(surfaces_freep) struct surfaces *two = surfaces_new();
	CLEANUP(surfaces_freep) struct surfaces *all = surfaces_new();
	struct surface ecm = surface("ecm", old, 1), ecm2 = surface("ecm", fresh, 1),
		       frm = surface("frm", old, 1), gone = {.domain = STR("hr")},
		       hr = surface("hr", old, 1);
	surfaces_set(one, &frm);
	surfaces_set(one, &hr);
	surfaces_set(one, &ecm);
	surfaces_set(two, &ecm2);
	surfaces_set(two, &gone);
	surfaces_set(all, &ecm2);
	surfaces_set(all, &frm);
	struct surface_view plan = {one, two}, after = {all, NULL}, before = {one, NULL};
	struct digest a = surface_view_digest(&plan, STR("")),
		      b = surface_view_digest(&after, STR("")),
		      c = surface_view_digest(&before, STR(""));
	ck_assert(digest_equal(&a, &b));
	ck_assert(!digest_equal(&a, &c));
	a = surface_view_digest(&plan, STR("frm"));
	ck_assert(!digest_equal(&a, &b));
	surfaces_remove(all, STR("frm"));
	b = surface_view_digest(&after, STR("frm"));
	ck_assert(digest_equal(&a, &b));
	arena_free(arena);
}
END_TEST

START_TEST(a_surface_is_known_again_only_when_all_of_it_is_the_same)
{
	static const char *const patterns[] = {"order status {id}", "order help {q}"};
	setup();
	CLEANUP(surfaces_freep) struct surfaces *s = surfaces_new();
	struct surface d = surface("ecm", patterns, 2), same = surface("ecm", patterns, 2);
	struct config_forward forward = {.forward_to = STR("frm/x")};
	struct str target = STR("frm/x");
	ck_assert(!surfaces_has(s, &d) && !surfaces_has(NULL, &d));
	surfaces_set(s, &d);
	ck_assert(surfaces_has(s, &same));
	same.skills[1].line++;
	ck_assert(!surfaces_has(s, &same));
	same.skills[1].line--;
	same.skills[0].forwards = &target;
	same.skills[0].forward_count = 1;
	ck_assert(!surfaces_has(s, &same));
	same.skills[0].forward_count = 0;
	same.forwards = &forward;
	same.forward_count = 1;
	ck_assert(!surfaces_has(s, &same));
	same.forward_count = 0;
	same.skill_count = 1;
	ck_assert(!surfaces_has(s, &same));
	same.skill_count = 2;
	same.skills[1].patterns[0] = STR("order help {p}");
	ck_assert(!surfaces_has(s, &same));
	arena_free(arena);
}
END_TEST

static const struct support_case cases[] = {
	CASE(a_candidate_shares_the_words_before_the_first_placeholder),
	CASE_LOOP(no_collision_is_missed_however_surfaces_come_and_go, 20),
	CASE(a_skill_that_did_not_change_keeps_its_parsed_patterns),
	CASE(a_domain_that_changes_for_ever_does_not_grow_for_ever),
	CASE(a_surface_is_known_again_only_when_all_of_it_is_the_same),
	CASE(alerts_are_found_by_their_name_alone),
	CASE(what_stands_beside_hides_what_is_deployed),
	CASE(the_digest_is_that_of_what_others_will_see),
	{0}};

int main(void)
{
	return support_main("admission/surfaces", cases);
}
