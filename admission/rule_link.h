/*
 * Links in SKILL.md: where they lead. Targets are relative to the skill's folder, or to the repository's root when they begin with '/'.
 */
#ifndef ADMISSION_RULE_LINK_H
#define ADMISSION_RULE_LINK_H

#include "admission/rule.h"

#define LINK_PATH_MAX 1024

struct link_place {
	enum link_kind kind;
	size_t path_len;
	char path[LINK_PATH_MAX +
		  1]; /* LINK_INSIDE, LINK_OUTSIDE: "skills/ecm/runbooks/x.md", "" is the root */
};

/* Resolves target from the folder base ("skills/ecm/order-details"). */
void link_resolve(struct str base, struct str target, struct link_place *ret);

/* Is there such a file or folder in the candidate? For paths of LINK_INSIDE. */
bool link_exists(const struct rule_in *in, struct str path);

#endif
