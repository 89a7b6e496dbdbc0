/*
 * What is held back: quarantined content, suspended objects, and overlays over a domain's owner.
 */
#ifndef STORE_HOLD_H
#define STORE_HOLD_H

#include "base/arena.h"
#include "store/store.h"
#include "store/txn.h"

struct quarantine {
	int64_t id;
	struct str domain, skill;
	struct digest content;
	struct str cause; /* "rollback", "start", "probe", "health", "crash", "operator" */
	struct str reason, by;
	int64_t at_ms, since;
};
/* One that holds already stays. */
NODISCARD int store_quarantine_put(struct store_txn *t, const struct quarantine *q, size_t count,
				   struct err *err);
/* Clears content (zero: everything of the skill); *ret_cleared is known after the call, which reads. */
NODISCARD int store_quarantine_clear(struct store_txn *t, struct str domain, struct str skill,
				     const struct digest *content, int64_t *ret_cleared,
				     struct err *err);
/* What holds now, by domain, skill; domain empty: all. */
NODISCARD int store_quarantine_list(struct store *s, struct arena *a, struct str domain,
				    struct quarantine **ret, size_t *ret_count, struct err *err);
/*
 * Rolling back: every content of the skill deployed after revision `target` and other than the one it was then. Into a.
 */
NODISCARD int store_rollback_contents(struct store *s, struct arena *a, struct str domain,
				      struct str skill, int64_t target, struct digest **ret,
				      size_t *ret_count, struct err *err);

struct suspension {
	struct str kind; /* "Source", "Domain", "Skill", or "Rollout": of a skill */
	struct str domain, name;
	struct str by, reason;
	int64_t expires_ms; /* 0: never */
	int64_t since;
};
NODISCARD int store_suspend(struct store_txn *t, const struct suspension *s, struct err *err);
/* ERR_NOT_FOUND when it was not suspended. */
NODISCARD int store_resume(struct store_txn *t, struct str kind, struct str domain, struct str name,
			   struct err *err);
NODISCARD int store_suspension_list(struct store *s, struct arena *a, struct suspension **ret,
				    size_t *ret_count, struct err *err);
/* Ends those that have expired; logs; *ret counts. */
NODISCARD int store_suspension_expire(struct store_txn *t, int64_t *ret, struct err *err);

struct overlay {
	int64_t id;
	struct str domain, source, inbox, by, reason;
	int64_t expires_ms, since;
};
/* Lays one over a domain; one that was there is replaced. */
NODISCARD int store_overlay_put(struct store_txn *t, const struct overlay *o, struct err *err);
/* how: "expired", "adopted", "removed". ERR_NOT_FOUND. */
NODISCARD int store_overlay_end(struct store_txn *t, struct str domain, const char *how,
				struct err *err);
/* Those that hold (also those whose time is over and that nobody has ended yet), by domain. */
/*
 * The last revision at which the domain was as its owner says; 0 while it is so still. An overlay may lie over another, so that the
 * newest one's own revision does not tell.
 */
NODISCARD int store_overlay_base(struct store *s, struct str domain, int64_t *ret, struct err *err);
NODISCARD int store_overlay_list(struct store *s, struct arena *a, struct overlay **ret,
				 size_t *ret_count, struct err *err);

#endif
