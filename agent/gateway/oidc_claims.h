/*
 * What a token says, once its signature has held: whether it is for us and for now, and whom a rule of the operator's takes its bearer for. Pure:
 * configuration, claims and the time go in.
 */
#ifndef AGENT_GATEWAY_OIDC_CLAIMS_H
#define AGENT_GATEWAY_OIDC_CLAIMS_H

#include "agent/config_oidc.h"
#include "agent/gateway/auth.h"

#define OIDC_SUBJECT_MAX 255

/*
 * iss, aud (audience is in it), exp, nbf, iat, sub. A token that lives longer than the issuer's may is refused as well. Errors: ERR_UNAUTHENTICATED with the
 * claim and what it should be.
 */
NODISCARD int oidc_claims_check(const struct agent_oidc *o, struct str audience,
				const struct doc_node *claims, int64_t now_ms, struct err *err);
/* The first rule that holds, into *ret (domains live in a). Errors: ERR_DENIED when none does. */
NODISCARD int oidc_principal(const struct agent_oidc *o, struct arena *a,
			     const struct doc_node *claims, struct gw_principal *ret,
			     struct err *err);
/* '*' is any run without '/', "**" any run at all. */
bool oidc_glob(struct str pattern, struct str value);

#endif
