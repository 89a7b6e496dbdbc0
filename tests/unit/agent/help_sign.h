/* Keys of all kinds, as an issuer publishes them, and tokens as it, or somebody else, signs them. */
#ifndef TESTS_UNIT_AGENT_HELP_SIGN_H
#define TESTS_UNIT_AGENT_HELP_SIGN_H

#include "base/buf.h"
#include "base/crypto.h"

enum signer_kind { SIGNER_RSA, SIGNER_P256, SIGNER_P384, SIGNER_ED25519 };

struct signer {
	enum signer_kind kind;
	void *key; /* EVP_PKEY */
	uint8_t public_key[SIGN_PUBLIC_SIZE], secret_key[SIGN_SECRET_SIZE];
};
void signer_make(struct signer *s, enum signer_kind kind, int rsa_bits);
void signer_release(struct signer *s);
/* {"kty":…,"kid":kid, more}: its public half; kid NULL: none. more: further members, "" for none. */
void signer_jwk(const struct signer *s, const char *kid, const char *more, struct buf *out);
/* Its public half in PEM, which confused verifiers take for a shared secret. */
void signer_pem(const struct signer *s, struct buf *out);

enum sign_how {
	SIGN_PLAIN, /* RS256, ES256 or EdDSA, by the key's kind */
	SIGN_PSS, /* with a salt as long as the digest */
	SIGN_PSS_SHORT, /* with a salt of 16 bytes */
	SIGN_SHA1, /* RSA over SHA-1 */
	SIGN_DER, /* ECDSA as OpenSSL gives it */
	SIGN_HS256_PEM, /* HMAC with the PEM of the public half as the key */
	SIGN_HS256_EMPTY,
	SIGN_NOTHING, /* an empty third part */
};
/* HEADER.PAYLOAD.SIGNATURE of two texts. */
void sign_token(const struct signer *s, enum sign_how how, const char *header, const char *payload,
		struct buf *out);
/* The raw signature. */
void sign_text(const struct signer *s, enum sign_how how, struct str text, struct buf *out);

#endif
