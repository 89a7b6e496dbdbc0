/*
 * Conditions in the words GitOps users know: Ready, Reconciling, Stalled. Stalled means that a human is needed, and remedy says what to do.
 */
#ifndef SKILL_CONDITION_H
#define SKILL_CONDITION_H

#include "base/doc.h"
#include "base/json.h"

enum condition_status { COND_FALSE, COND_TRUE, COND_UNKNOWN };

struct condition {
	const char *type; /* "Ready", "Reconciling", "Stalled" */
	enum condition_status status;
	struct str reason; /* one of condition_reasons */
	struct str message;
	struct str blocked_by; /* "Admission/ecm", "Source/main" …; empty */
	struct str remedy;
	int64_t transition_ms;
};

/* Reasons, each with one sentence for the manual. NULL-terminated by name. */
struct condition_reason {
	const char *name;
	const char *help;
};
extern const struct condition_reason condition_reasons[];
/* NULL when there is no such reason. */
const struct condition_reason *condition_reason_find(struct str name);

const char *condition_status_name(enum condition_status s); /* "True", "False", "Unknown" */
/* As an element: {"type", "status", "reason", "message", "blockedBy", "remedy", "lastTransitionTime"}; empty words are kept, a time of 0 is not. */
void condition_json(struct json *j, const struct condition *c);
/*
 * Reads back what condition_json wrote; type and strings point into n's arena. Errors: ERR_INVALID with what is missing or is no condition.
 */
NODISCARD int condition_from_json(const struct doc_node *n, struct condition *ret, struct err *err);
/*
 * True when what a user sees has changed: status, reason, message, blockedBy or remedy. The transition time moves only when the
 * status does, so that "Ready since" is true.
 */
bool condition_differs(const struct condition *old, const struct condition *now);

#endif
