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
 *	- field status equals "shipped"     (dotted path into the JSON output)
 *	- must not contain "error"
 *
 * It compiles to promptfoo.
 */
#ifndef SKILL_CASES_H
#define SKILL_CASES_H

#include "skill/finding.h"

enum expect_kind { EXPECT_CONTAINS, EXPECT_EQUALS, EXPECT_MATCHES, EXPECT_FIELD };

struct expect {
	enum expect_kind kind;
	bool negated;
	struct str
		field; /* EXPECT_FIELD: dotted path; its comparison is value (equals), or matches when regex */
	bool regex;
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

/* Slips are findings "SK-CASES-…" (a case without assertions is one) with the place. Everything lives in a. */
void cases_parse(struct arena *a, struct str text, struct str path, const struct tree_id *blob,
		 struct str domain, struct str skill, struct findings *f, struct skill_case **ret,
		 size_t *ret_count);
/* promptfooconfig.yaml for the cases. */
void cases_promptfoo(struct buf *out, struct str domain, struct str skill,
		     const struct skill_case *cases, size_t count);
/* Checks one output against a case; appends a sentence per failed expectation. Returns how many failed. */
size_t case_check(const struct skill_case *c, struct str output_json, struct buf *why);

#endif
