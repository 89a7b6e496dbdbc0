/* Key sets: which keys are taken, which are left out and why, and sets that are not believed at all. */
#include "agent/gateway/jwk.h"

#include "agent/gateway/jwt.h"
#include "base/mem.h"
#include "tests/unit/agent/help_sign.h"
#include "tests/unit/support.h"

static struct signer rsa, p256, ed;
static struct buf notes = BUF_INIT(BUF_MAX);

static void begin(void)
{
	assert_ok(crypto_init(&support_err));
	signer_make(&rsa, SIGNER_RSA, 2048);
	signer_make(&p256, SIGNER_P256, 0);
	signer_make(&ed, SIGNER_ED25519, 0);
}

static int parse(const char *keys, struct jwk_set **ret)
{
	CLEANUP_FREE char *json = mem_printf("{\"keys\":[%s]}", keys);
	buf_reset(&notes);
	return jwk_set_parse(str_of(json), &notes, ret, &support_err);
}

static struct jwk_set *set_of(const char *keys)
{
	struct jwk_set *s = NULL;
	assert_ok(parse(keys, &s));
	return s;
}

/* A good key behind it, so that the set is one: what is said of the first. */
static void left_out(const char *key, const char *why)
{
	CLEANUP(buf_release) struct buf keys = BUF_INIT(BUF_MAX);
	CLEANUP(jwk_set_freep) struct jwk_set *s = NULL;
	buf_addf(&keys, "%s,", key);
	signer_jwk(&ed, "good", "", &keys);
	assert_ok(parse(buf_cstr(&keys), &s));
	ck_assert_msg(jwk_set_count(s) == 1 && strstr(buf_cstr(&notes), why),
		      "%.300s: \"%s\", wanted \"%s\"", key, buf_cstr(&notes), why);
	ck_assert_ptr_nonnull(jwk_find(s, STR("good"), JW_EDDSA));
	assert_err(parse(key, &s), ERR_INVALID, "there is no key in it that can be used");
}

static void left_out_with(const struct signer *s, const char *more, const char *why)
{
	CLEANUP(buf_release) struct buf key = BUF_INIT(BUF_MAX);
	signer_jwk(s, "k", more, &key);
	left_out(buf_cstr(&key), why);
}

START_TEST(keys_are_found_by_name_and_kind)
{
	CLEANUP(buf_release) struct buf keys = BUF_INIT(BUF_MAX);
	begin();
	signer_jwk(&rsa, "a", "\"use\":\"sig\",\"key_ops\":[\"verify\"]", &keys);
	buf_add_char(&keys, ',');
	signer_jwk(&p256, "a",
		   "\"alg\":\"ES256\",\"x5c\":[\"ignored\"],\"x5u\":\"http://ignored/\"", &keys);
	buf_add_char(&keys, ',');
	signer_jwk(&ed, NULL, "", &keys);
	CLEANUP(jwk_set_freep) struct jwk_set *s = set_of(buf_cstr(&keys));
	ck_assert_uint_eq(jwk_set_count(s), 3);
	ck_assert_str_eq(buf_cstr(&notes), "");
	/* One name for two kinds is no doubt. */
	ck_assert_ptr_ne(jwk_find(s, STR("a"), JW_RS256), jwk_find(s, STR("a"), JW_ES256));
	ck_assert_ptr_eq(jwk_find(s, STR("a"), JW_RS256), jwk_find(s, STR("a"), JW_PS256));
	ck_assert_ptr_nonnull(jwk_find(s, STR(""), JW_EDDSA));
	ck_assert_ptr_null(jwk_find(s, STR("b"), JW_EDDSA));
	ck_assert_ptr_null(jwk_find(s, STR("a"), JW_EDDSA));
	ck_assert_ptr_null(jwk_find(s, STR("a"), JW_NONE));
	ck_assert_ptr_null(jwk_find(s, STR("A"), JW_RS256));
}
END_TEST

START_TEST(a_key_verifies_its_own_algorithm_alone)
{
	struct signer *const by[] = {&rsa, &rsa, &p256, &ed};
	static const enum sign_how how[] = {SIGN_PLAIN, SIGN_PSS, SIGN_PLAIN, SIGN_PLAIN};
	static const enum jw_alg algs[] = {JW_RS256, JW_PS256, JW_ES256, JW_EDDSA};
	begin();
	for (size_t i = 0; i < ARRAY_SIZE(by); i++) {
		CLEANUP(buf_release) struct buf key = BUF_INIT(BUF_MAX), sig = BUF_INIT(BUF_MAX);
		signer_jwk(by[i], "k", "", &key);
		CLEANUP(jwk_set_freep) struct jwk_set *s = set_of(buf_cstr(&key));
		const struct jwk *k = jwk_find(s, STR("k"), algs[i]);
		sign_text(by[i], how[i], STR("text"), &sig);
		for (size_t a = JW_NONE; a <= JW_EDDSA; a++)
			ck_assert_int_eq(jwk_verify(k, (enum jw_alg)a, STR("text"),
						    (uint8_t *)sig.data, sig.len),
					 a == algs[i]);
		ck_assert(!jwk_verify(k, algs[i], STR("Text"), (uint8_t *)sig.data, sig.len));
		ck_assert(!jwk_verify(k, algs[i], STR("text"), (uint8_t *)sig.data, 0));
	}
}
END_TEST

START_TEST(names_of_algorithms_are_exact)
{
	static const char *const names[] = {"RS256", "PS256", "ES256", "EdDSA"};
	static const char *const bad[] = {"none",  "None",   "",      "rs256",
					  "HS256", "RS256 ", "eddsa", "ES384"};
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		ck_assert_str_eq(jw_alg_name(jw_alg_find(str_of(names[i]))), names[i]);
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		ck_assert_int_eq(jw_alg_find(str_of(bad[i])), JW_NONE);
}
END_TEST

START_TEST(weak_keys_are_left_out)
{
	static const int bits[] = {512, 1024, 2040};
	begin();
	for (size_t i = 0; i < ARRAY_SIZE(bits); i++) {
		struct signer weak;
		signer_make(&weak, SIGNER_RSA, bits[i]);
		left_out_with(&weak, "", "RSA of less than 2048 bits");
		signer_release(&weak);
	}
	CLEANUP(buf_release) struct buf key = BUF_INIT(BUF_MAX), big = BUF_INIT(BUF_MAX);
	signer_jwk(&rsa, "k", "", &key);
	char *e = strstr(buf_cstr(&key), "\"e\":\"AQAB\"");
	static const char *const exponents[] = {"AQ", "Aw", "AQAA", "AQABAQABAQAB", ""};
	for (size_t i = 0; i < ARRAY_SIZE(exponents); i++) {
		CLEANUP_FREE char *changed = mem_printf("%.*s\"e\":\"%s\"%s",
							(int)(e - buf_cstr(&key)), buf_cstr(&key),
							exponents[i], e + strlen("\"e\":\"AQAB\""));
		left_out(changed,
			 exponents[i][0] ? "its exponent is not" : "its n or e is missing");
	}
	base64url_add(&big, "\xff", 1);
	buf_reset(&big);
	buf_add_repeat(&big, 'f', 1400);
	CLEANUP_FREE char *huge = mem_printf(
		"{\"kty\":\"RSA\",\"kid\":\"k\",\"n\":\"%s\",\"e\":\"AQAB\"}", buf_cstr(&big));
	left_out(huge, "RSA of more than 8192 bits");
}
END_TEST

START_TEST(keys_of_other_kinds_and_uses_are_left_out)
{
	struct signer p384;
	begin();
	signer_make(&p384, SIGNER_P384, 0);
	left_out_with(&p384, "", "its curve is not P-256");
	left_out_with(&rsa, "\"use\":\"enc\"", "it is not for signatures (use)");
	left_out_with(&rsa, "\"use\":5", "it is not for signatures (use)");
	left_out_with(&rsa, "\"key_ops\":[\"encrypt\",\"wrapKey\"]",
		      "it is not for verifying (key_ops)");
	left_out_with(&rsa, "\"key_ops\":\"verify\"", "it is not for verifying (key_ops)");
	left_out_with(&rsa, "\"alg\":\"RSA-OAEP\"", "its algorithm is none that is taken here");
	left_out_with(&rsa, "\"alg\":\"HS256\"", "its algorithm is none that is taken here");
	left_out_with(&rsa, "\"alg\":\"none\"", "its algorithm is none that is taken here");
	left_out_with(&rsa, "\"alg\":\"ES256\"", "its algorithm is not of its kind");
	left_out_with(&ed, "\"alg\":\"RS256\"", "its algorithm is not of its kind");
	left_out("{\"kty\":\"XYZ\"}", "it is of another kind (kty)");
	left_out("{\"kid\":\"k\"}", "it is of another kind (kty)");
	left_out("{\"kty\":\"rsa\",\"n\":\"AQAB\",\"e\":\"AQAB\"}", "it is of another kind (kty)");
	left_out("{\"kty\":\"OKP\",\"crv\":\"X25519\",\"x\":\"AQAB\"}", "its curve is not Ed25519");
	left_out("{\"kty\":\"OKP\",\"crv\":\"Ed448\",\"x\":\"AQAB\"}", "its curve is not Ed25519");
	left_out("{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AQAB\"}",
		 "its x is not of 32 bytes");
	left_out("{\"kty\":\"EC\",\"crv\":\"secp256k1\",\"x\":\"AQAB\",\"y\":\"AQAB\"}",
		 "its curve is not P-256");
	left_out("{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AQAB\",\"y\":\"AQAB\"}",
		 "its x or y is not of 32 bytes");
	left_out("{\"kty\":\"RSA\",\"n\":\"A+/=\",\"e\":\"AQAB\"}",
		 "its n or e is missing, or not base64url");
	left_out("{\"kty\":\"RSA\",\"kid\":\"\",\"n\":\"AQAB\",\"e\":\"AQAB\"}",
		 "its name (kid) is no text");
	left_out("{\"kty\":\"RSA\",\"kid\":5,\"n\":\"AQAB\",\"e\":\"AQAB\"}",
		 "its name (kid) is no text");
	signer_release(&p384);
}
END_TEST

START_TEST(a_point_is_on_its_curve)
{
	CLEANUP(buf_release) struct buf key = BUF_INIT(BUF_MAX);
	begin();
	signer_jwk(&p256, "k", "", &key);
	char *y = strstr(buf_cstr(&key), "\"y\":\"") + 5;
	y[3] = y[3] == 'A' ? 'B' : 'A';
	left_out(buf_cstr(&key), "its point is not on the curve");
	/* Zero is no point of it either. */
	CLEANUP(buf_release) struct buf zero = BUF_INIT(BUF_MAX);
	static const uint8_t nothing[32];
	buf_addz(&zero, "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"");
	base64url_add(&zero, nothing, 32);
	buf_addz(&zero, "\",\"y\":\"");
	base64url_add(&zero, nothing, 32);
	buf_addz(&zero, "\"}");
	left_out(buf_cstr(&zero), "its point is not on the curve");
}
END_TEST

START_TEST(two_keys_of_one_name_and_kind_are_none)
{
	struct signer other;
	CLEANUP(buf_release) struct buf keys = BUF_INIT(BUF_MAX);
	begin();
	signer_make(&other, SIGNER_P256, 0);
	signer_jwk(&p256, "same", "", &keys);
	buf_add_char(&keys, ',');
	signer_jwk(&other, "same", "", &keys);
	struct jwk_set *none = NULL;
	assert_err(parse(buf_cstr(&keys), &none), ERR_INVALID,
		   "there is no key in it that can be used");
	ck_assert_ptr_nonnull(strstr(buf_cstr(&notes), "key same: there are two of this name"));
	buf_add_char(&keys, ',');
	signer_jwk(&ed, "same", "", &keys);
	CLEANUP(jwk_set_freep) struct jwk_set *s = set_of(buf_cstr(&keys));
	ck_assert_uint_eq(jwk_set_count(s), 1);
	ck_assert_ptr_null(jwk_find(s, STR("same"), JW_ES256));
	ck_assert_ptr_null(jwk_find(s, STR(""), JW_ES256));
	ck_assert_ptr_nonnull(jwk_find(s, STR("same"), JW_EDDSA));
	signer_release(&other);
}
END_TEST

START_TEST(a_set_that_shows_a_secret_is_not_believed_at_all)
{
	static const char *const members[] = {"d", "p", "q", "dp", "dq", "qi", "oth", "k"};
	begin();
	for (size_t i = 0; i < ARRAY_SIZE(members); i++) {
		CLEANUP(buf_release) struct buf keys = BUF_INIT(BUF_MAX);
		CLEANUP_FREE char *more = mem_printf("\"%s\":\"AQAB\"", members[i]);
		struct jwk_set *s = NULL;
		signer_jwk(&ed, "good", "", &keys);
		buf_add_char(&keys, ',');
		signer_jwk(&rsa, "bad", more, &keys);
		assert_err(parse(buf_cstr(&keys), &s), ERR_INVALID,
			   "key 2 shows a private or shared key");
	}
	struct jwk_set *s = NULL;
	assert_err(parse("{\"kty\":\"oct\",\"k\":\"c2VjcmV0\"}", &s), ERR_INVALID, "(k)");
}
END_TEST

START_TEST(what_is_no_set_is_refused)
{
	static const struct {
		const char *json;
		int code;
	} bad[] = {{"", ERR_SYNTAX},
		   {"{", ERR_SYNTAX},
		   {"[]", ERR_INVALID},
		   {"{}", ERR_INVALID},
		   {"{\"keys\":{}}", ERR_INVALID},
		   {"{\"keys\":null}", ERR_INVALID},
		   {"{\"keys\":[]}", ERR_INVALID},
		   {"{\"keys\":[5]}", ERR_INVALID},
		   {"{\"keys\":[[]]}", ERR_INVALID},
		   {"{\"keys\":[],\"keys\":[]}", ERR_SYNTAX},
		   {"{\"keys\":[{\"kty\":\"RSA\",\"kty\":\"EC\"}]}", ERR_SYNTAX}};
	begin();
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct jwk_set *s = NULL;
		int rc = jwk_set_parse(str_of(bad[i].json), NULL, &s, &support_err);
		ck_assert_msg(rc == bad[i].code || (bad[i].code == ERR_SYNTAX && rc == ERR_INVALID),
			      "%s: %s", bad[i].json, err_text(rc));
		ck_assert_ptr_null(s);
	}
}
END_TEST

START_TEST(a_set_has_its_size)
{
	CLEANUP(buf_release) struct buf keys = BUF_INIT(BUF_MAX);
	struct jwk_set *s = NULL;
	begin();
	for (int i = 0; i < JWK_SET_MAX; i++) {
		char kid[16];
		snprintf(kid, sizeof(kid), "k%d", i);
		if (i)
			buf_add_char(&keys, ',');
		signer_jwk(&ed, kid, "", &keys);
	}
	s = set_of(buf_cstr(&keys));
	ck_assert_uint_eq(jwk_set_count(s), JWK_SET_MAX);
	jwk_set_free(s);
	s = NULL;
	buf_add_char(&keys, ',');
	signer_jwk(&ed, "more", "", &keys);
	assert_err(parse(buf_cstr(&keys), &s), ERR_TOO_LARGE, "more than 64 keys");
	CLEANUP(buf_release) struct buf big = BUF_INIT(BUF_MAX);
	buf_add_repeat(&big, ' ', JWK_SET_BYTES);
	buf_addz(&big, "{}");
	assert_err(jwk_set_parse(buf_str(&big), NULL, &s, &support_err), ERR_TOO_LARGE, "");
}
END_TEST

static const struct support_case cases[] = {
	CASE_SLOW(keys_are_found_by_name_and_kind, 30),
	CASE_SLOW(a_key_verifies_its_own_algorithm_alone, 30),
	CASE(names_of_algorithms_are_exact),
	CASE_SLOW(weak_keys_are_left_out, 60),
	CASE_SLOW(keys_of_other_kinds_and_uses_are_left_out, 30),
	CASE_SLOW(a_point_is_on_its_curve, 30),
	CASE_SLOW(two_keys_of_one_name_and_kind_are_none, 30),
	CASE_SLOW(a_set_that_shows_a_secret_is_not_believed_at_all, 30),
	CASE_SLOW(what_is_no_set_is_refused, 30),
	CASE_SLOW(a_set_has_its_size, 30),
	{0}};

int main(void)
{
	return support_main("agent/gateway_jwk", cases);
}
