/*
 * The guard at the door of a sandbox: what goes in (SkillContext) and what comes out (SkillResult) is looked through, value by value, and
 * passed, redacted or refused as policy says. Values are looked at with the names they stand under, so that {"password": "…"} is known
 * for what it is; escapes of JSON hide nothing.
 */
#ifndef RUNTIME_GUARDED_H
#define RUNTIME_GUARDED_H

#include "base/doc.h"
#include "guard/guard.h"
#include "skill/config.h"

/* Of one execution. The vault gives one value one placeholder, on the way in and on the way out. */
struct run_guard {
	const struct guard_rules *rules; /* NULL: nothing is looked at */
	struct guard_policy policy;
	struct guard_vault *vault;
	int64_t budget_ms; /* 0: the guard's own */
};

/* By guard.pii, guard.secrets and guard.injection of the skill, with the rules of this binary and a new vault. */
void run_guard_init(struct run_guard *g, const struct config *effective, bool fail_open);
void run_guard_release(struct run_guard *g); /* what was hidden is wiped */

struct guarded {
	struct buf json; /* the text with its values redacted; empty when it passes as it is */
	struct buf
		said; /* JSON: {"what","findings":[{"rule","path","mode"}],"fault"?}; empty when there is nothing to say */
};
void guarded_init(struct guarded *g);
void guarded_release(struct guarded *g);

/*
 * Looks at the members of the object `json` that `members` names (NULL-terminated; NULL: all). what is for words: "the input". Errors: ERR_DENIED
 * when policy blocks something, naming rule and place and never the value; ERR_TOO_LARGE when the guard gave up and policy fails closed;
 * ERR_SYNTAX. `said` is filled in any case.
 */
NODISCARD int runtime_guard(const struct run_guard *g, const char *what, struct str json,
			    const char *const *members, struct guarded *ret, struct err *err);

#endif
