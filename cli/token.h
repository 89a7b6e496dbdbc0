/*
 * A token of OpenID Connect instead of an API key: short-lived, so something else keeps it fresh and it is asked for anew by each command. It comes from
 * ASPORA_TOKEN; in GitHub Actions, with ASPORA_AUDIENCE set and the permission id-token: write, from the runner; else from a context: a file, or
 * a program of the user's own that prints it (as kubectl's exec plugins do, whose form is understood).
 */
#ifndef CLI_TOKEN_H
#define CLI_TOKEN_H

#include "base/crypto.h"
#include "cli/cli.h"
#include "cli/context.h"

#define CLI_TOKEN_MAX ((size_t)16 * 1024)

/*
 * *ret stays as it is when there is none anywhere. context: NULL for none. Errors: ERR_NOT_FOUND (file, program), ERR_INVALID (what came is no token),
 * ERR_UNAUTHENTICATED (the program failed), as http_call(). Blocks: while the program runs, a minute at most.
 */
NODISCARD int cli_token(struct cli *c, const struct cli_context *context, bool environment,
			struct secret *ret, struct err *err);
/* What a program may print: the token alone, or {"status": {"token": ...}}. Errors: ERR_INVALID; none carries the text. */
NODISCARD int cli_token_read(struct arena *a, struct str printed, struct str *ret, struct err *err);

#endif
