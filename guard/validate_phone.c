/* Telephone numbers. */
#include "guard/validate_int.h"

#include <ctype.h>

/* Country codes (ITU-T E.164, list of 2016 with its amendments) and the digits a national number has (national plans, ITU). */
static const struct {
	unsigned short code;
	unsigned char least, most;
} countries[] = {
	{1, 10, 10},  {7, 10, 10},  {20, 8, 10},  {27, 9, 9},	{30, 10, 10}, {31, 9, 11},
	{32, 8, 9},   {33, 9, 9},   {34, 9, 9},	  {36, 8, 9},	{39, 6, 12},  {40, 9, 9},
	{41, 9, 9},   {43, 7, 13},  {44, 9, 10},  {45, 8, 8},	{46, 7, 10},  {47, 8, 8},
	{48, 9, 9},   {49, 6, 12},  {51, 8, 9},	  {52, 10, 11}, {53, 6, 8},   {54, 10, 11},
	{55, 10, 11}, {56, 8, 9},   {57, 8, 10},  {58, 10, 10}, {60, 8, 10},  {61, 9, 9},
	{62, 7, 12},  {63, 8, 10},  {64, 8, 10},  {65, 8, 8},	{66, 8, 9},   {81, 9, 10},
	{82, 8, 11},  {84, 9, 10},  {86, 9, 11},  {90, 10, 10}, {91, 10, 10}, {92, 9, 10},
	{93, 9, 9},   {94, 9, 9},   {95, 7, 10},  {98, 10, 10}, {211, 9, 9},  {212, 9, 9},
	{213, 8, 9},  {216, 8, 8},  {218, 9, 9},  {220, 7, 7},	{221, 9, 9},  {222, 8, 8},
	{223, 8, 8},  {224, 8, 9},  {225, 8, 10}, {226, 8, 8},	{227, 8, 8},  {228, 8, 8},
	{229, 8, 10}, {230, 7, 8},  {231, 7, 9},  {232, 8, 8},	{233, 9, 9},  {234, 8, 10},
	{235, 8, 8},  {236, 8, 8},  {237, 8, 9},  {238, 7, 7},	{239, 7, 7},  {240, 9, 9},
	{241, 7, 8},  {242, 9, 9},  {243, 7, 9},  {244, 9, 9},	{245, 7, 9},  {246, 7, 7},
	{248, 7, 7},  {249, 9, 9},  {250, 8, 9},  {251, 9, 9},	{252, 7, 9},  {253, 8, 8},
	{254, 9, 9},  {255, 9, 9},  {256, 9, 9},  {257, 8, 8},	{258, 8, 9},  {260, 9, 9},
	{261, 9, 9},  {262, 9, 9},  {263, 8, 9},  {264, 8, 9},	{265, 7, 9},  {266, 8, 8},
	{267, 7, 8},  {268, 8, 8},  {269, 7, 7},  {291, 7, 7},	{297, 7, 7},  {298, 6, 6},
	{299, 6, 6},  {350, 8, 8},  {351, 9, 9},  {352, 6, 11}, {353, 7, 9},  {354, 7, 9},
	{355, 8, 9},  {356, 8, 8},  {357, 8, 8},  {358, 6, 12}, {359, 7, 9},  {370, 8, 8},
	{371, 8, 8},  {372, 7, 8},  {373, 8, 8},  {374, 8, 8},	{375, 9, 9},  {376, 6, 9},
	{377, 8, 9},  {378, 6, 10}, {380, 9, 9},  {381, 8, 9},	{382, 8, 8},  {383, 8, 9},
	{385, 8, 9},  {386, 8, 8},  {387, 8, 8},  {389, 8, 8},	{420, 9, 9},  {421, 9, 9},
	{423, 7, 9},  {501, 7, 7},  {502, 8, 8},  {503, 8, 8},	{504, 8, 8},  {505, 8, 8},
	{506, 8, 8},  {507, 7, 8},  {508, 6, 9},  {509, 8, 8},	{590, 9, 9},  {591, 8, 8},
	{592, 7, 7},  {593, 8, 9},  {594, 9, 9},  {595, 9, 9},	{596, 9, 9},  {597, 6, 7},
	{598, 8, 8},  {599, 7, 8},  {670, 7, 8},  {673, 7, 7},	{674, 7, 7},  {675, 7, 8},
	{679, 7, 7},  {680, 7, 7},  {685, 6, 7},  {687, 6, 6},	{689, 6, 8},  {691, 7, 7},
	{692, 7, 7},  {800, 8, 8},  {852, 8, 8},  {853, 8, 8},	{855, 8, 9},  {856, 8, 10},
	{880, 8, 10}, {886, 8, 9},  {960, 7, 7},  {961, 7, 8},	{962, 8, 9},  {963, 9, 9},
	{964, 8, 10}, {965, 7, 8},  {966, 9, 9},  {967, 7, 9},	{968, 8, 8},  {970, 9, 9},
	{971, 8, 9},  {972, 8, 9},  {973, 8, 8},  {974, 8, 8},	{975, 8, 8},  {976, 8, 8},
	{977, 8, 10}, {992, 9, 9},  {993, 8, 8},  {994, 9, 9},	{995, 9, 9},  {996, 9, 9},
	{998, 9, 9},
};

static bool is_international(const char *d, size_t n)
{
	unsigned code = 0;
	for (size_t lead = 1; lead <= 3 && lead < n; lead++) {
		code = code * 10 + (unsigned)(d[lead - 1] - '0');
		for (size_t i = 0; i < ARRAY_SIZE(countries); i++)
			if (countries[i].code == code)
				return n - lead >= countries[i].least &&
				       n - lead <= countries[i].most;
	}
	return false;
}

/* North American: an area and an exchange begin with 2 … 9, and neither is N11 (NANPA). */
static bool is_nanp(const char *d)
{
	return d[0] >= '2' && d[3] >= '2' && !(d[1] == '1' && d[2] == '1') && d[1] != '9' &&
	       !(d[4] == '1' && d[5] == '1') && !validate_all_same(d);
}

bool validate_phone_e164(struct str text, size_t start, size_t end, UNUSED unsigned *confidence)
{
	struct str s = str_sub(text, start, end);
	char d[VALIDATE_DIGITS_MAX + 1];
	size_t n = validate_digits(s, d), skip = 0;
	ptrdiff_t trunk = str_find(s, STR("(0)"), 0);
	if (n == SIZE_MAX || n < 8 || n > 17)
		return false;
	if (trunk > 0) { /* "+44 (0)20": the zero is dialled at home only */
		char before[VALIDATE_DIGITS_MAX + 1];
		size_t at = validate_digits(str_sub(s, 0, (size_t)trunk), before);
		memmove(d + at, d + at + 1, n - at);
		n--;
	}
	if (d[0] == '0' && d[1] == '0')
		skip = 2;
	if (validate_all_same(d + skip + 2) || n - skip > 15)
		return false;
	return is_international(d + skip, n - skip);
}

static const char *const phone_words[] = {
	"phone",     "tel",	      "telephone", "mobile",	  "mob",      "cell",
	"cellphone", "whatsapp",      "fax",	   "helpline",	  "hotline",  "msisdn",
	"landline",  "phone no",      "ph",	   "ph no",	  "sms",      "handy",
	"telefon",   "telefonnummer", "rufnummer", "handynummer", "mobil",    "téléphone",
	"telephone", "tél",	      "portable",  "teléfono",	  "telefono", "móvil",
	"movil",     "celular",	      "telefone",  "cellulare",	  "telefoon", "तेलीफोन",
	"फ़ोन",	     "फोन",	      "मोबाइल",	   "هاتف",	  "جوال",     "موبايل",
	"الهاتف",    "رقم الجوال",    "电话",	   "手机",	  "電話",     "携帯",
	"телефон",   "тел",	      "전화",	   NULL};
static const char *const talk_words[] = {
	"call",	      "ring",	   "reach", "contact", "text me", "dial",    "calling",
	"called",     "number is", "llama", "llámame", "appelez", "joindre", "anrufen",
	"erreichbar", "erreichen", "ligue", "chiama",  NULL};
static const char *const not_phones[] = {
	"nhs",	   "ssn",      "aadhaar",    "account", "a/c",	"iban",	   "isbn",	"issn",
	"order",   "tracking", "invoice",    "ticket",	"sku",	"imei",	   "serial",	"uuid",
	"card",	   "routing",  "patient id", "ref",	"case", "version", "timestamp", "epoch",
	"id",	   "booking",  "medicare",   "tfn",	"sin",	"cpf",	   "awb",	"bytes",
	"request", "model",    "batch",	     "build",	"part", NULL};

static bool looks_like_date(struct str s)
{
	/* "2024-01-15", "15.01.2024", a date and an hour */
	return s.len >= 8 &&
	       ((s.len >= 10 && (s.p[4] == '-' || s.p[4] == '/') && s.p[7] == s.p[4] &&
		 (s.p[0] == '1' || s.p[0] == '2')) ||
		(s.len == 10 && (s.p[2] == '.' || s.p[2] == '/') && s.p[5] == s.p[2]));
}

/* Words that speak against it count when they stand between the word that speaks for it and the number. */
static bool is_called_otherwise(struct str text, size_t start, size_t end)
{
	return validate_near(text, start, end, 16, 0, not_phones) &&
	       !validate_near(text, start, end, 16, 0, phone_words);
}

bool validate_phone_national(struct str text, size_t start, size_t end, UNUSED unsigned *confidence)
{
	struct str s = str_sub(text, start, end);
	char d[VALIDATE_DIGITS_MAX + 1];
	size_t n = validate_digits(s, d);
	if (n < 7 || n > 12 || validate_all_same(d) || looks_like_date(s))
		return false;
	struct str column = validate_column(text, start);
	if (column.len && validate_has_word(column, phone_words))
		return true;
	if (is_called_otherwise(text, start, end))
		return false;
	if (validate_near(text, start, end, 28, 14, phone_words))
		return true;
	bool plausible = (n >= 10 && d[0] != '1') || (n >= 9 && d[0] == '0');
	return plausible && validate_near(text, start, end, 28, 0, talk_words);
}

bool validate_phone_nanp(struct str text, size_t start, size_t end, UNUSED unsigned *confidence)
{
	char d[VALIDATE_DIGITS_MAX + 1];
	size_t n = validate_digits(str_sub(text, start, end), d);
	const char *area = n == 11 && d[0] == '1' ? d + 1 : d;
	if ((n != 10 && n != 11) || (n == 11 && area == d) || !is_nanp(area))
		return false;
	struct str column = validate_column(text, start);
	if (validate_has_word(column, not_phones) && !validate_has_word(column, phone_words))
		return false;
	return !is_called_otherwise(text, start, end);
}
