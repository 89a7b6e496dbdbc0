/*
 * Test files that other tools run, beside tests/cases.md: how many of their cases check anything. An empty file, or a case that asserts nothing, counts as
 * nothing: such tests pass whatever the skill does.
 *
 *	tests/promptfooconfig.yaml (.yml, .json)   an element of `tests` with an `assert`, or any when `defaultTest` has one
 *	tests/test_*.py (pytest, DeepEval)         a function test_… with an `assert` or `assert_test(` in it
 *	tests/evals.json (Agent Skills)            an element of `evals` with expectations, assertions or an expected output
 */
#ifndef SKILL_TESTFILE_H
#define SKILL_TESTFILE_H

#include "base/err.h"
#include "base/str.h"

struct test_counts {
	size_t promptfoo, deepeval, evals;
	/* There is a promptfoo file of which no provider (nor prompt) is this skill: it tests something else. */
	bool promptfoo_elsewhere;
};

/*
 * path is below the skill's folder, "tests/…"; what is no test file is passed over. skill is "domain/name": a promptfoo file points at it when a
 * provider or a prompt names it, as the provider "exec:aspora run DOMAIN/NAME --promptfoo" does, or a file of the skill (../code/…, ../SKILL.md).
 * Errors: as of parsing, with the place; such a file counts as nothing.
 */
NODISCARD int testfile_count(struct str path, struct str bytes, struct str skill,
			     struct test_counts *t, struct err *err);
bool testfile_is(struct str path);

#endif
