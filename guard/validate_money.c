/* Cards, accounts, and what money is sent to. */
#include "guard/validate_int.h"

#include <ctype.h>

/* Issuer ranges of payment cards: first and last of the leading digits, and the lengths of numbers (ISO/IEC 7812; the networks' BIN tables). */
static const struct issuer {
	unsigned first, last, digits; /* digits of first and last */
	unsigned least, most; /* of the whole number */
} issuers[] = {
	{4, 4, 1, 13, 19}, /* Visa */
	{51, 55, 2, 16, 16}, /* Mastercard */
	{2221, 2720, 4, 16, 16},     {34, 34, 2, 15, 15}, /* American Express */
	{37, 37, 2, 15, 15},	     {6011, 6011, 4, 16, 19}, /* Discover */
	{644, 649, 3, 16, 19},	     {65, 65, 2, 16, 19},
	{300, 305, 3, 14, 16}, /* Diners Club */
	{3095, 3095, 4, 14, 16},     {36, 36, 2, 14, 19},
	{38, 39, 2, 14, 19},	     {3528, 3589, 4, 16, 19}, /* JCB */
	{62, 62, 2, 16, 19}, /* UnionPay */
	{81, 82, 2, 16, 16}, /* RuPay */
	{508, 508, 3, 16, 16},	     {60, 60, 2, 16, 16},
	{353, 356, 3, 16, 16},	     {2200, 2204, 4, 16, 19}, /* Mir */
	{5018, 5018, 4, 12, 19}, /* Maestro */
	{5020, 5020, 4, 12, 19},     {5038, 5038, 4, 12, 19},
	{5893, 5893, 4, 12, 19},     {6304, 6304, 4, 12, 19},
	{6759, 6763, 4, 12, 19},     {9792, 9792, 4, 16, 16}, /* Troy */
	{506099, 506198, 6, 16, 19}, /* Verve */
	{636368, 636368, 6, 16, 16}, /* Elo */
	{637095, 637095, 6, 16, 16}, /* Hipercard */
};

static bool is_issued(const char *digits, size_t n)
{
	for (size_t i = 0; i < ARRAY_SIZE(issuers); i++) {
		const struct issuer *r = &issuers[i];
		unsigned lead = 0;
		for (unsigned d = 0; d < r->digits && d < n; d++)
			lead = lead * 10 + (unsigned)(digits[d] - '0');
		if (lead < r->first || lead > r->last || n < r->least || n > r->most)
			continue;
		if (r->first == 4 && n != 13 && n != 16 && n != 19)
			continue;
		return true;
	}
	return false;
}

bool validate_card(struct str text, size_t start, size_t end, unsigned *confidence)
{
	static const char *const words[] = {
		"card",	 "visa",    "mastercard", "amex",     "credit", "debit",       "payment",
		"karte", "tarjeta", "carte",	  "cartao",   "cvv",	"cvc",	       "expiry",
		"exp",	 "maestro", "rupay",	  "discover", "pan",	"kreditkarte", NULL};
	char digits[VALIDATE_DIGITS_MAX + 1];
	size_t n = validate_digits(str_sub(text, start, end), digits);
	if (n < 12 || n > 19 || validate_all_same(digits) || !is_issued(digits, n) ||
	    !validate_luhn(digits, n))
		return false;
	if (end - start > n)
		return true; /* grouped as on a card */
	if (validate_near(text, start, end, 40, 24, words))
		return true;
	/* One in ten numbers has the check digit: what is called an order is one. */
	if (validate_near(text, start, end, 32, 0, validate_id_words) ||
	    validate_has_word(validate_column(text, start), validate_id_words))
		return false;
	if (n != 15 && n != 16)
		*confidence -= MIN(*confidence, 20u);
	return true;
}

/* Lengths of IBANs (ISO 13616 registry, release 99). */
static const struct {
	char country[3];
	unsigned char length;
} ibans[] = {
	{"AD", 24}, {"AE", 23}, {"AL", 28}, {"AT", 20}, {"AZ", 28}, {"BA", 20}, {"BE", 16},
	{"BG", 22}, {"BH", 22}, {"BI", 27}, {"BR", 29}, {"BY", 28}, {"CH", 21}, {"CR", 22},
	{"CY", 28}, {"CZ", 24}, {"DE", 22}, {"DJ", 27}, {"DK", 18}, {"DO", 28}, {"EE", 20},
	{"EG", 29}, {"ES", 24}, {"FI", 18}, {"FK", 18}, {"FO", 18}, {"FR", 27}, {"GB", 22},
	{"GE", 22}, {"GI", 23}, {"GL", 18}, {"GR", 27}, {"GT", 28}, {"HN", 28}, {"HR", 21},
	{"HU", 28}, {"IE", 22}, {"IL", 23}, {"IQ", 23}, {"IS", 26}, {"IT", 27}, {"JO", 30},
	{"KW", 30}, {"KZ", 20}, {"LB", 28}, {"LC", 32}, {"LI", 21}, {"LT", 20}, {"LU", 20},
	{"LV", 21}, {"LY", 25}, {"MC", 27}, {"MD", 24}, {"ME", 22}, {"MK", 19}, {"MN", 20},
	{"MR", 27}, {"MT", 31}, {"MU", 30}, {"NI", 28}, {"NL", 18}, {"NO", 15}, {"OM", 23},
	{"PK", 24}, {"PL", 28}, {"PS", 29}, {"PT", 25}, {"QA", 29}, {"RO", 24}, {"RS", 22},
	{"RU", 33}, {"SA", 24}, {"SC", 31}, {"SD", 18}, {"SE", 24}, {"SI", 19}, {"SK", 24},
	{"SM", 27}, {"SO", 23}, {"ST", 25}, {"SV", 28}, {"TL", 23}, {"TN", 24}, {"TR", 26},
	{"UA", 29}, {"VA", 22}, {"VG", 24}, {"XK", 20}, {"YE", 30},
};

bool validate_iban(struct str text, size_t start, size_t end, UNUSED unsigned *confidence)
{
	char s[VALIDATE_DIGITS_MAX + 1];
	size_t n = validate_alnum(str_sub(text, start, end), s);
	if (n < 15 || n > 34)
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(ibans); i++)
		if (memcmp(s, ibans[i].country, 2) == 0)
			return n == ibans[i].length && isdigit((unsigned char)s[2]) &&
			       isdigit((unsigned char)s[3]) &&
			       validate_mod97(s, 4, validate_mod97(s + 4, n - 4, 0)) == 1;
	return false;
}

/* American Bankers Association routing number: the first two digits are a district, weights 3 7 1. */
bool validate_aba(struct str text, size_t start, size_t end, UNUSED unsigned *confidence)
{
	static const unsigned char weights[] = {3, 7, 1, 3, 7, 1, 3, 7, 1};
	char d[VALIDATE_DIGITS_MAX + 1];
	if (validate_digits(str_sub(text, start, end), d) != 9 || validate_all_same(d))
		return false;
	unsigned district = (unsigned)(d[0] - '0') * 10 + (unsigned)(d[1] - '0');
	bool known = district <= 12 || (district >= 21 && district <= 32) ||
		     (district >= 61 && district <= 72) || district == 80;
	return known && validate_weigh(d, weights, 9) % 10 == 0;
}

/* Indian Financial System Code: four letters of the bank, a zero, six of the branch (Reserve Bank of India). */
bool validate_ifsc(struct str text, size_t start, size_t end, UNUSED unsigned *confidence)
{
	struct str s = str_sub(text, start, end);
	if (s.len != 11 || s.p[4] != '0')
		return false;
	for (size_t i = 0; i < 11; i++)
		if (i < 4 ? !isupper((unsigned char)s.p[i]) : !isalnum((unsigned char)s.p[i]))
			return false;
	size_t digits = 0;
	for (size_t i = 5; i < 11; i++)
		digits += isdigit((unsigned char)s.p[i]) != 0;
	return digits >= 2;
}

/* Six digits in pairs; the first pair of a British bank is never 00 but for a few, and dates look the same. */
bool validate_sort_code(struct str text, size_t start, size_t end, UNUSED unsigned *confidence)
{
	char d[VALIDATE_DIGITS_MAX + 1];
	return validate_digits(str_sub(text, start, end), d) == 6 && !validate_all_same(d);
}

static bool is_counting(const char *d)
{
	return strncmp("01234567890123456789", d, strlen(d)) == 0;
}

bool validate_bank_account(struct str text, size_t start, size_t end, UNUSED unsigned *confidence)
{
	static const char *const not_bank[] = {"user",	     "github",	   "twitter", "aws",
					       "account id", "tenant",	   "project", "customer",
					       "login",	     "account_id", NULL};
	static const char *const bank[] = {"bank",    "ifsc",	 "iban",     "a/c",   "sort code",
					   "routing", "savings", "checking", "swift", NULL};
	char d[VALIDATE_DIGITS_MAX + 1];
	size_t n = validate_digits(str_sub(text, start, end), d);
	if (n < 6 || n > 18 || validate_all_same(d) || (n == 10 && is_counting(d)))
		return false;
	return !validate_near(text, start, end, 32, 0, not_bank) ||
	       validate_near(text, start, end, 64, 64, bank);
}

/* Handles of payment service providers that answer for UPI addresses (National Payments Corporation of India). */
static const char *const upi_handles[] = {"okaxis",
					  "okhdfcbank",
					  "okicici",
					  "oksbi",
					  "ybl",
					  "ibl",
					  "axl",
					  "paytm",
					  "pthdfc",
					  "ptsbi",
					  "ptaxis",
					  "ptyes",
					  "apl",
					  "yapl",
					  "rapl",
					  "upi",
					  "sbi",
					  "hdfcbank",
					  "icici",
					  "axisbank",
					  "axis",
					  "kotak",
					  "kmbl",
					  "kbl",
					  "idfcbank",
					  "idfcfirst",
					  "indus",
					  "yesbank",
					  "yespay",
					  "rbl",
					  "federal",
					  "fbl",
					  "pnb",
					  "barodampay",
					  "bob",
					  "unionbank",
					  "uboi",
					  "cnrb",
					  "boi",
					  "mahb",
					  "centralbank",
					  "cbin",
					  "indianbank",
					  "allbank",
					  "iob",
					  "uco",
					  "psb",
					  "jupiteraxis",
					  "freecharge",
					  "airtel",
					  "postbank",
					  "jio",
					  "ikwik",
					  "mbk",
					  "waaxis",
					  "wahdfcbank",
					  "waicici",
					  "wasbi",
					  "abfspay",
					  "axisb",
					  "yesg",
					  "timecosmos",
					  "tapicici",
					  "sliceaxis",
					  "superyes",
					  "naviaxis",
					  "bhim",
					  "hsbc",
					  "sc",
					  "citi",
					  "citigold",
					  "dbs",
					  "dlb",
					  "kvb",
					  "tjsb",
					  "sib",
					  "equitas",
					  "aubank",
					  "nsdl",
					  "pingpay",
					  "axisgo",
					  "myicici",
					  "ezeepay",
					  "eazypay",
					  "idbi",
					  "obc",
					  "united",
					  "vijb",
					  "syndicate",
					  "andb",
					  "bandhan",
					  "dcb",
					  "lvb",
					  "jkb",
					  "icicibank",
					  "sbibank",
					  "kotakbank",
					  "hdfc",
					  "amazonpay",
					  "phonepe",
					  "gpay",
					  "cred",
					  "goaxb",
					  "shriramhdfcbank",
					  "utbi",
					  "ubi",
					  "rmhdfcbank",
					  "pockets",
					  "payzapp",
					  "oksbibank",
					  "okbizaxis",
					  "yescred",
					  "yespop",
					  "yesfam",
					  "fam",
					  "niyoicici",
					  "mairtel",
					  "idfcnetc",
					  "spicepay",
					  "barodapay",
					  "pnbpay",
					  "sbipay",
					  "mahapay",
					  "icicipay",
					  "hdfcbankjd",
					  "axisbankltd",
					  "rajgovhdfcbank",
					  "dmrcyes",
					  NULL};

bool validate_upi(struct str text, size_t start, size_t end, unsigned *confidence)
{
	static const char *const words[] = {"upi",
					    "vpa",
					    "bhim",
					    "gpay",
					    "phonepe",
					    "paytm",
					    "google pay",
					    "pay to",
					    "collect",
					    "payee",
					    "virtual payment",
					    "scan and pay",
					    "autopay",
					    "unified payments",
					    "pay me",
					    "send money",
					    "यूपीआई",
					    NULL};
	struct str s = str_sub(text, start, end);
	ptrdiff_t at = str_find_byte(s, '@', 0);
	if (at < 3 || (end < text.len && text.p[end] == '.' && end + 1 < text.len &&
		       isalnum((unsigned char)text.p[end + 1])))
		return false;
	struct str handle = str_sub(s, (size_t)at + 1, s.len);
	for (const char *const *h = upi_handles; *h; h++)
		if (str_eq_nocase(handle, str_of(*h)))
			return true;
	/* An unknown provider is believed where the text speaks of UPI. */
	if (*confidence > 75)
		*confidence = 75;
	return handle.len >= 2 && (validate_near(text, start, end, 40, 24, words) ||
				   validate_has_word(validate_column(text, start), words));
}

/* VAT numbers of the European Union: after the country letters, this many of digits or letters (VIES). */
static const struct {
	char country[3];
	unsigned char least, most;
	bool letters;
} vats[] = {
	{"AT", 9, 9, true},    {"BE", 10, 10, false}, {"BG", 9, 10, false},  {"CY", 9, 9, true},
	{"CZ", 8, 10, false},  {"DE", 9, 9, false},   {"DK", 8, 8, false},   {"EE", 9, 9, false},
	{"EL", 9, 9, false},   {"ES", 9, 9, true},    {"FI", 8, 8, false},   {"FR", 11, 11, true},
	{"GB", 9, 12, false},  {"HR", 11, 11, false}, {"HU", 8, 8, false},   {"IE", 8, 9, true},
	{"IT", 11, 11, false}, {"LT", 9, 12, false},  {"LU", 8, 8, false},   {"LV", 11, 11, false},
	{"MT", 8, 8, false},   {"NL", 12, 12, true},  {"PL", 10, 10, false}, {"PT", 9, 9, false},
	{"RO", 2, 10, false},  {"SE", 12, 12, false}, {"SI", 8, 8, false},   {"SK", 10, 10, false},
};

bool validate_vat(struct str text, size_t start, size_t end, UNUSED unsigned *confidence)
{
	char s[VALIDATE_DIGITS_MAX + 1];
	size_t n = validate_alnum(str_sub(text, start, end), s), letters = 0;
	for (size_t i = 2; i < n && n != SIZE_MAX; i++)
		letters += isalpha((unsigned char)s[i]) != 0;
	for (size_t i = 0; i < ARRAY_SIZE(vats); i++)
		if (n != SIZE_MAX && memcmp(s, vats[i].country, 2) == 0)
			return n - 2 >= vats[i].least && n - 2 <= vats[i].most &&
			       letters <= (vats[i].letters ? 3u : 0u);
	return false;
}

/* Base58Check would want SHA-256 twice over big numbers; the mix of the alphabet tells enough where the text says "bitcoin". */
bool validate_bitcoin(struct str text, size_t start, size_t end, UNUSED unsigned *confidence)
{
	struct str s = str_sub(text, start, end);
	size_t digits = 0, upper = 0, lower = 0;
	for (size_t i = 0; i < s.len; i++) {
		digits += isdigit((unsigned char)s.p[i]) != 0;
		upper += isupper((unsigned char)s.p[i]) != 0;
		lower += islower((unsigned char)s.p[i]) != 0;
	}
	bool bech32 = s.len > 3 && (s.p[0] | 0x20) == 'b' && (s.p[1] | 0x20) == 'c';
	return digits >= 4 && (bech32 ? !(upper && lower) : upper >= 4 && lower >= 4);
}
