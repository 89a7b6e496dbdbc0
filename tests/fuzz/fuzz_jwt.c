/*
 * Tokens and key sets: what anybody may send, and what an issuer may answer. Nothing that is not signed may be taken; what is taken apart must lie within
 * what was sent; a set must find only keys that it counts.
 */
#include <string.h>

#include "agent/gateway/jwk.h"
#include "agent/gateway/jwt.h"
#include "agent/gateway/oidc_claims.h"
#include "base/crypto.h"
#include "base/mem.h"
#include "tests/fuzz/fuzz.h"

#define INPUT_MAX 65536

static struct str any[] = {STR("**")}, all[] = {STR("*")};
static struct agent_claim claim = {STR("sub"), {any, 1}};
static struct agent_oidc_rule rule = {STR("viewer"), {all, 1}, {&claim, 1}};
static const struct agent_oidc issuer = {.key = STR("i"),
					 .issuer = STR("https://i.example"),
					 .name = STR("email"),
					 .leeway_ms = 30000,
					 .lifetime_ms = 86400000,
					 .rules = {&rule, 1}};

static void check_base64(struct str text)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(INPUT_MAX), back = BUF_INIT(2 * INPUT_MAX);
	if (!base64url_decode(text, &out))
		return;
	base64url_add(&back, out.data, out.len);
	/* One text for each value. */
	FUZZ_CHECK(str_eq(buf_str(&back), text));
}

static void check_claims(struct arena *a, const struct doc_node *claims)
{
	struct gw_principal who;
	struct err err = ERR_INIT;
	if (oidc_claims_check(&issuer, STR("aspora"), claims, 1700000000000, &err) < 0) {
		FUZZ_CHECK(err.code == ERR_UNAUTHENTICATED && err.msg[0]);
		return;
	}
	int rc = oidc_principal(&issuer, a, claims, &who, &err);
	FUZZ_CHECK(rc == 0 && who.role == GW_VIEWER && strcmp(who.domains, "*") == 0);
	FUZZ_CHECK(strlen(who.id) == KEY_ID && who.subject[0] && strlen(who.subject) < GW_NAME_MAX);
	for (const char *p = who.actor; *p; p++)
		FUZZ_CHECK(*p > ' ' && *p < 0x7f);
}

/* None of these keys has signed it: they are of this moment. */
static void check_unsigned(const struct jwk_set *s, const struct jwt *t)
{
	for (int alg = JW_RS256; alg <= JW_EDDSA; alg++) {
		const struct jwk *k = jwk_find(s, t->kid, (enum jw_alg)alg);
		FUZZ_CHECK(!k || !jwk_verify(k, (enum jw_alg)alg, t->signed_text, t->signature,
					     t->signature_len));
	}
}

static void check_token(struct str text, const struct jwk_set *s)
{
	struct arena *a = arena_new(16 << 20);
	struct err err = ERR_INIT;
	struct jwt t;
	int rc = jwt_parse(a, text, &t, &err);
	if (rc == 0) {
		FUZZ_CHECK(text.len <= JWT_MAX && t.alg.p && t.claims->type == DOC_MAP);
		FUZZ_CHECK(t.signed_text.p == text.p && t.signed_text.len < text.len);
		FUZZ_CHECK(t.signature_len > 0 && t.signature_len <= JWT_SIGNATURE_MAX &&
			   t.kid.len <= JWT_KID_MAX);
		check_unsigned(s, &t);
		check_claims(a, t.claims);
	} else {
		FUZZ_CHECK(rc == ERR_UNAUTHENTICATED &&
			   strstr(err.msg, "the token is not valid: "));
	}
	arena_free(a);
}

static void check_set(struct str text)
{
	CLEANUP(jwk_set_freep) struct jwk_set *s = NULL;
	CLEANUP(buf_release) struct buf notes = BUF_INIT(BUF_MAX);
	struct err err = ERR_INIT;
	int rc = jwk_set_parse(text, &notes, &s, &err);
	FUZZ_CHECK((rc == 0) == (s != NULL));
	FUZZ_CHECK(rc == 0 || err.msg[0]);
	FUZZ_CHECK(rc < 0 || (jwk_set_count(s) > 0 && jwk_set_count(s) <= JWK_SET_MAX));
}

static struct jwk_set *own_set(void)
{
	CLEANUP(buf_release) struct buf json = BUF_INIT(4096);
	uint8_t public_key[SIGN_PUBLIC_SIZE], secret_key[SIGN_SECRET_SIZE];
	struct jwk_set *s = NULL;
	sign_keypair(public_key, secret_key);
	buf_addz(&json, "{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"");
	base64url_add(&json, public_key, sizeof(public_key));
	buf_addz(&json, "\"}]}");
	FUZZ_CHECK(jwk_set_parse(buf_str(&json), NULL, &s, NULL) == 0);
	return s;
}

/* "t" and a token, "k" and a key set, "p" and payload alone: so that claims are reached without a signature. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct jwk_set *own;
	if (!own && crypto_init(NULL) < 0)
		return 0;
	if (!own)
		own = own_set();
	if (size < 1 || size > INPUT_MAX)
		return 0;
	/* A copy of exactly this size, so that reading past it is seen. */
	CLEANUP_FREE char *exact = mem_dup(data + 1, size - 1);
	struct str text = str_make(exact, size - 1);
	if (data[0] == 't') {
		check_token(text, own);
	} else if (data[0] == 'k') {
		check_set(text);
	} else if (data[0] == 'p') {
		struct arena *a = arena_new(16 << 20);
		const struct doc_node *claims = NULL;
		if (doc_parse_json(a, text, &doc_limits_json, "claims", &claims, NULL) == 0 &&
		    claims->type == DOC_MAP)
			check_claims(a, claims);
		arena_free(a);
	} else {
		check_base64(text);
	}
	return 0;
}
