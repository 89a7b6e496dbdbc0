/* Shared by the server and its routes. */
#ifndef RUNTIME_DOOR_DOOR_INT_H
#define RUNTIME_DOOR_DOOR_INT_H

#include "base/json.h"
#include "runtime/door/door.h"
#include "runtime/door/http_parse.h"

#define DOOR_ID_MAX 96

struct door {
	struct door_opts opts;
	struct buf in, out;
	size_t scan, sent;
	bool closed;
	enum door_phase phase;
	int64_t began_ms; /* monotonic */
	struct door_invocation invocation;
	char id[DOOR_ID_MAX + 1];
	struct buf response, log;
	struct door_fault fault;
	struct transcript transcript;
};

struct door_request {
	struct str method, target; /* target as sent */
	struct str path; /* without the query */
	struct str id; /* what {} of the pattern matched */
	struct str body;
};

struct door_reply {
	int status;
	const char *type; /* Content-Type; NULL with an empty body */
	struct buf fields; /* more header fields, whole lines */
	struct buf body;
	bool later; /* no answer yet: the request stays the open one */
};

struct door_route {
	const char *method, *pattern; /* one {} stands for one path segment */
	size_t body_max; /* 0: the output limit of the door */
	bool plumbing; /* between aspora-init and us; no step, no surprise */
	void (*run)(struct door *d, const struct door_request *q, struct door_reply *a);
};
extern const struct door_route door_routes[]; /* method NULL ends */

/* Fills a with a problem document. Returns nothing; status from the code. */
void door_problem(struct door_reply *a, int status, const char *code, const char *fmt, ...)
	PRINTF(4, 5);
/* The route and what {} matched, or NULL with the status (404, 405) in *ret_status. */
const struct door_route *door_route_find(struct str method, struct str path, struct str *ret_id,
					 int *ret_status);
/* Answers `next` with the invocation that is there. */
void door_invocation_reply(struct door *d, struct door_reply *a);

#endif
