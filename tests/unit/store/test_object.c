/* Uniform objects: what people see of the rows, in the words of conditions. */
#include "store/object.h"

#include "skill/kind.h"
#include "store/rollout.h"
#include "tests/unit/store/help_release.h"

static const struct support_skill two[] = {
	{.name = "order-details", .content = "a1", .pattern = "order status {id}"},
	{.name = "triage", .content = "b1"}};

static struct arena *arena(void)
{
	static struct arena *a;
	if (!a)
		a = arena_new(64 * 1024 * 1024);
	return a;
}

static const struct doc_node *parse(struct str text)
{
	const struct doc_node *n = NULL;
	assert_ok(doc_parse_json(arena(), text, &doc_limits_json, "object", &n, &support_err));
	return n;
}

static const struct doc_node *get(struct store *s, const char *kind, const char *domain,
				  const char *name)
{
	struct buf out = BUF_INIT(BUF_MAX);
	struct object_query q = {.kind = kind, .domain = str_of(domain), .name = str_of(name)};
	assert_ok(store_object_get(s, &q, &out, &support_err));
	const struct doc_node *n = parse(buf_str(&out));
	buf_release(&out);
	return n;
}

static const char *path_text(const struct doc_node *n, const char *path)
{
	const struct doc_node *at = kind_path(n, path);
	return at ? arena_str(arena(), at->text).p : "(absent)";
}
#define assert_path(n, path, want) ck_assert_str_eq(path_text(n, path), want)

static const struct doc_node *list(struct store *s, const struct object_query *q)
{
	struct buf out = BUF_INIT(BUF_MAX);
	struct object_query all = *q;
	struct object_cursor c = {0};
	size_t count = 0;
	all.limit = OBJECT_PAGE_MAX;
	buf_add_char(&out, '[');
	assert_ok(store_object_page(s, &all, &c, &out, &count, &support_err));
	buf_add_char(&out, ']');
	const struct doc_node *n = parse(buf_str(&out));
	ck_assert_uint_eq(n->list.count, count);
	buf_release(&out);
	return n;
}

/* Two skills of ecm, released by sync; the gateway's connection. */
static struct store *released(struct store **ret_sync, struct lease **ret_lease)
{
	*ret_sync = support_pg_open(STORE_SYNC);
	*ret_lease = support_pg_lease(*ret_sync, "sync");
	support_release(*ret_sync, *ret_lease, "ecm", "c1", two, 2);
	return support_pg_open(STORE_GATEWAY);
}

static void promote(const char *domain, const struct support_skill *skills, size_t count)
{
	struct store *c = support_pg_open(STORE_CONTROL);
	support_promote(c, support_pg_lease(c, "control"), domain, skills, count);
}

START_TEST(a_released_skill_waits_to_be_rolled_out)
{
	struct store *sync;
	struct lease *l;
	struct store *g = released(&sync, &l);
	const struct doc_node *n = get(g, "Skill", "ecm", "order-details");
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
	struct store *sync;
	struct lease *l;
	struct store *g = released(&sync, &l);
	char hex[DIGEST_HEX + 1];
	struct digest a1 = word_digest("a1");
	promote("ecm", two, 2);
	const struct doc_node *n = get(g, "Skill", "ecm", "order-details");
	assert_path(n, "status.phase", "Ready");
	assert_path(n, "status.digest", digest_hex(&a1, hex));
	assert_path(n, "status.observedGeneration", "1");
	assert_path(n, "status.conditions[Ready].status", "True");
	assert_path(n, "status.conditions[Ready].reason", "Ready");
	assert_path(n, "status.conditions[Reconciling].status", "False");
	n = get(g, "Domain", "", "ecm");
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
	struct store *g = released(&sync, &l);
	promote("ecm", two, 2);
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
	const struct doc_node *n = get(g, "Skill", "ecm", "order-details");
	assert_path(n, "status.phase", "Starting");
	assert_path(n, "status.conditions[Ready].status", "Unknown");
	assert_path(n, "status.conditions[Ready].reason", "RolloutProgressing");
	ck_assert_ptr_nonnull(
		strstr(path_text(n, "status.conditions[Ready].message"), "serves on"));
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
	n = get(g, "Skill", "ecm", "order-details");
	/* What served before serves on: that is ready, as far as it goes. */
	assert_path(n, "status.phase", "Ready");
	assert_path(n, "status.conditions[Ready].status", "True");
	assert_path(n, "status.conditions[Ready].reason", "Ready");
	ck_assert_ptr_nonnull(strstr(path_text(n, "status.conditions[Ready].message"),
				     "did not become ready: the handler ended"));
	ck_assert_ptr_nonnull(
		strstr(path_text(n, "status.conditions[Ready].message"), "serves on"));
	assert_path(n, "status.observedGeneration", "1");
	assert_path(n, "metadata.generation", "2");
	assert_path(n, "status.conditions[Stalled].status", "True");
	assert_path(n, "status.conditions[Stalled].reason", "RolloutFailed");
	assert_path(n, "status.conditions[Stalled].message",
		    "the handler ended with exit status 3");
	n = get(g, "Domain", "", "ecm");
	assert_path(n, "status.conditions[Stalled].reason", "RolloutFailed");
	assert_path(n, "status.conditions[Ready].status", "True");
	assert_path(n, "status.conditions[Ready].message", "1 of 2 skills ready, 1 failed");
	/* Taken out of service for good, it is the same. */
	support_pg_run("insert into quarantine (domain, skill, content, cause, reason, by, since) "
		       "select domain, skill, content, 'probe', 'it fails', 'control', 1 from "
		       "desired where skill = 'order-details' and until is null");
	n = get(g, "Skill", "ecm", "order-details");
	assert_path(n, "status.conditions[Ready].status", "True");
	assert_path(n, "status.conditions[Stalled].status", "True");
	/* With nothing behind it, it is not. */
	support_pg_run("update rollout set until = since + 1, state = 'ended' where skill = "
		       "'order-details' and slot = 'stable'");
	n = get(g, "Skill", "ecm", "order-details");
	assert_path(n, "status.phase", "Failed");
	assert_path(n, "status.conditions[Ready].status", "False");
	assert_path(n, "status.conditions[Ready].reason", "Quarantined");
	n = get(g, "Domain", "", "ecm");
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
	struct store *sync;
	struct lease *l;
	struct store *g = released(&sync, &l);
	promote("ecm", two, 2);
	deny("order-details");
	const struct doc_node *n = get(g, "Skill", "ecm", "order-details");
	assert_path(n, "status.phase", "Ready");
	assert_path(n, "status.conditions[Ready].status", "True");
	assert_path(n, "status.conditions[Stalled].status", "True");
	assert_path(n, "status.conditions[Stalled].reason", "AdmissionDenied");
	assert_path(n, "status.conditions[Stalled].blockedBy", "Admission/ecm");
	assert_path(n, "status.conditions[Stalled].message",
		    "skills/ecm/order-details/SKILL.md:3:1: there are no tests (revision "
		    "0123456789ab)");
	assert_path(n, "status.conditions[Stalled].remedy", "write tests/cases.md");
	n = get(g, "Skill", "ecm", "triage");
	ck_assert_ptr_nonnull(strstr(path_text(n, "status.conditions[Stalled].message"),
				     "the domain was refused: skills/ecm/order-details"));
	n = get(g, "Domain", "", "ecm");
	assert_path(n, "status.conditions[Ready].status", "True");
	assert_path(n, "status.conditions[Stalled].reason", "AdmissionDenied");
	ck_assert_uint_eq(doc_find(doc_find(n, "status"), "findings")->list.count, 1);
	/* The domain is put right, though its source is still refused because of another. */
	support_pg_run("update source set refused = json_build_array(json_build_object('domain', "
		       "'frm', 'candidate', encode(sha256('bad'), 'hex'), 'policy', "
		       "encode(sha256('p'), 'hex'), 'surface', encode(sha256('s'), 'hex')))");
	n = get(g, "Domain", "", "ecm");
	assert_path(n, "status.conditions[Stalled].status", "False");
	ck_assert_uint_eq(doc_find(doc_find(n, "status"), "findings")->list.count, 0);
	n = get(g, "Skill", "ecm", "order-details");
	assert_path(n, "status.conditions[Stalled].status", "False");
}
END_TEST

START_TEST(a_domain_that_was_only_ever_refused_is_there)
{
	struct store *sync = support_pg_open(STORE_SYNC);
	support_declare(sync, support_pg_lease(sync, "sync"), (const char *const[]){"main", NULL});
	deny("order-details");
	struct store *g = support_pg_open(STORE_GATEWAY);
	const struct doc_node *n = get(g, "Domain", "", "ecm");
	assert_path(n, "status.phase", "Pending");
	assert_path(n, "status.conditions[Ready].status", "False");
	assert_path(n, "status.conditions[Ready].reason", "AdmissionDenied");
}
END_TEST

START_TEST(a_skill_without_a_handler_needs_a_model)
{
	struct store *sync;
	struct lease *l;
	struct store *g = released(&sync, &l);
	support_pg_run("update version set handler = '' where skill = 'triage'");
	const struct doc_node *n = get(g, "Skill", "ecm", "triage");
	assert_path(n, "status.conditions[Ready].status", "False");
	assert_path(n, "status.conditions[Ready].reason", "ModelNotConfigured");
	assert_path(n, "status.conditions[Stalled].reason", "ModelNotConfigured");
}
END_TEST

START_TEST(quarantine_and_suspension_are_told_of_and_history_is_not)
{
	struct store *sync;
	struct lease *l;
	struct store *g = released(&sync, &l);
	promote("ecm", two, 2);
	/* Content that came and went before the one that serves. */
	support_pg_run("insert into quarantine (domain, skill, content, cause, reason, by, since) "
		       "values ('ecm', 'order-details', sha256('old'), 'start', 'bad', 'x', 3)");
	const struct doc_node *n = get(g, "Skill", "ecm", "order-details");
	assert_path(n, "status.conditions[Stalled].status", "False");
	support_pg_run("insert into version (domain, skill, content, runtime, role, manifest, "
		       "created_at) values ('ecm', 'order-details', sha256('new'), sha256('new'), "
		       "'specialist', '[]', now() + interval '1 s')");
	support_pg_run("insert into quarantine (domain, skill, content, cause, reason, by, since) "
		       "values ('ecm', 'order-details', sha256('new'), 'rollback', 'too slow', "
		       "'key:ann', 4)");
	n = get(g, "Skill", "ecm", "order-details");
	assert_path(n, "status.conditions[Ready].status", "True");
	assert_path(n, "status.conditions[Stalled].reason", "RolledBack");
	assert_path(n, "status.conditions[Stalled].message", "key:ann rolled back: too slow");
	support_pg_run("insert into suspension (kind, domain, name, by, reason, since) values "
		       "('Skill', 'ecm', 'triage', 'key:ann', 'holiday', 5)");
	n = get(g, "Skill", "ecm", "triage");
	assert_path(n, "status.conditions[Stalled].reason", "Suspended");
	assert_path(n, "status.conditions[Stalled].message", "key:ann suspended it: holiday");
	assert_path(n, "status.conditions[Stalled].remedy", "aspora resume skill ecm/triage");
	/* What is to be resumed is what was suspended, and not what it is seen from. */
	support_pg_run("insert into suspension (kind, domain, name, by, reason, since) values "
		       "('Domain', '', 'ecm', 'key:ann', '', 6)");
	n = get(g, "Skill", "ecm", "order-details");
	assert_path(n, "status.conditions[Stalled].reason", "RolledBack");
	n = get(g, "Domain", "", "ecm");
	assert_path(n, "status.conditions[Stalled].reason", "Suspended");
	assert_path(n, "status.conditions[Stalled].remedy", "aspora resume domain ecm");
}
END_TEST

START_TEST(a_paused_rollout_is_shown_with_who_paused_it)
{
	struct store *sync;
	struct lease *l;
	struct store *g = released(&sync, &l);
	promote("ecm", two, 2);
	support_pg_run("insert into suspension (kind, domain, name, by, reason, since) values "
		       "('Rollout', 'ecm', 'triage', 'key:ann', 'the audit', 5)");
	const struct doc_node *n = get(g, "Skill", "ecm", "triage");
	assert_path(n, "status.paused.by", "key:ann");
	assert_path(n, "status.paused.reason", "the audit");
	assert_path(n, "status.conditions[Ready].status", "True");
	assert_path(n, "status.conditions[Stalled].reason", "RolloutPaused");
	assert_path(n, "status.conditions[Stalled].message",
		    "key:ann paused its rollout: the audit");
	assert_path(n, "status.conditions[Stalled].remedy", "aspora rollout resume ecm/triage");
	n = get(g, "Skill", "ecm", "order-details");
	ck_assert_int_eq(kind_path(n, "status.paused")->type, DOC_NULL);
	assert_path(n, "status.conditions[Stalled].status", "False");
}
END_TEST

START_TEST(a_removed_skill_drains_and_then_is_gone)
{
	struct store *sync;
	struct lease *l;
	struct store *g = released(&sync, &l);
	promote("ecm", two, 2);
	struct support_skill gone = {.name = "triage", .content = "b1", .deleted = true};
	support_release(sync, l, "ecm", "c2", &gone, 1);
	const struct doc_node *n = get(g, "Skill", "ecm", "triage");
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

/* One of everything. */
static struct store *full(void)
{
	struct store *sync;
	struct lease *l;
	struct store *g = released(&sync, &l);
	promote("ecm", two, 2);
	support_pg_run(
		"insert into instance (id, domain, skill, content, runtime, state, host, boot_id, "
		"driver, epoch, rev) select 'INST-1', domain, skill, content, runtime, "
		"'ready', 'h', 'b', 'bubblewrap', 1, 5 from version limit 1");
	support_pg_run(
		"insert into execution (id, domain, skill, requested_by, request_digest, "
		"input, deadline_at, state, result, content, runtime, ended_at) select "
		"'EXEC-20260218120000-0', 'ecm', 'triage', 'key:a', sha256('r'), "
		"'{\"a\":null}', now(), 'succeeded', '{\"output\":1,\"forwarded\":\"EXEC-2\"}',"
		" content, runtime, now() from version limit 1");
	support_pg_run("insert into event (kind, domain, name, type, reason, message, reporter) "
		       "values ('Skill', 'ecm', 'triage', 'Warning', 'RolloutFailed', 'm', 'c')");
	support_pg_run("insert into key (id, hash, name, role, created_by, expires_at) values "
		       "('aspora_1', sha256('k'), 'ann', 'admin', 'x', now() + interval '1 day')");
	support_pg_run("insert into quarantine (domain, skill, content, cause, reason, by, since) "
		       "values ('ecm', 'triage', sha256('x'), 'operator', 'why', 'x', 3)");
	support_pg_run(
		"insert into approval (domain, candidate, base, kind, person, by, expires_at, "
		"rev) values ('ecm', sha256('x'), sha256('y'), 'review', 'key:ana', "
		"'key:ana', now() + interval '1 day', 3)");
	support_pg_run("insert into platform (source, revision, digest, release, since) values "
		       "('main', 'r', sha256('p'), 1, 2)");
	return g;
}

START_TEST(every_kind_has_the_columns_of_its_table)
{
	struct store *g = full();
	for (const struct kind *k = kinds; k->name; k++) {
		struct object_query q = {.kind = k->name};
		const struct doc_node *n = list(g, &q);
		ck_assert_msg(n->list.count > 0, "there is no %s", k->name);
		const struct doc_node *one = n->list.items[0];
		assert_path(one, "apiVersion", API_VERSION);
		assert_path(one, "kind", k->name);
		ck_assert_str_ne(path_text(one, "metadata.name"), "(absent)");
		if (k->namespaced)
			assert_path(one, "metadata.domain", "ecm");
		for (const struct kind_column *c = k->columns; c->title; c++) {
			const char *space = strrchr(c->path, ' ');
			const char *path = space ? space + 1 : c->path;
			/* Of a second version, of an error, of limits, of an end: not in these. */
			if (c->wide || strcmp(c->title, "USED") == 0)
				continue;
			ck_assert_msg(kind_path(one, path) != NULL, "%s lacks %s", k->name, path);
		}
		/* What is listed can be got by its name. */
		const char *name = path_text(one, "metadata.name");
		const char *domain = k->namespaced ? "ecm" : "";
		assert_path(get(g, k->name, domain, name), "metadata.name", name);
	}
}
END_TEST

START_TEST(details_of_the_kinds_are_as_documented)
{
	struct store *g = full();
	const struct doc_node *n = get(g, "Execution", "ecm", "EXEC-20260218120000-0");
	ck_assert_int_eq(kind_path(n, "spec.input.a")->type, DOC_NULL);
	assert_path(n, "status.phase", "succeeded");
	assert_path(n, "status.forwarded", "EXEC-2");
	assert_path(n, "status.result.output", "1");
	struct object_query q = {.kind = "Execution"};
	n = list(g, &q)->list.items[0];
	assert_path(n, "spec.input", "(absent)");
	n = get(g, "Release", "", "1");
	assert_path(n, "status.phase", "Current");
	assert_path(n, "status.domains[0]", "ecm");
	assert_path(n, "status.items[0].domain", "ecm");
	assert_path(n, "spec.message", "a message");
	n = get(g, "Source", "", "main");
	assert_path(n, "spec.url", "https://example.org/skills.git");
	assert_path(n, "status.domains[0]", "ecm");
	n = get(g, "Route", "ecm", "order-details.command.order-status-id-229802");
	assert_path(n, "spec.pattern", "order status {id}");
	assert_path(n, "spec.versions[0].weightMillionths", "1000000");
	q = (struct object_query){.kind = "Admission", .domain = STR("ecm")};
	n = list(g, &q)->list.items[0];
	assert_path(n, "status.verdict", "allow");
	ck_assert_ptr_nonnull(strstr(path_text(n, "status.receipt.text"), "aspora.verdict.v1"));
}
END_TEST

START_TEST(filters_leave_out_what_was_not_asked_for)
{
	struct store *g = full();
	static const struct {
		struct object_query q;
		size_t count;
	} cases[] = {
		{{.kind = "Execution", .state = STR("queued")}, 0},
		{{.kind = "Execution", .state = STR("succeeded"), .skill = STR("triage")}, 1},
		{{.kind = "Execution", .domain = STR("frm")}, 0},
		{{.kind = "Instance", .state = STR("live")}, 1},
		{{.kind = "Instance", .state = STR("ended")}, 0},
		{{.kind = "Admission", .state = STR("deny")}, 0},
		{{.kind = "Event", .about_kind = STR("Skill"), .about_name = STR("triage")}, 1},
		{{.kind = "Event", .about_kind = STR("Source")}, 0},
		{{.kind = "Release", .domain = STR("frm")}, 0},
		{{.kind = "Release", .domain = STR("ecm")}, 1},
		{{.kind = "Route", .skill = STR("triage")}, 0},
		{{.kind = "Skill", .domain = STR("frm")}, 0},
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		ck_assert_msg(list(g, &cases[i].q)->list.count == cases[i].count, "case %zu", i);
}
END_TEST

START_TEST(pages_show_everything_once_and_in_order)
{
	struct store *sync = support_pg_open(STORE_SYNC);
	struct lease *l = support_pg_lease(sync, "sync");
	struct support_skill many[25] = {0};
	char names[25][16];
	for (size_t i = 0; i < 25; i++) {
		snprintf(names[i], sizeof(names[i]), "skill-%02zu", i);
		many[i] = (struct support_skill){.name = names[i], .content = "same"};
	}
	support_release(sync, l, "ecm", "c1", many, 25);
	support_release(sync, l, "frm", "c2", many, 3);
	struct store *g = support_pg_open(STORE_GATEWAY);
	struct object_query q = {.kind = "Skill", .limit = 10};
	struct object_cursor c = {0};
	struct buf out = BUF_INIT(BUF_MAX);
	size_t counts[4], total = 0;
	buf_add_char(&out, '[');
	for (size_t i = 0; i < 4; i++) {
		if (total && i < 3)
			buf_add_char(&out, ',');
		assert_ok(store_object_page(g, &q, &c, &out, &counts[i], &support_err));
		total += counts[i];
	}
	buf_add_char(&out, ']');
	ck_assert_uint_eq(counts[0], 10);
	ck_assert_uint_eq(counts[2], 8);
	ck_assert_uint_eq(counts[3], 0);
	const struct doc_node *n = parse(buf_str(&out));
	ck_assert_uint_eq(n->list.count, 28);
	for (size_t i = 0; i < 28; i++) {
		assert_path(n->list.items[i], "metadata.domain", i < 25 ? "ecm" : "frm");
		assert_path(n->list.items[i], "metadata.name", names[i < 25 ? i : i - 25]);
	}
	/* Releases: newest first, one by one. */
	q = (struct object_query){.kind = "Release", .limit = 1};
	c = (struct object_cursor){0};
	for (int i = 2; i >= 1; i--) {
		buf_reset(&out);
		assert_ok(store_object_page(g, &q, &c, &out, &total, &support_err));
		assert_path(parse(buf_str(&out)), "metadata.name", i == 2 ? "2" : "1");
	}
	assert_ok(store_object_page(g, &q, &c, &out, &total, &support_err));
	ck_assert_uint_eq(total, 0);
	buf_release(&out);
}
END_TEST

START_TEST(another_tenants_objects_are_not_there)
{
	struct store *g = full();
	assert_ok(store_scope(g, STR("frm"), &support_err));
	static const char *const hidden[] = {"Skill",	   "Domain",   "Route", "Release",
					     "Admission",  "Instance", "Event", "Execution",
					     "Quarantine", "Approval"};
	for (size_t i = 0; i < ARRAY_SIZE(hidden); i++) {
		struct object_query q = {.kind = hidden[i]};
		ck_assert_msg(list(g, &q)->list.count == 0, "%s is seen", hidden[i]);
	}
	assert_ok(store_scope(g, STR("frm,ecm"), &support_err));
	struct object_query q = {.kind = "Skill"};
	ck_assert_uint_eq(list(g, &q)->list.count, 2);
}
END_TEST

START_TEST(names_that_can_be_none_are_not_found)
{
	struct store *g = full();
	static const char *const names[] = {"../x",
					    "'; drop table key; --",
					    "ORDER-DETAILS",
					    "order-details\x01",
					    "9999999999999999999",
					    "\xff"};
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		for (const struct kind *k = kinds; k->name; k++) {
			struct buf out = BUF_INIT(BUF_MAX);
			struct object_query q = {.kind = k->name,
						 .domain = k->namespaced ? STR("ecm") : STR_NULL,
						 .name = str_of(names[i])};
			assert_err(store_object_get(g, &q, &out, &support_err), ERR_NOT_FOUND,
				   "there is no ");
			buf_release(&out);
		}
}
END_TEST

/* The names of a list, one after the other, read in pages of `limit`. */
static const char *names_at(struct store *g, const char *kind, int64_t at, size_t limit)
{
	static char names[256];
	const struct object_query q = {.kind = kind, .at = at, .limit = limit};
	struct object_cursor cursor = {0};
	size_t count = limit;
	names[0] = '\0';
	while (count == limit) {
		struct buf page = BUF_INIT(BUF_MAX), list = BUF_INIT(BUF_MAX);
		assert_ok(store_object_page(g, &q, &cursor, &page, &count, &support_err));
		buf_addf(&list, "[%s]", buf_cstr(&page));
		const struct doc_node *n = parse(buf_str(&list));
		for (size_t i = 0; i < n->list.count; i++) {
			struct str name = doc_text(doc_find(n->list.items[i], "metadata"), "name");
			size_t len = strlen(names);
			snprintf(names + len, sizeof(names) - len, "%.*s ", STR_ARG(name));
		}
		buf_release(&page);
		buf_release(&list);
	}
	return names;
}

START_TEST(lists_are_read_as_they_were_and_page_by_page)
{
	struct store *sync;
	struct lease *l;
	struct store *g = released(&sync, &l);
	char before[256], domains[256];
	struct store_head head;
	assert_ok(store_head(g, &head, &support_err));
	snprintf(before, sizeof(before), "%s", names_at(g, "Skill", head.at.rev, 500));
	snprintf(domains, sizeof(domains), "%s", names_at(g, "Domain", head.at.rev, 500));
	struct support_skill added = {.name = "one-more", .content = "x1"};
	int64_t rev = support_release(sync, l, "later", "c9", &added, 1);
	ck_assert_str_eq(names_at(g, "Skill", rev - 1, 500), before);
	ck_assert_str_eq(names_at(g, "Skill", rev - 1, 1), before);
	ck_assert_str_eq(names_at(g, "Domain", rev - 1, 1), domains);
	ck_assert_ptr_nonnull(strstr(names_at(g, "Skill", rev, 1), "one-more"));
	ck_assert_ptr_nonnull(strstr(names_at(g, "Domain", rev, 500), "later"));
	ck_assert_str_eq(names_at(g, "Skill", 1, 500), "");
	const struct object_query none = {.kind = "Route", .at = rev, .limit = 1};
	struct object_cursor cursor = {0};
	struct buf page = BUF_INIT(BUF_MAX);
	size_t count = 0;
	assert_err(store_object_page(g, &none, &cursor, &page, &count, &support_err),
		   ERR_UNSUPPORTED, "objects of kind Route are not kept as they were");
	buf_release(&page);
}
END_TEST

START_TEST(a_revision_is_found_by_its_time_and_by_its_commit)
{
	struct store *sync;
	struct lease *l;
	struct store *g = released(&sync, &l);
	struct store_head head;
	int64_t rev = 0, now = clock_wall(&clock_real);
	assert_ok(store_head(g, &head, &support_err));
	assert_ok(store_revision_at_time(g, now + 3600000, &rev, &support_err));
	ck_assert_int_eq(rev, head.at.rev);
	assert_err(store_revision_at_time(g, now - (int64_t)86400000 * 365, &rev, &support_err),
		   ERR_NOT_FOUND, "there was nothing yet at 20");
	assert_err(store_revision_of_commit(g, STR("fffffffffff"), &rev, &support_err),
		   ERR_NOT_FOUND, "commit fffffffffff was never released");
	struct buf out = BUF_INIT(BUF_MAX);
	const struct object_query q = {
		.kind = "Skill", .domain = STR("ecm"), .name = STR("order-details")};
	assert_ok(store_object_get(g, &q, &out, &support_err));
	const struct doc_node *n = parse(buf_str(&out));
	struct str commit = doc_text(doc_find(doc_find(n, "metadata"), "source"), "revision");
	assert_ok(store_revision_of_commit(g, str_sub(commit, 0, 7), &rev, &support_err));
	ck_assert_int_le(rev, head.at.rev);
	ck_assert_int_gt(rev, 1);
	buf_release(&out);
}
END_TEST

START_TEST(the_past_is_read_by_revision)
{
	struct store *sync;
	struct lease *l;
	struct store *g = released(&sync, &l);
	promote("ecm", two, 2);
	struct support_skill changed = {.name = "order-details", .content = "a2"};
	int64_t rev = support_release(sync, l, "ecm", "c2", &changed, 1);
	char hex[DIGEST_HEX + 1];
	struct digest a1 = word_digest("a1"), a2 = word_digest("a2");
	struct buf out = BUF_INIT(BUF_MAX);
	struct object_query then = {
		.kind = "Skill", .domain = STR("ecm"), .name = STR("order-details"), .at = rev - 1};
	assert_ok(store_object_get(g, &then, &out, &support_err));
	const struct doc_node *n = parse(buf_str(&out));
	assert_path(n, "status.digest", digest_hex(&a1, hex));
	assert_path(n, "status.versions[0].content", digest_hex(&a1, hex));
	buf_reset(&out);
	then.at = rev;
	assert_ok(store_object_get(g, &then, &out, &support_err));
	assert_path(parse(buf_str(&out)), "status.digest", digest_hex(&a2, hex));
	then.at = 1;
	assert_err(store_object_get(g, &then, &out, &support_err), ERR_NOT_FOUND,
		   "there was no Skill \"ecm/order-details\" at revision 1");
	char near[132];
	assert_ok(store_object_nearest_skill(g, STR("ecm/order-detail"), near, &support_err));
	ck_assert_str_eq(near, "ecm/order-details");
	assert_ok(store_object_nearest_skill(g, STR("hr/resume-screening"), near, &support_err));
	ck_assert_str_eq(near, "");
	buf_release(&out);
}
END_TEST

static int64_t counted(const struct object_count *list_, size_t count, const char *metric,
		       const char *label)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(list_[i].metric, metric) == 0 && str_eqz(list_[i].label, label))
			return list_[i].value;
	return -1;
}

START_TEST(what_is_counted_is_right)
{
	struct store *g = full();
	struct object_count *n = NULL;
	size_t count = 0;
	assert_ok(store_object_counts(g, arena(), &n, &count, &support_err));
	ck_assert_int_eq(counted(n, count, "skills", "Ready"), 2);
	ck_assert_int_eq(counted(n, count, "executions", "succeeded"), 1);
	ck_assert_int_eq(counted(n, count, "queue", ""), 0);
	ck_assert_int_eq(counted(n, count, "instances", "ready"), 1);
	ck_assert_int_eq(counted(n, count, "sources", "Pending"), 1);
	ck_assert_int_eq(counted(n, count, "quarantines", ""), 1);
	ck_assert_int_eq(counted(n, count, "release", ""), 1);
	ck_assert_int_gt(counted(n, count, "revision", ""), 2);
	ck_assert_int_gt(counted(n, count, "leases", "sync/0"), 0);
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
	CASE(every_kind_has_the_columns_of_its_table),
	CASE(details_of_the_kinds_are_as_documented),
	CASE(filters_leave_out_what_was_not_asked_for),
	CASE(pages_show_everything_once_and_in_order),
	CASE(another_tenants_objects_are_not_there),
	CASE(names_that_can_be_none_are_not_found),
	CASE(a_paused_rollout_is_shown_with_who_paused_it),
	CASE(the_past_is_read_by_revision),
	CASE(lists_are_read_as_they_were_and_page_by_page),
	CASE(a_revision_is_found_by_its_time_and_by_its_commit),
	CASE(what_is_counted_is_right),
	{0}};

int main(void)
{
	return support_pg_main("store/object", cases);
}
