#include "skill/label.h"

#define LABEL_NAME_MAX 63
#define PREFIX_MAX 253

static bool is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static bool name_ok(struct str s)
{
	if (s.len == 0 || s.len > LABEL_NAME_MAX || !is_alnum(s.p[0]) || !is_alnum(s.p[s.len - 1]))
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (!is_alnum(s.p[i]) && !strchr("-_.", s.p[i]))
			return false;
	return true;
}

/* Names between dots, of small letters, digits and inner hyphens. */
static bool prefix_ok(struct str s)
{
	struct str rest = s, part;
	if (s.len == 0 || s.len > PREFIX_MAX || s.p[s.len - 1] == '.')
		return false;
	while (str_split(&rest, '.', &part)) {
		if (!name_ok(part))
			return false;
		for (size_t i = 0; i < part.len; i++)
			if ((part.p[i] >= 'A' && part.p[i] <= 'Z') || part.p[i] == '_')
				return false;
	}
	return true;
}

bool label_key_ok(struct str key)
{
	ptrdiff_t slash = str_find_byte(key, '/', 0);
	if (slash < 0)
		return name_ok(key);
	return prefix_ok(str_sub(key, 0, (size_t)slash)) &&
	       name_ok(str_sub(key, (size_t)slash + 1, key.len));
}

bool label_value_ok(struct str value)
{
	return value.len == 0 || name_ok(value);
}

int label_check(struct str key, struct str value, struct err *err)
{
	if (!label_key_ok(key)) {
		err_set(err, ERR_INVALID, "\"%.*s\" is no name of a label", (int)MIN(key.len, 100),
			key.p);
		return err_remedy(err,
				  "write for example team or example.com/team: at most 63 letters, "
				  "digits, '-', '_' and '.', a letter or digit at both ends");
	}
	if (label_value_ok(value))
		return 0;
	err_set(err, ERR_INVALID, "label %.*s: \"%.*s\" is no value of a label", STR_ARG(key),
		(int)MIN(value.len, 100), value.p);
	return err_remedy(err,
			  "write at most 63 letters, digits, '-', '_' and '.', a letter or digit "
			  "at both ends; or nothing");
}
