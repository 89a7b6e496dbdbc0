/*
 * Regular expressions (PCRE2, bytes, JIT where there is one) under limits: pattern 4 KiB,
 * subject 64 KiB unless told, match 100,000, heap 16 MiB. The match limit restarts at each
 * start offset, so unanchored searches of long hostile text also want a time budget
 * (regex_budget).
 */
#ifndef BASE_REGEX_H
#define BASE_REGEX_H

#include "base/err.h"
#include "base/str.h"

struct regex;

#define REGEX_NOCASE 1u
#define REGEX_ANCHORED 2u /* must match at the start offset */
#define REGEX_WHOLE 4u /* must match the whole subject */
#define REGEX_LAZY_JIT 8u /* JIT-compile at first use: for tables of thousands */
#define REGEX_LONG 16u /* the pattern may have 16 KiB: for what is made, not written */

struct regex_span {
	size_t start, end; /* SIZE_MAX, SIZE_MAX when the group did not take part */
};
#define REGEX_GROUPS_MAX 16

/* Gives. Errors: ERR_INVALID with the offset in the pattern, ERR_TOO_LARGE. */
NODISCARD int regex_compile(struct str pattern, unsigned flags, struct regex **ret,
			    struct err *err);
void regex_free(struct regex *re);
void regex_freep(struct regex **re);

/*
 * Searches subject from byte `from`. Returns 1 and spans (spans[0] the whole) on a match, 0 on
 * none, negative on error: ERR_TOO_LARGE when a limit was hit. spans may be NULL.
 */
NODISCARD int regex_match(struct regex *re, struct str subject, size_t from,
			  struct regex_span spans[REGEX_GROUPS_MAX], struct err *err);
/*
 * The inner loop's form, for an expression compiled REGEX_ANCHORED: matches at `at` and nowhere else, knows neither
 * regex_budget() nor the subject limit (the caller bounds both), and fills `count` spans. Returns as regex_match().
 */
NODISCARD int regex_match_here(struct regex *re, struct str subject, size_t at,
			       struct regex_span *spans, unsigned count, struct err *err);
/*
 * Which bytes a match can begin with: bit b & 7 of ret[b >> 3]. All of them where that is not known, also for a pattern
 * that does not compile.
 */
void regex_first_bytes(struct str pattern, unsigned flags, uint8_t ret[32]);
/* Index of a named group, or -1. */
int regex_group(const struct regex *re, const char *name);
/* Raises the subject limit (default 64 KiB). */
void regex_subject_limit(struct regex *re, size_t bytes);

/*
 * A time that all matches of this process from now on share; past it each is ERR_TOO_LARGE. 0
 * ends the budget:
 *
 *	regex_budget(50);
 *	… match the request's texts against all rules …
 *	regex_budget(0);
 *
 * A match that runs is stopped within a few milliseconds by the match limit or by the budget.
 */
void regex_budget(int64_t ms);

#endif
