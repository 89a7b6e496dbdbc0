/*
 * Skills as they are answered, kept in memory in the order of lists, so that a list or an object asked for again costs no statement. The hub's pass
 * over the change log says which of them a change may have touched; those are asked for anew before they are answered again. Whoever answers from here
 * has waited for a pass that began after he asked (gw_hub_await()), so that it is never older than what the store would have said.
 *
 * A text read at a position is as of then or later; one that arrives after the log has told of a change of it stays stale. What depends on the time
 * is kept for a second. Past its bound of memory everything is let go, and lists come from the store, page by page.
 *
 * Nothing here asks the store: kept_fill.c does.
 */
#ifndef AGENT_GATEWAY_KEPT_H
#define AGENT_GATEWAY_KEPT_H

#include "base/str.h"
#include "store/change.h"

struct hub_entry;
struct gw_kept;

#define GW_KEPT_TAG 33 /* bytes of an entity tag with its NUL */

struct gw_kept *gw_kept_new(size_t bytes_max);
void gw_kept_free(struct gw_kept *k); /* NULL is fine */
/* Nothing is known any more: the log is another one, or was not read for a while. */
void gw_kept_forget(struct gw_kept *k);
/* Takes in what the log tells. */
void gw_kept_note(struct gw_kept *k, const struct hub_entry *e);

/* The text of domain/name; "" when it is not kept or stale. tag (may be NULL) is its entity tag. Good until the next call that changes something. */
struct str gw_kept_find(struct gw_kept *k, struct str domain, struct str name, int64_t now_ms,
			const char **tag);
/* What the store said to a statement sent when the log had been read up to rev; json "": it is not there. */
void gw_kept_put(struct gw_kept *k, struct str domain, struct str name, int64_t rev, int64_t now_ms,
		 struct str json);

/* --- lists ----------------------------------------------------------------------------------------------------------- */

/* Every skill has a place here, if perhaps a stale one. */
bool gw_kept_is_complete(const struct gw_kept *k);
/* A reading of all began when the log had been read up to rev, and has come to its end. */
void gw_kept_complete(struct gw_kept *k);
/* Too large for its bound: not to be read again soon. */
bool gw_kept_is_over(const struct gw_kept *k);
size_t gw_kept_count(const struct gw_kept *k);
size_t gw_kept_stale(const struct gw_kept *k); /* how many, but for the time */
size_t gw_kept_bytes(const struct gw_kept *k);

struct kept_skill {
	struct str domain, name;
	struct str json; /* "": stale */
};
/* Where the first one after domain/name stands (domain "": the first of all); then one after the other, up to gw_kept_count(). */
size_t gw_kept_after(const struct gw_kept *k, struct str domain, struct str name);
struct kept_skill gw_kept_at(const struct gw_kept *k, size_t i, int64_t now_ms);

#endif
