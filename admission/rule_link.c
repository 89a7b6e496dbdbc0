#include "admission/rule_link.h"

#include "admission/rule_int.h"

static bool has_scheme(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
		if (c == ':')
			return i > 1; /* "c:" is a file of somebody's, not a scheme */
		if (!letter && !(i && ((c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.')))
			return false;
	}
	return false;
}

static struct str without_suffix(struct str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] == '#' || s.p[i] == '?')
			return str_sub(s, 0, i);
	return s;
}

/* Percent escapes to bytes; false on a bad one, a control byte, or no room. */
static bool decode(struct str s, char *out, size_t size, size_t *ret_len)
{
	size_t n = 0;
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];
		if (c == '%') {
			if (!hex_parse(str_sub(s, i + 1, i + 3), &c, 1))
				return false;
			i += 2;
		}
		if (c < 0x20 || c == 0x7f || c == '\\' || n + 1 >= size)
			return false;
		out[n++] = (char)c;
	}
	*ret_len = n;
	return true;
}

/* Appends one piece of a path to ret; false when it leads above the root or there is no room. */
static bool step(struct link_place *ret, struct str piece)
{
	if (!piece.len || str_eqz(piece, "."))
		return true;
	if (str_eqz(piece, "..")) {
		if (!ret->path_len)
			return false;
		while (ret->path_len && ret->path[ret->path_len - 1] != '/')
			ret->path_len--;
		ret->path_len -= ret->path_len > 0;
		return true;
	}
	if (ret->path_len + 1 + piece.len > LINK_PATH_MAX)
		return false;
	if (ret->path_len)
		ret->path[ret->path_len++] = '/';
	memcpy(ret->path + ret->path_len, piece.p, piece.len);
	ret->path_len += piece.len;
	return true;
}

static bool walk(struct link_place *ret, struct str path)
{
	struct str piece;
	while (str_split(&path, '/', &piece))
		if (!step(ret, piece))
			return false;
	return true;
}

/* What a snapshot knows: the root, FIRM.md, the platform's configuration, and all below skills/. */
static bool is_deployed(struct str path)
{
	return !path.len || str_eqz(path, "skills") || str_starts(path, STR("skills/")) ||
	       str_eqz(path, "FIRM.md") || str_eqz(path, CONFIG_FILE);
}

void link_resolve(struct str base, struct str target, struct link_place *ret)
{
	char text[LINK_PATH_MAX + 1];
	size_t len;
	ret->path_len = 0;
	ret->path[0] = '\0';
	if (has_scheme(target) || str_starts(target, STR("//"))) {
		ret->kind = LINK_REMOTE;
		return;
	}
	target = without_suffix(target);
	if (!target.len) {
		ret->kind = LINK_HERE;
		return;
	}
	ret->kind = LINK_BAD;
	if (!decode(target, text, sizeof(text), &len))
		return;
	if (text[0] != '/' && !walk(ret, base))
		return;
	if (!walk(ret, str_make(text, len))) {
		ret->kind = LINK_ESCAPES;
		return;
	}
	ret->path[ret->path_len] = '\0';
	ret->kind = is_deployed(str_make(ret->path, ret->path_len)) ? LINK_INSIDE : LINK_OUTSIDE;
}

/* --- what is there ---------------------------------------------------------------------------------------------- */

/* Files are sorted bytewise: the first at or after `path` is it, or lies below it, if there is one. */
static bool in_manifest(const struct manifest *m, struct str path)
{
	size_t lo = 0, hi = m->count;
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (str_cmp(m->files[mid].path, path) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < m->count && str_starts(m->files[lo].path, path); lo++)
		if (m->files[lo].path.len == path.len || m->files[lo].path.p[path.len] == '/')
			return true;
	return false;
}

static bool in_domain_files(const struct rule_in *in, const struct domain *d, struct str path)
{
	if (d == in->domain && map_find(&in->index->files, path))
		return true;
	for (size_t i = 0; i < d->file_count; i++) {
		struct str f = d->files[i].path;
		if (str_starts(f, path) && (f.len == path.len || f.p[path.len] == '/'))
			return true;
	}
	return str_eqz(path, CONFIG_FILE) && d->config ? true : false;
}

static bool in_domain(const struct rule_in *in, const struct domain *d, struct str rest)
{
	ptrdiff_t slash = str_find_byte(rest, '/', 0);
	struct str name = slash < 0 ? rest : str_sub(rest, 0, (size_t)slash);
	const struct domain_skill *ds = rest.len ? domain_skill_find(d, name) : NULL;
	if (!rest.len || (ds && slash < 0))
		return true;
	if (ds)
		return in_manifest(&ds->skill->manifest,
				   str_sub(rest, (size_t)slash + 1, rest.len));
	return in_domain_files(in, d, rest);
}

bool link_exists(const struct rule_in *in, struct str path)
{
	const size_t skills = sizeof("skills/") - 1;
	if (!str_starts(path, STR("skills/")))
		return true; /* the root, FIRM.md, the platform's configuration */
	struct str rest = str_sub(path, skills, path.len);
	ptrdiff_t slash = str_find_byte(rest, '/', 0);
	struct str name = slash < 0 ? rest : str_sub(rest, 0, (size_t)slash);
	rest = slash < 0 ? STR("") : str_sub(rest, (size_t)slash + 1, rest.len);
	const struct domain *d = in->domain && str_eq(in->name, name)
					 ? in->domain
					 : snapshot_domain(in->snap, name);
	return d && in_domain(in, d, rest);
}
