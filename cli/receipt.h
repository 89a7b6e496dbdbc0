/*
 * Receipts, verified here and not by who handed them out: the signature over the text, the key that made it, and for releases the chain from one to the next.
 * store/receipt.h has the texts.
 */
#ifndef CLI_RECEIPT_H
#define CLI_RECEIPT_H

#include "base/crypto.h"
#include "base/doc.h"
#include "cli/cli.h"

struct cli_receipts {
	uint8_t signer[SIGN_PUBLIC_SIZE]; /* whose signatures count */
	bool pinned; /* given by the user; else that of the first receipt */
	bool known;
	int64_t release; /* the last release seen; 0: none yet */
	struct digest hash; /* of its text */
	size_t verdicts, releases, checkpoints;
};

/* The key to trust: 64 hex digits, or a file that holds them (keys/release.pub). Errors: ERR_INVALID, those of reading. */
NODISCARD int cli_receipts_pin(struct cli_receipts *r, const char *signer, struct err *err);
/* One receipt, as an object of kind Receipt. where is for messages. Errors: ERR_TAMPERED, ERR_INVALID. */
NODISCARD int cli_receipts_check(struct cli_receipts *r, const struct doc_node *receipt,
				 const char *where, struct err *err);
/* Takes a release for the first of a chain: what is before it is not looked at. False when it is no receipt of a release. */
bool cli_receipts_first(struct cli_receipts *r, const struct doc_node *receipt);
/* A line "name value" of a receipt's text, or STR_NULL. */
struct str cli_receipt_line(struct str text, const char *name);
/* Whether a release's receipt says that it set the domain to this candidate. */
bool cli_receipt_names(struct str text, const char *domain, struct str candidate);

#endif
