#include "tests/unit/agent/help_sign.h"

#include <check.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "agent/gateway/jwt.h"

void signer_make(struct signer *s, enum signer_kind kind, int rsa_bits)
{
	*s = (struct signer){.kind = kind};
	if (kind == SIGNER_ED25519)
		sign_keypair(s->public_key, s->secret_key);
	else
		s->key = kind == SIGNER_RSA ? EVP_RSA_gen((unsigned)rsa_bits)
					    : EVP_EC_gen(kind == SIGNER_P256 ? "P-256" : "P-384");
	ck_assert(s->key || kind == SIGNER_ED25519);
}

void signer_release(struct signer *s)
{
	EVP_PKEY_free(s->key);
	s->key = NULL;
}

static void add_number(struct buf *out, const struct signer *s, const char *json, const char *param,
		       int size)
{
	BIGNUM *n = NULL;
	unsigned char bytes[1024];
	ck_assert_int_eq(EVP_PKEY_get_bn_param(s->key, param, &n), 1);
	int len = size ? BN_bn2binpad(n, bytes, size) : BN_bn2bin(n, bytes);
	buf_addf(out, ",\"%s\":\"", json);
	base64url_add(out, bytes, (size_t)len);
	buf_add_char(out, '"');
	BN_free(n);
}

void signer_jwk(const struct signer *s, const char *kid, const char *more, struct buf *out)
{
	static const char *const begin[] = {"\"kty\":\"RSA\"", "\"kty\":\"EC\",\"crv\":\"P-256\"",
					    "\"kty\":\"EC\",\"crv\":\"P-384\"",
					    "\"kty\":\"OKP\",\"crv\":\"Ed25519\""};
	buf_addf(out, "{%s", begin[s->kind]);
	if (kid)
		buf_addf(out, ",\"kid\":\"%s\"", kid);
	if (s->kind == SIGNER_RSA) {
		add_number(out, s, "n", OSSL_PKEY_PARAM_RSA_N, 0);
		add_number(out, s, "e", OSSL_PKEY_PARAM_RSA_E, 0);
	} else if (s->kind == SIGNER_ED25519) {
		buf_addz(out, ",\"x\":\"");
		base64url_add(out, s->public_key, SIGN_PUBLIC_SIZE);
		buf_add_char(out, '"');
	} else {
		add_number(out, s, "x", OSSL_PKEY_PARAM_EC_PUB_X, s->kind == SIGNER_P256 ? 32 : 48);
		add_number(out, s, "y", OSSL_PKEY_PARAM_EC_PUB_Y, s->kind == SIGNER_P256 ? 32 : 48);
	}
	buf_addf(out, "%s%s}", more[0] ? "," : "", more);
}

void signer_pem(const struct signer *s, struct buf *out)
{
	char *data;
	BIO *bio = BIO_new(BIO_s_mem());
	PEM_write_bio_PUBKEY(bio, s->key);
	long len = BIO_get_mem_data(bio, &data);
	buf_add(out, data, (size_t)len);
	BIO_free(bio);
}

/* r and s with leading zeros, out of what OpenSSL gives. */
static void raw_of(const uint8_t *der, size_t len, struct buf *out)
{
	uint8_t raw[64];
	ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &der, (long)len);
	BN_bn2binpad(ECDSA_SIG_get0_r(pair), raw, 32);
	BN_bn2binpad(ECDSA_SIG_get0_s(pair), raw + 32, 32);
	buf_add(out, raw, sizeof(raw));
	ECDSA_SIG_free(pair);
}

static void by_evp(const struct signer *s, enum sign_how how, struct str text, struct buf *out)
{
	uint8_t bytes[1024];
	size_t len = sizeof(bytes);
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	EVP_PKEY_CTX *ctx = NULL;
	ck_assert_int_eq(EVP_DigestSignInit(md, &ctx, how == SIGN_SHA1 ? EVP_sha1() : EVP_sha256(),
					    NULL, s->key),
			 1);
	if (how == SIGN_PSS || how == SIGN_PSS_SHORT) {
		EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING);
		EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, how == SIGN_PSS ? 32 : 16);
	}
	ck_assert_int_eq(EVP_DigestSign(md, bytes, &len, (const uint8_t *)text.p, text.len), 1);
	EVP_MD_CTX_free(md);
	if (s->kind == SIGNER_P256 && how != SIGN_DER)
		raw_of(bytes, len, out);
	else
		buf_add(out, (const char *)bytes, len);
}

void sign_text(const struct signer *s, enum sign_how how, struct str text, struct buf *out)
{
	struct buf pem = BUF_INIT(BUF_MAX);
	uint8_t mac[32], ed[SIGN_SIZE];
	switch (how) {
	case SIGN_NOTHING:
		return;
	case SIGN_HS256_PEM:
		signer_pem(s, &pem);
		crypto_hmac_sha256(buf_str(&pem), text, mac);
		buf_add(out, (const char *)mac, sizeof(mac));
		buf_release(&pem);
		return;
	case SIGN_HS256_EMPTY:
		crypto_hmac_sha256(STR(""), text, mac);
		buf_add(out, (const char *)mac, sizeof(mac));
		return;
	default:
		break;
	}
	if (s->kind == SIGNER_ED25519) {
		sign_make(s->secret_key, text, ed);
		buf_add(out, (const char *)ed, sizeof(ed));
		return;
	}
	by_evp(s, how, text, out);
}

void sign_token(const struct signer *s, enum sign_how how, const char *header, const char *payload,
		struct buf *out)
{
	struct buf signature = BUF_INIT(BUF_MAX);
	buf_reset(out);
	base64url_add(out, header, strlen(header));
	buf_add_char(out, '.');
	base64url_add(out, payload, strlen(payload));
	sign_text(s, how, buf_str(out), &signature);
	buf_add_char(out, '.');
	base64url_add(out, signature.data, signature.len);
	buf_release(&signature);
}
