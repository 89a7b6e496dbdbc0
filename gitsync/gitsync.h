/*
 * gitsync: Git as a source of trees. This component is the only user of libgit2; what others see of it are tree sources
 * (skill/tree.h), object ids (struct tree_id of 20 bytes) and commits as plain data.
 *
 * The caller, in each process: 1. gitsync_init() once 2. url.h to judge an address, remote.h to bring objects into a mirror,
 * mirror.h to resolve and compare, tree_git.h to read 3. gitsync_shutdown() (optional, for leak checkers).
 *
 * No hook, filter, credential helper, shell or configuration of the host's user is ever used: the search paths for system and
 * user configuration are emptied, so url.insteadOf or http.proxy of the machine change nothing.
 */
#ifndef GITSYNC_GITSYNC_H
#define GITSYNC_GITSYNC_H

#include <stdbool.h>

#include "base/err.h"

/*
 * Starts libgit2 and sets its limits. A version with a known hole in what we use is refused unless any_version. Calling
 * it again is fine. Errors: ERR_UNSUPPORTED naming the version, what is wrong with it, and the one to install.
 */
NODISCARD int gitsync_init(bool any_version, struct err *err);
void gitsync_shutdown(void);

/* Judges a libgit2 version (for gitsync_init, and tests). Errors: ERR_UNSUPPORTED. */
NODISCARD int gitsync_version_check(int major, int minor, int revision, struct err *err);

/* "libgit2 1.5.1"; static. */
const char *gitsync_library(void);

#endif
