/* A prober: each version is answered for once, in order, whatever becomes of the process. */
#include "agent/prober.h"

#include <signal.h>
#include <stdio.h>

#include "base/mem.h"
#include "tests/unit/agent/help_version.h"

static struct role_ctx ctx;
static struct runtime *runtime;
static struct loop *loop;
static struct probe_list asked, told;
static int idle_count;

static void probed(void *state, const struct probe *p)
{
	(void)state;
	probe_list_add(&told, p);
}

static void idle(void *state)
{
	(void)state;
	idle_count++;
	loop_stop(loop);
}

static void set_up(driver_fake_fn script)
{
	version_set_up(script, &ctx, &runtime);
	assert_ok(loop_open(&clock_real, &loop, &support_err));
	asked = told = (struct probe_list){0};
	idle_count = 0;
}

static void ask(const char *id, const char *skill)
{
	struct probe p = {.key = support_key("ecm", skill, "v1")};
	snprintf(p.id, sizeof(p.id), "%s", id);
	probe_list_add(&asked, &p);
}

static struct prober *start(void)
{
	struct prober *p = NULL;
	const struct prober_opts o = {&ctx, runtime, loop, probed, idle, NULL};
	assert_ok(prober_start(&o, &asked, &p, &support_err));
	return p;
}

/* Until it has ended. */
static void probe_all(void)
{
	struct prober *p = start();
	ck_assert(prober_is_running(p));
	assert_ok(loop_run(loop, &support_err));
	ck_assert(!prober_is_running(p));
	ck_assert_int_eq(idle_count, 1);
	prober_free(p);
}

static void tear_down(void)
{
	probe_list_release(&asked);
	probe_list_release(&told);
	loop_close(loop);
	runtime_close(runtime);
}

START_TEST(a_version_that_answers_is_ready)
{
	set_up(NULL);
	ask("INST-A", "triage");
	probe_all();
	ck_assert_uint_eq(asked.count, 0);
	ck_assert_uint_eq(told.count, 1);
	ck_assert_str_eq(told.items[0].id, "INST-A");
	ck_assert_msg(told.items[0].state == INSTANCE_READY, "%.*s",
		      STR_ARG(told.items[0].message));
	assert_str(told.items[0].driver, "fake");
	assert_str(told.items[0].cause, "");
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	struct instance made;
	probe_outcome(&told.items[0], a, &made);
	ck_assert_str_eq(made.id, "INST-A");
	assert_str(made.key.domain, "ecm");
	assert_str(made.key.skill, "triage");
	ck_assert_int_eq(made.state, INSTANCE_READY);
	assert_str(made.driver, "fake");
	tear_down();
}
END_TEST

START_TEST(one_that_fails_hides_no_other)
{
	set_up(NULL);
	ask("INST-A", "triage");
	ask("INST-B", "none-such");
	ask("INST-C", "triage");
	probe_all();
	ck_assert_uint_eq(told.count, 3);
	ck_assert_int_eq(told.items[0].state, INSTANCE_READY);
	ck_assert_str_eq(told.items[1].id, "INST-B");
	ck_assert_int_eq(told.items[1].state, INSTANCE_FAILED);
	/* A version that is not there is nobody's content. */
	assert_str(told.items[1].cause, "environment");
	ck_assert(str_find(told.items[1].message, STR("ecm/none-such is not in the store"), 0) >=
		  0);
	ck_assert_str_eq(told.items[2].id, "INST-C");
	ck_assert_int_eq(told.items[2].state, INSTANCE_READY);
	tear_down();
}
END_TEST

START_TEST(a_skill_without_a_handler_waits_for_a_model)
{
	set_up(NULL);
	support_pg_run("update version set handler = ''");
	ask("INST-A", "triage");
	probe_all();
	ck_assert_int_eq(told.items[0].state, INSTANCE_FAILED);
	assert_str(told.items[0].reason, "ModelNotConfigured");
	ck_assert(str_find(told.items[0].message, STR("add code/handler.py"), 0) > 0);
	tear_down();
}
END_TEST

static int ends_at_once(int fd, const struct sandbox_spec *spec, void *state)
{
	(void)fd;
	(void)spec;
	(void)state;
	return 3;
}

START_TEST(a_handler_that_does_not_get_ready_is_told_as_that)
{
	set_up(ends_at_once);
	ask("INST-A", "triage");
	probe_all();
	ck_assert_uint_eq(told.count, 1);
	ck_assert_int_eq(told.items[0].state, INSTANCE_FAILED);
	ck_assert(told.items[0].reason.len > 0);
	ck_assert(told.items[0].message.len > 0);
	tear_down();
}
END_TEST

START_TEST(a_bundle_that_cannot_be_made_is_the_environments_fault)
{
	set_up(NULL);
	support_pg_run("set session_replication_role = replica; delete from blob");
	ask("INST-A", "triage");
	probe_all();
	ck_assert_int_eq(told.items[0].state, INSTANCE_FAILED);
	ck_assert(str_find(told.items[0].message, STR("stored"), 0) >= 0);
	tear_down();
}
END_TEST

static int kills_the_prober(int fd, const struct sandbox_spec *spec, void *state)
{
	(void)fd;
	(void)spec;
	(void)state;
	kill(getppid(), SIGKILL);
	return 0;
}

START_TEST(what_a_killed_prober_did_not_answer_is_given_back)
{
	set_up(kills_the_prober);
	ask("INST-A", "none-such");
	ask("INST-B", "triage");
	ask("INST-C", "triage");
	probe_all();
	ck_assert_uint_eq(told.count, 3);
	ck_assert(str_find(told.items[0].message, STR("not in the store"), 0) > 0);
	for (size_t i = 1; i < 3; i++) {
		ck_assert_int_eq(told.items[i].state, INSTANCE_FAILED);
		assert_str(told.items[i].cause, "environment");
		assert_str(told.items[i].message,
			   "the process that tried it ended before it could say how it went");
	}
	ck_assert_str_eq(told.items[2].id, "INST-C");
	tear_down();
}
END_TEST

START_TEST(a_prober_without_a_store_gives_everything_back)
{
	set_up(NULL);
	struct store_access nowhere = STORE_ACCESS_INIT;
	assert_ok(store_access_from_url(&nowhere, STR("host=/nowhere dbname=x"), &support_err));
	ctx.access = &nowhere;
	ask("INST-A", "triage");
	probe_all();
	ck_assert_uint_eq(told.count, 1);
	assert_str(told.items[0].cause, "environment");
	store_access_release(&nowhere);
	tear_down();
}
END_TEST

START_TEST(a_prober_takes_a_batch_from_the_front)
{
	set_up(NULL);
	char id[32];
	for (int i = 0; i < PROBE_BATCH + 1; i++) {
		snprintf(id, sizeof(id), "INST-%02d", i);
		ask(id, "none-such");
	}
	probe_all();
	ck_assert_uint_eq(told.count, PROBE_BATCH);
	ck_assert_uint_eq(asked.count, 1);
	ck_assert_str_eq(asked.items[0].id, "INST-32");
	for (size_t i = 0; i < told.count; i++) {
		snprintf(id, sizeof(id), "INST-%02zu", i);
		ck_assert_str_eq(told.items[i].id, id);
	}
	tear_down();
}
END_TEST

static int never_ready(int fd, const struct sandbox_spec *spec, void *state)
{
	char x;
	(void)spec;
	(void)state;
	return read(fd, &x, 1) < 0;
}

START_TEST(one_that_is_let_go_tells_nothing_more)
{
	set_up(never_ready);
	ask("INST-A", "triage");
	struct prober *p = start();
	ck_assert(prober_is_running(p));
	prober_free(p);
	prober_free(NULL);
	ck_assert_uint_eq(told.count, 0);
	ck_assert_int_eq(idle_count, 0);
	tear_down();
}
END_TEST

START_TEST(lists_are_cut_at_either_end)
{
	asked = (struct probe_list){0};
	for (int i = 0; i < 5; i++) {
		char id[16];
		snprintf(id, sizeof(id), "I%d", i);
		ask(id, "triage");
	}
	probe_list_drop(&asked, 0);
	probe_list_drop(&asked, 2);
	ck_assert_uint_eq(asked.count, 3);
	ck_assert_str_eq(asked.items[0].id, "I2");
	probe_list_cut(&asked, 7);
	ck_assert_uint_eq(asked.count, 3);
	probe_list_cut(&asked, 1);
	ck_assert_uint_eq(asked.count, 1);
	ck_assert_str_eq(asked.items[0].id, "I2");
	assert_str(asked.items[0].key.skill, "triage");
	probe_list_release(&asked);
	ck_assert_uint_eq(asked.count, 0);
}
END_TEST

static const struct support_case cases[] = {
	CASE_SLOW(a_version_that_answers_is_ready, 60),
	CASE_SLOW(one_that_fails_hides_no_other, 60),
	CASE_SLOW(a_skill_without_a_handler_waits_for_a_model, 60),
	CASE_SLOW(a_handler_that_does_not_get_ready_is_told_as_that, 60),
	CASE_SLOW(a_bundle_that_cannot_be_made_is_the_environments_fault, 60),
	CASE_SLOW(what_a_killed_prober_did_not_answer_is_given_back, 60),
	CASE_SLOW(a_prober_without_a_store_gives_everything_back, 60),
	CASE_SLOW(a_prober_takes_a_batch_from_the_front, 60),
	CASE_SLOW(one_that_is_let_go_tells_nothing_more, 60),
	CASE(lists_are_cut_at_either_end),
	{0},
};

int main(void)
{
	return support_pg_main("agent/prober", cases);
}
