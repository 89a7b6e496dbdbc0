/* The skills that files stand for: -f of get, describe, delete and wait. */
#include "cli/file_ref.h"

#include <unistd.h>

#include "tests/unit/cli/help_cli.h"

static struct cli *c;
static const char *root;

static void set_up(void)
{
	c = help_command(NULL);
	root = help_skills(c);
	ck_assert_int_eq(chdir(root), 0);
}

/* "ecm/boss ecm/order" */
static const char *names_of(const struct cli_refs *refs)
{
	static char text[1024];
	size_t n = 0;
	text[0] = '\0';
	for (size_t i = 0; i < refs->count; i++) {
		ck_assert_str_eq(refs->items[i].kind->name, "Skill");
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s%s/%s", i ? " " : "",
				      refs->items[i].domain, refs->items[i].name);
	}
	return text;
}

static const char *meant(const char *path)
{
	struct cli_refs refs = {0};
	assert_ok(cli_file_refs(c, path, &refs, &support_err));
	return names_of(&refs);
}

START_TEST(a_path_stands_for_the_skills_below_it)
{
	static const struct {
		const char *path, *skills;
	} rows[] = {
		{".", "ecm/boss ecm/order hr/screen"},
		{"skills", "ecm/boss ecm/order hr/screen"},
		{"skills/", "ecm/boss ecm/order hr/screen"},
		{"skills/ecm", "ecm/boss ecm/order"},
		{"skills/ecm/", "ecm/boss ecm/order"},
		{"skills/ecm/order", "ecm/order"},
		{"skills/ecm/order/code", "ecm/order"},
		{"skills/ecm/order/SKILL.md", "ecm/order"},
		{"skills/ecm/order/code/handler.py", "ecm/order"},
		{"ecm", "ecm/boss ecm/order"},
		{"hr/screen", "hr/screen"},
	};
	set_up();
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		ck_assert_msg(strcmp(meant(rows[i].path), rows[i].skills) == 0, "%s is %s",
			      rows[i].path, meant(rows[i].path));
	/* From within, and from elsewhere. */
	ck_assert_int_eq(chdir("skills/ecm/order"), 0);
	ck_assert_str_eq(meant("SKILL.md"), "ecm/order");
	ck_assert_int_eq(chdir("/"), 0);
	ck_assert_str_eq(meant(arena_printf(c->arena, "%s/skills/hr", root)), "hr/screen");
	c->folder = root;
	ck_assert_str_eq(meant("skills/hr/screen/SKILL.md"), "hr/screen");
}
END_TEST

START_TEST(what_several_paths_mean_comes_in_their_order)
{
	struct cli_refs refs = {0};
	set_up();
	assert_ok(cli_file_refs(c, "hr/screen", &refs, &support_err));
	assert_ok(cli_file_refs(c, "skills/ecm/boss", &refs, &support_err));
	ck_assert_str_eq(names_of(&refs), "hr/screen ecm/boss");
}
END_TEST

START_TEST(a_path_that_is_of_no_skill_says_so)
{
	static const struct {
		const char *path;
		int code;
		const char *message, *remedy;
	} rows[] = {
		{"skills/ecm/DOMAIN.md", ERR_INVALID, "DOMAIN.md is a file of no skill",
		 "name the domain: domain/ecm"},
		{"FIRM.md", ERR_INVALID, "FIRM.md is a file of no skill", "a skill's folder"},
		{"-", ERR_USAGE, "standard input is none", "below skills/DOMAIN/NAME/"},
		{"https://example.com/x.yaml", ERR_USAGE,
		 "https://example.com/x.yaml is an address", "a source in asporad.conf"},
		{"/", ERR_NOT_FOUND, "there is no skills/ folder in /", ""},
		{"/nowhere", ERR_NOT_FOUND, "/nowhere: No such file", ""},
		{"skills/none.md", ERR_NOT_FOUND, "skills/none.md: No such file", ""},
		{"skills/none", ERR_NOT_FOUND, "skills/none: No such file", ""},
		{"ecm/ordre", ERR_NOT_FOUND, "ordre", "ecm/order"},
		{"nowhere", ERR_NOT_FOUND, "nowhere", ""},
	};
	set_up();
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct cli_refs refs = {0};
		assert_err(cli_file_refs(c, rows[i].path, &refs, &support_err), rows[i].code,
			   rows[i].message);
		ck_assert_msg(strstr(support_err.remedy, rows[i].remedy), "%s: %s", rows[i].path,
			      support_err.remedy);
		ck_assert_uint_eq(refs.count, 0);
	}
}
END_TEST

static const struct support_case cases[] = {CASE(a_path_stands_for_the_skills_below_it),
					    CASE(what_several_paths_mean_comes_in_their_order),
					    CASE(a_path_that_is_of_no_skill_says_so),
					    {0}};

int main(void)
{
	return support_main("cli/file_ref", cases);
}
