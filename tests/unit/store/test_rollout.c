/* Rollouts, routes and instances: from what is wanted to what serves. */
#include "store/rollout.h"
#include "tests/unit/store/help_release.h"

static struct store *sync_store, *control, *runner;
static struct lease *sync_lease, *control_lease, *runner_lease;
static struct arena *arena;

static void set_up(void)
{
	sync_store = support_pg_open(STORE_SYNC);
	control = support_pg_open(STORE_CONTROL);
	runner = support_pg_open(STORE_RUNNER);
	sync_lease = support_pg_lease(sync_store, "sync");
	control_lease = support_pg_lease(control, "control");
	runner_lease = support_pg_lease(runner, "runner");
	arena = arena_new(BUF_MAX);
}

static struct rollout_item *todo(size_t *count)
{
	struct rollout_item *list = NULL;
	assert_ok(store_rollout_todo(control, arena, &list, count, &support_err));
	return list;
}

static struct required *required(size_t *count)
{
	struct required *list = NULL;
	assert_ok(store_required_todo(runner, arena, STR("host-1"), &list, count, &support_err));
	return list;
}

static struct store_txn *as_control(void)
{
	struct store_txn *t = NULL;
	assert_ok(store_txn_begin(control, STORE_FENCED, "control@test", control_lease, &t,
				  &support_err));
	return t;
}

static void finish(struct store_txn *t)
{
	assert_ok(store_txn_commit(t, NULL, &support_err));
	store_txn_end(t);
}

static void move(const char *content, enum rollout_state to, const char *reason)
{
	struct rollout_move m = {.key = support_key("ecm", "triage", content),
				 .to = to,
				 .attempt = -1,
				 .reason = str_of(reason)};
	struct store_txn *t = as_control();
	assert_ok(store_rollout_move(t, &m, 1, &support_err));
	finish(t);
}

static void begin_one(const char *content)
{
	struct rollout_key k = support_key("ecm", "triage", content);
	struct store_txn *t = as_control();
	assert_ok(store_rollout_begin(t, &k, 1, &support_err));
	finish(t);
}

static int promote_rc(const char *content)
{
	struct rollout_key k = support_key("ecm", "triage", content);
	struct store_txn *t = as_control();
	assert_ok(store_rollout_promote(t, &k, 1, 60000, &support_err));
	int r = store_txn_commit(t, NULL, &support_err);
	store_txn_end(t);
	return r;
}

static void release_one(const char *content, const char *pattern)
{
	struct support_skill k = {.name = "triage", .content = content, .pattern = pattern};
	support_release(sync_store, sync_lease, "ecm", content, &k, 1);
}

static void instance(const char *id, const char *content, enum instance_state state, bool intend)
{
	struct instance i = {.key = support_key("ecm", "triage", content),
			     .attempt = 1,
			     .state = state,
			     .host = STR("host-1"),
			     .boot_id = STR("boot"),
			     .cause = state == INSTANCE_FAILED ? STR("content") : STR_NULL,
			     .message = state == INSTANCE_FAILED ? STR("exit status 1") : STR_NULL};
	snprintf(i.id, sizeof(i.id), "%s", id);
	struct store_txn *t = NULL;
	assert_ok(store_txn_begin(runner, STORE_FENCED, "runner@host-1", runner_lease, &t,
				  &support_err));
	assert_ok(intend ? store_instance_intend(t, &i, 1, &support_err)
			 : store_instance_set(t, &i, 1, &support_err));
	finish(t);
}

START_TEST(what_is_paused_says_so)
{
	set_up();
	release_one("a1", "order {id}");
	size_t n;
	struct rollout_item *list = todo(&n);
	ck_assert_uint_eq(n, 1);
	ck_assert(!list[0].paused);
	support_pg_run("insert into suspension (kind, domain, name, by, since) values ('Rollout', "
		       "'ecm', 'triage', 'key:ann', 1)");
	list = todo(&n);
	ck_assert_uint_eq(n, 1);
	ck_assert(list[0].paused);
	begin_one("a1");
	assert_ok(store_rollout_list(control, arena, STR("ecm"), STR("triage"), &list, &n,
				     &support_err));
	ck_assert_uint_eq(n, 1);
	ck_assert(list[0].paused);
	support_pg_run("update suspension set until = 2, ended_by = 'key:ann'");
	ck_assert(!todo(&n)[0].paused);
}
END_TEST

START_TEST(a_released_version_goes_from_wanted_to_serving)
{
	set_up();
	release_one("v1", "triage {text}");
	size_t n;
	struct rollout_item *items = todo(&n);
	ck_assert_uint_eq(n, 1);
	ck_assert_int_eq(items[0].slot, SLOT_NONE);
	ck_assert(items[0].desired && !items[0].quarantined);
	ck_assert_int_eq(items[0].generation, 1);
	required(&n);
	ck_assert_uint_eq(n, 0);
	begin_one("v1");
	required(&n); /* pending: not yet asked of the runner */
	ck_assert_uint_eq(n, 0);
	move("v1", ROLLOUT_STARTING, "Starting");
	struct required *r = required(&n);
	ck_assert_uint_eq(n, 1);
	ck_assert_int_eq(r[0].slot, SLOT_CANDIDATE);
	ck_assert_ptr_null(r[0].instance);
	struct digest v1 = word_digest("v1");
	ck_assert(digest_equal(&r[0].context, &v1));
	instance("i1", "v1", INSTANCE_STARTING, true);
	required(&n);
	ck_assert_uint_eq(n, 0);
	items = todo(&n);
	ck_assert_int_eq(items[0].starting, 1);
	instance("i1", "v1", INSTANCE_READY, false);
	items = todo(&n);
	ck_assert_int_eq(items[0].ready, 1);
	assert_ok(promote_rc("v1"));
	todo(&n);
	ck_assert_uint_eq(n, 0);
	struct route *routes = NULL;
	int64_t rev;
	assert_ok(store_route_load(control, arena, 0, &routes, &n, &rev, &support_err));
	ck_assert_uint_eq(n, 1);
	assert_str(routes[0].pattern, "triage {text}");
	ck_assert_int_eq(routes[0].kind, TRIGGER_COMMAND);
	ck_assert_uint_eq(routes[0].line, 3);
	ck_assert_uint_eq(routes[0].version_count, 1);
	ck_assert_uint_eq(routes[0].versions[0].weight_millionths, 1000000);
	ck_assert_int_eq(rev, support_pg_int("select rev from store"));
}
END_TEST

static void serve(const char *content, const char *pattern)
{
	release_one(content, pattern);
	begin_one(content);
	assert_ok(promote_rc(content));
}

START_TEST(a_promotion_moves_routes_and_drains_the_old_version_at_one_revision)
{
	set_up();
	serve("v1", "triage {text}");
	release_one("v2", "sort {text}");
	begin_one("v2");
	int64_t before = support_pg_int("select rev from store");
	assert_ok(promote_rc("v2"));
	ck_assert_int_eq(support_pg_int("select rev from store"), before + 1);
	ck_assert_str_eq(support_pg_text("select string_agg(slot || ' ' || state, ', ' order by "
					 "slot) from rollout where until is null"),
			 "draining draining, stable stable");
	ck_assert_str_eq(
		support_pg_text("select string_agg(pattern, ',') from route where until is null"),
		"sort {text}");
	ck_assert_int_eq(support_pg_int("select count(*) from route_version where until is null"),
			 1);
	/* The past is still there. */
	struct route *routes = NULL;
	size_t n;
	int64_t rev;
	assert_ok(store_route_load(control, arena, before, &routes, &n, &rev, &support_err));
	ck_assert_uint_eq(n, 1);
	assert_str(routes[0].pattern, "triage {text}");
	ck_assert_int_eq(rev, before);
	/* The drain time is the database's. */
	struct rollout_item *items = todo(&n);
	ck_assert_uint_eq(n, 1);
	ck_assert_int_eq(items[0].state, ROLLOUT_DRAINING);
	ck_assert(!items[0].desired);
	ck_assert_int_gt(items[0].hold_until_ms, items[0].now_ms + 50000);
	struct rollout_key old = support_key("ecm", "triage", "v1");
	struct store_txn *t = as_control();
	assert_ok(store_rollout_end(t, &old, 1, &support_err));
	finish(t);
	todo(&n);
	ck_assert_uint_eq(n, 0);
}
END_TEST

START_TEST(unchanged_routes_keep_their_rows_over_a_promotion)
{
	set_up();
	serve("v1", "triage {text}");
	int64_t since = support_pg_int("select since from route where until is null");
	serve("v2", "triage {text}");
	ck_assert_int_eq(support_pg_int("select since from route where until is null"), since);
	ck_assert_int_eq(support_pg_int("select count(*) from route"), 1);
}
END_TEST

START_TEST(the_newest_release_supersedes_a_rollout_in_progress)
{
	set_up();
	serve("v1", NULL);
	release_one("v2", NULL);
	begin_one("v2");
	move("v2", ROLLOUT_STARTING, "Starting");
	instance("i2", "v2", INSTANCE_STARTING, true);
	release_one("v3", NULL);
	begin_one("v3");
	ck_assert_str_eq(support_pg_text("select reason from rollout where state = 'ended'"),
			 "Superseded");
	/* Its sandbox has no slot any more: the runner is told to take it down. */
	size_t n;
	struct required *r = required(&n);
	ck_assert_uint_eq(n, 2); /* v1 stable has no instance here yet; i2 goes */
	size_t gone = r[0].slot == SLOT_NONE ? 0 : 1;
	ck_assert_str_eq(r[gone].instance->id, "i2");
	/* The old one cannot become stable any more. */
	ck_assert_int_eq(promote_rc("v2"), ERR_CONFLICT);
	assert_ok(promote_rc("v3"));
}
END_TEST

START_TEST(only_the_desired_version_can_become_a_candidate)
{
	set_up();
	serve("v1", NULL);
	release_one("v2", NULL);
	struct rollout_key k = support_key("ecm", "triage", "v1");
	k.content = word_digest("never");
	struct store_txn *t = as_control();
	assert_ok(store_rollout_begin(t, &k, 1, &support_err));
	assert_err(store_txn_commit(t, NULL, &support_err), ERR_CONFLICT, "not the desired one");
	store_txn_end(t);
	ck_assert_int_eq(support_pg_int("select count(*) from rollout"), 1);
}
END_TEST

START_TEST(the_schema_refuses_a_second_stable_or_candidate)
{
	set_up();
	serve("v1", NULL);
	release_one("v2", NULL);
	begin_one("v2");
	/* Whatever control's code does wrong, the index holds. */
	static const char *const slots[] = {"stable", "candidate"};
	for (size_t i = 0; i < 2; i++) {
		const char *r = support_pg_text("with x as (select 1) select count(*) from "
						"pg_indexes where indexname = 'rollout_%s'",
						slots[i]);
		ck_assert_str_eq(r, "1");
	}
	support_pg_run(
		"do $$ begin update rollout set slot = 'stable', state = 'stable' where slot = "
		"'candidate'; "
		"raise exception 'accepted'; exception when unique_violation then null; end $$");
	ck_assert_int_eq(support_pg_int("select count(*) from rollout where slot = 'stable'"), 1);
}
END_TEST

START_TEST(a_draining_version_that_is_wanted_again_comes_back)
{
	set_up();
	serve("v1", NULL);
	serve("v2", NULL);
	release_one("v1", NULL); /* rolled back */
	size_t n;
	struct rollout_item *items = todo(&n);
	ck_assert_uint_eq(n, 2); /* v1: draining and desired; v2: stable and not */
	begin_one("v1");
	assert_ok(promote_rc("v1"));
	items = todo(&n);
	ck_assert_uint_eq(n, 1);
	struct digest v2 = word_digest("v2");
	ck_assert(digest_equal(&items[0].key.content, &v2));
	ck_assert_int_eq(support_pg_int("select count(*) from rollout"), 2); /* no third row */
}
END_TEST

START_TEST(a_skill_that_is_deleted_drains_and_loses_its_routes)
{
	set_up();
	serve("v1", "triage {text}");
	struct rollout_key k = support_key("ecm", "triage", "v1");
	/* While it is wanted it is not withdrawn. */
	struct store_txn *t = as_control();
	assert_ok(store_rollout_withdraw(t, &k, 1, 1000, &support_err));
	assert_err(store_txn_commit(t, NULL, &support_err), ERR_CONFLICT, "desired again");
	store_txn_end(t);
	struct support_skill gone = {.name = "triage", .content = "v1", .deleted = true};
	support_release(sync_store, sync_lease, "ecm", "c2", &gone, 1);
	size_t n;
	struct rollout_item *items = todo(&n);
	ck_assert_uint_eq(n, 1);
	ck_assert(!items[0].desired);
	ck_assert_int_eq(items[0].slot, SLOT_STABLE);
	t = as_control();
	assert_ok(store_rollout_withdraw(t, &k, 1, 1000, &support_err));
	finish(t);
	ck_assert_int_eq(support_pg_int("select count(*) from route where until is null"), 0);
	ck_assert_int_eq(support_pg_int("select count(*) from route_version where until is null"),
			 0);
	ck_assert_str_eq(support_pg_text("select state from rollout where until is null"),
			 "draining");
}
END_TEST

START_TEST(a_failed_start_tells_control_whose_fault_it_was)
{
	set_up();
	release_one("v1", NULL);
	begin_one("v1");
	move("v1", ROLLOUT_STARTING, "Starting");
	instance("i1", "v1", INSTANCE_STARTING, true);
	instance("i1", "v1", INSTANCE_FAILED, false);
	size_t n;
	struct rollout_item *items = todo(&n);
	ck_assert_int_eq(items[0].failed, 1);
	assert_str(items[0].failure_cause, "content");
	assert_str(items[0].failure_message, "exit status 1");
	struct required *r = required(&n);
	ck_assert_uint_eq(n, 1);
	ck_assert_int_eq(r[0].attempt, 1);
	/* Held back: not asked of the runner until then. Another attempt counts failures anew. */
	struct rollout_move m = {.key = support_key("ecm", "triage", "v1"),
				 .to = ROLLOUT_STARTING,
				 .hold_ms = 60000,
				 .attempt = 1,
				 .reason = STR("BackOff")};
	struct store_txn *t = as_control();
	assert_ok(store_rollout_move(t, &m, 1, &support_err));
	finish(t);
	required(&n);
	ck_assert_uint_eq(n, 0);
	items = todo(&n);
	ck_assert_int_eq(items[0].failed, 0);
	ck_assert_int_eq(items[0].attempt, 1);
	move("v1", ROLLOUT_FAILED, "ProbeFailed");
	items = todo(&n);
	ck_assert_int_eq(items[0].state, ROLLOUT_FAILED);
	assert_str(items[0].reason, "ProbeFailed");
}
END_TEST

START_TEST(an_instance_only_moves_forward)
{
	set_up();
	serve("v1", NULL);
	instance("i1", "v1", INSTANCE_STARTING, true);
	/* A second live one of the same version on the host is refused by the database. */
	struct instance second = {.id = "i2",
				  .key = support_key("ecm", "triage", "v1"),
				  .attempt = 2,
				  .host = STR("host-1")};
	struct store_txn *t = NULL;
	assert_ok(store_txn_begin(runner, STORE_FENCED, "runner", runner_lease, &t, &support_err));
	assert_ok(store_instance_intend(t, &second, 1, &support_err));
	assert_err(store_txn_commit(t, NULL, &support_err), ERR_CONFLICT,
		   "lives on this host already");
	store_txn_end(t);
	instance("i1", "v1", INSTANCE_READY, false);
	instance("i1", "v1", INSTANCE_ENDED, false);
	instance("i1", "v1", INSTANCE_ENDED, false); /* said twice is fine */
	struct instance back = {
		.id = "i1", .key = support_key("ecm", "triage", "v1"), .state = INSTANCE_READY};
	assert_ok(store_txn_begin(runner, STORE_FENCED, "runner", runner_lease, &t, &support_err));
	assert_ok(store_instance_set(t, &back, 1, &support_err));
	assert_err(store_txn_commit(t, NULL, &support_err), ERR_CONFLICT, "has ended otherwise");
	store_txn_end(t);
	struct instance *found = NULL;
	assert_ok(store_instance_find(runner, arena, STR("i1"), &found, &support_err));
	ck_assert_int_eq(found->state, INSTANCE_ENDED);
	ck_assert_int_gt(found->ended_ms, 0);
	ck_assert_int_gt(found->ready_ms, 0);
	struct instance *live = NULL;
	size_t n;
	assert_ok(store_instance_live(runner, arena, STR("host-1"), &live, &n, &support_err));
	ck_assert_uint_eq(n, 0);
	assert_ok(store_instance_find(runner, arena, STR("i9"), &found, &support_err));
	ck_assert_ptr_null(found);
}
END_TEST

START_TEST(a_canary_shares_by_weight_and_weights_must_be_whole)
{
	set_up();
	serve("v1", "triage {text}");
	release_one("v2", "triage {text}");
	begin_one("v2");
	struct digest v1 = word_digest("v1"), v2 = word_digest("v2");
	struct route_version list[] = {{v1, v1, 900000, ROUTE_LIVE},
				       {v2, v2, 100000, ROUTE_LIVE},
				       {v2, v2, 1, ROUTE_SHADOW}};
	struct store_txn *t = as_control();
	assert_err(store_route_weights(t, STR("ecm"), STR("triage"), list, 1, &support_err),
		   ERR_INVALID, "sum to 900000");
	assert_ok(store_route_weights(t, STR("ecm"), STR("triage"), list, 2, &support_err));
	finish(t);
	struct route *routes = NULL;
	size_t n;
	assert_ok(store_route_of(control, arena, STR("ecm"), STR("triage"), &routes, &n,
				 &support_err));
	ck_assert_uint_eq(n, 1);
	ck_assert_uint_eq(routes[0].version_count, 2);
	ck_assert_uint_eq(routes[0].versions[0].weight_millionths, 900000);
	struct route_version *versions = NULL;
	assert_ok(store_route_versions(control, arena, STR("ecm"), STR("triage"), &versions, &n,
				       &support_err));
	ck_assert_uint_eq(n, 2);
	assert_ok(store_route_versions(control, arena, STR("ecm"), STR("other"), &versions, &n,
				       &support_err));
	ck_assert_uint_eq(n, 0);
	/* The database looks again when the transaction ends. */
	support_pg_run("do $$ begin update route_version set weight = 5 where weight = 900000 and "
		       "until is null; "
		       "set constraints all immediate; raise exception 'accepted'; exception when "
		       "check_violation then null; end $$");
	ck_assert_int_eq(
		support_pg_int("select sum(weight) from route_version where until is null"),
		1000000);
	assert_ok(promote_rc("v2"));
	ck_assert_int_eq(support_pg_int("select weight from route_version where until is null"),
			 1000000);
}
END_TEST

START_TEST(quarantined_content_is_marked)
{
	set_up();
	release_one("v1", NULL);
	support_pg_run("insert into quarantine (domain, skill, content, cause, reason, by, since) "
		       "select domain, skill, content, 'probe', 'why', 'test', 1 from desired");
	size_t n;
	struct rollout_item *items = todo(&n);
	ck_assert(items[0].quarantined);
}
END_TEST

START_TEST(how_a_version_serves_is_looked_up_in_the_query_that_asks)
{
	set_up();
	/* A function that PostgreSQL calls, rather than writes out, would be run once per skill. */
	const char *plan = support_pg_text(
		"explain (format json) select n.* from rollout r cross join lateral "
		"aspora_serving(r.domain, r.skill, r.content, r.runtime, r.entered_at) n");
	ck_assert_ptr_nonnull(strstr(plan, "instance"));
	ck_assert_msg(!strstr(plan, "Function Scan"), "%s", plan);
}
END_TEST

static const struct support_case cases[] = {
	CASE(what_is_paused_says_so),
	CASE(a_released_version_goes_from_wanted_to_serving),
	CASE(a_promotion_moves_routes_and_drains_the_old_version_at_one_revision),
	CASE(unchanged_routes_keep_their_rows_over_a_promotion),
	CASE(the_newest_release_supersedes_a_rollout_in_progress),
	CASE(only_the_desired_version_can_become_a_candidate),
	CASE(the_schema_refuses_a_second_stable_or_candidate),
	CASE(a_draining_version_that_is_wanted_again_comes_back),
	CASE(a_skill_that_is_deleted_drains_and_loses_its_routes),
	CASE(a_failed_start_tells_control_whose_fault_it_was),
	CASE(an_instance_only_moves_forward),
	CASE(a_canary_shares_by_weight_and_weights_must_be_whole),
	CASE(quarantined_content_is_marked),
	CASE(how_a_version_serves_is_looked_up_in_the_query_that_asks),
	{0},
};

int main(void)
{
	return support_pg_main("store/rollout", cases);
}
