/*
 * Ten thousand skills: every step is a few statements, and no step grows faster than its work. Times are printed for orientation; what is asserted
 * is counted, or compared within one run.
 */
#include "base/mem.h"
#include "store/change.h"
#include "store/execution.h"
#include "store/rollout.h"
#include "store/source.h"
#include "tests/unit/store/help_release.h"

enum { FEW = 1000, MANY = 10000 };

static struct store *sync_store, *control, *runner;
static struct lease *sync_lease, *control_lease, *runner_lease;

static int64_t now_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

struct timing {
	const char *what;
	int64_t us;
};
static struct timing timings[2][16];
static size_t timing_count[2];
static int round_;
static int64_t began;

static void from_here(void)
{
	began = now_us();
}

static void took(const char *what)
{
	timings[round_][timing_count[round_]++] = (struct timing){what, now_us() - began};
}

static struct store_txn *begin(struct store *s, const struct lease *l)
{
	struct store_txn *t = NULL;
	assert_ok(store_txn_begin(s, STORE_FENCED, "test", l, &t, &support_err));
	return t;
}

static void finish(struct store_txn *t)
{
	assert_ok(store_txn_commit(t, NULL, &support_err));
	store_txn_end(t);
}

/* One domain of n skills from release to routes, as sync, control and runner would take it. */
static void walk(const char *domain, size_t n)
{
	struct arena *a = arena_new(BUF_MAX);
	struct support_skill *skills = arena_array(a, n, sizeof(*skills));
	struct rollout_key *keys = arena_array(a, n, sizeof(*keys));
	struct rollout_move *moves = arena_array(a, n, sizeof(*moves));
	struct instance *instances = arena_array(a, n, sizeof(*instances));
	for (size_t i = 0; i < n; i++) {
		skills[i].name = arena_printf(a, "skill-%05zu", i);
		skills[i].content = skills[i].name;
		skills[i].pattern = arena_printf(a, "do thing %zu {x}", i);
		keys[i] = support_key(domain, skills[i].name, skills[i].content);
		moves[i] = (struct rollout_move){
			.key = keys[i], .to = ROLLOUT_STARTING, .attempt = -1};
		instances[i] =
			(struct instance){.key = keys[i], .attempt = 1, .host = STR("host-1")};
		snprintf(instances[i].id, sizeof(instances[i].id), "%s-%zu", domain, i);
	}
	from_here();
	support_release(sync_store, sync_lease, domain, domain, skills, n);
	took("release");
	struct rollout_item *items = NULL;
	size_t count;
	from_here();
	assert_ok(store_rollout_todo(control, a, &items, &count, &support_err));
	took("todo, all of it");
	ck_assert_uint_eq(count, n);
	from_here();
	struct store_txn *t = begin(control, control_lease);
	assert_ok(store_rollout_begin(t, keys, n, &support_err));
	finish(t);
	took("begin");
	t = begin(control, control_lease);
	from_here();
	assert_ok(store_rollout_move(t, moves, n, &support_err));
	finish(t);
	took("move");
	struct required *need = NULL;
	from_here();
	assert_ok(store_required_todo(runner, a, STR("host-1"), &need, &count, &support_err));
	took("required, all of it");
	ck_assert_uint_eq(count, n);
	from_here();
	t = begin(runner, runner_lease);
	assert_ok(store_instance_intend(t, instances, n, &support_err));
	finish(t);
	took("intend");
	for (size_t i = 0; i < n; i++)
		instances[i].state = INSTANCE_READY;
	from_here();
	t = begin(runner, runner_lease);
	assert_ok(store_instance_set(t, instances, n, &support_err));
	finish(t);
	took("set ready");
	from_here();
	t = begin(control, control_lease);
	assert_ok(store_rollout_promote(t, keys, n, 1000, &support_err));
	finish(t);
	took("promote");
	struct route *routes = NULL;
	int64_t rev;
	from_here();
	assert_ok(store_route_load(control, a, 0, &routes, &count, &rev, &support_err));
	took("routes");
	ck_assert_uint_ge(count, n);
	from_here();
	assert_ok(store_rollout_todo(control, a, &items, &count, &support_err));
	took("todo, converged");
	ck_assert_uint_eq(count, 0);
	from_here();
	assert_ok(store_required_todo(runner, a, STR("host-1"), &need, &count, &support_err));
	took("required, converged");
	ck_assert_uint_eq(count, 0);
	arena_free(a);
}

static void set_up(void)
{
	sync_store = support_pg_open(STORE_SYNC);
	control = support_pg_open(STORE_CONTROL);
	runner = support_pg_open(STORE_RUNNER);
	sync_lease = support_pg_lease(sync_store, "sync");
	control_lease = support_pg_lease(control, "control");
	runner_lease = support_pg_lease(runner, "runner");
}

START_TEST(no_step_from_release_to_routes_grows_faster_than_its_work)
{
	set_up();
	walk("few", FEW);
	round_ = 1;
	walk("many", MANY);
	for (size_t i = 0; i < timing_count[1]; i++) {
		int64_t few = timings[0][i].us, many = timings[1][i].us;
		fprintf(stderr, "%-22s %8.1f ms %8.1f ms\n", timings[1][i].what, (double)few / 1e3,
			(double)many / 1e3);
		/* Ten times the skills: quadratic would be a hundred times. */
		ck_assert_msg(many < 40 * few + 50000, "%s: %lld us for %d, %lld us for %d",
			      timings[1][i].what, (long long)few, FEW, (long long)many, MANY);
	}
}
END_TEST

static int by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
	return (x > y) - (x < y);
}

static int64_t median(int64_t *v, size_t n)
{
	qsort(v, n, sizeof(*v), by_size);
	return v[n / 2];
}

/* Median time of one changed skill in one transaction, and of an idle look. */
static void one_change(const char *domain, int64_t *ret_change, int64_t *ret_tick)
{
	enum { N = 31 };
	int64_t change[N], tick[N];
	for (int i = 0; i < N; i++) {
		char content[32];
		snprintf(content, sizeof(content), "%s-new-%d", domain, i);
		struct support_skill k = {.name = "skill-00007", .content = content};
		int64_t t0 = now_us();
		support_release(sync_store, sync_lease, domain, content, &k, 1);
		change[i] = now_us() - t0;
	}
	for (int i = 0; i < N; i++) {
		struct store_tick now = {0};
		int64_t t0 = now_us();
		assert_ok(store_tick(sync_store, &now, &support_err));
		tick[i] = now_us() - t0;
	}
	*ret_change = median(change, N);
	*ret_tick = median(tick, N);
}

START_TEST(one_change_and_an_idle_look_cost_the_same_beside_many_skills)
{
	set_up();
	int64_t change[2], tick[2];
	for (int i = 0; i < 2; i++) {
		size_t n = i ? MANY : 100;
		struct arena *a = arena_new(BUF_MAX);
		struct support_skill *skills = arena_array(a, n, sizeof(*skills));
		for (size_t k = 0; k < n; k++) {
			skills[k].name = arena_printf(a, "skill-%05zu", k);
			skills[k].content = arena_printf(a, "%d-%zu", i, k);
		}
		const char *domain = i ? "many" : "few";
		support_release(sync_store, sync_lease, domain, domain, skills, n);
		arena_free(a);
		support_pg_run("analyze");
		one_change(domain, &change[i], &tick[i]);
	}
	fprintf(stderr,
		"one change %lld us beside 100, %lld us beside 10,000; idle look %lld us, %lld "
		"us\n",
		(long long)change[0], (long long)change[1], (long long)tick[0], (long long)tick[1]);
	ck_assert_int_lt(change[1], 3 * change[0] + 1000);
	ck_assert_int_lt(tick[1], 3 * tick[0] + 1000);
}
END_TEST

START_TEST(claiming_does_not_slow_down_with_the_length_of_the_queue)
{
	set_up();
	struct support_skill k = {.name = "triage", .content = "v1", .concurrency = 5};
	support_release(sync_store, sync_lease, "ecm", "c1", &k, 1);
	support_promote(control, control_lease, "ecm", &k, 1);
	struct arena *a = arena_new(BUF_MAX);
	int64_t median_us[2];
	for (int round = 0; round < 2; round++) {
		enum { N = 21 };
		int64_t v[N];
		support_pg_run("insert into execution (id, domain, skill, requested_by, "
			       "request_digest, input, deadline_at) "
			       "select 'E-%d-' || i, 'ecm', 'triage', 'test', sha256('x'), '{}', "
			       "now() + interval '1 hour' from generate_series(1, %d) i",
			       round, round ? 20000 : 100);
		support_pg_run("analyze execution");
		for (int i = 0; i < N; i++) {
			struct claim_opts o = {.by = "keeper", .ttl_ms = 30000};
			struct claim c;
			bool got = false;
			int64_t t0 = now_us();
			assert_ok(store_execution_claim(runner, a, &o, &c, &got, &support_err));
			v[i] = now_us() - t0;
			ck_assert(got);
			struct settle done = {.id = c.e.id,
					      .claim = c.number,
					      .state = EXEC_SUCCEEDED,
					      .result_json = STR("{}")};
			assert_ok(store_execution_settle(runner, &done, &support_err));
		}
		median_us[round] = median(v, N);
	}
	fprintf(stderr, "claim: %lld us behind 100, %lld us behind 20,000\n",
		(long long)median_us[0], (long long)median_us[1]);
	ck_assert_int_lt(median_us[1], 20 * median_us[0] + 20000);
	arena_free(a);
}
END_TEST

static const struct support_case cases[] = {
	CASE_SLOW(no_step_from_release_to_routes_grows_faster_than_its_work, 300),
	CASE_SLOW(one_change_and_an_idle_look_cost_the_same_beside_many_skills, 120),
	CASE_SLOW(claiming_does_not_slow_down_with_the_length_of_the_queue, 120),
	{0},
};

int main(void)
{
	return support_pg_main("store/scale", cases);
}
