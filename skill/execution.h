/*
 * Executions: one run of one version of one skill, and the two documents at its ends. SkillContext goes to the handler's stdin, SkillResult
 * comes from its stdout; both are JSON with an apiVersion and published schemas (aspora schema context|result).
 *
 *	SkillContext {"apiVersion":"aspora/v1","kind":"SkillContext","execution":"EXEC-…","skill":"ecm/order-details","mode":"live",
 *	              "session":"…","trigger":{"kind":"command","text":"order status 17","params":{"order_id":"17"}},
 *	              "input":{…},"deadline":"…","attempt":1,"parent":"…"}
 *	SkillResult  {"apiVersion":"aspora/v1","kind":"SkillResult","output":…, "text":"…", "forward":"frm/escalation", "metrics":{…}}
 *
 * A handler may also print any other JSON value: it becomes `output`. (One JSON value is the least an analyst's script can be asked for.)
 */
#ifndef SKILL_EXECUTION_H
#define SKILL_EXECUTION_H

#include "base/crypto.h"
#include "base/doc.h"
#include "base/json.h"

enum execution_mode { MODE_LIVE, MODE_SHADOW, MODE_TEST, MODE_REPLAY };
enum execution_state {
	EXEC_QUEUED,
	EXEC_CLAIMED,
	EXEC_RUNNING,
	EXEC_SUCCEEDED,
	EXEC_FAILED,
	EXEC_CANCELLED
};
const char *execution_mode_name(enum execution_mode m); /* "live", … */
const char *execution_state_name(enum execution_state s); /* "queued", … */
bool execution_state_final(enum execution_state s);
/* By name; false when there is none. */
NODISCARD bool execution_mode_find(struct str name, enum execution_mode *ret);
NODISCARD bool execution_state_find(struct str name, enum execution_state *ret);

#define EXECUTION_INPUT_MAX (1024 * 1024)
#define EXECUTION_RESULT_MAX (1024 * 1024)

/* The record, as stored. Strings live with whoever made it. */
struct execution {
	char id[64]; /* EXEC-20260218120000-0123456789abcdef */
	enum execution_mode mode;
	enum execution_state state;
	struct str domain, skill;
	struct digest content, runtime, context; /* what it ran with; zero until claimed */
	struct str session, parent, idempotency_key, requested_by;
	int attempt;
	int64_t created_ms, started_ms, ended_ms, deadline_ms; /* wall clock; 0: not yet */
	int64_t reserved_microusd, cost_microusd;
	struct str trigger_json; /* {"kind","text","params"} */
	struct str input_json;
	struct str result_json; /* a SkillResult, once succeeded */
	struct str error_json; /* a problem document, once failed */
	struct digest transcript;
};

/* One thing that happened, append-only. kind: "claimed", "sandbox.started", "stderr", "door.request", "forward", … */
struct execution_step {
	int64_t at_ms;
	const char *kind;
	struct str data_json;
};

/* What is empty or zero in e is left out; an empty input is {}. trigger_json and input_json are trusted to be JSON. */
void skill_context_json(struct buf *out, const struct execution *e);
/*
 * Accepts a SkillResult (an object with "kind": "SkillResult") or any other JSON value; appends a normal SkillResult. Unknown keys of a
 * SkillResult are refused, because a mistyped "forward" that is dropped in silence is worse than an error. Errors: ERR_HANDLER_OUTPUT
 * with what was wrong, the first bytes of what was printed, and what to print instead.
 */
NODISCARD int skill_result_normalise(struct str handler_stdout, struct buf *out, struct err *err);
void skill_context_schema(struct buf *out); /* JSON Schema 2020-12, complete documents */
void skill_result_schema(struct buf *out);

#endif
