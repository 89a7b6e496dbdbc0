/*
 * A Git server on loopback for the length of one test: tests/integration/git_servers.py in a child.
 */
#ifndef TESTS_UNIT_GITSYNC_HELP_SERVER_H
#define TESTS_UNIT_GITSYNC_HELP_SERVER_H

#include "base/child.h"

struct server {
	struct child child;
	int input; /* its life: it ends when this closes */
	char url[256]; /* of its root */
	char extra[2][256]; /* https: CA file; ssh: key, known_hosts; bad: what it recorded */
};
#define SERVER_INIT                                                                                \
	{                                                                                          \
		CHILD_INIT, -1                                                                     \
	}

/* Fails the test when the server does not start. arg may be NULL. root is a folder, or for some of "bad" the URL to relay to. */
void server_start(struct server *s, const char *kind, const char *root, const char *how,
		  const char *arg);
void server_stop(struct server *s); /* for CLEANUP */
/* "url/name"; gives. */
char *server_url(const struct server *s, const char *name);
/* The folder of a repository and its name in it, for servers that serve folders. */
char *dir_of(const char *repo); /* gives */

#endif
