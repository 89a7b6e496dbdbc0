#include "skill/plan.h"

#include "skill/digest.h"
#include "tests/unit/skill/counting.h"

/* --- two states of a repository ---------------------------------------------------------------------------------- */

#define FILES_MAX 64

struct repo {
	struct tree_file files[FILES_MAX];
	size_t count;
};

static struct arena *arena;
static struct repo old_repo, new_repo;
static struct snapshot *old_snap, *new_snap;
static struct deployed deployed;
static size_t loads;
static bool know_effective;

static void put(struct repo *r, const char *path, const char *text)
{
	size_t at = 0;
	while (at < r->count && !str_eqz(r->files[at].path, path))
		at++;
	if (at == r->count)
		r->files[r->count++].path = str_of(path);
	r->files[at].mode = TREE_MODE_FILE;
	r->files[at].bytes = str_of(text);
}

static void drop(struct repo *r, const char *prefix)
{
	size_t kept = 0;
	for (size_t i = 0; i < r->count; i++) {
		if (!str_starts(r->files[i].path, str_of(prefix)))
			r->files[kept++] = r->files[i];
	}
	r->count = kept;
}

#define DETAILS "skills/ecm/details/"
#define MD(trigger, body)                                                                          \
	"---\nname: details\ndescription: Looks up one order. Use when somebody asks.\n"           \
	"role: specialist\ntrigger:\n  command: " trigger "\n---\n# Order details\n" body
#define BODY "Look up the order.\nSay its state.\n"

static void begin(void)
{
	arena = arena_new(64 << 20);
	loads = 0;
	know_effective = true;
	old_repo.count = 0;
	put(&old_repo, "aspora.config.yaml", "budget:\n  per_run_usd: 50\n  per_day_usd: 500\n");
	put(&old_repo, "skills/ecm/DOMAIN.md", "# ECM\n");
	put(&old_repo, DETAILS "SKILL.md", MD("order status {id}", BODY));
	put(&old_repo, DETAILS "aspora.config.yaml",
	    "budget:\n  per_run_usd: 5\nlimits:\n  timeout: 30s\nmcp:\n  tools: [erp.find]\n");
	put(&old_repo, DETAILS "code/handler.py", "print(1)\n");
	put(&old_repo, DETAILS "tests/cases.md",
	    "## a\n### Input\nx\n### Expect\n- contains \"x\"\n");
	put(&old_repo, "skills/ecm/manager/SKILL.md",
	    "---\nname: manager\ndescription: Decides who answers. Use for any question.\n"
	    "role: manager\n---\n# Manager\n");
	put(&old_repo, "skills/hr/screen/SKILL.md",
	    "---\nname: screen\ndescription: Scores a resume by rules. Use before a person reads "
	    "it.\n---\n# Screen\n");
	new_repo = old_repo;
}

static void end(void)
{
	snapshot_unref(new_snap);
	snapshot_unref(old_snap);
	old_snap = new_snap = NULL;
	arena_free(arena);
}

static struct snapshot *build(struct repo *r)
{
	static const struct source_ref source = {"main", "0123"};
	static const struct snapshot_opts opts = {.platform_from_tree = true};
	struct snapshot *s = NULL;
	struct counting c;
	counting_open(&c, r->files, r->count);
	assert_ok(snapshot_build(&c.source, &source, NULL, &opts, &s, &support_err));
	counting_close(&c);
	return s;
}

/* What the store would say is deployed after the old snapshot was released. */
static void deploy(const struct snapshot *s)
{
	deployed = (struct deployed){.arena = arena};
	deployed.domains = arena_array(arena, s->domain_count + 1, sizeof(*deployed.domains));
	deployed.skills = arena_array(arena, s->skill_count + 1, sizeof(*deployed.skills));
	for (size_t i = 0; i < s->domain_count; i++) {
		const struct domain *d = s->domains[i];
		deployed.domains[deployed.domain_count++] = (struct deployed_domain){
			.name = d->name,
			.source = s->source,
			.tree = d->tree,
			.candidate = d->candidate,
			.policy = policy_digest(s->platform, d->config, 1)};
		for (size_t k = 0; k < d->skill_count; k++) {
			const struct domain_skill *ds = &d->skills[k];
			deployed.skills[deployed.skill_count++] =
				(struct deployed_skill){.domain = d->name,
							.name = ds->skill->name,
							.tree = ds->skill->tree,
							.content = ds->skill->content,
							.runtime = ds->runtime,
							.context = ds->context};
		}
	}
}

static int load(void *state UNUSED, const struct deployed_skill *d, struct skill **ret,
		struct err *err UNUSED)
{
	loads++;
	*ret = skill_ref(domain_skill_find(snapshot_domain(old_snap, d->domain), d->name)->skill);
	return 0;
}

static int effective(void *state UNUSED, const struct deployed_skill *d, struct arena *a UNUSED,
		     const struct config **ret, struct err *err UNUSED)
{
	if (know_effective)
		*ret = &domain_skill_find(snapshot_domain(old_snap, d->domain), d->name)->effective;
	return 0;
}

static struct plan_scope git = {.infer_deletes = true, .source = "main", .rules_version = 1};
static const struct plan_old knows = {load, NULL, effective};

static struct plan *make(const struct plan_scope *scope, const struct plan_old *old)
{
	struct plan *p = NULL;
	old_snap = build(&old_repo);
	new_snap = build(&new_repo);
	deploy(old_snap);
	assert_ok(plan_make(new_snap, &deployed, scope, old, &p, &support_err));
	return p;
}

/* The plan as text, with the words. */
static const char *planned(void)
{
	static char text[8192];
	CLEANUP(buf_release) struct buf out = BUF_INIT(8000);
	CLEANUP(plan_freep) struct plan *p = make(&git, &knows);
	plan_text(&out, p);
	snprintf(text, sizeof(text), "%s", buf_cstr(&out));
	return text;
}

#define ONE "~ ecm/details  update\n"
#define SUMMARY "0 to create, 1 to update, 0 to delete, 2 unchanged\n"

/* --- what changes ------------------------------------------------------------------------------------------------ */

START_TEST(nothing_changed_is_no_changes_and_reads_nothing)
{
	begin();
	ck_assert_str_eq(planned(), "no changes\n");
	ck_assert_uint_eq(loads, 0);
	end();
}
END_TEST

START_TEST(everything_is_new_on_an_empty_store)
{
	begin();
	CLEANUP(plan_freep) struct plan *p = make(&git, &knows);
	plan_free(TAKE_PTR(p));
	struct deployed nothing = {.arena = arena};
	assert_ok(plan_make(new_snap, &nothing, &git, &knows, &p, &support_err));
	ck_assert_uint_eq(p->created, 3);
	ck_assert_uint_eq(p->updated + p->deleted + p->unchanged, 0);
	ck_assert_int_eq(p->domains[0].op, CHANGE_CREATE);
	ck_assert_uint_eq(loads, 0);
	CLEANUP(buf_release) struct buf out = BUF_INIT(8000);
	plan_text(&out, p);
	ck_assert_str_eq(buf_cstr(&out), "+ ecm/details  create\n"
					 "      role specialist\n"
					 "    ! new trigger command: order status {id}\n"
					 "    ! new tool erp.find\n"
					 "      handler code/handler.py\n"
					 "+ ecm/manager  create\n"
					 "      role manager\n"
					 "      no handler\n"
					 "+ hr/screen  create\n"
					 "      role specialist\n"
					 "      no handler\n"
					 "3 to create, 0 to update, 0 to delete, 0 unchanged\n");
	end();
}
END_TEST

START_TEST(one_change_loads_one_old_skill)
{
	begin();
	put(&new_repo, DETAILS "SKILL.md",
	    MD("order status {id}", "Look up the order.\nNew.\nTwo.\n"));
	ck_assert_str_eq(planned(), ONE "      text changed: +2 −1 lines\n" SUMMARY);
	ck_assert_uint_eq(loads, 1);
	end();
}
END_TEST

START_TEST(configuration_is_told_with_its_units_and_growth)
{
	begin();
	put(&new_repo, DETAILS "aspora.config.yaml",
	    "budget:\n  per_run_usd: 20\nlimits:\n  timeout: 2m\n  memory: 128Mi\nmcp:\n  tools: "
	    "[erp.pay, redshift.query]\nrouting:\n  forwards:\n    - {when: {domain: ecm}, then: "
	    "{forward_to: frm/x}}\n");
	ck_assert_str_eq(planned(), ONE "    ! budget per run 5 → 20 USD\n"
					"    ! timeout 30s → 2m\n"
					"      memory 256Mi → 128Mi\n"
					"    ! new tool erp.pay\n"
					"    ! new tool redshift.query\n"
					"      no longer uses tool erp.find\n"
					"    ! new forward to frm/x from ecm\n" SUMMARY);
	end();
}
END_TEST

START_TEST(triggers_are_new_gone_or_wider)
{
	begin();
	put(&new_repo, DETAILS "SKILL.md", MD("order {what}", BODY));
	ck_assert_str_eq(planned(), ONE
			 "    ! trigger now also matches command: order {what} (was "
			 "order status {id})\n"
			 "      no longer has the trigger command: order status {id}\n" SUMMARY);
	end();
	begin();
	put(&new_repo, DETAILS "SKILL.md", MD("order status {id} please", BODY));
	ck_assert_str_eq(planned(), ONE
			 "    ! new trigger command: order status {id} please\n"
			 "      no longer has the trigger command: order status {id}\n" SUMMARY);
	end();
}
END_TEST

START_TEST(files_are_told_by_what_they_are)
{
	begin();
	put(&new_repo, DETAILS "code/handler.py", "print(1234)\n");
	put(&new_repo, DETAILS "data/orders.json", "{}");
	put(&new_repo, DETAILS "GUARDRAILS.md", "# No\n");
	put(&new_repo, DETAILS "tests/cases.md",
	    "## a\n### Input\nx\n### Expect\n- contains \"x\"\n## b\n### Input\nx\n### Expect\n- "
	    "is 1\n");
	ck_assert_str_eq(planned(), ONE "      handler changed (code/handler.py, 9 → 12 bytes)\n"
					"      new files: GUARDRAILS.md, data/orders.json\n"
					"      changed test: tests/cases.md\n"
					"      cases 1 → 2\n" SUMMARY);
	end();
}
END_TEST

START_TEST(a_handler_that_comes_or_goes_is_told)
{
	begin();
	drop(&new_repo, DETAILS "code/");
	put(&new_repo, DETAILS "code/handler.sh", "echo 1\n");
	ck_assert_str_eq(planned(), ONE "      handler code/handler.py → code/handler.sh\n"
					"      new file: code/handler.sh\n"
					"      removed file: code/handler.py\n" SUMMARY);
	end();
}
END_TEST

START_TEST(many_files_are_counted)
{
	static char paths[9][64];
	begin();
	for (int i = 0; i < 9; i++) {
		snprintf(paths[i], sizeof(paths[i]), DETAILS "data/%d.json", i);
		put(&new_repo, paths[i], "{}");
	}
	ck_assert_str_eq(planned(), ONE
			 "      new files: data/0.json, data/1.json, data/2.json, data/3.json and "
			 "5 more\n" SUMMARY);
	end();
}
END_TEST

START_TEST(what_rolls_out_is_marked)
{
	begin();
	put(&new_repo, DETAILS "code/handler.py", "print(2)\n");
	put(&new_repo, DETAILS "SKILL.md", MD("order status {id}", "Other words.\n"));
	CLEANUP(plan_freep) struct plan *p = make(&git, &knows);
	const struct skill_change *c = &p->domains[0].skills[0];
	ck_assert(c->runtime_changed);
	ck_assert_uint_eq(c->detail_count, 2);
	ck_assert(c->details[0].rollout && !c->details[0].growth);
	ck_assert(!c->details[1].rollout);
	ck_assert(!digest_equal(&c->from_content, &c->to_content));
	plan_free(TAKE_PTR(p));
	end();
	begin();
	put(&new_repo, DETAILS "SKILL.md", MD("order status {id}", "Other words.\n"));
	p = make(&git, &knows);
	ck_assert(!p->domains[0].skills[0].runtime_changed);
	end();
}
END_TEST

START_TEST(what_comes_from_above_is_told_where_the_old_configuration_is_known)
{
	begin();
	put(&new_repo, "skills/ecm/aspora.config.yaml", "budget:\n  per_run_usd: 2\n");
	put(&new_repo, DETAILS "aspora.config.yaml", "budget:\n  per_run_usd: 1\n");
	put(&old_repo, DETAILS "aspora.config.yaml", "budget:\n  per_run_usd: 1\n");
	ck_assert_str_eq(planned(), "~ ecm/manager  update\n"
				    "      budget per run 50 → 2 USD\n"
				    "0 to create, 1 to update, 0 to delete, 2 unchanged\n");
	ck_assert_uint_eq(loads, 0);
	end();
}
END_TEST

START_TEST(knowledge_that_changed_above_is_inherited)
{
	begin();
	know_effective = false;
	put(&new_repo, "skills/ecm/DOMAIN.md", "# ECM, anew\n");
	ck_assert_str_eq(
		planned(),
		"~ ecm/details  update\n"
		"      what it inherits changed: firm or domain knowledge, or configuration\n"
		"~ ecm/manager  update\n"
		"      what it inherits changed: firm or domain knowledge, or configuration\n"
		"0 to create, 2 to update, 0 to delete, 1 unchanged\n");
	CLEANUP(plan_freep) struct plan *p = NULL;
	assert_ok(plan_make(new_snap, &deployed, &git, NULL, &p, &support_err));
	ck_assert(p->domains[0].skills[0].context_changed);
	ck_assert(!p->domains[0].skills[0].runtime_changed);
	ck_assert_uint_eq(loads, 0);
	end();
}
END_TEST

START_TEST(without_an_old_side_there_are_no_words_but_the_same_plan)
{
	begin();
	put(&new_repo, DETAILS "code/handler.py", "print(2)\n");
	CLEANUP(plan_freep) struct plan *p = make(&git, NULL);
	ck_assert_uint_eq(p->updated, 1);
	ck_assert_uint_eq(p->unchanged, 2);
	ck_assert_uint_eq(p->domains[0].skills[0].detail_count, 0);
	ck_assert_uint_eq(p->domains[0].unchanged, 1);
	end();
}
END_TEST

START_TEST(shrunk_skills_are_compared_without_their_lines)
{
	struct change_detail *details = NULL;
	size_t count = 0;
	begin();
	put(&new_repo, DETAILS "SKILL.md", MD("order status {id}", "Other words.\n"));
	CLEANUP(plan_freep) struct plan *p = make(&git, &knows);
	struct domain_skill *a = domain_skill_find(snapshot_domain(old_snap, STR("ecm")),
						   STR("details"));
	struct domain_skill *b = domain_skill_find(snapshot_domain(new_snap, STR("ecm")),
						   STR("details"));
	skill_shrink(a->skill);
	skill_difference(arena, a->skill, &a->effective, b->skill, &b->effective, &details, &count);
	ck_assert_uint_eq(count, 1);
	assert_str(details[0].text, "SKILL.md changed");
	skill_difference(arena, a->skill, &a->effective, a->skill, &a->effective, &details, &count);
	ck_assert_uint_eq(count, 0);
	plan_free(TAKE_PTR(p));
	end();
}
END_TEST

/* --- deletion ---------------------------------------------------------------------------------------------------- */

START_TEST(what_is_absent_is_deleted)
{
	begin();
	drop(&new_repo, "skills/hr/");
	drop(&new_repo, "skills/ecm/manager/");
	ck_assert_str_eq(planned(), "- ecm/manager  delete\n- hr/screen  delete\n"
				    "0 to create, 0 to update, 2 to delete, 1 unchanged\n");
	CLEANUP(plan_freep) struct plan *p = NULL;
	assert_ok(plan_make(new_snap, &deployed, &git, &knows, &p, &support_err));
	ck_assert_int_eq(p->domains[0].op, CHANGE_UPDATE);
	ck_assert_uint_eq(p->domains[0].deleted, 1);
	ck_assert_int_eq(p->domains[1].op, CHANGE_DELETE);
	ck_assert_ptr_null(p->domains[1].to);
	end();
}
END_TEST

START_TEST(apply_infers_no_deletion_and_other_sources_are_left_alone)
{
	static const struct plan_scope apply = {.infer_deletes = false};
	static const struct plan_scope other = {.infer_deletes = true, .source = "another"};
	begin();
	drop(&new_repo, "skills/hr/");
	drop(&new_repo, "skills/ecm/manager/");
	CLEANUP(plan_freep) struct plan *p = make(&apply, NULL);
	ck_assert_uint_eq(p->deleted, 0);
	ck_assert_uint_eq(p->domain_count, 1);
	plan_free(TAKE_PTR(p));
	assert_ok(plan_make(new_snap, &deployed, &other, NULL, &p, &support_err));
	ck_assert_uint_eq(p->deleted, 0);
	end();
}
END_TEST

START_TEST(a_scope_of_domains_is_kept_to)
{
	static const char *const only[] = {"hr", NULL};
	struct plan_scope scope = git;
	scope.domains = only;
	begin();
	drop(&new_repo, "skills/ecm/");
	put(&new_repo, "skills/hr/screen/code/handler.py", "print(1)\n");
	CLEANUP(plan_freep) struct plan *p = make(&scope, NULL);
	ck_assert_uint_eq(p->domain_count, 1);
	assert_str(p->domains[0].name, "hr");
	ck_assert_uint_eq(p->deleted, 0);
	end();
}
END_TEST

START_TEST(what_could_not_be_read_is_not_absent)
{
	begin();
	CLEANUP(plan_freep) struct plan *p = make(&git, NULL);
	plan_free(TAKE_PTR(p));
	struct domain *ecm = snapshot_domain(new_snap, STR("ecm"));
	size_t skills = ecm->skill_count;
	ecm->broken = true;
	ecm->candidate.bytes[0] ^= 1;
	ecm->skill_count = 0;
	assert_ok(plan_make(new_snap, &deployed, &git, NULL, &p, &support_err));
	ck_assert_uint_eq(p->deleted, 0);
	ck_assert_uint_eq(p->domain_count, 1);
	ck_assert_int_eq(p->domains[0].op, CHANGE_UPDATE);
	ecm->skill_count = skills;
	end();
}
END_TEST

START_TEST(a_refused_revision_deletes_nothing)
{
	begin();
	drop(&new_repo, "skills/hr/");
	put(&new_repo, "aspora.config.yaml", "budget: [\n");
	CLEANUP(plan_freep) struct plan *p = make(&git, NULL);
	ck_assert(snapshot_refused(new_snap));
	ck_assert_uint_eq(p->deleted, 0);
	end();
}
END_TEST

/* --- policy ------------------------------------------------------------------------------------------------------ */

START_TEST(a_policy_that_changed_alone_asks_for_a_new_verdict)
{
	begin();
	put(&new_repo, "aspora.config.yaml",
	    "budget:\n  per_run_usd: 50\n  per_day_usd: 500\npolicy:\n  max_delete: 10%\n");
	CLEANUP(plan_freep) struct plan *p = make(&git, &knows);
	ck_assert_uint_eq(p->domain_count, 2);
	for (size_t i = 0; i < 2; i++) {
		ck_assert(p->domains[i].policy_changed);
		ck_assert_uint_eq(p->domains[i].skill_count, 0);
	}
	ck_assert_uint_eq(p->unchanged, 3);
	ck_assert_uint_eq(p->updated, 0);
	CLEANUP(buf_release) struct buf out = BUF_INIT(8000);
	plan_text(&out, p);
	ck_assert_ptr_nonnull(strstr(buf_cstr(&out), "policy changed: it is admitted anew"));
	/* Who does not know the rules' version does not compare. */
	struct plan_scope blind = git;
	blind.rules_version = 0;
	plan_free(TAKE_PTR(p));
	assert_ok(plan_make(new_snap, &deployed, &blind, NULL, &p, &support_err));
	ck_assert_uint_eq(p->domain_count, 0);
	end();
}
END_TEST

/* --- forms ------------------------------------------------------------------------------------------------------- */

START_TEST(a_plan_is_written_as_json)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(16000);
	const struct doc_node *n = NULL;
	struct json j;
	begin();
	put(&new_repo, DETAILS "aspora.config.yaml",
	    "budget:\n  per_run_usd: 20\nlimits:\n  timeout: 30s\nmcp:\n  tools: [erp.find]\n");
	drop(&new_repo, "skills/hr/");
	CLEANUP(plan_freep) struct plan *p = make(&git, &knows);
	json_init(&j, &out);
	plan_json(&j, p);
	assert_ok(doc_parse_json(arena, buf_str(&out), &doc_limits_json, "p", &n, &support_err));
	const struct doc_node *summary = doc_find(n, "summary");
	ck_assert_int_eq(doc_int(summary, "update", -1), 1);
	ck_assert_int_eq(doc_int(summary, "delete", -1), 1);
	ck_assert_int_eq(doc_int(summary, "unchanged", -1), 1);
	const struct doc_node *ecm = doc_find(n, "domains")->list.items[0];
	const struct doc_node *skill = doc_find(ecm, "skills")->list.items[0];
	assert_str(doc_text(ecm, "op"), "update");
	assert_str(doc_text(skill, "name"), "details");
	ck_assert_uint_eq(doc_text(skill, "from").len, 64);
	const struct doc_node *detail = doc_find(skill, "details")->list.items[0];
	assert_str(doc_text(detail, "field"), "budget.per_run_usd");
	assert_str(doc_text(detail, "text"), "budget per run 5 → 20 USD");
	ck_assert(doc_bool(detail, "growth", false));
	const struct doc_node *hr = doc_find(n, "domains")->list.items[1];
	ck_assert_ptr_null(doc_find(doc_find(hr, "skills")->list.items[0], "to"));
	end();
}
END_TEST

START_TEST(text_of_the_repository_is_escaped)
{
	begin();
	put(&new_repo, DETAILS "SKILL.md",
	    "---\nname: details\ndescription: Looks up one order. Use when somebody asks.\n"
	    "role: specialist\ntrigger:\n  command: order status {id}\n---\n# Order \x1b[31m "
	    "red\n" BODY);
	const char *text = planned();
	ck_assert_ptr_null(strchr(text, '\x1b'));
	end();
}
END_TEST

static int fails(void *state UNUSED, const struct deployed_skill *d UNUSED,
		 struct skill **ret UNUSED, struct err *err)
{
	return err_set(err, ERR_DATABASE, "the connection is gone");
}

START_TEST(an_old_side_that_fails_fails_the_plan)
{
	static const struct plan_old broken = {fails, NULL, NULL};
	struct plan *p = NULL;
	begin();
	put(&new_repo, DETAILS "code/handler.py", "print(2)\n");
	plan_free(make(&git, NULL));
	assert_err(plan_make(new_snap, &deployed, &git, &broken, &p, &support_err), ERR_DATABASE,
		   "the connection is gone");
	ck_assert_ptr_null(p);
	end();
}
END_TEST

static const struct support_case cases[] = {
	CASE(nothing_changed_is_no_changes_and_reads_nothing),
	CASE(everything_is_new_on_an_empty_store),
	CASE(one_change_loads_one_old_skill),
	CASE(configuration_is_told_with_its_units_and_growth),
	CASE(triggers_are_new_gone_or_wider),
	CASE(files_are_told_by_what_they_are),
	CASE(a_handler_that_comes_or_goes_is_told),
	CASE(many_files_are_counted),
	CASE(what_rolls_out_is_marked),
	CASE(what_comes_from_above_is_told_where_the_old_configuration_is_known),
	CASE(knowledge_that_changed_above_is_inherited),
	CASE(without_an_old_side_there_are_no_words_but_the_same_plan),
	CASE(shrunk_skills_are_compared_without_their_lines),
	CASE(what_is_absent_is_deleted),
	CASE(apply_infers_no_deletion_and_other_sources_are_left_alone),
	CASE(a_scope_of_domains_is_kept_to),
	CASE(what_could_not_be_read_is_not_absent),
	CASE(a_refused_revision_deletes_nothing),
	CASE(a_policy_that_changed_alone_asks_for_a_new_verdict),
	CASE(a_plan_is_written_as_json),
	CASE(text_of_the_repository_is_escaped),
	CASE(an_old_side_that_fails_fails_the_plan),
	{0},
};

int main(void)
{
	return support_main("skill/plan", cases);
}
