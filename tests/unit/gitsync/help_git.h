/*
 * Repositories for tests, made by the real git, and the calls that every test of a fetch repeats.
 */
#ifndef TESTS_UNIT_GITSYNC_HELP_GIT_H
#define TESTS_UNIT_GITSYNC_HELP_GIT_H

#include "gitsync/mirror.h"
#include "gitsync/remote.h"
#include "tests/unit/support.h"

extern const struct url_policy open_policy; /* everything allowed */

/* Runs git in dir with a fixed identity and clock; fails the test on a non-zero status. Returns its output, trimmed, in static storage. */
const char *git(const char *dir, const char *fmt, ...) PRINTF(2, 3);
/* The same with bytes on its standard input. */
const char *git_in(const char *dir, struct str input, const char *fmt, ...) PRINTF(3, 4);

/* A fresh bare repository (gives, free()) with one commit on main that holds `files` pairs of path and text. */
char *repo_new(void);
/* Writes path (with its folders) in the repository's one tree and commits it on main; returns the commit's id, static. */
const char *repo_commit(const char *repo, const char *path, const char *text);
/* A commit on main whose tree is the object of this id. */
const char *repo_commit_tree(const char *repo, const char *tree);
/* Stores a raw object, however wrong; returns its id, static. */
const char *repo_raw(const char *repo, const char *type, struct str bytes);
/* Adds an entry to a raw tree. */
void raw_entry(struct buf *tree, const char *mode, struct str name, const char *hex);

/* Options for a fetch of refs/heads/main from address into mirror; everything allowed. */
struct remote_opts fetch_opts(const char *address, const char *mirror);
char *fresh_mirror(void); /* a path that does not exist yet; gives */
struct tree_id id_from(const char *hex);
const char *hex_of_id(const struct tree_id *id); /* static */

#endif
