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

void condition_json(struct json *j, const struct condition *c);

#endif
