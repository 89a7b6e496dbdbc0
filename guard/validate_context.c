/* Digits of a match, words around it, the column it stands in. */
#include "guard/validate_int.h"

#include <ctype.h>

#define LINE_MAX_BYTES 1024 /* of a table's line, looked back over */
#define BLOCK_MAX_BYTES 16384 /* from a cell back to the head of its table */

const char *const validate_id_words[] = {"order",      "tracking",
					 "invoice",    "ticket",
					 "sku",	       "build",
					 "commit",     "parcel",
					 "shipment",   "booking",
					 "case",       "serial",
					 "isbn",       "issn",
					 "uuid",       "guid",
					 "checksum",   "sha",
					 "md5",	       "hash",
					 "version",    "part",
					 "awb",	       "consignment",
					 "timestamp",  "epoch",
					 "request",    "trace",
					 "span",       "doi",
					 "ean",	       "upc",
					 "gtin",       "barcode",
					 "receipt",    "waybill",
					 "pedido",     "commande",
					 "bestellung", "bestellnummer",
					 "sendung",    "sendungsnummer",
					 "factura",    "facture",
					 "rechnung",   NULL};

size_t validate_digits(struct str s, char out[VALIDATE_DIGITS_MAX + 1])
{
	size_t n = 0;
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			continue;
		if (n == VALIDATE_DIGITS_MAX)
			return SIZE_MAX;
		out[n++] = s.p[i];
	}
	out[n] = '\0';
	return n;
}

size_t validate_alnum(struct str s, char out[VALIDATE_DIGITS_MAX + 1])
{
	size_t n = 0;
	for (size_t i = 0; i < s.len; i++) {
		if (!isalnum((unsigned char)s.p[i]))
			continue;
		if (n == VALIDATE_DIGITS_MAX)
			return SIZE_MAX;
		out[n++] = (char)toupper((unsigned char)s.p[i]);
	}
	out[n] = '\0';
	return n;
}

bool validate_all_same(const char *digits)
{
	return digits[0] && strspn(digits, (char[]){digits[0], '\0'}) == strlen(digits);
}

static bool begins_word(struct str s, size_t at)
{
	if (at == 0)
		return true;
	unsigned char before = (unsigned char)s.p[at - 1], first = (unsigned char)s.p[at];
	if (!isalpha(before) && before < 0x80)
		return true;
	return first >= 0x80 || (islower(before) && isupper(first));
}

static bool word_at(struct str s, size_t at, const char *word, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		char c = s.p[at + i];
		if (c >= 'A' && c <= 'Z')
			c = (char)(c | 0x20);
		/* "social_security-number" is "social security number". */
		if (word[i] == ' ' ? c != ' ' && c != '_' && c != '-' : c != word[i])
			return false;
	}
	if (!begins_word(s, at))
		return false;
	return len > 4 || at + len >= s.len || !islower((unsigned char)s.p[at + len]) ||
	       (unsigned char)word[0] >= 0x80;
}

bool validate_has_word(struct str s, const char *const *words)
{
	/* Most words begin with a letter that the text does not even have; a column of numbers has none at all. */
	bool has[256] = {false};
	for (size_t i = 0; i < s.len; i++)
		has[(uint8_t)s.p[i]] = has[(uint8_t)s.p[i] | 0x20] = true;
	for (; *words; words++) {
		if (!has[(uint8_t) * *words])
			continue;
		size_t len = strlen(*words);
		for (size_t at = 0; at + len <= s.len; at++)
			if (((s.p[at] | 0x20) == **words || s.p[at] == **words) &&
			    word_at(s, at, *words, len))
				return true;
	}
	return false;
}

bool validate_near(struct str text, size_t start, size_t end, size_t before, size_t after,
		   const char *const *words)
{
	return validate_has_word(str_sub(text, start > before ? start - before : 0, start),
				 words) ||
	       validate_has_word(str_sub(text, end, MIN(end + after, text.len)), words);
}

static char table_separator(struct str line)
{
	static const char separators[] = "|\t,;";
	for (const char *c = separators; *c; c++) {
		ptrdiff_t first = str_find_byte(line, *c, 0);
		if (first >= 0 && (*c != '|' || str_find_byte(line, *c, (size_t)first + 1) >= 0))
			return *c;
	}
	return '\0';
}

/* Where the line before `at` begins, looked for down to `limit`. */
static size_t line_start(struct str text, size_t at, size_t limit)
{
	const char *end = memrchr(text.p + limit, '\n', at - limit);
	return end ? (size_t)(end - text.p) + 1 : limit;
}

static struct str line_around(struct str text, size_t at)
{
	size_t from = at > LINE_MAX_BYTES ? at - LINE_MAX_BYTES : 0;
	struct str after = str_sub(text, at, MIN(text.len, at + LINE_MAX_BYTES));
	ptrdiff_t end = str_find_byte(after, '\n', 0);
	return str_sub(text, line_start(text, at, from), at + (end < 0 ? after.len : (size_t)end));
}

static struct str cell_of(struct str line, char separator, size_t number)
{
	size_t from = 0, seen = 0;
	for (size_t i = 0; i <= line.len; i++) {
		if (i < line.len && line.p[i] != separator)
			continue;
		if (seen++ == number)
			return str_trim(str_sub(line, from, i));
		from = i + 1;
	}
	return STR_NULL;
}

/* The first line of the block of lines that `at`, the start of a line, belongs to. */
static struct str block_head(struct str text, size_t at)
{
	size_t limit = at > BLOCK_MAX_BYTES ? at - BLOCK_MAX_BYTES : 0, head = at;
	while (head > limit) {
		size_t from = line_start(text, head - 1, limit);
		if (str_trim(str_sub(text, from, head)).len == 0)
			break;
		head = from;
	}
	return head == at ? STR_NULL : line_around(text, head);
}

/* A head has words and no numbers: "name,dob,phone". Prose with commas has neither this nor equal cells. */
static bool is_head(struct str head, struct str line, char separator)
{
	size_t cells = 0, expected = 0, digits = 0;
	for (size_t i = 0; i < head.len; i++) {
		cells += head.p[i] == separator;
		digits += isdigit((unsigned char)head.p[i]) != 0;
	}
	for (size_t i = 0; i < line.len; i++)
		expected += line.p[i] == separator;
	return cells >= 1 && cells <= expected && digits <= cells;
}

struct str validate_column(struct str text, size_t start)
{
	struct str line = line_around(text, start);
	char separator = table_separator(line);
	if (!separator || !line.len)
		return STR_NULL;
	size_t begin = (size_t)(line.p - text.p), number = 0;
	struct str head = block_head(text, begin);
	if (!head.len || !is_head(head, line, separator))
		return STR_NULL;
	for (size_t i = begin; i < start; i++)
		number += text.p[i] == separator;
	return cell_of(head, separator, number);
}
