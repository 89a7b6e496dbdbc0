/* Approvals against the real schema: what can be approved, each person once, and what ends one. */
#include "store/approval.h"

#include "store/inbox.h"
#include "store/key.h"
#include "store/object.h"
#include "store/source.h"
#include "tests/unit/store/help_release.h"

static struct store *sync_store, *s; /* s: the gateway's */
static struct lease *l;
static struct arena *a;

static void set_up(void)
{
	sync_store = support_pg_open(STORE_SYNC);
	l = support_pg_lease(sync_store, "sync");
	support_declare(sync_store, l, (const char *[]){"main", NULL});
	s = support_pg_open(STORE_GATEWAY);
	assert_ok(store_scope(s, STR("*"), &support_err));
	a = arena_new(BUF_MAX);
}

static struct verdict denial(const char *candidate, const char *policy, const char *rule)
{
	struct verdict v = {
		.rules_version = 5,
		.key = {.domain = STR("ecm"),
			.candidate = candidate ? word_digest(candidate) : (struct digest){{0}},
			.policy = word_digest(policy),
			.surface = word_digest("surface")}};
	findings_init(&v.findings, a);
	findings_addf(&v.findings, rule, SEVERITY_DENY, STR("ecm"), STR_NULL, "somebody is asked");
	return v;
}

/* What sync writes of a denial; held: the source's newest commit is held by it. */
static void deny(const char *source, const struct verdict *v, bool held, const char *author)
{
	struct store_txn *t = NULL;
	struct source_ref seen;
	snprintf(seen.name, sizeof(seen.name), "%s", source);
	snprintf(seen.revision, sizeof(seen.revision), "aaaaaaaaaaaa");
	assert_ok(store_txn_begin(sync_store, STORE_FENCED, "sync", l, &t, &support_err));
	assert_ok(store_verdict_put(t, v, &seen, STR("First <first@example.com>"), support_signer(),
				    &support_err));
	assert_ok(store_txn_commit(t, NULL, &support_err));
	store_txn_end(t);
	if (!held)
		return;
	char c[DIGEST_HEX + 1], p[DIGEST_HEX + 1], f[DIGEST_HEX + 1];
	support_pg_run(
		"update source set observed_revision = 'bbbbbbbbbbbb', refused = "
		"'[{\"domain\":\"ecm\","
		"\"candidate\":\"%s\",\"policy\":\"%s\",\"surface\":\"%s\",\"author\":\"%s\"}]' "
		"where name = 'main'",
		digest_hex(&v->key.candidate, c), digest_hex(&v->key.policy, p),
		digest_hex(&v->key.surface, f), author);
}

static struct approval of(const char *candidate, const char *person)
{
	return (struct approval){.domain = STR("ecm"),
				 .candidate = candidate ? word_digest(candidate)
							: (struct digest){{0}},
				 .kind = STR("review"),
				 .person = str_of(person),
				 .by = str_of(person),
				 .ttl_ms = 60000};
}

static struct approval_place look(const struct approval *p)
{
	struct approval_place at = {0};
	assert_ok(store_approval_look(s, a, p, &at, &support_err));
	return at;
}

/* Commit's result. */
static int put(struct approval *p)
{
	struct store_txn *t = NULL;
	p->base = look(p).base;
	assert_ok(store_txn_begin(s, STORE_CONDITIONAL, "key:ana", NULL, &t, &support_err));
	assert_ok(store_approval_put(t, p, &p->id, &support_err));
	int rc = store_txn_commit(t, NULL, &support_err);
	store_txn_end(t);
	return rc;
}

static size_t holding(const char *candidate)
{
	struct approval *list = NULL;
	size_t n = 0;
	struct digest d = candidate ? word_digest(candidate) : (struct digest){{0}};
	assert_ok(store_approval_list(sync_store, a, STR("ecm"), &d, &list, &n, &support_err));
	return n;
}

START_TEST(what_was_never_judged_is_not_known)
{
	set_up();
	struct approval p = of("v1", "key:ana");
	struct approval_place at = look(&p);
	ck_assert(!at.known && !at.deployed && at.superseded && !at.mine && !at.again);
	ck_assert_uint_eq(at.newer.len, 0);
	ck_assert(digest_is_zero(&at.base));
}
END_TEST

START_TEST(what_a_commit_is_held_by_can_be_approved_and_a_newer_one_takes_its_place)
{
	set_up();
	struct verdict v1 = denial("v1", "p", "AD-REVIEW-001"),
		       v2 = denial("v2", "p", "AD-REVIEW-001");
	deny("main", &v1, true, "Ana <ana@example.com>");
	struct approval p = of("v1", "key:ana");
	struct approval_place at = look(&p);
	ck_assert(at.known && !at.deployed && !at.superseded);
	/* Who wrote what is held, and not who was seen with that content first. */
	assert_str(at.author, "Ana <ana@example.com>");
	assert_str(at.revision, "bbbbbbbbbbbb");
	ck_assert(str_find(at.findings_json, STR("AD-REVIEW-001"), 0) >= 0);
	char hex[DIGEST_HEX + 1];
	digest_hex(&v1.key.candidate, hex);
	ck_assert(str_eq(str_sub(at.name, 0, 12), str_make(hex, 12)) && at.name.len == 26);
	deny("main", &v2, true, "Bob <bob@example.com>");
	at = look(&p);
	ck_assert(at.known && at.superseded);
	assert_str(at.newer, digest_hex(&v2.key.candidate, hex));
	assert_str(at.author, "First <first@example.com>");
	/* Nothing is held any more. */
	support_pg_run("update source set refused = '[]'");
	at = look(&p);
	ck_assert(at.known && at.superseded && !at.newer.len);
}
END_TEST

START_TEST(what_was_applied_waits_until_it_is_applied_again)
{
	set_up();
	struct verdict v = denial("v1", "p", "AD-REVIEW-001");
	struct store_txn *t = NULL;
	assert_ok(store_txn_begin(sync_store, STORE_FENCED, "sync", l, &t, &support_err));
	assert_ok(store_source_apply_set(t, STR("hand"), &support_err));
	assert_ok(store_txn_commit(t, NULL, &support_err));
	store_txn_end(t);
	deny("hand", &v, false, NULL);
	struct approval p = of("v1", "key:ana");
	struct approval_place at = look(&p);
	ck_assert(at.known && !at.superseded);
	assert_str(at.author, "First <first@example.com>");
	assert_str(at.revision, "aaaaaaaaaaaa");
}
END_TEST

START_TEST(a_person_has_one_of_a_kind_and_a_second_is_a_conflict)
{
	set_up();
	struct verdict v = denial("v1", "p", "AD-REVIEW-001");
	deny("main", &v, true, "");
	struct approval p = of("v1", "key:ana"), q = of("v1", "key:bob"), r = of("v1", "key:ana");
	assert_ok(put(&p));
	ck_assert_int_eq(look(&p).mine, p.id);
	ck_assert_int_eq(put(&r), ERR_CONFLICT);
	r.kind = STR("growth");
	ck_assert_int_eq(look(&r).mine, 0);
	assert_ok(put(&r));
	assert_ok(put(&q));
	ck_assert_uint_eq(holding("v1"), 3);
	struct approval *list = NULL;
	size_t n = 0;
	assert_ok(store_approval_list(sync_store, a, STR_NULL, NULL, &list, &n, &support_err));
	ck_assert_uint_eq(n, 3);
	ck_assert(str_eqz(list[0].by, "key:ana") && str_eqz(list[2].by, "key:bob"));
	ck_assert(str_eqz(list[1].kind, "growth") && list[1].holds);
	ck_assert_int_ge(list[0].expires_ms - list[0].at_ms, 59000);
	ck_assert_str_eq(support_pg_text("select string_agg(op || name, ' ' order by revision, "
					 "ord) from change where kind = 'Approval'"),
			 arena_printf(a, "create%lld create%lld create%lld", (long long)p.id,
				      (long long)r.id, (long long)q.id));
}
END_TEST

START_TEST(an_approval_is_of_one_candidate_over_one_base)
{
	set_up();
	struct verdict gone = denial(NULL, "p", "AD-DELETE-001");
	const struct support_skill skill = {.name = "triage", .content = "c1"};
	deny("main", &gone, true, "");
	struct approval p = of(NULL, "key:ana");
	p.kind = STR("deletion");
	struct approval_place at = look(&p);
	ck_assert(digest_is_zero(&at.base));
	assert_ok(put(&p));
	ck_assert_int_eq(look(&p).mine, p.id);
	ck_assert_uint_eq(holding(NULL), 1);
	ck_assert_uint_eq(holding("v1"), 0);
	/* A deletion that was approved of nothing is none of what came since. */
	support_release(sync_store, l, "ecm", "v1", &skill, 1);
	at = look(&p);
	struct digest v1 = word_digest("v1");
	ck_assert(digest_equal(&at.base, &v1) && at.mine == 0);
	struct approval q = of("v1", "key:ana");
	ck_assert(look(&q).deployed);
}
END_TEST

START_TEST(the_same_request_is_found_again)
{
	set_up();
	struct verdict v = denial("v1", "p", "AD-REVIEW-001");
	deny("main", &v, true, "");
	struct approval p = of("v1", "key:ana"), was;
	p.request = STR("K-1");
	p.address = STR("ana@example.com");
	assert_ok(put(&p));
	ck_assert_int_eq(look(&p).again, p.id);
	p.request = STR("K-2");
	ck_assert_int_eq(look(&p).again, 0);
	assert_ok(store_approval_get(s, a, p.id, &was, &support_err));
	assert_str(was.request, "K-1");
	ck_assert(was.holds && str_eqz(was.person, "key:ana"));
	assert_str(was.address, "ana@example.com");
	ck_assert_int_eq(store_approval_get(s, a, p.id + 1000, &was, &support_err), ERR_NOT_FOUND);
}
END_TEST

START_TEST(what_expired_makes_room_and_what_was_taken_back_stays_so)
{
	set_up();
	struct verdict v = denial("v1", "p", "AD-REVIEW-001");
	deny("main", &v, true, "");
	struct approval p = of("v1", "key:ana"), q = of("v1", "key:ana");
	p.ttl_ms = 1;
	assert_ok(put(&p));
	while (holding("v1"))
		;
	ck_assert_int_eq(look(&q).mine, 0);
	assert_ok(put(&q));
	ck_assert_uint_eq(holding("v1"), 1);
	struct store_txn *t = NULL;
	for (int i = 0; i < 2; i++) {
		assert_ok(store_txn_begin(s, STORE_CONDITIONAL, "key:ana", NULL, &t, &support_err));
		store_approval_withdraw(t, i ? &p : &q);
		ck_assert_int_eq(store_txn_commit(t, NULL, &support_err), i ? ERR_NOT_FOUND : 0);
		store_txn_end(t);
	}
	ck_assert_uint_eq(holding("v1"), 0);
	ck_assert_str_eq(
		support_pg_text("select string_agg(withdrawn_by, ',' order by id) from approval"),
		",key:ana");
	CLEANUP(buf_release) struct buf items = BUF_INIT(BUF_MAX);
	const struct object_query all = {.kind = "Approval", .limit = 10};
	struct object_cursor from = {0};
	size_t n = 0;
	assert_ok(store_object_page(s, &all, &from, &items, &n, &support_err));
	ck_assert_uint_eq(n, 2);
	/* The newest first. */
	const char *withdrawn = strstr(buf_cstr(&items), "Withdrawn");
	ck_assert(withdrawn && strstr(withdrawn, "Expired"));
}
END_TEST

START_TEST(a_key_that_is_revoked_takes_its_approvals_with_it)
{
	set_up();
	CLEANUP(secret_release) struct secret key = SECRET_INIT;
	char id[KEY_ID + 1];
	const struct key_new k = {.name = STR("eve"), .role = STR("approver")};
	struct verdict v = denial("v1", "p", "AD-REVIEW-001");
	struct store_txn *t = NULL;
	deny("main", &v, true, "");
	assert_ok(store_txn_begin(s, STORE_CONDITIONAL, "key:root", NULL, &t, &support_err));
	assert_ok(store_key_create(t, &k, &key, id, &support_err));
	assert_ok(store_txn_commit(t, NULL, &support_err));
	store_txn_end(t);
	struct approval p = of("v1", "key:eve"), q = of("v1", "key:bob");
	p.key = str_of(id);
	assert_ok(put(&p));
	assert_ok(put(&q));
	assert_ok(store_txn_begin(s, STORE_CONDITIONAL, "key:root", NULL, &t, &support_err));
	assert_ok(store_key_revoke(t, STR("eve"), &support_err));
	assert_ok(store_txn_commit(t, NULL, &support_err));
	store_txn_end(t);
	ck_assert_uint_eq(holding("v1"), 1);
	ck_assert_str_eq(support_pg_text("select withdrawn_by from approval where by = 'key:eve'"),
			 "key:root, with key eve");
}
END_TEST

START_TEST(who_waits_sees_that_one_came_was_taken_back_or_ended)
{
	set_up();
	char before[64], now[64];
	struct verdict v = denial("v1", "p", "AD-REVIEW-001");
	deny("main", &v, true, "");
	struct approval p = of("v1", "key:ana"), q = of("v1", "key:bob");
	assert_ok(store_check_state(sync_store, before, &support_err));
	assert_ok(put(&p));
	assert_ok(store_check_state(sync_store, now, &support_err));
	ck_assert_str_ne(before, now);
	snprintf(before, sizeof(before), "%s", now);
	q.ttl_ms = 1;
	assert_ok(put(&q));
	while (holding("v1") > 1)
		;
	assert_ok(store_check_state(sync_store, now, &support_err));
	ck_assert_str_eq(before, now); /* it has ended: as it was before */
	struct store_txn *t = NULL;
	assert_ok(store_txn_begin(s, STORE_CONDITIONAL, "key:ana", NULL, &t, &support_err));
	store_approval_withdraw(t, &p);
	assert_ok(store_txn_commit(t, NULL, &support_err));
	store_txn_end(t);
	assert_ok(store_check_state(sync_store, now, &support_err));
	ck_assert_str_ne(before, now);
}
END_TEST

START_TEST(who_sees_another_domain_sees_none_of_it)
{
	set_up();
	struct verdict v = denial("v1", "p", "AD-REVIEW-001");
	deny("main", &v, true, "");
	struct approval p = of("v1", "key:ana"), was;
	assert_ok(put(&p));
	assert_ok(store_scope(s, STR("hr"), &support_err));
	ck_assert_int_eq(store_approval_get(s, a, p.id, &was, &support_err), ERR_NOT_FOUND);
	struct approval q = of("v1", "key:dan");
	ck_assert(!look(&q).known);
	struct store_txn *t = NULL;
	assert_ok(store_txn_begin(s, STORE_CONDITIONAL, "key:dan", NULL, &t, &support_err));
	assert_ok(store_approval_put(t, &q, &q.id, &support_err));
	ck_assert_int_lt(store_txn_commit(t, NULL, &support_err), 0);
	store_txn_end(t);
}
END_TEST

/* The C table of rules and the database's words for conditions say the same. */
START_TEST(a_denial_waits_for_people_before_programs)
{
	static const char *const rows[][2] = {
		{"AD-REVIEW-001", "WaitingForApproval"},
		{"AD-GROWTH-001", "WaitingForApproval"},
		{"AD-CHECKS-001", "WaitingForChecks"},
		{"AD-DELETE-001", ""},
	};
	support_pg_open(STORE_GATEWAY);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char sql[512];
		snprintf(sql, sizeof(sql),
			 "select "
			 "coalesce(aspora_waits_for('[{\"rule\":\"%s\",\"severity\":\"deny\"},"
			 "{\"rule\":\"AD-X\",\"severity\":\"warn\"}]'), '')",
			 rows[i][0]);
		ck_assert_str_eq(support_pg_text("%s", sql), rows[i][1]);
	}
	ck_assert_str_eq(
		support_pg_text(
			"select "
			"aspora_waits_for('[{\"rule\":\"AD-CHECKS-001\",\"severity\":\"deny\"},"
			"{\"rule\":\"AD-REVIEW-001\",\"severity\":\"deny\"}]')"),
		"WaitingForApproval");
	ck_assert_str_eq(support_pg_text("select "
					 "coalesce(aspora_waits_for('[{\"rule\":\"AD-REVIEW-001\","
					 "\"severity\":\"deny\"},"
					 "{\"rule\":\"AD-X\",\"severity\":\"deny\"}]'), '')"),
			 "");
	ck_assert_str_eq(support_pg_text("select coalesce(aspora_waits_for('[]'), '')"), "");
	/* Where a person is waited for, what he is asked is told first. */
	ck_assert_str_eq(support_pg_text("select message from "
					 "aspora_finding('[{\"rule\":\"AD-CHECKS-001\","
					 "\"severity\":\"deny\",\"message\":\"check\"},"
					 "{\"rule\":\"AD-REVIEW-001\",\"severity\":\"deny\","
					 "\"message\":\"people\"}]', '')"),
			 "people");
}
END_TEST

static const struct support_case cases[] = {
	CASE(what_was_never_judged_is_not_known),
	CASE(what_a_commit_is_held_by_can_be_approved_and_a_newer_one_takes_its_place),
	CASE(what_was_applied_waits_until_it_is_applied_again),
	CASE(a_person_has_one_of_a_kind_and_a_second_is_a_conflict),
	CASE(an_approval_is_of_one_candidate_over_one_base),
	CASE(the_same_request_is_found_again),
	CASE(what_expired_makes_room_and_what_was_taken_back_stays_so),
	CASE(a_key_that_is_revoked_takes_its_approvals_with_it),
	CASE(who_waits_sees_that_one_came_was_taken_back_or_ended),
	CASE(who_sees_another_domain_sees_none_of_it),
	CASE(a_denial_waits_for_people_before_programs),
	{0},
};

int main(void)
{
	return support_pg_main("store/approval", cases);
}
