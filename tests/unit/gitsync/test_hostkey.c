#include <stdio.h>

#include "base/crypto.h"
#include "base/io.h"
#include "base/mem.h"
#include "gitsync/fetch_int.h"
#include "tests/unit/support.h"

/* The public form of two keys: a type in front, then what would be a point. */
static const char key_a[] = "\0\0\0\x0bssh-ed25519\0\0\0\x20"
			    "abcdefghijklmnopqrstuvwxyz012345";
static const char key_b[] = "\0\0\0\x0bssh-ed25519\0\0\0\x20"
			    "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";
#define KEY(k) str_make((k), sizeof(k) - 1)

/* A file of one line in which KEYA and KEYB stand for the keys. */
static char *file_of(const char *line)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	for (const char *p = line; *p;) {
		if (strncmp(p, "KEYA", 4) != 0 && strncmp(p, "KEYB", 4) != 0) {
			buf_add_char(&out, *p++);
			continue;
		}
		base64_add(&out, p[3] == 'A' ? KEY(key_a) : KEY(key_b));
		p += 4;
	}
	char *path = io_join(support_dir(), "known_hosts");
	assert_ok(io_write_file(path, buf_str(&out), 0600, &support_err));
	return path;
}

static const struct row {
	const char *text, *host;
	uint16_t port;
	const char *part; /* of the refusal; NULL: trusted */
} rows[] = {
	{"h ssh-ed25519 KEYA\n", "h", 22, NULL},
	{"h ssh-ed25519 KEYA comment words\r\n", "h", 22, NULL},
	{"\n# x\n  \n\th\tssh-ed25519\tKEYA", "h", 22, NULL},
	{"a,h,b ssh-ed25519 KEYA\n", "h", 22, NULL},
	{"H ssh-ed25519 KEYA\n", "h", 22, NULL},
	{"*.example.com ssh-ed25519 KEYA\n", "git.example.com", 22, NULL},
	{"g?t.example.com ssh-ed25519 KEYA\n", "git.example.com", 22, NULL},
	{"[h]:2222 ssh-ed25519 KEYA\n", "h", 2222, NULL},
	{"h ssh-ed25519 KEYB\nh ssh-ed25519 KEYA\n", "h", 22, NULL},
	{"h ssh-ed25519 KEYB\n", "h", 22, "is not the one listed in"},
	{"other ssh-ed25519 KEYA\n", "h", 22, "is not listed in"},
	{"h ssh-ed25519 KEYA\n", "h", 2222, "is not listed in"},
	{"[h]:2222 ssh-ed25519 KEYA\n", "h", 22, "is not listed in"},
	{"[h]:2223 ssh-ed25519 KEYA\n", "h", 2222, "is not listed in"},
	{"*,!h ssh-ed25519 KEYA\n", "h", 22, "is not listed in"},
	{"*.example.com ssh-ed25519 KEYA\n", "example.com", 22, "is not listed in"},
	{"@revoked h ssh-ed25519 KEYA\n", "h", 22, "is marked @revoked"},
	{"h ssh-ed25519 KEYA\n@revoked * ssh-ed25519 KEYA\n", "h", 22, "is marked @revoked"},
	{"@revoked h ssh-ed25519 KEYB\nh ssh-ed25519 KEYA\n", "h", 22, NULL},
	{"@cert-authority h ssh-ed25519 KEYA\n", "h", 22, "which only names an authority for it"},
	{"|1|abc=|def= ssh-ed25519 KEYA\n", "h", 22, "whose host names are hashed"},
	{"h ssh-ed25519\n", "h", 22, "is not listed in"},
	{"h\n", "h", 22, "is not listed in"},
	{"h ssh-ed25519 !!!!\n", "h", 22, "is not the one listed"},
	{"********h ssh-ed25519 KEYA\n", "h", 22, "is not listed in"},
	{"", "h", 22, "is not listed in"},
};

START_TEST(a_key_is_judged_by_the_file)
{
	const struct row *r = &rows[_i];
	CLEANUP_FREE char *path = file_of(r->text);
	if (!r->part) {
		assert_ok(fetch_hostkey_check(path, r->host, r->port, KEY(key_a), &support_err));
		return;
	}
	assert_err(fetch_hostkey_check(path, r->host, r->port, KEY(key_a), &support_err),
		   ERR_DENIED, r->part);
	ck_assert_ptr_nonnull(strstr(support_err.msg, "the ssh-ed25519 key of host"));
	ck_assert_ptr_nonnull(strstr(support_err.msg, "SHA256:"));
	ck_assert_ptr_nonnull(strstr(support_err.msg, path));
	ck_assert_uint_gt(strlen(support_err.remedy), 20);
}
END_TEST

START_TEST(odd_keys_and_files_do_no_harm)
{
	CLEANUP_FREE char *path = file_of("h ssh-ed25519 KEYA\n");
	assert_err(fetch_hostkey_check(path, "h", 22, STR(""), &support_err), ERR_DENIED,
		   "the ? key of host");
	assert_err(fetch_hostkey_check(path, "h", 22,
				       str_make("\0\0\xff\xff"
						"ab",
						6),
				       &support_err),
		   ERR_DENIED, "key of host");
	assert_err(fetch_hostkey_check(path, "h", 22, str_make("\0\0\0\x02\x1b[", 6), &support_err),
		   ERR_DENIED, "the ? key");
	CLEANUP(buf_release) struct buf big = BUF_INIT(BUF_MAX);
	buf_add_repeat(&big, '#', (size_t)1024 * 1024 + 1);
	assert_ok(io_write_file(path, buf_str(&big), 0600, &support_err));
	assert_err(fetch_hostkey_check(path, "h", 22, KEY(key_a), &support_err), ERR_TOO_LARGE, "");
}
END_TEST

static const struct support_case cases[] = {
	CASE_LOOP(a_key_is_judged_by_the_file, ARRAY_SIZE(rows)),
	CASE(odd_keys_and_files_do_no_harm),
	{0},
};
int main(void)
{
	return support_main("gitsync/hostkey", cases);
}
