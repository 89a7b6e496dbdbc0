/*
 * The public keys of an issuer (RFC 7517), and whether one of them signed something. OpenSSL verifies RSA and ECDSA, libsodium Ed25519. An algorithm is
 * what configuration pins, a key is bound to its own kind, and the two must agree: so no token can have a public key taken for a shared secret.
 *
 * Keys that are weak, off their curve, for encryption, of unknown kinds, or two of one name are left out, each with a sentence in the notes; a set that
 * shows a private or a shared key is refused whole.
 */
#ifndef AGENT_GATEWAY_JWK_H
#define AGENT_GATEWAY_JWK_H

#include "base/buf.h"
#include "base/err.h"

#define JWK_SET_BYTES ((size_t)1024 * 1024)
#define JWK_SET_MAX 64

enum jw_alg { JW_NONE, JW_RS256, JW_PS256, JW_ES256, JW_EDDSA };
/* Exactly as the registry spells it; JW_NONE for any other, "none" and HS256 among them. */
enum jw_alg jw_alg_find(struct str name);
const char *jw_alg_name(enum jw_alg alg);

struct jwk_set;
struct jwk;

/* notes (may be NULL) gets a line for each key left out. Errors: ERR_INVALID, ERR_SYNTAX, ERR_TOO_LARGE; a set of no usable key is one. Gives. */
NODISCARD int jwk_set_parse(struct str json, struct buf *notes, struct jwk_set **ret,
			    struct err *err);
void jwk_set_free(struct jwk_set *s); /* NULL is fine */
void jwk_set_freep(struct jwk_set **s);
size_t jwk_set_count(const struct jwk_set *s); /* usable ones */
/*
 * The key of that name and of the algorithm's kind; with an empty name the only one of the kind. NULL when absent.
 */
const struct jwk *jwk_find(const struct jwk_set *s, struct str kid, enum jw_alg alg);
bool jwk_verify(const struct jwk *k, enum jw_alg alg, struct str text, const uint8_t *signature,
		size_t signature_len);

#endif
