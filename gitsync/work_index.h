/*
 * Git's index of a work tree, read as data: which file had which stat when Git last hashed it. Versions 2 to 4 of the format of gitformat-index(5); a
 * split or sparse index is not read, and the caller reads the files instead. Nothing is ever written.
 *
 * What an entry says holds for a file whose stat is the same, unless the entry is as new as the index itself: then the file may have been written once more
 * within the same tick of the clock ("racy Git").
 */
#ifndef GITSYNC_WORK_INDEX_H
#define GITSYNC_WORK_INDEX_H

#include <sys/stat.h>

#include "base/arena.h"
#include "skill/tree.h"

#define WORK_INDEX_MAX ((size_t)1 << 30) /* bytes */

struct work_entry {
	struct str path; /* from the top of the work tree */
	const uint8_t *data; /* its stat and id, as they lie in the file */
	bool used; /* a file has been taken to be this one */
};

/* A folder whose tree Git had written when it wrote the index. */
struct work_tree {
	struct str name;
	int64_t files; /* below it; negative: it has changed since */
	const uint8_t *id;
	size_t end; /* where what follows its folders begins */
};

struct work_index {
	struct arena *arena;
	struct timespec written;
	struct work_entry *
		entries; /* by path; without those that are in conflict or only meant to be added */
	size_t count;
	struct work_tree *trees; /* a folder, then its folders; the top first */
	size_t tree_count;
};

/* Gives. Errors: ERR_NOT_FOUND (there is none), ERR_UNSUPPORTED (split, sparse, a later version), ERR_INVALID (damaged), ERR_IO. */
NODISCARD int work_index_open(const char *path, struct work_index **ret, struct err *err);
/* From bytes, which must outlive it. */
NODISCARD int work_index_parse(struct str bytes, struct work_index **ret, struct err *err);
void work_index_free(struct work_index *x);
void work_index_freep(struct work_index **x);

/* Entries from..to, all of one folder, whose paths begin with the same `prefix` bytes. */
struct work_range {
	size_t from, to, prefix;
};
struct work_range work_index_all(const struct work_index *x);
/* Those below the folder `name` of r; from equals to when there are none. */
struct work_range work_index_folder(const struct work_index *x, struct work_range r,
				    struct str name);
/* NULL when absent. */
struct work_entry *work_index_file(const struct work_index *x, struct work_range r,
				   struct str name);
/* Whether the file is still the one that was hashed. */
bool work_entry_is(const struct work_index *x, const struct work_entry *e, const struct stat *st);
struct tree_id work_entry_id(const struct work_entry *e);
uint32_t work_entry_size(const struct work_entry *e);
/* Size and id as they lie in the index, WORK_ENTRY_HELD bytes. */
#define WORK_ENTRY_HELD 24
const uint8_t *work_entry_held(const struct work_entry *e);

/* The folder `name` of above, which is one of x's; NULL when absent. */
const struct work_tree *work_index_tree(const struct work_index *x, const struct work_tree *above,
					struct str name);

#endif
