/*
 * Generated repositories: a hundred skills over ten domains, with faults put in by a seeded generator. What holds for all of them is asserted, not
 * what each says.
 */
#include "tests/unit/admission/repo.h"

enum { DOMAINS = 10, SKILLS = 10, FAULTS = 11 };

static void put(struct world *w, int domain, int skill, const char *file, const char *text)
{
	char path[256];
	snprintf(path, sizeof(path), "skills/team%d/skill%d/%s", domain, skill, file);
	world_put(w, path, text);
}

static void put_md(struct world *w, int domain, int skill, const char *command, const char *body)
{
	char text[1024];
	snprintf(text, sizeof(text),
		 "---\nname: skill%d\ndescription: Does one thing of team %d. Use it for that "
		 "thing.\n"
		 "trigger:\n  command: %s\n---\n# Skill\n%s\n",
		 skill, domain, command, body);
	put(w, domain, skill, "SKILL.md", text);
}

static void put_skill(struct world *w, int domain, int skill)
{
	char command[128];
	snprintf(command, sizeof(command), "team%d do%d {what}", domain, skill);
	put_md(w, domain, skill, command, "Do it as [the domain](../DOMAIN.md) says.");
	put(w, domain, skill, "aspora.config.yaml", "budget:\n  per_day_usd: 2\n");
	put(w, domain, skill, "tests/cases.md",
	    "## It works\n### Input\na\n### Expect\n- contains \"b\"\n");
}

static void put_repository(struct world *w)
{
	world_init(w);
	world_put(w, "aspora.config.yaml",
		  "models:\n  small: {provider: p, id: m, input_usd_per_mtok: 1, "
		  "output_usd_per_mtok: 5}\n"
		  "  large: {provider: p, id: n, input_usd_per_mtok: 3, output_usd_per_mtok: 9, "
		  "roles: [field]}\n"
		  "model: {tier: small}\nbudget:\n  per_run_usd: 0.5\n  per_day_usd: 20\n");
	for (int d = 0; d < DOMAINS; d++) {
		char path[64];
		snprintf(path, sizeof(path), "skills/team%d/DOMAIN.md", d);
		world_put(w, path, "A team.\n");
		for (int s = 0; s < SKILLS; s++)
			put_skill(w, d, s);
	}
}

/* Puts one fault into one skill; fault numbers wrap. Gives the rule that must see it. */
static const char *break_skill(struct world *w, int d, int s, int fault)
{
	char command[128];
	snprintf(command, sizeof(command), "team%d do%d {what}", d, s);
	switch (fault % FAULTS) {
	case 0:
		put(w, d, s, "tests/cases.md", "# Nothing\n");
		return "AD-TESTS-001";
	case 1:
		put(w, d, s, "aspora.config.yaml", "budget:\n  per_day_usd: 2.000001\n");
		return "AD-BUDGET-002";
	case 2:
		put(w, d, s, "aspora.config.yaml", "budget:\n  per_run_usd: 0.6\n");
		return "SK-CASCADE";
	case 3:
		put(w, d, s, "aspora.config.yaml", "mcp:\n  tools: [nowhere.query]\n");
		return "AD-TOOLS-001";
	case 4:
		put(w, d, s, "aspora.config.yaml", "model:\n  tier: large\n");
		return "AD-MODEL-001";
	case 5:
		put_md(w, d, s, command, "See [this](data/missing.json).");
		return "AD-REF-001";
	case 6:
		put_md(w, d, s, command, "![this](https://example.com/a.png)");
		return "AD-REF-002";
	case 7:
		put_md(w, d, s, command, "Read runbooks/secret.md.");
		return "AD-ROLE-001";
	case 8: /* its neighbour of the next domain was there first */
		snprintf(command, sizeof(command), "team%d do%d {what} now", (d + 1) % DOMAINS, s);
		put_md(w, d, s, command, "Do it.");
		return "AD-ROUTE-001";
	case 9:
		put(w, d, s, "aspora.config.yaml",
		    "routing:\n  forwards:\n    - then: {forward_to: team0/none}\n");
		return "AD-ROUTE-003";
	default:
		put(w, d, s, "SKILL.md", "no frontmatter\n");
		return "SK-FRONT-MISSING";
	}
}

START_TEST(one_bad_skill_of_a_hundred_denies_its_domain_and_no_other)
{
	struct world w;
	int d = (_i * 7 + 3) % DOMAINS, s = (_i * 3 + 1) % SKILLS;
	put_repository(&w);
	world_deploy(&w);
	for (int i = 0; i < DOMAINS; i++)
		put(&w, i, (i + 5) % SKILLS, "fixtures/new.json", "{}\n");
	const char *rule = break_skill(&w, d, s, _i);
	const struct admission *a = world_admit(&w);
	ck_assert_uint_eq(a->domain_count, DOMAINS);
	for (size_t i = 0; i < a->domain_count; i++) {
		const struct admission_domain *ad = &a->domains[i];
		char name[32];
		snprintf(name, sizeof(name), "team%d", d);
		bool bad = str_eqz(ad->name, name);
		ck_assert_msg(ad->verdict.allow == !bad, "%.*s with %s", STR_ARG(ad->name), rule);
		ck_assert(bad ? !ad->release : ad->release == ad->change->to);
		ck_assert_msg(!bad || verdict_finding(&ad->verdict, rule), "no %s", rule);
	}
	ck_assert_uint_eq(a->denied, 1);
	world_release(&w);
}
END_TEST

START_TEST(a_first_push_of_a_hundred_denies_the_one_bad_domain)
{
	struct world w;
	put_repository(&w);
	break_skill(&w, 4, 2,
		    _i == 8 ? 0 : _i); /* of two newcomers that collide both are at fault */
	const struct admission *a = world_admit(&w);
	ck_assert_uint_eq(a->denied, 1);
	ck_assert(!world_verdict(&w, "team4")->allow);
	world_release(&w);
}
END_TEST

/* Copies the files of a domain from one list to another. */
static void adopt(struct world *to, const struct world *from, struct str domain)
{
	char prefix[128];
	int len = snprintf(prefix, sizeof(prefix), "skills/%.*s", STR_ARG(domain));
	world_remove(to, str_make(prefix, (size_t)len));
	for (size_t i = 0; i < from->file_count; i++)
		if (str_starts(from->files[i].path, str_of(prefix)) &&
		    from->files[i].path.p[len] == '/')
			world_put_str(to, from->files[i].path, from->files[i].bytes);
}

static void random_edit(struct world *w, unsigned *seed)
{
	int d = rand_r(seed) % DOMAINS, s = rand_r(seed) % SKILLS;
	char path[128];
	switch (rand_r(seed) % 4) {
	case 0:
		break_skill(w, d, s, rand_r(seed));
		return;
	case 1:
		snprintf(path, sizeof(path), "skills/team%d/skill%d", d, s);
		world_remove(w, str_of(path));
		return;
	case 2: /* forwards to somebody who may be gone or broken */
		snprintf(path, sizeof(path),
			 "routing:\n  forwards:\n    - then: {forward_to: team%d/skill%d}\n",
			 rand_r(seed) % DOMAINS, rand_r(seed) % SKILLS);
		put(w, d, s, "aspora.config.yaml", path);
		return;
	default: /* takes a pattern that belongs, or belonged, to somebody else */
		snprintf(path, sizeof(path), "team%d do%d {what}", rand_r(seed) % DOMAINS,
			 rand_r(seed) % SKILLS);
		put_md(w, d, s, path, "Do it.");
	}
}

/*
 * Whatever is pushed, what is released of it holds together: judged anew, by itself, nothing in it is denied. But a forward may have to wait
 * for its target, which is somebody else's to put right.
 */
START_TEST(what_is_released_would_be_admitted_again)
{
	unsigned seed = (unsigned)_i * 104729 + 17;
	struct world w, live;
	put_repository(&w);
	put_repository(&live);
	world_deploy(&w);
	for (int n = 1 + rand_r(&seed) % 12; n > 0; n--)
		random_edit(&w, &seed);
	const struct admission *a = world_admit(&w);
	for (size_t i = 0; i < a->domain_count; i++)
		if (a->domains[i].verdict.allow)
			adopt(&live, &w, a->domains[i].name);
	a = world_admit(&live);
	for (size_t i = 0; i < a->domain_count; i++)
		for (size_t k = 0; k < a->domains[i].verdict.findings.count; k++) {
			const struct finding *f = &a->domains[i].verdict.findings.items[k];
			bool waits = strcmp(f->rule, "AD-ROUTE-003") == 0;
			ck_assert_msg(waits || f->severity < SEVERITY_DENY,
				      "seed %d: %.*s: %s: %.*s", _i, STR_ARG(f->domain), f->rule,
				      STR_ARG(f->message));
		}
	world_release(&live);
	world_release(&w);
}
END_TEST

/* --- texts that are not at hand -------------------------------------------------------------------------------------- */

static void report_into(const struct admission *a, struct buf *out)
{
	report_format_find(STR("json"))->write(out, a, NULL);
}

static int note(void *state, struct tree_source *t, const struct skill *s, struct err *err)
{
	(void)t;
	(void)err;
	admit_memory_note(state, s);
	return 0;
}

static void shrink_all(struct snapshot *s)
{
	for (size_t i = 0; i < s->domain_count; i++)
		for (size_t k = 0; k < s->domains[i]->skill_count; k++)
			skill_shrink(s->domains[i]->skills[k].skill);
}

/* What text rules see of a skill is the same whether its text is at hand or remembered. */
START_TEST(a_remembered_text_gives_the_same_findings)
{
	struct world w;
	CLEANUP(buf_release) struct buf first = BUF_INIT(BUF_MAX);
	CLEANUP(buf_release) struct buf second = BUF_INIT(BUF_MAX);
	CLEANUP(admit_memory_freep) struct admit_memory *m = admit_memory_new();
	put_repository(&w);
	for (int fault = 5; fault <= 8; fault++)
		break_skill(&w, fault, fault, fault);
	report_into(world_admit(&w), &first);
	struct admit_opts o = {.snapshot = w.after,
			       .plan = w.plan,
			       .platform_changed = true,
			       .facts = &w.facts,
			       .memory = m};
	struct admission *again = NULL;
	for (size_t i = 0; i < w.after->domain_count; i++)
		for (size_t k = 0; k < w.after->domains[i]->skill_count; k++)
			assert_ok(
				note(m, NULL, w.after->domains[i]->skills[k].skill, &support_err));
	ck_assert_uint_eq(admit_memory_count(m), DOMAINS * SKILLS);
	shrink_all(w.after);
	assert_ok(admit_plan(&o, &again, &support_err));
	report_into(again, &second);
	for (size_t i = 0; i < MIN(first.len, second.len); i++)
		ck_assert_msg(first.data[i] == second.data[i], "\"%.200s\" is now \"%.200s\"",
			      first.data + (i > 100 ? i - 100 : 0),
			      second.data + (i > 100 ? i - 100 : 0));
	ck_assert_uint_eq(first.len, second.len);
	admission_free(again);
	world_release(&w);
}
END_TEST

static size_t grown;

static int grow(void *state, struct skill *s, struct err *err)
{
	grown++;
	return skill_grow(s, state, err);
}

START_TEST(a_text_that_is_not_remembered_is_fetched_once_and_let_go)
{
	struct world w;
	struct tree_source *t = NULL;
	CLEANUP(admit_memory_freep) struct admit_memory *m = admit_memory_new();
	put_repository(&w);
	world_admit(&w);
	assert_ok(tree_memory_open(w.files, w.file_count, "0123", &t, &support_err));
	struct admit_opts o = {.snapshot = w.after,
			       .plan = w.plan,
			       .facts = &w.facts,
			       .memory = m,
			       .grow = grow,
			       .grow_state = t};
	shrink_all(w.after);
	for (int i = 0; i < 2; i++) {
		struct admission *a = NULL;
		assert_ok(admit_plan(&o, &a, &support_err));
		ck_assert(a->allow);
		admission_free(a);
	}
	ck_assert_uint_eq(grown, DOMAINS * SKILLS);
	ck_assert_ptr_null(w.after->domains[0]->skills[0].skill->md_text.p);
	tree_source_free(t);
	world_release(&w);
}
END_TEST

START_TEST(a_text_that_nobody_can_fetch_denies_its_skill)
{
	struct world w;
	struct admission *a = NULL;
	put_repository(&w);
	world_admit(&w);
	struct admit_opts o = {.snapshot = w.after, .plan = w.plan, .facts = &w.facts};
	skill_shrink(w.after->domains[0]->skills[0].skill);
	assert_ok(admit_plan(&o, &a, &support_err));
	ck_assert_uint_eq(a->denied, 1);
	const struct finding *f = verdict_finding(&a->domains[0].verdict, "AD-INTERNAL-001");
	ck_assert(f && str_eqz(f->message, "the text of the skill is not at hand"));
	admission_free(a);
	world_release(&w);
}
END_TEST

START_TEST(memory_forgets_what_the_snapshot_does_not_have)
{
	struct world w;
	CLEANUP(admit_memory_freep) struct admit_memory *m = admit_memory_new();
	put_repository(&w);
	world_admit(&w);
	struct skill *s = w.after->domains[3]->skills[4].skill;
	struct skill *old = skill_ref(s);
	for (size_t k = 0; k < SKILLS; k++)
		admit_memory_note(m, w.after->domains[3]->skills[k].skill);
	put_md(&w, 3, 4, "team3 new {what}", "Do it.");
	world_admit(&w);
	ck_assert_ptr_nonnull(admit_memory_find(m, old));
	admit_memory_sweep(m, w.after);
	ck_assert_ptr_null(admit_memory_find(m, old));
	skill_unref(old);
	ck_assert_uint_eq(admit_memory_count(m), SKILLS - 1);
	ck_assert_ptr_nonnull(admit_memory_find(m, w.after->domains[3]->skills[5].skill));
	world_release(&w);
}
END_TEST

/* Patterns that begin with a placeholder each meet all others: 3,162 of them are compared, one more are not. */
START_TEST(triggers_that_are_too_alike_deny_and_cost_little)
{
	struct world w;
	int count = _i ? 3163 : 3162;
	world_init(&w);
	for (int s = 0; s < count; s++) {
		char command[64];
		snprintf(command, sizeof(command), "'{what} now%d'", s);
		put_md(&w, 0, s, command, "Do it.");
		put(&w, 0, s, "tests/cases.md",
		    "## It works\n### Input\na\n### Expect\n- contains \"b\"\n");
	}
	world_admit(&w);
	const struct verdict *v = world_verdict(&w, "team0");
	const struct finding *f = verdict_finding(v, "AD-INTERNAL-001");
	ck_assert(v->allow == !_i && (f != NULL) == (_i != 0));
	world_release(&w);
}
END_TEST

static const struct support_case cases[] = {
	CASE_LOOP(one_bad_skill_of_a_hundred_denies_its_domain_and_no_other, FAULTS),
	CASE_LOOP(a_first_push_of_a_hundred_denies_the_one_bad_domain, FAULTS),
	CASE_LOOP(what_is_released_would_be_admitted_again, 40),
	CASE(a_remembered_text_gives_the_same_findings),
	CASE(a_text_that_is_not_remembered_is_fetched_once_and_let_go),
	CASE(a_text_that_nobody_can_fetch_denies_its_skill),
	CASE(memory_forgets_what_the_snapshot_does_not_have),
	CASE_LOOP(triggers_that_are_too_alike_deny_and_cost_little, 2),
	{0}};

int main(void)
{
	return support_main("admission/generated", cases);
}
