#include "tests/unit/store/help_execution.h"

#include "store/rollout.h"

struct store *gateway, *runner, *control;
struct lease *control_lease;
struct arena *arena;

void execution_serve(const struct support_skill *skills, size_t count)
{
	struct store *s = support_pg_open(STORE_SYNC);
	struct lease *l = support_pg_lease(s, "sync");
	control = support_pg_open(STORE_CONTROL);
	control_lease = support_pg_lease(control, "control");
	support_release(s, l, "ecm", "c1", skills, count);
	support_promote(control, control_lease, "ecm", skills, count);
	gateway = support_pg_open(STORE_GATEWAY);
	runner = support_pg_open(STORE_RUNNER);
	arena = arena_new(BUF_MAX);
}

const struct support_skill plain = {.name = "triage", .content = "v1"};

struct execution execution_wanted(const char *id, const char *input)
{
	struct execution e = {.domain = STR("ecm"),
			      .skill = STR("triage"),
			      .requested_by = STR("key:ana"),
			      .attempt = 1,
			      .input_json = str_of(input),
			      .trigger_json = STR("{\"kind\":\"name\"}")};
	snprintf(e.id, sizeof(e.id), "%s", id);
	e.deadline_ms = clock_real.wall_ms(NULL) + 60000;
	return e;
}

void execution_enqueue(const char *id)
{
	struct execution e = execution_wanted(id, "{}");
	struct enqueue q = {.e = &e};
	char got[64];
	assert_ok(store_execution_enqueue(gateway, &q, got, NULL, &support_err));
	ck_assert_str_eq(got, id);
}

bool execution_claim(struct claim *c)
{
	struct claim_opts o = {.by = "host-1/keeper", .ttl_ms = 30000};
	bool got = false;
	assert_ok(store_execution_claim(runner, arena, &o, c, &got, &support_err));
	return got;
}
