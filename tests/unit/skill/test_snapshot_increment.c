/* What a snapshot takes over from the one before, and what it reads: by counts, which do not depend on the machine. */
#include "tests/unit/skill/repo.h"

/* 200 skills in 10 domains. */
static void put_many(void)
{
	char domain[32], name[32], path[100];
	put("aspora.config.yaml", "budget: {per_run_usd: 5}\n");
	put("FIRM.md", "# Firm\n");
	for (int d = 0; d < 10; d++) {
		snprintf(domain, sizeof(domain), "domain-%d", d);
		for (int i = 0; i < 20; i++) {
			snprintf(name, sizeof(name), "skill-%02d", i);
			put_skill(domain, name, "words");
		}
		snprintf(path, sizeof(path), "skills/%s/DOMAIN.md", domain);
		put(path, "# D\n");
		snprintf(path, sizeof(path), "skills/%s/runbooks/one.md", domain);
		put(path, "# R\n");
		snprintf(path, sizeof(path), "skills/%s/aspora.config.yaml", domain);
		put(path, "limits: {timeout: 20s}\n");
	}
}

#define COST(s, trees, blobs, parsed, reused, domains)                                             \
	do {                                                                                       \
		ck_assert_uint_eq((s)->cost.trees_listed, trees);                                  \
		ck_assert_uint_eq((s)->cost.blobs_read, blobs);                                    \
		ck_assert_uint_eq((s)->cost.skills_parsed, parsed);                                \
		ck_assert_uint_eq((s)->cost.skills_reused, reused);                                \
		ck_assert_uint_eq((s)->cost.domains_reused, domains);                              \
	} while (0)

START_TEST(only_what_changed_is_read)
{
	begin();
	put_many();
	CLEANUP(snapshot_unrefp) struct snapshot *first = build(NULL);
	/* root, skills, and for each domain: itself, runbooks, and two folders a skill; platform, firm, and for each domain three files and two a skill. */
	COST(first, 2 + 10 * (2 + 20 * 2), 2 + 10 * (3 + 20 * 2), 200, 0, 0);

	CLEANUP(snapshot_unrefp) struct snapshot *same = build(first);
	COST(same, 2, 0, 0, 200, 10);
	assert_same(first, same);
	ck_assert_ptr_eq(same->domains[3], first->domains[3]);

	put_skill("domain-4", "skill-07", "other words");
	CLEANUP(snapshot_unrefp) struct snapshot *one = build(same);
	/* root, skills, the domain, the skill's two folders; the skill's two files. */
	COST(one, 5, 2, 1, 199, 9);
	CLEANUP(snapshot_unrefp) struct snapshot *fresh = build(NULL);
	assert_same(one, fresh);
	ck_assert_ptr_eq(one->domains[4]->skills[6].skill, first->domains[4]->skills[6].skill);
	ck_assert_ptr_ne(one->domains[4]->skills[7].skill, first->domains[4]->skills[7].skill);

	put("skills/domain-4/DOMAIN.md", "# Other\n");
	CLEANUP(snapshot_unrefp) struct snapshot *knowledge = build(one);
	COST(knowledge, 3, 1, 0, 200, 9);
	ck_assert(!digest_equal(&knowledge->domains[4]->candidate, &one->domains[4]->candidate));

	drop("skills/domain-4/skill-07/SKILL.md");
	drop("skills/domain-4/skill-07/code/handler.py");
	CLEANUP(snapshot_unrefp) struct snapshot *less = build(knowledge);
	COST(less, 3, 0, 0, 199, 9);
	ck_assert_uint_eq(less->skill_count, 199);
	CLEANUP(snapshot_unrefp) struct snapshot *less_fresh = build(NULL);
	assert_same(less, less_fresh);
	end();
}
END_TEST

START_TEST(a_new_platform_policy_is_judged_without_reading_skills)
{
	begin();
	put_many();
	CLEANUP(snapshot_unrefp) struct snapshot *first = build(NULL);
	put("aspora.config.yaml", "limits: {timeout: 10s}\n");
	CLEANUP(snapshot_unrefp) struct snapshot *now = build(first);
	COST(now, 2, 1, 0, 200, 0);
	/* Each domain's 20 seconds are over the limit now, and each is told where. */
	ck_assert_uint_eq(findings_count(&now->domains[9]->findings, SEVERITY_DENY), 1);
	assert_str(now->domains[9]->findings.items[0].path, "skills/domain-9/aspora.config.yaml");
	ck_assert_uint_eq(now->domains[9]->findings.items[0].line, 1);
	ck_assert_int_eq(now->domains[9]->skills[3].effective.limits.timeout_ms, 10000);
	CLEANUP(snapshot_unrefp) struct snapshot *fresh = build(NULL);
	assert_same(now, fresh);
	/* And back. */
	put("aspora.config.yaml", "budget: {per_run_usd: 5}\n");
	CLEANUP(snapshot_unrefp) struct snapshot *back = build(now);
	COST(back, 2, 1, 0, 200, 0);
	assert_same(back, first);
	end();
}
END_TEST

START_TEST(a_new_firm_memory_changes_contexts_without_reading_skills)
{
	begin();
	put_many();
	CLEANUP(snapshot_unrefp) struct snapshot *first = build(NULL);
	put("FIRM.md", "# Other\n");
	CLEANUP(snapshot_unrefp) struct snapshot *now = build(first);
	COST(now, 2, 1, 0, 200, 0);
	const struct domain_skill *a = &first->domains[0]->skills[0],
				  *b = &now->domains[0]->skills[0];
	ck_assert(!digest_equal(&a->context, &b->context));
	ck_assert(digest_equal(&a->runtime, &b->runtime));
	end();
}
END_TEST

START_TEST(a_moved_line_of_the_platform_moves_the_places_told)
{
	begin();
	put("aspora.config.yaml", "budget: {per_run_usd: 5}\n");
	put_skill("ecm", "order", "one");
	put("skills/ecm/order/aspora.config.yaml", "budget: {per_run_usd: 6}\n");
	CLEANUP(snapshot_unrefp) struct snapshot *first = build(NULL);
	put("aspora.config.yaml", "# a comment\n\nbudget: {per_run_usd: 5}\n");
	CLEANUP(snapshot_unrefp) struct snapshot *now = build(first);
	ck_assert_uint_eq(first->domains[0]->skills[0].findings.items[0].related_line, 1);
	ck_assert_uint_eq(now->domains[0]->skills[0].findings.items[0].related_line, 3);
	ck_assert(digest_equal(&first->domains[0]->candidate, &now->domains[0]->candidate));
	end();
}
END_TEST

START_TEST(a_snapshot_outlives_the_ones_it_was_built_from)
{
	begin();
	put_many();
	put("aspora.config.yaml", "runtime: {env: {A: one}}\nmodels:\n  small: {provider: p, id: "
				  "i, input_usd_per_mtok: 1, output_usd_per_mtok: 2}\n");
	struct snapshot *first = build(NULL);
	put_skill("domain-4", "skill-07", "other words");
	struct snapshot *second = build(first);
	snapshot_unref(first);
	put_skill("domain-5", "skill-07", "other words");
	struct snapshot *third = build(second);
	ck_assert_ptr_eq(snapshot_ref(third), third);
	snapshot_unref(second);
	/* Values of the platform are still there, though the snapshot that read them is not. */
	for (size_t d = 0; d < third->domain_count; d++) {
		const struct config *c = &third->domains[d]->skills[2].effective;
		assert_str(((struct config_env *)c->runtime.env.items)->value, "one");
		assert_str(((struct config_model *)c->models.items)->id, "i");
	}
	snapshot_unref(third);
	snapshot_unref(third);
	snapshot_unref(NULL);
	end();
}
END_TEST

START_TEST(lists_that_were_joined_outlive_the_domain_that_joined_them)
{
	begin();
	put_many();
	put("aspora.config.yaml", "runtime: {env: {A: one}}\n");
	put("skills/domain-4/aspora.config.yaml", "runtime: {env: {B: two}}\n");
	struct snapshot *first = build(NULL);
	put_skill("domain-4", "skill-07", "other words");
	CLEANUP(snapshot_unrefp) struct snapshot *second = build(first);
	ck_assert_ptr_eq(second->domains[4]->config, first->domains[4]->config);
	snapshot_unref(first);
	for (size_t i = 0; i < 20; i++) {
		const struct field_list *env = &second->domains[4]->skills[i].effective.runtime.env;
		ck_assert_uint_eq(env->count, 2);
		assert_str(((struct config_env *)env->items)[0].value, "one");
		assert_str(((struct config_env *)env->items)[1].value, "two");
	}
	CLEANUP(snapshot_unrefp) struct snapshot *fresh = build(NULL);
	assert_same(second, fresh);
	end();
}
END_TEST

START_TEST(what_a_skill_was_resolved_from_decides_whether_it_is_resolved_again)
{
	static const struct {
		const char *path, *text;
	} changes[] = {
		{"skills/domain-4/aspora.config.yaml", "limits: {timeout: 10s}\n"},
		{"skills/domain-4/aspora.config.yaml", "limits: {timeout: 9s}\n"},
		{"skills/domain-4/DOMAIN.md", "# Other\n"},
		{"skills/domain-4/runbooks/two.md", "# Two\n"},
		{"skills/domain-4/runbooks/one.md", NULL},
		{"skills/domain-4/aspora.config.yaml", NULL},
		{"aspora.config.yaml", "budget: {per_run_usd: 4}\n"},
		{"FIRM.md", NULL},
		{"aspora.config.yaml", NULL},
		{"skills/domain-4/skill-03/aspora.config.yaml", "limits: {timeout: 8s}\n"},
		{"FIRM.md", "# Firm again\n"},
	};
	begin();
	put_many();
	struct snapshot *at = build(NULL);
	for (size_t i = 0; i < ARRAY_SIZE(changes); i++) {
		if (changes[i].text)
			put(changes[i].path, changes[i].text);
		else
			drop(changes[i].path);
		struct snapshot *next = build(at);
		CLEANUP(snapshot_unrefp) struct snapshot *fresh = build(NULL);
		assert_same(next, fresh);
		snapshot_unref(at);
		at = next;
	}
	snapshot_unref(at);
	end();
}
END_TEST

START_TEST(slips_of_configurations_are_told_each_time)
{
	begin();
	put_skill("ecm", "order", "one");
	put("aspora.config.yaml", "budget: {per_run_usd: 5}\nnonsense: 1\n");
	put("skills/ecm/aspora.config.yaml", "budget: {per_run_usd: 6}\nnonsense: 2\n");
	CLEANUP(snapshot_unrefp) struct snapshot *first = build(NULL);
	put_skill("ecm", "order", "two");
	CLEANUP(snapshot_unrefp) struct snapshot *second = build(first);
	ck_assert_uint_eq(first->findings.count, 1);
	ck_assert_uint_eq(second->findings.count, 1);
	ck_assert_uint_eq(first->domains[0]->findings.count, 2);
	ck_assert_uint_eq(second->domains[0]->findings.count, 2);
	CLEANUP(snapshot_unrefp) struct snapshot *fresh = build(NULL);
	assert_same(second, fresh);
	end();
}
END_TEST

START_TEST(a_stricter_profile_of_the_platform_is_asked_for_without_reading)
{
	begin();
	put_skill("ecm", "order", "one");
	put("skills/ecm/order/SKILL.md", "---\nname: order\ndescription: x\nrole: field\n---\n");
	CLEANUP(snapshot_unrefp) struct snapshot *first = build(NULL);
	ck_assert_str_eq(said(first), "");
	put("aspora.config.yaml", "format: {profile: strict}\n");
	CLEANUP(snapshot_unrefp) struct snapshot *now = build(first);
	ck_assert_uint_eq(now->cost.skills_parsed, 0);
	ck_assert_str_eq(now->domains[0]->skills[0].findings.items[0].rule, "SK-FRONT-SHORT");
	ck_assert(domain_refused(now->domains[0]));
	end();
}
END_TEST

static const struct support_case cases[] = {
	CASE(only_what_changed_is_read),
	CASE(a_new_platform_policy_is_judged_without_reading_skills),
	CASE(a_new_firm_memory_changes_contexts_without_reading_skills),
	CASE(a_moved_line_of_the_platform_moves_the_places_told),
	CASE(a_snapshot_outlives_the_ones_it_was_built_from),
	CASE(a_stricter_profile_of_the_platform_is_asked_for_without_reading),
	CASE(lists_that_were_joined_outlive_the_domain_that_joined_them),
	CASE(what_a_skill_was_resolved_from_decides_whether_it_is_resolved_again),
	CASE(slips_of_configurations_are_told_each_time),
	{0}};

int main(void)
{
	return support_main("skill/snapshot_increment", cases);
}
