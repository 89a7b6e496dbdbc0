/*
 * A work tree, or a folder of it, as it is now, under Git's ids: what is in a commit too has the same id there, whole folders at once. It lists what
 * tree_folder_open() lists, ignored and untracked files with the rest. With what Git's index remembers only files are read that have changed since Git looked
 * at them; folders and the stat of each file are looked at always.
 *
 * The index tells of bytes as Git would commit them. Where a file is another one in the work tree (line ends, encodings, large files kept elsewhere), its size
 * differs from that of the object, which is held against it; where a filter of any kind is named, the index is not asked at all.
 */
#ifndef GITSYNC_TREE_WORK_H
#define GITSYNC_TREE_WORK_H

#include "base/crypto.h"
#include "gitsync/mirror.h"

/* Sizes that have been held against the objects once need not be again. A digest stands for many files. */
struct tree_work_memory {
	bool (*has)(void *state, const struct digest *files);
	void (*add)(void *state, const struct digest *files);
	void *state;
};

/*
 * root is the work tree of m or below it, m outlives the source. memory NULL: all is read, and the index not asked; the ids are the same. Reading a file that
 * has changed since, or whose bytes are not the index's, is ERR_CONFLICT: open it anew without a memory. Gives. Errors: those of tree_folder_open().
 */
NODISCARD int tree_work_open(struct mirror *m, const char *root,
			     const struct tree_work_memory *memory, struct tree_source **ret,
			     struct err *err);

#endif
