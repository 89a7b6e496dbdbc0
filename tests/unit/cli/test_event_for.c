/* Which events are meant by --for and --types: what is asked of the gateway. */
#include "cli/event_for.h"

#include "tests/unit/cli/help_cli.h"

static struct cli_gateway g;

static void in_domain(const char *domain)
{
	g = (struct cli_gateway){.c = help_command(NULL), .domain = str_of(domain)};
}

static const char *asked(const char *about, const char *types, const char *fields, bool everywhere)
{
	const struct cli_event_for which = {about, NULL, types, fields, everywhere};
	const char *path = "/events";
	assert_ok(cli_event_query(&g, &which, &path, &support_err));
	return path;
}

START_TEST(an_object_is_asked_for_by_kind_domain_and_name)
{
	in_domain("");
	ck_assert_str_eq(asked("skill/ecm/order", NULL, NULL, false),
			 "/events?kind=Skill&domain=ecm&name=order");
	ck_assert_str_eq(asked("sk/ecm/order", NULL, NULL, false),
			 "/events?kind=Skill&domain=ecm&name=order");
	ck_assert_str_eq(asked("Source/main", NULL, NULL, false), "/events?kind=Source&name=main");
	ck_assert_str_eq(asked("domain/ecm", NULL, NULL, false), "/events?kind=Domain&name=ecm");
	ck_assert_str_eq(asked("execution/EXEC-1", NULL, NULL, false),
			 "/events?kind=Execution&name=EXEC-1");
}
END_TEST

START_TEST(a_name_without_its_domain_is_of_the_context_s)
{
	in_domain("hr");
	ck_assert_str_eq(asked("skill/screen", NULL, NULL, false),
			 "/events?kind=Skill&domain=hr&name=screen");
	ck_assert_str_eq(asked("skill/ecm/order", NULL, NULL, false),
			 "/events?kind=Skill&domain=ecm&name=order");
	/* An option is stronger than the context, and must not gainsay the name. */
	const char *path = "/events";
	struct cli_event_for which = {.about = "skill/order", .domain = "ecm"};
	assert_ok(cli_event_query(&g, &which, &path, &support_err));
	ck_assert_str_eq(path, "/events?kind=Skill&domain=ecm&name=order");
	path = "/events";
	which.about = "skill/ecm/order";
	assert_ok(cli_event_query(&g, &which, &path, &support_err));
	ck_assert_str_eq(path, "/events?kind=Skill&domain=ecm&name=order");
	which.about = "skill/frm/order";
	assert_err(cli_event_query(&g, &which, &path, &support_err), ERR_USAGE,
		   "--for skill/frm/order is in domain frm, and --domain says ecm");
	/* What is no domain's, and what says all by itself, is not narrowed by it. */
	ck_assert_str_eq(asked("source/main", NULL, NULL, false), "/events?kind=Source&name=main");
	ck_assert_str_eq(asked("execution/EXEC-1", NULL, NULL, false),
			 "/events?kind=Execution&name=EXEC-1");
}
END_TEST

START_TEST(types_are_a_selector_beside_others)
{
	in_domain("");
	ck_assert_str_eq(asked(NULL, "Warning", NULL, false),
			 "/events?fieldSelector=status.type%3DWarning");
	ck_assert_str_eq(asked(NULL, "normal", "status.reason=Released", false),
			 "/events?fieldSelector=status.reason%3DReleased%2Cstatus.type%3DNormal");
	ck_assert_str_eq(asked("domain/ecm", "WARNING", NULL, false),
			 "/events?kind=Domain&name=ecm&fieldSelector=status.type%3DWarning");
	/* Both are all there are. */
	ck_assert_str_eq(asked(NULL, "Normal,Warning", NULL, false), "/events");
	ck_assert_str_eq(asked(NULL, NULL, "a=b", false), "/events?fieldSelector=a%3Db");
}
END_TEST

START_TEST(slips_are_told_with_the_name_of_the_option)
{
	static const struct {
		struct cli_event_for which;
		const char *message, *remedy;
	} rows[] = {
		{{.about = "skill"}, "--for needs KIND/NAME, not \"skill\"", ""},
		{{.about = "skill/"}, "--for needs KIND/NAME, not \"skill/\"", ""},
		{{.about = "skil/ecm/a"},
		 "--for: there is no kind \"skil\"",
		 "did you mean --for skill/ecm/a?"},
		{{.about = "pod/a"}, "--for: there is no kind \"pod\"", "here they are instances"},
		{{.about = "skill/order"}, "named without its domain", "DOMAIN/order"},
		{{.types = "warn"}, "--types: there is no type \"warn\"", "Normal or Warning"},
	};
	in_domain("");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *path = "/events";
		assert_err(cli_event_query(&g, &rows[i].which, &path, &support_err), ERR_USAGE,
			   rows[i].message);
		ck_assert_msg(strstr(support_err.remedy, rows[i].remedy), "%s", support_err.remedy);
	}
	/* --all-domains takes the context's away. */
	in_domain("hr");
	const char *path = "/events";
	assert_err(cli_event_query(&g, &(struct cli_event_for){"skill/a", NULL, NULL, NULL, true},
				   &path, &support_err),
		   ERR_USAGE, "named without its domain");
}
END_TEST

static const struct support_case cases[] = {CASE(an_object_is_asked_for_by_kind_domain_and_name),
					    CASE(a_name_without_its_domain_is_of_the_context_s),
					    CASE(types_are_a_selector_beside_others),
					    CASE(slips_are_told_with_the_name_of_the_option),
					    {0}};

int main(void)
{
	return support_main("cli/event_for", cases);
}
