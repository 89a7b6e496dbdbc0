/* What git says of signatures, as it says it, at its limits, and as somebody would like us to read it. */
#include <stdio.h>

#include "gitsync/signature_int.h"
#include "tests/unit/support.h"

#define KEY "SHA256:1xoi+y8ATpNIN9sXG0Y7Gssfni0OEak+hH0ZszcOg/4"
#define FPR "019FB65E5A78B2179C234F5CA4AF2D33BF623F0C"
#define SUB "1111111111111111111111111111111111111111"
#define G "[GNUPG:] "
#define FOR "Good \"git\" signature for "
#define WITH "Good \"git\" signature with "
#define VALID(key) G "VALIDSIG " key " 2026-11-24 1795537644 0 4 0 22 8 00 " FPR "\n"

/* A signature that ssh-keygen made, as a commit has it. */
static const char real[] =
	"-----BEGIN SSH SIGNATURE-----\n"
	" U1NIU0lHAAAAAQAAADMAAAALc3NoLWVkMjU1MTkAAAAg1zhWW75smRxCTMTbZNHJqqxhjj\n"
	" +bRIbdWpd5YHjBcxsAAAADZ2l0AAAAAAAAAAZzaGE1MTIAAABTAAAAC3NzaC1lZDI1NTE5\n"
	" AAAAQIpjVxZE+w8MoTcBvOkDzYdGZVgzyrsiKFnzAtw1u9rJe/wLxfORSfTKgGo0FjJROk\n"
	" Q6LA+qpp89rDAA4jELiQ8=\n"
	" -----END SSH SIGNATURE-----";

static const struct {
	const char *name;
	enum signature_kind kind;
	bool ok;
	const char *said;
	enum signature_state state;
	const char *signer, *key, *detail;
} said[] = {
	{"good", SIGNATURE_SSH, true, FOR "ana@example.com with ED25519 key " KEY "\n",
	 SIGNATURE_GOOD, "ana@example.com", KEY, ""},
	{"good, without an end of line", SIGNATURE_SSH, true, FOR "ana with RSA key " KEY,
	 SIGNATURE_GOOD, "ana", KEY, ""},
	{"a principal of words that belong to git", SIGNATURE_SSH, true,
	 FOR "ana with EVIL key SHA256:x with ED25519 key " KEY "\n", SIGNATURE_GOOD,
	 "ana with EVIL key SHA256:x", KEY, ""},
	{"git said good, and ended with 1", SIGNATURE_SSH, false, FOR "ana with ED25519 key " KEY,
	 SIGNATURE_BAD, "", "known", ""},
	{"git ended with 0 and said nothing", SIGNATURE_SSH, true, "", SIGNATURE_BAD, "", "known",
	 ""},
	{"no principal at all", SIGNATURE_SSH, true, FOR " with ED25519 key " KEY, SIGNATURE_BAD,
	 "", "known", ""},
	{"a line that only holds the words", SIGNATURE_SSH, true,
	 "error: " FOR "ana with ED25519 key " KEY, SIGNATURE_BAD, "", "known", ""},
	{"words of gpg are nothing to ssh", SIGNATURE_SSH, true,
	 G "GOODSIG A4AF2D33BF623F0C Bob\n" VALID(FPR), SIGNATURE_BAD, "", "known", ""},
	{"nobody's key", SIGNATURE_SSH, false, WITH "ED25519 key " KEY "\nNo principal matched.\n",
	 SIGNATURE_UNTRUSTED, "", KEY, ""},
	{"nobody's key, in a file with a broken line", SIGNATURE_SSH, false,
	 WITH "ED25519 key " KEY "\n/x/allowed_signers:1: missing key\nNo principal matched.\n",
	 SIGNATURE_UNTRUSTED, "", KEY, "allowed_signers:1: missing key"},
	{"expired", SIGNATURE_SSH, false,
	 WITH "ED25519 key " KEY
	      "\n/x/allowed_signers:1: key has expired: verify time 2026-11-24 > "
	      "valid-before 2020-01-01\nNo principal matched.\n",
	 SIGNATURE_EXPIRED, "", KEY,
	 "allowed_signers:1: key has expired: verify time 2026-11-24 > valid-before 2020-01-01"},
	{"not yet valid", SIGNATURE_SSH, false,
	 WITH "ED25519 key " KEY "\n/x/allowed_signers:2: key is not yet valid: a < b\n"
	      "No principal matched.\n",
	 SIGNATURE_EXPIRED, "", KEY, "allowed_signers:2: key is not yet valid: a < b"},
	{"for other things than commits", SIGNATURE_SSH, false,
	 "Could not verify signature.\n/x/allowed_signers:1: key is not permitted for use in "
	 "signature namespace \"git\"\n",
	 SIGNATURE_UNTRUSTED, "", "known",
	 "allowed_signers:1: key is not permitted for use in signature namespace \"git\""},
	{"tampered", SIGNATURE_SSH, false,
	 "Could not verify signature.\nSignature verification failed: incorrect signature\n",
	 SIGNATURE_BAD, "", "known", ""},
	{"tampered, by nobody", SIGNATURE_SSH, false,
	 "Could not verify signature.\nNo principal matched.\n", SIGNATURE_BAD, "", "known", ""},
	{"a signer that hides", SIGNATURE_SSH, true,
	 FOR "ana\x1b[2J\xe2\x80\xae with ED25519 key " KEY, SIGNATURE_GOOD, "ana\\x1b[2J\\u{202e}",
	 KEY, ""},
	{"no UTF-8", SIGNATURE_SSH, true, FOR "a\xff with ED25519 key " KEY, SIGNATURE_GOOD,
	 "a\\xff", KEY, ""},

	{"good", SIGNATURE_OPENPGP, true,
	 G "NEWSIG bob@example.com\n" G
	   "GOODSIG A4AF2D33BF623F0C Bob <bob@example.com>\n" VALID(FPR) G "TRUST_ULTIMATE 0 pgp\n",
	 SIGNATURE_GOOD, "Bob <bob@example.com>", FPR, ""},
	{"by a key below another", SIGNATURE_OPENPGP, true,
	 G "GOODSIG A4AF2D33BF623F0C Bob\n" VALID(SUB), SIGNATURE_GOOD, "Bob", FPR, ""},
	{"good, but git did not think so", SIGNATURE_OPENPGP, false,
	 G "GOODSIG A4AF2D33BF623F0C Bob\n" VALID(FPR), SIGNATURE_BAD, "Bob", FPR,
	 "git does not accept it"},
	{"good, but never valid", SIGNATURE_OPENPGP, true, G "GOODSIG A4AF2D33BF623F0C Bob\n",
	 SIGNATURE_BAD, "Bob", "A4AF2D33BF623F0C", "git does not accept it"},
	{"two signatures", SIGNATURE_OPENPGP, true,
	 G "BADSIG 0000000000000000 Eve\n" G "GOODSIG A4AF2D33BF623F0C Bob\n" VALID(FPR),
	 SIGNATURE_BAD, "Bob", FPR, "it is more than one signature"},
	{"a good one and one that is not known", SIGNATURE_OPENPGP, true,
	 G "GOODSIG A4AF2D33BF623F0C Bob\n" VALID(FPR) G "ERRSIG 0 22 8 00 1 9 -\n", SIGNATURE_BAD,
	 "Bob", "0", "it is more than one signature"},
	{"a user id that speaks of another line", SIGNATURE_OPENPGP, false,
	 G "BADSIG A4AF2D33BF623F0C " G "GOODSIG 1 Bob " G "VALIDSIG 1\n", SIGNATURE_BAD,
	 G "GOODSIG 1 Bob " G "VALIDSIG 1", "A4AF2D33BF623F0C", ""},
	{"what gpg says to people", SIGNATURE_OPENPGP, true,
	 "gpg: Good signature from Bob\nGOODSIG 1 Bob\n", SIGNATURE_UNREAD, "", "known",
	 "gpg does not read it"},
	{"bad", SIGNATURE_OPENPGP, false, G "BADSIG A4AF2D33BF623F0C Bob <bob@example.com>\n",
	 SIGNATURE_BAD, "Bob <bob@example.com>", "A4AF2D33BF623F0C", ""},
	{"nobody's key", SIGNATURE_OPENPGP, false,
	 G "ERRSIG A4AF2D33BF623F0C 22 8 00 1795537644 9 " FPR "\n" G
	   "NO_PUBKEY A4AF2D33BF623F0C\n",
	 SIGNATURE_UNTRUSTED, "", FPR, ""},
	{"nobody's key, said by an older gpg", SIGNATURE_OPENPGP, false,
	 G "ERRSIG A4AF2D33BF623F0C 22 8 00 1795537644 9\n", SIGNATURE_UNTRUSTED, "",
	 "A4AF2D33BF623F0C", ""},
	{"an algorithm that gpg does not know", SIGNATURE_OPENPGP, false,
	 G "ERRSIG A4AF2D33BF623F0C 99 8 00 1795537644 4 -\n", SIGNATURE_UNREAD, "",
	 "A4AF2D33BF623F0C", "gpg does not read it"},
	{"cut off", SIGNATURE_OPENPGP, false, G "ERRSIG", SIGNATURE_UNREAD, "", "",
	 "gpg does not read it"},
	{"cut off after the verdict", SIGNATURE_OPENPGP, true, G "GOODSIG", SIGNATURE_BAD, "",
	 "known", "git does not accept it"},
	{"revoked", SIGNATURE_OPENPGP, false, G "REVKEYSIG A4AF2D33BF623F0C Bob\n" VALID(FPR),
	 SIGNATURE_REVOKED, "Bob", FPR, ""},
	{"expired", SIGNATURE_OPENPGP, true, G "EXPKEYSIG A4AF2D33BF623F0C Bob\n" VALID(FPR),
	 SIGNATURE_EXPIRED, "Bob", FPR, "the key has expired"},
	{"an expired signature", SIGNATURE_OPENPGP, true,
	 G "EXPSIG A4AF2D33BF623F0C Bob\n" VALID(FPR), SIGNATURE_EXPIRED, "Bob", FPR,
	 "the signature itself has expired"},
	{"X.509", SIGNATURE_X509, true, G "GOODSIG 1 Bob\n" VALID(FPR), SIGNATURE_UNREAD, "",
	 "known", ""},
	{"no kind", SIGNATURE_NO_KIND, true, FOR "ana with ED25519 key " KEY, SIGNATURE_UNREAD, "",
	 "known", ""},
};

START_TEST(what_git_says_is_told_apart)
{
	struct signature s = {.kind = said[_i].kind, .key = "known"};
	snprintf(s.signer, sizeof(s.signer), "left over");
	signature_read(str_of(said[_i].said), said[_i].ok, &s);
	ck_assert_msg(s.state == said[_i].state, "%s: %s", said[_i].name,
		      signature_state_name(s.state));
	ck_assert_msg(strcmp(s.signer, said[_i].signer) == 0, "%s: %s", said[_i].name, s.signer);
	ck_assert_msg(strcmp(s.key, said[_i].key) == 0, "%s: %s", said[_i].name, s.key);
	ck_assert_msg(strcmp(s.detail, said[_i].detail) == 0, "%s: %s", said[_i].name, s.detail);
}
END_TEST

/* A name longer than what is kept is cut, on the boundary of a character, and marked. */
START_TEST(a_long_signer_is_cut)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(1 << 16);
	struct signature s = {.kind = SIGNATURE_SSH};
	buf_addz(&text, FOR);
	for (int i = 0; i < 1000; i++)
		buf_addz(&text, "\xc3\xa4");
	buf_addz(&text, " with ED25519 key " KEY "\n");
	signature_read(buf_str(&text), true, &s);
	ck_assert_int_eq(s.state, SIGNATURE_GOOD);
	ck_assert_uint_lt(strlen(s.signer), sizeof(s.signer));
	ck_assert(str_is_utf8(str_of(s.signer), NULL));
	ck_assert(str_ends(str_of(s.signer), STR("...")));
	ck_assert_str_eq(s.key, KEY);
}
END_TEST

START_TEST(the_kind_is_what_git_takes_it_for)
{
	static const struct {
		const char *value;
		enum signature_kind kind;
	} kinds[] = {
		{"-----BEGIN SSH SIGNATURE-----\n U1NI", SIGNATURE_SSH},
		{"-----BEGIN PGP SIGNATURE-----\n \n iQ", SIGNATURE_OPENPGP},
		{"-----BEGIN PGP MESSAGE-----\n", SIGNATURE_OPENPGP},
		{"-----BEGIN SIGNED MESSAGE-----\n", SIGNATURE_X509},
		{" -----BEGIN SSH SIGNATURE-----", SIGNATURE_NO_KIND},
		{"-----BEGIN SSH SIGNATURE----", SIGNATURE_NO_KIND},
		{"-----begin ssh signature-----", SIGNATURE_NO_KIND},
		{"", SIGNATURE_NO_KIND},
	};
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		ck_assert_int_eq(signature_kind_of(str_of(kinds[i].value)), kinds[i].kind);
}
END_TEST

START_TEST(the_key_of_an_ssh_signature_is_read_from_it)
{
	char key[SIGNATURE_KEY_MAX] = "";
	ck_assert(signature_ssh_key(str_of(real), key));
	ck_assert_str_eq(key, KEY);
	/* Cut anywhere it names no key, or the same one. */
	for (size_t i = 0; i < strlen(real); i++) {
		char cut[SIGNATURE_KEY_MAX] = "";
		if (signature_ssh_key(str_make(real, i), cut))
			ck_assert_str_eq(cut, KEY);
	}
}
END_TEST

START_TEST(what_is_no_ssh_signature_names_no_key)
{
	static const char *const list[] = {
		"",
		"-----BEGIN SSH SIGNATURE-----",
		"-----BEGIN SSH SIGNATURE-----\n U1NIU0lH\n",
		/* "SSHSIG", version 2 */
		"-----BEGIN SSH SIGNATURE-----\n U1NIU0lHAAAAAgAAAAFBQUFBQQ==\n",
		/* a key of 0 bytes; of 2^32 - 1; of one more than there are */
		"-----BEGIN SSH SIGNATURE-----\n U1NIU0lHAAAAAQAAAABBQUFB\n",
		"-----BEGIN SSH SIGNATURE-----\n U1NIU0lHAAAAAf////9BQUFB\n",
		"-----BEGIN SSH SIGNATURE-----\n U1NIU0lHAAAAAQAAAARBQUE=\n",
		"-----BEGIN SSH SIGNATURE-----\n not base64!\n",
		"-----BEGIN PGP SIGNATURE-----\n U1NIU0lHAAAAAQAAAANBQUE=\n",
	};
	char key[SIGNATURE_KEY_MAX] = "same";
	for (size_t i = 0; i < ARRAY_SIZE(list); i++)
		ck_assert_msg(!signature_ssh_key(str_of(list[i]), key), "%zu", i);
	ck_assert_str_eq(key, "same");
	/* All of the bytes that there are. */
	ck_assert(signature_ssh_key(
		STR("-----BEGIN SSH SIGNATURE-----\n U1NIU0lHAAAAAQAAAANBQUE=\n"), key));
}
END_TEST

/* --- the record ------------------------------------------------------------------------------------------------------- */

static bool ended;
static int code;
static struct err child;
static struct signature list[3];

static int read_record(struct str in)
{
	return signature_record_read(in, list, ARRAY_SIZE(list), &ended, &code, &child,
				     &support_err);
}

START_TEST(a_record_comes_back_as_it_was_written)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 16);
	const struct signature a = {SIGNATURE_GOOD, SIGNATURE_SSH, "ana", KEY, ""},
			       b = {SIGNATURE_EXPIRED, SIGNATURE_OPENPGP, "Bob", FPR, "then"};
	struct err why = ERR_INIT;
	signature_record_add(&out, 2, &a);
	signature_record_add(&out, 0, &b);
	signature_record_end(&out, 0, &why);
	assert_ok(read_record(buf_str(&out)));
	ck_assert(ended && code == 0);
	ck_assert(signature_equal(&list[2], &a));
	ck_assert(signature_equal(&list[0], &b));
	ck_assert_int_eq(list[1].state, SIGNATURE_UNCHECKED);
}
END_TEST

START_TEST(an_error_comes_back_with_its_remedy)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 16);
	struct err why = ERR_INIT;
	(void)err_set(&why, ERR_NOT_FOUND, "no ssh-keygen\nhere");
	(void)err_remedy(&why, "install it");
	signature_record_end(&out, ERR_NOT_FOUND, &why);
	assert_ok(read_record(buf_str(&out)));
	ck_assert(ended);
	ck_assert_int_eq(code, ERR_NOT_FOUND);
	ck_assert_int_eq(child.code, ERR_NOT_FOUND);
	ck_assert_str_eq(child.msg, "no ssh-keygen\\nhere");
	ck_assert_str_eq(child.remedy, "install it");
}
END_TEST

/* What was known when the child was killed is kept. */
START_TEST(a_record_cut_short_is_taken_as_far_as_it_goes)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 16);
	const struct signature a = {SIGNATURE_GOOD, SIGNATURE_SSH, "ana", KEY, "d"};
	struct err why = ERR_INIT;
	signature_record_add(&out, 0, &a);
	size_t whole = out.len;
	signature_record_add(&out, 1, &a);
	size_t second = out.len;
	signature_record_end(&out, 0, &why);
	for (size_t i = 0; i < out.len; i++) {
		assert_ok(read_record(str_make(out.data, i)));
		ck_assert(!ended);
		ck_assert_int_eq(list[0].state, i >= whole ? SIGNATURE_GOOD : SIGNATURE_UNCHECKED);
		ck_assert_int_eq(list[1].state, i >= second ? SIGNATURE_GOOD : SIGNATURE_UNCHECKED);
	}
}
END_TEST

START_TEST(what_is_no_record_is_refused)
{
	static const char *const bad[] = {
		"x\n",
		"C 3 good 1\na\nb\nc\n", /* one past the last */
		"C -1 good 1\na\nb\nc\n",
		"C 0 great 1\na\nb\nc\n",
		"C 0 good 4\na\nb\nc\n", /* one past the last kind */
		"C 0 good\na\nb\nc\n",
		"C 0 good 1\n\xff\nb\nc\n",
		"E 1001\n\n\n",
		"E 2\n\n\n",
		"E x\n\n\n",
		"E 0\n\n\nC 0 good 1\na\nb\nc\n", /* something after the end */
	};
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_err(read_record(str_of(bad[i])), ERR_GIT, "gave no result");
		ck_assert_int_eq(list[0].state, SIGNATURE_UNCHECKED);
	}
	CLEANUP(buf_release) struct buf out = BUF_INIT(1 << 16);
	for (size_t n = SIGNATURE_SIGNER_MAX - 1; n <= SIGNATURE_SIGNER_MAX; n++) {
		buf_reset(&out);
		buf_addz(&out, "C 0 good 1\n");
		for (size_t i = 0; i < n; i++)
			buf_add_char(&out, 'a');
		buf_addz(&out, "\n\n\n");
		ck_assert_int_eq(read_record(buf_str(&out)) == 0, n < SIGNATURE_SIGNER_MAX);
	}
}
END_TEST

int main(void)
{
	static const struct support_case cases[] = {
		CASE_LOOP(what_git_says_is_told_apart, ARRAY_SIZE(said)),
		CASE(a_long_signer_is_cut),
		CASE(the_kind_is_what_git_takes_it_for),
		CASE(the_key_of_an_ssh_signature_is_read_from_it),
		CASE(what_is_no_ssh_signature_names_no_key),
		CASE(a_record_comes_back_as_it_was_written),
		CASE(an_error_comes_back_with_its_remedy),
		CASE(a_record_cut_short_is_taken_as_far_as_it_goes),
		CASE(what_is_no_record_is_refused),
		{0}};
	return support_main("gitsync/signature_read", cases);
}
