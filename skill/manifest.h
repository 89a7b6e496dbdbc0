/*
 * A blob manifest: which files, by content digest. It is what drivers are given, what digests are made of, and what the store keeps; bytes are
 * fetched by digest from whoever has them. Paths are relative, '/'-separated, checked by the tree rules, sorted bytewise.
 */
#ifndef SKILL_MANIFEST_H
#define SKILL_MANIFEST_H

#include "base/doc.h"
#include "base/json.h"
#include "skill/tree.h"

struct manifest_file {
	struct str path;
	uint32_t mode; /* TREE_MODE_FILE or TREE_MODE_EXEC */
	uint64_t size;
	struct digest digest; /* digest_tagged("aspora.blob.v1", bytes) */
	struct tree_id blob; /* in the source; none once stored */
};

struct manifest {
	struct manifest_file *files;
	size_t count;
	uint64_t bytes;
};

const struct manifest_file *manifest_find(const struct manifest *m, struct str path);
struct digest blob_digest(struct str bytes);
void manifest_json(struct json *j,
		   const struct manifest *m); /* an array of {path, mode, size, digest} */
NODISCARD int manifest_from_json(struct arena *a, const struct doc_node *array,
				 struct manifest *ret, struct err *err);

/* Where the bytes of a blob come from: a tree source, the store, a cache. */
struct blob_reader {
	int (*read)(void *state, const struct digest *blob, struct buf *out, struct err *err);
	void *state;
};

#endif
