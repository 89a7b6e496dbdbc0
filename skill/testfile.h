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

#include "base/str.h"

struct test_counts {
	size_t promptfoo, deepeval, evals;
};

/* path is below the skill's folder, "tests/…". What cannot be parsed counts as nothing; what is no test file is passed over. */
void testfile_count(struct str path, struct str bytes, struct test_counts *t);
bool testfile_is(struct str path);

#endif
