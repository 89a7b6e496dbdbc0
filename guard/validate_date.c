/* A date, and whether the text says that somebody was born on it. */
#include "guard/validate_int.h"

#include <ctype.h>

#define BIRTH_BEFORE 48 /* bytes in which the word stands */

static const char *const birth_words[] = {"dob",
					  "d.o.b",
					  "date of birth",
					  "dateofbirth",
					  "birth",
					  "born",
					  "birthday",
					  "birthdate",
					  "bday",
					  "b-day",
					  "geburtsdatum",
					  "geburtstag",
					  "geboren",
					  "geb.",
					  "né le",
					  "née le",
					  "naissance",
					  "nacimiento",
					  "nacido",
					  "nacida",
					  "nascimento",
					  "nascido",
					  "nascida",
					  "nascita",
					  "nato il",
					  "nata il",
					  "geboortedatum",
					  "doğum",
					  "födelsedatum",
					  "urodz",
					  "जन्म",
					  "تاريخ الميلاد",
					  "الميلاد",
					  "مواليد",
					  "生年月日",
					  "出生",
					  "生日",
					  "дата рождения",
					  "родился",
					  "родилась",
					  NULL};

static int month_of(struct str word)
{
	static const char names[][4] = {"jan", "feb", "mar", "apr", "may", "jun",
					"jul", "aug", "sep", "oct", "nov", "dec"};
	/* The months of other languages that do not begin like the English ones. */
	static const struct {
		const char *name;
		int month;
	} others[] = {{"ene", 1},  {"fév", 2},	{"fev", 2},  {"mär", 3},  {"mai", 5},
		      {"mei", 5},  {"avr", 4},	{"abr", 4},  {"maj", 5},  {"juin", 6},
		      {"juil", 7}, {"aoû", 8},	{"aou", 8},  {"ago", 8},  {"set", 9},
		      {"okt", 10}, {"out", 10}, {"ott", 10}, {"dez", 12}, {"dic", 12},
		      {"déc", 12}, {"gen", 1},	{"mag", 5},  {"giu", 6},  {"lug", 7}};
	for (size_t i = 0; i < ARRAY_SIZE(others); i++)
		if (str_eq_nocase(str_sub(word, 0, strlen(others[i].name)), str_of(others[i].name)))
			return others[i].month;
	for (int i = 0; i < 12; i++)
		if (str_eq_nocase(str_sub(word, 0, 3), str_of(names[i])))
			return i + 1;
	return 0;
}

static bool is_day(int year, int month, int day)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	/* The last that can be born while this is in use, and the first that can be alive. */
	return year >= 1900 && year <= 2035 && month >= 1 && month <= 12 && day >= 1 &&
	       day <= days[month - 1] + (month == 2 && leap);
}

/* Numbers and at most one month's name, in their order. Returns how many numbers. */
static size_t parts_of(struct str s, int numbers[3], size_t widths[3], int *month)
{
	size_t n = 0;
	*month = 0;
	for (size_t i = 0; i < s.len;) {
		unsigned char c = (unsigned char)s.p[i];
		size_t from = i;
		if (isdigit(c)) {
			int v = 0;
			for (; i < s.len && i < from + 5 && isdigit((unsigned char)s.p[i]); i++)
				v = v * 10 + (s.p[i] - '0');
			if (n == 3)
				return 4;
			widths[n] = i - from;
			numbers[n++] = v;
		} else if (isalpha(c) || c >= 0x80) {
			while (i < s.len &&
			       (isalpha((unsigned char)s.p[i]) || (unsigned char)s.p[i] >= 0x80))
				i++;
			if (!*month)
				*month = month_of(str_sub(s, from, i));
		} else {
			i++;
		}
	}
	return n;
}

static bool is_date(struct str s)
{
	int n[3], month;
	size_t w[3] = {0}, count = parts_of(s, n, w, &month);
	if (month && count == 2) /* "12 March 1985", "March 12, 1985" */
		return w[1] == 4 && is_day(n[1], month, n[0]);
	if (count != 3)
		return false;
	if (w[0] == 4)
		return is_day(n[0], n[1], n[2]);
	int year = n[2];
	if (w[2] == 2)
		year += year > 35 ? 1900 : 2000;
	else if (w[2] != 4)
		return false;
	return is_day(year, n[1], n[0]) || is_day(year, n[0], n[1]);
}

/* Where the last of the words in s ends; -1 when none is in it. */
static ptrdiff_t last_word(struct str s)
{
	if (!validate_has_word(s, birth_words))
		return -1;
	for (size_t from = s.len; from-- > 0;)
		for (const char *const *w = birth_words; *w; w++)
			if (validate_word_at(s, from, *w))
				return (ptrdiff_t)(from + strlen(*w));
	return -1;
}

/* Another date between the word and this one is the one that the word means, and so may be a word of another day. */
static bool word_means_it(struct str before)
{
	static const char *const others[] = {
		"since",    "updated",	"created", "modified", "verified",   "checked",
		"expires",  "joined",	"as of",   "until",    "version",    "due",
		"released", "deployed", "added",   "removed",  "deprecated", NULL};
	ptrdiff_t at = last_word(before);
	size_t digits = 0;
	if (at < 0)
		return false;
	for (size_t i = (size_t)at; i < before.len; i++)
		digits += isdigit((unsigned char)before.p[i]) != 0;
	return digits < 4 && !validate_has_word(str_sub(before, (size_t)at, before.len), others);
}

bool validate_birth_date(struct str text, size_t start, size_t end, UNUSED unsigned *confidence)
{
	if (!is_date(str_sub(text, start, end)))
		return false;
	if (word_means_it(str_sub(text, start > BIRTH_BEFORE ? start - BIRTH_BEFORE : 0, start)))
		return true;
	return validate_has_word(validate_column(text, start), birth_words);
}
