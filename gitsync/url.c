#include "gitsync/url.h"

#include <arpa/inet.h>
#include <string.h>

static const struct scheme {
	const char *name;
	enum url_scheme scheme;
	uint16_t port;
} schemes[] = {
	{"https", URL_HTTPS, 443}, {"http", URL_HTTP, 80}, {"ssh", URL_SSH, 22},
	{"git", URL_GIT, 9418},	   {"file", URL_LOCAL, 0},
};

static const struct scheme *scheme_of(enum url_scheme s)
{
	size_t i = 0;
	while (i + 1 < ARRAY_SIZE(schemes) && schemes[i].scheme != s)
		i++;
	return &schemes[i];
}

const char *url_scheme_name(enum url_scheme s)
{
	return scheme_of(s)->name;
}

/* What a message may show of a refused address: no user part, printable, short. */
static const char *shown(struct str text, char out[128])
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(8192);
	url_redact(str_sub(text, 0, 512), &b);
	size_t n = 0;
	for (size_t i = 0; i < b.len && n < 100; i++) {
		unsigned char c = (unsigned char)b.data[i];
		out[n++] = c < 0x20 || c >= 0x7f ? '?' : (char)c;
	}
	out[n] = '\0';
	if (b.len > n)
		memcpy(out + n, "...", 4);
	return out;
}

#define REFUSE(err, code, text, ...) refuse((err), err_set((err), (code), __VA_ARGS__), (text))

static int refuse(struct err *err, int code, struct str text)
{
	char show[128];
	(void)err_context(err, "the address \"%s\" of a Git repository", shown(text, show));
	(void)err_remedy(err, "write https://HOST/PATH, ssh://USER@HOST/PATH or USER@HOST:PATH");
	return code;
}

static int hex_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* "%41" may be written; what hides a separator, a NUL or a control byte may not. */
static bool percent_ok(struct str s, size_t at)
{
	if (at + 2 >= s.len)
		return false;
	int hi = hex_of(s.p[at + 1]), lo = hex_of(s.p[at + 2]);
	if (hi < 0 || lo < 0)
		return false;
	int c = hi * 16 + lo;
	return c > 0x20 && c != 0x7f && c != '/' && c != '\\' && c != '.';
}

static bool has_dot_dot(struct str path)
{
	struct str rest = path, piece;
	while (str_split(&rest, '/', &piece))
		if (str_eqz(piece, "..") || str_eqz(piece, "."))
			return true;
	return false;
}

/* Rules that hold for every form. */
static int screen(struct str t, struct err *err)
{
	if (t.len == 0) {
		err_set(err, ERR_INVALID, "the address of the Git repository is empty");
		return err_remedy(err, "write https://HOST/PATH");
	}
	if (t.len > URL_MAX_BYTES) {
		REFUSE(err, ERR_TOO_LARGE, t, "has %zu bytes; at most %d are accepted", t.len,
		       URL_MAX_BYTES);
		return err_remedy(err, "write a shorter address");
	}
	if (t.p[0] == '-') {
		REFUSE(err, ERR_INVALID, t, "begins with \"-\" and would read as an option");
		return err_remedy(err, "write https://HOST/PATH");
	}
	for (size_t i = 0; i < t.len; i++)
		if ((unsigned char)t.p[i] < 0x20 || t.p[i] == 0x7f)
			return REFUSE(err, ERR_INVALID, t, "holds a control byte at position %zu",
				      i + 1);
	if (!str_is_utf8(t, NULL))
		return REFUSE(err, ERR_INVALID, t, "is not valid UTF-8");
	return 0;
}

/* Rules for what goes over a network. */
static int screen_network(struct str t, struct err *err)
{
	for (size_t i = 0; i < t.len; i++) {
		unsigned char c = (unsigned char)t.p[i];
		if (c == '\\') {
			REFUSE(err, ERR_INVALID, t, "holds a backslash");
			return err_remedy(err, "write \"/\" between the parts of a path");
		}
		if (c == '#' || c == '?')
			return REFUSE(err, ERR_INVALID, t,
				      "holds a %s, which a Git repository does not have",
				      c == '#' ? "fragment (\"#\")" : "query (\"?\")");
		if (c == '%' && !percent_ok(t, i))
			return REFUSE(err, ERR_INVALID, t,
				      "holds \"%.*s\"; only plain characters may be escaped",
				      (int)MIN(t.len - i, (size_t)3), t.p + i);
		if (c == ' ' || c > 0x7e || strchr("\"'`$;|&<>(){}*!^", c))
			return REFUSE(err, ERR_INVALID, t,
				      "holds \"%s\" at position %zu; letters, digits and "
				      "./_~+@:%%-=, are accepted",
				      c > 0x7e ? "?" : (char[]){(char)c, 0}, i + 1);
	}
	return 0;
}

static int take_local(struct str t, struct str path, bool escaped, const struct url_policy *p,
		      struct url *u, struct err *err)
{
	if (!p->allow_local) {
		REFUSE(err, ERR_DENIED, t, "is a folder of this machine, which is not allowed");
		return err_remedy(err, "set allow_local: true for this source in asporad.conf, "
				       "or serve the repository over https or ssh");
	}
	if (path.len == 0 || path.p[0] != '/')
		return REFUSE(err, ERR_INVALID, t,
			      "must name an absolute path: file:///srv/skills.git");
	if (has_dot_dot(path))
		return REFUSE(err, ERR_INVALID, t, "holds \".\" or \"..\" as a part of its path");
	u->scheme = URL_LOCAL;
	size_t n = 0;
	for (size_t i = 0; i < path.len; i++) {
		char c = path.p[i];
		if (escaped && c == '%') {
			if (!percent_ok(path, i))
				return REFUSE(
					err, ERR_INVALID, t,
					"holds \"%%\" without two hex digits of a plain character");
			c = (char)(hex_of(path.p[i + 1]) * 16 + hex_of(path.p[i + 2]));
			i += 2;
		}
		u->path[n++] = c;
	}
	while (n > 1 && u->path[n - 1] == '/')
		n--;
	u->path[n] = '\0';
	if (!str_is_utf8(str_make(u->path, n), NULL))
		return REFUSE(err, ERR_INVALID, t, "is not valid UTF-8 when its escapes are read");
	return 0;
}

static bool looks_numeric(const char *host)
{
	const char *last = strrchr(host, '.');
	last = last ? last + 1 : host;
	return last[0] && (strspn(last, "0123456789") == strlen(last) ||
			   (last[0] == '0' && (last[1] == 'x' || last[1] == 'X')));
}

static int check_literal(struct str t, const struct url_policy *p, struct url *u, struct err *err)
{
	struct sockaddr_in v4 = {.sin_family = AF_INET};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
	const struct sockaddr *sa = NULL;
	if (inet_pton(AF_INET, u->host, &v4.sin_addr) == 1)
		sa = (const struct sockaddr *)&v4;
	else if (inet_pton(AF_INET6, u->host, &v6.sin6_addr) == 1)
		sa = (const struct sockaddr *)&v6;
	else if (strchr(u->host, ':') || looks_numeric(u->host)) {
		REFUSE(err, ERR_INVALID, t,
		       "has \"%s\" for a host, an unusual spelling of an address", u->host);
		return err_remedy(err,
				  "write the host's name, or its address as four decimal numbers");
	}
	u->host_is_address = sa != NULL;
	return sa ? url_address_check(sa, p, u->host, err) : 0;
}

static int take_host(struct str t, struct str host, const struct url_policy *p, struct url *u,
		     struct err *err)
{
	if (host.len == 0) {
		REFUSE(err, ERR_INVALID, t, "names no host");
		return err_remedy(err, "write https://HOST/PATH");
	}
	if (host.len > URL_HOST_MAX) {
		REFUSE(err, ERR_TOO_LARGE, t, "has a host of %zu bytes; at most %d", host.len,
		       URL_HOST_MAX);
		return err_remedy(err, "write a shorter address");
	}
	bool bracketed = host.p[0] == '[';
	if (bracketed)
		host = str_sub(host, 1, host.len - 1);
	for (size_t i = 0; i < host.len; i++) {
		char c = host.p[i];
		if (c >= 'A' && c <= 'Z')
			c |= 0x20;
		bool ok = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
			  (!bracketed && (c == '-' || c == '_') && i > 0) ||
			  (bracketed && c == ':');
		if (!ok || (c == '.' && (i == 0 || host.p[i - 1] == '.')))
			return REFUSE(err, ERR_INVALID, t, "has a host that is no host name");
		u->host[i] = c;
	}
	u->host[host.len] = '\0';
	if (host.len == 0 || (bracketed && !strchr(u->host, ':')))
		return REFUSE(err, ERR_INVALID, t, "has a host that is no host name");
	return check_literal(t, p, u, err);
}

static int take_port(struct str t, struct str port, uint16_t dflt, struct url *u, struct err *err)
{
	uint64_t n = dflt;
	if (port.p && (!str_to_u64(port, &n) || n == 0 || n > 65535))
		return REFUSE(err, ERR_INVALID, t, "has the port \"%.*s\"; ports are 1 to 65535",
			      (int)MIN(port.len, 20), port.p);
	u->port = (uint16_t)n;
	return 0;
}

static int take_user(struct str t, struct str user, struct url *u, struct err *err)
{
	if (str_find_byte(user, ':', 0) >= 0 || u->scheme != URL_SSH) {
		REFUSE(err, ERR_INVALID, t, "carries %s",
		       str_find_byte(user, ':', 0) >= 0 ? "a password" : "a user or token");
		return err_remedy(err, "take it out of the address, and name its file for this "
				       "source in asporad.conf: token: file:/etc/aspora/token");
	}
	if (user.len == 0 || user.len >= sizeof(u->user) || user.p[0] == '-')
		return REFUSE(err, ERR_INVALID, t, "has a user that is none");
	for (size_t i = 0; i < user.len; i++) {
		unsigned char c = (unsigned char)user.p[i];
		if (c == '%' || c == '@' || c == '~' || c == '+' || c == ',' || c == '=')
			return REFUSE(err, ERR_INVALID, t, "has a user that is none");
		u->user[i] = (char)c;
	}
	u->user[user.len] = '\0';
	return 0;
}

/* authority: [user@]host[:port] */
static int take_authority(struct str t, struct str a, uint16_t dflt_port, bool port_allowed,
			  const struct url_policy *p, struct url *u, struct err *err)
{
	ptrdiff_t at = -1;
	for (size_t i = 0; i < a.len; i++)
		if (a.p[i] == '@')
			at = (ptrdiff_t)i;
	if (u->scheme == URL_SSH)
		memcpy(u->user, "git", 4);
	int rc = 0;
	if (at >= 0 && (rc = take_user(t, str_sub(a, 0, (size_t)at), u, err)) < 0)
		return rc;
	a = str_sub(a, (size_t)(at + 1), a.len);
	ptrdiff_t close = str_find_byte(a, ']', 0);
	if (a.len && a.p[0] == '[' && close < 0)
		return REFUSE(err, ERR_INVALID, t, "has \"[\" without \"]\"");
	ptrdiff_t colon = str_find_byte(a, ':', close < 0 ? 0 : (size_t)close);
	if (close >= 0 && colon != close + 1 && (size_t)close + 1 != a.len)
		return REFUSE(err, ERR_INVALID, t, "has a host that is no host name");
	struct str host = colon >= 0 ? str_sub(a, 0, (size_t)colon) : a;
	struct str port = colon >= 0 ? str_sub(a, (size_t)colon + 1, a.len) : STR_NULL;
	if (port.p && !port_allowed)
		return REFUSE(err, ERR_INVALID, t, "has a port in the short form of ssh");
	if ((rc = take_host(t, host, p, u, err)) < 0)
		return rc;
	return take_port(t, port, dflt_port, u, err);
}

static int take_path(struct str t, struct str path, struct url *u, struct err *err)
{
	while (path.len > 1 && path.p[path.len - 1] == '/')
		path.len--;
	if (path.len == 0 || str_eqz(path, "/"))
		return REFUSE(err, ERR_INVALID, t, "names a host but no repository on it");
	if (has_dot_dot(path))
		return REFUSE(err, ERR_INVALID, t, "holds \".\" or \"..\" as a part of its path");
	if (path.p[0] == '-')
		return REFUSE(err, ERR_INVALID, t, "has a path that begins with \"-\"");
	memcpy(u->path, path.p, path.len);
	u->path[path.len] = '\0';
	return 0;
}

static int take_network(struct str t, const struct scheme *s, struct str rest,
			const struct url_policy *p, struct url *u, struct err *err)
{
	int rc = screen_network(t, err);
	if (rc < 0)
		return rc;
	u->scheme = s->scheme;
	if ((s->scheme == URL_HTTP || s->scheme == URL_GIT) && !p->allow_plain) {
		REFUSE(err, ERR_DENIED, t, "is read over %s://, which nothing protects on its way",
		       s->name);
		return err_remedy(err, "write https:// or ssh://, or set allow_plain: true for "
				       "this source in asporad.conf");
	}
	ptrdiff_t slash = str_find_byte(rest, '/', 0);
	size_t end = slash < 0 ? rest.len : (size_t)slash;
	if ((rc = take_authority(t, str_sub(rest, 0, end), s->port, true, p, u, err)) < 0)
		return rc;
	return take_path(t, str_sub(rest, end, rest.len), u, err);
}

/* "user@host:path", when no "/" stands before the colon. */
static int take_short(struct str t, size_t colon, const struct url_policy *p, struct url *u,
		      struct err *err)
{
	int rc = screen_network(t, err);
	if (rc < 0)
		return rc;
	u->scheme = URL_SSH;
	if ((rc = take_authority(t, str_sub(t, 0, colon), 22, false, p, u, err)) < 0)
		return rc;
	return take_path(t, str_sub(t, colon + 1, t.len), u, err);
}

/* Where the host of the short form ends, or -1 when it is not that form. */
static ptrdiff_t short_colon(struct str t)
{
	ptrdiff_t close = t.len && (t.p[0] == '[' || str_find(t, STR("@["), 0) >= 0)
				  ? str_find_byte(t, ']', 0)
				  : -1;
	ptrdiff_t colon = str_find_byte(t, ':', close < 0 ? 0 : (size_t)close);
	ptrdiff_t slash = str_find_byte(t, '/', 0);
	return colon >= 0 && (slash < 0 || colon < slash) ? colon : -1;
}

static int parse(struct str t, const struct url_policy *p, struct url *u, struct err *err)
{
	int rc = screen(t, err);
	if (rc < 0)
		return rc;
	if (t.p[0] == '/')
		return take_local(t, t, false, p, u, err);
	ptrdiff_t sep = str_find(t, STR("://"), 0);
	if (sep >= 0) {
		for (size_t i = 0; i < ARRAY_SIZE(schemes); i++) {
			const struct scheme *s = &schemes[i];
			if (!str_eq_nocase(str_sub(t, 0, (size_t)sep), str_of(s->name)))
				continue;
			struct str rest = str_sub(t, (size_t)sep + 3, t.len);
			return s->scheme == URL_LOCAL ? take_local(t, rest, true, p, u, err)
						      : take_network(t, s, rest, p, u, err);
		}
	}
	ptrdiff_t colon = short_colon(t);
	if (sep < 0 && colon >= 0 && str_find(t, STR("::"), 0) != colon)
		return take_short(t, (size_t)colon, p, u, err);
	return REFUSE(err, ERR_INVALID, t, "is of no form that is accepted");
}

int url_parse(struct str text, const struct url_policy *policy, struct url *ret, struct err *err)
{
	struct url u = {0};
	int rc = parse(text, policy, &u, err);
	if (rc == 0)
		*ret = u;
	return rc;
}

void url_format(const struct url *u, struct buf *out)
{
	if (u->scheme == URL_LOCAL) {
		buf_addf(out, "%s", u->path);
		return;
	}
	bool v6 = strchr(u->host, ':') != NULL;
	const struct scheme *s = scheme_of(u->scheme);
	if (u->path[0] != '/') {
		buf_addf(out, v6 ? "%s@[%s]:%s" : "%s@%s:%s", u->user, u->host, u->path);
		return;
	}
	buf_addf(out, "%s://", s->name);
	if (u->user[0])
		buf_addf(out, "%s@", u->user);
	buf_addf(out, v6 ? "[%s]" : "%s", u->host);
	if (u->port != s->port)
		buf_addf(out, ":%u", (unsigned)u->port);
	buf_addz(out, u->path);
}
