/* What is held back (quarantine, suspension, overlays), and API keys. */
#include "store/hold.h"
#include "store/key.h"
#include "store/source.h"
#include "tests/unit/store/help_release.h"

static struct store *s;
static struct lease *l;
static struct arena *arena;

static void set_up(void)
{
	s = support_pg_open(STORE_SYNC);
	l = support_pg_lease(s, "sync");
	arena = arena_new(BUF_MAX);
}

static struct store_txn *begin(void)
{
	struct store_txn *t = NULL;
	assert_ok(store_txn_begin(s, STORE_FENCED, "key:ana", l, &t, &support_err));
	return t;
}

static void finish(struct store_txn *t)
{
	assert_ok(store_txn_commit(t, NULL, &support_err));
	store_txn_end(t);
}

START_TEST(quarantined_content_stays_until_somebody_clears_it)
{
	set_up();
	struct quarantine q[] = {{.domain = STR("ecm"),
				  .skill = STR("triage"),
				  .content = word_digest("v2"),
				  .cause = STR("probe"),
				  .reason = STR("the probe failed")},
				 {.domain = STR("ecm"),
				  .skill = STR("triage"),
				  .content = word_digest("v3"),
				  .cause = STR("rollback"),
				  .reason = STR("rolled back")}};
	struct store_txn *t = begin();
	assert_ok(store_quarantine_put(t, q, 2, &support_err));
	finish(t);
	t = begin();
	assert_ok(store_quarantine_put(t, q, 1, &support_err)); /* holds already */
	finish(t);
	struct quarantine *list = NULL;
	size_t n;
	assert_ok(store_quarantine_list(s, arena, STR_NULL, &list, &n, &support_err));
	ck_assert_uint_eq(n, 2);
	assert_str(list[0].cause, "probe");
	assert_str(list[0].by, "key:ana");
	ck_assert_int_eq(list[0].since, 1);
	assert_ok(store_quarantine_list(s, arena, STR("frm"), &list, &n, &support_err));
	ck_assert_uint_eq(n, 0);
	int64_t cleared;
	struct digest v2 = word_digest("v2"), v9 = word_digest("v9");
	t = begin();
	assert_ok(
		store_quarantine_clear(t, STR("ecm"), STR("triage"), &v9, &cleared, &support_err));
	ck_assert_int_eq(cleared, 0);
	assert_ok(
		store_quarantine_clear(t, STR("ecm"), STR("triage"), &v2, &cleared, &support_err));
	ck_assert_int_eq(cleared, 1);
	finish(t);
	ck_assert_str_eq(
		support_pg_text("select cleared_by from quarantine where until is not null"),
		"key:ana");
	t = begin();
	assert_ok(
		store_quarantine_clear(t, STR("ecm"), STR("triage"), NULL, &cleared, &support_err));
	ck_assert_int_eq(cleared, 1);
	finish(t);
	assert_ok(store_quarantine_list(s, arena, STR_NULL, &list, &n, &support_err));
	ck_assert_uint_eq(n, 0);
	/* It can be held again, as a new row. */
	t = begin();
	assert_ok(store_quarantine_put(t, q, 1, &support_err));
	finish(t);
	ck_assert_int_eq(support_pg_int("select count(*) from quarantine"), 3);
}
END_TEST

START_TEST(rolling_back_names_everything_that_came_after)
{
	set_up();
	int64_t revs[5];
	static const char *const contents[] = {"v1", "v2", "v3", "v1", "v4"};
	for (int i = 0; i < 5; i++) {
		struct support_skill k = {.name = "triage", .content = contents[i]};
		char candidate[32];
		snprintf(candidate, sizeof(candidate), "c%d", i);
		revs[i] = support_release(s, l, "ecm", candidate, &k, 1);
	}
	struct digest *list = NULL;
	size_t n;
	assert_ok(store_rollback_contents(s, arena, STR("ecm"), STR("triage"), revs[1], &list, &n,
					  &support_err));
	ck_assert_uint_eq(n, 3); /* v3, v1, v4, and not v2 itself */
	assert_ok(store_rollback_contents(s, arena, STR("ecm"), STR("triage"), revs[0], &list, &n,
					  &support_err));
	ck_assert_uint_eq(n, 3); /* v2, v3, v4: v1 is where we go */
	assert_ok(store_rollback_contents(s, arena, STR("ecm"), STR("triage"), revs[4], &list, &n,
					  &support_err));
	ck_assert_uint_eq(n, 0);
}
END_TEST

START_TEST(a_suspension_holds_ends_and_expires)
{
	set_up();
	struct suspension a = {
		.kind = STR("Source"), .name = STR("main"), .reason = STR("release freeze")};
	struct suspension b = {.kind = STR("Skill"),
			       .domain = STR("ecm"),
			       .name = STR("triage"),
			       .expires_ms = clock_real.wall_ms(NULL) + 3600000};
	support_declare(s, l, (const char *const[]){"main", NULL});
	struct store_txn *t = begin();
	assert_ok(store_suspend(t, &a, &support_err));
	assert_ok(store_suspend(t, &b, &support_err));
	finish(t);
	struct store_source *src = NULL;
	assert_ok(store_source_find(s, arena, STR("main"), &src, &support_err));
	ck_assert(src->suspended);
	struct store_tick tick = {0};
	assert_ok(store_tick(s, &tick, &support_err));
	ck_assert_int_eq(tick.next_expiry_ms, b.expires_ms);
	/* Told what it said, it knows the same without looking, until the revision moves. */
	support_pg_run("alter table suspension rename to elsewhere");
	support_pg_run("create table suspension (like elsewhere)");
	support_pg_run("grant select on suspension to public");
	assert_ok(store_tick(s, &tick, &support_err));
	ck_assert_int_eq(tick.next_expiry_ms, b.expires_ms);
	struct store_tick anew = {.incarnation = tick.incarnation + 1, .rev = tick.rev};
	assert_ok(store_tick(s, &anew, &support_err));
	ck_assert_int_eq(anew.next_expiry_ms, 0);
	support_pg_run("drop table suspension");
	support_pg_run("alter table elsewhere rename to suspension");
	assert_ok(store_tick(s, &tick, &support_err));
	ck_assert_int_eq(tick.next_expiry_ms, b.expires_ms);
	/* Suspended again: the new reason holds. */
	a.reason = STR("still");
	t = begin();
	assert_ok(store_suspend(t, &a, &support_err));
	finish(t);
	struct suspension *list = NULL;
	size_t n;
	assert_ok(store_suspension_list(s, arena, &list, &n, &support_err));
	ck_assert_uint_eq(n, 2);
	assert_str(list[1].reason, "still");
	int64_t expired;
	t = begin();
	assert_ok(store_suspension_expire(t, &expired, &support_err));
	ck_assert_int_eq(expired, 0);
	finish(t);
	support_pg_run("update suspension set expires_at = now() - interval '1 second' where kind "
		       "= 'Skill'");
	t = begin();
	assert_ok(store_suspension_expire(t, &expired, &support_err));
	ck_assert_int_eq(expired, 1);
	assert_ok(store_resume(t, STR("Source"), STR_NULL, STR("main"), &support_err));
	finish(t);
	assert_ok(store_suspension_list(s, arena, &list, &n, &support_err));
	ck_assert_uint_eq(n, 0);
	t = begin();
	assert_ok(store_resume(t, STR("Source"), STR_NULL, STR("main"), &support_err));
	assert_err(store_txn_commit(t, NULL, &support_err), ERR_NOT_FOUND,
		   "Source main is not suspended");
	store_txn_end(t);
}
END_TEST

START_TEST(a_rollout_is_paused_beside_the_suspension_of_its_skill)
{
	set_up();
	const struct suspension rollout = {
		.kind = STR("Rollout"), .domain = STR("ecm"), .name = STR("triage")};
	const struct suspension skill = {
		.kind = STR("Skill"), .domain = STR("ecm"), .name = STR("triage")};
	struct store_txn *t = begin();
	assert_ok(store_suspend(t, &rollout, &support_err));
	assert_ok(store_suspend(t, &skill, &support_err));
	finish(t);
	struct suspension *list = NULL;
	size_t n;
	assert_ok(store_suspension_list(s, arena, &list, &n, &support_err));
	ck_assert_uint_eq(n, 2);
	assert_str(list[0].kind, "Rollout");
	t = begin();
	assert_ok(store_resume(t, STR("Skill"), STR("ecm"), STR("triage"), &support_err));
	finish(t);
	assert_ok(store_suspension_list(s, arena, &list, &n, &support_err));
	ck_assert_uint_eq(n, 1);
	assert_str(list[0].kind, "Rollout");
	/* Whoever watches the skill is told. */
	ck_assert_int_eq(support_pg_int("select count(*) from change where kind = 'Skill' and "
					"domain = 'ecm' and name = 'triage' and "
					"object::text like '%%paused%%'"),
			 1);
	t = begin();
	assert_ok(store_resume(t, STR("Rollout"), STR("ecm"), STR("triage"), &support_err));
	finish(t);
	assert_ok(store_suspension_list(s, arena, &list, &n, &support_err));
	ck_assert_uint_eq(n, 0);
}
END_TEST

START_TEST(an_overlay_lies_over_its_domain_until_it_ends)
{
	set_up();
	struct support_skill k = {.name = "triage", .content = "v1"};
	support_release(s, l, "ecm", "c1", &k, 1);
	struct overlay o = {.domain = STR("ecm"),
			    .source = STR("main"),
			    .inbox = STR("WISH-1"),
			    .reason = STR("hotfix"),
			    .expires_ms = clock_real.wall_ms(NULL) + 7200000};
	struct store_txn *t = begin();
	assert_ok(store_overlay_put(t, &o, &support_err));
	finish(t);
	o.inbox = STR("WISH-2");
	t = begin();
	assert_ok(store_overlay_put(t, &o, &support_err));
	finish(t);
	ck_assert_str_eq(support_pg_text("select ended from overlay where inbox = 'WISH-1'"),
			 "replaced");
	struct overlay *list = NULL;
	size_t n;
	assert_ok(store_overlay_list(s, arena, &list, &n, &support_err));
	ck_assert_uint_eq(n, 1);
	assert_str(list[0].inbox, "WISH-2");
	ck_assert_int_eq(list[0].expires_ms, o.expires_ms);
	t = begin();
	assert_ok(store_overlay_end(t, STR("ecm"), "expired", &support_err));
	finish(t);
	assert_ok(store_overlay_list(s, arena, &list, &n, &support_err));
	ck_assert_uint_eq(n, 0);
	t = begin();
	assert_ok(store_overlay_end(t, STR("ecm"), "removed", &support_err));
	assert_err(store_txn_commit(t, NULL, &support_err), ERR_NOT_FOUND,
		   "no overlay over domain ecm");
	store_txn_end(t);
}
END_TEST

/* --- keys -------------------------------------------------------------------------------------------------------- */

static int create(struct store *g, const struct key_new *k, struct secret *key, char id[KEY_ID + 1])
{
	struct store_txn *t = NULL;
	assert_ok(store_txn_begin(g, STORE_CONDITIONAL, "key:root", NULL, &t, &support_err));
	int r = store_key_create(t, k, key, id, &support_err);
	if (r >= 0)
		r = store_txn_commit(t, NULL, &support_err);
	store_txn_end(t);
	return r;
}

START_TEST(a_key_opens_until_it_is_revoked_or_expires)
{
	struct store *g = support_pg_open(STORE_GATEWAY);
	arena = arena_new(BUF_MAX);
	struct secret key = SECRET_INIT, other = SECRET_INIT;
	char id[KEY_ID + 1];
	struct key_new k = {
		.name = STR("ci-bot"), .role = STR("operator"), .domains = STR("ecm,frm")};
	assert_ok(create(g, &k, &key, id));
	struct str text = secret_lend(&key);
	ck_assert_uint_eq(text.len, KEY_TEXT);
	ck_assert(store_key_looks_right(text));
	ck_assert(str_starts(text, str_of(id)));
	struct key found;
	assert_ok(store_key_check(g, arena, text, &found, &support_err));
	assert_str(found.name, "ci-bot");
	assert_str(found.role, "operator");
	assert_str(found.domains, "ecm,frm");
	assert_str(found.created_by, "key:root");
	int64_t days = (found.expires_ms - found.created_ms) / 86400000;
	ck_assert_int_eq(days, KEY_DAYS_DEFAULT);
	ck_assert_int_eq(found.last_used_ms, 0);
	assert_ok(store_key_used(g, &found.id, 1, &support_err));
	assert_ok(store_key_check(g, arena, text, &found, &support_err));
	ck_assert_int_gt(found.last_used_ms, 0);
	/* The key itself is nowhere in the database. */
	ck_assert_int_eq(support_pg_int("select count(*) from key where key::text like '%%%.*s%%'",
					28, text.p + KEY_ID),
			 0);
	assert_err(create(g, &k, &other, id), ERR_CONFLICT, "a key of this name exists already");
	struct store_txn *t = NULL;
	assert_ok(store_txn_begin(g, STORE_CONDITIONAL, "key:root", NULL, &t, &support_err));
	assert_ok(store_key_revoke(t, STR("ci-bot"), &support_err));
	finish(t);
	assert_err(store_key_check(g, arena, text, &found, &support_err), ERR_UNAUTHENTICATED,
		   "not valid");
	assert_ok(store_txn_begin(g, STORE_CONDITIONAL, "key:root", NULL, &t, &support_err));
	assert_ok(store_key_revoke(t, STR("nobody"), &support_err));
	assert_err(store_txn_commit(t, NULL, &support_err), ERR_NOT_FOUND,
		   "there is no key \"nobody\"");
	store_txn_end(t);
	k.name = STR("short");
	k.days = 1;
	assert_ok(create(g, &k, &other, id));
	support_pg_run("update key set expires_at = now() where name = 'short'");
	assert_err(store_key_check(g, arena, secret_lend(&other), &found, &support_err),
		   ERR_UNAUTHENTICATED, "not valid");
	struct key *list = NULL;
	size_t n;
	assert_ok(store_key_list(g, arena, &list, &n, &support_err));
	ck_assert_uint_eq(n, 2);
	ck_assert_int_gt(list[0].revoked_ms, 0);
	struct store *c = support_pg_open(STORE_CONTROL);
	int64_t gone;
	assert_ok(store_key_retire(c, 60000, &gone, &support_err));
	ck_assert_int_eq(gone, 0);
	support_pg_run(
		"update key set revoked_at = now() - interval '2 minutes' where name = 'ci-bot'");
	assert_ok(store_key_retire(c, 60000, &gone, &support_err));
	ck_assert_int_eq(gone, 1);
	secret_release(&key);
	secret_release(&other);
}
END_TEST

START_TEST(a_mistyped_key_is_refused_without_asking)
{
	struct store *g = support_pg_open(STORE_GATEWAY);
	arena = arena_new(BUF_MAX);
	struct secret key = SECRET_INIT;
	char id[KEY_ID + 1], text[KEY_TEXT + 2];
	struct key_new k = {.name = STR("a"), .role = STR("viewer")};
	assert_ok(create(g, &k, &key, id));
	struct str good = secret_lend(&key);
	struct store_stats before, after;
	struct key found;
	store_stats(g, &before);
	for (size_t i = 0; i < KEY_TEXT; i++) {
		memcpy(text, good.p, KEY_TEXT);
		text[i] = text[i] == 'x' ? 'y' : 'x';
		ck_assert(!store_key_looks_right(str_make(text, KEY_TEXT)));
		assert_err(
			store_key_check(g, arena, str_make(text, KEY_TEXT), &found, &support_err),
			ERR_UNAUTHENTICATED, "not valid");
	}
	memcpy(text, good.p, KEY_TEXT);
	text[KEY_TEXT] = '0';
	ck_assert(!store_key_looks_right(str_make(text, KEY_TEXT + 1)));
	ck_assert(!store_key_looks_right(str_make(text, KEY_TEXT - 1)));
	ck_assert(!store_key_looks_right(STR_NULL));
	store_stats(g, &after);
	ck_assert_uint_eq(after.statements, before.statements);
	secret_release(&key);
}
END_TEST

START_TEST(a_new_key_is_checked_before_it_is_made)
{
	struct store *g = support_pg_open(STORE_GATEWAY);
	struct secret key = SECRET_INIT;
	char id[KEY_ID + 1];
	const struct {
		struct key_new k;
		const char *why;
	} bad[] = {
		{{.name = STR("Bad Name"), .role = STR("viewer")}, "name"},
		{{.name = STR("a"), .role = STR("root")}, "\"root\" is not a role"},
		{{.name = STR("a"), .role = STR("viewer"), .days = 366}, "366 days"},
		{{.name = STR("a"), .role = STR("viewer"), .days = -1}, "-1 days"},
		{{.name = STR("a"), .role = STR("viewer"), .domains = STR("ecm,No Such")},
		 "domain"},
	};
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_err(create(g, &bad[i].k, &key, id), ERR_INVALID, bad[i].why);
	struct key_new longest = {.name = STR("a"), .role = STR("viewer"), .days = KEY_DAYS_MAX};
	assert_ok(create(g, &longest, &key, id));
	secret_release(&key);
}
END_TEST

static const struct support_case cases[] = {
	CASE(quarantined_content_stays_until_somebody_clears_it),
	CASE(rolling_back_names_everything_that_came_after),
	CASE(a_suspension_holds_ends_and_expires),
	CASE(a_rollout_is_paused_beside_the_suspension_of_its_skill),
	CASE(an_overlay_lies_over_its_domain_until_it_ends),
	CASE(a_key_opens_until_it_is_revoked_or_expires),
	CASE(a_mistyped_key_is_refused_without_asking),
	CASE(a_new_key_is_checked_before_it_is_made),
	{0},
};

int main(void)
{
	return support_pg_main("store/hold", cases);
}
