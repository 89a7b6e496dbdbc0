/* Executions: asked for once, claimed by one, settled exactly once. */
#include "store/object.h"
#include "tests/unit/store/help_execution.h"

static int end_it(const char *id, const char *version, bool deletes, enum execution_state *ret)
{
	const struct cancel c = {
		.id = str_of(id), .by = "key:ana", .version = str_of(version), .deletes = deletes};
	return store_execution_cancel(gateway, &c, ret, &support_err);
}

/* The resourceVersion as the API shows it. */
static const char *version_of(const char *id)
{
	static char out[RV_MAX];
	CLEANUP(arena_freep) struct arena *a = arena_new((size_t)1 << 20);
	CLEANUP(buf_release) struct buf text = BUF_INIT(BUF_MAX);
	const struct object_query q = {.kind = "Execution", .name = str_of(id)};
	const struct doc_node *n = NULL;
	assert_ok(store_object_get(gateway, &q, &text, &support_err));
	assert_ok(doc_parse_json(a, buf_str(&text), &doc_limits_json, "object", &n, &support_err));
	snprintf(out, sizeof(out), "%.*s",
		 STR_ARG(doc_text(doc_find(n, "metadata"), "resourceVersion")));
	return out;
}

START_TEST(an_execution_runs_from_the_queue_to_its_result)
{
	execution_serve(&plain, 1);
	struct execution e = execution_wanted("EXEC-1", "{\"order\": 17}");
	e.session = STR("s1");
	struct enqueue q = {.e = &e};
	char id[64];
	bool existing = true;
	assert_ok(store_execution_enqueue(gateway, &q, id, &existing, &support_err));
	ck_assert(!existing);
	int64_t waiting, next;
	assert_ok(store_execution_waiting(runner, &waiting, &next, &support_err));
	ck_assert_int_eq(waiting, 1);
	ck_assert_int_eq(next, 0);
	struct claim c;
	ck_assert(execution_claim(&c));
	ck_assert_str_eq(c.e.id, "EXEC-1");
	ck_assert_int_eq(c.e.state, EXEC_CLAIMED);
	assert_str(c.e.input_json, "{\"order\": 17}");
	assert_str(c.handler, "code/handler.py");
	struct digest v1 = word_digest("v1");
	ck_assert(digest_equal(&c.e.content, &v1) && digest_equal(&c.e.runtime, &v1) &&
		  digest_equal(&c.e.context, &v1));
	bool cancel = true;
	assert_ok(store_execution_running(runner, c.e.id, c.number, 30000, &cancel, &support_err));
	ck_assert(!cancel);
	struct execution_step steps[] = {{0, "sandbox.started", STR("{}")},
					 {1700000000123, "stderr", STR("{\"text\":\"hi\"}")}};
	assert_ok(store_execution_steps(runner, c.e.id, c.number, steps, 2, &support_err));
	struct settle done = {.id = c.e.id,
			      .claim = c.number,
			      .state = EXEC_SUCCEEDED,
			      .result_json = STR("{\"text\":\"ok\"}"),
			      .cost_microusd = 1234,
			      .transcript = STR("everything that passed the door"),
			      .steps = steps,
			      .step_count = 1};
	assert_ok(store_execution_settle(runner, &done, &support_err));
	struct execution back;
	assert_ok(store_execution_get(gateway, arena, STR("EXEC-1"), &back, &support_err));
	ck_assert_int_eq(back.state, EXEC_SUCCEEDED);
	assert_str(back.result_json, "{\"text\":\"ok\"}");
	ck_assert_int_eq(back.cost_microusd, 1234);
	ck_assert_int_eq(back.reserved_microusd, 0);
	ck_assert_int_ge(back.ended_ms, back.started_ms);
	ck_assert(!digest_is_zero(&back.transcript));
	ck_assert_int_eq(
		support_pg_int(
			"select count(*) from blob b join execution e on e.transcript = b.digest"),
		1);
	struct execution_step *list = NULL;
	size_t n;
	assert_ok(store_execution_step_list(gateway, arena, STR("EXEC-1"), -1, &list, &n,
					    &support_err));
	ck_assert_uint_eq(n, 3);
	ck_assert_int_eq(list[1].at_ms, 1700000000123);
	ck_assert_str_eq(list[1].kind, "stderr");
	assert_ok(store_execution_step_list(gateway, arena, STR("EXEC-1"), 1, &list, &n,
					    &support_err));
	ck_assert_uint_eq(n, 1);
}
END_TEST

START_TEST(the_same_request_under_one_key_is_one_execution)
{
	execution_serve(&plain, 1);
	struct execution e = execution_wanted("EXEC-1", "{\"a\":1}");
	struct enqueue q = {.e = &e, .idempotency_key = STR("k1")};
	char id[64];
	bool existing;
	assert_ok(store_execution_enqueue(gateway, &q, id, &existing, &support_err));
	struct execution again = execution_wanted("EXEC-2", "{\"a\":1}");
	q.e = &again;
	assert_ok(store_execution_enqueue(gateway, &q, id, &existing, &support_err));
	ck_assert(existing);
	ck_assert_str_eq(id, "EXEC-1");
	struct execution other = execution_wanted("EXEC-3", "{\"a\":2}");
	q.e = &other;
	assert_err(store_execution_enqueue(gateway, &q, id, &existing, &support_err), ERR_CONFLICT,
		   "another request (EXEC-1)");
	/* Somebody else's key of the same name is another key. */
	other.requested_by = STR("key:bob");
	assert_ok(store_execution_enqueue(gateway, &q, id, &existing, &support_err));
	ck_assert_str_eq(id, "EXEC-3");
	/* After a lost reply the same id is tried again. */
	q = (struct enqueue){.e = &e};
	assert_ok(store_execution_enqueue(gateway, &q, id, &existing, &support_err));
	ck_assert(existing);
	ck_assert_int_eq(support_pg_int("select count(*) from execution"), 2);
}
END_TEST

START_TEST(what_is_not_deployed_is_refused_with_the_nearest_name)
{
	execution_serve(&plain, 1);
	struct execution e = execution_wanted("EXEC-1", "{}");
	struct enqueue q = {.e = &e};
	char id[64];
	e.skill = STR("triagge");
	assert_err(store_execution_enqueue(gateway, &q, id, NULL, &support_err), ERR_NOT_FOUND,
		   "ecm/triagge is not deployed");
	ck_assert_str_eq(support_err.remedy, "did you mean ecm/triage?");
	e.skill = STR("something-else-entirely");
	assert_err(store_execution_enqueue(gateway, &q, id, NULL, &support_err), ERR_NOT_FOUND,
		   "not deployed");
	ck_assert_ptr_nonnull(strstr(support_err.remedy, "aspora get skills"));
}
END_TEST

START_TEST(a_full_queue_refuses_the_next)
{
	execution_serve(&plain, 1);
	struct execution e = execution_wanted("EXEC-1", "{}");
	struct enqueue q = {.e = &e, .max_queued = 2};
	char id[64];
	assert_ok(store_execution_enqueue(gateway, &q, id, NULL, &support_err));
	snprintf(e.id, sizeof(e.id), "EXEC-2");
	assert_ok(store_execution_enqueue(gateway, &q, id, NULL, &support_err));
	snprintf(e.id, sizeof(e.id), "EXEC-3");
	assert_err(store_execution_enqueue(gateway, &q, id, NULL, &support_err), ERR_QUOTA,
		   "2 executions of ecm/triage wait");
}
END_TEST

START_TEST(a_settled_execution_stays_settled)
{
	execution_serve(&plain, 1);
	execution_enqueue("EXEC-1");
	struct claim c;
	ck_assert(execution_claim(&c));
	struct settle ok = {.id = "EXEC-1",
			    .claim = c.number,
			    .state = EXEC_SUCCEEDED,
			    .result_json = STR("{}")};
	assert_ok(store_execution_settle(runner, &ok, &support_err));
	assert_ok(store_execution_settle(runner, &ok, &support_err)); /* the reply was lost */
	struct settle bad = {
		.id = "EXEC-1", .claim = c.number, .state = EXEC_FAILED, .error_json = STR("{}")};
	assert_err(store_execution_settle(runner, &bad, &support_err), ERR_FENCED,
		   "claim on execution EXEC-1 is over");
	assert_err(store_execution_running(runner, "EXEC-1", c.number, 1000, NULL, &support_err),
		   ERR_FENCED, "over");
	struct execution_step step = {0, "late", STR("{}")};
	assert_err(store_execution_steps(runner, "EXEC-1", c.number, &step, 1, &support_err),
		   ERR_FENCED, "over");
	enum execution_state state;
	assert_err(end_it("EXEC-1", "", false, &state), ERR_CONFLICT, "has succeeded already");
}
END_TEST

START_TEST(an_older_claim_cannot_settle_what_a_newer_one_holds)
{
	execution_serve(&plain, 1);
	execution_enqueue("EXEC-1");
	struct claim old, new_;
	ck_assert(execution_claim(&old));
	support_pg_run(
		"update execution set claimed_until = clock_timestamp() - interval '1 second'");
	int64_t expired, requeued;
	assert_ok(store_execution_expire(control, 3, &expired, &requeued, &support_err));
	ck_assert_int_eq(expired, 0);
	ck_assert_int_eq(requeued, 1);
	struct settle late = {.id = "EXEC-1",
			      .claim = old.number,
			      .state = EXEC_SUCCEEDED,
			      .result_json = STR("{\"by\":\"old\"}")};
	assert_err(store_execution_settle(runner, &late, &support_err), ERR_FENCED, "another's");
	ck_assert(execution_claim(&new_));
	ck_assert_int_eq(new_.number, old.number + 1);
	ck_assert_int_eq(new_.e.attempt, 2);
	assert_err(store_execution_settle(runner, &late, &support_err), ERR_FENCED, "another's");
	late.claim = new_.number;
	assert_ok(store_execution_settle(runner, &late, &support_err));
}
END_TEST

START_TEST(claims_of_a_dead_process_lapse_at_once)
{
	struct str *by = NULL;
	size_t count = 99;
	int64_t n = 99, expired, requeued;
	struct claim c;
	execution_serve(&plain, 1);
	execution_enqueue("EXEC-1");
	assert_ok(store_execution_claimants(runner, arena, STR("host-1/"), &by, &count,
					    &support_err));
	ck_assert_uint_eq(count, 0);
	ck_assert(execution_claim(&c));
	assert_ok(store_execution_claimants(runner, arena, STR("host-1/"), &by, &count,
					    &support_err));
	ck_assert_uint_eq(count, 1);
	ck_assert(str_eqz(by[0], "host-1/keeper"));
	assert_ok(store_execution_claimants(runner, arena, STR("host-2/"), &by, &count,
					    &support_err));
	ck_assert_uint_eq(count, 0);
	/* Another's name ends nothing. */
	assert_ok(store_execution_abandon(runner, STR("host-1/keepe"), &n, &support_err));
	ck_assert_int_eq(n, 0);
	assert_ok(store_execution_abandon(runner, STR("host-1/keeper"), &n, &support_err));
	ck_assert_int_eq(n, 1);
	assert_ok(store_execution_abandon(runner, STR("host-1/keeper"), &n, &support_err));
	ck_assert_int_eq(n, 0);
	assert_ok(store_execution_expire(control, 3, &expired, &requeued, &support_err));
	ck_assert_int_eq(requeued, 1);
	struct claim again;
	ck_assert(execution_claim(&again));
	ck_assert_int_eq(again.e.attempt, 2);
	ck_assert_int_gt(again.number, c.number);
}
END_TEST

START_TEST(what_is_queued_for_a_deleted_skill_fails_at_once)
{
	int64_t expired, requeued;
	struct execution e;
	struct claim c;
	execution_serve(&plain, 1);
	execution_enqueue("EXEC-1");
	execution_enqueue("EXEC-2");
	ck_assert(execution_claim(&c)); /* it runs to its end */
	assert_ok(store_execution_expire(control, 3, &expired, &requeued, &support_err));
	ck_assert_int_eq(expired, 0); /* the skill is there */
	support_pg_run("update desired set until = since + 1 where until is null");
	assert_ok(store_execution_expire(control, 3, &expired, &requeued, &support_err));
	ck_assert_int_eq(expired, 1);
	ck_assert_int_eq(requeued, 0);
	assert_ok(store_execution_get(gateway, arena, str_of(c.e.id), &e, &support_err));
	ck_assert_int_eq(e.state, EXEC_CLAIMED);
	const char *other = strcmp(c.e.id, "EXEC-1") == 0 ? "EXEC-2" : "EXEC-1";
	assert_ok(store_execution_get(gateway, arena, str_of(other), &e, &support_err));
	ck_assert_int_eq(e.state, EXEC_FAILED);
	const char *why = arena_strndup(arena, e.error_json.p, e.error_json.len);
	ck_assert_ptr_nonnull(strstr(why, "urn:aspora:error:gone"));
	ck_assert_ptr_nonnull(strstr(why, "the skill was deleted before the execution began"));
	ck_assert_ptr_nonnull(strstr(why, "aspora get skills"));
}
END_TEST

START_TEST(attempts_and_deadlines_come_to_an_end)
{
	execution_serve(&plain, 1);
	execution_enqueue("EXEC-1");
	execution_enqueue("EXEC-2");
	execution_enqueue("EXEC-3");
	struct claim c;
	ck_assert(execution_claim(&c)); /* 1: lapses with its attempts used up */
	support_pg_run("update execution set claimed_until = clock_timestamp() - interval '1 "
		       "second', attempt = 3 where id = 'EXEC-1'");
	support_pg_run("update execution set deadline_at = clock_timestamp() - interval '1 second' "
		       "where id = 'EXEC-2'");
	int64_t expired, requeued;
	assert_ok(store_execution_expire(control, 3, &expired, &requeued, &support_err));
	ck_assert_int_eq(expired, 2);
	ck_assert_int_eq(requeued, 0);
	struct execution e;
	assert_ok(store_execution_get(gateway, arena, STR("EXEC-1"), &e, &support_err));
	ck_assert_int_eq(e.state, EXEC_FAILED);
	ck_assert_ptr_nonnull(strstr(arena_strndup(arena, e.error_json.p, e.error_json.len),
				     "attempts are used up"));
	assert_ok(store_execution_get(gateway, arena, STR("EXEC-2"), &e, &support_err));
	ck_assert_ptr_nonnull(strstr(arena_strndup(arena, e.error_json.p, e.error_json.len),
				     "urn:aspora:error:timeout"));
	ck_assert(execution_claim(&c));
	ck_assert_str_eq(c.e.id, "EXEC-3");
}
END_TEST

START_TEST(a_retry_goes_back_and_waits)
{
	execution_serve(&plain, 1);
	execution_enqueue("EXEC-1");
	struct claim c;
	ck_assert(execution_claim(&c));
	struct settle again = {
		.id = "EXEC-1", .claim = c.number, .state = EXEC_QUEUED, .delay_ms = 60000};
	assert_ok(store_execution_settle(runner, &again, &support_err));
	ck_assert(!execution_claim(&c));
	int64_t waiting, next;
	assert_ok(store_execution_waiting(runner, &waiting, &next, &support_err));
	ck_assert_int_eq(waiting, 0);
	ck_assert_int_gt(next, clock_real.wall_ms(NULL) + 50000);
	support_pg_run("update execution set not_before = clock_timestamp()");
	ck_assert(execution_claim(&c));
	ck_assert_int_eq(c.e.attempt, 2);
}
END_TEST

START_TEST(cancelling_a_queued_one_ends_it_and_a_running_one_asks)
{
	execution_serve(&plain, 1);
	execution_enqueue("EXEC-1");
	execution_enqueue("EXEC-2");
	enum execution_state state;
	struct claim c;
	ck_assert(execution_claim(&c));
	assert_ok(end_it("EXEC-2", "", false, &state));
	ck_assert_int_eq(state, EXEC_CANCELLED);
	assert_ok(end_it("EXEC-2", "", false, &state));
	assert_ok(end_it("EXEC-1", "", false, &state));
	ck_assert_int_eq(state, EXEC_CLAIMED);
	bool cancel = false;
	assert_ok(store_execution_running(runner, "EXEC-1", c.number, 1000, &cancel, &support_err));
	ck_assert(cancel);
	struct settle done = {.id = "EXEC-1", .claim = c.number, .state = EXEC_CANCELLED};
	assert_ok(store_execution_settle(runner, &done, &support_err));
	assert_err(end_it("EXEC-9", "", false, &state), ERR_NOT_FOUND, "EXEC-9");
}
END_TEST

START_TEST(a_cancel_of_what_was_read_finds_it_so_or_is_refused)
{
	char queued[RV_MAX], claimed[RV_MAX];
	execution_serve(&plain, 1);
	execution_enqueue("EXEC-1");
	enum execution_state state;
	struct claim c;
	snprintf(queued, sizeof(queued), "%s", version_of("EXEC-1"));
	ck_assert(execution_claim(&c));
	snprintf(claimed, sizeof(claimed), "%s", version_of("EXEC-1"));
	ck_assert_str_ne(queued, claimed);
	assert_err(end_it("EXEC-1", queued, false, &state), ERR_CONFLICT, "execution EXEC-1 is at");
	ck_assert_ptr_nonnull(strstr(support_err.msg, queued));
	ck_assert_ptr_nonnull(strstr(support_err.msg, claimed));
	ck_assert_str_eq(support_pg_text("select cancel_requested::text from execution"), "false");
	assert_ok(end_it("EXEC-1", claimed, true, &state));
	ck_assert_int_eq(state, EXEC_CLAIMED);
	/* Having been asked to end is a state of its own. */
	ck_assert_str_ne(version_of("EXEC-1"), claimed);
	assert_err(end_it("EXEC-1", claimed, true, &state), ERR_CONFLICT, "is at");
	assert_err(end_it("EXEC-9", claimed, true, &state), ERR_NOT_FOUND, "EXEC-9");
}
END_TEST

START_TEST(deleting_what_has_ended_is_refused_with_when_it_goes)
{
	execution_serve(&plain, 1);
	execution_enqueue("EXEC-1");
	enum execution_state state;
	assert_ok(end_it("EXEC-1", "", true, &state));
	ck_assert_int_eq(state, EXEC_CANCELLED);
	/* To cancel it once more asks for what is so already; to delete it does not. */
	assert_ok(end_it("EXEC-1", "", false, &state));
	assert_err(end_it("EXEC-1", "", true, &state), ERR_CONFLICT,
		   "execution EXEC-1 was cancelled already");
	ck_assert_ptr_nonnull(strstr(support_err.remedy, "retention.executions"));
	/* That it has ended is said also to who has read it before. */
	assert_err(end_it("EXEC-1", "i1.1", true, &state), ERR_CONFLICT, "was cancelled already");
}
END_TEST

START_TEST(what_was_cancelled_is_cancelled_however_it_came_to_nothing)
{
	static const enum execution_state ends[] = {EXEC_FAILED, EXEC_QUEUED, EXEC_SUCCEEDED};
	execution_serve(&plain, 1);
	execution_enqueue("EXEC-1");
	enum execution_state state;
	struct claim c;
	ck_assert(execution_claim(&c));
	assert_ok(end_it("EXEC-1", "", false, &state));
	struct settle done = {.id = "EXEC-1", .claim = c.number, .state = ends[_i]};
	if (done.state == EXEC_SUCCEEDED)
		done.result_json = STR("{}");
	else
		done.error_json = STR("{\"code\":\"sandbox\"}");
	assert_ok(store_execution_settle(runner, &done, &support_err));
	/* A lost reply: the same again finds its own outcome. */
	assert_ok(store_execution_settle(runner, &done, &support_err));
	struct execution e;
	assert_ok(store_execution_get(gateway, arena, STR("EXEC-1"), &e, &support_err));
	/* What was through before anybody noticed is through. */
	ck_assert_int_eq(e.state, ends[_i] == EXEC_SUCCEEDED ? EXEC_SUCCEEDED : EXEC_CANCELLED);
	ck_assert_int_gt(e.ended_ms, 0);
	ck_assert_int_eq(e.attempt, 1);
	ck_assert_int_eq(support_pg_int("select sum(failed) from spend"), 0);
}
END_TEST

START_TEST(transitions_reach_the_change_log_in_batches)
{
	execution_serve(&plain, 1);
	execution_enqueue("EXEC-1");
	execution_enqueue("EXEC-2");
	int64_t before = support_pg_int("select rev from store"), n = 0;
	for (int i = 0; i < 2; i++) {
		struct store_txn *t = NULL;
		assert_ok(store_txn_begin(control, STORE_FENCED, "control", control_lease, &t,
					  &support_err));
		assert_ok(store_execution_log(t, 100, &n, &support_err));
		assert_ok(store_txn_commit(t, NULL, &support_err));
		store_txn_end(t);
		ck_assert_int_eq(n, i ? 0 : 2);
	}
	ck_assert_int_eq(support_pg_int("select rev from store"), before + 1);
	ck_assert_int_eq(
		support_pg_int(
			"select count(*) from change where kind = 'Execution' and op = 'create'"),
		2);
	struct claim c;
	ck_assert(execution_claim(&c));
	ck_assert_int_eq(support_pg_int("select count(*) from execution where unlogged"), 1);
}
END_TEST

START_TEST(lists_filter_and_page_newest_first)
{
	execution_serve(&plain, 1);
	for (int i = 1; i <= 5; i++) {
		char id[32];
		snprintf(id, sizeof(id), "EXEC-%d", i);
		execution_enqueue(id);
	}
	struct claim c;
	ck_assert(execution_claim(&c));
	struct execution *list = NULL;
	size_t n;
	struct execution_filter f = {.domain = STR("ecm"), .state = -1, .mode = -1, .limit = 2};
	assert_ok(store_execution_list(gateway, arena, &f, &list, &n, &support_err));
	ck_assert_uint_eq(n, 2);
	ck_assert_str_eq(list[0].id, "EXEC-5");
	f.before = str_of(list[1].id);
	f.limit = 1000;
	assert_ok(store_execution_list(gateway, arena, &f, &list, &n, &support_err));
	ck_assert_uint_eq(n, 3);
	ck_assert_str_eq(list[0].id, "EXEC-3");
	f.before = STR_NULL;
	f.state = EXEC_CLAIMED;
	assert_ok(store_execution_list(gateway, arena, &f, &list, &n, &support_err));
	ck_assert_uint_eq(n, 1);
	f.state = -1;
	f.requested_by = STR("nobody");
	assert_ok(store_execution_list(gateway, arena, &f, &list, &n, &support_err));
	ck_assert_uint_eq(n, 0);
	/* Old ones go once they are logged. */
	int64_t gone = -1;
	support_pg_run("update execution set state = 'cancelled', ended_at = now() - interval '2 "
		       "days', unlogged = (id = 'EXEC-2') where id in ('EXEC-2', 'EXEC-3')");
	assert_ok(store_execution_retire(control, 86400000, 100, &gone, &support_err));
	ck_assert_int_eq(gone, 1);
}
END_TEST

static const struct support_case cases[] = {
	CASE(an_execution_runs_from_the_queue_to_its_result),
	CASE(the_same_request_under_one_key_is_one_execution),
	CASE(what_is_not_deployed_is_refused_with_the_nearest_name),
	CASE(a_full_queue_refuses_the_next),
	CASE(a_settled_execution_stays_settled),
	CASE(an_older_claim_cannot_settle_what_a_newer_one_holds),
	CASE(claims_of_a_dead_process_lapse_at_once),
	CASE(what_is_queued_for_a_deleted_skill_fails_at_once),
	CASE(attempts_and_deadlines_come_to_an_end),
	CASE(a_retry_goes_back_and_waits),
	CASE(a_cancel_of_what_was_read_finds_it_so_or_is_refused),
	CASE(deleting_what_has_ended_is_refused_with_when_it_goes),
	CASE(cancelling_a_queued_one_ends_it_and_a_running_one_asks),
	CASE_LOOP(what_was_cancelled_is_cancelled_however_it_came_to_nothing, 3),
	CASE(transitions_reach_the_change_log_in_batches),
	CASE(lists_filter_and_page_newest_first),
	{0},
};

int main(void)
{
	return support_pg_main("store/execution", cases);
}
