/* Findings of a part of the repository, and how they are counted. */
#include "cli/findings.h"

#include "tests/unit/cli/help_cli.h"

static struct cli *c;
static struct findings all;

static void found(enum severity severity, const char *domain, const char *skill,
		  const char *message)
{
	findings_addf(&all, "SK-X", severity, str_of(domain), str_of(skill), "%s", message);
}

static void begin(void)
{
	c = help_command(NULL);
	findings_init(&all, c->arena);
	found(SEVERITY_WARN, "", "", "platform");
	found(SEVERITY_DENY, "ecm", "", "domain");
	found(SEVERITY_DENY, "ecm", "order", "skill");
	found(SEVERITY_NOTE, "ecm", "boss", "other skill");
	found(SEVERITY_WARN, "hr", "", "other domain");
	found(SEVERITY_WARN, "hr", "screen", "skill there");
}

/* The messages of those that are in the scope, sorted as they come, a bar after each. */
static const char *in(const char *domain, const char *skill)
{
	const struct cli_scope scope = {str_of(domain), str_of(skill)};
	struct buf out = BUF_INIT(BUF_MAX);
	struct findings some;
	findings_init(&some, c->arena);
	cli_findings_in(&all, &scope, &some);
	for (size_t i = 0; i < some.count; i++)
		buf_addf(&out, "%.*s|", STR_ARG(some.items[i].message));
	const char *text = arena_strdup(c->arena, buf_cstr(&out));
	buf_release(&out);
	return text;
}

static bool has(const char *list, const char *message)
{
	return strstr(list, arena_printf(c->arena, "%s|", message)) != NULL;
}

START_TEST(a_scope_has_its_own_findings_and_those_that_hold_everywhere)
{
	begin();
	const char *everything = in("", "");
	for (size_t i = 0; i < all.count; i++)
		ck_assert(has(everything, arena_strndup(c->arena, all.items[i].message.p,
							all.items[i].message.len)));
	const char *ecm = in("ecm", "");
	ck_assert(has(ecm, "platform") && has(ecm, "domain") && has(ecm, "skill") &&
		  has(ecm, "other skill"));
	ck_assert(!has(ecm, "other domain") && !has(ecm, "skill there"));
	const char *order = in("ecm", "order");
	ck_assert(has(order, "platform") && has(order, "domain") && has(order, "skill"));
	ck_assert(!has(order, "other skill") && !has(order, "other domain"));
	ck_assert_str_eq(in("none", ""), "platform|");
}
END_TEST

static void count(const char *domain, const char *skill, struct cli_counted *ret)
{
	CLEANUP(cli_folder_release) struct cli_folder f = {0};
	CLEANUP(cli_tree_release) struct cli_tree t = {0};
	struct cli_scope scope;
	struct findings some;
	c->folder = help_skills(c);
	assert_ok(cli_folder_open(c, NULL, &f, &scope, &support_err));
	assert_ok(cli_read_folder(&f, &t, &support_err));
	scope = (struct cli_scope){str_of(domain), str_of(skill)};
	findings_init(&some, c->arena);
	cli_findings_in(&all, &scope, &some);
	cli_count(t.snap, &scope, &some, ret);
}

START_TEST(skills_domains_and_severities_are_counted_within_the_scope)
{
	struct cli_counted n;
	begin();
	count("", "", &n);
	ck_assert_uint_eq(n.skills, 3);
	ck_assert_uint_eq(n.domains, 2);
	ck_assert_uint_eq(n.deny, 2);
	ck_assert_uint_eq(n.warn, 3);
	ck_assert_uint_eq(n.note, 1);
	count("ecm", "", &n);
	ck_assert_uint_eq(n.skills, 2);
	ck_assert_uint_eq(n.domains, 1);
	count("hr", "screen", &n);
	ck_assert_uint_eq(n.skills, 1);
	ck_assert_uint_eq(n.domains, 1);
	ck_assert_uint_eq(n.deny, 0);
	count("nowhere", "", &n);
	ck_assert_uint_eq(n.skills, 0);
	ck_assert_uint_eq(n.domains, 0);
}
END_TEST

static void told(struct cli_counted n, const char *want)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(4096);
	cli_count_text(&out, &n);
	ck_assert_str_eq(buf_cstr(&out), want);
}

START_TEST(counts_are_told_in_words_with_their_plurals)
{
	told((struct cli_counted){.skills = 9, .domains = 5}, "9 skills in 5 domains: fine\n");
	told((struct cli_counted){.skills = 1, .domains = 1}, "1 skill in 1 domain: fine\n");
	told((struct cli_counted){0}, "0 skills in 0 domains: fine\n");
	told((struct cli_counted){.skills = 2, .domains = 1, .deny = 1, .warn = 2, .note = 3},
	     "2 skills in 1 domain: 1 to correct, 2 to look at, 3 to know\n");
	told((struct cli_counted){.skills = 2, .domains = 1, .note = 1},
	     "2 skills in 1 domain: 1 to know\n");
}
END_TEST

static const struct support_case cases[] = {
	CASE(a_scope_has_its_own_findings_and_those_that_hold_everywhere),
	CASE(skills_domains_and_severities_are_counted_within_the_scope),
	CASE(counts_are_told_in_words_with_their_plurals),
	{0}};

int main(void)
{
	return support_main("cli/findings", cases);
}
