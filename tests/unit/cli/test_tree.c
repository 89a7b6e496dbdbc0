/* The tree of domains, managers, skills and routes. */
#include "cli/tree.h"

#include <stdlib.h>

#include "tests/unit/cli/help_cli.h"

#define MOST 8

struct world {
	const struct doc_node *domains[MOST], *skills[MOST], *routes[MOST];
	struct cli_tree_of of;
};

static struct cli *c;
static struct world w;

static void begin(void)
{
	c = help_command(NULL);
	w = (struct world){0};
	w.of.domains = w.domains;
	w.of.skills = w.skills;
	w.of.routes = w.routes;
}

static const char *conditions(const char *ready, const char *stalled)
{
	return arena_printf(
		c->arena,
		"\"conditions\":[{\"type\":\"Ready\",\"status\":\"%s\",\"reason\":\"R\"},"
		"{\"type\":\"Stalled\",\"status\":\"%s\",\"reason\":\"Held\"}]",
		ready, stalled);
}

static void domain(const char *name, const char *ready, const char *stalled)
{
	w.domains[w.of.domain_count++] = help_json(
		c, arena_printf(c->arena,
				"{\"metadata\":{\"name\":\"%s\",\"source\":{\"name\":\"main\","
				"\"revision\":\"0123456789abcdef\"}},\"status\":{%s}}",
				name, conditions(ready, stalled)));
}

static void skill(const char *domain, const char *name, const char *role, const char *stalled)
{
	w.skills[w.of.skill_count++] = help_json(
		c, arena_printf(c->arena,
				"{\"metadata\":{\"domain\":\"%s\",\"name\":\"%s\"},"
				"\"spec\":{\"role\":\"%s\"},\"status\":{\"digest\":\"aa\",%s}}",
				domain, name, role, conditions("True", stalled)));
}

static void route(const char *domain, const char *skill_name, const char *pattern)
{
	w.routes[w.of.route_count++] = help_json(
		c, arena_printf(c->arena,
				"{\"metadata\":{\"domain\":\"%s\",\"name\":\"x\"},\"spec\":{"
				"\"skill\":\"%s\",\"kind\":\"command\",\"pattern\":\"%s\"}}",
				domain, skill_name, pattern));
}

static const char *text(bool utf8, bool color)
{
	struct buf out = BUF_INIT(BUF_MAX);
	cli_tree_text(&out, &w.of, (struct cli_tree_style){.utf8 = utf8, .color = color});
	const char *z = arena_strdup(c->arena, buf_cstr(&out));
	buf_release(&out);
	return z;
}

START_TEST(skills_stand_below_the_one_manager_of_their_domain)
{
	begin();
	domain("ecm", "True", "False");
	skill("ecm", "a", "specialist", "False");
	skill("ecm", "boss", "manager", "False");
	skill("ecm", "z", "field", "False");
	skill("hr", "other", "manager", "False");
	route("ecm", "boss", "help");
	route("ecm", "z", "go {x}");
	route("ecm", "z", "stop");
	route("hr", "z", "not mine");
	ck_assert_str_eq(text(false, false), "ok ecm  main@0123456789ab\n"
					     "`-- ok boss  manager  aa\n"
					     "    |-- command: help\n"
					     "    |-- ok a  specialist  aa\n"
					     "    `-- ok z  field  aa\n"
					     "        |-- command: go {x}\n"
					     "        `-- command: stop\n");
}
END_TEST

START_TEST(without_a_manager_or_with_two_all_stand_below_the_domain)
{
	begin();
	domain("ecm", "True", "False");
	skill("ecm", "a", "specialist", "False");
	skill("ecm", "b", "specialist", "False");
	ck_assert_str_eq(text(false, false), "ok ecm  main@0123456789ab\n"
					     "|-- ok a  specialist  aa\n"
					     "`-- ok b  specialist  aa\n");
	skill("ecm", "m", "manager", "False");
	skill("ecm", "n", "manager", "False");
	ck_assert_str_eq(text(false, false), "ok ecm  main@0123456789ab\n"
					     "|-- ok a  specialist  aa\n"
					     "|-- ok b  specialist  aa\n"
					     "|-- ok m  manager  aa\n"
					     "`-- ok n  manager  aa\n");
}
END_TEST

START_TEST(marks_say_what_is_under_way_and_what_needs_somebody)
{
	begin();
	domain("moving", "Unknown", "False");
	domain("held", "True", "True");
	skill("held", "s", "manager", "True");
	ck_assert_str_eq(text(false, false), ".. moving  main@0123456789ab  R\n"
					     "!! held  main@0123456789ab  Held\n"
					     "`-- !! s  manager  aa  Held\n");
	ck_assert_str_eq(text(true, false), "\u2026 moving  main@0123456789ab  R\n"
					    "\u2718 held  main@0123456789ab  Held\n"
					    "\u2514\u2500\u2500 \u2718 s  manager  aa  Held\n");
}
END_TEST

START_TEST(colours_are_around_the_marks_only)
{
	begin();
	domain("d", "True", "False");
	ck_assert_str_eq(text(false, true), "\033[32mok\033[0m d  main@0123456789ab\n");
}
END_TEST

START_TEST(names_cannot_steer_a_terminal)
{
	begin();
	domain("d", "True", "False");
	skill("d", "s\\u001b[2J", "manager", "False");
	route("d", "s\\u001b[2J", "a\\nb");
	ck_assert_str_eq(text(false, false), "ok d  main@0123456789ab\n"
					     "`-- ok s\\x1b[2J  manager  aa\n"
					     "    `-- command: a\\nb\n");
}
END_TEST

START_TEST(nothing_is_nothing)
{
	begin();
	ck_assert_str_eq(text(true, true), "");
	struct buf out = BUF_INIT(BUF_MAX);
	cli_tree_json(&out, &w.of);
	ck_assert_str_eq(buf_cstr(&out),
			 "{\"apiVersion\":\"aspora/v1\",\"kind\":\"Tree\",\"items\":[]}");
	buf_release(&out);
}
END_TEST

START_TEST(programs_get_the_same_as_a_document)
{
	begin();
	domain("d", "True", "False");
	skill("d", "m", "manager", "False");
	skill("d", "s", "specialist", "True");
	route("d", "s", "go");
	struct buf out = BUF_INIT(BUF_MAX);
	cli_tree_json(&out, &w.of);
	ck_assert_str_eq(
		buf_cstr(&out),
		"{\"apiVersion\":\"aspora/v1\",\"kind\":\"Tree\",\"items\":[{\"name\":\"d\","
		"\"ready\":\"True\",\"status\":\"R\",\"digest\":\"\",\"source\":\"main\","
		"\"revision\":\"0123456789abcdef\",\"skills\":[{\"name\":\"m\",\"ready\":\"True\","
		"\"status\":\"R\",\"digest\":\"aa\",\"role\":\"manager\",\"routes\":[],"
		"\"skills\":[{\"name\":\"s\",\"ready\":\"True\",\"status\":\"Held\","
		"\"digest\":\"aa\",\"role\":\"specialist\",\"routes\":[{\"kind\":\"command\","
		"\"pattern\":\"go\"}]}]}]}]}");
	buf_release(&out);
}
END_TEST

START_TEST(lines_are_utf8_where_the_terminal_is)
{
	begin();
	unsetenv("LC_ALL");
	unsetenv("LC_CTYPE");
	setenv("LANG", "en_GB.UTF-8", 1);
	ck_assert(!cli_tree_style(c).utf8);
	c->terminal_out = true;
	ck_assert(cli_tree_style(c).utf8);
	setenv("LC_CTYPE", "C.utf8", 1);
	setenv("LANG", "C", 1);
	ck_assert(cli_tree_style(c).utf8);
	setenv("LC_ALL", "C", 1);
	ck_assert(!cli_tree_style(c).utf8);
	setenv("LC_ALL", "", 1);
	ck_assert(cli_tree_style(c).utf8);
	ck_assert(!cli_tree_style(c).color);
	c->color = true;
	ck_assert(cli_tree_style(c).color);
}
END_TEST

static const struct support_case cases[] = {
	CASE(skills_stand_below_the_one_manager_of_their_domain),
	CASE(without_a_manager_or_with_two_all_stand_below_the_domain),
	CASE(marks_say_what_is_under_way_and_what_needs_somebody),
	CASE(colours_are_around_the_marks_only),
	CASE(names_cannot_steer_a_terminal),
	CASE(nothing_is_nothing),
	CASE(programs_get_the_same_as_a_document),
	CASE(lines_are_utf8_where_the_terminal_is),
	{0}};

int main(void)
{
	return support_main("cli/tree", cases);
}
