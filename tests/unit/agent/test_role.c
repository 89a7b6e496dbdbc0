/* The table of roles, and the titles under which they run. */
#include "agent/role.h"
#include "tests/unit/support.h"

START_TEST(every_role_is_found_by_its_name_and_by_its_title)
{
	char title[ROLE_TITLE_MAX];
	int count = 0;
	for (const struct agent_role *r = agent_roles; r->name; r++, count++) {
		ck_assert_ptr_eq(agent_role_find(r->name), r);
		agent_role_title(r, title);
		ck_assert(str_starts(str_of(title), STR("asporad: ")));
		ck_assert_str_eq(title + 9, r->name);
		ck_assert_ptr_eq(agent_role_of_title(title), r);
		ck_assert(r->goal[0] && r->run);
	}
	ck_assert_int_eq(count, 4);
}
END_TEST

static const char *const no_titles[] = {"",
					"asporad",
					"asporad:",
					"asporad: ",
					"asporad:sync",
					"asporad: syncs",
					"asporad: s",
					"sync",
					"asporad: SYNC",
					" asporad: sync",
					"asporad: sync "};

START_TEST(nothing_else_is_the_title_of_a_role)
{
	ck_assert_ptr_null(agent_role_of_title(no_titles[_i]));
	if (strcmp(no_titles[_i], "sync") != 0)
		ck_assert_ptr_null(agent_role_find(no_titles[_i]));
}
END_TEST

START_TEST(only_one_role_keeps_root_and_only_one_signs)
{
	unsigned counts[4] = {0};
	static const unsigned privileges[] = {ROLE_KEEPS_ROOT, ROLE_NEEDS_GIT, ROLE_NEEDS_LISTEN,
					      ROLE_SIGNS};
	for (const struct agent_role *r = agent_roles; r->name; r++)
		for (size_t i = 0; i < ARRAY_SIZE(privileges); i++)
			counts[i] += (r->privileges & privileges[i]) != 0;
	for (size_t i = 0; i < ARRAY_SIZE(counts); i++)
		ck_assert_uint_eq(counts[i], 1);
	/* Whoever is reached from outside has nothing else. */
	ck_assert_uint_eq(agent_role_find("gateway")->privileges, ROLE_NEEDS_LISTEN);
	ck_assert_int_ne(agent_role_find("gateway")->store_role, STORE_OWNER);
}
END_TEST

START_TEST(who_makes_work_stops_before_who_does_it)
{
	ck_assert_uint_lt(agent_role_find("gateway")->stop_order,
			  agent_role_find("sync")->stop_order);
	ck_assert_uint_lt(agent_role_find("sync")->stop_order,
			  agent_role_find("control")->stop_order);
	ck_assert_uint_lt(agent_role_find("control")->stop_order,
			  agent_role_find("runner")->stop_order);
}
END_TEST

static const struct support_case cases[] = {
	CASE(every_role_is_found_by_its_name_and_by_its_title),
	CASE_LOOP(nothing_else_is_the_title_of_a_role, ARRAY_SIZE(no_titles)),
	CASE(only_one_role_keeps_root_and_only_one_signs),
	CASE(who_makes_work_stops_before_who_does_it),
	{0},
};

int main(void)
{
	return support_main("agent/role", cases);
}
