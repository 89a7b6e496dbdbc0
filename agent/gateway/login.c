#include "agent/gateway/login.h"

#include "base/crypto.h"
#include "base/mem.h"

struct gw_logins {
	const struct clock *clock;
	struct gw_login slots[GW_LOGINS_MAX];
};

struct gw_logins *gw_logins_new(const struct clock *clock)
{
	struct gw_logins *l = mem_zalloc(sizeof(*l));
	l->clock = clock;
	return l;
}

void gw_logins_free(struct gw_logins *l)
{
	if (l)
		crypto_wipe(l, sizeof(*l));
	free(l);
}

/* A free place, else the oldest's; of who has many already, his own oldest's. */
static struct gw_login *place_for(struct gw_logins *l, const char *peer)
{
	struct gw_login *best = &l->slots[0], *own = NULL;
	size_t mine = 0;
	for (size_t i = 0; i < GW_LOGINS_MAX; i++) {
		struct gw_login *slot = &l->slots[i];
		bool his = slot->state[0] && strcmp(slot->peer, peer) == 0;
		mine += his;
		if (his && (!own || slot->until_ms < own->until_ms))
			own = slot;
		if (best->state[0] && (!slot->state[0] || slot->until_ms < best->until_ms))
			best = slot;
	}
	return mine >= GW_LOGINS_EACH ? own : best;
}

const struct gw_login *gw_login_begin(struct gw_logins *l, struct oidc_issuer *issuer,
				      const char *peer)
{
	struct gw_login *slot = place_for(l, peer);
	base62_random(slot->state, GW_LOGIN_DIGITS);
	base62_random(slot->nonce, GW_LOGIN_DIGITS);
	base62_random(slot->verifier, GW_LOGIN_DIGITS);
	base62_random(slot->browser, GW_LOGIN_DIGITS);
	snprintf(slot->peer, sizeof(slot->peer), "%s", peer);
	slot->issuer = issuer;
	slot->until_ms = clock_mono(l->clock) + GW_LOGIN_MS;
	return slot;
}

static bool same(const char *kept, struct str said)
{
	return said.len == GW_LOGIN_DIGITS && crypto_equal(kept, said.p, GW_LOGIN_DIGITS);
}

bool gw_login_take(struct gw_logins *l, const struct oidc_issuer *issuer, struct str state,
		   struct str browser, struct gw_login *ret)
{
	for (size_t i = 0; i < GW_LOGINS_MAX; i++) {
		struct gw_login *slot = &l->slots[i];
		if (!slot->state[0] || !same(slot->state, state))
			continue;
		*ret = *slot;
		crypto_wipe(slot, sizeof(*slot));
		return ret->issuer == issuer && same(ret->browser, browser) &&
		       clock_mono(l->clock) < ret->until_ms;
	}
	return false;
}
