/*
 * Facts: what a verdict may depend on besides the content, gathered beforehand by whoever asks for it. Rules have no clock, network or
 * database; the date, posted results of CI bots and people's confirmations reach them here and only here.
 */
#ifndef ADMISSION_FACTS_H
#define ADMISSION_FACTS_H

#include "base/crypto.h"
#include "base/str.h"
#include "skill/mcp_lock.h"

/* Somebody said yes to something that is refused until somebody does. */
struct admit_confirmation {
	struct str kind; /* "deletion", "growth", "freeze" (go on in spite of one), "review" */
	struct str domain; /* empty: the whole repository */
	struct str by; /* an empty name confirms nothing */
	struct str reason;
	int64_t up_to_millionths; /* the share that was confirmed: 400,000 is "40 %" */
	int64_t until_ms; /* wall clock; 0: no end */
	/*
	 * Said of one change, and good for no other: what is pushed in place of what is deployed (zeros: nothing, a new domain or a deleted one). Not
	 * bound: said of whatever comes next.
	 */
	bool bound;
	struct digest candidate, base;
	struct str
		also; /* another name of who said it, such as the address of a login; empty: none is known */
};

/* What somebody saw of the commits since the last release. Who may sign is the operator's configuration, never the repository's. */
struct admit_signature {
	bool required; /* the operator asks for signatures */
	struct str signer; /* of the newest commit; empty: nobody that is trusted */
	struct str
		problem; /* what is wrong, "commit 1a2b3c4d is not signed"; empty: all are signed */
	struct str remedy; /* of the problem; empty: the rule's own */
};

/* A result that a CI bot posted, for exactly one content digest. */
struct admit_check {
	struct str name; /* "promptfoo" */
	struct str tool, version, link;
	struct digest content; /* of the skill it ran on */
	int64_t passed, failed, skipped;
};

struct admit_facts {
	int64_t now_ms; /* wall clock, UTC; a waiver's `until` is held against its date */
	const struct admit_confirmation *confirmations;
	size_t confirmation_count;
	const struct admit_check *checks;
	size_t check_count;
	struct str
		author; /* of the change, "Ana <ana@example.com>" or "key:ana"; empty: not known */
	/* It goes back to what was released before, and was approved then: nobody has to approve it again. */
	bool restores;
	struct admit_signature signature;
	const struct mcp_server *seen; /* what MCP servers said of themselves last */
	size_t seen_count;
};

#endif
