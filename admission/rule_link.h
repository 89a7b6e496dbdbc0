/*
 * Links in SKILL.md: where they lead. Targets are relative to the skill's folder, or to the repository's root when they begin with '/'.
 */
#ifndef ADMISSION_RULE_LINK_H
#define ADMISSION_RULE_LINK_H

#include "admission/rule.h"

#define LINK_PATH_MAX 1024

enum link_kind {
	LINK_REMOTE, /* has a scheme or begins with "//" */
	LINK_HERE, /* a fragment of the same file, or empty */
	LINK_INSIDE, /* path names a place in the repository */
	LINK_ESCAPES, /* leads out of the repository */
	LINK_BAD /* too long, control bytes, a bad percent escape */
};

struct link_place {
	enum link_kind kind;
	size_t path_len;
	char path[LINK_PATH_MAX + 1]; /* LINK_INSIDE: "skills/ecm/runbooks/x.md", "" is the root */
};

/* Resolves target from the folder base ("skills/ecm/order-details"). */
void link_resolve(struct str base, struct str target, struct link_place *ret);

enum link_found {
	LINK_FOUND,
	LINK_MISSING,
	LINK_UNKNOWN /* outside skills/: a snapshot does not know what is there */
};
/* Is there such a file or folder in the candidate? */
enum link_found link_find(const struct rule_in *in, struct str path);

#endif
