/*
 * -f of verbs that are about what is deployed already: the skills that files stand for.
 */
#ifndef CLI_FILE_REF_H
#define CLI_FILE_REF_H

#include "cli/resource.h"

struct cli_refs {
	struct cli_ref *items;
	size_t count, cap;
};

/*
 * Appends the skills that path means, as `aspora apply -f` reads it: of a repository, of a domain, one, or that of a file. In the command's arena.
 * Errors: ERR_NOT_FOUND (no such path, no skill there), ERR_INVALID (a file that is of no skill).
 */
NODISCARD int cli_file_refs(struct cli *c, const char *path, struct cli_refs *to, struct err *err);

#endif
