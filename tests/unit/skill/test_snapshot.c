#include "tests/unit/skill/repo.h"

/* --- contents ----------------------------------------------------------------------------------------- */

START_TEST(a_repository_becomes_domains_and_skills)
{
	begin();
	put("README.md", "# R\n");
	put("aspora.config.yaml", "budget: {per_run_usd: 5}\n");
	put("FIRM.md", "# Firm\n");
	put("skills/README.md", "# S\n");
	put("skills/.github/x.yml", "a: b\n");
	put("skills/_templates/x/SKILL.md", "no skill\n");
	put_skill("ecm", "order-2", "two");
	put_skill("ecm", "order", "one");
	put("skills/ecm/DOMAIN.md", "# E\n");
	put("skills/ecm/README.md", "# not knowledge\n");
	put("skills/ecm/_drafts/SKILL.md", "not yet\n");
	put("skills/ecm/runbooks/b.md", "# B\n");
	put("skills/ecm/runbooks/deep/a.md", "# A\n");
	put("skills/ecm/aspora.config.yaml", "budget: {per_run_usd: 2}\n");
	put_skill("aaa", "x", "x");
	put("skills/aaa/x/aspora.config.yaml", "budget: {per_run_usd: 1}\n");
	CLEANUP(snapshot_unrefp) struct snapshot *s = build(NULL);
	ck_assert_str_eq(said(s), "");
	ck_assert_str_eq(s->source.name, "main");
	ck_assert_uint_eq(s->domain_count, 2);
	ck_assert_uint_eq(s->skill_count, 3);
	assert_str(s->firm_text, "# Firm\n");
	assert_str(s->domains[0]->name, "aaa");
	const struct domain *ecm = snapshot_domain(s, STR("ecm"));
	ck_assert_ptr_eq(ecm, s->domains[1]);
	ck_assert_ptr_null(snapshot_domain(s, STR("none")));
	ck_assert_ptr_null(snapshot_domain(NULL, STR("none")));
	/* By name, which is not Git's order. */
	assert_str(ecm->skills[0].skill->name, "order");
	assert_str(ecm->skills[1].skill->name, "order-2");
	ck_assert_ptr_eq(domain_skill_find(ecm, STR("order-2")), &ecm->skills[1]);
	ck_assert_ptr_null(domain_skill_find(ecm, STR("runbooks")));
	ck_assert_uint_eq(ecm->file_count, 3);
	assert_str(ecm->files[0].path, "DOMAIN.md");
	assert_str(ecm->files[1].path, "runbooks/b.md");
	assert_str(ecm->files[2].path, "runbooks/deep/a.md");
	struct digest config = blob_digest(STR("budget: {per_run_usd: 2}\n"));
	assert_str(ecm->config_file.path, "aspora.config.yaml");
	ck_assert(digest_equal(&ecm->config_file.digest, &config));
	ck_assert_uint_eq(ecm->config_file.size, 25);
	ck_assert_uint_eq(s->domains[0]->config_file.path.len, 0);
	ck_assert_int_eq(ecm->effective.budget.per_run_microusd, 2000000);
	ck_assert_int_eq(ecm->skills[0].effective.budget.per_run_microusd, 2000000);
	ck_assert_int_eq(s->domains[0]->skills[0].effective.budget.per_run_microusd, 1000000);
	ck_assert(!snapshot_refused(s));
	ck_assert(!domain_refused(ecm));
	ck_assert_uint_eq(s->cost.skills_parsed, 3);
	end();
}
END_TEST

START_TEST(an_empty_repository_is_empty)
{
	begin();
	put("README.md", "# R\n");
	CLEANUP(snapshot_unrefp) struct snapshot *s = build(NULL);
	ck_assert_uint_eq(s->domain_count, 0);
	ck_assert_ptr_null(s->platform);
	ck_assert(digest_is_zero(&s->firm));
	ck_assert_str_eq(said(s), "");
	end();
}
END_TEST

START_TEST(a_repository_may_lie_in_a_folder_of_another)
{
	begin();
	put("team/agents/skills/ecm/order/SKILL.md", "---\nname: order\ndescription: x\n---\n");
	put("team/agents/FIRM.md", "# F\n");
	struct snapshot_opts opts = {.platform_from_tree = true, .subpath = "team/agents"};
	CLEANUP(snapshot_unrefp) struct snapshot *s = NULL;
	assert_ok(build_with(NULL, &opts, &s));
	ck_assert_uint_eq(s->skill_count, 1);
	assert_str(snapshot_domain(s, STR("ecm"))->skills[0].skill->path, "skills/ecm/order");
	opts.subpath = "team/none";
	struct snapshot *none = NULL;
	assert_err(build_with(NULL, &opts, &none), ERR_NOT_FOUND, "there is no \"team/none\"");
	opts.subpath = "team/agents/FIRM.md";
	assert_err(build_with(NULL, &opts, &none), ERR_NOT_FOUND, "is a file, and not a folder");
	end();
}
END_TEST

START_TEST(a_source_that_may_not_set_policy_gets_the_platforms)
{
	begin();
	put("aspora.config.yaml", "budget: {per_run_usd: 900}\n");
	put("FIRM.md", "# Mine\n");
	put_skill("ecm", "order", "one");
	put("skills/ecm/order/aspora.config.yaml", "budget: {per_run_usd: 6}\n");
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	struct findings f;
	findings_init(&f, a);
	struct config_doc *platform = config_load(a, LEVEL_PLATFORM, STR("aspora.config.yaml"),
						  NULL, STR("budget: {per_run_usd: 5}\n"), &f,
						  STR(""), STR(""));
	struct snapshot_opts opts = {.platform = platform, .firm_text = STR("# Firm\n")};
	CLEANUP(snapshot_unrefp) struct snapshot *s = NULL;
	assert_ok(build_with(NULL, &opts, &s));
	assert_str(s->firm_text, "# Firm\n");
	ck_assert_int_eq(s->platform->values.budget.per_run_microusd, 5000000);
	ck_assert_ptr_ne(s->platform, platform); /* a copy, that lives as long as it is needed */
	ck_assert_str_eq(said(s), "skills/ecm/order/aspora.config.yaml:1:23: deny SK-CASCADE: "
				  "budget.per_run_usd is 6, but the platform allows at most 5\n"
				  "    write 5 or less, or have it changed there\n"
				  "    see aspora.config.yaml:1:23\n");
	ck_assert(domain_refused(s->domains[0]));
	/* The same policy again is the same: nothing is done. */
	CLEANUP(snapshot_unrefp) struct snapshot *again = NULL;
	assert_ok(build_with(s, &opts, &again));
	ck_assert_uint_eq(again->cost.domains_reused, 1);
	end();
}
END_TEST

static bool is_ecm(void *state, struct str domain)
{
	++*(int *)state;
	return str_eqz(domain, "ecm");
}

START_TEST(a_domain_that_somebody_knows_is_not_looked_at)
{
	begin();
	put("FIRM.md", "# Firm\n");
	put_skill("ecm", "order", "one");
	put("skills/ecm/DOMAIN.md", "# E\n");
	put_skill("frm", "alert", "two");
	put("skills/Not A Name/x/SKILL.md", "x\n");
	int asked = 0;
	struct snapshot_opts opts = {
		.platform_from_tree = true, .pass_over = is_ecm, .pass_state = &asked};
	CLEANUP(snapshot_unrefp) struct snapshot *all = build(NULL);
	size_t lists = all->cost.trees_listed, reads = all->cost.blobs_read;
	CLEANUP(snapshot_unrefp) struct snapshot *s = NULL;
	assert_ok(build_with(NULL, &opts, &s));
	ck_assert_uint_eq(s->domain_count, 1);
	ck_assert_uint_eq(s->skill_count, 1);
	assert_str(s->domains[0]->name, "frm");
	ck_assert_uint_lt(last.lists, lists);
	ck_assert_uint_lt(last.reads, reads);
	/* Nobody is asked about what cannot be a domain; that is told as ever. */
	ck_assert_int_eq(asked, 2);
	ck_assert_ptr_nonnull(strstr(said(s), "SK-DOMAIN-NAME"));
	/* It is there again for who wants it, beside what is known. */
	CLEANUP(snapshot_unrefp) struct snapshot *again = build(s);
	ck_assert_uint_eq(again->cost.domains_reused, 1);
	assert_same(all, again);
	end();
}
END_TEST

/* --- bad content stays where it is ------------------------------------------------------------------------ */

START_TEST(a_bad_entry_hurts_only_what_it_is_in)
{
	static const struct {
		const char *path; /* a symbolic link */
		bool repository, ecm, skill;
	} rows[] = {
		{"link", true, false, false},
		{"skills/link", true, false, false},
		{"skills/ecm/link", false, true, false},
		{"skills/ecm/runbooks/link", false, true, false},
		{"skills/ecm/order/link", false, true, true},
		{"skills/ecm/order/code/link", false, true, true},
	};
	begin();
	put_skill("ecm", "order", "one");
	put_skill("ecm", "other", "one");
	put_skill("frm", "rule", "one");
	put("skills/ecm/runbooks/a.md", "# A\n");
	CLEANUP(snapshot_unrefp) struct snapshot *good = build(NULL);
	put_mode(rows[_i].path, 0120000, "/etc/passwd");
	CLEANUP(snapshot_unrefp) struct snapshot *s = build(NULL);
	ck_assert_int_eq(snapshot_refused(s), rows[_i].repository);
	ck_assert_uint_eq(s->domain_count, rows[_i].repository ? 0 : 2);
	if (!rows[_i].repository) {
		const struct domain *ecm = snapshot_domain(s, STR("ecm")),
				    *frm = snapshot_domain(s, STR("frm"));
		ck_assert_int_eq(domain_refused(ecm), rows[_i].ecm);
		ck_assert(!domain_refused(frm));
		ck_assert(digest_equal(&frm->candidate,
				       &snapshot_domain(good, STR("frm"))->candidate));
		ck_assert(!digest_equal(&ecm->candidate,
					&snapshot_domain(good, STR("ecm"))->candidate));
		if (rows[_i].skill) {
			ck_assert_uint_eq(ecm->skill_count, 2);
			ck_assert_uint_eq(
				findings_count(&ecm->skills[0].skill->findings, SEVERITY_DENY), 1);
			ck_assert_uint_eq(findings_count(&ecm->findings, SEVERITY_NOTE), 0);
		}
	}
	/* Taken away again, everything is as it was. */
	drop(rows[_i].path);
	CLEANUP(snapshot_unrefp) struct snapshot *back = build(s);
	assert_same(good, back);
	end();
}
END_TEST

START_TEST(folders_with_bad_names_are_told_and_left_out)
{
	begin();
	put_skill("ecm", "order", "one");
	put("skills/Big Domain/x/SKILL.md", "x");
	put("skills/ecm/My Skill/SKILL.md", "x");
	CLEANUP(snapshot_unrefp) struct snapshot *s = build(NULL);
	ck_assert_str_eq(said(s), "skills/Big Domain: deny SK-DOMAIN-NAME: \"Big Domain\" cannot "
				  "be a domain name: only a-z, 0-9 and hyphens may be in it\n"
				  "    rename the folder: write \"big-domain\"\n"
				  "skills/ecm/My Skill: deny SK-NAME-FORM: \"My Skill\" cannot be "
				  "a skill name: only a-z, 0-9 and hyphens may be in it\n"
				  "    rename the folder: write \"my-skill\"\n");
	/* A denied candidate is not that of the domain without the folder, whose verdict it would share. */
	drop("skills/ecm/My Skill/SKILL.md");
	CLEANUP(snapshot_unrefp) struct snapshot *without = build(NULL);
	ck_assert(!digest_equal(&s->domains[0]->candidate, &without->domains[0]->candidate));
	ck_assert(!domain_refused(without->domains[0]));
	/* Others than these two domains are not concerned. */
	ck_assert(!snapshot_refused(s));
	ck_assert_uint_eq(s->domain_count, 1);
	ck_assert(domain_refused(s->domains[0]));
	end();
}
END_TEST

START_TEST(two_domains_may_have_a_skill_of_one_name)
{
	begin();
	put_skill("ecm", "order", "one");
	put_skill("frm", "order", "two");
	CLEANUP(snapshot_unrefp) struct snapshot *s = build(NULL);
	ck_assert_str_eq(said(s), "");
	ck_assert_uint_eq(s->domain_count, 2);
	ck_assert_uint_eq(s->skill_count, 2);
	for (size_t i = 0; i < 2; i++) {
		ck_assert_uint_eq(s->domains[i]->skill_count, 1);
		assert_str(s->domains[i]->skills[0].skill->name, "order");
		ck_assert(!domain_refused(s->domains[i]));
	}
	/* Within one domain the folders would be one: see twins by case in golden/tree.txt. */
	end();
}
END_TEST

START_TEST(a_bad_configuration_is_judged_where_it_stands)
{
	begin();
	put_skill("ecm", "order", "one");
	put_skill("frm", "rule", "one");
	CLEANUP(snapshot_unrefp) struct snapshot *without = build(NULL);
	put("skills/ecm/aspora.config.yaml", "budget: [\n");
	CLEANUP(snapshot_unrefp) struct snapshot *s = build(NULL);
	ck_assert(domain_refused(snapshot_domain(s, STR("ecm"))));
	ck_assert(!domain_refused(snapshot_domain(s, STR("frm"))));
	/* A file that cannot be read must not share a verdict with no file. */
	ck_assert(!digest_equal(&snapshot_domain(s, STR("ecm"))->candidate,
				&snapshot_domain(without, STR("ecm"))->candidate));
	put("aspora.config.yaml", "budget: [\n");
	CLEANUP(snapshot_unrefp) struct snapshot *platform = build(NULL);
	ck_assert(snapshot_refused(platform));
	end();
}
END_TEST

START_TEST(knowledge_must_be_text)
{
	begin();
	put_skill("ecm", "order", "one");
	put("skills/ecm/DOMAIN.md",
	    "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n");
	put("skills/ecm/runbooks/a.md", "go \xe2\x80\xaeleft");
	put("FIRM.md", "a\x1b[2Jb");
	CLEANUP(snapshot_unrefp) struct snapshot *s = build(NULL);
	const char *want =
		"FIRM.md:1:2: deny SK-TEXT-CONTROL: the control character U+001B is in the text\n"
		"    delete it\n"
		"skills/ecm/DOMAIN.md:1:1: deny SK-FILE-LFS: this is a pointer into Git LFS, and "
		"its content is not in the repository\n"
		"    take the file out of LFS: git lfs migrate export --include=PATH\n"
		"skills/ecm/runbooks/a.md:1:4: deny SK-TEXT-CONTROL: the character U+202E changes "
		"the direction of writing, so that readers see other words than machines\n"
		"    delete it\n";
	ck_assert_str_eq(said(s), want);
	/* And is told again when the domain is read again for another reason. */
	put_skill("ecm", "order", "two");
	CLEANUP(snapshot_unrefp) struct snapshot *again = build(s);
	ck_assert_str_eq(said(again), want);
	end();
}
END_TEST

START_TEST(a_repository_ends_at_its_entries)
{
	struct tree_limits small = tree_limits_default;
	struct snapshot_opts opts = {.limits = &small};
	begin();
	put_skill("ecm", "order", "one");
	/* skills, ecm, order, SKILL.md, code, handler.py */
	small.repository_entries = 6;
	CLEANUP(snapshot_unrefp) struct snapshot *s = NULL;
	assert_ok(build_with(NULL, &opts, &s));
	struct snapshot *none = NULL;
	small.repository_entries = 5;
	assert_err(build_with(NULL, &opts, &none), ERR_TOO_LARGE,
		   "the repository has more than 5 files and folders");
	ck_assert_ptr_null(none);
	end();
}
END_TEST

START_TEST(errors_of_the_source_and_of_callbacks_end_the_building)
{
	begin();
	put("FIRM.md", "# F\n");
	put("aspora.config.yaml", "");
	put_skill("ecm", "order", "one");
	put("skills/ecm/DOMAIN.md", "# D\n");
	put("skills/ecm/aspora.config.yaml", "");
	for (int at = 1; at <= 6; at++) {
		struct snapshot *s = NULL;
		struct counting c;
		counting_open(&c, repo.files, repo.count);
		c.fail_read_at = at;
		assert_err(snapshot_build(&c.source, &source, NULL, &plain, &s, &support_err),
			   ERR_IO, "the disk is gone");
		counting_close(&c);
	}
	end();
}
END_TEST

START_TEST(a_file_that_is_none_is_told_where_it_stands)
{
	static const char *const paths[] = {"aspora.config.yaml", "FIRM.md",
					    "skills/ecm/DOMAIN.md"};
	begin();
	put("aspora.config.yaml", "");
	put("FIRM.md", "# F\n");
	put("skills/ecm/DOMAIN.md", "# D\n");
	for (int at = 1; at <= 3; at++) {
		CLEANUP(snapshot_unrefp) struct snapshot *s = NULL;
		char want[200];
		counting_open(&last, repo.files, repo.count);
		last.fail_read_at = at;
		last.fail_code = ERR_INVALID;
		assert_ok(snapshot_build(&last.source, &source, NULL, &plain, &s, &support_err));
		counting_close(&last);
		snprintf(want, sizeof(want),
			 "%s: deny SK-TREE: this is no file\n    commit it again with a current "
			 "Git\n",
			 paths[at - 1]);
		ck_assert_str_eq(said(s), want);
		ck_assert_int_eq(snapshot_refused(s), at <= 2);
	}
	end();
}
END_TEST

/* --- callbacks and parts ------------------------------------------------------------------------------------ */

struct told {
	size_t skills, blobs;
};

static int on_skill(void *state, struct tree_source *t, const struct skill *s, struct err *err)
{
	struct told *told = state;
	(void)t, (void)err;
	ck_assert_uint_gt(s->md_text.len, 0);
	/* Its blobs came before. */
	ck_assert_uint_ge(told->blobs, 2 * ++told->skills);
	return 0;
}

static int on_blob(void *state, const struct digest *digest, struct str bytes, struct err *err)
{
	(void)digest, (void)bytes, (void)err;
	((struct told *)state)->blobs++;
	return 0;
}

static int stop(void *state, struct tree_source *t, const struct skill *s, struct err *err)
{
	(void)state, (void)t, (void)s;
	return err_set(err, ERR_CANCELLED, "enough");
}

START_TEST(what_is_parsed_now_is_handed_out)
{
	struct told told = {0, 0};
	begin();
	put_skill("ecm", "order", "one");
	put_skill("frm", "rule", "one");
	struct snapshot_opts opts = {
		.on_skill = on_skill, .on_blob = on_blob, .state = &told, .shrink = true};
	CLEANUP(snapshot_unrefp) struct snapshot *s = NULL, *next = NULL;
	assert_ok(build_with(NULL, &opts, &s));
	ck_assert_uint_eq(told.skills, 2);
	ck_assert_uint_eq(told.blobs, 4);
	ck_assert_uint_eq(s->domains[0]->skills[0].skill->md_text.len, 0);
	put_skill("frm", "rule", "two");
	assert_ok(build_with(s, &opts, &next));
	ck_assert_uint_eq(told.skills, 3);
	struct snapshot *none = NULL;
	opts.on_skill = stop;
	assert_err(build_with(NULL, &opts, &none), ERR_CANCELLED, "enough");
	end();
}
END_TEST

START_TEST(a_domains_text_comes_back_for_judging)
{
	begin();
	put_skill("ecm", "order", "one");
	put_skill("frm", "rule", "one");
	struct snapshot_opts opts = {.shrink = true};
	CLEANUP(snapshot_unrefp) struct snapshot *s = NULL;
	counting_open(&last, repo.files, repo.count);
	assert_ok(snapshot_build(&last.source, &source, NULL, &opts, &s, &support_err));
	last.reads = 0;
	assert_ok(domain_grow(s->domains[0], &last.source, &support_err));
	ck_assert_uint_eq(last.reads, 1); /* SKILL.md; there is no configuration and no case */
	ck_assert_uint_gt(s->domains[0]->skills[0].skill->body.len, 0);
	ck_assert_uint_eq(s->domains[1]->skills[0].skill->body.len, 0);
	domain_shrink(s->domains[0]);
	snapshot_shrink(s);
	ck_assert_uint_eq(s->domains[0]->skills[0].skill->body.len, 0);
	counting_close(&last);
	end();
}
END_TEST

static const struct support_case cases[] = {
	CASE(a_repository_becomes_domains_and_skills),
	CASE(an_empty_repository_is_empty),
	CASE(a_repository_may_lie_in_a_folder_of_another),
	CASE(a_source_that_may_not_set_policy_gets_the_platforms),
	CASE(a_domain_that_somebody_knows_is_not_looked_at),
	CASE_LOOP(a_bad_entry_hurts_only_what_it_is_in, 6),
	CASE(folders_with_bad_names_are_told_and_left_out),
	CASE(two_domains_may_have_a_skill_of_one_name),
	CASE(a_bad_configuration_is_judged_where_it_stands),
	CASE(knowledge_must_be_text),
	CASE(a_repository_ends_at_its_entries),
	CASE(errors_of_the_source_and_of_callbacks_end_the_building),
	CASE(a_file_that_is_none_is_told_where_it_stands),
	CASE(what_is_parsed_now_is_handed_out),
	CASE(a_domains_text_comes_back_for_judging),
	{0}};

int main(void)
{
	return support_main("skill/snapshot", cases);
}
