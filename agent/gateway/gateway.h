/*
 * The gateway role, inside: one process, one thread, a few connections to PostgreSQL (lane.h). Requests come in through server.h, are matched
 * against the one table of routes, and are answered by functions of the route files (object_routes.c, execution_routes.c, …), each one request,
 * straight on, as jobs of a lane. The gateway records wishes; it carries none out.
 *
 * A route function fills c->reply and returns 0, or returns an error, which becomes a problem document. One that waits sets reply->again;
 * it is asked again when the store notified, and twice a second.
 */
#ifndef AGENT_GATEWAY_GATEWAY_H
#define AGENT_GATEWAY_GATEWAY_H

#include "agent/gateway/answers.h"
#include "agent/gateway/audit.h"
#include "agent/gateway/auth.h"
#include "agent/gateway/call.h"
#include "agent/gateway/hub.h"
#include "agent/gateway/kept.h"
#include "agent/gateway/lane.h"
#include "agent/gateway/limit.h"
#include "agent/gateway/login.h"
#include "agent/gateway/metrics.h"
#include "agent/gateway/oidc.h"
#include "agent/gateway/said.h"
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

#define GW_WAIT_MAX_MS 600000
#define GW_UPLOAD_BYTES ((size_t)64 * 1024 * 1024)
#define GW_KEY_MAX 128 /* bytes of an Idempotency-Key */

struct gw_route;

struct gateway {
	struct role_ctx *ctx;
	const struct agent_config *config;
	struct loop *loop;
	struct gw_server *server;
	struct gw_lanes *lanes;
	struct gw_lane *lane; /* whose job runs now; NULL: none does */
	struct store *store; /* its connection; NULL: outside of jobs */
	struct loop_source *poll;
	int64_t reconnect_ms, reconnect_at_ms; /* back-off */
	bool store_ok;
	struct gw_job care; /* what is written beside the answers: refusals, uses of keys */
	struct gw_keys *keys;
	struct gw_oidc *oidc;
	struct gw_audit *audit;
	struct gw_sessions *sessions;
	struct gw_logins *logins;
	size_t trades; /* codes of logins that are being traded */
	struct gw_metrics metrics;
	struct gw_hub *hub; /* of watches */
	struct gw_limits *limits;
	struct gw_said *said; /* of the status */
	struct gw_kept *kept;
	struct gw_job fill; /* of what is kept */
	bool fill_fine;
	int64_t kept_noted_ms; /* when the log last told of something */
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
	const char *media; /* of the body; NULL: application/json */
	size_t segments; /* of the pattern: most routes are passed over by it */
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

/* --- identity.c --------------------------------------------------------------------------------------------------------- */

/* Of an Authorization field; domains live in a. As gw_oidc_check() for a token, else as gw_keys_check(). */
NODISCARD int gw_identity(struct gateway *g, struct arena *a, struct str authorization,
			  struct gw_principal *ret, struct err *err);
/* Whether who was let in is still good: as gw_keys_check(). */
NODISCARD int gw_identity_again(struct gateway *g, const struct gw_principal *who,
				struct str authorization, struct err *err);

/* --- tls_gateway.c ------------------------------------------------------------------------------------------------------ */

/* Where https is configured: the first pair, before anybody connects, and then those that come. Errors: what is wrong with the files. */
NODISCARD int gw_tls_begin(struct gateway *g, struct err *err);

/* --- database.c ------------------------------------------------------------------------------------------------------- */

/* Takes in wake-ups and asks who waits; from the loop only. */
void gw_store_pump(struct gateway *g);
/* From a job: a connection that was lost is made anew, at most every few seconds. */
void gw_store_reconnect(struct gateway *g);
/* From a job: its connection, seeing these domains ("*": all). Errors: ERR_UNAVAILABLE. */
NODISCARD int gw_store_as(struct gateway *g, const char *domains, struct err *err);
/* Notices that were noted and not written yet, and uses of keys, at most now and then. */
void gw_store_care(struct gateway *g);
/* From a job: the route table as of now, good until the job is over. Errors: the store's. */
NODISCARD int gw_route_table(struct gateway *g, struct route_table **ret, struct err *err);
/* The same, where no statement is needed for it; NULL: it has to be asked for. Good until the loop goes on. */
struct route_table *gw_route_table_now(const struct gateway *g);

/* --- object_routes.c --------------------------------------------------------------------------------------------------- */

/* From a job: err says that there is no such skill; its remedy becomes the one that may be meant, if any is near. */
void gw_suggest_skill(struct gw_call *c, struct str domain, struct str name, struct err *err);

/* --- routing_routes.c --------------------------------------------------------------------------------------------------- */

/* From a job: ERR_NOT_FOUND, with the skill that may be meant. alert "": it was a text. */
int gw_no_route(struct gw_call *c, struct str text, struct str alert, struct err *err);

/* --- kept_fill.c -------------------------------------------------------------------------------------------------------- */

/* Now and then: what is kept is read to the end, and what is stale is asked for again when the log is quiet. */
void gw_kept_care(struct gateway *g);
/* Where the log had been read up to when a statement is sent now; -1: nothing may be kept. */
int64_t gw_kept_rev(const struct gateway *g);
/* From a job: asks for the stale ones from the i-th on again, some hundreds at most. Errors: the store's. */
NODISCARD int gw_kept_mend(struct gateway *g, size_t i, struct err *err);

#endif
