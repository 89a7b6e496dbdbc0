/* What a verdict is kept under, and that a rule which cannot decide denies. */
#include "tests/unit/admission/repo_text.h"

static void put_skill(struct world *w, const char *domain, const char *name, const char *command)
{
	char path[256], text[1024];
	snprintf(path, sizeof(path), "skills/%s/%s/SKILL.md", domain, name);
	snprintf(text, sizeof(text),
		 "---\nname: %s\ndescription: Does one thing well. Use it for that one thing.\n"
		 "trigger:\n  command: %s\n---\n# Skill\nDo it.\n",
		 name, command);
	world_put(w, path, text);
}

static void put_tests(struct world *w, const char *domain, const char *name, const char *what)
{
	char path[256], text[512];
	snprintf(path, sizeof(path), "skills/%s/%s/tests/cases.md", domain, name);
	snprintf(text, sizeof(text), "## It works\n### Input\n%s\n### Expect\n- contains \"x\"\n",
		 what);
	world_put(w, path, text);
}

/* --- keys -------------------------------------------------------------------------------------------------------------- */

START_TEST(the_key_is_candidate_policy_and_what_others_expose)
{
	struct world w;
	world_init(&w);
	world_base(&w);
	world_deploy(&w);
	put_tests(&w, "frm", "escalation", "escalate fraud 9");
	world_admit(&w);
	struct verdict_key first = world_verdict(&w, "frm")->key;
	struct digest policy = policy_digest(w.after->platform, NULL, RULES_VERSION);
	ck_assert(digest_equal(&first.candidate, &snapshot_domain(w.after, STR("frm"))->candidate));
	ck_assert(digest_equal(&first.policy, &policy));
	world_admit(&w);
	struct verdict_key again = world_verdict(&w, "frm")->key;
	ck_assert(digest_equal(&first.surface, &again.surface));
	put_skill(&w, "ecm", "order-details", "order state {id}");
	world_admit(&w);
	struct verdict_key other = world_verdict(&w, "frm")->key;
	ck_assert(digest_equal(&first.candidate, &other.candidate));
	ck_assert(!digest_equal(&first.surface, &other.surface));
	world_release(&w);
}
END_TEST

START_TEST(what_a_verdict_rests_on_besides_is_in_its_key)
{
	struct world w;
	world_init(&w);
	world_base(&w);
	world_put(&w, "skills/frm/aspora.config.yaml", "tests:\n  required: [promptfoo]\n");
	world_deploy(&w);
	put_tests(&w, "frm", "escalation", "escalate fraud 9");
	world_admit(&w);
	struct verdict_key unposted = world_verdict(&w, "frm")->key;
	w.checks[0] = (struct admit_check){
		.name = STR("promptfoo"),
		.content = domain_skill_find(snapshot_domain(w.after, STR("frm")),
					     STR("escalation"))
				   ->skill->content,
		.passed = 3};
	w.facts.check_count = 1;
	world_admit(&w);
	ck_assert(world_verdict(&w, "frm")->allow);
	struct verdict_key posted = world_verdict(&w, "frm")->key;
	ck_assert(!digest_equal(&unposted.policy, &posted.policy));
	ck_assert(digest_equal(&unposted.candidate, &posted.candidate));
	w.checks[0].passed = 4;
	world_admit(&w);
	struct verdict_key more = world_verdict(&w, "frm")->key;
	ck_assert(!digest_equal(&more.policy, &posted.policy));
	world_release(&w);
}
END_TEST

/* --- failing closed -------------------------------------------------------------------------------------------------------- */

static int fails(const struct rule_in *in, struct findings *out, struct err *err)
{
	rule_find(STR("AD-TESTS-001")); /* a rule that spoke before it failed is not believed */
	findings_addf(out, in->rule->id, SEVERITY_NOTE, in->name, STR_NULL, "half a truth");
	return err_set(err, ERR_TOO_LARGE, "the pattern is too large");
}

static int fails_without_a_word(const struct rule_in *in, struct findings *out, struct err *err)
{
	(void)in;
	(void)out;
	(void)err;
	return ERR_INTERNAL;
}

static void judge_by(struct world *w, const struct rule *table, struct verdict *ret)
{
	struct policy policy;
	struct surface_view view = {w->deployed, NULL};
	struct rule_in in = {.snap = w->before,
			     .name = STR("frm"),
			     .domain = snapshot_domain(w->before, STR("frm")),
			     .policy = &policy,
			     .surfaces = &view,
			     .facts = &w->facts,
			     .table = table};
	policy_make(w->arena, w->before->platform, NULL, &w->facts, &policy);
	admit_domain(w->arena, &in, ret);
}

START_TEST(a_rule_that_fails_denies)
{
	static const struct rule table[] = {
		{"AD-X-001", "x", SEVERITY_WARN, RULE_SKILL, true, "x", "X.", "x", fails},
		{"AD-X-002", "x", SEVERITY_WARN, RULE_DOMAIN, true, "x", "X.", "x",
		 fails_without_a_word},
		{0}};
	struct world w;
	struct verdict v;
	world_init(&w);
	world_base(&w);
	world_deploy(&w);
	judge_by(&w, table, &v);
	ck_assert(!v.allow);
	ck_assert_uint_eq(v.findings.count, 2);
	ck_assert_ptr_null(verdict_finding(&v, "AD-X-001"));
	bool said = false, silent = false;
	for (size_t i = 0; i < 2; i++) {
		const struct finding *f = &v.findings.items[i];
		ck_assert_str_eq(f->rule, "AD-INTERNAL-001");
		ck_assert_int_eq(f->severity, SEVERITY_DENY);
		said |= str_eqz(f->skill, "escalation") &&
			str_eqz(f->message,
				"rule AD-X-001 could not be decided: the pattern is too large");
		silent |= !f->skill.len &&
			  str_eqz(f->message, "rule AD-X-002 could not be decided: internal");
	}
	ck_assert(said && silent);
	world_release(&w);
}
END_TEST

static int rests_on_too_much(const struct rule_in *in, struct findings *out, struct err *err)
{
	(void)out;
	(void)err;
	for (int i = 0; i < 10000; i++)
		buf_addz(in->in_force, "a fact among many\n");
	return 0;
}

START_TEST(a_key_that_cannot_hold_all_facts_denies)
{
	static const struct rule table[] = {{"AD-X-001", "x", SEVERITY_WARN, RULE_DOMAIN, true, "x",
					     "X.", "x", rests_on_too_much},
					    {0}};
	struct world w;
	struct verdict v;
	world_init(&w);
	world_base(&w);
	world_deploy(&w);
	judge_by(&w, table, &v);
	ck_assert(!v.allow);
	ck_assert_ptr_nonnull(verdict_finding(&v, "AD-INTERNAL-001"));
	world_release(&w);
}
END_TEST

static const struct support_case cases[] = {
	CASE(the_key_is_candidate_policy_and_what_others_expose),
	CASE(what_a_verdict_rests_on_besides_is_in_its_key),
	CASE(a_rule_that_fails_denies),
	CASE(a_key_that_cannot_hold_all_facts_denies),
	{0}};

int main(void)
{
	return support_main("admission/verdict", cases);
}
