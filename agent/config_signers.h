/* Who may sign the commits of a source, and whether they have to: part of asporad.conf, and never the repository's to say. */
#ifndef AGENT_CONFIG_SIGNERS_H
#define AGENT_CONFIG_SIGNERS_H

#include "base/field.h"

enum agent_signatures {
	AGENT_SIGNATURES_SHOWN, /* looked at where signers are named, and shown */
	AGENT_SIGNATURES_REQUIRED /* a commit without a good one deploys nothing */
};

/* Absolute paths; empty: none. */
struct agent_signers {
	struct str ssh; /* OpenSSH's allowed_signers */
	struct str revoked; /* keys that are withdrawn, of ssh */
	struct str openpgp; /* public keys, as gpg --export has them */
	struct str since; /* a commit's id: what is in its history is not asked for a signature */
};

extern const char *const agent_signature_words[]; /* by enum agent_signatures, NULL at the end */
extern const struct field agent_signer_fields[];

bool agent_signers_named(const struct agent_signers *s);
/* What one row cannot say alone; node is the source's. Errors: ERR_INVALID with the place. */
NODISCARD int agent_signers_check(const struct agent_signers *s, int signatures,
				  const struct doc_node *node, const char *path, struct err *err);

#endif
