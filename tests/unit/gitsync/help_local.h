/*
 * A repository of this machine and a mirror of it.
 */
#ifndef TESTS_UNIT_GITSYNC_HELP_LOCAL_H
#define TESTS_UNIT_GITSYNC_HELP_LOCAL_H

#include "tests/unit/gitsync/help_git.h"

struct local {
	char *repo, *mirror;
	struct remote_opts o; /* main of repo into mirror */
	struct remote_result r; /* of the last fetch */
};
void local_start(struct local *s);
void local_end(struct local *s); /* for CLEANUP */

void local_fetch(struct local *s); /* must succeed */
int local_try(struct local *s); /* with support_err */
/* The mirror has everything, whatever becomes of the source. */
void local_expect_whole(struct local *s);
size_t local_packs(const struct local *s);
size_t count_files(const char *dir, const char *suffix);

#endif
