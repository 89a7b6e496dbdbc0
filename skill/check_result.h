/*
 * What a test tool wrote, as numbers: how many tests passed, failed, and did not run. Read are
 *
 *	JSON	promptfoo (`promptfoo eval -o results.json`), any version with results.results; SARIF 2.1.0 (results of level "error" fail)
 *	XML	JUnit, as pytest (--junitxml), DeepEval's through it, Go's and Java's reporters write it
 *
 * Nothing is taken on trust: totals that the tool states are not read, cases are counted. A file without a case is an error, because a tool that fell over
 * must not look like one that had nothing to say.
 */
#ifndef SKILL_CHECK_RESULT_H
#define SKILL_CHECK_RESULT_H

#include "base/arena.h"
#include "base/err.h"

struct check_count {
	struct str skill; /* "domain/name" where the file says so of a case; empty: it does not */
	int64_t passed, failed, skipped, cost_microusd;
};

struct check_result {
	const char *format; /* "promptfoo", "junit", "sarif" */
	struct str tool, version; /* where the file says so; may be empty */
	struct check_count *counts; /* by skill, each once */
	size_t count;
};

/*
 * path names the document in errors. Everything lives in a. Errors: ERR_SYNTAX, ERR_INVALID (no such format, no case in it), ERR_TOO_LARGE.
 */
NODISCARD int check_result_read(struct arena *a, struct str text, const char *path,
				struct check_result *ret, struct err *err);

#endif
