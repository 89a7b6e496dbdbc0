/*
 * What is asked of an issuer, by blocking requests: for errands (errand.h). Discovery and keys, and a login's code against its token. Every address goes
 * through agent_oidc_url_ok() and the HTTP client's guard, the issuer's own as those that its documents name; redirects are not followed.
 */
#ifndef AGENT_GATEWAY_OIDC_ASK_H
#define AGENT_GATEWAY_OIDC_ASK_H

#include "agent/config_oidc.h"
#include "base/crypto.h"

#define OIDC_ASK_MS 10000 /* of one request */
#define OIDC_ANSWER_MAX ((size_t)1024 * 1024)

/*
 * what: struct agent_oidc. out: {"authorization": URL, "token": URL, "basic": bool, "keys": text of the key set}; the first two are "" where the issuer
 * has none. Errors: as http_call(); ERR_INVALID with what is wrong with the answer.
 */
NODISCARD int oidc_ask_keys(const void *what, struct buf *out, struct err *err);

struct oidc_code {
	const struct agent_oidc *issuer;
	const char *token_url;
	bool basic; /* the secret goes into the Authorization field rather than into the body */
	const char *code, *verifier, *redirect;
	struct secret secret; /* not set: a public client */
};
/* what: struct oidc_code. out: the ID token. Errors: as above; ERR_UNAUTHENTICATED with the issuer's words when it refuses. */
NODISCARD int oidc_ask_token(const void *what, struct buf *out, struct err *err);

/* Of a query or a form: everything escaped but letters, digits and -._~ */
void oidc_escape(struct buf *out, struct str s);

#endif
