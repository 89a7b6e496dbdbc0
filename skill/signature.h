/*
 * What is known of a commit's signature: whether it holds, how it was made, by whom. Data and its words; who looks is
 * gitsync/signature_check.h, who may sign is the operator's configuration and never the repository's.
 */
#ifndef SKILL_SIGNATURE_H
#define SKILL_SIGNATURE_H

#include <stdbool.h>

#include "base/buf.h"

/* As it stands in the store and in objects; signature_state_name(). */
enum signature_state {
	SIGNATURE_UNCHECKED, /* nobody looked: the operator names no signers */
	SIGNATURE_GOOD, /* it holds, and its key is one that the operator trusts */
	SIGNATURE_NONE, /* the commit has none */
	SIGNATURE_UNTRUSTED, /* it holds, but its key is not among the operator's */
	SIGNATURE_BAD, /* it does not hold */
	SIGNATURE_EXPIRED, /* made with a key of the operator's, outside of the key's time */
	SIGNATURE_REVOKED, /* made with a key that was withdrawn */
	SIGNATURE_UNREAD, /* of a kind that is not read, or of a commit that cannot be */
	SIGNATURE_STATES
};
enum signature_kind {
	SIGNATURE_NO_KIND,
	SIGNATURE_SSH,
	SIGNATURE_OPENPGP,
	SIGNATURE_X509,
	SIGNATURE_KINDS
};

#define SIGNATURE_SIGNER_MAX 256
#define SIGNATURE_KEY_MAX 128
#define SIGNATURE_DETAIL_MAX 256

/* Texts are printable UTF-8 of one line. */
struct signature {
	enum signature_state state;
	enum signature_kind kind;
	char signer[SIGNATURE_SIGNER_MAX]; /* principal or user id; "": not known */
	char key[SIGNATURE_KEY_MAX]; /* fingerprint: "SHA256:…", or hex digits; "": not known */
	char detail[SIGNATURE_DETAIL_MAX]; /* what is beyond the state; "": nothing */
};

const char *signature_state_name(enum signature_state s); /* "good", "unsigned", "untrusted", … */
const char *signature_kind_name(enum signature_kind k); /* "", "ssh", "openpgp", "x509" */
/* False, and nothing written, for a name that is none. */
bool signature_state_find(struct str name, enum signature_state *ret);
bool signature_kind_find(struct str name, enum signature_kind *ret);

/* What the commit is: "not signed", "signed by ana@example.com (ssh SHA256:…)". */
void signature_words(const struct signature *s, struct buf *out);
bool signature_equal(const struct signature *a, const struct signature *b);

#endif
