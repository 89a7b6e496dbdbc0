/* Uniform objects: what people see of the rows, in the words of conditions. */
#include "store/object.h"

#include "store/rollout.h"
#include "tests/unit/store/help_object.h"

START_TEST(a_released_skill_waits_to_be_rolled_out)
{
	struct store *g = object_seen();
	const struct doc_node *n = object_get(g, "Skill", "ecm", "order-details");
	assert_path(n, "apiVersion", "aspora/v1");
	assert_path(n, "kind", "Skill");
	assert_path(n, "metadata.domain", "ecm");
	assert_path(n, "metadata.name", "order-details");
	assert_path(n, "metadata.generation", "1");
	assert_path(n, "metadata.resourceVersion", "i1.2");
	assert_path(n, "metadata.source.name", "main");
	assert_path(n, "metadata.source.revision", "rev-c1");
	assert_path(n, "metadata.source.path", "skills/ecm/order-details");
	assert_path(n, "spec.role", "specialist");
	assert_path(n, "spec.title", "A title");
	assert_path(n, "status.phase", "Pending");
	assert_path(n, "status.observedGeneration", "0");
	assert_path(n, "status.conditions[Ready].status", "Unknown");
	assert_path(n, "status.conditions[Ready].reason", "NewRevision");
	assert_path(n, "status.conditions[Reconciling].status", "True");
	assert_path(n, "status.conditions[Stalled].status", "False");
}
END_TEST

START_TEST(a_skill_is_ready_when_what_is_wanted_serves)
{
	struct store *g = object_seen();
	char hex[DIGEST_HEX + 1];
	struct digest a1 = word_digest("a1");
	object_promote("ecm", object_two, 2);
	const struct doc_node *n = object_get(g, "Skill", "ecm", "order-details");
	assert_path(n, "status.phase", "Ready");
	assert_path(n, "status.digest", digest_hex(&a1, hex));
	assert_path(n, "status.observedGeneration", "1");
	assert_path(n, "status.conditions[Ready].status", "True");
	assert_path(n, "status.conditions[Ready].reason", "Ready");
	assert_path(n, "status.conditions[Reconciling].status", "False");
	n = object_get(g, "Domain", "", "ecm");
	assert_path(n, "status.phase", "Ready");
	assert_path(n, "status.skills", "2");
	assert_path(n, "status.ready", "2");
	assert_path(n, "status.conditions[Ready].message", "2 of 2 skills ready");
}
END_TEST

START_TEST(a_new_version_on_its_way_says_what_serves_meanwhile)
{
	struct store *sync;
	struct lease *l;
	struct store *g = object_released(&sync, &l);
	object_promote("ecm", object_two, 2);
	struct support_skill changed = {.name = "order-details", .content = "a2"};
	support_release(sync, l, "ecm", "c2", &changed, 1);
	struct store *control = support_pg_open(STORE_CONTROL);
	struct lease *cl = support_pg_lease(control, "control2");
	struct rollout_key key = support_key("ecm", "order-details", "a2");
	struct rollout_move move = {.key = key, .to = ROLLOUT_STARTING, .attempt = -1};
	CLEANUP(store_txn_endp) struct store_txn *t = NULL;
	assert_ok(store_txn_begin(control, STORE_FENCED, "control@test", cl, &t, &support_err));
	assert_ok(store_rollout_begin(t, &key, 1, &support_err));
	assert_ok(store_rollout_move(t, &move, 1, &support_err));
	assert_ok(store_txn_commit(t, NULL, &support_err));
	const struct doc_node *n = object_get(g, "Skill", "ecm", "order-details");
	assert_path(n, "status.phase", "Starting");
	assert_path(n, "status.conditions[Ready].status", "Unknown");
	assert_path(n, "status.conditions[Ready].reason", "RolloutProgressing");
	ck_assert_ptr_nonnull(
		strstr(object_text(n, "status.conditions[Ready].message"), "serves on"));
	assert_path(n, "status.candidate.state", "starting");
	/* It fails: a person is needed, and is told what happened. */
	move = (struct rollout_move){.key = key,
				     .to = ROLLOUT_FAILED,
				     .attempt = -1,
				     .reason = STR("HandlerNotReady"),
				     .message = STR("the handler ended with exit status 3")};
	store_txn_end(TAKE_PTR(t));
	assert_ok(store_txn_begin(control, STORE_FENCED, "control@test", cl, &t, &support_err));
	store_txn_change(t, "Skill", STR("ecm"), STR("order-details"), STORE_UPDATE, STR_NULL);
	assert_ok(store_rollout_move(t, &move, 1, &support_err));
	assert_ok(store_txn_commit(t, NULL, &support_err));
	n = object_get(g, "Skill", "ecm", "order-details");
	/* What served before serves on: that is ready, as far as it goes. */
	assert_path(n, "status.phase", "Ready");
	assert_path(n, "status.conditions[Ready].status", "True");
	assert_path(n, "status.conditions[Ready].reason", "Ready");
	ck_assert_ptr_nonnull(strstr(object_text(n, "status.conditions[Ready].message"),
				     "did not become ready: the handler ended"));
	ck_assert_ptr_nonnull(
		strstr(object_text(n, "status.conditions[Ready].message"), "serves on"));
	assert_path(n, "status.observedGeneration", "1");
	assert_path(n, "metadata.generation", "2");
	assert_path(n, "status.conditions[Stalled].status", "True");
	assert_path(n, "status.conditions[Stalled].reason", "RolloutFailed");
	assert_path(n, "status.conditions[Stalled].message",
		    "the handler ended with exit status 3");
	n = object_get(g, "Domain", "", "ecm");
	assert_path(n, "status.conditions[Stalled].reason", "RolloutFailed");
	assert_path(n, "status.conditions[Ready].status", "True");
	assert_path(n, "status.conditions[Ready].message", "1 of 2 skills ready, 1 failed");
	/* Taken out of service for good, it is the same. */
	support_pg_run("insert into quarantine (domain, skill, content, cause, reason, by, since) "
		       "select domain, skill, content, 'probe', 'it fails', 'control', 1 from "
		       "desired where skill = 'order-details' and until is null");
	n = object_get(g, "Skill", "ecm", "order-details");
	assert_path(n, "status.conditions[Ready].status", "True");
	assert_path(n, "status.conditions[Stalled].status", "True");
	/* With nothing behind it, it is not. */
	support_pg_run("update rollout set until = since + 1, state = 'ended' where skill = "
		       "'order-details' and slot = 'stable'");
	n = object_get(g, "Skill", "ecm", "order-details");
	assert_path(n, "status.phase", "Failed");
	assert_path(n, "status.conditions[Ready].status", "False");
	assert_path(n, "status.conditions[Ready].reason", "Quarantined");
	n = object_get(g, "Domain", "", "ecm");
	assert_path(n, "status.conditions[Ready].status", "False");
	assert_path(n, "status.conditions[Ready].reason", "RolloutFailed");
}
END_TEST

/* A denial of ecm's newest candidate, that its source stands by. */
static void deny(const char *skill)
{
	support_pg_run(
		"insert into verdict (domain, candidate, policy, surface, allow, source, "
		"revision, rules_version, findings, record, signer, signature, rev) values "
		"('ecm', sha256('bad'), sha256('p'), sha256('s'), false, 'main', "
		"'0123456789abcdef', 1, '[{\"rule\":\"AD-TESTS-001\",\"severity\":\"deny\","
		"\"skill\":\"%s\",\"path\":\"skills/ecm/%s/SKILL.md\",\"line\":3,\"column\":1,"
		"\"message\":\"there are no tests\",\"remedy\":\"write tests/cases.md\"}]', "
		"'r', sha256('k'), sha512('k'), 99)",
		skill, skill);
	support_pg_run("update source set refused = json_build_array(json_build_object('domain', "
		       "'ecm', 'candidate', encode(sha256('bad'), 'hex'), 'policy', "
		       "encode(sha256('p'), 'hex'), 'surface', encode(sha256('s'), 'hex'))), "
		       "conditions = '[{\"type\":\"Ready\",\"status\":\"False\","
		       "\"reason\":\"AdmissionDenied\"}]' where name = 'main'");
}

START_TEST(a_refused_candidate_shows_while_the_old_version_serves)
{
	struct store *g = object_seen();
	object_promote("ecm", object_two, 2);
	deny("order-details");
	const struct doc_node *n = object_get(g, "Skill", "ecm", "order-details");
	assert_path(n, "status.phase", "Ready");
	assert_path(n, "status.conditions[Ready].status", "True");
	assert_path(n, "status.conditions[Stalled].status", "True");
	assert_path(n, "status.conditions[Stalled].reason", "AdmissionDenied");
	assert_path(n, "status.conditions[Stalled].blockedBy", "Admission/ecm");
	assert_path(n, "status.conditions[Stalled].message",
		    "skills/ecm/order-details/SKILL.md:3:1: there are no tests (revision "
		    "0123456789ab)");
	assert_path(n, "status.conditions[Stalled].remedy", "write tests/cases.md");
	n = object_get(g, "Skill", "ecm", "triage");
	ck_assert_ptr_nonnull(strstr(object_text(n, "status.conditions[Stalled].message"),
				     "the domain was refused: skills/ecm/order-details"));
	n = object_get(g, "Domain", "", "ecm");
	assert_path(n, "status.conditions[Ready].status", "True");
	assert_path(n, "status.conditions[Stalled].reason", "AdmissionDenied");
	ck_assert_uint_eq(doc_find(doc_find(n, "status"), "findings")->list.count, 1);
	/* The domain is put right, though its source is still refused because of another. */
	support_pg_run("update source set refused = json_build_array(json_build_object('domain', "
		       "'frm', 'candidate', encode(sha256('bad'), 'hex'), 'policy', "
		       "encode(sha256('p'), 'hex'), 'surface', encode(sha256('s'), 'hex')))");
	n = object_get(g, "Domain", "", "ecm");
	assert_path(n, "status.conditions[Stalled].status", "False");
	ck_assert_uint_eq(doc_find(doc_find(n, "status"), "findings")->list.count, 0);
	n = object_get(g, "Skill", "ecm", "order-details");
	assert_path(n, "status.conditions[Stalled].status", "False");
}
END_TEST

START_TEST(a_domain_that_was_only_ever_refused_is_there)
{
	struct store *sync = support_pg_open(STORE_SYNC);
	support_declare(sync, support_pg_lease(sync, "sync"), (const char *const[]){"main", NULL});
	deny("order-details");
	struct store *g = support_pg_open(STORE_GATEWAY);
	const struct doc_node *n = object_get(g, "Domain", "", "ecm");
	assert_path(n, "status.phase", "Pending");
	assert_path(n, "status.conditions[Ready].status", "False");
	assert_path(n, "status.conditions[Ready].reason", "AdmissionDenied");
}
END_TEST

START_TEST(a_skill_without_a_handler_needs_a_model)
{
	struct store *g = object_seen();
	support_pg_run("update version set handler = '' where skill = 'triage'");
	const struct doc_node *n = object_get(g, "Skill", "ecm", "triage");
	assert_path(n, "status.conditions[Ready].status", "False");
	assert_path(n, "status.conditions[Ready].reason", "ModelNotConfigured");
	assert_path(n, "status.conditions[Stalled].reason", "ModelNotConfigured");
}
END_TEST

START_TEST(quarantine_and_suspension_are_told_of_and_history_is_not)
{
	struct store *g = object_seen();
	object_promote("ecm", object_two, 2);
	/* Content that came and went before the one that serves. */
	support_pg_run("insert into quarantine (domain, skill, content, cause, reason, by, since) "
		       "values ('ecm', 'order-details', sha256('old'), 'start', 'bad', 'x', 3)");
	const struct doc_node *n = object_get(g, "Skill", "ecm", "order-details");
	assert_path(n, "status.conditions[Stalled].status", "False");
	support_pg_run("insert into version (domain, skill, content, runtime, role, manifest, "
		       "created_at) values ('ecm', 'order-details', sha256('new'), sha256('new'), "
		       "'specialist', '[]', now() + interval '1 s')");
	support_pg_run("insert into quarantine (domain, skill, content, cause, reason, by, since) "
		       "values ('ecm', 'order-details', sha256('new'), 'rollback', 'too slow', "
		       "'key:ann', 4)");
	n = object_get(g, "Skill", "ecm", "order-details");
	assert_path(n, "status.conditions[Ready].status", "True");
	assert_path(n, "status.conditions[Stalled].reason", "RolledBack");
	assert_path(n, "status.conditions[Stalled].message", "key:ann rolled back: too slow");
	support_pg_run("insert into suspension (kind, domain, name, by, reason, since) values "
		       "('Skill', 'ecm', 'triage', 'key:ann', 'holiday', 5)");
	n = object_get(g, "Skill", "ecm", "triage");
	assert_path(n, "status.conditions[Stalled].reason", "Suspended");
	assert_path(n, "status.conditions[Stalled].message", "key:ann suspended it: holiday");
	assert_path(n, "status.conditions[Stalled].remedy", "aspora resume skill ecm/triage");
	/* What is to be resumed is what was suspended, and not what it is seen from. */
	support_pg_run("insert into suspension (kind, domain, name, by, reason, since) values "
		       "('Domain', '', 'ecm', 'key:ann', '', 6)");
	n = object_get(g, "Skill", "ecm", "order-details");
	assert_path(n, "status.conditions[Stalled].reason", "RolledBack");
	n = object_get(g, "Domain", "", "ecm");
	assert_path(n, "status.conditions[Stalled].reason", "Suspended");
	assert_path(n, "status.conditions[Stalled].remedy", "aspora resume domain ecm");
}
END_TEST

START_TEST(a_paused_rollout_is_shown_with_who_paused_it)
{
	struct store *g = object_seen();
	object_promote("ecm", object_two, 2);
	support_pg_run("insert into suspension (kind, domain, name, by, reason, since) values "
		       "('Rollout', 'ecm', 'triage', 'key:ann', 'the audit', 5)");
	const struct doc_node *n = object_get(g, "Skill", "ecm", "triage");
	assert_path(n, "status.paused.by", "key:ann");
	assert_path(n, "status.paused.reason", "the audit");
	assert_path(n, "status.conditions[Ready].status", "True");
	assert_path(n, "status.conditions[Stalled].reason", "RolloutPaused");
	assert_path(n, "status.conditions[Stalled].message",
		    "key:ann paused its rollout: the audit");
	assert_path(n, "status.conditions[Stalled].remedy", "aspora rollout resume ecm/triage");
	n = object_get(g, "Skill", "ecm", "order-details");
	ck_assert_int_eq(kind_path(n, "status.paused")->type, DOC_NULL);
	assert_path(n, "status.conditions[Stalled].status", "False");
}
END_TEST

START_TEST(a_removed_skill_drains_and_then_is_gone)
{
	struct store *sync;
	struct lease *l;
	struct store *g = object_released(&sync, &l);
	object_promote("ecm", object_two, 2);
	struct support_skill gone = {.name = "triage", .content = "b1", .deleted = true};
	support_release(sync, l, "ecm", "c2", &gone, 1);
	const struct doc_node *n = object_get(g, "Skill", "ecm", "triage");
	assert_path(n, "status.phase", "Draining");
	assert_path(n, "status.conditions[Ready].status", "False");
	support_pg_run("update rollout set state = 'ended', until = 9 where skill = 'triage'");
	struct buf out = BUF_INIT(BUF_MAX);
	struct object_query q = {.kind = "Skill", .domain = STR("ecm"), .name = STR("triage")};
	assert_err(store_object_get(g, &q, &out, &support_err), ERR_NOT_FOUND,
		   "there is no Skill \"ecm/triage\"");
	buf_release(&out);
}
END_TEST

static const struct support_case cases[] = {
	CASE(a_released_skill_waits_to_be_rolled_out),
	CASE(a_skill_is_ready_when_what_is_wanted_serves),
	CASE(a_new_version_on_its_way_says_what_serves_meanwhile),
	CASE(a_refused_candidate_shows_while_the_old_version_serves),
	CASE(a_domain_that_was_only_ever_refused_is_there),
	CASE(a_skill_without_a_handler_needs_a_model),
	CASE(quarantine_and_suspension_are_told_of_and_history_is_not),
	CASE(a_removed_skill_drains_and_then_is_gone),
	CASE(a_paused_rollout_is_shown_with_who_paused_it),
	{0}};

int main(void)
{
	return support_pg_main("store/object", cases);
}
