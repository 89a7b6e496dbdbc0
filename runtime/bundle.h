/*
 * Bundles: what a sandbox sees as /skill. A folder per runtime digest under the bundle root, written beside under a
 * temporary name, fsynced, renamed: it is there whole or not at all (invariant I11). A bundle that is there already is
 * verified file by file against the manifest before it is used again, and rebuilt when it differs.
 *
 * Only files that a sandbox may see (skill_file_is_runtime) are written. Everything is read-only and world-readable.
 */
#ifndef RUNTIME_BUNDLE_H
#define RUNTIME_BUNDLE_H

#include "skill/manifest.h"

struct bundle {
	struct digest runtime;
	char *path; /* the finished folder */
	bool reused;
};
#define BUNDLE_INIT                                                                                \
	{                                                                                          \
		{{0}}, NULL, false                                                                 \
	}

/* Limits of one bundle. */
#define BUNDLE_FILES_MAX 4096
#define BUNDLE_BYTES_MAX ((uint64_t)64 * 1024 * 1024)

/*
 * Makes or verifies the bundle. Errors: ERR_INVALID (a path that leaves the folder, bytes that are not of their digest), ERR_TOO_LARGE,
 * ERR_IO, and the reader's own. Blocks on the disk.
 */
NODISCARD int bundle_prepare(const char *root, const struct digest *runtime,
			     const struct manifest *m, const struct blob_reader *blobs,
			     struct bundle *ret, struct err *err);
void bundle_release(struct bundle *b);
/* 0 when the folder holds exactly the manifest's runtime files; ERR_CONFLICT with the first difference. */
NODISCARD int bundle_verify(const char *path, const struct manifest *m, struct err *err);
NODISCARD int bundle_collect(const char *root, const struct digest *live, size_t live_count,
			     int64_t now_ms, size_t *ret_removed, struct err *err);

#endif
