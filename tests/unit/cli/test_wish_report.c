/* What a wish changed or would change, in words. */
#include "cli/wish_report.h"

#include "tests/unit/cli/help_cli.h"

static const char *report(const char *result)
{
	struct cli *c = help_command(NULL);
	struct buf out = BUF_INIT(BUF_MAX);
	const struct doc_node *wish =
		help_json(c, arena_printf(c->arena, "{\"status\":{\"result\":%s}}", result));
	assert_ok(cli_wish_report(&out, wish, &support_err));
	const char *text = arena_strdup(c->arena, buf_cstr(&out));
	buf_release(&out);
	return text;
}

START_TEST(a_plan_is_told_skill_by_skill_with_its_details)
{
	ck_assert_str_eq(
		report("{\"plan\":{\"domains\":[{\"name\":\"ecm\",\"op\":\"update\",\"skills\":["
		       "{\"name\":\"a\",\"op\":\"create\",\"details\":[{\"text\":\"role field\"}]},"
		       "{\"name\":\"b\",\"op\":\"update\",\"details\":[{\"text\":\"budget 5 \u2192 "
		       "9\","
		       "\"growth\":true},{\"text\":\"text changed\",\"growth\":false}]},"
		       "{\"name\":\"c\",\"op\":\"delete\"}]}]}}"),
		"+ ecm/a  create\n      role field\n"
		"~ ecm/b  update\n    ! budget 5 \u2192 9\n      text changed\n"
		"- ecm/c  delete\n");
}
END_TEST

START_TEST(a_domain_of_which_no_skill_changes_is_told_itself)
{
	ck_assert_str_eq(
		report("{\"plan\":{\"domains\":[{\"name\":\"ecm\",\"op\":\"update\","
		       "\"skills\":[]},{\"name\":\"hr\",\"op\":\"delete\"},{\"name\":\"x\","
		       "\"op\":\"create\"}]}}"),
		"~ ecm  its own files or policy\n- hr  its own files or policy\n"
		"+ x  its own files or policy\n");
}
END_TEST

START_TEST(nothing_is_told_of_what_changes_nothing)
{
	ck_assert_str_eq(report("{}"), "");
	ck_assert_str_eq(report("{\"plan\":{\"domains\":[]}}"), "");
	ck_assert_str_eq(report("{\"plan\":null,\"admission\":{\"domains\":[]}}"), "");
	ck_assert_str_eq(report("7"), "");
	struct buf out = BUF_INIT(BUF_MAX);
	struct cli *c = help_command(NULL);
	assert_ok(cli_wish_report(&out, help_json(c, "{}"), &support_err));
	ck_assert_uint_eq(out.len, 0);
}
END_TEST

/* clang-format off */
#define FINDING(severity, path, message) \
	"{\"rule\":\"AD-X\",\"severity\":\"" severity "\",\"domain\":\"ecm\",\"skill\":\"a\"," \
	"\"path\":\"" path "\",\"line\":2,\"column\":3,\"message\":\"" message \
	"\",\"remedy\":\"write less\",\"fingerprint\":\"f\"}"
#define ADMISSION \
	"\"admission\":{\"findings\":[" FINDING("deny", "a", "of the repository") "],\"platform\":{" \
	"\"findings\":[" FINDING("warn", "b", "of the platform") "]},\"domains\":[{\"findings\":[" \
	FINDING("deny", "c", "of a domain") "," FINDING("note", "d", "by the way") "]}]}"
/* clang-format on */

START_TEST(of_what_was_done_only_what_denies_is_told)
{
	const char *text = report("{" ADMISSION "}");
	ck_assert_ptr_nonnull(strstr(text, "a:2:3: deny AD-X: of the repository"));
	ck_assert_ptr_nonnull(strstr(text, "c:2:3: deny AD-X: of a domain"));
	ck_assert_ptr_nonnull(strstr(text, "write less"));
	ck_assert_ptr_null(strstr(text, "of the platform"));
	ck_assert_ptr_null(strstr(text, "by the way"));
}
END_TEST

START_TEST(a_dry_run_tells_what_to_look_at_too)
{
	const char *text = report("{\"dryRun\":true," ADMISSION "}");
	ck_assert_ptr_nonnull(strstr(text, "b:2:3: warn AD-X: of the platform"));
	ck_assert_ptr_null(strstr(text, "by the way"));
}
END_TEST

START_TEST(what_a_repository_wrote_cannot_steer_a_terminal)
{
	const char *text = report("{\"plan\":{\"domains\":[{\"name\":\"e\\u001b[2J\",\"skills\":[{"
				  "\"name\":\"a\\nb\",\"op\":\"update\",\"details\":[{\"text\":"
				  "\"x\\u202ey\"}]}]}]}}");
	ck_assert_str_eq(text, "~ e\\x1b[2J/a\\nb  update\n      x\\u{202e}y\n");
}
END_TEST

START_TEST(a_finding_that_is_none_is_an_error)
{
	struct cli *c = help_command(NULL);
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	const struct doc_node *wish = help_json(
		c, "{\"status\":{\"result\":{\"admission\":{\"findings\":[{\"severity\":7}]}}}}");
	assert_err(cli_wish_report(&out, wish, &support_err), ERR_INVALID, "");
}
END_TEST

static const struct support_case cases[] = {CASE(a_plan_is_told_skill_by_skill_with_its_details),
					    CASE(a_domain_of_which_no_skill_changes_is_told_itself),
					    CASE(nothing_is_told_of_what_changes_nothing),
					    CASE(of_what_was_done_only_what_denies_is_told),
					    CASE(a_dry_run_tells_what_to_look_at_too),
					    CASE(what_a_repository_wrote_cannot_steer_a_terminal),
					    CASE(a_finding_that_is_none_is_an_error),
					    {0}};

int main(void)
{
	return support_main("cli/wish_report", cases);
}
