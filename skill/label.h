/*
 * Labels, as Kubernetes has them: short names with short values by which objects are found. Those of a skill that Git knows are the entries of `metadata` in its
 * frontmatter that read as labels; people set others over the API, where Git says nothing.
 */
#ifndef SKILL_LABEL_H
#define SKILL_LABEL_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

#define LABELS_MAX 64 /* of one object */

struct label {
	struct str key, value;
};

/* "team", "example.com/team": a name of 1 to 63 letters, digits, '-', '_', '.' with a letter or digit at both ends, below a domain name if there is a slash. */
bool label_key_ok(struct str key);
/* As a name, or empty. */
bool label_value_ok(struct str value);
/* ERR_INVALID with what a label looks like. */
NODISCARD int label_check(struct str key, struct str value, struct err *err);

#endif
