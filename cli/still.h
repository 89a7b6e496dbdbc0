/*
 * Domains that two commits, or a commit and the folder, have alike, and of which an earlier run has kept what others see of them: of thousands of skills only those of domains that
 * differ need to be read. Kept below $XDG_CACHE_HOME/aspora/domains (~/.cache), a file each, named by everything it rests on (this version, its rules, the
 * root's own files, the folder's tree) and begun by a digest of the rest. What is missing, damaged or foreign is read from the repository, and the folder
 * may be removed at any time.
 */
#ifndef CLI_STILL_H
#define CLI_STILL_H

#include "cli/folder.h"
#include "gitsync/tree_work.h"
#include "skill/verdict.h"

struct cli_still {
	struct surface *items; /* by name; in the command's arena */
	size_t count;
};

/* None where the root's own files differ, or something could not be read. Both are open and of f. */
void cli_still_find(struct cli *c, const struct cli_folder *f, const struct cli_tree *base,
		    const struct cli_tree *want, struct cli_still *ret);
bool cli_still_has(const struct cli_still *s, struct str domain);
/* A skill that was read links to something outside its domain: what is there has to be read too. */
bool cli_still_is_left(const struct snapshot *s);
/* Keeps what others see of the domains of s, in the place of what may be damaged. Failing is no error. */
void cli_still_keep(struct cli *c, const struct cli_folder *f, const struct cli_tree *t);
/* Which files of an index had the sizes of their objects; kept in the same folder. In the command's arena; where there is nowhere to keep it, it knows nothing. */
const struct tree_work_memory *cli_still_sizes(struct cli *c);

#endif
