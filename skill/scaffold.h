/*
 * `aspora create skill D/N --role … --lang …`: the files of a new skill that pass admission as they are: SKILL.md, configuration, handler,
 * cases, a fixture. An analyst edits words from there.
 */
#ifndef SKILL_SCAFFOLD_H
#define SKILL_SCAFFOLD_H

#include "base/arena.h"
#include "skill/tree.h"
#include "skill/config.h"

extern const char *const scaffold_languages[]; /* "python", "javascript", "shell", …, NULL */

/*
 * Files in a, by path, relative to the repository's root. The trigger begins with the domain's and skill's names, so that it collides with no
 * other. Errors: ERR_INVALID (name, language) with what to write.
 */
NODISCARD int scaffold_skill(struct arena *a, struct str domain, struct str name, enum role role,
			     const char *language, struct tree_file **ret, size_t *ret_count,
			     struct err *err);

#endif
