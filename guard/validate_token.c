/* Tokens with a structure that can be checked. */
#include "guard/validate_int.h"

#include <ctype.h>

#include "base/crypto.h"

#define CRC_DIGITS 6 /* 62^6 > 2^32 */

static struct str of(struct str text, size_t start, size_t end)
{
	return str_sub(text, start, end);
}

/* What follows the last '_', or everything. */
static struct str tail_of(struct str s, char mark)
{
	for (size_t i = s.len; i > 0; i--)
		if (s.p[i - 1] == mark)
			return str_sub(s, i, s.len);
	return s;
}

/*
 * The last six characters are the CRC32 of the others in base 62, digits first (GitHub, "Behind GitHub's new
 * authentication token formats", 2021; npm took the form over).
 */
static bool has_crc(struct str body)
{
	static const char base62[] =
		"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
	if (body.len <= CRC_DIGITS)
		return false;
	struct str random = str_sub(body, 0, body.len - CRC_DIGITS);
	uint32_t crc = crypto_crc32(random);
	for (size_t i = body.len; i > random.len; i--) {
		if (body.p[i - 1] != base62[crc % 62])
			return false;
		crc /= 62;
	}
	return crc == 0;
}

/*
 * A token whose check digits agree is sure; one whose do not may be of an issue without them, or mistyped, and is still
 * somebody's unless it is plainly made up.
 */
static bool checked_token(struct str body, unsigned *confidence)
{
	if (validate_is_placeholder(body) || !validate_is_random(body))
		return false;
	*confidence = has_crc(body) ? 99 : MIN(*confidence, 75u);
	return true;
}

bool validate_github(struct str text, size_t start, size_t end, unsigned *confidence)
{
	struct str s = of(text, start, end);
	if (str_starts(s, STR("github_pat_"))) {
		struct str body = tail_of(s, '_');
		return body.len >= 36 && !validate_is_placeholder(body) && validate_is_random(body);
	}
	return checked_token(tail_of(s, '_'), confidence);
}

bool validate_npm(struct str text, size_t start, size_t end, unsigned *confidence)
{
	return checked_token(tail_of(of(text, start, end), '_'), confidence);
}

/* A macaroon in base64 whose location is pypi.org or test.pypi.org (PyPI, warehouse/macaroons). */
bool validate_pypi(struct str text, size_t start, size_t end, unsigned *confidence)
{
	struct str s = of(text, start, end);
	unsigned char head[24];
	if (!str_starts(s, STR("pypi-")) || s.len < 50 || validate_is_placeholder(s))
		return false;
	size_t n = validate_base64(str_sub(s, 5, 5 + 24), head, sizeof(head));
	if (n == SIZE_MAX || str_find(str_make((char *)head, n), STR("pypi.org"), 0) < 0)
		*confidence = MIN(*confidence, 60u);
	return true;
}

/* RFC 7519 and 7515: header and payload are JSON objects in base64url, the header names an algorithm. */
bool validate_jwt(struct str text, size_t start, size_t end, UNUSED unsigned *confidence)
{
	struct str rest = of(text, start, end), part;
	unsigned char out[2048];
	if (!str_split(&rest, '.', &part) || part.len > 2048)
		return false;
	size_t n = validate_base64(part, out, sizeof(out));
	if (n == SIZE_MAX || n < 7 || out[0] != '{' || out[n - 1] != '}' ||
	    str_find(str_make((char *)out, n), STR("\"alg\""), 0) < 0)
		return false;
	if (!str_split(&rest, '.', &part) || part.len < 4)
		return false;
	/* The signatures of the examples that jwt.io shows. */
	if (str_eq(rest, STR("SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c")) ||
	    str_eq(rest, STR("TJVA95OrM7E2cBab30RMHrHDcEfxjoYZgeFONFh7HgQ")))
		return false;
	n = validate_base64(str_sub(part, 0, 4), out, sizeof(out));
	/* An encrypted one (RFC 7516) has a key here, not an object. */
	return n != SIZE_MAX && (out[0] == '{' || str_find_byte(rest, '.', 0) >= 0);
}

/* The id of a bot, a colon, 35 of base64url (Telegram Bot API). */
bool validate_telegram(struct str text, size_t start, size_t end, UNUSED unsigned *confidence)
{
	struct str body = tail_of(of(text, start, end), ':');
	return body.len >= 34 && !validate_is_placeholder(body) && validate_is_random(body);
}

/* The first part is the decimal id of the account in base64 (Discord API reference). */
bool validate_discord(struct str text, size_t start, size_t end, UNUSED unsigned *confidence)
{
	struct str rest = of(text, start, end), part;
	unsigned char id[32];
	if (!str_split(&rest, '.', &part))
		return false;
	size_t n = validate_base64(part, id, sizeof(id));
	if (n == SIZE_MAX || n < 15)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!isdigit(id[i]))
			return false;
	return !validate_is_placeholder(tail_of(of(text, start, end), '.'));
}

/* 40 of base64; a digest in hex or a path has as many. */
bool validate_aws_secret(struct str text, size_t start, size_t end, UNUSED unsigned *confidence)
{
	static const char *const words[] = {"aws", "amazon", "secret", "s3", "access key", NULL};
	struct str s = of(text, start, end);
	size_t upper = 0, lower = 0, digits = 0;
	for (size_t i = 0; i < s.len; i++) {
		upper += isupper((unsigned char)s.p[i]) != 0;
		lower += islower((unsigned char)s.p[i]) != 0;
		digits += isdigit((unsigned char)s.p[i]) != 0;
	}
	return s.len == 40 && upper >= 3 && lower >= 3 && digits >= 1 &&
	       validate_entropy(s) >= 4.0 && !validate_is_placeholder(s) &&
	       validate_near(text, start, end, 64, 0, words);
}

/* A prefix of the issuer before the last '_' or '-', then random. */
bool validate_token(struct str text, size_t start, size_t end, UNUSED unsigned *confidence)
{
	struct str s = of(text, start, end);
	return !validate_is_placeholder(s) && s.len >= 16 &&
	       validate_entropy(str_sub(s, s.len / 4, s.len)) >= 3.0;
}
