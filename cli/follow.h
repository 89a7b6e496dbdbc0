/*
 * A list as it goes on: what it is now, and then what changes, by the gateway's watch. A connection that breaks is made again, from where it broke; a
 * position that is gone (410) is one more look at the whole list, of which only what differs is told.
 *
 * The caller: 1. fills a struct cli_follow 2. cli_follow().
 */
#ifndef CLI_FOLLOW_H
#define CLI_FOLLOW_H

#include "cli/watch.h"

struct cli_follow {
	struct cli_gateway *g;
	const char *path; /* of the list, with its filters */
	const char *word; /* of the kind: "skill" */
	size_t newest; /* of the first list only so many, the oldest of them first; 0: all, as they come */
	int64_t timeout_ms; /* 0: never */

	/* Whether an object is among what is asked for; NULL: all are. */
	bool (*wanted)(void *state, const struct doc_node *object);
	/*
	 * The list as it is at first (type NULL; also when it is empty), or one event: "ADDED", "MODIFIED", "DELETED" (object has its names
	 * only). What is given ends with the call: c->arena is then another. What it returns but 0 ends the following.
	 */
	int (*show)(void *state, const char *type, const struct doc_node *const *objects,
		    size_t count, struct err *err);
	void *state;
};

/* Returns 0 when the time is over. Errors: those of the gateway at first, what show() returned; later ones only where trying again is in vain. */
NODISCARD int cli_follow(const struct cli_follow *f, struct err *err);

#endif
