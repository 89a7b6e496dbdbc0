/*
 * Who asks: tokens of issuers (oidc.h), and API keys, checked against the store and believed for at most a second, so that revoking one takes hold within that time and a
 * busy client costs no query a request. What a role may do stands in the route table.
 */
#ifndef AGENT_GATEWAY_AUTH_H
#define AGENT_GATEWAY_AUTH_H

#include "base/id.h"
#include "store/key.h"

enum gw_role {
	GW_VIEWER = 1, /* sees */
	GW_OPERATOR = 2, /* sees, runs, deploys, rolls back */
	GW_APPROVER = 4, /* sees, agrees: changes that wait, adoptions, quarantines, rollbacks */
	GW_CI_BOT = 8, /* sees, tries deployments without effect, posts checks */
	GW_ADMIN = 16, /* everything, keys too */
};
#define GW_ANY_ROLE (GW_VIEWER | GW_OPERATOR | GW_APPROVER | GW_CI_BOT | GW_ADMIN)

#define GW_KEY_TRUST_MS 1000

#define GW_NAME_MAX 256

struct gw_principal {
	char id[KEY_ID +
		1]; /* public part of the key; "oidc_" and part of a digest of issuer and subject */
	char name[GW_NAME_MAX];
	char actor[GW_NAME_MAX + 40]; /* "key:NAME", "oidc:ISSUER:NAME": in the audit chain */
	char issuer[33]; /* of a token, our name for it; "": a key */
	char subject[GW_NAME_MAX]; /* of a token */
	char address[GW_NAME_MAX]; /* of a token, where its issuer has checked it; "": not known */
	int64_t expires_ms; /* of a token, wall clock; 0: not known */
	unsigned role; /* one of enum gw_role; 0: nobody */
	const char *role_name;
	char *domains; /* "*", or names separated by commas; a key's: owned by the cache, good until the next check */
};

const char *gw_role_name(unsigned role);
/* 0 when there is none of that name. */
unsigned gw_role_find(struct str name);
/* "viewer, operator": of a set. out at least 64 bytes; returns it. */
char *gw_role_names(unsigned roles, char out[64]);
/* Whether the principal's domains cover this one; "" is the platform, which all do. */
bool gw_covers(const struct gw_principal *p, struct str domain);
bool gw_covers_all(const struct gw_principal *p);

struct gw_keys; /* the cache */
struct gw_keys *gw_keys_new(const struct clock *clock);
void gw_keys_free(struct gw_keys *k);
/*
 * From the value of an Authorization field. The domains point into the cache until the next call. Errors: ERR_UNAUTHENTICATED; the store's when it
 * cannot be asked. Blocks: one query a second and key. s NULL: what is not in the cache is GW_KEY_ASK.
 */
#define GW_KEY_ASK 1
NODISCARD int gw_keys_check(struct gw_keys *k, struct store *s, struct str authorization,
			    struct gw_principal *ret, struct err *err);
/* Notes in the store which keys were used since the last call. */
NODISCARD int gw_keys_flush(struct gw_keys *k, struct store *s, struct err *err);

#endif
