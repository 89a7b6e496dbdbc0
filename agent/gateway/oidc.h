/*
 * Tokens of issuers instead of API keys. For each issuer of asporad.conf the gateway keeps the newest key set that could be had: fetched at its start,
 * every hour, and when a token names a key that it does not know, at most once in OIDC_AGAIN_MS; by errands, so that nobody waits for somebody else's
 * server. An issuer that is down costs nothing while its keys are at most OIDC_STALE_MS old.
 *
 * A token is believed when its issuer is configured, its algorithm is the issuer's, a key of that issuer has signed it, it is for us and for now, and a
 * rule lets it in. It cannot be revoked; it ends by itself.
 */
#ifndef AGENT_GATEWAY_OIDC_H
#define AGENT_GATEWAY_OIDC_H

#include "agent/config.h"
#include "agent/gateway/auth.h"
#include "base/loop.h"

#define OIDC_REFRESH_MS ((int64_t)3600 * 1000)
#define OIDC_AGAIN_MS ((int64_t)10 * 1000)
#define OIDC_STALE_MS ((int64_t)24 * 3600 * 1000)

struct gw_oidc;
struct oidc_issuer;

/* loop NULL: nothing is fetched (tests put keys in). config and clock are borrowed. Gives. */
struct gw_oidc *gw_oidc_new(const struct agent_config *config, struct loop *loop,
			    const struct clock *clock);
void gw_oidc_free(struct gw_oidc *o); /* NULL is fine */
bool gw_oidc_is_on(const struct gw_oidc *o); /* any issuer at all */

/* Whether a credential is meant to be a token: an API key has no dot. */
bool gw_oidc_looks_like(struct str text);
/*
 * Who bears it; domains live in a. Errors: ERR_UNAUTHENTICATED with what is wrong; ERR_DENIED: valid, and no rule speaks for it; ERR_UNAVAILABLE: its
 * issuer's keys are not here (yet): again in a second.
 */
NODISCARD int gw_oidc_check(struct gw_oidc *o, struct arena *a, struct str token,
			    struct gw_principal *ret, struct err *err);

/* --- for logins (oidc_login.c) ---------------------------------------------------------------------------------------- */

size_t gw_oidc_count(const struct gw_oidc *o);
struct oidc_issuer *gw_oidc_at(struct gw_oidc *o, size_t i);
struct oidc_issuer *gw_oidc_find(struct gw_oidc *o, struct str name); /* NULL when absent */
const struct agent_oidc *oidc_issuer_config(const struct oidc_issuer *i);
/* NULL while they are not known. */
const char *oidc_issuer_authorization(const struct oidc_issuer *i);
const char *oidc_issuer_token(const struct oidc_issuer *i, bool *ret_basic);
/* An ID token: as gw_oidc_check(), for this issuer and this audience; *ret_claims lives in a. */
NODISCARD int oidc_issuer_verify(struct oidc_issuer *i, struct arena *a, struct str token,
				 struct str audience, const struct doc_node **ret_claims,
				 struct err *err);

/* Takes in what oidc_ask_keys() brought. Errors: ERR_INVALID; what was there stays. */
NODISCARD int oidc_issuer_take(struct gw_oidc *o, struct oidc_issuer *i, struct str answer,
			       struct err *err);
/* How old its keys are; -1: there are none. */
int64_t oidc_issuer_age_ms(const struct oidc_issuer *i);
/* When its keys were asked for last (monotonic; 0: never), for tests. */
int64_t oidc_issuer_asked_ms(const struct oidc_issuer *i);

#endif
