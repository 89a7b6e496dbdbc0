/*
 * A faulty line to the test's PostgreSQL: the first connection goes wrong in a chosen way, later ones are carried as they are.
 */
#ifndef TESTS_UNIT_STORE_HELP_PROXY_H
#define TESTS_UNIT_STORE_HELP_PROXY_H

#include "tests/unit/support_pg.h"

enum proxy_fault {
	PROXY_CUT_REPLY, /* "commit" reaches the server; its answer is lost and the line breaks */
	PROXY_CUT_REQUEST, /* the line breaks before "commit" reaches the server */
	PROXY_MUTE, /* "commit" reaches the server; no answer comes, and the line stays */
	PROXY_TRICKLE, /* one byte at a time, both ways, from the start */
	PROXY_TORN, /* the line breaks in the middle of the first long answer */
};

/* A connection of role sync through a proxy of its own, which is *ret_pid: the caller kills it. wait_ms: of store_opts. */
struct store *proxy_open(enum proxy_fault fault, int64_t wait_ms, pid_t *ret_pid);

#endif
