#include "base/id.h"

#include <errno.h>
#include <stdio.h>
#include <sys/random.h>

static void random_bytes(void *out, size_t len)
{
	/* Up to 256 bytes come whole once the pool is ready. */
	while (getrandom(out, len, 0) != (ssize_t)len)
		if (errno != EINTR)
			abort();
}

void id_uuid(char out[UUID_TEXT + 1])
{
	unsigned char b[16];
	random_bytes(b, sizeof(b));
	b[6] = (b[6] & 0x0F) | 0x40;
	b[8] = (b[8] & 0x3F) | 0x80;
	char *p = out;
	for (size_t i = 0; i < sizeof(b); i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*p++ = '-';
		p += snprintf(p, 3, "%02x", b[i]);
	}
}

char *id_make(const char *prefix, const struct clock *clock, char out[64])
{
	uint64_t bits;
	char when[16];
	random_bytes(&bits, sizeof(bits));
	snprintf(out, 64, "%.31s-%s-%016llx", prefix, clock_compact(clock_wall(clock), when),
		 (unsigned long long)bits);
	return out;
}

static bool is_name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* NULL when it is a legal name, else the reason. */
static const char *name_fault(struct str name)
{
	if (name.len == 0)
		return "it is empty";
	if (name.len > NAME_MAX_BYTES)
		return "it is longer than 64 characters";
	for (size_t i = 0; i < name.len; i++) {
		if (name.p[i] != '-' && !is_name_char(name.p[i]))
			return "only a-z, 0-9 and hyphens may be in it";
		if (name.p[i] == '-' && (i == 0 || i + 1 == name.len))
			return "it starts or ends with a hyphen";
		if (name.p[i] == '-' && name.p[i - 1] == '-')
			return "two hyphens stand together in it";
	}
	return NULL;
}

int name_check(struct str name, const char *what, struct err *err)
{
	char better[NAME_MAX_BYTES + 1];
	const char *why = name_fault(name);
	if (!why)
		return 0;
	err_set(err, ERR_INVALID, "\"%.*s%s\" cannot be a %s: %s", (int)MIN(name.len, 80u),
		name.p ? name.p : "", name.len > 80 ? "..." : "", what, why);
	if (*name_suggest(name, better))
		err_remedy(err, "write \"%s\"", better);
	else
		err_remedy(err, "write lower-case words joined by hyphens, such as order-details");
	return ERR_INVALID;
}

int name_split(struct str s, struct str *ret_domain, struct str *ret_name, struct err *err)
{
	ptrdiff_t slash = str_find_byte(s, '/', 0);
	if (slash < 0) {
		err_set(err, ERR_INVALID, "\"%.*s\" names no domain", (int)MIN(s.len, 80u),
			s.p ? s.p : "");
		err_remedy(err, "write domain/name, such as ecm/order-details");
		return ERR_INVALID;
	}
	struct str domain = str_sub(s, 0, (size_t)slash);
	struct str name = str_sub(s, (size_t)slash + 1, s.len);
	int rc = name_check(domain, "domain name", err);
	if (rc == 0)
		rc = name_check(name, "skill name", err);
	if (rc < 0)
		return rc;
	*ret_domain = domain;
	*ret_name = name;
	return 0;
}

char *name_suggest(struct str s, char out[NAME_MAX_BYTES + 1])
{
	size_t len = 0;
	bool gap = false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] | 0x20) : s.p[i];
		if (!is_name_char(c)) {
			gap = true;
			continue;
		}
		bool hyphen = gap && len > 0;
		if (len + hyphen + 1 > NAME_MAX_BYTES)
			break;
		if (hyphen)
			out[len++] = '-';
		out[len++] = c;
		gap = false;
	}
	out[len] = '\0';
	return out;
}
