/*
 * tests/cases.md: what an analyst writes. A second-level heading is a case; below it an "Input" and an "Expect" section (headings or bold
 * words). Input is a fenced block (JSON or text) or a paragraph; Expect is a list:
 *
 *	## Order 17 is found
 *	### Input
 *	order status 17
 *	### Expect
 *	- contains "shipped"
 *	- equals "…"            - matches /regular expression/
 *	- field status equals "shipped"     (dotted path into the JSON output; also field x matches /…/)
 *	- must not contain "error"
 *
 * Any expectation may be negated ("must not equal", "field x does not match /…/"). Values stand in quotes of any kind, or bare to the end of the
 * line; expressions between slashes, with an i after for either case. A long value may be a fenced block below "- equals" or "- contains". Other
 * sections are for people. It compiles to promptfoo.
 */
#ifndef SKILL_CASES_H
#define SKILL_CASES_H

#include "skill/finding.h"

enum expect_kind { EXPECT_CONTAINS, EXPECT_EQUALS, EXPECT_MATCHES, EXPECT_FIELD };

struct expect {
	enum expect_kind kind;
	bool negated;
	struct str
		field; /* EXPECT_FIELD: "status", "items[0].name"; compared with value, or matched when regex */
	bool regex; /* value is an expression: of EXPECT_MATCHES always */
	bool nocase; /* /…/i */
	struct str value;
	uint32_t line, column;
};

struct skill_case {
	struct str name;
	struct str input;
	bool input_is_json;
	struct expect *expects;
	size_t expect_count;
	uint32_t line, column;
};

#define CASES_BYTES_MAX (128 * 1024)
#define CASES_BRACKETS_MAX 8192 /* cmark 0.30 is quadratic in some runs of '[' */
#define CASES_MAX 1000
#define CASE_EXPECTS_MAX 64

/*
 * Slips are findings "SK-CASES-…" with the place and what to write: no case at all, a case without input or without expectations, an
 * expectation that is none, JSON that does not parse, an expression that does not compile or runs into its limits. A case with slips is left
 * out of *ret. Everything lives in a; text is copied.
 */
void cases_parse(struct arena *a, struct str text, struct str path, const struct tree_id *blob,
		 struct str domain, struct str skill, struct findings *f, struct skill_case **ret,
		 size_t *ret_count);
/*
 * promptfooconfig.yaml for the cases. Its provider is `aspora run DOMAIN/SKILL --promptfoo`, to which promptfoo gives the prompt, the provider's and
 * the test's JSON as further arguments, and which prints a SkillResult. No assertion needs a model. metadata links a result back to skill,
 * case and line.
 */
void cases_promptfoo(struct buf *out, struct str domain, struct str skill,
		     const struct skill_case *cases, size_t count);
/*
 * Checks one output against a case; appends a sentence and a newline per failed expectation. Returns how many failed. The output is a SkillResult, or
 * any JSON value that stands for one. Fields are looked up in its output. Text is looked for in its text and in its output (the text of a
 * string, else compact JSON): one of them must contain, equal or match; neither may where it must not.
 */
size_t case_check(const struct skill_case *c, struct str output_json, struct buf *why);

#endif
