/* Identity numbers of India, the Emirates, Singapore and Australia. */
#include "guard/validate_int.h"

#include <ctype.h>

static struct str of(struct str text, size_t start, size_t end)
{
	return str_sub(text, start, end);
}

/* Unique Identification Authority of India: twelve digits, the first not 0 or 1, the last by Verhoeff. */
bool validate_aadhaar(struct str text, size_t start, size_t end, UNUSED unsigned *confidence)
{
	static const char *const words[] = {"aadhaar", "aadhar", "adhaar", "adhar", "uidai", "uid",
					    "आधार",    "ஆதார்",	 "ఆధార్",	   "আধার",  NULL};
	char d[VALIDATE_DIGITS_MAX + 1];
	if (validate_digits(of(text, start, end), d) != 12 || d[0] < '2' ||
	    !validate_verhoeff(d, 12) || validate_all_same(d))
		return false;
	if (validate_near(text, start, end, 48, 24, words) ||
	    validate_has_word(validate_column(text, start), words))
		return true;
	/* One in ten numbers passes: without the word it must at least be written as one. */
	return end - start > 12 && !validate_near(text, start, end, 32, 0, validate_id_words) &&
	       !validate_has_word(validate_column(text, start), validate_id_words);
}

/* Income Tax Department of India: the fourth letter is the kind of holder, the fifth begins a name. */
bool validate_pan(struct str text, size_t start, size_t end, UNUSED unsigned *confidence)
{
	struct str s = of(text, start, end);
	if (s.len != 10)
		return false;
	for (size_t i = 0; i < 10; i++) {
		bool letter = i < 5 || i == 9;
		if (letter ? !isalpha((unsigned char)s.p[i]) : !isdigit((unsigned char)s.p[i]))
			return false;
	}
	return strchr("ABCFGHJKLPT", toupper((unsigned char)s.p[3])) != NULL &&
	       memcmp(s.p + 5, "0000", 4) != 0;
}

/* Federal Authority for Identity: 784 (ISO 3166 of the Emirates), the year of birth, seven digits, one by Luhn. */
bool validate_emirates_id(struct str text, size_t start, size_t end, unsigned *confidence)
{
	static const char *const words[] = {"emirates",	   "eid",	    "الهوية", "هوية",
					    "resident id", "identity card", NULL};
	char d[VALIDATE_DIGITS_MAX + 1];
	if (validate_digits(of(text, start, end), d) != 15 || memcmp(d, "784", 3) != 0)
		return false;
	unsigned year = (unsigned)(d[3] - '0') * 1000 + (unsigned)(d[4] - '0') * 100 +
			(unsigned)(d[5] - '0') * 10 + (unsigned)(d[6] - '0');
	if (year < 1900 || year > 2035 || !validate_luhn(d, 15))
		return false;
	if (end - start == 15 && !validate_near(text, start, end, 48, 24, words))
		*confidence -= MIN(*confidence, 15u);
	return true;
}

/* Singapore NRIC and FIN: weights 2 7 6 5 4 3 2, a letter by the first letter's table (Immigration & Checkpoints Authority). */
bool validate_nric(struct str text, size_t start, size_t end, UNUSED unsigned *confidence)
{
	static const unsigned char weights[] = {2, 7, 6, 5, 4, 3, 2};
	struct str s = of(text, start, end);
	if (s.len != 9)
		return false;
	for (size_t i = 1; i < 8; i++)
		if (!isdigit((unsigned char)s.p[i]))
			return false;
	char first = (char)toupper((unsigned char)s.p[0]),
	     last = (char)toupper((unsigned char)s.p[8]);
	unsigned sum = validate_weigh(s.p + 1, weights, 7) + (first == 'T' || first == 'G' ? 4
							      : first == 'M'		   ? 3
											   : 0);
	const char *letters = first == 'S' || first == 'T'   ? "JZIHGFEDCBA"
			      : first == 'F' || first == 'G' ? "XWUTRQPNMLK"
			      : first == 'M'		     ? "KLJNPQRTUWX"
							     : NULL;
	if (!letters)
		return false;
	unsigned r = sum % 11;
	return letters[first == 'M' ? 10 - r : r] == last;
}

/* Australian tax file number: weights 1 4 3 7 5 8 6 9 10, modulo 11 (Australian Taxation Office). */
bool validate_tfn(struct str text, size_t start, size_t end, UNUSED unsigned *confidence)
{
	static const unsigned char weights[] = {1, 4, 3, 7, 5, 8, 6, 9, 10};
	char d[VALIDATE_DIGITS_MAX + 1];
	return validate_digits(of(text, start, end), d) == 9 && !validate_all_same(d) &&
	       validate_weigh(d, weights, 9) % 11 == 0;
}

/* Medicare card: the first digit 2 … 6, weights 1 3 7 9 1 3 7 9, the ninth digit is the sum modulo 10 (Services Australia). */
bool validate_medicare(struct str text, size_t start, size_t end, UNUSED unsigned *confidence)
{
	static const unsigned char weights[] = {1, 3, 7, 9, 1, 3, 7, 9};
	char d[VALIDATE_DIGITS_MAX + 1];
	size_t n = validate_digits(of(text, start, end), d);
	return (n == 10 || n == 11) && d[0] >= '2' && d[0] <= '6' && d[9] != '0' &&
	       validate_weigh(d, weights, 8) % 10 == (unsigned)(d[8] - '0');
}
