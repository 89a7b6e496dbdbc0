#include "tests/unit/support.h"

#include "base/id.h"

START_TEST(a_uuid_is_of_version_4)
{
	char a[UUID_TEXT + 1], b[UUID_TEXT + 1];
	id_uuid(a);
	id_uuid(b);
	ck_assert_uint_eq(strlen(a), UUID_TEXT);
	ck_assert_str_ne(a, b);
	ck_assert_int_eq(a[14], '4');
	ck_assert_ptr_nonnull(strchr("89ab", a[19]));
	for (size_t i = 0; i < UUID_TEXT; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;
		ck_assert(dash ? a[i] == '-' : strchr("0123456789abcdef", a[i]) != NULL);
	}
}
END_TEST

START_TEST(an_identifier_has_prefix_time_and_64_random_bits)
{
	struct clock_fake state = {INT64_C(1771416000000), 0};
	struct clock clock = clock_fake_of(&state);
	char a[64], b[64];
	id_make("EXEC", &clock, a);
	ck_assert_ptr_eq(id_make("EXEC", &clock, b), b);
	ck_assert_int_eq(strncmp(a, "EXEC-20260218120000-", 20), 0);
	ck_assert_uint_eq(strlen(a), 36);
	ck_assert_uint_eq(strspn(a + 20, "0123456789abcdef"), 16);
	ck_assert_str_ne(a, b);
	id_make("A-PREFIX-THAT-IS-FAR-TOO-LONG-TO-FIT-INTO-THE-ROOM", &clock, a);
	ck_assert_uint_eq(strlen(a), 63);
}
END_TEST

START_TEST(legal_names_pass)
{
	static const char *const good[] = {
		"a",
		"7",
		"ecm",
		"order-details",
		"a-b-c",
		"0x1",
		"a234567890123456789012345678901234567890123456789012345678901234"};
	assert_ok(name_check(str_of(good[_i]), "skill name", &support_err));
	char out[NAME_MAX_BYTES + 1];
	ck_assert_str_eq(name_suggest(str_of(good[_i]), out), good[_i]);
}
END_TEST

START_TEST(other_names_are_refused_with_reason_and_suggestion)
{
	static const struct {
		const char *name, *why, *remedy;
	} table[] = {
		{"", "\"\" cannot be a skill name: it is empty",
		 "write lower-case words joined by hyphens, such as order-details"},
		{"Order Details!",
		 "\"Order Details!\" cannot be a skill name: only a-z, 0-9 and hyphens",
		 "write \"order-details\""},
		{"-a", "it starts or ends with a hyphen", "write \"a\""},
		{"a-", "it starts or ends with a hyphen", "write \"a\""},
		{"a--b", "two hyphens stand together in it", "write \"a-b\""},
		{"a_b", "only a-z, 0-9 and hyphens may be in it", "write \"a-b\""},
		{"a.b", "only a-z, 0-9 and hyphens may be in it", "write \"a-b\""},
		{"a/b", "only a-z, 0-9 and hyphens may be in it", "write \"a-b\""},
		{"..", "only a-z, 0-9 and hyphens may be in it",
		 "write lower-case words joined by hyphens, such as order-details"},
		{"café", "only a-z, 0-9 and hyphens may be in it", "write \"caf\""},
		{"a\x1b[m", "\"a?[m\" cannot be a skill name", "write \"a-m\""},
		{"a2345678901234567890123456789012345678901234567890123456789012345",
		 "it is longer than 64 characters",
		 "write \"a234567890123456789012345678901234567890123456789012345678901234\""},
	};
	assert_err(name_check(str_of(table[_i].name), "skill name", &support_err), ERR_INVALID,
		   table[_i].why);
	ck_assert_str_eq(support_err.remedy, table[_i].remedy);
}
END_TEST

START_TEST(a_suggestion_is_always_legal_or_empty)
{
	static const char *const names[] = {
		"!!!",
		"---",
		"A  B",
		"-x-",
		"Ünï",
		"a234567890123456789012345678901234567890123456789012345678901 b",
		"a2345678901234567890123456789012345678901234567890123456789012 b",
		"a23456789012345678901234567890123456789012345678901234567890123 b",
		"a234567890123456789012345678901234567890123456789012345678901234 b",
	};
	char out[NAME_MAX_BYTES + 1];
	name_suggest(str_of(names[_i]), out);
	if (*out)
		assert_ok(name_check(str_of(out), "name", &support_err));
}
END_TEST

START_TEST(a_skill_is_domain_and_name)
{
	struct str domain, name;
	assert_ok(name_split(STR("ecm/order-details"), &domain, &name, &support_err));
	assert_str(domain, "ecm");
	assert_str(name, "order-details");
	assert_err(name_split(STR("ecm"), &domain, &name, &support_err), ERR_INVALID,
		   "\"ecm\" names no domain");
	ck_assert_str_eq(support_err.remedy, "write domain/name, such as ecm/order-details");
	assert_err(name_split(STR("/x"), &domain, &name, &support_err), ERR_INVALID,
		   "\"\" cannot be a domain name");
	assert_err(name_split(STR("ecm/"), &domain, &name, &support_err), ERR_INVALID,
		   "\"\" cannot be a skill name");
	assert_err(name_split(STR("a/b/c"), &domain, &name, &support_err), ERR_INVALID,
		   "\"b/c\" cannot be a skill name");
	assert_str(domain, "ecm"); /* a failure leaves the results alone */
}
END_TEST

static const struct support_case cases[] = {
	CASE(a_uuid_is_of_version_4),
	CASE(an_identifier_has_prefix_time_and_64_random_bits),
	CASE_LOOP(legal_names_pass, 7),
	CASE_LOOP(other_names_are_refused_with_reason_and_suggestion, 12),
	CASE_LOOP(a_suggestion_is_always_legal_or_empty, 9),
	CASE(a_skill_is_domain_and_name),
	{0},
};

int main(void)
{
	return support_main("base/id", cases);
}
