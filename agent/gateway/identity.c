/* Who asks: by a token of an issuer, or by an API key. */
#include "agent/gateway/gateway.h"

int gw_identity(struct gateway *g, struct arena *a, struct str authorization,
		struct gw_principal *ret, struct err *err)
{
	struct str scheme = str_sub(authorization, 0, 7);
	struct str text = str_trim(str_sub(authorization, 7, authorization.len));
	if (gw_oidc_is_on(g->oidc) && str_eq_nocase(scheme, STR("Bearer ")) &&
	    gw_oidc_looks_like(text))
		return gw_oidc_check(g->oidc, a, text, ret, err);
	int rc = gw_keys_check(g->keys, g->store, authorization, ret, err);
	/* The cache may change while the request waits. */
	if (rc == 0)
		ret->domains = arena_strdup(a, ret->domains);
	return rc;
}

int gw_identity_again(struct gateway *g, const struct gw_principal *who, struct str authorization,
		      struct err *err)
{
	struct gw_principal now;
	if (!who->issuer[0])
		return gw_keys_check(g->keys, g->store, authorization, &now, err);
	if (who->expires_ms > clock_wall(g->ctx->clock))
		return 0;
	return err_set(err, ERR_UNAUTHENTICATED, "the token has expired meanwhile");
}
