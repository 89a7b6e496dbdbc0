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
	{"sources:\n  main: {url: x, signatures: must}\n", "shown", ":2:"},
	{"sources:\n  main:\n    url: x\n    signatures: required\n", "nobody is named", ":4:"},
	{"sources:\n  main:\n    url: x\n    signatures: required\n    signers: {}\n",
	 "nobody is named", ":4:"},
	{"sources:\n  main:\n    url: x\n    signers: {ssh: allowed}\n",
	 "signers.ssh must be an absolute path, such as /etc/aspora/allowed_signers", ":4:"},
	{"sources:\n  main:\n    url: x\n    signers: {openpgp: x.asc}\n",
	 "signers.openpgp must be an absolute path, such as /etc/aspora/signers.asc", ":4:"},
	{"sources:\n  main:\n    url: x\n    signers: {ssh: /a, revoked: b}\n",
	 "signers.revoked must be an absolute path, such as /etc/aspora/revoked_keys", ":4:"},
	{"sources:\n  main:\n    url: x\n    signers: {openpgp: /a, revoked: /b}\n",
	 "about keys of signers.ssh, which is missing", ":4:"},
#define SINCE(id) "sources:\n  main:\n    url: x\n    signers: {ssh: /a, since: \"" id "\"}\n"
	{SINCE("123456789012345678901234567890123456789"), "not the id of a commit", ":4:"},
	{SINCE("12345678901234567890123456789012345678901"), "not the id of a commit", ":4:"},
	{SINCE("123456789012345678901234567890123456789A"), "not the id of a commit", ":4:"},
	{SINCE("main"), "not the id of a commit", ":4:"},
#define OIDC(rest)                                                                                 \
	"gateway: {url: \"https://a.example\"}\noidc:\n  i:\n    audience: a\n    issuer: " rest
#define RULE "\n    rules: [{role: viewer, domains: [ecm], claims: {sub: x}}]\n"
#define RULES(rules) OIDC("https://i.example\n    rules: [" rules "]\n")
#define GITHUB(claims)                                                                             \
	OIDC("https://token.actions.githubusercontent.com\n    rules:\n    - {role: ci-bot, "      \
	     "domains: [ecm], claims: {" claims "}}\n")
#define GITLAB(claims)                                                                             \
	OIDC("https://gitlab.com\n    rules:\n    - {role: ci-bot, domains: [ecm], claims: "       \
	     "{" claims "}}\n")
	{OIDC("http://i.example" RULE), "is not the address of an issuer", ":5:"},
	{OIDC("\"https://\"" RULE), "is not the address of an issuer", ":5:"},
	{OIDC("https://i.example?x=1" RULE), "is not the address of an issuer", ":5:"},
	{OIDC("\"https://i.example#x\"" RULE), "is not the address of an issuer", ":5:"},
	{OIDC("http://127.0.0.1:80" RULE), "is not the address of an issuer", ":5:"},
	{OIDC("http://127.0.0.1.evil.example\n    allow_plain: true" RULE),
	 "is not the address of an issuer", ":5:"},
	{OIDC("http://localhost@evil.example\n    allow_plain: true" RULE),
	 "is not the address of an issuer", ":5:"},
	{OIDC("https://i.example\n"), "rules", ":4:"},
	{OIDC("https://i.example\n    algorithms: [HS256]" RULE), "\"HS256\" is not one of RS256",
	 ":4:"},
	{OIDC("https://i.example\n    algorithms: [none]" RULE), "\"none\" is not one of", ":4:"},
	{OIDC("https://i.example\n    algorithms: []" RULE), "at least one algorithm", ":4:"},
	{OIDC("https://i.example\n    rules: []\n"), "at least one rule", ":4:"},
	{RULES("{role: god, domains: [ecm], claims: {sub: x}}"), "\"god\" is not a role", ":6:"},
	{RULES("{role: viewer, domains: [], claims: {sub: x}}"), "must name its domains", ":6:"},
	{RULES("{role: viewer, domains: [No Name], claims: {sub: x}}"), "not the name of a domain",
	 ":6:"},
	{RULES("{role: viewer, domains: [ecm], claims: {}}"), "every token of the issuer", ":6:"},
	{RULES("{role: viewer, domains: [ecm], claims: {sub: []}}"), "the claim sub needs a value",
	 ":6:"},
	{RULES("{role: viewer, domains: [ecm], claims: {sub: \"\"}}"),
	 "the claim sub needs a value", ":6:"},
	{RULES("{role: viewer, claims: {sub: x}}"), "domains", ":6:"},
	{GITHUB("ref: refs/heads/main"), "does not say whose tokens it means", ":7:"},
	{GITHUB("repository: \"*/skills\""), "does not say whose", ":7:"},
	{GITHUB("repository: \"o*/skills\""), "does not say whose", ":7:"},
	{GITHUB("repository: \"**\""), "does not say whose", ":7:"},
	{GITHUB("repository: [octo/skills, \"*/skills\"]"), "does not say whose", ":7:"},
	{GITHUB("repository_owner: \"oct*\""), "repository_owner", ":7:"},
	{GITHUB("sub: \"repo:*/x:ref:main\""), "does not say whose", ":7:"},
	{GITLAB("ref_protected: \"true\""), "does not say whose tokens it means", ":7:"},
	{GITLAB("project_path: \"*/*\""), "does not say whose", ":7:"},
	{OIDC("https://i.example\n    login: {client_id: a}" RULE),
	 "audience and login.client_id must differ", ":4:"},
	{OIDC("https://i.example\n    login: {client_id: d, scopes: [email]}" RULE),
	 "must have openid", ":4:"},
	{OIDC("https://i.example\n    login: {client_id: d, client_secret: hunter2}" RULE),
	 "client_secret", ":6:"},
	{"oidc:\n  i:\n    audience: a\n    issuer: https://i.example\n    login: {client_id: "
	 "d}" RULE,
	 "a login needs gateway.url", ":3:"},
	{"oidc:\n  I:\n    audience: a\n    issuer: https://i.example" RULE,
	 "the name of an issuer is", ":3:"},
	{OIDC("https://i.example" RULE "  j:\n    audience: b\n    issuer: https://i.example" RULE),
	 "oidc.j has the issuer of oidc.i", ":8:"},
	{"gateway: {url: \"https://a.example/x\"}\n", "gateway.url", ":1:"},
	{"gateway: {url: a.example}\n", "gateway.url", ":1:"},
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

START_TEST(issuers_are_read_with_their_rules)
{
	CLEANUP(agent_config_freep) struct agent_config *c = NULL;
	assert_ok(load(GITHUB("repository: octo/skills, ref: [a, \"b/*\"]"), &c));
	const struct agent_oidc *o = c->oidc.items;
	ck_assert_uint_eq(c->oidc.count, 1);
	assert_str(o->key, "i");
	assert_str(o->algorithms.items[0], "RS256");
	assert_str(o->name, "sub");
	ck_assert_int_eq(o->leeway_ms, 30000);
	ck_assert_int_eq(o->lifetime_ms, 86400000);
	ck_assert_uint_eq(o->login.client_id.len, 0);
	const struct agent_oidc_rule *r = o->rules.items;
	const struct agent_claim *claims = r->claims.items;
	ck_assert_uint_eq(r->claims.count, 2);
	assert_str(claims[0].key, "repository");
	assert_str(claims[0].values.items[0], "octo/skills");
	ck_assert_uint_eq(claims[1].values.count, 2);
	static const char *const good[] = {
		GITHUB("repository: \"octo/*\""),
		GITHUB("repository_owner: octo"),
		GITHUB("sub: \"repo:octo/*:ref:**\""),
		GITLAB("project_path: \"group/**\""),
		OIDC("http://127.0.0.1:8080\n    allow_plain: true" RULE),
		OIDC("https://i.example/realms/x/\n    login: {client_id: d}" RULE)};
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		CLEANUP(agent_config_freep) struct agent_config *other = NULL;
		assert_ok(load(good[i], &other));
	}
}
END_TEST

START_TEST(a_source_says_who_may_sign)
{
	CLEANUP(agent_config_freep) struct agent_config *c = NULL;
	assert_ok(
		load("sources:\n  main: {url: x}\n  other:\n    url: y\n    signatures: required\n"
		     "    signers:\n      ssh: /a\n      revoked: /b\n      openpgp: /c\n"
		     "      since: \"1234567890123456789012345678901234567890\"\n",
		     &c));
	const struct agent_source *s = agent_config_source(c, STR("main"));
	ck_assert_int_eq(s->signatures, AGENT_SIGNATURES_SHOWN);
	ck_assert(!agent_signers_named(&s->signers));
	s = agent_config_source(c, STR("other"));
	ck_assert_int_eq(s->signatures, AGENT_SIGNATURES_REQUIRED);
	ck_assert(agent_signers_named(&s->signers));
	assert_str(s->signers.ssh, "/a");
	assert_str(s->signers.revoked, "/b");
	assert_str(s->signers.openpgp, "/c");
	assert_str(s->signers.since, "1234567890123456789012345678901234567890");
	CLEANUP(agent_config_freep) struct agent_config *one = NULL;
	assert_ok(load("sources:\n  main: {url: x, signers: {openpgp: /c}}\n", &one));
	s = agent_config_source(one, STR("main"));
	ck_assert(agent_signers_named(&s->signers));
	ck_assert_int_eq(s->signatures, AGENT_SIGNATURES_SHOWN);
}
END_TEST

static const struct support_case cases[] = {
	CASE(no_file_gives_the_defaults),
	CASE(a_single_source_sets_platform_policy),
	CASE_LOOP(a_bad_file_says_where_and_what, (int)ARRAY_SIZE(bads)),
	CASE(an_unknown_key_is_noted_with_the_nearest),
	CASE(secrets_say_who_may_have_them),
	CASE(every_number_ends_at_its_bounds),
	CASE(issuers_are_read_with_their_rules),
	CASE(a_source_says_who_may_sign),
	{0}};

int main(void)
{
	return support_main("agent/config", cases);
}
