/* What is deployed, held against what was admitted and what the chain recorded; receipts and checkpoints as they are handed out. */
#include <stdio.h>

#include "base/crypto.h"
#include "store/change.h"
#include "store/verify.h"
#include "tests/unit/agent/help_sync.h"

static struct arena *arena;
static struct store *gateway;

static void deployed(void)
{
	arena = arena_new(64 << 20);
	sync_begin();
	sync_skill("ecm", "order", 1);
	sync_skill("ecm", "ticket", 1);
	/* Its bytes are its own: files that are alike are stored once. */
	sync_skill("frm", "score", 7);
	sync_push("first");
	sync_run();
	gateway = support_pg_open(STORE_GATEWAY);
}

static struct verify_report verified(const char *domain, const char *after, size_t limit)
{
	struct verify_report r;
	assert_ok(store_verify_skills(gateway, arena, str_of(domain), str_of(after), limit, &r,
				      &support_err));
	return r;
}

START_TEST(what_sync_released_is_whole)
{
	deployed();
	struct verify_report r = verified("", "", 100);
	ck_assert_uint_eq(r.skills, 3);
	ck_assert_uint_eq(r.files, 9);
	ck_assert_uint_gt(r.bytes, 9);
	ck_assert_uint_eq(r.problem_count, 0);
	ck_assert_uint_eq(r.next.len, 0);
	r = verified("ecm", "", 100);
	ck_assert_uint_eq(r.skills, 2);
	r = verified("none", "", 100);
	ck_assert_uint_eq(r.skills, 0);
	ck_assert_uint_eq(r.next.len, 0);
}
END_TEST

START_TEST(a_walk_goes_on_where_it_stopped)
{
	static const char *const names[] = {"ecm/order", "ecm/ticket", "frm/score"};
	deployed();
	const char *after = "";
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		struct verify_report r = verified("", after, 1);
		ck_assert_uint_eq(r.skills, 1);
		ck_assert_uint_eq(r.files, 3);
		assert_str(r.next, names[i]);
		after = r.next.p;
	}
	struct verify_report r = verified("", after, 1);
	ck_assert_uint_eq(r.skills, 0);
	ck_assert_uint_eq(r.next.len, 0);
	/* The last page may be short. */
	r = verified("", "ecm/order", 10);
	ck_assert_uint_eq(r.skills, 2);
	ck_assert_uint_eq(r.next.len, 0);
}
END_TEST

/* %s: the digest of the handler of ecm/order. */
static const struct damage {
	const char *sql, *says;
} damages[] = {
	{"update blob set bytes = bytes || 'x', size = size + 1 where encode(digest, 'hex') = '%s'",
	 "code/handler.sh: the stored bytes have another digest than the one admitted"},
	{"set session_replication_role = replica; delete from blob where encode(digest, 'hex') = "
	 "'%s'",
	 "the bytes of code/handler.sh are not stored"},
	{"update version set manifest = (select json_agg(f) from json_array_elements(manifest) f "
	 "where f->>'digest' <> '%s') where skill = 'order'",
	 "its list of files does not have the deployed digest"},
	{"update change set object = json_build_object('content', '%s') where kind = 'Skill' and "
	 "name = 'order'",
	 "is deployed, and the chain recorded"},
	{"set session_replication_role = replica; update verdict set allow = false where domain = "
	 "'ecm' and '%s' <> ''",
	 "is deployed without an allow verdict"},
};

START_TEST(each_kind_of_damage_is_told_of_the_skill_that_has_it)
{
	const struct damage *d = &damages[_i];
	deployed();
	char handler[65];
	snprintf(
		handler, sizeof(handler), "%s",
		support_pg_text("select f->>'digest' from version, json_array_elements(manifest) f "
				"where skill = 'order' and f->>'path' = 'code/handler.sh'"));
	ck_assert_uint_eq(strlen(handler), 64);
	support_pg_run(d->sql, handler);
	struct verify_report r = verified("", "", 100);
	ck_assert_uint_eq(r.skills, 3);
	ck_assert_uint_ge(r.problem_count, 1);
	bool told = false;
	for (size_t i = 0; i < r.problem_count; i++) {
		ck_assert_msg(str_starts(r.problems[i].skill, STR("ecm/")), "%.*s: %.*s",
			      STR_ARG(r.problems[i].skill), STR_ARG(r.problems[i].says));
		told = told || (str_eqz(r.problems[i].skill, "ecm/order") &&
				str_find(r.problems[i].says, str_of(d->says), 0) >= 0);
	}
	ck_assert_msg(told, "%.*s", STR_ARG(r.problems[0].says));
	/* The rest of the world is as whole as before. */
	ck_assert_uint_eq(verified("frm", "", 100).problem_count, 0);
}
END_TEST

START_TEST(receipts_of_releases_verify_without_the_database)
{
	struct stored_receipt *list = NULL;
	size_t count = 0;
	deployed();
	sync_skill("ecm", "order", 2);
	sync_push("second");
	sync_run();
	assert_ok(store_receipt_list(gateway, arena, 0, 100, &list, &count, &support_err));
	ck_assert_uint_eq(count, 2);
	for (size_t i = 0; i < count; i++) {
		ck_assert_int_eq(list[i].id, (int64_t)i + 1);
		ck_assert(str_starts(list[i].text, STR("aspora.release.v1\nrelease ")));
		ck_assert(sign_verify(list[i].signer, list[i].text, list[i].signature));
		/* One byte of it is another text. */
		struct str changed = arena_str(arena, list[i].text);
		((char *)(uintptr_t)changed.p)[changed.len / 2] ^= 1;
		ck_assert(!sign_verify(list[i].signer, changed, list[i].signature));
		ck_assert_mem_eq(list[i].signer, list[0].signer, SIGN_PUBLIC_SIZE);
	}
	assert_ok(store_receipt_list(gateway, arena, 0, 1, &list, &count, &support_err));
	ck_assert_uint_eq(count, 1);
	assert_ok(store_receipt_list(gateway, arena, list[0].id, 10, &list, &count, &support_err));
	ck_assert_uint_eq(count, 1);
	ck_assert_int_eq(list[0].id, 2);
	assert_ok(store_receipt_list(gateway, arena, 2, 10, &list, &count, &support_err));
	ck_assert_uint_eq(count, 0);
}
END_TEST

START_TEST(checkpoints_hold_the_head_of_the_chain)
{
	struct stored_receipt *list = NULL;
	size_t count = 0;
	struct store_head head;
	uint8_t secret[SIGN_SECRET_SIZE];
	struct store_signer signer = {.secret_key = secret};
	deployed();
	struct store *sync = support_pg_open(STORE_SYNC);
	sign_keypair(signer.public_key, secret);
	assert_ok(store_head(sync, &head, &support_err));
	/* Sync signs the head that it found when it began. */
	assert_ok(
		store_checkpoint_list(gateway, arena, 0, head.at.rev, &list, &count, &support_err));
	size_t before = count;
	int64_t rev = 0;
	assert_ok(store_checkpoint_put(sync, &signer, 0, &rev, &support_err));
	ck_assert_int_eq(rev, head.at.rev);
	assert_ok(store_checkpoint_list(gateway, arena, head.at.rev, head.at.rev, &list, &count,
					&support_err));
	ck_assert_uint_eq(count, 1);
	ck_assert_int_eq(list[0].id, head.at.rev);
	ck_assert(digest_equal(&list[0].hash, &head.hash));
	ck_assert(sign_verify(list[0].signer, list[0].text, list[0].signature));
	char hex[DIGEST_HEX + 1];
	ck_assert(str_find(list[0].text, str_of(digest_hex(&head.hash, hex)), 0) > 0);
	/* Nothing has moved: nothing to sign. */
	assert_ok(store_checkpoint_put(sync, &signer, rev, &rev, &support_err));
	assert_ok(store_checkpoint_list(gateway, arena, 0, INT64_MAX, &list, &count, &support_err));
	ck_assert_uint_le(count, before + 1);
	/* Another head is another checkpoint; the chain that was is still under the first. */
	sync_done(sync_wish("suspend", "", "{\"kind\":\"Domain\",\"name\":\"ecm\"}"), "");
	int64_t later = 0;
	assert_ok(store_checkpoint_put(sync, &signer, rev, &later, &support_err));
	ck_assert_int_gt(later, rev);
	assert_ok(store_checkpoint_list(gateway, arena, rev, rev, &list, &count, &support_err));
	ck_assert_uint_eq(count, 1);
	ck_assert(digest_equal(&list[0].hash, &head.hash));
}
END_TEST

START_TEST(an_empty_store_has_nothing_to_sign_or_to_verify)
{
	arena = arena_new(1 << 20);
	gateway = support_pg_open(STORE_GATEWAY);
	struct stored_receipt *list = NULL;
	size_t count = 7;
	int64_t rev = 7;
	uint8_t secret[SIGN_SECRET_SIZE];
	struct store_signer signer = {.secret_key = secret};
	sign_keypair(signer.public_key, secret);
	assert_ok(
		store_checkpoint_put(support_pg_open(STORE_SYNC), &signer, 0, &rev, &support_err));
	ck_assert_int_eq(rev, 0);
	assert_ok(store_checkpoint_list(gateway, arena, 0, INT64_MAX, &list, &count, &support_err));
	ck_assert_uint_eq(count, 0);
	assert_ok(store_receipt_list(gateway, arena, 0, 10, &list, &count, &support_err));
	ck_assert_uint_eq(count, 0);
	ck_assert_uint_eq(verified("", "", 10).skills, 0);
}
END_TEST

static const struct support_case cases[] = {
	CASE_SLOW(what_sync_released_is_whole, 60),
	CASE_SLOW(a_walk_goes_on_where_it_stopped, 60),
	{&each_kind_of_damage_is_told_of_the_skill_that_has_it, ARRAY_SIZE(damages), 60},
	CASE_SLOW(receipts_of_releases_verify_without_the_database, 60),
	CASE_SLOW(checkpoints_hold_the_head_of_the_chain, 60),
	CASE(an_empty_store_has_nothing_to_sign_or_to_verify),
	{0},
};

int main(void)
{
	return support_pg_main("agent/sync_verify", cases);
}
