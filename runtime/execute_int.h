/* Shared by the parts of the executor. */
#ifndef RUNTIME_EXECUTE_INT_H
#define RUNTIME_EXECUTE_INT_H

#include "runtime/door/door.h"
#include "runtime/execute.h"

#define DRIVER_WORDS_MAX ((size_t)8 * 1024)

struct run_instance {
	struct runtime *rt;
	const struct run_request *req; /* whose callbacks hold now */
	struct run_result *result;
	const struct driver *driver;
	struct bundle bundle;
	struct sandbox *sandbox;
	struct door *door;
	struct run_limits limits;
	struct buf words; /* what the driver's own programs said */
	struct buf
		log; /* stderr of a guarded run: what has been told, its end, then what is held until its line is whole */
	size_t log_told; /* bytes of it */
	int64_t heartbeat_due; /* monotonic */
};

/* --- steps.c --- */
void step_text(struct run_instance *i, const char *kind, const char *key, struct str value);
/* data is JSON. */
void step_json(struct run_instance *i, const char *kind, const struct buf *data);
void step_started(struct run_instance *i);
void step_ended(struct run_instance *i, const struct sandbox_status *s);
void step_request(void *instance, struct str method, struct str target, int status);
void step_log(void *instance, struct str text);

/* --- execute_guard.c: as runtime_guard(), with a step "guard" of what was found --- */

/* What the handler is given; *ret_json points into held or the request. */
NODISCARD int guard_context(struct run_instance *i, struct buf *held, struct str *ret_json,
			    struct err *err);
/* What it answered, in place. */
NODISCARD int guard_result(struct run_instance *i, struct err *err);
/*
 * What is kept of it loses what policy redacts or blocks: steps of stderr, told line by line; its tail, the transcript, and the words of a failure, which
 * quote it.
 */
void guard_log(struct run_instance *i, struct str text);
void guard_log_end(struct run_instance *i);
void guard_records(struct run_instance *i);
void guard_failure(struct run_instance *i, struct err *err);

/* --- failure.c: every way to fail, in words, and whose fault it was --- */

/* aspora-init reported it. */
int failure_reported(struct run_instance *i, const struct sandbox_status *s, struct err *err);
/* The sandbox ended, or closed the door, before there was an answer. */
int failure_early_end(struct run_instance *i, const struct sandbox_status *s, struct err *err);
int failure_timeout(struct run_instance *i, bool ready, struct err *err);
/* Line and words of an interpreter's complaint about the handler. message points into said. */
void failure_place(struct str said, struct str handler, uint32_t *ret_line,
		   struct str *ret_message);

#endif
