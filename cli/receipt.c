#include "cli/receipt.h"

#include "base/io.h"

int cli_receipts_pin(struct cli_receipts *r, const char *signer, struct err *err)
{
	CLEANUP(buf_release) struct buf text = BUF_INIT(4096);
	struct str hex = str_of(signer);
	int rc = 0;
	if (hex.len != 2 * SIGN_PUBLIC_SIZE) {
		rc = io_read_file(signer, &text, err);
		hex = str_trim(buf_str(&text));
	}
	if (rc < 0)
		return rc;
	if (!hex_parse(hex, r->signer, sizeof(r->signer))) {
		err_set(err, ERR_INVALID, "%s does not hold a public key", signer);
		return err_remedy(err, "give the 64 hex digits of keys/release.pub, or that file");
	}
	r->pinned = r->known = true;
	return 0;
}

struct str cli_receipt_line(struct str text, const char *name)
{
	struct str line;
	size_t len = strlen(name);
	while (str_split(&text, '\n', &line))
		if (str_starts(line, str_make(name, len)) && line.len > len && line.p[len] == ' ')
			return str_sub(line, len + 1, line.len);
	return STR_NULL;
}

static int tampered(struct err *err, const char *where, const char *what)
{
	err_set(err, ERR_TAMPERED, "%s: %s", where, what);
	return err_remedy(err, "keep this answer, and compare with a copy of the database that you "
			       "trust");
}

static bool decode(const struct doc_node *receipt, const char *member, void *out, size_t len)
{
	CLEANUP(buf_release) struct buf bytes = BUF_INIT(256);
	if (!base64_decode(doc_text(receipt, member), &bytes) || bytes.len != len)
		return false;
	memcpy(out, bytes.data, len);
	return true;
}

static int check_signature(struct cli_receipts *r, const struct doc_node *receipt,
			   const char *where, struct err *err)
{
	uint8_t signer[SIGN_PUBLIC_SIZE], signature[SIGN_SIZE];
	if (!decode(receipt, "signer", signer, sizeof(signer)) ||
	    !decode(receipt, "signature", signature, sizeof(signature)))
		return err_set(err, ERR_INVALID, "%s is no receipt: signer or signature is missing",
			       where);
	if (!r->known)
		memcpy(r->signer, signer, sizeof(signer));
	r->known = true;
	if (memcmp(r->signer, signer, sizeof(signer)) != 0)
		return tampered(err, where, "another key signed it");
	if (!sign_verify(signer, doc_text(receipt, "text"), signature))
		return tampered(err, where, "the signature does not hold");
	return 0;
}

/* Each release names the hash of the one before. */
static int check_release(struct cli_receipts *r, struct str text, const char *where,
			 struct err *err)
{
	char before[DIGEST_HEX + 1];
	int64_t number = 0;
	if (!str_to_i64(cli_receipt_line(text, "release"), &number))
		return err_set(err, ERR_INVALID, "%s names no release", where);
	if (r->release && number != r->release + 1)
		return tampered(err, where, "a release before it is missing");
	if ((r->release || number == 1) &&
	    !str_eqz(cli_receipt_line(text, "previous"), digest_hex(&r->hash, before)))
		return tampered(err, where, "it does not follow the release before it");
	r->release = number;
	r->hash = digest_tagged("aspora.release.v1", text);
	r->releases++;
	return 0;
}

bool cli_receipts_first(struct cli_receipts *r, const struct doc_node *receipt)
{
	struct str text = doc_text(receipt, "text");
	int64_t number = 0;
	if (!str_to_i64(cli_receipt_line(text, "release"), &number) ||
	    !hex_parse(cli_receipt_line(text, "previous"), r->hash.bytes, sizeof(r->hash.bytes)))
		return false;
	r->release = number - 1;
	return true;
}

int cli_receipts_check(struct cli_receipts *r, const struct doc_node *receipt, const char *where,
		       struct err *err)
{
	struct str text = doc_text(receipt, "text");
	int rc = check_signature(r, receipt, where, err);
	if (rc < 0)
		return rc;
	if (str_starts(text, STR("aspora.release.v1\n")))
		return check_release(r, text, where, err);
	if (str_starts(text, STR("aspora.verdict.v1\n")))
		r->verdicts++;
	else if (str_starts(text, STR("aspora.checkpoint.v1\n")))
		r->checkpoints++;
	else
		return err_set(err, ERR_INVALID, "%s is signed, and no receipt that is known here",
			       where);
	return 0;
}

bool cli_receipt_names(struct str text, const char *domain, struct str candidate)
{
	struct str line, word;
	while (str_split(&text, '\n', &line)) {
		size_t n = 0;
		bool mine = true;
		for (; mine && str_split(&line, ' ', &word); n++)
			mine = n == 0	? str_eqz(word, "domain")
			       : n == 2 ? str_eqz(word, domain)
			       : n == 5 ? str_eq(word, candidate)
					: true;
		if (mine && n > 5)
			return true;
	}
	return false;
}
