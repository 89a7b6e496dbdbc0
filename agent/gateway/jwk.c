#include "agent/gateway/jwk.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include "agent/gateway/jwt.h"
#include "base/crypto.h"
#include "base/mem.h"

#define RSA_BITS_MIN 2048
#define RSA_BITS_MAX 8192
#define COORDINATE 32 /* bytes, of P-256 */

enum jwk_kind { JWK_RSA, JWK_P256, JWK_ED25519 };

struct jwk {
	char kid[JWT_KID_MAX + 1]; /* "": none */
	enum jwk_kind kind;
	enum jw_alg only; /* JW_NONE: any of its kind */
	EVP_PKEY *key; /* RSA, P-256 */
	uint8_t ed25519[SIGN_PUBLIC_SIZE];
	bool twice; /* another has its name and kind */
};

struct jwk_set {
	struct jwk *keys;
	size_t count;
};

static const struct {
	const char *name;
	enum jwk_kind kind;
} algs[] = {[JW_NONE] = {"none", JWK_RSA},
	    [JW_RS256] = {"RS256", JWK_RSA},
	    [JW_PS256] = {"PS256", JWK_RSA},
	    [JW_ES256] = {"ES256", JWK_P256},
	    [JW_EDDSA] = {"EdDSA", JWK_ED25519}};

enum jw_alg jw_alg_find(struct str name)
{
	for (size_t i = JW_NONE + 1; i < ARRAY_SIZE(algs); i++)
		if (str_eqz(name, algs[i].name))
			return (enum jw_alg)i;
	return JW_NONE;
}

const char *jw_alg_name(enum jw_alg alg)
{
	return algs[alg].name;
}

/* --- OpenSSL's objects -------------------------------------------------------------------------------------------------- */

static void *or_abort(void *p)
{
	if (!p)
		mem_exhausted();
	return p;
}

static void bn_freep(BIGNUM **p)
{
	BN_free(*p);
}

static void build_freep(OSSL_PARAM_BLD **p)
{
	OSSL_PARAM_BLD_free(*p);
}

static void params_freep(OSSL_PARAM **p)
{
	OSSL_PARAM_free(*p);
}

static void pkey_ctx_freep(EVP_PKEY_CTX **p)
{
	EVP_PKEY_CTX_free(*p);
}

static void md_ctx_freep(EVP_MD_CTX **p)
{
	EVP_MD_CTX_free(*p);
}

static void ecdsa_freep(ECDSA_SIG **p)
{
	ECDSA_SIG_free(*p);
}

static EVP_PKEY *key_of(const char *type, OSSL_PARAM_BLD *build)
{
	CLEANUP(params_freep) OSSL_PARAM *params = or_abort(OSSL_PARAM_BLD_to_param(build));
	CLEANUP(pkey_ctx_freep)
	EVP_PKEY_CTX *ctx = or_abort(EVP_PKEY_CTX_new_from_name(NULL, type, NULL));
	EVP_PKEY *key = NULL;
	if (EVP_PKEY_fromdata_init(ctx) != 1 ||
	    EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) != 1)
		key = NULL;
	ERR_clear_error();
	return key;
}

/* --- one key --------------------------------------------------------------------------------------------------------------- */

static bool member(const struct doc_node *n, const char *name, struct buf *out)
{
	struct str text = doc_text(n, name);
	return text.len && base64url_decode(text, out) && out->len > 0;
}

static const char *read_rsa(const struct doc_node *n, struct jwk *k)
{
	CLEANUP(buf_release) struct buf modulus = BUF_INIT(2048), exponent = BUF_INIT(64);
	if (!member(n, "n", &modulus) || !member(n, "e", &exponent))
		return "its n or e is missing, or not base64url";
	CLEANUP(bn_freep)
	BIGNUM *bn_n = or_abort(BN_bin2bn((const uint8_t *)modulus.data, (int)modulus.len, NULL));
	CLEANUP(bn_freep)
	BIGNUM *bn_e = or_abort(BN_bin2bn((const uint8_t *)exponent.data, (int)exponent.len, NULL));
	if (BN_num_bits(bn_n) < RSA_BITS_MIN)
		return "RSA of less than 2048 bits";
	if (BN_num_bits(bn_n) > RSA_BITS_MAX)
		return "RSA of more than 8192 bits";
	if (!BN_is_odd(bn_e) || BN_num_bits(bn_e) < 17 || BN_num_bits(bn_e) > 64)
		return "its exponent is not an odd number of at least 65537";
	if (!BN_is_odd(bn_n))
		return "its modulus is even";
	CLEANUP(build_freep) OSSL_PARAM_BLD *build = or_abort(OSSL_PARAM_BLD_new());
	OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, bn_n);
	OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, bn_e);
	k->kind = JWK_RSA;
	k->key = key_of("RSA", build);
	return k->key ? NULL : "it is no key of RSA";
}

static const char *read_p256(const struct doc_node *n, struct jwk *k)
{
	CLEANUP(buf_release) struct buf x = BUF_INIT(128), y = BUF_INIT(128);
	uint8_t point[1 + 2 * COORDINATE] = {4};
	if (!str_eqz(doc_text(n, "crv"), "P-256"))
		return "its curve is not P-256";
	if (!member(n, "x", &x) || !member(n, "y", &y) || x.len != COORDINATE ||
	    y.len != COORDINATE)
		return "its x or y is not of 32 bytes";
	memcpy(point + 1, x.data, COORDINATE);
	memcpy(point + 1 + COORDINATE, y.data, COORDINATE);
	CLEANUP(build_freep) OSSL_PARAM_BLD *build = or_abort(OSSL_PARAM_BLD_new());
	OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0);
	OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof(point));
	k->kind = JWK_P256;
	k->key = key_of("EC", build);
	if (!k->key)
		return "its point is not on the curve";
	CLEANUP(pkey_ctx_freep)
	EVP_PKEY_CTX *ctx = or_abort(EVP_PKEY_CTX_new_from_pkey(NULL, k->key, NULL));
	bool fine = EVP_PKEY_public_check(ctx) == 1;
	ERR_clear_error();
	return fine ? NULL : "its point is not on the curve";
}

static const char *read_ed25519(const struct doc_node *n, struct jwk *k)
{
	CLEANUP(buf_release) struct buf x = BUF_INIT(128);
	if (!str_eqz(doc_text(n, "crv"), "Ed25519"))
		return "its curve is not Ed25519";
	if (!member(n, "x", &x) || x.len != SIGN_PUBLIC_SIZE)
		return "its x is not of 32 bytes";
	memcpy(k->ed25519, x.data, SIGN_PUBLIC_SIZE);
	k->kind = JWK_ED25519;
	return NULL;
}

/* For signatures, as far as it says what it is for. */
static const char *check_use(const struct doc_node *n)
{
	const struct doc_node *use = doc_find(n, "use"), *ops = doc_find(n, "key_ops");
	if (use && !(use->type == DOC_STRING && str_eqz(use->text, "sig")))
		return "it is not for signatures (use)";
	if (!ops)
		return NULL;
	for (size_t i = 0; ops->type == DOC_LIST && i < ops->list.count; i++)
		if (str_eqz(ops->list.items[i]->text, "verify"))
			return NULL;
	return "it is not for verifying (key_ops)";
}

static const char *read_name(const struct doc_node *n, struct jwk *k)
{
	const struct doc_node *kid = doc_find(n, "kid"), *alg = doc_find(n, "alg");
	if (kid && (kid->type != DOC_STRING || kid->text.len == 0 || kid->text.len > JWT_KID_MAX ||
		    memchr(kid->text.p, '\0', kid->text.len)))
		return "its name (kid) is no text of 1 to 256 bytes";
	if (kid)
		memcpy(k->kid, kid->text.p, kid->text.len);
	if (!alg)
		return NULL;
	k->only = alg->type == DOC_STRING ? jw_alg_find(alg->text) : JW_NONE;
	return k->only == JW_NONE ? "its algorithm is none that is taken here" : NULL;
}

/* NULL, or why it is left out. */
static const char *read_key(const struct doc_node *n, struct jwk *k)
{
	struct str kty = doc_text(n, "kty");
	const char *why = read_name(n, k);
	if (!why)
		why = check_use(n);
	if (why)
		return why;
	if (str_eqz(kty, "RSA"))
		why = read_rsa(n, k);
	else if (str_eqz(kty, "EC"))
		why = read_p256(n, k);
	else if (str_eqz(kty, "OKP"))
		why = read_ed25519(n, k);
	else
		return "it is of another kind (kty)";
	if (!why && k->only != JW_NONE && algs[k->only].kind != k->kind)
		why = "its algorithm is not of its kind";
	return why;
}

/* --- the set ------------------------------------------------------------------------------------------------------------------ */

/* Whoever publishes one of these has nothing left to sign with. */
static const char *private_member(const struct doc_node *n)
{
	static const char *const names[] = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"};
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (doc_find(n, names[i]))
			return names[i];
	return NULL;
}

static void mark_twice(struct jwk_set *s)
{
	for (size_t i = 0; i < s->count; i++)
		for (size_t j = 0; j < i; j++)
			if (s->keys[i].kid[0] && s->keys[i].kind == s->keys[j].kind &&
			    strcmp(s->keys[i].kid, s->keys[j].kid) == 0)
				s->keys[i].twice = s->keys[j].twice = true;
}

static int read_keys(struct jwk_set *s, const struct doc_node *list, struct buf *notes,
		     struct err *err)
{
	s->keys = mem_array(list->list.count + 1, sizeof(*s->keys));
	for (size_t i = 0; i < list->list.count; i++) {
		const struct doc_node *n = list->list.items[i];
		struct jwk k = {0};
		if (n->type != DOC_MAP)
			return err_set(err, ERR_INVALID, "key %zu is not an object", i + 1);
		const char *leaked = private_member(n);
		if (leaked)
			return err_set(err, ERR_INVALID,
				       "key %zu shows a private or shared key (%s); none of the "
				       "set is believed",
				       i + 1, leaked);
		const char *why = read_key(n, &k);
		if (!why) {
			s->keys[s->count++] = k;
			continue;
		}
		EVP_PKEY_free(k.key);
		if (notes)
			buf_addf(notes, "key %zu (%s): %s\n", i + 1, k.kid, why);
	}
	mark_twice(s);
	for (size_t i = 0; notes && i < s->count; i++)
		if (s->keys[i].twice)
			buf_addf(notes, "key %s: there are two of this name\n", s->keys[i].kid);
	return jwk_set_count(s)
		       ? 0
		       : err_set(err, ERR_INVALID, "there is no key in it that can be used");
}

int jwk_set_parse(struct str json, struct buf *notes, struct jwk_set **ret, struct err *err)
{
	static const struct doc_limits limits = {JWK_SET_BYTES, 16, 20000, 64 * 1024};
	CLEANUP(arena_freep) struct arena *a = arena_new(16 * JWK_SET_BYTES);
	CLEANUP(jwk_set_freep) struct jwk_set *s = mem_zalloc(sizeof(*s));
	const struct doc_node *root = NULL;
	int rc = doc_parse_json(a, json, &limits, "keys", &root, err);
	if (rc < 0)
		return rc;
	const struct doc_node *list = doc_find(root, "keys");
	if (!list || list->type != DOC_LIST)
		return err_set(err, ERR_INVALID, "it has no list of keys");
	if (list->list.count > JWK_SET_MAX)
		return err_set(err, ERR_TOO_LARGE, "it has more than %d keys", JWK_SET_MAX);
	if ((rc = read_keys(s, list, notes, err)) < 0)
		return rc;
	*ret = TAKE_PTR(s);
	return 0;
}

void jwk_set_free(struct jwk_set *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->count; i++)
		EVP_PKEY_free(s->keys[i].key);
	free(s->keys);
	free(s);
}

void jwk_set_freep(struct jwk_set **s)
{
	jwk_set_free(*s);
}

size_t jwk_set_count(const struct jwk_set *s)
{
	size_t n = 0;
	for (size_t i = 0; i < s->count; i++)
		n += !s->keys[i].twice;
	return n;
}

static bool serves(const struct jwk *k, enum jw_alg alg)
{
	return !k->twice && k->kind == algs[alg].kind && (k->only == JW_NONE || k->only == alg);
}

const struct jwk *jwk_find(const struct jwk_set *s, struct str kid, enum jw_alg alg)
{
	const struct jwk *found = NULL;
	for (size_t i = 0; alg != JW_NONE && i < s->count; i++) {
		const struct jwk *k = &s->keys[i];
		if (!serves(k, alg) || (kid.len && !str_eqz(kid, k->kid)))
			continue;
		/* Without a name it must be clear which is meant. */
		if (found)
			return NULL;
		found = k;
	}
	return found;
}

/* --- verifying ------------------------------------------------------------------------------------------------------------------ */

static bool verify_evp(EVP_PKEY *key, bool pss, struct str text, const uint8_t *signature,
		       size_t len)
{
	CLEANUP(md_ctx_freep) EVP_MD_CTX *md = or_abort(EVP_MD_CTX_new());
	EVP_PKEY_CTX *ctx = NULL; /* of md */
	bool fine = EVP_DigestVerifyInit(md, &ctx, EVP_sha256(), NULL, key) == 1;
	if (fine && pss)
		fine = EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) == 1 &&
		       EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, EVP_sha256()) == 1 &&
		       EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST) == 1;
	fine = fine && EVP_DigestVerify(md, signature, len, (const uint8_t *)text.p, text.len) == 1;
	ERR_clear_error();
	return fine;
}

/* RFC 7518 3.4: r and s, 32 bytes each, where OpenSSL wants them in DER. */
static bool verify_p256(EVP_PKEY *key, struct str text, const uint8_t *signature, size_t len)
{
	uint8_t der[128], *at = der;
	if (len != 2 * COORDINATE)
		return false;
	CLEANUP(ecdsa_freep) ECDSA_SIG *pair = or_abort(ECDSA_SIG_new());
	BIGNUM *r = or_abort(BN_bin2bn(signature, COORDINATE, NULL));
	BIGNUM *s = or_abort(BN_bin2bn(signature + COORDINATE, COORDINATE, NULL));
	ECDSA_SIG_set0(pair, r, s);
	int der_len = i2d_ECDSA_SIG(pair, &at);
	return der_len > 0 && verify_evp(key, false, text, der, (size_t)der_len);
}

bool jwk_verify(const struct jwk *k, enum jw_alg alg, struct str text, const uint8_t *signature,
		size_t len)
{
	if (alg == JW_NONE || !serves(k, alg))
		return false;
	switch (k->kind) {
	case JWK_RSA:
		return len == (size_t)EVP_PKEY_get_size(k->key) &&
		       verify_evp(k->key, alg == JW_PS256, text, signature, len);
	case JWK_P256:
		return verify_p256(k->key, text, signature, len);
	case JWK_ED25519:
		return len == SIGN_SIZE && sign_verify(k->ed25519, text, signature);
	}
	return false;
}
