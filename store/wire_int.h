/*
 * The connection underneath: libpq in pipeline mode and non-blocking, with our own waiting, so that nothing blocks for ever.
 *
 * Statements are sent with wire_send(); each leaves an entry in a queue of what is awaited. wire_collect() reads answers in that order. The first
 * failure of a flight is kept; what comes after it in the same flight is skipped by the server and is not reported.
 */
#ifndef STORE_WIRE_INT_H
#define STORE_WIRE_INT_H

#include <libpq-fe.h>

#include "store/bind_int.h"
#include "store/rows_int.h"
#include "store/store.h"
#include "store_sql.h"

enum wire_what { WIRE_PREPARE, WIRE_STATEMENT, WIRE_PLAIN, WIRE_SYNC };

struct wire_entry {
	enum wire_what what;
	const struct stmt *stmt; /* of PREPARE and STATEMENT */
	struct rows *into; /* where its rows go; NULL: nowhere */
};

struct store {
	struct store_access access;
	enum store_role role;
	const struct clock *clock;
	char *application;
	char *domains; /* scope to set again after a reconnect; NULL: none */
	bool listen, any_schema;
	int64_t wait_ms;
	store_wait_fn wait; /* NULL: poll() */
	void *wait_state;

	PGconn *pg; /* NULL: lost */
	int server_version;
	bool prepared[STMT_COUNT];
	bool woken;
	struct wire_entry *queue;
	size_t head, count, cap; /* of queue: awaited are [head, count) */
	struct rows last; /* rows of the newest entry with keep */
	struct err failed; /* first failure of the flight; code 0: none */
	struct store_txn *txn;
	struct store_stats stats;

	/* Head of the release chain, read once per connection and epoch (store_release_write). */
	struct {
		bool known;
		int64_t epoch; /* of the lease under which it was read */
		int64_t id;
		struct digest hash;
	} release;
	/* Rows of sources as sync's own looks left them, likewise (store_source_observe). */
	struct observed *observed;
};

/* Lets go of what is known of sources. */
void observed_forget(struct store *s);

/* Queues a statement (preparing it first when it is new here). keep: the caller wants its rows. Sends what fits without blocking. */
NODISCARD int wire_send(struct store *s, const struct bind *b, bool keep, struct err *err);
/* The same with plain text: BEGIN, COMMIT, LISTEN. */
NODISCARD int wire_plain(struct store *s, const char *sql, struct err *err);
/* Ends the flight: a failure before it does not touch what is sent after it. */
NODISCARD int wire_sync(struct store *s, struct err *err);
/* Waits until libpq has sent all it holds, so that what is sent in many pieces never piles up here. */
NODISCARD int wire_flush(struct store *s, struct err *err);
/* Waits for everything awaited, which a wire_sync() ended; the first failure is the result. */
NODISCARD int wire_collect(struct store *s, struct err *err);
/* One statement as a flight of its own, outside a transaction. rows may be NULL. */
NODISCARD int wire_query(struct store *s, const struct bind *b, struct rows *rows, struct err *err);
/*
 * Several that do not depend on each other, in one flight outside a transaction: one round trip. b and rows stand side by side; rows are released by
 * the caller, also after an error.
 */
NODISCARD int wire_queries(struct store *s, const struct bind *const *b, struct rows *rows,
			   size_t count, struct err *err);
/*
 * A statement that answers with one row: its first one, whose bytes rows keeps. words, with what it names, are the message when there is none;
 * NULL where the statement always has one. Errors: ERR_NOT_FOUND.
 */
NODISCARD int wire_one(struct store *s, const struct bind *b, struct rows *rows, struct row *ret,
		       struct err *err, const char *words, ...) PRINTF(6, 7);
/* A statement that answers with one row or none: 1 and its row, whose bytes rows keeps, or 0. */
NODISCARD int wire_find(struct store *s, const struct bind *b, struct rows *rows, struct row *ret,
			struct err *err);
/* A statement that answers with one number. */
NODISCARD int wire_number(struct store *s, const struct bind *b, int64_t *ret, struct err *err);
/* A statement whose rows become a list. */
NODISCARD int wire_list(struct store *s, const struct bind *b, const struct row_list *into,
			struct err *err);
/* Closes the connection for good; what was awaited is forgotten. Returns ERR_UNAVAILABLE with the words of libpq. */
int wire_lost(struct store *s, const char *doing, struct err *err);
/* Polls the socket for events, at most until deadline_ms (of the real monotonic clock). 0, or ERR_TIMEOUT. */
NODISCARD int wire_poll(struct store *s, short events, int64_t deadline_ms, struct err *err);
void wire_sleep(struct store *s, int64_t ms);
void wire_take_notifications(struct store *s);

/* Sets err from a failed result: code by sqlstate and constraint, PostgreSQL's message, what to do. Returns the code. */
int pg_error(const PGresult *res, const char *doing, struct err *err);
/* ERR_UNAVAILABLE from the connection's message. */
int pg_connection_error(PGconn *pg, const char *doing, struct err *err);

#endif
