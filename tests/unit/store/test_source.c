/* Sources: declared by the operator, observed by sync, asked for by anybody. */
#include "store/source.h"
#include "tests/unit/store/help_release.h"

static struct store *s;
static struct lease *l;
static struct arena *arena;

static void set_up(void)
{
	s = support_pg_open(STORE_SYNC);
	l = support_pg_lease(s, "sync");
	arena = arena_new(BUF_MAX);
}

static struct store_txn *begin(void)
{
	struct store_txn *t = NULL;
	assert_ok(store_txn_begin(s, STORE_FENCED, "test", l, &t, &support_err));
	return t;
}

static int64_t finish(struct store_txn *t)
{
	int64_t rev = 0;
	assert_ok(store_txn_commit(t, &rev, &support_err));
	store_txn_end(t);
	return rev;
}

static int64_t declare(const struct store_source *list, size_t count)
{
	struct store_txn *t = begin();
	assert_ok(store_source_declare(t, list, count, &support_err));
	return finish(t);
}

static struct store_source *find(const char *name)
{
	struct store_source *one = NULL;
	assert_ok(store_source_find(s, arena, str_of(name), &one, &support_err));
	return one;
}

START_TEST(declaring_writes_only_what_differs)
{
	set_up();
	struct store_source list[] = {{.name = STR("main"),
				       .kind = STR("git"),
				       .url = STR("https://a"),
				       .ref = STR("main"),
				       .platform = true,
				       .spec_json = STR("{\"poll\":\"1m\"}")},
				      {.name = STR("other"),
				       .kind = STR("git"),
				       .url = STR("https://b"),
				       .ref = STR("main")}};
	ck_assert_int_eq(declare(list, 2), 1);
	ck_assert_int_eq(declare(list, 2), 0); /* nothing to write */
	ck_assert_int_eq(support_pg_int("select count(*) from change where kind = 'Source'"), 2);
	list[1].ref = STR("release");
	ck_assert_int_eq(declare(list, 2), 2);
	ck_assert_int_eq(support_pg_int("select generation from source where name = 'other'"), 2);
	ck_assert_int_eq(support_pg_int("select generation from source where name = 'main'"), 1);
	/* One that disappears is kept, undeclared. */
	ck_assert_int_eq(declare(list, 1), 3);
	ck_assert(!find("other")->declared);
	ck_assert(find("main")->platform);
	ck_assert_int_eq(declare(list, 1), 0);
	/* And comes back. */
	ck_assert_int_eq(declare(list, 2), 4);
	ck_assert(find("other")->declared);
	struct store_source *all = NULL;
	size_t n;
	assert_ok(store_source_list(s, arena, &all, &n, &support_err));
	ck_assert_uint_eq(n, 2);
	assert_str(all[0].spec_json, "{\"poll\":\"1m\"}");
	ck_assert_ptr_null(find("none"));
}
END_TEST

START_TEST(the_platform_can_move_from_one_source_to_another)
{
	set_up();
	struct store_source list[] = {{.name = STR("a"), .kind = STR("git"), .platform = true},
				      {.name = STR("b"), .kind = STR("git")}};
	declare(list, 2);
	list[0].platform = false;
	list[1].platform = true;
	declare(list, 2);
	ck_assert(!find("a")->platform);
	ck_assert(find("b")->platform);
	ck_assert(find("a")->declared);
}
END_TEST

START_TEST(a_name_is_a_git_source_or_an_apply_set_and_stays_it)
{
	set_up();
	struct store_txn *t = begin();
	assert_ok(store_source_apply_set(t, STR("team"), &support_err));
	finish(t);
	t = begin();
	assert_ok(store_source_apply_set(t, STR("team"), &support_err));
	ck_assert_int_eq(finish(t), 0);
	struct store_source git = {.name = STR("team"), .kind = STR("git")};
	t = begin();
	assert_err(store_source_declare(t, &git, 1, &support_err), ERR_CONFLICT,
		   "already the name of a source of kind apply");
	store_txn_end(t);
	git.name = STR("main");
	declare(&git, 1);
	t = begin();
	assert_err(store_source_apply_set(t, STR("main"), &support_err), ERR_CONFLICT,
		   "is a Git source");
	store_txn_end(t);
	/* Declaring Git sources does not touch apply sets. */
	ck_assert(find("team")->declared);
}
END_TEST

static int64_t observe(const struct store_observation *o)
{
	struct store_txn *t = begin();
	assert_ok(store_source_observe(t, o, &support_err));
	return finish(t);
}

START_TEST(an_idle_look_writes_nothing)
{
	set_up();
	support_declare(s, l, (const char *const[]){"main", NULL});
	struct condition ready = {.type = "Ready",
				  .status = COND_TRUE,
				  .reason = STR("Succeeded"),
				  .message = STR("released")};
	struct store_observation o = {.source = STR("main"),
				      .revision = STR("abc"),
				      .tree = word_tree("t1"),
				      .released = true,
				      .conditions = &ready,
				      .condition_count = 1};
	ck_assert_int_eq(observe(&o), 2);
	struct store_source *one = find("main");
	assert_str(one->observed_revision, "abc");
	assert_str(one->released_revision, "abc");
	ck_assert_int_gt(one->observed_ms, 0);
	struct tree_id tree = word_tree("t1");
	ck_assert(tree_id_equal(&one->observed_tree, &tree));
	ck_assert_int_eq(observe(&o), 0);
	assert_str(one->refused_json, "[]");
	o.refused_json = STR("[{\"domain\":\"ecm\"}]");
	ck_assert_int_eq(observe(&o), 3);
	assert_str(find("main")->refused_json, "[{\"domain\":\"ecm\"}]");
	ck_assert_int_eq(observe(&o), 0);
	/* What was not reached keeps its revision and counts failures. */
	struct store_observation failed = {.source = STR("main"),
					   .failures = 1,
					   .retry_in_ms = 30000,
					   .conditions = &ready,
					   .condition_count = 1};
	ck_assert_int_eq(observe(&failed), 4);
	one = find("main");
	assert_str(one->refused_json, "[{\"domain\":\"ecm\"}]");
	assert_str(one->observed_revision, "abc");
	ck_assert_int_eq(one->failures, 1);
	ck_assert_int_gt(one->next_try_ms, clock_real.wall_ms(NULL) + 20000);
	struct store_txn *t = begin();
	o.source = STR("nobody");
	assert_err(store_source_observe(t, &o, &support_err), ERR_NOT_FOUND, "nobody");
	store_txn_end(t);
}
END_TEST

START_TEST(who_watches_a_domain_or_a_skill_of_it_is_told_of_its_refusal_and_of_its_end)
{
	set_up();
	support_declare(s, l, (const char *const[]){"main", NULL});
	struct deployed_skill skills[] = {{.domain = STR("ecm"), .name = STR("a")},
					  {.domain = STR("ecm"), .name = STR("b")},
					  {.domain = STR("frm"), .name = STR("c")},
					  {.domain = STR("hr"), .name = STR("d")}};
	const struct deployed have = {.skills = skills, .skill_count = ARRAY_SIZE(skills)};
	struct store_observation o = {.source = STR("main"), .revision = STR("abc"), .have = &have};
	static const struct {
		const char *refused,
			*told; /* told: names and words of the changes of domains and of their skills */
	} rows[] = {
		{"[]", ""},
		{"[{\"domain\":\"ecm\",\"candidate\":\"1\"},{\"domain\":\"frm\",\"candidate\":"
		 "\"2\"}]",
		 "ecm true, ecm/a true, ecm/b true, frm true, frm/c true"},
		{"[{\"domain\":\"ecm\",\"candidate\":\"3\"},{\"domain\":\"frm\",\"candidate\":"
		 "\"2\"}]",
		 "ecm true, ecm/a true, ecm/b true"},
		{"[{\"domain\":\"frm\",\"candidate\":\"2\"}]",
		 "ecm false, ecm/a false, ecm/b false"},
		{"[]", "frm false, frm/c false"},
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		int64_t before = support_pg_int("select rev from store");
		o.refused_json = str_of(rows[i].refused);
		observe(&o);
		ck_assert_str_eq(
			support_pg_text("select coalesce(string_agg(w || ' ' || (object ->> "
					"'refused'), ', ' order by w), '') from (select object, "
					"case kind when "
					"'Skill' then domain || '/' || name else name end as w "
					"from change where "
					"kind in ('Domain', 'Skill') and revision > %lld) c",
					(long long)before),
			rows[i].told);
	}
	/* A failure says nothing of what is refused, and so tells nobody. */
	struct store_observation failed = {.source = STR("main"), .failures = 1, .retry_in_ms = 1};
	observe(&failed);
	ck_assert_int_eq(support_pg_int("select count(*) from change where kind = 'Domain'"), 5);
}
END_TEST

START_TEST(a_condition_keeps_its_time_while_its_status_stays)
{
	struct clock_fake fake = {1700000000000, 1000};
	struct clock clock = clock_fake_of(&fake);
	struct store_opts opts = {.clock = &clock};
	assert_ok(store_open(support_pg_access(STORE_SYNC), STORE_SYNC, &opts, &s, &support_err));
	l = support_pg_lease(s, "sync");
	arena = arena_new(BUF_MAX);
	support_declare(s, l, (const char *const[]){"main", NULL});
	struct condition c = {.type = "Ready",
			      .status = COND_FALSE,
			      .reason = STR("AdmissionDenied"),
			      .message = STR("one")};
	struct store_observation o = {
		.source = STR("main"), .conditions = &c, .condition_count = 1};
	observe(&o);
	fake.wall_ms += 5000;
	c.message = STR("two");
	ck_assert_int_gt(observe(&o), 0);
	const char *at =
		support_pg_text("select conditions -> 0 ->> 'lastTransitionTime' from source");
	ck_assert_str_eq(at, "2023-11-14T22:13:20.000Z");
	ck_assert_str_eq(support_pg_text("select conditions -> 0 ->> 'message' from source"),
			 "two");
	c.status = COND_TRUE;
	observe(&o);
	ck_assert_str_eq(
		support_pg_text("select conditions -> 0 ->> 'lastTransitionTime' from source"),
		"2023-11-14T22:13:25.000Z");
}
END_TEST

START_TEST(no_request_is_lost_and_each_knows_its_own)
{
	set_up();
	support_declare(s, l, (const char *const[]){"main", NULL});
	struct store *g = support_pg_open(STORE_GATEWAY);
	struct store_tick tick = {0};
	int64_t first, second;
	assert_ok(store_tick(s, &tick, &support_err));
	ck_assert_int_eq(tick.open_requests, 0);
	assert_ok(store_source_request(g, STR("main"), &first, &support_err));
	assert_ok(store_source_request(g, STR("main"), &second, &support_err));
	ck_assert_int_eq(second, first + 1);
	assert_err(store_source_request(g, STR("none"), &first, &support_err), ERR_NOT_FOUND,
		   "none");
	assert_ok(store_tick(s, &tick, &support_err));
	ck_assert_int_eq(tick.open_requests, 1);
	struct store_observation o = {.source = STR("main"), .handled_token = 1};
	observe(&o); /* began before the second came */
	assert_ok(store_tick(s, &tick, &support_err));
	ck_assert_int_eq(tick.open_requests, 1);
	o.handled_token = second;
	observe(&o);
	assert_ok(store_tick(s, &tick, &support_err));
	ck_assert_int_eq(tick.open_requests, 0);
	ck_assert_int_gt(tick.now_ms, 1700000000000);
	ck_assert_int_eq(tick.incarnation, 1);
}
END_TEST

START_TEST(another_branch_forgets_what_was_observed)
{
	set_up();
	struct store_source src = {.name = STR("main"),
				   .kind = STR("git"),
				   .url = STR("https://a"),
				   .ref = STR("main")};
	declare(&src, 1);
	struct store_observation o = {
		.source = STR("main"), .revision = STR("abc"), .tree = word_tree("t")};
	observe(&o);
	src.spec_json = STR("{\"x\":1}");
	declare(&src, 1);
	assert_str(find("main")->observed_revision, "abc");
	src.ref = STR("next");
	declare(&src, 1);
	assert_str(find("main")->observed_revision, "");
}
END_TEST

static const struct support_case cases[] = {
	CASE(declaring_writes_only_what_differs),
	CASE(the_platform_can_move_from_one_source_to_another),
	CASE(a_name_is_a_git_source_or_an_apply_set_and_stays_it),
	CASE(an_idle_look_writes_nothing),
	CASE(who_watches_a_domain_or_a_skill_of_it_is_told_of_its_refusal_and_of_its_end),
	CASE(a_condition_keeps_its_time_while_its_status_stays),
	CASE(no_request_is_lost_and_each_knows_its_own),
	CASE(another_branch_forgets_what_was_observed),
	{0},
};

int main(void)
{
	return support_pg_main("store/source", cases);
}
