#include "runtime/guarded.h"

#include "runtime/execute_int.h"
#include "tests/unit/runtime/rig.h"
#include "tests/unit/runtime/rig_drivers.h"

#define KEY "AKIAQ3EGRLV5OX6TFZYN"

static struct run_guard guard_of(enum guard_mode pii, enum guard_mode secret)
{
	struct run_guard g = {.rules = guard_rules_builtin(), .vault = guard_vault_new()};
	g.policy.mode[GUARD_PII] = pii;
	g.policy.mode[GUARD_SECRET] = secret;
	g.policy.mode[GUARD_INJECTION] = GUARD_WARN;
	return g;
}

static int look(const struct run_guard *g, const char *json, struct guarded *ret)
{
	guarded_init(ret);
	return runtime_guard(g, "the input", str_of(json), NULL, ret, &support_err);
}

START_TEST(values_are_redacted_where_they_stand)
{
	static const struct {
		const char *json, *want;
	} rows[] = {
		{"{\"a\":1,\"b\":[true,null,\"x\"]}", ""},
		{"{\"to\":\"asha.menon@bank.ae\"}", "{\"to\":\"<email:1>\"}"},
		{"{\"a\":[\"x@bank.ae\",\"y@bank.ae\",\"x@bank.ae\"]}",
		 "{\"a\":[\"<email:1>\",\"<email:2>\",\"<email:1>\"]}"},
		{"{\"t\":\"\\u0061sha@bank.ae\\nand \\\"more\\\"\"}",
		 "{\"t\":\"<email:1>\\nand \\\"more\\\"\"}"},
		{"{\"deep\":{\"er\":{\"key\":\"" KEY "\"},\"n\":1.5}}",
		 "{\"deep\":{\"er\":{\"key\":\"<aws-access-key:1>\"},\"n\":1.5}}"},
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct run_guard g = guard_of(GUARD_REDACT, GUARD_REDACT);
		struct guarded out;
		assert_ok(look(&g, rows[i].json, &out));
		ck_assert_str_eq(buf_cstr(&out.json), rows[i].want);
		ck_assert_int_eq(out.said.len > 0, rows[i].want[0] != '\0');
		guarded_release(&out);
		run_guard_release(&g);
	}
}
END_TEST

START_TEST(a_refusal_names_rule_and_place_and_never_the_value)
{
	struct run_guard g = guard_of(GUARD_WARN, GUARD_BLOCK);
	struct guarded out;
	int rc = look(&g, "{\"a\":{\"b\":[\"" KEY "\"]},\"c\":\"asha@bank.ae\"}", &out);
	ck_assert_int_eq(rc, ERR_DENIED);
	ck_assert_str_eq(support_err.msg,
			 "the guard refuses the input: an AWS access key in a.b[0] (guard rule "
			 "secret-aws-access-key)");
	ck_assert_ptr_nonnull(strstr(support_err.remedy, "guard.secrets"));
	ck_assert_ptr_null(strstr(buf_cstr(&out.said), KEY));
	ck_assert_str_eq(
		buf_cstr(&out.said),
		"{\"what\":\"the input\",\"findings\":[{\"rule\":\"secret-aws-access-key\","
		"\"path\":\"a.b[0]\",\"mode\":\"block\"},{\"rule\":\"pii-email\",\"path\":\"c\","
		"\"mode\":\"warn\"}]}");
	guarded_release(&out);
	run_guard_release(&g);
}
END_TEST

START_TEST(warnings_are_said_and_change_nothing)
{
	struct run_guard g = guard_of(GUARD_WARN, GUARD_OFF);
	struct guarded out;
	assert_ok(look(&g, "{\"c\":\"asha@bank.ae " KEY "\"}", &out));
	ck_assert_uint_eq(out.json.len, 0);
	ck_assert_ptr_nonnull(strstr(buf_cstr(&out.said), "pii-email"));
	ck_assert_ptr_null(strstr(buf_cstr(&out.said), "aws"));
	guarded_release(&out);
	run_guard_release(&g);
}
END_TEST

START_TEST(a_fault_of_the_guard_refuses_or_passes_as_policy_says)
{
	for (int open = 0; open < 2; open++) {
		struct run_guard g = guard_of(GUARD_WARN, GUARD_BLOCK);
		struct guarded out;
		g.budget_ms = -1; /* over before it begins */
		g.policy.fail_open = open;
		int rc = look(&g, "{\"c\":\"nothing\"}", &out);
		ck_assert_int_eq(rc, open ? 0 : ERR_TOO_LARGE);
		if (!open)
			ck_assert_ptr_nonnull(
				strstr(support_err.msg, "could not be looked through"));
		ck_assert_ptr_nonnull(strstr(buf_cstr(&out.said), "\"fault\""));
		guarded_release(&out);
		run_guard_release(&g);
	}
}
END_TEST

/* --- in a sandbox ------------------------------------------------------------------------------------------ */

static const char echo[] = "import json, sys\n"
			   "c = json.load(sys.stdin)\n"
			   "print('seen', c['input'], file=sys.stderr)\n"
			   "json.dump({'got': c['input'], 'mine': 'answer@bank.ae'}, sys.stdout)\n";

static void run_guarded(struct rig *r, const struct run_guard *g, const char *context)
{
	r->req.guard = g;
	r->req.context_json = str_of(context);
	rig_run(r, "code/handler.py", echo);
}

START_TEST(a_sandbox_sees_and_answers_what_policy_lets_through)
{
	static const char context[] = "{\"apiVersion\":\"aspora/v1\",\"kind\":\"SkillContext\","
				      "\"input\":{\"to\":\"asha@bank.ae\"}}";
	EACH_DRIVER(r)
	{
		struct run_guard g = guard_of(GUARD_REDACT, GUARD_BLOCK);
		run_guarded(&r, &g, context);
		assert_output(&r, "{\"got\":{\"to\":\"<email:1>\"},\"mine\":\"<email:2>\"}");
		ck_assert_ptr_null(strstr(buf_cstr(&r.result.transcript), "bank.ae"));
		ck_assert_ptr_nonnull(strstr(buf_cstr(&r.result.stderr_tail), "<email:1>"));
		ck_assert(rig_has_step(&r, "guard"));
		run_guard_release(&g);
	}
}
END_TEST

START_TEST(a_blocked_input_never_reaches_the_handler)
{
	EACH_DRIVER(r)
	{
		struct run_guard g = guard_of(GUARD_WARN, GUARD_BLOCK);
		run_guarded(&r, &g, "{\"input\":{\"k\":\"" KEY "\"}}");
		assert_failed(&r, ERR_DENIED, false, "the guard refuses the input");
		ck_assert(rig_has_step(&r, "guard") && !rig_has_step(&r, "invoked"));
		NOTHING_LEFT();
		run_guard_release(&g);
	}
}
END_TEST

START_TEST(a_blocked_answer_is_kept_nowhere)
{
	EACH_DRIVER(r)
	{
		struct run_guard g = guard_of(GUARD_WARN, GUARD_BLOCK);
		r.req.guard = &g;
		rig_run(&r, "code/handler.sh", "echo " KEY " >&2; echo '\"" KEY "\"'\n");
		assert_failed(&r, ERR_DENIED, false, "the guard refuses the answer");
		ck_assert_ptr_null(strstr(buf_cstr(&r.result.transcript), KEY));
		ck_assert_ptr_null(strstr(buf_cstr(&r.result.stderr_tail), KEY));
		run_guard_release(&g);
	}
}
END_TEST

START_TEST(what_a_failing_handler_says_is_kept_nowhere)
{
	EACH_DRIVER(r)
	{
		struct run_guard g = guard_of(GUARD_REDACT, GUARD_BLOCK);
		r.req.guard = &g;
		rig_run(&r, "code/handler.sh", "echo key " KEY " of asha@bank.ae >&2; exit 3\n");
		assert_failed(&r, ERR_HANDLER_EXIT, true, "key <aws-access-key:1> of <email:1>");
		ck_assert_ptr_null(strstr(r.told, KEY));
		ck_assert_ptr_null(strstr(r.told, "bank.ae"));
		ck_assert_ptr_nonnull(strstr(
			r.told, "stderr {\"text\":\"key <aws-access-key:1> of <email:1>\\n\"}"));
		ck_assert_ptr_null(strstr(buf_cstr(&r.result.transcript), KEY));
		ck_assert_ptr_null(strstr(buf_cstr(&r.result.stderr_tail), KEY));
		run_guard_release(&g);
	}
}
END_TEST

/* --- what is said on stderr, piece by piece ------------------------------------------------------------------ */

struct said {
	struct rig r;
	struct run_guard g;
	struct run_instance i;
};

static void said_init(struct said *s, enum guard_mode pii, enum guard_mode secrets)
{
	*s = (struct said){.g = guard_of(pii, secrets)};
	s->r.req = (struct run_request){.guard = &s->g, .on_step = rig_step, .state = &s->r};
	s->i.req = &s->r.req;
	s->i.rt = rig_runtime(support_dir());
	buf_init(&s->i.log, BUF_MAX);
}

static void said_release(struct said *s)
{
	runtime_close(s->i.rt);
	buf_release(&s->i.log);
	run_guard_release(&s->g);
}

START_TEST(a_value_in_two_pieces_is_one_value)
{
	struct said s;
	said_init(&s, GUARD_REDACT, GUARD_BLOCK);
	step_log(&s.i, STR("to asha@ba"));
	ck_assert_str_eq(s.r.told, "");
	step_log(&s.i, STR("nk.ae now\nand AKIAQ3EG"));
	ck_assert_str_eq(s.r.told, "stderr {\"text\":\"to <email:1> now\\n\"}\n");
	step_log(&s.i, STR("RLV5OX6TFZYN"));
	guard_log_end(&s.i);
	ck_assert_str_eq(s.r.told, "stderr {\"text\":\"to <email:1> now\\n\"}\n"
				   "stderr {\"text\":\"and <aws-access-key:1>\"}\n");
	guard_log_end(&s.i);
	ck_assert_ptr_null(strstr(strstr(s.r.told, "and"), "stderr"));
	said_release(&s);
}
END_TEST

START_TEST(a_key_of_several_lines_is_hidden_though_its_first_has_been_told)
{
	struct said s;
	said_init(&s, GUARD_WARN, GUARD_BLOCK);
	step_log(&s.i, STR("-----BEGIN RSA PRIVATE KEY-----\n"));
	step_log(&s.i, STR("MIIEpAIBAAKCAQEA7bq2zVJ0l3ZrB8V0pXgKfQwR9x1n5mYtE4uHc6sDaGvLkPo\n"));
	step_log(&s.i, STR("-----END RSA PRIVATE KEY-----\n"));
	guard_log_end(&s.i);
	ck_assert_msg(!strstr(s.r.told, "MIIEpAIBAAKCAQEA7"), "%s", s.r.told);
	said_release(&s);
}
END_TEST

START_TEST(a_line_without_end_is_told_in_parts)
{
	struct said s;
	CLEANUP(buf_release) struct buf line = BUF_INIT(BUF_MAX);
	said_init(&s, GUARD_REDACT, GUARD_BLOCK);
	while (line.len < 64 * 1024)
		buf_addz(&line, "x");
	step_log(&s.i, buf_str(&line));
	ck_assert_str_eq(s.r.told, "");
	step_log(&s.i, STR("x"));
	ck_assert_uint_gt(strlen(s.r.told), 10000);
	ck_assert_uint_le(s.i.log.len, 4096);
	said_release(&s);
}
END_TEST

START_TEST(what_could_not_be_looked_through_is_not_told)
{
	struct said s;
	said_init(&s, GUARD_REDACT, GUARD_BLOCK);
	s.g.budget_ms = -1;
	step_log(&s.i, STR("to asha@bank.ae\n"));
	ck_assert_str_eq(s.r.told,
			 "guard {\"what\":\"stderr\",\"findings\":[],\"fault\":\"the guard "
			 "gave up: the text took longer than its time\"}\n");
	said_release(&s);
}
END_TEST

static const struct support_case cases[] = {
	CASE(values_are_redacted_where_they_stand),
	CASE(a_refusal_names_rule_and_place_and_never_the_value),
	CASE(warnings_are_said_and_change_nothing),
	CASE(a_fault_of_the_guard_refuses_or_passes_as_policy_says),
	CASE_SLOW(a_sandbox_sees_and_answers_what_policy_lets_through, 90),
	CASE_SLOW(a_blocked_input_never_reaches_the_handler, 90),
	CASE_SLOW(a_blocked_answer_is_kept_nowhere, 90),
	CASE_SLOW(what_a_failing_handler_says_is_kept_nowhere, 90),
	CASE(a_value_in_two_pieces_is_one_value),
	CASE(a_key_of_several_lines_is_hidden_though_its_first_has_been_told),
	CASE(a_line_without_end_is_told_in_parts),
	CASE(what_could_not_be_looked_through_is_not_told),
	{0}};

int main(void)
{
	return support_main("runtime/guarded", cases);
}
