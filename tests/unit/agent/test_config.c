#include "agent/config.h"
#include "base/io.h"
#include "base/mem.h"
#include "tests/unit/bounds.h"
#include "tests/unit/support.h"

static int load(const char *yaml, struct agent_config **ret)
{
	CLEANUP_FREE char *path = io_join(support_dir(), "asporad.conf");
	assert_ok(io_write_file(path, str_of(yaml), 0600, &support_err));
	memset(&support_err, 0, sizeof(support_err));
	return agent_config_load(path, ret, &support_err);
}

START_TEST(no_file_gives_the_defaults)
{
	CLEANUP(agent_config_freep) struct agent_config *c = NULL;
	assert_ok(agent_config_load(NULL, &c, &support_err));
	assert_str(c->state, "/var/lib/aspora");
	assert_str(c->gateway.listen, "127.0.0.1:8440");
	ck_assert_int_eq(c->lease.ttl_ms, 15000);
	ck_assert_int_eq(c->lease.renew_ms, 5000);
	ck_assert_uint_eq(agent_config_source_count(c), 0);
}
END_TEST

START_TEST(a_single_source_sets_platform_policy)
{
	CLEANUP(agent_config_freep) struct agent_config *c = NULL;
	assert_ok(load("sources:\n  main: {url: \"https://git.example/skills.git\"}\n", &c));
	const struct agent_source *s = agent_config_source(c, STR("main"));
	ck_assert_ptr_nonnull(s);
	ck_assert(s->platform);
	assert_str(s->branch, "main");
	ck_assert_int_eq(s->poll_ms, 30000);
	ck_assert_ptr_null(agent_config_source(c, STR("other")));
}
END_TEST

static const struct bad {
	const char *yaml, *part, *where;
} bads[] = {
	{"sources:\n  main: {branch: main}\n", "url", ":2:"},
	{"sources:\n  Main: {url: x}\n", "a-z", ":2:3"},
	{"sources:\n  a: {url: x, platform: true}\n  b: {url: y, platform: true}\n", "exactly one",
	 ":3:"},
	{"lease:\n  ttl: 10s\n  renew: 5s\n", "a third", ":2:"},
	{"gateway:\n  max_connections: 0\n", "max_connections", ":2:"},
	{"sources:\n  main: {url: x, token: hunter2}\n", "token", ":2:"},
	{"sources:\n  main: {url: x, poll: 5}\n", "poll", ":2:"},
	{"tls:\n  certificate: /a.pem\n", "go together; tls.key is missing", ":2:"},
	{"tls:\n  key: /a.pem\n", "go together; tls.certificate is missing", ":2:"},
	{"tls: {certificate: a.pem, key: /k.pem}\n", "tls.certificate must be an absolute path",
	 ":1:"},
	{"tls: {certificate: /a.pem, key: k.pem}\n", "tls.key must be an absolute path", ":1:"},
};

START_TEST(a_bad_file_says_where_and_what)
{
	CLEANUP(agent_config_freep) struct agent_config *c = NULL;
	char text[2048];
	ck_assert_int_lt(load(bads[_i].yaml, &c), 0);
	err_format(&support_err, text, sizeof(text));
	ck_assert_msg(strstr(text, bads[_i].part) != NULL, "\"%s\" lacks \"%s\"", text,
		      bads[_i].part);
	ck_assert_msg(strstr(text, bads[_i].where) != NULL, "\"%s\" lacks \"%s\"", text,
		      bads[_i].where);
	ck_assert_msg(strstr(text, "hunter2") == NULL, "a secret in \"%s\"", text);
}
END_TEST

START_TEST(an_unknown_key_is_noted_with_the_nearest)
{
	CLEANUP(agent_config_freep) struct agent_config *c = NULL;
	assert_ok(load("gateway:\n  listn: 127.0.0.1:1\n", &c));
	ck_assert_uint_eq(c->note_count, 1);
	ck_assert_ptr_nonnull(strstr(c->notes[0].text.p, "did you mean \"listen\"?"));
}
END_TEST

START_TEST(secrets_say_who_may_have_them)
{
	CLEANUP(agent_config_freep) struct agent_config *c = NULL;
	assert_ok(load("secrets:\n  token: {from: \"env:TOKEN\", domains: [ecm]}\n", &c));
	const struct agent_secret *s = agent_config_secret(c, STR("token"));
	ck_assert_ptr_nonnull(s);
	ck_assert_uint_eq(s->domains.count, 1);
	ck_assert_ptr_null(agent_config_secret(c, STR("other")));
}
END_TEST

START_TEST(every_number_ends_at_its_bounds)
{
	ck_assert_uint_ge(bounds_check(agent_config_fields, sizeof(struct agent_config)), 16);
}
END_TEST

static const struct support_case cases[] = {
	CASE(no_file_gives_the_defaults),
	CASE(a_single_source_sets_platform_policy),
	CASE_LOOP(a_bad_file_says_where_and_what, (int)ARRAY_SIZE(bads)),
	CASE(an_unknown_key_is_noted_with_the_nearest),
	CASE(secrets_say_who_may_have_them),
	CASE(every_number_ends_at_its_bounds),
	{0}};

int main(void)
{
	return support_main("agent/config", cases);
}
