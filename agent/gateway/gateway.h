/*
 * The gateway role, inside: one process, one thread, one connection to PostgreSQL. Requests come in through server.h, are matched against the
 * one table of routes, and are answered by functions of the route files (object_routes.c, execution_routes.c, …), each one request,
 * straight on. The gateway records wishes; it carries none out.
 *
 * A route function fills c->reply and returns 0, or returns an error, which becomes a problem document. One that waits sets reply->again;
 * it is asked again when the store notified, and twice a second.
 */
#ifndef AGENT_GATEWAY_GATEWAY_H
#define AGENT_GATEWAY_GATEWAY_H

#include "agent/gateway/answers.h"
#include "agent/gateway/audit.h"
#include "agent/gateway/auth.h"
#include "agent/gateway/hub.h"
#include "agent/gateway/limit.h"
#include "agent/gateway/metrics.h"
#include "agent/gateway/selector.h"
#include "agent/gateway/server.h"
#include "agent/gateway/session.h"
#include "agent/gateway/target.h"
#include "agent/gateway/tls.h"
#include "agent/role.h"
#include "base/field.h"
#include "base/json.h"
#include "skill/kind.h"
#include "skill/route.h"
#include "store/change.h"

#define GW_PARAMS_MAX 4
#define GW_WAIT_MAX_MS 600000
#define GW_UPLOAD_BYTES ((size_t)64 * 1024 * 1024)
#define GW_KEY_MAX 128 /* bytes of an Idempotency-Key */

struct gw_route;

struct gateway {
	struct role_ctx *ctx;
	const struct agent_config *config;
	struct loop *loop;
	struct gw_server *server;
	struct store *store;
	struct loop_source *store_watch, *poll;
	int64_t reconnect_ms, reconnect_at_ms; /* back-off */
	bool store_ok;
	char *scope; /* what store_scope() was set to last; NULL: not known */
	struct gw_keys *keys;
	struct gw_audit *audit;
	struct gw_sessions *sessions;
	struct gw_metrics metrics;
	struct gw_hub *hub; /* of watches */
	struct gw_limits *limits;
	struct gw_kept *kept;
	struct gw_tls_about tls_about; /* of the certificate in use; all zero: none */
	struct loop_source *tls_watch, *tls_look;
	struct gw_route *routes; /* method NULL ends */
	size_t route_count;

	/* Text to skill: compiled from what is promoted. */
	struct route_table *table;
	struct store_rv table_at;
	bool table_stale;
	int64_t table_checked_ms;
	int64_t keys_flushed_ms;
};

/* One request on its way. */
struct gw_call {
	struct gateway *g;
	struct gw_request *q;
	struct gw_reply *reply;
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

struct gw_route {
	const char *method; /* "GET" answers HEAD too */
	char pattern[80]; /* "/api/v1/domains/{domain}/skills/{name}" */
	const struct kind *kind; /* NULL: none in particular */
	unsigned verb; /* enum kind_verb */
	unsigned roles; /* that may; 0: open to everybody */
	bool platform; /* needs a key for all domains */
	const char *const *query; /* keys allowed, NULL-terminated; NULL: none */
	size_t body_max; /* 0: no body */
	int (*run)(struct gw_call *c, struct err *err);
	const char *help; /* one sentence, for the manual */
};

/* --- routes.c ---------------------------------------------------------------------------------------------------- */

/* Every route, those of the kinds first; gives (free()). *ret_count may be NULL. */
struct gw_route *gw_routes_new(size_t *ret_count);
/*
 * The route of a method and path with what its parameters matched. Errors: ERR_NOT_FOUND; ERR_USAGE when the path is there for the other methods in
 * allow ("GET, HEAD, POST", at least 64 bytes).
 */
NODISCARD int gw_route_match(const struct gw_route *routes, struct str method,
			     const struct gw_target *t, const struct gw_route **ret,
			     struct str params[GW_PARAMS_MAX], char allow[64], struct err *err);
/* Refuses query keys that the route does not name, with the nearest. */
NODISCARD int gw_route_query(const struct gw_route *r, const struct gw_target *t, struct err *err);
/* Whether this role may; "list skills". */
bool gw_route_allows(const struct gw_route *r, unsigned role);

/* --- access_routes.c ------------------------------------------------------------------------------------------------ */

/* What people call a route: "rollback domains". */
struct gw_action {
	const char *method, *pattern, *verb, *noun;
};
/* False for a route that nobody has given a name. */
bool gw_route_action(const struct gw_route *r, struct gw_action *ret);

/* --- dispatch.c ----------------------------------------------------------------------------------------------------- */

extern const struct gw_handler gw_dispatch; /* without its state: the gateway */

/* --- tls_gateway.c ------------------------------------------------------------------------------------------------------ */

/* Where https is configured: the first pair, before anybody connects, and then those that come. Errors: what is wrong with the files. */
NODISCARD int gw_tls_begin(struct gateway *g, struct err *err);

/* --- database.c ------------------------------------------------------------------------------------------------------- */

/* Watches the connection for wake-ups; from a callback of the loop only. */
NODISCARD int gw_store_watch(struct gateway *g, struct err *err);
/* Takes in wake-ups and asks who waits; from a callback of the loop only. */
void gw_store_pump(struct gateway *g);
/* Notices a lost connection and tries to get another, at most every few seconds. */
void gw_store_reconnect(struct gateway *g);
/* The connection, seeing these domains ("*": all). Errors: ERR_UNAVAILABLE. */
NODISCARD int gw_store_as(struct gateway *g, const char *domains, struct err *err);
/* The route table as of now; points into g. Errors: the store's. */
NODISCARD int gw_route_table(struct gateway *g, struct route_table **ret, struct err *err);

/* --- kept.c: skills as they were answered last -------------------------------------------------------------------------- */

struct gw_kept;
struct gw_kept *gw_kept_new(void);
void gw_kept_free(struct gw_kept *k); /* NULL is fine */
/* The text of domain/name as of this position; "" when it is not kept. Good until the next gw_kept_put(). */
struct str gw_kept_find(struct gw_kept *k, struct str domain, struct str name,
			const struct store_rv *at, int64_t now_ms);
void gw_kept_put(struct gw_kept *k, struct str domain, struct str name, const struct store_rv *at,
		 int64_t now_ms, struct str text);

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
/* 403 unless the caller's key covers the domain. */
NODISCARD int gw_call_covers(struct gw_call *c, struct str domain, struct err *err);
/* Sets "ETag"; true when the client has it already (the reply is 304 then). */
bool gw_call_etag(struct gw_call *c, struct str tag);
/* The value of a query key or "". */
struct str gw_call_query(const struct gw_call *c, const char *key);

#endif
