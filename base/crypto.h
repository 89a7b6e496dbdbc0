/*
 * Digests, signatures, random bytes, comparison in constant time, text encodings; libsodium
 * behind it. Digests are BLAKE2b-256 (RFC 7693; 4x the speed of libsodium's SHA-256 where
 * measured) unless an outside format asks for SHA-256. crypto_init() must have been called once
 * in each process.
 */
#ifndef BASE_CRYPTO_H
#define BASE_CRYPTO_H

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#define DIGEST_SIZE 32
#define DIGEST_HEX (2 * DIGEST_SIZE)

struct digest {
	uint8_t bytes[DIGEST_SIZE];
};

NODISCARD int crypto_init(struct err *err);

struct digest digest_of(struct str data);
/* Digest of domain tag, NUL, data: no record of one kind can be taken for one of another. */
struct digest digest_tagged(const char *tag, struct str data);
bool digest_equal(const struct digest *a, const struct digest *b);
bool digest_is_zero(const struct digest *d);
char *digest_hex(const struct digest *d, char out[DIGEST_HEX + 1]); /* lower case; returns out */
NODISCARD bool digest_parse(struct str hex,
			    struct digest *ret); /* exactly 64 lower-case hex digits */

struct hasher {
	_Alignas(64) unsigned char state[384];
};
void hasher_init(struct hasher *h);
void hasher_add(struct hasher *h, const void *data, size_t len);
struct digest hasher_end(struct hasher *h);

void crypto_sha256(struct str data, uint8_t out[32]);
void crypto_hmac_sha256(struct str key, struct str data, uint8_t out[32]);
bool crypto_equal(const void *a, const void *b, size_t len); /* constant time */
void crypto_random(void *out, size_t len);
void crypto_wipe(void *p, size_t len);
uint32_t crypto_crc32(struct str data);

/* Ed25519 (RFC 8032). */
#define SIGN_PUBLIC_SIZE 32
#define SIGN_SECRET_SIZE 64
#define SIGN_SIZE 64
void sign_keypair(uint8_t public_key[SIGN_PUBLIC_SIZE], uint8_t secret_key[SIGN_SECRET_SIZE]);
void sign_make(const uint8_t secret_key[SIGN_SECRET_SIZE], struct str data,
	       uint8_t signature[SIGN_SIZE]);
bool sign_verify(const uint8_t public_key[SIGN_PUBLIC_SIZE], struct str data,
		 const uint8_t signature[SIGN_SIZE]);

void hex_add(struct buf *out, const void *data, size_t len);
NODISCARD bool hex_parse(struct str hex, void *out, size_t out_len); /* exact length, either case */
void base64_add(struct buf *out, struct str data); /* standard alphabet, padded */
NODISCARD bool base64_decode(struct str text, struct buf *out); /* strict: padded, no white space */
/* RFC 4648 section 5 without padding, strictly: only its 64 characters, and no bits beyond the last byte. */
void base64url_add(struct buf *out, const void *data, size_t len);
NODISCARD bool base64url_decode(struct str text, struct buf *out);
void base62_random(char *out, size_t digits); /* digits characters and NUL */

/*
 * A secret: cannot be printed (no function takes it to text), is wiped on release. Read from a
 * file or descriptor, compared in constant time, lent to the one call that needs the bytes.
 */
struct secret {
	char *p_;
	size_t len_;
};
#define SECRET_INIT                                                                                \
	{                                                                                          \
		NULL, 0                                                                            \
	}
void secret_set(struct secret *s, struct str value); /* copies */
void secret_release(struct secret *s);
bool secret_equal(const struct secret *s, struct str guess);
bool secret_is_set(const struct secret *s);
struct str secret_lend(const struct secret *s); /* points into s; never log it */
/*
 * Resolves a reference: "env:NAME", "file:/absolute/path" (one trailing newline dropped).
 * Errors: ERR_INVALID for another form (a literal is never accepted), ERR_NOT_FOUND, ERR_IO;
 * none carries the value.
 */
NODISCARD int secret_resolve(struct secret *s, struct str reference, struct err *err);

#endif
