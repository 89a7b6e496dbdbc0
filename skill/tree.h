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

struct tree_source;
struct tree_source_ops {
	const char *kind; /* "git", "folder", "upload" */
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

/* What one walk may cost; counted in struct tree_budget, shared by all calls of one snapshot. */
struct tree_limits {
	size_t entries; /* 20,000 in one skill folder tree walk; 2,000,000 in a repository */
	unsigned depth; /* 16 */
	size_t name_bytes; /* 255 */
	size_t path_bytes; /* 1,024 */
	size_t blob_bytes; /* 5 MiB */
	size_t skill_bytes; /* 64 MiB: all files of one skill */
};
extern const struct tree_limits tree_limits_default;

/*
 * Lists a folder under the tree rules: names of valid UTF-8 without control, bidi, zero-width or backslash; never ".", "..", ".git" in any
 * disguise; no two equal after ASCII case folding; only the three modes (symlinks, submodules and odd modes refused); counts and
 * lengths within limits. dir_path ("" for the root) names the place in errors. Errors: ERR_INVALID, ERR_TOO_LARGE, and the source's own.
 */
NODISCARD int tree_list(struct tree_source *t, const struct tree_id *dir, struct str dir_path,
			const struct tree_limits *limits, struct arena *a, struct tree_list *ret,
			struct err *err);
const struct tree_entry *tree_find(const struct tree_list *l,
				   const char *name); /* NULL when absent */
/* Appends the blob; ERR_TOO_LARGE over out's limit. */
NODISCARD int tree_read(struct tree_source *t, const struct tree_id *blob, struct buf *out,
			struct err *err);
/* Resolves "skills/ecm" from the root; ERR_NOT_FOUND. */
NODISCARD int tree_lookup(struct tree_source *t, struct str path, const struct tree_limits *limits,
			  struct tree_entry *ret, struct err *err);
void tree_source_free(struct tree_source *t);
void tree_source_freep(struct tree_source **t);

/*
 * A folder on disk: ids are BLAKE2b over the same records as memory trees; symlinks are listed with mode 0120000 (and so
 * refused); ".git" at the root, and names in ignore (NULL-terminated; may be NULL), are passed over. Gives.
 */
NODISCARD int tree_folder_open(const char *path, struct tree_source **ret, struct err *err);

/*
 * A tree made of (path, mode, bytes) triples: uploads, stored versions, tests. Bytes are borrowed and must outlive the source; paths
 * are copied and checked. Gives. revision is copied (at most 64 bytes).
 */
struct tree_file {
	struct str path;
	uint32_t mode;
	struct str bytes;
};
NODISCARD int tree_memory_open(const struct tree_file *files, size_t count, const char *revision,
			       struct tree_source **ret, struct err *err);

#endif
