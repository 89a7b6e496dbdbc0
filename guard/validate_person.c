/* Identity numbers of Europe and the Americas, passports, licences, devices. */
#include "guard/validate_int.h"

#include <ctype.h>

static size_t digits_of(struct str text, size_t start, size_t end, char *d)
{
	return validate_digits(str_sub(text, start, end), d);
}

/* Social Security Administration (POMS RM 10201.035): no area 000, 666, 9xx, no group 00, no serial 0000, none once printed on sample cards. */
bool validate_ssn(struct str text, size_t start, size_t end, unsigned *confidence)
{
	static const char *const words[] = {
		"ssn", "social security", "social", "soc sec", "taxpayer", "itin", NULL};
	static const char *const samples[] = {"078051120", "219099999"};
	char d[VALIDATE_DIGITS_MAX + 1];
	if (digits_of(text, start, end, d) != 9 || validate_all_same(d) ||
	    memcmp(d, "000", 3) == 0 || memcmp(d, "666", 3) == 0 || d[0] == '9' ||
	    memcmp(d + 3, "00", 2) == 0 || memcmp(d + 5, "0000", 4) == 0)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(samples); i++)
		if (strcmp(d, samples[i]) == 0)
			return false;
	if (validate_near(text, start, end, 48, 24, words) ||
	    validate_has_word(validate_column(text, start), words))
		return true;
	if (validate_near(text, start, end, 32, 0, validate_id_words) ||
	    validate_has_word(validate_column(text, start), validate_id_words))
		return false;
	*confidence -= MIN(*confidence, 15u);
	return end - start == 11 && text.p[start + 3] == '-';
}

/* Canadian social insurance number: Luhn, the first digit a region, never 0 or 8. */
bool validate_sin(struct str text, size_t start, size_t end, UNUSED unsigned *confidence)
{
	char d[VALIDATE_DIGITS_MAX + 1];
	return digits_of(text, start, end, d) == 9 && d[0] != '0' && d[0] != '8' &&
	       !validate_all_same(d) && validate_luhn(d, 9);
}

/* NHS number: weights 10 … 2, modulo 11; a remainder that would want 10 is never issued (NHS Data Dictionary). */
bool validate_nhs(struct str text, size_t start, size_t end, UNUSED unsigned *confidence)
{
	static const unsigned char weights[] = {10, 9, 8, 7, 6, 5, 4, 3, 2};
	char d[VALIDATE_DIGITS_MAX + 1];
	if (digits_of(text, start, end, d) != 10 || validate_all_same(d))
		return false;
	unsigned check = 11 - validate_weigh(d, weights, 9) % 11;
	return (check == 11 ? 0 : check) == (unsigned)(d[9] - '0') && check != 10;
}

/* National insurance number: prefixes never allotted (HMRC NIM39110), a suffix A … D. */
bool validate_nino(struct str text, size_t start, size_t end, unsigned *confidence)
{
	static const char *const words[] = {"national insurance", "nino", "ni number", "ni no",
					    "insurance no",	  NULL};
	static const char *const never[] = {"BG", "GB", "KN", "NK", "NT", "TN", "ZZ"};
	char s[VALIDATE_DIGITS_MAX + 1];
	size_t n = validate_alnum(str_sub(text, start, end), s);
	if ((n != 9 && n != 8) || strchr("DFIQUV", s[0]) || strchr("DFIOQUV", s[1]) ||
	    !isalpha((unsigned char)s[0]) || !isalpha((unsigned char)s[1]))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(never); i++)
		if (memcmp(s, never[i], 2) == 0)
			return false;
	if (n == 9 && (s[8] < 'A' || s[8] > 'D'))
		return false;
	if (end - start > n || validate_near(text, start, end, 48, 24, words) ||
	    validate_has_word(validate_column(text, start), words))
		return true;
	/* There is no check digit: what is called a part is one. */
	*confidence -= MIN(*confidence, 15u);
	return !validate_near(text, start, end, 32, 0, validate_id_words) &&
	       !validate_has_word(validate_column(text, start), validate_id_words);
}

/* German tax id: eleven digits, not 0 first, one of the first ten stands twice or thrice, check by ISO/IEC 7064 MOD 11,10. */
bool validate_steuer_id(struct str text, size_t start, size_t end, UNUSED unsigned *confidence)
{
	char d[VALIDATE_DIGITS_MAX + 1];
	unsigned seen[10] = {0}, repeated = 0, product = 10;
	if (digits_of(text, start, end, d) != 11 || d[0] == '0')
		return false;
	for (size_t i = 0; i < 10; i++) {
		unsigned v = (unsigned)(d[i] - '0'), sum = (v + product) % 10;
		seen[v]++;
		product = (sum ? sum : 10) * 2 % 11;
	}
	for (size_t v = 0; v < 10; v++) {
		if (seen[v] > 3)
			return false;
		repeated += seen[v] > 1;
	}
	unsigned check = 11 - product;
	return repeated == 1 && (check == 10 ? 0 : check) == (unsigned)(d[10] - '0');
}

/* Spanish DNI and NIE: the letter is the number modulo 23; X, Y, Z stand for 0, 1, 2 (Ministerio del Interior). */
bool validate_dni(struct str text, size_t start, size_t end, UNUSED unsigned *confidence)
{
	static const char letters[] = "TRWAGMYFPDXBNJZSQVHLCKE";
	char s[VALIDATE_DIGITS_MAX + 1];
	size_t n = validate_alnum(str_sub(text, start, end), s);
	if (n != 9)
		return false;
	if (s[0] >= 'X' && s[0] <= 'Z')
		s[0] = (char)(s[0] - 'X' + '0');
	unsigned long number = 0;
	for (size_t i = 0; i < 8; i++) {
		if (!isdigit((unsigned char)s[i]))
			return false;
		number = number * 10 + (unsigned long)(s[i] - '0');
	}
	return number > 0 && letters[number % 23] == s[8];
}

/* French NIR: sex, year, month, department (2A and 2B of Corsica count as 19 and 18), commune, order, key 97 - n mod 97 (INSEE). */
bool validate_nir(struct str text, size_t start, size_t end, UNUSED unsigned *confidence)
{
	char s[VALIDATE_DIGITS_MAX + 1];
	if (validate_alnum(str_sub(text, start, end), s) != 15 || (s[0] != '1' && s[0] != '2'))
		return false;
	if (s[6] == 'A' || s[6] == 'B') {
		s[6] = s[6] == 'A' ? '9' : '8';
		s[5] = '1';
	}
	unsigned month = 0;
	for (size_t i = 0; i < 15; i++)
		if (!isdigit((unsigned char)s[i]))
			return false;
	month = (unsigned)(s[3] - '0') * 10 + (unsigned)(s[4] - '0');
	if (month == 0 || (month > 12 && month < 20))
		return false;
	unsigned key = (unsigned)(s[13] - '0') * 10 + (unsigned)(s[14] - '0');
	return 97 - validate_mod97(s, 13, 0) == key;
}

static bool brazilian_digit(const char *d, size_t n, const unsigned char *weights)
{
	unsigned r = validate_weigh(d, weights, n) % 11;
	return (r < 2 ? 0 : 11 - r) == (unsigned)(d[n] - '0');
}

/* CPF and CNPJ: two digits modulo 11 (Receita Federal). */
bool validate_cpf(struct str text, size_t start, size_t end, UNUSED unsigned *confidence)
{
	static const unsigned char w[] = {11, 10, 9, 8, 7, 6, 5, 4, 3, 2};
	char d[VALIDATE_DIGITS_MAX + 1];
	return digits_of(text, start, end, d) == 11 && !validate_all_same(d) &&
	       brazilian_digit(d, 9, w + 1) && brazilian_digit(d, 10, w);
}

bool validate_cnpj(struct str text, size_t start, size_t end, UNUSED unsigned *confidence)
{
	static const unsigned char w[] = {6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2};
	char d[VALIDATE_DIGITS_MAX + 1];
	return digits_of(text, start, end, d) == 14 && !validate_all_same(d) &&
	       brazilian_digit(d, 12, w + 1) && brazilian_digit(d, 13, w);
}

/* ICAO 9303: at most nine of letters and digits; a word alone is none. */
bool validate_passport(struct str text, size_t start, size_t end, UNUSED unsigned *confidence)
{
	char s[VALIDATE_DIGITS_MAX + 1];
	size_t n = validate_alnum(str_sub(text, start, end), s), digits = 0;
	if (n < 6 || n > 9)
		return false;
	for (size_t i = 0; i < n; i++)
		digits += isdigit((unsigned char)s[i]) != 0;
	return digits >= 3 && !validate_all_same(s);
}

bool validate_licence(struct str text, size_t start, size_t end, UNUSED unsigned *confidence)
{
	char s[VALIDATE_DIGITS_MAX + 1];
	size_t n = validate_alnum(str_sub(text, start, end), s), digits = 0;
	if (n < 6 || n > 18)
		return false;
	for (size_t i = 0; i < n; i++)
		digits += isdigit((unsigned char)s[i]) != 0;
	return digits >= 4 && !validate_all_same(s);
}

/* GSMA TS.06: fifteen digits, the last by Luhn. */
bool validate_imei(struct str text, size_t start, size_t end, UNUSED unsigned *confidence)
{
	char d[VALIDATE_DIGITS_MAX + 1];
	return digits_of(text, start, end, d) == 15 && !validate_all_same(d) &&
	       validate_luhn(d, 15);
}
