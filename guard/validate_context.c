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

/* The bytes that the words of a list begin with. Lists live as long as the program, so each is looked at once. */
struct firsts {
	const char *const *words;
	bool at[256];
};

static const bool *firsts_of(const char *const *words)
{
	static struct firsts known[64];
	struct firsts *f = &known[((uintptr_t)words >> 3) % ARRAY_SIZE(known)];
	if (f->words == words)
		return f->at;
	memset(f->at, 0, sizeof(f->at));
	for (f->words = words; *words; words++) {
		uint8_t first = (uint8_t) * *words;
		f->at[first] = true;
		if (first >= 'a' && first <= 'z')
			f->at[first & 0xDF] = true;
	}
	return f->at;
}

bool validate_word_at(struct str s, size_t at, const char *word)
{
	size_t len = strlen(word);
	return at + len <= s.len && (s.p[at] == word[0] || (s.p[at] | 0x20) == word[0]) &&
	       word_at(s, at, word, len);
}

bool validate_has_word(struct str s, const char *const *words)
{
	const bool *first = firsts_of(words);
	for (size_t at = 0; at < s.len; at++) {
		if (!first[(uint8_t)s.p[at]] || !begins_word(s, at))
			continue;
		for (const char *const *w = words; *w; w++)
			if (validate_word_at(s, at, *w))
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

/* The line that was asked about last: the cells of a table are asked about one after another. */
static struct {
	const char *text;
	size_t len, begin; /* of the line */
	size_t block; /* where its block of lines begins */
	struct str line, head; /* head: STR_NULL when there is none */
	char separator;
} last;

void validate_forget(void)
{
	last.text = NULL;
}

/* Where the block of lines begins that the line at `at` belongs to; `at` when it is further than a table is long. */
static size_t block_start(struct str text, size_t at)
{
	size_t limit = at > BLOCK_MAX_BYTES ? at - BLOCK_MAX_BYTES : 0, head = at;
	while (head > 0) {
		size_t from = line_start(text, head - 1, limit);
		if (from > 0 && text.p[from - 1] != '\n')
			return at;
		if (str_trim(str_sub(text, from, head)).len == 0)
			break;
		head = from;
		if (last.text == text.p && last.len == text.len && head == last.begin)
			return last.block + BLOCK_MAX_BYTES >= at ? last.block : at;
	}
	return head;
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

/* Fills `last` for the line around start; false when it is no line. */
static bool look_at_line(struct str text, size_t start)
{
	if (last.text == text.p && last.len == text.len && start >= last.begin &&
	    start < last.begin + last.line.len)
		return true;
	struct str line = line_around(text, start);
	size_t begin = (size_t)(line.p - text.p);
	if (!line.len || (begin > 0 && text.p[begin - 1] != '\n'))
		return false;
	char separator = table_separator(line);
	size_t block = separator ? block_start(text, begin) : begin;
	struct str head = block == begin ? STR_NULL : line_around(text, block);
	if (head.len && !is_head(head, line, separator))
		head = STR_NULL;
	last.text = text.p;
	last.len = text.len;
	last.begin = begin;
	last.block = block;
	last.line = line;
	last.head = head;
	last.separator = separator;
	return true;
}

struct str validate_column(struct str text, size_t start)
{
	size_t number = 0;
	if (!look_at_line(text, start) || !last.head.len)
		return STR_NULL;
	for (size_t i = last.begin; i < start; i++)
		number += text.p[i] == last.separator;
	return cell_of(last.head, last.separator, number);
}
