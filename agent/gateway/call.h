/*
 * One request on its way through the gateway, from its head to its reply, and what route functions share. call.c has the helpers, call_job.c the
 * jobs that a request becomes where it needs the database.
 */
#ifndef AGENT_GATEWAY_CALL_H
#define AGENT_GATEWAY_CALL_H

#include "agent/gateway/auth.h"
#include "agent/gateway/hub.h"
#include "agent/gateway/lane.h"
#include "agent/gateway/limit.h"
#include "agent/gateway/selector.h"
#include "agent/gateway/server.h"
#include "agent/gateway/session.h"
#include "agent/gateway/target.h"
#include "base/field.h"
#include "base/json.h"

#define GW_PARAMS_MAX 4

struct gateway;
struct gw_route;

/* What a function says that needs the database, and was called outside of a job: the same again in one. */
#define GW_ASK 1
#define GW_MORE_ASK 100 /* of gw_reply.more */

enum gw_call_state {
	CALL_IDLE,
	CALL_SYNCING, /* a pass over the log makes what is kept as new as the store */
	CALL_JUDGING, /* a job finds out who asks, and whether they may */
	CALL_RUNNING, /* a job runs the route's function */
	CALL_WAITING, /* its reply waits for something */
	CALL_ASKING, /* a job finds out whether that has come */
};

/* One request on its way. */
struct gw_call {
	struct gateway *g;
	struct gw_request *q;
	struct gw_reply *reply; /* own */
	struct gw_reply own; /* until it is settled: becomes the connection's then */
	struct gw_job job;
	enum gw_call_state doing;
	bool (*go_on)(struct gw_call *c,
		      struct gw_reply *a); /* of CALL_SYNCING: true once it is over */
	struct hub_waiter waiter; /* of CALL_SYNCING */
	bool starting, judged, told, waited;
	bool has_piece; /* of a stream, with what more() came to */
	int more_rc;
	struct buf piece;
	const struct gw_route *route;
	struct arena *arena; /* for the request's life */
	struct gw_target target;
	struct str params[GW_PARAMS_MAX]; /* what {name} of the pattern matched, in order */
	struct gw_principal who;
	bool entered; /* counted by the limits */
	enum gw_class class;
	struct str authorization; /* "Bearer KEY": as sent, or of the session */
	const struct gw_session *session; /* of a browser; NULL: the key came with the request */
	void *wait; /* of a reply that waits or streams; in the arena */
	void (*over)(struct gw_call *c); /* when it is over, answered or not; NULL: nothing to do */
};

/* --- call_job.c ------------------------------------------------------------------------------------------------------- */

struct gw_call *gw_call_of(struct gw_job *j);
enum gw_lane_kind gw_call_lane(const struct gw_call *c);
/* Begins a job of this call. True: the connection's reply a waits for it; false: it is over already, and the call's own reply says how. */
NODISCARD bool gw_call_start(struct gw_call *c, enum gw_call_state doing, enum gw_lane_kind lane,
			     void (*run)(struct gw_job *j), struct gw_reply *a);
/*
 * Waits until what is kept is as new as the store is now, and goes on then: go_on() returns as gw_call_settle() and gw_call_start() say. True: the
 * connection's reply a waits; false: it has gone on already, and is over.
 */
bool gw_call_sync(struct gw_call *c, bool (*go_on)(struct gw_call *c, struct gw_reply *a),
		  struct gw_reply *a);
/* The call's own reply becomes the connection's. False: it waits for something yet. */
bool gw_call_settle(struct gw_call *c, struct gw_reply *a);
void gw_call_leaving(void *state, struct gw_request *q);
void gw_call_gone(void *state, struct gw_request *q);

/* --- helpers of route functions (call.c) ---------------------------------------------------------------------------- */

/* The body as JSON, decoded by a field table; unknown fields are refused with the nearest name. Errors: ERR_SYNTAX, ERR_INVALID, ERR_TOO_LARGE. */
NODISCARD int gw_call_body(struct gw_call *c, const struct field *fields, void *out,
			   struct err *err);
NODISCARD int gw_call_document(struct gw_call *c, const struct doc_node **ret, struct err *err);
/* ?wait=30s: *ret_ms is 0 when absent. Errors: ERR_USAGE. */
NODISCARD int gw_call_wait(struct gw_call *c, int64_t *ret_ms, struct err *err);
/* A whole number of the query within bounds; *ret stays when absent. Errors: ERR_USAGE. */
NODISCARD int gw_call_number(struct gw_call *c, const char *key, int64_t min, int64_t max,
			     int64_t *ret, struct err *err);
/* ?labelSelector= and ?fieldSelector=. Errors: ERR_USAGE. */
NODISCARD int gw_call_selector(struct gw_call *c, struct selector *ret, struct err *err);
/* Begins a JSON reply; j writes into the reply's body. */
void gw_call_json(struct gw_call *c, int status, struct json *j);
/* Opens an object that says what it is: its apiVersion and kind. */
void gw_object_begin(struct json *j, const char *kind);
/* 403 unless the caller's key covers the domain. */
NODISCARD int gw_call_covers(struct gw_call *c, struct str domain, struct err *err);
/* Sets "ETag"; true when the client has it already (the reply is 304 then). */
bool gw_call_etag(struct gw_call *c, struct str tag);
/* The domain that the path names, else ?domain=, else "". */
struct str gw_call_domain(const struct gw_call *c);
/* The value of a query key or "". */
struct str gw_call_query(const struct gw_call *c, const char *key);

#endif
