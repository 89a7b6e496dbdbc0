/*
 * The door: the keeper's end of the one byte stream out of a sandbox, an HTTP/1.1 server for one connection. What it offers is one table of
 * routes (door/routes.c). Everything that passes is written down (door/transcript.h).
 *
 * It never blocks. The caller: 1. door_new() 2. polls door_fd for door_events(), calls door_pump() 3. when the phase is DOOR_WAITING
 * gives an invocation 4. looks at the phase after each pump.
 *
 *	STARTING ──next──▶ WAITING ──door_give──▶ RUNNING ──response──▶ ANSWERED
 *	    ├──ready──▶ READY                        └─────error─────▶ FAILED
 *	    └──init/error──▶ FAILED
 */
#ifndef RUNTIME_DOOR_DOOR_H
#define RUNTIME_DOOR_DOOR_H

#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "runtime/door/transcript.h"

enum door_phase {
	DOOR_STARTING,
	DOOR_WAITING,
	DOOR_RUNNING,
	DOOR_ANSWERED,
	DOOR_FAILED,
	DOOR_READY
};
const char *door_phase_name(enum door_phase p);

struct door_opts {
	int fd; /* borrowed; non-blocking */
	const struct clock *clock;
	size_t output_max, log_max; /* of the handler's stdout and stderr */
	/* What a handler asked of the door, and what it said on stderr; may be NULL. */
	void (*on_request)(void *state, struct str method, struct str target, int status);
	void (*on_log)(void *state, struct str text);
	void *state;
};

struct door_invocation {
	const char *id;
	struct str context_json; /* borrowed until the phase changes */
	int64_t timeout_ms, deadline_wall_ms;
};

/* What aspora-init reported: see init/protocol.h. */
struct door_fault {
	char type[64];
	struct buf message;
	int exit_status, signal; /* -1: none */
};

struct door;
struct door *door_new(const struct door_opts *o); /* gives */
void door_free(struct door *d);
void door_freep(struct door **d);

short door_events(const struct door *d);
/* Errors: ERR_SANDBOX when what comes is not of the protocol; the sandbox must be ended then. */
NODISCARD int door_pump(struct door *d, short revents, struct err *err);
bool door_closed(const struct door *d); /* the other end has gone */
enum door_phase door_phase(const struct door *d);
void door_give(struct door *d, const struct door_invocation *i); /* in DOOR_WAITING */

struct str door_response(const struct door *d); /* ANSWERED: the handler's stdout; points into d */
const struct door_fault *door_fault(const struct door *d); /* FAILED; points into d */
struct str door_log(const struct door *d); /* stderr so far, its last log_max bytes */
struct transcript *door_transcript(struct door *d);

/* The table, for the manual and tests: "METHOD path", NULL past the end. */
const char *door_route_text(size_t i, char out[128]);

#endif
