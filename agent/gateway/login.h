/*
 * Logins at an issuer that are under way: a browser was sent there, and is to come back with the state that only we and it know. Each is used once, by the
 * browser that began it (a cookie of its own says so), within minutes; the oldest makes room, and of one address its own oldest. Nothing else of a login is kept before it has succeeded.
 */
#ifndef AGENT_GATEWAY_LOGIN_H
#define AGENT_GATEWAY_LOGIN_H

#include "base/clock.h"
#include "base/str.h"

#define GW_LOGINS_MAX 1024
#define GW_LOGINS_EACH 256 /* of one address */
#define GW_LOGIN_MS ((int64_t)10 * 60 * 1000)
#define GW_LOGIN_DIGITS 43 /* of base62: 256 bits; the least that a PKCE verifier may have */
#define GW_LOGIN_COOKIE "aspora_login"

struct oidc_issuer;

struct gw_login {
	char state[GW_LOGIN_DIGITS + 1]; /* empty: a free place */
	char nonce[GW_LOGIN_DIGITS + 1];
	char verifier[GW_LOGIN_DIGITS + 1];
	char browser[GW_LOGIN_DIGITS + 1]; /* its cookie */
	char peer[64];
	struct oidc_issuer *issuer;
	int64_t until_ms; /* monotonic */
};

struct gw_logins;
struct gw_logins *gw_logins_new(const struct clock *clock); /* gives */
void gw_logins_free(struct gw_logins *l); /* NULL is fine; wipes */
/* A new one, of a client at this address. Good until the next call. */
const struct gw_login *gw_login_begin(struct gw_logins *l, struct oidc_issuer *issuer,
				      const char *peer);
/*
 * The one of this state, into *ret, and it is over whatever comes of it. False: there is none, it is another issuer's or another browser's, or it took too
 * long.
 */
bool gw_login_take(struct gw_logins *l, const struct oidc_issuer *issuer, struct str state,
		   struct str browser, struct gw_login *ret);

#endif
