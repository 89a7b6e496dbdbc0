/* The checks in code, against published vectors and their neighbours one digit off. */
#include "tests/unit/support.h"

#include "guard/guard_int.h"
#include "guard/validate_int.h"

/* The part between « and » is the match. */
static const struct vector {
	const char *validator, *text;
	bool holds;
} vectors[] = {
#include "tests/unit/guard/vectors_pii.def"
#include "tests/unit/guard/vectors_secret.def"
};

#define OPEN "«"
#define CLOSE "»"

/* Takes the marks out. Returns the text, in out. */
static struct str unmark(const char *marked, char *out, size_t *start, size_t *end)
{
	const char *open = strstr(marked, OPEN), *close = strstr(marked, CLOSE);
	ck_assert_msg(open && close, "no marks in \"%s\"", marked);
	size_t before = (size_t)(open - marked), inside = (size_t)(close - open) - strlen(OPEN);
	size_t after = strlen(close + strlen(CLOSE));
	memcpy(out, marked, before);
	memcpy(out + before, open + strlen(OPEN), inside);
	memcpy(out + before + inside, close + strlen(CLOSE), after);
	*start = before;
	*end = before + inside;
	return str_make(out, before + inside + after);
}

START_TEST(validators_agree_with_published_vectors)
{
	size_t wrong = 0;
	for (size_t i = 0; i < ARRAY_SIZE(vectors); i++) {
		const struct vector *v = &vectors[i];
		char text[2048];
		size_t start, end;
		unsigned confidence = 90;
		guard_validator check = guard_validator_find(v->validator);
		ck_assert_msg(check != NULL, "no validator is called %s", v->validator);
		ck_assert_uint_lt(strlen(v->text), sizeof(text));
		struct str s = unmark(v->text, text, &start, &end);
		if (check(s, start, end, &confidence) == v->holds)
			continue;
		fprintf(stderr, "%s: should be %s: %s\n", v->validator,
			v->holds ? "found" : "left alone", v->text);
		wrong++;
	}
	ck_assert_uint_eq(wrong, 0);
}
END_TEST

START_TEST(a_changed_digit_is_noticed)
{
	/* Every digit of a checksummed number, replaced by each other digit. */
	static const struct {
		const char *validator, *number;
	} numbers[] = {{"card", "4111 1111 1111 1111"},
		       {"iban", "GB82WEST12345698765432"},
		       {"aadhaar", "9999 4105 7058"},
		       {"nhs", "943 476 5919"},
		       {"dni", "12345678Z"},
		       {"sin", "123-456-782"},
		       {"nric", "S1234567D"},
		       {"aba", "111000025"},
		       {"steuer-id", "86095742719"},
		       {"emirates-id", "784-1980-1234567-8"}};
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		char z[64];
		guard_validator check = guard_validator_find(numbers[i].validator);
		size_t len = strlen(numbers[i].number);
		unsigned confidence = 90;
		ck_assert_msg(check(str_of(numbers[i].number), 0, len, &confidence),
			      "%s refuses %s", numbers[i].validator, numbers[i].number);
		for (size_t at = 0; at < len; at++)
			for (char d = '0'; d <= '9'; d++) {
				memcpy(z, numbers[i].number, len + 1);
				if (z[at] < '0' || z[at] > '9' || z[at] == d)
					continue;
				z[at] = d;
				ck_assert_msg(!check(str_of(z), 0, len, &confidence), "%s takes %s",
					      numbers[i].validator, z);
			}
	}
}
END_TEST

START_TEST(every_validator_survives_any_span_of_odd_bytes)
{
	static const char *const names[] = {"aadhaar",	    "aba",
					    "assignment",   "aws-secret",
					    "azure-key",    "bank-account",
					    "base64-32",    "birth-date",
					    "bitcoin",	    "card",
					    "cnpj",	    "cpf",
					    "database-url", "discord",
					    "dni",	    "email",
					    "emirates-id",  "entropy",
					    "github",	    "iban",
					    "ifsc",	    "imei",
					    "ipv4",	    "ipv6",
					    "jwt",	    "key",
					    "licence",	    "luhn",
					    "mac",	    "medicare",
					    "nhs",	    "nino",
					    "nir",	    "npm",
					    "nric",	    "pan",
					    "passport",	    "password",
					    "pem",	    "phone-e164",
					    "phone-nanp",   "phone-national",
					    "pypi",	    "service-account",
					    "sin",	    "sort-code",
					    "ssn",	    "steuer-id",
					    "telegram",	    "tfn",
					    "token",	    "upi",
					    "vat",	    "verhoeff"};
	static const char bytes[] =
		"a,b|c\n1,2|\xff\xc3\xa9-://:@.@x.y:\0 {\"alg\"}-----BEGIN -----\\n"
		"99999999999999999999999999999999999999999999999999999999999999999999";
	struct str s = str_make(bytes, sizeof(bytes) - 1);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		guard_validator check = guard_validator_find(names[i]);
		ck_assert_ptr_nonnull(check);
		for (size_t start = 0; start <= s.len; start++)
			for (size_t end = start; end <= s.len; end++) {
				unsigned confidence = 50;
				(void)check(s, start, end, &confidence);
				ck_assert_uint_le(confidence, 100);
			}
	}
	ck_assert_ptr_null(guard_validator_find("palm-reading"));
}
END_TEST

START_TEST(a_cell_knows_the_head_of_its_column)
{
	struct str csv = STR("name,dob,phone\nAsha,1985-03-12,9876543210\n\nx,y\n");
	struct str markdown = STR("Text.\n\n| name | dob |\n|---|---|\n| Asha | 1985-03-12 |\n");
	assert_str(validate_column(csv, (size_t)str_find(csv, STR("1985"), 0)), "dob");
	assert_str(validate_column(csv, (size_t)str_find(csv, STR("9876"), 0)), "phone");
	assert_str(validate_column(markdown, (size_t)str_find(markdown, STR("1985"), 0)), "dob");
	struct str head = STR("name,dob\n"), prose = STR("One, two.\nAnd 3, 4 then 5.");
	ck_assert_uint_eq(validate_column(head, 5).len, 0);
	ck_assert_uint_eq(validate_column(STR("no table here 123"), 14).len, 0);
	/* A blank line ends a table. */
	struct str two = STR("name,dob\n\nAsha,1985-03-12\n");
	ck_assert_uint_eq(validate_column(two, 20).len, 0);
	(void)validate_column(prose, prose.len);
}
END_TEST

START_TEST(words_are_whole_words)
{
	static const char *const words[] = {"order", "tel", "date of birth", NULL};
	ck_assert(validate_has_word(STR("Order 17"), words));
	ck_assert(validate_has_word(STR("purchaseOrder: 17"), words));
	ck_assert(validate_has_word(STR("date_of_birth=1"), words));
	ck_assert(validate_has_word(STR("tel:+1"), words));
	ck_assert(!validate_has_word(STR("border 17"), words));
	ck_assert(!validate_has_word(STR("telling 17"), words));
	ck_assert(!validate_has_word(STR("hotel 17"), words));
	ck_assert(!validate_has_word(STR(""), words));
}
END_TEST

START_TEST(entropy_is_shannons)
{
	ck_assert_double_eq_tol(validate_entropy(STR("")), 0, 1e-9);
	ck_assert_double_eq_tol(validate_entropy(STR("aaaa")), 0, 1e-9);
	ck_assert_double_eq_tol(validate_entropy(STR("abab")), 1, 1e-9);
	ck_assert_double_eq_tol(validate_entropy(STR("0123456789abcdef")), 4, 1e-9);
}
END_TEST

START_TEST(placeholders_are_told_from_values)
{
	static const char *const placeholders[] = {
		"changeme",	    "your-api-key",	"YOUR_API_KEY_HERE", "xxxxxxxxxxxxxxxx",
		"${DB_PASSWORD}",   "<token>",		"{{ api_key }}",     "%(password)s",
		"$SECRET",	    "abcdefghijklmnop", "1234567890",	     "AKIAIOSFODNN7EXAMPLE",
		"****************", "REPLACE_WITH_KEY", "API_KEY",	     "password",
		"Passw0rd",	    "insert-key-here",	"#{secret}",	     "[TOKEN]"};
	static const char *const values[] = {"q7Rt2LmZx9Kd", "Tr0ub4dor&3x", "kJ8#mQ2!vZ",
					     "9f86d081884c7d65", "hX2mPq8LrT5vNw3K"};
	for (size_t i = 0; i < ARRAY_SIZE(placeholders); i++)
		ck_assert_msg(validate_is_placeholder(str_of(placeholders[i])), "%s",
			      placeholders[i]);
	for (size_t i = 0; i < ARRAY_SIZE(values); i++)
		ck_assert_msg(!validate_is_placeholder(str_of(values[i])), "%s", values[i]);
	ck_assert(validate_is_reference(STR("env:TOKEN")));
	ck_assert(validate_is_reference(STR("os.environ[\"TOKEN\"]")));
	ck_assert(validate_is_reference(STR("getSecret(\"x\")")));
	ck_assert(!validate_is_reference(STR("q7Rt2LmZx9Kd")));
}
END_TEST

START_TEST(base64_of_either_alphabet_decodes)
{
	unsigned char out[8];
	ck_assert_uint_eq(validate_base64(STR("aGVsbG8="), out, sizeof(out)), 5);
	ck_assert_mem_eq(out, "hello", 5);
	ck_assert_uint_eq(validate_base64(STR("aGVsbG8"), out, sizeof(out)), 5);
	ck_assert_uint_eq(validate_base64(STR("-_-_"), out, sizeof(out)), 3);
	ck_assert_uint_eq(validate_base64(STR("a"), out, sizeof(out)), SIZE_MAX);
	ck_assert_uint_eq(validate_base64(STR("aG?s"), out, sizeof(out)), SIZE_MAX);
	ck_assert_uint_eq(validate_base64(STR("aGVsbG8gd29ybGQ="), out, sizeof(out)), SIZE_MAX);
}
END_TEST

int main(void)
{
	static const struct support_case cases[] = {
		CASE(validators_agree_with_published_vectors),
		CASE(a_changed_digit_is_noticed),
		CASE_SLOW(every_validator_survives_any_span_of_odd_bytes, 120),
		CASE(a_cell_knows_the_head_of_its_column),
		CASE(words_are_whole_words),
		CASE(entropy_is_shannons),
		CASE(placeholders_are_told_from_values),
		CASE(base64_of_either_alphabet_decodes),
		{0}};
	return support_main("guard/validate", cases);
}
