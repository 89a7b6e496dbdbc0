/* What is set to a value: passwords, tokens and keys by their names. */
#include "guard/validate_int.h"

#include <ctype.h>

#define NAME_MOST 64

static struct str of(struct str text, size_t start, size_t end)
{
	return str_sub(text, start, end);
}

static bool is_name_of_code(struct str s)
{
	/* "user.password", "credentials.token", "a/path/to", "com.bank.Key". */
	size_t dots = 0, slashes = 0, others = 0;
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];
		dots += c == '.';
		slashes += c == '/';
		others += !isalpha(c) && c != '.' && c != '/' && c != '_' && c != '-' && c != '#' &&
			  c != '?' && c != ';';
	}
	return (others == 0 && (dots || slashes)) ||
	       (s.p[0] == '/' && slashes >= 2 && !validate_is_random(s));
}

/* "private_key_id", "passwordHash", "token_url": what the name ends in says that the value is no secret. */
static bool ends_in_something_else(struct str text, size_t start)
{
	static const char *const ends[] = {
		"id",	  "ids",      "hash",	 "digest", "checksum", "fingerprint", "url",
		"uri",	  "name",     "type",	 "file",   "path",     "ttl",	      "count",
		"length", "size",     "expires", "expiry", "version",  "arn",	      "field",
		"policy", "format",   "ref",	 "alias",  "label",    "host",	      "algorithm",
		"issuer", "endpoint", NULL};
	size_t end = start;
	while (end > 0 && start - end < 8 && !isalnum((unsigned char)text.p[end - 1]))
		end--;
	for (const char *const *e = ends; *e; e++) {
		size_t len = strlen(*e);
		if (end <= len || !str_eq_nocase(str_sub(text, end - len, end), str_of(*e)))
			continue;
		char before = text.p[end - len - 1];
		if (!isalnum((unsigned char)before) ||
		    (islower((unsigned char)before) && isupper((unsigned char)text.p[end - len])))
			return true;
	}
	return false;
}

/* The name that stands before a value: "next_page_token" of 'next_page_token: "'. Points into text. */
static struct str name_before(struct str text, size_t start)
{
	size_t end = start;
	while (end > 0 && start - end < 16 && !isalnum((unsigned char)text.p[end - 1]))
		end--;
	size_t begin = end;
	while (begin > 0 && end - begin < NAME_MOST &&
	       (isalnum((unsigned char)text.p[begin - 1]) || text.p[begin - 1] == '_' ||
		text.p[begin - 1] == '-' || text.p[begin - 1] == '.'))
		begin--;
	return str_sub(text, begin, end);
}

/* Whether a part stands in the name, its marks left out: "cachekey" in "Cache-Key". */
static bool name_has(struct str name, const char *const *parts)
{
	char plain[NAME_MOST + 1];
	size_t n = 0;
	for (size_t i = 0; i < name.len && n < NAME_MOST; i++)
		if (isalnum((unsigned char)name.p[i]))
			plain[n++] = (char)tolower((unsigned char)name.p[i]);
	for (; *parts; parts++)
		if (str_find(str_make(plain, n), str_of(*parts), 0) >= 0)
			return true;
	return false;
}

/* What everybody may see, or what lives for one page: no secret by its name. */
static bool is_shown_to_all(struct str name)
{
	static const char *const shown[] = {"public",	 "publishable", "pagetoken",	"nexttoken",
					    "synctoken", "canceltoken", "continuation", "csrf",
					    "xsrf",	 "antiforgery", "sitekey",	"keytoken",
					    NULL};
	return name_has(name, shown);
}

/* "private_key_id", "publicToken": the value is something else than what the name promises. */
static bool names_something_else(struct str text, size_t start)
{
	return ends_in_something_else(text, start) || is_shown_to_all(name_before(text, start));
}

/*
 * The value that something called a password, a secret, a token or a key is set to. For a password any value that mixes kinds is believed; for
 * the others it must look random.
 */
bool validate_assignment(struct str text, size_t start, size_t end, UNUSED unsigned *confidence)
{
	static const char *const passwords[] = {"password", "passwd", "passphrase", "passwort",
						"pwd",	    "pass",   "contraseña", "mot de passe",
						"senha",    NULL};
	struct str s = of(text, start, end);
	if (s.len < 6 || validate_is_placeholder(s) || validate_is_reference(s) ||
	    is_name_of_code(s) || names_something_else(text, start))
		return false;
	if (validate_is_random(s))
		return true;
	size_t letters = 0, digits = 0, marks = 0, spaces = 0;
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];
		letters += isalpha(c) != 0;
		digits += isdigit(c) != 0;
		spaces += isspace(c) != 0;
		marks += c > ' ' && c < 0x7f && !isalnum(c) && c != '_' && c != '-' && c != '.';
	}
	bool mixed = !spaces && letters && (digits || marks) && (s.len >= 8 || (digits && marks));
	return mixed && validate_near(text, start, start, 32, 0, passwords);
}

/* A password on a command line or in a file that has only such: anything that does not stand for one. */
bool validate_password(struct str text, size_t start, size_t end, UNUSED unsigned *confidence)
{
	struct str s = of(text, start, end);
	return s.len >= 6 && s.p[0] != '$' && !validate_is_placeholder(s) &&
	       !validate_is_reference(s);
}

/* Keys that open nothing: of rows, of caches, of files, of locks' other half. */
static bool is_key_of_data(struct str name)
{
	static const char *const data[] = {
		"publickey",  "pubkey",		"foreignkey", "primarykey",   "partitionkey",
		"sortkey",    "cachekey",	"rowkey",     "groupkey",     "indexkey",
		"i18nkey",    "translationkey", "reactkey",   "uniquekey",    "objectkey",
		"storagekey", "filekey",	"imagekey",   "pathkey",      "idempotencykey",
		"sitekey",    "hostkey",	"sshkey",     "s3key",	      "lookupkey",
		"hashkey",    "registrykey",	"hotkey",     "fingerprint",  "signaturekey",
		"querykey",   "mapkey",		"rangekey",   "routingkey",   "dedupkey",
		"localekey",  "publishablekey", "keyid",      "integritykey", "bucketkey",
		NULL};
	return name_has(name, data);
}

/* The bare word is a key of anything; in an address, or where keys of services are spoken of, it is one of those. */
static bool is_bare_key(struct str text, size_t start, struct str name)
{
	static const char *const services[] = {"api", "license", "licence", "secret", "auth", NULL};
	size_t begin = (size_t)(name.p - text.p);
	if (name.len > 3)
		return false;
	return !(begin > 0 && (text.p[begin - 1] == '?' || text.p[begin - 1] == '&')) &&
	       !validate_near(text, begin, start, 24, 0, services);
}

static bool is_digest(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!isxdigit((unsigned char)s.p[i]))
			return false;
	return s.len == 40 || s.len == 64 || s.len == 128;
}

/* "ratesKey = …", "?key=…": what a key of some service looks like, and not what a row, a file or a digest does. */
bool validate_key(struct str text, size_t start, size_t end, UNUSED unsigned *confidence)
{
	static const char *const strong[] = {"api",    "app",	  "secret", "token", "service",
					     "client", "license", "access", "auth",  NULL};
	struct str s = of(text, start, end);
	struct str name = name_before(text, start);
	/* "key is …" */
	if (str_eq_nocase(name, STR("is")))
		name = name_before(text, (size_t)(name.p - text.p));
	if (validate_is_placeholder(s) || validate_is_reference(s) || !validate_is_random(s) ||
	    is_key_of_data(name) || is_shown_to_all(name) || is_bare_key(text, start, name))
		return false;
	size_t digits = 0;
	for (size_t i = 0; i < s.len; i++)
		digits += isdigit((unsigned char)s.p[i]) != 0;
	bool file = str_find_byte(s, '/', 0) >= 0 && str_find_byte(s, '.', 0) >= 0;
	return digits >= 2 && !file &&
	       (!is_digest(s) || name_has(name, strong) ||
		validate_near(text, start, start, 40, 0, strong));
}
