/*
 * A commit's tree as a tree source (skill/tree.h). Objects are read raw from the object database, modes and names exactly as they
 * are in it: judging them is tree_list()'s work, the same for every source. Ids are Git object ids, so an unchanged folder has an
 * unchanged id whatever the size of the repository. Blob sizes are checked before anything is inflated.
 */
#ifndef GITSYNC_TREE_GIT_H
#define GITSYNC_TREE_GIT_H

#include "gitsync/mirror.h"
#include "skill/tree.h"

/*
 * Keeps m, which must outlive the source. revision is the commit's id, root its tree. Errors: ERR_NOT_FOUND, ERR_GIT. Gives; release
 * with tree_source_free().
 */
NODISCARD int tree_git_open(struct mirror *m, const struct tree_id *commit,
			    struct tree_source **ret, struct err *err);

#endif
