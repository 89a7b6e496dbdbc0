/*
 * The audit trail. What is changed has its rows in the hash chain from who changes it (wishes, keys, releases, executions); a request that was refused
 * changes nothing, so the gateway notes it here and writes it into the chain within a moment, several at a time, so that who is refused
 * a thousand times a second does not take a thousand revisions.
 */
#ifndef AGENT_GATEWAY_AUDIT_H
#define AGENT_GATEWAY_AUDIT_H

#include "store/store.h"

#define GW_AUDIT_MAX 256 /* kept before they must be written */
#define GW_AUDIT_DELAY_MS 100

struct gw_audit; /* what has not been written yet */

struct gw_refusal {
	const char *actor, *request; /* "key:ana", the request's id */
	struct str method, path, domain;
	int status;
};

struct gw_audit *gw_audit_new(void); /* gives */
void gw_audit_free(struct gw_audit *a); /* NULL is fine */
/* Copies. Past GW_AUDIT_MAX the oldest is let go, counted, and told of in the next write. */
void gw_audit_note(struct gw_audit *a, const struct gw_refusal *r);
bool gw_audit_pending(const struct gw_audit *a);
/* Writes what was noted: one revision per actor. The scope must be "*". What could not be written stays. */
NODISCARD int gw_audit_flush(struct gw_audit *a, struct store *s, struct err *err);

#endif
