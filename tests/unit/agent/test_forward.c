/* Forwards: who may, and that a child is asked for once. */
#include "agent/forward.h"
#include "agent/keeper.h"
#include "tests/unit/store/help_execution.h"

static const struct support_skill skills[] = {{.name = "triage", .content = "v1"},
					      {.name = "order", .content = "v2"}};

/* --- who may ----------------------------------------------------------------------------------------------------- */

static const struct config_forward named[] = {
	{.forward_to = STR("frm/escalation")},
	{.when_domain = STR("hr"), .forward_to = STR("wealth/summary")},
	{.forward_to = STR("nodomain")},
};

static const struct may {
	const char *from, *to_domain, *to_skill;
	bool may;
} mays[] = {
	{"ecm", "ecm", "anything", true},	{"ecm", "frm", "escalation", true},
	{"ecm", "frm", "other", false},		{"ecm", "wealth", "summary", false},
	{"hr", "wealth", "summary", true},	{"hr", "wealth", "summary2", false},
	{"ecm", "nodomain", "nodomain", false}, {"ecm", "frm", "escalation/x", false},
};

START_TEST(across_domains_only_what_is_named_may_be_forwarded_to)
{
	struct config c = {0};
	c.routing.forwards.items = (void *)(uintptr_t)named;
	c.routing.forwards.count = ARRAY_SIZE(named);
	const struct may *m = &mays[_i];
	ck_assert_int_eq(
		forward_is_allowed(&c, str_of(m->from), str_of(m->to_domain), str_of(m->to_skill)),
		m->may);
	struct config nothing = {0};
	ck_assert_int_eq(forward_is_allowed(&nothing, str_of(m->from), str_of(m->to_domain),
					    str_of(m->to_skill)),
			 strcmp(m->from, m->to_domain) == 0);
}
END_TEST

/* --- the child --------------------------------------------------------------------------------------------------- */

static struct execution parent(const char *id)
{
	struct execution e = execution_wanted(id, "{\"order\":17}");
	struct enqueue q = {.e = &e};
	char got[64];
	e.session = STR("s-1");
	assert_ok(store_execution_enqueue(gateway, &q, got, NULL, &support_err));
	return e;
}

static int forward(const struct execution *e, const char *result, struct buf *out)
{
	struct config c = {0};
	buf_reset(out);
	buf_addz(out, result);
	return forward_result(runner, e, &c, out, &support_err);
}

START_TEST(a_result_without_a_forward_stays_as_it_is)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(4096);
	execution_serve(skills, 2);
	struct execution e = parent("EXEC-1");
	assert_ok(forward(&e, "{\"output\":1}", &out));
	assert_str(buf_str(&out), "{\"output\":1}");
	assert_ok(forward(&e, "{\"forward\":\"\"}", &out));
	assert_str(buf_str(&out), "{\"forward\":\"\"}");
	ck_assert_int_eq(support_pg_int("select count(*) from execution"), 1);
}
END_TEST

START_TEST(a_child_has_what_its_parent_had_and_is_asked_for_once)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(4096);
	execution_serve(skills, 2);
	struct execution e = parent("EXEC-1");
	assert_ok(forward(&e, "{\"forward\":\"ecm/order\",\"text\":\"go on\"} ", &out));
	const char *child = support_pg_text("select id from execution where parent = 'EXEC-1'");
	char want[200];
	snprintf(want, sizeof(want),
		 "{\"forward\":\"ecm/order\",\"text\":\"go on\",\"forwarded\":\"%s\"}", child);
	assert_str(buf_str(&out), want);
	struct execution got;
	assert_ok(store_execution_get(gateway, arena, str_of(child), &got, &support_err));
	assert_str(got.skill, "order");
	assert_str(got.session, "s-1");
	assert_str(got.requested_by, "key:ana");
	assert_str(got.input_json, "{\"order\":17}");
	ck_assert_int_eq(got.deadline_ms, e.deadline_ms);
	/* The keeper died before it could settle: the next attempt finds the same child. */
	assert_ok(forward(&e, "{\"forward\":\"ecm/order\",\"text\":\"go on\"}", &out));
	assert_str(buf_str(&out), want);
	ck_assert_int_eq(support_pg_int("select count(*) from execution"), 2);
}
END_TEST

static const struct bad {
	const char *result;
	int code;
	const char *part;
} bads[] = {
	{"{\"forward\":\"order\"}", ERR_HANDLER_OUTPUT, "\"order\", which is not a domain/skill"},
	{"{\"forward\":\"ecm/Order\"}", ERR_HANDLER_OUTPUT, "not a domain/skill"},
	{"{\"forward\":\"frm/escalation\"}", ERR_DENIED,
	 "ecm/triage may not forward to frm/escalation: it is in another domain"},
	{"{\"forward\":\"ecm/ordre\"}", ERR_NOT_FOUND, "ecm/ordre"},
	{"{\"forward\":", ERR_SYNTAX, ""},
};

START_TEST(what_cannot_be_forwarded_to_is_named)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(4096);
	execution_serve(skills, 2);
	struct execution e = parent("EXEC-1");
	assert_err(forward(&e, bads[_i].result, &out), bads[_i].code, bads[_i].part);
	if (bads[_i].code == ERR_DENIED)
		ck_assert_ptr_nonnull(strstr(support_err.remedy, "forward_to: frm/escalation"));
	ck_assert_int_eq(support_pg_int("select count(*) from execution"), 1);
}
END_TEST

START_TEST(a_chain_may_be_so_long_and_not_longer)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(4096);
	static char ids[FORWARD_HOPS_MAX + 1][32];
	execution_serve(skills, 2);
	struct execution e;
	for (int i = 0; i <= FORWARD_HOPS_MAX; i++) {
		snprintf(ids[i], sizeof(ids[i]), "EXEC-%d", i);
		e = execution_wanted(ids[i], "{}");
		e.parent = i ? str_of(ids[i - 1]) : STR_NULL;
		struct enqueue q = {.e = &e};
		char got[64];
		assert_ok(store_execution_enqueue(gateway, &q, got, NULL, &support_err));
		if (i < FORWARD_HOPS_MAX)
			assert_ok(forward(&e, "{\"forward\":\"ecm/order\"}", &out));
	}
	assert_err(forward(&e, "{\"forward\":\"ecm/order\"}", &out), ERR_CONFLICT, "longer than 8");
	/* Whoever stands above may be gone from the database: then the chain is as long as can be seen. */
	support_pg_run("delete from execution where id = 'EXEC-0'");
	assert_ok(forward(&e, "{\"forward\":\"ecm/order\"}", &out));
}
END_TEST

static const struct support_case cases[] = {
	CASE_LOOP(across_domains_only_what_is_named_may_be_forwarded_to, ARRAY_SIZE(mays)),
	CASE(a_result_without_a_forward_stays_as_it_is),
	CASE(a_child_has_what_its_parent_had_and_is_asked_for_once),
	CASE_LOOP(what_cannot_be_forwarded_to_is_named, ARRAY_SIZE(bads)),
	CASE(a_chain_may_be_so_long_and_not_longer),
	{0},
};

int main(void)
{
	return support_pg_main("agent/forward", cases);
}
