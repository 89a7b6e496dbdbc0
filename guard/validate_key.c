/* Keys in files, passwords in addresses, values of assignments. */
#include "guard/validate_int.h"

#include <ctype.h>

#define PEM_LOOK 8192 /* bytes of a key's body looked at */

static struct str of(struct str text, size_t start, size_t end)
{
	return str_sub(text, start, end);
}

/*
 * RFC 7468 and RFC 4880 armour: after the first line stand lines of base64, perhaps after headers; in JSON and in shells
 * the lines end in "\n" of two characters. A text about keys has only the first line, or dots.
 */
bool validate_pem(struct str text, size_t start, size_t end, UNUSED unsigned *confidence)
{
	struct str head = of(text, start, MIN(end, start + 96));
	ptrdiff_t begin = str_find(head, STR("-----"), 5);
	size_t body = begin >= 0 ? start + (size_t)begin + 5 : end, run = 0, longest = 0, total = 0;
	size_t stop = MIN(text.len, body + PEM_LOOK);
	for (size_t i = body; i < stop; i++) {
		char c = text.p[i];
		if (c == '-' && i + 5 <= text.len && memcmp(text.p + i, "-----", 5) == 0)
			break;
		if (c == '\\' && i + 1 < stop && (text.p[i + 1] == 'n' || text.p[i + 1] == 'r')) {
			i++;
			run = 0;
			continue;
		}
		run = isalnum((unsigned char)c) || c == '+' || c == '/' || c == '=' ? run + 1 : 0;
		total += run > 0;
		longest = MAX(longest, run);
		/* What follows a mention is prose: no line of it is this long. */
		if (longest < 24 && i - body > 400)
			return false;
	}
	struct str rest = str_sub(text, body, MIN(stop, body + 200));
	return longest >= 24 && total >= 40 && str_find(rest, STR("..."), 0) < 0 &&
	       str_find(rest, STR("xxxxxxxx"), 0) < 0 && str_find(rest, STR("XXXXXXXX"), 0) < 0;
}

/* Google's JSON of a service account: a private key stands beside the type. */
bool validate_service_account(struct str text, size_t start, size_t end,
			      UNUSED unsigned *confidence)
{
	struct str around = str_sub(text, start > 4096 ? start - 4096 : 0,
				    MIN(text.len, end + 4096));
	ptrdiff_t key = str_find(around, STR("\"private_key\""), 0);
	if (key < 0)
		key = str_find(around, STR("\\\"private_key\\\""), 0);
	ptrdiff_t begin = key < 0 ? -1 : str_find(around, STR("-----BEGIN"), (size_t)key);
	return begin >= 0 && begin - key < 40;
}

static bool is_base64_of(struct str s, size_t bytes)
{
	unsigned char out[96];
	return validate_base64(s, out, sizeof(out)) == bytes && !validate_is_placeholder(s) &&
	       validate_entropy(s) >= 4.0;
}

/* The keys of storage accounts and of Cosmos DB have 64 bytes, 88 characters (Azure documentation). The emulator's key is known to all. */
bool validate_azure_key(struct str text, size_t start, size_t end, UNUSED unsigned *confidence)
{
	struct str s = of(text, start, end);
	return is_base64_of(s, 64) &&
	       !str_starts(s, STR("Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50u"));
}

bool validate_base64_32(struct str text, size_t start, size_t end, UNUSED unsigned *confidence)
{
	return is_base64_of(of(text, start, end), 32);
}

/* scheme://user:password@host: the password, or STR_NULL; RFC 3986 section 3.2.1. */
static struct str password_of(struct str url, struct str *user, struct str *host)
{
	ptrdiff_t from = str_find(url, STR("://"), 0), at = -1;
	if (from < 0)
		return STR_NULL;
	size_t i = (size_t)from + 3;
	for (; i < url.len && url.p[i] != '/' && url.p[i] != '?' && url.p[i] != '#'; i++)
		if (url.p[i] == '@')
			at = (ptrdiff_t)i;
	for (; at < 0 && i < url.len; i++) /* a password may have '/' unescaped */
		if (url.p[i] == '@')
			at = (ptrdiff_t)i;
	ptrdiff_t colon = str_find_byte(url, ':', (size_t)from + 3);
	if (at < 0 || colon < 0 || colon > at)
		return STR_NULL;
	*user = str_sub(url, (size_t)from + 3, (size_t)colon);
	*host = str_sub(url, (size_t)at + 1, url.len);
	return str_sub(url, (size_t)colon + 1, (size_t)at);
}

bool validate_database_url(struct str text, size_t start, size_t end, UNUSED unsigned *confidence)
{
	struct str user = STR_NULL, host = STR_NULL;
	struct str password = password_of(of(text, start, end), &user, &host);
	if (!password.len || validate_is_placeholder(password) || validate_is_reference(password))
		return false;
	/* "dev:dev@localhost" opens nothing that is not open. */
	return !str_eq_nocase(user, password) &&
	       !validate_is_placeholder(str_sub(host, 0, MIN(host.len, (size_t)1)));
}

bool validate_random(struct str text, size_t start, size_t end, UNUSED unsigned *confidence)
{
	struct str s = of(text, start, end);
	return !validate_is_placeholder(s) && validate_is_random(s);
}
