/*
 * A mirror: a bare repository in a folder of ours, one per source, that only fetches write to (remote.h). It has no hooks,
 * no work tree, no configuration that matters, and its refs are the remote's refs as last seen. Losing it costs a fetch.
 * The same handle opens a person's own clone, read-only, for the command line.
 *
 * Names that people or repositories give never reach a revision parser: mirror_resolve() knows full object ids and ref names, nothing
 * else (no ":/text", no abbreviations); mirror_revision(), for what people type, takes steps back ("HEAD~3") itself.
 *
 * A damaged mirror heals itself: the next fetch finds the damage, sets the folder aside, fetches afresh, takes over what the
 * keep ref names from the old one when it still can, and only then removes it.
 */
#ifndef GITSYNC_MIRROR_H
#define GITSYNC_MIRROR_H

#include <stdbool.h>

#include "gitsync/commit.h"
#include "skill/tree.h"

struct mirror;

/*
 * Opens the bare repository at path; with create makes it (mode 0700) when absent. Errors: ERR_NOT_FOUND, ERR_UNSUPPORTED (SHA-256), ERR_GIT
 * (damaged), ERR_IO. Gives.
 */
NODISCARD int mirror_open(const char *path, bool create, struct mirror **ret, struct err *err);
/*
 * Opens the repository that holds path (or its parents, as git does), for reading: a clone of a person. Errors: ERR_NOT_FOUND. Gives.
 */
NODISCARD int mirror_open_clone(const char *path, struct mirror **ret, struct err *err);
void mirror_close(struct mirror *m); /* NULL is fine; tree sources of it must be gone */
void mirror_closep(struct mirror **m);
/* Sees packs and refs that a fetch in another process has brought. Cheap. */
void mirror_refresh(struct mirror *m);
const char *mirror_path(const struct mirror *m); /* points into m */
/* The root of the work tree, without a trailing slash, or NULL for a bare one; points into m. */
const char *mirror_work_tree(const struct mirror *m);

/*
 * The commit that name stands for: 40 lower-case hex digits, a full ref name, or a short one ("main", "origin/main",
 * "v1.2") looked up as Git does. Tags are followed at most 4 deep and must end at a commit. Errors: ERR_NOT_FOUND, ERR_INVALID (not of
 * these forms), ERR_GIT (not a commit, with what it is).
 */
NODISCARD int mirror_resolve(struct mirror *m, struct str name, struct tree_id *ret,
			     struct err *err);
/*
 * The same as people write it: also the first digits of an id (4 or more), "@", and steps back: "HEAD~1", "main^2~3". mirror_revision.c reads them
 * itself. Errors: as above; ERR_NOT_FOUND too when the history does not go back so far.
 */
NODISCARD int mirror_revision(struct mirror *m, struct str text, struct tree_id *ret,
			      struct err *err);

/* Reads a commit; strings live in a. now_ms as in commit_parse(). Errors: ERR_NOT_FOUND, ERR_GIT. */
NODISCARD int mirror_commit(struct mirror *m, const struct tree_id *id, int64_t now_ms,
			    struct arena *a, struct commit *ret, struct err *err);

/* *ret: old is new, or one of its ancestors (a fast-forward). Errors: ERR_NOT_FOUND when either is missing. */
NODISCARD int mirror_is_ancestor(struct mirror *m, const struct tree_id *old,
				 const struct tree_id *new_id, bool *ret, struct err *err);

/*
 * Commits from `newest` back to but without `oldest` (may be NULL: to the root), newest first. first_parent: the chain of merges
 * only; else every commit reachable from newest and not from oldest. At most `limit`; *ret_more tells that there were more.
 */
NODISCARD int mirror_log(struct mirror *m, const struct tree_id *newest,
			 const struct tree_id *oldest, bool first_parent, size_t limit,
			 struct arena *a, struct tree_id **ret_ids, size_t *ret_count,
			 bool *ret_more, struct err *err);

/*
 * Every commit reachable from newest and from none of `without` (of `count`; one of length 0 is passed over), newest first, at most `limit`. Errors:
 * ERR_NOT_FOUND when one is missing.
 */
NODISCARD int mirror_log_without(struct mirror *m, const struct tree_id *newest,
				 const struct tree_id *without, size_t count, size_t limit,
				 struct arena *a, struct tree_id **ret_ids, size_t *ret_count,
				 bool *ret_more, struct err *err);

/*
 * Names a commit that must outlive rewrites and healing (the last good release): kept as refs/aspora/<name>, offered to the server as
 * known, carried over by healing. A zero-length id removes it.
 */
NODISCARD int mirror_keep(struct mirror *m, const char *name, const struct tree_id *id,
			  struct err *err);

#endif
