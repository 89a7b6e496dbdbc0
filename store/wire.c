#include "store/wire_int.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>

#include "base/mem.h"

int wire_lost(struct store *s, const char *doing, struct err *err)
{
	struct err words = ERR_INIT;
	int code = pg_connection_error(s->pg, doing, &words);
	PQfinish(s->pg);
	s->pg = NULL;
	s->head = s->count = 0;
	memset(s->prepared, 0, sizeof(s->prepared));
	memset(&s->failed, 0, sizeof(s->failed));
	memset(&s->release, 0, sizeof(s->release));
	observed_forget(s);
	if (err)
		*err = words;
	return code;
}

int wire_poll(struct store *s, short events, int64_t deadline_ms, struct err *err)
{
	struct pollfd p = {.fd = PQsocket(s->pg), .events = events};
	if (s->wait && s->wait(s->wait_state, p.fd, events, deadline_ms) < 0)
		return err_set(err, ERR_TIMEOUT, "no answer from PostgreSQL in time");
	if (s->wait)
		return 0;
	for (;;) {
		int64_t left = deadline_ms - clock_real.mono_ms(NULL);
		int n = poll(&p, 1, (int)MAX(0, MIN(left, INT32_MAX)));
		if (n > 0)
			return 0;
		if (n == 0)
			return err_set(err, ERR_TIMEOUT, "no answer from PostgreSQL in time");
		if (errno != EINTR)
			return err_sys(err, ERR_IO, errno, "waiting for PostgreSQL");
	}
}

void wire_sleep(struct store *s, int64_t ms)
{
	if (s->wait)
		(void)s->wait(s->wait_state, -1, 0, clock_real.mono_ms(NULL) + ms);
	else
		poll(NULL, 0, (int)ms);
}

static void expect(struct store *s, enum wire_what what, const struct stmt *stmt, struct rows *into)
{
	if (s->head == s->count)
		s->head = s->count = 0;
	GROW(s->queue, s->count, s->cap);
	s->queue[s->count++] = (struct wire_entry){what, stmt, into};
}

static int ready(struct store *s, struct err *err)
{
	if (s->pg)
		return 0;
	return err_set(err, ERR_UNAVAILABLE, "the connection to PostgreSQL is lost");
}

static int prepare(struct store *s, const struct stmt *stmt, struct err *err)
{
	Oid types[STMT_PARAMS_MAX];
	for (unsigned i = 0; i < stmt->param_count; i++)
		types[i] = stmt->params[i].type;
	if (!PQsendPrepare(s->pg, stmt->name, stmt->sql, (int)stmt->param_count, types))
		return wire_lost(s, stmt->name, err);
	expect(s, WIRE_PREPARE, stmt, NULL);
	s->prepared[stmt->index] = true;
	s->stats.prepared++;
	return 0;
}

static int send_into(struct store *s, const struct bind *b, struct rows *into, struct err *err)
{
	const struct stmt *stmt = b->stmt;
	assert(b->count == stmt->param_count && !b->element);
	int r = ready(s, err);
	if (r < 0)
		return r;
	r = buf_check(&b->data, stmt->name, err);
	if (r < 0)
		return r;
	if (!s->prepared[stmt->index] && (r = prepare(s, stmt, err)) < 0)
		return r;
	const char *values[STMT_PARAMS_MAX];
	int lengths[STMT_PARAMS_MAX], formats[STMT_PARAMS_MAX];
	for (unsigned i = 0; i < b->count; i++) {
		values[i] = b->params[i].len < 0 ? NULL : b->data.data + b->params[i].offset;
		lengths[i] = MAX(b->params[i].len, 0);
		formats[i] = 1;
	}
	if (!PQsendQueryPrepared(s->pg, stmt->name, (int)b->count, values, lengths, formats, 1))
		return wire_lost(s, stmt->name, err);
	expect(s, WIRE_STATEMENT, stmt, into);
	s->stats.statements++;
	return 0;
}

int wire_send(struct store *s, const struct bind *b, bool keep, struct err *err)
{
	return send_into(s, b, keep ? &s->last : NULL, err);
}

int wire_plain(struct store *s, const char *sql, struct err *err)
{
	int r = ready(s, err);
	if (r < 0)
		return r;
	if (!PQsendQueryParams(s->pg, sql, 0, NULL, NULL, NULL, NULL, 1))
		return wire_lost(s, sql, err);
	expect(s, WIRE_PLAIN, NULL, NULL);
	return 0;
}

int wire_sync(struct store *s, struct err *err)
{
	int r = ready(s, err);
	if (r < 0)
		return r;
	if (!PQpipelineSync(s->pg))
		return wire_lost(s, "sync", err);
	expect(s, WIRE_SYNC, NULL, NULL);
	return 0;
}

/* Whatever the server still does must not be taken for an answer to something later: the connection is given up. */
static int silent(struct store *s, const char *doing, struct err *err)
{
	wire_lost(s, doing, NULL);
	return err_set(err, ERR_UNAVAILABLE, "PostgreSQL did not answer \"%s\" within %lld ms",
		       doing, (long long)s->wait_ms);
}

/* Waits until a result can be had without blocking, sending what is still to be sent meanwhile. */
static int wait_result(struct store *s, const char *doing, struct err *err)
{
	int64_t deadline = clock_real.mono_ms(NULL) + s->wait_ms;
	for (;;) {
		int unsent = PQflush(s->pg);
		if (unsent < 0)
			return wire_lost(s, doing, err);
		if (!PQisBusy(s->pg))
			return 0;
		if (wire_poll(s, unsent ? POLLIN | POLLOUT : POLLIN, deadline, NULL) < 0)
			return silent(s, doing, err);
		/* A long batch over a slow line is no silence as long as it moves. */
		if (unsent)
			deadline = clock_real.mono_ms(NULL) + s->wait_ms;
		if (!PQconsumeInput(s->pg))
			return wire_lost(s, doing, err);
	}
}

int wire_flush(struct store *s, struct err *err)
{
	int64_t deadline = clock_real.mono_ms(NULL) + s->wait_ms;
	int unsent = 0, r = ready(s, err);
	while (r == 0 && (unsent = PQflush(s->pg)) > 0) {
		/* The server may wait in its turn for somebody to take its answers. */
		if (wire_poll(s, POLLIN | POLLOUT, deadline, NULL) < 0)
			return silent(s, "a batch", err);
		if (!PQconsumeInput(s->pg))
			return wire_lost(s, "a batch", err);
	}
	return unsent < 0 ? wire_lost(s, "a batch", err) : r;
}

static const char *entry_name(const struct wire_entry *e)
{
	return e->stmt ? e->stmt->name : e->what == WIRE_SYNC ? "sync" : "statement";
}

static void note_failure(struct store *s, const struct wire_entry *e, const PGresult *res)
{
	if (e->what == WIRE_PREPARE)
		s->prepared[e->stmt->index] = false;
	if (!s->failed.code)
		pg_error(res, entry_name(e), &s->failed);
}

static void note_success(const struct wire_entry *e, PGresult *res)
{
	if (!e->into)
		return;
	rows_release(e->into);
	*e->into = (struct rows){res, e->stmt, PQntuples(res)};
}

/* The connection is gone; what the server said last says more than libpq. */
static int ended(struct store *s, const char *doing, struct err *err)
{
	struct err said = s->failed;
	int r = wire_lost(s, doing, err);
	if (said.code != ERR_UNAVAILABLE)
		return r;
	if (err)
		*err = said;
	return said.code;
}

/* Takes one result of the entry; *ret_done when it was the last. */
static int take(struct store *s, const struct wire_entry *e, bool *ret_done, struct err *err)
{
	int r = wait_result(s, entry_name(e), err);
	if (r < 0)
		return r;
	PGresult *res = PQgetResult(s->pg);
	if (!res) {
		*ret_done = e->what != WIRE_SYNC;
		return PQstatus(s->pg) == CONNECTION_BAD ? ended(s, entry_name(e), err) : 0;
	}
	switch (PQresultStatus(res)) {
	case PGRES_PIPELINE_SYNC:
		*ret_done = e->what == WIRE_SYNC;
		break;
	case PGRES_COMMAND_OK:
	case PGRES_TUPLES_OK:
		note_success(e, res);
		if (e->into)
			return 0;
		break;
	case PGRES_PIPELINE_ABORTED:
		if (e->what == WIRE_PREPARE)
			s->prepared[e->stmt->index] = false;
		break;
	default:
		note_failure(s, e, res);
		break;
	}
	PQclear(res);
	return 0;
}

void wire_take_notifications(struct store *s)
{
	PGnotify *n;
	while (s->pg && (n = PQnotifies(s->pg))) {
		s->woken = true;
		PQfreemem(n);
	}
}

int wire_collect(struct store *s, struct err *err)
{
	int r = ready(s, err);
	if (r < 0)
		return r;
	s->stats.round_trips += s->head < s->count;
	while (s->head < s->count) {
		struct wire_entry e = s->queue[s->head];
		bool done = false;
		r = take(s, &e, &done, err);
		if (r < 0)
			return r;
		s->head += done;
	}
	wire_take_notifications(s);
	/* The server ends a connection with a fatal error as its last answer. */
	if (PQstatus(s->pg) == CONNECTION_BAD)
		return ended(s, "connection", err);
	if (!s->failed.code)
		return 0;
	if (err)
		*err = s->failed;
	int code = s->failed.code;
	memset(&s->failed, 0, sizeof(s->failed));
	return code;
}

int wire_queries(struct store *s, const struct bind *const *b, struct rows *rows, size_t count,
		 struct err *err)
{
	assert(!s->txn);
	int r = 0;
	for (size_t i = 0; r >= 0 && i < count; i++)
		r = send_into(s, b[i], &rows[i], err);
	/* What was sent is awaited also when the rest was not: its rows have the caller's places. */
	struct err ignored = ERR_INIT;
	int end = s->pg ? wire_sync(s, r < 0 ? &ignored : err) : r;
	if (end >= 0)
		end = wire_collect(s, r < 0 ? &ignored : err);
	return r < 0 ? r : end;
}

int wire_query(struct store *s, const struct bind *b, struct rows *rows, struct err *err)
{
	assert(!s->txn);
	int r = wire_send(s, b, rows != NULL, err);
	if (r < 0)
		return r;
	r = wire_sync(s, err);
	if (r < 0)
		return r;
	r = wire_collect(s, err);
	if (rows && r >= 0) {
		*rows = s->last;
		s->last = (struct rows)ROWS_INIT;
	}
	return r;
}

int wire_one(struct store *s, const struct bind *b, struct rows *rows, struct row *ret,
	     struct err *err, const char *words, ...)
{
	char text[ERR_MSG_MAX];
	int r = wire_query(s, b, rows, err);
	if (r < 0)
		return r;
	if (rows->count) {
		*ret = row_of(rows, 0);
		return 0;
	}
	assert(words);
	va_list args;
	va_start(args, words);
	vsnprintf(text, sizeof(text), words, args);
	va_end(args);
	return err_set(err, ERR_NOT_FOUND, "%s", text);
}

int wire_find(struct store *s, const struct bind *b, struct rows *rows, struct row *ret,
	      struct err *err)
{
	int r = wire_query(s, b, rows, err);
	if (r < 0 || !rows->count)
		return r < 0 ? r : 0;
	*ret = row_of(rows, 0);
	return 1;
}

int wire_number(struct store *s, const struct bind *b, int64_t *ret, struct err *err)
{
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	struct row c;
	int r = wire_one(s, b, &rows, &c, err, NULL);
	if (r >= 0)
		*ret = row_i64(&c);
	return r < 0 ? r : 0;
}

int wire_list(struct store *s, const struct bind *b, const struct row_list *into, struct err *err)
{
	CLEANUP(rows_release) struct rows rows = ROWS_INIT;
	int r = wire_query(s, b, &rows, err);
	if (r >= 0)
		rows_list(&rows, into);
	return r < 0 ? r : 0;
}
