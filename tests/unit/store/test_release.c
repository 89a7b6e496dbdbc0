/* Releases: only what was admitted, at one revision, as a chain. */
#include "store/blob.h"
#include "store/release.h"
#include "store/source.h"
#include "tests/unit/store/help_release.h"

static const struct support_skill two[] = {
	{.name = "order-details", .content = "a1", .pattern = "order status {id}"},
	{.name = "triage", .content = "b1"}};

START_TEST(a_release_is_read_back_as_the_deployed_state)
{
	struct store *s = support_pg_open(STORE_SYNC);
	struct lease *l = support_pg_lease(s, "sync");
	int64_t rev = support_release(s, l, "ecm", "c1", two, 2);
	ck_assert_int_eq(rev, 2); /* the source was declared by 1 */
	CLEANUP(store_deployed_freep) struct deployed *d = NULL;
	assert_ok(store_deployed_load(s, 0, &d, &support_err));
	ck_assert_uint_eq(d->domain_count, 1);
	assert_str(d->domains[0].name, "ecm");
	ck_assert_str_eq(d->domains[0].source.name, "main");
	ck_assert_str_eq(d->domains[0].source.revision, "rev-c1");
	struct digest c1 = word_digest("c1"), b1 = word_digest("b1");
	ck_assert(digest_equal(&d->domains[0].candidate, &c1));
	ck_assert_uint_eq(d->skill_count, 2);
	assert_str(d->skills[0].name, "order-details");
	assert_str(d->skills[1].name, "triage");
	ck_assert(digest_equal(&d->skills[1].content, &b1));
	struct tree_id tree = word_tree("b1");
	ck_assert(tree_id_equal(&d->skills[1].tree, &tree));
	ck_assert_ptr_eq(d->skills[0].domain.p, d->skills[1].domain.p);
}
END_TEST

START_TEST(the_database_refuses_what_was_denied_or_never_judged)
{
	struct store *s = support_pg_open(STORE_SYNC);
	struct lease *l = support_pg_lease(s, "sync");
	support_release(s, l, "ecm", "c1", two, 2);
	struct support_skill bad = {.name = "order-details", .content = "a2"};
	assert_err(support_release_in(s, l, "main", "ecm", "denied", &bad, 1, false, NULL),
		   ERR_DENIED, "no allow verdict");
	/* Neither the verdict nor anything else of that transaction is there, and the next one works. */
	ck_assert_int_eq(support_pg_int("select count(*) from verdict"), 1);
	ck_assert_int_eq(support_pg_int("select rev from store"), 2);
	ck_assert_int_eq(support_pg_int("select count(*) from version"), 2);
	struct support_skill good = {.name = "order-details", .content = "a2"};
	ck_assert_int_eq(support_release(s, l, "ecm", "c2", &good, 1), 3);
	ck_assert_int_eq(support_pg_int("select max(id) from release"), 2);
}
END_TEST

START_TEST(an_update_keeps_uid_and_counts_generations_and_leaves_the_rest_alone)
{
	struct store *s = support_pg_open(STORE_SYNC);
	struct lease *l = support_pg_lease(s, "sync");
	support_release(s, l, "ecm", "c1", two, 2);
	const char *uid = support_pg_text("select uid from desired where skill = 'order-details'");
	struct support_skill changed = {.name = "order-details", .content = "a2"};
	int64_t rev = support_release(s, l, "ecm", "c2", &changed, 1);
	ck_assert_str_eq(
		support_pg_text(
			"select uid from desired where skill = 'order-details' and until is null"),
		uid);
	ck_assert_int_eq(support_pg_int("select generation from desired where skill = "
					"'order-details' and until is null"),
			 2);
	ck_assert_int_eq(
		support_pg_int(
			"select generation from desired where skill = 'triage' and until is null"),
		1);
	ck_assert_int_eq(support_pg_int("select until from desired where skill = 'order-details' "
					"and generation = 1"),
			 rev);
	ck_assert_int_eq(support_pg_int("select count(*) from release_item where until is null"),
			 1);
}
END_TEST

START_TEST(any_revision_of_the_past_can_be_read)
{
	struct store *s = support_pg_open(STORE_SYNC);
	struct lease *l = support_pg_lease(s, "sync");
	int64_t first = support_release(s, l, "ecm", "c1", two, 2);
	struct support_skill changed[] = {{.name = "order-details", .content = "a2"},
					  {.name = "triage", .content = "b1", .deleted = true}};
	int64_t second = support_release(s, l, "ecm", "c2", changed, 2);
	CLEANUP(arena_freep) struct arena *a = arena_new(BUF_MAX);
	const struct {
		int64_t at;
		size_t skills;
		const char *content;
	} looks[] = {{first - 1, 0, NULL},
		     {first, 2, "a1"},
		     {second - 1, 2, "a1"},
		     {second, 1, "a2"},
		     {0, 1, "a2"}};
	for (size_t i = 0; i < ARRAY_SIZE(looks); i++) {
		CLEANUP(store_deployed_freep) struct deployed *d = NULL;
		/* at 0 means now */
		assert_ok(store_deployed_load(s, looks[i].at, &d, &support_err));
		ck_assert_uint_eq(d->skill_count, looks[i].skills);
		struct desired_skill k;
		bool found = false;
		assert_ok(store_desired_at(s, a, STR("ecm"), STR("order-details"), looks[i].at, &k,
					   &found, &support_err));
		ck_assert_int_eq(found, looks[i].content != NULL);
		if (found) {
			struct digest want = word_digest(looks[i].content);
			ck_assert(digest_equal(&k.content, &want));
		}
	}
	struct desired_skill *all = NULL;
	size_t count = 0;
	assert_ok(store_desired_history(s, a, STR("ecm"), STR("order-details"), 10, &all, &count,
					&support_err));
	ck_assert_uint_eq(count, 2);
	ck_assert_int_eq(all[0].generation, 2);
	ck_assert_int_eq(all[1].until, second);
}
END_TEST

START_TEST(a_deleted_skill_that_comes_back_is_a_new_object)
{
	struct store *s = support_pg_open(STORE_SYNC);
	struct lease *l = support_pg_lease(s, "sync");
	support_release(s, l, "ecm", "c1", two, 2);
	const char *uid = support_pg_text("select uid from desired where skill = 'triage'");
	struct support_skill gone = {.name = "triage", .content = "b1", .deleted = true};
	support_release(s, l, "ecm", "c2", &gone, 1);
	struct support_skill back = {.name = "triage", .content = "b1"};
	support_release(s, l, "ecm", "c1", &back, 1);
	ck_assert_str_ne(
		support_pg_text("select uid from desired where skill = 'triage' and until is null"),
		uid);
	ck_assert_int_eq(
		support_pg_int(
			"select generation from desired where skill = 'triage' and until is null"),
		1);
}
END_TEST

START_TEST(a_domain_belongs_to_the_source_that_first_released_it)
{
	struct store *s = support_pg_open(STORE_SYNC);
	struct lease *l = support_pg_lease(s, "sync");
	support_declare(s, l, (const char *const[]){"main", "other", NULL});
	support_release(s, l, "ecm", "c1", two, 2);
	CLEANUP(arena_freep) struct arena *a = arena_new(BUF_MAX);
	struct str owner;
	assert_ok(store_domain_owner(s, a, STR("ecm"), &owner, &support_err));
	assert_str(owner, "main");
	assert_err(support_release_in(s, l, "other", "ecm", "c9", two, 2, true, NULL), ERR_CONFLICT,
		   "domain ecm is owned by source main");
	/* Ownership can be handed on. */
	struct store_txn *t = NULL;
	assert_ok(store_txn_begin(s, STORE_FENCED, "test", l, &t, &support_err));
	assert_ok(store_domain_transfer(t, STR("ecm"), STR("other"), &support_err));
	assert_ok(store_txn_commit(t, NULL, &support_err));
	store_txn_end(t);
	assert_ok(support_release_in(s, l, "other", "ecm", "c9", two, 2, true, NULL));
}
END_TEST

START_TEST(one_changed_skill_costs_one_round_trip_and_one_commit)
{
	struct store *s = support_pg_open(STORE_SYNC);
	struct lease *l = support_pg_lease(s, "sync");
	support_release(s, l, "ecm", "c1", two, 2);
	struct store_stats before, after;
	store_stats(s, &before);
	struct support_skill changed = {.name = "order-details", .content = "a2"};
	assert_ok(support_release_in(s, l, "main", "ecm", "c2", &changed, 1, true, NULL));
	store_stats(s, &after);
	ck_assert_uint_eq(after.round_trips - before.round_trips, 1);
	ck_assert_uint_eq(after.commits - before.commits, 1);
}
END_TEST

START_TEST(releases_form_a_signed_chain)
{
	struct store *s = support_pg_open(STORE_SYNC);
	struct lease *l = support_pg_lease(s, "sync");
	support_release(s, l, "ecm", "c1", two, 2);
	for (int i = 2; i <= 4; i++) {
		char word[32];
		snprintf(word, sizeof(word), "v%d", i);
		struct support_skill k = {.name = "triage", .content = word};
		support_release(s, l, "ecm", word, &k, 1);
	}
	int64_t bad = -1;
	assert_ok(store_release_verify(s, 1, 4, NULL, &bad, &support_err));
	ck_assert_int_eq(bad, 0);
	assert_ok(store_release_verify(s, 1, 4, support_signer()->public_key, &bad, &support_err));
	ck_assert_int_eq(bad, 0);
	const uint8_t stranger[SIGN_PUBLIC_SIZE] = {1};
	assert_ok(store_release_verify(s, 1, 4, stranger, &bad, &support_err));
	ck_assert_int_eq(bad, 1);
	/* A forged word, an exchanged row, a missing one. */
	support_pg_run(
		"update release set record = replace(record, 'rev-v3', 'rev-x3') where id = 3");
	assert_ok(store_release_verify(s, 1, 4, NULL, &bad, &support_err));
	ck_assert_int_eq(bad, 3);
	support_pg_run(
		"update release set record = replace(record, 'rev-x3', 'rev-v3') where id = 3");
	support_pg_run("update release set signature = (select signature from release where id = "
		       "1) where id = 2");
	assert_ok(store_release_verify(s, 1, 4, NULL, &bad, &support_err));
	ck_assert_int_eq(bad, 2);
	/* One past the end is missing, not fine. */
	assert_ok(store_release_verify(s, 3, 5, NULL, &bad, &support_err));
	ck_assert_int_eq(bad, 5);
}
END_TEST

START_TEST(who_leads_again_follows_what_was_released_meanwhile)
{
	struct store *a = support_pg_open(STORE_SYNC), *b = support_pg_open(STORE_SYNC);
	struct lease *first = support_pg_lease(a, "sync");
	support_release(a, first, "ecm", "c1", two, 2);
	support_pg_run("update lease set until = clock_timestamp() - interval '1 second'");
	struct lease *second = support_pg_lease(b, "sync");
	struct support_skill changed = {.name = "triage", .content = "b2"};
	support_release(b, second, "ecm", "c2", &changed, 1);
	support_pg_run("update lease set until = clock_timestamp() - interval '1 second'");
	/* The connection is the same, and the last release that it knows is not the last. */
	struct lease *third = support_pg_lease(a, "sync");
	changed.content = "b3";
	support_release(a, third, "ecm", "c3", &changed, 1);
	changed.content = "b4";
	support_release(a, third, "ecm", "c4", &changed, 1);
	int64_t bad = -1;
	assert_ok(store_release_verify(a, 1, 4, NULL, &bad, &support_err));
	ck_assert_int_eq(bad, 0);
}
END_TEST

START_TEST(verdicts_are_kept_by_three_digests_and_signed)
{
	struct store *s = support_pg_open(STORE_SYNC);
	struct lease *l = support_pg_lease(s, "sync");
	CLEANUP(arena_freep) struct arena *a = arena_new(BUF_MAX);
	struct verdict v = {
		.key = {STR("ecm"), word_digest("c1"), word_digest("p"), word_digest("s")},
		.allow = false,
		.rules_version = 7};
	findings_init(&v.findings, a);
	findings_addf(&v.findings, "AD-BUDGET-001", SEVERITY_DENY, STR("ecm"), STR("triage"),
		      "the budget is over the domain's");
	struct source_ref seen = {"main", "abc"};
	struct store_txn *t = NULL;
	assert_ok(store_txn_begin(s, STORE_FENCED, "test", l, &t, &support_err));
	assert_ok(store_verdict_put(t, &v, &seen, STR("Ana <ana@example.com>"), support_signer(),
				    &support_err));
	assert_ok(store_txn_commit(t, NULL, &support_err));
	store_txn_end(t);
	enum store_answer answer;
	struct findings back;
	findings_init(&back, a);
	assert_ok(store_verdict_find(s, &v.key, &answer, &back, &support_err));
	ck_assert_int_eq(answer, STORE_DENY);
	ck_assert_uint_eq(back.count, 1);
	assert_str(back.items[0].message, "the budget is over the domain's");
	struct verdict_key other = v.key;
	other.policy = word_digest("p2");
	assert_ok(store_verdict_find(s, &other, &answer, NULL, &support_err));
	ck_assert_int_eq(answer, STORE_UNKNOWN);
	const char *record = support_pg_text("select record from verdict");
	ck_assert_ptr_nonnull(strstr(record, "domain ecm\nverdict deny\n"));
	uint8_t signature[SIGN_SIZE];
	ck_assert(hex_parse(str_of(support_pg_text("select encode(signature, 'hex') from verdict")),
			    signature, SIGN_SIZE));
	ck_assert(sign_verify(support_signer()->public_key, str_of(record), signature));
}
END_TEST

START_TEST(history_lists_releases_of_a_domain_newest_first)
{
	struct store *s = support_pg_open(STORE_SYNC);
	struct lease *l = support_pg_lease(s, "sync");
	support_release(s, l, "ecm", "c1", two, 2);
	support_release(s, l, "frm", "f1", two, 1);
	support_release(s, l, "ecm", "c2", two + 1, 1);
	CLEANUP(arena_freep) struct arena *a = arena_new(BUF_MAX);
	struct release_info *list = NULL, one;
	size_t count = 0;
	assert_ok(store_release_history(s, a, STR_NULL, 0, 10, &list, &count, &support_err));
	ck_assert_uint_eq(count, 3);
	ck_assert_int_eq(list[0].id, 3);
	assert_ok(store_release_history(s, a, STR("ecm"), 3, 10, &list, &count, &support_err));
	ck_assert_uint_eq(count, 1);
	ck_assert_int_eq(list[0].id, 1);
	ck_assert_int_eq(list[0].updated, 2);
	assert_str(list[0].actor, "sync@test");
	assert_str(list[0].message, "a message");
	assert_ok(store_release_find(s, a, 2, &one, &support_err));
	assert_err(store_release_find(s, a, 4, &one, &support_err), ERR_NOT_FOUND, "no release 4");
}
END_TEST

START_TEST(the_platform_has_its_own_stretches)
{
	struct store *s = support_pg_open(STORE_SYNC);
	struct lease *l = support_pg_lease(s, "sync");
	support_declare(s, l, (const char *const[]){"main", NULL});
	struct release_platform p = {.source = {"main", "r1"},
				     .digest = word_digest("p1"),
				     .config_json = STR("{\"a\":1}")};
	for (int i = 0; i < 2; i++) {
		struct release r = {.kind = "sync", .source = p.source, .platform = &p};
		struct store_txn *t = NULL;
		int64_t id;
		assert_ok(store_txn_begin(s, STORE_FENCED, "test", l, &t, &support_err));
		assert_ok(store_release_write(t, &r, support_signer(), &id, &support_err));
		assert_ok(store_txn_commit(t, NULL, &support_err));
		store_txn_end(t);
		p.digest = word_digest("p2");
		p.firm = word_digest("firm");
	}
	CLEANUP(arena_freep) struct arena *a = arena_new(BUF_MAX);
	struct release_platform *now = NULL, *then = NULL, *never = NULL;
	assert_ok(store_platform_load(s, a, 0, &now, &support_err));
	assert_ok(store_platform_load(s, a, 2, &then, &support_err));
	assert_ok(store_platform_load(s, a, 1, &never, &support_err));
	struct digest p1 = word_digest("p1"), p2 = word_digest("p2"), firm = word_digest("firm");
	ck_assert(digest_equal(&now->digest, &p2) && digest_equal(&now->firm, &firm));
	ck_assert(digest_equal(&then->digest, &p1) && digest_is_zero(&then->firm));
	ck_assert_ptr_null(never);
	CLEANUP(store_deployed_freep) struct deployed *d = NULL;
	assert_ok(store_deployed_load(s, 0, &d, &support_err));
	ck_assert_str_eq(d->platform_source.name, "main");
}
END_TEST

START_TEST(what_sync_leads_is_read_in_one_round_trip)
{
	struct store *s = support_pg_open(STORE_SYNC);
	struct lease *l = support_pg_lease(s, "sync");
	struct store_stats before, after;
	CLEANUP(arena_freep) struct arena *a = arena_new(BUF_MAX);
	struct store_led led;
	assert_ok(store_led_load(s, a, &led, &support_err));
	ck_assert(led.deployed->skill_count == 0 && led.owner_count == 0 &&
		  led.overlay_count == 0 && !led.platform && !led.firm_text.p);
	store_deployed_free(led.deployed);

	support_declare(s, l, (const char *const[]){"main", NULL});
	assert_ok(support_release_in(s, l, "main", "ecm", "c1", two, ARRAY_SIZE(two), true, NULL));
	struct release_platform p = {.source = {"main", "r1"},
				     .digest = word_digest("p1"),
				     .firm = blob_digest(STR("We are a firm.\n")),
				     .config_json = STR("{\"a\":1}")};
	struct release r = {.kind = "sync", .source = p.source, .platform = &p};
	struct store_txn *t = NULL;
	int64_t id;
	assert_ok(store_txn_begin(s, STORE_FENCED, "test", l, &t, &support_err));
	assert_ok(store_release_write(t, &r, support_signer(), &id, &support_err));
	assert_ok(store_txn_commit(t, NULL, &support_err));
	store_txn_end(t);
	/* Of a platform that says it has one, the text must be there. */
	ck_assert_int_eq(store_led_load(s, a, &led, &support_err), ERR_NOT_FOUND);
	ck_assert(strstr(support_err.msg, "is not stored"));
	struct blob_writer *w = NULL;
	assert_ok(store_blob_writer_open(s, &w, &support_err));
	assert_ok(store_blob_writer_add(w, &p.firm, STR("We are a firm.\n"), &support_err));
	assert_ok(store_blob_writer_flush(w, &support_err));
	store_blob_writer_close(w);
	store_stats(s, &before);
	assert_ok(store_led_load(s, a, &led, &support_err));
	store_stats(s, &after);
	ck_assert_uint_eq(after.round_trips - before.round_trips, 1);
	ck_assert_uint_eq(led.deployed->skill_count, ARRAY_SIZE(two));
	ck_assert_uint_eq(led.owner_count, 1);
	assert_str(led.owners[0].domain, "ecm");
	assert_str(led.owners[0].source, "main");
	assert_str(led.firm_text, "We are a firm.\n");
	assert_str(led.platform->config_json, "{\"a\":1}");
	ck_assert(digest_equal(&led.deployed->platform_digest, &p.digest));
	store_deployed_free(led.deployed);
}
END_TEST

START_TEST(ten_thousand_skills_are_released_and_read_in_bounds)
{
	enum { N = 10000 };
	struct store *s = support_pg_open(STORE_SYNC);
	struct lease *l = support_pg_lease(s, "sync");
	static struct support_skill list[N];
	static char names[N][24];
	for (int i = 0; i < N; i++) {
		snprintf(names[i], sizeof(names[i]), "skill-%05d", i);
		list[i] = (struct support_skill){.name = names[i], .content = names[i]};
	}
	struct store_stats before, after;
	support_declare(s, l, (const char *const[]){"main", NULL});
	store_stats(s, &before);
	int64_t t0 = clock_real.mono_ms(NULL);
	assert_ok(support_release_in(s, l, "main", "big", "c1", list, N, true, NULL));
	int64_t t1 = clock_real.mono_ms(NULL);
	store_stats(s, &after);
	ck_assert_uint_le(after.round_trips - before.round_trips, 2);
	CLEANUP(store_deployed_freep) struct deployed *d = NULL;
	assert_ok(store_deployed_load(s, 0, &d, &support_err));
	int64_t t2 = clock_real.mono_ms(NULL);
	ck_assert_uint_eq(d->skill_count, N);
	assert_str(d->skills[N - 1].name, "skill-09999");
	fprintf(stderr, "10,000 skills: release %lld ms, load %lld ms\n", (long long)(t1 - t0),
		(long long)(t2 - t1));
	/* Counted, not timed: an idle look is one statement. */
	struct store_tick tick = {0};
	store_stats(s, &before);
	assert_ok(store_tick(s, &tick, &support_err));
	store_stats(s, &after);
	ck_assert_uint_eq(after.statements - before.statements, 1);
	ck_assert_int_eq(tick.rev, 2);
}
END_TEST

static const struct support_case cases[] = {
	CASE(a_release_is_read_back_as_the_deployed_state),
	CASE(the_database_refuses_what_was_denied_or_never_judged),
	CASE(an_update_keeps_uid_and_counts_generations_and_leaves_the_rest_alone),
	CASE(any_revision_of_the_past_can_be_read),
	CASE(a_deleted_skill_that_comes_back_is_a_new_object),
	CASE(a_domain_belongs_to_the_source_that_first_released_it),
	CASE(one_changed_skill_costs_one_round_trip_and_one_commit),
	CASE(releases_form_a_signed_chain),
	CASE(who_leads_again_follows_what_was_released_meanwhile),
	CASE(verdicts_are_kept_by_three_digests_and_signed),
	CASE(history_lists_releases_of_a_domain_newest_first),
	CASE(the_platform_has_its_own_stretches),
	CASE(what_sync_leads_is_read_in_one_round_trip),
	CASE_SLOW(ten_thousand_skills_are_released_and_read_in_bounds, 120),
	{0},
};

int main(void)
{
	return support_pg_main("store/release", cases);
}
