#include <stdio.h>

#include "base/crypto.h"
#include "base/io.h"
#include "gitsync/fetch_int.h"

/*
 * known_hosts(5) as sshd's manual has it: "[@marker] host[,host…] keytype base64 [comment]". A host is written as it is connected to,
 * with "[host]:port" where the port is not 22. A key that is not listed for the host is refused; there is no asking.
 */
#define FILE_MAX ((size_t)1024 * 1024)

struct line {
	struct str marker, hosts, type, key;
};

static bool take_word(struct str *rest, struct str *ret)
{
	*rest = str_trim(*rest);
	size_t n = 0;
	while (n < rest->len && rest->p[n] != ' ' && rest->p[n] != '\t')
		n++;
	*ret = str_sub(*rest, 0, n);
	*rest = str_sub(*rest, n, rest->len);
	return n > 0;
}

static bool parse_line(struct str text, struct line *l)
{
	struct str rest = str_trim(text);
	*l = (struct line){0};
	if (rest.len == 0 || rest.p[0] == '#')
		return false;
	if (rest.p[0] == '@' && !take_word(&rest, &l->marker))
		return false;
	return take_word(&rest, &l->hosts) && take_word(&rest, &l->type) &&
	       take_word(&rest, &l->key);
}

/* '*' and '?' as in file names. */
static bool glob(struct str p, struct str s)
{
	while (p.len) {
		if (p.p[0] == '*') {
			for (size_t skip = 0; skip <= s.len; skip++)
				if (glob(str_sub(p, 1, p.len), str_sub(s, skip, s.len)))
					return true;
			return false;
		}
		if (s.len == 0 || (p.p[0] != '?' && (p.p[0] | 0x20) != (s.p[0] | 0x20)))
			return false;
		p = str_sub(p, 1, p.len);
		s = str_sub(s, 1, s.len);
	}
	return s.len == 0;
}

static bool host_matches(struct str hosts, struct str host)
{
	struct str one;
	bool yes = false;
	if (hosts.len > 1024)
		return false;
	while (str_split(&hosts, ',', &one)) {
		bool no = one.len && one.p[0] == '!';
		struct str pattern = no ? str_sub(one, 1, one.len) : one;
		size_t stars = 0;
		for (size_t i = 0; i < pattern.len; i++)
			stars += pattern.p[i] == '*';
		if (stars > 4 || !glob(pattern, host))
			continue;
		if (no)
			return false;
		yes = true;
	}
	return yes;
}

struct verdict {
	bool trusted, revoked, known, hashed, authority;
};

static void judge_line(const struct line *l, struct str host, struct str key, struct verdict *v)
{
	CLEANUP(buf_release) struct buf raw = BUF_INIT(16 * 1024);
	if (str_starts(l->hosts, STR("|1|"))) {
		v->hashed = true;
		return;
	}
	if (!host_matches(l->hosts, host))
		return;
	bool same = base64_decode(l->key, &raw) && raw.len == key.len &&
		    crypto_equal(raw.data, key.p, key.len);
	if (str_eqz(l->marker, "@revoked")) {
		v->revoked |= same;
	} else if (l->marker.len) {
		v->authority = true;
	} else {
		v->known = true;
		v->trusted |= same;
	}
}

/* "ssh-ed25519" is the first string of the key itself. */
static struct str key_type(struct str key)
{
	if (key.len < 4)
		return STR("?");
	size_t n = (size_t)(unsigned char)key.p[2] << 8 | (unsigned char)key.p[3];
	struct str t = str_sub(key, 4, 4 + n);
	for (size_t i = 0; i < t.len; i++)
		if (t.p[i] <= 0x20 || t.p[i] >= 0x7f)
			return STR("?");
	return t.len && t.len < 64 ? t : STR("?");
}

static int refuse(const char *file, const char *host, struct str key, const struct verdict *v,
		  uint16_t port, struct err *err)
{
	CLEANUP(buf_release) struct buf print = BUF_INIT(128);
	uint8_t sha[32];
	crypto_sha256(key, sha);
	base64_add(&print, str_make((const char *)sha, sizeof(sha)));
	while (print.len && print.data[print.len - 1] == '=')
		print.data[--print.len] = '\0';
	struct str type = key_type(key);
	const char *what = v->revoked ? "is marked @revoked"
			   : v->known ? "is not the one listed"
				      : "is not listed";
	err_set(err, ERR_DENIED, "the %.*s key of host %s (SHA256:%s) %s in %s%s", STR_ARG(type),
		host, buf_cstr(&print), what, file,
		!v->known && v->hashed	    ? ", whose host names are hashed"
		: !v->known && v->authority ? ", which only names an authority for it"
					    : "");
	if (v->revoked || v->known)
		return err_remedy(
			err,
			"somebody may be between you and the server; only when its key has "
			"really changed, replace the line in %s",
			file);
	return err_remedy(
		err, "compare the fingerprint with the server's, then: ssh-keyscan -p %u %s >> %s",
		(unsigned)port, host, file);
}

int fetch_hostkey_check(const char *file, const char *host, uint16_t port, struct str key,
			struct err *err)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(FILE_MAX);
	char name[URL_HOST_MAX + 16];
	struct verdict v = {0};
	if (!file) {
		err_set(err, ERR_DENIED, "no known_hosts file says which key %s has", host);
		return err_remedy(err, "name one for this source in asporad.conf: known_hosts: "
				       "/etc/aspora/known_hosts");
	}
	int rc = io_read_file(file, &text, err);
	if (rc < 0)
		return rc;
	snprintf(name, sizeof(name), port == 22 ? "%s" : "[%s]:%u", host, (unsigned)port);
	struct str rest = buf_str(&text), one;
	struct line l;
	while (str_split(&rest, '\n', &one))
		if (parse_line(one, &l))
			judge_line(&l, str_of(name), key, &v);
	return v.trusted && !v.revoked ? 0 : refuse(file, host, key, &v, port, err);
}
