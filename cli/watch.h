/*
 * Waiting for the gateway's world to change.
 */
#ifndef CLI_WATCH_H
#define CLI_WATCH_H

#include "cli/output.h"
#include "cli/resource.h"

#define CLI_POLL_MS 1000

/* Lets time pass until it is worth asking again. */
void cli_pause(int64_t ms);

/* What has been shown of a list: one digest of each object, by its name. {0} begins; it is heap memory. */
struct cli_seen {
	struct cli_seen_item {
		char *name;
		uint64_t digest;
		bool here; /* in the list that is being looked through */
	} * items;
	size_t count, cap;
};
void cli_seen_release(struct cli_seen *s);
/* Keeps in objects only those that are new or have changed since the last call; returns how many. Names of those that are gone go to stderr, as "skill/ecm/x is gone". */
size_t cli_seen_filter(struct cli_seen *s, const char *word, const struct doc_node **objects,
		       size_t count);
/* Of one object: true when it is new or has changed. */
bool cli_seen_new(struct cli_seen *s, const char *word, const struct doc_node *object);
/* It is gone: true when it had been seen. */
bool cli_seen_drop(struct cli_seen *s, const char *word, const struct doc_node *object);

#endif
