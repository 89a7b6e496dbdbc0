/*
 * The guard: bytes in, findings out. One engine finds personal data, secrets and smuggled instructions, in the
 * skills of a repository at deploy time and in the traffic of models and tools at run time.
 *
 * What it looks for is data: guard/patterns.yaml (the format is described there), compiled into the binary and
 * loadable from a file. A rare literal is searched for with SIMD; an expression starts, anchored, only at a hit.
 * The guard decides nothing: callers hold findings against their policy (struct guard_policy).
 */
#ifndef GUARD_GUARD_H
#define GUARD_GUARD_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/guard_mode.h"
#include "base/str.h"

enum guard_category { GUARD_PII, GUARD_SECRET, GUARD_INJECTION, GUARD_CATEGORIES };
const char *guard_category_name(enum guard_category c); /* "pii", "secret", "injection" */

/* What a rule is called and says. Lives as long as the rules. */
struct guard_rule {
	const char *id; /* "secret-aws-access-key" */
	const char *type; /* "aws-access-key": what a placeholder and a score name it */
	enum guard_category category;
	unsigned confidence; /* percent */
	const char *says; /* "an AWS access key" */
	const char *remedy; /* what to write instead; may be "" */
};

struct guard_finding {
	const struct guard_rule *rule;
	size_t start,
		end; /* bytes of the text given; for what was encoded, the whole encoded part */
	unsigned confidence; /* percent, after validators and context */
	const char *
		encoding; /* "base64", "hex", "url", "rot13" when found in a decoded part; else NULL */
	bool allowed; /* by a guard:allow comment: reported, never counted */
	struct str reason; /* of the comment; points into the text */
};

/* Compiled rules: immutable, may be shared by any number of scans, one at a time in a process without threads. */
struct guard_rules;

/*
 * The rules compiled into this binary; made at first use, never freed. NULL never: a table that did not load
 * is a fault of the build and aborts.
 */
const struct guard_rules *guard_rules_builtin(void);
/* Makes now what the first scan of a suspicious text would make (some 15 ms): for who has the time. */
void guard_rules_ready(const struct guard_rules *r);
/* From a table in YAML; name is for errors. Gives. Errors: ERR_SYNTAX, ERR_INVALID, ERR_TOO_LARGE with file, line and column. */
NODISCARD int guard_rules_load(struct str yaml, const char *name, struct guard_rules **ret,
			       struct err *err);
void guard_rules_free(struct guard_rules *r);
void guard_rules_freep(struct guard_rules **r);
size_t guard_rules_count(const struct guard_rules *r);
const struct guard_rule *guard_rules_at(const struct guard_rules *r, size_t i);
/* NULL when there is none. */
const struct guard_rule *guard_rules_find(const struct guard_rules *r, const char *id);

#define GUARD_FINDINGS_MAX 1000 /* in one text; past it the scan fails with ERR_TOO_LARGE */
#define GUARD_TEXT_MAX ((size_t)64 << 20)

struct guard_options {
	unsigned categories; /* 1u << GUARD_PII | …; 0: all */
	unsigned confidence; /* the least reported, percent; 0: 50 */
	int64_t budget_ms; /* of the whole scan; 0: 1000 + 1 per 16 KiB */
	bool no_allow; /* do not honour guard:allow comments (traffic is not a file that a reviewer saw) */
};

struct guard_findings {
	struct guard_finding
		*items; /* by start, then end; overlaps resolved: the surer, then the longer stays;
			* orders and data may overlap each other */
	size_t count, cap;
	/* guard:allow comments that were not honoured, and why: a reviewer wants to see them. */
	struct guard_note {
		size_t start, end; /* bytes of the text given */
		const char *says; /* "there is no rule \"x\"" */
	} * notes;
	size_t note_count, note_cap;
};

/*
 * Scans text. Findings and their words live in a; spans are bytes of text. opt may be NULL.
 * Errors: ERR_TOO_LARGE when a limit of size, count, match or time was hit. Then what was found so far is in ret,
 * and the caller's policy says whether the text passes: at deploy time it never does.
 */
NODISCARD int guard_scan(const struct guard_rules *r, const struct guard_options *opt,
			 struct str text, struct arena *a, struct guard_findings *ret,
			 struct err *err);

/* What a policy says of each category; of a rule where it names one. */
struct guard_policy {
	enum guard_mode mode[GUARD_CATEGORIES];
	struct guard_override {
		const char *rule;
		enum guard_mode mode;
	} * overrides; /* borrowed */
	size_t override_count;
	bool fail_open; /* a scanner fault passes the text (run time only) */
};
enum guard_mode guard_policy_mode(const struct guard_policy *p, const struct guard_finding *f);

/*
 * Redaction. Each finding becomes "<type:n>", n counting the distinct values of the type from 1, so that the same
 * value has the same placeholder throughout the lifetime of the vault and the text keeps its meaning.
 *
 * A vault that can give back what it hid, to a tool that is authorised, belongs to one execution and writes "<type:n:nonce>", the nonce being its
 * own and secret to whoever wrote the text: "<email:1>" that stood in a document before is never taken for ours. Its memory is wiped
 * at the end.
 */
struct guard_vault;
struct guard_vault *guard_vault_new(void); /* hides for good; gives */
struct guard_vault *guard_vault_new_reversible(void); /* gives */
#define GUARD_NONCE 10 /* characters of base 62: nobody guesses one in an execution */
const char *guard_vault_nonce(const struct guard_vault *v); /* "" of one that hides for good */
void guard_vault_free(struct guard_vault *v);
void guard_vault_freep(struct guard_vault **v);
/* Appends text to out with the findings that policy redacts (NULL: all that are not allowed) replaced. */
void guard_redact(struct guard_vault *v, const struct guard_policy *p, struct str text,
		  const struct guard_findings *f, struct buf *out);
/* Appends text to out with this vault's placeholders made whole again. Returns how many: none of a vault that hides for good. */
size_t guard_restore(const struct guard_vault *v, struct str text, struct buf *out);

#endif
