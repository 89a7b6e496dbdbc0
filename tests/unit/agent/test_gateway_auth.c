/* Keys: believed for a second, never for an empty or malformed one, and noted as used. */
#include "agent/gateway/auth.h"
#include "base/mem.h"
#include "tests/unit/support_pg.h"

static struct clock_fake fake = {1000000, 1000000};
static struct clock clock_of_test;
static struct gw_keys *keys;
static struct store *gateway;
static struct gw_principal who;

static void begin(void)
{
	clock_of_test = clock_fake_of(&fake);
	keys = gw_keys_new(&clock_of_test);
	gateway = support_pg_open(STORE_GATEWAY);
}

/* The Authorization field of a new key. */
static const char *make(const char *name, const char *role, const char *domains)
{
	static char header[8][80];
	static int n;
	struct store *owner = support_pg_open(STORE_OWNER);
	CLEANUP(store_txn_endp) struct store_txn *t = NULL;
	CLEANUP(secret_release) struct secret key = SECRET_INIT;
	char id[KEY_ID + 1];
	const struct key_new k = {str_of(name), str_of(role), str_of(domains), 0};
	assert_ok(store_txn_begin(owner, STORE_CONDITIONAL, "test", NULL, &t, &support_err));
	assert_ok(store_key_create(t, &k, &key, id, &support_err));
	assert_ok(store_txn_commit(t, NULL, &support_err));
	char *out = header[n++ % 8];
	snprintf(out, 80, "Bearer %.*s", STR_ARG(secret_lend(&key)));
	return out;
}

static int check(const char *header)
{
	return gw_keys_check(keys, gateway, str_of(header), &who, &support_err);
}

START_TEST(a_key_says_who_asks)
{
	begin();
	assert_ok(check(make("ann", "operator", "ecm,frm")));
	ck_assert_str_eq(who.name, "ann");
	ck_assert_str_eq(who.actor, "key:ann");
	ck_assert_str_eq(who.role_name, "operator");
	ck_assert_uint_eq(who.role, GW_OPERATOR);
	ck_assert_str_eq(who.domains, "ecm,frm");
	ck_assert(gw_covers(&who, STR("ecm")) && gw_covers(&who, STR("frm")));
	ck_assert(gw_covers(&who, STR("")));
	ck_assert(!gw_covers(&who, STR("ec")) && !gw_covers(&who, STR("ecm,frm")));
	ck_assert(!gw_covers(&who, STR("*")) && !gw_covers_all(&who));
	assert_ok(check(make("bob", "admin", "")));
	ck_assert(gw_covers_all(&who) && gw_covers(&who, STR("anything")));
}
END_TEST

START_TEST(nothing_else_is_a_key)
{
	begin();
	const char *good = make("ann", "viewer", "");
	static const struct {
		const char *header, *words;
	} bad[] = {{"", "no API key was sent"},
		   {"Bearer", "not of the form"},
		   {"Bearer ", "the key is not valid"},
		   {"Basic YWRtaW46", "not of the form"},
		   {"Bearer aspora_", "the key is not valid"},
		   {"Bearer aspora_00000000000000000000000000000000000000000000",
		    "the key is not valid"}};
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_err(check(bad[i].header), ERR_UNAUTHENTICATED, bad[i].words);
	char changed[80];
	for (size_t i = strlen("Bearer "); good[i]; i++) {
		snprintf(changed, sizeof(changed), "%s", good);
		changed[i] = changed[i] == 'x' ? 'y' : 'x';
		assert_err(check(changed), ERR_UNAUTHENTICATED, "the key is not valid");
	}
	snprintf(changed, sizeof(changed), "%sx", good);
	assert_err(check(changed), ERR_UNAUTHENTICATED, "the key is not valid");
	snprintf(changed, sizeof(changed), "bearer %s", good + 7);
	assert_ok(check(changed));
}
END_TEST

static uint64_t statements(void)
{
	struct store_stats s;
	store_stats(gateway, &s);
	return s.statements;
}

START_TEST(an_answer_is_believed_for_a_second_and_no_longer)
{
	begin();
	const char *good = make("ann", "viewer", "");
	assert_ok(check(good));
	uint64_t before = statements();
	fake.mono_ms += GW_KEY_TRUST_MS - 1;
	assert_ok(check(good));
	ck_assert_uint_eq(statements(), before);
	support_pg_run("update key set revoked_at = now()");
	assert_ok(check(good));
	fake.mono_ms += 1;
	assert_err(check(good), ERR_UNAUTHENTICATED, "the key is not valid");
	ck_assert_uint_gt(statements(), before);
	/* A no is believed as long. */
	before = statements();
	assert_err(check(good), ERR_UNAUTHENTICATED, "the key is not valid");
	ck_assert_uint_eq(statements(), before);
}
END_TEST

START_TEST(expired_keys_are_none)
{
	begin();
	const char *good = make("ann", "viewer", "");
	support_pg_run("update key set created_at = now() - interval '2 days', expires_at = now() "
		       "- interval '1 s'");
	assert_err(check(good), ERR_UNAUTHENTICATED, "the key is not valid");
}
END_TEST

START_TEST(use_is_noted_in_one_go)
{
	begin();
	const char *a = make("ann", "viewer", ""), *b = make("bob", "viewer", "");
	make("carl", "viewer", "");
	for (int i = 0; i < 10; i++) {
		assert_ok(check(a));
		assert_ok(check(b));
	}
	ck_assert_int_eq(support_pg_int("select count(*) from key where last_used_at is not null"),
			 0);
	uint64_t before = statements();
	assert_ok(gw_keys_flush(keys, gateway, &support_err));
	ck_assert_uint_le(statements() - before, 2);
	ck_assert_str_eq(
		support_pg_text("select string_agg(name, ' ' order by name) from key where "
				"last_used_at is not null"),
		"ann bob");
	before = statements();
	assert_ok(gw_keys_flush(keys, gateway, &support_err));
	ck_assert_uint_eq(statements(), before);
}
END_TEST

START_TEST(roles_have_names)
{
	char out[64];
	static const char *const names[] = {"viewer", "operator", "approver", "ci-bot", "admin"};
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		ck_assert_str_eq(gw_role_name(gw_role_find(str_of(names[i]))), names[i]);
	ck_assert_uint_eq(gw_role_find(STR("root")), 0);
	ck_assert_str_eq(gw_role_names(GW_OPERATOR | GW_ADMIN, out), "operator, admin");
	ck_assert_str_eq(gw_role_names(GW_ANY_ROLE, out),
			 "viewer, operator, approver, ci-bot, admin");
	ck_assert_str_eq(gw_role_names(0, out), "");
}
END_TEST

static const struct support_case cases[] = {CASE(a_key_says_who_asks),
					    CASE(nothing_else_is_a_key),
					    CASE(an_answer_is_believed_for_a_second_and_no_longer),
					    CASE(expired_keys_are_none),
					    CASE(use_is_noted_in_one_go),
					    CASE(roles_have_names),
					    {0}};

int main(void)
{
	return support_pg_main("agent/gateway_auth", cases);
}
