/*
 * Sessions of the dashboard: a browser shows its key once and is known by a cookie from then on, which no script can read and no other site can use. They live
 * in this process only; after a restart people log in again.
 */
#ifndef AGENT_GATEWAY_SESSION_H
#define AGENT_GATEWAY_SESSION_H

#include "agent/gateway/auth.h"
#include "base/clock.h"
#include "base/crypto.h"

#define GW_SESSIONS_MAX 256
#define GW_SESSION_IDLE_MS ((int64_t)12 * 3600 * 1000)
#define GW_SESSION_DIGITS 32 /* of base62: 190 bits */
#define GW_SESSION_COOKIE "aspora_session"

struct gw_session {
	char id[GW_SESSION_DIGITS + 1]; /* the cookie's value; empty: a free place */
	char csrf[GW_SESSION_DIGITS + 1]; /* what a page sends along with every change */
	struct secret key;
	struct gw_principal
		*who; /* of a login at an issuer, which has no key; NULL: the key says it */
	int64_t used_ms; /* monotonic */
};

struct gw_sessions;

/* The value of one cookie among "a=1; b=2"; STR_NULL when it is not there. */
struct str gw_cookie(struct str field, const char *name);

struct gw_sessions *gw_sessions_new(const struct clock *clock); /* gives */
void gw_sessions_free(struct gw_sessions *s); /* NULL is fine; wipes the keys */
/* A new one for a key (copied); the longest unused makes room. Good until the next call. */
const struct gw_session *gw_session_open(struct gw_sessions *s, struct str key);
/* The same for who logged in at an issuer (copied); it ends when they do. */
const struct gw_session *gw_session_open_as(struct gw_sessions *s, const struct gw_principal *who);
/* The session of a Cookie field, or NULL. Noted as used. */
const struct gw_session *gw_session_find(struct gw_sessions *s, struct str cookie_field);
void gw_session_close(struct gw_sessions *s, const struct gw_session *one);

#endif
