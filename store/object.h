/*
 * Uniform objects: rows of many tables as the one shape that people and programs see (DESIGN 4.2), made into JSON by PostgreSQL (store/sql/object_*.sql)
 * and passed through as text. What the caller's scope (store_scope()) does not cover is not there.
 *
 * The caller of a list: 1. fills a struct object_query 2. calls store_object_page() until *ret_count < limit; the cursor moves on. Pages are
 * read one by one: an object that changes meanwhile is seen as it is then, and the change log, read from where it stood before the first page, tells of it again.
 */
#ifndef STORE_OBJECT_H
#define STORE_OBJECT_H

#include "base/arena.h"
#include "base/buf.h"
#include "store/store.h"
#include "store/txn.h"

#define OBJECT_PAGE_MAX 1000

/* Where a list goes on: the keys of the last object seen. Zeroed: the beginning. */
struct object_cursor {
	char key1[128];
	char key2[768];
	bool set;
};

struct object_query {
	const char *kind; /* "Skill": a name of skill/kind.h */
	struct str domain; /* empty: all */
	struct str name; /* empty: all */
	/* What else is asked for; empty: anything. Those that a kind does not know are ignored. */
	struct str skill; /* Route, Instance, Execution, Quarantine */
	struct str
		state; /* Instance (also "live"), Execution; Admission: "allow", "deny"; Route: its kind */
	struct str session, mode, requested_by; /* Execution */
	struct str about_kind, about_name; /* Event: the object it is about */
	bool whole; /* Execution: with input and result */
	int64_t at; /* Skill, Domain: as it was at this revision; 0: as it is */
	/* Skill: from here to there, both included; empty: as domain and name say. */
	struct str first_domain, first_name, last_domain, last_name;
	size_t limit; /* 1 … OBJECT_PAGE_MAX */
	/* Each object instead of all of them in out. */
	void (*seen)(void *state, struct str key1, struct str key2, struct str json);
	void *seen_state;
	/* Objects that it does not want are read, and not appended. NULL: all are wanted. */
	bool (*wanted)(void *state, struct str json);
	void *wanted_state;
};

/*
 * Appends the objects to out, separated by commas; *ret_count is how many were read. *cursor says where to begin and is moved on. Errors: ERR_INVALID for a cursor or name that is none of this
 * kind's.
 */
NODISCARD int store_object_page(struct store *s, const struct object_query *q,
				struct object_cursor *cursor, struct buf *out, size_t *ret_count,
				struct err *err);
/* One object, by kind, domain (of namespaced kinds) and name. ERR_NOT_FOUND. */
NODISCARD int store_object_get(struct store *s, const struct object_query *q, struct buf *out,
			       struct err *err);
/* The same inside a transaction, as it is by then; of kinds that the role may read. ERR_NOT_FOUND. */
NODISCARD int store_object_read(struct store_txn *t, const struct object_query *q, struct buf *out,
				struct err *err);
/* An object that a change of a skill made, changed or ended. */
struct object_part {
	struct str name;
	enum { PART_MADE, PART_CHANGED, PART_GONE } what;
	struct str json; /* as it is now; "" when it is gone */
};
struct part_query {
	const char *kind; /* "Route" or "Quarantine" */
	struct str domain, skill;
	int64_t rev; /* of the change */
};
/* *ret lives in a. What was made then and is gone by now is gone. */
NODISCARD int store_object_parts(struct store *s, struct arena *a, const struct part_query *of,
				 struct object_part **ret, size_t *ret_count, struct err *err);
/* The last revision at a time, and that of the newest release of a commit (its first digits, 7 or more). ERR_NOT_FOUND. */
NODISCARD int store_revision_at_time(struct store *s, int64_t at_ms, int64_t *ret, struct err *err);
NODISCARD int store_revision_of_commit(struct store *s, struct str commit, int64_t *ret,
				       struct err *err);
/* Appends a JSON list of what a skill was, newest first, each with the release that brought it; *ret_count: how many. */
NODISCARD int store_skill_history(struct store *s, struct str domain, struct str skill,
				  int64_t limit, struct buf *out, size_t *ret_count,
				  struct err *err);
/* Whether a deployed skill has a handler of its own; false in *ret_found when it is not deployed. */
NODISCARD int store_object_has_handler(struct store *s, struct str domain, struct str skill,
				       bool *ret_found, bool *ret_handler, struct err *err);
/* The name of a deployed skill near this one, "domain/name", or "". */
NODISCARD int store_object_nearest_skill(struct store *s, struct str skill, char out[132],
					 struct err *err);

/* What ran of late. */
struct top_query {
	int64_t since_ms; /* wall clock */
	struct str domain; /* empty: all */
	bool by_domain; /* one row for each domain instead of for each skill */
	int64_t limit;
};
/* Appends a JSON list of rows, the dearest first. */
NODISCARD int store_top(struct store *s, const struct top_query *q, struct buf *out,
			struct err *err);

/* A number with labels: what /metrics and /api/v1/status are made of. */
struct object_count {
	const char *metric; /* "skills" */
	struct str label; /* "Ready"; may be empty */
	struct str domain; /* may be empty */
	int64_t value; /* "_ms" and "_microusd" are in the names; of leases: ms left */
};
/* Everything that is counted, in one statement, by metric. */
NODISCARD int store_object_counts(struct store *s, struct arena *a, struct object_count **ret,
				  size_t *ret_count, struct err *err);

#endif
