/* What differs between two lists of skills, in words. */
#include "cli/changes.h"

#include "tests/unit/cli/help_cli.h"

static struct cli *c;

static const struct doc_node *skill(const char *name, const char *content, const char *spec)
{
	return help_json(c,
			 arena_printf(c->arena,
				      "{\"metadata\":{\"domain\":\"ecm\",\"name\":\"%s\"},"
				      "\"spec\":%s,\"status\":{\"digest\":\"%s\",\"desired\":{"
				      "\"content\":\"%s\",\"runtime\":\"r\",\"context\":\"x\"}}}",
				      name, spec, content, content));
}

static const char *plan_summary(const struct plan *p)
{
	return arena_printf(c->arena,
			    "%zu to create, %zu to update, %zu to delete, %zu unchanged\n",
			    p->created, p->updated, p->deleted, p->unchanged);
}

/* Without the line that counts them. */
static const char *told(const struct doc_node *const *old, size_t old_count,
			const struct doc_node *const *now, size_t now_count, size_t *unchanged)
{
	struct buf out = BUF_INIT(BUF_MAX);
	struct cli_change *list = NULL;
	size_t count = 0;
	cli_changes(c->arena, old, old_count, now, now_count, &list, &count, unchanged);
	CLEANUP(plan_freep) struct plan *plan = cli_changes_plan(list, count, *unchanged);
	plan_text(&out, plan);
	char *text = arena_strdup(c->arena, buf_cstr(&out));
	char *summary = count ? strstr(text, plan_summary(plan)) : text;
	ck_assert_ptr_nonnull(summary);
	*summary = '\0';
	buf_release(&out);
	return text;
}

/* What is told of one skill whose spec changed from one to the other. */
static const char *between(const char *before, const char *after)
{
	c = help_command(NULL);
	const struct doc_node *old = skill("a", "1", before), *now = skill("a", "2", after);
	size_t unchanged = 0;
	const char *text = told(&old, 1, &now, 1, &unchanged);
	ck_assert_uint_eq(unchanged, 0);
	ck_assert_ptr_eq(strstr(text, "~ ecm/a  update\n"), text);
	return text + strlen("~ ecm/a  update\n");
}

START_TEST(values_are_told_from_what_to_what_and_growth_is_marked)
{
	ck_assert_str_eq(between("{\"config\":{\"budget\":{\"per_run_usd\":\"0.1\"}}}",
				 "{\"config\":{\"budget\":{\"per_run_usd\":\"0.25\"}}}"),
			 "    ! budget per_run_usd 0.1 \u2192 0.25\n");
	ck_assert_str_eq(between("{\"config\":{\"budget\":{\"per_run_usd\":\"0.25\"}}}",
				 "{\"config\":{\"budget\":{\"per_run_usd\":\"0.1\"}}}"),
			 "      budget per_run_usd 0.25 \u2192 0.1\n");
	ck_assert_str_eq(between("{\"config\":{\"limits\":{\"memory\":\"128Mi\"}}}",
				 "{\"config\":{\"limits\":{\"memory\":\"1Gi\"}}}"),
			 "      limits memory 128Mi \u2192 1Gi\n");
	ck_assert_str_eq(between("{\"config\":{\"limits\":{\"processes\":9}}}",
				 "{\"config\":{\"limits\":{\"processes\":10}}}"),
			 "    ! limits processes 9 \u2192 10\n");
	ck_assert_str_eq(between("{\"config\":{\"runtime\":{\"network\":false}}}",
				 "{\"config\":{\"runtime\":{\"network\":true}}}"),
			 "    ! runtime network false \u2192 true\n");
	ck_assert_str_eq(between("{\"role\":\"field\"}", "{\"role\":\"manager\"}"),
			 "      role field \u2192 manager\n");
}
END_TEST

START_TEST(lists_are_told_member_by_member)
{
	ck_assert_str_eq(between("{\"triggers\":[\"a\",\"b\"]}", "{\"triggers\":[\"b\",\"c\"]}"),
			 "      new trigger c\n      no longer answers a\n");
	ck_assert_str_eq(between("{\"config\":{\"mcp\":{}}}",
				 "{\"config\":{\"mcp\":{\"tools\":[\"redshift.query\"]}}}"),
			 "    ! new tool redshift.query\n");
	ck_assert_str_eq(between("{\"config\":{\"x\":{\"y\":[1]}}}", "{\"config\":{\"x\":{}}}"),
			 "      gone from x y: 1\n");
	ck_assert_str_eq(between("{\"list\":[\"a\"]}", "{\"list\":\"a\"}"),
			 "      list [\"a\"] \u2192 a\n");
}
END_TEST

START_TEST(what_comes_and_goes_is_told_as_such)
{
	ck_assert_str_eq(between("{\"a\":1}", "{\"b\":\"x\"}"),
			 "      b is x\n      a is no longer 1\n");
	ck_assert_str_eq(between("{}", "{\"m\":{\"n\":{\"o\":true}}}"), "      m n.o is true\n");
}
END_TEST

START_TEST(long_texts_are_only_said_to_have_changed)
{
	char *before = arena_printf(help_command(NULL)->arena, "{\"description\":\"%0100d\"}", 1);
	ck_assert_str_eq(between(before, "{\"description\":\"short\"}"),
			 "      description changed\n");
}
END_TEST

START_TEST(where_no_field_tells_the_digests_do)
{
	ck_assert_str_eq(between("{\"a\":1}", "{\"a\":1}"), "      its files changed\n");
	c = help_command(NULL);
	const struct doc_node *old = skill("a", "1", "{}");
	const struct doc_node *now = help_json(
		c, "{\"metadata\":{\"domain\":\"ecm\",\"name\":\"a\"},\"spec\":{},\"status\":{"
		   "\"digest\":\"1\",\"desired\":{\"content\":\"1\",\"runtime\":\"r\","
		   "\"context\":\"another\"}}}");
	size_t unchanged = 0;
	ck_assert_str_eq(told(&old, 1, &now, 1, &unchanged),
			 "~ ecm/a  update\n      what it inherits changed\n");
}
END_TEST

START_TEST(skills_are_matched_by_their_names)
{
	c = help_command(NULL);
	const struct doc_node *old[] = {skill("a", "1", "{}"), skill("b", "1", "{}"),
					skill("d", "1", "{}")};
	const struct doc_node *now[] = {skill("b", "1", "{}"), skill("c", "1", "{}"),
					skill("d", "2", "{}"), skill("e", "1", "{}")};
	size_t unchanged = 0;
	ck_assert_str_eq(told(old, 3, now, 4, &unchanged),
			 "- ecm/a  delete\n+ ecm/c  create\n~ ecm/d  update\n      its files "
			 "changed\n+ ecm/e  create\n");
	ck_assert_uint_eq(unchanged, 1);
	ck_assert_str_eq(told(old, 3, old, 3, &unchanged), "");
	ck_assert_uint_eq(unchanged, 3);
	ck_assert_str_eq(told(NULL, 0, NULL, 0, &unchanged), "");
}
END_TEST

START_TEST(as_a_plan_they_stand_in_domains_and_are_counted)
{
	struct cli_change_word words[] = {{true, STR("more")}, {false, STR("other")}};
	const struct cli_change list[] = {
		{'+', STR("ecm"), STR("a"), STR(""), STR("1"), NULL, 0},
		{'~', STR("ecm"), STR("b"), STR("1"), STR("2"), words, 2},
		{'-', STR("frm"), STR("a"), STR("1"), STR(""), NULL, 0},
	};
	c = help_command(NULL);
	CLEANUP(plan_freep) struct plan *p = cli_changes_plan(list, ARRAY_SIZE(list), 4);
	ck_assert_uint_eq(p->domain_count, 2);
	assert_str(p->domains[0].name, "ecm");
	ck_assert_uint_eq(p->domains[0].skill_count, 2);
	ck_assert_int_eq(p->domains[0].skills[0].op, CHANGE_CREATE);
	ck_assert_uint_eq(p->domains[0].skills[1].detail_count, 2);
	ck_assert(p->domains[0].skills[1].details[0].growth);
	ck_assert(!p->domains[0].skills[1].details[1].growth);
	assert_str(p->domains[1].skills[0].name, "a");
	ck_assert_int_eq(p->domains[1].skills[0].op, CHANGE_DELETE);
	ck_assert_str_eq(plan_summary(p), "1 to create, 1 to update, 1 to delete, 4 unchanged\n");
	CLEANUP(plan_freep) struct plan *none = cli_changes_plan(NULL, 0, 9);
	ck_assert_uint_eq(none->domain_count, 0);
}
END_TEST

START_TEST(a_plan_that_was_written_reads_back_as_the_same_words)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	c = help_command(NULL);
	const struct doc_node *n = help_json(
		c,
		"{\"summary\":{\"create\":1,\"update\":1,\"delete\":0,\"unchanged\":7},\"domains\":"
		"["
		"{\"name\":\"ecm\",\"op\":\"update\",\"skills\":[{\"name\":\"a\",\"op\":\"create\"}"
		","
		"{\"name\":\"b\",\"op\":\"update\",\"details\":[{\"field\":\"x\",\"text\":\"more\","
		"\"growth\":true},{\"text\":\"other\"}]}]},"
		"{\"name\":\"frm\",\"op\":\"none\",\"policyChanged\":true,\"skills\":[]}]}");
	CLEANUP(plan_freep) struct plan *p = cli_changes_of_plan(n);
	plan_text(&out, p);
	ck_assert_str_eq(buf_cstr(&out),
			 "+ ecm/a  create\n~ ecm/b  update\n    ! more\n      other\n"
			 "  frm  policy\n      policy changed: it is admitted anew\n"
			 "1 to create, 1 to update, 0 to delete, 7 unchanged\n");
	CLEANUP(plan_freep) struct plan *none = cli_changes_of_plan(NULL);
	ck_assert_uint_eq(none->domain_count + none->created + none->unchanged, 0);
	/* What another gateway may say one day. */
	CLEANUP(plan_freep)
	struct plan *odd = cli_changes_of_plan(
		help_json(c, "{\"summary\":{\"create\":-1},\"domains\":[7,{\"op\":\"sing\"}]}"));
	ck_assert_uint_eq(odd->created, 0);
	ck_assert_uint_eq(odd->domain_count, 2);
	ck_assert_int_eq(odd->domains[1].op, CHANGE_NONE);
}
END_TEST

START_TEST(words_cannot_steer_a_terminal)
{
	ck_assert_str_eq(between("{\"role\":\"x\"}", "{\"role\":\"\\u001b[2Jy\"}"),
			 "      role x \u2192 \\x1b[2Jy\n");
}
END_TEST

static const struct support_case cases[] = {
	CASE(values_are_told_from_what_to_what_and_growth_is_marked),
	CASE(lists_are_told_member_by_member),
	CASE(what_comes_and_goes_is_told_as_such),
	CASE(long_texts_are_only_said_to_have_changed),
	CASE(where_no_field_tells_the_digests_do),
	CASE(skills_are_matched_by_their_names),
	CASE(as_a_plan_they_stand_in_domains_and_are_counted),
	CASE(a_plan_that_was_written_reads_back_as_the_same_words),
	CASE(words_cannot_steer_a_terminal),
	{0}};

int main(void)
{
	return support_main("cli/changes", cases);
}
