/* Logins under way: found once, by the browser that began them, within their time. */
#include "agent/gateway/login.h"

#include "base/crypto.h"
#include "tests/unit/support.h"

static struct clock_fake fake = {5, 5};
static struct clock clock_of_test;
static struct gw_logins *l;
static struct oidc_issuer *const one = (struct oidc_issuer *)&fake,
				 *const other = (struct oidc_issuer *)&clock_of_test;
static struct gw_login got;

static void begin(void)
{
	assert_ok(crypto_init(&support_err));
	clock_of_test = clock_fake_of(&fake);
	l = gw_logins_new(&clock_of_test);
}

static bool take(const struct oidc_issuer *i, const struct gw_login *from)
{
	return gw_login_take(l, i, str_of(from->state), str_of(from->browser), &got);
}

START_TEST(a_login_is_found_once)
{
	begin();
	struct gw_login a = *gw_login_begin(l, one, "a"), b = *gw_login_begin(l, one, "a");
	ck_assert_uint_eq(strlen(a.state), GW_LOGIN_DIGITS);
	ck_assert_uint_eq(strlen(a.verifier), GW_LOGIN_DIGITS);
	const char *const texts[] = {a.state, a.nonce, a.verifier, a.browser,
				     b.state, b.nonce, b.verifier, b.browser};
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		for (size_t k = 0; k < i; k++)
			ck_assert_str_ne(texts[i], texts[k]);
	ck_assert(take(one, &a));
	ck_assert_str_eq(got.nonce, a.nonce);
	ck_assert_str_eq(got.verifier, a.verifier);
	ck_assert(!take(one, &a));
	ck_assert(take(one, &b));
	gw_logins_free(l);
}
END_TEST

/* Whoever tries it wrongly has ended it: guessing costs the guesser his only try. */
START_TEST(one_that_is_tried_wrongly_is_over)
{
	begin();
	struct gw_login a = *gw_login_begin(l, one, "a");
	ck_assert(!take(other, &a));
	ck_assert(!take(one, &a));
	a = *gw_login_begin(l, one, "a");
	ck_assert(!gw_login_take(l, one, str_of(a.state), STR(""), &got));
	ck_assert(!take(one, &a));
	a = *gw_login_begin(l, one, "a");
	struct gw_login b = *gw_login_begin(l, one, "a");
	ck_assert(!gw_login_take(l, one, str_of(a.state), str_of(b.browser), &got));
	ck_assert(take(one, &b));
	gw_logins_free(l);
}
END_TEST

START_TEST(states_that_are_none_find_nothing)
{
	begin();
	struct gw_login a = *gw_login_begin(l, one, "a");
	struct str state = str_of(a.state), browser = str_of(a.browser);
	char changed[GW_LOGIN_DIGITS + 2];
	ck_assert(!gw_login_take(l, one, STR(""), browser, &got));
	ck_assert(!gw_login_take(l, one, STR_NULL, STR_NULL, &got));
	ck_assert(!gw_login_take(l, one, str_sub(state, 0, state.len - 1), browser, &got));
	snprintf(changed, sizeof(changed), "%sx", a.state);
	ck_assert(!gw_login_take(l, one, str_of(changed), browser, &got));
	for (size_t i = 0; i < GW_LOGIN_DIGITS; i++) {
		memcpy(changed, a.state, sizeof(a.state));
		changed[i] = changed[i] == 'a' ? 'b' : 'a';
		ck_assert(!gw_login_take(l, one, str_of(changed), browser, &got));
	}
	ck_assert(take(one, &a));
	gw_logins_free(l);
}
END_TEST

START_TEST(one_that_takes_too_long_is_none)
{
	begin();
	struct gw_login a = *gw_login_begin(l, one, "a");
	fake.mono_ms += GW_LOGIN_MS - 1;
	ck_assert(take(one, &a));
	a = *gw_login_begin(l, one, "a");
	fake.mono_ms += GW_LOGIN_MS;
	ck_assert(!take(one, &a));
	gw_logins_free(l);
	gw_logins_free(NULL);
}
END_TEST

START_TEST(the_oldest_makes_room)
{
	static struct gw_login all[GW_LOGINS_MAX + 1];
	begin();
	for (size_t i = 0; i <= GW_LOGINS_MAX; i++, fake.mono_ms++) {
		char peer[16];
		snprintf(peer, sizeof(peer), "10.0.%zu.%zu", i / 100, i % 100);
		all[i] = *gw_login_begin(l, one, peer);
	}
	ck_assert(!take(one, &all[0]));
	for (size_t i = 1; i <= GW_LOGINS_MAX; i++)
		ck_assert(take(one, &all[i]));
	gw_logins_free(l);
}
END_TEST

START_TEST(one_address_drives_out_its_own_alone)
{
	static struct gw_login flood[4 * GW_LOGINS_MAX];
	begin();
	struct gw_login mine = *gw_login_begin(l, one, "10.0.0.1");
	for (size_t i = 0; i < ARRAY_SIZE(flood); i++, fake.mono_ms++)
		flood[i] = *gw_login_begin(l, one, "10.0.0.2");
	ck_assert(take(one, &mine));
	ck_assert(!take(one, &flood[ARRAY_SIZE(flood) - GW_LOGINS_EACH - 1]));
	ck_assert(take(one, &flood[ARRAY_SIZE(flood) - GW_LOGINS_EACH]));
	ck_assert(take(one, &flood[ARRAY_SIZE(flood) - 1]));
	gw_logins_free(l);
}
END_TEST

static const struct support_case cases[] = {CASE(a_login_is_found_once),
					    CASE(one_that_is_tried_wrongly_is_over),
					    CASE(states_that_are_none_find_nothing),
					    CASE(one_that_takes_too_long_is_none),
					    CASE(the_oldest_makes_room),
					    CASE(one_address_drives_out_its_own_alone),
					    {0}};

int main(void)
{
	return support_main("agent/gateway_login", cases);
}
