/* What would happen on a merge: both sides, the plan and the admission. */
#include "cli/judge.h"

#include <unistd.h>

#include "base/io.h"
#include "tests/unit/cli/help_cli.h"

static struct cli *c;
static const char *root;
static const struct cli_sides against_head = {.base = "HEAD"};

static void begin(void)
{
	c = help_command(NULL);
	root = help_skills(c);
	c->folder = root;
	help_git(root, "init -q");
	help_git(root, "add -A");
	help_git(root, "commit -q -m first");
}

static void put(const char *path, const char *text)
{
	assert_ok(io_write_file(arena_printf(c->arena, "%s/%s", root, path), str_of(text), 0644,
				&support_err));
}

/* The plan, as a person reads it. */
static const char *planned(struct cli_judged *j, const char *operand, const char *commit,
			   const char *base)
{
	struct buf out = BUF_INIT(BUF_MAX);
	assert_ok(cli_judge_plan(c, operand, &(struct cli_sides){.commit = commit, .base = base}, j,
				 &support_err));
	for (size_t d = 0; d < j->plan->domain_count; d++)
		for (size_t k = 0; k < j->plan->domains[d].skill_count; k++) {
			const struct skill_change *s = &j->plan->domains[d].skills[k];
			buf_addf(&out, "%s %.*s/%.*s;", change_op_name(s->op), STR_ARG(s->domain),
				 STR_ARG(s->name));
		}
	const char *text = arena_strdup(c->arena, buf_cstr(&out));
	buf_release(&out);
	return text;
}

START_TEST(without_a_base_everything_is_new)
{
	CLEANUP(cli_judged_release) struct cli_judged j = {0};
	begin();
	ck_assert_str_eq(planned(&j, NULL, NULL, NULL),
			 "create ecm/boss;create ecm/order;create hr/screen;");
}
END_TEST

START_TEST(against_a_commit_only_what_differs_is_planned)
{
	CLEANUP(cli_judged_release) struct cli_judged same = {0};
	CLEANUP(cli_judged_release) struct cli_judged now = {0};
	CLEANUP(cli_judged_release) struct cli_judged committed = {0};
	begin();
	ck_assert_str_eq(planned(&same, NULL, NULL, "HEAD"), "");
	put("skills/ecm/order/code/handler.py", "print('{}')\n");
	ck_assert_int_eq(unlink(arena_printf(c->arena, "%s/skills/hr/screen/SKILL.md", root)), 0);
	ck_assert_str_eq(planned(&now, "ecm", NULL, "HEAD"), "update ecm/order;");
	help_git(root, "commit -q -a -m second");
	put("skills/ecm/boss/code/handler.py", "print('{\"a\":1}')\n");
	ck_assert_str_eq(planned(&committed, "ecm", "HEAD", "HEAD~1"), "update ecm/order;");
}
END_TEST

START_TEST(what_is_deleted_may_be_named)
{
	CLEANUP(cli_judged_release) struct cli_judged j = {0};
	CLEANUP(cli_judged_release) struct cli_judged none = {0};
	begin();
	help_git(root, "rm -r -q skills/ecm/order");
	ck_assert_str_eq(planned(&j, "ecm/order", NULL, "HEAD"), "delete ecm/order;");
	assert_err(cli_judge_plan(c, "ecm/never", &against_head, &none, &support_err),
		   ERR_NOT_FOUND, "there is no skill ecm/never here");
}
END_TEST

START_TEST(a_first_word_that_is_no_domain_is_a_commit)
{
	static char head[] = "HEAD", ecm[] = "ecm", other[] = "no-such";
	char *both[] = {head, ecm, NULL}, *wrong[] = {other, ecm, NULL};
	CLEANUP(cli_judged_release) struct cli_judged j = {0};
	CLEANUP(cli_judged_release) struct cli_judged bad = {0};
	const struct cli_sides sides = {.usual_base = NULL};
	begin();
	put("skills/ecm/order/code/handler.py", "print('{}')\n");
	put("skills/hr/screen/code/handler.py", "print('{}')\n");
	c->operands = both;
	c->operand_count = 2;
	assert_ok(cli_judge_sides(c, &sides, &j, &support_err));
	assert_str(j.scope.domain, "ecm");
	ck_assert_uint_eq(j.plan->domain_count, 1);
	ck_assert_uint_eq(j.plan->updated, 1);
	c->operands = wrong;
	assert_err(cli_judge_sides(c, &sides, &bad, &support_err), ERR_NOT_FOUND, "no-such");
}
END_TEST

START_TEST(the_admission_says_what_asporad_would)
{
	CLEANUP(cli_judged_release) struct cli_judged fine = {0};
	CLEANUP(cli_judged_release) struct cli_judged dear = {0};
	begin();
	assert_ok(cli_judge_plan(c, NULL, &against_head, &fine, &support_err));
	assert_ok(cli_judge_admit(c, &fine, &support_err));
	ck_assert_uint_eq(fine.plan->domain_count, 0);
	put("skills/ecm/order/aspora.config.yaml", "budget:\n  per_run_usd: 0.90\n");
	assert_ok(cli_judge_plan(c, NULL, &against_head, &dear, &support_err));
	assert_ok(cli_judge_admit(c, &dear, &support_err));
	CLEANUP(buf_release) struct buf text = BUF_INIT(BUF_MAX);
	for (size_t i = 0; i < dear.admission->domain_count; i++)
		for (size_t k = 0; k < dear.admission->domains[i].verdict.findings.count; k++)
			finding_text(&text, &dear.admission->domains[i].verdict.findings.items[k]);
	ck_assert_msg(strstr(buf_cstr(&text), "budget.per_run_usd is 0.9, but the platform allows "
					      "at most 0.5") != NULL,
		      "%s", buf_cstr(&text));
}
END_TEST

START_TEST(what_servers_say_of_their_tools_is_read_from_files)
{
	CLEANUP(cli_judged_release) struct cli_judged j = {0};
	begin();
	assert_ok(cli_judge_plan(c, NULL, &(struct cli_sides){.commit = NULL}, &j, &support_err));
	put("tools.json", "{\"tools\":[{\"name\":\"query\",\"description\":\"Asks.\","
			  "\"inputSchema\":{\"type\":\"object\"}}]}");
	const char *given[] = {arena_printf(c->arena, "redshift=%s/tools.json", root)};
	const struct opt_strings one = {.items = given, .count = 1};
	assert_ok(cli_judge_seen(c, &one, &j, &support_err));
	ck_assert_uint_eq(j.seen_count, 1);
	const char *no_file[] = {"redshift"}, *gone[] = {"redshift=/no/such/file"};
	assert_err(cli_judge_seen(c, &(struct opt_strings){.items = no_file, .count = 1}, &j,
				  &support_err),
		   ERR_USAGE, "redshift");
	ck_assert_int_lt(cli_judge_seen(c, &(struct opt_strings){.items = gone, .count = 1}, &j,
					&support_err),
			 0);
}
END_TEST

static const struct support_case cases[] = {
	CASE(without_a_base_everything_is_new),
	CASE(against_a_commit_only_what_differs_is_planned),
	CASE(what_is_deleted_may_be_named),
	CASE(a_first_word_that_is_no_domain_is_a_commit),
	CASE(the_admission_says_what_asporad_would),
	CASE(what_servers_say_of_their_tools_is_read_from_files),
	{0}};

int main(void)
{
	return support_main("cli/judge", cases);
}
