#include "agent/gateway/jwt.h"

#include "base/crypto.h"

#define NONE_TO_FOLLOW "it must not say which key to trust"

/* --- the parts -------------------------------------------------------------------------------------------------------- */

static int no_token(struct err *err, const char *why)
{
	return err_set(err, ERR_UNAUTHENTICATED, "the token is not valid: %s", why);
}

static int read_object(struct arena *a, struct str part, const char *name,
		       const struct doc_node **ret, struct err *err)
{
	static const struct doc_limits limits = {JWT_MAX, 8, 1000, JWT_MAX};
	CLEANUP(buf_release) struct buf text = BUF_INIT(JWT_MAX);
	struct err wrong = ERR_INIT;
	if (!base64url_decode(part, &text))
		return err_set(err, ERR_UNAUTHENTICATED,
			       "the token is not valid: its %s is not base64url without padding",
			       name);
	if (doc_parse_json(a, buf_str(&text), &limits, name, ret, &wrong) < 0)
		return err_set(err, ERR_UNAUTHENTICATED, "the token is not valid: its %s: %s", name,
			       wrong.msg);
	if ((*ret)->type != DOC_MAP)
		return err_set(err, ERR_UNAUTHENTICATED,
			       "the token is not valid: its %s is not a JSON object", name);
	return 0;
}

/* Members of a header that would have us do something, and why we do not. */
static const struct {
	const char *name, *why;
} refused[] = {
	{"jwk", "its header brings its own key (jwk); " NONE_TO_FOLLOW},
	{"jku", "its header names an address of keys (jku); " NONE_TO_FOLLOW},
	{"x5u", "its header names an address of certificates (x5u); " NONE_TO_FOLLOW},
	{"x5c", "its header brings its own certificates (x5c); " NONE_TO_FOLLOW},
	{"crit", "its header has extensions that must be understood (crit), and none is"},
	{"b64", "its payload is not encoded (b64)"},
	{"zip", "it is compressed (zip)"},
	{"enc", "it is encrypted (enc)"},
	{"cty", "it holds another token (cty)"},
	{"epk", "it is encrypted (epk)"},
};

/* Tokens of other kinds (of logout, of events, of possession) are signed by the same keys and mean something else. */
static bool is_kind(struct str typ)
{
	static const char *const kinds[] = {"JWT", "at+jwt"};
	struct str prefix = STR("application/");
	if (str_eq_nocase(str_sub(typ, 0, prefix.len), prefix))
		typ = str_sub(typ, prefix.len, typ.len);
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (str_eq_nocase(typ, str_of(kinds[i])))
			return true;
	return false;
}

static int check_header(const struct doc_node *header, struct jwt *ret, struct err *err)
{
	const struct doc_node *typ = doc_find(header, "typ"), *kid = doc_find(header, "kid");
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
		if (doc_find(header, refused[i].name))
			return no_token(err, refused[i].why);
	ret->alg = doc_text(header, "alg");
	if (!ret->alg.p)
		return no_token(err, "its header has no algorithm (alg)");
	if (typ && (typ->type != DOC_STRING || !is_kind(typ->text)))
		return no_token(err, "it is a token of another kind (typ)");
	if (kid && (kid->type != DOC_STRING || kid->text.len == 0 || kid->text.len > JWT_KID_MAX))
		return no_token(err, "its header names a key (kid) by no text of 1 to 256 bytes");
	ret->kid = kid ? kid->text : STR_NULL;
	return 0;
}

/* Exactly three, each with something in it. */
static bool split(struct str token, struct str parts[3])
{
	size_t n = 0;
	for (struct str piece, rest = token; str_split(&rest, '.', &piece); n++) {
		if (n == 3 || piece.len == 0)
			return false;
		parts[n] = piece;
	}
	return n == 3 && token.p[token.len - 1] != '.';
}

int jwt_parse(struct arena *a, struct str token, struct jwt *ret, struct err *err)
{
	CLEANUP(buf_release) struct buf signature = BUF_INIT(JWT_SIGNATURE_MAX);
	const struct doc_node *header = NULL;
	struct str parts[3];
	memset(ret, 0, sizeof(*ret));
	if (token.len > JWT_MAX)
		return no_token(err, "it has more than 16 KiB");
	if (!split(token, parts))
		return no_token(err, "it is not of three parts with dots between them");
	int rc = read_object(a, parts[0], "header", &header, err);
	if (rc == 0)
		rc = check_header(header, ret, err);
	if (rc == 0)
		rc = read_object(a, parts[1], "payload", &ret->claims, err);
	if (rc < 0)
		return rc;
	if (!base64url_decode(parts[2], &signature))
		return no_token(err, "its signature is not base64url without padding");
	memcpy(ret->signature, signature.data, signature.len);
	ret->signature_len = signature.len;
	ret->signed_text = str_make(token.p, parts[0].len + 1 + parts[1].len);
	return 0;
}
