/*
 * The HTTP/1.1 server of the gateway: listeners, connections, deadlines and caps, on base/loop.h in one process without threads. It knows nothing
 * of routes or of the store; what a request means is the handler's.
 *
 * Why our own: what arrives must be strict (one reader of every head: runtime/door/http_parse.h), every answer is ours to word (problem documents,
 * also for a head that is no HTTP), deadlines are absolute (a client that trickles is cut off as one that is silent is), and an
 * answer may wait for the store or be made page by page without a thread.
 *
 * A request: head whole → handler.head() (route, key, size of the body) → body whole → handler.body() → the reply, which is there, or
 * comes when `again` says so after a wake-up, or is made by `more` as the client takes it (and as wake-ups bring more to tell: a watch)
 * → handler.done().
 *
 * The caller: 1. gw_server_new() 2. gw_server_listen_*() 3. runs the loop; calls gw_server_wake() when what replies wait for may have come
 * 4. gw_server_drain(), and stops the loop when told that it is empty 5. gw_server_free().
 */
#ifndef AGENT_GATEWAY_SERVER_H
#define AGENT_GATEWAY_SERVER_H

#include "base/buf.h"
#include "base/loop.h"

#define GW_ID_MAX 24
#define GW_TARGET_MAX (8 * 1024)
#define GW_PAGE_BYTES (256 * 1024) /* what a streamed reply holds in memory, about */
#define GW_DRAIN_MS 5000

enum gw_more { GW_MORE_END, GW_MORE_ON, GW_MORE_LATER };

struct gw_server;
struct gw_conn;
struct http_head;

/* What the client asked for. Views point into the connection's buffer, good until the reply is whole. */
struct gw_request {
	struct str method, target;
	struct str path, query; /* of target, raw */
	struct str body; /* only in body() and after */
	bool has_body; /* one comes, or may come */
	bool local; /* over the Unix socket */
	bool tls;
	char peer[64]; /* numeric address, "local" */
	char id[GW_ID_MAX]; /* in the reply's Aspora-Request field, in logs and audit */
	int64_t began_ms; /* monotonic: when the head was whole */
	const struct http_head *head;
	const char *bytes; /* what head's spans are offsets into */
	void *user; /* the handler's, for this request; released in done() */
	/*
	 * Set by the handler while something works on the request outside of its calls: when the client goes away meanwhile, the request and done() wait
	 * for gw_request_release().
	 */
	bool held;
	bool gone; /* the client went away while it was held */
};
/* The value of a field by its lower-case name, or STR_NULL. */
struct str gw_field(const struct gw_request *q, const char *name);
/* How many fields have that name. */
unsigned gw_field_count(const struct gw_request *q, const char *name);

/* What the client gets. Zeroed when the handler sees it first; the buffers are unlimited. */
struct gw_reply {
	int status; /* 0: none yet */
	const char *type; /* Content-Type; NULL: no body */
	struct buf fields; /* further header fields, whole lines */
	struct buf body;
	bool close; /* the connection ends after it */
	bool cacheable; /* by the client, asking again each time (it has an ETag) */
	/*
	 * Streaming: after `body`, further pieces, until it returns GW_MORE_END; negative: the answer is broken off. Called when the
	 * client has taken what was there, and after GW_MORE_LATER, once all is sent, at each wake-up and once a second.
	 */
	int (*more)(void *state, struct buf *out);
	/* Waiting: called after each wake-up and at until_ms (monotonic); true once the reply is filled in. */
	bool (*again)(void *state, struct gw_reply *a);
	int64_t until_ms;
	void *state; /* of more and again */
};

struct gw_handler {
	/*
	 * The head is whole: say how large the body may be (0: none), or answer at once by filling a in (then body() is not called), or set again: once that is
	 * true, head() is called anew. "Expect: 100-continue" is answered after it.
	 */
	void (*head)(void *state, struct gw_request *q, size_t *ret_body_max, struct gw_reply *a);
	/* The body is whole: answer, or set again. */
	void (*body)(void *state, struct gw_request *q, struct gw_reply *a);
	/* The client of a held request sends nothing more: it may have gone, or wait for its answer; NULL: is nothing to the handler. */
	void (*leaving)(void *state, struct gw_request *q);
	/* The client of a held request went away; NULL: the handler does not hold any. */
	void (*gone)(void *state, struct gw_request *q);
	/* It is over, answered or not (status 0); bytes were sent. */
	void (*done)(void *state, struct gw_request *q, int status, uint64_t bytes);
	void *state;
};

struct gw_server_opts {
	struct loop *loop;
	struct gw_handler handler;
	size_t max_connections, per_address;
	size_t held_bytes; /* bodies in memory at once, over all connections */
	int64_t header_timeout_ms, body_timeout_ms, idle_timeout_ms, send_timeout_ms;
	void (*drained)(void *state); /* after gw_server_drain(): no connection is left */
};

struct gw_server *gw_server_new(const struct gw_server_opts *o); /* gives */
void gw_server_free(struct gw_server *s); /* NULL is fine; cuts what is open */
/* "127.0.0.1:0", "[::1]:8440"; *ret_address (may be NULL) is what it came to. Errors: ERR_INVALID, ERR_UNAVAILABLE (in use), ERR_IO. */
NODISCARD int gw_server_listen_tcp(struct gw_server *s, struct str address, char ret_address[64],
				   struct err *err);
/* A socket file, mode 0660; one that a dead process left is replaced. Errors: ERR_UNAVAILABLE (another process listens), ERR_INVALID, ERR_IO. */
NODISCARD int gw_server_listen_unix(struct gw_server *s, const char *path, struct err *err);
struct gw_tls;
/* Connections accepted over TCP from now on speak TLS with this pair. Takes t, and frees the one before. */
void gw_server_tls(struct gw_server *s, struct gw_tls *t);
/* Asks all that wait. */
void gw_server_wake(struct gw_server *s);
/* Asks this one. It may be over when the call returns. */
void gw_request_wake(struct gw_request *q);
/* Held no more; one whose client is gone is over with that. */
void gw_request_release(struct gw_request *q);
/* How many requests wait now, or are streams that nothing is there for. */
size_t gw_server_waiting(const struct gw_server *s);
/* No new connections; idle ones close, others after their reply; what is left after grace_ms is cut. */
void gw_server_drain(struct gw_server *s, int64_t grace_ms);

struct gw_server_stats {
	uint64_t accepted, refused; /* refused: over a cap */
	uint64_t bad_heads, timeouts;
	size_t open, waiting, held_bytes;
};
void gw_server_stats(const struct gw_server *s, struct gw_server_stats *ret);

/*
 * Fills a with a problem document (RFC 9457). status 0: err's own. What was there before is dropped.
 */
void gw_problem(struct gw_reply *a, int status, const struct err *err);
/* The same in one go: code of err.def, status (0: the code's), words. */
void gw_refuse(struct gw_reply *a, int code, int status, const char *fmt, ...) PRINTF(4, 5);
/* As it was when the handler saw it first; releases what it held. */
void gw_reply_reset(struct gw_reply *a);
void gw_reply_field(struct gw_reply *a, const char *name, const char *fmt, ...) PRINTF(3, 4);

#endif
