/*
 * The server, inside: server.c has its life and its timer, listen.c the listening sockets, conn.c what happens to one connection,
 * conn_request.c what it asks, reply.c the bytes of replies, chunk.c those of chunked bodies.
 */
#ifndef AGENT_GATEWAY_SERVER_INT_H
#define AGENT_GATEWAY_SERVER_INT_H

#include "agent/gateway/chunk.h"
#include "agent/gateway/server.h"
#include "agent/gateway/tls.h"
#include "runtime/door/http_parse.h"

#define GW_LISTENERS_MAX 4
#define GW_READ_BYTES (64 * 1024) /* of bodies, at once */

/*
 *	HEAD ──▶ BODY ──▶ WAIT ──▶ SEND ──▶ HEAD (keep-alive) or LINGER
 *	  └────────┴────────────────▲ ◀──▶ STREAM
 */
enum conn_phase {
	CONN_HEAD, /* idle, or a head is coming in */
	CONN_BODY,
	CONN_WAIT, /* the reply is not there yet */
	CONN_SEND,
	CONN_STREAM, /* all is sent, and more comes later */
	CONN_LINGER, /* we have said everything; what still comes is dropped, so that our last words arrive */
};

struct gw_address {
	uint8_t bytes[16];
	bool local;
};

struct gw_conn {
	struct gw_server *server;
	struct gw_conn *prev, *next;
	int fd;
	struct loop_source *source;
	uint32_t events;
	struct gw_address address;
	struct gw_tls_conn *tls; /* NULL: plain */
	enum conn_phase phase;
	int64_t deadline_ms; /* monotonic; of the phase */

	struct buf in;
	size_t scan; /* of in, by the parser */
	struct http_head head;
	struct gw_request request;
	bool under_way; /* the handler has seen the head: done() is owed */
	bool judging; /* CONN_WAIT: for head() to be called anew */
	bool looked_away; /* CONN_WAIT: more came than is read now */
	bool yields; /* CONN_SEND: others have their turn, then it goes on */
	bool peer_ended; /* seen in CONN_WAIT: it sends nothing more */
	size_t body_max;
	uint64_t body_length; /* without chunks */
	struct chunk_decoder chunk;
	struct buf body; /* of a chunked request */
	size_t held; /* of server.held_bytes */
	size_t lingered;

	struct gw_reply reply;
	struct buf out;
	size_t sent;
	uint64_t sent_total; /* of this reply */
	bool head_only, chunked, keep;
};

struct gw_server {
	struct gw_server_opts opts;
	struct listener {
		int fd;
		struct loop_source *source;
		bool local;
		char *path; /* of a Unix socket: removed at the end */
	} listeners[GW_LISTENERS_MAX];
	size_t listener_count;
	struct gw_conn *conns;
	struct gw_tls *tls; /* of TCP connections; NULL: plain */
	struct loop_source *tick;
	bool ticking, draining,
		paused; /* paused: out of descriptors, accepting again at the next tick */
	int64_t drain_until_ms;
	struct gw_server_stats stats;
	uint64_t next_id;
	char id_prefix[9];
	char date[40]; /* of the second date_s, as replies say it */
	int64_t date_s;
};

/* listen.c */
void gw_listeners_close(struct gw_server *s);
void gw_listeners_pause(struct gw_server *s, bool paused);

/* server.c */
void gw_server_tick_on(struct gw_server *s); /* the timer runs while there are connections */

/* conn.c */
void gw_conn_open(struct gw_server *s, int fd, const struct gw_address *address, const char *peer);
void gw_conn_close(struct gw_conn *c);
/* Looks at the connection's deadline. */
void gw_conn_tick(struct gw_conn *c, int64_t now_ms);
/* Asks a waiting reply. */
void gw_conn_wake(struct gw_conn *c);

int64_t gw_conn_now_ms(const struct gw_conn *c);
/* The reply is there: writes its beginning and sends from now on. */
void gw_conn_begin_send(struct gw_conn *c);

/* conn_request.c */
/* What a step of the connection came to: there may be more to do, nothing to do now, it is dead. */
enum conn_step { CONN_STEP_ON, CONN_STEP_WAIT, CONN_STEP_GONE };
enum conn_step gw_conn_step_head(struct gw_conn *c);
enum conn_step gw_conn_step_body(struct gw_conn *c);
/* Asks the handler what it says to the head. */
enum conn_step gw_conn_judge(struct gw_conn *c);
/* A request that we will not read to its end: the connection cannot be used after it. */
enum conn_step gw_conn_refuse(struct gw_conn *c, int code, int status, const char *words);

/* reply.c */
/* Writes the reply's head, and its body where it has a length, to out. */
void gw_reply_begin(struct gw_conn *c);
/* Makes the next piece of a streamed reply. Negative: it was broken off; else an enum gw_more. */
int gw_reply_more(struct gw_conn *c);
void gw_reply_end(struct gw_conn *c); /* the last chunk */
const char *gw_status_text(int status);

#endif
