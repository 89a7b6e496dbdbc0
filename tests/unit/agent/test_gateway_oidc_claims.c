/* Rules over claims, patterns, and the names by which bearers of tokens are known. */
#include "agent/gateway/oidc_claims.h"

#include "base/mem.h"
#include "tests/unit/support.h"

START_TEST(patterns_stay_within_their_segment)
{
	static const struct {
		const char *pattern, *value;
		bool holds;
	} tries[] = {
		{"a", "a", true},
		{"a", "A", false},
		{"a", "ab", false},
		{"", "", true},
		{"", "a", false},
		{"*", "", true},
		{"*", "abc", true},
		{"*", "a/b", false},
		{"**", "a/b", true},
		{"**", "", true},
		{"a*", "a", true},
		{"a*", "ba", false},
		{"a*c", "abc", true},
		{"a*c", "ac", true},
		{"a*c", "acb", false},
		{"a*c", "a/c", false},
		{"a**c", "a/b/c", true},
		{"refs/heads/*", "refs/heads/x", true},
		{"refs/heads/*", "refs/heads/x/y", false},
		{"refs/heads/**", "refs/heads/x/y", true},
		{"refs/heads/*", "refs/heads/", true},
		{"refs/heads/*", "refs/heads", false},
		{"*/*", "a/b", true},
		{"*/*", "a", false},
		{"*/*", "a/b/c", false},
		{"**/c", "a/b/c", true},
		{"**/c", "c", false},
		{"*a*b*", "xxaxxbxx", true},
		{"*a*b*", "xxbxxaxx", false},
		{"**x**y", "axbyxcy", true},
		{"**x*y", "ax/xby", true},
		{"**x*y", "ax/y", false},
		{"repo:o/r:*", "repo:o/r:ref:refs/heads/main", false},
		{"repo:o/r:**", "repo:o/r:ref:refs/heads/main", true},
		{"[a]", "a", false},
		{"?", "a", false},
		{"a.c", "abc", false},
		{"\\*", "*", false},
		{"***", "a/b", true},
		{"a***b", "a/x/b", true},
		{"*aab", "aaab", true},
		{"*ab*ab", "abxabab", true},
	};
	for (size_t i = 0; i < ARRAY_SIZE(tries); i++)
		ck_assert_msg(oidc_glob(str_of(tries[i].pattern), str_of(tries[i].value)) ==
				      tries[i].holds,
			      "\"%s\" and \"%s\"", tries[i].pattern, tries[i].value);
}
END_TEST

/* Many stars and nothing that ends them: the work stays small. */
START_TEST(a_pattern_of_stars_takes_no_time)
{
	CLEANUP(buf_release) struct buf pattern = BUF_INIT(BUF_MAX), value = BUF_INIT(BUF_MAX);
	for (int i = 0; i < 30; i++)
		buf_addz(&pattern, i % 2 ? "*a" : "**a");
	buf_add_char(&pattern, 'b');
	buf_add_repeat(&value, 'a', 16000);
	ck_assert(!oidc_glob(buf_str(&pattern), buf_str(&value)));
}
END_TEST

static struct arena *arena;

static const struct doc_node *claims_of(const char *json)
{
	const struct doc_node *root = NULL;
	assert_ok(doc_parse_json(arena, str_of(json), &doc_limits_json, "claims", &root,
				 &support_err));
	return root;
}

static struct agent_oidc issuer_of(struct agent_oidc_rule *rules, size_t count, const char *name)
{
	return (struct agent_oidc){.key = STR("house"),
				   .issuer = STR("https://i.example"),
				   .name = str_of(name),
				   .rules = {rules, count}};
}

START_TEST(the_first_rule_that_holds_speaks)
{
	struct str blue[] = {STR("blue")}, yes[] = {STR("true")}, seven[] = {STR("7")},
		   all[] = {STR("ecm"), STR("*")};
	struct agent_claim team = {STR("team"), {blue, 1}}, flag = {STR("flag"), {yes, 1}},
			   id = {STR("id"), {seven, 1}};
	struct agent_claim both[] = {team, flag};
	struct agent_oidc_rule rules[] = {
		{.role = STR("admin"), .domains = {all, 2}, .claims = {both, 2}},
		{.role = STR("viewer"), .domains = {all, 1}, .claims = {&team, 1}},
		{.role = STR("ci-bot"), .domains = {all, 1}, .claims = {&id, 1}},
		{.role = STR("admin"),
		 .domains = {all, 2},
		 .claims = {NULL, 0}}, /* holds for nobody */
	};
	struct agent_oidc o = issuer_of(rules, ARRAY_SIZE(rules), "sub");
	struct gw_principal who;
	arena = arena_new(1 << 20);
	assert_ok(oidc_principal(&o, arena,
				 claims_of("{\"sub\":\"a\",\"team\":\"blue\",\"flag\":true}"), &who,
				 &support_err));
	ck_assert_str_eq(who.role_name, "admin");
	ck_assert_str_eq(who.domains, "*");
	assert_ok(oidc_principal(&o, arena,
				 claims_of("{\"sub\":\"a\",\"team\":\"blue\",\"flag\":false}"),
				 &who, &support_err));
	ck_assert_str_eq(who.role_name, "viewer");
	ck_assert_str_eq(who.domains, "ecm");
	assert_ok(oidc_principal(&o, arena, claims_of("{\"sub\":\"a\",\"id\":7}"), &who,
				 &support_err));
	ck_assert_str_eq(who.role_name, "ci-bot");
	static const char *const none[] = {
		"{\"sub\":\"a\"}", "{\"sub\":\"a\",\"id\":7.0}", "{\"sub\":\"a\",\"id\":77}",
		"{\"sub\":\"a\",\"flag\":true}", "{\"sub\":\"a\",\"team.x\":\"blue\"}"};
	for (size_t i = 0; i < ARRAY_SIZE(none); i++)
		assert_err(oidc_principal(&o, arena, claims_of(none[i]), &who, &support_err),
			   ERR_DENIED,
			   "the token of a is valid, and no rule of oidc.house lets it in");
	arena_free(arena);
}
END_TEST

START_TEST(a_name_is_fit_for_logs)
{
	struct str any[] = {STR("**")}, domains[] = {STR("ecm")};
	struct agent_claim sub = {STR("sub"), {any, 1}};
	struct agent_oidc_rule rule = {
		.role = STR("viewer"), .domains = {domains, 1}, .claims = {&sub, 1}};
	struct agent_oidc o = issuer_of(&rule, 1, "email");
	struct gw_principal who, other;
	arena = arena_new(1 << 20);
	assert_ok(oidc_principal(&o, arena, claims_of("{\"sub\":\"u1\",\"email\":\"a@b.example\"}"),
				 &who, &support_err));
	ck_assert_str_eq(who.name, "a@b.example");
	ck_assert_str_eq(who.subject, "u1");
	ck_assert_str_eq(who.address, ""); /* nobody has checked it */
	struct gw_principal checked;
	assert_ok(oidc_principal(&o, arena,
				 claims_of("{\"sub\":\"u1\",\"email\":\"a@b.example\","
					   "\"email_verified\":true}"),
				 &checked, &support_err));
	ck_assert_str_eq(checked.address, "a@b.example");
	ck_assert_str_eq(who.actor, "oidc:house:a@b.example");
	/* Without the claim that names, the subject does. */
	assert_ok(oidc_principal(&o, arena, claims_of("{\"sub\":\"u1\",\"email\":[\"x\"]}"), &other,
				 &support_err));
	ck_assert_str_eq(other.actor, "oidc:house:u1");
	ck_assert_str_eq(other.id, who.id);
	assert_ok(oidc_principal(&o, arena,
				 claims_of("{\"sub\":\"a\\nb \\u202ec\\u00e9\\u001b[0m\"}"), &other,
				 &support_err));
	ck_assert_str_eq(other.name, "a?b????c???[0m");
	ck_assert_str_ne(other.id, who.id);
	/* A subject of the greatest length is cut in no name of ours. */
	CLEANUP(buf_release) struct buf json = BUF_INIT(BUF_MAX);
	buf_addz(&json, "{\"sub\":\"");
	buf_add_repeat(&json, 's', OIDC_SUBJECT_MAX);
	buf_addz(&json, "\"}");
	assert_ok(oidc_principal(&o, arena, claims_of(buf_cstr(&json)), &other, &support_err));
	ck_assert_uint_eq(strlen(other.subject), OIDC_SUBJECT_MAX);
	ck_assert_uint_eq(strlen(other.actor), OIDC_SUBJECT_MAX + strlen("oidc:house:"));
	arena_free(arena);
}
END_TEST

static const struct support_case cases[] = {CASE(patterns_stay_within_their_segment),
					    CASE(a_pattern_of_stars_takes_no_time),
					    CASE(the_first_rule_that_holds_speaks),
					    CASE(a_name_is_fit_for_logs),
					    {0}};

int main(void)
{
	return support_main("agent/gateway_oidc_claims", cases);
}
