/*
 * Receipts: what is signed, as text that verifies offline without our database (`aspora verify`). A line per fact, '\n' after each, no field
 * may hold a control character; the signature is Ed25519 over the whole text.
 *
 *	aspora.verdict.v1                         aspora.release.v1
 *	domain ecm                                release 12
 *	verdict allow                             previous <hex>
 *	candidate <hex>                           at 2026-02-18T12:00:00.000Z
 *	policy <hex>                              actor sync@host
 *	surface <hex>                             source main <revision>
 *	rules 1                                   domain update ecm main <revision> <candidate> <policy> <surface>
 *	findings <hex>                            domain delete old main <revision>
 *	source main <revision>                    platform main <revision> <digest>
 *	at 2026-02-18T12:00:00.000Z
 *
 *	aspora.checkpoint.v1
 *	incarnation 1
 *	revision 4711
 *	hash <hex: revision.hash, the head of the chain of changes>
 *	at 2026-02-18T12:00:00.000Z
 *
 * The hash of a release is digest_tagged("aspora.release.v1", text): the next one's `previous`. The first one's is 64 zeros.
 */
#ifndef STORE_RECEIPT_H
#define STORE_RECEIPT_H

#include "base/buf.h"
#include "base/crypto.h"
#include "skill/verdict.h"

struct store_signer {
	uint8_t public_key[SIGN_PUBLIC_SIZE];
	const uint8_t *secret_key; /* SIGN_SECRET_SIZE; borrowed */
};

void store_receipt_verdict(struct buf *out, const struct verdict *v, struct str findings_json,
			   struct str source, struct str revision, int64_t at_ms);
struct store_head;
void store_receipt_checkpoint(struct buf *out, const struct store_head *head, int64_t at_ms);
/* A receipt as it is handed out: {"apiVersion","kind":"Receipt","text","signer","signature"}; an element. */
void store_receipt_json(struct json *j, struct str text, const uint8_t signer[SIGN_PUBLIC_SIZE],
			const uint8_t signature[SIGN_SIZE]);
/* The same members inside an object that is open. */
void store_receipt_members(struct json *j, struct str text, const uint8_t signer[SIGN_PUBLIC_SIZE],
			   const uint8_t signature[SIGN_SIZE]);

#endif
