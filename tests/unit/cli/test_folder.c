/* The repository that a person works in: where it is, what of it is meant, and its states. */
#include "cli/folder.h"

#include <unistd.h>

#include "base/io.h"
#include "tests/unit/cli/help_cli.h"

static struct cli *c;
static const char *root;

static void begin(void)
{
	char real[4096];
	c = help_command(NULL);
	ck_assert_ptr_nonnull(realpath(help_skills(c), real));
	root = arena_strdup(c->arena, real);
	c->folder = root;
}

static struct cli_folder opened(const char *operand, const char *domain, const char *skill)
{
	struct cli_folder f;
	struct cli_scope scope;
	assert_ok(cli_folder_open(c, operand, &f, &scope, &support_err));
	ck_assert_str_eq(f.root, root);
	assert_str(scope.domain, domain);
	assert_str(scope.skill, skill);
	return f;
}

static void go(const char *below)
{
	ck_assert_int_eq(chdir(arena_printf(c->arena, "%s/%s", root, below)), 0);
}

START_TEST(a_name_says_what_of_it_is_meant)
{
	begin();
	opened(NULL, "", "");
	opened("ecm", "ecm", "");
	opened("ecm/order", "ecm", "order");
	opened("nobody/at-all", "nobody", "at-all"); /* whether it is there is another question */
}
END_TEST

START_TEST(a_folder_says_so_too_wherever_one_stands)
{
	begin();
	opened("skills/ecm", "ecm", "");
	opened("skills/ecm/order/tests", "ecm", "order");
	opened("skills", "", "");
	c->folder = NULL;
	go("");
	opened(".", "", "");
	go("skills/ecm/order/code");
	opened(NULL, "", "");
	opened(".", "ecm", "order");
	opened("../../boss", "ecm", "boss");
	opened("hr", "hr", "");
	ck_assert_int_eq(chdir("/"), 0);
	opened(arena_printf(c->arena, "%s/skills/hr/screen", root), "hr", "screen");
}
END_TEST

START_TEST(what_is_no_name_is_refused)
{
	struct cli_folder f;
	struct cli_scope scope;
	begin();
	assert_err(cli_folder_open(c, "Ecm", &f, &scope, &support_err), ERR_INVALID, "Ecm");
	assert_err(cli_folder_open(c, "ecm/", &f, &scope, &support_err), ERR_INVALID, "");
	assert_err(cli_folder_open(c, "a/b/c", &f, &scope, &support_err), ERR_INVALID, "");
}
END_TEST

START_TEST(without_a_repository_there_is_nothing_to_open)
{
	struct cli_folder f;
	struct cli_scope scope;
	begin();
	c->folder = arena_strdup(c->arena, support_dir());
	assert_err(cli_folder_open(c, NULL, &f, &scope, &support_err), ERR_NOT_FOUND,
		   "there is no skills/ folder in");
	ck_assert_str_eq(support_err.remedy, "--folder names the folder that has skills/ in it");
	ck_assert_int_eq(chdir(c->folder), 0);
	c->folder = NULL;
	assert_err(cli_folder_open(c, NULL, &f, &scope, &support_err), ERR_NOT_FOUND,
		   "or above it");
	ck_assert_str_eq(support_err.remedy,
			 "go to a skills repository, or name it with --folder DIR");
	c->folder = "/no/such/folder";
	assert_err(cli_folder_open(c, NULL, &f, &scope, &support_err), ERR_NOT_FOUND,
		   "the folder \"/no/such/folder\"");
}
END_TEST

START_TEST(the_folder_is_read_as_it_is_and_a_commit_as_it_was)
{
	CLEANUP(cli_tree_release) struct cli_tree now = {0};
	CLEANUP(cli_tree_release) struct cli_tree then = {0};
	begin();
	help_git(root, "init -q");
	help_git(root, "add -A");
	help_git(root, "commit -q -m first");
	assert_ok(io_write_file(arena_printf(c->arena, "%s/skills/hr/screen/SKILL.md", root),
				STR("---\nname: screen\ndescription: Another. Use it.\n---\n# S\n"),
				0644, &support_err));
	CLEANUP(cli_folder_release) struct cli_folder f = opened(NULL, "", "");
	assert_ok(cli_read_folder(&f, &now, &support_err));
	assert_ok(cli_read_commit(c, &f, "HEAD", NULL, &then, &support_err));
	ck_assert_uint_eq(now.snap->skill_count, 3);
	ck_assert_uint_eq(then.snap->skill_count, 3);
	const struct domain *hr_now = snapshot_domain(now.snap, STR("hr"));
	const struct domain *hr_then = snapshot_domain(then.snap, STR("hr"));
	ck_assert(!digest_equal(&hr_now->candidate, &hr_then->candidate));
	const struct domain *ecm_now = snapshot_domain(now.snap, STR("ecm"));
	const struct domain *ecm_then = snapshot_domain(then.snap, STR("ecm"));
	ck_assert(digest_equal(&ecm_now->candidate, &ecm_then->candidate));
}
END_TEST

START_TEST(what_stood_in_the_commit_before_is_not_read_again)
{
	CLEANUP(cli_tree_release) struct cli_tree first = {0};
	CLEANUP(cli_tree_release) struct cli_tree second = {0};
	begin();
	help_git(root, "init -q");
	help_git(root, "add -A");
	help_git(root, "commit -q -m first");
	help_git(root, "rm -q -r skills/hr");
	help_git(root, "commit -q -m second");
	CLEANUP(cli_folder_release) struct cli_folder f = opened(NULL, "", "");
	assert_ok(cli_read_commit(c, &f, "HEAD~1", NULL, &first, &support_err));
	assert_ok(cli_read_commit(c, &f, "HEAD", first.snap, &second, &support_err));
	ck_assert_uint_eq(second.snap->skill_count, 2);
	ck_assert_ptr_null(snapshot_domain(second.snap, STR("hr")));
	ck_assert_ptr_eq(snapshot_domain(second.snap, STR("ecm")),
			 snapshot_domain(first.snap, STR("ecm")));
}
END_TEST

START_TEST(commits_are_named_by_branch_by_digits_and_by_steps_back)
{
	begin();
	help_git(root, "init -q");
	help_git(root, "add -A");
	help_git(root, "commit -q -m first");
	help_git(root, "commit -q --allow-empty -m second");
	CLEANUP(cli_folder_release) struct cli_folder f = opened(NULL, "", "");
	const char *id = arena_strdup(c->arena, help_git(root, "rev-parse HEAD"));
	assert_ok(cli_check_commit(c, &f, "main", &support_err));
	assert_ok(cli_check_commit(c, &f, "HEAD~1", &support_err));
	assert_ok(cli_check_commit(c, &f, arena_strndup(c->arena, id, 8), &support_err));
	assert_err(cli_check_commit(c, &f, "HEAD~2", &support_err), ERR_NOT_FOUND, "");
	assert_err(cli_check_commit(c, &f, "no-such-branch", &support_err), ERR_NOT_FOUND,
		   "no-such-branch");
}
END_TEST

START_TEST(without_git_there_is_no_commit)
{
	CLEANUP(cli_tree_release) struct cli_tree then = {0};
	begin();
	CLEANUP(cli_folder_release) struct cli_folder f = opened(NULL, "", "");
	assert_err(cli_read_commit(c, &f, "HEAD", NULL, &then, &support_err), ERR_NOT_FOUND, "Git");
}
END_TEST

START_TEST(names_that_are_not_there_are_told_with_the_nearest)
{
	CLEANUP(cli_tree_release) struct cli_tree t = {0};
	struct cli_folder f;
	struct cli_scope scope;
	struct domain *domain = NULL;
	struct domain_skill *skill = NULL;
	begin();
	assert_ok(cli_folder_open(c, NULL, &f, &scope, &support_err));
	assert_ok(cli_read_folder(&f, &t, &support_err));
	assert_ok(cli_scope_check(c, t.snap, &scope, &support_err));
	scope = (struct cli_scope){STR("emc"), STR_NULL};
	assert_err(cli_scope_check(c, t.snap, &scope, &support_err), ERR_NOT_FOUND,
		   "there is no domain \"emc\" here");
	ck_assert_str_eq(support_err.remedy, "did you mean \"ecm\"?");
	scope = (struct cli_scope){STR("ecm"), STR("ordre")};
	assert_err(cli_scope_check(c, t.snap, &scope, &support_err), ERR_NOT_FOUND,
		   "there is no skill ecm/ordre here");
	ck_assert_str_eq(support_err.remedy, "did you mean \"ecm/order\"?");
	scope = (struct cli_scope){STR("hr"), STR("quite-else")};
	assert_err(cli_scope_skill(c, t.snap, &scope, &domain, &skill, &support_err), ERR_NOT_FOUND,
		   "there is no skill hr/quite-else here");
	ck_assert_str_eq(support_err.remedy, "`aspora create skill hr/quite-else` makes one");
	scope = (struct cli_scope){STR("ecm"), STR("order")};
	assert_ok(cli_scope_skill(c, t.snap, &scope, &domain, &skill, &support_err));
	assert_str(skill->skill->name, "order");
	scope.skill = STR_NULL;
	assert_err(cli_scope_skill(c, t.snap, &scope, &domain, &skill, &support_err), ERR_USAGE,
		   "");
	cli_folder_release(&f);
}
END_TEST

START_TEST(a_scope_has_what_is_below_it)
{
	const struct cli_scope all = {STR_NULL, STR_NULL}, domain = {STR("ecm"), STR_NULL},
			       one = {STR("ecm"), STR("order")};
	ck_assert(cli_scope_has(&all, STR("hr"), STR("screen")));
	ck_assert(cli_scope_has(&all, STR("hr"), STR_NULL));
	ck_assert(cli_scope_has(&domain, STR("ecm"), STR("order")));
	ck_assert(!cli_scope_has(&domain, STR("hr"), STR("screen")));
	ck_assert(cli_scope_has(&one, STR("ecm"), STR("order")));
	ck_assert(!cli_scope_has(&one, STR("ecm"), STR("boss")));
	ck_assert(!cli_scope_has(&one, STR("ecm"), STR_NULL));
}
END_TEST

static const struct support_case cases[] = {
	CASE(a_name_says_what_of_it_is_meant),
	CASE(a_folder_says_so_too_wherever_one_stands),
	CASE(what_is_no_name_is_refused),
	CASE(without_a_repository_there_is_nothing_to_open),
	CASE(the_folder_is_read_as_it_is_and_a_commit_as_it_was),
	CASE(what_stood_in_the_commit_before_is_not_read_again),
	CASE(commits_are_named_by_branch_by_digits_and_by_steps_back),
	CASE(without_git_there_is_no_commit),
	CASE(names_that_are_not_there_are_told_with_the_nearest),
	CASE(a_scope_has_what_is_below_it),
	{0}};

int main(void)
{
	return support_main("cli/folder", cases);
}
