/*
 * Tokens: what is taken, and a table of what must not be, each with the words that say why. The bad ones are signed by the right key unless the
 * signature is what is wrong, so that nothing else refuses them.
 */
#include "agent/gateway/oidc.h"

#include "agent/gateway/jwt.h"
#include "base/io.h"
#include "base/json.h"
#include "base/mem.h"
#include "tests/unit/agent/help_sign.h"
#include "tests/unit/support.h"

#define NOW 1700000000
#define MS 1000LL

static struct clock_fake fake = {NOW * MS, 1000000};
static struct clock clock_of_test;
static struct agent_config *config;
static struct gw_oidc *oidc;
static struct oidc_issuer *issuer;
static struct arena *arena;
static struct gw_principal who;
static struct signer rsa, rsa2, p256, ed, stranger, stranger_ec, stranger_ed;
static struct buf token = BUF_INIT(BUF_MAX);

static const char conf[] =
	"oidc:\n"
	"  house:\n"
	"    issuer: https://issuer.example\n"
	"    audience: aspora\n"
	"    algorithms: [RS256, PS256, ES256, EdDSA]\n"
	"    rules:\n"
	"    - {role: operator, domains: [ecm, frm], claims: {team: blue}}\n"
	"    - {role: viewer, domains: [\"*\"], claims: {groups: [staff, \"guests/*\"]}}\n"
	"  narrow:\n"
	"    issuer: https://narrow.example/\n"
	"    audience: aspora\n"
	"    algorithms: [ES256]\n"
	"    rules: [{role: admin, domains: [\"*\"], claims: {sub: root}}]\n";

/* What oidc_ask_keys() brings, of these members of "keys". */
static void give_keys(struct oidc_issuer *i, const char *keys)
{
	CLEANUP(buf_release) struct buf set = BUF_INIT(BUF_MAX), answer = BUF_INIT(BUF_MAX);
	struct json j;
	buf_addf(&set, "{\"keys\":[%s]}", keys);
	json_init(&j, &answer);
	json_object(&j);
	json_str(&j, "keys", buf_str(&set));
	json_end(&j);
	assert_ok(oidc_issuer_take(oidc, i, buf_str(&answer), &support_err));
}

static void begin(void)
{
	CLEANUP_FREE char *path = mem_printf("%s/asporad.conf", support_dir());
	CLEANUP(buf_release) struct buf keys = BUF_INIT(BUF_MAX);
	assert_ok(crypto_init(&support_err));
	assert_ok(io_write_file(path, str_of(conf), 0600, &support_err));
	assert_ok(agent_config_load(path, &config, &support_err));
	clock_of_test = clock_fake_of(&fake);
	oidc = gw_oidc_new(config, NULL, &clock_of_test);
	issuer = gw_oidc_find(oidc, STR("house"));
	arena = arena_new(64 << 20);
	signer_make(&rsa, SIGNER_RSA, 2048);
	signer_make(&rsa2, SIGNER_RSA, 2048);
	signer_make(&p256, SIGNER_P256, 0);
	signer_make(&ed, SIGNER_ED25519, 0);
	signer_make(&stranger, SIGNER_RSA, 2048);
	signer_make(&stranger_ec, SIGNER_P256, 0);
	signer_make(&stranger_ed, SIGNER_ED25519, 0);
	signer_jwk(&rsa, "r1", "\"use\":\"sig\"", &keys);
	buf_add_char(&keys, ',');
	signer_jwk(&rsa2, "p1", "\"alg\":\"PS256\"", &keys);
	buf_add_char(&keys, ',');
	signer_jwk(&p256, "e1", "", &keys);
	buf_add_char(&keys, ',');
	signer_jwk(&ed, "d1", "", &keys);
	give_keys(issuer, buf_cstr(&keys));
}

static int check(void)
{
	return gw_oidc_check(oidc, arena, buf_str(&token), &who, &support_err);
}

#define H(alg, kid) "{\"alg\":\"" alg "\",\"kid\":\"" kid "\",\"typ\":\"JWT\"}"
#define HX(more) "{\"alg\":\"RS256\",\"kid\":\"r1\"," more "}"
#define RS H("RS256", "r1")
#define CLAIMS(iss, aud, times, more)                                                              \
	"{\"iss\":" iss ",\"sub\":\"ana\",\"aud\":" aud "," times ",\"team\":\"blue\"" more "}"
#define ISS "\"https://issuer.example\""
#define AUD "\"aspora\""
#define TIMES "\"iat\":1700000000,\"nbf\":1700000000,\"exp\":1700000300"
#define GOOD CLAIMS(ISS, AUD, TIMES, "")
#define WITH_ISS(v) CLAIMS(v, AUD, TIMES, "")
#define WITH_AUD(v) CLAIMS(ISS, v, TIMES, "")
#define WITH_TIMES(v) CLAIMS(ISS, AUD, v, "")
#define WITH_EXP(v) WITH_TIMES("\"exp\":" v)
#define WITH_NBF(v) WITH_TIMES("\"exp\":1700000300,\"nbf\":" v)
#define WITH_IAT(v) WITH_TIMES("\"exp\":1700000300,\"iat\":" v)
#define WITH_SUB(v) "{\"iss\":" ISS ",\"sub\":" v ",\"aud\":" AUD "," TIMES ",\"team\":\"blue\"}"

/* --- what is taken -------------------------------------------------------------------------------------------------------- */

static const struct good {
	struct signer *by;
	enum sign_how how;
	const char *header, *payload;
} goods[] = {
	{&rsa, SIGN_PLAIN, RS, GOOD},
	{&rsa, SIGN_PSS, H("PS256", "r1"), GOOD},
	{&rsa2, SIGN_PSS, H("PS256", "p1"), GOOD},
	{&p256, SIGN_PLAIN, H("ES256", "e1"), GOOD},
	{&ed, SIGN_PLAIN, H("EdDSA", "d1"), GOOD},
	/* Without a name, where only one key of the kind is there. */
	{&p256, SIGN_PLAIN, "{\"alg\":\"ES256\"}", GOOD},
	{&ed, SIGN_PLAIN, "{\"alg\":\"EdDSA\"}", GOOD},
	{&rsa, SIGN_PLAIN, "{\"alg\":\"RS256\"}", GOOD},
	{&rsa, SIGN_PLAIN, HX("\"typ\":\"at+jwt\""), GOOD},
	{&rsa, SIGN_PLAIN, HX("\"typ\":\"application/AT+JWT\""), GOOD},
	{&rsa, SIGN_PLAIN, HX("\"typ\":\"jwt\",\"x5t\":\"abc\",\"x5t#S256\":\"abc\""), GOOD},
	{&rsa, SIGN_PLAIN, RS, WITH_AUD("[\"aspora\"]")},
	{&rsa, SIGN_PLAIN, RS, WITH_AUD("[\"other\",\"aspora\"]")},
	/* To the second: leeway is 30 s, lifetime 24 h. */
	{&rsa, SIGN_PLAIN, RS, WITH_EXP("1699999971")},
	{&rsa, SIGN_PLAIN, RS, WITH_EXP("1700086430")},
	{&rsa, SIGN_PLAIN, RS, WITH_NBF("1700000030")},
	{&rsa, SIGN_PLAIN, RS, WITH_IAT("1700000030")},
	{&rsa, SIGN_PLAIN, RS, WITH_IAT("0")},
};

START_TEST(a_token_says_who_asks)
{
	begin();
	for (size_t i = 0; i < ARRAY_SIZE(goods); i++) {
		sign_token(goods[i].by, goods[i].how, goods[i].header, goods[i].payload, &token);
		int rc = check();
		ck_assert_msg(rc == 0, "%s %s: %s", goods[i].header, goods[i].payload,
			      support_err.msg);
	}
	sign_token(&rsa, SIGN_PLAIN, RS, GOOD, &token);
	assert_ok(check());
	ck_assert_str_eq(who.name, "ana");
	ck_assert_str_eq(who.subject, "ana");
	ck_assert_str_eq(who.actor, "oidc:house:ana");
	ck_assert_str_eq(who.issuer, "house");
	ck_assert_str_eq(who.role_name, "operator");
	ck_assert_uint_eq(who.role, GW_OPERATOR);
	ck_assert_str_eq(who.domains, "ecm,frm");
	ck_assert_int_eq(who.expires_ms, 1700000300 * MS);
	ck_assert_uint_eq(strlen(who.id), KEY_ID);
	ck_assert(strncmp(who.id, "oidc_", 5) == 0);
}
END_TEST

/* --- what is not ------------------------------------------------------------------------------------------------------------ */

static const struct bad {
	struct signer *by;
	enum sign_how how;
	const char *header, *payload, *words;
} bads[] = {
	/* Algorithms: none in all its spellings, shared secrets, and what is not this issuer's. */
	{&rsa, SIGN_NOTHING, H("none", "r1"), GOOD, "not of three parts"},
	{&rsa, SIGN_PLAIN, H("none", "r1"), GOOD, "its algorithm none is not one of"},
	{&rsa, SIGN_PLAIN, H("None", "r1"), GOOD, "its algorithm None"},
	{&rsa, SIGN_PLAIN, H("NONE", "r1"), GOOD, "its algorithm NONE"},
	{&rsa, SIGN_PLAIN, H("nOnE", "r1"), GOOD, "its algorithm nOnE"},
	{&rsa, SIGN_PLAIN, H("", "r1"), GOOD, "its algorithm  is not"},
	{&rsa, SIGN_HS256_PEM, H("HS256", "r1"), GOOD, "its algorithm HS256"},
	{&p256, SIGN_HS256_PEM, H("HS256", "e1"), GOOD, "its algorithm HS256"},
	{&rsa, SIGN_HS256_EMPTY, H("HS256", "r1"), GOOD, "its algorithm HS256"},
	{&rsa, SIGN_HS256_PEM, H("HS384", "r1"), GOOD, "its algorithm HS384"},
	{&rsa, SIGN_HS256_PEM, H("HS512", "r1"), GOOD, "its algorithm HS512"},
	{&rsa, SIGN_PLAIN, H("rs256", "r1"), GOOD, "its algorithm rs256"},
	{&rsa, SIGN_PLAIN, H("RS256 ", "r1"), GOOD, "its algorithm RS256 "},
	{&rsa, SIGN_PLAIN, H("RS384", "r1"), GOOD, "its algorithm RS384"},
	{&rsa, SIGN_PLAIN, H("RS512", "r1"), GOOD, "its algorithm RS512"},
	{&rsa, SIGN_PLAIN, H("RS1", "r1"), GOOD, "its algorithm RS1"},
	{&rsa, SIGN_PLAIN, H("RSA-OAEP", "r1"), GOOD, "its algorithm RSA-OAEP"},
	{&p256, SIGN_PLAIN, H("ES256K", "e1"), GOOD, "its algorithm ES256K"},
	{&p256, SIGN_PLAIN, H("ES384", "e1"), GOOD, "its algorithm ES384"},
	{&ed, SIGN_PLAIN, H("Ed448", "d1"), GOOD, "its algorithm Ed448"},
	{&ed, SIGN_PLAIN, H("dir", "d1"), GOOD, "its algorithm dir"},
	{&rsa, SIGN_PLAIN, "{\"kid\":\"r1\"}", GOOD, "no algorithm"},
	{&rsa, SIGN_PLAIN, "{\"alg\":null,\"kid\":\"r1\"}", GOOD, "no algorithm"},
	{&rsa, SIGN_PLAIN, "{\"alg\":[\"RS256\"],\"kid\":\"r1\"}", GOOD, "no algorithm"},
	{&rsa, SIGN_PLAIN, "{\"alg\":5,\"kid\":\"r1\"}", GOOD, "no algorithm"},

	/* Keys of one kind for algorithms of another. */
	{&rsa, SIGN_PLAIN, H("ES256", "r1"), GOOD, "its key (kid) is not one of house"},
	{&rsa, SIGN_PLAIN, H("EdDSA", "r1"), GOOD, "its key (kid)"},
	{&p256, SIGN_PLAIN, H("RS256", "e1"), GOOD, "its key (kid)"},
	{&p256, SIGN_PLAIN, H("EdDSA", "e1"), GOOD, "its key (kid)"},
	{&ed, SIGN_PLAIN, H("RS256", "d1"), GOOD, "its key (kid)"},
	{&ed, SIGN_PLAIN, H("ES256", "d1"), GOOD, "its key (kid)"},
	{&rsa2, SIGN_PLAIN, H("RS256", "p1"), GOOD, "its key (kid)"}, /* a key for PS256 only */

	/* Names of keys. */
	{&rsa, SIGN_PLAIN, H("RS256", "r2"), GOOD, "its key (kid)"},
	{&rsa, SIGN_PLAIN, H("RS256", "R1"), GOOD, "its key (kid)"},
	{&rsa, SIGN_PLAIN, H("RS256", "r1 "), GOOD, "its key (kid)"},
	{&rsa, SIGN_PLAIN, H("RS256", "../../dev/null"), GOOD, "its key (kid)"},
	{&rsa, SIGN_PLAIN, H("RS256", "' or 1=1 --"), GOOD, "its key (kid)"},
	{&rsa, SIGN_PLAIN, H("RS256", "https://evil.example/keys"), GOOD, "its key (kid)"},
	{&rsa, SIGN_PLAIN, H("RS256", ""), GOOD, "by no text of 1 to 256 bytes"},
	{&rsa, SIGN_PLAIN, "{\"alg\":\"RS256\",\"kid\":1}", GOOD, "by no text of 1"},
	{&rsa, SIGN_PLAIN, "{\"alg\":\"RS256\",\"kid\":null}", GOOD, "by no text of 1"},
	{&rsa, SIGN_PLAIN, "{\"alg\":\"RS256\",\"kid\":[\"r1\"]}", GOOD, "by no text of 1"},
	{&rsa, SIGN_PLAIN, "{\"alg\":\"RS256\",\"kid\":\"r1\\u0000\"}", GOOD, "its header: "},
	/* Two keys can do PS256: which is meant? */
	{&rsa, SIGN_PSS, "{\"alg\":\"PS256\"}", GOOD, "its key (kid)"},

	/* Headers that would have us do something. */
	{&rsa, SIGN_PLAIN, HX("\"jwk\":{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}"), GOOD,
	 "brings its own key (jwk)"},
	{&rsa, SIGN_PLAIN, HX("\"jwk\":null"), GOOD, "brings its own key (jwk)"},
	{&rsa, SIGN_PLAIN, HX("\"jku\":\"https://evil.example/jwks\""), GOOD, "(jku)"},
	{&rsa, SIGN_PLAIN, HX("\"jku\":\"https://issuer.example/jwks\""), GOOD, "(jku)"},
	{&rsa, SIGN_PLAIN, HX("\"x5u\":\"https://evil.example/c\""), GOOD, "(x5u)"},
	{&rsa, SIGN_PLAIN, HX("\"x5c\":[\"MIIB\"]"), GOOD, "(x5c)"},
	{&rsa, SIGN_PLAIN, HX("\"crit\":[\"exp\"],\"exp\":1"), GOOD, "(crit)"},
	{&rsa, SIGN_PLAIN, HX("\"crit\":[]"), GOOD, "(crit)"},
	{&rsa, SIGN_PLAIN, HX("\"crit\":\"b64\""), GOOD, "(crit)"},
	{&rsa, SIGN_PLAIN, HX("\"b64\":false,\"crit\":[\"b64\"]"), GOOD, "(crit)"},
	{&rsa, SIGN_PLAIN, HX("\"b64\":false"), GOOD, "(b64)"},
	{&rsa, SIGN_PLAIN, HX("\"b64\":true"), GOOD, "(b64)"},
	{&rsa, SIGN_PLAIN, HX("\"zip\":\"DEF\""), GOOD, "(zip)"},
	{&rsa, SIGN_PLAIN, HX("\"enc\":\"A128GCM\""), GOOD, "(enc)"},
	{&rsa, SIGN_PLAIN, HX("\"epk\":{}"), GOOD, "(epk)"},
	{&rsa, SIGN_PLAIN, HX("\"cty\":\"JWT\""), GOOD, "holds another token (cty)"},
	{&rsa, SIGN_PLAIN, HX("\"typ\":\"logout+jwt\""), GOOD, "another kind (typ)"},
	{&rsa, SIGN_PLAIN, HX("\"typ\":\"dpop+jwt\""), GOOD, "another kind (typ)"},
	{&rsa, SIGN_PLAIN, HX("\"typ\":\"secevent+jwt\""), GOOD, "another kind (typ)"},
	{&rsa, SIGN_PLAIN, HX("\"typ\":\"JWE\""), GOOD, "another kind (typ)"},
	{&rsa, SIGN_PLAIN, HX("\"typ\":\"\""), GOOD, "another kind (typ)"},
	{&rsa, SIGN_PLAIN, HX("\"typ\":[\"JWT\"]"), GOOD, "another kind (typ)"},
	{&rsa, SIGN_PLAIN, HX("\"typ\":null"), GOOD, "another kind (typ)"},

	/* Headers that are no objects of distinct names. */
	{&rsa, SIGN_PLAIN, "{\"alg\":\"none\",\"alg\":\"RS256\",\"kid\":\"r1\"}", GOOD,
	 "its header: "},
	{&rsa, SIGN_PLAIN, "{\"alg\":\"RS256\",\"kid\":\"x\",\"kid\":\"r1\"}", GOOD,
	 "its header: "},
	{&rsa, SIGN_PLAIN, "{\"alg\":\"RS256\",\"\\u0061lg\":\"none\"}", GOOD, "its header: "},
	{&rsa, SIGN_PLAIN, "[\"RS256\"]", GOOD, "its header is not a JSON object"},
	{&rsa, SIGN_PLAIN, "\"RS256\"", GOOD, "its header"},
	{&rsa, SIGN_PLAIN, "{\"alg\":\"RS256\",\"kid\":\"r1\"", GOOD, "its header: "},
	{&rsa, SIGN_PLAIN, "{\"alg\":\"RS256\",\"kid\":\"r1\"}x", GOOD, "its header: "},
	{&rsa, SIGN_PLAIN, "{'alg':'RS256'}", GOOD, "its header: "},
	{&rsa, SIGN_PLAIN, "\xef\xbb\xbf{\"alg\":\"RS256\",\"kid\":\"r1\"}", GOOD, "its header: "},
	{&rsa, SIGN_PLAIN, "{\"alg\":\"RS256\",\"kid\":\"r1\",\"x\":\"\xff\"}", GOOD,
	 "its header: "},
	{&rsa, SIGN_PLAIN, "{\"alg\":\"RS256\",\"kid\":\"r1\",\"x\":NaN}", GOOD, "its header: "},
	{&rsa, SIGN_PLAIN, HX("\"x\":[[[[[[[[[[1]]]]]]]]]]"), GOOD, "its header: "},

	/* Signatures of somebody else, of another algorithm, or in another form. */
	{&stranger, SIGN_PLAIN, RS, GOOD, "its signature does not hold"},
	{&stranger, SIGN_PSS, H("PS256", "r1"), GOOD, "its signature does not hold"},
	{&stranger_ec, SIGN_PLAIN, H("ES256", "e1"), GOOD, "its signature does not hold"},
	{&stranger_ed, SIGN_PLAIN, H("EdDSA", "d1"), GOOD, "its signature does not hold"},
	{&rsa2, SIGN_PLAIN, RS, GOOD, "its signature does not hold"},
	{&rsa, SIGN_PSS, RS, GOOD, "its signature does not hold"},
	{&rsa, SIGN_PLAIN, H("PS256", "r1"), GOOD, "its signature does not hold"},
	{&rsa, SIGN_PSS_SHORT, H("PS256", "r1"), GOOD, "its signature does not hold"},
	{&rsa, SIGN_SHA1, RS, GOOD, "its signature does not hold"},
	{&p256, SIGN_DER, H("ES256", "e1"), GOOD, "its signature does not hold"},
	{&ed, SIGN_PLAIN, RS, GOOD, "its signature does not hold"},
	{&p256, SIGN_PLAIN, RS, GOOD, "its signature does not hold"},
	{&rsa, SIGN_PLAIN, H("ES256", "e1"), GOOD, "its signature does not hold"},
	{&rsa, SIGN_PLAIN, H("EdDSA", "d1"), GOOD, "its signature does not hold"},
	{&rsa, SIGN_HS256_PEM, RS, GOOD, "its signature does not hold"},
	{&rsa, SIGN_NOTHING, RS, GOOD, "not of three parts"},

	/* Issuers. */
	{&rsa, SIGN_PLAIN, RS, WITH_ISS("\"https://issuer.example/\""), "its issuer (iss) is none"},
	{&rsa, SIGN_PLAIN, RS, WITH_ISS("\"https://Issuer.example\""), "its issuer (iss)"},
	{&rsa, SIGN_PLAIN, RS, WITH_ISS("\"http://issuer.example\""), "its issuer (iss)"},
	{&rsa, SIGN_PLAIN, RS, WITH_ISS("\"https://issuer.example:443\""), "its issuer (iss)"},
	{&rsa, SIGN_PLAIN, RS, WITH_ISS("\"https://issuer.example.evil.example\""),
	 "its issuer (iss)"},
	{&rsa, SIGN_PLAIN, RS, WITH_ISS("\"https://evil.example#https://issuer.example\""),
	 "its issuer (iss)"},
	{&rsa, SIGN_PLAIN, RS, WITH_ISS("\" https://issuer.example\""), "its issuer (iss)"},
	{&rsa, SIGN_PLAIN, RS, WITH_ISS("\"\""), "its issuer (iss)"},
	{&rsa, SIGN_PLAIN, RS, WITH_ISS("[\"https://issuer.example\"]"), "its issuer (iss)"},
	{&rsa, SIGN_PLAIN, RS, WITH_ISS("null"), "its issuer (iss)"},
	{&rsa, SIGN_PLAIN, RS, "{\"sub\":\"ana\",\"aud\":\"aspora\",\"exp\":1700000300}",
	 "its issuer (iss)"},
	{&rsa, SIGN_PLAIN, RS, CLAIMS(ISS, AUD, TIMES, ",\"iss\":\"https://issuer.example\""),
	 "its payload: "},
	/* Keys of one issuer say nothing for another, and its algorithms are its own. */
	{&rsa, SIGN_PLAIN, RS, WITH_ISS("\"https://narrow.example/\""), "oidc.narrow.algorithms"},

	/* Audiences. */
	{&rsa, SIGN_PLAIN, RS, WITH_AUD("\"aspora2\""), "it is not for \"aspora\" (aud)"},
	{&rsa, SIGN_PLAIN, RS, WITH_AUD("\"aspor\""), "it is not for \"aspora\""},
	{&rsa, SIGN_PLAIN, RS, WITH_AUD("\"Aspora\""), "it is not for"},
	{&rsa, SIGN_PLAIN, RS, WITH_AUD("\"aspora \""), "it is not for"},
	{&rsa, SIGN_PLAIN, RS, WITH_AUD("\"aspora,other\""), "it is not for"},
	{&rsa, SIGN_PLAIN, RS, WITH_AUD("\"\""), "it is not for"},
	{&rsa, SIGN_PLAIN, RS, WITH_AUD("[]"), "it is not for"},
	{&rsa, SIGN_PLAIN, RS, WITH_AUD("[\"a\",\"b\"]"), "it is not for"},
	{&rsa, SIGN_PLAIN, RS, WITH_AUD("[[\"aspora\"]]"), "neither text nor a list"},
	{&rsa, SIGN_PLAIN, RS, WITH_AUD("[\"aspora\",5]"), "neither text nor a list"},
	{&rsa, SIGN_PLAIN, RS, WITH_AUD("{\"aspora\":true}"), "neither text nor a list"},
	{&rsa, SIGN_PLAIN, RS, WITH_AUD("true"), "neither text nor a list"},
	{&rsa, SIGN_PLAIN, RS, WITH_AUD("null"), "neither text nor a list"},
	{&rsa, SIGN_PLAIN, RS,
	 WITH_AUD("[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\",\"10\",\"11\",\"12\","
		  "\"13\",\"14\",\"15\",\"16\",\"aspora\"]"),
	 "neither text nor a list of at most 16"},
	{&rsa, SIGN_PLAIN, RS,
	 "{\"iss\":" ISS ",\"sub\":\"ana\",\"azp\":\"aspora\",\"exp\":1700000300}", "no audience"},

	/* Times, one past each bound, and what is no time. */
	{&rsa, SIGN_PLAIN, RS, WITH_EXP("1699999970"),
	 "it has expired at 2023-11-14T22:12:50.000Z (exp)"},
	{&rsa, SIGN_PLAIN, RS, WITH_EXP("0"), "it has expired"},
	{&rsa, SIGN_PLAIN, RS, WITH_EXP("1700086431"),
	 "would live longer than oidc.house.lifetime"},
	{&rsa, SIGN_PLAIN, RS, WITH_EXP("253402300799"), "would live longer"},
	{&rsa, SIGN_PLAIN, RS, WITH_EXP("1000000000000000000"), "its exp is not a whole number"},
	{&rsa, SIGN_PLAIN, RS, WITH_EXP("99999999999999999999999"), "its payload: "},
	{&rsa, SIGN_PLAIN, RS, WITH_EXP("-1"), "its exp is not a whole number"},
	{&rsa, SIGN_PLAIN, RS, WITH_EXP("1700000300.5"), "its exp is not a whole number"},
	{&rsa, SIGN_PLAIN, RS, WITH_EXP("1.7000003e9"), "its exp is not a whole number"},
	{&rsa, SIGN_PLAIN, RS, WITH_EXP("\"1700000300\""), "its exp is not a whole number"},
	{&rsa, SIGN_PLAIN, RS, WITH_EXP("true"), "its exp is not a whole number"},
	{&rsa, SIGN_PLAIN, RS, WITH_EXP("null"), "its exp is not a whole number"},
	{&rsa, SIGN_PLAIN, RS, WITH_EXP("[1700000300]"), "its exp is not a whole number"},
	{&rsa, SIGN_PLAIN, RS, WITH_EXP("1700000300,\"exp\":1800000000"), "its payload: "},
	{&rsa, SIGN_PLAIN, RS, WITH_TIMES("\"iat\":1700000000"), "it has no end (exp)"},
	{&rsa, SIGN_PLAIN, RS, WITH_NBF("1700000031"), "not valid before 2023-11-14T22:13:51.000Z"},
	{&rsa, SIGN_PLAIN, RS, WITH_NBF("\"1700000000\""), "its nbf is not a whole number"},
	{&rsa, SIGN_PLAIN, RS, WITH_NBF("null"), "its nbf is not a whole number"},
	{&rsa, SIGN_PLAIN, RS, WITH_NBF("-5"), "its nbf is not a whole number"},
	{&rsa, SIGN_PLAIN, RS, WITH_IAT("1700000031"), "issued in the future"},
	{&rsa, SIGN_PLAIN, RS, WITH_IAT("1.5"), "its iat is not a whole number"},
	{&rsa, SIGN_PLAIN, RS, WITH_IAT("\"now\""), "its iat is not a whole number"},

	/* Subjects and payloads. */
	{&rsa, SIGN_PLAIN, RS, WITH_SUB("\"\""), "it names nobody (sub)"},
	{&rsa, SIGN_PLAIN, RS, WITH_SUB("5"), "it names nobody (sub)"},
	{&rsa, SIGN_PLAIN, RS, WITH_SUB("null"), "it names nobody (sub)"},
	{&rsa, SIGN_PLAIN, RS, WITH_SUB("[\"ana\"]"), "it names nobody (sub)"},
	{&rsa, SIGN_PLAIN, RS, WITH_SUB("\"a\\u0000b\""), "its payload: "},
	{&rsa, SIGN_PLAIN, RS, WITH_SUB("\"\\ud800\""), "its payload: "},
	{&rsa, SIGN_PLAIN, RS, CLAIMS(ISS, AUD, TIMES, ",\"sub\":\"root\""), "its payload: "},
	{&rsa, SIGN_PLAIN, RS, CLAIMS(ISS, AUD, TIMES, ",\"s\\u0075b\":\"root\""), "its payload: "},
	{&rsa, SIGN_PLAIN, RS, "[" GOOD "]", "its payload is not a JSON object"},
	{&rsa, SIGN_PLAIN, RS,
	 "\""
	 "ana"
	 "\"",
	 "its payload"},
	{&rsa, SIGN_PLAIN, RS, "true", "its payload"},
	{&rsa, SIGN_PLAIN, RS, "{}", "its issuer (iss)"},
	{&rsa, SIGN_PLAIN, RS, GOOD GOOD, "its payload: "},
	{&rsa, SIGN_PLAIN, RS, "eyJhbGciOiJub25lIn0.eyJzdWIiOiJyb290In0.",
	 "its payload: "}, /* a token in a token */
	{&rsa, SIGN_PLAIN, RS, CLAIMS(ISS, AUD, TIMES, ",\"x\":[[[[[[[[[[1]]]]]]]]]]"),
	 "its payload: "},
};

START_TEST(a_token_that_must_not_be_taken_says_why)
{
	begin();
	ck_assert_uint_ge(ARRAY_SIZE(bads), 120);
	for (size_t i = 0; i < ARRAY_SIZE(bads); i++) {
		const struct bad *b = &bads[i];
		sign_token(b->by, b->how, b->header, b->payload, &token);
		support_err = (struct err)ERR_INIT;
		int rc = check();
		ck_assert_msg(rc == ERR_UNAUTHENTICATED && strstr(support_err.msg, b->words),
			      "%zu: %s %s\ngave %s: \"%s\", wanted \"%s\"", i, b->header,
			      b->payload, err_text(rc), support_err.msg, b->words);
	}
}
END_TEST

/* --- its three parts ---------------------------------------------------------------------------------------------------------- */

static void refused(struct str text, const char *words)
{
	support_err = (struct err)ERR_INIT;
	int rc = gw_oidc_check(oidc, arena, text, &who, &support_err);
	ck_assert_msg(rc == ERR_UNAUTHENTICATED && strstr(support_err.msg, words),
		      "\"%.*s\" gave %s: \"%s\", wanted \"%s\"", (int)MIN(text.len, 200), text.p,
		      err_text(rc), support_err.msg, words);
}

/* The good token with something put in at a place: a part's beginning, its middle, its end. */
START_TEST(anything_beside_base64url_is_refused_anywhere)
{
	static const char *const odd[] = {"=", "==",  " ",	  "\n", "\r\n", "\t", "+",
					  "/", "%3D", "\xc3\xa9", "*",	"\"",	","};
	begin();
	sign_token(&rsa, SIGN_PLAIN, RS, GOOD, &token);
	struct str good = buf_str(&token);
	size_t first = (size_t)str_find_byte(good, '.', 0),
	       second = (size_t)str_find_byte(good, '.', first + 1);
	const size_t places[] = {0, first / 2, first, first + 1, second, second + 1, good.len};
	for (size_t i = 0; i < ARRAY_SIZE(odd); i++)
		for (size_t k = 0; k < ARRAY_SIZE(places); k++) {
			CLEANUP(buf_release) struct buf text = BUF_INIT(BUF_MAX);
			buf_add_str(&text, str_sub(good, 0, places[k]));
			buf_addz(&text, odd[i]);
			buf_add_str(&text, str_sub(good, places[k], good.len));
			refused(buf_str(&text), "is not base64url without padding");
		}
}
END_TEST

START_TEST(there_are_exactly_three_parts)
{
	begin();
	sign_token(&rsa, SIGN_PLAIN, RS, GOOD, &token);
	struct str good = buf_str(&token);
	size_t second = (size_t)str_find_byte(good, '.', (size_t)str_find_byte(good, '.', 0) + 1);
	static const char *const forms[] = {"%s.", ".%s", "%s.x", "x.%s", "%s..", "..%s"};
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		CLEANUP_FREE char *text = mem_printf(forms[i], buf_cstr(&token));
		refused(str_of(text), "not of three parts");
	}
	refused(str_sub(good, 0, second), "not of three parts");
	refused(str_sub(good, 0, second + 1), "not of three parts");
	static const char *const texts[] = {"", ".", "..", "...", "a", "a.b", "a..b", "a.b.c.d.e"};
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		refused(str_of(texts[i]), "not of three parts");
}
END_TEST

/* Each byte of the token replaced by another of the alphabet: nothing of it may be free. */
START_TEST(every_byte_counts)
{
	struct signer *const by[] = {&rsa, &p256, &ed};
	static const char *const headers[] = {RS, H("ES256", "e1"), H("EdDSA", "d1")};
	begin();
	for (size_t k = 0; k < ARRAY_SIZE(by); k++) {
		sign_token(by[k], SIGN_PLAIN, headers[k], GOOD, &token);
		assert_ok(check());
		for (size_t i = 0; i < token.len; i++) {
			char was = token.data[i];
			token.data[i] = was == 'A' ? 'B' : 'A';
			refused(buf_str(&token), "");
			token.data[i] = was;
		}
	}
}
END_TEST

/* The last character of a part carries bits that mean nothing: they must be zero, or one token would have several texts. */
START_TEST(unused_bits_are_zero)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(64);
	static const char *const bad[] = {"QR", "QUJDRB", "QQ==", "Q", "QUJDR", "QUI="};
	static const char *const good[] = {"QQ", "QUI", "QUJD", "", "-_-_"};
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		buf_reset(&out);
		ck_assert_msg(!base64url_decode(str_of(bad[i]), &out), "%s", bad[i]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		CLEANUP(buf_release) struct buf back = BUF_INIT(64);
		buf_reset(&out);
		ck_assert_msg(base64url_decode(str_of(good[i]), &out), "%s", good[i]);
		base64url_add(&back, out.data, out.len);
		ck_assert_str_eq(buf_cstr(&back), good[i]);
	}
}
END_TEST

/* A signature cut, lengthened, or of zeros. */
START_TEST(a_signature_has_its_length)
{
	struct signer *const by[] = {&rsa, &p256, &ed};
	static const char *const headers[] = {RS, H("ES256", "e1"), H("EdDSA", "d1")};
	static const int change[] = {-1, 1, -32, 32};
	begin();
	for (size_t k = 0; k < ARRAY_SIZE(by); k++)
		for (size_t c = 0; c <= ARRAY_SIZE(change); c++) {
			CLEANUP(buf_release)
			struct buf text = BUF_INIT(BUF_MAX), sig = BUF_INIT(BUF_MAX);
			base64url_add(&text, headers[k], strlen(headers[k]));
			buf_add_char(&text, '.');
			base64url_add(&text, GOOD, strlen(GOOD));
			sign_text(by[k], SIGN_PLAIN, buf_str(&text), &sig);
			size_t len = sig.len;
			buf_add_repeat(&sig, '\0', 64);
			if (c == ARRAY_SIZE(change))
				memset(sig.data, 0, len);
			else
				len = (size_t)((int)len + change[c]);
			buf_add_char(&text, '.');
			base64url_add(&text, sig.data, len);
			refused(buf_str(&text), "its signature does not hold");
		}
	sign_token(&rsa, SIGN_PLAIN, RS, GOOD, &token);
	buf_add_repeat(&token, 'A', 4 * JWT_SIGNATURE_MAX / 3);
	refused(buf_str(&token), "its signature is not base64url");
}
END_TEST

START_TEST(a_token_has_at_most_16_kib)
{
	begin();
	for (int over = 0; over < 2; over++) {
		CLEANUP(buf_release) struct buf payload = BUF_INIT(BUF_MAX);
		size_t pad = 11000;
		/* Base64 grows by thirds: find the filling that just fits. */
		do {
			buf_reset(&payload);
			buf_addz(&payload, "{\"iss\":" ISS ",\"sub\":\"ana\",\"aud\":" AUD "," TIMES
					   ",\"team\":\"blue\",\"x\":\"");
			buf_add_repeat(&payload, 'x', pad++);
			buf_addz(&payload, "\"}");
			sign_token(&ed, SIGN_PLAIN, H("EdDSA", "d1"), buf_cstr(&payload), &token);
		} while (token.len < JWT_MAX - 1 + 2 * (size_t)over);
		if (over)
			refused(buf_str(&token), "more than 16 KiB");
		else
			assert_ok(check());
	}
}
END_TEST

/* --- rules ---------------------------------------------------------------------------------------------------------------------- */

START_TEST(a_valid_token_for_which_no_rule_speaks_is_denied)
{
	static const struct {
		const char *team;
		const char *role; /* NULL: denied */
	} tries[] = {{"\"team\":\"blue\"", "operator"},
		     {"\"team\":\"green\"", NULL},
		     {"\"team\":\"Blue\"", NULL},
		     {"\"team\":\"blue \"", NULL},
		     {"\"team\":[\"red\",\"blue\"]", "operator"},
		     {"\"team\":[[\"blue\"]]", NULL},
		     {"\"team\":{\"blue\":1}", NULL},
		     {"\"team\":null", NULL},
		     {"\"teams\":\"blue\"", NULL},
		     {"\"groups\":[\"a\",\"staff\"]", "viewer"},
		     {"\"groups\":\"guests/x\"", "viewer"},
		     {"\"groups\":\"guests/x/y\"", NULL},
		     {"\"groups\":\"guests\"", NULL},
		     {"\"groups\":\"staff\",\"team\":\"blue\"", "operator"}};
	begin();
	for (size_t i = 0; i < ARRAY_SIZE(tries); i++) {
		CLEANUP_FREE char *payload =
			mem_printf("{\"iss\":" ISS ",\"sub\":\"ana\",\"aud\":" AUD "," TIMES ",%s}",
				   tries[i].team);
		sign_token(&ed, SIGN_PLAIN, H("EdDSA", "d1"), payload, &token);
		if (!tries[i].role) {
			assert_err(check(), ERR_DENIED, "no rule of oidc.house lets it in");
			continue;
		}
		assert_ok(check());
		ck_assert_str_eq(who.role_name, tries[i].role);
	}
}
END_TEST

/* --- keys that come and go ----------------------------------------------------------------------------------------------------- */

START_TEST(without_keys_a_token_waits_and_old_keys_serve_a_day)
{
	begin();
	struct oidc_issuer *narrow = gw_oidc_find(oidc, STR("narrow"));
	CLEANUP(buf_release) struct buf keys = BUF_INIT(BUF_MAX);
	const char *payload = "{\"iss\":\"https://narrow.example/\",\"sub\":\"root\",\"aud\":"
			      "\"aspora\",\"exp\":1700000300}";
	sign_token(&p256, SIGN_PLAIN, H("ES256", "e1"), payload, &token);
	assert_err(check(), ERR_UNAVAILABLE, "the keys of the issuer narrow are not known yet");
	ck_assert_int_eq(oidc_issuer_age_ms(narrow), -1);
	ck_assert_int_eq(oidc_issuer_asked_ms(narrow), fake.mono_ms);
	signer_jwk(&p256, "e1", "", &keys);
	give_keys(narrow, buf_cstr(&keys));
	assert_ok(check());
	ck_assert_str_eq(who.role_name, "admin");
	ck_assert(gw_covers_all(&who));
	fake.mono_ms += OIDC_STALE_MS;
	assert_ok(check());
	ck_assert_int_eq(oidc_issuer_age_ms(narrow), OIDC_STALE_MS);
	fake.mono_ms += 1;
	assert_err(check(), ERR_UNAVAILABLE, "not known yet");
	/* What comes and is none leaves what there was. */
	fake.mono_ms -= 1;
	assert_err(oidc_issuer_take(oidc, narrow, STR("{\"keys\":\"{}\"}"), &support_err),
		   ERR_INVALID, "it has no list of keys");
	assert_ok(check());
}
END_TEST

START_TEST(an_unknown_key_has_the_set_asked_for_once_in_a_while)
{
	begin();
	sign_token(&rsa, SIGN_PLAIN, H("RS256", "new"), GOOD, &token);
	assert_err(check(), ERR_UNAUTHENTICATED, "its key (kid)");
	int64_t asked = fake.mono_ms;
	ck_assert_int_eq(oidc_issuer_asked_ms(issuer), asked);
	fake.mono_ms += OIDC_AGAIN_MS - 1;
	assert_err(check(), ERR_UNAUTHENTICATED, "its key (kid)");
	ck_assert_int_eq(oidc_issuer_asked_ms(issuer), asked);
	fake.mono_ms += 1;
	assert_err(check(), ERR_UNAUTHENTICATED, "its key (kid)");
	ck_assert_int_eq(oidc_issuer_asked_ms(issuer), fake.mono_ms);
}
END_TEST

START_TEST(only_what_has_a_dot_is_taken_for_a_token)
{
	ck_assert(gw_oidc_looks_like(STR("a.b.c")) && gw_oidc_looks_like(STR(".")));
	ck_assert(!gw_oidc_looks_like(STR("aspora_00000000")) && !gw_oidc_looks_like(STR("")));
}
END_TEST

static const struct support_case cases[] = {
	CASE_SLOW(a_token_says_who_asks, 60),
	CASE_SLOW(a_token_that_must_not_be_taken_says_why, 60),
	CASE_SLOW(anything_beside_base64url_is_refused_anywhere, 60),
	CASE_SLOW(there_are_exactly_three_parts, 60),
	CASE_SLOW(every_byte_counts, 60),
	CASE(unused_bits_are_zero),
	CASE_SLOW(a_signature_has_its_length, 60),
	CASE_SLOW(a_token_has_at_most_16_kib, 60),
	CASE_SLOW(a_valid_token_for_which_no_rule_speaks_is_denied, 60),
	CASE_SLOW(without_keys_a_token_waits_and_old_keys_serve_a_day, 60),
	CASE_SLOW(an_unknown_key_has_the_set_asked_for_once_in_a_while, 60),
	CASE(only_what_has_a_dot_is_taken_for_a_token),
	{0}};

int main(void)
{
	return support_main("agent/gateway_oidc", cases);
}
