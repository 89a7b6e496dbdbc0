/*
 * What the files of cases share.
 */
#ifndef SKILL_CASES_INT_H
#define SKILL_CASES_INT_H

#include "skill/cases.h"

struct cmark_node;

/*
 * One expectation in words: `contains "shipped"`. block is the fenced block below it, or STR_NULL. Strings of *ret live in a. Errors: ERR_INVALID,
 * ERR_TOO_LARGE with what to write.
 */
NODISCARD int expect_parse(struct arena *a, struct str text, struct str block, struct expect *ret,
			   struct err *err);
/* The name of an expectation in a sentence: `contains "shipped"`. */
void expect_text(struct buf *out, const struct expect *e);

/* Steps of a field's path, "items[0].name": names and indexes. False at a step that is none. */
struct field_step {
	struct str name; /* p NULL: an index */
	uint64_t index;
};
bool field_path_next(struct str *rest, struct field_step *ret);

/* --- reading ---------------------------------------------------------------------------------------------------- */

enum case_section { SECTION_NONE, SECTION_INPUT, SECTION_EXPECT };

/* One parse under way. */
struct cases_reading {
	struct arena *arena;
	struct str text; /* in arena */
	uint32_t *lines; /* offset of each line, and of the end */
	size_t line_count;
	struct str domain, skill, path;
	const struct tree_id *blob;
	struct findings *findings;
	struct skill_case *cases;
	size_t case_count, case_cap;
	/* The case at work. */
	bool open, bad;
	struct skill_case now;
	size_t expect_cap;
	enum case_section section;
	bool input_fenced;
};

/* Everything from the node's first to its last line, as written, but for carriage returns. */
struct str cases_source(const struct cases_reading *p, struct cmark_node *n);
/* An item that goes on in the next line, as one line; in a. */
struct str cases_one_line(struct arena *a, struct str s);
/* A deny finding, which spoils the case at work; at places of the file, or at a node. */
struct finding *cases_slip(struct cases_reading *p, const char *rule, int line, int column,
			   int end_line, const char *message, const char *remedy);
struct finding *cases_slip_at(struct cases_reading *p, const char *rule, struct cmark_node *n,
			      const char *message, const char *remedy);

#endif
