/*
 * What the files of cases share.
 */
#ifndef SKILL_CASES_INT_H
#define SKILL_CASES_INT_H

#include "skill/cases.h"

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

#endif
