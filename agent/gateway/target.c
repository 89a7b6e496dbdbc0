#include "agent/gateway/target.h"

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Percent-decodes into the arena; plus: '+' is a space. */
static int decode(struct arena *a, struct str raw, bool plus, const char *what, struct str *ret,
		  struct err *err)
{
	char *out = arena_alloc(a, raw.len + 1);
	size_t n = 0;
	for (size_t i = 0; i < raw.len; i++) {
		char c = raw.p[i];
		if (c == '%') {
			int high = i + 2 < raw.len ? hex_value(raw.p[i + 1]) : -1;
			int low = i + 2 < raw.len ? hex_value(raw.p[i + 2]) : -1;
			if (high < 0 || low < 0)
				return err_set(err, ERR_USAGE,
					       "a %% in the %s is not followed by two hexadecimal "
					       "digits",
					       what);
			c = (char)(high * 16 + low);
			i += 2;
		} else if (c == '+' && plus) {
			c = ' ';
		}
		if ((unsigned char)c < 0x20 || c == 0x7f)
			return err_set(err, ERR_USAGE, "a control character in the %s", what);
		out[n++] = c;
	}
	*ret = str_make(out, n);
	if (!str_is_utf8(*ret, NULL))
		return err_set(err, ERR_USAGE, "the %s is not UTF-8", what);
	return 0;
}

static int add_segment(struct arena *a, struct str raw, struct gw_target *t, struct err *err)
{
	struct str s;
	if (t->segment_count == GW_SEGMENTS_MAX)
		return err_set(err, ERR_NOT_FOUND, "no path has so many segments");
	int rc = decode(a, raw, false, "path", &s, err);
	if (rc < 0)
		return rc;
	if (s.len == 0)
		return err_set(err, ERR_USAGE, "an empty segment in the path");
	if (str_eqz(s, ".") || str_eqz(s, ".."))
		return err_set(err, ERR_USAGE, "a dot segment in the path");
	if (str_find_byte(s, '/', 0) >= 0 || str_find_byte(s, '\\', 0) >= 0)
		return err_set(err, ERR_USAGE, "a slash inside a segment of the path");
	t->segments[t->segment_count++] = s;
	return 0;
}

static int add_pair(struct arena *a, struct str raw, struct gw_target *t, struct err *err)
{
	ptrdiff_t eq = str_find_byte(raw, '=', 0);
	struct gw_pair p = {0};
	int rc = decode(a, eq < 0 ? raw : str_sub(raw, 0, (size_t)eq), true, "query", &p.key, err);
	if (rc == 0 && eq >= 0)
		rc = decode(a, str_sub(raw, (size_t)eq + 1, raw.len), true, "query", &p.value, err);
	if (rc < 0)
		return rc;
	if (p.key.len == 0)
		return err_set(err, ERR_USAGE, "a query parameter without a name");
	for (size_t i = 0; i < t->query_count; i++)
		if (str_eq(t->query[i].key, p.key))
			return err_set(err, ERR_USAGE, "the query has \"%.*s\" twice",
				       STR_ARG(p.key));
	if (t->query_count == GW_QUERY_MAX)
		return err_set(err, ERR_TOO_LARGE, "the query has more than %d parameters",
			       GW_QUERY_MAX);
	if (!p.value.p)
		p.value = STR("");
	t->query[t->query_count++] = p;
	return 0;
}

int gw_target_parse(struct arena *a, struct str path, struct str query, struct gw_target *ret,
		    struct err *err)
{
	struct str rest = str_sub(path, 1, path.len), piece;
	int rc = 0;
	*ret = (struct gw_target){0};
	while (rc == 0 && str_split(&rest, '/', &piece))
		rc = add_segment(a, piece, ret, err);
	/* "/a/" has an empty last segment that str_split() does not see. */
	if (rc == 0 && path.len > 1 && path.p[path.len - 1] == '/')
		rc = err_set(err, ERR_USAGE, "the path ends in a slash");
	/* The same of a query. */
	if (rc == 0 && str_ends(query, STR("&")))
		rc = err_set(err, ERR_USAGE, "a query parameter without a name");
	while (rc == 0 && query.len && str_split(&query, '&', &piece))
		rc = add_pair(a, piece, ret, err);
	return rc;
}

struct str gw_query(const struct gw_target *t, const char *key)
{
	for (size_t i = 0; i < t->query_count; i++)
		if (str_eqz(t->query[i].key, key))
			return t->query[i].value;
	return STR_NULL;
}
