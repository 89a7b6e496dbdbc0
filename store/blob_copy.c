/* COPY, beside other work: the server inserts one batch while the caller reads the next. */
#include <assert.h>
#include <poll.h>

#include "store/blob_int.h"

#define CHUNK ((size_t)64 * 1024)

/* What COPY's binary form begins and ends with. */
static const char copy_head[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0";
static const char copy_tail[] = "\377\377";

static void copy_row(struct buf *out, const struct blob_batch *b, const struct blob_item *it)
{
	buf_add(out, "\0\3", 2); /* columns */
	buf_add_u32(out, DIGEST_SIZE);
	buf_add(out, it->digest.bytes, DIGEST_SIZE);
	buf_add_u32(out, 8);
	buf_add_u64(out, it->len);
	buf_add_u32(out, (uint32_t)it->len);
	buf_add(out, b->bytes.data ? b->bytes.data + it->offset : "", it->len);
}

static int lost(struct blob_copy *c, struct err *err)
{
	c->active = false;
	return wire_lost(c->s, "COPY", err);
}

/* Waits for the next result of the COPY; NULL: no more. */
static int next_result(struct store *s, PGresult **ret, struct err *err)
{
	int64_t deadline = clock_real.mono_ms(NULL) + s->wait_ms;
	int unsent;
	while ((unsent = PQflush(s->pg)) >= 0) {
		if (!PQisBusy(s->pg)) {
			*ret = PQgetResult(s->pg);
			return 0;
		}
		if (wire_poll(s, unsent ? POLLIN | POLLOUT : POLLIN, deadline, err) < 0 ||
		    !PQconsumeInput(s->pg))
			break;
	}
	return wire_lost(s, "COPY", err);
}

/* All results up to the end; the first refusal is the outcome. */
static int finish_copy(struct store *s, struct err *err)
{
	int code = 0;
	for (;;) {
		PGresult *res = NULL;
		int r = next_result(s, &res, err);
		if (r < 0)
			return r;
		if (!res)
			return code;
		ExecStatusType status = PQresultStatus(res);
		if (status != PGRES_COMMAND_OK && status != PGRES_COPY_IN && !code)
			code = pg_error(res, "storing files", err);
		PQclear(res);
		if (PQstatus(s->pg) == CONNECTION_BAD)
			return wire_lost(s, "COPY", err);
	}
}

/* Back to pipelines; COPY is not to be had in them. */
static int leave(struct blob_copy *c, int rc, struct err *err)
{
	c->active = false;
	return c->s->pg && !PQenterPipelineMode(c->s->pg) ? wire_lost(c->s, "COPY", err) : rc;
}

/* Past the answers to what comes before it, up to COPY's own. */
static int wait_open(struct store *s, bool *ret_open, struct err *err)
{
	PGresult *res = NULL;
	int r = next_result(s, &res, err);
	bool first = r == 0 && PQresultStatus(res) == PGRES_TUPLES_OK; /* of SOON */
	if (first) {
		PQclear(res);
		r = next_result(s, &res, err);
	}
	if (r < 0)
		return r;
	*ret_open = PQresultStatus(res) == PGRES_COPY_IN;
	if (!*ret_open)
		r = pg_error(res, "storing files", err);
	PQclear(res);
	return r;
}

int blob_copy_start(struct blob_copy *c, struct store *s, const struct blob_batch *batch,
		    struct err *err)
{
	assert(!c->active && !s->txn && s->head == s->count);
	if (!s->pg)
		return err_set(err, ERR_UNAVAILABLE, "the connection to PostgreSQL is lost");
	*c = (struct blob_copy){.s = s, .batch = batch, .active = true};
	if (!PQexitPipelineMode(s->pg) ||
	    !PQsendQuery(s->pg,
			 SOON "; copy blob (digest, size, bytes) from stdin (format binary)"))
		return lost(c, err);
	s->stats.round_trips++;
	s->stats.statements++;
	bool open = false;
	int r = wait_open(s, &open, err);
	if (open)
		return PQputCopyData(s->pg, copy_head, sizeof(copy_head) - 1) > 0 ? 0
										  : lost(c, err);
	if (s->pg) {
		struct err ignored = ERR_INIT;
		(void)!finish_copy(s, &ignored);
	}
	return leave(c, r, err);
}

/* The next rows to libpq, which has sent all it had; the end after the last. */
static int give_more(struct blob_copy *c, struct err *err)
{
	CLEANUP(buf_release) struct buf out = BUF_INIT(BUF_MAX);
	while (c->next < c->batch->count && out.len < CHUNK) {
		const struct blob_item *it = &c->batch->items[c->next++];
		if (!it->known)
			copy_row(&out, c->batch, it);
	}
	if (c->next == c->batch->count) {
		buf_add(&out, copy_tail, 2);
		c->ended = true;
	}
	/* libpq takes all of it: it has room made where there is none. */
	if (PQputCopyData(c->s->pg, out.data, (int)out.len) <= 0 ||
	    (c->ended && PQputCopyEnd(c->s->pg, NULL) <= 0))
		return lost(c, err);
	return 0;
}

int blob_copy_pump(struct blob_copy *c, struct err *err)
{
	while (c->active) {
		int unsent = PQflush(c->s->pg);
		if (unsent < 0)
			return lost(c, err);
		if (unsent || c->ended)
			return 0;
		int r = give_more(c, err);
		if (r < 0)
			return r;
	}
	return 0;
}

int blob_copy_finish(struct blob_copy *c, struct err *err)
{
	struct store *s = c->s;
	if (!c->active)
		return 0;
	int64_t deadline = clock_real.mono_ms(NULL) + s->wait_ms;
	for (;;) {
		size_t before = c->next;
		int r = blob_copy_pump(c, err);
		if (r < 0)
			return r;
		if (c->ended)
			break;
		/* A slow server is no silent one as long as it takes something. */
		if (c->next > before)
			deadline = clock_real.mono_ms(NULL) + s->wait_ms;
		if (wire_poll(s, POLLOUT, deadline, NULL) < 0)
			return lost(c, err);
	}
	return leave(c, finish_copy(s, err), err);
}
