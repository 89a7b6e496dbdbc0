/*
 * Events: what happened to an object, for people. The same (object, reason, revision) is counted, not repeated.
 */
#ifndef STORE_EVENT_H
#define STORE_EVENT_H

#include "base/arena.h"
#include "store/store.h"
#include "store/txn.h"

struct event {
	int64_t id;
	const char *kind; /* of the object: "Skill", "Source", … */
	struct str domain, name;
	bool warning;
	const char *reason; /* "AdmissionDenied", … */
	struct str message;
	struct str revision; /* source revision or digest that it is about; may be empty */
	int64_t count, first_ms, last_ms; /* filled in by lists */
	struct str reporter; /* role that says so; filled in from the store */
};

/* In a transaction (pipelined), or, t NULL, in one of its own. */
NODISCARD int store_event_put(struct store *s, struct store_txn *t, const struct event *e,
			      size_t count, struct err *err);
struct event_filter {
	const char *kind; /* NULL: all */
	struct str domain, name; /* empty: all */
	bool warnings_only;
	int64_t after_ms; /* last seen after; 0: all */
	size_t limit;
};
/* Newest first. */
NODISCARD int store_event_list(struct store *s, struct arena *a, const struct event_filter *f,
			       struct event **ret, size_t *ret_count, struct err *err);
/* One that was said lately. */
struct event_seen {
	int64_t id, count;
	struct str kind, domain, name; /* of the object */
	bool first; /* it was said once */
};
/* What was said since the time of a revision (0: now) less 15 s; the newest limit of it, newest first. Role: gateway. */
NODISCARD int store_event_since(struct store *s, struct arena *a, int64_t rev, size_t limit,
				struct event_seen **ret, size_t *ret_count, struct err *err);
NODISCARD int store_event_retire(struct store *s, int64_t older_ms, int64_t limit, int64_t *ret,
				 struct err *err);

#endif
