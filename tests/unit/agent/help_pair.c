#include "tests/unit/agent/help_pair.h"

#include <check.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

static void take(BIO *bio, struct buf *out)
{
	char *data;
	long len = BIO_get_mem_data(bio, &data);
	buf_init(out, BUF_MAX);
	buf_add(out, data, (size_t)len);
	BIO_free(bio);
}

void pair_make(const struct pair_opts *o, struct buf *certificate, struct buf *key)
{
	const char *name = o->name ? o->name : "localhost";
	char alternative[128];
	EVP_PKEY *k = o->rsa_bits ? EVP_RSA_gen((unsigned)o->rsa_bits) : EVP_EC_gen("P-256");
	X509 *x = X509_new();
	ck_assert(k && x);
	X509_set_version(x, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
	X509_gmtime_adj(X509_getm_notBefore(x), -86400 * 60);
	X509_gmtime_adj(X509_getm_notAfter(x), 86400L * (o->days ? o->days : 30));
	X509_set_pubkey(x, k);
	X509_NAME *subject = X509_get_subject_name(x);
	X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1,
				   0);
	X509_set_issuer_name(x, subject);
	snprintf(alternative, sizeof(alternative), "DNS:%s,IP:127.0.0.1", name);
	X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, alternative);
	X509_add_ext(x, e, -1);
	X509_EXTENSION_free(e);
	ck_assert(X509_sign(x, k, EVP_sha256()) > 0);
	BIO *c = BIO_new(BIO_s_mem()), *p = BIO_new(BIO_s_mem());
	PEM_write_bio_X509(c, x);
	PEM_write_bio_PKCS8PrivateKey(p, k, o->password ? EVP_aes_128_cbc() : NULL, NULL, 0, NULL,
				      (void *)(uintptr_t)o->password);
	take(c, certificate);
	take(p, key);
	X509_free(x);
	EVP_PKEY_free(k);
}
