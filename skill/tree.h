/*
 * A tree source: a tree of files that can be listed and read by id, and nothing else. Three make one: a Git
 * commit (gitsync/), a folder on disk, an uploaded tree (both here). From there on apply, validate, admit in CI,
 * a preview and a merge are one pipeline.
 *
 * Ids are opaque: equal ids of one source mean equal content. (A Git object id, or BLAKE2b-256 of the same record.)
 * Nothing is ever checked out; names from trees never reach open() but through tree_folder's own beneath-only reads.
 */
#ifndef SKILL_TREE_H
#define SKILL_TREE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/crypto.h"
#include "base/err.h"

struct stat;

struct tree_id {
	uint8_t len; /* 20 or 32; 0: none */
	uint8_t bytes[32];
};

bool tree_id_equal(const struct tree_id *a, const struct tree_id *b);
char *tree_id_hex(const struct tree_id *id, char out[65]); /* "" for none */
NODISCARD bool tree_id_parse(struct str hex, struct tree_id *ret);

/* Raw Git modes. Anything but these three is refused by tree_list(). */
#define TREE_MODE_DIR 040000u
#define TREE_MODE_FILE 0100644u
#define TREE_MODE_EXEC 0100755u

struct tree_entry {
	struct str name;
	uint32_t mode;
	struct tree_id id;
};

struct tree_list {
	struct tree_entry *items; /* in Git order: bytewise, folders as if they ended in '/' */
	size_t count;
};

/* No folder may have more entries; an implementation's list() refuses it before it fills the arena. */
#define TREE_LIST_MAX 20000

struct tree_source;
struct tree_source_ops {
	const char *kind; /* "git", "folder", "upload" */
	bool id_is_digest; /* a blob's id is its blob_digest() (manifest.h): no need to read for it */
	int (*list)(struct tree_source *t, const struct tree_id *dir, struct arena *a,
		    struct tree_list *ret, struct err *err);
	int (*read)(struct tree_source *t, const struct tree_id *blob, struct buf *out,
		    struct err *err);
	/* Size without reading, or the code of an error. Optional: NULL reads. */
	int64_t (*size)(struct tree_source *t, const struct tree_id *blob, struct err *err);
	void (*free)(struct tree_source *t);
};

/* The head of every implementation's struct. */
struct tree_source {
	const struct tree_source_ops *ops;
	struct tree_id root;
	char revision[65]; /* the commit, "folder", or the upload's id */
};

struct tree_limits {
	size_t entries; /* 20,000: of one folder, and of one skill with all its folders */
	unsigned depth; /* 16: folders above a file */
	size_t name_bytes; /* 255 */
	size_t path_bytes; /* 1,024 */
	size_t blob_bytes; /* 5 MiB */
	size_t skill_bytes; /* 64 MiB: all files of one skill */
	size_t repository_entries; /* 2,000,000: listed for one snapshot */
};
extern const struct tree_limits tree_limits_default;

/*
 * One name under the tree rules, without its folder: for whoever takes names from elsewhere. Errors: ERR_INVALID, ERR_TOO_LARGE.
 */
NODISCARD int tree_name_check(struct str name, const struct tree_limits *limits, struct err *err);
/* Git's order: bytewise, folders as if they ended in '/'. */
int tree_entry_cmp(const struct tree_entry *a, const struct tree_entry *b);

/*
 * Lists a folder under the tree rules: names of valid UTF-8 without control, bidi, zero-width or backslash; never ".", "..", ".git" in any
 * disguise and never ".gitmodules"; no two equal after ASCII case folding; only the three modes (symlinks, submodules and odd modes
 * refused); Git's order; counts, lengths and depth within limits. dir_path ("" for the root) is the folder's place, in errors and for
 * the limits. Names point into a. Errors: ERR_INVALID, ERR_TOO_LARGE, and the source's own.
 */
NODISCARD int tree_list(struct tree_source *t, const struct tree_id *dir, struct str dir_path,
			const struct tree_limits *limits, struct arena *a, struct tree_list *ret,
			struct err *err);
const struct tree_entry *tree_find(const struct tree_list *l,
				   const char *name); /* NULL when absent */
/* Appends the blob; ERR_TOO_LARGE over out's limit. */
NODISCARD int tree_read(struct tree_source *t, const struct tree_id *blob, struct buf *out,
			struct err *err);
/*
 * Every file below dir, in path order, under the rules of tree_list() and at most limits->entries entries in all. path is relative to dir.
 * What fn returns, when negative, ends the walk. *entries counts what was listed, and *lists the folders (both may be NULL).
 */
typedef int (*tree_walk_fn)(void *state, struct str path, const struct tree_entry *file,
			    struct err *err);
NODISCARD int tree_walk(struct tree_source *t, const struct tree_id *dir, struct str dir_path,
			const struct tree_limits *limits, tree_walk_fn fn, void *state,
			size_t *entries, size_t *lists, struct err *err);
/* Resolves "skills/ecm" from the root; ret->name points into path; ERR_NOT_FOUND. */
NODISCARD int tree_lookup(struct tree_source *t, struct str path, const struct tree_limits *limits,
			  struct tree_entry *ret, struct err *err);
void tree_source_free(struct tree_source *t);
void tree_source_freep(struct tree_source **t);

/*
 * A folder on disk, as it is now: opening reads it all once for the ids, which are those of a memory tree of the same files; a file that has changed since fails
 * its read with ERR_CONFLICT. Symlinks are listed with mode 0120000 (and so refused). ".git" at the root is passed over, and so is, anywhere, what
 * tools leave behind and nobody means to ship: __pycache__, .pytest_cache, .DS_Store. Gives. Errors: ERR_NOT_FOUND, ERR_TOO_LARGE, ERR_IO.
 */
NODISCARD int tree_folder_open(const char *path, struct tree_source **ret, struct err *err);

/*
 * Other ids than a folder's own, from somebody who knows some without reading. All but free and state may be asked any time while the source lives;
 * dir, file and whole may be NULL together: then all is read.
 */
struct tree_ids {
	struct tree_id (*blob)(void *state, struct str bytes);
	struct tree_id (*tree)(void *state, const struct tree_list *list);
	/* What is known of the folder `name` of above (NULL: of the root itself); NULL: nothing. */
	const void *(*dir)(void *state, const void *above, struct str name);
	/* The id of a file as it stands there; false: it has to be read. dir is never NULL. */
	bool (*file)(void *state, const void *dir, struct str name, const struct stat *st,
		     struct tree_id *ret);
	/* The id of a folder in which, and below which, each file is known, and there are so many of them and no empty folder. */
	bool (*whole)(void *state, const void *dir, size_t files, struct tree_id *ret);
	void (*free)(void *state); /* when the source is freed; may be NULL */
	void *state;
};
/* The same with the ids of who gives them, copied; takes ids->state, whatever happens. */
NODISCARD int tree_folder_open_as(const char *path, const struct tree_ids *ids,
				  struct tree_source **ret, struct err *err);

/*
 * A tree made of (path, mode, bytes) triples: uploads, stored versions, tests. Bytes are borrowed and must outlive the source; paths
 * are copied and checked by the tree rules; modes are left to tree_list(). Gives. revision is copied (at most 64 bytes).
 * Errors: ERR_INVALID, ERR_TOO_LARGE.
 *
 * Ids, version 1 (golden-tested): a blob's is digest_tagged("aspora.blob.v1", bytes); a folder's is digest_tagged("aspora.tree.v1") over its entries in
 * Git's order, each as three fields (4-byte big-endian length, bytes): mode in octal, name, id.
 */
struct tree_file {
	struct str path;
	uint32_t mode;
	struct str bytes;
};
NODISCARD int tree_memory_open(const struct tree_file *files, size_t count, const char *revision,
			       struct tree_source **ret, struct err *err);

#endif
