/* What becomes of the domains of a plan. */
#include "skill/digest.h"
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

static void set_unit(struct world *w, const char *unit)
{
	char text[256];
	snprintf(text, sizeof(text), "policy:\n  unit: %s\n", unit);
	world_put(w, "aspora.config.yaml", text);
	world_put(w, "skills/ecm/order-details/aspora.config.yaml", "budget:\n  per_day_usd: 20\n");
}

static const struct admission_domain *domain(const struct world *w, const char *name)
{
	const struct admission_domain *d = admission_find(w->admission, str_of(name));
	ck_assert_ptr_nonnull(d);
	return d;
}

/* --- one domain at a time --------------------------------------------------------------------------------- */

START_TEST(a_bad_domain_does_not_hold_another)
{
	struct world w;
	world_init(&w);
	world_base(&w);
	world_deploy(&w);
	world_remove(&w, STR("skills/ecm/manager/tests"));
	put_tests(&w, "frm", "escalation", "escalate fraud 9");
	const struct admission *a = world_admit(&w);
	ck_assert_uint_eq(a->domain_count, 2);
	ck_assert(!a->allow);
	ck_assert(!domain(&w, "ecm")->verdict.allow && !domain(&w, "ecm")->release);
	ck_assert(domain(&w, "frm")->verdict.allow);
	ck_assert_ptr_eq(domain(&w, "frm")->release, snapshot_domain(w.after, STR("frm")));
	ck_assert_uint_eq(a->allowed, 1);
	ck_assert_uint_eq(a->denied, 1);
	ck_assert_ptr_null(admission_find(a, STR("hr")));
	world_release(&w);
}
END_TEST

START_TEST(a_plan_without_changes_is_allowed_and_empty)
{
	struct world w;
	world_init(&w);
	world_base(&w);
	world_deploy(&w);
	const struct admission *a = world_admit(&w);
	ck_assert(a->allow && a->domain_count == 0 && !a->platform_judged);
	world_release(&w);
}
END_TEST

START_TEST(an_allowed_deletion_releases_no_domain)
{
	struct world w;
	world_init(&w);
	world_base(&w);
	world_deploy(&w);
	w.confirmations[0] = (struct admit_confirmation){STR("deletion"), STR("frm"), STR("anna"),
							 STR("closed"),	  1000000,    0};
	w.facts.confirmation_count = 1;
	world_remove(&w, STR("skills/frm"));
	world_admit(&w);
	ck_assert(domain(&w, "frm")->verdict.allow);
	ck_assert_int_eq(domain(&w, "frm")->op, CHANGE_DELETE);
	ck_assert_ptr_null(domain(&w, "frm")->release);
	world_release(&w);
}
END_TEST

START_TEST(a_confirmation_ends)
{
	struct world w;
	world_init(&w);
	world_base(&w);
	world_deploy(&w);
	world_remove(&w, STR("skills/frm"));
	w.facts.confirmation_count = 1;
	w.confirmations[0] = (struct admit_confirmation){STR("deletion"), STR("frm"),
							 STR("anna"),	  STR("closed"),
							 1000000,	  w.facts.now_ms + 1};
	world_admit(&w);
	ck_assert(domain(&w, "frm")->verdict.allow);
	w.confirmations[0].until_ms = w.facts.now_ms;
	world_admit(&w);
	ck_assert(!domain(&w, "frm")->verdict.allow);
	world_release(&w);
}
END_TEST

START_TEST(a_domain_that_forwards_to_a_denied_one_goes_on_with_a_warning)
{
	struct world w;
	world_init(&w);
	world_base(&w);
	world_deploy(&w);
	put_skill(&w, "frm", "new", "new thing {x}"); /* without tests */
	world_put(&w, "skills/ecm/manager/aspora.config.yaml",
		  "routing:\n  forwards:\n    - then: {forward_to: frm/new}\n");
	world_admit(&w);
	ck_assert(!domain(&w, "frm")->verdict.allow);
	const struct finding *f = verdict_finding(&domain(&w, "ecm")->verdict, "AD-ROUTE-003");
	ck_assert(domain(&w, "ecm")->verdict.allow && f && f->severity == SEVERITY_WARN);
	put_tests(&w, "frm", "new", "new thing 3");
	world_admit(&w);
	ck_assert(domain(&w, "frm")->verdict.allow && domain(&w, "ecm")->verdict.allow);
	world_release(&w);
}
END_TEST

/* --- unit skill ------------------------------------------------------------------------------------------------ */

START_TEST(a_held_skill_stays_at_its_old_version)
{
	struct world w;
	world_init(&w);
	world_base(&w);
	set_unit(&w, "skill");
	world_deploy(&w);
	put_skill(&w, "ecm", "order-details", "order status {id} please");
	world_remove(&w, STR("skills/ecm/order-details/tests"));
	put_skill(&w, "ecm", "newcomer", "new thing {x}");
	put_skill(&w, "ecm", "welcome", "welcome {x}");
	put_tests(&w, "ecm", "welcome", "welcome you");
	world_admit(&w);
	const struct admission_domain *d = domain(&w, "ecm");
	ck_assert(!d->verdict.allow && d->release && d->reduced && d->reduced->allow);
	ck_assert_uint_eq(d->held_count, 2);
	assert_str(d->held[0], "newcomer");
	assert_str(d->held[1], "order-details");
	ck_assert_ptr_null(domain_skill_find(d->release, STR("newcomer")));
	ck_assert_ptr_nonnull(domain_skill_find(d->release, STR("welcome")));
	const struct domain_skill *kept = domain_skill_find(d->release, STR("order-details"));
	const struct domain_skill *was = domain_skill_find(snapshot_domain(w.before, STR("ecm")),
							   STR("order-details"));
	ck_assert(digest_equal(&kept->skill->content, &was->skill->content));
	ck_assert(digest_equal(&kept->runtime, &was->runtime));
	ck_assert(digest_equal(&kept->context, &was->context));
	struct digest again = domain_digest(w.after, d->release);
	ck_assert(digest_equal(&d->release->candidate, &again));
	ck_assert(digest_equal(&d->reduced->key.candidate, &again));
	ck_assert(!digest_equal(&d->verdict.key.candidate, &again));
	world_release(&w);
}
END_TEST

START_TEST(a_skill_whose_old_version_is_not_known_denies_its_domain)
{
	struct world w;
	world_init(&w);
	world_base(&w);
	set_unit(&w, "skill");
	world_deploy(&w);
	w.no_loader = true;
	world_remove(&w, STR("skills/ecm/order-details/tests"));
	world_admit(&w);
	ck_assert(!domain(&w, "ecm")->release && !domain(&w, "ecm")->reduced);
	world_release(&w);
}
END_TEST

START_TEST(what_is_wrong_with_the_domain_itself_cannot_be_held)
{
	struct world w;
	world_init(&w);
	world_base(&w);
	set_unit(&w, "skill");
	world_deploy(&w);
	world_put(&w, "skills/ecm/aspora.config.yaml",
		  "budget:\n  per_day_usd: 60\nrouting:\n  forwards:\n    - then: {forward_to: "
		  "ecm/gone}\n");
	world_admit(&w);
	ck_assert(!domain(&w, "ecm")->verdict.allow && !domain(&w, "ecm")->release);
	world_release(&w);
}
END_TEST

START_TEST(a_skill_that_forwards_to_a_held_one_goes_on)
{
	struct world w;
	world_init(&w);
	world_base(&w);
	set_unit(&w, "skill");
	world_deploy(&w);
	/* "lost" is denied for want of tests; "sender" forwards to it. */
	put_skill(&w, "ecm", "lost", "lost thing {x}");
	put_skill(&w, "ecm", "sender", "send thing {x}");
	put_tests(&w, "ecm", "sender", "send thing 3");
	world_put(&w, "skills/ecm/sender/aspora.config.yaml",
		  "routing:\n  forwards:\n    - then: {forward_to: ecm/lost}\n");
	put_tests(&w, "ecm", "manager", "order help me");
	world_admit(&w);
	const struct admission_domain *d = domain(&w, "ecm");
	ck_assert_uint_eq(d->held_count, 1);
	assert_str(d->held[0], "lost");
	ck_assert_ptr_nonnull(d->release);
	ck_assert_uint_eq(d->release->skill_count, 4);
	ck_assert_ptr_nonnull(verdict_finding(d->reduced, "AD-ROUTE-003"));
	world_release(&w);
}
END_TEST

START_TEST(others_are_judged_beside_what_is_left_of_a_reduced_domain)
{
	struct world w;
	world_init(&w);
	world_base(&w);
	set_unit(&w, "skill");
	world_deploy(&w);
	put_skill(&w, "frm", "lost", "lost thing {x}"); /* without tests: out */
	world_put(&w, "skills/ecm/manager/aspora.config.yaml",
		  "routing:\n  forwards:\n    - then: {forward_to: frm/lost}\n");
	world_admit(&w);
	ck_assert_uint_eq(domain(&w, "frm")->held_count, 1);
	const struct admission_domain *ecm = domain(&w, "ecm");
	ck_assert(ecm->verdict.allow && ecm->held_count == 0);
	ck_assert_ptr_nonnull(verdict_finding(&ecm->verdict, "AD-ROUTE-003"));
	world_release(&w);
}
END_TEST

/* --- other units ------------------------------------------------------------------------------------------------ */

START_TEST(unit_repository_releases_all_or_nothing)
{
	struct world w;
	world_init(&w);
	world_base(&w);
	set_unit(&w, "repository");
	world_deploy(&w);
	world_remove(&w, STR("skills/ecm/manager/tests"));
	put_tests(&w, "frm", "escalation", "escalate fraud 9");
	world_admit(&w);
	ck_assert_ptr_null(domain(&w, "frm")->release);
	ck_assert_ptr_nonnull(verdict_finding(world_verdict(&w, "frm"), "AD-UNIT-001"));
	put_tests(&w, "ecm", "manager", "order help me");
	world_admit(&w);
	ck_assert(domain(&w, "frm")->release && domain(&w, "ecm")->release);
	world_release(&w);
}
END_TEST

START_TEST(waiting_for_a_check_is_not_being_at_fault)
{
	struct world w;
	world_init(&w);
	world_base(&w);
	world_put(&w, "skills/frm/aspora.config.yaml", "tests:\n  required: [promptfoo]\n");
	world_deploy(&w);
	put_tests(&w, "frm", "escalation", "escalate fraud 9");
	world_admit(&w);
	ck_assert(!domain(&w, "frm")->verdict.allow &&
		  strcmp(domain(&w, "frm")->waits_for, WAITS_FOR_CHECKS) == 0);
	put_skill(&w, "frm", "untested", "untested {x}");
	world_admit(&w);
	ck_assert(!domain(&w, "frm")->verdict.allow && !domain(&w, "frm")->waits_for);
	world_release(&w);
}
END_TEST

/* People before programs: who waits for both needs somebody to act. */
START_TEST(who_waits_for_people_and_checks_waits_for_people)
{
	struct world w;
	world_init(&w);
	world_base(&w);
	world_put(&w, "skills/frm/aspora.config.yaml",
		  "tests:\n  required: [promptfoo]\npolicy:\n  approvals: 1\n");
	world_deploy(&w);
	put_tests(&w, "frm", "escalation", "escalate fraud 9");
	world_admit(&w);
	ck_assert_str_eq(domain(&w, "frm")->waits_for, WAITS_FOR_APPROVAL);
	w.confirmations[0] = (struct admit_confirmation){
		.kind = STR("review"), .by = STR("oidc:corp:4711"), .also = STR("ada@example.com")};
	w.facts.confirmation_count = 1;
	w.facts.author = STR("Ada <ada@example.com>");
	world_admit(&w);
	ck_assert_str_eq(domain(&w, "frm")->waits_for, WAITS_FOR_APPROVAL);
	w.facts.author = STR("Bob <bob@example.com>");
	world_admit(&w);
	ck_assert_str_eq(domain(&w, "frm")->waits_for, WAITS_FOR_CHECKS);
	world_release(&w);
}
END_TEST

/* What is left of the change once a skill at fault is held is less of the same. */
START_TEST(an_approval_holds_for_what_the_change_is_reduced_to)
{
	struct world w;
	world_init(&w);
	world_base(&w);
	set_unit(&w, "skill");
	world_put(&w, "skills/frm/aspora.config.yaml", "policy:\n  approvals: 1\n");
	world_deploy(&w);
	put_tests(&w, "frm", "escalation", "escalate fraud 9");
	put_skill(&w, "frm", "untested", "untested {x}");
	const struct deployed_domain *have = NULL;
	for (size_t i = 0; i < w.have.domain_count; i++)
		if (str_eqz(w.have.domains[i].name, "frm"))
			have = &w.have.domains[i];
	world_admit(&w);
	ck_assert(!domain(&w, "frm")->release && !domain(&w, "frm")->waits_for);
	w.confirmations[0] =
		(struct admit_confirmation){.kind = STR("review"),
					    .domain = STR("frm"),
					    .by = STR("key:bob"),
					    .bound = true,
					    .candidate = domain(&w, "frm")->change->to->candidate,
					    .base = have->candidate};
	w.facts.confirmation_count = 1;
	world_admit(&w);
	ck_assert(domain(&w, "frm")->release && domain(&w, "frm")->reduced);
	ck_assert_uint_eq(domain(&w, "frm")->held_count, 1);
	world_release(&w);
}
END_TEST

/* What is deployed was approved when it came, or before anybody had to: a new verdict over it is no change. */
START_TEST(what_is_judged_again_as_it_is_deployed_needs_nobody)
{
	struct world w;
	world_init(&w);
	world_base(&w);
	world_put(&w, "skills/frm/aspora.config.yaml",
		  "policy:\n  approvals: 1\n  growth: approve\n");
	world_deploy(&w);
	for (size_t i = 0; i < w.have.domain_count; i++)
		if (str_eqz(w.have.domains[i].name, "frm"))
			w.have.domains[i].policy.bytes[0] ^= 1;
	w.rules_version = RULES_VERSION;
	world_admit(&w);
	ck_assert_int_eq(domain(&w, "frm")->op, CHANGE_NONE);
	ck_assert(domain(&w, "frm")->verdict.allow);
	ck_assert_ptr_null(verdict_finding(world_verdict(&w, "frm"), "AD-REVIEW-001"));
	put_tests(&w, "frm", "escalation", "escalate fraud 9");
	world_admit(&w);
	ck_assert_str_eq(domain(&w, "frm")->waits_for, WAITS_FOR_APPROVAL);
	world_release(&w);
}
END_TEST

START_TEST(what_a_person_or_a_result_can_lift_is_five_rules)
{
	size_t lifted = 0, waits = 0;
	for (size_t i = 0; i < rule_count(); i++) {
		lifted += rule_may_be_lifted(rules[i].id);
		waits += rule_waits_for(rules[i].id) != NULL;
		ck_assert(!rule_waits_for(rules[i].id) || rule_may_be_lifted(rules[i].id));
	}
	ck_assert_uint_eq(lifted, 5);
	ck_assert_uint_eq(waits, 3);
	ck_assert_ptr_null(rule_waits_for("AD-DELETE-001"));
	ck_assert_str_eq(rule_waits_for("AD-CHECKS-001"), WAITS_FOR_CHECKS);
}
END_TEST

/* --- the platform -------------------------------------------------------------------------------------------------- */

START_TEST(a_denied_platform_configuration_releases_nothing)
{
	struct world w;
	world_init(&w);
	world_base(&w);
	world_deploy(&w);
	world_put(&w, "aspora.config.yaml",
		  "policy:\n  rules:\n    AD-NOTHING-001: {mode: deny}\n");
	put_tests(&w, "frm", "escalation", "escalate fraud 9");
	const struct admission *a = world_admit(&w);
	ck_assert(a->platform_judged && !a->platform.allow && !a->allow);
	for (size_t i = 0; i < a->domain_count; i++)
		ck_assert_ptr_null(a->domains[i].release);
	world_release(&w);
}
END_TEST

/* Also where the configuration says the same in other bytes: the guard reads comments. */
START_TEST(a_change_of_any_byte_of_the_root_is_judged_and_is_another_candidate)
{
	static const char *const files[] = {"FIRM.md", "aspora.config.yaml"};
	struct digest seen[1 + ARRAY_SIZE(files)];
	struct world w;
	world_init(&w);
	world_base(&w);
	w.guarded = true;
	const struct admission *a = world_admit(&w);
	ck_assert(a->platform_judged && a->platform.allow);
	seen[0] = a->platform.key.candidate;
	world_deploy(&w);
	ck_assert(!world_admit(&w)->platform_judged);
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		const char *was = NULL;
		for (size_t k = 0; k < w.file_count; k++)
			if (str_eqz(w.files[k].path, files[i]))
				was = arena_strndup(w.arena, w.files[k].bytes.p,
						    w.files[k].bytes.len);
		world_put(&w, files[i], arena_printf(w.arena, "%s# AKIAQ3EGRLV5OX6TFZYN\n", was));
		a = world_admit(&w);
		ck_assert(a->platform_judged && !a->platform.allow && !a->allow);
		seen[i + 1] = a->platform.key.candidate;
		for (size_t k = 0; k <= i; k++)
			ck_assert(!digest_equal(&seen[k], &seen[i + 1]));
		for (size_t k = 0; k < a->domain_count; k++)
			ck_assert_ptr_null(a->domains[k].release);
		world_put(&w, files[i], was);
		ck_assert(!world_admit(&w)->platform_judged);
	}
	world_release(&w);
}
END_TEST

START_TEST(the_first_platform_configuration_judges_itself)
{
	struct world w;
	world_init(&w);
	world_base(&w);
	const struct admission *a = world_admit(&w);
	ck_assert(a->allow && a->platform_judged && a->platform.allow);
	world_put(&w, "aspora.config.yaml", "policy:\n  rules:\n    AD-TESTS-001: {mode: off}\n");
	a = world_admit(&w);
	ck_assert(!a->platform.allow);
	world_release(&w);
}
END_TEST

/* --- the loader ------------------------------------------------------------------------------------------------------- */

static int store_is_away(void *state, const struct deployed_skill *d, struct skill **ret,
			 struct err *err)
{
	(void)state;
	(void)d;
	(void)ret;
	return err_set(err, ERR_UNAVAILABLE, "the store is away");
}

START_TEST(an_error_of_the_loader_is_an_error)
{
	struct world w;
	world_init(&w);
	world_base(&w);
	set_unit(&w, "skill");
	world_deploy(&w);
	world_remove(&w, STR("skills/ecm/order-details/tests"));
	world_admit(&w);
	struct plan_old broken = {store_is_away, &w};
	struct admission *a = NULL;
	struct admit_opts o = {.snapshot = w.after,
			       .plan = w.plan,
			       .deployed = w.deployed,
			       .have = &w.have,
			       .facts = &w.facts,
			       .old = &broken};
	assert_err(admit_plan(&o, &a, &support_err), ERR_UNAVAILABLE, "the store is away");
	ck_assert_ptr_null(a);
	world_release(&w);
}
END_TEST

static const struct support_case cases[] = {
	CASE(a_bad_domain_does_not_hold_another),
	CASE(a_plan_without_changes_is_allowed_and_empty),
	CASE(an_allowed_deletion_releases_no_domain),
	CASE(a_confirmation_ends),
	CASE(a_domain_that_forwards_to_a_denied_one_goes_on_with_a_warning),
	CASE(a_held_skill_stays_at_its_old_version),
	CASE(a_skill_whose_old_version_is_not_known_denies_its_domain),
	CASE(what_is_wrong_with_the_domain_itself_cannot_be_held),
	CASE(a_skill_that_forwards_to_a_held_one_goes_on),
	CASE(others_are_judged_beside_what_is_left_of_a_reduced_domain),
	CASE(unit_repository_releases_all_or_nothing),
	CASE(waiting_for_a_check_is_not_being_at_fault),
	CASE(who_waits_for_people_and_checks_waits_for_people),
	CASE(an_approval_holds_for_what_the_change_is_reduced_to),
	CASE(what_is_judged_again_as_it_is_deployed_needs_nobody),
	CASE(what_a_person_or_a_result_can_lift_is_five_rules),
	CASE(a_denied_platform_configuration_releases_nothing),
	CASE(a_change_of_any_byte_of_the_root_is_judged_and_is_another_candidate),
	CASE(the_first_platform_configuration_judges_itself),
	CASE(an_error_of_the_loader_is_an_error),
	{0}};

int main(void)
{
	return support_main("admission/admit", cases);
}
