/*
 * Shared by the files of the frontmatter's fields.
 */
#ifndef SKILL_SKILL_FIELDS_INT_H
#define SKILL_SKILL_FIELDS_INT_H

#include "skill/skill_int.h"

/* One field as it stands. */
struct value {
	const struct doc_pair *pair; /* NULL: it is not there */
	const char *name; /* as messages call it */
};

/* Text of a scalar, trimmed; false and a finding for a list or map, false alone for nothing. */
bool value_text(struct md *md, const struct value *v, struct str *ret);

/* Each reads one field into md->s. */
void take_name(struct md *md, const struct value *v);
void take_description(struct md *md, const struct value *v);
void take_license(struct md *md, const struct value *v);
void take_compatibility(struct md *md, const struct value *v);
void take_tools(struct md *md, const struct value *v);

#endif
