/*
 * A signed token (RFC 7515, 7519; RFC 8725 for what goes wrong with them) as it stands: three parts, strict base64url, one JSON object each without
 * duplicate names. Nothing of it is believed until jwk_verify() has said so, and nothing in its header is ever followed: a token that brings its own key,
 * names an address of one, or asks for something we would have to understand (crit, b64, zip, enc, cty) is none.
 */
#ifndef AGENT_GATEWAY_JWT_H
#define AGENT_GATEWAY_JWT_H

#include "base/doc.h"

#define JWT_MAX ((size_t)16 * 1024)
#define JWT_SIGNATURE_MAX 1024 /* RSA of 8192 bits */
#define JWT_KID_MAX 256

struct jwt {
	struct str
		signed_text; /* header and payload with the dot, as signed; points into the token */
	struct str alg, kid; /* kid: STR_NULL when there is none */
	const struct doc_node *claims; /* an object */
	uint8_t signature[JWT_SIGNATURE_MAX];
	size_t signature_len; /* > 0 */
};

/* Errors: ERR_UNAUTHENTICATED, with what is wrong with its form. The tree lives in a, the views in the token. */
NODISCARD int jwt_parse(struct arena *a, struct str token, struct jwt *ret, struct err *err);

#endif
