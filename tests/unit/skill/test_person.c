#include "skill/person.h"

#include "tests/unit/support.h"

START_TEST(the_name_of_an_actor_is_what_stands_behind_its_kind)
{
	static const char *const rows[][2] = {
		{"key:ana", "ana"},
		{"oidc:corp:ana@example.com", "ana@example.com"},
		{"oidc:corp:a:b", "a:b"},
		{"oidc:corp", ""},
		{"Ana Ruiz <ana@example.com>", "Ana Ruiz <ana@example.com>"},
		{"sync@host", "sync@host"},
		{"key:", ""},
		{"", ""},
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		ck_assert_msg(str_eqz(person_name(str_of(rows[i][0])), rows[i][1]), "%s",
			      rows[i][0]);
}
END_TEST

static const struct {
	const char *a, *b;
	bool one;
} pairs[] = {
	{"key:ana", "Ana <ana@example.com>", true},
	{"key:ana", "Ana Ruiz <ana@example.com>", true}, /* what stands before the "@" */
	{"key:ana-ruiz", "Ana Ruiz <ana@example.com>", false},
	{"oidc:corp:ana@example.com", "Somebody <ANA@example.com>", true},
	{"oidc:corp:ana@example.org", "Somebody <ana@example.com>", false},
	{"oidc:corp:Ana Ruiz", "Ana Ruiz <x@example.com>", true},
	{"oidc:corp:bob", "key:BOB", true},
	{"key:bob", "key:bobby", false},
	{"key:bob", "Ana <bobby@example.com>", false},
	{"key:ana", "ana@example.com", true},
	{"ana@example.com", "ana@example.com", true},
	{"@example.com", "key:example.com", false},
	{"key:ana", "", false},
	{"", "", false},
	{"key:", "oidc:corp:", false},
	{" <>", "<>", false},
	{">", "key:ana", false},
};

START_TEST(names_that_are_alike_are_one_person)
{
	struct str a = str_of(pairs[_i].a), b = str_of(pairs[_i].b);
	ck_assert_msg(person_is(a, b) == pairs[_i].one, "%s, %s", pairs[_i].a, pairs[_i].b);
	ck_assert_msg(person_is(b, a) == pairs[_i].one, "%s, %s", pairs[_i].b, pairs[_i].a);
}
END_TEST

static const struct support_case cases[] = {
	CASE(the_name_of_an_actor_is_what_stands_behind_its_kind),
	CASE_LOOP(names_that_are_alike_are_one_person, ARRAY_SIZE(pairs)),
	{0},
};

int main(void)
{
	return support_main("skill/person", cases);
}
