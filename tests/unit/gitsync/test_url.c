#include <arpa/inet.h>
#include <stdio.h>

#include "base/mem.h"
#include "gitsync/url.h"
#include "tests/unit/support.h"

static const struct url_policy strict; /* nothing allowed */
static const struct url_policy everything = {true, true, true};

static const struct good {
	const char *text;
	enum url_scheme scheme;
	const char *user, *host;
	unsigned port;
	const char *path, *canonical;
} goods[] = {
	{"https://git.example.com/team/skills.git", URL_HTTPS, "", "git.example.com", 443,
	 "/team/skills.git", "https://git.example.com/team/skills.git"},
	{"HTTPS://Git.Example.COM:443/team/", URL_HTTPS, "", "git.example.com", 443, "/team",
	 "https://git.example.com/team"},
	{"git@h:22:x", URL_SSH, "git", "h", 22, "22:x", "git@h:22:x"},
	{"https://h:65535/x", URL_HTTPS, "", "h", 65535, "/x", "https://h:65535/x"},
	{"https://h:1/x", URL_HTTPS, "", "h", 1, "/x", "https://h:1/x"},
	{"http://h/x", URL_HTTP, "", "h", 80, "/x", "http://h/x"},
	{"git://h/x", URL_GIT, "", "h", 9418, "/x", "git://h/x"},
	{"ssh://h/x", URL_SSH, "git", "h", 22, "/x", "ssh://git@h/x"},
	{"ssh://deploy@h:2222/srv/x.git", URL_SSH, "deploy", "h", 2222, "/srv/x.git",
	 "ssh://deploy@h:2222/srv/x.git"},
	{"ssh://h/~ada/x", URL_SSH, "git", "h", 22, "/~ada/x", "ssh://git@h/~ada/x"},
	{"git@github.com:org/skills.git", URL_SSH, "git", "github.com", 22, "org/skills.git",
	 "git@github.com:org/skills.git"},
	{"h:/srv/x.git", URL_SSH, "git", "h", 22, "/srv/x.git", "ssh://git@h/srv/x.git"},
	{"git@[2606:4700::1]:x", URL_SSH, "git", "2606:4700::1", 22, "x", "git@[2606:4700::1]:x"},
	{"https://[2606:4700::1]:44/x", URL_HTTPS, "", "2606:4700::1", 44, "/x",
	 "https://[2606:4700::1]:44/x"},
	{"https://1.1.1.1/x", URL_HTTPS, "", "1.1.1.1", 443, "/x", "https://1.1.1.1/x"},
	{"file:///srv/my%2Dskills", URL_LOCAL, "", "", 0, "/srv/my-skills", "/srv/my-skills"},
	{"/srv/my skills/", URL_LOCAL, "", "", 0, "/srv/my skills", "/srv/my skills"},
};

START_TEST(good_addresses_are_taken_apart)
{
	const struct good *g = &goods[_i];
	struct url u;
	CLEANUP(buf_release) struct buf out = BUF_INIT(8192);
	assert_ok(url_parse(str_of(g->text), &everything, &u, &support_err));
	ck_assert_int_eq(u.scheme, g->scheme);
	ck_assert_str_eq(u.user, g->user);
	ck_assert_str_eq(u.host, g->host);
	ck_assert_uint_eq(u.port, g->port);
	ck_assert_str_eq(u.path, g->path);
	url_format(&u, &out);
	assert_str(buf_str(&out), g->canonical);
	/* The canonical text is an address again, and the same one. */
	struct url again;
	CLEANUP(buf_release) struct buf out2 = BUF_INIT(8192);
	assert_ok(url_parse(buf_str(&out), &everything, &again, &support_err));
	url_format(&again, &out2);
	assert_str(buf_str(&out2), g->canonical);
}
END_TEST

static const struct bad {
	const char *text;
	int code;
	const char *part, *remedy;
} bads[] = {
	{"", ERR_INVALID, "is empty", "https://HOST/PATH"},
	{"ext::sh -c touch%20/tmp/x", ERR_INVALID, "of no form that is accepted",
	 "ssh://USER@HOST/PATH"},
	{"ext::ssh%20h", ERR_INVALID, "of no form that is accepted", ""},
	{"ftp://h/x", ERR_INVALID, "of no form that is accepted", ""},
	{"git+ssh://h/x", ERR_INVALID, "of no form that is accepted", "ssh://"},
	{"skills.git", ERR_INVALID, "of no form that is accepted", ""},
	{"../skills.git", ERR_INVALID, "of no form that is accepted", ""},
	{"-oProxyCommand=touch /tmp/x", ERR_INVALID, "begins with \"-\"", ""},
	{"ssh://-oProxyCommand=x/y", ERR_INVALID, "no host name", ""},
	{"-oProxyCommand=x@h:y", ERR_INVALID, "begins with \"-\"", ""},
	{"h:-x", ERR_INVALID, "a path that begins with \"-\"", ""},
	{"https:///host/x", ERR_INVALID, "names no host", ""},
	{"https://:443/x", ERR_INVALID, "names no host", ""},
	{":x/y", ERR_INVALID, "names no host", ""},
	{"https://user:s3cr3t-canary@h/x", ERR_INVALID, "carries a password", "token: file:"},
	{"https://ghp_canary@h/x", ERR_INVALID, "carries a user or token", "token: file:"},
	{"ssh://git:canary@h/x", ERR_INVALID, "carries a password", ""},
	{"ssh://@h/x", ERR_INVALID, "a user that is none", ""},
	{"ssh://-l@h/x", ERR_INVALID, "a user that is none", ""},
	{"https://h:0/x", ERR_INVALID, "the port \"0\"; ports are 1 to 65535", ""},
	{"https://h:65536/x", ERR_INVALID, "the port \"65536\"", ""},
	{"https://h:/x", ERR_INVALID, "the port \"\"", ""},
	{"https://h:8a/x", ERR_INVALID, "the port \"8a\"", ""},
	{"https://h:+80/x", ERR_INVALID, "the port \"+80\"", ""},
	{"https://h\\x/y", ERR_INVALID, "a backslash", "\"/\""},
	{"https://h/x%00y", ERR_INVALID, "holds \"%00\"", ""},
	{"https://h/x%2fy", ERR_INVALID, "holds \"%2f\"", ""},
	{"https://h/x%2e%2e/y", ERR_INVALID, "holds \"%2e\"", ""},
	{"https://h/x%5Cy", ERR_INVALID, "holds \"%5C\"", ""},
	{"https://h/x%zz", ERR_INVALID, "holds \"%zz\"", ""},
	{"https://h/x%4", ERR_INVALID, "holds \"%4\"", ""},
	{"https://h/x#main", ERR_INVALID, "a fragment (\"#\")", ""},
	{"https://h/x?y=1", ERR_INVALID, "a query (\"?\")", ""},
	{"https://h/a/../b", ERR_INVALID, "\".\" or \"..\"", ""},
	{"https://h/a/./b", ERR_INVALID, "\".\" or \"..\"", ""},
	{"https://h/a b", ERR_INVALID, "holds \" \" at position 12", ""},
	{"https://h/a\nb", ERR_INVALID, "a control byte at position 12", ""},
	{"https://h/a\x1b[31m", ERR_INVALID, "a control byte", ""},
	{"https://h/\xc3\xa4", ERR_INVALID, "letters, digits", ""},
	{"https://h/\xff", ERR_INVALID, "not valid UTF-8", ""},
	{"https://h/$(id)", ERR_INVALID, "holds \"$\"", ""},
	{"ssh://h/x';id;'", ERR_INVALID, "holds \"'\"", ""},
	{"https://h", ERR_INVALID, "no repository on it", ""},
	{"https://h/", ERR_INVALID, "no repository on it", ""},
	{"https://.h/x", ERR_INVALID, "no host name", ""},
	{"https://a..b/x", ERR_INVALID, "no host name", ""},
	{"https://[::1/x", ERR_INVALID, "\"[\" without \"]\"", ""},
	{"https://[::1]x/y", ERR_INVALID, "no host name", ""},
	{"https://[h]/y", ERR_INVALID, "no host name", ""},
	{"https://2130706433/x", ERR_INVALID, "an unusual spelling of an address",
	 "four decimal numbers"},
	{"https://0x7f.1/x", ERR_INVALID, "an unusual spelling of an address", ""},
	{"https://0x7f000001/x", ERR_INVALID, "an unusual spelling of an address", ""},
	{"https://127.1/x", ERR_INVALID, "an unusual spelling of an address", ""},
	{"https://0177.0.0.1/x", ERR_INVALID, "an unusual spelling of an address", ""},
	{"https://h/a%20b", ERR_INVALID, "holds \"%20\"", ""},
	{"file://host/x", ERR_INVALID, "an absolute path", ""},
	{"file:///a%ab", ERR_INVALID, "not valid UTF-8 when its escapes are read", ""},
	{"file:///a/../b", ERR_INVALID, "\".\" or \"..\"", ""},
	{"file:///a%00b", ERR_INVALID, "two hex digits of a plain character", ""},
};

START_TEST(bad_addresses_are_refused_with_a_reason)
{
	const struct bad *b = &bads[_i];
	struct url u = {.port = 7};
	assert_err(url_parse(str_of(b->text), &everything, &u, &support_err), b->code, b->part);
	ck_assert_msg(strstr(support_err.remedy, b->remedy) != NULL, "%s", support_err.remedy);
	ck_assert_msg(support_err.remedy[0], "\"%s\" has no remedy", support_err.msg);
	ck_assert_ptr_null(strstr(support_err.msg, "canary"));
	ck_assert_uint_eq(u.port, 7); /* written on success only */
}
END_TEST

START_TEST(each_switch_is_named_when_it_is_off)
{
	static const struct {
		const char *text, *part, *remedy;
	} rows[] = {
		{"file:///srv/x", "a folder of this machine", "allow_local: true"},
		{"/srv/x", "a folder of this machine", "allow_local: true"},
		{"http://h/x", "read over http://", "allow_plain: true"},
		{"git://h/x", "read over git://", "allow_plain: true"},
		{"https://127.0.0.1/x", "at 127.0.0.1, a loopback or private address",
		 "allow_private: true"},
		{"ssh://10.1.2.3/x", "a loopback or private address", "allow_private: true"},
		{"git@192.168.7.7:x", "a loopback or private address", "allow_private: true"},
		{"https://[::1]/x", "at ::1, a loopback or private address", "allow_private: true"},
		{"https://[::ffff:127.0.0.1]/x", "at ::ffff:127.0.0.1", "allow_private: true"},
		{"https://[fd00::1]/x", "a loopback or private address", "allow_private: true"},
	};
	struct url u;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_err(url_parse(str_of(rows[i].text), &strict, &u, &support_err), ERR_DENIED,
			   rows[i].part);
		ck_assert_msg(strstr(support_err.remedy, rows[i].remedy) != NULL, "%s",
			      support_err.remedy);
		assert_ok(url_parse(str_of(rows[i].text), &everything, &u, &support_err));
	}
}
END_TEST

START_TEST(some_addresses_are_never_reached)
{
	static const char *const rows[] = {"https://169.254.169.254/x",
					   "https://0.0.0.0/x",
					   "https://224.0.0.1/x",
					   "https://255.255.255.255/x",
					   "https://[fe80::1]/x",
					   "https://[ff02::1]/x",
					   "https://[::]/x",
					   "https://[::ffff:169.254.169.254]/x",
					   "https://[64:ff9b::a9fe:a9fe]/x"};
	struct url u;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_err(url_parse(str_of(rows[i]), &everything, &u, &support_err), ERR_DENIED,
			   "a link-local, multicast or reserved address");
}
END_TEST

START_TEST(an_address_stops_at_its_limit)
{
	CLEANUP(buf_release) struct buf b = BUF_INIT(1 << 20);
	struct url u;
	buf_addz(&b, "https://h/");
	buf_add_repeat(&b, 'x', URL_MAX_BYTES - b.len);
	assert_ok(url_parse(buf_str(&b), &strict, &u, &support_err));
	ck_assert_uint_eq(strlen(u.path), URL_MAX_BYTES - strlen("https://h"));
	buf_add_char(&b, 'x');
	assert_err(url_parse(buf_str(&b), &strict, &u, &support_err), ERR_TOO_LARGE,
		   "has 2049 bytes; at most 2048");
	ck_assert_str_eq(support_err.remedy, "write a shorter address");
	buf_add_repeat(&b, 'x', (size_t)100 * URL_MAX_BYTES);
	assert_err(url_parse(buf_str(&b), &strict, &u, &support_err), ERR_TOO_LARGE,
		   "at most 2048");
	buf_reset(&b);
	buf_addz(&b, "https://");
	buf_add_repeat(&b, 'h', URL_HOST_MAX);
	buf_addz(&b, "/x");
	assert_ok(url_parse(buf_str(&b), &strict, &u, &support_err));
	buf_reset(&b);
	buf_addz(&b, "https://");
	buf_add_repeat(&b, 'h', URL_HOST_MAX + 1);
	buf_addz(&b, "/x");
	assert_err(url_parse(buf_str(&b), &strict, &u, &support_err), ERR_TOO_LARGE,
		   "a host of 254 bytes");
	buf_reset(&b);
	buf_addz(&b, "ssh://");
	buf_add_repeat(&b, 'u', 64);
	buf_addz(&b, "@h/x");
	assert_ok(url_parse(buf_str(&b), &strict, &u, &support_err));
	buf_reset(&b);
	buf_addz(&b, "ssh://");
	buf_add_repeat(&b, 'u', 65);
	buf_addz(&b, "@h/x");
	assert_err(url_parse(buf_str(&b), &strict, &u, &support_err), ERR_INVALID,
		   "a user that is none");
}
END_TEST

START_TEST(a_nul_byte_is_refused)
{
	struct url u;
	assert_err(url_parse(str_make("https://h/x\0y", 13), &strict, &u, &support_err),
		   ERR_INVALID, "a control byte at position 12");
}
END_TEST

START_TEST(an_address_family_that_is_not_ip_is_refused)
{
	struct sockaddr_storage s = {.ss_family = AF_UNIX};
	assert_err(url_address_check((const struct sockaddr *)&s, &everything, "h", &support_err),
		   ERR_DENIED, "neither IPv4 nor IPv6");
}
END_TEST

START_TEST(credentials_are_taken_out_of_any_text)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{"no secrets here", "no secrets here"},
		{"cloning https://user:pa@ss@h/x failed", "cloning https://***@h/x failed"},
		{"https://ghp_abc@h/x, ssh://git@h/y", "https://***@h/x, ssh://***@h/y"},
		{"https://h/a@b", "https://h/a@b"},
		{"Authorization: Basic eHg6eXk=\r\nHost: h", "Authorization: ***\r\nHost: h"},
		{"sent bearer abc.def.ghi to h", "sent bearer *** to h"},
		{"?access_token=abc&x=1", "?access_token=***&x=1"},
		{"password=hunter2 ok", "password=*** ok"},
		{"://", "://"},
		{"https://u:p@", "https://***@"},
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		CLEANUP(buf_release) struct buf b = BUF_INIT(4096);
		url_redact(str_of(rows[i].in), &b);
		assert_str(buf_str(&b), rows[i].out);
	}
}
END_TEST

START_TEST(a_branch_becomes_a_full_name)
{
	static const struct {
		const char *in, *out; /* NULL: refused */
	} rows[] = {
		{"main", "refs/heads/main"},
		{"team/x", "refs/heads/team/x"},
		{"refs/tags/v1", "refs/tags/v1"},
		{"HEAD", "HEAD"},
		{"", NULL},
		{"-x", NULL},
		{"a..b", NULL},
		{"a b", NULL},
		{"main~1", NULL},
		{"main^", NULL},
		{":/fix", NULL},
		{"@{u}", NULL},
		{"a.lock", NULL},
		{"a\\b", NULL},
		{"refs/heads/*", NULL},
		{"a\x1b[1m", NULL},
		{"a\xe2\x80\xae", NULL},
	};
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char out[256] = "untouched";
		if (rows[i].out) {
			assert_ok(ref_name_full(str_of(rows[i].in), out, &support_err));
			ck_assert_str_eq(out, rows[i].out);
		} else {
			assert_err(ref_name_full(str_of(rows[i].in), out, &support_err),
				   ERR_INVALID, "is no name of a Git branch");
			ck_assert_ptr_null(strchr(support_err.msg, 0x1b));
			ck_assert_str_eq(out, "untouched");
		}
	}
	char name[300], out[256];
	memset(name, 'x', sizeof(name));
	assert_ok(ref_name_full(str_make(name, 239), out, &support_err));
	assert_err(ref_name_full(str_make(name, 240), out, &support_err), ERR_INVALID, "no name");
}
END_TEST

static const struct support_case cases[] = {
	CASE_LOOP(good_addresses_are_taken_apart, ARRAY_SIZE(goods)),
	CASE_LOOP(bad_addresses_are_refused_with_a_reason, ARRAY_SIZE(bads)),
	CASE(each_switch_is_named_when_it_is_off),
	CASE(some_addresses_are_never_reached),
	CASE(an_address_stops_at_its_limit),
	CASE(a_nul_byte_is_refused),
	CASE(an_address_family_that_is_not_ip_is_refused),
	CASE(credentials_are_taken_out_of_any_text),
	CASE(a_branch_becomes_a_full_name),
	{0},
};
int main(void)
{
	return support_main("gitsync/url", cases);
}
