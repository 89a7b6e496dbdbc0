/*
 * The executor: straight-line blocking code that a keeper process runs. Bundle, sandbox, door, result, nothing left behind.
 *
 *	runtime_execute(rt, &request, &result, &err)
 *
 * is run_instance_open + run_instance_invoke + run_instance_close; a warm pool calls the three itself. Whoever claims executions from the database is the
 * caller; nothing here knows a store.
 *
 * Failures, and whose fault: result.content_fault is true when other content would not have failed (quarantine material), false when
 * the environment did (back off and try again).
 *
 *	ERR_HANDLER_EXIT     non-zero exit or signal, with the last lines of stderr            content
 *	ERR_HANDLER_OUTPUT   no JSON, or not a SkillResult                                     content
 *	ERR_TOO_LARGE        more output than limits.output_bytes                              content
 *	ERR_HANDLER_TIMEOUT  longer than limits.timeout_ms                                     content
 *	ERR_HANDLER_MEMORY   more than limits.memory_bytes                                     content
 *	ERR_SYNTAX           the interpreter refuses the file (where: path and line)           content
 *	ERR_NOT_FOUND        the handler is not among the files                                content
 *	ERR_UNSUPPORTED      handler of a kind that no interpreter here runs                   content, or environment when one is missing on this host
 *	ERR_SANDBOX, ERR_IO, ERR_UNAVAILABLE, ERR_TIMEOUT (never ready)                        environment
 *	ERR_DENIED           the guard refuses what goes in or comes out                        neither: the same content may pass the next time
 *	ERR_CANCELLED        on_heartbeat said so                                              environment
 */
#ifndef RUNTIME_EXECUTE_H
#define RUNTIME_EXECUTE_H

#include "runtime/guarded.h"
#include "runtime/runtime.h"
#include "skill/execution.h"

struct run_request {
	const char *instance; /* names the sandbox; see sandbox_spec */
	struct str driver; /* empty: the strongest usable */
	enum isolation isolation; /* least class that will do */
	struct digest runtime; /* names the bundle */
	const struct manifest *manifest;
	const struct blob_reader *blobs;
	struct str handler; /* "code/handler.py" */
	struct run_limits limits;
	const struct sandbox_env *env;
	size_t env_count;
	bool network;

	/* One invocation; unused by run_instance_open and runtime_probe_version. */
	const char *execution; /* "EXEC-…": the request id inside */
	struct str context_json; /* a SkillContext, at most EXECUTION_INPUT_MAX */
	const struct run_guard *guard; /* NULL: nothing is looked at */
	int64_t deadline_wall_ms; /* 0: by limits.timeout_ms alone; the earlier one holds */

	/* Called as things happen, in order. Strings are borrowed for the call. May be NULL. */
	void (*on_step)(void *state, const struct execution_step *step);
	/* Called at least every heartbeat_ms (0: 5 s); non-zero ends the run with ERR_CANCELLED. May be NULL. */
	int (*on_heartbeat)(void *state);
	int64_t heartbeat_ms;
	void *state;
};

struct run_result {
	struct buf result_json; /* a normal SkillResult; empty on failure */
	struct buf stderr_tail; /* the last bytes of what the handler said on stderr */
	struct buf
		transcript; /* JSON lines of everything that passed the door; see door/transcript.h */
	struct digest transcript_digest; /* digest_tagged("aspora.transcript.v1", transcript) */
	bool content_fault; /* meaningful after a failure */
	const char *driver; /* static */
	const char *limits_text; /* runtime_limits_describe(); lives with rt */
	int64_t started_ms, ready_ms, ended_ms; /* wall clock; 0: not reached */
	int64_t memory_peak_bytes, cpu_ms; /* 0: not known */
	bool out_of_memory;
};

void run_result_init(struct run_result *r);
void run_result_release(struct run_result *r);

/* Blocks until the result is there or the run has failed; nothing of the sandbox is left either way. */
NODISCARD int runtime_execute(struct runtime *rt, const struct run_request *req,
			      struct run_result *ret, struct err *err);
/*
 * Readiness of a version: bundle, sandbox, and the handler in its interpreter's check mode; nothing of the skill is run. Errors as above.
 */
NODISCARD int runtime_probe_version(struct runtime *rt, const struct run_request *req,
				    struct run_result *ret, struct err *err);

/* The parts, for a warm pool: a sandbox that has asked for its first invocation. req is borrowed until close. */
struct run_instance;
NODISCARD int run_instance_open(struct runtime *rt, const struct run_request *req,
				struct run_instance **ret, struct run_result *result,
				struct err *err);
/* One invocation, then the instance can only be closed. req gives the invocation's fields. */
NODISCARD int run_instance_invoke(struct run_instance *i, const struct run_request *req,
				  struct run_result *ret, struct err *err);
void run_instance_close(struct run_instance *i);
void run_instance_closep(struct run_instance **i);
int run_instance_wait_fd(
	const struct run_instance *i); /* readable when the sandbox has ended by itself */

#endif
