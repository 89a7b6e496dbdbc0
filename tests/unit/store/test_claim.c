/* Claims: within the limits of each skill, on the version that should answer, by one keeper only. */
#include <sys/wait.h>

#include "store/rollout.h"
#include "tests/unit/store/help_execution.h"

START_TEST(limits_hold_back_a_skill_and_not_its_neighbours)
{
	struct support_skill skills[] = {
		{.name = "triage", .content = "v1", .concurrency = 1},
		{.name = "other", .content = "w1"},
	};
	execution_serve(skills, 2);
	execution_enqueue("EXEC-1");
	execution_enqueue("EXEC-2");
	struct execution e = execution_wanted("EXEC-3", "{}");
	e.skill = STR("other");
	struct enqueue q = {.e = &e};
	char id[64];
	assert_ok(store_execution_enqueue(gateway, &q, id, NULL, &support_err));
	struct claim a, b;
	ck_assert(execution_claim(&a));
	ck_assert_str_eq(a.e.id, "EXEC-1");
	ck_assert(execution_claim(&b));
	ck_assert_str_eq(b.e.id, "EXEC-3");
	struct claim none;
	ck_assert(!execution_claim(&none));
	struct settle done = {.id = "EXEC-1",
			      .claim = a.number,
			      .state = EXEC_SUCCEEDED,
			      .result_json = STR("{}")};
	assert_ok(store_execution_settle(runner, &done, &support_err));
	ck_assert(execution_claim(&a));
	ck_assert_str_eq(a.e.id, "EXEC-2");
}
END_TEST

START_TEST(a_rate_and_a_daily_budget_hold_back_too)
{
	struct support_skill k = {.name = "triage", .content = "v1", .per_minute = 2};
	execution_serve(&k, 1);
	execution_enqueue("EXEC-1");
	execution_enqueue("EXEC-2");
	execution_enqueue("EXEC-3");
	struct claim c;
	ck_assert(execution_claim(&c));
	ck_assert(execution_claim(&c));
	ck_assert(!execution_claim(&c));
	support_pg_run("update execution set started_at = started_at - interval '61 seconds' where "
		       "id = 'EXEC-1'");
	ck_assert(execution_claim(&c));
	/* 10 a run, 25 a day: the third would pass it, for what runs is reserved. */
	support_pg_run("update desired set per_minute = null, per_run_microusd = 10, "
		       "per_day_microusd = 25");
	support_pg_run("update execution set state = 'queued', started_at = null, content = null, "
		       "runtime = null, reserved_microusd = 0");
	ck_assert(execution_claim(&c));
	ck_assert_int_eq(c.e.reserved_microusd, 10);
	struct claim second;
	ck_assert(execution_claim(&second));
	struct claim none;
	ck_assert(!execution_claim(&none));
	/* The first came to 2 only: there is room for 10 more after 2 + 10. */
	struct settle done = {.id = c.e.id,
			      .claim = c.number,
			      .state = EXEC_SUCCEEDED,
			      .result_json = STR("{}"),
			      .cost_microusd = 2};
	assert_ok(store_execution_settle(runner, &done, &support_err));
	ck_assert(execution_claim(&none));
	struct execution_load load;
	assert_ok(store_execution_load(gateway, STR("ecm"), STR("triage"), &load, &support_err));
	ck_assert_int_eq(load.spent_today_microusd, 2);
	ck_assert_int_eq(load.reserved_microusd, 20);
	ck_assert_int_eq(load.active, 2);
	ck_assert_int_eq(load.runs_today, 1);
}
END_TEST

START_TEST(a_suspended_skill_or_one_without_a_live_version_is_not_claimed)
{
	execution_serve(&plain, 1);
	execution_enqueue("EXEC-1");
	struct claim c;
	support_pg_run("insert into suspension (kind, domain, name, by, since) values ('Skill', "
		       "'ecm', 'triage', 'test', 1)");
	ck_assert(!execution_claim(&c));
	support_pg_run("update suspension set expires_at = clock_timestamp()");
	support_pg_run("update route_version set until = 999999");
	ck_assert(!execution_claim(&c));
	support_pg_run("update route_version set until = null");
	struct claim_opts o = {.by = "host-1/keeper", .ttl_ms = 1000, .host = "host-1"};
	bool got = true;
	assert_ok(store_execution_claim(runner, arena, &o, &c, &got, &support_err));
	ck_assert(!got); /* nothing is ready on this host */
	support_pg_run("insert into instance (id, domain, skill, content, runtime, state, host, "
		       "boot_id, epoch, rev) "
		       "select 'i', domain, skill, content, runtime, 'ready', 'host-1', 'b', 1, 1 "
		       "from version");
	assert_ok(store_execution_claim(runner, arena, &o, &c, &got, &support_err));
	ck_assert(got);
}
END_TEST

START_TEST(a_session_finishes_on_the_version_it_began_with)
{
	execution_serve(&plain, 1);
	struct execution e = execution_wanted("EXEC-1", "{}");
	e.session = STR("s1");
	struct enqueue q = {.e = &e};
	char id[64];
	assert_ok(store_execution_enqueue(gateway, &q, id, NULL, &support_err));
	struct claim c;
	ck_assert(execution_claim(&c));
	struct settle done = {.id = "EXEC-1",
			      .claim = c.number,
			      .state = EXEC_SUCCEEDED,
			      .result_json = STR("{}")};
	assert_ok(store_execution_settle(runner, &done, &support_err));
	/* A new version is promoted; the old one drains. */
	struct store *s = support_pg_open(STORE_SYNC);
	support_pg_run("update lease set until = clock_timestamp() - interval '1 second' where "
		       "name = 'sync/0'");
	struct support_skill next = {.name = "triage", .content = "v2"};
	support_release(s, support_pg_lease(s, "sync"), "ecm", "c2", &next, 1);
	support_promote(control, control_lease, "ecm", &next, 1);
	snprintf(e.id, sizeof(e.id), "EXEC-2");
	assert_ok(store_execution_enqueue(gateway, &q, id, NULL, &support_err));
	execution_enqueue("EXEC-3"); /* of no session */
	struct digest v1 = word_digest("v1"), v2 = word_digest("v2");
	ck_assert(execution_claim(&c));
	ck_assert_str_eq(c.e.id, "EXEC-2");
	ck_assert(digest_equal(&c.e.content, &v1));
	ck_assert(execution_claim(&c));
	ck_assert(digest_equal(&c.e.content, &v2));
	/* Once it has drained, the session goes on with the new one. */
	struct rollout_key old = support_key("ecm", "triage", "v1");
	struct store_txn *t = NULL;
	assert_ok(
		store_txn_begin(control, STORE_FENCED, "control", control_lease, &t, &support_err));
	assert_ok(store_rollout_end(t, &old, 1, &support_err));
	assert_ok(store_txn_commit(t, NULL, &support_err));
	store_txn_end(t);
	snprintf(e.id, sizeof(e.id), "EXEC-4");
	assert_ok(store_execution_enqueue(gateway, &q, id, NULL, &support_err));
	ck_assert(execution_claim(&c));
	ck_assert(digest_equal(&c.e.content, &v2));
}
END_TEST

/* Claims and settles until nothing is left; the number of its settlements is its exit status. */
static int keeper(void)
{
	struct store *s = support_pg_open(STORE_RUNNER);
	struct arena *a = arena_new(BUF_MAX);
	int settled = 0;
	for (int idle = 0; idle < 50;) {
		struct claim_opts o = {.by = "keeper", .ttl_ms = 30000};
		struct claim c;
		bool got = false;
		if (store_execution_claim(s, a, &o, &c, &got, &support_err) < 0)
			return 255;
		if (!got) {
			idle++;
			bool woken;
			if (store_wait(s, 5, &woken, &support_err) < 0)
				return 255;
			continue;
		}
		struct settle done = {.id = c.e.id,
				      .claim = c.number,
				      .state = EXEC_SUCCEEDED,
				      .result_json = STR("{}")};
		if (store_execution_settle(s, &done, &support_err) < 0)
			return 255;
		settled++;
		idle = 0;
	}
	return settled;
}

START_TEST(four_keepers_never_run_one_twice_nor_pass_a_limit)
{
	struct support_skill k = {.name = "triage", .content = "v1", .concurrency = 2};
	execution_serve(&k, 1);
	for (int i = 0; i < 60; i++) {
		char id[32];
		snprintf(id, sizeof(id), "EXEC-%d", i);
		execution_enqueue(id);
	}
	/* The database watches the limit itself while they race. */
	support_pg_run("create function watch() returns trigger language plpgsql security definer "
		       "set search_path = aspora as $$ begin "
		       "if (select count(*) from execution where state in ('claimed', 'running')) "
		       "> 2 then raise exception 'over the limit'; end if; "
		       "return null; end $$; create trigger watch after update on execution for "
		       "each statement execute function watch()");
	pid_t pids[4];
	for (int i = 0; i < 4; i++) {
		pids[i] = fork();
		if (pids[i] == 0)
			_exit(keeper());
	}
	int total = 0;
	for (int i = 0; i < 4; i++) {
		int status;
		ck_assert_int_eq(waitpid(pids[i], &status, 0), pids[i]);
		ck_assert(WIFEXITED(status) && WEXITSTATUS(status) != 255);
		total += WEXITSTATUS(status);
	}
	ck_assert_int_eq(total, 60);
	ck_assert_int_eq(
		support_pg_int(
			"select count(*) from execution where state = 'succeeded' and claim = 1"),
		60);
}
END_TEST

static const struct support_case cases[] = {
	CASE(limits_hold_back_a_skill_and_not_its_neighbours),
	CASE(a_rate_and_a_daily_budget_hold_back_too),
	CASE(a_suspended_skill_or_one_without_a_live_version_is_not_claimed),
	CASE(a_session_finishes_on_the_version_it_began_with),
	CASE(four_keepers_never_run_one_twice_nor_pass_a_limit),
	{0},
};

int main(void)
{
	return support_pg_main("store/claim", cases);
}
