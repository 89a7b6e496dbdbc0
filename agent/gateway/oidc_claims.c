#include "agent/gateway/oidc_claims.h"

#include "base/clock.h"

#define AUDIENCES_MAX 16
#define VALUES_MAX 1000 /* of one claim: groups of a large house */

static int bad(struct err *err, const char *fmt, ...) PRINTF(2, 3);
static int bad(struct err *err, const char *fmt, ...)
{
	char words[512];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(words, sizeof(words), fmt, ap);
	va_end(ap);
	return err_set(err, ERR_UNAUTHENTICATED, "the token is not valid: %s", words);
}

/* --- for us, and for now ------------------------------------------------------------------------------------------- */

static int check_audience(struct str audience, const struct doc_node *claims, struct err *err)
{
	const struct doc_node *aud = doc_find(claims, "aud");
	bool ours = false, fine = aud && (aud->type == DOC_STRING || aud->type == DOC_LIST);
	if (!aud)
		return bad(err, "it has no audience (aud)");
	if (aud->type == DOC_STRING)
		ours = str_eq(aud->text, audience);
	for (size_t i = 0; aud->type == DOC_LIST && i < aud->list.count; i++) {
		const struct doc_node *one = aud->list.items[i];
		fine = fine && one->type == DOC_STRING && i < AUDIENCES_MAX;
		ours = ours || (one->type == DOC_STRING && str_eq(one->text, audience));
	}
	if (!fine)
		return bad(err, "its audience (aud) is neither text nor a list of at most %d texts",
			   AUDIENCES_MAX);
	return ours ? 0 : bad(err, "it is not for \"%.*s\" (aud)", STR_ARG(audience));
}

/* Seconds since 1970 as a whole number that cannot overflow as milliseconds. *ret_ms stays -1 when absent. */
static int read_time(const struct doc_node *claims, const char *name, int64_t *ret_ms,
		     struct err *err)
{
	const struct doc_node *n = doc_find(claims, name);
	*ret_ms = -1;
	if (!n)
		return 0;
	if (n->type != DOC_INT || n->integer < 0 || n->integer > 253402300799 /* year 9999 */)
		return bad(err, "its %s is not a whole number of seconds", name);
	*ret_ms = n->integer * 1000;
	return 0;
}

static int check_times(const struct agent_oidc *o, const struct doc_node *claims, int64_t now_ms,
		       struct err *err)
{
	int64_t exp, nbf, iat;
	char at[32];
	int rc = read_time(claims, "exp", &exp, err);
	if (rc == 0)
		rc = read_time(claims, "nbf", &nbf, err);
	if (rc == 0)
		rc = read_time(claims, "iat", &iat, err);
	if (rc < 0)
		return rc;
	if (exp < 0)
		return bad(err, "it has no end (exp)");
	if (exp + o->leeway_ms <= now_ms)
		return bad(err, "it has expired at %s (exp)", clock_format(exp, at));
	if (exp - now_ms > o->lifetime_ms + o->leeway_ms)
		return bad(err, "it would live longer than oidc.%.*s.lifetime allows (exp)",
			   STR_ARG(o->key));
	if (nbf > now_ms + o->leeway_ms)
		return bad(err, "it is not valid before %s (nbf)", clock_format(nbf, at));
	if (iat > now_ms + o->leeway_ms)
		return bad(err, "it was issued in the future, at %s (iat)", clock_format(iat, at));
	return 0;
}

int oidc_claims_check(const struct agent_oidc *o, struct str audience,
		      const struct doc_node *claims, int64_t now_ms, struct err *err)
{
	struct str sub = doc_text(claims, "sub");
	if (!str_eq(doc_text(claims, "iss"), o->issuer))
		return bad(err, "it is not of %.*s (iss)", STR_ARG(o->issuer));
	int rc = check_audience(audience, claims, err);
	if (rc == 0)
		rc = check_times(o, claims, now_ms, err);
	if (rc == 0 && (sub.len == 0 || sub.len > OIDC_SUBJECT_MAX))
		rc = bad(err, "it names nobody (sub), or by more than %d bytes", OIDC_SUBJECT_MAX);
	return rc;
}

/* --- rules ------------------------------------------------------------------------------------------------------------ */

/* Two stars to go back to: the last "*" within its segment, and the last "**". Linear times the number of stars. */
bool oidc_glob(struct str p, struct str v)
{
	size_t pi = 0, vi = 0, one_p = SIZE_MAX, one_v = 0, two_p = SIZE_MAX, two_v = 0;
	for (;;) {
		if (pi + 1 < p.len && p.p[pi] == '*' && p.p[pi + 1] == '*') {
			two_p = pi += 2;
			two_v = vi;
			one_p = SIZE_MAX;
			continue;
		}
		if (pi < p.len && p.p[pi] == '*') {
			one_p = ++pi;
			one_v = vi;
			continue;
		}
		if (pi < p.len && vi < v.len && p.p[pi] == v.p[vi]) {
			pi++;
			vi++;
			continue;
		}
		if (pi == p.len && vi == v.len)
			return true;
		if (one_p != SIZE_MAX && one_v < v.len && v.p[one_v] != '/') {
			vi = ++one_v;
			pi = one_p;
		} else if (two_p != SIZE_MAX && two_v < v.len) {
			vi = ++two_v;
			pi = two_p;
			one_p = SIZE_MAX;
		} else {
			return false;
		}
	}
}

static bool value_holds(const struct agent_claim *c, const struct doc_node *n)
{
	/* Text, and what reads as text: true, 17. Never a number that is not written as it is compared. */
	if (n->type != DOC_STRING && n->type != DOC_BOOL && n->type != DOC_INT)
		return false;
	for (size_t i = 0; i < c->values.count; i++)
		if (oidc_glob(c->values.items[i], n->text))
			return true;
	return false;
}

/* An address that anybody may have typed in names nobody. */
static bool is_checked(const struct doc_node *claims)
{
	const struct doc_node *proof = doc_find(claims, "email_verified");
	return proof && str_eqz(proof->text, "true");
}

/* Anybody may claim an address that nobody has checked. */
static bool is_unproved(const struct agent_claim *c, const struct doc_node *claims)
{
	return str_eqz(c->key, "email") && !is_checked(claims);
}

static bool claim_holds(const struct agent_claim *c, const struct doc_node *claims)
{
	const struct doc_pair *pair = doc_find_pair(claims, c->key);
	if (!pair || is_unproved(c, claims))
		return false;
	const struct doc_node *n = pair->value;
	if (n->type != DOC_LIST)
		return value_holds(c, n);
	for (size_t i = 0; i < n->list.count && i < VALUES_MAX; i++)
		if (value_holds(c, n->list.items[i]))
			return true;
	return false;
}

static bool rule_holds(const struct agent_oidc_rule *r, const struct doc_node *claims)
{
	const struct agent_claim *list = r->claims.items;
	for (size_t i = 0; i < r->claims.count; i++)
		if (!claim_holds(&list[i], claims))
			return false;
	return r->claims.count > 0;
}

/* --- who it is --------------------------------------------------------------------------------------------------------- */

/* A name in logs and in the audit trail: printable ASCII, and what else there was as '?'. */
static void copy_name(char *out, size_t size, struct str from)
{
	size_t n = 0;
	for (size_t i = 0; i < from.len && n + 1 < size; i++)
		out[n++] = from.p[i] > ' ' && from.p[i] < 0x7f ? from.p[i] : '?';
	out[n] = '\0';
}

static char *joined(struct arena *a, const struct field_strings *names)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(64 * 1024);
	for (size_t i = 0; i < names->count; i++) {
		/* One of them is everything. */
		if (str_eqz(names->items[i], "*"))
			return arena_strdup(a, "*");
		buf_addf(&out, "%s%.*s", i ? "," : "", STR_ARG(names->items[i]));
	}
	return arena_strdup(a, buf_cstr(&out));
}

static void fill(const struct agent_oidc *o, struct arena *a, const struct agent_oidc_rule *r,
		 const struct doc_node *claims, struct gw_principal *p)
{
	struct str sub = doc_text(claims, "sub");
	const struct doc_pair *named = doc_find_pair(claims, o->name);
	struct str name = named && named->value->type == DOC_STRING && named->value->text.len
				  ? named->value->text
				  : sub;
	char hex[DIGEST_HEX + 1];
	const char *whose = arena_printf(a, "%.*s\n%.*s", STR_ARG(o->issuer), STR_ARG(sub));
	struct digest d = digest_tagged("aspora.gateway.subject", str_of(whose));
	*p = (struct gw_principal){.role = gw_role_find(r->role)};
	p->role_name = gw_role_name(p->role);
	p->domains = joined(a, &r->domains);
	p->expires_ms = doc_int(claims, "exp", 0) * 1000;
	snprintf(p->id, sizeof(p->id), "oidc_%.10s", digest_hex(&d, hex));
	snprintf(p->issuer, sizeof(p->issuer), "%.*s", STR_ARG(o->key));
	copy_name(p->subject, sizeof(p->subject), sub);
	copy_name(p->name, sizeof(p->name), name);
	if (is_checked(claims))
		copy_name(p->address, sizeof(p->address), doc_text(claims, "email"));
	snprintf(p->actor, sizeof(p->actor), "oidc:%s:%s", p->issuer, p->name);
}

int oidc_principal(const struct agent_oidc *o, struct arena *a, const struct doc_node *claims,
		   struct gw_principal *ret, struct err *err)
{
	const struct agent_oidc_rule *rules = o->rules.items;
	for (size_t i = 0; i < o->rules.count; i++)
		if (rule_holds(&rules[i], claims)) {
			fill(o, a, &rules[i], claims, ret);
			return 0;
		}
	err_set(err, ERR_DENIED,
		"the token of %.200s is valid, and no rule of oidc.%.*s lets it in",
		arena_strndup(a, doc_text(claims, "sub").p, doc_text(claims, "sub").len),
		STR_ARG(o->key));
	return err_remedy(err,
			  "oidc.%.*s.rules in asporad.conf say which claims stand for which "
			  "role",
			  STR_ARG(o->key));
}
