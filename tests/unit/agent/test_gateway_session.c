/* Sessions of the dashboard: found by their cookie, bounded in number and time. */
#include "agent/gateway/session.h"
#include "tests/unit/support.h"

static int64_t now;
static int64_t mono(void *state)
{
	(void)state;
	return now;
}
static const struct clock fake = {.mono_ms = mono, .wall_ms = mono};
static struct gw_sessions *s;

static void set_up(void)
{
	now = 1000;
	s = gw_sessions_new(&fake);
}

static const struct gw_session *find(const char *id)
{
	char field[256];
	snprintf(field, sizeof(field), "theme=dark; aspora_session=%s; x=y", id);
	return gw_session_find(s, str_of(field));
}

START_TEST(a_session_is_found_by_its_cookie_and_lends_its_key)
{
	set_up();
	const struct gw_session *one = gw_session_open(s, STR("aspora_key"));
	char id[GW_SESSION_DIGITS + 1];
	memcpy(id, one->id, sizeof(id));
	ck_assert_uint_eq(strlen(id), GW_SESSION_DIGITS);
	ck_assert_str_ne(one->id, one->csrf);
	ck_assert_ptr_eq(find(id), one);
	assert_str(secret_lend(&one->key), "aspora_key");
	id[3] = id[3] == 'a' ? 'b' : 'a';
	ck_assert_ptr_null(find(id));
	gw_sessions_free(s);
}
END_TEST

START_TEST(cookies_of_others_find_nothing)
{
	static const char *const fields[] = {"",
					     "aspora_session",
					     "aspora_session=",
					     ";;;",
					     "=",
					     "xaspora_session=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
					     "aspora_session=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
	set_up();
	gw_session_open(s, STR("k"));
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		ck_assert_msg(!gw_session_find(s, str_of(fields[i])), "%s", fields[i]);
	gw_sessions_free(s);
}
END_TEST

START_TEST(one_that_is_not_used_for_half_a_day_ends)
{
	set_up();
	char id[GW_SESSION_DIGITS + 1];
	memcpy(id, gw_session_open(s, STR("k"))->id, sizeof(id));
	now += GW_SESSION_IDLE_MS;
	ck_assert_ptr_nonnull(find(id));
	now += GW_SESSION_IDLE_MS;
	ck_assert_ptr_nonnull(find(id));
	now += GW_SESSION_IDLE_MS + 1;
	ck_assert_ptr_null(find(id));
	gw_sessions_free(s);
}
END_TEST

START_TEST(closing_one_leaves_the_others)
{
	set_up();
	char first[GW_SESSION_DIGITS + 1], second[GW_SESSION_DIGITS + 1];
	memcpy(first, gw_session_open(s, STR("a"))->id, sizeof(first));
	memcpy(second, gw_session_open(s, STR("b"))->id, sizeof(second));
	gw_session_close(s, find(first));
	ck_assert_ptr_null(find(first));
	ck_assert_ptr_nonnull(find(second));
	gw_sessions_free(s);
}
END_TEST

START_TEST(the_longest_unused_makes_room)
{
	static char ids[GW_SESSIONS_MAX + 1][GW_SESSION_DIGITS + 1];
	set_up();
	for (size_t i = 0; i < GW_SESSIONS_MAX; i++, now++)
		memcpy(ids[i], gw_session_open(s, STR("k"))->id, sizeof(ids[i]));
	ck_assert_ptr_nonnull(find(ids[0]));
	memcpy(ids[GW_SESSIONS_MAX], gw_session_open(s, STR("k"))->id, sizeof(ids[0]));
	ck_assert_ptr_nonnull(find(ids[0]));
	ck_assert_ptr_null(find(ids[1]));
	ck_assert_ptr_nonnull(find(ids[GW_SESSIONS_MAX]));
	gw_sessions_free(s);
}
END_TEST

START_TEST(a_login_at_an_issuer_stands_for_itself_and_ends_when_it_says)
{
	set_up();
	char domains[] = "ecm,frm";
	struct gw_principal who = {.name = "ana",
				   .role = GW_OPERATOR,
				   .domains = domains,
				   .issuer = "house",
				   .expires_ms = now + 5000};
	char id[GW_SESSION_DIGITS + 1];
	memcpy(id, gw_session_open_as(s, &who)->id, sizeof(id));
	/* A copy of its own. */
	memset(domains, 'x', sizeof(domains) - 1);
	const struct gw_session *one = find(id);
	ck_assert_ptr_nonnull(one);
	ck_assert(!secret_is_set(&one->key));
	ck_assert_str_eq(one->who->name, "ana");
	ck_assert_str_eq(one->who->domains, "ecm,frm");
	now += 4999;
	ck_assert_ptr_nonnull(find(id));
	now += 1;
	ck_assert_ptr_null(find(id));
	/* The place serves a key again. */
	one = gw_session_open(s, STR("aspora_key"));
	ck_assert_ptr_null(one->who);
	gw_sessions_free(s);
}
END_TEST

static const struct support_case cases[] = {
	CASE(a_session_is_found_by_its_cookie_and_lends_its_key),
	CASE(cookies_of_others_find_nothing),
	CASE(one_that_is_not_used_for_half_a_day_ends),
	CASE(closing_one_leaves_the_others),
	CASE(the_longest_unused_makes_room),
	CASE(a_login_at_an_issuer_stands_for_itself_and_ends_when_it_says),
	{0}};

int main(void)
{
	return support_main("agent/gateway_session", cases);
}
