/* What git's raw report of a signature says. It is read line by line and believed in one place only: where git itself ended with 0. */
#include <stdio.h>

#include "base/crypto.h"
#include "gitsync/signature_int.h"
#include "skill/text.h"

#define SSH_BEGIN "-----BEGIN SSH SIGNATURE-----"
#define SSH_END "-----END SSH SIGNATURE-----"
#define GNUPG "[GNUPG:] "

enum signature_kind signature_kind_of(struct str value)
{
	if (str_starts(value, STR(SSH_BEGIN)))
		return SIGNATURE_SSH;
	if (str_starts(value, STR("-----BEGIN PGP SIGNATURE-----")) ||
	    str_starts(value, STR("-----BEGIN PGP MESSAGE-----")))
		return SIGNATURE_OPENPGP;
	if (str_starts(value, STR("-----BEGIN SIGNED MESSAGE-----")))
		return SIGNATURE_X509;
	return SIGNATURE_NO_KIND;
}

/* --- SSH ------------------------------------------------------------------------------------------------------------ */

/* PROTOCOL.sshsig of OpenSSH: "SSHSIG", a version, the public key, … ; lengths are 32 bits, big-endian. */
bool signature_ssh_key(struct str value, char ret[SIGNATURE_KEY_MAX])
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(COMMIT_SIGNATURE_MAX_BYTES);
	CLEANUP(buf_release) struct buf blob = BUF_INIT(COMMIT_SIGNATURE_MAX_BYTES);
	CLEANUP(buf_release) struct buf print = BUF_INIT(SIGNATURE_KEY_MAX);
	struct str rest = value, line;
	uint8_t hash[32];
	while (str_split(&rest, '\n', &line))
		if (!str_starts(str_trim(line), STR("-----")))
			buf_add_str(&text, str_trim(line));
	if (!str_starts(value, STR(SSH_BEGIN)) || !base64_decode(buf_str(&text), &blob) ||
	    blob.len < 14 || memcmp(blob.data, "SSHSIG\0\0\0\1", 10) != 0)
		return false;
	const unsigned char *p = (const unsigned char *)blob.data + 10;
	size_t len = (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
	if (len == 0 || len > blob.len - 14)
		return false;
	crypto_sha256(str_make(blob.data + 14, len), hash);
	base64_add(&print, str_make((const char *)hash, sizeof(hash)));
	while (print.len && print.data[print.len - 1] == '=')
		print.len--;
	snprintf(ret, SIGNATURE_KEY_MAX, "SHA256:%.*s", (int)print.len, print.data);
	return true;
}

/* "…with ED25519 key SHA256:…": the last words of the line. */
static void take_ssh_key(struct str line, struct signature *ret)
{
	ptrdiff_t at = -1, next = -1;
	while ((next = str_find(line, STR(" key "), (size_t)(next + 1))) >= 0)
		at = next;
	struct str key = at < 0 ? STR_NULL : str_sub(line, (size_t)at + 5, line.len);
	if (str_starts(key, STR("SHA256:")))
		text_quote(key, ret->key, sizeof(ret->key));
}

/* `Good "git" signature for PRINCIPAL with TYPE key FINGERPRINT`; a principal may have any words in it. */
static bool take_principal(struct str line, struct signature *ret)
{
	struct str rest = str_sub(line, strlen("Good \"git\" signature for "), line.len);
	ptrdiff_t at = -1, next = -1;
	while ((next = str_find(rest, STR(" with "), (size_t)(next + 1))) >= 0)
		at = next;
	if (at <= 0)
		return false;
	text_quote(str_sub(rest, 0, (size_t)at), ret->signer, sizeof(ret->signer));
	take_ssh_key(line, ret);
	return true;
}

/* What ssh-keygen says of a line of the operator's file, without the path, which is a passing one: "allowed_signers:3: key has expired: …" */
static bool take_complaint(struct str line, struct signature *ret)
{
	ptrdiff_t at = str_find(line, STR("allowed_signers:"), 0);
	if (at < 0)
		return false;
	text_quote(str_sub(line, (size_t)at, line.len), ret->detail, sizeof(ret->detail));
	return true;
}

struct ssh_said {
	bool good_for, good_with, unmatched, expired, barred;
};

static void take_ssh_line(struct str line, bool ok, struct ssh_said *said, struct signature *ret)
{
	if (str_starts(line, STR("Good \"git\" signature for "))) {
		said->good_for |= ok && take_principal(line, ret);
	} else if (str_starts(line, STR("Good \"git\" signature with "))) {
		said->good_with = true;
		take_ssh_key(line, ret);
	} else if (str_eqz(line, "No principal matched.")) {
		said->unmatched = true;
	} else if (str_find(line, STR(": key has expired: "), 0) >= 0 ||
		   str_find(line, STR(": key is not yet valid: "), 0) >= 0) {
		said->expired |= take_complaint(line, ret);
	} else if (str_find(line, STR(": key is not permitted for use"), 0) >= 0) {
		said->barred |= take_complaint(line, ret);
	} else if (!ret->detail[0]) {
		(void)take_complaint(line, ret);
	}
}

static void read_ssh(struct str text, bool ok, struct signature *ret)
{
	struct ssh_said said = {0};
	struct str line;
	while (str_split(&text, '\n', &line))
		take_ssh_line(str_trim(line), ok, &said, ret);
	if (said.good_for)
		ret->state = SIGNATURE_GOOD;
	else if (said.good_with && said.expired)
		ret->state = SIGNATURE_EXPIRED;
	else if ((said.good_with && said.unmatched) || said.barred)
		ret->state = SIGNATURE_UNTRUSTED;
	else
		ret->state = SIGNATURE_BAD;
	if (said.good_for || ret->state == SIGNATURE_BAD)
		ret->detail[0] = '\0';
}

/* --- OpenPGP -------------------------------------------------------------------------------------------------------- */

static const struct {
	const char *word;
	enum signature_state state;
	const char *detail;
} verdicts[] = {
	{"GOODSIG", SIGNATURE_GOOD, ""},
	{"BADSIG", SIGNATURE_BAD, ""},
	{"EXPSIG", SIGNATURE_EXPIRED, "the signature itself has expired"},
	{"EXPKEYSIG", SIGNATURE_EXPIRED, "the key has expired"},
	{"REVKEYSIG", SIGNATURE_REVOKED, ""},
};

struct pgp_said {
	size_t count; /* signatures spoken of */
	bool valid; /* VALIDSIG */
};

/* "ERRSIG KEYID ALGORITHM HASH CLASS TIME REASON [FINGERPRINT]"; 9: the key is not among the operator's. */
static void take_error(struct str rest, struct signature *ret)
{
	struct str word, key = STR_NULL, reason = STR_NULL;
	for (size_t n = 0; str_split(&rest, ' ', &word); n++) {
		if (n == 0 || (n == 6 && word.len > 1))
			key = word;
		if (n == 5)
			reason = word;
	}
	text_quote(key, ret->key, sizeof(ret->key));
	ret->state = str_eqz(reason, "9") ? SIGNATURE_UNTRUSTED : SIGNATURE_UNREAD;
	if (ret->state == SIGNATURE_UNREAD)
		snprintf(ret->detail, sizeof(ret->detail), "gpg does not read it");
}

/* "VALIDSIG FINGERPRINT … PRIMARY": what people know a key by is the primary key's fingerprint, the tenth and last word. */
static void take_valid(struct str rest, struct signature *ret)
{
	struct str word, key = STR_NULL;
	for (size_t n = 0; str_split(&rest, ' ', &word); n++)
		if (n == 0 || n == 9)
			key = word;
	text_quote(key, ret->key, sizeof(ret->key));
}

static void take_pgp_line(struct str line, struct pgp_said *said, struct signature *ret)
{
	struct str rest = str_sub(line, strlen(GNUPG), line.len), word, key;
	if (!str_starts(line, STR(GNUPG)) || !str_split(&rest, ' ', &word))
		return;
	if (str_eqz(word, "VALIDSIG")) {
		said->valid = true;
		take_valid(rest, ret);
	} else if (str_eqz(word, "ERRSIG")) {
		said->count++;
		take_error(rest, ret);
	}
	for (size_t i = 0; i < ARRAY_SIZE(verdicts); i++) {
		if (!str_eqz(word, verdicts[i].word))
			continue;
		said->count++;
		ret->state = verdicts[i].state;
		snprintf(ret->detail, sizeof(ret->detail), "%s", verdicts[i].detail);
		if (str_split(&rest, ' ', &key))
			text_quote(key, ret->key, sizeof(ret->key));
		text_quote(str_trim(rest), ret->signer, sizeof(ret->signer));
	}
}

static void read_openpgp(struct str text, bool ok, struct signature *ret)
{
	struct pgp_said said = {0};
	struct str line;
	ret->state = SIGNATURE_UNREAD;
	while (str_split(&text, '\n', &line))
		take_pgp_line(str_trim(line), &said, ret);
	if (said.count > 1) {
		ret->state = SIGNATURE_BAD;
		snprintf(ret->detail, sizeof(ret->detail), "it is more than one signature");
	} else if (said.count == 0) {
		ret->state = SIGNATURE_UNREAD;
		snprintf(ret->detail, sizeof(ret->detail), "gpg does not read it");
	} else if (ret->state == SIGNATURE_GOOD && (!ok || !said.valid)) {
		ret->state = SIGNATURE_BAD;
		snprintf(ret->detail, sizeof(ret->detail), "git does not accept it");
	}
}

void signature_read(struct str said, bool ok, struct signature *ret)
{
	ret->signer[0] = ret->detail[0] = '\0';
	if (ret->kind == SIGNATURE_SSH)
		read_ssh(said, ok, ret);
	else if (ret->kind == SIGNATURE_OPENPGP)
		read_openpgp(said, ok, ret);
	else
		ret->state = SIGNATURE_UNREAD;
}
