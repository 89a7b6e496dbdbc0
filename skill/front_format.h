/*
 * SKILL.md in its canonical form: the fields of the frontmatter in one order, each with its comments and as it was written; nothing else is touched.
 *
 *	name, description, license, compatibility, allowed-tools, domain, role, trigger, capabilities, others as they stood, metadata
 *
 * The portable form is one that the Agent Skills format knows: our own fields and unknown ones stand under metadata as texts (aspora.domain …, several
 * triggers as lines of one text), allowed-tools is one text. What says the same is the same skill: both forms read alike.
 */
#ifndef SKILL_FRONT_FORMAT_H
#define SKILL_FRONT_FORMAT_H

#include "skill/skill.h"

/*
 * Writes the whole file to out; true when it differs from s->md_text. s has its text part. False, and nothing written, when the frontmatter cannot be
 * read (its findings say why).
 */
bool front_format(const struct skill *s, bool portable, struct buf *out);

#endif
