/* Kinds and names as people write them, at their limits; what is said when they are wrong. */
#include "cli/resource.h"

#include "tests/unit/cli/help_cli.h"

static struct cli_ref parse(struct cli *c, const char *word, const char *name, const char *domain)
{
	struct cli_ref ref;
	assert_ok(cli_ref_parse(c, word, name, domain, &ref, &support_err));
	return ref;
}

static void refused(const char *word, const char *name, const char *message, const char *remedy)
{
	struct cli_ref ref;
	assert_err(cli_ref_parse(help_command(NULL), word, name, NULL, &ref, &support_err),
		   ERR_USAGE, message);
	ck_assert_msg(strstr(support_err.remedy, remedy), "\"%s\" lacks \"%s\"", support_err.remedy,
		      remedy);
}

START_TEST(every_kind_is_known_by_each_of_its_four_names)
{
	struct cli *c = help_command(NULL);
	for (const struct kind *k = kinds; k->name; k++) {
		ck_assert_ptr_eq(parse(c, k->name, NULL, NULL).kind, k);
		ck_assert_ptr_eq(parse(c, k->plural, NULL, NULL).kind, k);
		ck_assert_ptr_eq(parse(c, k->singular, NULL, NULL).kind, k);
		if (k->short_name)
			ck_assert_ptr_eq(parse(c, k->short_name, NULL, NULL).kind, k);
	}
}
END_TEST

START_TEST(the_list_of_every_kind_has_a_path_of_its_own)
{
	struct cli *c = help_command(NULL);
	for (const struct kind *k = kinds; k->name; k++) {
		struct cli_ref ref = parse(c, k->name, NULL, NULL);
		ck_assert_str_eq(cli_ref_path(c, &ref),
				 arena_printf(c->arena, "/api/v1/%s", k->plural));
	}
}
END_TEST

START_TEST(a_name_in_the_word_and_one_after_it_are_the_same)
{
	struct cli *c = help_command(NULL);
	struct cli_ref a = parse(c, "skill/ecm/manager", NULL, NULL);
	struct cli_ref b = parse(c, "skill", "ecm/manager", NULL);
	struct cli_ref d = parse(c, "skill", "manager", "ecm");
	ck_assert_str_eq(a.domain, "ecm");
	ck_assert_str_eq(a.name, "manager");
	ck_assert_str_eq(cli_ref_path(c, &a), cli_ref_path(c, &b));
	ck_assert_str_eq(cli_ref_path(c, &a), cli_ref_path(c, &d));
}
END_TEST

START_TEST(the_domain_in_a_name_is_stronger_than_that_of_the_option)
{
	struct cli *c = help_command(NULL);
	struct cli_ref ref = parse(c, "skill", "frm/manager", "ecm");
	ck_assert_str_eq(ref.domain, "frm");
	ck_assert_str_eq(ref.name, "manager");
}
END_TEST

START_TEST(a_kind_without_domains_keeps_the_slashes_of_its_names)
{
	struct cli *c = help_command(NULL);
	struct cli_ref ref = parse(c, "source", "a/b", NULL);
	ck_assert_ptr_null(ref.domain);
	ck_assert_str_eq(ref.name, "a/b");
	ck_assert_str_eq(cli_ref_path(c, &ref), "/api/v1/sources/a%2Fb");
}
END_TEST

START_TEST(nothing_in_a_name_can_leave_its_place_in_the_path)
{
	struct cli *c = help_command(NULL);
	struct cli_ref ref = parse(c, "skill", "ecm/../../x?y#z", NULL);
	ck_assert_str_eq(cli_ref_path(c, &ref), "/api/v1/domains/ecm/skills/..%2F..%2Fx%3Fy%23z");
	ref = parse(c, "source", "%2e\r\n", NULL);
	ck_assert_str_eq(cli_ref_path(c, &ref), "/api/v1/sources/%252e%0D%0A");
}
END_TEST

START_TEST(what_is_no_kind_is_refused_with_the_nearest)
{
	refused("skil", NULL, "there is no kind \"skil\"", "did you mean skill?");
	refused("SKILLZ", NULL, "there is no kind \"SKILLZ\"", "did you mean skills?");
	refused("domian/ecm", NULL, "there is no kind \"domian\"", "did you mean domain?");
	refused("exectuions", NULL, "there is no kind \"exectuions\"", "did you mean executions?");
}
END_TEST

START_TEST(what_is_near_no_kind_is_told_the_kinds)
{
	char long_word[101];
	memset(long_word, 'a', 100);
	long_word[100] = '\0';
	refused("pods-of-whales", NULL, "there is no kind", "it is one of: ");
	refused("pods-of-whales", NULL, "there is no kind", "skills");
	refused("", NULL, "there is no kind \"\"", "");
	refused("/ecm", NULL, "there is no kind \"\"", "");
	refused(long_word, NULL, "there is no kind", "it is one of: ");
}
END_TEST

START_TEST(an_object_is_named_once)
{
	refused("skill/ecm/a", "ecm/b",
		"\"skill/ecm/a\" names an object already, and \"ecm/b\" another",
		"it is: aspora get KIND");
}
END_TEST

START_TEST(a_name_without_the_domain_that_it_needs_says_both_ways)
{
	refused("skill", "manager", "the skill \"manager\" is named without its domain",
		"write DOMAIN/manager, or add -d DOMAIN");
	refused("sk/manager", NULL, "the skill \"manager\" is named without its domain",
		"write DOMAIN/manager");
}
END_TEST

START_TEST(an_execution_needs_no_domain)
{
	struct cli *c = help_command(NULL);
	struct cli_ref ref = parse(c, "execution", "EXEC-1", NULL);
	ck_assert_str_eq(cli_ref_path(c, &ref), "/api/v1/executions/EXEC-1");
	ck_assert_str_eq(cli_ref_text(c, &ref), "execution EXEC-1");
}
END_TEST

START_TEST(messages_name_an_object_as_it_can_be_written_again)
{
	struct cli *c = help_command(NULL);
	struct cli_ref ref = parse(c, "sk", "ecm/manager", NULL);
	ck_assert_str_eq(cli_ref_text(c, &ref), "skill ecm/manager");
	ref = parse(c, "sources", "main", "ecm");
	ck_assert_str_eq(cli_ref_text(c, &ref), "source main");
	ref = parse(c, "skills", NULL, "ecm");
	ck_assert_str_eq(cli_ref_text(c, &ref), "skill ");
}
END_TEST

START_TEST(a_given_domain_is_stronger_than_that_of_the_context)
{
	struct cli_gateway g = {.c = help_command(NULL)};
	ck_assert_ptr_null(cli_domain(&g, NULL));
	ck_assert_str_eq(cli_domain(&g, "hr"), "hr");
	g.domain = str_make("ecm and more", 3);
	ck_assert_str_eq(cli_domain(&g, NULL), "ecm");
	ck_assert_str_eq(cli_domain(&g, "hr"), "hr");
}
END_TEST

START_TEST(what_may_be_done_with_a_kind_has_names_in_one_order)
{
	const char *names[CLI_KIND_VERBS];
	size_t count = 9;
	cli_kind_verbs(0, names, &count);
	ck_assert_uint_eq(count, 0);
	cli_kind_verbs(VERB_DELETE | VERB_LIST, names, &count);
	ck_assert_uint_eq(count, 2);
	ck_assert_str_eq(names[0], "list");
	ck_assert_str_eq(names[1], "delete");
	cli_kind_verbs(~0u, names, &count);
	ck_assert_uint_eq(count, CLI_KIND_VERBS);
}
END_TEST

static const struct support_case cases[] = {
	CASE(every_kind_is_known_by_each_of_its_four_names),
	CASE(the_list_of_every_kind_has_a_path_of_its_own),
	CASE(a_name_in_the_word_and_one_after_it_are_the_same),
	CASE(the_domain_in_a_name_is_stronger_than_that_of_the_option),
	CASE(a_kind_without_domains_keeps_the_slashes_of_its_names),
	CASE(nothing_in_a_name_can_leave_its_place_in_the_path),
	CASE(what_is_no_kind_is_refused_with_the_nearest),
	CASE(what_is_near_no_kind_is_told_the_kinds),
	CASE(an_object_is_named_once),
	CASE(a_name_without_the_domain_that_it_needs_says_both_ways),
	CASE(an_execution_needs_no_domain),
	CASE(messages_name_an_object_as_it_can_be_written_again),
	CASE(what_may_be_done_with_a_kind_has_names_in_one_order),
	CASE(a_given_domain_is_stronger_than_that_of_the_context),
	{0}};

int main(void)
{
	return support_main("cli/resource", cases);
}
