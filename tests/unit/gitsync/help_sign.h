/* Keys and signed commits for tests, made by the real ssh-keygen, gpg and git. */
#ifndef TESTS_UNIT_GITSYNC_HELP_SIGN_H
#define TESTS_UNIT_GITSYNC_HELP_SIGN_H

#include "tests/unit/gitsync/help_git.h"

/* Runs a program of these words in dir with GNUPGHOME=gnupg (NULL: none); the test fails on a non-zero status. Its output, trimmed, static. */
const char *tool(const char *dir, const char *gnupg, const char *fmt, ...) PRINTF(3, 4);
/* A private key of OpenSSH in dir; gives its path, the public one is beside it as .pub. */
char *ssh_key_new(const char *dir, const char *name);
/* The line of its public key, without the comment's newline; static. */
const char *ssh_key_public(const char *key);
/* "SHA256:…"; static. */
const char *ssh_key_print(const char *key);
/* A home of gpg with one key for "NAME <name@example.com>", which lives so long ("0", "1d"); gives. The agent is stopped by gpg_stop(). */
char *gpg_new(const char *dir, const char *name, const char *expire);
void gpg_stop(const char *gnupg);
/* An empty commit on top of main (or of nothing) that is signed with key; other parents first. Returns its id, static. */
const char *commit_ssh(const char *repo, const char *key, const char *message);
const char *commit_gpg(const char *repo, const char *gnupg, const char *user, const char *message);
const char *commit_plain(const char *repo, const char *message);
/* The commit with other words and the old signature. */
const char *commit_tampered(const char *repo, const char *id);

#endif
