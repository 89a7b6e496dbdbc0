/* aspora admit --signers: who signed the commits that would be released, told as asporad tells it. */
#ifndef CLI_SIGNERS_H
#define CLI_SIGNERS_H

#include "cli/judge.h"

struct cli_signers {
	struct opt_strings
		files; /* --signers: allowed_signers of OpenSSH, or public keys of OpenPGP */
	const char *revoked; /* --revoked; NULL: none */
	const char *since; /* --signed-since; NULL: none */
};

/*
 * Looks at `commit` (NULL: HEAD, on which the folder stands) and at all that came since the base, and puts into j->signature what the rules ask for. Nothing
 * where no signers are given. Errors: ERR_USAGE, ERR_NOT_FOUND, those of signature_range() and signature_run(). Blocks.
 */
NODISCARD int cli_signers_look(struct cli *c, const struct cli_signers *s, const char *commit,
			       struct cli_judged *j, struct err *err);
/* A line for people: how many were looked at, or that none was where there are commits. */
void cli_signers_say(const struct cli_judged *j, const char *commit, struct buf *out);

#endif
