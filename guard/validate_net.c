/* Addresses of machines and mailboxes. */
#include "guard/validate_int.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>

static void lower_to(unsigned *confidence, unsigned percent)
{
	*confidence = MIN(*confidence, percent);
}

static bool parse_ipv4(struct str s, unsigned char ip[4])
{
	struct str part;
	size_t n = 0;
	uint64_t v;
	while (str_split(&s, '.', &part)) {
		if (n == 4 || part.len > 3 || !str_to_u64(part, &v) || v > 255)
			return false;
		ip[n++] = (unsigned char)v;
	}
	return n == 4;
}

/* Numbers with three dots that are no addresses: versions, sections, object ids. */
static bool is_version(struct str text, size_t start, size_t end)
{
	static const char *const words[] = {
		"version", "release",	"ver",	     "build",	    "firmware",	 "section",
		"chapter", "clause",	"upgrade",   "upgraded",    "upgrading", "bump",
		"bumped",  "downgrade", "update",    "updated",	    "requires",	 "package",
		"nuget",   "oid",	"rev",	     "fileversion", "assembly",	 "sdk",
		"driver",  "figure",	"paragraph", "appendix",    "versión",	 "kapitel",
		NULL};
	static const char *const address[] = {"ip",   "address", "host",   "client",
					      "addr", "peer",	 "remote", NULL};
	char before = start ? text.p[start - 1] : ' ',
	     earlier = start > 1 ? text.p[start - 2] : ' ';
	if (before == '.' || before == '-' || before == '_' || before == '~' || before == '^' ||
	    (before == '/' && isalnum((unsigned char)earlier)) || (before == '=' && earlier == '='))
		return true;
	if (end + 1 < text.len &&
	    ((text.p[end] == '.' && isalnum((unsigned char)text.p[end + 1])) ||
	     (text.p[end] == '-' && isalpha((unsigned char)text.p[end + 1]))))
		return true;
	/* "from 1.20.3.4 to 1.20.3.5" after one of the words */
	return validate_near(text, start, end, 44, 0, words) &&
	       !validate_near(text, start, end, 12, 0, address);
}

/* A network in CIDR form, its host bits zero, is a place of many. */
static bool is_network(struct str text, size_t end, const unsigned char ip[4])
{
	unsigned bits = 0;
	size_t at = end + 1;
	if (end >= text.len || text.p[end] != '/')
		return false;
	for (; at < text.len && at < end + 3 && isdigit((unsigned char)text.p[at]); at++)
		bits = bits * 10 + (unsigned)(text.p[at] - '0');
	uint32_t whole = (uint32_t)ip[0] << 24 | (uint32_t)ip[1] << 16 | (uint32_t)ip[2] << 8 |
			 ip[3];
	return at > end + 1 && bits < 32 && (bits == 0 || (whole & (UINT32_MAX >> bits)) == 0);
}

/* RFC 6890: this host, loopback, link-local, multicast, masks and broadcast name nobody; private and documentation ranges hardly. */
bool validate_ipv4(struct str text, size_t start, size_t end, unsigned *confidence)
{
	unsigned char ip[4];
	if (!parse_ipv4(str_sub(text, start, end), ip) || is_version(text, start, end) ||
	    is_network(text, end, ip))
		return false;
	if (ip[0] == 0 || ip[0] == 127 || ip[0] >= 224 || (ip[0] == 169 && ip[1] == 254))
		return false;
	if (ip[0] < 4 && ip[1] < 20 && ip[2] < 20 &&
	    ip[3] < 20) /* "1.2.3.4" is a version oftener */
		return validate_near(
			text, start, end, 24, 0,
			(const char *const[]){"ip", "client", "host", "addr", "from", NULL});
	bool private = ip[0] == 10 || (ip[0] == 172 && ip[1] >= 16 && ip[1] < 32) ||
		       (ip[0] == 192 && ip[1] == 168) ||
		       (ip[0] == 100 && ip[1] >= 64 && ip[1] < 128);
	bool documentation = (ip[0] == 192 && ip[1] == 0 && ip[2] == 2) ||
			     (ip[0] == 198 && ip[1] == 51 && ip[2] == 100) ||
			     (ip[0] == 203 && ip[1] == 0 && ip[2] == 113);
	if (private || documentation)
		lower_to(confidence, 60);
	return true;
}

bool validate_ipv6(struct str text, size_t start, size_t end, unsigned *confidence)
{
	char z[INET6_ADDRSTRLEN];
	struct str s = str_sub(text, start, end);
	unsigned char ip[16];
	size_t groups = 0, digits = 0, longest = 0, run = 0;
	if (s.len >= sizeof(z) || s.len < 6)
		return false;
	snprintf(z, sizeof(z), "%.*s", STR_ARG(s));
	if (inet_pton(AF_INET6, z, ip) != 1)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		digits += isdigit((unsigned char)s.p[i]) != 0;
		run = s.p[i] == ':' ? 0 : run + 1;
		groups += run == 1;
		longest = MAX(longest, run);
	}
	/* Paths of C++ and Rust ("fe::add"), fingerprints and EUI-64 ("00:11:…") look alike. */
	if (groups < 3 ? longest < 4 || digits < 2 : longest < 3)
		return false;
	/* Loopback, unspecified, multicast. */
	if (ip[0] == 0xff || (ip[0] == 0 && ip[1] == 0))
		return false;
	if ((ip[0] == 0xfe && (ip[1] & 0xc0) == 0x80) || (ip[0] & 0xfe) == 0xfc ||
	    memcmp(ip, "\x20\x01\x0d\xb8", 4) == 0)
		lower_to(confidence, 60);
	return !(end < text.len && text.p[end] == '/' && ip[15] == 0 && ip[14] == 0);
}

bool validate_mac(struct str text, size_t start, size_t end, UNUSED unsigned *confidence)
{
	char s[VALIDATE_DIGITS_MAX + 1];
	size_t n = validate_alnum(str_sub(text, start, end), s);
	return n == 12 && strspn(s, "0123456789ABCDEF") == 12 && !validate_all_same(s);
}

/* What follows a point in names of files and units, and never ends a mail domain. */
static const char *const not_domains[] = {
	"png",	 "jpg",	 "jpeg", "gif",	    "svg",	 "webp",	"ico",	   "js",
	"ts",	 "tsx",	 "jsx",	 "mjs",	    "css",	 "html",	"htm",	   "json",
	"yaml",	 "yml",	 "toml", "xml",	    "txt",	 "log",		"csv",	   "py",
	"pyc",	 "rb",	 "go",	 "java",    "class",	 "jar",		"whl",	   "gz",
	"tgz",	 "zip",	 "tar",	 "service", "socket",	 "timer",	"target",  "mount",
	"slice", "lock", "sql",	 "cfg",	    "conf",	 "ini",		"pdf",	   "docx",
	"exe",	 "dll",	 "so",	 "local",   "localhost", "localdomain", "invalid", "internal",
	"lan",	 NULL};
/* Local parts that name a role of the documentation, nobody's box. */
static const char *const nobody[] = {"user",	     "username",
				     "you",	     "your.name",
				     "yourname",     "your.email",
				     "your-email",   "youremail",
				     "name",	     "someone",
				     "foo",	     "bar",
				     "example",	     "email",
				     "me",	     "test",
				     "noreply",	     "no-reply",
				     "user1",	     "user2",
				     "first.last",   "firstname.lastname",
				     "name.surname", "alias",
				     "nobody",	     "anyone",
				     "somebody",     NULL};

static bool is_one_of(struct str s, const char *const *words)
{
	for (; *words; words++)
		if (str_eq_nocase(s, str_of(*words)))
			return true;
	return false;
}

static bool is_documentation(struct str domain)
{
	/* RFC 2606, RFC 6761. */
	static const char *const reserved[] = {
		"example.com",	  "example.org",     "example.net",	 "domain.com",
		"yourdomain.com", "yourcompany.com", "your-company.com", NULL};
	for (const char *const *r = reserved; *r; r++) {
		size_t len = strlen(*r);
		if (domain.len >= len &&
		    str_eq_nocase(str_sub(domain, domain.len - len, domain.len), str_of(*r)) &&
		    (domain.len == len || domain.p[domain.len - len - 1] == '.'))
			return true;
	}
	return false;
}

/* "git@host:group/project" and "ssh://git@host/…" name a server; "https://user:password@host" is a secret's matter. */
static bool is_remote(struct str text, size_t start, size_t end, struct str local)
{
	static const char *const accounts[] = {"git", "hg", "svn", "deploy", "ssh", NULL};
	if (end + 1 < text.len && text.p[end] == ':' && is_one_of(local, accounts))
		return true;
	if (end < text.len && text.p[end] == '/' && is_one_of(local, accounts))
		return true;
	size_t from = start;
	while (from > 0 && start - from < 64 && !isspace((unsigned char)text.p[from - 1]) &&
	       !strchr("\"'<>(", text.p[from - 1]))
		from--;
	return str_find(str_sub(text, from, start), STR("://"), 0) >= 0;
}

/* "<20240101.4711@mail.host>" after "Message-ID:" is the id of a mail. */
static bool is_message_id(struct str text, size_t start, size_t end)
{
	static const char *const words[] = {"message-id",  "message id", "in-reply-to",
					    "references:", "content-id", NULL};
	return validate_near(text, start, end, 20, 0, words);
}

bool validate_email(struct str text, size_t start, size_t end, unsigned *confidence)
{
	struct str s = str_sub(text, start, end);
	ptrdiff_t at = str_find_byte(s, '@', 0), dot = -1;
	if (at < 1)
		return false;
	struct str local = str_sub(s, 0, (size_t)at), domain = str_sub(s, (size_t)at + 1, s.len);
	for (size_t i = 0; i < domain.len; i++)
		if (domain.p[i] == '.')
			dot = (ptrdiff_t)i;
	if (dot < 1 || is_one_of(str_sub(domain, (size_t)dot + 1, domain.len), not_domains) ||
	    local.p[local.len - 1] == '.' || str_find(local, STR(".."), 0) >= 0)
		return false;
	if (is_remote(text, start, end, local) || is_message_id(text, start, end))
		return false;
	if (is_documentation(domain)) {
		if (is_one_of(local, nobody))
			return false;
		lower_to(confidence, 75);
	}
	return true;
}
